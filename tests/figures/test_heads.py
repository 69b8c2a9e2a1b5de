"""All heads of a small model as maps, and the curves of its training: sizes, colours, and texts that are no markup."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import pytest

from attention_viz.figures.heads import HeadMap, head_maps
from attention_viz.figures.lines import Learned, learning
from attention_viz.figures.palette import DARK, LIGHT, Palette

PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
HOSTILE = ["<b>x</b>", "<s>", "&amp;", "\0", "$x$", "a" * 40]


@dataclass(frozen=True)
class Name:
    text: str
    special: bool = False
    segment: int = 0


def named(*texts: str) -> list[Name]:
    return [Name(text) for text in texts]


def drawn(
    count: int = 1,
    queries: int = 3,
    keys: int = 3,
    across: int = 1,
    names: str = "a",
    visible: np.ndarray | None = None,
    palette: Palette = LIGHT,
) -> go.Figure:
    weights = np.full((queries, keys), 1 / keys, np.float32)
    maps = [HeadMap(f"L0 H{head}", "0.5", weights, visible) for head in range(count)]
    return head_maps(maps, named(*[names] * queries), named(*[names] * keys), palette, across)


def size(figure: go.Figure, number: str = "") -> tuple[float, float]:
    """The share of the figure's width, and the px of its height, that a map takes."""
    across, down = figure.layout[f"xaxis{number}"].domain, figure.layout[f"yaxis{number}"].domain
    margin = figure.layout.margin
    return across[1] - across[0], (down[1] - down[0]) * (figure.layout.height - margin.t - margin.b)


@pytest.mark.parametrize(
    ("count", "across", "expected"),
    [(1, 1, (1, 1)), (4, 2, (2, 2)), (3, 3, (1, 3)), (32, 8, (8, 4)), (2, 4, (1, 2))],
)
def test_heads_stand_in_rows_of_at_most_four(count: int, across: int, expected: tuple[int, int]):
    figure = drawn(count, across=across)
    assert len(figure.data) == count
    assert len({trace.yaxis for trace in figure.data}) == count
    columns = {figure.layout[f"xaxis{number or ''}"].domain for number in (0, *range(2, count + 1))}
    rows = {figure.layout[f"yaxis{number or ''}"].domain for number in (0, *range(2, count + 1))}
    assert (len(rows), len(columns)) == expected
    assert [note.text.split("<br>")[0] for note in figure.layout.annotations] == [
        f"<b>L0 H{head}</b>" for head in range(count)
    ]


def test_all_maps_have_one_scale_and_hold_the_weights():
    one, other = np.eye(2, dtype=np.float32), np.full((2, 2), 0.5, np.float32)
    maps = [HeadMap("one", "", one), HeadMap("other", "", other)]
    figure = head_maps(maps, named("a", "b"), named("a", "b"), DARK, 2)
    np.testing.assert_array_equal(figure.data[0].z, one)
    np.testing.assert_array_equal(figure.data[1].z, other)
    assert {trace.coloraxis for trace in figure.data} == {"coloraxis"}
    assert (figure.layout.coloraxis.cmin, figure.layout.coloraxis.cmax) == (0, 1)
    assert (figure.layout.yaxis2.labelalias["0"], figure.layout.xaxis2.labelalias["1"]) == ("a", "b")


@PALETTES
def test_what_can_not_be_seen_is_empty_and_hatched(palette: Palette):
    visible = np.tril(np.ones((3, 3), bool))
    figure = drawn(2, across=2, visible=visible, palette=palette)
    for trace in figure.data:
        np.testing.assert_array_equal(np.isnan(trace.z), ~visible)
        assert trace.hoverongaps is False
    pictures = figure.layout.images
    assert [(picture.xref, picture.yref) for picture in pictures] == [
        ("x domain", "y domain"),
        ("x2 domain", "y2 domain"),
    ]
    assert palette.border.removeprefix("#") in pictures[0].source
    assert not drawn(2, across=2, palette=palette).layout.images, "nothing is hatched where all is seen"


def test_names_are_no_markup():
    weights = np.full((6, 6), 1 / 6, np.float32)
    figure = head_maps([HeadMap("<i>L0</i>", "<img>", weights)], named(*HOSTILE), named(*HOSTILE), LIGHT, 1)
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        assert [axis.labelalias[str(place)] for place in range(3)] == ["&lt;b&gt;x&lt;/b&gt;", "&lt;s&gt;", "&amp;amp;"]
    spec = json.dumps(figure.to_plotly_json()["layout"], default=str)
    for markup in ("<i>", "<img>", "<s>", "\0"):
        assert markup not in spec
    assert figure.layout.annotations[0].text == "<b>&lt;i&gt;L0&lt;/i&gt;</b><br>&lt;img&gt;"


def test_few_rows_are_no_walls():
    _, low = size(drawn(queries=1, keys=16))
    _, high = size(drawn(queries=16, keys=16))
    assert low == pytest.approx(40)
    assert high == pytest.approx(400)


@pytest.mark.parametrize(("across", "count"), [(1, 26), (2, 18), (3, 12), (4, 10)])
def test_names_are_left_out_where_they_do_not_fit(across: int, count: int):
    fits, too_many = (drawn(across, number, number, across) for number in (count, count + 1))
    assert fits.layout.xaxis.showticklabels
    assert fits.layout.yaxis.showticklabels
    assert not too_many.layout.xaxis.showticklabels
    assert not too_many.layout.yaxis.showticklabels
    assert too_many.layout.margin.l < fits.layout.margin.l
    assert too_many.layout.xaxis.labelalias[str(count)] == "a", "pointing still tells them"


@pytest.mark.parametrize("down", [1, 2, 8])
@pytest.mark.parametrize("names", ["a", "a long name 小猫"])
def test_maps_keep_their_size_however_many_there_are(down: int, names: str):
    figure = drawn(2 * down, 8, 8, across=2, names=names)
    for number in ("", *map(str, range(2, 2 * down + 1))):
        assert size(figure, number)[1] == pytest.approx(270)
        assert size(figure, number)[0] > 0.2


def test_curves_end_where_the_training_does_and_the_step_in_hand_is_marked():
    lines = [Learned("loss", [3.0, 2.0, 1.0])]
    figure = learning([0, 10, 20], lines, LIGHT, until=100, at=10, share=False)
    assert list(figure.data[0].x) == [0, 10, 20]
    assert (figure.data[1].x, figure.data[1].y) == ((10,), (2.0,))
    assert figure.layout.xaxis.range == (0, 100)
    assert figure.layout.yaxis.range is None
    assert [shape.x0 for shape in figure.layout.shapes] == [10]
    assert figure.layout.showlegend is False


def test_the_mark_at_the_last_step_is_whole():
    figure = learning([0, 10], [Learned("loss", [3.0, 2.0])], LIGHT, until=10, at=10, share=False)
    assert figure.data[1].cliponaxis is False


@PALETTES
def test_patterns_are_told_apart_without_colour_each_with_its_level(palette: Palette):
    names = ("year", "month", "<b>day</b>", "alignment")
    lines = [Learned(name, [0.1, 0.9], 0.1 * number) for number, name in enumerate(names)]
    figure = learning([0, 10], lines, palette, until=10, at=0, share=True)
    drawn_lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert len({trace.line.dash for trace in drawn_lines}) == len({trace.line.color for trace in drawn_lines}) == 4
    levels = [shape for shape in figure.layout.shapes if shape.y0 == shape.y1]
    assert [shape.y0 for shape in levels] == pytest.approx([0, 0.1, 0.2, 0.3])
    assert [shape.line.color for shape in levels] == [trace.line.color for trace in drawn_lines]
    assert figure.layout.yaxis.range[1] >= 1
    assert figure.layout.showlegend
    assert "<b>" not in "".join(trace.name + trace.hovertemplate for trace in drawn_lines)
