"""How the live views are set: what a visitor chose of the links and of the grid, apart from where one looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Route = Literal["", "00", "01", "10", "11"]
Part = Literal["all", "layer", "head"]

COVERS = range(10, 101, 5)
"""The percentages of a row between which one can choose."""
DECIMALS = 4
"""Of the least weight."""


@dataclass(frozen=True, slots=True)
class Links:
    """Which links are drawn.

    beside: heads of the layer that are drawn beside the one on screen, in order; it may be among them.
    cover: the strongest links are drawn until they hold so many percent of their row, one of COVERS.
    least: weights below this are not drawn, 0…1.
    hide: without special tokens; again: rows are then made to sum to 1 again.
    route: of a pair of texts, from which to which: "01" is from the first to the second; empty for all.
    """

    beside: tuple[int, ...] = ()
    cover: int = 60
    least: float = 0.0
    hide: bool = False
    again: bool = False
    route: Route = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """part: the heads that are in the grid: all, those of the layer on screen, or the one on screen in every layer."""

    links: Links = field(default_factory=Links)
    part: Part = "all"


def is_weight(number: int | float) -> bool:
    """Can it be an attention weight? Not NaN, for one."""
    return 0 <= number <= 1
