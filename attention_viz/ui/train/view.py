"""What is seen of a training: how far it is, its curves, every head at any step, and what the heads are worth."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import streamlit as st

from attention_viz.core.markdown import markdown
from attention_viz.core.trace import Trace
from attention_viz.figures.cells import cells
from attention_viz.figures.heads import COLOURS, HeadMap, head_maps
from attention_viz.figures.lines import Learned, learning
from attention_viz.figures.palette import Palette, palette_for
from attention_viz.models.tracing import trace
from attention_viz.models.trained import TrainedModel, trained_name
from attention_viz.toy.ablation import Ablation, ablate
from attention_viz.toy.leave_one_out import leave_one_out, uniform_accuracy
from attention_viz.toy.run import Run
from attention_viz.toy.tasks.keyword import Keyword
from attention_viz.toy.training import Measured
from attention_viz.toy.trainings import TRAININGS, Training
from attention_viz.ui.app import shell
from attention_viz.ui.app.plain import aside
from attention_viz.ui.state import url

Left = Literal["paused", "stopped"]
_CONFIG = {"displayModeBar": False}
_WATCH, _PLAY = 1.0, 0.4
"""Seconds between two looks at a training that runs, and between two frames."""
_EASY = 8
"""Heads that are drawn in no time."""
_MANY = 3
"""Heads beside each other, from which on there is no room for more than a number above each."""
_FAR = 1.5
"""How many times the loss of the beginning is a sign that something is wrong."""
_FRAME, _FILM = "train frame", "train film"
_SLIDER = "train step"
_PHASES = {
    "paused": "Paused. “Go on” continues as if it had never stopped.",
    "left": "It stopped, because nobody was watching. “Go on” continues as if it had never stopped.",
    "stopped": "Stopped. What it learned until then is below.",
    "done": "Done.",
}


def progress(training: Training) -> None:
    """The bar, from the first step to the last; it moves by itself."""

    @st.fragment(run_every=_WATCH if training.active else None)
    def bar() -> None:
        training.touch()
        config, last = training.run.config, training.run.measured[-1] if training.run.measured else None
        numbers = "" if last is None else f" · loss {last.loss:.3f} · {last.accuracy:.1%} {training.run.task.counted}"
        left = training.seconds_left()
        rest = f" · {_rest(left)}" if training.phase == "running" and left is not None else ""
        st.progress(
            min(1.0, training.step / config.steps), text=f"Step {training.step:,} of {config.steps:,}{numbers}{rest}"
        )
        if training.phase == "waiting" and TRAININGS.ahead(training):
            aside(
                f":material/hourglass_empty: Other visitors' models learn first: {TRAININGS.ahead(training)} ahead of "
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
    if st.session_state.get(_FILM) != shown:
        st.session_state[_FILM] = shown
        st.session_state.pop(_FRAME, None)
    playing = _FRAME in st.session_state

    @st.fragment(run_every=_PLAY if playing else _pause(run) if active else None)
    def view() -> None:
        if training is not None:
            training.touch()
            if active and not training.active:
                st.rerun()
        _followed(run if training is None or not _begun(training) else training.run, training)

    view()
    if training is not None and not active and _begun(training):
        _worth(run, training)


def _begun(training: Training) -> bool:
    """Is there a model of it? Not while it waits in line."""
    return bool(training.run.steps)


def _pause(run: Run) -> float:
    """Seconds between two looks at all heads: many take long to draw, and the model learns on the same processor."""
    return _WATCH * max(1.0, run.config.layers * run.config.heads / _EASY)


def _followed(run: Run, training: Training | None) -> None:
    step = _step(run)
    palette = palette_for(st.context.theme.type)
    maps, curves = st.columns([7, 5])
    with maps.container(border=True):
        st.markdown("#### Where does every head look?")
        _slider(run, step, training)
        _maps(run, step, training, palette)
    with curves.container(border=True):
        st.markdown("#### When does it learn?")
        _curves(run, step, palette)
    if training is not None and _begun(training):
        _onwards(run, step, training)


def _step(run: Run) -> int:
    """The step in hand: that of the film, the one that was chosen, or the last."""
    steps = run.steps
    if _FRAME in st.session_state:
        at = st.session_state[_FRAME]
        following = [step for step in steps if step > at] if at in steps else list(steps)
        if not following:
            del st.session_state[_FRAME]
            url.select(at=None)
            st.rerun()
        st.session_state[_FRAME] = following[0]
        return following[0]
    chosen = url.on_screen().at
    return steps[-1] if chosen is None else min(steps, key=lambda step: abs(step - chosen))


def _slider(run: Run, step: int, training: Training | None) -> None:
    if training is None or len(run.steps) < 2:
        aside("Before the first step. A slider through all steps appears here when it has begun.")
        return
    choose, play = st.columns([5, 1], vertical_alignment="bottom")
    playing = _FRAME in st.session_state
    moving = playing or training.active
    # One that moves by itself is another widget: it has nothing to report, so no late report can undo a move.
    key = f"{_SLIDER} moving" if moving else _SLIDER
    with choose:
        url.put(key, step)
        st.select_slider(
            "Step",
            run.steps,
            key=key,
            format_func=lambda one: f"{one:,}",
            on_change=_choose,
            args=(run.steps,),
            disabled=moving,
            help="The model was kept at these steps. Arrow keys move it, as soon as nothing else does.",
        )
    with play:
        if st.button(
            "Pause" if playing else "Play",
            key="train play",
            icon=":material/pause:" if playing else ":material/play_arrow:",
            width="stretch",
            disabled=training.active,
        ):
            if playing:
                url.select(at=st.session_state.pop(_FRAME))
            else:
                st.session_state[_FRAME] = -1 if step == run.steps[-1] else step
            st.rerun()


def _choose(steps: tuple[int, ...]) -> None:
    if not url.is_echo(_SLIDER):
        chosen = st.session_state[_SLIDER]
        url.select(at=None if chosen == steps[-1] else chosen)


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
        config=_CONFIG,
        alt=f"Attention maps of {len(maps)} heads after {step} steps",
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


def _curves(run: Run, step: int, palette: Palette) -> None:
    measured = run.measured
    steps = [one.step for one in measured]
    last = run.at(step)

    def draw(title: str, lines: list[Learned], *, share: bool, key: str) -> None:
        st.markdown(title)
        st.plotly_chart(
            learning(steps, lines, palette, until=run.config.steps, at=step, share=share),
            theme=None,
            key=f"train curve {key}",
            config=_CONFIG,
            alt=f"{key} over the steps",
        )

    draw(
        f"**Loss** {last.loss:.3f} nats",
        [Learned("loss", [one.loss for one in measured])],
        share=False,
        key="loss",
    )
    draw(
        f"**Accuracy** {last.accuracy:.1%} {run.task.counted}",
        [Learned("accuracy", [one.accuracy for one in measured])],
        share=True,
        key="accuracy",
    )
    draw(
        "**Pattern** of the best head",
        [
            Learned(
                pattern.title,
                [float(np.nanmax(one.patterns[pattern.name], initial=0)) for one in measured],
                measured[0].uniform[pattern.name],
            )
            for pattern in run.task.patterns
        ],
        share=True,
        key="pattern",
    )
    explained = "; ".join(f"{pattern.title}: {pattern.sentence}" for pattern in run.task.patterns)
    aside(
        f"{explained}. The dotted line is a head that looks at everything alike. Measured, not assumed: a model may "
        "solve its task in another way."
    )


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


# What the heads are worth ------------------------------------------------------------------------------------------


def _worth(run: Run, training: Training) -> None:
    step = run.steps[-1]
    with st.container(border=True):
        st.markdown("#### What is each head worth?")
        found = _ablated(training.id, step, run)
        words, picture = st.columns([4, 5], vertical_alignment="center")
        with words:
            st.markdown(
                f"One head after the other is switched off in the model after {step:,} steps. With all heads it is "
                f"right in **{found.whole:.1%}** ({run.task.counted}). The table says what is left without each."
            )
            layer, head = np.unravel_index(int(found.without.argmin()), found.without.shape)
            lost = found.whole - found.without[layer, head]
            st.markdown(
                f"It misses L{layer} H{head} most: **{lost * 100:.1f} points**."
                if lost > 0.005
                else "It misses none of them: what one does, another can do as well, or none is needed."
            )
            aside("A head that can be spared may still do something; another does it too.")
        with picture:
            figure = cells(
                found.without,
                [f"layer {layer}" for layer in range(run.config.layers)],
                [f"head {head}" for head in range(run.config.heads)],
                texts=[[f"{one:.1%}" for one in row] for row in found.without],
                palette=palette_for(st.context.theme.type),
                hover=[
                    [
                        f"without L{layer} H{head}: {one:.1%}, with all heads {found.whole:.1%}"
                        for head, one in enumerate(row)
                    ]
                    for layer, row in enumerate(found.without)
                ],
                share=True,
            )
            st.plotly_chart(
                figure,
                width=figure.layout.width,
                theme=None,
                key="train worth",
                config=_CONFIG,
                alt="Accuracy without each head",
            )
    if isinstance(run.task, Keyword):
        with st.container(border=True):
            _left_out(run)
    aside(f":material/lightbulb: {run.task.lesson}")


def _left_out(run: Run) -> None:
    """What the decision about the example hangs on, beside the weights: of both twins."""
    assert isinstance(run.task, Keyword)
    st.markdown("#### Do the weights explain the decision?")
    model, step = run.model(run.steps[-1]), run.steps[-1]
    read = run.task.read(run.config, run.task.example(run.config)[0])
    found = leave_one_out(model, read)
    st.markdown(
        f"Beside this model a twin has learned the same with attention that is **frozen and uniform**. After {step:,} "
        f"steps the one is right in {run.at(step).accuracy:.1%} of the texts, the other in "
        f"{uniform_accuracy(run.task, run.config, model):.1%}. Each word of the example is left out in turn: how far "
        "does the probability of the decision fall, and what weight did the word have?"
    )
    palette = palette_for(st.context.theme.type)
    words = [token.text for token in read.tokens]
    for column, (name, one) in zip(
        st.columns(2, gap="medium"),
        (("Learned attention", found.attentive), ("Uniform attention", found.uniform)),
        strict=True,
    ):
        with column:
            st.markdown(f"**{name}**: {markdown(one.decided)}, {one.probability:.2f}")
            fall = np.clip(-one.changes, 0, 1)
            st.plotly_chart(
                cells(
                    np.stack([one.weights, fall], axis=1),
                    words,
                    ["weight", "falls by"],
                    texts=[
                        [f"{weight:.2f}", f"{round(-change, 2) + 0.0:.2f}"]
                        for weight, change in zip(one.weights, one.changes, strict=True)
                    ],
                    palette=palette,
                    share=True,
                ),
                theme=None,
                key=f"train left out {name}",
                config=_CONFIG,
                alt=f"{name}: of each word, its weight and how far the probability falls without it",
            )


@st.cache_resource(show_spinner="Switching heads off …", max_entries=100)
def _ablated(training: str, step: int, _run: Run) -> Ablation:  # noqa: ARG001 (training and step name the run)
    return ablate(_run.task, _run.config, _run.model(step))


def _rest(seconds: float) -> str:
    return "less than a second left" if seconds < 1 else f"about {seconds:.0f} s left"
