"""What the examples say of themselves is what the bundled model does."""

from __future__ import annotations

import numpy as np
import pytest

import attention_viz as av
from attention_viz.core.mean import attention_at
from attention_viz.ui.state.examples import EXAMPLES
from attention_viz.ui.state.selection import DEFAULT, Side


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_held_token_looks_where_the_example_says(minilm, example):
    trace = av.trace(minilm, example.text, example.second)
    row = attention_at(trace, example.place)[example.token]
    key, weight = example.looks_at
    ordinary = [not token.special and at != example.token for at, token in enumerate(trace.tokens)]
    assert int(np.argmax(np.where(ordinary, row, -1))) == key
    assert row[key] == pytest.approx(weight, abs=0.005)
    assert f"{weight:.2f}" in example.hint or example.name not in ("What does “it” mean?", "Long paragraph")


def test_the_hints_side_remarks(minilm):
    question = EXAMPLES[1]
    trace = av.trace(minilm, question.text, question.second)
    assert trace.tokens[13].text == "shakespeare"
    assert trace.attention(5, 11)[1, 13] == pytest.approx(0.27, abs=0.005)
    pronoun = av.trace(minilm, EXAMPLES[0].text).attention(3, 1)
    assert pronoun[20].argmax() == 2
    repeated = av.trace(minilm, EXAMPLES[2].text).attention(2, 9)
    assert (repeated[2].argmax(), repeated[12].argmax()) == (12, 2)


def test_the_first_example_is_what_the_page_opens_on():
    first = EXAMPLES[0]
    assert DEFAULT.a == Side(DEFAULT.a.model, first.text, first.second, place=first.place)
    assert DEFAULT.token == first.token


def test_each_says_what_to_look_for_in_one_line():
    assert len({example.name for example in EXAMPLES}) == len(EXAMPLES) == 5
    assert all(20 < len(example.hint) <= 120 for example in EXAMPLES)
