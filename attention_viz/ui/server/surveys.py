"""Surveys of all heads of long texts: filled in in the background, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable

import streamlit as st
from cachetools import LRUCache

from attention_viz.core.message import Message, say
from attention_viz.ui.server.jobs import Job, Jobs
from attention_viz.views.survey import Survey

_JOBS = Jobs("survey", say("Something went wrong in this survey that should not have. Try another text."))


class Filling:
    """A survey that is being filled in, or was. What is there stays when it is stopped."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self.start()

    def start(self) -> None:
        """Goes through all heads, when those who asked before had their turn."""
        self._job = _JOBS.submit(self._fill, len(self.survey.ready))

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
    def problem(self) -> Message | None:
        """Why it ended early, a sentence, or None."""
        return self._job.problem

    def seconds_left(self) -> float | None:
        """From how long the places took that are there; None before the first."""
        rate = self._job.rate()
        return (self._job.total - self._job.done) / rate if rate else None

    def _fill(self, job: Job) -> None:
        total = len(self.survey.ready)
        job.report(0, total)
        for done in self.survey.fill():
            job.report(done, total)
            job.check()


def filling(name: str, make: Callable[[], Survey]) -> Filling:
    """The survey of this name; one that nobody asked for before is made and put into the line."""
    lock, known = _fillings()
    with lock:
        found = known.get(name)
        if found is None:
            found = known[name] = Filling(make())
        return found


@st.cache_resource(show_spinner=False)
def _fillings() -> tuple[threading.Lock, LRUCache[str, Filling]]:
    # Each holds on to its trace, which is large.
    return threading.Lock(), LRUCache(1)
