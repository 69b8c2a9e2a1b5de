"""The text itself, painted by what one token looks at, or by what looks at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import streamlit as st

from attention_viz.components.files import register
from attention_viz.views.shown import Shown, held_from

_KEY = "token text"
_mount = register(Path(__file__).parent)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text.

    tokens: the rows that it stands for: none where the tokenizer kept nothing, several where they share characters.
    special: a token that the model added.
    side: the only side that it is on, in cross attention; None where every token both looks and is looked at.
    """

    segment: int
    text: str
    tokens: tuple[int, ...]
    special: bool
    side: Literal["query", "key"] | None = None


def _told(piece: Piece) -> dict[str, object]:
    """The same as `asdict`, which takes 30 ms for 512 of them."""
    return {
        "segment": piece.segment,
        "text": piece.text,
        "tokens": piece.tokens,
        "special": piece.special,
        "side": piece.side,
    }


def token_text(
    shown: Shown,
    *,
    pieces: Sequence[Piece],
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
        data={**shown.told(), "pieces": [_told(piece) for piece in pieces], "ramp": list(ramp)},
        on_held_change=lambda: on_held(*held_from(st.session_state[_KEY].held, counts)),
    )
