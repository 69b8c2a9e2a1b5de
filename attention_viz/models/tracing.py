"""From a model and a text to a Trace."""

from __future__ import annotations

from attention_viz.core.model import Model
from attention_viz.core.model_info import Kind
from attention_viz.core.trace import Trace
from attention_viz.models.cost import check_room


def trace(model: Model, text: str, second: str | None = None, kind: Kind | None = None) -> Trace:
    """One forward pass of `model` over a text, or over a pair of texts as segments A and B.

    An encoder-decoder reads the first text with its encoder and the second with its decoder. kind: whose attention is
    wanted; None for the model's first one.

    Raises TextError when there is nothing to read, and ModelError for a kind that the model doesn't have. What had to
    be cut to fit is said in the trace's `notes`; of a pair the longer text is cut first, until both are equally long.
    """
    wanted = model.info.stack(kind).kind
    return traces(model, text, second)[wanted]


def traces(model: Model, text: str, second: str | None = None) -> dict[Kind, Trace]:
    """The traces of every kind of attention that the model has, from one forward pass. See `trace`."""
    encoding = model.encode(text, second)
    check_room(model.info, len(encoding.tokens))
    passed = model.forward(encoding)
    sides = {
        "encoder": (encoding.tokens, encoding.tokens),
        "decoder": (encoding.target or encoding.tokens,) * 2,
        "cross": (encoding.target, encoding.tokens),
    }
    return {
        kind: Trace(
            model.info,
            encoding.texts,
            sides[kind][0],
            layers,
            (*encoding.notes, *passed.notes.get(kind, ())),
            key_tokens=sides[kind][1],
            kind=kind,
            maps_only=passed.maps_only,
        )
        for kind, layers in passed.stacks.items()
    }
