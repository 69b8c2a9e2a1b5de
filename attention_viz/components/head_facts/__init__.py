"""What a head does, in numbers: its measures beside those of a uniform head, and its strongest links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from attention_viz.components.files import register

_mount = register(Path(__file__).parent)


@dataclass(frozen=True, slots=True)
class Fact:
    """One measure of one head.

    value, uniform: of this head and of a head that spreads evenly; None where it can't be said, and `without` says why.
    low, high: what is possible for this head on this text, given what it can see; None where the value is.
    detail: an addition in words, or empty.
    """

    label: str
    meaning: str
    unit: str
    source: str
    value: float | None
    uniform: float | None
    low: float | None
    high: float | None
    detail: str = ""
    without: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A query, a key and the weight between them. Where all links of a list have one query, it is left empty."""

    query: str
    key: str
    weight: float


def head_facts(title: str, links: Sequence[Link], rest: str, facts: Sequence[Fact], *, key: str) -> None:
    """Shows the links under their title, what they leave out, then the facts.

    All texts are drawn as text, whatever they contain.
    """
    data = {
        "title": title,
        "links": [asdict(link) for link in links],
        "rest": rest,
        "facts": [asdict(fact) for fact in facts],
    }
    _mount(key=key, data=data)
