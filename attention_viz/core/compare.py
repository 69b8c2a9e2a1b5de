"""Two heads beside each other: their maps on common ground, and the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from jaxtyping import Bool, Float32

from attention_viz.core.align import Axis, align
from attention_viz.core.token import Piece
from attention_viz.core.trace import Head, Trace
from attention_viz.core.words import Word, merge_words

_SHOWN = 8
"""Words that a note lists before it says how many more there are."""


@dataclass(frozen=True, eq=False)
class Axes:
    """What stands along the rows and the columns of two traces' maps."""

    rows: Axis
    columns: Axis


@dataclass(frozen=True, eq=False)
class SideBySide:
    """The maps of two heads, A and B, and what of them can be compared. Arrays are read-only.

    rows, columns: what stands along them on each side, and who is whose partner. In cross attention they differ.
    map_a, map_b: the whole maps, between the pieces of `rows` and `columns`; each row sums to 1.
    seen_a, seen_b: False for cells that can't be seen: no query of the row may look at any key of the column.
    shared_a, shared_b: what both have of these maps: rows and columns with a partner, in the order of A.
    compared: True for shared cells that can be seen on both sides.
    difference: shared_b − shared_a, and 0 where `compared` is False.
    same: are A and B one and the same head of one model, on the same text? Then the difference is 0 everywhere.
    """

    a: Head
    b: Head
    rows: Axis
    columns: Axis
    map_a: Float32[np.ndarray, "row_of_a column_of_a"]
    map_b: Float32[np.ndarray, "row_of_b column_of_b"]
    seen_a: Bool[np.ndarray, "row_of_a column_of_a"]
    seen_b: Bool[np.ndarray, "row_of_b column_of_b"]
    shared_a: Float32[np.ndarray, "row column"]
    shared_b: Float32[np.ndarray, "row column"]
    compared: Bool[np.ndarray, "row column"]
    difference: Float32[np.ndarray, "row column"]
    same: bool

    def __post_init__(self) -> None:
        for array in (self.map_a, self.map_b, self.seen_a, self.seen_b, self.shared_a, self.shared_b):
            array.setflags(write=False)
        self.compared.setflags(write=False)
        self.difference.setflags(write=False)

    @property
    def comparable(self) -> bool:
        """Is there any cell that both sides have?"""
        return bool(self.compared.any())

    @property
    def whole_rows(self) -> bool:
        """Do the shared rows still sum to 1? They don't where a column has no partner or only one side sees a cell."""
        columns_a, columns_b = self.columns.shared_a, self.columns.shared_b
        seen = self.seen_a[self.rows.shared_a].sum(), self.seen_b[self.rows.shared_b].sum()
        return len(columns_a) > 0 and len(columns_b) > 0 and all(count == self.compared.sum() for count in seen)

    @property
    def kept(self) -> tuple[Float32[np.ndarray, " row"], Float32[np.ndarray, " row"]]:
        """How much of the attention of each shared row rests on compared cells, in A and in B."""
        a, b = (np.where(self.compared, shared, 0).sum(axis=-1) for shared in (self.shared_a, self.shared_b))
        return a, b

    @property
    def notes(self) -> tuple[str, ...]:
        """What was merged, left out and not compared, and why, in sentences."""
        return tuple(_notes(self))


def axes_of(a: Trace, b: Trace) -> Axes:
    """How the maps of two traces lie on each other, which is the same for all their heads."""
    rows = align(a.tokens, a.texts, b.tokens, b.texts)
    if a.key_tokens is a.tokens and b.key_tokens is b.tokens:
        return Axes(rows, rows)
    return Axes(rows, align(a.key_tokens, a.texts, b.key_tokens, b.texts))


def side_by_side(a: Head, b: Head, axes: Axes | None = None) -> SideBySide:
    """Lays two heads beside each other. See `SideBySide`, and `align` for who is whose partner.

    axes: `axes_of(a.trace, b.trace)`, for who compares many heads. Raises MapError for what is no attention map.
    """
    axes = axes or axes_of(a.trace, b.trace)
    rows, columns = axes.rows, axes.columns
    map_a, map_b = _merged(a.weights, rows, columns, "a"), _merged(b.weights, rows, columns, "b")
    seen_a, seen_b = _seen(a, rows, columns, "a"), _seen(b, rows, columns, "b")
    cells_a = np.ix_(rows.shared_a, columns.shared_a)
    cells_b = np.ix_(rows.shared_b, columns.shared_b)
    shared_a, shared_b = map_a[cells_a], map_b[cells_b]
    compared = seen_a[cells_a] & seen_b[cells_b]
    difference = np.where(compared, shared_b - shared_a, np.float32(0))
    same = _one_head(a, b) and np.array_equal(map_a, map_b)
    return SideBySide(a, b, rows, columns, map_a, map_b, seen_a, seen_b, shared_a, shared_b, compared, difference, same)


def _one_head(a: Head, b: Head) -> bool:
    if (a.layer, a.head) != (b.layer, b.head):
        return False
    one, other = a.trace, b.trace
    return one is other or (one.model, one.kind, one.texts) == (other.model, other.kind, other.texts)


def _merged(
    weights: Float32[np.ndarray, "query key"], rows: Axis, columns: Axis, side: str
) -> Float32[np.ndarray, "row column"]:
    if not rows.merged and not columns.merged:
        return weights
    return merge_words(weights, _words(rows, side), _words(columns, side))


def _words(axis: Axis, side: str) -> Sequence[Word]:
    pieces = axis.a if side == "a" else axis.b
    if axis.merged:
        return cast("Sequence[Word]", pieces)
    return [Word(piece.text, (number,), piece.segment, piece.special) for number, piece in enumerate(pieces)]


def _seen(head: Head, rows: Axis, columns: Axis, side: str) -> Bool[np.ndarray, "row column"]:
    """Between words: may any token of the one look at any of the other?"""
    visible = head.visible
    if not rows.merged and not columns.merged:
        return visible
    if visible.all():
        return np.broadcast_to(np.True_, (len(_words(rows, side)), len(_words(columns, side))))
    by_key = np.logical_or.reduceat(visible, [word.tokens[0] for word in _words(columns, side)], axis=1)
    return np.logical_or.reduceat(by_key, [word.tokens[0] for word in _words(rows, side)], axis=0)


def _notes(maps: SideBySide) -> list[str]:
    rows, columns = maps.rows, maps.columns
    if maps.same:
        return ["A and B are the same head: the difference is 0 everywhere."]
    notes = []
    if rows.merged or columns.merged:
        notes.append(_why_merged(maps))
    if not len(rows.shared_a) or not len(columns.shared_a):
        side = "queries" if not len(rows.shared_a) else "keys"
        both = "" if rows is columns else f" as {side}"
        return [*notes, f"A and B have no word in common{both}, so there is no difference to show."]
    if maps.a.trace.kind != maps.b.trace.kind:
        notes.append(f"A is {maps.a.trace.kind} attention and B is {maps.b.trace.kind} attention.")
    notes += _partner_notes(rows, "" if rows is columns else " among the queries")
    if columns is not rows:
        notes += _partner_notes(columns, " among the keys")
    return [*notes, *_cell_notes(maps)]


def _why_merged(maps: SideBySide) -> str:
    why = "The texts are not the same"
    if all(axis.same_text for axis in (maps.rows, maps.columns) if axis.merged):
        why = "The text is cut into different tokens in A and in B"
    return (
        f"{why}, so both maps are between words: a word gets the sum of what its tokens get, and gives the mean of "
        "what they give."
    )


def _partner_notes(axis: Axis, where: str) -> list[str]:
    notes = []
    for side, pieces in (("A", axis.alone_a), ("B", axis.alone_b)):
        if pieces:
            notes.append(f"Only {side} has {_listed(pieces)}{where}: left out of the difference.")
    pairs = [(axis.a[one], axis.b[other]) for one, other in zip(axis.shared_a, axis.shared_b, strict=True)]
    unlike = dict.fromkeys((a.text, b.text) for a, b in pairs if a.special and b.special and a.text != b.text)
    notes += [f"{a} of A stands beside {b} of B." for a, b in unlike]
    if axis.several:
        notes.append(
            f"The words of A and B{where} can be paired in more than one way: taken is, of those with the most pairs, "
            "the one that keeps most neighbours together, and then the one whose partners stand nearest in place."
        )
    return notes


def _listed(pieces: Sequence[Piece]) -> str:
    shown = ", ".join(f"“{piece.text}”" for piece in pieces[:_SHOWN])
    more = len(pieces) - _SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown


def _cell_notes(maps: SideBySide) -> list[str]:
    notes = []
    cells_a = np.ix_(maps.rows.shared_a, maps.columns.shared_a)
    cells_b = np.ix_(maps.rows.shared_b, maps.columns.shared_b)
    one_sided = int((maps.seen_a[cells_a] != maps.seen_b[cells_b]).sum())
    if one_sided:
        cells = f"{one_sided:,} cells" if one_sided > 1 else "One cell"
        notes.append(f"{cells} that only one side can see: not 0, but left out of the difference.")
    if not maps.comparable:
        return [*notes, "There is no cell that both sides can see, so there is no difference to show."]
    if not maps.whole_rows:
        a, b = (f"{kept.min():.0%} to {kept.max():.0%}" for kept in maps.kept)
        notes.append(
            f"Of what a query gives, {a} in A and {b} in B goes to what both have. For the numbers per query that part "
            "is made to sum to 1."
        )
    return notes
