"""Files of maps made without the code that is tested, so that each can be wrong in one way."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from typing import Any

import numpy as np
from scipy.special import softmax

TOKENS = ["[CLS]", "the", "cat", "##s", "[SEP]"]


def random_maps(layers: int = 2, heads: int = 3, queries: int = 5, keys: int = 5, seed: int = 0) -> np.ndarray:
    scores = np.random.default_rng(seed).standard_normal((layers, heads, queries, keys))
    return softmax(scores, axis=-1).astype(np.float32)


def npz(**arrays: Any) -> bytes:
    """What np.savez writes; texts and lists of them become arrays of strings."""
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, allow_pickle=True)
    return stream.getvalue()


def npy_header(shape: Any, descr: Any = "<f4", fortran: bool = False) -> bytes:
    """The beginning of an NPY file, with whatever is asked for in its header."""
    text = f"{{'descr': {descr!r}, 'fortran_order': {fortran!r}, 'shape': {shape!r}}}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


def archive(*entries: tuple[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as target:
        for name, data in entries:
            target.writestr(name, data)
    return stream.getvalue()


def tokens_npy(tokens: Any = TOKENS) -> bytes:
    return npy(np.array(json.dumps(tokens)))


def safetensors(header: Any, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data
