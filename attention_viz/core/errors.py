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
"""

from __future__ import annotations


class AttentionVizError(Exception):
    """Base class: `str(error)` is a sentence for the screen."""


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

    def __init__(self, message: str, model: str) -> None:
        super().__init__(message)
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

    def __init__(self, message: str, converted: str = "") -> None:
        super().__init__(message)
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


def check_index(what: str, index: int, count: int) -> int:
    """`index` itself when 0 ≤ index < count; a RangeError that names the valid range otherwise."""
    if not 0 <= index < count:
        raise RangeError(f"There is no {what} {index}: {what}s count from 0 and the last one is {count - 1}.")
    return index
