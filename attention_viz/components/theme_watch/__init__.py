"""Tells the server when the page turns light or dark.

Streamlit draws the new theme in the browser without running the script, so a picture that the server coloured for the
old one would stay as it is.
"""

from __future__ import annotations

from pathlib import Path

from attention_viz.components.files import register

_mount = register(Path(__file__).parent)


def theme_watch(theme: str | None) -> None:
    """Runs the script again when the page no longer has the `theme` ("light" or "dark") that the server drew for."""
    _mount(key="theme watch", data={"theme": theme}, on_theme_change=_nothing)


def _nothing() -> None:
    """The run itself is what is wanted: it reads the new theme."""
