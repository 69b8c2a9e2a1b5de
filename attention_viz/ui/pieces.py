"""A text in the stretches that its tokens or words stand for, so that the text itself can be painted."""

from __future__ import annotations

from collections.abc import Sequence

from attention_viz.components.token_text import Piece
from attention_viz.core.trace import Trace


def pieces_of(trace: Trace, starts: Sequence[int]) -> tuple[Piece, ...]:
    """Every character of the texts in order, and the tokens that the model added where they stand.

    starts: the first token of each row of the map; a piece names rows. Characters without a token (blanks, dropped
    marks) are pieces without rows. Rows that share characters, as the bytes of one emoji do, share a piece.
    """
    pieces: list[Piece] = []
    ends = [0] * len(trace.texts)  # How far each text has been told.
    for row, (start, stop) in enumerate(zip(starts, [*starts[1:], len(trace.tokens)], strict=True)):
        first = trace.tokens[start]
        spans = [token.span for token in trace.tokens[start:stop] if token.span is not None]
        if not spans:
            pieces.append(Piece(first.segment, first.text, (row,), True))
            continue
        text, told = trace.texts[first.segment], ends[first.segment]
        begin, end = min(span[0] for span in spans), max(span[1] for span in spans)
        if begin < told or end == begin:
            pieces[-1] = _joined(pieces[-1], row, text[told:end])
        else:
            if begin > told:
                pieces.append(Piece(first.segment, text[told:begin], (), False))
            pieces.append(Piece(first.segment, text[begin:end], (row,), False))
        ends[first.segment] = max(told, end)
    for segment, text in enumerate(trace.texts):
        if text[ends[segment] :].strip():
            at = max(number for number, piece in enumerate(pieces) if piece.segment == segment and not piece.special)
            pieces.insert(at + 1, Piece(segment, text[ends[segment] :], (), False))
    return tuple(pieces)


def _joined(piece: Piece, row: int, more: str) -> Piece:
    return Piece(piece.segment, piece.text + more, (*piece.tokens, row), piece.special)
