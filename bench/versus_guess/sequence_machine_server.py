"""Asks the Python package sequence-machine, row by row, in a process that may be ended.

    python sequence_machine_server.py SECONDS

SECONDS is the package's own limit of its longer searches. Reads a line of terms; prints
`ANSWER <next term> END <kind>` for its best formula if that gives an integer, kind being
exact or approximate, and then `DONE`.
"""

import sys

from sequence_machine import analyze


def main():
    limit = float(sys.argv[1])
    print("DONE", flush=True)
    for line in sys.stdin:
        try:
            result = analyze(line.split(), deep_surf_timeout=limit)
            if result.best is not None:
                value = result.predictions(1)[0]
                if value == int(value):
                    kind = "exact" if result.best.exact else "approximate"
                    print(f"ANSWER {int(value)} END {kind}")
        except Exception as error:  # noqa: BLE001 - whatever a peer raises is no answer
            print(f"error: {error!r}", file=sys.stderr)
        print("DONE", flush=True)


if __name__ == "__main__":
    sys.set_int_max_str_digits(0)
    main()
