"""The panels of Explore: each answers the question in its title."""

from __future__ import annotations

import os
from functools import partial

import streamlit as st

from attention_viz.components.head_facts import head_facts
from attention_viz.components.head_links import head_links
from attention_viz.components.hosts.streamlit.mount import mount
from attention_viz.core.markdown import markdown
from attention_viz.core.sizes import size_in_words
from attention_viz.export.tables import file_name, to_csv
from attention_viz.export.tensors import npz_bytes, to_npz
from attention_viz.ui.app import shell
from attention_viz.ui.app.plain import aside
from attention_viz.ui.explore import live
from attention_viz.ui.state import url
from attention_viz.ui.state.selection import Selection
from attention_viz.ui.text import reading
from attention_viz.views.head import HeadView

_CURVES = {"sqrt": "Square root", "linear": "Linear"}
_RANGES = {"one": "0 to 1", "max": "0 to maximum"}
_UNITS = {"tokens": "Tokens", "words": "Words"}


def grid_panel(view: HeadView, selection: Selection) -> None:
    """What does every head do?"""
    st.markdown(
        "#### What does every head do?",
        help="An attention head decides, for each token, how much it takes from every other. A layer has several "
        "heads; each picture is the whole map of one. Point at one for its measures; click or use the arrow keys to "
        "choose it.",
    )
    live.grid(view, selection.show)
    live.fill_in(view)
    mount(head_facts(view.name, view.facts()))
    _compare_with(view, selection)


def _compare_with(view: HeadView, selection: Selection) -> None:
    """Two heads side by side: this one, and another."""
    if not view.place.is_head:
        return
    beside = selection.side("b")
    same = (beside.model, beside.place) == (selection.a.model, view.place)
    another = "another head" if same else beside.place.name
    link, put = st.columns(2, vertical_alignment="center")
    with link:
        shell.page_link(shell.COMPARE, label=f"Compare {view.name} with {another}")
    put.button(
        f"Set {view.name} as B for Compare",
        on_click=live.put_aside,
        args=(view.place,),
        help="Then choose another head here and compare the two. Shift-click on a head, or Shift+Enter, does the same.",
        width="stretch",
    )


def links_panel(view: HeadView, _: Selection) -> None:
    """Where does the head look, token by token?"""
    st.markdown(
        f"#### Where does {view.name} look?",
        help="Left looks at right. Point at one to see only its links, click to hold it, press Escape to let go.",
    )
    live.links(view)


def text_panel(view: HeadView, _: Selection) -> None:
    """How does the text look from one token?"""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="medium"):
        st.markdown(
            f"#### The text, as {view.name} reads it",
            help="Point at a word to see how much of its attention each other word gets; click to hold it.",
            width="content",
        )
        reading.what_was_read(view.trace)
    live.text(view)


def map_panel(view: HeadView, selection: Selection) -> None:
    """Where does every token look?"""
    noun = view.unit.removesuffix("s")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
        st.markdown(
            f"#### Where does each {noun} look in {view.name}?",
            help=f"Each row is a {noun} that looks (query), each column a {noun} that is looked at (key). A row adds "
            "up to 1. Point at a cell for its weight, click to hold it everywhere; drag to zoom in, which also brings "
            "labels back that did not fit; double-click to zoom out.",
            width="content",
        )
        with st.popover("Colours", type="tertiary"):
            _map_controls()
    live.heatmap(view, selection)
    _take_apart(view)


def _take_apart(view: HeadView) -> None:
    """Of a held cell, where its weight comes from."""
    if view.query is not None and view.key is not None and view.place.is_head:
        names = (markdown(items[at].text) for items, at in ((view.queries, view.query), (view.keys, view.key)))
        shell.page_link(shell.INSIDE, label=f"Take “{next(names)}” → “{next(names)}” apart")


def held_panel(view: HeadView, _: Selection) -> None:
    """Where does the held token look, in numbers?"""
    st.markdown(f"#### The strongest links of {view.name}")
    rows = enumerate(zip(view.starts, view.queries, strict=True))
    names = {start: f"{row} {item.text}" for row, (start, item) in rows}
    widget = {**url.bound("token"), "on_change": _choose_token}
    url.put(widget["key"], None if view.query is None else view.starts[view.query])
    st.selectbox(
        f"Where does this {view.unit.removesuffix('s')} look?",
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="None held: the strongest links",
        **widget,
    )
    if view.query is not None and view.place.is_head:
        shell.page_link(shell.INSIDE, label="Take this weight apart")
    mount(head_links(view.title(), view.links(), view.rest()))


def _choose_token(_: str, key: str) -> None:
    """What the box reports of the text before has no place in this one: Streamlit then hands on the label."""
    token = st.session_state[key]
    if not isinstance(token, str) and not url.is_echo(key):
        url.select(token=token)


def downloads(view: HeadView, selection: Selection) -> None:
    """The numbers as files, computed when a button is pressed."""
    trace = view.trace
    st.markdown("#### Take it with you")
    csv, npz = st.columns(2)
    csv.download_button(
        f"This map as CSV, between {view.unit}",
        partial(to_csv, view.weights, view.queries, view.keys),
        file_name(trace, *view.name.split(), view.unit, extension="csv"),
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
        help="A row per query, a column per key.",
        width="stretch",
    )
    too_large = npz_bytes(trace) > most_megabytes() * 1e6
    npz.download_button(
        f"{_every_map(len(trace.layers) * trace.heads)} as NPZ, {size_in_words(npz_bytes(trace))}",
        b"" if too_large else partial(to_npz, trace),
        file_name(trace, "all", extension="npz"),
        "application/octet-stream",
        on_click="ignore",
        icon=":material/download:",
        disabled=too_large,
        help=f"Larger than the {most_megabytes()} MB that this server allows. From Python: av.to_npz(trace)."
        if too_large
        else "attention [layer, head, query, key] in float32, the tokens and the model's name, for numpy.load.",
        width="stretch",
    )
    if url.link_leaves_out_text(selection):
        aside("The address holds this view. The text is too long for it and stays on this server for a while.")
    else:
        aside("The address in your browser holds this view: copy it to share it.")


def _every_map(count: int) -> str:
    return "The only map" if count == 1 else f"All {count} maps"


def most_megabytes() -> int:
    """The largest file that is made here: it stays in the server's memory until its visitor leaves."""
    asked = os.environ.get("ATTENTION_VIZ_DOWNLOAD_MB", "")
    return int(asked) if asked.isdecimal() else 100


def _map_controls() -> None:
    st.segmented_control(
        "Rows and columns",
        list(_UNITS),
        format_func=_UNITS.__getitem__,
        required=True,
        help="A word gets the sum of what its tokens get, and looks where its tokens look on average.",
        **url.bound("unit"),
    )
    st.segmented_control(
        "Colours",
        list(_CURVES),
        format_func=_CURVES.__getitem__,
        required=True,
        help="The square root makes small weights visible. The numbers stay what they are.",
        **url.bound("curve"),
    )
    st.segmented_control(
        "Range of colours",
        list(_RANGES),
        format_func=_RANGES.__getitem__,
        required=True,
        help="0 to 1 compares with every other head; 0 to maximum spends all colours on this one.",
        **url.bound("top"),
    )
