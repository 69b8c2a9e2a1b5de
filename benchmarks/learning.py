"""The head that learns by hand: how far it gets with the scale and without, and with other steps of W_Q."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from attention_viz.mechanism.learning import RATE, learn
from benchmarks.measuring import table

# Steps, seeds, scaled, the step of W_Q.
_TRIED = (
    *((300, 12, scaled, RATE) for scaled in (True, False)),
    *((1000, 5, scaled, rate) for scaled, rate in ((True, RATE), *((False, rate) for rate in (2.0, 1.0, 0.3, 0.1)))),
)
_LAST = 50


def main() -> None:
    torch.set_num_threads(1)
    print(f"\n## One head, by hand\n\nLoss: mean of the last {_LAST} steps. The step of W_V is {RATE:g} in all.\n")
    rows = [_row(*tried) for tried in _TRIED]
    print(table(["steps", "seeds", "scale", "step of W_Q", "loss (least to most)", "found (least to most)"], rows))


def _row(steps: int, seeds: int, scaled: bool, rate: float) -> list[object]:
    lessons = [learn(seed, steps, scaled=scaled, query_rate=rate) for seed in range(seeds)]
    losses = [float(lesson.losses[-_LAST:].mean()) for lesson in lessons]
    return [
        steps,
        seeds,
        "yes" if scaled else "no",
        f"{rate:g}",
        _written(losses),
        _written([lesson.found for lesson in lessons]),
    ]


def _written(values: Sequence[float]) -> str:
    return f"{sum(values) / len(values):.2f} ({min(values):.2f} to {max(values):.2f})"
