"""Tells the server when the page turns light or dark.

Streamlit draws the new theme in the browser without running the script, so a picture that the server coloured for the
old one would stay as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from attention_viz.components.hosts.streamlit.mount import HERE


def theme_watch(theme: str | None) -> None:
    """Runs the script again when the page no longer has the `theme` ("light" or "dark") that the server drew for."""
    _component()(key="theme watch", data={"theme": theme}, on_theme_change=_nothing)


@cache
def _component() -> Callable[..., Any]:
    html, css, js = ((HERE / f"theme.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component("attention_viz_theme", html=html, css=css, js=js)


def _nothing() -> None:
    """The run itself is what is wanted: it reads the new theme."""
