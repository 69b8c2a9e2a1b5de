"""A training goes into a file and comes back; what is wrong with a file is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load, save

from attention_viz.core.errors import FileError
from attention_viz.toy.files import open_run, save_run
from attention_viz.toy.run import Run
from attention_viz.toy.task import Task
from attention_viz.toy.tasks import TASKS
from attention_viz.toy.training import train


def run_of(task: Task, steps: int = 20) -> Run:
    run = Run(task, replace(task.defaults, steps=steps))
    for progress in train(task, run.config):
        run.add(progress)
    return run


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_a_run_comes_back_as_it_was(task: Task):
    run = run_of(task)
    back = open_run(save_run(run))
    assert (back.task, back.config, back.steps) == (run.task, run.config, run.steps)
    for ours, theirs in zip(run.measured, back.measured, strict=True):
        assert (ours.step, ours.loss, ours.accuracy, ours.sample) == (
            theirs.step,
            theirs.loss,
            theirs.accuracy,
            theirs.sample,
        )
        for name, found in ours.patterns.items():
            np.testing.assert_array_equal(found, theirs.patterns[name])
    for step in run.steps:
        for name, weight in run.checkpoints[step].items():
            assert torch.equal(weight, back.checkpoints[step][name])


def test_a_training_goes_on_from_a_file_as_if_it_had_not_stopped():
    task = TASKS["reverse"]
    config = replace(task.defaults, steps=40)
    whole = list(train(task, config))
    half = Run(task, config)
    for progress in whole[:20]:
        half.add(progress)
    back = open_run(save_run(half))
    rest = list(train(task, config, start=back.last))
    assert [one.loss for one in rest] == [one.loss for one in whole[19:]]


@pytest.fixture(scope="module")
def data() -> bytes:
    return save_run(run_of(TASKS["reverse"]))


def changed(data: bytes, change: Callable[[dict[str, str], dict[str, Any], dict[str, torch.Tensor]], None]) -> bytes:
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])["__metadata__"]
    tensors, run = load(data), json.loads(header["run"])
    change(header, run, tensors)
    header["run"] = json.dumps(run)
    return save(tensors, header)


def set_version(header: dict[str, str], run: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    header["version"] = "3"


def set_format(header: dict[str, str], run: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    header["format"] = "pt"


def set_task(header: dict[str, str], run: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    run["task"] = "sorting"


def set_width(header: dict[str, str], run: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    run["config"]["width"] = 32


def set_heads(header: dict[str, str], run: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    run["config"]["heads"] = 5


def drop_curves(header: dict[str, str], run: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    del run["measured"]


def bend_curve(header: dict[str, str], run: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    run["measured"][0]["loss"] = float("inf")


def drop_checkpoint(header: dict[str, str], run: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    for name in [name for name in tensors if name.startswith("20/")]:
        del tensors[name]


def turn_curves(header: dict[str, str], run: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    run["measured"].reverse()


def go_too_far(header: dict[str, str], run: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    run["measured"][-1]["step"] = 10**9


def set_nan(header: dict[str, str], run: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    next(iter(tensors.values())).view(-1)[0] = float("nan")


def bend_moment(header: dict[str, str], run: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    name = next(name for name in tensors if name.startswith("moments/exp_avg."))
    tensors[name] = torch.zeros(3)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (set_version, "version 3 of the format, and this program reads versions 1 and 2"),
        (set_format, "not one of a training"),
        (set_task, "There is no task 'sorting'"),
        (set_width, r"weights of step .* don't fit"),
        (set_heads, "can't be split among 5 heads"),
        (drop_curves, "header is damaged"),
        (bend_curve, "header is damaged"),
        (turn_curves, "header is damaged"),
        (go_too_far, "header is damaged"),
        (drop_checkpoint, "not of the same steps"),
        (set_nan, "NaN or infinity"),
        (bend_moment, "optimiser's numbers don't fit"),
    ],
)
def test_a_file_that_can_not_be_used_says_why(data: bytes, change: Any, sentence: str):
    with pytest.raises(FileError, match=sentence):
        open_run(changed(data, change))


def as_before(header: dict[str, str], run: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    """As version 1 wrote it, which knew neither the number of places nor copying."""
    header["version"] = "1"
    for measured in run["measured"]:
        del measured["places"], measured["copied"]


def test_a_file_of_the_version_before_opens(data: bytes):
    back = open_run(changed(data, as_before))
    assert back.steps == open_run(data).steps
    assert {(one.places, one.copied) for one in back.measured} == {(64 * 12, None)}


def test_a_file_whose_text_was_held_out_otherwise_says_so_and_names_its_settings(monkeypatch: pytest.MonkeyPatch):
    task = TASKS["text"]
    monkeypatch.setattr(type(task), "written", 2)
    run = Run(task, replace(task.defaults, steps=10, layers=1, width=8, seed=7))
    run.add(next(iter(train(task, run.config))))
    with pytest.raises(FileError) as raised:
        open_run(changed(save_run(run), as_before))
    assert "measured a text's model on the last tenth of the text" in str(raised.value)
    assert "layers 1, heads 4, width 8, learning rate 0.003, steps 10, seed 7" in str(raised.value)
    assert "begins “The cat came home" in str(raised.value)


def test_places_and_copying_are_not_taken_from_the_file(monkeypatch: pytest.MonkeyPatch):
    task = TASKS["text"]
    monkeypatch.setattr(type(task), "written", 2)
    run = Run(task, replace(task.defaults, steps=10, layers=1, width=8))
    run.add(next(iter(train(task, run.config))))

    def boast(header: dict[str, str], run: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
        run["measured"][0] |= {"places": 10**6, "copied": 0.0}

    (back,) = open_run(changed(save_run(run), boast)).measured
    assert (back.places, back.copied) == (run.measured[0].places, run.measured[0].copied)


@pytest.mark.parametrize("keep", [0, 5, 8, 100, -1, -1000])
def test_a_truncated_file_says_so(data: bytes, keep: int):
    with pytest.raises(FileError, match=r"cut off|damaged|no safetensors"):
        open_run(data[:keep])


@pytest.mark.parametrize("junk", [b"PK\x03\x04" + bytes(100), b"\x80\x04\x95" + bytes(100), b"[]" * 100, bytes(64)])
def test_other_files_are_refused(junk: bytes):
    with pytest.raises(FileError):
        open_run(junk)


def test_a_file_that_is_too_large_is_not_read(data: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("attention_viz.toy.files.MOST_BYTES", 100)
    with pytest.raises(FileError, match="at most 0 MB"):
        open_run(data)
