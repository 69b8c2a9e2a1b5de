"""Associative recall: what is asked for, where a head should look, and what is read."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from attention_viz.core.errors import ConfigError, TextError
from attention_viz.toy.chance import generator
from attention_viz.toy.patterns import uniform_masses
from attention_viz.toy.task import Batch
from attention_viz.toy.tasks import TASKS
from attention_viz.toy.training import held_out, train
from tests.sentences import said

RECALL = TASKS["recall"]
KEYS, VALUES = set(range(16)), set(range(16, 32))


def some(size: int = 50, seed: int = 0) -> Batch:
    return RECALL.batch(RECALL.defaults, generator(seed, 0), size)


def test_it_is_eight_pairs_and_the_same_again_in_another_order():
    orders = set()
    for row in some().inputs.tolist():
        pairs = list(zip(row[::2], row[1::2], strict=True))
        first, again = pairs[:8], pairs[8:]
        assert len({key for key, _ in first}) == 8
        assert {key for key, _ in first} <= KEYS
        assert {value for _, value in first} <= VALUES
        assert sorted(first) == sorted(again)
        orders.add(tuple(first.index(pair) for pair in again))
    assert len(orders) > 40


def test_every_value_asked_for_is_the_one_that_stood_behind_the_key():
    batch = some()
    for row, targets, scored in zip(batch.inputs.tolist(), batch.targets.tolist(), batch.scored.tolist(), strict=True):
        assert [place for place, counts in enumerate(scored) if counts] == list(range(16, 32, 2))
        for place in range(16, 32, 2):
            assert targets[place] == row[row.index(row[place]) + 1]


def test_a_model_that_sees_no_future_is_asked_for_nothing_that_it_sees():
    """The answer stands behind the place that asks; among what is seen, one value follows the same key."""
    for row, targets in zip(some().inputs.tolist(), some().targets.tolist(), strict=True):
        for place in range(16, 32, 2):
            seen = row[: place + 1]
            behind = [seen[at + 1] for at in range(place) if seen[at] == seen[place]]
            assert behind == [targets[place]]


def test_patterns_point_where_the_answer_is():
    batch = some()
    previous, induction = batch.patterns["previous token"], batch.patterns["induction"]
    for number, row in enumerate(batch.inputs.tolist()):
        assert previous[number].nonzero().tolist() == [[place, place - 1] for place in range(1, 16, 2)]
        wanted = [[place, row.index(row[place]) + 1] for place in range(16, 32, 2)]
        assert induction[number].nonzero().tolist() == wanted


def test_what_a_head_gets_that_looks_at_all_alike():
    config = RECALL.defaults
    batch = held_out(RECALL, config)
    with torch.no_grad():
        attended = RECALL.build(config)(batch.inputs).attended
    assert uniform_masses(attended, batch.patterns) == pytest.approx(
        {
            # Place i sees i + 1 tokens; values of the first half are at 1, 3, …, 15, repeated keys at 16, 18, …, 30.
            "previous token": (1 / 2 + 1 / 4 + 1 / 6 + 1 / 8 + 1 / 10 + 1 / 12 + 1 / 14 + 1 / 16) / 8,
            "induction": (1 / 17 + 1 / 19 + 1 / 21 + 1 / 23 + 1 / 25 + 1 / 27 + 1 / 29 + 1 / 31) / 8,
        }
    )


def test_the_example_reads_as_it_is_asked():
    text, second = RECALL.example(RECALL.defaults)
    assert second is None
    read = RECALL.read(RECALL.defaults, text)
    assert text.split() == [token.text for token in read.tokens]
    assert [token.id for token in read.tokens[::2]] == ["ABCDEFGHIJKLMNOP".index(key) for key in text.split()[::2]]
    assert [token.id - 16 for token in read.tokens[1::2]] == [int(value) for value in text.split()[1::2]]
    assert RECALL.example(replace(RECALL.defaults, seed=1)) != (text, second)


def test_less_than_a_whole_example_can_be_read():
    read = RECALL.read(RECALL.defaults, "C 7  A 15\nC")
    assert [(token.text, token.id, token.span) for token in read.tokens] == [
        ("C", 2, (0, 1)),
        ("7", 23, (2, 3)),
        ("A", 0, (5, 6)),
        ("15", 31, (7, 9)),
        ("C", 2, (10, 11)),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", r"nothing to read\. This model reads keys from A to P and values from 0 to 15, with blanks between"),
        ("A 16", "does not know “16”: it reads keys from A to P"),
        ("A7", "does not know “A7”"),
        ("a 7", "does not know “a”"),
        ("Ａ 7", "does not know “Ａ”"),
        ("A ٧", "does not know “٧”"),
    ],
)
def test_what_is_no_key_and_no_value_is_named(text: str, sentence: str):
    with pytest.raises(TextError, match=sentence):
        RECALL.read(RECALL.defaults, text)


def test_more_than_an_example_is_cut_with_a_note():
    read = RECALL.read(RECALL.defaults, "A 7 " * 17)
    assert len(read.tokens) == 32
    assert said(read.notes) == ("The text has 34 symbols; this model reads the first 32.",)


def test_it_learns_from_no_text():
    with pytest.raises(ConfigError, match="one setting for text"):
        train(RECALL, replace(RECALL.defaults, text="hello"))
