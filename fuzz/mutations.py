"""Mutation tests: breaks the code in one place at a time and says which tests notice.

    python3 fuzz/mutations.py [NAME...]         all, or those whose name contains a NAME
    python3 fuzz/mutations.py --list

A mutation is a replacement of one piece of code by another that still compiles, and the tests
that should fail then. It is made in a copy of the tracked files (target/mutations), which keeps
its build between runs. A mutation that no test notices has survived: a line says so, and
the exit status is 1. Takes about a minute for each, most of it compiling; not a part of CI.
"""

import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = ROOT / "target" / "mutations"

# name, file, code, its replacement, the tests
MUTATIONS = [
    ("validation draws from the training stream", "training/src/trainer.rs",
     "judge(engine, sampler, mixture, Stream::Validation, first, sequences)",
     "judge(engine, sampler, mixture, Stream::Training, first, sequences)", "-p ninth-training --lib trainer"),
    ("each validation has the same sequences", "training/src/trainer.rs",
     "let first = self.validations * sequences as u64;",
     "let first = 0 * self.validations * sequences as u64;", "-p ninth-training --lib trainer"),
    ("the accuracy's minimum delta is ignored", "training/src/early_stopping.rs",
     "state.reference_accuracy + self.settings.min_delta;",
     "state.reference_accuracy;", "-p ninth-training --lib early_stopping"),
    ("the loss's minimum delta is ignored", "training/src/early_stopping.rs",
     "state.reference_loss - self.settings.min_delta;",
     "state.reference_loss;", "-p ninth-training --lib early_stopping"),
    ("patience counts before the last phase", "training/src/early_stopping.rs",
     "state.improved_at = epoch.max(self.complete_at);", "state.improved_at = epoch;", "-p ninth-training --lib early_stopping"),
    ("the schedule is one step late", "training/src/trainer.rs",
     "self.config.learning_rate.rate(self.step, total)",
     "self.config.learning_rate.rate(self.step + 1, total)", "-p ninth-training --lib trainer"),
    ("every batch has the same sequences", "training/src/trainer.rs",
     "let first = self.step * self.batch.sequences() as u64;",
     "let first = 0 * self.step * self.batch.sequences() as u64;", "-p ninth-training"),
    ("cosine decay ends at zero", "training/src/schedule.rs",
     "minimum + (self.peak - minimum) * 0.5", "self.peak * 0.5", "-p ninth-training --lib schedule"),
    ("gradients are never scaled", "training/src/clipping.rs",
     "(self.max_norm / (norm + NORM_EPSILON)).min(1.0)", "(self.max_norm / (norm + NORM_EPSILON)).max(1.0)",
     "-p ninth-training --lib"),
    ("the second moment has no bias correction", "training/src/optimizer/adam.rs",
     "simd.splat(coefficients.second_factor)", "simd.splat(1.0 + 0.0 * coefficients.second_factor)",
     "-p ninth-training --test optimizer_reference"),
    ("scores are not scaled by the root of the head's width", "model/src/attention.rs",
     "1.0 / (self.head_width as f32).sqrt()", "1.0 / (self.head_width as f32)", "-p ninth-model --test reference"),
    ("the ramp into the combined phase has another target", "sequences/src/curriculum.rs",
     "combined / 3.0", "combined / 4.0", "-p ninth-sequences --lib curriculum"),
    ("whole sequences count from the third term", "inference/src/metrics.rs",
     "pub const WHOLE_FROM: usize = MIN_TERMS - 2;", "pub const WHOLE_FROM: usize = MIN_TERMS - 3;",
     "-p ninth-inference --lib metrics"),
    ("rules have no part in the blend", "inference/src/answer/mod.rs",
     "sum.add_rules(&self.explanation);\n        Answer {", "Answer {",
     "-p ninth-inference --test answer"),
]


def run(*command, cwd=ROOT):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def refresh():
    """The tracked files in COPY; what did not change keeps its time, so nothing is rebuilt."""
    names = run("git", "ls-files", "-z").stdout.split("\0")
    for name in filter(None, names):
        source, target = ROOT / name, COPY / name
        content = source.read_bytes()
        if not target.exists() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def main():
    wanted = sys.argv[1:]
    chosen = [m for m in MUTATIONS if not wanted or any(name in m[0] for name in wanted)]
    if wanted == ["--list"]:
        print("\n".join(f"{name}: {path}" for name, path, *_ in MUTATIONS))
        return
    if not chosen:
        sys.exit(f"mutations: none has {' or '.join(wanted)} in its name; --list shows all")
    refresh()
    survived = 0
    for name, path, code, replacement, tests in chosen:
        file = COPY / "crates" / path
        text = file.read_text(encoding="utf-8")
        if text.count(code) != 1:
            sys.exit(f"mutations: {path} has {text.count(code)} times, not once: {code}")
        file.write_text(text.replace(code, replacement), encoding="utf-8")
        started = time.monotonic()
        tested = run("cargo", "test", "--quiet", *tests.split(), cwd=COPY)
        file.write_text(text, encoding="utf-8")
        output = tested.stdout + tested.stderr
        if "could not compile" in output:
            sys.exit(f"mutations: {name}: does not compile\n{tested.stderr}")
        failed = sorted({line.split(" ")[1] for line in output.splitlines()
                         if line.startswith("---- ") and line.endswith(" stdout ----")})
        caught = tested.returncode != 0
        survived += not caught
        by = f"caught by {', '.join(failed) or 'a test'}" if caught else "SURVIVED"
        print(f"{name}: {by} ({time.monotonic() - started:.0f} s)", flush=True)
    print(f"{len(chosen)} mutations, {survived} survived")
    sys.exit(1 if survived else 0)


main()
