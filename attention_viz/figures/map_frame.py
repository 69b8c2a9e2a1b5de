"""What stands around the cells of an attention map: labels, colours, legend, and where all of that lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import numpy as np

from attention_viz.core.token import Piece
from attention_viz.figures.frame import frame
from attention_viz.figures.labels import plain, shorten, width
from attention_viz.figures.palette import Palette
from attention_viz.figures.pooling import MOST_CELLS, block_starts
from attention_viz.figures.scale import ColourScale

_CELL = 21  # px, while there is room
_MAP = (220, 520)  # px, the least and the most that a side may measure
_STRIP = (14, 10)  # px between map and legend, and the height of the legend's strip
_GAPS = 64
"""With fewer cells along a side there are gaps between them."""
_RIGHT = 30  # px, for the last label, which leans out
_STRIPE = 7  # px between two lines of what can't be seen
_BOTTOM = 44  # px below the strip, for its numbers and its title


@dataclass(frozen=True, slots=True)
class MapFrame:
    """All of an attention map as Plotly draws it but its numbers, as JSON can say it.

    cells: the trace of the cells, without z. legend: the trace of the strip below. layout: with room for both.
    hatching: the picture that belongs into the layout where something can't be seen.
    """

    cells: dict[str, Any]
    legend: dict[str, Any]
    layout: dict[str, Any]
    hatching: dict[str, Any]


def map_size(count: int) -> int:
    """The length of a side that shows `count` tokens, in px."""
    return int(np.clip(count * _CELL, *_MAP))


def map_frame(
    queries: Sequence[Piece],
    keys: Sequence[Piece],
    scale: ColourScale,
    palette: Palette,
    first: tuple[int, int] = (0, 0),
    *,
    weight: str = "%{z:.3r}",
) -> MapFrame:
    """What stands around the cells of a map between these queries and keys, of more than MOST_CELLS between blocks of
    them. first: the positions of the first ones. weight: how a number is written, in Plotly's language."""
    blocks = [block_starts(len(side), MOST_CELLS) for side in (queries, keys)]
    rows, columns = ([start + offset for start in starts] for starts, offset in zip(blocks, first, strict=True))
    # A part or a pooled map counts its rows otherwise than the text does: there the labels carry the numbers.
    whole = first == (0, 0) and (len(queries), len(keys)) == (len(rows), len(columns))
    queries, keys = _blocks(queries, blocks[0]), _blocks(keys, blocks[1])
    high, wide = map_size(len(rows)), map_size(len(columns))
    cells = {
        "type": "heatmap",
        "x": columns,
        "y": rows,
        "zmin": 0,
        "zmax": scale.top,
        "colorscale": scale.stops(palette),
        "showscale": False,
        "xgap": 1 if len(columns) < _GAPS else 0,
        "ygap": 1 if len(rows) < _GAPS else 0,
        "hovertemplate": _hover(weight, whole),
        "hoverongaps": False,
    }
    top, left = _margin(keys, whole), _margin(queries, whole)
    layout = {
        **frame(palette),
        "dragmode": "zoom",
        "separators": "..",
        "width": left + wide + _RIGHT,
        "height": top + high + sum(_STRIP) + _BOTTOM,
        "margin": {"t": top, "l": left, "r": _RIGHT, "b": _BOTTOM},
        "xaxis": {**_axis(_labels(keys, columns, palette, whole), "top", palette), "tickangle": -60},
        "yaxis": {
            **_axis(_labels(queries, rows, palette, whole), "left", palette),
            "autorange": "reversed",
            "domain": [sum(_STRIP) / (high + sum(_STRIP)), 1],
        },
        "shapes": _borders(queries, keys, palette),
        **_legend_axes(scale, palette, high),
    }
    return MapFrame(cells, _legend(palette), layout, hatching(palette, wide, high))


def _blocks(items: Sequence[Piece], starts: Sequence[int]) -> Sequence[Piece]:
    """The items, or where they are too many, the first one of each block."""
    return items if len(starts) == len(items) else [items[start] for start in starts]


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


def _hover(weight: str, whole: bool) -> str:
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


def _borders(queries: Sequence[Piece], keys: Sequence[Piece], palette: Palette) -> list[dict[str, Any]]:
    """Lines where the second text begins."""
    line = {"type": "line", "line": {"color": palette.muted, "width": 1, "dash": "dot"}}
    across = [{**line, "x0": -0.5, "x1": len(keys) - 0.5, "y0": place, "y1": place} for place in _second(queries)]
    down = [{**line, "x0": place, "x1": place, "y0": -0.5, "y1": len(queries) - 0.5} for place in _second(keys)]
    return across + down


def _second(items: Sequence[Piece]) -> list[float]:
    return [at + 0.5 for at, (one, other) in enumerate(pairwise(items)) if one.segment != other.segment]


def _legend(palette: Palette) -> dict[str, Any]:
    """A strip below the map with the range and the curve. Plotly's own colour bar would squeeze the small weights of
    a square-root scale into one end."""
    places = np.linspace(0, 1, 101).tolist()
    return {
        "type": "heatmap",
        "z": [places],
        "x": places,
        "zmin": 0,
        "zmax": 1,
        "colorscale": ColourScale("linear").stops(palette),
        "showscale": False,
        "hoverinfo": "skip",
        "xaxis": "x2",
        "yaxis": "y2",
    }


def _legend_axes(scale: ColourScale, palette: Palette, high: int) -> dict[str, Any]:
    ticks = scale.ticks()
    return {
        "xaxis2": {
            "anchor": "y2",
            "tickvals": scale.place(np.array(ticks)).tolist(),
            "ticktext": [f"{tick:.3g}" for tick in ticks],
            "tickfont": {"size": 12},
            "tickangle": 0,
            "ticks": "",
            "showgrid": False,
            "zeroline": False,
            "automargin": False,
            "fixedrange": True,
            "range": [0, 1],
            "title": {"text": legend_title(scale), "font": {"size": 12, "color": palette.muted}, "standoff": 4},
        },
        "yaxis2": {"domain": [0, _STRIP[1] / (high + sum(_STRIP))], "visible": False, "fixedrange": True},
    }


def legend_title(scale: ColourScale) -> str:
    """What the colours mean, in words: part of every picture, so that it can't be misread elsewhere."""
    curve = "square-root" if scale.curve == "sqrt" else "linear"
    top = "" if scale.top == 1 else ", up to this map's maximum"
    return f"attention weight, {curve} colours{top}"
