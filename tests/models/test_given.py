"""Maps that come from elsewhere are models that have read their text already."""

from __future__ import annotations

import attention_viz as av
from attention_viz.models.given import GivenModel


def test_cross_attention_keeps_its_two_sides():
    trace = av.from_arrays([[[[0.5, 0.5, 0], [0, 0, 1]]]], ["le", "chat"], ["the", "cat", "sat"])
    read = av.trace(GivenModel(trace), "")
    assert read.kind == "cross"
    assert [token.text for token in read.tokens] == ["le", "chat"]
    assert [token.text for token in read.key_tokens] == ["the", "cat", "sat"]
