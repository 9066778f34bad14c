"""Answers: what comes next, and the rules behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Union

import numpy as np
import numpy.typing as npt

from . import _html

if TYPE_CHECKING:
    from ._model import Model

#: The terms of a sequence, or a text of them as people write it.
Terms = Union[Sequence[int], npt.NDArray[np.integer[Any]], str]


@dataclass(frozen=True)
class Candidate:
    """A candidate for the next term.

    Where a rule has the terms given and goes on with this one, it has that rule.
    """

    #: The term.
    term: int
    #: Its probability, whatever it follows from; a regression has none.
    probability: float | None
    #: The parts of the probability that come from rules, the model and plain forecasts.
    sources: dict[str, float]
    #: The rule as a formula.
    formula: str | None
    #: The same in LaTeX.
    latex: str | None
    #: The name of the known sequence that it is.
    name: str | None
    #: Its number in the OEIS.
    number: str | None
    #: The probability that the rule is right.
    rule_probability: float | None


@dataclass(frozen=True)
class Prediction:
    """What follows some terms.

    >>> import ninth
    >>> prediction = ninth.predict([2, 4, 6, 8], count=3)
    >>> prediction.next
    [10, 12, 14]
    >>> prediction.candidates[0].formula
    'a(n) = 2 n, n >= 1'
    """

    #: The terms given.
    terms: list[int]
    #: The predicted terms; none where only rules are asked and none fits.
    next: list[int]
    #: Candidates for the first of them, the most likely first.
    candidates: list[Candidate]
    #: The probability that it is none of these; a regression has none.
    other: float | None
    #: Who was asked: ``blend``, ``model`` or ``relations``.
    method: str
    #: How the model chose its terms, where it was asked alone.
    decoding: str | None
    #: The name of the model.
    model: str
    #: How many terms, from the first, the model cannot see.
    ignored: int
    #: The first of ``next`` that lies beyond the integers that the model knows.
    beyond_range: int | None
    #: How much rules, the model and forecasts have to share out among all terms.
    shares: dict[str, float]
    _report: dict[str, Any] = field(repr=False, compare=False)

    @property
    def probability(self) -> float | None:
        """The probability of the first predicted term, where it is among the candidates."""
        found = [c.probability for c in self.candidates if self.next[:1] == [c.term]]
        return found[0] if found else None

    def to_dict(self) -> dict[str, Any]:
        """The object that ``ninth predict --json`` prints."""
        return dict(self._report)

    @classmethod
    def _of(cls, report: dict[str, Any]) -> Prediction:
        fields = dict(report, candidates=[Candidate(**one) for one in report["candidates"]])
        return cls(**fields, _report=report)

    def __str__(self) -> str:
        first = self.candidates[0] if self.candidates else None
        line = f"{_html.terms(self.terms)} -> {_html.terms(self.next)}"
        if first is None or self.next[:1] != [first.term]:
            return line
        known = f"  {first.name} ({first.number})" if first.name else ""
        formula = f"  {first.formula}" if first.formula else ""
        sure = f"  {_html.percent(first.probability)} sure" if first.probability else ""
        return "\n".join(part for part in (line, known, formula, sure) if part)

    def _repr_html_(self) -> str:
        rows = [
            (
                _html.shortened(one.term),
                _html.percent(one.probability),
                f"{one.name} ({one.number})" if one.name else None,
                one.formula,
            )
            for one in self.candidates
        ]
        caption = f"{_html.terms(self.terms)} → {_html.terms(self.next)}"
        return _html.table(("next", "probability", "name", "formula"), rows, caption)


@dataclass(frozen=True)
class Rule:
    """A rule that fits all terms."""

    #: The rule as a formula.
    formula: str
    #: The same in LaTeX.
    latex: str
    #: The name of the known sequence that it is.
    name: str | None
    #: Its number in the OEIS.
    number: str | None
    #: The probability that it is right.
    probability: float
    #: The terms that follow; fewer where the sequence ends.
    next: list[int]


@dataclass(frozen=True)
class Explanation:
    """The rules behind some terms, the most probable first.

    >>> import ninth
    >>> explanation = ninth.explain([1, 4, 9, 16, 25])
    >>> rule = explanation.rules[0]
    >>> rule.formula, rule.next[:2]
    ('a(n) = n^2, n >= 1', [36, 49])
    """

    #: The terms given.
    terms: list[int]
    #: The probability that one of the rules is right.
    confidence: float
    #: Rules that fit; those that go on alike count once.
    found: int
    #: The most probable of them.
    rules: list[Rule]
    #: Where none is likely, the part of the terms that follows one: ``terms`` (how many),
    #: ``formula``, ``latex``, ``name`` and ``number``.
    beginning: dict[str, Any] | None
    _report: dict[str, Any] = field(repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """The object that ``ninth explain --json`` prints."""
        return dict(self._report)

    @classmethod
    def _of(cls, report: dict[str, Any]) -> Explanation:
        rules = [Rule(**rule) for rule in report["relations"]]
        fields = {key: report[key] for key in ("terms", "confidence", "found", "beginning")}
        return cls(**fields, rules=rules, _report=report)

    def __str__(self) -> str:
        lines = [_html.terms(self.terms)]
        for rule in self.rules:
            known = f"{rule.name} ({rule.number}), " if rule.name else ""
            lines.append(f"  {_html.percent(rule.probability)}  {known}{rule.formula}")
        return "\n".join(lines) if self.rules else f"{lines[0]}: no rule fits"

    def _repr_html_(self) -> str:
        rows = [
            (
                _html.percent(rule.probability),
                f"{rule.name} ({rule.number})" if rule.name else None,
                rule.formula,
                _html.terms(rule.next),
            )
            for rule in self.rules
        ]
        caption = f"{_html.terms(self.terms)}: {self.found} rules fit"
        return _html.table(("probability", "name", "formula", "next"), rows, caption)


def predict(terms: Terms, *, model: Model | None = None, **options: Any) -> Prediction:
    """What follows some terms, by the built-in model (or another one) and the rules that fit.

    The options are those of :meth:`Model.predict`.

    >>> import ninth
    >>> ninth.predict("1, 2, 4, 8, 16, ...").next
    [32]
    >>> ninth.predict([10**n for n in range(90, 96)]).next == [10**96]
    True
    """
    return _model(model).predict(terms, **options)


def predict_many(
    rows: Iterable[Terms], *, model: Model | None = None, **options: Any
) -> list[Prediction]:
    """:func:`predict` for each of many sequences, on all cores.

    >>> import ninth
    >>> [answer.next for answer in ninth.predict_many([[1, 2, 4, 8], [3, 6, 9, 12]])]
    [[16], [15]]
    """
    return _model(model).predict_many(rows, **options)


def explain(
    terms: Terms, *, model: Model | None = None, count: int = 4, top: int = 5
) -> Explanation:
    """The rules behind some terms, with the ``count`` terms that follow; ``top`` of them are named.

    >>> import ninth
    >>> ninth.explain([1, 1, 2, 3, 5, 8, 13, 21]).rules[0].number
    'A000045'
    """
    return _model(model).explain(terms, count=count, top=top)


def _model(model: Model | None) -> Model:
    from ._model import built_in

    return built_in() if model is None else model
