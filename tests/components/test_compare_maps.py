"""What the comparison sends to the browser and takes from it; and that a view's files can be joined."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st

from attention_viz.components import compare_maps as view
from attention_viz.components.compare_maps import compare_maps
from attention_viz.components.files import script
from attention_viz.core.place import FIRST
from attention_viz.views.ground import Label
from attention_viz.views.packet import pack, to_words
from attention_viz.views.shown import Colours, ColourSets, Shown
from tests.components import comparison_cases

COMPONENTS = Path(view.__file__).parent.parent
TOP = re.compile(r"^(?:export )?(?:default )?(?:async )?(?:const|let|function|class) (\w+)", re.MULTILINE)
COLOURS = Colours("#000000", "#777777", "#cccccc", "#ffffff", "#0000ff", "#ff8800", (), ("#ffffff",), ("#ffffff",))


@pytest.mark.parametrize("main", sorted(COMPONENTS.glob("*/main.js")), ids=lambda main: main.parent.name)
def test_joined_files_share_no_name(main: Path):
    joined = script(main)
    assert "import {" not in joined
    names = Counter(TOP.findall(joined))
    assert not [name for name, count in names.items() if count > 1]


class Mount:
    """Takes what would go to the browser, and answers in its place."""

    def __init__(self) -> None:
        self.told: dict[str, Any] = {}

    def __call__(self, **told: Any) -> None:
        self.told = told

    def answer(self, held: object) -> None:
        st.session_state[self.told["key"]] = type("Answer", (), {"held": held})()
        self.told["on_held_change"]()


@pytest.fixture
def mount(monkeypatch) -> Mount:
    # The browser is the one thing that is not here; everything up to it is real.
    made = Mount()
    monkeypatch.setattr(view, "_mount", made)
    return made


def show(on_held: Any, columns: list[Label] | None = None) -> None:
    rows = [Label("it", "it"), Label("tired", None), Label(None, "<b>wide</b>", special=True)]
    compare_maps(
        Shown("pair", FIRST, 1, None),
        rows=rows,
        columns=columns,
        titles=("L3 H1", "L5 H11"),
        top=0.5,
        bound=0.25,
        view="maps",
        about="a text",
        colours=ColourSets(COLOURS, COLOURS),
        on_held=on_held,
    )


def test_the_browser_is_told_what_is_on_each_side(mount):
    show(lambda query, key: None)
    data = mount.told["data"]
    assert [row["a"] for row in data["rows"]] == ["it", "tired", None]
    assert [row["b"] for row in data["rows"]] == ["it", None, "<b>wide</b>"]
    assert data["columns"] is None
    assert data["titles"] == {"a": "L3 H1", "b": "L5 H11"}
    assert (data["trace"], data["query"], data["key"]) == ("pair", 1, None)
    assert (data["top"], data["bound"], data["curve"], data["view"]) == (0.5, 0.25, "sqrt", "maps")
    json.dumps(data, allow_nan=False)


@pytest.mark.parametrize(
    ("sent", "held"),
    [
        ([2, 0], (2, 0)),
        ([2, 1], (2, None)),
        ([3, 0], (None, 0)),
        ([-1, 0], (None, 0)),
        ([None, 0], (None, 0)),
        ("12", (None, None)),
        ({"query": 1}, (None, None)),
        (None, (None, None)),
    ],
)
def test_only_places_that_are_there_are_held(mount, sent, held):
    heard = []
    show(lambda query, key: heard.append((query, key)), columns=[Label("it", "it")])
    mount.answer(sent)
    assert heard == [held]


def test_a_parcel_holds_a_then_b():
    a = np.array([[1, 0], [0.25, 0.75]], dtype=np.float32)
    b = np.array([[0.5, 0.5], [0, 1]], dtype=np.float32)
    seen = np.array([[True, False], [True, True]])
    packet = pack({"queries": 2, "keys": 2}, np.stack([to_words(a, seen), to_words(b)]))
    words = np.frombuffer(packet[-16:], np.uint16)
    assert words.tolist() == [65535, 0, 32768, 1 + round(65534 * 0.75**0.5), 46341, 46341, 1, 65535]


def test_what_the_browser_is_tested_against_is_what_core_computes():
    written = comparison_cases.FILE.read_text(encoding="utf-8")
    assert written == comparison_cases.written(), "python -m tests.components.comparison_cases writes it anew"
    cases = json.loads(written)
    states = [case["expected"]["difference"]["states"] for case in cases]
    seen = {state for of_a_pair in states for state in of_a_pair}
    assert seen == {comparison_cases.SEEN, comparison_cases.HIDDEN, comparison_cases.ABSENT}
    assert any(case["expected"]["same"] for case in cases)
    assert not all(case["expected"]["comparable"] for case in cases)
