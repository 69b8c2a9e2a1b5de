"""Each measure against an oracle, and what holds for all of them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy as scipy_entropy

import attention_viz as av
from attention_viz.core.place import ALL_HEADS
from attention_viz.measures import Reading, reading_at, reading_of, share_by_norm, special_shares
from tests.conftest import tokens_of

BY_KEY = {measure.key: measure for measure in av.MEASURES}


def reading(names: list[str], visible: np.ndarray | None = None) -> Reading:
    count = len(names)
    tokens = tokens_of(names)
    return Reading(tokens, tokens, np.ones((count, count), dtype=bool) if visible is None else visible)


def some_reading(rng: np.random.Generator, count: int) -> Reading:
    """Any tokens may be special, and any cells hidden; a query that sees nothing is rare."""
    visible = rng.random((count, count)) < rng.choice([0.3, 0.6, 1])
    if rng.random() < 0.8:
        visible |= np.eye(count, k=-int(rng.integers(count)), dtype=bool)
    return reading([f"[{name}]" if rng.random() < 0.3 else name for name in words(count)], visible)


def windowed(windows: list[int]) -> av.Trace:
    """A decoder of layers with two random heads, which see so many tokens back, themselves included."""
    rng = np.random.default_rng(1)
    causal = np.tri(9, dtype=bool)
    visible = np.stack([causal & ~np.tri(9, k=-window, dtype=bool) for window in windows])[:, None]
    maps = rng.dirichlet(np.full(9, 0.3), size=(len(windows), 2, 9)) * visible + 1e-6 * visible
    return av.from_arrays(maps / maps.sum(-1, keepdims=True), words(9), visible=np.repeat(visible, 2, axis=1))


def value(key: str, weights, read: Reading) -> float:
    return BY_KEY[key].of(np.asarray(weights, dtype=np.float32), read)


def words(count: int) -> list[str]:
    return [f"w{number}" for number in range(count)]


@given(st.integers(1, 12), st.integers(0, 10_000))
@settings(deadline=None)
def test_entropy_is_scipys(count, seed):
    weights = np.random.default_rng(seed).dirichlet(np.full(count, 0.3), size=count).astype(np.float32)
    expected = scipy_entropy(weights.astype(np.float64), axis=-1).mean()
    assert value("entropy", weights, reading(words(count))) == pytest.approx(expected, abs=1e-5)


def test_entropy_of_one_hot_and_uniform():
    read = reading(words(7))
    assert value("entropy", np.eye(7), read) == 0
    assert value("entropy", read.uniform(), read) == pytest.approx(np.log(7), abs=1e-6)


@pytest.mark.parametrize("count", [1, 2, 5, 24, 512])
def test_mean_distance_of_uniform(count):
    read = reading(words(count))
    expected = (count**2 - 1) / (3 * count)
    assert value("mean_distance", read.uniform(), read) == pytest.approx(expected, rel=1e-5)
    assert value("mean_distance_of_words", read.uniform(), read) == pytest.approx(expected, rel=1e-5)


def test_mean_distance_without_special_tokens_by_hand():
    read = reading(["[CLS]", "a", "b", "[SEP]"])
    weights = [[1, 0, 0, 0], [0.8, 0.05, 0.15, 0], [0.9, 0.1, 0, 0], [0, 0, 0, 1]]
    assert value("mean_distance", weights, read) == pytest.approx((0 + 0.95 + 1.9 + 0) / 4)
    # Row a: 0.05 and 0.15 become 1/4 and 3/4; row b: all on a, one step away.
    assert value("mean_distance_of_words", weights, read) == pytest.approx((0.75 + 1) / 2)


def test_mean_distance_without_special_tokens_where_nothing_is_left():
    assert np.isnan(value("mean_distance_of_words", np.eye(2), reading(["[CLS]", "[SEP]"])))
    all_on_cls = np.repeat([[1.0, 0, 0]], 3, axis=0)
    assert np.isnan(value("mean_distance_of_words", all_on_cls, reading(["[CLS]", "a", "b"])))


@pytest.mark.parametrize(("key", "step"), [("previous_token", -1), ("same_token", 0), ("next_token", 1)])
def test_offsets_of_a_shifted_identity(key, step):
    weights = np.eye(6, k=step)
    weights[weights.sum(-1) == 0, 0 if step < 0 else -1] = 1
    read = reading(words(6))
    assert value(key, weights, read) == pytest.approx(1)
    assert value(key, read.uniform(), read) == pytest.approx(1 / 6)
    for other in {"previous_token", "same_token", "next_token"} - {key}:
        assert value(other, weights, read) <= 0.2


def test_offsets_of_a_single_token():
    read = reading(["a"])
    assert np.isnan(value("previous_token", [[1]], read))
    assert np.isnan(value("next_token", [[1]], read))
    assert value("same_token", [[1]], read) == 1


def test_a_previous_token_head_of_the_bundled_model(pronoun):
    scores = BY_KEY["previous_token"].scores(pronoun)
    assert scores.values[0, 2] >= 0.95
    assert scores.values.argmax() == 2, "no other head does it more"


def test_special_shares_by_hand():
    read = reading(["[CLS]", "a", "[SEP]", "b", "[SEP]"])
    weights = np.repeat([[0.5, 0.1, 0.2, 0.1, 0.1]], 5, axis=0).astype(np.float32)
    assert value("special_tokens", weights, read) == pytest.approx(0.8)
    shares = special_shares(weights, read)
    assert list(shares) == ["[CLS]", "[SEP]"]
    assert shares["[SEP]"] == pytest.approx(0.3)


def test_share_by_norm_by_hand():
    first = np.array([True, False])
    weights = np.array([[0.8, 0.2], [0.6, 0.4]], dtype=np.float32)
    values = np.array([[0.3, 0.4], [0.0, 2.0]], dtype=np.float32)
    # Weights: 1.4 and 0.6 in all; lengths: 0.5 and 2.
    assert share_by_norm(weights, values, first) == pytest.approx(0.7 / (0.7 + 1.2))
    assert np.isnan(share_by_norm(weights, 0 * values, first))


def test_confidence_by_hand():
    read = reading(words(2))
    assert value("confidence", [[0.9, 0.1], [0.3, 0.7]], read) == pytest.approx(0.8)
    assert value("confidence", np.eye(2), read) == 1


@pytest.mark.parametrize("measure", av.MEASURES, ids=lambda measure: measure.key)
class TestEveryMeasure:
    def test_says_what_it_is(self, measure):
        assert measure.label
        assert measure.meaning.endswith(".")
        assert measure.source
        assert BY_KEY[measure.key] is measure, "keys are unique"

    @given(seed=st.integers(0, 10_000), count=st.integers(1, 10), sharp=st.sampled_from([0.05, 1.0, 50.0]))
    @settings(deadline=None, max_examples=60)
    def test_stays_in_its_span_whatever_is_hidden(self, measure, seed, count, sharp):
        rng = np.random.default_rng(seed)
        read = some_reading(rng, count)
        weights = read.visible * rng.dirichlet(np.full(count, sharp), size=count)
        total = weights.sum(axis=-1, keepdims=True)
        weights = np.where(total > 0, weights / np.maximum(total, 1e-300), read.uniform()).astype(np.float32)
        low, high = measure.span(read)
        found = measure.of(weights, read)
        assert np.isnan(found) or low - 1e-5 <= found <= high + 1e-5
        assert np.isnan(measure.of(read.uniform(), read)) or not np.isnan(low)

    @given(seed=st.integers(0, 10_000), count=st.integers(1, 4))
    @settings(deadline=None, max_examples=40)
    def test_the_ends_of_its_span_are_reached(self, measure, seed, count):
        """By a map whose queries look at one key each, or by the even one: tried one after the other."""
        read = some_reading(np.random.default_rng(seed), count)
        choices = [np.flatnonzero(row) if row.any() else [count] for row in read.visible]
        maps = [np.eye(count + 1, dtype=np.float32)[list(keys), :count] for keys in product(*choices)]
        values = np.array([measure.of(weights, read) for weights in [read.uniform(), *maps]])
        reached = [values[~np.isnan(values)].min(initial=np.inf), values[~np.isnan(values)].max(initial=-np.inf)]
        expected = [np.nan, np.nan] if np.isnan(values).all() else reached
        np.testing.assert_allclose(measure.span(read), expected, atol=1e-5)

    def test_scores_of_a_trace(self, measure, made_trace):
        trace = made_trace(["[CLS]", "a", "b", "c", "[SEP]"], heads=3)
        scores = measure.scores(trace)
        read = reading(["[CLS]", "a", "b", "c", "[SEP]"])
        assert scores.values[0, 2] == measure.of(trace.attention(0, 2), read)
        assert scores.uniform[0, 0] == measure.of(read.uniform(), read)
        assert (scores.low[0, 1], scores.high[0, 1]) == measure.span(read)
        for numbers in (scores.values, scores.uniform, scores.low, scores.high):
            assert numbers.shape == (1, 3)
            with pytest.raises(ValueError, match="read-only"):
                numbers[0, 0] = 1

    def test_of_a_mean_of_heads_stays_in_the_span_of_what_any_of_them_sees(self, measure):
        trace = windowed([2, 9, 4])
        read = reading_at(trace, ALL_HEADS)
        low, high = measure.span(read)
        assert low - 1e-5 <= measure.of(av.mean_attention(trace), read) <= high + 1e-5
        evens = [reading_of(trace, layer, 0).uniform() for layer in range(3)]
        np.testing.assert_allclose(read.uniform(), np.mean(evens, axis=0), atol=1e-6)

    def test_each_head_has_the_range_and_the_baseline_of_what_it_sees(self, measure):
        trace = windowed([2, 9, 4])
        scores = measure.scores(trace)
        for layer, head in np.ndindex(3, 2):
            read = reading_of(trace, layer, head)
            assert (scores.low[layer, head], scores.high[layer, head]) == measure.span(read)
            assert scores.uniform[layer, head] == measure.of(read.uniform(), read)
        assert (scores.low - 1e-5 <= scores.values).all()
        assert (scores.values <= scores.high + 1e-5).all()


def test_in_cross_attention_positions_have_no_range():
    sides = tokens_of(["[CLS]", "a"]), tokens_of(["b", "c", "[SEP]"])
    read = Reading(*sides, np.ones((2, 3), dtype=bool))
    weights = np.full((2, 3), 1 / 3, dtype=np.float32)
    for key in ("mean_distance", "mean_distance_of_words", "previous_token", "same_token", "next_token"):
        assert np.isnan([BY_KEY[key].of(weights, read), *BY_KEY[key].span(read)]).all()
    for key in ("special_tokens", "first_token"):
        assert BY_KEY[key].of(weights, read) == pytest.approx(1 / 3)
        assert BY_KEY[key].span(read) == (0, 1)


def test_a_decoder_can_look_no_farther_than_back_and_never_ahead():
    read = reading(words(5), np.tri(5, dtype=bool))
    assert BY_KEY["mean_distance"].span(read) == (0, 2), "0, 1, 2, 3 and 4 tokens back"
    assert BY_KEY["next_token"].span(read) == (0, 0)
    assert BY_KEY["same_token"].span(read) == (0.2, 1), "the first query sees nothing else"


def test_a_sink_on_the_first_token_has_a_number_without_special_tokens():
    names, causal = words(6), np.tri(6, dtype=bool)
    read = reading(names, causal)
    sink = np.zeros((6, 6))
    sink[:, 0] = 1
    assert value("special_tokens", sink, read) == 0
    assert value("first_token", sink, read) == 1
    assert value("first_token", np.eye(6), read) == pytest.approx(1 / 6)
    assert value("first_token", read.uniform(), read) == pytest.approx(sum(1 / seen for seen in range(1, 7)) / 6)


def test_uniform_spreads_over_what_is_visible():
    causal = np.tri(3, dtype=bool)
    expected = np.array([[1, 0, 0], [1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3]])
    np.testing.assert_allclose(reading(words(3), causal).uniform(), expected, atol=1e-6)
    assert BY_KEY["entropy"].span(reading(words(3), causal))[1] == pytest.approx((np.log(2) + np.log(3)) / 3)
