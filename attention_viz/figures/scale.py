"""How a weight becomes a colour: over a stated range, linearly or by its square root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from attention_viz.figures.palette import Palette

Curve = Literal["sqrt", "linear"]

_STEPS = 64


@dataclass(frozen=True, slots=True)
class ColourScale:
    """Weights from 0 to `top`, on a square-root curve (small weights stay visible) or a linear one.

    The weights themselves are never changed: the curve bends the colours.
    """

    curve: Curve = "sqrt"
    top: float = 1.0

    def place(self, weights: np.ndarray) -> np.ndarray:
        """Where weights lie on the ramp, 0…1."""
        share = np.clip(np.asarray(weights, dtype=np.float64) / self.top, 0, 1)
        return np.sqrt(share) if self.curve == "sqrt" else share

    def stops(self, palette: Palette) -> list[tuple[float, str]]:
        """A Plotly colour scale over 0…top that shows `palette.ramp` along the curve."""
        places = np.linspace(0, 1, len(palette.ramp) if self.curve == "linear" else _STEPS + 1)
        shares = places**2 if self.curve == "sqrt" else places
        return [(float(share), _on_ramp(palette.ramp, place)) for share, place in zip(shares, places, strict=True)]

    def ticks(self) -> list[float]:
        """A few round weights that spread well over the legend, 0 and the top among them."""
        shares = (0, 0.01, 0.1, 0.3, 0.6, 1) if self.curve == "sqrt" else (0, 0.25, 0.5, 0.75, 1)
        inner = [float(f"{share * self.top:.1g}") if self.top != 1 else share for share in shares[1:-1]]
        return [0.0, *sorted(set(inner)), self.top]


def _on_ramp(ramp: tuple[str, ...], place: float) -> str:
    """The colour at `place` (0…1) of a ramp with even steps, mixed in sRGB as Plotly mixes between stops."""
    position = place * (len(ramp) - 1)
    index = min(int(position), len(ramp) - 2)
    share = position - index
    low, high = (np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) for colour in ramp[index : index + 2])
    red, green, blue = np.rint(low + (high - low) * share).astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"
