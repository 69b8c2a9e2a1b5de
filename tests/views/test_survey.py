"""The grid of heads: what is in it, and that it fills in while one watches."""

from __future__ import annotations

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


def test_it_can_be_looked_at_while_it_is_filled_left_and_taken_up_again(trace):
    survey = Survey(trace, "tokens")
    first = survey.fill()
    assert [next(first) for _ in range(3)] == [1, 2, 3]
    first.close()
    assert survey.ready.sum() == 3
    for scores in survey.scores:
        assert not np.isnan(scores.by_place[survey.ready]).any()
        assert np.isnan(scores.by_place[~survey.ready]).all()
    assert survey.pictures[survey.ready].min() >= 1
    assert not survey.pictures[~survey.ready].any()
    assert list(survey.fill()) == list(range(1, len(places(trace)) + 1))
    assert survey.ready.all()
    np.testing.assert_array_equal(survey.pictures, thumbnails(trace, "tokens"))
    for found, expected in zip(survey.scores, all_scores(trace), strict=True):
        np.testing.assert_array_equal(found.by_place, expected.by_place)


def test_findings_come_with_it_when_they_are_asked_for(trace):
    survey = Survey(trace, "words")
    for _ in survey.fill(pictures=False):
        pass
    assert survey.findings is None
    known = [survey.findings for _ in survey.fill(pictures=False, search=True)]
    assert known[: len(places(trace))] == [None] * len(places(trace))
    assert survey.findings == av.findings(trace)
    assert known[-1] == survey.findings
