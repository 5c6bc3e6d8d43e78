from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from registers import POOLS, in_duckdb, in_pandas, law, tables

from analysis.model import AnalysisError
from analysis.order import Criterion, ScoresError, _overtaking, _raising, load_scores, order, reversals
from analysis.register import Register
from analysis.report import Report

DAY = date(2020, 6, 30)
COUNTED = [criterion for criterion in Criterion if criterion is not Criterion.score]
CLAIMS = """code,kind,name_zh,name_en,indicator
P1,problem,作用,role,role_visible
S1,cause,年检,inspection,not_inspected
S2,cause,换届,election,election_overdue
S3,cause,看法,attitude,attitude_of_heads
S4,cause,书记,secretary,secretary_outside_leadership
M1,measure,甲,a,
M2,measure,乙,b,
M3,measure,丙,c,
"""
LINKS = """source,target,basis
M1,S1,stated
M2,S2,stated
M3,S3,stated
M3,P1,read
S2,P1,stated
S1,P1,read
"""
ORGANISATIONS = pd.DataFrame({"name": list("abc"), "branch_id": ["p", "p", "q"], "inspection": ["missed", "missed", "passed"]})
BRANCHES = pd.DataFrame({
    "branch_id": ["p", "q"], "name": ["P", "Q"], "organisations_covered": [2, 1], "members": [9, 4], "in_leadership": [False, False],
    "satisfaction": [50, 70], "level": ["branch"] * 2, "last_election_on": ["2018-09-01", "2019-07-01"], "term_years": [3, None],
})  # fmt: skip


@pytest.fixture(scope="module")
def report(made):
    return made(claims=CLAIMS, links=LINKS)


def register(organisations=ORGANISATIONS, branches=BRANCHES, as_of=DAY):
    return Register(organisations, branches, as_of=as_of)


def ends(found, code):
    return found.set_index("code").loc[code, [f"{each.name}_{end}" for each in COUNTED for end in ("least", "most")]].tolist()


# ------------------------------------------------------------------ by hand


def test_counts_by_hand(report):
    found = order(report, register())
    # breaches, due, branches, organisations, members, problems; each least and most
    assert ends(found, "M1") == [0, 0, 0, 0, 1, 1, 2, 2, 9, 9, 0, 0]
    assert ends(found, "M2") == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]  # p ends on 1 September 2021, q on 1 July 2022
    assert ends(found, "M3") == [0, 0, 0, 0, 0, 2, 0, 3, 0, 13, 0, 0]  # no ledger shows what heads think
    assert ends(found, "fill_S4") == [0, 0, 0, 0, 2, 2, 3, 3, 13, 13, 0, 0]
    assert found[["code", "order", "by"]].to_numpy().tolist() == [
        ["fill_S4", 1, "branches"], ["M1", 2, "branches"], ["M2", 3, "problems"], ["M3", 4, ""]
    ]  # fmt: skip
    assert found.set_index("code").loc["M3", ["branches", "members", "needs"]].tolist() == ["0–2", "0–13", ""]
    assert found["ours"].tolist() == [True, False, False, False]


@pytest.mark.parametrize(("as_of", "expected"), [
    (date(2020, 9, 1), (0, 0)), (date(2020, 9, 2), (0, 1)), (date(2021, 9, 1), (0, 2)), (date(2021, 9, 2), (1, 1)), (date(2022, 7, 2), (2, 0)),
])  # fmt: skip
def test_what_is_overdue_or_falls_due_comes_first(report, as_of, expected):
    found = order(report, register(as_of=as_of)).set_index("code")
    assert found.loc["M2", ["breaches_least", "due_least"]].tolist() == list(expected)
    assert (found.index[0] == "M2") == (expected != (0, 0))
    assert found["by"].iloc[0] == ("breaches" if expected[0] else "due" if expected[1] else "branches")


def test_without_a_day_of_the_count_no_election_is_late_or_soon(report):
    found = order(report, register(as_of=None)).set_index("code")
    assert found.loc["M2", ["breaches", "due"]].tolist() == ["0–2", "0–2"]
    assert found.loc["M2", "needs"] == "branches/last_election_on"


def test_links_that_we_read_count_where_asked(report):
    found = order(report, register(), read=True).set_index("code")
    assert found.loc["M3", ["branches_least", "problems_least"]].tolist() == [1, 1]  # P1: one branch of low satisfaction
    assert found.loc["M1", "problems_least"] == 1  # through S1
    assert found["ours"].to_dict() == {code: code.startswith("fill_") for code in found.index}


def test_the_order_is_a_judgement_whatever_it_counts(report):
    assert order(report, register())["evidence"].str.contains("JUDGEMENT").all()


def test_just_enough_members_and_a_list_of_ones_own_are_no_breach(made):
    claims = CLAIMS.replace("not_inspected", "barely_qualified").replace("attitude_of_heads", "weak_branch")
    branches = BRANCHES.assign(members_full=3)
    found = order(made(claims=claims, links=LINKS), register(branches=branches)).set_index("code")
    assert found.loc[["M1", "M3"], ["breaches", "branches"]].to_numpy().tolist() == [["0", "2"], ["0", "1–2"]]


def test_a_branch_without_written_rules_alone_breaks_no_rule(made):
    claims = CLAIMS.replace("not_inspected", "rules_and_meetings").replace("attitude_of_heads", "level_too_low")
    branches = BRANCHES.assign(written_rules=False, organisation_life_12m=1, members=60)
    for meetings, expected in (([4, 4], "0"), ([3, 4], "1"), ([3, None], "1–2"), ([3, 3], "2")):
        found = order(made(claims=claims, links=LINKS), register(branches=branches.assign(meetings_12m=meetings))).set_index("code")
        # sixty members may have a general branch, and need none
        assert found.loc[["M1", "M3"], ["breaches", "branches"]].to_numpy().tolist() == [[expected, "2"], ["0", "2"]]
    # the level tells whether these rules are about it
    unknown = order(made(claims=claims, links=LINKS), register(branches=branches.assign(meetings_12m=3, level=None))).set_index("code")
    assert unknown.loc["M1", ["breaches", "breaches_needs"]].tolist() == ["0–2", "branches/level"]


def test_one_row_and_none(report):
    empty = Register(pd.DataFrame(columns=["name"]), as_of=DAY)
    assert ends(order(report, empty), "M1") == [0] * 12
    one = Register(pd.DataFrame({"name": ["a"], "inspection": ["missed"]}), as_of=DAY)
    assert ends(order(report, one), "M1") == [0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0]


def test_a_report_alone_knows_its_problems_alone(yangxian):
    found = order(yangxian).set_index("code")
    assert found.loc["M6", ["problems", "branches", "organisations"]].tolist() == ["2", "0–34", "0–42"]
    assert found.index[0] == "M6"
    assert found["by"].iloc[0] == "problems"
    assert set(found.index) >= {"M1", "M2", "M3", "M4", "M5", "fill_S3", "fill_O2b", "fill_O3", "fill_X3", "fill_P3"}
    assert found["members_most"].isna().all() == (found["members_least"] == 0).all()


def test_a_report_without_measures_has_no_order_and_every_column(report):
    for ask in (order, reversals):
        found = ask(Report.of("demo", organisations=3, branches=2))
        assert len(found) == 0
        assert set(found) == set(ask(report, register()))


def test_measures_that_nothing_tells_apart_share_a_place(made):
    found = order(
        made(
            claims=CLAIMS.replace("S4,cause,书记,secretary,secretary_outside_leadership\n", ""), links="source,target,basis\nM1,S3,stated\n"
        )
    )
    assert found.loc[found["code"].isin(["M2", "M3"]), "order"].nunique() == 1
    assert found["by"].iloc[-1] == ""


@pytest.mark.parametrize("criterion", COUNTED)
def test_one_criterion_alone(report, criterion):
    found = order(report, register(), criteria=[criterion])
    column = f"{criterion.name}_least"
    assert found[column].is_monotonic_decreasing
    assert found["order"].tolist() == [1 + int((found[column] > value).sum()) for value in found[column]]


# ------------------------------------------------------------------ scores


def test_scores_come_first_and_are_marked_as_judgement(report):
    found = order(report, register(), scores={"M3": 2.5, "M1": 1})
    assert found[["code", "by"]].to_numpy().tolist() == [["M3", "score"], ["M1", "score"], ["fill_S4", "branches"], ["M2", ""]]
    assert found["evidence"].str.contains("JUDGEMENT").all()
    assert found["score"].isna().tolist() == [False, False, True, True]


def scores(tmp_path, text):
    path = tmp_path / "scores.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_scores_are_read_from_a_file(tmp_path):
    assert load_scores(scores(tmp_path, "measure,score\nM1,2\nfill_S4,-0.5\n"), ["M1", "fill_S4"]) == {"M1": 2.0, "fill_S4": -0.5}


def test_every_fault_of_a_file_of_scores_is_named_at_once(tmp_path):
    text = "measure,score\nM1,2\nM9,3\nM1,many\nM2,\nM3,nan\nM4,inf\n"
    with pytest.raises(ScoresError) as error:
        load_scores(scores(tmp_path, text), ["M1", "M2", "M3", "M4"])
    said = [(fault.line, fault.column, fault.value) for fault in error.value.faults]
    assert said == [
        (3, "measure", "M9"),
        (4, "measure", "M1"),
        (4, "score", "many"),
        (5, "score", ""),
        (6, "score", "nan"),
        (7, "score", "inf"),
    ]
    assert "is not a known code" in str(error.value)
    assert "stands twice" in str(error.value)
    assert "is not a number" in str(error.value)


@pytest.mark.parametrize(("text", "message"), [("measure\nM1\n", "score"), ("measure,score,why\nM1,1,x\n", "why"), ("", "measure")])
def test_a_file_of_scores_has_two_columns(tmp_path, text, message):
    with pytest.raises(ScoresError, match=message):
        load_scores(scores(tmp_path, text), ["M1"])


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_scores_are_read_as_offices_save_them(tmp_path, encoding):
    path = tmp_path / "评分.csv"
    path.write_text("Measure,score\r\n\r\nM1,2\r\n", encoding=encoding)
    assert load_scores(path, ["M1"]) == {"M1": 2.0}


def test_a_heading_that_stands_twice_is_named(tmp_path):
    with pytest.raises(ScoresError, match="stands twice"):
        load_scores(scores(tmp_path, "measure,score,score\nM1,1,2\n"), ["M1"])


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ScoresError, match=r"nowhere\.csv.*no such file"):
        load_scores(tmp_path / "nowhere.csv", ["M1"])


# ------------------------------------------------------------------ what would change the first place


def test_reversals_by_hand(report):
    found = reversals(report, register())
    rows = found[found["what"] == "criterion"].set_index("by")
    # by what is known of problems alone M2 is first; no breach and nothing due: all alike
    assert rows[["measure", "reverses"]].to_numpy().tolist() == [
        ["", False], ["", False], ["fill_S4", False], ["fill_S4", False], ["fill_S4", False], ["M2", True]
    ]  # fmt: skip
    # two branches at most, as many as the first: then three organisations and thirteen members, no problem either
    assert found.loc[found["what"] == "column", "measure"].tolist() == []


def test_an_open_column_may_bring_another_to_the_front(report):
    found = reversals(report, register(branches=BRANCHES.assign(last_election_on=None, term_years=None)))
    column = found[found["what"] == "column"].set_index("measure")
    assert column.loc["M2", ["code", "by", "reverses", "needs"]].tolist() == ["column/M2", "breaches", True, "branches/last_election_on"]


@law(3)
@given(tables(8, 6))
def test_a_criterion_reverses_where_the_order_by_it_begins_with_another(report, rows):
    held = in_pandas(rows)
    found, first = reversals(report, held), order(report, held)["code"].iloc[0]
    for _, row in found[found["what"] == "criterion"].iterrows():
        alone = order(report, held, criteria=[Criterion[row["by"]]])
        best = list(alone.loc[alone["order"] == 1, "code"])
        assert row["reverses"] == (first not in best)
        assert (row["measure"] == "") == (len(best) == len(alone))
        assert row["measure"] in ["", *best]


def filled(rows, random):
    """The same rows with a value in every empty cell but two: terms go by the rule where none is given, and links stay as they are."""
    left = {"term_years", "organisations_covered"}
    counted = {table: {name: pool for name, pool in pools.items() if name not in left} for table, pools in POOLS.items()}
    return tuple(
        [row | {name: random.choice(pool) for name, pool in counted[table].items() if row[name] is None} for row in given]
        for table, given in zip(POOLS, rows, strict=True)
    )


@law(6)
@given(tables(8, 6), st.randoms(use_true_random=False))
def test_whoever_comes_first_once_cells_are_filled_was_named(report, rows, random):
    held = in_pandas(rows)
    first, rivals = order(report, held)["code"].iloc[0], reversals(report, held)
    named = set(rivals.loc[rivals["what"] != "criterion", "measure"])
    for _ in range(3):
        after = order(report, in_pandas(filled(rows, random)))
        best = set(after.loc[after["order"] == 1, "code"])
        assert first in best or best <= named


def test_what_a_claim_that_no_ledger_shows_may_meet_no_column_would_tell(report):
    three = BRANCHES.assign(in_leadership=[True, False])
    found = reversals(report, register(branches=three)).set_index("code")
    assert "column/M3" not in found.index
    assert found.loc["open/M3", ["by", "needs"]].tolist() == ["branches", ""]


def test_what_must_be_raised_first_is_asked_for_too():
    def measure(**counts):
        numbers = {f"{each.name}_{end}": counts.get(each.name, (0, 0))[at] for each in COUNTED for at, end in enumerate(("least", "most"))}
        return pd.Series(numbers | {f"{each.name}_needs": counts.get(f"{each.name}_needs", "") for each in COUNTED})

    first = measure(breaches=(2, 2), branches=(3, 3))
    rival = measure(breaches=(0, 2), breaches_needs="branches/meetings_12m", branches=(5, 5))
    other = measure(breaches=(1, 2), branches=(1, 5), branches_needs="branches/level")
    found = [(_overtaking(first, each), _raising(first, each, _overtaking(first, each))) for each in (rival, other)]
    # a count that needs no more raises nothing; one that no column closes leaves the whole open
    assert found == [(Criterion.branches, "branches/meetings_12m"), (Criterion.branches, "")]


def test_the_columns_named_are_those_of_the_count_that_is_open(report):
    found = order(report, register(branches=BRANCHES.assign(members=[None, 4]))).set_index("code")
    assert found.loc["M1", ["branches_needs", "members_needs", "needs"]].tolist() == ["", "branches/members", "branches/members"]
    unlinked = order(report, register(ORGANISATIONS.assign(branch_id=["p", None, "q"]))).set_index("code")
    assert unlinked.loc["M1", "branches_needs"] == ""  # p is touched, q's one organisation is not
    other = order(report, register(ORGANISATIONS.assign(branch_id=[None, None, "q"]))).set_index("code")
    assert other.loc["M1", ["branches", "branches_needs"]].tolist() == ["0–1", "organisations/branch_id"]


@pytest.mark.parametrize("scores", [{"M9": 1}, {"M1": float("nan")}])
def test_scores_of_no_measure_or_no_number_are_refused(report, scores):
    with pytest.raises(AnalysisError, match=r"M\d: "):
        order(report, register(), scores=scores)


@law(3)
@given(tables(8, 6, least=1))
def test_engines_and_the_order_of_rows_make_no_difference(report, rows):
    one = order(report, in_pandas(rows), read=True)
    for other in (in_duckdb(rows), in_pandas((rows[0][::-1], rows[1][::-1]))):
        pd.testing.assert_frame_equal(one, order(report, other, read=True), check_exact=True)


@law(6)
@given(tables(8, 6))
def test_places_follow_the_counts(report, rows):
    found = order(report, in_pandas(rows))
    keys = [tuple(row[f"{each.name}_least"] for each in COUNTED) for _, row in found.iterrows()]
    assert keys == sorted(keys, reverse=True)
    assert found["order"].tolist() == [1 + sum(other > key for other in keys) for key in keys]
    for each in COUNTED:
        known = found[found[f"{each.name}_most"].notna()]
        assert (known[f"{each.name}_least"] <= known[f"{each.name}_most"]).all()
