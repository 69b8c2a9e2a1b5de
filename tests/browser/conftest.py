from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.server import Server, Visitor, running_browser, running_server

Arrive = Callable[..., Visitor]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running_server() as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as running:
        yield running


@pytest.fixture
def arrive(browser: Browser, server: Server) -> Iterator[Arrive]:
    """Makes visitors with a browser profile of their own. At the end, none of them may have seen an error."""
    visitors: list[Visitor] = []

    def make(width: int = 1440, height: int = 900, theme: str = "light", to: Server = server) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            accept_downloads=True,
        )
        visitors.append(Visitor(context.new_page(), to))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.leave()
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []
