"""What a text must be before a tokenizer sees it."""

from __future__ import annotations

import re

from attention_viz.core.errors import TextError
from attention_viz.core.message import Message, counted, say

MAX_CHARACTERS = 200_000
"""Longer texts are refused: no model reads more than a small part, and tokenizing them would hold up everyone else."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> tuple[str, tuple[Message, ...]]:
    """The text as valid Unicode, and sentences about what was changed.

    Half of a surrogate pair becomes U+FFFD, one for one, so positions stay the same. Nothing else is touched: what a
    tokenizer drops is said once it is known. Raises TextError for more than MAX_CHARACTERS characters.
    """
    if len(text) > MAX_CHARACTERS:
        raise TextError(
            say(
                "This text has {characters:,} characters; at most {most:,} can be read. Paste a shorter part.",
                characters=len(text),
                most=MAX_CHARACTERS,
            )
        )
    text, replaced = _LONE_SURROGATE.subn("\ufffd", text)
    if not replaced:
        return text, ()
    note = counted(
        replaced,
        "{count:,} character was half of a surrogate pair, which is not valid Unicode, and is read as \ufffd.",
        "{count:,} characters were half of a surrogate pair, which is not valid Unicode, and is read as \ufffd.",
    )
    return text, (note,)
