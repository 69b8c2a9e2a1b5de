"""Where one looks among the heads of a model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One head, or a mean of heads. Layers and heads count from 0.

    layer: None for the mean over all layers, whose head is None too.
    head: None for the mean of a layer's heads.
    among: of a layer's mean, the heads that it is taken over, in order; none of them stands for all.

    What doesn't go together is left out: a head of no layer, and what a single head would be the mean of.
    """

    layer: int | None
    head: int | None = None
    among: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.layer is None:
            object.__setattr__(self, "head", None)
        if self.layer is None or self.head is not None:
            object.__setattr__(self, "among", ())

    @property
    def is_head(self) -> bool:
        """One head, no mean?"""
        return self.layer is not None and self.head is not None

    @property
    def name(self) -> str:
        """As it is written everywhere: L2 H5; of a mean what it is taken over."""
        if self.layer is None:
            return "the mean of all heads"
        if self.head is not None:
            return f"L{self.layer} H{self.head}"
        among = ", ".join(f"H{head}" for head in self.among)
        return f"L{self.layer} mean{f' of {among}' if among else ''}"


FIRST = Place(0, 0)
"""The head that every model has."""
ALL_HEADS = Place(None)
"""The mean of all heads of all layers."""


def heads_of(layers: int, heads: int) -> list[Place]:
    """Every head, layer by layer: the order of an array [layer, head] that was laid flat."""
    return [Place(layer, head) for layer in range(layers) for head in range(heads)]


def places_of(layers: int, heads: int) -> list[Place]:
    """Every head, layer by layer; then the mean of each layer; then the mean of all: the order of the grid."""
    return [*heads_of(layers, heads), *map(Place, range(layers)), ALL_HEADS]
