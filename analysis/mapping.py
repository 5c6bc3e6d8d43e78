"""Which column of a file is which column of the ledger: what was found, as a small table to save, correct and give again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from analysis.faults import Fault, fault
from analysis.grids import GridError, read_grids
from analysis.headings import READABLE, SERIAL, folded
from analysis.model import AnalysisError
from analysis.places import csv_text, write_whole
from analysis.schema import Type
from analysis.wording import plain

FIELDS = ("file", "sheet", "rows", "column", "heading", "reads", "word", "means", "note")
UNREAD = "-"
UNKNOWN = "?"
_ROWS = re.compile(r"([1-9][0-9]{0,4})(?:\.0)?(?:[-至–]([1-9][0-9]{0,4}))?")


class MappingError(AnalysisError):
    """A mapping that cannot be used; `faults` holds every mistake found."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("Mapping · 对应表:\n" + "\n".join(f"  {fault}" for fault in faults))


class Line(NamedTuple):
    """A line of a mapping: what a heading is read as, or, with `word`, what a word in its cells means.

    `rows` are those of the sheet's header, as 2-4; '-' in their place leaves the sheet out. `reads` is `table/column` as in
    docs/ledger.md, `check/…` for what only checks sums, or '-' for a column that is not read. `means` is a code, yes, no, or '?' for
    not known. `column` and `note` are for the reader; the column counts only where a sheet has a heading twice.
    """

    file: str
    sheet: str
    rows: str
    column: str
    heading: str
    reads: str
    word: str = ""
    means: str = ""
    note: str = ""

    @property
    def header(self) -> tuple[int, int] | None:
        """The header's first and last row, from 0."""
        found = _ROWS.fullmatch(self.rows)
        return (int(found[1]) - 1, int(found[2] or found[1]) - 1) if found else None

    def of(self, file: str, sheet: str) -> bool:
        """Whether the line is about a sheet; one that names no file or no sheet is about all."""
        return (not self.file or plain(self.file) == plain(file)) and (not self.sheet or folded(self.sheet) == folded(sheet))

    def value(self) -> Any:
        """Return what the word means in the type of the column."""
        if self.means == UNKNOWN:
            return None
        return {"yes": True, "no": False}[self.means] if READABLE[self.reads].type is Type.yes_no else self.means


def save_mapping(lines: Sequence[Line], path: Path | str) -> None:
    """Write a mapping as CSV that a spreadsheet opens; no cell of it becomes a formula.

    Raises
    ------
    AnalysisError
        If the file exists.
    """
    write_whole(Path(path), csv_text(FIELDS, lines).encode("utf-8-sig"))


def load_mapping(path: Path | str) -> list[Line]:
    """Return a saved mapping, as any spreadsheet may have stored it.

    Raises
    ------
    MappingError
        With every fault: line, column, value, what to do.

    """
    name = Path(path).name
    if not Path(path).is_file():
        raise MappingError([fault("no_mapping", name)])
    try:
        rows = read_grids(Path(path))[0].rows
    except GridError as error:
        raise MappingError([fault(error.kind, name, **error.words)]) from None
    top = [str(cell or "").strip().casefold() for cell in rows[0]] if rows else []
    missing = [field for field in FIELDS[:6] if field not in top]
    if missing:
        raise MappingError([fault("no_column", name, line=1, column=field) for field in missing])
    lines, faults = [], []
    said: dict[tuple[str, ...], str] = {}
    for number, row in enumerate(rows[1:], 2):
        cells = {field: str(cell if cell is not None else "").strip().removeprefix("'") for field, cell in zip(top, row, strict=False)}
        if not any(cells.values()):
            continue
        line = Line(**{field: cells.get(field, "") for field in FIELDS})
        found = [fault(kind, name, line=number, column=field, value=value, **words) for kind, field, value, words in _wrong(line)]
        faults += found
        if not found:
            lines.append(line)
        key = (line.file, line.sheet, line.column, folded(line.heading), line.word)
        if line.heading and said.setdefault(key, line.reads + line.means) != line.reads + line.means:
            faults.append(fault("mapping_twice", name, line=number, column="heading", value=line.heading))
    if faults:
        raise MappingError(faults)
    return lines


def _wrong(line: Line) -> list[tuple[str, str, str, dict[str, object]]]:
    wrong: list[tuple[str, str, str, dict[str, object]]] = []
    if line.rows and line.rows != UNREAD and (line.header is None or line.header[0] > line.header[1]):
        wrong.append(("header_rows", "rows", line.rows, {}))
    if line.reads and line.reads not in (UNREAD, SERIAL, *READABLE):
        wrong.append(("reads", "reads", line.reads, {}))
    elif line.word and line.reads in ("", UNREAD, SERIAL):
        wrong.append(("word_reads", "reads", line.reads, {}))
    elif line.word:
        column = READABLE.get(line.reads)
        known = [UNKNOWN] if column is None else ["yes", "no", UNKNOWN]
        if column is not None and column.codes is not None:
            known = [*column.codes.__members__, UNKNOWN]
        if line.means not in known or column is None or not (column.codes or column.type is Type.yes_no):
            wrong.append(("code", "means", line.means, {"known": ", ".join(known)}))
    return wrong
