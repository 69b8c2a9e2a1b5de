"""A training, as a sequence of measurements that somebody may stop listening to at any time.

    for progress in train("reverse", Config(layers=1, heads=1, width=48, steps=200)):
        print(progress.step, progress.loss, progress.accuracy)

Nothing is drawn from chance but what the seed says: the data of a step come from the seed and the number of the step,
so a training that is taken up again at any state goes on as if it had never stopped.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor, nn

from attention_viz.core.errors import ConfigError, DivergedError
from attention_viz.core.message import say
from attention_viz.toy.chance import FIRST_WEIGHTS, HELD_OUT, generator, initialise
from attention_viz.toy.config import Config
from attention_viz.toy.patterns import masses, uniform_masses
from attention_viz.toy.task import Batch, Task, ToyModel, cross_entropy
from attention_viz.toy.tasks import task_named

_LOOKS = 50
"""Measurements in one training, besides the one before it begins."""
_TIMED = 5
_CLIP = 1.0
_BETA1 = 0.9
_MOMENTS = ("step", "exp_avg", "exp_avg_sq")


@dataclass(frozen=True, eq=False)
class State:
    """All that is needed to go on.

    step: steps that are done. seconds: that they took. weights: by the model's own names. moments: AdamW's,
    "<name of AdamW>.<weight>".
    """

    step: int
    seconds: float
    weights: Mapping[str, Tensor]
    moments: Mapping[str, Tensor]


@dataclass(frozen=True, eq=False)
class Measured:
    """What was found on examples that are never trained on.

    step: steps that are done; 0 is before any. loss: cross-entropy in nats. accuracy: see `Task.accuracy`.
    places: predictions that the accuracy is the mean of. copied: what copying would get of them: see `Task.copied`.
    patterns: by name, of each head: see `patterns.masses`. uniform: the same for a head that looks at all alike.
    seconds: of training so far. sample: what the model writes, where it writes.
    """

    step: int
    loss: float
    accuracy: float
    places: int
    copied: float | None
    patterns: Mapping[str, Float64[np.ndarray, "layer head"]]
    uniform: Mapping[str, float]
    seconds: float
    sample: str


@dataclass(frozen=True, eq=False)
class Progress(Measured):
    """What was measured, and the state to go on from. Its weights are the model: see `model_of`."""

    state: State


def train(
    task: str | Task,
    config: Config | None = None,
    *,
    start: State | None = None,
    device: str = "cpu",
    on_step: Callable[[int], None] | None = None,
) -> Iterator[Progress]:
    """Trains a small model and yields what was measured before the first step, about 50 times on the way, and at the
    end. The state of the last one holds the trained weights.

    config: None for the task's own settings. start: a state of the same task and settings to go on from; its own
    measurement comes first. device: "cuda" for a graphics card. on_step: told how many steps are done after each; what
    it raises ends the training.

    Raises ConfigError for settings that don't go together, and DivergedError as soon as the loss is not a number.
    """
    task = task_named(task) if isinstance(task, str) else task
    config = config or task.defaults
    task.check(config)
    _check_device(device)
    return _training(task, config, start, device, on_step)


def has_graphics_card() -> bool:
    """Whether a training can be asked to use "cuda"."""
    return torch.cuda.is_available()


def model_of(task: Task, config: Config, weights: Mapping[str, Tensor]) -> ToyModel:
    """The model with these weights, ready to be used. Raises ConfigError when they are not of these settings."""
    model = task.build(config)
    try:
        model.load_state_dict(dict(weights))
    except RuntimeError as error:
        raise ConfigError(
            say("The weights don't fit a model of these settings ({task}): {error}", task=task.title, error=str(error))
        ) from error
    return model.eval()


def held_out(task: Task, config: Config) -> Batch:
    """The examples that everything is measured on."""
    return task.held_out_batch(config, generator(config.seed, HELD_OUT))


def seconds_for(task: Task, config: Config) -> float:
    """How long the training will take here, from a few steps that are timed and thrown away."""
    with _one_thread():
        learner = _Learner(task, config, None, "cpu")
        steps, looks = [], []
        for number in range(_TIMED):
            begun = time.perf_counter()
            learner.learn(number)
            learned = time.perf_counter()
            learner.measure(number, 0.0)
            steps.append(learned - begun)
            looks.append(time.perf_counter() - learned)
        # The first ones take longer: memory is set aside, and code is loaded.
        return median(steps[1:]) * config.steps + median(looks[1:]) * _LOOKS


class _Learner:
    """A model, its optimiser, and the examples that it is measured on."""

    def __init__(self, task: Task, config: Config, start: State | None, device: str) -> None:
        self.task, self.config, self.device = task, config, device
        self.model = task.build(config)
        initialise(self.model, generator(config.seed, FIRST_WEIGHTS))
        if start is not None:
            self.model = model_of(task, config, start.weights)
        self.model = self.model.to(device)
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(),
            lr=config.learning_rate,
            betas=(_BETA1, task.beta2),
            weight_decay=task.weight_decay,
        )
        if start is not None and start.moments:
            self._take_up(start.moments)
        self.unseen = _moved(held_out(task, config), device)
        self.places, self.copied = task.places(self.unseen), task.copied(config)

    def learn(self, step: int) -> None:
        """One step. Raises DivergedError when the loss is not a number."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.config.learning_rate * min(1.0, (step + 1) / self.task.warm_up)
        batch = self.task.batch(self.config, generator(self.config.seed, step), self.task.batch_size)
        loss = self.task.loss(self.model, _moved(batch, self.device))
        self._check(loss.item(), step)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it so
        nn.utils.clip_grad_norm_(self.model.parameters(), _CLIP)
        self.optimiser.step()

    @torch.no_grad()
    def measure(self, step: int, seconds: float) -> Progress:
        """Raises DivergedError as `learn` does."""
        output = self.model(self.unseen.inputs, self.unseen.given)
        loss = float(cross_entropy(output.logits, self.unseen))
        self._check(loss, step)
        return Progress(
            step,
            loss,
            self.task.accuracy(self.model, self.unseen, output=output),
            self.places,
            self.copied,
            masses(output.attended, self.unseen.patterns),
            uniform_masses(output.attended, self.unseen.patterns),
            seconds,
            self.task.sample(self.config, self.model),
            State(step, seconds, _copied(self.model.state_dict()), self._moments()),
        )

    def _check(self, loss: float, step: int) -> None:
        """A state that was yielded is a good one."""
        if not math.isfinite(loss):
            raise DivergedError(
                say(
                    "The loss is no number any more after {step} steps: the learning rate of {rate:g} "
                    "is too high. Lower it; {fine:g} works for this task.",
                    step=step,
                    rate=self.config.learning_rate,
                    fine=self.task.defaults.learning_rate,
                )
            )

    def _moments(self) -> dict[str, Tensor]:
        found = {
            f"{kind}.{name}": self.optimiser.state[weight][kind]
            for name, weight in self.model.named_parameters()
            if weight in self.optimiser.state
            for kind in _MOMENTS
        }
        return _copied(found)

    def _take_up(self, moments: Mapping[str, Tensor]) -> None:
        for name, weight in self.model.named_parameters():
            if f"step.{name}" in moments:
                kept: dict[str, Any] = {kind: moments[f"{kind}.{name}"].clone() for kind in _MOMENTS}
                self.optimiser.state[weight] = {
                    kind: value if kind == "step" else value.to(weight) for kind, value in kept.items()
                }


def _training(
    task: Task, config: Config, start: State | None, device: str, on_step: Callable[[int], None] | None
) -> Iterator[Progress]:
    done, seconds = (start.step, start.seconds) if start is not None else (0, 0.0)
    every = max(1, config.steps // _LOOKS)
    with _one_thread():
        learner = _Learner(task, config, start, device)
        progress = learner.measure(done, seconds)
    yield progress
    while done < config.steps:
        with _one_thread():
            begun = time.perf_counter()
            until = min(config.steps, done - done % every + every)
            for step in range(done, until):
                learner.learn(step)
                if on_step is not None:
                    on_step(step + 1)
            done = until
            seconds += time.perf_counter() - begun
            progress = learner.measure(done, seconds)
        yield progress


def _moved(batch: Batch, device: str) -> Batch:
    if device == "cpu":
        return batch
    patterns = {name: pattern.to(device) for name, pattern in batch.patterns.items()}
    given = None if batch.given is None else batch.given.to(device)
    return Batch(batch.inputs.to(device), batch.targets.to(device), batch.scored.to(device), given, patterns)


def _copied(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().to("cpu", copy=True) for name, tensor in tensors.items()}


def _check_device(device: str) -> None:
    if device not in ("cpu", "cuda"):
        raise ConfigError(say("The device is {device}: “cpu” or “cuda” is expected.", device=repr(device)[:20]))
    if device == "cuda" and not has_graphics_card():
        raise ConfigError(say("There is no graphics card that this PyTorch can use: train on “cpu”."))


@contextmanager
def _one_thread() -> Iterator[None]:
    """Small models are slower with many threads, and much slower where other work is going on."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
