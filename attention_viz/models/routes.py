"""The two ways from a network to its attention, and the check that finds out which one a network goes.

Nearly all families call the registered attention function, and what goes into it is captured. A few compute attention
in their own code; of those transformers hands out the maps. No list of names tells them apart: a short pass in both
ways does, each time a model is loaded. Where the two agree, the capture is right; where they don't, the maps count if
they are maps at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from transformers import PreTrainedModel

from attention_viz.core.errors import ModelError, UnsupportedModelError
from attention_viz.core.message import Message, say
from attention_viz.core.model_info import Kind, ModelInfo, Stack
from attention_viz.core.trace import ROW_TOLERANCE, Layer, MapLayer
from attention_viz.models.architecture import title
from attention_viz.models.capture import ATTENTION, packed, record
from attention_viz.models.windows import agrees, seen_through, windows

Inputs = Mapping[str, torch.Tensor]
Stacks = dict[Kind, tuple[Layer | MapLayer, ...]]

MAPS_BYTES = 512_000_000
"""How large all maps of a pass may be where there are only maps. A pass needs twice that for a moment."""
AGREEMENT = 1e-3
"""How far a captured weight may be from the one that the model hands out."""
_OUTPUTS: dict[Kind, str] = {
    "encoder": "encoder_attentions",
    "decoder": "decoder_attentions",
    "cross": "cross_attentions",
}


def by_capture(network: PreTrainedModel, inputs: Inputs, stacks: Sequence[Stack]) -> Stacks:
    """Queries, keys and values of one forward pass. Raises UnsupportedModelError when a layer's are missing."""
    with torch.inference_mode(), record() as layers:
        network(**inputs)
    expected = sum(stack.layers for stack in stacks)
    if len(layers) != expected:
        raise UnsupportedModelError(
            say(
                "{family} calls the shared attention function {layers} times in {expected} layers.",
                family=_name(network),
                layers=len(layers),
                expected=expected,
            )
        )
    # An encoder runs as a whole before its decoder, whose layers look at themselves first and at the encoder then.
    first = stacks[0].layers
    parts = [layers] if len(stacks) == 1 else [layers[:first], layers[first::2], layers[first + 1 :: 2]]
    _check_heads(network, stacks, parts)
    return {stack.kind: packed(part) for stack, part in zip(stacks, parts, strict=True)}


def by_maps(network: PreTrainedModel, inputs: Inputs, stacks: Sequence[Stack]) -> Stacks:
    """The maps that the network hands out; it must use transformers' eager attention.

    What a decoder's windows hide is read from its configuration, unless a map has weight there; see `windows`.
    Raises UnsupportedModelError when they are not one [head, query, key] per layer whose rows sum to 1.
    """
    with torch.inference_mode():
        output = network(**inputs, output_attentions=True)
    queries, keys = inputs["input_ids"].shape[1], inputs["input_ids"].shape[1]
    found: Stacks = {}
    for stack in stacks:
        maps = getattr(output, "attentions" if len(stacks) == 1 else _OUTPUTS[stack.kind], None) or ()
        if stack.kind != "encoder" and len(stacks) > 1:
            queries = inputs["decoder_input_ids"].shape[1]
        columns = queries if stack.kind == "decoder" else keys
        weights = [_map(network, item, (stack.heads, queries, columns)) for item in maps]
        if len(weights) != stack.layers:
            raise _refused(
                network, say("it hands out {maps} maps for {layers} layers", maps=len(weights), layers=stack.layers)
            )
        found[stack.kind] = _map_layers(network, stack.kind, weights)
    return found


def _map_layers(network: PreTrainedModel, kind: Kind, maps: Sequence[np.ndarray]) -> tuple[MapLayer, ...]:
    """Layers of maps, with what their queries see; those that see the same share it."""
    if kind != "decoder":
        return tuple(MapLayer(weights) for weights in maps)
    announced = windows(network.config, kind, len(maps))
    count = maps[0].shape[-1]
    masks = {window: seen_through(window, count) for window in (None, *announced)}
    return tuple(
        MapLayer(weights, masks[window if agrees(weights, masks[window]) else None])
        for weights, window in zip(maps, announced, strict=True)
    )


def most_tokens(stacks: Sequence[Stack]) -> int:
    """How many tokens a text may have for all its maps to stay within MAPS_BYTES."""
    return math.isqrt(MAPS_BYTES // (4 * sum(stack.layers * stack.heads for stack in stacks)))


def choose_route(network: PreTrainedModel, info: ModelInfo) -> Message | None:
    """Why the network can only show maps, in one sentence; None where queries and keys are captured.

    Leaves the network set to the attention that its route needs; to be called before anybody else has the network.
    Raises UnsupportedModelError when neither route gives attention.
    """
    inputs = _probe(network, info)
    captured = _try(lambda: by_capture(network, inputs, info.stacks))
    _use(network, "eager")
    maps = _try(lambda: by_maps(network, inputs, info.stacks))
    if isinstance(maps, Exception):
        raise _reason(network, maps) from maps
    _check_direction(network, maps)
    if not isinstance(captured, Exception) and _agree(captured, maps):
        _use(network, ATTENTION)
        return None
    return say(
        "This family ({family}) computes attention in its own way, so only its maps can be shown, not queries and "
        "keys.",
        family=_name(network),
    )


def _probe(network: PreTrainedModel, info: ModelInfo) -> Inputs:
    """A few tokens, any ones; for a decoder beside an encoder fewer, so that queries and keys can't be mixed up."""
    ids = (torch.arange(min(7, info.token_limit))[None] + 5) % network.config.vocab_size
    return {"input_ids": ids, "decoder_input_ids": ids[:, :-2]} if "cross" in info.kinds else {"input_ids": ids}


def _use(network: PreTrainedModel, attention: str) -> None:
    """Sets the attention of every part.

    `set_attn_implementation` leaves families alone that call their own code, and then the masks of Bloom, which are
    chosen by the same name, stay away.
    """
    for part in network.modules():
        if isinstance(part, PreTrainedModel):
            part.config._attn_implementation = attention


def _try(run: Callable[[], Stacks]) -> Stacks | Exception:
    try:
        return run()
    except Exception as error:  # noqa: BLE001 (a family that does not fit fails in its own way; the caller decides)
        return error


def _reason(network: PreTrainedModel, error: Exception) -> UnsupportedModelError:
    if isinstance(error, ModelError):
        return UnsupportedModelError(error.message)
    said = " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
    return _refused(network, say("it can't be asked for its maps ({reason})", reason=said))


def _map(network: PreTrainedModel, item: object, shape: tuple[int, int, int]) -> np.ndarray:
    if not isinstance(item, torch.Tensor) or item.ndim != 4 or tuple(item.shape[1:]) != shape:
        heads, queries, keys = shape
        arrived = " × ".join(map(str, item.shape[1:])) if isinstance(item, torch.Tensor) else type(item).__name__
        raise _refused(
            network,
            say(
                "what a layer hands out is {arrived}, and {heads} heads × {queries} queries × {keys} keys were "
                "expected",
                arrived=arrived,
                heads=heads,
                queries=queries,
                keys=keys,
            ),
        )
    weights = item[0].float().numpy().copy()
    sums = weights.sum(axis=-1)
    # Written so that a NaN fails too.
    if not (np.abs(sums - 1) <= ROW_TOLERANCE).all() or (weights < 0).any():
        worst = float(sums.flat[np.argmax(np.abs(sums - 1))])
        raise _refused(
            network, say("what a query gives to all keys adds up to {sum:.4g}, and attention adds up to 1", sum=worst)
        )
    return weights


def _check_heads(network: PreTrainedModel, stacks: Sequence[Stack], parts: Sequence[Sequence[Layer]]) -> None:
    for stack, part in zip(stacks, parts, strict=True):
        for layer in part:
            if layer.heads != stack.heads:
                raise _refused(
                    network,
                    say("a layer has {heads} heads, and config.json says {said}", heads=layer.heads, said=stack.heads),
                )


def _check_direction(network: PreTrainedModel, maps: Stacks) -> None:
    """Raises UnsupportedModelError when a decoder's maps look ahead: it would be shown as if it could not."""
    for layer in maps.get("decoder", ()):
        if any(np.triu(layer.attention(head), 1).any() for head in range(layer.heads)):
            raise _refused(network, say("it was taken for a decoder, and its tokens look at what follows them"))


def _agree(captured: Stacks, maps: Stacks) -> bool:
    return all(
        float(np.abs(one.attention(head) - other.attention(head)).max()) <= AGREEMENT
        for kind, layers in maps.items()
        for one, other in zip(captured[kind], layers, strict=True)
        for head in range(other.heads)
    )


def _refused(network: PreTrainedModel, reason: Message) -> UnsupportedModelError:
    return UnsupportedModelError(
        say("The attention of {family} can't be shown: {reason}.", family=_name(network), reason=reason)
    )


def _name(network: PreTrainedModel) -> str:
    return title(network.config.model_type)
