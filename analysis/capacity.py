"""What it would take: training, elections, recruitment and rooms as plain arithmetic, each assumed rate a stated parameter."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

import narwhals as nw
import pandas as pd

from analysis.facts import Fact, known, says_yes
from analysis.indicators import At, due_day, due_spans, elects, marks_of, months_before, needs
from analysis.metrics import nothing_counted, open_columns, rates, sums_of, total_of
from analysis.model import AnalysisError, Choice, Evidence, Interval, Term, named, number, result_rows
from analysis.register import Register, collect
from analysis.report import Report
from analysis.settings import DEFAULT_SETTINGS, Settings

Number = int | float | Fraction


class Rate(NamedTuple):
    """A rate that is assumed: its least, usual and greatest value, its unit, and why it is put so (C33)."""

    code: str
    term: Term
    low: Number
    usual: Number
    high: Number
    unit: Term
    why: Term


# a rate is given as one number, as three (least, usual, greatest), or as a Rate with reasons of one's own
Given = Number | tuple[Number, Number, Number] | Rate | None

_SHARE = Term("每年比例", "share a year")
RATES: dict[str, Rate] = {
    "size": Rate(
        "size", Term("一期培训班的人数", "places in a class"), 30, 40, 50, Term("人", "people"),
        Term("一间教室坐得下的人数，按经验取", "what one room takes; by experience")),
    "classes": Rate(
        "classes", Term("每年几期培训班", "classes a year"), 1, 1, 2, Term("期", "classes"),
        Term("没有印出计划的，按一年一期，最多两期", "where no plan is printed: one a year, two at most")),
    "turnover": Rate(
        "turnover", Term("一年中换上未受训新书记的", "secretaries replaced by untrained ones"), Fraction(1, 10), Fraction(1, 5), Fraction(1, 3), _SHARE,
        Term("三年一届：届中都不换书记与每届都换之间，约一成到三分之一", "with terms of three years: a tenth to a third, from few to all changing with the election")),
    "lapse": Rate(
        "lapse", Term("一年中训期已过、须再训的", "trained secretaries due to be trained again"), 0, Fraction(1, 2), Fraction(1, 2), _SHARE,
        Term("低端是训一次管到离任；高端由“久未受训”的月数而来，二十四个月即每年一半", "low: once is enough; high: by the months after which training is long ago, 24 months being half of them a year")),
    "ageing": Rate(
        "ageing", Term("一年中年过三十五岁的年轻党员", "young members who pass 35"), Fraction(1, 20), Fraction(1, 10), Fraction(3, 20), _SHARE,
        Term("十八至三十五岁均匀分布时约十八分之一；偏近三十五岁时更高", "about an eighteenth if ages 18 to 35 are even; more where they are nearer to 35")),
    "leaving": Rate(
        "leaving", Term("一年中离开的党员", "members who leave"), Fraction(1, 50), Fraction(1, 20), Fraction(1, 10), _SHARE,
        Term("转出、去世与出党合计，年轻与年长同率，按经验取", "moved away, died or left, young and old alike; by experience")),
}  # fmt: skip
# between what a rate must lie: a class has someone in it, and some members stay
_WITHIN: dict[str, tuple[float, float]] = {"size": (1, math.inf), "classes": (0, math.inf), "leaving": (0, 0.99)}


def _exact(value: Number) -> Fraction:
    """Return a number as it is written: 0.1 is a tenth."""
    return Fraction(str(value)) if isinstance(value, float) else Fraction(value)


def rate(code: str, given: Given = None, *, report: Report | None = None, settings: Settings = DEFAULT_SETTINGS) -> Rate:
    """Return a rate as it is given; else as the report prints it; else as it is assumed here (C33), its values exact.

    Raises
    ------
    AnalysisError
        If its values are out of order or cannot be.

    >>> rate("turnover", 0.25)[2:5]
    (Fraction(1, 4), Fraction(1, 4), Fraction(1, 4))
    >>> rate("classes", report=Report.of("demo", training_classes=3)).usual
    Fraction(3, 1)
    """
    found = RATES[code]
    if isinstance(given, Rate):
        found = given
    elif given is not None:
        values = given if isinstance(given, tuple) else (given, given, given)
        found = found._replace(low=values[0], usual=values[1], high=values[2], why=Term("调用时给定", "given in the call"))
    elif code == "lapse":
        again = min(Fraction(12, settings.training_months), Fraction(1))
        found = found._replace(usual=again, high=again)
    elif code == "classes" and _printed(report):
        span = _printed(report)
        assert span is not None
        found = found._replace(low=span.low, usual=span.low, high=span.high, why=Term("报告所载", "printed in the report"))
    low, usual, high = (_exact(value) for value in found[2:5])
    least, most = _WITHIN.get(code, (0, 1))
    if not least <= low <= usual <= high <= most:
        raise AnalysisError(
            f"The rate '{code}' is {low}, {usual}, {high}: give least, usual and greatest value in this order, from {least} to {most}."
        )
    return found._replace(low=low, usual=usual, high=high)


def _printed(report: Report | None) -> Interval | None:
    """Return how many classes a year the report plans, where it says so with an upper end."""
    span = report.interval("training_classes") if report is not None else None
    return None if span is None or math.isinf(span.high) else span


def planned(
    *, report: Report | None = None, settings: Settings = DEFAULT_SETTINGS, size: Given = None, classes: Given = None, turnover: Given = None,
    lapse: Given = None, ageing: Given = None, leaving: Given = None,
) -> pd.DataFrame:  # fmt: skip
    """Return every rate that the plans go by, with its range and the reason for it.

    Parameters
    ----------
    report
        Its number of training classes stands in the place of the assumed one.
    size, classes, turnover, lapse, ageing, leaving
        A number, or (least, usual, greatest), or a `Rate`, in the place of what is assumed.

    Returns
    -------
    DataFrame, one row a rate
        code, name_zh, name_en, least, value, most [the rate's unit], unit_zh, unit_en, why_zh, why_en, evidence, assumptions.

    Raises
    ------
    AnalysisError
        If a rate's values are out of order or cannot be.

    >>> planned(size=25).set_index("code").loc["size", ["least", "value", "most"]].tolist()
    [25.0, 25.0, 25.0]
    """
    given = {"size": size, "classes": classes, "turnover": turnover, "lapse": lapse, "ageing": ageing, "leaving": leaving}
    records: list[dict[str, object]] = []
    for code, value in given.items():
        found = rate(code, value, report=report, settings=settings)
        ends = {"least": number(_exact(found.low)), "value": number(_exact(found.usual)), "most": number(_exact(found.high))}
        words = named(found.term) | named(found.unit, "unit") | named(found.why, "why")
        records.append({"code": code, **words, **ends, **_rate_marks(code, value, report)})
    return result_rows(records)


def _rate_marks(code: str, given: Given, report: Report | None) -> dict[str, list[Any]]:
    if code == "classes" and given is None and _printed(report):
        return {"evidence": [Evidence.REPORT], "assumptions": []}
    return {"evidence": [Evidence.JUDGEMENT], "assumptions": [Choice.C33]}


def _span(low: Fraction | float, usual: tuple[Fraction | float, Fraction | float], high: Fraction | float) -> dict[str, float | None]:
    """Return both ends over rates and cells, both at the usual rates, and the value where the cells leave only one."""
    value = number(usual[0]) if usual[0] == usual[1] else None
    least, most = number(low), number(high)
    return {"least": least, "value": value, "most": most, "usual_least": number(usual[0]), "usual_most": number(usual[1])}


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


# ---- training


class _Training(NamedTuple):
    """How many wait at the start, of how many secretaries, under which rates; and what to say of it."""

    start: Interval
    branches: Interval
    size: Rate
    classes: Rate
    share: Rate
    needs: str
    marks: dict[str, list[Any]]


def _training(
    register: Register, report: Report | None, settings: Settings, *, size: Given, classes: Given, turnover: Given, lapse: Given
) -> _Training:
    row = rates(register, only=["secretary_trained"], settings=settings).iloc[0]
    marks: dict[str, list[Any]] = {"evidence": [register.evidence, Evidence.JUDGEMENT], "assumptions": [Choice.C21, Choice.C33]}
    printed = report.totals.branches if report is not None and nothing_counted(register, "branches") else None
    start = Interval(Fraction(row["least"]), math.inf if pd.isna(row["most"]) else Fraction(int(row["most"])))
    branches = Interval.point(register.rows("branches")) if not math.isinf(start.high) else Interval(Fraction(0), math.inf)
    if printed is not None:
        start, branches = Interval(Fraction(0), printed.high), printed
    if printed is not None or (classes is None and _printed(report)):
        marks["evidence"].append(Evidence.REPORT)
    replaced, again = rate("turnover", turnover), rate("lapse", lapse, settings=settings)
    # whoever is neither replaced nor due again stays trained
    share = replaced._replace(**{end: 1 - (1 - getattr(replaced, end)) * (1 - getattr(again, end)) for end in ("low", "usual", "high")})
    return _Training(start, branches, rate("size", size), rate("classes", classes, report=report), share, str(row["needs"]), marks)


def waiting(
    start: Fraction | float, branches: Fraction | float, *, places: Fraction, share: Fraction, years: int
) -> list[tuple[Fraction | float, Fraction | float]]:
    """Return, for each year from 0, who waits at its end and who found no place in it.

    Of w who wait, places are filled first: max(0, w - places) are left. Then, of the others, the share comes to wait:
    w' = left + share × (branches - left). Neither falls where start, branches or share rise, nor rises with the places.

    >>> [(float(waits), float(left)) for waits, left in waiting(30, 40, places=Fraction(20), share=Fraction(1, 10), years=2)]
    [(30.0, 30.0), (13.0, 10.0), (4.0, 0.0)]
    """
    path = [(start, start)]
    for _ in range(years):
        left = max(Fraction(0), path[-1][0] - places)
        path.append((left + share * (branches - left) if not math.isinf(branches) else branches, left))
    return path


def training(
    register: Register,
    *,
    size: Given = None,
    classes: Given = None,
    turnover: Given = None,
    lapse: Given = None,
    years: int = 6,
    report: Report | None = None,
    settings: Settings = DEFAULT_SETTINGS,
) -> pd.DataFrame:
    """Return how many secretaries wait for training at the end of each year.

    In year 0 wait those whose secretary is long without training (C21); an empty cell may be either. Each year the classes train
    so many of them; then some of the others come to wait, because the post changed hands (`turnover`) or the training has grown
    old (`lapse`): left = max(0, waiting - classes × size), waiting' = left + share × (branches - left), where share =
    1 - (1 - turnover) × (1 - lapse). Shares of people are kept as fractions.

    Parameters
    ----------
    size, classes, turnover, lapse
        A number, or (least, usual, greatest), or a `Rate`; by default as in `planned`.
    report
        Gives the classes a year, where it prints them, and the branches, where the register counts none.

    Returns
    -------
    DataFrame, one row a year
        code (year0, year1, …), name_zh, name_en, year, least, most [secretaries who wait; over all rates and empty cells; most is
        null where branches are not counted], usual_least, usual_most [at the usual rates, over empty cells alone], value [where
        these two agree, else null], left_least, left_most [of them, those who found no place in that year], of [secretaries],
        needs, evidence, assumptions.

    Raises
    ------
    AnalysisError
        If a rate's values are out of order or cannot be, or `years` is negative.

    >>> r = Register(pd.DataFrame({"name": ["o"]}), pd.DataFrame({"name": list("abcd")}))
    >>> training(r, size=3, classes=1, turnover=0.5, lapse=0, years=2)[["least", "most"]].values.tolist()
    [[0.0, 4.0], [2.0, 2.5], [2.0, 2.0]]
    """
    if years < 0:
        raise AnalysisError(f"{years} years cannot be looked ahead: give 0 or more.")
    plan = _training(register, report, settings, size=size, classes=classes, turnover=turnover, lapse=lapse)
    (first, last), whole = (plan.start.low, plan.start.high), plan.branches
    few, usual, many = _places(plan)
    paths = [
        waiting(first, whole.low, places=many, share=plan.share.low, years=years),  # type: ignore[arg-type]
        waiting(first, whole.low, places=usual, share=plan.share.usual, years=years),  # type: ignore[arg-type]
        waiting(last, whole.high, places=usual, share=plan.share.usual, years=years),  # type: ignore[arg-type]
        waiting(last, whole.high, places=few, share=plan.share.high, years=years),  # type: ignore[arg-type]
    ]
    records = []
    for year, (low, one, other, high) in enumerate(zip(*paths, strict=True)):
        ends = _span(low[0], (one[0], other[0]), high[0]) | {"left_least": number(low[1]), "left_most": number(high[1])}
        unsettled = plan.needs if ends["usual_least"] != ends["usual_most"] else ""
        records.append({"code": f"year{year}", **named(_year(year)), "year": year, **ends, "of": number(whole.high), "needs": unsettled})
    return result_rows(records, **plan.marks)


def training_by_size(register: Register, *, sizes: Sequence[int] = (10, 20, 30, 40, 50), **options: Any) -> pd.DataFrame:
    """Return how many secretaries wait for training at the end of each year, for several sizes of a class side by side.

    Parameters
    ----------
    sizes
        The places in a class, each taken as exact.
    options
        As in `training`, without its `size`.

    Returns
    -------
    DataFrame, one row a size and year
        The columns of `training`, with the code (size/year0, …) and `size` [people].

    Raises
    ------
    AnalysisError
        As in `training`.

    >>> r = Register(pd.DataFrame({"name": ["o"]}), pd.DataFrame({"name": list("abcd")}))
    >>> training_by_size(r, sizes=[1, 4], classes=1, turnover=0, lapse=0, years=1)[["code", "most"]].values.tolist()
    [['1/year0', 4.0], ['1/year1', 3.0], ['4/year0', 4.0], ['4/year1', 0.0]]
    """
    records: list[dict[Any, object]] = []
    for size in sizes:
        rows = training(register, size=size, **options).to_dict("records")
        records += [row | {"code": f"{size}/{row['code']}", "size": size} for row in rows]
    return result_rows(records)


def _places(plan: _Training) -> tuple[Fraction, Fraction, Fraction]:
    """Return how many are trained a year: at the least, usually, at the most."""
    ends = ("low", "usual", "high")
    few, usual, many = (Fraction(getattr(plan.size, end)) * Fraction(getattr(plan.classes, end)) for end in ends)
    return few, usual, many


def _year(year: int) -> Term:
    return Term(f"第 {year} 年末", f"after year {year}") if year else Term("现在", "now")


_CLASSES = {
    "empty": Term("一次训完现在等候的，须几期", "classes that train all who wait now"),
    "keep": Term("此后每年不再积压，须几期", "classes a year that keep the queue empty"),
}


def classes_needed(
    register: Register,
    *,
    size: Given = None,
    turnover: Given = None,
    lapse: Given = None,
    report: Report | None = None,
    settings: Settings = DEFAULT_SETTINGS,
) -> pd.DataFrame:
    """Return how many classes train all secretaries who wait now, and how many a year then train all who come to wait.

    The first is who waits over the places in a class, the second share × branches over these, both rounded up (as in `training`).

    Returns
    -------
    DataFrame, one row each
        code (empty, keep), name_zh, name_en, least, most [classes; over all rates and empty cells; most is null where branches are
        not counted], usual_least, usual_most, value [as in `training`], needs, evidence, assumptions.

    Raises
    ------
    AnalysisError
        If a rate's values are out of order or cannot be.

    >>> r = Register(pd.DataFrame({"name": ["o"]}), pd.DataFrame({"name": list("abcd")}))
    >>> classes_needed(r, size=(2, 3, 4), turnover=0.5, lapse=0)[["least", "usual_most", "most"]].values.tolist()
    [[0.0, 2.0, 2.0], [1.0, 1.0, 1.0]]
    """
    plan = _training(register, report, settings, size=size, classes=1, turnover=turnover, lapse=lapse)
    small, usual, large = (Fraction(plan.size.low), Fraction(plan.size.usual), Fraction(plan.size.high))
    low, middle, high = (Fraction(plan.share.low), Fraction(plan.share.usual), Fraction(plan.share.high))
    (first, last), (fewest, most) = (plan.start.low, plan.start.high), (plan.branches.low, plan.branches.high)
    found = {
        "empty": _span(_up(first, large), (_up(first, usual), _up(last, usual)), _up(last, small)),
        "keep": _span(
            _up(low * fewest, large), (_up(middle * fewest, usual), _up(_times(middle, most), usual)), _up(_times(high, most), small)
        ),
    }
    records = []
    for code, ends in found.items():
        unsettled = plan.needs if ends["value"] is None and code == "empty" else ""
        records.append({"code": code, **named(_CLASSES[code]), **ends, "needs": unsettled})
    return result_rows(records, **plan.marks)


def _up(amount: Fraction | float, size: Fraction) -> Fraction | float:
    return amount if math.isinf(amount) else Fraction(math.ceil(Fraction(amount) / size))


def _times(share: Fraction, of: Fraction | float) -> Fraction | float:
    return share * of if share else Fraction(0)


# ---- elections


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
        _Period("overdue_more", "period", Term(f"逾期超过 {late} 年", f"overdue by more than {_plural(late, 'year')}"), None, long_ago),
        _Period("overdue", "period", Term(f"逾期 {late} 年以内", f"overdue by up to {_plural(late, 'year')}"), long_ago, today),
    ]
    for at_quarter, (start, end) in enumerate(pairwise(days), start=1):
        first = 3 * at_quarter - 3
        name = Term(f"{first} 至 {first + 3} 个月内到期", f"due in {first} to {first + 3} months")
        found.append(_Period(f"quarter{at_quarter}", "period", name, start, end))
    far = Term(f"{3 * quarters} 个月以后到期", f"due in {3 * quarters} months or later")
    soon = Term(f"今后 {months} 个月内到期", f"falling due within {_plural(months, 'month')}")
    return [
        *found,
        _Period("later", "period", far, days[-1], None),
        _Period("backlog", "total", Term("已逾期合计", "overdue in all"), None, today),
        _Period("due", "total", soon, today, months_before(at, -months)),
        _Period(
            "to_hold",
            "total",
            Term(f"{months} 个月内须换届合计", f"to be held within {_plural(months, 'month')}"),
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
        If `months` or `quarters` is less than 1.

    >>> from datetime import date
    >>> b = pd.DataFrame({"name": ["a"], "level": ["branch"], "last_election_on": [date(2019, 2, 1)]})
    >>> r = Register(pd.DataFrame({"name": ["o"]}), b, as_of=date(2022, 1, 1))
    >>> row = elections(r).set_index("code").loc["quarter1"]
    >>> row["starts"], row["before"], int(row["least"]), int(row["most"])
    ('2022-01-01', '2022-04-01', 1, 1)
    """
    if months < 1 or quarters < 1:
        raise AnalysisError(f"{months} months and {quarters} quarters are no calendar: give 1 or more of each.")
    at = At(register.as_of, settings)
    periods = _periods(at, months, quarters)
    sums = _due(register, at, periods)
    unbounded = nothing_counted(register, "branches")
    asked = " ".join(column for column in needs("election_overdue", settings) if column in open_columns(register))
    records: list[dict[str, object]] = []
    for period in periods:
        least, most = sums[f"{period.code}/least"], None if unbounded else sums[f"{period.code}/most"]
        days = {"starts": _iso(period.start), "before": _iso(period.end)}
        records.append({"code": period.code, "kind": period.kind, **named(period.term), **days, **_between(least, most)})
    settled = sum(sums[f"{period.code}/least"] for period in periods if period.kind == "period")
    last = next(at for at, record in enumerate(records) if record["code"] == "later") + 1
    records.insert(last, _not_known(sums["of"] - settled, unbounded=unbounded))
    records.append(_pace(records[-1], months))
    of = None if unbounded else sums["of"]
    rows = [record | {"of": of, "needs": asked if record["least"] != record["most"] else ""} for record in records]
    marks = marks_of(_ELECTIONS)
    return result_rows(rows, evidence=[register.evidence, *marks["evidence"]], assumptions=marks["assumptions"])


def _between(least: float, most: float | None) -> dict[str, object]:
    return {"least": least, "value": least if least == most else None, "most": most}


def _not_known(count: int, *, unbounded: bool) -> dict[str, object]:
    term = Term("落在哪一段不能确定", "not settled in which")
    days = {"starts": "", "before": ""}
    return {"code": "not_known", "kind": "period", **named(term), **days, **_between(count, None if unbounded else count)}


def _pace(held: dict[str, object], months: int) -> dict[str, object]:
    """Return how many elections a month clear what is overdue and what falls due in so many months."""
    term = Term(f"{months} 个月清完，每月须换届", f"elections a month that clear it in {_plural(months, 'month')}")
    ends = [None if held[end] is None else int(str(held[end])) / months for end in ("least", "most")]
    marks = {"evidence": [Evidence.JUDGEMENT], "assumptions": [Choice.C33]}
    return {
        "code": "pace",
        "kind": "pace",
        **named(term),
        "starts": "",
        "before": held["before"],
        **_between(ends[0] or 0.0, ends[1]),
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


# ---- recruitment


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
        code (now, after1, …), name_zh, name_en, years, least, most [young members now, then recruits a year; over all rates and
        empty cells; null where it cannot happen at that end], usual_least, usual_most, value [at the usual rates, as in
        `training`], low, high [0..1, the share of the young now; in the row `now` alone], of [members, where known], outcome (can, depends, cannot),
        status_zh, status_en, reason_zh, reason_en [why it cannot, or cannot at one end], needs, evidence, assumptions.

    Raises
    ------
    AnalysisError
        If a rate's values are out of order or cannot be, `points` is not above 0, or a number of years is less than 1.

    >>> r = Register(pd.DataFrame({"name": ["a"], "members_to_35": [20], "members_36_to_59": [60], "members_from_60": [20]}))
    >>> recruitment(r, years=[1], ageing=0, leaving=0).set_index("code").loc["after1", ["least", "most"]].tolist()
    [15.0, 15.0]
    """
    rise = _exact(points)
    if rise <= 0 or min(years, default=1) < 1:
        raise AnalysisError("The share can only be raised by more than 0, after 1 year or more.")
    people, pass_35, leave = _people(register, report, available), rate("ageing", ageing), rate("leaving", leaving)
    evidence = [register.evidence, Evidence.JUDGEMENT, *([Evidence.REPORT] if people.printed else [])]
    records = [_now(people)]
    for ahead in years:
        found = {
            end: _end(people, rise, ahead, low=low, ageing=getattr(pass_35, old), leaving=getattr(leave, gone))
            for end, low, old, gone in (
                # fewest: few pass 35, and many leave, for they are mostly older
                ("least", True, "low", "high"), ("usual_least", True, "usual", "usual"),
                ("usual_most", False, "usual", "usual"), ("most", False, "high", "low"),
            )
        }  # fmt: skip
        records.append(_ahead(found, ahead) | {"of": number(people.members.high), "needs": people.needs})
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
    ends = _between(float(people.young.low), number(people.young.high))
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
    name = Term(f"{years} 年后达到，每年须发展", f"to be there after {_plural(years, 'year')}, recruits a year")
    status = named(_OUTCOMES[outcome], "status") | named(words, "reason")
    return {"code": f"after{years}", **named(name), "years": years, **ends, "low": None, "high": None, "outcome": outcome, **status}


# ---- rooms


def rooms(register: Register, *, shared_by: Sequence[int] = (1, 3, 5, 10)) -> pd.DataFrame:
    """Return how many activity rooms the organisations without one would need if so many of a township shared a room.

    Parameters
    ----------
    shared_by
        Up to how many organisations share a room, one set of rows each; 1 is a room for each.

    Returns
    -------
    DataFrame, for each number a row a township, then one for all
        code (township/number, all/number), name_zh, name_en, township (empty for all), shared_by, without_least, without_most
        [organisations without a room], least, value, most [rooms; a room that is not told may be missing, an organisation without
        a township may lie in any, in one that is not listed, too; value where both ends agree], needs, evidence, assumptions.

    Raises
    ------
    AnalysisError
        If a room is shared by fewer than 1.

    >>> o = pd.DataFrame({"name": list("abcd"), "township": ["s", "s", "s", "t"], "activity_room": [False] * 4})
    >>> rooms(Register(o), shared_by=[2]).set_index("code")["most"].to_dict()
    {'s/2': 2, 't/2': 1, 'all/2': 3}
    """
    if min(shared_by, default=1) < 1:
        raise AnalysisError("A room is shared by 1 or more.")
    fact = ~says_yes("activity_room")
    cells = {"_no": fact.yes, "_may": ~fact.no}
    frame = register.frame("organisations").select("township", *(cell.cast(nw.Int64).alias(name) for name, cell in cells.items()))
    found = collect(frame.group_by("township").agg(nw.col("_no").sum(), nw.col("_may").sum()))
    counts = [
        (None if pd.isna(row["township"]) else str(row["township"]), int(row["_no"]), int(row["_may"])) for row in found.to_dict("records")
    ]
    placed = sorted((place, no, may) for place, no, may in counts if place is not None)
    stray = next(((no, may) for place, no, may in counts if place is None), (0, 0))
    empty = open_columns(register)
    asked = [column for column in ("organisations/activity_room", "organisations/township") if column in empty]
    records: list[dict[str, object]] = []
    for size in shared_by:
        records += [
            _room(place, size, (no, may + stray[1]), (_ceil(no, size), _ceil(may + stray[1], size)), asked) for place, no, may in placed
        ]
        records.append(_all_rooms(register, placed, stray, size, asked))
    return result_rows(records, evidence=[register.evidence, Evidence.JUDGEMENT], assumptions=[Choice.C33])


def _ceil(amount: int, size: int) -> int:
    return -(-amount // size)


def _all_rooms(
    register: Register, placed: Iterable[tuple[str, int, int]], stray: tuple[int, int], size: int, asked: Sequence[str]
) -> dict[str, object]:
    """Return the rooms of all townships: those not placed fill rooms that are not full, or are each alone in a township."""
    places = list(placed)
    no, may = sum(place[1] for place in places), sum(place[2] for place in places)
    least = max(sum(_ceil(place[1], size) for place in places), _ceil(no + stray[0], size))
    most = sum(_ceil(place[2], size) for place in places) + stray[1]
    if nothing_counted(register, "organisations"):
        return _room("", size, (0, None), (0, None), asked)
    return _room("", size, (no + stray[0], may + stray[1]), (least, most), asked)


def _room(place: str, size: int, without: tuple[int, int | None], need: tuple[int, int | None], asked: Sequence[str]) -> dict[str, object]:
    name = Term(place or "全部", place or "all townships")
    words = Term(f"{name.zh}，至多 {size} 家合用", f"{name.en}, up to {size} to a room")
    counts = {"without_least": without[0], "without_most": without[1]} | _between(*need)
    needs = " ".join(asked) if need[0] != need[1] else ""
    return {"code": f"{place or 'all'}/{size}", **named(words), "township": place, "shared_by": size, **counts, "needs": needs}
