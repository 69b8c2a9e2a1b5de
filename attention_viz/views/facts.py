"""What a head does, in numbers."""

from __future__ import annotations

from dataclasses import dataclass


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
