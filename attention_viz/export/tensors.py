"""All maps of a trace as one file, .npz or .safetensors, which `open_tensors` and other people's tools read.

attention: float32 [layer, head, query, key].
tokens: JSON, a list of {text, id, span, word, segment, special}.
key_tokens: the same, where the keys are other tokens.
visible: bool [1 or layer, 1 or head, query, key], where some keys are hidden.
about: JSON with the model's facts, the texts, the notes and the kind of attention.

JSON is an array of one string in NPZ, and metadata in safetensors. One map after the other is written, so no more than
one is in memory beside the file.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from attention_viz.core.errors import FileError
from attention_viz.core.given import from_arrays
from attention_viz.core.given_tokens import Tokens
from attention_viz.core.message import say
from attention_viz.core.model_info import Kind
from attention_viz.core.trace import Trace

Stream = io.BytesIO | io.BufferedWriter


def save(
    file: str | Path,
    attention: Any,
    tokens: Tokens | None = None,
    key_tokens: Tokens | None = None,
    *,
    texts: str | Sequence[str] = (),
    visible: Any = None,
    kind: Kind | None = None,
) -> None:
    """Writes maps to `file`, whose ending, .npz or .safetensors, says how. A file of that name is replaced.

    attention: a Trace, which needs nothing else; or what `from_arrays` takes, with the same arguments. Raises FileError
    for another ending, MapError for what is no attention, and ValueError for a Trace with further arguments.
    """
    path = Path(file)
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise FileError(
            say("The file {name} must end with .npz or .safetensors, which says how it is written.", name=path.name)
        )
    if isinstance(attention, Trace):
        if any(value is not None for value in (tokens, key_tokens, visible, kind)) or texts:
            raise ValueError("A Trace has its tokens, texts, visible cells and kind: give nothing else with it.")
        trace = attention
    else:
        if tokens is None:
            raise ValueError("Give the tokens too: one string for each query.")
        trace = from_arrays(attention, tokens, key_tokens, texts=texts, visible=visible, kind=kind, name=path.name)
    # Beside the file first: what fails half way leaves no broken file, and an older one as it was.
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as stream:
            write(stream, trace)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def to_npz(trace: Trace) -> bytes:
    """The NPZ file of a trace, readable with `numpy.load(file)` and no pickle."""
    stream = io.BytesIO()
    _write_npz(stream, trace)
    return stream.getvalue()


def to_safetensors(trace: Trace) -> bytes:
    """The safetensors file of a trace."""
    stream = io.BytesIO()
    _write_safetensors(stream, trace)
    return stream.getvalue()


def npz_bytes(trace: Trace) -> int:
    """About how large either file gets, without the room for hidden keys."""
    return 4 * math.prod(_shape(trace))


def _write_npz(stream: Stream, trace: Trace) -> None:
    with zipfile.ZipFile(stream, "w") as archive:
        with archive.open("attention.npy", "w", force_zip64=True) as entry:
            header = {"descr": "<f4", "fortran_order": False, "shape": _shape(trace)}
            np.lib.format.write_array_header_2_0(entry, header)
            for weights in _maps(trace):
                entry.write(weights)
        arrays = {name: np.array(text) for name, text in _documents(trace).items()}
        visible = _visible(trace)
        if visible is not None:
            arrays["visible"] = visible
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


def _write_safetensors(stream: Stream, trace: Trace) -> None:
    """See https://github.com/huggingface/safetensors#format."""
    visible = _visible(trace)
    shape = _shape(trace)
    end = 4 * math.prod(shape)
    header: dict[str, Any] = {
        "__metadata__": _documents(trace),
        "attention": {"dtype": "F32", "shape": shape, "data_offsets": [0, end]},
    }
    if visible is not None:
        header["visible"] = {"dtype": "BOOL", "shape": visible.shape, "data_offsets": [end, end + visible.size]}
    text = json.dumps(header, ensure_ascii=False).encode("utf-8")
    text += b" " * (-len(text) % 8)  # So that the numbers begin at a multiple of their size.
    stream.write(len(text).to_bytes(8, "little") + text)
    for weights in _maps(trace):
        stream.write(weights)
    if visible is not None:
        stream.write(visible.tobytes())


_WRITERS: dict[str, Callable[[Stream, Trace], None]] = {".npz": _write_npz, ".safetensors": _write_safetensors}


def _shape(trace: Trace) -> tuple[int, int, int, int]:
    return len(trace.layers), trace.heads, len(trace.tokens), len(trace.key_tokens)


def _maps(trace: Trace) -> Iterator[bytes]:
    for layer, head in np.ndindex(len(trace.layers), trace.heads):
        yield trace.attention(layer, head).astype("<f4", copy=False).tobytes()


def _documents(trace: Trace) -> dict[str, str]:
    documents: dict[str, Any] = {
        "tokens": [asdict(token) for token in trace.tokens],
        "about": {
            "model": asdict(trace.model),
            "texts": trace.texts,
            "notes": [str(note) for note in trace.notes],
            "kind": trace.kind,
        },
    }
    if trace.key_tokens != trace.tokens:
        documents["key_tokens"] = [asdict(token) for token in trace.key_tokens]
    return {name: json.dumps(value, ensure_ascii=False) for name, value in documents.items()}


def _visible(trace: Trace) -> np.ndarray | None:
    """bool [1 or layer, 1 or head, query, key]; None where all see all."""
    own = [layer.visible for layer in trace.layers]
    first = next((visible for visible in own if visible is not None), None)
    if first is None:
        return None
    if all(visible is not None and np.array_equal(visible, first) for visible in own):
        own = own[:1]
    heads = max(1 if visible is None else len(visible) for visible in own)
    seen = np.empty((len(own), heads, len(trace.tokens), len(trace.key_tokens)), dtype=np.bool_)
    for index, visible in enumerate(own):
        seen[index] = True if visible is None else visible
    return seen
