"""Models in folders below a root that the operator of a server names. Nobody else's folders can be reached."""

from __future__ import annotations

import os
import re
from pathlib import Path

from attention_viz.core.errors import DamagedModelError
from attention_viz.core.message import say
from attention_viz.core.model import Model
from attention_viz.core.model_info import ModelInfo
from attention_viz.models.folder import describe_folder

VARIABLE = "ATTENTION_VIZ_MODEL_ROOT"
PREFIX = "folder:"
_MOST = 200
_NAME = re.compile(r"[\w][\w .+-]{0,99}")


class FolderSource:
    """The folders right below the root, each saved by `save_pretrained`, under the names "folder:<its name>"."""

    def __init__(self, root: Path | None = None) -> None:
        """`root`: None reads the environment variable ATTENTION_VIZ_MODEL_ROOT; without it there are no folders."""
        self._given = root

    def names(self) -> tuple[str, ...]:
        root = self._root()
        if root is None:
            return ()
        found = (PREFIX + entry.name for entry in root.iterdir())
        return tuple(sorted(name for name in found if self._folder(name) is not None))[:_MOST]

    def describe(self, name: str) -> ModelInfo | None:
        """Raises the errors of `describe_folder`."""
        folder = self._folder(name)
        return None if folder is None else describe_folder(folder, name=name, origin="a folder of this server")

    def load(self, name: str) -> Model:
        # Imported here, since `describe` must answer before torch and transformers are there.
        from attention_viz.models.huggingface import load_folder

        folder = self._folder(name)
        if folder is None:
            raise DamagedModelError(say("The folder of {name} is no longer there.", name=name))
        return load_folder(folder, describe_folder(folder, name=name, origin="a folder of this server"))

    def _root(self) -> Path | None:
        named = self._given or os.environ.get(VARIABLE)
        if not named:
            return None
        root = Path(named)
        return root if root.is_dir() else None

    def _folder(self, name: str) -> Path | None:
        """The folder of a name. A link that leads out of the root is not followed."""
        root, inner = self._root(), name.removeprefix(PREFIX)
        if root is None or inner == name or not _NAME.fullmatch(inner):
            return None
        folder = (root / inner).resolve()
        return folder if folder.parent == root.resolve() and (folder / "config.json").is_file() else None
