#!/usr/bin/env python3
"""Fills the tables of DECISIONS.md from the results of `ninth ablate`.

    python3 docs/tables.py DESIGN.json STRONG.json DESIGN_TIMES.json STRONG_TIMES.json

The first two say how good the options are; the last two, made on a machine with
nothing else to do, how long they take. Everything between a marker like
<!-- embedding --> and <!-- end --> is replaced.
"""

import json
import re
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parent / "DECISIONS.md"
OF_GENERATION = ("generation", "decoding")


def main():
    studies = [json.loads(Path(path).read_text()) for path in sys.argv[1:5]]
    if len(studies) != 4:
        sys.exit(__doc__)
    text = re.sub(r"(<!-- [a-z_]+ -->)\n.*?<!-- end -->", r"\1", PAGE.read_text(), flags=re.S)

    def fill(match):
        name = match[1]
        body = how(studies) if name == "how" else table(name, studies)
        return f"<!-- {name} -->\n\n{body}\n\n<!-- end -->"

    PAGE.write_text(re.sub(r"<!-- ([a-z_]+) -->", fill, text))


def how(studies):
    design, strong, *_ = studies
    commands = [study["command"] for study in studies]
    # The times are of the same decisions, trained more briefly on a single thread.
    commands[2:] = [f"{command} --threads 1" for command in commands[2:]]
    block = "\n".join("\n".join(wrapped(command)) for command in commands)
    return (
        f"Figures are from the first two of these commands, times from the others:\n\n"
        f"```sh\n{block}\n```\n\n"
        f"Every model was judged by the same {design['judged']:,} fresh sequences."
    )


def wrapped(command, width=88):
    """The lines of a command, for a shell."""
    lines = [""]
    for word in command.split():
        if len(lines[-1]) + len(word) > width - 3:
            lines[-1] += " \\"
            lines.append("   ")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines


def options_of(study, name):
    """The options of a decision by name; none if it was not measured."""
    for decision in study["decisions"]:
        if decision["decision"] == name:
            return {option["option"]: option for option in decision["options"]}
    return {}


def table(name, studies):
    design, strong, design_times, strong_times = (options_of(s, name) for s in studies)
    # The base of a preset comes first in its own list, so the other list is in the way
    # only with what it has alone.
    order = [*design, *(option for option in strong if option not in design)]
    order = sorted(order, key=float) if numeric(order) else order
    if name in OF_GENERATION:
        head = ["continued", "µs per term"]
        cells = of_generation
    else:
        head = ["ninth", "against", "all", "distance", "µs"]
        cells = of_training
    rows = [[""] + [f"design: {h}" if i == 0 else h for i, h in enumerate(head)]
            + [f"strong: {h}" if i == 0 else h for i, h in enumerate(head)]]
    for option in order:
        row = [option.replace("_", " ")]
        for figures, times in ((design, design_times), (strong, strong_times)):
            row += cells(figures.get(option), times.get(option), len(head))
        rows.append(row)
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|---|" + "---:|" * (2 * len(head)))
    return "\n".join(lines)


def numeric(names):
    return all(re.fullmatch(r"[\d.]+", name) for name in names)


def usable(option):
    return option and "refused" not in option and option["accuracy_last"]["mean"] is not None


def spread(figure, factor=1.0, digits=1):
    if figure["mean"] is None:
        return "-"
    mean = f"{factor * figure['mean']:.{digits}f}"
    if len(figure["values"]) < 2 or figure["deviation"] is None:
        return mean
    return f"{mean} ± {factor * figure['deviation']:.{digits}f}"


def fastest(times, name, digits):
    if not usable(times):
        return "-"
    return f"{min(v for v in times[name]['values'] if v is not None):,.{digits}f}"


def of_training(option, times, width):
    if not usable(option):
        return ["-"] * width
    last = spread(option["accuracy_last"], 100)
    if option["default"]:
        last, against = f"**{last}**", ""
    else:
        difference = option["difference"]
        against = f"{100 * difference['mean']:+.1f} ± {100 * difference['deviation']:.1f}"
        # What is rounded to zero has no sign of its own.
        against = re.sub(r"^-(?=0\.0 )", "+", against)
    return [
        last,
        against,
        f"{100 * option['accuracy_all']['mean']:.1f}",
        f"{option['distance']['mean']:.1f}",
        fastest(times, "microseconds_per_step", 0),
    ]


def of_generation(option, times, width):
    if not usable(option):
        return ["-"] * width
    continued = spread(option["continued"], 100)
    continued = f"**{continued}**" if option["default"] else continued
    return [continued, fastest(times, "microseconds_per_term", 1)]


if __name__ == "__main__":
    main()
