"""The selection and its URL are two spellings of one thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import attention_viz as av
from attention_viz.ui.selection import DEFAULT, MEAN, Selection, changed, fit, fit_tokens, from_query, other, to_query

INFO = av.describe_model("all-MiniLM-L6-v2")
selections = st.builds(
    Selection,
    model=st.text(max_size=50),
    text=st.sampled_from([DEFAULT.text, "", "a b"]) | st.text(max_size=50),
    second=st.sampled_from(["", "x"]) | st.text(max_size=50),
    layer=st.integers(-1, 99),
    head=st.integers(-1, 99),
    token=st.none() | st.integers(0, 9000),
    key=st.none() | st.integers(0, 9000),
    show=st.sampled_from(["maps", "pair", "entropy"]),
    unit=st.sampled_from(["tokens", "words"]),
    curve=st.sampled_from(["sqrt", "linear"]),
    top=st.sampled_from(["one", "max"]),
    kind=st.sampled_from(["", "encoder", "cross"]),
    among=st.sets(st.integers(0, 30)).map(lambda heads: tuple(sorted(heads))),
    b_model=st.sampled_from(["", "a/b"]),
    b_text=st.sampled_from(["", "c d"]),
    b_second=st.sampled_from(["", "y"]),
    b_kind=st.sampled_from(["", "decoder"]),
    b_layer=st.integers(0, 99),
    b_head=st.integers(0, 99),
    view=st.sampled_from(["maps", "links"]),
    order=st.sampled_from(["place", "weight"]),
)


@given(selections)
def test_a_url_restores_everything(selection):
    assert from_query(to_query(selection)) == (selection, ())


def test_the_bare_address_is_the_opening_example():
    assert to_query(DEFAULT) == {}
    assert from_query({}) == (DEFAULT, ())
    assert DEFAULT.token == 10


def test_only_what_differs_is_in_the_url():
    assert to_query(Selection(layer=5, head=11)) == {"layer": "5", "head": "11"}
    assert to_query(Selection(token=None)) == {"token": ""}
    assert to_query(Selection(text="hi", token=None)) == {"text": "hi"}


def test_other_parameters_are_left_alone():
    assert from_query({"utm_source": "x", "layer": "2"}) == (Selection(layer=2), ())


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"layer": "x"}, "The link asks for layer “x”, but a whole number from 0 is expected; 3 is shown."),
        ({"head": "-1"}, "The link asks for head “-1”, but a whole number from 0 is expected; 1 is shown."),
        ({"layer": "1.5"}, "The link asks for layer “1.5”, but a whole number from 0 is expected; 3 is shown."),
        ({"layer": ""}, "The link asks for layer “”, but a whole number from 0 is expected; 3 is shown."),
        ({"layer": "²"}, "The link asks for layer “²”, but a whole number from 0 is expected; 3 is shown."),
        (
            {"unit": "letters"},
            "The link asks for rows and columns “letters”, but tokens or words is expected; tokens is shown.",
        ),
        ({"curve": "log"}, "The link asks for colours “log”, but sqrt or linear is expected; sqrt is shown."),
    ],
)
def test_what_can_not_be_used_is_named(query, problem):
    selection, problems = from_query(query)
    assert selection == DEFAULT
    assert problems == (problem,)


def test_a_token_that_is_none_is_named_and_none_is_held():
    selection, problems = from_query({"token": "abc"})
    assert selection.token is None
    assert problems == ("The link asks for token “abc”, but a whole number from 0 is expected; none is held.",)


def test_a_token_that_the_text_does_not_have():
    selection, problems = fit_tokens(Selection(token=400, key=2), 5, 5)
    assert (selection.token, selection.key) == (None, 2)
    assert problems == ("The link holds token 400, but this text has tokens 0 to 4; none is held.",)
    assert fit_tokens(DEFAULT, 24, 24) == (DEFAULT, ())


def test_enormous_values_are_named_in_short():
    _, problems = from_query({"layer": "9" * 5000, "model": "m" * 5000})
    assert len(problems) == 2
    assert all(len(problem) < 200 for problem in problems)


def test_a_layer_that_the_model_does_not_have():
    selection, problems = fit(Selection(layer=9, head=12), INFO)
    assert (selection.layer, selection.head) == (3, 1)
    assert problems == (
        "The link asks for layer 9, but all-MiniLM-L6-v2 has layers 0 to 5; layer 3 is shown.",
        "The link asks for head 12, but all-MiniLM-L6-v2 has heads 0 to 11; head 1 is shown.",
    )
    assert fit(DEFAULT, INFO) == (DEFAULT, ())


@given(selections)
def test_what_fits_is_there(selection):
    fitted, _ = fit(selection, INFO)
    assert MEAN <= fitted.layer < INFO.stack().layers
    assert MEAN <= fitted.head < INFO.stack().heads
    assert fitted.layer != MEAN or fitted.head == MEAN, "the mean of all layers is the mean of all heads"


def test_means_have_names_in_a_url():
    assert to_query(Selection(layer=MEAN, head=MEAN)) == {"layer": "all", "head": "mean"}
    assert from_query({"layer": "all"})[1] == ()
    assert from_query({"layer": "mean"})[1] != ()


def test_another_text_lets_the_token_go():
    assert changed(DEFAULT, text="other").token is None
    assert changed(DEFAULT, second="other").token is None
    assert changed(Selection(text="other", token=2), text=DEFAULT.text).token == 10
    assert changed(DEFAULT, layer=0).token == 10


def test_another_model_has_other_layers_heads_and_tokens():
    after = changed(Selection(kind="cross", among=(1, 2), head=MEAN, key=3, show="pair"), model="a/b")
    assert (after.kind, after.layer, after.head, after.among) == ("", 0, 0, ())
    assert (after.token, after.key, after.show) == (None, None, "maps")
    back = changed(after, model=DEFAULT.model)
    assert (back.layer, back.head, back.token) == (DEFAULT.layer, DEFAULT.head, DEFAULT.token)
    assert changed(after, model="a/b", layer=4).layer == 4
    assert changed(DEFAULT, kind="cross").layer == DEFAULT.layer


def test_a_link_that_names_only_a_model_opens_on_its_first_head():
    selection, problems = from_query({"model": "a/b"})
    assert (selection.layer, selection.head, selection.token, problems) == (0, 0, None, ())
    assert to_query(selection) == {"model": "a/b"}
    assert from_query({"b_model": "a/b"})[0].b_layer == 0


def test_a_chosen_mean_lasts_until_another_head_is_chosen():
    chosen = changed(DEFAULT, head=MEAN, among=(1, 4))
    assert to_query(chosen) == {"head": "mean", "among": "1.4"}
    assert changed(chosen, token=3).among == (1, 4)
    assert changed(chosen, head=2).among == ()
    assert fit(Selection(head=MEAN, among=(1, 99)), INFO)[0].among == ()
    assert fit(Selection(layer=MEAN, head=MEAN, among=(1,)), INFO)[0].among == ()


@pytest.mark.parametrize("raw", ["1.x", "-1", ".".join("9" * 300), "99999", "1..2"])
def test_a_mean_of_what_is_no_heads(raw):
    selection, problems = from_query({"head": "mean", "among": raw})
    assert selection.among == ()
    assert "the mean of all is shown" in problems[0]


def test_the_other_side_is_as_this_one_where_it_names_nothing():
    assert other(DEFAULT).text == DEFAULT.text
    b = other(Selection(text="a", second="x", b_text="b", b_model="m", b_layer=1, b_head=2, kind="cross"))
    assert (b.text, b.second, b.model, b.kind, b.layer, b.head) == ("b", "", "m", "", 1, 2)
    assert other(Selection(text="a", second="x")).second == "x"
