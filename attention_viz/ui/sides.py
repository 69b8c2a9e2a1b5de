"""The two sides of a comparison: what is read on each, and with which model."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from attention_viz.core.model_info import ModelInfo
from attention_viz.core.trace import Head
from attention_viz.figures.heatmap import heatmap
from attention_viz.figures.palette import palette_for
from attention_viz.ui import cache, reading, shell, url
from attention_viz.ui.plain import aside, markdown
from attention_viz.ui.selection import MEAN, Selection, changed, fit, other

Side = Literal["a", "b"]
_SIDES: tuple[Side, Side] = ("a", "b")


def controls(selection: Selection) -> None:
    """Model, texts, layer and head of both sides."""
    for column, side in zip(st.columns(2), _SIDES, strict=True):
        with column.container(border=True, gap="small"):
            st.markdown(f"#### {side.upper()}")
            _side(side, selection)


def both(selection: Selection) -> tuple[Head, Head] | None:
    """The heads of both sides. When one can't be had, what is wrong is said, the other is shown alone; then None."""
    found: list[Head] = []
    for side in _SIDES:
        # What is to be done about a model that both ask for is said once.
        with shell.explained(offer=side == "a" or other(selection).model != selection.model):
            found.append(_read(side, selection))
    if len(found) == 2:
        return found[0], found[1]
    for head in found:
        st.markdown(f"#### {markdown(head.name)} of {markdown(head.trace.model.name)}")
        figure = heatmap(
            head.weights,
            head.trace.tokens,
            head.trace.key_tokens,
            palette=palette_for(st.context.theme.type),
            visible=None if head.visible.all() else head.visible,
        )
        st.plotly_chart(figure, width=figure.layout.width, theme=None, key="one side", config={"displaylogo": False})
    return None


def _read(side: Side, selection: Selection) -> Head:
    """The head of a side. A layer or head that is not there is named and replaced."""
    wanted = selection if side == "a" else other(selection)
    info = cache.describe_model(wanted.model)
    fitted, problems = fit(wanted, info)
    if MEAN in (fitted.layer, fitted.head):
        fitted = changed(fitted, layer=max(0, fitted.layer), head=max(0, fitted.head))
        problems = (*problems, f"A mean of heads can't be compared; L{fitted.layer} H{fitted.head} is shown.")
    shell.notice(*(f"Side {side.upper()}: {problem}" for problem in problems))
    return reading.read(info, fitted).head(fitted.layer, fitted.head)


def _side(side: Side, selection: Selection) -> None:
    prefix = "" if side == "a" else "b_"
    shown = selection if side == "a" else other(selection)
    if side == "a":
        aside(f"{markdown(shown.model)}, chosen at the left")
    else:
        names = list(dict.fromkeys(("", *shell.models_at_hand(), selection.b_model)))
        st.selectbox(
            "Model of B",
            names,
            format_func=lambda name: name or "Same model as A",
            accept_new_options=True,
            label_visibility="collapsed",
            **url.bound("b_model"),
        )
    st.text_area(
        f"Text of {side.upper()}",
        height=68,
        placeholder="Type a sentence" if side == "a" else "Same text as A",
        help="Applied when you press Ctrl+Enter or leave the box.",
        **url.bound(f"{prefix}text"),
    )
    if selection.second or selection.b_second:
        st.text_area(f"Second text of {side.upper()}", height=68, **url.bound(f"{prefix}second"))
    with shell.explained(offer=False):
        _places(side, shown, cache.describe_model(shown.model))


def _places(side: Side, shown: Selection, info: ModelInfo) -> None:
    prefix = "" if side == "a" else "b_"
    if len(info.kinds) > 1:
        widget = url.bound(f"{prefix}kind")
        url.put(widget["key"], reading.kind_of(info, shown))
        st.segmented_control(f"Attention of {side.upper()}", info.kinds, required=True, **widget)
    stack = info.stack(reading.kind_of(info, shown))
    fitted, _ = fit(shown, info)
    for column, name, count, value in zip(
        st.columns(2), ("layer", "head"), (stack.layers, stack.heads), (fitted.layer, fitted.head), strict=True
    ):
        widget = url.bound(f"{prefix}{name}")
        url.put(widget["key"], max(0, value))
        column.selectbox(f"{name.capitalize()} of {side.upper()}", range(count), **widget)
