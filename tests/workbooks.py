"""Workbooks for tests, from a compact description: columns with their groups, rows of cells, merged ranges."""

import datetime as dt
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import xlsxwriter
from python_calamine import CalamineWorkbook
from xlsxwriter.utility import xl_cell_to_rowcol

from analysis.grids import Grid
from analysis.ledger import Ledger, check_ledger
from analysis.schema import TABLES, UNTIL

DAY = dt.date(2018, 6, 30)
IGNORED = "-"


class Form(NamedTuple):
    """A sheet: rows of cells, and the merged ranges as top, left, bottom, right from 0."""

    rows: list[list[Any]]
    merges: list[tuple[int, int, int, int]]

    def then(self, *rows: list[Any], merges: tuple[str, ...] = ()) -> "Form":
        """Return the sheet with more rows below it; `merges` are ranges of the whole sheet, as A1:B2."""
        return Form([*self.rows, *map(list, rows)], [*self.merges, *map(area, merges)])

    def grid(self, sheet: str = "表", *, told: bool = True) -> Grid:
        """Return the sheet as a reader of files gives it; with `told` false, as one of a format that does not tell what is merged."""
        return Grid(sheet, [list(row) for row in self.rows], list(self.merges) if told else None)


def area(text: str) -> tuple[int, int, int, int]:
    """Return a range such as A1:B2 from 0."""
    first, last = text.split(":")
    return (*xl_cell_to_rowcol(first), *xl_cell_to_rowcol(last))


def form(*paths: str, title: tuple[list[Any], ...] = ()) -> Form:
    """Return a header as forms have it: title rows, a row for each depth of groups, groups merged across, headings merged down."""
    parts = [path.split("/") for path in paths]
    depth = max(map(len, parts))
    rows: list[list[Any]] = [[None] * len(parts) for _ in range(depth)]
    merges = []
    for level in range(depth):
        alike = groupby(range(len(parts)), key=lambda at: (tuple(parts[at][: level + 1]), len(parts[at]) > level + 1 or at))
        for (path, _), columns in alike:
            at = list(columns)
            if len(path) <= level:
                continue
            leaf = len(parts[at[0]]) == level + 1
            rows[level][at[0]] = path[-1]
            right, bottom = (at[0], depth - 1) if leaf else (at[-1], level)
            if (bottom, right) != (level, at[0]):
                merges.append((level, at[0], bottom, right))
    top = len(title)
    return Form([*map(list, title), *rows], [(t + top, left, b + top, right) for t, left, b, right in merges])


def write(path: Path, **sheets: Form | list[list[Any]]) -> Path:
    """Write a workbook, as a spreadsheet would store it."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as made:
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for name, described in sheets.items():
            rows, merges = described if isinstance(described, Form) else (described, [])
            sheet = made.add_worksheet(name)
            for top, left, bottom, right in merges:
                sheet.merge_range(top, left, bottom, right, "")
            for row, cells in enumerate(rows):
                for at, cell in enumerate(cells):
                    if isinstance(cell, dt.date):
                        sheet.write_datetime(row, at, cell, day)
                    elif isinstance(cell, str):
                        sheet.write_string(row, at, cell)
                    elif cell is not None:
                        sheet.write(row, at, cell)
    return path


def check(path: Path, **options: Any) -> Ledger:
    """Read a ledger with everything that is noted on the way, on the day of the count of these tests."""
    return check_ledger(path, **{"as_of": DAY, **options})


def cells(ledger: Ledger, table: str) -> dict[str, list[Any]]:
    """Return the columns of a table that hold anything; dates as text, null where empty."""
    assert ledger.register is not None, "\n".join(map(str, ledger.faults))
    frame = getattr(ledger.register, table)
    made = {} if frame is None else {name: [_plain(cell) for cell in frame[name]] for name in frame.columns}
    return {name: column for name, column in made.items() if any(cell is not None for cell in column)}


def _plain(cell: Any) -> Any:
    if pd.isna(cell):
        return None
    return cell.date().isoformat() if isinstance(cell, pd.Timestamp) else cell


def mapped(ledger: Ledger) -> dict[str, str]:
    """Return what each column that is read was told to be, by its letter."""
    return {line.column: line.reads for line in ledger.mapping if line.reads not in ("", IGNORED)}


def dropped(ledger: Ledger) -> dict[str, int]:
    """Return the columns of persons, by their letter, with the number of cells."""
    return dict(zip(ledger.persons["column"], ledger.persons["cells"], strict=True))


def found(ledger: Ledger) -> list[tuple[str, str, str]]:
    """Return the kind, sheet and cell of each fault, but for the notes of rows and sheets that are no data."""
    return [(made.kind, made.sheet, made.cell) for made in ledger.faults if made.kind not in ("rows_left_out", "sheet_unread")]


def kinds(ledger: Ledger) -> list[str]:
    """Return the kind of each fault, but for the note of rows that are no data."""
    return [kind for kind, _, _ in found(ledger)]


def said(ledger: Ledger) -> str:
    """Return everything that a ledger shows: register, faults, trail, persons, mapping."""
    frames = [ledger.trail, ledger.persons, ledger.mapping_table]
    if ledger.register is not None:
        frames += [frame for table in TABLES if (frame := getattr(ledger.register, table)) is not None]
        frames.append(pd.DataFrame({"place": [ledger.register.place], "as_of": [ledger.register.as_of]}))
    return "\n".join([*(frame.to_csv() for frame in frames), *map(str, ledger.faults), *map(repr, ledger.faults), repr(ledger.name)])


def resident(place: str, birthday: str, order: str) -> str:
    """Return a made-up identity number with its right check character."""
    body = place + birthday + order
    total = sum(int(figure) * pow(2, 17 - at, 11) for at, figure in enumerate(body))
    return body + "10X98765432"[total % 11]


def credit_code(first: str, organisation: str) -> str:
    """Return a made-up unified social credit code that keeps both check rules: eight characters, then the organisation code's eight."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rest = 11 - sum(weight * letters.index(letter) for weight, letter in zip(weights, organisation, strict=True)) % 11
    code = first + organisation + {10: "X", 11: "0"}.get(rest, str(rest))
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    return code + alphabet[-sum(pow(3, at, 31) * alphabet.index(letter) for at, letter in enumerate(code)) % 31]


__all__ = [
    "DAY", "UNTIL", "Form", "area", "cells", "check", "credit_code", "dropped", "form", "found", "kinds", "mapped", "resident", "said", "write",
]  # fmt: skip


def sheets(path: Path | str) -> dict[str, list[list[Any]]]:
    """The cells of each sheet of a workbook."""
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def filled_in(path: Path | str, out: Path, done: dict[str, Any], *, leave: Callable[[list[Any]], bool] = lambda row: True) -> Path:
    """Write the workbook again as a township would save it: the day under 'done on' by code, some rows deleted."""
    with xlsxwriter.Workbook(str(out)) as book:
        day = book.add_format({"num_format": "yyyy/m/d"})
        for name, rows in sheets(path).items():
            sheet, head = book.add_worksheet(name), next((r for r in rows if "完成日期" in r), [])
            for line, row in enumerate(row for row in rows if leave(row)):
                for at, cell in enumerate(row):
                    value = (
                        done.get(row[head.index("编号（勿改）")], cell)
                        if head and head[at : at + 1] == ["完成日期"] and row != head
                        else cell
                    )
                    sheet.write_datetime(line, at, value, day) if isinstance(value, dt.date) else sheet.write(line, at, value)
    return out
