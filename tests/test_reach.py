from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive import CODES, COUNTED, WEIGHED, both, measured, spread
from registers import AS_OF, in_duckdb, in_pandas, law, tables

from analysis.charts import rates as rates_chart
from analysis.indicators import INDICATORS
from analysis.metrics import TABLE, rates
from analysis.model import Grain
from analysis.reach import Touched, causes_asked, measurable, prevalence, reach
from analysis.register import Register
from analysis.report import Report, load_report

COUNTS = ["part", "whole", "unknown", "unsized"]
MISSED, ROOM, ELECTION, LED = "not_inspected", "activity_room", "election_overdue", "secretary_outside_leadership"


def register(organisations, branches=None, **options):
    frames = [pd.DataFrame([{"name": "x"} | row for row in rows], dtype="object") for rows in (organisations, branches or []) if rows]
    return Register(*frames, **{"as_of": AS_OF} | options)


def counts(held, *codes):
    """Part, whole, unknown and unsized of organisations, branches and members touched by one of these indicators."""
    return reach(held, {"g": codes}).set_index("counted")[COUNTS].to_numpy().tolist()


# ------------------------------------------------------------------ by hand

NOTHING = [0, 0, 0, 0]


def test_nobody_is_touched_in_an_empty_register():
    held = Register(pd.DataFrame(columns=["name"]), as_of=AS_OF)
    assert counts(held, MISSED, ELECTION) == [NOTHING] * 3
    assert reach(held, {"g": [MISSED]})[["least", "most"]].to_numpy().tolist() == [[0, 0]] * 3


def test_one_organisation_without_a_branch():
    assert counts(register([{"inspection": "missed"}]), MISSED) == [[1, 1, 0, 0], NOTHING, NOTHING]


@pytest.mark.parametrize(("cells", "expected"), [
    # the branch p says how many it covers; its organisations missed the inspection, passed it, or do not say
    ({"said": ["missed"], "covered": 1}, "touched"), ({"said": ["passed"], "covered": 1}, "not"), ({"said": [None], "covered": 1}, "open"),
    ({"said": ["passed", "missed"], "covered": 2}, "touched"), ({"said": ["passed", "passed"], "covered": 2}, "not"),
    ({"said": ["passed", None], "covered": 2}, "open"), ({"said": ["missed", None], "covered": 9}, "touched"),
    # an organisation that is not listed may be the one that is touched
    ({"said": ["passed"], "covered": 2}, "open"), ({"said": ["passed"], "covered": None}, "open"), ({"said": [], "covered": 0}, "open"),
    # a branch of one unit has one, unless it says otherwise itself
    ({"said": ["passed"], "covered": None, "form": "own"}, "not"), ({"said": ["passed"], "covered": None, "form": "joint"}, "open"),
    ({"said": ["passed"], "covered": 3, "form": "own"}, "open"),
    # its host counts, too
    ({"said": ["passed"], "covered": 1, "host": "missed"}, "touched"), ({"said": ["passed"], "covered": 1, "host": None}, "open"),
    ({"said": ["passed"], "covered": 1, "host": "passed"}, "not"), ({"said": [], "covered": None, "host": "missed"}, "touched"),
])  # fmt: skip
def test_a_branch_is_touched_where_its_organisations_are(cells, expected):
    organisations = [{"org_id": f"o{at}", "branch_id": "p", "inspection": said} for at, said in enumerate(cells["said"])]
    organisations.append({"org_id": "h", "inspection": cells.get("host")})
    branch = {"branch_id": "p", "organisations_covered": cells["covered"], "form": cells.get("form"), "members": 5}
    branch["host_org_id"] = "h" if "host" in cells else None
    _, branches, members = counts(register(organisations, [branch]), MISSED)
    by_hand = {"touched": [1, 1, 0, 0], "not": [0, 1, 0, 0], "open": [0, 0, 1, 0]}[expected]
    assert branches == by_hand
    assert members == [5 * count for count in by_hand]


@pytest.mark.parametrize(("cells", "led", "expected"), [
    ({"branch_id": "p"}, False, [1, 1, 0, 0]), ({"branch_id": "p"}, True, [0, 1, 0, 0]), ({"branch_id": "p"}, None, [0, 0, 1, 0]),
    # no Party organisation, and no branch: nothing could touch it
    ({"coverage": "none"}, False, [0, 1, 0, 0]), ({"coverage": "none", "branch_id": "p"}, False, [1, 1, 0, 0]),
    ({"party_organisation": False}, False, [0, 1, 0, 0]), ({"coverage": "joint"}, False, [0, 0, 1, 0]), ({}, False, [0, 0, 1, 0]),
])  # fmt: skip
def test_an_organisation_is_touched_where_its_branch_is(cells, led, expected):
    assert counts(register([cells], [{"branch_id": "p", "in_leadership": led}]), LED)[0] == expected


@pytest.mark.parametrize(("cells", "expected"), [
    ({"members_staff": 4, "members_open": 3}, [1, 1, 0, 0]), ({"members_staff": 4, "members_open": 4}, [0, 1, 0, 0]),
    ({"members_staff": 4}, [0, 0, 1, 0]), ({"members_open": 3}, [0, 0, 1, 0]), ({"members_staff": 2, "members_open": 3}, [0, 0, 1, 0]),
    # of no members at all, none hides it
    ({"members_staff": 0}, [0, 1, 0, 0]),
])  # fmt: skip
def test_where_people_are_weighed_one_of_them_is_enough(cells, expected):
    assert counts(register([cells]), "membership_not_shown")[0] == expected


def test_what_an_indicator_does_not_ask_of_is_not_touched():
    assert counts(register([{"inspection": "exempt"}]), MISSED)[0] == [0, 1, 0, 0]
    temporary = {"branch_id": "p", "level": "temporary", "last_election_on": date(2001, 1, 1)}
    assert counts(register([{}], [temporary]), ELECTION)[1] == [0, 1, 0, 0]


def test_a_unit_that_two_indicators_touch_counts_once():
    rows = [{"inspection": "missed", "activity_room": False}, {"inspection": "missed", "activity_room": True, "budget": 1.0},
            {"inspection": "passed"}, {"inspection": "passed", "activity_room": True, "budget": 1.0}]  # fmt: skip
    held = register(rows)
    assert [counts(held, *codes)[0] for codes in ([MISSED], [ROOM], [MISSED, ROOM])] == [[2, 4, 0, 0], [1, 3, 1, 0], [2, 3, 1, 0]]


def test_a_group_of_nothing_touches_nobody():
    held = register([{}], [{"branch_id": "p", "members": 3}])
    assert counts(held) == [[0, 1, 0, 0], [0, 1, 0, 0], [0, 3, 0, 0]]
    assert reach(held, {}).columns.tolist() == reach(held, {"g": []}).columns.tolist()


def test_what_no_ledger_shows_may_touch_every_row():
    lost = "attitude_of_heads"
    held = register([{"inspection": "missed"}, {"inspection": "passed"}], [{"branch_id": "p", "members": 3}])
    found = reach(held, {"g": [MISSED, lost]})
    assert found[["least", "most"]].to_numpy().tolist() == [[1, 2], [0, 1], [0, 3]]
    assert counts(held, lost) == [[0, 0, 2, 0], [0, 0, 1, 0], [0, 0, 3, 0]]


def test_members_that_are_not_counted_have_no_upper_end():
    branches = [{"branch_id": "p", "in_leadership": False, "members": 7}, {"branch_id": "q", "in_leadership": False}]
    row = reach(register([{}], branches), {"g": [LED]}).set_index("counted").loc["members"]
    assert row[[*COUNTS, "least", "low", "high"]].tolist() == [7, 7, 0, 1, 7, 0, 1]
    assert row[["most", "of"]].isna().all()
    assert row["needs"] == "branches/members"


@pytest.mark.parametrize(("counted", "needs"), [
    ("organisations", "organisations/inspection"),
    ("branches", "organisations/inspection organisations/branch_id branches/organisations_covered"),
    ("members", "organisations/inspection organisations/branch_id branches/organisations_covered branches/members"),
])  # fmt: skip
def test_columns_that_would_close_it(counted, needs):
    found = reach(register([{}], [{"branch_id": "p"}]), {"g": [MISSED]}).set_index("counted")
    assert found.loc[counted, "needs"] == needs


def test_down_from_branches_only_the_branch_is_asked_for():
    found = reach(register([{}], [{"branch_id": "p"}]), {"g": [LED]}).set_index("counted")
    assert found.loc["organisations", "needs"] == "branches/in_leadership organisations/branch_id"
    assert found.loc["branches", "needs"] == "branches/in_leadership"


def test_what_is_settled_needs_nothing():
    held = register([{"inspection": "missed", "branch_id": "p"}], [{"branch_id": "p", "members": 3}])
    assert reach(held, {"g": [MISSED]})["needs"].tolist() == ["", "", ""]


def test_without_a_day_of_the_count_no_date_touches_anyone():
    held = register([{"branch_id": "p"}], [{"branch_id": "p", "level": "branch", "last_election_on": date(2001, 1, 1)}], as_of=None)
    assert counts(held, ELECTION)[:2] == [[0, 0, 1, 0]] * 2


# ------------------------------------------------------------------ a report's register


def test_a_report_alone_leaves_everything_open(yangxian):
    found = prevalence(Register.unknown(yangxian), yangxian)
    ends = {name: some[["least", "most"]].drop_duplicates().to_numpy().tolist() for name, some in found.groupby("counted")}
    assert ends["organisations"] == [[0, 42]]
    assert ends["branches"] == [[0, 34]]
    assert found.loc[found["counted"] == "members", "most"].isna().all()
    assert set(found["evidence"]) <= {"REPORT JUDGEMENT", "REPORT REFERENCE JUDGEMENT"}


def test_a_report_that_counts_nobody_has_no_end(yangxian):
    found = reach(Register.unknown(Report.of("demo", staff=3)), {"g": [MISSED]})
    assert found["most"].isna().all()
    assert found[["low", "high"]].drop_duplicates().to_numpy().tolist() == [[0, 1]]


def test_prevalence_has_each_cause_that_a_ledger_shows(yangxian):
    found = prevalence(register([{"inspection": "missed"}]), yangxian)
    # of the report's causes and asides without parts, S1, S2, O4, X4 and X5a need another instrument
    assert found["cause"].unique().tolist() == ["S3", "S4", "S5", "S6", "O1", "O2a", "O2b", "O3", "X1", "X2", "X3", "X5b", "N1", "N2"]
    assert found["code"].tolist()[:3] == ["S3/organisations", "S3/branches", "S3/members"]
    # called by what is counted, which may be less than the report says
    assert found.set_index("code").loc["X5b/organisations", ["name_zh", "name_en"]].tolist() == [
        "X5b 未参检或不合格的组织：组织", "X5b organisations not inspected, or failed: organisations"]  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_cause_stands_beside_what_is_counted_for_it(yangxian, lang):
    found = prevalence(register([{"members_to_35": 1}]), yangxian)
    claims = yangxian.claims.set_index("code")
    for _, row in found.iterrows():
        about = INDICATORS[row["indicator"]]
        assert row[f"name_{lang}"].startswith(f"{row['cause']} {about.term(lang)}")
        assert claims.loc[row["cause"], f"name_{lang}"] in row[f"definition_{lang}"]
        assert about.definition(lang) in row[f"definition_{lang}"]
    # the rows behind the chart hold both, and no bar is called by the report's words
    chart = rates_chart(found[found["counted"] == "branches"], title="?", lang=lang)
    cells = [cell for line in chart.layout.meta["rows"] for cell in line]
    assert sum(claims.loc["N2", f"name_{lang}"] in cell for cell in cells) == 1
    labels = " ".join(note.text for note in chart.layout.annotations).replace("<br>", "" if lang == "zh" else " ")
    assert claims.loc["N2", f"name_{lang}"] not in labels
    assert INDICATORS["age_of_members"].term(lang) in labels


@pytest.mark.parametrize(
    ("cause", "indicator"), [("S4", "relation_not_transferred"), ("S6", "no_organisational_life"), ("N2", "age_of_members")]
)
def test_causes_counted_in_members_have_the_row_of_rates(yangxian, cause, indicator):
    held = register([{"members_staff": 9, "members_staff_held": 4, "members_taking_part": 2, "members_to_35": 1}])
    columns = [*COUNTS, "share", "low", "high", "least", "most", "of"]
    found = prevalence(held, yangxian).set_index("code").loc[f"{cause}/members", columns]
    expected = rates(held, only=[indicator]).iloc[0][columns]
    assert found.fillna(-1).tolist() == expected.fillna(-1).tolist()


def test_beside_a_report_without_causes_the_first_report_s_are_asked(yangxian):
    found = prevalence(register([{}]), Report.of("demo"))
    assert found.equals(prevalence(register([{}]), yangxian))
    assert not found["evidence"].str.contains("REPORT").any()


# ------------------------------------------------------------------ a slow loop over rows


def answer(code, row, organisations):
    """Whether a row is one of those that an indicator counts."""
    if code == "members_dispersed":
        return spread(row, organisations)
    if code in COUNTED:
        return both(*(of(row) for of in COUNTED[code][::-1]))
    if WEIGHED[code][1](row) == 0:
        return False
    found = measured(code, row, organisations)
    return None if found.unsized or found.unknown else found.part > 0


def lifted(code, row, table, rows):
    """What an indicator of the other table says of a row: a branch by its organisations and its host, an organisation by its branch."""
    organisations, branches = rows
    if table == "organisations":
        mine = [answer(code, b, organisations) for b in branches if b["branch_id"] == row["branch_id"]]
        return mine[0] if mine else False if organised_not(row) else None
    mine = [answer(code, o, organisations) for o in organisations if o["branch_id"] == row["branch_id"]]
    host = [answer(code, o, organisations) for o in organisations if o["org_id"] == row["host_org_id"]]
    if True in mine + host:
        return True
    covered = 1 if row["organisations_covered"] is None and row["form"] == "own" else row["organisations_covered"]
    listed = mine and covered is not None and covered <= len(mine)
    return False if listed and not {None} & set(mine + host) else None


def organised_not(row):
    return row["branch_id"] is None and (
        row["coverage"] in ("instructor", "none") if row["coverage"] is not None else row["party_organisation"] is False
    )


def naive(codes, table, rows):
    """Whether one of several indicators touches each row of a table."""
    found = []
    for row in rows[table == "branches"]:
        said = [answer(code, row, rows[0]) if TABLE[INDICATORS[code].grain] == table else lifted(code, row, table, rows) for code in codes]
        found.append(True if True in said else None if None in said else False)
    return found


def added(answers, weights):
    """Part, whole, unknown and unsized."""
    sums = dict.fromkeys(COUNTS, 0)
    for touches, weight in zip(answers, weights, strict=True):
        if weight is None:
            sums["unsized"] += 1
            continue
        sums["unknown"] += weight * (touches is None)
        sums["whole"] += weight * (touches is not None)
        sums["part"] += weight * bool(touches)
    return list(sums.values())


@law(6)
@given(tables(), st.lists(st.sampled_from(CODES), min_size=1, max_size=3))
def test_a_loop_over_rows_agrees(rows, codes):
    groups = {code: [code] for code in CODES} | {"several": codes}
    found = reach(in_pandas(rows), groups).set_index("code")
    for group, mine in groups.items():
        organisations, branches = (naive(mine, table, rows) for table in ("organisations", "branches"))
        members = [branch["members"] for branch in rows[1]]
        expected = [added(organisations, [1] * len(rows[0])), added(branches, [1] * len(rows[1])), added(branches, members)]
        assert [found.loc[f"{group}/{counted.name}", COUNTS].tolist() for counted in Touched] == expected, group


@law(2)
@given(tables(8, 6, least=1))
def test_engines_and_the_order_of_rows_make_no_difference(rows):
    mixed = [MISSED, ROOM, "membership_not_shown", ELECTION, LED, "members_dispersed"]
    groups = {"all": mixed, **{code: [code] for code in mixed}}
    one = reach(in_pandas(rows), groups)
    for other in (in_duckdb(rows), in_pandas((rows[0][::-1], rows[1][::-1]))):
        pd.testing.assert_frame_equal(one, reach(other, groups), check_exact=True)


@law(6)
@given(tables(), st.lists(st.sampled_from(CODES), min_size=2, max_size=4, unique=True))
def test_several_touch_at_least_as_many_as_one_and_no_more_than_all_together(rows, codes):
    found = reach(in_pandas(rows), {"all": codes, **{code: [code] for code in codes}})
    for _, some in found.groupby("counted"):
        together, alone = some.iloc[0], some.iloc[1:]
        assert alone["part"].max() <= together["part"] <= alone["part"].sum()
        assert (together["part"] + together["unknown"]) >= (alone["part"] + alone["unknown"]).max()


def test_every_indicator_with_a_measure_can_touch():
    assert {code for code in INDICATORS if measurable(code)} == set(CODES)
    assert {INDICATORS[code].grain for code in CODES} == {Grain.organisation, Grain.branch}


def test_whose_causes_are_asked_about_is_said(yangxian):
    own, other = causes_asked(yangxian), causes_asked(load_report("county213"))
    assert (own["name_en"].iloc[0], own["evidence"].iloc[0]) == ("this report", "REPORT")
    assert "not findings about this place" in other["name_en"].iloc[0]
    assert "不是这里的结论" in causes_asked(None)["name_zh"].iloc[0]
    assert other["evidence"].iloc[0] == "JUDGEMENT"
    assert int(own["value"].iloc[0]) == prevalence(Register.unknown(yangxian), yangxian)["cause"].nunique()
