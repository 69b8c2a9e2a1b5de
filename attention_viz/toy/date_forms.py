"""How people write dates, and what of a text is one: for the task of that name."""

from __future__ import annotations

import datetime
import string
from dataclasses import dataclass

from attention_viz.core.errors import TextError
from attention_viz.core.message import Message, say
from attention_viz.core.text import clean
from attention_viz.core.token import Token
from attention_viz.core.words import word_numbers
from attention_viz.toy.task import Read

FORMATS = (
    "{day} {month_name} {year}",  # 7 March 2021
    "{month_short} {day}, {year}",  # Mar 7, 2021
    "{weekday} {day} {month_short} {year}",  # Sun 7 Mar 2021
    "{day2}/{month2}/{year2}",  # 07/03/21
    "{day2}.{month2}.{year}",  # 07.03.2021
    "{day}-{month_short}-{year2}",  # 7-Mar-21
)
FIRST, LAST = datetime.date(1969, 1, 1), datetime.date(2068, 12, 31)
"""The hundred years of which two digits say which is meant, as POSIX reads them."""
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SAMPLE = "“12 March 2021”", "“2021-03-12”"
"""By segment: what is read, and what is written."""


@dataclass(frozen=True, slots=True)
class Written:
    """A date as a person writes it. fields: where “year”, “month” and “day” stand in the text, as start and end."""

    text: str
    fields: dict[str, tuple[int, int]]


def write(date: datetime.date, form: str) -> Written:
    """A date in one of FORMATS."""
    words = {
        "day": str(date.day),
        "day2": f"{date.day:02}",
        "month_name": MONTHS[date.month - 1],
        "month_short": MONTHS[date.month - 1][:3],
        "month2": f"{date.month:02}",
        "year": str(date.year),
        "year2": f"{date.year % 100:02}",
        "weekday": WEEKDAYS[date.weekday()],
    }
    text, fields = "", {}
    for between, name, _, _ in string.Formatter().parse(form):
        text += between
        if name is not None:
            field = name.rstrip("2").split("_")[0]
            fields[field] = len(text), len(text) + len(words[name])
            text += words[name]
    return Written(text, fields)


def characters(text: str, known: str, *, most: int, segment: int, first_word: int) -> Read:
    """The characters of a text as tokens, whose ids are their places in `known`. Raises TextError.

    segment: 0 for what the model reads, 1 for what it writes.
    """
    text, notes = clean(text)
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if start >= end:
        raise TextError(_nothing(segment))
    if end - start > most:
        notes = (*notes, _too_long(segment, end - start, most))
        end = start + most
    spans = [(place, place + 1) for place in range(start, end)]
    tokens = []
    for span, word in zip(spans, word_numbers(text[:end], spans), strict=True):
        character = " " if text[slice(*span)].isspace() else text[slice(*span)]
        shown = "␣" if character == " " else character
        if character not in known:
            raise TextError(_unknown(segment, shown, known.replace(" ", "␣")))
        tokens.append(Token(shown, known.index(character), span, first_word + word, segment, special=False))
    return Read(text, tuple(tokens), notes)


def _nothing(segment: int) -> Message:
    if segment == 0:
        return say("There is nothing to read. This model reads a date, such as {sample}.", sample=_SAMPLE[0])
    return say("There is nothing to read. This model writes a date, such as {sample}.", sample=_SAMPLE[1])


def _too_long(segment: int, characters: int, most: int) -> Message:
    if segment == 0:
        return say(
            "The text has {characters:,} characters; this model reads the first {most}.",
            characters=characters,
            most=most,
        )
    return say(
        "The text has {characters:,} characters; this model writes the first {most}.", characters=characters, most=most
    )


def _unknown(segment: int, shown: str, known: str) -> Message:
    if segment == 0:
        return say(
            "This model does not know “{shown}”: it reads a date, such as {sample}, of the characters {known}.",
            shown=shown,
            sample=_SAMPLE[0],
            known=known,
        )
    return say(
        "This model does not know “{shown}”: it writes a date, such as {sample}, of the characters {known}.",
        shown=shown,
        sample=_SAMPLE[1],
        known=known,
    )
