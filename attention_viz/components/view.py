"""A live view before anybody shows it: what a host needs to know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from attention_viz.views.shown import Shown


@dataclass(frozen=True, slots=True)
class LiveView:
    """name: the folder with its files. key: tells it from the others of a page.

    data: what its `update` is given, as JSON can say it.
    shown: what is on screen, the same for all views of a page; None for one that shares nothing with others.
    hears: by the names of what the view tells, what is called with that. A browser may send anything: views/shown.py
    reads it.
    """

    name: str
    key: str
    data: Mapping[str, Any]
    shown: Shown | None = None
    hears: Mapping[str, Callable[[Any], None]] = field(default_factory=dict)
