"""Sends data to the live views of a page, once for all of them. It shows nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from attention_viz.components.files import register
from attention_viz.views.packet import pack

Kind = Literal["thumbs", "maps", "exact", "held", "scores", "compare"]

_mount = register(Path(__file__).parent)


def parcel(kind: Kind, trace: str, header: Mapping[str, Any], payload: np.ndarray) -> None:
    """Sends `payload` and what `header` says of it.

    trace: the name of the trace that it belongs to; views use no data of another one. Unchanged data is not sent again.
    """
    full = {**header, "kind": kind, "trace": trace}
    # What the header says of it tells one parcel from the next; the payload follows from that.
    _mount(key=f"parcel {kind}", data=pack({**full, "mark": json.dumps(full)}, payload))
