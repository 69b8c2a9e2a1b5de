"""An array in a file as its header announces it, and reading what was announced and no more."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from attention_viz.core.errors import FileError
from attention_viz.core.map_checks import Maps, Visible, map_axes
from attention_viz.core.message import Message, say
from attention_viz.core.plain_tokens import MAX_TOKENS

BFLOAT16 = np.dtype("V2")
"""numpy has no bfloat16; its libraries save it as two bytes of anything."""
PIECE_BYTES = 1 << 20
"""No more is read at once."""


Stream = io.BytesIO | io.BufferedReader
"""A whole file."""


@runtime_checkable
class Readable(Protocol):
    """Anything that bytes can be read from."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, eq=False)
class Announced:
    """An array of a file, of which nothing but the header was read.

    stream: stands at the first byte of the array. size: how many bytes of it the file says it has.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype
    fortran: bool
    stream: Readable
    size: int

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


def check_shape(shape: Sequence[object], name: str) -> tuple[int, ...]:
    """The shape that a header names. Raises FileError when it is none."""
    lengths = tuple(length for length in shape if isinstance(length, int) and not isinstance(length, bool))
    if len(lengths) != len(shape) or len(shape) > 8 or any(not 0 <= length < 2**63 for length in lengths):
        raise FileError(say("The array “{name}” has no shape that makes sense. Save the file again.", name=name))
    return lengths


def read_maps(array: Announced, limit_bytes: int) -> Maps:
    """The array in float32, read one map at a time. Refuses from the header what would be too large."""
    shape = map_axes(array.shape)
    if array.dtype.kind == "O":
        raise FileError(_objects(array.name))
    if array.dtype != BFLOAT16 and (array.dtype.kind != "f" or array.dtype.itemsize > 8):
        raise FileError(
            say(
                "The array “{name}” has the type {type}, and attention is floats, best float32.",
                name=array.name,
                type=str(array.dtype),
            )
        )
    _check_size(array, 4 * math.prod(shape), limit_bytes)
    if array.fortran:
        whole = _floats(read_exactly(array, array.nbytes), array.dtype).reshape(array.shape, order="F")
        return np.ascontiguousarray(whole.reshape(shape), dtype=np.float32)
    maps = np.empty(shape, dtype=np.float32)
    for place in np.ndindex(shape[:2]):
        raw = read_exactly(array, shape[2] * shape[3] * array.dtype.itemsize)
        maps[place] = _floats(raw, array.dtype).reshape(shape[2:])
    return maps


def read_visible(array: Announced, limit_bytes: int) -> Visible:
    """The array of true and false, under the same limit as the maps."""
    if len(array.shape) != 4 or array.dtype != np.bool_:
        raise FileError(
            say(
                "The array “{name}” must be true or false with the axes [layer, head, query, key], and it "
                "is {type} with {axes} axes.",
                name=array.name,
                type=str(array.dtype),
                axes=len(array.shape),
            )
        )
    _check_size(array, array.nbytes, limit_bytes)
    # A byte that is neither 0 nor 1 would be a broken truth value.
    seen = np.frombuffer(read_exactly(array, array.nbytes), dtype=np.uint8) != 0
    return np.ascontiguousarray(seen.reshape(array.shape, order="F" if array.fortran else "C"))


def read_strings(array: Announced, limit_bytes: int) -> list[str] | str:
    """One text of an array without axes, or the texts along the one axis that it has."""
    if array.dtype.kind == "O":
        raise FileError(_objects(array.name))
    if array.dtype.kind not in "US" or len(array.shape) > 1:
        raise FileError(
            say(
                "The array “{name}” has the type {type} and {axes} axes. It must be a list of strings, or "
                "JSON in one string.",
                name=array.name,
                type=str(array.dtype),
                axes=len(array.shape),
            )
        )
    if array.shape and array.shape[0] > MAX_TOKENS:
        raise FileError(
            say(
                "The array “{name}” has {strings:,} strings, and a map may have {most:,} tokens along a side.",
                name=array.name,
                strings=array.shape[0],
                most=MAX_TOKENS,
            )
        )
    _check_size(array, array.nbytes, limit_bytes)
    width = array.dtype.itemsize
    raw = read_exactly(array, array.nbytes)
    texts = [_decode(raw[start : start + width], array) for start in range(0, len(raw), width)] if width else []
    if not array.shape:
        return texts[0] if texts else ""
    return texts or [""] * array.shape[0]


def read_exactly(array: Announced, count: int) -> bytearray:
    """The next bytes of an array, in pieces, so that a header that lies costs no memory."""
    data = bytearray()
    while len(data) < count:
        piece = array.stream.read(min(PIECE_BYTES, count - len(data)))
        if not piece:
            raise FileError(
                say(
                    "The file ends in the middle of the array “{name}”: it was cut off. Save it again.",
                    name=array.name,
                )
            )
        data += piece
    return data


def _check_size(array: Announced, needed: int, limit_bytes: int) -> None:
    if needed > limit_bytes:
        raise FileError(
            say(
                "The array “{name}” has {cells:,} cells, {needed:,.1f} MB, and at most {most:,.1f} MB "
                "are opened here. Keep fewer layers, heads or tokens.",
                name=array.name,
                cells=math.prod(array.shape),
                needed=needed / 1e6,
                most=limit_bytes / 1e6,
            )
        )
    if array.nbytes != array.size:
        raise FileError(
            say(
                "The array “{name}” announces {nbytes:,} bytes, and the file has {size:,} for it: it is "
                "damaged or was cut off. Save it again.",
                name=array.name,
                nbytes=array.nbytes,
                size=array.size,
            )
        )


def _floats(raw: bytearray, dtype: np.dtype) -> np.ndarray:
    if dtype == BFLOAT16:
        # bfloat16 is the upper half of a float32.
        return (np.frombuffer(raw, dtype="<u2").astype(np.uint32) << 16).view(np.float32)
    with np.errstate(over="ignore"):  # What is too large becomes infinite, and the check of the maps says so.
        return np.frombuffer(raw, dtype=dtype).astype(np.float32)


def _decode(raw: bytearray, array: Announced) -> str:
    encoding = "utf-8" if array.dtype.kind == "S" else "utf-32-be" if array.dtype.byteorder == ">" else "utf-32-le"
    try:
        return raw.decode(encoding, "surrogatepass").rstrip("\0")
    except UnicodeDecodeError as error:
        raise FileError(say("The array “{name}” has strings that are not valid Unicode.", name=array.name)) from error


def _objects(name: str) -> Message:
    return say(
        "The array “{name}” holds Python objects (a pickle). Opening them could run a program, so they are never "
        "read. Save numbers as float32 and tokens as strings: av.save does.",
        name=name,
    )
