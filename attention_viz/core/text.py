"""What a text must be before a tokenizer sees it."""

from __future__ import annotations

import re

from attention_viz.core.errors import TextError

MAX_CHARACTERS = 200_000
"""Longer texts are refused: no model reads more than a small part, and tokenizing them would hold up everyone else."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """The text as valid Unicode, and sentences about what was changed.

    Half of a surrogate pair becomes U+FFFD, one for one, so positions stay the same. Nothing else is touched: what a
    tokenizer drops is said once it is known. Raises TextError for more than MAX_CHARACTERS characters.
    """
    if len(text) > MAX_CHARACTERS:
        raise TextError(
            f"This text has {len(text):,} characters; at most {MAX_CHARACTERS:,} can be read. Paste a shorter part."
        )
    text, replaced = _LONE_SURROGATE.subn("\ufffd", text)
    if not replaced:
        return text, ()
    what = "1 character was" if replaced == 1 else f"{replaced:,} characters were"
    return text, (f"{what} half of a surrogate pair, which is not valid Unicode, and is read as \ufffd.",)
