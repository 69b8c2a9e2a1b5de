"""Sends data to the live views of a page, once for all of them. It shows nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from attention_viz.components.hosts.bundle import script
from attention_viz.components.hosts.streamlit.mount import HERE
from attention_viz.components.hosts.streamlit.visit import this_visit
from attention_viz.views.packet import pack
from attention_viz.views.parcels import Parcel


def send(parcel: Parcel) -> None:
    """Sends a parcel. Unchanged data is not sent again."""
    full = {**parcel.header, "kind": parcel.kind, "trace": parcel.name, "page": this_visit().page}
    # What the header says of it tells one parcel from the next; the payload follows from that.
    _component()(key=f"parcel {parcel.kind}", data=pack({**full, "mark": json.dumps(full)}, parcel.payload))


@cache
def _component() -> Callable[..., Any]:
    js = script((HERE / "parcel.js").read_text(encoding="utf-8"), HERE)
    return st.components.v2.component("attention_viz_parcel", js=js)
