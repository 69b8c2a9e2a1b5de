"""One head's whole map: query down, key across."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import quote

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Bool, Float32

from attention_viz.core.token import Piece
from attention_viz.figures.labels import plain, shorten, width
from attention_viz.figures.look import look
from attention_viz.figures.palette import LIGHT, Palette
from attention_viz.figures.pooling import block_starts, pool
from attention_viz.figures.scale import ColourScale

_CELL = 21  # px, while there is room
_MAP = (220, 520)  # px, the least and the most that a side may measure
_STRIP = (14, 10)  # px between map and legend, and the height of the legend's strip
_EXACT = 256 * 256
"""Up to so many cells a figure holds weights in full precision, above in thousandths, which a browser draws sooner."""
MOST_CELLS = 512
"""The most cells along a side. A map of more is pooled."""
_RIGHT = 30  # px, for the last label, which leans out
_STRIPE = 7  # px between two lines of what can't be seen
_BOTTOM = 44  # px below the strip, for its numbers and its title


def map_size(count: int) -> int:
    """The length of a side that shows `count` tokens, in px."""
    return int(np.clip(count * _CELL, *_MAP))


def heatmap(
    weights: Float32[np.ndarray, "query key"],
    queries: Sequence[Piece],
    keys: Sequence[Piece],
    *,
    scale: ColourScale = ColourScale(),
    palette: Palette = LIGHT,
    query: int | None = None,
    key: int | None = None,
    visible: Bool[np.ndarray, "query key"] | None = None,
    first: tuple[int, int] = (0, 0),
) -> go.Figure:
    """An attention map as a Plotly figure, as large as its tokens need; it may be drawn narrower, not wider.

    The axes are positions, so equal tokens stay apart; labels are drawn as far as they fit, and zooming in shows the
    rest. The cells hold the weights themselves, so pointing at one shows the number whatever the colours do. A map of
    more than MOST_CELLS rows or columns is pooled: each cell shows the largest weight of the block that it stands for.

    query, key: the row and the column that are held, to be outlined; of both, the row and the cell.
    visible: False where a query can't see a key: those cells are hatched, and have no number.
    first: the positions of the first query and the first key, for a part of a larger map.
    """
    blocks = [block_starts(count, MOST_CELLS) for count in weights.shape]
    numbers = [[start + offset for start in starts] for starts, offset in zip(blocks, first, strict=True)]
    queries, keys = _blocks(queries, blocks[0]), _blocks(keys, blocks[1])
    # A part or a pooled map counts its rows otherwise than the text does: there the labels carry the numbers.
    whole = first == (0, 0) and weights.shape == (len(queries), len(keys))
    query, key = (_block_of(starts, at) for starts, at in zip(blocks, (query, key), strict=True))
    weights = pool(weights, MOST_CELLS)
    visible = None if visible is None else pool(visible, MOST_CELLS)
    rows, columns = weights.shape
    high, wide = map_size(rows), map_size(columns)
    figure = go.Figure()
    coarse = weights.size > _EXACT and visible is None
    figure.add_trace(
        go.Heatmap(
            # A cell without a number is not drawn, and the hatching behind it shows.
            z=(1000 * weights + 0.5).astype(np.uint16) if coarse else _seen(weights, visible),
            x=numbers[1],
            y=numbers[0],
            zmin=0,
            zmax=1000 * scale.top if coarse else scale.top,
            colorscale=scale.stops(palette),
            showscale=False,
            xgap=1 if columns <= 64 else 0,
            ygap=1 if rows <= 64 else 0,
            hovertemplate=_hover(coarse, whole),
            hoverongaps=False,
        )
    )
    figure.update_layout(separators="..")
    if visible is not None:
        figure.add_layout_image(hatching(palette, wide, high))
    top, left = _margin(keys, whole), _margin(queries, whole)
    figure.update_layout(
        width=left + wide + _RIGHT,
        height=top + high + sum(_STRIP) + _BOTTOM,
        margin={"t": top, "l": left, "r": _RIGHT, "b": _BOTTOM},
        **look(palette) | {"dragmode": "zoom"},
    )
    figure.update_xaxes(_axis(_labels(keys, numbers[1], palette, whole), "top", palette), tickangle=-60)
    figure.update_yaxes(
        _axis(_labels(queries, numbers[0], palette, whole), "left", palette),
        autorange="reversed",
        domain=[sum(_STRIP) / (high + sum(_STRIP)), 1],
    )
    if query is not None:
        _outline(figure, palette, (0, columns - 1), (query, query))
    if key is not None:
        _outline(figure, palette, (key, key), (0, rows - 1) if query is None else (query, query), 2.5)
    _borders(figure, queries, keys, palette)
    _legend(figure, scale, palette, high)
    return figure


def _seen(
    weights: Float32[np.ndarray, "query key"], visible: Bool[np.ndarray, "query key"] | None
) -> Float32[np.ndarray, "query key"]:
    return weights if visible is None else np.where(visible, weights, np.float32(np.nan))


def _blocks(items: Sequence[Piece], starts: Sequence[int]) -> Sequence[Piece]:
    """The items, or where they are too many, the first one of each block."""
    return items if len(starts) == len(items) else [items[start] for start in starts]


def _block_of(starts: Sequence[int], at: int | None) -> int | None:
    return None if at is None else bisect_right(starts, at) - 1


def hatching(palette: Palette, wide: int, high: int, axis: str = "") -> dict[str, object]:
    """A picture of diagonal lines to be put behind a map, whose cells that can't be seen are empty.

    axis: the number of the map's axes in its figure, empty for the first.
    """
    lines = "".join(f"M{at} 0L0 {at}" for at in range(_STRIPE, wide + high, _STRIPE))
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}">'
        f'<path d="{lines}" stroke="{palette.border}" stroke-width="1.5"/></svg>'
    )
    return {
        "source": f"data:image/svg+xml,{quote(picture)}",
        "xref": f"x{axis} domain",
        "yref": f"y{axis} domain",
        "x": 0,
        "y": 1,
        "sizex": 1,
        "sizey": 1,
        "sizing": "stretch",
        "layer": "below",
    }


def _hover(coarse: bool, whole: bool) -> str:
    # "05,d" writes 594 as "0,594"; the figure's `separators` make the comma a point.
    weight = "%{z:05,d}" if coarse else "%{z:.6f}"
    place = "<br>query %{pointNumber[0]}, key %{pointNumber[1]}" if whole else ""
    return f"%{{y}} → %{{x}}<br><b>{weight}</b>{place}<extra></extra>"


def _labels(items: Sequence[Piece], numbers: Sequence[int], palette: Palette, whole: bool) -> dict[str, str]:
    ticks = (_tick(item, palette) for item in items)
    return {str(number): tick if whole else f"{number} {tick}" for number, tick in zip(numbers, ticks, strict=True)}


def _axis(labels: dict[str, str], side: str, palette: Palette) -> dict[str, object]:
    """A category axis over positions. `labelalias` names a position only when its tick is drawn, so Plotly can leave
    labels out where they don't fit and bring them back on zoom; a list of ticks would be drawn whole."""
    return {
        "type": "category",
        "side": side,
        "labelalias": labels,
        "showgrid": False,
        "ticks": "",
        "tickfont": {"size": 12},
        "automargin": False,
        "linecolor": palette.border,
        "mirror": True,
        "showline": True,
    }


def _tick(label: Piece, palette: Palette) -> str:
    text = plain(shorten(label.text))
    return f'<span style="color:{palette.muted}">{text}</span>' if label.special else text


def _margin(labels: Sequence[Piece], whole: bool) -> int:
    """Room for the longest label, in px, and for its number where it has one."""
    return (24 if whole else 60) + max((width(shorten(label.text)) for label in labels), default=0)


def _outline(
    figure: go.Figure, palette: Palette, columns: tuple[int, int], rows: tuple[int, int], width: float = 1.5
) -> None:
    x0, x1, y0, y1 = columns[0] - 0.5, columns[1] + 0.5, rows[0] - 0.5, rows[1] + 0.5
    figure.add_shape(type="rect", x0=x0, x1=x1, y0=y0, y1=y1, line={"color": palette.text, "width": width})


def _borders(figure: go.Figure, queries: Sequence[Piece], keys: Sequence[Piece], palette: Palette) -> None:
    """Lines where the second text begins."""
    line = {"color": palette.muted, "width": 1, "dash": "dot"}
    for place in _second(queries):
        figure.add_shape(type="line", x0=-0.5, x1=len(keys) - 0.5, y0=place, y1=place, line=line)
    for place in _second(keys):
        figure.add_shape(type="line", x0=place, x1=place, y0=-0.5, y1=len(queries) - 0.5, line=line)


def _second(items: Sequence[Piece]) -> list[float]:
    return [at + 0.5 for at, (one, other) in enumerate(pairwise(items)) if one.segment != other.segment]


def _legend(figure: go.Figure, scale: ColourScale, palette: Palette, high: int) -> None:
    """A strip below the map with the range and the curve. Plotly's own colour bar would squeeze the small weights of
    a square-root scale into one end."""
    places = np.linspace(0, 1, 101)
    ticks = scale.ticks()
    figure.add_trace(
        go.Heatmap(
            z=[places],
            x=places,
            zmin=0,
            zmax=1,
            colorscale=ColourScale("linear").stops(palette),
            showscale=False,
            hoverinfo="skip",
            xaxis="x2",
            yaxis="y2",
        )
    )
    figure.update_layout(
        xaxis2={
            "anchor": "y2",
            "tickvals": scale.place(np.array(ticks)),
            "ticktext": [f"{tick:.3g}" for tick in ticks],
            "tickfont": {"size": 12},
            "tickangle": 0,
            "ticks": "",
            "showgrid": False,
            "fixedrange": True,
            "range": [0, 1],
            "title": {"text": legend_title(scale), "font": {"size": 12, "color": palette.muted}, "standoff": 4},
        },
        yaxis2={"domain": [0, _STRIP[1] / (high + sum(_STRIP))], "visible": False, "fixedrange": True},
    )


def legend_title(scale: ColourScale) -> str:
    """What the colours mean, in words: part of every picture, so that it can't be misread elsewhere."""
    curve = "square-root" if scale.curve == "sqrt" else "linear"
    top = "" if scale.top == 1 else ", up to this map's maximum"
    return f"attention weight, {curve} colours{top}"
