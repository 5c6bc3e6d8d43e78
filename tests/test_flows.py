"""Who came and went: last + came - went = now, and the doubts that real ledgers give rise to."""

from datetime import date

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from registers import in_duckdb, in_pandas, law, tables

from analysis import AnalysisError, Evidence, Register, example_later, example_register, flows

ONE, TWO, THREE = (date(year, 12, 31) for year in (2012, 2013, 2014))


def register(day, ids, names=None, *, born=None, branches=(), **cells):
    organisations = pd.DataFrame({"org_id": list(ids), "name": list(names or ids), "registered_on": born or [None] * len(ids)})
    rows = pd.DataFrame({"branch_id": list(branches), "name": list(branches), **cells})
    return Register(organisations, rows, as_of=day)


def doubts(rows):
    return {row["code"]: (row["value"], row["keys"]) for row in rows[rows["kind"] == "doubt"].to_dict("records")}


def test_stocks_balance():
    one = register(ONE, "abc", branches="pqrs", members=[10, 4, None, 7])
    two = register(TWO, "bcde", branches="qrst", members=[6, 3, None, 9])
    rows = flows(one, two).set_index("code")
    names = ["last", "came", "went", "changed", "known", "now", "last_unknown", "now_unknown", "balance"]
    assert rows.loc["organisations", names].tolist() == [3, 2, 1, 0, 0, 4, 0, 0, 0]
    assert rows.loc["branches", names].tolist() == [4, 1, 1, 0, 0, 4, 0, 0, 0]
    # p took ten along and t brought nine; q took in two; r became known with three, s ceased to be with seven
    assert rows.loc["members", names].tolist() == [21, 9, 10, 2, -4, 18, 1, 1, 0]
    assert (rows["from_on"] == "2012-12-31").all()
    assert set(rows["kind"]) == {"flow"}


@law(10)
@given(tables(5, 5), tables(5, 5))
def test_every_flow_balances_on_every_engine(before, after):
    rows = flows(in_pandas(before), in_pandas(after))
    assert (rows.loc[rows["kind"] == "flow", "balance"] == 0).all()
    connection = duckdb.connect()
    there = in_duckdb(before, connection=connection), in_duckdb(after, connection=connection, prefix="later_")
    pd.testing.assert_frame_equal(rows, flows(*there), check_exact=True)
    assert rows.loc[0, ["came", "went"]].tolist() == [
        len({row["org_id"] for row in one[0]} - {row["org_id"] for row in other[0]}) for one, other in ((after, before), (before, after))
    ]


def test_what_came_though_it_was_there_is_doubtful():
    one = register(ONE, "a", branches="p")
    two = register(
        TWO, "abcd", born=[None, date(2012, 12, 31), date(2013, 1, 1), None], branches="pq", founded_on=[date(2000, 1, 1), date(2001, 1, 1)]
    )
    rows = flows(one, two)
    assert doubts(rows) == {"organisations/came_though_there": (1, "b"), "branches/came_though_there": (1, "q")}
    assert set(rows.loc[rows["kind"] == "doubt", "severity"]) == {"warning"}


def test_the_same_name_under_a_new_number_is_one_that_went_and_one_that_came():
    rows = flows(register(ONE, "ab", ["x", "y"]), register(TWO, "ac", ["x", "y"]))
    assert doubts(rows) == {"organisations/renumbered": (1, "c")}
    assert rows.set_index("code").loc["organisations", ["came", "went", "balance"]].tolist() == [1, 1, 0]


def test_numbers_that_are_all_new_are_a_contradiction():
    rows = flows(register(ONE, "ab", ["x", "y"]), register(TWO, "cd", ["z", "w"])).set_index("code")
    assert rows.loc["organisations/nothing_in_common", ["value", "severity"]].tolist() == [2, "error"]


def test_numbers_that_are_all_new_though_a_name_is_the_same_match_nothing():
    rows = flows(register(ONE, "ab", ["x", "y"]), register(TWO, "cd", ["x", "z"])).set_index("code")
    assert rows.loc["organisations", ["last", "now", "unmatched"]].tolist() == [2, 2, "renumbered"]
    assert rows.loc["organisations", ["came", "went", "balance"]].isna().all()


def test_what_went_may_come_back():
    rows = flows(register(ONE, "abc"), register(TWO, "a"), register(THREE, "ac"))
    assert doubts(rows) == {"organisations/came_back/1": (1, "c")}
    assert rows["code"].tolist()[:2] == ["organisations/1", "branches/1"]
    assert rows.set_index("code").loc["organisations/2", ["last", "came", "went", "now"]].tolist() == [1, 1, 0, 2]


def test_the_first_five_numbers_of_a_doubt_are_named():
    born = [None] + [date(2000, 1, 1)] * 7
    (found,) = doubts(flows(register(ONE, "a"), register(TWO, "ahgfedcb", born=born))).values()
    assert found == (7, "b c d e f")


def test_a_stated_flow_is_held_against_itself_and_against_the_rows():
    pair = register(ONE, "abc"), register(TWO, "bcde")
    assert doubts(flows(*pair, stated=[{"organisations": {"last": 3, "came": 2, "went": 1, "now": 4}}])) == {}
    rows = flows(*pair, stated=[{"organisations": {"last": 3, "came": 3, "went": 1, "now": 4}}]).set_index("code")
    assert rows.loc["organisations/stated_unbalanced", ["value", "severity"]].tolist() == [1, "error"]
    assert rows.loc["organisations/stated_unbalanced", "name_en"] == "organisations: as stated 3 + 3 - 1 = 5, which is not 4"
    assert rows.loc["organisations/stated_unbalanced", "name_zh"] == "社会组织：所述 3 + 3 − 1 = 5，不等于 4"
    assert rows.loc["organisations/stated_differs", "value"] == 1
    balanced = flows(*pair, stated=[{"organisations": {"last": 3, "came": 3, "went": 2, "now": 4}}])
    assert list(doubts(balanced)) == ["organisations/stated_differs"]


def test_what_is_not_stated_is_held_against_nothing():
    pair = register(ONE, "abc"), register(TWO, "bcde")
    assert doubts(flows(*pair, stated=[{"organisations": {"came": 2}}])) == {}
    # the stocks of the rows are nobody's statement
    assert list(doubts(flows(*pair, stated=[{"organisations": {"came": 3, "went": 1}}]))) == ["organisations/stated_differs"]
    rows = flows(*pair, stated=[{"organisations": {"went": 2, "last": 3}}]).set_index("code")
    assert rows.loc["organisations/stated_differs", "name_en"].endswith("what the rows give: went 2 (by rows 1)")
    assert "organisations/stated_unbalanced" not in rows.index


@pytest.mark.parametrize("said", [{"organisation": {"came": 1}}, {"organisations": {"arrived": 1}}])
def test_a_flow_that_there_is_not_cannot_be_stated(said):
    with pytest.raises(AnalysisError, match="can be stated"):
        flows(register(ONE, "abc"), register(TWO, "bcde"), stated=[said])


def test_members_stated_are_held_against_branches_that_all_say_theirs():
    def of(day, *members):
        branches = {"branch_id": list("pq"), "name": list("pq"), "members": members}
        return Register(pd.DataFrame({"name": ["o"]}), pd.DataFrame(branches), as_of=day)

    rows = flows(of(ONE, 3, None), of(TWO, 4, 5), stated=[{"members": {"last": 8, "came": 2, "went": 0, "now": 10}}]).set_index("code")
    assert rows.loc["members/stated_differs", "name_en"].endswith("what the rows give: now 10 (by rows 9)")


def test_more_steps_cannot_be_stated_than_there_are():
    with pytest.raises(AnalysisError, match="2 steps are stated, but the registers make 1"):
        flows(register(ONE, "abc"), register(TWO, "bcde"), stated=[{}, {"organisations": {"came": 1}}])


def test_without_numbers_of_their_own_only_the_stocks_are_known():
    numbered = Register(pd.DataFrame({"name": ["a", "a"]}), as_of=TWO)
    rows = flows(
        register(ONE, "a", branches="p"), numbered, stated=[{"organisations": {"last": 1, "came": 2, "went": 0, "now": 2}}]
    ).set_index("code")
    assert rows.loc["organisations", ["last", "now", "unmatched"]].tolist() == [1, 2, "numbered"]
    assert rows.loc["organisations", ["came", "went", "balance"]].isna().all()
    assert "organisations/stated_unbalanced" in rows.index
    assert rows.loc["branches", ["last", "came", "went", "now"]].tolist() == [1, 0, 1, 0]


def test_the_example_has_the_doubts_that_are_planted(yangxian):
    first = example_register(yangxian)
    rows = flows(first, example_later(first))
    assert rows.set_index("code").loc["organisations", ["last", "came", "went", "now"]].tolist() == [42, 4, 3, 43]
    # the one under a new number was registered long ago, too
    assert doubts(rows) == {"organisations/came_though_there": (2, "NS042 T201303"), "organisations/renumbered": (1, "NS042")}
    assert all(Evidence.ILLUSTRATIVE.name in marks for marks in rows["evidence"])
    assert set(rows["assumptions"]) == {"C37"}


def test_registers_without_a_day_are_refused():
    with pytest.raises(AnalysisError, match="no day of the count"):
        flows(register(None, "a"), register(TWO, "a"))
