"""Two columns of tokens and the links between them, for one head or several of a layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from attention_viz.components.files import register
from attention_viz.components.shown import Looks, Shown, held_from

_KEY = "token links"
_mount = register(Path(__file__).parent)


@dataclass(frozen=True, slots=True)
class Item:
    """A token or word in both columns."""

    text: str
    special: bool
    segment: int


def token_links(
    shown: Shown,
    *,
    items: Sequence[Item],
    heads: int,
    looks: Looks,
    on_held: Callable[[int | None, int | None], None],
) -> None:
    """Shows what the parcels "maps" and "exact" hold.

    on_held: called with the row and the column that a visitor holds, before the script runs again.
    """
    _mount(
        key=_KEY,
        data={
            **asdict(shown),
            "items": [asdict(item) for item in items],
            "heads": heads,
            "looks": asdict(looks),
        },
        on_held_change=lambda: on_held(*held_from(st.session_state[_KEY].held, len(items))),
    )
