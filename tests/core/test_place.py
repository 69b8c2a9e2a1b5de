"""One head, or a mean of heads."""

from __future__ import annotations

import numpy as np

import attention_viz as av
from attention_viz.core.mean import attention_at
from attention_viz.core.place import ALL_HEADS, Place, heads_of, places_of


def test_what_does_not_go_together_is_left_out():
    assert Place(None, 3, (1,)) == ALL_HEADS
    assert Place(2, 3, (1,)) == Place(2, 3)
    assert Place(2, None, (1, 4)).among == (1, 4)
    assert [place.is_head for place in (Place(0, 0), Place(0), ALL_HEADS)] == [True, False, False]


def test_names():
    named = {place.name for place in (Place(3, 1), Place(3), Place(3, None, (0, 2)), ALL_HEADS)}
    assert named == {"L3 H1", "L3 mean", "L3 mean of H0, H2", "the mean of all heads"}


def test_heads_stand_in_the_order_of_an_array():
    values = np.arange(6).reshape(2, 3)
    assert [values[place.layer, place.head] for place in heads_of(2, 3)] == values.ravel().tolist()
    assert places_of(2, 3) == [*heads_of(2, 3), Place(0), Place(1), ALL_HEADS]


def test_the_map_at_a_place(pronoun):
    np.testing.assert_array_equal(attention_at(pronoun, Place(3, 1)), pronoun.attention(3, 1))
    np.testing.assert_array_equal(attention_at(pronoun, Place(3)), av.mean_attention(pronoun, 3))
    np.testing.assert_array_equal(
        attention_at(pronoun, Place(3, None, (0, 2))), av.mean_attention(pronoun, 3, heads=(0, 2))
    )
    np.testing.assert_array_equal(attention_at(pronoun, ALL_HEADS), av.mean_attention(pronoun))
