"""What the live views show: the data that they share, and what a choice in one of them changes."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import streamlit as st
from jaxtyping import Float64, UInt8

from attention_viz.components.head_grid import head_grid
from attention_viz.components.packet import to_bytes, to_words
from attention_viz.components.parcel import parcel
from attention_viz.components.shown import Look, Looks, Shown
from attention_viz.components.token_links import Item, token_links
from attention_viz.components.token_text import token_text
from attention_viz.core.trace import Trace
from attention_viz.figures.palette import LIGHT, Palette, palette_for
from attention_viz.figures.pooling import pool
from attention_viz.measures import MEASURES, reading_of
from attention_viz.ui import cache, url
from attention_viz.ui.head_view import HeadView, map_of, token_map
from attention_viz.ui.pieces import pieces_of
from attention_viz.ui.selection import MEAN

THUMB = 40
"""The most cells along a side of a small map."""
ALL_LAYERS = 128
"""Up to so many tokens the maps of all layers are sent at once; above, those of the layer that is looked at."""


def grid(view: HeadView) -> None:
    """What does every head do?"""
    head_grid(
        _shown(view),
        layers=len(view.trace.layers),
        heads=view.trace.heads,
        show=view.selection.show,
        looks=_looks(),
        on_head=lambda layer, head: url.select(layer=layer, head=head),
        on_show=lambda show: url.select(show=show),
    )


def links(view: HeadView) -> None:
    """Where does the head look from a token?"""
    token_links(
        _shown(view),
        items=_items(view),
        heads=view.trace.heads,
        looks=_looks(),
        on_held=lambda query, key: _hold(view, query, key),
    )


def text(view: HeadView) -> None:
    """How does the text look from a token?"""
    token_text(
        _shown(view),
        pieces=pieces_of(view.trace, view.starts),
        ramp=palette_for(st.context.theme.type).ramp,
        on_held=lambda query, key: _hold(view, query, key),
    )


def send_pictures(view: HeadView) -> None:
    """What the first picture needs: a small picture of every map, and the selected map with two bytes a weight."""
    trace, place = view.trace, (view.selection.layer, view.selection.head)
    name = _name(view)
    parcel("exact", name, {"layer": place[0], "head": place[1], **_size(view)}, to_words(view.weights))
    thumbs = cache.kept("thumbs", name, lambda: thumbnails(trace))
    rows, columns = thumbs.shape[1:]
    sizes = {"layers": len(trace.layers), "heads": trace.heads, "rows": rows, "columns": columns}
    parcel("thumbs", name, sizes, thumbs)


def send_maps(view: HeadView) -> None:
    """The maps to draw several heads from, one byte a weight."""
    trace, name, heads = view.trace, _name(view), view.trace.heads
    layers = list(range(len(trace.layers))) if len(trace.tokens) <= ALL_LAYERS else [view.selection.layer]
    if layers == [MEAN]:
        return
    maps = cache.kept(
        f"maps {layers}",
        name,
        lambda: np.stack([to_bytes(map_of(view, layer, head)) for layer in layers for head in range(heads)]),
    )
    parcel("maps", name, {"layers": layers, "heads": heads, **_size(view)}, maps)


def send_scores(view: HeadView) -> None:
    """Every measure of every head; and, when a query and a key are held, the weight between them."""
    trace, name = view.trace, _name(view)
    reading = reading_of(trace, 0, 0)
    values = cache.kept("scores", name, lambda: all_scores(trace))
    tints = [_tint(measure.key, measure.label, measure.unit, *measure.span(reading)) for measure in MEASURES]
    query, key = view.held, view.held_key
    if query is not None and key is not None:
        pair = cache.kept(f"pair {query} {key}", name, lambda: pair_weights(view, query, key))
        label = f"weight of “{view.queries[query].text}” → “{view.keys[key].text}”"
        values = np.concatenate([values, pair[None]])
        tints.append(_tint("pair", label, "", 0.0, 1.0, curve="sqrt"))
    header = {"layers": len(trace.layers), "heads": trace.heads, "tints": tints, "pair": [query, key]}
    parcel("scores", name, header, values.astype(np.float32))


def places(trace: Trace) -> list[tuple[int, int]]:
    """What the grid shows: every head, layer by layer; then the mean of each layer; then the mean of all heads."""
    layers, heads = range(len(trace.layers)), range(trace.heads)
    means = [(layer, MEAN) for layer in layers]
    return [*((layer, head) for layer in layers for head in heads), *means, (MEAN, MEAN)]


def thumbnails(trace: Trace) -> UInt8[np.ndarray, "place row column"]:
    """The map of every place, pooled to at most THUMB cells a side."""
    return np.stack([to_bytes(pool(token_map(trace, *place), THUMB)) for place in places(trace)])


def all_scores(trace: Trace) -> Float64[np.ndarray, "measure place"]:
    """Every measure of every place. Each map is computed once for all measures."""
    scores = np.empty((len(MEASURES), len(places(trace))))
    for at, (layer, head) in enumerate(places(trace)):
        weights, reading = token_map(trace, layer, head), reading_of(trace, max(0, layer), max(0, head))
        scores[:, at] = [measure.of(weights, reading) for measure in MEASURES]
    return scores


def pair_weights(view: HeadView, query: int, key: int) -> Float64[np.ndarray, " place"]:
    """The weight between a row and a column in every place."""
    return np.array([map_of(view, *place)[query, key] for place in places(view.trace)], dtype=np.float64)


def _name(view: HeadView) -> str:
    return f"{cache.name_of(view.trace.model, view.trace.texts)} {view.selection.unit}"


def _size(view: HeadView) -> dict[str, int]:
    return {"queries": len(view.queries), "keys": len(view.keys)}


def _shown(view: HeadView) -> Shown:
    return Shown(_name(view), view.selection.layer, view.selection.head, view.held, view.held_key)


def _looks() -> Looks:
    return Looks(_look(palette_for(st.context.theme.type)), _look(LIGHT))


def _look(palette: Palette) -> Look:
    return Look(**{field.name: getattr(palette, field.name) for field in fields(Look)})


def _items(view: HeadView) -> list[Item]:
    segments = [view.trace.tokens[start].segment for start in view.starts]
    return [Item(item.text, item.special, segment) for item, segment in zip(view.queries, segments, strict=True)]


def _hold(view: HeadView, query: int | None, key: int | None) -> None:
    token, key_token = (None if row is None else view.starts[row] for row in (query, key))
    # A held pair is a question about all heads: which of them link these two?
    show = "pair" if token is not None and key_token is not None else view.selection.show
    url.select(token=token, key=key_token, show="maps" if show == "pair" and key_token is None else show)


def _tint(key: str, label: str, unit: str, low: float, high: float, curve: str = "linear") -> dict[str, Any]:
    return {"key": key, "label": label, "unit": unit, "low": low, "high": high, "curve": curve}
