"""What is on screen, as one value, and how it reads in a URL. No Streamlit here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args

from attention_viz.core.model_info import Kind, ModelInfo
from attention_viz.figures.scale import Curve
from attention_viz.measures import MEASURES
from attention_viz.models.bundled import NAME
from attention_viz.ui.examples import OTHER_HEAD, OTHER_LAYER, PRONOUN, PRONOUN_HEAD, PRONOUN_LAYER, PRONOUN_TOKEN

Unit = Literal["tokens", "words"]
Top = Literal["one", "max"]
View = Literal["maps", "links"]
Order = Literal["place", "weight"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Everything that a link restores.

    text, second: what is read; an empty second text means that there is none.
    kind: whose attention, for a model that has several; empty for its first one.
    layer, head: MEAN as a head is the mean of a layer's heads; MEAN as a layer is the mean of all, and so is its head.
    among: the heads that the mean of a layer is taken over; none of them stands for all.
    token: the query token that is held, whose row is marked and listed; None for none.
    key: the key token that is held with it, or None.
    show: what the grid of all heads shows: "maps", a measure by its key, or "pair": the weight between the held tokens.
    unit: rows and columns of the map are tokens or words.
    curve, top: how weights become colours: the curve, and a range up to 1 or up to the map's own maximum.
    b_model, b_text, b_second, b_kind, b_layer, b_head: the other side of a comparison; empty for the same as here.
    b_show: what the grid of B's heads shows, "maps" or "divergence" from A.
    view: how two heads are compared, as maps or as links.
    order: the keys of a row stand as in the text, or by their weight.
    build: what is built by hand, as `build_state` writes it; empty for its first example.
    train: the settings of a training, as `train_state` writes them; own: the text that it learns from.
    run: the training that is on screen, by its id; at: the step of it that is looked at, None for the last.
    """

    model: str = NAME
    text: str = PRONOUN
    second: str = ""
    kind: str = ""
    layer: int = PRONOUN_LAYER
    head: int = PRONOUN_HEAD
    among: tuple[int, ...] = ()
    token: int | None = PRONOUN_TOKEN
    key: int | None = None
    show: str = "maps"
    unit: Unit = "tokens"
    curve: Curve = "sqrt"
    top: Top = "one"
    b_model: str = ""
    b_text: str = ""
    b_second: str = ""
    b_kind: str = ""
    b_layer: int = OTHER_LAYER
    b_head: int = OTHER_HEAD
    b_show: str = "maps"
    view: View = "maps"
    order: Order = "place"
    build: str = ""
    train: str = ""
    own: str = ""
    run: str = ""
    at: int | None = None


DEFAULT = Selection()
MEAN = -1
_MEAN_NAMES = {"layer": "all", "head": "mean"}
LONG_FIELDS = ("text", "second", "b_text", "b_second", "own")
"""What may be too long for a URL."""

_CHOICES: dict[str, tuple[str, ...]] = {
    "unit": get_args(Unit),
    "curve": get_args(Curve),
    "top": get_args(Top),
    "show": ("maps", "pair", *(measure.key for measure in MEASURES)),
    "kind": get_args(Kind),
    "b_kind": get_args(Kind),
    "view": get_args(View),
    "order": get_args(Order),
    "b_show": ("maps", "divergence"),
}
_HELD = ("token", "key")
_LABELS = {
    "unit": "rows and columns",
    "curve": "colours",
    "top": "range of colours",
    "show": "grid of heads",
    "kind": "attention of",
    "among": "the mean of heads",
    "b_model": "model B",
    "b_kind": "attention of B",
    "b_layer": "layer of B",
    "b_head": "head of B",
    "run": "the training",
    "at": "the step",
}
_NUMBERS = ("layer", "head", "token", "key", "b_layer", "b_head", "at")
_INSTEAD = {
    **dict.fromkeys(_HELD, "none is held"),
    "among": "the mean of all is shown",
    "kind": "the model's first is shown",
    "b_kind": "the model's first is shown",
    "build": "the first example is shown",
    "train": "the first task is shown",
    "run": "none is shown",
    "at": "the last is shown",
}
_MAX_NAME = 200
_MOST_AMONG = 256
_MAX_BUILD = 12_000


def to_query(selection: Selection) -> dict[str, str]:
    """The parameters of a URL: what differs from the default, so that the bare address is the opening example."""
    usual = {**_as_dict(DEFAULT), **_usual(selection)}
    query = {name: value for name, value in _as_dict(selection).items() if value != usual[name]}
    return {name: _written(name, value) for name, value in query.items()}


def _written(name: str, value: Any) -> str:
    if value == MEAN and name in _MEAN_NAMES:
        return _MEAN_NAMES[name]
    if name == "among":
        return ".".join(map(str, value))
    return "" if value is None else str(value)


def from_query(query: Mapping[str, str]) -> tuple[Selection, tuple[str, ...]]:
    """The Selection that a URL asks for, and a sentence for each value that can't be used.

    Parameters of other names are left alone.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    for field in fields(Selection):
        if field.name not in query:
            continue
        raw, default = query[field.name], getattr(DEFAULT, field.name)
        value, expected = _read(field.name, raw)
        if expected is None:
            values[field.name] = value
        else:
            instead = _INSTEAD.get(field.name, f"{default} is shown")
            label = _LABELS.get(field.name, field.name)
            problems.append(f"The link asks for {label} “{_short(raw)}”, but {expected}; {instead}.")
            if field.name in _HELD:
                values[field.name] = None
    return Selection(**{**_usual(Selection(**values)), **values}), tuple(problems)


def changed(selection: Selection, **changes: Any) -> Selection:
    """The selection after a change on screen, and what follows from it: another text has other tokens, another model or
    kind of attention also other layers and heads."""
    after = replace(selection, **changes)
    usual = _usual(after)
    follows: dict[str, Any] = {}
    if (after.text, after.second) != (selection.text, selection.second):
        follows |= {"token": usual["token"], "key": None}
    if (after.model, after.kind) != (selection.model, selection.kind):
        follows |= {**usual, "key": None, "show": "maps"}
    if (other(after).model, after.b_kind) != (other(selection).model, selection.b_kind):
        follows |= {name: usual[name] for name in ("b_layer", "b_head")}
    if other(after).model != other(selection).model:
        follows["b_kind"] = ""
    if after.model != selection.model:
        follows["kind"] = ""
    if any(name in (*changes, *follows) for name in ("layer", "head")):
        follows["among"] = ()
    return replace(after, **{name: value for name, value in follows.items() if name not in changes})


def other(selection: Selection) -> Selection:
    """Side B as a selection of its own. What it doesn't name is as on side A."""
    own_text = bool(selection.b_text)
    return replace(
        selection,
        model=selection.b_model or selection.model,
        text=selection.b_text if own_text else selection.text,
        second=selection.b_second if own_text else selection.second,
        kind=selection.b_kind or ("" if selection.b_model else selection.kind),
        layer=selection.b_layer,
        head=selection.b_head,
        among=(),
    )


def fit(selection: Selection, info: ModelInfo) -> tuple[Selection, tuple[str, ...]]:
    """The selection with a kind, a layer and a head that the model has, and a sentence for each that it doesn't."""
    fitted: dict[str, Any] = {}
    problems: list[str] = []
    kind = next((kind for kind in info.kinds if kind == selection.kind), None)
    if selection.kind and kind is None:
        fitted["kind"] = ""
        problems.append(
            f"The link asks for the {_short(selection.kind)} attention, but {info.name} has {' and '.join(info.kinds)} "
            f"attention; {info.kinds[0]} attention is shown."
        )
    stack = info.stack(kind)
    for name, count in (("layer", stack.layers), ("head", stack.heads)):
        asked = getattr(selection, name)
        fitted[name] = asked if asked == MEAN or 0 <= asked < count else min(getattr(DEFAULT, name), count - 1)
        if fitted[name] != asked:
            problems.append(
                f"The link asks for {name} {_short(str(asked))}, but {info.name} has {name}s 0 to {count - 1}; "
                f"{name} {fitted[name]} is shown."
            )
    if fitted["layer"] == MEAN:
        fitted["head"] = MEAN
    if fitted["head"] != MEAN or fitted["layer"] == MEAN or any(head >= stack.heads for head in selection.among):
        fitted["among"] = ()
    return replace(selection, **fitted), tuple(problems)


def fit_tokens(selection: Selection, queries: int, keys: int) -> tuple[Selection, tuple[str, ...]]:
    """The selection with held tokens that the text has, and a sentence for each that it doesn't."""
    counts = dict(zip(_HELD, (queries, keys), strict=True))
    gone = {name: asked for name in _HELD if (asked := getattr(selection, name)) is not None and asked >= counts[name]}
    problems = tuple(
        f"The link holds {'' if name == 'token' else 'key '}token {asked}, but this text has tokens 0 to "
        f"{counts[name] - 1}; none is held."
        for name, asked in gone.items()
    )
    nothing: dict[str, Any] = dict.fromkeys(gone)
    return replace(selection, **nothing), problems


def _usual(selection: Selection) -> dict[str, int | None]:
    """Where one looks before anybody chose anything: the bundled model opens on heads that are worth seeing, and on the
    pronoun of the opening example."""
    opening = selection.model == DEFAULT.model
    texts = (selection.text, selection.second) == (DEFAULT.text, DEFAULT.second)
    also = other(selection).model == DEFAULT.model
    return {
        "layer": DEFAULT.layer if opening else 0,
        "head": DEFAULT.head if opening else 0,
        "token": DEFAULT.token if opening and texts else None,
        "b_layer": DEFAULT.b_layer if also else 0,
        "b_head": DEFAULT.b_head if also else 0,
    }


def _read(name: str, raw: str) -> tuple[Any, str | None]:
    """The value, or what was expected instead."""
    if name in _HELD and raw == "":
        return None, None
    if raw == _MEAN_NAMES.get(name):
        return MEAN, None
    if name in _NUMBERS:
        # isdecimal also takes digits of other scripts, and int() reads them; a long one is no number to count with.
        return (int(raw), None) if raw.isdecimal() and len(raw) <= 9 else (None, "a whole number from 0 is expected")
    if name == "among":
        heads = raw.split(".") if raw else []
        if len(heads) <= _MOST_AMONG and all(head.isdecimal() and len(head) <= 4 for head in heads):
            return tuple(sorted({int(head) for head in heads})), None
        return None, "numbers with dots between them are expected"
    if name in _CHOICES:
        choices = _CHOICES[name]
        return (raw, None) if raw in choices else (None, f"{' or '.join(choices)} is expected")
    if name in ("model", "b_model") and len(raw) > _MAX_NAME:
        return None, f"a name of at most {_MAX_NAME} characters is expected"
    if name in ("build", "train") and len(raw) > _MAX_BUILD:
        return None, f"at most {_MAX_BUILD:,} characters are expected"
    if name == "run" and not re.fullmatch("[a-z2-7]{10}", raw):
        return None, "ten letters and digits are expected"
    return raw, None


def _as_dict(selection: Selection) -> dict[str, Any]:
    return {field.name: getattr(selection, field.name) for field in fields(selection)}


def _short(raw: str) -> str:
    return raw if len(raw) <= 40 else raw[:39] + "…"
