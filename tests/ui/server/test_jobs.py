"""Work in the background: one after the other, stopped, left, failed; and nothing stays behind."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from attention_viz.core.errors import TextError
from attention_viz.core.message import say
from attention_viz.ui.server.jobs import VARIABLE, Job, Jobs, patience

KIND = "errand"


def wait(until: Callable[[], bool], seconds: float = 10.0, touch: tuple[Job, ...] = ()) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "It did not happen in time."
        for job in touch:
            job.touch()
        time.sleep(0.005)


def over(job: Job) -> str:
    wait(lambda: not job.active)
    return job.phase


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    made = Jobs(KIND, say(f"Something went wrong in this {KIND} that should not have. Try something else."))
    yield made
    made.close()
    assert not [thread for thread in threading.enumerate() if thread.name == f"{KIND}s"], "no thread is left behind"


def endless(job: Job) -> None:
    """Counts until nobody wants it any more."""
    done = 0
    while True:
        done += 1
        job.report(done, 1000)
        job.check()
        time.sleep(0.002)


def test_they_run_one_at_a_time_in_the_order_of_their_coming(jobs: Jobs):
    told: list[str] = []

    def saying(name: str) -> Callable[[Job], None]:
        def work(job: Job) -> None:
            told.append(f"{name} begins")
            time.sleep(0.01)
            told.append(f"{name} ends")

        return work

    made = [jobs.submit(saying(name)) for name in "abc"]
    assert [over(job) for job in made] == ["done"] * 3
    assert told == [f"{name} {what}" for name in "abc" for what in ("begins", "ends")]
    assert over(jobs.submit(saying("d"))) == "done", "also when the line was empty in between"


def test_who_waits_is_told_for_how_many(jobs: Jobs):
    first, second, third = (jobs.submit(endless) for _ in range(3))
    wait(lambda: first.phase == "running")
    assert [job.phase for job in (second, third)] == ["waiting"] * 2
    assert [job.waiting_for() for job in (first, second, third)] == [0, 1, 2]
    second.stop()
    assert third.waiting_for() == 1
    first.stop()
    wait(lambda: third.phase == "running")
    assert [job.waiting_for() for job in (first, second, third)] == [0, 0, 0]


def test_one_that_waits_is_stopped_at_once_and_never_begins(jobs: Jobs):
    begun = threading.Event()
    first, second = jobs.submit(endless), jobs.submit(lambda _: begun.set())
    second.stop()
    assert (second.phase, second.active, second.problem) == ("stopped", False, None)
    assert first.active
    first.stop()
    assert over(jobs.submit(lambda _: None)) == "done"
    assert not begun.is_set()


def test_one_that_runs_is_stopped_where_it_looks_and_the_next_one_begins(jobs: Jobs):
    first, second = jobs.submit(endless), jobs.submit(lambda _: None)
    wait(lambda: first.done > 3)
    assert not first.unwanted.is_set()
    first.stop()
    assert first.unwanted.is_set()
    assert (over(first), over(second)) == ("stopped", "done")
    first.stop()
    second.stop()
    assert (first.phase, second.phase) == ("stopped", "done"), "what is over stays as it is"


def test_what_it_reports_is_seen_from_another_thread(jobs: Jobs):
    ahead, seen = threading.Event(), threading.Event()

    def work(job: Job) -> None:
        ahead.wait(10)
        job.report(40, 200)
        time.sleep(0.02)
        job.report(100, 200)
        seen.wait(10)

    job = jobs.submit(work, total=150)
    assert (job.done, job.total, job.rate()) == (0, 150, 0)
    ahead.set()
    wait(lambda: job.done == 100)
    assert job.total == 200
    assert 0 < job.rate() < 60 / 0.02, "what was there before it began doesn't count"
    seen.set()
    assert over(job) == "done"
    assert (job.done, job.total) == (100, 200)


def test_nobody_watches_so_it_ends_and_one_that_is_watched_goes_on(jobs: Jobs, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, "0.2")
    left = jobs.submit(endless)
    watched = jobs.submit(endless)
    wait(lambda: not left.active, touch=(watched,))
    assert left.phase == "left"
    assert left.unwanted.is_set()
    begun = time.monotonic()
    wait(lambda: time.monotonic() - begun > 0.4, touch=(watched,))
    assert watched.phase == "running"


def test_one_whose_visitor_left_while_it_waited_never_begins(jobs: Jobs, monkeypatch: pytest.MonkeyPatch):
    begun = threading.Event()
    first = jobs.submit(endless)
    monkeypatch.setenv(VARIABLE, "0.05")
    second = jobs.submit(lambda _: begun.set())
    time.sleep(0.1)
    first.stop()
    assert over(second) == "left"
    assert not begun.is_set()


@pytest.mark.parametrize(
    ("said", "expected"), [("3", 3), ("0.5", 0.5), ("0", 25), ("-1", 25), ("inf", 25), ("nan", 25), ("long", 25)]
)
def test_patience_is_what_the_operator_says(monkeypatch: pytest.MonkeyPatch, said: str, expected: float):
    monkeypatch.setenv(VARIABLE, said)
    assert patience() == expected
    monkeypatch.delenv(VARIABLE)
    assert patience() == 25


def test_what_goes_wrong_is_a_sentence_and_does_not_hold_up_the_line(jobs: Jobs, caplog: pytest.LogCaptureFixture):
    def told(job: Job) -> None:
        raise TextError(say("There is no text."))

    def broken(job: Job) -> None:
        raise ZeroDivisionError("one over nought")

    made = [jobs.submit(work) for work in (told, broken, lambda _: None)]
    assert [over(job) for job in made] == ["failed", "failed", "done"]
    assert [str(job.problem or "") for job in made] == [
        "There is no text.",
        "Something went wrong in this errand that should not have. Try something else.",
        "",
    ]
    assert "one over nought" in caplog.text, "the operator sees all of it"
    assert "There is no text." not in caplog.text


def test_work_that_leaves_by_itself_may_say_why(jobs: Jobs):
    def work(job: Job) -> None:
        job.unwanted.wait(10)
        raise TextError(say("Stopped here; the rest is kept."))

    job = jobs.submit(work)
    wait(lambda: job.phase == "running")
    job.stop()
    assert over(job) == "stopped"
    assert str(job.problem) == "Stopped here; the rest is kept."


def test_closing_stops_all_of_them(jobs: Jobs):
    made = [jobs.submit(endless) for _ in range(3)]
    wait(lambda: made[0].phase == "running")
    jobs.close()
    assert [job.phase for job in made] == ["stopped"] * 3


def test_a_process_ends_in_order_whatever_is_running():
    code = """
import sys, threading, time
from attention_viz.ui.server.jobs import Jobs

def endless(job):
    running.set()
    while True:
        time.sleep(0.01)
        job.check()

running = threading.Event()
from attention_viz.core.message import say
jobs = Jobs("errand", say("It failed."))
for _ in range(2):
    jobs.submit(endless).when_ended(lambda job: print(job.phase))
running.wait()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.split() == ["stopped", "stopped"]
    assert done.stderr == ""
