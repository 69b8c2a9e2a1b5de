"""All heads of a small model at once, each as a map that is large enough to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Bool, Float32

from attention_viz.core.token import Piece
from attention_viz.figures.frame import frame
from attention_viz.figures.labels import plain, shorten, width
from attention_viz.figures.map_frame import hatching, legend_title
from attention_viz.figures.palette import Palette
from attention_viz.figures.scale import ColourScale

_ACROSS = 4
"""Maps beside each other."""
_SIDE = {1: 400, 2: 270, 3: 190, 4: 150}  # px of a map, by how many stand beside each other
_ROW = 40  # px of a row at most, so that few rows don't stand like walls
_TITLE = 42  # px, of two lines
_LETTER = 15  # px that a label of 12 px needs along its side
_GAP, _BELOW = 10, 8  # px
_SCALE = ColourScale("sqrt")
_HOVER = "%{y} → %{x}<br><b>%{z:.4f}</b><br>query %{pointNumber[0]}, key %{pointNumber[1]}<extra></extra>"
_ABOVE = {"side": "top", "tickangle": -60}
_DOWN = {"autorange": "reversed"}


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
    plot = down * (high + _GAP) - _GAP - _TITLE - top  # px from the first map's top to the last one's bottom
    gap = min(0.5, (_GAP + left) / (across * (side + left)))  # of the whole width, between two maps
    share = (1 - gap * (across - 1)) / across
    data: list[dict[str, object]] = []
    layout: dict[str, object] = {}
    images: list[object] = []
    titles: list[object] = []
    for number, shown in enumerate(maps):
        row, column = divmod(number, across)
        axis = "" if number == 0 else str(number + 1)
        data.append(_cells(shown, axis, (len(queries), len(keys)), side))
        from_left = column * (share + gap)
        from_top = row * (high + _GAP)
        across_, down_ = (from_left, from_left + share), (1 - (from_top + tall) / plot, 1 - from_top / plot)
        layout[f"xaxis{axis}"] = _axis(keys, across_, f"y{axis}", palette, named=bool(top)) | _ABOVE
        layout[f"yaxis{axis}"] = _axis(queries, down_, f"x{axis}", palette, named=bool(left)) | _DOWN
        if shown.visible is not None:
            images.append(hatching(palette, side, tall, axis))
        titles.append(_title(shown, axis, top, palette))
    return go.Figure(
        {
            "data": data,
            "layout": frame(palette)
            | layout
            | {
                "images": images,
                "annotations": titles,
                "coloraxis": {"cmin": 0, "cmax": 1, "colorscale": _SCALE.stops(palette), "showscale": False},
                "height": _TITLE + top + plot + _BELOW,
                "margin": {"t": _TITLE + top, "l": left + 2, "r": 12, "b": _BELOW},
            },
        }
    )


COLOURS = legend_title(_SCALE)
"""What the colours of these maps mean."""


def _room(pieces: Sequence[Piece], side: int) -> int:
    """Px beside a map for the names of its tokens; 0 where they don't fit along it."""
    if len(pieces) * _LETTER > side:
        return 0
    return 16 + max(width(shorten(piece.text)) for piece in pieces)


def _cells(shown: HeadMap, axis: str, counts: tuple[int, int], side: int) -> dict[str, object]:
    """One map. A cell without a number is not drawn, and the hatching behind it shows."""
    weights = shown.weights if shown.visible is None else np.where(shown.visible, shown.weights, np.float32("nan"))
    return {
        "type": "heatmap",
        "z": weights,
        "x": list(range(counts[1])),
        "y": list(range(counts[0])),
        "xaxis": f"x{axis}",
        "yaxis": f"y{axis}",
        "coloraxis": "coloraxis",
        "hoverongaps": False,
        "hovertemplate": _HOVER,
        "xgap": int(counts[1] <= side // 12),
        "ygap": int(counts[0] <= side // 12),
    }


def _title(shown: HeadMap, axis: str, top: int, palette: Palette) -> dict[str, object]:
    return {
        "text": f"<b>{plain(shown.title)}</b><br>{plain(shown.second)}",
        "align": "left",
        "xref": f"x{axis} domain",
        "yref": f"y{axis} domain",
        "x": 0,
        "y": 1,
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": top + 2,
        "showarrow": False,
        "font": {"size": 12, "color": palette.text},
    }


def _axis(
    pieces: Sequence[Piece], domain: tuple[float, float], anchor: str, palette: Palette, *, named: bool
) -> dict[str, object]:
    """Positions, which `labelalias` names: on the axis where there is room, and wherever one points."""
    return {
        "type": "category",
        "domain": [max(0.0, domain[0]), min(1.0, domain[1])],
        "anchor": anchor,
        "labelalias": {str(place): plain(shorten(piece.text)) for place, piece in enumerate(pieces)},
        "showticklabels": named,
        "dtick": 1,
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
