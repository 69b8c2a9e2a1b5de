"""Models: which one reads the text, what it takes, and one's own maps."""

import streamlit as st

from attention_viz.ui.app import shell
from attention_viz.ui.models import page as library
from attention_viz.ui.state import url

shell.enter()
selection, problems = url.current()
st.markdown("# Models")
shell.notice(*problems)
with shell.explained():
    library.chosen(selection)
library.by_name()
library.catalogue()
library.folders()
library.own_maps()
library.in_memory()
