"""What Inside a head says: the names of tokens, its sentences, and how it writes numbers. No Streamlit here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from attention_viz.core.inside import TakenApart
from attention_viz.core.markdown import markdown
from attention_viz.core.token import Piece, told_apart

NAMED = 3
"""So many of the largest dimensions are named."""
_ENDS = 2


@dataclass(frozen=True, eq=False)
class Pair:
    """A weight taken apart, and how its tokens are called.

    queries, keys: the names of all tokens of each side; those that occur more than once have their number.
    """

    apart: TakenApart
    queries: list[str]
    keys: list[str]

    @property
    def query(self) -> str:
        return self.queries[self.apart.query]

    @property
    def key(self) -> str:
        return self.keys[self.apart.key]

    @property
    def head(self) -> str:
        return f"L{self.apart.layer} H{self.apart.head}"


def last_word(tokens: Sequence[Piece]) -> int:
    """The token to start from when none is held: the last word of the text, which in a decoder sees all before it."""
    ordinary = [at for at, token in enumerate(tokens) if not token.special]
    words = [at for at in ordinary if any(map(str.isalnum, tokens[at].text))]
    return [len(tokens) - 1, *ordinary[-1:], *words[-1:]][-1]


def names_of(side: Sequence[Piece]) -> list[str]:
    """The texts, told apart. Isolated (UAX #9), or one from right to left would turn the numbers around it."""
    return [
        f"\u2068{piece.text}\u2069{name.removeprefix(piece.text)}"
        for piece, name in zip(side, told_apart(side), strict=True)
    ]


def who_brings(apart: TakenApart) -> str:
    """“Dimension 17 alone brings 3.2 of 5.1 (dimension 4: −1.0, dimension 9: 0.8).”"""
    first, *others = apart.largest(NAMED)
    values = apart.products
    if values[first] == 0:
        return ""
    if values[first] * apart.dot > 0:
        told = f"**Dimension {first} alone brings {number(values[first])} of {number(apart.dot)}**"
    else:
        told = f"**Dimension {first} alone brings {number(values[first])}**, against the rest"
    further = [f"dimension {at}: {number(values[at])}" for at in others]
    return f"{told} ({', '.join(further)})." if further else f"{told}."


def about_scale(apart: TakenApart) -> str:
    size = len(apart.query_vector)
    if apart.scale == 1:
        return "This model compares q·k as it is; others divide it by the square root of its length."
    root = f"1/√{size} = " if math.isclose(apart.scale, size**-0.5, rel_tol=1e-6) else ""
    return (
        f"A sum of {size} products tends to be large, and large scores would leave almost everything to one key, so "
        f"this model multiplies it by {root}{apart.scale:.4g}."
    )


def about_bias(apart: TakenApart) -> str:
    if apart.biases is None:
        return "It adds nothing else."
    return f"Then it adds a **bias** of {number(apart.bias)}, which depends on how the two positions lie."


def about_mask(view: Pair) -> str:
    apart = view.apart
    if why := apart.why_hidden:
        return f"**{markdown(why)}** There is no weight then, which is not the same as a small one."
    if apart.visible.all():
        return f"No **mask**: {quoted(view.query)} sees all {len(apart.visible):,} keys."
    return (
        f"A **mask** hides {int((~apart.visible).sum()):,} of {len(apart.visible):,} keys from {quoted(view.query)}, "
        f"but not this one."
    )


def check(apart: TakenApart, traced: str, here: str) -> str:
    if apart.agrees:
        return f":material/check: The Trace says {traced}, this sum gives {here}."
    return (
        f":material/warning: The Trace says {traced}, this sum gives {here}. They should agree to five digits; please "
        "report this with the address."
    )


def quoted(name: str) -> str:
    return f"“{markdown(name)}”"


def listed(vector: Float64[np.ndarray, " size"]) -> str:
    """The first and last numbers of a vector."""
    if len(vector) <= 2 * _ENDS:
        return f"[ {' '.join(map(factor, vector))} ]"
    return f"[ {' '.join(map(factor, vector[:_ENDS]))} … {' '.join(map(factor, vector[-_ENDS:]))} ]"


def factor(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".replace("-", "−")


def number(value: float) -> str:
    """Three decimals, or as many digits where those would hide it or be too many; a real minus."""
    if value == 0:
        return "0"
    text = f"{value:.3f}" if 0.01 <= abs(value) < 1e6 else f"{value:.3g}"
    return text.replace("-", "−")


def exact(value: float) -> str:
    """Six digits."""
    return f"{value:#.6g}".replace("-", "−")


def bracketed(written: str) -> str:
    return f"({written})" if written.startswith("−") else written


def share(weight: float) -> str:
    """Six decimals; of a smaller weight its first digits."""
    return f"{weight:.6f}" if weight >= 1e-6 or weight == 0 else f"{weight:.3g}".replace("-", "−")
