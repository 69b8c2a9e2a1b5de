"""Trainings in the background: one at a time, left off and gone on with, remembered for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from attention_viz.toy import trainings as module
from attention_viz.toy.run import Run
from attention_viz.toy.task import Task
from attention_viz.toy.tasks import TASKS
from attention_viz.toy.training import train
from attention_viz.toy.trainings import Training, Trainings

REVERSE = TASKS["reverse"]
LONG = replace(REVERSE.defaults, steps=5000)
SHORT = replace(REVERSE.defaults, steps=50)


def wait(until: Callable[[], bool], seconds: float = 30.0, touch: tuple[Training, ...] = ()) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "It did not happen in time."
        for training in touch:
            training.touch()
        time.sleep(0.01)


@pytest.fixture
def trainings():
    made = Trainings()
    begun: list[Training] = []
    begin = made.begin

    def remembered(run: Run, device: str = "cpu") -> Training:
        begun.append(begin(run, device))
        return begun[-1]

    made.begin = remembered  # type: ignore[method-assign]  # only to end them after the test
    yield made
    for training in begun:
        made.leave_off(training, "stopped")
    wait(lambda: not any(training.active for training in begun))


def test_a_training_in_the_background_is_the_one_of_train(trainings: Trainings):
    training = trainings.begin(Run(REVERSE, SHORT))
    wait(lambda: training.phase == "done")
    expected = list(train(REVERSE, SHORT))
    assert [one.loss for one in training.run.measured] == [one.loss for one in expected]
    assert training.run.steps == tuple(one.step for one in expected)
    assert training.step == 50
    assert trainings.find(training.id) is training


def test_a_paused_training_gives_its_place_to_the_next_and_goes_on_as_if_it_had_not_paused(trainings: Trainings):
    first = trainings.begin(Run(REVERSE, replace(LONG, steps=400)))
    wait(lambda: len(first.run.measured) > 5)
    second = trainings.begin(Run(REVERSE, SHORT))
    assert second.phase == "waiting"
    assert trainings.ahead(second) == 1
    trainings.leave_off(first, "paused")
    wait(lambda: second.phase == "done")
    assert first.phase == "paused"
    trainings.go_on(first)
    wait(lambda: first.phase == "done", touch=(first,))
    expected = list(train(REVERSE, first.run.config))
    assert [one.loss for one in first.run.measured] == [one.loss for one in expected]
    for name, weight in expected[-1].state.weights.items():
        assert torch.equal(weight, first.run.checkpoints[400][name])


def test_a_training_that_is_stopped_keeps_what_it_learned_and_does_not_go_on(trainings: Trainings):
    training = trainings.begin(Run(REVERSE, LONG))
    wait(lambda: len(training.run.measured) > 2)
    trainings.leave_off(training, "stopped")
    wait(lambda: training.phase == "stopped")
    count = len(training.run.measured)
    assert training.run.model(training.run.steps[-1]) is not None
    trainings.go_on(training)
    assert training.phase == "stopped"
    assert len(training.run.measured) == count


def test_one_that_waits_can_leave_the_line(trainings: Trainings):
    first, second = trainings.begin(Run(REVERSE, LONG)), trainings.begin(Run(REVERSE, SHORT))
    trainings.leave_off(second, "paused")
    assert second.phase == "paused"
    assert trainings.ahead(second) == 0
    assert first.active
    trainings.go_on(second)
    assert trainings.ahead(second) == 1


def test_a_training_that_nobody_watches_stops_and_can_be_gone_on_with(
    trainings: Trainings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    training = trainings.begin(Run(REVERSE, LONG))
    wait(lambda: len(training.run.measured) > 1, touch=(training,))
    begun = time.monotonic()
    wait(lambda: training.phase == "left", seconds=10)
    assert time.monotonic() - begun < 5
    count = len(training.run.measured)
    trainings.go_on(training)
    wait(lambda: len(training.run.measured) > count, touch=(training,))


@pytest.mark.parametrize(("asked", "seconds"), [("6", 6.0), ("", 25.0), ("0", 25.0), ("long", 25.0)])
def test_the_operator_sets_the_patience(monkeypatch: pytest.MonkeyPatch, asked, seconds):
    monkeypatch.setenv("ATTENTION_VIZ_TRAINING_PATIENCE", asked)
    assert module.patience() == seconds


def test_a_training_that_diverges_says_what_to_lower_and_the_next_one_begins(trainings: Trainings):
    broken = trainings.begin(Run(Diverging(), LONG))
    after = trainings.begin(Run(REVERSE, SHORT))
    wait(lambda: after.phase == "done", touch=(after,))
    assert broken.phase == "failed"
    assert "Lower it" in broken.problem
    assert all(torch.isfinite(weight).all() for weight in broken.run.checkpoints[broken.run.steps[-1]].values())
    assert broken.run.steps[-1] > 0


def test_an_unexpected_error_is_told_and_does_not_hold_up_the_line(trainings: Trainings):
    broken = trainings.begin(Run(Broken(), LONG))
    after = trainings.begin(Run(REVERSE, SHORT))
    wait(lambda: after.phase == "done", touch=(after,))
    assert broken.phase == "failed"
    assert "should not have" in broken.problem


def test_the_longest_forgotten_goes_first_but_none_that_is_running(
    trainings: Trainings, monkeypatch: pytest.MonkeyPatch
):
    run = Run(REVERSE, SHORT)
    run.add(next(iter(train(REVERSE, SHORT))))
    monkeypatch.setattr(trainings, "_most", 3 * run.nbytes)
    running = trainings.begin(Run(REVERSE, LONG))
    kept = [trainings.keep(run) for _ in range(4)]
    assert trainings.find(running.id) is running
    assert trainings.find(kept[0].id) is None
    assert trainings.find(kept[-1].id) is kept[-1]


def test_checkpoints_are_thinned_evenly_and_the_ends_stay(monkeypatch: pytest.MonkeyPatch):
    whole = Run(REVERSE, SHORT)
    for progress in train(REVERSE, SHORT):
        whole.add(progress)
    size = whole.nbytes // (len(whole.steps) + 2)
    monkeypatch.setattr("attention_viz.toy.run.KEPT_BYTES", 12 * size)
    thin = Run(REVERSE, SHORT)
    for progress in train(REVERSE, SHORT):
        thin.add(progress)
    assert len(thin.measured) == len(whole.measured)
    assert 3 <= len(thin.steps) <= 12
    assert (thin.steps[0], thin.steps[-1]) == (0, 50)


class Diverging(type(REVERSE)):  # type: ignore[misc]  # the class of a task that is there
    """Whose loss is no number after some steps: the mean over nothing."""

    def batch(self, config, generator, size):
        self.calls = getattr(self, "calls", 0) + 1
        batch = super().batch(config, generator, size)
        return replace(batch, scored=torch.zeros_like(batch.scored)) if self.calls > 250 else batch


class Broken(type(REVERSE)):  # type: ignore[misc]  # as above
    def batch(self, *_):
        raise ZeroDivisionError


def test_every_task_can_be_run(trainings: Trainings):
    def few(task: Task) -> Run:
        return Run(task, replace(task.defaults, steps=10))

    all_of_them = tuple(trainings.begin(few(task)) for task in TASKS.values())
    wait(lambda: all(training.phase == "done" for training in all_of_them), seconds=120, touch=all_of_them)
