"""Every check of a ledger: the fault's kind, severity, file, sheet, cell, heading and value, all at once."""

import datetime as dt
import json

import pytest
from workbooks import cells, check, credit_code, form, found, kinds, write

from analysis.ledger import LedgerError, read_ledger
from analysis.model import Severity
from analysis.settings import Settings, Unreadable

GOOD = credit_code("51610723", "MJX10001")
OUTER = GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1")
LENIENT = Settings(unreadable=Unreadable.unknown)
ERROR, WARNING, NOTE = Severity.error, Severity.warning, Severity.note

PATHS = [
    "编号", "社会组织名称", "统一社会信用代码", "组织类别", "成立登记日期", "年检结果", "从业人员数", "专职人数", "兼职人数", "从业人员党员数", "党员数", "正式党员数",
    "预备党员数", "会员总数", "单位会员数", "个人会员数", "有无活动室", "党建经费", "覆盖形式", "所属支部编号", "是否成立党组织", "是否选派党建指导员", "登记证号",
]  # fmt: skip


def sheet(*rows):
    """Rows of bodies with the cells that are given by heading; the rest is plain."""
    lines = [PATHS]
    for at, given in enumerate(rows, 1):
        plain = {"社会组织名称": f"第{at}号协会", "登记证号": f"00{at}", "组织类别": "社会团体"}
        assert set(given) <= set(PATHS)
        lines.append([(plain | given).get(path) for path in PATHS])
    return lines


def at(path, row):
    letter = chr(65 + PATHS.index(path))
    return f"{letter}{row + 1}"


BRANCHES = [
    "支部编号",
    "支部名称",
    "组织建制",
    "组建形式",
    "支部党员数",
    "支部正式党员数",
    "支委人数",
    "成立日期",
    "上次换届日期",
    "覆盖组织数",
    "上级支部编号",
    "民主评议满意率",
]


def branches(*rows):
    return [
        BRANCHES,
        *(
            [({"支部编号": f"B{at}", "支部名称": f"第{at}党支部"} | given).get(path) for path in BRANCHES]
            for at, given in enumerate(rows, 1)
        ),
    ]


def branch_at(path, row):
    return f"{chr(65 + BRANCHES.index(path))}{row + 1}"


# what is planted: heading, the rest of the row, the kind of fault and its severity
CELL_FAULTS = {
    "not_count": ("从业人员数", {"从业人员数": "很多"}, "not_count", ERROR),
    "fraction": ("从业人员数", {"从业人员数": 3.5}, "not_count", ERROR),
    "negative": ("从业人员数", {"从业人员数": -3}, "negative", ERROR),
    "a date for a count": ("从业人员数", {"从业人员数": dt.date(2011, 6, 1)}, "not_count", ERROR),
    "an error of a formula": ("从业人员数", {"从业人员数": "#REF!"}, "formula_error", ERROR),
    "code": ("组织类别", {"组织类别": "公司"}, "code", ERROR),
    "inspection": ("年检结果", {"年检结果": "优秀"}, "code", ERROR),
    "yes or no": ("有无活动室", {"有无活动室": "也许"}, "not_yes_no", ERROR),
    "day": ("成立登记日期", {"成立登记日期": "很久以前"}, "not_day", ERROR),
    "no such day": ("成立登记日期", {"成立登记日期": "2011-02-30"}, "not_day", ERROR),
    "after": ("成立登记日期", {"成立登记日期": dt.date(2019, 1, 1)}, "after", ERROR),
    "amount": ("党建经费", {"党建经费": "若干元钱"}, "not_amount", ERROR),
    "digits lost": ("统一社会信用代码", {"统一社会信用代码": 5.1610723e17}, "digits_lost", ERROR),
    "name": ("社会组织名称", {"社会组织名称": None}, "empty", ERROR),
    "about": ("从业人员数", {"从业人员数": "约30人"}, "doubtful_cell", WARNING),
    "january or october": ("成立登记日期", {"成立登记日期": 2011.1}, "doubtful_cell", WARNING),
    "sum in a cell": ("从业人员数", {"从业人员数": "10+2"}, "doubtful_cell", WARNING),
    "bounded": ("从业人员数", {"从业人员数": "30余人"}, "doubtful_cell", WARNING),
    "code outer": ("统一社会信用代码", {"统一社会信用代码": OUTER}, "uscc_outer", WARNING),
    "code form": ("统一社会信用代码", {"统一社会信用代码": "12345"}, "uscc_form", WARNING),
    "code kind": ("统一社会信用代码", {"统一社会信用代码": GOOD, "组织类别": "基金会"}, "uscc_kind", WARNING),
    "staff sum": ("从业人员数", {"从业人员数": 9, "专职人数": 4, "兼职人数": 4}, "sum_differs", WARNING),
    "members sum": ("党员数", {"党员数": 9, "正式党员数": 7, "预备党员数": 1}, "sum_differs", WARNING),
    "association sum": ("会员总数", {"会员总数": 9, "单位会员数": 7, "个人会员数": 1}, "sum_differs", WARNING),
    "members over staff": (
        "从业人员党员数",
        {"从业人员党员数": 9, "从业人员数": 7, "专职人数": 7, "兼职人数": 0},
        "contradiction",
        WARNING,
    ),
    "full time over staff": ("专职人数", {"专职人数": 9, "从业人员数": 7}, "contradiction", WARNING),
    "full over all": ("正式党员数", {"正式党员数": 9, "党员数": 7}, "contradiction", WARNING),
    "covered without": ("覆盖形式", {"覆盖形式": "未覆盖", "所属支部编号": "B1"}, "contradiction", WARNING),
    "organised differs": ("是否成立党组织", {"覆盖形式": "未覆盖", "是否成立党组织": "是"}, "contradiction", WARNING),
    "own without branch": ("覆盖形式", {"覆盖形式": "单独组建"}, "doubt", WARNING),
    "instructor without": ("覆盖形式", {"覆盖形式": "未覆盖", "是否选派党建指导员": "是"}, "doubt", WARNING),
    "said to be covered": ("是否成立党组织", {"是否成立党组织": "是"}, "doubt", WARNING),
    "members as staff": ("从业人员数", {"从业人员数": 500, "会员总数": 500}, "doubt", WARNING),
    "unknown branch": ("所属支部编号", {"覆盖形式": "单独组建", "所属支部编号": "B99"}, "nowhere", ERROR),
}
SHARES = {"社会组织名称": "甲县茶业协会", "登记证号": "1"}


@pytest.mark.parametrize("planted", CELL_FAULTS.values(), ids=CELL_FAULTS)
def test_each_fault_alone_is_said_at_its_cell(tmp_path, planted):
    heading, given, kind, severity = planted
    ledger = check(write(tmp_path / "a.xlsx", 社会组织=sheet({}, given), 支部=branches({})))
    ours = [made for made in ledger.faults if made.kind != "members_basis"]
    assert [(made.kind, made.severity, made.file, made.sheet, made.cell, made.column) for made in ours] == [
        (kind, severity, "a.xlsx", "社会组织", at(heading, 2), heading)
    ]
    assert (ledger.register is None) == (severity is ERROR)
    assert ours[0].problem.zh
    assert ours[0].remedy.zh


@pytest.mark.parametrize(
    "planted", [each for each in CELL_FAULTS.values() if each[3] is ERROR and each[2] != "empty"], ids=lambda each: each[2]
)
def test_a_cell_that_cannot_be_read_can_be_left_unknown(tmp_path, planted):
    heading, given, kind, _ = planted
    path = write(tmp_path / "a.xlsx", 社会组织=sheet({"从业人员数": 2}, given), 支部=branches({}))
    ledger = check(path, settings=LENIENT)
    assert [(made.kind, made.severity, made.cell) for made in ledger.faults if made.kind == kind] == [(kind, WARNING, at(heading, 2))]
    line = next(line for line in ledger.mapping if line.heading == heading and line.sheet == "社会组织")
    assert cells(ledger, "organisations").get(line.reads.partition("/")[2], [None, None])[1] is None
    assert len(ledger.register.organisations) == 2
    with pytest.raises(LedgerError):
        read_ledger(path, as_of=dt.date(2018, 6, 30))


BRANCH_FAULTS = {
    "committee of few": ("组织建制", {"组织建制": "党委", "支部党员数": 5}, "doubt", WARNING),
    "too few": ("支部正式党员数", {"支部正式党员数": 2, "支部党员数": 5}, "doubt", WARNING),
    "full over all": ("支部正式党员数", {"支部正式党员数": 9, "支部党员数": 5}, "contradiction", WARNING),
    "committee over full": ("支委人数", {"支委人数": 9, "支部正式党员数": 5}, "contradiction", WARNING),
    "election first": ("成立日期", {"成立日期": "2015-01-01", "上次换届日期": "2014-01-01"}, "contradiction", WARNING),
    "joint of one": ("组建形式", {"组建形式": "联合", "覆盖组织数": 1}, "doubt", WARNING),
    "joint of many": ("组建形式", {"组建形式": "联合", "覆盖组织数": 40}, "remark", NOTE),
    "election after": ("上次换届日期", {"上次换届日期": "2019-01-01"}, "after", ERROR),
    "parent": ("上级支部编号", {"上级支部编号": "B77"}, "nowhere", ERROR),
    "satisfaction": ("民主评议满意率", {"民主评议满意率": 1}, "share_or_percent", ERROR),
    "satisfaction over": ("民主评议满意率", {"民主评议满意率": 120}, "percent", ERROR),
    "level": ("组织建制", {"组织建制": "党群"}, "code", ERROR),
}


@pytest.mark.parametrize("planted", BRANCH_FAULTS.values(), ids=BRANCH_FAULTS)
def test_each_fault_of_a_branch_is_said_at_its_cell(tmp_path, planted):
    heading, given, kind, severity = planted
    ledger = check(write(tmp_path / "a.xlsx", 社会组织=sheet({}), 支部=branches({}, given)))
    assert [(made.kind, made.severity, made.sheet, made.cell, made.column) for made in ledger.faults] == [
        (kind, severity, "支部", branch_at(heading, 2), heading)
    ]


def test_more_than_twenty_five_faults_are_said_at_once_in_their_order(tmp_path):
    planted = list(CELL_FAULTS.values())
    rows = sheet(*(given for _, given, _, _ in planted))
    ledger = check(
        write(tmp_path / "a.xlsx", 社会组织=rows, 支部=branches(*(given for _, given, _, _ in BRANCH_FAULTS.values()))), settings=LENIENT
    )
    expected = {(kind, "社会组织", at(heading, row)) for row, (heading, _, kind, _) in enumerate(planted, 1)}
    expected |= {(kind, "支部", branch_at(heading, row)) for row, (heading, _, kind, _) in enumerate(BRANCH_FAULTS.values(), 1)}
    assert len(planted) + len(BRANCH_FAULTS) > 40
    # one name is missing, so the ledger is refused whatever the setting; what needs a register cannot be asked
    in_cells = {(kind, sheet_, cell) for kind, sheet_, cell in expected if kind not in ("contradiction", "doubt", "remark")}
    in_cells = {each for each in in_cells if not each[0].startswith(("sum_", "uscc_"))}
    assert set(found(ledger)) >= in_cells
    places = [(made.sheet != "社会组织", int("".join(filter(str.isdigit, made.cell)) or 0)) for made in ledger.faults]
    assert places == sorted(places)
    named = [given if kind != "empty" else {} for _, given, kind, _ in planted]
    whole = check(
        write(tmp_path / "b.xlsx", 社会组织=sheet(*named), 支部=branches(*(given for _, given, _, _ in BRANCH_FAULTS.values()))),
        settings=LENIENT,
    )
    assert set(found(whole)) >= {each for each in expected if each[0] != "empty"}


def test_a_message_lists_a_hundred_and_the_error_holds_all(tmp_path):
    path = write(tmp_path / "a.xlsx", 社会组织=sheet(*[{"从业人员数": "很多", "组织类别": "公司"}] * 80))
    with pytest.raises(LedgerError) as caught:
        read_ledger(path)
    assert len(caught.value.faults) == 160
    assert "160 faults" in str(caught.value)
    assert "60 more" in str(caught.value)


def test_faults_go_into_json(tmp_path):
    ledger = check(write(tmp_path / "a.xlsx", 社会组织=sheet(*(given for _, given, _, _ in CELL_FAULTS.values())), 支部=branches({})))
    for made in ledger.faults:
        record = made._asdict()
        again = json.loads(json.dumps(record, default=lambda each: getattr(each, "name", str(each)), ensure_ascii=False))
        assert again["kind"] == made.kind
        assert isinstance(again["cell"], str)
        assert all(type(record[name]) in (str, int, type(None)) for name in ("file", "line", "column", "value", "sheet", "cell", "kind"))


# ------------------------------------------------------------------ bodies that are one


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("甲协会", "甲协会", "name_twice"),
        ("甲协会（北）", "甲协会(北)", "name_alike"),
        ("甲 协会", "甲协会", "name_alike"),
        ("洋县茶叶协会", "茶叶协会", "name_alike"),
        ("茶叶学会", "茶叶协会", "name_alike"),
        ("陕西省洋县茶叶协会", "洋县茶叶协会", "name_alike"),
        ("Ａ协会", "A协会", "name_alike"),
    ],
)
def test_one_body_under_two_spellings_is_said(tmp_path, one, other, kind):
    rows = sheet({"社会组织名称": one}, {"社会组织名称": "丙商会"}, {"社会组织名称": other})
    ledger = check(write(tmp_path / "a.xlsx", 社会组织=rows))
    assert [(made.kind, made.severity, made.cell) for made in ledger.faults] == [(kind, WARNING, "B4")]
    assert "B2" in str(ledger.faults[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [("甲协会", "乙协会"), ("甲县第一幼儿园", "甲县第二幼儿园"), ("茶叶协会", "茶叶商会"), ("甲镇商会", "乙镇商会"), ("市协会", "县协会")],
)
def test_bodies_that_differ_are_not_said_to_be_one(tmp_path, one, other):
    ledger = check(write(tmp_path / "a.xlsx", 社会组织=sheet({"社会组织名称": one}, {"社会组织名称": other})))
    assert kinds(ledger) == []


def test_three_spellings_are_said_twice_and_a_number_twice_is_an_error(tmp_path):
    same = [{"社会组织名称": name} for name in ("茶叶协会", "茶叶学会", "茶叶研究会")]
    assert kinds(check(write(tmp_path / "a.xlsx", 社会组织=sheet(*same)))) == ["name_alike", "name_alike"]
    ledger = check(write(tmp_path / "b.xlsx", 社会组织=sheet({"登记证号": "9"}, {"登记证号": "9"})))
    assert [(made.kind, made.severity, made.cell) for made in ledger.faults] == [("twice", ERROR, "W2"), ("twice", ERROR, "W3")]


def test_rows_of_one_name_without_numbers_would_count_twice(tmp_path):
    ledger = check(write(tmp_path / "a.xlsx", 表=[["社会组织名称", "从业人员数"], ["甲协会", 3], ["甲协会", 3]]))
    assert next((made.kind, made.severity, made.cell) for made in ledger.faults) == ("body_twice", ERROR, "A3")


@pytest.mark.parametrize("first", ["51610723", "52610723", "53610723"])
def test_a_sound_code_is_not_asked_about(tmp_path, first):
    kind = {"51": "社会团体", "52": "民办非企业单位", "53": "基金会"}[first[:2]]
    ledger = check(write(tmp_path / "a.xlsx", 社会组织=sheet({"统一社会信用代码": credit_code(first, "MJX10001"), "组织类别": kind})))
    assert kinds(ledger) == []


def test_a_code_that_is_wrong_twice_is_a_warning_each_and_never_an_error(tmp_path):
    code = GOOD[:16] + ("0" if GOOD[16] != "0" else "1") + GOOD[17]
    ledger = check(write(tmp_path / "a.xlsx", 社会组织=sheet({"统一社会信用代码": code})))
    assert [(made.kind, made.severity, made.cell) for made in ledger.faults] == [
        ("uscc_outer", WARNING, "C2"),
        ("uscc_inner", WARNING, "C2"),
    ]
    assert cells(ledger, "organisations")["uscc"] == [code]


# ------------------------------------------------------------------ the rules of the yearly form

FORM = {
    "从业人员数/从业人员数": 12, "从业人员数/领导成员数/专职": 3, "从业人员数/领导成员数/兼职": 2, "从业人员数/工作人员数/专职": 5, "从业人员数/工作人员数/兼职": 2,
    "党员情况/党员人数": 8,
    "党员情况/领导成员党员数/专职/已转关系": 2, "党员情况/领导成员党员数/专职/未转关系": 1, "党员情况/领导成员党员数/兼职": 1,
    "党员情况/工作人员党员数/专职/已转关系": 2, "党员情况/工作人员党员数/专职/未转关系": 1, "党员情况/工作人员党员数/兼职": 1,
    "党员情况/组织关系（人数）/社会组织": 4, "党员情况/组织关系（人数）/业务主管单位": 1, "党员情况/组织关系（人数）/挂靠单位": 1,
    "党员情况/组织关系（人数）/属地": 1, "党员情况/组织关系（人数）/原工作单位": 1, "党员情况/组织关系（人数）/其他": 0,
    "党员情况/发展党员（人数）/申请入党": 1, "党员情况/发展党员（人数）/入党积极分子": 1, "党员情况/发展党员（人数）/发展对象人数": 1,
}  # fmt: skip
LEAD, WORK, AT = "党员情况/领导成员党员数/", "党员情况/工作人员党员数/", "党员情况/组织关系（人数）/"
BROKEN = {
    "F1": ({"从业人员数/从业人员数": 13}, "从业人员数/从业人员数"),
    "F2": ({"党员情况/党员人数": 9, AT + "其他": 1}, "党员情况/党员人数"),
    "F3": ({AT + "其他": 1}, "党员情况/党员人数"),
    "F4": ({"从业人员数/领导成员数/专职": 2, "从业人员数/工作人员数/专职": 6}, "从业人员数/领导成员数/专职"),
    "F5": ({LEAD + "兼职": 3, WORK + "专职/未转关系": 0, WORK + "兼职": 0}, "从业人员数/领导成员数/兼职"),
    "F6": ({"从业人员数/工作人员数/专职": 2, "从业人员数/领导成员数/专职": 6}, "从业人员数/工作人员数/专职"),
    "F7": ({WORK + "兼职": 3, WORK + "专职/未转关系": 0, LEAD + "兼职": 0}, "从业人员数/工作人员数/兼职"),
    "F8": ({AT + "社会组织": 3, AT + "其他": 1}, AT + "社会组织"),
    "F9": ({"党员情况/发展党员（人数）/申请入党": 9}, "从业人员数/从业人员数"),
}


def yearly(changes):
    return form("单位名称", *FORM).then(["甲协会", *(FORM | changes).values()])


def test_a_sound_yearly_form_breaks_no_rule(tmp_path):
    assert kinds(check(write(tmp_path / "a.xlsx", 表=yearly({})))) == ["members_basis"]


@pytest.mark.parametrize("code", BROKEN)
def test_each_rule_of_the_yearly_form_is_held_at_the_whole(tmp_path, code):
    changes, path = BROKEN[code]
    ledger = check(write(tmp_path / "a.xlsx", 表=yearly(changes)))
    ours = [made for made in ledger.faults if made.kind.startswith("sum_")]
    letter = chr(65 + 1 + list(FORM).index(path))
    assert [(made.kind, made.severity, made.cell) for made in ours] == [
        ("sum_differs" if code in ("F1", "F2", "F3", "F8") else "sum_exceeds", WARNING, f"{letter}5")
    ]
    assert f"form's rule {code})" in str(ours[0])


def test_a_rule_with_an_empty_cell_is_not_asked(tmp_path):
    assert not [
        kind
        for kind in kinds(check(write(tmp_path / "a.xlsx", 表=yearly({"从业人员数/从业人员数": None, AT + "其他": None}))))
        if kind.startswith("sum_")
    ]


# ------------------------------------------------------------------ the trail


def test_every_cell_read_another_way_is_in_the_trail_once_with_its_rule(tmp_path):
    rows = sheet(
        {"从业人员数": "１２人", "组织类别": "社团", "成立登记日期": "2011.6", "有无活动室": "√", "党建经费": "0.3万"},
        {"从业人员数": 5, "组织类别": "社会团体", "成立登记日期": "2011-06-01", "有无活动室": "是", "党建经费": 3000},
    )
    ledger = check(write(tmp_path / "a.xlsx", 社会组织=rows))
    shown = {(row.cell, row.heading, row.was, row.became, row.rule) for row in ledger.trail.itertuples()}
    assert shown == {
        ("D2", "组织类别", "社团", "association", "word"),
        ("E2", "成立登记日期", "2011.6", "2011-06-01 … 2011-06-30", "month"),
        ("G2", "从业人员数", "１２人", "12", "width"),
        ("G2", "从业人员数", "１２人", "12", "unit"),
        ("Q2", "有无活动室", "√", "是 · yes", "tick"),
        ("R2", "党建经费", "0.3万", "3000", "unit"),
    }
    assert set(ledger.trail["file"]) == {"a.xlsx"}
    assert set(ledger.trail["sheet"]) == {"社会组织"}


def test_a_branch_of_two_spellings_is_one_and_what_differs_is_left_unknown(tmp_path):
    rows = [
        ["社会组织名称", "党组织名称", "组织建制", "支部党员数"],
        ["甲协会", "中共甲片区支部委员会", "党支部", 7],
        ["乙学会", "甲片区党支部", "党总支", 7],
    ]
    ledger = check(write(tmp_path / "a.xlsx", 表=rows))
    assert cells(ledger, "branches") == {"branch_id": ["中共甲片区支部委员会"], "name": ["中共甲片区支部委员会"], "members": [7]}
    assert cells(ledger, "organisations")["branch_id"] == ["中共甲片区支部委员会"] * 2
    assert {(made.kind, made.cell) for made in ledger.faults} == {("doubtful_cell", "B3"), ("branch_differs", "C3")}


def test_a_party_organisation_denied_is_said_and_not_counted(tmp_path):
    rows = [["社会组织名称", "是否成立党组织", "党组织名称"], ["甲协会", "否", "甲党支部"], ["乙学会", "是", "乙党支部"]]
    ledger = check(write(tmp_path / "a.xlsx", 表=rows))
    assert found(ledger) == [("branch_denied", "表", "C2")]
    assert cells(ledger, "branches")["name"] == ["乙党支部"]
