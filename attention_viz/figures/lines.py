"""Bars of one query's weights, and curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from attention_viz.figures.frame import frame
from attention_viz.figures.labels import plain, shorten, width
from attention_viz.figures.palette import Palette

_BAR = 30  # px


def bars(names: Sequence[str], values: Sequence[float], texts: Sequence[str], palette: Palette) -> go.Figure:
    """One bar for each key, in the keys' order, with its number behind it. Negative ones go to the left."""
    low, high = min(0.0, *values), max(1.0, *values)
    figure = go.Figure(
        go.Bar(
            x=list(values),
            y=list(range(len(names))),
            orientation="h",
            text=list(texts),
            textposition="outside",
            textfont={"size": 13, "color": palette.text},
            cliponaxis=False,
            marker={"color": [palette.accent if value >= 0 else palette.other for value in values]},
            hoverinfo="skip",
        )
    )
    _plain_layout(figure, palette, height=_BAR * len(names) + 16)
    figure.update_layout(margin={"t": 4, "b": 12, "l": 14 + max(width(shorten(name)) for name in names), "r": 62})
    figure.update_xaxes(range=[low * 1.15, high], visible=False, fixedrange=True)
    figure.update_yaxes(
        tickvals=list(range(len(names))),
        ticktext=[plain(shorten(name)) for name in names],
        autorange="reversed",
        showgrid=False,
        fixedrange=True,
    )
    return figure


def curves(
    places: Sequence[int],
    lines: Mapping[str, Sequence[float | int]],
    palette: Palette,
    *,
    across: str,
    up: str,
    log: bool = False,
    at: int | None = None,
    hover: str = "%{y:.3g}",
) -> go.Figure:
    """Lines over the same places, told apart by colour and dash. at: a place to mark."""
    dashes = ("solid", "dash", "dot", "dashdot")
    figure = go.Figure(
        [
            go.Scatter(
                x=list(places),
                y=list(values),
                name=name,
                mode="lines",
                line={"color": palette.heads[number], "dash": dashes[number], "width": 2.5},
                hovertemplate=f"{plain(name)}: {hover}<extra></extra>",
            )
            for number, (name, values) in enumerate(lines.items())
        ]
    )
    _plain_layout(figure, palette, height=300)
    figure.update_layout(
        margin={"t": 8, "b": 48, "l": 64, "r": 16},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 13}},
        hovermode="x unified",
    )
    axis = {
        "gridcolor": palette.border,
        "linecolor": palette.border,
        "zeroline": False,
        "fixedrange": True,
        "type": "log" if log else "linear",
        "tickfont": {"size": 12},
        **({"dtick": 1} if log else {}),
    }
    figure.update_xaxes(axis, title={"text": across, "font": {"size": 13}})
    figure.update_yaxes(axis, title={"text": up, "font": {"size": 13}}, exponentformat="SI", rangemode="tozero")
    if at is not None:
        figure.add_vline(x=at, line={"color": palette.muted, "dash": "dot", "width": 1.5})
    return figure


@dataclass(frozen=True, slots=True)
class Learned:
    """A curve of a training. level: what it would be for something that knows nothing, drawn as a dotted line."""

    name: str
    values: Sequence[float]
    level: float | None = None


def learning(
    steps: Sequence[int],
    lines: Sequence[Learned],
    palette: Palette,
    *,
    until: int,
    at: int,
    share: bool,
) -> go.Figure:
    """Curves of a training over its steps. until: the last step there will be. at: the step in hand, marked on each.

    share: values are shares from 0 to 1; otherwise the axis begins at 0 and ends where the curve does.
    """
    figure = go.Figure()
    place = list(steps).index(at)
    for number, line in enumerate(lines):
        colour = palette.heads[number] if len(lines) > 1 else palette.accent
        figure.add_scatter(
            x=list(steps),
            y=list(line.values),
            name=plain(line.name),
            mode="lines",
            line={"color": colour, "width": 2.5, "dash": ("solid", "dash", "dashdot", "longdash")[number % 4]},
            hovertemplate=f"{plain(line.name)} %{{y:.3f}}<extra></extra>",
        )
        figure.add_scatter(
            x=[at],
            y=[line.values[place]],
            mode="markers",
            marker={"color": colour, "size": 9, "line": {"color": palette.background, "width": 1.5}},
            hoverinfo="skip",
            showlegend=False,
            cliponaxis=False,
        )
        if line.level is not None:
            figure.add_hline(y=line.level, line={"color": colour, "dash": "dot", "width": 1.5})
    _plain_layout(figure, palette, height=190 + (24 if len(lines) > 1 else 0))
    figure.update_layout(
        margin={"t": 8, "b": 40, "l": 40, "r": 14},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
        showlegend=len(lines) > 1,
        hovermode="x unified",
    )
    figure.add_vline(x=at, line={"color": palette.muted, "dash": "dot", "width": 1.5})
    axis = {"gridcolor": palette.border, "zeroline": False, "fixedrange": True, "tickfont": {"size": 12}}
    figure.update_xaxes(axis, range=[0, until], title={"text": "step", "font": {"size": 12}, "standoff": 4})
    figure.update_yaxes(axis, **({"range": [0, 1.03]} if share else {"rangemode": "tozero"}))
    return figure


def _plain_layout(figure: go.Figure, palette: Palette, *, height: int) -> None:
    figure.update_layout(
        height=height,
        **frame(palette),
    )
