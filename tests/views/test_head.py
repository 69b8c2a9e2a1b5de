"""One head as it is shown: its facts stand on its own range, and the grid on one that holds all heads."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import attention_viz as av
from attention_viz.core.place import Place
from attention_viz.measures import MEASURES
from attention_viz.models.threads import set_thread_count
from attention_viz.views.facts import Fact
from attention_viz.views.head import HeadView, head_view, visible_of
from attention_viz.views.survey import all_scores, ranges
from tests.models.tiny import FIRST, WINDOWED, load

WINDOW = 8
FAR, NEAR = "full_attention", "sliding_attention"
PATTERNS = {
    "first": (NEAR, FAR, FAR),
    "last": (FAR, FAR, NEAR),
    "alternating": (NEAR, FAR, NEAR),
}


@pytest.fixture(scope="module")
def windowed(tmp_path_factory):
    """The trace of a small model whose layers see a window or everything before."""
    set_thread_count()

    @cache
    def make(family: str, pattern: str) -> av.Trace:
        tiny = WINDOWED[family].with_options(layer_types=list(PATTERNS[pattern]), sliding_window=WINDOW)
        return av.trace(load(tiny.save(tmp_path_factory.mktemp(f"{family}_{pattern}"))), FIRST)

    return make


def view_of(trace: av.Trace, layer: int | None, head: int | None = None, among: tuple[int, ...] = ()) -> HeadView:
    return head_view(trace, Place(layer, head, among))


def inside(fact: Fact) -> bool:
    if fact.value is None:
        return True
    return fact.low is not None and fact.high is not None and fact.low - 1e-5 <= fact.value <= fact.high + 1e-5


def entropy_at_most(count: int, window: int | None) -> float:
    return float(np.log(np.minimum(np.arange(1, count + 1), window or count)).mean())


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("family", WINDOWED)
class TestWindowsInSomeLayers:
    def test_each_head_stands_on_its_own_range(self, windowed, family, pattern):
        trace = windowed(family, pattern)
        count = len(trace.tokens)
        assert count > 2 * WINDOW
        scores = MEASURES[0].scores(trace)
        for layer, kind in enumerate(PATTERNS[pattern]):
            most = entropy_at_most(count, WINDOW if kind == NEAR else None)
            entropy = view_of(trace, layer, 1).facts()[0]
            assert entropy.high == pytest.approx(most)
            assert entropy.uniform == pytest.approx(most, abs=1e-5)
            np.testing.assert_allclose(scores.high[layer], most)
            np.testing.assert_allclose(scores.uniform[layer], most, atol=1e-5)
            assert all(inside(fact) for fact in view_of(trace, layer, 1).facts())

    def test_the_grids_scale_holds_every_head_and_every_mean(self, windowed, family, pattern):
        trace = windowed(family, pattern)
        for values, (low, high), measure in zip(all_scores(trace), ranges(trace), MEASURES, strict=True):
            known = values.by_place[~np.isnan(values.by_place)]
            assert (low - 1e-5 <= known).all(), measure.key
            assert (known <= high + 1e-5).all(), measure.key
        assert ranges(trace)[0].tolist() == [0, pytest.approx(entropy_at_most(len(trace.tokens), None))]

    def test_a_mean_sees_what_any_of_its_heads_sees(self, windowed, family, pattern):
        trace = windowed(family, pattern)
        count = len(trace.tokens)
        every = view_of(trace, None)
        np.testing.assert_array_equal(every.visible, np.tri(count, dtype=bool))
        for layer, kind in enumerate(PATTERNS[pattern]):
            mean = view_of(trace, layer)
            assert mean.visible is not None
            assert mean.visible[-1, 0] == (kind == FAR)
        assert all(inside(fact) for fact in every.facts())

    def test_the_baseline_of_a_mean_is_the_mean_of_even_heads(self, windowed, family, pattern):
        """Of heads that spread evenly, nearness is not news; so their mean is what a mean stands beside."""
        trace = windowed(family, pattern)
        farther = {fact.label: fact.uniform for fact in view_of(trace, None).facts()}["Mean distance"]
        scores = next(measure for measure in MEASURES if measure.key == "mean_distance").scores(trace)
        assert farther == pytest.approx(float(scores.uniform.mean()), rel=1e-5)


def test_a_mean_of_chosen_heads_sees_what_they_see():
    """Heads of one layer may have masks of their own, in files of maps."""
    seen = np.stack([np.eye(3, dtype=bool), np.tri(3, dtype=bool), np.ones((3, 3), dtype=bool)])[None]
    maps = (seen / seen.sum(-1, keepdims=True)).astype(np.float32)
    trace = av.from_arrays(maps, ["a", "b", "c"], visible=seen)
    np.testing.assert_array_equal(visible_of(trace, Place(0, None, (0, 1)), "tokens"), np.tri(3, dtype=bool))
    assert visible_of(trace, Place(0), "tokens") is None
    assert view_of(trace, 0, None, (0, 1)).facts()[0].high == pytest.approx(entropy_at_most(3, None))


def strongest_pairs(view: HeadView) -> list[tuple[float, int, int]]:
    """What is listed without a held row, cell by cell: beyond an even row, in rows that see several keys."""
    found = []
    for query, row in enumerate(view.weights):
        seen = [key for key in range(len(row)) if view.visible is None or view.visible[query, key]]
        ordinary = [key for key in seen if not view.keys[key].special]
        if len(seen) > 1 and not view.queries[query].special:
            found += [(float(row[key]) - 1 / len(seen), query, key) for key in ordinary]
    return sorted(found, key=lambda one: -one[0])[:6]


@pytest.mark.parametrize("unit", ["tokens", "words"])
@pytest.mark.parametrize("family", WINDOWED)
def test_strongest_links_are_those_beyond_an_even_row(windowed, family, unit):
    trace = windowed(family, "alternating")
    for layer in range(len(trace.layers)):
        view = head_view(trace, Place(layer, 1), unit)
        assert view.title() == "Strongest links beyond an even row, special tokens aside"
        weights = [link.weight for link in view.links()]
        expected = strongest_pairs(view)
        np.testing.assert_allclose(weights, [view.weights[query, key] for _, query, key in expected], rtol=1e-6)


def test_a_row_of_one_key_says_nothing_of_a_head():
    """The first row of a causal map has all of its weight on one key, whatever the head does."""
    weights = np.array([[[[1, 0, 0], [0.6, 0.4, 0], [0.1, 0.8, 0.1]]]], dtype=np.float32)
    causal = av.from_arrays(weights, ["a", "b", "c"], visible=np.tri(3, dtype=bool)[None, None])
    links = [(link.query, link.key, round(link.weight, 2)) for link in view_of(causal, 0, 0).links()]
    assert links == [("c", "b", 0.8), ("b", "a", 0.6), ("b", "b", 0.4), ("c", "a", 0.1), ("c", "c", 0.1)]


def test_where_all_is_seen_the_strongest_links_are_the_largest_weights(pronoun):
    view = view_of(pronoun, 3, 1)
    assert view.title() == "Strongest links, special tokens aside"
    ordinary = np.array([not token.special for token in pronoun.tokens])
    weights = np.sort(pronoun.attention(3, 1)[np.outer(ordinary, ordinary)])[::-1][:6]
    np.testing.assert_array_equal([link.weight for link in view.links()], weights)
    alone = av.from_arrays(np.ones((1, 1, 1, 1), dtype=np.float32), ["a"])
    assert [link.weight for link in view_of(alone, 0, 0).links()] == [1]
