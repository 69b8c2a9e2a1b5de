"""What needs a server of its own: its very first request, and what its operator has set.

Streamlit runs the file of a sub-page without app.py when that is the first request. A server takes as long to start as
ten visits take, so each test has one, and asks of it all that it can.
"""

from __future__ import annotations

import time
from pathlib import Path

from tests.browser.conftest import HUB_NAME, Arrive
from tests.browser.server import running_server
from tests.browser.test_explore import PAIR, PAIR_SEEN, seen
from tests.browser.test_inside import LINK, TITLE, titles
from tests.browser.test_train import beyond, done, link, press, says, started
from tests.models.hub_server import FakeHub


def test_explore_first_and_then_no_network(arrive: Arrive, tmp_path: Path):
    """Nothing listens where its Hub should be."""
    with running_server(HF_ENDPOINT="http://127.0.0.1:9", HF_HUB_CACHE=str(tmp_path)) as fresh:
        visitor = arrive(to=fresh)
        assert seen(visitor.open(PAIR)) == PAIR_SEEN
        assert "Traceback" not in fresh.log

        visitor.go("/")
        start = time.monotonic()
        visitor.page.get_by_role("combobox", name="Model").fill("google-bert/bert-base-uncased")
        visitor.page.keyboard.press("Enter")
        visitor.page.get_by_text("There is no connection to").wait_for()
        # Two seconds for the Hub, and a way there and back for a busy browser; a library left alone tries for 23 s.
        assert time.monotonic() - start < 15
        assert "choose a model that is already here" in visitor.text()
        visitor.page.get_by_role("button", name="Back to all-MiniLM-L6-v2").click()
        assert visitor.settled().head() == "L3 H1"
        visitor.leave()


def test_limits_first_and_then_no_downloads(arrive: Arrive, hub: FakeHub, tmp_path: Path):
    """Its operator lets nothing be downloaded."""
    settings = {"HF_ENDPOINT": hub.endpoint, "HF_HUB_CACHE": str(tmp_path), "ATTENTION_VIZ_DOWNLOADS": "none"}
    with running_server(**settings) as fresh:
        visitor = arrive(to=fresh).open(PAIR.replace("/?", "/limits?"))
        assert "On your text, “Dogs chase cats”: L5 H11 spends" in visitor.text()
        visitor.page.get_by_role("link", name="Explore").click()
        assert seen(visitor.settled()) == PAIR_SEEN
        assert "Traceback" not in fresh.log

        visitor.go(f"/?model={HUB_NAME}")
        assert "The operator of this server doesn't let models be downloaded" in visitor.text()
        assert visitor.page.get_by_role("button", name="Download").count() == 0
        visitor.leave()


def test_inside_first_and_then_a_line_of_trainings(arrive: Arrive):
    """Little patience: a training whose visitor has left stops soon."""
    with running_server(ATTENTION_VIZ_PATIENCE="4") as fresh:
        first = arrive(to=fresh).open(LINK)
        assert titles(first)[0] == f"1. {TITLE}"
        assert "Traceback" not in fresh.log

        first.go(link(task="recall", layers=4, width=128, steps=5000))  # for minutes
        beyond(started(first), 5)
        # In line behind it, the second begins when the first pauses, and again when its visitor has left.
        second = started(arrive(to=fresh).open(link(steps=10)))
        says(second, "1 ahead of yours")
        press(first.page, "Pause")
        says(first, "Paused.")
        done(second)
        press(first.page, "Go on")
        beyond(first, 5)
        address = first.address()
        press(second.page, "Reset")
        says(started(second), "1 ahead of yours")
        first.page.goto("about:blank")
        done(second)
        second.go(address)
        says(second, "It stopped, because nobody was watching. “Go on” continues as if it had never stopped.")
        for visitor in (first, second):
            visitor.leave()
