"""What can be chosen before a training begins."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

from attention_viz.core.errors import ConfigError

MOST_TEXT = 20_000
"""Characters of a text to learn from."""


@dataclass(frozen=True, slots=True)
class Range:
    """The values that a field may have, both ends included.

    words: what the field is called in a sentence. whole: no fractions.
    """

    words: str
    least: int | float
    most: int | float
    whole: bool = True

    def check(self, value: Any) -> None:
        """Raises ConfigError."""
        number = isinstance(value, int if self.whole else (int, float)) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or not self.least <= value <= self.most:
            kind = "a whole number" if self.whole else "a number"
            raise ConfigError(f"{self.words} is {value!r:.40}: {kind} from {self.least:g} to {self.most:g} is wanted.")


RANGES = {
    "layers": Range("The number of layers", 1, 4),
    "heads": Range("The number of heads", 1, 8),
    "width": Range("The width", 8, 128),
    "learning_rate": Range("The learning rate", 1e-5, 10, whole=False),
    "steps": Range("The number of steps", 10, 5000),
    "seed": Range("The seed", 0, 9999),
}
"""By field. A task may allow less: see `Task.check`."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one training. The same task, settings and machine give the same curves, number for number.

    layers: of attention. heads: in each. width: of a token's vector, a multiple of the heads.
    learning_rate: of AdamW, after warming up. steps: of the optimiser, one batch each.
    seed: of the first weights and of all data.
    text: what a language model learns from; empty for the other tasks.

    Raises ConfigError for a value outside its range.
    """

    layers: int = 2
    heads: int = 2
    width: int = 64
    learning_rate: float = 5e-3
    steps: int = 1000
    seed: int = 0
    text: str = ""

    def __post_init__(self) -> None:
        for name, allowed in RANGES.items():
            allowed.check(getattr(self, name))
        if self.width % self.heads:
            raise ConfigError(
                f"A width of {self.width} can't be split among {self.heads} heads: choose a multiple of {self.heads}."
            )
        if len(self.text) > MOST_TEXT:
            raise ConfigError(f"The text has {len(self.text):,} characters; at most {MOST_TEXT:,} can be learned from.")


def config_of(values: dict[str, Any], defaults: Config) -> Config:
    """Settings from a link or a file, on top of a task's defaults. Raises ConfigError for what is not a setting."""
    unknown = [name for name in values if name not in {field.name for field in fields(Config)}]
    if unknown:
        raise ConfigError(f"{unknown[0]!r:.40} is no setting of a training.")
    given = {field.name: values.get(field.name, getattr(defaults, field.name)) for field in fields(Config)}
    for name, allowed in RANGES.items():
        allowed.check(given[name])
    if not isinstance(given["text"], str):
        raise ConfigError(f"The text is {given['text']!r:.40}: characters are wanted.")
    return Config(**{**given, "learning_rate": float(given["learning_rate"])})
