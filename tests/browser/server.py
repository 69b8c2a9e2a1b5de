"""The app in a process of its own, as `make run` starts it, and a page of a real browser that looks at it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Dialog,
    Error,
    Locator,
    Page,
    Position,
    expect,
    sync_playwright,
)

from tests.browser.chromium import FLAGS, install
from tests.browser.tab import Tabs, wait_for_rest

ROOT = Path(__file__).parents[2]
MAP_REST = 300
"""Milliseconds after which the heatmap has told the server of a click, a key or a zoom: a second click may follow."""


@dataclass(frozen=True)
class Server:
    """url: without a slash at the end. log: what the process printed so far."""

    url: str
    process: subprocess.Popen[bytes]
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace")


@contextmanager
def running_server(**environment: str) -> Iterator[Server]:
    """A fresh server on a free port, ready for its first request."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address=localhost"]
    with tempfile.TemporaryDirectory() as folder:
        log_file = Path(folder) / "log"
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [*command, f"--server.port={port}", "--server.headless=true"],
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
            )
        server = Server(f"http://localhost:{port}", process, log_file)
        try:
            _wait_until_healthy(server)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_until_healthy(server: Server) -> None:
    for _ in range(300):
        assert server.process.poll() is None, f"The server ended: {server.log}"
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"The server did not get ready: {server.log}")


@contextmanager
def running_browser() -> Iterator[Browser]:
    path = install()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def newcomer(browser: Browser, server: Server, width: int = 1440, height: int = 900, theme: str = "light") -> Visitor:
    """A visitor with a tab that nobody has used before."""
    tabs = Tabs(browser)
    return Visitor(tabs.lend(width, height, theme), server, tabs)


@dataclass
class Visitor:
    """A visit in one tab, and all that the browser complained about meanwhile. In the tab, `window.attentionViz` is the
    bus of the live views on the page, undefined while there are none."""

    page: Page
    server: Server
    tabs: Tabs
    complaints: list[str] = field(default_factory=list)
    _gone: bool = False

    def __post_init__(self) -> None:
        # Generous: nothing is measured here, and the machine may be busy with other tests.
        self.page.set_default_timeout(60_000)
        self.page.on("pageerror", self._fail)
        self.page.on("console", self._hear)
        self.page.on("dialog", self._refuse)

    def _fail(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _refuse(self, dialog: Dialog) -> None:
        self.complaints.append(f"a dialog opened: {dialog.message}")
        dialog.dismiss()

    def _hear(self, message: ConsoleMessage) -> None:
        # On a sub-page Streamlit first asks for its server below that page's address, and then finds it above.
        looking = re.search(r"/\w+/_stcore/", message.location["url"])
        if message.type == "error" and not looking:
            self.complaints.append(f"{message.text} {message.location}")

    def leave(self) -> None:
        """Ends the visit and gives the tab back. What the browser says afterwards is of no interest."""
        if self._gone:
            return
        self._gone = True
        self.page.remove_listener("pageerror", self._fail)
        self.page.remove_listener("console", self._hear)
        self.page.remove_listener("dialog", self._refuse)
        self.tabs.take_back(self.page)

    def open(self, address: str = "/") -> Visitor:
        """A new visit at this address, as by a link from outside."""
        self.page.goto(self.server.url + address)
        return self.settled()

    def go(self, address: str) -> Visitor:
        """To another address within the visit, as by Back and Forward: twice as fast, but what the session and the
        views keep stays."""
        self.page.evaluate(
            """(address) => {
              history.pushState({}, "", address);
              dispatchEvent(new PopStateEvent("popstate", { state: {} }));
            }""",
            address,
        )
        return self.settled()

    def at(self, address: str) -> Visitor:
        """Waits until this is the address, the whole of it."""
        expect(self.page).to_have_url(self.server.url + address, timeout=60_000)
        return self

    def carries(self, **parameters: str) -> Visitor:
        """Waits until the address has these parameters, whatever else it has."""
        self.page.wait_for_url(lambda url: parameters.items() <= dict(parse_qsl(urlsplit(url).query)).items())
        return self

    def look(self, width: int, height: int, theme: str) -> Visitor:
        """The same page in another window and the other theme, "light" or "dark"."""
        colour = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
        before = self.page.evaluate(colour)
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        self.page.wait_for_function(f"(before) => {colour} !== before", arg=before)
        return self.settled()

    def settled(self) -> Visitor:
        """Waits until the app has come to rest: one run may set off another."""
        wait_for_rest(self.page)
        return self

    def drawn(self) -> Visitor:
        """Waits until what was just pointed at is drawn, of which the server is not told."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return self

    def with_map(self) -> Visitor:
        """Waits until Explore's heatmap is that of what is on screen: a script draws it that comes by itself."""
        self.page.locator(".map[aria-busy=false]").wait_for()
        return self.drawn()

    def place_on_map(self, query: int, key: int, shape: tuple[int, int]) -> Position:
        """Where a cell of the heatmap is, when all of it is in view. shape: how many rows and columns it has."""
        area = self.with_map().page.locator(".plot .nsewdrag").first.bounding_box()
        box = self.page.locator(".map").bounding_box()
        assert area is not None
        assert box is not None
        return {
            "x": area["x"] - box["x"] + (key + 0.5) * area["width"] / shape[1],
            "y": area["y"] - box["y"] + (query + 0.5) * area["height"] / shape[0],
        }

    def point_at_cell(self, query: int, key: int, shape: tuple[int, int]) -> Visitor:
        self.page.locator(".map").hover(position=self.place_on_map(query, key, shape))
        return self.drawn()

    def click_on_cell(self, query: int, key: int, shape: tuple[int, int]) -> Visitor:
        self.page.locator(".map").click(position=self.place_on_map(query, key, shape))
        self.page.wait_for_timeout(MAP_REST)
        return self.settled()

    def map_says(self) -> str:
        return self.with_map().page.locator(".map ~ .readout").inner_text()

    def text(self) -> str:
        return self.page.locator("[data-testid=stMain]").inner_text()

    def address(self) -> str:
        return self.page.url.removeprefix(self.server.url)

    def type(self, label: str, text: str) -> Visitor:
        box = self.page.get_by_label(label, exact=True)
        box.fill(text)
        box.press("Control+Enter")
        return self.settled()

    def pick(self, group: str, option: str) -> Visitor:
        with self._group(group) as found:
            found.get_by_role("radio", name=option, exact=True).click()
            self.settled()
        return self

    def picked(self, group: str) -> str:
        with self._group(group) as found:
            return found.locator("[aria-checked=true]").inner_text()

    def choose(self, layer: int, head: int) -> Visitor:
        """Clicks on a head in the grid."""
        self.page.locator(".frame .base").click(position=self.place_in_grid(layer, head))
        return self.settled()

    def place_in_grid(self, layer: int, head: int, heads: int = 12) -> Position:
        width = self.page.locator(".frame .base").evaluate("(canvas) => canvas.clientWidth")
        cell = (width - 28 - 8) / (heads + 1)  # The last column is the mean.
        return {"x": 28 + (head + 0.5) * cell, "y": 20 + (layer + 0.5) * cell}

    def head(self) -> str:
        """The head that the server shows, "L3 H1"."""
        heading = self.page.get_by_role("heading", name=re.compile("^Where does each (token|word) look in"))
        return heading.inner_text().strip().rstrip("?").split(" look in ")[1]

    def column_labels(self) -> list[str]:
        """What stands above the columns of the heatmap, from left to right; Plotly's own order is that of drawing."""
        labels: list[str] = (
            self.with_map()
            .page.locator(".plot .xtick text")
            .evaluate_all(
                """(ticks) => ticks
              .map((tick) => [tick.getBoundingClientRect().left, tick.textContent])
              .sort((one, other) => one[0] - other[0])
              .map(([, text]) => text)"""
            )
        )
        return labels

    @contextmanager
    def _group(self, name: str) -> Iterator[Locator]:
        """A group of choices; one that is folded away is opened meanwhile."""
        found = self.page.get_by_role("radiogroup", name=name, exact=True)
        folded = not found.count()
        if folded:
            self.page.get_by_test_id("stPopover").get_by_role("button", name="Colours").click()
            found.wait_for()
        yield found
        if folded:
            self.page.keyboard.press("Escape")
            found.wait_for(state="detached")
