"""Write on: a language model that learns from any text, character by character."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import torch

from attention_viz.core.errors import ConfigError, TextError
from attention_viz.core.message import Message, say
from attention_viz.core.text import clean
from attention_viz.core.token import Token
from attention_viz.core.words import word_numbers
from attention_viz.toy.chance import EXAMPLE, HELD_OUT, generator
from attention_viz.toy.config import Config
from attention_viz.toy.copying import copied
from attention_viz.toy.split import RUN, Split, split
from attention_viz.toy.task import Batch, Pattern, Read, Task, ToyModel
from attention_viz.toy.transformer import Transformer
from attention_viz.toy.verses import VERSES

_CONTEXT = 64
"""Characters that the model sees at once."""
_SHORTEST = 200
_LEAST_SEEN = 2 * _CONTEXT
"""Characters to learn from, below which there is nothing to learn."""
_FEWEST_DIFFERENT, _MOST_DIFFERENT = 4, 1000
_BEGINNING, _TEMPERATURE = 8, 0.8
_MOST_NAMED = 12
_SIGNS = {" ": "␣", "\n": "⏎", "\t": "⇥"}


class Text(Task):
    """At each place of a text, say the next character.

    A small GPT (Radford et al. 2019; in the spirit of github.com/karpathy/nanoGPT): causal, pre-LN, with MLPs. Its
    vocabulary is the characters (Unicode code points) of the text that it learns from, in their order.
    """

    name = "text"
    title = "Your own text"
    question = "Which character comes next? To tell, the model needs the last few, and what word they begin."
    lesson = (
        "First it learns which characters are frequent, then which follow each other, then words. It is measured on "
        f"the end of the text, of which no run of {RUN} characters stands in what it learns from. Shorter runs do, so "
        "its accuracy has to be seen beside that of copying, the dotted line: from a few pages alone, a model this "
        "small hardly gets past it."
    )
    counted = "next characters right, in the part that is held out"
    sampled = "What the model writes"
    kind = "decoder"
    defaults = Config(layers=2, heads=4, width=64, learning_rate=3e-3, steps=250, text=VERSES)
    free = (*Task.free, "text")
    patterns = (
        Pattern(
            "previous token",
            "previous token",
            "the share of attention that each character gives to the one before it",
        ),
    )
    token_limit = _CONTEXT
    batch_size = 32
    written: ClassVar[int] = 80
    """Characters of a sample."""

    def check(self, config: Config) -> None:
        super().check(config)
        text, different = _text(config), len(_vocabulary(config))
        if len(text) < _SHORTEST:
            raise ConfigError(
                say(
                    "The text has {characters:,} characters; at least {least} are needed to learn from. Paste a "
                    "longer one: a page or two is best.",
                    characters=len(text),
                    least=_SHORTEST,
                )
            )
        if different < _FEWEST_DIFFERENT:
            signs = " ".join(_sign(character) for character in _vocabulary(config))
            raise ConfigError(
                say(
                    "The text has {characters:,} characters but only {different} different: {signs}. At least "
                    "{least} are needed, or there is nothing to learn. Paste ordinary writing.",
                    characters=len(text),
                    different=different,
                    signs=signs,
                    least=_FEWEST_DIFFERENT,
                )
            )
        if different > _MOST_DIFFERENT:
            raise ConfigError(
                say(
                    "The text has {different:,} different characters; this model can tell at most "
                    "{most:,} apart. Paste a shorter part of it.",
                    different=different,
                    most=_MOST_DIFFERENT,
                )
            )
        parts = _split(config)
        if parts.learned_from < _LEAST_SEEN:
            before = len(text) - len(parts.unseen)
            raise ConfigError(
                say(
                    "The text repeats itself too much to hold a part of it out. Of its {characters:,} characters the "
                    "last {unseen:,} would be measured on; of the {before:,} before them, {left_out:,} are in lines "
                    "or in runs of {run} characters that stand there too, which leaves {learned_from:,} to learn "
                    "from. At least {least} are needed: paste a text with fewer repetitions, or a longer one.",
                    characters=len(text),
                    unseen=len(parts.unseen),
                    before=before,
                    left_out=parts.left_out,
                    run=RUN,
                    learned_from=parts.learned_from,
                    least=_LEAST_SEEN,
                )
            )

    def build(self, config: Config) -> ToyModel:
        return Transformer(
            config,
            len(_vocabulary(config)),
            longest=_CONTEXT,
            causal=True,
            mlp=True,
        )

    def batch(self, config: Config, generator: torch.Generator, size: int) -> Batch:
        """Pieces of one context and a character, none across two stretches; a stretch that is shorter is a piece."""
        seen = _split(config).seen
        lengths = torch.tensor([len(stretch) for stretch in seen])
        chosen = torch.multinomial(lengths.double(), size, replacement=True, generator=generator)
        starts = torch.rand(size, generator=generator) * (lengths[chosen] - _CONTEXT).clamp(min=1)
        places = zip(chosen.tolist(), starts.long().tolist(), strict=True)
        return _batch(config, [seen[stretch][start : start + _CONTEXT + 1] for stretch, start in places])

    def held_out_batch(self, config: Config, generator: torch.Generator) -> Batch:
        """The end of the text, in pieces that follow each other. Each of its characters but the first counts once."""
        pieces = _unseen(config)
        batch = _batch(config, pieces)
        # The last piece begins earlier, to be whole; what it repeats has counted already.
        again = len(pieces) * _CONTEXT - (len(_split(config).unseen) - 1)
        batch.scored[-1, :again] = False
        return batch

    def copied(self, config: Config) -> float:
        """The share of the held-out characters that copying gets right: see `copying.copied`. It reads the same pieces
        as the model, and the same part to learn from."""
        pieces = _unseen(config)
        batch = self.held_out_batch(config, generator(config.seed, HELD_OUT))
        said = torch.tensor(_numbers(config, "".join(copied(_split(config).seen, pieces)))).view(len(pieces), -1)
        return float((said == batch.targets)[batch.scored].double().mean())

    def held_out_in_words(self, config: Config) -> str:
        parts = _split(config)
        left_out = (
            f" Another {parts.left_out:,} are left out, since they stand in the held-out part, too."
            if parts.left_out
            else ""
        )
        return (
            f"Held out: the last {len(parts.unseen):,} of its {len(_text(config)):,} characters. It learns from "
            f"{parts.learned_from:,}.{left_out}"
        )

    @torch.no_grad()
    def sample(self, config: Config, model: ToyModel) -> str:
        """How the model goes on from the first characters of the text, with the same luck each time."""
        vocabulary, luck = _vocabulary(config), generator(config.seed, EXAMPLE)
        device = next(model.parameters()).device
        written = _numbers(config, _text(config)[:_BEGINNING])
        for _ in range(self.written):
            logits = model(torch.tensor([written[-_CONTEXT:]], device=device)).logits[0, -1].cpu()
            # Softmax with a temperature, drawn from by adding Gumbel noise; unlike multinomial, this can't fail on NaN.
            noise = -torch.empty_like(logits).exponential_(generator=luck).log()
            written.append(int((logits / _TEMPERATURE + noise).argmax()))
        return "".join(vocabulary[number] for number in written)

    def example(self, config: Config) -> tuple[str, str | None]:
        return _split(config).unseen[:_CONTEXT], None

    def read(self, config: Config, text: str) -> Read:
        """Every character is a token, white space too; its text is a sign where it can't be seen."""
        text, notes = clean(text)
        if not text:
            raise TextError(
                say("There is nothing to read: type some characters of the text that the model learned from.")
            )
        if len(text) > _CONTEXT:
            notes = (*notes, _too_long(len(text), _CONTEXT))
        read = text[:_CONTEXT]
        spans = [(place, place + 1) for place in range(len(read))]
        pieces = zip(read, _numbers(config, read), spans, _words(read), strict=True)
        tokens = (
            Token(_sign(character), number, span, word, 0, special=False) for character, number, span, word in pieces
        )
        return Read(text, tuple(tokens), notes)


def _too_long(characters: int, most: int) -> Message:
    return say(
        "The text has {characters:,} characters; this model reads the first {most}.", characters=characters, most=most
    )


def _text(config: Config) -> str:
    return clean(config.text)[0]


def _vocabulary(config: Config) -> tuple[str, ...]:
    return _characters(config.text)


@lru_cache(maxsize=16)
def _characters(text: str) -> tuple[str, ...]:
    return tuple(sorted(set(clean(text)[0])))


def _split(config: Config) -> Split:
    return split(_text(config), least=_CONTEXT + 1)


def _unseen(config: Config) -> list[str]:
    """The held-out part, in pieces of a context and what follows; the last one reaches back to be whole."""
    unseen = _split(config).unseen
    last = len(unseen) - _CONTEXT - 1
    return [unseen[start : start + _CONTEXT + 1] for start in (*range(0, last, _CONTEXT), last)]


def _batch(config: Config, pieces: list[str]) -> Batch:
    """Each piece is a context and the character that follows; of a shorter one, what is missing does not count."""
    short = [_CONTEXT + 1 - len(piece) for piece in pieces]
    filled = "".join(piece + piece[0] * missing for piece, missing in zip(pieces, short, strict=True))
    numbers = torch.tensor(_numbers(config, filled)).view(len(pieces), -1)
    inputs, targets = numbers[:, :-1], numbers[:, 1:]
    scored = torch.arange(_CONTEXT) < _CONTEXT - torch.tensor(short)[:, None]
    before = torch.ones(_CONTEXT - 1, dtype=torch.bool).diag(-1).expand(len(inputs), -1, -1)
    return Batch(inputs, targets, scored, patterns={"previous token": before})


def _numbers(config: Config, text: str) -> list[int]:
    """Raises TextError that names the characters which are not in the text that is learned from."""
    numbers = {character: number for number, character in enumerate(_vocabulary(config))}
    unknown = dict.fromkeys(character for character in text if character not in numbers)
    if unknown:
        named = " ".join(_sign(character) for character in list(unknown)[:_MOST_NAMED])
        raise TextError(
            say(
                "This model has never seen {unknown}. It knows only the {known} different characters "
                "of the text that it learned from; leave the others out.",
                unknown=f"{named} …" if len(unknown) > _MOST_NAMED else named,
                known=len(numbers),
            )
        )
    return [numbers[character] for character in text]


def _words(text: str) -> list[int]:
    """The word of each character. White space counts to the word behind it, as in most tokenizers that keep it."""
    numbers = word_numbers(text, [(place, place + 1) for place in range(len(text))])
    for place in range(len(text) - 2, -1, -1):
        if text[place].isspace():
            numbers[place] = numbers[place + 1]
    order = {number: place for place, number in enumerate(dict.fromkeys(numbers))}
    return [order[number] for number in numbers]


def _sign(character: str) -> str:
    """The character, or something to see in its place."""
    if character in _SIGNS:
        return _SIGNS[character]
    return character if character.isprintable() else f"U+{ord(character):04X}"
