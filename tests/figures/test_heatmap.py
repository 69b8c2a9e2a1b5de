"""What the heatmap holds, and what it can't be made to do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import attention_viz as av
from attention_viz.figures.labels import MAX_LABEL, plain, shorten
from attention_viz.figures.map_frame import legend_title
from attention_viz.figures.palette import DARK, LIGHT, palette_for
from tests.conftest import tokens_of


def figure(names: list[str], **options):
    weights = np.random.default_rng(0).dirichlet(np.ones(len(names)), size=len(names)).astype(np.float32)
    tokens = tokens_of(names)
    return weights, av.heatmap(weights, tokens, tokens, **options)


def test_cells_are_the_weights_themselves():
    for curve in ("sqrt", "linear"):
        weights, fig = figure(["a", "b", "c"], scale=av.ColourScale(curve, 0.5))
        np.testing.assert_array_equal(fig.data[0].z, weights)
        assert (fig.data[0].zmin, fig.data[0].zmax) == (0, 0.5)


def test_equal_tokens_stay_apart():
    _, fig = figure(["the", "the", "the"])
    assert list(fig.data[0].x) == list(fig.data[0].y) == [0, 1, 2]
    assert fig.layout.xaxis.labelalias == fig.layout.yaxis.labelalias == {"0": "the", "1": "the", "2": "the"}


@pytest.mark.parametrize(
    "hostile", ["<script>", "</script>", "<b>x</b>", "<s>", "&lt;", "<a href='x'>y</a>", "<img src=x>"]
)
def test_labels_are_text_not_markup(hostile):
    _, fig = figure([hostile, "b"])
    alias = fig.layout.xaxis.labelalias["0"]
    assert "<" not in alias
    assert alias == plain(shorten(hostile))


@given(st.text(max_size=40))
def test_plain_leaves_no_markup_and_loses_no_character(text):
    import html

    safe = plain(text)
    assert "<" not in safe
    assert ">" not in safe
    assert len(html.unescape(safe)) == len(text)


def test_special_tokens_are_muted():
    _, fig = figure(["[CLS]", "a"])
    assert fig.layout.xaxis.labelalias["0"] == f'<span style="color:{LIGHT.muted}">[CLS]</span>'


def test_long_labels_end_in_an_ellipsis():
    assert shorten("x" * MAX_LABEL) == "x" * MAX_LABEL
    assert shorten("x" * 50) == "x" * (MAX_LABEL - 1) + "…"


def test_the_held_row_is_outlined():
    _, fig = figure(["a", "b", "c"], query=1)
    (shape,) = fig.layout.shapes
    assert (shape.x0, shape.x1, shape.y0, shape.y1) == (-0.5, 2.5, 0.5, 1.5)
    assert not figure(["a", "b"])[1].layout.shapes


def test_the_second_text_begins_at_a_line(minilm):
    trace = av.trace(minilm, "a b", "c")
    fig = av.heatmap(trace.attention(0, 0), trace.tokens, trace.tokens)
    assert [(shape.y0, shape.y1) for shape in fig.layout.shapes] == [(3.5, 3.5), (-0.5, 5.5)]


def test_what_is_pointed_at_can_be_read():
    _, fig = figure(["a"], palette=DARK)
    assert contrast(fig.layout.hoverlabel.font.color, fig.layout.hoverlabel.bgcolor) >= 4.5


@pytest.mark.parametrize(
    ("scale", "title"),
    [
        (av.ColourScale(), "attention weight, square-root colours"),
        (av.ColourScale("linear"), "attention weight, linear colours"),
        (av.ColourScale("sqrt", 0.3), "attention weight, square-root colours, up to this map's maximum"),
    ],
)
def test_the_legend_says_what_colours_mean(scale, title):
    assert legend_title(scale) == title
    _, fig = figure(["a", "b"], scale=scale)
    assert fig.layout.xaxis2.title.text == title
    assert fig.layout.xaxis2.ticktext[0] == "0"
    assert float(fig.layout.xaxis2.ticktext[-1]) == pytest.approx(scale.top, rel=0.01)


@pytest.mark.parametrize("scale", [av.ColourScale(), av.ColourScale("linear"), av.ColourScale("sqrt", 0.01)])
@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_colours_start_at_the_background_and_rise(scale, palette):
    stops = scale.stops(palette)
    assert stops[0] == (0.0, palette.background)
    assert stops[-1] == (1.0, palette.ramp[-1])
    places = [place for place, _ in stops]
    assert places == sorted(places)
    assert all(0 <= place <= 1 for place in scale.place(np.array(scale.ticks())))


def test_the_square_root_shows_a_hundredth_as_a_tenth():
    assert av.ColourScale().place(np.array([0.01]))[0] == pytest.approx(0.1)
    stops = dict(av.ColourScale().stops(LIGHT))
    even = dict(av.ColourScale("linear").stops(LIGHT))
    assert stops[0.25] == even[0.5], "a quarter of the weight is half of the ramp"


def test_512_tokens_cross_as_binary_numbers():
    """As lists of numbers the same figure would be twenty times as large. Above 256 tokens they are thousandths."""
    weights, fig = figure([f"t{number}" for number in range(512)], scale=av.ColourScale("sqrt", 0.5))
    z = fig.to_plotly_json()["data"][0]["z"]
    assert z["dtype"] == "u2"
    assert len(fig.to_json()) < 800_000
    np.testing.assert_allclose(fig.data[0].z / 1000, weights, atol=0.00051)
    assert (fig.data[0].zmin, fig.data[0].zmax) == (0, 500)
    assert "%{z:05,d}" in fig.data[0].hovertemplate
    assert fig.layout.separators == "..", "594 is written as 0.594"


def test_what_a_query_cannot_see_is_hatched_and_has_no_number():
    visible = np.tri(3, dtype=bool)
    weights, fig = figure(["a", "b", "c"], visible=visible)
    np.testing.assert_array_equal(np.isnan(fig.data[0].z), ~visible)
    np.testing.assert_array_equal(fig.data[0].z[visible], weights[visible])
    assert fig.data[0].hoverongaps is False
    (image,) = fig.layout.images
    assert image.source.startswith("data:image/svg+xml,")
    assert image.layer == "below"
    assert not figure(["a", "b"])[1].layout.images


def test_a_part_of_a_map_says_where_it_lies():
    names = [f"t{number}" for number in range(20)]
    weights = np.random.default_rng(1).dirichlet(np.ones(20), size=20).astype(np.float32)
    tokens = tokens_of(names)
    part = av.heatmap(weights[5:9, 10:16], tokens[5:9], tokens[10:16], first=(5, 10), query=2)
    np.testing.assert_array_equal(part.data[0].z, weights[5:9, 10:16])
    assert list(part.data[0].y) == [5, 6, 7, 8]
    assert part.layout.yaxis.labelalias["5"] == "5 t5"
    assert part.layout.xaxis.labelalias["15"] == "15 t15"
    assert "pointNumber" not in part.data[0].hovertemplate


def test_a_very_large_map_is_pooled_to_the_largest_weight_of_each_block():
    count = 1100
    weights = np.full((count, count), 1e-4, dtype=np.float32)
    weights[700, 3] = 0.9
    tokens = tokens_of([f"t{number}" for number in range(count)])
    fig = av.heatmap(weights, tokens, tokens, query=700)
    z = fig.data[0].z
    assert z.shape == (512, 512)
    row = (701 * 512 - 1) // count
    assert z.max() == z[row, 1] == 900
    assert fig.layout.yaxis.labelalias[str(row * count // 512)] == f"{row * count // 512} t{row * count // 512}"
    assert fig.layout.shapes[0].y0 == row - 0.5


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_text_can_be_read(palette):
    """WCAG contrast of at least 4.5 for everything that is written."""
    for background in (palette.background, palette.surface):
        for colour in (palette.text, palette.muted, palette.accent):
            assert contrast(colour, background) >= 4.5, (colour, background)


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_an_unknown_theme_is_light():
    assert palette_for(None) is palette_for("light") is LIGHT
    assert palette_for("dark") is DARK
