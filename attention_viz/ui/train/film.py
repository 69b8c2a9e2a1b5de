"""Which step is looked at: the slider, and the film of all of them."""

from __future__ import annotations

import streamlit as st

from attention_viz.toy.run import Run
from attention_viz.ui.app.plain import aside
from attention_viz.ui.server.trainings import Training
from attention_viz.ui.state import url

WATCH, PLAY = 1.0, 0.4
"""Seconds between two looks at a training that runs, and between two frames."""
_EASY = 8
"""Heads that are drawn in no time."""
FRAME, FILM = "train frame", "train film"
_SLIDER = "train step"


def pause(run: Run) -> float:
    """Seconds between two looks at all heads: many take long to draw, and the model learns on the same processor."""
    return WATCH * max(1.0, run.config.layers * run.config.heads / _EASY)


def step_in_hand(run: Run) -> int:
    """The step in hand: that of the film, the one that was chosen, or the last."""
    steps = run.steps
    if FRAME in st.session_state:
        at = st.session_state[FRAME]
        following = [step for step in steps if step > at] if at in steps else list(steps)
        if not following:
            del st.session_state[FRAME]
            url.select(at=None)
            st.rerun()
        st.session_state[FRAME] = following[0]
        return following[0]
    chosen = url.on_screen().at
    return steps[-1] if chosen is None else min(steps, key=lambda step: abs(step - chosen))


def slider(run: Run, step: int, training: Training | None) -> None:
    if training is None or len(run.steps) < 2:
        aside("Before the first step. A slider through all steps appears here when it has begun.")
        return
    choose, play = st.columns([5, 1], vertical_alignment="bottom")
    playing = FRAME in st.session_state
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
                _show(st.session_state.pop(FRAME), run.steps)
            else:
                st.session_state[FRAME] = -1 if step == run.steps[-1] else step
            st.rerun()


def _choose(steps: tuple[int, ...]) -> None:
    if not url.is_echo(_SLIDER):
        _show(st.session_state[_SLIDER], steps)


def _show(step: int, steps: tuple[int, ...]) -> None:
    """The last step is what is shown anyway: an address that names none goes on with the training."""
    url.select(at=None if step == steps[-1] else step)
