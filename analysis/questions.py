"""What a report leaves open, and which columns of a ledger would close it, in the order in which they pay."""

from __future__ import annotations

import pandas as pd

from analysis.bounds import DEFAULT, bounds
from analysis.causes import claims
from analysis.given import columns_needed, within
from analysis.indicators import INDICATORS, needs
from analysis.metrics import open_columns
from analysis.model import INFEASIBLE, LANGS, Evidence, Kind, Term, merged_marks, named, result_rows
from analysis.register import Register
from analysis.report import Report
from analysis.schema import COLUMNS
from analysis.settings import DEFAULT_SETTINGS, Settings

_ASKED_WITH_OTHERS = ("not_covered", "need_committee", "above_limit", "committee_size")


def questions(report: Report, register: Register | None = None, *, settings: Settings = DEFAULT_SETTINGS) -> pd.DataFrame:
    """Return what a report leaves open: claims without a count, totals that do not settle coverage, sizes or staff.

    Parameters
    ----------
    register
        A ledger: columns that it fills throughout are not asked for; beside a report without claims, every indicator is asked.
    settings
        What a county sets for itself: they decide which columns a claim needs.

    Returns
    -------
    DataFrame, one row a question
        code, name_zh, name_en, kind (claim, indicator or total), closable (whether columns could close it), needs (columns of a ledger; empty where none would do),
        instrument_zh, instrument_en, evidence, assumptions.
    """
    records = _claims(report, settings) or (_indicators(settings) if register is not None else [])
    # without a single total there is nothing that totals leave open
    for _, row in bounds(report, assume=DEFAULT).iterrows() if len(report.figures) else ():
        # the organisations left uncovered are the rest of those covered; what is asked of sizes is one question
        if row["code"] not in _ASKED_WITH_OTHERS and (row["missing"] == INFEASIBLE or row["least"] != row["most"]):
            records.append(
                {"code": row["code"], "name_zh": row["name_zh"], "name_en": row["name_en"], "kind": "total", "needs": row["needs"],
                 "instrument_zh": "", "instrument_en": "", "evidence": row["evidence"], "assumptions": row["assumptions"]}
            )  # fmt: skip
    if report.interval("staff") is not None:
        records.append(
            {"code": "staff", **named(Term("从业人员是否含会员", "whether staff include association members")), "kind": "total",
             "needs": "organisations/staff organisations/staff_full_time organisations/association_members", **named(Term("", ""), "instrument"),
             "evidence": [Evidence.REPORT, Evidence.JUDGEMENT]}
        )  # fmt: skip
    empty = None if register is None else open_columns(register)
    # which cells are filled rests on the ledger
    marks = [register.evidence] if register is not None and register.evidence is not Evidence.REPORT else []
    for record in records:
        asked = str(record["needs"]).split()
        record |= {"closable": bool(asked), "needs": " ".join(c for c in asked if empty is None or c in empty)}
    rows = result_rows(records, evidence=marks)
    return rows if records else rows.reindex(columns=_QUESTIONS)


_QUESTIONS = ["code", "name_zh", "name_en", "kind", "closable", "needs", "instrument_zh", "instrument_en", "evidence", "assumptions"]


def _claims(report: Report, settings: Settings) -> list[dict[str, object]]:
    records: list[dict[str, object]] = []
    for claim in claims(report, Kind.problem, Kind.cause, Kind.aside, leaves=True).to_dict("records"):
        found = INDICATORS.get(claim["indicator"])
        instrument = found.instrument if found else Term("尚无对应指标", "no indicator is declared yet")
        asked = needs(claim["indicator"], settings) if found else ()
        records.append(
            {"code": claim["code"], "name_zh": claim["name_zh"], "name_en": claim["name_en"], "kind": "claim",
             "needs": " ".join(asked), **named(instrument, "instrument"),
             # which columns measure a claim is our judgement
             "evidence": [Evidence.REPORT, Evidence.JUDGEMENT]}
        )  # fmt: skip
    return records


def _indicators(settings: Settings) -> list[dict[str, object]]:
    return [
        {"code": code, **named(indicator.term), "kind": "indicator", "needs": " ".join(needs(code, settings)),
         **named(indicator.instrument, "instrument"), "evidence": [Evidence.JUDGEMENT]}
        for code, indicator in INDICATORS.items()
    ]  # fmt: skip


def closing_columns(report: Report, register: Register | None = None, *, settings: Settings = DEFAULT_SETTINGS) -> pd.DataFrame:
    """Order the columns of a ledger by how many open questions they close, fewest columns first.

    At each step the set of columns that one more question needs is taken which closes the most questions a column:
    a short way, not proved the shortest.

    Parameters
    ----------
    register
        A ledger: what it has answered already stands at the start.

    Returns
    -------
    DataFrame, one row a column, in the order to ask for them
        code, name_zh, name_en, table, order, closes [questions that this column completes], cumulative [questions closed so
        far], value (as cumulative), whole [questions that columns can close], evidence, assumptions.
    """
    table = questions(report, register, settings=settings)
    open_questions = {row["code"]: set(row["needs"].split()) for _, row in table.iterrows() if row["needs"]}
    whole, known = int(table["closable"].sum()), set[str]()
    marks = merged_marks(table[table["needs"] != ""]) if open_questions else {}
    records: list[dict[str, object]] = []
    while open_questions:
        wanted = {column: sum(column in needs for needs in open_questions.values()) for column in COLUMNS}

        def worth(code: str, wanted: dict[str, int] = wanted) -> tuple[float, int]:
            lacking = open_questions[code] - known
            gain = sum(needs <= known | lacking for needs in open_questions.values())
            return (gain / len(lacking), sum(wanted[column] for column in lacking))

        # ties go to the question that stands first in the report
        lacking = open_questions[max(open_questions, key=worth)] - known
        for column in sorted(lacking, key=lambda c: (-wanted[c], c)):
            known.add(column)
            closed = [code for code, needs in open_questions.items() if needs <= known]
            for code in closed:
                del open_questions[code]
            records.append(
                {**marks, "code": column, **named(COLUMNS[column].term), "table": column.partition("/")[0], "order": len(records) + 1,
                 "closes": len(closed), "cumulative": whole - len(open_questions), "value": whole - len(open_questions), "whole": whole}
            )  # fmt: skip
    rows = result_rows(records)
    return rows if records else rows.reindex(columns=_CLOSING)


_CLOSING = ["code", "name_zh", "name_en", "table", "order", "closes", "cumulative", "value", "whole", "evidence", "assumptions"]


def next_columns(
    report: Report, register: Register | None = None, *, settings: Settings = DEFAULT_SETTINGS, columns: int = 5
) -> pd.DataFrame:
    """Return where a ledger stands once the next few columns are filled; where none is left to fill, where it stands now.

    Returns
    -------
    DataFrame, one row
        code (last), name_zh, name_en [of the last of these columns], order [columns], value [questions answered then], whole
        [questions that columns can answer], evidence, assumptions.

    >>> int(next_columns(Report.of("demo", organisations=9, branches=4), columns=1)["order"].iloc[0])
    1
    """
    within("columns", columns, 0)
    ahead = closing_columns(report, register, settings=settings).head(columns)
    if len(ahead):
        return ahead.tail(1).assign(code="last")[["code", "name_zh", "name_en", "order", "value", "whole", "evidence", "assumptions"]]
    asked = questions(report, register, settings=settings)
    whole = int(asked["closable"].sum())
    marks = merged_marks(asked) if len(asked) else {"evidence": Evidence.REPORT.name, "assumptions": ""}
    return result_rows([{"code": "last", **named(Term("—", "—")), "order": 0, "value": whole, "whole": whole, **marks}])


def measured(report: Report, rows: pd.DataFrame, *kinds: Kind) -> pd.DataFrame:
    """Return the rates that speak to a report's claims, claim by claim.

    Beside a report without claims, the rates that speak to the first report's claims of these kinds, under names of their own.

    Parameters
    ----------
    rows
        Rows of `rates`, not grouped.
    kinds
        Which claims; a claim with parts is given part by part.

    Returns
    -------
    DataFrame, one row a claim that an indicator measures
        The columns of `rows`; code is the claim's, and the name the indicator's after that code. That this indicator speaks to
        this claim is our judgement.
    """
    columns_needed(rows, ("indicator", "code", "name_zh", "name_en"), "rates(register)")
    wanted = claims(report, *kinds, leaves=True)
    if not len(wanted):
        speaking = {code for code, indicator in INDICATORS.items() if _speaks(indicator.speaks_to, kinds)}
        return rows[rows["indicator"].isin(speaking)]
    by_code: dict[str, dict[str, object]] = {str(row["indicator"]): {str(k): v for k, v in row.items()} for row in rows.to_dict("records")}
    records: list[dict[str, object]] = [
        by_code[claim["indicator"]]
        | {"code": claim["code"], **{f"name_{lang}": f"{claim['code']} {by_code[claim['indicator']][f'name_{lang}']}" for lang in LANGS}}
        for claim in wanted.to_dict("records")
        if claim["indicator"] in by_code
    ]
    found = result_rows(records, evidence=[Evidence.JUDGEMENT]) if records else rows.head(0)
    return found.reindex(columns=rows.columns)


# how the first report's claims are numbered: problems P, causes S, O and X, causes named beside a measure N, measures M
_LETTERS = {Kind.problem: "P", Kind.cause: "SOX", Kind.aside: "N", Kind.measure: "M"}


def _speaks(codes: str, kinds: tuple[Kind, ...]) -> bool:
    return any(code[0] in _LETTERS[kind] for code in codes.split() for kind in kinds)
