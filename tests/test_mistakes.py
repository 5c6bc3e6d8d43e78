"""A wrong value given to a public function is answered by what to give instead, never by an error from inside."""

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis import AnalysisError, Register
from analysis.settings import Criterion, Eligible

DAY = date(2020, 6, 30)
ONE = Register(pd.DataFrame({"org_id": ["a"], "name": ["A"], "sector": ["s"], "inspection": ["missed"]}), as_of=DAY)
LATER = Register(ONE.organisations, as_of=date(2021, 6, 30))
LIST, RATES = analysis.actions(ONE), analysis.rates(ONE)
YANGXIAN = analysis.load_report("yangxian")
GRID = analysis.link_grid(YANGXIAN, (analysis.Kind.cause,), (analysis.Kind.problem,))


@pytest.mark.parametrize(("ask", "said"), [
    (lambda: analysis.order(YANGXIAN, criteria=["branch"]), "'branch' is not one of: score"),
    (lambda: analysis.sites(ONE, unit="house"), "'house' is not one of: branch"),
    (lambda: analysis.sites(ONE, near="street"), "no column street"),
    (lambda: analysis.rates(ONE, by="street"), "no column street"),
    (lambda: analysis.rooms(ONE, shared_by=0), "1 or more"),
    (lambda: analysis.rooms(ONE, shared_by=[2.5]), r"a list, each of it a whole number or a whole number, not list \(\[2.5\]\)"),
    (lambda: analysis.rooms(ONE, shared_by=[2, 2]), "shared_by: 2 stands twice"),
    (lambda: analysis.rooms(ONE, shared_by=[]), "shared_by: there is none"),
    (lambda: analysis.elections(ONE, quarters=40_000), "quarters: 40000 is more than 120: give 120 or less. · quarters：40000 大于 120"),
    (lambda: analysis.elections(ONE, months=361), "months: 361 is more than 360"),
    (lambda: analysis.elections(ONE, months=0), "months: 0 is less than 1"),
    (lambda: analysis.training(ONE, years=101), "years: 101 is more than 100"),
    (lambda: analysis.training(ONE, years=-1), "years: -1 is less than 0"),
    (lambda: analysis.training(ONE, size=(1, 2, 3, 4)), "4 numbers"),
    (lambda: analysis.training(ONE, size=float("inf")), "size: give a number or a list, each of it a number or Rate, not float"),
    (lambda: analysis.training(ONE, size=analysis.Rate("size", analysis.Term("", ""), float("nan"), 1, 1, analysis.Term("", ""), analysis.Term("", ""))), "number: give a number, not float"),
    (lambda: analysis.training_by_size(ONE, sizes=[10, 10]), "sizes: 10 stands twice"),
    (lambda: analysis.training_by_size(ONE, sizes=[]), "sizes: there is none"),
    (lambda: analysis.recruitment(ONE, years=[1, 1]), "years: 1 stands twice: give one or more, each once. · years：1 重复"),
    (lambda: analysis.recruitment(ONE, years=[101]), "years: 101 is more than 100"),
    (lambda: analysis.recruitment(ONE, years=[]), "years: there is none"),
    (lambda: analysis.recruitment(ONE, available=float("nan")), "available: give a whole number, not float"),
    (lambda: analysis.recruitment(ONE, points=float("nan")), "points: give a number, not float"),
    (lambda: analysis.sites(ONE, k=51), "k: 51 is more than 50"),
    (lambda: analysis.sites(ONE, ties=201), "ties: 201 is more than 200"),
    (lambda: analysis.sites(ONE, near=["sector", "sector"]), "near: sector stands twice"),
    (lambda: analysis.reach(ONE, {"a": ["not_inspected", "house"]}), "No indicator is called house; they are: .*not_inspected.* · 没有这样的指标：house"),
    (lambda: analysis.rates(ONE, only="house"), "No indicator is called house"),
    (lambda: analysis.association(ONE, "S3", "P4", pairs=1.5), r"pairs: give a whole number, not float \(1.5\)"),
    (lambda: analysis.flows(ONE, LATER, stated=[{"branches": {"came": -1}}]), "stated came: -1 is less than 0"),
    (lambda: analysis.flows(ONE, LATER, stated=[{"branches": {"came": 1.5}}]), "stated: give a list, each of it a mapping"),
    (lambda: analysis.flows(ONE, LATER, stated=[{"branches": {"came": True}}]), "stated: give a list, each of it a mapping"),
    (lambda: analysis.flows(ONE, LATER, stated=[{}, {}]), "2 steps are stated, but the registers make 1"),
    (lambda: analysis.order(YANGXIAN, scores={"M1": "x"}), "scores: give a mapping, each of it a number, not dict"),
    (lambda: analysis.order(YANGXIAN, read="yes"), r"read: give True or False, not str \('yes'\)"),
    (lambda: analysis.order(YANGXIAN, scores={"M1": float("nan")}), r"scores: give a mapping, each of it a number, not dict \({'M1': nan}\)"),
    (lambda: analysis.order(YANGXIAN, criteria=["score"]), "The criterion score needs scores"),
    (lambda: analysis.rules(folder="nowhere"), "no file rules.csv in 'nowhere'"),
    (lambda: analysis.comparators(folder=Path("nowhere")), "no file figures.csv in 'nowhere'"),
    (lambda: analysis.load_settings("."), "no such file"),
    (lambda: analysis.result_rows([{"code": "a", "evidence": "REPORT HEARSAY"}]), "'a': HEARSAY in evidence is none of: REPORT"),
    (lambda: analysis.result_rows([{"code": "a", "assumptions": ["Z9"]}], evidence=[analysis.Evidence.REPORT]), "Z9 in assumptions is none of: A1"),
    (lambda: analysis.result_rows([{"code": "a", "evidence": None}]), "does not say what it rests on"),
    (lambda: analysis.followed(LIST.assign(due_on="soon"), LIST, as_of=DAY), "In the earlier list of actions, due_on holds what is no day"),
    (lambda: analysis.agenda(LIST.assign(due_on="soon")), "due_on and due_until hold no days"),
    (lambda: analysis.decisions(YANGXIAN, steps=0), "steps: 0 is less than 1"),
    (lambda: analysis.agenda(LIST, first=-1), "first: -1 is less than 0"),
    (lambda: analysis.next_columns(YANGXIAN, columns=-1), "columns: -1 is less than 0"),
    (lambda: analysis.audit(YANGXIAN, factor=0), "factor is 0, give 1 or more"),
    (lambda: analysis.count_claims(YANGXIAN, "kind"), "'kind': give grain or group"),
    (lambda: analysis.link_counts(GRID, "basis"), "'basis' is no end of a link: give source or target"),
    (lambda: analysis.claims(YANGXIAN, "cause"), "kinds: give one of Kind, such as Kind.problem, not str"),
    (lambda: analysis.bounds(YANGXIAN, assume=[1]), r"assume: give a list, each of it one of Assumption, such as Assumption.A1 or text, not list \(\[1\]\)"),
    (lambda: analysis.leading(RATES), r"no column order: give rows of order\(report\). · 这些行没有 order 列"),
    (lambda: analysis.workload(RATES), r"no column duty, priority: give rows of actions\(register\)"),
    (lambda: analysis.agenda(RATES), r"no column due_on, due_until, priority: give rows of actions\(register\)"),
    (lambda: analysis.follow_counts(RATES), r"no column action, status, confirmed: give rows of followed"),
    (lambda: analysis.recommendations(YANGXIAN, RATES), r"no column subject, .*: give rows of audit\(report\)"),
    (lambda: analysis.measured(YANGXIAN, LIST.drop(columns="indicator")), r"no column indicator, .*: give rows of rates\(register\)"),
    (lambda: analysis.pace(LIST.drop(columns="indicator"), analysis.given_targets("example"), as_of=DAY), "no column indicator: give rows of progress"),
    (lambda: analysis.pace(RATES, RATES, as_of=DAY), "no column by, aim: give rows of load_targets"),
    (lambda: analysis.link_counts(LIST, "source"), "no column source, .*: give rows of link_grid"),
    (lambda: analysis.tally(LIST, "level", analysis.Severity), "no column level"),
    (lambda: analysis.save_actions(RATES, "a.xlsx", "zh"), r"no column unit, .*: give rows of actions\(register\)"),
    (lambda: analysis.load_actions("a.xlsx", RATES), r"no column unit: give rows of actions\(register\)"),
    (lambda: Register(None), r"organisations: give a frame of pandas, .* read_ledger\(path\), not NoneType. · organisations：请给"),
    (lambda: Register(ONE.organisations, "ledger.xlsx"), "branches: give a frame .*, not str"),
    (lambda: Register(ONE.organisations, evidence="HEARSAY"), "'HEARSAY' is not one of: REPORT"),
    (lambda: Register.unknown(ONE), "report: give a Report: .*, not Register"),
    (lambda: analysis.Settings(training_months=0), "training_months: '0': is not a setting"),
    (lambda: analysis.Settings(eligible="all"), "eligible: 'all': is not a known code"),
    (lambda: analysis.Settings(limits={"R99": 1}), "limits: .*R99.*: is not a setting"),
    (lambda: analysis.training(ONE, size=(1, 2)), "2 numbers"),
    (lambda: analysis.recruitment(ONE, points=10), "at most 1"),
    (lambda: analysis.recruitment(ONE, available=-1), "0 people or more"),
    (lambda: analysis.association(ONE, "S3", "P4", pairs=0), "1 or more"),
    (lambda: analysis.progress([ONE, ONE]), "not list"),
    (lambda: analysis.flows([ONE, ONE]), "not list"),
    (lambda: analysis.followed(ONE, ONE, as_of=DAY), "Register"),
    (lambda: analysis.save_actions(LIST, "a.xlsx", "fr"), "'fr'"),
    (lambda: Register(ONE.organisations, as_of="2020-06-30"), "as_of is a date"),
    (lambda: analysis.pace(analysis.rates(ONE), analysis.given_targets("example"), as_of="2020-06-30"), "as_of: give a date"),
])  # fmt: skip
def test_a_wrong_value_is_named(ask, said):
    with pytest.raises(AnalysisError, match=said):
        ask()


def test_one_value_stands_for_a_list_of_one():
    pd.testing.assert_frame_equal(analysis.rooms(ONE, shared_by=3), analysis.rooms(ONE, shared_by=[3]))
    pd.testing.assert_frame_equal(analysis.rates(ONE, by="sector"), analysis.rates(ONE, by=["sector"]))
    pd.testing.assert_frame_equal(analysis.sites(ONE, near="sector", unit="branch"), analysis.sites(ONE, near=["sector"]))
    pd.testing.assert_frame_equal(analysis.rates(ONE, only="activity_room"), analysis.rates(ONE, only=["activity_room"]))
    pd.testing.assert_frame_equal(analysis.reach(ONE, {"a": "activity_room"}), analysis.reach(ONE, {"a": ["activity_room"]}))
    pd.testing.assert_frame_equal(analysis.order(YANGXIAN, criteria="branches"), analysis.order(YANGXIAN, criteria=["branches"]))


@pytest.mark.parametrize("given", [pd.Timestamp(2020, 6, 30, 23, 59), datetime(2020, 6, 30, 1), DAY])
def test_a_day_of_the_count_is_a_day_without_its_time(given):
    one, two = Register(ONE.organisations, as_of=given), Register(ONE.organisations, as_of=date(2021, 6, 30))
    assert (type(one.as_of), one.as_of) == (date, DAY)
    assert analysis.flows(one, two)["from_on"].unique().tolist() == ["2020-06-30"]
    assert set(analysis.progress(one, two)["to_on"]) == {"2021-06-30"}


@pytest.mark.parametrize("given", [None, pd.NaT])
def test_a_day_that_is_not_given_is_none(given):
    assert Register(ONE.organisations, as_of=given).as_of is None


def test_an_action_due_on_the_day_of_the_list_is_not_late_at_noon():
    due = LIST.head(1).assign(due_on="2020-06-30")
    assert analysis.followed(due, due, as_of=pd.Timestamp(2020, 6, 30, 12))["status"].tolist() == ["open"]
    assert analysis.followed(due, due, as_of=date(2020, 7, 1))["status"].tolist() == ["overdue"]


def test_codes_stand_for_members():
    assert Register(ONE.organisations, evidence="ILLUSTRATIVE").evidence is analysis.Evidence.ILLUSTRATIVE
    assert analysis.Settings(eligible="any_member") == analysis.Settings(eligible=Eligible.any_member)
    assert analysis.Settings(weak=["meetings"]).weak == (Criterion.meetings,)


def test_numbers_of_numpy_are_numbers():
    assert analysis.rooms(ONE, shared_by=np.int64(3))["shared_by"].unique().tolist() == [3]
    assert analysis.planned(size=np.float32(25))["value"].tolist()[0] == 25
    assert len(analysis.elections(ONE, quarters=np.int64(2))) == len(analysis.elections(ONE, quarters=2))
