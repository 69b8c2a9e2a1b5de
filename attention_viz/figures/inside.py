"""Pictures of one attention weight: vectors as strips, their products as a running sum, and a row of all keys."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float64
from plotly.subplots import make_subplots

from attention_viz.figures.labels import plain, shorten, width
from attention_viz.figures.look import look
from attention_viz.figures.palette import LIGHT, Palette

Figure = go.Figure
"""What every function here returns; who draws it need not know Plotly."""
_LEFT, _RIGHT = 64, 16  # px; the same in all pictures of dimensions, so that they line up one below the other.
_STRIP = 30  # px: a strip
_GAP = 10  # px: between two of them
_SUM = 190  # px: the running sum
_LEGEND = 46  # px: below strips for their colours
_FEWEST = 16  # Two dimensions are named when they are at least 1/16 of the picture apart.


def strips(vectors: Sequence[tuple[str, Float64[np.ndarray, " size"]]], palette: Palette = LIGHT) -> go.Figure:
    """Named vectors below each other, a cell for each dimension, all on one scale around 0."""
    largest = max((float(np.abs(vector).max()) for _, vector in vectors), default=0) or 1.0
    names = [name for name, _ in vectors]
    size = len(vectors[0][1])
    figure = go.Figure(_cells(np.stack([vector for _, vector in vectors]), names, largest, palette))
    figure.data[0].update(
        showscale=True,
        colorbar={
            "orientation": "h",
            "thickness": 8,
            "len": 1,
            "y": 0,
            "yanchor": "top",
            "ypad": 36,
            "outlinewidth": 0,
            "tickfont": {"size": 12, "color": palette.text},
            "tickvals": [-largest, 0, largest],
            "ticktext": [f"{-largest:.3g}".replace("-", "−"), "0", f"{largest:.3g}"],
            "ticklabelposition": "outside",
        },
    )
    lay_out(figure, palette, 8 + (_STRIP + 4) * len(names) + _LEGEND + 38)
    figure.update_layout(margin={"t": 8, "b": _LEGEND + 38})
    _dimensions(figure, size)
    figure.update_yaxes(autorange="reversed", showgrid=False, ticks="")
    return figure


def running_sum(
    products: Float64[np.ndarray, " size"], named: Sequence[int] = (), palette: Palette = LIGHT
) -> go.Figure:
    """The products of two vectors as a strip, and below how they add up, dimension by dimension, to q·k.

    named: dimensions whose number is written at their step.
    """
    running = np.cumsum(products)
    size, largest = len(products), float(np.abs(products).max()) or 1.0
    high = _STRIP + _GAP + _SUM
    figure = make_subplots(
        rows=2, shared_xaxes=True, row_heights=[_STRIP / high, _SUM / high], vertical_spacing=_GAP / high
    )
    figure.add_trace(_cells(products[None], ["q × k"], largest, palette), row=1, col=1)
    rising, falling = palette.diverging[8], palette.diverging[2]
    figure.add_trace(
        go.Waterfall(
            x=list(range(size)),
            y=products,
            measure=["relative"] * size,
            customdata=np.stack([products, running], axis=-1),
            hovertemplate="dimension %{x}<br>brings <b>%{customdata[0]:.4f}</b>"
            "<br>sum so far %{customdata[1]:.4f}<extra></extra>",
            increasing={"marker": {"color": rising}},
            decreasing={"marker": {"color": falling}},
            connector={"line": {"color": palette.muted, "width": 1}, "mode": "between"},
            showlegend=False,
        ),
        row=2,
        col=1,
    )
    total = float(running[-1])
    figure.add_hline(y=total, line={"color": palette.text, "width": 1, "dash": "dot"}, row=2, col=1)
    for at in _apart(named, size):
        rises = products[at] >= 0
        figure.add_annotation(
            x=at,
            y=max(running[at], running[at] - products[at]) if rises else min(running[at], running[at] - products[at]),
            text=f"<b>{at}</b>",
            showarrow=False,
            yshift=9 if rises else -9,
            font={"size": 12, "color": palette.text},
            row=2,
            col=1,
        )
    lay_out(figure, palette, 8 + high + 46)
    figure.update_layout(margin={"t": 8, "b": 46})
    _dimensions(figure, size, row=2)
    figure.update_xaxes(showticklabels=False, ticks="", showgrid=False, zeroline=False, range=[-0.5, size - 0.5], row=1)
    figure.update_yaxes(showgrid=False, ticks="", row=1)
    span = [min(0.0, float(running.min())), max(0.0, float(running.max()))]
    room = 0.14 * ((span[1] - span[0]) or 1)
    figure.update_yaxes(axis_of_numbers(palette), range=[span[0] - room, span[1] + room], row=2)
    return figure


def bars(
    names: Sequence[str],
    values: Sequence[float],
    written: Sequence[str],
    palette: Palette = LIGHT,
    *,
    marked: int = -1,
) -> go.Figure:
    """A few named numbers as bars below each other, each with its number written at its end; one can be marked."""
    labels = [plain(shorten(name)) for name in names]
    high = 34 * len(names)
    colours = [palette.accent if at == marked % len(names) else palette.ramp[3] for at in range(len(names))]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=list(range(len(names))),
            orientation="h",
            marker={"color": colours},
            text=[f"<b>{text}</b>" if at == marked % len(names) else text for at, text in enumerate(written)],
            textposition="outside",
            textfont={"size": 13, "color": palette.text},
            cliponaxis=False,
            hoverinfo="skip",
            width=0.62,
        )
    )
    lay_out(figure, palette, high + 16)
    left = 16 + max(width(shorten(name)) for name in names)
    low, top = min(0.0, *values), max(0.0, *values)
    room = 0.3 * ((top - low) or 1)
    figure.update_layout(margin={"t": 8, "b": 8, "l": left})
    figure.update_xaxes(visible=False, fixedrange=True, range=[low - (room if low < 0 else 0), top + room])
    figure.update_yaxes(
        tickvals=list(range(len(names))),
        ticktext=labels,
        autorange="reversed",
        fixedrange=True,
        showgrid=False,
        tickfont={"size": 13},
    )
    figure.add_vline(x=0, line={"color": palette.muted, "width": 1})
    return figure


def _cells(
    values: Float64[np.ndarray, "row size"], names: Sequence[str], largest: float, palette: Palette
) -> go.Heatmap:
    steps = len(palette.diverging) - 1
    return go.Heatmap(
        z=values,
        x=list(range(values.shape[1])),
        y=list(names),
        zmin=-largest,
        zmax=largest,
        colorscale=[[at / steps, colour] for at, colour in enumerate(palette.diverging)],
        showscale=False,
        xgap=1 if values.shape[1] <= 64 else 0,
        ygap=4,
        hovertemplate="dimension %{x}<br>%{y} <b>%{z:.4f}</b><extra></extra>",
    )


def lay_out(figure: go.Figure, palette: Palette, height: int) -> None:
    figure.update_layout(
        height=height,
        margin={"l": _LEFT, "r": _RIGHT},
        separators="..",
        **look(palette),
    )
    figure.update_xaxes(automargin=False)
    figure.update_yaxes(automargin=False, ticklabelstandoff=4)


def _dimensions(figure: go.Figure, size: int, row: int | None = None) -> None:
    where = {} if row is None else {"row": row}
    figure.update_xaxes(
        title={"text": "dimension", "font": {"size": 12}, "standoff": 4},
        range=[-0.5, size - 0.5],
        showgrid=False,
        zeroline=False,
        ticks="",
        tickangle=0,
        tickformat="d",
        fixedrange=True,
        **where,
    )
    figure.update_yaxes(fixedrange=True, **where)


def axis_of_numbers(palette: Palette) -> dict[str, object]:
    return {
        "gridcolor": palette.border,
        "zerolinecolor": palette.muted,
        "zerolinewidth": 1,
        "fixedrange": True,
        "tickformat": "~g",
        "exponentformat": "e",
    }


def _apart(named: Sequence[int], size: int) -> list[int]:
    """Those whose numbers don't run into that of a more important one."""
    kept: list[int] = []
    for at in named:
        if all(abs(at - other) * _FEWEST >= size for other in kept):
            kept.append(at)
    return kept


def span(values: Float64[np.ndarray, " column"]) -> tuple[float, float]:
    """From the least to the largest number, with 0, and never nothing."""
    known = values[np.isfinite(values)]
    low, top = float(known.min(initial=0)), float(known.max(initial=0))
    return low, top if top > low else low + 1
