"""What is held out of a text does not stand in what is learned from, whatever the text looks like."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention_viz.toy.split import LINE, RUN, Split, split
from attention_viz.toy.verses import VERSES

LEAST = 65
WORDS = ("rain", "wind", "door", "lamp", "river", "bread", "stone", "night", "apple", "cloud", "letter", "garden")
REFRAIN = "And all of them said: what a fine, fine night.\nHey ho!\nSing it again.\n"


def words(count: int, seed: int = 0) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=count))


def lines(count: int, kinds: int) -> str:
    """Lines in an order that knows no rule, of only so many kinds."""
    known = [words(6, number) for number in range(kinds)]
    return "\n".join(random.Random(1).choices(known, k=count))


TEXTS = {
    "included": VERSES,
    "prose in one line": " ".join(words(12, number) + "." for number in range(40)),
    "code": Path(__file__).read_text(encoding="utf-8"),
    "refrain": "".join(words(20, number) + "\n" + REFRAIN for number in range(20)),
    "short lines": "\n".join(random.Random(2).choices([f"{one} {other}" for one in WORDS for other in WORDS], k=300)),
    "repeated lines": lines(60, kinds=20),
    "pasted twice": 2 * words(300),
    "one sentence": "The quick brown fox jumps over the lazy dog. " * 40,
    "one character": "a" * 500,
    "short": words(40)[:200],
    "Windows": lines(60, kinds=20).replace("\n", "\r\n"),
}


def check(text: str) -> Split:
    parts = split(text, LEAST)
    assert text.endswith(parts.unseen)
    assert len(parts.unseen) >= min(LEAST, len(text))
    for at in range(len(parts.unseen) - RUN + 1):
        assert not any(parts.unseen[at : at + RUN] in stretch for stretch in parts.seen)
    learned = {line.strip() for stretch in parts.seen for line in stretch.split("\n")}
    assert not {line for line in map(str.strip, parts.unseen.split("\n")) if len(line) >= LINE} & learned
    return parts


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_line_and_no_long_run_is_on_both_sides(text: str):
    check(text)


@given(st.lists(st.sampled_from(["the cat ", "sat on a mat", "\n", "is it late", ". ", "what", "é"]), max_size=200))
def test_it_holds_for_any_text(pieces: list[str]):
    text = "".join(pieces)
    if len(text) > 2 * LEAST:
        check(text)


@given(st.text("ab\n", min_size=2 * LEAST, max_size=400))
def test_nothing_else_is_left_out(text: str):
    """Each stretch stands before the held-out part; what is in none stands in the held-out part, or is a single one."""
    parts = split(text, LEAST)
    before = text[: len(text) - len(parts.unseen)]
    at = 0
    for stretch in parts.seen:
        at = before.index(stretch, at) + len(stretch)
    assert len(before) - parts.left_out - parts.learned_from <= len(parts.seen) + before.count("\n") + parts.left_out
    if not parts.left_out:
        assert "".join(parts.seen) == before


def test_what_recurs_is_taken_out_of_the_part_that_is_learned_from():
    own = [f"{number:02d}-" * 40 + "\n" for number in range(20)]
    parts = split("".join(line + REFRAIN for line in own), LEAST)
    assert REFRAIN in parts.unseen
    assert not any("fine, fine" in stretch for stretch in parts.seen)
    assert [number for number, line in enumerate(own) if any(line[:100] in stretch for stretch in parts.seen)] == [
        *range(16)
    ]
    assert parts.left_out >= 15 * len(REFRAIN.replace("\n", ""))


def test_of_a_text_without_repetitions_all_is_used():
    text = "".join(f"{number:04d}," for number in range(400))
    parts = split(text, LEAST)
    assert (parts.seen, parts.unseen, parts.left_out) == ((text[:1600],), text[1600:], 0)


def test_the_held_out_part_begins_with_a_line_where_one_is_near():
    text = "\n".join(f"{number:04d}" * 9 for number in range(40))
    assert split(text, LEAST).unseen.startswith("0033" * 9 + "\n")


def test_the_included_text_says_nothing_twice():
    parts = split(VERSES, LEAST)
    assert parts.left_out == 0
    runs = [VERSES[at : at + RUN] for at in range(len(VERSES) - RUN + 1)]
    assert len(set(runs)) == len(runs)
