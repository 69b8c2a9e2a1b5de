"""What every step stands in."""

from __future__ import annotations

import streamlit as st

from attention_viz.figures import inside as pictures
from attention_viz.figures.palette import Palette, palette_for
from attention_viz.ui.app.plain import aside


def palette() -> Palette:
    """The colours of the theme on screen."""
    return palette_for(st.context.theme.type)


def framed(step: int, title: str) -> st.delta_generator.DeltaGenerator:
    """A box with the number and the title of a step."""
    frame = st.container(border=True)
    frame.markdown(f"#### {step}. {title}")
    return frame


def told(
    step: int,
    title: str,
    sentence: str,
    lines: str,
    picture: pictures.Figure,
    alt: str,
    *,
    check: str = "",
) -> None:
    """A step with its words at the left and its picture at the right; on a narrow screen one below the other."""
    with framed(step, title):
        words, drawn = st.columns([5, 7], gap="medium")
        with words:
            st.markdown(sentence)
            formula(lines)
            if check:
                aside(check)
        with drawn:
            draw(picture, alt, f"step {step}")


def formula(lines: str) -> None:
    """Plain text that wraps: names of tokens go in as they are."""
    st.code(lines, language=None, wrap_lines=True)


def draw(figure: pictures.Figure, alt: str, key: str) -> None:
    """A figure over the whole width."""
    st.plotly_chart(figure, theme=None, key=key, config={"displayModeBar": False}, alt=alt, width="stretch")
