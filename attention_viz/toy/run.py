"""What a training has come to: its curves, and the model at many of its steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from torch import Tensor

from attention_viz.toy.config import Config
from attention_viz.toy.task import Task, ToyModel
from attention_viz.toy.training import Measured, Progress, State, model_of

KEPT_BYTES = 32_000_000
"""What the checkpoints of one training may take. Of a large model fewer are kept, evenly spread."""


@dataclass(eq=False)
class Run:
    """A training so far. Grows by `add`; everything that has been added stays as it is.

    measured: in the order of their steps. checkpoints: weights by step, those of the first and the last among them.
    last: the state to go on from; None before anything was measured.
    """

    task: Task
    config: Config
    measured: tuple[Measured, ...] = ()
    checkpoints: Mapping[int, Mapping[str, Tensor]] = field(default_factory=dict)
    last: State | None = None

    def add(self, progress: Progress) -> None:
        """Takes a measurement in. One that is already there (the first after going on) changes nothing."""
        if self.last is not None and progress.step <= self.last.step:
            return
        numbers = Measured(**{one.name: getattr(progress, one.name) for one in fields(Measured)})
        self.measured = (*self.measured, numbers)
        self.checkpoints = _thinned({**self.checkpoints, progress.step: progress.state.weights})
        self.last = progress.state

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps whose model is kept, in order."""
        return tuple(self.checkpoints)

    @property
    def nbytes(self) -> int:
        """What it holds, in bytes."""
        moments = {} if self.last is None else self.last.moments
        return sum(map(_size, self.checkpoints.values())) + _size(moments)

    def at(self, step: int) -> Measured:
        """What was measured at a step that is kept."""
        return next(one for one in self.measured if one.step == step)

    def model(self, step: int) -> ToyModel:
        """The model as it was after a step that is kept."""
        return model_of(self.task, self.config, self.checkpoints[step])


def _thinned(checkpoints: dict[int, Mapping[str, Tensor]]) -> dict[int, Mapping[str, Tensor]]:
    """Without every second one until they fit. The first and the last always stay."""
    while len(checkpoints) > 2 and sum(map(_size, checkpoints.values())) > KEPT_BYTES:
        steps = list(checkpoints)
        kept = {*steps[:-1:2], steps[-1]}
        checkpoints = {step: checkpoints[step] for step in steps if step in kept}
    return checkpoints


def _size(tensors: Mapping[str, Tensor]) -> int:
    return sum(tensor.nbytes for tensor in tensors.values())
