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
    heads: told apart by colour-blind eyes too, for several heads at once; names stand beside them.
    ramp: from a weight of 0 to the strongest, even steps in between.
    diverging: of a difference B − A, from where A is stronger over 0, which is the background, to where B is stronger.
        Even steps; opposite ones are equally strong, and blue and orange are told apart by colour-blind eyes too.
    """

    background: str
    surface: str
    text: str
    muted: str
    border: str
    accent: str
    other: str
    heads: tuple[str, ...]
    ramp: tuple[str, ...]
    diverging: tuple[str, ...]


LIGHT = Palette(
    background="#ffffff",
    surface="#f5f6fa",
    text="#1b1e28",
    muted="#5b6275",
    border="#dfe2ec",
    accent="#3f4cc0",
    other="#b4530a",
    heads=("#0072b2", "#d55e00", "#008a65", "#b3478f", "#8a6d00", "#1f8ecb", "#7a3fb0", "#5b6275"),
    ramp=("#ffffff", "#dfe3f8", "#b9c1f0", "#8f9be6", "#6674d8", "#4450c4", "#2f38a0", "#1d2372", "#10143f"),
    diverging=(
        "#034ca0",
        "#1e6ccf",
        "#5899f3",
        "#9fc7fe",
        "#dae9fe",
        "#ffffff",
        "#fee1d1",
        "#f8b287",
        "#df7a32",
        "#ab5202",
        "#7d3a01",
    ),
)

DARK = Palette(
    background="#12151d",
    surface="#191d27",
    text="#e8eaf2",
    muted="#9ea6bb",
    border="#2c3242",
    accent="#94a1ff",
    other="#f2a154",
    heads=("#5cb3ef", "#f58b4c", "#3fc79a", "#e08cc2", "#e0c341", "#8fd3f4", "#b794f6", "#9ea6bb"),
    ramp=("#12151d", "#20263f", "#2d3666", "#3f4a92", "#5765c0", "#7684e6", "#9ba7fb", "#c3cbff", "#f2f4ff"),
    diverging=(
        "#aacdff",
        "#639ff4",
        "#3c71bc",
        "#284b7a",
        "#1b2c44",
        "#12151d",
        "#3e2411",
        "#6e3b10",
        "#a95a0d",
        "#df853d",
        "#feb989",
    ),
)


def palette_for(theme: Literal["light", "dark"] | str | None) -> Palette:
    """The palette of a theme; light when the theme is not known."""
    return DARK if theme == "dark" else LIGHT
