"""The three ways to compare, each with two heads that show something.

tests/ui/compare/test_comparisons.py checks what is said of the bundled model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from attention_viz.core.place import Place
from attention_viz.models.bundled import NAME
from attention_viz.ui.state.examples import OTHER_PLACE, PRONOUN, PRONOUN_PLACE, PRONOUN_QUERY
from attention_viz.ui.state.fields import on_side
from attention_viz.ui.state.selection import Selection, Side

THIRSTY = "The cat drank the milk because it was thirsty."
FRESH = "The cat drank the milk because it was fresh."
ANOTHER = "sentence-transformers/all-MiniLM-L12-v2"


@dataclass(frozen=True, slots=True)
class ComparisonExample:
    """hint: one line on what to look for. a, b: the two sides. query: the token that is held."""

    name: str
    hint: str
    a: Side
    b: Side
    query: int = PRONOUN_QUERY

    def is_shown(self, selection: Selection) -> bool:
        return (selection.a, selection.b) == (self.a, self.b)

    @property
    def changes(self) -> dict[str, Any]:
        """What it changes of the selection, by the names of the address."""
        return {**on_side("a", self.a), **on_side("b", self.b), "token": self.query, "key": None, "view": "maps"}


_PRONOUN = Side(NAME, PRONOUN, place=PRONOUN_PLACE)
COMPARISONS = (
    ComparisonExample(
        "Two heads, one text",
        "In this sentence both link “it” to “cat”, with 0.59 and 0.65; L5 H11 looks at “cat” from most tokens, "
        "L3 H1 from few.",
        _PRONOUN,
        Side(place=OTHER_PLACE),
    ),
    ComparisonExample(
        "One head, two texts",
        "In these texts one word differs, and “it” goes from “cat” (0.46 to 0.06) to “milk” (0.22 to 0.42).",
        Side(NAME, THIRSTY, place=PRONOUN_PLACE),
        Side(text=FRESH, place=PRONOUN_PLACE),
        query=7,
    ),
    ComparisonExample(
        "Two models, one text",
        "The same text in a deeper model of the same kind. Models may cut a text into different tokens: maps are then "
        "between words.",
        _PRONOUN,
        Side(ANOTHER, place=Place(5, 0)),
    ),
)


def way_of(selection: Selection) -> str:
    """The name of the way in which a selection compares: what differs most between its sides says it."""
    a, b = selection.a, selection.side("b")
    heads, texts, models = (example.name for example in COMPARISONS)
    if b.model != a.model:
        return models
    return texts if (b.text, b.second) != (a.text, a.second) else heads
