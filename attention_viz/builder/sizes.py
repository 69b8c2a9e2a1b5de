"""A build in other sizes: what there was stays."""

from __future__ import annotations

from dataclasses import replace

from attention_viz.builder.build import Build, shape_of, sizes_of, table
from attention_viz.builder.cells import Table


def resized(build: Build, **sizes: int) -> Build:
    """The build with other sizes: queries, keys (tokens), and query_size, key_size, value_size, size (dimensions).

    What there was stays; new cells are 0, and 1 on the diagonal of a matrix.
    """
    now = sizes_of(build) | sizes
    if build.source == "words":
        now["keys"] = len(build.keys)
        shapes = {
            "X": (now["queries"], now["size"]),
            "W_Q": (now["size"], now["query_size"]),
            "W_K": (now["size"], now["key_size"]),
            "W_V": (now["size"], now["value_size"]),
        }
    else:
        shapes = {
            "Q": (now["queries"], now["query_size"]),
            "K": (now["keys"], now["key_size"]),
            "V": (now["keys"], now["value_size"]),
        }
    tables = {**build.tables, **{name: _fitted(table(build, name), *shape, name) for name, shape in shapes.items()}}
    other = build.other
    if other is not None and build.source == "words":
        other = replace(other, names=named(other.names, now["queries"]), rows=_fitted(other.rows, *shapes["X"], "X"))
    changed = replace(
        build,
        names=named(build.names, now["queries"]),
        keys=named(build.keys, now["keys"]),
        tables=tables,
        other=other,
    )
    return parameters_fitted(replace(changed, query=min(build.query, now["queries"] - 1)))


def begun_with_words(build: Build) -> Build:
    """Word vectors that nobody has written yet are the queries, and the maps leave them as they are."""
    if "X" in build.tables or "Q" not in build.tables:
        return build
    size = len(build.tables["Q"][0])
    same: Table = tuple(tuple(float(row == column) for column in range(size)) for row in range(size))
    return replace(build, tables={"X": build.tables["Q"], "W_Q": same, "W_K": same, "W_V": same, **build.tables})


def parameters_fitted(build: Build) -> Build:
    """The build with the tables of its score and W_O in the sizes that its queries, keys and heads ask for."""
    names = [name for name in build.shown if name not in build.inputs and name in build.tables]
    fitted = {name: _fitted(build.tables[name], *shape_of(build, name), name) for name in names}
    return replace(build, tables={**build.tables, **fitted}, head=min(build.head, build.heads - 1))


def _fitted(rows: Table, count: int, columns: int, name: str) -> Table:
    ones = name.startswith("W")
    return tuple(
        tuple(
            rows[row][column] if row < len(rows) and column < len(rows[row]) else float(ones and row == column)
            for column in range(columns)
        )
        for row in range(count)
    )


def named(names: tuple[str, ...], count: int) -> tuple[str, ...]:
    return (*names[:count], *(f"token {number}" for number in range(len(names) + 1, count + 1)))
