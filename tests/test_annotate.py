import datetime as dt
import re
import time
import zipfile
from xml.etree import ElementTree

import duckdb
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from xlsxwriter.utility import xl_cell_to_rowcol, xl_rowcol_to_cell

from analysis import annotate as module
from analysis.annotate import annotate
from analysis.faults import _MESSAGES
from analysis.headings import READABLE, words
from analysis.ledger import check_ledger, write_ledger
from analysis.logbook import ALL_RULES, Place
from analysis.mapping import load_mapping, save_mapping
from analysis.model import LANGS, AnalysisError, Severity, Term
from analysis.persons import MARK
from analysis.register import Register
from analysis.schema import ORGANISATIONS, TABLES

RED, AMBER, BLUE = "FFE67C73", "FFFFE599", "FF9FC5E8"
NOT_READ = {"zh": "（未读入）", "en": "(not read)"}
LISTS = {"zh": ["问题", "读法", "改动", "未读入的个人信息"], "en": ["Faults", "How it was read", "Changes", "Persons left out"]}
HEAD = ["组织编号", "组织名称", "组织类别", "从业人员数", "登记日期"]
KIND = "社会团体"


def book(path, merges=(), **sheets):
    """Write a workbook from rows of values, with merged ranges on its first sheet."""
    with xlsxwriter.Workbook(str(path)) as made:
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for each in merges if name == next(iter(sheets)) else ():
                sheet.merge_range(each, "")
            for row, cells in enumerate(rows):
                for at, cell in enumerate(cells):
                    if isinstance(cell, dt.date):
                        sheet.write_datetime(row, at, cell, day)
                    elif isinstance(cell, str):
                        sheet.write_string(row, at, cell)
                    elif cell is not None:
                        sheet.write(row, at, cell)
    return path


def copied(source, lang="zh", name="copy.xlsx", **options):
    """Check a ledger and write its copy beside it."""
    path = source.with_name(name)
    annotate(check_ledger(source, **options), path, lang)
    return path


class Copy:
    """A copy read back: its values, comments and fills by sheet and cell."""

    def __init__(self, path):
        self.path, self.book = path, CalamineWorkbook.from_path(str(path))
        self.names = self.book.sheet_names
        with zipfile.ZipFile(path) as parts:
            self.parts = {name: parts.read(name) for name in parts.namelist()}

    def rows(self, name):
        return self.book.get_sheet_by_name(name).to_python(skip_empty_area=False)

    def cells(self, name):
        return {
            xl_rowcol_to_cell(row, at): cell
            for row, cells in enumerate(self.rows(name))
            for at, cell in enumerate(cells)
            if cell not in ("", None)
        }

    def xml(self, name):
        return self.parts[f"xl/worksheets/sheet{self.names.index(name) + 1}.xml"].decode()

    def comments(self, name):
        rels = self.parts.get(f"xl/worksheets/_rels/sheet{self.names.index(name) + 1}.xml.rels", b"").decode()
        found = re.search(r"\.\./(comments\d+\.xml)", rels)
        if not found:
            return {}
        tree = ElementTree.fromstring(self.parts[f"xl/{found[1]}"])
        space = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
        assert [author.text or "" for author in tree.findall(".//x:author", space)] == [""]
        return {c.get("ref"): "".join(t.text or "" for t in c.findall(".//x:t", space)) for c in tree.findall(".//x:comment", space)}

    def fills(self, name):
        styles = self.parts["xl/styles.xml"].decode()
        colours = [
            (re.search(r'fgColor rgb="(\w+)"', fill) or [None, ""])[1] for fill in re.findall(r"<fill>.*?</fill>", styles, flags=re.DOTALL)
        ]
        xfs = re.findall(r'<xf [^>]*fillId="(\d+)"', styles.partition("<cellXfs")[2].partition("</cellXfs>")[0])
        made = {ref: colours[int(xfs[int(style)])] for ref, style in re.findall(r'<c r="([A-Z]+\d+)" s="(\d+)"', self.xml(name))}
        return {ref: colour for ref, colour in made.items() if colour}

    def merges(self, name):
        return set(re.findall(r'<mergeCell ref="([A-Z0-9:]+)"', self.xml(name)))

    def holds(self, text):
        return [name for name, part in self.parts.items() if text in part.decode("utf-8") or text in name]


def faulty(tmp_path, name="a.xlsx", **more):
    rows = [
        ["某县社会组织台账"],
        HEAD,
        ["1", "甲协会", KIND, 3, dt.date(2011, 6, 1)],
        ["2", "乙协会", KIND, "很多", "某天"],
        ["3", "丙协会", "奇怪的类别", "约30人", dt.date(2012, 1, 1)],
        ["3", "丁协会", KIND, -2, dt.date(2013, 1, 1)],
    ]
    return book(tmp_path / name, 组织=rows, **more)


# ------------------------------------------------------------------ cells, marks, comments


@pytest.mark.parametrize("lang", LANGS)
def test_cells_keep_their_addresses_and_each_fault_its_cell(tmp_path, lang):
    source = faulty(tmp_path)
    ledger = check_ledger(source)
    copy = Copy(copied(source, lang))
    assert copy.names == [*LISTS[lang], "组织"]
    cells = copy.cells("组织")
    assert [cells[at] for at in ("A2", "B2", "E2", "B3", "D3", "B4", "D4", "E4")] == [
        "组织编号",
        "组织名称",
        "登记日期",
        "甲协会",
        3,
        "乙协会",
        "很多",
        "某天",
    ]
    assert cells["E3"] == dt.date(2011, 6, 1)
    assert "A1" not in cells  # nothing above the header
    placed = {fault.cell for fault in ledger.faults if fault.cell}
    assert {"D4", "E4", "C5", "D5", "D6", "A6"} <= placed
    assert set(copy.comments("组织")) == set(copy.fills("组织")) == placed


@pytest.mark.parametrize(("lang", "words_of"), [("zh", ("错误：", "警告：", "提示：")), ("en", ("error: ", "warning: ", "note: "))])
def test_a_comment_says_severity_problem_and_remedy(tmp_path, lang, words_of):
    source = faulty(tmp_path)
    ledger, copy = check_ledger(source), Copy(copied(source, lang))
    comments, fills = copy.comments("组织"), copy.fills("组织")
    before = dict(zip(Severity, words_of, strict=True))
    for fault in ledger.faults:
        if fault.cell:
            assert before[fault.severity] + fault.problem(lang) in comments[fault.cell]
            assert fault.remedy(lang) in comments[fault.cell]
    assert (fills["D4"], fills["D5"]) == (RED, AMBER)
    assert re.search(r"<b/>", copy.parts["xl/styles.xml"].decode())


def test_a_note_is_blue_and_marks_a_cell_above_the_header(tmp_path):
    rows = [["截至2018年6月30日 张三填"], HEAD, ["1", "甲协会", KIND, 3, dt.date(2011, 6, 1)]]
    copy = Copy(copied(book(tmp_path / "a.xlsx", 组织=rows)))
    assert copy.fills("组织") == {"A1": BLUE}
    assert "A1" not in copy.cells("组织")
    assert copy.comments("组织")["A1"].startswith("提示：取作统计时点。")
    assert not copy.holds("张三")


def test_several_faults_of_a_cell_are_lines_of_one_comment_and_the_worst_gives_the_colour(tmp_path):
    ledger = check_ledger(faulty(tmp_path))
    first = next(fault for fault in ledger.faults if fault.cell == "D5")
    ledger.faults.append(first._replace(severity=Severity.error))
    ledger.faults.append(first._replace(severity=Severity.note))
    annotate(ledger, tmp_path / "c.xlsx", "zh")
    copy = Copy(tmp_path / "c.xlsx")
    assert [line[:2] for line in copy.comments("组织")["D5"].split("\n")] == ["警告", "错误", "提示"]
    assert copy.fills("组织")["D5"] == RED


def test_a_copy_of_a_ledger_without_faults_has_no_marks(tmp_path):
    copy = Copy(copied(book(tmp_path / "a.xlsx", 组织=[HEAD, ["1", "甲协会", KIND, 3, dt.date(2011, 6, 1)]])))
    assert (copy.fills("组织"), copy.comments("组织")) == ({}, {})
    assert copy.rows("问题")[1][:3] == ["错误 0", "警告 0", "提示 0"]
    assert len(copy.rows("问题")) == 4


def test_headings_are_bold_and_wrapped_with_panes_frozen_below_them(tmp_path):
    xml = Copy(copied(faulty(tmp_path))).xml("组织")
    assert '<pane ySplit="2" topLeftCell="A3" activePane="bottomLeft" state="frozen"/>' in xml


# ------------------------------------------------------------------ merged cells


def test_merged_cells_stay_merged_and_a_fault_within_them_is_said_at_the_first(tmp_path):
    rows = [HEAD, ["1", "甲协会", KIND, 3, None], ["2", "乙协会", None, None, None], ["3", "丙协会", "怪", 4, None]]
    copy = Copy(copied(book(tmp_path / "a.xlsx", merges=["C2:C3", "D2:D3"], 组织=rows)))
    assert copy.merges("组织") == {"C2:C3", "D2:D3"}
    assert copy.cells("组织")["C2"] == KIND
    comment = copy.comments("组织")["D2"]
    assert "D3 警告" in comment
    assert "D3" not in copy.comments("组织")
    assert copy.fills("组织")["D2"] == AMBER
    assert copy.fills("组织")["C4"] == RED


def test_ranges_that_overlap_or_reach_far_do_no_harm(tmp_path):
    ledger = check_ledger(faulty(tmp_path))
    (sheet,) = ledger.sheets
    merges = [(2, 1, 3, 1), (3, 1, 4, 1), (2, 1, 3, 1), (0, 0, 1_048_575, 16_383), (4, 3, 4, 3), (5, 3, 1_048_575, 16_383), (9, 9, 8, 8)]
    ledger.sheets[0] = sheet._replace(grid=sheet.grid._replace(merges=merges))
    annotate(ledger, tmp_path / "c.xlsx", "en")
    copy = Copy(tmp_path / "c.xlsx")
    assert "B3:B4" in copy.merges("组织")
    assert CalamineWorkbook.from_path(str(copy.path))
    assert copy.cells("组织")["B3"] == "甲协会"
    assert "B4" not in copy.cells("组织")  # nothing is hidden below merged cells


def test_a_whole_sheet_merged_is_not_kept(tmp_path):
    ledger = check_ledger(faulty(tmp_path))
    grid = ledger.sheets[0].grid
    wide = grid._replace(rows=[*grid.rows, [""] * 16_384] * 2, merges=[(0, 0, 1_048_575, 16_383)])
    ledger.sheets[0] = ledger.sheets[0]._replace(grid=wide)
    started = time.monotonic()
    annotate(ledger, tmp_path / "c.xlsx", "en")
    assert time.monotonic() - started < 10
    assert Copy(tmp_path / "c.xlsx").merges("组织") == set()


# ------------------------------------------------------------------ hostile text

HOSTILE = [
    '=HYPERLINK("http://example.com","x")',
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    "http://example.com/",
    "mailto:a",
    "internal:'x'!A1",
    "<script>alert(1)</script>",
    "a\u202eb\u0007c\u200bd",
    "\ufffe\uffffx",
    "&amp;]]>_x0041_",
    "甲" * 40_000,
    "𠮷" * 20_000,
]


@pytest.mark.parametrize("lang", LANGS)
def test_text_stays_text(tmp_path, lang):
    source = tmp_path / "a.csv"
    lines = ["编号,名称,类别,从业人员数"] + [
        f'{n},"{text.replace(chr(34), chr(34) * 2)}",{KIND},"{text[:50].replace(chr(34), chr(34) * 2)}"' for n, text in enumerate(HOSTILE)
    ]
    source.write_text("\r\n".join(lines), encoding="utf-8", newline="")
    copy = Copy(copied(source, lang))
    column = [row[1] for row in copy.rows("a")[1:]]
    assert column[:8] == HOSTILE[:8]
    assert column[8:11] == ["abcd", "x", "&amp;]]>_x0041_"]
    assert column[11:] == ["甲" * 60 + "…", "𠮷" * 60 + "…"]
    for name, part in copy.parts.items():
        if name.startswith("xl/worksheets/sheet"):
            assert b"<f>" not in part
            assert b"<f " not in part
        assert b'TargetMode="External"' not in part
        assert b"<script" not in part
        assert not re.search("[\u202e\u200b\ufffe\uffff\x07]", part.decode("utf-8"))
        if name.endswith((".xml", ".rels", ".vml")):
            ElementTree.fromstring(part)


def test_lone_surrogates_and_odd_values_can_be_written(tmp_path):
    ledger = check_ledger(faulty(tmp_path))
    grid = ledger.sheets[0].grid
    odd = [
        float("nan"),
        float("inf"),
        10**400,
        True,
        dt.datetime(2011, 6, 1, 8, 30),
        dt.time(8, 30),
        dt.timedelta(hours=30),
        dt.date(1850, 1, 1),
    ]
    aware = dt.datetime(2011, 6, 1, 8, 30, tzinfo=dt.UTC)
    rows = [*grid.rows, *(["9", "戊\ud800协会", KIND, cell, aware] for cell in odd)]
    body = ledger.sheets[0].body._replace(data=range(2, len(rows)))
    ledger.sheets[0] = ledger.sheets[0]._replace(grid=grid._replace(rows=rows), body=body)
    annotate(ledger, tmp_path / "c.xlsx", "zh")
    cells = Copy(tmp_path / "c.xlsx").cells("组织")
    assert [cells[f"D{row}"] for row in (7, 8, 10, 11, 12, 14)] == ["nan", "inf", True, odd[4], "08:30:00", "1850-01-01"]
    assert cells["D9"].startswith("1000")
    assert cells["B7"] == "戊协会"
    assert cells["E7"] == aware.replace(tzinfo=None)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=40), min_size=5, max_size=5))
def test_any_text_can_be_copied(tmp_path, texts):
    ledger = check_ledger(book(tmp_path / "a.xlsx", 组织=[HEAD, ["1", "甲协会", KIND, 3, None]]))
    sheet = ledger.sheets[0]
    ledger.sheets[0] = sheet._replace(
        grid=sheet.grid._replace(rows=[HEAD, texts, [texts[0], "乙", *texts[2:]]]), body=sheet.body._replace(data=[1, 2])
    )
    (tmp_path / "c.xlsx").unlink(missing_ok=True)
    annotate(ledger, tmp_path / "c.xlsx", "zh")
    for name, part in Copy(tmp_path / "c.xlsx").parts.items():
        assert not name.endswith(".xml") or ElementTree.fromstring(part) is not None


# ------------------------------------------------------------------ nothing about persons

NAMES = ["张三", "李四", "王五", "赵六", "王建国", "诸葛某", "陈某某", "刘某", "周某某", "吴某", "郑某某", "冯某", "蒋某某"]
NUMBERS = ["13800000000", "13900000000", "110101190001010000", "0916-8000000", "a@example.com"]


def peopled(tmp_path, **more):
    head = [
        "序号",
        "组织名称",
        "组织类别",
        "所在镇",
        "从业人员数",
        "党建指导员",
        "法定代表人",
        "联系电话",
        "身份证号",
        "备注",
        "职务",
        "登记日期",
        "联系单位",
    ]
    rows = [
        ["某县社会组织台账（填报人 张三 13800000000）"],
        ["制表：李四", None, None, "电话 13900000000"],
        head,
        [1, "甲协会", KIND, "城关镇", 3, "王五", "赵六", 13800000000, "110101190001010000", "由王建国联系", "诸葛某", dt.date(2011, 6, 1), "陈某某"],
        [2, "乙协会（刘某）", KIND, "周某某", "吴某等", "县委组织部郑某某 13900000000", "张三", "0916-8000000", None, "冯某", "李四", "蒋某某", "a@example.com"],
        [3, "王五", "张三 13800000000", "城关镇", 13800000000, "是", "李四", None, None, "张三", "王建国", None, None, "赵六在此"],
        ["周某某", "丁协会", KIND, "张\u200b三", "李\u200b四", "无", None, None, None, None, None, "110101190001010000", None],
        ["合计", None, None, "张三", 99, "王五", "赵六", 13800000000, None, None, None, None, None],
        ["填表人：李四", None, None, "审核人：王五", None, "13800000000"],
        ["经手王建国"],
        ["备注：赵六 13900000000"],
    ]  # fmt: skip
    return book(tmp_path / "a.xlsx", 组织=rows, **more)


@pytest.mark.parametrize("lang", LANGS)
def test_no_person_is_in_any_part_of_the_copy(tmp_path, lang):
    source = peopled(tmp_path)
    copy = Copy(copied(source, lang))
    held = {text: copy.holds(text) for text in (*NAMES, *NUMBERS) if copy.holds(text)}
    assert held == {}
    cells = copy.cells("组织")
    assert (cells["B4"], cells["F4"], cells["F6"], cells["E5"]) == ("甲协会", MARK, "是", MARK)
    assert {cells[at] for at in ("G4", "H4", "I4", "J4", "K4", "G5", "N6")} == {NOT_READ[lang]}
    assert (cells["G3"], cells["A8"], cells["E8"]) == ("法定代表人", "合计", 99)
    assert not [at for at in cells if xl_cell_to_rowcol(at)[0] in (0, 1, 8, 9, 10)]
    assert {row[3] for row in copy.rows(LISTS[lang][3])[2:]} >= {"法定代表人", "联系电话", "身份证号"}


def test_names_of_sheets_and_files_may_be_of_persons_too(tmp_path):
    (tmp_path / "张三").mkdir()
    rows = [HEAD, ["1", "甲协会", KIND, "多", None], ["2", "甲协会", KIND, 3, None]]
    book(tmp_path / "张三" / "李四.xlsx", 王五=rows)
    for lang in LANGS:
        annotate(check_ledger(tmp_path / "张三"), tmp_path / f"{lang}.xlsx", lang)
        copy = Copy(tmp_path / f"{lang}.xlsx")
        assert copy.names[-1] == MARK
        assert not [name for name in NAMES if copy.holds(name)]


def test_what_a_mapping_reads_under_a_heading_of_persons_is_not_shown(tmp_path):
    source = book(tmp_path / "a.xlsx", 组织=[["名称", "负责人"], ["甲协会", "县委张三"], ["乙协会", "办公室李四"]])
    save_mapping(check_ledger(source).mapping, tmp_path / "m.csv")
    text = (tmp_path / "m.csv").read_text("utf-8-sig").replace("负责人,'-", "负责人,organisations/township")
    (tmp_path / "n.csv").write_text(text, "utf-8")
    assert load_mapping(tmp_path / "n.csv")[1].reads == "organisations/township"
    copy = Copy(copied(source, mapping=tmp_path / "n.csv"))
    assert copy.cells("组织")["B2"] in (MARK, NOT_READ["zh"])
    assert not copy.holds("张三")


def test_of_columns_told_to_be_the_same_only_the_one_that_was_read_is_shown(tmp_path):
    rows = [["名称", "类别", "组织类别"], ["甲协会", KIND, "听张三说"], ["乙协会", KIND, "听李四说"]]
    copy = Copy(copied(book(tmp_path / "a.xlsx", 组织=rows)))
    assert copy.cells("组织")["B2"] == KIND
    assert not copy.holds("张三")
    rows = [["名称", "所在镇", "所在镇"], ["甲协会", "城关镇", "听张三说"]]
    copy = Copy(copied(book(tmp_path / "b.xlsx", 组织=rows), name="copy2.xlsx"))
    assert copy.cells("组织")["B2"] == "城关镇"
    assert copy.cells("组织")["C2"] == NOT_READ["zh"]
    assert copy.fills("组织") == {"C1": RED}
    assert not copy.holds("张三")


def test_a_name_in_merged_cells_is_in_no_list(tmp_path):
    head = ["组织名称", "组织类别", "党建指导员", "从业人员数"]
    rows = [head, ["甲协会", KIND, "组织部听张三说", 3], ["乙协会", KIND, None, 3], ["丙协会", KIND, "听李四说", 3]]
    copy = Copy(copied(book(tmp_path / "a.xlsx", merges=["C2:C3"], 组织=rows)))
    assert (copy.cells("组织")["C2"], copy.cells("组织")["C4"]) == (MARK, MARK)
    assert not [name for name in NAMES if copy.holds(name)]


def test_the_example_row_is_not_copied(tmp_path):
    rows = [["组织编号", "组织名称", "所在镇"], ["示例（不读入）", "示例行业协会", "听张三说"], ["1", "甲协会", "城关镇"]]
    copy = Copy(copied(book(tmp_path / "a.xlsx", 组织=rows)))
    assert not copy.holds("张三")
    assert copy.cells("组织")["B3"] == "甲协会"


def test_a_group_row_is_copied_where_it_was_read(tmp_path):
    rows = [
        ["序号", "组织名称", "从业人员数"],
        ["城关镇", None, None],
        [1, "甲协会", 3],
        ["马道镇", None, None],
        [2, "乙协会", 3],
        ["经手张三", None, None],
    ]
    copy = Copy(copied(book(tmp_path / "a.xlsx", 组织=rows)))
    assert (copy.cells("组织")["A2"], copy.cells("组织")["A4"]) == ("城关镇", "马道镇")
    assert not copy.holds("张三")


def test_of_totals_and_serial_numbers_only_numbers_are_shown(tmp_path):
    rows = [
        ["序号", "组织名称", "所在镇", "从业人员数", "闲话"],
        [1, "甲协会", "城关镇", "3", "x"],
        ["听张三说", "乙协会", "城关镇", "4", "x"],
        ["合计", None, "听李四说", "7", 9],
    ]
    cells = Copy(copied(book(tmp_path / "a.xlsx", 组织=rows))).cells("组织")
    assert [cells[at] for at in ("A2", "A3", "A4", "C4", "D4", "E4")] == [1, NOT_READ["zh"], "合计", NOT_READ["zh"], "7", NOT_READ["zh"]]


def test_a_name_in_what_a_fault_says_is_hidden(tmp_path):
    ledger = check_ledger(faulty(tmp_path))
    said = Term("可能是“甲协会（张三）”", "may be '甲协会（张三）'")
    ledger.faults.append(next(fault for fault in ledger.faults if fault.cell)._replace(problem=said))
    annotate(ledger, tmp_path / "c.xlsx", "zh")
    copy = Copy(tmp_path / "c.xlsx")
    assert copy.holds(f"甲协会（{MARK}）")
    assert not copy.holds("张三")


def test_no_heading_or_word_that_ledgers_use_is_taken_for_a_person():
    known = {text for column in READABLE.values() for text in column.term} | {word for reads in READABLE for word in words(reads)}
    said = {text for kind, messages in _MESSAGES.items() if kind != "too_many_sheets" for message in messages for text in message}
    said |= {text for rule in ALL_RULES.values() for text in rule.term}
    assert [text for text in sorted(known | said) if MARK in module._unnamed(text)] == []


# ------------------------------------------------------------------ sheets


def test_sheets_get_names_that_excel_takes(tmp_path):
    ledger = check_ledger(faulty(tmp_path))
    given = [
        "问题",
        "HISTORY",
        "a[b]:c*d?/e\\",
        "'x'",
        "",
        "甲" * 40,
        "甲" * 40,
        "𠮷" * 20,
        "读法",
        "Sheet",
        "sheet",
        "\u202e\x01",
        "ＳＨＥＥＴ",
    ]
    only = ledger.sheets[0]
    ledger.sheets[:] = [only._replace(place=Place(at, "夹/文件.csv", name)) for at, name in enumerate(given)]
    annotate(ledger, tmp_path / "c.xlsx", "zh")
    names = Copy(tmp_path / "c.xlsx").names[4:]
    assert names[:5] == ["问题 (2)", "HISTORY (2)", "a_b__c_d__e_", "x", "文件"]
    assert all(len(name.encode("utf-16-le")) <= 62 for name in names)
    assert len({name.casefold() for name in names}) == len(given)


@pytest.mark.parametrize("lang", LANGS)
def test_a_csv_file_becomes_a_sheet_called_after_it(tmp_path, lang):
    source = tmp_path / "台账.csv"
    source.write_text(f"编号,名称,类别,从业人员数\r\n1,甲协会,{KIND},很多\r\n", encoding="utf-8", newline="")
    copy = Copy(copied(source, lang))
    assert copy.names[-1] == "台账"
    assert copy.cells("台账")["D2"] == "很多"
    assert copy.fills("台账") == {"D2": RED}


def test_a_folder_has_a_sheet_for_each_file_and_says_which(tmp_path):
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "organisations.csv").write_text("org_id,name,staff\n1,甲协会,多\n", encoding="utf-8")
    (folder / "branches.csv").write_text("branch_id,name,members\n1,甲支部,少\n", encoding="utf-8")
    annotate(check_ledger(folder), tmp_path / "c.xlsx", "en")
    copy = Copy(tmp_path / "c.xlsx")
    assert sorted(copy.names[4:]) == ["branches", "organisations"]
    assert copy.rows("Faults")[3][:3] == ["file", "sheet", "cell"]
    assert {row[1] for row in copy.rows("Faults")[4:]} == {"branches", "organisations"}
    assert copy.fills("branches") == {"C2": RED} == copy.fills("organisations")


def test_a_ledger_without_sheets_has_its_faults_listed(tmp_path):
    frame = pd.DataFrame({"org_id": ["1", "1"], "name": ["甲协会", "乙协会"], "联系电话": ["13800000000", None]})
    duckdb.from_df(frame).write_parquet(str(tmp_path / "organisations.parquet"))
    copy = Copy(copied(tmp_path / "organisations.parquet", "en"))
    assert copy.names == LISTS["en"]
    assert len(copy.rows("Faults")) > 5
    assert not copy.holds("13800000000")
    assert [row[3] for row in copy.rows("Persons left out")[2:]] == ["联系电话"]
    missing = Copy(copied(tmp_path / "none.xlsx", "zh", name="d.xlsx"))
    assert missing.rows("问题")[4][5] == "错误"


def test_a_written_ledger_with_two_tables_is_copied(tmp_path):
    organisations = pd.DataFrame({"org_id": ["1", "2"], "name": ["甲协会", "乙协会"], "staff": [3, 4]})
    branches = pd.DataFrame({"branch_id": ["1"], "name": ["甲支部"], "members": [5]})
    write_ledger(Register(organisations, branches), tmp_path / "a.xlsx", "zh")
    copy = Copy(copied(tmp_path / "a.xlsx"))
    assert copy.names[4:] == ["组织", "支部"]
    head = [column.term.zh for column in TABLES["organisations"].values()]
    assert copy.rows("组织")[0] == head
    assert copy.rows("组织")[1][head.index(ORGANISATIONS["staff"].term.zh)] == 3


# ------------------------------------------------------------------ the lists


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_sheet_lists_every_fault_with_a_link(tmp_path, lang):
    source = faulty(tmp_path)
    ledger, copy = check_ledger(source), Copy(copied(source, lang))
    rows = copy.rows(LISTS[lang][0])
    assert [re.sub(r"\D", "", cell) for cell in rows[1][:3]] == [str(sum(f.severity is s for f in ledger.faults)) for s in Severity]
    assert len(rows) - 4 == len(ledger.faults)
    for row, fault in zip(rows[4:], ledger.faults, strict=True):
        assert row[:5] == ["a.xlsx", "组织", fault.cell, fault.column, fault.value]
        assert row[6:] == [fault.problem(lang), fault.remedy(lang)]
    xml = copy.xml(LISTS[lang][0])
    assert f'<autoFilter ref="A4:H{4 + len(ledger.faults)}"/>' in xml
    links = re.findall(r'<hyperlink ref="C(\d+)" location="([^"]+)"', xml)
    assert links == [(str(at), f"'组织'!{fault.cell}") for at, fault in enumerate(ledger.faults, 5) if fault.cell]


def test_a_link_quotes_the_name_of_its_sheet(tmp_path):
    rows = [["组织名称", "从业人员数"], ["甲协会", "多"]]
    copy = Copy(copied(book(tmp_path / "a.xlsx", **{"O'Neil & <b>": rows})))
    assert """location="'O''Neil &amp; &lt;b&gt;'!B2\"""" in copy.xml("问题")


def test_faults_without_a_cell_are_listed_without_a_link(tmp_path):
    source = book(tmp_path / "a.xlsx", 组织=[["从业人员数", "登记日期"], [3, None]])
    copy = Copy(copied(source, "en"))
    assert copy.rows("Faults")[4][:6] == ["a.xlsx", "组织", "", "", "", "error"]
    assert '<hyperlink ref="C5"' not in copy.xml("Faults")


@pytest.mark.parametrize("lang", LANGS)
def test_the_mapping_is_listed_with_the_columns_terms(tmp_path, lang):
    rows = [["序号", "组织名称", "从业人员数", "联系电话", "闲话"], [1, "甲协会", 3, "13800000000", "x"]]
    copy = Copy(copied(book(tmp_path / "a.xlsx", 组织=rows), lang))
    listed = copy.rows(LISTS[lang][1])[2:]
    assert [row[:5] for row in listed[1:3]] == [
        ["a.xlsx", "组织", "B", "组织名称", "organisations/name"],
        ["a.xlsx", "组织", "C", "从业人员数", "organisations/staff"],
    ]
    said = {
        "zh": ["序号", "组织名称", "从业人员数", "未读入", "未读入"],
        "en": ["serial number", "organisation", "staff", "not read", "not read"],
    }
    assert [row[5] for row in listed] == said[lang]


@pytest.mark.parametrize("lang", LANGS)
def test_the_trail_is_listed(tmp_path, lang):
    source = faulty(tmp_path)
    trail, copy = check_ledger(source).trail, Copy(copied(source, lang))
    columns = ["file", "sheet", "cell", "heading", "was", "became", "rule", f"what_{lang}"]
    assert copy.rows(LISTS[lang][2])[2:] == trail[columns].values.tolist()


def test_a_list_that_is_longer_than_excel_takes_links_is_cut_and_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_MOST", 2)
    source = faulty(tmp_path)
    count, copy = len(check_ledger(source).faults), Copy(copied(source, "en"))
    assert copy.rows("Faults")[2][0] == f"{count} rows, 2 of them listed"
    assert (len(copy.rows("Faults")), copy.xml("Faults").count("<hyperlink ")) == (4 + 2, 2)
    assert len(copy.comments("组织")) > 2  # every fault is marked at its cell


def test_faults_of_sheets_called_after_persons_are_marked_in_none(tmp_path):
    rows = [HEAD, ["1", "甲协会", KIND, "多", None, "听赵六说"]]
    source = book(tmp_path / "a.xlsx", 张三=rows, 李四=rows)
    copy = Copy(copied(source))
    assert copy.names[4:] == [MARK, f"{MARK} (2)"]
    assert [copy.comments(name) for name in copy.names[4:]] == [{}, {}]
    assert not [name for name in NAMES if copy.holds(name)]


def test_a_sheet_too_large_for_excel_is_said_to_be_cut(tmp_path):
    ledger = check_ledger(faulty(tmp_path))
    grid = ledger.sheets[0].grid
    ledger.sheets[0] = ledger.sheets[0]._replace(grid=grid._replace(rows=[*grid.rows, [""] * 16_390]))
    annotate(ledger, tmp_path / "c.xlsx", "en")
    assert "Sheet '组织' is too large for Excel and is not shown whole." in Copy(tmp_path / "c.xlsx").rows("Faults")[0][0]


# ------------------------------------------------------------------ the file


@pytest.mark.parametrize("lang", LANGS)
def test_the_same_ledger_gives_the_same_bytes(tmp_path, lang):
    source = peopled(tmp_path)
    assert copied(source, lang, name="1.xlsx").read_bytes() == copied(source, lang, name="2.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "1.xlsx") as parts:  # no clock is in it
        assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert set(re.findall(r"\d{4}-\d\d-\d\dT", parts.read("docProps/core.xml").decode())) == {"2000-01-01T"}


def test_no_file_is_overwritten_and_the_name_ends_in_xlsx(tmp_path):
    ledger = check_ledger(faulty(tmp_path))
    (tmp_path / "there.xlsx").write_bytes(b"mine")
    with pytest.raises(AnalysisError, match="exists already"):
        annotate(ledger, tmp_path / "there.xlsx", "zh")
    with pytest.raises(AnalysisError, match=r"does not end in \.xlsx"):
        annotate(ledger, tmp_path / "copy.csv", "zh")
    assert (tmp_path / "there.xlsx").read_bytes() == b"mine"
    assert not (tmp_path / "copy.csv").exists()


def test_the_ledger_is_not_changed(tmp_path):
    ledger = check_ledger(faulty(tmp_path))
    before = (list(ledger.faults), list(ledger.mapping), [list(row) for row in ledger.sheets[0].grid.rows], ledger.trail.copy())
    annotate(ledger, tmp_path / "c.xlsx", "zh")
    assert (ledger.faults, ledger.mapping, ledger.sheets[0].grid.rows) == before[:3]
    pd.testing.assert_frame_equal(ledger.trail, before[3])
