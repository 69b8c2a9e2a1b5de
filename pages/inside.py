"""Inside a head: how one weight comes about, from two vectors to a number."""

import streamlit as st

from attention_viz.ui import cache, inside, panels, reading, shell, url
from attention_viz.ui.selection import fit, fit_tokens

shell.enter()
selection, problems = url.current()
st.markdown("# How does one weight come about?")
reading.text_boxes(selection)
with shell.explained():
    info = cache.describe_model(selection.model)
    selection, unfit = fit(selection, info)
    url.show(selection)
    shell.notice(*problems, *unfit)
    panels.kind_control(info, selection)
    trace = reading.read(info, selection)
    selection, unfit = fit_tokens(selection, len(trace.tokens), len(trace.key_tokens))
    shell.notice(*unfit)
    reading.what_was_read(trace)
    view = inside.pair(trace, selection)
    if view is not None:
        inside.summary(view)
        inside.vectors(view)
        inside.products(view)
        inside.score(view)
        inside.competitors(view, selection)
        inside.weight(view)
        inside.value(view, selection)
shell.honest_line()
