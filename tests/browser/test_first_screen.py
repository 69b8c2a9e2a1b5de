"""What one sees without scrolling, and that all of it says the same whatever was clicked."""

from __future__ import annotations

import random
import re
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from tests.browser.conftest import Arrive
from tests.browser.server import MAP_REST, Server, Visitor

WORDS = "The harbour had been quiet since the ferry stopped and the children still jumped from the old pier into it . "
SIXTY = (WORDS * 3).split()[:58]
TEXTS = {
    "the opening example": "",
    "60 tokens": f"?text={quote(' '.join(SIXTY))}",
    "512 tokens": f"?text={quote(WORDS * 30)}",
    "a pair": "?text=Who+wrote+the+play+Hamlet%3F&second=Hamlet+was+written+by+William+Shakespeare+in+London.",
    "Chinese": f"?text={quote('那只猫没有过马路，因为它太累了。' * 3)}",
    "Arabic": f"?text={quote('لم تعبر القطة الشارع لأنها كانت متعبة جدا. ' * 3)}",
    "a causal model": "?model=folder:gpt2&text=the+cat+sat+on+the+mat",
    "12 × 12 heads": "?model=folder:deep&text=the+cat+sat+on+the+mat",
}
SEEN = {
    "text box": "[data-testid=stTextArea] textarea",
    "button": ".st-key-show-text button",
    "painted text": ".text",
    "grid": ".frame",
    "links": ".stage .scroll",
    "heatmap": ".map",
}
FINDINGS = ".st-key-findings button:visible"


def outside(visitor: Visitor, width: int, height: int) -> dict[str, object]:
    """What is not in the window as a whole, and where it is."""
    visitor.with_map()
    found: dict[str, object] = {}
    for name, place in SEEN.items():
        box = visitor.page.locator(place).locator("visible=true").first.bounding_box()
        assert box is not None, name
        ends = (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
        if ends[0] < 0 or ends[1] < 0 or ends[2] > width or ends[3] > height or min(box["width"], box["height"]) < 20:
            found[name] = ends
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_all_of_it_is_in_the_first_screen(arrive: Arrive, place: Server, text):
    visitor = arrive(to=place).open("/" + TEXTS[text])
    assert visitor.page.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0
    assert outside(visitor, 1440, 900) == {}
    visitor.look(1920, 1080, "dark")
    assert outside(visitor, 1920, 1080) == {}


def test_a_narrow_window_begins_with_the_text_its_findings_and_the_painted_text(arrive: Arrive):
    visitor = arrive(390, 844).open()
    places = (SEEN["text box"], SEEN["button"], FINDINGS, SEEN["painted text"], SEEN["grid"], SEEN["links"])
    tops = []
    for place in places:
        box = visitor.page.locator(place).locator("visible=true").first.bounding_box()
        assert box is not None
        tops.append(box["y"])
    assert tops == sorted(tops)
    assert tops[3] < 844, "the painted text begins in the first screen"


def told(visitor: Visitor) -> dict[str, object]:
    """Head, held tokens and settings, as every part of the page has them."""
    page = visitor.with_map().page
    bus = page.evaluate("(() => window.attentionViz.shown)()")
    head = f"L{bus['layer']} H{bus['head']}"
    heads = {
        "map": (page.locator(".map").get_attribute("aria-label") or "").removeprefix("Heatmap of ").split(",")[0],
        "heading": visitor.head(),
        "numbers": page.locator(".facts .name").inner_text(),
        "text": page.get_by_role("heading", name="The text, as").inner_text().strip().split()[3:5],
    }
    assert heads == {"map": head, "heading": head, "numbers": head, "text": head.split()}
    title = page.locator(".links h4").inner_text()
    assert title.startswith("“") == (bus["held"]["query"] is not None), title
    assert page.locator(".text .token.focus").count() == (bus["held"] != {"query": None, "key": None})
    address = dict(parse_qsl(urlsplit(page.url).query, keep_blank_values=True))
    cover = page.locator(".cover").input_value()
    assert address.get("cover", "60") == cover == str(bus["settings"]["links"]["cover"])
    usual = {"layer": "3", "head": "1", "token": "10", "key": ""}
    place = {name: address.get(name, instead) for name, instead in usual.items()}
    said = {"layer": str(bus["layer"]), "head": str(bus["head"])}
    said |= {name: "" if bus["held"][side] is None else str(bus["held"][side]) for name, side in SIDES.items()}
    assert place == said
    return {"place": place, "cover": cover}


SIDES = {"token": "query", "key": "key"}


def test_whatever_is_clicked_all_views_and_the_address_agree(arrive: Arrive):
    visitor = arrive().open()
    page = visitor.page
    page.locator(".fold").click()
    visitor.settled()
    chance = random.Random(4)
    went = [told(visitor)]

    def click_token() -> None:
        tokens = page.locator(".text .token")
        tokens.nth(chance.randrange(tokens.count())).click()

    def move_cover() -> None:
        page.locator(".cover").focus()
        page.keyboard.press(chance.choice(["ArrowLeft", "ArrowRight"]))
        page.wait_for_timeout(2 * MAP_REST)

    def click_finding() -> None:
        chips = page.locator(FINDINGS)
        chips.nth(chance.randrange(chips.count())).click()

    def leave_and_return() -> None:
        page.get_by_role("link", name="Inside a head").click()
        page.get_by_role("heading", name="How does one weight come about?").wait_for()
        visitor.settled().page.get_by_role("link", name="Explore", exact=True).click()
        page.locator(".map").wait_for()

    steps = (
        (5, lambda: visitor.choose(chance.randrange(6), chance.randrange(12))),
        (4, click_token),
        (4, lambda: visitor.click_on_cell(chance.randrange(24), chance.randrange(24), (24, 24))),
        (3, click_finding),
        (2, move_cover),
        (2, page.go_back),
        (1, page.go_forward),
        (1, page.reload),
        (1, leave_and_return),
    )
    weights, kinds = zip(*steps, strict=True)
    for kind in [*chance.choices(kinds, weights, k=46), *kinds[-4:]]:
        before = len(went)
        kind()
        page.locator(".map").wait_for()
        visitor.settled()
        went.append(told(visitor))
        assert len(went) == before + 1
    assert len({re.sub(r"\W", "", str(one)) for one in went}) > 15, "it went to many places"
