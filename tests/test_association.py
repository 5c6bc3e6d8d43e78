from datetime import date
from functools import cache
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from registers import in_duckdb, in_pandas, law, tables

from analysis.association import LEVEL, Goes, Table, Why, _extremes, _figures, _judged, _p, association, associations, holm
from analysis.model import AnalysisError
from analysis.register import Register
from analysis.report import Report

PAIR = "O3", "P4"  # secretary outside the leadership, work not joined to the core work: one yes-or-no column of branches each
CELLS = ("yy", "yn", "yu", "ny", "nn", "nu", "uy", "un", "uu")
ORGANISATION = pd.DataFrame({"name": ["o"]})


def register(**cells):
    """Branches by what is so of them: cause, then problem; y yes, n no, u unknown."""
    said = {"y": False, "n": True, "u": None}  # both indicators count those that say no
    rows = [(said[both[0]], said[both[1]]) for both, count in cells.items() for _ in range(count)]
    frame = pd.DataFrame(rows, columns=["in_leadership", "joined_work"], dtype="object")
    return Register(ORGANISATION, frame.assign(name="b"), as_of=date(2020, 6, 30))


def row(pairs=1, **cells):
    return association(register(**cells), *PAIR, pairs=pairs).iloc[0]


def judged(cells, pairs=1):
    """The verdict of a table without a register: what `row` says, in a hundredth of the time."""
    counts = {cell: int(cells.get(cell, 0)) for cell in CELLS}
    figures = _figures(Table(*(counts[cell] for cell in ("yy", "yn", "ny", "nn"))))
    return _judged({**counts, **figures, **_extremes(counts), "shared": ""}, min(1, figures["p"] * pairs), pairs)


def said(pairs=1, **cells):
    found = row(pairs, **cells)
    return found["goes"], found["why"]


# ------------------------------------------------------------------ figures that others have published


def interval(table, what):
    return [_figures(Table(*table))[f"{what}{end}"] for end in ("", "_low", "_high")]


# package contingencytables for R, tests/testthat/test-ch4.R on perondi_2004 (7 of 34 against 1 of 34)
@pytest.mark.parametrize(("what", "printed"), [("difference", [0.1765, 0.0189, 0.3404]), ("ratio", [7.0, 1.1537, 41.9763])])
def test_intervals_are_those_that_r_prints(what, printed):
    assert interval((7, 27, 1, 33), what) == pytest.approx(printed, abs=5e-5)


# Newcombe (1998), Statistics in Medicine 17, 873-890, Table II, method 10
@pytest.mark.parametrize(("table", "printed"), [((56, 14, 48, 32), [0.0524, 0.3339]), ((9, 1, 3, 7), [0.1705, 0.8090])])
def test_intervals_of_a_difference_are_those_of_the_paper(table, printed):
    assert interval(table, "difference")[1:] == pytest.approx(printed, abs=5e-5)


@pytest.mark.parametrize(("table", "printed"), [
    ((3, 1, 1, 3), 0.4857),  # R, example(fisher.test), TeaTasting, two-sided
    ((0, 16, 15, 57), 0.06287),  # contingencytables, tests/testthat/test-ch4.R, ritland_2007
])  # fmt: skip
def test_fisher_s_test_is_that_of_r(table, printed):
    assert _p(Table(*table)) == pytest.approx(printed, abs=5e-5)
    assert _p(Table(table[2], table[3], table[0], table[1])) == pytest.approx(printed, abs=5e-5)


# by hand from Holm (1979): times 4, 3, 2, 1 in order, and never less than the one before
@pytest.mark.parametrize(("chances", "expected"), [
    ([0.01, 0.02, 0.03, 0.04], [0.04, 0.06, 0.06, 0.06]), ([0.04, 0.01], [0.04, 0.02]), ([0.5, 0.9], [1.0, 1.0]), ([0.3], [0.3]), ([], []),
])  # fmt: skip
def test_holm_by_hand(chances, expected):
    assert holm(chances) == pytest.approx(expected)


@law(60)
@given(st.lists(st.floats(0, 1), max_size=7))
def test_holm_is_his_definition(chances):
    ordered = sorted(range(len(chances)), key=lambda at: (chances[at], at))
    raised = [max(min(1, (len(chances) - j) * chances[ordered[j]]) for j in range(i + 1)) for i in range(len(chances))]
    assert holm(chances) == pytest.approx([raised[ordered.index(at)] for at in range(len(chances))])


# ------------------------------------------------------------------ the table


def test_the_table_is_counted_by_hand():
    found = row(yy=1, yn=2, yu=1, ny=3, nn=4, nu=2, uy=1, un=1, uu=3)
    assert found[list(CELLS)].tolist() == [1, 2, 1, 3, 4, 2, 1, 1, 3]
    assert found[["part", "whole", "others_part", "others_whole"]].tolist() == [1, 3, 3, 7]
    assert found["difference"] == pytest.approx(1 / 3 - 3 / 7)
    assert found["ratio"] == pytest.approx(7 / 9)
    assert found["needs"] == "branches/in_leadership branches/joined_work"
    assert found[["code", "table", "pairs"]].tolist() == ["O3>P4", "branches", 1]


def test_one_column_behind_both_need_not_bring_them_together():
    # ten whose members are all managed and not transferred, ten the other way round: exactly apart, though both rest on members_staff
    cells = {"members_staff": [2] * 20, "members_staff_held": [0] * 10 + [2] * 10, "members_managed": [2] * 10 + [1] * 10}
    found = association(Register(pd.DataFrame({"name": ["a"] * 20} | cells)), "S4", "P6m").iloc[0]
    assert found[["yy", "yn", "ny", "nn", "difference"]].tolist() == [0, 10, 10, 0, -1]
    assert found[["why", "shared"]].tolist() == ["same", "organisations/members_staff"]
    assert "together or apart" in Why.same.term.en
    assert "must" not in Why.same.term.en
    assert "必然" not in Why.same.term.zh


@pytest.mark.parametrize("cells", [{"yy": 36, "yn": 1, "ny": 3}, {"yn": 1, "nn": 39}, {"yy": 39, "ny": 1}])
def test_too_thin_is_said_of_rows_with_or_without_and_not_of_rows_known(cells):
    found = row(**cells)
    assert found[["goes", "why"]].tolist() == ["cannot_be_told", "thin"]
    assert "known" not in Why.thin.term.en
    assert "with, or without" in Why.thin.term.en
    assert "有的行或没有的行" in Why.thin.term.zh


@pytest.mark.parametrize(("cells", "missing"), [
    ({"yy": 3}, "difference ratio"), ({"nn": 3}, "difference ratio"), ({"uu": 3}, "difference ratio"), ({"yn": 2, "nn": 2}, "ratio"),
])  # fmt: skip
def test_without_rows_of_one_sort_there_is_no_figure(cells, missing):
    found = row(**cells)
    assert [what for what in ("difference", "ratio") if pd.isna(found[what])] == missing.split()
    assert found["p"] == 1
    assert found["goes"] == "cannot_be_told"


def test_a_ratio_to_none_has_no_bound_above():
    found = row(yy=3, yn=3, nn=6)
    assert pd.isna(found[["ratio", "ratio_high", "ratio_most"]]).all()
    assert found["ratio_low"] > 1


def test_a_register_without_branches_tells_nothing():
    found = association(Register(pd.DataFrame(columns=["name"])), *PAIR).iloc[0]
    assert found[[*CELLS, "p"]].tolist() == [0] * 9 + [1]
    assert found[["goes", "why"]].tolist() == ["cannot_be_told", "thin"]


@pytest.mark.parametrize("code", ["S1", "new_field", "nonsense"])
def test_what_no_ledger_shows_is_refused(code):
    with pytest.raises(AnalysisError, match=f"No ledger shows {code}: give claims or indicators that have columns"):
        association(register(yy=1), code, "P4")


# ------------------------------------------------------------------ what the empty cells leave open


def completions(cells):
    """Every table that the empty cells could make, row by row."""
    ways = {"u" + b: ["y" + b, "n" + b] for b in "yn"} | {a + "u": [a + "y", a + "n"] for a in "yn"} | {"uu": ["yy", "yn", "ny", "nn"]}
    found = {tuple(cells[name] for name in ("yy", "yn", "ny", "nn"))}
    names = ["yy", "yn", "ny", "nn"]
    for cell in [name for name in ways for _ in range(cells[name])]:
        found = {tuple(count + (at == names.index(way)) for at, count in enumerate(table)) for table in found for way in ways[cell]}
    return [table for table in found if sum(table[:2]) and sum(table[2:])]


def brute(cells):
    """The least and the most difference and ratio of all completions; null where there is none, or no bound."""
    differences, ratios = [], []
    for a, b, c, d in completions(cells):
        differences.append(a / (a + b) - c / (c + d))
        if a or c:
            ratios.append(a * (c + d) / (c * (a + b)) if c else np.inf)
    ends = {}
    for what, values in (("difference", differences), ("ratio", ratios)):
        for name, end in (("least", min), ("most", max)):
            ends[f"{what}_{name}"] = end(values) if values and np.isfinite(end(values)) else None
    return ends


small = st.fixed_dictionaries({cell: st.integers(0, 4 if "u" not in cell else 2) for cell in CELLS})


@law(400)
@given(small)
def test_the_ends_are_those_of_every_completion(cells):
    found, expected = _extremes(cells), brute(cells)
    assert {name: found[name] for name in expected} == {
        name: value if value is None else pytest.approx(value) for name, value in expected.items()
    }


@cache
def p_of(table):
    return _p(Table(*table))


mostly_apart = st.fixed_dictionaries(
    {
        cell: st.integers(*ends)
        for cell, ends in zip(CELLS, [(3, 9), (0, 2), (0, 2), (0, 2), (6, 15), (0, 1), (0, 2), (0, 2), (0, 3)], strict=True)
    }
)


@law(150)
@given(mostly_apart, st.integers(1, 3))
def test_together_is_said_where_every_completion_says_it(cells, pairs):
    found = judged(cells, pairs)
    worst = max(p_of(table) for table in completions(cells))
    held = brute(cells)["difference_least"] > 0
    assert found["p_worst"] == pytest.approx(min(1, worst * pairs) if held else 1)
    assert (found["goes"] == "together") == (held and worst * pairs < 0.05)


def test_a_completion_may_speak_more_against_than_the_least_difference():
    # the unknown row as cause alone: 4 of 8 against 1 of 13, p = 0.0475; as problem alone: 4 of 7 against 2 of 14, p = 0.1196
    assert [_p(Table(4, 4, 1, 12)), _p(Table(4, 3, 2, 12))] == pytest.approx([0.0475, 0.1196], abs=5e-5)
    assert 4 / 8 - 1 / 13 < 4 / 7 - 2 / 14
    assert said(yy=4, yn=1, yu=2, ny=1, nn=12, uu=1) == ("cannot_be_told", "unknown")


@law(8)
@given(small, st.integers(1, 3))
def test_a_table_is_judged_as_its_register_is(cells, pairs):
    found, expected = row(pairs, **cells), judged(cells, pairs)
    assert {name: None if pd.isna(found[name]) else found[name] for name in expected} == expected


# ------------------------------------------------------------------ each verdict by hand


@pytest.mark.parametrize(("cells", "expected"), [
    ({"yy": 20, "nn": 20}, ("together", "told")), ({"yn": 20, "ny": 20}, ("apart", "told")),
    # of five rows, the most telling arrangement (2 of 2 against 0 of 3) has a chance of 1 in 10; of six, 3 of 3 against 0 of 3 has 1 in 10, too
    ({"yy": 2, "nn": 3}, ("cannot_be_told", "thin")), ({"yy": 3, "nn": 3}, ("cannot_be_told", "thin")),
    # four of four against none of four: 2 in 70; an empty cell more, and it could be four of five against none: 10 in 126
    ({"yy": 4, "nn": 4}, ("together", "told")), ({"yy": 4, "nn": 4, "yu": 2, "nu": 1}, ("cannot_be_told", "unknown")),
    ({"yy": 10, "yn": 10, "ny": 10, "nn": 10}, ("cannot_be_told", "wide")),
    ({"yy": 200, "yn": 200, "ny": 200, "nn": 200}, ("unrelated", "told")),
    ({"yy": 200, "yn": 200, "ny": 200, "nn": 200, "yu": 150}, ("cannot_be_told", "unknown")),
    ({}, ("cannot_be_told", "thin")), ({"uu": 50}, ("cannot_be_told", "thin")),
])  # fmt: skip
def test_a_verdict_by_hand(cells, expected):
    assert said(**cells) == expected


def test_one_empty_cell_can_take_a_verdict_back():
    # 5 of 6 against 1 of 7: (42 + 1 + 7) / 1716 = 0.0291; one more without the problem, 5 of 7: (147 + 7 + 147 + 7) / 3003 = 0.1026
    assert [_p(Table(5, 1, 1, 6)), _p(Table(5, 2, 1, 6))] == pytest.approx([50 / 1716, 308 / 3003])
    assert said(yy=5, yn=1, ny=1, nn=6) == ("together", "told")
    assert said(yy=5, yn=1, ny=1, nn=6, yu=1) == ("cannot_be_told", "unknown")


def test_no_sign_is_not_said_where_the_empty_cells_could_make_one():
    # 300 of 600 on both sides; a hundred open rows move the share of one by less than 20 points, yet to p below 5 %
    assert said(yy=300, yn=300, ny=300, nn=300, yu=100) == ("cannot_be_told", "unknown")
    assert row(yy=300, yn=300, ny=300, nn=300, yu=100)["difference_least"] > -0.2


def test_more_pairs_ask_for_more():
    assert said(yy=4, nn=4, pairs=1) == ("together", "told")  # 2 in 70
    assert said(yy=4, nn=4, pairs=2) == ("cannot_be_told", "thin")
    found = row(pairs=3, yy=20, nn=20)
    assert (found["goes"], found["p_adjusted"]) == ("together", pytest.approx(3 * found["p"]))


def test_what_is_read_from_one_column_is_not_tested():
    found = association(register(yy=20, nn=20), "O2b", "P2").iloc[0]  # both read the last election and the level
    assert found[["goes", "why", "shared"]].tolist() == ["cannot_be_told", "same", "branches/last_election_on branches/level"]


@law(40)
@given(small)
def test_turning_the_problem_round_turns_the_difference(cells):
    turned = {cell: cells[cell[0] + {"y": "n", "n": "y", "u": "u"}[cell[1]]] for cell in CELLS}
    one, other = judged(cells), judged(turned)
    assert one["p"] == pytest.approx(other["p"])
    for end, opposite in (("", ""), ("_low", "_high"), ("_high", "_low"), ("_least", "_most"), ("_most", "_least")):
        mine, theirs = one[f"difference{end}"], other[f"difference{opposite}"]
        assert mine is theirs is None or mine == pytest.approx(-theirs)
    assert {one["goes"], other["goes"]} in ({"together", "apart"}, {"unrelated"}, {"cannot_be_told"})


# ------------------------------------------------------------------ planted and not


def drawn(generator, count, shares, rows=300, unknown=0.0):
    """The tables of registers in which half of the branches have the cause, and the problem is drawn for each side at its own share."""
    cause, shape = np.arange(rows) % 2 == 0, (count, rows)
    problem = generator.random(shape) < np.where(cause, *shares)
    words = np.where(cause, "y", "n"), np.where(problem, "y", "n")
    both = np.char.add(*(np.where(generator.random(shape) < unknown, "u", word) for word in words))
    return [{cell: (some == cell).sum() for cell in CELLS} for some in both]


def share_said(seed, count, shares, **options):
    goes = [judged(cells)["goes"] for cells in drawn(np.random.default_rng(seed), count, shares, **options)]
    return {word: goes.count(word) / count for word in set(goes)}


def at_most(rate, count):
    """A rate with three standard deviations of a count drawn at it."""
    return rate + 3 * np.sqrt(rate * (1 - rate) / count)


@pytest.mark.parametrize(("share", "rows"), [(0.3, 300), (0.5, 34)])
def test_nothing_is_found_where_nothing_was_planted(share, rows):
    found = share_said(20200630, 400, (share, share), rows=rows)
    assert found.get("together", 0) + found.get("apart", 0) <= at_most(0.05, 400)
    assert found.get("unrelated", 0) > 0.5 or rows < 300


@pytest.mark.parametrize(("shares", "word"), [((0.6, 0.2), "together"), ((0.2, 0.6), "apart")])
def test_a_planted_difference_is_found(shares, word):
    assert share_said(7, 200, shares).get(word, 0) >= 0.95


def test_empty_cells_hide_a_planted_difference_and_make_none():
    few, half = (share_said(8, 100, (0.6, 0.2), unknown=unknown) for unknown in (0.01, 0.5))
    assert few["together"] > 0.5
    assert half == {"cannot_be_told": 1}


def test_of_ten_pairs_none_is_said_by_chance_in_nineteen_of_twenty_registers():
    tables_ = drawn(np.random.default_rng(1979), 4000, (0.4, 0.4), rows=100)
    chances = np.array([_p(Table(*(int(table[cell]) for cell in ("yy", "yn", "ny", "nn")))) for table in tables_]).reshape(400, 10)
    assert np.mean([min(holm(list(some))) < LEVEL for some in chances]) <= at_most(LEVEL, 400)
    assert np.mean(chances.min(axis=1) < LEVEL) > at_most(LEVEL, 400)  # without the correction


YES_NO = ("in_leadership", "joined_work", "written_rules")


def unlinked(generator, rows=200):
    """A register whose columns are drawn apart from each other: nothing goes with anything, but where it is the same column."""
    coin = {name: generator.random(rows) < 0.5 for name in YES_NO}
    pick = {name: generator.choice(values, rows) for name, values in
            {"meetings_12m": [3, 4], "organisation_life_12m": [1, 1, 1, 0], "classes_12m": [3, 4], "satisfaction": [50.0, 90.0, 90.0],
             "members_full": [3, 9], "last_election_on": ["2001-01-01", "2020-01-01", "2020-01-01"]}.items()}  # fmt: skip
    branches = pd.DataFrame({"branch_id": np.arange(rows).astype(str), "name": "b", "level": "branch", "form": "own", **coin, **pick})
    own = {"activity_room": generator.random(rows) < 0.5, "inspection": generator.choice(["passed", "missed"], rows), "budget": 1.0}
    staff = {
        "staff": 20,
        "staff_full_time": generator.choice([20, 15], rows),
        "members_staff": 5,
        "members_managed": generator.choice([4, 5], rows),
    }
    people = {name: generator.choice([4, 5], rows) for name in ("members_staff_held", "members_open", "members_taking_part")}
    organisations = pd.DataFrame({"name": "o", "branch_id": branches["branch_id"], **own, **staff, **people})
    return Register(organisations, branches, as_of=date(2020, 6, 30))


def test_one_register_in_twenty_at_most_has_a_pair_that_chance_made(yangxian):
    generator = np.random.default_rng(1979)
    found = [associations(unlinked(generator), yangxian) for _ in range(8)]
    assert found[0]["pairs"].iloc[0] >= 8
    assert np.mean([rows["goes"].isin(["together", "apart"]).any() for rows in found]) <= at_most(0.05, 8)
    assert any((rows.loc[rows["shared"] == "", "p"] < LEVEL).any() for rows in found)  # the correction had something to do


# ------------------------------------------------------------------ all pairs of a report


def test_pairs_of_one_column_are_shown_and_not_counted(yangxian):
    found = associations(unlinked(np.random.default_rng(3))).set_index("code")
    same = found[found["why"] == "same"]
    assert {"O2b>P2", "X2>P5"} <= set(same.index)
    assert (same["p_adjusted"] == 1).all()
    assert found["pairs"].unique().tolist() == [len(found) - len(same)]
    assert found.loc["O2b>P2", "basis"] == "stated"
    assert found.loc["O3>P1", ["basis", "evidence"]].tolist() == ["read", "REFERENCE LEDGER JUDGEMENT"]


def test_p_values_of_all_pairs_are_corrected_as_holm_does():
    found = associations(unlinked(np.random.default_rng(4)))
    tested = found[found["shared"] == ""]
    assert tested["p_adjusted"].tolist() == pytest.approx(holm(tested["p"].tolist()))


def test_beside_a_report_without_claims_the_first_report_s_pairs_are_asked_and_are_no_evidence(yangxian):
    found = associations(register(yy=1), Report.of("demo"))
    assert found["code"].tolist() == associations(register(yy=1), yangxian)["code"].tolist()
    assert not found["evidence"].str.contains("REPORT").any()


@law(2)
@given(tables(8, 6, least=1))
def test_engines_and_the_order_of_rows_make_no_difference(both):
    one = associations(in_pandas(both))
    for other in (in_duckdb(both), in_pandas((both[0][::-1], both[1][::-1]))):
        pd.testing.assert_frame_equal(one, associations(other), check_exact=True)


def test_the_words_claim_no_effect():
    words = [text for member in (*Goes, *Why) for text in member.term]
    assert not [text for text, bad in product(words, ("cause", "lead", "导致", "引起", "造成", "显著", "significant")) if bad in text]
