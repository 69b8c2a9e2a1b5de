"""Numbers of bytes in words."""

from __future__ import annotations

import pytest

from attention_viz.core.sizes import size_in_words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 kB"),
        (1, "1 kB"),
        (3_400, "3 kB"),
        (1_000_000, "1.0 MB"),
        (9_940_000, "9.9 MB"),
        (437_929_000, "438 MB"),
        (1_340_000_000, "1.3 GB"),
    ],
)
def test_sizes(count, words):
    assert size_in_words(count) == words
