"""Attention as it is computed: one function, registered with transformers, that keeps what goes into the softmax.

Models of transformers look their attention up by name. Under the name `ATTENTION` they find `_capturing_attention`,
which hands everything on to the fused kernel and, while a recorder is set, keeps queries, keys, values, mask and scale.
The recorder lives in a ContextVar, so many threads can run one shared model and each sees only its own pass; hooks on
the model can't do that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from attention_viz.core.trace import Layer

ATTENTION = "attention_viz"
"""The name to load a model with: `from_pretrained(…, attn_implementation=ATTENTION)`."""

_recorder: ContextVar[list[Layer] | None] = ContextVar("attention_viz_recorder", default=None)


@contextmanager
def record() -> Iterator[list[Layer]]:
    """Collects one Layer for each call of an attention function in this context, in the order of the calls.

    Calls are counted instead of reading `layer_idx`, which some families leave out (DistilBERT) and others repeat
    (ALBERT runs one layer many times).
    """
    layers: list[Layer] = []
    token = _recorder.set(layers)
    try:
        yield layers
    finally:
        _recorder.reset(token)


def _capturing_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    """The fused attention of transformers. Tensors are [batch, head, token, size]; a recorded batch has one text."""
    layers = _recorder.get()
    if layers is not None:
        causal = options.get("is_causal")
        layers.append(
            Layer(
                query=_keep(query),
                key=_keep(key),
                value=_keep(value),
                scale=query.shape[-1] ** -0.5 if scaling is None else float(scaling),
                bias=_bias(attention_mask),
                visible=_visible(
                    attention_mask, getattr(module, "is_causal", False) if causal is None else causal, query, key
                ),
            )
        )
    return sdpa_attention_forward(module, query, key, value, attention_mask, scaling=scaling, **options)


def _keep(tensor: torch.Tensor) -> np.ndarray:
    """[head, token, size] in float32. Copied only where the tensor is a part of a larger one (a fused q-k-v, say):
    that one would stay alive as long as the trace."""
    whole = tensor.untyped_storage().nbytes() == tensor.nbytes
    kept = tensor[0].float()
    return (kept if whole or kept.dtype != tensor.dtype else kept.clone()).numpy()


def _bias(mask: torch.Tensor | None) -> np.ndarray | None:
    return None if mask is None or mask.dtype == torch.bool else mask[0].float().numpy().copy()


def _visible(mask: torch.Tensor | None, causal: bool, query: torch.Tensor, key: torch.Tensor) -> np.ndarray | None:
    """[1, query, key]. A mask of None means "nothing is masked" in an encoder, but "causal" in a decoder."""
    if mask is not None:
        return mask[0].numpy().copy() if mask.dtype == torch.bool else None
    if not causal or query.shape[2] == 1:
        return None
    return np.tri(query.shape[2], key.shape[2], dtype=np.bool_)[None]


AttentionInterface.register(ATTENTION, _capturing_attention)
# Without a mask function of the same name, masks would vanish without a word.
AttentionMaskInterface.register(ATTENTION, sdpa_mask)
