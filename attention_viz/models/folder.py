"""A model in a folder: what it is, without loading it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from attention_viz.core.errors import DamagedModelError
from attention_viz.core.model_info import ModelInfo
from attention_viz.models.architecture import read_config
from attention_viz.models.weights import count_parameters


def describe_folder(
    folder: Path, *, name: str, origin: str, licence: str = "unknown", revision: str | None = None
) -> ModelInfo:
    """What config.json and the headers of the safetensors files say.

    revision: what identifies the weights; None makes it from config and headers. Raises DamagedModelError when a file
    is missing or broken, UnsupportedModelError when the model's attention can't be shown.
    """
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        weights = sorted(folder.glob("model*.safetensors"))
        parameters = sum(count_parameters(file) for file in weights)
    except (OSError, ValueError) as error:
        raise DamagedModelError(f"The files of {name} are missing or damaged.") from error
    architecture = read_config(config)
    return ModelInfo(
        name=name,
        family=architecture.family,
        stacks=architecture.stacks,
        head_size=architecture.head_size,
        width=architecture.width,
        parameters=parameters,
        token_limit=architecture.token_limit,
        revision=revision or hashlib.sha256(repr((config, parameters)).encode()).hexdigest(),
        licence=licence,
        origin=origin,
    )
