"""What follows from a change on screen, and what of a link a model and a text don't have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from attention_viz.core.errors import ModelError
from attention_viz.core.model_info import ModelInfo
from attention_viz.core.place import Place
from attention_viz.models.library import describe_model
from attention_viz.ui.state.fields import looking_at, put, shortened, usual
from attention_viz.ui.state.selection import DEFAULT, Selection, Side


def changed(selection: Selection, **changes: Any) -> Selection:
    """The selection after a change on screen, and what follows from it: another text has other tokens, another model or
    kind of attention also other layers and heads.

    changes: by their names in the address, see `fields`.
    """
    after = put(selection, changes)
    normally = usual(after)
    follows: dict[str, Any] = {}
    if (after.a.text, after.a.second) != (selection.a.text, selection.a.second):
        follows |= {"token": normally["token"], "key": None}
    if (after.a.model, after.a.kind) != (selection.a.model, selection.a.kind):
        follows = {
            **_kept(after, other_model=after.a.model != selection.a.model),
            "show": "maps",
            "with": (),
            **follows,
        }
    other_model = after.side("b").model != selection.side("b").model
    if other_model or after.b.kind != selection.b.kind:
        follows |= {name: normally[name] for name in looking_at(Place(0), "b")}
    if other_model:
        follows["b_kind"] = ""
    if after.a.model != selection.a.model:
        follows["kind"] = ""
    if {"layer", "head"} & {*changes, *follows}:
        follows["among"] = ()
    after = put(after, {name: value for name, value in follows.items() if name not in changes})
    pair = after.query is not None and after.key is not None
    return after if pair or after.show != "pair" else put(after, {"show": "maps"})


def _kept(selection: Selection, *, other_model: bool) -> dict[str, Any]:
    """Where one looked before another model or kind of attention was chosen, if that one has such a place; else where
    one begins. By the names of the address. Held tokens stay too: whether there are as many is known when the text is
    read; but maps from a file have tokens of their own.
    """
    normally = usual(selection)
    begin = {name: normally[name] for name in looking_at(Place(0))}
    try:
        info = describe_model(selection.a.model)
    except ModelError:
        return begin
    if not info.reads_text:
        return {**begin, "token": normally["token"], "key": None}
    side, missing = fit(replace(selection.a, kind="") if other_model else selection.a, info)
    return begin if missing else looking_at(side.place)


def in_place_of(selection: Selection, gone: str, instead: str) -> dict[str, str]:
    """What changes so that a model is asked for in place of another, on the side or sides that ask for that one."""
    a = instead if selection.a.model == gone else selection.a.model
    b = instead if selection.b.model == gone else selection.b.model
    return {"model": a, "b_model": "" if b == a else b}


def way_back(selection: Selection, gone: str, instead: str) -> dict[str, Any]:
    """The same, from a model of which nothing was seen: side A begins anew."""
    changes = in_place_of(selection, gone, instead)
    if changes["model"] == selection.a.model:
        return changes
    normally = usual(put(selection, changes))
    return {**changes, **{name: normally[name] for name in looking_at(Place(0))}}


def fit(side: Side, info: ModelInfo) -> tuple[Side, tuple[str, ...]]:
    """A side with a kind, a layer and a head that the model has, and a sentence for each that it doesn't."""
    problems: list[str] = []
    kind = next((kind for kind in info.kinds if kind == side.kind), None)
    if side.kind and kind is None:
        problems.append(
            f"The link asks for the {shortened(side.kind)} attention, but {info.name} has {' and '.join(info.kinds)} "
            f"attention; {info.kinds[0]} attention is shown."
        )
    stack = info.stack(kind)
    place, usual_place = side.place, DEFAULT.a.place
    found: dict[str, int | None] = {}
    for name, count in (("layer", stack.layers), ("head", stack.heads)):
        asked = getattr(place, name)
        found[name] = asked if asked is None or asked < count else min(getattr(usual_place, name), count - 1)
        if found[name] != asked:
            problems.append(
                f"The link asks for {name} {shortened(str(asked))}, but {info.name} has {name}s 0 to {count - 1}; "
                f"{name} {found[name]} is shown."
            )
    among = place.among if all(head < stack.heads for head in place.among) else ()
    return replace(side, kind=kind or "", place=Place(found["layer"], found["head"], among)), tuple(problems)


def fit_links(selection: Selection, info: ModelInfo) -> tuple[Selection, tuple[str, ...]]:
    """The selection whose links are those of heads that the model has, and a sentence when it asks for others."""
    links = selection.settings.links
    heads = info.stack(next((kind for kind in info.kinds if kind == selection.a.kind), None)).heads
    there = tuple(head for head in links.beside if head < heads)
    if there == links.beside:
        return selection, ()
    asked = shortened(", ".join(str(head) for head in links.beside if head >= heads))
    problem = (
        f"The link asks for the links of head {asked} too, but {info.name} has heads 0 to {heads - 1}; only what is "
        f"there is drawn."
    )
    return put(selection, {"with": there}), (problem,)


def fit_tokens(selection: Selection, queries: int, keys: int) -> tuple[Selection, tuple[str, ...]]:
    """The selection with held tokens that the text has, and a sentence for each that it doesn't."""
    problems: list[str] = []
    query, key = selection.query, selection.key
    if isinstance(query, int) and query >= queries:
        problems.append(f"Token {query} was held, but this text has tokens 0 to {queries - 1} here; none is held now.")
        query = None
    if key is not None and key >= keys:
        problems.append(f"Key token {key} was held, but this text has tokens 0 to {keys - 1} here; none is held now.")
        key = None
    return replace(selection, query=query, key=key), tuple(problems)
