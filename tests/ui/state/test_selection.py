"""The selection and its URL are two spellings of one thing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import attention_viz as av
from attention_viz.core.message import say
from attention_viz.core.model_info import Stack
from attention_viz.core.place import ALL_HEADS, Place
from attention_viz.ui.state import changes
from attention_viz.ui.state.changes import changed, fit, fit_links, fit_tokens, in_place_of, way_back
from attention_viz.ui.state.fields import (
    FIELDS,
    from_query,
    is_usual,
    linked,
    looking_at,
    on,
    on_side,
    put,
    to_query,
    value_of,
)
from attention_viz.ui.state.selection import BEST, DEFAULT, Selection, Side
from attention_viz.views.settings import COVERS, Links, Settings

INFO = av.describe_model("all-MiniLM-L6-v2")
kinds = st.sampled_from(["", "encoder", "decoder", "cross"])
among = st.sets(st.integers(0, 30)).map(lambda heads: tuple(sorted(heads)))
links = st.builds(
    Links,
    beside=among,
    cover=st.sampled_from(COVERS),
    least=st.floats(0, 1).map(lambda weight: round(weight, 4)),
    hide=st.booleans(),
    again=st.booleans(),
    route=st.sampled_from(["", "00", "01", "10", "11"]),
)
places = st.builds(Place, st.none() | st.integers(0, 99), st.none() | st.integers(0, 99), among)
texts = st.sampled_from([DEFAULT.a.text, "", "a b"]) | st.text(max_size=50)
selections = st.builds(
    Selection,
    a=st.builds(Side, st.text(max_size=50), texts, st.sampled_from(["", "x"]), kinds, places),
    b=st.builds(
        Side,
        st.sampled_from(["", "a/b"]),
        st.sampled_from(["", "c d"]),
        st.sampled_from(["", "y"]),
        kinds,
        st.builds(Place, st.none() | st.integers(0, 99), st.none() | st.integers(0, 99)),
    ),
    query=st.none() | st.just(BEST) | st.integers(0, 9000),
    key=st.none() | st.integers(0, 9000),
    show=st.sampled_from(["maps", "pair", "entropy"]),
    unit=st.sampled_from(["tokens", "words"]),
    curve=st.sampled_from(["sqrt", "linear"]),
    top=st.sampled_from(["one", "max"]),
    view=st.sampled_from(["maps", "links"]),
    order=st.sampled_from(["place", "weight"]),
)


def at(layer: int | None, head: int | None, among: tuple[int, ...] = ()) -> Selection:
    """The opening example at another place."""
    return put(DEFAULT, looking_at(Place(layer, head, among)))


@settings(deadline=None)
@given(selections)
def test_a_url_restores_everything(selection):
    assert from_query(to_query(selection)) == (selection, ())


def test_the_bare_address_is_the_opening_example():
    assert to_query(DEFAULT) == {}
    assert from_query({}) == (DEFAULT, ())
    assert DEFAULT.query == 10


def test_only_what_differs_is_in_the_url():
    assert to_query(at(5, 11)) == {"layer": "5", "head": "11"}
    assert to_query(Selection(query=None)) == {"token": ""}
    other = Side(DEFAULT.a.model, "hi", place=DEFAULT.a.place)
    assert to_query(Selection(other, query=BEST)) == {"text": "hi"}
    assert to_query(Selection(other, query=None)) == {"text": "hi", "token": ""}


def test_an_address_of_another_text_without_a_token_asks_for_its_best_finding():
    for query in ({"text": "hi"}, {"second": "hi"}, {"model": "a/b"}, {"text": "hi", "layer": "2"}):
        selection, problems = from_query(query)
        assert (selection.query, selection.held, problems) == (BEST, None, ())
        assert from_query({**query, "token": ""})[0].query is None
        assert from_query({**query, "token": "4"})[0].held == 4
    assert from_query({"text": "hi", "token": "worst"})[0].query is None


def test_whether_anybody_chose_a_head():
    assert is_usual(DEFAULT)
    assert is_usual(from_query({"text": "hi"})[0])
    assert is_usual(from_query({"model": "a/b"})[0])
    for query in ({"text": "hi", "head": "2"}, {"model": "a/b", "layer": "3"}, {"head": "mean", "among": "1.2"}):
        assert not is_usual(from_query(query)[0])


def test_other_parameters_are_left_alone():
    assert from_query({"utm_source": "x", "layer": "2"}) == (at(2, 1), ())


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
    assert selection.query is None
    assert problems == ("The link asks for token “abc”, but a whole number from 0 is expected; none is held.",)


def test_a_token_that_the_text_does_not_have():
    selection, problems = fit_tokens(Selection(query=400, key=2), 5, 5)
    assert (selection.query, selection.key) == (None, 2)
    assert problems == ("Token 400 was held, but this text has tokens 0 to 4 here; none is held now.",)
    assert fit_tokens(DEFAULT, 24, 24) == (DEFAULT, ())
    assert fit_tokens(Selection(query=None), 24, 24) == (Selection(query=None), ())


def test_enormous_values_are_named_in_short():
    _, problems = from_query({"layer": "9" * 5000, "model": "m" * 5000})
    assert len(problems) == 2
    assert all(len(problem) < 200 for problem in problems)


def test_a_layer_that_the_model_does_not_have():
    side, problems = fit(at(9, 12).a, INFO)
    assert side.place == Place(3, 1)
    assert problems == (
        "The link asks for layer 9, but all-MiniLM-L6-v2 has layers 0 to 5; layer 3 is shown.",
        "The link asks for head 12, but all-MiniLM-L6-v2 has heads 0 to 11; head 1 is shown.",
    )
    assert fit(DEFAULT.a, INFO) == (DEFAULT.a, ())


@given(selections)
def test_what_fits_is_there(selection):
    layer, head = (place := fit(selection.a, INFO)[0].place).layer, place.head
    assert layer is None or layer < INFO.stack().layers
    assert head is None or head < INFO.stack().heads
    assert all(one < INFO.stack().heads for one in place.among)


def test_means_have_names_in_a_url():
    assert to_query(put(DEFAULT, looking_at(ALL_HEADS))) == {"layer": "all", "head": "mean"}
    assert from_query({"layer": "all"})[1] == ()
    assert from_query({"layer": "mean"})[1] != ()


def test_another_text_holds_its_best_finding():
    assert changed(DEFAULT, text="other").query == BEST
    assert changed(DEFAULT, second="other").query == BEST
    assert changed(put(DEFAULT, {"token": None}), text="other").query == BEST
    assert changed(DEFAULT, text="other", token=None).query is None
    assert changed(changed(DEFAULT, text="other", token=2), text=DEFAULT.a.text).query == 10
    assert changed(DEFAULT, layer=0).query == 10


def test_another_model_keeps_where_one_looked_as_far_as_it_has_that(monkeypatch):
    small = replace(INFO, name="a/small", stacks=(Stack("encoder", 4, 2), Stack("cross", 2, 2)))
    known = {"a/small": small, "a/large": replace(INFO, name="a/large")}

    def described(name: str) -> av.ModelInfo:
        if name not in known:
            raise av.UnknownModelError(say("There is no {name}.", name=name))
        return known[name]

    monkeypatch.setattr(changes, "describe_model", described)
    looked = put(at(3, 1), {"key": 3, "show": "pair", "with": (4, 7)})
    after = changed(looked, model="a/small")
    assert (after.a.model, after.a.place, after.query, after.key) == ("a/small", Place(3, 1), 10, 3)
    assert (after.show, after.settings.links.beside) == ("maps", ())
    assert changed(after, kind="cross").a.place == Place(0, 0), "its cross attention has no layer 3"
    assert changed(at(5, 11), model="a/small").a.place == Place(0, 0)
    assert changed(at(5, 11), model="a/large").a.place == Place(5, 11)
    assert changed(at(3, None, (1, 5)), model="a/small").a.place == Place(3, None)
    assert changed(looked, model="nobody/knows").a.place == Place(0, 0)
    assert changed(looked, model="a/small", layer=2).a.place == Place(2, 1)
    other = changed(looked, model="a/small", text="other")
    assert (other.query, other.key) == (BEST, None), "another text has other tokens"


def test_the_grid_shows_the_weight_of_a_pair_as_long_as_one_is_held():
    pair = changed(DEFAULT, token=10, key=2, show="pair")
    assert pair.show == "pair"
    assert changed(pair, layer=0).show == "pair"
    for change in ({"key": None}, {"token": None}, {"text": "other"}):
        assert changed(pair, **change).show == "maps"
    assert changed(put(pair, {"show": "entropy"}), key=None).show == "entropy"


def test_a_link_that_names_only_a_model_opens_on_its_first_head():
    selection, problems = from_query({"model": "a/b"})
    assert (selection.a.place, selection.query, problems) == (Place(0, 0), BEST, ())
    assert to_query(selection) == {"model": "a/b"}
    assert from_query({"b_model": "a/b"})[0].b.place == Place(0, 0)


def test_a_chosen_mean_lasts_until_another_head_is_chosen():
    chosen = changed(DEFAULT, head=None, among=(1, 4))
    assert to_query(chosen) == {"head": "mean", "among": "1.4"}
    assert changed(chosen, token=3).a.place == Place(3, None, (1, 4))
    assert changed(chosen, head=2).a.place == Place(3, 2)
    assert fit(at(3, None, (1, 99)).a, INFO)[0].place == Place(3)


@pytest.mark.parametrize("raw", ["1.x", "-1", ".".join("9" * 300), "99999", "1..2"])
def test_a_mean_of_what_is_no_heads(raw):
    selection, problems = from_query({"head": "mean", "among": raw})
    assert selection.a.place == Place(3)
    assert "the mean of all is shown" in problems[0]


def test_the_other_side_is_as_this_one_where_it_names_nothing():
    assert DEFAULT.side("b").text == DEFAULT.a.text
    selection = Selection(Side("x", "a", "x", "cross"), Side("m", "b", place=Place(1, 2)))
    assert selection.side("b") == selection.b
    assert Selection(Side("x", "a", "y", "cross")).side("b") == Side("x", "a", "y", "cross", DEFAULT.b.place)


def test_each_field_has_one_row_that_writes_what_it_reads():
    assert len({row.name for row in FIELDS}) == len(FIELDS) == len({row.path for row in FIELDS})
    for row in FIELDS:
        value = row.of(DEFAULT)
        if row.write(value):
            assert row.read(row.write(value)) == value
    with pytest.raises(AssertionError, match="no field of the address"):
        put(DEFAULT, {"lauer": 1})


def test_a_side_and_its_names_in_the_address():
    side = Side("m", "t", "s", "cross", Place(2, None, (1, 3)))
    for which in ("a", "b"):
        selection = put(DEFAULT, on_side(which, side))
        assert value_of(selection, on(which, "layer")) == 2
        assert value_of(selection, on(which, "text")) == "t"
    assert put(DEFAULT, on_side("a", side)).a == side
    assert on("b", "text") == "b_text"


def test_a_model_in_place_of_another_changes_the_side_that_asked_for_it():
    a, b = Side("gone", "x"), Side("gone")
    assert in_place_of(Selection(a), "gone", "new") == {"model": "new", "b_model": ""}
    assert in_place_of(Selection(a, Side("kept")), "gone", "new") == {"model": "new", "b_model": "kept"}
    assert in_place_of(Selection(Side("kept", "x"), b), "gone", "new") == {"model": "kept", "b_model": "new"}
    assert in_place_of(Selection(Side("new", "x"), b), "gone", "new") == {"model": "new", "b_model": ""}
    assert in_place_of(Selection(a, b), "gone", "new") == {"model": "new", "b_model": ""}
    lost = Selection(replace(a, place=Place(0, 0)))
    assert changed(lost, **way_back(lost, "gone", DEFAULT.a.model)).a.place == DEFAULT.a.place
    assert way_back(Selection(Side("kept", "x"), b), "gone", "new") == {"model": "kept", "b_model": "new"}


@settings(deadline=None)
@given(links, st.sampled_from(["all", "layer", "head"]))
def test_a_url_restores_how_links_and_grid_are_set(links, part):
    selection = Selection(settings=Settings(links, part))
    assert from_query(to_query(selection)) == (selection, ())


def test_settings_of_the_links_and_the_grid_in_a_url():
    links = Links((1, 4), 80, 0.05, hide=True, again=True, route="01")
    query = {"with": "1.4", "cover": "80", "least": "0.05", "hide": "1", "again": "1", "route": "01", "of": "layer"}
    assert to_query(Selection(settings=Settings(links, "layer"))) == query
    assert to_query(put(DEFAULT, linked(Links(cover=75)))) == {"cover": "75"}
    assert to_query(put(DEFAULT, linked(Links()))) == {}


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("cover", "61", "10, 15, 20 … or 100 is expected; 60 are drawn"),
        ("cover", "-5", "60 are drawn"),
        ("cover", "٦٠", "60 are drawn"),
        ("cover", "9" * 5000, "60 are drawn"),
        ("least", "nan", "a number from 0 to 1 with at most 4 decimals is expected; none is too weak"),
        ("least", "inf", "none is too weak"),
        ("least", "1.5", "none is too weak"),
        ("least", "1e-3", "none is too weak"),
        ("least", "٠", "none is too weak"),
        ("hide", "yes", "0 or 1 is expected; they are shown"),
        ("again", "", "0 or 1 is expected; they are left as they are"),
        ("route", "02", "00 or 01 or 10 or 11 is expected; all are drawn"),
        ("with", "a.b", "numbers with dots between them are expected; only the one on screen is drawn"),
        ("of", "some", "all or layer or head is expected; all is shown"),
    ],
)
def test_settings_that_can_not_be_used_are_named(name, raw, said):
    selection, problems = from_query({name: raw})
    assert selection == DEFAULT
    assert len(problems) == 1
    assert problems[0].endswith(f"{said}.")
    assert len(problems[0]) < 200


def test_heads_that_the_model_does_not_have_are_not_drawn():
    asked = put(DEFAULT, {"with": (1, 7, 12, 99)})
    selection, problems = fit_links(asked, INFO)
    assert selection == put(DEFAULT, {"with": (1, 7)})
    assert problems == (
        "The link asks for the links of head 12, 99 too, but all-MiniLM-L6-v2 has heads 0 to 11; only what is there "
        "is drawn.",
    )
    assert fit_links(selection, INFO) == (selection, ())
    many = put(DEFAULT, {"with": tuple(range(256))})
    assert len(fit_links(many, INFO)[1][0]) < 200


def test_heads_beside_the_one_on_screen_stay_until_another_model_is_chosen():
    several = put(DEFAULT, {"with": (4, 7), "cover": 80, "of": "layer"})
    for change in ({"layer": 5}, {"head": 4}, {"text": "other"}, {"head": None, "among": (1, 4)}):
        assert changed(several, **change).settings == several.settings
    assert changed(several, model="a/b").settings == Settings(Links(cover=80), "layer")
    assert changed(several, kind="cross").settings.links.beside == ()
