"""Sequences of the training data, as arrays."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _check, _html, _ninth
from ._config import Config, resolved


@dataclass(frozen=True, eq=False)
class Sample:
    """Sequences side by side, with formulas on demand.

    >>> import ninth
    >>> drawn = ninth.sample(1000, phase="simple", seed=1)
    >>> drawn.terms.shape, drawn.terms.dtype
    ((1000, 9), dtype('int64'))
    >>> drawn.families[drawn.family[0]]
    'fibonacci'
    """

    #: ``(n, L)``: the terms, and behind the end of a sequence the smallest integer of the range.
    terms: npt.NDArray[np.int64]
    #: ``(n,)``: how many terms each has.
    lengths: npt.NDArray[np.int64]
    #: ``(n,)``: the family of each, a place in ``families``.
    family: npt.NDArray[np.uint8]
    #: The number of the first sequence in the stream of its seed.
    start: int
    _source: _ninth.SequenceSource = field(repr=False)

    @property
    def families(self) -> tuple[str, ...]:
        """The names of all families."""
        return tuple(_ninth.SequenceSource.families())

    def formula(self, index: int) -> str:
        """The relation that gives a sequence.

        >>> import ninth
        >>> ninth.sample(1, family="fibonacci", seed=3).formula(0)
        'a(n) = a(n-1) + a(n-2), a(0) = 19, a(1) = 35'
        """
        place = _check.integer("index", index, -len(self), len(self) - 1)
        return self._source.formula(self.start + place % len(self))

    def formulas(self) -> list[str]:
        """The relations of all sequences."""
        return [self.formula(index) for index in range(len(self))]

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[list[int]]:
        """The terms of each sequence, without what is behind its end."""
        for row, length in zip(self.terms, self.lengths):
            yield row[:length].tolist()

    def __repr__(self) -> str:
        return f"Sample({len(self)} sequences of up to {self.terms.shape[1]} terms)"

    def _repr_html_(self) -> str:
        shown = min(len(self), 10)
        rows = [
            (
                self.families[self.family[index]],
                _html.terms(self.terms[index, : self.lengths[index]].tolist()),
                self.formula(index),
            )
            for index in range(shown)
        ]
        caption = f"{shown} of {len(self):,} sequences" if shown < len(self) else ""
        return _html.table(("family", "terms", "formula"), rows, caption)


def sample(
    n: int,
    *,
    phase: int | str | None = None,
    family: str | None = None,
    seed: int = 0,
    start: int = 0,
    epoch: float | None = None,
    config: Config | str | None = None,
    threads: int | None = None,
) -> Sample:
    """Draws ``n`` sequences: those from number ``start`` on in the stream of ``seed``.

    Each is a function of the seed, its number and what is drawn from: a family, a phase (1 to 4,
    or its name), or a mixture of phases: that of an ``epoch`` of the config's curriculum, or
    the one that a training ends with. ``ninth sample`` prints the same sequences.

    >>> import ninth
    >>> whole = ninth.sample(100, seed=5)
    >>> part = ninth.sample(10, seed=5, start=40)
    >>> bool((whole.terms[40:50] == part.terms).all())
    True
    """
    n = _check.integer("n", n, 0, 2**62)
    seed = _check.integer("seed", seed, 0, _check.LARGEST_SEED)
    start = _check.integer("start", start, 0, 2**64 - 1)
    at = None if epoch is None else _check.number("epoch", epoch)
    source = _source(resolved(config), _phase(phase), _check.text("family", family), at)
    source = source.with_seed(seed)
    terms, lengths, families = source.table(start, n, _check.threads(threads))
    return Sample(terms, lengths, families, start, source)


# Which parameters a family has is determined when it is first drawn from, which takes longer than
# to draw a few sequences.
@functools.lru_cache(maxsize=16)
def _source(
    config: Config, phase: str | None, family: str | None, epoch: float | None
) -> _ninth.SequenceSource:
    return _ninth.SequenceSource(config._config, phase, family, epoch, 0)


def _phase(phase: Any) -> str | None:
    if phase is None or isinstance(phase, str):
        return phase
    names = _ninth.SequenceSource.phases()
    return names[_check.integer("phase", phase, 1, len(names)) - 1]
