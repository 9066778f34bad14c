#!/usr/bin/env python3
"""Judges the answers of one or more `ninth` programs by data files, side by side.

    python3 bench/answers/run.py --ninth target/release/ninth [--ninth OTHER] FILE...

A file has the header `id,terms`; the terms are separated by spaces, and the last one is asked
for. Every row counts: one without an answer is neither right nor among the five. The
calibration error is the mean distance, over ten bins of probability, between how sure the first
candidates were and how often they were right; a row without an answer is left out of it.
"""

import argparse
import csv
import json
import subprocess
import sys
from dataclasses import dataclass, field

BINS = 10
SURE = 0.99


@dataclass
class Tally:
    """What the answers for one file were worth."""

    rows: int = 0
    silent: int = 0
    first: int = 0
    five: int = 0
    sure: int = 0
    sure_right: int = 0
    bins: list = field(default_factory=lambda: [[0.0, 0] for _ in range(BINS)])

    def count(self, candidates: list, target: int) -> None:
        """Counts the candidates of one row, the likeliest first."""
        self.rows += 1
        if not candidates:
            self.silent += 1
            return
        terms = [candidate["term"] for candidate in candidates[:5]]
        probability = candidates[0].get("probability") or 0.0
        right = terms[0] == target
        self.first += right
        self.five += target in terms
        if probability >= SURE:
            self.sure += 1
            self.sure_right += right
        place = min(int(probability * BINS), BINS - 1)
        self.bins[place][0] += probability
        self.bins[place][1] += right

    def row(self) -> list:
        """The figures of one line of the table."""
        answered = max(self.rows - self.silent, 1)
        error = sum(abs(sure - right) for sure, right in self.bins) / answered
        sure = (
            f"{100 * self.sure_right / self.sure:.1f} of {self.sure}"
            if self.sure
            else "none"
        )

        def share(part: float) -> str:
            return f"{100 * part / max(self.rows, 1):.1f}"

        return [
            str(self.rows),
            share(self.first),
            share(self.five),
            share(self.silent),
            sure,
            f"{100 * error:.1f}",
        ]


def judged(program: str, path: str) -> Tally:
    """Asks a program for all rows of a file."""
    command = [program, "evaluate", "--data", path, "--json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        sys.exit(f"{program}: {error.strerror}")
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip()}")
    with open(path, newline="", encoding="utf-8") as file:
        # An old program cuts off what does not fit 64 bits; the file has the whole target.
        targets = [int(row["terms"].split()[-1]) for row in csv.DictReader(file)]
    answers = [json.loads(line)["candidates"] for line in done.stdout.splitlines()]
    if len(answers) != len(targets):
        sys.exit(f"{program}: {len(answers)} answers to {len(targets)} rows of {path}")
    tally = Tally()
    for candidates, target in zip(answers, targets):
        tally.count(candidates, target)
    return tally


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument(
        "--ninth", action="append", required=True, help="a program to judge"
    )
    parser.add_argument("files", nargs="+", help="data files with the header id,terms")
    arguments = parser.parse_args()
    header = [
        "file",
        "program",
        "rows",
        "top-1 %",
        "top-5 %",
        "no answer %",
        "right of >= 99 %",
        "calibration error %",
    ]
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for path in arguments.files:
        for program in arguments.ninth:
            name = path.rsplit("/", maxsplit=1)[-1]
            print(
                "| " + " | ".join([name, program, *judged(program, path).row()]) + " |"
            )


if __name__ == "__main__":
    main()
