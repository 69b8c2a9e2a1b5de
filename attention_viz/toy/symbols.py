"""Texts of symbols from a fixed list, as most tasks have them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from attention_viz.core.errors import TextError
from attention_viz.core.message import Message, say
from attention_viz.core.text import clean
from attention_viz.core.token import Token
from attention_viz.toy.task import Read

_MOST_NAMED = 12


def read_symbols(text: str, symbols: Sequence[str], *, most: int, known: Message | None = None) -> Read:
    """A text of symbols with white space between, as tokens whose ids are the symbols' places in the list.

    most: tokens; what is longer is cut, with a note. known: what the task knows, in words; None lists the symbols.

    Raises TextError for a text without any, and for a symbol that is not in the list.
    """
    text, notes = clean(text)
    found = [(match.group(), match.span()) for match in re.finditer(r"\S+", text)]
    what = known or _named(symbols)
    if not found:
        raise TextError(say("There is nothing to read. This model reads {what}, with blanks between.", what=what))
    numbers = {symbol: number for number, symbol in enumerate(symbols)}
    for piece, _ in found:
        if piece not in numbers:
            raise TextError(
                say(
                    "This model does not know “{piece}”: it reads {what}, with blanks between.",
                    piece=piece[:40],
                    what=what,
                )
            )
    if len(found) > most:
        notes = (
            *notes,
            say("The text has {symbols:,} symbols; this model reads the first {most}.", symbols=len(found), most=most),
        )
        found = found[:most]
    tokens = (Token(piece, numbers[piece], span, place, 0, special=False) for place, (piece, span) in enumerate(found))
    return Read(text, tuple(tokens), notes)


def _named(symbols: Sequence[str]) -> str:
    shown = " ".join(symbols[:_MOST_NAMED])
    return f"{shown} …" if len(symbols) > _MOST_NAMED else shown
