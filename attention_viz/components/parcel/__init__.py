"""Sends data to the live views of a page, once for all of them. It shows nothing."""

from __future__ import annotations

import json
from pathlib import Path

from attention_viz.components.files import register
from attention_viz.views.packet import pack
from attention_viz.views.parcels import Parcel

_mount = register(Path(__file__).parent)


def send(parcel: Parcel) -> None:
    """Sends a parcel. Unchanged data is not sent again."""
    full = {**parcel.header, "kind": parcel.kind, "trace": parcel.name}
    # What the header says of it tells one parcel from the next; the payload follows from that.
    _mount(key=f"parcel {parcel.kind}", data=pack({**full, "mark": json.dumps(full)}, parcel.payload))
