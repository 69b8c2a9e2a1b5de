"""The page "Train a model": what is learned and how, the training itself, and where its model goes from here."""

from __future__ import annotations

from typing import Any

import streamlit as st

from attention_viz.toy.run import Run
from attention_viz.toy.training import has_graphics_card, seconds_for, train
from attention_viz.ui.app import shell
from attention_viz.ui.app.plain import aside
from attention_viz.ui.server import cache, trained
from attention_viz.ui.server.loaded import freeze
from attention_viz.ui.server.trainings import TRAININGS, Training
from attention_viz.ui.state import url
from attention_viz.ui.state.selection import Selection
from attention_viz.ui.train import view as train_view
from attention_viz.ui.train.file import file
from attention_viz.ui.train.session import TROUBLE, show
from attention_viz.ui.train.settings import faults, settings, tasks
from attention_viz.ui.train.setup import Setup, decode, encode

_HASHED: dict[str | type, Any] = {"attention_viz.ui.train.setup.Setup": lambda setup: (encode(setup), setup.own)}


def page() -> None:
    """Top to bottom."""
    cache.set_threads()
    selection = url.on_screen()
    setup, problems = decode(selection.train, selection.own)
    training = TRAININGS.find(selection.run) if selection.run else None
    if training is not None:
        setup = Setup(training.run.task, training.run.config)
        training.touch()
        trained.remember(training)
    st.markdown(
        "A small transformer learns in front of you. Before the first step its heads look anywhere. Press **Start**, "
        "and watch where they look by the time it can do its task."
    )
    tasks(setup, training)
    shell.notice(*problems, *_gone(selection, training))
    trouble = st.session_state.pop(TROUBLE, None)
    if trouble:
        shell.notice(trouble)
    with st.container(border=True):
        st.markdown(f"#### {setup.task.title}")
        st.markdown(setup.task.question)
        settings(setup, training)
        wrong = faults(setup)
        shell.notice(*wrong)
        held_out = "" if wrong else setup.task.held_out_in_words(setup.config)
        if held_out:
            aside(held_out)
        _controls(setup, training, ready=not wrong)
    if not wrong:
        run = training.run if training is not None and training.run.steps else _before(setup)
        train_view.live(run, training)
    file(training)


def _gone(selection: Selection, training: Training | None) -> tuple[str, ...]:
    if not selection.run or training is not None:
        return ()
    return (
        "The model of this link was trained in another visit, and this server no longer has it. Its settings are "
        "below: press Start, and the same seed gives the same model. If it was saved, load its file at the bottom of "
        "the page.",
    )


# The training ------------------------------------------------------------------------------------------------------


def _controls(setup: Setup, training: Training | None, *, ready: bool) -> None:
    if training is None:
        left, right = st.columns([1, 3], vertical_alignment="center")
        left.button(
            "Start",
            key="train start",
            on_click=_start,
            args=(setup,),
            icon=":material/play_arrow:",
            disabled=not ready,
            width="stretch",
        )
        if ready:
            with right:
                aside(f"{_takes(_seconds(setup))} on this server, with one page watching.")
        if has_graphics_card():
            st.toggle("Use the graphics card", key="train cuda")
        return
    train_view.progress(training)
    buttons = st.columns([1, 1, 1, 3])
    paused = training.phase in ("paused", "left")
    if training.active:
        buttons[0].button(
            "Pause",
            key="train pause",
            on_click=_leave,
            args=(training, "paused"),
            icon=":material/pause:",
            width="stretch",
        )
    elif paused:
        buttons[0].button(
            "Go on",
            key="train go on",
            on_click=_go_on,
            args=(training,),
            icon=":material/play_arrow:",
            width="stretch",
        )
    if training.active or paused:
        buttons[1].button(
            "Stop",
            key="train stop",
            on_click=_leave,
            args=(training, "stopped"),
            icon=":material/stop:",
            width="stretch",
        )
    buttons[2 if training.active or paused else 0].button(
        "Reset",
        key="train reset",
        on_click=_reset,
        disabled=training.active,
        icon=":material/restart_alt:",
        help="Back to the settings, to train another one. This one stays in the list of models at the left.",
        width="stretch",
    )


def _takes(seconds: float) -> str:
    if seconds < 1.5:
        return "About a second"
    return f"About {seconds:.0f} seconds" if seconds < 90 else f"About {seconds / 60:.0f} minutes"


@st.cache_resource(show_spinner="Timing a few steps …", max_entries=100, ttl=600, hash_funcs=_HASHED)
def _seconds(setup: Setup) -> float:
    return seconds_for(setup.task, setup.config)


@st.cache_resource(show_spinner="Making the model …", max_entries=20, hash_funcs=_HASHED)
def _before(setup: Setup) -> Run:
    """The model before the first step, so that there is something to see."""
    run = Run(setup.task, setup.config)
    run.add(next(iter(train(setup.task, setup.config))))
    return run


def _start(setup: Setup) -> None:
    if _is_busy():
        return
    device = "cuda" if st.session_state.get("train cuda") else "cpu"
    training = TRAININGS.begin(Run(setup.task, setup.config), device)
    freeze()
    trained.remember(training)
    show(training)


def _go_on(training: Training) -> None:
    if not _is_busy():
        TRAININGS.go_on(training)


def _is_busy() -> bool:
    """Does a training of this visit run, or wait? It is shown then, and said: a visitor has one at a time."""
    running = next((one for one in trained.trainings() if one.active), None)
    if running is None:
        return False
    st.session_state[TROUBLE] = (
        f"You have a training already ({running.run.task.title}), which is shown now. Pause or stop it first."
    )
    show(running)
    return True


def _leave(training: Training, phase: train_view.Left) -> None:
    TRAININGS.leave_off(training, phase)


def _reset() -> None:
    url.select(run="", at=None)
