"""How a register's rows and amounts are spread: by category, by size, and how much the largest hold."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import accumulate

import narwhals as nw
import pandas as pd

from analysis.metrics import UnknownColumnError, group_label
from analysis.model import AnalysisError, Term, named, number, result_rows
from analysis.register import Register, collect
from analysis.schema import COLUMNS, Type

# the values of a column and how often each occurs: all that these functions ask of an engine
Frequencies = list[tuple[int, int]]


def _split(column: str) -> tuple[str, str]:
    table, _, name = column.partition("/")
    if column not in COLUMNS:
        raise UnknownColumnError(f"There is no column '{column}'; the columns are: {', '.join(COLUMNS)}.")
    return table, name


def distribution(register: Register, column: str) -> pd.DataFrame:
    """Return how many rows bear each value of a column.

    Parameters
    ----------
    column
        A column of text or of codes, with its table: 'organisations/kind'.

    Returns
    -------
    DataFrame, one row a value: for codes all that there are, in their order, else those that occur, the most frequent first
        code, name_zh, name_en, part [rows], whole [rows with a value], unknown [rows without], share [0..1], low, high [0..1],
        least, most, of [rows], needs, evidence, assumptions.

    Raises
    ------
    UnknownColumnError
        If there is no such column.

    >>> r = Register(pd.DataFrame({"name": list("abc"), "kind": ["foundation", "association", None]}))
    >>> distribution(r, "organisations/kind")[["code", "part", "low", "high"]].values.tolist()[0]
    ['association', 1, 0.3333333333333333, 0.6666666666666666]
    """
    table, name = _split(column)
    found = collect(register.frame(table).group_by(name).agg(nw.len().alias("rows")))
    counts = {str(value): int(rows) for value, rows in zip(found[name], found["rows"], strict=True) if not pd.isna(value)}
    whole, of = sum(counts.values()), sum(int(rows) for rows in found["rows"])
    codes = COLUMNS[column].codes
    order = list(codes.__members__) if codes else sorted(counts, key=lambda value: (-counts[value], value))
    unknown = of - whole
    records = [
        {"code": value, **named(group_label({name: value})), "part": (part := counts.get(value, 0)), "whole": whole, "unknown": unknown,
         "share": part / whole if whole else None, "low": part / of if of else None, "high": (part + unknown) / of if of else None,
         "least": part, "most": part + unknown, "of": of, "needs": column if unknown else ""}
        for value in order
    ]  # fmt: skip
    return result_rows(records, evidence=[register.evidence])


def frequencies(register: Register, column: str, by: str = "") -> dict[object, Frequencies]:
    """Return the known values of a column of whole numbers, ascending, with how often each occurs, for each group.

    Raises
    ------
    UnknownColumnError
        If there is no such column, or none to group by.
    AnalysisError
        If the column holds no whole numbers.
    """
    table, name = _split(column)
    if COLUMNS[column].type is not Type.whole:
        raise AnalysisError(f"The column '{column}' holds no whole numbers ({COLUMNS[column].type.term.en}).")
    if by and (by == name or by not in register.frame(table).collect_schema().names()):
        raise UnknownColumnError(f"There is no other column '{by}' of the {table} to group by.")
    keys = [name, *([by] if by else [])]
    found = collect(register.frame(table).filter(~nw.col(name).is_null()).group_by(*keys).agg(nw.len().alias("_rows")))
    groups: dict[object, Frequencies] = defaultdict(list)
    for record in found.to_dict("records"):
        group = record[by] if by and not pd.isna(record[by]) else None
        groups[group].append((int(record[name]), int(record["_rows"])))
    return {group: sorted(groups[group]) for group in sorted(groups, key=lambda g: (g is None, str(g)))}


def _merged(groups: Iterable[Frequencies]) -> Frequencies:
    total: dict[int, int] = defaultdict(int)
    for group in groups:
        for value, rows in group:
            total[value] += rows
    return sorted(total.items())


def _size(values: Frequencies) -> tuple[int, int]:
    return sum(rows for _, rows in values), sum(value * rows for value, rows in values)


def quantile(values: Frequencies, share: Fraction) -> int:
    """Return the least value that at least this share of the rows does not exceed (type 1 of Hyndman and Fan).

    >>> quantile([(1, 2), (5, 1), (9, 1)], Fraction(1, 2))
    1
    """
    at = max(1, math.ceil(share * _size(values)[0]))
    reached = accumulate(rows for _, rows in values)
    return next(value for (value, _), rows in zip(values, reached, strict=True) if rows >= at)


_QUANTILES = {"least": Fraction(0), "q1": Fraction(1, 4), "median": Fraction(1, 2), "q3": Fraction(3, 4), "most": Fraction(1)}
_SUMMARY = {
    "rows": Term("有数的行", "rows with a value"),
    "empty": Term("空格", "empty cells"),
    "sum": Term("合计（有数的行）", "sum of those"),
    "mean": Term("平均", "mean"),
    "least": Term("最小", "least"),
    "q1": Term("下四分位", "lower quartile"),
    "median": Term("中位", "median"),
    "q3": Term("上四分位", "upper quartile"),
    "most": Term("最大", "most"),
}


def summary(register: Register, column: str) -> pd.DataFrame:
    """Return how large the values of a column are: their number, sum, mean and quartiles, empty cells left out and counted.

    Returns
    -------
    DataFrame, one row a statistic
        code (rows, empty, sum, mean, least, q1, median, q3, most), name_zh, name_en, value [the column's unit; null without any
        value], evidence, assumptions. Quartiles are values that occur (type 1).

    Raises
    ------
    UnknownColumnError
        If there is no such column.
    AnalysisError
        If it holds no whole numbers.

    >>> r = Register(pd.DataFrame({"name": list("abcd"), "staff": [1, 1, 10, None]}))
    >>> summary(r, "organisations/staff").set_index("code")["value"].to_dict()["mean"]
    4.0
    """
    values = _merged(frequencies(register, column).values())
    rows, total = _size(values)
    found: dict[str, float | None] = {"rows": rows, "empty": register.rows(_split(column)[0]) - rows, "sum": total if rows else None}
    found["mean"] = number(Fraction(total, rows)) if rows else None
    found |= {code: quantile(values, share) if rows else None for code, share in _QUANTILES.items()}
    return result_rows(
        [{"code": code, **named(term), "value": found[code]} for code, term in _SUMMARY.items()], evidence=[register.evidence]
    )


def gini(values: Frequencies) -> Fraction | None:
    """Return the mean absolute difference of all pairs over twice the mean, each row paired with itself, too (the population's form).

    >>> gini([(0, 1), (1, 1)])
    Fraction(1, 2)
    """
    rows, total = _size(values)
    if not total:
        return None
    below, weighted = 0, 0
    for value, count in values:
        weighted += value * count * (2 * below + count - rows)
        below += count
    return Fraction(weighted, rows * total)


def theil(values: Frequencies) -> float | None:
    """Return Theil's T: the mean of x/m ln(x/m), with m the mean and 0 ln 0 taken as 0.

    >>> theil([(3, 4)])
    0.0
    """
    rows, total = _size(values)
    if not total:
        return None
    return math.fsum(count * value / total * math.log(value * rows / total) for value, count in values if value)


def top_share(values: Frequencies, count: int) -> Fraction | None:
    """Return the share of the sum that the largest so many rows hold.

    >>> top_share([(1, 3), (7, 1)], 1)
    Fraction(7, 10)
    """
    total, held, left = _size(values)[1], 0, count
    for value, rows in reversed(values):
        taken = min(left, rows)
        held, left = held + taken * value, left - taken
    return Fraction(held, total) if total else None


_FORMS = {
    "gini": (Term("基尼系数", "Gini coefficient"), Term("总体形式，不乘 n/(n−1)", "the population's form, without n/(n-1)")),
    "theil": (Term("泰尔指数 T", "Theil's T"), Term("自然对数", "natural logarithm")),
    "theil_within": (Term("其中：组内", "of which within groups"), Term("各组 T 按其份额加权", "each group's T by its share of the sum")),
    "theil_between": (Term("其中：组间", "of which between groups"), Term("各组平均数之间", "between the groups' means")),
    "top_1": (Term("最大一家所占", "share of the largest"), Term("占合计", "of the sum")),
    "top_tenth": (Term("最大一成所占", "share of the largest tenth"), Term("行数的十分之一，向上取整", "a tenth of the rows, rounded up")),
}


def concentration(register: Register, column: str, *, by: str = "") -> pd.DataFrame:
    """Return how unevenly an amount is spread over the rows where it is known.

    Parameters
    ----------
    column
        A column of whole numbers, with its table: 'organisations/staff'.
    by
        A column of the same table whose groups split Theil's T; rows without a group are one of them.

    Returns
    -------
    DataFrame, one row a measure
        code (gini, theil, theil_within, theil_between, top_1, top_tenth), name_zh, name_en, form_zh, form_en, value [0..1; Theil
        0..ln n; null where the sum is 0], rows [with a value], unknown [rows without: the value speaks of the others alone],
        needs, evidence, assumptions.

    Raises
    ------
    UnknownColumnError
        If there is no such column.
    AnalysisError
        If it holds no whole numbers.

    >>> r = Register(pd.DataFrame({"name": list("ab"), "staff": [0, 8]}))
    >>> concentration(r, "organisations/staff").set_index("code").loc["gini", "value"]
    np.float64(0.5)
    """
    groups = frequencies(register, column, by)
    values = _merged(groups.values())
    rows, total = _size(values)
    found: dict[str, float | None] = {
        "gini": number(gini(values)),
        "theil": theil(values),
        "top_1": number(top_share(values, 1)),
        "top_tenth": number(top_share(values, -(-rows // 10))),
    }
    if by:
        found |= dict(zip(("theil_within", "theil_between"), _theil_split(list(groups.values()), rows, total), strict=True))
    unknown = register.rows(_split(column)[0]) - rows
    records = [
        {
            "code": code,
            **named(term),
            **named(form, "form"),
            "value": found[code],
            "rows": rows,
            "unknown": unknown,
            "needs": column if unknown else "",
        }
        for code, (term, form) in _FORMS.items()
        if code in found
    ]
    return result_rows(records, evidence=[register.evidence])


def _theil_split(groups: Sequence[Frequencies], rows: int, total: int) -> tuple[float | None, float | None]:
    if not total:
        return None, None
    sizes = [(values, *_size(values)) for values in groups]
    within = math.fsum(held / total * (theil(values) or 0.0) for values, _, held in sizes if held)
    between = math.fsum(held / total * math.log(held * rows / (total * of)) for _, of, held in sizes if held)
    return within, between
