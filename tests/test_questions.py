import pandas as pd
import pytest

from analysis import COLUMNS, Kind, Register, Report, closing_columns, load_report, next_columns, questions
from analysis.indicators import INDICATORS
from analysis.metrics import rates
from analysis.questions import measured
from analysis.schema import BRANCHES, ORGANISATIONS

HEAD = "code,kind,name_zh,name_en,indicator\n"


def test_yang_county_s_open_questions(yangxian):
    rows = questions(yangxian).set_index("code")
    claims = rows[rows["kind"] == "claim"]
    # seven problems and nineteen causes, part by part
    assert len(claims) == 26
    # nothing of coverage or size is settled by the totals, and the staff may include association members
    totals = rows[rows["kind"] == "total"]
    # the uncovered are the rest of the covered, and the sizes are one question
    assert totals.index.tolist() == ["own", "in_joint", "covered", "joint_branches", "largest", "staff"]
    assert rows.loc["O2b", "needs"] == "branches/last_election_on branches/level"
    assert rows.loc["S1", ["needs", "instrument_en"]].tolist() == ["", "an anonymous survey or interviews: no ledger shows it"]


def test_a_question_is_closable_where_columns_could_close_it(yangxian):
    rows = questions(yangxian).set_index("code")
    assert sorted(rows.index[~rows["closable"]]) == ["O4", "S1", "S2", "X4"]
    assert {name for needs in rows["needs"] for name in needs.split()} <= set(COLUMNS)


# three branches of one unit, in three organisations, of three members each
SETTLED = Report.of("demo", organisations=3, branches=3, members=9)


def test_totals_that_settle_everything_ask_nothing():
    rows = questions(SETTLED)
    assert len(rows) == 0
    assert set(rows.columns) == set(questions(Report.of("demo", organisations=4, branches=2)).columns)


def test_without_claims_a_ledger_is_asked_every_indicator():
    rows = questions(SETTLED, Register(pd.DataFrame({"name": ["a"]})))
    assert rows["code"].tolist() == list(INDICATORS)
    assert set(rows["kind"]) == {"indicator"}
    assert set(rows["evidence"]) == {"LEDGER JUDGEMENT"}


def test_a_total_that_settles_a_question_does_not_ask_it(made):
    totals = "key,value\norganisations,3\nbranches,3\nmembers,9\n"
    assert questions(made(totals, claims=HEAD + "P1,problem,甲,a,few_members\n"))["code"].tolist() == ["P1"]


def test_a_claim_without_an_indicator_is_asked_without_columns(made):
    rows = questions(made(claims=HEAD + "P1,problem,甲,a,\n")).set_index("code")
    assert rows.loc["P1", ["needs", "instrument_en"]].tolist() == ["", "no indicator is declared yet"]


def test_a_ledger_is_not_asked_for_what_it_fills(yangxian):
    ledger = Register(
        pd.DataFrame({"name": ["a"], "staff": [3], "staff_full_time": [1]}), pd.DataFrame({"name": ["p"], "level": ["branch"]})
    )
    rows = questions(yangxian, ledger).set_index("code")
    assert rows.loc["staff", "needs"] == "organisations/association_members"
    # without a day of the count no date says whether an election is due
    assert rows.loc["O2b", "needs"] == "branches/last_election_on"
    assert rows.loc["X1", ["closable", "needs"]].tolist() == [True, ""]


def test_columns_are_ordered_by_what_they_close(yangxian):
    rows = closing_columns(yangxian)
    assert rows["order"].tolist() == list(range(1, len(rows) + 1))
    assert rows["code"].is_unique
    assert rows["closes"].cumsum().tolist() == rows["cumulative"].tolist() == rows["value"].tolist()
    # 26 claims and six totals, of which four claims (S1, S2, O4, X4) no ledger answers
    assert rows["whole"].unique().tolist() == [28]
    assert rows["cumulative"].iloc[-1] == 28
    # which columns answer what is our judgement, beside what the totals leave open
    assert rows.loc[0, "evidence"] == "REPORT BOUND REFERENCE JUDGEMENT"


def test_a_question_is_closed_once_all_its_columns_are_there(yangxian):
    asked = [set(needs.split()) for needs in questions(yangxian)["needs"] if needs]
    rows = closing_columns(yangxian)
    for at in range(len(rows)):
        there = set(rows["code"].head(at + 1))
        assert rows["cumulative"].iloc[at] == sum(needs <= there for needs in asked)


def test_the_column_that_most_questions_want_goes_first(made):
    # nothing is open but three claims: P1 wants one column, P2 that one and one more, P3 two others
    totals = "key,value\norganisations,1\nbranches,1\nmembers,3\n"
    claims = HEAD + "P1,problem,甲,a,member_education\nP2,problem,乙,b,member_education_and_management\nP3,problem,丙,c,level_too_low\n"
    rows = closing_columns(made(totals, claims=claims))
    assert rows["code"].tolist() == ["branches/classes_12m", "branches/organisation_life_12m", "branches/level", "branches/members"]
    assert rows["cumulative"].tolist() == [1, 2, 2, 3]
    assert rows["closes"].tolist() == [1, 1, 0, 1]


def test_what_a_ledger_has_answered_stands_at_the_start(made):
    totals = "key,value\norganisations,1\nbranches,1\nmembers,3\n"
    claims = HEAD + "P1,problem,甲,a,member_education\nP2,problem,乙,b,level_too_low\n"
    ledger = Register(pd.DataFrame({"name": ["a"]}), pd.DataFrame({"name": ["p"], "classes_12m": [4]}))
    rows = closing_columns(made(totals, claims=claims), ledger)
    assert rows["code"].tolist() == ["branches/level", "branches/members"]
    assert rows["cumulative"].tolist() == [1, 2]
    assert rows["whole"].tolist() == [2, 2]


def test_nothing_open_asks_for_no_column(made):
    totals = "key,value\norganisations,1\nbranches,1\nmembers,3\n"
    assert len(closing_columns(made(totals, claims=HEAD + "P1,problem,甲,a,attitude_of_heads\n"))) == 0


def test_rows_name_their_table(yangxian):
    rows = closing_columns(yangxian).set_index("code")
    assert rows.loc["branches/last_election_on", ["table", "name_zh"]].tolist() == ["branches", "上次换届日期"]
    assert rows.loc["organisations/township", "table"] == "organisations"
    assert set(rows["table"]) == {"organisations", "branches"}


# ---- rates by claim


def test_rates_are_given_claim_by_claim(yangxian):
    rows = measured(yangxian, rates(Register.unknown(yangxian)), Kind.problem).set_index("code")
    # P6 by its parts; each problem is one that an indicator measures
    assert rows.index.tolist() == ["P1", "P2", "P3", "P4", "P5", "P6e", "P6m"]
    assert rows.loc["P2", ["indicator", "name_zh"]].tolist() == ["weak_branch", "P2 符合软弱涣散条件的支部"]
    assert "JUDGEMENT" in rows.loc["P2", "evidence"]


def test_a_claim_that_nothing_measures_has_no_rate(yangxian):
    rows = measured(yangxian, rates(Register.unknown(yangxian)), Kind.cause)
    assert not set(rows["code"]) & {"S1", "S2", "O4", "X4", "X5a"}
    assert {"S3", "O2a", "O2b", "X5b"} <= set(rows["code"])


def test_indicators_speak_to_the_claims_that_name_them():
    claims = load_report("yangxian").claims
    for code, indicator in INDICATORS.items():
        assert set(indicator.speaks_to.split()) == set(claims.loc[claims["indicator"] == code, "code"]), code


def test_without_claims_problems_and_causes_are_told_apart():
    rows = rates(Register(pd.DataFrame({"name": ["a"]})))
    problems, causes = measured(SETTLED, rows, Kind.problem)["code"].tolist(), measured(SETTLED, rows, Kind.cause)["code"].tolist()
    assert "weak_branch" in problems
    assert "election_overdue" in causes
    assert "own_branch" not in problems + causes
    assert set(problems) & set(causes) == {"secretary_trained"}  # of P5 and of X2


@pytest.mark.parametrize("column", ["staff", "level"])
def test_a_column_is_asked_for_by_its_name_in_the_schema(column, yangxian):
    rows = closing_columns(yangxian).set_index("code")
    table, columns = ("organisations", ORGANISATIONS) if column in ORGANISATIONS else ("branches", BRANCHES)
    assert rows.loc[f"{table}/{column}", ["name_zh", "name_en"]].tolist() == list(columns[column].term)


def test_where_nothing_is_left_to_ask_the_next_step_stands_where_it_is():
    report = Report.of("demo", organisations=1, branches=1, members=3)
    found = next_columns(report).iloc[0]
    assert found[["code", "name_en", "order", "value", "whole"]].tolist() == ["last", "—", 0, 0, 0]
