"""What stands on the page "Build attention", as one value, and how it reads in a URL. No Streamlit here."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_args

import numpy as np
from jaxtyping import Float64

from attention_viz.builder.cells import MOST_LETTERS, Cell, Table, fault
from attention_viz.mechanism.learning import FEATURES, TOKENS, VALUE_SIZE, Lesson, learn
from attention_viz.mechanism.recipe import PARAMETERS, MaskName, Normaliser, Recipe, Scoring, project, visible

Source = Literal["vectors", "words", "random"]

MOST = 8
"""The most tokens, and the most dimensions."""
STEPS = (0, 10, 30, 100, 300)
"""How long the head of the random source may learn."""
_TEMPERATURES = (0.01, 100.0)
_MAX_NAME = MOST_LETTERS


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence of a batch: its tokens' names, their vectors X, and how many of them are no padding."""

    names: tuple[str, ...]
    rows: Table
    length: int


@dataclass(frozen=True, slots=True)
class Build:
    """Everything that is chosen on the page.

    preset: where it began; what differs from it is in the URL.
    source: "vectors" has queries, keys and values; "words" makes them of word vectors X; "random" draws X and learns
        the maps.
    names, keys: of the tokens that ask, and of those that are asked; one and the same in "words" and "random".
    tables: by name: Q, K, V, X, W_Q, W_K, W_V, W_O, and those of the score. None is an empty cell.
    masks: at once. length: tokens before the padding. radius: of the window.
    query, head: which of them is drawn as bars, and which head's steps are shown.
    seed, steps: of the random source, and of what it learns.
    sequence, other: of a batch of two, which of them names, X and length are now, and the one that they are not.
    """

    preset: str
    source: Source
    names: tuple[str, ...]
    keys: tuple[str, ...]
    tables: Mapping[str, Table] = field(default_factory=dict)
    scoring: Scoring = "dot"
    scaled: bool = True
    masks: tuple[MaskName, ...] = ()
    length: int = MOST
    radius: int = 1
    normaliser: Normaliser = "softmax"
    temperature: float = 1.0
    heads: int = 1
    head: int = 0
    query: int = 0
    seed: int = 0
    steps: int = STEPS[-1]
    sequence: int = 0
    other: Sequence | None = None

    @property
    def key_names(self) -> tuple[str, ...]:
        """The names of the keys: the tokens' own, where they look at each other."""
        return self.keys if self.source == "vectors" else self.names

    @property
    def inputs(self) -> tuple[str, ...]:
        """The tables that queries, keys and values come from."""
        return {"vectors": ("Q", "K", "V"), "words": ("X", "W_Q", "W_K", "W_V"), "random": ()}[self.source]

    @property
    def shown(self) -> tuple[str, ...]:
        """All tables that take part."""
        joined = ("W_O",) if self.source == "words" and self.heads > 1 else ()
        return (*self.inputs, *joined, *PARAMETERS[self.scoring])


def table(build: Build, name: str) -> Table:
    """A table as it stands, or the one that nobody has touched yet: ones on the diagonal."""
    if name in build.tables:
        return build.tables[name]
    rows, columns = _expected(build, name)
    if name == "v":
        return ((1.0,) * columns,)
    return tuple(tuple(float(row == column) for column in range(columns)) for row in range(rows))


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


def swapped(build: Build) -> Build:
    """The build with the other sequence of its batch in hand, if it has one; nothing is lost."""
    if build.other is None:
        return build
    names, rows = build.other.names, build.other.rows
    return replace(
        build,
        names=names,
        keys=names,
        length=build.other.length,
        tables={**build.tables, "X": rows},
        query=min(build.query, len(names) - 1),
        sequence=1 - build.sequence,
        other=Sequence(build.names, table(build, "X"), build.length),
    )


def array(build: Build, name: str) -> Float64[np.ndarray, "row column"]:
    """A table without faults as numbers."""
    return np.array(table(build, name), dtype=np.float64)


Teach = Callable[[int, int, bool], Lesson]


def lesson(seed: int, steps: int, scaled: bool) -> Lesson:
    """What the head of the random source has learned. A page keeps these."""
    return learn(seed, steps, scaled=scaled)


def recipe(build: Build, teach: Teach = lesson) -> Recipe:
    """What to compute. The build has no faults."""
    if build.source == "random":
        learned = teach(build.seed, build.steps, build.scaled)
        keys = learned.features
        queries, values = project(keys, learned.query_weight), project(keys, learned.value_weight)
    elif build.source == "words":
        x = array(build, "X")
        queries, keys, values = (project(x, array(build, name)) for name in ("W_Q", "W_K", "W_V"))
    else:
        queries, keys, values = (array(build, name) for name in build.inputs)
    return Recipe(
        queries,
        keys,
        values,
        visible(len(queries), len(keys), build.masks, length=build.length, radius=build.radius),
        build.scoring,
        build.scaled,
        build.normaliser,
        build.temperature,
        build.heads,
        {name: array(build, name) for name in PARAMETERS[build.scoring]},
        array(build, "W_O") if "W_O" in build.shown else None,
    )


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
        other = replace(other, names=_named(other.names, now["queries"]), rows=_fitted(other.rows, *shapes["X"], "X"))
    changed = replace(
        build,
        names=_named(build.names, now["queries"]),
        keys=_named(build.keys, now["keys"]),
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
    fitted = {name: _fitted(build.tables[name], *_expected(build, name), name) for name in names}
    return replace(build, tables={**build.tables, **fitted}, head=min(build.head, build.heads - 1))


def sizes_of(build: Build) -> dict[str, int]:
    """Tokens and dimensions, by the names that `resized` takes."""
    if build.source == "random":
        sizes = {"query_size": FEATURES, "key_size": FEATURES, "value_size": VALUE_SIZE}
        return {"queries": TOKENS, "keys": TOKENS, **sizes}
    prefix = "W_" if build.source == "words" else ""
    found = {"queries": len(build.names), "keys": len(build.key_names)}
    if prefix:
        found["size"] = len(table(build, "X")[0])
    for name, letter in (("query_size", "Q"), ("key_size", "K"), ("value_size", "V")):
        found[name] = len(table(build, prefix + letter)[0])
    return found


# In a URL ----------------------------------------------------------------------------------------------------------

_CHOICES: dict[str, tuple[str, ...]] = {
    "source": get_args(Source),
    "scoring": get_args(Scoring),
    "normaliser": get_args(Normaliser),
}
_RANGES = {
    "sequence": (0, 1),
    "length": (0, MOST),
    "radius": (0, MOST),
    "heads": (1, MOST),
    "head": (0, MOST - 1),
    "query": (0, 9),
}
_TABLES = ("Q", "K", "V", "X", "W_Q", "W_K", "W_V", "W_O", "W", "W_1", "W_2", "v")
_SCORES = {"dot": "The dot product", "cosine": "The cosine", "general": "General", "additive": "Additive"}
_SEEDS = 9999


def encode(build: Build, preset: Build, start: Build) -> str:
    """What differs from the build's own example, as compact JSON; empty for `start`, the first example, itself."""
    changes: dict[str, Any] = {
        one.name: getattr(build, one.name)
        for one in fields(Build)
        if one.name != "tables" and getattr(build, one.name) != getattr(preset, one.name)
    }
    if (other := changes.get("other")) is not None:
        changes["other"] = {"names": other.names, "X": other.rows, "length": other.length}
    tables = {name: rows for name, rows in build.tables.items() if preset.tables.get(name) != rows}
    named = {} if preset.preset == start.preset else {"preset": preset.preset}
    written = named | changes | tables
    return json.dumps(written, ensure_ascii=False, separators=(",", ":")) if written else ""


def decode(text: str, presets: Mapping[str, Build], start: Build) -> tuple[Build, tuple[str, ...]]:
    """The build that a URL asks for, and a sentence for each part of it that can't be used."""
    if not text:
        return start, ()
    try:
        asked = json.loads(text)
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        return start, ("The link's build can't be read: it is not JSON. The first example is shown.",)
    problems = []
    preset = asked.pop("preset", start.preset)
    if not isinstance(preset, str) or preset not in presets:
        problems.append(f"The link asks for an example that is not there; {start.preset} is shown.")
        preset = start.preset
    base = presets[preset]
    tables, values = dict(base.tables), {}
    for name, value in asked.items():
        if name in _TABLES:
            found = _table_of(value)
            if found is None:
                problems.append(f"The link's table {name} is no table of 1 to {MOST} rows as long as each other.")
            else:
                tables[name] = found
        elif name in _READERS and (read := _READERS[name](value)) is not None:
            values[name] = read
        else:
            problems.append(f"The link's {name[:40]} can't be used; that of the example is shown.")
    build = replace(base, tables=tables, **values)
    if base.other is not None and "other" not in asked and build.names == base.other.names:
        # A link from before a batch kept both of its sequences.
        build = replace(build, sequence=1, other=swapped(base).other)
    return _consistent(build), tuple(problems)


def _consistent(build: Build) -> Build:
    """Names for every row, and a query and a head that exist."""
    other = build.other and replace(build.other, names=_named(build.other.names, len(build.other.rows)))
    rows = {"vectors": ("Q", "K"), "words": ("X", "K")}.get(build.source)
    names, keys = (len(table(build, name)) for name in rows) if rows else (TOKENS,) * 2
    return replace(
        build,
        names=_named(build.names, names),
        keys=_named(build.keys, keys),
        query=min(build.query, names - 1),
        head=min(build.head, build.heads - 1),
        other=other,
    )


def _integer(low: int, high: int) -> Any:
    return lambda value: value if type(value) is int and low <= value <= high else None


def _choice(options: tuple[str, ...]) -> Any:
    return lambda value: value if isinstance(value, str) and value in options else None


def _read_names(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST + 2 or not all(isinstance(x, str) for x in value):
        return None
    return tuple(one[:_MAX_NAME] for one in value)


def _read_masks(value: Any) -> tuple[MaskName, ...] | None:
    return tuple(one for one in get_args(MaskName) if one in value) if isinstance(value, list) else None


def _read_temperature(value: Any) -> float | None:
    low, high = _TEMPERATURES
    return float(value) if type(value) in (int, float) and low <= value <= high else None


def _read_other(value: Any) -> Sequence | None:
    if not isinstance(value, dict):
        return None
    names, rows = _read_names(value.get("names")), _table_of(value.get("X"))
    length = _integer(*_RANGES["length"])(value.get("length"))
    return None if names is None or rows is None or length is None else Sequence(names, rows, length)


_READERS: dict[str, Any] = {
    **{name: _choice(options) for name, options in _CHOICES.items()},
    **{name: _integer(*ends) for name, ends in _RANGES.items()},
    "seed": _integer(0, _SEEDS),
    "steps": lambda value: value if type(value) is int and value in STEPS else None,
    "scaled": lambda value: value if type(value) is bool else None,
    "names": _read_names,
    "keys": _read_names,
    "masks": _read_masks,
    "other": _read_other,
    "temperature": _read_temperature,
}


def _table_of(value: Any) -> Table | None:
    """A table of a link. What stands in its cells is judged later, so that the page can name the cell."""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST:
        return None
    if not all(isinstance(row, list) and 1 <= len(row) <= MOST and len(row) == len(value[0]) for row in value):
        return None
    return tuple(tuple(_cell_of(cell) for cell in row) for row in value)


def _cell_of(cell: Any) -> Cell:
    if type(cell) in (int, float):
        return math.inf if abs(cell) > 1e300 else float(cell)  # A whole number may be too long for a float.
    return cell if cell is None else str(cell)[:_MAX_NAME]


# What can be wrong with a table ------------------------------------------------------------------------------------


def _cells(build: Build, name: str) -> list[str]:
    return [
        f"Table {name}, {_row_name(build, name, row)}, column {column + 1} {wrong}"
        for row, cells in enumerate(table(build, name))
        for column, cell in enumerate(cells)
        if (wrong := fault(cell)) is not None
    ]


def _sizes(build: Build, name: str) -> list[str]:
    found, expected = _shape(table(build, name)), _expected(build, name)
    if found == expected:
        return []
    return [
        f"Table {name} has {found[0]} × {found[1]} numbers, but {expected[0]} × {expected[1]} are expected: "
        f"{_because(build, name)}."
    ]


def _splits(build: Build) -> list[str]:
    """What the heads can't share out evenly."""
    split = [(name, _shape(table(build, name))[1]) for name in build.inputs if name != "X"]
    return [
        f"Table {name} has {columns} columns, which can't be split among {build.heads} heads of the same size: choose "
        f"another number of heads, or a multiple of {build.heads} columns under Sizes."
        for name, columns in split
        if columns % build.heads
    ]


def _expected(build: Build, name: str) -> tuple[int, int]:
    """Rows and columns that fit the other tables. Sizes that are free are what they are."""
    own = _shape(build.tables[name]) if name in build.tables else (MOST, MOST)
    if name in ("Q", "X", "K", "V"):
        rows = len(build.names) if name in ("Q", "X") else len(build.keys)
        same = name == "K" and build.scoring in ("dot", "cosine")
        return rows, _shape(table(build, "Q"))[1] if same else own[1]
    if name in ("W_Q", "W_K", "W_V"):
        same = name == "W_K" and build.scoring in ("dot", "cosine")
        return _shape(table(build, "X"))[1], _shape(table(build, "W_Q"))[1] if same else own[1]
    sizes = sizes_of(build)
    query, key = (max(1, sizes[one] // build.heads) for one in ("query_size", "key_size"))
    hidden = len(build.tables["v"][0]) if "v" in build.tables else query
    return {
        "W": (query, key),
        "W_1": (query, hidden),
        "W_2": (key, hidden),
        "v": (1, hidden),
        "W_O": (sizes["value_size"],) * 2,
    }[name]


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


def _shape(rows: Table) -> tuple[int, int]:
    return len(rows), len(rows[0])


def _fitted(rows: Table, count: int, columns: int, name: str) -> Table:
    ones = name.startswith("W")
    return tuple(
        tuple(
            rows[row][column] if row < len(rows) and column < len(rows[row]) else float(ones and row == column)
            for column in range(columns)
        )
        for row in range(count)
    )


def _named(names: tuple[str, ...], count: int) -> tuple[str, ...]:
    return (*names[:count], *(f"token {number}" for number in range(len(names) + 1, count + 1)))
