"""Pictures of one attention weight: vectors as strips, their products as a running sum, and a row of all keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Bool, Float64
from plotly.subplots import make_subplots

from attention_viz.core.token import Piece
from attention_viz.figures.frame import frame
from attention_viz.figures.labels import plain, shorten, width
from attention_viz.figures.palette import LIGHT, Palette

Figure = go.Figure
"""What every function here returns; who draws it need not know Plotly."""
MOST_KEYS = 512
"""The most keys of a row that are drawn."""
STRONGEST = 48
"""So many are drawn when they are sorted: from there on there is nothing to tell apart."""
_LEFT, _RIGHT = 64, 16  # px; the same in all pictures of dimensions, so that they line up one below the other.
_STRIP, _GAP, _SUM, _PANEL = 30, 10, 190, 84  # px: a strip, between two of them, the running sum, a panel of a row
_LEGEND, _NAMES = 46, 24  # px: below strips for their colours; above a panel for its name
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
    _framed(figure, palette, 8 + (_STRIP + 4) * len(names) + _LEGEND + 38)
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
    _framed(figure, palette, 8 + high + 46)
    figure.update_layout(margin={"t": 8, "b": 46})
    _dimensions(figure, size, row=2)
    figure.update_xaxes(showticklabels=False, ticks="", showgrid=False, zeroline=False, range=[-0.5, size - 0.5], row=1)
    figure.update_yaxes(showgrid=False, ticks="", row=1)
    span = [min(0.0, float(running.min())), max(0.0, float(running.max()))]
    room = 0.14 * ((span[1] - span[0]) or 1)
    figure.update_yaxes(_numbers(palette), range=[span[0] - room, span[1] + room], row=2)
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
    _framed(figure, palette, high + 16)
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


@dataclass(frozen=True, eq=False)
class Panel:
    """One number for every key of a row. NaN where there is none."""

    name: str
    values: Float64[np.ndarray, " key"]


def row(
    panels: Sequence[Panel],
    keys: Sequence[Piece],
    order: Sequence[int],
    chosen: int,
    *,
    visible: Bool[np.ndarray, " key"] | None = None,
    palette: Palette = LIGHT,
) -> go.Figure:
    """Numbers of a query's keys, in panels below each other that share the keys as columns.

    order: the numbers of the keys that are drawn, from left to right; at most MOST_KEYS of them.
    chosen: the key that is marked. visible: False for keys that the query can't see: they are hatched.
    """
    if len(order) > MOST_KEYS:
        raise ValueError(f"{len(order)} keys are too many for one picture: choose at most {MOST_KEYS} of them.")
    at = list(order)
    hidden = np.zeros(len(at), dtype=bool) if visible is None else ~visible[at]
    crowded = len(at) > 128
    bottom = 20 + int(0.87 * max((width(shorten(keys[key].text)) + 8 for key in at), default=0))
    high = (_PANEL + _NAMES) * len(panels) - _NAMES
    spacing = _NAMES / high if len(panels) > 1 else 0
    figure = make_subplots(rows=len(panels), shared_xaxes=True, vertical_spacing=spacing)
    names = [f"{plain(keys[key].text)} (key {key})" for key in at]
    colours = [palette.accent if key == chosen else palette.ramp[3] for key in at]
    for line, panel in enumerate(panels, start=1):
        values = np.where(hidden, np.nan, panel.values[at])
        low, top = _span(values)
        figure.add_trace(_columns(panel.name, values, names, colours), row=line, col=1)
        if hidden.any():
            figure.add_trace(_hatched(hidden, names, low, top, palette), row=line, col=1)
        if crowded and chosen in at:
            mark = {"color": palette.accent, "width": 1, "dash": "dot"}
            figure.add_vline(x=at.index(chosen), line=mark, row=line, col=1)
        figure.update_yaxes(_numbers(palette), nticks=5, range=[low, low + 1.08 * (top - low)], row=line)
        figure.add_annotation(_above(panel.name, line, palette))
    _framed(figure, palette, _NAMES + high + bottom)
    figure.update_layout(margin={"t": _NAMES, "b": bottom}, barmode="overlay", bargap=0 if crowded else 0.15)
    labels = {str(place): _label(keys[key], key == chosen, palette) for place, key in enumerate(at)}
    figure.update_xaxes(
        type="category",
        labelalias=labels,
        showgrid=False,
        ticks="",
        tickangle=-60,
        tickfont={"size": 12},
        range=[-0.5, len(at) - 0.5],
        fixedrange=True,
    )
    return figure


def shown_keys(weights: Float64[np.ndarray, " key"], chosen: int, *, strongest_first: bool) -> list[int]:
    """The keys of a row in the order in which `row` draws them: by weight, or as they stand in the text.

    By weight, the STRONGEST ones and the chosen one; as they stand, of more than MOST_KEYS those around the chosen one.
    """
    count = len(weights)
    if not strongest_first:
        first = min(max(0, chosen - MOST_KEYS // 2), max(0, count - MOST_KEYS))
        return list(range(first, min(count, first + MOST_KEYS)))
    order = [int(at) for at in np.argsort(-weights, kind="stable")]
    return order[:STRONGEST] if chosen in order[:STRONGEST] else [*order[: STRONGEST - 1], chosen]


def _columns(name: str, values: Float64[np.ndarray, " column"], names: Sequence[str], colours: Sequence[str]) -> go.Bar:
    return go.Bar(
        x=list(range(len(values))),
        y=values,
        # Without a line around it, Plotly keeps a bar of less than a pixel in sight.
        marker={"color": colours, "line": {"width": 0}},
        customdata=names,
        hovertemplate=f"%{{customdata}}<br>{name} <b>%{{y:.6g}}</b><extra></extra>",
        showlegend=False,
    )


def _hatched(
    hidden: Bool[np.ndarray, " column"], names: Sequence[str], low: float, top: float, palette: Palette
) -> go.Bar:
    """What can't be seen, over the whole height: a bar of 0 would be a number."""
    places = np.flatnonzero(hidden).tolist()
    return go.Bar(
        x=places,
        y=[top - low] * len(places),
        base=low,
        marker={
            "color": palette.background,
            "line": {"width": 0},
            "pattern": {"shape": "/", "size": 6, "solidity": 0.25, "fgcolor": palette.border},
        },
        width=1,
        customdata=[names[place] for place in places],
        hovertemplate="%{customdata}<br>can't be seen<extra></extra>",
        showlegend=False,
    )


def _above(name: str, line: int, palette: Palette) -> dict[str, object]:
    """The name of a panel, above its left corner."""
    return {
        "text": plain(name),
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": 1,
        "yref": f"y{'' if line == 1 else line} domain",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 12, "color": palette.muted},
    }


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


def _framed(figure: go.Figure, palette: Palette, height: int) -> None:
    figure.update_layout(
        height=height,
        margin={"l": _LEFT, "r": _RIGHT},
        separators="..",
        **frame(palette),
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


def _numbers(palette: Palette) -> dict[str, object]:
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


def _span(values: Float64[np.ndarray, " column"]) -> tuple[float, float]:
    """From the least to the largest number, with 0, and never nothing."""
    known = values[np.isfinite(values)]
    low, top = float(known.min(initial=0)), float(known.max(initial=0))
    return low, top if top > low else low + 1


def _label(key: Piece, chosen: bool, palette: Palette) -> str:
    text = plain(shorten(key.text))
    if chosen:
        return f"<b>{text}</b>"
    return f'<span style="color:{palette.muted}">{text}</span>' if key.special else text
