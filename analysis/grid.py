"""A sheet of cells as it stands in its file, and how large a file may be."""

from __future__ import annotations

from typing import Any, NamedTuple

from analysis.model import AnalysisError


class Grid(NamedTuple):
    """A sheet as it stands in its file: rows of values from A1 on, and the ranges that are merged.

    Parameters
    ----------
    sheet
        The sheet's name; a table of HTML has its caption or its number, a text none.
    rows
        Text, numbers, truths, days, times and spans of time; '' or None where a cell is empty. Rows may differ in length.
    merges
        Top, left, bottom and right of each merged range, from 0 and inclusive; None where the format does not tell.
    hidden
        Whether the workbook hides the sheet.
    uncomputed
        Addresses of formulas that were saved without a value, a hundred at most.
    """

    sheet: str
    rows: list[list[Any]]
    merges: list[tuple[int, int, int, int]] | None = None
    hidden: bool = False
    uncomputed: tuple[str, ...] = ()


class Limits(NamedTuple):
    """How large a file may be before it is read no further.

    Parameters
    ----------
    file, unpacked
        Bytes, as it lies and with its parts unpacked.
    parts, sheets
        Files in a workbook's container; sheets or tables.
    cells
        Rows times columns, of all sheets together: a sheet is laid out whole.
    text
        Characters in all cells together: a workbook may store a text once and show it in a million cells.
    """

    file: int = 200_000_000
    unpacked: int = 2_000_000_000
    parts: int = 20_000
    sheets: int = 200
    cells: int = 50_000_000
    text: int = 1_000_000_000


LIMITS = Limits()
_ROW = 8  # cells for which there would be room in a row's own


class GridError(AnalysisError):
    """A file that cannot be read as cells; `kind` and `words` say why (kinds are those of `analysis.faults`), `sheet` where."""

    def __init__(self, kind: str, sheet: str = "", **words: Any) -> None:
        self.kind, self.sheet, self.words = kind, sheet, words
        said = ", ".join(f"{name} {word}" for name, word in words.items())
        super().__init__(f"{sheet}: {kind} ({said})" if sheet else f"{kind} ({said})")


def fit(rows: int, columns: int, limits: Limits, sheet: str = "", *, beside: int = 0) -> None:
    """Raise GridError where a sheet takes too many cells, beside those of the sheets before it."""
    if rows * max(columns, _ROW) + beside > limits.cells:
        raise GridError("too_large", sheet, rows=f"{rows:,}", columns=f"{columns:,}", limit=f"{limits.cells:,}")


def fit_text(characters: int, limits: Limits) -> None:
    """Raise GridError where the cells of a file hold too much text."""
    if characters > limits.text:
        raise GridError("unpacked_too_large", limit=megabytes(limits.text))


def fit_sheets(count: int, limits: Limits) -> None:
    """Raise GridError where a file has too many sheets."""
    if count > limits.sheets:
        raise GridError("too_many_sheets", count=count, limit=limits.sheets)


def column_name(column: int) -> str:
    """Return the letters of a column, which counts from 0.

    >>> column_name(0), column_name(25), column_name(26), column_name(16_383)
    ('A', 'Z', 'AA', 'XFD')
    """
    before, letter = divmod(column, 26)
    return (column_name(before - 1) if before else "") + chr(ord("A") + letter)


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell, whose row and column count from 0.

    >>> cell_name(2, 27)
    'AB3'
    """
    return f"{column_name(column)}{row + 1}"


def megabytes(size: int) -> str:
    """Return a size in words.

    >>> megabytes(2_000_000_000)
    '2,000 MB'
    """
    return f"{size / 1e6:,g} MB"


def put(rows: list[list[Any]], row: int, column: int, value: Any) -> None:
    """Put a value into rows that grow as far as they must."""
    rows.extend([] for _ in range(row + 1 - len(rows)))
    rows[row].extend([""] * (column + 1 - len(rows[row])))
    rows[row][column] = value
