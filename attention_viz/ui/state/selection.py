"""What is on screen, as one value. How it reads in an address: `fields`; what a change brings with it: `changes`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from attention_viz.core.place import FIRST, Place
from attention_viz.core.words import Unit
from attention_viz.figures.scale import Curve
from attention_viz.models.bundled import NAME
from attention_viz.ui.state.examples import OTHER_PLACE, PRONOUN, PRONOUN_PLACE, PRONOUN_QUERY
from attention_viz.views.settings import Settings

Which = Literal["a", "b"]
Best = Literal["best"]
BEST: Best = "best"
"""In place of a query: that of the best finding of the text, which is known when the text is read."""
Top = Literal["one", "max"]
View = Literal["maps", "links"]
Order = Literal["place", "weight"]


@dataclass(frozen=True, slots=True)
class Side:
    """What is looked at: a model, what it reads, and where. Side B of a comparison is as side A where it is empty.

    text, second: what is read; an empty second text means that there is none.
    kind: whose attention, for a model that has several; empty for its first one.
    """

    model: str = ""
    text: str = ""
    second: str = ""
    kind: str = ""
    place: Place = FIRST


@dataclass(frozen=True, slots=True)
class Selection:
    """Everything that a link restores.

    a: what every page shows. b: the other side of a comparison.
    query: the query token that is held, whose row is marked and listed; None for none; BEST for that of the best
        finding, until it is found.
    key: the key token that is held with it, or None.
    show: what the grid of all heads shows: "maps", a measure by its key, or "pair": the weight between the held tokens.
    show_b: what the grid of B's heads shows, "maps" or "divergence" from A.
    settings: which links are drawn, and which part of the heads is in a grid.
    unit: rows and columns of the map are tokens or words.
    curve, top: how weights become colours: the curve, and a range up to 1 or up to the map's own maximum.
    view: how two heads are compared, as maps or as links.
    order: the keys of a row stand as in the text, or by their weight.
    build: what is built by hand, as the builder writes it; empty for its first example.
    train: the settings of a training, as its page writes them; own: the text that it learns from.
    run: the training that is on screen, by its id; at: the step of it that is looked at, None for the last.
    """

    a: Side = Side(NAME, PRONOUN, place=PRONOUN_PLACE)
    b: Side = Side(place=OTHER_PLACE)
    query: int | Best | None = PRONOUN_QUERY
    key: int | None = None
    show: str = "maps"
    show_b: str = "maps"
    settings: Settings = field(default_factory=Settings)
    unit: Unit = "tokens"
    curve: Curve = "sqrt"
    top: Top = "one"
    view: View = "maps"
    order: Order = "place"
    build: str = ""
    train: str = ""
    own: str = ""
    run: str = ""
    at: int | None = None

    @property
    def held(self) -> int | None:
        """The query token that is held; None where none is, or none is found yet."""
        return None if self.query == BEST else self.query

    def side(self, which: Which) -> Side:
        """A side as it is read: what B doesn't name is as on A."""
        if which == "a":
            return self.a
        a, b = self.a, self.b
        texts = (b.text, b.second) if b.text else (a.text, a.second)
        return replace(
            b, model=b.model or a.model, text=texts[0], second=texts[1], kind=b.kind or ("" if b.model else a.kind)
        )


DEFAULT = Selection()
