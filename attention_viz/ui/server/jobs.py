"""Work in the background: one job of a kind at a time, the others wait in line.

A job ends early when it is stopped, and when nobody has asked for it for a while: whoever waits for it says so again
and again. What it does is a function that is handed the job, reports how far it is, and leaves when it is told to.
"""

from __future__ import annotations

import atexit
import logging
import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Literal, ParamSpec, TypeVar

from attention_viz.core.errors import AttentionVizError
from attention_viz.core.message import Message

VARIABLE = "ATTENTION_VIZ_PATIENCE"
_PATIENCE = 25.0
_LAST_SECONDS = 5.0
"""How long the end of the process waits for what is running."""
_log = logging.getLogger(__name__)

Phase = Literal["waiting", "running", "stopped", "left", "done", "failed"]
"""left: it ended, because nobody asked for it any more. failed: `problem` says why."""
_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")

Work = Callable[["Job"], object]
"""What a job does. It reports how far it is, and leaves by `Job.check` or by what it raises itself."""


class EndedError(Exception):
    """Thrown by `Job.check` to leave the work, which lets it through."""


def patience() -> float:
    """Seconds without a word from its visitor after which a job ends: ATTENTION_VIZ_PATIENCE, or 25."""
    try:
        asked = float(os.environ.get(VARIABLE, ""))
    except ValueError:
        return _PATIENCE
    return asked if 0 < asked < math.inf else _PATIENCE


class Job:
    """One piece of work. Made by `Jobs.submit`.

    problem: why it ended early, a sentence for the screen, or None. unwanted: set as soon as it should end.
    """

    def __init__(self, jobs: Jobs, work: Work, total: int) -> None:
        self.problem: Message | None = None
        self.unwanted = threading.Event()
        self._jobs = jobs
        self._progress = (0, total)
        self._first: int | None = None
        self._patience = patience()
        self._touched = self._began = time.monotonic()
        self._why: Literal["stopped", "left"] = "stopped"
        self._ended: Future[Phase] = jobs.executor.submit(self._run, work)

    # For those who wait for it.

    @property
    def phase(self) -> Phase:
        if self._ended.running():
            return "running"
        if self._ended.cancelled():
            return "stopped"
        return self._ended.result() if self._ended.done() else "waiting"

    @property
    def active(self) -> bool:
        """Is it in line, or running?"""
        return not self._ended.done()

    @property
    def done(self) -> int:
        """How far it is, of `total`, in what the work counts."""
        return self._progress[0]

    @property
    def total(self) -> int:
        return self._progress[1]

    def rate(self) -> float:
        """What is done in a second, of what this job began with; 0 before anything is."""
        return (self.done - (self._first or 0)) / max(0.1, time.monotonic() - self._began)

    def waiting_for(self) -> int:
        """How many come before it: the one that runs, and those that are in line before it."""
        return self._jobs.before(self)

    def touch(self) -> None:
        """Somebody still waits for it."""
        self._touched = time.monotonic()

    def stop(self) -> None:
        """Ends it: at once while it waits, else as soon as the work looks."""
        self.unwanted.set()
        self._ended.cancel()

    def when_ended(self, told: Callable[[Job], object]) -> None:
        """Calls `told` with this job when it is over, or at once when it is over already."""
        self._ended.add_done_callback(lambda _: told(self))

    # For the work.

    def report(self, done: int, total: int) -> None:
        """How far it is. To be called often: this is where a visitor who has left is noticed."""
        if self._first is None:
            self._first = done
        self._progress = (done, total)
        self._look_for_visitor()

    def check(self) -> None:
        """Raises EndedError when it should end. Work that has other ways to leave can look at `unwanted` itself."""
        if self.unwanted.is_set():
            raise EndedError

    def _look_for_visitor(self) -> None:
        if not self.unwanted.is_set() and time.monotonic() - self._touched > self._patience:
            self._why = "left"
            self.unwanted.set()

    def _run(self, work: Work) -> Phase:
        self._began = time.monotonic()
        try:
            self._look_for_visitor()
            self.check()
            work(self)
        except EndedError:
            return self._why
        except AttentionVizError as error:
            self.problem = error.message
            return self._why if self.unwanted.is_set() else "failed"
        except Exception:  # noqa: BLE001 (whatever it is: logged in full, and the others in line go on)
            _log.exception("A %s failed", self._jobs.kind)
            self.problem = self._jobs.failure
            return "failed"
        return "done"


class Jobs:
    """All jobs of one kind. One runs at a time, in the order in which they were submitted."""

    def __init__(self, kind: str, failure: Message) -> None:
        """kind: what one is called, "download". failure: what is said when one fails that shouldn't."""
        self.kind = kind
        self.failure = failure
        self.executor = _Thread(f"{kind}s")
        self._lock = threading.Lock()
        self._line: list[Job] = []
        atexit.register(self.close)

    def submit(self, work: Work, total: int = 0) -> Job:
        """A job that does this work, in line. total: what there is to do, as far as that is known before."""
        with self._lock:
            job = Job(self, work, total)
            self._line.append(job)
        job.when_ended(self._leave)
        return job

    def before(self, job: Job) -> int:
        """How many come before a job; 0 for one that is over."""
        with self._lock:
            line = [one for one in self._line if one.active]
            return line.index(job) if job in line else 0

    def close(self) -> None:
        """Stops all of them and waits, a while, for the one that runs. A process that ends amid a step would crash."""
        with self._lock:
            line = tuple(self._line)
        for job in reversed(line):
            job.stop()
        self.executor.join(_LAST_SECONDS)

    def _leave(self, job: Job) -> None:
        with self._lock:
            self._line.remove(job)


class _Thread(Executor):
    """Calls one function after the other, in a thread that ends when there is nothing left to do.

    The end of a process waits for the threads of ThreadPoolExecutor, and nothing can tell them before: a server would
    go on training for as long as its patience lasts.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._calls: deque[Callable[[], None]] = deque()
        self._thread: threading.Thread | None = None

    def submit(self, fn: Callable[_Given, _Result], /, *args: _Given.args, **kwargs: _Given.kwargs) -> Future[_Result]:
        future: Future[_Result] = Future()
        with self._lock:
            self._calls.append(partial(_fulfil, future, partial(fn, *args, **kwargs)))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
        return future

    def join(self, seconds: float) -> None:
        """Waits until nothing is left to do, but not longer than this."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._calls:
                    self._thread = None
                    return
                call = self._calls.popleft()
            call()


def _fulfil(future: Future[_Result], call: Callable[[], _Result]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(call())
    except BaseException as error:  # noqa: BLE001 (handed to whoever asks for the result)
        future.set_exception(error)
