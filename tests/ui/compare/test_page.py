"""What the page Compare works out: which side is what after a swap, and how far all heads lie from one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import attention_viz as av
from attention_viz.core.place import Place
from attention_viz.models.tracing import traces
from attention_viz.ui.compare.distances import from_a
from attention_viz.ui.compare.page import swapped
from attention_viz.ui.state.changes import changed
from attention_viz.ui.state.fields import from_query, put, to_query
from attention_viz.ui.state.selection import Selection, Side
from attention_viz.views.ground import grounds_of, on_common_ground
from tests.models.tiny import FAMILIES, load


@pytest.fixture(scope="module")
def bart(tmp_path_factory):
    """An encoder and decoder, with three kinds of attention."""
    folder = next(one for one in FAMILIES if one.family == "bart").save(tmp_path_factory.mktemp("bart"))
    return load(folder, "bart")


def sides(selection: Selection, first: str) -> list[Side]:
    """Both sides, with their kind of attention by its name."""
    both = selection.side("a"), selection.side("b")
    return [replace(side, kind=side.kind or first) for side in both]


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
    side = Side("bart", "the cat sat", "a dog", place=Place(0, 1))
    before = put(Selection(side, Side(place=Place(1, 0)), query=None), asked)
    after = changed(before, **swapped(before, a, b))
    there, back = (sides(one, bart.info.kinds[0]) for one in (before, after))
    assert back == there[::-1]
    assert back[0].kind == kinds[1]
    assert from_query(to_query(after))[0] == after
    again = changed(after, **swapped(after, b, a))
    assert sides(again, bart.info.kinds[0]) == there


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
        rows, columns = grounds_of(maps)
        assert rows is columns
        a, b = on_common_ground(maps, rows, columns)
        assert (a.sum(), b.sum()) == ((a[np.ix_(rows.of_a, rows.of_a)]).sum(), b[np.ix_(rows.of_b, rows.of_b)].sum())
        assert all((label.a is None) != bool(a[at].any()) for at, label in enumerate(rows.labels))
        assert all((label.b is None) != bool(b[at].any()) for at, label in enumerate(rows.labels))
    labels = [{(label.a, label.b) for label in grounds_of(there)[0].labels}]
    labels.append({(label.b, label.a) for label in grounds_of(back)[0].labels})
    assert labels[0] == labels[1]
