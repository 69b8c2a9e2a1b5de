"""What the heatmap tells the browser and takes from it, and how the program that draws it gets there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import streamlit as st

from attention_viz.components.head_map import head_map
from attention_viz.components.hosts.streamlit import plotly
from attention_viz.core.place import Place
from attention_viz.figures.palette import DARK
from attention_viz.views.head import head_view
from attention_viz.views.map import map_view
from attention_viz.views.shown import Colours, ColourSets, Held, Section, Shown

COLOURS = Colours("#000000", "#777777", "#cccccc", "#ffffff", "#0000ff", "#ff8800", (), ("#ffffff",), ("#ffffff",))


def test_only_what_is_there_is_held_and_zoomed_into(pronoun):
    held: list[Held] = []
    zoomed: list[Section | None] = []
    place = Place(3, 1)
    view = head_map(
        Shown("t", place),
        map_view(head_view(pronoun, place), ((0, 5), (2, 9)), "sqrt", to_maximum=True, palette=DARK),
        about="a text",
        colours=ColourSets(COLOURS, COLOURS),
        on_held=held.append,
        on_zoomed=zoomed.append,
    )
    told: dict[str, Any] = json.loads(json.dumps(dict(view.data)))
    assert told["queries"][:3] == ["[CLS]", "the", "cat"]
    assert told["keys"] is None, "they are the queries"
    assert told["part"] == {"rows": [0, 5], "columns": [2, 9]}
    assert told["place"] == {"layer": 3, "head": 1, "among": []}
    view.hears["held"]({"query": 10, "key": 24})
    view.hears["zoomed"]({"rows": [1, 4], "columns": [2, 24]})
    view.hears["zoomed"]({"rows": [1, 4], "columns": [2, 25]})
    assert held == [Held(10)]
    assert zoomed == [((1, 4), (2, 24)), None]


def test_nothing_but_the_program_is_served(monkeypatch):
    folders: list[str] = []

    class Component:
        name = "rooms.plotly"

    def declare(name: str, path: str) -> Component:
        folders.append(path)
        return Component()

    monkeypatch.setattr(plotly, "declare_component", declare)
    st.cache_resource.clear()
    try:
        address = plotly.plotly_address()
        assert address.startswith("component/rooms.plotly/plotly.min.js?version=")
        assert plotly.plotly_address() == address
        (folder,) = folders
        (file,) = Path(folder).iterdir()
        assert file.name == "plotly.min.js"
        assert "plotly.js v" in file.read_text(encoding="utf-8")[:100]
    finally:
        st.cache_resource.clear()
