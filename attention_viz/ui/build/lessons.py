"""What is shown beyond the steps: a head that learns, what the scale does, what attention costs."""

from __future__ import annotations

import streamlit as st

from attention_viz.builder.build import STEPS, Build
from attention_viz.core.sizes import size_in_words
from attention_viz.figures.lines import curves
from attention_viz.mechanism import cost, terms
from attention_viz.mechanism.learning import Lesson, learn
from attention_viz.ui.app.plain import aside
from attention_viz.ui.build.drawn import CONFIG, palette
from attention_viz.ui.server import cache

_HEAD_SIZE, _HEADS, _WINDOW = 64, 144, 257

_SIZES = (1, 2, 4, 8, 16, 32, 50, 64, 96, 128)
_LENGTHS = (16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192)
_TOLD = (128, 512, 2048, 8192)


@st.cache_data(max_entries=64, show_spinner=False)
def learned(seed: int, steps: int, scaled: bool) -> Lesson:
    """What the head of the random source has learned; kept for the next visitor."""
    cache.set_threads()
    return learn(seed, steps, scaled=scaled)


def learning(build: Build) -> None:
    """A head that learns, with and without the scale."""
    lesson = learned(build.seed, build.steps, build.scaled)
    curved = {scaled: learned(build.seed, STEPS[-1], scaled) for scaled in (True, False)}
    st.markdown("#### What is learned")
    before = learned(build.seed, 0, build.scaled)
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
            palette(),
            across="steps",
            up="loss",
            at=build.steps,
        ),
        theme=None,
        key="build losses",
        config=CONFIG,
        alt="The loss against the number of steps, with and without the scale",
    )
    ends = {scaled: float(one.losses[-10:].mean()) for scaled, one in curved.items()}
    aside(
        f"In the last ten of {STEPS[-1]} steps the loss is {terms.number(ends[True], 2)} with the scale and "
        f"{terms.number(ends[False], 2)} without, from the same start, on the same features, with steps of the same "
        "size. With smaller steps and more of them the head without the scale gets about as far: the scale makes "
        "learning quick, it does not decide what can be learned."
    )


def spread(build: Build) -> None:
    """How even the weights of random features are, by their size."""
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
            palette(),
            across="d_k, numbers in a key",
            up="entropy in nats",
            at=50,
        ),
        theme=None,
        key="build entropy",
        config=CONFIG,
        alt="Entropy against the size of a key, with and without the scale",
    )


def costs() -> None:
    """What attention costs, by the length of a text."""
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


def _short(count: int) -> str:
    for one, word in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if count >= one:
            return f"{count / one:.3g} {word}"
    return str(count)


def _curve(what: str, lines: dict[str, list[int]], at: int) -> None:
    st.plotly_chart(
        curves(_LENGTHS, lines, palette(), across="tokens", up=what, log=True, at=at, hover="%{y:.3s}"),
        theme=None,
        key=f"build {what}",
        config=CONFIG,
        alt=f"{what} against the number of tokens",
    )
