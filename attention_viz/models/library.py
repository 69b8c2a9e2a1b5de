"""Models by name: asks every source in turn."""

from __future__ import annotations

from attention_viz.core.errors import NotDownloadedError
from attention_viz.core.model_info import ModelInfo
from attention_viz.models.base import Model, Source
from attention_viz.models.bundled import BundledSource
from attention_viz.models.folders import FolderSource
from attention_viz.models.hub import HubSource, fetch
from attention_viz.models.hub.names import unknown_model
from attention_viz.models.uploads import UPLOADS

SOURCES: tuple[Source, ...] = (BundledSource(), UPLOADS, FolderSource(), HubSource())
"""Where models are looked for, in this order. A new kind of origin is one more entry."""


def describe_model(name: str) -> ModelInfo:
    """What is known of a model without loading it; no network, and torch is not imported.

    Raises UnknownModelError, and NotDownloadedError for an id of the Hub that is not on this machine.
    """
    return _find(name)[1]


def open_model(name: str) -> Model:
    """The model of that name, in evaluation mode, in float32. Nothing is downloaded: see `describe_model`.

    Raises DamagedModelError when its files are not what they should be.
    """
    return _find(name)[0].load(name)


def load_model(name: str) -> Model:
    """As `open_model`, but a model of the Hub that is not on this machine is downloaded first.

    A progress bar goes to standard error. Raises DownloadError too, for instance when ATTENTION_VIZ_DOWNLOADS says
    that nothing may be downloaded.
    """
    try:
        return open_model(name)
    except NotDownloadedError:
        fetch(name)
        return open_model(name)


def _find(name: str) -> tuple[Source, ModelInfo]:
    for source in SOURCES:
        info = source.describe(name)
        if info is not None:
            return source, info
    raise unknown_model(name)
