"""Explore: what one head does with a text."""

import streamlit as st

from attention_viz.ui import cache, panels, reading, shell, url
from attention_viz.ui.head_view import head_view
from attention_viz.ui.selection import fit

shell.enter()
selection, problems = url.current()
reading.text_boxes()
with shell.explained():
    info = cache.describe_model(selection.model)
    selection, unfit = fit(selection, info)
    url.show(selection)
    shell.notice(*problems, *unfit)
    panels.pickers(info)
    trace = reading.read(info, selection)
    reading.what_was_read(trace)
    view = head_view(trace, selection)
    left, right = st.columns([5, 3])
    with left:
        with st.container(border=True):
            panels.map_panel(view)
        with st.container(border=True):
            panels.downloads(view)
    with right.container(border=True):
        panels.facts_panel(view)
shell.honest_line()
