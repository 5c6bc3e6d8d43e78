"""Ledgers as people keep them: workbooks, text or Parquet, read into a register or refused with every mistake found."""

from __future__ import annotations

import difflib
import gc
import glob
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from analysis.cells import expression, is_filled, normal, read_cells, read_date
from analysis.checks import check_tables
from analysis.faults import CELLS, Fault
from analysis.grids import Grid, GridError, read_grids
from analysis.headings import meaning, words
from analysis.layout import Header, day_in_title
from analysis.logbook import Logbook, Place, cut
from analysis.mapping import FIELDS, UNREAD, Line, load_mapping
from analysis.model import AnalysisError, Evidence, Severity, Term
from analysis.persons import MARK, SQL_PATTERNS, is_personal
from analysis.register import CellFault, Register, RegisterError
from analysis.schema import COLUMNS, KEYS, NUMBERS, TABLE_TERMS, TABLES, UNTIL, Column, Type
from analysis.settings import DEFAULT_SETTINGS, Settings, Unreadable
from analysis.sheets import NAMES, Sheet, Told, given_words, header_of, is_summary, read_sheet, subject, told_alone
from analysis.tables import Table, joined
from analysis.wording import plain
from analysis.workbook import AS_OF, NATURE, PLACE, SHEETS, write_ledger, write_template

__all__ = ["Ledger", "LedgerError", "check_ledger", "read_ledger", "write_ledger", "write_template"]

Progress = Callable[[str], None]
_LISTED = 100  # faults in a message; all are in `faults`
_DIFFERENT = 1000  # words of a typed column of yes or no
# what DuckDB raises over a damaged file, not all of it its own
_UNREADABLE = (duckdb.Error, RuntimeError, ValueError, ArithmeticError)
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
    log
        The notes that all of this comes from.
    """

    name: str
    register: Register | None
    faults: list[Fault]
    mapping: list[Line]
    persons: pd.DataFrame
    sheets: list[Sheet]
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
    if register is not None:
        check_tables(reading.log, register, reading.tables, settings)
    log = reading.log
    return Ledger(log.name, register, log.faults, log.lines, log.persons(), reading.sheets, log)


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
class _Relation:
    """A table that stays in its file: where its columns stand, and the query over it."""

    place: Place
    headings: dict[str, tuple[int, str]]
    rows: int
    relation: Any
    numbered: bool


@dataclass
class _Reading:
    """A ledger being read; `broken` are tables that could not be read at all."""

    log: Logbook
    settings: Settings
    lines: list[Line]
    sheets: list[Sheet] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    relations: dict[str, _Relation] = field(default_factory=dict)
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
    if counts.get("organisations") == 0:
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
    for file in files if named else ():
        if file not in named and file.suffix.lower() in (*_FILES, ".parquet"):
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
    lines = [line for line in reading.lines if line.reads == f"{table}/name" and line.of(place.file, place.shown)]
    return bool(name or lines or only) or any(
        (told := meaning(heading.path, table)) is not None and told.reads == f"{table}/name" for heading in header.columns
    )


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


# ------------------------------------------------------------------ tables in Parquet


def _open_parquet(reading: _Reading, path: Path, place: Place) -> None:
    """Read a file of one table, told by the file's name or by its headings."""
    name = NAMES.get(normal(path.stem), "")
    path.open("rb").close()  # what cannot be opened is no fault of its contents
    try:
        headings, count = _probe(path)
        table = name if name in TABLES else _told(headings)
        if not table:
            reading.log.add("which_table", place)
        elif table in reading.relations:
            reading.log.add("two_tables", place, table=TABLE_TERMS[table], other=plain(reading.relations[table].place.file))
        else:
            _read_relation(reading, place, table, path, count)
    except _UNREADABLE as error:
        reading.log.add("not_parquet", place, error=cut(str(error).replace(str(path), path.name)))
        reading.broken.add(name)


def _told(headings: Iterable[str]) -> str:
    """Return the table that has the headings of names, or most of the headings; nothing where that does not tell."""
    found = {table: [told.reads for text in headings if (told := meaning([text], table)) is not None] for table in TABLES}
    scores = {table: sum(reads.startswith(table) for reads in each) + 100 * (f"{table}/name" in each) for table, each in found.items()}
    best = [table for table, score in scores.items() if score and score == max(scores.values())]
    return best[0] if len(best) == 1 else ""


def _probe(path: Path) -> tuple[list[str], int]:
    """Return a Parquet file's headings and number of rows, having read every cell once.

    A damaged page must show now, not in the middle of an analysis; and it can put an end to the database that reads it,
    which must not be the one that all else is on.
    """
    with duckdb.connect() as apart:
        relation: Any = apart.read_parquet(glob.escape(str(path)), hive_partitioning=False)
        cells = ", ".join(_quoted(heading) for heading in relation.columns)
        return list(relation.columns), int(relation.aggregate(f"bit_xor(hash({cells})), count(*)").fetchall()[0][1])


def _quoted(heading: str) -> str:
    return '"' + heading.replace('"', '""') + '"'


def _headings(reading: _Reading, place: Place, table: str, relation: Any) -> dict[str, Told]:
    """Return which column of a typed file is which of the schema, told as those of a sheet are."""
    found: dict[str, Told] = {}
    for each in told_alone(reading.log, place, table, relation.columns, lines=reading.lines, settings=reading.settings):
        of, _, name = each.meaning.reads.partition("/")
        heading = each.heading
        if each.meaning.personal or (each.meaning.how == "named" and is_personal(heading.path)):
            count = relation.aggregate(f"count({_quoted(relation.columns[heading.at])})").fetchall()[0][0]
            reading.log.drop(place, heading.at, heading.text, count)
        if of and of != table:
            shown = cut(heading.text)
            reading.log.left_out(
                place, Term(f"列“{shown}”（{xl_col_to_name(heading.at)}）不是这张表的列", f"column '{shown}', which is not of this table,")
            )
        elif name and name in found:
            reading.log.add("heading_twice", place, heading=plain(heading.text), other=found[name].heading.text)
        elif name:
            found[name] = each
    if "name" not in found:
        reading.log.add("no_heading", place, missing=TABLES[table]["name"].term)
    return found


def _typed(reading: _Reading, place: Place, relation: Any, told: Told) -> str:
    """Return the SQL that reads a column of a typed file; nothing where it holds no more than names."""
    at, column = told.heading.at, COLUMNS[told.meaning.reads]
    quoted, kind = _quoted(relation.columns[at]), str(relation.types[at].id)
    lines = [line for line in reading.lines if line.of(place.file, "")]
    known = {word: value for word, (value, _) in words(told.meaning.reads).items()} | given_words(lines, told.meaning.reads, told.heading)
    if column.type is Type.yes_no and kind in ("varchar", "enum"):
        return _answers(reading, place, relation, told, known)
    if told.meaning.how == "area" and kind != "boolean":
        return f"{quoted} > 0"
    if column.type is Type.percent and kind not in ("varchar", "enum"):
        return _share(reading, place, relation, told)
    if told.meaning.factor != 1 and column.type in NUMBERS and kind not in ("varchar", "enum"):
        reading.log.add("typed_unit", place, 1, at, heading=told.heading.text, factor=told.meaning.factor)
        number = f"nullif(CAST({quoted} AS DOUBLE), 'nan'::DOUBLE)"  # in decimals, as a sheet's are, so that 0.3万 is 3000
        scaled = f"CAST(CAST({number} AS DECIMAL(28, 8)) * {told.meaning.factor} AS DOUBLE)"
        return expression(relation, scaled, "double", column)
    read = expression(relation, quoted, kind, column, known if column.codes else {})
    return _masked(reading, place, relation, read, at) if column.type is Type.text and kind in ("varchar", "enum") else read


def _answers(reading: _Reading, place: Place, relation: Any, told: Told, known: Mapping[str, Any]) -> str:
    """Return the SQL of a column of text that says yes or no; as it is where a word is not known, nothing where names may stand there."""
    quoted = _quoted(relation.columns[told.heading.at])
    different = [cell for (cell,) in relation.project(f"CAST({quoted} AS VARCHAR)").distinct().limit(_DIFFERENT + 1).fetchall()]
    read = read_cells(different, COLUMNS[told.meaning.reads], words=known, presence=told.meaning.how == "named")
    if len(different) <= _DIFFERENT and not read.wrong:
        said = [(str(cell).replace("'", "''"), value) for cell, value in zip(different, read.values, strict=True) if value is not None]
        whens = " ".join(f"WHEN '{cell}' THEN {str(value).upper()}" for cell, value in said)
        return f"CASE CAST({quoted} AS VARCHAR) {whens} END" if said else "CAST(NULL AS BOOLEAN)"
    if told.meaning.how not in ("named", "post"):
        return quoted
    reading.log.add("column_of_names", place, 1, told.heading.at, heading=told.heading.text)
    return ""


def _share(reading: _Reading, place: Place, relation: Any, told: Told) -> str:
    """Return the SQL of a column of percentages; of one of which no number is above 1, and some is a fraction, as shares (C31)."""
    at, column = told.heading.at, COLUMNS[told.meaning.reads]
    quoted = _quoted(relation.columns[at])
    read = expression(relation, quoted, str(relation.types[at].id), column)
    most, broken = relation.aggregate(f"max({read}), count(CASE WHEN {read} > 0 AND {read} < 1 THEN 1 END)").fetchall()[0]
    if most is None or not 0 < most <= 1:
        return read
    if not broken:
        reading.log.add("share_or_percent", place, 1, at, heading=told.heading.text, value=most)
        return read
    reading.log.add("fractions", place, 1, at, heading=told.heading.text)
    return f"CAST(100 * CAST({read} AS DECIMAL(28, 8)) AS DOUBLE)"


def _read_relation(reading: _Reading, place: Place, table: str, path: Path, count: int) -> None:
    """Read a Parquet file lazily: columns under their codes, words as codes, numbers of rows where it has no keys."""
    relation: Any = duckdb.read_parquet(glob.escape(str(path)), hive_partitioning=False)
    told, parts, key = _headings(reading, place, table, relation), [], KEYS[table]
    for name, each in told.items():
        if name == key and not relation.aggregate(f"count({_quoted(relation.columns[each.heading.at])})").fetchall()[0][0]:
            continue
        if read := _typed(reading, place, relation, each):
            parts.append(f"{read} AS {name}")
    headings = {name: (each.heading.at, plain(each.heading.text)) for name, each in told.items()}
    numbered = not any(part.endswith(f" AS {key}") for part in parts)
    if numbered and (named := _by_name(relation, parts)):
        parts, numbered = [*parts, f"{named} AS {key}"], False
    elif numbered:
        relation = duckdb.read_parquet(glob.escape(str(path)), hive_partitioning=False, file_row_number=True)
        parts.append(f"'#' || CAST(file_row_number + 1 AS VARCHAR) AS {key}")
    reading.relations[table] = _Relation(place, headings, count, relation.project(", ".join(parts)), numbered)


def _by_name(relation: Any, parts: Sequence[str]) -> str:
    """Return the SQL of the names, where each row has one and none stands twice; else nothing."""
    name = next((part.removesuffix(" AS name") for part in parts if part.endswith(" AS name")), "")
    if not name:
        return ""
    usable = f"regexp_full_match({name}, '[^[:cntrl:]]{{1,100}}') AND NOT regexp_full_match({name}, '#[0-9]+')"
    rows, names, good = relation.aggregate(f"count(*), count(DISTINCT {name}), count(*) FILTER (WHERE {usable})").fetchall()[0]
    return f"trim({name})" if rows == names == good else ""


def _masked(reading: _Reading, place: Place, relation: Any, read: str, at: int) -> str:
    """Return the SQL of a column of text without identity and mobile numbers; where there are none, as it was."""
    cells = relation.filter(" OR ".join(f"regexp_matches({read}, '{pattern}')" for pattern in SQL_PATTERNS))
    count = cells.aggregate("count(*)").fetchall()[0][0]
    if count:
        reading.log.drop(place, at, relation.columns[at], count)
        for pattern in SQL_PATTERNS:
            read = rf"regexp_replace({read}, '{pattern}', '\1{MARK}\2', 'g')"
    return read


def _refer(relations: dict[str, _Relation], table: str) -> None:
    """Put numbers for the names by which rows point to other rows; files whose rows all point by number are left as they are."""
    for name, column in TABLES[table].items():
        rows, other = relations[table].relation, relations.get(column.of)
        if other is None or name not in rows.columns or "name" not in other.relation.columns:
            continue
        keys = other.relation.project(f"{KEYS[column.of]} AS known_key").distinct().set_alias("keys")
        lost = rows.filter(f"{name} IS NOT NULL").set_alias("own").join(keys, f"own.{name} = keys.known_key", how="anti")
        if lost.limit(1).fetchall():
            names = other.relation.aggregate(f"name AS known_name, min({KEYS[column.of]}) AS named_key, count(*) AS times", "name")
            joins = rows.set_alias("own").join(keys, f"own.{name} = keys.known_key", how="left").set_alias("own")
            joins = joins.join(names.filter("times = 1").set_alias("names"), f"own.{name} = names.known_name", how="left")
            put = f"CASE WHEN known_key IS NULL THEN coalesce(named_key, own.{name}) ELSE own.{name} END"
            kept = ", ".join(f"{put} AS {name}" if code == name else f"own.{code}" for code in rows.columns)
            relations[table].relation = joins.project(kept)


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
    relations = reading.relations
    try:
        for name in relations:
            _refer(relations, name)
        frames = {name: table.relation for name, table in relations.items()}
        none = duckdb.sql("SELECT CAST(NULL AS VARCHAR) AS org_id WHERE false")
        numbered = frozenset(name for name, table in relations.items() if table.numbered)
        return Register(frames.get("organisations", none), frames.get("branches"), numbered=numbered, **about)
    except RegisterError as error:
        for cell in error.cells:
            _locate(reading, cell, set())
    except (*_UNREADABLE, AnalysisError) as error:
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
