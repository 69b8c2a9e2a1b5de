from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.server import Server, Visitor, running_browser, running_server
from tests.browser.tab import Tabs

Arrive = Callable[..., Visitor]


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
