"""The tokens along both sides of given maps, checked against them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from attention_viz.core.errors import MapError
from attention_viz.core.message import Message, counted, say
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
    notes: tuple[Message, ...]


def sides_of(tokens: Tokens, key_tokens: Tokens | None, texts: Sequence[str], queries: int, keys: int) -> Sides:
    """See `Given` for the first three. Raises MapError when they don't go with so many queries and keys."""
    _check_texts(texts)
    _check_side(tokens, counted(queries, "{count:,} query", "{count:,} queries"))
    if key_tokens is not None:
        _check_side(key_tokens, counted(keys, "{count:,} key", "{count:,} keys"))
    elif queries != keys:
        raise MapError(
            say(
                "The attention has {queries:,} queries and {keys:,} keys, so they are different tokens: give "
                "`key_tokens` too.",
                queries=queries,
                keys=keys,
            )
        )
    # In the order of the texts: what is looked at, then what looks.
    sides = [tokens] if key_tokens is None else [key_tokens, tokens]
    plain = [_plain(side) for side in sides]
    full = [_full(side) for side in sides]
    if all(side is not None for side in plain):
        return _with_places([side for side in plain if side is not None], texts)
    if all(side is not None for side in full):
        return _as_they_are([side for side in full if side is not None], texts)
    raise MapError(say("The tokens must be all plain strings or all full tokens."))


def _plain(side: Tokens) -> list[str] | None:
    pieces = [token for token in side if isinstance(token, str)]
    return pieces if len(pieces) == len(side) else None


def _full(side: Tokens) -> list[Token] | None:
    tokens = [token for token in side if isinstance(token, Token)]
    return tokens if len(tokens) == len(side) else None


def _with_places(sides: Sequence[Sequence[str]], texts: Sequence[str]) -> Sides:
    if texts and len(texts) != len(sides):
        raise MapError(
            say("The texts are {texts} and not 1: plain tokens like these go with one text.", texts=len(texts))
            if len(sides) == 1
            else say(
                "The texts are {texts} and not 2: plain tokens like these go with two texts, the keys' and then the "
                "queries'.",
                texts=len(texts),
            )
        )
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


def _check_side(tokens: Tokens, side: Message) -> None:
    """side: how many queries or keys there are."""
    if isinstance(tokens, str) or not isinstance(tokens, Sequence):
        raise MapError(say("The tokens must be a list with one string for each of the {side}.", side=side))
    check_pieces([token.text if isinstance(token, Token) else token for token in tokens])
    if len(tokens) != side.count:
        raise MapError(
            counted(
                len(tokens),
                "The attention has {side}, and there is {count:,} token for them: give one for each, the special "
                "tokens included.",
                "The attention has {side}, and there are {count:,} tokens for them: give one for each, the special "
                "tokens included.",
                side=side,
            )
        )


def _check_texts(texts: Sequence[str]) -> None:
    if isinstance(texts, str) or len(texts) > 2 or not all(isinstance(text, str) for text in texts):
        raise MapError(say("The texts must be a list of one string or two."))
    if any(len(text) > MAX_CHARACTERS for text in texts):
        raise MapError(
            say(
                "A text may have {most:,} characters, and one has {longest:,}.",
                most=MAX_CHARACTERS,
                longest=max(map(len, texts)),
            )
        )


def _check_places(tokens: Sequence[Token], lengths: Sequence[int]) -> None:
    for index, token in enumerate(tokens):
        if token.span is None:
            continue
        start, end = token.span
        if not (0 <= token.segment < len(lengths) and 0 <= start <= end <= lengths[token.segment]):
            raise MapError(
                say(
                    "Token {index} stands at characters {start} to {end} of text {segment}, which does not go "
                    "that far. Give the `texts` that the tokens come from, or plain strings as tokens.",
                    index=index,
                    start=start,
                    end=end,
                    segment=token.segment,
                )
            )
