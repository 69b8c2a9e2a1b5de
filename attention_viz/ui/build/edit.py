"""The part of "Build attention" that a visitor changes: examples, tables and choices."""

from __future__ import annotations

import streamlit as st

from attention_viz.builder.build import MOST, Build, Sequence, swapped
from attention_viz.builder.presets import PRESETS
from attention_viz.core.markdown import markdown
from attention_viz.ui.app.plain import aside
from attention_viz.ui.build.fields import MASKS, changed, choice, current, key_of, number, show
from attention_viz.ui.state import url

_SCORINGS = {"dot": "Dot product", "cosine": "Cosine", "general": "General", "additive": "Additive"}
_NORMALISERS = {"softmax": "Softmax", "sparsemax": "Sparsemax", "sum": "÷ sum", "root": "÷ √sum"}


def examples(build: Build) -> None:
    """Where to begin, and what the example shows."""
    key = "build preset"
    url.put(key, build.preset)
    st.pills(
        "Examples",
        list(PRESETS),
        format_func=lambda name: PRESETS[name].title,
        key=key,
        on_change=_begin,
        args=(key,),
        required=True,
    )
    preset = PRESETS[build.preset]
    with st.container(border=True):
        st.markdown(preset.note)
        if build.other is not None and build.source == "words":
            _sequences(build, build.other)


def choices(build: Build) -> None:
    """How it is computed."""
    choice("Score", build, "scoring", _SCORINGS, "How well a key fits a query, as a number.")
    key = key_of("scaled")
    url.put(key, build.scaled)
    st.toggle("Divide the scores by √d", key=key, on_change=changed, args=("scaled", key))
    masks = key_of("masks")
    url.put(masks, list(build.masks))
    st.pills(
        "Masks: what a query may not see",
        list(MASKS),
        format_func=MASKS.__getitem__,
        selection_mode="multi",
        key=masks,
        on_change=changed,
        args=("masks", masks),
        help="Causal: what comes later. Padding: what only fills up. Window: what is far away. Several at once "
        "hide what any of them hides.",
    )
    if {"causal", "window"} & {*build.masks} and len(build.names) != len(build.key_names):
        aside("Queries and keys are not the same tokens: query i is taken to stand where key i stands.")
    if "padding" in build.masks:
        number("Tokens before the padding", build, "length", 0, MOST)
    if "window" in build.masks:
        number("Window: how far a token sees to each side", build, "radius", 0, MOST)
    choice("Weights", build, "normaliser", _NORMALISERS, "How scores become weights. The last two are mistakes.")
    if build.normaliser in ("softmax", "sparsemax"):
        key = key_of("temperature")
        url.put(key, build.temperature)
        st.number_input(
            "Temperature",
            0.01,
            100.0,
            step=0.1,
            key=key,
            on_change=changed,
            args=("temperature", key),
            help="Scores are divided by it. Small: the best key takes all. Large: all keys alike.",
        )
    if build.source != "random":
        choice("Heads", build, "heads", {count: str(count) for count in (1, 2, 4, 8)})


def head_choice(build: Build) -> None:
    """Whose steps are shown, where there are several heads."""
    if build.heads > 1:
        choice("Show the steps of", build, "head", {head: f"Head {head}" for head in range(build.heads)})


def query_choice(build: Build) -> None:
    """Whose weights are drawn as bars."""
    names = {place: f"{place + 1} {name}" for place, name in enumerate(build.names)}
    key = key_of("query")
    url.put(key, build.query)
    st.selectbox(
        "The query", list(names), format_func=names.__getitem__, key=key, on_change=changed, args=("query", key)
    )


def _sequences(build: Build, other: Sequence) -> None:
    titles = [title(build.names, build.length), title(other.names, other.length)]
    if build.sequence:
        titles.reverse()
    key = "build sequence"
    url.put(key, build.sequence)
    st.segmented_control(
        "Sequence of the batch",
        [0, 1],
        format_func=lambda place: markdown(titles[place]),
        key=key,
        on_change=_other_sequence,
        args=(key,),
        required=True,
    )


def title(names: tuple[str, ...], length: int) -> str:
    """What a sequence is called: its words, without the padding."""
    return " ".join(names[:length] or names)


def _other_sequence(key: str) -> None:
    build, _ = current()
    if not url.is_echo(key) and st.session_state[key] != build.sequence:
        show(swapped(build))


def _begin(key: str) -> None:
    if not url.is_echo(key):
        show(PRESETS[st.session_state[key]].build)
