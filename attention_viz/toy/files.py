"""A training as a file: weights as safetensors, everything else as JSON in its header. Never pickle.

{"run": {"task", "config", "measured", "step", "seconds"}, "format", "version"}     the header
"<step>/<weight>"                                                    the model at each step that is kept
"moments/<name>"                                                     the optimiser, to go on from the last step
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from attention_viz.core.errors import ConfigError, FileError
from attention_viz.core.message import Message, say
from attention_viz.toy.config import Config, config_of
from attention_viz.toy.run import Run
from attention_viz.toy.task import Task
from attention_viz.toy.tasks import task_named
from attention_viz.toy.training import Measured, State, held_out, model_of

FORMAT = "attention-viz training"
VERSION = "2"
_OLDER = "1"
"""Trainings on a text held out its end, whatever of it stood in the rest too; all others are as they were."""
MOST_BYTES = 50_000_000
"""Of a file, as many as the app lets through. What `save_run` makes is smaller: see `run.KEPT_BYTES`."""
_MOST_HEADER = 2_000_000
_MOST_MEASURED = 200
_MOMENTS = "moments"


def save_run(run: Run) -> bytes:
    """The file of a run in which something was measured."""
    assert run.last is not None, "A run begins with a measurement."
    tensors = {
        f"{step}/{name}": weight.contiguous()
        for step, weights in run.checkpoints.items()
        for name, weight in weights.items()
    }
    tensors |= {f"{_MOMENTS}/{name}": moment.contiguous() for name, moment in run.last.moments.items()}
    written = {
        "task": run.task.name,
        "config": asdict(run.config),
        "measured": [_written(measured) for measured in run.measured],
        "step": run.last.step,
        "seconds": run.last.seconds,
    }
    header = {"format": FORMAT, "version": VERSION, "run": json.dumps(written, ensure_ascii=False)}
    return save(_apart(tensors), header)


def open_run(data: bytes) -> Run:
    """The run of a file. Raises FileError that says what is wrong with it."""
    header = _header(data)
    if header.get("format") != FORMAT:
        raise FileError(
            say("This is a safetensors file, but not one of a training: it was not saved on “Train a model”.")
        )
    version = header.get("version")
    if version not in (VERSION, _OLDER):
        raise FileError(
            say(
                "The file has version {arrived} of the format, and this program reads versions {older} and {version}. "
                "Train the model again with the same settings, or use the program that saved it.",
                arrived=str(version)[:20],
                older=_OLDER,
                version=VERSION,
            )
        )
    try:
        written = json.loads(header["run"])
        task = task_named(written["task"])
        config = config_of(written["config"], task.defaults)
        if version == _OLDER and "text" in task.free:
            raise FileError(_held_out_otherwise(config))
        task.check(config)
        measured = _all_measured(written["measured"][:_MOST_MEASURED], task, config)
        step, seconds = int(written["step"]), float(written["seconds"])
        steps = [one.step for one in measured]
        if steps != sorted(set(steps)) or not 0 <= steps[0] <= steps[-1] <= config.steps or not 0 <= seconds < math.inf:
            raise ValueError("Steps and seconds go up.")
    except ConfigError as error:
        raise FileError(say("The file's settings can't be used. {reason}", reason=error.message)) from error
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError, OverflowError) as error:
        raise FileError(say("The file's header is damaged: its settings or its curves can't be read.")) from error
    checkpoints, moments = _tensors(data)
    if step != max(checkpoints, default=-1) or not set(checkpoints) <= set(steps):
        raise FileError(say("The file is damaged: its curves and its checkpoints are not of the same steps."))
    _check_shapes(task, config, checkpoints, moments)
    return Run(task, config, measured, checkpoints, State(step, seconds, checkpoints[step], moments))


def _header(data: bytes) -> Mapping[str, Any]:
    """The text in the header, as safetensors has it: 8 bytes of length, JSON, then the numbers."""
    if len(data) > MOST_BYTES:
        raise FileError(
            say(
                "The file has {size:,.0f} MB; at most {most:,.0f} MB are opened.",
                size=len(data) / 1e6,
                most=MOST_BYTES / 1e6,
            )
        )
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or not 2 <= length <= min(_MOST_HEADER, len(data) - 8):
        raise FileError(say("This is no safetensors file, or it was cut off: choose a file saved on “Train a model”."))
    try:
        found = json.loads(data[8 : 8 + length])
    except (ValueError, RecursionError) as error:
        raise FileError(say("The file's header is damaged: it is not JSON.")) from error
    about = found.get("__metadata__", {}) if isinstance(found, dict) else {}
    return about if isinstance(about, dict) else {}


def _tensors(data: bytes) -> tuple[dict[int, dict[str, Tensor]], dict[str, Tensor]]:
    """Checkpoints by step, in order, and the optimiser's numbers; all in float32."""
    try:
        found = load(data)
    except (SafetensorError, ValueError, RuntimeError) as error:
        raise FileError(say("The file is cut off or damaged: its weights can't be read.")) from error
    checkpoints: dict[int, dict[str, Tensor]] = {}
    moments: dict[str, Tensor] = {}
    for name, tensor in found.items():
        if not torch.isfinite(tensor).all():
            raise FileError(say("The file holds numbers that are none (NaN or infinity), in {name}.", name=name[:60]))
        place, _, rest = name.partition("/")
        if place == _MOMENTS:
            moments[rest] = tensor.to(torch.float32)
        elif place.isdecimal() and len(place) < 9:
            checkpoints.setdefault(int(place), {})[rest] = tensor.to(torch.float32)
    return dict(sorted(checkpoints.items())), moments


def _check_shapes(
    task: Task, config: Config, checkpoints: Mapping[int, Mapping[str, Tensor]], moments: Mapping[str, Tensor]
) -> None:
    """Raises FileError where the tensors are not of a model of these settings."""
    for step, weights in checkpoints.items():
        try:
            model_of(task, config, weights)
        except ConfigError as error:
            raise FileError(
                say("The weights of step {step} don't fit the settings of the file: wrong shapes.", step=step)
            ) from error
    model = task.build(config)
    shapes = {name: weight.shape for name, weight in model.named_parameters()}
    for name, moment in moments.items():
        kind, _, weight = name.partition(".")
        if weight not in shapes or (kind != "step" and moment.shape != shapes[weight]):
            raise FileError(say("The optimiser's numbers don't fit the model: {name}.", name=name[:60]))


def _written(measured: Measured) -> dict[str, Any]:
    patterns = {name: _numbers(found) for name, found in measured.patterns.items()}
    return {**asdict(measured), "patterns": patterns}


def _numbers(found: np.ndarray) -> list[list[float | None]]:
    """NaN is not JSON."""
    return [[None if math.isnan(one) else one for one in row] for row in found.tolist()]


def _held_out_otherwise(config: Config) -> Message:
    """Not opened: what counts as held out now, the model of this file has learned from in part, and what it was
    measured on stood in what it learned from. So neither its curves nor new numbers would be true."""
    beginning = " ".join(config.text[:60].split())
    return say(
        "The file is of an earlier version, which measured a text's model on the last tenth of the text, also where "
        "the same lines stand in the part that it learned from. Now these are kept apart, and this model can't be "
        "measured so any more. Train it again: layers {layers}, heads {heads}, width {width}, learning rate {rate:g}, "
        "steps {steps}, seed {seed}, on the text of {characters:,} characters that begins “{beginning}”.",
        layers=config.layers,
        heads=config.heads,
        width=config.width,
        rate=config.learning_rate,
        steps=config.steps,
        seed=config.seed,
        characters=len(config.text),
        beginning=beginning,
    )


def _all_measured(written: Sequence[Mapping[str, Any]], task: Task, config: Config) -> tuple[Measured, ...]:
    """Places and copying are no measurements of the model: they come from the settings, whatever the file says."""
    places, copied = task.places(held_out(task, config)), task.copied(config)
    return tuple(_measured(one, task, config, places, copied) for one in written)


def _measured(written: Mapping[str, Any], task: Task, config: Config, places: int, copied: float | None) -> Measured:
    patterns = {name: np.array(written["patterns"][name], dtype=np.float64) for name in _names(task)}
    if any(found.shape != (config.layers, config.heads) for found in patterns.values()):
        raise ValueError("A pattern is not [layer, head].")
    numbers = {name: float(written[name]) for name in ("loss", "accuracy", "seconds")}
    if not all(map(math.isfinite, numbers.values())):
        raise ValueError("A curve is not finite.")
    uniform = {name: float(written["uniform"][name]) for name in _names(task)}
    return Measured(
        int(written["step"]),
        places=places,
        copied=copied,
        patterns=patterns,
        uniform=uniform,
        sample=str(written["sample"])[:2000],
        **numbers,
    )


def _names(task: Task) -> list[str]:
    return [pattern.name for pattern in task.patterns]


def _apart(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Copies of tensors that share memory, which safetensors refuses: the last checkpoint is the state as well."""
    seen: set[int] = set()
    for name, tensor in tensors.items():
        if tensor.data_ptr() in seen:
            tensors[name] = tensor.clone()
        seen.add(tensor.data_ptr())
    return tensors
