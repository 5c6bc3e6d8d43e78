from datetime import date

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from registers import in_duckdb, in_pandas, law, tables

from analysis.distribution import concentration, distribution, summary
from analysis.metrics import completeness, rates, weak_by_limit
from analysis.progress import change
from analysis.reconcile import doubts, reconcile
from analysis.report import Report
from analysis.schema import COLUMNS, Type

REPORT = Report.of("demo", organisations=6, branches=4, staff=40, members=30, demonstration_sites=1, own_branches=2)


def same(*frames):
    pd.testing.assert_frame_equal(*frames, check_exact=True)


ORGANISATIONS = [
    {"org_id": "a", "name": "甲", "kind": "association", "sector": "教育", "township": "s", "staff": 150, "association_members": 150, "branch_id": "p",
     "coverage": "own", "members_full": 3, "members_staff": 9, "members_open": 2, "registered_on": date(2001, 2, 3), "instructor": True, "budget": 0.0},
    {"org_id": "b", "name": "乙", "kind": "foundation", "sector": "教育", "township": "t", "staff": 7, "staff_full_time": 9, "branch_id": "q",
     "coverage": "joint", "members_full": 1, "inspection": "missed", "members_staff": 2, "members_open": 2, "activity_room": False},
    {"org_id": "c", "name": "丙", "sector": "医疗", "staff": 0, "branch_id": "q", "coverage": "none", "members_full": None, "instructor": False},
    {"org_id": "d", "name": "丁", "sector": None, "township": "s", "staff": None, "coverage": None, "members_to_35": 3, "members_36_to_59": 4, "members_from_60": 0},
    {"org_id": "e", "name": "戊", "sector": "医疗", "township": "t", "staff": 3, "coverage": "own", "party_workers": 0},
]  # fmt: skip
BRANCHES = [
    {"branch_id": "p", "name": "甲支部", "level": "branch", "last_election_on": date(2016, 2, 29), "members": 50, "members_full": 7, "committee_size": 0,
     "satisfaction": 59.9, "demonstration": True, "form": "own"},
    {"branch_id": "q", "name": "联合", "level": "temporary", "last_election_on": date(2010, 1, 1), "form": "joint", "organisations_covered": 6, "meetings_12m": 3},
    {"branch_id": "r", "name": "丙支部", "level": None, "host_org_id": "c", "last_election_on": date(2018, 7, 1), "founded_on": date(2019, 1, 1), "members": 99},
    {"branch_id": "s", "name": "丁支部", "level": "committee", "host_org_id": "d", "trained_on": date(2019, 6, 29), "term_years": 5, "members": 99},
]  # fmt: skip
BOTH = ORGANISATIONS, BRANCHES
LATER = [row | {"association_members": 3} for row in ORGANISATIONS[1:]], BRANCHES[:3]


@pytest.fixture(scope="module")
def pair():
    return in_pandas(BOTH), in_duckdb(BOTH)


@pytest.mark.parametrize("by", [[], ["township", "sector"], ["coverage", "level"]], ids=str)
def test_rates_are_the_same_bit_for_bit(pair, by):
    same(*(rates(register, by=by) for register in pair))


def test_rates_with_a_report_are_the_same(pair):
    report = Report.of("demo", organisations=5, branches=4, members=90)
    same(*(rates(register, report=report, only=["own_branch", "work_coverage", "need_committee", "above_limit"]) for register in pair))


@pytest.mark.parametrize("ask", [weak_by_limit, completeness, doubts], ids=lambda ask: ask.__name__)
def test_what_is_asked_of_a_register_alone_is_the_same(pair, ask):
    found = [ask(register) for register in pair]
    assert len(found[0])
    same(*found)


@pytest.mark.parametrize("column", [name for name, column in COLUMNS.items() if column.type in (Type.text, Type.code)])
def test_distributions_are_the_same(pair, column):
    same(*(distribution(register, column) for register in pair))


@pytest.mark.parametrize("column", ["organisations/staff", "organisations/members_full", "organisations/members_held", "branches/members"])
def test_sums_and_concentrations_are_the_same(pair, column):
    same(*(summary(register, column) for register in pair))
    same(*(concentration(register, column) for register in pair))


@pytest.mark.parametrize("by", ["sector", "township", "kind"])
def test_concentrations_by_group_are_the_same(pair, by):
    same(*(concentration(register, "organisations/staff", by=by) for register in pair))


def test_reconciliations_are_the_same(pair):
    same(*(reconcile(register, REPORT) for register in pair))


def test_changes_are_the_same():
    connection = duckdb.connect()
    in_one_place = in_duckdb(BOTH, connection=connection), in_duckdb(LATER, connection=connection, prefix="later_")
    same(change(in_pandas(BOTH), in_pandas(LATER)), change(*in_one_place))


def test_a_register_without_rows_is_the_same():
    registers = in_pandas(([], [])), in_duckdb(([], []))
    for ask in (rates, completeness, doubts):
        same(*(ask(register) for register in registers))
    same(*(summary(register, "organisations/staff") for register in registers))


def test_large_amounts_add_up_to_the_last_unit():
    big = [{"org_id": str(at), "name": str(at), "sector": "x", "staff": 2**53 - 1, "members_staff": 2**53 - 1 - 2 * at} for at in range(3)]
    for by in ([], ["sector"]):
        found = [rates(make((big, [])), by=by, only=["member_density"]) for make in (in_pandas, in_duckdb)]
        same(*found)
        assert found[0][["part", "whole"]].to_numpy().tolist() == [[3 * 2**53 - 9, 3 * 2**53 - 3]]


def test_a_day_of_the_count_that_is_not_known_is_the_same():
    dated = ["election_overdue", "secretary_trained", "weak_branch"]
    same(*(rates(make(BOTH, None), only=dated) for make in (in_pandas, in_duckdb)))


@law(3)
@given(tables(8, 6, least=1))
def test_drawn_registers_give_the_same(both):
    pair = in_pandas(both), in_duckdb(both)
    same(*(rates(register, by=["sector"]) for register in pair))
    same(*(doubts(register) for register in pair))
    same(*(reconcile(register, REPORT) for register in pair))
    same(*(concentration(register, "organisations/staff", by="township") for register in pair))
