"""A model whose weights are a pickle, and the revision that the Hub's converter made of it."""

from __future__ import annotations

import pytest

import attention_viz as av
from attention_viz.models.hub import HubSource, Policy
from tests.models.conftest import download, refused, without
from tests.models.hub_server import FakeHub

OLD = "tests/old"
CONVERTED = f"{OLD}@refs/pr/7"
PICKLE = b"\x80\x02."


@pytest.fixture
def old(server: FakeHub, tiny: dict[str, bytes]) -> dict[str, bytes]:
    """The files of a model without safetensors, and the server has it."""
    files = without(tiny, "model.safetensors") | {"pytorch_model.bin": PICKLE}
    server.add(OLD, files)
    return files


@pytest.fixture
def converted(server: FakeHub, tiny: dict[str, bytes], old: dict[str, bytes]) -> dict[str, bytes]:
    """The same, with what the converter made of it in an open pull request."""
    files = old | {"model.safetensors": tiny["model.safetensors"]}
    server.add_pull(OLD, 7, files)
    return files


def pickled(hub_of, server, **options) -> av.PickledModelError:
    with pytest.raises(av.PickledModelError) as raised:
        hub_of(server, **options).look(OLD)
    return raised.value


def test_the_conversion_is_named_and_opens_under_its_name(server, converted, tiny, hub_of):
    error = pickled(hub_of, server)
    assert error.converted == CONVERTED
    assert str(error) == (
        "tests/old has its weights only as a pickle (pytorch_model.bin), and a pickle can run code when it is opened. "
        "Choose a revision or a copy of the model with model.safetensors. The Hub's converter (SFconvertbot) made one, "
        "which the model's owner has not taken in: tests/old@refs/pr/7."
    )
    hub = hub_of(server)
    offer = hub.look(error.converted)
    assert offer.info.name == CONVERTED
    assert (
        str(offer.note)
        == "Made by the Hub's converter (SFconvertbot), in a pull request that the model's owner has not taken in."
    )
    assert "pytorch_model.bin" not in {file.name for file in offer.files}
    download(hub, offer)
    server.close()
    assert hub.local(CONVERTED) is not None
    assert hub.local(OLD) is None
    trace = av.trace(HubSource(lambda: hub).load(CONVERTED), "the cat")
    assert trace.model.name == CONVERTED
    assert trace.attention(1, 3).sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize(
    "changes",
    [
        {"author": {"name": "SFconvertbot2", "fullname": "SFconvertbot"}},
        {"author": {"fullname": "SFconvertbot"}},
        {"author": None},
        {"title": "Adding safetensors"},
        {"status": "closed"},
        {"isPullRequest": False},
        {"num": "../../7"},
        {"num": True},
        {"num": 0},
        {"num": 10**300},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_a_pull_request_of_anyone_else_is_not_named(server, tiny, old, hub_of, changes):
    server.add_pull(OLD, 7, old | {"model.safetensors": tiny["model.safetensors"]}, **changes)
    error = pickled(hub_of, server)
    assert error.converted == ""
    assert str(error).endswith("The Hub's converter (SFconvertbot) has made none that is open and up to date.")
    assert "anyone can open one" in str(hub_of(server).look(CONVERTED).note)


def test_a_conversion_of_other_weights_is_not_named(server, tiny, old, hub_of):
    weights = {"model.safetensors": tiny["model.safetensors"]}
    server.add_pull(OLD, 3, old | weights)
    server.add_pull(OLD, 8, old | weights | {"pytorch_model.bin": b"what it was before"})
    server.add_pull(OLD, 9, old)
    assert pickled(hub_of, server).converted == f"{OLD}@refs/pr/3"


def test_only_the_main_revision_is_converted(server, converted, hub_of):
    server.models[OLD].revisions = {"v2": server.models[OLD].commit}
    with pytest.raises(av.PickledModelError) as raised:
        hub_of(server).look(f"{OLD}@v2")
    assert raised.value.converted == ""


@pytest.mark.parametrize("pulls", [None, {}, [None], [{}], [[]]], ids=str)
def test_a_list_of_pull_requests_that_is_none(server, old, hub_of, pulls):
    server.models[OLD].pulls = pulls
    error = pickled(hub_of, server)
    assert error.converted == ""
    assert "only as a pickle" in str(error)


def test_where_only_the_catalogue_may_be_downloaded_the_conversion_may_not(server, converted, hub_of):
    server.models["openai-community/gpt2"] = server.models.pop(OLD)
    hub = hub_of(server, policy=Policy("catalogue"))
    with pytest.raises(av.PickledModelError) as raised:
        hub.look("gpt2")
    assert raised.value.converted == ""
    assert "lets only the main revisions of the catalogue's models be downloaded" in str(raised.value)
    assert "main revisions" in refused(lambda: hub.look("gpt2@refs/pr/7"), av.DownloadError)


def test_python_is_told_the_name(environment, tiny):
    files = without(tiny, "model.safetensors") | {"pytorch_model.bin": PICKLE}
    environment.add(OLD, files)
    environment.add_pull(OLD, 7, files | {"model.safetensors": tiny["model.safetensors"]})
    assert CONVERTED in refused(lambda: av.load_model(OLD), av.PickledModelError)
    assert av.load_model(CONVERTED).info.name == CONVERTED
