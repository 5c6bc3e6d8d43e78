"""Measures against causes: what no measure answers, and what follows for the next step."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.bounds import verdicts
from analysis.causes import CAUSES, claims, link_counts, link_grid
from analysis.given import columns_needed, within
from analysis.indicators import INDICATORS
from analysis.metrics import rates
from analysis.model import LANGS, MARKS, Basis, Evidence, Kind, Term, Verdict, merged_marks, named, result_rows
from analysis.questions import closing_columns
from analysis.reference import Ratio
from analysis.register import Register
from analysis.report import Report
from analysis.settings import DEFAULT_SETTINGS, Settings
from analysis.wording import Reached, columns_named


def _status(stated: int, read: int) -> Reached:
    if stated:
        return Reached.stated
    return Reached.read_only if read else Reached.none


def blind_spots(report: Report, register: Register | None = None, *, settings: Settings = DEFAULT_SETTINGS) -> pd.DataFrame:
    """Return every claim with whether the report answers it: causes by measures, problems by causes and by measures, measures by causes.

    Nothing is said of a sort of claim that the report does not make: a report without measures has no cause
    without a measure.

    Parameters
    ----------
    register
        A ledger: gives each claim its size, by the indicator that shows it.

    Returns
    -------
    DataFrame, one row a claim and question; a claim with parts is asked part by part
        code, name_zh, name_en, kind, section, indicator, finding (cause_without_measure, problem_without_cause,
        problem_without_measure, measure_without_cause), status (stated, read_only, none), stated, read [links; of problems without a
        measure, the measures that reach them], evidence, assumptions; with a register then part, whole, unknown, unsized, share,
        low, high, least, most, of, needs [as in `rates`; null where no ledger shows the claim].

    >>> from analysis.report import load_report
    >>> rows = blind_spots(load_report("yangxian"))
    >>> rows[(rows["status"] == "none")]["code"].tolist()
    ['O2b', 'O3', 'X3']
    """
    table = report.claims.set_index("code")
    found = [(finding, link_counts(grid, end)) for finding, grid, end in _asked(report) if len(grid)] + [
        ("problem_without_measure", _reached(report))
    ]
    records = []
    for finding, rows in found:
        for _, row in rows.iterrows():
            records.append(
                {
                    **{column: row[column] for column in ("code", "name_zh", "name_en", "stated", "read")},
                    **{column: table.loc[row["code"], column] for column in ("kind", "section", "indicator")},
                    "finding": finding,
                    "status": _status(row["stated"], row["read"]).name,
                    # a claim that the text itself answers needs no reading of ours
                    "evidence": [Evidence.REPORT] + ([] if row["stated"] else [Evidence.JUDGEMENT]),
                }
            )
    spots = result_rows(records).reindex(columns=_SPOT)
    return spots if register is None else _sized(spots, register, settings)


def _asked(report: Report) -> Iterator[tuple[str, pd.DataFrame, str]]:
    for finding, sources, targets, end in _ASKED:
        yield finding, link_grid(report, sources, targets, leaves=True), end


def _reached(report: Report) -> pd.DataFrame:
    """Return the problems with the measures that reach them; none where the report has no measures."""
    return chains(report) if len(claims(report, Kind.measure)) else pd.DataFrame()


def _sized(spots: pd.DataFrame, register: Register, settings: Settings) -> pd.DataFrame:
    """Return blind spots with how much of a register each is about."""
    shown = [code for code in dict.fromkeys(spots["indicator"]) if code in INDICATORS and INDICATORS[code].measure]
    sizes = rates(register, only=shown, settings=settings).set_index("indicator") if shown else pd.DataFrame()
    records = []
    for _, spot in spots.iterrows():
        size = sizes.loc[spot["indicator"]] if spot["indicator"] in shown else pd.Series(dtype=object)
        marks = {mark: f"{spot[mark]} {size.get(mark, '')}" for mark in MARKS}
        if len(size):  # that this indicator shows this claim is our judgement
            marks["evidence"] += f" {Evidence.JUDGEMENT.name}"
        records.append({**spot, **{column: size.get(column) for column in _SIZE}, "needs": size.get("needs", ""), **marks})
    return result_rows(records).reindex(columns=[*_SPOT, *_SIZE, "needs"])


_SIZE = ["part", "whole", "unknown", "unsized", "share", "low", "high", "least", "most", "of"]
_ASKED = (
    ("cause_without_measure", (Kind.measure,), CAUSES, "target"),
    ("problem_without_cause", CAUSES, (Kind.problem,), "target"),
    ("measure_without_cause", (Kind.measure,), CAUSES, "source"),
)
_SPOT = ["code", "name_zh", "name_en", "kind", "section", "indicator", "finding", "status", "stated", "read", "evidence", "assumptions"]


def answers(report: Report) -> pd.DataFrame:
    """Return how many causes and problems are answered: in the text, only by our reading, not at all.

    Returns
    -------
    DataFrame, one row a question and status
        code (question/status), finding, status, value [claims], whole [claims], evidence, assumptions.
    """
    spots = blind_spots(report)
    records = []
    for finding in (*(finding for finding, *_ in _ASKED), "problem_without_measure"):
        some = spots[spots["finding"] == finding]
        for status in Reached:
            mine = some[some["status"] == status.name]
            # that nothing answers a claim is as much our reading as that something does
            evidence = [Evidence.REPORT] + ([] if status is Reached.stated else [Evidence.JUDGEMENT])
            records.append(
                {"code": f"{finding}/{status.name}", **named(status.term), "finding": finding, "status": status.name,
                 "value": len(mine), "whole": len(some), "evidence": evidence}
            )  # fmt: skip
    return result_rows(records)


def gaps(report: Report) -> pd.DataFrame:
    """Return how many causes no measure answers once the links that we read are set aside.

    Returns
    -------
    DataFrame, one row
        code (gap), value [causes], whole [causes], evidence, assumptions.

    >>> from analysis.report import load_report
    >>> int(gaps(load_report("yangxian"))["value"].iloc[0])  # O2b O3 X3, and S3 S4 S5 S6 O2a O4 X5a X5b only by our reading
    11
    """
    causes = blind_spots(report)
    causes = causes[causes["finding"] == "cause_without_measure"]
    left = causes[causes["status"] != Reached.stated.name]
    return result_rows([{"code": "gap", "value": len(left), "whole": len(causes)}], evidence=[Evidence.REPORT])


def ways(report: Report) -> pd.DataFrame:
    """Return the ways from measures to problems, directly or through a cause: source, target, stated (all the way)."""
    direct = link_grid(report, (Kind.measure,), (Kind.problem,), leaves=True)
    first = link_grid(report, (Kind.measure,), CAUSES, leaves=True)
    second = link_grid(report, CAUSES, (Kind.problem,), leaves=True)
    steps = first[first["basis"] != ""].merge(second[second["basis"] != ""], left_on="target", right_on="source", suffixes=("", "_2"))
    return pd.concat(
        [
            direct[direct["basis"] != ""].assign(stated=lambda t: t["basis"] == Basis.stated.name),
            steps.assign(target=steps["target_2"], stated=(steps["basis"] == Basis.stated.name) & (steps["basis_2"] == Basis.stated.name)),
        ]
    )


def chains(report: Report) -> pd.DataFrame:
    """Return how each problem is reached from the measures: directly or through a cause, and with or without read links.

    Returns
    -------
    DataFrame, one row a problem; a problem with parts is asked part by part
        code, name_zh, name_en, status (stated: by stated links all the way; read_only; none), stated, read [measures that reach
        it so], evidence, assumptions.
    """
    found = ways(report)
    records = []
    for _, problem in claims(report, Kind.problem, leaves=True).iterrows():
        reached = found[found["target"] == problem["code"]].groupby("source")["stated"].any()
        stated, read = int(reached.sum()), int((~reached.astype(bool)).sum())
        records.append(
            {"code": problem["code"], "name_zh": problem["name_zh"], "name_en": problem["name_en"], "status": _status(stated, read).name,
             "stated": stated, "read": read, "value": stated + read,
             "evidence": [Evidence.REPORT] + ([Evidence.JUDGEMENT] if read or not stated else [])}
        )  # fmt: skip
    return result_rows(records)


# what we would add for a cause that no measure answers, by the indicator that shows it; ours, not the report's
PROPOSALS: dict[str, tuple[Term, Term, Term]] = {
    "election_overdue": (
        Term(
            "列出每个支部的换届到期日，逾期的排进一年内的换届日程",
            "list each branch's due date and schedule the overdue elections within a year",
        ),
        Term("党工委、各支部", "the working committee, the branches"),
        Term("逾期未换届的支部数降到零", "no branch is overdue"),
    ),
    "secretary_outside_leadership": (
        Term(
            "换届时让书记进入组织领导层，或由领导层成员兼任书记",
            "at the next election, bring the secretary into the leadership, or a leader into the post",
        ),
        Term("业务主管单位、各支部", "the supervising departments, the branches"),
        Term("书记在领导层的支部数上升", "more branches with the secretary in the leadership"),
    ),
    "members_dispersed": (
        Term("按镇就近编组学习，并开通线上学习", "study in groups by township, and online"),
        Term("镇党委、各支部", "the township committees, the branches"),
        Term("党课、党员大会的到会率上升", "attendance at classes and meetings rises"),
    ),
    "activity_room": (
        Term("同一镇的组织共用一间活动室，经费列入预算", "share one activity room within a township, with a budget line"),
        Term("镇党委、县财政", "the township committees, the county's finance office"),
        Term("没有活动室可用的组织数下降", "fewer organisations without the use of a room"),
    ),
    "not_inspected": (
        Term(
            "把年检名单与支部名单按月比对，先帮扶后处置", "match the inspection list with the branch list each month: help first, then act"
        ),
        Term("民政部门", "the civil affairs department"),
        Term("连续未年检的组织数下降", "fewer organisations uninspected year after year"),
    ),
    "few_members": (
        Term("先派指导员，再按地域或行业联合组建", "send an instructor first, then set up joint branches by area or trade"),
        Term("党工委", "the working committee"),
        Term("既无党组织又无指导员的组织数下降", "fewer organisations with neither"),
    ),
    "rules_and_meetings": (
        Term("发一份统一的制度样本，按季度登记会议次数", "issue one model of rules and record meetings every quarter"),
        Term("党工委", "the working committee"),
        Term("有成文制度、会议达标的支部数上升", "more branches with written rules and enough meetings"),
    ),
}


def recommendations(
    report: Report, findings: pd.DataFrame, *, register: Register | None = None, settings: Settings = DEFAULT_SETTINGS, columns: int = 5
) -> pd.DataFrame:
    """Return what follows from what was shown, each with the finding that it follows from.

    Parameters
    ----------
    findings
        Rows of `audit` for the same report.
    register
        A ledger: only columns that it leaves open are asked for.
    settings
        What a county sets for itself.
    columns
        How many ledger columns to ask for first.

    Returns
    -------
    DataFrame, one row a step, in order
        code, order, what_zh, what_en, why_zh, why_en, who_zh, who_en, shown_by_zh, shown_by_en, evidence, assumptions. Steps of
        ours, beyond the report's own measures, are marked JUDGEMENT.
    """
    within("columns", columns, 0)
    columns_needed(findings, ("code", "subject", "severity", "what_zh", "what_en", "arithmetic", *MARKS), "audit(report)")
    # no step ever rests on generated rows
    known = None if register is not None and register.evidence is Evidence.ILLUSTRATIVE else register
    steps = [*_ask_columns(report, known, settings, columns), *_restate(report, findings), *_fill(report)]
    for order, step in enumerate(steps, start=1):
        step["order"] = order
    return result_rows(steps)


def _step(code: str, what: Term, why: Term, who: Term, shown_by: Term, **marks: object) -> dict[str, object]:
    return {
        "code": code,
        "order": 0,
        **named(what, "what"),
        **named(why, "why"),
        **named(who, "who"),
        **named(shown_by, "shown_by"),
        **marks,
        # every step is ours, whatever it follows from
        "evidence": f"{marks['evidence']} {Evidence.JUDGEMENT.name}",
    }


def _ask_columns(report: Report, register: Register | None, settings: Settings, columns: int) -> list[dict[str, object]]:
    table = closing_columns(report, register, settings=settings).head(columns)
    # a column that closes nothing by itself is not asked for last
    table = table[table["cumulative"].shift(1, fill_value=0) < table["cumulative"].max()] if len(table) else table
    if not len(table):
        return []
    codes = " ".join(table["code"])
    last = table.iloc[-1]
    before = table["cumulative"].iloc[0] - table["closes"].iloc[0]
    share = f"{last['cumulative'] - before}/{last['whole'] - before}"
    return [
        _step(
            "columns",
            Term(
                f"先在台账里补这几列：{columns_named(codes, 'zh')}", f"first add these columns to the ledger: {columns_named(codes, 'en')}"
            ),
            Term(f"仅这几列就能回答还没有答案的问题中的 {share}", f"they alone answer {share} of the questions still open"),
            Term("党工委、民政部门", "the working committee, the civil affairs department"),
            Term("有了这些列，上面的区间可以算成数", "with these columns the ranges above can be computed"),
            **merged_marks(table),
        )
    ]


def _restate(report: Report, findings: pd.DataFrame) -> list[dict[str, object]]:
    return [*_restate_coverage(report), *_split_staff(findings), *_correct_figures(findings)]


_AUTHORS = Term("报告起草单位", "the report's authors")


def _restate_coverage(report: Report) -> list[dict[str, object]]:
    claim = verdicts(report).set_index("code").loc["full_covered"]
    if not claim["claimed"] or claim["verdict"] == Verdict.proved.name:
        return []
    what = Term(
        "“全覆盖”改为分口径表述：自有支部、联合、挂靠和未覆盖的各多少家",
        "replace 'full coverage' by its parts: how many organisations have their own branch, a joint one, an attached one, none",
    )
    shown = Term("各口径之和等于组织总数", "the parts add up to all organisations")
    marks = {"evidence": claim["evidence"], "assumptions": claim["assumptions"]}
    return [_step("restate_coverage", what, Verdict.of(str(claim["verdict"])).term, _AUTHORS, shown, **marks)]


def _split_staff(findings: pd.DataFrame) -> list[dict[str, object]]:
    odd = findings[(findings["code"] == "far_from_comparators") & (findings["subject"] == Ratio.staff_per_organisation.name)]
    if not len(odd):
        return []
    what = Term(
        "核实从业人员口径，把会员与从业人员分列，专职与兼职分列",
        "check what counts as staff: list association members, full-time and part-time staff apart",
    )
    why = Term("；".join(odd["what_zh"]), "; ".join(odd["what_en"]))
    shown = Term("平均从业人员回到同口径参照的量级", "the mean falls into the range of its comparators")
    return [_step("split_staff", what, why, Term("民政部门", "the civil affairs department"), shown, evidence=" ".join(odd["evidence"]))]


def _correct_figures(findings: pd.DataFrame) -> list[dict[str, object]]:
    wrong = findings[(findings["severity"] == "error") & (findings["code"] != "wording_conflict")]
    if not len(wrong):
        return []
    what = Term("先更正互相矛盾的数字，再引用", "correct the figures that contradict each other before quoting them")
    said = {
        lang: [f"{what} ({arithmetic})" for what, arithmetic in zip(wrong[f"what_{lang}"], wrong["arithmetic"], strict=True)]
        for lang in LANGS
    }
    why = Term("；".join(said["zh"]), "; ".join(said["en"]))
    shown = Term("再次审核时矛盾为零", "the next audit finds no contradiction")
    marks = {column: " ".join(wrong[column]) for column in ("evidence", "assumptions")}
    return [_step("correct_figures", what, why, _AUTHORS, shown, **marks)]


_WHY = {
    ("cause_without_measure", "none"): Term("没有对策回应", "no measure answers it"),
    ("cause_without_measure", "read_only"): Term("仅靠解读才有对策回应", "a measure answers it only by our reading"),
    ("problem_without_cause", "none"): Term("没有说明原因", "no cause is given"),
    ("problem_without_cause", "read_only"): Term("原文没有说明原因", "the text gives no cause"),
}


def proposed(report: Report) -> pd.DataFrame:
    """Return the blind spots for which we propose something, as rows of `blind_spots`.

    They are the causes that no measure answers at all, the problems without a stated cause, and the room that is only touched upon.

    >>> from analysis.report import load_report
    >>> proposed(load_report("yangxian"))["code"].tolist()
    ['S3', 'O2b', 'O3', 'X3', 'P3']
    """
    spots = blind_spots(report)
    spots = spots[spots["finding"].isin(["cause_without_measure", "problem_without_cause"]) & spots["indicator"].isin(list(PROPOSALS))]
    touched = (spots["status"] == Reached.read_only.name) & (
        (spots["finding"] == "problem_without_cause") | (spots["indicator"] == "activity_room")
    )
    return spots[(spots["status"] == Reached.none.name) | touched].reset_index(drop=True)


def _fill(report: Report) -> list[dict[str, object]]:
    steps = []
    for _, spot in proposed(report).iterrows():
        what, who, shown_by = PROPOSALS[spot["indicator"]]
        status = _WHY[spot["finding"], spot["status"]]
        why = Term(f"{spot['code']}（{spot['name_zh']}）{status.zh}", f"{spot['code']} ({spot['name_en']}): {status.en}")
        steps.append(_step(f"fill_{spot['code']}", what, why, who, shown_by, evidence=Evidence.REPORT.name))
    return steps


def instruments(report: Report) -> pd.DataFrame:
    """Return the claims that no ledger can measure, with what would.

    Returns
    -------
    DataFrame, one row a claim
        code, name_zh, name_en, kind, instrument_zh, instrument_en, evidence, assumptions.
    """
    records = []
    for _, claim in claims(report, Kind.problem, *CAUSES, leaves=True).iterrows():
        found = INDICATORS.get(claim["indicator"])
        if found is not None and not found.needs:
            records.append(
                {
                    "code": claim["code"],
                    "name_zh": claim["name_zh"],
                    "name_en": claim["name_en"],
                    "kind": claim["kind"],
                    **named(found.instrument, "instrument"),
                }
            )
    rows = result_rows(records, evidence=[Evidence.REPORT, Evidence.JUDGEMENT])
    return (
        rows
        if len(rows)
        else rows.reindex(columns=["code", "name_zh", "name_en", "kind", "instrument_zh", "instrument_en", "evidence", "assumptions"])
    )
