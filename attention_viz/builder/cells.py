"""What may stand in a cell of a table: a number, nothing, or what somebody typed that is none. No Streamlit here."""

from __future__ import annotations

import math
import re

from attention_viz.core.message import Message, Value, say
from attention_viz.mechanism.terms import number

Cell = float | str | None
Table = tuple[tuple[Cell, ...], ...]

LARGEST = 1e6
"""The largest number that a cell takes. Its products stay exact enough to be written out."""
MOST_LETTERS = 24
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_NO_END = re.compile(r"([+-]?)(inf|infinity|∞)", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)


def read(text: str | None) -> Cell:
    """The cell that was typed: a number in any common way of writing, None for nothing, else the text itself."""
    typed = (text or "").strip()
    if not typed:
        return None
    plain = typed.replace("−", "-")
    if plain.lower() == "nan":
        return math.nan
    if endless := _NO_END.fullmatch(plain):
        return -math.inf if endless[1] == "-" else math.inf
    if _GROUPED.fullmatch(plain):
        return typed[:MOST_LETTERS]  # One thousand to some and one to others: the page asks.
    point = plain.replace(",", ".") if plain.count(",") == 1 else plain
    return float(point) if _NUMBER.fullmatch(point) else typed[:MOST_LETTERS]


def write(cell: Cell) -> str:
    """The cell as its table shows it: as short as it can be with no digit lost. `read` brings it back."""
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else repr(cell).removesuffix(".0")


def fault(cell: Cell, table: str, row: Value, column: int) -> Message | None:
    """What can't be computed with in a cell, or None. row: its name; column: counted from 1."""
    if cell is None:
        return say(
            "Table {table}, row {row}, column {column} is empty: type a number, 0 for nothing.",
            table=table,
            row=row,
            column=column,
        )
    if isinstance(cell, str):
        if _GROUPED.fullmatch(cell.replace("−", "-")):
            return say(
                "Table {table}, row {row}, column {column} holds “{cell}”, which may mean {thousands} or {decimals}: "
                "type one of them.",
                cell=cell,
                thousands=cell.replace(",", ""),
                decimals=cell.replace(",", "."),
                table=table,
                row=row,
                column=column,
            )
        return say(
            "Table {table}, row {row}, column {column} holds “{cell}”: a number is needed.",
            cell=cell,
            table=table,
            row=row,
            column=column,
        )
    if cell != cell:
        return say(
            "Table {table}, row {row}, column {column} holds NaN, which is no number: numbers from −1,000,000 to "
            "1,000,000 can be computed with.",
            table=table,
            row=row,
            column=column,
        )
    if not -LARGEST <= cell <= LARGEST:
        return say(
            "Table {table}, row {row}, column {column} holds {cell}: numbers from −1,000,000 to 1,000,000 can be "
            "computed with.",
            cell=number(cell),
            table=table,
            row=row,
            column=column,
        )
    return None
