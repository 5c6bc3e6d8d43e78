import datetime as dt
import io
import os
import random
import re
import warnings
import zipfile

import duckdb
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from python_calamine import CalamineWorkbook

from analysis.cells import normal, read_cells
from analysis.faults import fault
from analysis.ledger import LedgerError, check_ledger, read_ledger, write_ledger, write_template
from analysis.model import LANGS, AnalysisError, Evidence, Severity
from analysis.persons import mask
from analysis.register import Register, row_numbers
from analysis.report import Report
from analysis.schema import BRANCHES, KEYS, ORGANISATIONS, TABLES, Column, Type
from analysis.workbook import EXAMPLE, SHEETS

DAY = dt.date(2018, 6, 30)


def book(path, **sheets):
    """Write a workbook from rows of values, as a spreadsheet would store them."""
    with xlsxwriter.Workbook(str(path)) as made:
        date, time = made.add_format({"num_format": "yyyy-mm-dd"}), made.add_format({"num_format": "hh:mm"})
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for row, cells in enumerate(rows):
                for at, cell in enumerate(cells):
                    if isinstance(cell, dt.date):
                        sheet.write_datetime(row, at, cell, date)
                    elif isinstance(cell, dt.time):
                        sheet.write_datetime(row, at, cell, time)
                    elif isinstance(cell, str):
                        sheet.write_string(row, at, cell)
                    elif cell is not None:
                        sheet.write(row, at, cell)
    return path


def faults(path, **options):
    with pytest.raises(LedgerError) as caught:
        read_ledger(path, **options)
    return [str(made).splitlines()[0] for made in caught.value.faults]


def one(path, **options):
    (made,) = faults(path, **options)
    return made


def is_read_or_refused(path):
    try:
        return read_ledger(path).rows("organisations") >= 0
    except LedgerError as error:
        return bool(error.faults)


def csv_file(path, text):
    path.write_text(text, encoding="utf-8", newline="")
    return path


def cells(register, table, column):
    return [None if pd.isna(cell) else cell for cell in getattr(register, table)[column]]


# ------------------------------------------------------------------ the template


@pytest.mark.parametrize("lang", LANGS)
def test_an_empty_template_is_said_to_have_no_rows(tmp_path, lang):
    write_template(tmp_path / "a.xlsx", lang)
    assert one(tmp_path / "a.xlsx") == (
        f"a.xlsx, sheet {SHEETS['organisations'](lang)}: has no rows. Fill it in below the headings; "
        "with branches alone, take this table out."
    )


@pytest.mark.parametrize("lang", LANGS)
def test_a_template_has_its_sheets_in_order_headings_and_an_example(tmp_path, lang):
    write_template(tmp_path / "a.xlsx", lang)
    made = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx"))
    assert made.sheet_names == [term(lang) for term in SHEETS.values()]
    for table, columns in TABLES.items():
        rows = made.get_sheet_by_name(SHEETS[table](lang)).to_python()
        assert rows[0] == [column.term(lang) for column in columns.values()]
        assert rows[1][0] == EXAMPLE(lang)
        assert len(rows) == 2
        for (name, column), cell in zip(columns.items(), rows[1], strict=True):  # the example obeys its own definitions
            assert name == KEYS[table] or not read_cells([cell], column)[1]


@pytest.mark.parametrize("lang", LANGS)
def test_every_list_of_the_template_is_the_columns_own(tmp_path, lang):
    write_template(tmp_path / "a.xlsx", lang)
    lists = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_name(SHEETS["codes"](lang)).to_python()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        for sheet, (_, columns) in enumerate(TABLES.items(), 2):
            xml = parts.read(f"xl/worksheets/sheet{sheet}.xml").decode()
            found = re.findall(r'<dataValidation type="(\w+)".*?sqref="([A-Z]+)2:[A-Z]+(\d+)".*?<formula1>(.*?)</formula1>', xml)
            checks = {at: (kind, source) for kind, at, rows, source in found if int(rows) > 5000}
            for at, column in enumerate(columns.values()):
                kind, source = checks.get(xlsxwriter.utility.xl_col_to_name(at), ("", ""))
                words = {Type.whole: "whole", Type.money: "decimal", Type.percent: "decimal", Type.date: "date"}
                assert kind == words.get(column.type, "list" if column.type in (Type.code, Type.yes_no) else "")
                if kind == "list":
                    letter, first, last = re.fullmatch(rf"'{SHEETS['codes'](lang)}'!\$(\w)\$(\d+):\$\w\$(\d+)", source).groups()
                    choices = [row[ord(letter) - 65] for row in lists[int(first) - 1 : int(last)]]
                    assert choices == (
                        [m.term(lang) for m in column.codes] if column.codes else [["是", "否"], ["yes", "no"]][lang == "en"]
                    )


@pytest.mark.parametrize("lang", LANGS)
def test_a_template_explains_every_heading_and_freezes_it(tmp_path, lang):
    write_template(tmp_path / "a.xlsx", lang)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        for number, columns in enumerate(TABLES.values(), 1):
            notes = parts.read(f"xl/comments{number}.xml").decode()
            for column in columns.values():
                assert column.meaning(lang).replace("'", "&apos;") in notes.replace("'", "&apos;")
            assert 'ySplit="1"' in parts.read(f"xl/worksheets/sheet{number + 1}.xml").decode()


@pytest.mark.parametrize("lang", LANGS)
def test_the_same_bytes_on_any_day(tmp_path, lang, monkeypatch):
    write_template(tmp_path / "a.xlsx", lang)
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    write_template(tmp_path / "b.xlsx", lang)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    register = Register(pd.DataFrame({"name": ["甲"], "registered_on": ["2011-06-01"]}), as_of=DAY)
    for name in "cd":
        write_ledger(register, tmp_path / f"{name}.xlsx", lang)
    assert (tmp_path / "c.xlsx").read_bytes() == (tmp_path / "d.xlsx").read_bytes()


def test_nothing_is_overwritten_and_nothing_left_half_written(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_text("mine")
    with pytest.raises(AnalysisError, match=r"'a.xlsx' exists already: give another name.*文件已存在"):
        write_template(path, "zh")
    assert path.read_text() == "mine"
    with pytest.raises(AnalysisError, match=r"'a.csv' does not end in .xlsx"):
        write_template(tmp_path / "a.csv", "zh")

    def full(self, target):
        raise OSError("disk full")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="disk full"):
        write_template(tmp_path / "b.xlsx", "zh")
    assert os.listdir(tmp_path) == ["a.xlsx"]


def filled(path, lang, rows, branches=()):
    """Fill in a template as a user would: below the example row, in the template's own cells."""
    headings = {table: [column.term(lang) for column in columns.values()] for table, columns in TABLES.items()}
    example = [EXAMPLE(lang), ("示例行业协会", "Example association")[lang == "en"]]
    return book(
        path,
        **{
            SHEETS["about"](lang): [
                ["…"],
                [("地名", "Place")[lang == "en"], "甲县"],
                [("统计时点", "Day of the count")[lang == "en"], DAY],
            ],
            SHEETS["organisations"](lang): [headings["organisations"], example, *([row.get(c) for c in ORGANISATIONS] for row in rows)],
            SHEETS["branches"](lang): [headings["branches"], *([row.get(c) for c in BRANCHES] for row in branches)],
        },
    )


@pytest.mark.parametrize("lang", LANGS)
def test_every_type_of_cell_in_a_filled_in_template(tmp_path, lang):
    zh = lang == "zh"
    row = {
        "org_id": "00123",
        "name": "甲协会",
        "kind": "社会团体" if zh else "association",
        "registered_on": dt.date(2011, 6, 1),
        "inspection": "免检（新成立）" if zh else "Exempt (newly registered)",
        "staff": 12,
        "activity_room": "有" if zh else "Yes",
        "budget": 12.5,
        "branch_id": 7,
    }
    branch = {"branch_id": 7, "name": "支部", "satisfaction": 85, "demonstration": True, "founded_on": "2012年7月1日", "level": "党支部"}
    made = read_ledger(filled(tmp_path / "a.xlsx", lang, [row, {}, {"org_id": 12.0, "name": 3}], [branch]))
    assert (made.place, made.as_of, made.evidence) == ("甲县", DAY, Evidence.LEDGER)
    assert cells(made, "organisations", "org_id") == ["00123", "12"]
    assert cells(made, "organisations", "name") == ["甲协会", "3"]
    assert cells(made, "organisations", "kind") == ["association", None]
    assert cells(made, "organisations", "registered_on") == [pd.Timestamp(2011, 6, 1), None]
    assert cells(made, "organisations", "inspection") == ["exempt", None]
    assert cells(made, "organisations", "staff") == [12, None]
    assert cells(made, "organisations", "activity_room") == [True, None]
    assert cells(made, "organisations", "budget") == [12.5, None]
    assert cells(made, "organisations", "branch_id") == ["7", None]
    assert cells(made, "branches", "branch_id") == ["7"]
    assert cells(made, "branches", "satisfaction") == [85.0]
    assert cells(made, "branches", "demonstration") == [True]
    assert cells(made, "branches", "founded_on") == [pd.Timestamp(2012, 7, 1)]
    assert cells(made, "branches", "level") == ["branch"]


def test_day_and_place_given_go_before_those_of_the_workbook(tmp_path):
    made = read_ledger(filled(tmp_path / "a.xlsx", "zh", [{"name": "甲"}]), as_of=dt.date(2020, 1, 1), place="乙县")
    assert (made.as_of, made.place) == (dt.date(2020, 1, 1), "乙县")


@pytest.mark.parametrize(("cell", "said"), [("去年", "'去年'"), (2018, "'2018'"), ("2018-02-30", "'2018-02-30'")])
def test_a_day_of_the_count_that_is_none(tmp_path, cell, said):
    path = book(tmp_path / "a.xlsx", About=[["Day of the count", cell]], 组织=[["name"], ["甲"]])
    assert one(path).startswith(f"a.xlsx, sheet About, cell B1 (Day of the count): {said}: is not a date.")
    assert read_ledger(path, as_of=DAY).as_of == DAY


def test_no_about_sheet_or_an_empty_one(tmp_path):
    assert read_ledger(book(tmp_path / "a.xlsx", organisations=[["name"], ["甲"]])).as_of is None
    empty = book(tmp_path / "b.xlsx", About=[["Day of the count", "  "], [None, 1], ["Place"]], organisations=[["name"], ["甲"]])
    assert (read_ledger(empty).as_of, read_ledger(empty).place) == (None, "")


# ------------------------------------------------------------------ headings, sheets, rows


def test_no_two_columns_of_a_table_share_a_heading():
    for columns in TABLES.values():
        words = [word for name, column in columns.items() for word in {normal(part) for part in (name, *column.term)}]
        assert len(words) == len(set(words))


def test_headings_are_known_however_they_are_written(tmp_path):
    path = csv_file(tmp_path / "organisations.csv", "\ufeff ＮＡＭＥ ,从业人员数,Full-Time   Staff, 登记日期\n甲,3,2,2011/6/1\n")
    made = read_ledger(path)
    assert (cells(made, "organisations", "name"), cells(made, "organisations", "staff")) == (["甲"], [3])
    assert (cells(made, "organisations", "staff_full_time"), len(made.branches)) == ([2], 0)


def test_sheets_are_known_by_name_or_by_their_headings(tmp_path):
    for at, names in enumerate((("组织表", "支部表"), ("ORGANISATIONS ", "branches"), ("Sheet1", "Sheet2"))):
        rows = [["组织名称", "从业人员数"], ["甲", 3]], [["支部名称", "支部党员数"], ["乙", 4]]
        made = read_ledger(book(tmp_path / f"{at}.xlsx", **dict(zip(names, rows, strict=True))))
        assert (made.rows("organisations"), made.rows("branches")) == (1, 1)


def test_what_no_ledger_has_is_left_out_and_said_to_be(tmp_path):
    said = []
    rows = [["组织名称", "备注", None, "=x"], ["甲", "x", "y", "z"], [None, "合计"]]
    made = read_ledger(book(tmp_path / "a.xlsx", 组织=rows, 附件=[["x"], [1]], 空=[]), progress=said.append)
    assert said == [
        "a.xlsx, 附件: 不是台账的工作表，未读入 · a sheet that no ledger has was left out",
        "a.xlsx, 组织: 列“备注”（B）不是台账的列，未读入 · column '备注', which no ledger has, was left out",
        "a.xlsx, 组织: 列“=x”（D）不是台账的列，未读入 · column '=x', which no ledger has, was left out",
    ]
    assert list(made.organisations.columns) == [*ORGANISATIONS, "registered_on_until"]
    assert made.rows("organisations") == 1


def test_empty_rows_do_not_count_but_keep_the_addresses_of_others(tmp_path):
    path = book(tmp_path / "a.xlsx", 组织=[[], ["name", "staff"], [None, " "], ["甲", 1], [], ["乙", "x"]])
    assert one(path).startswith("a.xlsx, sheet 组织, cell B6 (staff): 'x': is not a whole number.")


def test_the_same_heading_twice(tmp_path):
    assert one(csv_file(tmp_path / "organisations.csv", "name,staff,从业人员数\n甲,1,2\n")) == (
        "organisations.csv, cell C1 (从业人员数): this column stands twice, also at B1. Keep one of them."
    )


def test_a_table_without_its_names(tmp_path):
    path = book(tmp_path / "a.xlsx", 组织=[["org_id", "staff"], ["1", "x"]])
    assert faults(path) == [
        "a.xlsx, sheet 组织: has no column 'organisation'. Add it to the headings.",
        "a.xlsx, sheet 组织, cell B2 (staff): 'x': is not a whole number. Write the digits alone, as 12; leave it empty where it is not known.",
    ]


def test_one_table_on_two_sheets(tmp_path):
    path = book(tmp_path / "a.xlsx", 组织=[["name"], ["甲"]], Organisations=[["staff", "name"], [3, "乙"]])
    made = read_ledger(path)
    assert (cells(made, "organisations", "name"), cells(made, "organisations", "staff")) == (["甲", "乙"], [None, 3])


def test_the_example_row_is_skipped_unless_it_was_filled_in(tmp_path):
    rows = [["org_id", "name"], ["example (not read)", "Example association"], [" 示例（不读入）", "示例行业协会"], ["1", "甲"]]
    assert read_ledger(book(tmp_path / "a.xlsx", organisations=rows)).rows("organisations") == 1
    changed = book(tmp_path / "b.xlsx", organisations=[rows[0], ["示例（不读入）", "乙协会"], rows[3]])
    assert one(changed) == (
        "b.xlsx, sheet organisations, cell A2 (org_id): '示例（不读入）': the example row was changed, but still has the example's number. "
        "If it is data, change the number; if not, delete the row."
    )


# ------------------------------------------------------------------ cells


def test_all_faults_at_once_in_the_order_of_sheets_rows_and_columns(tmp_path):
    path = book(
        tmp_path / "a.xlsx",
        支部=[["支部编号", "支部名称", "成立日期"], ["b", "支部", "去年"], ["b", None, None]],
        组织=[
            ["组织编号", "组织名称", "从业人员数", "登记日期", "有无活动室", "党建经费", "组织类别", "所属支部编号"],
            ["1", "甲", "一百五", "2011-02-30", "或许", "很多", "社会", "b"],
            ["1", None, -3, dt.date(2019, 1, 1), None, -2.5, None, "nix"],
            [dt.date(2011, 3, 1), "丙", None, None, None, None, None, None],
        ],
    )
    with pytest.raises(
        LedgerError, match=r"The ledger 'a.xlsx' has 17 faults · 台账有 17 处问题:\n  a.xlsx, sheet 支部, cell A2"
    ) as caught:
        read_ledger(path, as_of=DAY)
    found = [(made.sheet, made.cell, made.column, made.value, made.problem.zh) for made in caught.value.faults]
    assert found == [
        ("支部", "A2", "支部编号", "b", "出现了两次"),
        ("支部", "C2", "成立日期", "去年", "不是日期"),
        ("支部", "A3", "支部编号", "b", "出现了两次"),
        ("支部", "B3", "支部名称", "", "是空的"),
        ("组织", "A2", "组织编号", "1", "出现了两次"),
        ("组织", "C2", "从业人员数", "一百五", "不是整数"),
        ("组织", "D2", "登记日期", "2011-02-30", "不是日期"),
        ("组织", "E2", "有无活动室", "或许", "不是“是”或“否”"),
        ("组织", "F2", "党建经费", "很多", "不是数字"),
        ("组织", "G2", "组织类别", "社会", "不是已知的代码"),
        ("组织", "A3", "组织编号", "1", "出现了两次"),
        ("组织", "B3", "组织名称", "", "是空的"),
        ("组织", "C3", "从业人员数", "-3", "是负数"),
        ("组织", "D3", "登记日期", "2019-01-01", "晚于统计时点 2018-06-30"),
        ("组织", "F3", "党建经费", "-2.5", "是负数"),
        ("组织", "H3", "所属支部编号", "nix", "不在“支部表”里"),
        ("组织", "A4", "组织编号", "2011-03-01", "不是编号"),
    ]


def test_a_value_in_a_message_is_short_and_harmless(tmp_path):
    path = csv_file(tmp_path / "organisations.csv", 'name,staff\n甲,"' + "x\n\x1b[31m" + "y" * 5000 + '"\n')
    made = one(path)
    assert "cell B2 (staff): 'x [31myyy" in made
    assert len(made) < 250


def test_a_message_lists_a_hundred_faults(tmp_path):
    path = csv_file(tmp_path / "organisations.csv", "name,staff\n" + "".join(f"甲{row},x\n" for row in range(250)))
    with pytest.raises(LedgerError, match=r"(?s)has 250 faults.*… 150 more · 另有 150 处") as caught:
        read_ledger(path)
    assert len(caught.value.faults) == 250
    assert str(caught.value).count("cell B") == 100


# ------------------------------------------------------------------ keys and references


def test_the_names_of_rows_without_numbers_stand_for_them(tmp_path):
    path = book(tmp_path / "a.xlsx", 组织=[["org_id", "name"], [None, "甲"], ["  ", "乙"]], 支部=[["name", "host_org_id"], ["丙", "乙"]])
    made = read_ledger(path)
    assert cells(made, "organisations", "org_id") == ["甲", "乙"]
    assert (cells(made, "branches", "branch_id"), cells(made, "branches", "host_org_id"), made.numbered) == (["丙"], ["乙"], frozenset())


def test_rows_of_one_name_go_by_their_place(tmp_path):
    made = read_ledger(book(tmp_path / "a.xlsx", 支部=[["支部名称", "支部党员数"], ["支部", 3], ["丙", 4], ["支部", 5]]))
    assert (cells(made, "branches", "branch_id"), made.numbered) == (["#1", "丙", "#3"], {"branches"})


def test_numbers_that_are_partly_empty(tmp_path):
    made = one(csv_file(tmp_path / "organisations.csv", "org_id,name\n7,甲\n,乙\n"))
    assert made == "organisations.csv, cell A3 (org_id): is empty. Fill it in, or delete the row."


def test_a_name_that_stands_once_is_as_good_as_a_number(tmp_path):
    path = book(
        tmp_path / "a.xlsx",
        组织=[["org_id", "name", "branch_id"], ["o1", "甲", "总支"], ["o2", "乙", "b2"], ["o3", "丙", None]],
        支部=[["branch_id", "name", "host_org_id", "parent_branch_id"], ["b1", "总支", "甲", None], ["b2", "支部", "o2", "总支"]],
    )
    made = read_ledger(path)
    assert cells(made, "organisations", "branch_id") == ["b1", "b2", None]
    assert cells(made, "branches", "host_org_id") == ["o1", "o2"]
    assert cells(made, "branches", "parent_branch_id") == [None, "b1"]


def test_a_number_goes_before_a_name_and_a_name_that_stands_twice_is_none(tmp_path):
    path = book(tmp_path / "a.xlsx", 组织=[["org_id", "name"], ["甲", "乙"], ["乙", "甲"]], 支部=[["name", "host_org_id"], ["x", "甲"]])
    assert cells(read_ledger(path), "branches", "host_org_id") == ["甲"]
    path = book(tmp_path / "b.xlsx", 组织=[["org_id", "name"], ["1", "甲"], ["2", "甲"]], 支部=[["name", "host_org_id"], ["x", "甲"]])
    assert one(path) == (
        "b.xlsx, sheet 支部, cell B2 (host_org_id): '甲': is not in the table of organisations. Use a code of the table of organisations."
    )


# ------------------------------------------------------------------ CSV


def test_a_folder_of_two_files(tmp_path):
    csv_file(tmp_path / "organisations.csv", "组织名称,所属支部编号\n甲,支部\n")
    csv_file(tmp_path / "支部.CSV", "支部名称,民主评议满意率\n支部,85%\n")
    csv_file(tmp_path / "notes.csv", "x\n")
    made = read_ledger(tmp_path)
    assert (cells(made, "organisations", "branch_id"), cells(made, "branches", "satisfaction")) == (["支部"], [85.0])


def test_branches_alone(tmp_path):
    made = read_ledger(csv_file(tmp_path / "x.csv", "支部名称,支部党员数\n支部,4\n"))
    assert (made.rows("organisations"), cells(made, "branches", "members")) == (0, [4])
    assert "has no rows" in one(csv_file(tmp_path / "branches.csv", "支部名称\n"))


def test_a_file_whose_headings_do_not_tell(tmp_path):
    assert one(csv_file(tmp_path / "x.csv", "")).startswith("x.csv: no table found: it is empty.")
    for text in ("a,b\n1,2\n", "name,members\n甲,1\n"):
        assert "headings that do not tell whether it holds organisations or branches" in one(csv_file(tmp_path / "x.csv", text))
    assert read_ledger(csv_file(tmp_path / "组织.csv", "name,members\n甲,1\n")).rows("organisations") == 1


def test_rows_of_other_lengths(tmp_path):
    path = csv_file(tmp_path / "organisations.csv", 'name,staff\n甲\n\n乙,1,,\n"丙\n丁",2,,x\n')
    (made,) = check_ledger(path).faults
    assert str(made).startswith("organisations.csv, cell D5: has no heading and was not read. Write a heading above it, or delete it.")
    assert (made.severity, cells(read_ledger(path), "organisations", "name")) == (Severity.warning, ["甲", "乙", "丙\n丁"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name\n\xff\xff\n", "cannot be read ("),
        (b'name\n"x"y\n', "cannot be read (',' expected after '\"')."),
    ],
)
def test_csv_that_is_none(tmp_path, content, said):
    (tmp_path / "organisations.csv").write_bytes(content)
    assert one(tmp_path / "organisations.csv").startswith(f"organisations.csv: {said}")


def test_a_file_that_cannot_be_read_does_not_accuse_the_other(tmp_path):
    (tmp_path / "organisations.csv").write_bytes(b"\xff")
    csv_file(tmp_path / "branches.csv", "name,host_org_id,members\n支部,o1,x\n")
    assert [made.split(":")[0] for made in faults(tmp_path)] == [
        f"{tmp_path.name}/branches.csv, cell C2 (members)",
        f"{tmp_path.name}/organisations.csv",
    ]


# ------------------------------------------------------------------ Parquet


def parquet(path, sql):
    duckdb.sql(sql).write_parquet(str(path))
    return path


def test_parquet_stays_in_the_file(tmp_path):
    folder = tmp_path / "year=2018" / "it's [a] *test"
    folder.mkdir(parents=True)
    parquet(
        folder / "organisations.parquet",
        "select 7 as 组织编号, ' 甲\u3000' as name, '社会团体' as kind, 3.0::double as staff, date '2011-06-01' as registered_on, "
        "'支部' as branch_id, 'nan'::double as budget, 1 as extra union all select 8, '乙', null, null, null, 'b1', 2.5, 2",
    )
    parquet(folder / "branches.parquet", "select 'b1' as branch_id, '支部' as name, true as demonstration, 'own'::enum('own') as form")
    said = []
    made = read_ledger(folder, as_of=DAY, place="甲县", progress=said.append)
    rows = made.organisations.order("org_id").fetchall()
    assert [row[:2] for row in rows] == [("7", "甲"), ("8", "乙")]
    named = [dict(zip(made.organisations.columns, row, strict=True)) for row in rows]
    assert [row["kind"] for row in named] == ["association", None]
    assert [row["staff"] for row in named] == [3, None]
    assert [row["budget"] for row in named] == [None, 2.5]
    assert [row["branch_id"] for row in named] == ["b1", "b1"]
    assert named[0]["registered_on"] == dt.datetime(2011, 6, 1)
    assert (made.rows("branches"), made.filled("branches")["demonstration"]) == (1, 1)
    assert said == [
        "it's [a] *test/organisations.parquet: 列“extra”（H）不是台账的列，未读入 · column 'extra', which no ledger has, was left out"
    ]


@pytest.mark.parametrize("keys", ["", ", null::int as branch_id"])
def test_parquet_without_numbers(tmp_path, keys):
    made = read_ledger(parquet(tmp_path / "x.parquet", f"select '支部' || range as 支部名称, 4 as members{keys} from range(3)"))
    assert (made.rows("organisations"), made.numbered) == (0, frozenset())
    assert made.branches.project("branch_id, name").fetchall() == [("支部0", "支部0"), ("支部1", "支部1"), ("支部2", "支部2")]


def test_names_stand_for_numbers_in_parquet_as_in_frames(tmp_path):
    names = ["洋县\u3000商会", " 茶叶  协会", "a\u00a0b\tc"]
    values = ", ".join(f"('{name}')" for name in names)
    made = read_ledger(parquet(tmp_path / "x.parquet", f"select col0 as 支部名称 from (values {values})"))
    assert [row[0] for row in made.branches.project("branch_id").fetchall()] == row_numbers(names)


@pytest.mark.parametrize("name", ["'支部'", "case when range = 0 then '#7' else '支' || range end", "'支' || range || chr(8238)"])
def test_parquet_whose_names_do_not_stand_once_each_goes_by_places(tmp_path, name):
    made = read_ledger(parquet(tmp_path / "x.parquet", f"select {name} as 支部名称, 4 as members from range(3)"))
    assert (made.numbered, [row[0] for row in made.branches.project("branch_id").fetchall()]) == ({"branches"}, ["#1", "#2", "#3"])


def test_faults_in_parquet_name_the_row_by_its_number(tmp_path):
    path = parquet(tmp_path / "organisations.parquet", "select 'o1' as org_id, '甲' as name, '社会' as 组织类别, -3 as staff")
    assert faults(path) == [
        "organisations.parquet (org_id o1), column 组织类别: '社会': is not a known code. "
        "Use one of: association, private_nonprofit, foundation.",
        "organisations.parquet (org_id o1), column staff: '-3': is negative. Write how many there are, or leave it empty where it is not known.",
    ]
    wrong = parquet(tmp_path / "b.parquet", "select '甲' as 组织名称, 3.5::double as staff, 'x' as registered_on")
    assert [made.split(":")[0] for made in faults(wrong)] == ["b.parquet, column staff", "b.parquet, column registered_on"]


def test_parquet_without_names_or_rows(tmp_path):
    assert one(parquet(tmp_path / "organisations.parquet", "select 'a' as org_id")) == (
        "organisations.parquet: has no column 'organisation'. Add it to the headings."
    )
    assert "has no rows" in one(parquet(tmp_path / "组织.parquet", "select 'a' as name where false"))
    assert "do not tell" in one(parquet(tmp_path / "x.parquet", "select 1 as a"))


def test_parquet_that_is_none(tmp_path):
    (tmp_path / "organisations.parquet").write_bytes(b"PAR1 nothing PAR1")
    made = one(tmp_path / "organisations.parquet")
    assert made.startswith("organisations.parquet: cannot be read (")
    assert str(tmp_path) not in made


def test_a_damaged_page_of_parquet_is_found_at_once(tmp_path):
    path = parquet(tmp_path / "organisations.parquet", "select 'organisation ' || range as name from range(5000)")
    content = bytearray(path.read_bytes())
    content[100:4000] = bytes(3900)
    path.write_bytes(content)
    assert one(path).startswith("organisations.parquet: cannot be read (")


def test_whole_numbers_too_great_for_their_type(tmp_path):
    path = parquet(tmp_path / "organisations.parquet", "select '甲' as name, 18446744073709551615::ubigint as staff")
    assert "cannot be read (Conversion Error" in one(path)


def test_two_kinds_of_file(tmp_path):
    csv_file(tmp_path / "organisations.csv", "name\n甲\n")
    parquet(tmp_path / "branches.parquet", "select '支部' as name")
    assert one(tmp_path) == f"{tmp_path.name}: one table is CSV, the other Parquet. Save both as the same kind of file."
    parquet(tmp_path / "organisations.parquet", "select '甲' as name")
    assert one(tmp_path) == f"{tmp_path.name}: one table is CSV, the other Parquet. Save both as the same kind of file."
    os.remove(tmp_path / "organisations.csv")
    parquet(tmp_path / "组织.parquet", "select '乙' as name")
    assert f"{tmp_path.name}/组织.parquet: is one more table of organisations, beside {tmp_path.name}/organisations.parquet." in one(
        tmp_path
    )


# ------------------------------------------------------------------ what is no ledger


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"hello", "a.xlsx: no table found: no row has more than one cell"),
        ("a.xlsx", b"", "a.xlsx: no table found: it is empty"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xlsx: cannot be read: no workbook"),
        ("a.xls", b"x\0", "a.xls: is not a kind of file that can be read. Save it as .xlsx, or as CSV in UTF-8."),
        ("a", b"%PDF\0", "a: is not a kind of file that can be read."),
        ("a\x1b[31m.txt", b"x\0", "a[31m.txt: is not a kind of file"),
    ],
)
def test_files_of_other_kinds(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    assert one(tmp_path / name).startswith(said)


def test_no_file_no_table_no_sheet(tmp_path):
    assert one(tmp_path / "nix.xlsx").startswith("nix.xlsx: no such file or folder. Give a workbook (.xlsx)")
    assert one(tmp_path).startswith(f"{tmp_path.name}: holds no ledger. Put organisations.csv or branches.csv (or .parquet) there;")
    path = book(tmp_path / "a.xlsx", x=[["a"], [1]])
    assert one(path) == (
        "a.xlsx: has no sheet of organisations or branches. Name the sheets Organisations, Branches, with the headings in the first row."
    )


def test_a_zip_that_is_no_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as parts:
        parts.writestr("word/document.xml", "<x/>")
    assert "is not a kind of file that can be read" in one(tmp_path / "a.xlsx")


def test_one_stray_cell_in_the_last_corner_does_not_eat_all_memory(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as made:
        sheet = made.add_worksheet("组织")
        sheet.write_string(0, 0, "name")
        sheet.write_string(1_048_575, 16_383, "x")
    assert one(tmp_path / "a.xlsx").startswith(
        "a.xlsx, sheet 组织: takes 1,048,576 rows and 16,384 columns, which is too much. Delete the rows"
    )


def test_what_cannot_be_opened_is_said_by_the_system(tmp_path, monkeypatch):
    for name in ("a.csv", "a.xlsx", "a.parquet"):
        (tmp_path / name).write_bytes(b"x")

        def shut(*_args, **_options):
            raise PermissionError("shut")

        with monkeypatch.context() as patch:
            patch.setattr("pathlib.Path.open", shut)
            patch.setattr("pathlib.Path.read_bytes", shut)
            with pytest.raises(PermissionError):
                read_ledger(tmp_path / name)


def test_a_panic_of_the_reader_is_a_fault_and_an_interruption_is_not(tmp_path, monkeypatch):
    path = book(tmp_path / "a.xlsx", 组织=[["name"], ["甲"]])

    class Panic(BaseException):
        pass

    for raised in (Panic("index out of range"), KeyboardInterrupt()):

        class Reader:
            @staticmethod
            def from_filelike(_file, raised=raised):
                raise raised

        monkeypatch.setattr("analysis.calamine.CalamineWorkbook", Reader)
        if isinstance(raised, Panic):
            assert "a damaged one (Panic: index out of range)" in one(path)
        else:
            with pytest.raises(KeyboardInterrupt):
                read_ledger(path)


def test_damaged_files_are_faults_and_nothing_else(tmp_path):
    chance = random.Random(1)
    write_ledger(Register(pd.DataFrame({"name": ["甲"], "staff": [3]})), tmp_path / "whole.xlsx", "zh")
    parquet(tmp_path / "whole.parquet", "select '甲' as 组织名称, 3 as staff from range(50)")
    for file in ("whole.xlsx", "whole.parquet"):
        content, path = (tmp_path / file).read_bytes(), tmp_path / f"part{file[5:]}"
        for attempt in range(60):
            bad = bytearray(content[: chance.randrange(len(content))] if attempt % 3 == 0 else content)
            for _ in range(5):
                if bad:
                    bad[chance.randrange(len(bad))] = chance.randrange(256)
            path.write_bytes(bad)
            assert is_read_or_refused(path)


def test_damaged_sheets_are_faults_and_nothing_else(tmp_path):
    chance = random.Random(2)
    write_ledger(Register(pd.DataFrame({"name": ["甲"], "staff": [3]})), tmp_path / "a.xlsx", "zh")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        contents = {name: parts.read(name) for name in parts.namelist()}
    for _ in range(40):
        spoilt, made = chance.choice(sorted(contents)), io.BytesIO()
        with zipfile.ZipFile(made, "w") as parts:
            for name, content in contents.items():
                bad = bytearray(content)
                for _ in range(5 if name == spoilt else 0):
                    bad[chance.randrange(len(bad))] = chance.choice(b"<>\"'/=& 0A9\xff")
                parts.writestr(name, bytes(bad))
        (tmp_path / "b.xlsx").write_bytes(made.getvalue())
        assert is_read_or_refused(tmp_path / "b.xlsx")


# ------------------------------------------------------------------ there and back


TEXTS = st.one_of(
    st.sampled_from(["=1+1", "00123", "+x", "@SUM(A1)", "-1", "{=a}", "http://a.b", "<b>&", "_x0041_", "TRUE", "1e5", "#N/A", "甲 乙"]),
    st.text(st.characters(exclude_categories=["Cs", "Cn"]), min_size=1, max_size=12),
).filter(lambda text: text.strip() and normal(text) not in {normal(word) for word in EXAMPLE})


def cell_of(column: Column):
    return {
        Type.text: TEXTS,
        Type.key: TEXTS,
        Type.code: st.sampled_from(list(column.codes.__members__) if column.codes else [""]),
        # a number that reads as one of a person is refused, whatever its column
        Type.whole: st.integers(0, 2**53 - 1).filter(lambda number: not mask(str(number))[1]) | st.integers(0, 50),
        Type.money: st.integers(0, 10**14).map(lambda cents: cents / 100).filter(lambda amount: not mask(str(int(amount)))[1]),
        Type.percent: st.integers(0, 10_000).map(lambda part: part / 100),
        Type.yes_no: st.booleans(),
        Type.date: st.dates(dt.date(1000, 1, 1), dt.date(9999, 12, 31)),
    }[column.type]


@st.composite
def registers(draw):
    frames, keys = {}, {}
    for table, columns in TABLES.items():
        keys[table] = draw(st.lists(TEXTS.map(str.strip), min_size=int(table == "organisations"), max_size=4, unique=True))
        chosen = draw(st.sets(st.sampled_from(list(columns)), max_size=12))
        count = len(keys[table])
        cells = {name: [draw(st.none() | cell_of(column)) for _ in range(count)] for name, column in columns.items() if name in chosen}
        cells |= {KEYS[table]: keys[table], "name": [draw(TEXTS) for _ in range(count)]}
        frames[table] = cells
    for table, cells in frames.items():
        for name in set(cells) & {name for name, column in TABLES[table].items() if column.of}:
            cells[name] = [draw(st.none() | st.sampled_from(keys[TABLES[table][name].of] or [None])) for _ in keys[table]]
    made = {
        table: pd.DataFrame({n: pd.Series(frames[table].get(n, [None] * len(keys[table])), dtype="object") for n in TABLES[table]})
        for table in TABLES
    }
    return Register(**made, as_of=draw(st.none() | st.just(dt.date(9999, 12, 31))), place=draw(st.sampled_from(["", "甲县", "=1"])))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(register=registers(), lang=st.sampled_from(LANGS))
def test_a_register_written_and_read_is_the_same(tmp_path_factory, register, lang):
    path = tmp_path_factory.mktemp("back") / "a.xlsx"
    write_ledger(register, path, lang)
    back = read_ledger(path)
    assert (back.as_of, back.place, back.evidence) == (register.as_of, register.place, register.evidence)
    for table in TABLES:
        assert_frame_equal(getattr(back, table), getattr(register, table))


@pytest.mark.parametrize("lang", LANGS)
def test_text_from_a_register_is_never_a_formula(tmp_path, lang):
    register = Register(pd.DataFrame({"name": ["=HYPERLINK(A1)", "http://a.b"], "sector": ["{=1}", "+1"]}))
    write_ledger(register, tmp_path / "a.xlsx", lang)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet2.xml")
        assert not [name for name in parts.namelist() if "hyperlink" in name.lower()]
    assert cells(read_ledger(tmp_path / "a.xlsx"), "organisations", "name") == ["=HYPERLINK(A1)", "http://a.b"]


def test_days_that_spreadsheets_disagree_on_come_back(tmp_path):
    days = [dt.date(1850, 1, 1), dt.date(1900, 2, 28), dt.date(1900, 12, 31), dt.date(1901, 1, 1), dt.date(9999, 12, 31)]
    write_ledger(Register(pd.DataFrame({"name": ["甲"] * 5, "registered_on": days}), as_of=None), tmp_path / "a.xlsx", "zh")
    assert [day.date() for day in read_ledger(tmp_path / "a.xlsx").organisations["registered_on"]] == days


def test_rates_that_look_like_shares_come_back(tmp_path):
    rates = [0.0, 0.00001, 0.85, 1.0, 1.5, 85.0, 100.0]
    write_ledger(
        Register(pd.DataFrame({"name": []}), pd.DataFrame({"name": ["支部"] * 7, "satisfaction": rates})), tmp_path / "a.xlsx", "en"
    )
    assert cells(read_ledger(tmp_path / "a.xlsx"), "branches", "satisfaction") == rates


def test_generated_rows_come_back_as_such(tmp_path):
    for lang in LANGS:
        write_ledger(Register(pd.DataFrame({"name": ["甲"]}), evidence=Evidence.ILLUSTRATIVE), tmp_path / f"{lang}.xlsx", lang)
        assert read_ledger(tmp_path / f"{lang}.xlsx").evidence is Evidence.ILLUSTRATIVE


def test_branches_alone_come_back(tmp_path):
    write_ledger(Register(pd.DataFrame({"name": []}), pd.DataFrame({"name": ["支部"]})), tmp_path / "a.xlsx", "zh")
    assert cells(read_ledger(tmp_path / "a.xlsx"), "branches", "name") == ["支部"]


def test_a_register_on_another_engine_is_written_too(tmp_path):
    parquet(
        tmp_path / "organisations.parquet",
        "select 'o' || range as org_id, '甲' as name, range as staff, null::boolean as instructor from range(2)",
    )
    parquet(tmp_path / "branches.parquet", "select '支部' as name, 85.5::double as satisfaction, date '2012-07-01' as founded_on")
    write_ledger(read_ledger(tmp_path), tmp_path / "a.xlsx", "en")
    back = read_ledger(tmp_path / "a.xlsx")
    assert (cells(back, "organisations", "org_id"), cells(back, "organisations", "staff")) == (["o0", "o1"], [0, 1])
    assert (cells(back, "branches", "satisfaction"), cells(back, "branches", "founded_on")) == ([85.5], [pd.Timestamp(2012, 7, 1)])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"name": ["x" * 40_000]}, "A workbook cannot hold the text 'xxxxxxxxxxxxxxxxxxxx…': shorten or mend it."),
        ({"name": ["a\ufffe"]}, r"A workbook cannot hold the text 'a\?…'"),
        ({"name": ["a"], "org_id": ["示例（不读入）"]}, "A row of organisations has the example's number: give it another."),
    ],
)
def test_what_cannot_stand_in_a_workbook(tmp_path, rows, said):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(AnalysisError, match=said):
            write_ledger(Register(pd.DataFrame(rows)), tmp_path / "a.xlsx", "zh")
    assert not os.listdir(tmp_path)


def test_a_reports_register_is_not_written(tmp_path):
    register = Register.unknown(Report.of("demo", organisations=2))
    assert register.evidence is Evidence.REPORT
    with pytest.raises(AnalysisError, match="A report's register has no rows to write"):
        write_ledger(register, tmp_path / "a.xlsx", "zh")


def test_a_fault_says_its_place_as_before_or_by_sheet_and_cell():
    plain = fault("code", "claims.csv", line=2, column="kind", value="x", known="cause")
    assert str(plain).startswith("claims.csv, line 2, column kind: 'x': is not a known code.")
    placed = plain._replace(file="ledger.xlsx", line=None, column="从业人员数", value="十二", sheet="组织", cell="F12")
    assert str(placed).startswith("ledger.xlsx, sheet 组织, cell F12 (从业人员数): '十二': is not")
    assert str(placed._replace(column="", value="")).startswith("ledger.xlsx, sheet 组织, cell F12: is not")


def test_a_number_without_end_is_not_written(tmp_path):
    register = read_ledger(parquet(tmp_path / "organisations.parquet", "select '甲' as name, 'inf'::double as budget"))
    with pytest.raises(AnalysisError, match=r"A workbook cannot hold 'inf' \(Party-building budget\)"):
        write_ledger(register, tmp_path / "a.xlsx", "zh")


def test_an_empty_sheet_of_organisations_has_no_rows(tmp_path):
    assert "sheet 组织: has no rows" in one(book(tmp_path / "a.xlsx", 组织=[], 支部=[["name"], ["支部"]]))


def test_numbers_in_parquet_are_left_as_they_are(tmp_path):
    parquet(tmp_path / "organisations.parquet", "select 1 as org_id, '甲' as name, 'b' as branch_id")
    parquet(tmp_path / "branches.parquet", "select 'b' as branch_id, '支部' as name, 1 as host_org_id, null::varchar as parent_branch_id")
    made = read_ledger(tmp_path)
    assert made.organisations.project("org_id, branch_id").fetchall() == [("1", "b")]
    assert made.branches.project("host_org_id, parent_branch_id").fetchall() == [("1", None)]


@pytest.mark.parametrize("lang", LANGS)
def test_every_code_of_every_list_is_read_from_parquet(tmp_path, lang):
    for table, columns in TABLES.items():
        for name, column in columns.items():
            for member in column.codes or ():
                word = member.term(lang).replace("'", "''")
                path = parquet(tmp_path / f"{table}.parquet", f"select 'k' as {KEYS[table]}, 'n' as name, '{word}' as {name}")
                found = read_ledger(path).frame(table)
                assert found.collect("pandas").to_native()[name].tolist() == [member.name]


@pytest.mark.parametrize(("first", "until"), [("2011-02-01", "2011-02-28"), ("2011-01-01", "2011-12-31"), ("2011-01-01", "2011-10-31")])
def test_a_date_known_to_its_month_or_year_comes_back_as_wide(tmp_path, first, until):
    dates = {"last_election_on": [first, first, None], "last_election_on_until": [until, None, None]}
    given = Register(pd.DataFrame({"name": ["甲"]}), pd.DataFrame({"branch_id": ["1", "2", "3"], "name": ["x", "y", "z"]} | dates))
    write_ledger(given, tmp_path / "a.xlsx", "zh")
    back = read_ledger(tmp_path / "a.xlsx")
    for name in dates:
        assert cells(back, "branches", name) == cells(given, "branches", name)


def test_a_date_that_no_workbook_can_hold_is_refused(tmp_path):
    span = pd.DataFrame({"name": ["x"], "founded_on": ["2011-02-03"], "founded_on_until": ["2011-03-04"]})
    with pytest.raises(AnalysisError, match="between 2011-02-03 and 2011-03-04"):
        write_ledger(Register(pd.DataFrame({"name": ["甲"]}), span), tmp_path / "a.xlsx", "zh")
    with pytest.raises(AnalysisError, match="has a word for totals as its number"):
        write_ledger(Register(pd.DataFrame({"org_id": ["合计"], "name": ["甲"]})), tmp_path / "b.xlsx", "zh")


@pytest.mark.parametrize("name", ["无", "—", "'甲", "#N/A", "null", "00123", "2011.6"])
def test_a_name_that_reads_as_no_answer_is_written_so_that_it_stands(tmp_path, name):
    write_ledger(Register(pd.DataFrame({"org_id": ["1"], "name": [name]})), tmp_path / "a.xlsx", "en")
    assert cells(read_ledger(tmp_path / "a.xlsx"), "organisations", "name") == [name]
