"""One step of the chain, as a picture needs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64

from attention_viz.mechanism import terms

Matrix = Float64[np.ndarray, "_ _"]


@dataclass(frozen=True, eq=False)
class Step:
    """One step, for one head.

    formula: LaTeX. texts: what is printed in the cells. hover: how each number came about.
    share: the numbers are weights. hidden: what the mask hides. by_query: one row for each query.
    ringed: of each row, the column that should be the largest, where somebody knows.
    """

    key: str
    title: str
    formula: str
    sentence: str
    numbers: Matrix
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    hover: tuple[tuple[str, ...], ...]
    share: bool = False
    hidden: Bool[np.ndarray, "_ _"] | None = None
    by_query: bool = True
    ringed: tuple[int, ...] = ()

    @property
    def texts(self) -> list[list[str]]:
        """The numbers, short; weights to three decimals, so that one sees what they sum to."""
        return [[self._text(float(cell)) for cell in row] for row in self.numbers]

    def _text(self, cell: float) -> str:
        if 1000 <= abs(cell) < 100_000:
            return f"{cell:.0f}".replace("-", "−")  # There is room for all digits before the point.
        if self.share and 0.0005 <= abs(cell) < 10:
            return f"{cell:.3f}".replace("-", "−")
        return terms.number(cell, 1 if self.share else 3)


def hover(shape: tuple[int, ...], line: Callable[[int, int], str]) -> tuple[tuple[str, ...], ...]:
    rows, columns = shape
    return tuple(tuple(line(row, column) for column in range(columns)) for row in range(rows))


def of_product(left: Matrix, right: Matrix, product: Matrix) -> tuple[tuple[str, ...], ...]:
    """Of each number of a matrix product, the sum behind it."""
    return hover(product.shape, lambda row, column: terms.products(left[row], right[:, column], product[row, column]))


def numbered(count: int) -> tuple[str, ...]:
    """Names of rows or columns that are dimensions."""
    return tuple(str(number + 1) for number in range(count))


_SMALL = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def places(row: int, column: int) -> str:
    """Indices as they stand in formulas, small and from 1; with a comma where one has two digits."""
    small = [str(place + 1).translate(_SMALL) for place in (row, column)]
    return ("" if max(map(len, small)) == 1 else ",").join(small)
