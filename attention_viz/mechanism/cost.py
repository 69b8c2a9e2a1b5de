"""What attention costs, and what its scores do without the scale: the numbers behind two curves."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float64

from attention_viz.mechanism.normalising import softmax
from attention_viz.mechanism.scoring import dot, scaled_dot

FLOAT_BYTES = 4
_REPEATS = 8


def operations(tokens: int, head_size: int, seen: int | None = None) -> int:
    """Multiplications and additions of one head: 2·d for each score, 2·d for each weight that meets its value.

    seen: keys per query in a window; None for all of them.
    """
    return 4 * head_size * tokens * min(tokens, seen or tokens)


def map_bytes(tokens: int, seen: int | None = None) -> int:
    """Memory of one head's weights in float32."""
    return FLOAT_BYTES * tokens * min(tokens, seen or tokens)


def kept_bytes(tokens: int, head_size: int) -> int:
    """Memory of one head's queries, keys and values in float32: what a Trace keeps, to make maps from when asked."""
    return 3 * FLOAT_BYTES * tokens * head_size


def entropy_by_size(tokens: int, sizes: tuple[int, ...], seed: int) -> Float64[np.ndarray, "2 size"]:
    """How widely random queries spread their attention over random keys, by d_k: without the scale, and with it.

    Entropy in nats, 0…ln tokens, a mean over all queries of several draws. Features are N(0, 1), Q = X W_Q with
    W_Q ~ N(0, 1/d), K = X.
    """
    rng = np.random.default_rng(seed)
    found = np.zeros((2, len(sizes)))
    for place, size in enumerate(sizes):
        features = torch.from_numpy(rng.standard_normal((_REPEATS, tokens, size)))
        queries = features @ torch.from_numpy(rng.standard_normal((_REPEATS, size, size)) / size**0.5)
        for row, score in enumerate((dot, scaled_dot)):
            weights = softmax(score(queries, features))
            found[row, place] = float(torch.special.entr(weights).sum(-1).mean())
    return found
