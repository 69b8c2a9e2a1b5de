"""Pairs of maps, and what the browser has to make of them: computed here by core/compare, and read by compare_test.js.

`python -m tests.components.comparison_cases` writes the file anew.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

import attention_viz as av
from attention_viz.views.ground import Ground, grounds_of, on_common_ground
from tests.core.test_compare import pieces

FILE = Path(__file__).with_name("comparisons.json")
SEEN, HIDDEN, ABSENT = 0, 1, 2
"""As comparison.js has them."""
TEXT = "The cats sat down."
WORDS = ["The", "cats", "sat", "down", "."]
PARTS = ["The", "cat", "s", "s", "at", "down", "."]
_LAST = 6
"""Decimals of the numbers in the file; what crosses to the browser is right to four."""


def maps_of(seed: str, visible: np.ndarray, heads: int = 1) -> np.ndarray:
    """[head, query, key] of whole numbers divided by their sum, 0 where `visible` is False."""
    chance = random.Random(seed)
    numbers = np.array([chance.choice([1, 1, 2, 3, 20]) for _ in range(heads * visible.size)], dtype=np.float64)
    maps = np.where(visible, numbers.reshape(heads, *visible.shape), 0)
    return (maps / maps.sum(-1, keepdims=True)).astype(np.float32)


def head(
    seed: str,
    text: str = TEXT,
    cut: Sequence[str] = WORDS,
    added: tuple[str, str] = ("[CLS]", "[SEP]"),
    *,
    back: int = 99,
    ahead: int = 99,
    mean_of: int = 1,
) -> av.Head:
    """A head whose queries see so many tokens back and ahead. mean_of: it is the mean of so many."""
    tokens = pieces(text, cut, *added)
    apart = np.subtract.outer(np.arange(len(tokens)), np.arange(len(tokens)))
    visible = (apart <= back) & (-apart <= ahead)
    maps = maps_of(seed, visible, mean_of).mean(axis=0, dtype=np.float32)
    kind: Any = "decoder" if ahead == 0 else "encoder"
    return av.from_arrays(maps[None, None], tokens, texts=text, visible=visible, kind=kind).head(0, 0)


def cross(seed: str, queries: Sequence[str], keys: Sequence[str]) -> av.Head:
    maps = maps_of(seed, np.ones((len(queries), len(keys)), dtype=bool))
    return av.from_arrays(maps[None], queries, keys).head(0, 0)


def pairs() -> Iterator[tuple[str, av.Head, av.Head]]:
    once = head("once")
    yield "the same tokens", once, head("again")
    yield "one head twice", once, once
    yield "a mean of heads beside one of them", once, head("several", mean_of=4)
    yield "words merged", once, head("parts", cut=PARTS, added=("<s>", "</s>"))
    yield "a decoder beside an encoder", once, head("causal", ahead=0)
    yield "an encoder beside a decoder", head("causal", ahead=0), once
    yield "a decoder of other tokens", once, head("parts", cut=PARTS, added=("<s>", ""), ahead=0)
    yield "two decoders", head("causal", ahead=0), head("causal too", ahead=0)
    yield "windows of two widths", head("near", back=1, ahead=1), head("wide", back=2, ahead=0)
    yield "two texts", once, head("other", "Two cats sat down there.", ["Two", "cats", "sat", "down", "there", "."])
    yield "two texts, one of a decoder", once, head("other", "down sat cats.", ["down", "sat", "cats", "."], ahead=0)
    yield "no common cell", head("itself", back=0, ahead=0), _elsewhere()
    yield "nothing in common", head("yes", "yes", ["yes"]), head("no", "no", ["no"])
    yield "two kinds of tokens", cross("x", ["a", "b"], ["c", "d", "e"]), cross("y", ["b", "a"], ["c", "e"])


def _elsewhere() -> av.Head:
    """Each query sees the others, and not itself."""
    tokens = pieces(TEXT, WORDS, "[CLS]", "[SEP]")
    visible = ~np.eye(len(tokens), dtype=bool)
    return av.from_arrays(maps_of("away", visible)[None], tokens, texts=TEXT, visible=visible, kind="encoder").head(
        0, 0
    )


def expected(sides: av.SideBySide, rows: Ground, columns: Ground) -> dict[str, Any]:
    """What is to be seen in each panel, cell by cell, and what is said of it."""
    of_a, of_b = np.ix_(rows.of_a, columns.of_a), np.ix_(rows.of_b, columns.of_b)
    shared = np.ix_(rows.of_a[sides.rows.shared_a], columns.of_a[sides.columns.shared_a])
    whole = sides.rows.complete and sides.columns.complete
    return {
        "a": _panel(rows, columns, of_a, sides.map_a, sides.seen_a),
        "b": _panel(rows, columns, of_b, sides.map_b, sides.seen_b),
        "difference": _panel(rows, columns, shared, sides.difference, sides.compared),
        "most": {
            "weight": round(float(max(sides.map_a.max(), sides.map_b.max())), _LAST),
            "difference": round(float(np.abs(sides.difference).max(initial=0)), _LAST),
        },
        "comparable": sides.comparable,
        "alone": not whole,
        "same": whole and sides.whole_rows and not sides.difference.any(),
    }


def _panel(rows: Ground, columns: Ground, cells: Any, values: np.ndarray, seen: np.ndarray) -> dict[str, Any]:
    shape = len(rows.labels), len(columns.labels)
    states, numbers = np.full(shape, ABSENT), np.zeros(shape)
    states[cells] = np.where(seen, SEEN, HIDDEN)
    numbers[cells] = np.where(seen, values, 0)
    # + 0: there is no −0 in the file.
    return {"states": states.ravel().tolist(), "values": (numbers.round(_LAST) + 0).ravel().tolist()}


def written() -> str:
    """The file: a line for each pair."""
    lines = []
    for name, a, b in pairs():
        sides = av.side_by_side(a, b)
        rows, columns = grounds_of(sides)
        case = {
            "name": name,
            "rows": [asdict(label) for label in rows.labels],
            "columns": [asdict(label) for label in columns.labels],
            "words": on_common_ground(sides, rows, columns).ravel().tolist(),
            "expected": expected(sides, rows, columns),
        }
        lines.append(json.dumps(case, ensure_ascii=False))
    return "[\n" + ",\n".join(lines) + "\n]\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
