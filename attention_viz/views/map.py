"""The heatmap of one head, as it is shown: which part of the map, in which colours."""

from __future__ import annotations

from dataclasses import dataclass

from attention_viz.core.place import Place
from attention_viz.figures.map_frame import MapFrame, map_frame
from attention_viz.figures.palette import LIGHT, Palette
from attention_viz.figures.scale import ColourScale, Curve
from attention_viz.views.head import HeadView
from attention_viz.views.parcels import needs_overview, part_of
from attention_viz.views.shown import Section


@dataclass(frozen=True, eq=False)
class MapView:
    """What is drawn around the numbers of a map, which cross as parcels.

    queries, keys: the texts along its sides; keys is None where they are the queries.
    part: the rows and columns that are looked at. pooled: only they are sent, in blocks where they are too many.
    place: the only one that the colours are meant for, None where they go for every head.
    screen, paper: what stands around the cells on screen and on paper; paper is None where that is the same.
    """

    queries: tuple[str, ...]
    keys: tuple[str, ...] | None
    part: Section
    pooled: bool
    place: Place | None
    screen: MapFrame
    paper: MapFrame | None

    @property
    def counts(self) -> tuple[int, int]:
        """How many rows and columns the whole map has."""
        return len(self.queries), len(self.queries if self.keys is None else self.keys)


def map_view(view: HeadView, part: Section | None, curve: Curve, *, to_maximum: bool, palette: Palette) -> MapView:
    """The heatmap of a head. part: what is zoomed into; None: everything.

    to_maximum: the colours reach to this map's largest weight, and not to 1.
    """
    shown, pooled = part_of(view, part), needs_overview(view)
    rows, columns = shown if pooled else part_of(view, None)
    scale = ColourScale(curve, float(view.weights.max()) if to_maximum else 1.0)
    sides = view.queries[slice(*rows)], view.keys[slice(*columns)]
    first = (rows[0], columns[0])
    return MapView(
        queries=tuple(item.text for item in view.queries),
        keys=None if view.trace.key_tokens is view.trace.tokens else tuple(item.text for item in view.keys),
        part=shown,
        pooled=pooled,
        place=view.place if to_maximum else None,
        screen=map_frame(*sides, scale, palette, first),
        paper=None if palette == LIGHT else map_frame(*sides, scale, LIGHT, first),
    )
