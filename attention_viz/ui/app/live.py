"""What the live views show: the data that they share, and what a choice in one of them changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from jaxtyping import Bool, Float64, UInt8

from attention_viz.components.head_grid import head_grid
from attention_viz.components.hosts.streamlit.mount import mount
from attention_viz.components.hosts.streamlit.parcel import parcel
from attention_viz.components.token_links import token_links
from attention_viz.components.token_text import token_text
from attention_viz.core.markdown import markdown
from attention_viz.core.place import Place
from attention_viz.core.trace import Trace
from attention_viz.figures.palette import LIGHT, Palette, palette_for
from attention_viz.measures import MEASURES
from attention_viz.ui.app.plain import aside
from attention_viz.ui.server import cache
from attention_viz.ui.state import url
from attention_viz.ui.state.fields import looking_at, on_side
from attention_viz.ui.state.selection import Side
from attention_viz.views.head import HeadView, band, known, visible_of
from attention_viz.views.items import items_of
from attention_viz.views.packet import to_bytes, to_words
from attention_viz.views.shown import Colours, ColourSets, Held, Shown, told
from attention_viz.views.survey import Survey, all_scores, ranges, thumbnails
from attention_viz.views.text import stretches_of

ALL_LAYERS = 128
"""Up to so many tokens the maps of all layers are sent at once; above, those of the layer that is looked at."""
WHOLE = 1 << 20
"""Maps of up to so many cells are sent whole; of larger ones, the rows and columns around what is looked at."""
LONG = 4 << 20
"""Above so many cells a map takes long enough to compute that the grid fills in while one watches."""
_BAND = 96
_SCROLLED = "first row in view"


def grid(view: HeadView, show: str) -> None:
    """What does every head do?"""
    mount(
        head_grid(
            _shown(view),
            layers=len(view.trace.layers),
            heads=view.trace.heads,
            show=show,
            about=_about(view),
            colours=colours(),
            on_head=lambda place: url.select(**looking_at(place)),
            on_show=lambda show: url.select(show=show),
            on_aside=put_aside,
        )
    )


def put_aside(place: Place) -> None:
    """Makes a head of the model and text on screen side B of the page Compare."""
    url.select(**on_side("b", Side(place=place)))
    st.toast(f"{place.name} is side B of Compare.", icon=":material/compare:")


def links(view: HeadView) -> None:
    """Where does the head look from a token?"""
    mount(
        token_links(
            _shown(view),
            queries=items_of(view.queries),
            keys=None if view.trace.key_tokens is view.trace.tokens else items_of(view.keys),
            heads=view.trace.heads,
            about=_about(view),
            colours=colours(),
            on_held=partial(_hold, view),
            on_mean=lambda heads: url.select(head=None, among=heads),
            on_scrolled=lambda row: st.session_state.update({_SCROLLED: (_name(view), row)}),
        )
    )


def text(view: HeadView) -> None:
    """How does the text look from a token?"""
    mount(
        token_text(
            _shown(view),
            stretches=stretches_of(view.trace, view.starts, view.key_starts),
            counts=view.weights.shape,
            ramp=palette_for(st.context.theme.type).ramp,
            on_held=partial(_hold, view),
        )
    )


def is_long(trace: Trace) -> bool:
    """Does a map take so long that nobody should wait for all of them?"""
    return len(trace.tokens) * len(trace.key_tokens) > LONG


def send_pictures(view: HeadView) -> None:
    """What the first picture needs: the selected map with two bytes a weight, and a small picture of every map."""
    name = _name(view)
    _send_exact(view, name)
    _send_held(view, name)
    if is_long(view.trace):
        return
    unit = view.unit
    _send_thumbs(view, name, cache.kept("thumbs", name, lambda: thumbnails(view.trace, unit)), None)


def send_maps(view: HeadView) -> None:
    """The maps to draw several heads from, one byte a weight."""
    trace, name = view.trace, _name(view)
    short = max(view.weights.shape) <= ALL_LAYERS
    if not short and view.place.layer is None:
        return
    layers = list(range(len(trace.layers))) if short or view.place.layer is None else [view.place.layer]
    rows = _rows(view)
    maps = cache.kept(
        f"maps {layers} {rows}",
        name,
        lambda: np.stack(
            [
                to_bytes(band(view, layer, head, *rows), _seen(view, layer, head, rows))
                for layer in layers
                for head in range(trace.heads)
            ]
        ),
    )
    parcel("maps", name, {"layers": layers, "heads": trace.heads, "rows": rows, **_size(view)}, maps)


def send_scores(view: HeadView) -> None:
    """Every measure of every head; and, when a query and a key are held, the weight between them."""
    if not is_long(view.trace):
        name = _name(view)
        _send_scores(view, name, cache.kept("scores", name, lambda: all_scores(view.trace)))


def fill_in(view: HeadView) -> None:
    """Of a long text: sends the pictures and measures that are there, and looks again every second while more come."""
    if not is_long(view.trace):
        return
    name = _name(view)
    survey = cache.survey(name, lambda: Survey(view.trace, view.unit))

    def send() -> None:
        survey.touch()
        done, count = int(survey.ready.sum()), len(survey.ready)
        if survey.running:
            left = survey.seconds_left()
            about = "waiting for its turn" if left is None else f"about {left:.0f} s left"
            st.progress(done / count, text=f"{done} of {count} pictures, {about}")
            st.button("Stop here", on_click=survey.stop, icon=":material/close:")
        elif done < count:
            aside(f"{done} of {count} pictures are there. {markdown(survey.error)}")
            st.button("Fill in the rest", on_click=survey.start, icon=":material/play_arrow:")
        _send_thumbs(view, name, survey.pictures, survey.ready)
        _send_scores(view, name, survey.scores, done)

    if survey.running:

        @st.fragment(run_every=1.0)
        def watch() -> None:
            send()
            if not survey.running:
                st.rerun()

        watch()
    else:
        send()


def _send_exact(view: HeadView, name: str) -> None:
    """The selected map where it fits; of a larger one whole rows around what is looked at, and whole columns."""
    (top, bottom), (left, right) = _rows(view), _columns(view)
    visible = view.visible
    words = to_words(view.weights[top:bottom], None if visible is None else visible[top:bottom])
    if (top, bottom) != (0, len(view.queries)):
        columns = to_words(view.weights[:, left:right], None if visible is None else visible[:, left:right])
        words = np.concatenate([words.ravel(), columns.ravel()])
    header = {**told(view.place), **_size(view)}
    parcel("exact", name, {**header, "rows": (top, bottom), "columns": (left, right)}, words)


def _send_held(view: HeadView, name: str) -> None:
    """The row of the held query, or the column of the held key, in every head of the layer: for numbers."""
    trace, layer = view.trace, view.place.layer
    side, token = ("query", view.held) if view.held is not None else ("key", view.held_key)
    if token is None or layer is None or (side == "key" and is_long(trace)):
        return
    heads = range(trace.heads)
    if side == "query":
        rows = [band(view, layer, head, token, token + 1)[0] for head in heads]
        seen = [_seen(view, layer, head, (token, token + 1)) for head in heads]
    else:
        rows = [band(view, layer, head, 0, len(view.queries))[:, token] for head in heads]
        seen = [_seen(view, layer, head, (0, len(view.queries)), token) for head in heads]
    words = [to_words(row, None if one is None else one.ravel()) for row, one in zip(rows, seen, strict=True)]
    header = {"layer": layer, "side": side, "token": token, "heads": trace.heads, "count": len(words[0])}
    parcel("held", name, header, np.stack(words))


def _send_thumbs(
    view: HeadView, name: str, thumbs: UInt8[np.ndarray, "place row column"], ready: Bool[np.ndarray, " place"] | None
) -> None:
    """ready: which of them are there; None for all."""
    trace, (rows, columns) = view.trace, thumbs.shape[1:]
    there = None if ready is None else ready.astype(int).tolist()
    sizes = {"layers": len(trace.layers), "heads": trace.heads, "rows": rows, "columns": columns, "ready": there}
    parcel("thumbs", name, sizes, thumbs)


def send_grid(trace: Trace, name: str, tints: Sequence[tuple[dict[str, Any], Float64[np.ndarray, " head"]]]) -> None:
    """The small maps of a trace under another name, and numbers of its heads: what the grid needs on other pages."""
    thumbs = cache.kept("thumbs", f"{cache.name_of(trace)} tokens", lambda: thumbnails(trace, "tokens"))
    rows, columns = thumbs.shape[1:]
    size = {"layers": len(trace.layers), "heads": trace.heads}
    parcel("thumbs", name, {**size, "rows": rows, "columns": columns, "ready": None}, thumbs)
    nothing = np.full(len(trace.layers) + 1, np.nan)  # A mean of heads has none of these numbers.
    values = np.stack([np.concatenate([heads, nothing]) for _, heads in tints])
    parcel("scores", name, {**size, "tints": [tint for tint, _ in tints]}, values.astype(np.float32))


def _send_scores(view: HeadView, name: str, values: Float64[np.ndarray, "measure place"], ready: int = 0) -> None:
    """ready: tells how many of them are there, so that more of them count as news."""
    trace = view.trace
    ends = cache.kept("ranges", cache.name_of(trace), lambda: ranges(trace))
    tints = [
        tint(measure.key, measure.label, measure.unit, known(low), known(high))
        for measure, (low, high) in zip(MEASURES, ends.tolist(), strict=True)
    ]
    query, key = view.held, view.held_key
    if query is not None and key is not None:
        pair = cache.kept(f"pair {query} {key}", name, lambda: pair_weights(view, query, key))
        label = f"weight of “{view.queries[query].text}” → “{view.keys[key].text}”"
        values = np.concatenate([values, pair[None]])
        tints.append(tint("pair", label, "", 0.0, 1.0, curve="sqrt"))
    header = {"layers": len(trace.layers), "heads": trace.heads, "tints": tints, "pair": [query, key], "ready": ready}
    parcel("scores", name, header, values.astype(np.float32))


def pair_weights(view: HeadView, query: int, key: int) -> Float64[np.ndarray, " place"]:
    """The weight between a row and a column in every place."""
    layers, heads = range(len(view.trace.layers)), range(view.trace.heads)
    every = np.array(
        [[band(view, layer, head, query, query + 1)[0, key] for head in heads] for layer in layers], dtype=np.float64
    )
    return np.concatenate([every.ravel(), every.mean(axis=1), [every.mean()]])


def _rows(view: HeadView) -> tuple[int, int]:
    """The rows that are sent: all, or a band around what is looked at."""
    return _band_of(view, len(view.queries))


def _columns(view: HeadView) -> tuple[int, int]:
    return _band_of(view, len(view.keys))


def _band_of(view: HeadView, count: int) -> tuple[int, int]:
    if view.weights.size <= WHOLE:
        return 0, count
    name, row = st.session_state.get(_SCROLLED, ("", 0))
    if name != _name(view):
        row = next((held for held in (view.held, view.held_key) if held is not None), 0)
    first = max(0, min(row - _BAND // 4, count - _BAND))
    return first, min(count, first + _BAND)


def _seen(
    view: HeadView, layer: int, head: int, rows: tuple[int, int], column: int | None = None
) -> Bool[np.ndarray, "query key"] | None:
    """Where some rows can look, or None where all see all."""
    visible = visible_of(view.trace, Place(layer, head), view.unit)
    if visible is None:
        return None
    return visible[slice(*rows)] if column is None else visible[slice(*rows), column : column + 1]


def _name(view: HeadView) -> str:
    return f"{cache.name_of(view.trace)} {view.unit}"


def _about(view: HeadView) -> str:
    """What a saved picture is of."""
    text = " / ".join(dict.fromkeys(view.trace.texts))
    return f"{view.trace.model.name}, between {view.unit} of “{text if len(text) <= 80 else text[:79] + '…'}”"


def _size(view: HeadView) -> dict[str, int]:
    return {"queries": len(view.queries), "keys": len(view.keys)}


def _shown(view: HeadView) -> Shown:
    return Shown(_name(view), view.place, Held(view.held, view.held_key))


def colours() -> ColourSets:
    """The colours of the theme on screen, and those for paper."""
    return ColourSets(_colours(palette_for(st.context.theme.type)), _colours(LIGHT))


def _colours(palette: Palette) -> Colours:
    return Colours(**{field.name: getattr(palette, field.name) for field in fields(Colours)})


def _hold(view: HeadView, held: Held) -> None:
    token = None if held.query is None else view.starts[held.query]
    key_token = None if held.key is None else view.key_starts[held.key]
    # A held pair is a question about all heads: which of them link these two?
    show = "pair" if token is not None and key_token is not None else url.on_screen().show
    url.select(token=token, key=key_token, show="maps" if show == "pair" and key_token is None else show)


def tint(
    key: str, label: str, unit: str, low: float | None, high: float | None, curve: str = "linear"
) -> dict[str, Any]:
    """What the grid is told of a number that it tints heads by, all on one scale from low to high; None for none."""
    return {"key": key, "label": label, "unit": unit, "low": low, "high": high, "curve": curve}
