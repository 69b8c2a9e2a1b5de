"""One weight taken apart, against scipy, against the Trace, and for each kind of layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax

import attention_viz as av
from attention_viz.core.inside import SCORE_TOLERANCE, WEIGHT_TOLERANCE, strongest_ordinary
from attention_viz.core.model_info import Kind
from attention_viz.models.threads import set_thread_count
from attention_viz.models.tracing import traces
from tests.conftest import tokens_of
from tests.models.tiny import FAMILIES, FIRST, SECOND, load

BY_NAME = {tiny.family: tiny for tiny in FAMILIES}
IT, CAT = 10, 2


@pytest.fixture(scope="module")
def family_of(tmp_path_factory) -> Callable[[str], Mapping[Kind, av.Trace]]:
    set_thread_count()

    @cache
    def make(name: str) -> Mapping[Kind, av.Trace]:
        return traces(load(BY_NAME[name].save(tmp_path_factory.mktemp(name))), FIRST, SECOND)

    return make


def by_hand(names: list[str], layer: av.Layer, kind: Kind = "decoder") -> av.Trace:
    info = av.ModelInfo("made", "made", (av.Stack(kind, 1, layer.heads),), 2, 2, 0, 9, "0", "none", "made by a test")
    return av.Trace(info, (" ".join(names),), tokens_of(names), (layer,), kind=kind)


def test_a_row_worked_out_by_hand():
    """q = (1, 2) against k = (3, 4), (1, 0) and (0, 1): 11, 1 and 2; halved and moved by the bias: 5.5, 1.5, 1."""
    q = np.array([[[9, 9], [9, 9], [1, 2]]], dtype=np.float32)
    k = np.array([[[3, 4], [1, 0], [0, 1]]], dtype=np.float32)
    v = np.array([[[3, 4], [0, 1], [6, 8]]], dtype=np.float32)
    bias = np.broadcast_to(np.array([0, 1, 0], dtype=np.float32), (1, 1, 3)).copy()
    apart = av.take_apart(by_hand(["a", "b", "c"], av.Layer(q, k, v, 0.5, bias)), 0, 0, 2, 0)
    assert apart.products.tolist() == [3, 8]
    assert apart.running.tolist() == [3, 11]
    assert apart.largest(1) == [1]
    assert apart.dots.tolist() == [11, 1, 2]
    assert apart.scores.tolist() == [5.5, 1.5, 1]
    assert (apart.dot, apart.scale, apart.bias, apart.score, apart.top) == (11, 0.5, 0, 5.5, 5.5)
    np.testing.assert_allclose(apart.powers, [1, np.e**-4, np.e**-4.5])
    assert apart.total == pytest.approx(1 + np.e**-4 + np.e**-4.5)
    assert apart.weight == pytest.approx(1 / apart.total)
    assert apart.norms.tolist() == [5, 1, 10]
    np.testing.assert_allclose(apart.passed, apart.weights * [5, 1, 10])
    np.testing.assert_allclose(apart.output, apart.weights @ v[0])
    assert apart.agrees
    assert not apart.hidden
    assert apart.why_hidden is None


def test_every_pair_of_the_bundled_model_agrees_with_its_trace(pronoun):
    """And with scipy, in three layers."""
    for layer, head in ((0, 2), (3, 1), (5, 11)):
        queries, keys = pronoun.queries(layer, head), pronoun.keys(layer, head)
        scores = queries.astype(np.float64) @ keys.astype(np.float64).T / np.sqrt(32)
        expected = softmax(scores, axis=-1)
        weights = pronoun.attention(layer, head)
        for query in range(len(pronoun.tokens)):
            for key in range(len(pronoun.tokens)):
                apart = av.take_apart(pronoun, layer, head, query, key)
                assert apart.score == pytest.approx(scores[query, key], rel=1e-9)
                assert apart.weight == pytest.approx(expected[query, key], rel=1e-9)
                assert apart.traced_weight == pytest.approx(weights[query, key], abs=1e-6)
                assert apart.agrees, (apart.score_error, apart.weight - apart.traced_weight)
                if abs(apart.score) > 0.1:
                    assert apart.traced_score == pytest.approx(apart.score, rel=1e-5)


def test_the_opening_example(pronoun):
    apart = av.take_apart(pronoun, 3, 1, IT, CAT)
    assert apart.weight == pytest.approx(0.591034, abs=1e-5)
    assert apart.running[-1] == pytest.approx(apart.dot)
    assert sum(apart.products[at] for at in apart.largest(32)) == pytest.approx(apart.dot)
    assert list(np.abs(apart.products[apart.largest(32)])) == sorted(np.abs(apart.products), reverse=True)
    assert apart.weights.sum() == pytest.approx(1)
    assert strongest_ordinary(pronoun, 3, 1, IT) == CAT


@pytest.mark.parametrize("family", ["bert", "roberta", "modernbert", "gpt2", "llama", "qwen3", "opt", "t5", "bart"])
def test_families_agree_with_their_traces_and_with_float64(family_of, family):
    for trace in family_of(family).values():
        for layer, source in enumerate(trace.layers):
            assert isinstance(source, av.Layer)
            for head in (0, source.heads - 1):
                for query in (0, len(trace.tokens) // 2, len(trace.tokens) - 1):
                    scores = [
                        float(np.dot(source.query[head, query].astype(float), vector.astype(float))) * source.scale
                        for vector in source.key[head // (source.heads // source.key.shape[0])]
                    ]
                    if source.bias is not None:
                        scores += np.broadcast_to(source.bias, (source.heads, *trace.visible(layer, head).shape))[
                            head, query
                        ]
                    expected = softmax(np.where(trace.visible(layer, head)[query], scores, -np.inf))
                    for key in (0, len(trace.key_tokens) // 2, len(trace.key_tokens) - 1):
                        apart = av.take_apart(trace, layer, head, query, key)
                        assert apart.score == pytest.approx(scores[key], rel=1e-9, abs=1e-9)
                        np.testing.assert_allclose(apart.weights, expected, atol=1e-12)
                        assert apart.agrees
                        assert apart.hidden == (not trace.visible(layer, head)[query, key])
                        if apart.hidden:
                            assert apart.weight == apart.traced_weight == 0
                            assert apart.passed[key] == 0


def test_t5_has_a_bias_and_no_scale(family_of):
    apart = av.take_apart(family_of("t5")["encoder"], 0, 1, 3, 5)
    assert apart.scale == 1
    assert apart.biases is not None
    assert apart.bias != 0
    assert apart.score == pytest.approx(apart.dot + apart.bias)


def test_grouped_heads_read_the_key_that_they_share(family_of):
    trace = family_of("llama")["decoder"]
    source = trace.layers[0]
    assert isinstance(source, av.Layer)
    assert source.key.shape[0] == 2
    for head, kv_head in enumerate((0, 0, 1, 1)):
        apart = av.take_apart(trace, 0, head, 5, 2)
        np.testing.assert_array_equal(apart.key_vector, source.key[kv_head, 2])
        np.testing.assert_array_equal(apart.values, source.value[kv_head])


def test_what_a_decoder_can_not_see_yet(family_of):
    apart = av.take_apart(family_of("gpt2")["decoder"], 0, 0, 3, 7)
    assert apart.hidden
    assert str(apart.why_hidden) == (
        "Key 7 comes after query 3, and a decoder can't see what comes later: a causal mask hides it."
    )
    assert np.isfinite(apart.score), "what it would have been"
    assert apart.scores[7] == apart.traced_score == -np.inf
    assert apart.agrees


def test_what_lies_outside_a_window(family_of):
    trace = family_of("modernbert")["encoder"]
    apart = av.take_apart(trace, 1, 0, 20, 2)
    assert (
        str(apart.why_hidden)
        == "This layer reads through a window: query 20 sees the keys 16 to 24, and key 2 lies outside."
    )
    assert av.take_apart(trace, 0, 0, 20, 2).why_hidden is None, "the first layer reads everything"


def test_a_query_that_sees_nothing(made_trace):
    trace = made_trace(["a", "b", "c"])
    visible = np.ones((1, 3, 3), dtype=bool)
    visible[0, 1] = False
    trace = replace(trace, layers=(replace(trace.layers[0], visible=visible),))
    apart = av.take_apart(trace, 0, 0, 1, 2)
    assert apart.weights.tolist() == [0, 0, 0]
    assert (apart.total, apart.top, apart.weight) == (0, -np.inf, 0)
    assert "can see no key at all" in str(apart.why_hidden)
    assert apart.agrees
    assert strongest_ordinary(trace, 0, 0, 1) == 0


def test_a_mask_with_holes(made_trace):
    trace = made_trace(["a", "b", "c"])
    visible = np.array([[[True, False, True]]])
    trace = replace(trace, layers=(replace(trace.layers[0], visible=visible),))
    apart = av.take_apart(trace, 0, 0, 0, 1)
    assert str(apart.why_hidden) == "This layer's mask hides key 1 from query 0, which sees 2 other keys."


@given(st.integers(0, 10_000), st.floats(-50, 50))
@settings(max_examples=40, deadline=None)
def test_adding_a_constant_to_all_scores_changes_no_weight(seed, constant):
    rng = np.random.default_rng(seed)
    q, k, v = rng.standard_normal((3, 1, 4, 8), dtype=np.float32)
    names = ["a", "b", "c", "d"]
    plain = av.take_apart(by_hand(names, av.Layer(q, k, v, 0.5)), 0, 0, 3, 1)
    moved = av.take_apart(
        by_hand(names, av.Layer(q, k, v, 0.5, np.full((1, 1, 1), constant, dtype=np.float32))), 0, 0, 3, 1
    )
    np.testing.assert_allclose(moved.weights, plain.weights, atol=1e-12)
    assert moved.score == pytest.approx(plain.score + np.float32(constant))
    assert moved.agrees


def test_a_trace_that_says_something_else_is_not_said_to_agree(pronoun):
    apart = av.take_apart(pronoun, 3, 1, IT, CAT)
    assert apart.agrees
    assert not replace(apart, traced_weight=apart.weight + 2 * WEIGHT_TOLERANCE).agrees
    size = float(np.abs(apart.products).sum()) * apart.scale
    assert not replace(apart, traced_score=apart.score + 2 * SCORE_TOLERANCE * size).agrees
    assert not replace(apart, traced_score=-np.inf).agrees


def test_arrays_can_not_be_changed(pronoun):
    apart = av.take_apart(pronoun, 3, 1, IT, CAT)
    for array in (apart.query_vector, apart.key_vector, apart.scores, apart.weights, apart.values):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_maps_without_queries_and_keys_say_why(family_of):
    trace = family_of("deberta-v2")["encoder"]
    with pytest.raises(av.MapError, match="computes attention in its own way, so only its maps can be shown"):
        av.take_apart(trace, 0, 0, 1, 1)
    given_maps = av.from_arrays(np.eye(2, dtype=np.float32)[None, None], ["a", "b"])
    with pytest.raises(av.MapError, match="given as numbers, without queries and keys"):
        av.take_apart(given_maps, 0, 0, 1, 1)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ((6, 0, 0, 0), "no layer 6"),
        ((0, 12, 0, 0), "no head 12"),
        ((0, 0, 24, 0), "no query token 24"),
        ((0, 0, 0, -1), "no key token -1"),
    ],
)
def test_what_is_not_there_is_named(pronoun, place, message):
    with pytest.raises(av.RangeError, match=message):
        av.take_apart(pronoun, *place)


def test_the_strongest_ordinary_key_is_none_that_can_not_be_seen_and_no_special_one(pronoun, family_of):
    for query in range(len(pronoun.tokens)):
        key = strongest_ordinary(pronoun, 3, 1, query)
        row = pronoun.attention(3, 1)[query]
        assert not pronoun.tokens[key].special
        assert row[key] == max(row[at] for at, token in enumerate(pronoun.tokens) if not token.special)
    decoder = family_of("gpt2")["decoder"]
    assert strongest_ordinary(decoder, 0, 0, 0) == 0
    llama = family_of("llama")["decoder"]
    assert strongest_ordinary(llama, 0, 0, 0) == 0, "nothing but its special token can be seen"
