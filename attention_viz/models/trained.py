"""Small models that were trained here, as models that read text like any other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from attention_viz.core.errors import GoneModelError, ModelError
from attention_viz.core.message import say
from attention_viz.core.model import Encoding, Model, Pass
from attention_viz.core.model_info import ModelInfo, Stack
from attention_viz.core.trace import Layer, MapLayer

if TYPE_CHECKING:
    from torch import Tensor

    from attention_viz.toy.config import Config
    from attention_viz.toy.run import Run
    from attention_viz.toy.task import Attended, Task

_NAME = re.compile(r"(?P<task>[a-z]{1,20})@(?P<step>\d{1,6})#(?P<id>[a-z2-7]{10})")
ADDITIVE = say(
    "This model scores with additive attention, v·tanh(W₁q + W₂k): there is no product of a query and a key that could "
    "be taken apart, so only its maps are shown."
)


class TrainedModel:
    """A small model at one step of its training."""

    def __init__(self, task: Task, config: Config, weights: Mapping[str, Tensor], name: str) -> None:
        """name: what it is called. Raises ConfigError when the weights are not of these settings."""
        from attention_viz.toy.training import model_of

        self._task, self._config, self._weights = task, config, weights
        self._model = model_of(task, config, weights)
        self._name = name

    @cached_property
    def info(self) -> ModelInfo:
        return _info(self._task, self._config, self._name, self._weights)

    def encode(self, text: str, second: str | None = None) -> Encoding:
        """Tokens of the task. Of a model with a decoder, `second` is what the decoder has written; None: what it writes
        itself. Raises TextError that names what the task knows."""
        read = self._task.read(self._config, text)
        response = self._task.respond(self._config, self._model, read, second)
        if response is None:
            notes = read.notes
            if second and second.strip():
                notes = (*notes, say("{name} reads one text; the second is left out.", name=self._name))
            return Encoding((read.text,), read.tokens, notes)
        return Encoding((read.text, response.text), read.tokens, (*read.notes, *response.notes), target=response.tokens)

    def forward(self, encoding: Encoding) -> Pass:
        """One pass without gradients."""
        import torch

        from attention_viz.toy.task import Read

        ids = Read("", encoding.tokens).ids
        given = self._task.given_of(Read("", encoding.target)) if encoding.target else None
        with torch.no_grad():
            attended = self._model(ids[None], given).attended
        layers = tuple(map(_layer, attended))
        reason = ADDITIVE if any(isinstance(layer, MapLayer) for layer in layers) else None
        return Pass({self._task.kind: layers}, reason)


def trained_model(
    task: str | Task, weights: Mapping[str, Tensor], config: Config | None = None, *, name: str | None = None
) -> TrainedModel:
    """The model of a training, to be traced like any other: `trained_model("reverse", progress.state.weights)`.

    weights: of a state, or a checkpoint of a Run. config: the settings of that training; None for the task's own.
    name: what it is called in traces.

    Raises ConfigError when the weights are not of these settings.
    """
    from attention_viz.toy.tasks import task_named

    task = task_named(task) if isinstance(task, str) else task
    return TrainedModel(task, config or task.defaults, weights, name or task.name)


class TrainedSource:
    """Models of trainings that somebody keeps, by a name that only those know who have a link to it."""

    def __init__(self, find: Callable[[str], Run | None]) -> None:
        """find: the run of the training with this id; None when there is none any more. Called in any thread."""
        self._run = find

    def names(self) -> tuple[str, ...]:
        """None: nobody is told what others have trained."""
        return ()

    def describe(self, name: str) -> ModelInfo | None:
        """Raises GoneModelError for a training that is no longer there."""
        if _NAME.fullmatch(name) is None:
            return None
        task, config, weights = self._find(name)
        return _info(task, config, name, weights)

    def load(self, name: str) -> Model:
        return TrainedModel(*self._find(name), name)

    def _find(self, name: str) -> tuple[Task, Config, Mapping[str, Tensor]]:
        match = _NAME.fullmatch(name)
        if match is None:
            raise ModelError(say("{name} is no name of a trained model.", name=name[:100]))
        run = self._run(match["id"])
        weights = None if run is None else run.checkpoints.get(int(match["step"]))
        if run is None or weights is None:
            raise GoneModelError(
                say(
                    "The model “{task}” after {step:,} steps was trained in another visit, and this server "
                    "no longer has it. Load its file on the page “Train a model”, or train it again there: the "
                    "same seed and settings give the same model.",
                    task=match["task"],
                    step=int(match["step"]),
                ),
                name,
            )
        return run.task, run.config, weights


def trained_name(task: str, step: int, training: str) -> str:
    """What the model of a training is called after a step."""
    return f"{task}@{step}#{training}"


def training_of(name: str) -> str | None:
    """The id of the training in a model's name; None for other models."""
    match = _NAME.fullmatch(name)
    return None if match is None else match["id"]


def _info(task: Task, config: Config, name: str, weights: Mapping[str, Tensor]) -> ModelInfo:
    digest = sha256()
    for weight in weights.values():
        digest.update(weight.numpy().tobytes())
    return ModelInfo(
        name=name,
        family="toy",
        stacks=(Stack(task.kind, config.layers, config.heads),),
        head_size=config.width // config.heads,
        width=config.width,
        parameters=sum(weight.numel() for weight in weights.values()),
        token_limit=task.token_limit,
        revision=digest.hexdigest(),
        licence="unknown",
        origin=f"“{task.title}”, trained here",
    )


def _layer(attended: Attended) -> Layer | MapLayer:
    visible = None if attended.visible is None or attended.visible.all() else attended.visible.numpy()
    if visible is not None:
        visible = visible.reshape(-1, *visible.shape[-2:])[:1]  # Of the one text that was read.
    if attended.query is None or attended.key is None or attended.value is None:
        return MapLayer(_array(attended.weights), visible)
    query, key, value = map(_array, (attended.query, attended.key, attended.value))
    return Layer(query, key, value, query.shape[-1] ** -0.5, visible=visible)


def _array(tensor: Tensor) -> np.ndarray:
    return np.ascontiguousarray(tensor[0].numpy())
