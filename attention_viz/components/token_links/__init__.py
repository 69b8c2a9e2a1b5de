"""Two columns of tokens and the links between them, for one head or several of a layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from attention_viz.components.view import LiveView
from attention_viz.views.items import Item
from attention_viz.views.settings import Links
from attention_viz.views.shown import ColourSets, Held, Shown, heads_from, held_from, links_from, row_from


def token_links(
    shown: Shown,
    *,
    queries: Sequence[Item],
    keys: Sequence[Item] | None,
    heads: int,
    about: str,
    colours: ColourSets,
    on_held: Callable[[Held], None],
    on_mean: Callable[[tuple[int, ...]], None],
    on_heads: Callable[[int, tuple[int, ...]], None],
    on_links: Callable[[Links], None],
    on_options: Callable[[bool], None],
    on_scrolled: Callable[[int], None],
    options: bool = False,
) -> LiveView:
    """Shows what the parcels "maps", "exact" and "held" hold.

    keys: None when they are the queries.
    about: the model and the text, for saved pictures.
    on_held: called with the row and the column that a visitor holds; on_mean with heads whose mean is wanted; on_heads
    with another head and those that are drawn beside it; on_links with settings that were changed; on_options with
    whether the rarely used controls are shown; on_scrolled with the first row in view when it is not here yet.
    options: whether the rarely used controls are shown at first.
    """
    counts = (len(queries), len(queries if keys is None else keys))

    def chose_mean(sent: Any) -> None:
        chosen = heads_from(sent, heads)
        if chosen:
            on_mean(chosen)

    def chose_heads(sent: Any) -> None:
        if isinstance(sent, list) and heads_from(sent, heads):
            on_heads(sent[0], heads_from(sent[1:], heads))

    def set_links(sent: Any) -> None:
        links = links_from(sent, heads)
        if links is not None:
            on_links(links)

    def scrolled(sent: Any) -> None:
        row = row_from(sent, counts[0])
        if row is not None:
            on_scrolled(row)

    return LiveView(
        "token_links",
        "token links",
        {
            "trace": shown.trace,
            "queries": [item.told() for item in queries],
            "keys": None if keys is None else [item.told() for item in keys],
            "heads": heads,
            "about": about,
            "colours": asdict(colours),
            "options": options,
        },
        shown,
        {
            "held": lambda sent: on_held(held_from(sent, counts)),
            "mean": chose_mean,
            "heads": chose_heads,
            "links": set_links,
            "options": lambda sent: on_options(sent is True),
            "scrolled": scrolled,
        },
    )
