"""What became of an action list, by hand."""

from datetime import date

import pandas as pd
import pytest

from analysis import AnalysisError, Evidence, Register, follow_counts, followed, result_rows
from analysis import actions as due_of

DAY = date(2013, 12, 31)
BRANCHES = pd.DataFrame({"branch_id": list("pqrstu"), "name": list("pqrstu")})
THERE = Register(pd.DataFrame({"name": []}), BRANCHES, as_of=DAY)


def actions(*rows, done=None):
    records = [
        {
            "code": f"branches/{unit}/{action}",
            "table": "branches",
            "unit_id": unit,
            "unit": unit,
            "action": action,
            "due_on": due,
            "asks": False,
        }
        for unit, action, due in rows
    ]
    frame = result_rows(records, evidence=[Evidence.LEDGER])
    return frame.assign(done_on=pd.to_datetime(done)) if done else frame


BEFORE = actions(
    ("p", "elect", "2013-06-30"), ("q", "elect", "2013-06-30"), ("r", "elect", None), ("s", "train", "2013-12-31"), ("t", "train", "2013-01-01"),
    ("z", "train", "2013-01-01"), done=[None, None, None, "2013-05-01", None, None],
)  # fmt: skip
AFTER = actions(("q", "elect", "2013-06-30"), ("r", "elect", None), ("s", "train", "2013-12-31"), ("u", "train", "2013-01-01"))


def by_unit(rows):
    return {row["unit_id"]: (row["status"], row["confirmed"], row["late"]) for row in rows.to_dict("records")}


def test_each_action_by_hand():
    rows = followed(BEFORE, AFTER, as_of=DAY, register=THERE)
    assert by_unit(rows) == {
        "q": ("overdue", False, True),
        "r": ("open", False, False),  # without a day it is never late
        "s": ("still_due", False, False),  # the day itself is not late
        "u": ("new", False, True),
        "p": ("done", True, False),
        "t": ("done", True, False),
        "z": ("gone", False, False),  # no such branch any more
    }
    assert set(rows["evidence"]) == {"LEDGER"}
    assert set(rows["assumptions"]) == {"C38"}
    assert rows["unit_id"].tolist() == list("qrsuptz")


def test_without_the_register_only_units_of_the_later_list_are_known_to_be_there():
    later = pd.concat([AFTER, actions(("t", "elect", None))])
    found = by_unit(followed(BEFORE, later, as_of=DAY).query("action == 'train' or unit_id == 'p'"))
    assert (found["p"], found["t"][:2]) == (("gone", False, False), ("done", True))


def test_a_unit_that_is_gone_is_gone_whatever_was_said_of_it():
    found = by_unit(followed(BEFORE.assign(done_on=pd.Timestamp("2013-05-01")), AFTER, as_of=DAY, register=THERE))
    assert (found["z"], found["t"]) == (("gone", False, False), ("done", True, False))


def test_units_that_were_all_numbered_anew_cannot_be_followed():
    one, two = (actions(*((key, "elect", None) for key in keys)).assign(unit=["p", "q"]) for keys in ("12", "pq"))
    assert followed(one, two, as_of=DAY)["status"].tolist() == ["unmatched"] * 4
    # other units of the same ledgers may be due before and after; a register tells
    later = Register(pd.DataFrame({"name": []}), pd.DataFrame({"branch_id": ["p", "q"], "name": ["p", "q"]}), as_of=DAY)
    assert set(followed(one, two.iloc[:0], as_of=DAY, register=later)["status"]) == {"unmatched"}
    same = later.branches.assign(branch_id=["1", "2"])
    known = Register(pd.DataFrame({"name": []}), same, as_of=DAY)
    assert set(followed(one, two.iloc[:0], as_of=DAY, register=known)["status"]) == {"done"}


def test_a_unit_that_goes_by_its_place_cannot_be_followed():
    found = followed(
        actions(("#1", "elect", None), ("#2", "prepare_election", None)), actions(("#1", "elect", None)), as_of=DAY, register=THERE
    )
    assert found["status"].tolist() == ["unmatched"] * 2
    assert not found["confirmed"].any()
    assert int(follow_counts(found).set_index("code").loc["all", "unmatched"]) == 2


def test_what_was_done_after_the_day_of_the_later_list_is_not_yet_shown_by_it():
    said = BEFORE.assign(done_on=pd.to_datetime("2014-01-01"))
    assert by_unit(followed(said, AFTER, as_of=DAY, register=THERE)) == by_unit(
        followed(BEFORE.assign(done_on=pd.NaT), AFTER, as_of=DAY, register=THERE)
    )
    on_the_day = BEFORE.assign(done_on=pd.Timestamp(DAY))
    assert by_unit(followed(on_the_day, AFTER, as_of=DAY, register=THERE))["q"] == ("still_due", False, True)


def test_an_action_whose_cells_are_asked_for_can_no_longer_be_judged():
    then = actions(("p", "train", None), ("q", "train", None)).assign(cells="branches/trained_on branches/level")
    now = actions(("p", "fill", None), ("q", "fill", None)).assign(cells=["branches/level", "branches/members"])
    found = followed(then, now, as_of=DAY, register=THERE).set_index("code")
    assert found.loc["branches/p/train", ["status", "confirmed"]].tolist() == ["unsettled", False]
    assert found.loc["branches/q/train", ["status", "confirmed"]].tolist() == ["done", True]


@pytest.mark.parametrize(("done", "status"), [(None, "overdue"), ("2013-10-01", "still_due")])
def test_an_election_that_fell_due_and_was_not_held_is_late(done, status):
    then = actions(("p", "prepare_election", "2013-09-01"), done=[done])
    found = followed(then, actions(("p", "hold_election", "2013-09-01")), as_of=DAY, register=THERE).set_index("action")
    assert found.loc["prepare_election", ["status", "late"]].tolist() == [status, True]


def test_a_date_alone_is_done_but_not_confirmed_where_nobody_knows_of_the_unit():
    rows = followed(actions(("z", "train", None), done=["2013-02-02"]), AFTER, as_of=DAY)
    assert by_unit(rows)["z"] == ("done", False, False)


def test_a_date_typed_into_the_later_list_counts_too():
    rows = followed(actions(("q", "elect", None)), actions(("q", "elect", None), done=["2013-02-02"]), as_of=DAY)
    assert by_unit(rows)["q"] == ("still_due", False, False)


def test_counts_by_status_and_action():
    counts = follow_counts(followed(BEFORE, AFTER, as_of=DAY, register=THERE)).set_index("code")
    names = ["done", "still_due", "overdue", "open", "new", "gone", "confirmed", "whole"]
    assert counts[names].T.to_dict("list") == {
        "all": [2, 1, 1, 1, 1, 1, 2, 7],
        "elect": [1, 0, 1, 1, 0, 0, 1, 3],
        "train": [1, 1, 0, 0, 1, 1, 1, 4],
    }


def test_lists_without_rows():
    empty = BEFORE.iloc[:0]
    assert len(followed(empty, empty, as_of=DAY)) == 0
    assert follow_counts(followed(empty, empty, as_of=DAY))["whole"].tolist() == [0]
    assert set(followed(empty, AFTER, as_of=DAY)["status"]) == {"new"}
    assert set(followed(AFTER, empty, as_of=DAY, register=THERE)["status"]) == {"done"}


def test_the_lists_given_are_not_changed():
    kept = BEFORE.copy()
    followed(BEFORE, AFTER, as_of=DAY)
    pd.testing.assert_frame_equal(BEFORE, kept)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (BEFORE.drop(columns=["due_on", "unit"]), "no column unit, due_on"),
        (pd.concat([BEFORE, BEFORE.head(1)]), "stands twice: branches/p/elect"),
    ],
)
def test_a_faulty_list_is_refused_in_both_languages(before, said):
    with pytest.raises(AnalysisError, match=said) as error:
        followed(before, AFTER, as_of=DAY)
    assert "前一份清单" in str(error.value)


CASES = {
    # an election settled by its approved term: the term is emptied, and two terms are possible again
    "term": ({"last_election_on": date(2015, 6, 1), "level": "branch", "term_years": 2}, {"term_years": None}, "hold_election"),
    # a branch over two townships: that of one of its organisations is emptied
    "township": ({}, {}, "study_groups"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_cell_that_is_emptied_confirms_nothing(case):
    row, changed, action = CASES[case]
    lists, later = [], None
    for emptied in (False, True):
        branch = {"branch_id": "p", "name": "P", **row} | (changed if emptied else {})
        towns = ["s", None if emptied and case == "township" else "t"]
        organisations = pd.DataFrame({"org_id": ["1", "2"], "name": ["A", "B"], "branch_id": "p", "township": towns})
        later = Register(organisations, pd.DataFrame([branch]).astype("object"), as_of=date(2017, 12, 31))
        lists.append(due_of(later))
    found = followed(*lists, as_of=date(2017, 12, 31), register=later).set_index("action").loc[action]
    assert found[["status", "confirmed"]].tolist() == ["unsettled", False]
    handed = lists[0].assign(done_on=pd.Timestamp("2017-12-31"))
    found = followed(handed, lists[1], as_of=date(2017, 12, 31), register=later).set_index("action").loc[action]
    assert found[["status", "confirmed"]].tolist() == ["done", False]


@pytest.mark.parametrize(("action", "row"), [
    ("prepare_election", {"last_election_on": date(2015, 6, 1), "level": "branch", "term_years": 3}), ("raise_satisfaction", {"satisfaction": 50.0}),
])  # fmt: skip
def test_work_that_no_cell_shows_is_not_held_against_the_ledger(action, row):
    register = Register(pd.DataFrame({"name": []}), pd.DataFrame([{"branch_id": "p", "name": "P", **row}]), as_of=date(2017, 12, 31))
    listed = due_of(register)
    handed = listed.assign(done_on=pd.Timestamp("2017-12-01"))
    for before, status in ((handed, "done"), (listed, "open")):
        found = followed(before, listed, as_of=date(2017, 12, 31), register=register).set_index("action").loc[action]
        assert found[["status", "confirmed"]].tolist() == [status, False]
