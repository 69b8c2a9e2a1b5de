"""Train a model: a small transformer learns while one watches."""

import streamlit as st

from attention_viz.ui import shell, train, url

shell.enter()
_, problems = url.current()
st.markdown("# Train a model")
shell.notice(*problems)
with shell.explained():
    train.page()
shell.honest_line()
