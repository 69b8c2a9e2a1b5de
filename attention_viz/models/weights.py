"""Facts about a model's safetensors files from their headers alone: no weight is read."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from attention_viz.core.errors import DamagedModelError, UnsupportedModelError
from attention_viz.core.message import say

SINGLE = "model.safetensors"
INDEX = "model.safetensors.index.json"
_INDEX_BYTES = 20_000_000
_HEADER_BYTES = 50_000_000
_MAX_SHARDS = 1_000
_OTHER_FORMATS = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.h5", "*.msgpack", "*.gguf", "*.onnx")


def read_json(file: Path, most: int) -> dict[str, Any]:
    """The object in a JSON file of at most `most` bytes. Raises DamagedModelError in every other case."""
    try:
        if (size := file.stat().st_size) > most:
            raise DamagedModelError(
                say("{file} has {size:,} bytes, and at most {most:,} are read.", file=file.name, size=size, most=most)
            )
        value = json.loads(file.read_bytes())
    except OSError as error:
        raise DamagedModelError(say("The model's {file} is missing or can't be read.", file=file.name)) from error
    except (ValueError, RecursionError) as error:
        raise DamagedModelError(
            say("The model's {file} is not valid JSON: get the file again.", file=file.name)
        ) from error
    if not isinstance(value, dict):
        raise DamagedModelError(
            say(
                "The model's {file} holds a {type}, and an object was expected.",
                file=file.name,
                type=type(value).__name__,
            )
        )
    return value


def weight_files(folder: Path) -> tuple[Path, ...]:
    """The safetensors files of the model in `folder`: one, or the shards that its index names.

    Raises UnsupportedModelError when the weights come in another format only, DamagedModelError when there are none or
    a shard is missing.
    """
    if (folder / SINGLE).is_file():
        return (folder / SINGLE,)
    if (folder / INDEX).is_file():
        return _shards(folder)
    others = sorted(path.name for pattern in _OTHER_FORMATS for path in folder.glob(pattern))
    if others:
        raise UnsupportedModelError(
            say(
                "The weights of this model come only as {file}. Only safetensors files are read: they "
                "can't carry code. Look for a version of the model with a {wanted}.",
                file=others[0][:80],
                wanted=SINGLE,
            )
        )
    raise DamagedModelError(say("There is no {file} among the model's files: get them again.", file=SINGLE))


def count_parameters(folder: Path) -> int:
    """The number of floating-point weights of the model in `folder`, all shards together.

    Raises as `weight_files` does, and DamagedModelError when a file is cut short or is not safetensors.
    """
    return sum(_count(file) for file in weight_files(folder))


def weight_bytes(folder: Path) -> int:
    """The memory that the weights need as float32, in bytes; the files may hold them in half of it."""
    return 4 * count_parameters(folder)


def digest(folder: Path, *more: str) -> str:
    """What identifies the model's files without reading the weights: a SHA-256 over headers, sizes and times.

    more: further files of the folder that count, where they are there.
    """
    total = hashlib.sha256()
    weights = weight_files(folder)
    for file in (*weights, *(folder / name for name in more)):
        if file.is_file():
            facts = file.stat()
            total.update(f"{file.name}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode())
            total.update(_header(file) if file in weights else b"")
    return total.hexdigest()


def _shards(folder: Path) -> tuple[Path, ...]:
    table = read_json(folder / INDEX, _INDEX_BYTES).get("weight_map")
    if not isinstance(table, Mapping) or not table or not all(isinstance(name, str) for name in table.values()):
        raise DamagedModelError(say("The model's {file} names no files: get it again.", file=INDEX))
    names = sorted(set(table.values()))
    if len(names) > _MAX_SHARDS or not all(re.fullmatch(r"[\w-][\w.-]*\.safetensors", name) for name in names):
        raise DamagedModelError(say("The model's {file} names files that can't belong to it.", file=INDEX))
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise DamagedModelError(
            say(
                "{missing} of the {files} files with the model's weights are missing ({first}): get them again.",
                missing=len(missing),
                files=len(names),
                first=missing[0][:80],
            )
        )
    return tuple(folder / name for name in names)


def _header(file: Path) -> bytes:
    """The header of a safetensors file: names, types, shapes and places, in JSON."""
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        return stream.read(min(length, _HEADER_BYTES))


def _count(file: Path) -> int:
    try:
        with safe_open(file, framework="np") as weights:
            tensors = [weights.get_slice(name) for name in weights.keys()]  # noqa: SIM118 (a handle, not a dict: it can't be iterated)
            return sum(
                math.prod(tensor.get_shape()) for tensor in tensors if tensor.get_dtype().startswith(("F", "BF"))
            )
    except (SafetensorError, OSError) as error:
        raise DamagedModelError(
            say("The model's {file} is cut short or is no safetensors file: get it again.", file=file.name)
        ) from error
