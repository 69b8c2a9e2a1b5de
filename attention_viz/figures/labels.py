"""Names of tokens and words, safe to put on a Plotly axis."""

from __future__ import annotations

import html
import unicodedata

MAX_LABEL = 18
"""Characters of a label that are drawn; a longer one ends in … ."""


def plain(text: str) -> str:
    """`text` for Plotly, which reads a small HTML: no tag, no entity, no control character gets through."""
    visible = "".join("\ufffd" if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
    return html.escape(visible, quote=False)


def width(text: str) -> int:
    """About how wide `text` is at 12 px, in px; a little generous."""
    return sum(13 if unicodedata.east_asian_width(char) in "WF" else 7 for char in text)


def shorten(text: str) -> str:
    return text if len(text) <= MAX_LABEL else text[: MAX_LABEL - 1] + "…"
