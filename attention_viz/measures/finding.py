"""One thing worth a look in a text, as a value and in a sentence that says no more than what is so in this text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from attention_viz.core.message import Listed, Message, say
from attention_viz.core.place import Place
from attention_viz.core.token import told_apart
from attention_viz.core.trace import Trace
from attention_viz.measures.links import Link

Kind = Literal["link", "previous", "special", "broadest", "unlike", "popular"]
MOST_UNLIKE = float(np.log(2))
"""The largest divergence of two heads, in nats."""
_SHOWN = 24
"""Characters of a token that a sentence quotes."""
_NAMED = 0.05
"""A special token is named from this share of the attention on."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing worth a look.

    kind: the strongest "link" between two words; the purest "previous"-token head; the head that rests most on
        "special" tokens; the "broadest" head; the two heads that are most "unlike"; a "popular" word, which many heads
        look at most.
    message: it in a sentence, with both numbers.
    value: a weight (link), a share of attention (previous, special), nats (broadest, unlike), a number of heads
        (popular).
    even: the same of heads that spread evenly over what their queries can see; of "popular", if each head looked most
        at any one of the words.
    place: the head. other: the second head of "unlike".
    query, key: numbers of tokens; None where it is about all of them.
    """

    kind: Kind
    message: Message
    value: float
    even: float
    place: Place
    query: int | None = None
    key: int | None = None
    other: Place | None = None


def of_link(trace: Trace, place: Place, link: Link) -> Finding:
    """The strongest link between two words."""
    query, key = told_apart(trace.tokens)[link.query], told_apart(trace.key_tokens)[link.key]
    message = say(
        "In this text {place} links “{query}” to “{key}” with a weight of {weight:.2f}. A head that spreads evenly "
        "over what “{query}” can see gives each {even:.2g}.",
        place=place.name,
        query=_cut(query),
        key=_cut(key),
        weight=link.weight,
        even=link.even,
    )
    return Finding("link", message, link.weight, link.even, place, link.query, link.key)


def of_previous(place: Place, value: float, even: float) -> Finding:
    """The purest previous-token head."""
    message = say(
        "In this text {place} gives {value:.2f} of its attention to the token before, and no head gives more. A head "
        "that spreads evenly gives {even:.2g}.",
        place=place.name,
        value=value,
        even=even,
    )
    return Finding("previous", message, value, even, place)


def of_special(place: Place, value: float, even: float, shares: Mapping[str, float]) -> Finding:
    """The head that rests most on special tokens. shares: of each of them, by its text."""
    largest = sorted(shares.items(), key=lambda item: -item[1])
    named = [item for item in largest if item[1] >= _NAMED] or largest[:1]
    message = say(
        "In this text {place} rests {value:.2f} of its attention on special tokens ({tokens}), and no head rests more. "
        "A head that spreads evenly gives them {even:.2g}.",
        place=place.name,
        value=value,
        tokens=Listed(tuple(say("{token}: {share:.2f}", token=_cut(name), share=share) for name, share in named), ","),
        even=even,
    )
    return Finding("special", message, value, even, place)


def of_broadest(place: Place, value: float, even: float) -> Finding:
    """The head that spreads widest, beside what it can see."""
    message = say(
        "In this text {place} spreads widest for what it can see: its entropy is {value:.2f} nats, and that of a head "
        "that spreads evenly {even:.2f}.",
        place=place.name,
        value=value,
        even=even,
    )
    return Finding("broadest", message, value, even, place)


def of_popular(trace: Trace, place: Place, key: int, count: int, heads: int, words: int) -> Finding:
    """A word that many heads look at most, with one of them. heads: in so many of them one of the words stands out."""
    message = say(
        "In this text “{key}” is the word that {count} heads look at most, {place} among them, of the {heads} heads in "
        "which one word stands out. If each of these looked most at any one of the {words} words, it would be "
        "{even:.2g}.",
        heads=heads,
        key=_cut(told_apart(trace.key_tokens)[key]),
        count=count,
        place=place.name,
        words=words,
        even=heads / words,
    )
    return Finding("popular", message, float(count), heads / words, place, key=key)


def of_unlike(place: Place, other: Place, value: float, queries: int, count: int) -> Finding:
    """The two heads that differ most. queries: so many, of `count`, were looked at to find them."""
    if queries == count:
        message = say(
            "In this text {a} and {b} differ most: the Jensen-Shannon divergence of their rows is {value:.2f} nats, of "
            "at most {most:.2f}. Two heads that spread evenly have 0.",
            a=place.name,
            b=other.name,
            value=value,
            most=MOST_UNLIKE,
        )
    else:
        message = say(
            "In this text {a} and {b} differ most, as far as {queries} of its {count} queries tell: the Jensen-Shannon "
            "divergence of their rows is {value:.2f} nats, of at most {most:.2f}. Two heads that spread evenly have 0.",
            a=place.name,
            b=other.name,
            queries=queries,
            count=count,
            value=value,
            most=MOST_UNLIKE,
        )
    return Finding("unlike", message, value, 0.0, place, other=other)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
