"""What all figures have in common: type, ground, and the label of what is pointed at."""

from __future__ import annotations

from attention_viz.figures.palette import Palette

FONT = '"Source Sans", "Source Sans 3", system-ui, sans-serif'


def frame(palette: Palette) -> dict[str, object]:
    """The part of a layout that every figure begins with. Dragging does nothing unless a figure says so."""
    return {
        "font": {"family": FONT, "size": 12, "color": palette.text},
        "paper_bgcolor": palette.background,
        "plot_bgcolor": palette.background,
        "hoverlabel": {
            "font": {"size": 14, "family": FONT, "color": palette.text},
            "bgcolor": palette.surface,
            "bordercolor": palette.muted,
            "align": "left",
        },
        "dragmode": False,
    }
