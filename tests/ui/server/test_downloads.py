"""Downloads in the background, from a Hub on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st

from attention_viz.models.hub import Hub, Offer
from attention_viz.models.hub.cache import Cache
from attention_viz.ui.server import jobs
from attention_viz.ui.server.downloads import Download, download_of, start_download
from tests.models.hub_server import FakeHub, Fault, fake_hub
from tests.models.tiny import FAMILIES
from tests.ui.server.test_jobs import wait

NAME = "tests/tiny-bert"
OTHER = "tests/other-bert"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("tiny")
    next(one for one in FAMILIES if one.family == "bert").save(folder)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def server(files: dict[str, bytes]) -> Iterator[FakeHub]:
    with fake_hub() as hub:
        hub.add(NAME, files)
        hub.add(OTHER, files)
        yield hub


def ended(download: Download, seconds: float = 10) -> Download:
    wait(lambda: not download.active, seconds)
    return download


@pytest.fixture
def hub(server: FakeHub, tmp_path: Path) -> Iterator[Hub]:
    st.cache_resource.clear()
    yield Hub(Cache(tmp_path / "cache"), server.endpoint)
    for name in (NAME, OTHER):
        download = download_of(name)
        if download is not None:
            download.stop()
            ended(download)
    st.cache_resource.clear()


def begun(name: str, hub: Hub, offer: Offer | None = None) -> Download:
    start_download(name, offer or hub.look(name), hub)
    download = download_of(name)
    assert download is not None
    return download


def test_it_counts_bytes_until_all_of_them_are_there(hub: Hub):
    assert download_of(NAME) is None
    download = begun(NAME, hub)
    assert ended(download).error is None
    assert download.done == download.total == sum(file.size for file in download.offer.files)
    assert download.rate() > 0
    assert hub.local(NAME) is not None


def test_one_that_is_stopped_says_so_and_the_next_goes_on_there(hub: Hub, server: FakeHub):
    server.faults["model.safetensors"] = Fault(pause=0.2)
    download = begun(NAME, hub)
    begun_with = download.total - download.offer.files[-1].size
    wait(lambda: download.done > begun_with)
    assert begun(NAME, hub, download.offer) is download, "one that runs is not begun again"
    download.stop()
    assert download.stopping
    assert str(ended(download, seconds=2).error).startswith("The download was stopped. What has arrived is kept")
    server.faults.clear()
    again = begun(NAME, hub, download.offer)
    assert again is not download
    assert ended(again).error is None
    assert hub.local(NAME) is not None


def test_nobody_waits_for_it_so_it_stops(hub: Hub, server: FakeHub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(jobs.VARIABLE, "0.3")
    server.faults["model.safetensors"] = Fault(pause=0.1)
    download = begun(NAME, hub)
    assert str(ended(download).error).startswith("The download was stopped")
    assert hub.local(NAME) is None


def test_a_second_one_waits_for_its_turn(hub: Hub, server: FakeHub):
    server.faults["model.safetensors"] = Fault(pause=0.1)
    offers = [hub.look(name) for name in (NAME, OTHER)]
    first, second = (begun(str(offer.name), hub, offer) for offer in offers)
    wait(lambda: first.done > 0)
    assert (first.waiting_for(), second.waiting_for()) == (0, 1)
    assert second.done == 0
    assert second.total == offers[1].download_bytes
    first.stop()
    server.faults.clear()
    assert ended(second).error is None
    assert hub.local(OTHER) is not None


def test_what_the_hub_refuses_is_told(hub: Hub):
    offer = hub.look(NAME)
    download = begun(NAME, replace(hub, memory=lambda: 1), offer)
    assert "Choose a smaller model" in str(ended(download).error)
