"""What stands along a side of a view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from attention_viz.core.token import Piece


@dataclass(frozen=True, slots=True)
class Item:
    """A token or word in a column of links."""

    text: str
    special: bool
    segment: int

    def told(self) -> dict[str, object]:
        """What the browser is told; as `asdict`, which takes its time for thousands of them."""
        return {"text": self.text, "special": self.special, "segment": self.segment}


def items_of(pieces: Sequence[Piece]) -> list[Item]:
    """One for each token or word of a side."""
    return [Item(piece.text, piece.special, piece.segment) for piece in pieces]
