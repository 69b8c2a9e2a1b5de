"""The JSON that comes with maps: tokens, and what is known about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast, get_args

from attention_viz.core.errors import FileError
from attention_viz.core.given_tokens import Tokens
from attention_viz.core.message import Listed, Message, say, verbatim
from attention_viz.core.model_info import Kind
from attention_viz.core.plain_tokens import check_pieces
from attention_viz.core.text import clean
from attention_viz.core.token import Token

DOCUMENT_BYTES = 4_000_000
_MAX_SEGMENTS = 10
_MAX_NOTES = 100
_MAX_NOTE_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class About:
    """texts, notes, kind: as in a Trace. model: the name of the model that the maps are said to come from."""

    texts: tuple[str, ...] = ()
    notes: tuple[Message, ...] = ()
    kind: Kind | None = None
    model: str = ""


def parse_json(data: bytes | str, what: Message, limit_bytes: int = DOCUMENT_BYTES) -> Any:
    """What a JSON text says. Raises FileError for too long a text, one with a name twice in it, and what is no JSON.

    what: the name of the document, after "the".
    """
    if len(data) > limit_bytes:
        raise FileError(
            say(
                "The {what} has {size:,.1f} MB, and at most {most:,.1f} MB are read.",
                what=what,
                size=len(data) / 1e6,
                most=limit_bytes / 1e6,
            )
        )
    try:
        # A byte order mark is what some editors write.
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, what))
    except (ValueError, RecursionError) as error:
        raise FileError(
            say('The {what} can\'t be read as JSON in UTF-8. It should look like ["The", "cat"].', what=what)
        ) from error


def parse_tokens(document: Any, what: Message) -> Tokens:
    """Plain strings, or Tokens from objects with the fields of a Token.

    Raises FileError for anything else, and MapError for strings that are too many or too long.
    """
    if not isinstance(document, list):
        raise FileError(
            say('The {what} must be a list with one string for each token, such as ["The", "cat"].', what=what)
        )
    if document and all(isinstance(one, dict) for one in document):
        return [_token(one, index, what) for index, one in enumerate(document)]
    check_pieces(document)
    return document


def parse_about(document: Any) -> About:
    """What av.save writes beside the tokens; all of it may be missing. Raises FileError where it is something else."""
    if not isinstance(document, dict):
        raise FileError(say("What the file says about itself (about) is no JSON object."))
    texts, notes, kind = (document.get(name) for name in ("texts", "notes", "kind"))
    if kind not in (None, *get_args(Kind)):
        raise FileError(say("The kind of attention can be {kinds}, or be left out.", kinds=Listed(get_args(Kind), ",")))
    said = _strings(notes, "notes")
    if len(said) > _MAX_NOTES or any(len(note) > _MAX_NOTE_CHARACTERS for note in said):
        raise FileError(
            say(
                "There may be {most} notes of {longest:,} characters each.",
                most=_MAX_NOTES,
                longest=_MAX_NOTE_CHARACTERS,
            )
        )
    model = document.get("model")
    name = model.get("name") if isinstance(model, dict) else None
    return About(
        _strings(texts, "texts"),
        tuple(verbatim(clean(note)[0]) for note in said),
        cast("Kind | None", kind),
        name if isinstance(name, str) else "",
    )


def _object(pairs: list[tuple[str, Any]], what: Message) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise FileError(say("The {what} names the same thing twice.", what=what))
    return members


def _strings(value: Any, name: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise FileError(say("The {name} in what the file says about itself must be a list of strings.", name=name))
    return tuple(value)


def _token(fields: dict[str, Any], index: int, what: Message) -> Token:
    match fields:
        case {
            "text": str(text),
            "id": int(number),
            "span": None | [int(), int()] as span,
            "word": None | int() as word,
            "segment": int(segment),
            "special": bool(special),
        } if segment < _MAX_SEGMENTS and all(map(_is_small, (number, word or 0, segment, *(span or ())))):
            return Token(text, number, None if span is None else (span[0], span[1]), word, segment, special)
    raise FileError(
        say(
            "Entry {index} of the {what} must have text, id, span ([start, end] or null), word (a number "
            "or null), segment and special (true or false). Plain strings are fine too.",
            index=index,
            what=what,
        )
    )


def _is_small(value: int) -> bool:
    """Is it a number that JavaScript has too, and not true or false, which are numbers to Python?"""
    return type(value) is int and -1 <= value < 2**53
