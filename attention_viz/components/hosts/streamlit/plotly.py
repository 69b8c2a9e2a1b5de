"""Serves Plotly.js to the live views: the file that the installed plotly package carries.

It goes over HTTP. As part of a component's code it would cross the websocket, 4.8 MB with each visit.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import as_file, files

import streamlit as st
from streamlit.components.v1 import declare_component

_FILE = "plotly.min.js"


@dataclass(frozen=True, slots=True)
class _Served:
    """folder: stays as long as this does. address: of the file, below that of the app."""

    folder: tempfile.TemporaryDirectory[str]
    address: str


def plotly_address() -> str:
    """Where Plotly.js is, below the address of the app. Another version is elsewhere, so that a browser may keep it."""
    return _served().address


@st.cache_resource(show_spinner=False)
def _served() -> _Served:
    # The package's own folder holds more than this file. Streamlit serves the whole of a folder, as that of a component
    # that nobody uses.
    folder = tempfile.TemporaryDirectory(prefix="attention-viz-")
    with as_file(files("plotly") / "package_data" / _FILE) as file:
        shutil.copy(file, folder.name)
    component = declare_component("plotly", path=folder.name)
    return _Served(folder, f"component/{component.name}/{_FILE}?version={version('plotly')}")
