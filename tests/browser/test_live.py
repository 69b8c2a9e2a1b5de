"""The live views in a real browser: grid, links and text, by mouse and by keyboard, and what they have in common."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from playwright.sync_api import Position, expect

import attention_viz as av
from attention_viz.ui.state.examples import EXAMPLES
from tests.browser.conftest import Arrive
from tests.browser.server import Visitor

ROW = 20


def links_place(visitor: Visitor, side: str, token: int) -> Position:
    width = visitor.page.locator(".view").evaluate("(canvas) => canvas.clientWidth")
    return {"x": 20 if side == "query" else width - 60, "y": (token + 0.5) * ROW}


def point_at(visitor: Visitor, side: str, token: int) -> None:
    visitor.page.locator(".view").hover(position=links_place(visitor, side, token))
    visitor.drawn()


def click_on(visitor: Visitor, side: str, token: int) -> None:
    visitor.page.locator(".view").click(position=links_place(visitor, side, token))
    visitor.settled()


def options(visitor: Visitor) -> Visitor:
    """Opens the rarely used controls of the links."""
    visitor.page.get_by_role("button", name="Options").click()
    return visitor.settled()


def links_drawn(visitor: Visitor) -> int:
    """How many links the picture has: each is a curve of what is saved."""
    with visitor.page.expect_download() as waiting:
        visitor.page.locator(".options .svg").click()
    root = ElementTree.fromstring(waiting.value.path().read_text(encoding="utf-8"))
    return sum("C" in path.get("d", "") for path in root.iter("{http://www.w3.org/2000/svg}path"))


def covering(row: np.ndarray, percent: int) -> int:
    """How many of the strongest weights it takes to cover a share of a row."""
    shares = np.cumsum(np.sort(row)[::-1]) / row.sum()
    return int(np.searchsorted(shares, percent / 100)) + 1


def ticked(visitor: Visitor) -> list[str]:
    return visitor.page.get_by_role("group", name="Heads to draw").locator("[aria-pressed=true]").all_inner_texts()


def links_say(visitor: Visitor) -> str:
    return visitor.page.locator(".stage ~ .readout").inner_text()


def grid_says(visitor: Visitor) -> str:
    return visitor.page.locator(".legend ~ .readout").inner_text()


def painted(visitor: Visitor) -> str:
    return visitor.page.locator(".directions ~ .readout").inner_text()


def bus(visitor: Visitor, expression: str):
    return visitor.page.evaluate(f"(() => {{ const bus = window.attentionViz; return {expression}; }})()")


class TestGrid:
    def test_a_click_chooses_a_head_everywhere(self, arrive: Arrive):
        visitor = arrive().open()
        visitor.choose(0, 2)
        assert visitor.head() == "L0 H2"
        assert visitor.address() == "/?layer=0&head=2"
        assert grid_says(visitor).startswith("L0 H2 · Entropy < 0.01 nats")
        assert "L0 H2: 10 “it” looks at because 1.00" in links_say(visitor)
        assert "because 1.00" in painted(visitor)

    def test_pointing_names_a_head_with_its_measures(self, arrive: Arrive, pronoun):
        visitor = arrive().open()
        visitor.page.locator(".frame .base").hover(position=visitor.place_in_grid(5, 11))
        says = grid_says(visitor)
        assert says.startswith("L5 H11 · ")
        for measure in av.MEASURES:
            value = measure.scores(pronoun).values[5, 11]
            assert f"{measure.label} {value:.2f}" in says or f"{measure.label} {value:.1f}" in says or value < 0.005
        assert visitor.head() == "L3 H1"

    def test_arrow_keys_walk_and_the_server_follows(self, arrive: Arrive):
        visitor = arrive().open()
        visitor.page.locator(".frame").focus()
        for key in ("ArrowRight", "ArrowRight", "ArrowDown", "End", "ArrowUp", "Home", "ArrowRight"):
            visitor.page.keyboard.press(key)
        assert grid_says(visitor).startswith("L3 H1 ·")
        visitor.page.keyboard.press("ArrowDown")
        visitor.at("/?layer=4")
        assert visitor.settled().head() == "L4 H1"

    def test_means_stand_beside_the_heads(self, arrive: Arrive, pronoun):
        visitor = arrive().open()
        visitor.choose(3, 12)
        assert visitor.head() == "L3 mean"
        assert visitor.address() == "/?head=mean"
        row = pronoun.attention(3).mean(axis=0)[10]
        best = ", ".join(f"{pronoun.tokens[key].text} {row[key]:.2f}" for key in np.argsort(-row)[:4])
        assert links_say(visitor) == f"L3 mean: 10 “it” looks at {best}"
        visitor.choose(6, 12)
        assert visitor.head() == "the mean of all heads"
        assert visitor.address() == "/?layer=all&head=mean"
        exact = np.array(bus(visitor, "Array.from(new Uint16Array(bus.get('exact').payload.buffer))"))
        expected = np.mean([pronoun.attention(layer).mean(axis=0) for layer in range(6)], axis=0)
        np.testing.assert_allclose((exact.reshape(24, 24) / 65535) ** 2, expected, atol=2e-5)
        visitor.page.get_by_role("link", name="What attention can and cannot tell you").click()
        visitor.page.get_by_text("a mean of heads has no values of its own").wait_for()
        visitor.page.reload()
        visitor.settled().page.get_by_role("link", name="Back to the map").click()
        visitor.page.locator(".frame").wait_for()
        assert visitor.settled().head() == "the mean of all heads"

    def test_it_is_one_tab_stop(self, arrive: Arrive):
        visitor = arrive().open()
        visitor.page.get_by_label("Show").focus()
        for _ in range(2):
            visitor.page.keyboard.press("Tab")
        focused = "(root) => root.getRootNode().activeElement?.className"
        assert visitor.page.locator(".frame").evaluate(focused) == "frame"
        visitor.page.keyboard.press("Tab")
        assert visitor.page.locator(".frame").evaluate(focused) != "frame"

    def test_a_tint_ranks_the_heads(self, arrive: Arrive, pronoun):
        visitor = arrive().open()
        visitor.page.get_by_label("Show").select_option("previous_token")
        visitor.settled()
        assert visitor.address() == "/?show=previous_token"
        ranked = visitor.page.locator(".ranking button").all_inner_texts()
        scores = next(measure for measure in av.MEASURES if measure.key == "previous_token").scores(pronoun).values
        order = np.argsort(-scores, axis=None)[: len(ranked)]
        assert [re.split(r"\s+", text.strip()) for text in ranked] == [
            [f"L{at // 12}", f"H{at % 12}", f"{scores.flat[at]:.2f}"] for at in order
        ]
        visitor.page.locator(".ranking button").nth(1).click()
        assert visitor.settled().head() == f"L{order[1] // 12} H{order[1] % 12}"

    def test_a_held_pair_tints_every_head_by_its_weight(self, arrive: Arrive, pronoun):
        visitor = arrive().open()
        click_on(visitor, "key", 2)
        assert visitor.page.get_by_label("Show").input_value() == "pair"
        weights = np.array([[pronoun.attention(layer, head)[10, 2] for head in range(12)] for layer in range(6)])
        best = np.argsort(-weights, axis=None)[:3]
        ranked = visitor.page.locator(".ranking button").all_inner_texts()
        assert [re.split(r"\s+", text.strip()) for text in ranked[:3]] == [
            [f"L{at // 12}", f"H{at % 12}", f"{weights.flat[at]:.2f}"] for at in best
        ]
        assert "weight of “it” → “cat”" in visitor.page.locator(".what").inner_text()
        assert "key=2" in visitor.address()
        click_on(visitor, "key", 2)
        assert visitor.page.get_by_label("Show").input_value() == "maps"
        assert visitor.address() == "/"


class TestLinks:
    def test_numbers_are_the_traces(self, arrive: Arrive, pronoun):
        visitor = arrive().open()
        point_at(visitor, "query", 6)
        row = pronoun.attention(3, 1)[6]
        best = np.argsort(-row)[:4]
        expected = ", ".join(f"{pronoun.tokens[key].text} {row[key]:.2f}" for key in best)
        assert links_say(visitor) == f"L3 H1: 6 “cross” looks at {expected}"
        point_at(visitor, "key", 2)
        column = pronoun.attention(3, 1)[:, 2]
        best = np.argsort(-column)[:4]
        expected = ", ".join(f"{pronoun.tokens[query].text} {column[query]:.2f}" for query in best)
        assert links_say(visitor) == f"L3 H1: 2 “cat” is looked at by {expected}"

    def test_pointing_is_shared_with_the_text(self, arrive: Arrive):
        visitor = arrive().open()
        point_at(visitor, "query", 6)
        assert "street 0.61" in painted(visitor)
        visitor.page.locator(".text .token", has_text="tired").hover()
        visitor.drawn()
        assert "13 “tired” looks at" in links_say(visitor)

    def test_a_click_holds_and_escape_lets_go(self, arrive: Arrive):
        visitor = arrive().open()
        click_on(visitor, "query", 6)
        assert visitor.address() == "/?token=6"
        assert visitor.page.locator(".links h4").inner_text() == "“cross” looks at"
        visitor.page.locator(".stage .scroll").focus()
        visitor.page.mouse.move(5, 5)
        visitor.page.keyboard.press("Escape")
        visitor.at("/?token=")
        assert visitor.settled().page.locator(".links h4").inner_text() == "Strongest links, special tokens aside"
        assert "of the attention of the rows in view is not drawn" in visitor.page.locator(".note").inner_text()

    def test_arrow_keys_walk_and_change_the_side(self, arrive: Arrive):
        visitor = arrive().open()
        visitor.page.locator(".stage .scroll").focus()
        visitor.page.keyboard.press("ArrowDown")
        visitor.at("/?token=11")
        visitor.page.keyboard.press("ArrowRight")
        visitor.at("/?token=&key=11")
        assert "11 “was” is looked at by" in links_say(visitor.settled())
        visitor.page.keyboard.press("ArrowUp")
        visitor.page.keyboard.press("ArrowLeft")
        visitor.at("/")
        assert "10 “it” looks at" in links_say(visitor.settled())

    def test_heads_can_be_turned_on_and_off(self, arrive: Arrive):
        visitor = arrive().open()
        heads = visitor.page.get_by_role("group", name="Heads to draw")
        pressed = heads.locator("[aria-pressed=true]")
        assert pressed.all_inner_texts() == ["H1"]
        heads.get_by_role("button", name="H4", exact=True).click()
        visitor.drawn()
        assert pressed.all_inner_texts() == ["H1", "H4"]
        heads.get_by_role("button", name="H7", exact=True).dblclick()
        visitor.drawn()
        assert pressed.all_inner_texts() == ["H7"]
        # Drawn between press and release, as on a slow machine: the click is heard all the same.
        heads.get_by_role("button", name="H2", exact=True).hover()
        visitor.page.mouse.down()
        heads.get_by_role("button", name="H5", exact=True).evaluate("(button) => button.click()")
        visitor.drawn()
        visitor.page.mouse.up()
        visitor.drawn()
        assert pressed.all_inner_texts() == ["H2", "H5", "H7"]
        options(visitor).page.get_by_role("button", name="All heads").click()
        visitor.drawn()
        assert pressed.count() == 12
        visitor.settled().page.get_by_role("button", name="Only H7").click()
        visitor.settled()
        assert pressed.all_inner_texts() == ["H7"]
        assert visitor.head() == "L3 H7", "chosen by a double click, on the whole page"
        heads.get_by_role("button", name="H7", exact=True).click()
        visitor.drawn()
        assert pressed.all_inner_texts() == ["H7"], "one is always drawn"
        heads.get_by_role("button", name="H2", exact=True).click()
        heads.get_by_role("button", name="H7", exact=True).click()
        visitor.settled()
        assert (visitor.head(), ticked(visitor)) == ("L3 H2", ["H2"]), "the next one takes its place"

    def test_heads_beside_the_chosen_one_stay_when_another_is_chosen(self, arrive: Arrive):
        visitor = arrive().open()
        heads = visitor.page.get_by_role("group", name="Heads to draw")
        for name in ("H4", "H7"):
            heads.get_by_role("button", name=name, exact=True).click()
        visitor.page.wait_for_url("**/?with=4.7")
        visitor.choose(2, 5)
        assert ticked(visitor) == ["H4", "H5", "H7"]
        assert visitor.address() == "/?layer=2&head=5&with=4.7"
        visitor.choose(2, 4)
        assert ticked(visitor) == ["H4", "H7"]
        visitor.page.go_back()
        assert ticked(visitor.settled()) == ["H4", "H5", "H7"]

    def test_the_mean_of_chosen_heads(self, arrive: Arrive, pronoun):
        """Said with numbers when a token is held, and shown everywhere when asked for."""
        visitor = arrive().open()
        heads = visitor.page.get_by_role("group", name="Heads to draw")
        mean = options(visitor).page.get_by_role("button", name="Mean of these")
        assert mean.is_disabled()
        for name in ("H4", "H7"):
            heads.get_by_role("button", name=name, exact=True).click()
        visitor.drawn()
        row = pronoun.attention(3)[[1, 4, 7], 10].mean(axis=0)
        best = ", ".join(f"{pronoun.tokens[key].text} {row[key]:.2f}" for key in np.argsort(-row)[:4])
        assert links_say(visitor) == f"The mean of H1, H4, H7 in L3: 10 “it” looks at {best}"
        mean.click()
        visitor.settled()
        assert visitor.address() == "/?head=mean&among=1.4.7&with=4.7"
        assert visitor.head() == "L3 mean of H1, H4, H7"
        assert ticked(visitor) == ["H1", "H4", "H7"]
        assert links_say(visitor) == f"L3 mean of H1, H4, H7: 10 “it” looks at {best}"
        assert f"{row.max():.2f}" in painted(visitor)
        visitor.page.reload()
        assert visitor.settled().head() == "L3 mean of H1, H4, H7"
        heads.get_by_role("button", name="H4", exact=True).click()
        assert visitor.settled().head() == "L3 mean of H1, H7", "of a mean, a part of it"
        options(visitor).page.get_by_role("button", name="Mean of these").click()
        assert (visitor.settled().head(), ticked(visitor)) == ("L3 H1", ["H1", "H7"])
        visitor.choose(3, 12)
        assert (visitor.head(), len(ticked(visitor))) == ("L3 mean", 12)
        visitor.choose(6, 12)
        assert not heads.is_visible(), "the mean of all layers has no heads of its own"

    def test_every_control_by_keyboard(self, arrive: Arrive):
        visitor = arrive(theme="dark").open("/?token=")
        page = visitor.page
        heads = page.get_by_role("group", name="Heads to draw")
        heads.get_by_role("button", name="H4", exact=True).focus()
        page.keyboard.press("Enter")
        visitor.drawn()
        assert heads.locator("[aria-pressed=true]").all_inner_texts() == ["H1", "H4"]
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        visitor.drawn()
        assert heads.locator("[aria-pressed=true]").all_inner_texts() == ["H1", "H4", "H5"], "the focus stayed"
        page.get_by_role("button", name="Options").focus()
        page.keyboard.press("Enter")
        visitor.settled()
        page.keyboard.press("Tab")
        assert page.locator(".sets .all").evaluate("(button) => button.matches(':focus')"), "the options come next"
        page.locator(".cover").focus()
        page.keyboard.press("ArrowRight")
        visitor.drawn()
        assert page.locator(".coverNow").inner_text() == "65 %"
        page.keyboard.press("Tab")
        page.keyboard.type("0.2")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        visitor.drawn()
        assert "Special tokens are left out" in page.locator(".note").inner_text()
        page.locator(".options .paper").focus()
        page.keyboard.press("Space")
        assert page.locator(".options .paper").is_checked()
        page.locator(".options .svg").focus()
        with page.expect_download() as waiting:
            page.keyboard.press("Enter")
        assert waiting.value.suggested_filename.endswith(".svg")
        page.get_by_role("button", name="Examples").focus()
        page.keyboard.press("Enter")
        page.get_by_text("Repeated words", exact=True).wait_for()
        page.keyboard.press("Escape")
        expect(page.get_by_text("Repeated words", exact=True)).to_be_hidden()

    def test_a_ranked_head_by_keyboard(self, arrive: Arrive):
        visitor = arrive().open("/?show=entropy")
        rows = visitor.page.locator(".ranking button")
        rows.nth(2).focus()
        name = rows.nth(2).locator("span").first.inner_text()
        visitor.page.keyboard.press("Enter")
        visitor.settled()
        assert visitor.head() == name
        assert rows.nth(2).evaluate("(row) => row.getRootNode().activeElement === row"), "the focus stayed"

    def test_what_is_not_drawn_is_stated(self, arrive: Arrive):
        visitor = arrive().open("/?token=")

        def missing() -> int:
            found = re.search(r"(\d+) % of the attention", visitor.page.locator(".note").inner_text())
            assert found is not None
            return int(found[1])

        options(visitor)
        at_sixty = missing()
        assert 10 <= at_sixty <= 40
        visitor.page.locator(".cover").fill("100")
        visitor.drawn()
        assert missing() == 0
        visitor.page.locator(".least").fill("0.3")
        visitor.drawn()
        assert missing() > 0

    def test_special_tokens_can_be_hidden_and_that_is_said(self, arrive: Arrive):
        visitor = options(arrive().open())
        visitor.page.get_by_label("hide special tokens").check()
        visitor.drawn()
        assert "rows no longer add up to 1" in visitor.page.locator(".note").inner_text()
        visitor.page.get_by_label("make rows add up to 1 again").check()
        visitor.drawn()
        assert "made to add up to 1 again" in visitor.page.locator(".note").inner_text()

    def test_routes_between_two_texts(self, arrive: Arrive):
        visitor = options(arrive().open("/?text=Dogs+chase&second=Cats+run&token="))
        every = links_drawn(visitor)
        visitor.page.get_by_label("Texts").select_option("A → B")
        visitor.page.wait_for_url("**route=01**")
        assert 0 < links_drawn(visitor.settled()) < every
        single = options(arrive().open("/?route=01&token="))
        assert not single.page.locator(".pairs").is_visible()
        assert links_drawn(single) == links_drawn(options(arrive().open("/?token="))), "it makes no difference there"

    def test_findings_of_a_long_text_come_while_one_does_something_else(self, arrive: Arrive):
        visitor = arrive().open()
        visitor.type("Text", "one two three four five six seven eight nine ten " * 60)
        head = visitor.head()
        # The chips of the text before are gone with its run; those of this one come by themselves.
        expect(visitor.page.get_by_text("Looking for")).to_have_count(0)
        expect(visitor.page.get_by_role("button", name="differ most")).to_have_count(1)
        assert visitor.settled().head() == head
        visitor.page.get_by_role("button", name="special tokens").click()
        assert visitor.settled().head() != head
        visitor.page.go_back()
        assert visitor.settled().head() == head

    def test_long_texts_scroll_with_a_minimap(self, arrive: Arrive):
        visitor = arrive().open()
        visitor.type("Text", "one two three four five six seven eight nine ten " * 60)
        minimap = visitor.page.locator(".minimap")
        assert minimap.is_visible()
        minimap.click(position={"x": 5, "y": 240})
        visitor.drawn()
        top = visitor.page.locator(".stage .scroll").evaluate("(box) => box.scrollTop")
        assert top > 3000
        click_on(visitor, "query", 4)
        held = int(re.search(r"token=(\d+)", visitor.address())[1])  # type: ignore[index]  # no match fails the test
        assert abs(held - (top + 4.5 * ROW) / ROW) <= 1, "the box scrolls by parts of a pixel"


class TestSettings:
    """How links and grid are set is in the address, like what is selected."""

    def test_of_a_held_token_the_strongest_links_are_drawn(self, arrive: Arrive, pronoun):
        visitor = options(arrive().open())
        row = pronoun.attention(3, 1)[10]
        assert links_drawn(visitor) == covering(row, 60)
        drawn = round(100 * np.sort(row)[::-1][: covering(row, 60)].sum())
        note = visitor.page.locator(".note")
        assert f"The links drawn hold {drawn} % of what “\u2068it\u2069” gives" in note.inner_text()
        visitor.page.locator(".cover").fill("90")
        visitor.drawn()
        assert covering(row, 90) > covering(row, 60)
        assert links_drawn(visitor) == covering(row, 90)
        visitor.page.locator(".least").fill("0.05")
        visitor.drawn()
        assert links_drawn(visitor) == min(covering(row, 90), int((row >= 0.05).sum()))
        point_at(visitor, "key", 2)
        assert "of what “\u2068cat\u2069” gets; shading and numbers show all of it" in note.inner_text()

    def test_they_are_in_the_address_after_a_pause(self, arrive: Arrive):
        visitor = options(arrive().open())
        page = visitor.page
        for percent in ("70", "80", "90"):
            page.locator(".cover").fill(percent)
        visitor.drawn()
        assert page.locator(".coverNow").inner_text() == "90 %", "at once"
        page.wait_for_url("**/?cover=90")
        visitor.settled()
        page.locator(".least").fill("0.05")
        page.get_by_label("hide special tokens").check()
        page.get_by_label("make rows add up to 1 again").check()
        page.locator(".part").select_option("this layer")
        page.wait_for_url("**/?of=layer&cover=90&least=0.05&hide=1&again=1")

        def is_set(where: Visitor) -> bool:
            one = where.settled().page
            return (
                one.locator(".coverNow").text_content() == "90 %"
                and one.locator(".least").input_value() == "0.05"
                and one.locator(".hide").is_checked()
                and one.locator(".again").is_checked()
                and one.locator(".part").input_value() == "layer"
                and "made to add up to 1 again" in one.locator(".note").inner_text()
            )

        assert is_set(visitor)
        page.get_by_role("link", name="What attention can tell you").click()
        page.wait_for_url("**/limits**")
        visitor.settled().page.get_by_role("link", name="Explore", exact=True).click()
        page.wait_for_selector(".frame")
        assert is_set(visitor), "another page keeps them"
        assert page.locator(".options").is_visible(), "what was opened stays open in a visit"
        page.reload()
        assert is_set(visitor)
        assert not page.locator(".options").is_visible(), "which a reload ends"
        assert is_set(arrive().open(visitor.address())), "a link tells them"
        visitor.choose(2, 2)
        page.go_back()
        assert is_set(visitor)

    def test_back_takes_a_setting_back_and_forward_brings_it_again(self, arrive: Arrive):
        visitor = options(arrive().open())
        visitor.page.locator(".cover").fill("90")
        visitor.page.wait_for_url("**/?cover=90")
        visitor.settled().page.go_back()
        assert visitor.settled().page.locator(".coverNow").inner_text() == "60 %"
        visitor.page.go_forward()
        assert visitor.settled().page.locator(".coverNow").inner_text() == "90 %"

    def test_what_is_moved_meanwhile_stays(self, arrive: Arrive):
        visitor = options(arrive().open())
        visitor.page.locator(".cover").fill("80")
        visitor.page.locator(".frame .base").click(position=visitor.place_in_grid(2, 2))
        visitor.page.locator(".cover").fill("90")
        visitor.page.wait_for_url("**/?layer=2&head=2&cover=90")
        assert visitor.settled().page.locator(".coverNow").inner_text() == "90 %"
        assert visitor.head() == "L2 H2"

    def test_a_link_with_what_is_no_setting(self, arrive: Arrive):
        visitor = arrive().open("/?cover=7&least=nan&with=4.99&of=some&route=x&hide=maybe")
        text = visitor.text()
        for name in ("percentage of a row", "least weight", "head 99", "part of the heads", "between texts", "special"):
            assert (
                f"The link asks for the links of {name}" in text or f"The link asks for {name}" in text or name in text
            )
        assert ticked(visitor) == ["H1", "H4"]
        visitor.choose(2, 2)
        assert visitor.address() == "/?layer=2&head=2&with=4"

    def test_a_part_of_the_heads_fills_its_card(self, arrive: Arrive):
        visitor = arrive().open()
        page = visitor.page

        def picture() -> tuple[int, int, int]:
            size = "(canvas) => [canvas.clientWidth, canvas.clientHeight, canvas.closest('.scroll').clientWidth]"
            width, height, room = page.locator(".frame .base").evaluate(size)
            return width, height, room

        page.locator(".part").select_option("this layer")
        visitor.drawn()
        width, height, room = picture()
        assert height > 300
        assert 0.8 * room < width <= room
        assert page.locator(".legend ~ .readout").inner_text().startswith("L3 H1")
        page.locator(".frame .base").click(position={"x": width - 20, "y": 40})
        assert visitor.settled().head() == "L3 H3"
        visitor.go("/compare?of=layer")
        assert page.locator(".part").input_value() == "layer"

    def test_causal_maps_without_special_tokens(self, arrive: Arrive, tmp_path: Path):
        maps = np.array([[[[1, 0, 0], [0.3, 0.7, 0], [0.1, 0.8, 0.1]]]], dtype=np.float32)
        file = tmp_path / "causal.npz"
        av.save(file, av.from_arrays(maps, ["the", "cat", "sat"], visible=np.tri(3, dtype=bool)[None, None]))
        visitor = arrive().open("/models")
        visitor.page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(str(file))
        visitor.page.get_by_text("1 layer × 1 head, 3 × 3 tokens").wait_for()
        visitor.page.get_by_role("button", name="Use these maps").click()
        visitor.settled().page.get_by_role("link", name="Explore causal").click()
        visitor.page.wait_for_selector(".frame")
        options(visitor.settled())
        assert not visitor.page.locator(".hideLabel").is_visible()
        assert links_drawn(visitor) == 2, "none of the row that sees one key"
        first = visitor.page.locator(".links li").first.inner_text()
        assert re.split(r"\s+", first.strip()) == ["sat", "→", "cat", "0.80"]
        click_on(visitor, "key", 0)
        assert links_say(visitor) == "L0 H0: 0 “the” is looked at by cat 0.30, sat 0.10"
        assert links_drawn(visitor) == 1

    def test_links_of_a_looked_at_token_leave_out_the_numbers(self, arrive: Arrive):
        visitor = options(arrive().open("/?token=&key=2"))
        with visitor.page.expect_download() as waiting:
            visitor.page.locator(".options .svg").click()
        root = ElementTree.fromstring(waiting.value.path().read_text(encoding="utf-8"))
        number = next(one for one in root.iter("{http://www.w3.org/2000/svg}text") if one.text == "0.59")
        curves = [path.get("d", "") for path in root.iter("{http://www.w3.org/2000/svg}path")]
        starts = [float(re.findall(r"[\d.]+", curve)[0]) for curve in curves if "C" in curve]
        assert min(starts) > float(number.get("x", "")) + 25, "behind four figures of 12 px"


class TestText:
    def test_it_is_the_text_itself(self, arrive: Arrive):
        visitor = arrive().open()
        assert visitor.page.locator(".text").inner_text().replace("\n", " ").strip() == (
            "[CLS]The cat didn't cross the street because it was too tired, and the driver who saw it waited.[SEP]"
        )

    def test_both_directions(self, arrive: Arrive):
        visitor = arrive().open()
        assert "cat 0.59" in painted(visitor)
        visitor.page.get_by_label("what looks at it").check()
        visitor.settled()
        assert visitor.address() == "/?token=&key=10"
        assert "10 “it” is looked at by" in links_say(visitor)

    def test_by_keyboard(self, arrive: Arrive):
        visitor = arrive().open()
        visitor.page.locator(".text").focus()
        visitor.page.keyboard.press("ArrowRight")
        visitor.at("/?token=11")
        visitor.page.keyboard.press("Escape")
        visitor.at("/?token=")

    @pytest.mark.parametrize(("text", "direction"), [("שלום עולם", "rtl"), ("مرحبا بالعالم", "rtl"), ("我学", "ltr")])
    def test_scripts_run_their_own_way(self, arrive: Arrive, text, direction):
        visitor = arrive().open(f"/?text={text}")
        paragraph = visitor.page.locator(".text p")
        assert paragraph.evaluate("(p) => getComputedStyle(p).direction") == direction
        assert text in paragraph.inner_text().replace("[CLS]", "").replace("[SEP]", "")

    def test_words_are_pieces_of_their_own(self, arrive: Arrive):
        visitor = arrive().open("/?unit=words")
        assert visitor.page.locator(".text .token").all_inner_texts()[:5] == ["[CLS]", "The", "cat", "didn't", "cross"]


def test_the_browser_holds_the_traces_weights(arrive: Arrive, pronoun):
    """One byte a weight for drawing, and two for the numbers of the selected head."""
    visitor = arrive().open("/?layer=2&head=7")
    coarse = np.array(bus(visitor, "Array.from(bus.get('maps').payload)"), dtype=np.float64).reshape(6, 12, 24, 24)
    exact = bus(visitor, "Array.from(new Uint16Array(bus.get('exact').payload.buffer))")
    for layer in range(6):
        np.testing.assert_allclose(((coarse[layer] - 1) / 254) ** 2, pronoun.attention(layer), atol=0.004)
    np.testing.assert_allclose(
        ((np.array(exact).reshape(24, 24) - 1) / 65534) ** 2, pronoun.attention(2, 7), atol=2e-5, rtol=0
    )
    held = bus(visitor, "Array.from(new Uint16Array(bus.get('held').payload.buffer))")
    np.testing.assert_allclose(
        ((np.array(held).reshape(12, 24) - 1) / 65534) ** 2, pronoun.attention(2)[:, 10], atol=2e-5, rtol=0
    )


def test_above_128_tokens_only_the_layer_that_is_looked_at_is_sent(arrive: Arrive):
    visitor = arrive().open()
    visitor.type("Text", "one two three four five six seven eight nine ten " * 20)
    # Of a new text that is the layer of its best finding.
    layer = int(re.findall(r"\d+", visitor.head())[0])
    assert bus(visitor, "bus.get('maps').header.layers") == [layer]
    visitor.choose(1, 4)
    assert bus(visitor, "bus.get('maps').header.layers") == [1]
    assert bus(visitor, "bus.get('maps').payload.length") == 12 * 202 * 202


def test_another_text_leaves_nothing_of_the_old_one(arrive: Arrive):
    visitor = arrive().open()
    visitor.type("Text", "Birds sing")
    assert re.search(r"[12] “(birds|sing)” looks at", links_say(visitor)), "it holds its own best finding"
    assert visitor.address() == "/?text=Birds+sing"
    visitor.page.locator(".text").press("Escape")
    visitor.page.wait_for_url(re.compile(r"token=$"))
    assert links_say(visitor.settled()) == ""
    click_on(visitor, "query", 1)
    assert "1 “birds” looks at" in links_say(visitor)
    assert visitor.page.locator(".text").inner_text().strip() == "[CLS]Birds sing[SEP]"


def test_a_late_answer_to_an_earlier_click_brings_nothing_back(arrive: Arrive):
    visitor = arrive().open()
    # A slow line: the server's answers are kept until all clicks are made.
    visitor.page.evaluate("""() => {
      const bus = window.attentionViz;
      const accept = bus.accept;
      const [answers, heads] = [[], []];
      bus.subscribe(() => heads.at(-1) === bus.shown.head || heads.push(bus.shown.head));
      bus.accept = (answer) => answers.push(answer);
      window.slow = { answers, heads, arrive: () => { bus.accept = accept; answers.forEach(accept); } };
    }""")
    for number, head in enumerate((2, 5, 7), start=1):
        visitor.page.locator(".frame .base").click(position=visitor.place_in_grid(3, head))
        visitor.page.wait_for_function(f"window.slow.answers.some(({{ answers }}) => answers === {number})")
    visitor.settled().page.evaluate("window.slow.arrive()")
    assert visitor.page.evaluate("window.slow.heads") == [2, 5, 7]
    assert visitor.head() == "L3 H7"
    visitor.page.go_back()
    assert visitor.settled().head() == "L3 H5"
    assert bus(visitor, "bus.shown.head") == 5, "Back is no choice, and counts"


def test_views_that_left_keep_nothing(arrive: Arrive):
    visitor = arrive().open()
    assert visitor.page.evaluate("window.attentionVizPages.size") == 1
    visitor.page.get_by_role("link", name="What attention can tell you").click()
    visitor.page.get_by_text("On your text").wait_for()
    visitor.settled()
    assert visitor.page.evaluate("window.attentionVizPages.size") == 0
    visitor.page.get_by_role("link", name="Explore", exact=True).click()
    visitor.page.wait_for_selector(".frame")
    assert visitor.settled().head() == "L3 H1"
    visitor.choose(0, 2)
    assert (visitor.head(), bus(visitor, "bus.shown.head")) == ("L0 H2", 2)


@pytest.mark.parametrize("view", [".body ~ .save", ".options .save"])
@pytest.mark.parametrize("paper", [False, True])
def test_pictures_leave_as_svg_and_png(arrive: Arrive, view, paper):
    visitor = options(arrive(theme="dark").open())
    if paper:
        visitor.page.locator(f"{view} .paper").check()
    with visitor.page.expect_download() as waiting:
        visitor.page.locator(f"{view} .svg").click()
    assert waiting.value.suggested_filename.startswith("attention_")
    svg = waiting.value.path().read_text(encoding="utf-8")
    root = ElementTree.fromstring(svg)
    background = root[0].get("fill")
    assert background == ("#ffffff" if paper else "#12151d")
    texts = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"L0", "H11", "mean"} <= set(texts) if "body" in view else {"0.14", "0.03", "0.59"} <= set(texts)
    caption = " ".join(texts)
    assert "of all-MiniLM-L6-v2, between tokens of “The cat didn't" in caption
    assert "square-root colours" in caption
    with visitor.page.expect_download() as waiting:
        visitor.page.locator(f"{view} .png").click()
    assert waiting.value.path().read_bytes().startswith(b"\x89PNG")


def test_colours_for_print_are_offered_where_they_differ(arrive: Arrive):
    visitor = options(arrive(theme="dark").open())
    assert [one.is_visible() for one in visitor.page.locator(".save .paper").all()] == [True] * 3
    visitor.look(1440, 900, "light")
    assert [one.is_visible() for one in visitor.page.locator(".save .paper").all()] == [False] * 3
    visitor.go("/compare")
    assert [one.is_visible() for one in visitor.page.locator(".save .paper").all()] == [False, False]


def test_hostile_tokens_stay_text_in_a_saved_picture(arrive: Arrive):
    visitor = options(arrive().open("/?text=%3Cscript%3E%26%22%3C%2Fscript%3E&token="))
    with visitor.page.expect_download() as waiting:
        visitor.page.locator(".options .svg").click()
    root = ElementTree.fromstring(waiting.value.path().read_text(encoding="utf-8"))
    assert {element.tag.split("}")[1] for element in root.iter()} == {"svg", "rect", "path", "text"}
    assert "<" in {element.text for element in root.iter()}


@pytest.mark.parametrize("name", ["Question and answer", "Repeated words", "Another script"])
def test_examples_are_one_click_away(arrive: Arrive, name):
    visitor = arrive().open()
    visitor.page.get_by_role("button", name="Examples").click()
    visitor.page.get_by_role("menuitem", name=name).or_(visitor.page.get_by_role("option", name=name)).click()
    visitor.settled()
    example = next(example for example in EXAMPLES if example.name == name)
    assert visitor.page.get_by_label("Text", exact=True).input_value() == example.text
    assert visitor.head() == example.place.name
    assert example.hint in visitor.text()
    assert f"{example.looks_at[1]:.2f}" in links_say(visitor)
    visitor.page.go_back()
    assert visitor.settled().head() == "L3 H1"
