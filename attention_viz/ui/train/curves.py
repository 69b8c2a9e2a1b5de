"""What was measured over the steps, as curves, and beside what it stands."""

from __future__ import annotations

import numpy as np
import streamlit as st

from attention_viz.figures.lines import Learned, learning
from attention_viz.figures.palette import Palette
from attention_viz.toy.run import Run
from attention_viz.ui.app.plain import aside

CONFIG = {"displayModeBar": False}


def curves_panel(run: Run, step: int, palette: Palette) -> None:
    measured = run.measured
    steps = [one.step for one in measured]
    last = run.at(step)

    def draw(title: str, lines: list[Learned], *, share: bool, key: str) -> None:
        st.markdown(title)
        st.plotly_chart(
            learning(steps, lines, palette, until=run.config.steps, at=step, share=share),
            theme=None,
            key=f"train curve {key}",
            config=CONFIG,
            alt=f"{key} over the steps",
        )

    draw(
        f"**Loss** {last.loss:.3f} nats",
        [Learned("loss", [one.loss for one in measured])],
        share=False,
        key="loss",
    )
    draw(
        f"**Accuracy** {last.accuracy:.1%} of {last.places:,} {run.task.counted}",
        [Learned("accuracy", [one.accuracy for one in measured], last.copied)],
        share=True,
        key="accuracy",
    )
    if last.copied is not None:
        aside(
            f"The dotted line is **copying**: {last.copied:.1%}. Whoever looks up the longest end of what was read in "
            "the part that is learned from, and says what followed it there, gets that many of the same "
            f"{last.places:,} right. {_beside(last.accuracy, last.copied, last.places)}"
        )
    draw(
        "**Pattern** of the best head",
        [
            Learned(
                pattern.title,
                [float(np.nanmax(one.patterns[pattern.name], initial=0)) for one in measured],
                measured[0].uniform[pattern.name],
            )
            for pattern in run.task.patterns
        ],
        share=True,
        key="pattern",
    )
    explained = "; ".join(f"{pattern.title}: {pattern.sentence}" for pattern in run.task.patterns)
    aside(
        f"{explained}. The dotted line is a head that looks at everything alike. Measured, not assumed: a model may "
        "solve its task in another way."
    )


def _beside(accuracy: float, copied: float, places: int) -> str:
    """Where the model stands, as far as so many places can tell."""
    points = 100 * (accuracy - copied)
    error = 100 * ((accuracy * (1 - accuracy) + copied * (1 - copied)) / places) ** 0.5
    if abs(points) < 2 * error:
        return f"So many can't tell the model from it: that takes a difference of about {2 * error:.0f} points."
    return f"The model is {abs(points):.0f} points {'above' if points > 0 else 'below'} it."
