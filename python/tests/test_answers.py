"""Predictions and explanations."""

from __future__ import annotations

import copy
import itertools
import pickle
from typing import Any

import ninth
import numpy as np
import pytest


def test_what_follows_has_a_name_and_a_probability() -> None:
    answer = ninth.predict([1, 1, 2, 3, 5, 8, 13, 21], count=3)
    assert answer.next == [34, 55, 89]
    first = answer.candidates[0]
    assert (first.term, first.number) == (34, "A000045")
    assert first.probability == answer.probability
    assert first.probability is not None and answer.other is not None
    total = answer.other + sum(one.probability or 0 for one in answer.candidates)
    assert total == pytest.approx(1)
    assert str(answer).splitlines()[0] == "1, 1, 2, 3, 5, 8, 13, 21 -> 34, 55, 89"


@pytest.mark.parametrize(
    "terms",
    [
        [2, 4, 6, 8],
        (2, 4, 6, 8),
        np.array([2, 4, 6, 8], dtype=np.uint8),
        np.array([2, 4, 6, 8], dtype=np.int64)[::1],
        range(2, 10, 2),
        [np.int16(2), np.int64(4), 6, 8],
        "2, 4, 6, 8, ...",
        "[2 4 6 8]",
    ],
)
def test_terms_may_come_in_anything_with_integers(terms: Any) -> None:
    answer = ninth.predict(terms)
    assert (answer.terms, answer.next) == ([2, 4, 6, 8], [10])


@pytest.mark.parametrize(
    ("terms", "error", "message"),
    [
        ([], ValueError, "no terms given; at least one is needed"),
        ("", ValueError, ""),
        ("1, 2, x", ValueError, 'term 3 is "x", not an integer'),
        (None, TypeError, "terms is None"),
        (5, TypeError, "terms is 5 of the type int"),
        (iter([1, 2]), TypeError, "of the type list_iterator; allowed are a list"),
        (itertools.count(), TypeError, "terms is count(0) of the type count"),
        ({1, 2}, TypeError, "of the type set"),
        ({1: 2}, TypeError, "of the type dict"),
        (b"12", TypeError, "of the type bytes"),
        ([1, None], TypeError, "term 2 is None, not an integer"),
        ([1, 2.0], TypeError, "term 2 is 2.0 of the type float, not an integer"),
        ([float("nan")], TypeError, "term 1 is nan of the type float"),
        ([True, 1], TypeError, "term 1 is True of the type bool"),
        ([1, "2"], TypeError, "term 2 is '2' of the type str"),
        ([[1, 2], [3, 4]], TypeError, "term 1 is [1, 2] of the type list"),
        (np.array([[1, 2], [3, 4]]), TypeError, "term 1 is array([1, 2]) of the type ndarray"),
        (np.array([1.5, 2.5]), TypeError, "term 1 is"),
        (np.array(["a"]), TypeError, "term 1 is"),
        (np.array(3), TypeError, "terms is array(3)"),
    ],
)
def test_other_terms_are_refused(terms: Any, error: type[Exception], message: str) -> None:
    for ask in (ninth.predict, ninth.explain):
        with pytest.raises(error) as found:
            ask(terms)
        assert message in str(found.value)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"count": 0}, ValueError, "count is 0; allowed are 1 to 1000000"),
        ({"count": 10**30}, ValueError, "allowed are 1 to 1000000"),
        ({"count": 1.5}, TypeError, "count is 1.5 of the type float, not an integer"),
        ({"top": -1}, ValueError, "top is -1"),
        ({"top": True}, TypeError, "top is True"),
        ({"method": "rules"}, ValueError, 'method is "rules"; allowed are model, relations, blend'),
        ({"method": 3}, TypeError, "method is 3"),
        ({"decoding": "beem"}, ValueError, 'did you mean "beam"?'),
        ({"seed": -1, "method": "model", "decoding": "sample"}, ValueError, "seed is -1"),
        ({"seed": 2**64, "method": "model", "decoding": "sample"}, ValueError, "allowed are 0 to"),
        ({"temperature": float("nan"), "decoding": "sample"}, ValueError, "temperature is NaN"),
        ({"temperature": "hot"}, TypeError, "temperature is 'hot'"),
        ({"beam_width": 2}, ValueError, "beam_width has no effect with decoding greedy"),
    ],
)
def test_other_options_are_refused(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as found:
        ninth.predict([1, 2, 3, 4], **options)
    assert message in str(found.value)


def test_integers_may_have_any_size() -> None:
    large = [10**n for n in range(5000, 5006)]
    assert ninth.predict(large).next == [10**5006]
    assert ninth.explain([-(3**n) for n in range(300, 306)]).rules[0].next[0] == -(3**306)
    # The interpreter itself refuses texts of as many digits.
    huge = [7 * 10**20000] * 5
    answer = ninth.predict(huge)
    assert answer.terms == huge
    assert answer.next in ([huge[0]], [])


def test_what_the_model_alone_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="term 3 is 300; the model knows integers from 0 to 255"):
        ninth.predict([100, 200, 300], method="model")


def test_many_are_answered_in_order() -> None:
    rows: list[Any] = [[n, 2 * n, 3 * n, 4 * n] for n in range(1, 30)]
    answers = ninth.predict_many(rows, count=2)
    assert [answer.next for answer in answers] == [[5 * n, 6 * n] for n in range(1, 30)]
    assert answers[3] == ninth.predict(rows[3], count=2)
    with pytest.raises(TypeError, match=r"rows\[1\]: term 2 is None"):
        ninth.predict_many([[1, 2], [1, None], [1, 2]])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="rows is"):
        ninth.predict_many("1 2 3")


def test_rules_are_named_with_their_continuation() -> None:
    explanation = ninth.explain([1, 2, 5, 14, 42, 132], count=2, top=1)
    assert [rule.name for rule in explanation.rules] == ["Catalan numbers"]
    assert explanation.rules[0].next == [429, 1430]
    assert explanation.confidence > 0.5
    assert "Catalan numbers (A000108)" in str(explanation)


def test_answers_can_be_copied_and_shown() -> None:
    for answer in (ninth.predict([1, 4, 9, 16]), ninth.explain([1, 4, 9, 16])):
        assert pickle.loads(pickle.dumps(answer)) == answer
        assert copy.deepcopy(answer) == answer
        assert answer.to_dict()["terms"] == [1, 4, 9, 16]
        shown = answer._repr_html_()
        assert "<table>" in shown and "A000290" in shown
    # What stands in a table is escaped.
    assert "<" not in ninth._html.cell("a < b")


def test_a_regression_has_no_probabilities() -> None:
    config = ninth.Config(output="regression", epochs=1, steps_per_epoch=10)
    model = ninth.train(config).model
    answer = ninth.predict([1, 2, 3], model=model)
    assert (answer.method, answer.probability, answer.other) == ("model", None, None)
    assert answer._repr_html_()
