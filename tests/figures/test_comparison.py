"""The three panels of a comparison."""

from __future__ import annotations

import numpy as np
import pytest

import attention_viz as av
from attention_viz.figures.palette import DARK, LIGHT


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_a_b_and_their_difference(pronoun, palette):
    maps = av.compare(pronoun.head(3, 1), pronoun.head(5, 11)).maps
    figure = av.comparison_figure(maps, palette=palette)
    a, b, difference = figure.data
    np.testing.assert_array_equal(a.z, pronoun.attention(3, 1))
    np.testing.assert_array_equal(b.z, pronoun.attention(5, 11))
    np.testing.assert_array_equal(difference.z, b.z - a.z)
    assert (a.zmin, a.zmax) == (b.zmin, b.zmax) == (0, max(a.z.max(), b.z.max()))
    assert difference.zmin == -difference.zmax == -np.abs(difference.z).max()
    assert difference.colorscale[5][1].lower() == palette.background
    assert figure.layout.xaxis.labelalias["2"] == "cat"
    assert "square-root colours" in figure.layout.annotations[-1].text


def test_what_is_not_compared_is_hatched(minilm):
    a, b = (av.trace(minilm, text) for text in ("The cat slept.", "The cat purred softly."))
    figure = av.comparison_figure(av.compare(a.head(0, 0), b.head(0, 0)).maps)
    assert not figure.layout.images
    causal = av.from_arrays([[[[1.0, 0.0], [0.5, 0.5]]]], ["a", "b"], visible=np.tri(2, dtype=np.bool_)[None, None])
    whole = av.from_arrays([[[[0.5, 0.5], [0.5, 0.5]]]], ["a", "b"])
    figure = av.comparison_figure(av.compare(causal.head(0, 0), whole.head(0, 0)).maps)
    assert [image.xref for image in figure.layout.images] == ["x domain", "x3 domain"]
    assert np.isnan(figure.data[2].z[0, 1])


def test_hostile_labels_stay_text(minilm):
    trace = av.trace(minilm, "<b>x</b>")
    figure = av.comparison_figure(av.compare(trace.head(0, 0), trace.head(0, 0)).maps)
    labels = figure.layout.xaxis.labelalias.values()
    assert any("b" in label for label in labels)
    assert all("<" not in label for label in labels)
    assert figure.layout.annotations[2].text == "B − A: 0 everywhere"
