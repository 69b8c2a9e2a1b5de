"""All heads at once: a small picture of each map, or one number per head as a tint with a ranked list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import streamlit as st

from attention_viz.components.files import register
from attention_viz.core.place import Place
from attention_viz.views.shown import ColourSets, Shown, place_from

_KEY = "head grid"
_mount = register(Path(__file__).parent)


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
    on_aside: Callable[[Place], None] | None = None,
) -> None:
    """Shows what the parcels "thumbs" and "scores" hold.

    show: "maps" or the key of a tint in "scores".
    about: the model and the text, for saved pictures.
    on_head, on_show: called with what a visitor chose, before the script runs again; on_aside with a head that is to be
    compared with the selected one (shift-click, or Shift+Enter on it).
    """

    def chose_head() -> None:
        place = place_from(st.session_state[_KEY].head, layers, heads)
        if place is not None:
            on_head(place)

    def put_aside() -> None:
        place = place_from(st.session_state[_KEY].aside, layers, heads)
        if place is not None and place.is_head and on_aside is not None:
            on_aside(place)

    _mount(
        key=_KEY,
        data={
            **shown.told(),
            "layers": layers,
            "heads": heads,
            "show": show,
            "about": about,
            "colours": asdict(colours),
        },
        on_head_change=chose_head,
        on_aside_change=put_aside,
        on_show_change=lambda: on_show(str(st.session_state[_KEY].show)),
    )
