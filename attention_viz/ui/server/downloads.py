"""Downloads of models of the Hub: in the background, one at a time."""

from __future__ import annotations

import threading

import streamlit as st

from attention_viz.core.message import Message, say
from attention_viz.models.hub import Hub, Offer
from attention_viz.ui.server.jobs import Job, Jobs

_JOBS = Jobs("download", say("Something went wrong in this download that should not have. Try again."))


class Download:
    """The download of what a look has found. What has arrived when it ends early is kept.

    remark: what is unusual about it, a sentence, or None.
    """

    def __init__(self, offer: Offer, hub: Hub) -> None:
        self.offer = offer
        self._hub = hub
        self.remark: Message | None = None
        self._job = _JOBS.submit(self._fetch, offer.download_bytes)

    @property
    def active(self) -> bool:
        """Is it in line, or running?"""
        return self._job.active

    @property
    def done(self) -> int:
        """Bytes that are there."""
        return self._job.done

    @property
    def total(self) -> int:
        """Bytes that there will be, at least 1."""
        return max(1, self._job.total)

    @property
    def error(self) -> Message | None:
        """Why it ended early, a sentence, or None."""
        return self._job.problem

    @property
    def stopping(self) -> bool:
        return self._job.unwanted.is_set()

    def waiting_for(self) -> int:
        """How many come before it."""
        return self._job.waiting_for()

    def rate(self) -> float:
        """Bytes a second, of what arrived in this run."""
        return self._job.rate()

    def touch(self) -> None:
        """Somebody still waits for it."""
        self._job.touch()

    def stop(self) -> None:
        self._job.stop()

    def _fetch(self, job: Job) -> None:
        # It leaves by itself, with a sentence, when it is not wanted any more.
        self._hub.download(self.offer, job.report, job.unwanted, self._noted)

    def _noted(self, sentence: Message) -> None:
        self.remark = sentence


def download_of(name: str) -> Download | None:
    """The last download of a model that was asked for by this name."""
    return _downloads()[1].get(name)


def start_download(name: str, offer: Offer, hub: Hub) -> None:
    """Puts a download into the line, unless it is there."""
    lock, known = _downloads()
    with lock:
        found = known.get(name)
        if found is None or not found.active:
            known[name] = Download(offer, hub)


@st.cache_resource(show_spinner=False)
def _downloads() -> tuple[threading.Lock, dict[str, Download]]:
    # The last of each model: they are few, since one runs at a time.
    return threading.Lock(), {}
