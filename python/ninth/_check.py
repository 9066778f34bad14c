"""Arguments, before they reach the engine: messages name the place, what was found and allowed."""

from __future__ import annotations

import json
import operator
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _ninth

LARGEST_SEED = 2**63 - 1
# As on the command line.
MOST = 1_000_000


def described(value: object) -> str:
    """A value and its type, for a message."""
    if value is None:
        return "None"
    text = repr(value)
    kind = type(value).__name__
    if len(text) > 40 or "\n" in text:
        return f"of the type {kind}"
    return f"{text} of the type {kind}"


def integer(name: str, value: Any, least: int, most: int) -> int:
    """An integer argument within bounds."""
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {described(value)}, not an integer") from None
    if not least <= number <= most:
        raise ValueError(f"{name} is {number}; allowed are {least} to {most}")
    return number


def optional(name: str, value: Any, least: int, most: int) -> int | None:
    """:func:`integer`, or ``None``."""
    return None if value is None else integer(name, value, least, most)


def number(name: str, value: Any) -> float:
    """A number argument."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} is {described(value)}, not a number")
    return float(value)


def text(name: str, value: Any) -> str | None:
    """A text argument, or ``None``."""
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} is {described(value)}, not a text")
    return value


def threads(value: Any) -> int | None:
    """The number of threads, or ``None`` for one per core."""
    return optional("threads", value, 1, 1024)


def integers(name: str, given: Any, dimensions: int) -> npt.NDArray[np.int64]:
    """An array of 64-bit integers with so many dimensions."""
    if isinstance(given, (str, bytes)):
        raise TypeError(f"{name} is {described(given)}, not an array of integers")
    try:
        array = np.asarray(given)
    except ValueError:
        # NumPy refuses rows of unequal lengths.
        raise ValueError(f"{name} has rows of unequal lengths; {_HOW_TO_PAD}") from None
    if array.size == 0 and array.dtype.kind == "f":
        # An empty list has no type.
        array = array.astype(np.int64)
    if array.dtype.kind == "O":
        rows = given if isinstance(given, (list, tuple)) else ()
        if len({len(row) for row in rows if hasattr(row, "__len__")}) > 1:
            raise ValueError(f"{name} has rows of unequal lengths; {_HOW_TO_PAD}")
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} is an array of {array.dtype}; an array of integers is expected")
    if array.ndim != dimensions:
        shape, wanted = array.shape, {1: "(B,)", 2: "(B, T)"}[dimensions]
        raise ValueError(f"{name} has the shape {shape}; {wanted} is expected")
    if array.dtype == np.uint64 and array.size and int(array.max()) > np.iinfo(np.int64).max:
        raise ValueError(f"{name} has {array.max()}, which is beyond 64 bits with a sign")
    return array.astype(np.int64, copy=False)


_HOW_TO_PAD = "fill the shorter ones with any integer, and give `lengths`"


def table(terms: Any, lengths: Any) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64] | None]:
    """Sequences in rows, and their lengths."""
    rows = integers("terms", terms, 2)
    return rows, None if lengths is None else integers("lengths", lengths, 1)


def read(text: str) -> Any:
    """Reads a report, whose integers may have any number of digits."""
    return json.loads(text, parse_int=_integer)


def _integer(digits: str) -> int:
    # Newer interpreters refuse to read more than 4300 digits.
    return int(digits) if len(digits) < 4000 else _ninth.integer(digits)
