"""What every live view of a page is told, and what it may answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from attention_viz.core.place import Place


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on screen.

    trace: the name of the data, as the parcels carry it.
    query, key: the held rows and columns of the map, or None.
    """

    trace: str
    place: Place
    query: int | None
    key: int | None

    def told(self) -> dict[str, Any]:
        """What the browser is told."""
        return {"trace": self.trace, **told(self.place), "query": self.query, "key": self.key}


def told(place: Place) -> dict[str, Any]:
    """A place as the browser is told of it; without a layer or a head it is a mean."""
    return {"layer": place.layer, "head": place.head, "among": place.among}


@dataclass(frozen=True, slots=True)
class Colours:
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
class ColourSets:
    """How a view is drawn on screen, and how on paper."""

    screen: Colours
    print: Colours


def held_from(value: Any, counts: tuple[int, int]) -> tuple[int | None, int | None]:
    """The held row and column that the browser sent: places that are there, or None. It may send anything."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None, None
    query, key = (
        place if isinstance(place, int) and 0 <= place < count else None
        for place, count in zip(value, counts, strict=True)
    )
    return query, key


def place_from(value: Any, layers: int, heads: int) -> Place | None:
    """The place that the browser sent as [layer, head], or None when there is none such."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    layer, head = value
    for asked, count in ((layer, layers), (head, heads)):
        if asked is not None and not (isinstance(asked, int) and 0 <= asked < count):
            return None
    return None if layer is None and head is not None else Place(layer, head)


def heads_from(value: Any, heads: int) -> tuple[int, ...]:
    """The heads of a layer that the browser sent, in order and each once; none when anything else is among them."""
    if not isinstance(value, list | tuple) or not all(isinstance(head, int) and 0 <= head < heads for head in value):
        return ()
    return tuple(sorted(set(value)))
