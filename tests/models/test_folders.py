"""Only folders right below the operator's root can be opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from attention_viz.models.bundled import BundledSource
from attention_viz.models.folders import FolderSource
from attention_viz.models.source import Source


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with one model, a folder that is none, and things outside that must stay there."""
    bundled = BundledSource().folder
    for place in ("root/mini", "outside"):
        (tmp_path / place).mkdir(parents=True)
        for file in bundled.iterdir():
            (tmp_path / place / file.name).symlink_to(file)
    (tmp_path / "root/empty").mkdir()
    (tmp_path / "root/out").symlink_to(tmp_path / "outside")
    return tmp_path / "root"


def test_a_model_below_the_root_opens(root: Path):
    source = FolderSource(root)
    assert isinstance(source, Source)
    info = source.describe("folder:mini")
    assert info is not None
    assert (info.name, info.origin) == ("folder:mini", "a folder of this server")
    assert source.load("folder:mini").encode("the cat").tokens[1].text == "the"


def test_what_leads_out_is_not_listed_and_not_opened(root: Path):
    source = FolderSource(root)
    assert source.names() == ("folder:mini",)
    for name in (
        "folder:out",
        "folder:../outside",
        "folder:..",
        "folder:.",
        "folder:",
        "folder:mini/../mini",
        f"folder:{root}/mini",
        "folder:mini\0",
        "folder:empty",
        "folder:missing",
        "mini",
        str(root / "mini"),
    ):
        assert source.describe(name) is None, name


def test_without_a_root_there_are_no_folders(monkeypatch, root: Path):
    monkeypatch.delenv("ATTENTION_VIZ_MODEL_ROOT", raising=False)
    assert FolderSource().names() == ()
    assert FolderSource().describe("folder:mini") is None
    monkeypatch.setenv("ATTENTION_VIZ_MODEL_ROOT", str(root))
    assert FolderSource().names() == ("folder:mini",)
    monkeypatch.setenv("ATTENTION_VIZ_MODEL_ROOT", str(root / "missing"))
    assert FolderSource().names() == ()
