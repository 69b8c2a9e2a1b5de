"""The heatmap as it is shown: what stands around its cells, and what crosses of a large one."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

import attention_viz as av
from attention_viz.core.place import Place
from attention_viz.figures.heatmap import heatmap
from attention_viz.figures.palette import DARK, LIGHT
from attention_viz.views.head import HeadView, head_view
from attention_viz.views.map import map_view
from attention_viz.views.parcels import needs_overview, overview, part_of
from tests.conftest import tokens_of

PLACE = Place(0, 0)


@pytest.fixture(scope="module")
def large() -> HeadView:
    """600 tokens, each of which sees those before it, and one weight that stands out."""
    count = 600
    weights = np.tril(np.full((count, count), 1e-3, dtype=np.float32))
    weights[400, 7] = 0.9
    tokens = tokens_of([f"t{at}" for at in range(count)])
    trace = av.trace(av.load_model("all-MiniLM-L6-v2"), "a")
    places, visible = tuple(range(count)), np.tri(count, dtype=bool)
    return HeadView(trace, PLACE, "tokens", weights, visible, tokens, tokens, places, places, None, None)


def weights_in(words: np.ndarray) -> np.ndarray:
    return ((words.astype(np.float64) - 1) / 65534) ** 2


def test_the_frame_is_that_of_the_python_figure(pronoun):
    view = head_view(pronoun, Place(3, 1))
    shown = map_view(view, None, "sqrt", to_maximum=False, palette=LIGHT)
    figure = heatmap(view.weights, view.queries, view.keys).to_plotly_json()
    told = json.loads(json.dumps(asdict(shown.screen)))
    assert "z" not in told["cells"]
    for name in ("width", "height", "margin", "yaxis2"):
        assert told["layout"][name] == figure["layout"][name]
    assert told["layout"]["xaxis"]["labelalias"] == figure["layout"]["xaxis"]["labelalias"]
    assert told["cells"]["zmax"] == 1
    assert (shown.counts, shown.part, shown.pooled) == ((24, 24), ((0, 24), (0, 24)), False)


def test_on_a_dark_page_paper_has_a_frame_of_its_own(pronoun):
    view = head_view(pronoun, Place(3, 1))
    light, dark = (map_view(view, None, "sqrt", to_maximum=False, palette=palette) for palette in (LIGHT, DARK))
    assert light.paper is None
    assert dark.paper is not None
    assert dark.paper.layout["paper_bgcolor"] == light.screen.layout["paper_bgcolor"] == LIGHT.background
    assert dark.screen.layout["paper_bgcolor"] == DARK.background


def test_colours_up_to_the_maximum_are_meant_for_one_head(pronoun):
    view = head_view(pronoun, Place(3, 1))
    one, most = (map_view(view, None, "linear", to_maximum=maximum, palette=LIGHT) for maximum in (False, True))
    assert (one.place, most.place) == (None, Place(3, 1))
    assert most.screen.cells["zmax"] == pytest.approx(view.weights.max())


def test_a_part_of_a_small_map_changes_nothing_that_is_sent(pronoun):
    view = head_view(pronoun, Place(3, 1))
    shown = map_view(view, ((2, 8), (0, 9)), "sqrt", to_maximum=False, palette=LIGHT)
    assert shown.part == ((2, 8), (0, 9))
    assert shown.screen.cells["y"] == list(range(24)), "the browser has all of it"


def test_a_large_map_crosses_in_blocks_and_a_part_of_it_as_it_is(large: HeadView):
    assert needs_overview(large)
    whole = overview(large, part_of(large, None))
    assert whole.payload.shape == (512, 512)
    assert weights_in(whole.payload).max() == pytest.approx(0.9, abs=2e-5)
    row = (401 * 512 - 1) // 600
    assert weights_in(whole.payload)[row].max() == pytest.approx(0.9, abs=2e-5)
    assert whole.payload[0, 511] == 0, "what no query of a block can see"
    part = ((390, 410), (0, 100))
    near = overview(large, part_of(large, part))
    assert near.payload.shape == (20, 100)
    np.testing.assert_allclose(weights_in(near.payload), large.weights[390:410, :100], atol=2e-5)
    assert (near.header["rows"], near.header["columns"]) == part


def test_the_labels_of_a_part_carry_its_numbers(large: HeadView):
    shown = map_view(large, ((390, 410), (0, 100)), "sqrt", to_maximum=False, palette=LIGHT)
    assert shown.pooled
    assert shown.screen.layout["yaxis"]["labelalias"]["390"] == "390 t390"
    assert len(shown.queries) == 600, "names of what is held out of view too"
