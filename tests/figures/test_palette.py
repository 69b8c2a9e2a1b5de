"""The colours of the pictures are the colours of the page."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from attention_viz.figures.palette import DARK, LIGHT

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_the_page_has_the_same_colours(name, palette):
    theme = CONFIG["theme"][name]
    assert theme["primaryColor"] == theme["linkColor"] == palette.accent
    assert theme["backgroundColor"] == palette.background
    assert theme["secondaryBackgroundColor"] == theme["sidebar"]["backgroundColor"] == palette.surface
    assert theme["textColor"] == palette.text
    assert theme["grayTextColor"] == palette.muted
    assert theme["borderColor"] == palette.border


def test_the_configuration_keeps_its_promises():
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["client"]["toolbarMode"] == "viewer"
    assert CONFIG["server"]["maxUploadSize"] <= 50
