"""What the server keeps is bounded, and shared."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import attention_viz as av
from attention_viz.ui.server import cache

INFO = av.describe_model("all-MiniLM-L6-v2")


@pytest.fixture(autouse=True)
def fresh():
    import streamlit as st

    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def test_the_same_text_is_read_once():
    one = cache.trace(INFO, "the cat sat", "", "encoder")
    assert cache.trace(INFO, "the cat sat", "", "encoder") is one
    assert cache.trace(INFO, "the cat sat", "on the mat", "encoder") is not one
    assert cache.trace(INFO, "the cat sit", "", "encoder") is not one


def test_eight_visitors_with_one_text_share_one_pass():
    start = threading.Barrier(8)

    def visit(_: int) -> av.Trace:
        start.wait()
        return cache.trace(INFO, "everybody reads this", "", "encoder")

    with ThreadPoolExecutor(8) as pool:
        assert len({id(trace) for trace in pool.map(visit, range(8))}) == 1


def test_old_traces_make_room(monkeypatch: pytest.MonkeyPatch):
    assert cache._traces()._kept.maxsize == 64_000_000
    cache._traces.clear()
    monkeypatch.setenv("ATTENTION_VIZ_TRACE_MB", "16")
    traces = cache._traces()
    for number in range(5):
        cache.trace(INFO, f"{number} " + "cat " * 250, "", "encoder")
    assert traces._kept.currsize <= traces._kept.maxsize == 16_000_000
    assert 2 <= len(traces._kept) < 5
    assert traces._find((INFO.name, INFO.revision, "4 " + "cat " * 250, "")) is not None
    assert traces._find((INFO.name, INFO.revision, "0 " + "cat " * 250, "")) is None


def test_an_error_is_not_kept():
    for _ in range(2):
        with pytest.raises(av.TextError):
            cache.trace(INFO, "", "", "encoder")
    assert cache.trace(INFO, "a", "", "encoder").tokens
