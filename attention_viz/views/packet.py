"""How numbers cross to the browser: one piece of bytes, which arrives as such. In a dictionary it would become text."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32, UInt8, UInt16


def pack(header: Mapping[str, Any], payload: np.ndarray) -> bytes:
    """[length of the header, u32 little-endian][header, JSON][payload]; lib/packet.js reads it."""
    head = json.dumps(header, ensure_ascii=False, allow_nan=False).encode("utf-8")
    return b"".join((struct.pack("<I", len(head)), head, np.ascontiguousarray(payload).tobytes()))


Visible = Bool[np.ndarray, "*shape"] | None


def to_bytes(weights: Float32[np.ndarray, "*shape"], visible: Visible = None) -> UInt8[np.ndarray, "*shape"]:
    """Weights 0…1 as 1 + 254·√weight, at most 0.004 off: a weight of 1/512 is still 12. 0 is what can't be seen."""
    return _written(weights, visible, 254, np.uint8)


def to_words(weights: Float32[np.ndarray, "*shape"], visible: Visible = None) -> UInt16[np.ndarray, "*shape"]:
    """Weights 0…1 as 1 + 65534·√weight, at most 0.000016 off. 0 is what can't be seen."""
    return _written(weights, visible, 65534, np.uint16)


def _written(weights: np.ndarray, visible: Visible, steps: int, kind: type[np.unsignedinteger[Any]]) -> np.ndarray:
    # In place: of a large map there is no room for many copies.
    numbers = np.sqrt(np.minimum(weights, 1))
    numbers *= steps
    numbers += 1.5
    written = numbers.astype(kind)
    if visible is not None:
        written[~visible] = 0
    return written
