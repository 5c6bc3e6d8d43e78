"""A wrong value given to a public function is answered by what to give instead, never by an error from inside."""

from datetime import date

import pandas as pd
import pytest

import analysis
from analysis import AnalysisError, Register

DAY = date(2020, 6, 30)
ONE = Register(pd.DataFrame({"org_id": ["a"], "name": ["A"], "sector": ["s"], "inspection": ["missed"]}), as_of=DAY)
LIST = analysis.actions(ONE)


@pytest.mark.parametrize(("ask", "said"), [
    (lambda: analysis.order(analysis.load_report("yangxian"), criteria=["branch"]), "'branch' is not one of: score"),
    (lambda: analysis.sites(ONE, unit="house"), "'house' is not one of: branch"),
    (lambda: analysis.sites(ONE, near="street"), "no column street"),
    (lambda: analysis.rates(ONE, by="street"), "no column street"),
    (lambda: analysis.rooms(ONE, shared_by=0), "1 or more"),
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
