"""Tables for notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def table(head: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    """A table; its cells are escaped."""

    def row(kind: str, cells: Sequence[object]) -> str:
        style = ' style="text-align: left"'
        return "<tr>" + "".join(f"<{kind}{style}>{cell(c)}</{kind}>" for c in cells) + "</tr>"

    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    body = "".join(row("td", cells) for cells in rows)
    return f"<table>{title}<thead>{row('th', head)}</thead><tbody>{body}</tbody></table>"


def cell(value: object) -> str:
    """What stands in a cell."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    return escape(str(value))


def percent(share: float | None) -> str:
    """A share as a percentage; empty where there is none."""
    return "" if share is None else f"{100 * share:.1f} %"


def terms(values: Sequence[int], longest: int = 60) -> str:
    """Terms in a line, cut where it gets long."""
    text = ""
    for value in values:
        word = shortened(value)
        if text and len(text) + len(word) > longest:
            return f"{text} …"
        text = f"{text}, {word}" if text else word
    return text


def shortened(value: int) -> str:
    """A term; of a very large one its size."""
    if value.bit_length() > 200:
        return f"{'-' if value < 0 else ''}…({value.bit_length()} bits)"
    return str(value)
