"""The two sides of a comparison: what is read on each, and with which model."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from attention_viz.core.model_info import ModelInfo
from attention_viz.core.trace import Trace
from attention_viz.models.bundled import NAME
from attention_viz.ui import cache, reading, shell, url
from attention_viz.ui.plain import aside, markdown
from attention_viz.ui.selection import MEAN, Selection, changed, fit, other

Side = Literal["a", "b"]


def controls(selection: Selection) -> None:
    """Model, texts, layer and head of both sides."""
    sides: tuple[Side, Side] = ("a", "b")
    for column, side in zip(st.columns(2), sides, strict=True):
        with column.container(border=True, gap="small"):
            st.markdown(f"#### {side.upper()}")
            _side(side, selection)


def read(side: Side, selection: Selection) -> tuple[Trace, Selection]:
    """The trace of a side, and its selection with a layer and a head that are there. Raises the errors of model and
    text."""
    wanted = selection if side == "a" else other(selection)
    info = cache.describe_model(wanted.model)
    fitted, problems = fit(wanted, info)
    if MEAN in (fitted.layer, fitted.head):
        problems = (*problems, f"A mean of heads can't be compared; L{max(0, fitted.layer)} H0 is shown.")
        fitted = changed(fitted, layer=max(0, fitted.layer), head=0)
    shell.notice(*(f"Side {side.upper()}: {problem}" for problem in problems))
    return reading.read(info, fitted), fitted


def _side(side: Side, selection: Selection) -> None:
    prefix = "" if side == "a" else "b_"
    shown = selection if side == "a" else other(selection)
    names = list(dict.fromkeys((NAME, *cache.known_models(), shown.model)))
    same = side == "b"
    st.selectbox(
        "Model",
        ["", *names] if same else names,
        format_func=lambda name: name or "Same model as A",
        accept_new_options=True,
        **url.bound(f"{prefix}model"),
    )
    st.text_area(
        "Text",
        height=68,
        placeholder="Same text as A" if same else "Type a sentence",
        help="Applied when you press Ctrl+Enter or leave the box.",
        **url.bound(f"{prefix}text"),
    )
    if selection.second or selection.b_second:
        st.text_area("Second text", height=68, **url.bound(f"{prefix}second"))
    with shell.explained(offer=False):
        _places(prefix, shown, cache.describe_model(shown.model))


def _places(prefix: str, shown: Selection, info: ModelInfo) -> None:
    if len(info.kinds) > 1:
        widget = url.bound(f"{prefix}kind")
        url.put(widget["key"], reading.kind_of(info, shown))
        st.segmented_control("Attention of", info.kinds, required=True, **widget)
    stack = info.stack(reading.kind_of(info, shown))
    fitted, _ = fit(shown, info)
    for column, name, count, value in zip(
        st.columns(2), ("layer", "head"), (stack.layers, stack.heads), (fitted.layer, fitted.head), strict=True
    ):
        widget = url.bound(f"{prefix}{name}")
        url.put(widget["key"], max(0, value))
        column.selectbox(name.capitalize(), range(count), **widget)
    aside(f"{markdown(info.name)}: {stack.layers} layers × {stack.heads} heads")
