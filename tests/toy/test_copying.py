"""The copyist says what followed the longest end of what it has read, and nothing else."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention_viz.toy.copying import copied


def slowly(seen: list[str], piece: str) -> list[str]:
    """The same, by comparing with every place of every stretch."""
    said = []
    for place in range(1, len(piece)):
        places = [(stretch, at) for stretch in seen for at in range(len(stretch))]
        longest = max(
            length
            for stretch, at in places
            for length in range(min(place, at) + 1)
            if stretch[at - length : at] == piece[place - length : place]
        )
        end = piece[place - longest : place]
        behind = Counter(stretch[at] for stretch, at in places if at >= longest and stretch[at - longest : at] == end)
        said.append(behind.most_common(1)[0][0])
    return said


@given(
    st.lists(st.text("ab\n", min_size=1, max_size=12), min_size=1, max_size=4),
    st.lists(st.text("abc\n", max_size=10), max_size=3),
)
def test_it_is_what_comparing_everything_gives(seen: list[str], pieces: list[str]):
    assert copied(seen, pieces) == [said for piece in pieces for said in slowly(seen, piece)]


def test_the_longest_end_counts_and_not_the_more_frequent_one():
    assert copied(["xab", "yac", "yac"], ["xa?"]) == ["a", "b"]


def test_nothing_is_read_across_two_stretches():
    assert copied(["ab", "cb", "cb"], ["bb"]) == ["b"], "behind “b” stands nothing: the most frequent is said"


def test_without_a_match_the_most_frequent_is_said():
    assert copied(["aab"], ["xyz"]) == ["a", "a"]


@pytest.mark.parametrize("seen", [[], [""]])
def test_nothing_can_be_copied_from_nothing(seen: list[str]):
    with pytest.raises(ValueError, match="nothing to copy"):
        copied(seen, ["ab"])


def test_a_text_of_few_characters_takes_no_minutes():
    """19 of one character come again and again: 16,000 occurrences of an end, at 4,000 places."""
    said = copied(["a" * 16_000], ["b" + 19 * "a"] * 200)
    assert set(said) == {"a"}
