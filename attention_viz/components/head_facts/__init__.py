"""What a head does, in numbers: its measures beside those of a head that spreads evenly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from attention_viz.components.view import LiveView
from attention_viz.views.facts import Fact


def head_facts(name: str, facts: Sequence[Fact]) -> LiveView:
    """Shows the measures of a head of this name. All texts are drawn as text, whatever they contain."""
    return LiveView("head_facts", "head facts", {"name": name, "facts": [asdict(fact) for fact in facts]})
