"""Which weight is taken apart: the held query and key, or what is worth a look where nothing is held."""

from __future__ import annotations

import streamlit as st

from attention_viz.core.inside import strongest_ordinary, take_apart
from attention_viz.core.markdown import markdown
from attention_viz.core.place import Place
from attention_viz.core.trace import Trace
from attention_viz.ui.app import shell
from attention_viz.ui.inside.words import (
    Pair,
    last_word,
    names_of,
)
from attention_viz.ui.state import url
from attention_viz.ui.state.fields import looking_at
from attention_viz.ui.state.selection import Selection


def pair(trace: Trace, selection: Selection) -> Pair | None:
    """The weight that is looked at, after widgets to choose another. None where there is none, which is said."""
    layer, head = selection.a.place.layer, selection.a.place.head
    if layer is None or head is None:
        _offer_a_head(selection.a.place)
        return None
    queries, keys = (names_of(side) for side in (trace.tokens, trace.key_tokens))
    query = last_word(trace.tokens) if selection.held is None else selection.held
    key = strongest_ordinary(trace, layer, head, query) if selection.key is None else selection.key
    _controls(trace, layer, head, query, key)
    if trace.maps_only:
        st.info(
            f"{markdown(trace.maps_only)} What follows needs both, so there is nothing to take apart here. Its maps "
            "are on Explore; choose another model at the left to see these steps.",
            icon=":material/info:",
        )
        shell.page_link(shell.EXPLORE, label="Back to the map")
        return None
    return Pair(take_apart(trace, layer, head, query, key), queries, keys)


def _offer_a_head(mean: Place) -> None:
    place = Place(mean.layer or 0, mean.among[0] if mean.among else 0)
    st.info(
        "A mean of heads has no query and no key: each of its heads has its own. Take one of them apart.",
        icon=":material/info:",
    )
    st.button(
        f"Take {place.name} apart",
        on_click=url.select,
        kwargs=looking_at(place),
        icon=":material/arrow_forward:",
    )


def _controls(trace: Trace, layer: int, head: int, query: int, key: int) -> None:
    columns = st.columns([3, 3, 2, 2])
    for column, name, label, side, at in (
        (columns[0], "token", "Query: the token that looks", trace.tokens, query),
        (columns[1], "key", "Key: the token that is looked at", trace.key_tokens, key),
    ):
        widget = url.bound(name)
        url.put(widget["key"], at)
        names = [f"{place} {token.text}" for place, token in enumerate(side)]
        column.selectbox(label, range(len(side)), format_func=names.__getitem__, **widget)
    for column, name, count, at in (
        (columns[2], "layer", len(trace.layers), layer),
        (columns[3], "head", trace.heads, head),
    ):
        widget = url.bound(name)
        url.put(widget["key"], at)
        column.selectbox(name.capitalize(), range(count), **widget)
