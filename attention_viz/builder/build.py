"""What stands on the page "Build attention", as one value, and how it reads in a URL. No Streamlit here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from jaxtyping import Float64

from attention_viz.builder.cells import Table
from attention_viz.mechanism.learning import FEATURES, TOKENS, VALUE_SIZE, Lesson, learn
from attention_viz.mechanism.recipe import PARAMETERS, MaskName, Normaliser, Recipe, Scoring, project, visible

Source = Literal["vectors", "words", "random"]
MOST = 8
"""The most tokens, and the most dimensions."""
STEPS = (0, 10, 30, 100, 300)
"""How long the head of the random source may learn."""


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
    rows, columns = shape_of(build, name)
    if name == "v":
        return ((1.0,) * columns,)
    return tuple(tuple(float(row == column) for column in range(columns)) for row in range(rows))


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


def shape_of(build: Build, name: str) -> tuple[int, int]:
    """Rows and columns that fit the other tables. Sizes that are free are what they are."""
    own = size_of(build.tables[name]) if name in build.tables else (MOST, MOST)
    if name in ("Q", "X", "K", "V"):
        rows = len(build.names) if name in ("Q", "X") else len(build.keys)
        same = name == "K" and build.scoring in ("dot", "cosine")
        return rows, size_of(table(build, "Q"))[1] if same else own[1]
    if name in ("W_Q", "W_K", "W_V"):
        same = name == "W_K" and build.scoring in ("dot", "cosine")
        return size_of(table(build, "X"))[1], size_of(table(build, "W_Q"))[1] if same else own[1]
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


def size_of(rows: Table) -> tuple[int, int]:
    return len(rows), len(rows[0])
