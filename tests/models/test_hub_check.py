"""The check against the real Hub, against one of which some models are as expected and some are not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from attention_viz.models.catalogue import CATALOGUE
from attention_viz.models.hub import check
from attention_viz.models.hub.check import CASES, Case, main, run
from tests.models.conftest import NAME, with_config, with_header, without

ROOT = Path(__file__).parent.parent.parent
BY_NAME = {case.name: case for case in CASES}


def outcome(hub, case: Case) -> str:
    (result,) = run(hub, [case])
    return str(result)


@pytest.fixture
def as_expected(server, tiny):
    """A Hub on which all is as `CASES` expects it."""
    pickled = without(tiny, "model.safetensors") | {"pytorch_model.bin": b"\x80\x02."}
    for case in CASES:
        name, _, commit = case.name.partition("@")
        if case.outcome in ("traced", "shown"):
            server.add(name, tiny, revisions={commit: ""} if commit else {})
        elif case.outcome.startswith("converted"):
            server.add(name, pickled)
            server.add_pull(name, 5, pickled | {"model.safetensors": tiny["model.safetensors"]})
    server.add("prajjwal1/bert-tiny", with_config(pickled, model_type=None))
    server.add("microsoft/deberta-v3-small", without(pickled, "tokenizer.json"))
    server.add("meta-llama/Llama-3.2-1B", tiny, tokens=frozenset({"hf_x"}), gated=True)
    return server


def test_ten_models_of_every_kind():
    assert len(BY_NAME) == len(CASES) == 10
    kinds = {case.outcome for case in CASES}
    assert kinds >= {"traced", "shown", "converted", "UnsupportedModelError", "UnknownModelError", "DownloadError"}


def test_all_as_expected(as_expected, monkeypatch, capsys):
    monkeypatch.setenv("HF_ENDPOINT", as_expected.endpoint)
    monkeypatch.setenv("HF_TOKEN", "hf_x")
    monkeypatch.setenv("ATTENTION_VIZ_DOWNLOADS", "none")
    assert main(["--no-catalogue"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == ["ok"] * 10
    assert lines[-1] == "10 of 10 as expected."
    assert {request.authorization for request in as_expected.requests} == {None}
    traced = sum(case.outcome.endswith("traced") for case in CASES)
    assert sum("every row adds up to 1" in line for line in lines) == traced


def test_what_differs_says_what_was_expected_and_what_arrived(as_expected, tiny, hub_of):
    hub = hub_of(as_expected)
    gone = outcome(hub, Case("tests/gone", "traced"))
    assert gone.startswith("differs  tests/gone: expected traced, and arrived UnknownModelError: The Hub has no model")
    bert = "google/bert_uncased_L-2_H-128_A-2"
    as_expected.add(bert, without(tiny, "tokenizer.json"))
    assert "expected traced, and arrived UnsupportedModelError" in outcome(hub, BY_NAME[bert])
    as_expected.models["sshleifer/tiny-gpt2"].pulls.clear()
    assert "expected converted, traced, and arrived PickledModelError" in outcome(hub, BY_NAME["sshleifer/tiny-gpt2"])
    as_expected.models["meta-llama/Llama-3.2-1B"].tokens = None
    assert "expected DownloadError that says “is gated”, and arrived shown" in outcome(
        hub, BY_NAME["meta-llama/Llama-3.2-1B"]
    )
    as_expected.status = 503
    assert "expected DownloadError that says “is gated”, and arrived DownloadError: The Hub has trouble" in outcome(
        hub, BY_NAME["meta-llama/Llama-3.2-1B"]
    )


def test_rows_that_do_not_add_up_differ(as_expected, hub_of, monkeypatch):
    monkeypatch.setattr(check, "_ROW_ERROR", 0.0)
    bert = BY_NAME["hf-internal-testing/tiny-random-BertModel"]
    assert "expected traced, and arrived ValueError: a row of layer 0 of the encoder is" in outcome(
        hub_of(as_expected), bert
    )


def test_weights_that_a_look_can_not_judge_differ(server, tiny, hub_of):
    server.add(NAME, with_config(tiny, intermediate_size=600))
    assert "expected traced, and arrived DamagedModelError" in outcome(hub_of(server), Case(NAME, "traced"))
    broken = with_header(tiny["model.safetensors"], lambda _: {"a": 3})
    server.add(NAME, tiny | {"model.safetensors": broken})
    assert "expected shown, and arrived DamagedModelError" in outcome(hub_of(server), Case(NAME, "shown"))


def test_the_command_writes_nothing_but_its_cache(as_expected, tiny, tmp_path):
    """With the catalogue, of which one model is there."""
    as_expected.add("openai-community/gpt2-medium", tiny)
    home, kept, work = (tmp_path / name for name in ("home", "kept", "work"))
    for folder in (home, work):
        folder.mkdir()
    environment = {
        "HF_ENDPOINT": as_expected.endpoint,
        "HOME": str(home),
        "TMPDIR": str(work),
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "-m", "attention_viz.models.hub.check"]
    done = subprocess.run([*command, "--cache", kept], capture_output=True, text=True, cwd=ROOT, env=environment)
    lines = done.stdout.splitlines()
    assert done.returncode == 1, done.stderr
    hub_names = len(CATALOGUE) - 1
    assert len(lines) == 10 + hub_names + 1
    fine = [line.split()[1].rstrip(":") for line in lines[10:-1] if line.startswith("ok")]
    assert fine == ["openai-community/gpt2", "openai-community/gpt2-medium"]
    assert lines[-1] == f"12 of {10 + hub_names} as expected, {hub_names - 2} not."
    assert list(kept.glob("models--*"))
    assert not list(home.rglob("*.safetensors"))
    assert not [path for path in work.rglob("*") if path.is_file()]
    config = json.loads(next(kept.rglob("config.json")).read_bytes())
    assert config["model_type"] == "bert"


def test_no_connection_ends_it_at_once(monkeypatch, capsys):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert main([]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("There is no connection to http://127.0.0.1:9")


def test_help(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "--cache" in said
    assert "--no-catalogue" in said
