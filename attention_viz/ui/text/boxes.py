"""Where a text is typed, in one row: the text, a second one on request, and examples."""

from __future__ import annotations

import streamlit as st

from attention_viz.core.errors import AttentionVizError
from attention_viz.core.markdown import markdown
from attention_viz.core.model_info import ModelInfo
from attention_viz.ui.app.plain import aside
from attention_viz.ui.server import cache, trained
from attention_viz.ui.state import url
from attention_viz.ui.state.examples import EXAMPLES, SAMPLES, samples_for
from attention_viz.ui.state.fields import looking_at
from attention_viz.ui.state.selection import DEFAULT, Selection

_MENU = "examples"
_SECOND_OPEN = "second text is open"
_SECOND = {"": "Second text: read as a pair, text [SEP] second text", "cross": "Second text: read by the decoder"}
_APPLIED = "Ctrl+Enter does the same, and so does leaving the box."
_OWN = "Its own example"


def text_row(selection: Selection) -> None:
    """The boxes and what goes with them; nothing to type for maps that have their tokens already."""
    info = _described(selection)
    if info is not None and not info.reads_text:
        aside("These maps come from a file, with their tokens. Choose a model at the left to type a text again.")
        return
    open_ = bool(selection.a.second) or st.session_state.get(_SECOND_OPEN, False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="text row"):
        st.text_area(
            "Text", height=68, placeholder="Type a sentence", label_visibility="collapsed", **url.bound("text")
        )
        if open_:
            st.text_area(
                "Second text (optional)",
                height=68,
                placeholder=_SECOND.get("cross" if info and "cross" in info.kinds else "", _SECOND[""]),
                label_visibility="collapsed",
                **url.bound("second"),
            )
        st.button("Show", type="primary", key="show text", help=f"Reads what is typed. {_APPLIED}")
        st.button(
            "Second text",
            type="tertiary",
            icon=":material/remove:" if open_ else ":material/add:",
            key="second text",
            on_click=_turn,
            args=(not open_,),
            help="Leaves the second text out again."
            if open_
            else "For models that read two texts, such as a question and its answer; the decoder of an "
            "encoder-decoder reads it.",
        )
        _examples(selection, info)


def hint(selection: Selection) -> None:
    """What to look for in the example that is shown. What it says was found with the bundled model."""
    if selection.a.model != DEFAULT.a.model:
        return
    shown = next((one for one in EXAMPLES if (one.text, one.second) == (selection.a.text, selection.a.second)), None)
    if shown is not None:
        aside(f":material/lightbulb: {markdown(shown.hint)}")


def _described(selection: Selection) -> ModelInfo | None:
    """None for a model that can't be had: that is said below the boxes, with what to do, and the text stays."""
    try:
        return cache.describe_model(selection.a.model)
    except AttentionVizError:
        return None


def _turn(open_: bool) -> None:
    st.session_state[_SECOND_OPEN] = open_
    if not open_:
        url.select(second="")


def _examples(selection: Selection, info: ModelInfo | None) -> None:
    """Texts to click, in the model's language as far as that shows. Those for the bundled model come with a head."""
    own = trained.example(selection.a.model)
    if selection.a.model == DEFAULT.a.model:
        names = [example.name for example in EXAMPLES]
    elif own is not None:
        names = [_OWN]
    else:
        model = None if info is None else cache.models().at_hand(info)
        kinds = () if info is None else info.kinds
        names = [sample.name for sample in samples_for(kinds, None if model is None else model.encode)]
    st.menu_button("Examples", names, key=_MENU, type="tertiary", on_click=_choose, args=(own,))


def _choose(own: tuple[str, str] | None) -> None:
    chosen = st.session_state[_MENU]
    example = next((one for one in EXAMPLES if one.name == chosen), None)
    sample = next((one for one in SAMPLES if one.name == chosen), None)
    if chosen == _OWN and own is not None:
        url.select(text=own[0], second=own[1])
    elif example is not None:
        held = {**looking_at(example.place), "token": example.query, "key": None}
        url.select(text=example.text, second=example.second, **held)
    elif sample is not None:
        url.select(text=sample.text, second=sample.second)
