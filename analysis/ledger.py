"""Ledgers as people keep them: workbooks, text or Parquet, read into a register or refused with every mistake found."""

from __future__ import annotations

import difflib
import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.cells import is_filled, normal, read_date
from analysis.checks import check_tables
from analysis.faults import CELLS, Fault
from analysis.grids import Grid, GridError, read_grids
from analysis.headings import meaning
from analysis.layout import Header, day_in_title
from analysis.logbook import Logbook, Place, cut
from analysis.mapping import FIELDS, UNREAD, Line, load_mapping
from analysis.model import AnalysisError, Evidence, Severity, Term
from analysis.reconcile import doubts
from analysis.register import CellFault, Register, RegisterError
from analysis.schema import KEYS, TABLE_TERMS, TABLES, UNTIL, Column
from analysis.settings import DEFAULT_SETTINGS, Settings, Unreadable
from analysis.sheets import NAMES, Sheet, counted_in, header_of, is_summary, read_sheet, subject
from analysis.tables import Table, joined
from analysis.wording import plain
from analysis.workbook import AS_OF, NATURE, PLACE, SHEETS, write_ledger, write_template

if TYPE_CHECKING:
    from analysis.parquet import Relation

__all__ = ["Ledger", "LedgerError", "check_ledger", "read_ledger", "write_ledger", "write_template"]

Progress = Callable[[str], None]
_LISTED = 100  # faults in a message; all are in `faults`
_ABOUT = {normal(word): term for term in (PLACE, AS_OF, NATURE) for word in term}
_GENERATED = {normal(word) for word in (Evidence.ILLUSTRATIVE.name, *Evidence.ILLUSTRATIVE.term)}
_FILES = (".xlsx", ".xlsm", ".xls", ".ods", ".et", ".csv", ".tsv", ".txt", ".htm", ".html")


class LedgerError(AnalysisError):
    """A ledger that cannot be used; `faults` holds every error found, in the order of sheets, rows and columns."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.faults = faults
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        lines = [f"  {fault}" for fault in faults[:_LISTED]]
        if len(faults) > _LISTED:
            lines.append(f"  … {len(faults) - _LISTED} more · 另有 {len(faults) - _LISTED} 处")
        super().__init__(f"The ledger '{plain(name)}' has {count} · 台账有 {len(faults)} 处问题:\n" + "\n".join(lines))


@dataclass(frozen=True, eq=False)
class Ledger:
    """A ledger as it was read: the register, or none where it is refused, and everything that was noted.

    Attributes
    ----------
    name
        The file's name.
    register
        None where a fault is an error.
    faults
        Errors, warnings and notes, in the order of sheets, rows and columns.
    mapping
        What each column of each sheet was told to be.
    persons
        The columns of persons that were not read, with the number of filled cells: file, sheet, column, heading, cells.
    sheets
        The sheets read, as they stand in their files.
    doubts
        Rows of `doubts` of the register; None where there is none.
    log
        The notes that all of this comes from.
    """

    name: str
    register: Register | None
    faults: list[Fault]
    mapping: list[Line]
    persons: pd.DataFrame
    sheets: list[Sheet]
    doubts: pd.DataFrame | None
    log: Logbook

    @cached_property
    def trail(self) -> pd.DataFrame:
        """Every cell that is read another way than it is written: file, sheet, cell, heading, was, became, rule, what_zh, what_en."""
        return self.log.trail()

    def as_json(self) -> dict[str, Any]:
        """Return everything that was noted in the types of JSON."""
        faults = [
            {"severity": each.severity.name, "kind": each.kind, "file": each.file, "sheet": each.sheet, "cell": each.cell, "line": each.line,
             "heading": each.column, "value": each.value, "problem": each.problem._asdict(), "remedy": each.remedy._asdict()}
            for each in self.faults
        ]  # fmt: skip
        tables = {"mapping": self.mapping_table, "trail": self.trail, "persons": self.persons}
        day = self.register.as_of if self.register is not None else None
        return {
            "file": plain(self.name),
            "usable": self.register is not None,
            "as_of": day.isoformat() if day else None,
            "faults": faults,
            **{name: table.to_dict("records") for name, table in tables.items()},
        }

    @property
    def mapping_table(self) -> pd.DataFrame:
        """The mapping as a table."""
        return pd.DataFrame(self.mapping, columns=list(FIELDS))


def read_ledger(
    path: Path | str,
    *,
    as_of: date | None = None,
    place: str = "",
    mapping: Path | str | None = None,
    settings: Settings = DEFAULT_SETTINGS,
    progress: Progress | None = None,
) -> Register:
    """Return the register that a ledger holds.

    Headings are found and told by what forms call them; empty rows, totals, footers and the template's example row are skipped; a
    table whose numbers are all empty goes by names, where each stands once, else by places (C37). Nothing is guessed: a cell that cannot be read for certain is a fault.

    Parameters
    ----------
    path
        A workbook (.xlsx, .xlsm, .xls, .ods), delimited text (.csv, .tsv), Parquet of one table, or a folder of such files.
    as_of, place
        The day of the count and the name of the place; by default those of the workbook's first sheet, or of a line above the header.
    mapping
        A file saved by `save_mapping`, corrected, that says which column is which.
    settings
        Of these, `age_35` and `unreadable`.
    progress
        Is told of each column and sheet that is left out because no ledger has it.

    Returns
    -------
    Register
        On pandas; from Parquet on DuckDB, which leaves the rows in the file until they are asked for.

    Raises
    ------
    LedgerError
        With every error: file, sheet, cell, heading, value, what is wrong, what to do.
    MappingError
        If the mapping cannot be used.
    OSError
        If the file cannot be opened.
    """
    with _without_collector():
        return _usable(Path(path), as_of=as_of, place=place, mapping=mapping, settings=settings, progress=progress)


def check_ledger(
    path: Path | str,
    *,
    as_of: date | None = None,
    place: str = "",
    mapping: Path | str | None = None,
    settings: Settings = DEFAULT_SETTINGS,
    progress: Progress | None = None,
) -> Ledger:
    """Return a ledger as it was read, with every fault that one row, two tables or the sums of a form show.

    Parameters are those of `read_ledger`; errors are in the result's `faults` instead of being raised.
    """
    with _without_collector():
        register, reading = _read(Path(path), as_of=as_of, place=place, mapping=mapping, settings=settings, progress=progress)
    odd = None
    if register is not None:
        odd = doubts(register, settings=settings)
        check_tables(reading.log, register, reading.tables, settings, odd)
    log = reading.log
    return Ledger(log.name, register, log.faults, log.lines, log.persons(), reading.sheets, odd, log)


def _usable(path: Path, **given: Any) -> Register:
    """Return the register alone, so that all else is let go of before Python looks for cycles again."""
    register, reading = _read(path, **given)
    if register is None:
        raise reading.error()
    return register


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep Python from looking for cycles among millions of cells, again and again, while they are laid out."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


# ------------------------------------------------------------------ what is being read


@dataclass
class _Reading:
    """A ledger being read; `broken` are tables that could not be read at all."""

    log: Logbook
    settings: Settings
    lines: list[Line]
    sheets: list[Sheet] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    about: dict[Term, tuple[int, str, Any]] = field(default_factory=dict)
    about_place: Place = field(default_factory=lambda: Place(0, ""))
    files: int = 0

    def error(self) -> LedgerError:
        return LedgerError(self.log.name, [made for made in self.log.faults if made.severity is Severity.error])


_NO_LINE = (0, "", "")


def _read(path: Path, **given: Any) -> tuple[Register | None, _Reading]:
    settings: Settings = given["settings"]
    lines = load_mapping(given["mapping"]) if given["mapping"] else []
    lenient = settings.unreadable is Unreadable.unknown
    reading = _Reading(Logbook(path.name, given["progress"] or (lambda line: None), lenient=lenient), settings, lines)
    _open(reading, path)
    _read_sheets(reading)
    day = given["as_of"] or _day(reading)
    _require_rows(reading)
    if reading.tables and reading.relations:
        reading.log.add("mixed", Place(0, reading.log.name))
    if (not reading.tables and not reading.relations) or (reading.tables and reading.relations):
        return None, reading
    place = given["place"] or plain(reading.about.get(PLACE, _NO_LINE)[2])
    nature = normal(reading.about.get(NATURE, _NO_LINE)[2])
    evidence = Evidence.ILLUSTRATIVE if nature in _GENERATED else Evidence.LEDGER
    register = _register(reading, as_of=day, place=place, evidence=evidence)
    return (None if reading.log.refused else register), reading


def _day(reading: _Reading) -> date | None:
    row, label, cell = reading.about.get(AS_OF, _NO_LINE)
    if is_filled(cell):
        try:
            return read_date(cell.strip() if isinstance(cell, str) else cell)
        except ValueError as error:
            reading.log.add(str(error), reading.about_place, row, 1, heading=label, value=cell)
            return None
    told = [(sheet.place, found) for sheet in reading.sheets if (found := day_in_title(sheet.grid, sheet.header))]
    if len({found[0] for _, found in told}) != 1:
        return None
    place, (day, number, at) = told[0]
    reading.log.add("day_in_title", place, number + 1, at, value=day.isoformat())
    return day


def _require_rows(reading: _Reading) -> None:
    """Note a table of organisations without rows; branches may stand alone."""
    counts = {name: len(table.rows) for name, table in reading.tables.items()}
    counts |= {name: each.rows for name, each in reading.relations.items()}
    places = {sheet.table: sheet.place for sheet in reversed(reading.sheets)} | {name: r.place for name, r in reading.relations.items()}
    refused = {"form_sheet", "side_by_side"} & {made.kind for made in reading.log.faults}
    if counts.get("organisations") == 0 and not refused:
        reading.log.add("no_rows", places["organisations"])
    elif "organisations" not in counts and counts and not any(counts.values()):
        reading.log.add("no_rows", places["branches"])


# ------------------------------------------------------------------ files


def _open(reading: _Reading, path: Path) -> None:
    if path.is_dir():
        _open_folder(reading, path)
    elif not path.exists():
        reading.log.add("no_ledger", Place(0, path.name))
    elif _is_parquet(path):
        _open_parquet(reading, path, Place(0, path.name))
    else:
        _open_grids(reading, path, path.name, alone=True)


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return path.suffix.lower() == ".parquet" or file.read(4) == b"PAR1"


def _open_folder(reading: _Reading, folder: Path) -> None:
    files = [file for file in sorted(folder.iterdir()) if file.is_file() and not file.name.startswith((".", "~$"))]
    named = [file for file in files if NAMES.get(normal(file.stem), "") in TABLES and file.suffix.lower() in (".csv", ".parquet")]
    for file in named or [file for file in files if file.suffix.lower() in _FILES]:
        shown = f"{folder.name}/{file.name}"
        if file.suffix.lower() == ".parquet":
            _open_parquet(reading, file, Place(len(reading.relations), shown))
        else:
            _open_grids(reading, file, shown, alone=False)
    for file in files:
        if file.suffix.lower() not in (*_FILES, ".parquet"):
            reading.log.add("file_of_no_kind", Place(0, f"{folder.name}/{file.name}"), known=" ".join((*_FILES, ".parquet")))
        elif named and file not in named:
            reading.log.add("file_unread", Place(0, f"{folder.name}/{file.name}"))
    if not named and not reading.files:
        reading.log.add("no_tables", Place(0, folder.name))


def _open_grids(reading: _Reading, path: Path, shown: str, *, alone: bool) -> None:
    """Find the sheets of a file that are of a ledger; the others are said to be left out."""
    log, first = reading.log, len(reading.sheets)
    reading.files += 1
    try:
        grids = read_grids(path)
    except GridError as error:
        log.add(error.kind, Place(100 * reading.files, shown, error.sheet), **error.words)
        reading.broken.add(NAMES.get(normal(path.stem), ""))
        return
    for order, grid in enumerate(map(_clipped, grids)):
        place = Place(100 * reading.files + order, shown, grid.sheet)
        name = NAMES.get(normal(grid.sheet), "") if grid.sheet else ""
        filled = any(is_filled(cell) for row in grid.rows for cell in row)
        if name == "about":
            _read_about(reading, place, grid)
        elif grid.hidden and filled:
            log.add("hidden_sheet", place)
        elif name != "codes" and filled:
            _open_sheet(reading, place, grid, name, only=len(grids) == 1)
        elif name in TABLES:
            reading.sheets.append(Sheet(place, grid, Header(0, 0, []), name))
    if len(reading.sheets) == first and alone and not log.refused:
        _nothing_found(log, Place(0, shown), grids)


def _open_sheet(reading: _Reading, place: Place, grid: Grid, name: str, *, only: bool) -> None:
    """Keep a sheet that is of a ledger, and say of another that it is not read."""
    header = None if _skipped(reading, place) else header_of(grid, place, reading.lines)
    table = _subject(reading, place, header, file_only=only)
    if name in TABLES and header is None:
        reading.log.add("no_heading", place, missing=TABLES[name]["name"].term)
    elif header is None or not table or not _named(reading, place, header, table, name, only=only):
        reading.log.left_out(place, Term("不是台账的工作表", "a sheet that no ledger has"))
        reading.log.add("sheet_unread", place)
    elif table == "organisations" and (counted := counted_in(header)) and not _given(reading, place, f"{table}/name"):
        reading.log.add("summary_counts", place, counted.row + 1, counted.at, heading=counted.text)
    else:
        reading.sheets.append(Sheet(place, grid, header, table))
        for cell in grid.uncomputed[:1]:
            reading.log.add("uncomputed", place, value=cell, count=len(grid.uncomputed))


def _nothing_found(log: Logbook, place: Place, grids: Sequence[Grid]) -> None:
    named = any(grid.sheet for grid in grids)
    if not named and not any(is_filled(cell) for grid in grids for row in grid.rows for cell in row):
        log.add("no_cells", place)
        return
    if not named and all(sum(map(is_filled, row)) < 2 for grid in grids for row in grid.rows):
        log.add("no_columns", place)
        return
    own = Term("”“".join(SHEETS[table].zh for table in TABLES), ", ".join(SHEETS[table].en for table in TABLES))
    log.add("no_sheet" if named else "which_table", place, names=own)


def _clipped(grid: Grid) -> Grid:
    """Return a sheet without what its merged ranges take beyond its cells: a whole sheet can be merged."""
    rows, columns = len(grid.rows), max(map(len, grid.rows), default=0)
    inside = [
        (t, left, min(b, rows - 1), min(right, columns - 1)) for t, left, b, right in grid.merges or () if t < rows and left < columns
    ]
    return grid if grid.merges is None else grid._replace(merges=inside)


def _skipped(reading: _Reading, place: Place) -> bool:
    return any(line.rows == UNREAD and line.of(place.file, place.shown) for line in reading.lines)


def _subject(reading: _Reading, place: Place, header: Header | None, *, file_only: bool) -> str:
    lines = [line.reads.partition("/")[0] for line in reading.lines if line.reads.endswith("/name") and line.of(place.file, place.shown)]
    return lines[0] if lines else subject(header, place, file_only) if header else ""


def _named(reading: _Reading, place: Place, header: Header, table: str, name: str, *, only: bool) -> bool:
    """Whether a sheet has a column of names, or says by its own name that it should."""
    return (
        bool(name or only)
        or _given(reading, place, f"{table}/name")
        or any((told := meaning(heading.path, table)) is not None and told.reads == f"{table}/name" for heading in header.columns)
    )


def _given(reading: _Reading, place: Place, reads: str) -> bool:
    """Whether a mapping says which column of a sheet is read so."""
    return any(line.reads == reads and line.of(place.file, place.shown) for line in reading.lines)


def _read_about(reading: _Reading, place: Place, grid: Grid) -> None:
    reading.about_place = place
    lines = [(at, row[0], row[1]) for at, row in enumerate(grid.rows, 1) if len(row) > 1 and normal(row[0]) in _ABOUT]
    reading.about = {_ABOUT[normal(label)]: (at, plain(label), cell) for at, label, cell in lines}


def _read_sheets(reading: _Reading) -> None:
    parts = []
    for at, sheet in enumerate(reading.sheets):
        if not sheet.header.columns:
            continue
        made, reading.sheets[at] = read_sheet(reading.log, sheet, reading.lines, reading.settings)
        if made and is_summary(made[-1]):
            reading.log.add("summary_sheet", sheet.place)
            continue
        parts += made
        if made and "name" not in made[-1].cells:  # the last part is of the sheet's own table
            reading.log.add("no_heading", sheet.place, missing=TABLES[sheet.table]["name"].term)
            made[-1].cells["name"] = [None] * len(made[-1].rows)
    unread = [line for line in reading.lines if line.heading and not line.word and line.reads != UNREAD and not _used(reading, line)]
    for line in unread:
        reading.log.add("mapping_unused", Place(0, line.file or reading.log.name, line.sheet), heading=line.heading)
    if parts:
        reading.tables = joined(reading.log, parts)
    for sheet in reading.sheets:
        reading.tables.setdefault(sheet.table, Table(sheet.table, cells={KEYS[sheet.table]: []}))


def _used(reading: _Reading, line: Line) -> bool:
    return any(line.of(found.file, found.sheet) and normal(found.heading) == normal(line.heading) for found in reading.log.lines)


def _open_parquet(reading: _Reading, path: Path, place: Place) -> None:
    """Read a file of one table, told by the file's name or by its headings."""
    from analysis import parquet  # noqa: PLC0415 - a fifth of the time that a check takes to start, and few ledgers need it

    name = NAMES.get(normal(path.stem), "")
    path.open("rb").close()  # what cannot be opened is no fault of its contents
    try:
        headings, count = parquet.probe(path)
        table = name if name in TABLES else parquet.table_of(headings)
        if not table:
            reading.log.add("which_table", place)
        elif table in reading.relations:
            reading.log.add("two_tables", place, table=TABLE_TERMS[table], other=plain(reading.relations[table].place.file))
        else:
            read = parquet.read_parquet(reading.log, place, table, path, count, lines=reading.lines, settings=reading.settings)
            reading.relations[table] = read
    except parquet.UNREADABLE as error:
        reading.log.add("not_parquet", place, error=cut(str(error).replace(str(path), path.name)))
        reading.broken.add(name)


# ------------------------------------------------------------------ the register


def _register(reading: _Reading, **about: Any) -> Register | None:
    """Return the register, or nothing where it has faults; they are noted at the cells that they come from."""
    if reading.relations:
        return _lazy_register(reading, **about)
    for _ in range(2):  # a second time without the cells that are left unknown
        frames = {name: table.frame() for name, table in reading.tables.items()}
        numbered = frozenset(name for name, table in reading.tables.items() if table.numbered)
        try:
            return Register(
                frames.get("organisations", pd.DataFrame(columns=["org_id"])), frames.get("branches"), numbered=numbered, **about
            )
        except RegisterError as error:
            seen = {place for place, made in reading.log.found if made.severity is Severity.error or made.kind not in CELLS}
            for cell in error.cells:
                _locate(reading, cell, seen)
        if reading.log.refused:
            break
    return None


def _lazy_register(reading: _Reading, **about: Any) -> Register | None:
    from analysis import parquet  # noqa: PLC0415 - as above

    try:
        numbered = frozenset(name for name, table in reading.relations.items() if table.numbered)
        return Register(*parquet.frames(reading.relations), numbered=numbered, **about)
    except RegisterError as error:
        for cell in error.cells:
            _locate(reading, cell, set())
    except (*parquet.UNREADABLE, AnalysisError) as error:
        reading.log.add("not_parquet", Place(0, reading.log.name), error=cut(error))
    return None


def _called(cell: CellFault) -> str:
    column = TABLES[cell.table].get(cell.column)
    return f"{cell.column} {column.term.zh}" if column else cell.column


def _nearest(reading: _Reading, cell: CellFault, column: Column | None) -> tuple[str, dict[str, Any]]:
    """Return the kind of a fault with its words; of a name that the other table has not, with the name there that is most like it."""
    other = reading.tables.get(column.of) if cell.kind == "nowhere" and column is not None else None
    names = [name for name in other.cells.get("name", ()) if name is not None] if other else []
    near = [] if cell.value in names else difflib.get_close_matches(str(cell.value), names, n=1)  # one that stands twice is no answer
    return ("nowhere_near", {**cell.words, "near": cut(near[0])}) if near else (cell.kind, dict(cell.words))


def _locate(reading: _Reading, cell: CellFault, seen: set[tuple[int, int, int]]) -> None:
    """Note a fault of the register at the cell of the file, unless that cell has one, or a missing table is the cause."""
    log, column = reading.log, TABLES[cell.table].get(cell.column)
    if cell.kind == "nowhere" and column is not None and column.of in reading.broken:
        return
    if cell.table in reading.relations:
        relation = reading.relations[cell.table]
        at, heading = relation.headings.get(cell.column, (-1, ""))
        if cell.kind == "empty" and at < 0:
            return
        file = f"{relation.place.file} ({KEYS[cell.table]} {cut(cell.key)})" if cell.key else relation.place.file
        log.add(cell.kind, relation.place._replace(file=file), at=at, heading=heading, value=cell.value, **cell.words)
        return
    assert cell.row is not None
    table = reading.tables[cell.table]
    place, row, at, heading = table.spot(cell.row, cell.column)
    if cell.kind == "empty" and at < 0 and "no_heading" in log.kinds(place):
        return
    if (place.order, row, at) not in seen:
        kind, said = _nearest(reading, cell, column)
        log.add(kind, place, row, at, heading=heading or _called(cell), value=cell.value, **said)
    if cell.kind not in ("empty", "twice"):
        table.clear(cell.row, cell.column.removesuffix(UNTIL))
