"""What once was read wrongly, or lost without a word: each weakness as a small workbook, with what is now read and said."""

import pytest
from workbooks import cells, check, form, found, kinds, mapped, said, write

from analysis.mapping import save_mapping
from analysis.settings import Settings, Unreadable


def sheet(tmp_path, made, **options):
    return check(write(tmp_path / "a.xlsx", 台账=made), **options)


def rules(ledger):
    return dict(zip(ledger.trail["cell"], ledger.trail["rule"], strict=True))


# ------------------------------------------------------------------ ticks

FORMS = ("社会组织名称", "组建形式/单独组建", "组建形式/联合组建", "组建形式/网格建")
TICKED = form(*FORMS).then(["甲协会", "√", None, None], ["乙学会", None, "√", None], ["丙商会", None, None, None])


def test_a_leaf_that_is_not_known_is_asked_about_and_the_others_are_read(tmp_path):
    ledger = sheet(tmp_path, TICKED)
    assert cells(ledger, "organisations")["coverage"] == ["own", "joint", None]
    assert found(ledger) == [("leaf_unknown", "台账", "D2")]


def test_a_tick_under_a_leaf_that_is_not_known_leaves_its_row_unknown(tmp_path):
    ledger = sheet(tmp_path, TICKED.then(["丁中心", None, None, "√"]))
    assert found(ledger) == [("leaf_unknown", "台账", "D2"), ("tick_unknown", "台账", "D6")]
    assert ledger.register is None
    ledger = sheet(tmp_path, TICKED.then(["丁中心", "√", None, "√"]), settings=Settings(unreadable=Unreadable.unknown))
    assert cells(ledger, "organisations")["coverage"] == ["own", "joint", None, None]
    assert ("two_ticked", "台账", "D6") in found(ledger)


def test_a_mapping_gives_the_meaning_of_a_leaf_or_leaves_it_out(tmp_path):
    made = write(tmp_path / "a.xlsx", 台账=TICKED.then(["丁中心", None, None, "√"]))
    lines = check(made).mapping
    assert [(line.column, line.reads) for line in lines[1:]] == [(letter, "organisations/coverage") for letter in "BCD"]
    save_mapping([*lines[:3], lines[3]._replace(word="网格建", means="joint")], tmp_path / "means.csv")
    ledger = check(made, mapping=tmp_path / "means.csv")
    assert (cells(ledger, "organisations")["coverage"], kinds(ledger)) == (["own", "joint", None, "joint"], [])
    save_mapping([*lines[:3], lines[3]._replace(reads="-")], tmp_path / "out.csv")
    ledger = check(made, mapping=tmp_path / "out.csv")
    assert (cells(ledger, "organisations")["coverage"], kinds(ledger)) == (["own", "joint", None, None], [])
    assert mapped(ledger) == {"A": "organisations/name", "B": "organisations/coverage", "C": "organisations/coverage"}


def test_a_mapping_leaves_out_a_leaf_that_is_known(tmp_path):
    made = write(tmp_path / "a.xlsx", 台账=TICKED)
    lines = check(made).mapping
    save_mapping([line._replace(reads="-") if line.column == "B" else line for line in lines], tmp_path / "m.csv")
    assert cells(check(made, mapping=tmp_path / "m.csv"), "organisations")["coverage"] == [None, "joint", None]


def test_a_column_of_its_own_below_a_group_to_tick_is_no_leaf(tmp_path):
    made = form("社会组织名称", "年检结果/合格", "年检结果/不合格", "年检结果/备注", "年检结果/从业人员数").then(
        ["甲协会", "√", None, "补交材料", 3], ["乙学会", None, "√", None, 4]
    )
    ledger = sheet(tmp_path, made)
    assert cells(ledger, "organisations")["inspection"] == ["passed", "failed"]
    assert (cells(ledger, "organisations")["staff"], kinds(ledger)) == ([3, 4], [])


def test_merged_ticks_are_filled_down(tmp_path):
    made = form(*FORMS[:3]).then(["甲协会", "√", None], ["乙学会", None, None], ["丙商会", None, "√"], merges=("B3:B4",))
    ledger = sheet(tmp_path, made)
    assert cells(ledger, "organisations")["coverage"] == ["own", "own", "joint"]
    assert "filled_down" in set(ledger.trail["rule"])


@pytest.mark.parametrize(
    ("word", "coverage", "organised"),
    [("未组建", None, False), ("未建", None, False), ("派指导员", "instructor", None), ("派驻指导员", "instructor", None)],
)
@pytest.mark.parametrize("ticked", [True, False])
def test_no_party_organisation_and_an_instructor_are_two_things(tmp_path, word, coverage, organised, ticked):
    """Nothing was formed: whether an instructor was sent is another question, so that the form of coverage stays unknown."""
    columns = ("社会组织名称", "组建形式/单独组建", f"组建形式/{word}") if ticked else ("社会组织名称", "组建形式")
    rows = [["甲协会", "√", None], ["乙学会", None, "√"]] if ticked else [["甲协会", "单独组建"], ["乙学会", word]]
    ledger = sheet(tmp_path, form(*columns).then(*rows))
    read = cells(ledger, "organisations")
    assert read["coverage"] == ["own", coverage]
    assert read.get("party_organisation", [None, None]) == [None, organised]
    assert kinds(ledger) == []


def test_a_word_that_denies_another_column_is_asked_about(tmp_path):
    ledger = sheet(
        tmp_path, form("社会组织名称", "是否建立党组织", "组建形式").then(["甲协会", "是", "未组建"], ["乙学会", "否", "未组建"])
    )
    assert found(ledger) == [("also_differs", "台账", "B2")]
    assert cells(ledger, "organisations")["party_organisation"] == [None, False]


__all__ = ["said"]

# ------------------------------------------------------------------ branches told by their bodies


def test_a_body_whose_branch_is_named_has_a_party_organisation(tmp_path):
    made = form("社会组织名称", "党组织名称", "组建形式").then(
        ["甲协会", "甲协会党支部", None], ["乙学会", "乙学会党支部", "单独组建"], ["丙商会", None, None]
    )
    ledger = sheet(tmp_path, made)
    read = cells(ledger, "organisations")
    assert (read["coverage"], read["party_organisation"]) == ([None, "own", None], [True, None, None])
    assert rules(ledger)["B2"] == "covered"
    assert kinds(ledger) == []


def test_a_functional_branch_is_no_party_organisation_of_its_bodies(tmp_path):
    bodies = [["社会组织名称", "所属支部编号"], ["甲协会", "甲功能型党支部"], ["乙学会", "乙党支部"]]
    branches = [["党支部名称", "组建形式"], ["甲功能型党支部", "功能型"], ["乙党支部", None]]
    ledger = check(write(tmp_path / "a.xlsx", 组织=bodies, 支部=branches))
    assert cells(ledger, "organisations")["party_organisation"] == [None, True]


def test_a_form_of_coverage_that_the_template_asks_for_is_left_empty_where_it_is(tmp_path):
    bodies = [["社会组织名称", "覆盖形式", "所属支部编号"], ["甲协会", None, "甲党支部"]]
    ledger = check(write(tmp_path / "a.xlsx", 组织=bodies, 支部=[["党支部名称"], ["甲党支部"]]))
    assert "party_organisation" not in cells(ledger, "organisations")


SHARED = form("社会组织名称", "组建形式", "党组织名称", "党组织成立时间", "组织建制")


@pytest.mark.parametrize("coverage", ["联合组建", "挂靠"])
def test_a_joint_or_attached_body_without_a_name_gives_no_branch_of_its_own(tmp_path, coverage):
    ledger = sheet(
        tmp_path,
        SHARED.then(["甲协会", "单独组建", None, "2011-06-01", "党支部"], ["乙学会", coverage, None, "2012-06-01", "党支部"]),
    )
    assert cells(ledger, "branches")["name"] == ["甲协会党组织"]
    assert cells(ledger, "organisations")["branch_id"] == ["1", None]
    assert found(ledger) == [("branch_unnamed", "台账", "D3")]


def test_a_joint_body_of_which_nothing_else_is_said_is_asked_about_once(tmp_path):
    made = form("社会组织名称", "组建形式", "党组织名称", "是否建立党组织").then(
        ["甲协会", "单独组建", "甲协会党支部", "是"], ["乙学会", "联合组建", None, "是"]
    )
    assert found(sheet(tmp_path, made)) == [("branch_unnamed", "台账", "B3")]


def test_a_level_that_says_joint_is_no_branch_of_the_bodys_own(tmp_path):
    ledger = sheet(tmp_path, SHARED.then(["甲协会", None, None, "2011-06-01", "联合党支部"], ["乙学会", None, "乙党支部", None, None]))
    assert (cells(ledger, "branches")["name"], kinds(ledger)) == (["乙党支部"], ["branch_unnamed"])


def test_what_a_row_says_of_a_branch_without_a_name_is_not_lost_beside_a_table_of_branches(tmp_path):
    bodies = [["社会组织名称", "党组织名称", "党组织成立时间"], ["甲协会", None, "2011-06-01"], ["乙学会", "乙党支部", "2012-06-01"]]
    branches = [["党支部名称", "支部党员数"], ["乙党支部", 5]]
    ledger = check(write(tmp_path / "a.xlsx", 社会组织=bodies, 党组织=branches))
    assert found(ledger) == [("branch_unnamed", "社会组织", "C2")]


# ------------------------------------------------------------------ cells


@pytest.mark.parametrize("mark", ["〃", "同上", "″", '"', "（同上）"])
def test_a_mark_of_repetition_is_the_cell_above(tmp_path, mark):
    made = form("社会组织名称", "所在镇", "从业人员数", "组织类别").then(
        ["甲协会", "甲镇", 3, "社团"], ["乙学会", mark, mark, mark], ["丙商会", mark, 4, None]
    )
    ledger = sheet(tmp_path, made)
    read = cells(ledger, "organisations")
    assert (read["township"], read["staff"]) == (["甲镇", "甲镇", "甲镇"], [3, 3, 4])
    assert read["kind"] == ["association", "association", None]
    assert [cell for cell, rule in zip(ledger.trail["cell"], ledger.trail["rule"], strict=True) if rule == "ditto"] == [
        "B3",
        "C3",
        "D3",
        "B4",
    ]
    assert kinds(ledger) == []


def test_a_mark_of_repetition_with_nothing_above_is_a_fault(tmp_path):
    made = form("社会组织名称", "所在镇", "从业人员数").then(["甲协会", "同上", 3], ["乙学会", "甲镇", None], ["丙商会", "甲镇", "〃"])
    assert found(sheet(tmp_path, made)) == [("ditto_nothing", "台账", "B2"), ("ditto_nothing", "台账", "C4")]


def test_a_mark_of_repetition_does_not_reach_beyond_its_group(tmp_path):
    made = form("社会组织名称", "从业人员数").then(["甲镇"], ["甲协会", 3], ["乙镇"], ["乙学会", "同上"])
    assert found(sheet(tmp_path, made)) == [("ditto_nothing", "台账", "B5")]


def test_a_mark_below_a_name_of_a_person_shows_nothing(tmp_path):
    ledger = sheet(tmp_path, form("社会组织名称", "党建指导员").then(["甲协会", "周洁"], ["乙学会", "同上"]))
    assert cells(ledger, "organisations")["instructor"] == [True, True]
    assert "周洁" not in said(ledger)
