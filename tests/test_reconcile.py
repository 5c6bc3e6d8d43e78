import pandas as pd
import pytest

from analysis import Report, load_report
from analysis.model import QUANTITIES, Severity
from analysis.reconcile import BASES, DOUBTS, doubts, reconcile
from analysis.register import Register
from analysis.schema import COLUMNS, KEYS, TABLES
from analysis.settings import Eligible, Settings
from analysis.wording import Agreement


def frame(**columns):
    rows = len(next(iter(columns.values()), [None]))
    return pd.DataFrame({"name": [f"n{row}" for row in range(rows)]} | columns)


def register(rows=1, branches=1, **columns):
    """A register of so many rows, with columns of whichever table has them, and as many rows."""
    sizes = {"organisations": rows, "branches": branches}
    given = {
        table: {
            name: pd.Series(cells, dtype="object")
            for name, cells in columns.items()
            if name in TABLES[table] and len(cells) == sizes[table]
        }
        for table in TABLES
    }
    return Register(*(frame(name=[str(row) for row in range(sizes[table])], **given[table]) for table in TABLES))


def against(found, **figures):
    """The rows of one figure: low, high, empty and agreement of each basis."""
    settings = figures.pop("settings", Settings())
    rows = reconcile(found, Report.of("demo", **figures), settings=settings)
    rows = rows[rows["figure"] == next(iter(figures))]
    return [
        tuple(None if pd.isna(cell) else cell for cell in row) for row in rows[["low", "high", "empty", "agreement"]].to_numpy().tolist()
    ]


# ---- figure by figure


def test_rows_are_counted():
    assert against(register(rows=3), organisations=3) == [(3, 3, 0, "agrees")]
    assert against(register(rows=3), organisations=4) == [(3, 3, 0, "differs")]


@pytest.mark.parametrize(("printed", "expected"), [(5, "possible"), (3, "possible"), (2, "differs")])
def test_a_sum_with_empty_cells_is_open_above_and_closed_below(printed, expected):
    assert against(register(rows=2, staff=[3, None]), staff=printed) == [(3, None, 1, expected)]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [(7, "agrees"), (6, "differs"), (8, "differs"), ("约7", "agrees"), ("over 6", "agrees"), ("over 8", "differs"), ("近7", "agrees")],
)
def test_a_full_sum_agrees_or_differs(printed, expected):
    assert against(register(rows=2, staff=[3, 4]), staff=printed) == [(7, 7, 0, expected)]


@pytest.mark.parametrize(("printed", "expected"), [(0, "differs"), (1, "possible"), (2, "possible"), (3, "differs")])
def test_codes_with_empty_cells_lie_between_two_counts(printed, expected):
    assert against(register(rows=3, kind=["foundation", None, "association"]), foundations=printed) == [(1, 2, 1, expected)]


@pytest.mark.parametrize(("figure", "low", "high"), [
    ("organisations_covered", 3, 4), ("organisations_own", 1, 2), ("organisations_joint", 1, 2), ("eligible_organisations", 2, 3),
])  # fmt: skip
def test_coverage_is_counted_by_its_forms(figure, low, high):
    found = register(rows=6, coverage=["own", "joint", "attached", "instructor", "none", None], members_full=[3, 2, 9, 0, 0, None])
    assert against(found, **{figure: 3})[0][:2] == (low, high)


@pytest.mark.parametrize(("eligible", "low", "column"), [
    (Eligible.full, 1, "members_full"), (Eligible.full_time, 0, "members_full_time_full"), (Eligible.any_member, 2, "members_full"),
])  # fmt: skip
def test_eligible_organisations_follow_the_setting(eligible, low, column):
    found = register(rows=2, members_full=[3, 1], members_full_time_full=[2, None])
    assert against(found, eligible_organisations=1, settings=Settings(eligible=eligible))[0][0] == low
    rows = reconcile(register(), Report.of("demo", eligible_organisations=1), settings=Settings(eligible=eligible))
    assert rows["needs"].tolist() == [f"organisations/{column}"]


@pytest.mark.parametrize(("figure", "low", "high"), [
    ("own_committees", 1, 1), ("own_general_branches", 0, 0), ("own_branches", 1, 2), ("joint_branches", 1, 3), ("joint_general_branches", 0, 1),
    ("party_organisations", 6, 6),
])  # fmt: skip
def test_branches_are_counted_by_form_and_level(figure, low, high):
    # by form and level together; one 'no' settles a row
    found = register(
        branches=6, form=["own", "own", "joint", None, "joint", None], level=["committee", "branch", "branch", "branch", None, "group"]
    )
    assert against(found, **{figure: 1})[0][:2] == (low, high)


def test_branches_are_all_rows_or_those_of_that_level():
    found = register(branches=3, level=["branch", "committee", None])
    assert against(found, branches=3) == [(3, 3, 0, "agrees"), (1, 2, 1, "differs")]


def test_members_are_held_against_each_basis_that_they_may_have():
    found = register(rows=2, branches=1, members_staff=[4, 5], members_held=[6, None], members_managed=[9, 2], members=[9])
    rows = reconcile(found, Report.of("demo", members=9))
    assert rows["code"].tolist() == [f"members/{place}" for place in range(1, 6)]
    assert rows["agreement"].tolist() == ["agrees", "possible", "differs", "possible", "agrees"]
    assert rows["low"].tolist() == [9, 6, 11, 0, 9]
    assert rows["counted_as_zh"].tolist()[:3] == ["从业人员中党员数", "组织关系在本组织的党员数", "纳入管理的党员数"]


def test_demonstration_sites_are_the_branches_named_so():
    assert against(register(branches=3, demonstration=[True, False, None]), demonstration_sites=2) == [(1, 2, 1, "possible")]


@pytest.mark.parametrize(("cells", "printed", "expected"), [
    (["u", "w", "v"], 3, (3, 3, 0, "agrees")), (["u", None, "v"], 1, (2, 3, 1, "differs")), ([None, None, None], 2, (0, 3, 3, "possible")),
])  # fmt: skip
def test_attached_branches_name_a_unit_and_an_empty_cell_is_open(cells, printed, expected):
    assert against(register(branches=3, attached_to=cells), attached_branches=printed) == [expected]


@pytest.mark.parametrize("figure", ["training_classes", "population"])
def test_what_no_register_holds_is_said_to_be_so(figure):
    assert against(register(), **{figure: 1}) == [(None, None, 0, "not_held")]


def test_a_stated_coverage_is_held_against_the_rate_of_the_register():
    covered = register(rows=4, coverage=["own", "joint", "none", None])
    assert against(covered, coverage="60%") == [(50.0, 75.0, 1, "possible")]
    assert against(covered, coverage="80%") == [(50.0, 75.0, 1, "differs")]
    assert against(register(rows=2, coverage=["own", "none"]), coverage="50%") == [(50.0, 50.0, 0, "agrees")]


def test_probationary_members_are_those_of_the_branches_who_are_not_full():
    found = register(branches=3, members=[9, 5, None], members_full=[7, 5, 2])
    assert against(found, members_probationary=2) == [(2, None, 1, "possible")]
    assert against(found, members_probationary=1) == [(2, None, 1, "differs")]


def test_a_table_without_rows_holds_no_figure():
    organisations_alone = Register(frame(staff=[3]))
    assert against(organisations_alone, branches=34) == [(None, None, 0, "not_held")]
    assert [row[3] for row in against(organisations_alone, staff=3)] == ["agrees"]


def test_differences_are_the_register_less_the_report():
    rows = reconcile(register(rows=2, staff=[3, None]), Report.of("demo", staff=5, organisations=3)).set_index("figure")
    assert rows.loc["organisations", ["difference_low", "difference_high"]].tolist() == [-1, -1]
    assert rows.loc["staff", "difference_low"] == -2
    assert pd.isna(rows.loc["staff", "difference_high"])
    rows = reconcile(register(rows=2, staff=[3, 4]), Report.of("demo", staff="at least 5"))
    assert pd.isna(rows.loc[0, "difference_low"])
    assert rows.loc[0, "difference_high"] == 2


def test_a_row_names_the_columns_whose_empty_cells_could_explain_it():
    rows = reconcile(register(rows=2, staff=[3, None], kind=["foundation"] * 2), Report.of("demo", staff=5, foundations=2, own_branches=1))
    assert rows.set_index("figure")["needs"].to_dict() == {
        "staff": "organisations/staff", "foundations": "", "own_branches": "branches/form branches/level"}  # fmt: skip


def test_rows_rest_on_both_sides():
    assert reconcile(register(), Report.of("demo", organisations=1))["evidence"].tolist() == ["REPORT LEDGER"]


def test_bases_are_known_quantities_and_columns():
    assert set(BASES) <= set(QUANTITIES)
    for bases in BASES.values():
        assert {name for basis in bases for name in basis.needs} <= set(COLUMNS)


# ---- Yang County (report, §1.1 and §3.3a)


def test_yang_county_s_figures_may_agree_with_cells_that_nobody_knows(yangxian):
    rows = reconcile(Register.unknown(yangxian), yangxian).set_index("code")
    printed = rows.loc[["organisations", "staff", "members/1", "branches/1", "demonstration_sites", "training_classes"], "printed_low"]
    assert printed.tolist() == [42, 21_984, 678, 34, 7, 1]
    assert rows.loc[["organisations", "branches/1"], "agreement"].tolist() == ["agrees", "agrees"]
    possible = ["staff", *(f"members/{place}" for place in range(1, 6)), "branches/2", "demonstration_sites"]
    assert set(rows.loc[possible, "agreement"]) == {"possible"}
    assert rows.loc["training_classes", "agreement"] == "not_held"
    assert rows.loc["demonstration_sites", ["low", "high"]].tolist() == [0, 34]


def test_seven_sites_and_34_branches_can_be_wrong(yangxian):
    ledger = register(rows=42, branches=34, demonstration=[True] * 6 + [False] * 28, staff=[500] * 42)
    rows = reconcile(ledger, yangxian).set_index("code")
    assert rows.loc["demonstration_sites", ["low", "high", "agreement"]].tolist() == [6, 6, "differs"]
    # 42 times 500 is 984 short of what is printed
    assert rows.loc["staff", ["low", "difference_low", "agreement"]].tolist() == [21_000, -984, "differs"]


@pytest.mark.parametrize("place", ["yangxian", "sanbing", "county213"])
def test_a_report_never_differs_from_its_own_unknown_register(place):
    report = load_report(place)
    found = reconcile(Register.unknown(report), report)
    assert set(found["agreement"]) <= {"agrees", "possible", "not_held"}
    assert set(found["agreement"]) <= set(Agreement.__members__)
    assert set(found["figure"]) == set(report.figures["code"])


@pytest.mark.parametrize(
    "figures", [{"organisations": 5, "branches": 9, "attached_branches": 2}, {"staff": 5}, {"organisations": "约40", "staff": 9}]
)
def test_nor_does_one_of_a_few_totals(figures):
    report = Report.of("demo", **figures)
    assert "differs" not in set(reconcile(Register.unknown(report), report)["agreement"])


# ---- doubts: each planted, beside its nearest innocent case

PAIRS = [
    ("staff_full_time", "staff"), ("members_staff", "staff"), ("members_staff_held", "members_staff"), ("members_staff_held", "members_held"),
    ("members_full_time_full", "members_full"), ("members_full_time_full", "staff_full_time"), ("members_full_time_full", "members_staff"),
    ("members_open", "members_staff"), ("members_taking_part", "members_staff"), ("party_workers", "staff"), ("members_full", "members"),
    ("committee_size", "members_full"),
]  # fmt: skip


def raised(code, table, *rows):
    """At which of these rows a doubt is raised, among whatever other doubts there are."""
    keyed = [row | {KEYS[table]: str(at)} for at, row in enumerate(rows)]
    frames = {"organisations": [{}], "branches": [{"branch_id": "p"}]} | {table: keyed}
    found = doubts(Register(*(pd.DataFrame([{"name": "n"} | row for row in some]) for some in frames.values())))
    return found.loc[(found["code"] == code) & (found["table"] == table), "key"].astype(int).tolist()


@pytest.mark.parametrize(("part", "whole"), PAIRS)
def test_a_part_never_exceeds_its_whole(part, whole):
    table = "branches" if part in ("members_full", "committee_size") else "organisations"
    assert raised(f"{part}_over_{whole}", table, {part: 5, whole: 4}, {part: 4, whole: 4}, {part: 4}, {whole: 4}) == [0]


def test_every_bound_of_the_schema_is_held():
    bounds = [f"{name}_over_{whole}" for columns in TABLES.values() for name, column in columns.items() for whole in column.at_most]
    assert sorted(bounds) == sorted(f"{part}_over_{whole}" for part, whole in PAIRS)
    assert set(bounds) <= set(DOUBTS)


MANY = {"kind": "association", "staff": 101}
CASES = [
    ("covered_without_coverage", "organisations", {"coverage": "none", "branch_id": "p"}, [{"coverage": "none"}, {"branch_id": "p"}, {"coverage": "own", "branch_id": "p"}]),
    ("covered_without_coverage", "organisations", {"coverage": "instructor", "branch_id": "p"}, [{"coverage": "instructor"}]),
    ("instructor_without_coverage", "organisations", {"coverage": "none", "instructor": True},
     [{"coverage": "none", "instructor": False}, {"coverage": "none"}, {"coverage": "instructor", "instructor": True}, {"instructor": True}]),
    ("organised_differs", "organisations", {"coverage": "attached", "party_organisation": False},
     [{"coverage": "attached", "party_organisation": True}, {"coverage": "none", "party_organisation": False}, {"party_organisation": False}]),
    ("organised_differs", "organisations", {"coverage": "instructor", "party_organisation": True}, [{"coverage": "instructor"}, {"party_organisation": True}]),
    ("full_over_members", "organisations", {"members_full": 3, "members": 2}, [{"members_full": 2, "members": 2}, {"members_full": 3}, {"members": 2}]),
    ("own_without_branch", "organisations", {"party_organisation": True}, [{"party_organisation": False}, {"coverage": "attached", "party_organisation": True}]),
    ("own_without_branch", "organisations", {"coverage": "own"}, [{"coverage": "own", "branch_id": "p"}, {"coverage": "attached"}, {}]),
    ("own_without_branch", "organisations", {"coverage": "joint"}, [{"coverage": "joint", "branch_id": "p"}, {"coverage": "none"}]),
    ("members_as_staff", "organisations", MANY, [MANY | {"staff": 100}, MANY | {"kind": "foundation"}, MANY | {"staff_full_time": 3}, {"staff": 101}]),
    ("members_as_staff", "organisations", MANY | {"staff_full_time": 3, "association_members": 101}, [MANY | {"staff_full_time": 3, "association_members": 100}]),
    ("committee_of_few", "branches", {"level": "committee", "members": 99},
     [{"level": "committee", "members": 100}, {"level": "committee"}, {"level": "branch", "members": 99}, {"members": 99}]),
    ("too_few_for_a_branch", "branches", {"members_full": 2}, [{"members_full": 3}, {"members_full": 2, "level": "group"}, {}]),
    ("joint_of_one", "branches", {"form": "joint", "organisations_covered": 1},
     [{"form": "joint", "organisations_covered": 2}, {"form": "own", "organisations_covered": 1}, {"form": "joint"}]),
    ("joint_of_many", "branches", {"form": "joint", "organisations_covered": 6},
     [{"form": "joint", "organisations_covered": 5}, {"form": "own", "organisations_covered": 6}, {"form": "joint"}]),
    ("election_before_founding", "branches", {"founded_on": "2011-06-02", "last_election_on": "2011-06-01"},
     [{"founded_on": "2011-06-01", "last_election_on": "2011-06-01"}, {"founded_on": "2011-06-02"}, {"last_election_on": "2011-06-01"}]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "table", "planted", "innocent"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_a_doubt_is_raised_and_its_neighbours_are_not(code, table, planted, innocent):
    assert raised(code, table, planted, *innocent) == [0]


def test_no_branch_is_missed_where_there_is_no_table_of_branches():
    assert len(doubts(Register(frame(coverage=["own"])))) == 0


def test_every_doubt_has_a_case():
    assert {case[0] for case in CASES} | {f"{part}_over_{whole}" for part, whole in PAIRS} == set(DOUBTS)


def test_a_doubt_shows_its_cells_and_its_row():
    given = Register(
        frame(org_id=["a", "b"], staff=[3, 3], staff_full_time=[3, 4]),
        frame(branch_id=["p"], founded_on=["2011-06-02"], last_election_on=["2011-06-01"]),
    )
    rows = doubts(given)
    assert rows[["code", "table", "key", "cells"]].to_numpy().tolist() == [
        ["staff_full_time_over_staff", "organisations", "b", "staff_full_time = 4, staff = 3"],
        ["election_before_founding", "branches", "p", "founded_on = 2011-06-02, last_election_on = 2011-06-01"],
    ]
    assert rows["what_zh"].tolist()[0] == "“专职人员数”大于“从业人员数”"


def test_the_heaviest_come_first():
    given = Register(frame(staff=[3], staff_full_time=[4], coverage=["own"]), frame(form=["joint"], organisations_covered=[6]))
    found = doubts(given)["severity"].tolist()
    assert found == sorted(found, key=list(Severity.__members__).index)
    assert found == ["error", "warning", "note"]


def test_limits_that_are_replaced_move_a_doubt():
    given = register(branches=1, members_full=[2])
    assert doubts(given)["code"].tolist() == ["too_few_for_a_branch"]
    assert doubts(given, settings=Settings(limits={"R01": 2}))["code"].tolist() == []


def test_no_doubts_are_a_table_with_its_columns():
    none, some = doubts(register()), doubts(register(members_full=[2]))
    assert len(none) == 0
    assert none.columns.tolist() == some.columns.tolist()


def test_unknown_cells_raise_no_doubt(yangxian):
    assert len(doubts(Register.unknown(yangxian))) == 0


def test_doubts_are_named_in_both_languages():
    for doubt in DOUBTS.values():
        assert all(doubt.what)
        assert {f"{doubt.table}/{name}" for name in doubt.columns} <= set(COLUMNS)
