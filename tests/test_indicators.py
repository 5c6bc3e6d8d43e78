import pytest

from analysis import COLUMNS, Kind, Report, closing_columns, load_report, questions
from analysis.indicators import INDICATORS

HEAD = "code,kind,name_zh,name_en,indicator\n"


def test_an_indicator_needs_known_columns_or_says_what_would_do():
    for indicator in INDICATORS.values():
        assert all(indicator.term)
        assert set(indicator.needs) <= set(COLUMNS)
        assert bool(indicator.needs) != bool(indicator.instrument.zh)


@pytest.mark.parametrize("place", ["yangxian", "sanbing"])
def test_every_indicator_of_a_shipped_report_is_declared(place):
    assert set(load_report(place).claims["indicator"]) - {""} <= set(INDICATORS)


def test_every_problem_and_cause_of_yang_county_has_an_indicator(yangxian):
    kinds = {Kind.problem.name, Kind.cause.name, Kind.aside.name}
    assert yangxian.claims.loc[yangxian.claims["kind"].isin(kinds), "indicator"].map(bool).all()


def test_yang_county_s_open_questions(yangxian):
    rows = questions(yangxian).set_index("code")
    claims = rows[rows["kind"] == "claim"]
    # seven problems and nineteen causes, part by part
    assert len(claims) == 26
    # nothing of coverage or size is settled by the totals, and the staff may include association members
    totals = rows[rows["kind"] == "total"]
    # the uncovered are the rest of the covered, and the sizes are one question
    assert totals.index.tolist() == ["own", "in_joint", "covered", "joint_branches", "largest", "staff"]
    assert rows.loc["O2b", "needs"] == "last_election_on"
    assert rows.loc["S1", ["needs", "instrument_en"]].tolist() == ["", "an anonymous survey or interviews: no ledger shows it"]


def test_a_total_that_settles_a_question_does_not_ask_it():
    # three branches of one unit, in three organisations, of three members each
    rows = questions(Report.of("demo", organisations=3, branches=3, members=9))
    assert len(rows) == 0


def test_a_claim_without_an_indicator_is_asked_without_columns(made):
    rows = questions(made(claims=HEAD + "P1,problem,甲,a,\n")).set_index("code")
    assert rows.loc["P1", ["needs", "instrument_en"]].tolist() == ["", "no indicator is declared yet"]


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
    # nothing is open but three claims: P1 wants one column, P2 that one and two more, P3 another one
    totals = "key,value\norganisations,1\nbranches,1\nmembers,3\n"
    claims = HEAD + "P1,problem,甲,a,election_overdue\nP2,problem,乙,b,weak_branch\nP3,problem,丙,c,few_members\n"
    rows = closing_columns(made(totals, claims=claims))
    assert rows["code"].tolist() == ["last_election_on", "members_full", "meetings_12m", "satisfaction"]
    assert rows["cumulative"].tolist() == [1, 2, 2, 3]


def test_nothing_open_asks_for_no_column():
    assert len(closing_columns(Report.of("demo", organisations=1, branches=1, members=3))) == 0


def test_rows_name_their_table(yangxian):
    rows = closing_columns(yangxian).set_index("code")
    assert rows.loc["last_election_on", ["table", "name_zh"]].tolist() == ["branches", "上次换届日期"]
    assert rows.loc["branch_id", "table"] == "organisations"
