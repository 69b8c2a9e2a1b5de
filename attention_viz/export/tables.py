"""Numbers as files: one map as CSV, all maps of a trace as NPZ."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from jaxtyping import Float32

from attention_viz.core.token import Piece
from attention_viz.core.trace import Trace


def to_csv(
    weights: Float32[np.ndarray, "query key"],
    queries: Sequence[Piece],
    keys: Sequence[Piece],
) -> bytes:
    """One map as CSV in UTF-8: a row per query, a column per key, full float32 precision.

    Names begin with the position ("10 it"), so equal tokens stay apart and no cell can start a spreadsheet formula.
    Read it with `pandas.read_csv(file, index_col=0)`.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["query", *_named(keys)])
    for name, row in zip(_named(queries), weights, strict=True):
        writer.writerow([name, *(f"{weight:.9g}" for weight in row)])
    return stream.getvalue().encode("utf-8")


def to_npz(trace: Trace) -> bytes:
    """All maps of a trace as NPZ, readable with `numpy.load(file)` and no pickle.

    attention: float32 [layer, head, query, key]. tokens: JSON, a list of {text, id, span, word, segment, special}.
    about: JSON with the model's facts, the texts and the notes.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        _write_maps(archive, trace)
        tokens = [asdict(token) for token in trace.tokens]
        about = {"model": asdict(trace.model), "texts": trace.texts, "notes": trace.notes}
        for name, value in (("tokens", tokens), ("about", about)):
            with archive.open(f"{name}.npy", "w") as entry:
                np.lib.format.write_array(entry, np.array(json.dumps(value, ensure_ascii=False)), allow_pickle=False)
    return stream.getvalue()


def npz_bytes(trace: Trace) -> int:
    """About how large `to_npz` gets."""
    return 4 * len(trace.tokens) * len(trace.key_tokens) * sum(layer.heads for layer in trace.layers)


def file_name(trace: Trace, *parts: str, extension: str) -> str:
    """A name for a download that says what is inside, of characters that every file system takes."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", "_".join((trace.model.name, *parts))).strip(".-")
    return f"{safe[:100]}.{extension}"


def _write_maps(archive: zipfile.ZipFile, trace: Trace) -> None:
    """One map after the other, so that no more than one is in memory beside the file."""
    shape = (len(trace.layers), trace.heads, len(trace.tokens), len(trace.key_tokens))
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    with archive.open("attention.npy", "w", force_zip64=True) as entry:
        np.lib.format.write_array_header_2_0(entry, header)
        for layer in range(shape[0]):
            for head in range(shape[1]):
                entry.write(trace.attention(layer, head).astype("<f4", copy=False).tobytes())


def _named(items: Sequence[Piece]) -> list[str]:
    return [f"{position} {item.text}" for position, item in enumerate(items)]
