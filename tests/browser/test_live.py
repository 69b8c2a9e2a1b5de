"""The live views in a real browser: grid, links and text, by mouse and by keyboard, and what they have in common."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from playwright.sync_api import Position

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


def links_say(visitor: Visitor) -> str:
    return visitor.page.locator(".stage ~ .readout").inner_text()


def grid_says(visitor: Visitor) -> str:
    return visitor.page.locator(".legend ~ .readout").inner_text()


def painted(visitor: Visitor) -> str:
    return visitor.page.locator(".text ~ .readout").inner_text()


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
        import attention_viz as av

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
        import attention_viz as av

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
        heads.get_by_role("button", name="All").click()
        visitor.drawn()
        assert pressed.count() == 12
        heads.get_by_role("button", name="None").click()
        visitor.drawn()
        assert pressed.count() == 0
        assert "No head is on." in visitor.page.locator(".note").inner_text()
        visitor.choose(2, 5)
        assert pressed.all_inner_texts() == ["H5"], "another head of the grid is drawn alone"

    def test_the_mean_of_chosen_heads(self, arrive: Arrive, pronoun):
        """Said with numbers when a token is held, and shown everywhere when asked for."""
        visitor = arrive().open()
        heads = visitor.page.get_by_role("group", name="Heads to draw")
        assert heads.get_by_role("button", name="Mean of these").is_disabled()
        for name in ("H4", "H7"):
            heads.get_by_role("button", name=name, exact=True).click()
        visitor.drawn()
        row = pronoun.attention(3)[[1, 4, 7], 10].mean(axis=0)
        best = ", ".join(f"{pronoun.tokens[key].text} {row[key]:.2f}" for key in np.argsort(-row)[:4])
        assert links_say(visitor) == f"The mean of H1, H4, H7 in L3: 10 “it” looks at {best}"
        heads.get_by_role("button", name="Mean of these").click()
        visitor.settled()
        assert visitor.address() == "/?head=mean&among=1.4.7"
        assert visitor.head() == "L3 mean of H1, H4, H7"
        assert links_say(visitor) == f"L3 mean of H1, H4, H7: 10 “it” looks at {best}"
        assert f"{row.max():.2f}" in painted(visitor)
        visitor.page.reload()
        assert visitor.settled().head() == "L3 mean of H1, H4, H7"
        visitor.choose(3, 12)
        assert visitor.head() == "L3 mean"

    def test_every_control_by_keyboard(self, arrive: Arrive):
        visitor = arrive().open("/?token=")
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
        page.locator(".stage ~ .save .paper").focus()
        page.keyboard.press("Space")
        assert page.locator(".stage ~ .save .paper").is_checked()
        page.locator(".stage ~ .save .svg").focus()
        with page.expect_download() as waiting:
            page.keyboard.press("Enter")
        assert waiting.value.suggested_filename.endswith(".svg")
        page.get_by_role("radio", name="Repeated words").focus()
        page.keyboard.press("Enter")
        visitor.settled()
        assert "Repeated" not in visitor.address()
        assert page.get_by_label("Text", exact=True).input_value() == next(
            example.text for example in EXAMPLES if example.name == "Repeated words"
        )

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

        at_sixty = missing()
        assert 10 <= at_sixty <= 40
        visitor.page.locator(".cover").fill("100")
        visitor.drawn()
        assert missing() == 0
        visitor.page.locator(".least").fill("0.3")
        visitor.drawn()
        assert missing() > 0

    def test_special_tokens_can_be_hidden_and_that_is_said(self, arrive: Arrive):
        visitor = arrive().open()
        visitor.page.get_by_label("hide special tokens").check()
        visitor.drawn()
        assert "rows no longer add up to 1" in visitor.page.locator(".note").inner_text()
        visitor.page.get_by_label("make rows add up to 1 again").check()
        visitor.drawn()
        assert "made to add up to 1 again" in visitor.page.locator(".note").inner_text()

    def test_routes_between_two_texts(self, arrive: Arrive):
        visitor = arrive().open("/?text=Dogs+chase&second=Cats+run")
        assert visitor.page.get_by_label("Texts").is_visible()
        visitor.page.get_by_label("Texts").select_option("A → B")
        single = arrive().open()
        assert not single.page.locator(".pairs").is_visible()

    def test_long_texts_scroll_with_a_minimap(self, arrive: Arrive):
        visitor = arrive().open()
        visitor.type("Text", "one two three four five six seven eight nine ten " * 60)
        minimap = visitor.page.locator(".minimap")
        assert minimap.is_visible()
        minimap.click(position={"x": 5, "y": 400})
        visitor.drawn()
        top = visitor.page.locator(".stage .scroll").evaluate("(box) => box.scrollTop")
        assert top > 3000
        click_on(visitor, "query", 4)
        held = int(re.search(r"token=(\d+)", visitor.address())[1])  # type: ignore[index]  # no match fails the test
        assert held == int((top + 4.5 * ROW) // ROW)


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
    assert bus(visitor, "bus.get('maps').header.layers") == [3]
    visitor.choose(1, 4)
    assert bus(visitor, "bus.get('maps').header.layers") == [1]
    assert bus(visitor, "bus.get('maps').payload.length") == 12 * 202 * 202


def test_another_text_leaves_nothing_of_the_old_one(arrive: Arrive):
    visitor = arrive().open()
    visitor.type("Text", "Birds sing")
    assert links_say(visitor) == ""
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


@pytest.mark.parametrize("view", [".body ~ .save", ".stage ~ .save"])
@pytest.mark.parametrize("paper", [False, True])
def test_pictures_leave_as_svg_and_png(arrive: Arrive, view, paper):
    visitor = arrive(theme="dark").open()
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


def test_hostile_tokens_stay_text_in_a_saved_picture(arrive: Arrive):
    visitor = arrive().open("/?text=%3Cscript%3E%26%22%3C%2Fscript%3E&token=")
    with visitor.page.expect_download() as waiting:
        visitor.page.locator(".stage ~ .save .svg").click()
    root = ElementTree.fromstring(waiting.value.path().read_text(encoding="utf-8"))
    assert {element.tag.split("}")[1] for element in root.iter()} == {"svg", "rect", "path", "text"}
    assert "<" in {element.text for element in root.iter()}


@pytest.mark.parametrize("name", ["Question and answer", "Repeated words", "Another script"])
def test_examples_are_one_click_away(arrive: Arrive, name):
    visitor = arrive().open()
    visitor.page.get_by_role("radio", name=name).click()
    visitor.settled()
    example = next(example for example in EXAMPLES if example.name == name)
    assert visitor.page.get_by_label("Text", exact=True).input_value() == example.text
    assert visitor.head() == example.place.name
    assert example.hint in visitor.text()
    assert f"{example.looks_at[1]:.2f}" in links_say(visitor)
    visitor.page.go_back()
    assert visitor.settled().head() == "L3 H1"
