"""The page "Train a model" as Streamlit runs it, without a browser."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from attention_viz.core.sizes import size_in_words
from attention_viz.toy.files import save_run
from attention_viz.toy.run import Run
from attention_viz.toy.task import Task
from attention_viz.toy.tasks import TASKS
from attention_viz.toy.training import train
from attention_viz.ui.server.trainings import TRAININGS, Training
from attention_viz.ui.state import url
from tests.pages.test_pages import in_address, opened
from tests.pages.test_pages import words_on as raw_words_on
from tests.ui.server.test_trainings import Diverging, wait

PAGE = "pages/train.py"
REVERSE = TASKS["reverse"]
SHORT, LONG = {"task": "reverse", "steps": 20}, {"task": "reverse", "steps": 5000}
ELSEWHERE = {"Explore all its heads": "pages/explore.py", "Compare with the untrained one": "pages/compare.py"}
INSIDE = "Take one weight apart"


@pytest.fixture(autouse=True, scope="module")
def fresh_caches() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture(autouse=True)
def ended() -> Iterator[list[Training]]:
    """The trainings of a test, which is over when none of them runs any more."""
    begun: list[Training] = []
    begin, TRAININGS.begin = TRAININGS.begin, lambda *given: begun.append(begin(*given)) or begun[-1]  # type: ignore
    yield begun
    del TRAININGS.begin
    for training in begun:
        TRAININGS.leave_off(training, "stopped")
    wait(lambda: not any(training.active for training in begun))


def shown(**train: Any) -> AppTest:
    return opened(PAGE, train=json.dumps(train))


def words_on(app: AppTest) -> str:
    """Without what only keeps a text from being read as Markdown."""
    return raw_words_on(app).replace("\\", "").replace("\u2068", "").replace("\u2069", "")


def said(app: AppTest) -> str:
    return "\n".join(one.value for one in app.warning).replace("\\", "")


def charts(app: AppTest) -> list[Any]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def model_box(app: AppTest) -> Any:
    (box,) = (box for box in app.selectbox if box.label == "Model")
    return box


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def press(app: AppTest, what: str) -> AppTest:
    app.button(key=f"train {what}").click().run()
    assert not app.exception
    assert not app.error
    return app


def training_on(app: AppTest) -> Training:
    training = TRAININGS.find(in_address(app, "run"))
    assert training is not None
    return training


def again(app: AppTest, until: Callable[[], bool] = lambda: True) -> AppTest:
    """What is on screen when that has come about. A page that watches says so again and again; so does this."""
    training = training_on(app)
    wait(until, touch=(training,))
    app.run()
    assert not app.exception
    assert not app.error
    return app


def trained(**train: Any) -> AppTest:
    app = press(shown(**train), "start")
    return again(app, lambda: not training_on(app).active)


def phase(app: AppTest, name: str) -> Callable[[], bool]:
    return lambda: training_on(app).phase == name


def links(app: AppTest) -> dict[str, dict[str, str]]:
    found = [link.proto for link in app.get("page_link")]
    return {link.label: dict(parse_qsl(link.query_string)) for link in found}


def of_ten_steps() -> AppTest:
    """The page with a training that is done, as by the link of somebody who watched it."""
    return opened(PAGE, run=TRAININGS.keep(_ten_steps()).id)


@cache
def _ten_steps() -> Run:
    return run_of(REVERSE, steps=10)


def run_of(task: Task, **settings: Any) -> Run:
    run = Run(task, replace(task.defaults, **settings))
    for progress in train(run.task, run.config):
        run.add(progress)
    return run


# Before the first step ---------------------------------------------------------------------------------------------


def test_there_is_something_to_see_before_anything_was_trained():
    app = opened(PAGE)
    assert "Associative recall" in words_on(app)
    assert "Before the first step" in words_on(app)
    maps, loss, *_ = charts(app)
    assert len(maps["data"]) == 4
    assert loss["data"][0]["x"] == [0]
    assert "on this server, with one page watching" in words_on(app)
    assert not app.warning
    assert not {"train", "run", "at"} & set(app.query_params)
    assert links(app).keys().isdisjoint(ELSEWHERE)


@pytest.mark.parametrize("name", TASKS)
def test_every_task_is_a_click_away(name: str):
    app = opened(PAGE)
    app.button_group(key="train task").set_value(name).run()
    assert not app.exception
    assert not app.warning
    task = TASKS[name]
    assert task.question in words_on(app)
    assert task.example(task.defaults)[0][:10] in words_on(app)
    boxes = {box.key for box in (*app.selectbox, *app.number_input, *app.text_area)}
    assert {f"train {field}" for field in task.free} <= boxes
    assert len(charts(app)) == 4


def test_settings_go_into_the_address_and_back():
    app = opened(PAGE)
    app.selectbox(key="train layers").set_value(3).run()
    app.selectbox(key="train learning_rate").set_value(1e-2).run()
    app.number_input(key="train seed").set_value(7).run()
    assert json.loads(in_address(app, "train")) == {"layers": 3, "learning_rate": 0.01, "seed": 7}
    back = opened(PAGE, train=in_address(app, "train"))
    assert back.selectbox(key="train layers").value == 3
    assert back.number_input(key="train seed").value == 7
    assert len(charts(back)[0]["data"]) == 6
    back.button_group(key="train task").set_value("reverse").run()
    assert json.loads(in_address(back, "train")) == {"task": "reverse"}


def test_more_heads_than_the_width_goes_with_change_the_width():
    app = shown(width=20, heads=2)
    app.selectbox(key="train heads").set_value(8).run()
    assert not app.warning
    assert app.selectbox(key="train width").value == 24


def test_a_width_that_the_heads_can_not_share_is_said_and_not_taken():
    app = shown(heads=3, width=48)
    app.selectbox(key="train width").set_value(64).run()
    assert "A width of 64 can't be split among 3 heads: choose a multiple of 3" in said(app)
    assert app.selectbox(key="train width").value == 48


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("nonsense", "The link's settings can't be read"),
        ("[" * 11_000, "The link's settings can't be read"),
        ("x" * 13_000, "at most 12,000 characters are expected"),
        ('{"task":"<script>"}', "There is no task '<script>'"),
        ('{"steps":1000000}', "The number of steps is 1000000: a whole number from 10 to 5000 is wanted"),
        ('{"task":"dates","layers":3}', "has no setting 'layers'"),
    ],
)
def test_a_link_that_can_not_be_used_is_named(link: str, sentence: str):
    app = opened(PAGE, train=link)
    assert sentence in said(app)
    assert len(charts(app)) == 4
    assert not app.button(key="train start").disabled


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Too short.", "The text has 10 characters; at least 200 are needed"),
        ("a" * 500, "The text has 500 characters but only 1 different: a. At least 4 are needed"),
        (" \n" * 300, "only 2 different: ⏎ ␣"),
        ("\u0000" * 400, "only 1 different: U+0000"),
        ("Round and round we go. " * 40, "The text repeats itself too much to hold a part of it out. Of its 920 "),
    ],
)
def test_a_text_that_nothing_can_be_learned_from(text: str, sentence: str):
    app = shown(task="text")
    app.text_area(key="train text").set_value(text).run()
    assert sentence in said(app)
    assert app.button(key="train start").disabled
    assert app.text_area(key="train text").value == text, "what was pasted is still there"
    app.text_area(key="train text").set_value("").run()
    assert not app.warning
    assert app.text_area(key="train text").value == TASKS["text"].defaults.text
    assert "own" not in app.query_params


@pytest.mark.parametrize(
    "words",
    [
        ["👍🏽", "👩‍👩‍👧", "🇺🇳", " ok", "! "],
        [*"我喜欢学习。小猫没有过马路，因为它太累了。"],
        ["القطة ", "لم ", "تعبر ", "الشارع ", "لأنها ", "كانت ", "متعبة. "],
        ["$x$ ", "**b** ", "<b>", ":red[x]", "\n"],
    ],
    ids=["emoji", "chinese", "arabic", "markup"],
)
def test_any_writing_can_be_learned_from(words: list[str]):
    text = "".join(random.Random(0).choices(words, k=400))
    app = shown(task="text", steps=10, layers=1, heads=1, width=16)
    app.text_area(key="train text").set_value(text).run()
    assert not app.warning
    assert in_address(app, "own" if "own" in app.query_params else "kept-own")
    again(press(app, "start"), phase(app, "done"))
    assert not app.warning
    assert training_on(app).run.config.text == text
    assert "<b>" not in json.dumps([chart["data"][0].get("customdata") for chart in charts(app)])
    for name, page in ELSEWHERE.items():
        assert not said(opened(page, **links(app)[name]))


def test_accuracy_on_a_text_stands_beside_its_places_and_that_of_copying():
    app = shown(task="text")
    words = words_on(app)
    task = TASKS["text"]
    assert "Held out: the last 2,290 of its 11,619 characters. It learns from 9,329." in words
    assert "of 2,289 next characters right, in the part that is held out" in words
    copied = task.copied(task.defaults)
    assert f"The dotted line is **copying**: {copied:.1%}." in words
    assert "points below it" in words
    _, _, accuracy, _ = charts(app)
    (level,) = (shape for shape in accuracy["layout"]["shapes"] if shape["y0"] == shape["y1"])
    assert level["y0"] == copied
    assert "copying" not in words_on(shown(task="reverse"))


def test_heads_are_switched_off_alone_and_by_layers():
    app = trained(steps=10)
    worth = charts(app)[-1]
    assert worth["layout"]["xaxis"]["ticktext"] == ["head 0", "head 1", "all"]
    assert "is left without each, and without all heads of a layer" in words_on(app)
    assert "another does it too" not in words_on(app)


# From start to end -------------------------------------------------------------------------------------------------


def test_from_start_to_done():
    app = trained(**SHORT)
    assert "Done." in words_on(app)
    training = training_on(app)
    last = training.run.measured[-1]
    assert app.get("progress")[0].proto.text == (
        f"Step 20 of 20 · loss {last.loss:.3f} · {last.accuracy:.1%} symbols right"
    )
    assert f"With all heads it is right in **{last.accuracy:.1%}** of {last.places:,} (symbols right)" in words_on(app)
    assert "What is each head worth?" in words_on(app)
    assert REVERSE.lesson in words_on(app)
    loss = charts(app)[1]["data"][0]
    assert loss["x"] == [one.step for one in training.run.measured]
    assert app.selectbox(key="train heads").disabled
    assert next(button.proto.label for button in app.get("download_button")).startswith("Save this training")
    assert "Start" not in labels(app)


def test_the_slider_changes_maps_curves_and_links():
    app = of_ten_steps()
    before = charts(app)[0]["data"][0]["z"]
    app.select_slider(key="train step").set_value(4).run()
    assert in_address(app, "at") == "4"
    assert charts(app)[0]["data"][0]["z"] != before
    assert charts(app)[1]["data"][1]["x"] == [4]
    assert links(app)["Explore all its heads"]["model"] == f"reverse@4#{training_on(app).id}"
    back = opened(PAGE, run=in_address(app, "run"), at="4")
    assert charts(back)[0]["data"][0]["z"] == charts(app)[0]["data"][0]["z"]
    app.select_slider(key="train step").set_value(10).run()
    assert "at" not in app.query_params


def test_a_film_of_all_steps():
    app = press(of_ten_steps(), "play")
    assert "Pause" in labels(app)
    seen = []
    while "Pause" in labels(app):
        seen.append(charts(app)[1]["data"][1]["x"][0])
        app.run()
    assert seen[-1] == 10
    assert seen == sorted(set(seen))
    assert len(seen) >= 9
    assert "at" not in app.query_params
    assert not app.exception


@pytest.mark.parametrize("name", TASKS)
def test_the_model_goes_on_to_every_other_page(name: str):
    app = trained(task=name, steps=10)
    found = links(app)
    for label, page in ELSEWHERE.items():
        there = opened(page, **found[label])
        assert not there.exception
        assert not there.error
        assert not said(there)
        assert model_box(there).value == found[label]["model"]
    inside = opened("pages/inside.py", **found[INSIDE])
    assert not inside.exception
    assert not inside.error
    reason = "additive attention" if name == "dates" else "no product of a query and a key" if name == "keyword" else ""
    assert reason in "\n".join(one.value for one in (*inside.info, *inside.warning, *inside.markdown)).replace("\\", "")
    assert bool(charts(inside)) == (not reason)


def test_pause_go_on_stop_and_reset():
    app = press(shown(**LONG), "start")
    training = training_on(app)
    again(app, lambda: training.step > 120)
    assert {"Pause", "Stop"} <= set(labels(app))
    assert app.button(key="train reset").disabled
    assert app.button_group(key="train task").disabled
    again(press(app, "pause"), phase(app, "paused"))
    assert "Paused. “Go on” continues as if it had never stopped." in words_on(app)
    assert "What is each head worth?" in words_on(app)
    kept = training.step
    again(press(app, "go on"), lambda: training.step > kept + 120)
    assert "Pause" in labels(app)
    again(press(app, "stop"), phase(app, "stopped"))
    assert "Stopped. What it learned until then is below." in words_on(app)
    assert "Go on" not in labels(app)
    press(app, "reset")
    assert "run" not in app.query_params
    assert json.loads(in_address(app, "train")) == LONG
    assert "Start" in labels(app)
    assert not app.selectbox(key="train heads").disabled


def test_a_paused_training_can_be_stopped():
    app = press(shown(**LONG), "start")
    again(app, lambda: training_on(app).step > 0)
    again(press(app, "pause"), phase(app, "paused"))
    press(app, "stop")
    assert "Stopped." in words_on(app)


def test_a_link_shows_the_training_to_whoever_has_it():
    app = trained(**SHORT)
    other = opened(PAGE, run=in_address(app, "run"))
    assert "Done." in words_on(other)
    assert other.number_input(key="train steps").value == 20


def test_a_link_to_a_training_that_is_gone_can_be_trained_again():
    link = {"run": "a" * 10, "train": json.dumps({**SHORT, "seed": 3}), "at": "10"}
    app = opened(PAGE, **link)
    assert "was trained in another visit, and this server no longer has it" in said(app)
    assert "load its file" in said(app)
    press(app, "start")
    assert not app.warning
    assert training_on(app).run.config.seed == 3
    assert "at" not in app.query_params


def test_an_id_that_is_none():
    app = opened(PAGE, run="../../etc")
    assert "ten letters and digits are expected" in said(app)
    assert "Start" in labels(app)


# Several at once ---------------------------------------------------------------------------------------------------


def test_one_visitor_trains_one_at_a_time(ended: list[Training]):
    app = press(shown(**LONG), "start")
    first = training_on(app)
    app.query_params.clear()
    app.query_params["train"] = json.dumps({**SHORT, "seed": 1})
    app.run()
    press(app, "start")
    assert "You have a training already (Reverse a sequence), which is shown now" in said(app)
    assert training_on(app) is first
    assert ended == [first]
    assert app.number_input(key="train steps").value == 5000


def test_a_paused_training_does_not_go_on_beside_another_of_the_same_visitor(monkeypatch):
    monkeypatch.setattr(url, "_LATE_SECONDS", 0.0)  # By Back, which says so in a browser.
    app = press(shown(**LONG), "start")
    first = training_on(app)
    again(app, lambda: first.step > 0)
    again(press(app, "pause"), phase(app, "paused"))
    press(app, "reset")
    press(app, "start")
    second = training_on(app)
    app.query_params["run"] = first.id
    app.run()
    press(app, "go on")
    assert "You have a training already" in said(app)
    assert training_on(app) is second
    assert first.phase == "paused"


def test_a_second_visitor_waits_in_line_and_is_told():
    first = press(shown(**LONG), "start")
    second = press(shown(**SHORT), "start")
    assert training_on(second).phase == "waiting"
    assert "Other visitors' models learn first: 1 ahead of yours" in words_on(second)
    assert len(charts(second)) == 4, "there is something to see meanwhile"
    assert links(second).keys().isdisjoint({*ELSEWHERE, INSIDE}), "no link to a model that is not there yet"
    again(press(first, "stop"), phase(first, "stopped"))
    again(second, phase(second, "done"))
    assert "Done." in words_on(second)


def test_one_that_never_began_can_be_paused_and_stopped():
    press(shown(**LONG), "start")
    second = press(shown(**SHORT), "start")
    press(second, "pause")
    assert "Paused." in words_on(second)
    assert "What is each head worth?" not in words_on(second)
    assert links(second).keys().isdisjoint({*ELSEWHERE, INSIDE})
    press(second, "stop")
    assert "Stopped." in words_on(second)
    assert [button.proto.label for button in second.get("download_button")] == []


# What goes wrong ---------------------------------------------------------------------------------------------------


def test_a_loss_that_runs_away_says_what_to_lower():
    app = trained(task="reverse", steps=60, learning_rate=10)
    assert "far above the" in said(app)
    assert "the learning rate of 10 is too high" in said(app)
    assert "0.003 works for this task" in said(app)


def test_a_loss_that_is_no_number_keeps_the_last_good_step(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(TASKS, "reverse", Diverging())
    app = press(shown(**LONG), "start")
    again(app, phase(app, "failed"))
    assert "The loss is no number any more after" in said(app)
    assert "Lower it; 0.003 works for this task" in said(app)
    assert "The last good step is below" in said(app)
    assert training_on(app).run.steps[-1] > 0
    assert "What is each head worth?" in words_on(app)
    press(app, "reset")
    assert "Start" in labels(app)


# Files -------------------------------------------------------------------------------------------------------------


class Upload:
    """A file as the browser hands it over; AppTest can't upload one."""

    def __init__(self, data: bytes, name: str = "reverse.safetensors") -> None:
        self.data, self.name = data, name

    def getvalue(self) -> bytes:
        return self.data


def loading() -> None:
    """A page whose one button does what an upload does."""
    import streamlit as st

    from attention_viz.ui.state import url
    from attention_viz.ui.train import file

    url.current()
    st.button("load", on_click=file._load)
    st.session_state["seen"] = (url.on_screen().run, st.session_state.get("train trouble", ""))


def loaded(data: bytes, name: str = "reverse.safetensors") -> tuple[str, str]:
    app = AppTest.from_function(loading, default_timeout=60)
    app.session_state["train file"] = Upload(data, name)
    app.run()
    app.button[0].click().run()
    assert not app.exception
    run, trouble = app.session_state["seen"]
    return run, trouble


def test_a_saved_training_comes_back():
    run = run_of(REVERSE, steps=20, seed=5)
    name, trouble = loaded(save_run(run))
    assert trouble == ""
    app = opened(PAGE, run=name)
    assert "Done." in words_on(app)
    assert app.number_input(key="train seed").value == 5
    assert charts(app)[1]["data"][0]["y"] == pytest.approx([one.loss for one in run.measured])


def test_a_half_trained_file_can_be_gone_on_with():
    run = Run(REVERSE, replace(REVERSE.defaults, steps=40))
    for progress in list(train(run.task, run.config))[:20]:
        run.add(progress)
    name, _ = loaded(save_run(run))
    app = opened(PAGE, run=name)
    assert "Paused." in words_on(app)
    again(press(app, "go on"), phase(app, "done"))
    assert "Step 40 of 40" in app.get("progress")[0].proto.text


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04" + bytes(100), "cut"], ids=["empty", "zip", "cut off"])
def test_a_damaged_file_is_named(data: bytes | str):
    if isinstance(data, str):
        data = save_run(run_of(REVERSE, steps=10))[:-1000]
    run, trouble = loaded(data, "<b>my</b> file.safetensors")
    assert run == ""
    assert trouble.startswith("<b>my</b> file.safetensors can't be loaded. ")
    assert "cut off" in trouble


def test_what_a_file_weighs_is_said():
    app = of_ten_steps()
    (button,) = app.get("download_button")
    assert button.proto.label == f"Save this training, {size_in_words(training_on(app).run.nbytes)}"
    assert "up to 50 MB" in words_on(app)
