"""Tables in Parquet, which stay in their files: which column is which, and the query that reads each in the type of the schema."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from analysis.cells import expression, read_cells
from analysis.grid import column_name
from analysis.headings import meaning, words
from analysis.logbook import Logbook, Place, cut
from analysis.mapping import Line
from analysis.model import Term
from analysis.persons import MARK, SQL_PATTERNS, is_personal
from analysis.schema import COLUMNS, KEYS, NUMBERS, TABLES, Type
from analysis.settings import Settings
from analysis.sheets import Told, given_words, told_alone
from analysis.wording import plain

# what DuckDB raises over a damaged file, not all of it its own
UNREADABLE = (duckdb.Error, RuntimeError, ValueError, ArithmeticError)
_DIFFERENT = 1000  # words of a typed column of yes or no


@dataclass
class Relation:
    """A table that stays in its file: where its columns stand, and the query over it."""

    place: Place
    headings: dict[str, tuple[int, str]]
    rows: int
    relation: Any
    numbered: bool


class _File(NamedTuple):
    """A file being read: where what is noted of it goes, the table that it holds, and all its cells."""

    log: Logbook
    place: Place
    table: str
    relation: Any
    lines: list[Line]


def probe(path: Path) -> tuple[list[str], int]:
    """Return a Parquet file's headings and number of rows, having read every cell once.

    A damaged page must show now, not in the middle of an analysis; and it can put an end to the database that reads it,
    which must not be the one that all else is on.
    """
    with duckdb.connect() as apart:
        relation: Any = apart.read_parquet(glob.escape(str(path)), hive_partitioning=False)
        cells = ", ".join(_quoted(heading) for heading in relation.columns)
        return list(relation.columns), int(relation.aggregate(f"bit_xor(hash({cells})), count(*)").fetchall()[0][1])


def table_of(headings: Iterable[str]) -> str:
    """Return the table that has the headings of names, or most of the headings; nothing where that does not tell."""
    found = {table: [told.reads for text in headings if (told := meaning([text], table)) is not None] for table in TABLES}
    scores = {table: sum(reads.startswith(table) for reads in each) + 100 * (f"{table}/name" in each) for table, each in found.items()}
    best = [table for table, score in scores.items() if score and score == max(scores.values())]
    return best[0] if len(best) == 1 else ""


def read_parquet(log: Logbook, place: Place, table: str, path: Path, count: int, *, lines: list[Line], settings: Settings) -> Relation:
    """Read a Parquet file lazily: columns under their codes, words as codes, numbers of rows where it has no keys."""
    relation: Any = duckdb.read_parquet(glob.escape(str(path)), hive_partitioning=False)
    file = _File(log, place, table, relation, lines)
    told, parts, key = _headings(file, settings), [], KEYS[table]
    for name, each in told.items():
        if name == key and not relation.aggregate(f"count({_quoted(relation.columns[each.heading.at])})").fetchall()[0][0]:
            continue
        if read := _typed(file, each):
            parts.append(f"{read} AS {name}")
    headings = {name: (each.heading.at, plain(each.heading.text)) for name, each in told.items()}
    numbered = not any(part.endswith(f" AS {key}") for part in parts)
    if numbered and (named := _by_name(relation, parts)):
        parts, numbered = [*parts, f"{named} AS {key}"], False
    elif numbered:
        relation = duckdb.read_parquet(glob.escape(str(path)), hive_partitioning=False, file_row_number=True)
        parts.append(f"'#' || CAST(file_row_number + 1 AS VARCHAR) AS {key}")
    return Relation(place, headings, count, relation.project(", ".join(parts)), numbered)


def frames(relations: dict[str, Relation]) -> tuple[Any, Any]:
    """Return the queries over organisations, which may be none, and branches, with numbers for the names by which rows point."""
    for table in relations:
        _refer(relations, table)
    found = {table: each.relation for table, each in relations.items()}
    none = duckdb.sql("SELECT CAST(NULL AS VARCHAR) AS org_id WHERE false")
    return found.get("organisations", none), found.get("branches")


def _quoted(heading: str) -> str:
    return '"' + heading.replace('"', '""') + '"'


def _headings(file: _File, settings: Settings) -> dict[str, Told]:
    """Return which column of a typed file is which of the schema, told as those of a sheet are."""
    log, place, table, relation, lines = file
    found: dict[str, Told] = {}
    for each in told_alone(log, place, table, relation.columns, lines=lines, settings=settings):
        of, _, name = each.meaning.reads.partition("/")
        heading = each.heading
        if each.meaning.personal or (each.meaning.how == "named" and is_personal(heading.path)):
            count = relation.aggregate(f"count({_quoted(relation.columns[heading.at])})").fetchall()[0][0]
            log.drop(place, heading.at, heading.text, count)
        if of and of != table:
            shown = cut(heading.text)
            log.left_out(
                place, Term(f"列“{shown}”（{column_name(heading.at)}）不是这张表的列", f"column '{shown}', which is not of this table,")
            )
        elif name and name in found:
            log.add("heading_twice", place, heading=plain(heading.text), other=found[name].heading.text)
        elif name:
            found[name] = each
    if "name" not in found:
        log.add("no_heading", place, missing=TABLES[table]["name"].term)
    return found


def _typed(file: _File, told: Told) -> str:
    """Return the SQL that reads a column of a typed file; nothing where it holds no more than names."""
    at, column, relation = told.heading.at, COLUMNS[told.meaning.reads], file.relation
    quoted, kind = _quoted(relation.columns[at]), str(relation.types[at].id)
    lines = [line for line in file.lines if line.of(file.place.file, "")]
    known = {word: value for word, (value, _) in words(told.meaning.reads).items()} | given_words(lines, told.meaning.reads, told.heading)
    if column.type is Type.yes_no and kind in ("varchar", "enum"):
        return _answers(file, told, known)
    if told.meaning.how == "area" and kind != "boolean":
        return f"{quoted} > 0"
    if column.type is Type.percent and kind not in ("varchar", "enum"):
        return _share(file, told)
    if told.meaning.factor != 1 and column.type in NUMBERS and kind not in ("varchar", "enum"):
        file.log.add("typed_unit", file.place, 1, at, heading=told.heading.text, factor=told.meaning.factor)
        number = f"nullif(CAST({quoted} AS DOUBLE), 'nan'::DOUBLE)"  # in decimals, as a sheet's are, so that 0.3万 is 3000
        scaled = f"CAST(CAST({number} AS DECIMAL(28, 8)) * {told.meaning.factor} AS DOUBLE)"
        return expression(relation, scaled, "double", column)
    read = expression(relation, quoted, kind, column, known if column.codes else {})
    return _masked(file, read, at) if column.type is Type.text and kind in ("varchar", "enum") else read


def _answers(file: _File, told: Told, known: Mapping[str, Any]) -> str:
    """Return the SQL of a column of text that says yes or no; as it is where a word is not known, nothing where names may stand there."""
    quoted = _quoted(file.relation.columns[told.heading.at])
    different = [cell for (cell,) in file.relation.project(f"CAST({quoted} AS VARCHAR)").distinct().limit(_DIFFERENT + 1).fetchall()]
    read = read_cells(different, COLUMNS[told.meaning.reads], words=known, presence=told.meaning.how == "named")
    if len(different) <= _DIFFERENT and not read.wrong:
        said = [(str(cell).replace("'", "''"), value) for cell, value in zip(different, read.values, strict=True) if value is not None]
        whens = " ".join(f"WHEN '{cell}' THEN {str(value).upper()}" for cell, value in said)
        return f"CASE CAST({quoted} AS VARCHAR) {whens} END" if said else "CAST(NULL AS BOOLEAN)"
    if told.meaning.how not in ("named", "post"):
        return quoted
    file.log.add("column_of_names", file.place, 1, told.heading.at, heading=told.heading.text)
    return ""


def _share(file: _File, told: Told) -> str:
    """Return the SQL of a column of percentages; of one of which no number is above 1, and some is a fraction, as shares (C31)."""
    log, place, _, relation, _ = file
    at, column = told.heading.at, COLUMNS[told.meaning.reads]
    quoted = _quoted(relation.columns[at])
    read = expression(relation, quoted, str(relation.types[at].id), column)
    most, broken = relation.aggregate(f"max({read}), count(CASE WHEN {read} > 0 AND {read} < 1 THEN 1 END)").fetchall()[0]
    if most is None or not 0 < most <= 1:
        return read
    if not broken:
        log.add("share_or_percent", place, 1, at, heading=told.heading.text, value=most)
        return read
    log.add("fractions", place, 1, at, heading=told.heading.text)
    return f"CAST(100 * CAST({read} AS DECIMAL(28, 8)) AS DOUBLE)"


def _by_name(relation: Any, parts: Sequence[str]) -> str:
    """Return the SQL of the names, where each row has one and none stands twice; else nothing."""
    name = next((part.removesuffix(" AS name") for part in parts if part.endswith(" AS name")), "")
    if not name:
        return ""
    # as `row_numbers` does
    spaced = rf"trim(regexp_replace({name}, '[\s\v\x1c-\x1f\x{{85}}\p{{Z}}]+', ' ', 'g'))"
    usable = rf"regexp_full_match({spaced}, '[^\p{{C}}]{{1,100}}') AND NOT regexp_full_match({spaced}, '#[0-9]+(-[0-9]+)?')"
    rows, names, good = relation.aggregate(f"count(*), count(DISTINCT {spaced}), count(*) FILTER (WHERE {usable})").fetchall()[0]
    return spaced if rows == names == good else ""


def _masked(file: _File, read: str, at: int) -> str:
    """Return the SQL of a column of text without identity and mobile numbers; where there are none, as it was."""
    cells = file.relation.filter(" OR ".join(f"regexp_matches({read}, '{pattern}')" for pattern in SQL_PATTERNS))
    count = cells.aggregate("count(*)").fetchall()[0][0]
    if count:
        file.log.drop(file.place, at, file.relation.columns[at], count)
        for pattern in SQL_PATTERNS:
            read = rf"regexp_replace({read}, '{pattern}', '\1{MARK}\2', 'g')"
    return read


def _refer(relations: dict[str, Relation], table: str) -> None:
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
