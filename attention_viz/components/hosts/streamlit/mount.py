"""Puts a live view on a page of Streamlit."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import streamlit as st

from attention_viz.components.hosts.bundle import markup, script, style
from attention_viz.components.hosts.streamlit.plotly import plotly_address
from attention_viz.components.hosts.streamlit.visit import this_visit
from attention_viz.components.view import LiveView
from attention_viz.views.shown import sent_from

HERE = Path(__file__).parent


def mount(view: LiveView) -> None:
    """Puts a view where the script is. What it tells is heard before the script runs again."""
    visit = this_visit()
    shown = None if view.shown is None else {**view.shown.told(), "answers": visit.told}
    _component(view.name)(
        key=view.key,
        data={"page": visit.page, "plotly": plotly_address(), "shown": shown, "view": view.data},
        **{f"on_{name}_change": partial(_heard, view.key, name, hear) for name, hear in view.hears.items()},
    )


def entry(name: str) -> str:
    """The module that Streamlit runs for a view, with all that it needs."""
    imports = f'import {{ mount }} from "../../{name}/main.js";\nimport {{ streamlit }} from "./host.js";\n'
    return script(f"{imports}export default streamlit(mount);\n", HERE)


@cache
def _component(name: str) -> Callable[..., Any]:
    # The texts are passed inline, so no text of a user may ever be part of them: data goes through `data=` alone.
    css = (HERE / "host.css").read_text(encoding="utf-8") + style(name)
    return st.components.v2.component(f"attention_viz_{name}", html=markup(name), css=css, js=entry(name))


def _heard(key: str, name: str, hear: Callable[[Any], None]) -> None:
    sent = sent_from(st.session_state[key][name])
    visit = this_visit()
    # Several choices may come at once, and their callbacks in any order.
    visit.told = max(visit.told, sent.choice)
    hear(sent.value)
