"""One thing is one: English sentences of result rows, of registers that have one of each."""

import re
from datetime import date

import pandas as pd
import pytest

import analysis
from analysis import Evidence, Register, Report
from analysis.decisions import agenda, decisions, workload
from analysis.model import result_rows
from analysis.wording import agreed, in_words, sentence

MANY_OF_ONE = re.compile(r"(?<![\w.,:/–−-])1 (?!class\b|is\b|as\b|less\b|plus\b|was\b|has\b)(?:more |joint |Party )?(?:\w+s|people)\b")
DAY, BEFORE = date(2021, 6, 30), date(2020, 6, 30)


def one(as_of=DAY, **more):
    bodies = {"org_id": ["o"], "name": ["O"], "coverage": ["own"], "branch_id": ["b"], "township": ["East"], "staff": [1], "members_staff": [1],
              "members_open": [0], "inspection": ["missed"], "activity_room": [False], "members_full": [1], "party_workers": [0],
              "members_managed": [0], "staff_full_time": [2], "members_to_35": [1], "members_36_to_59": [0], "members_from_60": [0]}  # fmt: skip
    branches = {"branch_id": ["b"], "name": ["B"], "level": ["branch"], "members": [1], "members_full": [1], "meetings_12m": [1],
                "last_election_on": [date(2015, 1, 1)], "trained_on": [date(2015, 1, 1)], "demonstration": [True], "committee_size": [1],
                "in_leadership": [False], "joined_work": [False], "satisfaction": [1.0], "written_rules": [False]}  # fmt: skip
    return Register(pd.DataFrame(bodies | more), pd.DataFrame(branches), as_of=as_of)


REGISTERS = {
    "one": one(),
    "empty cells": one(coverage=[None], members_open=[None]),
    "a name": Register(pd.DataFrame({"name": ["O"]}), as_of=DAY),
    "a report": Register.unknown(Report.of("demo", organisations=1, branches=1, members=1, staff=1)),
}
REPORT = Report.of("demo", organisations=1, branches=1, members=1, staff=1, training_classes=1, demonstration_sites=1)


def results(register):
    """Every table of rows that the briefing shows of a register."""
    todo = analysis.actions(register, REPORT)
    aims = result_rows([{"code": f"{code}/2022-06-30", "indicator": code, "share": share, "by": "2022-06-30", "aim": aim, "source": ""}
                        for code, share, aim in (("work_coverage", 1.0, "at_least"), ("election_overdue", 0.0, "at_most"), ("role_visible", 0.0, "at_most"))],
                       evidence=[Evidence.JUDGEMENT])  # fmt: skip
    yield from (todo, workload(todo), agenda(todo), decisions(REPORT, register))
    yield from (analysis.rates(register, report=REPORT), analysis.doubts(register), analysis.reconcile(register, REPORT))
    yield from (
        analysis.bounds(REPORT),
        analysis.audit(REPORT),
        analysis.recommendations(REPORT, analysis.audit(REPORT), register=register),
    )
    yield from (
        analysis.elections(register),
        analysis.training(register),
        analysis.classes_needed(register),
        analysis.planned(report=REPORT),
    )
    yield from (analysis.recruitment(register, report=REPORT), analysis.rooms(register), analysis.sites(register, report=REPORT))
    yield from (analysis.weak_by_limit(register), analysis.prevalence(register, REPORT), analysis.associations(register, REPORT))
    yield from (analysis.next_columns(REPORT, register), analysis.closing_columns(REPORT, register), analysis.questions(REPORT))
    yield analysis.pace(analysis.rates(register), aims, as_of=DAY)
    if register.evidence is not Evidence.REPORT:
        then = one(BEFORE, coverage=["none"])
        moved, later = analysis.progress(then, register), analysis.actions(then)
        yield from (moved, analysis.flows(then, register), analysis.pace(moved, aims, as_of=DAY))
        yield analysis.followed(later, todo, as_of=DAY, register=register)


@pytest.mark.parametrize("name", REGISTERS)
def test_no_english_sentence_of_a_row_has_one_of_many(name):
    texts = 0
    for rows in results(REGISTERS[name]):
        for column in [name for name in rows.columns if str(name).endswith("_en")]:
            said = [str(text) for text in rows[column].dropna()]
            texts += len(said)
            assert not [text for text in said if MANY_OF_ONE.search(text)], column
    assert texts > 300


def test_figures_of_a_report_agree_with_their_unit():
    printed = in_words(REPORT.figures, ["name", "printed"], "en").to_numpy().ravel().tolist()
    assert {"1 organisation", "1 branch", "1 person"} <= set(printed)
    assert not [text for text in printed if MANY_OF_ONE.search(text)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, "1 more column answers; 1 row is empty."), (2, "2 more columns answers; 2 rows are empty."), (0, None), (21, None)],
)
def test_a_sentence_agrees_with_its_number(value, expected):
    rows = result_rows([{"code": "a", "value": value}], evidence=[Evidence.REPORT])
    said = sentence("{t.a} more columns answers; {t.a} rows are empty.", lang="en", t=rows)[0]
    assert said == (expected or f"{value} more columns answers; {value} rows are empty.")


def test_what_only_ends_in_one_stays_in_the_plural():
    for text in ("21 rows", "0–1 rows", "1.1 points", "1,001 branches", "P1 branches of low satisfaction", "-1 rows"):
        assert agreed(text) == text
