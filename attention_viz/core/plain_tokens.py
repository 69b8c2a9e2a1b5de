"""Tokens from plain strings: a text that they may come from, and where each stands in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from attention_viz.core.errors import MapError
from attention_viz.core.message import Message, say
from attention_viz.core.text import MAX_CHARACTERS, clean
from attention_viz.core.token import Token
from attention_viz.core.words import word_numbers

MAX_TOKENS = 16_384
"""Along one side of a map: a single map of that many is 1 GB."""
MAX_TOKEN_CHARACTERS = 1_000
UNKNOWN_ID = -1
"""The id of a token of which only the text is known."""

_SPECIAL = re.compile(r"\[(CLS|SEP|PAD|MASK|BOS|EOS)\]|</?s>|<(pad|mask|bos|eos|cls|sep|extra_id_\d+)>|<\|[^|\s]+\|>")
_BEGINNINGS = ("▁", "Ġ", " ")
"""What a word begins with: SentencePiece, the byte-level pieces of GPT-2, pieces that were decoded one by one."""
_CONTINUATION = "##"
"""What a piece begins with that continues a word: in WordPiece."""


@dataclass(frozen=True, slots=True)
class PlainTokens:
    """text: what the tokens point into. notes: sentences about what was changed."""

    text: str
    tokens: tuple[Token, ...]
    notes: tuple[Message, ...]


def plain_tokens(pieces: Sequence[str], text: str | None = None, segment: int = 0) -> PlainTokens:
    """Tokens with their places in `text`, or in a text made of the pieces.

    A made text has a blank before each piece that begins a word: one with "▁", "Ġ" or a blank in front where some piece
    has that, and otherwise each without "##". Pieces that look like [CLS], </s> or <|endoftext|> are special; those and
    blank pieces have no place. A text in which the pieces don't follow each other with nothing but white space between
    is not used, and a note says so; capitals don't matter. Raises MapError for what `check_pieces` refuses.
    """
    check_pieces(pieces)
    cleaned = [clean(piece)[0] for piece in pieces]
    special = [_SPECIAL.fullmatch(piece) is not None for piece in cleaned]
    begins, contents = _split(cleaned)
    placed = [index for index, content in enumerate(contents) if content and not special[index]]
    notes: tuple[Message, ...] = ()
    spans = None
    if text is not None:
        text, notes = clean(text)
        spans = _find([contents[index] for index in placed], text)
        if spans is None:
            notes = (
                *notes,
                say("The tokens are not those of the given text, so the tokens themselves are shown as the text."),
            )
    if text is None or spans is None:
        text, spans = _join([contents[index] for index in placed], [begins[index] for index in placed])
    words = dict(zip(placed, word_numbers(text, spans), strict=True))
    places = dict(zip(placed, spans, strict=True))
    tokens = (
        Token(piece, UNKNOWN_ID, places.get(index), words.get(index), segment, special[index])
        for index, piece in enumerate(cleaned)
    )
    return PlainTokens(text, tuple(tokens), notes)


def check_pieces(pieces: Sequence[object]) -> None:
    """Raises MapError for too many tokens, tokens that are no strings, and too many characters."""
    if len(pieces) > MAX_TOKENS:
        raise MapError(
            say(
                "There are {tokens:,} tokens, and a map may have {most:,} along a side.",
                tokens=len(pieces),
                most=MAX_TOKENS,
            )
        )
    total = 0
    for index, piece in enumerate(pieces):
        if not isinstance(piece, str):
            raise MapError(
                say(
                    "Token {index} is not a string but {kind}. Give the tokens as strings, for example with the "
                    "tokenizer's convert_ids_to_tokens.",
                    index=index,
                    kind=_kind(piece),
                )
            )
        if len(piece) > MAX_TOKEN_CHARACTERS:
            raise MapError(
                say(
                    "Token {index} has {characters:,} characters, and a token may have {most:,}. Is "
                    "it a whole text? Give one string per token.",
                    index=index,
                    characters=len(piece),
                    most=MAX_TOKEN_CHARACTERS,
                )
            )
        total += len(piece)
    if total > MAX_CHARACTERS:
        raise MapError(
            say(
                "The tokens have {total:,} characters together; at most {most:,} can be shown.",
                total=total,
                most=MAX_CHARACTERS,
            )
        )


def _kind(value: object) -> Message:
    """What a value is, in words that don't need Python."""
    match value:
        case bool():
            return say("true or false")
        case int() | float():
            return say("a number")
        case None:
            return say("null")
        case dict():
            return say("an object")
    return say("a {type}", type=type(value).__name__)


def _split(pieces: Sequence[str]) -> tuple[list[bool], list[str]]:
    """Which pieces begin a word, and all without the sign that says so."""
    sign = next((sign for sign in _BEGINNINGS if any(piece.startswith(sign) for piece in pieces)), None)
    if sign is not None:
        return [piece.startswith(sign) for piece in pieces], [piece.lstrip(sign).strip() for piece in pieces]
    continues = [piece.startswith(_CONTINUATION) and piece != _CONTINUATION for piece in pieces]
    contents = [
        (piece.removeprefix(_CONTINUATION) if more else piece).strip()
        for piece, more in zip(pieces, continues, strict=True)
    ]
    return [not more for more in continues], contents


def _join(contents: Sequence[str], begins: Sequence[bool]) -> tuple[str, list[tuple[int, int]]]:
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    end = 0
    for content, begin in zip(contents, begins, strict=True):
        gap = " " if begin and parts else ""
        parts += [gap, content]
        spans.append((end + len(gap), end + len(gap) + len(content)))
        end = spans[-1][1]
    return "".join(parts), spans


def _find(contents: Sequence[str], text: str) -> list[tuple[int, int]] | None:
    """Where the contents stand in `text`, or None when they don't follow each other there, or there are none."""
    folded = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    spans: list[tuple[int, int]] = []
    end = 0
    for content in contents:
        start = end
        while start < len(text) and text[start].isspace():
            start += 1
        end = start + len(content)
        if text[start:end] != content and folded[start:end] != content.lower():
            return None
        spans.append((start, end))
    return spans or None
