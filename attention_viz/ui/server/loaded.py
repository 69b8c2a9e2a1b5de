"""The models in memory, shared by all visitors, within a budget of bytes: the least recently used one goes first."""

from __future__ import annotations

import gc
import os
import threading
from collections import OrderedDict
from collections.abc import Callable

from attention_viz.core.errors import ModelError
from attention_viz.core.message import say
from attention_viz.core.model import Model
from attention_viz.core.model_info import ModelInfo
from attention_viz.models.memory import available_memory

VARIABLE = "ATTENTION_VIZ_MODEL_MB"
_SHARE = 0.5
_LEAST = 200_000_000


def budget() -> int:
    """Bytes that models may take: what the operator set, or half of what the machine has free."""
    asked = os.environ.get(VARIABLE, "")
    if asked.isdecimal() and int(asked):
        return int(asked) * 1_000_000
    free = available_memory()
    return _LEAST if free is None else max(_LEAST, int(free * _SHARE))


def model_bytes(info: ModelInfo) -> int:
    """What the weights take in memory, in float32."""
    return 4 * info.parameters


class LoadedModels:
    """Loads a model when it is asked for, once, and keeps it while there is room."""

    def __init__(self, load: Callable[[str], Model], most: int) -> None:
        self._load = load
        self.most = most
        self._models: OrderedDict[str, Model] = OrderedDict()
        self._lock = threading.Lock()
        # One at a time: two large models that load at once need the memory of both before either can be let go.
        self._loading = threading.Lock()

    def get(self, info: ModelInfo) -> Model:
        """The model of this name and revision. Raises ModelError when it is larger than all room there is."""
        with self._loading:
            found = self._find(info)
            if found is not None:
                return found
            needed = model_bytes(info)
            if needed > self.most:
                raise ModelError(
                    say(
                        "{info} takes {needed:,.0f} MB of memory, and this server keeps {most:,.0f} MB for models "
                        "({variable}). Choose a smaller model.",
                        info=info.name,
                        needed=needed / 1000000.0,
                        most=self.most / 1000000.0,
                        variable=VARIABLE,
                    )
                )
            self._make_room(needed)
            loaded = self._load(info.name)
            freeze()
            with self._lock:
                self._models[info.name] = loaded
            return loaded

    def at_hand(self, info: ModelInfo) -> Model | None:
        """The model, if it is in memory."""
        return self._find(info)

    def held(self) -> list[ModelInfo]:
        """What is in memory, the most recently used first."""
        with self._lock:
            return [model.info for model in reversed(self._models.values())]

    def free(self, name: str) -> None:
        """Lets a model go. A forward pass that runs with it ends as if nothing had happened."""
        with self._lock:
            self._models.pop(name, None)
        freeze()

    def _find(self, info: ModelInfo) -> Model | None:
        with self._lock:
            found = self._models.get(info.name)
            if found is None or found.info.revision != info.revision:
                self._models.pop(info.name, None)
                return None
            self._models.move_to_end(info.name)
            return found

    def _make_room(self, needed: int) -> None:
        with self._lock:
            while self._models and needed + sum(model_bytes(model.info) for model in self._models.values()) > self.most:
                self._models.popitem(last=False)
        freeze()


def freeze() -> None:
    """Streamlit collects all garbage after every run of a script. With transformers and a model among what it looks
    through that takes 200 ms in which nothing else runs; frozen objects are not looked through. What was let go must be
    thawed first, or it would stay."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
