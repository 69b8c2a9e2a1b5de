"""The page "Build attention": what goes in, how it is computed, every step, and what it costs."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from attention_viz.builder.build import Build, recipe
from attention_viz.builder.chart import flow_chart
from attention_viz.builder.code import NUMPY, TORCH, program
from attention_viz.builder.faults import faults
from attention_viz.builder.listing import belongs, listed
from attention_viz.builder.presets import PRESETS
from attention_viz.builder.step import Step
from attention_viz.builder.steps import steps, symbols
from attention_viz.core.message import Message
from attention_viz.mechanism.recipe import Recipe, work
from attention_viz.ui.app import shell
from attention_viz.ui.app.plain import aside
from attention_viz.ui.build import edit as build_edit
from attention_viz.ui.build.drawn import draw, draw_step
from attention_viz.ui.build.fields import current
from attention_viz.ui.build.lessons import costs, learned, learning, spread
from attention_viz.ui.build.tables import tables
from attention_viz.ui.build.weights import batch, one_query, sums, with_its_names


def page() -> None:
    """Top to bottom."""
    build, problems = current()
    shell.notice(*problems)
    st.markdown(
        "Attention answers one question for each word: **what do the other words have for me?** A word asks with its "
        "*query*. Every word has a *key* that says what it is found by, and a *value* that it hands over. Change any "
        "number below and see what follows."
    )
    build_edit.examples(build)
    with st.container(border=True):
        st.markdown("#### What goes in")
        tables(build)
        wrong = faults(build)
        shell.notice(*wrong)
    asked = None if wrong else recipe(build, learned)
    with st.container(border=True):
        _method(build, asked)
    if build.source == "random":
        with st.container(border=True):
            learning(build)
    if asked is not None:
        _computed(build, asked)
    if build.source == "random":
        with st.container(border=True):
            spread(build)
    with st.container(border=True):
        costs()
    shell.page_link(shell.INSIDE, label="The same steps in a real model: inside a head")


def _method(build: Build, asked: Recipe | None) -> None:
    choose, whole = st.columns([5, 4], gap="medium")
    with choose:
        st.markdown("#### How it is computed")
        build_edit.choices(build)
        if asked is not None:
            _letters(build)
    if asked is not None:
        with whole:
            st.markdown("#### The whole way")
            several = "heads × " if build.heads > 1 else ""
            aside(f"On each arrow: {several}rows × columns of what goes along it.")
            # As large as it is: stretched to the column, a chart of few boxes gets twice as high.
            st.mermaid_chart(
                flow_chart(build, asked), width="content", alt="The way from queries, keys and values to the output"
            )


def _letters(build: Build) -> None:
    """What the formulas call things, for somebody who meets them here."""
    score, output = symbols(build)
    meanings = [
        "$q_i$ is the query of token $i$, the one that asks: row $i$ of Q.",
        "$k_j$ and $v_j$ are the key and the value of token $j$, one that is asked: row $j$ of K and of V.",
        f"${score}_{{ij}}$ is the score: how well key $j$ fits query $i$. The larger, the better.",
        f"$\\alpha_{{ij}}$ is the weight: the share of $v_j$ that goes into the output ${output}_i$.",
        "$d_k$ is how many numbers a key has, in one head.",
    ]
    if build.masks:
        meanings.append("$-\\infty$ stands for a score below all others: $\\exp(-\\infty) = 0$.")
    if build.heads > 1:
        meanings.append(
            f"Each of the {build.heads} heads has its own part of every $q$, $k$ and $v$: head 0 the first numbers, "
            "head 1 those after them. Concat writes what they hand on behind each other."
        )
    st.markdown("**The letters in the formulas**")
    st.markdown("\n".join(f"- {meaning}" for meaning in meanings))


def _computed(build: Build, asked: Recipe) -> None:
    worked = work(asked)
    st.markdown("#### Step by step")
    aside("Point at a number to see the sum behind it.")
    build_edit.head_choice(build)
    found = _marked(build, steps(build, asked, worked))
    for number, step in enumerate(found):
        with st.container(border=True):
            draw_step(number + 1, step, build)
            if step.key == "weights":
                sums(build, worked)
    if belongs(build):
        with st.container(border=True):
            _listing(build, asked, found)
    if build.other is not None and build.source == "words":
        with st.container(border=True):
            batch(build)
    if worked.problem:
        shell.notice(with_its_names(worked.problem, build))
        return
    with st.container(border=True):
        one_query(build, worked)
    with st.container(border=True):
        st.markdown("#### Where tutorials differ")
        st.markdown(PRESETS[build.preset].differ)
        aside("The numbers are those of the example as it begins.")
    with st.container(border=True):
        _code(build)


def _marked(build: Build, found: list[Step]) -> list[Step]:
    """With the token that the teacher means, where there is one."""
    if build.source != "random":
        return found
    wanted = learned(build.seed, build.steps, build.scaled).wanted.tolist()
    return [replace(step, ringed=tuple(wanted)) if step.key == "weights" else step for step in found]


def _listing(build: Build, asked: Recipe, found: list[Step]) -> None:
    st.markdown("#### What the listing computes")
    aside(
        "A common listing makes two slips. On the left what is right, on the right what the slip makes of your numbers."
    )
    wrong = listed(build, asked)
    for right in found:
        if right.key in wrong:
            beside, slip = st.columns(2)
            with beside:
                _compared("Right", replace(right, key=f"right {right.key}"), build)
            with slip:
                _compared("The slip", wrong[right.key], build)


def _compared(word: str, step: Step | Message, build: Build) -> None:
    if isinstance(step, Message):
        shell.notice(step)
        return
    st.markdown(f"**{word}: {step.title[0].lower()}{step.title[1:]}**")
    st.latex(step.formula)
    draw(step, build)
    st.markdown(step.sentence)


def _code(build: Build) -> None:
    st.markdown("#### Take it with you")
    what = "of the sequence in hand" if build.other is not None and build.source == "words" else "on screen"
    aside(f"A program that computes exactly the steps {what}. It needs nothing but the library itself.")
    if build.source == "random" and build.steps and not build.scaled:
        aside(
            "Without the scale, what is rounded away grows from step to step: after hundreds of steps another library "
            "or another processor has learned other numbers, and a head about as good."
        )
    torch_code, numpy_code = st.tabs(["Copy as PyTorch", "Copy as NumPy"])
    torch_code.code(program(build, TORCH), language=None, wrap_lines=True)
    numpy_code.code(program(build, NUMPY), language=None, wrap_lines=True)
    aside("The address in your browser holds this page: copy it to share it.")
