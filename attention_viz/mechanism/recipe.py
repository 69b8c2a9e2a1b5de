"""Attention worked through step by step, with everything that happens on the way kept, for one sequence.

This is what the page draws. It calls the functions of the textbook and computes nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Bool, Float64
from torch import Tensor

from attention_viz.core.errors import MechanismError
from attention_viz.core.message import Message
from attention_viz.mechanism import masks, normalising, scoring
from attention_viz.mechanism.attention import weighted_sum
from attention_viz.mechanism.multihead import Projection, join_heads, split_heads

Scoring = Literal["dot", "cosine", "general", "additive"]
Normaliser = Literal["softmax", "sparsemax", "sum", "root"]
MaskName = Literal["causal", "padding", "window"]
Matrix = Float64[np.ndarray, "_ _"]
Square = Float64[np.ndarray, "head query key"]

PARAMETERS: dict[Scoring, tuple[str, ...]] = {
    "dot": (),
    "cosine": (),
    "general": ("W",),
    "additive": ("W_1", "W_2", "v"),
}
"""The learned tables that a score has besides queries and keys, by their names in `Recipe.parameters`; v is one row."""


@dataclass(frozen=True, eq=False)
class Recipe:
    """What to compute.

    visible: False where a query may not see a key; None for no mask.
    scaled: divide the scores by √d_k, d_k being the size of a key in one head.
    parameters: see PARAMETERS; all heads share them.
    output_weight: W_O, applied to what the heads found; None for none.
    """

    queries: Float64[np.ndarray, "query query_size"]
    keys: Float64[np.ndarray, "key key_size"]
    values: Float64[np.ndarray, "value value_size"]
    visible: Bool[np.ndarray, "query key"] | None = None
    scoring: Scoring = "dot"
    scaled: bool = True
    normaliser: Normaliser = "softmax"
    temperature: float = 1.0
    heads: int = 1
    parameters: Mapping[str, Matrix] = field(default_factory=dict)
    output_weight: Matrix | None = None


@dataclass(frozen=True, eq=False)
class Worked:
    """Every step, by head; None from where it could not go on, and then `problem` says why.

    masked: the scaled scores, −∞ where hidden. weights: NaN where they are undefined.
    joined: the heads' outputs behind each other. output: the result.
    """

    queries: Float64[np.ndarray, "head query query_size"] | None = None
    keys: Float64[np.ndarray, "head key key_size"] | None = None
    values: Float64[np.ndarray, "head value value_size"] | None = None
    scores: Square | None = None
    scaled: Square | None = None
    masked: Square | None = None
    weights: Square | None = None
    head_outputs: Float64[np.ndarray, "head query value_size"] | None = None
    joined: Float64[np.ndarray, "query joined_size"] | None = None
    output: Float64[np.ndarray, "query size"] | None = None
    problem: Message | None = None


def work(recipe: Recipe) -> Worked:
    """Goes as far as the numbers allow. Raises nothing: what can't be computed is told in `problem`."""
    worked = Worked()
    try:
        for name, found in _steps(recipe):
            step: dict[str, Any] = {name: found.numpy()}
            worked = replace(worked, **step)
    except MechanismError as error:
        worked = replace(worked, problem=error.message)
    return worked


def project(rows: Matrix, weight: Matrix) -> Matrix:
    """X W: the queries, keys or values of word vectors. Raises MechanismError where the sizes don't fit."""
    return Projection(torch.from_numpy(weight))(torch.from_numpy(rows)).numpy()


def visible(
    queries: int, keys: int, names: tuple[MaskName, ...], *, length: int, radius: int
) -> Bool[np.ndarray, "query key"] | None:
    """The masks of these names at once, None for none. length: tokens before the padding. radius: of the window."""
    made: dict[MaskName, Callable[[], Tensor]] = {
        "causal": partial(masks.causal, queries, keys),
        "padding": lambda: masks.padding(torch.tensor([length]), keys)[0].expand(queries, keys),
        "window": partial(masks.window, queries, keys, radius),
    }
    return masks.all_of(*(made[name]() for name in names)).numpy() if names else None


def _steps(recipe: Recipe) -> Iterator[tuple[str, Tensor]]:
    """Names of fields of Worked, with what belongs there."""
    whole = {"queries": recipe.queries, "keys": recipe.keys, "values": recipe.values}
    q, k, v = (split_heads(torch.from_numpy(rows), recipe.heads) for rows in whole.values())
    yield from (("queries", q), ("keys", k), ("values", v))
    scores = _score(recipe, q, k)
    yield "scores", scores
    scores = scores / k.shape[-1] ** 0.5 if recipe.scaled else scores
    yield "scaled", scores
    seen = None if recipe.visible is None else torch.from_numpy(recipe.visible).expand(scores.shape)
    yield "masked", normalising.mask_scores(scores, seen)
    weights = _weights(recipe, scores, seen)
    yield "weights", weights
    outputs = weighted_sum(weights, v)
    yield "head_outputs", outputs
    joined = join_heads(outputs)
    yield "joined", joined
    yield (
        "output",
        joined if recipe.output_weight is None else Projection(torch.from_numpy(recipe.output_weight))(joined),
    )


def _score(recipe: Recipe, queries: Tensor, keys: Tensor) -> Tensor:
    tables = [torch.from_numpy(recipe.parameters[name]) for name in PARAMETERS[recipe.scoring]]
    if recipe.scoring == "general":
        return scoring.general(queries, keys, tables[0])
    if recipe.scoring == "additive":
        return scoring.additive(queries, keys, tables[0], tables[1], tables[2][0])
    return {"dot": scoring.dot, "cosine": scoring.cosine}[recipe.scoring](queries, keys)


def _weights(recipe: Recipe, scores: Tensor, seen: Tensor | None) -> Tensor:
    if recipe.normaliser == "softmax":
        return normalising.softmax(scores, seen, recipe.temperature)
    if recipe.normaliser == "sparsemax":
        return normalising.sparsemax(scores, seen, recipe.temperature)
    return {"sum": normalising.divide_by_sum, "root": normalising.divide_by_root}[recipe.normaliser](scores, seen)
