"""A year later: the illustrative register moved on by chance that repeats, for trying out what two dates show."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from analysis.example import MAKERS, Dice, Row
from analysis.model import AnalysisError, Evidence
from analysis.register import Register
from analysis.schema import TABLES, Coverage, Form, Level, OrganisationKind

Tables = dict[str, list[Row]]
# in so many organisations one goes, and one more than these come (E9)
_GOES = 20
_FEW = 10  # in smaller registers nobody goes and nobody is renumbered
# columns that nothing else in a row hangs on: a cell of them can be filled, or be lost, alone (E10)
_FREE = {
    "organisations": ("sector", "township", "inspection", "activity_room", "budget"),
    "branches": ("in_leadership", "secretary_age", "secretary_education", "meetings_12m", "classes_12m", "organisation_life_12m",
                 "appraisal_12m", "written_rules", "joined_work", "satisfaction"),
}  # fmt: skip
_FILLED, _LOST = 30, 2  # of 100 empty cells filled, of 100 filled ones lost
# what is 'no' becomes 'yes' in so many of 100 rows (E11)
_MENDED = {"organisations": {"activity_room": 20}, "branches": {"written_rules": 25, "joined_work": 25, "in_leadership": 10}}
_TRAINED, _ELECTED, _JOINED, _FEWER = 60, 50, 25, 30


def example_later(register: Register, *, seed: int = 1) -> Register:
    """Return an illustrative register a year later: some rows come and go, cells are filled, elections held, secretaries trained.

    No row is a finding. What real pairs of ledgers have is there, too: an organisation that is new though it was registered
    before the first date, and one under a new number (E9 to E11).

    Parameters
    ----------
    register
        An illustrative register of pandas frames, as `example_register` makes it.
    seed
        Another one gives another year; the same one gives the same rows everywhere.

    Raises
    ------
    AnalysisError
        If the register is not marked illustrative: nobody's own ledger is made up further.

    >>> from analysis.example import example_register
    >>> from analysis.report import Report
    >>> one = example_register(Report.of("demo", organisations=42, branches=34, staff=900))
    >>> two = example_later(one)
    >>> one.as_of.isoformat(), two.as_of.isoformat(), one.rows("organisations"), two.rows("organisations"), two.evidence.name
    ('2012-12-31', '2013-12-31', 42, 43, 'ILLUSTRATIVE')
    """
    if register.evidence is not Evidence.ILLUSTRATIVE or register.as_of is None:
        raise AnalysisError(
            "Only an illustrative register can be moved on by a year: give one of example_register. · "
            "只有示例台账可以往后推一年：请给 example_register 生成的台账。"
        )
    dice, day = Dice(seed), _next_year(register.as_of)
    rows = {table: _records(getattr(register, table), table) for table in TABLES}
    for row in (row for table in TABLES for row in rows[table]):
        row |= {"day": day, "since": register.as_of}
    going = len(rows["organisations"]) // _GOES + (len(rows["organisations"]) >= _FEW)
    _lose(dice, rows, going - 1 if going else 0)
    _work(dice, rows)
    _mend(dice, rows)
    _renumber(rows)
    _gain(dice, rows, going, day, register.as_of)
    frames = {table: pd.DataFrame(rows[table], columns=list(TABLES[table])) for table in TABLES}
    return Register(frames["organisations"], frames["branches"], as_of=day, evidence=Evidence.ILLUSTRATIVE, place=register.place)


def _next_year(day: date) -> date:
    last = day.month == 2 and day.day == 29
    return date(day.year + 1, day.month, 28 if last else day.day)


def _records(frame: pd.DataFrame, table: str) -> list[Row]:
    cells = frame[list(TABLES[table])].astype("object")
    return [{name: _cell(value) for name, value in row.items()} for row in cells.to_dict("records")]  # type: ignore[misc]


def _cell(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


def _in_the_year(dice: Dice, row: Row) -> date:
    since: date = row["since"]
    return since + timedelta(days=1 + dice.below((row["day"] - since).days))


def _lose(dice: Dice, rows: Tables, count: int) -> None:
    """Take out some organisations that share no branch, and the branch of each (E9)."""
    kept = {row["branch_id"]: row["form"] == Form.own.name for row in rows["branches"]}
    for row in rows["branches"]:
        kept[row["parent_branch_id"]] = False
    own = [row for row in rows["organisations"] if row["branch_id"] is None or kept[row["branch_id"]]]
    gone = dice.order(own)[:count]
    numbers, branches = {row["org_id"] for row in gone}, {row["branch_id"] for row in gone} - {None}
    rows["organisations"] = [row for row in rows["organisations"] if row["org_id"] not in numbers]
    rows["branches"] = [row for row in rows["branches"] if row["branch_id"] not in branches]


def _work(dice: Dice, rows: Tables) -> None:
    """Hold overdue elections, train secretaries, take in members, send an instructor (E11)."""
    units: dict[object, list[Row]] = {}
    for row in rows["organisations"]:
        units.setdefault(row["branch_id"], []).append(row)
    for row in rows["branches"]:
        elected = row["last_election_on"]
        if elected is not None and (row["day"] - elected).days > 3 * 365 and dice.chance(_ELECTED):
            row["last_election_on"] = _in_the_year(dice, row)
        if dice.chance(_TRAINED):
            row["trained_on"] = _in_the_year(dice, row)
        if dice.chance(_JOINED) and units.get(row["branch_id"]):
            _join(row, units[row["branch_id"]][0])
    without = next((row for row in rows["organisations"] if row["coverage"] == Coverage.none.name), None)
    if without is not None:
        without |= {"coverage": Coverage.instructor.name, "instructor": True}
    for row in rows["organisations"]:
        # a large association whose staff are its members keeps both (E5)
        if row["association_members"] and (row["staff"] or 0) <= 100 and dice.chance(_FEWER):
            row["association_members"] -= row["association_members"] // 10


def _join(branch: Row, unit: Row) -> None:
    """Take in one full member, in the branch and in its organisation alike, so that both still add up."""
    for row, names in (
        (branch, ("members", "members_full")),
        (unit, ("members_held", "members_full", "members", "members_managed", "members_to_35")),
    ):
        row.update({name: row[name] + 1 for name in names if row[name] is not None})


def _mend(dice: Dice, rows: Tables) -> None:
    """Turn some 'no' into 'yes', fill some empty cells with what others in the column have, and lose a few (E10, E11)."""
    for table, names in _FREE.items():
        for name in names:
            known = [row[name] for row in rows[table] if row[name] is not None]
            for row in rows[table]:
                if row[name] is None:
                    row[name] = dice.pick(known) if known and dice.chance(_FILLED) else None
                elif dice.chance(_LOST):
                    row[name] = None
                elif row[name] is False and dice.chance(_MENDED[table].get(name, 0)):
                    row[name] = True


def _renumber(rows: Tables) -> None:
    """Give one organisation a new number, as a merger of offices does (E9)."""
    if len(rows["organisations"]) < _FEW:
        return
    row = rows["organisations"][-1]
    old, row["org_id"] = row["org_id"], f"N{row['org_id']}"
    for branch in rows["branches"]:
        if branch["host_org_id"] == old:
            branch["host_org_id"] = row["org_id"]


def _gain(dice: Dice, rows: Tables, count: int, day: date, since: date) -> None:
    """Add organisations of the year; the first has a branch of its own, the last was registered long before (E9)."""
    for number in range(1, count + 1):
        first = number == 1 and bool(rows["branches"])
        row: Row = {"org_id": f"T{day.year}{number:02}", "name": f"示例新学校{day.year}年{number:02}", "kind": OrganisationKind.private_nonprofit.name,
                    "coverage": (Coverage.own if first else Coverage.instructor).name, "branch_id": f"ZT{day.year}" if first else None,
                    "members_held": 3 + dice.below(4) if first else 0, "staff": 8 + dice.below(20), "day": day, "since": since}  # fmt: skip
        row |= {"members_full": row["members_held"], "members_to_35": row["members_held"], "members_36_to_59": 0, "members_from_60": 0}
        for name, maker in MAKERS["organisations"].items():
            row[name] = maker(dice, row)
        row["registered_on"] = since - timedelta(days=200) if number == count and count > 1 else _in_the_year(dice, row)
        rows["organisations"].append(row)
        if first:
            rows["branches"].append(_branch(dice, row))


def _branch(dice: Dice, unit: Row) -> Row:
    """Return the branch of a new organisation, founded and elected since its registration."""
    row: Row = {"branch_id": unit["branch_id"], "name": f"示例新支部{unit['day'].year}年", "level": Level.branch.name, "form": Form.own.name,
                "organisations_covered": 1, "units": [unit], "day": unit["day"], "demonstration": False}  # fmt: skip
    for name, maker in MAKERS["branches"].items():
        row[name] = maker(dice, row)
    return row | {"trained_on": _in_the_year(dice, unit), "last_election_on": row["founded_on"]}
