"""What messages say, to be compared with whole sentences."""

from __future__ import annotations

from collections.abc import Iterable

from attention_viz.core.message import Message


def said(notes: Iterable[Message]) -> tuple[str, ...]:
    """The notes in English."""
    return tuple(map(str, notes))
