"""Say what a text is about: the same accuracy with attention that points, and with attention that can't."""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from attention_viz.core.errors import ConfigError
from attention_viz.core.message import Message, say
from attention_viz.core.token import Token
from attention_viz.mechanism.pooling import additive_pooling
from attention_viz.toy.chance import EXAMPLE, generator
from attention_viz.toy.config import Config
from attention_viz.toy.layers import off_in
from attention_viz.toy.symbols import read_symbols
from attention_viz.toy.task import NONE_OFF, Attended, Batch, Off, Output, Pattern, Read, Task, ToyModel, cross_entropy

KEYWORDS = {
    "weather": ("rain", "snow", "storm"),
    "food": ("bread", "soup", "rice"),
    "music": ("piano", "song", "drum"),
    "sport": ("tennis", "race", "goal"),
}
"""By class. A text holds one of them, or none: without such texts a model may take one class for the rule and look for
the others only, and then nothing changes when the keyword of that class is left out."""
CLASSES = (*KEYWORDS, "nothing")
_KEYS = tuple(word for words in KEYWORDS.values() for word in words)
_CHOICES = torch.tensor([number for number, words in enumerate((*KEYWORDS.values(), range(3))) for _ in words])
"""The class of each keyword, and of three more choices: no keyword."""
_FILLERS = (
    "a", "after", "again", "all", "and", "at", "before", "but", "came", "every", "for", "from", "her", "his",
    "home", "in", "it", "like", "long", "my", "new", "not", "of", "old", "on", "one", "said", "she", "so",
    "some", "that", "the", "they", "this", "to", "two", "was", "we", "with", "you",
)  # fmt: skip
_WORDS = _KEYS + _FILLERS
_LENGTH = 16
_LONGEST = 64

Pool = Callable[[Float[Tensor, "batch token size"]], tuple[Float[Tensor, "batch size"], Float[Tensor, "batch token"]]]


class Pointing(nn.Module):
    """Additive attention with a learned direction: the weights follow from the states (Yang et al. 2016, eq. 5–7)."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(size, size))
        self.bias = nn.Parameter(torch.empty(size))
        self.direction = nn.Parameter(torch.empty(size))

    def forward(
        self, states: Float[Tensor, "batch token size"]
    ) -> tuple[Float[Tensor, "batch size"], Float[Tensor, "batch token"]]:
        return additive_pooling(states, self.weight, self.bias, self.direction)


def even(
    states: Float[Tensor, "batch token size"],
) -> tuple[Float[Tensor, "batch size"], Float[Tensor, "batch token"]]:
    """Frozen uniform attention: each of n words has 1/n, whatever it is (Wiegreffe & Pinter 2019, §3.2)."""
    return states.mean(dim=1), torch.full(states.shape[:2], 1 / states.shape[1]).to(states)


class Branch(nn.Module):
    """Embedding, bidirectional GRU, pooling, and one score for each class."""

    def __init__(self, width: int, pool: Pool) -> None:
        super().__init__()
        self.embedding = nn.Embedding(len(_WORDS), width)
        self.encoder = nn.GRU(width, width, batch_first=True, bidirectional=True)
        self.pool = pool
        self.head = nn.Linear(2 * width, len(CLASSES))

    def forward(
        self, words: Int[Tensor, "batch token"], *, off: bool = False
    ) -> tuple[Float[Tensor, "batch class"], Float[Tensor, "batch token"]]:
        """Scores of the classes, and the weights of the words."""
        states, _ = self.encoder(self.embedding(words))
        found, weights = self.pool(states)
        return self.head(found * (not off)), weights


class Classifier(ToyModel):
    """Two classifiers that share nothing: the output is that of the first one, whose attention is learned."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.attentive = Branch(width, Pointing(2 * width))
        self.uniform = Branch(width, even)

    def forward(
        self,
        inputs: Int[Tensor, "batch token"],
        given: Int[Tensor, "batch place"] | None = None,
        off: Off = NONE_OFF,
    ) -> Output:
        logits, weights = self.attentive(inputs, off=bool(off_in(0, off)))
        return Output(logits.unsqueeze(1), (Attended(weights[:, None, None]),))


class Keyword(Task):
    """At most one of 16 words is a keyword, and it alone says which class the text is of."""

    name = "keyword"
    title = "Find the keyword"
    question = "One word of sixteen says what the text is about. Does the model have to look at it?"
    lesson = (
        "Attention finds the keyword. But a twin whose attention is frozen and uniform is right just as often, too. "
        "What a decision hangs on shows when a word is left out, not in the weights."
    )
    counted = "texts classified"
    defaults = Config(layers=1, heads=1, width=32, learning_rate=3e-3, steps=300)
    free = ("width", "learning_rate", "steps", "seed")
    kind = "cross"
    patterns = (Pattern("keyword", "on the keyword", "the share of attention on the one word that says the class"),)
    held_out = 256
    token_limit = _LONGEST

    def build(self, config: Config) -> ToyModel:
        return Classifier(config.width)

    def batch(self, config: Config, generator: torch.Generator, size: int) -> Batch:
        inputs = torch.randint(len(_KEYS), len(_WORDS), (size, _LENGTH), generator=generator)
        choices = torch.randint(len(_CHOICES), (size, 1), generator=generator)
        places = torch.randint(_LENGTH, (size, 1), generator=generator)
        keyed = choices < len(_KEYS)
        targets = _CHOICES[choices]
        return Batch(
            inputs.scatter(1, places, torch.where(keyed, choices, inputs.gather(1, places))),
            targets,
            torch.ones_like(targets, dtype=torch.bool),
            patterns={"keyword": (keyed & (torch.arange(_LENGTH) == places)).unsqueeze(1)},
        )

    def loss(self, model: ToyModel, batch: Batch) -> Float[Tensor, ""]:
        """The sum of both twins' losses: one training teaches both, and each learns from its own alone."""
        uniform, _ = twins(model).uniform(batch.inputs)
        return super().loss(model, batch) + cross_entropy(uniform.unsqueeze(1), batch)

    @torch.no_grad()
    def sample(self, config: Config, model: ToyModel) -> str:
        """What both twins say of the example, with the probability that they give it."""
        text, _ = self.example(config)
        ids = self.read(config, text).ids[None].to(next(model.parameters()).device)
        both = twins(model)
        said = (branch(ids)[0][0].softmax(dim=-1) for branch in (both.attentive, both.uniform))
        learned, even = (f"{CLASSES[int(chances.argmax())]} ({float(chances.max()):.2f})" for chances in said)
        return f"learned attention: {learned} · uniform attention: {even}"

    def example(self, config: Config) -> tuple[str, str | None]:
        batch = self.batch(config, generator(config.seed, EXAMPLE), 1)
        return " ".join(_WORDS[word] for word in batch.inputs[0]), None

    def read(self, config: Config, text: str) -> Read:
        return read_symbols(text, _WORDS, most=_LONGEST)

    @torch.no_grad()
    def respond(self, config: Config, model: ToyModel, read: Read, second: str | None) -> Read:
        """The class that the model decides for, as the one token that asks: "[weather]". A second text is not read."""
        decided = int(model(read.ids[None]).logits.argmax())
        text = f"[{CLASSES[decided]}]"
        notes: tuple[Message, ...] = ()
        if second and second.strip():
            notes = (say("This model decides by itself; the second text is not read."),)
        return Read(text, (Token(text, decided, None, None, 1, special=True),), notes)


def twins(model: ToyModel) -> Classifier:
    """The model as one that holds two. Raises ConfigError for a model of another task."""
    if not isinstance(model, Classifier):
        raise ConfigError(
            say(
                "A model of the task “{task}” is wanted, and not a {type}.",
                task=Keyword.name,
                type=type(model).__name__,
            )
        )
    return model
