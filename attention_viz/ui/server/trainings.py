"""The trainings of this server: one at a time, the others wait in line.

A training has a name that nobody can guess. It stops when nobody has asked for it for a while, and can be gone on with
as long as it is remembered.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from base64 import b32encode
from collections import OrderedDict
from typing import Literal

from attention_viz.core.message import Message, say
from attention_viz.toy.run import Run
from attention_viz.toy.training import train
from attention_viz.ui.server.jobs import Job, Jobs

VARIABLE = "ATTENTION_VIZ_TRAINING_MB"
_DEFAULT_MB = 64
_MOST = 200

Phase = Literal["waiting", "running", "paused", "left", "stopped", "done", "failed"]
"""left: stopped, because its visitor was gone. stopped: by its visitor. failed: `problem` says why."""
ENDED: frozenset[Phase] = frozenset({"stopped", "done", "failed"})


class Training:
    """One training, which takes up its run in a job, and in another one each time that it is gone on with."""

    def __init__(self, run: Run, device: str) -> None:
        self.id = b32encode(secrets.token_bytes(10)).decode()[:10].lower()
        self.run = run
        self.device = device
        self._job: Job | None = None
        self._left: Phase = "done" if self._last_step == run.config.steps else "paused"

    @property
    def phase(self) -> Phase:
        phase = None if self._job is None else self._job.phase
        return self._left if phase in (None, "stopped", "left") else phase

    @property
    def active(self) -> bool:
        """Is it in line, or running?"""
        return self._job is not None and self._job.active

    @property
    def problem(self) -> Message | None:
        """Why it failed, a sentence, or None."""
        return None if self._job is None else self._job.problem

    @property
    def step(self) -> int:
        """Steps that are done, also between two measurements; once it has ended, those of what is kept."""
        return max(self._last_step, self._job.done) if self._job is not None and self.active else self._last_step

    @property
    def _last_step(self) -> int:
        return self.run.last.step if self.run.last is not None else 0

    def waiting_for(self) -> int:
        """How many come before it."""
        return 0 if self._job is None else self._job.waiting_for()

    def touch(self) -> None:
        """Somebody is watching."""
        if self._job is not None:
            self._job.touch()

    def seconds_left(self) -> float | None:
        """What it will still take, judged by the speed so far; None before the first measurement."""
        last = self.run.last
        if last is None or not last.step:
            return None
        return last.seconds / last.step * (self.run.config.steps - self.step)

    def _enter(self, jobs: Jobs) -> None:
        self._left = "left"
        self._job = jobs.submit(self._train, self.run.config.steps)

    def _leave(self, phase: Literal["paused", "stopped"]) -> None:
        if self.phase not in ENDED:
            self._left = phase
            if self._job is not None:
                self._job.stop()

    def _train(self, job: Job) -> None:
        """Trains until it is done, or the job is to end: then the step that runs is thrown away."""
        steps = self.run.config.steps

        def after_step(step: int) -> None:
            job.report(step, steps)
            job.check()
            # Python hands its lock on only every 5 ms. A page that is waiting for it should not wait for many steps.
            time.sleep(0)

        start, device = self.run.last, self.device
        for progress in train(self.run.task, self.run.config, start=start, device=device, on_step=after_step):
            self.run.add(progress)


class Trainings:
    """Trainings that are remembered, and the line in which they wait."""

    def __init__(self, most: int | None = None) -> None:
        """most: bytes that all trainings which are remembered may hold; None reads ATTENTION_VIZ_TRAINING_MB. The one
        that was asked for longest ago goes first."""
        asked = os.environ.get(VARIABLE, "")
        self._most = most or (int(asked) if asked.isdecimal() and int(asked) else _DEFAULT_MB) * 1_000_000
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Training] = OrderedDict()
        self._jobs = Jobs(
            "training", say("Something went wrong in this training that should not have. Try other settings.")
        )

    def begin(self, run: Run, device: str = "cpu") -> Training:
        """A training of this run, in line. Raises ConfigError for settings that the task can't be learned with."""
        run.task.check(run.config)
        training = Training(run, device)
        training._enter(self._jobs)
        self._remember(training)
        return training

    def keep(self, run: Run) -> Training:
        """A run that has ended elsewhere, as one that can be looked at."""
        training = Training(run, "cpu")
        self._remember(training)
        return training

    def go_on(self, training: Training) -> None:
        """Puts a training that paused, or that was left, into the line again."""
        with self._lock:
            if training.phase in ("paused", "left"):
                training._enter(self._jobs)

    def leave_off(self, training: Training, phase: Literal["paused", "stopped"]) -> None:
        """Pauses or stops a training after the step that is running. What was measured stays."""
        with self._lock:
            training._leave(phase)

    def find(self, name: str) -> Training | None:
        """The training of this id, or None when there is none any more."""
        with self._lock:
            found = self._known.get(name)
            if found is not None:
                self._known.move_to_end(name)
            return found

    def _remember(self, training: Training) -> None:
        """Lets the trainings go that were asked for longest ago, but none that is in line."""
        with self._lock:
            self._known[training.id] = training
            for name in [name for name, known in self._known.items() if not known.active][:-1]:
                held = sum(known.run.nbytes for known in self._known.values())
                if held <= self._most and len(self._known) <= _MOST:
                    return
                del self._known[name]


TRAININGS = Trainings()
"""Those of this process."""
