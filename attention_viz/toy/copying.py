"""What somebody gets right who has understood nothing: look up what was just read, and say what followed there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache


def copied(seen: Sequence[str], pieces: Iterable[str]) -> list[str]:
    """Of each character of the pieces but the first, what a copyist would say before seeing it.

    The copyist finds the longest end of what it has read of the piece that stands somewhere in `seen` with a character
    behind it, and says what most often stands behind it there (of several, the one that comes first). Where not even
    the last character stands there, it says the most frequent one. Raises ValueError where `seen` is empty.

    This is the longest-match prediction of compression by context (Cleary & Witten 1984, “Data Compression Using
    Adaptive Coding and Partial String Matching”), without escape probabilities.
    """
    if not any(seen):
        raise ValueError("There is nothing to copy from.")
    pieces = tuple(pieces)
    present = set("".join((*seen, *pieces)))
    end = next(mark for mark in map(chr, range(len(present) + 1)) if mark not in present)
    page = end.join((*seen, ""))

    @cache  # Ends come again and again; without it, a text of few characters would take minutes.
    def behind(text: str) -> str:
        return _behind(page, end, text)

    return [said for piece in pieces for said in _said(behind, piece)]


def _said(behind: Callable[[str], str], piece: str) -> list[str]:
    said, length = [], 0
    for place in range(1, len(piece)):
        # A match is at most one character longer than that of the place before.
        length = min(length + 1, place)
        while not (found := behind(piece[place - length : place])):
            length -= 1
        said.append(found)
    return said


def _behind(page: str, end: str, text: str) -> str:
    """What most often stands behind a text on the page; nothing where that is always the end of a stretch."""
    found: Counter[str] = Counter()
    at = page.find(text)
    while 0 <= at < len(page) - len(text):
        found[page[at + len(text)]] += 1
        at = page.find(text, at + 1)
    del found[end]
    return max(found, key=found.__getitem__, default="")
