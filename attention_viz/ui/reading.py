"""What is read: the text boxes, the forward pass with its waiting, and what was cut on the way."""

from __future__ import annotations

import streamlit as st

from attention_viz.core.model_info import Kind, ModelInfo
from attention_viz.core.trace import Trace
from attention_viz.ui import cache, url
from attention_viz.ui.examples import EXAMPLES
from attention_viz.ui.plain import aside, markdown
from attention_viz.ui.selection import Selection

_EXAMPLE = "example"


def text_boxes() -> None:
    first, second = st.columns([3, 2])
    applied = "Applied when you press Ctrl+Enter or leave the box."
    first.text_area("Text", height=68, placeholder="Type a sentence", help=applied, **url.bound("text"))
    second.text_area(
        "Second text (optional)",
        height=68,
        placeholder="Read as a pair: text [SEP] second text",
        help=f"For models that compare two texts, such as a question and its answer. {applied}",
        **url.bound("second"),
    )


def examples(selection: Selection) -> None:
    """Texts to click, and what to look for in the one that is shown."""
    names = [example.name for example in EXAMPLES]
    shown = next((one for one in EXAMPLES if (one.text, one.second) == (selection.text, selection.second)), None)
    url.put(_EXAMPLE, shown.name if shown else None)
    st.pills("Examples", names, key=_EXAMPLE, on_change=_choose_example, label_visibility="collapsed")
    if shown is not None:
        aside(f":material/lightbulb: {markdown(shown.hint)}")


def _choose_example() -> None:
    chosen = next((one for one in EXAMPLES if one.name == st.session_state[_EXAMPLE]), None)
    # A second click on the one that is shown changes nothing.
    if chosen is not None and not url.is_echo(_EXAMPLE):
        url.select(
            text=chosen.text,
            second=chosen.second,
            layer=chosen.layer,
            head=chosen.head,
            token=chosen.token,
            key=None,
            show="maps",
        )


def read(info: ModelInfo, selection: Selection) -> Trace:
    """The trace of what is selected, with a word on what takes long. Errors of text and model pass through."""
    with st.spinner(f"Loading PyTorch and {info.name}: some seconds, once for all visitors …", show_time=True):
        cache.model(info.name)
    with st.spinner("Reading the text …", show_time=True):
        return cache.trace(info, selection.text, selection.second, kind_of(info, selection))


def kind_of(info: ModelInfo, selection: Selection) -> Kind:
    """Whose attention is selected: the model's first where none is named."""
    return next((kind for kind in info.kinds if kind == selection.kind), info.kinds[0])


def what_was_read(trace: Trace) -> None:
    """One line on the tokens, and each note on what was cut or dropped."""
    special = [token.text for token in trace.tokens if token.special and token.span is None]
    own = f", {len(special)} of them added by the model ({', '.join(special)})" if special else ""
    aside(markdown(f"{len(trace.tokens):,} tokens{own}."))
    for note in trace.notes:
        aside(f":material/info: {markdown(note)}")
