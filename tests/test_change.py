from math import isclose

import pandas as pd
import pytest

from analysis import Evidence
from analysis.metrics import rates
from analysis.model import AnalysisError
from analysis.progress import change
from analysis.register import Register
from analysis.settings import Eligible, Settings

BEFORE = Register(pd.DataFrame({
    "org_id": list("abcd"), "name": list("abcd"), "coverage": ["own", "none", "none", None], "association_members": [50, 60, 70, None],
}), pd.DataFrame({"branch_id": ["p", "q"], "name": ["p", "q"]}))  # fmt: skip
AFTER = Register(pd.DataFrame({
    "org_id": list("bcdef"), "name": list("bcdef"), "coverage": ["own", "own", "none", None, "joint"], "association_members": [40, 70, 30, 5, None],
}), pd.DataFrame({"branch_id": ["q", "r", "s"], "name": ["q", "r", "s"]}))  # fmt: skip


@pytest.fixture(scope="module")
def moved():
    return change(BEFORE, AFTER).set_index("code")


def test_a_difference_is_of_two_shares(moved):
    # one of three known before, two of four after
    found = moved.loc["own_branch"]
    assert found[["share_before", "share_after"]].tolist() == [1 / 3, 2 / 4]
    assert isclose(found["difference"], 1 / 6)
    assert found[["part", "whole", "unknown"]].tolist() == [2, 4, 1]


def test_a_difference_lies_between_the_ends_of_both_dates(moved):
    # before 1/4 to 2/4, after 2/5 to 3/5
    found = moved.loc["own_branch"]
    assert isclose(found["difference_low"], 2 / 5 - 2 / 4)
    assert isclose(found["difference_high"], 3 / 5 - 1 / 4)
    known = moved.dropna(subset=["difference", "difference_low"])
    assert (known["difference_low"] <= known["difference"]).all()
    assert (known["difference"] <= known["difference_high"]).all()


def test_what_is_empty_at_both_dates_may_have_moved_either_way(moved):
    assert moved.loc["few_members", ["difference_low", "difference_high"]].tolist() == [-1, 1]
    assert moved.loc["few_members", ["share_before", "share_after", "difference"]].isna().all()


def test_every_rate_has_a_row(moved):
    assert moved.index.tolist()[: len(rates(AFTER))] == rates(AFTER)["code"].tolist()
    assert moved.index.is_unique


def test_organisations_that_lose_members_are_counted_among_those_in_both(moved):
    # b lost ten, c none, d is not known; a went, e and f came
    found = moved.loc["association_members_lost"]
    assert found[["part", "whole", "unknown", "share_after"]].tolist() == [1, 2, 1, 1 / 2]


def test_rows_come_go_and_stay(moved):
    moves = {
        table: [moved.loc[f"{table}_{move}", "part"] for move in ("came", "went", "stayed")] for table in ("organisations", "branches")
    }
    assert moves == {"organisations": [2, 1, 3], "branches": [2, 1, 1]}


def test_nothing_moves_between_a_register_and_itself():
    same = change(BEFORE, BEFORE).set_index("code")
    assert (same["difference"].dropna() == 0).all()
    assert same.loc["organisations_came", "part"] == same.loc["organisations_went", "part"] == 0
    assert same.loc["association_members_lost", ["part", "whole"]].tolist() == [0, 3]


def test_who_came_and_went_is_not_known_without_numbers(yangxian):
    unknown = Register.unknown(yangxian)
    found = change(unknown, unknown).set_index("code")
    moves = found.index[found.index.str.contains("_came|_went|_stayed")]
    assert found.loc[moves, "part"].isna().all()
    assert pd.isna(found.loc["association_members_lost", "share_after"])


def test_a_change_rests_on_both_registers(yangxian):
    found = change(Register.unknown(yangxian), AFTER)
    assert all({"REPORT", "LEDGER"} <= set(marks.split()) for marks in found["evidence"])
    drawn = Register(pd.DataFrame({"name": ["a"]}), evidence=Evidence.ILLUSTRATIVE)
    assert all("ILLUSTRATIVE" in marks for marks in change(drawn, AFTER)["evidence"])


def test_settings_hold_for_both_dates():
    cells = {"name": ["a"], "coverage": ["own"], "members_full": [1]}
    one, two = (Register(pd.DataFrame(cells | {"members_full": [members]})) for members in (1, 3))
    found = change(one, two, settings=Settings(eligible=Eligible.any_member)).set_index("code")
    assert found.loc["eligible_coverage", ["share_before", "share_after"]].tolist() == [1, 1]
    assert pd.isna(change(one, two).set_index("code").loc["eligible_coverage", "share_before"])


def test_registers_without_rows_have_nothing_to_compare():
    empty = Register(pd.DataFrame({"name": []}))
    found = change(empty, empty).set_index("code")
    assert found["difference"].isna().all()
    assert found.loc["organisations_came", "part"] == 0


def test_registers_of_two_engines_are_refused_in_words():
    import duckdb

    other = Register(duckdb.sql("select 'a' org_id, 'a' as name"))
    with pytest.raises(AnalysisError):
        change(BEFORE, other)


def test_rows_numbered_while_reading_are_not_matched():
    before, after = (
        Register(pd.DataFrame({"name": names, "association_members": members}))
        for names, members in ((["a", "a"], [100, 5]), (["a", "c"], [5, 3]))
    )
    found = change(before, after).set_index("code")
    assert found.loc[["organisations_came", "organisations_went", "organisations_stayed"], "part"].isna().all()
    assert found.loc["association_members_lost", ["part", "whole"]].tolist() == [0, 0]


def test_a_change_keeps_the_marks_of_both_dates():
    found = change(BEFORE, AFTER).set_index("code")
    assert found.loc["weak_branch", "evidence"] == "REFERENCE LEDGER JUDGEMENT"
    assert "C20" in found.loc["weak_branch", "assumptions"].split()
