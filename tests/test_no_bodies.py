"""Rows, tables and sheets that are no bodies, though they stand where bodies do; and bodies that look like them."""

import pytest
from workbooks import Form, cells, check, found, kinds, said, write

from analysis.grids import Grid
from analysis.layout import find_header
from analysis.rows import group_label, place_in_title

HEADINGS = ["序号", "社会组织名称", "业务主管单位", "从业人员数"]
ROWS = [[1, "甲协会", "县农业局", 10], [2, "乙学会", "县农业局", 11], [3, "丙商会", "县教育局", 12], [4, "丁学校", "县教育局", 13]]
PERSONS = [[1, "张三", "县民政局", "13800000000"], [2, "李四", "县财政局", "13900000000"]]
NAMES = ["甲协会", "乙学会", "丙商会", "丁学校"]


def read(tmp_path, rows, merges=()):
    return check(write(tmp_path / "a.xlsx", 表=Form(list(rows), list(merges))))


def left_out(ledger):
    return next(fault.problem.zh for fault in ledger.faults if fault.kind == "rows_left_out")


# ------------------------------------------------------------------ tables below and beside


@pytest.mark.parametrize("heads", [["序号", "姓名", "工作单位", "联系电话"], ["编号", "姓名", "单位", "身份证号"]])
@pytest.mark.parametrize("title", [[], [[], [None, "党建指导员名单"]], [["党建指导员名单"]]])
def test_a_list_of_persons_below_the_table_is_not_read_and_said(tmp_path, heads, title):
    ledger = read(tmp_path, [HEADINGS, *ROWS, *title, heads, *PERSONS])
    assert cells(ledger, "organisations")["name"] == NAMES
    assert found(ledger) == [("table_below", "表", f"A{6 + len(title)}")]
    assert not {"张三", "李四", "13800000000"} & set(ledger.register.organisations.astype(str).to_numpy().ravel())
    assert "张三" not in said(ledger)


def test_below_a_list_of_persons_the_headings_may_stand_again(tmp_path):
    ledger = read(tmp_path, [HEADINGS, *ROWS[:2], ["序号", "姓名", "工作单位", "联系电话"], *PERSONS, HEADINGS, *ROWS[2:]])
    assert cells(ledger, "organisations")["name"] == NAMES
    assert kinds(ledger) == ["table_below"]


@pytest.mark.parametrize("heads", [["序号", "单位名称", "业务主管单位", "职工人数"], ["序号", "所属片区", "民非名称", "业务主管单位"]])
def test_another_table_of_bodies_below_is_refused(tmp_path, heads):
    ledger = read(tmp_path, [HEADINGS, *ROWS[:2], [], heads, [1, "城东", "丙幼儿园", "县教育局"]])
    assert ledger.register is None
    assert kinds(ledger) == ["two_headers"]


def test_tables_side_by_side_are_refused(tmp_path):
    left, right = ["序号", "社会组织名称", "从业人员数"], ["序号", "党支部名称", "支部成立时间"]
    rows = [[1, "甲协会", 3, None, 1, "乙学会党支部", "2011.6"], [2, "乙学会", 4, None, 2, "甲协会党支部", "2012.7"]]
    ledger = read(tmp_path, [[*left, None, *right], *rows])
    assert ledger.register is None
    assert found(ledger) == [("side_by_side", "表", "F1")]
    joined = read(tmp_path, [[*left, None, *right[1:]], *([*row[:4], *row[5:]] for row in rows)])  # one number for the whole row
    assert cells(joined, "organisations")["branch_id"] == ["乙学会党支部", "甲协会党支部"]


# ------------------------------------------------------------------ sheets of another kind


FORMS = {
    "form": [
        ["社会组织登记表"], ["社会组织名称", "甲协会", "统一社会信用代码", None], ["业务主管单位", "县农业局", "登记时间", "2011年6月"],
        ["法定代表人", "张三", "联系电话", "13800000000"], ["从业人员数", 10, "党员数", 3], ["身份证号", "612324197001011234"],
    ],
    "form with a number": [
        ["基本情况登记表"], ["单位名称", "甲协会", "登记证号", "010001"], ["成立日期", "2011年6月", "法定代表人", "张三"],
        ["住所", "甲镇东大街", "业务主管单位", "县农业局"], ["从业人员", 10, "党员", 3], ["业务范围", "茶叶"],
    ],
    "transposed": [
        ["项目", "一", "二"], ["社会组织名称", "甲协会", "乙学会"], ["业务主管单位", "县农业局", "县林业局"], ["从业人员数", 10, 11],
        ["负责人", "张三", "李四"], ["联系电话", "13800000000", "13900000000"],
    ],
}  # fmt: skip


@pytest.mark.parametrize("rows", FORMS.values(), ids=FORMS)
def test_a_form_or_a_table_turned_over_is_refused(tmp_path, rows):
    ledger = read(tmp_path, rows)
    assert ledger.register is None
    assert kinds(ledger) == ["form_sheet"]
    assert not {"张三", "13800000000"} & set(said(ledger).split())


@pytest.mark.parametrize("counted", ["社会组织数", "社会组织个数", "家数（家）", "社团数量"])
def test_a_sheet_that_counts_organisations_is_a_summary(tmp_path, counted):
    summary = [["序号", "单位名称", counted, "从业人员数"], [1, "县农业局", 2, 21], [2, "县教育局", 2, 25]]
    ledger = check(write(tmp_path / "a.xlsx", 汇总=summary, 明细=[HEADINGS, *ROWS]))
    assert cells(ledger, "organisations")["name"] == NAMES
    assert found(ledger) == [("summary_counts", "汇总", "C1")]


# ------------------------------------------------------------------ group rows


@pytest.mark.parametrize("serials", [("一", "二"), (None, None), ("（一）", "（二）")])
def test_group_rows_with_the_sums_of_their_rows_are_groups(tmp_path, serials):
    heads = [[serials[0], "甲镇", None, 21], [serials[1], "乙镇", None, 25]]
    ledger = read(tmp_path, [HEADINGS, [None, "合计", None, 46], heads[0], *ROWS[:2], heads[1], [1, *ROWS[2][1:]], [2, *ROWS[3][1:]]])
    assert cells(ledger, "organisations")["name"] == NAMES
    assert cells(ledger, "organisations")["township"] == ["甲镇", "甲镇", "乙镇", "乙镇"]
    assert kinds(ledger) == []
    assert "带小计的分组行（小计数未读入） 3, 6" in left_out(ledger)


def test_a_group_counted_in_chinese_numerals_may_have_other_sums_or_no_rows(tmp_path):
    rows = [["一", "甲镇", None, 99], *ROWS[:2], ["二", "乙镇", None, 0], ["三", "丙镇", None, 25], *ROWS[2:]]
    assert cells(read(tmp_path, [HEADINGS, *rows]), "organisations")["township"] == ["甲镇", "甲镇", "丙镇", "丙镇"]


def test_a_township_among_bodies_whose_numbers_are_no_sums_is_asked_about(tmp_path):
    ledger = read(tmp_path, [HEADINGS, [1, "甲镇", None, 20], *([number + 1, *rest] for number, *rest in ROWS)])
    assert cells(ledger, "organisations")["name"] == ["甲镇", *NAMES]
    assert found(ledger) == [("place_named", "表", "B2")]


def test_a_body_whose_number_happens_to_be_the_sum_of_the_next_is_a_body(tmp_path):
    rows = [[1, "甲协会", "县农业局", 11], [2, "乙学会", None, 11], [None, "戊协会", None, 12], [3, "丙商会", None, 12]]
    assert cells(read(tmp_path, [HEADINGS, *rows]), "organisations")["name"] == ["甲协会", "乙学会", "戊协会", "丙商会"]


def test_bodies_all_counted_in_chinese_numerals_are_bodies(tmp_path):
    rows = [[serial, *row[1:]] for serial, row in zip("一二三四", ROWS, strict=True)]
    assert cells(read(tmp_path, [HEADINGS, *rows]), "organisations")["name"] == NAMES


LABELS = [("甲镇：", "甲镇"), ("甲镇（5个）", "甲镇"), ("甲街道办", "甲街道办"), ("城关办", "城关办"), ("甲镇（网格员张三）", "甲镇")]


# a title stands in the first column
@pytest.mark.parametrize(
    ("text", "township", "at"), [("甲镇社会组织台账", "甲镇", 0), *((*label, at) for label in LABELS for at in (0, 1))]
)
def test_townships_are_told_however_they_are_written(tmp_path, text, township, at):
    rows = [HEADINGS, [*[None] * at, text], *ROWS[:2], ["乙镇"], *ROWS[2:]]
    ledger = read(tmp_path, rows)
    assert cells(ledger, "organisations")["name"] == NAMES
    assert cells(ledger, "organisations")["township"] == [township, township, "乙镇", "乙镇"]
    assert "张三" not in said(ledger)


def test_a_title_that_stands_again_on_each_page_leaves_the_township(tmp_path):
    title = ["甲县社会组织党建工作台账"]
    rows = [title, HEADINGS, ["甲镇"], *ROWS[:1], ["第1页 共2页"], title, HEADINGS, *ROWS[1:2], ["乙镇"], *ROWS[2:], ["第2页 共2页"]]
    ledger = read(tmp_path, rows, [(at, 0, at, 3) for at in (0, 2, 4, 5, 8, 11)])
    assert cells(ledger, "organisations")["township"] == ["甲镇", "甲镇", "乙镇", "乙镇"]
    assert kinds(ledger) == []


def test_blocks_each_below_the_title_of_its_township(tmp_path):
    rows = [["甲镇社会组织台账"], HEADINGS, *ROWS[:2], ["填表人：张三"], [], ["乙镇社会组织台账"], HEADINGS, *ROWS[2:]]
    ledger = read(tmp_path, rows)
    assert cells(ledger, "organisations")["township"] == ["甲镇", "甲镇", "乙镇", "乙镇"]


def test_a_title_of_all_townships_names_none():
    assert [place_in_title(text) for text in ("各乡镇社会组织台账", "城乡社区组织情况表", "甲镇商会")] == ["", "", ""]
    assert group_label("甲镇  包联：张三") == "甲镇"


# ------------------------------------------------------------------ words in the column of names

WORDS = [
    "其中：社会团体", "上年同期", "增减", "同比增长", "占比", "平均", "全县", "县本级", "社会团体 汇总", "合计42个社会组织", "共42家社会组织", "4家", "以下空白",
    "———以下空白———", "此页无正文", "第1页", "第 1 页，共 2 页", "续表", "（续上表）", "※注：数据截至2023年底", "注1：含兼职", "填报单位负责人（签字）：", "张三（签字）",
    "示例：某某协会",
]  # fmt: skip
ALONE = ["2.党员数包括预备党员。", "2023年12月31日", "二〇二三年十二月三十一日", "2023-12-31", "甲镇：", "社会团体（12家）"]
BODIES = [
    "全县个体劳动者协会", "甲县共济会", "平均律音乐协会", "增减挂钩研究会", "续范亭研究会", "第一页书店协会", "示范幼儿园", "其中堂读书会", "汇总行业协会", "签约作家协会",
    "占比亚协会", "注会协会", "县直机关老年大学", "正文书法协会", "4家园志愿者协会", "2008年奥运志愿者协会", "城关镇商会", "※甲协会",
]  # fmt: skip


BESIDE = [(), (None, 5), ("县农业局", 5)]


# beside other cells, those that stand alone may be bodies
@pytest.mark.parametrize(("word", "beside"), [*((word, ()) for word in ALONE), *((word, beside) for word in WORDS for beside in BESIDE)])
def test_words_that_name_no_body(tmp_path, word, beside):
    ledger = read(tmp_path, [HEADINGS, *ROWS, [None, word, *beside]])
    assert cells(ledger, "organisations")["name"] == NAMES
    assert "6" in left_out(ledger)
    assert "张三" not in said(ledger)


@pytest.mark.parametrize("beside", BESIDE)
def test_bodies_with_such_words_in_their_names(tmp_path, beside):
    bodies = BODIES if beside else [name for name in BODIES if name != "※甲协会"]  # alone it reads as a note
    ledger = read(tmp_path, [HEADINGS, *ROWS, *([None, name, *beside] for name in bodies)])
    assert cells(ledger, "organisations")["name"] == [*NAMES, *bodies]


def test_what_goes_on_with_the_parts_of_a_total_is_part_of_it(tmp_path):
    rows = [
        *ROWS,
        [None, "合计", None, 46],
        [None, "其中：社会团体", None, 33],
        [None, "民办非企业单位", None, 13],
        [None, "基金会", None, 0],
    ]
    ledger = read(tmp_path, [HEADINGS, *rows])
    assert cells(ledger, "organisations")["name"] == NAMES
    assert kinds(ledger) == []


def test_lines_below_the_notes_are_of_the_foot(tmp_path):
    foot = [["注：1.截至2023年底。"], ["2.含兼职"], ["甲县民政局"], ["2023年12月31日"]]
    ledger = read(tmp_path, [HEADINGS[1:], *(row[1:] for row in ROWS), [], *foot])
    assert cells(ledger, "organisations")["name"] == NAMES
    assert "表尾 7, 8, 9, 10" in left_out(ledger)


# ------------------------------------------------------------------ headings


@pytest.mark.parametrize("units", [["（人）", "（万元）"], ["人", "万元"]])
def test_a_row_of_units_belongs_to_the_headings_above(tmp_path, units):
    plain = [["社会组织名称", "从业人员数", "党建经费"], ["甲协会", 3, 0.5]]
    ledger = read(tmp_path, [plain[0], [None, *units], *plain[1:]])
    assert cells(ledger, "organisations") == {"org_id": ["甲协会"], "name": ["甲协会"], "staff": [3], "budget": [5000.0]}


def test_a_row_of_units_below_groups_changes_no_heading():
    rows = [["名称", "人员", None], [None, "从业人员", "党员总数"], [None, "（人）", "（名）"], ["甲", 3, 1]]
    header = find_header(Grid("表", rows, [(0, 0, 2, 0), (0, 1, 0, 2)]))
    assert [heading.path for heading in header.columns] == [("名称",), ("人员", "从业人员（人）"), ("人员", "党员总数（名）")]
    assert [heading.row for heading in header.columns] == [0, 1, 1]


def test_a_name_in_a_heading_or_group_row_is_shown_nowhere(tmp_path):
    rows = [[*HEADINGS[:3], "联系人张三13800000000", "从业人员数"], ["甲镇（网格员张三）"], *([*row[:3], "√", row[3]] for row in ROWS)]
    ledger = read(tmp_path, rows)
    assert cells(ledger, "organisations")["township"] == ["甲镇"] * 4
    assert "张三" not in said(ledger) + ledger.trail.to_csv() + ledger.mapping_table.to_csv() + str(ledger.as_json())


# ------------------------------------------------------------------ what is no Party organisation


@pytest.mark.parametrize("heading", ["换届时间", "最近换届时间"])
def test_the_election_of_a_council_makes_no_branch(tmp_path, heading):
    rows = [
        ["社会组织名称", "成立登记时间", heading, "会长"],
        ["甲协会", "2010年6月", "2015年6月", "张三"],
        ["乙学会", "2011年6月", None, "李四"],
    ]
    ledger = read(tmp_path, rows)
    assert len(ledger.register.branches) == 0
    assert found(ledger) == [("whose_election", "表", "C2")]
    assert ledger.register.organisations["party_organisation"].isna().all()


@pytest.mark.parametrize("shows", [["是否建立党组织", "是"], ["党组织名称", "甲协会党支部"], ["覆盖形式", "单独建立"]])
def test_beside_what_tells_of_the_party_an_election_is_its_own(tmp_path, shows):
    ledger = read(tmp_path, [["社会组织名称", shows[0], "换届时间"], ["甲协会", shows[1], "2015-06-01"]])
    assert [str(day)[:10] for day in ledger.register.branches["last_election_on"]] == ["2015-06-01"]


NO_BRANCHES = [
    "正在筹建",
    "筹建中",
    "已撤销",
    "×",
    "x",
    "不具备条件",
    "不符合建立条件",
    "应建未建",
    "未建",
    "拟于2013年建立",
    "党员不足3人，未建",
    "未成立",
]


@pytest.mark.parametrize("word", NO_BRANCHES)
def test_a_word_for_none_is_no_name_of_a_branch(tmp_path, word):
    rows = [["社会组织名称", "党组织名称"], ["甲协会", word], ["乙学会", "乙学会党支部"], ["丙商会", "√"]]
    ledger = read(tmp_path, rows)
    assert cells(ledger, "branches")["name"] == ["乙学会党支部", "丙商会党组织"]
    assert cells(ledger, "organisations")["party_organisation"][1:] == [True, True]
    assert cells(ledger, "organisations")["party_organisation"][0] is not True


@pytest.mark.parametrize(("word", "doubted"), [
    ("见备注", True), ("与摄影协会联合", True), ("挂靠县工商联党支部", True), ("甲", True),
    ("不足道书社党支部", False), ("建设协会党总支", False), ("拟态研究会党支部", False), ("Branch 1", False),
])  # fmt: skip
def test_what_does_not_read_as_a_party_organisation_is_doubted(tmp_path, word, doubted):
    ledger = read(tmp_path, [["社会组织名称", "党组织名称"], ["甲协会", word]])
    assert cells(ledger, "branches")["name"] == [word]
    assert found(ledger) == ([("branch_word", "表", "B2")] if doubted else [])


OTHERS = [("工会情况", "会员数"), ("工会情况", "名称"), ("理事会成员", "党员数"), ("理事会换届情况", "换届时间"), ("团支部", "成立时间"), ("第一季度", "党课次数"),
          ("上半年", "党课次数"), ("本年新增", "党员数"), ("去年同期", "从业人员数")]  # fmt: skip


@pytest.mark.parametrize(("group", "heading"), OTHERS)
def test_below_a_group_of_others_a_heading_is_asked_about_or_left(tmp_path, group, heading):
    rows = [
        ["社会组织名称", group, None, "党建情况", None],
        [None, heading, "备注", "党组织名称", "换届时间"],
        ["甲协会", "5", None, "甲支部", "2016-06-01"],
    ]
    ledger = read(tmp_path, rows, [(0, 1, 0, 2), (0, 3, 0, 4)])
    assert [line.reads for line in ledger.mapping if group in line.heading and heading in line.heading] == ["-"]
    assert [str(day)[:10] for day in ledger.register.branches["last_election_on"]] == ["2016-06-01"]
