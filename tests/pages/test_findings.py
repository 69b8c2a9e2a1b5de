"""What is worth a look, as Explore offers it, and the query that a new text holds: as Streamlit runs them."""

from __future__ import annotations

import time

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import attention_viz as av
from attention_viz.core.place import Place, heads_of
from attention_viz.measures.finding import Finding
from attention_viz.measures.findings import best_link
from attention_viz.ui.server import found
from tests.pages.test_pages import in_address, opened, words_on

TEXT = "The red car passed the blue car, and then the red car stopped."
OTHER = "Mary gave John the book because he asked for it."
ALONE = "hi"


@pytest.fixture(autouse=True, scope="module")
def fresh_caches():
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def link_of(minilm, text: str, place: Place | None = None) -> Finding:
    link = best_link(av.trace(minilm, text), place)
    assert link is not None
    return link


def offered(app: AppTest) -> list[str]:
    keys = [button.key or "" for button in app.button]
    return [key.removeprefix("finding ") for key in keys if key.startswith("finding ")]


def held(app: AppTest) -> int | None:
    """What Explore's box for the held token says."""
    value: int | None = app.selectbox(key="selection token").value
    return value


def head_on(app: AppTest) -> str:
    (title,) = (one.value for one in app.markdown if one.value.startswith("#### Where does each token look in"))
    return str(title).removeprefix("#### Where does each token look in ").rstrip("?")


def shown(app: AppTest) -> list[str]:
    return [one.proto.id for one in app.button if one.proto.type == "primary" and "finding" in one.proto.id]


def test_the_findings_of_the_text_are_offered_with_their_sentences(minilm, pronoun):
    app = opened()
    findings = av.findings(pronoun)
    assert offered(app) == [one.kind for one in findings]
    for one in findings:
        button = app.button(key=f"finding {one.kind}")
        assert one.place.name in button.label
        assert button.proto.help.replace("\\", "") == str(one.message)
    link = findings[0]
    number = f"{link.value:.2f}".removeprefix("0")
    assert (
        app.button(key="finding link").label.replace("\\", "") == f"“the #1” → “cat” **{number}** · {link.place.name}"
    )
    assert not shown(app), "it opens on another one"
    assert not app.query_params


def test_a_click_brings_the_head_and_the_tokens(pronoun):
    app = opened()
    link, *others = av.findings(pronoun)
    app.button(key="finding link").click().run()
    assert head_on(app) == link.place.name
    told = {"layer": link.place.layer, "head": link.place.head, "token": link.query, "key": link.key}
    assert {name: in_address(app, name) for name in app.query_params} == {name: str(at) for name, at in told.items()}
    assert [one for one in shown(app) if "finding link" in one] == shown(app) != []
    (previous,) = (one for one in others if one.kind == "previous")
    app.button(key="finding previous").click().run()
    assert (head_on(app), held(app)) == (previous.place.name, None)
    assert len(shown(app)) == 1
    assert "finding previous" in shown(app)[0]


def test_of_two_heads_one_is_shown_and_the_other_put_aside(pronoun):
    app = opened()
    (unlike,) = (one for one in av.findings(pronoun) if one.kind == "unlike")
    assert unlike.other is not None
    app.button(key="finding unlike").click().run()
    assert head_on(app) == unlike.place.name
    assert (in_address(app, "b_layer"), in_address(app, "b_head")) == (str(unlike.other.layer), str(unlike.other.head))
    assert [toast.value for toast in app.toast] == [f"{unlike.other.name} is side B of Compare."]
    assert "finding unlike" in shown(app)[0]


def test_a_new_text_holds_its_best_finding_and_the_address_stays(minilm):
    app = opened()
    app.text_area[0].set_value(TEXT).run()
    link = link_of(minilm, TEXT)
    assert (head_on(app), held(app)) == (link.place.name, link.query)
    assert list(app.query_params) == ["text"]
    assert "finding link" in shown(app)[0]
    app.text_area[0].set_value(OTHER).run()
    other = link_of(minilm, OTHER)
    assert other.place != link.place
    assert (head_on(app), held(app)) == (other.place.name, other.query), "the first head was found and not chosen"
    assert opened(text=OTHER).selectbox(key="selection token").value == other.query
    app.button_group(key="selection curve").set_value("linear").run()
    assert (head_on(app), held(app)) == (other.place.name, other.query)
    written = {name: in_address(app, name) for name in ("layer", "head", "token")}
    assert written == {"layer": str(other.place.layer), "head": str(other.place.head), "token": str(other.query)}


def test_within_a_head_that_somebody_chose_its_own_best_link_is_held(minilm):
    traces = [av.trace(minilm, text) for text in (TEXT, OTHER)]
    places = [place for place in heads_of(6, 12) if all(best_link(trace, place) is not None for trace in traces)]
    place = next(place for place in places if place not in (Place(3, 1), link_of(minilm, TEXT).place))
    app = opened(text=TEXT, layer=str(place.layer), head=str(place.head))
    assert (head_on(app), held(app)) == (place.name, link_of(minilm, TEXT, place).query)
    app.text_area[0].set_value(OTHER).run()
    assert (head_on(app), held(app)) == (place.name, link_of(minilm, OTHER, place).query)


def test_nothing_is_held_where_nothing_is_found_or_somebody_let_go():
    app = opened(text=ALONE)
    assert (head_on(app), held(app)) == ("L3 H1", None)
    assert "link" not in offered(app)
    app = opened(text=TEXT, token="")
    assert (head_on(app), held(app)) == ("L3 H1", None)
    app = opened(text=TEXT)
    app.selectbox(key="selection token").set_value(None).run()
    assert held(app) is None
    assert in_address(app, "token") == ""


def test_addresses_that_were_shared_before_still_open():
    app = opened(text=TEXT, layer="2", head="9", token="12")
    assert (head_on(app), held(app)) == ("L2 H9", 12)
    assert not app.warning


def test_other_pages_open_on_the_same(minilm):
    link = link_of(minilm, TEXT)
    inside = opened("pages/inside.py", text=TEXT)
    assert inside.selectbox(key="selection token").value == link.query
    assert inside.selectbox(key="selection layer").value == link.place.layer
    compare = opened("pages/compare.py", text=TEXT)
    assert compare.selectbox(key="selection layer").value == link.place.layer
    assert compare.selectbox(key="selection head").value == link.place.head
    assert not compare.warning
    nothing = opened("pages/compare.py", text="   ")
    assert len(nothing.warning) == 2, "of A and of B, and not once more"


def test_a_text_of_special_tokens_alone_or_of_one_word():
    for text in ("[MASK]", "...", "a"):
        app = opened(text=text)
        assert not app.error
        assert held(app) is None


def test_where_nothing_is_found_one_line_says_so(monkeypatch):
    monkeypatch.setattr(found, "find", lambda trace, scores: iter([()]))
    app = opened(text="Nothing to see")
    assert offered(app) == []
    assert "Nothing in this text is far from what a head that spreads evenly would do" in words_on(app)


def test_a_search_that_takes_long_is_watched_and_changes_nothing_that_is_chosen(monkeypatch, minilm):
    monkeypatch.setattr(found, "AT_ONCE", 0)
    text = "A search that takes long is watched by whoever waits for it."
    app = opened(text=text)
    before = head_on(app), held(app)
    for _ in range(100):
        if "unlike" in offered(app):
            break
        time.sleep(0.1)
        app.run()
    assert offered(app) == [one.kind for one in av.findings(av.trace(minilm, text))]
    assert (head_on(app), held(app)) == before
    assert "of all heads" not in words_on(app)
