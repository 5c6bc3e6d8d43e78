"""Targets: every fault of the file at once; distance, pace and verdict by hand."""

from datetime import date
from fractions import Fraction

import pandas as pd
import pytest

from analysis import Register, TargetsError, example_later, example_register, load_targets, pace, progress, rates
from analysis.indicators import INDICATORS
from analysis.targets import Reach, months_between

ONE, TWO = date(2012, 12, 31), date(2013, 12, 31)
HEADER = "indicator,share,by,aim,source,note"


def file(tmp_path, *lines, header=HEADER, encoding="utf-8-sig"):
    path = tmp_path / "targets.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
    return path


def register(day, coverage):
    ids = [f"o{at}" for at in range(len(coverage))]
    return Register(pd.DataFrame({"org_id": ids, "name": ids, "coverage": coverage}), as_of=day)


def told(tmp_path, *registers, share="80%", by="2014-12-31", indicator="own_branch", aim="", as_of=TWO):
    targets = load_targets(file(tmp_path, f"{indicator},{share},{by},{aim},,"))
    rows = progress(*registers) if len(registers) > 1 else rates(*registers)
    return pace(rows, targets, as_of=as_of).iloc[0]


# ------------------------------------------------------------------ the file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_of_targets_is_read_as_a_spreadsheet_stores_it(tmp_path, encoding):
    lines = [
        "own_branch,80%,2015-12-31,,县委文件,第三条",
        "",
        "election_overdue,0.05,2014-06-30,,,",
        "few_members,50％,2014-06-30,at_most,,",
    ]
    rows = load_targets(file(tmp_path, *lines, encoding=encoding))
    assert rows[["code", "share", "by", "aim"]].to_numpy().tolist() == [
        ["own_branch/2015-12-31", 0.8, "2015-12-31", "at_least"],
        ["election_overdue/2014-06-30", 0.05, "2014-06-30", "at_most"],
        ["few_members/2014-06-30", 0.5, "2014-06-30", "at_most"],
    ]
    # one without a source is a judgement
    assert rows["evidence"].tolist() == ["REFERENCE", "JUDGEMENT", "JUDGEMENT"]
    assert rows["source"].tolist() == ["县委文件", "", ""]


@pytest.mark.parametrize("indicator", ["election_overdue", "逾期未换届的支部", "Branches whose election  is overdue"])
@pytest.mark.parametrize("by", ["2014-12-31", "2014.12.31", "2014/12/31", "2014. 12. 31", "20141231", "2014年12月31日"])
@pytest.mark.parametrize(("aim", "kept"), [("at_most", "at_most"), ("不高于", "at_most"), ("不超过", "at_most"), ("At most", "at_most"),
                                           ("不低于", "at_least"), ("至少", "at_least"), ("at least", "at_least"), ("", "at_most")])  # fmt: skip
def test_days_sides_and_names_are_read_as_people_write_them(tmp_path, indicator, by, aim, kept):
    row = load_targets(file(tmp_path, f"{indicator},5%,{by},{aim},,")).iloc[0]
    assert row[["code", "indicator", "by", "aim"]].tolist() == ["election_overdue/2014-12-31", "election_overdue", "2014-12-31", kept]


def test_only_a_whole_name_is_one_and_each_can_be_told_apart(tmp_path):
    names = [name for about in INDICATORS.values() if about.measure for name in about.term]
    assert len({name.casefold().replace(" ", "") for name in names}) == len(names)
    with pytest.raises(TargetsError) as caught:
        load_targets(file(tmp_path, "逾期未换届,5%,2014-12-31,,,", "own_branch,5%,2014.12,about,,"))
    assert [(made.line, made.column, made.kind) for made in caught.value.faults] == [
        (2, "indicator", "code"),
        (3, "by", "date"),
        (3, "aim", "code"),
    ]
    assert "at_most 不高于/不超过" in str(caught.value)


def test_one_indicator_and_day_written_in_two_ways_stands_twice(tmp_path):
    with pytest.raises(TargetsError, match="stands twice"):
        load_targets(file(tmp_path, "own_branch,5%,2014-12-31,,,", "有自己支部的组织,6%,2014.12.31,,,"))


def test_every_fault_is_named_at_once_with_its_line_and_column(tmp_path):
    lines = ["own,80%,2015-12-31,,,", "own_branch,80,2015-13-31,up,,", "few_members,,2014-06-30,,,", "coverage_x,-1,soon,,,",
             "own_branch,1,2014-06-30,,,", "own_branch,0,2014-06-30,,,"]  # fmt: skip
    with pytest.raises(TargetsError) as caught:
        load_targets(file(tmp_path, *lines))
    assert [(made.line, made.column, made.kind) for made in caught.value.faults] == [
        (2, "indicator", "code"),
        (3, "share", "target_share"), (3, "by", "date"), (3, "aim", "code"),
        (4, "share", "empty"), (4, "aim", "no_aim"),
        (5, "indicator", "code"), (5, "share", "target_share"), (5, "by", "date"),
        (7, "indicator", "twice"),
    ]  # fmt: skip
    text = str(caught.value)
    assert "targets.csv, line 3, column share: '80': is neither a share from 0 to 1 nor per cent. Write 80% or 0.8." in text
    assert "不是 0 到 1 之间的比例，也不是百分数。请写 80% 或 0.8。" in text


@pytest.mark.parametrize("header", ["指标,目标值,期限,方向,来源,备注", "指标,目标,截止,方向,来源,备注", "指标, share ,By,方向,source,备注"])
def test_headings_may_be_chinese(tmp_path, header):
    line = "逾期未换届的支部,5%,2014年12月31日,不高于,县委文件,第三条"
    assert load_targets(file(tmp_path, line, header=header)).equals(load_targets(file(tmp_path, line)))


def test_two_words_for_one_heading_stand_twice(tmp_path):
    with pytest.raises(TargetsError) as caught:
        load_targets(file(tmp_path, "own_branch,5%,6%,2014-12-31", header="指标,目标,目标值,期限"))
    assert [(made.kind, made.column) for made in caught.value.faults] == [("twice", "share")]


def test_a_heading_that_is_not_known_names_those_that_are(tmp_path):
    with pytest.raises(TargetsError, match="指标, 目标值, 目标, 期限, 截止, 方向, 来源, 备注"):
        load_targets(file(tmp_path, "own_branch,5%,2014-12-31,x", header="指标,目标,期限,说明"))


def test_a_survey_is_no_target(tmp_path):
    with pytest.raises(TargetsError, match="attitude_of_heads"):
        load_targets(file(tmp_path, "attitude_of_heads,80%,2015-12-31,,,"))


def test_missing_and_unknown_columns_are_named(tmp_path):
    with pytest.raises(TargetsError) as caught:
        load_targets(file(tmp_path, "own_branch,80%", header="indicator,goal"))
    assert [(made.kind, made.column) for made in caught.value.faults] == [("no_column", "share"), ("no_column", "by"), ("column", "goal")]


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(TargetsError, match="no such file"):
        load_targets(tmp_path / "none.csv")


def test_a_file_without_targets_has_none(tmp_path):
    assert not len(load_targets(file(tmp_path)))


# ------------------------------------------------------------------ distance and pace


def test_by_hand(tmp_path):
    # ten organisations: two with a branch, a year later five; asked for eight in a year
    row = told(tmp_path, register(ONE, ["own"] * 2 + ["none"] * 8), register(TWO, ["own"] * 5 + ["none"] * 5))
    assert row[["units_least", "units_most", "months_left", "needed_most", "needed_quarter_most"]].tolist() == [3, 3, 12, 0.25, 0.75]
    assert row[["pace_units", "pace_points", "reach"]].tolist() == [0.25, 0.025, "on_pace"]
    assert row["projected"] == pytest.approx(0.8)
    assert row["said_en"] == (
        "at least 80.0% by 2014-12-31; now 5/10 (50.0%); 3 organisations to go in 12 months, 0.8 a quarter; "
        "so far +7.5 points a quarter; reached in time at this pace"
    )
    assert (
        row["said_zh"]
        == "2014-12-31 前不低于 80.0%；现为 5/10 (50.0%)；还差 3 家，剩 12 个月，每季需 0.8；至今每季 +7.5 个百分点；按此进度可以达到"
    )


def test_filling_cells_is_no_progress(tmp_path):
    row = told(
        tmp_path,
        register(ONE, ["own"] * 2 + ["none"] * 2 + [None] * 6),
        register(TWO, ["own"] * 2 + ["none"] * 2 + ["own"] * 3 + ["none"] * 3),
    )
    assert row[["pace_units", "pace_points", "reach"]].tolist() == [0, 0, "behind"]


@pytest.mark.parametrize(
    ("coverage", "share", "by", "reach"),
    [
        (["own"] * 9 + ["none"], "80%", "2014-12-31", "reached"),
        (["own"] * 8 + ["none"] * 2, "80%", "2014-12-31", "reached"),
        (["own"] * 7 + ["none"] + [None] * 2, "80%", "2014-12-31", "open"),
        (["own"] * 5 + ["none"] * 5, "80%", "2013-12-31", "missed"),
        (["own"] * 5 + ["none"] * 5, "80%", "2014-12-31", "no_pace"),
    ],
)
def test_verdicts_without_an_earlier_date(tmp_path, coverage, share, by, reach):
    row = told(tmp_path, register(TWO, coverage), share=share, by=by)
    assert row["reach"] == reach
    assert pd.isna(row["pace_points"])


def test_where_the_projected_ends_straddle_the_target_it_cannot_be_told(tmp_path):
    before, after = ["own"] * 2 + ["none"] * 6 + [None] * 2, ["own"] * 4 + ["none"] * 4 + [None] * 2
    row = told(tmp_path, register(ONE, before), register(TWO, after), share="70%")
    assert row[["units_least", "units_most"]].tolist() == [1, 3]
    assert row["projected_low"] < 0.7 < row["projected_high"]
    assert row["reach"] == "open"


@pytest.mark.parametrize(("levels", "share", "by", "reach"), [
    # of ten, one less a year: seven, six, and so on; six of ten are asked for
    ((8, 7), "60%", "2014-12-31", "reached"), ((8, 7), "60%", "2015-12-31", "slipping"), ((8, 7), "60%", "2013-12-31", "reached"),
    ((7, 7), "70%", "2030-12-31", "reached"), ((6, 7), "70%", "2030-12-31", "reached"),
])  # fmt: skip
def test_a_level_that_will_not_be_kept_is_not_called_reached(tmp_path, levels, share, by, reach):
    one, two = (register(day, ["own"] * own + ["none"] * (10 - own)) for day, own in zip((ONE, TWO), levels, strict=True))
    assert told(tmp_path, one, two, share=share, by=by)["reach"] == reach


@pytest.mark.parametrize(("before", "by", "reach"), [(8, "2015-12-31", "behind"), (5, "2015-12-31", "on_pace"), (8, "2013-12-31", "open")])
def test_where_both_ends_run_to_one_side_an_open_level_leaves_nothing_open(tmp_path, before, by, reach):
    # now six or seven of ten, seven asked for; two years on with two less, or one more, each year: two to three, or eight to nine
    after = ["own"] * 6 + ["none"] * 3 + [None]
    one = ["own"] * before + ["none"] * (9 - before) + [None]
    assert told(tmp_path, register(ONE, one), register(TWO, after), share="65%", by=by)["reach"] == reach


@pytest.mark.parametrize(("steps", "by", "moved", "reach"), [
    # of ten, two less a year: from 70 %, two years on, 30 %
    (("ooooooooon", "ooooooonnn"), "2015-12-31", (-0.2, 0.3, 0.3), "slipping"),
    # of the nine that are known, two less a year: from 60 to 70 %, three years on, 0 to 3 %
    (("oooooooon?", "oooooonnn?"), "2016-12-31", (-2 / 9, 0, 0.7 - 3 * 2 / 9), "behind"),
])  # fmt: skip
def test_the_verdict_says_what_the_pace_and_the_chart_say(tmp_path, steps, by, moved, reach):
    forms = {"o": "own", "n": "none", "?": None}
    one, two = (register(day, [forms[sign] for sign in signs]) for day, signs in zip((ONE, TWO), steps, strict=True))
    row = told(tmp_path, one, two, share="65%", by=by)
    assert [row["pace_points"] * 12, row["projected_low"], row["projected_high"]] == pytest.approx(moved)
    assert row["reach"] == reach
    assert str(row["said_en"]).endswith(Reach.of(reach).term.en)


def test_on_its_day_a_target_is_not_called_past():
    assert "past" not in Reach.missed.term.en
    assert "has come" in Reach.missed.term.en


def test_a_share_that_should_fall(tmp_path):
    before, after = ["none"] * 8 + ["own"] * 2, ["none"] * 6 + ["own"] * 4
    row = told(tmp_path, register(ONE, before), register(TWO, after), indicator="without_party_organisation", share="0.25")
    # two and a half of ten at most, so four of the six have to move
    assert row[["aim", "units_most", "pace_points", "reach"]].tolist() == ["at_most", 4, pytest.approx(-0.2 / 12), "behind"]
    assert row["pace_units"] == pytest.approx(2 / 12)
    assert row["gap_high"] == pytest.approx(0.35)


def test_a_whole_that_is_not_known_has_no_units(tmp_path):
    cells = {"org_id": ["a", "b"], "name": ["a", "b"], "staff": [10, None], "staff_full_time": [4, None]}
    row = told(tmp_path, Register(pd.DataFrame(cells), as_of=TWO), indicator="mobile_personnel", aim="at_most", share="0.5")
    assert row[["units_least", "units_most", "needed_most"]].isna().all()
    assert row["reach"] == "open"


def test_the_pace_is_over_all_steps(tmp_path):
    three = date(2014, 12, 31)
    steps = [register(day, ["own"] * n + ["none"] * (10 - n)) for day, n in ((ONE, 2), (TWO, 4), (three, 5))]
    row = told(tmp_path, *steps, by="2015-12-31", as_of=three)
    assert row["pace_points"] == pytest.approx(0.3 / 24)
    assert row["part"] == 5


def test_a_target_of_which_nothing_is_known_has_no_row(tmp_path):
    targets = load_targets(file(tmp_path, "own_branch,80%,2014-12-31,,,", "weak_branch,10%,2014-12-31,,,"))
    rows = rates(register(TWO, ["own"]), only=["own_branch"])
    assert pace(rows, targets, as_of=TWO)["indicator"].tolist() == ["own_branch"]
    assert not len(pace(rows, targets.iloc[1:], as_of=TWO))


def test_a_projection_is_a_judgement(tmp_path, yangxian):
    first = example_register(yangxian)
    targets = load_targets(file(tmp_path, "own_branch,80%,2014-12-31,,县委文件,"))
    row = pace(progress(first, example_later(first)), targets, as_of=TWO).iloc[0]
    assert {"ILLUSTRATIVE", "REFERENCE", "JUDGEMENT"} <= set(row["evidence"].split())
    assert {"C36", "C37", "C39"} <= set(row["assumptions"].split())


def test_months_by_the_calendar():
    assert months_between(date(2012, 2, 29), date(2013, 2, 28)) == 12
    assert months_between(date(2013, 3, 15), date(2013, 3, 14)) == Fraction(-1, 31)
