"""Two heads side by side and their difference, as one Plotly figure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float32
from plotly.subplots import make_subplots

from attention_viz.core.compare import SideBySide
from attention_viz.core.token import Piece
from attention_viz.figures.frame import frame
from attention_viz.figures.labels import plain, shorten
from attention_viz.figures.map_frame import hatching, map_size
from attention_viz.figures.palette import LIGHT, Palette
from attention_viz.figures.scale import ColourScale

_GAP = 0.06
_TOP, _SIDE, _BOTTOM = 110, 90, 50  # px


def comparison_figure(maps: SideBySide, *, palette: Palette = LIGHT) -> go.Figure:
    """A, B and B − A, each in a panel: `comparison_figure(av.compare(a, b).maps)`.

    A and B have one colour scale, from 0 to the larger of their maxima, on square-root colours. The difference has one
    that is symmetric about 0, linear, and is drawn on what both sides have; cells that are not compared are hatched.
    """
    top = float(max(maps.map_a.max(), maps.map_b.max()))
    bound = float(np.abs(maps.difference).max()) if maps.comparable else 0.0
    rows, columns = maps.rows, maps.columns
    shared_rows = [rows.a[at] for at in rows.shared_a]
    shared_columns = [columns.a[at] for at in columns.shared_a]
    figure = make_subplots(
        rows=1,
        cols=3,
        horizontal_spacing=_GAP,
        subplot_titles=[
            plain(f"A: {_title(maps, 'a')}"),
            plain(f"B: {_title(maps, 'b')}"),
            _difference_title(maps, bound),
        ],
    )
    scale = ColourScale("sqrt", top)
    signed = [[at / (len(palette.diverging) - 1), colour] for at, colour in enumerate(palette.diverging)]
    panels: list[tuple[Float32[np.ndarray, "row column"], np.ndarray, Sequence[Piece], Sequence[Piece]]] = [
        (maps.map_a, maps.seen_a, rows.a, columns.a),
        (maps.map_b, maps.seen_b, rows.b, columns.b),
        (maps.difference, maps.compared, shared_rows, shared_columns),
    ]
    for number, (weights, seen, queries, keys) in enumerate(panels, start=1):
        difference = number == 3
        figure.add_trace(
            go.Heatmap(
                z=np.where(seen, weights, np.float32(np.nan)),
                x=list(range(len(keys))),
                y=list(range(len(queries))),
                zmin=-bound if difference else 0,
                zmax=(bound or 1) if difference else top,
                colorscale=signed if difference else scale.stops(palette),
                showscale=False,
                hovertemplate="%{y} → %{x}<br><b>%{z:+.6f}</b><extra></extra>"
                if difference
                else "%{y} → %{x}<br><b>%{z:.6f}</b><extra></extra>",
                hoverongaps=False,
            ),
            row=1,
            col=number,
        )
        figure.update_xaxes(_axis(keys, palette), side="bottom", tickangle=-60, row=1, col=number)
        figure.update_yaxes(_axis(queries, palette), autorange="reversed", row=1, col=number)
        if not seen.all():
            axis = "" if number == 1 else str(number)
            figure.add_layout_image(hatching(palette, 300, 300, axis))
    side = map_size(max(len(rows.a), len(rows.b)))
    figure.update_layout(
        width=3 * side + 2 * _SIDE + 120,
        height=side + _TOP + _SIDE + _BOTTOM,
        margin={"t": _TOP, "l": _SIDE, "r": 20, "b": _SIDE + _BOTTOM},
        **frame(palette) | {"dragmode": "zoom"},
    )
    figure.add_annotation(
        text=f"A and B: attention weight, 0 to {top:.3g}, square-root colours",
        showarrow=False,
        xref="paper",
        yref="paper",
        x=0,
        y=1,
        yshift=70,
        xanchor="left",
        font={"color": palette.muted},
    )
    return figure


def _title(maps: SideBySide, side: str) -> str:
    head = maps.a if side == "a" else maps.b
    return f"{head.name} of {head.trace.model.name}"


def _difference_title(maps: SideBySide, bound: float) -> str:
    if not maps.comparable:
        return "B − A: nothing in common"
    return "B − A: 0 everywhere" if bound == 0 else f"B − A, −{bound:.3g} to +{bound:.3g}"


def _axis(items: Sequence[Piece], palette: Palette) -> dict[str, object]:
    return {
        "type": "category",
        "labelalias": {str(at): plain(shorten(item.text)) for at, item in enumerate(items)},
        "showgrid": False,
        "ticks": "",
        "linecolor": palette.border,
        "mirror": True,
        "showline": True,
    }
