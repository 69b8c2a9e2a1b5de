"""A Trace against independent computations of attention."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax

import attention_viz as av
from attention_viz.core.message import say
from attention_viz.core.trace import Layer


def layer(seed: int = 0, heads: int = 4, kv_heads: int = 4, queries: int = 5, keys: int = 6, **options) -> Layer:
    rng = np.random.default_rng(seed)
    q = rng.standard_normal((heads, queries, 8), dtype=np.float32)
    k, v = rng.standard_normal((2, kv_heads, keys, 8), dtype=np.float32)
    return Layer(q, k, v, 8**-0.5, **options)


@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 9), st.booleans())
@settings(max_examples=60, deadline=None)
def test_equals_torch_scaled_dot_product_attention(seed, queries, keys, with_bias):
    rng = np.random.default_rng(seed)
    visible = rng.random((1, queries, keys)) < 0.7
    visible[..., 0] = True
    bias = rng.standard_normal((4, queries, keys), dtype=np.float32) if with_bias else None
    source = layer(seed, queries=queries, keys=keys, visible=visible, bias=bias)
    mask = torch.where(torch.tensor(visible), torch.tensor(0.0), torch.tensor(-torch.inf))
    mask = mask if bias is None else mask + torch.tensor(bias)
    expected = torch.nn.functional.scaled_dot_product_attention(
        torch.tensor(source.query), torch.tensor(source.key), torch.tensor(source.value), attn_mask=mask, scale=8**-0.5
    )
    for head in range(4):
        weights = source.attention(head)
        assert weights.dtype == np.float32
        np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-6)
        assert (weights[~visible[0]] == 0).all()
        np.testing.assert_allclose(weights @ source.value[head], expected[head].numpy(), atol=2e-6)


def test_grouped_query_heads_share_keys():
    source = layer(heads=6, kv_heads=2)
    for head, kv_head in enumerate([0, 0, 0, 1, 1, 1]):
        expected = softmax(source.query[head] @ source.key[kv_head].T * source.scale, axis=-1)
        np.testing.assert_allclose(source.attention(head), expected, atol=1e-6)


def test_a_query_that_sees_nothing_has_no_attention():
    visible = np.ones((1, 5, 6), dtype=bool)
    visible[0, 2] = False
    weights = layer(visible=visible).attention(1)
    assert (weights[2] == 0).all()
    np.testing.assert_allclose(weights.sum(-1)[[0, 1, 3, 4]], 1, atol=1e-6)


def test_large_scores_do_not_overflow():
    source = Layer(
        np.full((1, 2, 1), 1e4, np.float32),
        np.array([[[1e4], [-1e4]]], np.float32),
        np.ones((1, 2, 1), np.float32),
        1.0,
    )
    np.testing.assert_array_equal(source.attention(0), [[1, 0], [1, 0]])


def test_values_are_read_only(made_trace):
    trace = made_trace(["a", "b", "c"])
    for array in (trace.attention(0, 1), trace.attention(0), trace.queries(0, 0), trace.keys(0), trace.values(0, 1)):
        with pytest.raises(ValueError, match="read-only"):
            array[..., 0] = 0


def test_shapes(made_trace):
    trace = made_trace(["a", "b", "c"], heads=2)
    assert trace.attention(0).shape == (2, 3, 3)
    assert trace.attention(0, 1).shape == (3, 3)
    np.testing.assert_array_equal(trace.attention(0)[1], trace.attention(0, 1))
    assert trace.queries(0, 1).shape == trace.keys(0, 1).shape == trace.values(0, 1).shape == (3, 4)
    assert trace.visible(0, 0).all()
    assert trace.nbytes == 3 * 2 * 3 * 4 * 4


@pytest.mark.parametrize(
    ("layer_index", "head", "message"),
    [
        (1, 0, "There is no layer 1: layers count from 0 and the last one is 0."),
        (-1, 0, "There is no layer -1: layers count from 0 and the last one is 0."),
        (0, 2, "There is no head 2: heads count from 0 and the last one is 1."),
    ],
)
def test_what_is_not_there_is_named(made_trace, layer_index, head, message):
    trace = made_trace(["a", "b"])
    for ask in (trace.attention, trace.queries, trace.keys, trace.values, trace.visible):
        with pytest.raises(av.RangeError) as raised:
            ask(layer_index, head)
        assert str(raised.value) == message


def maps_only(weights: Sequence[Sequence[float]], visible: np.ndarray | None = None) -> av.Trace:
    array = np.array([weights], dtype=np.float32)
    info = av.ModelInfo("made", "made", (av.Stack("encoder", 1, 1),), 1, 1, 0, 9, "0", "none", "made by a test")
    tokens = tuple(av.Token("x", 0, (0, 1), 0, 0, False) for _ in weights)
    return av.Trace(info, ("x",), tokens, (av.MapLayer(array, visible),), maps_only=say("made by hand"))


def test_given_maps_have_no_queries():
    trace = maps_only([[1, 0], [0.25, 0.75]])
    np.testing.assert_array_equal(trace.attention(0, 0), [[1, 0], [0.25, 0.75]])
    assert (trace.heads, trace.nbytes) == (1, 16)
    for ask in (trace.queries, trace.keys, trace.values):
        assert ask(0) is None
        assert ask(0, 0) is None
    with pytest.raises(ValueError, match="read-only"):
        trace.attention(0)[0, 0] = 2


@pytest.mark.parametrize("row", [[0.5, 0.498], [0.6, 0.402], [float("nan"), 1], [float("inf"), 0], [0, 0]])
def test_rows_that_do_not_sum_to_one_are_no_attention(row: list[float]):
    trace = maps_only([[1, 0], row])
    with pytest.raises(av.MapError, match=r"L0 H0 of made can't be shown: what its query 1 gives .* adds up to 1"):
        trace.attention(0, 0)
    with pytest.raises(av.MapError):
        trace.attention(0)


def test_a_query_that_sees_nothing_may_give_nothing():
    visible = np.array([[[True, True], [False, False]]])
    np.testing.assert_array_equal(maps_only([[1, 0], [0, 0]], visible).attention(0, 0), [[1, 0], [0, 0]])
    assert maps_only([[1, 0], [0.4996, 0.4996]]).attention(0, 0)[1].sum() == pytest.approx(0.9992)
