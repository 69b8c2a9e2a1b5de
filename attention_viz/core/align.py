"""What stands along a side of two maps, and what in one has its partner in the other."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Int

from attention_viz.core.common import Pairs, longest_common
from attention_viz.core.token import Piece, Token
from attention_viz.core.words import Word, group_words

ALONE = -1
"""The partner of a piece that has none."""
_Place = tuple[int, int, int]
"""Which of the texts that are read, and the first character and the end there."""


@dataclass(frozen=True, eq=False)
class Axis:
    """The rows, or the columns, of two maps beside each other.

    a, b: what stands along each: its tokens where both have the same ones, and words where they don't.
    partner_of_a: for each of `a` the number of its partner in `b`, or ALONE; partner_of_b the other way round.
    merged: are `a` and `b` words, so that maps between tokens have to be merged?
    same_text: do both read the same text along it?
    several: could as many have had other partners? See `core.common.longest_common` for what is chosen.
    """

    a: tuple[Piece, ...]
    b: tuple[Piece, ...]
    partner_of_a: Int[np.ndarray, " a"]
    partner_of_b: Int[np.ndarray, " b"]
    merged: bool
    same_text: bool
    several: bool

    @property
    def shared_a(self) -> Int[np.ndarray, " shared"]:
        """The numbers of those in `a` that have a partner, in their order."""
        return np.flatnonzero(self.partner_of_a != ALONE)

    @property
    def shared_b(self) -> Int[np.ndarray, " shared"]:
        """Their partners' numbers."""
        return self.partner_of_a[self.shared_a]

    @property
    def alone_a(self) -> tuple[Piece, ...]:
        return tuple(self.a[index] for index in np.flatnonzero(self.partner_of_a == ALONE))

    @property
    def alone_b(self) -> tuple[Piece, ...]:
        return tuple(self.b[index] for index in np.flatnonzero(self.partner_of_b == ALONE))

    @property
    def complete(self) -> bool:
        """Has everything a partner?"""
        return not self.alone_a and not self.alone_b


@dataclass(frozen=True, slots=True)
class _Side:
    """tokens: along one side of a map. texts: those that they point into."""

    tokens: Sequence[Token]
    texts: Sequence[str]

    @property
    def segments(self) -> list[int]:
        """The texts that are read on this side, by number: a decoder reads the second one only."""
        return sorted({token.segment for token in self.tokens})


def same_tokens(
    tokens_a: Sequence[Token], texts_a: Sequence[str], tokens_b: Sequence[Token], texts_b: Sequence[str]
) -> bool:
    """Are they the same pieces in the same order, of texts in the same order?"""
    if tokens_a is tokens_b:
        return True
    segments_a, segments_b = _Side(tokens_a, texts_a).segments, _Side(tokens_b, texts_b).segments
    return len(tokens_a) == len(tokens_b) and all(
        _identity(one, segments_a) == _identity(other, segments_b)
        for one, other in zip(tokens_a, tokens_b, strict=True)
    )


def align(tokens_a: Sequence[Token], texts_a: Sequence[str], tokens_b: Sequence[Token], texts_b: Sequence[str]) -> Axis:
    """Who is whose partner along one side of two maps.

    - The same tokens: one to one.
    - The same text in other tokens: words that share characters. Where one model's piece spans several words, those are
      one on both sides.
    - Other texts: the longest common sequence of words, as they were typed. Where there are several, that which keeps
      most neighbours together, and of those the one whose partners stand nearest to the same place.

    A blank that is a token of its own counts to the word after it, since other tokenizers have none there.
    Tokens that a model adds are partners by their place, the first with the first and the last with the last, and
    between those by their text. Where no word has a partner, nothing has.

    Partners stand in the same order on both sides, and it makes no difference which side is A.
    """
    a, b = _Side(tokens_a, texts_a), _Side(tokens_b, texts_b)
    if same_tokens(tokens_a, texts_a, tokens_b, texts_b):
        every = np.arange(len(tokens_a))
        return Axis(tuple(tokens_a), tuple(tokens_b), every, every, merged=False, same_text=True, several=False)
    words_a, words_b = _words(a), _words(b)
    same_text = _texts(a) == _texts(b)
    places_a, places_b = _places(a, words_a), _places(b, words_b)
    if same_text and _in_order(places_a) and _in_order(places_b):
        units_a, units_b = _units(places_a, places_b)
        words_a, words_b = _joined(a, words_a, units_a), _joined(b, words_b, units_b)
        places_a, places_b = _places(a, words_a), _places(b, words_b)
        placed = _known(places_a), _known(places_b)
        pairs = _by_place(places_a, places_b)
        pairs, several = _with_unplaced(pairs, _keys(a, words_a), _keys(b, words_b), placed)
    else:
        pairs, several = longest_common(_keys(a, words_a), _keys(b, words_b))
    says_something = any(not word.special for word in (*words_a, *words_b))
    if says_something and all(words_a[one].special or words_b[other].special for one, other in pairs):
        pairs, several = [], False  # [CLS] and [SEP] alone are no common text.
    partner_of_a, partner_of_b = np.full(len(words_a), ALONE), np.full(len(words_b), ALONE)
    for one, other in pairs:
        partner_of_a[one], partner_of_b[other] = other, one
    return Axis(words_a, words_b, partner_of_a, partner_of_b, merged=True, same_text=same_text, several=several)


def _identity(token: Token, segments: Sequence[int]) -> tuple[str, bool, int]:
    return token.text, token.special, segments.index(token.segment)


def _texts(side: _Side) -> list[str]:
    return [side.texts[segment] for segment in side.segments]


def _words(side: _Side) -> tuple[Word, ...]:
    words = group_words(side.tokens, side.texts)
    units: list[range] = []
    start = 0
    for number, word in enumerate(words):
        following = words[number + 1] if number + 1 < len(words) else None
        if word.special or word.text.strip() or following is None or following.special:
            units.append(range(start, number + 1))
            start = number + 1
    return _joined(side, words, units)


def _keys(side: _Side, words: Sequence[Word]) -> list[Hashable]:
    """What two words must have in common to be partners: the text, or the role of a token that the model adds."""
    return [_role(side, words, number) or (word.special, word.text) for number, word in enumerate(words)]


def _role(side: _Side, words: Sequence[Word], number: int) -> str:
    """“first” or “last” for a token that the model adds there, such as [CLS] and </s>."""
    if not words[number].special or side.tokens[words[number].tokens[0]].span is not None:
        return ""
    return "first" if number == 0 else "last" if number == len(words) - 1 else ""


def _places(side: _Side, words: Sequence[Word]) -> list[_Place | None]:
    segments = side.segments
    return [None if (span := _span(side, word)) is None else (segments.index(word.segment), *span) for word in words]


def _span(side: _Side, word: Word) -> tuple[int, int] | None:
    """None too for what has no characters: it shares none with any word."""
    spans = [span for index in word.tokens if (span := side.tokens[index].span) is not None and span[0] < span[1]]
    return (min(start for start, _ in spans), max(end for _, end in spans)) if spans else None


def _known(places: Sequence[_Place | None]) -> set[int]:
    """The numbers of the words that stand in a text."""
    return {number for number, place in enumerate(places) if place is not None}


def _in_order(places: Sequence[_Place | None]) -> bool:
    """Do the words stand in the text as they are read? Tokens of a file need not."""
    known = [place[:2] for place in places if place is not None]
    return known == sorted(known)


def _units(places_a: Sequence[_Place | None], places_b: Sequence[_Place | None]) -> tuple[list[range], list[range]]:
    """The words of each side, with those taken together that a word of the other side reaches into."""
    everything = [(place, 0, number) for number, place in enumerate(places_a) if place is not None]
    everything += [(place, 1, number) for number, place in enumerate(places_b) if place is not None]
    everything.sort(key=lambda item: item[0][:2])
    reached = (-1, -1)
    clusters: list[tuple[list[int], list[int]]] = []
    for (segment, start, end), side, number in everything:
        if (segment, start) >= reached:
            clusters.append(([], []))
            reached = (segment, end)
        reached = max(reached, (segment, end))
        clusters[-1][side].append(number)
    sides = []
    for side, places in enumerate((places_a, places_b)):
        units, told = [], 0
        for numbers in (cluster[side] for cluster in clusters if cluster[side]):
            units += [range(number, number + 1) for number in range(told, numbers[0])]
            units.append(range(numbers[0], numbers[-1] + 1))
            told = numbers[-1] + 1
        sides.append([*units, *(range(number, number + 1) for number in range(told, len(places)))])
    return sides[0], sides[1]


def _joined(side: _Side, words: Sequence[Word], units: Sequence[range]) -> tuple[Word, ...]:
    joined = []
    for unit in units:
        parts = words[unit.start : unit.stop]
        if len(parts) == 1:
            joined.append(parts[0])
            continue
        tokens = tuple(index for part in parts for index in part.tokens)
        written = [part for part in parts if part.text.strip()] or parts
        word = replace(written[0], tokens=tokens, special=all(part.special for part in written))
        if len(written) > 1:
            start, end = _span(side, word) or (0, 0)
            word = replace(word, text=side.texts[word.segment][start:end].strip())
        joined.append(word)
    return tuple(joined)


def _by_place(places_a: Sequence[_Place | None], places_b: Sequence[_Place | None]) -> Pairs:
    """Words that share characters; each has at most one such word on the other side."""
    pairs, other = [], 0
    known = [(number, place) for number, place in enumerate(places_b) if place is not None]
    for number, place in enumerate(places_a):
        if place is None:
            continue
        while other < len(known) and (known[other][1][0], known[other][1][2]) <= place[:2]:
            other += 1
        if other < len(known) and known[other][1][:2] < (place[0], place[2]):
            pairs.append((number, known[other][0]))
            other += 1
    return pairs


def _with_unplaced(
    pairs: Pairs, keys_a: Sequence[Hashable], keys_b: Sequence[Hashable], placed: tuple[set[int], set[int]]
) -> tuple[Pairs, bool]:
    """The pairs, and between them the partners among what stands in no text; and whether there were others."""
    found: Pairs = []
    several = False
    before = (-1, -1)
    for pair in [*pairs, (len(keys_a), len(keys_b))]:
        one, other = (
            [number for number in range(start + 1, end) if number not in known]
            for start, end, known in zip(before, pair, placed, strict=True)
        )
        common, more = longest_common([keys_a[number] for number in one], [keys_b[number] for number in other])
        found += [(one[at], other[to]) for at, to in common]
        several |= more
        found.append(pair)
        before = pair
    return found[:-1], several
