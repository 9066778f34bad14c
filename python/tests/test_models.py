"""Models, configs, evaluations and the limit."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import ninth
import numpy as np
import pytest


def test_tables_are_answered_as_one_by_one() -> None:
    model = ninth.built_in()
    drawn = ninth.sample(300, seed=9)
    given = np.minimum(drawn.lengths, 8)
    together = model.predict_batch(drawn.terms[:, :8], given)
    assert (together == model.predict_batch(drawn.terms[:, :8], given, threads=1)).all()
    for place in range(0, 300, 17):
        terms = drawn.terms[place, : given[place]]
        assert model.predict(terms, method="model").next == [together[place]]
    logits = model.logits(drawn.terms[:, :8], given)
    last = logits[np.arange(300), given - 1]
    assert (last.argmax(axis=1) == together).all()
    assert (logits[np.arange(8) >= given[:, None]] == 0).all()
    assert model.predict_batch([[2, 4, 6], [1, 2, 4]]).tolist() == [8, 8]
    # Any integer type, any strides.
    small = np.asfortranarray(drawn.terms[:, :8].astype(np.uint8))[::3]
    assert (model.predict_batch(small, given[::3].astype(np.int8)) == together[::3]).all()


@pytest.mark.parametrize(
    ("terms", "lengths", "error", "message"),
    [
        ([[1, 2], [3]], None, ValueError, "rows of unequal lengths"),
        ([[1, 2], [3, 4]], [2], ValueError, "lengths has 1 numbers; terms has 2 rows"),
        ([[1, 2], [3, 4]], [2, 3], ValueError, "lengths[1] is 3; allowed are 1 to 2"),
        ([[1, 2], [3, 4]], [2, 0], ValueError, "lengths[1] is 0"),
        ([[1, 2], [3, 4]], [2, -1], ValueError, "lengths[1] is -1"),
        ([[1, 2], [3, 4]], [[2], [2]], ValueError, "lengths has the shape (2, 1); (B,) is"),
        ([[1, 2], [3, 4]], [2.0, 2.0], TypeError, "lengths is an array of float64"),
        ([1, 2, 3], None, ValueError, "terms has the shape (3,); (B, T) is expected"),
        ([[[1]]], None, ValueError, "terms has the shape (1, 1, 1)"),
        ([[]], None, ValueError, "at least one is needed"),
        ([[1.0, 2.0]], None, TypeError, "terms is an array of float64"),
        ([[float("nan")]], None, TypeError, "terms is an array of float64"),
        ([[True]], None, TypeError, "terms is an array of bool"),
        ([[None]], None, TypeError, "terms is an array of object"),
        ([["1"]], None, TypeError, "terms is an array of <U1"),
        (None, None, TypeError, "terms is an array of object"),
        ("1 2 3", None, TypeError, "terms is '1 2 3'"),
        ([[1, 256]], None, ValueError, "terms[0, 1] is 256; the model knows integers from 0 to"),
        ([[-1]], None, ValueError, "terms[0, 0] is -1"),
        ([[2**63]], None, ValueError, "beyond 64 bits"),
        ([[2**70]], None, TypeError, "terms is an array of object"),
    ],
)
def test_other_tables_are_refused(
    terms: Any, lengths: Any, error: type[Exception], message: str
) -> None:
    model = ninth.built_in()
    for ask in (model.predict_batch, model.logits, model.loss_and_gradients):
        with pytest.raises(error) as found:
            ask(terms, lengths)
        assert message in str(found.value)


def test_a_model_goes_through_tensors_files_and_bytes(tmp_path: Path) -> None:
    model = ninth.built_in()
    tensors = model.tensors()
    assert sum(tensor.size for tensor in tensors.values()) == model.config.parameters
    copy = ninth.Model.from_tensors(model.config, dict(reversed(list(tensors.items()))))
    terms = ninth.sample(50).terms[:, :8]
    assert (copy.logits(terms) == model.logits(terms)).all()
    path = tmp_path / "copy.safetensors"
    copy.save(path)
    for other in (ninth.load(path), ninth.load(str(path)), pickle.loads(pickle.dumps(copy))):
        assert all((other.tensors()[name] == tensor).all() for name, tensor in tensors.items())
        assert other.config == model.config


def test_other_tensors_are_refused() -> None:
    config = ninth.Config()
    model = ninth.train(config.replace(epochs=1, steps_per_epoch=1)).model
    tensors = model.tensors()
    name = next(iter(tensors))
    cases: list[tuple[Any, type[Exception], str]] = [
        ({name: tensors[name]}, ValueError, "is missing"),
        ({**tensors, "more": tensors[name]}, ValueError, 'there is no tensor "more"'),
        ({**tensors, name: tensors[name].T[..., None]}, ValueError, "it has to be"),
        ({**tensors, name: tensors[name] * np.nan}, ValueError, "holds NaN"),
        ({**tensors, name: np.array("x")}, TypeError, f"the tensor {name!r} is an array of <U1"),
        ({**tensors, name: None}, TypeError, "not of numbers"),
        ({**tensors, 3: tensors[name]}, TypeError, "the name of a tensor is 3"),
        ([], TypeError, "not a mapping"),
    ]
    for changed, error, message in cases:
        with pytest.raises(error) as found:
            ninth.Model.from_tensors(config, changed)
        assert message in str(found.value)


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot read"):
        ninth.load(tmp_path / "nothing")
    with pytest.raises(ValueError, match=r"has no best\.safetensors"):
        ninth.load(tmp_path)
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(ninth.built_in().to_bytes()[:-5])
    with pytest.raises(ValueError, match="cannot be used"):
        ninth.load(broken)
    with pytest.raises(ValueError, match="cannot be used"):
        ninth.Model.from_bytes(b"")
    with pytest.raises(TypeError, match="not bytes"):
        ninth.Model.from_bytes("text")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        ninth.load(3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="comes from"):
        ninth.Model()


def test_configs_are_those_of_the_command_line(tmp_path: Path) -> None:
    config = ninth.Config("strong", {"training.seed": 5}, layers=2)
    assert (config["model.layers"], config["seed"]) == (2, 5)
    assert ninth.Config.from_toml(config.to_toml()) == config
    path = tmp_path / "my.toml"
    path.write_text(config.to_toml(comments=True))
    assert ninth.Config.read(path) == config == pickle.loads(pickle.dumps(config))
    assert config.to_dict()["model"]["layers"] == 2
    assert len(config) == len(list(config)) > 50
    assert hash(config) == hash(config.replace()) and config != config.replace(seed=6)
    assert "model.layers" in config._repr_html_() and "'model.d_model': 64" in repr(config)
    assert ninth.Config(layers=np.int64(3))["layers"] == 3
    assert (ninth.Config().steps, ninth.Config().parameters) == (100_000, 1140)
    assert ninth.Config(epochs=1).notes


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"layers": 0}, ValueError, "Config: model.layers = 0 is not allowed"),
        ({"layers": "two"}, ValueError, "model.layers"),
        ({"layers": None}, TypeError, "layers is None"),
        ({"layers": [2]}, TypeError, "layers is [2]"),
        ({"layer": 2}, ValueError, 'Config: unknown key "layer" (did you mean "layers"?)'),
        ({"heads": 3}, ValueError, "model.heads = 3 does not divide"),
        ({"learning_rate.peak": float("inf")}, ValueError, ""),
        ({"activation": 'x"\ny'}, ValueError, "model.activation"),
    ],
)
def test_other_values_are_refused(
    values: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as found:
        ninth.Config("design", values)
    assert message in str(found.value)


def test_other_configs_are_refused(tmp_path: Path) -> None:
    for wrong in ("weak", None, 3):
        with pytest.raises((ValueError, TypeError), match="preset is"):
            ninth.Config(wrong)  # type: ignore[arg-type]
    with pytest.raises(OSError, match="cannot read"):
        ninth.Config.read(tmp_path / "nothing.toml")
    with pytest.raises(KeyError, match="there is no single key"):
        ninth.Config()["nothing"]


def test_a_model_is_judged_beside_the_limit() -> None:
    evaluation = ninth.evaluate(n=300, seed=1)
    assert evaluation["sequences"] == 300
    assert evaluation["limit"]["all"]["accuracy_last"] > 0.9
    assert "last term" in repr(evaluation) and "limit of all" in evaluation._repr_html_()
    assert set(evaluation.to_dict()) >= {"all", "phases", "families", "rules", "methods"}
    with pytest.raises(ValueError, match="n is 0"):
        ninth.evaluate(n=0)
    with pytest.raises(TypeError, match="model is 5"):
        ninth.evaluate(5)  # type: ignore[arg-type]
    limit = ninth.limit("design")
    assert limit["exact"] and 0.99 < limit["all"]["accuracy_last"] < 1
    assert "simple" in limit._repr_html_() and "last term" in repr(limit)


def test_attention_has_rows_that_add_up_to_one() -> None:
    weights = ninth.built_in().attention([1, 2, 4, 8, 16])
    assert np.allclose(weights.sum(axis=-1), 1, atol=1e-5)
    assert (np.triu(weights[0, 0], 1) == 0).all()


def test_the_lock_of_the_interpreter_is_free_while_the_engine_works() -> None:
    counted, stop = [0], threading.Event()

    def count() -> None:
        while not stop.is_set():
            counted[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    try:
        before = counted[0]
        ninth.train(ninth.Config(epochs=2, steps_per_epoch=2000))
        assert counted[0] > before + 5
    finally:
        stop.set()
        thread.join()


def test_import_takes_numpy_and_the_standard_library_only() -> None:
    code = (
        "import sys; before = set(sys.modules); import ninth;"
        "new = {m.split('.')[0] for m in set(sys.modules) - before};"
        "print(sorted(m for m in new - set(sys.stdlib_module_names) if not m.startswith('_')))"
    )
    if sys.version_info < (3, 10):
        pytest.skip("the interpreter does not know the names of its standard library")
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "['ninth', 'numpy']", found.stdout + found.stderr
