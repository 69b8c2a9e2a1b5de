"""Text of other people in Markdown."""

from __future__ import annotations

import re

from attention_viz.core.message import Message

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def markdown(text: str | Message) -> str:
    """`text` as Markdown that shows exactly these characters: no formatting, link, formula, icon or HTML.

    Every ASCII punctuation mark is escaped (CommonMark §2.4); line breaks become spaces.
    """
    return _PUNCTUATION.sub(r"\\\1", " ".join(str(text).split()))
