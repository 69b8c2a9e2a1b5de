"""Maps that visitors upload, kept for a while."""

from __future__ import annotations

import re
import threading
from dataclasses import replace

from cachetools import LRUCache

from attention_viz.core.errors import UnknownModelError
from attention_viz.core.message import say
from attention_viz.core.model import Model
from attention_viz.core.model_info import ModelInfo
from attention_viz.core.trace import Trace
from attention_viz.models.given import GivenModel

BYTES = 256_000_000
"""What all uploads together may take in memory; the least recently used goes first."""
_NAME = re.compile(r".{1,100}#[0-9a-f]{16}", re.DOTALL)


class UploadSource:
    """What was uploaded to this process, by a name that only those know who have the file or a link to it."""

    def __init__(self, most: int = BYTES) -> None:
        """most: bytes of all uploads together."""
        self._kept: LRUCache[str, Trace] = LRUCache(most, getsizeof=lambda trace: trace.nbytes)
        self._lock = threading.Lock()

    def add(self, trace: Trace) -> str:
        """Keeps an upload and returns its name: the file's, and the beginning of its digest."""
        name = f"{trace.model.name or 'maps'}#{trace.model.revision[:16]}"
        named = replace(trace, model=replace(trace.model, name=name, reads_text=False))
        with self._lock:
            self._kept[name] = named
        return name

    def remove(self, name: str) -> None:
        with self._lock:
            self._kept.pop(name, None)

    def names(self) -> tuple[str, ...]:
        """None: nobody is told what others have uploaded."""
        return ()

    def describe(self, name: str) -> ModelInfo | None:
        """Raises UnknownModelError for an upload that is no longer there."""
        if not _NAME.fullmatch(name):
            return None
        with self._lock:
            found = self._kept.get(name)
        if found is None:
            raise UnknownModelError(
                say(
                    "The uploaded file {name} is not on this server any more: uploads stay for a while. "
                    "Upload it again on the page Models.",
                    name=name.rpartition("#")[0],
                )
            )
        return found.model

    def load(self, name: str) -> Model:
        with self._lock:
            return GivenModel(self._kept[name])


UPLOADS = UploadSource()
"""Those of this process."""
