"""What attention can and cannot tell you: short, with its sources, and with one number from the text at hand."""

import streamlit as st

from attention_viz.ui.app import shell
from attention_viz.ui.limits import page as limits
from attention_viz.ui.state import url

shell.enter()
selection, problems = url.current()
st.markdown("# What attention can and cannot tell you")
with st.container(width=760):
    st.markdown(limits.CAN)
    st.markdown(limits.CANNOT)
    here = st.container(border=True)
    st.markdown(limits.SO_READ_IT_LIKE_THIS)
    st.markdown(limits.SOURCES)
    shell.page_link(shell.EXPLORE, label="Back to the map")
with here, shell.explained():
    shell.notice(*problems)
    limits.on_your_text(selection)
