"""The examples' numbers against NumPy alone, the programs on the page, and what a link or a table may hold."""

from __future__ import annotations

import contextlib
import io
import json
import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attention_viz.builder.build import (
    MOST,
    Build,
    array,
    begun_with_words,
    decode,
    encode,
    faults,
    recipe,
    resized,
    sizes_of,
    swapped,
    table,
)
from attention_viz.builder.cells import MOST_LETTERS, fault, read, write
from attention_viz.builder.code import NUMPY, TORCH, Dialect, program
from attention_viz.builder.listing import belongs, listed
from attention_viz.builder.presets import PRESETS, START, builds
from attention_viz.builder.steps import Step, flow_chart, steps
from attention_viz.mechanism.learning import learn
from attention_viz.mechanism.recipe import work


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores)
    shares: np.ndarray = powers / powers.sum(-1, keepdims=True)
    return shares


def computed(build: Build) -> Any:
    """Every step, which has to be there."""
    done = work(recipe(build))
    assert not done.problem
    return done


def written(preset: str) -> list[float]:
    """Every number of an example's note."""
    note = PRESETS[preset].note + PRESETS[preset].differ
    for grouped, plain in (("1,0", "10"), ("1,1", "11"), (",4", "4"), (",6", "6")):
        note = note.replace(grouped, plain)
    return [float(found) for found in re.findall(r"\d+(?:\.\d+)?", note.replace("2,7", "27"))]


def said(preset: str, *values: float) -> None:
    """Each value stands in the note, to the digits that are written there."""
    found = written(preset)
    for value in values:
        assert any(abs(value - one) <= 0.5 * 10 ** -_decimals(one) for one in found), (value, found)


def _decimals(number: float) -> int:
    return len(repr(number).split(".")[1]) if number != int(number) else 0


class TestExamples:
    def test_three_words(self):
        q, k = np.array([0.1, 0.2, 0.3]), np.array([[0.4, 0.5, 0.6], [0.7, 0.8, 0.9], [0.1, 0.2, 0.3]])
        worked = computed(PRESETS["three"].build)
        np.testing.assert_allclose(worked.scores, [[[0.32, 0.50, 0.14]]], atol=1e-12)
        np.testing.assert_allclose(worked.weights, [[softmax(k @ q)]])
        np.testing.assert_allclose(worked.output, [softmax(k @ q) @ k])
        said("three", 0.32, 0.50, 0.14, 0.42, *softmax(k @ q), *(k @ q / (k @ q).sum() ** 0.5))
        said("three", 0.96**0.5, 9.6**0.5)
        wrong = computed(replace(PRESETS["three"].build, normaliser="root"))
        assert wrong.weights.sum() == pytest.approx(0.96**0.5)
        np.testing.assert_allclose(wrong.weights[0, 0], (k @ q) / 0.96**0.5)

    def test_two_queries_two_keys(self):
        q = np.array([[1, 2, 3], [4, 5, 6]])
        k, v = q + 6, q + 12
        worked = computed(PRESETS["vectors"].build)
        np.testing.assert_allclose(worked.scores[0], [[50, 68], [122, 167]])
        weights = softmax(q @ k.T / 3**0.5)
        np.testing.assert_allclose(worked.weights[0], weights)
        np.testing.assert_allclose(worked.output, weights @ v)
        said("vectors", 50, 68, 122, 167, 3, *(q @ k.T / 3**0.5).ravel(), weights[0, 1], 16, 17, 18)
        said("vectors", *(q @ k.T / 3**0.5 @ v).ravel(), *(q.T @ k).ravel())

    def test_what_the_listing_computes(self):
        build = PRESETS["vectors"].build
        found = listed(build, recipe(build))
        scores, outputs = found["scores"], found["outputs"]
        assert isinstance(scores, Step)
        assert isinstance(outputs, Step)
        # By hand: 1·7 + 4·10, 1·8 + 4·11, …
        np.testing.assert_array_equal(scores.numbers, [[47, 52, 57], [64, 71, 78], [81, 90, 99]])
        assert scores.hover[0][1] == "1·8 + 4·11 = 52"
        expected = [[(50 * v + 68 * (v + 3)) / 3**0.5 for v in (13, 14, 15)]]
        expected += [[(122 * v + 167 * (v + 3)) / 3**0.5 for v in (13, 14, 15)]]
        np.testing.assert_allclose(outputs.numbers, expected)
        assert f"sum to {118 / 3**0.5:.2f} for “first”, {289 / 3**0.5:.1f} for “second”" in outputs.sentence
        assert belongs(build)
        assert not belongs(START)
        assert not belongs(replace(build, source="words"))

    def test_what_the_listing_can_not_compute(self):
        three = resized(PRESETS["vectors"].build, keys=3)
        found = listed(three, recipe(three))
        assert "there are 2 queries and 3 keys" in str(found["scores"])
        assert isinstance(found["outputs"], Step)
        uneven = replace(resized(PRESETS["vectors"].build, key_size=2), scoring="general")
        found = listed(uneven, recipe(uneven))
        assert isinstance(found["scores"], Step)
        assert found["scores"].numbers.shape == (3, 2)
        assert "A query has 3 numbers and a key 2" in str(found["outputs"])

    def test_the_cat_sat_on_the_mat(self):
        build = PRESETS["additive"].build
        x, first, second, v = (np.array(build.tables[name]) for name in ("Q", "W_1", "W_2", "v"))
        e = np.array([[v[0] @ np.tanh(first.T @ one + second.T @ other) for other in x] for one in x])
        worked = computed(build)
        np.testing.assert_allclose(worked.scores[0], e)
        np.testing.assert_allclose(worked.weights[0], softmax(e))
        np.testing.assert_allclose(worked.output, softmax(e) @ x)
        said("additive", e[2, 1], softmax(e)[2, 1])
        formulas = " ".join(step.formula for step in steps(build, recipe(build), worked))
        assert "e_{ij}" in formulas
        assert r"\alpha_{ij}" in formulas

    @pytest.mark.parametrize("place", [0, 1])
    def test_two_heads_and_padding(self, place):
        first = PRESETS["heads"].build
        build = (first, swapped(first))[place]
        assert build.sequence == place
        assert build.names[: build.length] == (("the", "cat", "sat", "down"), ("dogs", "bark"))[place]
        x, w_q, w_k, w_v, w_o = (np.array(build.tables[name]) for name in ("X", "W_Q", "W_K", "W_V", "W_O"))
        heads, weights = [], []
        for part in (slice(0, 2), slice(2, 4)):
            scores = (x @ w_q)[:, part] @ (x @ w_k)[:, part].T / 2**0.5
            scores[:, build.length :] = -np.inf
            weights.append(softmax(scores))
            heads.append(weights[-1] @ (x @ w_v)[:, part])
        worked = computed(build)
        np.testing.assert_allclose(worked.weights, weights)
        np.testing.assert_allclose(worked.output, np.concatenate(heads, axis=1) @ w_o)
        assert (worked.weights[:, :, build.length :] == 0).all()
        if place == 1:
            said("heads", weights[0][0, 1], weights[1][0, 1])

    def test_why_divide_by_the_root(self):
        rng = np.random.default_rng(0)
        x = rng.standard_normal((10, 50))
        w_q, w_v = rng.standard_normal((50, 50)) / 50**0.5, rng.standard_normal((50, 8)) / 50**0.5
        worked = computed(replace(PRESETS["scale"].build, steps=0))
        weights = softmax(x @ w_q @ x.T / 50**0.5)
        np.testing.assert_allclose(worked.weights[0], weights)
        np.testing.assert_allclose(worked.output, weights @ (x @ w_v))
        said("scale", 50**0.5)

    @pytest.mark.parametrize(("scaled", "right"), [(True, 90), (False, 74)])
    def test_a_learned_head_finds_the_token(self, scaled, right):
        """Examined here with features of its own, and a teacher drawn again."""
        build = replace(PRESETS["scale"].build, scaled=scaled)
        assert build.steps == 300
        rng = np.random.default_rng(0)
        drawn = [rng.standard_normal(shape) for shape in ((10, 50), (50, 50), (50, 8), (50, 50))]
        lesson = learn(0, build.steps, scaled=scaled)
        fresh = np.random.default_rng(99).standard_normal((300, 10, 50))
        turned = fresh.swapaxes(1, 2)
        found = (fresh @ lesson.query_weight @ turned).argmax(-1) == (fresh @ drawn[3] @ turned).argmax(-1)
        assert found.mean() == pytest.approx(right / 100, abs=0.03)
        assert lesson.found == pytest.approx(found.mean(), abs=0.03)
        assert f"**{round(100 * lesson.found)} %**" in PRESETS["scale"].note
        said("scale", right, 300)
        worked = computed(build)
        np.testing.assert_allclose(worked.keys[0], drawn[0])
        assert (worked.weights[0].argmax(-1) == lesson.wanted).sum() == 9

    def test_most_gradients_all_but_vanish_without_the_scale(self):
        rng = np.random.default_rng(0)
        shapes = ((10, 50), (50, 50), (50, 8), (50, 50), (50, 8))
        _, w_q, w_v, t, u = (torch.from_numpy(rng.standard_normal(shape)) / 50**0.5 for shape in shapes)
        x = torch.from_numpy(rng.standard_normal((32, 10, 50)))
        answers = torch.take_along_dim(x @ u, (x @ t @ x.mT).argmax(-1)[..., None], 1)
        typical = []
        for divisor in (50**0.5, 1):
            scores = (x @ w_q @ x.mT / divisor).requires_grad_()
            loss = (scores.softmax(-1) @ (x @ w_v) - answers).square().mean()
            (gradient,) = torch.autograd.grad(loss, scores)
            typical.append(float(gradient.abs().median()))
        assert 500 < typical[0] / typical[1] < 2000, "a thousandth"


def _run(build: Build, dialect: Dialect) -> dict[str, np.ndarray]:
    place: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(program(build, dialect), place)
    assert printed.getvalue()
    return {name: np.asarray(place[name]) for name in ("weights", "output")}


_PLAIN = {name: preset.build for name, preset in PRESETS.items()}
_VARIANTS = {
    **_PLAIN,
    "cosine": replace(_PLAIN["vectors"], scoring="cosine", masks=("causal",)),
    "cosine of heads": replace(_PLAIN["heads"], scoring="cosine", normaliser="sparsemax", temperature=0.3),
    "general": replace(_PLAIN["additive"], scoring="general", masks=("causal", "window"), normaliser="sparsemax"),
    "additive heads": replace(_PLAIN["heads"], scoring="additive", heads=4),
    "sum": replace(_PLAIN["vectors"], normaliser="sum", masks=("causal",)),
    "root": replace(_PLAIN["three"], normaliser="root"),
    "before learning": replace(_PLAIN["scale"], steps=0, seed=5),
    "learned without the scale": replace(_PLAIN["scale"], steps=30, scaled=False),
    "hot": replace(_PLAIN["scale"], temperature=2.5, masks=("window",), radius=2),
    "the other sequence": swapped(_PLAIN["heads"]),
    "padded": replace(_PLAIN["heads"], masks=("causal", "padding"), length=2),
}


@pytest.mark.parametrize("dialect", [TORCH, NUMPY], ids=["torch", "numpy"])
@pytest.mark.parametrize("name", _VARIANTS)
def test_the_program_on_the_page_computes_what_is_on_the_page(name, dialect):
    build = _VARIANTS[name]
    assert not faults(build)
    worked = computed(build)
    found = _run(build, dialect)
    expected = worked.weights if build.heads > 1 else worked.weights[0]
    # After hundreds of steps, the order in which a library adds up shows in the last digits.
    least = 1e-9 if build.source == "random" and build.steps else 1e-12
    np.testing.assert_allclose(found["weights"], expected, atol=least)
    np.testing.assert_allclose(found["output"], worked.output, atol=least)
    assert ("torch" in program(build, dialect)) == (dialect is TORCH)


@pytest.mark.parametrize("name", _VARIANTS)
def test_every_cell_says_where_its_number_comes_from(name):
    build = _VARIANTS[name]
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
        assert fault("1,000") == "holds “1,000”, which may mean 1000 or 1.000: type one of them."


class TestFaults:
    def _with(self, name: str, *cells) -> Build:
        return replace(START, tables={**START.tables, name: tuple(cells)})

    @pytest.mark.parametrize(
        ("cell", "said"),
        [
            (None, "Table K, row “喜欢”, column 2 is empty"),
            ("abc", "Table K, row “喜欢”, column 2 holds “abc”: a number is needed"),
            (float("nan"), "holds NaN, which is no number"),
            (float("inf"), "holds ∞: numbers from −1,000,000 to 1,000,000"),
            (1e38, "holds 10³⁸: numbers from"),
        ],
    )
    def test_a_bad_cell_is_named(self, cell, said):
        first, _, last = START.tables["K"]
        (sentence,) = faults(self._with("K", first, (0.7, cell, 0.9), last))
        assert said in sentence

    def test_a_table_that_does_not_fit_is_named_with_the_size_that_does(self):
        (sentence,) = faults(self._with("K", (1.0, 2.0), (1.0, 2.0), (1.0, 2.0)))
        assert "Table K has 3 × 2 numbers, but 3 × 3 are expected" in sentence
        (sentence,) = faults(self._with("V", (1.0, 2.0)))
        assert "Table V has 1 × 2 numbers, but 3 × 2 are expected: one row for each key" in sentence
        general = replace(self._with("W", (1.0,)), scoring="general")
        assert "Table W has 1 × 1 numbers, but 3 × 3 are expected" in faults(general)[0]

    def test_what_heads_can_not_share_out_evenly_is_named(self):
        three = resized(START, value_size=4)
        assert faults(replace(three, heads=2)) == tuple(
            f"Table {name} has 3 columns, which can't be split among 2 heads of the same size: choose another number "
            "of heads, or a multiple of 2 columns under Sizes."
            for name in ("Q", "K")
        )
        (sentence,) = faults(resized(PRESETS["heads"].build, value_size=5))
        assert "Table W_V has 5 columns" in sentence

    def test_a_whole_number_without_end_in_a_link(self):
        build, problems = decode(f'{{"Q":[[1,{"9" * 4000},3]]}}', builds(), START)
        assert not problems
        assert "Table Q, row “学习”, column 2 holds ∞" in faults(build)[0]

    def test_at_most_a_few_are_listed(self):
        assert len(faults(self._with("K", *([(None,) * 3] * 3)))) == 6


class TestLinks:
    @pytest.mark.parametrize("name", _VARIANTS)
    def test_a_link_brings_everything_back(self, name):
        build = _VARIANTS[name]
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
        assert said in " ".join(problems)
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
                assert steps(one, recipe(one), worked) is not None


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
        assert len(after.names) == len(table(after, after.inputs[0])) or after.source == "vectors"

    def test_word_vectors_begin_with_the_queries_and_maps_that_change_nothing(self):
        build = begun_with_words(replace(PRESETS["vectors"].build, source="words"))
        assert array(build, "X").tolist() == array(PRESETS["vectors"].build, "Q").tolist()
        assert recipe(build).queries.tolist() == recipe(build).keys.tolist() == array(build, "X").tolist()
        assert begun_with_words(PRESETS["heads"].build) == PRESETS["heads"].build, "what is there stays"

    def test_more_queries_get_names(self):
        assert resized(START, queries=3).names == ("学习", "token 2", "token 3")
