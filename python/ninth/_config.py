"""Configs: every decision about a model and its training."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any, Union

from . import _check, _html, _ninth

Value = Union[bool, int, float, str]


class Config(Mapping[str, Value]):
    """A complete config: a preset, with other values for some keys.

    A key may stand without its section where that is clear. Values that leave only one choice
    for another key set that, too, as on the command line.

    >>> import ninth
    >>> config = ninth.Config("strong", layers=2, seed=7)
    >>> config["model.layers"], config["training.seed"]
    (2, 7)
    >>> ninth.Config("design", {"training.epochs": 3}).steps
    3000
    >>> ninth.Config(layers=0)
    Traceback (most recent call last):
    ...
    ValueError: Config: model.layers = 0 is not allowed; allowed: a whole number from 1 to 1024
    """

    def __init__(
        self, preset: str = "design", values: Mapping[str, Value] | None = None, **more: Value
    ) -> None:
        """``preset`` is ``design``, ``strong`` or ``quick``."""
        texts = _assignments({**(values or {}), **more})
        self._config = _ninth.Config(_text("preset", preset), texts)

    @classmethod
    def _of(cls, config: _ninth.Config) -> Config:
        made = cls.__new__(cls)
        made._config = config
        return made

    @classmethod
    def read(cls, path: str | os.PathLike[str], *, preset: str = "design") -> Config:
        """The config in a TOML file, on top of a preset."""
        return cls._of(_ninth.Config.read(path, _text("preset", preset)))

    @classmethod
    def from_toml(cls, text: str) -> Config:
        """The config in a text that :meth:`to_toml` gave."""
        return cls._of(_ninth.Config.from_text(_text("text", text)))

    def replace(self, values: Mapping[str, Value] | None = None, **more: Value) -> Config:
        """This config with other values for some keys.

        >>> import ninth
        >>> ninth.Config("quick").replace(seed=4)["training.seed"]
        4
        """
        texts = _assignments({**(values or {}), **more})
        return self._of(self._config.with_assignments(texts))

    def to_toml(self, *, comments: bool = False) -> str:
        """The config as a file, with what each key means and allows where wanted."""
        return self._config.to_text(comments)

    def to_dict(self) -> dict[str, dict[str, Value]]:
        """All keys, by section."""
        sections: dict[str, dict[str, Value]] = {}
        for key, value in self.items():
            section, name = key.split(".", 1)
            sections.setdefault(section, {})[name] = value
        return sections

    @property
    def parameters(self) -> int:
        """Parameters of the model."""
        return int(self._summary["parameters"])

    @property
    def steps(self) -> int:
        """Steps of the whole training."""
        return int(self._summary["steps"])

    @property
    def notes(self) -> list[str]:
        """What does not come about as it is written, because the training is too short."""
        return list(self._summary["notes"])

    @functools.cached_property
    def _summary(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._config.summary())
        return found

    @functools.cached_property
    def _values(self) -> dict[str, Value]:
        return dict(zip(_keys(), self._summary["values"]))

    def __getitem__(self, key: str) -> Value:
        if key in self._values:
            return self._values[key]
        found = [full for full in self._values if full.endswith(f".{key}")]
        if len(found) == 1:
            return self._values[found[0]]
        which = f"; it may be {' or '.join(found)}" if found else ""
        raise KeyError(f"there is no single key {key!r}{which}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Config):
            return bool(self._config == other._config)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.to_toml())

    def __reduce__(self) -> tuple[Any, ...]:
        return (Config.from_toml, (self.to_toml(),))

    def __repr__(self) -> str:
        default = Config()
        changed = {key: value for key, value in self.items() if value != default[key]}
        inner = f", {changed!r}" if changed else ""
        return f"Config('design'{inner})"

    def _repr_html_(self) -> str:
        default = Config()
        rows = [
            (key, value, "" if value == default[key] else default[key])
            for key, value in self.items()
        ]
        caption = f"{self.parameters:,} parameters, {self.steps:,} steps"
        return _html.table(("key", "value", "in the preset design"), rows, caption)


@functools.lru_cache(maxsize=1)
def describe() -> dict[str, Any]:
    """What there is to decide: keys, presets, decisions, phases and families.

    >>> import ninth
    >>> [family["name"] for family in ninth.describe()["families"]][:2]
    ['order-zero', 'order-one']
    """
    found: dict[str, Any] = json.loads(_ninth.describe())
    return found


@functools.lru_cache(maxsize=1)
def _keys() -> list[str]:
    return [key["key"] for key in describe()["keys"]]


def resolved(config: Config | str | None) -> Config:
    """A config, or the preset of a name."""
    if config is None:
        return Config()
    if isinstance(config, str):
        return Config(config)
    if isinstance(config, Config):
        return config
    raise TypeError(
        f"config is {_check.described(config)}; a Config or the name of a preset is expected"
    )


def _text(name: str, value: Any) -> str:
    found = _check.text(name, value)
    if found is None:
        raise TypeError(f"{name} is None, not a text")
    return found


def _assignments(values: Mapping[str, Value]) -> list[str]:
    """``KEY=VALUE`` texts, written as in TOML."""
    texts = []
    for key, value in values.items():
        if not isinstance(key, str):
            raise TypeError(f"a key is {_check.described(key)}, not a text")
        item = getattr(value, "item", None)
        plain = item() if item is not None and getattr(value, "ndim", None) == 0 else value
        if not isinstance(plain, (bool, int, float, str)):
            found = _check.described(value)
            raise TypeError(f"{key} is {found}; a number, a text or a truth value is expected")
        # JSON writes these as TOML does, but for numbers that are none.
        texts.append(f"{key}={json.dumps(plain, ensure_ascii=False)}")
    return texts
