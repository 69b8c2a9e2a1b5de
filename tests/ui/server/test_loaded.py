"""Models stay within their budget, the least recently used one goes first, and nobody loads one twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

import attention_viz as av
from attention_viz.models.given import GivenModel
from attention_viz.ui.server.loaded import LoadedModels, budget, model_bytes


def info(name: str, parameters: int = 100, revision: str = "1") -> av.ModelInfo:
    return av.ModelInfo(name, "made", (av.Stack("encoder", 1, 1),), 1, 1, parameters, 9, revision, "none", "by a test")


class Shelf:
    """Makes models of the sizes that it is told, and counts."""

    def __init__(self, *infos: av.ModelInfo) -> None:
        self.infos = {one.name: one for one in infos}
        self.loads: list[str] = []

    def load(self, name: str) -> GivenModel:
        self.loads.append(name)
        trace = av.from_arrays([[[[1.0]]]], ["x"])
        return GivenModel(replace(trace, model=self.infos[name]))


def test_the_least_recently_used_goes_first():
    a, b, c = info("a"), info("b"), info("c")
    shelf = Shelf(a, b, c)
    models = LoadedModels(shelf.load, 2 * model_bytes(a))
    for one in (a, b, a, c):
        models.get(one)
    assert shelf.loads == ["a", "b", "c"]
    assert [held.name for held in models.held()] == ["c", "a"]
    models.get(b)
    assert shelf.loads[-1] == "b"


def test_a_model_larger_than_the_room_is_refused_with_both_numbers():
    models = LoadedModels(Shelf().load, 200)
    with pytest.raises(av.ModelError, match=r"big takes 4 MB of memory, and this server keeps 0 MB"):
        models.get(info("big", 1_000_000))


def test_a_freed_model_is_loaded_again():
    a = info("a")
    shelf = Shelf(a)
    models = LoadedModels(shelf.load, 10_000)
    models.get(a)
    models.free("a")
    assert models.held() == []
    models.free("a")
    models.get(a)
    assert shelf.loads == ["a", "a"]


def test_another_revision_is_another_model():
    shelf = Shelf(info("a"))
    models = LoadedModels(shelf.load, 10_000)
    models.get(info("a"))
    shelf.infos["a"] = info("a", revision="2")
    assert models.get(info("a", revision="2")).info.revision == "2"
    assert len(models.held()) == 1


def test_eight_visitors_load_it_once():
    a = info("a")
    shelf = Shelf(a)
    models = LoadedModels(shelf.load, 10_000)
    start = threading.Barrier(8)

    def visit(_: int) -> int:
        start.wait()
        return id(models.get(a))

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(visit, range(8)))) == 1
    assert shelf.loads == ["a"]


@pytest.mark.parametrize(("asked", "bytes_"), [("300", 300_000_000), ("", None), ("0", None), ("x", None)])
def test_the_operator_sets_the_budget(monkeypatch, asked, bytes_):
    monkeypatch.setenv("ATTENTION_VIZ_MODEL_MB", asked)
    assert budget() == bytes_ if bytes_ else budget() >= 200_000_000
