"""Two heads beside each other: their maps on common ground, and the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
from jaxtyping import Bool, Float32

from attention_viz.core.align import Axis, align
from attention_viz.core.message import Message, counted, first_of, say
from attention_viz.core.token import Piece
from attention_viz.core.trace import Head, Trace
from attention_viz.core.words import Word, merge_words

_SHOWN = 8
"""Words that a note lists before it says how many more there are."""


Side = Literal["tokens", "queries", "keys"]
"""What lies along an axis: the same tokens along both, or those of one side."""


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
    def notes(self) -> tuple[Message, ...]:
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


def _notes(maps: SideBySide) -> list[Message]:
    rows, columns = maps.rows, maps.columns
    if maps.same:
        return [say("A and B are the same head: the difference is 0 everywhere.")]
    notes = []
    if rows.merged or columns.merged:
        notes.append(_why_merged(maps))
    if not len(rows.shared_a) or not len(columns.shared_a):
        side: Side = "tokens" if rows is columns else "queries" if not len(rows.shared_a) else "keys"
        return [*notes, _nothing_shared(side)]
    kind_a, kind_b = maps.a.trace.kind, maps.b.trace.kind
    if kind_a != kind_b:
        notes.append(say("A is {kind_a} attention and B is {kind_b} attention.", kind_a=kind_a, kind_b=kind_b))
    notes += _partner_notes(rows, "tokens" if rows is columns else "queries")
    if columns is not rows:
        notes += _partner_notes(columns, "keys")
    return [*notes, *_cell_notes(maps)]


def _why_merged(maps: SideBySide) -> Message:
    if all(axis.same_text for axis in (maps.rows, maps.columns) if axis.merged):
        return say(
            "The text is cut into different tokens in A and in B, so both maps are between words: a word gets the sum "
            "of what its tokens get, and gives the mean of what they give."
        )
    return say(
        "The texts are not the same, so both maps are between words: a word gets the sum of what its tokens get, and "
        "gives the mean of what they give."
    )


def _nothing_shared(side: Side) -> Message:
    match side:
        case "tokens":
            return say("A and B have no word in common, so there is no difference to show.")
        case "queries":
            return say("A and B have no word in common as queries, so there is no difference to show.")
        case "keys":
            return say("A and B have no word in common as keys, so there is no difference to show.")


def _partner_notes(axis: Axis, side: Side) -> list[Message]:
    notes = [_alone(who, pieces, side) for who, pieces in (("A", axis.alone_a), ("B", axis.alone_b)) if pieces]
    pairs = [(axis.a[one], axis.b[other]) for one, other in zip(axis.shared_a, axis.shared_b, strict=True)]
    unlike = dict.fromkeys((a.text, b.text) for a, b in pairs if a.special and b.special and a.text != b.text)
    notes += [say("{a} of A stands beside {b} of B.", a=a, b=b) for a, b in unlike]
    return [*notes, _several(side)] if axis.several else notes


def _alone(who: str, pieces: Sequence[Piece], side: Side) -> Message:
    words = first_of([say("“{word}”", word=piece.text) for piece in pieces], _SHOWN)
    match side:
        case "tokens":
            return say("Only {who} has {words}: left out of the difference.", who=who, words=words)
        case "queries":
            return say("Only {who} has {words} among the queries: left out of the difference.", who=who, words=words)
        case "keys":
            return say("Only {who} has {words} among the keys: left out of the difference.", who=who, words=words)


def _several(side: Side) -> Message:
    match side:
        case "tokens":
            return say(
                "The words of A and B can be paired in more than one way: taken is, of those with the most pairs, the "
                "one that keeps most neighbours together, and then the one whose partners stand nearest in place."
            )
        case "queries":
            return say(
                "The words of A and B among the queries can be paired in more than one way: taken is, of those with "
                "the most pairs, the one that keeps most neighbours together, and then the one whose partners stand "
                "nearest in place."
            )
        case "keys":
            return say(
                "The words of A and B among the keys can be paired in more than one way: taken is, of those with the "
                "most pairs, the one that keeps most neighbours together, and then the one whose partners stand "
                "nearest in place."
            )


def _cell_notes(maps: SideBySide) -> list[Message]:
    notes = []
    cells_a = np.ix_(maps.rows.shared_a, maps.columns.shared_a)
    cells_b = np.ix_(maps.rows.shared_b, maps.columns.shared_b)
    one_sided = int((maps.seen_a[cells_a] != maps.seen_b[cells_b]).sum())
    if one_sided:
        notes.append(
            counted(
                one_sided,
                "One cell that only one side can see: not 0, but left out of the difference.",
                "{count:,} cells that only one side can see: not 0, but left out of the difference.",
            )
        )
    if not maps.comparable:
        return [*notes, say("There is no cell that both sides can see, so there is no difference to show.")]
    if not maps.whole_rows:
        a, b = maps.kept
        notes.append(
            say(
                "Of what a query gives, {least_a:.0%} to {most_a:.0%} in A and {least_b:.0%} to {most_b:.0%} in B goes "
                "to what both have. For the numbers per query that part is made to sum to 1.",
                least_a=float(a.min()),
                most_a=float(a.max()),
                least_b=float(b.min()),
                most_b=float(b.max()),
            )
        )
    return notes
