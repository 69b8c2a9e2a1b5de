"""The worked steps, the sums written out, and the numbers behind the curves."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from attention_viz.mechanism import cost, terms
from attention_viz.mechanism.recipe import Recipe, project, visible, work


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


def test_the_chain_of_several_heads_is_the_fused_kernel():
    q, k, v, w = numbers(3, 4), numbers(5, 4, seed=1), numbers(5, 6, seed=2), numbers(6, 6, seed=3)
    seen = visible(3, 5, ("causal", "padding"), length=4, radius=0)
    assert seen is not None
    worked: Any = work(Recipe(q, k, v, seen, heads=2, output_weight=w))
    heads = [torch.from_numpy(rows.reshape(len(rows), 2, -1).swapaxes(0, 1)) for rows in (q, k, v)]
    mixed = functional.scaled_dot_product_attention(heads[0], heads[1], heads[2], attn_mask=torch.from_numpy(seen))
    np.testing.assert_allclose(worked.head_outputs, mixed)
    np.testing.assert_allclose(worked.output, mixed.numpy().swapaxes(0, 1).reshape(3, 6) @ w)
    assert (worked.weights[:, ~seen] == 0).all()
    assert np.isneginf(worked.masked[:, ~seen]).all()


def test_the_chain_stops_where_it_has_to_and_says_why():
    q = numbers(2, 3)
    blind = work(Recipe(q, q, q, np.array([[True, True], [False, False]])))
    assert blind.masked is not None
    assert blind.weights is None
    assert blind.output is None
    assert "Query 1 sees no key" in str(blind.problem)
    uneven = work(Recipe(q, numbers(2, 4), q))
    assert uneven.scores is None
    assert "A query has 3 numbers and a key 4" in str(uneven.problem)
    unsplit = work(Recipe(q, q, q, heads=2))
    assert unsplit.queries is None
    assert "can't be split among 2 heads" in str(unsplit.problem)
    flat = work(Recipe(q, np.zeros((2, 3)), q, scoring="cosine"))
    assert "vector of key 0 is all zeros" in str(flat.problem)


def test_projecting():
    np.testing.assert_allclose(project(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])), [[11.0]])


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.32, "0.32"),
        (-0.5, "−0.5"),
        (0, "0"),
        (2.5e-7, "2.5·10⁻⁷"),
        (1e6, "10⁶"),
        (123456, "1.235·10⁵"),
        (float("nan"), "undefined"),
        (float("-inf"), "−∞"),
        (float("inf"), "∞"),
    ],
)
def test_numbers_as_on_paper(value, written):
    assert terms.number(value) == written


def test_sums_term_by_term():
    assert terms.products([0.1, 0.2, 0.3], [0.4, 0.5, 0.6], 0.32) == "0.1·0.4 + 0.2·0.5 + 0.3·0.6 = 0.32"
    assert terms.products([-1.0], [2.0], -2.0) == "(−1)·2 = −2"
    assert terms.cosine([3.0, 4.0], [1.0, 0.0], 0.6) == "(3·1 + 4·0) / (5·1) = 0.6"
    assert terms.softmax([0.0, -1.0, -np.inf], 0, 1.0, 0.731) == "e^0 / (e^0 + e^(−1)) = 0.731"
    assert terms.softmax([0.0, -np.inf], 1, 1.0, 0.0) == "hidden: e^−∞ = 0"
    assert terms.softmax([4.0], 0, 2.0, 1.0) == "e^(4/2) / (e^(4/2)) = 1"
    assert terms.share([2.0, 2.0], 0, 1.0, root=True) == "2 / √(2 + 2) = 1"
    assert terms.additive([0.0, 1.0], [1.0, -2.0], -1.523) == "1·tanh(0) + (−2)·tanh(1) = −1.523"
    assert terms.sparsemax([1.0, 0.8], 1, 1.0, 0.4, 0.4) == "max(0, 0.8 − 0.4) = 0.4, with τ = 0.4"


def test_a_long_sum_names_how_many_terms_are_left_out():
    line = terms.products([float(one) for one in range(50)], [1.0] * 50, 1225.0)
    left_out = re.search(r"… \((\d+) more\)", line)
    assert left_out
    assert len(re.findall(r"·1", line)) + int(left_out[1]) == 50


def test_costs_by_hand():
    assert cost.operations(10, 64) == 2 * 10 * 10 * 64 * 2
    assert cost.operations(1000, 64, 257) == 4 * 1000 * 257 * 64
    assert cost.operations(100, 64, 257) == cost.operations(100, 64), "a window can't see more than there is"
    assert cost.map_bytes(512) * 144 == 150_994_944
    assert cost.kept_bytes(512, 64) * 144 == 56_623_104


def test_without_the_scale_attention_narrows_as_keys_grow():
    plain, scaled = cost.entropy_by_size(10, (1, 8, 64, 128), 0)
    assert plain[0] == pytest.approx(scaled[0])
    assert plain[1] > plain[2] > plain[3]
    assert plain[3] < 0.4
    assert scaled[1:].min() > 1.6
    assert max(plain.max(), scaled.max()) <= np.log(10)
