"""What once was read wrongly, or lost without a word: each weakness as a small workbook, with what is now read and said."""

import pytest
from python_calamine import CalamineWorkbook
from workbooks import cells, check, form, found, kinds, mapped, said, write

from analysis.annotate import annotate
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


# ------------------------------------------------------------------ persons


@pytest.mark.parametrize("number", [13800000000, "13800000000", 13800000000.0, 15912345678])
@pytest.mark.parametrize("column", ["staff", "budget"])
def test_a_phone_is_no_count_below_a_heading_of_the_template_either(tmp_path, number, column):
    ledger = check(write(tmp_path / "a.xlsx", 组织=[["name", column], ["甲协会", number], ["乙学会", 3]]))
    assert found(ledger) == [("not_count" if column == "staff" else "not_amount", "组织", "B2")]
    assert str(number).partition(".")[0] not in said(ledger)


@pytest.mark.parametrize("heading", ["从业人员数", "党员数", "登记日期", "党建经费", "满意率"])
@pytest.mark.parametrize("cell", ["30（联系人周洁13800000000）", "12，问周洁", "2011年（周洁填）", "周洁", "30 邸某 0916-2200000"])
def test_a_message_about_a_number_quotes_nothing_but_figures(tmp_path, heading, cell):
    ledger = sheet(tmp_path, form("社会组织名称", heading, "党支部名称").then(["甲协会", cell, "甲党支部"]))
    (fault,) = [made for made in ledger.faults if made.cell == "B2"]
    assert fault.value == "〔…〕"
    copy = tmp_path / "copy.xlsx"
    annotate(ledger, copy, "zh")
    shown = said(ledger) + str(CalamineWorkbook.from_path(str(copy)).get_sheet_by_name("台账").to_python())
    assert not any(secret in shown for secret in ("周洁", "邸某", "13800000000", "2200000"))


@pytest.mark.parametrize("cell", ["12或13", "很多", "去年", "2014换届", "30-40", "不清楚几人"])
def test_a_message_still_quotes_what_names_nobody(tmp_path, cell):
    ledger = sheet(tmp_path, form("社会组织名称", "从业人员数").then(["甲协会", cell]))
    assert [made.value for made in ledger.faults] == [cell]


# ------------------------------------------------------------------ units


def funds(heading, *title):
    return form("社会组织名称", heading, title=title).then(["甲协会", 0.3], ["乙学会", "3000元"])


@pytest.mark.parametrize("line", [["单位：万元"], [None, "（单位：人、万元）"], ["金额单位：", "万元"], ["填报单位：甲县 单位：万元"]])
def test_amounts_without_a_unit_take_that_of_a_line_above(tmp_path, line):
    ledger = sheet(tmp_path, funds("党建经费", ["台账"], line))
    assert cells(ledger, "organisations")["budget"] == [3000.0, 3000.0]
    assert list(ledger.trail["rule"]) == ["unit_above", "unit"]
    assert kinds(ledger) == ["unit_in_title"]


@pytest.mark.parametrize(("heading", "amount"), [("党建经费（元）", 0.3), ("党建经费（千元）", 300.0)])
def test_the_unit_of_the_heading_goes_before_that_of_a_line_above(tmp_path, heading, amount):
    ledger = sheet(tmp_path, funds(heading, ["单位：万元"]))
    assert (cells(ledger, "organisations")["budget"], kinds(ledger)) == ([amount, 3000.0], [])


def test_two_units_above_are_asked_about(tmp_path):
    ledger = sheet(tmp_path, funds("党建经费", ["单位：元"], ["单位：万元"]))
    assert (cells(ledger, "organisations")["budget"], kinds(ledger)) == ([0.3, 3000.0], ["units_in_title"])


@pytest.mark.parametrize("line", ["填报单位：元坝区", "单位：人", "填报单位：万元"])
def test_a_line_that_names_no_unit_of_money_changes_nothing(tmp_path, line):
    ledger = sheet(tmp_path, funds("党建经费", [line]))
    assert (cells(ledger, "organisations")["budget"], kinds(ledger)) == ([0.3, 3000.0], [])


def test_a_mapping_keeps_the_unit_of_the_heading(tmp_path):
    made = write(tmp_path / "a.xlsx", 台账=form("社会组织名称", "投入（万元）").then(["甲协会", 0.3]))
    lines = [line._replace(reads="organisations/budget") if line.column == "B" else line for line in check(made).mapping]
    save_mapping(lines, tmp_path / "m.csv")
    assert cells(check(made, mapping=tmp_path / "m.csv"), "organisations")["budget"] == [3000.0]


def rates(*given):
    return form("党支部名称", "满意率").then(*([f"{name}党支部", cell] for name, cell in zip("甲乙丙丁", given, strict=False)))


def test_rates_of_which_none_is_above_one_are_read_as_shares_with_one_warning(tmp_path):
    ledger = sheet(tmp_path, rates(0.93, 1, "0.855", 0))
    assert cells(ledger, "branches")["satisfaction"] == [93.0, 100.0, 85.5, 0.0]
    assert found(ledger) == [("fractions", "台账", "B1")]
    assert list(ledger.trail["rule"]) == ["fraction", "fraction", "fraction"]


@pytest.mark.parametrize(("given", "wrong"), [((0.93, 85), ["B2"]), ((1, 1), ["B2", "B3"]), ((0.93, "85%"), ["B2"]), ((1, 0), ["B2"])])
def test_rates_that_may_be_either_stay_faults(tmp_path, given, wrong):
    ledger = sheet(tmp_path, rates(*given))
    assert found(ledger) == [("share_or_percent", "台账", cell) for cell in wrong]


@pytest.mark.parametrize("cell", ["3（其中预备1）", "3(含预备党员1名)", "3人（预备1人）", "３（其中：预备１）"])
def test_a_part_in_brackets_is_no_part_of_the_number(tmp_path, cell):
    ledger = sheet(tmp_path, form("社会组织名称", "党员数（名）").then(["甲协会", cell]))
    read = cells(ledger, "organisations")
    assert (read["members"], "members_full" in read) == ([3], False)
    assert kinds(ledger) == ["doubtful_cell", "members_basis"]


@pytest.mark.parametrize("cell", ["3（其中预备5）", "3（其中周洁1）", "12人（女3人）", "3（预备）", "3（1）", "（其中预备1）"])
def test_other_remarks_in_brackets_are_refused(tmp_path, cell):
    ledger = sheet(tmp_path, form("社会组织名称", "从业人员数").then(["甲协会", cell]))
    assert kinds(ledger) == ["not_count"]


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("十二人", 12),
        ("三", 3),
        ("两个", 2),
        ("二十", 20),
        ("一百零五名", 105),
        ("一百二十", 120),
        ("一十五人", 15),
        ("一千零三十", 1030),
        ("两百", 200),
    ],
)
def test_numbers_in_chinese_numerals_are_counts(tmp_path, cell, count):
    ledger = sheet(tmp_path, form("社会组织名称", "从业人员数").then(["甲协会", cell]))
    assert (cells(ledger, "organisations")["staff"], kinds(ledger)) == ([count], [])
    assert next(iter(ledger.trail["rule"])) == "chinese_number"


@pytest.mark.parametrize("cell", ["一百五", "二三十", "三百零", "十十", "百", "一二", "二〇一二", "三五人", "一百十五"])
def test_numerals_that_can_be_two_numbers_are_refused(tmp_path, cell):
    assert kinds(sheet(tmp_path, form("社会组织名称", "从业人员数").then(["甲协会", cell]))) == ["not_count"]


def test_a_term_of_three_years_in_words(tmp_path):
    ledger = sheet(tmp_path, form("党支部名称", "任期").then(["甲党支部", "三年"], ["乙党支部", "3年"]))
    assert cells(ledger, "branches")["term_years"] == [3, 3]
