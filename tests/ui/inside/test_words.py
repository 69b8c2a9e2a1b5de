"""What Inside a head says: numbers that don't hide anything, names that can't be mixed up, sentences for each case."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import attention_viz as av
from attention_viz.ui.inside.words import (
    about_bias,
    about_scale,
    bracketed,
    factor,
    last_word,
    listed,
    names_of,
    number,
    share,
    who_brings,
)
from tests.conftest import tokens_of


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (3.14159, "3.142"),
        (-0.5, "−0.500"),
        (0.00012345, "0.000123"),
        (-1e-9, "−1e−09"),
        (123456.7, "123456.700"),
        (1e30, "1e+30"),
    ],
)
def test_numbers_have_three_decimals_or_what_it_takes(value, written):
    assert number(value) == written


@pytest.mark.parametrize(
    ("weight", "written"), [(0.0, "0.000000"), (0.591034, "0.591034"), (1.0, "1.000000"), (3.2e-9, "3.2e−09")]
)
def test_a_small_weight_is_not_written_as_nothing(weight, written):
    assert share(weight) == written


def test_a_negative_factor_stands_in_brackets():
    assert bracketed(factor(-1.25, 3)) == "(−1.250)"
    assert bracketed(factor(1.25)) == "1.25"


def test_vectors_are_cut_in_the_middle():
    assert listed(np.array([1.0, -2.0])) == "[ 1.00 −2.00 ]"
    assert listed(np.arange(8.0)) == "[ 0.00 1.00 … 6.00 7.00 ]"


def test_equal_tokens_have_their_place_and_all_are_isolated():
    assert names_of(tokens_of(["the", "cat", "the"])) == ["\u2068the\u2069 #0", "\u2068cat\u2069", "\u2068the\u2069 #2"]


def test_where_one_starts_when_no_token_is_held():
    assert last_word(tokens_of(["[CLS]", "cats", "sleep", ".", "[SEP]"])) == 2
    assert last_word(tokens_of(["[CLS]", "!", "?", "[SEP]"])) == 2
    assert last_word(tokens_of(["[CLS]", "[SEP]"])) == 1


def test_the_largest_dimension_is_named(pronoun):
    apart = av.take_apart(pronoun, 3, 1, 10, 2)
    with_ = replace(apart, query_vector=np.array([1.0, 2.0, 3.0, 0.1]), key_vector=np.array([1.0, -1.0, 2.0, 0.1]))
    assert who_brings(with_) == "**Dimension 2 alone brings 6.000 of 5.010** (dimension 1: −2.000, dimension 0: 1.000)."
    against = replace(apart, query_vector=np.array([3.0, 2.0, 2.0]), key_vector=np.array([-1.0, 1.0, 1.0]))
    assert who_brings(against).startswith("**Dimension 0 alone brings −3.000**, against the rest (")
    nothing = replace(apart, query_vector=np.zeros(2), key_vector=np.zeros(2))
    assert who_brings(nothing) == ""


def test_the_scale_and_the_bias_are_told_as_they_are(pronoun):
    apart = av.take_apart(pronoun, 3, 1, 10, 2)
    assert "by 1/√32 = 0.1768." in about_scale(apart)
    assert about_scale(replace(apart, scale=1.0)).startswith("This model compares q·k as it is")
    assert about_scale(replace(apart, scale=0.3)).endswith("multiplies it by 0.3.")
    assert about_bias(apart) == "It adds nothing else."
    biases = np.full(24, -0.25)
    assert "a **bias** of −0.250" in about_bias(replace(apart, biases=biases))
