"""What the package says is whole: each error and note is a message, and each template constant English.

A translation looks a message up by its template, so none may be made at run time, and no value may be English.
"""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from attention_viz.core import errors

PACKAGE = Path(__file__).parent.parent / "attention_viz"
HOME = "core/message.py"
ERRORS = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, Exception)}
MADE = {"say": 1, "counted": 3}
"""What makes a message of how many arguments; of three, the first is the count."""
MESSAGES = {*MADE, "verbatim", "first_of"}


def called(node: ast.AST) -> str:
    """The name of what is called, without what stands before it."""
    if not isinstance(node, ast.Call):
        return ""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def is_made(node: ast.AST) -> bool:
    """Is it a text that is made here, with words in it?"""
    match node:
        case ast.IfExp(body=one, orelse=other):
            return is_made(one) or is_made(other)
        case ast.BoolOp(values=values):
            return any(map(is_made, values))
        case ast.BinOp(left=one, right=other):
            return is_made(one) or is_made(other)
        case ast.Constant(value=str(text)):
            return any(char.isalpha() for char in text)
        case ast.JoinedStr(values=parts):
            return any(isinstance(part, ast.Constant) and is_made(part) for part in parts)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(between)), attr="join")):
            return not between.isspace()
    return called(node) == "format"


def loose(node: ast.AST) -> Iterator[ast.AST]:
    """What is made outside of messages."""
    if called(node) in MESSAGES:
        return
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and " " in str(node.value)):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from loose(child)


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def faults_of_message(node: ast.Call) -> Iterator[str]:
    templates = node.args[-2:] if called(node) == "counted" else node.args
    texts = [one.value for one in templates if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    names = {keyword.arg for keyword in node.keywords if keyword.arg is not None}
    if len(node.args) != MADE[called(node)] or len(texts) != len(templates) or len(names) != len(node.keywords):
        yield "a template that is not constant"
        return
    for text in texts:
        if text != text.strip() or "  " in text:
            yield f"a piece of a sentence: {text!r}"
    found = set().union(*map(places, texts)) - ({"count"} if called(node) == "counted" else set())
    if found != names:
        yield f"places {sorted(found)} with the values {sorted(names)}"
    for keyword in node.keywords:
        if is_made(keyword.value):
            yield f"words as the value of {keyword.arg}"


def faults(source: str) -> list[str]:
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(source)):
        said: list[str] = []
        match node:
            case ast.Call() if called(node) in MADE:
                said = list(faults_of_message(node))
            case ast.Call(args=[_, *_]) if called(node) == "Message":
                said = ["a message that neither say nor counted made"]
            case ast.Call(args=[first, *_]) if called(node) in ERRORS:
                said = ["an error of a plain text"] if is_made(first) or called(first) == "str" else []
            case (
                ast.keyword(arg="notes" | "maps_only", value=value)
                | ast.Assign(targets=[ast.Name(id="notes")], value=value)
            ):
                said = ["a note of a plain text" for _ in loose(value)]
            case ast.AugAssign(target=ast.Name(id="notes"), value=value):
                said = ["a note of a plain text" for _ in loose(value)]
            case ast.Call(func=ast.Attribute(value=ast.Name(id="notes"), attr="append"), args=[value]):
                said = ["a note of a plain text" for _ in loose(value)]
        found += [(getattr(node, "lineno", 0), one) for one in said]
    return [f"line {line}: {one}" for line, one in sorted(found)]


FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / HOME)


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_is_said_is_whole(file: Path):
    assert faults(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        'raise MapError("There are no tokens.")',
        'raise MapError(f"There are {count} tokens.")',
        'raise MapError("There are " + names)',
        'raise errors.MapError("There are {}".format(names))',
        "raise MapError(str(error))",
        'MapError("" if few else "There are many.")',
        'say(f"There are {count} tokens.")',
        'say("There are " + names)',
        "say(TEMPLATE)",
        'say(*("There are {names}.",), names=names)',
        'say("There are {names}.", **values)',
        'say("There are {names}.")',
        'say("There are {names}.", tokens=names)',
        'say("There are {names[0]}.", names=names)',
        'say(" among the queries")',
        'say("There is {what}.", what="one" if one else "more")',
        'say("There is {what}.", what=f"a {name}")',
        'say("There are {names}.", names=" and ".join(names))',
        'counted(count, "a token", "tokens" + more)',
        'counted(count, "{count} token of {name}", "{count} tokens")',
        "Message(template, values)",
        'notes = ["It was cut."]',
        'notes += [f"{count} tokens were cut."]',
        'notes.append("It was cut.")',
        'Trace(info, notes=("It was cut.",))',
        'Trace(info, maps_only="It has maps only.")',
    ],
)
def test_what_is_put_together_is_found(source: str):
    assert faults(source) != []


@pytest.mark.parametrize(
    "source",
    [
        'raise MapError(say("There are no tokens."))',
        'raise MapError(trace.maps_only or say("There are only maps."))',
        "raise UnsupportedModelError(error.message)",
        'raise NotDownloadedError(say("{name} is not here.", name=name), name)',
        'say("It begins with “{beginning}”.", beginning=" ".join(text.split()))',
        'say("There are {names} in all: {{“{first}”}}", names=Listed(names), first=names[0][:40])',
        'say("There is {what}.", what=say("one") if one else say("a {name}", name=name))',
        'counted(count, "One token", "{count:,} tokens")',
        'notes = [*given.notes, say("It was cut.")]',
        'notes.append(verbatim("somebody\'s"))',
    ],
)
def test_what_is_whole_passes(source: str):
    assert faults(source) == []
