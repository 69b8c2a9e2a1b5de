"""Sentences as values: what is said, apart from the words that say it in one language.

say("The file {name} can't be read: {reason}.", name=path.name, reason=str(error))
counted(cut, "{count:,} token was cut.", "{count:,} tokens were cut.")

A template is whole, constant English with named places, so that a translation can look it up and put the places where
its grammar wants them. What varies goes into a place: a number, a name, a quoted text, a list, or another message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Union

Value = Union[str, int, float, "Message", "Listed"]
"""What a place can hold. A str is a name, a symbol or somebody else's text, and never a piece of a sentence."""


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """A sentence, or a few that belong together; `str()` is its English.

    template: English with places, as `str.format` has them: “{name}” or “{share:.0%}”, and “{{” for a brace. Where
        something is counted, what is said of one.
    values: the name of each place and what stands there, by name. Braces in a value are only braces.
    plural: what is said of any number but one; None where nothing is counted.
    count: the number that decides, which is in the place “count” of both.
    """

    template: str
    values: tuple[tuple[str, Value], ...] = ()
    plural: str | None = None
    count: int = 1

    def __str__(self) -> str:
        template = self.template if self.plural is None or self.count == 1 else self.plural
        return template.format(**{"count": self.count, **dict(self.values)})

    def __repr__(self) -> str:
        return f"Message({str(self)!r})"


@dataclass(frozen=True, slots=True)
class Listed:
    """Several things in a row, joined as a language joins them: “a, b and c”.

    last: what stands before the last of them; “,” where the list is only a part of what there is.
    """

    items: tuple[Value, ...]
    last: Literal["and", "or", ","] = "and"

    def __str__(self) -> str:
        items = [str(item) for item in self.items]
        if self.last == "," or len(items) < 2:
            return ", ".join(items)
        return f"{', '.join(items[:-1])} {self.last} {items[-1]}"


def say(template: str, /, **values: Value) -> Message:
    """A message of a constant template, with a value for each of its places."""
    return Message(template, tuple(sorted(values.items())))


def counted(count: int, one: str, many: str, /, **values: Value) -> Message:
    """A message that reads differently of one and of several; both templates may name the place “count”."""
    return Message(one, tuple(sorted(values.items())), many, count)


def first_of(items: Sequence[Value], most: int) -> Listed:
    """The first of many things, and how many more there are: “a, b and 3 more”."""
    if len(items) <= most:
        return Listed(tuple(items), ",")
    return Listed((*items[:most], say("{more:,} more", more=len(items) - most)))


def verbatim(text: str) -> Message:
    """A text of somebody else where a message is wanted: it stays as it is in every language."""
    return say("{text}", text=text)
