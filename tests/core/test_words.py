"""Where words begin, and what merging does to a map."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import attention_viz as av
from attention_viz.core.words import word_numbers
from tests.conftest import tokens_of


def spans_of(text: str, pieces: list[str]) -> list[tuple[int, int]]:
    spans, start = [], 0
    for piece in pieces:
        start = text.index(piece, start)
        spans.append((start, start + len(piece)))
        start += len(piece)
    return spans


@pytest.mark.parametrize(
    ("text", "pieces", "numbers"),
    [
        ("The cat didn't", ["The", "cat", "didn", "'", "t"], [0, 1, 2, 2, 2]),
        ("tired, and", ["tired", ",", "and"], [0, 1, 2]),
        ("unbelievable", ["un", "believ", "able"], [0, 0, 0]),
        ("3.14 is", ["3", ".", "14", "is"], [0, 0, 0, 1]),
        ("我喜欢", ["我", "喜", "欢"], [0, 1, 2]),
        ("مرحبا بك", ["مر", "حبا", "بك"], [0, 0, 1]),
        ("well-known", ["well", "-", "known"], [0, 1, 2]),
        ("👩‍👩‍👧 ok", ["👩", "\u200d", "👩‍👧", "ok"], [0, 0, 0, 1]),
    ],
)
def test_words_of_many_scripts(text, pieces, numbers):
    assert word_numbers(text, spans_of(text, pieces)) == numbers


def test_bytes_of_one_character_are_one_word():
    assert word_numbers("😀 a", [(0, 1), (0, 1), (0, 1), (2, 3)]) == [0, 0, 0, 1]


def test_a_piece_over_several_words_is_one():
    assert word_numbers("สวัสดีครับ โลก", [(0, 10), (11, 14)]) == [0, 1]


def test_words_of_the_pronoun_example(pronoun):
    words = av.group_words(pronoun.tokens, pronoun.texts)
    assert [word.text for word in words][:6] == ["[CLS]", "The", "cat", "didn't", "cross", "the"]
    assert words[3].tokens == (3, 4, 5)
    assert words[-1].special
    assert sum(len(word.tokens) for word in words) == len(pronoun.tokens)


@pytest.mark.parametrize("text", ["नमस्ते दुनिया", "cafe\u0301 cre\u0300me", "שָׁלוֹם עולם"])
def test_words_are_shown_as_they_were_typed(minilm, text):
    trace = av.trace(minilm, text)
    words = [word.text for word in av.group_words(trace.tokens, trace.texts) if not word.special]
    assert " ".join(words) == text


def test_words_of_a_pair_do_not_run_together(minilm):
    trace = av.trace(minilm, "Who wrote Hamlet", "Hamlet")
    words = av.group_words(trace.tokens, trace.texts)
    assert [(word.text, word.segment) for word in words if not word.special] == [
        ("Who", 0),
        ("wrote", 0),
        ("Hamlet", 0),
        ("Hamlet", 1),
    ]


def test_merge_by_hand():
    weights = np.array([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7], [0.0, 1.0, 0.0]], dtype=np.float32)
    a, b = av.Word("a", (0, 1), 0, False), av.Word("b", (2,), 0, False)
    np.testing.assert_allclose(av.merge_words(weights, (a, b), (a, b)), [[0.525, 0.475], [1.0, 0.0]], atol=1e-6)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=8), st.integers(0, 10_000))
@settings(deadline=None)
def test_merging_keeps_rows_at_one(sizes, seed):
    count = sum(sizes)
    weights = np.random.default_rng(seed).dirichlet(np.ones(count), size=count).astype(np.float32)
    starts = np.cumsum([0, *sizes])
    words = [av.Word("w", tuple(range(a, b)), 0, False) for a, b in pairwise(starts)]
    merged = av.merge_words(weights, words, words)
    assert merged.shape == (len(sizes), len(sizes))
    np.testing.assert_allclose(merged.sum(-1), 1, atol=1e-5)
    if all(size == 1 for size in sizes):
        np.testing.assert_array_equal(merged, weights)


def test_tokens_that_are_words_stay_as_they_are():
    tokens = tokens_of(["[CLS]", "a", "b"])
    assert [word.text for word in av.group_words(tokens, ("[CLS] a b",))] == ["[CLS]", "a", "b"]
