"""What is said before a long text is read."""

from __future__ import annotations

import pytest

import attention_viz as av
from attention_viz.models.cost import check_room, cost_of

INFO = av.describe_model("all-MiniLM-L6-v2")


def test_memory_covers_what_a_trace_keeps(minilm):
    trace = av.trace(minilm, "cat " * 400)
    assert cost_of(INFO, len(trace.tokens)).memory > 2 * trace.nbytes


def test_pairs_of_tokens_outgrow_tokens():
    short, long = (cost_of(INFO, tokens).operations for tokens in (1_000, 100_000))
    assert 100 < long / short < 10_000


def test_a_text_that_does_not_fit_is_refused_with_one_that_would():
    free = 1_000_000_000
    with pytest.raises(av.TextError, match=r"has 100,000 tokens.*1\.0 GB are free\. About [\d,]+ tokens") as said:
        check_room(INFO, 100_000, free=free)
    fits = int(str(said.value).split("About ")[1].split(" tokens")[0].replace(",", ""))
    assert 0.8 * free < cost_of(INFO, fits).memory <= free
    check_room(INFO, fits, free=free)


def test_short_texts_are_not_held_up():
    check_room(INFO, 1024, free=0)
