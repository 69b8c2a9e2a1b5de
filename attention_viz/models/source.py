"""What the rest of the program needs from a place where models come from."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from attention_viz.core.model import Model
from attention_viz.core.model_info import ModelInfo


@runtime_checkable
class Source(Protocol):
    """A place where models come from."""

    def names(self) -> tuple[str, ...]:
        """The models that it offers by name."""
        ...

    def describe(self, name: str) -> ModelInfo | None:
        """What is known of a model without loading it, quickly; None when this source doesn't have it."""
        ...

    def load(self, name: str) -> Model:
        """The model, ready to run. Only called with a name that `describe` knows."""
        ...
