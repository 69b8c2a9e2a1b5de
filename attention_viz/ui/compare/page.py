"""What Compare begins with, and what is done to both sides at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import streamlit as st

from attention_viz.core.markdown import markdown
from attention_viz.core.place import Place, heads_of
from attention_viz.core.trace import Head
from attention_viz.measures.compare import Comparison, compare
from attention_viz.ui.app.plain import aside
from attention_viz.ui.compare.comparisons import COMPARISONS, ComparisonExample, way_of
from attention_viz.ui.state import url
from attention_viz.ui.state.fields import looking_at, on_side
from attention_viz.ui.state.selection import Selection, Side, Which


def ways(selection: Selection) -> None:
    """The three ways to compare, each with something to see; the one on screen is marked."""
    taken = way_of(selection)
    with st.container(horizontal=True, gap="small"):
        for example in COMPARISONS:
            st.button(
                example.name,
                type="primary" if example.name == taken else "secondary",
                on_click=_choose,
                args=(example,),
                help=example.hint,
            )


def hint(selection: Selection) -> None:
    """What to look for in the example that is shown."""
    shown = next((one for one in COMPARISONS if one.is_shown(selection)), None)
    if shown is not None:
        aside(f":material/lightbulb: {markdown(shown.hint)}")


def actions(a: Head, b: Head) -> None:
    """What is done to both sides at once."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Swap A and B", on_click=_swap, args=(a, b), icon=":material/swap_horiz:")
        st.button("Copy A to B", on_click=_copy, icon=":material/content_copy:")
        st.button("Next head on both", on_click=_next, args=(a, b), icon=":material/skip_next:")
        st.segmented_control(
            "Show",
            ["maps", "links"],
            format_func=str.capitalize,
            required=True,
            label_visibility="collapsed",
            **url.bound("view"),
        )


def compared(a: Head, b: Head) -> Comparison:
    """B laid on A and measured."""
    return compare(a, b)


def notes(comparison: Comparison) -> None:
    """What was merged, left out and not compared."""
    for note in comparison.notes:
        aside(f":material/info: {markdown(note)}")


def swapped(selection: Selection, a: Head, b: Head) -> dict[str, Any]:
    """What changes when the two sides change places, by the names of the address. a, b: what is shown of them now.

    What B has in common with A is left empty, so that the address says it once.
    """
    before, after = selection.a, selection.side("b")
    same_model = after.model == before.model
    texts = ("", "") if (after.text, after.second) == (before.text, before.second) else (before.text, before.second)
    # Of the same model, B without a kind of its own has A's, and that is now another one.
    kind = (a.trace.kind if a.trace.kind != b.trace.kind else "") if same_model else _named(a)
    return {
        **on_side("a", replace(after, kind=_named(b), place=Place(b.layer, b.head))),
        **on_side("b", Side("" if same_model else before.model, *texts, kind, Place(a.layer, a.head))),
    }


def _named(head: Head) -> str:
    """The kind of its attention, empty for the first one of its model."""
    return "" if head.trace.kind == head.trace.model.kinds[0] else head.trace.kind


def _swap(a: Head, b: Head) -> None:
    url.select(**swapped(url.on_screen(), a, b))


def _copy() -> None:
    url.select(**on_side("b", Side(place=url.on_screen().a.place)))


def _next(a: Head, b: Head) -> None:
    """The next head of each side, and after the last one the first of the next layer."""
    changes: dict[str, Any] = {}
    for which, head in zip(get_args(Which), (a, b), strict=True):
        heads = heads_of(len(head.trace.layers), head.trace.heads)
        at = heads.index(Place(head.layer, head.head))
        changes |= looking_at(heads[(at + 1) % len(heads)], which)
    url.select(**changes)


def _choose(example: ComparisonExample) -> None:
    url.select(**example.changes)
