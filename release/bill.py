"""What is in a program: its crates, as a CycloneDX document and with the texts of their licences.

Build scripts and procedural macros are left out; they only run while it is compiled.
"""

import re
import subprocess
import time
import tomllib
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = re.compile(r"^licen[cs]es$", re.IGNORECASE)
LICENCE_FILE = re.compile(r"^(LICEN[CS]E|COPYING|COPYRIGHT|NOTICE|UNLICENSE)", re.IGNORECASE)


@dataclass
class Crate:
    """A crate in a program, and the crates that it uses."""

    name: str
    version: str
    licence: str
    uses: set[tuple[str, str]] = field(default_factory=set)

    @property
    def purl(self) -> str:
        """Its package URL."""
        return f"pkg:cargo/{self.name}@{self.version}"


def tree(root: Path, target: str) -> dict[tuple[str, str], Crate]:
    """The crates of the program `ninth` on a target, itself first: (name, version) -> crate."""
    command = ["cargo", "tree", "--locked", "--package", "ninth", "--target", target, "--no-dedupe"]
    command += ["--edges", "normal,no-proc-macro", "--prefix", "depth", "--format", " {p}\t{l}"]
    printed = subprocess.run(command, cwd=root, text=True, stdout=subprocess.PIPE, check=True)
    found: dict[tuple[str, str], Crate] = {}
    path: list[Crate] = []
    for line in printed.stdout.splitlines():
        match = re.fullmatch(r"(\d+) (\S+) v(\S+)(?: \(.*\))?\t(.*)", line)
        if not match:
            raise ValueError(f"cargo tree prints a line of another form: {line!r}")
        depth, name, version, licence = match.groups()
        # Old manifests have a slash for "or".
        crate = found.setdefault(
            (name, version), Crate(name, version, licence.replace("/", " OR "))
        )
        del path[int(depth) :]
        if path:
            path[-1].uses.add((name, version))
        path.append(crate)
    return found


def checksums(root: Path) -> dict[tuple[str, str], str]:
    """SHA-256 of the .crate files from the registry: (name, version) -> digits."""
    lock = tomllib.loads((root / "Cargo.lock").read_text(encoding="utf-8"))
    return {
        (package["name"], package["version"]): package["checksum"]
        for package in lock["package"]
        if "checksum" in package
    }


def cyclonedx(
    crates: dict[tuple[str, str], Crate],
    known: dict[tuple[str, str], str],
    commit: str,
    epoch: int,
) -> dict[str, Any]:
    """The crates as a CycloneDX 1.5 document, the same for the same commit."""

    def component(key: tuple[str, str], kind: str) -> dict[str, Any]:
        crate = crates[key]
        described: dict[str, Any] = {
            "type": kind,
            "bom-ref": crate.purl,
            "name": crate.name,
            "version": crate.version,
            "licenses": [{"expression": crate.licence}],
            "purl": crate.purl,
        }
        if key in known:
            described["hashes"] = [{"alg": "SHA-256", "content": known[key]}]
        return described

    program, *libraries = crates
    identity = uuid.uuid5(uuid.NAMESPACE_URL, repr((commit, sorted(crates))))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": identity.urn,
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch)),
            "component": component(program, "application"),
        },
        "components": [component(key, "library") for key in sorted(libraries)],
        "dependencies": [
            {
                "ref": crates[key].purl,
                "dependsOn": sorted(crates[used].purl for used in crates[key].uses),
            }
            for key in sorted(crates)
        ],
    }


def notices(crates: dict[tuple[str, str], Crate], packages: list[dict[str, Any]]) -> str:
    """The licences of the crates of others, each text once, with the crates that have it."""
    texts: dict[str, list[str]] = {}
    lines = ["This program has these crates in it.", ""]
    folders = {(p["name"], p["version"]): Path(p["manifest_path"]).parent for p in packages}
    own = {(p["name"], p["version"]) for p in packages if p["source"] is None}
    for key in sorted(set(crates) - own):
        crate = crates[key]
        lines.append(f"{crate.name} {crate.version}: {crate.licence}")
        # Some crates have them in a folder.
        beside = sorted(folders[key].iterdir())
        inside = [file for path in beside if FOLDER.match(path.name) for file in path.glob("*")]
        named = [path for path in beside if LICENCE_FILE.match(path.name)]
        for path in named + sorted(inside):
            if path.is_file():
                text = path.read_text(encoding="utf-8", errors="replace").strip()
                texts.setdefault(text, []).append(f"{crate.name} ({path.name})")
    for text, names in texts.items():
        lines += ["", "-" * 78, ", ".join(names), "", text]
    return "\n".join(lines) + "\n"
