"""What a browser test starts from. How to write one:

    def test_a_click_chooses_a_head(arrive: Arrive):
        visitor = arrive().open("/?layer=2")   # a new visit; arrive(390, 844, "dark") for another window
        visitor.choose(0, 2)                   # does something, and waits until the app has come to rest
        assert visitor.head() == "L0 H2"

- `arrive` may be called several times: each visitor has a tab, a profile and a session of their own. Tabs are used
  again by later tests, so close none of them. A server of the test's own is `arrive(to=server)`; call
  `visitor.leave()` before it ends.
- `open` takes about half a second, `go` (the same visit at another address) half of that, `look` shows the same page
  in another window and theme. Several texts in one visit are cheaper than a parameter for each.
- Wait for what happens, with `settled()` after something that the server is told, `drawn()` after pointing, or
  Playwright's `expect` and `wait_for_url`. No test rests on how long something takes: two workers share the machine.
- The test fails in the end when the browser complained about anything meanwhile, a dialog included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.server import Server, Visitor, running_browser, running_server
from tests.browser.tab import Tabs

Arrive = Callable[..., Visitor]


expect.set_options(timeout=60_000)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running_server() as running:
        yield running


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
