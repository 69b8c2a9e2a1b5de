"""Building attention in a real browser: typing into tables, pointing at numbers, going back."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Page, expect

from tests.browser.conftest import Arrive
from tests.browser.server import Visitor
from tests.browser.tab import wait_for_rest


def build_of(address: str) -> dict[str, object]:
    found = parse_qs(urlsplit(address).query).get("build")
    return json.loads(found[0]) if found else {}


def holds(visitor: Visitor, build: dict[str, object]) -> None:
    """Waits until the address says this build, and the page has followed."""
    visitor.page.wait_for_url(lambda url: build_of(url) == build)
    visitor.settled()


def drawn(visitor: Visitor) -> Visitor:
    """Waits for the flow chart, which comes last and moves what is below it."""
    # The first visitor of a server waits for torch, and for the part of the page that draws charts.
    visitor.page.get_by_role("img", name=re.compile("The way from queries")).wait_for(timeout=90_000)
    visitor.page.locator(".textpoint text").first.wait_for(timeout=90_000)
    return visitor.settled()


def first_cell(page: Page, table: int) -> tuple[float, float]:
    """Where the first number of a table is: in the second column, for names are in the first."""
    # The table may still be being drawn anew after the last change.
    wait_for_rest(page)
    box = page.get_by_test_id("stDataFrame").nth(table)
    box.scroll_into_view_if_needed()
    size = box.bounding_box()
    assert size
    # Rows are 35 px high, the first one is the header's.
    return size["x"] + size["width"] * 0.4, size["y"] + 52


def type_into_first_cell(page: Page, table: int, text: str) -> None:
    page.mouse.dblclick(*first_cell(page, table))
    # The editor opens with an animation and takes keys only then; Enter right behind the last key comes before it.
    editor = page.locator(".gdg-input")
    expect(editor).to_be_focused()
    wait_for_rest(page)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    expect(editor).to_have_value(text)
    wait_for_rest(page)
    page.keyboard.press("Enter")
    expect(editor).to_have_count(0)


def printed(page: Page) -> list[str]:
    """The numbers of the first table that is drawn."""
    page.locator(".textpoint text").first.wait_for()
    return page.locator(".js-plotly-plot").first.locator(".textpoint text").all_text_contents()


def test_a_number_that_is_typed_changes_every_step_and_the_link(arrive: Arrive):
    visitor = drawn(arrive(height=1400).open("/build"))
    assert printed(visitor.page) == ["0.32", "0.5", "0.14"]
    type_into_first_cell(visitor.page, 0, "1.1")
    holds(visitor, {"Q": [[1.1, 0.2, 0.3]]})
    assert printed(visitor.page)[0] == "0.72"
    # A second one in the same table loses nothing of the first.
    type_into_first_cell(visitor.page, 0, "2.1")
    holds(visitor, {"Q": [[2.1, 0.2, 0.3]]})
    assert printed(visitor.page)[0] == "1.12"
    again = drawn(arrive(height=1400).open(visitor.address()))
    assert printed(again.page) == printed(visitor.page)
    visitor.page.go_back()
    holds(visitor, {"Q": [[1.1, 0.2, 0.3]]})
    assert printed(visitor.page)[0] == "0.72"


def test_an_emptied_cell_is_named(arrive: Arrive):
    visitor = drawn(arrive(height=1400).open("/build"))
    visitor.page.mouse.click(*first_cell(visitor.page, 1))
    visitor.settled().page.keyboard.press("Delete")
    visitor.page.get_by_text("Table K, row “I”, column 1 is empty").wait_for()


def test_what_is_typed_and_is_no_number_is_named(arrive: Arrive):
    visitor = drawn(arrive(height=1400).open("/build"))
    for typed, said in (
        ("abc", "column 1 holds “abc”: a number is needed"),
        ("nan", "column 1 holds NaN, which is no number"),
        ("inf", "column 1 holds ∞: numbers from"),
        ("1e38", "column 1 holds 10³⁸: numbers from"),
    ):
        type_into_first_cell(visitor.page, 0, typed)
        visitor.page.get_by_text(said).wait_for()
        visitor.settled()
    assert visitor.page.get_by_role("heading", name="Step by step").count() == 0
    type_into_first_cell(visitor.page, 0, " 0,5")
    visitor.page.get_by_role("heading", name="Step by step").wait_for()
    visitor.settled()
    assert build_of(visitor.address()) == {"Q": [[0.5, 0.2, 0.3]]}
    type_into_first_cell(visitor.page, 0, "−1")
    holds(visitor, {"Q": [[-1.0, 0.2, 0.3]]})
    assert printed(visitor.page)[0] == "−0.12"


def test_pointing_at_a_number_shows_the_sum_behind_it(arrive: Arrive):
    visitor = drawn(arrive(height=1400).open("/build"))
    chart = visitor.page.locator(".js-plotly-plot").first
    chart.scroll_into_view_if_needed()
    visitor.settled()
    cell = chart.locator(".textpoint text").first
    box = cell.bounding_box()
    assert box
    visitor.page.mouse.move(box["x"] + 2, box["y"] + 2)
    visitor.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    label = visitor.page.locator(".hoverlayer .hovertext")
    label.wait_for()
    assert "0.1·0.4 + 0.2·0.5 + 0.3·0.6 = 0.32" in (label.text_content() or "")


def test_the_flow_chart_has_the_shapes_on_its_arrows(arrive: Arrive):
    link = "/build?" + urlencode({"build": '{"preset":"heads"}'})
    visitor = arrive(height=1400).open(link)
    chart = visitor.page.get_by_role("img", name=re.compile("The way from queries"))
    chart.wait_for()
    box = chart.bounding_box()
    assert box
    assert box["height"] > 300
    visitor.pick("Show the steps of", "Head 1")
    assert build_of(visitor.address()) == {"preset": "heads", "head": 1}
    visitor.pick("Sequence of the batch", "dogs bark")
    assert "dogs" in visitor.text()
    found = build_of(visitor.address())
    assert found["sequence"] == 1
    assert isinstance(found["other"], dict)
    assert found["other"]["names"] == ["the", "cat", "sat", "down"]
    assert "−∞" in visitor.page.locator(".textpoint text", has_text="−∞").first.inner_html()


def test_no_formula_is_cut_off_on_a_phone(arrive: Arrive):
    visitor = arrive(390, 844).open("/limits")
    for preset in ("vectors", "additive", "heads"):
        link = "/build?" + urlencode({"build": json.dumps({"preset": preset, "masks": ["causal", "padding"]})})
        drawn(visitor.go(link))
        assert visitor.page.locator(".katex-display").count() >= 4
        cut = visitor.page.locator(".katex-display .katex-html").evaluate_all(
            """(formulas) => formulas.filter((formula) => {
              const room = formula.closest("[data-testid=stMarkdownContainer]").getBoundingClientRect();
              const parts = [...formula.querySelectorAll(".base")];
              return parts.some((part) => part.getBoundingClientRect().right > room.right);
            }).map((formula) => formula.textContent)"""
        )
        assert cut == [], preset


def test_another_page_and_back_keeps_what_was_built(arrive: Arrive):
    link = "/build?" + urlencode({"build": '{"preset":"vectors","masks":["causal"]}'})
    visitor = arrive().open(link)
    visitor.page.get_by_role("link", name="Models").click()
    visitor.page.get_by_role("heading", name="Choose a model").wait_for()
    visitor.settled()
    visitor.page.get_by_role("link", name="Build attention").click()
    visitor.page.get_by_role("heading", name="What goes in").wait_for()
    visitor.settled()
    assert build_of(visitor.address()) == {"preset": "vectors", "masks": ["causal"]}
