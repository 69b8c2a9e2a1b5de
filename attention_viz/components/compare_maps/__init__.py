"""Two heads side by side: the maps or links of A and of B, and their difference B − A, all linked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Literal

from attention_viz.components.view import LiveView
from attention_viz.views.ground import Label
from attention_viz.views.shown import ColourSets, Held, Shown, held_from

Drawn = Literal["maps", "links"]


def compare_maps(
    shown: Shown,
    *,
    rows: Sequence[Label],
    columns: Sequence[Label] | None,
    titles: tuple[str, str],
    top: float,
    bound: float,
    view: Drawn,
    about: str,
    colours: ColourSets,
    on_held: Callable[[Held], None],
    curve: Literal["sqrt", "linear"] = "sqrt",
) -> LiveView:
    """Shows what the parcel "compare" holds: A's weights row by row, then B's, both as `packet.to_words` and both with
    all of `rows` and `columns`; its header counts them as "queries" and "keys". Weights of a row or column that a side
    does not have are not looked at.

    shown: its trace is the name of the comparison, which is another one whenever a map or a label is.
    columns: None when they are the rows.
    titles: of A and of B, for instance "L3 H1 of all-MiniLM-L6-v2".
    top, bound: where the colours of A and B end, and those of the difference on both sides of 0.
    about: the text or texts, for saved pictures.
    on_held: called with the row and the column that a visitor holds.
    """
    counts = (len(rows), len(rows if columns is None else columns))
    return LiveView(
        "compare_maps",
        "compare maps",
        {
            "trace": shown.trace,
            "rows": [label.told() for label in rows],
            "columns": None if columns is None else [label.told() for label in columns],
            "titles": dict(zip(("a", "b"), titles, strict=True)),
            "top": top,
            "bound": bound,
            "curve": curve,
            "view": view,
            "about": about,
            "colours": asdict(colours),
        },
        shown,
        {"held": lambda sent: on_held(held_from(sent, counts))},
    )
