"""What a window hides is marked as hidden, also where a family hands out only its maps."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

import attention_viz as av
from attention_viz.core.trace import MapLayer
from attention_viz.measures import MEASURES
from attention_viz.models.threads import set_thread_count
from attention_viz.models.windows import agrees, doubts, seen_through, windows
from tests.models.tiny import FAMILIES, FIRST, load
from tests.sentences import said

BY_NAME = {tiny.family: tiny for tiny in FAMILIES}
WINDOW = 8
LOCAL = {
    "gemma2": {"num_hidden_layers": 3, "layer_types": ["full_attention", "sliding_attention", "full_attention"]},
    "gpt_neo": {"num_layers": 3, "attention_types": [[["global"], 1], [["local"], 1], [["global"], 1]]},
}


@pytest.fixture(scope="module")
def model_of(tmp_path_factory):
    set_thread_count()

    @cache
    def make(family: str):
        return load(BY_NAME[family].with_options(**LOCAL[family]).save(tmp_path_factory.mktemp(family)))

    return make


def config(**said: object) -> SimpleNamespace:
    made = SimpleNamespace(**said)
    made.get_text_config = lambda decoder: made
    return made


@pytest.mark.parametrize("family", LOCAL)
def test_a_window_is_hidden_and_counts_in_the_baseline(model_of, family):
    trace = av.trace(model_of(family), FIRST)
    assert trace.maps_only
    assert trace.notes == ()
    count = len(trace.tokens)
    distance = np.subtract.outer(np.arange(count), np.arange(count))
    before = distance >= 0
    for layer, seen in enumerate((before, before & (distance < WINDOW), before)):
        np.testing.assert_array_equal(trace.visible(layer, 0), seen)
        assert (trace.attention(layer)[:, ~seen] == 0).all()
    even = np.log(np.minimum(np.arange(1, count + 1), WINDOW)).mean()
    entropy = MEASURES[0].scores(trace)
    np.testing.assert_allclose(entropy.uniform[1], even, atol=1e-5)
    np.testing.assert_allclose(entropy.high[1], even)
    assert trace.layers[0].visible is trace.layers[2].visible, "kept once"


def test_a_window_that_the_maps_refute_hides_nothing(model_of, monkeypatch):
    model = model_of("gpt_neo")
    monkeypatch.setattr(model.network.config, "window_size", 5)  # Its layers have made their masks already.
    trace = av.trace(model, FIRST)
    assert trace.visible(1, 0)[-1, 0]
    assert said(trace.notes) == (
        "config.json announces a window of 5 tokens for L1, but their maps have weight beyond it: nothing is marked as "
        "hidden by it.",
    )


def test_a_window_that_nobody_announces_is_said_to_be_unknown():
    def layer(window: int | None) -> MapLayer:
        seen = seen_through(window, 9)
        return MapLayer((seen / seen.sum(-1, keepdims=True)).astype(np.float32), seen_through(None, 9))

    layers = [layer(None), layer(4), layer(4)]
    assert said(doubts(config(), "decoder", layers)) == (
        "No head of L1 and L2 gives any weight to what is more than 3 tokens away. If that is a window, config.json "
        "doesn't announce it: baselines and ranges count what lies beyond as visible.",
    )
    assert doubts(config(), "decoder", [layer(None), layer(8)]) == (), "one cell of 0 says nothing"


def test_how_configurations_announce_windows():
    sliding = ["sliding_attention", "full_attention"]
    assert windows(config(layer_types=sliding, sliding_window=4), "decoder", 2) == [4, None]
    assert windows(config(attention_layers=["global", "local"], window_size=6), "decoder", 2) == [None, 6]
    assert windows(config(sliding_window=4), "decoder", 2) == [4, 4]
    assert windows(config(sliding_window=4, use_sliding_window=False), "decoder", 2) == [None, None]
    assert windows(config(sliding_window=None), "decoder", 2) == [None, None]
    assert windows(config(layer_types=sliding, sliding_window=4), "encoder", 2) == [None, None]


@pytest.mark.parametrize("size", ["8", 0, -3, True, 1.5, [4]])
def test_a_window_that_is_no_number_of_tokens_is_none(size):
    assert windows(config(sliding_window=size), "decoder", 2) == [None, None]
    assert windows(config(layer_types=["sliding_attention"], sliding_window=4), "decoder", 2) == [None, None]


def test_weight_outside_is_found_in_any_head():
    maps = np.zeros((2, 3, 3), dtype=np.float32)
    maps[:, [0, 1, 2], [0, 1, 2]] = 1
    assert agrees(maps, seen_through(1, 3))
    maps[1, 2] = [1e-6, 0, 1]
    assert not agrees(maps, seen_through(2, 3))
    assert agrees(maps, seen_through(3, 3))
