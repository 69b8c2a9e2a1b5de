"""Models: which one reads the text, what it takes, and one's own maps."""

import streamlit as st

from attention_viz.ui import library, shell, url

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
