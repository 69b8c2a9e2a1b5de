"""A person may have forbidden the network to huggingface_hub: she is told so, and the tests need none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from attention_viz.core.errors import DownloadError, UnknownModelError
from attention_viz.models.hub import Hub
from attention_viz.models.hub.cache import Cache
from tests.models.hub_server import fake_hub

ROOT = Path(__file__).parent.parent
VARIABLES = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")


@pytest.mark.parametrize("variable", VARIABLES)
def test_the_setting_that_forbids_is_named(variable, tmp_path, monkeypatch):
    monkeypatch.setenv(variable, "1")
    # Both are read into this when huggingface_hub is imported.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(DownloadError) as raised:
        Hub(Cache(tmp_path)).look("someone/model")
    assert str(raised.value) == (
        f"someone/model is not on this machine, and {variable} is set, which forbids asking the Hub. Unset it and "
        "start again, or choose a model that is already here."
    )


def test_the_hub_of_the_tests_is_asked(tmp_path):
    with fake_hub() as hub, pytest.raises(UnknownModelError):
        Hub(Cache(tmp_path), endpoint=hub.endpoint).look("someone/model")
    assert hub.requests


def test_the_hub_of_the_tests_is_asked_all_the_same():
    """In a process of its own, since the settings are read when huggingface_hub is imported."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"{__file__}::test_the_hub_of_the_tests_is_asked"],
        cwd=ROOT,
        env={**os.environ, **dict.fromkeys(VARIABLES, "1")},
        capture_output=True,
        text=True,
        timeout=400,  # Some seconds, but for a busy machine.
        check=False,
    )
    assert "1 passed" in done.stdout, done.stdout
