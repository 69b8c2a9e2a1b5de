"""Two columns of tokens and the links between them, for one head or several of a layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import streamlit as st

from attention_viz.components.files import register
from attention_viz.views.items import Item
from attention_viz.views.shown import ColourSets, Shown, heads_from, held_from

_KEY = "token links"
_mount = register(Path(__file__).parent)


def token_links(
    shown: Shown,
    *,
    queries: Sequence[Item],
    keys: Sequence[Item] | None,
    heads: int,
    about: str,
    colours: ColourSets,
    on_held: Callable[[int | None, int | None], None],
    on_mean: Callable[[tuple[int, ...]], None],
    on_scrolled: Callable[[int], None],
) -> None:
    """Shows what the parcels "maps", "exact" and "held" hold.

    keys: None when they are the queries.
    about: the model and the text, for saved pictures.
    on_held: called with the row and the column that a visitor holds, before the script runs again; on_mean with heads
    whose mean is wanted; on_scrolled with the first row in view when it is not here yet.
    """
    counts = (len(queries), len(queries if keys is None else keys))

    def chose_mean() -> None:
        chosen = heads_from(st.session_state[_KEY].mean, heads)
        if chosen:
            on_mean(chosen)

    def scrolled() -> None:
        row = st.session_state[_KEY].scrolled
        if isinstance(row, int) and 0 <= row < counts[0]:
            on_scrolled(row)

    _mount(
        key=_KEY,
        data={
            **shown.told(),
            "queries": [item.told() for item in queries],
            "keys": None if keys is None else [item.told() for item in keys],
            "heads": heads,
            "about": about,
            "colours": asdict(colours),
        },
        on_held_change=lambda: on_held(*held_from(st.session_state[_KEY].held, counts)),
        on_mean_change=chose_mean,
        on_scrolled_change=scrolled,
    )
