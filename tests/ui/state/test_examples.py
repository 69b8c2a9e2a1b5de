"""What the examples say of themselves is what the bundled model does."""

from __future__ import annotations

import re

import numpy as np
import pytest

import attention_viz as av
from attention_viz.core.mean import attention_at
from attention_viz.core.model import Encoding
from attention_viz.ui.state.examples import EXAMPLES, SAMPLES, samples_for
from attention_viz.ui.state.selection import DEFAULT, Side

REPEATED = (
    "a small boat met another boat",
    "my brother gave a book to your brother",
    "we saw a green door and a grey door",
    "in spring came rain and in autumn came rain",
    "the teacher asked another teacher",
    "one tall tree stood beside another tree",
    "they sang a song and forgot the song",
    "the doctor called the nurse and then another doctor",
    "old men tell the children what is old",
    "he left his key where she had left her key",
)
"""The last word of each stands there twice."""

PRONOUNS = (
    ("The dog did not eat the bone because it was {}.", ("dog", "bone"), ("sick", "rotten")),
    ("The horse did not pull the cart because it was {}.", ("horse", "cart"), ("tired", "broken")),
    ("The bird left the nest because it was {}.", ("bird", "nest"), ("hungry", "wet")),
    ("The ball broke the window because it was {}.", ("ball", "window"), ("heavy", "fragile")),
    ("The box did not fit in the car because it was {}.", ("box", "car"), ("large", "small")),
    ("The truck passed the bus because it was {}.", ("truck", "bus"), ("fast", "slow")),
    ("The knife cut the bread because it was {}.", ("knife", "bread"), ("sharp", "soft")),
    ("The water filled the cup until it was {}.", ("water", "cup"), ("gone", "full")),
    ("The wolf hunted the sheep because it was {}.", ("wolf", "sheep"), ("hungry", "slow")),
    ("The storm hit the ship while it was {}.", ("storm", "ship"), ("raging", "sailing")),
)
"""A sentence, its two nouns, and the word that makes “it” the one or the other."""


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_held_token_looks_where_the_example_says(minilm, example):
    trace = av.trace(minilm, example.text, example.second)
    row = attention_at(trace, example.place)[example.query]
    key, weight = example.looks_at
    ordinary = [not token.special and at != example.query for at, token in enumerate(trace.tokens)]
    assert int(np.argmax(np.where(ordinary, row, -1))) == key
    assert row[key] == pytest.approx(weight, abs=0.005)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_each_number_of_a_hint_is_measured_on_its_text(minilm, example):
    weights = attention_at(av.trace(minilm, example.text, example.second), example.place)
    spoken_of = [(example.query, *example.looks_at), *example.also]
    for query, key, weight in spoken_of:
        assert weights[query, key] == pytest.approx(weight, abs=0.005)
    said = re.findall(r"\d\.\d+", example.hint)
    assert set(said) <= {f"{weight:.2f}" for _, _, weight in spoken_of}
    assert said, "a hint can be checked by a number"
    assert example.place.name in example.hint


def test_the_hints_side_remarks(minilm):
    pair = av.trace(minilm, EXAMPLES[1].text, EXAMPLES[1].second)
    assert [pair.tokens[at].text for at in (1, 5, 8, 13)] == ["who", "hamlet", "hamlet", "shakespeare"]
    who = pair.attention(5, 11)[1]
    assert who[5] + who[8] > who[13] + 0.1, "“Hamlet” gets more"
    russian = av.trace(minilm, EXAMPLES[4].text)
    pieces = [token.text.removeprefix("##") for token in russian.tokens if not token.special]
    assert np.mean([len(piece) == 1 for piece in pieces]) > 0.9


def test_the_head_of_repeated_words_looks_for_them_in_other_texts_too(minilm):
    """Which is why its hint is not about one text alone."""
    found = []
    for text in REPEATED:
        trace = av.trace(minilm, text)
        texts = [token.text for token in trace.tokens]
        here, there = (at for at, piece in enumerate(texts) if piece == text.split()[-1])
        for query, key in ((here, there), (there, here)):
            row = trace.attention(2, 9)[query].copy()
            row[[0, query, -1]] = -1
            found.append(int(row.argmax()) == key)
    assert np.mean(found) >= 0.8


def test_the_head_of_the_first_example_does_not_know_what_it_means(minilm):
    """Which is why its hint speaks of one sentence: in pairs of which one word decides, it goes by other things."""
    right = []
    for text, nouns, words in PRONOUNS:
        for noun, word in zip(nouns, words, strict=True):
            trace = av.trace(minilm, text.format(word))
            texts = [token.text for token in trace.tokens]
            row = trace.attention(3, 1)[texts.index("it")]
            right.append(max(nouns, key=lambda one: row[texts.index(one)]) == noun)
    assert len(right) == 20
    assert np.mean(right) < 0.75


def test_the_first_example_is_what_the_page_opens_on():
    first = EXAMPLES[0]
    assert DEFAULT.a == Side(DEFAULT.a.model, first.text, first.second, place=first.place)
    assert DEFAULT.query == first.query


def test_each_says_what_to_look_for_in_one_line():
    assert len({example.name for example in EXAMPLES}) == len(EXAMPLES) == 5
    assert all(20 < len(example.hint) <= 120 for example in EXAMPLES)


class TestSamples:
    def test_an_english_model_is_offered_english(self, minilm):
        names = [sample.name for sample in samples_for(("encoder",), minilm.encode)]
        assert names == ["What does “it” mean?", "Repeated words"]

    def test_a_translator_is_offered_two_texts(self, minilm):
        assert "English and German" in [one.name for one in samples_for(("encoder", "decoder", "cross"), minilm.encode)]

    def test_one_that_spells_everything_or_is_not_loaded_yet_is_offered_all_of_its_kind(self, minilm):
        def spelled(text: str) -> Encoding:
            return minilm.encode(" ".join(text))

        every = [sample for sample in SAMPLES if not sample.second]
        assert [*samples_for(("decoder",), spelled)] == [*samples_for(("decoder",), None)] == every
