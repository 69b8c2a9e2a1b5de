"""One file of a model comes into the cache: over our own line, or by the Hub's own client where the line is lost."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx2

from attention_viz.core.errors import DamagedModelError
from attention_viz.core.message import Message, say
from attention_viz.models.hub.cache import Cache, digest_of
from attention_viz.models.hub.client import fetch_by_client
from attention_viz.models.hub.line import Line, NotUnderstoodError
from attention_viz.models.hub.names import HubName
from attention_viz.models.hub.repository import RemoteFile

_TRIES = 3
_PAUSE = 0.5  # Seconds before a line that broke is tried again.


@dataclass(frozen=True, slots=True)
class Watched:
    """Who waits for a file.

    progress: called with the bytes of it that are there. cancelled: set when nobody wants it any more.
    said: called with a sentence when it comes another way than usual.
    """

    progress: Callable[[int], None]
    cancelled: threading.Event
    said: Callable[[Message], object]


def bring(cache: Cache, line: Line, name: HubName, commit: str, file: RemoteFile, watched: Watched) -> None:
    """Brings a file into the snapshot, from where the last try ended.

    Raises DamagedModelError for other bytes than were announced, StoppedError, NotUnderstoodError, OSError and errors
    of the network.
    """
    blob, unfinished = cache.blob(name, file), cache.partial(name, file)
    if cache.arrived(name, file) < file.size or not blob.exists():
        blob.parent.mkdir(parents=True, exist_ok=True)
        path = file_path(name, commit) + file.name
        try:
            if not file.digest:  # Nothing to join parts by, or to know the whole by.
                raise NotUnderstoodError(say("{file} has no digest of a known kind", file=file.name))
            _arrive(line, path, file, unfinished, watched)
        except NotUnderstoodError as error:
            watched.said(
                say(
                    "The Hub answered in a way that this app doesn't know ({arrived}); trying the Hub's own client.",
                    arrived=error.arrived,
                )
            )
            fetch_by_client(line, name, commit, file, unfinished, watched.cancelled)
            watched.progress(file.size)
        _check(name, file, unfinished)
        unfinished.replace(blob)
    cache.place(name, commit, file)


def file_path(name: HubName, commit: str) -> str:
    """The path on the Hub under which the files of a commit are."""
    return f"/{name.id}/resolve/{commit}/"


def _check(name: HubName, file: RemoteFile, unfinished: Path) -> None:
    if unfinished.stat().st_size == file.size and (not file.digest or digest_of(unfinished, file) == file.digest):
        return
    unfinished.unlink()
    raise DamagedModelError(
        say(
            "What arrived as {file} of {name} is not what the Hub announced, and was thrown away. "
            "Download it again; if it stays so, something on the way changes it.",
            file=file.name,
            name=str(name),
        )
    )


def _arrive(line: Line, path: str, file: RemoteFile, unfinished: Path, watched: Watched) -> None:
    """Fills the partial file. A line that breaks is taken up again, `_TRIES` times without anything new."""
    unfinished.touch()
    tries = _TRIES
    with unfinished.open("r+b") as stream:
        have = stream.seek(0, os.SEEK_END)
        while have < file.size:
            before = have
            try:
                with closing(line.pieces(path, before, cancelled=watched.cancelled)) as pieces:
                    for offset, piece in pieces:
                        if offset > have or have > file.size:
                            return  # Not what was announced; the digest will say so.
                        if offset < have:  # The server began anew.
                            stream.seek(offset)
                            stream.truncate()
                        have = offset + stream.write(piece)
                        watched.progress(have)
                if have < file.size:
                    raise httpx2.RemoteProtocolError("less than was announced")
            except httpx2.TransportError:
                tries = _TRIES if have > before else tries - 1
                if tries == 0:
                    raise
                watched.cancelled.wait(_PAUSE)
