"""One map as a table, and names for files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

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


def file_name(trace: Trace, *parts: str, extension: str) -> str:
    """A name for a download that says what is inside, of characters that every file system takes."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", "_".join((trace.model.name, *parts))).strip(".-")
    return f"{safe[:100]}.{extension}"


def _named(items: Sequence[Piece]) -> list[str]:
    return [f"{position} {item.text}" for position, item in enumerate(items)]
