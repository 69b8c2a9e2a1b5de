"""The models that only this server has: the library asks for them here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attention_viz.models.library import add_source
from attention_viz.models.trained import TrainedSource
from attention_viz.ui.server.uploads import UPLOADS

if TYPE_CHECKING:
    from attention_viz.toy.run import Run


def register() -> None:
    """Lets every name that leads to an upload or a training be found. Once is enough; more do no harm."""
    add_source(UPLOADS)
    add_source(_TRAINED)


def _run(training: str) -> Run | None:
    # Imported here, since most visits never train anything.
    from attention_viz.ui.server.trainings import TRAININGS

    found = TRAININGS.find(training)
    return None if found is None else found.run


_TRAINED = TrainedSource(_run)
