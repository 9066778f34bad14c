"""The sequences of phase 1, *simple*, in vectorised NumPy and in PyTorch: for comparison.

All four families are a(n) = p a(n-1) + q a(n-2) + c with integers of the range 0 to 255, so that a
table of (a(0), a(1), p, q, c) has all that can be drawn: the parameters that docs of the families
name, less degenerate ones and those whose first four terms are not all in the range. A draw takes
one of the families, each equally often, then a row of it, each equally often.
"""

import itertools

import numpy as np
import torch

LARGEST, LENGTH, SHORTEST = 255, 9, 4

# Sequences at a time: their arrays stay in the cache, which is faster.
CHUNK = 1 << 15


def table():
    """[5, rows], family by family, and how many rows each family has."""
    integers = range(LARGEST + 1)
    order_zero = [(term, term, 1, 0, 0) for term in integers]
    order_one = [
        (first, factor * first + constant, factor, 0, constant)
        for first, factor, constant in itertools.product(integers, range(-1, 6), range(-60, 61))
        if factor != 0 and (factor, constant) != (1, 0)
    ]
    small, factors = range(32), range(-1, 3)
    order_two = [
        row
        for row in itertools.product(small, small, factors, factors, range(-3, 4))
        if row[3] != 0
    ]
    fibonacci = [(a, b, 1, 1, 0) for a in range(40) for b in range(40) if (a, b) != (0, 0)]
    families = []
    for rows in (order_zero, order_one, order_two, fibonacci):
        columns = np.ascontiguousarray(np.array(rows, dtype=np.int64).T)
        terms = np.empty((SHORTEST, len(rows)), dtype=np.int64)
        families.append(columns[:, evaluate(columns, terms) == SHORTEST])
    return np.concatenate(families, axis=1), np.array([rows.shape[1] for rows in families])


def evaluate(columns, terms):
    """Fills terms, [L, n], by columns, [5, n], of NumPy or of PyTorch; zeros follow the first term
    outside the range. Returns the lengths, [n]."""
    first, second, p, q, c = columns
    terms[0], terms[1] = first, second
    for n in range(2, len(terms)):
        terms[n] = p * terms[n - 1] + q * terms[n - 2] + c
    inside = (terms >= 0) & (terms <= LARGEST)
    for n in range(1, len(terms)):
        inside[n] &= inside[n - 1]
    terms *= inside
    return inside.sum(0)


class NumpyPhase:
    """Draws with NumPy's PCG64."""

    def __init__(self):
        """Makes the table."""
        self.columns, self.counts = table()
        self.starts = np.cumsum(self.counts) - self.counts

    def draw(self, n, seed):
        """Terms [n, 9], lengths [n] and families [n]."""
        random = np.random.default_rng(seed)
        terms = np.empty((n, LENGTH), dtype=np.int64)
        lengths, families = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.uint8)
        for at in range(0, n, CHUNK):
            part = slice(at, min(at + CHUNK, n))
            count = part.stop - part.start
            family = random.integers(0, len(self.counts), count)
            row = self.starts[family] + random.integers(0, self.counts[family])
            columns = np.empty((LENGTH, count), dtype=np.int64)
            lengths[part] = evaluate(self.columns.take(row, axis=1), columns)
            terms[part], families[part] = columns.T, family
        return terms, lengths, families


class TorchPhase:
    """The same with PyTorch's generator."""

    def __init__(self):
        """Makes the table."""
        columns, counts = table()
        self.columns, self.counts = torch.from_numpy(columns), torch.from_numpy(counts)
        self.starts = self.counts.cumsum(0) - self.counts

    def draw(self, n, seed):
        """Terms [n, 9], lengths [n] and families [n]."""
        random = torch.Generator().manual_seed(seed)
        terms = torch.empty((n, LENGTH), dtype=torch.int64)
        lengths = torch.empty(n, dtype=torch.int64)
        families = torch.empty(n, dtype=torch.uint8)
        for at in range(0, n, CHUNK):
            part = slice(at, min(at + CHUNK, n))
            count = part.stop - part.start
            family = torch.randint(0, len(self.counts), (count,), generator=random)
            # Of 62 bits: that the remainder favours some rows does not show.
            bits = torch.randint(0, 2**62, (count,), generator=random)
            row = self.starts[family] + bits % self.counts[family]
            columns = torch.empty((LENGTH, count), dtype=torch.int64)
            lengths[part] = evaluate(self.columns[:, row], columns)
            terms[part], families[part] = columns.T, family
        return terms, lengths, families
