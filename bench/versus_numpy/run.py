#!/usr/bin/env python3
"""The Python package beside NumPy and PyTorch: drawing sequences, and predicting many.

    pip install . torch
    python bench/versus_numpy/run.py

Both sides get the same processors, one and then two, and take turns; of the rounds the fastest of
each counts, on one thread by the processor's time, on two by the clock. Before it is timed, what
they do is compared: the sequences by their families, by the set of what can be drawn, and by how
often; the predictions one by one.
"""

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
DRAWN, PREDICTED = 1_000_000, 100_000


def main():
    """Both comparisons, in a process of its own for each number of threads."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, help="only with as many [1, then 2]")
    options = parser.parse_args()
    if options.threads is None:
        for threads in (1, 2):
            command = [sys.executable, __file__, "--threads", str(threads)]
            command += ["--rounds", str(options.rounds)]
            subprocess.run(command, check=True)
        return
    processors = sorted(os.sched_getaffinity(0))[: options.threads]
    if len(processors) < options.threads:
        sys.exit(f"--threads {options.threads}: this process may use {len(processors)} processors")
    # Before any library starts its threads.
    os.sched_setaffinity(0, processors)
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    print(f"\nWith {options.threads} thread{'s' * (options.threads > 1)}")
    drawing(options.threads, options.rounds)
    predicting(options.threads, options.rounds)


def fastest(threads, rounds, count, variants):
    """Times the variants in turns, and prints how many of `count` each does in a second."""
    # On one thread the processor's time: what else runs on the machine does not count.
    clock = time.process_time if threads == 1 else time.perf_counter
    times = {name: [] for name in variants}
    for _ in range(rounds + 1):
        for name, run in variants.items():
            start = clock()
            run()
            times[name].append(clock() - start)
    # The first round warms up.
    best = {name: min(seconds[1:]) for name, seconds in times.items()}
    first = next(iter(best.values()))
    for name, seconds in best.items():
        print(f"    {name:28} {count / seconds:12,.0f} a second   {seconds / first:6.2f}")


def drawing(threads, rounds):
    """Sequences into arrays."""
    import ninth
    import numpy as np
    import torch

    sys.path.insert(0, str(HERE))
    from simple_phase import NumpyPhase, TorchPhase

    torch.set_num_threads(threads)
    numpy_phase, torch_phase = NumpyPhase(), TorchPhase()
    check_sequences(np, ninth, numpy_phase, torch_phase)
    print(f"  {DRAWN:,} sequences of phase 1 into arrays")
    pool = ThreadPoolExecutor(threads)

    def in_parts():
        # NumPy has no threads of its own, but its loops run beside each other.
        list(pool.map(lambda part: numpy_phase.draw(DRAWN // threads, part), range(threads)))

    fastest(
        threads,
        rounds,
        DRAWN,
        {
            "ninth.sample": lambda: ninth.sample(DRAWN, phase=1, seed=1, threads=threads),
            "NumPy": in_parts,
            "PyTorch": lambda: torch_phase.draw(DRAWN, 1),
        },
    )


def check_sequences(np, ninth, numpy_phase, torch_phase):
    """That all three draw from the same set, with the same probabilities."""
    drawn = ninth.sample(DRAWN, phase=1, seed=2)
    names = np.array(drawn.families)[drawn.family]
    order = ["order-zero", "order-one", "order-two", "fibonacci"]
    families = np.array([order.index(name) for name in drawn.families[:4]])[drawn.family]
    assert set(names) == set(order)
    sides = {
        "ninth": (drawn.terms, drawn.lengths, families),
        "NumPy": numpy_phase.draw(DRAWN, 2),
        "PyTorch": tuple(tensor.numpy() for tensor in torch_phase.draw(DRAWN, 2)),
    }
    # All that can be drawn: terms, length and family in one row.
    from simple_phase import LENGTH, evaluate

    columns = numpy_phase.columns
    terms = np.empty((LENGTH, columns.shape[1]), dtype=np.int64)
    ends, family = evaluate(columns, terms), np.repeat(np.arange(4), numpy_phase.counts)
    possible = np.unique(np.column_stack((terms.T, ends, family)), axis=0)
    for name, (terms, ends, family) in sides.items():
        found = np.unique(np.column_stack((terms, ends, family)), axis=0)
        together = np.unique(np.concatenate((possible, found)), axis=0)
        assert len(together) == len(possible), f"{name} draws what cannot be"
        share = len(found) / len(possible)
        assert share > 0.99, f"{name} has drawn {share:.1%} of what can be"
        often = np.bincount(family, minlength=4) / DRAWN
        assert np.abs(often - 0.25).max() < 0.003, f"{name}: families {often}"
        lengths = [np.mean(ends[family == f]) for f in range(4)]
        print(
            f"    {name:8} {share:.2%} of all were drawn, mean length by family "
            + ", ".join(f"{length:.3f}" for length in lengths)
        )


def predicting(threads, rounds):
    """Many predictions, by the same weights."""
    import ninth
    import torch

    sys.path.insert(0, str(HERE.parent / "versus_pytorch"))
    import model as reference

    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    sequences = full_sequences(ninth)
    tensor = torch.from_numpy(sequences)
    # Trained for a moment: how long a prediction takes does not depend on how good it is.
    short = {
        "training.epochs": 1,
        "training.steps_per_epoch": 300,
        "learning_rate.warmup_steps": 50,
    }
    for preset in ("strong", "design"):
        model = ninth.train(ninth.Config(preset, short)).model
        module = reference.Transformer(reference.SIZES[preset]).eval()
        weights = {name: torch.from_numpy(array.copy()) for name, array in model.tensors().items()}
        module.load_state_dict(weights)
        compiled = torch.compile(module.last)

        def in_batches(size, run, tensor=tensor):
            return torch.cat([run(tensor[at : at + size]) for at in range(0, PREDICTED, size)])

        variants = {"ninth predict_batch": lambda model=model: model.predict_batch(sequences)}
        for size in (1000, 10_000):
            for name, run in (("PyTorch", module.last), ("compiled", compiled)):
                variants[f"{name}, batches of {size:,}"] = lambda size=size, run=run: in_batches(
                    size, run
                )
        print(f"  {PREDICTED:,} predictions after eight terms, {preset}")
        ours = variants["ninth predict_batch"]()
        theirs = in_batches(1000, module.last).numpy()
        print(f"    equal answers: {(ours == theirs).mean():.4%}")
        assert (ours == theirs).mean() > 0.999
        fastest(threads, rounds, PREDICTED, variants)


def full_sequences(ninth):
    """Sequences of the mixture that have eight terms, [100,000, 8]."""
    drawn = ninth.sample(2 * PREDICTED, seed=3)
    full = drawn.terms[drawn.lengths >= 8][:PREDICTED, :8]
    assert len(full) == PREDICTED
    return full.copy()


if __name__ == "__main__":
    main()
