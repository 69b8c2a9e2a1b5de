"""What a browser test starts from. How to write one:

    def test_a_click_chooses_a_head(arrive: Arrive):
        visitor = arrive().open("/?layer=2")   # a new visit; arrive(390, 844, "dark") for another window
        visitor.choose(0, 2)                   # does something, and waits until the app has come to rest
        assert visitor.head() == "L0 H2"

- `arrive` may be called several times: each visitor has a tab, a profile and a session of their own. Tabs are used
  again by later tests, so close none of them. `arrive(to=place)` goes to the server with folders and a Hub. A server of
  the test's own takes as long as ten visits: see test_fresh.py, and call `visitor.leave()` before it ends.
- `open` takes about half a second, `go` (the same visit at another address) half of that, `look` shows the same page
  in another window and theme. Several texts in one visit are cheaper than a parameter for each.
- Wait for what happens, with `settled()` after something that the server is told, `at(address)` after something that
  changes the address, `drawn()` after pointing, or Playwright's `expect`. Its patterns for addresses match more than
  one thinks, "**/" every one. No test rests on how long something takes: two workers share the machine.
- The test fails in the end when the browser complained about anything meanwhile, a dialog included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.server import Server, Visitor, running_browser, running_server
from tests.browser.tab import Tabs
from tests.models.hub_server import FakeHub, fake_hub
from tests.models.tiny import FAMILIES

Arrive = Callable[..., Visitor]


expect.set_options(timeout=60_000)

HUB_NAME = "tests/tiny-bert"
"""The model that the Hub of the tests has."""


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running_server() as running:
        yield running


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of models, each called after its family; "deep" is a BERT of 12 × 12 heads."""
    root = tmp_path_factory.mktemp("models")
    for tiny in FAMILIES:
        if tiny.family in ("bert", "gpt2", "bart", "mpnet", "modernbert", "roberta"):
            tiny.save(root / tiny.family)
        if tiny.family == "bert":
            tiny.with_options(num_hidden_layers=12, num_attention_heads=12, hidden_size=48).save(root / "deep")
    return root


@pytest.fixture(scope="session")
def hub(root: Path) -> Iterator[FakeHub]:
    with fake_hub() as hub:
        hub.add(HUB_NAME, {file.name: file.read_bytes() for file in (root / "bert").iterdir()})
        yield hub


@pytest.fixture(scope="session")
def place(root: Path, hub: FakeHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with folders, whose Hub is on this machine."""
    with running_server(
        ATTENTION_VIZ_MODEL_ROOT=str(root),
        HF_ENDPOINT=hub.endpoint,
        HF_HUB_CACHE=str(tmp_path_factory.mktemp("cache")),
    ) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as running:
        yield running


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Tabs:
    return Tabs(browser)


@pytest.fixture
def arrive(tabs: Tabs, server: Server) -> Iterator[Arrive]:
    """Makes visitors, each with a browser profile of their own. At the end, none of them may have seen an error."""
    visitors: list[Visitor] = []

    def make(width: int = 1440, height: int = 900, theme: str = "light", to: Server = server) -> Visitor:
        visitors.append(Visitor(tabs.lend(width, height, theme), to, tabs))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.leave()
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []
