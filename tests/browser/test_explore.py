"""Explore in a real browser: what a visitor sees and does."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.browser.server import Visitor
from tests.conftest import PRONOUN

PAIR = "/?text=Dogs+chase+cats&second=Cats+run&layer=5&head=11&unit=words&curve=linear&top=max&token=2"
GROUPS = ("Rows and columns", "Colours", "Range of colours")
LIMITS = "What attention can and cannot tell you"


def seen(visitor: Visitor) -> dict[str, object]:
    """All that the selection decides."""
    page = visitor.page
    return {
        "texts": [box.input_value() for box in page.locator("[data-testid=stTextArea] textarea").all()],
        "picked": [visitor.picked(group) for group in GROUPS],
        "head": visitor.head(),
        "labels": visitor.column_labels(),
        "held": page.locator(".links h4").inner_text(),
    }


PAIR_SEEN = {
    "texts": ["Dogs chase cats", "Cats run"],
    "picked": ["Words", "Linear", "0 to maximum"],
    "head": "L5 H11",
    "labels": ["[CLS]", "Dogs", "chase", "cats", "[SEP]", "Cats", "run", "[SEP]"],
    "held": "“chase” looks at",
}


def test_it_opens_on_the_pronoun_example_already_drawn(arrive: Arrive, pronoun):
    visitor = arrive().open()
    assert visitor.page.get_by_label("Text", exact=True).input_value() == PRONOUN
    assert visitor.column_labels() == [token.text for token in pronoun.tokens]
    assert visitor.page.locator(".links h4").inner_text() == "“it” looks at"
    assert visitor.page.locator(".links li").first.inner_text().split() == ["cat", "0.59"]
    assert visitor.address() == "/"


def test_the_numbers_are_the_traces(arrive: Arrive, pronoun):
    """What the picture holds in the browser, cell by cell."""
    visitor = arrive().open("/?layer=5&head=11").with_map()
    cells = visitor.page.locator(".plot").evaluate("(plot) => plot.data[0].z.map((row) => Array.from(row))")
    np.testing.assert_allclose(cells, pronoun.attention(5, 11), atol=2e-5)


def test_pointing_at_a_cell_tells_its_exact_weight(arrive: Arrive, pronoun):
    visitor = arrive().open().with_map()
    plot = visitor.page.locator(".plot .nsewdrag").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    plot.hover(position={"x": box["width"] * 2.5 / 24, "y": box["height"] * 10.5 / 24})
    hover = visitor.page.locator(".hoverlayer .hovertext")
    hover.wait_for()
    weight = f"{pronoun.attention(3, 1)[10, 2]:.3g}"
    assert hover.text_content() == f"it → cat{weight}query 10, key 2"
    assert visitor.map_says() == f"“\u2068it\u2069” → “\u2068cat\u2069” {weight} (query 10, key 2)"


def test_a_deep_link_restores_everything(arrive: Arrive):
    assert seen(arrive().open(PAIR)) == PAIR_SEEN


def test_switching_pages_untouched_loses_nothing(arrive: Arrive):
    visitor = arrive().open(PAIR)
    visitor.page.get_by_role("link", name=LIMITS).click()
    visitor.page.get_by_text("On your text").wait_for()
    assert visitor.settled().address().startswith("/limits?")
    visitor.page.get_by_role("link", name="Back to the map").click()
    visitor.page.get_by_label("Text", exact=True).wait_for()
    assert seen(visitor.settled()) == PAIR_SEEN


def test_back_forward_and_reload(arrive: Arrive):
    visitor = arrive().open(PAIR)
    visitor.choose(5, 3).choose(1, 3).type("Text", "Birds sing")
    visitor.page.get_by_role("link", name=LIMITS).click()
    visitor.page.get_by_text("On your text").wait_for()
    assert "L1 H3" in visitor.settled().text()
    visitor.page.go_back()
    visitor.page.get_by_label("Text", exact=True).wait_for()
    assert visitor.settled().column_labels()[:3] == ["[CLS]", "Birds", "sing"]
    visitor.page.go_back()
    assert seen(visitor.settled()) == PAIR_SEEN | {"head": "L1 H3"}
    visitor.page.go_back()
    assert visitor.settled().head() == "L5 H3"
    visitor.page.go_back()
    assert seen(visitor.settled()) == PAIR_SEEN
    visitor.page.go_forward()
    assert visitor.settled().head() == "L5 H3"
    visitor.page.reload()
    assert seen(visitor.settled()) == PAIR_SEEN | {"head": "L5 H3"}


def test_the_bare_address_stays_bare_and_back_leaves(arrive: Arrive):
    """An address that rewrites itself would trap the Back button."""
    visitor = arrive()
    visitor.page.goto("about:blank")
    visitor.open()
    visitor.choose(3, 2).choose(3, 1)
    assert visitor.address() == "/"
    for _ in range(3):
        visitor.page.go_back()
    visitor.page.wait_for_url("about:blank")


def test_typing_and_clicking_at_once_loses_neither(arrive: Arrive):
    """Leaving the box sends the text, and the click that left it sends the head before the answer is there."""
    visitor = arrive().open()
    visitor.page.get_by_label("Text", exact=True).fill("Birds sing")
    visitor.choose(3, 7)
    visitor.at("/?text=Birds+sing&head=7")
    assert visitor.settled().column_labels() == ["[CLS]", "birds", "sing", "[SEP]"]
    assert visitor.head() == "L3 H7"


def test_a_long_text_survives_a_reload(arrive: Arrive):
    visitor = arrive().open()
    long = "the committee met again and again " * 300
    visitor.type("Text", long)
    assert len(visitor.address()) < 200
    assert "The first 510 of 1,800 tokens are shown: the model reads 512." in visitor.text()
    visitor.page.reload()
    assert visitor.settled().page.get_by_label("Text", exact=True).input_value() == long


def test_512_tokens_leave_out_labels_and_bring_them_back_on_zoom(arrive: Arrive):
    visitor = arrive().open()
    visitor.type("Text", "one two three four five six seven eight nine ten " * 60)
    assert 15 < len(visitor.column_labels()) < 60, "as many as can be read"
    plot = visitor.page.locator(".plot .nsewdrag").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    mouse = visitor.page.mouse
    mouse.move(box["x"] + 100, box["y"] + 100)
    mouse.down()
    mouse.move(box["x"] + 112, box["y"] + 112, steps=6)
    mouse.up()
    visitor.settled()
    labels = visitor.column_labels()
    assert 8 <= len(labels) <= 40
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    start = words.index(labels[0])
    assert labels == [words[(start + step) % 10] for step in range(len(labels))], "each neighbour has its label now"


ODD = {
    "<script>alert(1)</script>": ["<", "script", ">", "alert", "(", "1", ")", "<", "/", "script", ">"],
    "<b>x</b> &lt; $x^2$": ["<", "b", ">", "x", "<", "/", "b", ">", "&", "lt", ";", "$", "x", "^", "2", "$"],
    "مرحبا": ["م", "##ر", "##ح", "##ب", "##ا"],
    "我学": ["我", "学"],
    "👍🏽👩‍👩‍👧": ["[UNK]"],
    "a\ud83db": ["ab"],
    "[MASK] [SEP] <s>": ["[MASK]", "[SEP]", "<", "s", ">"],
}


def test_odd_texts_look_like_what_was_typed(arrive: Arrive):
    visitor = arrive().open()
    for text, labels in ODD.items():
        visitor.type("Text", text)
        assert visitor.column_labels() == ["[CLS]", *labels, "[SEP]"], ascii(text)
        assert visitor.page.locator("[data-testid=stMain] b, [data-testid=stMain] script").count() == 0, ascii(text)


def test_nothing_to_read_is_said_and_the_boxes_stay(arrive: Arrive):
    visitor = arrive().open()
    for text in ("", "   ", "\x01\x02"):
        visitor.type("Text", text)
        assert visitor.page.get_by_role("alert").count() == 1, ascii(text)
        assert visitor.page.locator(".map").count() == 0, ascii(text)
        visitor.type("Text", "Birds sing")
        assert visitor.column_labels() == ["[CLS]", "birds", "sing", "[SEP]"], ascii(text)
        assert visitor.page.get_by_role("alert").count() == 0, ascii(text)


def test_what_a_link_quotes_is_shown_as_text(arrive: Arrive):
    visitor = arrive().open("/?layer=%3Cimg%20src=x%3E**b**&head=99")
    alert = visitor.page.get_by_role("alert")
    assert "The link asks for layer “<img src=x>**b**”" in alert.inner_text()
    assert "head 1 is shown" in alert.inner_text()
    assert alert.locator("img, strong").count() == 0


def test_files_are_what_is_on_screen(arrive: Arrive, pronoun):
    visitor = arrive().open("/?layer=2&head=5")
    with visitor.page.expect_download() as waiting:
        visitor.page.get_by_role("button", name="This map as CSV").click()
    assert waiting.value.suggested_filename == "all-MiniLM-L6-v2_L2_H5_tokens.csv"
    table = pd.read_csv(waiting.value.path(), index_col=0)
    np.testing.assert_array_equal(table.to_numpy(dtype=np.float32), pronoun.attention(2, 5))
    with visitor.page.expect_download() as waiting:
        visitor.page.get_by_role("button", name="All 72 maps as NPZ").click()
    with np.load(io.BytesIO(waiting.value.path().read_bytes()), allow_pickle=False) as archive:
        np.testing.assert_array_equal(archive["attention"][2], pronoun.attention(2))
        assert json.loads(str(archive["about"]))["model"]["name"] == "all-MiniLM-L6-v2"


def test_two_visitors_at_once_see_their_own_texts(arrive: Arrive):
    one, other = arrive(), arrive()
    one.open("/?text=Birds+sing")
    other.open("/?text=Fish+swim")
    for round_ in range(3):
        one.page.get_by_label("Text", exact=True).fill(f"Birds {round_}")
        other.page.get_by_label("Text", exact=True).fill(f"Fish {round_}")
        one.page.keyboard.press("Control+Enter")
        other.page.keyboard.press("Control+Enter")
        assert one.settled().column_labels()[1:3] == ["birds", str(round_)]
        assert other.settled().column_labels()[1:3] == ["fish", str(round_)]


def test_the_picture_follows_the_theme(arrive: Arrive):
    visitor = arrive(theme="light").open("/?text=Birds+sing&head=3")
    picture = visitor.with_map().page.locator(".plot .main-svg").first
    expect(picture).to_have_css("background-color", "rgb(255, 255, 255)")
    visitor.page.emulate_media(color_scheme="dark")
    expect(picture).to_have_css("background-color", "rgb(18, 21, 29)")
    assert visitor.settled().head() == "L3 H3", "and nothing else changes"
    assert visitor.column_labels() == ["[CLS]", "birds", "sing", "[SEP]"]


def test_choices_by_keyboard_alone(arrive: Arrive):
    visitor = arrive().open()
    visitor.page.get_by_test_id("stPopover").get_by_role("button", name="Colours").focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_role("radio", name="Tokens").focus()
    visitor.page.keyboard.press("ArrowRight")
    words = visitor.settled().page.get_by_role("radio", name="Words")
    if words.get_attribute("aria-checked") != "true":  # Some versions choose on Space.
        visitor.page.keyboard.press("Space")
    visitor.settled().page.keyboard.press("Escape")
    assert visitor.settled().picked("Rows and columns") == "Words"
    assert visitor.address() == "/?unit=words"


def test_a_narrow_window_scrolls_in_one_direction(arrive: Arrive):
    visitor = arrive(390, 844, "light").open("/limits")
    overflow = """() => [...document.querySelectorAll('[data-testid=stMain] *')].filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && box.right > window.innerWidth + 1;
    }).map((element) => element.className)"""
    for address, theme in (("/limits", "dark"), ("/", "light"), ("/?text=" + "long+words+here+" * 120, "dark")):
        assert visitor.go(address).page.evaluate(overflow) == [], address
        assert visitor.look(390, 844, theme).page.evaluate(overflow) == [], address
