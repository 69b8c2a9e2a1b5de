"""What the comparison tells the browser and takes from it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from attention_viz.components.compare_maps import compare_maps
from attention_viz.components.view import LiveView
from attention_viz.core.place import FIRST
from attention_viz.views.ground import Label
from attention_viz.views.packet import pack, to_words
from attention_viz.views.shown import Colours, ColourSets, Held, Shown
from tests.components import comparison_cases

COLOURS = Colours("#000000", "#777777", "#cccccc", "#ffffff", "#0000ff", "#ff8800", (), ("#ffffff",), ("#ffffff",))


def show(on_held: Any, columns: list[Label] | None = None) -> LiveView:
    rows = [Label("it", "it"), Label("tired", None), Label(None, "<b>wide</b>", special=True)]
    return compare_maps(
        Shown("pair", FIRST, Held(1)),
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


def test_the_browser_is_told_what_is_on_each_side():
    view = show(lambda held: None)
    data = view.data
    assert [row["a"] for row in data["rows"]] == ["it", "tired", None]
    assert [row["b"] for row in data["rows"]] == ["it", None, "<b>wide</b>"]
    assert data["columns"] is None
    assert data["titles"] == {"a": "L3 H1", "b": "L5 H11"}
    assert (data["trace"], view.shown) == ("pair", Shown("pair", FIRST, Held(1)))
    assert (data["top"], data["bound"], data["curve"], data["view"]) == (0.5, 0.25, "sqrt", "maps")
    json.dumps(data, allow_nan=False)


@pytest.mark.parametrize(
    ("sent", "held"),
    [
        ({"query": 2, "key": 0}, Held(2, 0)),
        ({"query": 2, "key": 1}, Held(2)),
        ({"query": 3, "key": 0}, Held(None, 0)),
    ],
)
def test_only_places_that_are_there_are_held(sent, held):
    heard: list[Held] = []
    show(heard.append, columns=[Label("it", "it")]).hears["held"](sent)
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
