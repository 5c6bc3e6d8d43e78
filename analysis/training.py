"""Training: how long secretaries wait for a place, and how many classes it takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import pandas as pd

from analysis.given import each_once, within
from analysis.metrics import nothing_counted, rates
from analysis.model import Choice, Evidence, Interval, Term, named, number, result_rows
from analysis.planning import MOST_YEARS, Given, Rate, printed_classes, rate, spread
from analysis.register import Register
from analysis.report import Report
from analysis.settings import DEFAULT_SETTINGS, Settings


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
    if printed is not None or (classes is None and printed_classes(report)):
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
        If a rate's values are out of order or cannot be, or `years` is negative or more than 100.

    >>> r = Register(pd.DataFrame({"name": ["o"]}), pd.DataFrame({"name": list("abcd")}))
    >>> training(r, size=3, classes=1, turnover=0.5, lapse=0, years=2)[["least", "most"]].values.tolist()
    [[0.0, 4.0], [2.0, 2.5], [2.0, 2.0]]
    """
    within("years", years, 0, MOST_YEARS)
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
        ends = spread(low[0], (one[0], other[0]), high[0]) | {"left_least": number(low[1]), "left_most": number(high[1])}
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
        As in `training`, or if there is no size, or one stands twice.

    >>> r = Register(pd.DataFrame({"name": ["o"]}), pd.DataFrame({"name": list("abcd")}))
    >>> training_by_size(r, sizes=[1, 4], classes=1, turnover=0, lapse=0, years=1)[["code", "most"]].values.tolist()
    [['1/year0', 4.0], ['1/year1', 3.0], ['4/year0', 4.0], ['4/year1', 0.0]]
    """
    each_once("sizes", sizes)
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
    "keep": Term("此后每年新等候的，下一年都能轮到，须几期", "classes a year by which whoever comes to wait has a place in the next year"),
    "turn": Term("按计划的期数，现在等候的几年轮训完", "years until all who wait now have had a place, by the classes planned"),
}


def classes_needed(
    register: Register,
    *,
    size: Given = None,
    classes: Given = None,
    turnover: Given = None,
    lapse: Given = None,
    report: Report | None = None,
    settings: Settings = DEFAULT_SETTINGS,
) -> pd.DataFrame:
    """Return how many classes train all who wait now, how many a year all who come to wait, and after how many years all have had a turn.

    The first is who waits over the places in a class, the second share × branches over these, the third who waits over the places
    of a year, for whoever waits longest is first; all rounded up (as in `training`).

    Returns
    -------
    DataFrame, one row each
        code (empty, keep, turn), name_zh, name_en, least, most [classes, the last in years; over all rates and empty cells; null
        where branches are not counted, or no class is held], usual_least, usual_most, value [as in `training`], needs, evidence,
        assumptions.

    Raises
    ------
    AnalysisError
        If a rate's values are out of order or cannot be.

    >>> r = Register(pd.DataFrame({"name": ["o"]}), pd.DataFrame({"name": list("abcd")}))
    >>> classes_needed(r, size=(2, 3, 4), classes=1, turnover=0.5, lapse=0)[["least", "usual_most", "most"]].values.tolist()
    [[0.0, 2.0, 2.0], [1.0, 1.0, 1.0], [0.0, 2.0, 2.0]]
    """
    plan = _training(register, report, settings, size=size, classes=1, turnover=turnover, lapse=lapse)
    small, usual, large = (Fraction(plan.size.low), Fraction(plan.size.usual), Fraction(plan.size.high))
    low, middle, high = (Fraction(plan.share.low), Fraction(plan.share.usual), Fraction(plan.share.high))
    few, often, many = _places(plan._replace(classes=rate("classes", classes, report=report)))
    (first, last), (fewest, most) = (plan.start.low, plan.start.high), (plan.branches.low, plan.branches.high)
    found = {
        "empty": spread(_up(first, large), (_up(first, usual), _up(last, usual)), _up(last, small)),
        "keep": spread(
            _up(low * fewest, large), (_up(middle * fewest, usual), _up(_times(middle, most), usual)), _up(_times(high, most), small)
        ),
        "turn": spread(_up(first, many), (_up(first, often), _up(last, often)), _up(last, few)),
    }
    records = []
    for code, ends in found.items():
        unsettled = plan.needs if ends["value"] is None and code != "keep" else ""
        printed = [Evidence.REPORT] if code == "turn" and classes is None and printed_classes(report) else []
        records.append({"code": code, **named(_CLASSES[code]), **ends, "needs": unsettled, "evidence": printed})
    return result_rows(records, **plan.marks)


def _up(amount: Fraction | float, size: Fraction) -> Fraction | float:
    if math.isinf(amount) or not size:
        return math.inf if amount else Fraction(0)
    return Fraction(math.ceil(Fraction(amount) / size))


def _times(share: Fraction, of: Fraction | float) -> Fraction | float:
    return share * of if share else Fraction(0)
