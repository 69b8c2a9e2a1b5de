"""The cache of the Hub's models on this machine, in the layout that all of huggingface_hub's users share.

models--organisation--name/
    blobs/<key>                  the bytes of a file, under their digest; <key>.incomplete while they arrive
    snapshots/<commit>/<file>    a link to its blob
    refs/<revision>              the commit that a branch or tag was last seen at
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from attention_viz.models.hub.names import HubName
from attention_viz.models.hub.repository import CARD, CONFIG, INDEX, SHARD, VOCABULARIES, WEIGHTS, RemoteFile

_COMMIT = re.compile(r"[0-9a-f]{40}")
_LICENCE = re.compile(r"^license:[ \t]*[\"']?([A-Za-z0-9][A-Za-z0-9 ._+-]{0,79})", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder with models of the Hub."""

    folder: Path

    def snapshot(self, name: HubName) -> Path | None:
        """The folder of a model whose files are all there."""
        commit = self._commit(name)
        folder = self._of(name) / "snapshots" / (commit or "none")
        return folder if commit and _is_whole(folder) else None

    def missing(self, name: HubName, commit: str, files: tuple[RemoteFile, ...]) -> tuple[RemoteFile, ...]:
        """Those of `files` that are not there in their full size."""
        folder = self._of(name) / "snapshots" / commit
        return tuple(file for file in files if _size(folder / file.name) != file.size)

    def blob(self, name: HubName, file: RemoteFile) -> Path:
        return self._of(name) / "blobs" / file.key

    def partial(self, name: HubName, file: RemoteFile) -> Path:
        """Where the bytes of a file are while they arrive."""
        return self._of(name) / "blobs" / f"{file.key}.incomplete"

    def arrived(self, name: HubName, file: RemoteFile) -> int:
        """How many bytes of a file that is not complete are there."""
        blob = _size(self.blob(name, file))
        return file.size if blob == file.size else min(file.size, _size(self.partial(name, file)) or 0)

    def place(self, name: HubName, commit: str, file: RemoteFile) -> None:
        """Gives a blob its name in the snapshot. Where links aren't allowed (Windows), the blob itself moves there."""
        blob, link = self.blob(name, file), self._of(name) / "snapshots" / commit / file.name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        try:
            link.symlink_to(os.path.relpath(blob, link.parent))
        except OSError:
            shutil.move(blob, link)

    def remember(self, name: HubName, commit: str) -> None:
        """The commit that a branch or tag is at, for the time without a network."""
        if name.revision != commit:
            reference = self._of(name) / "refs" / name.revision
            reference.parent.mkdir(parents=True, exist_ok=True)
            reference.write_text(commit, encoding="ascii")

    def licence(self, snapshot: Path) -> str:
        """What the model's card says, or “unknown”."""
        try:
            with (snapshot / CARD).open(encoding="utf-8", errors="replace") as card:
                head = card.read(20_000)
        except OSError:
            return "unknown"  # Another program fetched the model, without its card.
        found = _LICENCE.search(head.split("\n---", 1)[0]) if head.startswith("---") else None
        return found[1].strip() if found else "unknown"

    def used(self) -> int:
        """Bytes of all files in the cache, those of other programs included."""
        return sum(
            entry.lstat().st_size
            for folder, _, names in os.walk(self.folder)
            for entry in (Path(folder, name) for name in names)
            if not entry.is_symlink() and entry.exists()
        )

    def free(self) -> int:
        """Bytes that the disk has left."""
        folder = self.folder
        while not folder.exists():
            folder = folder.parent
        return shutil.disk_usage(folder).free

    def _of(self, name: HubName) -> Path:
        return self.folder / f"models--{name.id.replace('/', '--')}"

    def _commit(self, name: HubName) -> str | None:
        if _COMMIT.fullmatch(name.revision):
            return name.revision
        try:
            commit = (self._of(name) / "refs" / name.revision).read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return None  # Never seen here.
        return commit if _COMMIT.fullmatch(commit) else None


def digest_of(path: Path, file: RemoteFile) -> str:
    """The digest of the bytes at `path`, of the kind that `file` announces."""
    if len(file.digest) == hashlib.sha256().digest_size * 2:
        state = hashlib.sha256()
    else:
        # What git makes of a file, to tell it from another; nothing is kept safe by it.
        state = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            state.update(piece)
    return state.hexdigest()


def _is_whole(folder: Path) -> bool:
    """True when config.json, the files of a tokenizer and all weights are there."""
    there = {entry.name for entry in folder.iterdir() if entry.exists()} if folder.is_dir() else set()
    if CONFIG not in there or not any(there.issuperset(group) for group in VOCABULARIES):
        return False
    return WEIGHTS in there or (INDEX in there and there.issuperset(_shards(folder / INDEX)))


def _shards(index: Path) -> set[str]:
    try:
        names = {str(name) for name in json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {"an index that can't be read"}
    return names if all(SHARD.fullmatch(name) for name in names) else {"a file with another name"}


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
