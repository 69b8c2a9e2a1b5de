"""What is said of the weights: sums, negative ones, one query, and the other sequence of a batch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from attention_viz.builder.build import Build, recipe, swapped
from attention_viz.builder.faults import faults
from attention_viz.builder.steps import row_sums, steps
from attention_viz.core.markdown import markdown
from attention_viz.core.message import Message, say
from attention_viz.figures.lines import bars
from attention_viz.mechanism import terms
from attention_viz.mechanism.recipe import Worked, work
from attention_viz.ui.app import shell
from attention_viz.ui.app.plain import aside
from attention_viz.ui.build import edit as build_edit
from attention_viz.ui.build.drawn import CONFIG, draw, palette

_MOST = 1e-6


def batch(build: Build) -> None:
    """The weights of both sequences, beside each other."""
    head = f" of head {build.head}" if build.heads > 1 else ""
    st.markdown(f"#### The batch: the weights{head} for both sequences")
    words = "Both are computed at once, as tables of one size. "
    if "padding" in build.masks:
        words += "Hatched columns are padding, hidden from every query; the rows of padding are thrown away afterwards."
    else:
        words += "No padding is hidden now: switch the mask on to see it hatched."
    aside(words)
    both = [build, swapped(build)]
    for place, one in zip(st.columns(2), sorted(both, key=lambda one: one.sequence), strict=True):
        with place:
            st.markdown(f"**{markdown(build_edit.title(one.names, one.length))}**{' (in hand)' * (one is build)}")
            _weights_of(one, in_hand=one is build)


def _weights_of(build: Build, *, in_hand: bool) -> None:
    wrong = faults(build)
    if wrong:
        shell.notice(*wrong)
        return
    asked = recipe(build)
    worked = work(asked)
    for step in steps(build, asked, worked):
        if step.key == "weights":
            draw(replace(step, key=f"weights of sequence {build.sequence}", by_query=in_hand), build)
    if worked.problem is not None and worked.weights is None:
        shell.notice(with_its_names(worked.problem, build))


def sums(build: Build, worked: Worked) -> None:
    """Do the rows sum to 1, and if not, what does that do?"""
    _negative(build, worked)
    sums = row_sums(worked, build.head)
    if all(abs(total - 1) < _MOST for total in sums):
        aside("Each row sums to 1.")
        return
    odd = [
        f"“{build.names[row]}” {terms.number(total, 3)}" for row, total in enumerate(sums) if not abs(total - 1) < _MOST
    ]
    shell.notice(
        f"These rows don't sum to 1: {', '.join(odd)}. Then the output is no mean of the values: it is too long, too "
        "short, or undefined."
    )


def _weight(weight: float) -> str:
    """Three digits, and more where those would say 1 of what is less."""
    return terms.number(weight, 5 if 0.999 < weight < 1 else 3)


def _negative(build: Build, worked: Worked) -> None:
    """Weights below 0, which no sum gives away."""
    if worked.weights is None:
        return
    rows, columns = np.nonzero(worked.weights[build.head] < 0)
    if len(rows):
        first = worked.weights[build.head][rows[0], columns[0]]
        shell.notice(
            f"{'One weight is' if len(rows) == 1 else f'{len(rows)} weights are'} below 0: "
            f"“{build.names[rows[0]]}” takes {terms.number(float(first), 3)} of “{build.key_names[columns[0]]}”. A "
            "value is then taken away, and the output is no mean of the values even where its row sums to 1."
        )


def one_query(build: Build, worked: Worked) -> None:
    assert worked.weights is not None
    words, picture = st.columns([4, 5], vertical_alignment="center")
    weights = worked.weights[build.head][build.query]
    with words:
        st.markdown("#### What one query looks at")
        build_edit.query_choice(build)
        if np.isfinite(weights).all():
            best = int(weights.argmax())
            st.markdown(
                f"“{markdown(build.names[build.query])}” takes most from “{markdown(build.key_names[best])}”: "
                f"**{_weight(float(weights[best]))}** of its value."
            )
        else:
            st.markdown(f"The weights of “{markdown(build.names[build.query])}” are undefined.")
    with picture:
        texts = [_weight(float(weight)) for weight in weights]
        shown = [float(weight) if np.isfinite(weight) else 0.0 for weight in weights]
        st.plotly_chart(
            bars(build.key_names, shown, texts, palette()),
            theme=None,
            key="build bars",
            config=CONFIG,
            alt="The weights of one query as bars",
        )


def with_its_names(problem: Message, build: Build) -> Message:
    """The library counts queries and keys; the page knows their names."""
    names = {"query": build.names, "key": build.key_names}
    values = (
        (place, say("“{name}”", name=names[place][value]) if place in names and isinstance(value, int) else value)
        for place, value in problem.values
    )
    return replace(problem, values=tuple(values))
