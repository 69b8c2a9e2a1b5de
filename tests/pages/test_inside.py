"""Inside a head as Streamlit runs it, without a browser: its numbers are the Trace's, and nothing odd breaks it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import attention_viz as av
from tests.models.tiny import FAMILIES

APP = str(Path(__file__).parents[2] / "app.py")
PAGE = "pages/inside.py"
BY_NAME = {tiny.family: tiny for tiny in FAMILIES}
TITLES = [
    "1. What does",
    "2. How well do the two fit?",
    "3. What happens to the sum before it is compared?",
    "4. How strong are its competitors?",
    "5. So how much attention does",
    "6. What does the weight let through?",
]


@pytest.fixture(autouse=True, scope="module")
def fresh_caches():
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("root")
    for family in ("gpt2", "t5", "deberta-v2", "llama", "modernbert"):
        BY_NAME[family].save(folder / family)
    return folder


@pytest.fixture
def folders(root, monkeypatch) -> None:
    monkeypatch.setenv("ATTENTION_VIZ_MODEL_ROOT", str(root))


def opened(page: str = PAGE, **query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(page)
    app.run()
    assert not app.exception
    assert not app.error
    return app


def words_on(app: AppTest) -> str:
    """Without what only keeps a text from being read as Markdown."""
    kinds = (app.markdown, app.code, app.info, app.warning)
    text = "\n".join(element.value for kind in kinds for element in kind)
    return text.replace("\\", "").replace("\u2068", "").replace("\u2069", "")


def steps(app: AppTest) -> list[str]:
    return [element.value.removeprefix("#### ") for element in app.markdown if element.value.startswith("#### ")]


def charts(app: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def chosen(app: AppTest) -> dict[str, object]:
    return {box.label.partition(":")[0]: box.value for box in app.selectbox if box.label != "Model"}


def numbers(values: Any) -> np.ndarray:
    """Of a Plotly array, which is packed when it came from numpy."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"])
    return np.array(values)


def in_address(app: AppTest, name: str) -> str:
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def test_it_opens_on_the_pronoun_and_the_key_that_it_looks_at_most(pronoun):
    app = opened()
    assert chosen(app) == {"Query": 10, "Key": 2, "Layer": 3, "Head": 1}
    assert [title.startswith(start) for title, start in zip(steps(app), TITLES, strict=True)] == [True] * 6
    apart = av.take_apart(pronoun, 3, 1, 10, 2)
    text = words_on(app)
    assert "In L3 H1, “it #10” gives “cat” **59.1%** of its attention" in text
    assert f"The Trace says {apart.traced_weight:.6f}, this sum gives {apart.weight:.6f}." in text
    assert f"The Trace says {apart.traced_score:#.6g}, this sum gives {apart.score:#.6g}." in text
    assert "checked against the **Trace**, what was recorded when the model read the text" in text
    first = apart.largest(1)[0]
    assert f"Dimension {first} alone brings {apart.products[first]:.3f} of {apart.dot:.3f}" in text
    assert f"= {apart.total:.6f}" in text
    assert f"brings **{apart.passed[2] / apart.passed.sum():.1%}** of the lengths" in text
    assert "1/√32 = 0.1768" in text
    assert "No **mask**: “it #10” sees all 24 keys" in text
    assert not app.warning
    assert "token" not in app.query_params, "the bare address stays bare"


def test_a_disagreement_would_be_said(monkeypatch):
    monkeypatch.setattr("attention_viz.core.inside.WEIGHT_TOLERANCE", -1.0)
    assert ":material/warning: The Trace says 0.591034" in words_on(opened())


def test_the_pictures_hold_the_numbers(pronoun):
    apart = av.take_apart(pronoun, 3, 1, 10, 2)
    vectors, products, score, row, weight, passed = charts(opened())

    np.testing.assert_allclose(numbers(vectors["data"][0]["z"]).ravel()[:32], apart.query_vector)
    np.testing.assert_allclose(numbers(products["data"][1]["y"]), apart.products)
    np.testing.assert_allclose(numbers(score["data"][0]["x"]), [apart.dot, apart.dot * apart.scale, apart.score])
    for panel, values in zip(row["data"], (apart.scores, apart.powers, apart.weights), strict=True):
        np.testing.assert_allclose(numbers(panel["y"]), values)
    assert numbers(weight["data"][0]["x"])[0] == pytest.approx(apart.weight)
    assert sum(numbers(weight["data"][0]["x"])) == pytest.approx(1)
    for panel, values in zip(passed["data"], (apart.weights, apart.norms, apart.passed), strict=True):
        np.testing.assert_allclose(numbers(panel["y"]), values)


def test_a_link_restores_the_pair_and_choosing_another_changes_the_address():
    app = opened(text="Dogs chase cats", layer="5", head="11", token="2", key="3", order="weight")
    assert chosen(app) == {"Query": 2, "Key": 3, "Layer": 5, "Head": 11}
    assert "In L5 H11, “chase” gives “cats”" in words_on(app)
    assert [group.value for group in app.button_group if group.label == "Order of the keys"] == ["weight"]
    box = next(box for box in app.selectbox if box.label.startswith("Key"))
    box.set_value(1).run()
    assert in_address(app, "key") == "1"
    assert "“chase” gives “dogs”" in words_on(app)
    next(box for box in app.selectbox if box.label == "Head").set_value(0).run()
    assert in_address(app, "head") == "0"
    assert chosen(app) == {"Query": 2, "Key": 1, "Layer": 5, "Head": 0}


def test_sorted_keys_begin_with_the_strongest(pronoun):
    labels = charts(opened(order="weight"))[3]["layout"]["xaxis"]["labelalias"]
    by_weight = np.argsort(-pronoun.attention(3, 1)[10], kind="stable")
    assert "cat" in labels["0"]
    assert pronoun.tokens[by_weight[1]].text in labels["1"]


def test_without_a_held_token_it_starts_from_the_last_word():
    app = opened(text="Dogs chase cats.", token="")
    assert chosen(app)["Query"] == 3, "cats, not the full stop"


def test_a_mean_has_no_query_and_offers_a_head():
    app = opened(layer="2", head="mean", among="4.7")
    assert "A mean of heads has no query and no key" in words_on(app)
    assert steps(app) == []
    next(button for button in app.button if button.label == "Take L2 H4 apart").click().run()
    assert len(steps(app)) == 6
    assert (in_address(app, "layer"), in_address(app, "head")) == ("2", "4")
    assert "Take L0 H0 apart" in [button.label for button in opened(layer="all").button]


@pytest.mark.usefixtures("folders")
def test_a_family_that_hides_queries_and_keys_says_why():
    app = opened(model="folder:deberta-v2", text="The cat")
    assert "computes attention in its own way, so only its maps can be shown, not queries and keys" in words_on(app)
    assert steps(app) == []


@pytest.mark.usefixtures("folders")
def test_a_key_that_a_decoder_can_not_see_has_no_weight():
    app = opened(model="folder:gpt2", text="The cat sat on the mat", token="2", key="4")
    text = words_on(app)
    assert "can't see" in text
    assert "Key 4 comes after query 2, and a decoder can't see what comes later: a causal mask hides it." in text
    assert "is hidden and so adds nothing" in text
    bars = charts(app)[2]["data"][0]
    assert (float(numbers(bars["x"])[-1]), bars["text"][-1]) == (0, "<b>hidden: −∞</b>"), "no bar of some length for −∞"
    row = charts(app)[3]
    assert any(panel.get("marker", {}).get("pattern") for panel in row["data"])


@pytest.mark.usefixtures("folders")
def test_the_first_token_of_a_decoder_has_no_competitor():
    text = words_on(opened(model="folder:gpt2", text="The cat", token="0"))
    assert "**100.0%**" in text
    assert "1 key wants a share" in text


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize("kind", ["encoder", "decoder", "cross"])
def test_t5_adds_a_bias_and_does_not_scale(kind):
    app = opened(model="folder:t5", text="The cat sat", second="A dog", kind=kind, token="2", key="1")
    text = words_on(app)
    assert "This model compares q·k as it is" in text
    assert ("Then it adds a **bias**" in text) == (kind != "cross")
    assert len(steps(app)) == 6


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize("model", ["folder:llama", "folder:modernbert"])
def test_shared_keys_and_windows(model):
    app = opened(model=model, text="The cat sat on the mat and the dog saw it", layer="1", head="3")
    assert len(steps(app)) == 6
    assert ":material/warning:" not in words_on(app)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "a\0b\x07\x1b[31m",
        "👍🏽👩‍👩‍👧🇺🇳",
        "مرحبا بالعالم",
        "<script>alert(1)</script>",
        "**b** $x$ :red[x] `c` [x](y)",
        "lorem ipsum " * 8334,
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_odd_texts_are_taken_apart(text):
    app = opened()
    app.text_area[0].set_value(text).run()
    for order in ("place", "weight"):
        (group,) = (group for group in app.button_group if group.label == "Order of the keys")
        group.set_value(order).run()
        assert not app.exception
        assert not app.error
        assert len(steps(app)) == 6
        assert "The Trace says" in words_on(app)
        assert ":material/warning:" not in words_on(app)


@pytest.mark.parametrize(("text", "sentence"), [("", "There is no text yet"), ("   ", "The text has only blanks")])
def test_nothing_to_read_is_said(text, sentence):
    app = opened()
    app.text_area[0].set_value(text).run()
    assert sentence in words_on(app)
    assert steps(app) == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"layer": "99"}, "has layers 0 to 5"),
        ({"token": "400"}, "none is held"),
        ({"key": "400"}, "none is held"),
        ({"key": "-1"}, "a whole number from 0 is expected"),
        ({"order": "size"}, "place or weight is expected"),
    ],
)
def test_addresses_that_can_not_be_used_are_named(query, sentence):
    app = opened(text="short", **query)
    assert sentence in words_on(app)
    assert len(steps(app)) == 6


def test_explore_shows_the_way_in_while_a_token_is_held():
    def links(app: AppTest) -> list[str]:
        return [link.proto.label for link in app.get("page_link")]

    assert "Take this weight apart" in links(opened("pages/explore.py"))
    assert "Take this weight apart" not in links(opened("pages/explore.py", token=""))
    assert "Take this weight apart" not in links(opened("pages/explore.py", head="mean"))
