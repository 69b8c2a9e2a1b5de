"""Build attention: every step by hand, with numbers that can be changed."""

import streamlit as st

from attention_viz.ui.app import shell
from attention_viz.ui.build import page as build
from attention_viz.ui.state import url

shell.enter()
_, problems = url.current()
st.markdown("# Build attention")
shell.notice(*problems)
with shell.explained():
    build.page()
shell.honest_line()
