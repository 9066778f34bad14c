"""Checks the shape of the workspace: no circles of imports between the files of a crate, no
file of more than 700 lines, no public type name that means two things.

    python .ci/structure.py [--table]

With --table it prints a line per crate instead: files, lines, workspace crates it depends on,
circles, longest file. Exit status 1 with a line for everything that breaks a rule.

A file imports another one if a path (`crate::`, `super::`, `self::`, or a name that a `use`
of these brings in) leads into it. The `mod.rs` of a folder counts as its own file; that it
declares and re-exports its children is no import, and neither is what stands in tests.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LONGEST = 700
# Names that stand for the same thing in each place: the error of a crate, what a layer keeps
# between its passes, and one type of which a feature chooses the definition.
SHARED = {"Error", "Saved", "Device"}


def without_tests(text):
    """The code of a file: no comments, no strings, no test modules (which stand last)."""
    text = re.sub(r'"(?:\\.|[^"\\])*"', '""', text, flags=re.S)
    text = re.sub(r"//[^\n]*", "", text)
    place = re.search(r"#\[cfg\(test\)\]\s*(?:pub(?:\([a-z]+\))? )?mod \w+ \{", text)
    return text[: place.start()] if place else text


def modules(crate):
    """The files of a crate by module path, such as ('relation', 'formula')."""
    found = {}
    for path in sorted((crate / "src").rglob("*.rs")):
        parts = list(path.relative_to(crate / "src").with_suffix("").parts)
        if parts[0] == "bin" or parts == ["main"]:
            continue
        if parts[-1] in ("mod", "lib"):
            parts.pop()
        found[tuple(parts)] = path
    return found


def expanded(path):
    """`a::{b, c::{d, e}}` as ['a::b', 'a::c::d', 'a::c::e']."""
    start = path.find("{")
    if start < 0:
        return [path.split(" as ")[0].strip()]
    depth, item, items = 0, "", []
    for character in path[start + 1 : path.rfind("}")]:
        depth += (character == "{") - (character == "}")
        if character == "," and depth == 0:
            items.append(item)
            item = ""
        else:
            item += character
    items.append(item)
    prefix = path[:start].strip()
    return [each for item in items if item.strip() for each in expanded(prefix + item.strip())]


def exports(own, code, known):
    """What a module re-exports from its children: name -> module."""
    names = {}
    for use in re.findall(r"pub(?:\([a-z]+\))? use ([^;]+);", code):
        for path in expanded(re.sub(r"\s+", " ", use)):
            parts = [part for part in path.split("::") if part not in ("self", "crate")]
            target = own + tuple(parts[:-1])
            if parts and target in known:
                names[parts[-1]] = target
    return names


def imports(own, code, known, exported):
    """The modules that a file's paths lead into."""
    found = set()
    uses = re.findall(r"(?<!pub )\buse ([^;]+);", code)
    inline = re.findall(r"\b((?:crate|super)(?:::\w+)+)", re.sub(r"\buse [^;]+;", "", code))
    for path in [each for use in uses for each in expanded(re.sub(r"\s+", " ", use))] + inline:
        parts = path.split("::")
        if parts[0] == "crate":
            base, parts = (), parts[1:]
        elif parts[0] == "super":
            base = own
            while parts and parts[0] == "super":
                base, parts = base[:-1], parts[1:]
        elif parts[0] == "self" or own + (parts[0],) in known:
            base, parts = own, [part for part in parts if part != "self"]
        else:
            continue
        target = base
        for part in parts:
            if target + (part,) in known:
                target += (part,)
            elif part in exported.get(target, {}):
                target = exported[target][part]
            else:
                break
        if target != own and target in known:
            found.add(target)
    return found


def circles(graph):
    """The strongly connected components of more than one module (Tarjan 1972)."""
    index, low, stack, on_stack, out = {}, {}, [], set(), []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        on_stack.add(node)
        for other in sorted(graph[node]):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in on_stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            component = []
            while True:
                other = stack.pop()
                on_stack.remove(other)
                component.append(other)
                if other == node:
                    break
            if len(component) > 1:
                out.append(sorted(component))

    for node in graph:
        if node not in index:
            visit(node)
    return out


def main():
    table, wrong, types = "--table" in sys.argv[1:], [], {}
    for crate in sorted((ROOT / "crates").iterdir()):
        if not (crate / "Cargo.toml").exists():
            continue
        known = modules(crate)
        code = {own: without_tests(path.read_text()) for own, path in known.items()}
        exported = {own: exports(own, text, known) for own, text in code.items()}
        graph = {own: imports(own, text, known, exported) for own, text in code.items()}
        found = circles(graph)
        for circle in found:
            names = ", ".join("/".join(own) or "lib" for own in circle)
            wrong.append(f"crates/{crate.name}: these files import each other: {names}")
        files = sorted(crate.rglob("*.rs"))
        lengths = {path: len(path.read_text().splitlines()) for path in files}
        for path, length in lengths.items():
            if length > LONGEST:
                wrong.append(f"{path.relative_to(ROOT)}: {length} lines, {LONGEST} are allowed")
        for own, text in code.items():
            for name in re.findall(r"\bpub (?:struct|enum|trait|type) (\w+)", text):
                types.setdefault(name, []).append(str(known[own].relative_to(ROOT)))
        if table:
            manifest = (crate / "Cargo.toml").read_text().split("[dev-dependencies]")[0]
            needs = re.findall(r"^ninth-(\w+)", manifest, flags=re.M)
            longest = max(lengths, key=lengths.get)
            print(
                f"| {crate.name} | {len(files)} | {sum(lengths.values())} | {', '.join(needs)} | "
                f"{len(found)} | {longest.relative_to(crate)} {lengths[longest]} |"
            )
    for name, places in sorted(types.items()):
        if len(places) > 1 and name not in SHARED:
            wrong.append(f"{name} is a public type in {' and in '.join(places)}")
    if not table:
        for line in wrong:
            print(line)
        print(f"structure: {len(wrong)} rules broken")
    sys.exit(1 if wrong and not table else 0)


main()
