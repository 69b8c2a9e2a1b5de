"""How different two heads are, where, and which heads are like A."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from attention_viz.core.align import Axis
from attention_viz.core.markdown import markdown
from attention_viz.core.place import heads_of
from attention_viz.core.trace import Trace
from attention_viz.measures.compare import Comparison
from attention_viz.ui.app.plain import aside
from attention_viz.ui.compare.distances import all_pairs, from_a
from attention_viz.ui.compare.maps import first_token
from attention_viz.ui.state import url
from attention_viz.ui.state.fields import looking_at
from attention_viz.views.parcels import is_long

_LISTED = 5
_TABLE = "most different"


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
    if is_long(trace):
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
    if is_long(sides.b.trace):
        aside("The text is too long to compare A with every head.")
        return
    with st.spinner("Comparing A with every head of B's model …"):
        values = from_a(sides.a, sides.b.trace)
    order = [int(at) for at in np.argsort(values, kind="stable") if np.isfinite(values[at])]
    one_trace = sides.a.trace.digest == sides.b.trace.digest
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


def _extremes(trace: Trace) -> list[str]:
    """The most and the least alike pair of different heads of a trace, in words."""
    values = all_pairs(trace, trace).copy()
    np.fill_diagonal(values, np.nan)
    if np.isnan(values).all():
        return []
    found, heads = [], heads_of(len(trace.layers), trace.heads)
    for what, at in (("most", int(np.nanargmin(values))), ("least", int(np.nanargmax(values)))):
        one, another = (heads[int(number)].name for number in np.unravel_index(at, values.shape))
        found.append(f"the {what} alike heads are {one} and {another} ({values.flat[at]:.3f} nats)")
    return found


def _show_pair(comparison: Comparison) -> None:
    chosen = st.session_state[_TABLE].selection.rows
    if not chosen:
        return
    pair, sides = comparison.most_different[chosen[0]], comparison.maps
    row, column = int(sides.rows.shared_a[pair.row]), int(sides.columns.shared_a[pair.column])
    url.select(token=first_token(sides.rows.a[row], row), key=first_token(sides.columns.a[column], column))


def _numbered(axis: Axis, shared: int) -> str:
    at = int(axis.shared_a[shared])
    return f"{at} {axis.a[at].text}"
