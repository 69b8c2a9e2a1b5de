"""What is said of a text that a tokenizer took otherwise than it was typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from attention_viz.core.message import Listed, Message, counted, say
from attention_viz.core.token import Token

Row = Literal["text", "first", "second", "encoder", "decoder"]
"""Which tokens are cut: of the only text, of one of two, or of one that encoder and decoder both read."""


def nothing_left(number: int, characters: int) -> Message:
    """No token is left of a text. number: of the text, 0 for the first."""
    if number == 0:
        return counted(
            characters,
            "Nothing of the text is left after tokenizing: its {count:,} character means nothing to this model. Type a "
            "word or a sentence.",
            "Nothing of the text is left after tokenizing: its {count:,} characters mean nothing to this model. Type a "
            "word or a sentence.",
        )
    return counted(
        characters,
        "Nothing of the second text is left after tokenizing: its {count:,} character means nothing to this model. "
        "Type a word or a sentence.",
        "Nothing of the second text is left after tokenizing: its {count:,} characters mean nothing to this model. "
        "Type a word or a sentence.",
    )


def shortened(row: Row, kept: int, total: int, why: Message) -> Message:
    """Only the first tokens of a text are read."""
    match row:
        case "text":
            return say("The first {kept:,} of {total:,} tokens are shown: {why}.", kept=kept, total=total, why=why)
        case "first":
            return say(
                "The first {kept:,} of {total:,} tokens of the first text are shown: {why}.",
                kept=kept,
                total=total,
                why=why,
            )
        case "second":
            return say(
                "The first {kept:,} of {total:,} tokens of the second text are shown: {why}.",
                kept=kept,
                total=total,
                why=why,
            )
        case "encoder":
            return say(
                "The first {kept:,} of {total:,} tokens of the text, as the encoder reads it, are shown: {why}.",
                kept=kept,
                total=total,
                why=why,
            )
        case "decoder":
            return say(
                "The first {kept:,} of {total:,} tokens of the text, as the decoder reads it, are shown: {why}.",
                kept=kept,
                total=total,
                why=why,
            )


def typed_special_note(tokens: Sequence[Token]) -> list[Message]:
    """Says that what a person typed is read as one of the model's own tokens."""
    typed = sorted({token.text for token in tokens if token.special and token.span is not None})
    if not typed:
        return []
    return [
        counted(
            len(typed),
            "The model reads {tokens} in your text as a special token of its own, not as letters.",
            "The model reads {tokens} in your text as special tokens of its own, not as letters.",
            tokens=Listed(tuple(typed)),
        )
    ]
