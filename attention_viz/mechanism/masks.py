"""Which keys may a query see? A mask is True where it may, as in `scaled_dot_product_attention`.

(`nn.MultiheadAttention` says it the other way round: True where a key is hidden.)
"""

from __future__ import annotations

from functools import reduce

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from attention_viz.core.errors import MechanismError
from attention_viz.core.message import say


def causal(queries: int, keys: int) -> Bool[Tensor, "query key"]:
    """j ≤ i: a token sees itself and what came before it, so that a text can be continued word by word.

    Source: Vaswani et al. 2017, §3.2.3.
    """
    return torch.ones(queries, keys, dtype=torch.bool).tril()


def window(queries: int, keys: int, radius: int) -> Bool[Tensor, "query key"]:
    """|i − j| ≤ radius: a token sees its neighbours only, which costs n · (2 radius + 1) and not n².

    Source: Beltagy et al. 2020, “Longformer: The Long-Document Transformer”, §3.1.
    """
    if radius < 0:
        raise MechanismError(
            say(
                "The window's radius is {radius}; 0 lets a token see itself alone, and it can't be less.", radius=radius
            )
        )
    return (torch.arange(queries)[:, None] - torch.arange(keys)).abs() <= radius


def padding(lengths: Int[Tensor, " sequence"], keys: int) -> Bool[Tensor, "sequence 1 key"]:
    """j < length: what fills a shorter sequence up to the longest of a batch is not read. The same for every query."""
    return torch.arange(keys) < lengths[:, None, None]


def all_of(*masks: Bool[Tensor, "*#any"]) -> Bool[Tensor, "*widest"]:
    """Several masks at once. A key is seen where all of them let it be: what they hide is united."""
    return reduce(torch.logical_and, masks)
