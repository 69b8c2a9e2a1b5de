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
from dataclasses import replace
from typing import Any
from urllib.parse import quote_plus

import streamlit as st
from cachetools import LRUCache

from attention_viz.core.errors import UnknownModelError
from attention_viz.core.text import MAX_CHARACTERS
from attention_viz.models.library import describe_model
from attention_viz.ui.selection import DEFAULT, TEXT_FIELDS, Selection, changed, from_query, to_query

MAX_ENCODED = 4_000
"""Characters of a text, as a URL spells it, that go into the URL; browsers and proxies cut or refuse much longer ones.
About 2,000 characters of English take 2,200, and 400 of Chinese 3,600."""
VARIABLE = "ATTENTION_VIZ_TEXT_IN_URL"
"""Set to 0, no text goes into the URL, so that none ends up in the logs of a proxy."""

_STORE_BYTES = 16_000_000
_KEPT = "kept-"
_SHOWN = "selection shown"
_REFUSED = "text too long to be read"


def current() -> tuple[Selection, tuple[str, ...]]:
    """What the URL asks for, and a sentence for each value of it that can't be used."""
    query = dict(st.query_params)
    lost = []
    for name in TEXT_FIELDS:
        digest = query.pop(_KEPT + name, None)
        if digest is None:
            continue
        text = _stored(digest)
        if text is None:
            lost.append(
                f"The link's {'text' if name == 'text' else 'second text'} was too long to be part of it, and this "
                "server no longer has it. Paste it again."
            )
        else:
            query[name] = text
    selection, problems = from_query(query)
    try:
        describe_model(selection.model)
    except UnknownModelError as error:
        problems = (*problems, f"{error} {DEFAULT.model} is shown.")
        selection = replace(selection, model=DEFAULT.model)
    st.session_state[_SHOWN] = selection
    return selection, (*lost, *problems)


def bound(field: str) -> dict[str, Any]:
    """Arguments that tie a widget to a field of the selection: `st.slider("Layer", 0, 5, **bound("layer"))`."""
    key = f"selection {field}"
    st.session_state[key] = getattr(_shown(), field)
    return {"key": key, "on_change": _changed, "args": (field, key)}


def show(selection: Selection) -> None:
    """Takes `selection` as what is on screen, without a history entry: after a value had to be replaced."""
    st.session_state[_SHOWN] = selection


def select(**changes: Any) -> None:
    """Changes the selection from a callback."""
    # Based on what was on screen, not on the URL of the browser: a second change may arrive before the browser knows
    # of the first one, and would take it back.
    selection = changed(_shown(), **changes)
    st.session_state[_SHOWN] = selection
    st.query_params.from_dict(query_of(selection))


def query_of(selection: Selection) -> dict[str, str]:
    """The query parameters of a link to this selection; long texts go to the store on the way."""
    query = to_query(selection)
    for name in TEXT_FIELDS:
        text = query.get(name, "")
        if text and (len(quote_plus(text, errors="replace")) > MAX_ENCODED or os.environ.get(VARIABLE) == "0"):
            query[_KEPT + name] = _store(text)
            del query[name]
    return query


def link_leaves_out_text(selection: Selection) -> bool:
    """Does a link to this selection work only as long as this server remembers the text?"""
    return any(name.startswith(_KEPT) for name in query_of(selection))


def _shown() -> Selection:
    shown = st.session_state.get(_SHOWN, DEFAULT)
    assert isinstance(shown, Selection)
    return shown


def _changed(field: str, key: str) -> None:
    select(**{field: st.session_state[key]})


def _store(text: str) -> str:
    """Keeps a text and returns its digest. A text that will be refused stays with its visitor: it must not push out
    what others share."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    if len(text) > MAX_CHARACTERS:
        st.session_state[_REFUSED] = (digest, text)
    else:
        lock, texts = _shared()
        with lock:
            texts[digest] = text
    return digest


def _stored(digest: str) -> str | None:
    own_digest, own = st.session_state.get(_REFUSED, (None, None))
    if own_digest == digest:
        return str(own)
    lock, texts = _shared()
    with lock:
        return texts.get(digest)


@st.cache_resource(show_spinner=False)
def _shared() -> tuple[threading.Lock, LRUCache[str, str]]:
    return threading.Lock(), LRUCache(_STORE_BYTES, getsizeof=lambda text: 4 * len(text))
