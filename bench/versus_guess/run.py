#!/usr/bin/env python3
"""Compares ninth with programs that guess formulas: FriCAS and sequence-machine.

    python3 bench/versus_guess/run.py --data FILE.csv --ninth target/release/ninth
        [--rows N] [--peer-answers DIR] [--limit SECONDS] [--json FILE]
        [--sequence-machine-python PATH] [--sequence-machine-rows N]

The file has the header `id,terms`; the last term of a row is asked for from those before it.
With --peer-answers, the peers' answers are kept in DIR, and only rows that are not there yet
are asked: another ninth is compared without running the peers again. README.md beside this
file says what is measured.
"""

import argparse
import contextlib
import csv
import json
import os
import re
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
START_LIMIT = 60  # seconds until a peer has started
ENDED = "time limit or crash"
# FriCAS breaks long lines anywhere.
ANSWER = re.compile(r"ANSWER\s+(-?[\d\s]+)E\s*N\s*D ?(\w*)")

# The guessers of FriCAS, the most careful first: the first integer that one names is the
# answer. With `safety 2`, two terms must confirm a formula instead of one; with
# `allDegrees`, every distribution of degrees is tried, which finds more and errs more.
# guessExpRat and guessBinRat are left out, see README.md.
GUESSERS = [
    ("careful", "guessPRec(L, [safety 2])"),
    ("careful", "guessADE(L, [safety 2])"),
    ("careful", "guessRec(L, [safety 2])"),
    ("default", "guessADE L"),
    ("default", "guessRec L"),
    ("default", "guessPRec L"),
    ("default", "guessRat L"),
    ("default", "guess L"),
    ("all degrees", "guessADE(L, [allDegrees true])"),
    ("all degrees", "guessPRec(L, [allDegrees true])"),
]

# Prints the values at index k of those guesses that are integers there. END shows where a
# number ends.
FRICAS_START = """\
)set message type off
)set message time off
)set message autoload off
)set output length 245
)set history off
tell(r : List EXPR INT, k : Integer) : Void == (for e in r repeat \
(v := retractIfCan(eval(e, n = k::EXPR INT))@Union(Integer, "failed"); \
if v case Integer then output(concat(["ANSWER ", string(v::Integer), " END"])$String)))
tell([], 8)
"""


class NoAnswer(Exception):
    """A peer that ended or did not answer in time; what it had said by then."""


@dataclass(frozen=True)
class Row:
    id: str
    given: list
    target: int


@dataclass(frozen=True)
class Answer:
    term: int | None
    seconds: float
    how: str  # what named the term; or why there is none


class Process:
    """A program that is asked through pipes, and ended when it takes too long."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def ask(self, text, mark, limit):
        """What the program prints until `mark`, within `limit` seconds."""
        said, end = b"", time.monotonic() + limit
        try:
            self.process.stdin.write(text.encode())
            self.process.stdin.flush()
        except OSError:
            raise NoAnswer(said.decode()) from None
        output = self.process.stdout.fileno()
        while mark.encode() not in said:
            left = end - time.monotonic()
            more = left > 0 and select.select([output], [], [], left)[0]
            part = os.read(output, 1 << 16) if more else b""
            if not part:
                raise NoAnswer(said.decode(errors="replace"))
            said += part
        return said.decode(errors="replace")

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def answer_in(text):
    """The first integer that a peer names in what it printed, and its remark."""
    found = ANSWER.search(text)
    return found and (int("".join(found[1].split())), found[2])


class Peer:
    """A peer as a process that is started again after it was ended."""

    def __init__(self, limit):
        self.limit = limit
        self.process = None

    def start(self):
        """Starts the program; NoAnswer if it does not answer."""
        raise NotImplementedError

    def name_term(self, row):
        """The term with how it was found, or None; NoAnswer if the process is of no more use."""
        raise NotImplementedError

    def ask(self, row):
        if self.process is None:
            self.start()
        begin = time.monotonic()
        try:
            found, why = self.name_term(row), "no formula"
        except NoAnswer as said:
            found, why = answer_in(str(said)), ENDED
            self.close()
        term, how = found if found is not None else (None, why)
        return Answer(term, time.monotonic() - begin, how)

    def close(self):
        if self.process is not None:
            self.process.close()
            self.process = None


class Fricas(Peer):
    name = "FriCAS"
    # Lines of the table, and the answers that count as silence in them.
    lines = (
        ("", ()),
        (", without all degrees", ("all degrees",)),
        (", careful only", ("all degrees", "default")),
    )
    file = "fricas.csv"

    def missing(self):
        return (
            None
            if shutil.which("fricas")
            else "no program `fricas` (Debian: package fricas)"
        )

    def start(self):
        self.process = Process(["fricas", "-nosman"])
        self.marks = 0
        self.tell(FRICAS_START, START_LIMIT)

    def tell(self, text, limit):
        self.marks += 1
        mark = f"MARK{self.marks}."
        # The mark in two parts, so that an echo of the input is not taken for it.
        return self.process.ask(
            f'{text}output concat("MARK", "{self.marks}.")\n', mark, limit
        )

    def name_term(self, row):
        end = time.monotonic() + self.limit
        terms = "[" + ", ".join(map(str, row.given)) + "]"
        for how, guesser in GUESSERS:
            call = re.sub(r"\bL\b", terms, guesser)
            said = self.tell(
                f"tell({call}, {len(row.given)})\n", max(0, end - time.monotonic())
            )
            found = answer_in(said)
            if found is not None:
                return found[0], how
            if "System error" in said:  # all that follows would fail, too
                raise NoAnswer(said)
        return None


class SequenceMachine(Peer):
    name = "sequence-machine"
    lines = (("", ()), (", exact only", ("approximate",)))
    file = "sequence_machine.csv"

    def __init__(self, limit, python):
        super().__init__(limit)
        self.python = python

    def missing(self):
        command = [self.python, "-c", "import sequence_machine"]
        try:
            subprocess.run(
                command, check=True, capture_output=True, timeout=START_LIMIT
            )
            return None
        except (OSError, subprocess.SubprocessError):
            return (
                f"{self.python} has no `sequence_machine` (pip install sequence-machine; "
                "see --sequence-machine-python)"
            )

    def start(self):
        # Its own limit is half of a row's: what it found by then is to be printed in time.
        server = HERE / "sequence_machine_server.py"
        self.process = Process([self.python, server, str(self.limit / 2)])
        self.process.ask("", "DONE", START_LIMIT)

    def name_term(self, row):
        said = self.process.ask(
            " ".join(map(str, row.given)) + "\n", "DONE", self.limit
        )
        return answer_in(said)


def read_rows(path, count):
    rows = []
    with open(path, newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            terms = [int(term) for term in line["terms"].split()]
            if len(terms) < 2:
                raise ValueError(f"row {line['id']!r} has fewer than two terms")
            rows.append(Row(line["id"], terms[:-1], terms[-1]))
            if len(rows) == count:
                break
    return rows


def read_answers(path):
    answers = {}
    if path.exists():
        with open(path, newline="", encoding="utf-8") as file:
            for line in csv.DictReader(file):
                term = int(line["answer"]) if line["answer"] else None
                answers[line["id"]] = Answer(term, float(line["seconds"]), line["how"])
    return answers


def ask_peer(peer, rows, folder):
    """The answers of a peer to rows, by id, and why some are missing."""
    path = folder / peer.file
    answers = read_answers(path)
    left = [row for row in rows if row.id not in answers]
    reason = peer.missing() if left else None
    if left and reason is None:
        new = not path.exists()
        with open(path, "a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            if new:
                writer.writerow(["id", "answer", "seconds", "how"])
            try:
                for number, row in enumerate(left, 1):
                    answer = answers[row.id] = peer.ask(row)
                    term = "" if answer.term is None else answer.term
                    writer.writerow([row.id, term, f"{answer.seconds:.3f}", answer.how])
                    file.flush()
                    if number % 50 == 0:
                        print(
                            f"{peer.name}: {number} of {len(left)} rows",
                            file=sys.stderr,
                        )
            except (NoAnswer, OSError) as error:
                reason = f"does not start: {str(error).strip()[-200:]}"
            finally:
                peer.close()
    return {row.id: answers[row.id] for row in rows if row.id in answers}, reason


def run_ninth(program, rows, folder):
    """The first candidates of ninth by id, as (term, probability), and seconds a row."""
    data = folder / "rows.csv"
    with open(data, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "terms"])
        for row in rows:
            writer.writerow([row.id, " ".join(map(str, [*row.given, row.target]))])
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [program, "evaluate", "--data", data, "--json"]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode != 0:
        raise SystemExit(f"error: {program} failed: {result.stderr.strip()[-500:]}")
    first = {}
    for line in result.stdout.splitlines():
        if line.startswith("{"):
            judged = json.loads(line)
            best = next(iter(judged.get("candidates") or []), None)
            first[judged["id"]] = best and (
                int(best["term"]),
                float(best["probability"]),
            )
    for row in rows:
        if row.id not in first:
            raise SystemExit(f"error: {program} printed nothing about row {row.id!r}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return first, used / len(rows)


def line_of(name, terms, rows, seconds):
    """A line of the table: terms are answers by id, None if silent."""
    counts = {"right": 0, "wrong": 0, "silent": 0}
    for row in rows:
        term = terms[row.id]
        counts[
            "silent" if term is None else "right" if term == row.target else "wrong"
        ] += 1
    return {"name": name, "rows": len(rows), **counts, "seconds_a_row": seconds}


def lines_of_ninth(first, seconds, rows):
    lines = []
    for name, least in [
        ("ninth", 0.0),
        ("ninth, at least 50 % sure", 0.5),
        ("ninth, at least 99 % sure", 0.99),
    ]:
        terms = {
            id: best[0] if best and best[1] >= least else None
            for id, best in first.items()
        }
        lines.append(line_of(name, terms, rows, seconds))
    return lines


def lines_of_peer(peer, answers, rows):
    seconds = sum(answers[row.id].seconds for row in rows) / len(rows)
    lines = []
    for name, silenced in peer.lines:
        terms = {
            id: None if answer.how in silenced else answer.term
            for id, answer in answers.items()
        }
        lines.append(line_of(peer.name + name, terms, rows, seconds))
    return lines


def notes_on(peer, first, answers, rows):
    """Who is right where, and how often the peer was ended."""
    ninth = {row.id for row in rows if first[row.id] and first[row.id][0] == row.target}
    theirs = {row.id for row in rows if answers[row.id].term == row.target}
    ended = sum(answers[row.id].how == ENDED for row in rows)
    return [
        (
            f"Of {len(rows)} rows, ninth and {peer.name} are both right in {len(ninth & theirs)}, "
            f"only ninth in {len(ninth - theirs)}, only {peer.name} in {len(theirs - ninth)}, "
            f"neither in {len(rows) - len(ninth | theirs)}."
        ),
        f"{peer.name} was ended without an answer in {ended} rows (time limit, or crash).",
    ]


def print_table(lines, missing):
    print("| | rows | right | wrong | silent | right of what it says | seconds a row |")
    print("|---|---|---|---|---|---|---|")
    for line in lines:
        rows, said = line["rows"], line["right"] + line["wrong"]
        cells = [
            f"{line[what]} ({100 * line[what] / rows:.1f} %)"
            for what in ("right", "wrong", "silent")
        ]
        precision = f"{100 * line['right'] / said:.1f} %" if said else ""
        print(
            f"| {line['name']} | {rows} | {' | '.join(cells)} | {precision} "
            f"| {line['seconds_a_row']:.3f} |"
        )
    for peer in missing:
        print(f"| {peer['name']} | {peer['rows']}, then: {peer['reason']} | | | | | |")


def program(text):
    found = shutil.which(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no program")
    return str(Path(found).absolute())


def positive(text):
    number = float(text)
    if not number > 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not above 0")
    return number


def count(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not above 0")
    return number


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, metavar="FILE.csv")
    parser.add_argument("--ninth", type=program, required=True, metavar="PATH")
    parser.add_argument(
        "--rows",
        type=count,
        default=1000,
        metavar="N",
        help="the first rows of the file (1000)",
    )
    parser.add_argument(
        "--limit",
        type=positive,
        default=2.0,
        metavar="SECONDS",
        help="time of a peer for a row (2)",
    )
    parser.add_argument(
        "--peer-answers",
        type=Path,
        metavar="DIR",
        help="read and write the peers' answers there",
    )
    parser.add_argument(
        "--sequence-machine-python",
        default=sys.executable,
        metavar="PATH",
        help="an interpreter with sequence-machine (this one)",
    )
    parser.add_argument(
        "--sequence-machine-rows",
        type=count,
        default=100,
        metavar="N",
        help="rows for sequence-machine, which is slower (100)",
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the table there, too"
    )
    arguments = parser.parse_args()

    try:
        rows = read_rows(arguments.data, arguments.rows)
    except (OSError, ValueError, KeyError) as error:
        raise SystemExit(f"error: {arguments.data}: {error}") from None
    if len({row.id for row in rows}) < len(rows) or not rows:
        raise SystemExit(
            f"error: {arguments.data}: no rows, or an id that is there twice"
        )
    peers = [
        (Fricas(arguments.limit), rows),
        (
            SequenceMachine(arguments.limit, arguments.sequence_machine_python),
            rows[: arguments.sequence_machine_rows],
        ),
    ]
    tables = {len(rows): []}  # by the number of rows
    notes, missing = [], []
    with tempfile.TemporaryDirectory() as temporary:
        first, seconds = run_ninth(arguments.ninth, rows, Path(temporary))
        folder = arguments.peer_answers or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for peer, asked in peers:
            answers, reason = ask_peer(peer, asked, folder)
            if reason is not None:
                missing.append(
                    {"name": peer.name, "rows": len(answers), "reason": reason}
                )
            # Only rows from the first one on without a gap, so that ninth has the same ones.
            answered = next(
                (k for k, row in enumerate(asked) if row.id not in answers), len(asked)
            )
            if answered:
                part = rows[:answered]
                tables.setdefault(answered, []).extend(
                    lines_of_peer(peer, answers, part)
                )
                notes += notes_on(peer, first, answers, part)
    lines = []
    for number, others in sorted(tables.items(), reverse=True):
        group = lines_of_ninth(first, seconds, rows[:number]) + others
        print(f"\nThe first {number} rows\n")
        print_table(group, missing if number == len(rows) else [])
        lines += group
    print()
    for note in notes:
        print(f"* {note}")
    if arguments.json:
        report = {"lines": lines, "missing": missing, "notes": notes}
        arguments.json.write_text(json.dumps(report, indent=2) + "\n")
    if missing:
        raise SystemExit(
            "\n".join(f"error: {peer['name']}: {peer['reason']}" for peer in missing)
        )


if __name__ == "__main__":
    sys.set_int_max_str_digits(0)
    main()
