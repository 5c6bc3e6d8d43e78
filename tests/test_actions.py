import re
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from naive import CODES
from registers import in_duckdb, in_pandas, law, tables
from test_reach import answer

from analysis.actions import ACTIONS, Duty, Priority, actions, binding
from analysis.indicators import INDICATORS, At, needs
from analysis.metrics import TABLE, rates
from analysis.model import MARKS
from analysis.register import Register
from analysis.report import Report
from analysis.schema import COLUMNS, KEYS
from analysis.settings import DEFAULT_SETTINGS, Settings

DAY = date(2020, 6, 30)
TABLE_OF = {code: TABLE[INDICATORS[code].grain] for code in CODES}


def register(organisations=(), branches=(), *, as_of=DAY, **options):
    rows = {"organisations": list(organisations) or [{"org_id": "x"}], "branches": list(branches)}
    frames = [pd.DataFrame([{"name": "N"} | row for row in some], dtype="object") if some else None for some in rows.values()]
    return Register(*frames, as_of=as_of, **options)


def of(table, row, **options):
    """The actions for one row of a table, and nothing that is asked for elsewhere."""
    given = {"organisations": [], "branches": []} | {table: [row]}
    found = actions(register(**given, **options))
    return found[(found["table"] == table)].reset_index(drop=True)


def due(table, row, **options):
    found = of(table, row, **options)
    return set(found.loc[~found["asks"], "action"])


def asked(table, row, **options):
    """The cells that are asked for, whoever is asked."""
    found = of(table, row, **options)
    return {cell.partition("/")[2] for cells in found.loc[found["asks"], "cells"] for cell in cells.split()}


# ------------------------------------------------------------------ each action by hand, on one row

BY_HAND = [
    # action, table, the row for which it is due, what changes so that it is not
    ("hold_election", "branches", {"last_election_on": "2016-05-01", "level": "branch"}, {"last_election_on": "2019-05-01"}),
    ("prepare_election", "branches", {"last_election_on": "2018-01-01", "level": "branch", "term_years": 3}, {"term_years": 5}),
    ("elect_committee", "branches", {"members_full": 7, "committee_size": 0}, {"members_full": 6}),
    ("rules_and_meetings", "branches", {"written_rules": False}, {"written_rules": True, "meetings_12m": 4, "organisation_life_12m": 1}),
    ("hold_classes", "branches", {"classes_12m": 3}, {"classes_12m": 4}),
    ("raise_level", "branches", {"level": "branch", "members": 51}, {"members": 50}),
    ("set_up", "organisations", {"coverage": "none", "members_full": 3}, {"members_full": 2}),
    ("send_instructor", "organisations", {"coverage": "none", "instructor": False}, {"instructor": True}),
    ("inspection", "organisations", {"inspection": "missed"}, {"inspection": "exempt"}),
    ("train", "branches", {"trained_on": "2018-06-29"}, {"trained_on": "2018-06-30"}),
    ("leadership", "branches", {"in_leadership": False}, {"in_leadership": True}),
    ("raise_satisfaction", "branches", {"satisfaction": 59.9}, {"satisfaction": 60}),
    ("join_work", "branches", {"joined_work": False}, {"joined_work": True}),
    ("share_room", "organisations", {"budget": 0.0}, {"budget": 1.0, "activity_room": True}),
    ("party_worker", "organisations", {"party_workers": 0}, {"party_workers": 1}),
    ("manage_members", "organisations", {"members_managed": 2, "members_staff": 3}, {"members_managed": 3}),
    ("transfer", "organisations", {"members_staff": 3, "members_staff_held": 2}, {"members_staff_held": 3}),
    ("show_membership", "organisations", {"members_staff": 3, "members_open": 2}, {"members_open": 3}),
    ("take_part", "organisations", {"members_staff": 3, "members_taking_part": 2}, {"members_taking_part": 3}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("about", "duty"),
    [({"coverage": "own"}, "branch"), ({"coverage": "joint"}, "branch"), ({"coverage": "none"}, "township"), ({"coverage": "instructor"}, "township"),
     ({"party_organisation": False}, "township"), ({}, "branch")],
)  # fmt: skip
def test_what_a_body_without_a_party_organisation_is_asked_for_is_asked_of_its_township(about, duty):
    for shown, asks in ((None, True), (2, False)):
        row = {"org_id": "a", "township": "East", "members_staff": 3, "members_open": shown} | about
        found = of("organisations", row)
        mine = found[found["cells"].str.contains("members_open") & (found["asks"] == asks)]
        assert set(mine["duty"]) == {duty}
        assert set(mine["who_en"]) == {"the branch" if duty == "branch" else "the township committee (East)"}
        assert found["code"].is_unique


@pytest.mark.parametrize(("action", "table", "row", "changed"), BY_HAND, ids=[case[0] for case in BY_HAND])
def test_an_action_by_hand(action, table, row, changed):
    assert action in due(table, row)
    settled = of(table, row | changed)
    assert action not in set(settled["action"])
    blank = dict.fromkeys(row)
    assert action not in due(table, blank)
    assert asked(table, blank) >= {cell.partition("/")[2] for cell in needs(ACTIONS[action].indicator, DEFAULT_SETTINGS)}


def test_a_branch_over_townships_is_to_study_in_groups():
    organisations = [{"org_id": place, "branch_id": "p", "township": place} for place in "st"]
    found = actions(register(organisations, [{"branch_id": "p"}])).set_index("code")
    assert found.loc["branches/p/study_groups", ["duty", "priority"]].tolist() == ["branch", "open"]


def test_every_action_has_a_case():
    assert {case[0] for case in BY_HAND} | {"study_groups"} == set(ACTIONS)


def test_an_election_is_due_or_soon_never_both():
    last = {"last_election_on": "2017-07-01", "level": "branch", "term_years": 3}
    cases = {
        date(2019, 7, 1): set(),
        date(2019, 7, 2): {"prepare_election"},
        date(2020, 7, 1): {"prepare_election"},
        date(2020, 7, 2): {"hold_election"},
    }
    assert {day: due("branches", last, as_of=day) for day in cases} == cases


# ------------------------------------------------------------------ cells asked for are those that decide


@pytest.mark.parametrize(("table", "row", "open_", "expected"), [
    ("organisations", {"coverage": "none", "members_full": None}, "members_full", True), ("organisations", {"coverage": "own", "members_full": None}, "members_full", False),
    ("organisations", {"coverage": None, "members_full": 2}, "coverage", True),  # for the instructor, that is not known either
    ("organisations", {"coverage": None, "members_full": 2, "instructor": True}, "coverage", False),
    ("organisations", {"coverage": None, "instructor": False}, "coverage", True), ("organisations", {"coverage": None, "instructor": False}, "instructor", False),
    ("organisations", {"coverage": "instructor", "instructor": None}, "instructor", False), ("organisations", {"coverage": "none", "instructor": None}, "instructor", True),
    ("organisations", {"activity_room": True}, "budget", True), ("organisations", {"activity_room": False}, "budget", False),
    ("organisations", {"members_staff": 0, "members_managed": 0}, "members_open", False), ("organisations", {"members_staff": 2}, "members_open", True),
    ("organisations", {"members_staff": 2}, "members_staff", False), ("organisations", {"members_open": 2}, "members_staff", True),
    ("branches", {"members_full": 6}, "committee_size", False), ("branches", {"members_full": 7}, "committee_size", True),
    ("branches", {"written_rules": False}, "meetings_12m", False), ("branches", {"written_rules": True}, "meetings_12m", True),
    ("branches", {"level": "temporary"}, "last_election_on", False), ("branches", {"level": "branch"}, "last_election_on", True),
    ("branches", {"last_election_on": "2001-01-01"}, "level", True), ("branches", {"last_election_on": "2020-06-01", "members": 3}, "level", False),
    # of two possible terms, the approved one decides, and not the cells that are filled
    ("branches", {"last_election_on": "2017-08-01", "level": "branch"}, "term_years", True),
    ("branches", {"last_election_on": "2017-08-01", "level": "branch"}, "last_election_on", False),
    ("branches", {"last_election_on": "2012-05-01", "level": "branch"}, "term_years", False),
])  # fmt: skip
def test_a_cell_is_asked_for_where_it_decides(table, row, open_, expected):
    assert (open_ in asked(table, row)) == expected


@pytest.mark.parametrize(("table", "row", "cells"), [
    # a month on both sides of the limit; a contradiction
    ("branches", {"trained_on": "2018-06-15", "trained_on_until": "2018-07-14"}, "branches/trained_on"),
    ("organisations", {"members_staff": 2, "members_open": 3}, "organisations/members_staff organisations/members_open"),
])  # fmt: skip
def test_filled_cells_that_settle_nothing_are_to_be_checked(table, row, cells):
    found = of(table, row)
    mine = found[found["what_en"].str.contains("check: ") & found["asks"]]
    said = [
        (re.search("check: (.*)", what)[1], "；这些格虽已填" in f"；{why}")
        for what, why in zip(mine["what_en"], mine["why_zh"], strict=True)
    ]
    assert said == [(", ".join(COLUMNS[cell].term.en for cell in cells.split()), True)]


def test_what_is_asked_is_said_in_both_languages():
    found = of("organisations", {"inspection": None}).set_index("duty").loc["civil_affairs"]
    assert found[["what_zh", "what_en"]].tolist() == ["补填：年检结论", "fill in: result of the yearly inspection"]
    assert found[["action", "indicator", "priority", "asks"]].tolist() == ["fill", "", "cell", True]


def test_each_party_is_asked_once_a_unit():
    found = of("organisations", {})
    assert found["code"].tolist() == [
        f"organisations/N/fill/{duty}" for duty in ("branch", "township", "supervisor", "civil_affairs", "working_committee")
    ]


OWN = [code for code, action in ACTIONS.items() if action.fact is None]


def parties(action):
    """Who may be asked for the cells of an action: for a body without a Party organisation its township instead of the branch."""
    of_body = action.duty is Duty.branch and TABLE_OF[action.indicator] == "organisations"
    return {action.duty.name, "township"} if of_body else {action.duty.name}


@law(6)
@given(tables(8, 6))
def test_as_many_are_due_as_the_indicator_counts_and_the_rest_of_the_open_are_asked(rows):
    held = in_pandas(rows)
    found = actions(held)
    counted = rates(held).set_index("indicator")["part"]
    for code in OWN:
        indicator, mine = ACTIONS[code].indicator, found[found["action"] == code]
        table = TABLE_OF[indicator]
        said = {row[KEYS[table]]: answer(indicator, row, rows[0]) for row in rows[table == "branches"]}
        assert set(mine["unit_id"]) == {unit for unit, yes in said.items() if yes}
        if not INDICATORS[indicator].people:
            assert len(mine) == counted[indicator]
        asks = found[found["asks"] & (found["table"] == table) & found["duty"].isin(parties(ACTIONS[code]))]
        assert {unit for unit, yes in said.items() if yes is None} <= set(asks["unit_id"])


@law(6)
@given(tables(8, 6))
def test_only_what_is_open_is_asked_for(rows):
    found = actions(in_pandas(rows))
    asking = found[found["asks"]]
    for table, row in [("organisations", row) for row in rows[0]] + [("branches", row) for row in rows[1]]:
        for _, ask in asking[(asking["table"] == table) & (asking["unit_id"] == row[KEYS[table]])].iterrows():
            mine = [action for action in ACTIONS.values() if ask["duty"] in parties(action) and TABLE_OF[action.indicator] == table]
            own = [action.indicator for action in mine if action.fact is None]
            assert any(action.fact for action in mine) or any(answer(code, row, rows[0]) is None for code in own)
            filled = [cell for cell in ask["cells"].split() if cell.startswith(table) and row.get(cell.partition("/")[2]) is not None]
            assert ("check: " in ask["what_en"]) == bool(filled)


# ------------------------------------------------------------------ days


def days(row, action="hold_election", **options):
    found = of("branches", row, **options).set_index("action").loc[action, ["due_on", "due_until"]]
    return [None if pd.isna(day) else str(day.date()) for day in found]


@pytest.mark.parametrize(("row", "expected"), [
    ({"last_election_on": "2016-05-01"}, ["2018-05-01", "2019-05-01"]),  # two or three years before July 2018
    ({"last_election_on": "2016-05-01", "term_years": 3}, ["2019-05-01", "2019-05-01"]),
    ({"last_election_on": "2012-02-29", "term_years": 4}, ["2016-02-29", "2016-02-29"]),
    ({"last_election_on": "2012-02-29", "term_years": 3}, ["2015-02-28", "2015-02-28"]),
    ({"last_election_on": "2012-02-29"}, ["2014-02-28", "2015-02-28"]),
    ({"last_election_on": "2012-02-29", "level": "committee"}, ["2015-02-28", "2017-02-28"]),
    ({"last_election_on": "2012-02-01", "last_election_on_until": "2012-02-29", "term_years": 3}, ["2015-02-01", "2015-02-28"]),
])  # fmt: skip
def test_an_election_is_due_when_the_term_ends(row, expected):
    assert days({"level": "branch"} | row) == expected


@pytest.mark.parametrize(("row", "months", "expected"), [
    ({"trained_on": "2016-02-29"}, 24, ["2018-02-28", "2018-02-28"]), ({"trained_on": "2017-08-31"}, 6, ["2018-02-28", "2018-02-28"]),
    ({"trained_on": "2017-03-01", "trained_on_until": "2017-03-31"}, 24, ["2019-03-01", "2019-03-31"]),
])  # fmt: skip
def test_training_is_due_when_its_months_are_over(row, months, expected):
    found = actions(register(branches=[row]), settings=Settings(training_months=months)).set_index("action")
    assert [str(day.date()) for day in found.loc["train", ["due_on", "due_until"]]] == expected


@pytest.mark.parametrize(("row", "expected"), [
    ({"level": "branch", "last_election_on": "2019-01-01"}, ["2022-01-01", "2022-01-01"]), ({"level": "branch"}, [None, None]),
    # what holds no election, or may hold none, has no day
    ({"level": "temporary", "last_election_on": "2019-01-01"}, [None, None]), ({"last_election_on": "2019-01-01"}, [None, None]),
])  # fmt: skip
def test_what_is_settled_at_an_election_is_due_then(row, expected):
    assert days({"in_leadership": False} | row, "leadership") == expected


def test_without_a_day_of_the_count_nothing_is_late_or_soon():
    row = {"level": "branch", "last_election_on": "2001-01-01", "trained_on": "2001-01-01"}
    found = of("branches", row, as_of=None)
    assert not {"hold_election", "prepare_election", "train"} & set(found["action"])
    assert "soon" not in set(found["priority"])
    asks = found[found["asks"]].set_index("duty")
    assert "check: date of the last election, level" in asks.loc["branch", "what_en"]
    assert "check: date of the secretary's last training" in asks.loc["working_committee", "what_en"]
    assert asks["why_zh"].str.contains("没有统计时点").sum() == 2


# ------------------------------------------------------------------ which first


@pytest.mark.parametrize(("as_of", "expected"), [(date(2018, 9, 30), ["open", ""]), (date(2018, 10, 1), ["breach", "R19 R23"])])
def test_a_rule_is_broken_from_the_day_it_is_in_force(as_of, expected):
    # four meetings a year: branch regulations, R19 and R23, October 2018
    found = of("branches", {"level": "branch", "meetings_12m": 3}, as_of=as_of).set_index("action")
    assert found.loc["rules_and_meetings", ["priority", "rule"]].tolist() == expected


SHORT = {"meetings_12m": 3, "organisation_life_12m": 1}
SEVEN = {"members_full": 7, "committee_size": 0}


@pytest.mark.parametrize(("action", "row", "expected"), [
    # R19 and R23 are about meetings: without written rules alone, neither is broken
    ("rules_and_meetings", {"level": "branch", "written_rules": False, "meetings_12m": 4, "organisation_life_12m": 1}, "open"),
    ("rules_and_meetings", {"level": "branch", "written_rules": False}, "open"),
    ("rules_and_meetings", {"level": "branch", **SHORT}, "breach"),
    ("rules_and_meetings", {"level": "committee", "meetings_12m": 4, "organisation_life_12m": 0}, "breach"),
    # they are about branches; of what level this is may not be known
    *(("rules_and_meetings", {"level": level, **SHORT}, "open") for level in ("group", "temporary", None)),
    # and about a year: this one is not a year old, or may not be
    *(("rules_and_meetings", {"level": "branch", "founded_on": day, **SHORT}, kind) for day, kind in
      (("2018-06-30", "breach"), ("2019-06-29", "breach"), ("2019-06-30", "breach"), ("2019-07-01", "open"), ("2020-06-19", "open"))),
    ("elect_committee", {"level": "branch", **SEVEN}, "breach"),
    ("elect_committee", SEVEN, "open"),
])  # fmt: skip
def test_a_breach_is_of_a_row_that_breaks_a_rule_itself(action, row, expected):
    assert of("branches", row, as_of=date(2020, 6, 30)).set_index("action").loc[action, "priority"] == expected


@pytest.mark.parametrize("level", ["group", "temporary"])
def test_what_holds_no_elections_needs_no_committee(level):
    assert "elect_committee" not in due("branches", {"level": level, **SEVEN})


PRIORITIES = {
    "breach": {"hold_election", "set_up"},
    "soon": {"prepare_election"},
}  # of the others no rule says anything, a usual limit or custom or local list does, or more cells are asked (above)


@pytest.mark.parametrize(("action", "table", "row"), [case[:3] for case in BY_HAND], ids=[case[0] for case in BY_HAND])
def test_priority_goes_by_the_stated_rule(action, table, row):
    expected = next((name for name, some in PRIORITIES.items() if action in some), "open")
    assert of(table, row).set_index("action").loc[action, "priority"] == expected


@pytest.mark.parametrize(
    "indicator", ["barely_qualified", "weak_branch", "member_education", "role_visible", "need_committee", "few_members"]
)
def test_what_breaks_no_rule_is_no_breach(indicator):
    assert not binding(indicator, At(DAY, DEFAULT_SETTINGS))


def test_rows_are_in_order_of_priority_day_and_party():
    branches = [
        {"branch_id": "a", "level": "branch", "last_election_on": "2016-05-01"}, {"branch_id": "b", "level": "branch", "last_election_on": "2015-05-01"},
        {"branch_id": "c", "level": "branch", "last_election_on": "2018-01-01", "term_years": 3, "joined_work": False, "classes_12m": 0, "meetings_12m": 0},
    ]  # fmt: skip
    found = actions(register(branches=branches))
    assert found.loc[~found["asks"], ["unit_id", "action"]].to_numpy().tolist() == [
        ["b", "hold_election"], ["a", "hold_election"], ["c", "rules_and_meetings"], ["c", "prepare_election"], ["c", "hold_classes"], ["c", "join_work"],
    ]  # fmt: skip
    assert found["asks"].is_monotonic_increasing


# ------------------------------------------------------------------ who answers


@pytest.mark.parametrize(("row", "expected"), [
    ({"township": "城关镇"}, ["镇党委（城关镇）", "the township committee (城关镇)", "城关镇"]), ({}, ["镇党委", "the township committee", ""]),
])  # fmt: skip
def test_a_township_is_named_where_it_is_known(row, expected):
    found = of("organisations", row | {"budget": 0.0}).set_index("action")
    assert found.loc["share_room", ["who_zh", "who_en", "township"]].tolist() == expected


@pytest.mark.parametrize(
    ("supervisors", "expected"),
    [
        (["教育局"], "业务主管单位（教育局）"),
        (["教育局", "卫生局"], "业务主管单位"),
        ([None], "业务主管单位"),
        (["教育局", None], "业务主管单位"),
    ],
)
def test_a_branch_answers_to_the_department_of_all_its_organisations(supervisors, expected):
    organisations = [{"org_id": str(at), "branch_id": "p", "supervisor": name, "township": f"t{at}"} for at, name in enumerate(supervisors)]
    found = actions(register(organisations, [{"branch_id": "p", "in_leadership": False}])).set_index("code")
    row = found.loc["branches/p/leadership"]
    assert row[["who_zh", "township"]].tolist() == [expected, "t0" if len(supervisors) == 1 else ""]


# ------------------------------------------------------------------ reasons and marks


def test_a_reason_quotes_its_cells():
    row = {"activity_room": False, "budget": 1234567.5, "coverage": "none", "members_full": 3}
    found = of("organisations", row).set_index("action")
    assert found.loc["share_room", "why_zh"] == "没有活动室或经费的组织：有无活动室 否，党建经费 1234567.5"
    assert found.loc["set_up", "why_en"] == "eligible organisations without a Party organisation: form of coverage none, full members 3"
    elected = of("branches", {"level": "branch", "last_election_on": "2012-02-01", "last_election_on_until": "2012-02-29"}).set_index(
        "action"
    )
    assert (
        elected.loc["hold_election", "why_en"]
        == "branches whose election is overdue: date of the last election 2012-02-01—2012-02-29, level branch"
    )
    open_ = of("branches", {"written_rules": False}).set_index("action")
    assert open_.loc["rules_and_meetings", "why_zh"] == "无成文制度或会议不足的支部：有无成文制度 否"  # what is empty is no reason


def test_the_claims_behind_an_action_are_the_report_s(yangxian):
    found = actions(register(branches=[{"trained_on": "2001-01-01", "classes_12m": 0}]), yangxian).set_index("action")
    assert found.loc["train", ["claims", "measures", "evidence"]].tolist() == ["P5 X2", "M4", "REPORT LEDGER JUDGEMENT"]
    assert found.loc["hold_classes", ["claims", "measures"]].tolist() == ["P6e", ""]
    alone = actions(register(branches=[{"trained_on": "2001-01-01"}])).set_index("action")
    assert alone.loc["train", ["claims", "measures", "evidence", "assumptions"]].tolist() == ["", "", "LEDGER JUDGEMENT", "C21 C35"]


def test_no_column_but_the_schema_s_comes_out():
    secret = {"secretary_name": "某某", "telephone": "1234567890", "secretary_age": 61}
    found = actions(register([{"inspection": "missed", "telephone": "1234567890"}], [secret | {"in_leadership": False}]))
    text = found.to_csv()
    assert not [word for word in ("某某", "1234567890", "61") if word in text]
    assert {cell for cells in found["cells"] for cell in cells.split()} <= set(COLUMNS)


# ------------------------------------------------------------------ registers without rows


def test_an_empty_register_has_no_action_and_every_column():
    found = actions(Register(pd.DataFrame(columns=["name"])))
    assert len(found) == 0
    assert found.columns.tolist() == actions(register()).columns.tolist()
    assert found["due_on"].dtype == "datetime64[s]"


def test_a_report_alone_asks_for_columns(yangxian):
    found = actions(Register.unknown(yangxian), yangxian)
    duties = {
        "organisations": ["branch", "township", "supervisor", "civil_affairs", "working_committee"],
        "branches": ["branch", "supervisor", "working_committee"],
    }
    assert sorted(found["code"]) == sorted(f"{table}/*/fill/{duty}" for table, some in duties.items() for duty in some)
    assert set(found["unit"]) == {"组织表 · organisations (42)", "支部表 · branches (34)"}
    assert found["asks"].all()
    assert found.set_index("code").loc["organisations/*/fill/civil_affairs", "cells"] == "organisations/inspection"
    wanted = {cell for action in ACTIONS.values() for cell in needs(action.indicator, DEFAULT_SETTINGS)}
    assert {cell for cells in found["cells"] for cell in cells.split()} == wanted


def test_a_report_that_counts_nobody_does_not_make_up_a_number():
    assert set(actions(Register.unknown(Report.of("demo", staff=3)))["unit"]) == {"组织表 · organisations (?)", "支部表 · branches (?)"}


# ------------------------------------------------------------------ laws


@law(3)
@given(tables(8, 6, least=1))
def test_engines_and_the_order_of_rows_make_no_difference(rows):
    one = actions(in_pandas(rows))
    for other in (in_duckdb(rows), in_pandas((rows[0][::-1], rows[1][::-1]))):
        pd.testing.assert_frame_equal(one, actions(other), check_exact=True)


@law(6)
@given(tables(8, 6))
def test_codes_are_unique_and_marks_are_there(rows):
    found = actions(in_pandas(rows))
    assert found["code"].is_unique
    assert (found["evidence"].str.contains("JUDGEMENT") & found["assumptions"].str.contains("C35")).all()
    assert found["priority"].map(list(Priority.__members__).index).is_monotonic_increasing
    assert set(found["duty"]) <= set(Duty.__members__)
    assert (found["due_on"].isna() | (found["due_on"] <= found["due_until"])).all()
    assert found.columns.tolist()[-2:] == list(MARKS)


def test_actions_go_by_indicators_that_a_ledger_shows():
    assert {action.indicator for action in ACTIONS.values()} <= set(CODES)
