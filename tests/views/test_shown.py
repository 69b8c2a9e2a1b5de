"""What a browser sends may be anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from attention_viz.core.place import FIRST, Place
from attention_viz.views.shown import (
    Held,
    Sent,
    Shown,
    heads_from,
    held_from,
    part_from,
    place_from,
    row_from,
    sent_from,
)

SIDES = ("query", "key", "choice", "value")
ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.sampled_from(SIDES), inner),
    max_leaves=6,
)


def test_what_the_browser_is_told():
    shown = Shown("t", Place(2, None, (1, 3)), Held(None, 4))
    assert shown.told() == {
        "trace": "t",
        "layer": 2,
        "head": None,
        "among": (1, 3),
        "held": {"query": None, "key": 4},
    }
    assert Shown("t", FIRST).held == Held(None, None)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"choice": 7, "value": [1, 2]}, Sent(7, [1, 2])),
        ({"choice": 0, "value": None}, Sent(0, None)),
        ({"choice": 2**53 - 1, "value": 1}, Sent(2**53 - 1, 1)),
        ({"choice": 2**53, "value": 1}, Sent(0, 1)),
        ({"choice": -1, "value": 1}, Sent(0, 1)),
        ({"choice": True, "value": 1}, Sent(0, 1)),
        ({"choice": 1.5, "value": 1}, Sent(0, 1)),
        ({"choice": "7", "value": 1}, Sent(0, 1)),
        ({"value": 1}, Sent(0, 1)),
        ([7, 1], Sent(0, None)),
        (None, Sent(0, None)),
    ],
)
def test_the_number_of_a_choice(sent, read):
    assert sent_from(sent) == read


@pytest.mark.parametrize(
    ("sent", "held"),
    [
        ({"query": 2, "key": 0}, Held(2, 0)),
        ({"query": 2, "key": 3}, Held(2)),
        ({"query": -1, "key": 0}, Held(None, 0)),
        ({"query": True, "key": 0.0}, Held()),
        ({"key": 1}, Held(None, 1)),
        ([2, 0], Held()),
        ("20", Held()),
        (None, Held()),
    ],
)
def test_only_places_that_are_there_are_held(sent, held):
    assert held_from(sent, (3, 3)) == held


@given(ANYTHING)
def test_nothing_that_is_sent_does_harm(sent):
    read = sent_from(sent)
    assert 0 <= read.choice < 2**53
    held = held_from(sent, (3, 2))
    assert held.query in (None, 0, 1, 2)
    assert held.key in (None, 0, 1)
    place = place_from(sent, 2, 2)
    assert place is None or (place.layer in (None, 0, 1) and place.head in (None, 0, 1))
    assert set(heads_from(sent, 2)) <= {0, 1}
    assert row_from(sent, 2) in (None, 0, 1)
    assert part_from(sent, (3, 2)) is None


@pytest.mark.parametrize(
    ("sent", "part"),
    [
        ({"rows": [1, 4], "columns": [0, 3]}, ((1, 4), (0, 3))),
        ({"rows": [0, 5], "columns": [0, 3]}, None),
        ({"rows": [0, 5], "columns": [0, 2]}, ((0, 5), (0, 2))),
        ({"rows": [0, 6], "columns": [0, 3]}, None),
        ({"rows": [2, 2], "columns": [0, 3]}, None),
        ({"rows": [3, 1], "columns": [0, 3]}, None),
        ({"rows": [-1, 4], "columns": [0, 3]}, None),
        ({"rows": [0.5, 4], "columns": [0, 3]}, None),
        ({"rows": [True, 4], "columns": [0, 3]}, None),
        ({"rows": [0, 1, 2], "columns": [0, 3]}, None),
        ({"rows": "04", "columns": [0, 3]}, None),
        ({"rows": [1, 4]}, None),
        ([1, 4, 0, 3], None),
        (None, None),
    ],
)
def test_only_a_part_that_is_there_is_zoomed_into(sent, part):
    assert part_from(sent, (5, 3)) == part
