"""Two heads side by side in a real browser: the three ways to compare, by mouse and by keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from playwright.sync_api import expect

import attention_viz as av
from attention_viz.ui.compare.comparisons import FRESH, THIRSTY
from tests.browser.conftest import Arrive
from tests.browser.server import Server, Visitor
from tests.models.tiny import load


def shown(visitor: Visitor) -> np.ndarray:
    """[side, row, column] as the browser has it, NaN where a side has nothing to see."""
    script = """() => {
      const { header, payload } = window.attentionViz.get("compare");
      return { shape: [2, header.queries, header.keys], numbers: Array.from(new Uint16Array(payload.buffer)) };
    }"""
    found = visitor.page.evaluate(script)
    words = np.array(found["numbers"], dtype=np.float64).reshape(found["shape"])
    return np.where(words == 0, np.nan, ((words - 1) / 65534) ** 2)


def says(visitor: Visitor) -> str:
    return visitor.page.locator(".panel.a").locator("xpath=ancestor::div[1]/following-sibling::p").first.inner_text()


def test_two_heads_on_one_text(arrive: Arrive, pronoun):
    visitor = arrive().open("/compare?key=2")
    a, b = shown(visitor)
    np.testing.assert_allclose(a, pronoun.attention(3, 1), atol=2e-5)
    np.testing.assert_allclose(b, pronoun.attention(5, 11), atol=2e-5)
    assert all(number in says(visitor) for number in ("it", "cat", "A 0.591", "B 0.645", "+0.054"))
    comparison = av.compare(pronoun.head(3, 1), pronoun.head(5, 11))
    assert f"{comparison.number('divergence'):.3f} nats" in visitor.text()
    assert "the most alike heads are" in visitor.text()
    assert "From 0 to 0.693" in visitor.text()


def test_pointing_at_one_side_is_told_of_both(arrive: Arrive, pronoun):
    """The same cell of all three, with the numbers of the Trace."""
    visitor = arrive().open("/compare?token=")
    readout = visitor.page.locator(".panel.a").locator("xpath=ancestor::div[1]/following-sibling::p").first
    told = set()
    for panel in ("a", "b", "difference"):
        canvas = visitor.page.locator(f".panel.{panel} canvas.over")
        box = canvas.bounding_box()
        assert box is not None
        canvas.hover(position={"x": box["width"] * 0.7, "y": box["height"] * 0.7})
        expect(readout).to_contain_text("looks at")
        told.add(says(visitor))
        visitor.page.mouse.move(0, 0)
        expect(readout).not_to_contain_text("looks at")
    assert len(told) == 1
    found = re.fullmatch(
        r"“(.+)” looks at “(.+)”: A (.+) · B (.+) · B − A (.+)", re.sub("[\u2066-\u2069]", "", told.pop())
    )
    assert found is not None
    query, key, *numbers = found.groups()
    names = np.array([token.text for token in pronoun.tokens])
    a, b = (pronoun.attention(*head)[names == query][:, names == key].ravel() for head in ((3, 1), (5, 11)))
    shown_numbers = [float(number.replace("≈ 0", "0").replace("−", "-")) for number in numbers]
    # Half a digit of what is shown; a word that stands twice has several cells.
    assert (np.abs(np.stack([a, b, b - a]) - np.array(shown_numbers)[:, None]).max(axis=0) < 6e-4).any()


def test_a_click_holds_and_keys_walk(arrive: Arrive):
    visitor = arrive().open("/compare?token=")
    stage = visitor.page.locator(".panel.a").locator("xpath=..")
    stage.focus()
    visitor.page.keyboard.press("ArrowDown")
    visitor.page.keyboard.press("ArrowRight")
    visitor.at("/compare?token=0&key=1").settled()
    visitor.page.keyboard.press("Escape")
    visitor.at("/compare?token=")


def test_one_head_on_two_texts(arrive: Arrive, minilm):
    visitor = arrive().open("/compare")
    visitor.page.get_by_role("button", name="One head, two texts").click()
    visitor.settled()
    assert "Only A has “thirsty”: left out of the difference." in visitor.text()
    assert "Only B has “fresh”: left out of the difference." in visitor.text()
    a, b = shown(visitor)
    words = av.group_words(av.trace(minilm, THIRSTY).tokens, (THIRSTY,))
    expected = av.merge_words(av.trace(minilm, THIRSTY).attention(3, 1), words, words)
    rows = np.isfinite(a).any(axis=1)
    np.testing.assert_allclose(a[rows][:, rows], expected, atol=2e-5)
    np.testing.assert_allclose(np.nansum(a[rows], axis=1), 1, atol=1e-3)
    np.testing.assert_allclose(np.nansum(b[np.isfinite(b).any(axis=1)], axis=1), 1, atol=1e-3)
    assert len(a) == len(words) + 1, "what only one side has stands there once for each"
    assert visitor.page.get_by_label("Text of B", exact=True).input_value() == FRESH
    address = visitor.address()
    again = arrive().open(address)
    np.testing.assert_allclose(np.nan_to_num(shown(again)), np.nan_to_num(shown(visitor)))


def test_two_models_with_other_tokens(arrive: Arrive, place: Server, root: Path, minilm):
    text = "the cat didn't sit"
    visitor = arrive(to=place).open(f"/compare?text={text}&token=&b_model=folder:roberta&b_layer=1&b_head=2")
    assert "The text is cut into different tokens in A and in B" in visitor.text()
    a, b = shown(visitor)
    ours = av.compare(av.trace(minilm, text).head(3, 1), av.trace(load(root / "roberta"), text).head(1, 2))
    rows = [np.isfinite(side).any(axis=1) for side in (a, b)]
    np.testing.assert_allclose(np.nansum(a[rows[0]], axis=1), 1, atol=1e-3)
    np.testing.assert_allclose(np.nansum(b[rows[1]], axis=1), 1, atol=1e-3)
    assert f"{ours.number('divergence'):.3f} nats" in visitor.text()
    assert "[CLS] of A stands beside <s> of B." in visitor.text()


def test_both_sides_at_once(arrive: Arrive):
    visitor = arrive().open("/compare")
    visitor.page.get_by_role("button", name="Swap A and B").click()
    visitor.settled()
    assert {"layer=5", "head=11", "b_layer=3", "b_head=1"} <= set(visitor.address().split("?")[1].split("&"))
    visitor.page.get_by_role("button", name="Next head on both").click()
    visitor.settled()
    assert {"layer=0", "head=0", "b_layer=3", "b_head=2"} <= set(visitor.address().split("?")[1].split("&"))
    visitor.page.get_by_role("button", name="Copy A to B").click()
    visitor.settled()
    assert "A and B are the same head: the difference is 0 everywhere." in visitor.text()
    assert "0.000 nats" in visitor.text()
    visitor.page.go_back()
    visitor.settled()
    assert "b_layer=3" in visitor.address()


def test_a_row_of_the_table_is_held_on_the_maps(arrive: Arrive, pronoun):
    visitor = arrive().open("/compare?token=")
    table = visitor.page.get_by_test_id("stDataFrame").last
    table.scroll_into_view_if_needed()
    pair = av.compare(pronoun.head(3, 1), pronoun.head(5, 11)).most_different[0]
    table.click(position={"x": 20, "y": 52})
    visitor.at(f"/compare?token={pair.row}&key={pair.column}")


def test_heads_like_a_and_all_heads_can_be_put_into_b(arrive: Arrive, pronoun):
    visitor = arrive().open("/compare")
    divergence = av.to_all(pronoun.head(3, 1), pronoun)
    divergence[3, 1] = np.inf
    layer, head = np.unravel_index(int(divergence.argmin()), divergence.shape)
    visitor.page.get_by_role("button", name=f"L{layer} H{head}").first.click()
    visitor.settled()
    assert f"b_layer={layer}" in visitor.address()
    visitor.page.locator(".frame").focus()
    visitor.page.keyboard.press("Home")
    visitor.carries(b_head="0")
    visitor.settled()
    visitor.page.locator(".part").select_option("layer")
    visitor.drawn()
    visitor.page.locator(".frame .base").click(position={"x": 200, "y": 60})
    visitor.settled()
    assert f"b_layer={layer}" in visitor.address()
    assert "b_head=0" not in visitor.address()


def test_links_and_a_narrow_window(arrive: Arrive):
    visitor = arrive(width=390, height=844).open("/compare")
    tops = [visitor.page.locator(f".panel.{panel}").bounding_box() for panel in ("a", "b", "difference")]
    assert [box["y"] for box in tops if box] == sorted({box["y"] for box in tops if box}), "one below the other"
    visitor.page.get_by_role("radio", name="Links").click()
    visitor.settled()
    assert "view=links" in visitor.address()


def test_a_head_of_explore_becomes_the_other_side(arrive: Arrive):
    visitor = arrive().open()
    visitor.page.locator(".frame .base").click(position=visitor.place_in_grid(2, 7), modifiers=["Shift"])
    visitor.settled()
    assert visitor.head() == "L3 H1", "what was there is not lost"
    assert "b_layer=2" in visitor.address()
    visitor.page.get_by_role("link", name="Compare L3 H1 with L2 H7").click()
    visitor.page.wait_for_selector(".panel.difference")
    visitor.settled()
    assert "L2 H7" in visitor.page.locator(".panel.b h4").inner_text()
    visitor.page.go_back()
    visitor.page.wait_for_selector(".text")
    assert visitor.settled().head() == "L3 H1"


def test_odd_sides(arrive: Arrive):
    visitor = arrive().open("/compare")
    for address, said in {
        "?b_layer=99": "Side B: The link asks for layer 99",
        "?b_text=%E4%B8%AD%E6%96%87&text=x": "A and B have no word in common",
        "?text=Hi": " nats",
        "?text=": "There is no text yet",
        "?head=mean": "A mean of heads can't be compared; L3 H0 is shown.",
        "?b_model=../../etc": "There is no model called",
    }.items():
        assert said not in visitor.text()
        assert said in visitor.go(f"/compare{address}").text(), address


def test_one_side_stays_when_the_other_fails(arrive: Arrive, place: Server):
    visitor = arrive(to=place).open("/compare?b_model=folder:roberta&b_text=+")
    assert visitor.page.locator(".js-plotly-plot").count() == 1
    assert "L3 H1 of all-MiniLM-L6-v2" in visitor.text()


def test_512_tokens_on_both_sides(arrive: Arrive):
    visitor = arrive().open("/compare")
    box = visitor.page.get_by_label("Text of A", exact=True)
    box.fill("one two three four five six seven eight nine ten " * 60)
    box.press("Control+Enter")
    visitor.page.wait_for_function("window.attentionViz.get('compare')?.header.queries === 512", timeout=60_000)
    visitor.settled()
    assert "How different are they?" in visitor.text()
