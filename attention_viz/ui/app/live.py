"""What the live views of every page need: their colours, and the small maps of all heads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import streamlit as st

from attention_viz.components.hosts.streamlit.parcel import send
from attention_viz.core.trace import Trace
from attention_viz.figures.palette import LIGHT, Palette, palette_for
from attention_viz.ui.server import cache
from attention_viz.views import parcels
from attention_viz.views.parcels import Tint
from attention_viz.views.shown import Colours, ColourSets
from attention_viz.views.survey import thumbnails


def colours() -> ColourSets:
    """The colours of the theme on screen, and those for paper."""
    return ColourSets(_colours(palette_for(st.context.theme.type)), _colours(LIGHT))


def send_grid(trace: Trace, name: str, tints: Sequence[tuple[Tint, np.ndarray]]) -> None:
    """The small maps of a trace under another name, and numbers [head] of its heads: what the grid needs where a trace
    stands beside another."""
    pictures = cache.kept("thumbs", f"{trace.digest} tokens", lambda: thumbnails(trace, "tokens"))
    send(parcels.thumbs(trace, name, pictures, None))
    nothing = np.full(len(trace.layers) + 1, np.nan)  # A mean of heads has none of these numbers.
    values = np.stack([np.concatenate([heads, nothing]) for _, heads in tints])
    send(parcels.scores(trace, name, [tint for tint, _ in tints], values))


def _colours(palette: Palette) -> Colours:
    return Colours(**{field.name: getattr(palette, field.name) for field in fields(Colours)})
