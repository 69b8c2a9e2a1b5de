"""Sends data to the live views of a page, once for all of them. It shows nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal

import numpy as np
import streamlit as st

from attention_viz.components.hosts.bundle import script
from attention_viz.components.hosts.streamlit.mount import HERE
from attention_viz.components.hosts.streamlit.visit import this_visit
from attention_viz.views.packet import pack

Kind = Literal["thumbs", "maps", "exact", "held", "scores", "compare"]


def parcel(kind: Kind, trace: str, header: Mapping[str, Any], payload: np.ndarray) -> None:
    """Sends `payload` and what `header` says of it.

    trace: the name of the trace that it belongs to; views use no data of another one. Unchanged data is not sent again.
    """
    full = {**header, "kind": kind, "trace": trace, "page": this_visit().page}
    # What the header says of it tells one parcel from the next; the payload follows from that.
    _component()(key=f"parcel {kind}", data=pack({**full, "mark": json.dumps(full)}, payload))


@cache
def _component() -> Callable[..., Any]:
    js = script((HERE / "parcel.js").read_text(encoding="utf-8"), HERE)
    return st.components.v2.component("attention_viz_parcel", js=js)
