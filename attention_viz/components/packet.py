"""How numbers cross to the browser: one piece of bytes, which arrives as such. In a dictionary it would become text."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8, UInt16


def pack(header: Mapping[str, Any], payload: np.ndarray) -> bytes:
    """[length of the header, u32 little-endian][header, JSON][payload]; shared/packet.js reads it."""
    head = json.dumps(header, ensure_ascii=False, allow_nan=False).encode("utf-8")
    return b"".join((struct.pack("<I", len(head)), head, np.ascontiguousarray(payload).tobytes()))


def to_bytes(weights: Float32[np.ndarray, "*shape"]) -> UInt8[np.ndarray, "*shape"]:
    """Weights 0…1 as 255·√weight: at most 0.004 off, and a weight of 1/512 is still 11 and not 0."""
    return np.rint(np.sqrt(weights) * 255).astype(np.uint8)


def to_words(weights: Float32[np.ndarray, "*shape"]) -> UInt16[np.ndarray, "*shape"]:
    """Weights 0…1 as 65535·√weight: at most 0.000016 off."""
    return np.rint(np.sqrt(weights) * 65535).astype(np.uint16)
