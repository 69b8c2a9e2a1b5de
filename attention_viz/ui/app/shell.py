"""What every page stands in: navigation, the sidebar, and what happens when something goes wrong."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from attention_viz.components.hosts.streamlit.theme import theme_watch
from attention_viz.core.errors import AttentionVizError, GoneModelError, NotDownloadedError
from attention_viz.core.markdown import markdown
from attention_viz.core.message import Message
from attention_viz.core.model_info import ModelInfo
from attention_viz.models.bundled import NAME
from attention_viz.ui.app import hub
from attention_viz.ui.app.plain import aside, shape_of
from attention_viz.ui.server import cache, sources, trained
from attention_viz.ui.state import url
from attention_viz.ui.state.changes import changed, in_place_of, way_back
from attention_viz.ui.state.fields import shortened

_ICON = Path(__file__).with_name("icon.svg")
_STYLE = Path(__file__).with_name("page.css")
_SIDEBAR = 240  # px, as wide as its words
_VIA_APP = "entered through app.py"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """A row of the page table. The file's name is also the page's address.

    invites: what a page says that names this one as the next step. model: does it show one of the models?
    """

    file: str
    title: str
    icon: str
    section: str
    invites: str
    model: bool = True

    @property
    def address(self) -> str:
        return Path(self.file).stem


EXPLORE = Page("pages/explore.py", "Explore", ":material/grid_view:", "Look", "Look at the heads of a text of yours")
COMPARE = Page("pages/compare.py", "Compare", ":material/compare:", "Look", "Put this head beside another one")
INSIDE = Page(
    "pages/inside.py", "Inside a head", ":material/join_inner:", "Look", "Take one weight apart, step by step"
)
MODELS = Page("pages/models.py", "Models", ":material/deployed_code:", "Look", "Take another model")
TRAIN = Page(
    "pages/train.py", "Train a model", ":material/model_training:", "Learn", "Watch a small model learn to attend"
)
BUILD = Page(
    "pages/build.py",
    "Build attention",
    ":material/construction:",
    "Learn",
    "Do the same by hand, with few numbers",
    False,
)
LIMITS = Page(
    "pages/limits.py", "What attention can tell you", ":material/balance:", "Learn", "Read what attention can tell you"
)
_NEXT = {
    EXPLORE: COMPARE,
    COMPARE: INSIDE,
    INSIDE: BUILD,
    MODELS: EXPLORE,
    BUILD: TRAIN,
    TRAIN: LIMITS,
    LIMITS: EXPLORE,
}
PAGES = (EXPLORE, COMPARE, INSIDE, MODELS, BUILD, TRAIN, LIMITS)


def run() -> None:
    """app.py: configures the page, draws the sidebar and runs the page that the address asks for."""
    st.session_state[_VIA_APP] = True
    sources.register()
    url.current()  # What the links of the sidebar keep.
    page = _navigation()
    title = f"{page.title} · Attention Viz"
    icon = _ICON.read_text(encoding="utf-8")
    st.set_page_config(page_title=title, page_icon=icon, layout="wide", initial_sidebar_state=_SIDEBAR)
    st.html(_STYLE)
    shown = next(one for one in PAGES if one.title == page.title)
    try:
        _sidebar(shown)
        notice(*_unknown_page(shown))
        page.run()
        page_link(_NEXT[shown], label=f"Next: {_NEXT[shown].invites}", icon=":material/arrow_forward:")
    except Exception:  # noqa: BLE001 (whatever it is: logged in full, and the visitor gets a sentence)
        _log.exception("A page failed")
        st.error(
            "Something went wrong here that should not have. Your text is still in the address; reload the page to go "
            "on. If it happens again, please report it with that address.",
            icon=":material/error:",
        )
    theme_watch(st.context.theme.type)


def enter() -> None:
    """The first line of every page. Streamlit runs the file of a page without app.py when that page is the very first
    request after the server started; this goes back and takes the right way in."""
    if not st.session_state.get(_VIA_APP):
        _navigation()
        st.rerun()


def page_link(page: Page, *, label: str | None = None, icon: str | None = None, **changes: Any) -> None:
    """A link to a page that keeps what is on screen. changes: of the selection, on the way."""
    selection = changed(url.on_screen(), **changes)
    st.page_link(
        page.file, label=label or page.title, icon=icon or page.icon, query_params=url.query_of(selection) or None
    )


@contextmanager
def explained(*, offer: bool = True) -> Iterator[None]:
    """What can't be done inside is said in plain words; the rest of the page goes on.

    offer: whether a model that is not here can be downloaded on the spot, or trained again, and another one taken.
    """
    try:
        yield
    except NotDownloadedError as error:
        if not offer:
            aside(markdown(error.message))
            return
        with explained(offer=False):
            hub.offer_panel(error.model)
        _way_back(error.model)
    except GoneModelError as error:
        if not offer:
            aside("It is not on this server any more.")
        else:
            notice(error.message)
            page_link(
                TRAIN, label="Train it again, or load its file", **in_place_of(url.on_screen(), error.model, NAME)
            )
            _way_back(error.model)
    except AttentionVizError as error:
        notice(error.message)


def _way_back(gone: str) -> None:
    """To the bundled model, which is always here, on the side of a comparison that asked for another."""
    st.button(
        f"Back to {NAME}",
        key=f"back from {gone}",
        on_click=url.select,
        kwargs=way_back(url.on_screen(), gone, NAME),
        icon=":material/undo:",
    )


def notice(*sentences: str | Message) -> None:
    """What a person has to know about, which may quote what they typed. Nothing when there is no sentence."""
    if sentences:
        st.warning("  \n".join(map(markdown, sentences)), icon=":material/info:")


def honest_line() -> None:
    """What every view of attention owes its reader."""
    aside("Attention shows where this head reads, not why the model decided.")
    page_link(LIMITS, label="What attention can and cannot tell you")


def _unknown_page(shown: Page) -> tuple[str, ...]:
    """A sentence for an address that names no page: Streamlit shows the first one then."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    asked = urlsplit(st.context.url or "").path.strip("/").removeprefix(base).strip("/").rsplit("/", 1)[-1]
    # Hosts may put the app below a path of their own, which is no word.
    if not re.fullmatch(r"[^\W\d][\w-]*", asked) or asked in {page.address for page in PAGES}:
        return ()
    return (f"There is no page called “{shortened(asked)}” here; {shown.title} is shown.",)


def _navigation() -> st.Page:
    # Without icons: Streamlit would fetch one from a foreign server as the tab's picture.
    pages = [st.Page(page.file, title=page.title, default=page is PAGES[0]) for page in PAGES]
    return st.navigation(pages, position="hidden")


def _sidebar(shown: Page) -> None:
    with st.sidebar:
        st.markdown("## Attention Viz")
        for section, pages in groupby(PAGES, key=lambda page: page.section):
            aside(section)
            for page in pages:
                page_link(page)
        if shown.model:
            st.space("small")
            with explained(offer=False), st.container(border=True, gap="xsmall"):
                _model_choice()


def facts(info: ModelInfo) -> None:
    """What is known of a model."""
    lines = [f"{_stacks(info)}{f' of {info.head_size}' if info.head_size else ''}"]
    if info.parameters:
        lines.append(f"{_count(info.parameters)} parameters, {markdown(info.family.upper())} family")
    if info.reads_text:
        lines.append(f"reads up to {info.token_limit:,} tokens")
    lines.append(", ".join(markdown(part) for part in (info.licence, info.origin) if part not in ("", "unknown")))
    aside("  \n".join([*lines, "Layers and heads count from 0."]))


def _model_choice() -> None:
    """What can be used at once, to choose from; anything else by its name."""
    selection, _ = url.current()
    names = list(dict.fromkeys((*models_at_hand(), selection.a.model)))
    st.selectbox(
        "Model",
        names,
        accept_new_options=True,
        placeholder="A name, or an id of the Hub",
        help="What is on this server. Type any id of the Hugging Face Hub, or see the page Models.",
        **url.bound("model"),
    )
    facts(cache.describe_model(selection.a.model))


def models_at_hand() -> tuple[str, ...]:
    """What can be used at once: the bundled model, what was trained in this visit, and what is on this server."""
    return (NAME, *trained.names(), *cache.known_models())


def _stacks(info: ModelInfo) -> str:
    sizes = [shape_of(stack.layers, stack.heads) for stack in info.stacks]
    if len(sizes) == 1:
        return sizes[0]
    return "; ".join(f"{stack.kind}: {size}" for stack, size in zip(info.stacks, sizes, strict=True))


def _count(number: int) -> str:
    return f"{number / 1e6:,.1f} M" if number >= 1e6 else f"{number:,}"
