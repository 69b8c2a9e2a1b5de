"""The Hugging Face Hub: look at a model, then download it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import httpx2
from huggingface_hub import constants, get_token
from huggingface_hub.utils import WeakFileLock

from attention_viz.core.errors import DamagedModelError, DownloadError, UnsupportedModelError
from attention_viz.core.model_info import ModelInfo
from attention_viz.core.sizes import size_in_words
from attention_viz.models.hub.cache import Cache, digest_of
from attention_viz.models.hub.line import Line
from attention_viz.models.hub.names import HubName, read_name, unknown_model
from attention_viz.models.hub.policy import DISK, Policy
from attention_viz.models.hub.repository import (
    CONFIG,
    LARGEST_HEADER,
    RemoteFile,
    Repository,
    Tensor,
    check_agreement,
    damaged_weights,
    describe,
    read_architecture,
    read_header,
    read_repository,
)
from attention_viz.models.hub.words import in_words
from attention_viz.models.memory import available_memory

Progress = Callable[[int, int], None]
"""Called with the bytes that are there, of all files, and the bytes that there will be."""

ORIGIN = "Hugging Face Hub"
_MEMORY_FACTOR = 1.25
"""What a loaded model takes for each byte of its weights in float32: measured 1.03, and a pass over a long text."""
_LARGEST_ANSWER = 10_000_000
_LARGEST_CONFIG = 1_000_000
_HEADER_GUESS = 100_000  # Most headers fit; one request instead of two.
_TRIES = 3
_PAUSE = 0.5  # Seconds before a line that broke is tried again.
_UNHURRIED = 10.0  # Seconds to connect, once the Hub has answered before.


@dataclass(frozen=True, slots=True)
class Offer:
    """What a look at a model found, before any weight is fetched.

    name: the id and revision that were asked for.
    commit: what the revision stands for at present; this is what a download fetches.
    info: what describes the model once it is there.
    files: what would be fetched, small ones first; their sizes are bytes on the Hub.
    download_bytes: what of them is not on this machine yet.
    memory_bytes: what the loaded model takes, roughly.
    memory_free, disk_free: what this machine had left when it was looked, in bytes; memory None where it doesn't say.
    Two looks at the same thing are equal whatever was free.
    """

    name: HubName
    commit: str
    info: ModelInfo
    files: tuple[RemoteFile, ...]
    download_bytes: int
    memory_bytes: int
    memory_free: int | None = field(compare=False)
    disk_free: int = field(compare=False)


@dataclass(frozen=True)
class Hub:
    """Where models are fetched from, where they are kept, for whom, and under which rules."""

    cache: Cache
    endpoint: str = constants.ENDPOINT
    token: str | None = field(default=None, repr=False)
    policy: Policy = field(default_factory=Policy)
    memory: Callable[[], int | None] = available_memory
    patience: float = 20.0
    """Seconds without a byte after which a line counts as broken."""

    @staticmethod
    def from_environment(token: str | None = None) -> Hub:
        """As HF_HUB_CACHE, HF_ENDPOINT, ATTENTION_VIZ_DOWNLOADS and ATTENTION_VIZ_DISK_GB say.

        token: None takes HF_TOKEN, or the one of `hf auth login`.
        """
        return Hub(
            cache=Cache(Path(os.environ.get("HF_HUB_CACHE") or constants.HF_HUB_CACHE).expanduser()),
            endpoint=(os.environ.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/"),
            token=token or get_token(),
            policy=Policy.from_environment(),
        )

    def local(self, name: str) -> Path | None:
        """The folder of a model that is complete in the cache. No network; no weight is read."""
        wanted = read_name(name)
        return None if wanted is None else self.cache.snapshot(wanted)

    def look(self, name: str) -> Offer:
        """What “organisation/name” or “organisation/name@revision” is, from a few small requests.

        Without a network it answers within 2 seconds. Raises UnknownModelError (no such model or revision, or no id
        at all), UnsupportedModelError (nothing to show: pickled weights, own code, no tokenizer, not for text),
        DamagedModelError (config and weights that don't fit), DownloadError (no network, gated, not allowed).
        Whether there is room is in the offer, and in `refusal`.
        """
        wanted = read_name(name)
        if wanted is None:
            raise unknown_model(name)
        forbidden = self.policy.forbids(wanted)
        if forbidden:
            raise DownloadError(forbidden)
        line = self._line()
        with in_words(wanted, line):
            answer = line.read(
                f"/api/models/{wanted.id}/revision/{_quoted(wanted.revision)}?blobs=true", limit=_LARGEST_ANSWER
            )
            return self._offer(read_repository(wanted, answer), replace(line, connect=_UNHURRIED))

    def refusal(self, offer: Offer) -> str:
        """Why a model can't be downloaded here and now, in a sentence; empty when it can."""
        forbidden = self.policy.forbids(offer.name)
        if forbidden:
            return forbidden
        needed = self._missing_bytes(offer)
        bound = self.policy.bound
        if needed and bound is not None and (used := self.cache.used()) + needed > bound:
            return (
                f"{offer.name} needs {size_in_words(needed)} on disk. This server sets {size_in_words(bound)} aside "
                f"for models ({DISK}), of which {size_in_words(used)} are taken. Choose a smaller model."
            )
        free = self.cache.free()
        if needed > free:
            return (
                f"{offer.name} needs {size_in_words(needed)} on disk, and {size_in_words(free)} are free. Make room, "
                "or choose a smaller model."
            )
        memory = self.memory()
        if memory is not None and offer.memory_bytes > memory:
            return (
                f"{offer.name} would take {size_in_words(offer.memory_bytes)} of memory, and "
                f"{size_in_words(memory)} are free. Choose a smaller model."
            )
        return ""

    def download(self, offer: Offer, progress: Progress, cancelled: threading.Event) -> Path:
        """Fetches what is missing and returns the model's folder; `progress` is called in this thread.

        What has arrived when it fails or is stopped is kept, and the next call goes on there. Each file must have the
        size and the digest that the Hub announced. Raises DownloadError (stopped, broken off, not allowed, no room,
        another download is running) and DamagedModelError.
        """
        line = replace(self._line(), connect=_UNHURRIED)
        with self._alone():
            refusal = self.refusal(offer)
            if refusal:
                raise DownloadError(refusal)
            missing = self.cache.missing(offer.name, offer.commit, offer.files)
            total = sum(file.size for file in offer.files)
            done = total - sum(file.size for file in missing)
            progress(done, total)
            with in_words(offer.name, line):
                for file in missing:
                    self._fetch(line, offer, file, partial(_report, progress, done, total), cancelled)
                    done += file.size
                self.cache.remember(offer.name, offer.commit)
        folder = self.cache.snapshot(replace(offer.name, revision=offer.commit))
        if folder is None:
            raise DamagedModelError(
                f"All of {offer.name} has arrived, but files that its own index names are not on the Hub. Choose "
                "another revision or model."
            )
        return folder

    def _line(self) -> Line:
        return Line(self.endpoint, self.token, patience=self.patience)

    def _offer(self, repository: Repository, line: Line) -> Offer:
        config = repository.file(CONFIG)
        if config is None or config.size > _LARGEST_CONFIG:
            raise UnsupportedModelError(
                f"{repository.name} has no {CONFIG} that can be read, so it is not a model of transformers. Choose "
                "another model."
            )
        path = _resolve(repository.name, repository.commit)
        architecture, said = read_architecture(repository, line.read(path + CONFIG, limit=_LARGEST_CONFIG))
        files = repository.wanted
        tensors = tuple(tensor for file in repository.weights for tensor in _tensors(line, repository.name, path, file))
        check_agreement(repository.name, architecture, said, tensors)
        parameters = sum(tensor.numbers for tensor in tensors)
        missing = self.cache.missing(repository.name, repository.commit, files)
        return Offer(
            name=repository.name,
            commit=repository.commit,
            info=describe(repository, architecture, parameters, ORIGIN),
            files=files,
            download_bytes=sum(file.size - self.cache.arrived(repository.name, file) for file in missing),
            memory_bytes=int(4 * parameters * _MEMORY_FACTOR),
            memory_free=self.memory(),
            disk_free=self.cache.free(),
        )

    def _missing_bytes(self, offer: Offer) -> int:
        missing = self.cache.missing(offer.name, offer.commit, offer.files)
        return sum(file.size - self.cache.arrived(offer.name, file) for file in missing)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One download at a time, of all threads and processes that share the cache."""
        lock = self.cache.folder / ".locks" / "attention_viz.lock"
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            held = WeakFileLock(lock, timeout=0.2)
            held.__enter__()
        except TimeoutError as error:
            raise DownloadError(
                "Another download is running on this machine, and only one may at a time. Try again when it is over."
            ) from error
        except OSError as error:
            raise DownloadError(
                f"The folder for models, {self.cache.folder}, can't be written ({error.strerror}). Set HF_HUB_CACHE to "
                "one that can."
            ) from error
        try:
            yield
        finally:
            held.__exit__(None, None, None)

    def _fetch(
        self, line: Line, offer: Offer, file: RemoteFile, progress: Callable[[int], None], cancelled: threading.Event
    ) -> None:
        """Brings one file into the snapshot, from where the last try ended."""
        blob, unfinished = self.cache.blob(offer.name, file), self.cache.partial(offer.name, file)
        if self.cache.arrived(offer.name, file) < file.size or not blob.exists():
            blob.parent.mkdir(parents=True, exist_ok=True)
            self._arrive(line, offer, file, progress, cancelled)
            if unfinished.stat().st_size != file.size or digest_of(unfinished, file) != file.digest:
                unfinished.unlink()
                raise DamagedModelError(
                    f"What arrived as {file.name} of {offer.name} is not what the Hub announced, and was thrown away. "
                    "Download it again; if it stays so, something on the way changes it."
                )
            unfinished.replace(blob)
        self.cache.place(offer.name, offer.commit, file)

    def _arrive(
        self, line: Line, offer: Offer, file: RemoteFile, progress: Callable[[int], None], cancelled: threading.Event
    ) -> None:
        """Fills the partial file. A line that breaks is taken up again, `_TRIES` times without anything new."""
        path = _resolve(offer.name, offer.commit) + file.name
        unfinished = self.cache.partial(offer.name, file)
        unfinished.touch()
        tries = _TRIES
        with unfinished.open("r+b") as stream:
            have = stream.seek(0, os.SEEK_END)
            while have < file.size:
                before = have
                try:
                    with closing(line.pieces(path, before, cancelled=cancelled)) as pieces:
                        for offset, piece in pieces:
                            if offset > have or have > file.size:
                                return  # Not what was announced; the digest will say so.
                            if offset < have:  # The server began anew.
                                stream.seek(offset)
                                stream.truncate()
                            have = offset + stream.write(piece)
                            progress(have)
                    if have < file.size:
                        raise httpx2.RemoteProtocolError("less than was announced")
                except httpx2.TransportError:
                    tries = _TRIES if have > before else tries - 1
                    if tries == 0:
                        raise
                    cancelled.wait(_PAUSE)


def _report(progress: Progress, done: int, total: int, count: int) -> None:
    progress(done + count, total)


def _resolve(name: HubName, commit: str) -> str:
    """The path under which the files of a commit are."""
    return f"/{name.id}/resolve/{commit}/"


def _quoted(revision: str) -> str:
    return revision.replace("/", "%2F").replace("+", "%2B")


def _tensors(line: Line, name: HubName, path: str, file: RemoteFile) -> tuple[Tensor, ...]:
    """What is in a safetensors file, from its first bytes: the header's length, then the header as JSON."""
    first = line.read(path + file.name, limit=_HEADER_GUESS) if file.size > 8 else b""
    length = int.from_bytes(first[:8], "little")
    if len(first) < 8 or length > min(LARGEST_HEADER, file.size):
        raise damaged_weights(name, file)
    if 8 + length > len(first):
        first += line.read(path + file.name, start=len(first), limit=8 + length - len(first))
    return read_header(name, file, first[8 : 8 + length])
