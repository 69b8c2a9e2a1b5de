"""What the page Compare works out: which side is what after a swap, and how far all heads lie from one."""

from __future__ import annotations

import numpy as np
import pytest

import attention_viz as av
from attention_viz.models.tracing import traces
from attention_viz.ui.compare import from_a, grounds, on_common_ground, swapped
from attention_viz.ui.selection import Selection, changed, from_query, other, to_query
from tests.models.tiny import FAMILIES, load


@pytest.fixture(scope="module")
def bart(tmp_path_factory):
    """An encoder and decoder, with three kinds of attention."""
    folder = next(one for one in FAMILIES if one.family == "bart").save(tmp_path_factory.mktemp("bart"))
    return load(folder, "bart")


def sides(selection: Selection) -> list[tuple[object, ...]]:
    return [
        (side.model, side.text, side.second, side.kind, side.layer, side.head) for side in (selection, other(selection))
    ]


@pytest.mark.parametrize(
    ("kinds", "asked"),
    [
        (("encoder", "cross"), {"b_kind": "cross"}),
        (("cross", "encoder"), {"kind": "cross", "b_kind": "encoder"}),
        (("decoder", "decoder"), {"kind": "decoder"}),
        (("encoder", "encoder"), {}),
        (("encoder", "decoder"), {"b_model": "bart@main", "b_kind": "decoder"}),
        (("decoder", "encoder"), {"kind": "decoder", "b_model": "bart@main"}),
        (("cross", "cross"), {"kind": "cross", "b_text": "a cat", "b_second": "a dog"}),
    ],
)
def test_sides_change_places_with_all_that_they_are(bart, kinds, asked):
    read = traces(bart, "the cat sat", "a dog")
    a, b = read[kinds[0]].head(0, 1), read[kinds[1]].head(1, 0)
    places = {"layer": 0, "head": 1, "b_layer": 1, "b_head": 0, "token": None}
    before = Selection(**{"model": "bart", "text": "the cat sat", "second": "a dog", **places, **asked})
    after = changed(before, **swapped(before, a, b))
    first = bart.info.kinds[0]
    there, back = ([(*side[:3], side[3] or first, *side[4:]) for side in sides(one)] for one in (before, after))
    assert back == there[::-1]
    assert back[0][3] == kinds[1]
    assert from_query(to_query(after))[0] == after
    again = changed(after, **swapped(after, b, a))
    assert [(*side[:3], side[3] or first, *side[4:]) for side in sides(again)] == there


def test_maps_that_share_their_queries_but_not_their_keys(bart):
    a, b = (traces(bart, text, "a dog")["cross"] for text in ("the cat sat", "the dog"))
    values = from_a(a.head(0, 1), b)
    np.testing.assert_array_equal(values, av.to_all(a.head(0, 1), b).ravel())
    assert np.isfinite(values).all()


def test_both_sides_on_common_ground_change_places(minilm):
    one, other_text = (av.trace(minilm, text) for text in ("dogs chase cats", "cats chase dogs and 猫"))
    there = av.side_by_side(one.head(3, 1), other_text.head(3, 1))
    back = av.side_by_side(other_text.head(3, 1), one.head(3, 1))
    for maps in (there, back):
        rows, columns = grounds(maps)
        assert rows is columns
        a, b = on_common_ground(maps, rows, columns)
        assert (a.sum(), b.sum()) == ((a[np.ix_(rows.of_a, rows.of_a)]).sum(), b[np.ix_(rows.of_b, rows.of_b)].sum())
        assert all((label.a is None) != bool(a[at].any()) for at, label in enumerate(rows.labels))
        assert all((label.b is None) != bool(b[at].any()) for at, label in enumerate(rows.labels))
    labels = [{(label.a, label.b) for label in grounds(there)[0].labels}]
    labels.append({(label.b, label.a) for label in grounds(back)[0].labels})
    assert labels[0] == labels[1]
