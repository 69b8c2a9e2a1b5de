"""The settings of a training as a link writes them: nothing is lost, and what can't be used is named."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention_viz.core.errors import ConfigError
from attention_viz.toy.config import MOST_TEXT, RANGES, Config
from attention_viz.toy.tasks import TASKS
from attention_viz.ui.train.setup import START, Setup, decode, encode, with_field


@st.composite
def setups(draw: st.DrawFn) -> Setup:
    """Every setting that the page or a careful link can name."""
    task = draw(st.sampled_from(list(TASKS.values())))
    free = set(task.free)
    heads = draw(st.integers(1, 8)) if "heads" in free else task.defaults.heads
    each = draw(st.integers(-(-8 // heads), 128 // heads)) if "width" in free else task.defaults.width // heads
    text = draw(st.text(max_size=300)) if "text" in free else ""
    config = Config(
        layers=draw(st.integers(1, 4)) if "layers" in free else task.defaults.layers,
        heads=heads,
        width=heads * each,
        learning_rate=draw(st.floats(1e-5, 10)),
        steps=draw(st.integers(10, 5000)),
        seed=draw(st.integers(0, 9999)),
        text=text or task.defaults.text,
    )
    return Setup(task, config)


@given(setups())
def test_a_setup_comes_back_from_its_link(setup: Setup):
    assert decode(encode(setup), setup.own) == (setup, ())


@given(st.text(max_size=200) | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps))
def test_any_link_gives_a_setup_that_can_be_shown(train: str):
    setup, _ = decode(train, "")
    assert setup.task in TASKS.values()
    setup.task.check(setup.config)


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_the_usual_settings_need_no_words(task):
    written = encode(Setup(task, task.defaults))
    assert written == ("" if task is START else f'{{"task":"{task.name}"}}')


@pytest.mark.parametrize(
    ("train", "said"),
    [
        ("{", "they are not a JSON object"),
        ("[" * 20_000, "they are not a JSON object"),
        ("[1]", "they are not a JSON object"),
        ('{"task":"sorting"}', "There is no task 'sorting'"),
        ('{"task":["recall"]}', "There is no task"),
        ('{"depth":3}', "'depth' is no setting"),
        ('{"layers":5}', "The number of layers is 5: a whole number from 1 to 4 is wanted"),
        ('{"layers":true}', "The number of layers is True"),
        ('{"steps":9}', "from 10 to 5000"),
        ('{"steps":1e400}', "The number of steps is inf"),
        ('{"seed":1.5}', "The seed is 1.5"),
        ('{"learning_rate":NaN}', "The learning rate is nan"),
        ('{"learning_rate":"<b>"}', "The learning rate is '<b>'"),
        ('{"width":20,"heads":8}', "A width of 20 can't be split among 8 heads"),
        ('{"task":"dates","layers":2}', "has no setting 'layers'"),
        ('{"text":"hello"}', "has no setting 'text'"),
        ('{"task":"text","text":"hello"}', "has no setting 'text'"),
    ],
)
def test_what_can_not_be_used_is_named_and_the_usual_is_shown(train: str, said: str):
    setup, (problem,) = decode(train, "")
    assert said in problem
    assert setup.config == setup.task.defaults


def test_a_text_that_is_too_long_is_named():
    _, (problem,) = decode('{"task":"text"}', "x" * (MOST_TEXT + 1))
    assert "20,001 characters; at most 20,000" in problem


def test_a_text_is_left_alone_by_tasks_that_learn_from_none():
    setup, problems = decode('{"seed":3}', "some text")
    assert (setup.config, problems) == (replace(START.defaults, seed=3), ())


def test_one_setting_at_a_time():
    setup = Setup(START, START.defaults)
    assert with_field(setup, "seed", 7).config == replace(START.defaults, seed=7)
    with pytest.raises(ConfigError, match="from 0 to 9999"):
        with_field(setup, "seed", 10_000)


@given(setups().filter(lambda setup: "heads" in setup.task.free), st.integers(1, 8))
def test_more_heads_bring_a_width_that_they_can_share(setup: Setup, heads: int):
    found = with_field(setup, "heads", heads).config
    assert found.heads == heads
    assert found.width % heads == 0
    assert abs(found.width - setup.config.width) < heads
    assert RANGES["width"].least <= found.width <= RANGES["width"].most
    assert replace(found, heads=setup.config.heads, width=setup.config.width) == setup.config


@pytest.mark.parametrize("heads", [0, 9, 2.0, True, "2"])
def test_heads_that_there_can_not_be(heads):
    with pytest.raises(ConfigError, match="The number of heads"):
        with_field(Setup(START, START.defaults), "heads", heads)
