"""Trainings in the background: one at a time, the others wait in line.

A training lives in this process under a name that nobody can guess. It is stopped when nobody has asked for it for a
while, and can be gone on with as long as it is remembered.
"""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from base64 import b32encode
from collections import OrderedDict
from typing import Literal

from attention_viz.core.errors import AttentionVizError
from attention_viz.toy.run import Run
from attention_viz.toy.training import train

VARIABLE = "ATTENTION_VIZ_TRAINING_MB"
PATIENCE_VARIABLE = "ATTENTION_VIZ_TRAINING_PATIENCE"
_DEFAULT_MB = 64
_MOST = 200
_log = logging.getLogger(__name__)

Phase = Literal["waiting", "running", "paused", "left", "stopped", "done", "failed"]
"""left: stopped, because its visitor was gone. stopped: by its visitor. failed: `problem` says why."""
ENDED: frozenset[Phase] = frozenset({"stopped", "done", "failed"})


def patience() -> float:
    """Seconds without a word from its visitor after which a training stops. ATTENTION_VIZ_TRAINING_PATIENCE overrides
    the choice, in whole seconds."""
    asked = os.environ.get(PATIENCE_VARIABLE, "")
    return float(asked) if asked.isdecimal() and int(asked) else 25.0


PATIENCE = patience()


class _InterruptedError(Exception):
    """Thrown from within a step to leave the training."""


class Training:
    """One training. Its visitor calls `touch` again and again; `trainings` does the rest.

    step: steps that are done, also between two measurements.
    """

    def __init__(self, run: Run, device: str) -> None:
        self.id = b32encode(secrets.token_bytes(10)).decode()[:10].lower()
        self.run = run
        self.device = device
        self.phase: Phase = "waiting"
        self.problem = ""
        self.step = run.last.step if run.last is not None else 0
        self._asked: Phase | None = None
        self._touched = time.monotonic()

    @property
    def active(self) -> bool:
        """Is it in line, or running?"""
        return self.phase in ("waiting", "running")

    def touch(self) -> None:
        """Somebody is watching."""
        self._touched = time.monotonic()

    def seconds_left(self) -> float | None:
        """What it will still take, judged by the speed so far; None before the first measurement."""
        last = self.run.last
        if last is None or not last.step:
            return None
        return last.seconds / last.step * (self.run.config.steps - self.step)

    def _train(self) -> None:
        """Runs until it is done or interrupted. Called by the one worker."""
        last = self.run.last
        try:
            for progress in train(
                self.run.task, self.run.config, start=last, device=self.device, on_step=self._after_step
            ):
                self.run.add(progress)
            self.phase = "done"
        except _InterruptedError:
            self.step = self.run.last.step if self.run.last is not None else 0
            self.phase = self._asked or "left"
        except AttentionVizError as error:
            self.problem, self.phase = str(error), "failed"
        except Exception:  # noqa: BLE001 (whatever it is: logged in full, and the others in line go on)
            _log.exception("A training failed")
            self.problem = "Something went wrong in this training that should not have. Try other settings."
            self.phase = "failed"

    def _after_step(self, step: int) -> None:
        self.step = step
        if self._unwanted():
            raise _InterruptedError
        # Python hands its lock on only every 5 ms. A page that is waiting for it should not wait for many steps.
        time.sleep(0)

    def _unwanted(self) -> bool:
        return self._asked is not None or time.monotonic() - self._touched > PATIENCE


class Trainings:
    """All trainings of this process."""

    def __init__(self, most: int | None = None) -> None:
        """most: bytes that all trainings which are remembered may hold; None reads ATTENTION_VIZ_TRAINING_MB. The one
        that was asked for longest ago goes first."""
        asked = os.environ.get(VARIABLE, "")
        self._most = most or (int(asked) if asked.isdecimal() and int(asked) else _DEFAULT_MB) * 1_000_000
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Training] = OrderedDict()
        self._line: list[Training] = []
        self._worker: threading.Thread | None = None

    def begin(self, run: Run, device: str = "cpu") -> Training:
        """A training of this run, in line. Raises ConfigError for settings that the task can't be learned with."""
        run.task.check(run.config)
        training = Training(run, device)
        with self._lock:
            self._known[training.id] = training
            self._forget()
        self._enter(training)
        return training

    def keep(self, run: Run) -> Training:
        """A run that has ended elsewhere, as one that can be looked at."""
        training = Training(run, "cpu")
        training.phase = "done" if run.last is not None and run.last.step == run.config.steps else "paused"
        with self._lock:
            self._known[training.id] = training
            self._forget()
        return training

    def go_on(self, training: Training) -> None:
        """Puts a training that paused, or that was left, into the line again."""
        if training.phase in ("paused", "left"):
            self._enter(training)

    def leave_off(self, training: Training, phase: Literal["paused", "stopped"]) -> None:
        """Pauses or stops a training after the step that is running. What was measured stays."""
        with self._lock:
            if training.phase == "running":
                training._asked = phase
            elif training.phase not in ENDED:
                training.phase = phase
                if training in self._line:
                    self._line.remove(training)

    def find(self, name: str) -> Training | None:
        """The training of this id, or None when there is none any more."""
        with self._lock:
            found = self._known.get(name)
            if found is not None:
                self._known.move_to_end(name)
            return found

    def ahead(self, training: Training) -> int:
        """How many come before it: the one that runs, and those that are in line before it."""
        with self._lock:
            return self._line.index(training) if training in self._line else 0

    def _enter(self, training: Training) -> None:
        with self._lock:
            training._asked = None
            training.touch()
            training.phase = "waiting"
            self._line.append(training)
            if self._worker is None or not self._worker.is_alive():
                self._worker = threading.Thread(target=self._work, name="trainings", daemon=True)
                self._worker.start()

    def _work(self) -> None:
        """Trains the first in line until the line is empty."""
        while True:
            with self._lock:
                if not self._line:
                    self._worker = None
                    return
                training = self._line[0]
                training.phase = "left" if training._unwanted() else "running"
            try:
                if training.phase == "running":
                    training._train()
            finally:
                with self._lock:
                    self._line.remove(training)

    def _forget(self) -> None:
        """Lets the trainings go that were asked for longest ago, but none that is in line."""
        for name in [name for name, training in self._known.items() if not training.active][:-1]:
            held = sum(training.run.nbytes for training in self._known.values())
            if held <= self._most and len(self._known) <= _MOST:
                return
            del self._known[name]


TRAININGS = Trainings()
