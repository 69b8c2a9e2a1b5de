"""What crosses to the live views of a page, as values. Maps of a text of ordinary length cross whole; of thousands of
tokens, the rows and columns around what is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from jaxtyping import Bool, Float64, UInt8

from attention_viz.core.head_scores import HeadScores
from attention_viz.core.place import Place, heads_of
from attention_viz.core.trace import Trace
from attention_viz.figures.pooling import MOST_CELLS, pool
from attention_viz.views.head import HeadView, band, known, visible_of
from attention_viz.views.packet import to_bytes, to_words
from attention_viz.views.shown import Section, told

ALL_LAYERS = 128
"""Up to so many tokens the maps of all layers are sent at once; above, those of the layer that is looked at."""
WHOLE = 1 << 20
"""Maps of up to so many cells are sent whole; of larger ones, the rows and columns around what is looked at."""
LONG = 4 << 20
"""Above so many cells a map takes long enough to compute that the grid fills in while one watches."""
_BAND = 96

Kind = Literal["thumbs", "maps", "exact", "overview", "held", "scores", "compare"]
Range = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Parcel:
    """Numbers for the views of a page.

    name: of the data that it belongs to; views use no parcel of another name. header: what is said of the payload.
    """

    kind: Kind
    name: str
    header: Mapping[str, Any]
    payload: np.ndarray


@dataclass(frozen=True, slots=True)
class Tint:
    """A number that the grid tints heads by, all on one scale from low to high; None where there is none."""

    key: str
    label: str
    unit: str
    low: float | None
    high: float | None
    curve: Literal["linear", "sqrt"] = "linear"


def is_long(trace: Trace) -> bool:
    """Does a map take so long that nobody should wait for all of them?"""
    return len(trace.tokens) * len(trace.key_tokens) > LONG


def name_of(view: HeadView) -> str:
    """What the parcels of a trace between tokens, or between words, are called."""
    return f"{view.trace.digest} {view.unit}"


def window(view: HeadView, around: int | None) -> tuple[Range, Range]:
    """The rows and the columns that are sent: all, or a band of each. around: the first row in view; None: what is
    held."""
    if view.weights.size <= WHOLE:
        return (0, len(view.queries)), (0, len(view.keys))
    if around is None:
        around = next((held for held in (view.query, view.key) if held is not None), 0)
    return _band(around, len(view.queries)), _band(around, len(view.keys))


def exact(view: HeadView, rows: Range, columns: Range) -> Parcel:
    """The selected map, two bytes a weight: all of it, or some whole rows and then some whole columns."""
    (top, bottom), (left, right), visible = rows, columns, view.visible
    words = to_words(view.weights[top:bottom], None if visible is None else visible[top:bottom])
    if rows != (0, len(view.queries)):
        beside = to_words(view.weights[:, left:right], None if visible is None else visible[:, left:right])
        words = np.concatenate([words.ravel(), beside.ravel()])
    return Parcel("exact", name_of(view), {**told(view.place), **_size(view), "rows": rows, "columns": columns}, words)


def part_of(view: HeadView, asked: Section | None) -> Section:
    """The rows and columns of the map that are looked at: those that were asked for, else all."""
    return asked or ((0, len(view.queries)), (0, len(view.keys)))


def needs_overview(view: HeadView) -> bool:
    """Are there more cells along a side than a heatmap has?"""
    return max(view.weights.shape) > MOST_CELLS


def overview(view: HeadView, part: Section) -> Parcel:
    """A part of the selected map in at most MOST_CELLS rows and columns, two bytes a weight: each is the largest of the
    block that it stands for, which is one cell where they fit."""
    (top, bottom), (left, right) = part
    weights, visible = view.weights[top:bottom, left:right], view.visible
    seen = None if visible is None else pool(visible[top:bottom, left:right], MOST_CELLS)
    header = {**told(view.place), "rows": part[0], "columns": part[1]}
    return Parcel("overview", name_of(view), header, to_words(pool(weights, MOST_CELLS), seen))


def held(view: HeadView) -> Parcel | None:
    """The row of the held query, or the column of the held key, in every head of the layer: for numbers."""
    trace, layer = view.trace, view.place.layer
    side, token = ("query", view.query) if view.query is not None else ("key", view.key)
    if token is None or layer is None or (side == "key" and is_long(trace)):
        return None
    rows = (token, token + 1) if side == "query" else (0, len(view.queries))
    column = slice(None) if side == "query" else slice(token, token + 1)
    words = []
    for head in range(trace.heads):
        weights, visible = band(view, layer, head, *rows)[:, column], _seen(view, Place(layer, head), rows)
        words.append(to_words(weights.ravel(), None if visible is None else visible[:, column].ravel()))
    header = {"layer": layer, "side": side, "token": token, "heads": trace.heads, "count": len(words[0])}
    return Parcel("held", name_of(view), header, np.stack(words))


def layers_sent(view: HeadView) -> list[int]:
    """The layers whose maps are sent: all of a short text, else the one that is looked at."""
    if max(view.weights.shape) <= ALL_LAYERS:
        return list(range(len(view.trace.layers)))
    return [] if view.place.layer is None else [view.place.layer]


def maps_of(view: HeadView, layers: Sequence[int], rows: Range) -> UInt8[np.ndarray, "map row column"]:
    """Some rows of the maps of all heads of some layers, one byte a weight."""
    places = [(layer, head) for layer in layers for head in range(view.trace.heads)]
    return np.stack([to_bytes(band(view, *place, *rows), _seen(view, Place(*place), rows)) for place in places])


def maps(view: HeadView, layers: Sequence[int], rows: Range, payload: UInt8[np.ndarray, "map row column"]) -> Parcel:
    """What `maps_of` made, to draw several heads from."""
    header = {"layers": list(layers), "heads": view.trace.heads, "rows": rows, **_size(view)}
    return Parcel("maps", name_of(view), header, payload)


def thumbs(
    trace: Trace, name: str, pictures: UInt8[np.ndarray, "place row column"], ready: Bool[np.ndarray, " place"] | None
) -> Parcel:
    """The small picture of every place. ready: which of them are there; None for all."""
    _, rows, columns = pictures.shape
    there = None if ready is None else ready.astype(int).tolist()
    return Parcel("thumbs", name, {**_heads(trace), "rows": rows, "columns": columns, "ready": there}, pictures)


def scores(
    trace: Trace,
    name: str,
    tints: Sequence[Tint],
    values: Float64[np.ndarray, "tint place"],
    *,
    pair: tuple[int | None, int | None] = (None, None),
    ready: int = 0,
) -> Parcel:
    """Numbers of every place. pair: the held row and column that one of them is about. ready: tells how many are there,
    so that more of them count as news."""
    header = {**_heads(trace), "tints": [asdict(tint) for tint in tints], "pair": list(pair), "ready": ready}
    return Parcel("scores", name, header, values.astype(np.float32))


def tint_of(about: HeadScores, low: float, high: float) -> Tint:
    """A measure as a tint, on a scale that holds all places. NaN for a measure that makes no sense here."""
    return Tint(about.measure, about.name, about.unit, known(low), known(high))


def pair_weights(view: HeadView, query: int, key: int) -> Float64[np.ndarray, " place"]:
    """The weight between a row and a column in every place."""
    heads = heads_of(len(view.trace.layers), view.trace.heads)
    every = np.array(
        [band(view, place.layer or 0, place.head or 0, query, query + 1)[0, key] for place in heads], dtype=np.float64
    ).reshape(len(view.trace.layers), -1)
    return np.concatenate([every.ravel(), every.mean(axis=1), [every.mean()]])


def _band(around: int, count: int) -> Range:
    first = max(0, min(around - _BAND // 4, count - _BAND))
    return first, min(count, first + _BAND)


def _seen(view: HeadView, place: Place, rows: Range) -> Bool[np.ndarray, "row column"] | None:
    """Where some rows can look, or None where all see all."""
    visible = visible_of(view.trace, place, view.unit)
    return None if visible is None else visible[slice(*rows)]


def _size(view: HeadView) -> dict[str, int]:
    return {"queries": len(view.queries), "keys": len(view.keys)}


def _heads(trace: Trace) -> dict[str, int]:
    return {"layers": len(trace.layers), "heads": trace.heads}
