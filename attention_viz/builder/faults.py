"""What can be wrong with the tables of a build, in sentences."""

from __future__ import annotations

from attention_viz.builder.build import Build, shape_of, size_of, table
from attention_viz.builder.cells import fault
from attention_viz.mechanism.recipe import PARAMETERS


def faults(build: Build) -> tuple[str, ...]:
    """A sentence for each table that can't be computed with, which names the cell or the size."""
    if build.source == "random":
        names = PARAMETERS[build.scoring]
        if names:
            return (
                f"{_SCORES[build.scoring]} needs tables of its own, which the random features don't have: choose the "
                "dot product or the cosine.",
            )
    found = [sentence for name in build.shown for sentence in _cells(build, name)]
    found = found or [sentence for name in build.shown for sentence in _sizes(build, name)]
    return tuple(found or _splits(build))[:6]


_SCORES = {"dot": "The dot product", "cosine": "The cosine", "general": "General", "additive": "Additive"}


# What can be wrong with a table ------------------------------------------------------------------------------------


def _cells(build: Build, name: str) -> list[str]:
    return [
        f"Table {name}, {_row_name(build, name, row)}, column {column + 1} {wrong}"
        for row, cells in enumerate(table(build, name))
        for column, cell in enumerate(cells)
        if (wrong := fault(cell)) is not None
    ]


def _sizes(build: Build, name: str) -> list[str]:
    found, expected = size_of(table(build, name)), shape_of(build, name)
    if found == expected:
        return []
    return [
        f"Table {name} has {found[0]} × {found[1]} numbers, but {expected[0]} × {expected[1]} are expected: "
        f"{_because(build, name)}."
    ]


def _splits(build: Build) -> list[str]:
    """What the heads can't share out evenly."""
    split = [(name, size_of(table(build, name))[1]) for name in build.inputs if name != "X"]
    return [
        f"Table {name} has {columns} columns, which can't be split among {build.heads} heads of the same size: choose "
        f"another number of heads, or a multiple of {build.heads} columns under Sizes."
        for name, columns in split
        if columns % build.heads
    ]


def _because(build: Build, name: str) -> str:
    of_a_head = " of one head" if build.heads > 1 else ""
    return {
        "Q": "one row for each query's name",
        "X": "one row for each token's name",
        "K": "one row for each key's name, and as many columns as Q for the products of q and k",
        "V": "one row for each key",
        "W_Q": "one row for each column of X",
        "W_K": "one row for each column of X, and as many columns as W_Q for the products of q and k",
        "W_V": "one row for each column of X",
        "W_O": "one row for each number that the heads hand over",
        "W": f"the size of a query{of_a_head} by the size of a key",
        "W_1": f"the size of a query{of_a_head} by the length of v",
        "W_2": f"the size of a key{of_a_head} by the length of v",
        "v": "one row",
    }[name]


def _row_name(build: Build, name: str, row: int) -> str:
    names = {"Q": build.names, "X": build.names, "K": build.keys, "V": build.keys}.get(name, ())
    return f"row “{names[row]}”" if row < len(names) else f"row {row + 1}"
