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
    lines = ["Made by"]
    for study, what in zip(studies, ("figures", "figures", "times", "times")):
        lines.append(
            f"\n```sh\n{study['command']}\n```\n"
            f"\n({what}: {study['steps']:,} steps, {count(len(study['seeds']), 'seed')}, "
            f"judged by {study['judged']:,} fresh sequences)"
        )
    return "\n".join(lines)


def count(number, thing):
    return f"{number} {thing}{'' if number == 1 else 's'}"


def options_of(study, name):
    """The options of a decision by name; none if it was not measured."""
    for decision in study["decisions"]:
        if decision["decision"] == name:
            return {option["option"]: option for option in decision["options"]}
    return {}


def table(name, studies):
    design, strong, design_times, strong_times = (options_of(s, name) for s in studies)
    # The base of a preset comes first in its own list: the longer list has the order.
    longest, other = sorted((list(design), list(strong)), key=len, reverse=True)
    order = [o for o in longest if o in other] if set(longest) == set(other) else longest
    order = sorted(order, key=lambda o: natural(o)) if numeric(order) else order
    order += [o for o in other if o not in order]
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


def natural(name):
    return float(name)


def usable(option):
    return option and "refused" not in option and option["accuracy_last"]["mean"] is not None


def spread(figure, factor=1.0, digits=1):
    if figure["mean"] is None:
        return "-"
    mean = f"{factor * figure['mean']:.{digits}f}"
    if len(figure["values"]) < 2 or figure["deviation"] is None:
        return mean
    return f"{mean} ± {factor * figure['deviation']:.{digits}f}"


def of_training(option, times, width):
    if not usable(option):
        return ["-"] * width
    last = spread(option["accuracy_last"], 100)
    if option["default"]:
        last, against = f"**{last}**", ""
    else:
        difference = option["difference"]
        against = f"{100 * difference['mean']:+.1f} ± {100 * difference['deviation']:.1f}"
    return [
        last,
        against,
        f"{100 * option['accuracy_all']['mean']:.1f}",
        f"{option['distance']['mean']:.1f}",
        f"{times['microseconds_per_step']['mean']:,.0f}" if usable(times) else "-",
    ]


def of_generation(option, times, width):
    if not usable(option):
        return ["-"] * width
    continued = spread(option["continued"], 100)
    continued = f"**{continued}**" if option["default"] else continued
    time = f"{times['microseconds_per_term']['mean']:,.1f}" if usable(times) else "-"
    return [continued, time]


if __name__ == "__main__":
    main()
