"""What can be chosen before a training begins."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

from attention_viz.core.errors import ConfigError
from attention_viz.core.message import Message, say

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
            raise ConfigError(self._refusal(repr(value)[:40]))

    def _refusal(self, value: str) -> Message:
        if self.whole:
            return say(
                "{setting} is {value}: a whole number from {least:g} to {most:g} is wanted.",
                setting=self.words,
                value=value,
                least=self.least,
                most=self.most,
            )
        return say(
            "{setting} is {value}: a number from {least:g} to {most:g} is wanted.",
            setting=self.words,
            value=value,
            least=self.least,
            most=self.most,
        )


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
                say(
                    "A width of {width} can't be split among {heads} heads: choose a multiple of {heads}.",
                    width=self.width,
                    heads=self.heads,
                )
            )
        if len(self.text) > MOST_TEXT:
            raise ConfigError(
                say(
                    "The text has {characters:,} characters; at most {most:,} can be learned from.",
                    characters=len(self.text),
                    most=MOST_TEXT,
                )
            )


def config_of(values: dict[str, Any], defaults: Config) -> Config:
    """Settings from a link or a file, on top of a task's defaults. Raises ConfigError for what is not a setting."""
    unknown = [name for name in values if name not in {field.name for field in fields(Config)}]
    if unknown:
        raise ConfigError(say("{name} is no setting of a training.", name=repr(unknown[0])[:40]))
    given = {field.name: values.get(field.name, getattr(defaults, field.name)) for field in fields(Config)}
    for name, allowed in RANGES.items():
        allowed.check(given[name])
    if not isinstance(given["text"], str):
        raise ConfigError(say("The text is {value}: characters are wanted.", value=repr(given["text"])[:40]))
    return Config(**{**given, "learning_rate": float(given["learning_rate"])})
