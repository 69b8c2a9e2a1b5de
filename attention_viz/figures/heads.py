"""All heads of a small model at once, each as a map that is large enough to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Bool, Float32
from plotly.subplots import make_subplots

from attention_viz.core.token import Piece
from attention_viz.figures.heatmap import FONT, hatching, legend_title
from attention_viz.figures.labels import plain, shorten, width
from attention_viz.figures.palette import Palette
from attention_viz.figures.scale import ColourScale

_ACROSS = 4
"""Maps beside each other."""
_SIDE = {1: 400, 2: 270, 3: 190, 4: 150}  # px of a map, by how many stand beside each other
_ROW = 40  # px of a row at most, so that few rows don't stand like walls
_TITLE = 42  # px, of two lines
_LETTER = 15  # px that a label of 12 px needs along its side
_GAP = 10  # px
_SCALE = ColourScale("sqrt")


@dataclass(frozen=True, eq=False)
class HeadMap:
    """A map and the two lines above it. visible: False where a query can't see a key; None where all see all."""

    title: str
    second: str
    weights: Float32[np.ndarray, "query key"]
    visible: Bool[np.ndarray, "query key"] | None = None


def head_maps(
    maps: Sequence[HeadMap], queries: Sequence[Piece], keys: Sequence[Piece], palette: Palette, across: int
) -> go.Figure:
    """Maps in rows of at most `across`, all on one colour scale from 0 to 1. Tokens are named along the sides where
    there is room, and everywhere when one points at a cell."""
    across = min(across, _ACROSS, len(maps))
    down = -(-len(maps) // across)
    side = _SIDE[across]
    left = _room(queries, side)
    top = _room(keys, side)
    tall = min(side, len(queries) * _ROW)
    high = _TITLE + top + tall
    full = down * high + (down - 1) * _GAP
    figure = make_subplots(
        rows=down,
        cols=across,
        horizontal_spacing=min(0.5, (_GAP + left) / (across * (side + left))),
        vertical_spacing=0 if down == 1 else min(1 / (down - 1), (_GAP + _TITLE + top) / full),
    )
    names = [[plain(f"{piece.text}") for piece in pieces] for pieces in (queries, keys)]
    pairs = [[f"{query} → {key}" for key in names[1]] for query in names[0]]
    for number, shown in enumerate(maps):
        row, column = divmod(number, across)
        place = {"row": row + 1, "col": column + 1}
        weights = shown.weights if shown.visible is None else np.where(shown.visible, shown.weights, np.float32("nan"))
        figure.add_trace(
            go.Heatmap(
                z=weights,
                zmin=0,
                zmax=1,
                colorscale=_SCALE.stops(palette),
                showscale=False,
                hoverongaps=False,
                customdata=pairs,
                hovertemplate="%{customdata}<br><b>%{z:.4f}</b><br>query %{y}, key %{x}<extra></extra>",
                xgap=1 if len(keys) <= side // 12 else 0,
                ygap=1 if len(queries) <= side // 12 else 0,
            ),
            **place,
        )
        axis = "" if number == 0 else str(number + 1)
        if shown.visible is not None:
            figure.add_layout_image(hatching(palette, side, tall, axis))
        figure.update_xaxes(_axis(keys, bool(top), palette), side="top", tickangle=-60, **place)
        figure.update_yaxes(_axis(queries, bool(left), palette), autorange="reversed", **place)
        figure.add_annotation(
            text=f"<b>{plain(shown.title)}</b><br>{plain(shown.second)}",
            align="left",
            xref=f"x{axis} domain",
            yref=f"y{axis} domain",
            x=0,
            y=1,
            xanchor="left",
            yanchor="bottom",
            yshift=top + 2,
            showarrow=False,
            font={"size": 12, "color": palette.text},
        )
    figure.update_layout(
        height=full + 20,
        margin={"t": _TITLE + top, "l": left + 2, "r": 12, "b": 8},
        font={"family": FONT, "size": 12, "color": palette.text},
        paper_bgcolor=palette.background,
        plot_bgcolor=palette.background,
        hoverlabel={
            "font": {"size": 14, "family": FONT, "color": palette.text},
            "bgcolor": palette.surface,
            "bordercolor": palette.muted,
        },
        dragmode=False,
    )
    return figure


COLOURS = legend_title(_SCALE)
"""What the colours of these maps mean."""


def _room(pieces: Sequence[Piece], side: int) -> int:
    """Px beside a map for the names of its tokens; 0 where they don't fit along it."""
    if len(pieces) * _LETTER > side:
        return 0
    return 16 + max(width(shorten(piece.text)) for piece in pieces)


def _axis(pieces: Sequence[Piece], named: bool, palette: Palette) -> dict[str, object]:
    return {
        "tickmode": "array",
        "tickvals": list(range(len(pieces))),
        "ticktext": [plain(shorten(piece.text)) for piece in pieces],
        "showticklabels": named,
        "tickfont": {"size": 12, "color": palette.text},
        "ticks": "",
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "mirror": True,
        "linecolor": palette.border,
        "fixedrange": True,
        "automargin": False,
    }
