"""Maps that come from elsewhere, as models that have read their text already."""

from __future__ import annotations

from dataclasses import dataclass

from attention_viz.core.model import Encoding, Pass
from attention_viz.core.model_info import ModelInfo
from attention_viz.core.trace import Trace


@dataclass(frozen=True, eq=False)
class GivenModel:
    """A model that gives the same maps whatever it is asked to read."""

    trace: Trace

    @property
    def info(self) -> ModelInfo:
        return self.trace.model

    def encode(self, text: str, second: str | None = None) -> Encoding:  # noqa: ARG002 (a Model is given texts)
        """The tokens of the file; texts are not looked at."""
        trace = self.trace
        if trace.kind == "cross":
            return Encoding(trace.texts, trace.key_tokens, trace.notes, target=trace.tokens)
        return Encoding(trace.texts, trace.tokens, trace.notes)

    def forward(self, encoding: Encoding) -> Pass:  # noqa: ARG002 (a Model is given what it encoded)
        """The maps of the file."""
        return Pass({self.trace.kind: self.trace.layers}, self.trace.maps_only)
