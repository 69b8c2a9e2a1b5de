"""Write dates as 2021-03-12, however they are written: a decoder that looks back at what an encoder read."""

from __future__ import annotations

import datetime
import string
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from attention_viz.mechanism.attention import attention
from attention_viz.mechanism.scoring import additive
from attention_viz.toy.chance import EXAMPLE, generator
from attention_viz.toy.config import Config
from attention_viz.toy.date_forms import FIRST, FORMATS, LAST, MONTHS, WEEKDAYS, characters, write
from attention_viz.toy.layers import off_in
from attention_viz.toy.task import NONE_OFF, Attended, Batch, Off, Output, Pattern, Read, Task, ToyModel

_DAYS = torch.arange((LAST - FIRST).days + 1)
_UNSEEN, _LEARNED = _DAYS[_DAYS % 10 == 0], _DAYS[_DAYS % 10 != 0]
"""Every tenth day is never trained on, in no form."""

_LETTERS = "".join(sorted({*"".join(MONTHS), *"".join(WEEKDAYS)}))
_SOURCE = string.digits + " ,-./" + _LETTERS
_WRITTEN = string.digits + "-"
_PAD, _START = len(_SOURCE), len(_WRITTEN)
_PLACES_OF = {"year": slice(0, 4), "month": slice(5, 7), "day": slice(8, 10)}
_PLACES = len("2021-03-12")
_LONGEST = 32
_EMBEDDING = 32


@dataclass(frozen=True, eq=False)
class _Source:
    """What the decoder looks at. first: the state that it begins with."""

    states: Float[Tensor, "batch source size"]
    visible: Bool[Tensor, "batch 1 source"]
    first: Float[Tensor, "batch width"]


class Translator(ToyModel):
    """A bidirectional GRU reads, a GRU writes, and additive attention stands between them.

    Source: Bahdanau et al. 2015, “Neural Machine Translation by Jointly Learning to Align and Translate”, §3 and §A.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.read = nn.Embedding(len(_SOURCE) + 1, _EMBEDDING)
        self.encoder = nn.GRU(_EMBEDDING, width, batch_first=True, bidirectional=True)
        self.first = nn.Linear(width, width)
        self.query_weight = nn.Parameter(torch.empty(width, width))
        self.key_weight = nn.Parameter(torch.empty(2 * width, width))
        self.direction = nn.Parameter(torch.empty(width))
        self.written = nn.Embedding(len(_WRITTEN) + 1, _EMBEDDING)
        self.decoder = nn.GRUCell(_EMBEDDING + 2 * width, width)
        self.head = nn.Linear(width + 2 * width + _EMBEDDING, len(_WRITTEN))

    def forward(
        self,
        inputs: Int[Tensor, "batch token"],
        given: Int[Tensor, "batch place"] | None = None,
        off: Off = NONE_OFF,
    ) -> Output:
        """given: what stands before each place that is to be written, a start first; None: what the model itself
        wrote there, one symbol after the other."""
        source = self._encode(inputs)
        state, symbol = source.first, torch.full_like(inputs[:, 0], _START)
        scores, maps = [], []
        for place in range(_PLACES if given is None else given.shape[1]):
            if given is not None:
                symbol = given[:, place]
            state, logits, weights = self._step(source, state, symbol, off=bool(off_in(0, off)))
            symbol = logits.argmax(dim=-1)
            scores.append(logits)
            maps.append(weights)
        attended = Attended(torch.stack(maps, dim=1).unsqueeze(1), visible=_every(source.visible, len(maps)))
        return Output(torch.stack(scores, dim=1), (attended,))

    def _encode(self, inputs: Int[Tensor, "batch token"]) -> _Source:
        seen = inputs != _PAD
        packed = pack_padded_sequence(
            self.read(inputs), seen.sum(dim=1).cpu(), batch_first=True, enforce_sorted=False
        )  # so that the way back begins at the last character, and not in the padding
        states, (_, back) = self.encoder(packed)
        states, _ = pad_packed_sequence(states, batch_first=True, total_length=inputs.shape[1])
        return _Source(states, seen.unsqueeze(1), torch.tanh(self.first(back)))

    def _step(
        self, source: _Source, state: Float[Tensor, "batch width"], symbol: Int[Tensor, " batch"], *, off: bool
    ) -> tuple[Float[Tensor, "batch width"], Float[Tensor, "batch vocabulary"], Float[Tensor, "batch source"]]:
        """The state that asks is the one before the symbol was read: s_{i−1} of the paper's e_ij = a(s_{i−1}, h_j)."""
        attended = attention(state.unsqueeze(1), source.states, source.states, source.visible, score=self._fit)
        context = attended.output[:, 0] * (not off)
        before = self.written(symbol)
        state = self.decoder(torch.cat([before, context], dim=-1), state)
        return state, self.head(torch.cat([state, context, before], dim=-1)), attended.weights[:, 0]

    def _fit(self, queries: Tensor, keys: Tensor) -> Tensor:
        return additive(queries, keys, self.query_weight, self.key_weight, self.direction)


def _every(visible: Bool[Tensor, "batch 1 source"], places: int) -> Bool[Tensor, "batch place source"] | None:
    return None if bool(visible.all()) else visible.expand(-1, places, -1)


class Dates(Task):
    """Read a date in one of six forms, and write it in one."""

    name = "dates"
    title = "Write dates in one form"
    question = "“Mar 7, 2021” becomes “2021-03-07”. Where does the writer look back when it comes to the month?"
    lesson = (
        "Nobody said which characters are the month: the decoder looks at them because this helps it to write. The map "
        "is an alignment of what is written with what was read."
    )
    counted = "whole dates right"
    defaults = Config(layers=1, heads=1, width=64, learning_rate=3e-3, steps=250)
    free = ("width", "learning_rate", "steps", "seed")
    kind = "cross"
    patterns = (
        Pattern("year", "year on year", "of the four digits of the year, the share of attention on the year as read"),
        Pattern("month", "month on month", "of the digits of the month, the share of attention on the month as read"),
        Pattern("day", "day on day", "of the digits of the day, the share of attention on the day as read"),
        Pattern("alignment", "alignment", "of all eight digits, the share of attention on the part that they say"),
    )
    batch_size = 128
    held_out = 128
    token_limit = _LONGEST

    def build(self, config: Config) -> ToyModel:
        return Translator(config.width)

    def batch(self, config: Config, generator: torch.Generator, size: int) -> Batch:
        return _batch(_LEARNED, generator, size)

    def held_out_batch(self, config: Config, generator: torch.Generator) -> Batch:
        return _batch(_UNSEEN, generator, self.held_out)

    def predict(
        self,
        model: ToyModel,
        batch: Batch,
        off: Off = NONE_OFF,
        output: Output | None = None,
    ) -> Int[Tensor, "batch place"]:
        """What the model writes by itself, always taking the likeliest symbol; it is not told where it went wrong."""
        return model(batch.inputs, None, off).logits.argmax(dim=-1)

    def accuracy(self, model: ToyModel, batch: Batch, off: Off = NONE_OFF, output: Output | None = None) -> float:
        """The share of dates that are right in all ten places."""
        right = self.predict(model, batch, off, output) == batch.targets
        return float(right.all(dim=-1).double().mean())

    def places(self, batch: Batch) -> int:
        """A date is right or wrong as a whole."""
        return len(batch.targets)

    @torch.no_grad()
    def sample(self, config: Config, model: ToyModel) -> str:
        """The example, and what the model makes of it."""
        text, _ = self.example(config)
        ids = self.read(config, text).ids[None].to(next(model.parameters()).device)
        return f"{text} → {_written(model(ids).logits)}"

    def example(self, config: Config) -> tuple[str, str | None]:
        """In a form whose order is another one than what is written, so that the alignment crosses."""
        return write(_date(_UNSEEN, generator(config.seed, EXAMPLE)), FORMATS[1]).text, None

    def read(self, config: Config, text: str) -> Read:
        """Characters as tokens; a blank is shown as ␣, and blanks around the text are left out."""
        return characters(text, _SOURCE, most=_LONGEST, segment=0, first_word=0)

    @torch.no_grad()
    def respond(self, config: Config, model: ToyModel, read: Read, second: str | None) -> Read:
        """What the decoder writes by itself, or the second text as what it has written.

        Row i of the map is the step that writes token i: `model(read.ids[None], self.given_of(response))`.
        Raises TextError for a character that the decoder can't write.
        """
        text = second if second and second.strip() else _written(model(read.ids[None]).logits)
        words = 1 + max(token.word or 0 for token in read.tokens)
        return characters(text, _WRITTEN, most=_PLACES, segment=1, first_word=words)

    def given_of(self, response: Read) -> Int[Tensor, "1 place"]:
        return _given(response.ids[None])


def _date(days: Int[Tensor, " day"], generator: torch.Generator) -> datetime.date:
    return FIRST + datetime.timedelta(days=int(days[torch.randint(len(days), (), generator=generator)]))


def _batch(days: Int[Tensor, " day"], generator: torch.Generator, size: int) -> Batch:
    dates = [_date(days, generator) for _ in range(size)]
    forms = torch.randint(len(FORMATS), (size,), generator=generator).tolist()
    sources = [write(date, FORMATS[form]) for date, form in zip(dates, forms, strict=True)]
    inputs = torch.full((size, max(len(source.text) for source in sources)), _PAD)
    patterns = {name: torch.zeros(size, _PLACES, inputs.shape[1], dtype=torch.bool) for name in _PLACES_OF}
    for row, source in enumerate(sources):
        inputs[row, : len(source.text)] = _ids(source.text, _SOURCE)
        for name, places in _PLACES_OF.items():
            patterns[name][row, places, slice(*source.fields[name])] = True
    targets = torch.stack([_ids(date.isoformat(), _WRITTEN) for date in dates])
    patterns["alignment"] = torch.stack(list(patterns.values())).any(dim=0)
    return Batch(inputs, targets, torch.ones_like(targets, dtype=torch.bool), _given(targets), patterns)


def _ids(text: str, known: str) -> Int[Tensor, " character"]:
    return torch.tensor([known.index(character) for character in text])


def _given(written: Int[Tensor, "batch place"]) -> Int[Tensor, "batch place"]:
    """What stands before each place: the start, and then all but the last symbol."""
    return torch.cat([torch.full_like(written[:, :1], _START), written[:, :-1]], dim=1)


def _written(logits: Float[Tensor, "1 place vocabulary"]) -> str:
    return "".join(_WRITTEN[symbol] for symbol in logits[0].argmax(dim=-1))
