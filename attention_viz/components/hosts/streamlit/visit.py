"""What the host knows of a visit: one session, in one tab."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

import streamlit as st

_KEY = "live views"


@dataclass
class Visit:
    """page: names the bus of this visit in the browser. A reload is another visit and begins with a new one.

    told: the number of the latest choice in the browser that the server knows of.
    """

    page: str = field(default_factory=lambda: secrets.token_hex(8))
    told: int = 0


def this_visit() -> Visit:
    """Of the session whose script runs; its callbacks change it in place."""
    visit = st.session_state.setdefault(_KEY, Visit())
    assert isinstance(visit, Visit)
    return visit
