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
        above, below = st.columns([7, 5]), st.columns([7, 5])
        grid, text = above[0].container(border=True), above[0].container(border=True)
        links = above[1].container(border=True)
        heatmap, downloads = below[0].container(border=True), below[0].container(border=True)
        facts = below[1].container(border=True)
    # The live views have followed a click already; the heatmap waits for this, and takes longest to draw.
    for place, panel in (
        (heatmap, panels.map_panel),
        (grid, panels.grid_panel),
        (links, panels.links_panel),
        (text, panels.text_panel),
        (facts, panels.facts_panel),
        (downloads, panels.downloads),
    ):
        with place:
            panel(view)
    live.send_maps(view)
    live.send_scores(view)
shell.honest_line()
