"""Everything that can go wrong in words that a person can act on.

    AttentionVizError
    ├── TextError        the text can't be read: empty, too long, nothing a tokenizer keeps
    ├── ModelError       the model can't be used
    │   ├── UnknownModelError       no model of that name
    │   ├── MissingModelError       a model that is not here: its name is `model`
    │   │   ├── GoneModelError          one that was trained here, and is forgotten
    │   │   └── NotDownloadedError      it would have to be downloaded first
    │   ├── DownloadError           the download failed, was stopped, or isn't allowed
    │   ├── DamagedModelError       its files are missing or are not what they should be
    │   └── UnsupportedModelError   a kind of model whose attention can't be shown
    │       └── PickledModelError   its weights are only a pickle; it may know of a conversion
    ├── MapError         no attention map: rows that don't sum to 1, NaN, a wrong shape, tokens that don't go with it
    ├── MechanismError   numbers that attention can't be computed from: shapes that don't fit, a row without a key
    ├── ConfigError      settings that a training can't be begun with
    ├── DivergedError    a training whose loss is not a number any more
    ├── FileError        a file of maps or of a trained model can't be opened: damaged, too large, not what it
    │                    says it is
    └── RangeError       a layer, head or token that this trace does not have

Each message says what arrived, what was expected and what to do next. It may quote what a person typed, so whoever
draws it escapes it first.

raise MapError(say("The attention has the type {type}, and it must be numbers, best float32.", type=str(array.dtype)))
"""

from __future__ import annotations

from typing import Literal

from attention_viz.core.message import Message, say


class AttentionVizError(Exception):
    """Base class: `str(error)` is a sentence for the screen, and `message` the same for a translation."""

    def __init__(self, message: Message, *facts: object) -> None:
        # All that an error is made of, or it could not be pickled.
        super().__init__(message, *facts)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class TextError(AttentionVizError):
    """The text can't be turned into tokens."""


class ModelError(AttentionVizError):
    """The model can't be used."""


class UnknownModelError(ModelError):
    """No model has this name."""


class MissingModelError(ModelError):
    """The model is not here, and a page can say how to have it.

    model: its name, as it was asked for.
    """

    def __init__(self, message: Message, model: str) -> None:
        super().__init__(message, model)
        self.model = model


class GoneModelError(MissingModelError):
    """The model was trained in another visit and is not remembered any more."""


class NotDownloadedError(MissingModelError):
    """The model is not on this machine yet."""


class DownloadError(ModelError):
    """The model could not be downloaded, or may not be."""


class DamagedModelError(ModelError):
    """The model's files are missing or differ from what they should be."""


class UnsupportedModelError(ModelError):
    """This kind of model has no attention that can be shown."""


class PickledModelError(UnsupportedModelError):
    """The model's weights are only a pickle.

    converted: the name of a revision with the same weights as safetensors that may be opened instead, or empty.
    """

    def __init__(self, message: Message, converted: str = "") -> None:
        super().__init__(message, converted)
        self.converted = converted


class MapError(AttentionVizError):
    """Numbers that are no attention map, or tokens that don't go with them."""


class MechanismError(AttentionVizError):
    """Numbers from which attention can't be computed."""


class ConfigError(AttentionVizError):
    """Settings that are out of range or don't go together."""


class DivergedError(AttentionVizError):
    """The loss of a training is not a number any more."""


class FileError(AttentionVizError):
    """A file of maps or of a trained model can't be opened."""


class RangeError(AttentionVizError, IndexError):
    """A layer, head or token index outside what the trace has."""


What = Literal["layer", "head", "query token", "key token"]
"""What `check_index` can say is not there."""


def check_index(what: What, index: int, count: int) -> int:
    """`index` itself when 0 ≤ index < count; a RangeError that names the valid range otherwise."""
    if not 0 <= index < count:
        raise RangeError(_no_such(what, index, count - 1))
    return index


def _no_such(what: What, index: int, last: int) -> Message:
    match what:
        case "layer":
            return say(
                "There is no layer {index}: layers count from 0 and the last one is {last}.", index=index, last=last
            )
        case "head":
            return say(
                "There is no head {index}: heads count from 0 and the last one is {last}.", index=index, last=last
            )
        case "query token":
            return say(
                "There is no query token {index}: query tokens count from 0 and the last one is {last}.",
                index=index,
                last=last,
            )
        case "key token":
            return say(
                "There is no key token {index}: key tokens count from 0 and the last one is {last}.",
                index=index,
                last=last,
            )
