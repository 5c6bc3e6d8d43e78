"""One page to decide from, and an action list in short."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analysis.actions import ACTIONS, Duty, actions
from analysis.decisions import agenda, decisions, workload
from analysis.example import example_register
from analysis.measures import recommendations
from analysis.model import Evidence
from analysis.register import Register

DAY = date(2021, 6, 30)


@pytest.fixture
def ledger():
    """Three branches: two overdue since 2020 and 2021, one without a day; of the first two, one has too few classes."""
    branches = pd.DataFrame(
        {"branch_id": ["a", "b", "c"], "name": ["A", "B", "C"], "level": ["branch"] * 3,
         "last_election_on": [date(2017, 5, 1), date(2018, 7, 1), None], "term_years": [3, None, None], "classes_12m": [2, 4, 4]}
    )  # fmt: skip
    bodies = pd.DataFrame(
        {"org_id": ["1", "2", "3"], "name": ["x", "y", "z"], "branch_id": ["a", "b", "c"], "township": ["甲镇", "乙镇", None]}
    )
    # 2018-07-01 and three years: in term until the end of June 2021, so only 'a' is overdue and 'b' falls due
    return Register(bodies, branches, as_of=DAY, place="demo")


def test_the_most_pressing_comes_first(ledger, yangxian):
    page = decisions(yangxian, ledger)
    assert page["order"].tolist() == [1, 2, 3, 4, 5]
    assert page["code"].tolist()[:2] == ["hold_election", "prepare_election"]
    first = page.iloc[0]
    assert first["whom_en"] == "branches: 1, in townships: 1"
    assert first["when_en"] == "a rule in force is broken: at once (due 2020-05-01)"
    assert "R12" in first["why_zh"]
    assert first["shown_by_en"] == "those for whom it is due fall from 1 to 0"


def test_only_those_that_break_a_rule_are_called_a_breach(yangxian):
    # R19 asks for four meetings; the third has no written rules alone
    branches = pd.DataFrame({"branch_id": list("abc"), "name": list("ABC"), "level": "branch", "written_rules": False, "meetings_12m": [3, 0, 4],
                             "organisation_life_12m": 1})  # fmt: skip
    page = decisions(yangxian, Register(pd.DataFrame({"name": ["x"]}), branches, as_of=DAY)).set_index("code")
    assert page.loc["rules_and_meetings", "whom_en"] == "branches: 3"
    assert page.loc["rules_and_meetings", "when_zh"] == "2 个现行规定已被违反，应即办；1 个规定未限期，由县里定"
    assert page.loc["rules_and_meetings", "when_en"] == "a rule in force is broken: at once: 2; no rule dates it: the county sets a day: 1"


def test_what_no_cell_shows_is_shown_by_the_list_that_comes_back(yangxian):
    bodies = pd.DataFrame({"org_id": ["1", "2"], "name": ["x", "y"], "branch_id": "a", "township": ["s", "t"]})
    branch = pd.DataFrame({"branch_id": ["a"], "name": ["A"]})
    page = decisions(yangxian, Register(bodies, branch, as_of=DAY), steps=20).set_index("code")
    assert page.loc["study_groups", "shown_by_en"] == "the action list comes back with days on which it was done: 1"


def test_every_step_is_ours_and_says_what_it_rests_on(ledger, yangxian):
    page = decisions(yangxian, ledger)
    assert page["evidence"].str.contains("JUDGEMENT").all()
    assert "LEDGER" in page.loc[0, "evidence"]


def test_no_step_rests_on_generated_rows(yangxian):
    example = example_register(yangxian)
    page = decisions(yangxian, example)
    assert not page["evidence"].str.contains(Evidence.ILLUSTRATIVE.name).any()
    assert page.equals(decisions(yangxian))


def test_a_report_alone_gives_its_own_next_steps(yangxian):
    from analysis.audit import audit

    steps = recommendations(yangxian, audit(yangxian))
    page = decisions(yangxian)
    assert page["what_zh"].tolist() == steps["what_zh"].tolist()[:5]
    assert (page["whom_en"] == "the whole county").all()


@pytest.mark.parametrize("steps", [1, 3, 50])
def test_so_many_steps_as_are_asked_for_and_there_are(ledger, yangxian, steps):
    due = actions(ledger, yangxian)["action"].nunique()
    every = len(decisions(yangxian, ledger, steps=1000))
    assert every >= due
    assert len(decisions(yangxian, ledger, steps=steps)) == min(steps, every)


def test_counts_of_a_page_are_those_of_the_list(yangxian):
    example = replace(example_register(yangxian), evidence=Evidence.LEDGER)
    todo = actions(example, yangxian)
    page = decisions(yangxian, example, steps=1000).set_index("code")
    for code in set(todo["action"]) & set(ACTIONS):
        assert page.loc[code, "whom_zh"].startswith(f"{(todo['action'] == code).sum()} "), code


def test_workload_adds_up_to_the_list(yangxian):
    todo = actions(example_register(yangxian), yangxian)
    load = workload(todo).set_index("code")
    assert load["value"].to_dict() == todo["duty"].value_counts().to_dict()
    assert (load[["breach", "soon", "undated", "cell"]].sum(axis=1) == load["value"]).all()
    assert set(load.index) <= set(Duty.__members__)


def test_an_agenda_is_the_head_of_the_list_in_words(ledger, yangxian):
    todo = actions(ledger, yangxian)
    short = agenda(todo, first=2)
    assert short["code"].tolist() == todo["code"].tolist()[:2]
    assert short["when"].tolist() == ["2020-05-01", "2021-07-01"]
    assert short["priority_en"].tolist()[0].startswith("1:")


def test_nothing_due_gives_empty_tables():
    todo = actions(Register(pd.DataFrame({"name": []})))
    assert not len(workload(todo))
    assert not len(agenda(todo))
