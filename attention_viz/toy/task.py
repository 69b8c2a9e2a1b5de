"""What a task is: data, a model, and how its text is read. Each file in tasks/ is one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from attention_viz.core.errors import ConfigError
from attention_viz.core.message import Message, say
from attention_viz.core.model_info import Kind
from attention_viz.core.token import Token
from attention_viz.toy.config import Config

Off = frozenset[tuple[int, int]]
"""Heads that are switched off, as (layer, head): what they find is replaced by zeros."""
NONE_OFF: Off = frozenset()


@dataclass(frozen=True, eq=False)
class Batch:
    """Examples of a task.

    inputs: token numbers. given: what a decoder has written so far, or None where there is no decoder.
    targets: what should be predicted at each place of the output. scored: the places that count.
    patterns: by name, True where a head that does this would look. Rows without True are left out of the measure.
    """

    inputs: Int[Tensor, "batch token"]
    targets: Int[Tensor, "batch place"]
    scored: Bool[Tensor, "batch place"]
    given: Int[Tensor, "batch place"] | None = None
    patterns: Mapping[str, Bool[Tensor, "batch query key"]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Attended:
    """What the attention of one layer computed.

    query, key, value: None where the score is not a product of q and k (additive attention).
    visible: None where all queries see all keys. With an axis for the batch where its texts are padded.
    """

    weights: Float[Tensor, "batch head query key"]
    query: Float[Tensor, "batch head query size"] | None = None
    key: Float[Tensor, "batch head key size"] | None = None
    value: Float[Tensor, "batch head key size"] | None = None
    visible: Bool[Tensor, "*batch query key"] | None = None


@dataclass(frozen=True, eq=False)
class Output:
    """What a model makes of a batch: scores for each symbol that could stand at a place, and what its layers attended
    to."""

    logits: Float[Tensor, "batch place vocabulary"]
    attended: tuple[Attended, ...]


class ToyModel(nn.Module, ABC):
    """A small model. Readable top to bottom; every one looks through mechanism/."""

    @abstractmethod
    def forward(
        self,
        inputs: Int[Tensor, "batch token"],
        given: Int[Tensor, "batch place"] | None = None,
        off: Off = NONE_OFF,
    ) -> Output:
        """One pass, with some heads switched off."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Something that a head may do, measured as the share of its weight that falls there.

    name: in `Batch.patterns`. title: on the screen. sentence: what it means, for a newcomer.
    """

    name: str
    title: str
    sentence: str


@dataclass(frozen=True, eq=False)
class Read:
    """A text as a task reads it. The tokens' ids are numbers of the task's vocabulary.

    text: what the tokens' spans point into.
    """

    text: str
    tokens: tuple[Token, ...]
    notes: tuple[Message, ...] = ()

    @property
    def ids(self) -> Int[Tensor, " token"]:
        return torch.tensor([token.id for token in self.tokens])


class Task(ABC):
    """A task. All methods are pure: what they need of chance comes in as a generator or a seed.

    name: in links and files. title, question, lesson: what it is, what one watches for, and what one sees in the end.
    counted: what the accuracy counts ("values recalled"). sampled: what `sample` is.
    defaults: settings that reach it on one core. free: the settings that may be changed.
    kind: of its attention. patterns: what is measured, the one that matters most last.
    batch_size: examples in a step. held_out: examples that accuracy and patterns are measured on; never trained on.
    token_limit: the longest text that the trained model reads.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    question: ClassVar[str]
    lesson: ClassVar[str]
    counted: ClassVar[str]
    sampled: ClassVar[str] = "What the model makes of it"
    defaults: ClassVar[Config]
    free: ClassVar[tuple[str, ...]] = ("layers", "heads", "width", "learning_rate", "steps", "seed")
    kind: ClassVar[Kind] = "encoder"
    patterns: ClassVar[tuple[Pattern, ...]]
    batch_size: ClassVar[int] = 64
    held_out: ClassVar[int] = 64
    token_limit: ClassVar[int] = 64
    beta2: ClassVar[float] = 0.98
    weight_decay: ClassVar[float] = 0.01
    warm_up: ClassVar[int] = 50

    def check(self, config: Config) -> None:
        """Raises ConfigError where the task can't be learned with these settings."""
        for name in ("layers", "heads", "width", "text"):
            if name not in self.free and getattr(config, name) != getattr(self.defaults, name):
                raise ConfigError(
                    say(
                        "{title} has one setting for {name}: {value}.",
                        title=self.title,
                        name=name,
                        value=repr(getattr(self.defaults, name))[:40],
                    )
                )

    @abstractmethod
    def build(self, config: Config) -> ToyModel:
        """The model before training. Its weights are set afterwards, from the seed: see `training.initialise`."""

    @abstractmethod
    def batch(self, config: Config, generator: torch.Generator, size: int) -> Batch:
        """Fresh examples."""

    def held_out_batch(self, config: Config, generator: torch.Generator) -> Batch:
        """The examples that accuracy and patterns are measured on."""
        return self.batch(config, generator, self.held_out)

    def loss(self, model: ToyModel, batch: Batch) -> Float[Tensor, ""]:
        """What a step makes smaller."""
        return cross_entropy(model(batch.inputs, batch.given).logits, batch)

    def predict(
        self, model: ToyModel, batch: Batch, off: Off = NONE_OFF, output: Output | None = None
    ) -> Int[Tensor, "batch place"]:
        """The most likely symbol at each place. output: what the model made of the batch, where that is known already;
        it spares a pass."""
        output = output or model(batch.inputs, batch.given, off)
        return output.logits.argmax(dim=-1)

    def accuracy(self, model: ToyModel, batch: Batch, off: Off = NONE_OFF, output: Output | None = None) -> float:
        """The share of the places that count where the prediction is right, in 0…1. output: see `predict`."""
        right = self.predict(model, batch, off, output) == batch.targets
        return float(right[batch.scored].double().mean())

    def places(self, batch: Batch) -> int:
        """Predictions that the accuracy is the mean of."""
        return int(batch.scored.sum())

    def copied(self, config: Config) -> float | None:
        """What the accuracy has to be compared with where the examples are pieces of one text: that of copying what
        followed, in the part that is learned from, the longest end of what was read. None for other tasks."""
        return None

    def held_out_in_words(self, config: Config) -> str:
        """Which part of a text is held out, and what is learned from; empty where fresh examples are drawn."""
        return ""

    def sample(self, config: Config, model: ToyModel) -> str:
        """What the model makes of the example, or what it writes, to be shown as it learns; empty for nothing."""
        return ""

    @abstractmethod
    def example(self, config: Config) -> tuple[str, str | None]:
        """A held-out example as the text that `read` takes, and the second text where there is a decoder (None: what
        the model itself writes)."""

    @abstractmethod
    def read(self, config: Config, text: str) -> Read:
        """A text as tokens of the task. Raises TextError that names the words which the task knows."""

    def respond(self, config: Config, model: ToyModel, read: Read, second: str | None) -> Read | None:
        """Of a model with a decoder, what the decoder wrote or is given to read, which asks; None for other models."""
        return None

    def given_of(self, response: Read) -> Int[Tensor, "1 place"] | None:
        """What a decoder has to be given so that row i of its map is the step which writes token i of the response."""
        return None


def cross_entropy(logits: Float[Tensor, "batch place vocabulary"], batch: Batch) -> Float[Tensor, ""]:
    """−ln of the probability of the right symbol, in nats, mean over the places that count."""
    return nn.functional.cross_entropy(logits[batch.scored], batch.targets[batch.scored])
