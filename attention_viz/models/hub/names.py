"""How models of the Hugging Face Hub are named: organisation/name, or organisation/name@revision."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from attention_viz.core.errors import UnknownModelError
from attention_viz.core.message import Message, say
from attention_viz.models.catalogue import full_name, nearest

MAIN = "main"
_LONGEST_ID = 96
_LONGEST_REVISION = 200
_PART = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?"
_ID = re.compile(rf"{_PART}/{_PART}")
_BARE = re.compile(_PART)
_REVISION = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_./+-]*[A-Za-z0-9_+-])?")
_HOSTS = ("huggingface.co", "www.huggingface.co", "hf.co")
_ADDRESS = re.compile(rf"[a-z][a-z0-9+.-]*://|(?:{'|'.join(map(re.escape, _HOSTS))})/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HubName:
    """A model's id on the Hub and a branch, tag or commit of it. Safe as part of a path and of an address."""

    id: str
    revision: str = MAIN

    def __str__(self) -> str:
        return self.id if self.revision == MAIN else f"{self.id}@{self.revision}"


def read_name(name: str) -> HubName | None:
    """The id and revision in “organisation/name@revision”; None when it can't be one.

    A name alone is one where the catalogue knows its organisation (“gpt2”): the Hub has no others any more.
    """
    written, at, revision = name.strip().partition("@")
    if _ADDRESS.match(written):
        return None
    if _BARE.fullmatch(written):
        written = full_name(written) or ""
    valid = _is_id(written) and (not at or _is_revision(revision))
    return HubName(written, revision or MAIN) if valid else None


def unknown_model(name: str) -> UnknownModelError:
    """Why there is no model of that name, and what to write instead."""
    return UnknownModelError(
        say("There is no model called “{name}”. {advice}", name=shown(name), advice=_advice(name.strip()))
    )


def shown(name: str) -> str:
    """What a person typed, short and without characters that can't be seen."""
    visible = "".join(char if char.isprintable() else "\ufffd" for char in name[:81])
    return visible if len(visible) <= 80 else visible[:79] + "…"


def _advice(name: str) -> Message:
    if _ADDRESS.match(name):
        return _address_advice(name)
    written, at, _ = name.partition("@")
    if at and (_is_id(written) or full_name(written)):
        return say(
            "What follows the “@” is no revision: a branch, tag or commit has letters, digits, “-”, “_”, “.” and “/”, "
            "and at most {most} of them.",
            most=_LONGEST_REVISION,
        )
    near = nearest(written)
    if near:
        return say("Did you mean {near}?", near=near)
    if len(written) > _LONGEST_ID:
        return say(
            "It has {characters:,} characters; an id on the Hugging Face Hub has at most {most}.",
            characters=len(written),
            most=_LONGEST_ID,
        )
    return say(
        "Choose one of the catalogue, or type an id of the Hugging Face Hub: organisation/name, of letters, digits, "
        "“-”, “_” and “.”."
    )


def _address_advice(address: str) -> Message:
    """Addresses are never opened; a pasted one of the Hub mostly has the id in it."""
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        host = parts.hostname
    except ValueError:  # A broken address, as “https://[”.
        host = None
    if host not in _HOSTS:
        return say("Addresses are not opened. Type the model's id on the Hugging Face Hub: organisation/name.")
    match [unquote(part) for part in parts.path.strip("/").split("/")]:
        case ["datasets" | "spaces" | "docs" | "api", *_]:
            name = None
        case [organisation, model, "tree" | "blob" | "resolve", revision, *_]:
            name = read_name(f"{organisation}/{model}@{revision}")
        case parts_of_id:
            name = read_name("/".join(parts_of_id[:2]))
    if name is None:
        return say("Addresses are not opened, and this one is not a model's. Type an id: organisation/name.")
    return say("Addresses are not opened. The model's id in this one is {name}: type that.", name=str(name))


def _is_id(text: str) -> bool:
    return (
        len(text) <= _LONGEST_ID
        and _ID.fullmatch(text) is not None
        and not any(bad in text for bad in ("..", "--"))
        and not text.endswith(".git")
    )


def _is_revision(text: str) -> bool:
    return (
        len(text) <= _LONGEST_REVISION
        and _REVISION.fullmatch(text) is not None
        and not any(bad in text for bad in ("..", "//", "/.", "./", ".lock"))
    )
