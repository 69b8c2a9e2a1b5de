"""The tables that one types in, and their sizes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import streamlit as st

from attention_viz.builder.build import MOST, STEPS, Build, sizes_of, table
from attention_viz.builder.cells import MOST_LETTERS, Table, read, write
from attention_viz.builder.sizes import resized
from attention_viz.core.markdown import markdown
from attention_viz.ui.app.plain import aside
from attention_viz.ui.build.fields import choice, current, key_of, number, show
from attention_viz.ui.state import url

_SOURCES = {"vectors": "Queries, keys, values", "words": "Word vectors and W"}
_ACROSS, _FEW = 3, 4
"""Tables beside each other, where none has more than a few columns."""
Texts = tuple[tuple[str, ...], ...]
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
_EDITORS = "build editors"


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


def tables(build: Build) -> None:
    """What goes in."""
    if build.source == "random":
        aside("Ten tokens of 50 random features are too many for a table. Another seed draws others.")
        left, right = st.columns([3, 5])
        with left:
            number("Seed", build, "seed", 0, 9999)
        with right:
            choice(
                "Learning steps",
                build,
                "steps",
                {count: str(count) for count in STEPS},
                "0: the maps as they were drawn, before any training.",
            )
        return
    left, right = st.columns([5, 3], vertical_alignment="bottom")
    with left:
        choice("Begin with", build, "source", _SOURCES)
    with right, st.popover("Sizes", icon=":material/straighten:", width="stretch"):
        _sizes(build)
    across = _ACROSS if max(len(table(build, name)[0]) for name in build.shown) <= _FEW else 2
    for start in range(0, len(build.shown), across):
        for place, name in zip(st.columns(across), build.shown[start : start + across], strict=False):
            with place:
                _table(build, name)


def _sizes(build: Build) -> None:
    now = sizes_of(build)
    names = [name for name in _SIZES if name in now and not (build.source == "words" and name == "keys")]
    for name in names:
        key = key_of(f"size {name}")
        url.put(key, now[name])
        label = "Tokens" if build.source == "words" and name == "queries" else _SIZES[name]
        st.number_input(label, 1, MOST, step=1, key=key, on_change=_resize, args=(name, key))


def _resize(name: str, key: str) -> None:
    if not url.is_echo(key):
        build, _ = current()
        show(resized(build, **{name: st.session_state[key]}))


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
    show(replace(build, **changes))
