#!/usr/bin/env python3
"""Times ninth and PyTorch side by side: the same models, weights and sequences.

    python3 bench/versus_pytorch/run.py [--rounds N] [--json FILE] [--python PATH] [--server PATH]
    python3 bench/versus_pytorch/run.py --gpu [--device NAME] [--steps design:32,wide:256]

The first is about the processor, on one thread and on two; the second about training on
a graphics card, with ninth's GPU engine and with PyTorch through CUDA or ROCm.

The first run makes a virtual environment beside this file and installs PyTorch there;
with --python, that interpreter is taken instead. Besides, it needs cargo, if --server does
not name a step_server that was built before (with --features gpu for --gpu), and a C++
compiler for what torch.compile makes.

Both sides are servers that time a few steps when asked to (bench/src/bin/step_server.rs
and pytorch_server.py), and they are asked in turn: what disturbs the machine disturbs
both. Of each the fastest round counts, and of PyTorch its fastest variant on as many
threads. First the losses of both are compared, step by step.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
MANIFEST = HERE.parent / "Cargo.toml"

STEPS = [("design", 32), ("strong", 32), ("strong", 256)]
GPU_STEPS = [(name, batch) for name in ("design", "strong") for batch in (32, 256, 4096)]
GPU_STEPS += [("wide", 256)]  # 25 million parameters
SIZES = ["design", "strong"]
THREADS = [1, 2]
TRAINING = ["eager", "fused", "compiled", "whole"]
GPU_TRAINING = ["eager", "fused", "compiled", "graphs"]
ASKING = ["eager", "compiled"]
COMPARED_STEPS = 16
SLICE = 0.15  # seconds that a side runs at a time


class Unable(Exception):
    """A request that a side cannot fulfil, with the reason."""


class Side:
    """A server that answers a line with a line."""

    def __init__(self, command, log):
        self.log = log
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )

    def ask(self, request):
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            self.log.seek(0)
            sys.stderr.writelines(self.log.readlines()[-20:])
            raise SystemExit(f"{self.process.args[0]} ended at {request!r}")
        if answer.startswith("error "):
            raise Unable(answer.removeprefix("error "))
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def build(features):
    """The server of ninth."""
    command = ["cargo", "build", "--release", "--locked", "--manifest-path", MANIFEST]
    subprocess.run([*command, "--bin", "step_server", *features], check=True)
    command = ["cargo", "metadata", "--no-deps", "--format-version", "1", "--manifest-path", MANIFEST]
    metadata = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return Path(metadata["target_directory"]) / "release" / "step_server"


def environment():
    """The interpreter of a virtual environment with PyTorch."""
    venv = HERE / ".venv"
    python, ready = venv / "bin" / "python", venv / "ready"
    if not ready.exists():
        print(f"Installing PyTorch in {venv}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        packages = ["torch", "numpy", "safetensors"]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        ready.touch()
    return python


def compare_losses(ninth, pytorch, on, steps, variants):
    """Checks that both compute the same, and finds the variants that work."""
    able = {}
    print("\nLosses of the first step, and how far they are apart (relative)\n")
    print("| model | batch | variant | ninth | PyTorch | first step | worst of "
          f"{COMPARED_STEPS} steps |")
    print("|---|---|---|---|---|---|---|")
    for name, batch in steps:
        request = f"losses {name} {batch} {on} {COMPARED_STEPS}"
        try:
            ours = [float(loss) for loss in ninth.ask(request).split()]
        except Unable as reason:
            print(f"| {name} | {batch} | | skipped: {reason} | | | |", flush=True)
            continue
        for variant in variants:
            try:
                theirs = pytorch[on].ask(f"{request} {variant}")
            except Unable as reason:
                print(f"| {name} | {batch} | {variant} | {ours[0]:.6f} | skipped: {reason} | | |")
                continue
            theirs = [float(loss) for loss in theirs.split()]
            apart = [abs(b / a - 1.0) for a, b in zip(ours, theirs, strict=True)]
            print(f"| {name} | {batch} | {variant} | {ours[0]:.6f} | {theirs[0]:.6f} "
                  f"| {apart[0]:.0e} | {max(apart):.0e} |", flush=True)
            if apart[0] > 1e-4:
                raise SystemExit("they do not compute the same")
            able.setdefault(("step", name, batch), []).append(variant)
    return able


def compare_predictions(ninth, pytorch, sizes):
    able = {}
    print("\nPredictions that are the same, all at once and term by term\n")
    for name in sizes:
        ours = ninth.ask(f"predictions {name}").split()
        for variant in ASKING:
            try:
                theirs = pytorch[1].ask(f"predictions {name} {variant}").split()
            except Unable as reason:
                print(f"* {name}, {variant}: skipped: {reason}")
                continue
            same = sum(a == b for a, b in zip(ours, theirs, strict=True))
            print(f"* {name}, {variant}: {same} of {len(ours)}", flush=True)
            # Logits that are almost equal may be ranked differently.
            if same < 0.99 * len(ours):
                raise SystemExit("they do not compute the same")
            able.setdefault(("predict", name, None), []).append(variant)
            able.setdefault(("next", name, None), []).append(variant)
    return able


def measure(what, name, batch, threads, variants, ninth, pytorch, rounds):
    """The fastest round of each variant, in microseconds, and the errors of the others."""
    request = " ".join(str(word) for word in (what, name, batch, threads) if word is not None)
    # The name of a side, the side, the request without the count, and the count.
    sides = [["ninth", ninth, "", 1]]
    sides += [[variant, pytorch[threads], f" {variant}", 1] for variant in variants]
    fastest, skipped = {}, {}
    # Twice, because the first call compiles; the second tells how many fit into a slice.
    for round in range(2 + rounds):
        for side in list(sides):
            label, server, variant, count = side
            try:
                taken = float(server.ask(f"{request} {count}{variant}"))
            except Unable as reason:
                skipped[label] = str(reason)
                sides.remove(side)
                continue
            if round < 2:
                side[3] = max(1, math.ceil(SLICE * 1e6 / taken)) if round else 5
            else:
                fastest[label] = min(taken, fastest.get(label, math.inf))
            # Worker threads of a side spin for a moment before they sleep.
            time.sleep(0.01)
    return fastest, skipped


def table(title, results, variants):
    print(f"\n{title}, in microseconds\n")
    print("| model | threads | ninth |", " | ".join(variants), "| PyTorch's best / ninth |")
    print("|---|---|---|" + "---|" * len(variants) + "---|")
    for result in results:
        fastest, batch = result["fastest_us"], result["batch"]
        name = result["model"] + (f", batch {batch}" if batch else "")
        cells = [f"{fastest[v]:,.1f}" if v in fastest else "skipped" for v in variants]
        ratio = f"{result['ratio']:.1f}" if result["ratio"] else ""
        ours = f"{fastest['ninth']:,.2f}" if "ninth" in fastest else "skipped"
        print(f"| {name} | {result['threads']} | {ours} |",
              " | ".join(cells), f"| {ratio} |", flush=True)


def steps_of(text):
    """Models and batches as `design:32,wide:256` names them."""
    steps = []
    for part in text.split(","):
        name, _, batch = part.partition(":")
        if name not in ("design", "strong", "wide") or not batch.isdecimal():
            raise argparse.ArgumentTypeError(f"{part!r} is no step such as design:32")
        steps.append((name, int(batch)))
    return steps


def program(text):
    path = Path(text)
    if not os.access(path, os.X_OK) or path.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is no program")
    return path


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return "unknown processor"
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else 'unknown processor'}, {os.cpu_count()} cores"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gpu", action="store_true", help="train on a graphics card")
    parser.add_argument("--device", metavar="NAME", help="the card with this in its name")
    parser.add_argument("--steps", type=steps_of, help="models and batches (all)")
    parser.add_argument("--pytorch-on", default="cuda", choices=["cuda", "cpu"],
                        help="where PyTorch runs beside a card (cuda)")
    parser.add_argument("--rounds", type=int, default=12, help="how often each is timed (12)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there, too")
    parser.add_argument("--python", type=program, metavar="PATH", help="an interpreter with PyTorch")
    parser.add_argument("--server", type=program, metavar="PATH", help="a step_server that is built")
    arguments = parser.parse_args()

    python = arguments.python or environment()
    server = arguments.server or build(["--features", "gpu"] if arguments.gpu else [])
    steps = arguments.steps or (GPU_STEPS if arguments.gpu else STEPS)
    if arguments.gpu:
        command = [server, *([arguments.device] if arguments.device else [])]
        places, training = {"gpu": "cuda" if arguments.pytorch_on == "cuda" else "1"}, GPU_TRAINING
    else:
        command = [server]
        places, training = {threads: str(threads) for threads in THREADS}, TRAINING
    results = []
    with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "log", "w+") as log:
        ninth = Side(command, log)
        pytorch = {
            on: Side([python, HERE / "pytorch_server.py", folder, place], log)
            for on, place in places.items()
        }
        first = next(iter(pytorch))
        versions = {"ninth": ninth.ask("version"), "pytorch": pytorch[first].ask("version")}
        print(f"\n{versions['ninth']} and {versions['pytorch']} on {processor()}")
        if arguments.gpu:
            versions["devices"] = [ninth.ask("device"), pytorch["gpu"].ask("device")]
            print(f"ninth trains on {versions['devices'][0]}; PyTorch on {versions['devices'][1]}")
        for name, batch in steps:
            ninth.ask(f"export {name} {batch} {Path(folder) / f'{name}-{batch}.safetensors'}")
        able = compare_losses(ninth, pytorch, first, steps, training)

        tables = [("Training step", "step", steps, training)]
        if not arguments.gpu:
            # The sequences to be predicted are in the files of batches of 32.
            sizes = [name for name in SIZES if (name, 32) in steps]
            able |= compare_predictions(ninth, pytorch, sizes)
            cases = [(name, None) for name in sizes]
            tables.append(("One prediction, eight terms", "predict", cases, ASKING))
            tables.append(("One more term", "next", cases, ASKING))
        for title, what, cases, variants in tables:
            group = []
            for (name, batch) in cases:
                for on in pytorch:
                    fastest, skipped = measure(
                        what, name, batch, on, able.get((what, name, batch), []),
                        ninth, pytorch, arguments.rounds,
                    )
                    theirs = [taken for label, taken in fastest.items() if label != "ninth"]
                    ours = fastest.get("ninth")
                    group.append({
                        "what": what, "model": name, "batch": batch, "threads": on,
                        "fastest_us": fastest, "skipped": skipped,
                        "ratio": min(theirs) / ours if theirs and ours else None,
                    })
            table(title, group, variants)
            results += group
        for side in (ninth, *pytorch.values()):
            side.close()
    if arguments.json:
        report = {"processor": processor(), "versions": versions, "results": results}
        arguments.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    try:
        main()
    except Unable as reason:
        raise SystemExit(f"error: {reason}") from None
