#!/usr/bin/env python3
"""Fills the tables of DECISIONS.md from the results of `ninth ablate`.

    python3 docs/tables.py RESULTS_OF_DESIGN.json RESULTS_OF_STRONG.json

Everything between a marker like <!-- embedding --> and <!-- end --> is replaced.
"""

import json
import re
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parent / "DECISIONS.md"
OF_GENERATION = ("generation", "decoding")


def main():
    studies = [json.loads(Path(path).read_text()) for path in sys.argv[1:]]
    text = re.sub(r"(<!-- [a-z_]+ -->)\n.*?<!-- end -->", r"\1", PAGE.read_text(), flags=re.S)

    def fill(match):
        name = match[1]
        body = how(studies) if name == "how" else table(name, studies)
        return f"<!-- {name} -->\n{body}\n<!-- end -->"

    PAGE.write_text(re.sub(r"<!-- ([a-z_]+) -->", fill, text))


def how(studies):
    lines = ["Made by", "", "```sh"]
    lines += [study["command"] for study in studies]
    lines += ["```", ""]
    for study in studies:
        lines.append(
            f"`{study['base']}`: {study['steps']:,} steps, seeds "
            f"{', '.join(map(str, study['seeds']))}, judged by {study['judged']:,} fresh sequences."
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
