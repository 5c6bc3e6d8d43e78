"""Ledgers as people keep them: a filled-in workbook, CSV or Parquet, read into a register or refused with every mistake found."""

from __future__ import annotations

import csv
import glob
import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pandas as pd
from python_calamine import CalamineWorkbook, SheetTypeEnum
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from analysis.cells import expression, is_filled, normal, read_cells, read_date
from analysis.faults import Fault, fault
from analysis.model import AnalysisError, Evidence, Term
from analysis.register import CellFault, Register, RegisterError
from analysis.schema import KEYS, TABLE_TERMS, TABLES, Column
from analysis.wording import plain
from analysis.workbook import AS_OF, EXAMPLE, NATURE, PLACE, SHEETS, extent, is_example, write_ledger, write_template

__all__ = ["LedgerError", "read_ledger", "write_ledger", "write_template"]

Progress = Callable[[str], None]
_SHOWN = 60  # characters of a value in a message
_LISTED = 100  # faults in a message; all are in `faults`
# what DuckDB raises over a damaged file, not all of it its own
_UNREADABLE = (duckdb.Error, RuntimeError, ValueError, ArithmeticError)
_CELLS = 50_000_000  # a sheet is laid out in memory whole: one stray cell in its last corner would take 500 GB
_NAMES = {normal(word): name for name, term in SHEETS.items() for word in (name, *term, *TABLE_TERMS.get(name, ()))}
_ABOUT = {normal(word): term for term in (PLACE, AS_OF, NATURE) for word in term}
_GENERATED = {normal(word) for word in (Evidence.ILLUSTRATIVE.name, *Evidence.ILLUSTRATIVE.term)}


class LedgerError(AnalysisError):
    """A ledger that cannot be used; `faults` holds every mistake found, in the order of sheets, rows and columns."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.faults = faults
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        lines = [f"  {fault}" for fault in faults[:_LISTED]]
        if len(faults) > _LISTED:
            lines.append(f"  … {len(faults) - _LISTED} more · 另有 {len(faults) - _LISTED} 处")
        super().__init__(f"The ledger '{plain(name)}' has {count} · 台账有 {len(faults)} 处问题:\n" + "\n".join(lines))


def read_ledger(path: Path | str, *, as_of: date | None = None, place: str = "", progress: Progress | None = None) -> Register:
    """Return the register that a ledger holds.

    Headings may be a column's code or its name in either language, codes likewise. Empty rows and the template's example row
    are skipped; a table whose numbers are all empty is numbered from 1. Nothing is guessed: a cell that cannot be read for
    certain is a fault.

    Parameters
    ----------
    path
        A workbook (.xlsx), a .csv or .parquet file of one table, or a folder with organisations and branches as such files.
    as_of, place
        The day of the count and the name of the place; by default those of the workbook's first sheet.
    progress
        Is told of each column and sheet that is left out because no ledger has it.

    Returns
    -------
    Register
        On pandas; from Parquet on DuckDB, which leaves the rows in the file until they are asked for.

    Raises
    ------
    LedgerError
        With every fault: file, sheet, cell, heading, value, what is wrong, what to do.
    OSError
        If the file cannot be opened.
    """
    path = Path(path)
    reading = _Reading(path.name, progress or (lambda line: None))
    _open(reading, path)
    day = as_of or _day(reading)
    _require_rows(reading)
    if len({table.relation is None for table in reading.tables.values()}) > 1:
        reading.add("mixed", _Place(0, reading.name))
        raise reading.error()
    if not reading.tables:
        raise reading.error()
    place, nature = place or plain(reading.about.get(PLACE, _NO_LINE)[2]), normal(reading.about.get(NATURE, _NO_LINE)[2])
    evidence = Evidence.ILLUSTRATIVE if nature in _GENERATED else Evidence.LEDGER
    register = _register(reading, as_of=day, place=place, evidence=evidence)
    if register is None or reading.found:
        raise reading.error()
    return register


# ------------------------------------------------------------------ what is being read


class _Place(NamedTuple):
    order: int
    file: str
    sheet: str = ""


_NOWHERE = _Place(0, "")
_NO_LINE = (0, "", "")


@dataclass
class _Table:
    """A table as far as it is read: where each column and row stands, and the cells by column, or a relation over a file."""

    place: _Place
    headings: dict[str, tuple[int, str]] = field(default_factory=dict)
    rows: Sequence[int] = ()
    cells: dict[str, list[Any]] = field(default_factory=dict)
    relation: Any = None
    numbered: bool = False


@dataclass
class _Reading:
    """A ledger being read, and the mistakes found so far; `broken` are tables that could not be read at all."""

    name: str
    progress: Progress
    tables: dict[str, _Table] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    about: dict[Term, tuple[int, str, Any]] = field(default_factory=dict)
    about_place: _Place = _NOWHERE
    found: list[tuple[tuple[int, int, int], Fault]] = field(default_factory=list)

    def add(self, kind: str, place: _Place, row: int = 0, at: int = -1, *, heading: str = "", value: object = "", **words: Any) -> None:
        """Note a fault; rows count from 1 and columns from 0."""
        cell = xl_rowcol_to_cell(row - 1, at) if row and at >= 0 else ""
        made = fault(kind, plain(place.file), column=_cut(heading), value=_cut(value), **words)
        self.found.append(((place.order, row, at), made._replace(sheet=plain(place.sheet), cell=cell)))

    def left_out(self, place: _Place, what: Term) -> None:
        where = ", ".join(plain(part) for part in (place.file, place.sheet) if part)
        self.progress(f"{where}: {what.zh}，未读入 · {what.en} was left out")

    def error(self) -> LedgerError:
        return LedgerError(self.name, [made for _, made in sorted(self.found, key=lambda item: item[0])])


def _cut(value: object) -> str:
    text = plain(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _day(reading: _Reading) -> date | None:
    row, label, cell = reading.about.get(AS_OF, _NO_LINE)
    if not is_filled(cell):
        return None
    try:
        return read_date(cell.strip() if isinstance(cell, str) else cell)
    except ValueError as error:
        reading.add(str(error), reading.about_place, row, 1, heading=label, value=cell)
        return None


def _require_rows(reading: _Reading) -> None:
    """Note a table of organisations without rows; branches may stand alone."""
    organisations = reading.tables.get("organisations")
    if organisations is not None and not organisations.rows:
        reading.add("no_rows", organisations.place)
    elif organisations is None and reading.tables and not any(table.rows for table in reading.tables.values()):
        reading.add("no_rows", reading.tables["branches"].place)


# ------------------------------------------------------------------ files


def _open(reading: _Reading, path: Path) -> None:
    place = _Place(0, path.name)
    if path.is_dir():
        _open_folder(reading, path)
    elif not path.exists():
        reading.add("no_ledger", place)
    elif path.suffix.lower() in (".xlsx", ".xlsm"):
        _open_workbook(reading, path, place)
    elif path.suffix.lower() in (".csv", ".parquet"):
        _open_file(reading, path, place)
    else:
        reading.add("no_kind", place)


def _open_folder(reading: _Reading, folder: Path) -> None:
    seen: dict[str, str] = {}
    for order, file in enumerate(sorted(folder.iterdir())):
        table = _NAMES.get(normal(file.stem), "")
        if table not in TABLES or file.suffix.lower() not in (".csv", ".parquet"):
            continue
        place = _Place(order, f"{folder.name}/{file.name}")
        if table in seen:
            reading.add("two_tables", place, table=TABLE_TERMS[table], other=plain(seen[table]))
        else:
            seen[table] = file.name
            _open_file(reading, file, place)
    if not seen:
        reading.add("no_tables", _Place(0, folder.name))


def _open_file(reading: _Reading, path: Path, place: _Place) -> None:
    """Read a file of one table, told by the file's name or by its headings."""
    table = _NAMES.get(normal(path.stem), "")
    if path.suffix.lower() == ".csv":
        content = path.read_bytes()
        try:
            rows: list[list[Any]] = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
        except UnicodeDecodeError:
            reading.add("not_csv", place, error=Term("不是 UTF-8 编码", "not in UTF-8"))
            reading.broken.add(table)
        except csv.Error as error:
            reading.add("not_csv", place, error=_cut(error))
            reading.broken.add(table)
        else:
            told = table if table in TABLES else _told(next((row for row in rows if any(map(is_filled, row))), []))
            _read_rows(reading, place, told, rows)
        return
    path.open("rb").close()  # what cannot be opened is no fault of its contents
    try:
        headings, count = _probe(path)
        _read_relation(reading, place, table if table in TABLES else _told(headings), path, count)
    except _UNREADABLE as error:
        reading.add("not_parquet", place, error=_cut(str(error).replace(str(path), path.name)))
        reading.broken.add(table)


def _told(headings: Iterable[object]) -> str:
    """Return the table that has most of the headings; nothing where that does not tell."""
    words = [normal(heading) for heading in headings]
    scores = {table: sum(word in _known(table) for word in words) for table in TABLES}
    best = [table for table, score in scores.items() if score and score == max(scores.values())]
    return best[0] if len(best) == 1 else ""


@cache
def _known(table: str) -> dict[str, str]:
    return {normal(word): name for name, column in TABLES[table].items() for word in (name, *column.term)}


def _open_workbook(reading: _Reading, path: Path, place: _Place) -> None:
    content = path.read_bytes()
    try:
        rows, columns = extent(content)
        if rows * columns > _CELLS:
            reading.add("too_large", place, rows=f"{rows:,}", columns=f"{columns:,}")
            return
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [sheet.name for sheet in book.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
        sheets = [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in names]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the reader is no Exception
        reading.add("not_workbook", place, error=_cut(error))
        return
    for order, (name, cells) in enumerate(sheets):
        _open_sheet(reading, _Place(order, path.name, name), cells)
    if not reading.tables:
        named = Term("”“".join(SHEETS[table].zh for table in TABLES), ", ".join(SHEETS[table].en for table in TABLES))
        reading.add("no_sheet", place, names=named)


def _open_sheet(reading: _Reading, place: _Place, rows: list[list[Any]]) -> None:
    name = _NAMES.get(normal(place.sheet), "")
    headings = next((row for row in rows if any(map(is_filled, row))), [])
    table = name or _told(headings)
    if name == "about":
        reading.about_place = place
        lines = [(at, row[0], row[1]) for at, row in enumerate(rows, 1) if len(row) > 1 and normal(row[0]) in _ABOUT]
        reading.about = {_ABOUT[normal(label)]: (at, plain(label), cell) for at, label, cell in lines}
    elif name == "codes":
        return
    elif not table or not (name or "name" in {_known(table).get(normal(heading)) for heading in headings}):
        if headings:
            reading.left_out(place, Term("不是台账的工作表", "a sheet that no ledger has"))
    elif table in reading.tables:
        reading.add("two_tables", place, table=TABLE_TERMS[table], other=plain(reading.tables[table].place.sheet))
    else:
        _read_rows(reading, place, table, rows)


# ------------------------------------------------------------------ tables of cells


def _read_rows(reading: _Reading, place: _Place, table: str, rows: list[list[Any]]) -> None:
    if not table:
        reading.add("which_table", place)
        return
    made = reading.tables[table] = _Table(place)
    top = next((at for at, row in enumerate(rows) if any(map(is_filled, row))), len(rows))
    if top == len(rows):
        return
    made.headings = _headings(reading, place, table, rows[top], row=top + 1)
    body = list(_body(reading, made, table, rows, top))
    made.rows = [number for number, _ in body]
    filled: set[str] = set()
    made.cells = {name: [None] * len(body) for name in TABLES[table]}
    for name, (at, heading) in made.headings.items():
        column = TABLES[table][name]
        given = [row[at] if at < len(row) else None for _, row in body]
        made.cells[name], wrong = read_cells(given, column)
        for row, kind in wrong:
            reading.add(kind, place, made.rows[row], at, heading=heading, value=given[row], **_hints(column))
        if any(map(is_filled, given)):
            filled.add(name)
    if KEYS[table] not in filled:
        made.cells[KEYS[table]] = [str(number) for number in range(1, len(body) + 1)]
        made.numbered = True


def _hints(column: Column) -> dict[str, Term]:
    hints = {"type": column.type.term}
    if column.codes is not None:
        hints["known"] = Term("、".join(m.term.zh for m in column.codes), ", ".join(m.term.en for m in column.codes))
    return hints


def _headings(reading: _Reading, place: _Place, table: str, headings: Iterable[object], *, row: int) -> dict[str, tuple[int, str]]:
    """Return where each column of the schema stands and what it is called there."""
    found: dict[str, tuple[int, str]] = {}
    for at, heading in enumerate(headings):
        name = _known(table).get(normal(heading)) if is_filled(heading) else None
        if name is None:
            if is_filled(heading):
                shown = _cut(heading)
                reading.left_out(place, Term(f"列“{shown}”（{xl_col_to_name(at)}）不是台账的列", f"column '{shown}', which no ledger has,"))
        elif name in found:
            reading.add("heading_twice", place, row, at, heading=plain(heading), other=f"{xl_rowcol_to_cell(row - 1, found[name][0])}")
        else:
            found[name] = (at, plain(heading))
    if "name" not in found:
        reading.add("no_heading", place, row, missing=TABLES[table]["name"].term)
    return found


def _body(reading: _Reading, table: _Table, name: str, rows: list[list[Any]], top: int) -> Iterable[tuple[int, list[Any]]]:
    """Yield the rows that hold data, with their numbers in the file."""
    columns, last = [at for at, _ in table.headings.values()], len(rows[top])
    key, called = (table.headings.get(column, (-1, ""))[0] for column in (KEYS[name], "name"))
    marks = {normal(word) for word in EXAMPLE}
    for number, row in enumerate(islice(rows, top + 1, None), top + 2):
        beyond = next((at for at in range(last, len(row)) if is_filled(row[at])), None)
        if beyond is not None:
            reading.add("too_many_cells", table.place, number, beyond, value=row[beyond])
        if not any(at < len(row) and is_filled(row[at]) for at in columns):
            continue
        if 0 <= key < len(row) and normal(row[key]) in marks:
            if 0 <= called < len(row) and not is_example(name, row[called]):
                reading.add("example_row", table.place, number, key, heading=table.headings[KEYS[name]][1], value=row[key])
            continue
        yield number, row


def _refer(tables: dict[str, _Table], table: str) -> None:
    """Put numbers for the names by which rows point to other rows, where a name stands once and is no number."""
    for name, column in TABLES[table].items():
        other = tables.get(column.of)
        if other is not None and other.cells and tables[table].cells:
            keys, names = other.cells[KEYS[column.of]], other.cells["name"]
            times, known = Counter(names), set(keys)
            by_name = {called: key for called, key in zip(names, keys, strict=True) if times[called] == 1 and called not in known}
            tables[table].cells[name] = [by_name.get(cell, cell) for cell in tables[table].cells[name]]


# ------------------------------------------------------------------ tables in Parquet


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


def _read_relation(reading: _Reading, place: _Place, table: str, path: Path, count: int) -> None:
    """Read a Parquet file lazily: columns under their codes, words as codes, numbers of rows where it has no keys."""
    if not table:
        reading.add("which_table", place)
        return
    relation: Any = duckdb.read_parquet(glob.escape(str(path)), hive_partitioning=False)
    headings = _headings(reading, place, table, relation.columns, row=0)
    parts, key = [], KEYS[table]
    for name, (at, _) in headings.items():
        quoted = _quoted(relation.columns[at])
        if name != key or relation.aggregate(f"count({quoted})").fetchall()[0][0]:
            parts.append(f"{expression(relation, quoted, str(relation.types[at].id), TABLES[table][name])} AS {name}")
    numbered = not any(part.endswith(f" AS {key}") for part in parts)
    if numbered:
        relation = duckdb.read_parquet(glob.escape(str(path)), hive_partitioning=False, file_row_number=True)
        parts.append(f"CAST(file_row_number + 1 AS VARCHAR) AS {key}")
    reading.tables[table] = _Table(place, headings, range(count), relation=relation.project(", ".join(parts)), numbered=numbered)


def _refer_lazily(tables: dict[str, _Table], table: str) -> None:
    """Do in Parquet what `_refer` does; files whose rows all point by number are left as they are."""
    for name, column in TABLES[table].items():
        rows, other = tables[table].relation, tables.get(column.of)
        if other is None or name not in rows.columns or "name" not in other.relation.columns:
            continue
        keys = other.relation.project(f"{KEYS[column.of]} AS known_key").distinct().set_alias("keys")
        lost = rows.filter(f"{name} IS NOT NULL").set_alias("own").join(keys, f"own.{name} = keys.known_key", how="anti")
        if lost.limit(1).fetchall():
            names = other.relation.aggregate(f"name AS known_name, min({KEYS[column.of]}) AS named_key, count(*) AS times", "name")
            joined = rows.set_alias("own").join(keys, f"own.{name} = keys.known_key", how="left").set_alias("own")
            joined = joined.join(names.filter("times = 1").set_alias("names"), f"own.{name} = names.known_name", how="left")
            put = f"CASE WHEN known_key IS NULL THEN coalesce(named_key, own.{name}) ELSE own.{name} END"
            kept = ", ".join(f"{put} AS {name}" if code == name else f"own.{code}" for code in rows.columns)
            tables[table].relation = joined.project(kept)


# ------------------------------------------------------------------ the register


def _register(reading: _Reading, **about: Any) -> Register | None:
    """Return the register, or nothing where it has faults; they are noted at the cells that they come from."""
    lazy = any(table.relation is not None for table in reading.tables.values())
    unreadable = (*_UNREADABLE, AnalysisError) if lazy else ()  # cells in memory have been read
    try:
        for name in reading.tables:
            (_refer_lazily if lazy else _refer)(reading.tables, name)
        frames = {name: table.relation if lazy else _frame(table) for name, table in reading.tables.items()}
        none = duckdb.sql("SELECT CAST(NULL AS VARCHAR) AS org_id WHERE false") if lazy else pd.DataFrame(columns=["org_id"])
        numbered = frozenset(name for name, table in reading.tables.items() if table.numbered)
        return Register(frames.get("organisations", none), frames.get("branches"), numbered=numbered, **about)
    except RegisterError as error:
        seen = {place for place, _ in reading.found}
        for cell in error.cells:
            _locate(reading, cell, seen)
    except unreadable as error:
        reading.add("not_parquet", _Place(0, reading.name), error=_cut(error))
    return None


def _frame(table: _Table) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(cells, dtype="object") for name, cells in table.cells.items()})


def _locate(reading: _Reading, cell: CellFault, seen: set[tuple[int, int, int]]) -> None:
    """Note a fault of the register at the cell of the file, unless that cell has one, or a missing table is the cause."""
    table, column = reading.tables[cell.table], TABLES[cell.table][cell.column]
    at, heading = table.headings.get(cell.column, (-1, ""))
    missing = cell.kind == "empty" and at < 0
    if missing or (cell.kind == "nowhere" and column.of in reading.broken):
        return
    if cell.row is None:
        where = table.place._replace(file=f"{table.place.file} ({KEYS[cell.table]} {_cut(cell.key)})") if cell.key else table.place
        reading.add(cell.kind, where, at=at, heading=heading, value=cell.value, **cell.words)
    elif (table.place.order, table.rows[cell.row], at) not in seen:
        reading.add(cell.kind, table.place, table.rows[cell.row], at, heading=heading, value=cell.value, **cell.words)
