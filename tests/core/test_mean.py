"""The mean of heads against numpy."""

from __future__ import annotations

import numpy as np
import pytest

import attention_viz as av


def test_means(pronoun):
    every = np.stack([pronoun.attention(layer) for layer in range(6)])
    np.testing.assert_allclose(av.mean_attention(pronoun), every.mean(axis=(0, 1)), atol=1e-7)
    np.testing.assert_allclose(av.mean_attention(pronoun, 2), every[2].mean(axis=0), atol=1e-7)
    np.testing.assert_allclose(av.mean_attention(pronoun, 2, [1, 5]), every[2, [1, 5]].mean(axis=0), atol=1e-7)
    np.testing.assert_allclose(av.mean_attention(pronoun, heads=[0]), every[:, 0].mean(axis=0), atol=1e-7)


def test_rows_still_sum_to_one_and_nothing_can_be_written(pronoun):
    mean = av.mean_attention(pronoun)
    np.testing.assert_allclose(mean.sum(axis=-1), 1, atol=1e-6)
    with pytest.raises(ValueError, match="read-only"):
        mean[0, 0] = 1


def test_what_is_not_there(pronoun):
    with pytest.raises(av.RangeError, match="no layer 6"):
        av.mean_attention(pronoun, 6)
    with pytest.raises(av.RangeError, match="no head 12"):
        av.mean_attention(pronoun, 0, [12])
    with pytest.raises(ValueError, match="mean of no head"):
        av.mean_attention(pronoun, 0, [])
