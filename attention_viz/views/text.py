"""A text in the stretches that its tokens or words stand for, so that the text itself can be painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from attention_viz.components.token_text import Piece
from attention_viz.core.token import Token
from attention_viz.core.trace import Trace


def pieces_of(trace: Trace, starts: Sequence[int], key_starts: Sequence[int]) -> tuple[Piece, ...]:
    """Every character of the texts in order, and the tokens that the model added where they stand.

    starts, key_starts: the first token of each row and column of the map; a piece names rows, which are the columns
    too unless queries and keys are other tokens. Characters without a token (blanks, dropped marks) are pieces without
    rows. Rows that share characters, as the bytes of one emoji do, share a piece.
    """
    if trace.key_tokens is trace.tokens:
        return _pieces(trace.tokens, trace.texts, starts, None)
    keys = _pieces(trace.key_tokens, trace.texts, key_starts, "key")
    return (*keys, *_pieces(trace.tokens, trace.texts, starts, "query"))


def _pieces(
    tokens: Sequence[Token], texts: Sequence[str], starts: Sequence[int], side: Literal["query", "key"] | None
) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    ends = [0] * len(texts)  # How far each text has been told.
    for row, (start, stop) in enumerate(zip(starts, [*starts[1:], len(tokens)], strict=True)):
        first = tokens[start]
        spans = [token.span for token in tokens[start:stop] if token.span is not None]
        begin, end = min((span[0] for span in spans), default=0), max((span[1] for span in spans), default=0)
        told = ends[first.segment] if spans else 0
        last = pieces[-1] if pieces else None
        if spans and last and last.tokens and last.segment == first.segment and (begin < told or end == begin):
            pieces[-1] = _joined(last, row, texts[first.segment][told:end])
        elif begin == end:
            # The model added it, or it is a blank of its own.
            pieces.append(Piece(first.segment, first.text, (row,), True, side))
            continue
        else:
            text = texts[first.segment]
            if begin > told:
                pieces.append(Piece(first.segment, text[told:begin], (), False))
            pieces.append(Piece(first.segment, text[begin:end], (row,), False, side))
        ends[first.segment] = max(told, end)
    for segment, text in enumerate(texts):
        # A text of which nothing was told is not on this side.
        if ends[segment] and text[ends[segment] :].strip():
            at = max(number for number, piece in enumerate(pieces) if piece.segment == segment and not piece.special)
            pieces.insert(at + 1, Piece(segment, text[ends[segment] :], (), False))
    return tuple(pieces)


def _joined(piece: Piece, row: int, more: str) -> Piece:
    return Piece(piece.segment, piece.text + more, (*piece.tokens, row), piece.special, piece.side)
