"""Compares ONNX files that ninth writes with its own engine, in onnxruntime.

    python .ci/compare_onnx.py FOLDER NINTH [--reference]

FOLDER has a folder for each case (`crates/onnx/src/cases.rs` writes them): model.onnx, config.toml,
terms.npy, and outputs.npy, what the engine gives for these terms at each position. Every file is
checked by `onnx.checker`, shapes included, and run for several batches and all lengths (16 of
them, where there are more). NINTH is the program, whose own file has to give the probabilities of
`ninth predict --method model`, and what `docs/USE.md` says. With --reference the evaluator of `onnx` runs as well.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnx.checker
import onnxruntime
from onnx.reference import ReferenceEvaluator

USE = Path(__file__).resolve().parent.parent / "docs/USE.md"

# Of the larger of 1 and the engine's number.
TOLERANCE = 1e-5
# A trained model has logits to 39, and small ones are sums of large numbers. There the engine is up
# to 4.6e-5 from what double precision gives, and onnxruntime up to 3.1e-5, so that a difference
# counts in proportion to the largest logit of its position.
TRAINED = "built-in"
BATCHES = (1, 3, 16)

Numbers = np.ndarray


def metadata(model: onnx.ModelProto) -> dict[str, str]:
    """The keys and values of a file."""
    return {pair.key: pair.value for pair in model.metadata_props}


def session(model: bytes) -> onnxruntime.InferenceSession:
    """A file in onnxruntime, on two threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    # What it says of terms outside the range is asked for.
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def largest_difference(found: Numbers, expected: Numbers, by_position: bool) -> float:
    """Relative to the larger of 1 and what is expected; of NaN, infinite."""
    if found.shape != expected.shape or found.dtype != expected.dtype:
        return float("inf")
    size = np.abs(expected)
    if by_position:
        size = size.max(axis=-1, keepdims=True)
    difference = np.abs(found - expected) / np.maximum(1.0, size)
    return float(np.nan_to_num(difference, nan=np.inf).max())


def refuses(run: onnxruntime.InferenceSession, terms: Numbers) -> bool:
    """Whether the runtime has an error for these terms."""
    try:
        run.run(None, {"terms": terms})
    except Exception:  # noqa: BLE001, whatever class the error of a runtime is
        return True
    return False


def compare(case: Path, reference: bool) -> tuple[float, float]:
    """The largest differences of a case: of onnxruntime, and of the evaluator of onnx."""
    content = (case / "model.onnx").read_bytes()
    model = onnx.load_from_string(content)
    onnx.checker.check_model(model, full_check=True)
    known = metadata(model)
    if known["config"] != (case / "config.toml").read_text():
        sys.exit(f"{case.name}: another config in the metadata")
    terms, outputs = np.load(case / "terms.npy"), np.load(case / "outputs.npy")
    name = "logits"
    if known["output"] == "regression":
        name, outputs = "share", outputs[:, :, 0]
    run = session(content)
    evaluator = ReferenceEvaluator(model) if reference else None
    context = int(known["context"])
    differences = [0.0, 0.0]
    for length in np.unique(np.linspace(1, context, min(context, 16)).astype(int)):
        for batch in BATCHES:
            given, expected = terms[-batch:, :length], outputs[-batch:, :length]
            (found,) = run.run([name], {"terms": given})
            difference = largest_difference(found, expected, case.name == TRAINED)
            differences[0] = max(differences[0], difference)
        if evaluator:
            (found,) = evaluator.run([name], {"terms": given})
            difference = largest_difference(found, expected, case.name == TRAINED)
            differences[1] = max(differences[1], difference)
    minimum, maximum = int(known["minimum"]), int(known["maximum"])
    for outside in (minimum - 1, maximum + 1, minimum - int(known["classes"]), -(2**63), 2**63 - 1):
        given = terms[:1].copy()
        given[0, 1] = outside
        if not refuses(run, given):
            sys.exit(f"{case.name}: {outside} is taken, where {minimum} to {maximum} are allowed")
    if not refuses(run, np.full((1, context + 1), maximum)):
        sys.exit(f"{case.name}: {context + 1} terms are taken, where {context} are allowed")
    return differences[0], differences[1]


def compare_program(ninth: Path, folder: Path) -> None:
    """The file that the program writes says what the program says."""
    path = folder / "model.onnx"
    subprocess.run([ninth, "export", "--onnx", path, "--force"], check=True)
    content = path.read_bytes()
    run, known = session(content), metadata(onnx.load_from_string(content))
    for terms in ([1, 1, 2, 3, 5, 8, 13, 21], [2, 4, 6], [7, 3, 7, 3, 7]):
        asked = [ninth, "predict", "--method", "model", "--top", "5", "--json"]
        answer = subprocess.run([*asked, *map(str, terms)], check=True, capture_output=True)
        (logits,) = run.run(["logits"], {"terms": np.array([terms])})
        scores = np.exp(logits[0, -1].astype(np.float64))
        for candidate in json.loads(answer.stdout)["candidates"]:
            share = scores[int(candidate["term"]) - int(known["minimum"])] / scores.sum()
            if abs(share - candidate["probability"]) > TOLERANCE:
                sys.exit(f"{terms}: {candidate} has the probability {share} in onnxruntime")


def run_example(folder: Path) -> None:
    """The example of the document prints what stands in its last line."""
    (example,) = re.findall(r"```python\n(.*?onnxruntime.*?)```", USE.read_text(), re.DOTALL)
    run = subprocess.run(
        [sys.executable, "-c", example], check=False, cwd=folder, capture_output=True, text=True
    )
    expected = example.rstrip().rpartition("# ")[2]
    if run.returncode or run.stdout.strip() != expected:
        sys.exit(f"{USE.name}: {expected} is expected, not {run.stdout}{run.stderr}")


def main() -> None:
    """Compares all cases."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("ninth", type=Path)
    parser.add_argument("--reference", action="store_true")
    arguments = parser.parse_args()
    cases = sorted(path for path in arguments.folder.iterdir() if path.is_dir())
    if len(cases) < 40:
        sys.exit(f"{len(cases)} cases in {arguments.folder}, 40 are expected at least")
    worst = [(0.0, ""), (0.0, "")]
    for case in cases:
        differences = compare(case, arguments.reference)
        worst = [max(old, (new, case.name)) for old, new in zip(worst, differences, strict=True)]
    compare_program(arguments.ninth.resolve(), arguments.folder)
    run_example(arguments.folder)
    print(f"{len(cases)} files, checked by onnx {onnx.__version__}, run by onnxruntime", end=" ")
    print(f"{onnxruntime.__version__}: differences to {worst[0][0]:.1e}, in {worst[0][1]}")
    if arguments.reference:
        print(f"by the evaluator of onnx: differences to {worst[1][0]:.1e}, in {worst[1][1]}")
    if max(worst)[0] > TOLERANCE:
        sys.exit(f"{TOLERANCE} is allowed")


main()
