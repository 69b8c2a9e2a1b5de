"""The programs on the page "Build attention" are run, and print what the page shows."""

from __future__ import annotations

import contextlib
import io
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from attention_viz.builder.build import Build, faults, recipe
from attention_viz.builder.code import NUMPY, TORCH, Dialect, program
from attention_viz.builder.presets import START
from attention_viz.mechanism.recipe import PARAMETERS, work
from tests.builder.builds import VARIANTS, computed

DIALECTS = {"torch": TORCH, "numpy": NUMPY}


def ran(build: Build, dialect: Dialect) -> dict[str, np.ndarray]:
    """What the program makes, without a word of warning."""
    place: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed, warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(program(build, dialect), place)
    assert printed.getvalue()
    return {name: np.asarray(place[name]) for name in ("weights", "output")}


@pytest.mark.learns
@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize("name", VARIANTS)
def test_the_program_on_the_page_computes_what_is_on_the_page(name, dialect):
    build = VARIANTS[name]
    assert not faults(build)
    worked = computed(build)
    found = ran(build, dialect)
    expected = worked.weights if build.heads > 1 else worked.weights[0]
    # After hundreds of steps, the order in which a library adds up shows in the last digits.
    least = 1e-9 if build.source == "random" and build.steps else 1e-12
    np.testing.assert_allclose(found["weights"], expected, atol=least)
    np.testing.assert_allclose(found["output"], worked.output, atol=least)
    assert ("torch" in program(build, dialect)) == (dialect is TORCH)


small = st.integers(-2, 2).map(float)


def tables(rows: int, columns: int) -> st.SearchStrategy[tuple[tuple[float, ...], ...]]:
    return st.tuples(*[st.tuples(*[small] * columns)] * rows)


@st.composite
def hostile(draw: st.DrawFn) -> dict[str, Any]:
    """Small whole numbers, so that sums are often 0 or negative, under any mask, score and normaliser."""
    source, heads = draw(st.sampled_from(["vectors", "words"])), draw(st.sampled_from([1, 2]))
    size = heads * draw(st.integers(1, 2))
    queries, keys = draw(st.integers(1, 3)), draw(st.integers(1, 5))
    if source == "words":
        queries = keys
        shapes = {"X": (keys, size), **dict.fromkeys(("W_Q", "W_K", "W_V", "W_O"), (size, size))}
    else:
        shapes = {"Q": (queries, size), "K": (keys, size), "V": (keys, size)}
    part = size // heads
    shapes |= {"W": (part, part), "W_1": (part, 2), "W_2": (part, 2)}
    names = tuple(f"t{number}" for number in range(max(queries, keys)))
    return {
        "preset": "three",
        "source": source,
        "names": names[:queries],
        "keys": names[:keys],
        "tables": {name: draw(tables(*shape)) for name, shape in shapes.items()}
        | {"v": (draw(st.sampled_from(_DIRECTIONS)),)},
        "scoring": draw(st.sampled_from(list(PARAMETERS))),
        "scaled": draw(st.booleans()),
        "masks": tuple(draw(st.sets(st.sampled_from(["causal", "padding", "window"])))),
        "length": draw(st.integers(1, keys)),
        "radius": draw(st.integers(0, 2)),
        "normaliser": draw(st.sampled_from(["softmax", "sparsemax", "sum", "root"])),
        "temperature": draw(st.sampled_from([0.5, 1.0, 3.0])),
        "heads": heads,
    }


_DIRECTIONS = ((1.0, 1.0), (1.0, -1.0), (-1.0, 0.0))


def same(build: Build, dialect: Dialect) -> None:
    """NaN is the same as NaN."""
    worked, found = computed(build), ran(build, dialect)
    expected = worked.weights if build.heads > 1 else worked.weights[0]
    np.testing.assert_allclose(found["weights"], expected, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(found["output"], worked.output, rtol=1e-6, atol=1e-9)


@given(hostile())
@settings(deadline=None, max_examples=150)
def test_whatever_goes_in_page_and_programs_agree(fields):
    build = Build(**fields)
    assert not faults(build)
    assume(not work(recipe(build)).problem)  # Then the page says why, and shows no program.
    for dialect in DIALECTS.values():
        same(build, dialect)


NAN = float("nan")


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize(
    ("keys", "choices", "weights"),
    [
        pytest.param((1, -3, 1), {"masks": ("padding",), "length": 2, "normaliser": "root"}, (NAN, NAN, 0), id="below"),
        pytest.param((1, -1), {"normaliser": "sum"}, (NAN, NAN), id="zero"),
        pytest.param((1, -1), {"normaliser": "root"}, (NAN, NAN), id="root of zero"),
        pytest.param((1, -1, 5), {"masks": ("padding",), "length": 2, "normaliser": "sum"}, (NAN, NAN, 0), id="hidden"),
        pytest.param((0, 0), {"normaliser": "sum"}, (NAN, NAN), id="nothing"),
        pytest.param((0.1, 0.2, -0.3), {"normaliser": "sum"}, (NAN,) * 3, id="zero but for rounding"),
        pytest.param((0.1, 0.2, -0.3), {"normaliser": "root"}, (NAN,) * 3, id="root of that"),
    ],
)
def test_weights_that_are_undefined(keys, choices, weights, dialect):
    tables = {"Q": ((1.0,),), "K": tuple((float(key),) for key in keys), "V": tuple((1.0,) for _ in keys)}
    names = tuple(map(str, range(len(keys))))
    build = replace(START, names=("0",), keys=names, tables=tables, scaled=False, **choices)
    np.testing.assert_allclose(computed(build).weights[0, 0], weights)
    same(build, dialect)


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_the_1_of_sparsemax_is_not_lost_beside_large_scores(dialect):
    tables = {"Q": ((1e6,),), "K": ((1e6,),) * 3, "V": ((1.0,), (2.0,), (3.0,))}
    build = replace(START, tables=tables, scaled=False, normaliser="sparsemax", temperature=0.01)
    assert not faults(build)
    np.testing.assert_allclose(computed(build).weights[0, 0], 1 / 3)
    same(build, dialect)
