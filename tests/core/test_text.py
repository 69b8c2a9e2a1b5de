from __future__ import annotations

import pytest

import attention_viz as av
from attention_viz.core.text import MAX_CHARACTERS, clean
from tests.sentences import said


def test_ordinary_text_is_left_alone():
    for text in ("cat", "a\0b\x07", "👩‍👩‍👧", "שָׁלוֹם", "<script>", ""):
        assert clean(text) == (text, ())


def test_half_a_surrogate_pair_is_replaced_in_place_and_said():
    text, notes = clean("a\ud800b\udfff")
    assert text == "a\ufffdb\ufffd"
    assert said(notes) == (
        "2 characters were half of a surrogate pair, which is not valid Unicode, and is read as \ufffd.",
    )


def test_the_longest_text():
    assert clean("x" * MAX_CHARACTERS)[1] == ()
    with pytest.raises(av.TextError) as raised:
        clean("x" * (MAX_CHARACTERS + 1))
    assert str(raised.value) == ("This text has 200,001 characters; at most 200,000 can be read. Paste a shorter part.")
