"""What many tests share: the real bundled model, its eager twin, and small traces made by hand."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

import attention_viz as av
from attention_viz.core.trace import Layer
from attention_viz.models.threads import VARIABLE, set_thread_count
from attention_viz.toy.tasks.text import Text

if TYPE_CHECKING:  # It loads transformers, which half of the tests and pytest's own process don't need.
    from attention_viz.models.huggingface import HuggingFaceModel

# Threads that wait for a core are slower than one, much so beside a second process of tests. What the tests start,
# servers for instance, inherits it.
os.environ.setdefault(VARIABLE, "1")
torch.set_num_threads(1)

PRONOUN = "The cat didn't cross the street because it was too tired, and the driver who saw it waited."


@pytest.fixture(scope="session", autouse=True)
def online() -> Iterator[None]:
    """The Hub of the tests is on this machine: who runs them may have forbidden the network to huggingface_hub."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
            patch.delenv(name, raising=False)
        patch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
        yield


@pytest.fixture(autouse=True, scope="session")
def frozen() -> None:
    """Streamlit looks for garbage after every run of a script, among all that torch and transformers have loaded."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def short_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a text model writes at each of the many measurements takes longer than the steps between them."""
    monkeypatch.setattr(Text, "written", 4)


@pytest.fixture(scope="session")
def minilm() -> HuggingFaceModel:
    from attention_viz.models.huggingface import HuggingFaceModel

    set_thread_count()
    model = av.load_model("all-MiniLM-L6-v2")
    assert isinstance(model, HuggingFaceModel)
    return model


@pytest.fixture(scope="session")
def pronoun(minilm: HuggingFaceModel) -> av.Trace:
    return av.trace(minilm, PRONOUN)


def tokens_of(names: Sequence[str]) -> tuple[av.Token, ...]:
    """Tokens side by side in "names joined by blanks"; [X] is special."""
    tokens, start = [], 0
    for number, name in enumerate(names):
        span = (start, start + len(name))
        special = name.startswith("[")
        tokens.append(av.Token(name, number, span, None if special else number, 0, special))
        start += len(name) + 1
    return tuple(tokens)


@pytest.fixture
def made_trace() -> Callable[..., av.Trace]:
    """A trace of given tokens whose one layer has random queries and keys."""

    def make(names: Sequence[str], heads: int = 2, seed: int = 0) -> av.Trace:
        rng = np.random.default_rng(seed)
        q, k, v = rng.standard_normal((3, heads, len(names), 4), dtype=np.float32)
        info = av.ModelInfo(
            "made", "made", (av.Stack("encoder", 1, heads),), 4, 4 * heads, 0, 512, "0", "none", "made by a test"
        )
        return av.Trace(info, (" ".join(names),), tokens_of(names), (Layer(q, k, v, 0.5),))

    return make
