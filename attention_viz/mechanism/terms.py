"""The sum behind a number, written out term by term: “0.1·0.4 + 0.2·0.5 + 0.3·0.6 = 0.32”."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

Numbers = Sequence[float] | Float64[np.ndarray, "_"]
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MOST = 8
"""Terms that are written; of more, the first and the last ones."""


def number(value: float | int, digits: int = 4) -> str:
    """A number of so many digits as one writes it on paper: “−0.32”, “3·10⁻⁵”, “undefined” for NaN."""
    if np.isnan(value):
        return "undefined"
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:.{digits}g}"
    if "e" in text:
        digits_, power = text.split("e")
        ten = f"10{str(int(power)).translate(_RAISED)}"
        text = ten if digits_ == "1" else f"{digits_}·{ten}"
    return text.replace("-", "−")


def factor(value: float | int) -> str:
    """A number as a factor: brackets around a negative one."""
    return f"({number(value)})" if value < 0 else number(value)


def added(terms: Sequence[str]) -> str:
    """Terms with plus signs between them."""
    shown = (
        list(terms) if len(terms) <= _MOST else [*terms[: _MOST - 2], f"… ({len(terms) - _MOST + 1} more)", terms[-1]]
    )
    return " + ".join(shown)


def products(left: Numbers, right: Numbers, total: float) -> str:
    """Σ left·right = total."""
    return f"{added([f'{factor(a)}·{factor(b)}' for a, b in zip(left, right, strict=True)])} = {number(total)}"


def cosine(query: Numbers, key: Numbers, total: float) -> str:
    """The products over the two lengths."""
    above = added([f"{factor(a)}·{factor(b)}" for a, b in zip(query, key, strict=True)])
    lengths = [number(float(np.linalg.norm(vector))) for vector in (query, key)]
    return f"({above}) / ({lengths[0]}·{lengths[1]}) = {number(total)}"


def additive(hidden: Numbers, direction: Numbers, total: float) -> str:
    """Σ v·tanh(hidden), hidden being W₁q + W₂k."""
    terms = [f"{factor(v)}·tanh({number(h)})" for v, h in zip(direction, hidden, strict=True)]
    return f"{added(terms)} = {number(total)}"


def softmax(scores: Numbers, place: int, temperature: float, weight: float) -> str:
    """e^s over the sum of all e^s; hidden keys, at −∞, don't appear."""
    if np.isinf(scores[place]):
        return "hidden: e^−∞ = 0"
    below = added([_power(score, temperature) for score in scores if not np.isinf(score)])
    return f"{_power(scores[place], temperature)} / ({below}) = {number(weight)}"


def _power(score: float, temperature: float) -> str:
    return f"e^{factor(score)}" if temperature == 1 else f"e^({number(score)}/{number(temperature)})"


def sparsemax(scores: Numbers, place: int, temperature: float, weight: float, threshold: float) -> str:
    """max(0, s − τ)."""
    over = "" if temperature == 1 else f" / {number(temperature)}"
    if np.isinf(scores[place]):
        return "hidden: 0"
    return (
        f"max(0, {number(scores[place])}{over} − {factor(threshold)}) = {number(weight)}, with τ = {number(threshold)}"
    )


def share(scores: Numbers, place: int, weight: float, *, root: bool) -> str:
    """s over the sum of all s, or over the root of that sum."""
    if np.isinf(scores[place]):
        return "hidden: 0"
    below = added([factor(s) for s in scores if not np.isinf(s)])
    return f"{number(scores[place])} / {'√' if root else ''}({below}) = {number(weight)}"
