"""The pictures of one weight hold its numbers, and nothing in them can be mistaken."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

import attention_viz as av
from attention_viz.figures.inside import bars, running_sum, strips
from attention_viz.figures.keys import MOST_KEYS, STRONGEST, Panel, row, shown_keys
from attention_viz.figures.palette import DARK, LIGHT
from tests.conftest import tokens_of

NAMES = ["[CLS]", "<b>", "cat", "cat"]


@pytest.fixture(scope="module")
def apart(pronoun):
    return av.take_apart(pronoun, 3, 1, 10, 2)


def of_row(**options: Any) -> go.Figure:
    values = np.array([0.1, 0.2, 0.3, 0.4])
    return row([Panel("weight", values), Panel("other", -values)], tokens_of(NAMES), [0, 1, 2, 3], 2, **options)


def test_strips_hold_both_vectors_on_one_scale_around_nothing(apart):
    (cells,) = strips([("query", apart.query_vector), ("key", apart.key_vector)]).data
    np.testing.assert_array_equal(cells.z, [apart.query_vector, apart.key_vector])
    assert list(cells.y) == ["query", "key"]
    assert cells.zmax == -cells.zmin == max(np.abs(apart.query_vector).max(), np.abs(apart.key_vector).max())
    assert cells.colorscale[5] == (0.5, LIGHT.background)


def test_the_one_large_weight_among_hundreds_is_wide_enough_to_be_seen():
    values = np.full(512, 0.353 / 511)
    values[7] = 0.647
    figure = row([Panel("weight", values)], tokens_of(["a"] * 512), list(range(512)), 100)
    assert [(list(bar.x), list(bar.y), bar.width) for bar in figure.data[1:]] == [([7], [0.647], 512 / 160)]
    # Where hundreds are large, none stands out.
    even = row([Panel("length", np.linspace(1, 1.5, 512))], tokens_of(["a"] * 512), list(range(512)), 100)
    assert [list(bar.x) for bar in even.data[1:]] == [[]]


def test_vectors_of_nothing_but_zeros_are_drawn():
    (cells,) = strips([("query", np.zeros(4))]).data
    assert cells.zmax == 1
    assert running_sum(np.zeros(4)).data[1].y.tolist() == [0, 0, 0, 0]


def test_the_running_sum_ends_at_the_score(apart):
    figure = running_sum(apart.products, apart.largest(2))
    strip, steps = figure.data
    np.testing.assert_array_equal(strip.z[0], apart.products)
    np.testing.assert_array_equal(steps.y, apart.products)
    assert set(steps.measure) == {"relative"}
    assert steps.customdata[-1][1] == pytest.approx(apart.dot)
    (line,) = figure.layout.shapes
    assert line.y0 == line.y1 == pytest.approx(apart.dot)
    low, high = figure.layout.yaxis2.range
    assert low < min(0, apart.running.min())
    assert high > apart.running.max()


def test_the_strips_and_the_sum_stand_one_below_the_other(apart):
    one, two = strips([("query", apart.query_vector)]), running_sum(apart.products)
    assert (one.layout.margin.l, one.layout.margin.r) == (two.layout.margin.l, two.layout.margin.r)
    assert one.layout.xaxis.range == two.layout.xaxis.range == two.layout.xaxis2.range


def test_dimensions_beside_each_other_are_not_written_over_each_other():
    figure = running_sum(np.ones(64), [20, 22, 40])
    assert [note.text for note in figure.layout.annotations] == ["<b>20</b>", "<b>40</b>"]


def test_bars_write_their_numbers_and_mark_one():
    (drawn,) = bars(["a", "<i>"], [1.0, -2.0], ["one", "two"], DARK, marked=1).data
    assert drawn.text == ("one", "<b>two</b>")
    assert drawn.marker.color[1] == DARK.accent != drawn.marker.color[0]
    figure = bars(["a", "<i>"], [1.0, -2.0], ["one", "two"])
    assert figure.layout.yaxis.ticktext == ("a", "&lt;i&gt;")
    assert figure.layout.xaxis.range[0] < -2


def test_a_row_holds_every_number_and_marks_the_chosen_key():
    figure = of_row()
    first, second = figure.data
    assert first.y.tolist() == [0.1, 0.2, 0.3, 0.4]
    assert second.y.tolist() == [-0.1, -0.2, -0.3, -0.4]
    assert [at for at, colour in enumerate(first.marker.color) if colour == LIGHT.accent] == [2]
    aliases = figure.layout.xaxis.labelalias
    assert aliases["1"] == "&lt;b&gt;"
    assert (aliases["2"], aliases["3"]) == ("<b>cat</b>", "cat")


def test_keys_can_be_sorted():
    figure = row([Panel("weight", np.array([0.1, 0.2, 0.7]))], tokens_of(["a", "b", "c"]), [2, 1, 0], 0)
    assert figure.data[0].y.tolist() == [0.7, 0.2, 0.1]
    assert list(figure.layout.xaxis.labelalias.values()) == ["c", "b", "<b>a</b>"]


def test_what_can_not_be_seen_is_hatched_and_has_no_number():
    figure = of_row(visible=np.array([True, True, True, False]))
    drawn, hidden, *_ = figure.data
    assert np.isnan(drawn.y[3])
    assert list(hidden.x) == [3]
    assert hidden.marker.pattern.shape == "/"
    assert hidden.hovertemplate == "%{customdata}<br>can't be seen<extra></extra>"
    assert len(figure.data) == 4, "in both panels"


def test_a_row_of_which_nothing_can_be_seen():
    figure = of_row(visible=np.zeros(4, dtype=bool))
    assert np.isnan(figure.data[0].y).all()
    assert figure.layout.yaxis.range == (0, 1.08)


def test_which_keys_of_a_long_row_are_drawn():
    weights = np.arange(2000) / 2000
    assert shown_keys(weights[:5], 2, strongest_first=False) == [0, 1, 2, 3, 4]
    assert shown_keys(weights[:5], 2, strongest_first=True) == [4, 3, 2, 1, 0]
    for chosen in (0, 3, 1000, 1999):
        near = shown_keys(weights, chosen, strongest_first=False)
        assert chosen in near
        assert near == list(range(near[0], near[0] + MOST_KEYS))
        strong = shown_keys(weights, chosen, strongest_first=True)
        assert len(strong) == len(set(strong)) == STRONGEST
        assert chosen in strong
        assert strong[0] == 1999
    with pytest.raises(ValueError, match="2000 keys are too many for one picture"):
        row([Panel("weight", weights)], tokens_of(["a"] * 2000), list(range(2000)), 0)
