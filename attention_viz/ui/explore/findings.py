"""What is worth a look in the text: a row of findings to click, each of which brings its head and its tokens."""

from __future__ import annotations

from typing import Any

import streamlit as st

from attention_viz.core.markdown import markdown
from attention_viz.core.token import told_apart
from attention_viz.core.trace import Trace
from attention_viz.measures.finding import Finding
from attention_viz.ui.app.plain import aside
from attention_viz.ui.explore import live
from attention_viz.ui.server.found import found
from attention_viz.ui.server.surveys import Background
from attention_viz.ui.state import url
from attention_viz.ui.state.fields import looking_at
from attention_viz.ui.state.selection import Selection

_ROW = "findings"


def findings_strip(trace: Trace, selection: Selection) -> None:
    """What is worth a look in this text? Those that take long to find come while one does something else."""
    known = found(trace, selection.unit)
    if isinstance(known, tuple):
        _chips(trace, selection, known)
        return
    # Asked once: more may be found between two looks.
    told = known.found
    if told is not None:
        _chips(trace, selection, told)
    if known.active:
        _wait(known, told)
    elif told is None:
        reason = markdown(known.problem) if known.problem else "Fill in the rest of the pictures to see it."
        aside(f"Not every head was looked at for what is worth a look in this text. {reason}")


def _wait(looking: Background, told: tuple[Finding, ...] | None) -> None:
    """How far the search is; the page runs again when there is more to tell."""

    @st.fragment(run_every=1.0)
    def watch() -> None:
        looking.touch()
        if looking.found != told or not looking.active:
            st.rerun()
        more = "Looking for what is worth a look in this text" if told is None else "Looking for more"
        aside(f"{more}: {looking.progress:.0%} of all heads.")

    watch()


def _chips(trace: Trace, selection: Selection, findings: tuple[Finding, ...]) -> None:
    if not findings:
        aside("Nothing in this text is far from what a head that spreads evenly would do.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=_ROW):
        aside("Worth a look:", width="content")
        for one in findings:
            st.button(
                label_of(trace, one),
                key=f"finding {one.kind}",
                help=markdown(one.message),
                type="primary" if is_shown(one, selection) else "secondary",
                on_click=_choose,
                args=(one,),
            )


def label_of(trace: Trace, finding: Finding) -> str:
    """A finding in a few words, as Markdown."""
    place, number = finding.place.name, _short(finding.value)
    match finding.kind:
        case "link":
            query, key = told_apart(trace.tokens)[finding.query or 0], told_apart(trace.key_tokens)[finding.key or 0]
            return f"“{_cut(query)}” → “{_cut(key)}” **{number}** · {place}"
        case "previous":
            return f"token before **{number}** · {place}"
        case "special":
            return f"special tokens **{number}** · {place}"
        case "broadest":
            return f"widest **{number} nats** · {place}"
        case "unlike":
            return f"differ most **{number} nats** · {place}, {finding.other.name if finding.other else ''}"
        case "popular":
            key = told_apart(trace.key_tokens)[finding.key or 0]
            return f"“{_cut(key)}” most by **{finding.value:.0f} heads** · {place}"


def is_shown(finding: Finding, selection: Selection) -> bool:
    """Is it what is on screen? A link also while only its query is held, as a new text opens."""
    if (finding.place, finding.query) != (selection.a.place, selection.held):
        return False
    if finding.other is not None and finding.other != selection.side("b").place:
        return False
    return selection.key == finding.key or (finding.kind == "link" and selection.key is None)


def _choose(finding: Finding) -> None:
    here: dict[str, Any] = {**looking_at(finding.place), "token": finding.query, "key": finding.key}
    if finding.other is None:
        url.select(**here)
    else:
        live.put_aside(finding.other, **here)


def _short(value: float) -> str:
    """“.59”, for a row where every character counts."""
    return f"{value:.2f}".removeprefix("0")


def _cut(text: str) -> str:
    return markdown(text if len(text) <= 16 else text[:15] + "…")
