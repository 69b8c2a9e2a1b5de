"""The page Models: choose one, bring one's own maps, and see what is in memory."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from attention_viz.core.errors import AttentionVizError
from attention_viz.core.markdown import markdown
from attention_viz.core.sizes import size_in_words
from attention_viz.imports.tensors import open_tensors
from attention_viz.models.bundled import NAME
from attention_viz.models.catalogue import CATALOGUE
from attention_viz.models.folders import PREFIX, FolderSource
from attention_viz.ui.app import hub, shell
from attention_viz.ui.app.plain import aside, shape_of
from attention_viz.ui.server import cache
from attention_viz.ui.server.loaded import model_bytes
from attention_viz.ui.server.uploads import UPLOADS
from attention_viz.ui.state import url
from attention_viz.ui.state.selection import Selection

UPLOAD_BYTES = 64_000_000
"""The most that uploaded maps may take in memory, in float32."""


def chosen(selection: Selection) -> None:
    """The model that is selected, ready to be used, or what it takes to have it."""
    info = cache.describe_model(selection.a.model)
    shell.page_link(shell.EXPLORE, label=f"Explore {markdown(info.name)}")


def catalogue() -> None:
    """Well-known models, and any other by its id."""
    st.markdown("#### Choose a model")
    aside("Each is fetched from the Hugging Face Hub once, when you ask for it. Nothing is downloaded by a look.")
    access = hub.hub()
    groups = [(group, list(entries)) for group, entries in groupby(CATALOGUE, key=lambda entry: entry.group)]
    for column, part in zip(st.columns(2), (groups[::2], groups[1::2]), strict=True):
        for group, entries in part:
            with column.container(border=True, gap="xsmall"):
                st.markdown(f"**{group}**")
                for entry in entries:
                    here = entry.name == NAME or access.local(entry.name) is not None
                    st.button(
                        f"**{markdown(entry.name.rpartition('/')[2])}** :small[:gray[{markdown(entry.summary)}]]",
                        key=f"choose {entry.name}",
                        on_click=_choose,
                        args=(entry.name,),
                        type="tertiary",
                        help=f"{entry.name}, {'on this server' if here else 'to be downloaded'}",
                        icon=":material/check:" if here else ":material/cloud_download:",
                    )


def by_name() -> None:
    """Any id of the Hub."""
    with st.form("by name", border=False, clear_on_submit=False):
        name = st.text_input(
            "Any other model of the Hub",
            placeholder="organisation/name, or organisation/name@revision",
            max_chars=200,
            help="Encoders, decoders and encoder-decoders with weights as safetensors.",
        )
        if st.form_submit_button("Look it up") and name.strip():
            url.select(model=name.strip())
            st.rerun()


def folders() -> None:
    """Models in folders of the server, where its operator named a root."""
    names = FolderSource().names()
    if not names:
        return
    st.markdown("#### Folders of this server")
    for name in names:
        st.button(markdown(name.removeprefix(PREFIX)), key=f"choose {name}", on_click=_choose, args=(name,))


def own_maps() -> None:
    """Maps from a file."""
    st.markdown("#### Bring your own maps")
    aside(
        "An .npz or .safetensors file with attention [layer, head, query, key] and its tokens, as av.save writes it. "
        f"Up to {UPLOAD_BYTES // 1_000_000} MB as float32; it stays in this server's memory for a while."
    )
    files, beside = st.columns(2)
    file = files.file_uploader("Maps", type=["npz", "safetensors"], key="maps")
    tokens = beside.file_uploader("Tokens, if they are not inside", type=["json"], key="tokens beside")
    if file is None:
        return
    try:
        with st.spinner("Checking every row of every map …", show_time=True):
            beside_bytes = None if tokens is None else tokens.getvalue()
            trace = open_tensors(file.getvalue(), name=file.name, tokens=beside_bytes, limit_bytes=UPLOAD_BYTES)
            name = UPLOADS.add(trace)
    except AttentionVizError as error:
        st.error(markdown(error.message), icon=":material/error:")
        return
    shape = f"{shape_of(len(trace.layers), trace.heads)}, {len(trace.tokens)} × {len(trace.key_tokens)} tokens"
    st.success(f"{markdown(file.name)}: {shape}. Every row adds up to 1.", icon=":material/check:")
    for note in trace.notes:
        aside(f":material/info: {markdown(note)}")
    st.button("Use these maps", on_click=_choose, args=(name,))


def in_memory() -> None:
    """What is loaded, and a way to let it go."""
    st.markdown("#### In memory")
    models = cache.models()
    held = models.held()
    used = sum(model_bytes(info) for info in held)
    aside(
        f"{size_in_words(used)} of {size_in_words(models.most)} that this server keeps for models. Where there is no "
        "more room, the least recently used one goes first."
    )
    if not held:
        aside("Nothing is loaded yet: a model is loaded when a text is read with it.")
    for info in held:
        name, size, free = st.columns([5, 2, 2], vertical_alignment="center")
        name.markdown(markdown(info.name))
        size.markdown(size_in_words(model_bytes(info)))
        free.button("Free", key=f"free {info.name}", on_click=models.free, args=(info.name,))


def _choose(name: str) -> None:
    url.select(model=name)
