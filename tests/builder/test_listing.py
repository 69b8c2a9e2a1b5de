"""What a common listing computes, beside what is right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from attention_viz.builder.build import recipe, resized
from attention_viz.builder.listing import belongs, listed
from attention_viz.builder.presets import PRESETS, START
from attention_viz.builder.steps import Step


def test_what_the_listing_computes():
    build = PRESETS["vectors"].build
    found = listed(build, recipe(build))
    scores, outputs = found["scores"], found["outputs"]
    assert isinstance(scores, Step)
    assert isinstance(outputs, Step)
    # By hand: 1·7 + 4·10, 1·8 + 4·11, …
    np.testing.assert_array_equal(scores.numbers, [[47, 52, 57], [64, 71, 78], [81, 90, 99]])
    assert scores.hover[0][1] == "1·8 + 4·11 = 52"
    expected = [[(50 * v + 68 * (v + 3)) / 3**0.5 for v in (13, 14, 15)]]
    expected += [[(122 * v + 167 * (v + 3)) / 3**0.5 for v in (13, 14, 15)]]
    np.testing.assert_allclose(outputs.numbers, expected)
    assert f"sum to {118 / 3**0.5:.2f} for “first”, {289 / 3**0.5:.1f} for “second”" in outputs.sentence
    assert belongs(build)
    assert not belongs(START)
    assert not belongs(replace(build, source="words"))


def test_what_the_listing_can_not_compute():
    three = resized(PRESETS["vectors"].build, keys=3)
    found = listed(three, recipe(three))
    assert "there are 2 queries and 3 keys" in str(found["scores"])
    assert isinstance(found["outputs"], Step)
    uneven = replace(resized(PRESETS["vectors"].build, key_size=2), scoring="general")
    found = listed(uneven, recipe(uneven))
    assert isinstance(found["scores"], Step)
    assert found["scores"].numbers.shape == (3, 2)
    assert "A query has 3 numbers and a key 2" in str(found["outputs"])
