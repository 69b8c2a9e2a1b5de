"""Running text on a page: safe where it quotes somebody, and readable where it is small."""

from __future__ import annotations

import re

import streamlit as st

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def markdown(text: str) -> str:
    """`text` as Markdown that shows exactly these characters: no formatting, link, formula, icon or HTML.

    Every ASCII punctuation mark is escaped (CommonMark §2.4); line breaks become spaces.
    """
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def aside(text: str) -> None:
    """A remark in small, muted Markdown. Streamlit's own caption is too pale to read: 4.4 to 1 on white."""
    st.markdown("  \n".join(f":small[:gray[{line}]]" for line in text.split("  \n")))
