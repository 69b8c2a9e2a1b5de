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
from attention_viz.ui.server import cache
from attention_viz.ui.state import url
from attention_viz.ui.state.changes import fit, fit_links, fit_tokens
from attention_viz.ui.state.selection import BEST, Selection, Side
from attention_viz.ui.text.best import with_best

_KINDS = {"encoder": "Encoder", "decoder": "Decoder", "cross": "Cross: decoder at encoder"}


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
    selection, unfit = fit_tokens(with_best(selection, trace), len(trace.tokens), len(trace.key_tokens))
    url.show(selection)
    shell.notice(*unfit)
    for note in trace.notes:
        aside(f":material/info: {markdown(note)}")
    return trace, selection


def held(selection: Selection) -> Selection:
    """The selection with numbers in place of BEST, for a page that needs them before it opens anything; none is held
    while the text can't be read. Says nothing: whoever opens it does."""
    if selection.query != BEST:
        return selection
    try:
        info = cache.describe_model(selection.a.model)
        fitting = replace(selection, a=fit(selection.a, info)[0])
        selection = with_best(fitting, read(info, fitting.a))
    except AttentionVizError:
        selection = replace(selection, query=None)
    url.show(selection)
    return selection


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
    """One line on the tokens: how many, and which the model added."""
    special = [token.text for token in trace.tokens if token.special and token.span is None]
    names = ", ".join(dict.fromkeys(special))
    own = f", {len(special)} of them added by the model ({names})" if special else ""
    aside(
        markdown(f"{len(trace.tokens):,} tokens{own}."),
        width="content",
        tip="Tokens are the pieces that the model reads: words, parts of words, marks. Marks such as [CLS] and [SEP] "
        "stand for the whole text and for where it ends; no word of yours is behind them.",
    )
