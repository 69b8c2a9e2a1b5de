"""Matrices with printed numbers: all can be read, and nothing typed becomes markup."""

from __future__ import annotations

import numpy as np
import pytest

from attention_viz.figures.cells import MOST_PRINTED, cells, stops
from attention_viz.figures.lines import bars, curves
from attention_viz.figures.palette import DARK, LIGHT, Palette

PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def drawn(numbers: np.ndarray, palette: Palette = LIGHT, names: str = "t", **more):
    rows, columns = numbers.shape
    texts = [[f"{cell:.3g}" for cell in row] for row in numbers]
    return cells(numbers, [names] * rows, [names] * columns, texts=texts, palette=palette, hover=texts, **more)


@PALETTES
@pytest.mark.parametrize("share", [True, False])
def test_every_printed_number_can_be_read(palette, share):
    for _, colour in stops(palette, share=share):
        one, other = sorted((luminance(colour), luminance(palette.text)))
        assert (other + 0.05) / (one + 0.05) >= 4.5


@PALETTES
def test_nothing_has_the_colour_of_the_page(palette):
    signed = stops(palette, share=False)
    assert signed[len(signed) // 2] == (0.5, palette.background)
    assert stops(palette, share=True)[0] == (0.0, palette.background)
    figure = drawn(np.array([[-4.0, 2.0]]), palette)
    assert (figure.data[0].zmin, figure.data[0].zmax) == (-4, 4)


def test_cells_are_the_numbers_and_hidden_ones_are_hatched():
    numbers = np.array([[1.0, -np.inf], [np.nan, 3.0]])
    figure = drawn(numbers, hidden=np.isinf(numbers))
    ground, colours, texts = figure.data
    # The hatching is behind, and what is not hidden covers it.
    (hatching,) = figure.layout.images
    assert hatching.layer == "below"
    np.testing.assert_array_equal(ground.z, [[0, np.nan], [0, 0]])
    assert {colour for _, colour in ground.colorscale} == {LIGHT.background}
    np.testing.assert_array_equal(colours.z, [[1, np.nan], [np.nan, 3]])
    assert list(texts.text) == ["1", "-inf", "nan", "3"]
    plain = drawn(np.full((1, 1), np.nan), hidden=np.array([[False]]))
    assert plain.data[0].zmax == 1
    assert not plain.layout.images


def test_what_is_outlined():
    figure = drawn(np.zeros((2, 3)), marked=1, ringed=(2, 0))
    places = [(shape.x0 + 0.5, shape.x1 - 0.5, shape.y0 + 0.5, shape.y1 - 0.5) for shape in figure.layout.shapes]
    assert places == [(0, 2, 1, 1), (2, 2, 0, 0), (0, 0, 1, 1)]


def test_many_columns_are_pointed_at_and_not_printed():
    wide = drawn(np.zeros((2, MOST_PRINTED + 1)))
    assert wide.data[1].text is None
    assert len(wide.data[1].hovertext) == 2 * (MOST_PRINTED + 1)
    assert drawn(np.zeros((8, 8))).layout.width <= 640


def test_names_are_no_markup():
    figure = drawn(np.zeros((1, 1)), names="<b>x</b>")
    assert figure.layout.xaxis.ticktext == figure.layout.yaxis.ticktext == ("&lt;b&gt;x&lt;/b&gt;",)
    figure = bars(["<s>"], [0.5], ["0.5"], LIGHT)
    assert figure.layout.yaxis.ticktext == ("&lt;s&gt;",)


def test_bars_go_both_ways():
    figure = bars(["a", "b"], [1.5, -0.5], ["1.5", "−0.5"], DARK)
    assert figure.layout.xaxis.range[0] < -0.5
    assert figure.layout.xaxis.range[1] >= 1.5
    assert list(figure.data[0].marker.color) == [DARK.accent, DARK.other]


def test_curves_are_told_apart_without_colour():
    figure = curves([1, 2], {"one": [1, 2], "other": [2, 1]}, LIGHT, across="n", up="cost", at=2)
    assert len({line.line.dash for line in figure.data}) == 2
    assert figure.layout.shapes[0].x0 == 2
