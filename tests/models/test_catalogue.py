"""The catalogue, and what people type instead of its names."""

from __future__ import annotations

import time

import pytest

import attention_viz as av
from attention_viz.models.bundled import NAME, BundledSource
from attention_viz.models.catalogue import CATALOGUE, full_name, nearest
from attention_viz.models.hub import HubSource
from attention_viz.models.hub.names import HubName, read_name
from attention_viz.models.library import open_model

GENERAL = (
    "Choose one of the catalogue, or type an id of the Hugging Face Hub: organisation/name, of letters, digits, “-”, "
    "“_” and “.”."
)


def test_every_row_has_a_source_and_stands_once():
    names = [entry.name for entry in CATALOGUE]
    assert len(set(names)) == len(names)
    assert {*BundledSource().names(), *HubSource().names()} == set(names)
    assert names[0] == NAME
    assert all(entry.summary and entry.group for entry in CATALOGUE)
    groups = [entry.group for entry in CATALOGUE]
    assert groups == sorted(groups, key=groups.index), "the rows of a group stand together"


@pytest.mark.parametrize(
    "family",
    ["bert-", "distilbert", "roberta", "xlm-roberta", "albert", "electra", "mpnet", "Modern", "gpt2", "t5", "bart"],
)
def test_well_known_families_are_there(family):
    assert any(family in entry.name for entry in CATALOGUE)


def test_names_without_their_organisation():
    assert full_name("gpt2") == "openai-community/gpt2"
    assert full_name("bert-base-uncased") == "google-bert/bert-base-uncased"
    assert full_name("nothing") is None
    assert full_name("") is None
    tails = [entry.name.rpartition("/")[2] for entry in CATALOGUE]
    assert len(set(tails)) == len(tails)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bert-base-uncase", "google-bert/bert-base-uncased"),
        ("google-bert/bert-base-casd", "google-bert/bert-base-cased"),
        ("google/bert-base-cased", "google-bert/bert-base-cased"),
        ("ROBERTA-BASE", "FacebookAI/roberta-base"),
        ("all-minilm-l6-v2", NAME),
        ("zzz", None),
        ("someone/something-else", None),
    ],
)
def test_the_nearest_name(typed, meant):
    assert nearest(typed) == meant


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("org/name", HubName("org/name")),
        ("  org/name\n", HubName("org/name")),
        ("org/na.me_-x1", HubName("org/na.me_-x1")),
        ("org/name@main", HubName("org/name")),
        ("org/name@refs/pr/12", HubName("org/name", "refs/pr/12")),
        ("org/name@v1.0+cpu", HubName("org/name", "v1.0+cpu")),
        ("gpt2@main", HubName("openai-community/gpt2")),
        (f"{'o' * 40}/{'n' * 55}", HubName(f"{'o' * 40}/{'n' * 55}")),
    ],
)
def test_names_of_the_hub(typed, read):
    assert read_name(typed) == read
    assert read_name(str(read)) == read


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("", GENERAL),
        ("zzz", GENERAL),
        ("../../etc/passwd", GENERAL),
        ("../etc", GENERAL),
        ("org/..", GENERAL),
        ("org/.hidden", GENERAL),
        ("org/a--b", GENERAL),
        ("org/a..b", GENERAL),
        ("org/name/more", GENERAL),
        ("org\\name", GENERAL),
        ("/etc/passwd", GENERAL),
        ("~/models/mine", GENERAL),
        ("C:\\models\\mine", GENERAL),
        ("org/name.git", GENERAL),
        ("org/naïve", GENERAL),
        ("组织/模型", GENERAL),
        ("org/na\u202eme", GENERAL),
        ("org/name\0", GENERAL),
        ("org/a b", GENERAL),
        ("bert-base-uncase@main", "Did you mean google-bert/bert-base-uncased?"),
        ("all-MiniLM-L6-v3", f"Did you mean {NAME}?"),
        (f"org/{'n' * 93}", "It has 97 characters; an id on the Hugging Face Hub has at most 96."),
        ("n" * 1_000_000, "It has 1,000,000 characters; an id on the Hugging Face Hub has at most 96."),
        *(
            (
                f"org/name@{revision}",
                "What follows the “@” is no revision: a branch, tag or commit has letters, digits, “-”, “_”, “.” and "
                "“/”, and at most 200 of them.",
            )
            for revision in ["", "../main", "a..b", "/etc", "a//b", "main/", "a b", "a@b", "été", "x.lock", "r" * 201]
        ),
        (
            "https://huggingface.co/google-bert/bert-base-cased",
            "Addresses are not opened. The model's id in this one is google-bert/bert-base-cased: type that.",
        ),
        (
            "huggingface.co/org/name/tree/refs%2Fpr%2F3?x=1#y",
            "Addresses are not opened. The model's id in this one is org/name@refs/pr/3: type that.",
        ),
        (
            "https://huggingface.co/org/name/blob/v2/config.json",
            "Addresses are not opened. The model's id in this one is org/name@v2: type that.",
        ),
        (
            "hf.co/gpt2",
            "Addresses are not opened. The model's id in this one is openai-community/gpt2: type that.",
        ),
        (
            "https://huggingface.co/datasets/org/name",
            "Addresses are not opened, and this one is not a model's. Type an id: organisation/name.",
        ),
        (
            "https://huggingface.co/../../etc",
            "Addresses are not opened, and this one is not a model's. Type an id: organisation/name.",
        ),
        *(
            (address, "Addresses are not opened. Type the model's id on the Hugging Face Hub: organisation/name.")
            for address in (
                "https://example.org/org/name",
                "file:///etc/passwd",
                "http://169.254.169.254/latest",
                "https://huggingface.co.evil.org/org/name",
                "https://[",
            )
        ),
    ],
)
def test_what_can_not_be_a_name(typed, advice):
    assert read_name(typed) is None
    started = time.monotonic()
    for ask in (av.describe_model, open_model):
        with pytest.raises(av.UnknownModelError) as raised:
            ask(typed)
        said = str(raised.value)
        assert said.startswith("There is no model called “")
        assert said.endswith(f"”. {advice}")
        assert len(said) < 400
        assert said.isprintable()
    assert time.monotonic() - started < 0.5


def test_a_name_that_could_be_meant_otherwise(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(av.NotDownloadedError) as raised:
        av.describe_model("google-bert/bert-base-casd")
    assert str(raised.value) == (
        "google-bert/bert-base-casd is not on this machine yet. Did you mean google-bert/bert-base-cased? It has to be "
        "downloaded first."
    )
