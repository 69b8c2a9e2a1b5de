"""Running text on a page that can be read where it is small."""

from __future__ import annotations

from typing import Literal

import streamlit as st


def aside(text: str, *, tip: str | None = None, width: Literal["stretch", "content"] = "stretch") -> None:
    """A remark in small, muted Markdown. Streamlit's own caption is too pale to read: 4.4 to 1 on white.

    tip: what is said where one points at it.
    """
    st.markdown("  \n".join(f":small[:gray[{line}]]" for line in text.split("  \n")), help=tip, width=width)
