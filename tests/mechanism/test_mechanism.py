"""Each part of attention against an independent computation, by hand, and by the laws that it must obey."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from torch import nn
from torch.nn import functional

from attention_viz.core.errors import MechanismError
from attention_viz.mechanism import masks, scoring
from attention_viz.mechanism.attention import attention, cross_attention, self_attention, weighted_sum
from attention_viz.mechanism.multihead import Projection, join_heads, multi_head_attention, split_heads
from attention_viz.mechanism.normalising import divide_by_root, divide_by_sum, softmax, sparsemax
from attention_viz.mechanism.pooling import additive_pooling

NORMALISERS = (softmax, sparsemax, divide_by_sum, divide_by_root)
PROPER = (softmax, sparsemax)

seeds = st.integers(0, 100_000)
sizes = st.integers(1, 7)


def numbers(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).standard_normal(shape))


def some_mask(queries: int, keys: int, seed: int) -> torch.Tensor:
    """Each query sees at least one key."""
    rng = np.random.default_rng(seed)
    seen = rng.random((queries, keys)) < 0.6
    seen[np.arange(queries), rng.integers(0, keys, queries)] = True
    return torch.from_numpy(seen)


class TestScoring:
    def test_by_hand(self):
        q, k = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0], [-2.0, 1.0]])
        torch.testing.assert_close(scoring.dot(q, k), torch.tensor([[11.0, 0.0]]))
        torch.testing.assert_close(scoring.scaled_dot(q, k), torch.tensor([[11 / 2**0.5, 0.0]]))
        torch.testing.assert_close(scoring.cosine(q, k), torch.tensor([[11 / (5**0.5 * 5), 0.0]]))
        w = torch.tensor([[0.0, 1.0], [1.0, 0.0]])  # first meets second: 1·4 + 2·3, 1·1 + 2·(−2)
        torch.testing.assert_close(scoring.general(q, k, w), torch.tensor([[10.0, -3.0]]))
        one = torch.tensor([[1.0], [0.0]])  # only the first dimensions are read: 2·tanh(1 + 3), 2·tanh(1 − 2)
        expected = 2 * np.tanh([[4.0, -1.0]])
        found = scoring.additive(q, k, one, one, torch.tensor([2.0]))
        torch.testing.assert_close(found, torch.from_numpy(expected).float())

    @given(sizes, sizes, sizes, seeds)
    @settings(deadline=None)
    def test_pair_by_pair_in_numpy(self, queries, keys, size, seed):
        q, k = numbers(queries, size, seed=seed), numbers(keys, size + 1, seed=seed + 1)
        w, w1, w2, v = (numbers(*shape, seed=seed) for shape in ((size, size + 1), (size, 3), (size + 1, 3), (3,)))
        pairs = [[(q[i].numpy(), k[j].numpy()) for j in range(keys)] for i in range(queries)]
        w_, w1_, w2_, v_ = (m.numpy() for m in (w, w1, w2, v))
        bilinear = [[a @ w_ @ b for a, b in row] for row in pairs]
        network = [[v_ @ np.tanh(w1_.T @ a + w2_.T @ b) for a, b in row] for row in pairs]
        np.testing.assert_allclose(scoring.general(q, k, w), bilinear, atol=1e-12)
        np.testing.assert_allclose(scoring.additive(q, k, w1, w2, v), network, atol=1e-12)

    def test_cosine_is_torchs(self):
        q, k = numbers(3, 5), numbers(4, 5, seed=1)
        expected = functional.cosine_similarity(q[:, None], k[None], dim=-1)
        torch.testing.assert_close(scoring.cosine(q, k), expected)

    def test_a_vector_of_zeros_has_no_direction(self):
        with pytest.raises(MechanismError, match="vector of key 1 is all zeros and has no direction"):
            scoring.cosine(torch.ones(2, 2), torch.tensor([[1.0, 1.0], [0.0, 0.0]]))
        with pytest.raises(MechanismError, match="vector of query 0"):
            scoring.cosine(torch.zeros(1, 2), torch.ones(2, 2))

    def test_sizes_that_do_not_fit(self):
        q, k = torch.ones(2, 3), torch.ones(2, 4)
        for score in (scoring.dot, scoring.scaled_dot, scoring.cosine):
            with pytest.raises(MechanismError, match="A query has 3 numbers and a key 4"):
                score(q, k)
        with pytest.raises(MechanismError, match="W is 4 × 3, but 3 × 4 fits"):
            scoring.general(q, k, torch.ones(4, 3))
        with pytest.raises(MechanismError, match="W₂ is 3 × 2, but 4 × 2 fits"):
            scoring.additive(q, k, torch.ones(3, 2), torch.ones(3, 2), torch.ones(2))


class TestMasks:
    def test_by_hand(self):
        assert masks.causal(3, 3).int().tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
        assert masks.causal(2, 4).int().tolist() == [[1, 0, 0, 0], [1, 1, 0, 0]]
        assert masks.window(3, 4, 1).int().tolist() == [[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1]]
        assert masks.padding(torch.tensor([3, 1]), 3).int().tolist() == [[[1, 1, 1]], [[1, 0, 0]]]

    def test_together_they_hide_what_any_hides(self):
        both = masks.all_of(masks.causal(3, 3), masks.window(3, 3, 1), masks.padding(torch.tensor([2]), 3))
        assert both[0].int().tolist() == [[1, 0, 0], [1, 1, 0], [0, 1, 0]]

    def test_no_negative_window(self):
        with pytest.raises(MechanismError, match="radius is -1"):
            masks.window(2, 2, -1)


class TestNormalising:
    @given(sizes, sizes, seeds, st.floats(0.1, 10))
    @settings(deadline=None)
    def test_softmax_is_torchs(self, queries, keys, seed, temperature):
        scores, seen = 10 * numbers(queries, keys, seed=seed), some_mask(queries, keys, seed)
        expected = torch.softmax((scores / temperature).masked_fill(~seen, -torch.inf), dim=-1)
        torch.testing.assert_close(softmax(scores, seen, temperature), expected)

    @given(sizes, seeds, st.floats(0.1, 10))
    @settings(deadline=None)
    def test_sparsemax_is_the_projection_onto_the_simplex(self, keys, seed, temperature):
        scores, seen = numbers(1, keys, seed=seed), some_mask(1, keys, seed)
        z = (scores / temperature).numpy()[0][seen.numpy()[0]]
        # Independent of sorting: the root of Σ max(0, z − τ) − 1, which falls from Σ ≥ 1 to −1.
        tau = brentq(lambda t: np.maximum(z - t, 0).sum() - 1, z.min() - 2, z.max(), xtol=1e-14)
        expected = np.zeros(keys)
        expected[seen.numpy()[0]] = np.maximum(z - tau, 0)
        np.testing.assert_allclose(sparsemax(scores, seen, temperature)[0], expected, atol=1e-9)

    def test_sparsemax_by_hand(self):
        # τ = (1 + 0.8 − 1) / 2 = 0.4; −1 lies below it.
        torch.testing.assert_close(sparsemax(torch.tensor([[1.0, 0.8, -1.0]])), torch.tensor([[0.6, 0.4, 0.0]]))
        assert sparsemax(torch.tensor([[5.0, 1.0]])).tolist() == [[1.0, 0.0]]

    @given(sizes, sizes, seeds, st.floats(-100, 100))
    @settings(deadline=None)
    def test_proper_weights_share_out_one_whatever_is_added(self, queries, keys, seed, constant):
        scores, seen = 3 * numbers(queries, keys, seed=seed), some_mask(queries, keys, seed)
        for normalise in PROPER:
            weights = normalise(scores, seen)
            assert (weights >= 0).all()
            torch.testing.assert_close(weights.sum(-1), torch.ones(queries, dtype=torch.float64))
            torch.testing.assert_close(normalise(scores + constant, seen), weights, atol=1e-10, rtol=0)

    @pytest.mark.parametrize("normalise", NORMALISERS)
    @given(st.integers(1, 5), sizes, seeds)
    @settings(deadline=None)
    def test_for_every_normaliser_keys_may_change_places_and_hidden_ones_get_exactly_nothing(
        self, normalise, queries, keys, seed
    ):
        scores, seen = numbers(queries, keys, seed=seed).abs() + 0.1, some_mask(queries, keys, seed)
        weights = normalise(scores, seen)
        order = torch.from_numpy(np.random.default_rng(seed).permutation(keys))
        torch.testing.assert_close(normalise(scores[:, order], seen[:, order]), weights[:, order])
        assert (weights[~seen] == 0).all()
        # A hidden score has no influence.
        torch.testing.assert_close(normalise(scores.masked_fill(~seen, 1e6), seen), weights)

    def test_huge_scores(self):
        scores = torch.tensor([[1e6, 1e6 - 1, -1e6]], dtype=torch.float64)
        assert torch.isfinite(softmax(scores)).all()
        assert sparsemax(scores).tolist() == [[1.0, 0.0, 0.0]]

    def test_what_goes_wrong_with_the_sum(self):
        torch.testing.assert_close(divide_by_sum(torch.tensor([[3.0, -1.0]])), torch.tensor([[1.5, -0.5]]))
        assert divide_by_sum(torch.tensor([[1.0, -3.0]]))[0, 0] < 0, "the sign turns round"
        assert divide_by_sum(torch.tensor([[1.0, -1.0]])).isnan().all()

    def test_what_goes_wrong_with_the_root_of_the_sum(self):
        scores = torch.tensor([[0.32, 0.50, 0.14]])
        torch.testing.assert_close(divide_by_root(scores).sum(), torch.tensor(0.96**0.5))
        assert divide_by_root(-scores).isnan().all()
        hidden = divide_by_root(torch.tensor([[-1.0, 2.0]]), torch.tensor([[True, False]]))
        assert hidden[0, 0].isnan()
        assert hidden[0, 1] == 0

    @pytest.mark.parametrize("normalise", NORMALISERS)
    def test_a_query_that_sees_nothing_is_undefined(self, normalise):
        seen = torch.tensor([[True, True], [False, False]])
        with pytest.raises(MechanismError, match=r"Query 1 sees no key: all are masked\. Its weights are undefined"):
            normalise(torch.ones(2, 2), seen)
        with pytest.raises(MechanismError, match="Each query sees no key"):
            normalise(torch.ones(2, 2), torch.tensor([[False, False]]))
        with pytest.raises(MechanismError, match="no key at all"):
            normalise(torch.ones(2, 0))

    @pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), float("inf")])
    def test_a_temperature_divides(self, temperature):
        for normalise in PROPER:
            with pytest.raises(MechanismError, match="has to be above 0"):
                normalise(torch.ones(1, 2), None, temperature)


class TestAttention:
    @given(sizes, sizes, sizes, seeds)
    @settings(deadline=None)
    def test_is_the_fused_kernel(self, queries, keys, size, seed):
        q, k, v = numbers(2, queries, size, seed=seed), numbers(2, keys, size, seed=seed + 1), numbers(2, keys, 3)
        seen = some_mask(queries, keys, seed)
        expected = functional.scaled_dot_product_attention(q, k, v, attn_mask=seen)
        torch.testing.assert_close(attention(q, k, v, seen).output, expected)

    def test_self_and_cross(self):
        x, y, w = numbers(4, 3), numbers(5, 2, seed=1), [numbers(3, 2, seed=s) for s in (2, 3, 4)]
        expected = functional.scaled_dot_product_attention(x @ w[0], x @ w[1], x @ w[2])
        torch.testing.assert_close(self_attention(x, *w).output, expected)
        other = [numbers(2, 2, seed=s) for s in (5, 6)]
        expected = functional.scaled_dot_product_attention(x @ w[0], y @ other[0], y @ other[1])
        torch.testing.assert_close(cross_attention(x, y, w[0], *other).output, expected)

    def test_a_value_for_each_key(self):
        with pytest.raises(MechanismError, match="weights for 2 keys and 3 values"):
            weighted_sum(torch.ones(1, 2), torch.ones(3, 2))


class TestMultiHead:
    @pytest.mark.parametrize("heads", [1, 2, 4])
    def test_is_torchs_module_with_a_padding_mask(self, heads):
        torch.manual_seed(heads)
        module = nn.MultiheadAttention(8, heads, batch_first=True, dtype=torch.float64)
        nn.init.normal_(module.in_proj_bias)
        nn.init.normal_(module.out_proj.bias)
        x, lengths = numbers(2, 5, 8), torch.tensor([5, 3])
        seen = masks.padding(lengths, 5)
        expected, expected_weights = module(x, x, x, key_padding_mask=~seen[:, 0], average_attn_weights=False)
        query_map, key_map, value_map = (
            Projection(weight.T, bias)
            for weight, bias in zip(module.in_proj_weight.chunk(3), module.in_proj_bias.chunk(3), strict=True)
        )
        output_map = Projection(module.out_proj.weight.T, module.out_proj.bias)
        output, attended = multi_head_attention(x, x, heads, query_map, key_map, value_map, output_map, seen)
        torch.testing.assert_close(output, expected)
        torch.testing.assert_close(attended.weights, expected_weights)
        assert (attended.weights[1, :, :, 3:] == 0).all()

    @given(st.sampled_from([1, 2, 3, 6]), seeds)
    @settings(deadline=None)
    def test_split_and_join_are_inverse(self, heads, seed):
        rows = numbers(2, 4, 6, seed=seed)
        assert torch.equal(join_heads(split_heads(rows, heads)), rows)
        assert torch.equal(split_heads(rows, heads)[:, 0], rows[..., : 6 // heads])

    def test_sizes_that_do_not_fit(self):
        with pytest.raises(MechanismError, match="Vectors of 6 numbers can't be split among 4 heads"):
            split_heads(torch.ones(2, 6), 4)
        with pytest.raises(MechanismError, match="A vector has 3 numbers, but the projection takes 2"):
            Projection(torch.ones(2, 2))(torch.ones(1, 3))


class TestPooling:
    def test_token_by_token_in_numpy(self):
        states, weight, bias, direction = (
            numbers(2, 4, 3),
            numbers(3, 5, seed=1),
            numbers(5, seed=2),
            numbers(5, seed=3),
        )
        seen = torch.tensor([[True] * 4, [True, True, False, False]])
        context, weights = additive_pooling(states, weight, bias, direction, seen)
        for one in range(2):
            real = states[one].numpy()[seen[one].numpy()]
            powers = np.exp([direction.numpy() @ np.tanh(weight.numpy().T @ h + bias.numpy()) for h in real])
            expected = powers / powers.sum()
            np.testing.assert_allclose(weights[one][: len(real)], expected)
            np.testing.assert_allclose(context[one], expected @ real)
        assert (weights[1, 2:] == 0).all()

    def test_a_text_of_padding_alone(self):
        with pytest.raises(MechanismError, match="no key"):
            additive_pooling(torch.ones(1, 2, 1), torch.ones(1, 1), torch.ones(1), torch.ones(1), torch.zeros(1, 2) > 0)
