"""A register held against a report, figure by figure, and against itself, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import narwhals as nw
import pandas as pd

from analysis.facts import EVERY, UNKNOWN, Fact, amount, below, known, one_of, says_yes
from analysis.indicators import ELIGIBLE, INDICATORS, At, eligible, less, marks_of, organised
from analysis.metrics import rates, sums_of, total_of
from analysis.model import Agreement, Evidence, Interval, Lang, Severity, Term, named, number, result_rows
from analysis.register import Register, collect, day, last_day, shown
from analysis.report import Report
from analysis.schema import COLUMNS, KEYS, TABLES, Column, Coverage, Form, Level, OrganisationKind, Type
from analysis.settings import DEFAULT_SETTINGS, Settings


class _Basis(NamedTuple):
    """One way in which a register could give a published figure: the rows counted, or the column summed."""

    term: Term
    table: str
    counts: Callable[[At], Fact] | None = None
    adds: str = ""
    less: str = ""
    needs: tuple[str, ...] = ()
    rests_on: str = ""


def _rows(table: str, term: Term) -> _Basis:
    return _Basis(term, table, lambda at: EVERY)


def _coded(table: str, term: Term, **codes: str) -> _Basis:
    def fact(at: At) -> Fact:
        found = EVERY
        for name, code in codes.items():
            found = found & one_of(name, [code])
        return found

    return _Basis(term, table, fact, needs=tuple(f"{table}/{name}" for name in codes))


def _summed(column: str) -> _Basis:
    return _Basis(COLUMNS[column].term, column.partition("/")[0], adds=column, needs=(column,))


def _formed(form: Form, level: Level) -> list[_Basis]:
    return [
        _coded("branches", Term(f"{form.term.zh}、{level.term.zh}", f"{form.term.en}, {level.term.en}"), form=form.name, level=level.name)
    ]


_KINDS = {
    "associations": OrganisationKind.association,
    "private_nonprofits": OrganisationKind.private_nonprofit,
    "foundations": OrganisationKind.foundation,
}
_ALL_BRANCHES = _rows("branches", Term("支部表的全部行", "all rows of the branches"))

# what of a register each published quantity could be; where a report does not say which, each is held against it
BASES: dict[str, list[_Basis]] = {
    "organisations": [_rows("organisations", Term("组织表的全部行", "all rows of the organisations"))],
    **{key: [_coded("organisations", kind.term, kind=kind.name)] for key, kind in _KINDS.items()},
    "organisations_covered": [_Basis(Term("有党组织的组织", "organisations with a Party organisation"), "organisations",
                                     lambda at: organised(), needs=("organisations/coverage",))],
    "organisations_own": [_coded("organisations", Coverage.own.term, coverage="own")],
    "organisations_joint": [_coded("organisations", Coverage.joint.term, coverage="joint")],
    "staff": [_summed("organisations/staff")],
    "members": [_summed(f"organisations/{name}") for name in ("members_staff", "members_held", "members_managed", "members")] + [_summed("branches/members")],
    "members_probationary": [_Basis(Term("支部党员数减正式党员数", "members of the branch less full members"), "branches",
                                    adds="branches/members", less="branches/members_full", needs=("branches/members", "branches/members_full"))],
    "members_full": [_summed("organisations/members_full"), _summed("branches/members_full")],
    "party_organisations": [_ALL_BRANCHES],
    "branches": [_ALL_BRANCHES, _coded("branches", Level.branch.term, level="branch")],
    "own_committees": _formed(Form.own, Level.committee),
    "own_general_branches": _formed(Form.own, Level.general_branch),
    "own_branches": _formed(Form.own, Level.branch),
    "joint_general_branches": _formed(Form.joint, Level.general_branch),
    "joint_branches": _formed(Form.joint, Level.branch),
    "attached_branches": [_Basis(Term("填有挂靠单位的支部", "branches attached to another unit"), "branches", lambda at: Fact(known("attached_to"), UNKNOWN.no), needs=("branches/attached_to",))],
    "demonstration_sites": [_Basis(Term("示范点支部", "demonstration branches"), "branches", lambda at: says_yes("demonstration"), needs=("branches/demonstration",))],
}  # fmt: skip


def reconcile(register: Register, report: Report, *, settings: Settings = DEFAULT_SETTINGS) -> pd.DataFrame:
    """Return each published figure against what a register gives for it, with the cells that could explain a difference.

    Returns
    -------
    DataFrame, one row a figure and each basis that it could have in a register
        code (figure, or figure/number of the basis), figure, name_zh, name_en, unit, counted_as_zh, counted_as_en, printed_low,
        printed_high, low, high [the register's; high is null where empty cells leave it open], difference_low,
        difference_high [register less report; null where open], empty [cells that could explain it], agreement (agrees,
        possible, differs, not_held), needs (their columns), evidence, assumptions.

    >>> r = Register(pd.DataFrame({"name": list("ab"), "staff": [3, None]}))
    >>> reconcile(r, Report.of("demo", organisations=2, staff=5))[["figure", "low", "high", "agreement"]].values.tolist()
    [['organisations', 2, 2.0, 'agrees'], ['staff', 3, nan, 'possible']]
    """
    at = At(register.as_of, settings)
    records: list[dict[str, object]] = []
    for row in report.figures.to_dict("records"):
        figure = str(row["code"])
        printed = report.interval(figure)
        assert printed is not None
        bases = [basis for basis in _bases(figure, settings) if register.rows(basis.table)]
        about = {"figure": figure, "name_zh": row["name_zh"], "name_en": row["name_en"], "unit": row["unit"],
                 "printed_low": number(printed.low), "printed_high": number(printed.high)}  # fmt: skip
        for place, basis in enumerate(bases):
            code = figure if len(bases) == 1 else f"{figure}/{place + 1}"
            records.append(about | {"code": code, **_against(register, printed, basis, at)})
        if figure == "coverage" and register.rows("organisations"):
            records.append(about | {"code": figure, **_coverage(register, printed, settings)})
        elif not bases:
            empty = dict.fromkeys(("low", "high", "difference_low", "difference_high"), None)
            records.append(
                about
                | empty
                | {"code": figure, **named(Term("—", "—"), "counted_as"), "empty": 0, "agreement": Agreement.not_held.name, "needs": ""}
            )
    return result_rows(records, evidence=[Evidence.REPORT, register.evidence])


def _coverage(register: Register, printed: Interval, settings: Settings) -> dict[str, object]:
    """Return a stated coverage against the rate of organisations with a Party organisation [per cent]."""
    row = rates(register, settings=settings, only=["organisation_coverage"]).iloc[0]
    low, high = 100 * float(row["low"]), 100 * float(row["high"])
    meets = low <= printed.high and printed.low <= high
    agreement = Agreement.differs if not meets else Agreement.possible if row["unknown"] else Agreement.agrees
    return {
        **named(INDICATORS["organisation_coverage"].term, "counted_as"), "low": low, "high": high, "empty": int(row["unknown"]),
        "agreement": agreement.name, "difference_low": low - float(printed.high), "difference_high": high - float(printed.low),
        "needs": row["needs"], "evidence": row["evidence"], "assumptions": row["assumptions"],
    }  # fmt: skip


def _bases(figure: str, settings: Settings) -> list[_Basis]:
    """Return what of a register a figure could be; who is eligible is a setting."""
    if figure == "eligible_organisations":
        term = Term(f"应建组织：{settings.eligible.term.zh}", f"eligible organisations: {settings.eligible.term.en}")
        column, rule = ELIGIBLE[settings.eligible]
        return [_Basis(term, "organisations", eligible, needs=(f"organisations/{column}",), rests_on=f"C18 {rule}")]
    return BASES.get(figure, [])


def _against(register: Register, printed: Interval, basis: _Basis, at: At) -> dict[str, object]:
    """Return one basis of a figure: what the register gives, and how far it lies from what is printed."""
    if basis.counts is not None:
        fact = basis.counts(at)
        sums = sums_of(register, basis.table, {"yes": fact.yes, "open": ~(fact.yes | fact.no)})
        low, empty = sums["yes"], sums["open"]
        high: int | None = low + empty
    else:
        cell = amount(basis.adds.partition("/")[2])
        if basis.less:
            cell -= amount(basis.less.partition("/")[2])
        sums = sums_of(register, basis.table, {"sum": cell.value * cell.known.cast(nw.Int64), "open": ~cell.known})
        low, empty = sums["sum"], sums["open"]
        high = None if empty else low
    meets = low <= printed.high and (high is None or printed.low <= high)
    agreement = Agreement.differs if not meets else Agreement.possible if empty else Agreement.agrees
    return {
        **named(basis.term, "counted_as"), "low": low, "high": high, "empty": empty, "agreement": agreement.name,
        "difference_low": None if number(printed.high) is None else low - float(printed.high),
        "difference_high": None if high is None else high - float(printed.low), "needs": " ".join(basis.needs) if empty else "",
        **marks_of(basis.rests_on),
    }  # fmt: skip


class _Doubt(NamedTuple):
    """Something about a row that does not fit together: where it holds, and the columns that show it."""

    table: str
    severity: Severity
    what: Term
    holds: Callable[[Settings], nw.Expr]
    columns: tuple[str, ...]
    beside: str = ""  # asked only where this table has rows
    rests_on: str = ""  # rules and choices


def _pairs() -> Iterator[tuple[str, _Doubt]]:
    """Every pair of columns of which one never exceeds the other."""
    for table, columns in TABLES.items():
        for name, column in columns.items():
            for whole in column.at_most:
                other = columns[whole].term
                what = Term(f"“{column.term.zh}”大于“{other.zh}”", f"'{column.term.en}' exceeds '{other.en}'")
                yield f"{name}_over_{whole}", _Doubt(table, Severity.error, what, lambda _, n=name, w=whole: less(w, n).yes, (name, whole))  # type: ignore[misc]


# an association with more staff than this and no full-time split probably counts its members as staff (C27)
_MANY_STAFF = 100


def _members_as_staff(settings: Settings) -> nw.Expr:
    many = one_of("kind", [OrganisationKind.association.name]).yes & ~below("staff", _MANY_STAFF + 1).yes & known("staff")
    return many & (~known("staff_full_time") | _same("staff", "association_members"))


def _same(one: str, other: str) -> nw.Expr:
    return known(one) & known(other) & (nw.col(one).fill_null(0) == nw.col(other).fill_null(-1))


DOUBTS: dict[str, _Doubt] = {
    **dict(_pairs()),
    "covered_without_coverage": _Doubt(
        "organisations", Severity.error, Term("写明未覆盖，却填了所属支部", "said not to be covered, yet a branch is given"),
        lambda _: one_of("coverage", ["none", "instructor"]).yes & known("branch_id"), ("coverage", "branch_id")),
    "instructor_without_coverage": _Doubt(
        "organisations", Severity.warning, Term("写明未覆盖，却有指导员", "said not to be covered, yet an instructor was sent"),
        lambda _: one_of("coverage", [Coverage.none.name]).yes & says_yes("instructor").yes, ("coverage", "instructor")),
    "organised_differs": _Doubt(
        "organisations", Severity.error, Term("是否建立党组织与覆盖形式抵触", "Party organisation and form of coverage contradict each other"),
        lambda _: (one_of("coverage", ["own", "joint", "attached"]).yes & says_yes("party_organisation").no)
        | (one_of("coverage", ["none", "instructor"]).yes & says_yes("party_organisation").yes), ("party_organisation", "coverage")),
    "own_without_branch": _Doubt(
        "organisations", Severity.warning, Term("有党组织（单独或联合），却没有填所属支部", "has a Party organisation of its own or a joint one, yet no branch is given"),
        lambda _: (one_of("coverage", ["own", "joint"]).yes | (~known("coverage") & says_yes("party_organisation").yes)) & ~known("branch_id"),
        ("coverage", "party_organisation", "branch_id"), beside="branches"),
    "full_over_members": _Doubt(
        "organisations", Severity.error, Term("正式党员数大于党员数", "more full members than members"),
        lambda _: less("members", "members_full").yes, ("members_full", "members")),
    "members_as_staff": _Doubt(
        "organisations", Severity.warning, Term("从业人员很多而专职未分列或等于会员数，疑似把会员计入", "many staff without a full-time split, or as many as members: association members were probably counted"),
        _members_as_staff, ("staff", "staff_full_time", "association_members"), rests_on="C27"),
    "committee_of_few": _Doubt(
        "branches", Severity.warning, Term("建制为党委而党员不足", "a committee with too few members for one"),
        lambda s: one_of("level", [Level.committee.name]).yes & below("members", s.limit("R07")).yes, ("level", "members"), rests_on="R07"),
    "too_few_for_a_branch": _Doubt(
        "branches", Severity.warning, Term("正式党员不足最低人数", "fewer full members than the least number"),
        lambda s: below("members_full", s.limit("R01")).yes & ~one_of("level", [Level.group.name]).yes, ("members_full", "level"), rests_on="R01"),
    "joint_of_one": _Doubt(
        "branches", Severity.warning, Term("联合支部只覆盖一家组织", "a joint branch that covers one organisation"),
        lambda _: one_of("form", [Form.joint.name]).yes & below("organisations_covered", 2).yes, ("form", "organisations_covered")),
    "joint_of_many": _Doubt(
        "branches", Severity.note, Term("联合支部覆盖的组织超过一般上限", "a joint branch that covers more than the usual number"),
        lambda s: one_of("form", [Form.joint.name]).yes & (~below("organisations_covered", s.limit("R05") + 1)).yes, ("form", "organisations_covered"), rests_on="R05"),
    "election_before_founding": _Doubt(
        "branches", Severity.error, Term("上次换届早于成立", "the last election precedes the founding"),
        lambda _: known("founded_on") & known("last_election_on") & (last_day("last_election_on") < day("founded_on")), ("founded_on", "last_election_on")),
}  # fmt: skip


_YES_NO = {True: Term("是", "yes"), False: Term("否", "no")}


def cell_text(column: Column, cell: object, lang: Lang) -> str:
    """Return a cell in words: a code by its name, yes or no, a dash where it is empty.

    >>> cell_text(TABLES["organisations"]["activity_room"], True, "en")
    'yes'
    """
    if pd.isna(cell):  # type: ignore[call-overload]
        return "—"
    if column.codes is not None:
        return column.codes.of(str(cell)).term(lang)
    if column.type is Type.yes_no:
        return _YES_NO[bool(cell)](lang)
    return shown(cell) or "—"


def _there(register: Register, settings: Settings) -> set[str]:
    """Return which doubts a register gives rise to: each table is passed once, and looked at again only for these."""
    asked = {code: doubt for code, doubt in DOUBTS.items() if not doubt.beside or register.rows(doubt.beside)}
    each = {table: {code: doubt.holds(settings) for code, doubt in asked.items() if doubt.table == table} for table in TABLES}
    return {code for table, holds in each.items() for code, count in total_of(register.frame(table), holds).items() if count}


def doubts(register: Register, *, settings: Settings = DEFAULT_SETTINGS) -> pd.DataFrame:
    """Return what in a register's rows does not fit together: pairs of cells that contradict each other, odd values.

    Returns
    -------
    DataFrame, one row a doubt, the heaviest first
        code, severity (a Severity), table, key (of the row), what_zh, what_en, cells (column = value), cells_zh, cells_en, evidence,
        assumptions.

    >>> r = Register(pd.DataFrame({"name": ["a"], "staff": [3], "staff_full_time": [4]}))
    >>> doubts(r)[["code", "key", "cells"]].values.tolist()
    [['staff_full_time_over_staff', 'a', 'staff_full_time = 4, staff = 3']]
    """
    records: list[dict[str, object]] = []
    there = _there(register, settings)
    for code, doubt in DOUBTS.items():
        if code not in there:
            continue
        key = KEYS[doubt.table]
        found = collect(register.frame(doubt.table).filter(doubt.holds(settings)).select(key, *doubt.columns))
        for row in found.sort_values(key).to_dict("records"):
            cells = ", ".join(f"{name} = {shown(row[name]) or '—'}" for name in doubt.columns)
            said = [(TABLES[doubt.table][name], row[name]) for name in doubt.columns]
            words = Term(
                "，".join(f"{column.term.zh} {cell_text(column, cell, 'zh')}" for column, cell in said),
                ", ".join(f"{column.term.en} {cell_text(column, cell, 'en')}" for column, cell in said),
            )
            records.append(
                {"code": code, "severity": doubt.severity.name, "table": doubt.table, "key": row[key], **named(doubt.what, "what"), "cells": cells,
                 **named(words, "cells"), **marks_of(doubt.rests_on)}
            )  # fmt: skip
    order = [severity.name for severity in Severity]
    records.sort(key=lambda record: order.index(str(record["severity"])))
    rows = result_rows(records, evidence=[register.evidence])
    return (
        rows
        if records
        else rows.reindex(
            columns=["code", "severity", "table", "key", "what_zh", "what_en", "cells", "cells_zh", "cells_en", "evidence", "assumptions"]
        )
    )
