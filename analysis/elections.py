"""Elections: when they fall due, what is overdue, and the pace that clears it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import narwhals as nw
import pandas as pd

from analysis.facts import Fact, known
from analysis.given import within
from analysis.indicators import At, due_day, due_spans, elects, marks_of, months_before, needs
from analysis.metrics import nothing_counted, open_columns, total_of
from analysis.model import Choice, Evidence, Term, named, result_rows
from analysis.planning import between
from analysis.register import Register
from analysis.settings import DEFAULT_SETTINGS, Settings
from analysis.wording import agreed


class _Period(NamedTuple):
    """Due dates from a day on and before another, as yyyymmdd; null without an end, or without a day of the count."""

    code: str
    kind: str
    term: Term
    start: int | None
    end: int | None


def _periods(at: At, months: int, quarters: int) -> list[_Period]:
    today, late = at.today, at.limit("R17")
    long_ago = None if today is None else today - late * 10_000
    days = [months_before(at, -3 * quarter) for quarter in range(quarters + 1)]
    found = [
        _Period("overdue_more", "period", Term(f"逾期超过 {late} 年", agreed(f"overdue by more than {late} years")), None, long_ago),
        _Period("overdue", "period", Term(f"逾期 {late} 年以内", agreed(f"overdue by up to {late} years")), long_ago, today),
    ]
    for at_quarter, (start, end) in enumerate(pairwise(days), start=1):
        first = 3 * at_quarter - 3
        name = Term(f"{first} 至 {first + 3} 个月内到期", f"due in {first} to {first + 3} months")
        found.append(_Period(f"quarter{at_quarter}", "period", name, start, end))
    far = Term(f"{3 * quarters} 个月以后到期", f"due in {3 * quarters} months or later")
    soon = Term(f"今后 {months} 个月内到期", agreed(f"falling due within {months} months"))
    return [
        *found,
        _Period("later", "period", far, days[-1], None),
        _Period("backlog", "total", Term("已逾期合计", "overdue in all"), None, today),
        _Period("due", "total", soon, today, months_before(at, -months)),
        _Period(
            "to_hold",
            "total",
            Term(f"{months} 个月内须换届合计", agreed(f"to be held within {months} months")),
            None,
            months_before(at, -months),
        ),
    ]


def _counts(at: At, period: _Period) -> Fact:
    """Whether an election is due in a period: for certain in `yes`; `no` where it cannot be."""
    if at.today is None:
        return Fact(nw.col("_never"), ~nw.col("_may"))
    after, until = nw.lit(period.start or 0), nw.lit(period.end or 99_999_999)
    surely = nw.col("_sure") & (nw.col("_due_min") >= after) & (nw.col("_due_max") < until)
    meets = [nw.col(f"_ok{n}") & (nw.col(f"_last{n}") >= after) & (nw.col(f"_first{n}") < until) for n in range(len(due_spans(at)))]
    possibly = ~nw.col("_held")
    for span in meets:
        possibly = possibly | span
    return Fact(surely, ~(nw.col("_may") & possibly))


def _due(register: Register, at: At, periods: Sequence[_Period]) -> dict[str, int]:
    """Return how many elections are surely due in each period and how many may be, counted where the branches are."""
    held, cells = known("last_election_on"), {"_due_min": due_day(at, min), "_due_max": due_day(at, max)}
    for n, (first, last, possible) in enumerate(due_spans(at)):
        cells |= {f"_first{n}": first, f"_last{n}": last, f"_ok{n}": possible}
    cells |= {"_held": held, "_sure": elects().yes & held, "_may": ~elects().no, "_never": elects().yes & elects().no}
    frame = register.frame("branches").with_columns(*(expr.alias(name) for name, expr in cells.items()))
    sums = {"of": nw.col("_may")}
    for period in periods:
        fact = _counts(at, period)
        sums |= {f"{period.code}/least": fact.yes, f"{period.code}/most": ~fact.no}
    return total_of(frame, sums)


_YEARS = 30  # six of the longest terms; each quarter is counted over all branches
_ELECTIONS = "R12 R13 R14 R15 R15b R17 C25"


def elections(register: Register, *, months: int = 12, quarters: int = 12, settings: Settings = DEFAULT_SETTINGS) -> pd.DataFrame:
    """Return when elections fall due: a calendar from the day of the count, the backlog, and the pace that clears it in time.

    An election is due when the term is over that the rule in force at the last one gave (C25), as in the indicator of overdue
    elections. Groups and temporary branches hold none. `least` counts those that fall into a period whichever term, day or level
    is right; `most` those that may.

    Parameters
    ----------
    months
        Within how many months the backlog, and all that fall due meanwhile, are to be held.
    quarters
        How many quarters the calendar has after the day of the count.

    Returns
    -------
    DataFrame, one row a period of the calendar, then totals
        code (overdue_more, overdue, quarter1, …, later, not_known; then backlog, due, to_hold, pace), kind (period, total or pace),
        name_zh, name_en, starts, before [ISO days; empty where open], least, value, most [elections; pace: elections a month;
        value where both ends agree], of [branches that hold elections, or may], needs, evidence, assumptions. The periods' `least`
        and not_known add up to `of`.

    Raises
    ------
    AnalysisError
        If `months` or `quarters` is less than 1, or more than make 30 years.

    >>> from datetime import date
    >>> b = pd.DataFrame({"name": ["a"], "level": ["branch"], "last_election_on": [date(2019, 2, 1)]})
    >>> r = Register(pd.DataFrame({"name": ["o"]}), b, as_of=date(2022, 1, 1))
    >>> row = elections(r).set_index("code").loc["quarter1"]
    >>> row["starts"], row["before"], int(row["least"]), int(row["most"])
    ('2022-01-01', '2022-04-01', 1, 1)
    """
    within("months", months, 1, 12 * _YEARS)
    within("quarters", quarters, 1, 4 * _YEARS)
    at = At(register.as_of, settings)
    periods = _periods(at, months, quarters)
    sums = _due(register, at, periods)
    unbounded = nothing_counted(register, "branches")
    asked = " ".join(column for column in needs("election_overdue", settings) if column in open_columns(register))
    records: list[dict[str, object]] = []
    for period in periods:
        least, most = sums[f"{period.code}/least"], None if unbounded else sums[f"{period.code}/most"]
        days = {"starts": _iso(period.start), "before": _iso(period.end)}
        records.append({"code": period.code, "kind": period.kind, **named(period.term), **days, **between(least, most)})
    settled = sum(sums[f"{period.code}/least"] for period in periods if period.kind == "period")
    last = next(at for at, record in enumerate(records) if record["code"] == "later") + 1
    records.insert(last, _not_known(sums["of"] - settled, unbounded=unbounded))
    records.append(_pace(records[-1], months))
    of = None if unbounded else sums["of"]
    rows = [record | {"of": of, "needs": asked if record["least"] != record["most"] else ""} for record in records]
    marks = marks_of(_ELECTIONS)
    return result_rows(rows, evidence=[register.evidence, *marks["evidence"]], assumptions=marks["assumptions"])


def _not_known(count: int, *, unbounded: bool) -> dict[str, object]:
    term = Term("落在哪一段不能确定", "not settled in which")
    days = {"starts": "", "before": ""}
    return {"code": "not_known", "kind": "period", **named(term), **days, **between(count, None if unbounded else count)}


def _pace(held: dict[str, object], months: int) -> dict[str, object]:
    """Return how many elections a month clear what is overdue and what falls due in so many months."""
    term = Term(f"{months} 个月清完，每月须换届", agreed(f"elections a month that clear it in {months} months"))
    ends = [None if held[end] is None else int(str(held[end])) / months for end in ("least", "most")]
    marks = {"evidence": [Evidence.JUDGEMENT], "assumptions": [Choice.C33]}
    return {
        "code": "pace",
        "kind": "pace",
        **named(term),
        "starts": "",
        "before": held["before"],
        **between(ends[0] or 0.0, ends[1]),
        **marks,
    }


def _iso(day: int | None) -> str:
    """Return a day yyyymmdd as text; one that its month does not have is the first of the next."""
    if day is None:
        return ""
    year, month, of_month = day // 10_000, day // 100 % 100, day % 100
    if of_month > pd.Period(year=year, month=month, freq="M").days_in_month:
        year, month, of_month = year + month // 12, month % 12 + 1, 1
    return f"{year:04d}-{month:02d}-{of_month:02d}"
