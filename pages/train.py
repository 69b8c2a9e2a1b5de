"""Train a model: a small transformer learns while one watches."""

import streamlit as st

from attention_viz.ui.app import shell
from attention_viz.ui.state import url
from attention_viz.ui.train import page as train

shell.enter()
_, problems = url.current()
st.markdown("# Train a model")
shell.notice(*problems)
with shell.explained():
    train.page()
shell.honest_line()
