"""Models by name: asks every source in turn."""

from __future__ import annotations

import difflib

from attention_viz.core.errors import UnknownModelError
from attention_viz.core.model_info import ModelInfo
from attention_viz.models.base import Model, Source
from attention_viz.models.bundled import BundledSource

SOURCES: tuple[Source, ...] = (BundledSource(),)
"""Where models are looked for, in this order. A new kind of origin is one more entry."""


def describe_model(name: str) -> ModelInfo:
    """What is known of a model without loading it; torch is not imported. Raises UnknownModelError."""
    return _find(name)[1]


def load_model(name: str) -> Model:
    """The model of that name, in evaluation mode, in float32.

    Raises UnknownModelError when no source has it, DamagedModelError when its files are not what they should be.
    """
    return _find(name)[0].load(name)


def _find(name: str) -> tuple[Source, ModelInfo]:
    for source in SOURCES:
        info = source.describe(name)
        if info is not None:
            return source, info
    known = [known for source in SOURCES for known in source.names()]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"These can be used: {', '.join(known)}."
    shown = name if len(name) <= 80 else name[:79] + "…"
    raise UnknownModelError(f"There is no model called “{shown}”. {hint}")
