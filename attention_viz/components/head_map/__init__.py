"""One head's whole map, drawn by Plotly in the browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from attention_viz.components.view import LiveView
from attention_viz.views.map import MapView
from attention_viz.views.shown import ColourSets, Held, Section, Shown, held_from, section_from, told


def head_map(
    shown: Shown,
    view: MapView,
    *,
    about: str,
    colours: ColourSets,
    on_held: Callable[[Held], None],
    on_zoomed: Callable[[Section | None], None],
) -> LiveView:
    """Shows what the parcel "exact" holds, of larger maps what "overview" does.

    about: the model and the text, for saved pictures.
    on_held: called with the row and the column that a visitor holds; on_zoomed with the part that is zoomed into, None
    for everything.
    """
    return LiveView(
        "head_map",
        "head map",
        {
            "trace": shown.trace,
            "queries": view.queries,
            "keys": view.keys,
            "part": {"rows": view.part[0], "columns": view.part[1]},
            "pooled": view.pooled,
            "place": None if view.place is None else told(view.place),
            "screen": asdict(view.screen),
            "paper": None if view.paper is None else asdict(view.paper),
            "about": about,
            "colours": asdict(colours),
        },
        shown,
        {
            "held": lambda sent: on_held(held_from(sent, view.counts)),
            "zoomed": lambda sent: on_zoomed(section_from(sent, view.counts)),
        },
    )
