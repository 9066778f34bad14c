"""The transformer of ninth as a PyTorch module, and its training data as a dataset.

    from ninth import Config
    from ninth.torch import SequenceDataset, Transformer

    model = Transformer(Config("strong"))              # random initial weights
    model = Transformer.from_ninth("runs/strong-1")    # those of a training
    logits = model(torch.tensor([[1, 1, 2, 3, 5, 8, 13, 21]]))
    trained = model.to_ninth()                         # and back

The module has every option of the engine's model; its tensors have the names and shapes of
the engine's files. It computes what the engine computes: the same logits, the same loss and
the same gradients, but for rounding. (Dropout draws other random numbers.)

In shapes, B is the number of sequences, T that of terms, C the width of the model, H its
heads, D = C / H, E the width of the embedding before its projection, and V the number of
classes, which are the integers that a term may be.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from . import _check
from ._config import Config, resolved
from ._model import Model, load
from ._sample import sample

try:
    import torch
except ImportError as error:
    raise ImportError("ninth.torch needs PyTorch: pip install ninth[torch]") from error

from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import IterableDataset, get_worker_info

__all__ = ["SequenceDataset", "Transformer"]


class Transformer(nn.Module):
    """The model: terms of integer sequences in, a logit per class for each next term out.

    ``Transformer(config)`` has random weights, distributed as the engine's initial ones and
    drawn from ``generator``, or else from PyTorch's own, which ``torch.manual_seed`` sets.
    """

    def __init__(
        self, config: Config | str | None = None, *, generator: torch.Generator | None = None
    ) -> None:
        """``config`` may be the name of a preset; ``design`` where none is given."""
        super().__init__()
        self.config = resolved(config)
        settings: dict[str, Any] = dict(self.config)
        self._settings = settings
        self.minimum: int = settings["sequences.minimum"]
        self.maximum: int = settings["sequences.maximum"]
        self.context: int = settings["sequences.context"]
        self.regression: bool = settings["model.output"] == "regression"
        #: Whether terms outside the range are refused by an error that says which; on a GPU the
        #: check waits for the device. Compiled code leaves it out.
        self.check_terms = True

        width = settings["model.d_model"]
        outputs = 1 if self.regression else self.classes
        self.embedding = _Embedding(settings, generator)
        self.layers = nn.ModuleList(
            _Layer(settings, generator) for _ in range(settings["model.layers"])
        )
        pre = settings["model.normalisation"] == "pre"
        self.final_norm = nn.LayerNorm(width) if pre else nn.Identity()
        # Small, so that the probabilities of an untrained model are nearly uniform.
        self.head = _linear(width, outputs, 0.3, generator)

    @property
    def classes(self) -> int:
        """V: how many integers a term may be."""
        return self.maximum - self.minimum + 1

    def forward(self, terms: Tensor) -> Tensor:
        """Logits ``(B, T, V)`` of the term after each of the terms ``(B, T)``; of a regression
        one number, ``(B, T, 1)``: the next term as a share of the range."""
        self._check(terms, self.context)
        x = self.embedding(terms.long() - self.minimum)
        for layer in self.layers:
            x = layer(x)
        logits: Tensor = self.head(self.final_norm(x))
        return logits

    def predict(self, terms: Tensor) -> Tensor:
        """The most likely term after each of the terms: ``(B, T)`` to ``(B, T)``."""
        with torch.no_grad():
            logits: Tensor = self(terms)
        if not self.regression:
            return logits.argmax(-1) + self.minimum
        last = self.classes - 1
        return (logits[..., 0] * last).round().clamp(0, last).long() + self.minimum

    def loss(self, terms: Tensor, lengths: Tensor) -> Tensor:
        """The loss of training, as the config has it: of sequences ``(B, L)`` of at most
        context + 1 terms, of which the first ``lengths``, ``(B,)``, count."""
        self._check_sequences(terms, lengths)
        # What stands behind a sequence does not matter; it only has to be a term.
        known = torch.arange(terms.shape[1], device=terms.device) < lengths[:, None]
        terms = torch.where(known, terms.long(), self.minimum)
        self._check_range(terms)
        losses = self._position_losses(self(terms[:, :-1]), terms[:, 1:] - self.minimum)
        weights = self._position_weights(lengths, losses)
        # Selected, because a position that does not count may have any loss.
        return torch.where(weights > 0, losses * weights, 0.0).sum(1).mean()

    def _position_losses(self, logits: Tensor, targets: Tensor) -> Tensor:
        """The loss at each position, ``(B, T)``, given the classes of the next terms."""
        kind, alpha = self._settings["loss.kind"], self._settings["loss.alpha"]
        weight = partial(_weight_of_distance, self._settings["loss.distance"])
        if self.regression:
            difference = logits[..., 0] * (self.classes - 1) - targets
            return weight(torch.where(difference < 0, -difference, difference))
        if kind == "distance":
            classes = torch.arange(self.classes, device=logits.device)
            distances = (classes - targets[..., None]).abs().to(logits.dtype)
            return (logits.softmax(-1) * weight(distances)).sum(-1)
        rows, row_targets = logits.flatten(0, 1), targets.flatten()
        entropy = functional.cross_entropy(rows, row_targets, reduction="none").view_as(targets)
        if kind == "distance_weighted":
            distances = (logits.detach().argmax(-1) - targets).abs().to(logits.dtype)
            entropy = entropy * (1 + alpha * weight(distances))
        return entropy

    def _position_weights(self, lengths: Tensor, like: Tensor) -> Tensor:
        """What each position counts within its sequence, ``(B, T)``: nothing where the next
        term is unknown."""
        position = torch.arange(like.shape[1], device=like.device)
        scored = lengths.to(like.device)[:, None] - 1
        count = scored.clamp(min=1).to(like.dtype)
        positions = self._settings["loss.positions"]
        if positions == "all":
            weights = (1 / count).expand_as(like)
        elif positions == "last":
            weights = (position == self.context - 1).to(like.dtype).expand_as(like)
        else:  # weighted: by the terms seen, and 1 + 2 + ... + n = n (n + 1) / 2
            weights = 2 * (position + 1) / (count * (count + 1))
        return torch.where(position < scored, weights, 0.0).to(like.dtype)

    @classmethod
    def from_ninth(cls, model: Model | str | os.PathLike[str]) -> Transformer:
        """The module with the weights of a model of ninth, or of a file or folder of one."""
        if not isinstance(model, Model):
            model = load(model)
        module = cls(model.config)
        tensors = model.tensors().items()
        module.load_state_dict({name: torch.from_numpy(np.array(t)) for name, t in tensors})
        return module

    def to_ninth(self) -> Model:
        """The model of ninth with these weights: it predicts, explains, evaluates and saves."""
        tensors = self.state_dict().items()
        arrays = {name: t.detach().float().cpu().contiguous().numpy() for name, t in tensors}
        return Model.from_tensors(self.config, arrays)

    def _check(self, terms: Tensor, most: int) -> None:
        """Refuses anything but integers of the range, ``(B, T)``, of at most ``most`` terms."""
        _check_integers("terms", terms)
        if terms.dim() != 2 or not 1 <= terms.shape[1] <= most:
            raise ValueError(
                f"terms have the shape {tuple(terms.shape)}; "
                f"allowed are (B, T) with T from 1 to {most}"
            )
        self._check_range(terms)

    def _check_range(self, terms: Tensor) -> None:
        """Refuses terms that are no class."""
        if not self.check_terms or _compiling():
            return
        outside = (terms < self.minimum) | (terms > self.maximum)
        if outside.any():
            row, column = outside.nonzero()[0].tolist()
            raise ValueError(
                f"terms[{row}, {column}] is {int(terms[row, column])}; "
                f"allowed are {self.minimum} to {self.maximum}"
            )

    def _check_sequences(self, terms: Tensor, lengths: Tensor) -> None:
        """Refuses shapes, types and lengths that have no loss."""
        most = self.context + 1
        _check_integers("terms", terms)
        _check_integers("lengths", lengths)
        if terms.dim() != 2 or terms.shape[0] < 1 or not 2 <= terms.shape[1] <= most:
            raise ValueError(
                f"terms have the shape {tuple(terms.shape)}; "
                f"allowed are (B, L) with B from 1, and L from 2 to {most}"
            )
        if lengths.shape != terms.shape[:1]:
            raise ValueError(
                f"lengths have the shape {tuple(lengths.shape)}; "
                f"expected is ({terms.shape[0]},), one for each row of terms"
            )
        if not self.check_terms or _compiling():
            return
        outside = (lengths < 0) | (lengths > terms.shape[1])
        if outside.any():
            row = int(outside.nonzero()[0])
            raise ValueError(
                f"lengths[{row}] is {int(lengths[row])}; "
                f"allowed are 0 to {terms.shape[1]}, the columns of terms"
            )


class _Embedding(nn.Module):
    """An integer and its position as a vector: rows of tables, side by side, then perhaps a
    linear map to the width of the model."""

    def __init__(self, settings: Mapping[str, Any], generator: torch.Generator | None) -> None:
        super().__init__()
        self.kinds: list[str] = [kind.strip() for kind in settings["embedding.kind"].split("+")]
        width = 0
        for kind in self.kinds:
            tables = _Tables(kind, settings, generator)
            self.add_module(kind, tables)
            width += tables.width
        project = settings["embedding.projection"]
        self.projection = (
            _linear(width, settings["model.d_model"], 1.0, generator) if project else nn.Identity()
        )

    def forward(self, classes: Tensor) -> Tensor:
        """``(B, T)`` classes, counted from the smallest integer, to ``(B, T, C)``."""
        parts = [self.get_submodule(kind)(classes) for kind in self.kinds]
        x: Tensor = self.projection(torch.cat(parts, dim=-1))
        return x


class _Tables(nn.Module):
    """A kind of embedding: a row for each class and one for each position, next to each other
    or, of a learned embedding, added. The tables are trained or stay as they are."""

    value: Tensor
    position: Tensor

    def __init__(
        self, kind: str, settings: Mapping[str, Any], generator: torch.Generator | None
    ) -> None:
        super().__init__()
        minimum, context = settings["sequences.minimum"], settings["sequences.context"]
        classes = settings["sequences.maximum"] - minimum + 1
        self.sum = kind == "learned"
        if kind == "learned":
            width = settings["model.d_model"]
            limit = math.sqrt(1.5)  # a variance of 1/2 each
            value = torch.empty(classes, width).uniform_(-limit, limit, generator=generator)
            position = torch.empty(context, width).uniform_(-limit, limit, generator=generator)
        elif kind == "pair":
            value, position = _waves(classes, []), _waves(context, [])
        elif kind == "frequency":
            # Every short wavelength and the powers of two, up to twice the number of classes.
            every = range(2, min(16, 2 * classes) + 1)
            long = [w for w in _powers_of_two(2 * classes) if w > 16]
            value = _waves(classes, [*every, *long])
            position = _waves(context, _powers_of_two(2 * context))
        elif kind == "number_theoretic":
            value = _residues(minimum, classes)
            position = _waves(context, _powers_of_two(2 * context))
        elif kind == "binary":
            bits = torch.arange((classes - 1).bit_length())
            value = (torch.arange(classes)[:, None] >> bits & 1).float()
            position = torch.empty(context, 0)
        else:
            raise ValueError(f"embedding.kind has {kind!r}, which this module does not know")
        if kind == "learned" or settings["embedding.table"] == "learned":
            self.value, self.position = nn.Parameter(value), nn.Parameter(position)
        else:
            self.register_buffer("value", value, persistent=False)
            self.register_buffer("position", position, persistent=False)

    @property
    def width(self) -> int:
        """The number of features."""
        value, position = int(self.value.shape[1]), int(self.position.shape[1])
        return value if self.sum else value + position

    def forward(self, classes: Tensor) -> Tensor:
        value = functional.embedding(classes, self.value)
        position = self.position[: classes.shape[1]]
        if self.sum:
            return value + position
        return torch.cat((value, position.expand(classes.shape[0], -1, -1)), dim=-1)


class _Layer(nn.Module):
    """A layer of the transformer: it adds to the stream ``(B, T, C)`` twice."""

    def __init__(self, settings: Mapping[str, Any], generator: torch.Generator | None) -> None:
        super().__init__()
        self.attention = _Attention(settings, generator)
        self.feed_forward = _FeedForward(settings, generator)

    def forward(self, x: Tensor) -> Tensor:
        x = self.feed_forward(self.attention(x))
        return x


class _Residual(nn.Module):
    """A residual connection around a layer f: ``x + f(x)``, ``x + f(norm(x))`` or
    ``norm(x + f(x))``."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__()
        # All layers together add about as much variance as the stream has.
        self.gain = 1 / math.sqrt(2 * settings["model.layers"])
        # The engine rounds the rate to sixteen bits.
        self.dropout = nn.Dropout(round(settings["model.dropout"] * 2**16) / 2**16)
        self.normalisation: str = settings["model.normalisation"]
        if self.normalisation != "none":
            self.norm = nn.LayerNorm(settings["model.d_model"])

    def forward(self, x: Tensor) -> Tensor:
        if self.normalisation == "pre":
            x = x + self.dropout(self.layer(self.norm(x)))
        else:
            x = x + self.dropout(self.layer(x))
        if self.normalisation == "post":
            x = self.norm(x)
        return x

    def layer(self, x: Tensor) -> Tensor:
        """f, without the connection."""
        raise NotImplementedError


class _Attention(_Residual):
    """Causal self-attention: each position looks at itself and at those before it."""

    def __init__(self, settings: Mapping[str, Any], generator: torch.Generator | None) -> None:
        super().__init__(settings)
        width = settings["model.d_model"]
        self.heads: int = settings["model.heads"]
        self.input = _linear(width, 3 * width, 1.0, generator)
        self.output = _linear(width, width, self.gain, generator)

    def layer(self, x: Tensor) -> Tensor:
        b, t, c = x.shape
        # All queries, then all keys, then all values; each becomes (B, H, T, D).
        parts = self.input(x).view(b, t, 3, self.heads, c // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
        scores = query @ key.transpose(-2, -1) / math.sqrt(c // self.heads)
        later = torch.ones(t, t, dtype=torch.bool, device=x.device).triu(1)
        weights = scores.masked_fill(later, -math.inf).softmax(-1)
        attended = self.dropout(weights) @ value
        y: Tensor = self.output(attended.transpose(1, 2).reshape(b, t, c))
        return y


_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": functional.gelu,
    "gelu_tanh": partial(functional.gelu, approximate="tanh"),
    "silu": functional.silu,
    "relu": functional.relu,
}


class _FeedForward(_Residual):
    """Two linear layers with an activation between them, for each position on its own."""

    def __init__(self, settings: Mapping[str, Any], generator: torch.Generator | None) -> None:
        super().__init__(settings)
        width, hidden = settings["model.d_model"], settings["model.feed_forward"]
        self.activation = _ACTIVATIONS[settings["model.activation"]]
        self.input = _linear(width, hidden, 1.0, generator)
        self.output = _linear(hidden, width, self.gain, generator)

    def layer(self, x: Tensor) -> Tensor:
        y: Tensor = self.output(self.activation(self.input(x)))
        return y


def _linear(inputs: int, outputs: int, gain: float, generator: torch.Generator | None) -> nn.Linear:
    """W x + b; at first W is uniform with variance gain^2 / inputs, and b is zero."""
    linear = nn.Linear(inputs, outputs)
    limit = gain * math.sqrt(3 / inputs)
    with torch.no_grad():
        linear.weight.uniform_(-limit, limit, generator=generator)
        linear.bias.zero_()
    return linear


def _powers_of_two(largest: int) -> list[int]:
    """2, 4, 8, ... up to the largest."""
    return [2**n for n in range(1, largest.bit_length())]


def _waves(count: int, wavelengths: list[int]) -> Tensor:
    """For the numbers n below a count: n as a share of the largest, then sine and cosine of
    2 pi n / w for each wavelength w."""
    n = torch.arange(count, dtype=torch.float64)
    columns = [n / max(count - 1, 1)]
    for w in wavelengths:
        angle = 2 * math.pi * n / w
        columns += [angle.sin(), angle.cos()]
    return torch.stack(columns, dim=1).float()


def _residues(minimum: int, classes: int) -> Tensor:
    """For each integer its logarithmic size, with its sign, and its residues modulo 2 to 101
    as points on a circle."""
    term = torch.arange(minimum, minimum + classes, dtype=torch.float64)
    size = term.abs().log1p()
    columns = [term.sign() * size / size.max()]
    for m in range(2, 102):
        angle = 2 * math.pi * term.remainder(m) / m
        columns += [angle.sin(), angle.cos()]
    return torch.stack(columns, dim=1).float()


def _weight_of_distance(kind: str, distance: Tensor) -> Tensor:
    """The weight w(d) of a distance d: d, d^2 or the square root of d."""
    if kind == "linear":
        return distance
    if kind == "quadratic":
        return distance * distance
    # The slope of the root is unbounded at 0; below 0.01 it stays that of 0.01.
    fixed = distance.detach()
    return fixed.sqrt() + 0.5 / fixed.clamp(min=0.01).sqrt() * (distance - fixed)


def _check_integers(name: str, tensor: Tensor) -> None:
    if tensor.is_floating_point() or tensor.is_complex() or tensor.dtype == torch.bool:
        raise TypeError(f"{name} are of {tensor.dtype}; integers are expected, as torch.int64")


def _compiling() -> bool:
    """Whether `torch.compile` is looking, which PyTorch 1 does not have."""
    compiler: Any = getattr(torch, "compiler", None)
    return compiler is not None and bool(compiler.is_compiling())


class SequenceDataset(IterableDataset[tuple[Tensor, Tensor]]):
    """Batches of training sequences, drawn as they are needed.

    Each is a pair: terms, ``(batch_size, L)``, and the lengths of the sequences,
    ``(batch_size,)``, both of ``torch.int64``, as ``Transformer.loss`` takes them. L is one more
    than the context; behind a sequence stands
    the smallest integer of the range. With ``batch_size=None`` there are single
    sequences instead: ``(L,)`` and ``()``.

    Batch b is ``ninth.sample(batch_size, seed=seed, start=b * batch_size, ...)``: a function of
    the arguments alone. The dataset has the batches from number ``start`` on, ``batches`` of them
    or, with ``None``, without end. For several workers take

        DataLoader(dataset, batch_size=None, num_workers=W)

    with any W, forked or spawned: worker w draws every W-th batch, and the loader
    puts them in the order that they have without workers.

    Each iteration gives the same batches again, unless ``set_epoch`` was called before it.

    ``phase`` or ``family`` draws from one of them only; otherwise sequences come from the mixture
    of phases that a training of the config ends with or, with ``curriculum=True``, that
    it has at batch b: at the epoch b / training.steps_per_epoch. For distributed training, process
    number ``rank`` of ``world_size`` has every ``world_size``-th batch, ``batches`` of its own.
    """

    #: Single sequences are drawn as many at a time.
    _AT_A_TIME = 1024

    def __init__(
        self,
        config: Config | str | None = None,
        *,
        batch_size: int | None = 64,
        batches: int | None = None,
        seed: int = 0,
        start: int = 0,
        phase: int | str | None = None,
        family: str | None = None,
        curriculum: bool = False,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        """See the class."""
        super().__init__()
        optional, most = _check.optional, _check.LARGEST_SEED
        self.batch_size = optional("batch_size", batch_size, 1, most)
        self.batches = optional("batches", batches, 0, most)
        self.seed = _check.integer("seed", seed, 0, most)
        self.start = _check.integer("start", start, 0, most)
        self.world_size = _check.integer("world_size", world_size, 1, most)
        self.rank = _check.integer("rank", rank, 0, self.world_size - 1)
        if curriculum and (phase is not None or family is not None):
            raise ValueError("curriculum mixes the phases: it goes with neither phase nor family")
        if curriculum and batch_size is None:
            raise ValueError("curriculum counts batches: it needs a batch_size")
        self.config = resolved(config)
        settings: dict[str, Any] = dict(self.config)
        self._steps_per_epoch: int = settings["training.steps_per_epoch"]
        self.phase, self.family, self.curriculum = phase, family, curriculum
        # Shared, so that workers that persist see it, too.
        self._epoch = torch.zeros((), dtype=torch.int64)
        self._epoch.share_memory_()  # type: ignore[no-untyped-call]

    def set_epoch(self, epoch: int) -> None:
        """The following iterations give the batches after those of the epochs 0 to ``epoch`` - 1,
        of ``batches`` batches (times ``world_size``) each."""
        epoch = _check.integer("epoch", epoch, 0, _check.LARGEST_SEED)
        if self.batches is None and epoch > 0:
            raise ValueError(
                "the dataset has no end, so no next epoch: give it batches, or a start"
            )
        self._epoch.fill_(epoch)

    def __len__(self) -> int:
        """``batches``, where there is an end."""
        if self.batches is None:
            raise TypeError("the dataset has no end, so no length")
        return self.batches

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """From the first batch on; in a worker of a loader, every so many."""
        worker = get_worker_info()
        w, workers = (0, 1) if worker is None else (worker.id, worker.num_workers)
        first = self.start + int(self._epoch) * (self.batches or 0) * self.world_size
        step = workers * self.world_size
        number, count = first + w * self.world_size + self.rank, 0
        if self.batches is not None:
            left = len(range(w, self.batches, workers))
        if self.batch_size is not None:
            while self.batches is None or count < left:
                yield self._draw(number, self.batch_size)
                number, count = number + step, count + 1
            return
        # Single sequences: those between two of this worker's are drawn, too, and left out.
        while self.batches is None or count < left:
            terms, lengths = self._draw(number, self._AT_A_TIME)
            for i in range(0, self._AT_A_TIME, step):
                if self.batches is not None and count >= left:
                    return
                yield terms[i].clone(), lengths[i].clone()
                number, count = number + step, count + 1

    def _draw(self, number: int, size: int) -> tuple[Tensor, Tensor]:
        """A batch by its number, or as many single sequences from that number on."""
        epoch = None
        if self.curriculum:
            epoch = number / self._steps_per_epoch
        # One thread: it is fast, and the workers of a loader are forked.
        drawn = sample(
            size,
            phase=self.phase,
            family=self.family,
            seed=self.seed,
            start=number * (self.batch_size or 1),
            epoch=epoch,
            config=self.config,
            threads=1,
        )
        return torch.from_numpy(drawn.terms), torch.from_numpy(drawn.lengths)
