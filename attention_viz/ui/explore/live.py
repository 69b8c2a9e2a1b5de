"""The live views of Explore: what they show, the data that they share, and what a choice in one of them changes."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from attention_viz.components.head_grid import head_grid
from attention_viz.components.head_map import head_map
from attention_viz.components.hosts.streamlit.mount import mount
from attention_viz.components.hosts.streamlit.parcel import send
from attention_viz.components.token_links import token_links
from attention_viz.components.token_text import token_text
from attention_viz.core.head_scores import HeadScores
from attention_viz.core.markdown import markdown
from attention_viz.core.place import Place
from attention_viz.figures.palette import palette_for
from attention_viz.ui.app.live import colours
from attention_viz.ui.app.plain import aside
from attention_viz.ui.server import cache, surveys
from attention_viz.ui.state import url
from attention_viz.ui.state.fields import linked, looking_at, on_side
from attention_viz.ui.state.selection import Selection, Side
from attention_viz.views import parcels
from attention_viz.views.head import HeadView
from attention_viz.views.items import items_of
from attention_viz.views.map import map_view
from attention_viz.views.parcels import Range, Tint, is_long, name_of
from attention_viz.views.shown import Held, Section, Shown
from attention_viz.views.survey import ranges, thumbnails
from attention_viz.views.text import stretches_of

_SCROLLED = "first row in view"
_OPTIONS = "options of the links"
_ZOOMED = "part of the map in view"


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
            on_part=lambda part: url.select(of=part),
            on_aside=put_aside,
        )
    )


def put_aside(place: Place, **also: Any) -> None:
    """Makes a head of the model and text on screen side B of the page Compare. also: what changes with it, by its names
    in the address."""
    url.select(**on_side("b", Side(place=place)), **also)
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
            options=st.session_state.get(_OPTIONS, False),
            on_held=partial(_hold, view),
            on_mean=lambda heads: url.select(head=None, among=heads),
            on_heads=lambda head, beside: url.select(head=head, **{"with": beside}),
            on_links=lambda links: url.select(**linked(links)),
            on_options=lambda shown: st.session_state.update({_OPTIONS: shown}),
            on_scrolled=lambda row: st.session_state.update({_SCROLLED: (name_of(view), row)}),
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


def heatmap(view: HeadView, selection: Selection) -> None:
    """Where does every token look?"""
    palette = palette_for(st.context.theme.type)
    mount(
        head_map(
            _shown(view),
            map_view(view, _part(view), selection.curve, to_maximum=selection.top == "max", palette=palette),
            about=_about(view),
            colours=colours(),
            on_held=partial(_hold, view),
            on_zoomed=lambda part: st.session_state.update({_ZOOMED: (name_of(view), part)}),
        )
    )


def send_pictures(view: HeadView) -> None:
    """What the first picture needs: the selected map with two bytes a weight, and a small picture of every map."""
    send(parcels.exact(view, *_window(view)))
    if parcels.needs_overview(view):
        send(parcels.overview(view, parcels.part_of(view, _part(view))))
    held = parcels.held(view)
    if held is not None:
        send(held)
    if not is_long(view.trace):
        name, unit = name_of(view), view.unit
        pictures = cache.kept("thumbs", name, lambda: thumbnails(view.trace, unit))
        send(parcels.thumbs(view.trace, name, pictures, None))


def send_maps(view: HeadView) -> None:
    """The maps to draw several heads from, one byte a weight."""
    layers, (rows, _) = parcels.layers_sent(view), _window(view)
    if layers:
        maps = cache.kept(f"maps {layers} {rows}", name_of(view), lambda: parcels.maps_of(view, layers, rows))
        send(parcels.maps(view, layers, rows, maps))


def send_scores(view: HeadView) -> None:
    """Every measure of every head; and, when a query and a key are held, the weight between them."""
    if not is_long(view.trace):
        _send_scores(view, surveys.scores_of(view.trace))


def fill_in(view: HeadView) -> None:
    """Of a long text: sends the pictures and measures that are there, and looks again every second while more come."""
    if not is_long(view.trace):
        return
    name = name_of(view)
    filling = surveys.filling_of(view.trace, view.unit)
    survey = filling.survey

    def show() -> None:
        filling.touch()
        done, count = int(survey.ready.sum()), len(survey.ready)
        if filling.active:
            left = filling.seconds_left()
            about = "waiting for its turn" if left is None else f"about {left:.0f} s left"
            st.progress(done / count, text=f"{done} of {count} pictures, {about}")
            st.button("Stop here", on_click=filling.stop, icon=":material/close:")
        elif done < count:
            aside(f"{done} of {count} pictures are there. {markdown(filling.problem or '')}")
            st.button("Fill in the rest", on_click=filling.start, icon=":material/play_arrow:")
        send(parcels.thumbs(view.trace, name, survey.pictures, survey.ready))
        _send_scores(view, survey.scores, done)

    if filling.active:

        @st.fragment(run_every=1.0)
        def watch() -> None:
            show()
            if not filling.active:
                st.rerun()

        watch()
    else:
        show()


def _send_scores(view: HeadView, measured: tuple[HeadScores, ...], ready: int = 0) -> None:
    trace, name, (query, key) = view.trace, name_of(view), (view.query, view.key)
    ends = cache.kept("ranges", trace.digest, lambda: ranges(trace))
    tints = [parcels.tint_of(one, low, high) for one, (low, high) in zip(measured, ends.tolist(), strict=True)]
    values = [one.by_place for one in measured]
    if query is not None and key is not None:
        values.append(cache.kept(f"pair {query} {key}", name, lambda: parcels.pair_weights(view, query, key)))
        label = f"weight of “{view.queries[query].text}” → “{view.keys[key].text}”"
        tints.append(Tint("pair", label, "", 0.0, 1.0, "sqrt"))
    send(parcels.scores(trace, name, tints, np.stack(values), pair=(query, key), ready=ready))


def _window(view: HeadView) -> tuple[Range, Range]:
    """The rows and columns that are sent: those around the first row in view, where somebody has scrolled."""
    name, row = st.session_state.get(_SCROLLED, ("", 0))
    return parcels.window(view, row if name == name_of(view) else None)


def _part(view: HeadView) -> Section | None:
    """What somebody has zoomed into on the heatmap of this text."""
    name, part = st.session_state.get(_ZOOMED, ("", None))
    return part if name == name_of(view) else None


def _about(view: HeadView) -> str:
    """What a saved picture is of."""
    text = " / ".join(dict.fromkeys(view.trace.texts))
    return f"{view.trace.model.name}, between {view.unit} of “{text if len(text) <= 80 else text[:79] + '…'}”"


def _shown(view: HeadView) -> Shown:
    return Shown(name_of(view), view.place, Held(view.query, view.key), url.on_screen().settings)


def _hold(view: HeadView, held: Held) -> None:
    token = None if held.query is None else view.starts[held.query]
    key_token = None if held.key is None else view.key_starts[held.key]
    here = url.on_screen()
    if (token, key_token) == (here.query, here.key):
        return  # It was taken back before the server heard of it.
    # A held pair is a question about all heads: which of them link these two?
    pair = {"show": "pair"} if token is not None and key_token is not None else {}
    url.select(token=token, key=key_token, **pair)
