"""The page "Train a model": what is learned and how, the training itself, and where its model goes from here."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from attention_viz.core.errors import AttentionVizError
from attention_viz.core.sizes import size_in_words
from attention_viz.toy.config import MOST_TEXT, RANGES
from attention_viz.toy.files import MOST_BYTES, open_run, save_run
from attention_viz.toy.run import Run
from attention_viz.toy.task import Task
from attention_viz.toy.tasks import TASKS
from attention_viz.toy.training import has_graphics_card, seconds_for, train
from attention_viz.ui.app import shell
from attention_viz.ui.app.plain import aside
from attention_viz.ui.server import cache, trained
from attention_viz.ui.server.jobs import patience
from attention_viz.ui.server.loaded import freeze
from attention_viz.ui.server.trainings import TRAININGS, Training
from attention_viz.ui.state import url
from attention_viz.ui.state.selection import Selection
from attention_viz.ui.train import view as train_view
from attention_viz.ui.train.setup import Setup, decode, encode, with_field

_LABELS = {
    "layers": "Layers",
    "heads": "Heads in each",
    "width": "Width",
    "learning_rate": "Learning rate",
    "steps": "Steps",
    "seed": "Seed",
}
_TIPS = {
    "layers": "One after the other: what a layer found, the next one can look for.",
    "heads": "Side by side: each looks in its own way.",
    "width": "Numbers in a token's vector. The heads share them.",
    "learning_rate": "How far a step goes. Too small: nothing happens. Too large: the loss jumps, or is no number.",
    "steps": "Each step looks at a batch of fresh examples.",
    "seed": "Decides all that is random. The same seed and settings give the same curves.",
}
_CHOICES: dict[str, tuple[float, ...]] = {
    "layers": (1, 2, 3, 4),
    "heads": (1, 2, 4, 8),
    "width": (16, 32, 48, 64, 96, 128),
    "learning_rate": (1e-4, 3e-4, 1e-3, 3e-3, 5e-3, 1e-2, 3e-2, 1e-1, 1.0),
}
_HASHED: dict[str | type, Any] = {"attention_viz.ui.train.setup.Setup": lambda setup: (encode(setup), setup.own)}
_FIELD = 148  # px: two stand beside each other on a phone
_TROUBLE = "train trouble"
_FILE = "train file"


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
    _tasks(setup, training)
    shell.notice(*problems, *_gone(selection, training))
    trouble = st.session_state.pop(_TROUBLE, None)
    if trouble:
        shell.notice(trouble)
    with st.container(border=True):
        st.markdown(f"#### {setup.task.title}")
        st.markdown(setup.task.question)
        _settings(setup, training)
        wrong = _wrong(setup)
        shell.notice(*wrong)
        held_out = "" if wrong else setup.task.held_out_in_words(setup.config)
        if held_out:
            aside(held_out)
        _controls(setup, training, ready=not wrong)
    if not wrong:
        run = training.run if training is not None and training.run.steps else _before(setup)
        train_view.live(run, training)
    _file(training)


def _tasks(setup: Setup, training: Training | None) -> None:
    key = "train task"
    url.put(key, setup.task.name)
    st.pills(
        "What it learns",
        list(TASKS),
        format_func=lambda name: TASKS[name].title,
        key=key,
        on_change=_take_task,
        args=(key,),
        required=True,
        disabled=training is not None and training.active,
    )


def _settings(setup: Setup, training: Training | None) -> None:
    """What can be chosen; locked as soon as there is something that was trained with it."""
    locked = training is not None
    names = [name for name in _LABELS if name in setup.task.free]
    with st.container(horizontal=True):
        for name in names:
            _setting(setup, name, locked)
    if "text" in setup.task.free:
        key = "train text"
        url.put(key, setup.config.text)
        st.text_area(
            "The text it learns from",
            key=key,
            on_change=_take_text,
            args=(key,),
            height=160,
            max_chars=MOST_TEXT,
            disabled=locked,
            help="Paste your own. Applied when you press Ctrl+Enter or leave the box; emptied, the included text comes "
            "back.",
        )


def _setting(setup: Setup, name: str, locked: bool) -> None:
    key = f"train {name}"
    value = getattr(setup.config, name)
    url.put(key, value)
    common: dict[str, Any] = {"key": key, "on_change": _take, "args": (name, key)}
    common |= {"help": _TIPS[name], "disabled": locked, "width": _FIELD}
    if name in _CHOICES:
        options = sorted({*_CHOICES[name], value})
        st.selectbox(_LABELS[name], options, format_func=lambda one: f"{one:g}", **common)
    else:
        allowed = RANGES[name]
        st.number_input(
            _LABELS[name], int(allowed.least), int(allowed.most), step=50 if name == "steps" else 1, **common
        )


def _wrong(setup: Setup) -> tuple[str, ...]:
    try:
        setup.task.check(setup.config)
    except AttentionVizError as error:
        return (str(error),)
    return ()


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
    _show(training)


def _go_on(training: Training) -> None:
    if not _is_busy():
        TRAININGS.go_on(training)


def _is_busy() -> bool:
    """Does a training of this visit run, or wait? It is shown then, and said: a visitor has one at a time."""
    running = next((one for one in trained.trainings() if one.active), None)
    if running is None:
        return False
    st.session_state[_TROUBLE] = (
        f"You have a training already ({running.run.task.title}), which is shown now. Pause or stop it first."
    )
    _show(running)
    return True


def _leave(training: Training, phase: train_view.Left) -> None:
    TRAININGS.leave_off(training, phase)


def _reset() -> None:
    url.select(run="", at=None)


def _show(training: Training) -> None:
    setup = Setup(training.run.task, training.run.config)
    url.select(train=encode(setup), own=setup.own, run=training.id, at=None)


def _take_task(key: str) -> None:
    if not url.is_echo(key):
        task: Task = TASKS[st.session_state[key]]
        url.select(train=encode(Setup(task, task.defaults)), own="", run="", at=None)


def _take(name: str, key: str) -> None:
    if url.is_echo(key):
        return
    selection = url.on_screen()
    setup, _ = decode(selection.train, selection.own)
    try:
        url.select(train=encode(with_field(setup, name, st.session_state[key])), run="", at=None)
    except AttentionVizError as error:
        st.session_state[_TROUBLE] = str(error)


def _take_text(key: str) -> None:
    if not url.is_echo(key):
        selection = url.on_screen()
        setup, _ = decode(selection.train, selection.own)
        text = st.session_state[key]
        url.select(own="" if text == setup.task.defaults.text else text, run="", at=None)


# Files -------------------------------------------------------------------------------------------------------------


def _file(training: Training | None) -> None:
    with st.container(border=True):
        st.markdown("#### Keep it")
        save, load = st.columns(2, gap="medium")
        with save:
            aside(
                "The model at every step that is kept, its curves and its settings, as one safetensors file: numbers "
                f"and text, nothing that could be run. A training stays on this server for a while, and stops "
                f"when nobody has watched it for {patience():.0f} seconds."
            )
            ready = training is not None and not training.active and training.run.last is not None
            if training is not None and ready:
                run = training.run
                st.download_button(
                    f"Save this training, {size_in_words(run.nbytes)}",
                    partial(save_run, run),
                    f"{run.task.name}-seed{run.config.seed}-{run.steps[-1]}.safetensors",
                    "application/octet-stream",
                    on_click="ignore",
                    icon=":material/download:",
                )
            else:
                st.button("Save this training", disabled=True, icon=":material/download:", help="There is none yet.")
        with load:
            aside(
                f"A file that was saved here, up to {size_in_words(MOST_BYTES)}. It can be looked at, and gone on with."
            )
            st.file_uploader("Load a saved training", type=["safetensors"], key=_FILE, on_change=_load)


def _load() -> None:
    file = st.session_state[_FILE]
    if file is None:
        return
    try:
        training = TRAININGS.keep(open_run(file.getvalue()))
    except AttentionVizError as error:
        st.session_state[_TROUBLE] = f"{file.name[:80]} can't be loaded. {error}"
        return
    trained.remember(training)
    _show(training)
