"""What a head does, in numbers: its measures beside those of a uniform head, and its strongest links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from attention_viz.components.view import LiveView
from attention_viz.views.facts import Fact, Link


def head_facts(title: str, links: Sequence[Link], rest: str, facts: Sequence[Fact], *, key: str) -> LiveView:
    """Shows the links under their title, what they leave out, then the facts.

    All texts are drawn as text, whatever they contain.
    """
    data = {
        "title": title,
        "links": [asdict(link) for link in links],
        "rest": rest,
        "facts": [asdict(fact) for fact in facts],
    }
    return LiveView("head_facts", key, data)
