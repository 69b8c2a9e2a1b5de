"""What this session of a visitor remembers of its trainings."""

from __future__ import annotations

from attention_viz.ui.server.trainings import Training
from attention_viz.ui.state import url
from attention_viz.ui.train.setup import Setup, encode

TROUBLE = "train trouble"
"""Under this key of the session stands what went wrong, until it was said."""


def show(training: Training) -> None:
    """Takes a training as what is on screen, from a callback."""
    setup = Setup(training.run.task, training.run.config)
    url.select(train=encode(setup), own=setup.own, run=training.id, at=None)
