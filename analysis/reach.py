"""What a cause or a measure touches: organisations, branches and members, each counted once, with what is unknown as an interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import narwhals as nw
import pandas as pd

from analysis.causes import CAUSES, claims
from analysis.facts import EVERY, UNKNOWN, Counted, Fact, any_of, known, one_of
from analysis.indicators import INDICATORS, At, marks_of, needs, organised, rests_on
from analysis.metrics import TABLE, ends, joined_rows, nothing_counted, open_columns, rates, total_of
from analysis.model import LANGS, AnalysisError, Choice, Evidence, Grain, Named, Term, named, result_rows
from analysis.register import Frame, Register
from analysis.report import Report, load_report
from analysis.schema import Form
from analysis.settings import DEFAULT_SETTINGS, Settings

# the report whose claims are asked about where no other is given: its indicators were made for them
FIRST_REPORT = "yangxian"


def claiming(report: Report | None) -> Report:
    """Return a report whose claims can be asked about: the one given, or the first where it makes none."""
    return report if report is not None and len(report.claims) else load_report(FIRST_REPORT)


_ASKED = {
    True: Term("这份报告", "this report"),
    False: Term(
        "随本项目提供的一份县级报告：手头没有列原因的报告，借来发问，不是这里的结论",
        "a county's report that comes with this project, for no report at hand names any: they are questions, not findings about this place",
    ),
}


def causes_asked(report: Report | None) -> pd.DataFrame:
    """Return whose causes `prevalence` and `associations` ask about, as one row: the report's own, or the first report's.

    Returns
    -------
    DataFrame, one row
        code (causes), name_zh, name_en, value [causes that a ledger can show], evidence, assumptions.
    """
    of = claiming(report)
    own = of is report
    count = sum(map(measurable, claims(of, *CAUSES, leaves=True)["indicator"]))
    return result_rows(
        [{"code": "causes", **named(_ASKED[own]), "value": count}], evidence=[Evidence.REPORT if own else Evidence.JUDGEMENT]
    )


class Touched(Named):
    """What is counted of those that something touches."""

    organisations = Term("组织", "organisations")
    branches = Term("支部", "branches")
    members = Term("党员", "members")


def touched(code: str, at: At) -> Fact:
    """Whether a row is one of those that an indicator counts; where it weighs amounts, whether there is any."""
    measure = INDICATORS[code].measure
    assert measure is not None
    settled = measure(at)
    if isinstance(settled, Counted):
        return settled.whole & settled.part
    cells = settled.cells()
    # of nobody at all, nobody is counted, whatever the part is
    return Fact(cells["b"] & (cells["p"] > 0), (cells["b"] & (cells["p"] == 0)) | (cells["s"] & (cells["w"] == 0)))


def touched_rows(register: Register, codes: Iterable[str], settings: Settings = DEFAULT_SETTINGS) -> dict[str, Frame]:
    """Return both tables with a pair of columns for each indicator, whatever its grain: `code.y` and `code.n`, 1 where so.

    A branch is touched where one of its organisations or its host is, and not where all of them are known and none is; an
    organisation is touched where its branch is, and not where that is not or it has none (C30).
    """
    at, asked = At(register.as_of, settings), [code for code in dict.fromkeys(codes) if measurable(code)]
    own = {grain: [code for code in asked if INDICATORS[code].grain is grain] for grain in TABLE}
    rows = {}
    for grain, table in TABLE.items():
        each = [
            expr.cast(nw.Int64).alias(f"{code}.{end}") for code in own[grain] for end, expr in zip("yn", touched(code, at), strict=True)
        ]
        rows[table] = joined_rows(register, table).with_columns(*each) if each else joined_rows(register, table)
    organisations, branches = rows["organisations"], rows["branches"]
    up, down = own[Grain.organisation], own[Grain.branch]
    return {
        "organisations": _down(organisations, branches, down) if down else organisations,
        "branches": _up(organisations, branches, up) if up else branches,
    }


def _ends_of(codes: Iterable[str]) -> list[str]:
    return [f"{code}.{end}" for code in codes for end in "yn"]


def _down(organisations: Frame, branches: Frame, codes: list[str]) -> Frame:
    """Return the organisations with what is so of their branches."""
    names = _ends_of(codes)
    lent = branches.select(nw.col("branch_id").alias("_lent"), *names)
    joined = organisations.join(lent, left_on="branch_id", right_on="_lent", how="left")
    alone = organisations_without()
    return joined.with_columns(
        *(nw.col(f"{code}.y").fill_null(0).alias(f"{code}.y") for code in codes),
        *(nw.when(alone).then(nw.lit(1)).otherwise(nw.col(f"{code}.n").fill_null(0)).alias(f"{code}.n") for code in codes),
    )


def organisations_without() -> nw.Expr:
    """Return where an organisation is known to have no Party organisation, and no branch is named."""
    return organised().no & ~known("branch_id")


def _up(organisations: Frame, branches: Frame, codes: list[str]) -> Frame:
    """Return the branches with what is so of their organisations and of their host."""
    names = _ends_of(codes)
    gathered = (
        organisations.filter(known("branch_id"))
        .select(nw.col("branch_id").alias("_of"), *(nw.col(name).alias(f"_{name}") for name in names))
        .group_by("_of")
        .agg(*(nw.col(f"_{name}").sum() for name in names))
    )
    hosts = organisations.select(nw.col("org_id").alias("_at"), *(nw.col(name).alias(f"@{name}") for name in names))
    joined = branches.join(gathered, left_on="branch_id", right_on="_of", how="left").join(
        hosts, left_on="host_org_id", right_on="_at", how="left"
    )
    return joined.with_columns(*(expr.cast(nw.Int64).alias(f"{code}.{end}") for code in codes for end, expr in _lifted(code).items()))


def _lifted(code: str) -> dict[str, nw.Expr]:
    listed = nw.col("_listed").fill_null(0)
    some = (nw.col(f"_{code}.y").fill_null(0) > 0) | (nw.col(f"@{code}.y").fill_null(0) > 0)
    host_open = known("host_org_id") & (nw.col(f"@{code}.n").fill_null(0) == 0)
    # whether all its organisations are listed: as many as it says, or else the one of a branch of one unit
    counted = known("organisations_covered") & (nw.col("organisations_covered").fill_null(0) <= listed)
    alone = ~known("organisations_covered") & one_of("form", [Form.own.name]).yes
    complete = (listed > 0) & (counted | alone)
    return {"y": some, "n": ~some & complete & (nw.col(f"_{code}.n").fill_null(0) == listed) & ~host_open}


def either(codes: Iterable[str]) -> Fact:
    """Return whether one of several indicators touches a row of `touched_rows`; of one that no ledger shows, it is not known."""
    facts = [Fact(nw.col(f"{code}.y") == 1, nw.col(f"{code}.n") == 1) if measurable(code) else UNKNOWN for code in codes]
    return any_of(*facts) if facts else ~EVERY


def measurable(code: str) -> bool:
    """Whether a ledger can show an indicator."""
    return code in INDICATORS and INDICATORS[code].measure is not None


def reach(register: Register, groups: Mapping[str, Iterable[str]], *, settings: Settings = DEFAULT_SETTINGS) -> pd.DataFrame:
    """Return how many organisations, branches and members each group of indicators touches: those that one of them counts.

    Members are those of the branches touched (C30).

    Parameters
    ----------
    groups
        Codes of indicators under the name of each group. One that no ledger shows may touch every row.

    Returns
    -------
    DataFrame, one row a group and what is counted
        code (group/counted), group, counted (organisations, branches, members), part, whole, unknown, unsized, share, low,
        high, least, most, of, needs [as in `rates`], evidence, assumptions.

    Raises
    ------
    AnalysisError
        If a code is no indicator's; the message lists those that there are.

    >>> r = Register(pd.DataFrame({"name": list("abc"), "inspection": ["missed", "passed", None]}))
    >>> reach(r, {"X5b": ["not_inspected"]})[["part", "whole", "unknown"]].to_numpy().tolist()[0]
    [1, 2, 1]
    """
    lists = {group: [codes] if isinstance(codes, str) else list(codes) for group, codes in groups.items()}
    lost = ", ".join(dict.fromkeys(code for codes in lists.values() for code in codes if code not in INDICATORS))
    if lost:
        known = ", ".join(INDICATORS)
        raise AnalysisError(f"No indicator is called {lost}; they are: {known}. · 没有这样的指标：{lost}；可用的有：{known}。")
    return touched_groups(register, lists, settings=settings)


def touched_groups(register: Register, groups: Mapping[str, Iterable[str]], *, settings: Settings = DEFAULT_SETTINGS) -> pd.DataFrame:
    """Return the rows of `reach`; of a code that is no indicator, such as a report may have, it is not known whom it touches."""
    lists = {group: list(codes) for group, codes in groups.items()}
    rows = touched_rows(register, [code for codes in lists.values() for code in codes], settings)
    sums: dict[str, dict[str, int]] = {}
    each: dict[str, dict[str, nw.Expr]] = {table: {} for table in rows}
    for group, codes in lists.items():
        fact = either(codes)
        for table in rows:
            each[table] |= {f"{group}/{table}/{end}": expr for end, expr in _count(fact).items()}
        each["branches"] |= {f"{group}/members/{end}": expr for end, expr in _weigh(fact).items()}
    for table, wanted in each.items():
        for name, value in (total_of(rows[table], wanted) if wanted else {}).items():
            place, _, end = name.rpartition("/")
            sums.setdefault(place, {})[end] = value
    records = []
    for group, codes in lists.items():
        for counted in Touched:
            found = sums[f"{group}/{counted.name}"]
            records.append({"code": f"{group}/{counted.name}", "group": group, **_row(register, counted, codes, found, settings=settings)})
    return result_rows(records) if records else result_rows([]).reindex(columns=_COLUMNS)


_COLUMNS = ["code", "group", "counted", "part", "whole", "unknown", "unsized", "share", "low", "high", "least", "most", "of",
            "needs", "evidence", "assumptions"]  # fmt: skip


def _count(fact: Fact) -> dict[str, nw.Expr]:
    return {"part": fact.yes, "whole": fact.yes | fact.no, "unknown": ~(fact.yes | fact.no)}


def _weigh(fact: Fact) -> dict[str, nw.Expr]:
    weight = nw.col("members").fill_null(0)
    sizes: dict[str, nw.Expr] = {end: weight * where.cast(nw.Int64) for end, where in _count(fact).items()}
    return sizes | {"unsized": ~known("members")}


def _row(register: Register, counted: Touched, codes: list[str], found: Mapping[str, int], *, settings: Settings) -> dict[str, Any]:
    sums = {"part": 0, "whole": 0, "unknown": 0, "unsized": 0, "thins": 0, "swells": 0, **found}
    people = counted is Touched.members
    table = "branches" if people else counted.name
    limits = ends(sums, people=people, nothing=nothing_counted(register, table))
    asked = [
        *(column for code in codes if measurable(code) for column in _asked(code, table, settings)),
        *(["branches/members"] if people else []),
    ]
    empty = open_columns(register) if limits["least"] != limits["most"] else ()
    marks = [marks_of(rests_on(code, settings)) for code in codes if measurable(code)]
    return {
        "counted": counted.name, **{name: sums[name] for name in ("part", "whole", "unknown", "unsized")}, **limits,
        "needs": " ".join(column for column in dict.fromkeys(asked) if column in empty),
        "evidence": [register.evidence, *(kind for mark in marks for kind in mark["evidence"])],
        "assumptions": [Choice.C30, *(choice for mark in marks for choice in mark["assumptions"])],
    }  # fmt: skip


def _asked(code: str, table: str, settings: Settings) -> tuple[str, ...]:
    """Return the columns that tell whether an indicator touches a row, those that join the tables included."""
    same = TABLE[INDICATORS[code].grain] == table
    joins = ("organisations/branch_id", "branches/organisations_covered") if table == "branches" else ("organisations/branch_id",)
    return needs(code, settings) + (() if same else joins)


def prevalence(register: Register, report: Report | None = None, *, settings: Settings = DEFAULT_SETTINGS) -> pd.DataFrame:
    """Return how many organisations, branches and members each cause touches.

    Parameters
    ----------
    report
        Whose causes, parts apart; the first report's where it makes none. A cause that no ledger shows has no row (`instruments`).

    Returns
    -------
    DataFrame, one row a cause and what is counted
        As `reach`, with name_zh, name_en [the cause's code and what is counted for it], definition_zh, definition_en [the cause in
        the report's words, and the indicator's definition], cause, indicator. Of causes that are counted in members (S4 to S6, N2),
        the row of members is that of `rates`.

    >>> r = Register(pd.DataFrame({"name": list("ab"), "inspection": ["missed", None]}))
    >>> prevalence(r).set_index("code").loc["X5b/organisations", ["part", "unknown"]].tolist()
    [1, 1]
    """
    of = claiming(report)
    causes = {c["code"]: c for c in claims(of, *CAUSES, leaves=True).to_dict("records") if measurable(c["indicator"])}
    found = touched_groups(register, {code: [claim["indicator"]] for code, claim in causes.items()}, settings=settings)
    people = _people(register, [claim["indicator"] for claim in causes.values()], settings)
    records: list[dict[str, Any]] = []
    for _, row in found.iterrows():
        claim, counted = causes[row["group"]], Touched.of(row["counted"])
        own = people.get(claim["indicator"], {}) if counted is Touched.members else {}
        # by what is counted: the cause in the report's words may be more than a ledger shows of it
        about = INDICATORS[claim["indicator"]]
        name = Term(*(f"{row['group']} {about.term(lang)}" for lang in LANGS))
        label = Term(f"{name.zh}：{counted.term.zh}", f"{name.en}: {counted.term.en}")
        words = named(label) | named(_counted_for(claim, about.definition), "definition")
        records.append({**row, **own, **words, "cause": row["group"], "indicator": claim["indicator"]})
    # that this indicator shows this cause is our judgement
    rows = result_rows(records, evidence=[Evidence.JUDGEMENT])
    added = [*named(Term("", "")), *named(Term("", ""), "definition"), "cause", "indicator"]
    return rows if len(rows) else rows.reindex(columns=[*_COLUMNS[:-2], *added, *_COLUMNS[-2:]])


def _counted_for(claim: Mapping[Any, Any], definition: Term) -> Term:
    """Return the cause in the report's words beside what is counted for it."""
    return Term(f"原因：{claim['name_zh']}；以此计：{definition.zh}", f"the cause: {claim['name_en']}; counted for it: {definition.en}")


def _people(register: Register, codes: list[str], settings: Settings) -> dict[str, dict[str, Any]]:
    """Return the rates of those indicators whose amounts are members already."""
    only = [code for code in dict.fromkeys(codes) if INDICATORS[code].people and "organisations/staff" not in INDICATORS[code].needs]
    columns = ["part", "whole", "unknown", "unsized", "share", "low", "high", "least", "most", "of", "needs", "evidence", "assumptions"]
    rows = rates(register, settings=settings, only=only) if only else pd.DataFrame()
    return {row["indicator"]: {column: row[column] for column in columns} for row in rows.to_dict("records")}
