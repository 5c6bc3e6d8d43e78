"""What each claim of a report could be measured by: the columns of a ledger it needs, or why none would do."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from analysis.bounds import DEFAULT, bounds
from analysis.causes import claims
from analysis.model import COLUMNS, INFEASIBLE, Evidence, Kind, Term, merged_marks, named, result_rows
from analysis.report import Report


class Indicator(NamedTuple):
    """A property that a ledger can show, or cannot."""

    term: Term
    needs: tuple[str, ...] = ()
    instrument: Term = Term("", "")


_SURVEY = Term("匿名问卷或访谈，台账量不出", "an anonymous survey or interviews: no ledger shows it")

INDICATORS: dict[str, Indicator] = {
    "role_visible": Indicator(Term("民主评议满意率低", "low satisfaction in the appraisal"), ("satisfaction",)),
    "weak_branch": Indicator(
        Term("符合软弱涣散认定条件", "meets the county's criteria for weak branches"),
        ("last_election_on", "meetings_12m", "satisfaction"),
    ),
    "rules_and_meetings": Indicator(
        Term("无成文制度或会议不足", "no written rules, or too few meetings"), ("written_rules", "meetings_12m", "organisation_life_12m")
    ),
    "joined_to_core_work": Indicator(Term("党建未与业务结合", "work not joined to the core work"), ("joined_work",)),
    "secretary_trained": Indicator(Term("书记久未受训", "secretary long without training"), ("trained_on",)),
    "member_education_and_management": Indicator(
        Term("党课少或党员未纳入管理", "few classes, or members not managed"), ("classes_12m", "members_staff", "members_managed")
    ),
    "member_education": Indicator(Term("党课次数不足", "too few Party classes"), ("classes_12m",)),
    "member_management": Indicator(Term("党员未纳入管理", "members not managed"), ("members_staff", "members_managed")),
    "attitude_of_heads": Indicator(Term("负责人对党建的看法", "what heads think of Party work"), (), _SURVEY),
    "fear_of_disturbance": Indicator(Term("负责人的顾虑", "what heads fear"), (), _SURVEY),
    "activity_room": Indicator(Term("没有活动室或经费", "without an activity room or a budget"), ("activity_room", "budget")),
    "relation_not_transferred": Indicator(Term("组织关系未转入的党员", "members whose relation is elsewhere"), ("members_staff", "members_held")),
    "membership_not_shown": Indicator(Term("未亮明身份的党员", "members not open about membership"), ("members_staff", "members_open")),
    "no_organisational_life": Indicator(Term("未参加组织生活的党员", "members not taking part"), ("members_staff", "members_taking_part")),
    "shared_branch": Indicator(Term("联合或挂靠、正式党员不足三人", "joint or attached, fewer than three full members"), ("coverage", "branch_id", "members_full")),
    "barely_qualified": Indicator(Term("正式党员刚够条件", "just enough full members"), ("members_full", "branch_id")),
    "election_overdue": Indicator(Term("逾期未换届", "election overdue"), ("last_election_on",)),
    "secretary_outside_leadership": Indicator(Term("书记不在领导层", "secretary outside the leadership"), ("in_leadership",)),
    "secretary_role": Indicator(Term("书记的履职方式", "how the secretary fills the post"), (), Term("述职评议或访谈，台账量不出", "appraisal of the secretary: no ledger shows it")),
    "mobile_personnel": Indicator(Term("兼职人员所占比例", "share of part-time staff"), ("staff", "staff_full_time")),
    "members_dispersed": Indicator(Term("支部跨镇", "branch spread over townships"), ("branch_id", "township")),
    "new_field": Indicator(Term("缺少可借鉴的经验", "no ready experience"), (), Term("县级判断，须与他县比较", "a judgement of the county; compare with others")),
    "organisation_dormant": Indicator(Term("会员流失或未年检", "losing members, or not inspected"), ("association_members", "inspection")),
    "association_members_lost": Indicator(Term("会员减少（两期比较）", "association members falling (two dates)"), ("association_members",)),
    "not_inspected": Indicator(Term("未参加年检", "not inspected"), ("inspection",)),
    "party_workers_short": Indicator(Term("没有党务人员", "without a Party worker"), ("party_workers",)),
    "age_of_members": Indicator(Term("年轻党员所占比例", "share of young members"), ("members_by_age",)),
    "demonstration": Indicator(Term("示范点", "demonstration sites"), ("demonstration",)),
    "without_party_organisation": Indicator(Term("没有党组织", "without a Party organisation"), ("coverage",)),
    "few_members": Indicator(Term("正式党员不足三人", "fewer than three full members"), ("members_full",)),
    "instructor": Indicator(Term("没有指导员", "without an instructor"), ("instructor",)),
}  # fmt: skip


_ASKED_WITH_OTHERS = ("not_covered", "need_committee", "above_limit", "committee_size")


def questions(report: Report) -> pd.DataFrame:
    """Return what a report leaves open: claims without a count, totals that do not settle coverage, sizes or staff.

    Returns
    -------
    DataFrame, one row a question
        code, name_zh, name_en, kind (claim or total), needs (columns of a ledger; empty where none would do),
        instrument_zh, instrument_en, evidence, assumptions.
    """
    records: list[dict[str, object]] = []
    for _, claim in claims(report, Kind.problem, Kind.cause, Kind.aside, leaves=True).iterrows():
        found = INDICATORS.get(claim["indicator"])
        instrument = found.instrument if found else Term("尚无对应指标", "no indicator is declared yet")
        records.append(
            {"code": claim["code"], "name_zh": claim["name_zh"], "name_en": claim["name_en"], "kind": "claim",
             "needs": " ".join(found.needs) if found else "", **named(instrument, "instrument"),
             # which columns measure a claim is our judgement
             "evidence": [Evidence.REPORT, Evidence.JUDGEMENT]}
        )  # fmt: skip
    for _, row in bounds(report, assume=DEFAULT).iterrows():
        # the organisations left uncovered are the rest of those covered; what is asked of sizes is one question
        if row["code"] not in _ASKED_WITH_OTHERS and (row["missing"] == INFEASIBLE or row["least"] != row["most"]):
            records.append(
                {"code": row["code"], "name_zh": row["name_zh"], "name_en": row["name_en"], "kind": "total", "needs": row["needs"],
                 "instrument_zh": "", "instrument_en": "", "evidence": row["evidence"], "assumptions": row["assumptions"]}
            )  # fmt: skip
    if report.interval("staff") is not None:
        records.append(
            {"code": "staff", **named(Term("从业人员是否含会员", "whether staff include association members")), "kind": "total",
             "needs": "staff staff_full_time association_members", **named(Term("", ""), "instrument"),
             "evidence": [Evidence.REPORT, Evidence.JUDGEMENT]}
        )  # fmt: skip
    return result_rows(records)


def closing_columns(report: Report) -> pd.DataFrame:
    """Order the columns of a ledger by how many open questions they close, fewest columns first.

    At each step the set of columns that one more question needs is taken which closes the most questions a column:
    a short way, not proved the shortest.

    Returns
    -------
    DataFrame, one row a column, in the order to ask for them
        code, name_zh, name_en, table, order, closes [questions that this column completes], cumulative [questions closed so
        far], value (as cumulative), whole [questions that columns can close], evidence, assumptions.
    """
    table = questions(report)
    open_questions = {row["code"]: set(row["needs"].split()) for _, row in table.iterrows() if row["needs"]}
    whole, known = len(open_questions), set[str]()
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
                {**marks, "code": column, **named(COLUMNS[column][1]), "table": COLUMNS[column][0], "order": len(records) + 1,
                 "closes": len(closed), "cumulative": whole - len(open_questions), "value": whole - len(open_questions), "whole": whole}
            )  # fmt: skip
    return result_rows(records)
