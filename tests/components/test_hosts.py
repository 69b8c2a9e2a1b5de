"""The files of a view in one piece, and a page of Streamlit that shows it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np
import pytest
import streamlit as st

from attention_viz.components.hosts import bundle
from attention_viz.components.hosts.streamlit import mount as host
from attention_viz.components.hosts.streamlit import parcel as parcels
from attention_viz.components.hosts.streamlit.visit import this_visit
from attention_viz.components.view import LiveView
from attention_viz.core.place import Place
from attention_viz.views.parcels import Parcel
from attention_viz.views.settings import Links, Settings
from attention_viz.views.shown import Held, Shown

VIEWS = sorted(path.parent.name for path in bundle.COMPONENTS.glob("*/main.js"))
TOP = re.compile(r"^(?:export )?(?:default )?(?:async )?(?:const|let|function|class) (\w+)", re.MULTILINE)
SHOWN = Shown("t", Place(3, 1), Held(10), Settings(Links(cover=80), "layer"))


def test_the_views_are_found():
    assert set(VIEWS) >= {"head_grid", "token_links", "token_text", "compare_maps", "head_facts"}


@pytest.mark.parametrize("name", VIEWS)
def test_joined_files_share_no_name(name):
    joined = host.entry(name)
    assert "import {" not in joined
    assert joined.count("export default") == 1
    names = Counter(TOP.findall(joined))
    assert not [one for one, count in names.items() if count > 1]


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_knows_nothing_of_its_host(name):
    alone = bundle.script(f'import {{ mount }} from "./{name}/main.js";\n', bundle.COMPONENTS)
    assert "mount" in TOP.findall(alone)
    for word in ("setTriggerValue", "parentElement", "attentionViz", "globalThis.window"):
        assert word not in alone
    assert "--st-" not in bundle.style(name)
    used = set(re.findall(r"var\((--[a-z]+)\)", bundle.style(name)))
    given = set(re.findall(r"(--[a-z]+):", (host.HERE / "host.css").read_text(encoding="utf-8")))
    own = {"--muted", "--a", "--b", "--colour"}
    assert used <= given | own


class Component:
    """Takes what would go to the browser, and answers in its place."""

    def __init__(self) -> None:
        self.told: dict[str, Any] = {}

    def __call__(self, **told: Any) -> None:
        self.told = told

    def answer(self, name: str, sent: object) -> None:
        st.session_state[self.told["key"]] = {name: sent}
        self.told[f"on_{name}_change"]()


@pytest.fixture
def component(monkeypatch) -> Component:
    # The browser is the one thing that is not here; everything up to it is real.
    st.session_state.clear()
    made = Component()
    monkeypatch.setattr(host, "_component", lambda name: made)
    monkeypatch.setattr(parcels, "_component", lambda: made)
    return made


def test_what_is_shown_carries_the_number_of_the_last_choice(component):
    heard: list[Any] = []
    view = LiveView("head_grid", "grid", {"heads": 12}, SHOWN, {"head": heard.append})
    host.mount(view)
    told = component.told["data"]
    assert told["view"] == {"heads": 12}
    assert told["shown"] == {
        "trace": "t",
        "layer": 3,
        "head": 1,
        "among": (),
        "held": {"query": 10, "key": None},
        "settings": SHOWN.told()["settings"],
        "answers": 0,
    }
    component.answer("head", {"choice": 4, "value": [2, 7]})
    host.mount(view)
    assert (heard, component.told["data"]["shown"]["answers"]) == ([[2, 7]], 4)
    component.answer("head", {"choice": 3, "value": [2, 6]})
    host.mount(view)
    assert component.told["data"]["shown"]["answers"] == 4, "callbacks of one run come in any order"
    component.answer("head", "nonsense")
    host.mount(view)
    assert (heard[-1], component.told["data"]["shown"]["answers"]) == (None, 4)


def test_a_view_that_shares_nothing_is_told_nothing_of_what_is_shown(component):
    host.mount(LiveView("head_facts", "facts", {"title": "t"}))
    assert component.told["data"]["shown"] is None


def test_a_visit_has_one_page_for_views_and_parcels_and_another_visit_another(component):
    host.mount(LiveView("head_facts", "facts", {}))
    page = component.told["data"]["page"]
    parcels.send(Parcel("maps", "t", {"heads": 2}, np.zeros(3, dtype=np.uint8)))
    assert f'"page": "{page}"'.encode() in component.told["data"]
    first = component.told["data"]
    parcels.send(Parcel("maps", "t", {"heads": 2}, np.zeros(3, dtype=np.uint8)))
    assert component.told["data"] == first, "what is the same is not sent again"
    st.session_state.clear()
    assert this_visit().page != page
