"""The tokens along both sides of given maps, checked against them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from attention_viz.core.errors import MapError
from attention_viz.core.plain_tokens import check_pieces, plain_tokens
from attention_viz.core.text import MAX_CHARACTERS, clean
from attention_viz.core.token import Token

Tokens = Sequence[str] | Sequence[Token]


@dataclass(frozen=True, slots=True)
class Sides:
    """Fields of a Trace of the same names."""

    texts: tuple[str, ...]
    tokens: tuple[Token, ...]
    key_tokens: tuple[Token, ...]
    notes: tuple[str, ...]


def sides_of(tokens: Tokens, key_tokens: Tokens | None, texts: Sequence[str], queries: int, keys: int) -> Sides:
    """See `Given` for the first three. Raises MapError when they don't go with so many queries and keys."""
    _check_texts(texts)
    _check_side(tokens, queries, "queries")
    if key_tokens is not None:
        _check_side(key_tokens, keys, "keys")
    elif queries != keys:
        raise MapError(
            f"The attention has {queries:,} queries and {keys:,} keys, so they are different tokens: give `key_tokens` "
            "too."
        )
    # In the order of the texts: what is looked at, then what looks.
    sides = [tokens] if key_tokens is None else [key_tokens, tokens]
    plain = [_plain(side) for side in sides]
    full = [_full(side) for side in sides]
    if all(side is not None for side in plain):
        return _with_places([side for side in plain if side is not None], texts)
    if all(side is not None for side in full):
        return _as_they_are([side for side in full if side is not None], texts)
    raise MapError("The tokens must be all plain strings or all full tokens.")


def _plain(side: Tokens) -> list[str] | None:
    pieces = [token for token in side if isinstance(token, str)]
    return pieces if len(pieces) == len(side) else None


def _full(side: Tokens) -> list[Token] | None:
    tokens = [token for token in side if isinstance(token, Token)]
    return tokens if len(tokens) == len(side) else None


def _with_places(sides: Sequence[Sequence[str]], texts: Sequence[str]) -> Sides:
    if texts and len(texts) != len(sides):
        wanted = "one text" if len(sides) == 1 else "two texts, the keys' and then the queries'"
        raise MapError(f"The texts are {len(texts)} and not {len(sides)}: plain tokens like these go with {wanted}.")
    given: Sequence[str | None] = texts or [None] * len(sides)
    made = [plain_tokens(side, text, number) for number, (side, text) in enumerate(zip(sides, given, strict=True))]
    notes = tuple(note for one in made for note in one.notes)
    return Sides(tuple(one.text for one in made), made[-1].tokens, made[0].tokens, notes)


def _as_they_are(sides: Sequence[Sequence[Token]], texts: Sequence[str]) -> Sides:
    cleaned = [clean(text) for text in texts] or [("", ())]
    lengths = [len(text) for text, _ in cleaned]
    for side in sides:
        _check_places(side, lengths)
    tokens = [tuple(replace(token, text=clean(token.text)[0]) for token in side) for side in sides]
    notes = tuple(note for _, said in cleaned for note in said)
    return Sides(tuple(text for text, _ in cleaned), tokens[-1], tokens[0], notes)


def _check_side(tokens: Tokens, count: int, name: str) -> None:
    if isinstance(tokens, str) or not isinstance(tokens, Sequence):
        raise MapError(f"The tokens must be a list with one string for each of the {count:,} {name}.")
    check_pieces([token.text if isinstance(token, Token) else token for token in tokens])
    if len(tokens) != count:
        raise MapError(
            f"The attention has {count:,} {name}, and there are {len(tokens):,} tokens for them: give one for each, "
            "the special tokens included."
        )


def _check_texts(texts: Sequence[str]) -> None:
    if isinstance(texts, str) or len(texts) > 2 or not all(isinstance(text, str) for text in texts):
        raise MapError("The texts must be a list of one string or two.")
    if any(len(text) > MAX_CHARACTERS for text in texts):
        raise MapError(f"A text may have {MAX_CHARACTERS:,} characters, and one has {max(map(len, texts)):,}.")


def _check_places(tokens: Sequence[Token], lengths: Sequence[int]) -> None:
    for index, token in enumerate(tokens):
        if token.span is None:
            continue
        start, end = token.span
        if not (0 <= token.segment < len(lengths) and 0 <= start <= end <= lengths[token.segment]):
            raise MapError(
                f"Token {index} stands at characters {start} to {end} of text {token.segment}, which does not go that "
                "far. Give the `texts` that the tokens come from, or plain strings as tokens."
            )
