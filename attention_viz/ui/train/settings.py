"""The task of a training and its settings, tied to the address."""

from __future__ import annotations

from typing import Any

import streamlit as st

from attention_viz.core.errors import AttentionVizError
from attention_viz.toy.config import MOST_TEXT, RANGES
from attention_viz.toy.task import Task
from attention_viz.toy.tasks import TASKS
from attention_viz.ui.server.trainings import Training
from attention_viz.ui.state import url
from attention_viz.ui.train.session import TROUBLE
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
_FIELD = 148  # px: two stand beside each other on a phone


def tasks(setup: Setup, training: Training | None) -> None:
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


def settings(setup: Setup, training: Training | None) -> None:
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


def faults(setup: Setup) -> tuple[str, ...]:
    try:
        setup.task.check(setup.config)
    except AttentionVizError as error:
        return (str(error),)
    return ()


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
        st.session_state[TROUBLE] = str(error)


def _take_text(key: str) -> None:
    if not url.is_echo(key):
        selection = url.on_screen()
        setup, _ = decode(selection.train, selection.own)
        text = st.session_state[key]
        url.select(own="" if text == setup.task.defaults.text else text, run="", at=None)
