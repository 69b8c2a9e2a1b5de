"""The two maps and their difference, linked, and the grid to pick B from: what they show, and what is held in them."""

from __future__ import annotations

import hashlib
from functools import partial

import numpy as np
import streamlit as st

from attention_viz.components.compare_maps import compare_maps
from attention_viz.components.head_grid import head_grid
from attention_viz.components.hosts.streamlit.mount import mount
from attention_viz.components.hosts.streamlit.parcel import send
from attention_viz.core.align import Axis
from attention_viz.core.compare import SideBySide
from attention_viz.core.place import Place
from attention_viz.core.token import Piece
from attention_viz.core.trace import Head
from attention_viz.core.words import Word
from attention_viz.measures.compare import Comparison
from attention_viz.ui.app import live
from attention_viz.ui.app.plain import aside
from attention_viz.ui.compare.distances import from_a
from attention_viz.ui.state import url
from attention_viz.ui.state.fields import looking_at
from attention_viz.ui.state.selection import Selection
from attention_viz.views.ground import Ground, grounds_of, on_common_ground
from attention_viz.views.parcels import Parcel, Tint, is_long
from attention_viz.views.shown import Held, Shown

MOST = 2048
"""The most rows or columns that are drawn side by side."""


def send_maps(comparison: Comparison) -> None:
    """The data of `maps`: both maps on their common ground. It draws nothing."""
    sides = comparison.maps
    rows, columns = grounds_of(sides)
    size = {"queries": len(rows.labels), "keys": len(columns.labels)}
    if max(size.values()) > MOST:
        return
    send(Parcel("compare", _name(sides), size, on_common_ground(sides, rows, columns)))


def send_heads(comparison: Comparison) -> None:
    """The data of `grid`. It draws nothing."""
    sides = comparison.maps
    if not is_long(sides.b.trace):
        far = Tint("divergence", "divergence from A", "nats", 0.0, float(np.log(2)))
        live.send_grid(sides.b.trace, _name(sides), [(far, from_a(sides.a, sides.b.trace))])


def maps(comparison: Comparison, selection: Selection) -> None:
    """A, B and their difference, linked."""
    sides = comparison.maps
    rows, columns = grounds_of(sides)
    if max(len(rows.labels), len(columns.labels)) > MOST:
        aside(f"More than {MOST:,} tokens on a side are not drawn beside each other. Shorten the text.")
        return
    mount(
        compare_maps(
            _shown(sides, selection),
            rows=rows.labels,
            columns=None if columns is rows else columns.labels,
            titles=(_title(sides.a), _title(sides.b)),
            top=float(max(sides.map_a.max(), sides.map_b.max())),
            bound=max(float(np.abs(sides.difference).max()), 1e-6) if sides.comparable else 1.0,
            view=selection.view,
            about=_about(sides),
            colours=live.colours(),
            on_held=partial(_hold, rows, columns, sides),
        )
    )


def grid(comparison: Comparison, selection: Selection) -> None:
    """Every head of B's model on one scale, to pick B from: all, those of a layer, or one head through the layers."""
    sides = comparison.maps
    trace = sides.b.trace
    st.markdown("#### Pick B among all heads")
    aside("Small maps on one scale, or tinted by their divergence from A. A click puts a head into B.")
    if is_long(trace):
        aside("The text is too long for small maps of every head here; Explore fills them in while one watches.")
        return
    mount(
        head_grid(
            _shown(sides, selection),
            layers=len(trace.layers),
            heads=trace.heads,
            show=selection.show_b,
            about=_about(sides),
            colours=live.colours(),
            on_head=lambda place: url.select(**looking_at(Place(place.layer or 0, place.head or 0), "b")),
            on_show=lambda show: url.select(b_show=show),
            on_part=lambda part: url.select(of=part),
        )
    )


def _shown(sides: SideBySide, selection: Selection) -> Shown:
    """What all views of the page are told; they share one state in the browser, so none may say otherwise."""
    rows, columns = grounds_of(sides)
    held = _place(rows, sides.rows, selection.held), _place(columns, sides.columns, selection.key)
    return Shown(_name(sides), Place(sides.b.layer, sides.b.head), Held(*held), selection.settings)


def first_token(piece: Piece, at: int) -> int:
    """The number of a piece's first token, which is how it is held."""
    return piece.tokens[0] if isinstance(piece, Word) else at


def _place(ground: Ground, axis: Axis, token: int | None) -> int | None:
    """Where a held token of A stands in the list."""
    if token is None:
        return None
    starts = [first_token(piece, at) for at, piece in enumerate(axis.a)]
    at = int(np.searchsorted(starts, token, side="right")) - 1
    return int(ground.of_a[at]) if 0 <= at < len(ground.of_a) else None


def _hold(rows: Ground, columns: Ground, sides: SideBySide, held: Held) -> None:
    """Holds by A's tokens; what only B has can't be part of the address."""
    found = []
    for ground, axis, place in ((rows, sides.rows, held.query), (columns, sides.columns, held.key)):
        at = None if place is None else next(iter(np.flatnonzero(ground.of_a == place).tolist()), None)
        found.append(None if at is None else first_token(axis.a[at], at))
    url.select(token=found[0], key=found[1])


def _name(sides: SideBySide) -> str:
    parts = [part for head in (sides.a, sides.b) for part in (head.trace.digest, head.name)]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def _title(head: Head) -> str:
    return f"{head.name} of {head.trace.model.name}"


def _about(sides: SideBySide) -> str:
    texts = dict.fromkeys((*sides.a.trace.texts, *sides.b.trace.texts))
    return " / ".join(f"“{text if len(text) <= 60 else text[:59] + '…'}”" for text in texts)
