"""Opening files of attention maps, as `av.save` writes them and as people write them by hand."""

from __future__ import annotations

import hashlib
import io
import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from attention_viz.core.errors import FileError
from attention_viz.core.given import Given, Provenance, given_trace
from attention_viz.core.message import Listed, Message, first_of, say
from attention_viz.core.trace import Trace
from attention_viz.imports.announced import PIECE_BYTES, Stream, read_maps, read_strings, read_visible
from attention_viz.imports.documents import DOCUMENT_BYTES, About, parse_about, parse_json, parse_tokens
from attention_viz.imports.npz import NpzFile
from attention_viz.imports.safetensors import SafetensorsFile

MAPS_ONLY = say("These maps were opened from a file, which holds no queries and keys.")
ATTENTION, VISIBLE = "attention", "visible"
DOCUMENTS = ("tokens", "key_tokens", "about")
LIMIT_BYTES = 2_000_000_000

_NAME_CHARACTERS = 80
_LONG_NAME = 4096
_NAMES_IN_A_NOTE = 5


def open_tensors(
    file: str | Path | bytes,
    *,
    name: str = "",
    tokens: str | Path | bytes | None = None,
    limit_bytes: int = LIMIT_BYTES,
) -> Trace:
    """The Trace in an .npz or .safetensors file, on which all views, measures and exports work.

    file: its path, or its bytes together with its `name`, whose ending says which of the two it is.
    tokens: a JSON file beside it: a list of strings, or {"tokens": …, "key_tokens": …, "about": …}; what it says goes
        before what the file says. Without it, and without tokens in the file, the path with .json at its end is tried.
    limit_bytes: how much memory the maps may take in float32; more is refused before it is read.

    docs/bring-your-own.md describes the format. Nothing in a file is run, pickles are refused. Raises FileError for a
    file that can't be read, and MapError when its numbers are no attention or don't go with its tokens.
    """
    path = None if isinstance(file, bytes) else Path(file)
    name = name or (path.name if path else "")
    beside = None if tokens is None else tokens if isinstance(tokens, bytes) else _read_small(Path(tokens))
    try:
        with io.BytesIO(file) if isinstance(file, bytes) else Path(file).open("rb") as stream:
            return _open(stream, name, beside, path, limit_bytes)
    except OSError as error:
        raise FileError(
            say("The file {name} can't be read: {reason}.", name=name, reason=error.strerror or str(error))
        ) from error


def display_name(name: str) -> str:
    """A file's name for the screen: its last part, without characters that can't be seen, of bounded length."""
    return _seen(PurePosixPath(name[-_LONG_NAME:].replace("\\", "/")).name)


def _seen(name: str) -> str:
    seen = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in name[:_LONG_NAME])
    seen = re.sub(" +", " ", seen).strip()
    return seen if len(seen) <= _NAME_CHARACTERS else f"{seen[: _NAME_CHARACTERS - 1]}…"


def _open(stream: Stream, name: str, beside: bytes | None, path: Path | None, limit_bytes: int) -> Trace:
    # Twice: the maps may be float64, and there may be a bit more beside them.
    most = 2 * limit_bytes + 4 * DOCUMENT_BYTES
    size = stream.seek(0, os.SEEK_END)
    if size > most:
        raise FileError(
            say(
                "The file has {size:,.1f} MB, and at most {most:,.1f} MB are opened here.",
                size=size / 1e6,
                most=most / 1e6,
            )
        )
    arrays = _arrays(stream, name)
    documents = _documents(arrays)
    if path is not None and beside is None and "tokens" not in documents and path.with_suffix(".json").is_file():
        beside = _read_small(path.with_suffix(".json"))
    if beside is not None:
        documents |= _documents_beside(beside)
    names = arrays.names()
    if ATTENTION not in names:
        raise FileError(
            say(
                "The file has no array called “{name}”. It has {names}: rename one.",
                name=ATTENTION,
                names=_listed(names),
            )
            if names
            else say("The file has no array called “{name}”. It has no array at all.", name=ATTENTION)
        )
    if "tokens" not in documents:
        raise FileError(
            say(
                "There are no tokens, in the file or beside it. Add an array of strings called “tokens”, or "
                "a JSON file with a list of strings, one for each query."
            )
        )
    about = parse_about(documents["about"]) if "about" in documents else About()
    keys = documents.get("key_tokens")
    given = Given(
        tokens=parse_tokens(documents["tokens"], say("list of tokens")),
        key_tokens=None if keys is None else parse_tokens(keys, say("list of key tokens")),
        texts=about.texts,
        kind=about.kind,
        notes=(*about.notes, *_ignored_note(names)),
    )
    with arrays.array(ATTENTION) as array:
        maps = read_maps(array, limit_bytes)
    if VISIBLE in names:
        with arrays.array(VISIBLE) as array:
            given = replace(given, visible=read_visible(array, limit_bytes))
    origin = "a file of yours" + (f", which names {_seen(about.model)}" if about.model else "")
    shown = display_name(name)
    return given_trace(maps, given, Provenance(shown, _digest(stream, beside), origin, MAPS_ONLY))


def _arrays(stream: Stream, name: str) -> NpzFile | SafetensorsFile:
    ending = PurePosixPath(name.lower()).suffix
    if ending == ".npz":
        return NpzFile(stream)
    if ending == ".safetensors":
        return SafetensorsFile(stream)
    shown = display_name(name)
    raise FileError(
        say("The file {name} is neither .npz nor .safetensors.", name=shown)
        if shown
        else say("The file without a name is neither .npz nor .safetensors.")
    )


def _documents(arrays: NpzFile | SafetensorsFile) -> dict[str, Any]:
    """What is there of DOCUMENTS, as JSON values."""
    if isinstance(arrays, SafetensorsFile):
        texts: dict[str, list[str] | str] = {key: arrays.metadata[key] for key in DOCUMENTS if key in arrays.metadata}
    else:
        texts = {}
        for key in DOCUMENTS:
            if key in arrays.names():
                with arrays.array(key) as array:
                    # numpy takes four bytes for a character.
                    texts[key] = read_strings(array, 4 * DOCUMENT_BYTES)
    return {
        key: parse_json(text, say("{name} in the file", name=key)) if isinstance(text, str) else text
        for key, text in texts.items()
    }


def _documents_beside(data: bytes) -> dict[str, Any]:
    found = parse_json(data, say("JSON file of the tokens"))
    return {key: found[key] for key in DOCUMENTS if key in found} if isinstance(found, dict) else {"tokens": found}


def _read_small(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(DOCUMENT_BYTES + 1)
    except OSError as error:
        raise FileError(
            say("The file {name} can't be read: {reason}.", name=path.name, reason=error.strerror or str(error))
        ) from error


def _ignored_note(names: Sequence[str]) -> tuple[Message, ...]:
    extra = [name for name in names if name not in (ATTENTION, VISIBLE, *DOCUMENTS)]
    return (say("Of the file, this was not used: {names}.", names=_listed(extra)),) if extra else ()


def _listed(names: Sequence[str]) -> Listed:
    return first_of([say("“{name}”", name=_seen(name)) for name in names], _NAMES_IN_A_NOTE)


def _digest(stream: Stream, beside: bytes | None) -> str:
    """SHA-256 of the file, and of the tokens beside it where there are some."""
    stream.seek(0)
    digest = hashlib.sha256()
    # In pieces: hashlib.file_digest makes a BytesIO copy all that it holds.
    while piece := stream.read(PIECE_BYTES):
        digest.update(piece)
    digest.update(beside or b"")
    return digest.hexdigest()
