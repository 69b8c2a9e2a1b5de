"""What a browser sends may be anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from attention_viz.core.place import FIRST, Place
from attention_viz.views.settings import COVERS, Links, Settings
from attention_viz.views.shown import (
    Held,
    Sent,
    Shown,
    heads_from,
    held_from,
    links_from,
    part_from,
    place_from,
    row_from,
    section_from,
    sent_from,
)

SIDES = ("query", "key", "choice", "value")
ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.sampled_from(SIDES), inner),
    max_leaves=6,
)


def test_what_the_browser_is_told():
    shown = Shown("t", Place(2, None, (1, 3)), Held(None, 4), Settings(Links((5,), cover=80), part="layer"))
    assert shown.told() == {
        "trace": "t",
        "layer": 2,
        "head": None,
        "among": (1, 3),
        "held": {"query": None, "key": 4},
        "settings": {
            "links": {"beside": (5,), "cover": 80, "least": 0.0, "hide": False, "again": False, "route": ""},
            "part": "layer",
        },
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
    assert section_from(sent, (3, 2)) is None


SET = {"beside": [7, 4, 7], "cover": 80, "least": 0.123456, "hide": True, "again": False, "route": "01"}


def test_settings_of_the_links():
    assert links_from(SET, 12) == Links((4, 7), 80, 0.1235, hide=True, route="01")
    assert links_from(Shown("t", FIRST).told()["settings"]["links"], 12) == Links()
    assert links_from({**SET, "least": 1}, 12) == Links((4, 7), 80, 1.0, hide=True, route="01")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("beside", [12]),
        ("beside", "4"),
        ("beside", None),
        ("beside", [True]),
        ("cover", 61),
        ("cover", 0),
        ("cover", 105),
        ("cover", float("nan")),
        ("cover", True),
        ("cover", "60"),
        ("least", float("nan")),
        ("least", float("inf")),
        ("least", -0.1),
        ("least", 1.1),
        pytest.param("least", 10**400, id="least-huge"),
        ("least", None),
        ("hide", 1),
        ("again", "yes"),
        ("route", "02"),
        ("route", None),
        ("route", ["01"]),
    ],
)
def test_settings_that_are_none_change_nothing(name, value):
    assert links_from({**SET, name: value}, 12) is None
    assert links_from({other: SET[other] for other in SET if other != name}, 12) is None


@given(ANYTHING, some.dictionaries(some.sampled_from(list(SET)), ANYTHING))
def test_whatever_the_browser_sends_is_set_well_or_not_at_all(value, values):
    for sent in (value, {**SET, **values}):
        found = links_from(sent, 3)
        assert found is None or (found.cover in COVERS and 0 <= found.least <= 1 and set(found.beside) <= {0, 1, 2})
        assert part_from(sent) is None


def test_a_part_of_the_heads():
    assert [part_from(sent) for sent in ("all", "layer", "head", "", None, ["all"])] == [
        "all",
        "layer",
        "head",
        None,
        None,
        None,
    ]


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
    assert section_from(sent, (5, 3)) == part
