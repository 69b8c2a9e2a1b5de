"""Inside a head: how one weight comes about, from two vectors to a number."""

import streamlit as st

from attention_viz.ui.app import shell
from attention_viz.ui.inside import page as inside
from attention_viz.ui.inside import steps
from attention_viz.ui.state import url
from attention_viz.ui.text import boxes, reading

shell.enter()
selection, problems = url.current()
st.markdown("# How does one weight come about?")
boxes.text_row(selection)
with shell.explained():
    trace, selection = reading.opened(selection, problems)
    view = inside.pair(trace, selection)
    if view is not None:
        steps.summary(view)
        steps.vectors(view)
        steps.products(view)
        steps.score(view)
        steps.competitors(view, selection)
        steps.weight(view)
        steps.value(view, selection)
shell.honest_line()
