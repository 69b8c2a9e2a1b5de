"""Running text on a page: small but readable, and with the right plurals."""

from __future__ import annotations

from typing import Literal

import streamlit as st


def aside(text: str, *, tip: str | None = None, width: Literal["stretch", "content"] = "stretch") -> None:
    """A remark in small, muted Markdown. Streamlit's own caption is too pale to read: 4.4 to 1 on white.

    tip: what is said where one points at it.
    """
    st.markdown("  \n".join(f":small[:gray[{line}]]" for line in text.split("  \n")), help=tip, width=width)


def number_of(count: int, what: str) -> str:
    """“1 layer”, “6 layers”."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def shape_of(layers: int, heads: int) -> str:
    """“6 layers × 12 heads”."""
    return f"{number_of(layers, 'layer')} × {number_of(heads, 'head')}"
