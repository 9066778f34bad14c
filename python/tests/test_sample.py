"""Sequences as arrays."""

from __future__ import annotations

from typing import Any

import ninth
import numpy as np
import pytest


def test_a_sample_is_a_function_of_its_seed() -> None:
    whole = ninth.sample(10_000, seed=4)
    assert whole.terms.dtype == whole.lengths.dtype == np.int64
    assert whole.terms.shape == (10_000, 9)
    part = ninth.sample(100, seed=4, start=7000, threads=1)
    assert (part.terms == whole.terms[7000:7100]).all()
    assert (part.family == whole.family[7000:7100]).all()
    assert part.formula(3) == whole.formula(7003) == part.formulas()[3]
    assert part.formula(-1) == whole.formula(7099)
    assert (ninth.sample(100, seed=5).terms != whole.terms[:100]).any()


def test_what_is_behind_the_end_is_the_smallest_integer() -> None:
    config = ninth.Config("design", {"sequences.minimum": -128, "sequences.maximum": 127})
    drawn = ninth.sample(2000, config=config, phase=1)
    behind = np.arange(9) >= drawn.lengths[:, None]
    assert behind.any()
    assert (drawn.terms[behind] == -128).all()
    assert [len(terms) for terms in drawn] == drawn.lengths.tolist()


@pytest.mark.parametrize(("phase", "name"), [(1, "simple"), (2, "nested"), (3, "combined")])
def test_phases_have_numbers_and_names(phase: int, name: str) -> None:
    by_number, by_name = ninth.sample(300, phase=phase), ninth.sample(300, phase=name)
    assert (by_number.terms == by_name.terms).all()
    families = {f["name"] for f in ninth.describe()["families"] if f["phase"] == name}
    assert {by_name.families[place] for place in by_name.family} <= families


def test_families_and_epochs() -> None:
    drawn = ninth.sample(200, family="fibonacci")
    assert {drawn.families[place] for place in drawn.family} == {"fibonacci"}
    rows = [terms for terms in drawn if len(terms) == 9]
    assert rows and all(a + b == c for row in rows for a, b, c in zip(row, row[1:], row[2:]))
    first, last = ninth.sample(500, epoch=0), ninth.sample(500, epoch=1000.0)
    assert set(first.family) < set(last.family)
    assert (last.terms == ninth.sample(500).terms).all()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n": -1}, ValueError, "n is -1; allowed are 0 to"),
        ({"n": 10**30}, ValueError, "allowed are 0 to"),
        ({"n": 2**61}, ValueError, "memory does not hold as many"),
        ({"n": 1.0}, TypeError, "n is 1.0"),
        ({"n": None}, TypeError, "n is None"),
        ({"n": 1, "phase": 0}, ValueError, "phase is 0; allowed are 1 to 4"),
        ({"n": 1, "phase": "sinple"}, ValueError, 'did you mean "simple"?'),
        ({"n": 1, "family": "fibonaci"}, ValueError, 'did you mean "fibonacci"?'),
        ({"n": 1, "seed": -3}, ValueError, "seed is -3"),
        ({"n": 1, "start": 2**64 - 1}, ValueError, ""),
        ({"n": 1, "epoch": -1}, ValueError, "epoch is -1"),
        ({"n": 1, "epoch": float("nan")}, ValueError, "epoch is NaN"),
        ({"n": 1, "epoch": "first"}, TypeError, "epoch is 'first'"),
        ({"n": 1, "config": "weak"}, ValueError, 'preset is "weak"'),
        ({"n": 1, "config": 3}, TypeError, "config is 3"),
        ({"n": 1, "threads": 0}, ValueError, "threads is 0; allowed are 1 to 1024"),
    ],
)
def test_other_samples_are_refused(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    if options.get("start"):
        options = {**options, "n": 5}
    with pytest.raises(error) as found:
        ninth.sample(**options)
    assert message in str(found.value)


def test_nothing_may_be_drawn_and_samples_are_shown() -> None:
    nothing = ninth.sample(0)
    assert nothing.terms.shape == (0, 9) and list(nothing) == []
    with pytest.raises(ValueError, match="index is 0"):
        nothing.formula(0)
    assert "10 of 100 sequences" in ninth.sample(100)._repr_html_()
    assert "<table>" in nothing._repr_html_()
