"""What the server keeps for all visitors: models by name, traces by (model, texts) within a budget of bytes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np
import streamlit as st
from cachetools import LRUCache

from attention_viz.core.head_scores import HeadScores
from attention_viz.core.model import Model
from attention_viz.core.model_info import Kind, ModelInfo
from attention_viz.core.trace import Trace
from attention_viz.measures.finding import Finding
from attention_viz.models.cost import RATE, cost_of
from attention_viz.models.folders import FolderSource
from attention_viz.models.hub import Hub, HubSource
from attention_viz.models.library import describe_model
from attention_viz.ui.server.loaded import LoadedModels, budget

VARIABLE = "ATTENTION_VIZ_TRACE_MB"
_DEFAULT_MB = 64
_DERIVED_BYTES = 32_000_000
_TELLING = 256
_Key = tuple[str, str, str, str]


def model(info: ModelInfo) -> Model:
    """The model, loaded once for all visitors. Takes seconds the first time, most of it importing torch."""
    return models().get(info)


def known_models() -> tuple[str, ...]:
    """What can be used without a download: folders of this server, and what of the catalogue is here."""
    return (*FolderSource().names(), *(name for name in HubSource().names() if Hub.from_environment().local(name)))


@st.cache_resource(show_spinner=False)
def models() -> LoadedModels:
    """What is in memory."""
    return LoadedModels(_load, budget())


def _load(name: str) -> Model:
    from attention_viz.models.library import open_model

    set_threads()
    return open_model(name)


@st.cache_resource(show_spinner=False)
def set_threads() -> int:
    """Tells torch, once, how many threads it may use; before anything is computed."""
    from attention_viz.models.threads import set_thread_count

    return set_thread_count()


Derived = np.ndarray | tuple[HeadScores, ...] | tuple[Finding, ...]
"""What follows from a trace."""
_FINDING_BYTES = 2_000
"""About what one takes, with its sentence."""
_D = TypeVar("_D", bound=Derived)


def kept(kind: str, name: str, compute: Callable[[], _D]) -> _D:
    """What `compute` returns, computed once for data of this name while there is room. Arrays become read-only."""
    lock, known = _derived()
    with lock:
        found = known.get((kind, name))
    if found is None:
        found = compute()
        if isinstance(found, np.ndarray):
            found.setflags(write=False)
        with lock:
            if _bytes(found) <= known.maxsize:
                known[kind, name] = found
    return cast("_D", found)


def _bytes(derived: Derived) -> int:
    if isinstance(derived, np.ndarray):
        return derived.nbytes
    return sum(one.nbytes if isinstance(one, HeadScores) else _FINDING_BYTES for one in derived)


def trace(info: ModelInfo, text: str, second: str, kind: Kind) -> Trace:
    """The trace of a text or pair: from the cache, or by one forward pass. Errors of the text or model pass through."""
    return _traces().get(info, text, second)[kind]


def seconds(info: ModelInfo, tokens: int) -> float:
    """How long a forward pass over so many tokens will probably take."""
    return _traces().seconds(info, tokens)


class _Traces:
    """Least recently used traces go first."""

    def __init__(self, budget: int) -> None:
        self._kept: LRUCache[_Key, dict[Kind, Trace]] = LRUCache(budget, getsizeof=_nbytes)
        self._rate = RATE
        self._largest: tuple[_Key, dict[Kind, Trace]] | None = None
        self._lock = threading.Lock()
        # One forward pass at a time: on few cores two at once take longer than one after the other, and visitors who
        # ask for the same text get the same pass.
        self._running = threading.Lock()

    def get(self, info: ModelInfo, text: str, second: str) -> dict[Kind, Trace]:
        from attention_viz.models.tracing import traces as run

        key = (info.name, info.revision, text, second)
        found = self._find(key)
        if found is not None:
            return found
        loaded = model(info)
        with self._running:
            found = self._find(key)
            if found is None:
                start = time.monotonic()
                found = run(loaded, text, second)
                self._learn(info, found, time.monotonic() - start)
                # Kept before the next in line looks for it.
                self._keep(key, found)
        return found

    def seconds(self, info: ModelInfo, tokens: int) -> float:
        """How long a text of so many tokens will probably take."""
        return cost_of(info, tokens).operations / self._rate

    def _learn(self, info: ModelInfo, traces: dict[Kind, Trace], seconds: float) -> None:
        """Takes the speed of this machine from passes that are long enough to tell."""
        tokens = len(next(iter(traces.values())).tokens)
        if tokens >= _TELLING and info.parameters:
            self._rate = cost_of(info, tokens).operations / max(seconds, 1e-3)

    def _keep(self, key: _Key, traces: dict[Kind, Trace]) -> None:
        with self._lock:
            if _nbytes(traces) > self._kept.maxsize:
                # Larger than the budget: it is kept alone, since the next look at it would run the model again.
                self._largest = (key, traces)
            else:
                self._kept[key] = traces

    def _find(self, key: _Key) -> dict[Kind, Trace] | None:
        with self._lock:
            return self._largest[1] if self._largest and self._largest[0] == key else self._kept.get(key)


def _nbytes(traces: dict[Kind, Trace]) -> int:
    return sum(trace.nbytes for trace in traces.values())


@st.cache_resource(show_spinner=False)
def _traces() -> _Traces:
    asked = os.environ.get(VARIABLE, "")
    return _Traces((int(asked) if asked.isdecimal() and int(asked) else _DEFAULT_MB) * 1_000_000)


@st.cache_resource(show_spinner=False)
def _derived() -> tuple[threading.Lock, LRUCache[tuple[str, str], Derived]]:
    return threading.Lock(), LRUCache(_DERIVED_BYTES, getsizeof=_bytes)


__all__ = ["describe_model", "kept", "model", "models", "seconds", "set_threads", "trace"]
