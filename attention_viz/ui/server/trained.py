"""The trainings of a visit: which there are, and the links into their models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from attention_viz.models.trained import trained_name, training_of

if TYPE_CHECKING:
    from attention_viz.ui.server.trainings import Training

_HERE = "trained in this visit"
_MOST = 12


def remember(training: Training) -> None:
    """Lists a training of this visit, the newest first."""
    known = [name for name in st.session_state.get(_HERE, []) if name != training.id]
    st.session_state[_HERE] = [training.id, *known][:_MOST]


def trainings() -> list[Training]:
    """The trainings of this visit that are still there, the newest first."""
    names = st.session_state.get(_HERE, [])
    if not names:
        return []
    # Imported here, since most visits never train anything.
    from attention_viz.ui.server.trainings import TRAININGS

    return [training for name in names if (training := TRAININGS.find(name)) is not None]


def names() -> list[str]:
    """The models of this visit's trainings, each as it is after its last step."""
    return [last_name(training) for training in trainings() if training.run.steps]


def last_name(training: Training) -> str:
    """What a training's model is called as it is now."""
    return trained_name(training.run.task.name, training.run.steps[-1], training.id)


def example(name: str) -> tuple[str, str] | None:
    """The held-out example of a trained model as a text and a second one; None for other models and those gone."""
    named = training_of(name)
    if named is None:
        return None
    from attention_viz.ui.server.trainings import TRAININGS

    training = TRAININGS.find(named)
    if training is None:
        return None
    text, second = training.run.task.example(training.run.config)
    return text, second or ""
