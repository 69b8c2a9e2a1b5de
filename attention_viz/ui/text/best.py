"""What a text holds before anybody chose anything: the query of its best finding."""

from __future__ import annotations

from dataclasses import replace

from attention_viz.core.trace import Trace
from attention_viz.ui.server import found
from attention_viz.ui.state.fields import is_usual
from attention_viz.ui.state.selection import BEST, Selection
from attention_viz.views.parcels import is_long


def with_best(selection: Selection, trace: Trace) -> Selection:
    """The selection with numbers in place of BEST: the query of the strongest link between two words and, where nobody
    chose a head, the head that has it. Of thousands of tokens only the head on screen is asked. None held where no link
    is worth a look."""
    if selection.query != BEST:
        return selection
    anywhere = is_usual(selection) and not is_long(trace)
    link = found.strongest_link(trace, None if anywhere else selection.a.place)
    if link is None:
        return replace(selection, query=None)
    return replace(selection, query=link.query, a=replace(selection.a, place=link.place))
