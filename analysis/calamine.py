"""The workbook reader: it lays out whole sheets, of which all is noted beforehand that it does not tell or would not stop at."""

from __future__ import annotations

import io
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from analysis.grid import Grid, Limits, cell_name, fit, fit_text, put

_LISTED = 100


class Notes:
    """What a sheet will take, and what the workbook reader does not tell of it: errors, merges, formulas without a value."""

    def __init__(self, sheet: str = "") -> None:
        self.sheet, self.rows, self.columns, self.text = sheet, 0, 0, 0
        self.errors: list[tuple[int, int, int, int, str]] = []
        self.merges: list[tuple[int, int, int, int]] | None = None
        self.uncomputed: list[str] = []

    def fill(self, row: int, column: int) -> None:
        """Note that a cell holds something."""
        if row >= self.rows:
            self.rows = row + 1
        if column >= self.columns:
            self.columns = column + 1

    def fail(self, row: int, column: int, error: str) -> None:
        """Note that a cell holds an error."""
        self.errors.append((row, column, row, column, error))

    def lack(self, row: int, column: int) -> None:
        """Note that a cell holds a formula without a value."""
        if len(self.uncomputed) < _LISTED:
            self.uncomputed.append(cell_name(row, column))


def lay_out(content: bytes, notes: list[Notes], limits: Limits) -> list[Grid]:
    """Return the sheets of a workbook that fits, as noted; notes are in the order of its sheets.

    What was laid out is counted once more: parts of a damaged workbook may be used twice.
    """
    _fit(notes, limits)
    book, grids, cells, text = CalamineWorkbook.from_filelike(io.BytesIO(content)), list[Grid](), 0, 0
    for at, (note, about) in enumerate(zip(notes, book.sheets_metadata, strict=True)):
        if about.typ is SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_index(at)
            rows = _rows(sheet, note)
            fit(len(rows), max(map(len, rows), default=0), limits, about.name, beside=cells)
            cells += sum(map(len, rows))
            text += sum(len(cell) for row in rows for cell in row if type(cell) is str)
            fit_text(text, limits)
            found = sheet.merged_cell_ranges
            merges = note.merges if found is None else [(*start, *end) for start, end in found]
            grids.append(Grid(about.name, rows, merges, about.visible is not SheetVisibleEnum.Visible, tuple(note.uncomputed)))
    return grids


def _fit(notes: list[Notes], limits: Limits) -> None:
    cells = 0
    for note in notes:
        fit(note.rows, note.columns, limits, note.sheet, beside=cells)
        cells += note.rows * note.columns
    fit_text(sum(note.text for note in notes), limits)


def _rows(sheet: CalamineSheet, note: Notes) -> list[list[Any]]:
    """Return the cells of a sheet, with the errors, which the reader leaves empty."""
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    for top, left, bottom, right, error in note.errors:
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                put(rows, row, column, error)
    return rows
