"""One head's whole map: query down, key across."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Bool, Float32

from attention_viz.core.token import Piece
from attention_viz.figures.map_frame import map_frame
from attention_viz.figures.palette import LIGHT, Palette
from attention_viz.figures.pooling import MOST_CELLS, block_starts, pool
from attention_viz.figures.scale import ColourScale

_EXACT = 256 * 256
"""Up to so many cells a figure holds weights in full precision, above in thousandths, which a browser draws sooner."""


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
    starts = [block_starts(count, MOST_CELLS) for count in weights.shape]
    weights = pool(weights, MOST_CELLS)
    visible = None if visible is None else pool(visible, MOST_CELLS)
    coarse = weights.size > _EXACT and visible is None
    # "05,d" writes 594 as "0,594"; the layout's `separators` make the comma a point.
    around = map_frame(queries, keys, scale, palette, first, weight="%{z:05,d}" if coarse else "%{z:.6f}")
    if coarse:
        around.cells.update(z=(1000 * weights + 0.5).astype(np.uint16), zmax=1000 * scale.top)
    else:
        # A cell without a number is not drawn, and the hatching behind it shows.
        around.cells["z"] = weights if visible is None else np.where(visible, weights, np.float32(np.nan))
    if visible is not None:
        around.layout["images"] = [around.hatching]
    query, key = (None if at is None else bisect_right(of, at) - 1 for of, at in zip(starts, (query, key), strict=True))
    around.layout["shapes"] += _outlines(palette, query, key, weights.shape)
    return go.Figure([around.cells, around.legend], around.layout)


def _outlines(palette: Palette, query: int | None, key: int | None, shape: tuple[int, int]) -> list[dict[str, Any]]:
    """The held row, and the held column or, of both, the cell."""
    rows, columns = shape
    found = []
    if query is not None:
        found.append(_outline(palette, (0, columns - 1), (query, query)))
    if key is not None:
        found.append(_outline(palette, (key, key), (0, rows - 1) if query is None else (query, query), 2.5))
    return found


def _outline(palette: Palette, columns: tuple[int, int], rows: tuple[int, int], width: float = 1.5) -> dict[str, Any]:
    x0, x1, y0, y1 = columns[0] - 0.5, columns[1] + 0.5, rows[0] - 0.5, rows[1] + 0.5
    return {
        "type": "rect",
        "x0": x0,
        "x1": x1,
        "y0": y0,
        "y1": y1,
        "line": {"color": palette.text, "width": width},
    }
