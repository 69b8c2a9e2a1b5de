"""Where plain tokens stand, by the conventions that tokenizers have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import attention_viz as av
from attention_viz.core.plain_tokens import plain_tokens
from tests.sentences import said


@pytest.mark.parametrize(
    ("pieces", "text", "words"),
    [
        (["[CLS]", "the", "cat", "##s", "sat", "[SEP]"], "the cats sat", [None, 0, 1, 1, 2, None]),
        (["<s>", "▁the", "▁cat", "s", "</s>"], "the cats", [None, 0, 1, 1, None]),
        (["<|endoftext|>", "The", "Ġcat", "s"], "The cats", [None, 0, 1, 1]),
        (["The", " cat", "s", "\n"], "The cats", [0, 1, 1, None]),
        (["the", "cat", "sat"], "the cat sat", [0, 1, 2]),
        (["▁", "好", "▁a"], "好 a", [None, 0, 1]),
        (["##", "a", "[UNK]", "<unk>"], "## a [UNK] <unk>", [0, 1, 2, 3]),
        (["[PAD]", "<pad>", "<|im_start|>", "<extra_id_0>", "[MASK]"], "", [None] * 5),
        (["", "  "], "", [None, None]),
    ],
)
def test_a_text_made_of_tokens(pieces: list[str], text: str, words: list[int | None]):
    made = plain_tokens(pieces)
    assert (made.text, made.notes) == (text, ())
    assert [token.text for token in made.tokens] == pieces, "as they were given"
    assert [token.word for token in made.tokens] == words
    assert [token.special for token in made.tokens] == [
        piece.startswith(("[CLS", "[SEP", "[PAD", "[MASK", "<s>", "</s>", "<pad", "<|", "<extra")) for piece in pieces
    ]
    assert {token.id for token in made.tokens} == {-1}


@given(st.lists(st.text(max_size=6), max_size=12))
def test_places_are_where_the_tokens_are(pieces: list[str]):
    made = plain_tokens(pieces)
    last = 0
    for token in made.tokens:
        if token.span is not None:
            start, end = token.span
            assert last <= start < end <= len(made.text)
            assert made.text[start:end] in token.text
            last = end
    groups = av.group_words(made.tokens, (made.text,))
    assert [index for word in groups for index in word.tokens] == list(range(len(pieces)))


def test_places_in_a_text_of_ones_own():
    made = plain_tokens(["[CLS]", "the", "cat", "##s", ".", "[SEP]"], "The  CATS. And")
    assert (made.text, made.notes) == ("The  CATS. And", ())
    assert [token.span for token in made.tokens] == [None, (0, 3), (5, 8), (8, 9), (9, 10), None]


@pytest.mark.parametrize("text", ["the dog sat", "", "cat the", "the fat cat"])
def test_a_text_that_is_not_the_tokens(text: str):
    made = plain_tokens(["the", "cat"], text)
    assert made.text == "the cat"
    assert said(made.notes) == (
        "The tokens are not those of the given text, so the tokens themselves are shown as the text.",
    )


def test_half_of_a_surrogate_pair():
    (token,) = plain_tokens(["a\ud800"]).tokens
    assert token.text == "a\ufffd"
