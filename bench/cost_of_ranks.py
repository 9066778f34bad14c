#!/usr/bin/env python3
"""What a step of `ninth train --mpi` costs on so many ranks: a model on paper of its exchange.

Usage: python3 bench/cost_of_ranks.py [--gbit 25] [--latency 2e-6] [--cores 1]

The times of computation were measured on one core of the machine of docs/CLUSTER.md
(`mpirun -n 1 ranks strong:256`); all else is arithmetic. See that document for what follows.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass

# Bytes per second at which gradients are added up, from memory.
ADDING = 1e10


@dataclass(frozen=True)
class Training:
    """A model and a batch: parameters, sequences, slots, seconds of a step on one core."""

    name: str
    parameters: float
    batch: int
    slots: int
    one_core: float

    def parts(self) -> int:
        """The slots that have a chunk of sixteen sequences."""
        chunks = math.ceil(self.batch / 16)
        return math.ceil(chunks / math.ceil(chunks / self.slots))


@dataclass(frozen=True)
class Cluster:
    """Cores of a rank, bytes per second of its network card, seconds of latency."""

    cores: int
    rate: float
    latency: float


def step(training: Training, cluster: Cluster, ranks: int) -> tuple[float, float]:
    """Seconds of computation and of exchange."""
    parts = training.parts()
    slots = math.ceil(parts / ranks)
    computing = training.one_core * math.ceil(slots / cluster.cores) / parts
    arena = 4 * training.parameters
    adding = parts * arena / ranks / ADDING
    if ranks == 1:
        return computing + adding, 0.0
    tree = math.ceil(math.log2(ranks))
    others = (ranks - 1) / ranks
    batch = tree * (cluster.latency + 2 * 10 * training.batch / cluster.rate)
    statistics = tree * cluster.latency
    pieces = (ranks - 1) * cluster.latency + slots * arena * others / cluster.rate
    sums = (ranks - 1) * cluster.latency + arena * others / cluster.rate
    return computing + adding, batch + statistics + pieces + sums


TRAININGS = [
    Training("design, batch 32", 1140, 32, 16, 0.00011),
    Training("strong, batch 256", 230_536, 256, 16, 0.0435),
    Training("25 million, batch 256", 25.3e6, 256, 16, 5.93),
    Training("25 million, batch 4096, 256 slots", 25.3e6, 4096, 256, 16 * 5.93),
]
RANKS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]


def time(seconds: float) -> str:
    for unit, scale in [("s", 1.0), ("ms", 1e-3)]:
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} us"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gbit", type=float, default=25, help="of each rank's network card")
    parser.add_argument("--latency", type=float, default=2e-6, help="seconds")
    parser.add_argument("--cores", type=int, default=1, help="of each rank")
    given = parser.parse_args()
    cluster = Cluster(given.cores, given.gbit * 1e9 / 8, given.latency)
    columns = [f"{training.name}: step | exchange | times as fast" for training in TRAININGS]
    print("| ranks | " + " | ".join(columns) + " |")
    print("|---" * (1 + 3 * len(TRAININGS)) + "|")
    for ranks in RANKS:
        cells = []
        for training in TRAININGS:
            computing, exchange = step(training, cluster, ranks)
            whole = computing + exchange
            faster = sum(step(training, cluster, 1)) / whole
            cells.append(f"{time(whole)} | {100 * exchange / whole:.0f} % | {faster:.1f}")
        print(f"| {ranks} | " + " | ".join(cells) + " |")
    print()
    for ranks in [2, 4, 8, 16]:
        for training in TRAININGS[1:3]:
            # With a slot for each core.
            least = next(
                (
                    batch
                    for batch in (2**power for power in range(4, 21))
                    if worth(training, cluster, ranks, batch)
                ),
                None,
            )
            name = training.name.split(",")[0]
            print(f"{name} on {ranks} ranks of {given.cores} cores pays from batch {least}")


def worth(training: Training, cluster: Cluster, ranks: int, batch: int) -> bool:
    """Whether so many ranks are at least half as much faster as they are more."""
    slots = max(16, ranks * cluster.cores)
    of_batch = training.one_core * batch / training.batch
    asked = Training(training.name, training.parameters, batch, slots, of_batch)
    return sum(step(asked, cluster, 1)) / sum(step(asked, cluster, ranks)) >= max(ranks / 2, 1.5)


if __name__ == "__main__":
    main()
