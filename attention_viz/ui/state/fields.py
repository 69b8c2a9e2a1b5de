"""The address: each of its parameters is one row: where its value stands in the selection, how it is read and
written, and what is said when it can't be used."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from attention_viz.core.model_info import Kind
from attention_viz.core.place import FIRST, Place
from attention_viz.core.words import Unit
from attention_viz.figures.scale import Curve
from attention_viz.measures import MEASURES
from attention_viz.ui.state.selection import BEST, DEFAULT, Best, Order, Selection, Side, Top, View, Which
from attention_viz.views.settings import COVERS, DECIMALS, Links, Part, Route, is_weight

_MAX_NAME = 200
_MOST_AMONG = 256
_MAX_BUILD = 12_000
_USUAL = object()
_B = "b_"


def _text(raw: str) -> str:
    return raw


def _number(raw: str) -> int:
    # isdecimal also takes digits of other scripts, and int() reads them; a long one is no number to count with.
    if raw.isdecimal() and len(raw) <= 9:
        return int(raw)
    raise ValueError("a whole number from 0 is expected")


def _or_none(name: str) -> Callable[[str], int | None]:
    """A number, or a word that stands for none."""
    return lambda raw: None if raw == name else _number(raw)


def _heads(raw: str) -> tuple[int, ...]:
    heads = raw.split(".") if raw else []
    if len(heads) <= _MOST_AMONG and all(head.isdecimal() and len(head) <= 4 for head in heads):
        return tuple(sorted({int(head) for head in heads}))
    raise ValueError("numbers with dots between them are expected")


def _write_heads(heads: tuple[int, ...]) -> str:
    return ".".join(map(str, heads))


def _cover(raw: str) -> int:
    # The longest is 100; int() would also read digits of other scripts.
    if raw.isascii() and raw.isdecimal() and len(raw) <= 3 and int(raw) in COVERS:
        return int(raw)
    raise ValueError(f"{COVERS[0]}, {COVERS[1]}, {COVERS[2]} … or {COVERS[-1]} is expected")


def _weight(raw: str) -> float:
    if re.fullmatch(rf"[01](\.[0-9]{{1,{DECIMALS}}})?", raw) and is_weight(float(raw)):
        return float(raw)
    raise ValueError(f"a number from 0 to 1 with at most {DECIMALS} decimals is expected")


def _yes(raw: str) -> bool:
    if raw in ("0", "1"):
        return raw == "1"
    raise ValueError("0 or 1 is expected")


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(raw: str) -> str:
        if raw in choices:
            return raw
        raise ValueError(f"{' or '.join(choices)} is expected")

    return read


def _at_most(most: int, expected: str) -> Callable[[str], str]:
    def read(raw: str) -> str:
        if len(raw) <= most:
            return raw
        raise ValueError(expected)

    return read


def _run(raw: str) -> str:
    if re.fullmatch("[a-z2-7]{10}", raw):
        return raw
    raise ValueError("ten letters and digits are expected")


def _written(value: Any) -> str:
    return "" if value is None else str(value)


def _written_yes(value: bool) -> str:
    return "1" if value else "0"


_name = _at_most(_MAX_NAME, f"a name of at most {_MAX_NAME} characters is expected")
_route = _one_of(*filter(None, get_args(Route)))
_built = _at_most(_MAX_BUILD, f"at most {_MAX_BUILD:,} characters are expected")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of the address.

    name: as the address spells it. path: where the value stands in a Selection.
    read: raises ValueError with what was expected.
    label: what it is called in a sentence. instead: what is shown when it can't be used; empty: its usual value.
    otherwise: the value that is taken then.
    long: may the value be too long for an address?
    """

    name: str
    path: tuple[str, ...]
    read: Callable[[str], Any] = _text
    write: Callable[[Any], str] = _written
    label: str = ""
    instead: str = ""
    otherwise: Any = _USUAL
    long: bool = False

    def of(self, selection: Selection) -> Any:
        """Its value in a selection."""
        value: Any = selection
        for part in self.path:
            value = getattr(value, part)
        return value

    def problem(self, raw: str, expected: str) -> str:
        """The sentence for a value that can't be used."""
        instead = self.instead or f"{_written(self.of(DEFAULT))} is shown"
        return f"The link asks for {self.label or self.name} “{shortened(raw)}”, but {expected}; {instead}."


def _mean(name: str) -> dict[str, Any]:
    """How a layer or a head is read, where None is a mean with a name."""
    return {"read": _or_none(name), "write": lambda value: name if value is None else str(value)}


def _side(which: Which, prefix: str, of: str) -> tuple[Field, ...]:
    """The rows of a side. of: what sentences add to the names of what is on side B."""
    same = "" if which == "a" else "the same as on side A is shown"
    kind = _one_of(*get_args(Kind))
    return (
        Field(f"{prefix}model", (which, "model"), _name, label=f"model{of}", instead=same),
        Field(f"{prefix}text", (which, "text"), label=f"text{of}", long=True),
        Field(f"{prefix}second", (which, "second"), label=f"second text{of}", long=True),
        Field(f"{prefix}kind", (which, "kind"), kind, _written, f"attention{of}", "the model's first is shown"),
        Field(f"{prefix}layer", (which, "place", "layer"), label=f"layer{of}", **_mean("all")),
        Field(f"{prefix}head", (which, "place", "head"), label=f"head{of}", **_mean("mean")),
    )


def _token(raw: str) -> int | Best | None:
    return BEST if raw == BEST else _or_none("")(raw)


_LINKS = ("settings", "links")
_COVER = DEFAULT.settings.links.cover
_NONE_HELD: dict[str, Any] = {"instead": "none is held", "otherwise": None}
FIELDS: tuple[Field, ...] = (
    *_side("a", "", ""),
    Field(
        "among",
        ("a", "place", "among"),
        _heads,
        _write_heads,
        "the mean of heads",
        "the mean of all is shown",
    ),
    *_side("b", _B, " of B"),
    Field("token", ("query",), _token, **_NONE_HELD),
    Field("key", ("key",), _or_none(""), **_NONE_HELD),
    Field("show", ("show",), _one_of("maps", "pair", *(measure.key for measure in MEASURES)), label="grid of heads"),
    Field("b_show", ("show_b",), _one_of("maps", "divergence"), label="grid of B's heads"),
    Field("of", ("settings", "part"), _one_of(*get_args(Part)), label="part of the heads"),
    Field("with", (*_LINKS, "beside"), _heads, _write_heads, "heads to draw too", "only the one on screen is drawn"),
    Field("cover", (*_LINKS, "cover"), _cover, label="percentage of a row to draw", instead=f"{_COVER} are drawn"),
    Field("least", (*_LINKS, "least"), _weight, "{:g}".format, "least weight of a link", "none is too weak"),
    Field("hide", (*_LINKS, "hide"), _yes, _written_yes, "hidden special tokens", "they are shown"),
    Field("again", (*_LINKS, "again"), _yes, _written_yes, "rows that add up to 1 again", "they are left as they are"),
    Field("route", (*_LINKS, "route"), _route, label="links between texts", instead="all are drawn"),
    Field("unit", ("unit",), _one_of(*get_args(Unit)), label="rows and columns"),
    Field("curve", ("curve",), _one_of(*get_args(Curve)), label="colours"),
    Field("top", ("top",), _one_of(*get_args(Top)), label="range of colours"),
    Field("view", ("view",), _one_of(*get_args(View))),
    Field("order", ("order",), _one_of(*get_args(Order))),
    Field("build", ("build",), _built, instead="the first example is shown"),
    Field("train", ("train",), _built, instead="the first task is shown"),
    Field("own", ("own",), label="text to learn from", long=True),
    Field("run", ("run",), _run, label="the training", instead="none is shown"),
    Field("at", ("at",), _number, label="the step", instead="the last is shown"),
)
# In this order a layer is put before its head: a place has no head without one.
_ROWS = {row.name: row for row in FIELDS}
LONG = tuple(row for row in FIELDS if row.long)
"""What may be too long for an address."""


def value_of(selection: Selection, name: str) -> Any:
    """What a parameter of this name says in a selection."""
    return _ROWS[name].of(selection)


def put(selection: Selection, changes: Mapping[str, Any]) -> Selection:
    """The selection with other values, by their names in the address. Nothing follows from them: see `changes`."""
    for row in FIELDS:
        if row.name in changes:
            selection = _put(selection, row.path, changes[row.name])
    assert changes.keys() <= _ROWS.keys(), f"no field of the address: {changes.keys() - _ROWS.keys()}"
    return selection


def on(which: Which, name: str) -> str:
    """What a field of side A is called on a side."""
    return name if which == "a" else f"{_B}{name}"


def on_side(which: Which, side: Side) -> dict[str, Any]:
    """The values of a side, by their names in the address."""
    return _by_name((which,), side)


def looking_at(place: Place, which: Which = "a") -> dict[str, Any]:
    """A place on a side, by its names in the address."""
    return _by_name((which, "place"), place)


def linked(links: Links) -> dict[str, Any]:
    """Which links are drawn, by their names in the address."""
    return _by_name(_LINKS, links)


def to_query(selection: Selection) -> dict[str, str]:
    """The parameters of an address: what differs from the usual, so that the bare address is the opening example."""
    usual_here = usual(selection)
    told = [(row, row.of(selection)) for row in FIELDS]
    return {row.name: row.write(value) for row, value in told if value != usual_here.get(row.name, row.of(DEFAULT))}


def from_query(query: Mapping[str, str]) -> tuple[Selection, tuple[str, ...]]:
    """The Selection that an address asks for, and a sentence for each value that can't be used.

    Parameters of other names are left alone.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    for row in FIELDS:
        if row.name not in query:
            continue
        raw = query[row.name]
        try:
            values[row.name] = row.read(raw)
        except ValueError as expected:
            problems.append(row.problem(raw, str(expected)))
            if row.otherwise is not _USUAL:
                values[row.name] = row.otherwise
    return put(DEFAULT, {**usual(put(DEFAULT, values)), **values}), tuple(problems)


def usual(selection: Selection) -> dict[str, Any]:
    """Where one looks before anybody chose anything: the bundled model opens on heads that are worth seeing, and on the
    pronoun of the opening example, any other text on its best finding."""
    opening = selection.a.model == DEFAULT.a.model
    texts = (selection.a.text, selection.a.second) == (DEFAULT.a.text, DEFAULT.a.second)
    also = selection.side("b").model == DEFAULT.a.model
    return {
        **looking_at(DEFAULT.a.place if opening else FIRST),
        **looking_at(DEFAULT.b.place if also else FIRST, "b"),
        "token": DEFAULT.query if opening and texts else BEST,
    }


def is_usual(selection: Selection) -> bool:
    """Does side A look where one looks before anybody chose a head?"""
    normally = usual(selection)
    return all(normally[name] == value for name, value in looking_at(selection.a.place).items())


def shortened(raw: str) -> str:
    """What arrived, as a sentence quotes it."""
    return raw if len(raw) <= 40 else raw[:39] + "…"


def _by_name(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    there = _put(DEFAULT, path, value)
    return {row.name: row.of(there) for row in FIELDS if row.path[: len(path)] == path}


def _put(value: Any, path: tuple[str, ...], new: Any) -> Any:
    first, *rest = path
    return replace(value, **{first: _put(getattr(value, first), tuple(rest), new) if rest else new})
