"""The URL is the state: it says what is on screen, and every widget shows what it says.

A widget's change is written to the URL at once, in its callback, before the script runs again; the script then reads
the URL and sets every widget from it. So a link, a reload, Back and Forward and a switch of pages all take the same
way, and none of them can lose anything.

Texts longer than MAX_ENCODED do not fit into a URL. They stay on the server, in a store that all visitors share and
that is bounded in bytes, and the URL holds their digest, which nobody can guess who does not know the text.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

import streamlit as st
from cachetools import LRUCache

from attention_viz.core.errors import (
    DamagedModelError,
    GoneModelError,
    NotDownloadedError,
    UnknownModelError,
    UnsupportedModelError,
)
from attention_viz.core.text import MAX_CHARACTERS
from attention_viz.models.library import describe_model
from attention_viz.ui.state.changes import changed
from attention_viz.ui.state.fields import LONG, from_query, to_query, value_of
from attention_viz.ui.state.fields import put as with_values
from attention_viz.ui.state.selection import DEFAULT, Selection

MAX_ENCODED = 4_000
"""Characters of a text, as a URL spells it, that go into the URL; browsers and proxies cut or refuse much longer ones.
About 2,000 characters of English take 2,200, and 400 of Chinese 3,600."""
VARIABLE = "ATTENTION_VIZ_TEXT_IN_URL"
"""Set to 0, no text goes into the URL, so that none ends up in the logs of a proxy."""

_STORE_BYTES = 16_000_000
_KEPT = "kept-"
_SCREEN = "screen"
_ECHO_SECONDS = 2.0


def current() -> tuple[Selection, tuple[str, ...]]:
    """What the URL asks for, and a sentence for each value of it that can't be used."""
    screen = _screen()
    if screen.unwritten:
        # The callback that chose this may have been cut off by the next click before the URL was written.
        screen.unwritten = False
        _write(screen.selection)
        return screen.selection, ()
    screen.selection, problems = _asked()
    return screen.selection, problems


def asked() -> Selection:
    """The same, without taking it as what is on screen: that may have been fitted to the model and the text."""
    screen = _screen()
    return screen.selection if screen.unwritten else _asked()[0]


def _asked() -> tuple[Selection, tuple[str, ...]]:
    query = dict(st.query_params)
    lost = []
    for row in LONG:
        digest = query.pop(_KEPT + row.name, None)
        if digest is None:
            continue
        text = _stored(digest)
        if text is None:
            lost.append(
                f"The link's {row.label} was too long to be part of it, and this "
                "server no longer has it. Paste it again."
            )
        else:
            query[row.name] = text
    selection, problems = from_query(query)
    try:
        # The page says what to do.
        with suppress(NotDownloadedError, GoneModelError, DamagedModelError, UnsupportedModelError):
            describe_model(selection.a.model)
    except UnknownModelError as error:
        problems = (*problems, f"{error} {DEFAULT.a.model} is shown.")
        selection = with_values(selection, {"model": DEFAULT.a.model})
    return selection, (*lost, *problems)


def bound(name: str) -> dict[str, Any]:
    """Arguments that tie a widget to a field of the selection: `st.slider("Layer", 0, 5, **bound("layer"))`."""
    key = f"selection {name}"
    put(key, value_of(_screen().selection, name))
    return {"key": key, "on_change": _changed, "args": (name, key)}


def put(key: str, value: Any) -> None:
    """Sets the widget of this key to a value."""
    before = st.session_state.get(key, value)
    if before != value:
        _screen().replaced[key] = (before, time.monotonic())
    st.session_state[key] = value


def is_echo(key: str) -> bool:
    """Does the browser only repeat what the widget showed before `put` changed it?

    A click that comes before the browser knows of the new value reports the old one, which looks like a choice and
    would undo what was chosen.
    """
    before, when = _screen().replaced.get(key, (None, -_ECHO_SECONDS))
    return st.session_state[key] == before and time.monotonic() - when < _ECHO_SECONDS


def show(selection: Selection) -> None:
    """Takes `selection` as what is on screen, without a history entry: after a value had to be replaced."""
    _screen().selection = selection


def select(**changes: Any) -> None:
    """Changes the selection from a callback."""
    # Based on what was on screen, not on the URL of the browser: a second change may arrive before the browser knows
    # of the first one, and would take it back.
    screen = _screen()
    screen.selection = changed(screen.selection, **changes)
    screen.unwritten = True
    _write(screen.selection)


def on_screen() -> Selection:
    """What was last shown in this session: what a callback changes."""
    return _screen().selection


def query_of(selection: Selection) -> dict[str, str]:
    """The query parameters of a link to this selection; long texts go to the store on the way."""
    query = to_query(selection)
    for row in LONG:
        text = query.get(row.name, "")
        if text and (len(quote_plus(text, errors="replace")) > MAX_ENCODED or os.environ.get(VARIABLE) == "0"):
            query[_KEPT + row.name] = _store(text)
            del query[row.name]
    return query


def link_leaves_out_text(selection: Selection) -> bool:
    """Does a link to this selection work only as long as this server remembers the text?"""
    return any(name.startswith(_KEPT) for name in query_of(selection))


@dataclass
class _Screen:
    """What this visitor sees, in one object that callbacks change in place.

    unwritten: a choice that may not be in the URL yet.
    refused: the digest and the text of a text that is too long to be read.
    replaced: by widget, the value that `put` took the place of, and when.
    """

    selection: Selection = DEFAULT
    unwritten: bool = False
    refused: tuple[str, str] | None = None
    replaced: dict[str, tuple[Any, float]] = field(default_factory=dict)


def _screen() -> _Screen:
    if _SCREEN not in st.session_state:
        st.session_state[_SCREEN] = _Screen()
    screen = st.session_state[_SCREEN]
    assert isinstance(screen, _Screen)
    return screen


def _write(selection: Selection) -> None:
    query = query_of(selection)
    if dict(st.query_params) != query:
        st.query_params.from_dict(query)


def _changed(name: str, key: str) -> None:
    if not is_echo(key):
        select(**{name: st.session_state[key]})


def _store(text: str) -> str:
    """Keeps a text and returns its digest. A text that will be refused stays with its visitor: it must not push out
    what others share."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    if len(text) > MAX_CHARACTERS:
        _screen().refused = (digest, text)
    else:
        lock, texts = _shared()
        with lock:
            texts[digest] = text
    return digest


def _stored(digest: str) -> str | None:
    refused = _screen().refused
    if refused is not None and refused[0] == digest:
        return refused[1]
    lock, texts = _shared()
    with lock:
        return texts.get(digest)


@st.cache_resource(show_spinner=False)
def _shared() -> tuple[threading.Lock, LRUCache[str, str]]:
    return threading.Lock(), LRUCache(_STORE_BYTES, getsizeof=lambda text: 4 * len(text))
