"""A text in two: a part to learn from, and a part to be measured on, of which no long run stands in the first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

RUN = 20
"""Characters that are a long run, about four words: in ordinary prose hardly any run of that length comes twice."""
LINE = 8
"""Characters of a line that is more than a bracket or an "end"."""
_HELD_OUT = 5
"""One character in so many, at the end of the text, is held out."""


@dataclass(frozen=True, slots=True)
class Split:
    """What can be learned from a text, and what is held out.

    seen: stretches of the text to learn from, in their order; nothing lies across two of them. unseen: the end of the
        text. left_out: characters before it that are in neither, since they stand in `unseen` too.

    No run of `RUN` characters of `unseen`, and no line of `LINE` characters or more, stands in a stretch.
    """

    seen: tuple[str, ...]
    unseen: str
    left_out: int

    @property
    def learned_from(self) -> int:
        """Characters in all stretches."""
        return sum(map(len, self.seen))


@lru_cache(maxsize=16)
def split(text: str, least: int) -> Split:
    """Holds out the last fifth, from the beginning of a line if one is near, but at least so many characters.

    What stands there too is taken out of the part before, not the other way round: so what is measured on stays a
    piece of the text as it is, easy and hard places alike.
    """
    at = len(text) - max(len(text) // _HELD_OUT, least)
    # A line that begins within so many characters: the held-out part may get shorter by them, where that is allowed.
    line = text.find("\n", at, min(at + least, len(text) - least)) + 1
    at = line or at
    before, unseen = text[:at], text[at:]
    common = _common(before, unseen)
    seen, stretch = [], []
    for character, also in zip(before, common, strict=True):
        if not also:
            stretch.append(character)
        elif stretch:
            seen.append("".join(stretch))
            stretch = []
    seen.append("".join(stretch))
    return Split(tuple(one for one in seen if len(one) > 1), unseen, sum(common))


def _common(before: str, unseen: str) -> list[bool]:
    """Of each character before, whether it is in a run or a line that stands in the held-out part too."""
    common = [False] * len(before)
    runs = {unseen[at : at + RUN] for at in range(len(unseen) - RUN + 1)}
    for at in range(len(before) - RUN + 1):
        if before[at : at + RUN] in runs:
            common[at : at + RUN] = [True] * RUN
    lines = {line for line in map(str.strip, unseen.split("\n")) if len(line) >= LINE}
    at = 0
    for line in before.split("\n"):
        if line.strip() in lines:
            common[at : at + len(line)] = [True] * len(line)
        at += len(line) + 1
    return common
