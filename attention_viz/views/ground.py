"""The common ground of two sides: what both have stands once, what only one has in its place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int, UInt16

from attention_viz.core.align import Axis
from attention_viz.core.compare import SideBySide
from attention_viz.views.packet import to_words


@dataclass(frozen=True, slots=True)
class Label:
    """A row or a column of both maps: its text in A and its text in B, None on the side that has no such token."""

    a: str | None
    b: str | None
    special: bool = False
    segment: int = 0

    def told(self) -> dict[str, object]:
        """What the browser is told; as `asdict`, which takes its time for thousands of them."""
        return {"a": self.a, "b": self.b, "special": self.special, "segment": self.segment}


@dataclass(frozen=True, eq=False)
class Ground:
    """The rows or columns of both sides in one list: what both have stands once.

    labels: one each. of_a, of_b: the place of each of A's, and of each of B's, in the list.
    """

    labels: tuple[Label, ...]
    of_a: Int[np.ndarray, " row_of_a"]
    of_b: Int[np.ndarray, " row_of_b"]


def ground_of(axis: Axis) -> Ground:
    """In the order of A; what only B has comes before the next one that both have."""
    partner = dict(zip(axis.shared_a.tolist(), axis.shared_b.tolist(), strict=True))
    taken = set(partner.values())
    order: list[tuple[int | None, int | None]] = []
    told = 0
    for at in range(len(axis.a)):
        to = partner.get(at)
        if to is not None:
            order += [(None, alone) for alone in range(told, to) if alone not in taken]
            told = max(told, to + 1)
        order.append((at, to))
    order += [(None, alone) for alone in range(told, len(axis.b)) if alone not in taken]
    labels = tuple(_label(axis, a, b) for a, b in order)
    of_a = np.array([place for place, (a, _) in enumerate(order) if a is not None], dtype=np.int64)
    of_b = np.empty(len(axis.b), dtype=np.int64)
    for place, (_, b) in enumerate(order):
        if b is not None:
            of_b[b] = place
    return Ground(labels, of_a, of_b)


def grounds_of(sides: SideBySide) -> tuple[Ground, Ground]:
    """Of the rows and of the columns; one and the same where those are."""
    rows = ground_of(sides.rows)
    return rows, rows if sides.columns is sides.rows else ground_of(sides.columns)


def on_common_ground(sides: SideBySide, rows: Ground, columns: Ground) -> UInt16[np.ndarray, "side row column"]:
    """Both maps as `to_words`, with all rows and columns that either has; 0 where a side has none."""
    words = np.zeros((2, len(rows.labels), len(columns.labels)), dtype=np.uint16)
    words[0][np.ix_(rows.of_a, columns.of_a)] = to_words(sides.map_a, sides.seen_a)
    words[1][np.ix_(rows.of_b, columns.of_b)] = to_words(sides.map_b, sides.seen_b)
    return words


def _label(axis: Axis, a: int | None, b: int | None) -> Label:
    piece = axis.a[a] if a is not None else axis.b[b or 0]
    texts = (None if a is None else axis.a[a].text, None if b is None else axis.b[b].text)
    return Label(*texts, piece.special, piece.segment)
