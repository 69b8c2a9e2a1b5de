"""The grid of heads: what is in it, and that it fills in while one watches."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

import attention_viz as av
from attention_viz.core.place import ALL_HEADS, Place
from attention_viz.core.words import Unit
from attention_viz.figures.pooling import pool
from attention_viz.measures import reading_at
from attention_viz.views.head import in_unit
from attention_viz.views.packet import to_bytes
from attention_viz.views.survey import THUMB, Survey, all_scores, maps, places, thumbnails


@pytest.fixture(scope="module")
def trace(minilm) -> av.Trace:
    return av.trace(minilm, "The cat didn't cross the street because it was too tired. " * 5)


def ended(survey: Survey) -> Survey:
    deadline = time.monotonic() + 30
    while survey.running and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not survey.running
    return survey


def test_every_place_is_told_once_with_its_map(trace):
    told = {place: weights.copy() for _, place, weights in maps(trace)}
    assert set(told) == set(places(trace))
    np.testing.assert_array_equal(told[Place(2, 7)], trace.attention(2, 7))
    np.testing.assert_allclose(told[Place(2)], av.mean_attention(trace, 2), atol=1e-6)
    np.testing.assert_allclose(told[ALL_HEADS], av.mean_attention(trace), atol=1e-6)


@pytest.mark.parametrize("unit", ["tokens", "words"])
def test_pictures_show_the_largest_weight_of_each_block(trace, unit: Unit):
    pictures = thumbnails(trace, unit)
    at = places(trace).index(Place(4, 3))
    expected = to_bytes(pool(in_unit(trace, trace.attention(4, 3), unit), THUMB))
    np.testing.assert_array_equal(pictures[at], expected)
    assert pictures.min() >= 1, "0 is what can't be seen, and here all is seen"


def test_measures_are_those_of_the_heads(trace):
    for found, measure in zip(all_scores(trace), av.MEASURES, strict=True):
        alone = measure.scores(trace)
        for name in ("values", "uniform", "low", "high"):
            np.testing.assert_array_equal(getattr(found, name), getattr(alone, name))
        assert (found.measure, found.digest, found.texts) == (measure.key, trace.digest, trace.texts)
        mean = measure.of(av.mean_attention(trace, 2), reading_at(trace, Place(2)))
        np.testing.assert_allclose([found.means[2], found.by_place[72 + 2]], mean, rtol=1e-5)


def test_what_no_query_of_a_block_sees_is_zero():
    weights = np.tril(np.ones((1, 1, 80, 80), dtype=np.float32))
    weights /= weights.sum(axis=-1, keepdims=True)
    causal = av.from_arrays(weights, ["x"] * 80, visible=np.tri(80, dtype=np.bool_)[None, None])
    picture = thumbnails(causal, "tokens")[0]
    np.testing.assert_array_equal(picture == 0, np.triu(np.ones((40, 40), dtype=np.bool_), 1))


def test_in_the_background_it_can_be_watched_stopped_and_taken_up_again(trace):
    survey = Survey(trace, "tokens")
    assert not survey.running
    survey.start()
    assert ended(survey).ready.all()
    np.testing.assert_array_equal(survey.pictures, thumbnails(trace, "tokens"))
    stopped = Survey(trace, "tokens")
    stopped.stop()
    stopped.run()
    assert not stopped.ready.any()
    assert all(np.isnan(scores.by_place).all() for scores in stopped.scores)
    stopped.start()
    assert ended(stopped).ready.all()


def test_a_visitor_who_left_does_not_keep_it_going(trace, monkeypatch):
    monkeypatch.setattr("attention_viz.views.survey.PATIENCE", -1.0)
    survey = Survey(trace, "tokens")
    survey.start()
    assert not ended(survey).ready.any()


def test_maps_that_are_none_end_it_with_a_sentence():
    good = av.from_arrays([[[[1.0]]]], ["x"])
    survey = Survey(replace(good, layers=(av.MapLayer(np.array([[[0.5]]], dtype=np.float32)),)), "tokens")
    survey.start()
    assert "adds up to 0.5" in str(ended(survey).error)
