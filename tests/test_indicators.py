from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from naive import CODES, COUNTED, hull, total
from registers import frame, in_pandas, law, tables

from analysis import Kind, load_report
from analysis.indicators import INDICATORS, needs
from analysis.metrics import TABLE, rates
from analysis.register import Register
from analysis.schema import COLUMNS, TABLES
from analysis.settings import Criterion, Eligible, Fifty, Settings

DEFAULTS = Settings()


def counts(code, rows, *, organisations=None, as_of=date(2020, 6, 30), settings=DEFAULTS):
    """Part, whole, unknown and unsized of an indicator over rows of its own table."""
    table = TABLE[INDICATORS[code].grain]
    frames = {"organisations": organisations or [{}], "branches": []} | {table: rows}
    named = {name: [{"name": str(place)} | row for place, row in enumerate(some)] for name, some in frames.items()}
    register = Register(*(frame(name, some) for name, some in named.items()), as_of=as_of)
    found = rates(register, only=[code], settings=settings).iloc[0]
    return [int(found[name]) for name in ("part", "whole", "unknown", "unsized")]


def rows(*cells, **columns):
    """One row for each value of one column, or for each tuple of values of several."""
    (names,) = columns.values() if columns else ((),)
    return [dict(zip(names, cell if isinstance(cell, tuple) else (cell,), strict=True)) for cell in cells]


# ---- each indicator by hand: part, whole, unknown, unsized; None is an empty cell

COVER = ["own", "joint", "attached", "instructor", "none", None]
INSPECTION = ["passed", "basic", "failed", "missed", "missed_twice", "exempt", "reported", "unreported", None]
BY_HAND = [
    ("own_branch", ["coverage"], COVER, [1, 5, 1, 0]),
    ("organisation_coverage", ["coverage"], COVER, [3, 5, 1, 0]),
    ("without_party_organisation", ["coverage"], COVER, [2, 5, 1, 0]),
    # an organisation of which nobody says that no instructor was sent may have one
    ("work_coverage", ["coverage", "instructor"],
     [("own", None), ("none", True), ("none", False), ("none", None), ("instructor", None), (None, True), (None, False), (None, None)], [4, 5, 3, 0]),
    ("eligible_coverage", ["coverage", "members_full"],
     [("own", 3), ("none", 3), (None, 3), ("own", 2), ("own", None), (None, None)], [1, 2, 1, 2]),
    # one 'no' settles it: covered, or too few members, whatever the other cell is
    ("due_without", ["coverage", "members_full"],
     [("none", 3), ("own", 3), ("none", 2), ("own", None), (None, 2), ("none", None), (None, 3), (None, None)], [1, 5, 3, 0]),
    ("instructor", ["instructor"], [True, False, None], [1, 2, 1, 0]),
    ("few_members", ["members_full"], [0, 2, 3, None], [2, 3, 1, 0]),
    ("shared_branch", ["coverage", "members_full"],
     [("joint", 2), ("attached", 0), ("own", 2), ("joint", 3), ("own", None), (None, 3), ("joint", None), (None, 2)], [2, 6, 2, 0]),
    ("activity_room", ["activity_room", "budget"],
     [(True, 1.0), (True, 0.0), (False, 9.0), (False, None), (None, 0.0), (True, None), (None, 1.0), (None, None)], [4, 5, 3, 0]),
    ("party_workers_short", ["party_workers"], [0, 1, None], [1, 2, 1, 0]),
    ("not_inspected", ["inspection"], INSPECTION, [4, 7, 0, 1]),
    ("member_management", ["members_managed", "members_staff"], [(2, 3), (3, 3), (4, 3), (None, 3), (3, None)], [1, 3, 2, 0]),
    # three of ten not transferred; four people of an organisation that does not say; one that does not say how many
    ("relation_not_transferred", ["members_staff", "members_staff_held"], [(4, 3), (6, 4), (4, None), (None, 2), (3, 5)], [3, 10, 7, 1]),
    ("membership_not_shown", ["members_staff", "members_open"], [(4, 0), (6, 6), (4, None), (None, 2)], [4, 10, 4, 1]),
    ("no_organisational_life", ["members_staff", "members_taking_part"], [(4, 1), (0, 0), (5, None), (None, None)], [3, 4, 5, 1]),
    ("mobile_personnel", ["staff", "staff_full_time"], [(10, 4), (5, 5), (3, None), (None, 3)], [6, 15, 3, 1]),
    ("member_density", ["staff", "members_staff"], [(10, 4), (5, 0), (3, None), (None, 3), (2, 9)], [4, 15, 5, 1]),
    ("age_of_members", ["members_to_35", "members_36_to_59", "members_from_60"], [(1, 2, 3), (4, 0, 0), (1, None, 3), (None, 1, 1)], [5, 10, 0, 2]),
    ("role_visible", ["satisfaction"], [59.9, 60.0, 100.0, None], [1, 3, 1, 0]),
    ("rules_and_meetings", ["written_rules", "meetings_12m", "organisation_life_12m"],
     [(True, 4, 1), (False, 4, 1), (True, 3, 1), (True, 4, 0), (None, 0, None), (None, 4, 1), (True, None, 1)], [4, 5, 2, 0]),
    ("joined_to_core_work", ["joined_work"], [True, False, None], [1, 2, 1, 0]),
    ("secretary_trained", ["trained_on"], ["2018-06-29", "2018-06-30", "2020-06-30", None], [1, 3, 1, 0]),
    ("member_education_and_management", ["classes_12m", "organisation_life_12m"], [(4, 1), (3, 1), (4, 0), (3, None), (4, None)], [3, 4, 1, 0]),
    ("member_education", ["classes_12m"], [3, 4, None], [1, 2, 1, 0]),
    ("barely_qualified", ["members_full"], [2, 3, 4, None], [2, 3, 1, 0]),
    ("secretary_outside_leadership", ["in_leadership"], [True, False, None], [1, 2, 1, 0]),
    ("need_committee", ["members_full"], [6, 7, None], [1, 2, 1, 0]),
    ("without_committee", ["members_full", "committee_size"], [(7, 0), (7, 3), (7, None), (6, 0), (None, 0), (None, 3)], [1, 2, 1, 2]),
    ("above_limit", ["members"], [50, 51, None], [1, 2, 1, 0]),
    ("level_too_low", ["level", "members"], [("branch", 51), ("branch", 50), ("branch", None), ("committee", 51), (None, 51)], [1, 2, 1, 1]),
    ("level_too_high", ["level", "members"], [("committee", 99), ("committee", 100), ("committee", None), ("branch", 9), (None, 9)], [1, 2, 1, 1]),
    ("demonstration", ["demonstration"], [True, False, None], [1, 2, 1, 0]),
    ("secretary_from_60", ["secretary_age"], [59, 60, None], [1, 2, 1, 0]),
    ("secretary_college", ["secretary_education"], ["school", "college", "university", None], [2, 3, 1, 0]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "names", "cells", "expected"), BY_HAND, ids=[case[0] for case in BY_HAND])
def test_an_indicator_by_hand(code, names, cells, expected):
    assert counts(code, rows(*cells, names=names)) == expected


OTHERS = {"election_overdue", "election_overdue_year", "weak_branch", "members_dispersed"}


def test_every_indicator_that_is_measured_has_a_case():
    measured = {code for code, indicator in INDICATORS.items() if indicator.measure}
    assert {case[0] for case in BY_HAND} | OTHERS == measured == set(CODES)


def test_empty_cells_throughout_settle_nothing():
    register = Register(*(frame(name, [{"name": "a"}, {"name": "b"}]) for name in TABLES), as_of=date(2020, 6, 30))
    found = rates(register).set_index("code")
    assert set(found.index) == set(CODES)
    assert (found[["part", "whole"]] == 0).all(axis=None)
    assert (found["unknown"] + found["unsized"] == 2).all()


@pytest.mark.parametrize(("coverage", "expected"), [(None, "ooxx"), ("attached", "oooo"), ("none", "----")])
def test_a_formal_branch_covers_where_the_form_of_coverage_is_empty(coverage, expected):
    # the forms of four branches: o where their organisation is covered, - where it is not, x where that is not known
    forms = ["own", "joint", "functional", None]
    branches = frame("branches", [{"branch_id": str(form), "name": "p", "form": form} for form in forms])
    given = frame("organisations", [{"name": str(form), "branch_id": str(form), "coverage": coverage} for form in forms])
    found = rates(Register(given, branches), only=["organisation_coverage"], by=["name"]).set_index("name")
    said = {(1, 1, 0): "o", (0, 1, 0): "-", (0, 0, 1): "x"}
    assert "".join(said[tuple(found.loc[str(form), ["part", "whole", "unknown"]])] for form in forms) == expected


# ---- elections


def election(day, level="branch", *, as_of, term=None, code="election_overdue", **options):
    found = counts(code, [{"last_election_on": day, "level": level, "term_years": term}], as_of=as_of, **options)
    return {(1, 1, 0, 0): "overdue", (0, 1, 0, 0): "in term", (0, 0, 1, 0): "open", (0, 0, 0, 1): "unsized", (0, 0, 0, 0): "no election"}[
        tuple(found)
    ]


@pytest.mark.parametrize(("day", "level", "as_of", "expected"), [
    # a branch of 2016 had two or three years (R13, R14)
    ("2016-05-01", "branch", date(2020, 1, 1), "overdue"), ("2016-05-01", "branch", date(2019, 5, 2), "overdue"),
    ("2016-05-01", "branch", date(2019, 5, 1), "open"), ("2016-05-01", "branch", date(2018, 5, 2), "open"),
    ("2016-05-01", "branch", date(2018, 5, 1), "in term"), ("2017-05-01", "branch", date(2020, 1, 1), "open"),
    # since July 2018 three (R12); the day before is still of the old time
    ("2018-07-01", "branch", date(2021, 7, 1), "in term"), ("2018-07-01", "branch", date(2021, 7, 2), "overdue"),
    ("2018-07-01", "branch", date(2020, 12, 1), "in term"), ("2018-06-30", "branch", date(2020, 12, 1), "open"),
    ("2019-03-01", "general_branch", date(2022, 3, 1), "in term"), ("2019-03-01", "general_branch", date(2022, 3, 2), "overdue"),
    # a committee has five years (R15), before 2018 three to five (R15b)
    ("2018-07-01", "committee", date(2023, 7, 1), "in term"), ("2018-07-01", "committee", date(2023, 7, 2), "overdue"),
    ("2015-01-01", "committee", date(2018, 1, 1), "in term"), ("2015-01-01", "committee", date(2018, 1, 2), "open"),
    ("2015-01-01", "committee", date(2020, 1, 1), "open"), ("2015-01-01", "committee", date(2020, 1, 2), "overdue"),
    # temporary branches and groups hold none
    ("2001-01-01", "temporary", date(2020, 1, 1), "no election"), ("2001-01-01", "group", date(2020, 1, 1), "no election"),
    (None, "temporary", date(2020, 1, 1), "no election"),
    # without a level, a date or a day of the count nothing is settled
    ("2001-01-01", None, date(2020, 1, 1), "unsized"), (None, "branch", date(2020, 1, 1), "open"),
    # elected on a leap day: due on the last day of February
    ("2020-02-29", "branch", date(2023, 2, 28), "in term"), ("2020-02-29", "branch", date(2023, 3, 1), "overdue"),
    ("2020-02-29", "branch", date(2024, 2, 29), "overdue"),
])  # fmt: skip
def test_an_election_is_judged_by_the_rule_of_its_time(day, level, as_of, expected):
    assert election(day, level, as_of=as_of) == expected


def test_without_a_day_of_the_count_no_election_is_overdue_or_in_term():
    assert election("2001-01-01", as_of=None) == "open"
    assert election("2001-01-01", "temporary", as_of=None) == "no election"


@pytest.mark.parametrize(("term", "expected"), [(2, "overdue"), (3, "in term"), (5, "in term"), (0, "in term"), (None, "in term")])
def test_a_term_that_was_approved_goes_before_the_rule(term, expected):
    assert election("2019-01-01", as_of=date(2022, 1, 1), term=term) == expected


@pytest.mark.parametrize(("as_of", "expected"), [(date(2022, 7, 1), "in term"), (date(2022, 7, 2), "overdue")])
def test_a_year_more_may_pass_before_it_is_a_breach(as_of, expected):
    assert election("2018-07-01", as_of=as_of, code="election_overdue_year") == expected


def test_two_old_terms_leave_the_year_more_open_too():
    assert election("2016-05-01", as_of=date(2019, 6, 1), code="election_overdue_year") == "open"
    assert election("2016-05-01", as_of=date(2020, 5, 2), code="election_overdue_year") == "overdue"


def test_limits_that_are_replaced_move_the_due_day():
    assert election("2019-01-01", as_of=date(2021, 6, 1), settings=Settings(limits={"R12": 2})) == "overdue"
    # the two old terms are one, whichever of the rules is the longer
    assert election("2015-01-01", as_of=date(2016, 6, 1), settings=Settings(limits={"R13": 1, "R14": 1})) == "overdue"
    assert election("2015-01-01", as_of=date(2016, 6, 1), settings=Settings(limits={"R14": 1})) == "open"


# ---- weak branches

SOUND = {"level": "branch", "last_election_on": "2019-01-01", "meetings_12m": 4, "organisation_life_12m": 1, "satisfaction": 60}


@pytest.mark.parametrize(("changed", "expected"), [
    ({}, [0, 1, 0, 0]), ({"last_election_on": "2010-01-01"}, [1, 1, 0, 0]), ({"meetings_12m": 3}, [1, 1, 0, 0]),
    ({"organisation_life_12m": 0}, [1, 1, 0, 0]), ({"satisfaction": 59.9}, [1, 1, 0, 0]), ({"classes_12m": 0, "written_rules": False}, [0, 1, 0, 0]),
    ({"meetings_12m": None}, [0, 0, 1, 0]), ({"meetings_12m": None, "satisfaction": 0}, [1, 1, 0, 0]), ({"last_election_on": None}, [0, 0, 1, 0]),
    # a temporary branch holds no elections and cannot be late with them
    ({"level": "temporary", "last_election_on": "2001-01-01"}, [0, 1, 0, 0]), ({"level": "temporary", "last_election_on": None}, [0, 1, 0, 0]),
    ({"level": None, "last_election_on": "2001-01-01"}, [0, 0, 1, 0]), ({"level": None}, [0, 1, 0, 0]),
])  # fmt: skip
def test_a_branch_is_weak_by_one_criterion_of_the_list(changed, expected):
    assert counts("weak_branch", [SOUND | changed]) == expected


@pytest.mark.parametrize(("criterion", "cells", "expected"), [
    (Criterion.classes, rows(3, 4, None, names=["classes_12m"]), [1, 2, 1, 0]), (Criterion.no_rules, rows(True, False, None, names=["written_rules"]), [1, 2, 1, 0]),
    (Criterion.few_members, rows(2, 3, None, names=["members_full"]), [1, 2, 1, 0]),
])  # fmt: skip
def test_criteria_that_are_not_on_the_list_by_default(criterion, cells, expected):
    assert counts("weak_branch", cells, settings=Settings(weak=(criterion,))) == expected


def test_two_of_three_criteria_are_known_once_the_third_cannot_change_it():
    chosen = Settings(weak=(Criterion.meetings, Criterion.classes, Criterion.satisfaction), weak_at_least=2)
    cells = [(3, 3, None), (4, 4, None), (3, 4, None), (3, None, None), (4, None, None)]
    assert counts("weak_branch", rows(*cells, names=["meetings_12m", "classes_12m", "satisfaction"]), settings=chosen) == [1, 2, 3, 0]


# ---- branches over townships


@pytest.mark.parametrize(("places", "covered", "expected"), [
    (["s", "t"], None, [1, 1, 0, 0]), (["s", "t", None], 3, [1, 1, 0, 0]), (["s", "s"], 2, [0, 1, 0, 0]), (["s", "s"], 1, [0, 1, 0, 0]),
    # not all are listed, or placed, or it is not known whether they are
    (["s"], 2, [0, 0, 1, 0]), (["s"], None, [0, 0, 1, 0]), (["s", None], 2, [0, 0, 1, 0]), ([], 1, [0, 0, 1, 0]), ([None], 1, [0, 0, 1, 0]),
])  # fmt: skip
def test_a_branch_is_spread_where_its_organisations_are(places, covered, expected):
    listed = [{"name": str(at), "branch_id": "p", "township": place} for at, place in enumerate(places)] or [{"name": "x", "township": "t"}]
    assert counts("members_dispersed", [{"branch_id": "p", "organisations_covered": covered}], organisations=listed) == expected


def test_a_host_elsewhere_spreads_a_branch_too():
    listed = [{"name": "a", "branch_id": "p", "township": "s"}, {"name": "h", "org_id": "h", "township": "t"}]
    listed[0]["org_id"] = "a"
    for host, expected in (("h", [1, 1, 0, 0]), ("a", [0, 1, 0, 0]), (None, [0, 1, 0, 0])):
        cells = [{"branch_id": "p", "organisations_covered": 1, "host_org_id": host}]
        assert counts("members_dispersed", cells, organisations=listed) == expected


def test_a_host_that_is_not_placed_leaves_open_whether_a_branch_is_spread():
    listed = [{"name": "a", "org_id": "a", "branch_id": "p", "township": "s"}, {"name": "h", "org_id": "h", "township": None}]
    cells = [{"branch_id": "p", "organisations_covered": 1, "host_org_id": "h"}]
    assert counts("members_dispersed", cells, organisations=listed) == [0, 0, 1, 0]


# ---- settings


@pytest.mark.parametrize(("fifty", "expected"), [(Fifty.branch, [1, 3, 0, 0]), (Fifty.general_branch, [2, 3, 0, 0])])
def test_exactly_fifty_members_by_either_rule(fifty, expected):
    cells = [{"level": "branch", "members": members} for members in (49, 50, 51)]
    assert counts("level_too_low", cells, settings=Settings(fifty=fifty)) == expected
    # the usual upper limit of a branch is a rule of its own
    assert counts("above_limit", cells, settings=Settings(fifty=fifty)) == [1, 3, 0, 0]


CELLS = [("own", 3, 3), ("none", 3, 2), ("none", 1, 0), ("own", 0, 0), ("none", None, 3), (None, 9, None)]


@pytest.mark.parametrize(("eligible", "covered", "due"), [
    (Eligible.full, [1, 2, 1, 1], [1, 4, 2, 0]), (Eligible.full_time, [1, 2, 0, 1], [1, 5, 1, 0]), (Eligible.any_member, [1, 3, 1, 1], [2, 4, 2, 0]),
])  # fmt: skip
def test_who_is_eligible_by_three_definitions(eligible, covered, due):
    cells = rows(*CELLS, names=["coverage", "members_full", "members_full_time_full"])
    assert counts("eligible_coverage", cells, settings=Settings(eligible=eligible)) == covered
    assert counts("due_without", cells, settings=Settings(eligible=eligible)) == due


@pytest.mark.parametrize("eligible", Eligible)
def test_what_is_needed_follows_the_definition(eligible):
    column = "organisations/members_full_time_full" if eligible is Eligible.full_time else "organisations/members_full"
    assert column in needs("eligible_coverage", Settings(eligible=eligible))
    assert len([name for name in needs("due_without", Settings(eligible=eligible)) if "members_full" in name]) == 1


@pytest.mark.parametrize("criterion", Criterion)
def test_a_criterion_is_asked_for_by_its_own_columns(criterion):
    asked = needs("weak_branch", Settings(weak=(criterion,)))
    assert asked
    assert (
        counts("weak_branch", [SOUND | {"classes_12m": 4, "written_rules": True, "members_full": 3}], settings=Settings(weak=(criterion,)))[
            1
        ]
        == 1
    )
    emptied = dict.fromkeys((name.partition("/")[2] for name in asked), None)
    assert counts("weak_branch", [SOUND | emptied], settings=Settings(weak=(criterion,)))[2] == 1


# ---- the table itself


def test_an_indicator_is_measured_by_known_columns_or_says_what_would_measure_it():
    for code, indicator in INDICATORS.items():
        assert all(indicator.term), code
        assert set(indicator.needs) <= set(COLUMNS)
        assert bool(indicator.measure) != bool(indicator.instrument.zh), code
        assert bool(indicator.measure) <= bool(indicator.needs), code
        assert bool(indicator.measure) <= all(indicator.definition), code
        assert indicator.good in ("", "low", "high")


def test_names_of_indicators_are_not_shared():
    for lang in ("zh", "en"):
        names = [indicator.term(lang) for indicator in INDICATORS.values()]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("place", ["yangxian", "sanbing", "county213"])
def test_every_indicator_of_a_shipped_report_is_declared(place):
    assert set(load_report(place).claims["indicator"]) - {""} <= set(INDICATORS)


def test_every_problem_and_cause_of_yang_county_is_measured_or_names_an_instrument(yangxian):
    table = yangxian.claims[yangxian.claims["kind"].isin([Kind.problem.name, Kind.cause.name])].set_index("code")["indicator"]
    asked = (
        [f"P{n}" for n in range(1, 7)] + [f"S{n}" for n in range(1, 7)] + [f"O{n}" for n in range(1, 5)] + [f"X{n}" for n in range(1, 6)]
    )
    assert set(asked) <= set(table.index)
    for code in table.index:
        indicator = INDICATORS[table[code]]
        assert indicator.measure or all(indicator.instrument), code
    # what no ledger shows: what heads think and fear, how a secretary fills the post, what is new, and what two parts show better
    assert [code for code in asked if not INDICATORS[table[code]].measure] == ["S1", "S2", "O4", "X4", "X5"]


# ---- the interval against every filling of the empty cells

TABLE_OF = {code: TABLE[INDICATORS[code].grain] for code in CODES}
ASKED = {
    code: [name.removeprefix(f"{table}/") for name in needs(code, DEFAULTS) if name.startswith(table) and not name.endswith("branch_id")]
    for code, table in TABLE_OF.items()
}


# that no number is less than nothing, and that a branch of one unit is not shared, is not made use of
ROOMY = ("member_management", "shared_branch")


@law(8)
@given(tables(3, 3))
def test_the_interval_is_the_hull_of_all_fillings(both):
    found = rates(in_pandas(both)).set_index("code")
    for code in CODES:
        if code == "members_dispersed":
            continue
        table = TABLE_OF[code]
        rows = dict(zip(TABLES, both, strict=True))[table]
        ends = hull(code, rows, table, ASKED[code])
        low, high = found.loc[code, ["low", "high"]]
        if ends is None:
            assert pd.isna(low) == (total(code, rows, []).unsized == 0), code
        elif code in COUNTED and code not in ROOMY:
            assert (low, high) == ends, code
        else:
            assert low <= ends[0] <= ends[1] <= high, code
