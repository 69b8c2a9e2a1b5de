"""The Hugging Face Hub: look at a model, then download it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from huggingface_hub import constants, get_token
from huggingface_hub.utils import WeakFileLock

from attention_viz.core.errors import DamagedModelError, DownloadError, PickledModelError, UnsupportedModelError
from attention_viz.core.message import Message, say
from attention_viz.core.model_info import ModelInfo
from attention_viz.core.sizes import size_in_words
from attention_viz.models.hub.arrival import Watched, bring, file_path
from attention_viz.models.hub.cache import Cache
from attention_viz.models.hub.conversion import offered, origin_of
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
    look_up,
    read_architecture,
    read_header,
)
from attention_viz.models.hub.words import in_words
from attention_viz.models.memory import available_memory

Progress = Callable[[int, int], None]
"""Called with the bytes that are there, of all files, and the bytes that there will be."""

ORIGIN = "Hugging Face Hub"
_MEMORY_FACTOR = 1.25
"""What a loaded model takes for each byte of its weights in float32: measured 1.03, and a pass over a long text."""
_LARGEST_CONFIG = 1_000_000
_HEADER_GUESS = 100_000  # Most headers fit; one request instead of two.
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
    note: what a person should know of where the weights come from, in a sentence.
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
    note: Message | None = None


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
        at all), PickledModelError (with the Hub's own conversion, where there is one), UnsupportedModelError (nothing
        to show: own code, no tokenizer, not for text), DamagedModelError (config and weights that don't fit),
        DownloadError (no network, gated, not allowed). Whether there is room is in the offer, and in `refusal`.
        """
        wanted = read_name(name)
        if wanted is None:
            raise unknown_model(name)
        forbidden = self.policy.forbids(wanted)
        if forbidden:
            raise DownloadError(forbidden)
        line = self._line()
        with in_words(wanted, line):
            repository = look_up(wanted, line)
            unhurried = replace(line, connect=_UNHURRIED)
            try:
                return self._offer(repository, unhurried)
            except PickledModelError as error:
                raise offered(error, repository, unhurried, self.policy) from None

    def refusal(self, offer: Offer) -> Message | None:
        """Why a model can't be downloaded here and now, in a sentence; None when it can."""
        forbidden = self.policy.forbids(offer.name)
        if forbidden:
            return forbidden
        needed = self._missing_bytes(offer)
        bound = self.policy.bound
        if needed and bound is not None and (used := self.cache.used()) + needed > bound:
            return say(
                "{name} needs {needed} on disk. This server sets {bound} aside for models ({setting}), of which {used} "
                "are taken. Choose a smaller model.",
                name=str(offer.name),
                needed=size_in_words(needed),
                bound=size_in_words(bound),
                setting=DISK,
                used=size_in_words(used),
            )
        free = self.cache.free()
        if needed > free:
            return say(
                "{name} needs {needed} on disk, and {free} are free. Make room, or choose a smaller model.",
                name=str(offer.name),
                needed=size_in_words(needed),
                free=size_in_words(free),
            )
        memory = self.memory()
        if memory is not None and offer.memory_bytes > memory:
            return say(
                "{name} would take {needed} of memory, and {free} are free. Choose a smaller model.",
                name=str(offer.name),
                needed=size_in_words(offer.memory_bytes),
                free=size_in_words(memory),
            )
        return None

    def download(
        self, offer: Offer, progress: Progress, cancelled: threading.Event, said: Callable[[Message], object] = str
    ) -> Path:
        """Fetches what is missing and returns the model's folder; `progress` and `said` are called in this thread.

        said: gets a sentence when the download goes another way than usual.

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
                    watched = Watched(partial(_report, progress, done, total), cancelled, said)
                    bring(self.cache, line, offer.name, offer.commit, file, watched)
                    done += file.size
                self.cache.remember(offer.name, offer.commit)
        folder = self.cache.snapshot(replace(offer.name, revision=offer.commit))
        if folder is None:
            raise DamagedModelError(
                say(
                    "All of {name} has arrived, but files that its own index names are not on the Hub. Choose "
                    "another revision or model.",
                    name=str(offer.name),
                )
            )
        return folder

    def _line(self) -> Line:
        return Line(self.endpoint, self.token, patience=self.patience)

    def _offer(self, repository: Repository, line: Line) -> Offer:
        config = repository.file(CONFIG)
        if config is None or config.size > _LARGEST_CONFIG:
            raise UnsupportedModelError(
                say(
                    "{name} has no {file} that can be read, so it is not a model of transformers. Choose "
                    "another model.",
                    name=str(repository.name),
                    file=CONFIG,
                )
            )
        path = file_path(repository.name, repository.commit)
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
            note=origin_of(repository.name, line),
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
                say(
                    "Another download is running on this machine, and only one may at a time. Try again when it "
                    "is over."
                )
            ) from error
        except OSError as error:
            raise DownloadError(
                say(
                    "The folder for models, {folder}, can't be written ({reason}). Set HF_HUB_CACHE to one that can.",
                    folder=str(self.cache.folder),
                    reason=str(error.strerror),
                )
            ) from error
        try:
            yield
        finally:
            held.__exit__(None, None, None)


def _report(progress: Progress, done: int, total: int, count: int) -> None:
    progress(done + count, total)


def _tensors(line: Line, name: HubName, path: str, file: RemoteFile) -> tuple[Tensor, ...]:
    """What is in a safetensors file, from its first bytes: the header's length, then the header as JSON."""
    first = line.read(path + file.name, limit=_HEADER_GUESS) if file.size > 8 else b""
    length = int.from_bytes(first[:8], "little")
    if len(first) < 8 or length > min(LARGEST_HEADER, file.size):
        raise damaged_weights(name, file)
    if 8 + length > len(first):
        first += line.read(path + file.name, start=len(first), limit=8 + length - len(first))
    return read_header(name, file, first[8 : 8 + length])
