"""Two dates and more: every change is taken apart exactly, by hand, by a slow loop, on every engine."""

from datetime import date
from fractions import Fraction
from random import Random

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from registers import AS_OF, POOLS, frame, in_duckdb, in_pandas, law, tables

from analysis import AnalysisError, Evidence, Register, progress, rates
from analysis.indicators import INDICATORS
from analysis.metrics import TABLE
from analysis.progress import LEVELS, STOCKS, Component, check_order, level_of, points, rounded
from analysis.schema import KEYS

ONE, TWO, THREE = (date(year, 12, 31) for year in (2012, 2013, 2014))
SIGNS = {"came": 1, "went": -1, "changed": 1, "elapsed": 1, "known": 1}
SHARES = [f"contribution_{component.name}" for component in Component]


def register(day, branches=None, **cells):
    return Register(pd.DataFrame(cells), None if branches is None else pd.DataFrame(branches), as_of=day)


# a: own, then gone; b: none, then own; c: not known, then own; d: own at both; e: known, then not; f: new, joint
BEFORE = register(ONE, org_id=list("abcde"), name=list("abcde"), coverage=["own", "none", None, "own", "own"])
AFTER = register(TWO, org_id=list("bcdef"), name=list("bcdef"), coverage=["own", "own", "own", None, "joint"])


@pytest.fixture(scope="module")
def own():
    return progress(BEFORE, AFTER).set_index("code").loc["own_branch"]


def test_levels_are_those_of_the_rates(own):
    for when, of in (("before", BEFORE), ("after", AFTER)):
        wanted = rates(of, only=["own_branch"]).iloc[0]
        assert [own[f"{name}_{when}"] for name in LEVELS] == [wanted[name] for name in LEVELS]
    assert (own["from_on"], own["to_on"], own["step"], own["indicator"]) == ("2012-12-31", "2013-12-31", 1, "own_branch")


def test_by_hand(own):
    # before 3/4 and one unknown; after 3/4 and one unknown: all four of them moved
    assert [own[f"{name}_{when}"] for when in ("before", "after") for name in ("part", "whole", "unknown")] == [3, 4, 1, 3, 4, 1]
    assert {c: [own[f"{c}_{stock}"] for stock in ("part", "whole", "unknown")] for c in SIGNS} == {
        "came": [0, 1, 0],  # f, joint
        "went": [1, 1, 0],  # a
        "changed": [1, 0, 0],  # b
        "elapsed": [0, 0, 0],  # nothing here goes by the day
        "known": [0, 0, 0],  # c came to be known, e ceased to be
    }
    assert own[["changed_rows", "learned_rows", "forgotten_rows"]].tolist() == [1, 1, 1]
    assert own["difference"] == 0


def test_contributions_by_hand(own):
    # the pooled share is 6/8, the harmonic mean of both wholes 4: (0 - 6/8)/4, (-1 + 6/8)/4, 1/4
    assert own[SHARES].tolist() == [-0.1875, -0.0625, 0.25, 0.0, 0.0]


def test_the_sentence_has_levels_points_and_what_made_them(own):
    assert (
        own["said_en"] == "3–4/5 (60.0%–80.0%) → 3–4/5 (60.0%–80.0%); among known cells 0.0 points (came -18.8, went -6.2, changed +25.0)"
    )
    assert own["said_zh"].endswith("已知部分0.0 个百分点（新增 -18.8，减少 -6.2，变化 +25.0）")


def exact(row, when):
    return Fraction(int(row[f"part_{when}"]), int(row[f"whole_{when}"]))


def assert_adds_up(rows):
    for _, row in rows.iterrows():
        for stock in STOCKS:
            moved = sum(sign * int(row[f"{c}_{stock}"]) for c, sign in SIGNS.items())
            assert row[f"{stock}_after"] == row[f"{stock}_before"] + moved, (row["code"], stock)
        if row["whole_before"] and row["whole_after"]:
            assert sum(shares_of(row)) == exact(row, "after") - exact(row, "before")
            assert row[SHARES].tolist() == [float(share) for share in shares_of(row)]
            assert row["difference"] == float(exact(row, "after") - exact(row, "before"))
        else:
            assert row[SHARES].isna().all()


def shares_of(row):
    """The mean of looking forwards and of looking backwards: each part less its whole at the other date's share (C36)."""
    for c, sign in SIGNS.items():
        part, whole = (sign * int(row[f"{c}_{stock}"]) for stock in ("part", "whole"))
        forwards = (part - exact(row, "before") * whole) / int(row["whole_after"])
        backwards = (part - exact(row, "after") * whole) / int(row["whole_before"])
        yield (forwards + backwards) / 2


def test_amounts_and_organisations_lifted_to_branches_add_up():
    branches = {"branch_id": ["p", "q"], "name": ["p", "q"], "form": ["joint", "functional"], "organisations_covered": [2, 1]}
    cells = {"org_id": list("abc"), "name": list("abc"), "branch_id": ["p", "p", "q"], "coverage": [None] * 3}
    one = register(ONE, branches, **cells, township=["s", "s", "t"], staff=[5, 6, None], members_staff=[1, 9, 2])
    branches |= {"form": ["functional", "own"]}
    two = register(TWO, branches, **cells, township=["s", "t", "t"], staff=[7, 10, 4], members_staff=[3, 9, 2])
    rows = progress(one, two)
    assert_adds_up(rows)
    found = rows.set_index("code")
    # a: 1/5 -> 3/7; b: 9 of 6 settles nothing -> 9/10; c: weight not known -> 2/4
    density = found.loc["member_density"]
    assert density[["changed_part", "changed_whole", "known_part", "known_whole", "known_unknown", "known_unsized"]].tolist() == [
        2,
        2,
        11,
        14,
        -6,
        -1,
    ]
    # the form of the branch, in another table, makes a and b covered no longer and c covered
    assert found.loc["organisation_coverage", ["part_before", "known_part", "part_after"]].tolist() == [2, -1, 1]
    # p lies in one township, then in two
    assert found.loc["members_dispersed", ["part_before", "changed_part", "part_after"]].tolist() == [0, 1, 1]


def test_what_falls_due_as_time_passes_is_neither_a_change_nor_a_cell_filled():
    branches = {"branch_id": list("pqrst"), "name": list("pqrst"), "level": ["branch"] * 5,
                "last_election_on": ["2010-06-30", "2011-06-30", "2010-06-30", "2009-01-01", None]}  # fmt: skip
    later = {"branch_id": list("pqrsu"), "name": list("pqrsu"), "level": ["branch"] * 5,
             "last_election_on": ["2010-06-30", "2011-06-30", "2013-06-30", "2009-01-01", "2009-01-01"]}  # fmt: skip
    one, two = (register(day, given, name=["o"]) for day, given in ((ONE, branches), (TWO, later)))
    # terms of two or three years: on the first day p and r may be overdue, q is not, s is; t is not known
    row = progress(one, two).set_index("code").loc["election_overdue"]
    assert row[["part_before", "whole_before", "unknown_before"]].tolist() == [1, 2, 3]
    # a year on, the same cells make p and r overdue for certain, and q perhaps
    assert row[["elapsed_part", "elapsed_whole", "elapsed_unknown"]].tolist() == [2, 1, -1]
    # r was held since; t went, unknown; u came, overdue
    assert row[["changed_part", "known_part", "came_part", "went_part"]].tolist() == [-1, 0, 1, 0]
    assert row[["part_after", "whole_after", "unknown_after"]].tolist() == [3, 4, 1]
    assert row[["changed_rows", "learned_rows", "forgotten_rows"]].tolist() == [1, 0, 0]
    assert_adds_up(progress(one, two))


def elections(day, *rows):
    cells = dict(zip(("branch_id", "last_election_on", "term_years"), zip(*rows, strict=True), strict=True))
    return register(day, cells | {"name": cells["branch_id"], "level": ["branch"] * len(rows)}, name=["o"])


def test_an_election_held_in_time_is_no_cell_filled():
    # terms of two or three years: in term at the end of 2012, perhaps over a year later had it not been held again
    row = (
        progress(elections(ONE, ("p", "2011-06-30", None)), elections(TWO, ("p", "2013-06-30", None)))
        .set_index("code")
        .loc["election_overdue"]
    )
    assert row[["elapsed_whole", "elapsed_unknown", "changed_whole", "changed_unknown"]].tolist() == [-1, 1, 1, -1]
    assert row[["known_whole", "known_unknown", "learned_rows", "forgotten_rows", "changed_rows"]].tolist() == [0, 0, 0, 0, 1]


def test_a_day_filled_in_is_learned_and_one_left_out_is_forgotten():
    one = elections(ONE, ("p", None, None), ("q", "2012-06-30", 3))
    two = elections(TWO, ("p", "2013-06-30", None), ("q", None, None))
    row = progress(one, two).set_index("code").loc["election_overdue"]
    assert row[["known_whole", "known_unknown", "learned_rows", "forgotten_rows"]].tolist() == [0, 0, 1, 1]
    assert not row[["elapsed_part", "elapsed_whole", "changed_part", "changed_whole"]].any()


def test_what_went_is_taken_off_as_it_stood_on_its_own_day():
    # in term when it was last counted: that it would be overdue by now is nobody's doing
    one = elections(ONE, ("p", "2012-06-30", 3), ("q", "2010-06-30", 3))
    row = progress(one, elections(TWO, ("p", "2012-06-30", 3))).set_index("code").loc["election_overdue"]
    assert row[["part_before", "elapsed_part", "went_part", "went_whole", "part_after"]].tolist() == [0, 0, 0, 1, 0]


def test_training_grows_old_and_a_month_alone_leaves_it_open():
    # within two years of the first day, longer ago than that on the last; of r no more is known than the month
    def trained(day, *days):
        cells = {"branch_id": list("pqr"), "name": list("pqr"), "trained_on": days, "trained_on_until": [None, None, "2012-12-31"]}
        return register(day, cells, name=["o"])

    one = trained(ONE, "2012-06-30", "2012-06-30", "2012-12-01")
    row = progress(one, trained(THREE, "2012-06-30", "2014-06-30", "2012-12-01")).set_index("code").loc["secretary_trained"]
    assert row[["part_before", "whole_before", "unknown_before"]].tolist() == [0, 3, 0]
    assert row[["elapsed_part", "elapsed_whole", "elapsed_unknown"]].tolist() == [2, -1, 1]
    assert row[["changed_part", "known_part", "part_after", "whole_after", "unknown_after"]].tolist() == [-1, 0, 1, 2, 1]


# ------------------------------------------------------------------ a second opinion: one row after the other


def alone(both, table, key, day):
    """What a row adds, as the rate of a register from which all other rows of its table are taken out, linked rows kept."""
    organisations, branches = both
    if table == "organisations":
        return rates(in_pandas(([row for row in organisations if row["org_id"] == key], branches), day))
    return rates(in_pandas((organisations, [row for row in branches if row["branch_id"] == key]), day))


EARLIER = date(2019, 6, 30)


def until(both, day):
    """Rows of both tables without the days that lie after this one."""
    kept = [
        [{name: None if isinstance(cell, date) and cell > day else cell for name, cell in row.items()} for row in rows] for rows in both
    ]
    return tuple(kept)


def slowly(before, after):
    """Each component of each stock, from the rates of every single row on its own day, and of the earlier rows on the later day."""
    found = {}
    for grain, table in TABLE.items():
        codes = [code for code, indicator in INDICATORS.items() if indicator.grain is grain and indicator.measure]
        each = [{row[KEYS[table]]: row for row in both[table == "branches"]} for both in (before, after)]
        then, aged, now = (
            {key: alone(both, table, key, day).set_index("code")[list(STOCKS)] for key in rows}
            for both, rows, day in ((before, each[0], EARLIER), (before, each[0], AS_OF), (after, each[1], AS_OF))
        )
        for code in codes:
            sums = {f"{c}_{stock}": 0 for c in SIGNS for stock in STOCKS}
            for key in each[0].keys() | each[1].keys():
                if key not in now:
                    add(sums, "went", then[key].loc[code])
                elif key not in then:
                    add(sums, "came", now[key].loc[code])
                else:
                    sides = [side[key].loc[code] for side in (then, aged, now)]
                    add(sums, "elapsed", sides[1] - sides[0])
                    add(sums, "known" if [is_open(side) for side in sides] in ([1, 1, 0], [0, 0, 1]) else "changed", sides[2] - sides[1])
            found[code] = sums
    return found


def add(sums, kind, stocks):
    for stock in STOCKS:
        sums[f"{kind}_{stock}"] += stocks[stock]


def is_open(sums):
    return bool(sums["unknown"] + sums["unsized"])


def drawn(seed):
    """Rows of both tables, without links between them: some numbers are drawn at one date alone."""
    chance = Random(seed)
    both = []
    for table, pool in POOLS.items():
        keys = sorted(chance.sample("abcdef", 4))
        both.append(
            [{name: chance.choice([None, *values]) for name, values in pool.items()} | {KEYS[table]: key, "name": key} for key in keys]
        )
    return tuple(both)


@pytest.mark.parametrize("seed", [3, 6])
def test_a_slow_loop_agrees(seed):
    before, after = until(drawn(seed), EARLIER), drawn(seed + 100)
    found = progress(in_pandas(before, EARLIER), in_pandas(after)).set_index("code")
    assert found[[f"elapsed_{stock}" for stock in STOCKS]].to_numpy().any()
    for code, sums in slowly(before, after).items():
        assert found.loc[code, list(sums)].to_dict() == sums, code


# ------------------------------------------------------------------ laws


def assert_negated(there, back):
    there, back = (rows.astype(dict.fromkeys([*SHARES, "difference"], "float")) for rows in (there, back))
    for stock in STOCKS:
        assert there[f"came_{stock}"].tolist() == back[f"went_{stock}"].tolist()
        assert there[f"changed_{stock}"].tolist() == (-back[f"changed_{stock}"]).tolist()
        assert there[f"known_{stock}"].tolist() == (-back[f"known_{stock}"]).tolist()
    other = ["contribution_went", "contribution_came", "contribution_changed", "contribution_elapsed", "contribution_known", "difference"]
    for one_way, other_way in zip([*SHARES, "difference"], other, strict=True):
        pd.testing.assert_series_equal(there[one_way], -back[other_way], check_names=False, check_exact=True)
    assert there["learned_rows"].tolist() == back["forgotten_rows"].tolist()


# a change of all indicators takes seconds, so one pair of registers serves every law
@law(3)
@given(tables(6, 5), tables(6, 5))
def test_components_add_up_in_any_order_of_rows_and_on_any_engine_and_are_negated_the_other_way_round(before, after):
    two, earlier = in_pandas(after), until(before, EARLIER)
    sides = (earlier, EARLIER), (after, AS_OF)
    assert_negated(progress(in_pandas(before), two), progress(two, in_pandas(before)))
    there = progress(in_pandas(earlier, EARLIER), two)
    assert_adds_up(there)
    pd.testing.assert_frame_equal(there, progress(*(in_pandas(tuple(rows[::-1] for rows in both), day) for both, day in sides)))
    connection = duckdb.connect()
    elsewhere = (in_duckdb(both, day, connection=connection, prefix=f"of{day.year}_") for both, day in sides)
    pd.testing.assert_frame_equal(there, progress(*elsewhere), check_exact=True)


def test_nothing_moves_between_a_register_and_itself():
    both = in_pandas(drawn(3))
    rows = progress(both, both)
    moved = [f"{c}_{stock}" for c in SIGNS for stock in STOCKS] + ["changed_rows", "learned_rows", "forgotten_rows"]
    assert not rows[moved].to_numpy().any()
    assert not rows[SHARES].fillna(0).to_numpy().any()
    assert not rows["difference"].fillna(0).any()


def test_steps_chain():
    third = register(THREE, org_id=["b", "f"], name=["b", "f"], coverage=["none", "own"])
    rows = progress(BEFORE, AFTER, third)
    assert rows["code"].is_unique
    one, two = (rows[rows["step"] == step].set_index("indicator") for step in (1, 2))
    assert [f"{code}/{step}" for step in (1, 2) for code in one.index] == rows["code"].tolist()
    for name in LEVELS:
        pd.testing.assert_series_equal(one[f"{name}_after"], two[f"{name}_before"], check_names=False)
    assert_adds_up(rows)
    alone = progress(AFTER, third).set_index("code")
    assert two.loc["own_branch", SHARES].tolist() == alone.loc["own_branch", SHARES].tolist()


# ------------------------------------------------------------------ what cannot be told


def test_rows_without_numbers_of_their_own_keep_their_levels_alone(yangxian):
    numbered = Register(pd.DataFrame({"name": ["a", "a"], "coverage": ["own", "none"]}), as_of=TWO)
    row = progress(BEFORE, numbered).set_index("code").loc["own_branch"]
    assert row[["part_before", "part_after", "unmatched"]].tolist() == [3, 1, "numbered"]
    assert row[[*SHARES, "came_part", "changed_rows"]].isna().all()
    assert row["difference"] == 1 / 2 - 3 / 4
    assert "no numbers of their own" in row["unmatched_en"]
    assert "编号" in row["unmatched_zh"]
    assert "C36" not in row["assumptions"]
    report = Register(pd.DataFrame(index=range(3)), as_of=ONE, evidence=Evidence.REPORT)
    assert set(progress(report, AFTER)["unmatched"]) == {"report"}


def test_a_ledger_with_numbers_and_one_with_names_alone_are_not_matched():
    names = {"name": ["a", "b", "c"], "coverage": ["own", "own", "none"]}
    rows = progress(register(ONE, org_id=["1", "2", "3"], **names), register(TWO, **names))
    row = rows.set_index("code").loc["own_branch"]
    assert row[["part_before", "part_after", "unmatched"]].tolist() == [2, 2, "renumbered"]
    assert row[[*SHARES, "came_part", "changed_rows"]].isna().all()
    assert "most names" in row["unmatched_en"]
    # one name that many have is not most of them
    many = register(TWO, org_id=list("456789"), name=["a", *"uvwxy"])
    assert set(progress(register(ONE, org_id=["1", "2", "3"], **names), many)["unmatched"]) == {""}
    # where no name is in both either, they are others
    other = register(TWO, name=["d"], coverage=["own"])
    assert progress(register(ONE, **names), other).set_index("code").loc[
        "own_branch", ["unmatched", "came_part", "went_part"]
    ].tolist() == ["", 1, 2]


def test_an_empty_table_has_nothing_to_take_apart():
    none = {"name": ["a"], "coverage": ["none"]}  # nobody has a branch, so that there is none
    rows = progress(register(ONE, **none), register(TWO, **none)).set_index("code")
    assert rows.loc["weak_branch", ["part_before", "came_whole", "unmatched"]].tolist() == [0, 0, ""]
    assert pd.isna(rows.loc["weak_branch", "contribution_came"])
    assert rows.loc["weak_branch", "said_en"] == "no rows → no rows"


@pytest.mark.parametrize(
    ("before", "after", "good", "wanted"),
    [
        (["none", "none"], ["own", "none"], "own_branch", "better"),
        (["own", "none"], ["none", "none"], "own_branch", "worse"),
        (["own", "none"], ["own", "none"], "own_branch", "same"),
        (["none", "none"], ["own", "none"], "without_party_organisation", "better"),
        (["none", "none"], ["own", None], "own_branch", "better"),
        (["own", "none"], ["own", None], "own_branch", "open"),
    ],
)
def test_a_direction_is_named_where_both_intervals_settle_it(before, after, good, wanted):
    one, two = (register(day, org_id=["a", "b"], name=["a", "b"], coverage=c) for day, c in ((ONE, before), (TWO, after)))
    assert progress(one, two).set_index("code").loc[good, "direction"] == wanted


def test_where_neither_is_good_up_is_up():
    one, two = (register(day, org_id=["a"], name=["a"], members_full=[n]) for day, n in ((ONE, 5), (TWO, 1)))
    rows = [progress(one, two), progress(Register(one.organisations, as_of=TWO), Register(two.organisations, as_of=TWO))]
    assert all(each.set_index("code").loc["few_members", "direction"] == "up" for each in rows)


@pytest.mark.parametrize(
    ("registers", "said"),
    [
        ([], "needs two registers"),
        ([AFTER, BEFORE], "Register 1 is of 2013-12-31, register 2 of 2012-12-31"),
        ([BEFORE, Register(AFTER.organisations)], "Register 2 has no day of the count"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_both_languages(registers, said):
    with pytest.raises(AnalysisError, match=said) as error:
        progress(*registers)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in str(error.value))


def test_with_one_date_there_is_no_step():
    assert not len(progress(BEFORE))
    assert {"code", "direction", "said_zh", "evidence"} <= set(progress(Register(AFTER.organisations)).columns)


def test_engines_and_connections_must_be_one():
    rows = [{"org_id": "a", "name": "a"}], []
    with pytest.raises(AnalysisError, match="same engine"):
        check_order([in_pandas(rows), in_duckdb(rows)])
    with pytest.raises(AnalysisError, match="one connection"):
        check_order([in_duckdb(rows), in_duckdb(rows)])


def test_each_date_is_judged_by_its_own_day():
    # elected in 2010 for three years: in term at the end of 2012, overdue a year later, without a cell changed
    branches = {"branch_id": ["p"], "name": ["p"], "level": ["branch"], "last_election_on": [date(2010, 6, 1)], "term_years": [3]}
    one, two = (Register(pd.DataFrame({"name": []}), pd.DataFrame(branches), as_of=day) for day in (ONE, TWO))
    row = progress(one, two).set_index("code").loc["election_overdue"]
    assert row[["part_before", "elapsed_part", "changed_rows", "part_after", "direction"]].tolist() == [0, 1, 0, 1, "worse"]


def test_points_are_rounded_so_that_they_add_up():
    shares = [Fraction(1, 3000)] * 3
    assert sum(rounded(shares)) == Fraction(1, 1000)
    assert [points(share) for share in (Fraction(-1, 3), 0.00049, None)] == ["-33.3", "0.0", "0.0"]


def test_a_level_reads_as_a_rate(own):
    assert level_of(own, "before")[["part", "whole", "share"]].tolist() == [3, 4, 0.75]


def test_the_pools_that_rows_are_drawn_from_are_not_empty():
    assert all(frame(table, [dict.fromkeys(pool)]).columns.size for table, pool in POOLS.items())
