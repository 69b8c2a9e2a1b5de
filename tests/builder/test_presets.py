"""Every number in the texts of the examples, in its place, against NumPy alone. The head that learns is examined."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from attention_viz.builder.build import recipe, swapped
from attention_viz.builder.presets import PRESETS
from attention_viz.builder.steps import steps
from attention_viz.mechanism.learning import Lesson, learn
from tests.builder.builds import computed

WORDS = {"half": 0.5, "two": 2, "three": 3, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "thousandth": 0.001}
NUMBER = re.compile(rf"\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?|\b(?:{'|'.join(WORDS)})\b", re.IGNORECASE)
NAMES = re.compile(r"W_\d")
"""Numbers in names stand for nothing."""

Q, K = np.array([0.1, 0.2, 0.3]), np.array([[0.4, 0.5, 0.6], [0.7, 0.8, 0.9], [0.1, 0.2, 0.3]])
QUERIES = np.array([[1, 2, 3], [4, 5, 6]])
STEPS = 300


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores)
    shares: np.ndarray = powers / powers.sum(-1, keepdims=True)
    return shares


def check(text: str, values: Sequence[float]) -> None:
    """The numbers of a text are these, in this order, rounded as they are written."""
    found = NUMBER.findall(NAMES.sub("W", text))
    for written, value in zip(found, values, strict=True):
        number = WORDS.get(written.lower()) or float(written.replace(",", ""))
        decimals = len(written.partition(".")[2])
        assert abs(number - value) <= 0.5 * 10**-decimals + 1e-9, f"“{written}” is {value}, in: {text}"


def three() -> dict[str, list[float]]:
    return {**studying(), "title": []}


def studying() -> dict[str, list[float]]:
    scores = K @ Q
    root = scores.sum() ** 0.5
    quoted = 0.42  # What the tutorial prints, which is no number of ours.
    by_hand = [number for pair in zip(Q, K[0], strict=True) for number in pair]
    divided = [*(scores / root), root, 1, 10, (10 * scores).sum() / (10 * scores.sum()) ** 0.5]
    return {
        "title": [len(K)],
        "note": [*Q, len(K), *scores],
        "differ": [quoted, *by_hand, scores[0], *divided, *softmax(scores), softmax(scores).sum()],
    }


def vectors() -> dict[str, list[float]]:
    keys, values = QUERIES + 6, QUERIES + 12
    scores = QUERIES @ keys.T
    scaled = scores / 3**0.5
    weights, listing = softmax(scaled), scaled @ values
    return {
        "title": [len(QUERIES), len(keys)],
        "note": [*scores.ravel(), keys.shape[1], *scaled.ravel(), weights[0, 1], *(weights @ values)[0]],
        "differ": [
            *listing.ravel(),
            *values[:, 0],
            listing[0, 0],
            *(QUERIES.T @ keys).ravel(),
            *(QUERIES.T @ keys).shape,
        ],
    }


def additive() -> dict[str, list[float]]:
    build = PRESETS["additive"].build
    x, first, second, v = (np.array(build.tables[name]) for name in ("Q", "W_1", "W_2", "v"))
    e = np.array([[v[0] @ np.tanh(first.T @ one + second.T @ other) for other in x] for one in x])
    row, column = build.names.index("sat"), build.key_names.index("cat")
    place = 10 * (row + 1) + column + 1  # Two indices beside each other.
    return {
        "title": [],
        "note": [2015, row + 1, place, e[row, column], place, softmax(e)[row, column]],
        "differ": [],
    }


def heads() -> dict[str, list[float]]:
    build = swapped(PRESETS["heads"].build)
    x, w_q, w_k = (np.array(build.tables[name]) for name in ("X", "W_Q", "W_K"))
    asks, answers = build.names.index("dogs"), build.names.index("bark")
    weights = []
    for part in (slice(0, 2), slice(2, 4)):
        scores = (x @ w_q)[:, part] @ (x @ w_k)[:, part].T / 2**0.5
        weights.append(softmax(scores[:, : build.length])[asks, answers])
    return {
        "title": [build.heads],
        "note": [2, 0, 1 / build.heads, weights[0], 0, weights[1], 1],
        "differ": [0, math.exp(0)],
    }


def scale() -> dict[str, list[float]]:
    lessons = {scaled: learn(0, STEPS, scaled=scaled) for scaled in (True, False)}
    with_scale, without = (10 * examined(lesson) for lesson in lessons.values())
    tokens, features = lessons[True].features.shape
    maps = [*lessons[True].query_weight.shape, *lessons[True].value_weight.shape]
    return {
        "title": [],
        "note": [
            *(tokens, features, *maps, PRESETS["scale"].build.steps, with_scale, 10, tokens, 0),
            *(features, features, features**0.5, 0),
            *(10 ** -round(math.log10(shrunk())), math.floor(without), math.ceil(without), 10),
        ],
        "differ": [],
    }


def examined(lesson: Lesson) -> float:
    """The share of right tokens, on features of the test's own, by the teacher drawn again."""
    rng = np.random.default_rng(0)
    teacher = [rng.standard_normal(shape) for shape in ((10, 50), (50, 50), (50, 8), (50, 50))][3]
    fresh = np.random.default_rng(99).standard_normal((300, 10, 50))
    turned = fresh.swapaxes(1, 2)
    right = (fresh @ lesson.query_weight @ turned).argmax(-1) == (fresh @ teacher @ turned).argmax(-1)
    return float(right.mean())


def shrunk() -> float:
    """How many times a typical gradient of a score is as large with the scale as without, before the first step."""
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
    return typical[0] / typical[1]


VALUES = {made.__name__: made for made in (studying, three, vectors, additive, heads, scale)}


@pytest.mark.learns
@pytest.mark.parametrize("name", PRESETS)
def test_every_number_of_the_texts(name):
    for part, values in VALUES[name]().items():
        check(getattr(PRESETS[name], part), values)


@pytest.mark.parametrize("name", ["studying", "three", "vectors", "additive", "heads"])
def test_no_number_may_change(name):
    """Each, one unit of its last digit up, is found out."""
    for part, values in VALUES[name]().items():
        text = NAMES.sub("W", getattr(PRESETS[name], part))
        for found in NUMBER.finditer(text):
            if found[0].lower() not in WORDS:
                decimals = len(found[0].partition(".")[2])
                other = f"{float(found[0].replace(',', '')) + 10**-decimals:.{decimals}f}"
                with pytest.raises(AssertionError):
                    check(text[: found.start()] + other + text[found.end() :], values)


@pytest.mark.learns
@pytest.mark.parametrize("scaled", [True, False])
def test_what_is_told_of_a_learned_head_is_what_it_does(scaled):
    build = replace(PRESETS["scale"].build, scaled=scaled)
    assert build.steps == STEPS
    lesson = learn(0, build.steps, scaled=scaled)
    assert lesson.found == pytest.approx(examined(lesson), abs=0.06), "2,000 queries there, 3,000 here"
    worked = computed(build)
    rng = np.random.default_rng(0)
    x, *_, teacher = (rng.standard_normal(shape) for shape in ((10, 50), (50, 50), (50, 8), (50, 50)))
    np.testing.assert_allclose(worked.keys[0], x)
    np.testing.assert_array_equal(lesson.wanted, (x @ teacher @ x.T).argmax(-1))


class TestExamples:
    def test_three_words(self):
        q, k = np.array([0.1, 0.2, 0.3]), np.array([[0.4, 0.5, 0.6], [0.7, 0.8, 0.9], [0.1, 0.2, 0.3]])
        worked = computed(PRESETS["three"].build)
        np.testing.assert_allclose(worked.scores, [[[0.32, 0.50, 0.14]]], atol=1e-12)
        np.testing.assert_allclose(worked.weights, [[softmax(k @ q)]])
        np.testing.assert_allclose(worked.output, [softmax(k @ q) @ k])
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

    def test_the_cat_sat_on_the_mat(self):
        build = PRESETS["additive"].build
        x, first, second, v = (np.array(build.tables[name]) for name in ("Q", "W_1", "W_2", "v"))
        e = np.array([[v[0] @ np.tanh(first.T @ one + second.T @ other) for other in x] for one in x])
        worked = computed(build)
        np.testing.assert_allclose(worked.scores[0], e)
        np.testing.assert_allclose(worked.weights[0], softmax(e))
        np.testing.assert_allclose(worked.output, softmax(e) @ x)
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

    def test_why_divide_by_the_root(self):
        rng = np.random.default_rng(0)
        x = rng.standard_normal((10, 50))
        w_q, w_v = rng.standard_normal((50, 50)) / 50**0.5, rng.standard_normal((50, 8)) / 50**0.5
        worked = computed(replace(PRESETS["scale"].build, steps=0))
        weights = softmax(x @ w_q @ x.T / 50**0.5)
        np.testing.assert_allclose(worked.weights[0], weights)
        np.testing.assert_allclose(worked.output, weights @ (x @ w_v))
