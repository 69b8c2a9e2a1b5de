"""Compare: two heads side by side, on linked maps, with their difference."""

import streamlit as st

from attention_viz.ui.app import shell
from attention_viz.ui.compare import maps, numbers, sides
from attention_viz.ui.compare import page as compare
from attention_viz.ui.state import url
from attention_viz.ui.text import reading

shell.enter()
selection, problems = url.current()
st.markdown("# What do two heads do differently?")
shell.notice(*problems)
compare.ways(selection)
selection = reading.held(selection)
compare.hint(selection)
sides.controls(selection)
found = sides.both(selection)
if found is not None:
    a, b = found
    with shell.explained():
        compare.actions(a, b)
        comparison = compare.compared(a, b)
        compare.notes(comparison)
        page = st.container()
        # What draws nothing stands last on the page, and goes first over the line.
        with st.container():
            maps.send_maps(comparison)
        with page:
            with st.container(border=True):
                maps.maps(comparison, selection)
            numbers.numbers(comparison)
            left, right = st.columns([6, 5])
            with left.container(border=True):
                numbers.most_different(comparison)
            with right.container(border=True):
                numbers.alike(comparison)
            with st.container(border=True):
                maps.grid(comparison, selection)
        maps.send_heads(comparison)
shell.honest_line()
