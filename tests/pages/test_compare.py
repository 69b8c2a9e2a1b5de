"""The page Compare as Streamlit runs it, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from attention_viz.models.bundled import NAME
from attention_viz.models.trained import trained_name
from tests.models.hub_server import FakeHub, fake_hub
from tests.models.tiny import FAMILIES
from tests.pages.test_pages import in_address, opened, words_on

PAGE = "pages/compare.py"
GONE = trained_name("reverse", 300, "abcdefghij")
AWAY = "tests/tiny-bert"
ALSO_AWAY = "tests/tiny-roberta"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """What the Hub has of each model."""
    found = {}
    for name, family in ((AWAY, "bert"), (ALSO_AWAY, "roberta")):
        folder: Path = tmp_path_factory.mktemp(family)
        next(one for one in FAMILIES if one.family == family).save(folder)
        found[name] = {file.name: file.read_bytes() for file in folder.iterdir()}
    return found


@pytest.fixture(autouse=True)
def hub(files, monkeypatch, tmp_path) -> Iterator[FakeHub]:
    """A Hub on this machine, of which nothing was downloaded."""
    st.cache_resource.clear()
    with fake_hub() as hub:
        for name, parts in files.items():
            hub.add(name, parts)
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
        yield hub
    st.cache_resource.clear()


def labels(app) -> list[str]:
    return [button.label for button in app.button]


def test_a_model_of_b_that_is_not_here_is_offered():
    app = opened(PAGE, b_model=AWAY)
    words = words_on(app).replace("\\", "")
    assert f"{AWAY} is not on this server yet" in words
    assert "There is no model called" not in words
    assert f"L3 H1 of {NAME}" in words, "A is shown meanwhile"
    assert sum(label.startswith("Download ") for label in labels(app)) == 1
    app.button(key=f"back from {AWAY}").click().run()
    assert not app.exception
    assert "b_model" not in app.query_params
    assert "How different are they?" in words_on(app)


def test_side_b_goes_back_to_the_bundled_model_also_where_a_has_another():
    # A has a model too that isn't here: each is offered, and each goes back by itself.
    app = opened(PAGE, model=ALSO_AWAY, b_model=AWAY)
    assert sum(label.startswith("Download ") for label in labels(app)) == 2
    app.button(key=f"back from {AWAY}").click().run()
    assert (in_address(app, "model"), in_address(app, "b_model")) == (ALSO_AWAY, NAME)
    app.button(key=f"back from {ALSO_AWAY}").click().run()
    assert "model" not in app.query_params
    assert "How different are they?" in words_on(app)


def test_one_model_on_both_sides_is_offered_once():
    app = opened(PAGE, model=AWAY)
    assert sum(label.startswith("Download ") for label in labels(app)) == 1
    app.button(key=f"back from {AWAY}").click().run()
    assert "model" not in app.query_params
    assert "How different are they?" in words_on(app)


def test_the_example_with_two_models_offers_the_second():
    app = opened(PAGE)
    next(button for button in app.button if button.label == "Two models, one text").click().run()
    words = words_on(app).replace("\\", "")
    assert "The Hub has no model called sentence-transformers/all-MiniLM-L12-v2" in words, (
        "which this Hub does not have"
    )
    assert f"There is no model called “{NAME}”" not in words


@pytest.mark.parametrize("side", ["model", "b_model"])
def test_a_trained_model_that_is_gone(side):
    app = opened(PAGE, **{side: GONE})
    assert "was trained in another visit" in words_on(app)
    app.button(key=f"back from {GONE}").click().run()
    assert not app.exception
    assert side not in app.query_params
    assert "How different are they?" in words_on(app)
