"""From sub-word tokens to words: where words begin, and a map between words instead of tokens."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import regex
from jaxtyping import Float32

from attention_viz.core.token import Token

Unit = Literal["tokens", "words"]
"""What stands along the sides of a map."""

# (?w) asks for the word boundaries of Unicode (UAX #29): "didn't" and "3.14" are one word each, every Chinese
# character is one, and an emoji made of several code points stays whole.
_BOUNDARY = regex.compile(r"(?wV1)\b")


def word_numbers(text: str, spans: Sequence[tuple[int, int]]) -> list[int]:
    """The number of the word that each span of `text` belongs to, counted from 0 in reading order.

    A new word begins where a Unicode word boundary lies between the end of one span and the start of the next; so
    pieces that share a character, such as the bytes of one emoji, stay together, and so does a piece that covers
    several words.
    """
    boundaries = [match.start() for match in _BOUNDARY.finditer(text)]
    numbers: list[int] = []
    current, end = -1, -1
    for start, stop in spans:
        if current < 0 or _any_between(boundaries, end, start):
            current += 1
        numbers.append(current)
        end = max(end, stop)
    return numbers


def _any_between(boundaries: Sequence[int], first: int, last: int) -> bool:
    """Is one of the sorted `boundaries` in first…last, both included?"""
    return bisect_left(boundaries, first) < bisect_right(boundaries, last)


@dataclass(frozen=True, slots=True)
class Word:
    """Neighbouring tokens of one word, or one special token.

    text: the word as it was typed; a special token's own text.
    tokens: the numbers of its tokens.
    """

    text: str
    tokens: tuple[int, ...]
    segment: int
    special: bool


def group_words(tokens: Sequence[Token], texts: Sequence[str]) -> tuple[Word, ...]:
    """The words that `tokens` form, in their order. Special tokens stand for themselves."""
    extents = [[match.start() for match in _BOUNDARY.finditer(text)] for text in texts]
    groups: list[list[int]] = []
    for index, token in enumerate(tokens):
        previous = tokens[index - 1] if index else None
        if previous is not None and token.word is not None and previous.word == token.word:
            groups[-1].append(index)
        else:
            groups.append([index])
    return tuple(_word(group, tokens, texts, extents) for group in groups)


def _word(group: list[int], tokens: Sequence[Token], texts: Sequence[str], extents: Sequence[Sequence[int]]) -> Word:
    first = tokens[group[0]]
    spans = [span for index in group if (span := tokens[index].span) is not None]
    if not spans:
        return Word(first.text, tuple(group), first.segment, first.special)
    text, boundaries = texts[first.segment], extents[first.segment]
    start, end = spans[0][0], max(stop for _, stop in spans)
    if not first.special:
        # To the edges of the word: a mark at its end that the tokenizer dropped is still part of what was typed.
        start = boundaries[max(0, bisect_right(boundaries, start) - 1)] if boundaries else start
        end = next(iter(boundaries[bisect_left(boundaries, end) :]), end)
    word = text[start:end]
    # White space that a model reads as tokens of their own is not part of what is shown, but where it stands alone.
    return Word(word.strip() or word, tuple(group), first.segment, first.special)


def merge_words(
    weights: Float32[np.ndarray, "query key"], queries: Sequence[Word], keys: Sequence[Word]
) -> Float32[np.ndarray, "query_word key_word"]:
    """A map between words: the **sum** over a key word's tokens, the **mean** over a query word's tokens.

    So a word gets all the attention that its pieces got, and every row still sums to 1 (Clark et al. 2019, §4.1).
    """
    by_key = np.add.reduceat(weights, [word.tokens[0] for word in keys], axis=1)
    by_query = np.add.reduceat(by_key, [word.tokens[0] for word in queries], axis=0)
    sizes = np.array([len(word.tokens) for word in queries], dtype=np.float32)
    return by_query / sizes[:, None]
