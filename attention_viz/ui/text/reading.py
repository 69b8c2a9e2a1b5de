"""What is read: the text boxes, the forward pass with its waiting, and what was cut on the way."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from attention_viz.core.errors import AttentionVizError
from attention_viz.core.markdown import markdown
from attention_viz.core.model import Model
from attention_viz.core.model_info import Kind, ModelInfo
from attention_viz.core.sizes import size_in_words
from attention_viz.core.trace import Trace
from attention_viz.models.cost import SMALL, cost_of
from attention_viz.ui.app import shell
from attention_viz.ui.app.plain import aside
from attention_viz.ui.server import cache, trained
from attention_viz.ui.state import url
from attention_viz.ui.state.changes import fit, fit_links, fit_tokens
from attention_viz.ui.state.examples import EXAMPLES
from attention_viz.ui.state.fields import looking_at
from attention_viz.ui.state.selection import DEFAULT, Selection, Side

_EXAMPLE = "example"
_SECOND = {"": "Read as a pair: text [SEP] second text", "cross": "Read by the decoder; empty: the same text"}
_KINDS = {"encoder": "Encoder", "decoder": "Decoder", "cross": "Cross: decoder at encoder"}


def text_boxes(selection: Selection) -> None:
    """Where the text is typed; nothing for maps that have their tokens already."""
    try:
        info = cache.describe_model(selection.a.model)
    except AttentionVizError:
        info = None  # Said below the boxes, with what to do; the text stays.
    if info is not None and not info.reads_text:
        aside("These maps come from a file, with their tokens. Choose a model at the left to type a text again.")
        return
    first, second = st.columns([3, 2])
    applied = "Applied when you press Ctrl+Enter or leave the box."
    first.text_area("Text", height=68, placeholder="Type a sentence", help=applied, **url.bound("text"))
    second.text_area(
        "Second text (optional)",
        height=68,
        placeholder=_SECOND.get("cross" if info and "cross" in info.kinds else "", _SECOND[""]),
        help=f"For models that compare two texts, such as a question and its answer; the decoder of an encoder-decoder "
        f"reads it. {applied}",
        **url.bound("second"),
    )


def examples(selection: Selection) -> None:
    """Texts to click, and what to look for in the one that is shown. They were chosen for the bundled model."""
    if selection.a.model != DEFAULT.a.model:
        _own_example(selection)
        return
    names = [example.name for example in EXAMPLES]
    shown = next((one for one in EXAMPLES if (one.text, one.second) == (selection.a.text, selection.a.second)), None)
    url.put(_EXAMPLE, shown.name if shown else None)
    st.pills("Examples", names, key=_EXAMPLE, on_change=_choose_example, label_visibility="collapsed")
    if shown is not None:
        aside(f":material/lightbulb: {markdown(shown.hint)}")


def _own_example(selection: Selection) -> None:
    """Models that were trained here know few symbols: the example that they were shown with is one click away."""
    found = trained.example(selection.a.model)
    if found is not None and found != (selection.a.text, selection.a.second):
        text, second = found
        st.button(
            "Read its own example",
            on_click=url.select,
            kwargs={"text": text, "second": second},
            icon=":material/lightbulb:",
        )


def _choose_example() -> None:
    chosen = next((one for one in EXAMPLES if one.name == st.session_state[_EXAMPLE]), None)
    # A second click on the one that is shown changes nothing.
    if chosen is not None and not url.is_echo(_EXAMPLE):
        url.select(
            text=chosen.text,
            second=chosen.second,
            **looking_at(chosen.place),
            token=chosen.query,
            key=None,
            show="maps",
        )


def opened(selection: Selection, problems: tuple[str, ...]) -> tuple[Trace, Selection]:
    """The trace of what is selected, and the selection as far as the model and the text have what it asks for.

    Says what was replaced, cut or dropped, and lets a model's kinds of attention be chosen from. problems: of the link.

    Raises the errors of the model and of the text: see `shell.explained`.
    """
    info = cache.describe_model(selection.a.model)
    side, unfit = fit(selection.a, info)
    selection, undrawn = fit_links(replace(selection, a=side), info)
    url.show(selection)
    shell.notice(*problems, *unfit, *undrawn)
    _kind_control(info, side)
    trace = read(info, side)
    selection, unfit = fit_tokens(selection, len(trace.tokens), len(trace.key_tokens))
    shell.notice(*unfit)
    what_was_read(trace)
    return trace, selection


def _kind_control(info: ModelInfo, side: Side) -> None:
    """Whose attention is shown, where a model has several."""
    if len(info.kinds) < 2:
        return
    widget = url.bound("kind")
    url.put(widget["key"], kind_of(info, side))
    st.segmented_control(
        "Attention of",
        info.kinds,
        format_func=_KINDS.__getitem__,
        required=True,
        help="The first text is read by the encoder, the second by the decoder, whose tokens look at what came before "
        "them and, in cross attention, at the encoder's tokens.",
        **widget,
    )


def read(info: ModelInfo, side: Side) -> Trace:
    """The trace of a side, with a word on what takes long. Errors of text and model pass through."""
    with st.spinner(f"Loading PyTorch and {info.name}: some seconds, once for all visitors …", show_time=True):
        model = cache.model(info)
    texts = (side.text, side.second) if info.reads_text else ("", "")
    with st.spinner(_what_it_takes(model, *texts), show_time=True):
        return cache.trace(info, *texts, kind_of(info, side))


def _what_it_takes(model: Model, text: str, second: str) -> str:
    """What is said while a text is read: of a long one, how long that takes."""
    tokens = len(model.encode(text, second).tokens)
    if tokens <= SMALL:
        return "Reading the text …"
    memory = size_in_words(cost_of(model.info, tokens).memory)
    return f"Reading {tokens:,} tokens: about {cache.seconds(model.info, tokens):.0f} s and {memory} of memory …"


def kind_of(info: ModelInfo, side: Side) -> Kind:
    """Whose attention is selected: the model's first where none is named."""
    return next((kind for kind in info.kinds if kind == side.kind), info.kinds[0])


def what_was_read(trace: Trace) -> None:
    """One line on the tokens, and each note on what was cut or dropped."""
    special = [token.text for token in trace.tokens if token.special and token.span is None]
    own = f", {len(special)} of them added by the model ({', '.join(special)})" if special else ""
    aside(markdown(f"{len(trace.tokens):,} tokens{own}."))
    for note in trace.notes:
        aside(f":material/info: {markdown(note)}")
