"""The page "Build attention" as Streamlit runs it, without a browser."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from attention_viz.builder.presets import PRESETS
from tests.pages.test_pages import in_address, opened, words_on

PAGE = "pages/build.py"


def shown(**build: Any) -> AppTest:
    return opened(PAGE, build=json.dumps(build))


def charts(app: AppTest) -> list[Any]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def printed(app: AppTest) -> list[list[str]]:
    """The numbers of each table that is drawn, cell by cell."""
    return [trace["text"] for chart in charts(app) for trace in chart["data"] if trace.get("mode") == "text"]


def test_it_opens_on_three_words_with_the_right_scores():
    app = opened(PAGE)
    assert printed(app)[0] == ["0.32", "0.5", "0.14"]
    assert printed(app)[1] == ["0.330", "0.395", "0.275"]
    hover = [trace["hovertext"] for chart in charts(app) for trace in chart["data"] if "hovertext" in trace]
    assert hover[0][0] == "s₁₁ = 0.1·0.4 + 0.2·0.5 + 0.3·0.6 = 0.32"
    assert "Each row sums to 1" in words_on(app)
    assert not app.warning
    assert "build" not in app.query_params


@pytest.mark.parametrize("name", PRESETS)
def test_every_example_is_a_click_away(name):
    app = opened(PAGE)
    app.button_group(key="build preset").set_value(name).run()
    assert not app.exception
    assert not app.warning
    assert PRESETS[name].note in words_on(app)
    assert PRESETS[name].differ in words_on(app)
    assert len(app.code) == 2
    assert len(printed(app)) >= 3
    again = opened(PAGE, **({"build": in_address(app, "build")} if name != "studying" else {}))
    assert printed(again) == printed(app)


@pytest.mark.parametrize("preset", ["three", "vectors", "additive", "heads"])
def test_another_beginning_and_back_loses_nothing(preset):
    app = shown(preset=preset)
    before, source = printed(app), PRESETS[preset].build.source
    other = "words" if source == "vectors" else "vectors"
    app.button_group(key="build source").set_value(other).run()
    assert printed(app) != before
    assert not app.warning
    app.button_group(key="build source").set_value(source).run()
    assert printed(app) == before
    assert not app.warning


def test_keys_keep_their_names_while_word_vectors_are_edited():
    app = shown(source="words", X=[[1, 2], [3, 4]], names=["a", "b"])
    app.button_group(key="build source").set_value("vectors").run()
    assert '"I"' in json.dumps(charts(app), ensure_ascii=False)
    assert len(printed(app)[0]) == 6, "two queries, three keys"


def test_almost_all_is_not_all():
    """The number that the example's note names stands on the page."""
    assert "takes most from “second”: **0.99997** of its value" in words_on(shown(preset="vectors"))


def test_from_here_to_a_real_model():
    (link,) = [link for link in opened(PAGE).get("page_link") if "real model" in link.proto.label]
    assert link.proto.page == "inside"


def test_choices_change_the_steps_and_the_address():
    app = opened(PAGE)
    app.button_group(key="build normaliser").set_value("root").run()
    assert "don't sum to 1" in app.warning[0].value.replace("\\", "")
    assert printed(app)[1] == ["0.327", "0.510", "0.143"]
    assert json.loads(in_address(app, "build")) == {"normaliser": "root"}
    app.button_group(key="build normaliser").set_value("softmax").run()
    assert not app.warning
    app.toggle(key="build scaled").set_value(True).run()
    assert printed(app)[1][0] == "0.185"
    app.button_group(key="build masks").set_value(["padding", "causal"]).run()
    assert "−∞" in printed(app)[2]
    assert json.loads(in_address(app, "build"))["masks"] == ["causal", "padding"]


def test_sizes():
    app = opened(PAGE)
    app.number_input(key="build size queries").set_value(2).run()
    assert len(printed(app)[0]) == 6
    app.number_input(key="build size key_size").set_value(2).run()
    assert "Table K has 3 × 2 numbers, but 3 × 3 are expected" in words_on(app).replace("\\", "")
    app.number_input(key="build size query_size").set_value(2).run()
    assert not app.warning


@pytest.mark.parametrize(
    ("build", "said"),
    [
        ({"K": [[1, 2, None], [1, 2, 3], [1, 2, 3]]}, "Table K, row “I”, column 3 is empty"),
        ({"Q": [["<b>", 2, 3]]}, "Table Q, row “studying”, column 1 holds “<b>”"),
        ({"Q": [[1e38, 2, 3]]}, "Table Q, row “studying”, column 1 holds 10³⁸"),
        ({"Q": [[float("nan"), 2, 3]]}, "holds NaN"),
        ({"V": [[1], [2]]}, "Table V has 2 × 1 numbers, but 3 × 1 are expected: one row for each key"),
        ({"masks": ["padding"], "length": 0}, "Each query sees no key: all are masked. Its weights are undefined"),
        ({"preset": "heads", "masks": ["window", "padding"], "length": 1, "radius": 0}, "Query “cat” sees no key: all"),
        ({"scoring": "cosine", "Q": [[0, 0, 0]]}, "The vector of query “studying” is all zeros"),
        ({"heads": 2}, "Table Q has 3 columns, which can't be split among 2 heads"),
        ({"preset": "scale", "scoring": "additive"}, "choose the dot product or the cosine"),
    ],
)
def test_what_can_not_be_computed_is_said_and_the_page_stays(build, said):
    app = shown(**build)
    assert said in words_on(app).replace("\\", "")
    assert "What it costs" in words_on(app)
    assert not app.code, "no program for what can't be computed"
    app.button_group(key="build preset").set_value("vectors").run()
    assert not app.warning


@pytest.mark.parametrize("link", ["nonsense", "[" * 11_000, "x" * 13_000, '{"heads":99}', '{"K":"no"}', "[]"])
def test_a_link_that_makes_no_sense(link):
    app = opened(PAGE, build=link)
    assert app.warning
    assert printed(app)[0] == ["0.32", "0.5", "0.14"]


def test_token_names_are_text():
    app = shown(names=["<script>alert(1)</script>"], keys=["$x$", "**b**", ":red[x]"])
    assert not app.exception
    spec = json.dumps(charts(app))
    assert "<script>" not in spec
    assert ":red[x]" not in words_on(shown(preset="vectors", names=[":red[x]", "b"]))
    app = shown(preset="heads", names=[":red[x]"] * 4)
    assert ":red[x]" not in words_on(app)
    assert ":red[x]" not in " ".join(option.content for option in app.button_group(key="build sequence").proto.options)


def test_no_weights_where_the_root_is_undefined():
    app = shown(normaliser="root", Q=[[-1, -1, -1]])
    assert "undefined" in printed(app)[1]
    assert "undefined" in words_on(app)


def test_a_negative_weight_is_told_where_its_row_sums_to_1():
    # q·k is −4, 1 and 2: over their sum, −1, they are 4, −1 and −2.
    app = shown(normaliser="sum", Q=[[1, 0, 0]], K=[[-4, 0, 0], [1, 0, 0], [2, 0, 0]])
    assert "2 weights are below 0: “studying” takes −1 of “like”." in app.warning[0].value.replace("\\", "")
    assert "Each row sums to 1" in words_on(app)
    app.button_group(key="build normaliser").set_value("softmax").run()
    assert not app.warning


def test_the_listing_stands_beside_what_is_right():
    app = shown(preset="vectors")
    assert "What the listing computes" in words_on(app)
    assert ["47", "52", "57", "64", "71", "78", "81", "90", "99"] in printed(app)
    assert ["1003", "1072", "1140", "2458", "2625", "2792"] in printed(app)
    assert not app.warning
    app.number_input(key="build size keys").set_value(3).run()
    assert "there are 2 queries and 3 keys" in words_on(app)
    app.button_group(key="build heads").set_value(1).run()
    assert "What the listing computes" not in words_on(opened(PAGE))


def test_what_the_mask_hides_is_hatched():
    plain = json.dumps(charts(opened(PAGE)))
    assert "data:image/svg" not in plain
    masked = [chart for chart in charts(shown(masks=["padding"], length=2)) if chart["layout"].get("images")]
    assert len(masked) == 2, "the masked scores and the weights"
    words = words_on(shown(masks=["padding"], length=2))
    assert words.count("Hatched: hidden by the mask") == 2


def test_a_batch_of_two():
    app = shown(preset="heads", X=[[2, 0, 1, 0], [0, 1, 1, 0], [1, 1, 0, 0.5], [0, 0.5, 0, 1]])
    assert "The batch: the weights of head 0 for both sequences" in words_on(app)
    first, second = printed(app)[-2:]
    weights = next(cells for cells in printed(app) if cells == first)
    assert len(first) == len(second) == 16
    assert second[2:4] == second[6:8] == ["0", "0"], "padding"
    app.button_group(key="build sequence").set_value(1).run()
    assert printed(app)[-2:] == [first, second], "what was edited in the other sequence is kept"
    assert "**dogs bark** (in hand)" in words_on(app)
    assert json.loads(in_address(app, "build"))["sequence"] == 1
    app.button_group(key="build sequence").set_value(0).run()
    assert weights in printed(app)
    assert list(json.loads(in_address(app, "build"))) == ["preset", "X"]


def test_a_batch_with_a_sequence_that_can_not_be_computed():
    broken = {"names": ["a", "b"], "X": [[1, None, 0, 0]] * 2, "length": 2}
    app = shown(preset="heads", other=broken)
    assert "Table X, row “a”, column 2 is empty" in words_on(app).replace("\\", "")
    assert len(app.code) == 2, "the sequence in hand is computed"


def found(app: AppTest) -> int:
    """Percent of the fresh queries, as the page says it."""
    (percent,) = re.findall(r"in \*\*(\d+)%\*\* of 2,000 fresh queries", words_on(app))
    return int(percent)


@pytest.mark.learns
def test_a_head_that_learns():
    app = shown(preset="scale")
    words = words_on(app)
    assert "After **300 steps** with the scale" in words
    assert 85 <= found(app) <= 95
    assert "Outlined in each row: the token that the teacher means" in words
    assert "another processor" not in words
    outlined = [shape for chart in charts(app) for shape in chart["layout"].get("shapes", [])]
    before = printed(app)
    app.button_group(key="build steps").set_value(0).run()
    assert 5 <= found(app) <= 15
    assert printed(app) != before
    assert json.loads(in_address(app, "build")) == {"preset": "scale", "steps": 0}
    assert len(outlined) > 10
    losses = next(chart for chart in charts(app) if chart["layout"]["yaxis"].get("title", {}).get("text") == "loss")
    assert [line["name"] for line in losses["data"]] == ["with √d", "without"]
    app.toggle(key="build scaled").set_value(False).run()
    app.button_group(key="build steps").set_value(300).run()
    assert 65 <= found(app) <= 82
    assert "another processor has learned other numbers" in words_on(app)


def test_costs_follow_the_number_of_tokens():
    app = opened(PAGE)
    assert "**151 MB**" in words_on(app)
    assert "take **57 MB**" in words_on(app)
    assert "only twice the queries, keys and values" in words_on(app)
    app.button_group(key="build tokens").set_value(2048).run()
    assert "**2.4 GB**" in words_on(app)
    assert "take **226 MB**" in words_on(app), "four times 57, for four times the tokens"
