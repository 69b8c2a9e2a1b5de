"""Uploaded maps are models that have read their text already."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import attention_viz as av
from attention_viz.core.model import Model
from attention_viz.models.source import Source
from attention_viz.models.uploads import GivenModel, UploadSource


def uploaded(cells: int = 2, kind: str | None = None) -> av.Trace:
    weights = np.random.default_rng(cells).dirichlet(np.ones(cells), size=(1, 2, cells)).astype(np.float32)
    trace = av.from_arrays(weights, [f"t{number}" for number in range(cells)], name="mine.npz")
    return replace(trace, model=replace(trace.model, revision=f"{cells:x}".ljust(64, "0")))


def test_an_upload_gives_its_own_maps_whatever_is_typed():
    source = UploadSource()
    trace = uploaded()
    name = source.add(trace)
    assert name.startswith("mine.npz#")
    model = source.load(name)
    assert isinstance(model, Model)
    assert isinstance(source, Source)
    for text in ("", "anything"):
        read = av.trace(model, text)
        np.testing.assert_array_equal(read.attention(0), trace.attention(0))
        assert read.tokens == trace.tokens
        assert read.maps_only == trace.maps_only
    info = source.describe(name)
    assert info is not None
    assert not info.reads_text


def test_cross_attention_keeps_its_two_sides():
    trace = av.from_arrays([[[[0.5, 0.5, 0], [0, 0, 1]]]], ["le", "chat"], ["the", "cat", "sat"])
    read = av.trace(GivenModel(trace), "")
    assert read.kind == "cross"
    assert [token.text for token in read.tokens] == ["le", "chat"]
    assert [token.text for token in read.key_tokens] == ["the", "cat", "sat"]


def test_names_of_others_are_not_told_and_old_uploads_go():
    one, other = uploaded(20), uploaded(21)
    source = UploadSource(one.nbytes + other.nbytes - 1)
    first = source.add(one)
    assert source.names() == ()
    source.add(other)
    with pytest.raises(av.UnknownModelError, match=r"mine\.npz is not on this server any more.*Upload it again"):
        source.describe(first)


@pytest.mark.parametrize("name", ["gpt2", "a/b", "", "#", "x#123", "x#" + "g" * 16])
def test_other_names_are_left_to_others(name):
    assert UploadSource().describe(name) is None
