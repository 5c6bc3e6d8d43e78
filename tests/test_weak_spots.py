"""What once was read wrongly, or lost without a word: each weakness as a small workbook, with what is now read and said."""

import subprocess
import sys

import duckdb
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from workbooks import cells, check, form, found, kinds, mapped, said, write

from analysis.annotate import annotate
from analysis.cli import main
from analysis.headings import meaning
from analysis.mapping import MappingError, load_mapping, save_mapping
from analysis.settings import AgeBand, Settings, Unreadable
from analysis.terminal import told


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
    assert cells(ledger, "organisations")["branch_id"] == ["甲协会党组织", None]
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


@pytest.mark.parametrize("cell", ["3（其中预备5）", "3（其中周洁1）", "12人（李3人）", "3（预备）", "3（1）", "（其中预备1）"])
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


# ------------------------------------------------------------------ typed files


def typed(tmp_path, name="organisations.parquet", mapping=None, **columns):
    path = tmp_path / name
    duckdb.from_df(pd.DataFrame({"社会组织名称" if name[0] == "o" else "党支部名称": ["甲", "乙"], **columns})).write_parquet(str(path))
    return check(path, mapping=mapping)


def lazily(ledger, column, table="organisations"):
    assert ledger.register is not None, "\n".join(map(str, ledger.faults))
    return [None if pd.isna(cell) else cell for cell in getattr(ledger.register, table).df()[column]]


def test_a_typed_file_is_read_in_the_unit_of_its_heading(tmp_path):
    ledger = typed(tmp_path, **{"党建经费（万元）": [0.3, None], "会员总数（万人）": [2.1984, 1]})
    assert (lazily(ledger, "budget"), lazily(ledger, "association_members")) == ([3000.0, None], [21984, 10000])
    assert kinds(ledger) == ["typed_unit", "typed_unit"]


def test_a_typed_file_takes_the_words_of_a_mapping(tmp_path):
    mapping = tmp_path / "m.csv"
    mapping.write_text(
        "file,sheet,rows,column,heading,reads,word,means\n,,,,组建形式,organisations/coverage,网格建,joint\n"
        ",,,,书面制度,organisations/activity_room,,\n,,,,书面制度,organisations/activity_room,齐备,yes\n",
        "utf-8",
    )
    ledger = typed(tmp_path, mapping=mapping, 组建形式=["网格建", "单建"], 书面制度=["齐备", None])
    assert (lazily(ledger, "coverage"), lazily(ledger, "activity_room")) == (["joint", "own"], [True, None])


def test_a_heading_of_a_typed_file_that_only_resembles_another_is_asked_about(tmp_path):
    assert kinds(typed(tmp_path, **{"从业人员数量（估计）": [3, 4]})) == ["doubtful_heading"]


def test_persons_in_a_typed_file_are_read_as_there_being_one_or_not_at_all(tmp_path):
    mapping = tmp_path / "m.csv"
    mapping.write_text("file,sheet,rows,column,heading,reads\n,,,,党建指导员姓名,organisations/supervisor\n", "utf-8")
    ledger = typed(tmp_path, 党建指导员姓名=["周洁", "无"], 联系电话=["13800000000", None])
    assert lazily(ledger, "instructor") == [True, False]
    assert set(ledger.persons["heading"]) == {"党建指导员姓名", "联系电话"}
    refused = typed(tmp_path, mapping=mapping, 党建指导员姓名=["周洁", "无"])
    assert kinds(refused) == ["mapping_personal"]
    shown = "\n".join(map(str, [*ledger.faults, *refused.faults, ledger.persons.to_csv(), ledger.trail.to_csv()]))
    assert "周洁" not in shown


def test_rates_of_a_typed_file_are_read_as_those_of_a_sheet(tmp_path):
    ledger = typed(tmp_path, "branches.parquet", 满意率=[0.93, 1.0])
    assert (lazily(ledger, "satisfaction", "branches"), kinds(ledger)) == ([93.0, 100.0], ["fractions"])
    assert kinds(typed(tmp_path, "branches.parquet", 满意率=[1.0, 1.0])) == ["share_or_percent"]


def test_the_setting_of_an_age_band_holds_for_a_typed_file(tmp_path):
    path = tmp_path / "organisations.parquet"
    duckdb.sql("select '甲' as 社会组织名称, 3 as 35岁以下党员数".replace("35岁", '"35岁') + '"').write_parquet(str(path))
    ledger = check(path, settings=Settings(age_35=AgeBand.excluded))
    assert mapped(ledger) == {"A": "organisations/name"}


# ------------------------------------------------------------------ headings, groups, the command


@pytest.mark.parametrize(
    ("path", "table", "reads"),
    [
        ("从业人员情况/总数", "organisations", "organisations/staff"),
        ("从业人员情况/其中：党员", "organisations", "organisations/members_staff"),
        ("党员/按类别/正式", "organisations", "organisations/members_full"),
        ("党员/正式", "organisations", "organisations/members_full"),
        ("党员/正式", "branches", "branches/members_full"),
        ("党员/预备", "organisations", "check/members_probationary"),
        ("建立党组织情况", "organisations", "organisations/party_organisation"),
        ("有无支部", "organisations", "organisations/party_organisation"),
        ("镇", "organisations", "organisations/township"),
        ("镇（街道）", "organisations", "organisations/township"),
        ("党支部书记是否进入管理层", "organisations", "branches/in_leadership"),
    ],
)
def test_headings_that_offices_use(path, table, reads):
    assert meaning(path.split("/"), table).reads == reads


@pytest.mark.parametrize("path", ["从业人员/党员/正式", "支部/党员/正式", "上年党员/正式", "正式"])
def test_full_members_of_others_are_not_those_of_the_body(path):
    told = meaning(path.split("/"), "organisations")
    assert told is None or not told.reads


def test_groups_that_are_sectors_become_the_sector(tmp_path):
    ledger = sheet(tmp_path, form("社会组织名称", "从业人员数").then(["一、教育类"], ["甲协会", 3], ["二、农业类"], ["乙学会", 4]))
    assert cells(ledger, "organisations")["sector"] == ["教育类", "农业类"]


def test_what_export_does_not_write_is_said(tmp_path, capsys):
    made = write(
        tmp_path / "a.xlsx", 台账=form("社会组织名称", "从业人员数").then(["一、行业类"], ["甲协会", 3], ["二、学术类"], ["乙学会", 4])
    )
    assert main(["export", str(made), str(tmp_path / "b.xlsx")]) == 0
    assert "group：模板没有这一列，没有写出" in capsys.readouterr().out


def test_a_branch_that_is_not_listed_is_named_with_the_nearest_one(tmp_path):
    bodies = [["社会组织名称", "党组织名称"], ["甲协会", "甲茶叶协会支部"], ["乙学会", "乙学会党支部"]]
    branches = [["党支部名称", "支部党员数"], ["甲茶业协会党支部", 3], ["乙学会党支部", 5]]
    ledger = check(write(tmp_path / "a.xlsx", 社会组织=bodies, 党组织=branches))
    assert found(ledger) == [("nowhere_near", "社会组织", "B2")]
    assert "甲茶业协会党支部" in str(ledger.faults[0])


def lines(tmp_path, *rows):
    path = tmp_path / "m.csv"
    path.write_text("file,sheet,rows,column,heading,reads,word,means\n" + "".join(f",,,{row}\n" for row in rows), "utf-8")
    return path


def test_a_word_without_its_column_is_a_fault(tmp_path):
    with pytest.raises(MappingError, match="has a word, but not the column"):
        load_mapping(lines(tmp_path, ",组建形式,,网格建,joint"))


def test_lines_of_a_mapping_that_fit_no_letter_are_a_fault(tmp_path):
    made = write(tmp_path / "a.xlsx", 台账=form("社会组织名称", "人数").then(["甲协会", 3]))
    ledger = check(made, mapping=lines(tmp_path, "E,人数,organisations/staff,,", "F,人数,organisations/members,,"))
    assert ("mapping_letters", "台账", "B1") in found(ledger)
    ledger = check(made, mapping=lines(tmp_path, "E,人数,organisations/staff,,", "F,人数,organisations/staff,,"))
    assert mapped(ledger)["B"] == "organisations/staff"


def test_a_column_of_names_cannot_be_mapped_to_text(tmp_path):
    made = write(tmp_path / "a.xlsx", 台账=form("社会组织名称", "党建指导员姓名").then(["甲协会", "周洁"]))
    ledger = check(made, mapping=lines(tmp_path, "B,党建指导员姓名,organisations/supervisor,,"))
    assert kinds(ledger) == ["mapping_personal"]
    assert "周洁" not in said(ledger)


def shown(ledger):
    return "\n".join(told(ledger, "en"))


@pytest.mark.parametrize(("text", "why"), [("", "it is empty"), ("关于开展党建工作的通知\n各单位：\n请于月底前报送。\n", "as prose has")])
def test_a_file_without_a_table_is_said_to_have_none(tmp_path, text, why):
    path = tmp_path / "a.txt"
    path.write_text(text, "utf-8")
    line = shown(check(path))
    assert f"no table found: {'' if not text else 'no row has more than one cell, '}{why}" in line
    assert "unreadable" not in line


def test_the_setting_is_named_only_where_it_helps(tmp_path):
    rows = [["社会组织名称", "从业人员数"], ["甲协会", "很多"], ["乙学会", 3]]
    assert "unreadable" in shown(check(write(tmp_path / "a.xlsx", 台账=rows)))
    assert "unreadable" not in shown(check(write(tmp_path / "b.xlsx", 台账=[*rows, [None, 3]])))


def test_columns_headed_as_in_the_template_are_counted(tmp_path):
    ledger = sheet(tmp_path, form("组织名称", "从业人员数", "备注").then(["甲协会", 3, "x"]))
    assert "2 more columns are headed as in the template" in shown(ledger)


def test_files_that_are_left_out_of_a_folder_are_named(tmp_path):
    (tmp_path / "organisations.csv").write_text("name,staff\n甲,很多\n", "utf-8")
    (tmp_path / "乙.csv").write_text("name,staff\n乙,3\n", "utf-8")
    (tmp_path / "说明.docx").write_bytes(b"PK")
    ledger = check(tmp_path)
    assert [(made.kind, made.file.rpartition("/")[2]) for made in ledger.faults] == [
        ("file_unread", "乙.csv"),
        ("file_of_no_kind", "说明.docx"),
        ("not_count", "organisations.csv"),
    ]
    assert "乙.csv" in shown(ledger)
    assert "organisations.csv B2" in shown(ledger)


def test_a_reader_that_closes_the_output_is_no_fault(tmp_path):
    rows = [["社会组织名称", "从业人员数"], *([f"甲{at}协会", "很多"] for at in range(300))]
    path = write(tmp_path / "a.xlsx", 台账=rows)
    command = [sys.executable, "-m", "analysis", "check", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        run.stdout.readline()
        run.stdout.close()
        assert run.stderr.read() == b""


# ------------------------------------------------------------------ across the tables


def both(tmp_path, coverages, form):
    bodies = [["社会组织名称", "组建形式", "党组织名称"], *([f"{at}协会", each, "甲党支部"] for at, each in enumerate(coverages))]
    return check(write(tmp_path / "a.xlsx", 社会组织=bodies, 党组织=[["党支部名称", "组建形式"], ["甲党支部", form]]))


@pytest.mark.parametrize(
    ("coverages", "form", "expected"),
    [
        (["单独组建"], "单独", []),
        (["联合组建", "联合组建"], "联合", []),
        (["单独组建", "单独组建"], "单独", [("own_shared", "社会组织", "B3")]),
        (["单独组建"], "功能型", [("coverage_form", "社会组织", "B2")]),
        (["联合组建"], "单独", [("coverage_form", "社会组织", "B2")]),
        (["挂靠", None], "单独", []),
    ],
)
def test_a_form_of_coverage_is_held_against_the_branch(tmp_path, coverages, form, expected):
    ledger = both(tmp_path, coverages, form)
    assert found(ledger) == expected
    assert ledger.register is not None
