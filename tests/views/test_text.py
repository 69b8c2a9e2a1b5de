"""Every character of a text and every token has its place in the painted text."""

from __future__ import annotations

import numpy as np
import pytest

import attention_viz as av
from attention_viz.core.place import Place
from attention_viz.core.token import Token
from attention_viz.core.words import Unit
from attention_viz.views.head import head_view
from attention_viz.views.text import stretches_of


def stretches(trace: av.Trace, unit: Unit = "tokens"):
    view = head_view(trace, Place(0, 0), unit)
    return stretches_of(trace, view.starts, view.key_starts)


@pytest.mark.parametrize("unit", ["tokens", "words"])
@pytest.mark.parametrize("text", ["The cat didn't!", "naïve 中文 🤷🏽‍♀️ x", "a\x00b", "مرحبا بالعالم", "<b>&"])
@pytest.mark.parametrize("second", [None, "on the mat"])
def test_all_is_told_once(minilm, text, second, unit):
    trace = av.trace(minilm, text, second)
    found = stretches(trace, unit)
    view = head_view(trace, Place(0, 0), unit)
    for segment, whole in enumerate(trace.texts):
        told = [stretch.text for stretch in found if stretch.segment == segment and not stretch.special]
        assert "".join(told) == whole.rstrip()
    assert sorted(row for stretch in found for row in stretch.tokens) == list(range(len(view.starts)))


def test_queries_and_keys_of_cross_attention_are_on_their_own_sides():
    trace = av.from_arrays([[[[0.5, 0.5, 0], [0, 0, 1]]]], ["le", "chat"], ["the", "cat", "sat"])
    found = stretches(trace)
    assert trace.kind == "cross"
    assert [(stretch.text, stretch.side, stretch.tokens) for stretch in found if stretch.tokens] == [
        ("the", "key", (0,)),
        ("cat", "key", (1,)),
        ("sat", "key", (2,)),
        ("le", "query", (0,)),
        ("chat", "query", (1,)),
    ]


def test_a_token_without_characters_has_a_place_of_its_own():
    info = av.ModelInfo("made", "made", (av.Stack("encoder", 1, 1),), 1, 1, 0, 9, "0", "none", "made by a test")
    places = {"▁": (0, 0), "cat": (0, 3), "": (3, 3)}
    tokens = tuple(Token(text, 1, span, 0, 0, False) for text, span in places.items())
    trace = av.Trace(info, ("cat",), tokens, (av.MapLayer(np.full((1, 3, 3), 1 / 3, dtype=np.float32)),))
    assert [(stretch.text, stretch.tokens) for stretch in stretches(trace)] == [("▁", (0,)), ("cat", (1, 2))]


def test_tokens_that_never_point_into_the_text():
    tokens = [Token("x", 1, None, None, 0, True)]
    trace = av.from_arrays([[[[1.0]]]], tokens, texts="never told")
    assert [stretch.text for stretch in stretches(trace)] == ["x"]
