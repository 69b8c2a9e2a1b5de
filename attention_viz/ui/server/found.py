"""What is worth a look in a text, computed once for all visitors: at once, or in the background where it takes long."""

from __future__ import annotations

from attention_viz.core.place import Place
from attention_viz.core.trace import Trace
from attention_viz.core.words import Unit
from attention_viz.measures.finding import Finding
from attention_viz.measures.findings import best_link, find
from attention_viz.ui.server import cache, surveys
from attention_viz.ui.server.surveys import Background
from attention_viz.views.parcels import is_long

AT_ONCE = 8 << 20
"""Up to so many cells, of all heads together, nobody waits for a search: a quarter of a second on an idle core."""


def found(trace: Trace, unit: Unit) -> tuple[Finding, ...] | Background:
    """The findings of a text; or, where they take a while, what looks for them and has those that are known. unit: what
    the pictures of a long text are between, which are filled in in the same go."""
    if is_long(trace):
        return surveys.filling_of(trace, unit)
    if len(trace.layers) * trace.heads * len(trace.tokens) * len(trace.key_tokens) > AT_ONCE:
        return surveys.searching(trace)
    return cache.kept("findings", trace.digest, lambda: [*find(trace, surveys.scores_of(trace))][-1])


def strongest_link(trace: Trace, place: Place | None) -> Finding | None:
    """The strongest link between two words within a place, or of all heads; None where there is none."""
    kind = "best link" if place is None else f"best link in {place.name}"
    kept = cache.kept(kind, trace.digest, lambda: tuple(one for one in (best_link(trace, place),) if one is not None))
    return kept[0] if kept else None
