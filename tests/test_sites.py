from itertools import combinations, pairwise, product

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from registers import in_duckdb, in_pandas, law, tables

from analysis.metrics import UnknownColumnError
from analysis.model import AnalysisError
from analysis.plan_charts import site_gains
from analysis.register import Register
from analysis.report import Report
from analysis.sites import SiteUnit, sites

YES, NO = True, False


def placed(*rows):
    """A register of branches, each with one organisation: its sector, township and whether it is a site."""
    names = [f"n{at}" for at in range(len(rows))]
    places = {column: [row[at] for row in rows] for at, column in enumerate(("sector", "township"))}
    branches = {"name": names, "branch_id": names, "host_org_id": names, "demonstration": [row[2] for row in rows]}
    organisations = pd.DataFrame({"name": names, "org_id": names, "branch_id": names} | places).astype({"sector": "object"})
    return Register(organisations, pd.DataFrame(branches))


def ends(found):
    return {row["code"]: (row["least"], row["most"]) for row in found.to_dict("records")}


# ---- a second opinion: all subsets


def near(one, other):
    return any(a is not None and a == b for a, b in zip(one[:2], other[:2], strict=True))


def reached(rows, chosen):
    return sum(at in chosen or any(near(row, rows[site]) for site in chosen) for at, row in enumerate(rows))


def naive(rows, k):
    """The present reach, the best with up to k sites more, and the choices of places of just k that reach it."""
    present = {at for at, row in enumerate(rows) if row[2]}
    free = [at for at in range(len(rows)) if at not in present and any(rows[at][:2])]
    found = [reached(rows, present)]
    choices = []
    for count in range(1, k + 1):
        all_of = {some: reached(rows, present | set(some)) for some in combinations(free, min(count, len(free)))}
        found.append(max(all_of.values()))
        best = {tuple(sorted({rows[at][:2] for at in some}, key=str)) for some, reach in all_of.items() if reach == found[-1]}
        choices.append({some for some in best if len(some) == count})
    return found, choices


PLACES = st.tuples(st.sampled_from("xyz"), st.sampled_from("stu"), st.sampled_from([YES, NO, NO]))


@law(40)
@given(st.lists(PLACES, min_size=1, max_size=9))
def test_the_best_choice_is_that_of_all_subsets(rows):
    found = sites(placed(*rows), k=3).set_index("code")
    expected, choices = naive(rows, 3)
    assert found["least"].tolist() == found["most"].tolist() == expected
    assert found["adds"].tolist()[1:] == [after - before for before, after in pairwise(expected)]
    for count, some in enumerate(choices, start=1):
        row = found.loc[f"further{count}"]
        assert row["ties"] == (min(len(some), 20) if row["adds"] else 0)
        assert row["capped"] == (row["ties"] == 20 and len(some) > 20)


UNSURE = st.tuples(st.sampled_from(["x", "y", None]), st.sampled_from(["s", "t", None]), st.sampled_from([YES, NO, None]))


@law(25)
@given(st.lists(UNSURE, min_size=1, max_size=5).filter(lambda rows: sum(row.count(None) for row in rows) <= 4))
def test_whatever_the_empty_cells_hold_lies_within_the_ends(rows):
    found = ends(sites(placed(*rows), k=2))
    for cells in product(
        *([value] if value is not None else pool for row in rows for value, pool in zip(row, ("xyz", "stu", [YES, NO]), strict=True))
    ):
        full = [tuple(cells[at : at + 3]) for at in range(0, len(cells), 3)]
        for value, (least, most) in zip(naive(full, 2)[0], found.values(), strict=True):
            assert least <= value <= most


# ---- by hand

# a site in x at s; x has two more, s one; y at t three, z at u two
COUNTY = [
    ("x", "s", YES),
    ("x", "t", NO),
    ("x", "u", NO),
    ("w", "s", NO),
    ("y", "v", NO),
    ("y", "v", NO),
    ("y", "a", NO),
    ("z", "b", NO),
    ("z", "c", NO),
]


def test_sites_by_hand():
    found = sites(placed(*COUNTY), k=3).set_index("code")
    assert found["least"].tolist() == [4, 7, 9, 9]
    assert found["adds"].tolist()[1:] == [3, 2, 0]
    assert found.loc["present", ["whole", "low", "high", "sites"]].tolist() == [9, 4 / 9, 4 / 9, 0]
    # any place of y reaches all of it, and any of z
    assert found["ties"].tolist()[1:] == [2, 4, 0]
    assert found.loc["further1", "choice_en"] == "y · a (such as n6)"
    assert found.loc["further1", "tied_en"] == "y · v (such as n4)"
    assert found.loc["further2", "choice_zh"] == "y · a（如 n6） ＋ z · b（如 n7）"
    assert found.loc["further3", "choice_en"] == "no place adds any"
    assert found["needs"].eq("").all()
    assert set(found["assumptions"]) == {"C26 C34"}
    assert set(found["evidence"]) == {"LEDGER JUDGEMENT"}


def test_the_best_two_need_not_hold_the_best_one():
    # the place (m, n) reaches four alone; (x, s) and (y, t) reach three each and together six
    rows = [("m", "s", NO), ("m", "t", NO), ("x", "n", NO), ("y", "n", NO), ("m", "n", NO), ("x", "s", NO), ("y", "t", NO)]
    found = sites(placed(*rows), k=2).set_index("code")
    best = naive(rows, 2)[0]
    assert found["least"].tolist() == best == [0, 5, 7]
    assert "m · n" in found.loc["further1", "choice_en"]


def test_ties_are_shown_up_to_their_cap():
    rows = [(f"x{at}", f"s{at}", NO) for at in range(6)]
    found = sites(placed(*rows), k=2, ties=4).set_index("code")
    assert found[["ties", "capped"]].to_numpy().tolist()[1:] == [[4, True], [4, True]]
    exact = sites(placed(*rows), k=2, ties=15).set_index("code")
    assert exact[["ties", "capped"]].to_numpy().tolist()[1:] == [[6, False], [15, False]]
    assert exact.loc["further1", "tied_en"].count(";") == 3


@pytest.mark.parametrize(("ties", "others", "listed", "rest"), [
    # six choices are equally good: the first is the row's own, and five are as good
    (15, "5 other choices", 3, "2 besides"), (5, "4 or more other choices", 3, "1 or more besides"),
    (4, "3 or more other choices", 3, "or more"), (3, "2 or more other choices", 2, "or more"), (1, "0 or more other choices", 0, "or more"),
])  # fmt: skip
def test_the_chart_and_the_table_speak_of_as_many_choices(ties, others, listed, rest):
    rows = [(f"x{at}", f"s{at}", NO) for at in range(6)]
    found = sites(placed(*rows), k=1, ties=ties)
    label = " ".join(note.text for note in site_gains(found, title="?", lang="en").layout.annotations).replace("<br>", " ")
    assert others in label
    told = found.set_index("code").loc["further1", "tied_en"].split("; ")
    assert sum("such as" in each for each in told) == listed
    assert told[-1] == rest


def test_near_can_be_one_column_or_another():
    found = sites(placed(*COUNTY), k=1, near=["township"])
    assert ends(found) == {"present": (2, 2), "further1": (4, 4)}
    with pytest.raises(UnknownColumnError, match="no column parish"):
        sites(placed(*COUNTY), near=["parish"])


@pytest.mark.parametrize(
    ("wrong", "said"), [({"k": 0}, "k: 0 is less than 1"), ({"ties": 0}, "ties: 0 is less"), ({"near": []}, "one or more")]
)
def test_a_question_without_sense_is_refused(wrong, said):
    with pytest.raises(AnalysisError, match=said):
        sites(placed(*COUNTY), **wrong)


def test_more_places_than_can_be_solved_are_refused():
    rows = [(f"x{at}", f"s{at}", NO) for at in range(401)]
    with pytest.raises(AnalysisError, match=r"401 different places .* more than 400: choose the rows of one county"):
        sites(placed(*rows))


# ---- what is not known


def test_a_branch_of_unknown_place_may_be_reached_and_is_never_proposed():
    rows = [("x", "s", YES), (None, None, NO), ("x", None, NO), (None, "s", NO), ("y", None, NO)]
    found = sites(placed(*rows), k=1).set_index("code")
    assert found.loc["present", ["least", "most"]].tolist() == [3, 5]
    assert found.loc["further1", "choice_en"] == "y · not given (such as n4)"
    assert found.loc["further1", ["least", "most"]].tolist() == [4, 5]
    assert found.loc["present", "needs"] == "organisations/sector organisations/township"


def test_a_branch_that_spans_places_belongs_to_none_for_certain():
    organisations = pd.DataFrame(
        {"name": list("abc"), "org_id": list("abc"), "branch_id": ["p", "p", "q"], "sector": ["x", "y", "x"], "township": ["s", "t", "s"]}
    )
    branches = pd.DataFrame({"name": ["p", "q"], "branch_id": ["p", "q"], "demonstration": [NO, YES]})
    assert ends(sites(Register(organisations, branches), k=1))["present"] == (1, 2)
    # as an organisation, a demonstration branch over several places has a site in each
    swapped = Register(organisations, branches.assign(demonstration=[YES, NO]))
    assert ends(sites(swapped, k=1))["present"] == (1, 2)
    assert ends(sites(swapped, k=1, unit=SiteUnit.organisation))["present"] == (2, 2)


def test_a_site_is_a_setting():
    organisations = pd.DataFrame({"name": list("abc"), "org_id": list("abc"), "sector": ["x", "y", "y"], "coverage": ["own", "none", "none"],
                                  "branch_id": ["p", None, None]})  # fmt: skip
    branches = pd.DataFrame({"name": ["p", "q"], "branch_id": ["p", "q"], "host_org_id": [None, "b"], "demonstration": [YES, NO]})
    register = Register(organisations, branches)
    for unit, choice in ((SiteUnit.branch, "y (such as q)"), (SiteUnit.organisation, "y (such as b)")):
        found = sites(register, k=1, unit=unit, near=["sector"]).set_index("code")
        assert found["least"].tolist() == [1, 2]
        assert found.loc["further1", "choice_en"] == choice


def test_totals_alone_name_the_columns_that_would_tell():
    found = sites(Register.unknown(Report.of("demo", organisations=42, branches=34)))
    assert found["least"].tolist() == [0] * 4
    assert found["most"].tolist() == [34] * 4
    assert found["adds"].tolist()[1:] == [0, 0, 0]
    wanted = "branches/demonstration branches/host_org_id organisations/branch_id organisations/sector organisations/township"
    assert set(found["needs"]) == {wanted}
    assert set(found["evidence"]) == {"REPORT JUDGEMENT"}
    assert set(found["choice_en"]) == {"", "no place is known"}
    none = sites(Register.unknown(Report.of("demo")))
    assert none["most"].isna().all()
    assert set(none["needs"]) == {wanted}


def test_so_many_sites_as_a_report_prints_reach_themselves():
    report = Report.of("demo", branches=34, demonstration_sites=7)
    assert ends(sites(Register.unknown(report), k=1, report=report)) == {"present": (7, 34), "further1": (7, 34)}
    # an organisation that is a site need not have a branch
    assert ends(sites(Register.unknown(report), k=1, report=report, unit=SiteUnit.organisation))["present"] == (0, 34)


def test_no_branches_are_reached_by_none():
    found = sites(Register(pd.DataFrame({"name": ["a"]})), k=1)
    assert ends(found) == {"present": (0, 0), "further1": (0, 0)}
    assert found["low"].isna().all()


@law(4)
@given(tables(6, 6, least=1))
def test_sites_are_the_same_on_another_engine(both):
    one, other = in_pandas(both), in_duckdb(both)
    for unit in SiteUnit:
        pd.testing.assert_frame_equal(sites(one, k=2, unit=unit), sites(other, k=2, unit=unit), check_exact=True)
