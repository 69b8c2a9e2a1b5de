"""Inside a head in a real browser: the ways in, by mouse and by keyboard, and what a visitor reads there."""

from __future__ import annotations

import attention_viz as av
from tests.browser.conftest import Arrive
from tests.browser.server import Visitor
from tests.browser.test_live import click_on

LINK = "/inside?text=Dogs+chase+cats&layer=5&head=11&token=2&key=3"
TITLE = "What does “chase” look for, and what does “cats” offer?"


def titles(visitor: Visitor) -> list[str]:
    return [title.replace("\u2068", "").replace("\u2069", "") for title in visitor.page.locator("h4").all_inner_texts()]


def test_from_a_click_in_explore_to_the_weight(arrive: Arrive, pronoun):
    """The held token and the head come along."""
    visitor = arrive().open("/?key=2")
    visitor.page.get_by_role("link", name="Take this weight apart").click()
    visitor.page.get_by_role("heading", name="How does one weight come about?").wait_for()
    visitor.settled()
    apart = av.take_apart(pronoun, 3, 1, 10, 2)
    sentence = f"The Trace says {apart.traced_weight:.6f}, this sum gives {apart.weight:.6f}."
    assert sentence in visitor.text()
    assert visitor.address() == "/inside?key=2"
    assert len(titles(visitor)) == 6


def test_a_pair_held_by_clicks_is_the_one_that_is_taken_apart(arrive: Arrive, pronoun):
    visitor = arrive().open()
    click_on(visitor, "query", 4)
    click_on(visitor, "key", 8)
    visitor.page.get_by_role("link", name="Take this weight apart").click()
    visitor.page.get_by_role("heading", name="How does one weight come about?").wait_for()
    assert visitor.settled().address().startswith("/inside?token=4&key=8")
    apart = av.take_apart(pronoun, 3, 1, 4, 8)
    assert f"The Trace says {apart.traced_weight:.6f}, this sum gives {apart.weight:.6f}." in visitor.text()


def test_by_keyboard_and_back_again(arrive: Arrive):
    visitor = arrive().open(LINK)
    key = visitor.page.get_by_role("combobox", name="Key: the token that is looked at")
    key.focus()
    key.press_sequentially("dogs")
    key.press("Enter")
    visitor.at(LINK.replace("key=3", "key=1"))
    assert titles(visitor.settled())[0] == "1. What does “chase” look for, and what does “dogs” offer?"
    visitor.page.go_back()
    visitor.at(LINK)
    assert titles(visitor.settled())[0] == f"1. {TITLE}"
    visitor.page.go_forward()
    visitor.at(LINK.replace("key=3", "key=1"))
    assert "what does “dogs” offer?" in titles(visitor.settled())[0]


def test_pointing_at_a_dimension_tells_what_it_brings(arrive: Arrive, pronoun):
    visitor = arrive().open("/inside")
    apart = av.take_apart(pronoun, 3, 1, 10, 2)
    plot = visitor.page.locator(".js-plotly-plot").nth(1).locator(".nsewdrag").last
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    plot.hover(position={"x": box["width"] * 10.5 / 32, "y": box["height"] * 0.35})
    hover = visitor.page.locator(".hoverlayer .hovertext").first
    hover.wait_for()
    text = hover.text_content() or ""
    assert text.replace("−", "-") == (f"dimension 10brings {apart.products[10]:.4f}sum so far {apart.running[10]:.4f}")


def test_sorting_the_row_keeps_the_place(arrive: Arrive):
    visitor = arrive().open(LINK)
    visitor.pick("Order of the keys", "By weight")
    assert visitor.address() == f"{LINK}&order=weight"
    assert titles(visitor)[0] == f"1. {TITLE}"


def test_strips_and_running_sum_line_up(arrive: Arrive):
    """The same dimension stands above itself, in a wide window and in a narrow one."""
    visitor = arrive().open("/inside")
    for width, height in ((1440, 900), (390, 844)):
        visitor.page.set_viewport_size({"width": width, "height": height})
        visitor.settled().page.locator(".js-plotly-plot").nth(1).locator(".nsewdrag").first.wait_for()
        places = visitor.page.evaluate(
            """() => [...document.querySelectorAll(".js-plotly-plot")].slice(0, 2).map((plot) => {
              const box = plot.querySelector(".nsewdrag").getBoundingClientRect();
              return [Math.round(box.left), Math.round(box.right)];
            })"""
        )
        assert places[0] == places[1]
        assert places[0][1] <= width
