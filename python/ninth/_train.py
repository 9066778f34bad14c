"""Training a model, with a callback and a progress bar."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any, Optional

from . import _check, _html, _ninth
from ._config import Config, resolved
from ._model import JUDGED, Model, Report, judged_rows

Event = dict[str, Any]
Callback = Callable[[Event], Optional[bool]]


class Run(Report):
    """A training that is over: its model, how it ended and how good it became.

    As a mapping it has ``ending`` (``complete``, ``early stopping`` or ``interrupted``),
    ``step``, ``steps``, ``seconds``, ``best_step``, ``best_loss``, ``folder``, ``shape``,
    ``engine``, and, on 10,000 fresh sequences, the metrics ``all``, ``phases`` and ``families``.
    """

    def __init__(self, model: Model, events: list[Event], report: dict[str, Any]) -> None:
        """From what the engine reports."""
        super().__init__(report)
        #: The model with the best weights.
        self.model = model
        #: The events of the training, in order: the objects that the callback got.
        self.events = events

    def curve(self, key: str) -> tuple[list[int], list[float]]:
        """Steps and values of a metric of the events, such as ``train/loss``."""
        found = [(event["step"], event[key]) for event in self.events if key in event]
        if not found:
            names = sorted({name for event in self.events for name in event})
            raise KeyError(f"no event has {key!r}; there are {', '.join(names)}")
        return [step for step, _ in found], [value for _, value in found]

    def __repr__(self) -> str:
        last = _html.percent(self._report["all"].get("accuracy_last"))
        steps, ending = self._report["step"], self._report["ending"]
        return f"Run({ending} after {steps:,} steps: last term {last})"

    def _repr_html_(self) -> str:
        return _html.table(JUDGED, judged_rows(self._report), repr(self))


class Interrupted(KeyboardInterrupt):
    """A training was interrupted from the keyboard; ``run`` has the model so far."""

    def __init__(self, run: Run) -> None:
        """With what the training came to."""
        super().__init__(f"{run!r}; the model so far is in .run.model")
        self.run = run


def train(
    config: Config | str | None = None,
    *,
    out: str | os.PathLike[str] | None = None,
    start: Model | None = None,
    callback: Callback | None = None,
    progress: bool | None = None,
    engine: str = "cpu",
    device: str | None = None,
    threads: int | None = None,
) -> Run:
    """Trains a model: by default ``design``, the design document's.

    ``callback`` gets every event as a dictionary: ``event`` is ``progress`` (each hundred steps,
    with ``train/loss``), ``validation`` (with ``validation/loss``, accuracies by phase and the
    like) or ``diverging``. It ends the training by returning ``False``; an error that it raises
    comes out of here.

    ``out`` is a new folder for checkpoints, logs and the report; a training with one can be
    resumed. ``start`` is a model whose weights are begun with. ``progress`` shows a bar of
    ``tqdm``; by default where that is installed and a person looks on. The seed of the config
    decides all weights, on any number of threads.

    Ctrl-C ends the training after the current step, and raises :class:`Interrupted`, which has
    the model so far.

    >>> import ninth
    >>> run = ninth.train(ninth.Config(epochs=1, steps_per_epoch=100))
    >>> run["step"], run.model.predict([2, 4, 6, 8], method="model").terms
    (100, [2, 4, 6, 8])
    """
    chosen = resolved(config)
    if start is not None and not isinstance(start, Model):
        raise TypeError(f"start is {_check.described(start)}, not a Model")
    asked = _engine(engine, device, threads)
    begun = None if start is None else start._model

    def work(observe: Callable[[str], bool | None]) -> Any:
        return _ninth.train(chosen._config, out, begun, asked, observe)

    return _followed(work, chosen.steps, callback, progress)


def resume(
    folder: str | os.PathLike[str],
    *,
    callback: Callback | None = None,
    progress: bool | None = None,
    engine: str = "cpu",
    device: str | None = None,
    threads: int | None = None,
) -> Run:
    """Goes on with the training of a folder, as if nothing had happened; see :func:`train`."""
    asked = _engine(engine, device, threads)

    def work(observe: Callable[[str], bool | None]) -> Any:
        return _ninth.resume(folder, asked, observe)

    return _followed(work, None, callback, progress)


def _engine(engine: Any, device: Any, threads: Any) -> _ninth.EngineAsked:
    name = _check.text("engine", engine)
    if name is None:
        raise TypeError("engine is None, not a text")
    return name, _check.text("device", device), _check.threads(threads)


def _followed(
    work: Callable[[Callable[[str], bool | None]], Any],
    steps: int | None,
    callback: Callback | None,
    progress: bool | None,
) -> Run:
    if callback is not None and not callable(callback):
        raise TypeError(f"callback is {_check.described(callback)}, not a function")
    events: list[Event] = []
    bar = _bar(steps, progress)

    def observe(line: str) -> bool | None:
        event: Event = json.loads(line)
        events.append(event)
        if bar is not None:
            bar.update(event["step"] - bar.n)
            if event["event"] == "validation":
                bar.set_postfix(loss=f"{event['validation/loss']:.3f}")
        return None if callback is None else callback(event)

    try:
        (model, report), raised = work(observe)
    finally:
        if bar is not None:
            bar.close()
    run = Run(Model._of(model), events, json.loads(report))
    if isinstance(raised, KeyboardInterrupt):
        raise Interrupted(run) from None
    if raised is not None:
        raise raised
    return run


def _bar(steps: int | None, progress: bool | None) -> Any:
    """A bar, where one is wanted and can be had."""
    shown = progress
    if shown is None:
        in_notebook = "ipykernel" in sys.modules
        shown = in_notebook or bool(sys.stderr and sys.stderr.isatty())
    if not shown:
        return None
    try:
        from tqdm.auto import tqdm
    except ImportError:
        if progress:
            raise ImportError("a progress bar needs tqdm: pip install tqdm") from None
        return None
    return tqdm(total=steps, unit="step", desc="training", leave=False)
