"""Models of the Hub that are on this machine, as a place where models come from."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from huggingface_hub.utils import tqdm

from attention_viz.core.errors import DamagedModelError, ModelError, NotDownloadedError
from attention_viz.core.message import say
from attention_viz.core.model import Model
from attention_viz.core.model_info import ModelInfo
from attention_viz.models.catalogue import CATALOGUE, nearest
from attention_viz.models.folder import describe_folder
from attention_viz.models.hub.hub import ORIGIN, Hub
from attention_viz.models.hub.names import HubName, read_name


class HubSource:
    """What the cache holds. Never uses the network: `Hub.look` and `Hub.download` do, when someone asks for it."""

    def __init__(self, hub: Callable[[], Hub] = Hub.from_environment) -> None:
        """`hub`: asked each time, so that a changed setting counts."""
        self._hub = hub

    def names(self) -> tuple[str, ...]:
        return tuple(entry.name for entry in CATALOGUE if read_name(entry.name) is not None)

    def describe(self, name: str) -> ModelInfo | None:
        """None when `name` can't be an id of the Hub. Raises NotDownloadedError when it can and isn't here, and
        DamagedModelError when its files are broken."""
        wanted = read_name(name)
        return None if wanted is None else self._describe(wanted, name)[1]

    def load(self, name: str) -> Model:
        """Raises DamagedModelError when the files can't be loaded."""
        wanted = read_name(name)
        assert wanted is not None
        folder, info = self._describe(wanted, name)
        # Imported here, since `describe` must answer before torch and transformers are there.
        from attention_viz.models.huggingface import load_folder

        try:
            return load_folder(folder, info)
        except ModelError:
            raise
        except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
            # transformers raises these for broken weights and tokenizers, in words for those who know its code.
            raise _damaged(wanted, folder) from error

    def _describe(self, name: HubName, asked: str) -> tuple[Path, ModelInfo]:
        cache = self._hub().cache
        folder = cache.snapshot(name)
        if folder is None:
            near = nearest(name.id)
            missing = say("{name} is not on this machine yet. It has to be downloaded first.", name=str(name))
            if near and near != name.id:
                missing = say(
                    "{name} is not on this machine yet. Did you mean {near}? It has to be downloaded first.",
                    name=str(name),
                    near=near,
                )
            raise NotDownloadedError(missing, asked)
        licence = cache.licence(folder)
        try:
            return folder, describe_folder(folder, name=str(name), origin=ORIGIN, licence=licence, revision=folder.name)
        except DamagedModelError as error:
            raise _damaged(name, folder) from error


def fetch(name: str, hub: Hub | None = None) -> None:
    """Looks at a model and downloads it, with a progress bar and remarks on standard error. Raises what `Hub.look` and
    `Hub.download` raise."""
    hub = hub or Hub.from_environment()
    offer = hub.look(name)
    total = sum(file.size for file in offer.files)
    with tqdm(  # type: ignore[no-untyped-call]  # tqdm has no types
        total=total, unit="B", unit_scale=True, desc=str(offer.name)
    ) as bar:
        if offer.note:
            bar.write(str(offer.note), file=sys.stderr)
        hub.download(
            offer,
            lambda done, _: bar.update(done - bar.n),
            threading.Event(),
            said=lambda sentence: bar.write(str(sentence), file=sys.stderr),
        )


def _damaged(name: HubName, folder: Path) -> DamagedModelError:
    return DamagedModelError(
        say(
            "The files of {name} on this machine are damaged or don't belong together. Delete the folder "
            "{folder} in the cache of the Hub and download the model again.",
            name=str(name),
            folder=folder.parent.parent.name,
        )
    )
