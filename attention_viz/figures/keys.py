"""A row of all keys of one query, one panel below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Bool, Float64
from plotly.subplots import make_subplots

from attention_viz.core.token import Piece
from attention_viz.figures.inside import axis_of_numbers, lay_out, span
from attention_viz.figures.labels import plain, shorten, width
from attention_viz.figures.palette import LIGHT, Palette

MOST_KEYS = 512
"""The most keys of a row that are drawn."""
STRONGEST = 48
"""So many are drawn when they are sorted: from there on there is nothing to tell apart."""
_TELLABLE = 160
"""So many bars side by side can be told apart."""
_FEW = 0.05
"""The share of bars up to which they stand out."""
_PANEL = 84  # px: a panel of a row
_NAMES = 24  # px: above a panel for its name


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
        low, top = span(values)
        figure.add_trace(_columns(panel.name, values, names, colours), row=line, col=1)
        if hidden.any():
            figure.add_trace(_hatched(hidden, names, low, top, palette), row=line, col=1)
        if crowded:
            figure.add_trace(_peaks(panel.name, values, names, colours), row=line, col=1)
        if crowded and chosen in at:
            mark = {"color": palette.accent, "width": 1, "dash": "dot"}
            figure.add_vline(x=at.index(chosen), line=mark, row=line, col=1)
        figure.update_yaxes(axis_of_numbers(palette), nticks=5, range=[low, low + 1.08 * (top - low)], row=line)
        figure.add_annotation(_above(panel.name, line, palette))
    lay_out(figure, palette, _NAMES + high + bottom)
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


def _peaks(name: str, values: Float64[np.ndarray, " column"], names: Sequence[str], colours: Sequence[str]) -> go.Bar:
    """The few bars that stand out among hundreds, once more and wide enough to be seen."""
    sizes = np.nan_to_num(np.abs(values))
    places = np.flatnonzero(sizes >= sizes.max() / 2).tolist()
    if len(places) > len(values) * _FEW:
        places = []
    wide = len(values) / _TELLABLE
    bars = _columns(name, values, names, colours)
    bars.update(
        x=places,
        y=values[places],
        width=wide,
        marker={"color": [colours[place] for place in places], "line": {"width": 0}},
        customdata=[names[place] for place in places],
    )
    return bars


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


def _label(key: Piece, chosen: bool, palette: Palette) -> str:
    text = plain(shorten(key.text))
    if chosen:
        return f"<b>{text}</b>"
    return f'<span style="color:{palette.muted}">{text}</span>' if key.special else text
