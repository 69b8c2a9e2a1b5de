"""What the examples of Compare say is so on the model."""

from __future__ import annotations

import numpy as np
import pytest

import attention_viz as av
from attention_viz.models.catalogue import CATALOGUE
from attention_viz.ui.compare.comparisons import ANOTHER, COMPARISONS, FRESH, THIRSTY
from attention_viz.ui.state.changes import changed
from attention_viz.ui.state.selection import DEFAULT, Selection, Side


def test_the_page_opens_on_the_first(pronoun):
    assert COMPARISONS[0].is_shown(DEFAULT)
    a, b = pronoun.attention(3, 1), pronoun.attention(5, 11)
    assert (round(float(a[10, 2]), 2), round(float(b[10, 2]), 2)) == (0.59, 0.65)
    assert (b[1:-1].argmax(axis=-1) == 2).mean() > 0.7
    assert (a[1:-1].argmax(axis=-1) == 2).mean() < 0.25


def test_one_word_moves_the_head(minilm):
    a, b = (av.trace(minilm, text) for text in (THIRSTY, FRESH))
    texts = [token.text for token in a.tokens]
    it, cat, milk = (texts.index(text) for text in ("it", "cat", "milk"))
    assert it == COMPARISONS[1].query
    weights = [float(trace.attention(3, 1)[it, key]) for key in (cat, milk) for trace in (a, b)]
    np.testing.assert_allclose(weights, [0.46, 0.06, 0.22, 0.42], atol=0.005)


def test_the_other_model_is_in_the_catalogue():
    assert any(entry.name == ANOTHER for entry in CATALOGUE)


@pytest.mark.parametrize("example", COMPARISONS, ids=lambda example: example.name)
def test_each_is_recognised_when_it_is_shown(example):
    shown = changed(Selection(Side("m", "other"), Side(text="x")), **example.changes)
    assert [one for one in COMPARISONS if one.is_shown(shown)] == [example]
