"""A model of the Hub that is not here yet: what it is, what it takes, and its download."""

from __future__ import annotations

import time

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from attention_viz.core.errors import PickledModelError
from attention_viz.core.markdown import markdown
from attention_viz.core.sizes import size_in_words
from attention_viz.models.hub import Hub, Offer
from attention_viz.ui.app.plain import aside, shape_of
from attention_viz.ui.server.downloads import Download, download_of, start_download
from attention_viz.ui.state import url
from attention_viz.ui.state.changes import in_place_of

_LOOK_SECONDS = 300


def hub() -> Hub:
    """The Hub with the operator's rules, and the token from Streamlit's secrets where there is one."""
    try:
        token = st.secrets.get("HF_TOKEN")
    except StreamlitSecretNotFoundError:
        token = None  # No secrets are set up; the environment may have a token.
    return Hub.from_environment(token if isinstance(token, str) else None)


def offer_panel(name: str) -> None:
    """Looks a model up, shows what it is and what it takes, and downloads it when asked to."""
    running = download_of(name)
    if running is not None and running.active:
        _watch(running)
        return
    if running is not None and running.error:
        st.error(markdown(running.error), icon=":material/error:")
    try:
        with st.spinner(f"Asking the Hub about {markdown(name)} …"):
            offer = _looked(name)
    except PickledModelError as error:
        _instead(name, error)
        return
    with st.container(border=True):
        st.markdown(f"#### {markdown(str(offer.name))} is not on this server yet")
        _facts(offer)
        refusal = hub().refusal(offer)
        if refusal:
            st.warning(markdown(refusal), icon=":material/info:")
        st.button(
            f"Download {size_in_words(offer.download_bytes)}",
            key=f"download {name}",
            on_click=_start,
            args=(name, offer),
            icon=":material/download:",
            disabled=bool(refusal),
        )
        aside("It is kept on this server, so the next visitor has it at once.")


def _watch(download: Download) -> None:
    @st.fragment(run_every=0.5)
    def progress() -> None:
        download.touch()
        if not download.active:
            st.rerun()
        share = min(1.0, download.done / download.total)
        arrived = f"{size_in_words(download.done)} of {size_in_words(download.total)}"
        rate = download.rate()
        left = f", {size_in_words(int(rate))} a second" if rate > 1 else ""
        waiting = "Waiting to download" if download.waiting_for() else "Downloading"
        what = "Stopping" if download.stopping else waiting
        st.progress(share, text=f"{what} {markdown(str(download.offer.name))}: {arrived}{left}")
        if download.remark:
            aside(f":material/info: {markdown(download.remark)}")
        st.button(
            "Stop",
            key=f"stop {download.offer.name}",
            on_click=download.stop,
            disabled=download.stopping,
            icon=":material/close:",
        )

    with st.container(border=True):
        progress()


def _instead(name: str, error: PickledModelError) -> None:
    """Why a model can't be had, and the look at what can be had instead, one click away."""
    st.warning(markdown(error.message), icon=":material/info:")
    if error.converted:
        st.button(
            f"Look at {markdown(error.converted)}",
            key=f"look at {error.converted}",
            on_click=url.select,
            kwargs=in_place_of(url.on_screen(), name, error.converted),
            icon=":material/search:",
        )


def _facts(offer: Offer) -> None:
    info = offer.info
    sizes = " and ".join(f"{stack.kind} {shape_of(stack.layers, stack.heads)}" for stack in info.stacks)
    free = "" if offer.memory_free is None else f", of {size_in_words(offer.memory_free)} that are free"
    aside(
        f"{markdown(info.family)} architecture: {sizes}  \n"
        f"{info.parameters / 1e6:,.0f} M parameters, reads up to {info.token_limit:,} tokens  \n"
        f"licence {markdown(info.licence)}, revision {offer.commit[:12]}  \n"
        f"download {size_in_words(offer.download_bytes)}, of {size_in_words(offer.disk_free)} that are free on disk  \n"
        f"memory {size_in_words(offer.memory_bytes)}{free}"
    )
    if offer.note:
        aside(f":material/info: {markdown(offer.note)}")


def _start(name: str, offer: Offer) -> None:
    start_download(name, offer, hub())


def _looked(name: str) -> Offer:
    """What the Hub says, remembered for some minutes in this session."""
    looks: dict[str, tuple[float, Offer]] = st.session_state.setdefault("looked up", {})
    found = looks.get(name)
    if found is None or time.monotonic() - found[0] > _LOOK_SECONDS:
        found = looks[name] = (time.monotonic(), hub().look(name))
    return found[1]
