"""What every live view of a page is told, and what it may answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on screen.

    trace: the name of the data, as the parcels carry it.
    among: of a mean, the heads that it is taken over; none of them stands for all.
    query, key: the held rows and columns of the map, or None.
    """

    trace: str
    layer: int
    head: int
    among: tuple[int, ...]
    query: int | None
    key: int | None


@dataclass(frozen=True, slots=True)
class Look:
    """Colours as #rrggbb: accent and other for what a token looks at and what looks at it, heads one for each in turn,
    ramp from a weight of 0 to the strongest, diverging from "A is stronger" over 0 in the middle to "B is stronger"."""

    text: str
    muted: str
    border: str
    background: str
    accent: str
    other: str
    heads: tuple[str, ...]
    ramp: tuple[str, ...]
    diverging: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looks:
    """How a view is drawn on screen, and how on paper."""

    screen: Look
    print: Look


def held_from(value: Any, counts: tuple[int, int]) -> tuple[int | None, int | None]:
    """The held row and column that the browser sent: places that are there, or None. It may send anything."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None, None
    query, key = (
        place if isinstance(place, int) and 0 <= place < count else None
        for place, count in zip(value, counts, strict=True)
    )
    return query, key


def head_from(value: Any, layers: int, heads: int) -> tuple[int, int] | None:
    """The layer and head that the browser sent, or None when there is no such head.

    −1 stands for a mean: (layer, −1) of a layer's heads, (−1, −1) of all.
    """
    if not isinstance(value, list | tuple) or len(value) != 2 or not all(isinstance(number, int) for number in value):
        return None
    layer, head = value
    there = (-1 <= head < heads and 0 <= layer < layers) or (layer, head) == (-1, -1)
    return (layer, head) if there else None


def heads_from(value: Any, heads: int) -> tuple[int, ...]:
    """The heads of a layer that the browser sent, in order and each once; none when anything else is among them."""
    if not isinstance(value, list | tuple) or not all(isinstance(head, int) and 0 <= head < heads for head in value):
        return ()
    return tuple(sorted(set(value)))
