"""One choice of a build, tied to the address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from attention_viz.builder.address import decode, encode
from attention_viz.builder.build import Build
from attention_viz.builder.presets import PRESETS, START, builds
from attention_viz.builder.sizes import begun_with_words, parameters_fitted, resized
from attention_viz.core.message import Message
from attention_viz.ui.state import url

MASKS = {"causal": "Causal", "padding": "Padding", "window": "Window"}


def current() -> tuple[Build, tuple[Message, ...]]:
    """The build on screen, and a sentence for each part of a link that can't be used."""
    return decode(url.on_screen().build, builds(), START)


def show(build: Build) -> None:
    """Takes a build as what is on screen, from a callback."""
    url.select(build=encode(build, PRESETS[build.preset].build, START))


def key_of(name: str) -> str:
    """The key of the widget of a choice."""
    return f"build {name}"


def choice(label: str, build: Build, name: str, options: dict[Any, str], tip: str | None = None) -> None:
    key = key_of(name)
    url.put(key, getattr(build, name))
    st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        on_change=changed,
        args=(name, key),
        required=True,
        help=tip,
    )


def number(label: str, build: Build, name: str, low: int, high: int) -> None:
    key = key_of(name)
    url.put(key, min(max(getattr(build, name), low), high))
    st.number_input(label, low, high, step=1, key=key, on_change=changed, args=(name, key))


def changed(name: str, key: str) -> None:
    """Takes what a widget says, and what follows from it."""
    if url.is_echo(key):
        return
    value = st.session_state[key]
    build, _ = current()
    if name == "masks":
        value = tuple(mask for mask in MASKS if mask in value)
    build = replace(build, **{name: value})
    if name == "source":
        # Keys that nobody has given vectors yet are the tokens themselves; others wait for their table to come back.
        build = replace(build, keys=build.names) if "K" not in build.tables else build
        build = resized(begun_with_words(build) if value == "words" else build)
    show(parameters_fitted(build) if name in ("heads", "scoring") else build)
