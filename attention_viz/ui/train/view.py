"""What is seen of a training: how far it is, its curves, every head at any step, and what the heads are worth."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import streamlit as st

from attention_viz.core.markdown import markdown
from attention_viz.core.trace import Trace
from attention_viz.figures.heads import COLOURS, HeadMap, head_maps
from attention_viz.figures.palette import Palette, palette_for
from attention_viz.models.tracing import trace
from attention_viz.models.trained import TrainedModel, trained_name
from attention_viz.toy.run import Run
from attention_viz.toy.training import Measured
from attention_viz.ui.app import shell
from attention_viz.ui.app.plain import aside, number_of
from attention_viz.ui.server.trainings import Training
from attention_viz.ui.train.curves import CONFIG, curves_panel
from attention_viz.ui.train.film import FILM, FRAME, PLAY, WATCH, pause, slider, step_in_hand
from attention_viz.ui.train.worth import worth_panel

Left = Literal["paused", "stopped"]
_MANY = 3
"""Heads beside each other, from which on there is no room for more than a number above each."""
_FAR = 1.5
"""How many times the loss of the beginning is a sign that something is wrong."""
_PHASES = {
    "paused": "Paused. “Go on” continues as if it had never stopped.",
    "left": "It stopped, because nobody was watching. “Go on” continues as if it had never stopped.",
    "stopped": "Stopped. What it learned until then is below.",
    "done": "Done.",
}


def progress(training: Training) -> None:
    """The bar, from the first step to the last; it moves by itself."""

    @st.fragment(run_every=WATCH if training.active else None)
    def bar() -> None:
        training.touch()
        config, last = training.run.config, training.run.measured[-1] if training.run.measured else None
        numbers = "" if last is None else f" · loss {last.loss:.3f} · {last.accuracy:.1%} {training.run.task.counted}"
        left = training.seconds_left()
        rest = f" · {_rest(left)}" if training.phase == "running" and left is not None else ""
        st.progress(
            min(1.0, training.step / config.steps), text=f"Step {training.step:,} of {config.steps:,}{numbers}{rest}"
        )
        ahead = training.waiting_for()
        if ahead:
            aside(
                f":material/hourglass_empty: Other visitors' models learn first: {ahead} ahead of "
                "yours. One learns at a time, and yours begins by itself."
            )
        shell.notice(*_too_fast(training))

    bar()
    # Always there, so that the buttons below keep their place on the page and are not drawn twice for a moment.
    with st.container():
        if training.phase == "failed" and training.problem is not None:
            shell.notice(training.problem, "The last good step is below.")
        elif training.phase in _PHASES:
            aside(_PHASES[training.phase])


def _too_fast(training: Training) -> tuple[str, ...]:
    """A loss that has run away, though it still is a number."""
    measured = training.run.measured
    if len(measured) < 2 or measured[-1].loss <= _FAR * measured[0].loss:
        return ()
    return (
        f"The loss is {measured[-1].loss:.3g}, far above the {measured[0].loss:.3g} that it began with: the learning "
        f"rate of {training.run.config.learning_rate:g} is too high. Stop, reset, and lower it; "
        f"{training.run.task.defaults.learning_rate:g} works for this task.",
    )


def live(run: Run, training: Training | None) -> None:
    """Everything that follows the step in hand."""
    active = training is not None and training.active
    shown = "" if training is None else training.id
    if st.session_state.get(FILM) != shown:
        st.session_state[FILM] = shown
        st.session_state.pop(FRAME, None)
    playing = FRAME in st.session_state

    @st.fragment(run_every=PLAY if playing else pause(run) if active else None)
    def view() -> None:
        if training is not None:
            training.touch()
            if active and not training.active:
                st.rerun()
        _followed(run if training is None or not _begun(training) else training.run, training)

    view()
    if training is not None and not active and _begun(training):
        worth_panel(run, training)


def _begun(training: Training) -> bool:
    """Is there a model of it? Not while it waits in line."""
    return bool(training.run.steps)


def _followed(run: Run, training: Training | None) -> None:
    step = step_in_hand(run)
    palette = palette_for(st.context.theme.type)
    maps, curves = st.columns([7, 5])
    with maps.container(border=True):
        st.markdown("#### Where does every head look?")
        slider(run, step, training)
        _maps(run, step, training, palette)
    with curves.container(border=True):
        st.markdown("#### When does it learn?")
        curves_panel(run, step, palette)
    if training is not None and _begun(training):
        _onwards(run, step, training)


def example_of(run: Run, step: int, name: str) -> Trace:
    """What the model of a step does with the held-out example."""
    text, second = run.task.example(run.config)
    return trace(TrainedModel(run.task, run.config, run.checkpoints[step], name), text, second)


def _maps(run: Run, step: int, training: Training | None, palette: Palette) -> None:
    found = example_of(run, step, run.task.title)
    measured = run.at(step)
    st.markdown(f"An example that it never learns from: **{markdown(found.texts[0])}**")
    if measured.sample:
        aside(run.task.sampled)
        st.code(measured.sample, language=None, wrap_lines=True)
    maps = [
        HeadMap(
            f"L{layer} H{head}",
            _does(run, measured, layer, head),
            found.attention(layer, head),
            None if found.visible(layer, head).all() else found.visible(layer, head),
        )
        for layer in range(len(found.layers))
        for head in range(found.heads)
    ]
    st.plotly_chart(
        head_maps(maps, found.tokens, found.key_tokens, palette, across=found.heads),
        theme=None,
        key=f"train maps {'' if training is None else training.id}",
        config=CONFIG,
        alt=f"Attention maps of {number_of(len(maps), 'head')} after {number_of(step, 'step')}",
    )
    number = f" The number above a map is its share of “{run.task.patterns[-1].title}”." if found.heads >= _MANY else ""
    aside(f"A row looks at its columns. {COLOURS.capitalize()}. Point at a cell to see what it is.{number}")


def _does(run: Run, measured: Measured, layer: int, head: int) -> str:
    """What a head does most of, beyond what an even spread would; in short where many stand beside each other."""
    shares = {
        pattern.title: (float(measured.patterns[pattern.name][layer, head]), measured.uniform[pattern.name])
        for pattern in run.task.patterns
    }
    shares = {title: share for title, share in shares.items() if not np.isnan(share[0])}
    if not shares:
        return ""
    if run.config.heads >= _MANY:
        return f"{list(shares.values())[-1][0]:.2f}"
    title, (mass, _) = max(shares.items(), key=lambda item: item[1][0] - item[1][1])
    return f"{title} {mass:.2f}"


def _onwards(run: Run, step: int, training: Training) -> None:
    """The model of this step in the views of large models."""
    name = trained_name(run.task.name, step, training.id)
    text, second = run.task.example(run.config)
    layer, head = _best(run, step)
    query, key = _telling(example_of(run, step, name), layer, head)
    here: dict[str, Any] = {"model": name, "text": text, "second": second or "", "layer": layer, "head": head}
    here |= {"token": query, "key": key}

    def beside(other: int) -> dict[str, Any]:
        model = trained_name(run.task.name, other, training.id)
        return {"b_model": model, "b_text": "", "b_second": "", "b_layer": layer, "b_head": head}

    with st.container(border=True):
        st.markdown(f"#### Look closer at the model after {step:,} steps")
        with st.container(horizontal=True, gap="large"):
            shell.page_link(shell.EXPLORE, label="Explore all its heads", **here)
            if step != run.steps[0]:
                shell.page_link(shell.COMPARE, label="Compare with the untrained one", **here, **beside(run.steps[0]))
            if step != run.steps[-1]:
                shell.page_link(shell.COMPARE, label="Compare with the last step", **here, **beside(run.steps[-1]))
            shell.page_link(shell.INSIDE, label="Take one weight apart", **here)


def _best(run: Run, step: int) -> tuple[int, int]:
    """The head that does most of the pattern that matters most."""
    found = np.nan_to_num(run.at(step).patterns[run.task.patterns[-1].name])
    layer, head = np.unravel_index(int(found.argmax()), found.shape)
    return int(layer), int(head)


def _telling(found: Trace, layer: int, head: int) -> tuple[int, int]:
    """A query and the key that it looks at most, itself aside; of the second half, which has more to choose from."""
    weights = found.attention(layer, head).copy()
    if found.kind != "cross":
        np.fill_diagonal(weights, 0)
        weights[: len(weights) // 2] = 0
    query, key = np.unravel_index(int(weights.argmax()), weights.shape)
    return int(query), int(key)


def _rest(seconds: float) -> str:
    return "less than a second left" if seconds < 1 else f"about {seconds:.0f} s left"
