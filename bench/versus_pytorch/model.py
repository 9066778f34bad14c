"""The models of ninth in PyTorch: modules, the loss, and generation with a cache.

Tensors have the names and shapes of ninth's files, so `load_state_dict` takes them as
they are. B sequences, T positions, C width, H heads, F feed-forward width, V classes.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

CONTEXT = 8
CLASSES = 256


@dataclass(frozen=True)
class Size:
    width: int
    layers: int
    heads: int
    feed_forward: int
    embedding: str  # pair: two fixed numbers; frequency: trained tables, projected
    norm: bool  # before each layer and before the head
    alpha: float  # the distance's part in the loss
    weighted: bool  # positions count by the terms they see


SIZES = {
    "design": Size(2, 2, 2, 32, "pair", False, 0.1, False),
    "strong": Size(64, 4, 4, 256, "frequency", True, 0.0, True),
    "wide": Size(512, 8, 8, 2048, "frequency", True, 0.0, True),
}


class Pair(nn.Module):
    """The integer and the position, each divided by its maximum."""

    def __init__(self):
        super().__init__()
        self.register_buffer("value", torch.arange(CLASSES) / (CLASSES - 1), persistent=False)
        self.register_buffer("position", torch.arange(CONTEXT) / (CONTEXT - 1), persistent=False)

    def forward(self, tokens, first=0):
        position = self.position[first : first + tokens.shape[1]].expand_as(tokens)
        return torch.stack((self.value[tokens], position), dim=-1)

    def at(self, token, position):
        return torch.stack((self.value[token], self.position[position].expand_as(token)), dim=-1)


class Tables(nn.Module):
    """A row of each table; initially sines and cosines."""

    def __init__(self):
        super().__init__()
        self.value = nn.Parameter(torch.empty(CLASSES, 41))
        self.position = nn.Parameter(torch.empty(CONTEXT, 9))


class Frequency(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.frequency = Tables()
        self.projection = nn.Linear(50, width)

    def forward(self, tokens, first=0):
        value = functional.embedding(tokens, self.frequency.value)
        position = self.frequency.position[first : first + tokens.shape[1]]
        position = position.expand(tokens.shape[0], -1, -1)
        return self.projection(torch.cat((value, position), dim=-1))

    def at(self, token, position):
        value = functional.embedding(token, self.frequency.value)
        position = functional.embedding(position.expand_as(token), self.frequency.position)
        return self.projection(torch.cat((value, position), dim=-1))


class Attention(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.heads = size.heads
        self.norm = nn.LayerNorm(size.width) if size.norm else nn.Identity()
        self.input = nn.Linear(size.width, 3 * size.width)
        self.output = nn.Linear(size.width, size.width)

    def queries_keys_values(self, x):
        """Each [B, H, T, D]."""
        b, t, c = x.shape
        parts = self.input(self.norm(x)).view(b, t, 3, self.heads, c // self.heads)
        return parts.permute(2, 0, 3, 1, 4).unbind(0)

    def join(self, mixed):
        b, h, t, d = mixed.shape
        return self.output(mixed.transpose(1, 2).reshape(b, t, h * d))

    def forward(self, x):
        q, k, v = self.queries_keys_values(x)
        return x + self.join(functional.scaled_dot_product_attention(q, k, v, is_causal=True))


class FeedForward(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.norm = nn.LayerNorm(size.width) if size.norm else nn.Identity()
        self.input = nn.Linear(size.width, size.feed_forward)
        self.output = nn.Linear(size.feed_forward, size.width)

    def forward(self, x):
        return x + self.output(functional.gelu(self.input(self.norm(x))))


class Block(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.attention = Attention(size)
        self.feed_forward = FeedForward(size)

    def forward(self, x):
        return self.feed_forward(self.attention(x))


class Transformer(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.embedding = Pair() if size.embedding == "pair" else Frequency(size.width)
        self.layers = nn.ModuleList(Block(size) for _ in range(size.layers))
        self.final_norm = nn.LayerNorm(size.width) if size.norm else nn.Identity()
        self.head = nn.Linear(size.width, CLASSES)

    def forward(self, tokens):
        """Logits [B, T, V] of tokens [B, T]."""
        x = self.embedding(tokens)
        for layer in self.layers:
            x = layer(x)
        return self.head(self.final_norm(x))

    def last(self, tokens):
        """The most likely class after the last position, [B]: the head runs there only."""
        x = self.embedding(tokens)
        for layer in self.layers:
            x = layer(x)
        return self.head(self.final_norm(x[:, -1])).argmax(-1)


class Sliced(nn.Module):
    """Predicts after one more term, reading only the filled part of the cache: for eager mode."""

    def __init__(self, model, size):
        super().__init__()
        self.model, self.cache = model, empty_cache(size)

    def forward(self, token, position):
        """The most likely class after token [1, 1] at a position, a number."""
        x = self.model.embedding(token, position)
        for layer, (keys, values) in zip(self.model.layers, self.cache):
            attention = layer.attention
            q, k, v = attention.queries_keys_values(x)
            keys[:, :, position] = k[:, :, 0]
            values[:, :, position] = v[:, :, 0]
            seen = slice(0, position + 1)
            mixed = functional.scaled_dot_product_attention(q, keys[:, :, seen], values[:, :, seen])
            x = layer.feed_forward(x + attention.join(mixed))
        return self.model.head(self.model.final_norm(x)).argmax(-1)


class Masked(nn.Module):
    """One more term, always with the whole cache and a mask: its shapes never change, as
    torch.compile wants it."""

    def __init__(self, model, size):
        super().__init__()
        self.model, self.cache = model, empty_cache(size)
        self.register_buffer("causal", torch.ones(CONTEXT, CONTEXT, dtype=torch.bool).tril())

    def forward(self, token, position):
        """The most likely class after token [1, 1] at a position, [1]."""
        x = self.model.embedding.at(token, position)
        mask = self.causal[position]
        for layer, (keys, values) in zip(self.model.layers, self.cache):
            attention = layer.attention
            q, k, v = attention.queries_keys_values(x)
            keys.index_copy_(2, position, k)
            values.index_copy_(2, position, v)
            mixed = functional.scaled_dot_product_attention(q, keys, values, attn_mask=mask)
            x = layer.feed_forward(x + attention.join(mixed))
        return self.model.head(self.model.final_norm(x)).argmax(-1)


def empty_cache(size):
    """Keys and values of each layer, [1, H, T, D]."""
    shape = (1, size.heads, CONTEXT, size.width // size.heads)
    return [(torch.zeros(shape), torch.zeros(shape)) for _ in range(size.layers)]


def position_weights(size, lengths):
    """What each position adds to the loss of the batch, [B, T]; nothing where the next
    term is unknown. A sequence's weights add up to 1 / B."""
    scored = lengths[:, None] - 1
    seen = torch.arange(1, CONTEXT + 1)
    each = 2.0 * seen / (scored * (scored + 1)) if size.weighted else 1.0 / scored
    return torch.where(seen <= scored, each, 0.0).to(torch.float32) / len(lengths)


def loss_of(size, model, tokens, targets, weights):
    """The loss of tokens [B, T] with their targets and weights, [B T]."""
    logits = model(tokens).view(-1, CLASSES)
    entropy = functional.cross_entropy(logits, targets, reduction="none")
    if size.alpha != 0.0:
        distance = (logits.detach().argmax(-1) - targets).abs()
        weights = weights * (1.0 + size.alpha * distance)
    return torch.dot(entropy, weights)
