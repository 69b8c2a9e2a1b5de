"""The strongest links of a head, as a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from attention_viz.components.view import LiveView
from attention_viz.views.facts import Link


def head_links(title: str, links: Sequence[Link], rest: str) -> LiveView:
    """Shows links under their title, and what they leave out. All texts are drawn as text, whatever they contain."""
    return LiveView(
        "head_links", "head links", {"title": title, "links": [asdict(link) for link in links], "rest": rest}
    )
