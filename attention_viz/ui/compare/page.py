"""The page Compare: two heads on one ground, what differs, and which heads are alike."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from typing import Any, get_args

import numpy as np
import streamlit as st
from jaxtyping import Float64

from attention_viz.components.compare_maps import compare_maps
from attention_viz.components.head_grid import head_grid
from attention_viz.components.hosts.streamlit.mount import mount
from attention_viz.components.hosts.streamlit.parcel import parcel
from attention_viz.core.align import Axis
from attention_viz.core.compare import SideBySide, axes_of
from attention_viz.core.markdown import markdown
from attention_viz.core.place import Place, heads_of
from attention_viz.core.token import Piece
from attention_viz.core.trace import Head, Trace
from attention_viz.core.words import Word
from attention_viz.measures.all_pairs import divergences
from attention_viz.measures.compare import Comparison, compare, to_all
from attention_viz.ui.app import live
from attention_viz.ui.app.plain import aside
from attention_viz.ui.compare.comparisons import COMPARISONS, ComparisonExample
from attention_viz.ui.server import cache
from attention_viz.ui.state import url
from attention_viz.ui.state.fields import looking_at, on_side
from attention_viz.ui.state.selection import Selection, Side, Which
from attention_viz.views.ground import Ground, grounds_of, on_common_ground
from attention_viz.views.shown import Held, Shown

MOST = 2048
"""The most rows or columns that are drawn side by side."""
_LISTED = 5
_TABLE = "most different"


def examples() -> None:
    """The three ways to compare, each with something to see."""
    for column, example in zip(st.columns(len(COMPARISONS)), COMPARISONS, strict=True):
        column.button(example.name, on_click=_choose, args=(example,), help=example.hint, width="stretch")


def hint(selection: Selection) -> None:
    """What to look for in the example that is shown."""
    shown = next((one for one in COMPARISONS if one.is_shown(selection)), None)
    if shown is not None:
        aside(f":material/lightbulb: {markdown(shown.hint)}")


def actions(a: Head, b: Head) -> None:
    """What is done to both sides at once."""
    swap, copy, step, view = st.columns([1, 1, 1, 2], vertical_alignment="bottom")
    swap.button("Swap A and B", on_click=_swap, args=(a, b), icon=":material/swap_horiz:", width="stretch")
    copy.button("Copy A to B", on_click=_copy, icon=":material/content_copy:", width="stretch")
    step.button("Next head on both", on_click=_next, args=(a, b), icon=":material/skip_next:", width="stretch")
    view.segmented_control(
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


def send_maps(comparison: Comparison) -> None:
    """The data of `maps`: both maps on their common ground. It draws nothing."""
    sides = comparison.maps
    rows, columns = grounds_of(sides)
    size = {"queries": len(rows.labels), "keys": len(columns.labels)}
    if max(size.values()) > MOST:
        return
    parcel("compare", _name(sides), size, on_common_ground(sides, rows, columns))


def send_heads(comparison: Comparison) -> None:
    """The data of `grid`. It draws nothing."""
    sides = comparison.maps
    if not live.is_long(sides.b.trace):
        far = live.tint("divergence", "divergence from A", "nats", 0.0, float(np.log(2)))
        live.send_grid(sides.b.trace, _name(sides), [(far, from_a(sides.a, sides.b.trace))])


def maps(comparison: Comparison, selection: Selection) -> None:
    """A, B and their difference, linked."""
    sides = comparison.maps
    rows, columns = grounds_of(sides)
    if max(len(rows.labels), len(columns.labels)) > MOST:
        aside(f"More than {MOST:,} tokens on a side are not drawn beside each other. Shorten the text.")
        return
    mount(
        compare_maps(
            _shown(sides, selection),
            rows=rows.labels,
            columns=None if columns is rows else columns.labels,
            titles=(_title(sides.a), _title(sides.b)),
            top=float(max(sides.map_a.max(), sides.map_b.max())),
            bound=max(float(np.abs(sides.difference).max()), 1e-6) if sides.comparable else 1.0,
            view=selection.view,
            about=_about(sides),
            colours=live.colours(),
            on_held=partial(_hold, rows, columns, sides),
        )
    )


def notes(comparison: Comparison) -> None:
    """What was merged, left out and not compared."""
    for note in comparison.notes:
        aside(f":material/info: {markdown(note)}")


def numbers(comparison: Comparison) -> None:
    """How different the two are, each number with its range and with what is usual here."""
    st.markdown("#### How different are they?")
    if not comparison.numbers:
        aside("There is nothing that both have, so there is no number to give.")
        return
    for column, number in zip(st.columns(len(comparison.numbers)), comparison.numbers, strict=True):
        with column.container(border=True, height="stretch"):
            st.metric(number.label, f"{number.value:.3f} {number.unit}".strip())
            aside(f"{number.meaning} From {number.low:.3g} to {number.high:.3g}.")
    trace = comparison.maps.b.trace
    if live.is_long(trace):
        return
    with st.spinner("Comparing every head with every other …"):
        extremes = _extremes(trace)
    if extremes:
        aside(f"For comparison, in {markdown(trace.model.name)} on text B {'; '.join(extremes)}.")
    rows = comparison.divergence
    if np.isfinite(rows).any():
        place = int(np.nanargmax(rows))
        piece = comparison.maps.rows.a[int(comparison.maps.rows.shared_a[place])]
        aside(f"They differ most in what “{markdown(piece.text)}” looks at: {rows[place]:.3f} nats.")
    with st.expander("The divergence of every query"):
        pieces = [(int(at), comparison.maps.rows.a[int(at)].text) for at in comparison.maps.rows.shared_a]
        st.dataframe(
            {"query": [f"{at} {text}" for at, text in pieces], "nats": rows},
            column_config={
                "nats": st.column_config.ProgressColumn(
                    "Jensen-Shannon divergence, nats, 0 to 0.693",
                    min_value=0.0,
                    max_value=float(np.log(2)),
                    format="%.3f",
                )
            },
            hide_index=True,
            height=300,
        )


def most_different(comparison: Comparison) -> None:
    """The ten cells that differ most; a click holds one on the maps."""
    pairs = comparison.most_different
    st.markdown("#### Where do they differ most?")
    if not pairs:
        same = "Nowhere: every weight that both have is the same."
        aside(same if comparison.maps.comparable else "There is no weight that both have.")
        return
    st.dataframe(
        {
            "query": [_numbered(comparison.maps.rows, pair.row) for pair in pairs],
            "key": [_numbered(comparison.maps.columns, pair.column) for pair in pairs],
            "A": [pair.a for pair in pairs],
            "B": [pair.b for pair in pairs],
            "B − A": [pair.difference for pair in pairs],
        },
        column_config={name: st.column_config.NumberColumn(format="%.3f") for name in ("A", "B", "B − A")},
        hide_index=True,
        key=_TABLE,
        on_select=partial(_show_pair, comparison),
        selection_mode="single-row",
    )


def alike(comparison: Comparison) -> None:
    """The heads of B's model that are most and least like A, to put into B."""
    sides = comparison.maps
    st.markdown("#### Which heads are like A, which are not?")
    if live.is_long(sides.b.trace):
        aside("The text is too long to compare A with every head.")
        return
    with st.spinner("Comparing A with every head of B's model …"):
        values = from_a(sides.a, sides.b.trace)
    order = [int(at) for at in np.argsort(values, kind="stable") if np.isfinite(values[at])]
    one_trace = cache.name_of(sides.a.trace) == cache.name_of(sides.b.trace)
    own = sides.a.layer * sides.b.trace.heads + sides.a.head if one_trace else -1
    order = [at for at in order if at != own]
    if not order:
        aside("No other head can be compared with A.")
        return
    heads = heads_of(len(sides.b.trace.layers), sides.b.trace.heads)
    for column, title, places in zip(
        st.columns(2), ("Most like A", "Least like A"), (order[:_LISTED], order[::-1][:_LISTED]), strict=True
    ):
        column.markdown(f"**{title}**")
        for at in places:
            column.button(
                f"{heads[at].name} :gray[{values[at]:.3f} nats]",
                key=f"{title} {at}",
                on_click=url.select,
                kwargs=looking_at(heads[at], "b"),
                type="tertiary",
            )


def grid(comparison: Comparison, selection: Selection) -> None:
    """Every head of B's model on one scale, to pick B from: all, those of a layer, or one head through the layers."""
    sides = comparison.maps
    trace = sides.b.trace
    st.markdown("#### Pick B among all heads")
    aside("Small maps on one scale, or tinted by their divergence from A. A click puts a head into B.")
    if live.is_long(trace):
        aside("The text is too long for small maps of every head here; Explore fills them in while one watches.")
        return
    mount(
        head_grid(
            _shown(sides, selection),
            layers=len(trace.layers),
            heads=trace.heads,
            show=selection.show_b,
            about=_about(sides),
            colours=live.colours(),
            on_head=lambda place: url.select(**looking_at(Place(place.layer or 0, place.head or 0), "b")),
            on_show=lambda show: url.select(b_show=show),
        )
    )


def from_a(a: Head, b: Trace) -> Float64[np.ndarray, " head_of_b"]:
    """The divergence of A from every head of B's trace, in nats; NaN where they have nothing in common."""
    axes = axes_of(a.trace, b)
    if not axes.rows.merged and not axes.columns.merged:
        return _all_pairs(a.trace, b)[a.layer * a.trace.heads + a.head]
    name = f"{cache.name_of(a.trace)} {cache.name_of(b)}"
    return cache.kept(f"divergence of {a.name}", name, lambda: to_all(a, b).ravel())


def _all_pairs(a: Trace, b: Trace) -> Float64[np.ndarray, "head_of_a head_of_b"]:
    return cache.kept("divergences", f"{cache.name_of(a)} {cache.name_of(b)}", lambda: divergences(a, b))


def _extremes(trace: Trace) -> list[str]:
    """The most and the least alike pair of different heads of a trace, in words."""
    values = _all_pairs(trace, trace).copy()
    np.fill_diagonal(values, np.nan)
    if np.isnan(values).all():
        return []
    found, heads = [], heads_of(len(trace.layers), trace.heads)
    for what, at in (("most", int(np.nanargmin(values))), ("least", int(np.nanargmax(values)))):
        one, another = (heads[int(number)].name for number in np.unravel_index(at, values.shape))
        found.append(f"the {what} alike heads are {one} and {another} ({values.flat[at]:.3f} nats)")
    return found


def _shown(sides: SideBySide, selection: Selection) -> Shown:
    """What all views of the page are told; they share one state in the browser, so none may say otherwise."""
    rows, columns = grounds_of(sides)
    held = _place(rows, sides.rows, selection.token), _place(columns, sides.columns, selection.key)
    return Shown(_name(sides), Place(sides.b.layer, sides.b.head), Held(*held))


def _first_token(piece: Piece, at: int) -> int:
    """The number of a piece's first token, which is how it is held."""
    return piece.tokens[0] if isinstance(piece, Word) else at


def _place(ground: Ground, axis: Axis, token: int | None) -> int | None:
    """Where a held token of A stands in the list."""
    if token is None:
        return None
    starts = [_first_token(piece, at) for at, piece in enumerate(axis.a)]
    at = int(np.searchsorted(starts, token, side="right")) - 1
    return int(ground.of_a[at]) if 0 <= at < len(ground.of_a) else None


def _hold(rows: Ground, columns: Ground, sides: SideBySide, held: Held) -> None:
    """Holds by A's tokens; what only B has can't be part of the address."""
    found = []
    for ground, axis, place in ((rows, sides.rows, held.query), (columns, sides.columns, held.key)):
        at = None if place is None else next(iter(np.flatnonzero(ground.of_a == place).tolist()), None)
        found.append(None if at is None else _first_token(axis.a[at], at))
    url.select(token=found[0], key=found[1])


def _show_pair(comparison: Comparison) -> None:
    chosen = st.session_state[_TABLE].selection.rows
    if not chosen:
        return
    pair, sides = comparison.most_different[chosen[0]], comparison.maps
    row, column = int(sides.rows.shared_a[pair.row]), int(sides.columns.shared_a[pair.column])
    url.select(token=_first_token(sides.rows.a[row], row), key=_first_token(sides.columns.a[column], column))


def _numbered(axis: Axis, shared: int) -> str:
    at = int(axis.shared_a[shared])
    return f"{at} {axis.a[at].text}"


def _name(sides: SideBySide) -> str:
    parts = [part for head in (sides.a, sides.b) for part in (cache.name_of(head.trace), head.name)]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def _title(head: Head) -> str:
    return f"{head.name} of {head.trace.model.name}"


def _about(sides: SideBySide) -> str:
    texts = dict.fromkeys((*sides.a.trace.texts, *sides.b.trace.texts))
    return " / ".join(f"“{text if len(text) <= 60 else text[:59] + '…'}”" for text in texts)


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
    shown, _ = url.current()
    url.select(**swapped(shown, a, b))


def _copy() -> None:
    url.select(**on_side("b", Side(place=url.current()[0].a.place)))


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
