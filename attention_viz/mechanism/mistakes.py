"""Two slips of a listing that many copy, kept so that one can see what they compute. Nobody should use them."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64

from attention_viz.core.errors import MechanismError
from attention_viz.core.message import say


def transposed_queries(
    queries: Float64[np.ndarray, "row query_size"], keys: Float64[np.ndarray, "other key_size"]
) -> Float64[np.ndarray, "query_size key_size"]:
    """Qᵀ K in place of Q Kᵀ: one row for each dimension of a query, summed over the tokens.

    Raises MechanismError where there are not as many queries as keys: the sum pairs them off.
    """
    if len(queries) != len(keys):
        raise MechanismError(
            say(
                "QᵀK can't be computed: it pairs the first query with the first key and so on, and there are "
                "{queries} queries and {keys} keys. With as many of both it runs, and the slip goes "
                "unnoticed.",
                queries=len(queries),
                keys=len(keys),
            )
        )
    return queries.T @ keys


def without_softmax(
    scaled_scores: Float64[np.ndarray, "query key"], values: Float64[np.ndarray, "key value_size"]
) -> Float64[np.ndarray, "query value_size"]:
    """The scaled scores times V, with no softmax between: a sum of values as large as the scores are."""
    return scaled_scores @ values
