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

_HIDDEN = -1e30  # Families that add their mask to the scores take the smallest float of their type, −3.4e38 or so.

_LARGE = 32 << 20
"""Above so many bytes memory comes from the system piece by piece, and goes back to it without a hole."""


class _Recorder:
    """The layers of one forward pass, and the masks and biases that they share.

    Models hand every layer the same mask, 16 MB of it at 4,096 tokens, so each is kept once.
    """

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self._shared: list[np.ndarray] = []

    def once(self, array: np.ndarray) -> np.ndarray:
        """The array of that content: the one that is kept already, or a copy that is kept from now on."""
        for known in self._shared:
            if known.dtype == array.dtype and np.array_equal(known, array):
                return known
        self._shared.append(array.copy(order="C"))
        return self._shared[-1]


_recorder: ContextVar[_Recorder | None] = ContextVar("attention_viz_recorder", default=None)


@contextmanager
def record() -> Iterator[list[Layer]]:
    """Collects one Layer for each call of an attention function in this context, in the order of the calls.

    Calls are counted instead of reading `layer_idx`, which some families leave out (DistilBERT) and others repeat
    (ALBERT runs one layer many times).
    """
    recorder = _Recorder()
    token = _recorder.set(recorder)
    try:
        yield recorder.layers
    finally:
        _recorder.reset(token)


def packed(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """The same layers with queries, keys and values side by side in one block of memory.

    As they are recorded, they lie between the temporary tensors of the forward pass, and the holes that those leave are
    not given back: 60 traces took 1.7 times the memory of their arrays, and 1.1 times in one block each. Layers that
    are large on their own were copied as they came, and stay.
    """
    if all(_is_large(layer) for layer in layers):
        return tuple(layers)
    return _block_of(layers)


def _is_large(layer: Layer) -> bool:
    return layer.query.nbytes + layer.key.nbytes + layer.value.nbytes >= _LARGE


def _block_of(layers: Sequence[Layer]) -> tuple[Layer, ...]:
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
    recorder = _recorder.get()
    if recorder is not None:
        bias, visible = _bias_and_visible(
            attention_mask, options.get("position_bias"), _is_causal(module, options.get("is_causal")), query, key
        )
        layer = Layer(
            query=_keep(query),
            key=_keep(key),
            value=_keep(value),
            scale=query.shape[-1] ** -0.5 if scaling is None else float(scaling),
            bias=None if bias is None else recorder.once(bias),
            visible=None if visible is None else recorder.once(visible),
        )
        # A view keeps the tensor alive that queries, keys and values were cut from: of a long text, twice the memory.
        recorder.layers.append(_block_of([layer])[0] if _is_large(layer) else layer)
    return sdpa_attention_forward(module, query, key, value, attention_mask, scaling=scaling, **options)


def _keep(tensor: torch.Tensor) -> np.ndarray:
    """[head, token, size] in float32, without a copy: `packed` makes one when the pass is over."""
    return tensor[0].float().numpy()


def _is_causal(module: torch.nn.Module, asked: bool | None) -> bool:
    """As the fused attention of transformers reads it: a module that says nothing is causal."""
    return bool(getattr(module, "is_causal", True) if asked is None else asked)


def _bias_and_visible(
    mask: torch.Tensor | None, position_bias: torch.Tensor | None, causal: bool, query: torch.Tensor, key: torch.Tensor
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """What is added to the scores, [#head, query, key], and what can be seen, [1, query, key].

    A mask of None means "nothing is masked" in an encoder, but "causal" in a decoder. T5's bias for relative positions
    comes beside the mask.
    """
    visible = None
    biases = [] if position_bias is None else [position_bias[0].float().numpy()]
    if mask is None:
        if causal and query.shape[2] > 1:
            visible = np.tri(query.shape[2], key.shape[2], dtype=np.bool_)[None]
    elif mask.dtype == torch.bool:
        visible = mask[0].numpy()
    else:
        # Numbers to be added: where they are hugely negative, the key is hidden.
        numbers = mask[0].float().numpy()
        visible = numbers > _HIDDEN
        biases.append(np.where(visible, numbers, np.float32(0)))
    biases = [bias for bias in biases if bias.any()]
    return (
        sum(biases[1:], start=biases[0]) if biases else None,
        None if visible is None or visible.all() else visible,
    )


AttentionInterface.register(ATTENTION, _capturing_attention)
# Without a mask function of the same name, masks would vanish without a word.
AttentionMaskInterface.register(ATTENTION, sdpa_mask)
