"""The part of "Build attention" that a visitor changes: examples, tables and choices."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import streamlit as st

from attention_viz.builder.build import (
    MOST,
    STEPS,
    Build,
    Sequence,
    begun_with_words,
    decode,
    encode,
    parameters_fitted,
    resized,
    sizes_of,
    swapped,
    table,
)
from attention_viz.builder.cells import MOST_LETTERS, Table, read, write
from attention_viz.builder.presets import PRESETS, START, builds
from attention_viz.core.markdown import markdown
from attention_viz.ui.app.plain import aside
from attention_viz.ui.state import url

_SOURCES = {"vectors": "Queries, keys, values", "words": "Word vectors and W"}
_SCORINGS = {"dot": "Dot product", "cosine": "Cosine", "general": "General", "additive": "Additive"}
_MASKS = {"causal": "Causal", "padding": "Padding", "window": "Window"}
_NORMALISERS = {"softmax": "Softmax", "sparsemax": "Sparsemax", "sum": "÷ sum", "root": "÷ √sum"}
_TITLES = {
    "Q": "Q · queries",
    "K": "K · keys",
    "V": "V · values",
    "X": "X · word vectors",
    "W_Q": "W_Q · to queries",
    "W_K": "W_K · to keys",
    "W_V": "W_V · to values",
    "W_O": "W_O · joins the heads",
    "W": "W · between q and k",
    "W_1": "W₁ · for queries",
    "W_2": "W₂ · for keys",
    "v": "v · weighs what was found",
}
_SIZES = {
    "queries": "Queries",
    "keys": "Keys",
    "size": "Numbers in X",
    "query_size": "Numbers in q",
    "key_size": "Numbers in k",
    "value_size": "Numbers in v",
}
_NAME = "token"
_ACROSS, _FEW = 3, 4
"""Tables beside each other, where none has more than a few columns."""
_EDITORS = "build editors"

Texts = tuple[tuple[str, ...], ...]


@dataclass
class _Editor:
    """A table's editor keeps its edits in the browser on top of `rows`; `made` is what the two come to.

    As long as that is what should be shown, the editor stays, and with it the cell that a visitor is in.
    Cells are texts here: Streamlit's own column of numbers refuses letters without a word.
    """

    version: int = 0
    rows: Texts = ()
    names: tuple[str, ...] = ()
    made: tuple[Texts, tuple[str, ...]] = field(default=((), ()))


def current() -> tuple[Build, tuple[str, ...]]:
    """The build on screen, and a sentence for each part of a link that can't be used."""
    return decode(url.on_screen().build, builds(), START)


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


def tables(build: Build) -> None:
    """What goes in."""
    if build.source == "random":
        aside("Ten tokens of 50 random features are too many for a table. Another seed draws others.")
        left, right = st.columns([3, 5])
        with left:
            _number("Seed", build, "seed", 0, 9999)
        with right:
            _choice(
                "Learning steps",
                build,
                "steps",
                {count: str(count) for count in STEPS},
                "0: the maps as they were drawn, before any training.",
            )
        return
    left, right = st.columns([5, 3], vertical_alignment="bottom")
    with left:
        _choice("Begin with", build, "source", _SOURCES)
    with right, st.popover("Sizes", icon=":material/straighten:", width="stretch"):
        _sizes(build)
    across = _ACROSS if max(len(table(build, name)[0]) for name in build.shown) <= _FEW else 2
    for start in range(0, len(build.shown), across):
        for place, name in zip(st.columns(across), build.shown[start : start + across], strict=False):
            with place:
                _table(build, name)


def choices(build: Build) -> None:
    """How it is computed."""
    _choice("Score", build, "scoring", _SCORINGS, "How well a key fits a query, as a number.")
    key = _key("scaled")
    url.put(key, build.scaled)
    st.toggle("Divide the scores by √d", key=key, on_change=_changed, args=("scaled", key))
    masks = _key("masks")
    url.put(masks, list(build.masks))
    st.pills(
        "Masks: what a query may not see",
        list(_MASKS),
        format_func=_MASKS.__getitem__,
        selection_mode="multi",
        key=masks,
        on_change=_changed,
        args=("masks", masks),
        help="Causal: what comes later. Padding: what only fills up. Window: what is far away. Several at once "
        "hide what any of them hides.",
    )
    if {"causal", "window"} & {*build.masks} and len(build.names) != len(build.key_names):
        aside("Queries and keys are not the same tokens: query i is taken to stand where key i stands.")
    if "padding" in build.masks:
        _number("Tokens before the padding", build, "length", 0, MOST)
    if "window" in build.masks:
        _number("Window: how far a token sees to each side", build, "radius", 0, MOST)
    _choice("Weights", build, "normaliser", _NORMALISERS, "How scores become weights. The last two are mistakes.")
    if build.normaliser in ("softmax", "sparsemax"):
        key = _key("temperature")
        url.put(key, build.temperature)
        st.number_input(
            "Temperature",
            0.01,
            100.0,
            step=0.1,
            key=key,
            on_change=_changed,
            args=("temperature", key),
            help="Scores are divided by it. Small: the best key takes all. Large: all keys alike.",
        )
    if build.source != "random":
        _choice("Heads", build, "heads", {count: str(count) for count in (1, 2, 4, 8)})


def head_choice(build: Build) -> None:
    """Whose steps are shown, where there are several heads."""
    if build.heads > 1:
        _choice("Show the steps of", build, "head", {head: f"Head {head}" for head in range(build.heads)})


def query_choice(build: Build) -> None:
    """Whose weights are drawn as bars."""
    names = {place: f"{place + 1} {name}" for place, name in enumerate(build.names)}
    key = _key("query")
    url.put(key, build.query)
    st.selectbox(
        "The query", list(names), format_func=names.__getitem__, key=key, on_change=_changed, args=("query", key)
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
        _show(swapped(build))


def _begin(key: str) -> None:
    if not url.is_echo(key):
        _show(PRESETS[st.session_state[key]].build)


def _show(build: Build) -> None:
    url.select(build=encode(build, PRESETS[build.preset].build, START))


def _key(name: str) -> str:
    return f"build {name}"


def _choice(label: str, build: Build, name: str, options: dict[Any, str], tip: str | None = None) -> None:
    key = _key(name)
    url.put(key, getattr(build, name))
    st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        on_change=_changed,
        args=(name, key),
        required=True,
        help=tip,
    )


def _number(label: str, build: Build, name: str, low: int, high: int) -> None:
    key = _key(name)
    url.put(key, min(max(getattr(build, name), low), high))
    st.number_input(label, low, high, step=1, key=key, on_change=_changed, args=(name, key))


def _changed(name: str, key: str) -> None:
    if url.is_echo(key):
        return
    value = st.session_state[key]
    build, _ = current()
    if name == "masks":
        value = tuple(mask for mask in _MASKS if mask in value)
    build = replace(build, **{name: value})
    if name == "source":
        # Keys that nobody has given vectors yet are the tokens themselves; others wait for their table to come back.
        build = replace(build, keys=build.names) if "K" not in build.tables else build
        build = resized(begun_with_words(build) if value == "words" else build)
    _show(parameters_fitted(build) if name in ("heads", "scoring") else build)


def _sizes(build: Build) -> None:
    now = sizes_of(build)
    names = [name for name in _SIZES if name in now and not (build.source == "words" and name == "keys")]
    for name in names:
        key = _key(f"size {name}")
        url.put(key, now[name])
        label = "Tokens" if build.source == "words" and name == "queries" else _SIZES[name]
        st.number_input(label, 1, MOST, step=1, key=key, on_change=_resize, args=(name, key))


def _resize(name: str, key: str) -> None:
    if not url.is_echo(key):
        build, _ = current()
        _show(resized(build, **{name: st.session_state[key]}))


def _table(build: Build, name: str) -> None:
    rows, names = _texts(table(build, name)), _names(build, name)
    editors: dict[str, _Editor] = st.session_state.setdefault(_EDITORS, {})
    editor = editors.setdefault(name, _Editor())
    if editor.made != (rows, names):
        editors[name] = editor = _Editor(editor.version + 1, rows, names, (rows, names))
    frame = pd.DataFrame(editor.rows, columns=[str(place + 1) for place in range(len(editor.rows[0]))], dtype="str")
    if editor.names:
        frame.insert(0, _NAME, list((*editor.names, *[""] * len(frame))[: len(frame)]))
    key = f"build table {name} {editor.version}"
    st.markdown(f"**{markdown(_TITLES[name])}** {len(rows)} × {len(rows[0])}")
    st.data_editor(
        frame,
        key=key,
        hide_index=True,
        width="stretch",
        column_config={
            _NAME: st.column_config.TextColumn("", max_chars=MOST_LETTERS, disabled=name == "V", width="small"),
            **{
                column: st.column_config.TextColumn(max_chars=MOST_LETTERS, alignment="right", width=52)
                for column in frame.columns
                if column != _NAME
            },
        },
        on_change=_edited,
        args=(name, key),
    )


def _texts(rows: Table) -> Texts:
    return tuple(tuple(write(cell) for cell in row) for row in rows)


def _names(build: Build, name: str) -> tuple[str, ...]:
    return {"Q": build.names, "X": build.names, "K": build.keys, "V": build.keys}.get(name, ())


def _edited(name: str, key: str) -> None:
    """Takes what was typed into the table, on top of what it began with."""
    editor = st.session_state[_EDITORS][name]
    rows, names = [list(row) for row in editor.rows], list(editor.names)
    for place, cells in st.session_state[key]["edited_rows"].items():
        for column, value in cells.items():
            if column == _NAME:
                names[int(place)] = value or ""
            else:
                rows[int(place)][int(column) - 1] = value or ""
    cells = tuple(tuple(read(text) for text in row) for row in rows)
    editor.made = (_texts(cells), tuple(names))
    build, _ = current()
    changes: dict[str, Any] = {"tables": {**build.tables, name: cells}}
    if name in ("Q", "X"):
        changes["names"] = editor.made[1]
    if name == "K":
        changes["keys"] = editor.made[1]
    _show(replace(build, **changes))
