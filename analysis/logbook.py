"""What is noted while a ledger is read: faults, the trail of cells read another way than written, what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from analysis.cells import RULES, Reading, Rule
from analysis.faults import CELLS, Fault, fault
from analysis.grid import cell_name, column_name
from analysis.mapping import Line
from analysis.model import Severity, Term
from analysis.persons import MARK, quoted
from analysis.wording import plain

_SHOWN = 60  # characters of a value in a message

# how cells are read that do not hold themselves what is read
LAYOUT_RULES: dict[str, Rule] = {
    "filled_down": Rule(Term("合并单元格的值填到各行", "the value of merged cells is filled down")),
    "ditto": Rule(Term("“〃”“同上”读作上一格", "a mark of repetition is read as the cell above")),
    "unit_above": Rule(Term("按表头上方写的单位换算", "the number is multiplied by the unit that a line above the table names")),
    "fraction": Rule(Term("整列都不大于 1，按比例读：0.93 是 93%", "no number of the column is above 1: read as shares, 0.93 as 93%")),
    "merged_count": Rule(Term("几行合填一个数，各行按不知道处理", "one number for several rows: each is left unknown"), doubtful=True),
    "group_row": Rule(Term("分组行的文字成为一列", "the text of a group row becomes a column")),
    "sheet_name": Rule(Term("工作表的名称作为所在镇", "the name of the sheet is taken as the township")),
    "ticked": Rule(Term("打勾的一栏读作选项", "the heading that is ticked is read as the code")),
    "area": Rule(Term("有面积的读作有", "a size above nothing is read as yes")),
    "also": Rule(Term("同一个词还说明了这一列", "the same word says this, too")),
    "form_of_coverage": Rule(
        Term("支部的组建形式由所覆盖组织的覆盖形式得出", "the form of the branch follows from the coverage of its body")
    ),
    "named_after": Rule(Term("没有名称的党组织以所在组织命名", "a Party organisation without a name is called after its body")),
    "covered": Rule(Term("填了所属支部，读作有党组织", "a body whose branch is given has a Party organisation")),
    "one_branch": Rule(Term("名称写法不同而视为同一支部", "two spellings of a name are taken as one branch"), doubtful=True),
    "one_body": Rule(Term("名称写法不同而视为同一组织", "two spellings of a name are taken as one body"), doubtful=True),
    "masked": Rule(Term("证件号码、电话、邮箱已删去", "identity numbers, phones and addresses are taken out")),
}
ALL_RULES = RULES | LAYOUT_RULES
_DOUBTFUL = {code for code, rule in ALL_RULES.items() if rule.doubtful}
TRAIL = ("file", "sheet", "cell", "heading", "was", "became", "rule", "what_zh", "what_en")
DROPPED = ("file", "sheet", "column", "heading", "cells")


class Place(NamedTuple):
    """A sheet of a file, with its order among all that are read."""

    order: int
    file: str
    sheet: str = ""

    @property
    def shown(self) -> str:
        """The sheet's name as it is shown: one that is a person's is not."""
        return cut(self.sheet)


class Spot(NamedTuple):
    """A cell of a sheet: its row from 1, its column from 0 (-1 without one), and the heading of that."""

    place: Place
    row: int
    at: int = -1
    heading: str = ""

    @property
    def address(self) -> str:
        """The sheet and cell, as a message names another cell."""
        return plain(f"{self.place.shown} {cell_name(self.row - 1, max(self.at, 0))}".strip())


def cut(value: object) -> str:
    """Return a value as a message shows it: one line, harmless, without persons, not too long."""
    if isinstance(value, str):
        return _cut(value)
    whole = isinstance(value, float) and value.is_integer()
    return _cut(plain(quoted(int(value) if whole else value)))  # type: ignore[call-overload]


@lru_cache(maxsize=100_000)
def _cut(value: str) -> str:
    text = plain(quoted(plain(value)))  # made plain first: an invisible character must not hide a name
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


@dataclass
class Logbook:
    """The notes on one ledger; rows count from 1 and columns from 0."""

    name: str
    progress: Callable[[str], None]
    lenient: bool = False  # a cell that cannot be read is a warning, not an error
    found: list[tuple[tuple[int, int, int], Fault]] = field(default_factory=list)
    changes: list[tuple[Spot, Any, Any, str]] = field(default_factory=list)
    columns: list[tuple[Spot, list[int], Sequence[Any], Reading, bool]] = field(default_factory=list)
    dropped: list[tuple[Place, int, str, int]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def add(self, kind: str, place: Place, row: int = 0, at: int = -1, *, heading: str = "", value: object = "", **words: Any) -> None:
        """Note a fault."""
        cell = cell_name(row - 1, at) if row and at >= 0 else ""
        line = row if row and not cell else None
        made = fault(kind, plain(place.file), line=line, column=cut(heading) if heading else "", value=cut(value), **words)
        if self.lenient and kind in CELLS:
            made = made._replace(severity=Severity.warning)
        self.found.append(((place.order, row, at), made._replace(sheet=place.shown, cell=cell, kind=kind)))

    def at(self, kind: str, spot: Spot, *, value: object = "", **words: Any) -> None:
        """Note a fault of a cell."""
        self.add(kind, *spot[:3], heading=spot.heading, value=value, **words)

    def kinds(self, place: Place) -> set[str]:
        """Return the kinds of fault noted on a sheet."""
        return {made.kind for (order, _, _), made in self.found if order == place.order}

    def change(self, rule: str, spot: Spot, *, was: object, became: object) -> None:
        """Note a cell that is read another way than it is written; a doubtful rule is a warning at the cell, too."""
        self.changes.append((spot, was, became, rule))
        if rule in _DOUBTFUL:
            said = ALL_RULES[rule].term
            self.at("doubtful_cell", spot, value=was, rule=said, became=cut(_shown(became)) or "—")

    def change_all(self, spot: Spot, rows: list[int], given: Sequence[Any], read: Reading, *, secret: bool) -> None:
        """Note the changes of a whole column: the row of each, the cells as they were, and as they were read."""
        self.columns.append((spot, rows, given, read, secret))
        for row, (at, rule) in zip(rows, read.changed, strict=True):
            if rule in _DOUBTFUL:
                became = cut(_shown(_became(read, at))) or "—"
                self.at("doubtful_cell", spot._replace(row=row), value=given[at], rule=ALL_RULES[rule].term, became=became)

    def drop(self, place: Place, at: int, heading: str, cells: int) -> None:
        """Note a column of persons that is not read, or cells of one from which numbers of persons were taken."""
        self.dropped.append((place, at, cut(heading), cells))
        column = column_name(at)
        self.left_out(
            place,
            Term(
                f"列“{cut(heading)}”（{column}）的个人信息（{cells} 格）", f"what column '{cut(heading)}' says of persons ({cells} cells)"
            ),
        )

    def left_out(self, place: Place, what: Term) -> None:
        """Say that a column or sheet is not read."""
        where = ", ".join(part for part in (plain(place.file), place.shown) if part)
        self.progress(f"{where}: {what.zh}，未读入 · {what.en} was left out")

    @property
    def faults(self) -> list[Fault]:
        """Every fault in the order of sheets, rows and columns."""
        return [made for _, made in sorted(self.found, key=lambda item: item[0])]

    @property
    def refused(self) -> bool:
        """Whether there is an error, so that the ledger cannot be used as it is."""
        return any(made.severity is Severity.error for _, made in self.found)

    def used(self) -> Counter[str]:
        """Return how many cells each rule was used for."""
        return Counter([rule for _, _, _, rule in self.changes] + [rule for *_, read, _ in self.columns for _, rule in read.changed])

    def trail(self) -> pd.DataFrame:
        """Return every change as a table: where, what the cell was and became, by which rule."""
        records = []
        for (place, row, at, heading), was, became, rule in sorted(self._every(), key=lambda change: (change[0][0].order, *change[0][1:3])):
            cell = cell_name(row - 1, at) if at >= 0 else ""
            where = (cut(place.file), place.shown, cell, cut(heading))
            records.append((*where, cut(_shown(was)), cut(_shown(became)), rule, *ALL_RULES[rule].term))
        return pd.DataFrame(records, columns=list(TRAIL), dtype="object")

    def _every(self) -> Iterator[tuple[Spot, Any, Any, str]]:
        yield from self.changes
        for spot, rows, given, read, secret in self.columns:
            for row, (at, rule) in zip(rows, read.changed, strict=True):
                was = named(given[at]) if secret and rule == "named" else given[at]
                yield spot._replace(row=row), was, _became(read, at), rule

    def persons(self) -> pd.DataFrame:
        """Return which columns of persons were not read, and how many cells: never what stood there."""
        records = [(plain(p.file), p.shown, column_name(at), head, n) for p, at, head, n in self.dropped]
        return pd.DataFrame(records, columns=list(DROPPED))


def _became(read: Reading, at: int) -> object:
    return f"{read.values[at]} … {read.until[at]}" if at in read.until else read.values[at]


def _shown(value: object) -> object:
    if value is None:
        return ""
    return {True: "是 · yes", False: "否 · no"}[value] if isinstance(value, bool) else value


def named(value: object) -> str:
    """Return what stands in a trail for a cell that holds a name."""
    return MARK if str(value).strip() else ""
