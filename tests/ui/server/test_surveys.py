"""The survey of a long text in the background: watched, stopped, taken up again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import streamlit as st

import attention_viz as av
from attention_viz.ui.server import jobs
from attention_viz.ui.server.surveys import Filling, filling, searching
from attention_viz.views.survey import Survey, all_scores, thumbnails
from tests.ui.server.test_jobs import wait


@pytest.fixture(scope="module")
def trace(minilm) -> av.Trace:
    return av.trace(minilm, "The cat didn't cross the street because it was too tired. " * 5)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def ended(filling: Filling) -> Filling:
    wait(lambda: not filling.active, seconds=30)
    return filling


def test_it_is_filled_in_while_one_looks(trace):
    made = Filling(Survey(trace, "tokens"))
    wait(lambda: made.seconds_left() is not None)
    assert ended(made).survey.ready.all()
    assert made.seconds_left() == 0
    assert made.problem is None
    np.testing.assert_array_equal(made.survey.pictures, thumbnails(trace, "tokens"))
    for found, expected in zip(made.survey.scores, all_scores(trace), strict=True):
        np.testing.assert_array_equal(found.by_place, expected.by_place)


def test_findings_are_looked_for_while_one_looks(trace):
    made = Filling(Survey(trace, "tokens"))
    assert made.found is None
    wait(lambda: not made.active, seconds=60)
    assert made.found == av.findings(trace)


def test_a_search_alone_is_done_once_and_goes_on_when_it_was_left(trace, monkeypatch):
    made = searching(trace)
    assert searching(trace) is made
    wait(lambda: not made.active, seconds=60)
    assert (made.found, made.progress, made.problem) == (av.findings(trace), 1, None)
    assert searching(trace) is made
    assert not made.active, "what is done is not done again"
    st.cache_resource.clear()
    left = searching(trace)
    left.stop()
    wait(lambda: not left.active, seconds=60)
    assert left.found is None
    assert searching(trace) is left
    wait(lambda: not left.active, seconds=60)
    assert left.found == made.found


def test_one_that_is_stopped_can_be_taken_up_again(trace):
    first, second = Filling(Survey(trace, "tokens")), Filling(Survey(trace, "tokens"))
    assert second.seconds_left() is None, "it waits for its turn"
    second.stop()
    assert not second.active
    first.stop()
    assert not ended(first).survey.ready.all()
    assert not second.survey.ready.any()
    assert all(np.isnan(scores.by_place).all() for scores in second.survey.scores)
    second.start()
    assert second.active
    assert ended(second).survey.ready.all()


def test_a_visitor_who_left_does_not_keep_it_going(trace, monkeypatch):
    monkeypatch.setenv(jobs.VARIABLE, "1e-9")
    assert not ended(Filling(Survey(trace, "tokens"))).survey.ready.any()


def test_maps_that_are_none_end_it_with_a_sentence():
    good = av.from_arrays([[[[1.0]]]], ["x"])
    broken = replace(good, layers=(av.MapLayer(np.array([[[0.5]]], dtype=np.float32)),))
    assert "adds up to 0.5" in str(ended(Filling(Survey(broken, "tokens"))).problem)


def test_who_asks_for_the_same_one_gets_it(trace):
    def make() -> Survey:
        return Survey(trace, "tokens")

    one = filling("one", make)
    assert filling("one", make) is one
    other = filling("other", make)
    assert other is not one
    for made in (one, other):
        made.stop()
        ended(made)
