"""Outside statistics and dated rules, each with its source, definition, denominator and confidence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from pathlib import Path

import pandas as pd

from analysis.model import LANGS, AnalysisError, Confidence, Evidence, Interval, Lang, Named, Term, Unit, named, number, result_rows
from analysis.places import shared
from analysis.report import Report, printed_interval


class Ratio(Named):
    """A quotient of two published totals; the name says what is divided by what."""

    staff_per_organisation = Term("平均每家组织的从业人员", "staff per organisation")
    members_per_organisation = Term("平均每家组织的党员", "members per organisation")
    members_per_100_staff = Term("每百名从业人员中的党员", "members per 100 staff")
    members_per_branch = Term("平均每个支部的党员", "members per branch")
    party_organisations_per_organisation = Term("党组织数与组织数之比（不是覆盖率）", "Party organisations per organisation (not coverage)")
    coverage = Term("已建党组织的组织所占比例", "share of organisations with a Party organisation")
    organisations_per_10k_people = Term("每万人的组织数", "organisations per 10,000 people")


class Denominator(Named):
    """Which organisations (or whom) a published share or mean is taken over."""

    registered = Term("全部登记的组织", "all registered organisations")
    eligible = Term("仅具备建立条件的组织", "only organisations eligible for one")
    party_statistics = Term("党内统计口径的组织", "organisations as the Party statistics count them")
    six_members = Term("仅有六名以上党员的组织", "only organisations with six or more members")
    staff = Term("从业人员", "staff")
    branches = Term("社会组织的党支部", "branches in social organisations")
    party = Term("全党的党支部", "all branches of the Party")
    population = Term("人口", "population")


CONFIDENCE = tuple(level.name for level in Confidence)

# numerator, denominator and factor of each ratio, as keys of a report's figures
PARTS: dict[Ratio, tuple[str, str, int]] = {
    Ratio.staff_per_organisation: ("staff", "organisations", 1),
    Ratio.members_per_organisation: ("members", "organisations", 1),
    Ratio.members_per_100_staff: ("members", "staff", 100),
    Ratio.members_per_branch: ("members", "branches", 1),
    Ratio.party_organisations_per_organisation: ("party_organisations", "organisations", 1),
}


# what a report's own mean is taken over
_OVER = {"organisations": Denominator.registered, "staff": Denominator.staff, "branches": Denominator.branches}


def _table(name: str, folder: Path | None) -> pd.DataFrame:
    path = (Path(folder) if folder else shared("data") / "reference") / name
    if not path.is_file():
        raise AnalysisError(
            f"There is no file {name} in '{folder}': give the folder where it lies. · 文件夹里没有 {name}：请给出它所在的文件夹。"
        )
    return _parsed(path, path.stat().st_mtime_ns).copy()


@cache
def _parsed(path: Path, _changed: int) -> pd.DataFrame:
    """Read a file once, and again when it has changed."""
    return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")


def _level(confidence: str) -> int:
    if confidence not in CONFIDENCE:
        raise AnalysisError(f"'{confidence}' is not a level of confidence; use one of: {', '.join(CONFIDENCE)}")
    return CONFIDENCE.index(confidence)


def comparators(
    ratio: Ratio | str | None = None, *, confidence: str = "medium", apart_from: str = "", folder: Path | None = None
) -> pd.DataFrame:
    """Return outside figures that a report's own can stand beside, computed from their published totals.

    Parameters
    ----------
    ratio
        Only this one; all without it.
    confidence
        The least confidence that a source must have: low, medium or high.
    apart_from
        The code of a place that is not to be compared with itself.
    folder
        Where figures.csv and ratios.csv lie, if not in the package's data.

    Returns
    -------
    DataFrame, one row a comparator
        code, name_zh, name_en, ratio, year, of (a Denominator), value, low, high [the ratio's unit; low and high
        allow for rounding], part, whole [published totals], definition_zh, definition_en, source_zh, source_en,
        address, confidence, evidence, assumptions.

    Raises
    ------
    AnalysisError
        If `confidence` is not a known level, `ratio` none, or a file is not in the folder.

    >>> rows = comparators(Ratio.coverage).set_index("code")
    >>> f"{rows.loc['cn2012', 'value']:.3f}"  # (40,300 + 39,500) / 499,000
    '0.160'
    """
    least = _level(confidence)
    ratio = Ratio.of(ratio) if isinstance(ratio, str) else ratio
    figures = _table("figures.csv", folder).set_index("id")
    records = []
    for row in _table("ratios.csv", folder).to_dict("records"):
        kind = Ratio.of(row["ratio"])
        if ratio not in (None, kind):
            continue
        above = figures.loc[row["numerator"].split()]
        below = figures.loc[row["denominator"].split()]
        sources = pd.concat([above, below])
        level = min(sources["confidence"], key=CONFIDENCE.index)
        if CONFIDENCE.index(level) < least:
            continue
        if apart_from and apart_from in set(sources["place"]):
            continue
        records.append(_comparator(row["code"], kind, above, below, level))
    return result_rows(records, evidence=[Evidence.REFERENCE])


def _sum(figures: pd.DataFrame) -> tuple[Fraction, Interval]:
    total, span = Fraction(0), Interval.point(0)
    for row in figures.to_dict("records"):
        total += Fraction(row["value"]) * int(row["scale"])
        span += printed_interval(row["value"], scale=int(row["scale"]), rounded=row["unit"] == "percent")
    return total, span


def _listed(texts: Iterable[str], lang: Lang) -> str:
    """Return all distinct texts, those of the numerator first."""
    return ("；" if lang == "zh" else "; ").join(dict.fromkeys(text for text in texts if text))


def _comparator(code: str, kind: Ratio, above: pd.DataFrame, below: pd.DataFrame, level: str) -> dict[str, object]:
    part, part_span = _sum(above)
    if len(below):
        whole, whole_span = _sum(below)
    else:  # a share printed as such
        whole, whole_span = Fraction(100), Interval.point(100)
    factor = {Ratio.members_per_100_staff: 100, Ratio.organisations_per_10k_people: 10_000}.get(kind, 1)
    span = part_span * factor / whole_span
    # the definition of a mean or share is that of its denominator, else of the share itself
    leading = (below if len(below) else above).iloc[0]
    of = Denominator.staff.name if kind is Ratio.members_per_100_staff else leading["of"]
    both = pd.concat([above, below])
    return {
        "code": code,
        **named(Term(leading["place_zh"], leading["place_en"])),
        "ratio": kind.name,
        "year": int(leading["year"]) if leading["year"] else None,
        "of": of,
        "value": float(part * factor / whole),
        "low": number(span.low),
        "high": number(span.high),
        "part": float(part) if len(below) else None,
        "whole": float(whole) if len(below) else None,
        **{f"{stem}_{lang}": _listed(both[f"{stem}_{lang}"], lang) for stem in ("definition", "source") for lang in LANGS},
        "address": _listed(both["address"], "en"),
        "confidence": level,
    }


def ratios(report: Report) -> pd.DataFrame:
    """Return the quotients that a report's own totals give, with the figures that are missing named.

    Returns
    -------
    DataFrame, one row a ratio
        code, name_zh, name_en, ratio, of, value [the ratio's unit; null unless both totals are exact], low, high
        [the same], part, whole [totals], missing (keys of figures that are not published), confidence, evidence, assumptions.

    >>> ratios(Report.of("demo", members=678, branches=34)).set_index("code").loc["members_per_branch", "value"].round(1)
    np.float64(19.9)
    """
    records: list[dict[str, object]] = []
    for kind, (above, below, factor) in PARTS.items():
        part, whole = report.interval(above), report.interval(below)
        if above == "party_organisations":
            part = report.totals.branches
        row: dict[str, object] = {"code": kind.name, **named(kind.term), "ratio": kind.name, "of": _OVER[below].name}
        if part is None or whole is None:
            missing = [key for key, span in ((above, part), (below, whole)) if span is None]
            row |= {"value": None, "low": 0.0, "high": None, "part": None, "whole": None, "missing": " ".join(missing)}
        else:
            span = part * factor / whole
            row |= {
                "value": number(span.low) if span.exact else None,
                "low": number(span.low),
                "high": number(span.high),
                "part": number(part.low) if part.exact else None,
                "whole": number(whole.low) if whole.exact else None,
                "missing": "",
            }
        records.append(row | {"confidence": report.confidence})
    return result_rows(records, evidence=[Evidence.REPORT])


def density(report: Report, *, confidence: str = "medium") -> pd.DataFrame:
    """Return how many organisations a report counts for every 10,000 people of its place.

    The population is the report's own where it prints one, else a cited one.

    Returns
    -------
    DataFrame, one row
        As `ratios`; code organisations_per_10k_people. Without a count of organisations, or a population of enough
        confidence, `missing` names what is not printed and nothing is known.
    """
    kind = Ratio.organisations_per_10k_people
    table = _table("figures.csv", None)
    sure = table["confidence"].map(CONFIDENCE.index) >= _level(confidence)
    found = table[(table["place"] == report.place) & (table["quantity"] == "population") & sure]
    organisations = report.interval("organisations")
    row: dict[str, object] = {"code": kind.name, **named(kind.term), "ratio": kind.name, "of": Denominator.population.name}
    row |= {"value": None, "low": 0.0, "high": None, "part": None, "whole": None, "missing": "" if organisations else "organisations"}
    printed = report.interval("population")
    if printed is None and not len(found):
        row["missing"] = "population"
    elif organisations is not None:
        people = printed or _sum(found.tail(1))[1]
        span = organisations * 10_000 / people
        row |= {"value": number(span.low) if span.exact else None, "low": number(span.low), "high": number(span.high),
                "part": number(organisations.low) if organisations.exact else None, "whole": number(people.low)}  # fmt: skip
    row["confidence"] = report.confidence if printed else confidence
    return result_rows([row], evidence=[Evidence.REPORT] if printed else [Evidence.REPORT, Evidence.REFERENCE])


def staff_at_comparators(report: Report, *, confidence: str = "medium") -> pd.DataFrame:
    """Return how many staff a report's organisations would have if each had as many as a comparator's mean.

    Returns
    -------
    DataFrame, one row a comparator
        code, name_zh, name_en, year, unit, value, low, high [people], missing, evidence, assumptions; nothing is known
        without a count of organisations.
    """
    organisations = report.interval("organisations")
    others = comparators(Ratio.staff_per_organisation, confidence=confidence, apart_from=report.place)
    records = []
    for row in others.to_dict("records"):
        kept = {key: row[key] for key in ("code", "name_zh", "name_en", "year")} | {"unit": Unit.person.name}
        if organisations is None:
            records.append(kept | {"value": None, "low": 0.0, "high": None, "missing": "organisations"})
            continue
        mean = Interval(Fraction(row["low"]), Fraction(row["high"]))
        low, high = mean.low * organisations.low, math.inf if math.isinf(organisations.high) else mean.high * organisations.high
        value = row["value"] * float(organisations.low) if organisations.exact else None
        records.append(kept | {"value": value, "low": number(low), "high": number(high), "missing": ""})
    return result_rows(records, evidence=[Evidence.REPORT, Evidence.REFERENCE])


def rules(*, folder: Path | None = None) -> pd.DataFrame:
    """Return the dated rules: one row a rule, marked as outside reference.

    Returns
    -------
    DataFrame
        code, name_zh, name_en, field, op, value [the field's unit], valid_from [year or year-month], document_zh,
        document_en, article, confidence, evidence, assumptions.

    Raises
    ------
    AnalysisError
        If the file is not in the folder.

    >>> rules().set_index("code").loc["R01", "value"]
    np.int64(3)
    """
    table = _table("rules.csv", folder).rename(columns={"id": "code"})
    records = [{str(key): cell for key, cell in row.items()} | {"value": int(row["value"])} for row in table.to_dict("records")]
    return result_rows(records, evidence=[Evidence.REFERENCE])


def limit(code: str, *, folder: Path | None = None) -> int:
    """Return the number that a rule sets.

    Raises
    ------
    AnalysisError
        If no rule has this code.

    >>> limit("R05")
    5
    """
    table = _table("rules.csv", folder)
    numbers = dict(zip(table["id"], table["value"], strict=True))
    if code not in numbers:
        raise AnalysisError(f"No rule is called '{code}'; the rules are: {', '.join(numbers)}")
    return int(numbers[code])


def in_force_from(code: str) -> int | None:
    """Return the first day of a rule as yyyymmdd, or None where its source gives none.

    >>> in_force_from("R12"), in_force_from("R01"), in_force_from("R13")
    (20180701, 19820101, None)
    """
    table = _table("rules.csv", None)
    year, _, month = dict(zip(table["id"], table["valid_from"], strict=True))[code].partition("-")
    return int(year) * 10_000 + int(month or 1) * 100 + 1 if year else None


def yearly_duties(report: Report) -> pd.DataFrame:
    """Return how many meetings a year the rules ask of a report's branches together: a scale, not a target.

    Returns
    -------
    DataFrame, one row a rule that counts per year
        code, name_zh, name_en, per_branch, value, low, high [meetings a year], valid_from, evidence, assumptions;
        empty without a count of branches.

    >>> int(yearly_duties(Report.of("demo", branches=34)).set_index("code").loc["R19", "value"])  # 34 × 4
    136
    """
    branches = report.interval("branches")
    table = rules()
    records = []
    for row in table[table["field"] == "per_year"].to_dict("records") if branches else []:
        assert branches is not None
        span = branches * row["value"]
        records.append(
            {key: row[key] for key in ("code", "name_zh", "name_en", "valid_from")}
            | {"per_branch": row["value"], "value": number(span.low) if span.exact else None,
               "low": number(span.low), "high": number(span.high)}
        )  # fmt: skip
    return result_rows(records, evidence=[Evidence.REPORT, Evidence.REFERENCE])
