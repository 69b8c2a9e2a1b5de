"""What the documents promise is true: their code runs, their files exist."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import attention_viz as av
from attention_viz.core.place import FIRST
from attention_viz.views.shown import Held, Shown

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def python_blocks(file: str) -> list[str]:
    text = (ROOT / file).read_text(encoding="utf-8")
    blocks = re.findall(r"^( *)```python\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    return ["\n".join(line.removeprefix(indent) for line in block.splitlines()) for indent, block in blocks]


def test_the_readmes_python_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (code,) = python_blocks("README.md")
    names: dict[str, object] = {}
    exec(code.replace(".show()", ""), names)
    trace = names["trace"]
    assert isinstance(trace, av.Trace)
    assert (trace.tokens[2].text, trace.tokens[2].span) == ("cat", (4, 7))
    assert (tmp_path / "all.npz").stat().st_size > 10_000


@pytest.mark.learns
def test_the_training_of_the_guide_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (code,) = python_blocks("docs/toy.md")
    names: dict[str, object] = {}
    exec(code, names)
    run, again = names["run"], names["again"]
    assert isinstance(run, av.Run)
    assert isinstance(again, av.Run)
    assert run.steps == again.steps
    assert run.measured[-1].accuracy > run.measured[0].accuracy


def test_the_measure_of_the_guide_works(made_trace):
    (code,) = python_blocks("docs/add-a-measure.md")
    names: dict[str, object] = {}
    exec(code, names)
    measure = names["BACK"]
    assert isinstance(measure, av.Measure)
    trace = made_trace(["a", "b", "c"])
    scores = measure.scores(trace)
    _, second, third = trace.attention(0, 1)
    assert scores.values[0, 1] == pytest.approx((second[0] + third[:2].sum()) / 3)
    np.testing.assert_allclose(scores.uniform, 1 / 3)
    np.testing.assert_allclose(scores.high, 2 / 3)


def test_the_files_of_the_guide_open(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    saved, by_hand = python_blocks("docs/bring-your-own.md")
    names: dict[str, object] = {}
    exec(saved, names)
    opened, made, trace = names["opened"], names["without_a_file"], names["trace"]
    assert isinstance(opened, av.Trace)
    assert isinstance(made, av.Trace)
    assert isinstance(trace, av.Trace)
    assert opened.texts == ("the cats",)
    np.testing.assert_array_equal(opened.attention(1, 3), made.attention(1, 3))
    sharper = av.open_tensors("sharper.npz")
    assert (sharper.tokens, sharper.texts) == (trace.tokens, trace.texts)
    assert av.open_tensors("cat.safetensors").tokens == trace.tokens
    exec(by_hand, {})
    for file in ("mine.npz", "mine.safetensors", "bare.npz"):
        opened = av.open_tensors(file)
        assert (opened.texts, opened.heads, opened.notes) == (("the cat",), 2, ())


def test_the_view_of_the_guide_tells_what_is_held():
    """Its JavaScript is run by tests/components/guide_test.js."""
    (code,) = python_blocks("docs/add-a-view.md")
    names: dict[str, Any] = {}
    exec(code, names)
    held: list[Held] = []
    view = names["held_line"](Shown("t", FIRST, Held(1)), tokens=3, on_held=held.append)
    assert view.shown == Shown("t", FIRST, Held(1))
    view.hears["held"]({"query": 2, "key": 7})
    assert held == [Held(2, None)]


LINK = re.compile(r"\]\(([^)#]+)\)")
NAME = re.compile(r"`((?:[\w.]+/)+\w+\.(?:py|js|css|html|json|toml))`")


@pytest.mark.parametrize("pattern", [LINK, NAME], ids=["links", "names"])
def test_documents_lead_to_files(pattern):
    """Without any, the next two tests would look at nothing."""
    assert sum(len(pattern.findall(document.read_text(encoding="utf-8"))) for document in DOCUMENTS) > 10


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_to_files_lead_somewhere(document):
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


# What a guide has one write: it is not there yet.
TO_BE_WRITTEN = re.compile(r"glossary|name\.js|back\.py|first_words|tokens_beside")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_are_named_are_there(document):
    homes = [ROOT, *(ROOT / "attention_viz" / part for part in ("", "ui", "components"))]
    text = document.read_text(encoding="utf-8")
    for name in NAME.findall(text):
        if not TO_BE_WRITTEN.search(name):
            assert any((home / name).exists() for home in homes), f"{document.name} names {name}"


def test_the_page_of_the_guide_knows_what_it_uses():
    (code,) = re.findall(
        r"^ +```\n(.*?)^ +```", (ROOT / "docs/add-a-page.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    imported = re.findall(r"from (attention_viz[\w.]+) import (\w+)", code)
    assert len(imported) > 1
    for module, name in imported:
        if "glossary" not in module:
            found = import_module(module)
            used = set(re.findall(rf"\b{name}\.(\w+)", code)) if not hasattr(found, name) else set()
            home = found if hasattr(found, name) else import_module(f"{module}.{name}")
            assert all(hasattr(home, one) for one in used), (module, name, used)


def test_the_readmes_make_targets_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {"run", "test", "lint", "bench", "dev"} <= named
    assert named <= targets


def test_exact_pins():
    for file in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
        pins = [line for line in lines if line and not line.startswith(("#", "-r "))]
        assert pins
        for line in pins:
            assert re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][0-9.]*", line), line
