"""A Hub on this machine: the endpoints that a download uses, with faults on demand.

As on the real one, weights are not sent by the Hub itself: it redirects to a second server that keeps the large files,
and which must never see the access token.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

LARGE = (".safetensors", ".bin")


@dataclass(frozen=True)
class Request:
    """What arrived. host: “hub” or “storage”."""

    host: str
    path: str
    range: str | None
    authorization: str | None
    method: str = "GET"


@dataclass
class Fault:
    """What goes wrong with a file.

    pause: seconds before each 4 kB. cut: the line breaks after so many bytes of an answer, `cuts` times; stall: it
    falls silent instead. status: what is answered instead of the file. deaf: ranges are ignored. sent: these bytes
    come instead of the right ones. encoding: what the answer says that its bytes are packed in. naked: a part doesn't
    say which. agent: only those whose User-Agent begins so are hit.
    """

    pause: float = 0.0
    cut: int | None = None
    cuts: int = 1
    stall: bool = False
    status: int | None = None
    deaf: bool = False
    sent: bytes | None = None
    encoding: str | None = None
    naked: bool = False
    agent: str = ""


@dataclass
class Model:
    """A repository. tokens: who may read it; None is everyone. gated: it can be seen, but its files only be read by
    `tokens`. pulls: its pull requests as /discussions lists them. branches: other revisions with other files.
    no_digests: the Hub lists its files without."""

    files: dict[str, bytes]
    commit: str
    tokens: frozenset[str] | None = None
    gated: bool = False
    tags: tuple[str, ...] = ("license:mit",)
    revisions: Mapping[str, str] = field(default_factory=dict)
    answer: Any = None
    pulls: list[dict[str, Any]] = field(default_factory=list)
    branches: dict[str, Model] = field(default_factory=dict)
    no_digests: bool = False


class FakeHub:
    """`endpoint` is its address. Change `models` and `faults` as the test needs; `requests` is what arrived."""

    def __init__(self) -> None:
        self.models: dict[str, Model] = {}
        self.faults: dict[str, Fault] = {}
        self.requests: list[Request] = []
        self.status: int | None = None
        self.delay = 0.0
        self.no_commits = False
        self._hub = _serve(self, "hub")
        self._storage = _serve(self, "storage")
        self.endpoint = f"http://127.0.0.1:{self._hub.server_port}"
        self.storage = f"http://127.0.0.1:{self._storage.server_port}"

    def add(self, name: str, files: Mapping[str, bytes], **options: Any) -> Model:
        commit = hashlib.sha1(name.encode() + b"".join(files.values())).hexdigest()
        self.models[name] = Model(dict(files), commit, **options)
        return self.models[name]

    def add_pull(self, name: str, number: int, files: Mapping[str, bytes], **changes: Any) -> None:
        """A pull request with these files at its revision: the converter's, but for `changes` of its entry."""
        commit = hashlib.sha1(f"{name} {number}".encode() + b"".join(files.values())).hexdigest()
        self.models[name].branches[f"refs/pr/{number}"] = Model(dict(files), commit)
        entry = {
            "num": number,
            "author": {"name": "SFconvertbot", "fullname": "Safetensors Conversion Bot", "type": "user"},
            "repo": {"name": name, "type": "model"},
            "title": "Adding `safetensors` variant of this model",
            "status": "open",
            "createdAt": "2024-01-01T00:00:00.000Z",
            "isPullRequest": True,
        }
        self.models[name].pulls.append(entry | changes)

    def asked(self, file: str) -> list[Request]:
        """The requests for the bytes of a file."""
        large = file.endswith(LARGE)
        wanted = (r for r in self.requests if r.path.endswith(f"/{file}") and r.method == "GET")
        return [r for r in wanted if (r.host == "storage") == large]

    def close(self) -> None:
        for server in (self._hub, self._storage):
            server.shutdown()
            server.server_close()


def _serve(hub: FakeHub, host: str) -> ThreadingHTTPServer:
    class Handler(_Handler):
        state, name = hub, host

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server


@contextmanager
def fake_hub() -> Iterator[FakeHub]:
    hub = FakeHub()
    try:
        yield hub
    finally:
        hub.close()


def _at(model: Model, revision: str) -> Model | None:
    """The model at a branch, tag or commit."""
    if revision in ("main", model.commit, *model.revisions):
        return model
    commits = {branch.commit: branch for branch in model.branches.values()}
    return model.branches.get(revision) or commits.get(revision)


class _Handler(BaseHTTPRequestHandler):
    state: FakeHub
    name: str
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name that http.server gives it)
        """Quiet."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        path = unquote(address.path)
        token = self.headers.get("Authorization")
        self.state.requests.append(Request(self.name, path, self.headers.get("Range"), token, self.command))
        time.sleep(self.state.delay)
        if self.name == "storage":
            owner, commit, file = path.strip("/").rsplit("/", 2)
            model = _at(self.state.models[owner], commit)
            assert model is not None
            self._send_file(model.files[file], file)
        elif self.state.status is not None:
            self._refuse(self.state.status)
        elif path.startswith("/api/models/") and path.endswith("/discussions"):
            self._send_pulls(path.removeprefix("/api/models/").removesuffix("/discussions"), token)
        elif path.startswith("/api/models/"):
            name, _, revision = path.removeprefix("/api/models/").partition("/revision/")
            self._send_model(name, revision, token, parse_qs(address.query).get("blobs") == ["true"])
        else:
            name, _, rest = path.strip("/").partition("/resolve/")
            revision, _, file = rest.partition("/")
            self._send_resolved(name, revision, file, token)

    do_HEAD = do_GET  # noqa: N815 (the name that http.server looks for)

    def _model(self, name: str, revision: str, token: str | None, file: bool) -> Model | None:
        """The model, or None when a refusal has been sent, in the Hub's way."""
        model = self.state.models.get(name)
        allowed = model is not None and (model.tokens is None or token in {f"Bearer {known}" for known in model.tokens})
        if model is None or not (allowed or model.gated):
            # The Hub doesn't tell strangers what exists: 401, and 404 for those who show who they are.
            self._refuse(404 if token else 401, "RepoNotFound")
        elif not allowed and file:
            self._refuse(403 if token else 401, "GatedRepo")
        elif (found := _at(model, revision)) is None:
            self._refuse(404, "RevisionNotFound")
        else:
            return found
        return None

    def _send_pulls(self, name: str, token: str | None) -> None:
        model = self._model(name, "main", token, file=False)
        if model is not None:
            self._send(json.dumps({"discussions": model.pulls, "count": len(model.pulls), "start": 0}).encode())

    def _send_model(self, name: str, revision: str, token: str | None, blobs: bool) -> None:
        model = self._model(name, revision, token, file=False)
        if model is None:
            return
        siblings = []
        for file, data in model.files.items():
            entry: dict[str, Any] = {"rfilename": file}
            if blobs:
                entry |= {"size": len(data), "blobId": hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()}
            if blobs and model.no_digests:
                del entry["blobId"]
            elif blobs and file.endswith(LARGE):
                entry["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
            siblings.append(entry)
        answer = {"id": name, "sha": model.commit, "tags": list(model.tags), "siblings": siblings}
        self._send(json.dumps(answer if model.answer is None else model.answer).encode())

    def _send_resolved(self, name: str, revision: str, file: str, token: str | None) -> None:
        model = self._model(name, revision, token, file=True)
        if model is None:
            return
        if file not in model.files:
            self._refuse(404, "EntryNotFound")
        elif file.endswith(LARGE):
            data = model.files[file]
            self.send_response(302)
            self.send_header("Location", f"{self.state.storage}/{name}/{model.commit}/{file}")
            self.send_header("X-Linked-Etag", f'"{hashlib.sha256(data).hexdigest()}"')
            self.send_header("X-Linked-Size", str(len(data)))
            self.send_header("X-Repo-Commit", model.commit)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.command == "HEAD":
            commit = {} if self.state.no_commits else {"X-Repo-Commit": model.commit}
            self._send(model.files[file], headers={"ETag": '"1"', **commit})
        else:
            self._send_file(model.files[file], file)

    def _send_file(self, data: bytes, file: str) -> None:
        fault = self.state.faults.get(file, Fault())
        if not (self.headers.get("User-Agent") or "").startswith(fault.agent):
            fault = Fault()
        if fault.status is not None:
            self._refuse(fault.status)
            return
        data = data if fault.sent is None else fault.sent
        asked = self.headers.get("Range")
        if asked is None or fault.deaf:
            self._send(data, fault=fault, headers={"Content-Encoding": fault.encoding} if fault.encoding else None)
            return
        first, _, last = asked.removeprefix("bytes=").partition("-")
        start, end = int(first), min(len(data), int(last) + 1 if last else len(data))
        which = {} if fault.naked else {"Content-Range": f"bytes {start}-{end - 1}/{len(data)}"}
        self._send(data[start:end], 206, fault, which)

    def _send(
        self, body: bytes, code: int = 200, fault: Fault | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        fault = fault or Fault()
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        cut = fault.cut if fault.cut is not None and fault.cuts > 0 and len(body) > fault.cut else None
        fault.cuts -= cut is not None
        try:
            for start in range(0, len(body) if cut is None else cut, 4096):
                time.sleep(fault.pause)
                self.wfile.write(body[start : min(start + 4096, len(body) if cut is None else cut)])
            if cut is not None:
                time.sleep(30 if fault.stall else 0)
                self.close_connection = True
                self.connection.close()
        except OSError:
            self.close_connection = True  # The other side has hung up.

    def _refuse(self, code: int, reason: str = "") -> None:
        self.send_response(code)
        self.send_header("X-Error-Code", reason)
        self.send_header("Content-Length", "0")
        self.end_headers()
