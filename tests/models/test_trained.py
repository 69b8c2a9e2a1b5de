"""A model that was trained here reads text like any other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from attention_viz.core.errors import GoneModelError, TextError
from attention_viz.models.source import Source
from attention_viz.models.tracing import trace
from attention_viz.models.trained import TrainedModel, TrainedSource, trained_name
from attention_viz.toy.run import Run
from attention_viz.toy.task import Task
from attention_viz.toy.tasks import TASKS
from attention_viz.toy.training import train

pytestmark = pytest.mark.learns
ID = "abcdefghij"
EVERY = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)


def nothing(_: str) -> None:
    """Where no training is kept."""


def trained(task: Task) -> Run:
    run = Run(task, replace(task.defaults, steps=10))
    for progress in train(task, run.config):
        run.add(progress)
    return run


@EVERY
def test_its_trace_is_what_the_model_computed(task: Task):
    run = trained(task)
    name, source = trained_name(task.name, 10, ID), TrainedSource({ID: run}.get)
    info = source.describe(name)
    assert info is not None
    text, second = task.example(run.config)
    found = trace(source.load(name), text, second)
    assert found.kind == task.kind
    assert (
        (len(found.layers), found.heads)
        == (run.config.layers, run.config.heads)
        == (
            info.stacks[0].layers,
            info.stacks[0].heads,
        )
    )
    read = task.read(run.config, text)
    model = run.model(10)
    response = task.respond(run.config, model, read, second)
    with torch.no_grad():
        attended = model(read.ids[None], None if response is None else task.given_of(response)).attended
    for layer, expected in enumerate(attended):
        np.testing.assert_allclose(found.attention(layer), expected.weights[0].numpy(), atol=2e-6)
    assert [token.text for token in found.key_tokens] == [token.text for token in read.tokens]


@EVERY
def test_a_text_that_it_does_not_know_is_refused_with_what_it_knows(task: Task):
    run = trained(task)
    model = TrainedModel(task, run.config, run.checkpoints[10], "mine")
    with pytest.raises(TextError, match=r"reads|knows"):
        trace(model, "☃ ☃☃")
    with pytest.raises(TextError):
        trace(model, "")


def test_two_steps_are_two_models():
    run = trained(TASKS["reverse"])
    source = TrainedSource({ID: run}.get)
    before, after = (source.load(trained_name("reverse", step, ID)) for step in (0, 10))
    text, _ = run.task.example(run.config)
    assert before.info.revision != after.info.revision
    assert not np.array_equal(trace(before, text).attention(0, 0), trace(after, text).attention(0, 0))


@pytest.mark.parametrize("name", ["reverse@10#abcdefghij", "recall@0#2345672345"])
def test_one_that_is_gone_says_what_to_do(name: str):
    with pytest.raises(GoneModelError, match=r"trained in another visit.*Load its file.*train it again"):
        TrainedSource(nothing).describe(name)


@pytest.mark.parametrize(
    "name", ["gpt2", "a/b", "", "reverse@10", "reverse@10#ABCDEFGHIJ", "mine.npz#0123456789abcdef"]
)
def test_other_names_are_left_to_others(name: str):
    source = TrainedSource(nothing)
    assert isinstance(source, Source)
    assert source.describe(name) is None
    assert source.names() == ()
