from datetime import date
from random import Random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive import CODES, Sums, contradicts, measured, total
from registers import POOLS, frame, in_pandas, law, tables

from analysis import AnalysisError, Evidence, Report, load_report, rules
from analysis.indicators import CRITERIA, INDICATORS, rests_on
from analysis.metrics import TABLE, UnknownColumnError, completeness, coverage, rates, weak_by_limit
from analysis.model import Choice, Grain
from analysis.register import Register
from analysis.schema import ORGANISATIONS, TABLES
from analysis.settings import Criterion, Eligible, Settings

SUMS = list(Sums._fields)
PLACE = {code: list(TABLE.values()).index(TABLE[INDICATORS[code].grain]) for code in CODES}


def organisations(**columns):
    rows = len(next(iter(columns.values()), [None]))
    return pd.DataFrame({"name": [f"n{row}" for row in range(rows)]} | columns)


def row(register, code, **options):
    return rates(register, only=[code], **options).iloc[0]


def sums(rows):
    return {code: Sums(*map(int, some)) for code, some in zip(rows["indicator"], rows[SUMS].to_numpy().tolist(), strict=True)}


# ---- a naive loop agrees


@law(8)
@given(tables(12, 10, least=4))
def test_a_naive_loop_agrees_row_by_row(both):
    found = rates(in_pandas(both), by=["name"])
    every = {row["name"]: row for table in both for row in table}
    assert len(found) == sum(len(both[PLACE[code]]) for code in CODES)
    for (code, name), some in zip(found[["indicator", "name"]].to_numpy().tolist(), found[SUMS].to_numpy().tolist(), strict=True):
        assert measured(code, every[name], both[0]) == tuple(some), (code, every[name])


# ---- laws


@law(3)
@given(tables(12, 10, least=2))
def test_groups_rebuild_the_total(both):
    register = in_pandas(both)
    whole = rates(register).set_index("indicator")[SUMS]
    for by in (["sector"], ["township", "sector"]):
        grouped = rates(register, by=by)
        pd.testing.assert_frame_equal(grouped.groupby("indicator", sort=False)[SUMS].sum(), whole, check_dtype=False)


@law(3)
@given(tables(12, 10, least=2), st.integers(0, 10**6))
def test_the_order_of_rows_does_not_matter(both, seed):
    shuffled = tuple(Random(seed).sample(rows, len(rows)) for rows in both)
    found = [rates(in_pandas(some), by=["sector"]) for some in (both, shuffled)]
    pd.testing.assert_frame_equal(*found, check_exact=True)


@law(6)
@given(tables(6, 5))
def test_a_naive_loop_agrees_on_the_whole_and_the_share_lies_between_its_ends(both):
    found = rates(in_pandas(both))
    assert sums(found) == {code: total(code, both[PLACE[code]], both[0]) for code in CODES}
    ends = found.dropna(subset=["low"])
    assert ((ends["low"] >= 0) & (ends["low"] <= ends["high"]) & (ends["high"] <= 1)).all()
    shares = found.dropna(subset=["share"])
    assert ((shares["low"] <= shares["share"]) & (shares["share"] <= shares["high"])).all()
    assert (found["share"].isna() == (found["whole"] == 0)).all()
    settled = (found["unknown"] == 0) & (found["unsized"] == 0) & (found["whole"] > 0)
    assert (found.loc[settled, "low"] == found.loc[settled, "high"]).all()


def fill(rows, table, random):
    """About half of the empty cells filled with any value, none against another cell; what is empty for 'none' stays so."""
    filled = []
    for row in rows:
        open_cells = [name for name, pool in POOLS[table].items() if row[name] is None and name != "term_years" and pool]
        full = row | {name: random.choice(POOLS[table][name]) for name in open_cells if random.random() < 0.5}
        filled.append(full | ({"coverage": row["coverage"]} if table == "organisations" and contradicts(full) else {}))
    return filled


@law(3)
@given(tables(12, 10, least=4), st.integers(0, 10**6))
def test_filling_cells_keeps_the_share_inside_and_never_widens(both, seed):
    after = tuple(fill(rows, table, Random(seed)) for rows, table in zip(both, TABLES, strict=True))
    for by in ([], ["name"]):
        old, new = (rates(in_pandas(some), by=by).set_index("code") for some in (both, after))
        settled = new["low"].notna()  # where no row is counted any more there is no share
        assert old.loc[settled, "low"].notna().all()
        assert (new["low"] >= old["low"])[settled].all()
        assert (new["high"] <= old["high"])[settled].all()
        assert (new["share"].isna() | ((new["share"] >= old["low"]) & (new["share"] <= old["high"]))).all()


# ---- rates by hand


def test_a_share_is_of_the_rows_where_both_cells_are_known():
    register = Register(organisations(coverage=["own", "joint", None, "own"]))
    found = row(register, "own_branch")
    assert found[["part", "whole", "unknown", "unsized", "least", "most", "of"]].tolist() == [2, 3, 1, 0, 2, 3, 4]
    assert found[["share", "low", "high"]].tolist() == [2 / 3, 2 / 4, 3 / 4]
    assert found[["needs", "conflict", "good", "evidence", "assumptions"]].tolist() == [
        "organisations/coverage",
        "",
        "high",
        "LEDGER",
        "C22",
    ]


def test_rows_whose_whole_is_open_move_the_ends_both_ways():
    # one of two is eligible and covered; one may be eligible, and is covered; another may be, and is not
    register = Register(organisations(coverage=["own", "none", "own", "none"], members_full=[3, 3, None, None]))
    found = row(register, "eligible_coverage")
    assert found[["part", "whole", "unknown", "unsized"]].tolist() == [1, 2, 0, 2]
    assert found[["share", "low", "high"]].tolist() == [1 / 2, 1 / 3, 2 / 3]
    assert pd.isna(found["of"])


def test_people_of_an_unknown_number_leave_everything_open():
    register = Register(organisations(staff=[10, None], members_staff=[4, 1]))
    found = row(register, "member_density")
    assert found[["part", "whole", "unsized", "share", "low", "high"]].tolist() == [4, 10, 1, 0.4, 0.0, 1.0]
    assert pd.isna(found["most"])


def test_people_whose_part_is_unknown_count_with_their_number():
    register = Register(organisations(staff=[10, 30], members_staff=[4, None]))
    found = row(register, "member_density")
    assert found[["part", "whole", "unknown", "low", "high"]].tolist() == [4, 10, 30, 4 / 40, 34 / 40]


def test_without_a_denominator_there_is_no_percentage():
    register = Register(organisations(coverage=["own"], members_full=[0]))
    found = row(register, "eligible_coverage")
    assert found[["share", "low", "high"]].isna().all()
    assert found[["part", "whole", "of"]].tolist() == [0, 0, 0]


def test_what_is_certain_of_any_denominator_is_not_left_open():
    # whoever of these is eligible is covered
    register = Register(organisations(coverage=["own", "joint"]))
    assert row(register, "eligible_coverage")[["low", "high"]].tolist() == [1.0, 1.0]
    register = Register(organisations(coverage=["none"]))
    assert row(register, "eligible_coverage")[["low", "high"]].tolist() == [0.0, 0.0]


def test_a_register_without_rows_has_no_shares():
    found = rates(Register(pd.DataFrame({"name": []})))
    assert (found[SUMS] == 0).all(axis=None)
    assert found[["share", "low", "high"]].isna().all(axis=None)


def test_a_row_names_the_columns_with_empty_cells_that_would_close_it():
    register = Register(organisations(coverage=["own", None], members_full=[3, 3]))
    found = rates(register).set_index("code")["needs"]
    assert found["eligible_coverage"] == "organisations/coverage"
    assert found["few_members"] == ""
    assert found["mobile_personnel"] == "organisations/staff organisations/staff_full_time"


def test_a_column_that_is_absent_names_itself():
    found = row(Register(organisations()), "instructor")
    assert found[["part", "whole", "unknown", "low", "high", "needs"]].tolist() == [0, 0, 1, 0.0, 1.0, "organisations/instructor"]


def test_without_a_day_of_the_count_dates_are_asked_for():
    branches = organisations(last_election_on=["2001-01-01"], level=["branch"], trained_on=["2001-01-01"])
    found = rates(Register(organisations(), branches)).set_index("code")
    assert found.loc["election_overdue", ["unknown", "needs"]].tolist() == [1, "branches/last_election_on"]
    assert found.loc["secretary_trained", ["unknown", "needs"]].tolist() == [1, "branches/trained_on"]


def test_only_some_indicators_are_asked_in_the_order_of_the_table():
    found = rates(Register(organisations()), only=["weak_branch", "own_branch"])
    assert found["code"].tolist() == ["own_branch", "weak_branch"]
    assert rates(Register(organisations()))["code"].tolist() == [code for code, i in INDICATORS.items() if i.measure]


@pytest.mark.parametrize("code", ["no_such", "attitude_of_head"])
def test_an_indicator_that_is_not_there_is_named(code):
    with pytest.raises(AnalysisError, match=rf"{code}.*own_branch"):
        rates(Register(organisations()), only=[code])


@pytest.mark.parametrize("evidence", [Evidence.LEDGER, Evidence.ILLUSTRATIVE])
def test_rates_rest_on_what_the_register_rests_on(evidence):
    found = rates(Register(organisations(), evidence=evidence)).set_index("code")["evidence"]
    assert found["own_branch"] == evidence.name
    assert all(evidence.name in marks.split() for marks in found)


def test_what_is_held_against_a_rule_rests_on_it():
    found = rates(Register(organisations())).set_index("code")["evidence"]
    assert found[["few_members", "election_overdue", "need_committee", "role_visible"]].str.contains("REFERENCE").all()


def test_rates_do_not_change_the_register():
    register = Register(organisations(coverage=["own", None]), organisations())
    kept = register.organisations.copy(deep=True), register.branches.copy(deep=True)
    rates(register, by=["sector"])
    pd.testing.assert_frame_equal(register.organisations, kept[0])
    pd.testing.assert_frame_equal(register.branches, kept[1])


# ---- groups

GROUPED = organisations(
    org_id=list("abcde"), sector=["x", "x", "y", None, "y"], township=["s", "t", "s", "s", "t"], branch_id=["p", "p", "q", "r", "q"],
    kind=["foundation", "association", None, "association", "association"], coverage=["own", "none", "own", "own", None],
)  # fmt: skip
HOSTED = organisations(branch_id=list("pqrstuv"), host_org_id=[None, "e", None, "c", None, "a", "d"], demonstration=[True] * 7)
# u: host a agrees with nothing listed; t has neither; v's host has no sector


def groups(register, code, *by):
    found = rates(register, by=by, only=[code])
    return [tuple(None if pd.isna(cell) else cell for cell in record) for record in found[[*by, "part", "whole"]].to_numpy().tolist()]


def test_a_group_has_its_own_rate():
    assert groups(Register(GROUPED, HOSTED), "own_branch", "sector") == [("x", 1, 2), ("y", 1, 1), (None, 1, 1)]
    assert groups(Register(GROUPED, HOSTED), "own_branch", "sector", "township") == [
        ("x", "s", 1, 1), ("x", "t", 0, 1), ("y", "s", 1, 1), ("y", "t", 0, 0), (None, "s", 1, 1)]  # fmt: skip


def test_a_branch_belongs_to_the_group_of_its_organisations_and_host():
    # p: x and x; q: y and y, host y; r: not given; s: host y; t: neither; u: host x; v: host not given
    assert groups(Register(GROUPED, HOSTED), "demonstration", "sector") == [("x", 2, 2), ("y", 2, 2), (None, 3, 3)]


def test_a_branch_whose_organisations_disagree_is_cross_group():
    # p: s and t; q: s and t; r: s; s: host s; t: neither; u: host s; v: host s
    assert groups(Register(GROUPED, HOSTED), "demonstration", "township") == [("s", 4, 4), ("cross-group", 2, 2), (None, 1, 1)]


def test_a_host_of_another_group_makes_a_branch_cross_group():
    given = organisations(org_id=["a", "b"], sector=["x", "y"], branch_id=["p", None])
    branches = organisations(branch_id=["p"], host_org_id=["b"], demonstration=[True])
    assert groups(Register(given, branches), "demonstration", "sector") == [("cross-group", 1, 1)]


def test_an_organisation_without_a_group_leaves_its_branch_without_one():
    given = organisations(sector=["x", None], branch_id=["p", "p"])
    assert groups(Register(given, organisations(branch_id=["p"])), "demonstration", "sector") == [(None, 0, 0)]
    # that two others disagree settles it all the same
    given = organisations(sector=["x", None, "y"], branch_id=["p"] * 3)
    assert groups(Register(given, organisations(branch_id=["p"])), "demonstration", "sector") == [("cross-group", 0, 0)]


def test_groups_by_a_column_of_branches_alone_ask_the_branches_alone():
    found = rates(Register(organisations(), organisations(level=["branch", "committee", None])), by=["level"])
    assert {INDICATORS[code].grain for code in found["indicator"]} == {Grain.branch}
    assert found[found["indicator"] == "demonstration"]["level"].fillna("-").tolist() == ["branch", "committee", "-"]


def test_branches_keep_a_column_of_their_own():
    given = organisations(township=["s"], branch_id=["p"])
    branches = organisations(branch_id=["p"], township=["t"], demonstration=[True])
    assert groups(Register(given, branches), "demonstration", "township") == [("t", 1, 1)]


def test_groups_by_a_number_of_one_s_own_make_one_group_a_row():
    given = organisations(org_id=["a", "b"], branch_id=["p", "p"])
    register = Register(given, organisations(branch_id=["p", "q"], host_org_id=["a", "b"]))
    assert groups(register, "instructor", "org_id") == [("a", 0, 0), ("b", 0, 0)]
    assert groups(register, "demonstration", "org_id") == [("b", 0, 0), ("cross-group", 0, 0)]


@pytest.mark.parametrize("name", ["one", "listed", "row_number"])
def test_any_name_will_do_for_a_column_to_group_by(name):
    register = Register(organisations(branch_id=["p"], **{name: ["x"]}), organisations(branch_id=["p"]))
    found = rates(register, by=[name], only=["instructor", "demonstration"])
    assert found["code"].tolist() == ["instructor/x", "demonstration/x"]


@pytest.mark.parametrize("dtype", ["object", "str", "string", "category"])
def test_a_column_of_one_s_own_groups_branches_whatever_kind_of_text_it_is(dtype):
    ward = pd.Series(["x", None, "y", "y"], dtype=dtype)
    register = Register(organisations(branch_id=["p", "p", "q", "q"], ward=ward), organisations(branch_id=["p", "q", "r"]))
    found = rates(register, by=["ward"], only=["demonstration"])
    # p: one of two has no ward; q: y; r: nobody
    assert found[["code", "unknown"]].to_numpy().tolist() == [["demonstration/y", 1], ["demonstration/not given", 2]]


def test_groups_of_nothing_keep_their_columns():
    some, none = (rates(Register(organisations(sector=cells)), by=["sector"], only=["own_branch"]) for cells in (["x"], []))
    assert none.columns.tolist() == some.columns.tolist()
    assert len(none) == 0


def test_a_column_named_twice_groups_once():
    twice = rates(Register(GROUPED, HOSTED), by=["kind", "kind"], only=["own_branch"])
    pd.testing.assert_frame_equal(twice, rates(Register(GROUPED, HOSTED), by=["kind"], only=["own_branch"]))


def test_groups_are_named_in_both_languages():
    found = rates(Register(GROUPED, HOSTED), by=["kind", "sector"], only=["own_branch"])
    assert found["code"].tolist() == [
        "own_branch/association/x", "own_branch/association/y", "own_branch/association/not given", "own_branch/foundation/x", "own_branch/not given/y"
    ]  # fmt: skip
    assert found[["name_zh", "name_en"]].to_numpy().tolist()[2:4] == [
        ["社会团体 · 未填", "association · not given"],
        ["基金会 · x", "foundation · x"],
    ]
    cross = rates(Register(GROUPED, HOSTED), by=["township"], only=["demonstration"])
    assert cross["name_zh"].tolist() == ["s", "跨组", "未填"]


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(UnknownColumnError, match=r"parish.*sector, township"):
        rates(Register(organisations()), by=["sector", "parish"])


@pytest.mark.parametrize("name", ["staff", "budget", "instructor", "registered_on"])
def test_numbers_and_dates_are_no_groups(name):
    with pytest.raises(UnknownColumnError, match=f"{name}.*text"):
        rates(Register(organisations()), by=[name])


# ---- four rates of coverage


def test_coverage_is_four_rates_each_with_its_denominator():
    given = organisations(coverage=["own", "joint", "attached", "instructor", "none"], members_full=[3, 2, 3, 9, 0], instructor=[False] * 5)
    kinds = ["own_branch", "organisation_coverage", "work_coverage", "eligible_coverage"]
    found = pd.concat([coverage(Register(given), kind=kind) for kind in kinds])
    assert found[["part", "whole"]].to_numpy().tolist() == [[1, 5], [3, 5], [4, 5], [2, 3]]
    assert coverage(Register(given))["indicator"].tolist() == ["organisation_coverage"]


# ---- with a report

YANGXIAN = ["own_branch", "organisation_coverage", "work_coverage", "without_party_organisation", "need_committee", "above_limit"]
ASKED = [*YANGXIAN, "few_members", "weak_branch"]


def test_a_report_s_totals_narrow_what_its_empty_cells_leave_open(yangxian):
    found = rates(Register.unknown(yangxian), report=yangxian, only=ASKED).set_index("code")
    # ASSUMPTIONS.md: own branch 26-33, covered 35-42 of 42; need a committee 1-34, above fifty 0-12 of 34
    ends = found.loc[YANGXIAN, ["least", "most", "of"]].astype(int).to_numpy().tolist()
    assert ends == [[26, 33, 42], [35, 42, 42], [35, 42, 42], [0, 7, 42], [1, 34, 34], [0, 12, 34]]
    assert found.loc["own_branch", ["low", "high"]].tolist() == [26 / 42, 33 / 42]
    assert (found["conflict"] == "").all()


def test_organisations_covered_by_counted_branches_are_only_a_part_of_those_covered():
    # 36 are covered by the branches that are counted; others may be attached elsewhere, or have an instructor
    report = Report.of("demo", organisations=42, branches=34, organisations_covered=36)
    found = rates(Register.unknown(report), report=report, only=ASKED).set_index("code")
    ends = found.loc[["organisation_coverage", "work_coverage", "without_party_organisation"], ["least", "most"]]
    assert ends.astype(int).to_numpy().tolist() == [[36, 42], [36, 42], [0, 6]]


def test_what_the_totals_narrow_rests_on_their_assumptions(yangxian):
    found = rates(Register.unknown(yangxian), report=yangxian, only=ASKED).set_index("code")
    assert found.loc["own_branch", "evidence"].split()[:2] == ["REPORT", "BOUND"]
    assert {"A1", "A2", "A4", "A7", "C22"} >= set(found.loc["own_branch", "assumptions"].split()) >= {"A2", "C22"}
    assert found.loc["weak_branch", "assumptions"] == "C20 C25"
    assert "BOUND" not in found.loc["weak_branch", "evidence"]


def test_without_a_report_the_ends_are_those_of_the_cells(yangxian):
    found = rates(Register.unknown(yangxian), only=ASKED).set_index("code")
    assert found.loc["own_branch", ["low", "high", "of"]].tolist() == [0, 1, 42]
    assert not found["evidence"].str.contains("BOUND").any()


def test_switches_of_the_bounds_are_passed_on(yangxian):
    # ASSUMPTIONS.md: with A3 and A6, covered 42 of 42
    assume = "A1 A2 A3 A4 A6 A7 A8 A9"
    found = rates(Register.unknown(yangxian), report=yangxian, assume=assume.split(), only=ASKED).set_index("code")
    assert found.loc["organisation_coverage", ["least", "most", "needs"]].tolist() == [42, 42, ""]


def ledger(**kinds):
    cells = [kind for kind, count in kinds.items() for _ in range(count)]
    return Register(organisations(coverage=pd.Series([None if cell == "empty" else cell for cell in cells], dtype="object")))


def test_cells_narrow_what_the_totals_leave_open_and_the_other_way_round(yangxian):
    # the ledger settles ten: own 5 at least and 37 at most; the totals say 26 to 33
    found = rates(ledger(own=5, joint=5, empty=32), report=yangxian, only=ASKED).set_index("code")
    assert found.loc["own_branch", ["least", "most"]].tolist() == [26, 33]
    found = rates(ledger(own=30, joint=5, empty=7), report=yangxian, only=ASKED).set_index("code")
    assert found.loc["own_branch", ["least", "most"]].tolist() == [30, 33]
    assert {"LEDGER", "BOUND"} <= set(found.loc["own_branch", "evidence"].split())
    assert found.loc["own_branch", ["part", "whole", "unknown"]].tolist() == [30, 35, 7]


def test_a_ledger_that_settles_a_rate_owes_nothing_to_the_totals(yangxian):
    found = rates(ledger(own=30, joint=12), report=yangxian, only=ASKED).set_index("code")
    assert found.loc["own_branch", ["least", "most", "conflict", "evidence", "assumptions"]].tolist() == [30, 30, "", "LEDGER", "C22"]


def test_a_ledger_that_contradicts_the_totals_is_said_to(yangxian):
    found = rates(ledger(own=10, joint=32), report=yangxian, only=ASKED).set_index("code")
    assert found.loc["own_branch", ["conflict", "least", "most"]].tolist() == ["empty", 10, 10]
    assert found.loc["organisation_coverage", "conflict"] == ""
    # no more than seven of 42 are without one
    found = rates(ledger(own=30, none=12), report=yangxian, only=ASKED).set_index("code")
    assert found.loc[["organisation_coverage", "without_party_organisation", "own_branch"], "conflict"].tolist() == ["empty", "empty", ""]


def test_a_ledger_of_another_size_is_said_to_be(yangxian):
    found = rates(ledger(own=30, joint=11), report=yangxian, only=ASKED).set_index("code")
    assert found.loc["own_branch", ["conflict", "least", "most", "of"]].tolist() == ["size", 30, 30, 41]
    assert found.loc["few_members", "conflict"] == ""


def test_groups_are_not_held_against_totals(yangxian):
    register = Register.unknown(yangxian)
    with_report, without = (rates(register, by=["sector"], report=report, only=["own_branch"]) for report in (yangxian, None))
    pd.testing.assert_frame_equal(with_report, without)


def test_a_report_that_counts_nothing_leaves_everything_open():
    report = Report.of("demo", staff=30)
    found = rates(Register.unknown(report), report=report)
    assert (found[["low", "high"]].to_numpy() == [0, 1]).all()
    assert found[["share", "most", "of"]].isna().all(axis=None)
    assert (found["conflict"] == "").all()


# ---- weak branches by limit

WEAK = organisations(
    meetings_12m=[1, 3, 4, None], level=["branch"] * 4, last_election_on=["2019-01-01"] * 4, organisation_life_12m=[1] * 4, satisfaction=[55, 90, 90, 90]
)  # fmt: skip


def by_limit(settings):
    return weak_by_limit(Register(organisations(), WEAK, as_of=date(2020, 1, 1)), settings=settings).set_index("code")


@pytest.fixture(scope="module")
def by_default():
    return by_limit(Settings())


def test_weak_branches_are_counted_again_at_each_limit(by_default):
    found = by_default
    # the first is weak by satisfaction whatever its meetings; with no limit on meetings the empty cell does not matter
    ends = found.loc[[f"meetings/{limit}" for limit in (1, 2, 3, 4)], ["part", "whole", "unknown"]].to_numpy().tolist()
    assert ends == [[1, 3, 1], [1, 3, 1], [1, 3, 1], [2, 3, 1]]
    assert found.loc["satisfaction/50", ["part", "whole"]].tolist() == [2, 3]


def test_each_criterion_is_shown_alone(by_default):
    alone = by_default[["alone_least", "alone_most"]]
    assert alone.loc[[f"meetings/{limit}" for limit in (1, 2, 4)]].to_numpy().tolist() == [[0, 1], [1, 2], [2, 3]]
    assert alone.loc[["satisfaction/50", "satisfaction/60", "no_rules/0", "election_overdue/0"]].to_numpy().tolist() == [
        [0, 0],
        [1, 1],
        [0, 4],
        [0, 0],
    ]


def test_the_limit_in_use_is_marked_and_one_of_one_s_own_is_added():
    found = by_limit(Settings(limits={"R19": 7}))
    assert found[found["set"] & (found["criterion"] == "meetings")].index.tolist() == ["meetings/7"]
    assert found.groupby("criterion")["set"].sum().eq(1).all()
    assert set(found["criterion"]) == {criterion.name for criterion in CRITERIA}


def test_a_limit_has_its_unit_and_is_in_use_only_where_the_list_has_it():
    found = by_limit(Settings(weak=(Criterion.election_overdue, Criterion.satisfaction)))
    assert found.loc["election_overdue/0", ["name_zh", "name_en"]].tolist() == [
        "逾期未换届，界限 0 年（现用）", "election overdue, limit 0 years (in use)"]  # fmt: skip
    assert found.loc["election_overdue/1", "name_en"] == "election overdue, limit 1 year"
    assert found.loc["satisfaction/60", "name_en"] == "low satisfaction in the appraisal, limit 60 % (in use)"
    assert found.loc["classes/4", "name_zh"] == "党课次数不足，界限 4 次（一年）"
    assert found.loc["no_rules/0", "name_en"] == "no written rules"
    marked = found[found["name_en"].str.contains("in use")]
    assert marked["chosen"].all()
    assert marked["set"].all()


def test_a_criterion_that_is_not_chosen_moves_nothing():
    found = by_limit(Settings(weak=(Criterion.satisfaction,)))
    assert found[found["chosen"]]["criterion"].unique().tolist() == ["satisfaction"]
    assert found[~found["chosen"]]["part"].unique().tolist() == [1]


def test_the_row_in_use_is_the_rate_itself(by_default):
    register = Register(organisations(), WEAK, as_of=date(2020, 1, 1))
    columns = [*SUMS, "share", "low", "high", "least", "most", "of"]
    rate = row(register, "weak_branch")[columns].tolist()
    in_use = by_default.query("set")
    assert all(found == rate for found in in_use[columns].astype(object).to_numpy().tolist())


def test_a_temporary_branch_is_late_at_no_limit():
    late = organisations(level=["temporary", "branch"], last_election_on=["2001-01-01"] * 2)
    found = weak_by_limit(Register(organisations(), late, as_of=date(2020, 1, 1))).set_index("code")
    assert found.loc[[f"election_overdue/{years}" for years in (0, 1, 2, 3)], "alone_most"].tolist() == [1] * 4


# ---- completeness


def test_filled_cells_are_a_share_of_the_cells():
    found = completeness(Register(organisations(staff=[1, None, 3]), organisations(level=["branch"]))).set_index("code")
    assert found.loc["organisations/staff", ["part", "whole", "share"]].tolist() == [2, 3, 2 / 3]
    # three names and numbers, and two of staff
    assert found.loc["organisations", ["part", "whole"]].tolist() == [8, 3 * len(ORGANISATIONS)]
    assert found.loc["branches", "part"] == 3
    assert found.index.tolist()[:2] == ["organisations", "branches"]
    assert len(found) == 2 + sum(map(len, TABLES.values()))


def test_a_table_without_rows_has_no_share_of_cells():
    found = completeness(Register(organisations())).set_index("code")
    assert found.loc["branches", ["part", "whole"]].tolist() == [0, 0]
    assert pd.isna(found.loc["branches", "share"])


def test_a_frame_of_rows_is_read_as_it_is():
    # the helper of these tests makes of empty cells what a ledger does
    assert frame("organisations", [{"name": "a"}, {"staff": 3}]).to_dict("list") == {"name": ["a", None], "staff": [None, 3]}


def test_rows_without_a_group_may_belong_to_any():
    found = coverage(Register(organisations(coverage=["own", "none"], sector=["x", None])), kind="own_branch", by=["sector"]).set_index(
        "code"
    )
    assert found.loc["own_branch/x", ["share", "low", "high"]].tolist() == [1, 1 / 2, 1]
    assert found.loc["own_branch/x", "needs"] == "organisations/sector"
    # people who may join: eight of ten here; one of two may come, and nobody knows of how many a third is
    staff = organisations(staff=[10, 2], members_staff=[8, 1], sector=["x", None])
    found = rates(Register(staff), by=["sector"], only=["member_density"]).set_index("code")
    assert found.loc["member_density/x", ["low", "high"]].tolist() == [8 / 11, 9 / 11]
    more = pd.concat([staff, pd.DataFrame({"name": ["c"], "sector": [None]})], ignore_index=True).drop(columns="org_id", errors="ignore")
    found = rates(Register(more), by=["sector"], only=["member_density"]).set_index("code")
    assert found.loc["member_density/x", ["low", "high"]].tolist() == [0, 1]


def test_limits_of_ones_own_are_not_mixed_with_the_bounds_of_the_rules(yangxian):
    settings = Settings(limits={"R08": 20})
    found = rates(Register.unknown(yangxian), report=yangxian, settings=settings, only=["need_committee"])
    assert found.loc[0, ["least", "most"]].tolist() == [0, 34]
    assert found.loc[0, "evidence"] == "REPORT REFERENCE"


def test_a_report_of_another_day_narrows_nothing():
    report, register = load_report("county213"), organisations(coverage=["own"] * 213)
    found = rates(Register(register, as_of=date(2024, 12, 31)), report=report, only=["own_branch"])
    assert found.loc[0, ["conflict", "least", "most", "assumptions"]].tolist() == ["date", 213, 213, "C22"]


def test_rules_that_came_later_are_named():
    branches = pd.DataFrame({"name": ["b"], "meetings_12m": [2], "written_rules": [True], "organisation_life_12m": [1]})
    for day, later in ((date(2012, 12, 31), "R19 R23"), (date(2020, 1, 1), ""), (None, "")):
        found = rates(Register(organisations(coverage=["own"]), branches, as_of=day), only=["rules_and_meetings"])
        assert found.loc[0, "later"] == later


@pytest.mark.parametrize(("eligible", "rule"), [("full", "R01"), ("full_time", "R02"), ("any_member", "R02b")])
def test_what_eligibility_rests_on_follows_the_setting(eligible, rule):
    found = rates(Register(organisations(coverage=["own"])), settings=Settings(eligible=Eligible[eligible]), only=["due_without"])
    assert found.loc[0, ["rests_on", "evidence", "assumptions"]].tolist() == [f"C18 C22 {rule}", "REFERENCE LEDGER JUDGEMENT", "C18 C22"]


def test_every_rule_and_choice_that_an_indicator_cites_exists():
    for code in INDICATORS:
        for cited in rests_on(code, Settings(weak=tuple(Criterion))).split():
            assert cited in Choice.__members__ if cited.startswith("C") else cited in set(rules()["code"]), (code, cited)
