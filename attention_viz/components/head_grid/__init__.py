"""All heads at once: a small picture of each map, or one number per head as a tint with a ranked list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from attention_viz.components.view import LiveView
from attention_viz.core.place import Place
from attention_viz.views.settings import Part
from attention_viz.views.shown import ColourSets, Shown, part_from, place_from


def head_grid(
    shown: Shown,
    *,
    layers: int,
    heads: int,
    show: str,
    about: str,
    colours: ColourSets,
    on_head: Callable[[Place], None],
    on_show: Callable[[str], None],
    on_part: Callable[[Part], None],
    on_aside: Callable[[Place], None] | None = None,
) -> LiveView:
    """Shows what the parcels "thumbs" and "scores" hold.

    show: "maps" or the key of a tint in "scores".
    about: the model and the text, for saved pictures.
    on_head, on_show, on_part: called with what a visitor chose; on_aside with a head that is to be compared with the
    selected one (shift-click, or Shift+Enter on it).
    """

    def chose_head(sent: Any) -> None:
        place = place_from(sent, layers, heads)
        if place is not None:
            on_head(place)

    def chose_part(sent: Any) -> None:
        part = part_from(sent)
        if part is not None:
            on_part(part)

    def put_aside(sent: Any) -> None:
        place = place_from(sent, layers, heads)
        if place is not None and place.is_head and on_aside is not None:
            on_aside(place)

    return LiveView(
        "head_grid",
        "head grid",
        {
            "trace": shown.trace,
            "layers": layers,
            "heads": heads,
            "show": show,
            "about": about,
            "colours": asdict(colours),
        },
        shown,
        {"head": chose_head, "aside": put_aside, "show": lambda sent: on_show(str(sent)), "part": chose_part},
    )
