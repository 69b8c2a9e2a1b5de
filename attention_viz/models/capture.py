"""Attention as it is computed: one function, registered with transformers, that keeps what goes into the softmax.

Models of transformers look their attention up by name. Under the name `ATTENTION` they find `_capturing_attention`,
which hands everything on to the fused kernel and, while a recorder is set, keeps queries, keys, values, mask and scale.
The recorder lives in a ContextVar, so many threads can run one shared model and each sees only its own pass; hooks on
the model can't do that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
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


def packed(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """The same layers with queries, keys and values side by side in one block of memory.

    As they are recorded, they lie between the temporary tensors of the forward pass, and the holes that those leave are
    not given back: 60 traces took 1.7 times the memory of their arrays, and 1.1 times in one block each.
    """
    arrays = [array for layer in layers for array in (layer.query, layer.key, layer.value)]
    block = np.empty(sum(array.size for array in arrays), dtype=np.float32)
    copies, start = [], 0
    for array in arrays:
        copy = block[start : start + array.size].reshape(array.shape)
        copy[...] = array
        copies.append(copy)
        start += array.size
    return tuple(
        replace(layer, query=query, key=key, value=value)
        for layer, query, key, value in zip(layers, copies[::3], copies[1::3], copies[2::3], strict=True)
    )


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
    """[head, token, size] in float32, without a copy: `packed` makes one when the pass is over."""
    return tensor[0].float().numpy()


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
