"""What can be wrong with the tables of a build, in sentences."""

from __future__ import annotations

from attention_viz.builder.build import Build, shape_of, size_of, table
from attention_viz.builder.cells import fault
from attention_viz.core.message import Message, Value, say
from attention_viz.mechanism.recipe import PARAMETERS

_SCORES = {"general": "General", "additive": "Additive"}


def faults(build: Build) -> tuple[Message, ...]:
    """A sentence for each table that can't be computed with, which names the cell or the size."""
    if build.source == "random" and PARAMETERS[build.scoring]:
        return (
            say(
                "{score} needs tables of its own, which the random features don't have: choose the dot product or the "
                "cosine.",
                score=_SCORES[build.scoring],
            ),
        )
    found = [sentence for name in build.shown for sentence in _cells(build, name)]
    found = found or [sentence for name in build.shown for sentence in _sizes(build, name)]
    return tuple(found or _splits(build))[:6]


def _cells(build: Build, name: str) -> list[Message]:
    return [
        wrong
        for row, cells in enumerate(table(build, name))
        for column, cell in enumerate(cells)
        if (wrong := fault(cell, name, _row_name(build, name, row), column + 1)) is not None
    ]


def _sizes(build: Build, name: str) -> list[Message]:
    found, expected = size_of(table(build, name)), shape_of(build, name)
    if found == expected:
        return []
    return [
        say(
            "Table {table} has {rows} × {columns} numbers, but {rows_expected} × {columns_expected} are expected: "
            "{why}.",
            table=name,
            rows=found[0],
            columns=found[1],
            rows_expected=expected[0],
            columns_expected=expected[1],
            why=_because(build, name),
        )
    ]


def _splits(build: Build) -> list[Message]:
    """What the heads can't share out evenly."""
    split = [(name, size_of(table(build, name))[1]) for name in build.inputs if name != "X"]
    return [
        say(
            "Table {table} has {columns} columns, which can't be split among {heads} heads of the same size: choose "
            "another number of heads, or a multiple of {heads} columns under Sizes.",
            table=name,
            columns=columns,
            heads=build.heads,
        )
        for name, columns in split
        if columns % build.heads
    ]


def _because(build: Build, name: str) -> Message:
    several = build.heads > 1
    return {
        "Q": say("one row for each query's name"),
        "X": say("one row for each token's name"),
        "K": say("one row for each key's name, and as many columns as Q for the products of q and k"),
        "V": say("one row for each key"),
        "W_Q": say("one row for each column of X"),
        "W_K": say("one row for each column of X, and as many columns as W_Q for the products of q and k"),
        "W_V": say("one row for each column of X"),
        "W_O": say("one row for each number that the heads hand over"),
        "W": say("the size of a query of one head by the size of a key")
        if several
        else say("the size of a query by the size of a key"),
        "W_1": say("the size of a query of one head by the length of v")
        if several
        else say("the size of a query by the length of v"),
        "W_2": say("the size of a key of one head by the length of v")
        if several
        else say("the size of a key by the length of v"),
        "v": say("one row"),
    }[name]


def _row_name(build: Build, name: str, row: int) -> Value:
    names = {"Q": build.names, "X": build.names, "K": build.keys, "V": build.keys}.get(name, ())
    return say("“{name}”", name=names[row]) if row < len(names) else row + 1
