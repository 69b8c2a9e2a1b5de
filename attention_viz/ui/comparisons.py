"""The three ways to compare, each with two heads that show something.

tests/ui/test_comparisons.py checks what is said of the bundled model.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from attention_viz.models.bundled import NAME
from attention_viz.ui.examples import OTHER_HEAD, OTHER_LAYER, PRONOUN, PRONOUN_HEAD, PRONOUN_LAYER, PRONOUN_TOKEN
from attention_viz.ui.selection import Selection

THIRSTY = "The cat drank the milk because it was thirsty."
FRESH = "The cat drank the milk because it was fresh."
ANOTHER = "sentence-transformers/all-MiniLM-L12-v2"
_SAME = {"second": "", "kind": "", "key": None, "b_second": "", "b_kind": "", "view": "maps"}


@dataclass(frozen=True, slots=True)
class ComparisonExample:
    """hint: one line on what to look for. fields: what of the selection it sets."""

    name: str
    hint: str
    fields: dict[str, Any] = field(hash=False)

    def is_shown(self, selection: Selection) -> bool:
        named = ("model", "text", "layer", "head", "b_model", "b_text", "b_layer", "b_head")
        return all(getattr(selection, name) == self.fields[name] for name in named)


COMPARISONS = (
    ComparisonExample(
        "Two heads, one text",
        "In this sentence both link “it” to “cat”, with 0.59 and 0.65; L5 H11 looks at “cat” from most tokens, "
        "L3 H1 from few.",
        {
            **_SAME,
            "model": NAME,
            "text": PRONOUN,
            "layer": PRONOUN_LAYER,
            "head": PRONOUN_HEAD,
            "token": PRONOUN_TOKEN,
            "b_model": "",
            "b_text": "",
            "b_layer": OTHER_LAYER,
            "b_head": OTHER_HEAD,
        },
    ),
    ComparisonExample(
        "One head, two texts",
        "In these texts one word differs, and “it” goes from “cat” (0.46 to 0.06) to “milk” (0.22 to 0.42).",
        {
            **_SAME,
            "model": NAME,
            "text": THIRSTY,
            "layer": 3,
            "head": 1,
            "token": 7,
            "b_model": "",
            "b_text": FRESH,
            "b_layer": 3,
            "b_head": 1,
        },
    ),
    ComparisonExample(
        "Two models, one text",
        "The same text in a deeper model of the same kind. Models may cut a text into different tokens: maps are then "
        "between words.",
        {
            **_SAME,
            "model": NAME,
            "text": PRONOUN,
            "layer": PRONOUN_LAYER,
            "head": PRONOUN_HEAD,
            "token": PRONOUN_TOKEN,
            "b_model": ANOTHER,
            "b_text": "",
            "b_layer": 5,
            "b_head": 0,
        },
    ),
)
