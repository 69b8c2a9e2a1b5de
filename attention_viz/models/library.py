"""Models by name: asks every source in turn."""

from __future__ import annotations

from pathlib import Path

from attention_viz.core.errors import NotDownloadedError, UnknownModelError
from attention_viz.core.message import say
from attention_viz.core.model import Model
from attention_viz.core.model_info import ModelInfo
from attention_viz.models.bundled import BundledSource
from attention_viz.models.folder import describe_folder
from attention_viz.models.folders import FolderSource
from attention_viz.models.hub import HubSource, fetch
from attention_viz.models.hub.names import unknown_model
from attention_viz.models.source import Source

SOURCES: list[Source] = [BundledSource(), FolderSource(), HubSource()]
"""Where models are looked for, in this order. A new kind of origin is one more entry."""


def add_source(source: Source) -> None:
    """A further place to look for models, before all others: what only this process has, for instance. Adding the same
    one again changes nothing."""
    if source not in SOURCES:
        SOURCES.insert(0, source)


def describe_model(name: str) -> ModelInfo:
    """What is known of a model without loading it; no network, and torch is not imported.

    Raises UnknownModelError, and NotDownloadedError for an id of the Hub that is not on this machine; in the app,
    GoneModelError for one that was trained there and is forgotten.
    """
    return _find(name)[1]


def open_model(name: str) -> Model:
    """The model of that name, in evaluation mode, in float32. Nothing is downloaded: see `describe_model`.

    Raises DamagedModelError when its files are not what they should be.
    """
    return _find(name)[0].load(name)


def load_model(name: str | Path) -> Model:
    """As `open_model`, but a model of the Hub that is not on this machine is downloaded first.

    name: also a folder that `save_pretrained` made, as a Path or as a string that begins with ".", "/" or "~".

    A progress bar goes to standard error. Raises DownloadError too, for instance when ATTENTION_VIZ_DOWNLOADS says
    that nothing may be downloaded.
    """
    if isinstance(name, Path) or name.startswith((".", "/", "~")):
        return _open_folder(Path(name).expanduser())
    try:
        return open_model(name)
    except NotDownloadedError:
        fetch(name)
        return open_model(name)


def _open_folder(folder: Path) -> Model:
    # Imported here, since `describe_model` must answer before torch and transformers are there.
    from attention_viz.models.huggingface import load_folder

    if not folder.is_dir():
        raise UnknownModelError(
            say(
                "There is no folder {folder}. Give one that save_pretrained made, or an id of the Hub.",
                folder=str(folder),
            )
        )
    return load_folder(folder, describe_folder(folder, name=folder.resolve().name, origin="a folder"))


def _find(name: str) -> tuple[Source, ModelInfo]:
    for source in tuple(SOURCES):  # Another thread may add one.
        info = source.describe(name)
        if info is not None:
            return source, info
    raise unknown_model(name)
