"""The register: organisations and branches as two tables of one date, checked, on pandas or any engine that narwhals reads."""

from __future__ import annotations

import enum
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain, count
from operator import eq
from types import NoneType
from typing import Any, NamedTuple, Self

import narwhals as nw
import numpy as np
import pandas as pd

from analysis.faults import Fault, fault
from analysis.given import needs
from analysis.model import AnalysisError, Evidence, Interval, Term, as_day
from analysis.persons import is_personal, personal_cells
from analysis.report import Report
from analysis.schema import DATES, KEYS, TABLE_TERMS, TABLES, UNTIL, Column, Type

Frame = nw.LazyFrame[Any]
_ROW = "row_number"  # only inside the checks: where a faulty cell stands in a pandas frame


class CellFault(NamedTuple):
    """A cell that cannot be used: `row` counts from 0 and is null where the engine keeps no order."""

    kind: str
    table: str
    column: str
    row: int | None = None
    key: str = ""
    value: str = ""
    words: Mapping[str, Any] = {}


class RegisterError(AnalysisError):
    """Frames that are no register; `faults` holds every mistake found, `cells` the same with their places."""

    def __init__(self, cells: list[CellFault]) -> None:
        self.cells = cells
        self.faults: list[Fault] = [in_words(cell) for cell in cells]
        count = "1 fault" if len(cells) == 1 else f"{len(cells)} faults"
        super().__init__(f"The register has {count} · 台账有 {len(cells)} 处问题:\n" + "\n".join(f"  {fault}" for fault in self.faults))


def in_words(cell: CellFault) -> Fault:
    """Return a cell's fault with its table, row, column and value."""
    column = TABLES[cell.table].get(cell.column)
    name = f"{cell.column} {column.term.zh}" if column else cell.column
    row = "" if cell.row is None else str(cell.row)
    where = ", ".join(part for part in (f"row {row}" if row else "", cell.key and f"{KEYS[cell.table]} {cell.key}") if part)
    return fault(cell.kind, f"{cell.table}{f' ({where})' if where else ''}", column=name, value=cell.value, **cell.words)


@dataclass(frozen=True, eq=False)
class Register:
    """Organisations, branches and the date that they hold for.

    Parameters
    ----------
    organisations, branches
        One row a registered body, one row a counted Party organisation; the columns are those of `analysis.schema`, and
        others that one wants to group by. pandas, polars, pyarrow or DuckDB, both of the same engine. An empty cell is
        unknown; a column that is absent is unknown throughout; in a pandas frame without numbers of its own names
        stand for them (`row_numbers`). Frames given are not changed. A column that the schema does not have is not kept
        where its heading tells of persons (`analysis.persons.is_personal`) or, in pandas, at least half of its first thousand
        different cells do (`personal_cells`; under a heading of places or sorts, such as region, names where there are ten or more).
    as_of
        The day of the count; dated rules answer 'unknown' without it. Of a time of day only the day is kept.
    evidence
        A member or its code: LEDGER for a ledger of one's own, ILLUSTRATIVE for generated rows.
    place
        What the place is called, for headings.
    numbered
        The tables with rows that have neither a number nor a name of their own and go by their place: that means nothing in another
        register.
    left_out
        The columns that were not kept because they tell of persons, as table/column.

    Raises
    ------
    RegisterError
        With every fault: table, row, column, value, what to do.
    AnalysisError
        If a table is none, both are of different engines, `as_of` is no date, or `evidence` no member.

    >>> import pandas as pd
    >>> r = Register(pd.DataFrame({"org_id": ["a"], "name": ["A"], "staff": [3]}), place="demo")
    >>> r.rows("organisations"), r.rows("branches")
    (1, 0)
    >>> sorted(Register(pd.DataFrame({"org_id": ["a"], "name": ["A"], "phone": [None], "street": ["East"]})).left_out)
    ['organisations/phone']
    """

    organisations: Any
    branches: Any = None
    as_of: date | None = None
    evidence: Evidence = Evidence.LEDGER
    place: str = ""
    numbered: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "as_of", as_day(self.as_of))
        object.__setattr__(self, "evidence", Evidence.of(self.evidence))
        frames, faults = {}, []
        for table in TABLES:
            given = getattr(self, table)
            try:
                _needs_frame(table, given)
                kept, left_out = _without_persons(table, _given(self, table))
                frames[table], wrong = _typed(table, kept)
            except nw.exceptions.DuplicateError as error:
                raise AnalysisError(f"The {table} have two columns of one name: {error}") from None
            faults += wrong
            object.__setattr__(self, "left_out", self.left_out | left_out)
            if isinstance(given, pd.DataFrame) and KEYS[table] not in given.columns and any(map(by_place, frames[table][KEYS[table]])):
                object.__setattr__(self, "numbered", self.numbered | {table})
        lazy = any(not isinstance(frame, pd.DataFrame) for frame in frames.values())
        if lazy and faults:  # a query over columns of the wrong type would fail
            raise RegisterError(faults)
        if len({nw.get_native_namespace(frame) for frame in frames.values()}) > 1:
            raise AnalysisError("Both tables of a register must live in the same engine: give two pandas frames, or two of another.")
        for table, frame in frames.items():
            object.__setattr__(self, table, frame)
        try:
            faults += list(_checked(self))
        except _other_connection() as error:
            raise AnalysisError(f"Both tables of a register must come from one connection: {error}") from None
        if faults:
            raise RegisterError(faults)

    @classmethod
    def unknown(cls, report: Report) -> Self:
        """Return a report's register: as many rows as it counts, every cell unknown.

        A count that is not exact, or not printed, gives no rows: how many there are is unknown, too.

        >>> r = Register.unknown(Report.of("demo", organisations=42, branches=34))
        >>> r.rows("organisations"), r.rows("branches"), r.evidence.name
        (42, 34, 'REPORT')
        """

        def empty(table: str, count: Interval | None) -> pd.DataFrame:
            rows = int(count.low) if count is not None and count.exact else 0
            return pd.DataFrame(index=range(rows), columns=list(TABLES[table]))

        needs("report", report, Report)
        organisations, branches = empty("organisations", report.totals.organisations), empty("branches", report.totals.branches)
        return cls(organisations, branches, as_of=report.as_of, evidence=Evidence.REPORT, place=report.place)

    def frame(self, table: str) -> Frame:
        """Return a table as narwhals sees it, for lazy queries."""
        frame: Frame = nw.from_native(getattr(self, table)).lazy()
        return frame

    def rows(self, table: str) -> int:
        """Return how many rows a table has."""
        return self._counts[table][0]

    def filled(self, table: str) -> dict[str, int]:
        """Return how many cells of each column are filled."""
        return dict(self._counts[table][1])

    @cached_property
    def _counts(self) -> dict[str, tuple[int, dict[str, int]]]:
        """The rows of each table and the filled cells of each column, counted once: the frames do not change."""
        return {table: _counted(getattr(self, table)) for table in TABLES}


def _needs_frame(table: str, given: Any) -> None:
    """Refuse what is no frame of an engine; branches may be left out."""
    if given is None and table != "organisations":
        return
    if not isinstance(nw.from_native(given, pass_through=True), nw.DataFrame | nw.LazyFrame):
        raise AnalysisError(
            f"{table}: give a frame of pandas, polars, pyarrow or DuckDB, or read a file by read_ledger(path), not {type(given).__name__}. · "
            f"{table}：请给 pandas、polars、pyarrow 或 DuckDB 的表，文件请用 read_ledger(path) 读，不是 {type(given).__name__}。"
        )


def _other_connection() -> tuple[type[Exception], ...]:
    """Return the error by which DuckDB says that two queries are of different connections; none where nobody uses it."""
    duckdb = nw.dependencies.get_duckdb()
    return () if duckdb is None else (duckdb.InvalidInputException,)


def collect(frame: Frame) -> pd.DataFrame:
    """Return a query's result as a small pandas table."""
    native: pd.DataFrame = frame.collect("pandas").to_native()
    return native


_LONGEST_NUMBER = 100  # a name longer than this does not stand for a number
_PLACE = re.compile(r"#[0-9]+(-[0-9]+)?")


def row_numbers(names: Iterable[object], taken: Iterable[object] = ()) -> list[str]:
    """Return for each row what stands for its number: its name, where it has one and no other row has it, else its place (C37).

    Blanks in a name count as one each; a name of more than a hundred characters, or with characters that cannot be printed, stands for none.

    >>> row_numbers(["甲", "乙", "乙", None])
    ['甲', '#2', '#3', '#4']
    """
    spaced = (" ".join(name.split()) if isinstance(name, str) else "" for name in names)
    texts = [name if name.isprintable() and len(name) <= _LONGEST_NUMBER else "" for name in spaced]
    times, others = Counter(texts), set(taken)
    numbers = []
    for row, text in enumerate(texts, 1):
        own = text and times[text] == 1 and text not in others and not by_place(text)
        numbers.append(text if own else next(place for place in _places(row) if place not in others))
    return numbers


def _places(row: int) -> Iterator[str]:
    """Yield a row's place, and other ways to write it where somebody has it for a number."""
    yield from (f"#{row}{mark}" for mark in chain([""], (f"-{again}" for again in count(2))))


def by_place(number: object) -> bool:
    """Whether what stands for a number is a row's place alone, which means nothing elsewhere; a number that somebody wrote so is read so."""
    return (text := str(number)).startswith("#") and _PLACE.fullmatch(text) is not None


def _counted(native: Any) -> tuple[int, dict[str, int]]:
    if isinstance(native, pd.DataFrame):  # a query of so many columns takes longer to make than to answer
        return len(native), {str(name): int(cells.count()) for name, cells in native.items()}
    frame: Frame = nw.from_native(native).lazy()
    names = frame.collect_schema().names()
    filled = ((~nw.col(name).is_null()).cast(nw.Int64).sum() for name in names)
    counts = collect(frame.select(*filled, nw.len().alias("/rows"))).iloc[0]
    return int(counts["/rows"]), {name: int(counts[name] or 0) for name in names}


def shown(value: object) -> str:
    """Return a cell as it is quoted: a date as its day, nothing where it is empty."""
    return "" if pd.isna(value) else str(value.date() if isinstance(value, pd.Timestamp) else value)  # type: ignore[call-overload]


def _given(register: Register, table: str) -> Any:
    given = getattr(register, table)
    if given is not None:
        return given
    like = nw.from_native(register.organisations)
    if isinstance(like, nw.DataFrame) and like.implementation.is_pandas():
        return pd.DataFrame(columns=list(TABLES[table]))
    # an empty table of the engine at hand: its own first column, without rows
    first = like.lazy().collect_schema().names()[0]
    return (
        like.lazy()
        .filter(nw.col(first).is_null() & ~nw.col(first).is_null())
        .select(nw.col(first).cast(nw.String).alias(KEYS[table]))
        .to_native()
    )


_DTYPES: dict[Type, tuple[Any, Any]] = {
    Type.key: ("string", nw.String),
    Type.text: ("string", nw.String),
    Type.code: ("string", nw.String),
    Type.whole: ("Int64", nw.Int64),
    Type.money: ("Float64", nw.Float64),
    Type.percent: ("Float64", nw.Float64),
    Type.yes_no: ("boolean", nw.Boolean),
    Type.date: ("datetime64[s]", nw.Datetime("us")),
}


def _columns(table: str) -> Iterator[tuple[str, Column]]:
    """Yield the columns that a typed table has: those of the schema, and the last days of dates."""
    yield from TABLES[table].items()
    yield from ((f"{name}{UNTIL}", TABLES[table][name]) for name in DATES[table])


_CELLS_LOOKED_AT = 1000  # different ones
_FEW = 10  # fewer different words under a heading of places or sorts may begin as names do
_SORTS = re.compile(
    r"region|area|town|village|street|district|ward|zone|sector|industry|group|type|kind|class|category|[路街镇乡村片区域业类组]"
)


def _without_persons(table: str, native: Any) -> tuple[Any, frozenset[str]]:
    """Return a table without the columns of its own that tell of persons, and which these are, as table/column."""
    frame = nw.from_native(native)
    known = {name for name, _ in _columns(table)}
    own = [name for name in frame.collect_schema().names() if name not in known]
    told = [name for name in own if is_personal([str(name)])]
    if isinstance(native, pd.DataFrame):
        for name in (name for name in own if name not in told):
            different = native[name].dropna().map(str).drop_duplicates().head(_CELLS_LOOKED_AT)
            told += [name] if personal_cells(different, least=_FEW if _SORTS.search(str(name).casefold()) else 1) else []
    return (frame.drop(told).to_native() if told else native), frozenset(f"{table}/{name}" for name in told)


def _typed(table: str, native: Any) -> tuple[Any, list[CellFault]]:
    """Return a table with the columns of the schema, each of its type, and the cells that are not."""
    frame = nw.from_native(native)
    if isinstance(frame, nw.DataFrame) and frame.implementation.is_pandas():
        return _typed_pandas(table, frame.to_native())
    lazy = frame.lazy("duckdb" if frame.implementation.is_pyarrow() else None) if isinstance(frame, nw.DataFrame) else frame
    have, faults, cast = lazy.collect_schema(), [], []
    for name, column in _columns(table):
        wanted = _DTYPES[column.type][1]
        if name not in have and column.type is Type.key and column.required:
            faults.append(CellFault("no_column", table, name))
        elif name not in have:
            cast.append(nw.lit(None).cast(wanted).alias(name))
        elif _fits(have[name], column.type):
            cast.append(_trimmed(name) if wanted is nw.String else nw.col(name).cast(wanted))
        else:
            faults.append(CellFault("cell_type", table, name, value=str(have[name]), words={"type": column.type.term}))
    own = [_trimmed(name) for name, kind in have.items() if name not in TABLES[table] and _fits(kind, Type.text)]
    return (lazy if faults else lazy.with_columns(*cast, *own)).to_native(), faults


def _trimmed(name: str) -> nw.Expr:
    """Return a column of text without blanks at its ends; a text of blanks is an empty cell."""
    text = nw.col(name).cast(nw.String).str.strip_chars()
    return nw.when(text != "").then(text).alias(name)


def _fits(dtype: Any, kind: Type) -> bool:
    if kind is Type.whole:
        return bool(dtype.is_integer())
    if kind in (Type.money, Type.percent):
        return bool(dtype.is_numeric())
    wanted = {Type.yes_no: (nw.Boolean,), Type.date: (nw.Date, nw.Datetime)}.get(kind, (nw.String, nw.Categorical, nw.Enum))
    return isinstance(dtype, wanted)


def _typed_pandas(table: str, given: pd.DataFrame) -> tuple[pd.DataFrame, list[CellFault]]:
    frame, faults = given.reset_index(drop=True), []  # a copy, of which pandas shares what is not changed
    if KEYS[table] not in frame.columns:
        frame[KEYS[table]] = row_numbers(frame.get("name", [None] * len(frame)))
    for name, column in _columns(table):
        if name not in frame.columns:
            frame[name] = pd.Series(None, index=frame.index, dtype=_DTYPES[column.type][0])
            continue
        cells = frame[name]
        typed, bad = _typed_column(cells, column)
        for row in bad[bad].index:
            words = {"type": column.type.term} | ({"known": ", ".join(column.codes.__members__)} if column.codes else {})
            kind = "code" if column.codes else "cell_type"
            faults.append(CellFault(kind, table, name, int(row), _key(frame, table, row), str(cells[row]), words))
        frame[name] = typed
    # a column of one's own is text without blanks at its ends, too, so that an empty one is unknown
    for name in frame.columns.difference(list(TABLES[table])):
        if not pd.api.types.is_numeric_dtype(frame[name]) and not pd.api.types.is_datetime64_any_dtype(frame[name]):
            frame[name] = _stripped(frame[name], frame[name].notna())
    return frame, faults


def _stripped(cells: pd.Series, known: pd.Series) -> pd.Series:
    if cells.dtype == "string":
        texts = cells[known].tolist()
        if all(texts) and all(map(eq, texts, map(str.strip, texts))):
            return cells.astype("string")
    text = cells.astype("object").map(_text, na_action="ignore").astype("string").str.strip()
    return text.mask(text == "")


def _key(frame: pd.DataFrame, table: str, row: int) -> str:
    cell = frame[KEYS[table]].iloc[row] if KEYS[table] in frame.columns else None
    return "" if pd.isna(cell) else str(cell)


def _typed_column(cells: pd.Series, column: Column) -> tuple[pd.Series, pd.Series]:
    """Return a column in its type and which of its cells do not fit; an empty text is an empty cell."""
    dtype, known = _DTYPES[column.type][0], cells.notna()
    if not known.any():
        return pd.Series(None, index=cells.index, dtype=dtype), known
    if column.type in (Type.key, Type.text, Type.code):
        return _typed_text(cells, known, column)
    if column.type is Type.yes_no and cells.dtype == dtype:
        return cells, known & False
    if column.type is Type.yes_no:
        truth = cells.map(_truth).astype("boolean")
        return truth, (known & truth.isna()).astype(bool)
    if column.type is Type.date:
        days = _days(cells).astype(dtype)
        return days, known & days.isna()
    numbers = pd.to_numeric(cells, errors="coerce")
    if cells.dtype != dtype:
        numbers = numbers.mask(cells.map(lambda cell: isinstance(cell, bool | np.bool))).replace([np.inf, -np.inf], np.nan)
    if column.type is Type.whole:
        numbers = numbers.where(numbers.abs() < 2**53)
        numbers = numbers.where(numbers % 1 == 0)
    return numbers.astype(dtype), (known & numbers.isna()).astype(bool)


def _typed_text(cells: pd.Series, known: pd.Series, column: Column) -> tuple[pd.Series, pd.Series]:
    members = list(column.codes.__members__) if column.codes else []
    if members and cells.dtype == "string" and set(cells.tolist()) <= {*members, pd.NA}:
        return cells.astype("string"), known & False
    text = _stripped(cells, known)
    unknown = set(text[known].unique()).difference(members, [pd.NA]) if members else ()
    bad = text.isin(list(unknown)) if unknown else pd.Series(False, index=text.index)
    return text.mask(bad) if unknown else text, bad


def _truth(cell: object) -> object:
    return bool(cell) if isinstance(cell, bool | np.bool | int | float) and cell in (0, 1) else pd.NA


def _days(cells: pd.Series) -> pd.Series:
    """Return a column of dates as days; null where a cell is none."""
    if not set(map(type, cells)) <= {date, NoneType}:
        return pd.to_datetime(cells.map(_iso, na_action="ignore"), errors="coerce", format="%Y-%m-%d")
    codes, different = pd.factorize(cells)
    days = pd.to_datetime(pd.Series(different).map(_iso), errors="coerce", format="%Y-%m-%d")
    return pd.Series(pd.api.extensions.take(days.array, codes, allow_fill=True), index=cells.index)


def _iso(cell: object) -> str | None:
    """Return a date as text; a number is none, whatever a spreadsheet meant by it."""
    if isinstance(cell, date):  # a datetime and a Timestamp are dates, too
        return cell.isoformat()[:10]
    found = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?", cell.strip()) if isinstance(cell, str) else None
    return found[1] if found else None


def _text(cell: object) -> str:
    if isinstance(cell, enum.Enum):
        return cell.name
    # a number that a spreadsheet made of an identifier
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _checked(register: Register) -> Iterator[CellFault]:
    """Hold the cells against what the schema allows, and the keys against each other."""
    numbers = _numbers(register)
    for table in TABLES:
        frame, filled = _numbered(register, table), register.filled(table)
        wrong = [each for each in _conditions(register, table) if each[0] == "empty" or filled[each[1]]]
        # one pass counts; only what is wrong is looked at again
        sums = [condition.cast(nw.Int64).sum().alias(str(at)) for at, (_, _, _, condition) in enumerate(wrong)]
        counts = collect(frame.select(*sums)) if sums else pd.DataFrame()
        for at, (kind, column, words, condition) in enumerate(wrong):
            if len(counts) and int(counts[str(at)].iloc[0] or 0):
                yield from _cells(frame.filter(condition), table, column, kind, words)
        yield from _keys(register, frame, table, numbers)


def _numbered(register: Register, table: str) -> Frame:
    native = getattr(register, table)
    if isinstance(native, pd.DataFrame):
        native = native.assign(**{_ROW: range(len(native))})
    frame: Frame = nw.from_native(native).lazy()
    return frame


def _conditions(register: Register, table: str) -> Iterator[tuple[str, str, dict[str, object], nw.Expr]]:
    for name, column in TABLES[table].items():
        cell = nw.col(name)
        if column.required and register.evidence is not Evidence.REPORT:
            yield "empty", name, {}, cell.is_null()
        if column.type in (Type.whole, Type.money):
            yield "negative", name, {}, (cell < 0).fill_null(False)
        if column.type is Type.percent:
            yield "percent", name, {}, ((cell < 0) | (cell > 100)).fill_null(False)
        if column.codes is not None and not isinstance(getattr(register, table), pd.DataFrame):  # where it was looked at already
            yield (
                "code",
                name,
                {"known": ", ".join(column.codes.__members__)},
                ~cell.is_in(list(column.codes.__members__)).fill_null(True) & ~cell.is_null(),
            )
        if column.type is Type.date:
            last = f"{name}{UNTIL}"
            yield "until_before", last, {"of": name}, (~nw.col(last).is_null()) & (cell.is_null() | (day(last) < day(name)))
        if column.type is Type.date and register.as_of is not None:
            yield "after", name, {"as_of": register.as_of.isoformat()}, (~cell.is_null()) & (day(name) > day_number(register.as_of))


def _cells(frame: Frame, table: str, column: str, kind: str, words: Mapping[str, object]) -> Iterator[CellFault]:
    names = frame.collect_schema().names()
    found = collect(frame.select(*dict.fromkeys(name for name in (_ROW, KEYS[table], column) if name in names)))
    for record in found.sort_values(list(found.columns[:1])).to_dict("records"):
        key, value = record[KEYS[table]], record[column]
        place = int(record[_ROW]) if _ROW in record else None
        yield CellFault(kind, table, column, place, shown(key), shown(value), words)


def _keys(register: Register, frame: Frame, table: str, numbers: Mapping[str, Set[object]]) -> Iterator[CellFault]:
    key = KEYS[table]
    pointing = [name for name, column in TABLES[table].items() if column.of]
    frame = frame.select(name for name in frame.collect_schema().names() if name in (_ROW, key, *pointing))
    known = frame.filter(~nw.col(key).is_null())
    if _stands_twice(register, table, known, numbers):
        twice = known.group_by(key).agg(nw.len().alias("times")).filter(nw.col("times") > 1).select(key)
        yield from _cells(known.join(twice, on=key, how="semi"), table, key, "twice", {})
    for name, column in TABLES[table].items():
        # without a table to point into, a number of a branch is only a name
        if column.of and register.rows(column.of) and not _all_point(register, table, name, numbers):
            there = register.frame(column.of).select(nw.col(KEYS[column.of]).alias(name)).filter(~nw.col(name).is_null())
            lost = frame.filter(~nw.col(name).is_null()).join(there, on=name, how="anti")
            where = TABLE_TERMS[column.of]
            yield from _cells(lost, table, name, "nowhere", {"where": Term(f"“{where.zh}”", f"the table of {where.en}")})


def _numbers(register: Register) -> dict[str, Set[object]]:
    """Return the different numbers of rows of each table that is in memory: a query takes longer to tell them apart."""
    frames = {table: getattr(register, table) for table in TABLES}
    return {table: set(frame[KEYS[table]].tolist()) - {pd.NA} for table, frame in frames.items() if isinstance(frame, pd.DataFrame)}


def _stands_twice(register: Register, table: str, known: Frame, numbers: Mapping[str, Set[object]]) -> bool:
    """Whether a number stands in two rows."""
    if table in numbers:
        return len(numbers[table]) != register.filled(table)[KEYS[table]]
    counts = collect(known.select(nw.len().alias("rows"), nw.col(KEYS[table]).n_unique().alias("different"))).iloc[0]
    return bool(counts["rows"] and counts["rows"] != counts["different"])


def _all_point(register: Register, table: str, name: str, numbers: Mapping[str, Set[object]]) -> bool:
    """Whether all filled cells of a column are known to be numbers of the other table, which a query tells of tables that are not in memory."""
    there = numbers.get(TABLES[table][name].of)
    filled = register.filled(table)[name] if there is not None else 0
    return there is not None and (not filled or set(getattr(register, table)[name].tolist()) <= there | {pd.NA})


def day_number(day: date) -> int:
    """Return a day as the number yyyymmdd, whose order is that of days; years are added as ten thousands.

    >>> day_number(date(2018, 7, 1))
    20180701
    """
    return day.year * 10_000 + day.month * 100 + day.day


def last_day(name: str) -> nw.Expr:
    """Return the last day that a column's dates may be as numbers yyyymmdd: that of the month where no more is known."""
    until = f"{name}{UNTIL}"
    return nw.when(nw.col(until).is_null()).then(day(name)).otherwise(day(until))


def day(name: str) -> nw.Expr:
    """Return a column of dates as numbers yyyymmdd; what stands for an empty cell is no date and must not be read."""
    of = nw.col(name).dt
    return (
        of.year().fill_null(0).cast(nw.Int64) * 10_000 + of.month().fill_null(0).cast(nw.Int64) * 100 + of.day().fill_null(0).cast(nw.Int64)
    )
