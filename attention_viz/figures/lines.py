"""Bars of one query's weights, and curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from attention_viz.figures.heatmap import FONT
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


def _plain_layout(figure: go.Figure, palette: Palette, *, height: int) -> None:
    figure.update_layout(
        height=height,
        font={"family": FONT, "size": 12, "color": palette.text},
        paper_bgcolor=palette.background,
        plot_bgcolor=palette.background,
        hoverlabel={"font": {"size": 14, "color": palette.text}, "bgcolor": palette.surface},
        dragmode=False,
    )
