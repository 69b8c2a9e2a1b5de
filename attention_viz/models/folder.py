"""A model in a folder of files, described without loading it: torch is not imported.

Anyone may have made the files. They are read with bounds on their size, nothing in them is executed, and what can't be
shown is refused in one sentence.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attention_viz.core.errors import DamagedModelError, UnsupportedModelError
from attention_viz.core.message import say
from attention_viz.core.model_info import ModelInfo
from attention_viz.models.architecture import read_config
from attention_viz.models.weights import count_parameters, digest, read_json

_CONFIG_BYTES = 1_000_000
_SETTINGS_BYTES = 10_000_000
_TOKENIZER_BYTES = 50_000_000
_TOKENIZER_FILES = ("tokenizer.json", "vocab.txt", "vocab.json", "merges.txt")
_SMALL_TOKENIZER_FILES = ("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")
# What the library may read as a whole, beside the weights.
_READ_WHOLE = ("*.json", "*.txt", "*.jinja")
# Each set is enough to make a tokenizer from with what is installed.
_ENOUGH = (("tokenizer.json",), ("vocab.txt",), ("vocab.json", "merges.txt"))
_NEED_OTHER_LIBRARIES = ("*.model", "*.tiktoken", "tekken.json")


def describe_folder(
    folder: Path, *, name: str, origin: str, licence: str = "unknown", revision: str | None = None
) -> ModelInfo:
    """What is known of the model in `folder` from its config.json, the headers of its weights and tokenizer files.

    revision: what identifies the weights; None makes one of the files' headers, sizes and times.

    Raises UnsupportedModelError for what can't be shown: another format than safetensors, code of its own, no
    tokenizer, no text. Raises DamagedModelError for files that are missing, too large, cut short or not what they
    should be.
    """
    if not (folder / "config.json").is_file():
        raise UnsupportedModelError(
            say("“{name}” has no config.json, so it is not a model of the transformers library.", name=_shown(name))
        )
    config = read_json(folder / "config.json", _CONFIG_BYTES)
    settings = _tokenizer_settings(folder)
    architecture = read_config(config, _stated_limit(settings))
    parameters = count_parameters(folder)
    _check_tokenizer(folder)
    return ModelInfo(
        name=name,
        family=architecture.family,
        stacks=architecture.stacks,
        head_size=architecture.head_size,
        width=architecture.width,
        parameters=parameters,
        token_limit=architecture.token_limit,
        revision=revision or digest(folder, "config.json", *_TOKENIZER_FILES, *_SMALL_TOKENIZER_FILES),
        licence=licence,
        origin=origin,
    )


def _check_tokenizer(folder: Path) -> None:
    for file in (path for pattern in _READ_WHOLE for path in folder.glob(pattern)):
        if (size := file.stat().st_size) > _TOKENIZER_BYTES:
            raise DamagedModelError(
                say(
                    "{file} has {size:,} bytes, and at most {most:,} are read.",
                    file=file.name,
                    size=size,
                    most=_TOKENIZER_BYTES,
                )
            )
    if any(all((folder / name).is_file() for name in names) for names in _ENOUGH):
        return
    others = sorted(path.name for pattern in _NEED_OTHER_LIBRARIES for path in folder.glob(pattern))
    if others:
        raise UnsupportedModelError(
            say(
                "The tokenizer of this model comes only as {file}, which needs a library that is not "
                "installed. Look for a version of the model with a tokenizer.json.",
                file=others[0][:80],
            )
        )
    raise UnsupportedModelError(
        say("This model has no tokenizer (no tokenizer.json), so a text can't be turned into its tokens.")
    )


def _tokenizer_settings(folder: Path) -> dict[str, Any]:
    found = {
        name: read_json(folder / name, _SETTINGS_BYTES) for name in _SMALL_TOKENIZER_FILES if (folder / name).is_file()
    }
    return found.get("tokenizer_config.json", {})


def _stated_limit(settings: dict[str, Any]) -> int | None:
    """The tokenizer's own limit. Where it has none, transformers writes 10^30."""
    limit = settings.get("model_max_length")
    return limit if type(limit) is int else None


def _shown(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:79]}…"
