"""What a model's config.json says of its attention, before any weight is read and without importing torch."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from attention_viz.core.errors import ModelError, UnsupportedModelError
from attention_viz.core.message import Message, counted, say
from attention_viz.core.model_info import Stack

LONGEST = 8192
"""The most tokens that are read, whatever a model allows: one map of them is 268 MB."""
UNSTATED = 512
"""How many are read where neither config.json nor the tokenizer states a length; T5 was trained on so many."""

# One fact has different names in different families. The first that is there counts.
_NAMES = {
    "layers": ("encoder_layers", "num_encoder_layers", "num_hidden_layers", "num_layers", "n_layer", "n_layers"),
    "heads": (
        "encoder_attention_heads",
        "num_encoder_attention_heads",
        "num_attention_heads",
        "attention_heads",
        "num_heads",
        "n_head",
        "n_heads",
    ),
    "width": ("hidden_size", "d_model", "n_embd", "n_embed", "dim", "emb_dim"),
    "decoder layers": ("decoder_layers", "num_decoder_layers"),
    "decoder heads": ("decoder_attention_heads", "num_decoder_attention_heads"),
    "head size": ("head_dim", "d_kv", "d_head"),
    "split width": ("true_hidden_size",),  # MobileBERT's layers are narrower than its tokens.
    # DeepSeek's heads have one part that knows positions and one that doesn't.
    "head size without positions": ("qk_nope_head_dim",),
    "head size of positions": ("qk_rope_head_dim",),
    "positions": ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length"),
    "vocabulary": ("vocab_size", "n_vocab"),
}
_LARGEST = {"layers": 1_000, "heads": 1_024, "width": 100_000, "head size": 100_000, "vocabulary": 10_000_000}

# Their positions begin after the number of the padding token (fairseq's way), so the table has two rows that no text
# can use.
_SHIFTED_POSITIONS = frozenset(
    {
        "camembert",
        "data2vec-text",
        "esm",
        "ibert",
        "longformer",
        "luke",
        "mpnet",
        "roberta",
        "roberta-prelayernorm",
        "xlm-roberta",
        "xlm-roberta-xl",
        "xmod",
    }
)
# They compute a table of positions number by number, before a weight is read.
_COUNTED_POSITIONS = frozenset({"distilbert", "flaubert", "marian", "pegasus", "roformer", "xlm"})
# Numbers of that many parts would keep the library building for hours; real ones are far smaller.
_COUNTS = re.compile(r"num|layers|groups|experts|labels|heads|blocks|depth")
_MOST_PARTS = 20_000
# What a model that reads something else than text says of its input.
_NOT_TEXT = (
    "image_size",
    "patch_size",
    "num_channels",
    "vision_config",
    "audio_config",
    "num_mel_bins",
    "sampling_rate",
    "feat_extract_norm",
    "codebook_size",
    "speech_config",
)


@dataclass(frozen=True, slots=True)
class Architecture:
    """The part of a ModelInfo that is written in a config.json."""

    family: str
    stacks: tuple[Stack, ...]
    head_size: int
    width: int
    token_limit: int


def read_config(config: Mapping[str, Any], stated_limit: int | None = None) -> Architecture:
    """The architecture that a config.json describes.

    stated_limit: the most tokens, as the tokenizer's files state it; it counts where positions are relative and so
    config.json names no number.

    Raises UnsupportedModelError with the reason when its attention can't be shown.
    """
    _check_counts(config)
    family = _family(config)
    if any(config.get(name) is not None for name in _NOT_TEXT):
        raise UnsupportedModelError(
            say(
                "{family} reads pictures or sound. Only models that read text alone can be shown.", family=title(family)
            )
        )
    if _number(config, "vocabulary") is None:
        raise _refused(family, say("its config.json names no vocab_size, and a model that reads text has one"))
    layers = _needed(config, family, "layers", say("its config.json names no number of attention layers"))
    heads = _needed(config, family, "heads", say("its config.json names no number of attention heads"))
    width = _needed(config, family, "width", say("its config.json names no width"))
    head_size = _number(config, "head size") or (_number(config, "split width", "width") or width) // heads
    if without := _number(config, "head size without positions", "head size"):
        head_size = without + (_number(config, "head size of positions", "head size") or 0)
    if not head_size:
        raise _refused(family, say("{heads} heads can't share a width of {width}", heads=heads, width=width))
    stacks: tuple[Stack, ...]
    if config.get("is_encoder_decoder") is True:
        decoder_layers = _number(config, "decoder layers", "layers") or layers
        decoder_heads = _number(config, "decoder heads", "heads") or heads
        stacks = (
            Stack("encoder", layers, heads),
            Stack("decoder", decoder_layers, decoder_heads),
            Stack("cross", decoder_layers, decoder_heads),
        )
    else:
        stacks = (Stack("decoder" if _looks_back_only(config, family) else "encoder", layers, heads),)
    return Architecture(family, stacks, head_size, width, _token_limit(config, family, stated_limit))


def title(family: str) -> str:
    """A family's name as the transformers library writes it: "DebertaV2" for deberta-v2."""
    known = _table("MODEL_MAPPING_NAMES").get(family, family)
    return (known if isinstance(known, str) else known[0]).removesuffix("Model")


def _family(config: Mapping[str, Any]) -> str:
    family = config.get("model_type")
    if not isinstance(family, str) or not family:
        raise UnsupportedModelError(
            say("The model's config.json names no model_type, so it is not a model of the transformers library.")
        )
    shown = family if len(family) <= 40 else family[:39] + "…"
    if family not in _table("MODEL_MAPPING_NAMES"):
        if config.get("auto_map"):
            raise UnsupportedModelError(
                say(
                    "This model (“{family}”) brings its own Python code. Code from a model is never run here, so "
                    "only families that the transformers library knows can be shown.",
                    family=shown,
                )
            )
        raise UnsupportedModelError(
            say(
                "The installed transformers library knows no family “{family}”, so this model can't be loaded.",
                family=shown,
            )
        )
    if config.get("quantization_config"):
        raise UnsupportedModelError(
            say(
                "The weights of this {family} are quantised, and only plain floating-point weights can be "
                "read. Take the original model instead.",
                family=title(family),
            )
        )
    return family


def _check_counts(config: Mapping[str, Any]) -> None:
    for name, number in config.items():
        if isinstance(number, Mapping):
            _check_counts(number)
        elif isinstance(number, int | float) and number > _MOST_PARTS and _COUNTS.search(name):
            raise UnsupportedModelError(
                say(
                    "The model's config.json says {name} = {number}; at most {most:,} was expected.",
                    name=name[:40],
                    number=str(number)[:40],
                    most=_MOST_PARTS,
                )
            )


def _needed(config: Mapping[str, Any], family: str, what: str, missing: Message) -> int:
    number = _number(config, what)
    if number is None:
        raise _refused(family, missing)
    return number


def _number(config: Mapping[str, Any], what: str, like: str | None = None) -> int | None:
    """The first number of that meaning; None where none is given. Raises UnsupportedModelError for an absurd one."""
    name = next((name for name in _NAMES[what] if config.get(name) is not None), None)
    if name is None:
        return None
    number, most = config[name], _LARGEST[like or what]
    if type(number) is not int or not 0 < number <= most:
        raise UnsupportedModelError(
            say(
                "The model's config.json says {name} = {number}; a whole number from 1 to {most:,} was expected.",
                name=name,
                number=str(number)[:40],
                most=most,
            )
        )
    return number


def _refused(family: str, reason: Message) -> UnsupportedModelError:
    return UnsupportedModelError(
        say("The attention of {family} can't be shown: {reason}.", family=title(family), reason=reason)
    )


def _looks_back_only(config: Mapping[str, Any], family: str) -> bool:
    """Is each token blind to what follows it? The family says so, unless its config.json says otherwise."""
    if config.get("is_decoder") is True or config.get("causal") is True:
        return True
    if config.get("is_causal") is False or config.get("use_bidirectional_attention") is True:
        return False
    both_ways = {**_table("MODEL_FOR_MASKED_LM_MAPPING_NAMES"), **_table("MODEL_FOR_MULTIPLE_CHOICE_MAPPING_NAMES")}
    # BERT-generation fills no gaps and chooses no answers, but its encoder is a BERT.
    return (
        family not in both_ways
        and family != "bert-generation"
        and family in _table("MODEL_FOR_CAUSAL_LM_MAPPING_NAMES")
    )


def _token_limit(config: Mapping[str, Any], family: str, stated: int | None) -> int:
    name = next((name for name in _NAMES["positions"] if config.get(name) is not None), None)
    positions = config[name] if name else None
    if positions is not None and type(positions) is not int:
        raise UnsupportedModelError(
            say(
                "The model's config.json says {name} = {number}; expected a number.",
                name=str(name),
                number=str(positions)[:40],
            )
        )
    if positions is None or positions <= 0:  # Relative positions; −1 is how DeBERTa says so.
        limit = stated if stated is not None and 0 < stated <= 1_000_000 else UNSTATED
    elif family in _COUNTED_POSITIONS and positions > LONGEST:
        reason = say(
            "its config.json says {name} = {number}, and at most {most:,} is read",
            name=str(name),
            number=str(positions)[:40],
            most=LONGEST,
        )
        raise _refused(family, reason)
    elif family in _SHIFTED_POSITIONS:
        padding = config.get("pad_token_id")
        limit = positions - (padding if type(padding) is int and padding >= 0 else 1) - 1
    else:
        limit = positions
    if limit < 4:
        reason = counted(
            max(limit, 0),
            "it reads {count} token at a time, and no text fits into so few",
            "it reads {count} tokens at a time, and no text fits into so few",
        )
        raise _refused(family, reason)
    return min(limit, LONGEST)


@lru_cache(maxsize=8)
def _table(name: str) -> Mapping[str, Any]:
    """A table of the installed transformers library: family → class name.

    Read from its source, since importing it imports torch, and what a model is has to be known before that.
    """
    library = importlib.util.find_spec("transformers")
    if library is None or library.origin is None:
        raise ModelError(say("The transformers library is not installed. Run “pip install -r requirements.txt”."))
    source = Path(library.origin).parent / "models" / "auto" / "modeling_auto.py"
    for node in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            assert isinstance(node.value, ast.Call)
            return dict(ast.literal_eval(node.value.args[0]))
    raise ModelError(
        say("The installed transformers library has no {name}: install the pinned version of it again.", name=name)
    )
