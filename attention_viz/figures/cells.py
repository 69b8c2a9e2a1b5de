"""Small matrices with their numbers in the cells."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Bool, Float

from attention_viz.figures.frame import frame
from attention_viz.figures.labels import plain, shorten, width
from attention_viz.figures.map_frame import hatching
from attention_viz.figures.palette import Palette

_CELL = (58, 34)  # px, wide and high, while there is room
_WIDEST = 520  # px, of all cells together
_MARGIN = 8
_LEAST = (320, 116)  # px of the whole figure: what is said of a cell has to fit inside
_LETTER = 7.5  # px of a letter of what is said, at 14 px
MOST_PRINTED = 12
"""Columns up to which the numbers are printed in the cells; of more, pointing shows them."""


def cells(
    numbers: Float[np.ndarray, "row column"],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    texts: Sequence[Sequence[str]],
    palette: Palette,
    hover: Sequence[Sequence[str]] = (),
    share: bool = False,
    hidden: Bool[np.ndarray, "row column"] | None = None,
    marked: int | None = None,
    ringed: Sequence[int] = (),
) -> go.Figure:
    """A matrix as coloured cells with `texts` in them; pointing at one shows its line of `hover`.

    share: the numbers are weights from 0 to 1, on the ramp of all weights; otherwise they are signed, and the colours
        reach to the largest of them, 0 being the background. Only the paler half of the colours is used, on which
        printed numbers can be read.
    hidden: cells that are masked: hatched, without a colour. marked: a row to outline. ringed: of each row, one column
        whose cell is outlined.
    """
    count, across = numbers.shape
    wide, left = min(across * _CELL[0], _WIDEST), 14 + max(width(shorten(name)) for name in rows)
    top = 26
    full = max(left + wide + _MARGIN, _LEAST[0]), max(top + count * _CELL[1] + _MARGIN, _LEAST[1])
    shown = np.where(np.isfinite(numbers), numbers, np.nan)
    shown = shown if hidden is None else np.where(hidden, np.nan, shown)
    reach = 1.0 if share else float(np.nanmax(np.abs(shown), initial=0)) or 1.0
    grid = {"x": list(range(across)), "y": list(range(count)), "showscale": False, "hoverinfo": "skip"}
    figure = go.Figure()
    if hidden is not None and hidden.any():
        figure.add_layout_image(hatching(palette, across * _CELL[0], count * _CELL[1]))
        # Covers the hatching but where cells are hidden, in the gaps between the others too.
        ground = [(0, palette.background), (1, palette.background)]
        figure.add_trace(go.Heatmap(z=np.where(hidden, np.nan, 0.0), colorscale=ground, **grid))
    figure.add_trace(
        go.Heatmap(
            z=shown,
            zmin=0 if share else -reach,
            zmax=reach,
            colorscale=stops(palette, share=share),
            xgap=2,
            ygap=2,
            **grid,
        )
    )
    places = [(row, column) for row in range(count) for column in range(across)]
    printed = across <= MOST_PRINTED
    lines = [_wrapped(hover[row][column], int(full[0] / _LETTER)) for row, column in places] if hover else None
    figure.add_trace(
        go.Scatter(
            x=[column for _, column in places],
            y=[row for row, _ in places],
            mode="text" if printed else "markers",
            marker={"opacity": 0, "size": 8},
            text=[texts[row][column] for row, column in places] if printed else None,
            textfont={"size": 13, "color": palette.text},
            hovertext=lines,
            hovertemplate="%{hovertext}<extra></extra>" if lines else None,
            hoverinfo=None if lines else "skip",
            showlegend=False,
        )
    )
    figure.update_layout(
        width=full[0],
        height=full[1],
        margin={"t": top, "l": left, "r": full[0] - left - wide, "b": full[1] - top - count * _CELL[1]},
        hoverdistance=40,
        **frame(palette),
    )
    figure.update_xaxes(_axis(columns, palette), side="top", range=[-0.5, across - 0.5], tickangle=0)
    figure.update_yaxes(_axis(rows, palette), range=[count - 0.5, -0.5])
    if marked is not None:
        _outline(figure, palette.accent, (0, across - 1), marked)
    for row, column in enumerate(ringed):
        _outline(figure, palette.other, (column, column), row)
    return figure


def _outline(figure: go.Figure, colour: str, columns: tuple[int, int], row: int) -> None:
    x0, x1, y0, y1 = columns[0] - 0.5, columns[1] + 0.5, row - 0.5, row + 0.5
    figure.add_shape(type="rect", x0=x0, x1=x1, y0=y0, y1=y1, line={"color": colour, "width": 2})


def stops(palette: Palette, *, share: bool) -> list[tuple[float, str]]:
    """The paler colours: of weights from nothing on, of signed numbers to both sides of the background."""
    if share:
        used = palette.ramp[: len(palette.ramp) // 2]
    else:
        middle, reach = len(palette.diverging) // 2, 2
        used = palette.diverging[middle - reach : middle + reach + 1]
    return [(place / (len(used) - 1), colour) for place, colour in enumerate(used)]


def _axis(names: Sequence[str], palette: Palette) -> dict[str, object]:
    return {
        "tickmode": "array",
        "tickvals": list(range(len(names))),
        "ticktext": [plain(shorten(name)) for name in names],
        "tickfont": {"size": 12, "color": palette.muted},
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "ticklabelstandoff": 3,
        "fixedrange": True,
    }


def _wrapped(line: str, letters: int) -> str:
    return "<br>".join(plain(part) for part in textwrap.wrap(line, letters))
