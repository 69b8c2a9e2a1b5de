"""Explore: what every head does with a text, and one of them in full."""

import streamlit as st

from attention_viz.ui.app import shell
from attention_viz.ui.explore import findings, live, panels
from attention_viz.ui.state import url
from attention_viz.ui.text import reading
from attention_viz.views.head import head_view

shell.enter()
selection, problems = url.current()
st.markdown("# What do attention heads look at?")
reading.text_boxes(selection)
reading.examples(selection)
with shell.explained():
    trace, selection = reading.opened(selection, problems)
    findings.findings_strip(trace, selection)
    view = head_view(trace, selection.a.place, selection.unit, selection.held, selection.key)
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
            panel(view, selection)
    live.send_maps(view)
    live.send_scores(view)
shell.honest_line()
