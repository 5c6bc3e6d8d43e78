"""The parts of a ledger put together: sheets of one kind joined, branches told by their bodies, names that point made numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import NoneType
from typing import Any

import numpy as np
import pandas as pd

from analysis.headings import folded, words
from analysis.logbook import Logbook, Spot, cut
from analysis.register import by_place, row_numbers
from analysis.schema import KEYS, TABLES, UNTIL, Column, Coverage, Form, Type
from analysis.sheets import Part

_PLAIN = re.compile("[一-鿿0-9]+")
# any of these filled shows that a Party organisation exists
_SHOWS = ("branch_id", "level", "form", "founded_on", "last_election_on")
_NONE = {"无", "否", "未建", "x", "×", "✗", "✘"}
_LACKING = re.compile(
    r"(?:未|尚未|没有|无|暂无|拟|拟于.*|正在|正|应建未|不?(?:具备|符合).*|党员不足.*|不足.*人.*)(?:建|成立|组建|设立|党|支部|筹建|筹备|条件|未建)|筹[建备]中?$|已?(?:撤销|解散|注销)$"
)
_NAMELESS = _NONE | {"有", "是", "已建", "√", "✓", "✔", "☑", "v", "●"}
_NO_PARTY = re.compile(r"(?=.*[一-鿿])[^党支委组部]*|与.*联合|挂靠.*|见.*|详见.*")  # how the name of no Party organisation reads
_LONGEST_WORD = 12  # a longer text is a name
_FORMS = {Coverage.own.name: Form.own.name, Coverage.joint.name: Form.joint.name}
_DTYPES = {Type.whole: "Int64", Type.money: "Float64", Type.percent: "Float64", Type.yes_no: "boolean", Type.date: "object"}


@dataclass
class Table:
    """A table put together: its cells by column, and the parts and positions that each row comes from."""

    name: str
    rows: list[list[tuple[Part, int]]] = field(default_factory=list)
    cells: dict[str, list[Any]] = field(default_factory=dict)
    until: dict[str, dict[int, date]] = field(default_factory=dict)
    numbered: bool = False
    made: Container[int] = ()  # the rows whose numbers are ours
    disputed: set[tuple[int, str]] = field(default_factory=set)  # cells of which rows say different things
    parts: dict[int, Part] = field(default_factory=dict)  # those that rows come from, by identity

    def spot(self, row: int, column: str) -> Spot:
        """Return where a cell stands: sheet, row from 1, column from 0 and heading; -1 without a column of its own."""
        for part, at in self.rows[row]:
            if (where := part.where.get(column)) is not None:
                return Spot(part.place, part.rows[at], *where)
        part, at = self.rows[row][0]
        return Spot(part.place, part.rows[at])

    def frame(self) -> pd.DataFrame:
        """Return the cells as a frame in the types of the schema."""
        names = dict.fromkeys((*TABLES[self.name], *self.cells))
        made = {name: _series(self.cells.get(name), _dtype(TABLES[self.name].get(name)), len(self.rows)) for name in names}
        for name, days in self.until.items():
            if days:
                made[f"{name}{UNTIL}"] = pd.Series(list(map(days.get, range(len(self.rows)))), dtype="object")
        return pd.DataFrame(made, index=range(len(self.rows)), copy=False)

    def extend(self, part: Part, taken: Sequence[int] | None = None) -> None:
        """Add rows of a part: all of them, or those at the positions taken."""
        before = len(self.rows)
        taken = range(len(part.rows)) if taken is None else taken
        self.rows += [[(part, at)] for at in taken]
        self.parts |= {id(part): part} if taken else {}
        for name in dict.fromkeys((*self.cells, *part.cells)):
            mine = self.cells.setdefault(name, [None] * before)
            given = part.cells.get(name, [None] * len(part.rows))
            mine += given if len(taken) == len(given) else [given[at] for at in taken]
        new = {at: before + place for place, at in enumerate(taken)} if any(part.until.values()) else {}
        for name, days in part.until.items():
            self.until.setdefault(name, {}).update({new[at]: day for at, day in days.items() if at in new})

    def clear(self, row: int, column: str) -> None:
        """Leave a cell unknown for good: rows that follow do not fill it again."""
        self.cells[column][row] = None
        self.until.get(column, {}).pop(row, None)
        self.disputed.add((row, column))

    def fill(self, row: int, part: Part, at: int) -> list[str]:
        """Put a part's cells into a row where it has none; return the columns in which the two differ."""
        self.rows[row].append((part, at))
        self.parts[id(part)] = part
        differ = []
        for name, cells in part.cells.items():
            mine = self.cells.setdefault(name, [None] * len(self.rows))
            if mine[row] is None and (row, name) not in self.disputed:
                mine[row] = cells[at]
                if at in part.until.get(name, {}):
                    self.until.setdefault(name, {})[row] = part.until[name][at]
            elif mine[row] is not None and cells[at] is not None and cells[at] != mine[row] and name != "name":
                differ.append(name)
        return differ


def _series(cells: Sequence[Any] | None, dtype: Any, rows: int) -> pd.Series:
    made: pd.Series
    if cells is None:
        made = pd.Series(None, index=range(rows), dtype=dtype)
    elif dtype in ("string", "object") or not set(map(type, cells)) <= {int, float, bool, NoneType}:
        made = pd.Series(cells, dtype=dtype)
    else:  # whole numbers are below 2**53, and null is no number
        made = pd.Series(np.array(cells, dtype=float)).astype(dtype)
    return made


def _dtype(column: Column | None) -> str:
    return "string" if column is None else _DTYPES.get(column.type, "string")


def _spot(part: Part, at: int, name: str) -> Spot:
    return Spot(part.place, part.rows[at], *part.where.get(name, (-1, "")))


def spelling(name: object) -> str:
    """Return a name without what offices write in more than one way: width, blanks, brackets, the Party's name, the committee's.

    >>> spelling("中共 甲协会（县）支部委员会") == spelling("甲协会(县)党支部")
    True
    """
    plain = str(name)
    if not _PLAIN.fullmatch(plain):
        plain = re.sub(r"[\s()\[\]〔〕【】《》<>“”\"'·.]+", "", unicodedata.normalize("NFKC", plain)).casefold()
    plain = plain.removeprefix("中国共产党").removeprefix("中共")
    for ending in ("支部委员会", "党支部"):
        if plain.endswith(ending):
            return f"{plain.removesuffix(ending)}支部"
    return plain


def joined(log: Logbook, parts: Sequence[Part]) -> dict[str, Table]:
    """Return the tables that the parts make."""
    tables: dict[str, Table] = {}
    own = {name: [part for part in parts if part.table == name and not part.derived] for name in TABLES}
    for name, mine in own.items():
        for part in mine:
            if name not in tables:
                tables[name] = Table(name)
            _add(log, tables[name], part)
    derived = [part for part in parts if part.derived]
    if derived:
        apart = "branches" in tables
        branches = tables.setdefault("branches", Table("branches"))
        for part in derived:
            _tell_branches(log, tables["organisations"], branches, part, apart=apart)
        _form_by_coverage(log, tables["organisations"], branches)
        if not branches.rows:
            del tables["branches"]
    for table in tables.values():
        _number(table)
    if "organisations" in tables:
        _told_apart(log, tables["organisations"])
    for table in tables.values():
        _point(log, tables, table)
    if "organisations" in tables:
        _covered_by_a_branch(log, tables["organisations"], tables.get("branches"))
    return tables


def _add(log: Logbook, table: Table, part: Part) -> None:
    """Add a part's rows; one that tells other things of the same bodies is joined to their rows by name."""
    if not table.rows:
        table.extend(part)
        return
    known = _once([None if name is None else spelling(name) for name in table.cells.get("name", ())], range(len(table.rows)))
    times = Counter(spelling(name) for name in part.cells.get("name", ()) if name is not None)
    mine = [name for name, count in times.items() if count == 1]
    common = (set(table.cells) & set(part.cells)) - {"name", KEYS[table.name], "uscc"}
    again = sum(name in known for name in mine)
    if not known or common or 2 * again < min(len(known), len(mine)) or not again:
        table.extend(part)
        return
    found = [known.get(spelling(name)) if name is not None and times[spelling(name)] == 1 else None for name in part.cells["name"]]
    for at, row in enumerate(found):
        told_apart = row is not None and any(
            cells[at] is not None and table.cells.get(name, {row: None})[row] not in (None, cells[at])
            for name, cells in part.cells.items()
            if name in (KEYS[table.name], "uscc")
        )
        if told_apart:
            log.at("other_number", _spot(part, at, "name"), value=part.cells["name"][at])
            found[at] = None
        elif row is not None:
            table.fill(row, part, at)
    table.extend(part, [at for at, row in enumerate(found) if row is None])


def _tell_branches(log: Logbook, bodies: Table, branches: Table, part: Part, *, apart: bool) -> None:
    """Add the branches that rows of bodies tell, one for each name; with a table of branches, a name alone only points there."""
    start = next((row for row, origin in enumerate(bodies.rows) if any(source is part.owner for source, _ in origin)), len(bodies.rows))
    rows = {at: row for row, origin in enumerate(bodies.rows[start:], start) for source, at in origin if source is part.owner}
    pointers = bodies.cells.setdefault("branch_id", [None] * len(bodies.rows))
    names = _named(log, bodies, part, rows, pointing=apart)  # beside a table of branches, a name only points there
    there = {spelling(name): row for row, name in enumerate(branches.cells.get("name", ())) if name is not None}
    first: dict[str, int] = {}
    again: list[tuple[int, str]] = []
    for at, name in enumerate(names):
        if name is None:
            continue
        key = spelling(name)
        if key not in there and not apart and key not in first:
            first[key] = at
        elif key in there or key in first:
            again.append((at, key))
        if pointers[rows[at]] is None:
            pointers[rows[at]] = name if key not in first else names[first[key]]
    there |= {key: len(branches.rows) + place for place, key in enumerate(first)}
    branches.extend(part, list(first.values()))
    for at, key in again:
        row, name = there[key], names[at]
        if branches.cells["name"][row] != name:
            log.change("one_branch", _spot(part, at, "name"), was=name, became=branches.cells["name"][row])
        for column in branches.fill(row, part, at):
            log.at("branch_differs", _spot(part, at, column), value=part.cells[column][at], other=cut(branches.cells[column][row]))
            branches.clear(row, column)
        pointers[rows[at]] = branches.cells["name"][row] if pointers[rows[at]] == name else pointers[rows[at]]


def _named(log: Logbook, bodies: Table, part: Part, rows: Mapping[int, int], *, pointing: bool) -> list[str | None]:
    """Return the name of the Party organisation that each row of bodies tells of, or points to; after its body where it has none."""
    names = part.cells.setdefault("name", [None] * len(part.rows))
    general = set(words("branches/level")) | set(words("branches/form")) | _NAMELESS
    said = bodies.cells.get("party_organisation", [None] * len(bodies.rows))
    pointers = bodies.cells["branch_id"]
    shows = [part.cells[name] for name in _shows(log, bodies, part, rows) if name in part.cells]
    shared = _shared(bodies, part, rows)
    for at in range(len(names)):
        name = names[at]
        word = folded(name) if name is not None and len(name) <= _LONGEST_WORD else ""
        if word and (word in _NONE or _LACKING.match(word)):
            name = names[at] = None
        there = name is not None or any(cells[at] is not None for cells in shows)
        row = rows[at]
        if said[row] is False and there:
            filled = [column for column in ("name", *_SHOWS) if column in part.where and part.cells[column][at] is not None]
            shown = next(iter(filled), "name")
            log.at("branch_denied", _spot(part, at, shown), value=part.cells[shown][at])
        if said[row] is False or not (there or said[row]):
            names[at] = None
        elif name is not None and word not in general:
            _doubt_name(log, part, at, pointing=pointing)
        elif pointers[row] is None and ((pointing and there) or at in shared):
            names[at] = None
            _not_told(log, bodies, part, at, row)
        elif pointing or pointers[row] is not None:
            names[at] = None if pointing else pointers[row]  # another sheet has named it
        else:
            names[at] = f"{bodies.cells['name'][row] or part.rows[at]}党组织"
            log.change("named_after", _spot(part, at, "name"), was=name, became=names[at])
    return names


def _shows(log: Logbook, bodies: Table, part: Part, rows: Mapping[int, int]) -> Sequence[str]:
    """Return the columns that show a Party organisation; not a day of election where nothing else does, for councils hold some, too."""
    others = [name for name in _SHOWS if name != "last_election_on"]
    if {"name", *others} & part.where.keys() or {"party_organisation", "coverage"} & bodies.cells.keys():
        return _SHOWS
    for at, day in enumerate(part.cells.get("last_election_on", ())):
        if day is not None and bodies.cells["branch_id"][rows[at]] is None:
            log.at("whose_election", _spot(part, at, "last_election_on"), value=day)
    return others


def _doubt_name(log: Logbook, part: Part, at: int, *, pointing: bool) -> None:
    """Note a name that does not read as that of a Party organisation; one that only points is looked for anyway."""
    name = part.cells["name"][at]
    if _NO_PARTY.fullmatch(name) and not pointing:
        log.at("branch_word", _spot(part, at, "name"), value=name)


def _shared(bodies: Table, part: Part, rows: Mapping[int, int]) -> set[int]:
    """Return the rows of bodies whose Party organisation is not theirs alone: one without a name must not be called after them."""
    coverage = bodies.cells.get("coverage", [None] * len(bodies.rows))
    forms = part.cells.get("form", [None] * len(part.rows))
    covered, formed = {Coverage.joint.name, Coverage.attached.name}, {Form.joint.name, Form.functional.name}
    return {at for at, row in rows.items() if coverage[row] in covered or forms[at] in formed}


def _not_told(log: Logbook, bodies: Table, part: Part, at: int, row: int) -> None:
    """Note a Party organisation of which a row tells, but not which one it is."""
    filled = next((name for name in part.where if part.cells[name][at] is not None), None)
    spot = bodies.spot(row, "coverage") if filled is None else _spot(part, at, filled)
    log.at("branch_unnamed", spot, value="" if filled is None else part.cells[filled][at])


def _form_by_coverage(log: Logbook, bodies: Table, branches: Table) -> None:
    """Tell a branch's form by the coverage of its bodies, where nothing else does and they agree."""
    said: dict[str, str | None] = {}
    differ = set()
    for name, coverage in zip(bodies.cells["branch_id"], bodies.cells.get("coverage", [None] * len(bodies.rows)), strict=True):
        if name is not None and said.setdefault(name, coverage) != coverage:
            differ.add(name)
    forms = branches.cells.setdefault("form", [None] * len(branches.rows))
    for row, name in enumerate(branches.cells["name"]):
        if forms[row] is None and name not in differ and (form := _FORMS.get(said.get(name) or "")):
            forms[row] = form
            log.change("form_of_coverage", branches.spot(row, "form"), was=None, became=form)


def _number(table: Table) -> None:
    """Give every row a number: its own; else its credit code, where each has one; else what stands for one."""
    key, count = KEYS[table.name], len(table.rows)
    cells = table.cells.get(key, [])
    codes, names = table.cells.get("uscc", []), table.cells.get("name", [None] * count)
    if any(cell is not None for cell in cells):
        # a registration number that an office left out is no fault of the row
        if all(key not in part.firm for part in table.parts.values()):
            table.made = {row for row, cell in enumerate(cells) if cell is None}
        for row, made in enumerate(row_numbers(names, cells)) if table.made else ():
            cells[row] = made if cells[row] is None else cells[row]
    elif count and len({code for code in codes if code is not None}) == count:
        table.cells[key] = list(codes)
    else:
        table.cells[key] = row_numbers(names)
        table.numbered, table.made = any(map(by_place, table.cells[key])), range(count)


def _told_apart(log: Logbook, table: Table) -> None:
    """Note bodies of one name of which one has no number of its own: they would count twice."""
    first: dict[str, int] = {}
    for row, name in enumerate(table.cells.get("name", ()) if table.made else ()):
        earlier = row if name is None else first.setdefault(spelling(name), row)
        if earlier != row and (row in table.made or earlier in table.made):
            log.at("body_twice", table.spot(row, "name"), value=name, other=table.spot(earlier, "name").address)


def _point(log: Logbook, tables: dict[str, Table], table: Table) -> None:
    """Put numbers for the names by which rows point to other rows, where a name stands once and is no number."""
    for name, column in TABLES[table.name].items():
        other = tables.get(column.of)
        if other is None or name not in table.cells:
            continue
        known, names = set(other.cells[KEYS[column.of]]), other.cells.get("name", [])
        named = set(table.cells[name]) - known - {None}
        if not named:
            continue
        by_name = _once(names, other.cells[KEYS[column.of]])
        # rows that nobody numbered are pointed to by their place, too
        places = {str(row): key for row, key in enumerate(other.cells[KEYS[column.of]], 1)} if isinstance(other.made, range) else {}
        elsewhere = named - by_name.keys()
        spelt = [None if each is None else spelling(each) for each in names] if elsewhere else []
        by_spelling = _once(spelt, other.cells[KEYS[column.of]])
        for row, cell in enumerate(table.cells[name]):
            if cell is None or cell in known:
                continue
            found = by_name.get(cell)
            if found is None and (found := by_spelling.get(spelling(cell))) is not None:
                rule = "one_branch" if column.of == "branches" else "one_body"
                log.change(rule, table.spot(row, name), was=cell, became=found)
            found = places.get(str(cell)) if found is None else found
            if found is not None:
                table.cells[name][row] = found


def _covered_by_a_branch(log: Logbook, bodies: Table, branches: Table | None) -> None:
    """Note of bodies whose branch is given without a form of coverage that they have a Party organisation (C40).

    A functional branch is none. In a template's own column of coverage, an empty cell is left as it is: somebody did not know.
    """
    forms = {} if branches is None else dict(zip(branches.cells[KEYS["branches"]], branches.cells.get("form", ()), strict=False))
    empty = [None] * len(bodies.rows)
    coverage, given = bodies.cells.get("coverage", empty), bodies.cells.get("branch_id", empty)
    said = bodies.cells.get("party_organisation", empty)
    asked = {key for key, part in bodies.parts.items() if "coverage" in part.firm}
    for row, branch in enumerate(given):
        known = branch is None or coverage[row] is not None or said[row] is not None or forms.get(branch) == Form.functional.name
        if known or any(id(part) in asked for part, _ in bodies.rows[row]):
            continue
        bodies.cells.setdefault("party_organisation", said)[row] = True
        log.change("covered", bodies.spot(row, "branch_id"), was=None, became=True)


def _once(names: Iterable[Any], keys: Iterable[Any]) -> dict[Any, Any]:
    pairs = [(name, key) for name, key in zip(names, keys, strict=False) if name is not None]
    times = Counter(name for name, _ in pairs)
    return {name: key for name, key in pairs if times[name] == 1}
