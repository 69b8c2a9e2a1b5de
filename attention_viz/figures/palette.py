"""The colours, one set for a light and one for a dark page. `.streamlit/config.toml` repeats them; a test compares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as #rrggbb.

    background: what pictures stand on; weights of 0 have exactly this colour, so nothing is drawn where nothing is
        attended.
    accent: what is selected. other: "the other" side of a comparison.
    ramp: from a weight of 0 to the strongest, even steps in between.
    """

    background: str
    surface: str
    text: str
    muted: str
    border: str
    accent: str
    other: str
    ramp: tuple[str, ...]


LIGHT = Palette(
    background="#ffffff",
    surface="#f5f6fa",
    text="#1b1e28",
    muted="#5b6275",
    border="#dfe2ec",
    accent="#3f4cc0",
    other="#b4530a",
    ramp=("#ffffff", "#dfe3f8", "#b9c1f0", "#8f9be6", "#6674d8", "#4450c4", "#2f38a0", "#1d2372", "#10143f"),
)

DARK = Palette(
    background="#12151d",
    surface="#191d27",
    text="#e8eaf2",
    muted="#9ea6bb",
    border="#2c3242",
    accent="#94a1ff",
    other="#f2a154",
    ramp=("#12151d", "#20263f", "#2d3666", "#3f4a92", "#5765c0", "#7684e6", "#9ba7fb", "#c3cbff", "#f2f4ff"),
)


def palette_for(theme: Literal["light", "dark"] | str | None) -> Palette:
    """The palette of a theme; light when the theme is not known."""
    return DARK if theme == "dark" else LIGHT
