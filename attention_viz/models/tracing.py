"""From a model and a text to a Trace."""

from __future__ import annotations

from attention_viz.core.trace import Trace
from attention_viz.models.base import Model


def trace(model: Model, text: str, second: str | None = None) -> Trace:
    """One forward pass of `model` over a text, or over a pair of texts as segments A and B.

    Raises TextError when there is nothing to read. What had to be cut to fit is said in the trace's `notes`; of a
    pair the longer text is cut first, until both are equally long.
    """
    encoding = model.encode(text, second)
    return Trace(model.info, encoding.texts, encoding.tokens, model.forward(encoding), encoding.notes)
