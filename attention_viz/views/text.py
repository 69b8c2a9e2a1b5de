"""A text in the stretches that its tokens or words stand for, so that the text itself can be painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from attention_viz.core.token import Token
from attention_viz.core.trace import Trace


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text.

    tokens: the rows that it stands for: none where the tokenizer kept nothing, several where they share characters.
    special: a token that the model added.
    side: the only side that it is on, in cross attention; None where every token both looks and is looked at.
    """

    segment: int
    text: str
    tokens: tuple[int, ...]
    special: bool
    side: Literal["query", "key"] | None = None

    def told(self) -> dict[str, object]:
        """What the browser is told; as `asdict`, which takes 30 ms for 512 of them."""
        return {
            "segment": self.segment,
            "text": self.text,
            "tokens": self.tokens,
            "special": self.special,
            "side": self.side,
        }


def stretches_of(trace: Trace, starts: Sequence[int], key_starts: Sequence[int]) -> tuple[Stretch, ...]:
    """Every character of the texts in order, and the tokens that the model added where they stand.

    starts, key_starts: the first token of each row and column of the map; a stretch names rows, which are the columns
    too unless queries and keys are other tokens. Characters without a token (blanks, dropped marks) are stretches
    without rows. Rows that share characters, as the bytes of one emoji do, share a stretch.
    """
    if trace.key_tokens is trace.tokens:
        return _stretches(trace.tokens, trace.texts, starts, None)
    keys = _stretches(trace.key_tokens, trace.texts, key_starts, "key")
    return (*keys, *_stretches(trace.tokens, trace.texts, starts, "query"))


def _stretches(
    tokens: Sequence[Token], texts: Sequence[str], starts: Sequence[int], side: Literal["query", "key"] | None
) -> tuple[Stretch, ...]:
    stretches: list[Stretch] = []
    ends = [0] * len(texts)  # How far each text has been told.
    for row, (start, stop) in enumerate(zip(starts, [*starts[1:], len(tokens)], strict=True)):
        first = tokens[start]
        spans = [token.span for token in tokens[start:stop] if token.span is not None]
        begin, end = min((span[0] for span in spans), default=0), max((span[1] for span in spans), default=0)
        told = ends[first.segment] if spans else 0
        last = stretches[-1] if stretches else None
        if spans and last and last.tokens and last.segment == first.segment and (begin < told or end == begin):
            stretches[-1] = _joined(last, row, texts[first.segment][told:end])
        elif begin == end:
            # The model added it, or it is a blank of its own.
            stretches.append(Stretch(first.segment, first.text, (row,), True, side))
            continue
        else:
            text = texts[first.segment]
            if begin > told:
                stretches.append(Stretch(first.segment, text[told:begin], (), False))
            stretches.append(Stretch(first.segment, text[begin:end], (row,), False, side))
        ends[first.segment] = max(told, end)
    for segment, text in enumerate(texts):
        # A text of which nothing was told is not on this side.
        if ends[segment] and text[ends[segment] :].strip():
            at = max(
                number for number, stretch in enumerate(stretches) if stretch.segment == segment and not stretch.special
            )
            stretches.insert(at + 1, Stretch(segment, text[ends[segment] :], (), False))
    return tuple(stretches)


def _joined(stretch: Stretch, row: int, more: str) -> Stretch:
    return Stretch(stretch.segment, stretch.text + more, (*stretch.tokens, row), stretch.special, stretch.side)
