"""Sentences as values."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import TypeCheckError

import attention_viz as av
from attention_viz.core.errors import AttentionVizError, check_index
from attention_viz.core.message import Listed, Message, counted, first_of, say, verbatim

HOSTILE = "{0.__class__} {name} {} { }} %s {x!r:>9} \0 \n"


def tokens(count: int) -> Message:
    return counted(count, "{count:,} token of {model} was cut.", "{count:,} tokens of {model} were cut.", model="tiny")


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (0, "0 tokens of tiny were cut."),
        (1, "1 token of tiny was cut."),
        (2, "2 tokens of tiny were cut."),
        (12345, "12,345 tokens of tiny were cut."),
    ],
)
def test_what_is_counted_reads_differently_of_one(count: int, sentence: str):
    assert str(tokens(count)) == sentence


def test_numbers_are_formatted_where_they_stand():
    message = say("{share:.0%} of {bytes:,} bytes, {weight:.2g}", share=0.256, bytes=12345, weight=0.123)
    assert str(message) == "26% of 12,345 bytes, 0.12"


@given(st.text())
def test_braces_in_a_value_are_only_braces(text: str):
    for value in (text, HOSTILE + text):
        assert str(say("“{name}” is odd.", name=value)) == f"“{value}” is odd."
        assert str(counted(2, "one", "{count} of {name}", name=value)) == f"2 of {value}"
        assert str(say("A {what}.", what=say("{name}", name=value))) == f"A {value}."
        assert str(verbatim(value)) == value
        assert str(Listed((value, value))) == f"{value} and {value}"


def test_braces_of_a_template_are_doubled():
    assert str(say('{{"tokens": {name}}}', name="x")) == '{"tokens": x}'


@pytest.mark.parametrize(
    ("items", "last", "text"),
    [
        ((), "and", ""),
        (("a",), "and", "a"),
        (("a", "b"), "and", "a and b"),
        (("a", "b", "c"), "and", "a, b and c"),
        (("a", "b", "c"), "or", "a, b or c"),
        (("a", "b", "c"), ",", "a, b, c"),
        ((1, say("“{word}”", word="x")), "and", "1 and “x”"),
    ],
)
def test_lists_are_joined_as_english_does(items, last, text: str):
    assert str(Listed(items, last)) == text


def test_of_many_the_first_are_named_and_the_others_counted():
    assert str(first_of(["a", "b", "c"], 3)) == "a, b, c"
    assert str(first_of([str(number) for number in range(1300)], 2)) == "0, 1 and 1,298 more"


def test_equal_by_what_it_is_made_of():
    assert tokens(2) == tokens(2) != tokens(3)
    assert hash(tokens(2)) == hash(tokens(2))
    assert say("{a} {b}", a=1, b=2) == say("{a} {b}", b=2, a=1), "the order of the names says nothing"
    assert say("{a}", a="x") != say("x"), "it reads the same and is another template"
    assert say("{a}", a=Listed(("x", "y"))) == say("{a}", a=Listed(("x", "y")))


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_copies_are_equal(copied):
    message = say("{why} {names}", why=tokens(1), names=first_of(["a", "b"], 1))
    assert copied(message) == message
    assert str(copied(message)) == "1 token of tiny was cut. a and 1 more"


def test_shows_its_sentence_in_a_list():
    assert repr((tokens(1), verbatim("it's"))) == "(Message('1 token of tiny was cut.'), Message(\"it's\"))"


def test_nothing_of_it_can_be_changed():
    with pytest.raises(AttributeError):
        tokens(1).template = "{count} more"  # type: ignore[misc]  # that it is refused is the test


class TestErrors:
    def test_an_error_says_its_message(self):
        error = av.MapError(tokens(1))
        assert (str(error), error.message) == ("1 token of tiny was cut.", tokens(1))

    @pytest.mark.parametrize("kind", [AttentionVizError, av.MapError, av.RangeError, av.PickledModelError])
    def test_a_plain_string_is_refused(self, kind):
        with pytest.raises(TypeCheckError):
            kind("There is no such thing.")

    def test_an_index_that_is_not_there_is_an_index_error(self):
        with pytest.raises(IndexError) as raised:
            check_index("key token", 9, 3)
        assert str(raised.value) == "There is no key token 9: key tokens count from 0 and the last one is 2."

    @pytest.mark.parametrize(
        "error",
        [
            av.RangeError(tokens(3)),
            av.NotDownloadedError(tokens(3), "organisation/name"),
            av.PickledModelError(tokens(3), "organisation/name@refs/pr/7"),
        ],
        ids=lambda error: type(error).__name__,
    )
    @pytest.mark.parametrize("copied", [copy.copy, lambda one: pickle.loads(pickle.dumps(one))], ids=["copy", "pickle"])
    def test_copies_keep_all_that_is_known(self, error: AttentionVizError, copied):
        assert vars(copied(error)) == vars(error)
        assert str(copied(error)) == str(error)
