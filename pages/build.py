"""Build attention: every step by hand, with numbers that can be changed."""

import streamlit as st

from attention_viz.ui import build, shell, url

shell.enter()
_, problems = url.current()
st.markdown("# Build attention")
shell.notice(*problems)
with shell.explained():
    build.page()
shell.honest_line()
