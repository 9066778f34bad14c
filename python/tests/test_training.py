"""Training with a callback, and its end."""

from __future__ import annotations

import _thread
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import ninth
import pytest

SHORT = {
    "training.epochs": 2,
    "training.steps_per_epoch": 100,
    "validation.sequences": 64,
}
# A million steps: it ends because somebody ends it.
LONG = {"training.epochs": 1000, "training.steps_per_epoch": 1000, "validation.sequences": 64}


def test_a_training_reports_and_ends() -> None:
    events: list[dict[str, Any]] = []
    run = ninth.train(ninth.Config("design", SHORT), callback=events.append)
    assert run.events == events
    assert [event["step"] for event in events if event["event"] == "progress"] == [100, 200]
    assert (run["ending"], run["step"], run["folder"]) == ("complete", 200, None)
    assert run["all"]["sequences"] == 10_000
    steps, losses = run.curve("train/loss")
    assert steps == [100, 200] and losses[1] < losses[0] * 1.5
    with pytest.raises(KeyError, match="there are"):
        run.curve("loss")
    assert "complete after 200 steps" in repr(run) and "<table>" in run._repr_html_()
    assert run.to_dict()["best_step"] in (100, 200)
    again = ninth.train(ninth.Config("design", SHORT), threads=1, progress=False)
    assert again.model.to_bytes() == run.model.to_bytes()


def test_a_folder_can_be_resumed_and_loaded(tmp_path: Path) -> None:
    config, out = ninth.Config("design", SHORT), tmp_path / "run"
    whole = ninth.train(config)
    stopped = ninth.train(config, out=out, callback=lambda event: event["step"] < 100)
    assert (stopped["ending"], stopped["step"]) == ("interrupted", 100)
    assert stopped["folder"] == str(out) and (out / "report.html").exists()
    resumed = ninth.resume(out)
    assert (resumed["ending"], resumed["step"], resumed["steps"]) == ("complete", 200, 100)
    assert resumed["limit"] is not None
    assert resumed.model.tensors().keys() == whole.model.tensors().keys()
    for name, tensor in whole.model.tensors().items():
        assert (resumed.model.tensors()[name] == tensor).all()
        assert (ninth.load(out).tensors()[name] == tensor).all()
    with pytest.raises(ValueError, match="run"):
        ninth.train(config, out=out)
    with pytest.raises(ValueError):
        ninth.resume(tmp_path / "nothing")


def test_it_may_begin_with_a_model() -> None:
    first = ninth.train(ninth.Config("design", SHORT))
    second = ninth.train(ninth.Config("design", SHORT, seed=3), start=first.model)
    _, before = first.curve("train/loss")
    _, after = second.curve("train/loss")
    assert after[0] < before[0]
    with pytest.raises(ValueError, match="cannot begin with the weights of"):
        ninth.train(ninth.Config("strong", SHORT), start=first.model)
    with pytest.raises(TypeError, match="start is 'design'"):
        ninth.train(start="design")  # type: ignore[arg-type]


def test_an_error_of_the_callback_comes_out() -> None:
    class Mine(Exception):
        pass

    def callback(event: dict[str, Any]) -> None:
        raise Mine(event["step"])

    with pytest.raises(Mine, match="100"):
        ninth.train(ninth.Config("design", LONG), callback=callback)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"config": "weak"}, ValueError, 'preset is "weak"'),
        ({"callback": 3}, TypeError, "callback is 3"),
        ({"engine": "tpu"}, ValueError, 'engine is "tpu"; allowed are cpu, gpu'),
        ({"engine": None}, TypeError, "engine is None"),
        ({"threads": -2}, ValueError, "threads is -2"),
        ({"out": 5}, TypeError, ""),
        ({"callback": lambda event: 7}, TypeError, ""),
    ],
)
def test_other_options_are_refused(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as found:
        ninth.train(**{"config": ninth.Config("design", SHORT), **options})
    assert message in str(found.value)


def test_the_keyboard_ends_it_with_the_model_so_far() -> None:
    def press() -> None:
        time.sleep(0.5)
        _thread.interrupt_main()

    thread = threading.Thread(target=press)
    thread.start()
    with pytest.raises(KeyboardInterrupt) as found:
        ninth.train(ninth.Config("design", LONG))
    thread.join()
    assert isinstance(found.value, ninth.Interrupted)
    run = found.value.run
    assert run["ending"] == "interrupted" and 0 < run["step"] < 1_000_000
    assert run.model.predict([1, 2, 3], method="model").next


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_ctrl_c_saves_the_run_of_a_program(tmp_path: Path) -> None:
    out = tmp_path / "run"
    code = (
        "import ninth, sys\n"
        f"config = ninth.Config('design', {LONG!r})\n"
        "ninth.train(config, out=sys.argv[1], callback=lambda e: print(e['event'], flush=True))\n"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", code, str(out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert program.stdout is not None and program.stderr is not None
    while program.stdout.readline().strip() != b"validation":
        assert program.poll() is None
    os.kill(program.pid, signal.SIGINT)
    _, errors = program.communicate(timeout=120)
    assert program.returncode != 0
    assert b"Interrupted" in errors, errors
    assert list((out / "checkpoints").iterdir())
    assert ninth.load(out).config["training.epochs"] == 1000


def test_a_bar_is_shown_where_one_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    tqdm = pytest.importorskip("tqdm.auto")
    seen: list[int] = []

    class Bar(tqdm.tqdm):  # type: ignore[misc,name-defined]
        def update(self, n: float = 1) -> Any:
            seen.append(int(n))
            return super().update(n)

    monkeypatch.setattr("tqdm.auto.tqdm", Bar)
    ninth.train(ninth.Config("design", SHORT), progress=True)
    assert sum(seen) == 200
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match="pip install tqdm"):
        ninth.train(ninth.Config("design", SHORT), progress=True)
    assert ninth.train(ninth.Config("design", SHORT), progress=None)["step"] == 200
