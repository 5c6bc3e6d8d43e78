"""Does a cause go with a problem: the two-by-two table of a register, what its empty cells leave open, and when it is too thin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
import pandas as pd

from analysis.causes import CAUSES, link_grid
from analysis.facts import Fact
from analysis.given import within
from analysis.indicators import INDICATORS, marks_of, needs, rests_on
from analysis.metrics import TABLE, open_columns, total_of
from analysis.model import LANGS, AnalysisError, Choice, Evidence, Kind, Named, Term, named, result_rows
from analysis.reach import claiming, either, measurable, touched_rows
from analysis.register import Register
from analysis.report import Report
from analysis.settings import DEFAULT_SETTINGS, Settings

# the chance at which what goes together by chance alone is taken for more, and the difference that would matter (C31)
LEVEL, MARGIN = 0.05, 0.2
_CELLS = ("yy", "yn", "yu", "ny", "nn", "nu", "uy", "un", "uu")


class Goes(Named):
    """What a cross-table says of two things; never that one brings about the other."""

    together = Term("相伴出现", "go together")
    apart = Term("此有彼无", "one where the other is not")
    unrelated = Term("没有相伴的迹象", "no sign of going together")
    cannot_be_told = Term("看不出来", "cannot be told")


class Why(Named):
    """Why a cross-table cannot tell."""

    told = Term("—", "—")
    same = Term(
        "两者由同一列算出，是否相伴有一部分由此而定，说明不了什么",
        "both are read from the same column, so that they go together or apart is partly built in and says nothing",
    )
    thin = Term(
        "两者之一，有的行或没有的行太少：怎样分布都不足为凭",
        "too few rows with, or without, one of the two: no arrangement of them would tell",
    )
    unknown = Term("空格可以推翻", "the empty cells could reverse it")
    wide = Term("差异的区间太宽", "the interval of the difference is too wide")


class Table(NamedTuple):
    """Rows of which both are known: with both, with the cause alone, with the problem alone, with neither."""

    both: int
    cause: int
    problem: int
    neither: int


def association(
    register: Register,
    cause: str,
    problem: str,
    *,
    report: Report | None = None,
    pairs: int = 1,
    settings: Settings = DEFAULT_SETTINGS,
) -> pd.DataFrame:
    """Return whether a cause goes with a problem: the table of a register's rows by the two, and what it tells.

    The rows are those of the problem's table; a cause of the other table is lifted to it (C30). The data are a census: intervals
    and p-value answer how far chance alone could carry such a table, the least and most what the empty cells could make of it.

    Parameters
    ----------
    cause, problem
        Codes of indicators, or of a report's claims.
    report
        Whose claims; the first report's where it makes none.
    pairs
        How many pairs are looked at: the p-value is multiplied by it (Bonferroni).

    Returns
    -------
    DataFrame, one row
        code (cause>problem), cause, problem, name_zh, name_en, table, yy, yn, yu, ny, nn, nu, uy, un, uu [rows by cause, then
        problem: yes, no, unknown], part, whole [rows with the problem, of those with the cause], others_part, others_whole [of
        those without], difference [-1..1; of the two shares] with difference_low, difference_high [95 % interval] and
        difference_least, difference_most [over the empty cells], the same of ratio [0..; null where it has no bound], p [Fisher's exact test, two-sided],
        p_adjusted, p_worst [times `pairs`; the greatest that the empty cells could make it; 1 where they could turn the difference], pairs, goes (together, apart, unrelated,
        cannot_be_told), why, shared (columns that both are read from), needs, evidence, assumptions.

    Raises
    ------
    AnalysisError
        If a code is neither an indicator nor a claim, or no ledger shows it; or `pairs` is less than 1.

    >>> rows = pd.DataFrame({"name": list("abcd"), "in_leadership": [True, False] * 2, "joined_work": [True, False] * 2})
    >>> r = Register(pd.DataFrame({"name": ["o"]}), rows)
    >>> association(r, "O3", "P4").loc[0, ["goes", "why"]].tolist()
    ['cannot_be_told', 'thin']
    """
    within("pairs", pairs, 1)
    of = claiming(report)
    rows = [_compared(register, [(cause, problem)], of, settings)[0]]
    return result_rows([_judged(row, min(1.0, row["p"] * pairs), pairs) for row in rows])


def associations(register: Register, report: Report | None = None, *, settings: Settings = DEFAULT_SETTINGS) -> pd.DataFrame:
    """Return whether each cause goes with the problem that it is linked to, corrected for the number of pairs (Holm).

    Pairs that are read from the same column are shown, and neither tested nor counted.

    Returns
    -------
    DataFrame, one row a link between claims that a ledger shows
        As `association`, with basis (stated, read).

    >>> r = Register(pd.DataFrame({"name": ["a"]}))
    >>> associations(r)["goes"].unique().tolist()
    ['cannot_be_told']
    """
    of = claiming(report)
    links = link_grid(of, CAUSES, (Kind.problem,), leaves=True)
    shown = {code for code in [*links["source"], *links["target"]] if measurable(_indicator(of, code))} if len(links) else set()
    links = links[(links["basis"] != "") & links["source"].isin(shown) & links["target"].isin(shown)]
    if not len(links):
        return result_rows([]).reindex(columns=_COLUMNS)
    records = _compared(register, list(zip(links["source"], links["target"], strict=True)), of, settings)
    tested = [row for row in records if not row["shared"]]
    adjusted = iter(holm([row["p"] for row in tested]))
    judged = [_judged(row, 1.0 if row["shared"] else next(adjusted), len(tested)) for row in records]
    # the links of another report are a way of asking here, and no evidence
    told = links["evidence"] if of is report else [Evidence.JUDGEMENT.name] * len(links)
    kinds = zip(judged, links["basis"], told, strict=True)
    return result_rows([row | {"basis": basis, "evidence": [*row["evidence"], *_kinds(marks)]} for row, basis, marks in kinds])


_COLUMNS = ["code", "cause", "problem", "name_zh", "name_en", "table", *_CELLS, "part", "whole", "others_part", "others_whole",
            *(f"{what}{end}" for what in ("difference", "ratio") for end in ("", "_low", "_high", "_least", "_most")), "p", "p_adjusted",
            "p_worst", "pairs", "goes", "why", "shared", "needs", "basis", "evidence", "assumptions"]  # fmt: skip


def holm(chances: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number, in the order given (Holm 1979).

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(chances)), key=chances.__getitem__)
    raised = accumulate((chances[at] * (len(chances) - rank) for rank, at in enumerate(order)), max)
    found = dict(zip(order, raised, strict=True))
    return [min(1.0, found[at]) for at in range(len(chances))]


def _kinds(marks: str) -> list[Evidence]:
    return [Evidence.of(code) for code in marks.split()]


def _indicator(report: Report, code: str) -> str:
    found = report.claims.loc[report.claims["code"] == code, "indicator"]
    return str(found.iloc[0]) if len(found) else code


def _compared(register: Register, pairs: list[tuple[str, str]], report: Report, settings: Settings) -> list[dict[str, Any]]:
    """Return the table of each pair and its figures, in one pass over the register."""
    codes = {code: _indicator(report, code) for pair in pairs for code in pair}
    lost = [code for code, indicator in codes.items() if not measurable(indicator)]
    if lost:
        raise AnalysisError(f"No ledger shows {', '.join(lost)}: give claims or indicators that have columns.")
    rows = touched_rows(register, codes.values(), settings)
    sums: dict[str, int] = {}
    for grain, table in TABLE.items():
        mine = [(cause, problem) for cause, problem in pairs if INDICATORS[codes[problem]].grain is grain]
        each = {f"{a}>{b}/{cell}": expr for a, b in mine for cell, expr in _cells(codes[a], codes[b]).items()}
        sums |= total_of(rows[table], each) if each else {}
    return [_record(register, pair, (codes[pair[0]], codes[pair[1]]), sums, settings=settings) for pair in pairs]


def _cells(cause: str, problem: str) -> dict[str, nw.Expr]:
    """Return where a row belongs to each cell of the table: yes, no and unknown, of the cause and of the problem."""
    ends = {}
    for name, fact in (("cause", either([cause])), ("problem", either([problem]))):
        ends[name] = _three(fact)
    return {f"{a}{b}": ends["cause"][a] & ends["problem"][b] for a in "ynu" for b in "ynu"}


def _three(fact: Fact) -> dict[str, nw.Expr]:
    yes, no = fact.yes.fill_null(False), fact.no.fill_null(False)
    return {"y": yes, "n": no, "u": ~(yes | no)}


def _record(
    register: Register, pair: tuple[str, str], indicators: tuple[str, str], sums: dict[str, int], *, settings: Settings
) -> dict[str, Any]:
    cells = {cell: sums[f"{pair[0]}>{pair[1]}/{cell}"] for cell in _CELLS}
    table = Table(cells["yy"], cells["yn"], cells["ny"], cells["nn"])
    asked = [needs(code, settings) for code in indicators]
    empty = open_columns(register) if any(cells[cell] for cell in _CELLS if "u" in cell) else ()
    marks = [marks_of(rests_on(code, settings)) for code in indicators]
    terms = [INDICATORS[code].term for code in indicators]
    return {
        "code": f"{pair[0]}>{pair[1]}", "cause": pair[0], "problem": pair[1],
        **named(Term(*(f"{pair[0]} {terms[0](lang)} × {pair[1]} {terms[1](lang)}" for lang in LANGS))),
        "table": TABLE[INDICATORS[indicators[1]].grain], **cells, "part": table.both, "whole": table.both + table.cause,
        "others_part": table.problem, "others_whole": table.problem + table.neither, **_figures(table), **_extremes(cells),
        "shared": " ".join(column for column in asked[0] if column in asked[1]),
        "needs": " ".join(column for column in dict.fromkeys([*asked[0], *asked[1]]) if column in empty),
        # which indicator shows a claim, and from when two go together, is our judgement
        "evidence": [register.evidence, Evidence.JUDGEMENT, *(kind for mark in marks for kind in mark["evidence"])],
        "assumptions": [Choice.C30, Choice.C31, *(choice for mark in marks for choice in mark["assumptions"])],
    }  # fmt: skip


def _figures(table: Table) -> dict[str, float | None]:
    """Return difference and ratio of the two shares with their intervals, and Fisher's test; null where a side has no rows."""
    found: dict[str, float | None] = dict.fromkeys(_FIGURES) | {"p": _p(table)}
    with_it, others = table.both + table.cause, table.problem + table.neither
    if not with_it or not others:
        return found
    one, two = _wilson(table.both, with_it), _wilson(table.problem, others)
    low, high = _difference_interval(one, two)
    found |= {"difference": one.share - two.share, "difference_low": low, "difference_high": high}
    if table.both or table.problem:
        low, high = _ratio_interval(one, two)
        found |= {"ratio": one.share / two.share if two.share else None, "ratio_low": low, "ratio_high": _finite(high)}
    return found


_FIGURES = ("difference", "difference_low", "difference_high", "ratio", "ratio_low", "ratio_high")


class _Share(NamedTuple):
    share: float
    low: float
    high: float


def _wilson(part: int, whole: int) -> _Share:
    from scipy.stats import binomtest  # noqa: PLC0415 - a second to import

    limits = binomtest(part, whole).proportion_ci(1 - LEVEL, method="wilson")
    return _Share(part / whole, float(limits.low), float(limits.high))


def _difference_interval(one: _Share, two: _Share) -> tuple[float, float]:
    """Return the interval of a difference of shares from those of the shares (Newcombe 1998, method 10)."""
    difference = one.share - two.share
    low = difference - np.hypot(one.share - one.low, two.high - two.share)
    high = difference + np.hypot(one.high - one.share, two.share - two.low)
    return max(-1.0, float(low)), min(1.0, float(high))


def _ratio_interval(one: _Share, two: _Share) -> tuple[float, float]:
    """Return the interval of a ratio of shares from those of the shares (Donner and Zou 2012, MOVER-R)."""
    product = one.share * two.share

    def root(first: float, second: float) -> float:
        return float(np.sqrt(max(0.0, product**2 - first * second * (2 * one.share - first) * (2 * two.share - second))))

    below, above = two.high * (2 * two.share - two.high), two.low * (2 * two.share - two.low)
    low = (product - root(one.low, two.high)) / below if below else 0.0
    high = (product + root(one.high, two.low)) / above if above else np.inf
    return max(0.0, low), high


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _extremes(cells: dict[str, int]) -> dict[str, Any]:
    """Return the least and most that the empty cells could make of difference and ratio, and the tables among which these lie."""
    found: dict[str, Any] = {}
    for end, tables in (("least", _completions(cells, together=False)), ("most", _completions(cells, together=True))):
        with np.errstate(divide="ignore", invalid="ignore"):
            one, two = tables[:, 0] / (tables[:, 0] + tables[:, 1]), tables[:, 2] / (tables[:, 2] + tables[:, 3])
            difference, ratio = one - two, one / two
        best = np.nanmin if end == "least" else np.nanmax
        sound, held = ~np.isnan(difference), ~np.isnan(ratio)
        found[f"difference_{end}"] = float(best(difference)) if sound.any() else None
        # where no row could have both, the ratio is nothing wherever it is one
        found[f"ratio_{end}"] = _finite(float(best(ratio))) if held.any() else found.get("ratio_least")
        at = int(np.nanargmin(difference) if end == "least" else np.nanargmax(difference)) if sound.any() else 0
        found[f"_{end}"] = [Table(*(int(count) for count in table)) for table in (tables[at], *tables)]
    return found


def _completions(cells: dict[str, int], *, together: bool) -> np.ndarray:
    """Return the tables among which lies the one that most speaks for, or against, going together; one table a row.

    What is half known goes all to one side, or all but one row of it, so that no group need be left empty; of rows of which
    nothing is known, every split between the two cells of that side is tried.
    """
    yy, yn, yu, ny, nn, nu, uy, un, uu = (cells[cell] for cell in _CELLS)
    split = np.arange(uu + 1)
    found = []
    for left_y in range(min(uy, 1) + 1):
        for left_n in range(min(un, 1) + 1):
            if together:
                parts = (
                    yy + yu + uy - left_y + split,
                    yn + left_n + 0 * split,
                    ny + left_y + 0 * split,
                    nn + nu + un - left_n + uu - split,
                )
            else:
                parts = (
                    yy + left_y + 0 * split,
                    yn + yu + un - left_n + split,
                    ny + nu + uy - left_y + uu - split,
                    nn + left_n + 0 * split,
                )
            found.append(np.stack(parts, axis=1))
    return np.concatenate(found)


def _judged(row: dict[str, Any], adjusted: float, pairs: int) -> dict[str, Any]:
    """Return a row with its verdict, and without what only led to it."""
    least, most = row.pop("_least"), row.pop("_most")
    worst = min(1.0, _worst(row, least, most) * pairs)
    goes, why = _verdict(row, adjusted, pairs, ends=(least[0], most[0]), worst=worst)
    return row | {"p_adjusted": adjusted, "p_worst": worst, "pairs": pairs, "goes": goes.name, "why": why.name}


def _worst(row: dict[str, Any], least: list[Table], most: list[Table]) -> float:
    """Return the greatest p-value of all completions; 1 where one of them turns the difference, or makes it nothing.

    The greatest need not be where the difference is least: a smaller group makes up for more.
    """
    side = np.sign(row["difference"] or 0)
    if not side or np.sign(row["difference_least" if side > 0 else "difference_most"]) != side:
        return 1.0
    return max(_p(table) for table in set(least if side > 0 else most))


def _p(table: Table) -> float:
    from scipy.stats import fisher_exact  # noqa: PLC0415

    return float(fisher_exact([table[:2], table[2:]]).pvalue)


def _verdict(row: dict[str, Any], adjusted: float, pairs: int, *, ends: tuple[Table, Table], worst: float) -> tuple[Goes, Why]:
    if row["shared"]:
        return Goes.cannot_be_told, Why.same
    table = Table(row["yy"], row["yn"], row["ny"], row["nn"])
    if adjusted >= LEVEL and _least_p(table) * pairs >= LEVEL:
        return Goes.cannot_be_told, Why.thin
    if adjusted < LEVEL:
        told = Goes.together if row["difference"] > 0 else Goes.apart
        return (told, Why.told) if worst < LEVEL else (Goes.cannot_be_told, Why.unknown)
    if not _within_margin(table):
        return Goes.cannot_be_told, Why.wide
    quiet = all(_within_margin(end) and _p(end) * pairs >= LEVEL for end in ends)
    return (Goes.unrelated, Why.told) if quiet else (Goes.cannot_be_told, Why.unknown)


def _within_margin(table: Table) -> bool:
    """Whether the interval of the difference lies within the margin on both sides of nothing."""
    figures = _figures(table)
    return all(abs(figures[f"difference_{end}"] or 0) <= MARGIN for end in ("low", "high"))


def _least_p(table: Table) -> float:
    """Return the least p-value that any table of the same margins has (Tarone): above the level, none would tell."""
    exposed, ill, all_rows = table.both + table.cause, table.both + table.problem, sum(table)
    ends: Iterable[int] = (max(0, exposed + ill - all_rows), min(exposed, ill))
    return min(_p(Table(both, exposed - both, ill - both, all_rows - exposed - ill + both)) for both in ends)
