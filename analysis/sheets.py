"""A sheet of a ledger read into parts of the two tables: its columns told, its cells read, every step noted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from itertools import islice
from typing import Any, NamedTuple

from analysis.cells import Reading, any_repeats, as_fractions, columns, is_filled, is_repeat, normal, read_cells
from analysis.grid import Grid, column_name
from analysis.headings import (
    CHECK,
    MONEY_UNITS,
    READABLE,
    SERIAL,
    Meaning,
    bare,
    coded,
    coded_as,
    folded,
    headings_among,
    in_unit,
    is_heading,
    meaning,
    words,
)
from analysis.layout import Body, Columns, Header, Heading, find_body, find_header, given_header, units_in_title
from analysis.logbook import Logbook, Place, Spot, cut, named
from analysis.mapping import UNREAD, Line
from analysis.model import Term
from analysis.persons import MARK, count_names, is_personal, mask, may_be_personal, mostly_names, of_figures, personal_cells, quoted
from analysis.rows import TOWNSHIP, is_footer, is_office, is_total, place_alone
from analysis.schema import KEYS, NUMBERS, TABLE_TERMS, TABLES, Column, Type
from analysis.settings import AgeBand, Settings
from analysis.wording import plain
from analysis.workbook import EXAMPLE, SHEETS, is_example

NAMES = {normal(word): name for name, term in SHEETS.items() for word in (name, *term, *TABLE_TERMS.get(name, ()))}
# the fields into which registers of bodies are divided; 行业性 and 公益性 are none
_SECTOR = re.compile(
    r"(?:科技(?:与研究)?|科学研究|生态环境|环境|教育|卫生|医疗卫生|社会服务|文化|体育|文化体育|文体|法律|工商(?:业)?服务|宗教|农业|农业及农村发展|农村发展"
    r"|职业及从业组织|国际及涉外|慈善|养老|其他)(?:类|行业|领域)?"
)
_AREA = re.compile(r"(?:平方米|平米|㎡|m2)$", re.IGNORECASE)
_SUBJECTS = {"organisations": re.compile(r"社会组织|社团|民非|协会"), "branches": re.compile(r"党组织|支部")}
_OF_BODIES = {
    f"organisations/{name}"
    for name in ("staff", "staff_full_time", "association_members", "inspection", "registered_on", "party_organisation", "members_staff")
}
# 无 beside a number that counts nothing is no answer, not 0
_NOT_COUNTED = ("branches/secretary_age", "branches/term_years")
_NO_COUNTS = dict.fromkeys(("无", "没有", "零", "none"))
_ASIDE = re.compile(rf"[（(][^（）()]*{MARK}[^（）()]*[）)]")  # a remark in brackets with a number of a person
_LISTED = 8  # rows in a message
_WHY = {
    "total": Term("合计行", "totals"),
    "footer": Term("表尾", "footers"),
    "group": Term("分组行", "group rows"),
    "header_again": Term("重复的表头", "headings again"),
    "title": Term("重复的标题", "titles again"),
    "subtotal": Term("带小计的分组行（小计数未读入）", "group rows with their sums, which are not read"),
    "part": Term("其中、同期、占比等行", "parts of totals, other years, shares"),
    "page": Term("页码、续表、空白等行", "lines between pages"),
    "example": Term("示例行", "examples"),
    "other_table": Term("另一张表", "another table"),
}
_FEW_LABELS = 2  # headings among the names for a sheet to be a form
_NAMES = {f"{table}/name" for table in TABLES}
_TOO_MANY = 10**10  # a phone number rather than a count
# how many texts, and which share of them, must look like names for a column to be one of persons; with numbers of persons, half
_FEW_NAMES, _MOSTLY, _HALF = 2, 0.9, 0.5
_TICK = READABLE["organisations/activity_room"]
_LEAVES = {"其他"}  # a column to tick that says nothing of its row
_SIZE = Column(Term("面积", "area"), Type.money, Term("", ""))


class Told(NamedTuple):
    """A column of a sheet: its heading, what it is read as, and the columns to tick that it is made of."""

    heading: Heading
    meaning: Meaning
    ticked: tuple[Heading, ...] = ()
    certain: bool = True  # headed in the schema's own words rather than in those of forms
    given: bool = False  # by a mapping


class Sheet(NamedTuple):
    """A sheet of a ledger: the cells, the header, the table whose rows it holds; once read, its rows and the columns that were read."""

    place: Place
    grid: Grid
    header: Header
    table: str
    body: Body | None = None
    read: tuple[Told, ...] = ()


@dataclass
class Part:
    """Rows of one table from one sheet: their numbers there, where each column stands, and its cells."""

    table: str
    place: Place
    rows: list[int]
    where: dict[str, tuple[int, str]] = field(default_factory=dict)
    cells: dict[str, list[Any]] = field(default_factory=dict)
    until: dict[str, dict[int, date]] = field(default_factory=dict)
    checked: dict[str, list[Any]] = field(default_factory=dict)  # counts of the sheet, by table/column, to hold against each other
    told: dict[str, tuple[int, str]] = field(default_factory=dict)  # where those stand
    firm: frozenset[str] = frozenset()  # columns headed in the schema's own words
    derived: bool = False  # branches told by the rows of their bodies,
    owner: Part | None = None  # whose part this is


def subject(header: Header, place: Place, file_only: bool) -> str:
    """Return which table a sheet's rows are of: by its name or the file's, else by its headings; nothing where that does not tell."""
    name = NAMES.get(normal(place.sheet), "") or (
        NAMES.get(normal(re.sub(r"\.\w+$", "", place.file.rpartition("/")[2])), "") if file_only else ""
    )
    if name in TABLES:
        return name
    paths = [heading.path for heading in header.columns]
    scores = {table: sum(_schema_word(table, path[-1]) for path in paths) for table in TABLES}
    first = {
        table: next((at for at, path in enumerate(paths) if (told := meaning(path, table)) and told.reads == f"{table}/name"), None)
        for table in TABLES
    }
    there = [table for table, at in first.items() if at is not None]
    if len(there) < 2:
        best = [table for table, score in scores.items() if score and score == max(scores.values())]
        return there[0] if there else best[0] if len(best) == 1 else ""
    named = [table for table, pattern in _SUBJECTS.items() if pattern.search(place.sheet)]
    if len(named) == 1:
        return named[0]
    read = {table: {told.reads for path in paths if (told := meaning(path, table))} for table in TABLES}
    if read["organisations"] & _OF_BODIES:  # no list of branches has these
        return "organisations"
    if first["organisations"] == first["branches"]:  # one column of names: of branches only where most headings are of them
        own = {table: sum(reads.startswith(table) for reads in read[table]) for table in TABLES}
        by = own if len(set(own.values())) > 1 else scores
        return "" if len(set(by.values())) == 1 else max(by, key=lambda table: by[table])
    return min(there, key=lambda table: first[table] or 0)


def _schema_word(table: str, text: str) -> bool:
    return folded(text) in _schema_words(table)


@cache
def _schema_words(table: str) -> frozenset[str]:
    return frozenset(folded(word) for name, column in TABLES[table].items() for word in (name, *column.term))


def header_of(grid: Grid, place: Place, lines: Sequence[Line]) -> Header | None:
    """Return a sheet's header: where a mapping says, else where it is found."""
    given = next((line.header for line in lines if line.of(place.file, place.shown) and line.header), None)
    if given and given[1] < len(grid.rows):
        return given_header(grid, *given)
    return find_header(grid)


def read_sheet(log: Logbook, sheet: Sheet, lines: Sequence[Line], settings: Settings) -> tuple[list[Part], Sheet]:
    """Return the parts of the tables that a sheet holds, with every fault and change noted, and the sheet with what was read of it."""
    mine = [line for line in lines if line.of(sheet.place.file, sheet.place.shown)]
    told = list(_told(log, sheet, mine, settings))
    by_name: dict[str, Told] = {}
    for each in sorted(told, key=lambda each: (not each.given, not each.certain)):
        by_name.setdefault(each.meaning.reads, each)
    key, called, serial = (by_name.get(name) for name in (f"{sheet.table}/{KEYS[sheet.table]}", f"{sheet.table}/name", SERIAL))
    columns_at = Columns(
        name=called.heading.at if called else -1,
        serial=serial.heading.at if serial else -1,
        key=key.heading.at if key and key.certain else -1,
        used=[heading.at for each in told if each.meaning.reads for heading in (each.heading, *each.ticked)],
    )
    if _is_form(log, sheet, columns_at) or _side_by_side(log, sheet, told):
        return [], sheet
    read = _without_example(_Cells(log, sheet, find_body(sheet.grid, sheet.header, columns_at), mine), by_name)
    body = read.body
    _beyond(log, sheet, body)
    _one_header(log, sheet, body, given=any(line.header for line in mine))
    _places_among(read, called)
    chosen = _in_units_above(log, sheet, list(_chosen(read, told)))
    columns = {each.meaning.reads: read.column(each) for each in chosen}
    _drop_persons(read, told)
    _totals(log, sheet, body, by_name, columns)
    return list(_parts(read, columns, by_name)), sheet._replace(body=body, read=tuple(chosen))


# ------------------------------------------------------------------ columns


def _told(log: Logbook, sheet: Sheet, lines: Sequence[Line], settings: Settings) -> Iterator[Told]:
    """Tell what each column is, and note for the mapping what was found."""
    rows = f"{sheet.header.top + 1}至{sheet.header.bottom + 1}"  # with a hyphen a spreadsheet makes a date of it
    groups = _ticked_groups(log, sheet, lines)
    done: set[str] = set()
    for heading in sheet.header.columns:
        letter = column_name(heading.at)
        line = _line(lines, heading, letter)
        if line is None and any(not each.word and _is_of(each, heading) for each in lines):
            log.add("mapping_letters", sheet.place, heading.row + 1, heading.at, heading=heading.text)
        column, together = groups.get(heading.at, ("", ()))
        if column:
            found, note = Meaning(column), "√"
            if column not in done:
                done.add(column)
                yield Told(heading, found, together)
        else:
            told, certain = _meant(sheet, heading, line)
            found, note = _usable(log, sheet, heading, told, settings)
            yield Told(heading, found, certain=certain, given=line is not None)
        log.lines.append(
            Line(plain(sheet.place.file), sheet.place.shown, rows, letter, cut(heading.text), found.reads or UNREAD, note=note)
        )


def told_alone(log: Logbook, place: Place, table: str, headings: Sequence[str], *, lines: Sequence[Line], settings: Settings) -> list[Told]:
    """Return what the columns of a typed file are told to be, by the rules for those of a sheet."""
    header = Header(0, 0, [Heading(0, at, (text,)) for at, text in enumerate(headings)])
    mine = [line for line in lines if line.of(place.file, place.shown)]
    return list(_told(log, Sheet(place, Grid("", []), header, table), mine, settings))


def _ticked_groups(log: Logbook, sheet: Sheet, lines: Sequence[Line]) -> dict[int, tuple[str, tuple[Heading, ...]]]:
    """Return for each column of a group to tick the column of codes that they make, and all columns of the group.

    One that a mapping tells to be something else, or to be left out, is none of them.
    """
    groups: dict[tuple[str, ...], list[Heading]] = {}
    for heading in sheet.header.columns:
        if len(heading.path) > 1:
            groups.setdefault(heading.path[:-1], []).append(heading)
    made: dict[int, tuple[str, tuple[Heading, ...]]] = {}
    for path, below in groups.items():
        column = coded(path, [heading.path[-1] for heading in below], sheet.table)
        if column and (column.startswith(sheet.table) or sheet.table == "organisations"):
            among = [heading for heading in below if _leaf(heading) in _LEAVES | set(words(column)) or _may_be_ticked(sheet, heading)]
            told = {heading: _line(lines, heading, column_name(heading.at)) for heading in among}
            mine = tuple(heading for heading, line in told.items() if line is None or line.reads == column)
            if len(among) > 1:
                made |= dict.fromkeys((heading.at for heading in mine), (column, mine))
                _ask_about_leaves(log, sheet, column, mine, lines)
    return made


def _leaf(heading: Heading) -> str:
    return bare(folded(heading.path[-1]))


def _may_be_ticked(sheet: Sheet, heading: Heading) -> bool:
    """Whether a column that is nothing by itself holds ticks, or nothing at all below a heading that is not known."""
    told = meaning(heading.path, sheet.table)
    if told is not None and (told.reads or told.personal):
        return False
    cells = [row[heading.at] for row in sheet.grid.rows[sheet.header.bottom + 1 :] if heading.at < len(row) and is_filled(row[heading.at])]
    ticks = read_cells(cells, _TICK, words={_leaf(heading): True})
    return any(ticks.values) if told is not None and not told.like else 2 * len(ticks.wrong) <= len(cells)


def _ask_about_leaves(log: Logbook, sheet: Sheet, column: str, ticked: Sequence[Heading], lines: Sequence[Line]) -> None:
    """Note each column to tick whose heading no list has, unless a mapping says what it means."""
    for heading in ticked:
        leaf = _leaf(heading)
        if leaf not in _LEAVES | set(words(column)) | set(map(folded, given_words(lines, column, heading))):
            log.add("leaf_unknown", sheet.place, heading.row + 1, heading.at, heading=heading.text, reads=column, word=cut(leaf))


def given_words(lines: Sequence[Line], reads: str, heading: Heading) -> dict[str, Any]:
    """Return the words that a mapping tells of a column's cells, of those below one heading or of all."""
    mine = [line for line in lines if line.word and line.reads == reads]
    return {normal(line.word): line.value() for line in mine if not line.heading or folded(line.heading) == folded(cut(heading.text))}


def _meant(sheet: Sheet, heading: Heading, line: Line | None) -> tuple[Meaning, bool]:
    """Return what a column is, and whether that is certain: as a mapping says, else as its heading, else by the words below it."""
    told = meaning(heading.path, sheet.table) or Meaning("")
    if line is not None and (told.personal or line.reads != told.reads or told.like):
        personal = told.personal or is_personal(heading.path)
        told = in_unit(Meaning("" if line.reads == UNREAD else line.reads, personal=personal), heading.path)
    elif told.like and len(heading.path) == 1 and (column := _by_words(sheet, heading, told.like)):
        told = in_unit(Meaning(column), heading.path)
    return told, _schema_word(sheet.table, heading.path[-1])


def _by_words(sheet: Sheet, heading: Heading, like: str) -> str:
    """Return the one column of codes that a heading of two meanings can be, by the words below it."""
    cells = {
        folded(row[heading.at])
        for row in sheet.grid.rows[sheet.header.bottom + 1 :]
        if heading.at < len(row) and is_filled(row[heading.at])
    }
    fit = [
        column for column in coded_as(like, sheet.table) if cells & set(words(column)) and 2 * len(cells & set(words(column))) > len(cells)
    ]
    return fit[0] if len(fit) == 1 else ""


def _line(lines: Sequence[Line], heading: Heading, letter: str) -> Line | None:
    """Return the line of a mapping that is about a column: by its heading, and its letter where that stands twice."""
    same = [line for line in lines if not line.word and _is_of(line, heading)]
    return next((line for line in same if line.column.upper() == letter), same[0] if len({line.reads for line in same}) == 1 else None)


def _is_of(line: Line, heading: Heading) -> bool:
    return bool(line.heading) and folded(line.heading) == folded(cut(heading.text))


def _usable(log: Logbook, sheet: Sheet, heading: Heading, found: Meaning, settings: Settings) -> tuple[Meaning, str]:
    """Return what of a meaning can be used in a sheet of this table, with a note; what is not read is said."""
    shown, letter, place, table = cut(heading.text), column_name(heading.at), sheet.place, sheet.table
    if found.personal:
        if found.reads and READABLE[found.reads].type in (Type.text, Type.key):
            log.add("mapping_personal", place, heading.row + 1, heading.at, heading=heading.text, value=found.reads)
        elif found.reads:
            return found._replace(how="named" if READABLE[found.reads].type is Type.yes_no else ""), "persons"
        return Meaning("", personal=True), "persons"
    if found.like:
        resembled = meaning([found.like], table)
        reads = resembled.reads if resembled else ""
        log.add("doubtful_heading", place, heading.row + 1, heading.at, heading=heading.text, like=found.like, reads=reads or UNREAD)
        return Meaning(""), f"like {found.like}"
    below_35 = found.how == "below_35" and settings.age_35 is AgeBand.excluded
    foreign = table == "branches" and found.reads.startswith("organisations/")
    if found.reads and not foreign and not below_35:
        return found, found.how
    log.left_out(place, Term(f"列“{shown}”（{letter}）不是台账的列", f"column '{shown}', which no ledger has,"))
    return Meaning(""), "setting age_35" if below_35 else ""


def _chosen(read: _Cells, told: Sequence[Told]) -> Iterator[Told]:
    """Yield the columns that are read; of two that are told to be the same, the one whose cells alone can be."""
    log, sheet = read.log, read.sheet
    by_reads: dict[str, list[Told]] = {}
    for each in told:
        if each.meaning.reads and each.meaning.reads != SERIAL:
            by_reads.setdefault(each.meaning.reads, []).append(each)
    for reads, rivals in by_reads.items():
        kept = [each for each in rivals if each.given] or rivals
        if len(kept) > 1 and READABLE[reads].codes is not None:
            kept = [each for each in kept if each.ticked or _readable(read, each)]
        if len(kept) > 1 and (named := [each for each in kept if each.certain]) and len(named) == 1:
            kept = named
        if len(kept) != 1 and reads.endswith("/org_id"):
            kept = _identifying(read, rivals)
        if len(kept) == 1:
            for each in rivals:
                if each is not kept[0]:
                    _leave(log, sheet, each, Term("与另一列重复", "a second one of its kind,"))
            if not _holds_names(read, kept[0]):
                yield kept[0]
            continue
        first = rivals[0].heading
        for each in rivals[1:]:
            other = f"{column_name(first.at)}{first.row + 1}"
            log.add("heading_twice", sheet.place, each.heading.row + 1, each.heading.at, heading=each.heading.text, other=other)
        yield rivals[0]


def _in_units_above(log: Logbook, sheet: Sheet, told: Sequence[Told]) -> list[Told]:
    """Return the columns, those of money without a unit of their own in the unit that a line above the header names."""
    units = units_in_title(sheet.grid, sheet.header)
    bare_ones = [each for each in told if READABLE[each.meaning.reads].type is Type.money and each.meaning.unit not in MONEY_UNITS]
    if not units or not bare_ones:
        return list(told)
    (number, at), *others = units.values()
    names, shown = "、".join(units), ", ".join(cut(each.heading.text) for each in bare_ones)
    log.add("units_in_title" if others else "unit_in_title", sheet.place, number + 1, at, value=names, columns=shown)
    if others:
        return list(told)
    unit = next(iter(units))
    taken = {each.heading.at: each.meaning._replace(factor=MONEY_UNITS[unit], how=each.meaning.how or "unit_above") for each in bare_ones}
    return [each._replace(meaning=taken.get(each.heading.at, each.meaning)) for each in told]


def _leave(log: Logbook, sheet: Sheet, told: Told, why: Term) -> None:
    """Say that a column is not read after all, in the mapping, too."""
    letter, shown = column_name(told.heading.at), cut(told.heading.text)
    log.left_out(sheet.place, Term(f"列“{shown}”（{letter}）{why.zh}", f"column '{shown}', {why.en}"))
    for at, line in enumerate(log.lines):
        if (line.file, line.sheet, line.column) == (plain(sheet.place.file), sheet.place.shown, letter):
            log.lines[at] = line._replace(reads=UNREAD, note=why.en.rstrip(","))


def _holds_names(read: _Cells, told: Told) -> bool:
    """Whether a column of text holds persons' names instead, so that it is left out; a mapping that says what it is decides."""
    reads, heading, log, sheet = told.meaning.reads, told.heading, read.log, read.sheet
    if told.given or READABLE[reads].type not in (Type.text, Type.key) or reads == "organisations/name":
        return False
    different, personal = read.different(heading.at), read.may_be_personal(heading.at)
    texts = filter(None, map(str.strip, (cell for cell in different if isinstance(cell, str))))
    cells = set(islice(texts, 1 + len(different) // 4))
    if not personal and not mostly_names(cells, _MOSTLY, len(different)):  # these are enough, nearly always
        return False
    cells.update(texts)
    if len(cells) < _FEW_NAMES or not (personal or mostly_names(cells, _MOSTLY, len(cells))):
        return False
    names, numbers = count_names(cells), sum(mask(cell)[1] > 0 for cell in cells) if personal else 0
    if names + numbers < (_HALF if names and numbers else _MOSTLY) * len(cells) or not names:
        return False
    log.add("column_of_names", sheet.place, heading.row + 1, heading.at, heading=heading.text)
    log.drop(sheet.place, heading.at, heading.text, sum(map(is_filled, read.given(heading.at))))
    _leave(log, sheet, told, Term("像是人名", "which looks like names,"))
    return True


def _readable(read: _Cells, told: Told) -> bool:
    known = words(told.meaning.reads)
    cells = {folded(cell) for cell in read.different(told.heading.at) if is_filled(cell)}
    return bool(cells) and sum(cell in known for cell in cells) * 2 > len(cells)


def _identifying(read: _Cells, rivals: Sequence[Told]) -> list[Told]:
    """Return the first column of numbers that tells every row from every other."""
    for each in rivals:
        cells = read.given(each.heading.at)
        if all(map(is_filled, cells)) and len(set(map(str, cells))) == len(cells):
            return [each]
    return []


def _drop_persons(read: _Cells, told: Sequence[Told]) -> None:
    """Note the columns of persons: those so headed, and those not read whose cells look like it."""
    log, sheet = read.log, read.sheet
    for each in told:
        heading, found = each.heading, each.meaning
        if found.reads and found.how != "named":
            continue
        cells = [cell for cell in read.given(heading.at) if is_filled(cell)]
        if found.personal or (found.how == "named" and is_personal(heading.path)) or (not found.reads and personal_cells(cells)):
            log.drop(sheet.place, heading.at, heading.text, len(cells))
        elif not found.reads and (count := sum(MARK in quoted(cell) for cell in cells)):
            log.drop(sheet.place, heading.at, heading.text, count)


# ------------------------------------------------------------------ rows


def _without_example(read: _Cells, told: Mapping[str, Told]) -> _Cells:
    """Return the cells without the template's example row; one that was filled in is a fault."""
    sheet, key = read.sheet, told.get(f"{read.sheet.table}/{KEYS[read.sheet.table]}")
    if key is None:
        return read
    marks, called = {normal(word) for word in EXAMPLE}, told.get(f"{sheet.table}/name")
    # the marks have brackets
    found = {cell for cell in read.different(key.heading.at) if isinstance(cell, str) and not cell.isalnum() and normal(cell) in marks}
    if not found:
        return read
    data = []
    for number, cell in zip(read.body.data, read.given(key.heading.at), strict=True):
        row = sheet.grid.rows[number]
        name = row[called.heading.at] if called is not None and called.heading.at < len(row) else None
        if cell not in found:
            data.append(number)
        elif called is not None and not is_example(sheet.table, name):
            read.log.add("example_row", sheet.place, number + 1, key.heading.at, heading=key.heading.text, value=cell)
    return replace(read, body=read.body._replace(data=data), others={}, hints={})


def _beyond(log: Logbook, sheet: Sheet, body: Body) -> None:
    """Note what is not read: cells without a heading, once for each column, rows without a cell that is read, rows that are no data."""
    place, grid = sheet.place, sheet.grid
    headed = {heading.at for heading in sheet.header.columns}
    unheaded = [at for at in range(max((len(grid.rows[number]) for number in body.data), default=0)) if at not in headed]
    bare: dict[int, int] = {}
    for number in body.data:
        row = grid.rows[number]
        for at in unheaded:
            if at < len(row) and at not in bare and is_filled(row[at]):
                bare[at] = number
    for at, number in bare.items():
        log.add("no_heading_above", place, number + 1, at)
    for number in (number for number, why in body.skipped.items() if why == "unused"):
        at = next(at for at, cell in enumerate(grid.rows[number]) if is_filled(cell))
        log.add("row_unread", place, number + 1, at)
    told: dict[str, list[str]] = {"total": [str(number + 1) for number in body.totals]}
    for number, why in body.skipped.items():
        told.setdefault(why, []).append(str(number + 1))
    shown = [
        (_WHY[why], ", ".join(rows[:_LISTED]) + (" …" if len(rows) > _LISTED else "")) for why, rows in told.items() if rows and why in _WHY
    ]
    if shown:
        zh, en = "；".join(f"{why.zh} {rows}" for why, rows in shown), "; ".join(f"{why.en} {rows}" for why, rows in shown)
        log.add("rows_left_out", place, rows=Term(zh, en))


def _one_header(log: Logbook, sheet: Sheet, body: Body, *, given: bool) -> None:
    """Note another row of headings, above the header or below: what stands there would be lost, or read as bodies."""
    above = [] if given else list(enumerate(sheet.grid.rows[: sheet.header.top]))
    below = [(number, sheet.grid.rows[number]) for number, why in body.skipped.items() if why == "other_header"]
    for number, row in [*above, *below]:
        found = [at for at, cell in enumerate(row) if isinstance(cell, str) and is_filled(cell) and is_heading(cell)]
        reads = {at: {told.reads for table in TABLES if (told := meaning([row[at]], table)) and told.reads} - {SERIAL} for at in found}
        names = [at for at in found if reads[at] & _NAMES]
        if len(found) > 1 and names:
            log.add("two_headers", sheet.place, number + 1, names[0], value=row[names[0]])
        elif body.skipped.get(number) == "other_header":  # a list of persons is of no ledger
            persons = any(is_personal([row[at]]) for at in found) and not any(reads.values())
            log.add("table_below" if persons else "two_headers", sheet.place, number + 1, found[0], value="" if persons else row[found[0]])


def _places_among(read: _Cells, called: Told | None) -> None:
    """Note the names that are townships among those of bodies: sums that do not add up, perhaps."""
    if called is None or read.sheet.table != "organisations":
        return
    at, names = called.heading.at, read.different(called.heading.at)
    places = {cell for cell in names if isinstance(cell, str) and place_alone(cell)}
    for number, cell in zip(read.body.data, read.given(at), strict=True) if places and len(places) < len(names) else ():
        if cell in places:
            read.log.add("place_named", read.sheet.place, number + 1, at, heading=called.heading.text, value=cell)


def _is_form(log: Logbook, sheet: Sheet, at: Columns) -> bool:
    """Whether the names are headings themselves, most of them: a form of one body, or a table whose columns are bodies."""
    if at.name < 0:
        return False
    own = {folded(text) for heading in sheet.header.columns if heading.at == at.name for text in heading.path}
    below = [(number, row[at.name]) for number, row in enumerate(sheet.grid.rows) if number > sheet.header.bottom and at.name < len(row)]
    texts = [(number, cell) for number, cell in below if isinstance(cell, str) and is_filled(cell)]
    heads = {text for text in headings_among({cell for _, cell in texts}) if not _no_name(text, own)}
    labels = [number for number, cell in texts if cell in heads]
    if len(labels) < _FEW_LABELS or 2 * len(labels) < sum(not _no_name(cell, own) for _, cell in texts):
        return False
    log.add("form_sheet", sheet.place, labels[0] + 1, at.name, value=sheet.grid.rows[labels[0]][at.name])
    return True


def _no_name(cell: str, own: Set[str]) -> bool:
    return folded(cell) in own or is_total(cell) or is_footer(cell.strip())


def _side_by_side(log: Logbook, sheet: Sheet, told: Sequence[Told]) -> bool:
    """Whether two tables stand side by side: beyond an empty column both numbers and names begin anew."""
    serials = [each.heading for each in told if each.meaning.reads == SERIAL]
    named = [each.heading for each in told if each.meaning.reads in _NAMES]
    gap = _gap(sheet) if len(serials) > 1 and len(named) > 1 else -1
    sides = [[heading for heading in each if (heading.at > gap) is right] for each in (serials, named) for right in (False, True)]
    if gap < 0 or not all(sides):
        return False
    (left, *_), (right, *_) = sides[2:]
    log.add("side_by_side", sheet.place, right.row + 1, right.at, heading=right.text, other=f"{column_name(left.at)}{left.row + 1}")
    return True


def _gap(sheet: Sheet) -> int:
    """Return the first column between others without a heading and without a cell below; -1 where there is none."""
    headed = [heading.at for heading in sheet.header.columns]
    below = sheet.grid.rows[sheet.header.bottom + 1 :]
    empty = (at for at in range(min(headed), max(headed)) if at not in headed)
    return next((at for at in empty if not any(at < len(row) and is_filled(row[at]) for row in below)), -1)


def _filled_down(grid: Grid, body: Body) -> dict[tuple[int, int], tuple[int, int]]:
    """Return for each cell below the first of a merged range of data where its value stands."""
    first = body.data[0] if body.data else len(grid.rows)
    return {
        (row, at): (top, left)
        for top, left, bottom, right in grid.merges or ()
        if bottom > top >= first
        for row in range(top, bottom + 1)
        for at in range(left, right + 1)
        if (row, at) != (top, left)
    }


def _totals(log: Logbook, sheet: Sheet, body: Body, told: Mapping[str, Told], columns: Mapping[str, list[Any]]) -> None:
    """Hold the one row of totals against the sums of the rows, where every cell of a column is filled."""
    if len(body.totals) != 1 or not body.data:
        return
    (number,) = body.totals
    row = sheet.grid.rows[number]
    for reads, cells in columns.items():
        each = told[reads]
        at = each.heading.at
        if READABLE[reads].type is not Type.whole or each.ticked or at >= len(row) or any(cell is None for cell in cells):
            continue
        (total,), _, _, _ = read_cells([row[at]], READABLE[reads], factor=each.meaning.factor)
        if total is not None and total != sum(cells):
            log.add("total_differs", sheet.place, number + 1, at, heading=each.heading.text, value=row[at], total=sum(cells))


# ------------------------------------------------------------------ cells


@dataclass
class _Cells:
    """The cells of a sheet's data, read column by column."""

    log: Logbook
    sheet: Sheet
    body: Body
    lines: Sequence[Line]
    until: dict[str, dict[int, date]] = field(default_factory=dict)
    also: dict[str, dict[int, Any]] = field(default_factory=dict)
    others: dict[int, tuple[Sequence[Any], Set[Any] | None]] = field(default_factory=dict)
    hints: dict[int, bool] = field(default_factory=dict)

    @cached_property
    def laid(self) -> dict[tuple[int, int], tuple[int, int]]:
        """For each cell below the first of a merged range of data, where its value stands."""
        return _filled_down(self.sheet.grid, self.body)

    @cached_property
    def rows(self) -> list[list[Any]]:
        """The rows of data."""
        return [self.sheet.grid.rows[number] for number in self.body.data]

    def column(self, told: Told) -> list[Any]:
        """Return a column's cells in its type."""
        reads, heading = told.meaning.reads, told.heading
        column = READABLE[reads]
        given = self._ticked(told) if told.ticked else self._laid_out(told)
        if told.meaning.how == "area":
            return self._areas(given, told)
        known = {word: value for each in told.ticked or (heading,) for word, value in self._known(reads, each).items()}
        named_only = told.meaning.how == "named"
        if column.type in (Type.text, Type.key):
            given = self._mask(given, heading)
        different = self._column(heading.at)[1] if given is self.given(heading.at) else None
        read = read_cells(given, column, factor=told.meaning.factor, words=known, presence=named_only, different=different)
        secret = self._is_secret(told)
        read = self._as_a_whole(told, given, read)
        for at, kind in read.wrong:
            shown = named(given[at]) if secret else _harmless(given[at], column)
            self.log.add(kind, self.sheet.place, self._row(at), heading.at, heading=heading.text, value=shown, **hints(column))
        if not told.ticked and read.changed:
            rows = [self.body.data[at] + 1 for at, _ in read.changed]
            spot = Spot(self.sheet.place, 0, heading.at, heading.text)
            self.log.change_all(spot, rows, given, read, secret=secret)
        if read.until:
            self.until[reads] = read.until
        if column.codes is not None:
            self._hear(reads, given, set(given) if different is None else different)
        return read.values

    def _as_a_whole(self, told: Told, given: Sequence[Any], read: Reading) -> Reading:
        """Return a column as it is read where that hangs on all of its cells, or on what stands above the table."""
        column, heading = READABLE[told.meaning.reads], told.heading
        if told.meaning.how == "unit_above":
            read = read._replace(changed=[(at, rule.replace("heading_unit", "unit_above")) for at, rule in read.changed])
        if column.type is Type.percent and (shares := as_fractions(given, read)) is not read:
            self.log.add("fractions", self.sheet.place, heading.row + 1, heading.at, heading=heading.text)
            return shares
        return _countable(read, column, certain=told.certain) if column.type in (Type.whole, Type.money) else read

    @cached_property
    def columns(self) -> list[tuple[Sequence[Any], Set[Any] | None]]:
        """The columns and the different cells of each, where rows are all as long."""
        return columns(self.rows) if len(set(map(len, self.rows))) == 1 else []

    def _column(self, at: int) -> tuple[Sequence[Any], Set[Any] | None]:
        if at < len(self.columns):
            return self.columns[at]
        if at not in self.others:  # text has rows of any length
            (self.others[at],) = columns([(row[at] if at < len(row) else None,) for row in self.rows]) or [((), None)]
        return self.others[at]

    def given(self, at: int) -> Sequence[Any]:
        """Return a column's cells as they stand."""
        return self._column(at)[0]

    def different(self, at: int) -> Set[Any]:
        """Return the different cells of a column as they stand."""
        given, different = self._column(at)
        return set(given) if different is None else different

    def may_be_personal(self, at: int) -> bool:
        """Whether a column may hold numbers or addresses of persons."""
        if at not in self.hints:
            self.hints[at] = may_be_personal(self.different(at))
        return self.hints[at]

    def _laid_out(self, told: Told) -> Sequence[Any]:
        """Return a column's cells, the values of merged ones in each of their rows."""
        given, different = self.given(told.heading.at), self.different(told.heading.at)
        if self.laid:
            given = self._fill_down(list(given), told)
            different = set(given)
        return self._repeated(list(given), told) if any_repeats(different) else given

    def _repeated(self, given: list[Any], told: Told) -> list[Any]:
        """Put the cell above for each that only says so; where there is none, below other group rows, too, it is a fault."""
        heading, groups = told.heading, self.body.groups
        for at, cell in enumerate(given):
            if not is_repeat(cell):
                continue
            row, before = self.body.data[at], self.body.data[at - 1] if at else -1
            above = given[at - 1] if at and groups[row] == groups[before] else None
            given[at] = above
            if is_filled(above):
                shown = named(above) if self._is_secret(told) else above
                self.log.change("ditto", self._spot(at, heading), was=cell, became=shown)
            else:
                self.log.at("ditto_nothing", self._spot(at, heading), value=cell)
        return given

    @staticmethod
    def _is_secret(told: Told) -> bool:
        """Whether a column's cells may hold names though only their presence, or a post, is read."""
        return told.meaning.how in ("named", "post") or is_personal(told.heading.path)

    def _known(self, reads: str, heading: Heading) -> dict[str, Any]:
        """Return the words that the column's cells can bear beside the schema's own."""
        known = {word: value for word, (value, _) in words(reads).items()}
        return known | (_NO_COUNTS if reads in _NOT_COUNTED else {}) | given_words(self.lines, reads, heading)

    def _hear(self, reads: str, given: Sequence[Any], different: Set[Any]) -> None:
        """Note what words of a column say of another: a joint branch of its form as well as of its level."""
        said = {cell: words(reads).get(folded(cell), (None, ""))[1] for cell in different}
        for at, cell in enumerate(given if any(said.values()) else ()):
            if said[cell]:
                target, _, value = said[cell].partition("=")
                self.also.setdefault(target, {})[at] = value if READABLE[target].codes is not None else value == "yes"

    def _spot(self, at: int, heading: Heading) -> Spot:
        return Spot(self.sheet.place, self._row(at), heading.at, heading.text)

    def _row(self, at: int) -> int:
        return self.body.data[at] + 1

    def _ticked(self, told: Told) -> list[Any]:
        """Return for each row the heading that is ticked; none where none is, a fault where two are, or one that is not known."""
        out: list[Any] = [None] * len(self.body.data)
        first: dict[int, str] = {}
        for heading in told.ticked:
            leaf = _leaf(heading)
            known = set(map(folded, self._known(told.meaning.reads, heading)))
            for at, cell in self._ticks(told, heading):
                spot = self._spot(at, heading)
                if at in first:
                    self.log.at("two_ticked", spot, value=cell, other=first[at])
                    out[at] = None
                    continue
                first[at] = cut(heading.text)
                if leaf in known or leaf in _LEAVES:
                    out[at] = leaf if leaf in known else None
                    self.log.change("ticked", spot, was=cell, became=leaf)
                else:
                    self.log.at("tick_unknown", spot, value=cell, reads=told.meaning.reads)
        return out

    def _ticks(self, told: Told, heading: Heading) -> list[tuple[int, Any]]:
        """Return where a column of a group is ticked, and the cells."""
        cells = self._laid_out(told._replace(heading=heading))
        read = read_cells(cells, _TICK, words={_leaf(heading): True})
        for at, kind in read.wrong:
            self.log.at(kind, self._spot(at, heading), value=cells[at], **hints(_TICK))
        return [(at, cells[at]) for at, value in enumerate(read.values) if value]

    def _fill_down(self, given: list[Any], told: Told) -> list[Any]:
        """Put the value of merged cells into each of their rows; a number of the body's own is known for none of them."""
        heading, reads = told.heading, told.meaning.reads
        own_count = READABLE[reads].type in NUMBERS and (self.sheet.table == "branches" or not reads.startswith("branches/"))
        secret = self._is_secret(told)
        shared = {self.laid[number, heading.at] for number in self.body.data if (number, heading.at) in self.laid}
        for at, number in enumerate(self.body.data):
            source = self.laid.get((number, heading.at))
            if source is None and (number, heading.at) not in shared:
                continue
            row, column_at = source or (number, heading.at)
            value = self.sheet.grid.rows[row][column_at] if column_at < len(self.sheet.grid.rows[row]) else None
            if own_count and is_filled(value):
                self.log.change("merged_count", self._spot(at, heading), was=value, became=None)
                given[at] = None
            elif source is not None and is_filled(value):
                given[at] = value
                self.log.change("filled_down", self._spot(at, heading), was=None, became=named(value) if secret else value)
        return given

    def _areas(self, given: Sequence[Any], told: Told) -> list[Any]:
        heading = told.heading
        read = read_cells([_AREA.sub("", cell.strip()) if isinstance(cell, str) else cell for cell in given], _SIZE)
        for at, kind in read.wrong:
            self.log.add(kind, self.sheet.place, self._row(at), heading.at, heading=heading.text, value=given[at])
        out = [None if size is None else size > 0 for size in read.values]
        for at, has in enumerate(out):
            if has is not None:
                self.log.change("area", self._spot(at, heading), was=given[at], became=has)
        return out

    def _mask(self, given: Sequence[Any], heading: Heading) -> Sequence[Any]:
        """Take numbers of persons out of text that is kept."""
        # what is filled down may come from another column
        if not (may_be_personal(set(given)) if self.laid else self.may_be_personal(heading.at)):
            return given
        given, count = list(given), 0
        for at, cell in enumerate(map(_written, given)):
            if isinstance(cell, str):
                text, numbers = mask(cell)
                if numbers:
                    text = _ASIDE.sub("", text)
                    given[at], count = quoted(text) if MARK in text else text, count + 1
                    self.log.change("masked", self._spot(at, heading), was=given[at], became=given[at])
        if count:
            self.log.drop(self.sheet.place, heading.at, heading.text, count)
        return given


def _written(cell: Any) -> Any:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else cell


def _countable(read: Reading, column: Column, *, certain: bool) -> Reading:
    """Return a column of numbers without those of persons, and without counts that none reaches below a heading of forms."""
    limit = float("inf") if certain or column.type is not Type.whole else _TOO_MANY
    large = {value for value in set(read.values) if value is not None and abs(value) >= _TOO_MANY}
    wrong = {value for value in large if abs(value) >= limit or MARK in quoted(value)}
    if not wrong:
        return read
    many = {at for at, value in enumerate(read.values) if value in wrong}
    values = [None if at in many else value for at, value in enumerate(read.values)]
    kind = "not_count" if column.type is Type.whole else "not_amount"
    return read._replace(values=values, wrong=[*read.wrong, *((at, kind) for at in sorted(many))])


def _harmless(cell: object, column: Column) -> object:
    """Return a cell that could not be read as a message may quote it."""
    if column.type in (*NUMBERS, Type.date):
        return of_figures(cell)
    return MARK if isinstance(cell, str) and mask(cell)[1] else cell


def hints(column: Column) -> dict[str, Term]:
    """Return the words that a fault of a column's cell is filled with."""
    made = {"type": column.type.term}
    if column.codes is not None:
        made["known"] = Term("、".join(m.term.zh for m in column.codes), ", ".join(m.term.en for m in column.codes))
    return made


# ------------------------------------------------------------------ parts


def _parts(read: _Cells, columns: dict[str, list[Any]], told: Mapping[str, Told]) -> Iterator[Part]:
    """Yield the sheet's part of its own table, and, of a sheet of bodies with columns of branches, the branches that they tell."""
    place, table, rows = read.sheet.place, read.sheet.table, [number + 1 for number in read.body.data]
    where = {reads: (told[reads].heading.at, told[reads].heading.text) for reads in columns}
    own = Part(table, place, rows, firm=frozenset(name.partition("/")[2] for name in columns if told[name].certain))
    own.told = where
    for reads, cells in columns.items():
        of, _, name = reads.partition("/")
        if of == table:
            own.cells[name], own.where[name] = cells, where[reads]
            own.until[name] = read.until.get(reads, {})
        if of == CHECK or READABLE[reads].type is Type.whole:
            own.checked[reads] = cells
    _also(read, own)
    _grouped(read, own)
    others = {reads.partition("/")[2]: cells for reads, cells in columns.items() if reads.partition("/")[0] not in (table, CHECK)}
    if table == "organisations" and others:
        branch = Part("branches", place, rows, derived=True, owner=own)
        branch.cells = others
        branch.where = {name: where[f"branches/{name}"] for name in others}
        branch.until = {name: read.until.get(f"branches/{name}", {}) for name in others}
        _also(read, branch)
        yield branch
        own.where.setdefault("branch_id", where.get("branches/branch_id", where.get("branches/name", (-1, ""))))
    yield own


def _also(read: _Cells, part: Part) -> None:
    """Put what words said of another column there, where it is empty."""
    for target, values in read.also.items():
        of, _, name = target.partition("/")
        if of == part.table:
            cells = part.cells.setdefault(name, [None] * len(part.rows))
            for at, value in values.items():
                spot = Spot(part.place, part.rows[at], *part.where.get(name, (-1, name)))
                if cells[at] is None:
                    cells[at] = value
                    read.log.change("also", spot, was=None, became=value)
                elif cells[at] != value:
                    read.log.at("also_differs", spot, value=cells[at], other=value)
                    cells[at] = None


def _grouped(read: _Cells, own: Part) -> None:
    """Put the texts of group rows, or the name of a sheet that is a township, into the column that they belong to."""
    place = read.sheet.place
    if own.table != "organisations":
        return
    shown = {label: label if MARK not in quoted(label) else "" for label in set(read.body.groups.values())}
    labels = [shown[read.body.groups[number]] for number in read.body.data]
    kinds = words("organisations/kind")
    if any(labels):
        target = "township" if _are_townships(set(labels) - {""}) else "group"
        target = "sector" if all(_SECTOR.fullmatch(label) for label in labels if label) else target
        target = "kind" if all(folded(label) in kinds for label in labels if label) else target
        if not any(cell is not None for cell in own.cells.get(target, ())):
            own.cells[target] = [(kinds[folded(label)][0] if target == "kind" else label) if label else None for label in labels]
            for at, cell in enumerate(own.cells[target]):
                if cell is not None:
                    read.log.change("group_row", Spot(place, own.rows[at], heading=target), was=labels[at], became=cell)
    if place.shown == place.sheet.strip() and TOWNSHIP.fullmatch(place.shown) and "township" not in own.cells:
        own.cells["township"] = [place.sheet.strip()] * len(own.rows)
        for number in own.rows:
            read.log.change("sheet_name", Spot(place, number, heading="township"), was=place.sheet, became=place.sheet)


def _are_townships(labels: Set[str]) -> bool:
    """Whether all are townships; the office of one (城关办) only beside others that are."""
    sure = {label for label in labels if TOWNSHIP.fullmatch(label)}
    return bool(sure) and all(map(is_office, labels - sure))


_COUNTED = re.compile(r"(?:社会组织|社会团体|社团|民办非企业单位|民非|基金会|协会|组织)(?:总|个|家)?数量?|总?家数")
_HOW_MANY = re.compile(r"(?:总|个|家)?数量?")


def counted_in(header: Header) -> Heading | None:
    """Return the heading of a number of organisations, which only a summary has.

    >>> counted_in(Header(0, 0, [Heading(0, 0, ("单位名称",)), Heading(0, 1, ("社会组织数（个）",))])).at
    1
    """
    for heading in header.columns:
        *groups, leaf = [bare(folded(text)) for text in heading.path]
        if _COUNTED.fullmatch(leaf) or (groups and _COUNTED.fullmatch(f"{groups[-1]}数") and _HOW_MANY.fullmatch(leaf)):
            return heading
    return None


def is_summary(part: Part) -> bool:
    """Whether the rows of bodies are townships instead: a summary, whose numbers would count a second time."""
    names = [name for name in part.cells.get("name", ()) if name is not None]
    return part.table == "organisations" and len(names) > 1 and all(map(TOWNSHIP.fullmatch, names))
