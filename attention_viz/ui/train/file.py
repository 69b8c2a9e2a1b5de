"""A training as a file: saved, and opened again."""

from __future__ import annotations

from functools import partial

import streamlit as st

from attention_viz.core.errors import AttentionVizError
from attention_viz.core.sizes import size_in_words
from attention_viz.toy.files import MOST_BYTES, open_run, save_run
from attention_viz.ui.app.plain import aside
from attention_viz.ui.server import trained
from attention_viz.ui.server.jobs import patience
from attention_viz.ui.server.trainings import TRAININGS, Training
from attention_viz.ui.train.session import TROUBLE, show

_FILE = "train file"


# Files -------------------------------------------------------------------------------------------------------------


def file(training: Training | None) -> None:
    with st.container(border=True):
        st.markdown("#### Keep it")
        save, load = st.columns(2, gap="medium")
        with save:
            aside(
                "The model at every step that is kept, its curves and its settings, as one safetensors file: numbers "
                f"and text, nothing that could be run. A training stays on this server for a while, and stops "
                f"when nobody has watched it for {patience():.0f} seconds."
            )
            ready = training is not None and not training.active and training.run.last is not None
            if training is not None and ready:
                run = training.run
                st.download_button(
                    f"Save this training, {size_in_words(run.nbytes)}",
                    partial(save_run, run),
                    f"{run.task.name}-seed{run.config.seed}-{run.steps[-1]}.safetensors",
                    "application/octet-stream",
                    on_click="ignore",
                    icon=":material/download:",
                )
            else:
                st.button("Save this training", disabled=True, icon=":material/download:", help="There is none yet.")
        with load:
            aside(
                f"A file that was saved here, up to {size_in_words(MOST_BYTES)}. It can be looked at, and gone on with."
            )
            st.file_uploader("Load a saved training", type=["safetensors"], key=_FILE, on_change=_load)


def _load() -> None:
    file = st.session_state[_FILE]
    if file is None:
        return
    try:
        training = TRAININGS.keep(open_run(file.getvalue()))
    except AttentionVizError as error:
        st.session_state[TROUBLE] = f"{file.name[:80]} can't be loaded. {error}"
        return
    trained.remember(training)
    show(training)
