"""Both pages as Streamlit runs them, without a browser: what they show, and how they take bad input."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import attention_viz as av
from attention_viz.ui.limits import page as limits
from attention_viz.ui.state import url
from tests.conftest import PRONOUN
from tests.models.tiny import FAMILIES, FIRST, load

APP = str(Path(__file__).parents[2] / "app.py")


@pytest.fixture(autouse=True, scope="module")
def fresh_caches():
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def opened(page: str = "", **query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    if page:
        app.switch_page(page)
    app.run()
    assert not app.exception
    return app


def words_on(app: AppTest) -> str:
    return "\n".join(element.value for kind in (app.markdown, app.caption, app.warning, app.error) for element in kind)


def in_address(app: AppTest, name: str) -> str:
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def heatmap(app: AppTest):
    """What the heatmap is told."""
    maps = [one.proto for one in app.get("bidi_component") if one.proto.component_name == "attention_viz_head_map"]
    (told,) = maps
    return json.loads(told.json)


def test_explore_opens_on_the_pronoun_example():
    app = opened()
    assert app.text_area[0].value == PRONOUN
    assert "Where does each token look in L3 H1?" in words_on(app)
    assert "24 tokens" in words_on(app)
    assert not app.warning
    layout = heatmap(app)["view"]["screen"]["layout"]
    assert layout["xaxis"]["labelalias"]["2"] == "cat"
    assert layout["xaxis2"]["title"]["text"] == "attention weight, square-root colours"


def test_a_link_restores_everything():
    shown = {"layer": "5", "head": "11", "unit": "words", "curve": "linear", "top": "max"}
    app = opened(text="Dogs chase cats", second="A second", **shown)
    assert [box.value for box in app.text_area] == ["Dogs chase cats", "A second"]
    assert "L5 H11" in words_on(app)
    assert {"words", "linear", "max"} <= {str(group.value) for group in app.button_group}
    assert "up to this map" in heatmap(app)["view"]["screen"]["layout"]["xaxis2"]["title"]["text"]
    assert not app.warning


def test_typing_changes_the_map_and_the_address():
    app = opened()
    app.text_area[0].set_value("Birds sing").run()
    assert in_address(app, "text") == "Birds sing"
    assert list(heatmap(app)["view"]["screen"]["layout"]["xaxis"]["labelalias"].values())[1:3] == ["birds", "sing"]
    app.text_area[0].set_value(PRONOUN).run()
    assert "text" not in app.query_params


def test_a_second_change_before_the_browser_knows_of_the_first_loses_nothing():
    app = opened()
    app.button(key="second text").click().run()
    app.text_area[0].set_value("Birds sing").run()
    app.query_params.clear()  # A rerun that still carries the old address.
    app.text_area[1].set_value("Cats sleep").run()
    assert [box.value for box in app.text_area] == ["Birds sing", "Cats sleep"]


def test_a_run_that_carries_the_address_from_before_the_last_choice_takes_nothing_back(monkeypatch):
    app = opened()
    app.text_area[0].set_value("Birds sing").run()
    app.text_area[0].set_value("Cats sleep").run()
    app.query_params["text"] = "Birds sing"
    app.run()
    assert app.text_area[0].value == "Cats sleep"
    assert in_address(app, "text") == "Cats sleep"
    # Much later the same address is one that somebody went to.
    monkeypatch.setattr(url, "_LATE_SECONDS", 0.0)
    app.query_params["text"] = "Birds sing"
    app.run()
    assert app.text_area[0].value == "Birds sing"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is no text yet"),
        ("   \n ", "The text has only blanks"),
        ("\0\x01", "mean nothing to this model"),
        ("x" * 200_001, "This text has 200\\,001 characters\\; at most 200\\,000 can be read"),
    ],
)
def test_nothing_to_read_is_said(text, sentence):
    app = opened()
    app.text_area[0].set_value(text).run()
    assert not app.exception
    assert sentence in app.warning[0].value
    assert app.text_area[0].value == text, "what was typed is still there"
    app.text_area[0].set_value("ok").run()
    assert not app.warning
    assert heatmap(app)


@pytest.mark.parametrize(
    "text",
    [
        "lorem ipsum " * 8334,
        "a\0b\x07\x1b[31m",
        "👍🏽👩‍👩‍👧🇺🇳",
        "مرحبا بالعالم",
        "שָׁלוֹם עולם",
        "我喜欢学习。",
        "สวัสดีครับ โลก",
        "[MASK] [SEP] <s>",
        "<script>alert(1)</script></script>",
        "**bold** [x](javascript:alert(1)) # h $\\frac{1}{2}$ :red[x]",
        "\\(x\\) `code` ~~s~~ | a | b |",
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_odd_texts_are_drawn(text):
    app = opened()
    app.text_area[0].set_value(text).run()
    for unit in ("tokens", "words"):
        (group,) = (group for group in app.button_group if group.label == "Rows and columns")
        group.set_value(unit).run()
        assert not app.exception
        assert not app.error
        assert not app.warning
        aliases = heatmap(app)["view"]["screen"]["layout"]["xaxis"]["labelalias"].values()
        assert aliases
        assert not any("<" in alias.replace('<span style="color:', "").replace("</span>", "") for alias in aliases)


def test_what_is_cut_is_said():
    app = opened()
    app.text_area[0].set_value("lorem ipsum " * 8334).run()
    assert "The first 510 of" in words_on(app)
    assert "too long for it" in words_on(app), "and so is that the address can't hold the text"
    assert "kept-text" in app.query_params


def test_a_long_text_comes_back_from_its_address():
    app = opened()
    long = "The committee met again. " * 200
    app.text_area[0].set_value(long).run()
    other = opened(**{"kept-text": in_address(app, "kept-text"), "layer": "2"})
    assert other.text_area[0].value == long
    assert "L2 H1" in words_on(other)


def test_a_long_text_that_the_server_no_longer_has():
    app = opened(**{"kept-text": "0" * 32})
    assert "was too long to be part of it" in app.warning[0].value
    assert app.text_area[0].value == PRONOUN


def test_a_text_that_is_refused_stays_in_its_box_and_pushes_nothing_out():
    app = opened()
    shared = "The committee met again. " * 300
    app.text_area[0].set_value(shared).run()
    digest = in_address(app, "kept-text")
    other = opened()
    other.text_area[0].set_value("x" * 4_500_000).run()
    assert "This text has 4\\,500\\,000 characters" in other.warning[0].value
    assert len(other.text_area[0].value or "") == 4_500_000
    assert opened(**{"kept-text": digest}).text_area[0].value == shared


def test_an_operator_can_keep_texts_out_of_the_address(monkeypatch):
    monkeypatch.setenv("ATTENTION_VIZ_TEXT_IN_URL", "0")
    app = opened()
    app.text_area[0].set_value("secret").run()
    assert "text" not in app.query_params
    assert "kept-text" in app.query_params
    assert app.text_area[0].value == "secret"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"layer": "99"}, "has layers 0 to 5"),
        ({"head": "-3"}, "a whole number from 0 is expected"),
        ({"layer": "1e9"}, "a whole number from 0 is expected"),
        ({"unit": "<b>"}, "tokens or words is expected"),
        ({"model": "../../etc"}, "There is no model called"),
        ({"model": "all-MiniLM-L6"}, "Did you mean all-MiniLM-L6-v2? all-MiniLM-L6-v2 is shown."),
    ],
)
@pytest.mark.parametrize("page", ["", "pages/limits.py"])
def test_addresses_that_can_not_be_used_are_named(query, sentence, page):
    app = opened(page, **query)
    assert any(sentence in warning.value.replace("\\", "") for warning in app.warning)
    assert not app.error
    assert "On your text" in words_on(app) if page else heatmap(app), "and something is shown all the same"


def test_a_held_token_that_the_text_does_not_have():
    app = opened(text="short", token="400")
    assert app.selectbox[0].value is None
    assert "none is held" in app.warning[0].value
    assert "Where does each token look" in words_on(app)


def test_holding_a_token():
    app = opened()
    assert app.selectbox[0].value == 10
    app.selectbox[0].set_value(6).run()
    assert in_address(app, "token") == "6"
    assert heatmap(app)["shown"]["held"] == {"query": 6, "key": None}
    app.selectbox[0].set_value(None).run()
    assert heatmap(app)["shown"]["held"] == {"query": None, "key": None}


def test_a_held_cell_leads_to_where_its_weight_comes_from():
    def links(app: AppTest) -> list[str]:
        return [link.proto.label for link in app.get("page_link")]

    assert "Take “it” → “\\[CLS\\]” apart" in links(opened(key="0"))
    assert not [label for label in links(opened()) if label.endswith("apart") and "→" in label]
    assert not [label for label in links(opened(key="0", head="mean")) if label.endswith("apart")], (
        "of a mean there is none"
    )


def test_a_download_that_is_too_large_is_refused_with_a_way_out(monkeypatch):
    monkeypatch.setenv("ATTENTION_VIZ_DOWNLOAD_MB", "0")
    app = opened()
    (button,) = (button for button in app.get("download_button") if "NPZ" in button.proto.label)
    assert button.proto.disabled
    assert "av.to_npz(trace)" in button.proto.help


def test_a_damaged_bundled_file_is_said(monkeypatch):
    from attention_viz.models import bundled

    st.cache_resource.clear()
    monkeypatch.setitem(bundled.DIGESTS, "model.safetensors", "0" * 64)
    app = opened()
    assert "are not the original ones" in app.warning[0].value
    assert app.text_area[0].value == PRONOUN
    monkeypatch.undo()
    app.run()
    assert not app.warning


def test_an_unforeseen_error_shows_a_sentence_and_no_trace(monkeypatch, caplog):
    from attention_viz.ui.explore import panels

    def fail(*_):
        raise RuntimeError("inner detail")

    monkeypatch.setattr(panels, "map_panel", fail)
    app = opened()
    assert "Something went wrong here" in app.error[0].value
    assert "inner detail" not in words_on(app)
    assert "inner detail" in caplog.text, "the log has it"


def test_the_limits_page_measures_the_text_at_hand(pronoun):
    app = opened("pages/limits.py")
    assert "L3 H1 spends 49% of its attention on special tokens" in words_on(app)
    assert "Attention is not Explanation" in words_on(app)
    other = opened("pages/limits.py", layer="0", head="2")
    assert "L0 H2 spends 8% of its attention" in words_on(other)


def test_what_rests_on_the_first_token_has_a_number_where_no_token_is_special(tmp_path):
    """As in GPT-2, whose sinks are ordinary tokens."""
    (gpt2,) = [tiny for tiny in FAMILIES if tiny.family == "gpt2"]
    trace = av.trace(load(gpt2.save(tmp_path)), FIRST)
    values = trace.values(1, 2)
    assert values is not None
    (sentence,) = limits.resting(trace, 1, 2, values)
    share = trace.attention(1, 2)[:, 0].mean()
    even = (1 / np.arange(1, len(trace.tokens) + 1)).mean()
    assert f"spends {share:.0%} of its attention on the first token, “T”" in sentence
    assert f"spreads evenly, {even:.0%}." in sentence


def test_the_limits_say_what_their_sources_found():
    """Nobody tested striking patterns; zeroed were weights, not words; sinks are first tokens."""
    said = " ".join(limits.CANNOT.split())
    assert "striking" not in said
    assert "weights were set to zero" in said
    assert "first tokens of a text, whatever these are: attention sinks [9]" in said
    cited = {
        number for group in re.findall(r"\[([0-9, ]+)\]", limits.CAN + limits.CANNOT) for number in group.split(", ")
    }
    listed = re.findall(r"^([0-9]+)\. ", limits.SOURCES, re.MULTILINE)
    assert sorted(cited) == listed
