"""Explore's heatmap in a real browser: by mouse and by keyboard, and what it has in common with the other views."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.browser.conftest import Arrive
from tests.browser.server import MAP_REST, Visitor

SHAPE = (24, 24)


def names(query: str, key: str) -> str:
    return f"“\u2068{query}\u2069” → “\u2068{key}\u2069”"


def links_say(visitor: Visitor) -> str:
    return visitor.page.locator(".stage ~ .readout").inner_text()


def told(visitor: Visitor) -> Visitor:
    visitor.page.wait_for_timeout(MAP_REST)
    return visitor.settled()


def zoom(visitor: Visitor, first: int, last: int) -> None:
    """Draws a rectangle from one cell of the diagonal to another."""
    visitor.page.locator(".map").scroll_into_view_if_needed()
    box = visitor.page.locator(".map").bounding_box()
    assert box is not None
    start, end = (visitor.place_on_map(at, at, SHAPE) for at in (first, last))
    mouse = visitor.page.mouse
    mouse.move(box["x"] + start["x"], box["y"] + start["y"])
    mouse.down()
    mouse.move(box["x"] + end["x"], box["y"] + end["y"], steps=6)
    mouse.up()
    told(visitor)


def outlined(visitor: Visitor, query: int) -> bool:
    """Is there a line along the upper edge of a row?"""
    place = visitor.place_on_map(query, 20, SHAPE)
    half = (visitor.place_on_map(1, 0, SHAPE)["y"] - visitor.place_on_map(0, 0, SHAPE)["y"]) / 2
    script = """(canvas, [x, y]) => {
      const density = canvas.width / canvas.clientWidth;
      const strip = canvas.getContext("2d").getImageData(x * density, (y - 2) * density, 1, 5 * density);
      return strip.data.some((channel) => channel > 0);
    }"""
    return bool(visitor.page.locator(".outlines").evaluate(script, [place["x"], place["y"] - half]))


def test_a_click_holds_query_and_key_for_all_views(arrive: Arrive, pronoun):
    visitor = arrive().open("/?token=")
    visitor.click_on_cell(20, 2, SHAPE)
    assert visitor.address() == "/?token=20&key=2&show=pair"
    assert visitor.map_says() == f"{names('it', 'cat')} {pronoun.attention(3, 1)[20, 2]:.3f} (query 20, key 2)"
    assert visitor.page.locator(".links h4").inner_text() == "“it” looks at"
    assert "L3 H1: 20 “it” looks at" in links_say(visitor)
    assert outlined(visitor, 20)
    assert not outlined(visitor, 5)
    visitor.page.get_by_role("link", name="Take “it” → “cat” apart").click()
    visitor.page.wait_for_url("**/inside?**")
    visitor.settled().page.go_back()
    visitor.page.locator(".map").wait_for()
    visitor.settled().click_on_cell(20, 2, SHAPE)
    assert visitor.address() == "/?token=", "a second click lets go"


def test_the_zoom_is_kept_with_another_head_and_page_and_not_with_another_text(arrive: Arrive, pronoun):
    visitor = arrive().open("/?token=9&key=2")
    zoom(visitor, 5, 14)
    part = visitor.column_labels()
    assert " ".join(part) in " ".join(token.text for token in pronoun.tokens[5:15])
    assert len(part) >= 8
    visitor.choose(2, 3)
    assert visitor.column_labels() == part
    visitor.page.get_by_role("link", name="What attention can tell you").click()
    visitor.page.get_by_text("On your text").wait_for()
    visitor.settled().page.get_by_role("link", name="Explore", exact=True).click()
    visitor.page.locator(".map").wait_for()
    assert visitor.settled().column_labels() == part, "in the visit"
    before = visitor.address()
    visitor.page.locator(".map").dblclick(position=visitor.place_on_map(12, 12, SHAPE))
    assert len(told(visitor).column_labels()) == 24, "two clicks zoom out"
    assert visitor.address() == before, "and leave what was held"
    zoom(visitor, 5, 14)
    visitor.type("Text", "Birds sing")
    assert visitor.column_labels() == ["[CLS]", "birds", "sing", "[SEP]"]


def test_the_keyboard_walks_zooms_and_lets_go(arrive: Arrive):
    visitor = arrive().open("/?token=9&key=2").with_map()
    visitor.page.locator(".map").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown"):
        visitor.page.keyboard.press(key)
    assert visitor.drawn().map_says().startswith(names("too", "didn"))
    assert told(visitor).address() == "/?token=12&key=3&show=pair"
    outline = visitor.page.locator(".map").evaluate("(map) => getComputedStyle(map).outlineStyle")
    assert outline == "solid", "one sees where the keyboard is"
    for _ in range(3):
        visitor.page.keyboard.press("+")
    near = told(visitor).column_labels()
    assert len(near) < 12
    assert "didn" in near
    for _ in range(14):
        visitor.page.keyboard.press("ArrowRight")
    assert "driver" in told(visitor).column_labels(), "the map follows what is held"
    visitor.page.keyboard.press("0")
    assert len(told(visitor).column_labels()) == 24
    visitor.page.keyboard.press("Escape")
    assert told(visitor).address() == "/?token="


def test_the_views_point_for_each_other(arrive: Arrive):
    visitor = arrive().open()
    visitor.point_at_cell(6, 8, SHAPE)
    assert "L3 H1: 6 “cross” looks at" in links_say(visitor)
    visitor.page.mouse.move(5, 5)
    assert "10 “it” looks at" in links_say(visitor.drawn())
    assert not outlined(visitor, 6)
    visitor.page.locator(".view").hover(position={"x": 20, "y": 6.5 * 20})
    assert outlined(visitor.drawn(), 6)
    assert outlined(visitor, 10), "what is held stays"
    assert visitor.address() == "/"


@pytest.mark.parametrize("paper", [False, True])
def test_it_leaves_as_svg_and_png(arrive: Arrive, paper):
    visitor = arrive(theme="dark").open("/?key=2").with_map()
    if paper:
        visitor.page.locator(".map ~ .save .paper").check()
    with visitor.page.expect_download() as waiting:
        visitor.page.locator(".map ~ .save .svg").click()
    assert waiting.value.suggested_filename == "attention_map_L3_H1.svg"
    svg = waiting.value.path().read_text(encoding="utf-8")
    root = ElementTree.fromstring(svg)
    assert root[0].get("fill") == ("#ffffff" if paper else "#12151d")
    assert ("rgb(18, 21, 29)" in svg) is not paper
    texts = ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"[CLS]", "tired", "attention weight, square-root colours"} <= set(texts)
    assert "L3 H1 of all-MiniLM-L6-v2, between tokens of “The cat didn't" in " ".join(texts)
    with visitor.page.expect_download() as waiting:
        visitor.page.locator(".map ~ .save .png").click()
    assert waiting.value.path().read_bytes().startswith(b"\x89PNG")


def test_without_its_program_it_says_so(arrive: Arrive):
    visitor = arrive()
    visitor.page.route("**/plotly.min.js*", lambda route: route.abort())
    try:
        visitor.open()
        visitor.page.get_by_text("The heatmap can’t be drawn: its program, Plotly.js, did not load.").wait_for()
        assert visitor.page.locator(".frame").is_visible(), "and the others are there"
    finally:
        visitor.page.unroute("**/plotly.min.js*")
    assert [complaint for complaint in visitor.complaints if "plotly.min.js" in complaint] == visitor.complaints != []
    visitor.complaints.clear()


def test_a_narrow_window_has_all_of_it(arrive: Arrive):
    visitor = arrive(390, 844, "light").open().with_map()
    area = visitor.page.locator(".plot .nsewdrag").first.bounding_box()
    assert area is not None
    assert 150 < area["width"] < 390
    assert area["x"] + area["width"] <= 390
    assert 0.8 < area["width"] / area["height"] < 1.25
