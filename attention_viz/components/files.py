"""Registers a component from the files in its folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st


def register(folder: Path) -> Any:
    """The mount function of the component in `folder`: main.js, and index.html and style.css where there are any.

    The texts are passed inline, so no user text may ever be part of them: data goes through `data=` alone.
    """
    html, css, js = (_text(folder / name) for name in ("index.html", "style.css", "main.js"))
    return st.components.v2.component(f"attention_viz_{folder.name}", html=html, css=css, js=js)


def _text(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None
