"""What every live view of a page is told, and what it may answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, TypeGuard, get_args

from attention_viz.core.place import Place
from attention_viz.views.settings import COVERS, DECIMALS, Links, Part, Route, Settings, is_weight

Section = tuple[tuple[int, int], tuple[int, int]]
"""Rows and columns of a map, each from the first to before the last."""
_MOST = 2**53 - 1
"""The largest number that a browser can count to."""


@dataclass(frozen=True, slots=True)
class Held:
    """The row of the held query and the column of the held key, or None."""

    query: int | None = None
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on screen. trace: the name of the data, as the parcels carry it. settings: how the views are set."""

    trace: str
    place: Place
    held: Held = field(default_factory=Held)
    settings: Settings = field(default_factory=Settings)

    def told(self) -> dict[str, Any]:
        """What the browser is told."""
        return {
            "trace": self.trace,
            **told(self.place),
            "held": asdict(self.held),
            "settings": asdict(self.settings),
        }


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


@dataclass(frozen=True, slots=True)
class Sent:
    """What a view told, and the number of the latest choice in the browser that was told by then; 0 for none."""

    choice: int
    value: Any


def sent_from(value: Any) -> Sent:
    """What the browser sent. It may send anything: what is no number counts as none."""
    if not isinstance(value, dict):
        return Sent(0, None)
    choice = value.get("choice")
    return Sent(choice if _is_one_of(choice, _MOST + 1) else 0, value.get("value"))


def held_from(value: Any, counts: tuple[int, int]) -> Held:
    """The held row and column that the browser sent: places that are there, or None. It may send anything."""
    if not isinstance(value, dict):
        return Held()
    sides = (value.get("query"), value.get("key"))
    return Held(*(place if _is_one_of(place, count) else None for place, count in zip(sides, counts, strict=True)))


def place_from(value: Any, layers: int, heads: int) -> Place | None:
    """The place that the browser sent as [layer, head], or None when there is none such."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    layer, head = value
    for asked, count in ((layer, layers), (head, heads)):
        if asked is not None and not _is_one_of(asked, count):
            return None
    return None if layer is None and head is not None else Place(layer, head)


def heads_from(value: Any, heads: int) -> tuple[int, ...]:
    """The heads of a layer that the browser sent, in order and each once; none when anything else is among them."""
    if not isinstance(value, list | tuple) or not all(_is_one_of(head, heads) for head in value):
        return ()
    return tuple(sorted(set(value)))


def links_from(value: Any, heads: int) -> Links | None:
    """The settings of the links that the browser sent, or None when any of them is none. heads: of a layer."""
    if not isinstance(value, dict):
        return None
    beside, cover, least, route = (value.get(name) for name in ("beside", "cover", "least", "route"))
    hide, again = value.get("hide"), value.get("again")
    if not isinstance(hide, bool) or not isinstance(again, bool) or not _is_number(cover) or not _is_number(least):
        return None
    further = heads_from(beside, heads)
    known = next((one for one in get_args(Route) if one == route), None)
    if (not further and beside not in ([], ())) or cover not in COVERS or not is_weight(least) or known is None:
        return None
    return Links(further, int(cover), round(float(least), DECIMALS), hide, again, known)


def part_from(value: Any) -> Part | None:
    """The part of the heads that the browser sent, or None when there is none such."""
    return next((part for part in get_args(Part) if part == value), None)


def row_from(value: Any, rows: int) -> int | None:
    """The row that the browser sent, or None when there is none such."""
    return value if _is_one_of(value, rows) else None


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def section_from(value: Any, counts: tuple[int, int]) -> Section | None:
    """The rows and columns that the browser sent as {"rows": [first, end], "columns": [first, end]}; None for all of
    them, and for anything that isn't part of a map of `counts` rows and columns."""
    if not isinstance(value, dict):
        return None
    sides = []
    for side, count in zip((value.get("rows"), value.get("columns")), counts, strict=True):
        if not isinstance(side, list | tuple) or len(side) != 2 or not all(_is_one_of(end, count + 1) for end in side):
            return None
        first, end = side
        if first >= end:
            return None
        sides.append((first, end))
    rows, columns = sides
    return None if (rows, columns) == ((0, counts[0]), (0, counts[1])) else (rows, columns)


def _is_one_of(value: Any, count: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < count
