"""Two heads beside each other, in maps and numbers; and the heads that are most like one, and least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from attention_viz.core.compare import SideBySide, axes_of, side_by_side
from attention_viz.core.message import Message
from attention_viz.core.token import Piece
from attention_viz.core.trace import Head, Trace
from attention_viz.measures.all_pairs import divergences
from attention_viz.measures.divergence import cosine, jensen_shannon, mean_over_rows, total_variation

MOST_DIFFERENT = 10
"""Cells that a comparison lists."""


@dataclass(frozen=True, slots=True)
class Number:
    """One number about two heads, with all that a view needs to say what it is.

    key: its name in code and files. meaning: one line. unit: empty for a share between 0 and 1.
    low, high: the range that is possible, not the one that happened to occur. source: who defined it.
    """

    key: str
    label: str
    meaning: str
    unit: str
    low: float
    high: float
    source: str
    value: float


@dataclass(frozen=True, slots=True)
class CellPair:
    """One cell of the shared maps. row, column: its place in them. query, key: of A. difference: b − a."""

    row: int
    column: int
    query: Piece
    key: Piece
    a: float
    b: float
    difference: float


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two heads, laid on each other and measured.

    maps: the maps, the difference, and the notes on what was merged and left out.
    divergence: Jensen-Shannon, nats, of each shared row, 0…ln 2; NaN where one side gives nothing to what both have.
    numbers: empty where there is nothing that both have.
    most_different: the cells with the largest |difference|, largest first; those without any are not listed.
    """

    maps: SideBySide
    divergence: Float64[np.ndarray, " row"]
    numbers: tuple[Number, ...]
    most_different: tuple[CellPair, ...]

    def __post_init__(self) -> None:
        self.divergence.setflags(write=False)

    @property
    def notes(self) -> tuple[Message, ...]:
        return self.maps.notes

    def number(self, key: str) -> float:
        """The value of one of the `numbers`; NaN where there is none."""
        return next((number.value for number in self.numbers if number.key == key), float("nan"))


@dataclass(frozen=True, eq=False)
class Alike:
    """Two heads and their divergence: Jensen-Shannon, nats, the mean over the queries."""

    a: Head
    b: Head
    divergence: float


def compare(a: Head, b: Head) -> Comparison:
    """How B differs from A: `compare(trace_a.head(2, 5), trace_b.head(3, 1))`.

    They may be of different models, texts and kinds of attention: `core.align.align` says what is compared with what.
    Raises MapError when what a model computed is no attention map.
    """
    maps = side_by_side(a, b)
    divergence = jensen_shannon(*_common_ground(maps))
    numbers = () if np.isnan(divergence).all() else _numbers(maps, divergence)
    return Comparison(maps, divergence, numbers, _most_different(maps))


def to_all(head: Head, trace: Trace) -> Float64[np.ndarray, "layer head"]:
    """The divergence of `head` from every head of `trace`, as `compare` has it: nats, 0…ln 2, NaN where undefined.

    `trace` may be of another model or text. The smallest are the heads most like `head`, the largest the least.
    """
    axes = axes_of(head.trace, trace)
    values = np.full((len(trace.layers), trace.heads), np.nan)
    for layer, number in np.ndindex(values.shape):
        maps = side_by_side(head, trace.head(layer, number), axes)
        values[layer, number] = mean_over_rows(jensen_shannon(*_common_ground(maps)))
    return values


def most_and_least_alike(trace: Trace) -> tuple[Alike, Alike] | None:
    """The two pairs of different heads of `trace` that are most and least alike, or None where it has no two heads.

    What a divergence can be compared with: how far heads of this model lie apart on this text.
    """
    values = divergences(trace, trace)
    np.fill_diagonal(values, np.nan)
    if np.isnan(values).all():
        return None
    return _alike(trace, int(np.nanargmin(values))), _alike(trace, int(np.nanargmax(values)))


def _numbers(maps: SideBySide, divergence: Float64[np.ndarray, " row"]) -> tuple[Number, ...]:
    p, q = _common_ground(maps)
    return (
        Number(
            key="divergence",
            label="Jensen-Shannon divergence",
            meaning="How unlike the two heads' rows are, on average. 0: the same; ln 2: they share no key.",
            unit="nats",
            low=0.0,
            high=float(np.log(2)),
            source="Lin 1991; Clark et al. 2019, “What Does BERT Look At?”, §6",
            value=mean_over_rows(divergence),
        ),
        Number(
            key="total_variation",
            label="Total variation",
            meaning="The share of a query's attention that lies on other keys, on average. 1: all of it.",
            unit="",
            low=0.0,
            high=1.0,
            source="Levin, Peres & Wilmer 2017, “Markov Chains and Mixing Times”, §4.1",
            value=mean_over_rows(total_variation(p, q)),
        ),
        Number(
            key="cosine",
            label="Cosine similarity",
            meaning="How much the rows point the same way, on average. 1: the same; 0: they share no key.",
            unit="",
            low=0.0,
            high=1.0,
            source="Salton & McGill 1983, “Introduction to Modern Information Retrieval”, of rows",
            value=mean_over_rows(cosine(p, q)),
        ),
        Number(
            key="largest_difference",
            label="Largest difference",
            meaning="The largest |B − A| of a single weight, as the maps show it.",
            unit="",
            low=0.0,
            high=1.0,
            source="B − A",
            value=float(np.abs(maps.difference).max()),
        ),
    )


def _alike(trace: Trace, pair: int) -> Alike:
    heads = list(np.ndindex(len(trace.layers), trace.heads))
    a, b = (trace.head(*heads[number]) for number in (pair // len(heads), pair % len(heads)))
    maps = side_by_side(a, b)
    return Alike(a, b, mean_over_rows(jensen_shannon(*_common_ground(maps))))


def _common_ground(maps: SideBySide) -> tuple[np.ndarray, np.ndarray]:
    """What both have of each map, and 0 elsewhere."""
    if maps.compared.all():
        return maps.shared_a, maps.shared_b
    return np.where(maps.compared, maps.shared_a, 0), np.where(maps.compared, maps.shared_b, 0)


def _most_different(maps: SideBySide) -> tuple[CellPair, ...]:
    sizes = np.abs(maps.difference).ravel()
    count = min(MOST_DIFFERENT, int(np.count_nonzero(sizes)))
    if not count:
        return ()
    # Of equal ones those that are read first, whatever the sorting does.
    least = np.partition(sizes, -count)[-count]
    places = np.flatnonzero(sizes >= least)
    places = places[np.argsort(-sizes[places], kind="stable")][:count]
    rows, columns = np.unravel_index(places, maps.difference.shape)
    return tuple(_cell(maps, int(row), int(column)) for row, column in zip(rows, columns, strict=True))


def _cell(maps: SideBySide, row: int, column: int) -> CellPair:
    query = maps.rows.a[maps.rows.shared_a[row]]
    key = maps.columns.a[maps.columns.shared_a[column]]
    a, b = maps.shared_a[row, column], maps.shared_b[row, column]
    return CellPair(row, column, query, key, float(a), float(b), float(maps.difference[row, column]))
