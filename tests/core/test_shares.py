"""The share of attention on some cells."""

from __future__ import annotations

import math

import numpy as np

from attention_viz.core.shares import share_on


def test_queries_without_a_cell_do_not_count():
    weights = np.array([[0.25, 0.75], [0.5, 0.5]], dtype=np.float32)
    assert share_on(weights, np.array([[False, True], [False, False]])) == 0.75
    assert share_on(weights, np.array([[True, True], [True, False]])) == 0.75
    assert share_on(weights, np.ones((2, 2), dtype=bool)) == 1
    assert math.isnan(share_on(weights, np.zeros((2, 2), dtype=bool)))


def test_of_a_batch_every_query_counts_once():
    weights = np.array([[[1.0, 0.0]], [[0.5, 0.5]]], dtype=np.float32)
    assert share_on(weights, np.array([[[True, False]], [[True, False]]])) == 0.75
