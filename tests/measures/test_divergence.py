"""Divergences of rows against scipy and laws, and the one of all pairs of heads against those of one pair."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cosine as scipy_cosine
from scipy.spatial.distance import jensenshannon

import attention_viz as av
from attention_viz.measures.divergence import cosine, jensen_shannon, mean_over_rows, total_variation

KEYS = st.sampled_from([1, 2, 7, 40, 512])
SEEDS = st.integers(0, 10_000)


def rows_of(keys: int, seed: int) -> np.ndarray:
    """Rows of every kind: sharp, flat, one-hot, uniform, with zeros, and with many weights too small to see."""
    rng = np.random.default_rng(seed)
    rows = [rng.dirichlet(np.full(keys, sharp), size=2) for sharp in (0.01, 0.2, 1, 30)]
    scores = rng.standard_normal((4, keys)) * np.array([[2], [6], [12], [40]])
    rows += [np.exp(scores - scores.max(axis=-1, keepdims=True)), np.eye(keys)[:2], np.ones((1, keys))]
    for size in 10.0 ** -np.arange(3, 13):
        tiny = np.full((2, keys), size)
        tiny[0, 0] = tiny[1, -1] = 1
        tiny[1, : keys // 2] = 0
        rows.append(tiny)
    weights = np.concatenate(rows)
    weights = np.nan_to_num(weights)  # A sharp Dirichlet distribution may underflow.
    weights[weights.sum(axis=-1) == 0] = 1
    return (weights / weights.sum(axis=-1, keepdims=True)).astype(np.float32)


def divergence_of_scipy(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    return np.array([jensenshannon(*(row.astype(np.float64) for row in pair)) ** 2 for pair in zip(p, q, strict=True)])


def cross(rows: np.ndarray) -> av.Trace:
    """A trace with a head for each row, and one query."""
    return av.from_arrays(rows[None, :, None], ["q"], [f"k{number}" for number in range(rows.shape[-1])])


@given(KEYS, SEEDS)
@settings(deadline=None, max_examples=40)
def test_rows_are_scipys(keys, seed):
    rows = rows_of(keys, seed)
    p, q = rows, np.random.default_rng(seed).permutation(rows)
    expected = np.nan_to_num(divergence_of_scipy(p, q))
    np.testing.assert_allclose(jensen_shannon(p, q), expected, atol=1e-9)
    np.testing.assert_array_equal(jensen_shannon(p, q), jensen_shannon(q, p))
    np.testing.assert_array_equal(jensen_shannon(p, p), 0)
    assert jensen_shannon(p, q).max() <= np.log(2)
    apart = np.abs(p.astype(np.float64) - q).sum(-1) / 2
    np.testing.assert_allclose(total_variation(p, q), apart, atol=1e-5)
    angles = [1 - scipy_cosine(*(row.astype(np.float64) for row in pair)) for pair in zip(p, q, strict=True)]
    np.testing.assert_allclose(cosine(p, q), angles, atol=1e-9)


def test_by_hand():
    p, q = np.array([[1, 0], [0.5, 0.5]]), np.array([[0.0, 1], [1, 0]])
    np.testing.assert_allclose(jensen_shannon(p, q), [np.log(2), 0.75 * np.log(4 / 3)])
    np.testing.assert_allclose(total_variation(p, q), [1, 0.5])
    np.testing.assert_allclose(cosine(p, q), [0, 0.5**0.5])


def test_rows_of_nothing_have_no_divergence():
    p, q = np.array([[0.0, 0.0], [1, 3]]), np.array([[0.5, 0.5], [2, 6]])
    assert np.isnan(jensen_shannon(p, q)[0])
    assert jensen_shannon(p, q)[1] == 0, "rows are divided by their sums"
    assert mean_over_rows(jensen_shannon(p, q)) == 0
    assert np.isnan(mean_over_rows(jensen_shannon(p[:1], q[:1])))
    assert jensen_shannon(np.zeros((2, 0)), np.zeros((2, 0))).shape == (2,)


@given(KEYS, SEEDS)
@settings(deadline=None, max_examples=25)
def test_all_pairs_of_any_rows_are_scipys(keys, seed):
    rows = rows_of(keys, seed)
    # Each row becomes a head, by itself: no mean over queries hides an error.
    trace = cross(rows)
    expected = np.array([np.nan_to_num(divergence_of_scipy(np.broadcast_to(p, rows.shape), rows)) for p in rows])
    found = av.divergences(trace, trace)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_array_equal(np.diag(found), 0)
    np.testing.assert_allclose(av.divergences(trace, cross(rows)), expected, atol=1e-5)


def test_all_pairs_of_a_real_model(minilm):
    trace = av.trace(minilm, "The cat didn't cross the street because it was too tired. " * 22)
    assert len(trace.tokens) > 250, "so many that rows are read in several blocks"
    found = av.divergences(trace, trace)
    assert found.shape == (72, 72)
    for number in (0, 40):
        exact = av.to_all(trace.head(*divmod(number, 12)), trace).ravel()
        np.testing.assert_allclose(found[number], exact, atol=1e-5)
        assert exact[number] == 0


def test_all_pairs_of_two_models_on_one_text(minilm, pronoun):
    other = trace_of_tokens(pronoun, seed=3)
    found = av.divergences(pronoun, other)
    assert found.shape == (72, 6)
    for one, two in product((0, 33, 71), range(6)):
        exact = av.compare(pronoun.head(*divmod(one, 12)), other.head(*divmod(two, 3))).number("divergence")
        assert found[one, two] == pytest.approx(exact, abs=1e-5)


def trace_of_tokens(trace: av.Trace, seed: int, visible: np.ndarray | None = None) -> av.Trace:
    """Two layers of three random heads on the tokens of `trace`."""
    count = len(trace.tokens)
    maps = np.random.default_rng(seed).dirichlet(np.full(count, 0.3), size=(2, 3, count))
    if visible is not None:
        maps = maps * visible
        maps /= np.maximum(maps.sum(-1, keepdims=True), 1e-300)
    return av.from_arrays(maps, trace.tokens, texts=trace.texts, visible=visible)


@pytest.mark.parametrize("window", [1, 3])
def test_all_pairs_are_those_of_one_pair_where_layers_see_different_cells(pronoun, window):
    count = len(pronoun.tokens)
    near = np.abs(np.subtract.outer(np.arange(count), np.arange(count))) < window
    visible = np.stack([np.tri(count, dtype=bool), near])[:, None]
    visible[0, 0, 4] = False  # A query that sees nothing.
    trace = trace_of_tokens(pronoun, 1, visible)
    plain = trace_of_tokens(pronoun, 2)
    for a, b in ((trace, trace), (trace, plain), (plain, trace)):
        found = av.divergences(a, b)
        for one, two in product(range(6), range(6)):
            exact = av.compare(a.head(*divmod(one, 3)), b.head(*divmod(two, 3))).number("divergence")
            assert found[one, two] == pytest.approx(exact, abs=1e-5)


def test_heads_that_see_nothing_in_common(pronoun):
    count = len(pronoun.tokens)
    visible = np.stack([np.eye(count, dtype=bool), np.eye(count, k=1, dtype=bool)])[:, None]
    trace = trace_of_tokens(pronoun, 1, visible)
    found = av.divergences(trace, trace)
    assert np.isnan(found[:3, 3:]).all()
    assert not np.isnan(found[:3, :3]).any()


def test_other_tokens_are_refused(minilm, pronoun):
    with pytest.raises(av.MapError, match="different tokens"):
        av.divergences(pronoun, av.trace(minilm, "Another text."))


def test_heads_like_another_across_texts(minilm, pronoun):
    other = av.trace(minilm, "The cat didn't cross the street because it was too wide.")
    head = pronoun.head(2, 9)
    found = av.to_all(head, other)
    assert found.shape == (6, 12)
    assert found[4, 7] == av.compare(head, other.head(4, 7)).number("divergence")
    assert found.argmin() == 2 * 12 + 9, "a head is most like itself on another text"


def test_most_and_least_alike(pronoun, made_trace):
    both = av.most_and_least_alike(pronoun)
    assert both is not None
    most, least = both
    all_pairs = av.divergences(pronoun, pronoun)[np.triu_indices(72, 1)]
    assert most.divergence == pytest.approx(all_pairs.min(), abs=1e-5)
    assert least.divergence == pytest.approx(all_pairs.max(), abs=1e-5)
    assert most.divergence == av.compare(most.a, most.b).number("divergence")
    assert (most.a.layer, most.a.head) != (most.b.layer, most.b.head)
    assert av.most_and_least_alike(made_trace(["a", "b"], heads=1)) is None
