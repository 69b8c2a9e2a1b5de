"""The page Models as Streamlit runs it, without a browser."""

from __future__ import annotations

import pytest
import streamlit as st

import attention_viz as av
from attention_viz.models.catalogue import CATALOGUE
from attention_viz.ui.server.uploads import UPLOADS
from tests.pages.test_pages import opened, words_on


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    """No Hub can be reached, and nothing is in its cache."""
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def test_every_model_of_the_catalogue_can_be_chosen():
    app = opened("pages/models.py")
    for entry in CATALOGUE:
        assert app.button(key=f"choose {entry.name}").label.startswith("**")
    app.button(key="choose openai-community/gpt2").click().run()
    assert not app.exception
    assert "There is no connection to" in words_on(app).replace("\\", "")
    assert app.query_params["model"] in ("openai-community/gpt2", ["openai-community/gpt2"])


def test_a_model_that_can_not_be_shown_leaves_the_page_in_order():
    app = opened("pages/models.py", model="google-bert/bert-base-cased")
    words = words_on(app).replace("\\", "")
    assert "There is no connection to" in words
    assert "Bring your own maps" in words
    app.button(key="choose all-MiniLM-L6-v2").click().run()
    assert not app.warning


def test_nothing_is_said_of_folders_where_there_is_no_root():
    assert "Folders of this server" not in words_on(opened("pages/models.py"))


def test_an_upload_is_explored_without_text_boxes():
    trace = av.from_arrays([[[[1.0, 0.0], [0.5, 0.5]]]], ["the", "cat"], name="mine.npz")
    name = UPLOADS.add(trace)
    try:
        app = opened(model=name)
        assert not app.text_area
        assert "These maps come from a file" in words_on(app)
        assert "Where does each token look in L0 H0?" in words_on(app)
        limits = opened("pages/limits.py", model=name)
        assert "This can't be measured here" in words_on(limits).replace("\\", "")
    finally:
        UPLOADS.remove(name)
