import calendar
import datetime as dt
import re
import time
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import cells as cells_module
from analysis.cells import RULES, any_repeats, columns, expression, is_filled, is_repeat, normal, read_cells, read_date
from analysis.faults import fault
from analysis.schema import BRANCHES, ORGANISATIONS, TABLES, Type

COLUMNS = {**BRANCHES, **ORGANISATIONS}
CHINESE = re.compile("[\u4e00-\u9fff]")
FAULTS = {
    Type.key: {"cell_type", "digits_lost"},
    Type.text: {"cell_type", "digits_lost"},
    Type.whole: {"not_count"},
    Type.money: {"not_amount"},
    Type.percent: {"not_share", "share_or_percent"},
    Type.yes_no: {"not_yes_no"},
    Type.date: {"not_day"},
    Type.code: {"code"},
}
DAY = dt.date(2011, 6, 1)


def one(name, cell, **options):
    """Return what one cell is read as: its value, its rules in their order, its last day, its fault."""
    (value,), wrong, changed, until = read_cells([cell], COLUMNS[name], **options)
    assert {at for at, _ in wrong + changed} | set(until) <= {0}
    assert len(wrong) < 2
    return value, " ".join(rule for _, rule in changed), until.get(0), wrong[0][1] if wrong else ""


def rows(*groups):
    """Return one case a cell, from groups of a column, cells, and what is expected of each."""
    return [pytest.param(name, cell, *rest, id=f"{name}-{cell!r}") for name, cells, *rest in groups for cell in cells]


# ------------------------------------------------------------------ plainly written


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    rows(
        ("staff", [12, 12.0, "12", " 12 ", "12.0", "+12", "0012"], 12),
        ("staff", [0, 0.0, -0.0, "0"], 0),
        ("staff", [-3, "-3"], -3),
        ("staff", [2**53 - 1, str(2**53 - 1)], 2**53 - 1),
        ("budget", [3000.5, "3000.5", "3000.50"], 3000.5),
        ("budget", [0, -0.0, "0", "-0"], 0.0),
        ("satisfaction", [85, 85.0, "85", "85%", "85 %", "85.0"], 85.0),
        ("satisfaction", ["0.85%"], 0.85),
        ("satisfaction", [0, "0", "0%"], 0.0),
        ("activity_room", ["是", "有", "YES", "true", True, 1, 1.0, "1"], True),
        ("activity_room", ["否", "无", "no", "FALSE", False, 0, "0"], False),
        ("registered_on", ["2011-06-01", dt.date(2011, 6, 1), dt.datetime(2011, 6, 1, 9, 30), pd.Timestamp(2011, 6, 1)], DAY),
        ("registered_on", ["1850-01-01", dt.date(1850, 1, 1)], dt.date(1850, 1, 1)),
        ("registered_on", ["9999-12-31", dt.date(9999, 12, 31)], dt.date(9999, 12, 31)),
        ("kind", ["foundation", "基金会", " Foundation", "ＦＯＵＮＤＡＴＩＯＮ"], "foundation"),
        ("coverage", ["none", "未覆盖"], "none"),
        ("inspection", ["免检（新成立）", "免检(新成立)"], "exempt"),
        ("org_id", ["00123"], "00123"),
        ("org_id", [12.0, 12, "12"], "12"),
        ("org_id", [" a "], "a"),
        ("org_id", ["１２"], "１２"),
        ("name", ["=1+1"], "=1+1"),
        ("name", [3.5], "3.5"),
        ("name", [3.0, 3, -0.0 + 3], "3"),
        ("name", ["甲县农民专业合作社联合会"], "甲县农民专业合作社联合会"),
        ("name", ["无锡商会"], "无锡商会"),
        *[(name, [None, "", " \u3000\n"], None) for name in ("name", "staff", "kind", "registered_on", "activity_room", "satisfaction")],
    ),
)
def test_what_is_written_plainly_is_no_change(name, cell, value):
    assert one(name, cell) == (value, "", None, "")
    assert type(one(name, cell)[0]) is type(value)
    if Type.money is COLUMNS[name].type:
        assert str(one(name, cell)[0]) == str(value)  # minus nothing is nothing


# ------------------------------------------------------------------ every rule, and what is near it


@pytest.mark.parametrize(
    ("name", "cell", "value", "rules"),
    rows(
        ("staff", ["１２", " １２ ", "１２．０", "＋12"], 12, "width"),
        ("budget", ["３０００.50"], 3000.5, "width"),
        ("satisfaction", ["85 ％", "８５"], 85.0, "width"),
        ("satisfaction", ["0.85％"], 0.85, "width"),
        ("activity_room", ["ＹＥＳ", "１"], True, "width"),
        ("activity_room", ["０"], False, "width"),
        ("activity_room", ["Ｎ"], False, "width word"),
        ("staff", ["1,200", "1,200.0", "+1,200"], 1200, "thousands"),
        ("staff", ["1，200"], 1200, "width thousands"),
        ("staff", ["1,234,567"], 1234567, "thousands"),
        ("budget", ["1,200.5"], 1200.5, "thousands"),
        ("budget", ["1,200元"], 1200.0, "thousands unit"),
        ("staff", [f"12{unit}" for unit in "人名位个家次岁年条件户间处届场期"], 12, "unit"),
        ("staff", ["12 人", "12.0人", "12 \t 人"], 12, "unit"),
        ("staff", ["１２人", "12　人"], 12, "width unit"),
        ("staff", ["-3人"], -3, "unit"),
        ("budget", ["3000元", "3千元", "0.3万元", "0.3万", "0.3 万元"], 3000.0, "unit"),
        ("budget", ["1.15万"], 11500.0, "unit"),
        ("staff", ["约30", "大约30", "大概 30", "30左右", "30上下", "约30左右"], 30, "about"),
        ("staff", ["约30人", "30人左右", "30 人 左右"], 30, "about unit"),
        ("staff", ["约１,２００人"], 1200, "width about thousands unit"),
        ("budget", ["约3万元"], 30000.0, "about unit"),
        ("staff", ["近30", "将近30人", "30多", "30多人", "30余", "30余人", "30人多", "30几人", "三十余人", "十几个"], None, "bounded"),
        ("staff", ["超过30", "超30人", "逾30", "多于30", "大于30", ">30", "≥30人", ">=30"], None, "bounded"),
        ("staff", ["30以上", "30人以上", "三名以上", "30以下", "30人以内", "约30余人", "近百人"], None, "bounded"),
        ("staff", ["不足30", "不到30人", "不超过30", "少于3名", "<3", "至少30", "最多30", "不低于30"], None, "bounded"),
        ("staff", ["几十", "数十", "数十人", "若干", "若干名", "上百人", "几个"], None, "bounded"),
        ("staff", ["近３０"], None, "width bounded"),
        ("budget", ["10余万元", "10多万", "3万多元", "几万元", "3万元以上", "近1,200元"], None, "bounded"),
        ("staff", ["10+2", "10 + 2", "9+2+1"], 12, "sum"),
        ("staff", ["10＋2"], 12, "width sum"),
        ("staff", ["10人+2人", "10+2人", "10人+2"], 12, "sum unit"),
        ("staff", ["1,000+200"], 1200, "sum thousands"),
        ("budget", ["0.1+0.2"], 0.3, "sum"),
        ("budget", ["3万+500元"], 30500.0, "sum unit"),
        ("budget", ["500+300元"], 800.0, "sum unit"),
        ("staff", ["无", "没有", "零", "None", " 无 "], 0, "stated_none"),
        ("budget", ["无", "没有", "零", "none"], 0.0, "stated_none"),
        ("satisfaction", ["不详", "/"], None, "no_answer"),
        ("inspection", ["不详", "/", "？"], None, "no_answer"),
        ("activity_room", ["不详", "／", "暂无"], None, "no_answer"),
        ("name", ["—", "——", "/", "待定", "N/A", "?"], None, "no_answer"),
        ("org_id", ["-", "暂无"], None, "no_answer"),
        ("registered_on", ["不详", "-", "待定"], None, "no_answer"),
        ("name", ["无", "没有", "none"], None, "stated_nothing"),
        ("branch_id", ["无"], None, "stated_nothing"),
        ("last_election_on", ["无", "未", "从未", "尚未"], None, "stated_nothing"),
        ("activity_room", ["√", "✓", "✔", "✔\ufe0f", "☑", "✅", "对"], True, "tick"),
        ("activity_room", ["×", "✗", "✘", "☒", "╳", "✖", "❌", "x", "X", "错"], False, "tick"),
        ("activity_room", ["Ｘ"], False, "width tick"),
        ("activity_room", ["已", "已建", "已建立", "已成立", "建", "有的", "y", "Y", "t", "已 建"], True, "word"),
        ("activity_room", ["未", "未建", "未建立", "未成立", "没有", "n", "F"], False, "word"),
        ("kind", ["基 金 会", "基金　会"], "foundation", "word"),
    ),
)
def test_what_is_read_by_a_rule(name, cell, value, rules):
    assert one(name, cell) == (value, rules, None, "")
    assert type(one(name, cell)[0]) is type(value)


@pytest.mark.parametrize("name", ["staff", "budget", "satisfaction", "activity_room", "registered_on", "kind", "name", "org_id"])
@pytest.mark.parametrize(
    "cell",
    [
        *["—", "——", "-", "－", "--", "/", "／", "//", "\\", "…", "……", "?", "？", "空", "暂无", "暂 无", "不详", "未知", "不清楚"],
        *["待定", "待填", "未填", "未统计", "n/a", "N/A", "NA", "null", "Unknown"],
    ],
)
def test_no_answer_is_unknown_in_every_column(name, cell):
    assert one(name, cell) == (None, "no_answer", None, "")


@pytest.mark.parametrize(
    ("name", "cell", "problem"),
    rows(
        ("staff", ["约十二", "一百五", "12.5", 12.5, "0.5+0.5", True, "1e3", 2**53, str(2**53), 1e300, "9" * 30, "9" * 5000], "not_count"),
        ("staff", ["很多", "多", "多人", "上", "近", "约", "人", "+", "--1", "+-1", "约-3", "10+-2", "+10+2", "10+", "10+2+"], "not_count"),
        ("staff", ["1,20", "12,00", "0,123", "1,2345", "1200,000", ",200", "1 200", "1.200,5", "1、200"], "not_count"),
        ("staff", ["12头", "12人次", "12个人", "1.2万", "3000元", "2011年", "2011 年", "人12", "1 2"], "not_count"),
        ("staff", ["10人+2次", "约10+2", "10-2", "10~20", "10至20", "10×2", "=10+2"], "not_count"),
        ("staff", ["10²", "⑫", "½", "𝟙𝟚", "١٢", "1２²", "不知道", "nil", "√", "是", "否", "。", "..", "-12-"], "not_count"),
        ("staff", [dt.date(2011, 6, 1), dt.time(1), dt.timedelta(1), float("inf"), float("nan"), 10**400], "not_count"),
        (
            "staff",
            [Decimal(3), np.float64(3), np.int64(3), np.bool_(True), pd.NA, pd.NaT, b"3", [3], {3}, (3,), Decimal("sNaN")],
            "not_count",
        ),
        (
            "budget",
            ["1e5", "inf", "nan", "很多", "3,00", "¥3000", "3000元整", "3亿", "30人", "9" * 16, "3+2万", "3万+2", True],
            "not_amount",
        ),
        ("budget", [dt.date(2011, 6, 1), float("inf"), 10**400, Decimal("1.5"), b""], "not_amount"),
        (
            "satisfaction",
            ["八成", "85%%", "%", "约85%", "85%以上", "1,000", "无", "85分", True, dt.date(2011, 6, 1), float("nan")],
            "not_share",
        ),
        ("satisfaction", [0.85, 1, 1.0, "0.85", "1", "０.85"], "share_or_percent"),
        ("activity_room", ["maybe", "v", "V", "○", "O", "不", "张三", "零", "none", "01", "1.0", 2, -1, 0.5], "not_yes_no"),
        ("activity_room", [dt.date(2011, 6, 1), float("nan"), np.bool_(True), np.float64(1), b"1", ["是"]], "not_yes_no"),
        ("kind", ["社团", "无", "没有", 1, True, dt.date(2011, 6, 1), ["基金会"]], "code"),
        ("org_id", [12.5, True, dt.date(2011, 6, 1), float("nan"), [1], b"1", 10**400], "cell_type"),
        ("org_id", [1e15, 10**15], "digits_lost"),
        ("name", [True, dt.date(2011, 3, 1), dt.time(1), Decimal(1), np.float64(3.5)], "cell_type"),
        ("name", [123456789012345678.0], "digits_lost"),
        *[
            (name, ["#REF!", "#N/A", "#n/a", "＃N／A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA"], "formula_error")
            for name in ("staff", "budget", "satisfaction", "activity_room", "registered_on", "kind", "name", "org_id")
        ],
        ("staff", ["1900年", "2100年", "10+2头", "10头+2", "1+2x+3"], "not_count"),
        ("staff", ["#", "#12", "#REF", "#N/A!"], "not_count"),
    ),
)
def test_what_fits_no_rule_is_wrong(name, cell, problem):
    assert one(name, cell) == (None, "", None, problem)


@pytest.mark.parametrize("problem", sorted({problem for kinds in FAULTS.values() for problem in kinds}))
def test_every_kind_of_fault_has_its_words(problem):
    assert str(fault(problem, "a.csv", type=Type.whole.term, known="x")).startswith("a.csv: ")


@pytest.mark.parametrize(
    "cell", ["#1", "N/A公司", "无名氏协会", "—甲—", "零", "nil", "否", "√", "000000", "10+2", "约30人", "…协会", "空军"]
)
def test_names_that_only_look_like_a_word_are_names(cell):
    assert one("name", cell) == (cell, "", None, "")


# ------------------------------------------------------------------ dates


@pytest.mark.parametrize(
    ("cell", "value", "rules"),
    [
        *[(c, DAY, "date_form") for c in ("2011/6/1", "2011/06/01", "2011.6.1", "2011.06.01", "2011-6-1", "2011-06-1", "2011、6、1")],
        *[
            (c, DAY, "date_form")
            for c in ("2011－06－01", "２０１１-06-01", "2011年6月1日", "2011年06月01日", "2011年6月1号", "2011年6⽉1⽇")
        ],
        *[
            (c, DAY, "date_form")
            for c in ("2011 年 6 月 1 日", "2011. 6. 1", "2011/6/1 9:30", "2011-06-01 00:00:00", "2011-06-01T09:30:15.5")
        ],
        *[(c, DAY, "date_form") for c in ("2011-06-01 23:59", "2011年6月1日 9:30")],
        *[(c, DAY, "compact") for c in ("20110601", 20110601, 20110601.0, "２０１１０６０１")],
        *[(c, DAY, "serial") for c in (40695, 40695.0, "40695", 40695.5)],
        *[(c, dt.date(1950, 1, 1), "serial") for c in (18264, "18264")],
        *[(c, dt.date(2100, 12, 31), "serial") for c in (73415, "73415", 73415.75)],
        *[
            (c, DAY, "chinese_digits")
            for c in ("二〇一一年六月一日", "二○一一年六月一日", "二零一一年六月一日", "二0一一年六月一日", "二〇一一年6月1日")
        ],
        ("二〇一二年十二月三十一日", dt.date(2012, 12, 31), "chinese_digits"),
        ("二〇一二年十月二十一日", dt.date(2012, 10, 21), "chinese_digits"),
        ("二〇一二年十一月十日", dt.date(2012, 11, 10), "chinese_digits"),
        ("二〇一二年二月二十日", dt.date(2012, 2, 20), "chinese_digits"),
        ("2012年2月29日", dt.date(2012, 2, 29), "date_form"),
        ("1900/1/1", dt.date(1900, 1, 1), "date_form"),
        ("2100/12/31", dt.date(2100, 12, 31), "date_form"),
        *[
            (c, None, "zero_date")
            for c in (0, 0.0, -0.0, "0", "000000", "00000000", "0000-00-00", "0000-00-00 00:00:00", "0000/0/0", "0000", "00000")
        ],
        *[(c, None, "zero_date") for c in ("1900-01-00", "1900/1/0", "1900-01-00 00:00:00")],
    ],
)
def test_days_in_other_forms(cell, value, rules):
    assert one("registered_on", cell) == (value, rules, None, "")


@pytest.mark.parametrize(
    ("cell", "first", "last", "rules"),
    [
        *[
            (c, DAY, dt.date(2011, 6, 30), "month")
            for c in (
                "2011年6月",
                "2011年06月",
                "2011年6月份",
                "2011-06",
                "2011-6",
                "2011.06",
                "2011.6",
                2011.06,
                2011.6,
                "2011/6",
                "2011／6",
            )
        ],
        *[(c, DAY, dt.date(2011, 6, 30), "month") for c in ("201106", 201106, 201106.0, "2011-06-00", "2011/6/0", "20110600", 20110600)],
        *[(c, DAY, dt.date(2011, 6, 30), "chinese_digits month") for c in ("二〇一一年六月", "二○一一年六月", "二零一一年六月份")],
        *[(c, dt.date(2012, 2, 1), dt.date(2012, 2, 29), "month") for c in ("2012-02", "2012.2", 2012.02, "201202", "2012年2月")],
        *[(c, dt.date(2011, 2, 1), dt.date(2011, 2, 28), "month") for c in ("2011-02", 2011.2)],
        *[(c, dt.date(1900, 2, 1), dt.date(1900, 2, 28), "month") for c in ("1900-02", "1900.02")],
        *[(c, dt.date(2011, 12, 1), dt.date(2011, 12, 31), "month") for c in ("2011.12", 2011.12, "2011-12")],
        *[(c, dt.date(2011, 1, 1), dt.date(2011, 1, 31), "month") for c in ("2011.01", 2011.01, "2011-1", "2011/1", "2011年1月")],
        *[(c, dt.date(2011, 10, 1), dt.date(2011, 10, 31), "month") for c in ("2011.10", "2011-10", "2011年10月")],
        *[(c, dt.date(2011, 1, 1), dt.date(2011, 10, 31), "january_or_october") for c in (2011.1, "2011.1", "２０１１．１")],
        *[
            (c, dt.date(2011, 1, 1), dt.date(2011, 12, 31), "year")
            for c in (2011, 2011.0, "2011", "2011年", "2011 年", "２０１１", "2011.0")
        ],
        *[(c, dt.date(2011, 1, 1), dt.date(2011, 12, 31), "year") for c in ("2011-00-00", "20110000", 20110000, "2011-00", "201100")],
        *[(c, dt.date(2011, 1, 1), dt.date(2011, 12, 31), "chinese_digits year") for c in ("二〇一一年", "二零一一年")],
        *[(c, dt.date(1900, 1, 1), dt.date(1900, 12, 31), "year") for c in (1900, "1900年")],
        *[(c, dt.date(2100, 1, 1), dt.date(2100, 12, 31), "year") for c in (2100, "2100")],
    ],
)
def test_dates_known_to_the_month_or_the_year(cell, first, last, rules):
    assert one("registered_on", cell) == (first, rules, last, "")


@pytest.mark.parametrize(
    "cell",
    [
        *[
            "06/01/2011",
            "2011-13-01",
            "2011-02-30",
            "2011-00-01",
            "2011/13",
            "2011.13",
            2011.13,
            2011.123,
            "201113",
            "20110631",
            "2100.02.29",
        ],
        *["2011-6/1", "2011.6-1", "2011-06-01-", "2011.6.", "2011--06", "-2011", -2011, "2011-2012", "2011—06", "2011~2012", "2011,6,1"],
        *["11.6.1", "11-06-01", "110601", "11年6月1日", "6月1日", "6.1", 6.1, "2011年6", "2011年6月1", "年6月", "2011年一〇月"],
        *["2011.06.01（2014换届）", "2011.06.01(2014)", "2011年6月1日成立", "2011年上半年", "约2011年", "2011年6月左右", "2011年底"],
        *["1899", 1899, "2101", 2101, "1899/12/31", "2101-1-1", "2101年1月1日", "0001/1/1", "1850.01", "189912", "99999999", "0000-06-01"],
        *[18263, "18263", 73416, "73416", 1, "1", 12.5, 99999, "40695.5", "４０６９５.0", 1e300, 10**400, "0000000000"],
        *["2011-06-01 24:00", "2011-06-01 9:60", "2011-06-01 上午", "2011-06-01T", "2011-06 09:00", "2011-06-01 09:00Z", "2011-06-019:00"],
        *[
            "二〇一一年十三月",
            "二〇一一年六月三十二日",
            "二〇一一年六月三十一日",
            "二〇一一",
            "二千零一十一年",
            "一一年六月",
            "二〇一一年十十月",
        ],
        *["2011²", "①①①①", "١٢٣٤", "十", "有", "昨天", "2011-06-0①"],
        *[
            dt.time(1),
            dt.time(0),
            dt.timedelta(40695),
            True,
            False,
            float("nan"),
            float("inf"),
            pd.NaT,
            np.datetime64("2011-06-01"),
            b"2011",
            [2011],
        ],
    ],
)
def test_what_names_no_date(cell):
    assert one("registered_on", cell) == (None, "", None, "not_day")


def test_every_month_ends_on_its_last_day():
    for year in (1900, 2000, 2011, 2012, 2100):
        for month in range(1, 13):
            last = dt.date(year, month, calendar.monthrange(year, month)[1])
            assert one("registered_on", f"{year}-{month:02}") == (dt.date(year, month, 1), "month", last, "")


def test_the_numerals_of_a_day_are_all_read():
    spelt = "一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七 十八 十九 二十 二十一 二十二 二十三 二十四 二十五 二十六 二十七 二十八 二十九 三十 三十一"
    for day, numeral in enumerate(spelt.split(), 1):
        assert one("registered_on", f"二〇一二年十二月{numeral}日")[0] == dt.date(2012, 12, day)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2011/6/1", DAY),
        ("2011年6月1日", DAY),
        (" 2011-06-01 00:00:00", DAY),
        ("2011-06-01 00:00", DAY),
        ("2011-06-01T00:00:00.0", DAY),
        (dt.datetime(2011, 6, 1, 9), DAY),
    ],
)
def test_the_day_of_the_count_is_one_day(cell, day):
    assert read_date(cell) == day


@pytest.mark.parametrize("cell", ["2011-06", "2011.06.01", "2011", 40695, "20110601", "2011-06-01 09:00", "2011-02-30", "0000-00-00", None])
def test_a_day_of_the_count_that_is_not_certain_is_none(cell):
    with pytest.raises(ValueError, match=r"\Anot_day\Z"):
        read_date(cell)


# ------------------------------------------------------------------ what the heading says


@pytest.mark.parametrize(
    ("name", "cell", "value", "rules"),
    rows(
        ("budget", [0.3, "0.3"], 3000.0, "heading_unit"),
        ("budget", [1.15, "1.15"], 11500.0, "heading_unit"),
        ("budget", [3, "3", 3.0], 30000.0, "heading_unit"),
        ("budget", ["３"], 30000.0, "width heading_unit"),
        ("budget", ["1,200"], 12000000.0, "thousands heading_unit"),
        ("budget", ["约3"], 30000.0, "about heading_unit"),
        ("budget", ["1+2"], 30000.0, "sum heading_unit"),
        ("budget", ["3000元", "0.3万"], 3000.0, "unit"),
        ("budget", [0, "0", -0.0], 0.0, ""),
        ("budget", ["无"], 0.0, "stated_none"),
        ("staff", [1.2, "1.2"], 12000, "heading_unit"),
        ("staff", ["12人"], 12, "unit"),
        ("satisfaction", [85], 85.0, ""),
        ("org_id", [85], "85", ""),
    ),
)
def test_the_unit_of_the_heading_multiplies_exactly(name, cell, value, rules):
    assert one(name, cell, factor=10_000) == (value, rules, None, "")


@pytest.mark.parametrize(
    ("name", "cell", "problem"), [("staff", 1.23456, "not_count"), ("staff", "1.23456", "not_count"), ("budget", 1.7e308, "not_amount")]
)
def test_what_the_unit_of_the_heading_cannot_multiply(name, cell, problem):
    assert one(name, cell, factor=10_000) == (None, "", None, problem)


@pytest.mark.parametrize(
    ("name", "cell", "words", "value", "rules"),
    [
        ("kind", "社团", {"社团": "association"}, "association", "word"),
        ("kind", "社 团", {"社团": "association"}, "association", "word"),
        ("kind", "Social Body", {"social body": "association"}, "association", "word"),
        ("kind", "基金会", {"基金会": "foundation"}, "foundation", ""),
        ("kind", "无", {"无": None}, None, "word"),
        ("kind", "—", {"—": None}, None, "no_answer"),
        ("kind", 1.0, {"1": "association"}, "association", "word"),
        ("kind", "１", {"1": "association"}, "association", "word"),
        ("coverage", "无", {"无": "none"}, "none", "word"),
        ("activity_room", "达标", {"达标": True}, True, "word"),
        ("activity_room", "2", {"1": True, "2": False}, False, "word"),
        ("activity_room", 2.0, {"1": True, "2": False}, False, "word"),
        ("activity_room", 1.0, {"1": True, "2": False}, True, ""),
        ("activity_room", True, {"1": False}, True, ""),
        ("activity_room", "无", {"无": None}, None, "word"),
        ("activity_room", "否", {"否": True}, True, "word"),
        ("staff", 999.0, {"999": None}, None, "word"),
        ("staff", "无", {"无": None}, None, "word"),
        ("secretary_age", "保密", {"保密": None}, None, "word"),
        ("registered_on", "换届中", {"换届中": None}, None, "word"),
        ("name", "123456789", {"123456789": None}, None, "word"),
        ("name", "十个字以上的一个长长的名称", {"十个字以上的一个长长的名称": None}, None, "word"),
    ],
)
def test_more_words_go_before_those_that_are_known(name, cell, words, value, rules):
    assert one(name, cell, words=words) == (value, rules, None, "")


@pytest.mark.parametrize(
    ("name", "cell", "problem"), [("kind", "民非", "code"), ("kind", 2.0, "code"), ("kind", 1.5, "code"), ("kind", True, "code")]
)
def test_more_words_do_not_open_the_list(name, cell, problem):
    assert one(name, cell, words={"社团": "association", "1": "association"}) == (None, "", None, problem)


@pytest.mark.parametrize(
    ("cell", "value", "rules"),
    [
        *[(c, True, "named") for c in ("张三", "县委组织部派驻", "曾伟", "尚红", "3楼东侧", "13900000000", 3, 2.0, "吴无忌")],
        *[(c, True, "named") for c in ("是，张三", "0916-1234567", dt.date(2011, 6, 1), "Nora")],
        *[(c, True, "") for c in ("是", "有", 1, True, "yes")],
        *[(c, False, "") for c in ("无", "否", 0, False, "no")],
        *[(c, False, "word") for c in ("没有", "零", "None", "未")],
        *[(c, False, "tick") for c in ("×", "x")],
        ("√", True, "tick"),
        *[(c, None, "no_answer") for c in ("—", "/", "不详", "暂无", "待定")],
        (None, None, ""),
    ],
)
def test_a_name_in_a_cell_of_yes_or_no_is_a_yes(cell, value, rules):
    assert one("instructor", cell, presence=True) == (value, rules, None, "")


@pytest.mark.parametrize(
    "cell",
    [
        *[
            "未选派",
            "没有指导员",
            "无指导员",
            "不需要",
            "否（2018年撤销）",
            "尚未选派",
            "张三（已撤销）",
            "待建",
            "拟建",
            "筹建中",
            "在建",
            "暂缺",
            "指导员空缺",
        ],
        *[
            "0人",
            "０个",
            "0.0",
            "no instructor",
            "None yet",
            "not yet",
            "nobody",
            "Never had one",
            "without",
            "非常设",
            "计划选派",
            "待定中",
            "未央",
            "○",
            "、",
            "()",
        ],
        *[-1, 0.5, float("nan"), float("inf"), pd.NaT, dt.time(9), [1], b"x"],
    ],
)
def test_a_remark_that_there_is_none_is_no_name(cell):
    assert one("instructor", cell, presence=True) == (None, "", None, "not_yes_no")


def test_presence_and_factor_leave_other_columns_alone():
    for name, cell in (("staff", "none"), ("name", "零"), ("kind", "基金会"), ("registered_on", "2011-06-01"), ("satisfaction", 85)):
        assert one(name, cell, presence=True) == one(name, cell)
    for name, cell in (("name", "甲"), ("kind", "基金会"), ("registered_on", 2011), ("satisfaction", 85), ("activity_room", 1)):
        assert one(name, cell, factor=10_000) == one(name, cell)


# ------------------------------------------------------------------ columns


def test_an_empty_column():
    assert read_cells([], ORGANISATIONS["staff"]) == ([], [], [], {})


def test_positions_are_those_of_the_cells():
    made = read_cells(["12", None, "约30人", "x", "约30人", 12.0, True, [1], [1]], ORGANISATIONS["staff"])
    assert made.values == [12, None, 30, None, 30, 12, None, None, None]
    assert made.wrong == [(3, "not_count"), (6, "not_count"), (7, "not_count"), (8, "not_count")]
    assert made.changed == [(2, "about"), (2, "unit"), (4, "about"), (4, "unit")]
    dates = read_cells(["2011", "2011-06-01", "2012.2", "2011"], ORGANISATIONS["registered_on"])
    assert dates.until == {0: dt.date(2011, 12, 31), 2: dt.date(2012, 2, 29), 3: dt.date(2011, 12, 31)}


def test_cells_that_are_equal_but_of_other_types_are_told_apart():
    assert read_cells([1, True, 1.0, "1"], ORGANISATIONS["staff"])[:2] == ([1, None, 1, 1], [(1, "not_count")])
    assert read_cells([True, 1, 1.0], ORGANISATIONS["name"])[:2] == ([None, "1", "1"], [(0, "cell_type")])
    assert read_cells([0, False, 0.0], ORGANISATIONS["registered_on"])[:2] == ([None] * 3, [(1, "not_day")])


def test_neither_cells_nor_words_are_changed():
    cells, words = ["社团", " 基金会 ", None], {"社团": "association"}
    read_cells(cells, ORGANISATIONS["kind"], words=words)
    assert (cells, words) == (["社团", " 基金会 ", None], {"社团": "association"})
    assert read_cells(tuple(cells), ORGANISATIONS["kind"], words=words).values == ["association", "foundation", None]


@pytest.mark.parametrize("name", ["staff", "budget", "satisfaction", "registered_on", "activity_room"])
@pytest.mark.parametrize("piece", [" ", "\u3000", "近", "几", "+", "1+", ",111", "1", "一", "2011-", "约 "])
def test_a_long_cell_takes_no_longer_than_it_is_long(name, piece):
    began = time.perf_counter()
    one(name, f"30{piece * 8000}x", presence=True)
    one(name, f"30{piece * 8000}", presence=True)
    assert time.perf_counter() - began < 1


def test_an_odd_object_is_judged_like_any_other():
    class Odd:
        def __eq__(self, other):
            raise RuntimeError

        __hash__ = None

    assert read_cells([Odd(), Odd(), "3"], ORGANISATIONS["staff"])[:2] == ([None, None, 3], [(0, "not_count"), (1, "not_count")])


# ------------------------------------------------------------------ laws


WRITTEN = st.sampled_from(
    [
        *[
            "12",
            "１２人",
            "约30",
            "近30",
            "10+2",
            "无",
            "—",
            "√",
            "x",
            "已建",
            "2011.1",
            "2011-06",
            "20110601",
            "二〇一一年六月",
            "#N/A",
            "0",
        ],
        *[
            "是",
            "否",
            "基金会",
            "基 金 会",
            "85%",
            "0.85",
            "1,200",
            "3万元",
            "2011-06-01",
            "名称",
            "3-1",
            0,
            1,
            1.0,
            True,
            -0.0,
            2011.1,
            40695,
        ],
        *[2011, 0.85, 1e300, dt.date(2011, 6, 1), Decimal(1), np.float64(1), [1], b"1", None, "", " "],
    ]
)
PIECES = st.lists(
    st.sampled_from([*"0123456789１２，,.+-/年月日人元万约近多余以上下左右%#无未一二十〇 　", "以上", "左右", "2011"]), max_size=8
)
CELLS = st.one_of(
    WRITTEN,
    PIECES.map("".join),
    st.text(),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.decimals(),
    st.binary(),
    st.lists(st.integers(), max_size=2),
    st.none(),
)
OPTIONS = st.fixed_dictionaries(
    {
        "factor": st.sampled_from([1, 1000, 10_000]),
        "words": st.sampled_from([{}, {"名称": None, "1": None}]),
        "presence": st.booleans(),
    }
)
TYPES = {Type.key: str, Type.text: str, Type.whole: int, Type.money: float, Type.percent: float, Type.yes_no: bool, Type.date: dt.date}


@settings(max_examples=300, deadline=None)
@given(CELLS, OPTIONS)
def test_no_cell_is_too_strange_to_be_judged(cell, options):
    for column in COLUMNS.values():
        (value,), wrong, changed, until = read_cells([cell], column, **options)
        assert value is None or type(value) is TYPES.get(column.type, str)
        assert column.codes is None or value is None or value in column.codes.__members__
        assert {rule for _, rule in changed} <= set(RULES)
        assert not wrong or (value is None and not changed and not until)
        assert {kind for _, kind in wrong} <= FAULTS[column.type] | {"formula_error"}
        assert is_filled(cell) or (value, wrong, changed) == (None, [], [])
        assert value is not None or not is_filled(cell) or wrong or changed
        assert all(value < last for last in until.values())


@settings(max_examples=150, deadline=None)
@given(st.lists(CELLS, max_size=12), st.randoms(use_true_random=False), OPTIONS)
def test_each_cell_is_read_by_itself(cells, random, options):
    cells = [*cells, *cells]
    random.shuffle(cells)
    for name in ("name", "org_id", "staff", "budget", "activity_room", "registered_on", "kind", "satisfaction"):
        made = read_cells(cells, COLUMNS[name], **options)
        alone = [one(name, cell, **options) for cell in cells]
        assert made.values == [value for value, *_ in alone]
        assert made.changed == [(at, rule) for at, (_, rules, *_) in enumerate(alone) for rule in rules.split()]
        assert made.until == {at: last for at, (_, _, last, _) in enumerate(alone) if last}
        assert made.wrong == [(at, problem) for at, (*_, problem) in enumerate(alone) if problem]


@given(st.dates(), st.integers(-(2**53) + 1, 2**53 - 1), st.booleans(), st.integers(0, 10**14).map(lambda cents: cents / 100))
def test_what_a_program_writes_comes_back_unchanged(day, count, truth, amount):
    for name, cell, value in (
        *[("registered_on", cell, day) for cell in (day, day.isoformat())],
        *[("staff", cell, count) for cell in (count, str(count))],
        *[("activity_room", cell, truth) for cell in (truth, int(truth), float(truth), str(truth))],
        *[("budget", cell, amount) for cell in (amount, f"{amount:.2f}")],
    ):
        assert one(name, cell) == (value, "", None, "")


@given(st.integers(1, 10**9), st.integers(0, 4))
def test_a_number_times_a_unit_is_the_number_that_a_reader_works_out(digits, places):
    text = f"{digits // 10**places}.{digits % 10**places:0{places}}" if places else str(digits)
    value = digits * 10 ** (4 - places)
    assert one("budget", f"{text}万元")[0] == value
    assert one("budget", text, factor=10_000)[0] == value
    assert one("budget", float(text), factor=10_000)[0] == value


@pytest.mark.parametrize("name", COLUMNS)
def test_every_word_of_the_schema_is_plain(name):
    for member in COLUMNS[name].codes or ():
        for word in (member.name, *member.term):
            assert one(name, word) == (member.name, "", None, "")


# ------------------------------------------------------------------ rules


@pytest.mark.parametrize("code", RULES)
def test_a_rule_is_named_in_both_languages(code):
    term = RULES[code].term
    assert re.fullmatch("[a-z_]+", code)
    assert CHINESE.search(term.zh)
    assert term.en
    assert not CHINESE.search(term.en)
    assert not (term.zh + term.en).endswith((".", "。"))


def test_no_two_rules_say_the_same():
    assert len({rule.term.zh for rule in RULES.values()}) == len({rule.term.en for rule in RULES.values()}) == len(RULES)


def test_what_is_doubtful():
    assert {code for code, rule in RULES.items() if rule.doubtful} == {"about", "bounded", "part_of_it", "sum", "january_or_october"}


def test_every_rule_is_used():
    source = Path(cells_module.__file__).read_text("utf-8").split("class Reading")[1]
    assert all(f'"{code}"' in source for code in RULES)


# ------------------------------------------------------------------ words and cells as they are compared


@pytest.mark.parametrize(
    ("text", "made"), [(" Ｓtaff　 FULL", "staff full"), ("免检（新成立）", "免检(新成立)"), (3.0, "3.0"), ("名\n称", "名 称")]
)
def test_words_are_compared_without_width_case_or_blanks(text, made):
    assert normal(text) == made


@pytest.mark.parametrize(
    ("cell", "filled"), [(0, True), (False, True), ("a", True), ("　", False), ("", False), (None, False), (float("nan"), True)]
)
def test_blanks_alone_are_nothing(cell, filled):
    assert is_filled(cell) is filled


# ------------------------------------------------------------------ typed files


def in_sql(values, column, words=None, kind="varchar"):
    rows = ", ".join("(" + ("NULL" if value is None else "'" + value.replace("'", "''") + "'") + ")" for value in values)
    relation = duckdb.sql(f"SELECT col0 AS cell FROM (VALUES {rows})")
    made = expression(relation, '"cell"', kind, column, *([words] if words is not None else []))
    return [value for (value,) in relation.project(made).fetchall()]


def test_more_words_of_a_list_are_read_from_a_typed_file():
    words = {"社团": "association", "it's": "foundation", "?": None}
    cells = ["社团", " 社团 ", "基金会", "association", "it's", "?", "民非", None, " "]
    assert in_sql(cells, ORGANISATIONS["kind"], words) == [
        *["association"] * 2,
        "foundation",
        "association",
        "foundation",
        None,
        "民非",
        None,
        None,
    ]


def test_a_typed_file_without_more_words():
    assert in_sql(["社团", "基金会"], ORGANISATIONS["kind"]) == ["社团", "foundation"]
    assert in_sql(["社团"], ORGANISATIONS["name"], {"社团": "association"}) == ["社团"]


def test_a_word_of_the_list_can_mean_another_member():
    assert in_sql(["挂靠"], ORGANISATIONS["coverage"], {"挂靠": "joint"}) == ["joint"]


def test_other_types_of_a_typed_file_are_as_before():
    numbers = duckdb.sql("SELECT 1.0::DOUBLE AS cell UNION ALL SELECT 'nan'::DOUBLE")
    assert sorted(numbers.project(expression(numbers, '"cell"', "double", ORGANISATIONS["staff"])).fetchall(), key=str) == [(1,), (None,)]
    broken = duckdb.sql("SELECT 1.5::DOUBLE AS cell")
    assert broken.project(expression(broken, '"cell"', "double", ORGANISATIONS["staff"])).fetchall() == [(1.5,)]
    assert expression(numbers, '"cell"', "bigint", ORGANISATIONS["org_id"]) == 'CAST("cell" AS VARCHAR)'
    assert expression(numbers, '"cell"', "date", ORGANISATIONS["registered_on"]) == '"cell"'


def test_every_column_is_read_by_some_type():
    assert {column.type for columns in TABLES.values() for column in columns.values()} == set(Type)


# ------------------------------------------------------------------ many cells at one look

CELLS = st.sampled_from(
    ["a", "〃", " 同 上", "（同上）", "同上支部", "", None, 0, 1, 0.0, 1.0, 2.5, True, False, dt.date(2011, 6, 1), dt.datetime(2011, 6, 1)]
)


@given(st.integers(0, 3).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8)))
@settings(max_examples=300)
def test_columns_hold_the_cells_of_rows(rows):
    made = columns(rows * 200)  # more rows than are looked at together
    assert [list(map(repr, cells)) for cells, _ in made] == [
        [repr(row[at]) for row in rows] * 200 for at in range(len(rows[0]) if rows else 0)
    ]
    for cells, different in made:
        for column in (ORGANISATIONS["staff"], ORGANISATIONS["name"], ORGANISATIONS["activity_room"]):
            assert repr(read_cells(cells, column, different=different)) == repr(read_cells(cells, column))
        assert any_repeats(cells) == any(map(is_repeat, cells))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12（预备2）", 12), ("12人（女3人）", 12), ("12（其中：女5人、少数民族8）", 12), ("12（男5，女7）", 12), ("约12人（流动党员3名）", 12),
        ("3（女4）", None), ("12（2）", None), ("12（张三）", None), ("12（女3）人", None),
    ],
)  # fmt: skip
def test_a_part_in_brackets_is_left_out_where_it_names_a_group_of_no_more_than_the_whole(text, number):
    found = read_cells([text], ORGANISATIONS["members_staff"])
    assert found.values == [number]
    assert (number is not None) == ((0, "part_of_it") in found.changed) == (not found.wrong)
