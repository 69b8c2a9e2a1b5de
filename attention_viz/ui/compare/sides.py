"""The two sides of a comparison: what is read on each, and with which model."""

from __future__ import annotations

import streamlit as st

from attention_viz.core.markdown import markdown
from attention_viz.core.model_info import ModelInfo
from attention_viz.core.place import Place
from attention_viz.core.trace import Head
from attention_viz.figures.heatmap import heatmap
from attention_viz.figures.palette import palette_for
from attention_viz.ui.app import shell
from attention_viz.ui.server import cache
from attention_viz.ui.state import url
from attention_viz.ui.state.changes import fit
from attention_viz.ui.state.fields import on
from attention_viz.ui.state.selection import Selection, Side, Which
from attention_viz.ui.text import reading

_SIDES: tuple[Which, Which] = ("a", "b")


def controls(selection: Selection) -> None:
    """Model, texts, layer and head of both sides, each in one row."""
    for column, which in zip(st.columns(2), _SIDES, strict=True):
        with column.container(border=True):
            _side(which, selection)


def both(selection: Selection) -> tuple[Head, Head] | None:
    """The heads of both sides. When one can't be had, what is wrong is said, the other is shown alone; then None."""
    found: list[Head] = []
    for which in _SIDES:
        # What is to be done about a model that both ask for is said once.
        with shell.explained(offer=which == "a" or selection.side("b").model != selection.a.model):
            found.append(_read(which, selection))
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


def _read(which: Which, selection: Selection) -> Head:
    """The head of a side. A layer or head that is not there is named and replaced."""
    wanted = selection.side(which)
    info = cache.describe_model(wanted.model)
    side, problems = fit(wanted, info)
    place = _one_head(side.place)
    if place != side.place:
        problems = (*problems, f"A mean of heads can't be compared; {place.name} is shown.")
    shell.notice(*(f"Side {which.upper()}: {problem}" for problem in problems))
    return reading.read(info, side).head(place.layer or 0, place.head or 0)


def _one_head(place: Place) -> Place:
    """The place itself, or the head that is shown instead of a mean."""
    return Place(place.layer or 0, place.head or 0)


def _side(which: Which, selection: Selection) -> None:
    shown = selection.side(which)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"side {which}"):
        if which == "b":
            _model_of_b(selection)
        st.text_area(
            f"Text of {which.upper()}",
            height=68,
            placeholder="Type a sentence" if which == "a" else "Same text as A",
            help=f"{markdown(shown.model)} reads it"
            f"{', chosen at the left' if which == 'a' else ''}. Applied when you press Ctrl+Enter or leave the box.",
            **url.bound(on(which, "text")),
        )
        if selection.a.second or selection.b.second:
            st.text_area(f"Second text of {which.upper()}", height=68, **url.bound(on(which, "second")))
        with shell.explained(offer=False):
            _places(which, shown, cache.describe_model(shown.model))


def _model_of_b(selection: Selection) -> None:
    names = list(dict.fromkeys(("", *shell.models_at_hand(), selection.b.model)))
    st.selectbox(
        "Model of B",
        names,
        format_func=lambda name: name or "Same as A",
        accept_new_options=True,
        width=150,
        **url.bound("b_model"),
    )


def _places(which: Which, shown: Side, info: ModelInfo) -> None:
    if len(info.kinds) > 1:
        widget = url.bound(on(which, "kind"))
        url.put(widget["key"], reading.kind_of(info, shown))
        st.segmented_control(f"Attention of {which.upper()}", info.kinds, required=True, **widget)
    stack = info.stack(reading.kind_of(info, shown))
    place = _one_head(fit(shown, info)[0].place)
    for name, count, value in (("layer", stack.layers, place.layer), ("head", stack.heads, place.head)):
        widget = url.bound(on(which, name))
        url.put(widget["key"], value)
        st.selectbox(f"{name.capitalize()} of {which.upper()}", range(count), width=90, **widget)
