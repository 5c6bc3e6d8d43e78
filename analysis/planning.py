"""The rates that plans go by: each assumed, printed or given, with its range and its reason."""

from __future__ import annotations

import math
from fractions import Fraction
from numbers import Rational, Real
from typing import Any, NamedTuple

import pandas as pd

from analysis.given import needs
from analysis.model import AnalysisError, Choice, Evidence, Interval, Term, named, number, result_rows
from analysis.report import Report
from analysis.settings import DEFAULT_SETTINGS, Settings

Number = int | float | Fraction
MOST_YEARS = 100  # nobody plans further ahead, and each year takes time to count


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


def exact(value: Number) -> Fraction:
    """Return a number as it is written: 0.1 is a tenth.

    Raises
    ------
    AnalysisError
        If it is no finite number.
    """
    needs("number", value, Number)
    return Fraction(str(value)) if isinstance(value, Real) and not isinstance(value, Rational) else Fraction(value)


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
        values = given if isinstance(given, tuple | list) else (given, given, given)
        if len(values) != 3:
            raise AnalysisError(f"The rate '{code}' is given as {len(values)} numbers: give one, or least, usual and greatest value.")
        found = found._replace(low=values[0], usual=values[1], high=values[2], why=Term("调用时给定", "given in the call"))
    elif code == "lapse":
        again = min(Fraction(12, settings.training_months), Fraction(1))
        found = found._replace(usual=again, high=again)
    elif code == "classes" and printed_classes(report):
        span = printed_classes(report)
        assert span is not None
        found = found._replace(low=span.low, usual=span.low, high=span.high, why=Term("报告所载", "printed in the report"))
    low, usual, high = (exact(value) for value in found[2:5])
    least, most = _WITHIN.get(code, (0, 1))
    if not least <= low <= usual <= high <= most:
        raise AnalysisError(
            f"The rate '{code}' is {low}, {usual}, {high}: give least, usual and greatest value in this order, from {least} to {most}."
        )
    return found._replace(low=low, usual=usual, high=high)


def printed_classes(report: Report | None) -> Interval | None:
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
        ends = {"least": number(exact(found.low)), "value": number(exact(found.usual)), "most": number(exact(found.high))}
        words = named(found.term) | named(found.unit, "unit") | named(found.why, "why")
        records.append({"code": code, **words, **ends, **_rate_marks(code, value, report)})
    return result_rows(records)


def _rate_marks(code: str, given: Given, report: Report | None) -> dict[str, list[Any]]:
    if code == "classes" and given is None and printed_classes(report):
        return {"evidence": [Evidence.REPORT], "assumptions": []}
    return {"evidence": [Evidence.JUDGEMENT], "assumptions": [Choice.C33]}


def spread(low: Fraction | float, usual: tuple[Fraction | float, Fraction | float], high: Fraction | float) -> dict[str, float | None]:
    """Return both ends over rates and cells, both at the usual rates, and the value where the cells leave only one."""
    value = number(usual[0]) if usual[0] == usual[1] else None
    least, most = number(low), number(high)
    return {"least": least, "value": value, "most": most, "usual_least": number(usual[0]), "usual_most": number(usual[1])}


def between(least: float, most: float | None) -> dict[str, object]:
    """Return both ends, and the value where they agree."""
    return {"least": least, "value": least if least == most else None, "most": most}
