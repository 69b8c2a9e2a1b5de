"""What holds for the training of every task."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from attention_viz.core.errors import ConfigError, DivergedError
from attention_viz.toy import training
from attention_viz.toy.ablation import ablate
from attention_viz.toy.chance import generator
from attention_viz.toy.config import Config, config_of
from attention_viz.toy.layers import SelfAttention
from attention_viz.toy.patterns import masses, uniform_masses
from attention_viz.toy.task import Attended, Task
from attention_viz.toy.tasks import TASKS
from attention_viz.toy.training import Progress, held_out, model_of, seconds_for, train

pytestmark = pytest.mark.learns
EVERY = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
FEW = 10


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch):
    """The laws hold for any number of examples, and few are quick."""
    for task in TASKS.values():
        monkeypatch.setattr(type(task), "batch_size", min(16, task.batch_size))
        monkeypatch.setattr(type(task), "held_out", min(16, task.held_out))


def short(task: Task) -> Config:
    return replace(task.defaults, steps=FEW)


def numbers(progress: Progress) -> tuple[object, ...]:
    patterns = {name: found.tolist() for name, found in progress.patterns.items()}
    return progress.step, progress.loss, progress.accuracy, repr(patterns), progress.sample


@EVERY
def test_the_loss_falls(task: Task):
    first, *_, last = train(task, short(task))
    assert (first.step, last.step) == (0, FEW)
    assert last.loss < first.loss


@EVERY
def test_the_same_seed_gives_the_same_curves_and_another_seed_others(task: Task):
    once, again = (list(map(numbers, train(task, short(task)))) for _ in range(2))
    assert once == again
    other = list(map(numbers, train(task, replace(short(task), seed=1))))
    assert other != once


@EVERY
def test_a_training_that_is_taken_up_again_goes_on_as_if_it_had_not_stopped(task: Task):
    whole = list(train(task, short(task)))
    middle = whole[len(whole) // 2]
    resumed = list(train(task, short(task), start=middle.state))
    assert list(map(numbers, resumed)) == list(map(numbers, whole[len(whole) // 2 :]))
    for name, weight in whole[-1].state.weights.items():
        assert torch.equal(weight, resumed[-1].state.weights[name]), name


@EVERY
def test_nothing_is_measured_on_what_is_trained_on(task: Task):
    config = short(task)
    unseen = held_out(task, config)
    for step in range(FEW):
        batch = task.batch(config, generator(config.seed, step), task.batch_size)
        assert batch.inputs.shape != unseen.inputs.shape or not torch.equal(batch.inputs, unseen.inputs)


@EVERY
def test_a_loss_that_is_no_number_stops_with_what_to_do(task: Task, monkeypatch: pytest.MonkeyPatch):
    honest = task.batch
    calls = []

    def broken(config: Config, generator: torch.Generator, size: int):
        batch = honest(config, generator, size)
        calls.append(size)
        return replace(batch, scored=torch.zeros_like(batch.scored)) if len(calls) > FEW // 2 else batch

    monkeypatch.setattr(task, "batch", broken)
    found: list[Progress] = []
    with pytest.raises(DivergedError, match=r"learning rate.*Lower it"):
        found.extend(train(task, short(task)))
    assert found
    assert all(torch.isfinite(weight).all() for weight in found[-1].state.weights.values())


@EVERY
def test_maps_are_attention(task: Task):
    config = short(task)
    first = next(iter(train(task, config)))
    model = model_of(task, config, first.state.weights)
    batch = held_out(task, config)
    with torch.no_grad():
        output = model(batch.inputs, batch.given)
    assert len(output.attended) == config.layers
    for attended in output.attended:
        assert attended.weights.shape[1] == config.heads
        torch.testing.assert_close(attended.weights.sum(dim=-1), torch.ones(attended.weights.shape[:3]))
    assert set(batch.patterns) == {pattern.name for pattern in task.patterns}
    for pattern in batch.patterns.values():
        assert pattern.any()
        assert pattern.shape[-2:] == output.attended[0].weights.shape[-2:]


@EVERY
def test_switching_a_head_off_is_counted_for_every_head(task: Task):
    config = short(task)
    *_, last = train(task, config)
    found = ablate(task, config, model_of(task, config, last.state.weights))
    assert found.without.shape == (config.layers, config.heads)
    assert found.whole == pytest.approx(last.accuracy)


@EVERY
def test_the_held_out_example_can_be_read(task: Task):
    text, _ = task.example(task.defaults)
    read = task.read(task.defaults, text)
    assert 1 < len(read.tokens) <= task.token_limit
    for token in read.tokens:
        if token.span is not None:
            assert read.text[slice(*token.span)]


@EVERY
def test_the_time_is_told_before(task: Task, monkeypatch: pytest.MonkeyPatch):
    """By a clock on which each step takes one second, and each look too."""
    seconds = count()
    monkeypatch.setattr(training, "time", SimpleNamespace(perf_counter=lambda: next(seconds)))
    few = short(task)
    told = seconds_for(task, few)
    assert told > few.steps, "it is looked at meanwhile"
    assert seconds_for(task, replace(few, steps=few.steps + 1000)) == told + 1000


def test_a_head_is_the_one_of_pytorch():
    torch.manual_seed(0)
    ours, theirs = SelfAttention(24, 3), nn.MultiheadAttention(24, 3, batch_first=True)
    with torch.no_grad():
        parts = (ours.query, ours.key, ours.value)
        theirs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        theirs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
        theirs.out_proj.weight.copy_(ours.output.weight)
        theirs.out_proj.bias.copy_(ours.output.bias)
    x = torch.randn(2, 7, 24)
    seen = torch.ones(7, 7, dtype=torch.bool).tril()
    output, attended = ours(x, seen, frozenset())
    wanted, weights = theirs(x, x, x, attn_mask=~seen, average_attn_weights=False)
    torch.testing.assert_close(output, wanted, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(attended.weights, weights, rtol=1e-5, atol=1e-6)


def test_a_head_that_is_off_adds_nothing():
    torch.manual_seed(0)
    attention = SelfAttention(8, 2)
    x = torch.randn(1, 5, 8)
    output, attended = attention(x, None, frozenset({1}))
    assert attended.value is not None
    found = attended.weights[:, 0] @ attended.value[:, 0]
    by_hand = found @ attention.output.weight[:, :4].T + attention.output.bias
    torch.testing.assert_close(output, by_hand)


def test_masses_of_maps_made_by_hand():
    pattern = torch.tensor([[[False, True, False], [False, False, False], [True, False, True]]])
    weights = torch.tensor([[[[0.2, 0.5, 0.3], [1.0, 0.0, 0.0], [0.25, 0.5, 0.25]]]])
    attended = (Attended(weights),)
    assert masses(attended, {"p": pattern})["p"] == pytest.approx(np.array([[0.5]]))
    assert uniform_masses(attended, {"p": pattern})["p"] == pytest.approx((1 / 3 + 2 / 3) / 2)
    causal = (Attended(weights, visible=torch.ones(3, 3, dtype=torch.bool).tril()),)
    assert uniform_masses(causal, {"p": pattern})["p"] == pytest.approx((0 + 2 / 3) / 2)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"layers": 0}, "number of layers is 0: a whole number from 1 to 4"),
        ({"heads": 3}, "width of 64 can't be split among 3 heads"),
        ({"width": 63}, "can't be split"),
        ({"width": 1000}, "The width is 1000"),
        ({"learning_rate": float("nan")}, "The learning rate is nan"),
        ({"learning_rate": "1e-3"}, "The learning rate is '1e-3': a number from 1e-05 to 10 is wanted"),
        ({"seed": True}, "The seed is True"),
        ({"steps": 10**9}, "The number of steps is 1000000000"),
        ({"text": "x" * 20_001}, "20,001 characters"),
        ({"colour": 3}, "'colour' is no setting"),
    ],
)
def test_settings_out_of_range_are_named(changes: dict[str, object], sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        config_of(changes, Config())


def test_unknown_tasks_and_devices_are_named():
    with pytest.raises(ConfigError, match=r"There is no task 'sorting'\. There are"):
        train("sorting")
    with pytest.raises(ConfigError, match="“cpu” or “cuda”"):
        train("reverse", device="tpu")


def test_a_task_with_one_setting_says_so(monkeypatch: pytest.MonkeyPatch):
    task = TASKS["reverse"]
    monkeypatch.setattr(type(task), "free", ("seed",))
    with pytest.raises(ConfigError, match="one setting for layers: 1"):
        train(task, replace(task.defaults, layers=2))
