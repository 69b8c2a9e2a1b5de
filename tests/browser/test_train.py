"""Training a model in a real browser: watching, pausing, leaving and coming back, and going on elsewhere."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Page

from tests.browser.conftest import Arrive
from tests.browser.server import Visitor

_BAR = re.compile("^Step .* of ")


def link(**train: object) -> str:
    return "/train?" + urlencode({"train": json.dumps({"task": "reverse", **train})})


def at(visitor: Visitor, name: str) -> str | None:
    found = parse_qs(urlsplit(visitor.address()).query).get(name)
    return found[0] if found else None


def press(page: Page, name: str) -> None:
    # While a script runs, Streamlit has a button of its own above the page, which is called "Stop" too.
    page.get_by_test_id("stMain").get_by_role("button", name=name, exact=True).click()


def started(visitor: Visitor) -> Visitor:
    """Starts what the page offers."""
    # The first visitor of a server waits for torch.
    visitor.page.locator(".js-plotly-plot").first.wait_for(timeout=90_000)
    press(visitor.page, "Start")
    visitor.page.wait_for_url(re.compile(r"[?&]run=\w"))
    return visitor


def says(visitor: Visitor, sentence: str | re.Pattern[str], seconds: float = 60) -> Visitor:
    visitor.page.get_by_text(sentence).first.wait_for(timeout=seconds * 1000)
    return visitor


def done(visitor: Visitor) -> Visitor:
    return says(visitor, "Done.").settled()


def step(page: Page) -> int:
    """How far the bar says it is."""
    bar = page.get_by_text(_BAR).first.inner_text()
    return int(bar.removeprefix("Step ").split(" of ")[0].replace(",", ""))


def beyond(visitor: Visitor, passed: int) -> int:
    """Waits until the bar has moved past a step."""
    until(visitor, lambda: step(visitor.page) > passed, "The training does not move.")
    return step(visitor.page)


def until(visitor: Visitor, holds: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, otherwise
        visitor.page.wait_for_timeout(100)


def first_map(page: Page) -> list[list[float]]:
    # A map that is being drawn anew has no numbers for a moment.
    numbers: list[list[float]] = page.wait_for_function(
        """() => document.querySelector(".js-plotly-plot")?._fullData?.[0]?.z
          ?.map((row) => [...row].map((cell) => Math.round(cell * 1e4)))"""
    ).json_value()
    return numbers


def shows(page: Page, numbers: list[list[float]]) -> None:
    """Waits until the first map has these numbers: the words of the page may be ahead of its pictures."""
    deadline = time.monotonic() + 30
    while first_map(page) != numbers and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert first_map(page) == numbers


def models(visitor: Visitor) -> list[str]:
    """The small models that the sidebar offers."""
    box = visitor.page.get_by_role("combobox", name="Model")
    box.click()
    visitor.page.get_by_role("option").first.wait_for()
    names = visitor.page.get_by_role("option").all_inner_texts()
    visitor.page.keyboard.press("Escape")
    return [name for name in names if "#" in name]


def test_it_learns_while_one_watches_and_pauses(arrive: Arrive):
    visitor = started(arrive().open(link(steps=4000)))
    page = visitor.page
    beyond(visitor, 50)
    early, run = first_map(page), at(visitor, "run")
    assert page.get_by_role("button", name="Reset").is_disabled()
    now = beyond(visitor, step(page))
    until(visitor, lambda: first_map(page) != early, "The map does not follow.")
    # A reload in the middle finds it again, and it has gone on.
    page.reload()
    page.get_by_text(_BAR).wait_for()
    now = beyond(visitor, now)
    assert at(visitor, "run") == run
    press(page, "Pause")
    says(visitor, "Paused. “Go on” continues as if it had never stopped.").settled()
    paused = step(page)
    # What is kept is what was measured last, which may be a little before what the bar has said.
    assert paused >= now - 100
    page.reload()
    says(visitor, "Paused. “Go on” continues as if it had never stopped.").settled()
    assert step(page) == paused, "the server did not go on meanwhile"
    press(page, "Go on")
    beyond(visitor, paused)
    press(page, "Stop")
    says(visitor, "Stopped. What it learned until then is below.").settled()
    says(visitor, "What is each head worth?")
    press(page, "Reset")
    page.get_by_role("button", name="Start", exact=True).wait_for()
    assert at(visitor.settled(), "run") is None
    page.go_back()
    says(visitor, "Stopped. What it learned until then is below.")


def test_slider_film_and_the_other_pages(arrive: Arrive):
    visitor = done(started(arrive().open(link(steps=100))))
    page = visitor.page
    last = first_map(page)
    assert models(visitor) == [f"reverse@100#{at(visitor, 'run')}"]
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowLeft")
    visitor.carries(at="98").settled()
    page.get_by_role("slider").focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    visitor.carries(at="92").settled()
    assert first_map(page) != last
    says(visitor, "Look closer at the model after 92 steps")
    there = first_map(page)
    page.reload()
    says(visitor, "Look closer at the model after 92 steps").settled()
    shows(page, there)

    page.get_by_role("link", name="Explore all its heads").click()
    says(visitor, "Where does each token look in L0 H0?").settled()
    assert (at(visitor, "model") or "").startswith("reverse@92#")
    page.go_back()
    says(visitor, "Look closer at the model after 92 steps").settled()
    assert at(visitor, "at") == "92"
    page.get_by_role("link", name="Compare with the untrained one").click()
    says(visitor, "How different are they?").settled()
    says(visitor, "reverse@0")
    assert (at(visitor, "b_model") or "").startswith("reverse@0#")
    page.go_back()
    says(visitor, "Look closer at the model after 92 steps").settled()

    # The film goes on from the step in hand, can be held, and ends on the last one.
    press(page, "Play")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("button", name="Play", exact=True).wait_for()
    visitor.settled()
    assert int(at(visitor, "at") or 100) >= 92
    press(page, "Play")
    page.get_by_role("button", name="Play", exact=True).wait_for(timeout=30_000)
    says(visitor, "Look closer at the model after 100 steps").settled()
    shows(page, last)
    assert at(visitor, "at") is None


def test_a_saved_training_is_loaded_by_somebody_else(arrive: Arrive, tmp_path: Path):
    visitor = done(started(arrive().open(link(steps=50, seed=4))))
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name=re.compile("^Save this training")).click()
    assert download.value.suggested_filename == "reverse-seed4-50.safetensors"
    file = tmp_path / "saved.safetensors"
    download.value.save_as(file)

    other = arrive().open("/train")
    assert models(other) == [], "nobody sees what others train"
    other.page.locator("[data-testid=stFileUploader] input").set_input_files(file)
    done(other)
    assert at(other, "run") not in (None, at(visitor, "run"))
    assert "Step 50 of 50" in other.text()
    assert first_map(other.page) == first_map(visitor.page)

    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(file.read_bytes()[:-1000])
    other.go("/train").page.locator("[data-testid=stFileUploader] input").set_input_files(damaged)
    says(other, "damaged.safetensors can't be loaded. The file is cut off or damaged")
    assert other.page.get_by_role("button", name="Start", exact=True).is_enabled()
