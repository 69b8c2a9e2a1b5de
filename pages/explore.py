"""Explore: what every head does with a text, and one of them in full."""

import streamlit as st

from attention_viz.ui.app import shell
from attention_viz.ui.explore import findings, live, panels
from attention_viz.ui.state import url
from attention_viz.ui.text import boxes, reading
from attention_viz.views.head import head_view

shell.enter()
selection, problems = url.current()
st.markdown("# What do attention heads look at?")
boxes.text_row(selection)
with shell.explained():
    trace, selection = reading.opened(selection, problems)
    view = head_view(trace, selection.a.place, selection.unit, selection.held, selection.key)
    findings.findings_strip(trace, selection)
    boxes.hint(selection)
    page = st.container()
    # What draws nothing stands last on the page, and goes first over the line.
    with st.container():
        live.send_pictures(view)
    with page:
        text = st.container(border=True, gap="xsmall")
        columns = st.columns([9, 6, 8])
        grid, links, heatmap = (column.container(border=True, gap="xsmall") for column in columns)
        below = st.columns([7, 5])
        held, downloads = (column.container(border=True) for column in below)
    # The live views have followed a click already; the heatmap waits for this, and takes longest to draw.
    for place, panel in (
        (text, panels.text_panel),
        (heatmap, panels.map_panel),
        (grid, panels.grid_panel),
        (links, panels.links_panel),
        (held, panels.held_panel),
        (downloads, panels.downloads),
    ):
        with place:
            panel(view, selection)
    live.send_maps(view)
    live.send_scores(view)
shell.honest_line()
