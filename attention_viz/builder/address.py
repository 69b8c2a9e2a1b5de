"""A build as an address writes it: JSON of what differs from its example."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, get_args

from attention_viz.builder.build import MOST, STEPS, Build, Sequence, Source, swapped, table
from attention_viz.builder.cells import MOST_LETTERS, Cell, Table
from attention_viz.builder.sizes import named
from attention_viz.core.message import Message, say
from attention_viz.mechanism.learning import TOKENS
from attention_viz.mechanism.recipe import MaskName, Normaliser, Scoring

_TEMPERATURES = (0.01, 100.0)
_MAX_NAME = MOST_LETTERS

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


def decode(text: str, presets: Mapping[str, Build], start: Build) -> tuple[Build, tuple[Message, ...]]:
    """The build that a URL asks for, and a sentence for each part of it that can't be used."""
    if not text:
        return start, ()
    try:
        asked = json.loads(text)
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        return start, (say("The link's build can't be read: it is not JSON. The first example is shown."),)
    problems: list[Message] = []
    preset = asked.pop("preset", start.preset)
    if not isinstance(preset, str) or preset not in presets:
        problems.append(say("The link asks for an example that is not there; {preset} is shown.", preset=start.preset))
        preset = start.preset
    base = presets[preset]
    tables, values = dict(base.tables), {}
    for name, value in asked.items():
        if name in _TABLES:
            found = _table_of(value)
            if found is None:
                problems.append(
                    say(
                        "The link's table {table} is no table of 1 to {most} rows as long as each other.",
                        table=name,
                        most=MOST,
                    )
                )
            else:
                tables[name] = found
        elif name in _READERS and (read := _READERS[name](value)) is not None:
            values[name] = read
        else:
            problems.append(say("The link's {name} can't be used; that of the example is shown.", name=name[:40]))
    build = replace(base, tables=tables, **values)
    if base.other is not None and "other" not in asked and build.names == base.other.names:
        # A link from before a batch kept both of its sequences.
        build = replace(build, sequence=1, other=swapped(base).other)
    return _consistent(build), tuple(problems)


def _consistent(build: Build) -> Build:
    """Names for every row, and a query and a head that exist."""
    other = build.other and replace(build.other, names=named(build.other.names, len(build.other.rows)))
    rows = {"vectors": ("Q", "K"), "words": ("X", "K")}.get(build.source)
    names, keys = (len(table(build, name)) for name in rows) if rows else (TOKENS,) * 2
    return replace(
        build,
        names=named(build.names, names),
        keys=named(build.keys, keys),
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
