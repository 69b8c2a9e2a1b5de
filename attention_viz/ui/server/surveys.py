"""Surveys of all heads of long texts: filled in in the background, one at a time."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable

import streamlit as st
from cachetools import LRUCache

from attention_viz.core.head_scores import HeadScores
from attention_viz.core.message import Message, say
from attention_viz.core.trace import Trace
from attention_viz.core.words import Unit
from attention_viz.measures.finding import Finding
from attention_viz.measures.findings import find
from attention_viz.ui.server import cache
from attention_viz.ui.server.jobs import Job, Jobs
from attention_viz.views.survey import Survey, all_scores

_JOBS = Jobs("survey", say("Something went wrong in this survey that should not have. Try another text."))


class Background(ABC):
    """Something that looks at all heads in the background, or did. What is there stays when it is stopped."""

    def __init__(self, total: int) -> None:
        self._total = total
        self.start()

    def start(self) -> None:
        """Goes through all heads, when those who asked before had their turn."""
        self._job = _JOBS.submit(self._look, self._total)

    def stop(self) -> None:
        self._job.stop()

    def touch(self) -> None:
        """Somebody still looks at it."""
        self._job.touch()

    @property
    def active(self) -> bool:
        """Is it in line, or being filled in?"""
        return self._job.active

    @property
    def progress(self) -> float:
        """How far it is, 0…1."""
        return self._job.done / self._job.total

    @property
    def problem(self) -> Message | None:
        """Why it ended early, a sentence, or None."""
        return self._job.problem

    def seconds_left(self) -> float | None:
        """From how long the places took that are there; None before the first."""
        rate = self._job.rate()
        return (self._job.total - self._job.done) / rate if rate else None

    @property
    @abstractmethod
    def found(self) -> tuple[Finding, ...] | None:
        """What is worth a look, as far as it is known; None as long as nothing is."""

    @abstractmethod
    def _look(self, job: Job) -> None: ...


class Filling(Background):
    """A survey that is being filled in, or was."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        super().__init__(len(survey.ready))

    @property
    def found(self) -> tuple[Finding, ...] | None:
        return self.survey.findings

    def _look(self, job: Job) -> None:
        job.report(0, self._total)
        for done in self.survey.fill(search=True):
            job.report(done, self._total)
            job.check()


class Searching(Background):
    """A search for findings alone, in a text whose pictures need nobody's patience."""

    def __init__(self, trace: Trace) -> None:
        self._trace: Trace | None = trace
        self._found: tuple[Finding, ...] | None = None
        super().__init__(len(trace.layers) * trace.heads)

    @property
    def found(self) -> tuple[Finding, ...] | None:
        return self._found

    def _look(self, job: Job) -> None:
        assert self._trace is not None, "it ended already"
        for done, found in enumerate(find(self._trace)):
            job.report(min(done, self._total), self._total)
            self._found = found if done >= self._total else None
            job.check()
        self._trace = None  # It is large, and has told all.


def filling(name: str, make: Callable[[], Survey]) -> Filling:
    """The survey of this name; one that nobody asked for before is made and put into the line."""
    lock, known, _ = _known()
    with lock:
        found = known.get(name)
        if found is None:
            found = known[name] = Filling(make())
        return found


def filling_of(trace: Trace, unit: Unit) -> Filling:
    """The survey of a long text between tokens, or between words."""
    return filling(f"{trace.digest} {unit}", lambda: Survey(trace, unit))


def searching(trace: Trace) -> Searching:
    """The search for findings in a text. One that was left, because nobody looked any more, goes on."""
    lock, _, known = _known()
    with lock:
        found = known.get(trace.digest)
        if found is None:
            found = known[trace.digest] = Searching(trace)
        elif not found.active and found.found is None and found.problem is None:
            found.start()
        return found


def scores_of(trace: Trace) -> tuple[HeadScores, ...]:
    """Every measure of every head, and of the means, computed once for all visitors."""
    return cache.kept("scores", trace.digest, lambda: all_scores(trace))


@st.cache_resource(show_spinner=False)
def _known() -> tuple[threading.Lock, LRUCache[str, Filling], LRUCache[str, Searching]]:
    # Each of the former holds on to its trace, which is large; of the latter those that are not done.
    return threading.Lock(), LRUCache(1), LRUCache(4)
