"""What a link or a table of the page "Build attention" may hold, and what its cells say."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attention_viz.builder.address import decode, encode
from attention_viz.builder.build import MOST, Build, array, recipe, sizes_of, swapped, table
from attention_viz.builder.cells import MOST_LETTERS, fault, read, write
from attention_viz.builder.chart import flow_chart
from attention_viz.builder.faults import faults
from attention_viz.builder.presets import PRESETS, START, builds
from attention_viz.builder.sizes import begun_with_words, resized
from attention_viz.builder.steps import steps
from attention_viz.mechanism.recipe import work
from tests.builder.builds import VARIANTS


@pytest.mark.parametrize("name", VARIANTS)
def test_every_cell_says_where_its_number_comes_from(name):
    build = VARIANTS[name]
    asked = recipe(build)
    found = steps(build, asked, work(asked))
    assert [step.key for step in found if step.key in ("scores", "weights", "outputs")] == [
        "scores",
        "weights",
        "outputs",
    ]
    for step in found:
        assert np.array(step.hover).shape == step.numbers.shape == (len(step.rows), len(step.columns))
        assert all(line for row in step.hover for line in row)
        if step.key in ("masked", "weights") and asked.visible is not None:
            np.testing.assert_array_equal(step.hidden, ~asked.visible)
        else:
            assert step.hidden is None
    chart = flow_chart(build, asked)
    assert f"{'' if build.heads == 1 else f'{build.heads} × '}{len(asked.queries)} × {len(asked.keys)}" in chart


def test_the_sum_behind_the_first_score():
    build = PRESETS["three"].build
    scores = steps(build, recipe(build), work(recipe(build)))[0]
    assert scores.hover[0][0] == "s₁₁ = 0.1·0.4 + 0.2·0.5 + 0.3·0.6 = 0.32"
    assert scores.texts[0][0] == "0.32"


class TestCells:
    @pytest.mark.parametrize(
        ("typed", "cell"),
        [
            ("0.5", 0.5),
            (" 0,5 ", 0.5),
            ("−2", -2.0),
            ("-.5", -0.5),
            ("+3.", 3.0),
            ("1e38", 1e38),
            ("2E-3", 0.002),
            ("inf", float("inf")),
            ("−∞", float("-inf")),
            ("", None),
            ("  ", None),
            (None, None),
            ("abc", "abc"),
            ("1_0", "1_0"),
            ("٣", "٣"),
            ("0x10", "0x10"),
            ("1,2,3", "1,2,3"),
            ("1,000", "1,000"),
            ("0,125", 0.125),
            ("--1", "--1"),
            ("x" * 99, "x" * 24),
        ],
    )
    def test_what_is_typed(self, typed, cell):
        assert read(typed) == cell

    def test_no_number_is_typed(self):
        assert math.isnan(read("NaN"))  # type: ignore[arg-type]  # a cell may be a text, this one is not

    @given(st.none() | st.floats() | st.text(max_size=MOST_LETTERS).map(read))
    def test_what_a_table_shows_is_read_back(self, cell):
        again = read(write(cell))
        assert again == cell or (again != again and cell != cell)

    def test_numbers_are_short(self):
        assert [write(cell) for cell in (1.0, 0.1, -0.5, 1e38, 123456.0)] == ["1", "0.1", "-0.5", "1e+38", "123456"]

    def test_a_comma_that_can_be_read_in_two_ways(self):
        said = fault("1,000", "Q", 1, 2)
        assert str(said) == ("Table Q, row 1, column 2 holds “1,000”, which may mean 1000 or 1.000: type one of them.")


class TestFaults:
    def _with(self, name: str, *cells) -> Build:
        return replace(START, tables={**START.tables, name: tuple(cells)})

    @pytest.mark.parametrize(
        ("cell", "said"),
        [
            (None, "Table K, row “like”, column 2 is empty"),
            ("abc", "Table K, row “like”, column 2 holds “abc”: a number is needed"),
            (float("nan"), "holds NaN, which is no number"),
            (float("inf"), "holds ∞: numbers from −1,000,000 to 1,000,000"),
            (1e38, "holds 10³⁸: numbers from"),
        ],
    )
    def test_a_bad_cell_is_named(self, cell, said):
        first, _, last = START.tables["K"]
        (sentence,) = faults(self._with("K", first, (0.7, cell, 0.9), last))
        assert said in str(sentence)

    def test_a_table_that_does_not_fit_is_named_with_the_size_that_does(self):
        (sentence,) = faults(self._with("K", (1.0, 2.0), (1.0, 2.0), (1.0, 2.0)))
        assert "Table K has 3 × 2 numbers, but 3 × 3 are expected" in str(sentence)
        (sentence,) = faults(self._with("V", (1.0, 2.0)))
        assert "Table V has 1 × 2 numbers, but 3 × 2 are expected: one row for each key" in str(sentence)
        general = replace(self._with("W", (1.0,)), scoring="general")
        assert "Table W has 1 × 1 numbers, but 3 × 3 are expected" in str(faults(general)[0])

    def test_what_heads_can_not_share_out_evenly_is_named(self):
        three = resized(START, value_size=4)
        assert tuple(map(str, faults(replace(three, heads=2)))) == tuple(
            f"Table {name} has 3 columns, which can't be split among 2 heads of the same size: choose another number "
            "of heads, or a multiple of 2 columns under Sizes."
            for name in ("Q", "K")
        )
        (sentence,) = faults(resized(PRESETS["heads"].build, value_size=5))
        assert "Table W_V has 5 columns" in str(sentence)

    def test_a_whole_number_without_end_in_a_link(self):
        build, problems = decode(f'{{"Q":[[1,{"9" * 4000},3]]}}', builds(), START)
        assert not problems
        assert "Table Q, row “studying”, column 2 holds ∞" in str(faults(build)[0])

    def test_at_most_a_few_are_listed(self):
        assert len(faults(self._with("K", *([(None,) * 3] * 3)))) == 6


class TestLinks:
    @pytest.mark.parametrize("name", VARIANTS)
    def test_a_link_brings_everything_back(self, name):
        build = VARIANTS[name]
        again, problems = decode(encode(build, PRESETS[build.preset].build, START), builds(), START)
        assert again == build
        assert not problems

    def test_a_batch_keeps_both_sequences_in_the_link(self):
        first = PRESETS["heads"].build
        edited = replace(first, tables={**first.tables, "X": ((9.0,) * 4,) * 4})
        other = swapped(edited)
        assert other.tables["X"] == ((0.0, 1.0, 0.5, 0.5), (1.0, 0.0, 0.0, 1.0), (0.0,) * 4, (0.0,) * 4)
        again, problems = decode(encode(other, first, START), builds(), START)
        assert not problems
        assert swapped(again) == edited
        assert swapped(START) == START

    def test_a_link_from_before_a_batch_kept_both(self):
        old = {"preset": "heads", "names": ["dogs", "bark", "[PAD]", "[PAD]"], "length": 2}
        old |= {"keys": old["names"], "X": [[0, 1, 0.5, 0.5], [1, 0, 0, 1], [0] * 4, [0] * 4]}
        build, problems = decode(json.dumps(old), builds(), START)
        assert not problems
        assert build == swapped(PRESETS["heads"].build)

    def test_both_sequences_of_a_batch_get_the_same_size(self):
        build = resized(PRESETS["heads"].build, queries=5, size=3)
        assert not faults(build)
        assert not faults(swapped(build))
        assert swapped(build).names == ("dogs", "bark", "[PAD]", "[PAD]", "token 5")

    def test_the_first_example_needs_no_words(self):
        assert encode(START, START, START) == ""
        assert decode("", builds(), START) == (START, ())

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("nonsense", "it is not JSON"),
            ("[" * 9000, "it is not JSON"),
            ("[1]", "it is not JSON"),
            ('{"preset":"none"}', "an example that is not there"),
            ('{"preset":["three"]}', "an example that is not there"),
            ('{"K":[[1],[1,2]]}', "table K is no table of 1 to 8 rows"),
            ('{"K":[]}', "table K is no table"),
            ('{"scoring":"<b>"}', "scoring can't be used"),
            ('{"preset":"heads","other":[1]}', "other can't be used"),
            ('{"preset":"heads","other":{"names":["a"],"X":[[1],[1,2]],"length":1}}', "other can't be used"),
            ('{"preset":"heads","other":{"names":["a"],"X":[[1]],"length":"1"}}', "other can't be used"),
            ('{"heads":true}', "heads can't be used"),
            ('{"temperature":0}', "temperature can't be used"),
            ('{"preset":"scale","steps":7}', "steps can't be used"),
            ('{"preset":"scale","steps":true}', "steps can't be used"),
            ('{"temperature":NaN}', "temperature can't be used"),
            ('{"names":[1]}', "names can't be used"),
            ('{"source":"words","names":[]}', "names can't be used"),
            ('{"__class__":1}', "__class__ can't be used"),
        ],
    )
    def test_what_a_link_can_not_ask_for(self, text, said):
        build, problems = decode(text, builds(), START)
        assert said in " ".join(map(str, problems))
        assert not faults(build)

    @given(
        st.dictionaries(
            st.sampled_from(
                ["K", "Q", "X", "W", "names", "keys", "masks", "heads", "source", "query", "preset", "v", "other"]
            ),
            st.just({"names": ["a"], "X": [[1]], "length": 1})
            | st.recursive(
                st.none()
                | st.booleans()
                | st.integers()
                | st.floats()
                | st.text(max_size=5)
                | st.sampled_from(["words", "heads"]),
                lambda inner: st.lists(inner, max_size=9),
                max_leaves=30,
            ),
        )
    )
    @settings(deadline=None, max_examples=60)
    def test_whatever_stands_in_a_link_the_page_can_say_something(self, asked):
        build, _ = decode(json.dumps(asked), builds(), START)
        for one in (build, swapped(build)):
            if not faults(one):
                worked = work(recipe(one))
                assert worked.problem or worked.output is not None
                assert steps(one, recipe(one), worked)


class TestSizes:
    @given(st.sampled_from(["three", "additive", "heads"]), st.data())
    @settings(deadline=None, max_examples=40)
    def test_what_was_there_stays_and_everything_fits(self, preset, data):
        build = PRESETS[preset].build
        now = sizes_of(build)
        same = data.draw(st.integers(1, MOST // build.heads)) * build.heads
        free = set(now) - ({"keys"} if build.source == "words" else set())
        name = data.draw(st.sampled_from(sorted(free)))
        sizes = {"query_size": same, "key_size": same} if name in ("query_size", "key_size") else {name: same}
        after = resized(build, **sizes)
        assert not faults(after)
        assert {one: sizes_of(after)[one] for one in sizes} == sizes
        for one in build.inputs:
            old, new = array(build, one), array(after, one)
            rows, columns = (min(ends) for ends in zip(old.shape, new.shape, strict=True))
            np.testing.assert_array_equal(new[:rows, :columns], old[:rows, :columns])
        assert len(after.names) == len(table(after, after.inputs[0]))

    def test_word_vectors_begin_with_the_queries_and_maps_that_change_nothing(self):
        build = begun_with_words(replace(PRESETS["vectors"].build, source="words"))
        assert array(build, "X").tolist() == array(PRESETS["vectors"].build, "Q").tolist()
        assert recipe(build).queries.tolist() == recipe(build).keys.tolist() == array(build, "X").tolist()
        assert begun_with_words(PRESETS["heads"].build) == PRESETS["heads"].build, "what is there stays"

    def test_more_queries_get_names(self):
        assert resized(START, queries=3).names == ("studying", "token 2", "token 3")
