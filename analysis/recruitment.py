"""Recruitment: how many young members a year lift the share of the young, and when none can."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import narwhals as nw
import pandas as pd

from analysis.given import each_once, within
from analysis.indicators import needs
from analysis.metrics import open_columns, sums_of
from analysis.model import AnalysisError, Choice, Evidence, Interval, Term, named, number, result_rows
from analysis.planning import MOST_YEARS, Given, Number, between, exact, rate
from analysis.register import Register
from analysis.report import Report
from analysis.settings import DEFAULT_SETTINGS
from analysis.wording import agreed


def recruits_needed(
    share: Fraction, members: Fraction, *, points: Fraction, years: int, ageing: Fraction, leaving: Fraction, available: float = math.inf
) -> int | str:
    """Return the least whole number of young members a year that lifts the share of the young by so much in so many years.

    Each year members leave, young and old alike, then some of the young pass 35, then the recruits come: young' =
    young × (1 - leaving) × (1 - ageing) + recruits, members' = members × (1 - leaving) + recruits. Where there is no such number,
    the reason is returned: 'above' (the share would be all or more), 'ageing' (recruits pass 35 as fast as they lift the share) or
    'people' (more are needed in all than are `available`).

    >>> recruits_needed(Fraction(1, 5), Fraction(100), points=Fraction(1, 10), years=1, ageing=Fraction(0), leaving=Fraction(0))
    15
    """
    target, keep, stay = share + points, 1 - leaving, 1 - ageing
    if target >= 1:
        return "above"
    # young ≥ target × members after so many years, solved for the recruits: linear in them
    lacking = keep**years * members * (target - stay**years * share)
    each = sum((keep**year * (stay**year - target) for year in range(years)), start=Fraction(0))
    if lacking <= 0:
        return 0
    if each <= 0:
        return "ageing"
    needed = math.ceil(lacking / each)
    return "people" if needed * years > available else needed


_REASONS = {
    "above": Term("目标达到或超过全部党员", "the share would be that of all members or more"),
    "ageing": Term("新党员年过三十五岁与使比例上升一样快", "recruits pass 35 as fast as they lift the share"),
    "people": Term("所需人数超过可发展的人数", "more people are needed than there are to recruit"),
}
_OUTCOMES = {
    "can": Term("办得到", "can happen"),
    "depends": Term("视比率与空格而定", "depends on rates and empty cells"),
    "cannot": Term("办不到", "cannot happen"),
}


class _People(NamedTuple):
    """Between what the members and the share of the young among them lie, how many others could join, and what is missing."""

    members: Interval
    share: Interval
    available: float
    young: Interval
    needs: str
    printed: bool


_BANDS = ("members_to_35", "members_36_to_59", "members_from_60")


def _people(register: Register, report: Report | None, available: int | None) -> _People:
    cells = {name: nw.col(name).fill_null(0) for name in (*_BANDS, "staff", "members_staff")}
    empty = {f"{name}/empty": nw.col(name).is_null() for name in (*_BANDS, "staff")}
    sums = sums_of(register, "organisations", cells | empty)
    young, older = sums[_BANDS[0]], sums[_BANDS[1]] + sums[_BANDS[2]]
    members, printed = Interval(Fraction(young + older), math.inf), False
    total = report.interval("members") if report is not None else None
    if register.rows("organisations") and not any(sums[f"{name}/empty"] for name in _BANDS):
        members = Interval.point(young + older)
    elif total is not None and not math.isinf(total.high) and total.high >= young + older:
        # what the empty cells hold is what the total leaves
        members, printed = Interval(max(total.low, members.low), total.high), True
    high = members.high
    share = Interval(Fraction(0), Fraction(1))
    if not math.isinf(high) and high:
        share = Interval(Fraction(young) / Fraction(high), 1 - Fraction(older) / Fraction(high))
    staff = report.interval("staff") if report is not None else None
    limit = math.inf if staff is None else float(staff.high)
    if register.rows("organisations") and not sums["staff/empty"]:
        limit = sums["staff"] - sums["members_staff"]
    asked = " ".join(column for column in needs("age_of_members", DEFAULT_SETTINGS) if column in open_columns(register))
    return _People(
        members,
        share,
        limit if available is None else available,
        Interval(Fraction(young), high - older),
        asked,
        printed or limit == (staff and staff.high),
    )


def recruitment(
    register: Register,
    *,
    points: Number = Fraction(1, 10),
    years: Sequence[int] = tuple(range(1, 11)),
    ageing: Given = None,
    leaving: Given = None,
    available: int | None = None,
    report: Report | None = None,
) -> pd.DataFrame:
    """Return how many young members a year would raise the share of those aged 35 or less by so much, after each number of years.

    The recurrence is that of `recruits_needed`. All recruits are taken to be young when they join. A number that is enough after a
    few years need not be enough to hold the share later.

    Parameters
    ----------
    points
        By how much the share is to rise [0..1].
    years
        After how many years it is to be reached, one row each.
    ageing, leaving
        A number, or (least, usual, greatest), or a `Rate`; by default as in `planned`.
    available
        How many people could join at most, over all years; without it the staff who are no members, where they are known, else
        all staff that the report prints, else no limit.
    report
        Its total of members sizes what empty cells can hold.

    Returns
    -------
    DataFrame, a row for the present, then one a number of years
        code (now, after1, …), name_zh, name_en, years, points [percentage points by which the share is to rise], least, most [young members now, then recruits a year; over all rates and
        empty cells; null where it cannot happen at that end], usual_least, usual_most, value [at the usual rates, as in
        `training`], low, high [0..1, the share of the young now; in the row `now` alone], of [members, where known], outcome (can, depends, cannot),
        status_zh, status_en, reason_zh, reason_en [why it cannot, or cannot at one end], needs, evidence, assumptions.

    Raises
    ------
    AnalysisError
        If a rate's values are out of order or cannot be, `points` is not above 0 and at most 1, a number of years is less than 1, more than 100 or
        stands twice, or `available` is less than 0.

    >>> r = Register(pd.DataFrame({"name": ["a"], "members_to_35": [20], "members_36_to_59": [60], "members_from_60": [20]}))
    >>> recruitment(r, years=[1], ageing=0, leaving=0).set_index("code").loc["after1", ["least", "most"]].tolist()
    [15.0, 15.0]
    """
    rise = exact(points)
    if not 0 < rise <= 1 or min(years, default=1) < 1 or (available or 0) < 0:
        raise AnalysisError("The share can be raised by more than 0 and at most 1, after 1 year or more, out of 0 people or more.")
    each_once("years", years)
    within("years", max(years), 1, MOST_YEARS)
    people, pass_35, leave = _people(register, report, available), rate("ageing", ageing), rate("leaving", leaving)
    evidence = [register.evidence, Evidence.JUDGEMENT, *([Evidence.REPORT] if people.printed else [])]
    records = [_now(people) | {"points": number(100 * rise)}]
    for ahead in years:
        found = {
            end: _end(people, rise, ahead, low=low, ageing=getattr(pass_35, old), leaving=getattr(leave, gone))
            for end, low, old, gone in (
                # fewest: few pass 35, and many leave, for they are mostly older
                ("least", True, "low", "high"), ("usual_least", True, "usual", "usual"),
                ("usual_most", False, "usual", "usual"), ("most", False, "high", "low"),
            )
        }  # fmt: skip
        records.append(_ahead(found, ahead) | {"points": number(100 * rise), "of": number(people.members.high), "needs": people.needs})
    return result_rows(records, evidence=evidence, assumptions=[Choice.C24, Choice.C33])


def _end(people: _People, points: Fraction, years: int, *, low: bool, ageing: Fraction, leaving: Fraction) -> int | str:
    """Return the recruits needed at one end of what is known of the members."""
    share, members = (people.share.low, people.members.low) if low else (people.share.high, people.members.high)
    share, options = Fraction(share), {"points": points, "years": years, "ageing": ageing, "leaving": leaving}
    if math.isinf(members):
        # no number is enough for members without an end; but where any number is too few, that is the reason
        reason = recruits_needed(share, Fraction(1), **options)  # type: ignore[arg-type]
        return reason if isinstance(reason, str) else "unknown"
    return recruits_needed(share, Fraction(members), **options, available=people.available)  # type: ignore[arg-type]


def _now(people: _People) -> dict[str, object]:
    ends = between(float(people.young.low), number(people.young.high))
    usual = {"usual_least": ends["least"], "usual_most": ends["most"]}
    status = named(Term("", ""), "status") | named(Term("", ""), "reason")
    shares = {"low": number(people.share.low), "high": number(people.share.high), "of": number(people.members.high)}
    needs = people.needs if ends["value"] is None else ""
    name = named(Term("现有三十五岁及以下党员", "members aged 35 or less now"))
    return {"code": "now", **name, "years": 0, **ends, **usual, **shares, "outcome": "", **status, "needs": needs}


_SIZE_UNKNOWN = Term("党员人数没有上限可依", "nothing bounds the number of members")


def _ahead(found: dict[str, int | str], years: int) -> dict[str, object]:
    ends: dict[str, object] = {end: None if isinstance(value, str) else float(value) for end, value in found.items()}
    ends["value"] = ends["usual_least"] if ends["usual_least"] == ends["usual_most"] else None
    failed = [value for value in found.values() if isinstance(value, str)]
    outcome = "cannot" if len(failed) == len(found) and found["least"] != "unknown" else "depends" if failed else "can"
    reason = found["least"] if outcome == "cannot" else failed[-1] if failed else ""
    words = (_REASONS | {"unknown": _SIZE_UNKNOWN, "": Term("", "")})[str(reason)]
    name = Term(f"{years} 年后达到，每年须发展", agreed(f"to be there after {years} years, recruits a year"))
    status = named(_OUTCOMES[outcome], "status") | named(words, "reason")
    return {"code": f"after{years}", **named(name), "years": years, **ends, "low": None, "high": None, "outcome": outcome, **status}
