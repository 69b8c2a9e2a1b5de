"""What a head does, in numbers: its measures beside those of a uniform head, and its strongest links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from attention_viz.components.files import register
from attention_viz.views.facts import Fact, Link

_mount = register(Path(__file__).parent)


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
