"""How well does a key fit a query? Each function gives one number per pair: the scores, [query, key].

In every formula q is a row of the queries and k a row of the keys. Leading axes (sequences, heads) are carried along.
"""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from attention_viz.core.errors import MechanismError
from attention_viz.core.message import say

Queries = Float[Tensor, "*batch query query_size"]
Keys = Float[Tensor, "*batch key key_size"]
Scores = Float[Tensor, "*batch query key"]


def dot(queries: Queries, keys: Keys) -> Scores:
    """q · k: large where both vectors point the same way, and larger the longer they are.

    Source: Luong et al. 2015, “Effective Approaches to Attention-based Neural Machine Translation”, §3.1 (dot).
    """
    _same_size(queries, keys, "the dot product")
    return queries @ keys.transpose(-1, -2)


def scaled_dot(queries: Queries, keys: Keys) -> Scores:
    """q · k / √d_k. The sum of d_k random products spreads like √d_k; the division takes that back.

    Source: Vaswani et al. 2017, “Attention Is All You Need”, eq. 1.
    """
    return dot(queries, keys) / keys.shape[-1] ** 0.5


def cosine(queries: Queries, keys: Keys) -> Scores:
    """q · k / (‖q‖ ‖k‖): the cosine of the angle, −1…1. The lengths no longer count.

    Raises MechanismError for a vector of zeros, which has no direction.

    Source: Graves et al. 2014, “Neural Turing Machines”, eq. 6.
    """
    lengths = [torch.linalg.vector_norm(rows, dim=-1, keepdim=True) for rows in (queries, keys)]
    zero_query, zero_key = (_first_place(length[..., 0] == 0) for length in lengths)
    if zero_query is not None:
        raise MechanismError(
            say(
                "The vector of query {query} is all zeros and has no direction, so its cosine is undefined. Change "
                "one of its numbers, or score by the dot product.",
                query=zero_query,
            )
        )
    if zero_key is not None:
        raise MechanismError(
            say(
                "The vector of key {key} is all zeros and has no direction, so its cosine is undefined. Change one of "
                "its numbers, or score by the dot product.",
                key=zero_key,
            )
        )
    return dot(queries, keys) / (lengths[0] * lengths[1].transpose(-1, -2))


def general(queries: Queries, keys: Keys, weight: Float[Tensor, "rows columns"]) -> Scores:
    """qᵀ W k: a dot product in which the learned W [query_size, key_size] says which dimension of q meets which of k.

    Source: Luong et al. 2015, §3.1 (general); also called bilinear or multiplicative.
    """
    expected = (queries.shape[-1], keys.shape[-1])
    if tuple(weight.shape) != expected:
        raise MechanismError(
            say(
                "W is {size}, but {rows} × {columns} fits these queries and keys.",
                size=_size(weight),
                rows=expected[0],
                columns=expected[1],
            )
        )
    return dot(queries @ weight, keys)


def additive(
    queries: Queries,
    keys: Keys,
    query_weight: Float[Tensor, "query_rows query_hidden"],
    key_weight: Float[Tensor, "key_rows key_hidden"],
    direction: Float[Tensor, " hidden"],
) -> Scores:
    """vᵀ tanh(W₁ q + W₂ k): a small network with one hidden layer looks at each pair.

    query_weight is W₁ [query_size, hidden], key_weight is W₂ [key_size, hidden], both for rows from the left (q W₁);
    direction is v.

    Source: Bahdanau et al. 2015, “Neural Machine Translation by Jointly Learning to Align and Translate”, §A.1.2, where
    q is the decoder's state s and k the encoder's h, and the score is called e.
    """
    hidden = direction.shape[-1]
    for name, weight, rows in (("W₁", query_weight, queries), ("W₂", key_weight, keys)):
        if tuple(weight.shape) != (rows.shape[-1], hidden):
            raise MechanismError(
                say(
                    "{name} is {size}, but {rows} × {hidden} fits its vectors and v.",
                    name=name,
                    size=_size(weight),
                    rows=rows.shape[-1],
                    hidden=hidden,
                )
            )
    pairs = (queries @ query_weight)[..., :, None, :] + (keys @ key_weight)[..., None, :, :]  # [query, key, hidden]
    return torch.tanh(pairs) @ direction


def _same_size(queries: Queries, keys: Keys, what: str) -> None:
    if queries.shape[-1] != keys.shape[-1]:
        raise MechanismError(
            say(
                "A query has {query_size} numbers and a key {key_size}, but {what} multiplies them one by one: "
                "give both the same size, or score with a matrix in between (general, additive).",
                query_size=queries.shape[-1],
                key_size=keys.shape[-1],
                what=what,
            )
        )


def _size(matrix: Tensor) -> str:
    return " × ".join(map(str, matrix.shape))


def _first_place(where: Bool[Tensor, "*batch row"]) -> int | None:
    places = where.nonzero()
    return int(places[0, -1]) if len(places) else None
