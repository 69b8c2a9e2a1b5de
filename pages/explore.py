"""Explore: what every head does with a text, and one of them in full."""

import streamlit as st

from attention_viz.ui import cache, live, panels, reading, shell, url
from attention_viz.ui.head_view import head_view
from attention_viz.ui.selection import fit, fit_tokens

shell.enter()
selection, problems = url.current()
st.markdown("# What do attention heads look at?")
reading.text_boxes(selection)
reading.examples(selection)
with shell.explained():
    info = cache.describe_model(selection.model)
    selection, unfit = fit(selection, info)
    url.show(selection)
    shell.notice(*problems, *unfit)
    panels.kind_control(info, selection)
    trace = reading.read(info, selection)
    selection, unfit = fit_tokens(selection, len(trace.tokens), len(trace.key_tokens))
    shell.notice(*unfit)
    reading.what_was_read(trace)
    view = head_view(trace, selection)
    page = st.container()
    # What draws nothing stands last on the page, and goes first over the line.
    with st.container():
        live.send_pictures(view)
    with page:
        left, right = st.columns([7, 5])
        with left:
            with st.container(border=True):
                panels.grid_panel(view)
            with st.container(border=True):
                panels.text_panel(view)
        with right.container(border=True):
            panels.links_panel(view)
        left, right = st.columns([7, 5])
        with left:
            with st.container(border=True):
                panels.map_panel(view)
            with st.container(border=True):
                panels.downloads(view)
        with right.container(border=True):
            panels.facts_panel(view)
    live.send_maps(view)
    live.send_scores(view)
shell.honest_line()
