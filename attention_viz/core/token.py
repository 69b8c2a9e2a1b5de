"""A token of a text: what the model reads and where it stands in what the person typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@runtime_checkable
class Piece(Protocol):
    """What stands along a side of a map: a token, or a word of several."""

    @property
    def text(self) -> str: ...

    @property
    def special(self) -> bool: ...

    @property
    def segment(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Token:
    """A token and its place.

    text: the tokenizer's piece, as the field writes it ("cat", "##ing", "▁cat", "[CLS]"), but readable: “▁” is a blank
        in all families, and bytes are spelled as the characters that they are part of.
    id: its number in the vocabulary.
    span: start and end in characters of the segment's text, without surrounding white space; None for a token that
        the model adds itself.
    word: the number of the word it belongs to, counted through both segments; None for special tokens.
    segment: 0 for the first text, 1 for the second.
    special: True for tokens with a structural role ([CLS], [SEP], [MASK], …), also when typed by hand. An unknown
        token ([UNK]) is content and so is not special.
    """

    text: str
    id: int
    span: tuple[int, int] | None
    word: int | None
    segment: int
    special: bool


def told_apart(items: Sequence[Piece]) -> list[str]:
    """The texts, with their position where a text occurs more than once: "the #7"."""
    times = Counter(item.text for item in items)
    return [f"{item.text} #{at}" if times[item.text] > 1 else item.text for at, item in enumerate(items)]
