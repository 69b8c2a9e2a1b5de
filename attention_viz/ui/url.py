"""The URL is the state: it says what is on screen, and every widget shows what it says.

A widget's change is written to the URL at once, in its callback, before the script runs again; the script then reads
the URL and sets every widget from it. So a link, a reload, Back and Forward and a switch of pages all take the same
way, and none of them can lose anything.

Texts longer than MAX_TEXT do not fit into a URL. They stay on the server, in a store that all visitors share and that
is bounded in bytes, and the URL holds their digest, which nobody can guess who does not know the text.
"""

from __future__ import annotations

import hashlib
import os
from typing import Any

import streamlit as st
from cachetools import LRUCache

from attention_viz.ui.selection import DEFAULT, TEXT_FIELDS, Selection, changed, from_query, to_query

MAX_TEXT = 2_000
"""Characters of a text that go into the URL; browsers and proxies cut or refuse much longer ones."""
VARIABLE = "ATTENTION_VIZ_TEXT_IN_URL"
"""Set to 0, no text goes into the URL, so that none ends up in the logs of a proxy."""

_STORE_BYTES = 16_000_000
_KEPT = "kept-"
_SHOWN = "selection shown"


def current() -> tuple[Selection, tuple[str, ...]]:
    """What the URL asks for, and a sentence for each value of it that can't be used."""
    query = dict(st.query_params)
    lost = []
    for name in TEXT_FIELDS:
        digest = query.pop(_KEPT + name, None)
        if digest is None:
            continue
        text = _store().get(digest)
        if text is None:
            lost.append(
                f"The link's {'text' if name == 'text' else 'second text'} was too long to be part of it, and this "
                "server no longer has it. Paste it again."
            )
        else:
            query[name] = text
    selection, problems = from_query(query)
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
        if text and (len(text) > MAX_TEXT or os.environ.get(VARIABLE) == "0"):
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
            _store()[digest] = text
            query[_KEPT + name] = digest
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


@st.cache_resource(show_spinner=False)
def _store() -> LRUCache[str, str]:
    return LRUCache(_STORE_BYTES, getsizeof=lambda text: 4 * len(text))
