"""Steps and curves as they are drawn."""

from __future__ import annotations

import streamlit as st

from attention_viz.builder.build import Build
from attention_viz.builder.step import Step
from attention_viz.figures.cells import cells
from attention_viz.figures.palette import Palette, palette_for
from attention_viz.ui.app.plain import aside

CONFIG = {"displayModeBar": False}


def draw_step(number: int, step: Step, build: Build) -> None:
    words, picture = st.columns([4, 5], vertical_alignment="center")
    with words:
        st.markdown(f"**{number}. {step.title}**")
        st.latex(step.formula)
        st.markdown(step.sentence)
        if step.hidden is not None and step.hidden.any():
            aside("Hatched: hidden by the mask.")
        if step.ringed:
            aside("Outlined in each row: the token that the teacher means.")
    with picture:
        draw(step, build)


def draw(step: Step, build: Build) -> None:
    figure = cells(
        step.numbers,
        step.rows,
        step.columns,
        texts=step.texts,
        palette=palette(),
        hover=step.hover,
        share=step.share,
        hidden=step.hidden,
        marked=build.query if step.by_query else None,
        ringed=step.ringed,
    )
    st.plotly_chart(
        figure,
        width=figure.layout.width,
        theme=None,
        key=f"build step {step.key}",
        config=CONFIG,
        alt=f"{step.title}: a table of {len(step.rows)} by {len(step.columns)} numbers",
    )


def palette() -> Palette:
    return palette_for(st.context.theme.type)
