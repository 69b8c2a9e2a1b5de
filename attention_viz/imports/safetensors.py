"""Safetensors: a JSON header with types, shapes and places, and then the numbers.

Read without the library of that name, which takes a whole file at once: here one map at a time is read, and nothing is
before its announced size was judged. The format: https://github.com/huggingface/safetensors#format.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from attention_viz.core.errors import FileError
from attention_viz.core.message import say
from attention_viz.imports.announced import BFLOAT16, Announced, Stream, check_shape
from attention_viz.imports.documents import parse_json

_LENGTH_BYTES = 8
_HEADER_BYTES = 8_000_000
_TYPES: dict[str, np.dtype] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": BFLOAT16,
    "BOOL": np.dtype("bool"),
}
_METADATA = "__metadata__"


class SafetensorsFile:
    """The arrays of a safetensors file by name, and its metadata."""

    def __init__(self, stream: Stream) -> None:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        length = int.from_bytes(stream.read(_LENGTH_BYTES), "little")
        self._stream = stream
        self._start = _LENGTH_BYTES + length
        self._size = size - self._start
        if size < _LENGTH_BYTES or self._size < 0:
            raise FileError(
                say(
                    "The file is no safetensors file, or it was cut off: its header would be longer than all of "
                    "it. Save it again, with av.save."
                )
            )
        if length > _HEADER_BYTES:
            raise FileError(
                say(
                    "The header of the file has {length:,.1f} MB, and at most {most:,.1f} MB are read. "
                    "Save the attention and its tokens alone.",
                    length=length / 1e6,
                    most=_HEADER_BYTES / 1e6,
                )
            )
        header = parse_json(stream.read(length), say("header of the safetensors file"), _HEADER_BYTES)
        if not isinstance(header, dict):
            raise FileError(say("The header of the safetensors file is no JSON object: it is damaged. Save it again."))
        metadata = header.pop(_METADATA, {})
        if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
            raise FileError(say("The metadata of the safetensors file must be strings. Save it again."))
        self.metadata: dict[str, str] = metadata
        self._header: dict[str, Any] = header

    def names(self) -> list[str]:
        return list(self._header)

    @contextmanager
    def array(self, name: str) -> Iterator[Announced]:
        """An array that is there, ready to be read."""
        match self._header[name]:
            case {"dtype": str(kind), "shape": list(shape), "data_offsets": [int(start), int(end)]}:
                pass
            case _:
                raise FileError(
                    say(
                        "The header says nothing that makes sense of “{name}”: it is damaged. Save it again.", name=name
                    )
                )
        if kind not in _TYPES:
            raise FileError(
                say(
                    "The array “{name}” has the type {type}. Save attention as F32, F16, BF16 or F64.",
                    name=name,
                    type=kind[:20],
                )
            )
        if not 0 <= start <= end:
            raise FileError(
                say("The header names a place for “{name}” that can't be: it is damaged. Save it again.", name=name)
            )
        lengths = check_shape(shape, name)
        # What the file really has from there on; less than was announced where it was cut off.
        held = max(0, min(end, self._size) - start)
        self._stream.seek(self._start + min(start, self._size))
        yield Announced(name, lengths, _TYPES[kind], False, self._stream, held)
