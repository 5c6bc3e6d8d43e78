"""Whole workbooks as counties keep them: a replica of each real form's header, then each kind of mess alone, in both directions."""

import datetime as dt
import json
import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from workbooks import DAY, Form, cells, check, credit_code, dropped, form, found, kinds, mapped, resident, said, write

import analysis.ledger
import analysis.sheets
from analysis.grids import Grid
from analysis.ledger import Ledger, LedgerError, check_ledger, read_ledger
from analysis.mapping import save_mapping
from analysis.model import Severity, Term
from analysis.register import Register
from analysis.settings import AgeBand, Settings, Unreadable

FORM_DAY = dt.date(2012, 12, 31)
IDENTITY = resident("610723", "19700203", "123")


def replica(columns, *, title=(), between=(), after=()):
    """A sheet with the header that a form's headings imply, and its rows from lines of heading, meaning and cells."""
    made = form(*(path for path, *_ in columns), title=title)
    rows = [list(row) for row in zip(*(given for _, _, *given in columns), strict=True)]
    return made.then(*between, *rows, *after)


def meanings(columns):
    """What each line of a replica is to be read as, by letter; a column of persons is written P, one that is not read -."""
    letters = [f"{'' if at < 26 else chr(64 + at // 26)}{chr(65 + at % 26)}" for at in range(len(columns))]
    reads = dict(zip(letters, (reads for _, reads, *_ in columns), strict=True))
    persons = {letter for letter, each in reads.items() if each in ("P", "organisations/instructor P")}
    return {letter: each.removesuffix(" P") for letter, each in reads.items() if each not in ("P", "-")}, persons


def is_as_told(ledger, columns):
    expected, persons = meanings(columns)
    assert mapped(ledger) == expected
    assert set(dropped(ledger)) == persons


# ------------------------------------------------------------------ replicas of real forms

ORG, B, C, P, NO = "organisations/", "branches/", "check/", "P", "-"
BUILT, HEAD, UNBUILT = "党组织建立情况/已建党组织情况/", "党组织建立情况/已建党组织情况/党组织负责人/", "党组织建立情况/未建党组织情况/"
L1 = [
    ("基本情况/序\n\n号", "serial", "1", 2.0, 3.0),
    ("基本情况/社会组织\n名称", ORG + "name", "甲茶叶协会", "乙幼儿园", "丙基金会"),
    ("基本情况/组织类别", ORG + "kind", "社会团体", "民办非企业单位", "基金会"),
    ("基本情况/登记证号", ORG + "org_id", "甲社证字第001号", "甲民证字第002号", "甲基证字第003号"),
    ("基本情况/法定代表人/姓名", P, "张三", "李四", "王五"),
    ("基本情况/法定代表人/政治面貌", P, "群众", "中共党员", "中共党员"),
    ("党组织建立情况/党组织设置", ORG + "party_organisation", "已建", "未建", "√"),
    (BUILT + "建立党组织时间", B + "founded_on", "2011.6", None, "2010年3月"),
    (BUILT + "党组织名称", B + "name", "甲茶叶协会党支部", None, "甲行业联合党支部"),
    (BUILT + "审批\n单位", NO, "甲县工委", None, "甲县工委"),
    (BUILT + "审批文号", NO, "甲发〔2011〕5号", None, "甲发〔2010〕2号"),
    (BUILT + "组织建制", B + "level", "党支部", None, "联合支部"),
    (BUILT + "党组织类型", NO, "专职党员组建", None, "专兼职党员组建"),
    (BUILT + "党组织隶属关系", NO, "属地管理", None, "业务主管部门"),
    (BUILT + "是否兼合式党组织", NO, "否", None, "是"),
    (HEAD + "姓名", P, "赵六", None, "孙七"),
    (HEAD + "身份证号", P, IDENTITY, None, None),
    (HEAD + "民族", P, "汉", None, "汉"),
    (HEAD + "学历", B + "secretary_education", "本科", None, "大专"),
    (HEAD + "联系\n电话", P, "13800000000", None, 13900000000),
    (HEAD + "社会组织职务", B + "in_leadership", "会长", None, "无"),
    (HEAD + "原工作单位", P, "甲县某局", None, None),
    (HEAD + "职务", P, "科长", None, "股长"),
    (UNBUILT + "未建立党组织原因", NO, None, "不足三名党员", None),
    (UNBUILT + "拟建党组织日期", NO, None, "2013年", None),
    (UNBUILT + "党建指导员/姓名", ORG + "instructor P", None, "周八", None),
    (UNBUILT + "党建指导员/电话", P, None, "0916-2212345", None),
    (UNBUILT + "党建指导员/工作单位", P, None, "甲镇政府", None),
    ("党员情况/从业人员党员数", ORG + "members_staff", "5人", "３", 2),
    ("党员情况/专职党员数量", C + "members_full_time", 3, 2, 1),
    ("党员情况/兼职党员数量", C + "members_part_time", 2, 1, 1),
    ("党员情况/发展党员/预备党员人数", C + "members_probationary", 1, 0, None),
    ("党员情况/发展党员/发展对象人数", C + "candidates", 0, 0, None),
    ("党员情况/发展党员/入党积极分子人数", C + "activists", 1, 0, None),
    ("党员情况/发展党员/申请入党人数", C + "applicants", 2, "无", None),
    ("群团组织组建情况/已建群团组织", NO, "工会", None, "工会、妇联"),
    ("群团组织组建情况/已建群团组织说明", NO, None, None, None),
]
L1_CODES = [
    "", *["A", "B", "C", "D1", "D2", "E", "G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G91", "G92", "G93", "G94", "G95", "G96", "G97", "G98", "H1", "H2", "H31", "H32", "H33", "I", "J", "K", "L1", "L2", "L3", "L4", "M", "N"],
]  # fmt: skip
L1_LISTS = [
    ["组织类别", "是否", "组织建制", "党组织隶属关系", "未建立党组织原因", "党组织类型", "群团"],
    ["社会团体", "是", "党委", "业务主管部门", "应建未建", "专职党员组建", "工会"],
    ["民办非企业单位", "否", "党总支", "挂靠单位", "不足三名党员", "兼职党员组建", "共青团"],
    ["基金会", None, "党支部", "属地管理", "无党员", "专兼职党员组建", "妇联"],
    ["中介组织", None, "党小组", "其他", "派驻党建指导员", None, "其他"],
    [None, None, "临时党支部"],
    [None, None, "联合支部"],
]


def l1(columns=L1):
    numbered = [[float(serial)] for serial in range(4, 57)]
    total = [None, "合　计", *[None] * 26, 10, 6, 4]
    footer = [None, "填表人：张三", None, None, "制表时间：2012年12月31日"]
    return replica(columns, between=([], L1_CODES), after=(*numbered, total, footer))


def test_l1_has_the_shape_of_the_real_file():
    made = l1()
    assert (len(made.rows[3]), [cell for cell in made.rows[5] if cell][:3], made.rows[6][0], made.rows[7][0]) == (
        37,
        ["A", "B", "C"],
        "1",
        2.0,
    )
    assert len(made.merges) == 36  # what the groups imply; the file itself has 54
    assert [row[0] for row in made.rows[:4]] == ["基本情况", "序\n\n号", None, None]


def test_l1_the_import_file_of_a_yearly_report(tmp_path):
    lines = []
    ledger = check(write(tmp_path / "partyCheck.xlsx", Sheet1=l1(), Sheet2=L1_LISTS), as_of=FORM_DAY, progress=lines.append)
    assert cells(ledger, "organisations") == {
        "org_id": ["甲社证字第001号", "甲民证字第002号", "甲基证字第003号"],
        "name": ["甲茶叶协会", "乙幼儿园", "丙基金会"],
        "kind": ["association", "private_nonprofit", "foundation"],
        "members_staff": [5, 3, 2],
        "instructor": [None, True, None],
        "party_organisation": [True, False, True],
        "branch_id": ["甲茶叶协会党支部", None, "甲行业联合党支部"],
    }
    assert cells(ledger, "branches") == {
        "branch_id": ["甲茶叶协会党支部", "甲行业联合党支部"],
        "name": ["甲茶叶协会党支部", "甲行业联合党支部"],
        "level": ["branch", "branch"],
        "form": [None, "joint"],
        "founded_on": ["2011-06-01", "2010-03-01"],
        "founded_on_until": ["2011-06-30", "2010-03-31"],
        "in_leadership": [True, False],
        "secretary_education": ["university", "college"],
    }
    is_as_told(ledger, L1)
    assert dropped(ledger) == {"E": 3, "F": 3, "P": 2, "Q": 1, "R": 2, "T": 2, "V": 1, "W": 2, "Z": 1, "AA": 1, "AB": 1}
    assert kinds(ledger) == []
    assert any("Sheet2" in line for line in lines)
    for column in ("审批 单位", "审批文号", "党组织类型", "未建立党组织原因", "已建群团组织说明"):
        assert any(column in line for line in lines)


def test_l1_a_kind_that_the_form_has_and_the_schema_has_not_is_asked_about_and_can_be_told(tmp_path):
    columns = [(path, reads, "中介组织", *rest[1:]) if path == "基本情况/组织类别" else (path, reads, *rest) for path, reads, *rest in L1]
    made = write(tmp_path / "a.xlsx", Sheet1=l1(columns))
    ledger = check(made, as_of=FORM_DAY)
    assert found(ledger) == [("code", "Sheet1", "C7")]
    (tmp_path / "m.csv").write_text(
        "file,sheet,rows,column,heading,reads,word,means\n,,,,,organisations/kind,中介组织,?\n", encoding="utf-8"
    )
    told = check(made, as_of=FORM_DAY, mapping=tmp_path / "m.csv")
    assert cells(told, "organisations")["kind"] == [None, "private_nonprofit", "foundation"]


LEADERS, WORKERS, RELATION = "党员情况/领导成员党员数/", "党员情况/工作人员党员数/", "党员情况/组织关系（人数）/"
L2A = [
    ("基本情况/单位名称", ORG + "name", "甲协会", "乙学校"),
    ("基本情况/单位地址", NO, "甲镇一路1号", "乙镇二路2号"),
    ("基本情况/业务主管单位", ORG + "supervisor", "甲县农业局", "甲县教育局"),
    ("基本情况/登记证号", ORG + "org_id", "0001", "0002"),
    ("基本情况/组织类别", ORG + "kind", "社团", "民非"),
    ("基本情况/法定代表人/姓名", P, "张三", "李四"),
    ("基本情况/法定代表人/政治面貌", P, "群众", "群众"),
    ("基本情况/从业人员数/从业人员数", ORG + "staff", 15, "20"),
    ("基本情况/从业人员数/领导成员数/专职", C + "leaders_full_time", 2, 3),
    ("基本情况/从业人员数/领导成员数/兼职", C + "leaders_part_time", 1, 0),
    ("基本情况/从业人员数/工作人员数/专职", C + "workers_full_time", 8, 15),
    ("基本情况/从业人员数/工作人员数/兼职", C + "workers_part_time", 4, 2),
    ("党组织建立情况/已建/组织建制", B + "level", "党支部", None),
    ("党组织建立情况/已建/成立时间", B + "founded_on", dt.date(2011, 6, 1), None),
    ("党组织建立情况/已建/审批单位", NO, "甲县工委", None),
    ("党组织建立情况/已建/隶属关系", NO, "属地", None),
    ("党组织建立情况/已建/党组织负责人/姓名", P, "赵六", None),
    ("党组织建立情况/已建/党组织负责人/电话", P, "13800000000", None),
    ("党组织建立情况/已建/党组织负责人/社会组织职务", B + "in_leadership", "副会长", None),
    ("党组织建立情况/已建/党组织负责人/原工作单位及职务", P, "某局科长", None),
    ("党组织建立情况/未建/未建原因", NO, None, "无党员"),
    ("党组织建立情况/未建/党建指导员/姓名", ORG + "instructor P", None, "无"),
    ("党组织建立情况/未建/党建指导员/工作单位", P, None, None),
    ("党组织建立情况/未建/党建指导员/电话", P, None, None),
    ("党员情况/党员人数", ORG + "members", 8, 0),
    (LEADERS + "专职/已转关系", C + "leaders_members_moved", 1, 0),
    (LEADERS + "专职/未转关系", C + "leaders_members_unmoved", 1, 0),
    (LEADERS + "兼职", C + "leaders_members_part_time", 1, 0),
    (WORKERS + "专职/已转关系", C + "workers_members_moved", 2, 0),
    (WORKERS + "专职/未转关系", C + "workers_members_unmoved", 2, 0),
    (WORKERS + "兼职", C + "workers_members_part_time", 1, 0),
    (RELATION + "社会组织", ORG + "members_held", 3, 0),
    (RELATION + "业务主管单位", C + "relation_supervisor", 2, 0),
    (RELATION + "挂靠单位", C + "relation_attached", 0, 0),
    (RELATION + "属地", C + "relation_local", 1, 0),
    (RELATION + "原工作单位", C + "relation_former", 2, 0),
    (RELATION + "其他", C + "relation_other", 0, 0),
    ("党员情况/发展党员（人数）/申请入党", C + "applicants", 1, 0),
    ("党员情况/发展党员（人数）/入党积极分子", C + "activists", 1, 0),
    ("党员情况/发展党员（人数）/发展对象人数", C + "candidates", 0, 0),
    ("群团组织/工会", NO, "√", None),
    ("群团组织/共青团", NO, None, None),
    ("群团组织/妇联", NO, None, "√"),
    ("群团组织/其他", NO, None, None),
]
L2A_AFTER = (
    ["合计", None, None, None, None, None, None, 35, 5, 1, 23, 6, *[None] * 12, 8],
    ["填表人：张三", None, None, "联系电话：13800000000", None, None, "制表时间：2012年12月31日"],
)


def l2a(columns=L2A):
    return replica(columns, title=(["社会组织党建情况年报表（截至2012年12月31日）"], ["单位：人"]), after=L2A_AFTER)


def test_l2a_the_yearly_form_of_a_province(tmp_path):
    ledger = check_ledger(write(tmp_path / "a.xlsx", 年报=l2a()))
    assert cells(ledger, "organisations") == {
        "org_id": ["0001", "0002"],
        "name": ["甲协会", "乙学校"],
        "kind": ["association", "private_nonprofit"],
        "supervisor": ["甲县农业局", "甲县教育局"],
        "staff": [15, 20],
        "members_held": [3, 0],
        "members": [8, 0],
        "instructor": [None, False],
        "party_organisation": [True, None],
        "branch_id": ["甲协会党组织", None],
    }
    assert cells(ledger, "branches") == {
        "branch_id": ["甲协会党组织"],
        "name": ["甲协会党组织"],
        "level": ["branch"],
        "founded_on": ["2011-06-01"],
        "in_leadership": [True],
    }
    assert ledger.register.as_of == dt.date(2012, 12, 31)
    is_as_told(ledger, L2A)
    assert dropped(ledger) == {"F": 2, "G": 2, "Q": 1, "R": 1, "T": 1, "V": 1, "W": 0, "X": 0}
    assert found(ledger) == [("day_in_title", "年报", "A1"), ("members_basis", "年报", "Y7")]


L2B = [
    ("单位名称", ORG + "name", "甲协会", "乙学校"),
    ("党建情况/是否建立党组织", ORG + "party_organisation", "是", "否"),
    ("党建情况/未建立党组织原因", NO, None, "3"),
    ("党建情况/应建未建党组织原因具体说明", NO, None, None),
    ("党建情况/从业人员中党员总数", ORG + "members_staff", 4, 1),
    ("党建情况/本年度发展新党员", NO, 0, 0),
    ("党建情况/专职人员中党员数", C + "members_full_time", 3, 1),
    ("党建情况/离退休党员", NO, 1, 0),
    ("党建情况/35岁及以下", ORG + "members_to_35", 1, 1),
    ("党建情况/36—50岁", NO, 2, 0),
    ("党建情况/51—60岁", NO, 1, 0),
    ("党建情况/60岁以上", NO, 0, 0),
    ("党建情况/高中及以下", NO, 0, 0),
    ("党建情况/本科及专科", NO, 4, 1),
    ("党建情况/硕士及以上", NO, 0, 0),
    ("党建情况/留学半年以上归国人员", NO, 0, 0),
    ("党员组织关系隶属/社会组织党组织", ORG + "members_held", 3, 0),
    ("党员组织关系隶属/业务主管单位党组织", C + "relation_supervisor", 1, 1),
    ("党员组织关系隶属/挂靠单位党组织", C + "relation_attached", 0, 0),
    ("党员组织关系隶属/属地党组织", C + "relation_local", 0, 0),
    ("党员组织关系隶属/原工作单位党组织", C + "relation_former", 0, 0),
    ("党员组织关系隶属/其他", C + "relation_other", 0, 0),
    ("已建立党组织情况/党组织形式", B + "level", "党支部", None),
    ("已建立党组织情况/党组织隶属关系", NO, "1", None),
    ("已建立党组织情况/党组织活动场所", ORG + "activity_room", "办公场所合用", "无"),
    ("已建立党组织情况/本年度党组织活动经费", ORG + "budget", "0.3万", None),
    ("已建立党组织情况/党组织负责人在社会组织中担任职务", B + "in_leadership", "秘书长", None),
    ("已建立党组织情况/党员总数", ORG + "members", 4, 1),
    ("已建立党组织情况/领导班子中党员", NO, 2, 0),
    ("已建立党组织情况/本年度共开展党员活动", NO, 6, 0),
]


def test_l2b_the_yearly_inspection_book(tmp_path):
    ledger = check(write(tmp_path / "a.xlsx", 年检=replica(L2B, title=(["五、党建情况"],), after=(["合计", *[None] * 3, 5],))))
    assert cells(ledger, "organisations") == {
        "org_id": ["甲协会", "乙学校"],
        "name": ["甲协会", "乙学校"],
        "members_staff": [4, 1],
        "members_held": [3, 0],
        "members": [4, 1],
        "members_to_35": [1, 1],
        "activity_room": [True, False],
        "budget": [3000.0, None],
        "party_organisation": [True, False],
        "branch_id": ["甲协会党组织", None],
    }
    assert cells(ledger, "branches") == {
        "branch_id": ["甲协会党组织"],
        "name": ["甲协会党组织"],
        "level": ["branch"],
        "in_leadership": [True],
    }
    is_as_told(ledger, L2B)
    # '60岁以上' is not '60岁及以上': the limits of the two differ
    assert found(ledger) == [("doubtful_heading", "年检", "L3"), ("members_basis", "年检", "AB4")]


def test_l2b_has_one_count_twice_which_is_asked_about_and_settled_by_the_mapping(tmp_path):
    columns = [*L2B[:-1], ("已建立党组织情况/从业人员中党员", ORG + "members_staff", None, None), L2B[-1]]
    made = write(tmp_path / "a.xlsx", 年检=replica(columns))
    ledger = check(made)
    assert ("heading_twice", "年检", "AD2") in found(ledger)
    kept = [line._replace(reads="-") if line.column == "AD" else line for line in ledger.mapping]
    save_mapping(kept, tmp_path / "m.csv")
    assert cells(check(made, mapping=tmp_path / "m.csv"), "organisations")["members_staff"] == [4, 1]


L3_UNITS, L3_STAFF = "会员和机构设置情况/", "人员情况/"
L3 = [
    ("序号", "serial", 1, 2),
    ("社会团体名称", ORG + "name", "甲协会", "乙商会"),
    (L3_UNITS + "单位会员数", C + "unit_members", 12, 30),
    (L3_UNITS + "个人会员数", C + "individual_members", 21984, 0),
    (L3_UNITS + "理事人数", NO, 9, 7),
    (L3_UNITS + "常务理事人数", NO, 3, 3),
    (L3_UNITS + "秘书处工作人员人数", NO, 2, 1),
    (L3_UNITS + "日常办事机构个数", NO, 1, 1),
    (L3_UNITS + "分支（代表）机构个数", NO, 0, 0),
    (L3_UNITS + "专项基金机构个数", NO, 0, 0),
    (L3_UNITS + "实体机构个数", NO, 0, 0),
    (L3_STAFF + "从业人员总数", ORG + "staff", 8, 5),
    (L3_STAFF + "从业人员总数中女性人数", NO, 4, 2),
    (L3_STAFF + "专职人员总数", ORG + "staff_full_time", 5, 2),
    (L3_STAFF + "专职人员中签订劳动合同人数", NO, 5, 2),
    (L3_STAFF + "专职人员中离退休返聘人数", NO, 0, 0),
    (L3_STAFF + "兼职人员中在国家机关任职人数", NO, 0, 0),
    (L3_STAFF + "兼职人员中在企事业单位任职人数", NO, 3, 2),
    (L3_STAFF + "兼职人员中其他人数", NO, 0, 1),
]


def test_l3_members_of_the_association_are_not_its_staff(tmp_path):
    total = [None, "合计", 42, 21984, 16, 6, 3, 2, 0, 0, 0, 13]
    ledger = check(
        write(tmp_path / "a.xlsx", 汇总=replica(L3, title=(["社会团体年度检查汇总表"],), after=(total, ["注：本表由登记机关填写"])))
    )
    assert cells(ledger, "organisations") == {
        "org_id": ["甲协会", "乙商会"],
        "name": ["甲协会", "乙商会"],
        "staff": [8, 5],
        "staff_full_time": [5, 2],
    }
    is_as_told(ledger, L3)
    assert kinds(ledger) == []


L4 = [
    ("基本/社会组织名称", ORG + "name", "甲茶叶协会", "乙幼儿园", "丙商会"),
    ("基本/社会组织性质", NO, "行业性", "公益性", "行业性"),
    ("基本/社会组织类别", ORG + "kind", "社会团体", "社会服务机构", "社会团体"),
    ("基本/登记机构", NO, "甲县民政局", "甲县民政局", "甲县民政局"),
    ("基本/业务主管单位", ORG + "supervisor", "甲县农业局", "甲县教育局", "甲县工商联"),
    ("基本/住地", NO, "甲镇", "乙镇", "丙镇"),
    ("年检结果/合格", ORG + "inspection", "√", None, None),
    ("年检结果/基本合格", ORG + "inspection", None, None, "√"),
    ("年检结果/不合格", ORG + "inspection", None, None, None),
    ("年检结果/未参检", ORG + "inspection", None, "√", "×"),
    ("基本/从业人员总数", ORG + "staff", "12人", 9, 30),
    ("基本/专职人数", ORG + "staff_full_time", 8, 9, 10),
    ("基本/兼职人数", C + "staff_part_time", 4, 0, 20),
    ("基本/从业中共党员数", ORG + "members_staff", 5, 1, 6),
    ("基本/负责人是否党员", NO, "√", "×", "√"),
    ("基本/负责人是否兼任党组织书记", B + "in_leadership", "√", None, "×"),
    ("基本/是否成立党组织", ORG + "party_organisation", "√", "×", "√"),
    ("未建立原因/没有党员", NO, None, None, None),
    ("未建立原因/企业出资人不支持", NO, None, None, None),
    ("未建立原因/上级党组织未及时指导", NO, None, "√", None),
    ("未建立原因/其他原因", NO, None, None, None),
    ("党组织/党组织成立时间", B + "founded_on", "2011/6/1", None, "2013-05"),
    ("党组织/上次换届时间", B + "last_election_on", "2017年3月8日", None, None),
    ("党组织/党组织名称", B + "name", "甲茶叶协会党支部", None, "丙商会党支部"),
    ("党组织/党组织联系电话", P, "0916-2200000", None, "13800000000"),
    ("组建形式/在会员中建", NO, None, None, "√"),
    ("组建形式/在理事会中建", NO, "√", None, None),
    ("组建形式/在业务主管部门联合建", NO, None, None, None),
    ("党组织/是否选派党建工作指导员或联络员", ORG + "instructor", "否", "是", "否"),
    ("类别/党支部", B + "level", "√", None, None),
    ("类别/党总支", B + "level", None, None, None),
    ("类别/党委", B + "level", None, None, None),
    ("类别/联合党支部", B + "level", None, None, "√"),
    ("党组织/联合党支部覆盖社会组织数量(个)", B + "organisations_covered", None, None, "3个"),
    ("党组织/上级党组织名称", NO, "甲县工委", None, "甲县工委"),
    ("党组织/书记名称", P, "张三", None, "李四"),
    ("书记来源/出资人担任", NO, None, None, None),
    ("书记来源/中层管理人员担任", NO, "√", None, "√"),
    ("书记来源/上级党组织选派", NO, None, None, None),
    ("书记来源/其他人员担任", NO, None, None, None),
    ("党员/纳入社会组织党组织管理的党员总数", ORG + "members_managed", 7, 0, 6),
    ("党员/组织关系在社会组织党组织的党员数", ORG + "members_held", 4, 0, 3),
    ("党员/35岁以下", ORG + "members_to_35", 2, 0, 1),
    ("党员/大学及以上学历", NO, 3, 0, 2),
    ("党员/高中及以下学历", NO, 1, 1, 0),
    ("党员/近三年新发展党员数", NO, 1, 0, 0),
    ("党员/近3年处置不合格党员数（人）", NO, 0, 0, 0),
    ("党员/是否每年对党员轮训一遍", NO, "是", None, "是"),
    ("活动/每季度召开党员大会（次）", NO, 1, None, 1),
    ("活动/每月召开支部委员会（次）", NO, 1, None, 1),
    ("活动/是否每月召开1—2次党小组会", NO, "否", None, "否"),
    ("活动/每年组织党员听党课（次）", B + "classes_12m", 4, None, 2),
    ("活动/每年召开组织生活会的次数", B + "organisation_life_12m", 1, None, 1),
    ("活动/每年开展民主评议党员的党支部数", NO, 1, None, 1),
    ("活动/上年度党员交纳党费总额（元）", NO, 800, None, 600),
]
L4_TITLE = (["社会组织党组织工作台账"], [], ["填报单位：甲县", None, None, "单位：人、个"], [])


def l4(columns=L4):
    return replica(columns, title=L4_TITLE, after=(["合计", *[None] * 9, 51, 27, 24, 12], ["填表人：张三", None, "审核人：李四"]))


def test_l4_the_export_of_a_working_ledger(tmp_path):
    ledger = check(write(tmp_path / "social.xlsx", 台账=l4()))
    assert l4().rows[6][0] == "甲茶叶协会"  # data from row 7, as in the real file
    assert cells(ledger, "organisations") == {
        "org_id": ["甲茶叶协会", "乙幼儿园", "丙商会"],
        "name": ["甲茶叶协会", "乙幼儿园", "丙商会"],
        "kind": ["association", "private_nonprofit", "association"],
        "supervisor": ["甲县农业局", "甲县教育局", "甲县工商联"],
        "inspection": ["passed", "missed", "basic"],
        "staff": [12, 9, 30],
        "staff_full_time": [8, 9, 10],
        "members_staff": [5, 1, 6],
        "members_held": [4, 0, 3],
        "members_managed": [7, 0, 6],
        "members_to_35": [2, 0, 1],
        "instructor": [False, True, False],
        "party_organisation": [True, False, True],
        "branch_id": ["甲茶叶协会党支部", None, "丙商会党支部"],
    }
    assert cells(ledger, "branches") == {
        "branch_id": ["甲茶叶协会党支部", "丙商会党支部"],
        "name": ["甲茶叶协会党支部", "丙商会党支部"],
        "level": ["branch", "branch"],
        "form": [None, "joint"],
        "organisations_covered": [None, 3],
        "founded_on": ["2011-06-01", "2013-05-01"],
        "founded_on_until": [None, "2013-05-31"],
        "last_election_on": ["2017-03-08", None],
        "in_leadership": [True, False],
        "classes_12m": [4, 2],
        "organisation_life_12m": [1, 1],
    }
    is_as_told(ledger, L4)
    assert dropped(ledger) == {"Y": 2, "AJ": 2}
    assert not ledger.register.frame("organisations").collect_schema().names()[-1].startswith("group")
    assert [made for made in ledger.faults if made.severity is Severity.error] == []


def test_l4_without_its_own_groups_reads_the_same(tmp_path):
    """Only the one-hot groups stand in the file itself; the others are of our list."""
    bare = [(re.sub("^(?:基本|党组织|党员|活动)/", "", path), *rest) for path, *rest in L4]
    one, other = (check(write(tmp_path / f"{name}.xlsx", 台账=l4(columns)), as_of=DAY) for name, columns in (("a", L4), ("b", bare)))
    expected = cells(one, "organisations")
    del expected["members_to_35"]  # whose 35岁以下 it is, only its group tells: it is asked about
    assert cells(other, "organisations") == expected
    assert cells(other, "branches") == cells(one, "branches")
    assert [made.kind for made in other.faults if made.column == "35岁以下"] == ["doubtful_heading"]


def test_l4_its_export_calls_branches_committees_which_is_doubted(tmp_path):
    """The export code writes 党支部 below 党委 and the other way round; only the number of members can tell."""
    turned = {"类别/党支部": (None, None, None), "类别/党委": ("√", None, None)}
    columns = [(path, reads, *turned.get(path, given)) for path, reads, *given in L4]
    at = next(at for at, (path, *_) in enumerate(columns) if path == "党组织/党组织联系电话")
    columns.insert(at, ("党组织/支部党员数", B + "members", 5, None, 6))
    ledger = check(write(tmp_path / "a.xlsx", 台账=l4(columns)))
    (doubt,) = [made for made in ledger.faults if "committee" in made.problem.en]
    assert (doubt.severity, doubt.sheet) == (Severity.warning, "台账")
    assert doubt.column.startswith("类别")


def test_l4_a_committee_is_doubted_by_the_members_that_the_form_itself_has(tmp_path):
    """The form has no count of the branch, but 纳入社会组织党组织管理的党员总数: 7 members make no committee."""
    turned = {"类别/党支部": (None, None, None), "类别/党委": ("√", None, None)}
    columns = [(path, reads, *turned.get(path, given)) for path, reads, *given in L4]
    ledger = check(write(tmp_path / "a.xlsx", 台账=l4(columns)))
    assert cells(ledger, "branches")["level"] == ["committee", "branch"]
    assert any("committee" in made.problem.en and made.severity is Severity.warning for made in ledger.faults)


L5 = [
    ("组织/党组织名称", B + "name", "中共甲协会支部委员会", "乙学校党支部"),
    ("组织/党组织书记", P, "张三", "李四"),
    ("组织/党组织联系人", P, "王五", "赵六"),
    ("组织/联系电话", P, "13800000000", "0916-2200000"),
    ("组织/组织类别", B + "level", "党支部", "联合党支部"),
    ("组织/党组织所在单位情况", NO, "法人单位", "联合党支部"),
    ("组织/单位名称", B + "host_org_id", "甲协会", "乙学校"),
    ("组织/单位性质类别", NO, "社会团体", "民办非企业单位"),
    ("组织/单位建立党组织情况", NO, "建立党支部", "建立联合党支部"),
    ("组织/法人单位标识", NO, "是", "是"),
    ("组织/统一社会信用代码", NO, credit_code("51610723", "MJX10001"), credit_code("52610723", "MJX10002")),
]


def test_l5_the_collection_form_of_the_national_system(tmp_path):
    ledger = check(write(tmp_path / "a.xlsx", 采集=replica(L5, title=(["附件1"],), after=(["合计", 2], ["填报人：张三"]))))
    assert cells(ledger, "branches") == {
        "branch_id": ["中共甲协会支部委员会", "乙学校党支部"],
        "name": ["中共甲协会支部委员会", "乙学校党支部"],
        "level": ["branch", "branch"],
        "form": [None, "joint"],
        "host_org_id": ["甲协会", "乙学校"],
    }
    assert cells(ledger, "organisations") == {}
    is_as_told(ledger, L5)
    assert dropped(ledger) == {"B": 2, "C": 2, "D": 2}
    assert kinds(ledger) == []


L6 = [
    ("党组织代码", B + "branch_id", "001", "002"),
    ("上级党组织编码", NO, "000", "000"),
    ("党组织名称", B + "name", "甲协会党支部", "乙学校党支部"),
    ("党组织所在单位情况", NO, "法人单位", "法人单位"),
    ("党组织联系人", P, "张三", "李四"),
    ("党组织书记", P, "王五", "赵六"),
    ("单位名称", B + "host_org_id", "甲协会", "乙学校"),
    ("单位类别", NO, "社会团体", "民办非企业单位"),
    ("单位建立组织情况", NO, "已建", "已建"),
    ("党组织所在单位代码", NO, "51610723", "52610723"),
    ("组建方式", B + "form", "单独组建", "联合组建"),
    ("批准建立日期", B + "founded_on", 40695, "2012.01.05"),
    ("示范党组织", B + "demonstration", "是", "否"),
]
L6_ELECTIONS = [
    ("党组织名称", B + "name", "乙学校党支部", "甲协会党支部"),
    ("班子届次", NO, 2, 3),
    ("上届换届时间", B + "last_election_on", "2015年5月", "2016-07-01"),
    ("该届起始时间", NO, "2015", "2016"),
    ("该届届满时间", NO, "2018", "2019"),
    ("选举方式", NO, "直接", "直接"),
    ("是否首届", NO, "否", "否"),
    ("是否完成换届", NO, "是", "是"),
    ("换届提醒", NO, None, None),
]


def test_l6_two_sheets_of_one_kind_are_joined_by_name(tmp_path):
    ledger = check(write(tmp_path / "a.xlsx", JcxfSysDept=replica(L6), JcxfBranchReelection=replica(L6_ELECTIONS)))
    assert cells(ledger, "branches") == {
        "branch_id": ["001", "002"],
        "name": ["甲协会党支部", "乙学校党支部"],
        "form": ["own", "joint"],
        "host_org_id": ["甲协会", "乙学校"],
        "founded_on": ["2011-06-01", "2012-01-05"],
        "last_election_on": ["2016-07-01", "2015-05-01"],
        "last_election_on_until": [None, "2015-05-31"],
        "demonstration": [True, False],
    }
    sheets = {sheet: [line for line in ledger.mapping if line.sheet == sheet] for sheet in ("JcxfSysDept", "JcxfBranchReelection")}
    for columns, lines in zip((L6, L6_ELECTIONS), sheets.values(), strict=True):
        assert [line.reads for line in lines] == [reads.replace("P", "-") for _, reads, *_ in columns]
    assert dropped(ledger) == {"E": 2, "F": 2}
    assert kinds(ledger) == []


def test_l6_a_table_without_names_is_left_out_and_said(tmp_path):
    lines = []
    write(tmp_path / "a.xlsx", JcxfSysDept=replica(L6), JcxfBranchReelection=replica(L6_ELECTIONS[1:]))
    ledger = check(tmp_path / "a.xlsx", progress=lines.append)
    assert cells(ledger, "branches")["branch_id"] == ["001", "002"]
    assert any("JcxfBranchReelection" in line and "left out" in line for line in lines)


L7 = [
    ("社会组织名称", ORG + "name", "甲协会", "乙学校"),
    ("地址", NO, "甲路1号", "乙路2号"),
    ("法人代表姓名", P, "张三", "李四"),
    ("政治面貌", P, "党员", "群众"),
    ("党组织书记姓名", P, "王五", None),
    ("职工人数(名)", ORG + "staff", "12名", 40),
    ("党组织成立时间", B + "founded_on", "二〇一一年六月", None),
    ("所属党组织", NO, "甲县工委", None),
    ("党员数(名)", ORG + "members", 5, 2),
    ("党组织设置", ORG + "party_organisation", "是", "否"),
    ("是否建立工会", NO, "是", "否"),
    ("是否建立团组织", NO, "否", "否"),
    ("党组织活动场所面积(平米)", ORG + "activity_room", "30平米", 0),
]


def test_l7_the_application_of_a_demonstration_site(tmp_path):
    ledger = check(
        write(tmp_path / "a.xlsx", Sheet1=replica(L7, title=(["社会组织党建工作示范点申请表"],), after=(["填表时间：2018年1月"],)))
    )
    assert cells(ledger, "organisations") == {
        "org_id": ["甲协会", "乙学校"],
        "name": ["甲协会", "乙学校"],
        "staff": [12, 40],
        "members": [5, 2],
        "activity_room": [True, False],
        "party_organisation": [True, False],
        "branch_id": ["甲协会党组织", None],
    }
    assert cells(ledger, "branches") == {
        "branch_id": ["甲协会党组织"],
        "name": ["甲协会党组织"],
        "founded_on": ["2011-06-01"],
        "founded_on_until": ["2011-06-30"],
    }
    is_as_told(ledger, L7)
    assert dropped(ledger) == {"C": 2, "D": 2, "E": 1}
    # 所属党组织 may be the branch or what stands above it
    assert found(ledger) == [("doubtful_heading", "Sheet1", "H2"), ("members_basis", "Sheet1", "I3")]


L8 = [
    ("社会团体名称", ORG + "name", "甲协会", "乙商会"),
    ("年度工作报告/工作人员总数", ORG + "staff", 8, 5),
    ("年度工作报告/专职工作人员数", ORG + "staff_full_time", 5, 5),
    ("年度工作报告/兼职人员数", C + "staff_part_time", 3, 0),
    ("年度工作报告/离退休返聘人员数", NO, 1, 0),
    ("年度工作报告/志愿者人数", NO, 100, 0),
    ("年度工作报告/志愿劳动时间", NO, "300小时", None),
    ("年度工作报告/专职工作人员中党员人数", C + "members_full_time", 2, 1),
    ("年度工作报告/社团会员(单位)数量", C + "unit_members", 10, 0),
    ("年度工作报告/社团会员(个人会员)数量", C + "individual_members", 300, 80),
]


@pytest.mark.parametrize("suffix", ["", "量"])
def test_l8_the_yearly_report_of_an_association_in_both_wordings(tmp_path, suffix):
    other = {"年度工作报告/专职工作人员数": "年度工作报告/专职工作人员数量", "年度工作报告/兼职人员数": "年度工作报告/兼职工作人员数量"}
    columns = [(other.get(path, path) if suffix else path, *rest) for path, *rest in L8]
    ledger = check(write(tmp_path / "a.xlsx", 年报=replica(columns, after=(["合计", 13, 10, 3],))))
    assert cells(ledger, "organisations") == {
        "org_id": ["甲协会", "乙商会"],
        "name": ["甲协会", "乙商会"],
        "staff": [8, 5],
        "staff_full_time": [5, 5],
    }
    is_as_told(ledger, columns)
    assert kinds(ledger) == []


L9 = {
    "两年比较": [
        ["社会组织两年党员数综合比较表"],
        ["", "上年底总数", "本年增加", "发展党员", "恢复党籍", "转入组织关系", "整建制转入", "本年减少", "出党", "停止党籍", "死亡",
         "转出组织关系", "整建制转出", "本年底应有数", "本年底实有数", "实有数与应有数之差"],
        ["总计", 100, 9, 5, 0, 4, 0, 3, 0, 0, 1, 2, 0, 106, 106, 0],
        ["社会团体", 60, 5, 3, 0, 2, 0, 1, 0, 0, 1, 0, 0, 64, 64, 0],
        ["民办非企业", 30, 4, 2, 0, 2, 0, 2, 0, 0, 0, 2, 0, 32, 32, 0],
        ["基金会", 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 10, 0],
        ["表内关系：1栏=2栏至6栏之和"],
    ],
    "党员年龄情况": [
        ["党员年龄情况"],
        ["", "总数", "35岁以下", "35岁到59岁", "60岁及以上"],
        ["总计", 106, 40, 50, 16],
        ["社会团体", 64, 20, 30, 14],
        ["民办非企业", 32, 20, 10, 2],
        ["基金会", 10, 0, 10, 0],
    ],
    "党员基本情况": [["党员基本情况"], ["", "总数", "省级", "市级", "县级"], ["总计", 106, 0, 6, 100], ["社会团体", 64, 0, 4, 60]],
}  # fmt: skip


@pytest.mark.parametrize("sheets", [L9, *({name: rows} for name, rows in L9.items())], ids=["all", *L9])
def test_l9_statistics_are_no_ledger(tmp_path, sheets):
    lines = []
    ledger = check(write(tmp_path / "a.xlsx", **sheets), progress=lines.append)
    assert ledger.register is None
    assert kinds(ledger) == ["no_sheet"]
    assert all(any(f"a.xlsx, {name}: " in line and "left out" in line for line in lines) for name in sheets)


def test_l9_statistics_beside_a_ledger_are_left_out_and_said(tmp_path):
    lines = []
    ledger = check(write(tmp_path / "a.xlsx", 名册=replica(L7), **L9), progress=lines.append)
    assert cells(ledger, "organisations")["name"] == ["甲协会", "乙学校"]
    assert all(any(f"a.xlsx, {name}: " in line and "left out" in line for line in lines) for name in L9)


# ------------------------------------------------------------------ each mess alone: what must be seen, and what must not be taken for it

HEADINGS = ["社会组织名称", "登记证号", "从业人员总数"]
ROWS = [["甲协会", "001", 3], ["乙学会", "002", 4]]


def names(tmp_path, rows, merges=(), **options):
    """The names that a sheet is read to, row by row."""
    ledger = check(write(tmp_path / "a.xlsx", 表=Form(list(rows), [*merges])), **options)
    return cells(ledger, "organisations")["name"]


def body(*rows, merges=()):
    return Form([HEADINGS, *ROWS[:1], *map(list, rows), *ROWS[1:]], [*merges])


NO_DATA = {
    "total": ["合计", None, 7],
    "total parted": ["合　计", None, 7],
    "total on two lines": ["合\n计", None, 7],
    "total of a page": ["本页小计", None, 7],
    "total of a town": ["甲镇小计", None, 7],
    "grand total": ["总计", None, 7],
    "total counted in words": ["合计（2家）", None, 7],
    "total with a colon": ["合计：", None, 7],
    "total beside a count": ["合计2家", None, 7],
    "footer": ["填表人：张三", "审核人：李四", None],
    "footer of the day": ["制表时间：2012年12月31日"],
    "footer of the unit": ["填报单位（盖章）：甲县民政局"],
    "footer that explains": ["注：从业人员不含会员"],
    "footer of remarks": ["备注：本表一式两份"],
    "headings again": HEADINGS,
    "headings again, parted": ["社会组织\n名　称", "登记证号", "从业人员总数"],
    "columns numbered": ["1", "2", "3"],
    "columns lettered": ["A", "B", "C"],
    "blanks": ["　", " ", None],
}


@pytest.mark.parametrize("row", NO_DATA.values(), ids=NO_DATA)
@pytest.mark.parametrize("where", ["first", "last"])
def test_what_is_no_data_is_skipped_wherever_it_stands(tmp_path, row, where):
    if row[0] in ("1", "A") and where == "last":
        pytest.skip("a code row stands under the header")
    rows = [HEADINGS, row, *ROWS] if where == "first" else [HEADINGS, *ROWS, row]
    assert names(tmp_path, rows) == ["甲协会", "乙学会"]


BODIES = [
    "统计协会", "甲县统计学会", "合计会计师事务所协会", "总计数学研究会", "小计时工协会", "备注文化促进会", "制表工艺协会", "审核师协会", "说明书收藏协会",
    "注册会计师协会", "负责人联谊会", "联系电话服务协会", "填表人服务中心", "共计发展基金会", "累计公益基金会", "审计学会", "会计学会", "名称研究会",
    "日期收藏协会", "要求进步协会", "1号公益协会", "A协会", "第一幼儿园", "合格评定协会", "甲镇商会", "甲街道志愿者协会", "一、二年级家长协会", "示例研究会",
    "社会组织促进会", "社会团体联合会", "党组织名称研究会", "Total Quality 协会", "总数学会",
]  # fmt: skip


@pytest.mark.parametrize("plain_first", [True, False])
def test_a_body_with_a_number_of_its_own_is_data_whatever_its_name_begins_with(tmp_path, plain_first):
    rows = [[name, f"1{at:02}", at] for at, name in enumerate(BODIES)]
    made = names(tmp_path, [HEADINGS, *(ROWS if plain_first else []), *rows])
    assert set(BODIES) - set(made) == set()


@pytest.mark.parametrize("serial", [True, False])
@pytest.mark.parametrize("plain_first", [True, False])
def test_a_body_without_a_number_of_its_own_is_data_too(tmp_path, serial, plain_first):
    bodies = ["甲协会", *BODIES, "乙学会"] if plain_first else [*BODIES, "乙学会"]
    rows = [[*([at] if serial else []), name, at, 0] for at, name in enumerate(bodies, 1)]
    made = names(tmp_path, [[*(["序号"] if serial else []), "社会组织名称", "从业人员总数", "专职人数"], *rows])
    assert [name for name in bodies if name not in made] == []


def test_a_body_of_which_nothing_else_is_known_is_data_or_said_not_to_be(tmp_path):
    """A row with a name alone may be a group; it must not vanish without a word."""
    lines, bodies = [], [name for name in BODIES if not name.startswith("一、")]
    rows = [["社会组织名称", "从业人员总数", "专职人数"], ["甲协会", 3, 1], *([name] for name in bodies), ["乙学会", 4, 1]]
    ledger = check(write(tmp_path / "a.xlsx", 表=rows), progress=lines.append)
    text = "\n".join([said(ledger), *lines])
    assert [name for name in bodies if name not in text] == []


def test_a_row_of_known_heading_words_is_data_where_it_has_a_number(tmp_path):
    assert names(tmp_path, [HEADINGS, *ROWS, ["党组织名称", "003", 5]]) == ["甲协会", "乙学会", "党组织名称"]
    rows = [["社会组织名称", "业务主管单位", "行业"], ["甲协会", "甲局", "农业"], ["社会团体名称", "登记机关", "领域"]]
    assert kinds(check(write(tmp_path / "b.xlsx", 表=rows))) == ["two_headers"]  # without one it is a second header


TITLES = {
    "none": [],
    "one": [["甲县社会组织党建工作台账"]],
    "with its unit and day": [["甲县社会组织党建工作台账"], ["填报单位：甲县", None, "单位：人"], ["截至2012年12月31日"]],
    "with known words": [["社会组织名称和从业人员总数统计表"], ["从业人员"], []],
    "apart": [[], ["附件1"], [], ["台账"], []],
}


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
@pytest.mark.parametrize("merged", [False, True])
def test_titles_above_the_header_are_no_headings(tmp_path, title, merged):
    merges = [(row, 0, row, 2) for row, cells_ in enumerate(title) if merged and len(cells_) == 1]
    made = write(tmp_path / "a.xlsx", 表=Form([*title, HEADINGS, *ROWS], merges))
    ledger = check(made)
    assert cells(ledger, "organisations")["name"] == ["甲协会", "乙学会"]
    assert [line.heading for line in ledger.mapping] == HEADINGS


@pytest.mark.parametrize("told", [True, False], ids=["merges", "no merges"])
@pytest.mark.parametrize("title", [(), (["甲县台账"],)], ids=["", "title"])
@pytest.mark.parametrize(
    "paths",
    [
        ("序号", "社会组织名称", "从业人员/总数", "从业人员/专职"),
        ("基本情况/序号", "基本情况/社会组织名称", "人员/从业人员/总数", "人员/从业人员/专职"),
        ("基本/情况/序号", "基本/情况/社会组织名称", "人员/情况/从业人员/总数", "人员/情况/从业人员/专职"),
    ],
    ids=["2", "3", "4"],
)
def test_two_to_four_rows_of_header_with_or_without_merges_told(monkeypatch, paths, title, told):
    made = form(*paths, title=title).then([1, "甲协会", 5, 3], [2, "乙学会", 4, 4])
    ledger = checked(monkeypatch, made.grid(told=told))
    assert cells(ledger, "organisations") == {
        "org_id": ["甲协会", "乙学会"], "name": ["甲协会", "乙学会"], "staff": [5, 4], "staff_full_time": [3, 4]
    }  # fmt: skip


def checked(monkeypatch, *grids, **options):
    """Read grids as if a file held them."""
    monkeypatch.setattr(analysis.ledger, "read_grids", lambda path: list(grids))
    return check(__file__, **options)


@pytest.mark.parametrize(
    "heading",
    [
        "社会组织\n名称",
        "社会组织\r\n名称",
        "社 会 组 织 名 称",
        "社会组织　名称",
        "名　　称",
        "*社会组织名称",
        "2.社会组织名称",
        "（一）社会组织名称",
        "社会组织名称：",
    ],
)
def test_blanks_breaks_and_marks_inside_a_heading_do_not_matter(tmp_path, heading):
    assert names(tmp_path, [[heading, "登记证号", "从业\n人员\n总数"], *ROWS]) == ["甲协会", "乙学会"]


WIDE = ["序号", *HEADINGS, "专职人数"]


@pytest.mark.parametrize(
    "codes",
    [["甲", "A", "B", "C", "D"], ["", "A", "B", "C", "D"], ["", "A", "B1", "B2", "C"], ["甲", "乙", 1, 2, 3], [1, 2, 3, 4, 5], ["1", "2", "3", "4", "5"],
     ["A", "G91", "H31", "AA", "M"], ["甲", "乙", "1", "2", "3"], ["栏次", "1", "2", "3", "4"], ["栏次", 1, 2, 3, 4], ["(1)", "(2)", "(3)", "(4)", "(5)"],
     ["①", "②", "③", "④", "⑤"]],
    ids=str,
)  # fmt: skip
def test_a_code_row_under_the_header_is_no_data(tmp_path, codes):
    rows = [WIDE, codes, *([at, *row, 1] for at, row in enumerate(ROWS, 1))]
    assert names(tmp_path, rows) == ["甲协会", "乙学会"]


@pytest.mark.parametrize("row", [[1, "A协会", "A1", 1, 1], [1, "A", "003", 3, 2], [1, "B", "003", 5, 4], [1, "C", "2", 3, 4]], ids=str)
def test_a_body_called_by_letters_is_no_code_row(tmp_path, row):
    rows = [WIDE, row, *([at, *each, 1] for at, each in enumerate(ROWS, 2))]
    assert names(tmp_path, rows) == [row[1], "甲协会", "乙学会"]


def test_numbers_waiting_for_a_body_are_no_rows_and_a_body_without_a_name_is_asked_about(tmp_path):
    rows = [["序号", "社会组织名称", "从业人员总数"], ["1", "甲协会", 3], [2.0, None, None], ["３", None, None], [4, None, 5]]
    ledger = check(write(tmp_path / "a.xlsx", 表=rows))
    assert ledger.register is None
    assert found(ledger) == [("empty", "表", "B5")]


def test_leaves_that_repeat_are_told_by_their_group(tmp_path):
    made = form(
        "社会组织/名称",
        "社会组织/成立时间",
        "党组织/名称",
        "党组织/成立时间",
        "党组织/书记/学历",
        "法定代表人/学历",
        "从业人员/人数",
        "党员/人数",
    ).then(["甲协会", "2001-01-01", "甲协会党支部", "2011-01-01", "本科", "大专", 9, 4])
    ledger = check(write(tmp_path / "a.xlsx", 表=made))
    assert cells(ledger, "organisations") == {
        "org_id": ["甲协会"], "name": ["甲协会"], "registered_on": ["2001-01-01"], "staff": [9], "members": [4], "party_organisation": [True],
        "branch_id": ["甲协会党支部"],
    }  # fmt: skip
    assert cells(ledger, "branches") == {
        "branch_id": ["甲协会党支部"], "name": ["甲协会党支部"], "founded_on": ["2011-01-01"], "secretary_education": ["university"]
    }  # fmt: skip


TICKS = form("社会组织名称", "年检结果/合格", "年检结果/不合格", "组织类别/社会团体", "组织类别/基金会")


@pytest.mark.parametrize("tick", ["√", "✓", "是", 1, "1", "对", "Y", "合格", "☑", True])
def test_a_group_to_tick_is_one_column(tmp_path, tick):
    ledger = check(
        write(tmp_path / "a.xlsx", 表=TICKS.then(["甲协会", tick, None, "√", None], ["乙学会", None, "√", "×", "√"], ["丙", *[None] * 4]))
    )
    assert cells(ledger, "organisations")["inspection"] == ["passed", "failed", None]
    assert cells(ledger, "organisations")["kind"] == ["association", "foundation", None]


def test_two_ticks_in_one_group_are_asked_about(tmp_path):
    ledger = check(write(tmp_path / "a.xlsx", 表=TICKS.then(["甲协会", "√", "√", "√", None])))
    assert found(ledger) == [("two_ticked", "表", "C3")]


@pytest.mark.parametrize("cell", ["张三", "12", "很好"])
def test_what_is_no_tick_in_a_group_is_asked_about(tmp_path, cell):
    ledger = check(write(tmp_path / "a.xlsx", 表=TICKS.then(["甲协会", cell, None, "√", None])))
    assert found(ledger) == [("not_yes_no", "表", "B3")]


def test_numbers_below_kinds_are_no_ticks(tmp_path):
    """A count for each kind is statistics: a 1 in it must not become a kind, nor a 5 be lost."""
    made = form("业务主管单位", "组织类别/社会团体", "组织类别/基金会").then(["甲局", 5, 1], ["乙局", 1, 0])
    ledger = check(write(tmp_path / "a.xlsx", 表=made))
    assert ledger.register is None


def test_units_in_headings_count(tmp_path):
    rows = [
        ["社会组织名称", "职工人数（名）", "党建经费（万元）", "活动经费说明", "登记证号"],
        ["甲协会", 12, 0.3, None, "1"],
        ["乙学会", "10人", "3000元", None, "2"],
    ]
    ledger = check(write(tmp_path / "a.xlsx", 表=rows))
    assert (cells(ledger, "organisations")["staff"], cells(ledger, "organisations")["budget"]) == ([12, 10], [3000.0, 3000.0])
    assert list(ledger.trail["rule"]) == ["heading_unit", "unit", "unit"]


def test_staff_in_tens_of_thousands_are_multiplied_and_noted(tmp_path):
    rows = [["社会组织名称", "会员总数（万人）", "登记证号"], ["甲协会", 2.1984, "1"]]
    ledger = check(write(tmp_path / "a.xlsx", 表=rows))
    assert cells(ledger, "organisations")["association_members"] == [21984]


JOINT = form("序号", "社会组织名称", "从业人员总数", "党组织名称", "党组织成立时间", "支部党员数").then(
    [1, "甲协会", 3, "甲片区联合党支部", "2011-06-01", 7],
    [2, "乙学会", 4, None, None, None],
    [3, "丙商会", 5, None, None, None],
    [4, "丁商会", 6, None, None, None],
    merges=("D2:D4", "E2:E4", "F2:F4"),
)


def test_a_joint_branch_over_merged_cells_is_one_branch_of_each(tmp_path):
    ledger = check(write(tmp_path / "a.xlsx", 表=JOINT))
    assert cells(ledger, "organisations")["branch_id"] == ["甲片区联合党支部", "甲片区联合党支部", "甲片区联合党支部", None]
    assert cells(ledger, "branches") == {
        "branch_id": ["甲片区联合党支部"], "name": ["甲片区联合党支部"], "founded_on": ["2011-06-01"], "members": [7]
    }  # fmt: skip
    filled = ledger.trail[ledger.trail["rule"] == "filled_down"]
    assert list(filled["cell"]) == ["D3", "E3", "F3", "D4", "E4", "F4"]
    assert set(filled["was"]) == {""}


def test_a_number_of_the_bodies_over_merged_cells_is_known_for_none(tmp_path):
    ledger = check(write(tmp_path / "a.xlsx", 表=Form(JOINT.rows, [(1, 2, 2, 2)])))
    assert cells(ledger, "organisations")["staff"] == [None, None, 5, 6]
    assert ("doubtful_cell", "表", "C2") in found(ledger)


def test_a_merged_name_of_bodies_is_not_two_bodies(tmp_path):
    """One body over two rows, each with a branch: two rows of one name are said, never counted in silence."""
    made = form("序号", "社会组织名称", "党组织名称").then(
        [1, "甲协会", "甲一支部"], [2, None, "甲二支部"], [3, "乙学会", None], merges=("B2:B3",)
    )
    ledger = check(write(tmp_path / "a.xlsx", 表=made))
    assert {"body_twice", "name_twice"} & set(kinds(ledger))


def test_cells_not_merged_are_not_filled_down(tmp_path):
    ledger = check(write(tmp_path / "a.xlsx", 表=Form(JOINT.rows, [])))
    assert cells(ledger, "organisations")["branch_id"] == ["甲片区联合党支部", None, None, None]


@pytest.mark.parametrize(
    ("labels", "column", "expected"),
    [
        (["一、社会团体", "二、民办非企业单位"], "kind", ["association", "private_nonprofit"]),
        (["甲镇", "乙街道"], "township", ["甲镇", "乙街道"]),
        (["（一）甲镇", "（二）乙镇"], "township", ["甲镇", "乙镇"]),
        (["一、行业类", "二、学术类"], "group", ["行业类", "学术类"]),
    ],
)
@pytest.mark.parametrize("merged", [True, False])
def test_group_rows_become_a_column(tmp_path, labels, column, expected, merged):
    rows = [["序号", *HEADINGS], [labels[0]], [1, *ROWS[0]], [labels[1]], [2, *ROWS[1]]]
    ledger = check(write(tmp_path / "a.xlsx", 表=Form(rows, [(1, 0, 1, 3), (3, 0, 3, 3)] if merged else [])))
    assert cells(ledger, "organisations")["name"] == ["甲协会", "乙学会"]
    assert cells(ledger, "organisations")[column] == expected


def test_a_subtotal_after_each_group_is_no_data(tmp_path):
    rows = [
        ["序号", *HEADINGS],
        ["甲镇"],
        [1, *ROWS[0]],
        ["小计", None, None, 3],
        ["乙镇"],
        [2, *ROWS[1]],
        ["小计", None, None, 4],
        ["合计", None, None, 7],
    ]
    ledger = check(write(tmp_path / "a.xlsx", 表=rows))
    assert cells(ledger, "organisations")["township"] == ["甲镇", "乙镇"]
    assert kinds(ledger) == []


@pytest.mark.parametrize("total", [["合计", None, 8], [None, "总计", 8]])
def test_a_total_that_differs_is_asked_about(tmp_path, total):
    ledger = check(write(tmp_path / "a.xlsx", 表=[HEADINGS, *ROWS, total]))
    assert found(ledger) == [("total_differs", "表", "C4")]


def test_one_sheet_one_each_or_several_of_a_kind_are_the_same_register(tmp_path):
    together = [
        ["登记证号", "社会组织名称", "从业人员总数", "党组织名称", "支部党员数"],
        ["001", "甲协会", 3, "甲党支部", 5],
        ["002", "乙学会", 4, None, None],
    ]
    bodies = [["登记证号", "社会组织名称", "从业人员总数", "党组织名称"], *(row[:4] for row in together[1:])]
    branches = [["党组织名称", "支部党员数"], ["甲党支部", 5]]
    head, *rows = together
    one = check(write(tmp_path / "a.xlsx", 台账=together))
    both = check(write(tmp_path / "b.xlsx", 社会组织=bodies, 党组织=branches))
    parts = check(write(tmp_path / "c.xlsx", 甲镇=[head, rows[0]], 乙镇=[head, rows[1]]))
    apart = check(
        write(
            tmp_path / "d.xlsx",
            人员=[head[:3], *(row[:3] for row in rows)],
            党建=[[head[1], *head[3:]], *([row[1], *row[3:]] for row in rows[::-1])],
        )
    )
    told = {"party_organisation": [True, None], "branch_id": ["甲党支部", None]}
    expected = {"org_id": ["001", "002"], "name": ["甲协会", "乙学会"], "staff": [3, 4], **told}
    assert cells(one, "organisations") == cells(both, "organisations") == cells(apart, "organisations") == expected
    assert cells(parts, "organisations") == expected | {"township": ["甲镇", "乙镇"]}
    assert all(
        cells(each, "branches") == {"branch_id": ["甲党支部"], "name": ["甲党支部"], "members": [5]} for each in (one, both, parts, apart)
    )


def test_a_sheet_with_half_the_names_of_another_adds_the_rest_and_says_what_differs(tmp_path):
    first = [HEADINGS, *ROWS, ["丙商会", "003", 5]]
    second = [["社会组织名称", "专职人数"], ["甲协会", 1], ["乙学会", 2], ["丁商会", 3]]
    ledger = check(write(tmp_path / "a.xlsx", 一=first, 二=second))
    assert cells(ledger, "organisations")["name"] == ["甲协会", "乙学会", "丙商会", "丁商会"]
    assert cells(ledger, "organisations")["staff_full_time"] == [1, 2, None, 3]


def test_a_name_that_stands_twice_takes_no_cells_of_another(tmp_path):
    """Two bodies of one name, joined to another sheet by name: whose cells are whose, nothing tells."""
    first = [HEADINGS, ["甲协会", "001", 3], ["甲协会", "002", 4]]
    second = [["社会组织名称", "专职人数"], ["甲协会", 1], ["甲协会", 2]]
    ledger = check(write(tmp_path / "a.xlsx", 一=first, 二=second))
    if ledger.register is not None:
        assert cells(ledger, "organisations").get("staff_full_time") in (None, [None, None])
    assert set(kinds(ledger)) & {"name_twice", "body_twice"}


def test_two_sheets_that_give_a_body_different_numbers_are_not_joined_in_silence(tmp_path):
    second = [["社会组织名称", "登记证号", "专职人数"], ["甲协会", "009", 1], ["乙学会", "002", 2]]
    ledger = check(write(tmp_path / "a.xlsx", 一=[HEADINGS, *ROWS], 二=second))
    assert any(made.cell in ("B2", "A2") for made in ledger.faults)


def test_two_sheets_that_tell_the_same_column_are_rows_of_their_own_and_the_double_ones_said(tmp_path):
    ledger = check(write(tmp_path / "a.xlsx", 一=[HEADINGS, *ROWS], 二=[HEADINGS, ["丙商会", "003", 5], ROWS[0]]))
    assert ("twice", "二", "B3") in found(ledger)


def test_every_column_that_is_not_read_is_said_and_none_twice(tmp_path):
    lines = []
    rows = [[*HEADINGS, "备注", "自编栏", "登记机关", "荣誉"], *([*row, "好", "甲", "乙", "丙"] for row in ROWS)]
    ledger = check(write(tmp_path / "a.xlsx", 表=rows), progress=lines.append)
    for heading in ("备注", "自编栏", "登记机关", "荣誉"):
        assert [heading in line for line in lines].count(True) == 1
    assert {line.heading: line.reads for line in ledger.mapping}["自编栏"] == "-"


def test_cells_beyond_the_last_heading_are_said(tmp_path):
    ledger = check(write(tmp_path / "a.xlsx", 表=[HEADINGS, [*ROWS[0], None, 12], ROWS[1]]))
    assert found(ledger) == [("no_heading_above", "表", "E2")]


def test_a_column_without_a_heading_between_others_is_said(tmp_path):
    lines = []
    rows = [["社会组织名称", None, "从业人员总数"], ["甲协会", 12, 3], ["乙学会", 13, 4]]
    ledger = check(write(tmp_path / "a.xlsx", 表=rows), progress=lines.append)
    assert "no_heading_above" in kinds(ledger) or any("（B）" in line for line in lines)


def test_a_hidden_sheet_is_said(monkeypatch):
    ledger = checked(monkeypatch, Grid("一", [HEADINGS, *ROWS]), Grid("二", [HEADINGS, ["丙", "3", 3]], hidden=True))
    assert cells(ledger, "organisations")["name"] == ["甲协会", "乙学会"]
    assert found(ledger) == [("hidden_sheet", "二", "")]


def test_bare_members_are_of_a_basis_not_said_and_other_counts_stay_apart(tmp_path):
    rows = [
        [
            "社会组织名称",
            "党员数",
            "正式党员数",
            "从业人员党员数",
            "组织关系在本单位党员数",
            "会员总数",
            "从业人员总数",
            "专职人数",
            "志愿者人数",
        ],
        ["甲协会", 9, 7, 5, 4, 21984, 12, 6, 100],
    ]
    ledger = check(write(tmp_path / "a.xlsx", 表=rows))
    assert cells(ledger, "organisations") == {
        "org_id": ["甲协会"], "name": ["甲协会"], "members": [9], "members_full": [7], "members_staff": [5], "members_held": [4],
        "association_members": [21984], "staff": [12], "staff_full_time": [6],
    }  # fmt: skip
    assert ("members_basis", "表", "B2") in found(ledger)


def test_the_setting_decides_whether_under_35_is_read(tmp_path):
    made = write(tmp_path / "a.xlsx", 表=form("社会组织名称", "党员/35岁以下").then(["甲协会", 2]))
    lines = []
    assert cells(check(made), "organisations")["members_to_35"] == [2]
    without = check(made, settings=Settings(age_35=AgeBand.excluded), progress=lines.append)
    assert "members_to_35" not in cells(without, "organisations")
    assert any("35岁以下" in line for line in lines)


# ------------------------------------------------------------------ persons

NAMES = ["张三丰", "李四光", "王五一", "赵六安"]
IDS = [resident("610723", f"19{year}0203", "12" + str(year)[-1]) for year in (61, 72, 83, 94)]
PHONES = ["13812340001", "13912340002", "0916-2213456", "13712340004"]
BIRTHDAYS = ["1961年2月3日", "1972-02-03", "19830203", "1994.2.3"]
SECRETS = [*NAMES, *IDS, *PHONES, *BIRTHDAYS]
BODY = ["甲协会", "乙学会", "丙商会", "丁学校"]


def leaks(path, progress, **options):
    """Which of the planted strings any output of the reader has."""
    ledger = check(path, progress=progress.append, **options)
    shown = [said(ledger), *progress]
    if ledger.register is None:
        with pytest.raises(LedgerError) as caught:
            read_ledger(path, progress=progress.append)
        shown += [str(caught.value), repr(caught.value), *map(repr, caught.value.faults)]
    text = "\n".join(shown)
    return ledger, [secret for secret in SECRETS if secret in text]


def people(heading, planted, *, beside=()):
    rows = [["社会组织名称", "登记证号", heading, "从业人员数", *(name for name, _ in beside)]]
    for at, name in enumerate(BODY):
        rows.append([name, f"00{at}", planted[at % len(planted)], at + 1, *(given[at] for _, given in beside)])
    return rows


HONEST = [
    ("法定代表人", NAMES), ("法定代表人姓名", NAMES), ("负责人", NAMES), ("党组织书记", NAMES), ("书记姓名", NAMES), ("联系人", NAMES), ("身份证号", IDS),
    ("身份证号码", IDS), ("联系电话", PHONES), ("手机", PHONES), ("出生年月", BIRTHDAYS), ("书记出生日期", BIRTHDAYS), ("党建指导员", NAMES), ("联络员", NAMES),
    ("党建指导员姓名", NAMES), ("会长", NAMES), ("填表人", NAMES),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "planted"), HONEST, ids=[heading for heading, _ in HONEST])
def test_persons_under_an_honest_heading_are_dropped_and_counted(tmp_path, heading, planted):
    ledger, found_ = leaks(write(tmp_path / "a.xlsx", 表=people(heading, planted)), [])
    assert found_ == []
    assert cells(ledger, "organisations")["name"] == BODY
    assert dropped(ledger) == {"C": 4}


DISHONEST = ["备注", "自编栏", "说明", "荣誉", "其他情况", "住所", "登记机关", "审批文号", "未建立党组织原因", "党组织类型"]


MIXED = [NAMES[0], IDS[1], PHONES[2], f"{NAMES[3]} {PHONES[3]}"]


@pytest.mark.parametrize("heading", DISHONEST)
def test_persons_under_any_other_heading_that_is_not_read_are_counted_too(tmp_path, heading):
    ledger, found_ = leaks(write(tmp_path / "a.xlsx", 表=people(heading, MIXED)), [])
    assert found_ == []
    assert dropped(ledger) == {"C": 4}


READ = ["行业", "所在镇", "业务主管单位", "登记证书号", "统一社会信用代码", "组织类别", "年检结果", "登记日期", "专职人数", "党员数", "党建经费", "有无活动室",
        "活动场所", "是否成立党组织", "覆盖形式", "党组织名称", "组织建制", "书记学历", "书记年龄", "党组织成立时间", "社会组织职务", "支委人数", "满意率", "挂靠单位",
        "上级支部编号", "县区", "是否选派党建指导员", "党组织活动场所面积（平米）"]  # fmt: skip


@pytest.mark.parametrize("heading", READ)
def test_persons_below_a_heading_that_is_read_are_shown_nowhere(tmp_path, heading):
    _, found_ = leaks(write(tmp_path / "a.xlsx", 表=people(heading, MIXED)), [])
    assert found_ == []


@pytest.mark.parametrize("heading", ["从业人员总数量", "所属党组织", "社会组织名称及简介"])
def test_persons_below_a_doubtful_heading_are_shown_nowhere(tmp_path, heading):
    _, found_ = leaks(write(tmp_path / "a.xlsx", 表=people(heading, MIXED)), [])
    assert found_ == []


def test_numbers_that_a_spreadsheet_stores_as_numbers_are_shown_nowhere(tmp_path):
    for heading in ("备注", "行业", "专职人数", "党员数", "统一社会信用代码", "有无活动室", "登记日期"):
        _, found_ = leaks(write(tmp_path / "a.xlsx", 表=people(heading, [13812340001, 13912340002.0, 13612340003, 13712340004])), [])
        assert found_ == [], heading


def test_one_number_in_a_column_of_remarks_or_of_places_is_taken_out(tmp_path):
    beside = [
        ("备注", ["好", f"联系张三丰{PHONES[0]}", f"身份证{IDS[1]}", "无"]),
        ("行业", ["农业", f"农业（{PHONES[3]}）", "教育", f"教育 {IDS[2]}"]),
    ]
    ledger, found_ = leaks(write(tmp_path / "a.xlsx", 表=people("法定代表人", NAMES, beside=beside)), [])
    assert found_ == []
    assert cells(ledger, "organisations")["sector"][0] == "农业"
    assert dropped(ledger)["F"] == 2


def test_one_number_in_a_remark_that_is_not_read_is_counted(tmp_path):
    """The user is told which columns and how many cells, by content too."""
    beside = [("备注", ["好", f"身份证{IDS[1]}", "很好", "无"])]
    ledger, found_ = leaks(write(tmp_path / "a.xlsx", 表=people("自编栏", ["一", "二", "三", "四"], beside=beside)), [])
    assert found_ == []
    assert dropped(ledger).get("E") == 1


def test_persons_in_titles_footers_groups_totals_and_names_of_sheets_are_shown_nowhere(tmp_path):
    rows = [
        [f"台账（联系人：{NAMES[0]} {PHONES[0]}）"], [f"填表人：{NAMES[1]}", f"电话：{PHONES[1]}"], HEADINGS, [f"一、{NAMES[2]}片区（{PHONES[3]}）"], *ROWS,
        ["合计", None, 9], [f"审核人：{NAMES[3]}", None, f"身份证号：{IDS[0]}"], [None, None, None, f"{NAMES[0]} {IDS[1]}"],
    ]  # fmt: skip
    ledger, found_ = leaks(write(tmp_path / "a.xlsx", **{f"{PHONES[0]}表": rows}), [])
    assert [secret for secret in found_ if secret in (*IDS, *PHONES)] == []
    assert [secret for secret in found_ if secret in NAMES] == []
    assert cells(ledger, "organisations")["name"] == ["甲协会", "乙学会"]


def test_persons_in_headings_are_shown_nowhere(tmp_path):
    rows = [[*HEADINGS, f"联系{PHONES[0]}", f"备注 {IDS[0]}", NAMES[0]], *([*row, 1, 2, 3] for row in ROWS)]
    _, found_ = leaks(write(tmp_path / "a.xlsx", 表=rows), [])
    assert found_ == []


def test_persons_as_names_of_bodies_and_branches_are_masked_in_messages(tmp_path):
    rows = [
        ["社会组织名称", "登记证号", "从业人员数", "党组织名称"],
        [f"甲协会（{PHONES[0]}）", "1", 3, f"甲党支部{IDS[0]}"],
        [f"甲协会（{PHONES[0]}）", "2", "很多", None],
    ]
    _, found_ = leaks(write(tmp_path / "a.xlsx", 表=rows), [])
    assert found_ == []


@pytest.mark.parametrize("row", [0, 1])
def test_persons_beyond_the_headings_are_shown_nowhere(tmp_path, row):
    rows = [HEADINGS, *([*each, None, f"{NAMES[row]} {PHONES[row]}", IDS[row]] for each in ROWS)]
    _, found_ = leaks(write(tmp_path / "a.xlsx", 表=rows), [])
    assert found_ == []


def test_an_organisation_led_by_a_name_is_no_person(tmp_path):
    bodies = ["张三公益基金会", "李四艺术馆", "王五中医诊所", "白云幼儿园"]
    rows = [["社会组织名称", "业务主管单位", "所在镇"], *([name, "文化局", "黄金镇"] for name in bodies)]
    ledger = check(write(tmp_path / "a.xlsx", 表=rows))
    assert cells(ledger, "organisations")["name"] == bodies
    assert len(ledger.persons) == 0


# ------------------------------------------------------------------ anything at all

LAW = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
FRAGMENTS = [
    None, None, None, "", " ", "　", 0, 1, 2, 3, 5, -1, 2.5, 40695, 1e300, float("inf"), float("nan"), True, False, dt.date(2011, 6, 1), dt.datetime(2011, 6, 1, 8, 30),
    dt.time(8, 30), dt.timedelta(days=3),
    "社会组织名称", "社会组织\n名称", "名　　称", "单位名称", "序号", "登记证号", "统一社会信用代码", "组织类别", "从业人员总数", "从业人员数", "专职", "兼职", "专职人数", "党员数",
    "党员情况", "基本情况", "党组织", "党组织名称", "党组织成立时间", "组织建制", "所属支部编号", "支部编号", "上级支部编号", "依托组织编号", "覆盖形式", "年检结果", "合格", "不合格",
    "类别", "党支部", "党委", "是否成立党组织", "活动场所", "党组织活动场所面积(平米)", "党建指导员", "姓名", "身份证号", "联系电话", "备注", "35岁以下", "领导成员数", "其他",
    "合计", "合　计", "小计", "总计", "填表人：张三", "制表时间：2012年12月31日", "注：", "一、社会团体", "甲镇", "A", "B", "C1", "D2", "甲", "乙", "1", "2", "示例", "example",
    "甲协会", "乙学会", "丙商会", "甲党支部", "乙联合党支部", "社团", "民非", "√", "×", "是", "否", "无", "已建", "未建", "2011.1", "2011年6月", "12人", "约30人", "很多", "１２",
    "=1+1", "'=1", "\x00", "\u202e", "{0}", "{value}", "%s", "<b>", "#REF!", "../..", "\ud800", "张三", IDENTITY, "13800000000", "x" * 300, "a\nb", "截至2012年12月31日",
]  # fmt: skip


@st.composite
def wild(draw):
    """A sheet of fragments, half of them with a row of headings in it."""
    width = draw(st.integers(1, 8))
    rows = draw(st.lists(st.lists(st.sampled_from(FRAGMENTS), min_size=0, max_size=width + 1), max_size=9))
    if draw(st.booleans()):
        heads = draw(st.lists(st.sampled_from([text for text in FRAGMENTS if isinstance(text, str)][3:60]), min_size=1, max_size=width))
        rows.insert(draw(st.integers(0, len(rows))), heads)
    merges = []
    for _ in range(draw(st.integers(0, 5))):
        top, left = draw(st.integers(0, 10)), draw(st.integers(0, width))
        merges.append((top, left, top + draw(st.integers(0, 3)), left + draw(st.integers(0, 3))))
    name = draw(
        st.sampled_from(["表", "组织", "支部", "organisations", "branches", "about", "说明", "甲镇", "社会组织", "党组织", "", "Sheet2"])
    )
    return Grid(name, rows, draw(st.sampled_from([merges, [], None])), draw(st.integers(0, 9)) == 0, draw(st.sampled_from([(), ("A1",)])))


@LAW
@given(st.lists(wild(), min_size=1, max_size=3), st.booleans())
def test_any_grids_are_a_register_or_refused(grids, lenient):
    """Register or faults, never another exception; and a ledger that is refused says why."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis.ledger, "read_grids", lambda path: grids)
        ledger = check_ledger(__file__, as_of=DAY, settings=Settings(unreadable=Unreadable.unknown) if lenient else Settings())
        assert isinstance(ledger, Ledger)
        refused = [made for made in ledger.faults if made.severity is Severity.error]
        assert (ledger.register is None) == bool(refused)
        shown = said(ledger)
        assert IDENTITY not in shown
        assert "13800000000" not in shown
        json.dumps([made._asdict() for made in ledger.faults], default=lambda each: getattr(each, "name", str(each)))
        try:
            register = read_ledger(__file__, as_of=DAY)
        except LedgerError as error:
            register, reasons = None, [str(error), *error.faults]
        else:
            reasons = [None, None]
        assert len(reasons) > 1
        assert register is None or isinstance(register, Register)


@LAW
@given(st.lists(wild(), min_size=1, max_size=2))
def test_no_row_of_any_grid_is_lost_without_a_word(grids):
    """Each row of a sheet that is read is in the tables, or the layout says what it is instead."""
    parts = []
    read = analysis.ledger.read_sheet

    def kept(log, sheet, lines, setting):
        made, sheet = read(log, sheet, lines, setting)
        parts.append((sheet, made))
        return made, sheet

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis.ledger, "read_grids", lambda path: grids)
        patch.setattr(analysis.ledger, "read_sheet", kept)
        ledger = check_ledger(__file__, as_of=DAY)
    for sheet, made in parts:
        if sheet.body is None:
            assert {"form_sheet", "side_by_side"} & set(kinds(ledger))
            continue
        rows = sheet.grid.rows
        filled = {
            at for at, row in enumerate(rows) if at > sheet.header.bottom and any(cell is not None and str(cell).strip() for cell in row)
        }
        own = {number - 1 for part in made if not part.derived for number in part.rows}
        examples = filled - own - set(sheet.body.totals) - set(sheet.body.skipped)
        assert own | set(sheet.body.totals) | set(sheet.body.skipped) <= filled
        assert all({"示例", "example"} & {str(cell).strip() for cell in rows[at]} for at in examples)
    if ledger.register is not None and len({sheet.table for sheet, _ in parts}) == len(parts):
        for sheet, made in parts:
            assert ledger.register.rows(sheet.table) >= max((len(part.rows) for part in made if not part.derived), default=0)


GOOD = form("序号", "社会组织名称", "登记证号", "从业人员/总数", "从业人员/专职", "组织类别", "党组织/名称", "党组织/成立时间").then(
    [1, "甲协会", "001", 5, 3, "社会团体", "甲党支部", "2011-06-01"],
    [2, "乙学会", "002", 6, 6, "社会团体", None, None],
    [3, "丙学校", "003", 7, 2, "民办非企业单位", "丙党支部", "2012-06-01"],
    [4, "丁基金会", "004", 8, 8, "基金会", None, None],
)


@st.composite
def edits(draw):
    """Edits of a good sheet that change nothing of what it says: columns moved, blank rows and columns, titles, footers, totals, codes."""
    order = draw(st.permutations(range(8)))
    heads = ["序号", "社会组织名称", "登记证号", "从业人员/总数", "从业人员/专职", "组织类别", "党组织/名称", "党组织/成立时间"]
    title = tuple(draw(st.lists(st.sampled_from([[], ["甲县社会组织台账"], ["单位：人", None, "填报单位：甲县"]]), max_size=3)))
    made = form(*(heads[at] for at in order), title=title)
    rows = [[row[at] for at in order] for row in GOOD.rows[2:]]
    for _ in range(draw(st.integers(0, 3))):
        rows.insert(draw(st.integers(0, len(rows))), [])
    if draw(st.booleans()):
        rows.insert(0, ["A", "B", "C", "D1", "D2", "E", "F", "G"])
    if draw(st.booleans()):
        rows.append([{"社会组织名称": "合　计", "从业人员/总数": 26, "从业人员/专职": 19}.get(heads[at]) for at in order])
    if draw(st.booleans()):
        rows.append(["填表人：张三"])
    if draw(st.booleans()):
        rows += [[float(serial) if heads[at] == "序号" else None for at in order] for serial in range(5, 9)]
    return made.then(*rows)


@LAW
@given(edits(), st.booleans())
def test_edits_that_change_nothing_leave_the_register_as_it_was(made, told):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis.ledger, "read_grids", lambda path: [made.grid(told=told)])
        ledger = check_ledger(__file__, as_of=DAY)
    assert kinds(ledger) == []
    assert cells(ledger, "organisations") == {
        "org_id": ["001", "002", "003", "004"], "name": ["甲协会", "乙学会", "丙学校", "丁基金会"], "staff": [5, 6, 7, 8], "staff_full_time": [3, 6, 2, 8],
        "kind": ["association", "association", "private_nonprofit", "foundation"], "party_organisation": [True, None, True, None],
            "branch_id": ["甲党支部", None, "丙党支部", None],
    }  # fmt: skip
    assert cells(ledger, "branches") == {
        "branch_id": ["甲党支部", "丙党支部"],
        "name": ["甲党支部", "丙党支部"],
        "founded_on": ["2011-06-01", "2012-06-01"],
    }


@pytest.mark.parametrize("lost", range(4))
def test_a_row_taken_out_is_that_row_and_no_other(monkeypatch, lost):
    rows = [*GOOD.rows[:2], *(row for at, row in enumerate(GOOD.rows[2:]) if at != lost)]
    ledger = checked(monkeypatch, Form(rows, GOOD.merges).grid())
    assert cells(ledger, "organisations")["name"] == [
        name for at, name in enumerate(["甲协会", "乙学会", "丙学校", "丁基金会"]) if at != lost
    ]


def test_rows_that_are_no_data_are_named(tmp_path):
    made = form("社会组织名称", "从业人员数", title=(["台账"],)).then(["甲协会", 3], ["合计", 3], ["填表人：张三"])
    (note,) = [fault for fault in check(write(tmp_path / "a.xlsx", 表=made)).faults if fault.kind == "rows_left_out"]
    assert (note.severity, note.problem) == (
        Severity.note,
        Term("不是数据的行：合计行 4；表尾 5", "has rows that are no data: totals 4; footers 5"),
    )
