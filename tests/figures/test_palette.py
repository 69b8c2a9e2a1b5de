"""The colours of the pictures are the colours of the page."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path

import numpy as np
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


def linear(colour: str) -> np.ndarray:
    """Red, green and blue as shares of light (sRGB)."""
    shares = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2: 1 for the same colour, 21 for black on white."""
    low, high = sorted(float(linear(colour) @ (0.2126, 0.7152, 0.0722)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


# What red- and green-blind eyes see of linear RGB (Viénot, Brettel and Mollon 1999).
BLIND = {
    "protan": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "deutan": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
}


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_colours_of_a_difference(palette):
    below, (middle, *above) = palette.diverging[:5][::-1], palette.diverging[5:]
    assert middle == palette.background, "a difference of 0 can't be seen"
    assert len(below) == len(above) == 5
    for side in (below, above):
        strength = [contrast(colour, middle) for colour in (middle, *side)]
        assert all(high > 1.15 * low for low, high in pairwise(strength)), "every step is stronger than the one before"
        assert strength[-1] > 7, "the ends are readable as text"
    for one, other in zip(below, above, strict=True):
        assert contrast(one, other) < 1.1, "neither side looks stronger"


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("eyes", BLIND)
def test_blue_and_orange_are_told_apart_by_colour_blind_eyes(palette, eyes):
    # What is left to such eyes is how yellow or blue a colour is: blue against red and green, which look the same.
    def yellow(colour: str) -> float:
        red, _, blue = np.clip(BLIND[eyes] @ linear(colour), 0, 1) ** (1 / 2.2)
        return float(red - blue)

    middle = yellow(palette.background)
    for one, other in zip(palette.diverging[:5], palette.diverging[:5:-1], strict=True):
        assert yellow(one) < middle - 0.05 < middle + 0.05 < yellow(other)
