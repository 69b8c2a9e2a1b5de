"""The text itself, painted by what one token looks at, or by what looks at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attention_viz.components.view import LiveView
from attention_viz.views.shown import Held, Shown, held_from
from attention_viz.views.text import Stretch


def token_text(
    shown: Shown,
    *,
    stretches: Sequence[Stretch],
    counts: tuple[int, int],
    ramp: Sequence[str],
    on_held: Callable[[Held], None],
) -> LiveView:
    """Shows what the parcels "maps" and "exact" hold.

    counts: how many rows and columns there are.
    on_held: called with the row and the column that a visitor holds.
    """
    return LiveView(
        "token_text",
        "token text",
        {"trace": shown.trace, "pieces": [stretch.told() for stretch in stretches], "ramp": list(ramp)},
        shown,
        {"held": lambda sent: on_held(held_from(sent, counts))},
    )
