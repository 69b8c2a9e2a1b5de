"""The text itself, painted by what one token looks at, or by what looks at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from attention_viz.components.files import register
from attention_viz.views.shown import Shown, held_from
from attention_viz.views.text import Stretch

_KEY = "token text"
_mount = register(Path(__file__).parent)


def token_text(
    shown: Shown,
    *,
    stretches: Sequence[Stretch],
    counts: tuple[int, int],
    ramp: Sequence[str],
    on_held: Callable[[int | None, int | None], None],
) -> None:
    """Shows what the parcels "maps" and "exact" hold.

    counts: how many rows and columns there are.
    on_held: called with the row and the column that a visitor holds, before the script runs again.
    """
    _mount(
        key=_KEY,
        data={**shown.told(), "pieces": [stretch.told() for stretch in stretches], "ramp": list(ramp)},
        on_held_change=lambda: on_held(*held_from(st.session_state[_KEY].held, counts)),
    )
