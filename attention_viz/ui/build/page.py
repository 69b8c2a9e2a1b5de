"""The page "Build attention": what goes in, how it is computed, every step, and what it costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from attention_viz.builder.build import STEPS, Build, faults, recipe, swapped
from attention_viz.builder.code import NUMPY, TORCH, program
from attention_viz.builder.listing import belongs, listed
from attention_viz.builder.presets import PRESETS
from attention_viz.builder.steps import Step, flow_chart, row_sums, steps, symbols
from attention_viz.core.markdown import markdown
from attention_viz.core.message import Message, say
from attention_viz.core.sizes import size_in_words
from attention_viz.figures.cells import cells
from attention_viz.figures.lines import bars, curves
from attention_viz.figures.palette import Palette, palette_for
from attention_viz.mechanism import cost, terms
from attention_viz.mechanism.learning import Lesson, learn
from attention_viz.mechanism.recipe import Recipe, Worked, work
from attention_viz.ui.app import shell
from attention_viz.ui.app.plain import aside
from attention_viz.ui.build import edit as build_edit

_CONFIG = {"displayModeBar": False}
_SIZES = (1, 2, 4, 8, 16, 32, 50, 64, 96, 128)
_LENGTHS = (16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192)
_TOLD = (128, 512, 2048, 8192)
_HEAD_SIZE, _HEADS, _WINDOW = 64, 144, 257
_MOST = 1e-6


def page() -> None:
    """Top to bottom."""
    build, problems = build_edit.current()
    shell.notice(*problems)
    st.markdown(
        "Attention answers one question for each word: **what do the other words have for me?** A word asks with its "
        "*query*. Every word has a *key* that says what it is found by, and a *value* that it hands over. Change any "
        "number below and see what follows."
    )
    build_edit.examples(build)
    with st.container(border=True):
        st.markdown("#### What goes in")
        build_edit.tables(build)
        wrong = faults(build)
        shell.notice(*wrong)
    asked = None if wrong else recipe(build, _learned)
    with st.container(border=True):
        _method(build, asked)
    if build.source == "random":
        with st.container(border=True):
            _learning(build)
    if asked is not None:
        _computed(build, asked)
    if build.source == "random":
        with st.container(border=True):
            _spread(build)
    with st.container(border=True):
        _cost()
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
            _step(number + 1, step, build)
            if step.key == "weights":
                _sums(build, worked)
    if belongs(build):
        with st.container(border=True):
            _listing(build, asked, found)
    if build.other is not None and build.source == "words":
        with st.container(border=True):
            _batch(build)
    if worked.problem:
        shell.notice(_named(worked.problem, build))
        return
    with st.container(border=True):
        _one_query(build, worked)
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
    wanted = _learned(build.seed, build.steps, build.scaled).wanted.tolist()
    return [replace(step, ringed=tuple(wanted)) if step.key == "weights" else step for step in found]


def _step(number: int, step: Step, build: Build) -> None:
    words, picture = st.columns([4, 5], vertical_alignment="center")
    with words:
        st.markdown(f"**{number}. {step.title}**")
        st.latex(step.formula)
        st.markdown(step.sentence)
        if step.hidden is not None and step.hidden.any():
            aside("Hatched: hidden by the mask.")
        if step.ringed:
            aside("Outlined in each row: the token that the teacher means.")
    with picture:
        _drawn(step, build)


def _drawn(step: Step, build: Build) -> None:
    figure = cells(
        step.numbers,
        step.rows,
        step.columns,
        texts=step.texts,
        palette=_palette(),
        hover=step.hover,
        share=step.share,
        hidden=step.hidden,
        marked=build.query if step.by_query else None,
        ringed=step.ringed,
    )
    st.plotly_chart(
        figure,
        width=figure.layout.width,
        theme=None,
        key=f"build step {step.key}",
        config=_CONFIG,
        alt=f"{step.title}: a table of {len(step.rows)} by {len(step.columns)} numbers",
    )


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
    _drawn(step, build)
    st.markdown(step.sentence)


def _batch(build: Build) -> None:
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
            _drawn(replace(step, key=f"weights of sequence {build.sequence}", by_query=in_hand), build)
    if worked.problem is not None and worked.weights is None:
        shell.notice(_named(worked.problem, build))


def _sums(build: Build, worked: Worked) -> None:
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


def _one_query(build: Build, worked: Worked) -> None:
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
            bars(build.key_names, shown, texts, _palette()),
            theme=None,
            key="build bars",
            config=_CONFIG,
            alt="The weights of one query as bars",
        )


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


@st.cache_data(max_entries=64, show_spinner=False)
def _learned(seed: int, steps: int, scaled: bool) -> Lesson:
    return learn(seed, steps, scaled=scaled)


def _learning(build: Build) -> None:
    lesson = _learned(build.seed, build.steps, build.scaled)
    curved = {scaled: _learned(build.seed, STEPS[-1], scaled) for scaled in (True, False)}
    st.markdown("#### What is learned")
    before = _learned(build.seed, 0, build.scaled)
    scale = "with" if build.scaled else "without"
    st.markdown(
        f"After **{build.steps} steps** {scale} the scale, the largest score of a query is that of the right token in "
        f"**{lesson.found:.0%}** of 2,000 fresh queries; before the first step it was {before.found:.0%}, and one in "
        "ten is chance. The loss is how far the outputs are from what the teacher says, squared, on features that the "
        "head has not seen."
    )
    st.plotly_chart(
        curves(
            range(STEPS[-1]),
            {"with √d": curved[True].losses.tolist(), "without": curved[False].losses.tolist()},
            _palette(),
            across="steps",
            up="loss",
            at=build.steps,
        ),
        theme=None,
        key="build losses",
        config=_CONFIG,
        alt="The loss against the number of steps, with and without the scale",
    )
    ends = {scaled: float(one.losses[-10:].mean()) for scaled, one in curved.items()}
    aside(
        f"In the last ten of {STEPS[-1]} steps the loss is {terms.number(ends[True], 2)} with the scale and "
        f"{terms.number(ends[False], 2)} without, from the same start, on the same features, with steps of the same "
        "size. With smaller steps and more of them the head without the scale gets about as far: the scale makes "
        "learning quick, it does not decide what can be learned."
    )


def _spread(build: Build) -> None:
    st.markdown("#### What the scale is for")
    st.markdown(
        "Entropy says how widely a query spreads its attention: ln 10 ≈ 2.30 for ten keys alike, 0 for all on one. "
        "Before any learning, it falls without the scale as $d_k$ grows, although nothing but the number of "
        "dimensions has changed."
    )
    plain, scaled = cost.entropy_by_size(10, _SIZES, build.seed)
    st.plotly_chart(
        curves(
            _SIZES,
            {"with √d": scaled.tolist(), "without": plain.tolist()},
            _palette(),
            across="d_k, numbers in a key",
            up="entropy in nats",
            at=50,
        ),
        theme=None,
        key="build entropy",
        config=_CONFIG,
        alt="Entropy against the size of a key, with and without the scale",
    )


def _cost() -> None:
    st.markdown("#### What it costs: why long texts hurt")
    tokens = st.segmented_control(
        "Tokens", _TOLD, default=512, format_func="{:,}".format, required=True, key="build tokens"
    )
    full, window = cost.operations(tokens, _HEAD_SIZE), cost.operations(tokens, _HEAD_SIZE, _WINDOW)
    maps, kept = cost.map_bytes(tokens), cost.kept_bytes(tokens, _HEAD_SIZE)
    st.markdown(
        f"For {tokens:,} tokens one head of 64 dimensions takes **{_short(full)}** multiplications and additions "
        f"({_short(window)} in a window of 257 keys). The maps of all 144 heads of a BERT-base take "
        f"**{size_in_words(maps * _HEADS)}**; their queries, keys and values, from which this app makes a map when "
        f"somebody looks at one, take **{size_in_words(kept * _HEADS)}**. Twice the tokens: four times the "
        "operations and the maps, but only twice the queries, keys and values."
    )
    left, right = st.columns(2)
    with left:
        lines: dict[str, list[int]] = {
            "every token sees all": [cost.operations(n, _HEAD_SIZE) for n in _LENGTHS],
            "window of 257": [cost.operations(n, _HEAD_SIZE, _WINDOW) for n in _LENGTHS],
        }
        _curve("operations of one head", lines, tokens)
    with right:
        lines = {
            "all maps": [cost.map_bytes(n) * _HEADS for n in _LENGTHS],
            "maps in a window": [cost.map_bytes(n, _WINDOW) * _HEADS for n in _LENGTHS],
            "q, k and v": [cost.kept_bytes(n, _HEAD_SIZE) * _HEADS for n in _LENGTHS],
        }
        _curve("bytes of 144 heads", lines, tokens)


def _curve(what: str, lines: dict[str, list[int]], at: int) -> None:
    st.plotly_chart(
        curves(_LENGTHS, lines, _palette(), across="tokens", up=what, log=True, at=at, hover="%{y:.3s}"),
        theme=None,
        key=f"build {what}",
        config=_CONFIG,
        alt=f"{what} against the number of tokens",
    )


def _short(count: int) -> str:
    for one, word in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if count >= one:
            return f"{count / one:.3g} {word}"
    return str(count)


def _named(problem: Message, build: Build) -> Message:
    """The library counts queries and keys; the page knows their names."""
    names = {"query": build.names, "key": build.key_names}
    values = (
        (place, say("“{name}”", name=names[place][value]) if place in names and isinstance(value, int) else value)
        for place, value in problem.values
    )
    return replace(problem, values=tuple(values))


def _palette() -> Palette:
    return palette_for(st.context.theme.type)
