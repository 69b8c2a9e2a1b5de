"""Requests to the Hub that a person can break off, and that give up soon where there is no network.

huggingface_hub has the connections (proxies, certificates, redirects that leave the token behind). Its own download
is the second choice (`client`): since version 2 it starts from nothing after each interruption, looks for a stop once
in 10 MB, and tries for half a minute where there is no network.
"""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import httpx2
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import get_session, hf_raise_for_status

from attention_viz.core.message import Message, say, verbatim

PIECE = 64 * 1024
_WAITING = 64  # Pieces between the thread that reads and the one that writes: 4 MB.
_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")
_TOKEN = re.compile(r"[!-~]+")
_REFUSALS = (
    httpx2.codes.UNAUTHORIZED,
    httpx2.codes.FORBIDDEN,
    httpx2.codes.NOT_FOUND,
    httpx2.codes.TOO_MANY_REQUESTS,
)
_ENCODINGS = ("identity", "gzip", "deflate")
_ODD = (httpx2.TooManyRedirects, httpx2.UnsupportedProtocol, httpx2.InvalidURL, httpx2.DecodingError)
"""What httpx2 raises over an answer, not over the line."""


class NoConnectionError(Exception):
    """No connection in the time that there was."""


class StoppedError(Exception):
    """Someone broke it off."""


class BadTokenError(Exception):
    """The access token can't be one."""


class NotUnderstoodError(Exception):
    """The Hub answered, neither with a file nor with a refusal that is known.

    arrived: what came, in a few words, and nothing of what was sent.
    """

    def __init__(self, arrived: Message) -> None:
        super().__init__(arrived)
        self.arrived = arrived


@dataclass(frozen=True)
class Line:
    """Where requests go, and how long they may take.

    endpoint: the Hub's address.
    token: who asks; None for the public.
    connect: seconds until there must be a connection, looking up the name included.
    patience: seconds without a byte after which a line counts as broken.
    """

    endpoint: str
    token: str | None = field(default=None, repr=False)
    connect: float = 1.7
    patience: float = 20.0

    def read(self, path: str, *, limit: int, start: int = 0) -> bytes:
        """At most `limit` bytes from `start` on. For small answers: all of it may take twice `patience`."""
        body = bytearray()
        until = time.monotonic() + 2 * self.patience
        last = None if limit == 0 else start + limit - 1
        with closing(self.pieces(path, start, last)) as pieces:
            for offset, piece in pieces:
                # A server may ignore the range and send the whole.
                body += piece[max(0, start - offset) :] if offset < start else piece
                if len(body) >= limit:
                    break
                if time.monotonic() > until:
                    raise httpx2.ReadTimeout("too slow for a small answer")
        return bytes(body[:limit])

    def pieces(
        self, path: str, start: int = 0, last: int | None = None, cancelled: threading.Event | None = None
    ) -> Generator[tuple[int, bytes]]:
        """Pieces of the answer and their offsets in the file, from `start` on, or from 0 where the server ignores that.

        A thread reads and this one hands on, so that `cancelled` is heeded within a tenth of a second whatever the line
        does: looking up a name, connecting, waiting. Raises NoConnectionError, StoppedError, NotUnderstoodError, errors
        of httpx2 and HfHubHTTPError.
        """
        if self.token is not None and not _TOKEN.fullmatch(self.token):
            raise BadTokenError  # The network library would put it into its message.
        waiting: queue.Queue[tuple[int, bytes] | Exception | None] = queue.Queue(_WAITING)
        connected, stop = threading.Event(), threading.Event()
        request = (path, start, last, waiting, connected, stop)
        threading.Thread(target=self._fetch, args=request, name="attention_viz download", daemon=True).start()
        until = time.monotonic() + self.connect
        try:
            while True:
                if cancelled is not None and cancelled.is_set():
                    raise StoppedError
                try:
                    piece = waiting.get(timeout=0.1)
                except queue.Empty:
                    if not connected.is_set() and time.monotonic() > until:
                        raise NoConnectionError from None
                    continue
                if piece is None:
                    return
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            stop.set()

    def _fetch(
        self,
        path: str,
        start: int,
        last: int | None,
        waiting: queue.Queue[tuple[int, bytes] | Exception | None],
        connected: threading.Event,
        stop: threading.Event,
    ) -> None:
        """Reads until the end, an error or `stop`, and puts what comes into `waiting`."""

        def hand_on(piece: tuple[int, bytes] | Exception | None) -> None:
            while not stop.is_set():
                try:
                    waiting.put(piece, timeout=0.1)
                    return
                except queue.Full:
                    continue

        def trace(event: str, _: Any) -> None:
            if "connect_tcp" not in event or event.endswith("complete"):
                connected.set()

        # “identity”: offsets count bytes of the file, not of a compressed answer.
        headers = {"User-Agent": "attention_viz", "Accept-Encoding": "identity"}
        if start or last is not None:
            headers["Range"] = f"bytes={start}-{'' if last is None else last}"
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            with get_session().stream(
                "GET",
                self.endpoint + path,
                headers=headers,
                timeout=httpx2.Timeout(self.patience, connect=self.connect),
                extensions={"trace": trace},
            ) as response:
                _check(response)
                offset = _offset(response)
                for piece in response.iter_bytes():
                    hand_on((offset, piece))
                    offset += len(piece)
                    if stop.is_set():
                        return
            hand_on(None)
        except _ODD as error:
            hand_on(NotUnderstoodError(verbatim(type(error).__name__)))
        except Exception as error:  # noqa: BLE001 (raised again in the thread that asked)
            hand_on(error)


def _check(response: httpx2.Response) -> None:
    """Raises HfHubHTTPError for refusals and trouble that are known, NotUnderstoodError for all but bytes of a file."""
    code, encoding = response.status_code, response.headers.get("Content-Encoding", "identity").lower()
    try:
        hf_raise_for_status(response)
    except HfHubHTTPError:
        if code in _REFUSALS or code >= httpx2.codes.INTERNAL_SERVER_ERROR:
            raise
        raise NotUnderstoodError(say("HTTP {code}", code=code)) from None
    if code not in (httpx2.codes.OK, httpx2.codes.PARTIAL_CONTENT):
        raise NotUnderstoodError(say("HTTP {code}", code=code))
    if encoding not in _ENCODINGS or (encoding != "identity" and code == httpx2.codes.PARTIAL_CONTENT):
        raise NotUnderstoodError(say("an encoding that was not asked for"))


def _offset(response: httpx2.Response) -> int:
    """Where in the file the answer begins."""
    if response.status_code != httpx2.codes.PARTIAL_CONTENT:
        return 0
    match = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if match is None:
        raise NotUnderstoodError(say("a part of a file that doesn't say which"))
    return int(match[1])
