"""Models: their answers, their files, and how good they are."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _check, _html, _ninth
from ._answers import Explanation, Prediction, Terms
from ._config import Config, resolved


class Model:
    """A trained model; it never changes.

    >>> import ninth
    >>> model = ninth.built_in()
    >>> model.predict([2, 4, 6, 8], method="model").next
    [10]
    >>> import numpy as np
    >>> model.predict_batch(np.array([[2, 4, 6, 8], [1, 2, 4, 8]]))
    array([10, 16])
    """

    _model: _ninth.Model

    def __init__(self) -> None:
        """Models come from :func:`load`, :func:`train` and the like."""
        raise TypeError("a Model comes from ninth.load, built_in, train or Model.from_tensors")

    @classmethod
    def _of(cls, model: _ninth.Model) -> Model:
        made = cls.__new__(cls)
        made._model = model
        return made

    @classmethod
    def from_bytes(cls, data: bytes) -> Model:
        """The model in the bytes of a file."""
        if not isinstance(data, bytes):
            raise TypeError(f"data is {_check.described(data)}, not bytes")
        return cls._of(_ninth.Model.from_bytes(data))

    @classmethod
    def from_tensors(cls, config: Config | str, tensors: Mapping[str, Any]) -> Model:
        """A model with these parameters, by name, as :meth:`tensors` gives them.

        >>> import ninth
        >>> model = ninth.built_in()
        >>> doubled = {name: 2 * tensor for name, tensor in model.tensors().items()}
        >>> ninth.Model.from_tensors(model.config, doubled).tensors().keys() == doubled.keys()
        True
        """
        if not isinstance(tensors, Mapping):
            raise TypeError(f"tensors is {_check.described(tensors)}, not a mapping of arrays")
        named = []
        for name, tensor in tensors.items():
            if not isinstance(name, str):
                raise TypeError(f"the name of a tensor is {_check.described(name)}, not a text")
            array = np.asarray(tensor)
            if array.dtype.kind not in "fiu":
                raise TypeError(f"the tensor {name!r} is an array of {array.dtype}, not of numbers")
            named.append((name, array.astype(np.float32, copy=False)))
        return cls._of(_ninth.Model.from_tensors(resolved(config)._config, named))

    @property
    def name(self) -> str:
        """``embedded`` for the built-in model, or the path of its file."""
        return self._model.name

    @functools.cached_property
    def config(self) -> Config:
        """What it was trained with."""
        return Config._of(self._model.config)

    def predict(
        self,
        terms: Terms,
        *,
        count: int = 1,
        top: int = 5,
        method: str | None = None,
        decoding: str | None = None,
        generation: str | None = None,
        beam_width: int | None = None,
        temperature: float | None = None,
        top_k: int | None = None,
        seed: int | None = None,
    ) -> Prediction:
        """What follows some terms: a list, tuple or array of integers, or a text of them.

        ``count`` terms are predicted, and ``top`` candidates for the first of them listed.
        ``method`` is ``blend`` (the model and the rules that fit), ``model`` or ``relations``.
        How a model that is asked alone chooses its terms is said by ``decoding`` (``greedy``,
        ``beam`` with ``beam_width``, ``sample`` with ``temperature``, ``top_k`` and ``seed``)
        and ``generation``; where nothing is said, by its config.

        >>> import ninth
        >>> ninth.built_in().predict([3, 6, 9], method="model", decoding="beam", count=2).next
        [12, 15]
        """
        asked = _asked(
            count, top, method, decoding, generation, beam_width, temperature, top_k, seed
        )
        return Prediction._of(_check.read(self._model.predict(terms, asked)))

    def predict_many(self, rows: Iterable[Terms], **options: Any) -> list[Prediction]:
        """:meth:`predict` for each of many sequences, on all cores."""
        from concurrent.futures import ThreadPoolExecutor

        if isinstance(rows, (str, bytes)):
            raise TypeError(f"rows is {_check.described(rows)}, not sequences of terms")

        def one(place: int, row: Terms) -> Prediction:
            try:
                return self.predict(row, **options)
            except (TypeError, ValueError) as error:
                raise type(error)(f"rows[{place}]: {error}") from None

        # The engine holds no lock of the interpreter, so that threads are enough.
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            futures = [pool.submit(one, place, row) for place, row in enumerate(rows)]
            try:
                return [future.result() for future in futures]
            except BaseException:
                for future in futures:
                    future.cancel()
                raise

    def explain(self, terms: Terms, *, count: int = 4, top: int = 5) -> Explanation:
        """The rules behind some terms, with the ``count`` terms that follow; ``top`` are named."""
        count = _check.integer("count", count, 1, _check.MOST)
        top = _check.integer("top", top, 1, _check.MOST)
        return Explanation._of(_check.read(self._model.explain(terms, count, top)))

    def predict_batch(
        self, terms: Any, lengths: Any = None, *, threads: int | None = None
    ) -> npt.NDArray[np.int64]:
        """The most likely next term of each row, by the model alone, with greedy decoding.

        ``terms`` is an integer array ``(B, T)``. ``lengths``, ``(B,)``, says how many terms of
        each row count; of more than its context the model sees the last ones.
        """
        rows, counts = _check.table(terms, lengths)
        return self._model.predict_batch(rows, counts, _check.threads(threads))

    def logits(
        self, terms: Any, lengths: Any = None, *, threads: int | None = None
    ) -> npt.NDArray[np.float32]:
        """The logits behind every term, ``(B, T, V)``.

        Place ``v`` is that of the integer ``sequences.minimum + v``. Of a regression there is one
        number, the term as a share of the range. Behind the end of a sequence there are zeros.

        >>> import ninth
        >>> logits = ninth.built_in().logits([[2, 4, 6, 8]])
        >>> logits.shape, int(logits[0, 3].argmax())
        ((1, 4, 256), 10)
        """
        rows, counts = _check.table(terms, lengths)
        return self._model.logits(rows, counts, _check.threads(threads))

    def loss_and_gradients(
        self, terms: Any, lengths: Any = None
    ) -> tuple[float, dict[str, npt.NDArray[np.float32]]]:
        """The loss of a batch, as training minimises it, and its gradient for each tensor.

        Rows have up to one term more than the context: each but the first is a target.
        """
        rows, counts = _check.table(terms, lengths)
        loss, gradients = self._model.loss_and_gradients(rows, counts)
        return loss, dict(gradients)

    def attention(self, terms: Terms) -> npt.NDArray[np.float32]:
        """Where each term looks: ``(layers, heads, T, T)``, and each row adds up to 1.

        >>> import ninth
        >>> ninth.built_in().attention([1, 2, 4, 8]).shape
        (4, 6, 4, 4)
        """
        return np.array(_check.read(self._model.attention(terms))["layers"], dtype=np.float32)

    def tensors(self) -> dict[str, npt.NDArray[np.float32]]:
        """The parameters by name, as in the safetensors file."""
        return dict(self._model.tensors())

    def evaluate(
        self, n: int = 10_000, *, seed: int | None = None, never_trained: bool = False
    ) -> Evaluation:
        """How good the model is on ``n`` fresh sequences; see :func:`evaluate`."""
        n = _check.integer("n", n, 1, 10**9)
        seed = _check.optional("seed", seed, 0, _check.LARGEST_SEED)
        return Evaluation(_check.read(self._model.evaluate(n, seed, bool(never_trained))))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a safetensors file with the parameters and the config."""
        self._model.save(path)

    def to_bytes(self) -> bytes:
        """The content of the file that :meth:`save` writes."""
        return self._model.to_bytes()

    def to_onnx_bytes(self) -> bytes:
        """The model as an ONNX file, which ``onnxruntime`` and others take.

        The input is ``terms``, ``(batch, length)``; the metadata have the config and the range.
        ``ninth export --onnx`` writes the same file.

        >>> import ninth
        >>> len(ninth.built_in().to_onnx_bytes()) > 4 * ninth.built_in().config.parameters
        True
        """
        return self._model.to_onnx_bytes()

    def __reduce__(self) -> tuple[Any, ...]:
        return (Model.from_bytes, (self.to_bytes(),))

    def __repr__(self) -> str:
        return f"Model({self.name!r}, {self.config.parameters:,} parameters)"

    def _repr_html_(self) -> str:
        tensors = ((name, " × ".join(map(str, t.shape))) for name, t in self.tensors().items())
        return _html.table(("tensor", "shape"), tensors, repr(self))


class Report:
    """What the engine reports: by the names in the JSON of the command line."""

    def __init__(self, report: dict[str, Any]) -> None:
        """From the object that the command line prints with ``--json``."""
        self._report = report

    def __getitem__(self, key: str) -> Any:
        return self._report[key]

    def to_dict(self) -> dict[str, Any]:
        """All of it."""
        return dict(self._report)


class Evaluation(Report):
    """A model on fresh sequences, beside baselines, rules and the limit.

    It has what ``ninth evaluate --json`` prints.

    >>> import ninth
    >>> evaluation = ninth.built_in().evaluate(200)
    >>> evaluation["all"]["accuracy_last"] > 0.8
    True
    """

    def __repr__(self) -> str:
        metrics = self._report["all"]
        last, whole = metrics.get("accuracy_last"), metrics["accuracy_whole"]
        return (
            f"Evaluation({metrics['sequences']} sequences: last term {_html.percent(last)}, "
            f"whole {_html.percent(whole)})"
        )

    def _repr_html_(self) -> str:
        rows = judged_rows(self._report)
        limit = self._report["limit"]["all"]
        rows.append(_judged("limit of all", limit))
        return _html.table(JUDGED, rows, f"{self._report['sequences']:,} fresh sequences")


JUDGED = ("", "last term", "all terms", "whole", "distance", "cross-entropy")


def judged_rows(report: dict[str, Any]) -> list[tuple[object, ...]]:
    """Rows of a table with the metrics of each phase."""
    rows = [_judged(phase, metrics) for phase, metrics in report["phases"].items()]
    return [*rows, _judged("all", report["all"])]


def _judged(name: str, metrics: dict[str, Any]) -> tuple[object, ...]:
    shares = ("accuracy_last", "accuracy_all", "accuracy_whole")
    return (
        name,
        *(_html.percent(metrics.get(share)) for share in shares),
        metrics.get("distance"),
        metrics.get("cross_entropy"),
    )


class Limit(Report):
    """How good the best possible predictor is, computed exactly.

    It has what ``ninth limit --json`` prints.

    >>> import ninth
    >>> limit = ninth.limit()
    >>> round(limit["all"]["accuracy_last"], 4)
    0.9982
    """

    def __repr__(self) -> str:
        metrics = self._report["all"]
        return f"Limit(last term {_html.percent(metrics['accuracy_last'])})"

    def _repr_html_(self) -> str:
        caption = f"the limit, from {self._report['relations']:,} relations"
        return _html.table(JUDGED, judged_rows(self._report), caption)


@functools.lru_cache(maxsize=1)
def built_in() -> Model:
    """The model in the package."""
    return Model._of(_ninth.Model.built_in())


def load(path: str | os.PathLike[str], *, accept_changed: bool = False) -> Model:
    """The model in a file (weights or a checkpoint), or the best one in the folder of a run.

    ``accept_changed`` takes a file that another program has changed or written.
    """
    return Model._of(_ninth.Model.load(path, bool(accept_changed)))


def evaluate(
    model: Model | None = None,
    n: int = 10_000,
    *,
    seed: int | None = None,
    never_trained: bool = False,
) -> Evaluation:
    """How good a model (the built-in one where none is given) is on ``n`` fresh sequences.

    Beside it stand baselines, the rules alone, both together and the limit. ``never_trained``
    adds how good it is on parameters that its training never drew.
    """
    if model is not None and not isinstance(model, Model):
        raise TypeError(f"model is {_check.described(model)}, not a Model")
    chosen = built_in() if model is None else model
    return chosen.evaluate(n, seed=seed, never_trained=never_trained)


def limit(config: Config | str | None = None) -> Limit:
    """How good the best possible predictor of a config's sequences is.

    It takes seconds, and is kept in the user's cache folder.
    """
    return Limit(_check.read(_ninth.limit(resolved(config)._config)))


def _asked(
    count: Any,
    top: Any,
    method: Any,
    decoding: Any,
    generation: Any,
    beam_width: Any,
    temperature: Any,
    top_k: Any,
    seed: Any,
) -> _ninth.Asked:
    return (
        _check.integer("count", count, 1, _check.MOST),
        _check.integer("top", top, 1, _check.MOST),
        _check.text("method", method),
        _check.text("decoding", decoding),
        _check.text("generation", generation),
        _check.optional("beam_width", beam_width, 1, _check.MOST),
        None if temperature is None else _check.number("temperature", temperature),
        _check.optional("top_k", top_k, 1, _check.MOST),
        _check.optional("seed", seed, 0, _check.LARGEST_SEED),
    )
