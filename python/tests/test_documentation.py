"""What the documents show in Python runs, and gives what they say: docs/PYTHON.md, the notebook."""

import ast
import doctest
import json
import os
import re
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

pytest.importorskip("torch")

ROOT = Path(__file__).resolve().parents[2]

# Long trainings are shortened: what stands in a document, once, and what is run instead.
SHORT = {
    "PYTHON.md": {
        "epochs = 100\n": "epochs = 1\n",
        "steps = 6000\n": "steps = 20\n",
        ", 2000))": ", 100))",
    },
    "quarter_hour.ipynb": {
        "steps_per_epoch = 400\n": "steps_per_epoch = 2\n",
        "shown = 2000\n": "shown = 100\n",
        "epochs = 12\n": "epochs = 3\n",
    },
}


def shortened(name: str, blocks: list[str]) -> list[str]:
    whole = "".join(blocks)
    for text, short in SHORT[name].items():
        assert whole.count(text) == 1, f"{name} has {text!r} {whole.count(text)} times"
        blocks = [block.replace(text, short) for block in blocks]
    return blocks


def run(name: str, block: str, line: int, names: dict[str, Any]) -> None:
    """Runs a block whose lines are those of the file from `line` on."""
    tree = ast.parse(block)
    ast.increment_lineno(tree, line)
    exec(compile(tree, name, "exec"), names)


def test_the_blocks_of_python_md_run_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "".join(shortened("PYTHON.md", [(ROOT / "docs/PYTHON.md").read_text("utf-8")]))
    found = list(re.finditer(r"^```(python|pycon)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    assert len(found) >= 8
    names: dict[str, Any] = {"__name__": "document"}
    # An ellipsis stands for anything, as in the message of an error.
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for block in found:
        line = text[: block.start(2)].count("\n")
        if block[1] == "python":
            run("PYTHON.md", block[2], line, names)
            continue
        examples = doctest.DocTestParser().get_doctest(
            block[2], names, "PYTHON.md", "PYTHON.md", line
        )
        report: list[str] = []
        assert examples.examples
        failed = runner.run(examples, out=report.append, clear_globs=False).failed
        names.update(examples.globs)
        assert not failed, "".join(report)


def test_the_cells_of_the_notebook_run_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = ROOT / "python/notebooks/quarter_hour.ipynb"
    assert path.stat().st_size < 150_000
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = ["".join(cell["source"]) + "\n" for cell in cells if cell["cell_type"] == "code"]
    assert len(code) > 5
    os.environ.setdefault("MPLBACKEND", "agg")
    try:
        import matplotlib.pyplot  # noqa: F401
    except ImportError:
        # Without it, drawing does nothing.
        plot = mock.MagicMock()
        plot.subplots.return_value = mock.MagicMock(), mock.MagicMock()
        package = mock.MagicMock(pyplot=plot)
        monkeypatch.setitem(sys.modules, "matplotlib", package)
        monkeypatch.setitem(sys.modules, "matplotlib.pyplot", plot)
    names: dict[str, Any] = {"__name__": "notebook"}
    for number, cell in enumerate(shortened("quarter_hour.ipynb", code)):
        run(f"cell {number + 1}", cell, 0, names)
    assert len(names["curves"]) == 2
