import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from workbooks import cells, check, form, found, kinds, write

from analysis.grids import read_grids
from analysis.ledger import read_ledger
from analysis.mapping import FIELDS, Line, MappingError, load_mapping, save_mapping
from analysis.model import AnalysisError
from analysis.schema import TABLES

LAW = settings(derandomize=True, database=None, deadline=None, max_examples=60)
HEADER = ",".join(FIELDS)
PATHS = ("序号", "社会组织名称", "登记证号", "从业人员/总数", "从业人员/专职", "党员数", "负责人姓名", "党组织名称")
LEDGER = form(*PATHS, title=(["台账"],)).then(
    [1, "甲协会", "001", 5, 3, 2, "张三", "甲党支部"], [2, "乙学会", "002", 6, 6, 0, "李四", None], ["合计", None, None, 11, 9, 2]
)  # fmt: skip
TICKED = form(*PATHS, "年检结果/合格", "年检结果/不合格", title=(["台账"],)).then(
    [1, "甲协会", "001", 5, 3, 2, "张三", "甲党支部", "√"], [2, "乙学会", "002", 6, 6, 0, "李四", None, None, "√"]
)  # fmt: skip


def mapping(path, *lines, encoding="utf-8"):
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding=encoding, newline="")
    return path


def refused(path):
    with pytest.raises(MappingError) as caught:
        load_mapping(path)
    return [(made.kind, made.line, made.column, made.value) for made in caught.value.faults]


def same(one, other):
    for table in TABLES:
        mine, yours = getattr(one.register, table), getattr(other.register, table)
        assert (mine is None) == (yours is None)
        if mine is not None:
            assert_frame_equal(mine, yours)
    assert_frame_equal(one.trail, other.trail)
    assert_frame_equal(one.persons, other.persons)
    # what a mapping says of a count's basis is no longer noted as unsaid
    assert [str(made) for made in one.faults if made.kind != "members_basis"] == [
        str(made) for made in other.faults if made.kind != "members_basis"
    ]
    assert [line._replace(note="") for line in one.mapping] == [line._replace(note="") for line in other.mapping]


# ------------------------------------------------------------------ what is found, shown, saved and given again


def test_the_mapping_names_every_column_with_what_it_is_read_as(tmp_path):
    ledger = check(write(tmp_path / "a.xlsx", 表=LEDGER))
    assert [(line.file, line.sheet, line.rows, line.column, line.heading, line.reads) for line in ledger.mapping] == [
        ("a.xlsx", "表", "2至3", column, heading, reads)
        for column, heading, reads in [
            ("A", "序号", "serial"), ("B", "社会组织名称", "organisations/name"), ("C", "登记证号", "organisations/org_id"),
            ("D", "从业人员 / 总数", "organisations/staff"), ("E", "从业人员 / 专职", "organisations/staff_full_time"),
            ("F", "党员数", "organisations/members"), ("G", "负责人姓名", "-"), ("H", "党组织名称", "branches/name"),
        ]
    ]  # fmt: skip
    assert list(ledger.mapping_table.columns) == list(FIELDS)


def test_a_mapping_saved_and_given_again_reads_the_same(tmp_path):
    path = write(tmp_path / "a.xlsx", 表=LEDGER)
    first = check(path)
    save_mapping(first.mapping, tmp_path / "m.csv")
    same(first, check(path, mapping=tmp_path / "m.csv"))


def test_a_group_to_tick_reads_the_same_by_its_own_mapping(tmp_path):
    path = write(tmp_path / "a.xlsx", 表=TICKED)
    first = check(path)
    assert cells(first, "organisations")["inspection"] == ["passed", "failed"]
    save_mapping(first.mapping, tmp_path / "m.csv")
    same(first, check(path, mapping=tmp_path / "m.csv"))


def test_a_registration_number_that_an_office_left_out_reads_the_same_by_its_own_mapping(tmp_path):
    rows = [["社会组织名称", "登记证号", "从业人员数"], ["甲协会", "001", 3], ["乙学会", None, 4]]
    path = write(tmp_path / "a.xlsx", 表=rows)
    first = check(path)
    assert len(cells(first, "organisations")["org_id"]) == 2
    save_mapping(first.mapping, tmp_path / "m.csv")
    same(first, check(path, mapping=tmp_path / "m.csv"))


def test_a_footer_below_the_registration_numbers_reads_the_same_by_its_own_mapping(tmp_path):
    rows = [["社会组织名称", "登记证号", "从业人员数"], ["甲协会", "001", 3], ["乙学会", "002", 4], ["填表人：张三", "审核人：李四"]]
    path = write(tmp_path / "a.xlsx", 表=rows)
    first = check(path)
    assert cells(first, "organisations")["name"] == ["甲协会", "乙学会"]
    save_mapping(first.mapping, tmp_path / "m.csv")
    same(first, check(path, mapping=tmp_path / "m.csv"))


def test_a_column_left_out_for_another_of_its_kind_reads_the_same_by_its_own_mapping(tmp_path):
    rows = [["社会组织名称", "社会组织性质", "社会组织类别"], ["甲协会", "行业性", "社团"], ["乙学校", "公益性", "民非"]]
    path = write(tmp_path / "a.xlsx", 表=rows)
    first = check(path)
    save_mapping(first.mapping, tmp_path / "m.csv")
    same(first, check(path, mapping=tmp_path / "m.csv"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_mapping_as_a_spreadsheet_saves_it_reads_the_same(tmp_path, encoding, mark):
    path = write(tmp_path / "a.xlsx", 表=LEDGER)
    first = check(path)
    save_mapping(first.mapping, tmp_path / "m.csv")
    rows = list(csv.reader((tmp_path / "m.csv").read_text("utf-8-sig").splitlines()))
    with (tmp_path / "n.csv").open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=mark, lineterminator="\r\n").writerows([*rows, [""] * len(FIELDS)])
    same(first, check(path, mapping=tmp_path / "n.csv"))


def test_a_mapping_as_a_workbook_reads_the_same(tmp_path):
    path = write(tmp_path / "a.xlsx", 表=LEDGER)
    first = check(path)
    write(tmp_path / "m.xlsx", 对应=[list(FIELDS), *map(list, first.mapping)])
    same(first, check(path, mapping=tmp_path / "m.xlsx"))


def test_an_existing_file_is_not_written_over(tmp_path):
    (tmp_path / "m.csv").write_text("mine")
    with pytest.raises(AnalysisError):
        save_mapping([], tmp_path / "m.csv")
    assert (tmp_path / "m.csv").read_text() == "mine"


@pytest.mark.parametrize("heading", ["=1+1", "+甲", "-甲", "@甲", '=HYPERLINK("http://a.b","x")', "\t=1", "a,b", 'a"b', "a;b"])
def test_no_heading_becomes_a_formula_and_each_comes_back(tmp_path, heading):
    rows = [["社会组织名称", heading, "从业人员数"], ["甲协会", 7, 30]]
    path = write(tmp_path / "a.xlsx", 表=rows)
    first = check(path)
    save_mapping(first.mapping, tmp_path / "m.csv")
    for row in read_grids(tmp_path / "m.csv")[0].rows[1:]:
        assert not any(str(cell).startswith(("=", "+", "@", "\t")) for cell in row)
    edited = [
        line._replace(reads="organisations/party_workers") if line.column == "B" else line for line in load_mapping(tmp_path / "m.csv")
    ]
    save_mapping(edited, tmp_path / "n.csv")
    ledger = check(path, mapping=tmp_path / "n.csv")
    assert cells(ledger, "organisations")["party_workers"] == [7]
    assert kinds(ledger) == []


@LAW
@given(st.lists(st.tuples(*[st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=6)] * 2), max_size=4))
def test_any_headings_come_back_from_a_file(tmp_path_factory, pairs):
    lines = [Line("a.xlsx", "表", "1", "A", heading.strip(), "-", note=note.strip()) for heading, note in pairs]
    path = tmp_path_factory.mktemp("m") / "m.csv"
    save_mapping(lines, path)
    assert [line.heading.lstrip("'") for line in load_mapping(path)] == [line.heading.lstrip("'") for line in lines]


# ------------------------------------------------------------------ an edited mapping


def test_what_a_mapping_says_goes_before_what_is_found(tmp_path):
    path = write(tmp_path / "a.xlsx", 表=LEDGER)
    edited = mapping(tmp_path / "m.csv", ",,,,党员数,organisations/members_staff", ",,,,从业人员 / 专职,-", ",,,,负责人姓名,-")
    ledger = check(path, mapping=edited)
    made = cells(ledger, "organisations")
    assert made["members_staff"] == [2, 0]
    assert "members" not in made
    assert "staff_full_time" not in made
    assert kinds(ledger) == []  # the basis has been said


def test_a_doubtful_heading_is_settled_by_the_mapping(tmp_path):
    rows = [["社会组织名称", "从业人员总数量", "自编栏"], ["甲协会", 5, 6]]
    path = write(tmp_path / "a.xlsx", 表=rows)
    assert found(check(path)) == [("doubtful_heading", "表", "B1")]
    read = check(
        path, mapping=mapping(tmp_path / "m.csv", ",,,,从业人员总数量,organisations/staff", ",,,,自编栏,organisations/association_members")
    )
    assert cells(read, "organisations") == {"org_id": ["甲协会"], "name": ["甲协会"], "staff": [5], "association_members": [6]}
    assert kinds(read) == []
    left = check(path, mapping=mapping(tmp_path / "n.csv", ",,,,从业人员总数量,-"))
    assert kinds(left) == []


def test_the_letter_tells_columns_of_one_heading_apart(tmp_path):
    rows = [["社会组织名称", "人数", "人数"], ["甲协会", 5, 6]]
    lines = (",,,B,人数,organisations/staff", ",,,C,人数,organisations/members")
    ledger = check(write(tmp_path / "a.xlsx", 表=rows), mapping=mapping(tmp_path / "m.csv", *lines))
    assert (cells(ledger, "organisations")["staff"], cells(ledger, "organisations")["members"]) == ([5], [6])


def test_columns_that_have_moved_since_are_found_by_their_heading(tmp_path):
    lines = [",,,B,甲栏,organisations/staff", ",,,C,乙栏,organisations/members"]
    moved = [["社会组织名称", "乙栏", "甲栏"], ["甲协会", 6, 5]]
    ledger = check(write(tmp_path / "a.xlsx", 表=moved), mapping=mapping(tmp_path / "m.csv", *lines))
    assert (cells(ledger, "organisations")["staff"], cells(ledger, "organisations")["members"]) == ([5], [6])


def test_two_lines_that_contradict_each_other_are_said(tmp_path):
    rows = [["社会组织名称", "甲栏"], ["甲协会", 5]]
    lines = (",,,,甲栏,organisations/staff", ",,,,甲栏,organisations/members")
    try:
        ledger = check(write(tmp_path / "a.xlsx", 表=rows), mapping=mapping(tmp_path / "m.csv", *lines))
    except MappingError:
        return
    assert ledger.faults  # never a silent choice, nor both lines silently ignored


def test_rows_of_the_header_can_be_given(tmp_path):
    rows = [["社会组织名称", "从业人员总数"], ["名", "人"], ["社会组织名称", "职工人数"], ["甲协会", 5]]
    path = write(tmp_path / "a.xlsx", 表=rows)
    ledger = check(path, mapping=mapping(tmp_path / "m.csv", ",,3,,职工人数,organisations/staff"))
    assert cells(ledger, "organisations") == {"org_id": ["甲协会"], "name": ["甲协会"], "staff": [5]}
    assert {line.rows for line in ledger.mapping} == {"3至3"}


@pytest.mark.parametrize("rows", ["0", "0-1", "2-1", "x", "1-", "3-3-3", "100000", "-1", "1.5"])
def test_rows_that_are_none_are_refused(tmp_path, rows):
    assert refused(mapping(tmp_path / "m.csv", f",,{rows},,甲,-"))[0][:3] == ("header_rows", 2, "rows")


def test_rows_beyond_the_sheet_are_said(tmp_path):
    path = write(tmp_path / "a.xlsx", 表=[["社会组织名称", "从业人员数"], ["甲协会", 5]])
    ledger = check(path, mapping=mapping(tmp_path / "m.csv", ",,40-41,,从业人员数,organisations/staff"))
    assert ledger.faults or cells(ledger, "organisations")["staff"] == [5]


def test_a_sheet_can_be_left_out(tmp_path):
    lines = []
    path = write(
        tmp_path / "a.xlsx", 一=[["社会组织名称", "从业人员数"], ["甲协会", 5]], 二=[["社会组织名称", "从业人员数"], ["乙学会", 6]]
    )
    ledger = check(path, mapping=mapping(tmp_path / "m.csv", ",二,-,,,-"), progress=lines.append)
    assert cells(ledger, "organisations")["name"] == ["甲协会"]
    assert any("二" in line and "left out" in line for line in lines)


def test_a_line_is_for_its_own_sheet_and_file(tmp_path):
    sheets = {name: [["社会组织名称", "甲栏"], [f"{name}协会", 5]] for name in ("一", "二")}
    path = write(tmp_path / "a.xlsx", **sheets)
    ledger = check(path, mapping=mapping(tmp_path / "m.csv", ",一,,,甲栏,organisations/staff"))
    assert cells(ledger, "organisations")["staff"] == [5, None]
    other = check(path, mapping=mapping(tmp_path / "n.csv", "b.xlsx,,,,甲栏,organisations/staff"))
    assert "staff" not in cells(other, "organisations")
    assert kinds(other) == ["mapping_unused"]


def test_a_word_of_the_cells_can_be_told(tmp_path):
    rows = [["社会组织名称", "组织类别", "是否成立党组织"], ["甲", "行业社团", "筹建中"], ["乙", "中介组织", "是"]]
    path = write(tmp_path / "a.xlsx", 表=rows)
    assert found(check(path)) == [("code", "表", "B2"), ("not_yes_no", "表", "C2"), ("code", "表", "B3")]
    lines = (
        ",,,,,organisations/kind,行业社团,association",
        ",,,,,organisations/kind,中介组织,?",
        ",,,,,organisations/party_organisation,筹建中,no",
    )
    ledger = check(path, mapping=mapping(tmp_path / "m.csv", *lines))
    assert (cells(ledger, "organisations")["kind"], cells(ledger, "organisations")["party_organisation"]) == (
        ["association", None],
        [False, True],
    )
    assert kinds(ledger) == []


def test_a_heading_that_the_file_has_not_is_said(tmp_path):
    path = write(tmp_path / "a.xlsx", 表=LEDGER)
    ledger = check(
        path, mapping=mapping(tmp_path / "m.csv", ",,,,没有这一栏,organisations/staff", ",表,,,也没有,organisations/budget", ",,,,又没有,-")
    )
    assert [(made.kind, made.sheet, made.column) for made in ledger.faults if made.kind == "mapping_unused"] == [
        ("mapping_unused", "", "没有这一栏"),
        ("mapping_unused", "表", "也没有"),
    ]
    assert ledger.register is not None


def test_a_column_of_branches_in_a_sheet_of_branches_alone_can_be_told(tmp_path):
    path = write(tmp_path / "a.xlsx", 支部=[["支部名称", "人数"], ["甲党支部", 7]])
    ledger = check(path, mapping=mapping(tmp_path / "m.csv", ",,,,人数,branches/members"))
    assert cells(ledger, "branches")["members"] == [7]


@pytest.mark.parametrize("heading", ["负责人姓名", "身份证号", "联系电话", "法定代表人 / 姓名"])
def test_a_mapping_cannot_bring_persons_in(tmp_path, heading):
    """A column of persons told to be a column of text would put names into the register."""
    path = write(
        tmp_path / "a.xlsx",
        表=form("社会组织名称", heading.replace(" / ", "/"), "从业人员数").then(["甲协会", "张三", 5], ["乙学会", "李四", 6]),
    )
    ledger = check(path, mapping=mapping(tmp_path / "m.csv", f",,,,{heading},organisations/sector"))
    shown = "\n".join(
        [str(ledger.trail), *map(str, ledger.faults), *([] if ledger.register is None else [ledger.register.organisations.to_csv()])]
    )
    assert "张三" not in shown
    assert "李四" not in shown


# ------------------------------------------------------------------ mistakes in the file


def test_every_mistake_is_said_with_its_line_and_column(tmp_path):
    path = mapping(
        tmp_path / "m.csv",
        ",,x,,甲,organisations/nothing",
        ",,,,乙,staff",
        ",,,,,organisations/kind,社团,nothing",
        ",,,,,organisations/staff,五,5",
        ",,,,,organisations/activity_room,有,maybe",
        ",,,,,nothing,有,yes",
        "",
        ",,,,,organisations/kind,社团,",
    )
    assert refused(path) == [
        ("header_rows", 2, "rows", "x"),
        ("reads", 2, "reads", "organisations/nothing"),
        ("reads", 3, "reads", "staff"),
        ("code", 4, "means", "nothing"),
        ("code", 5, "means", "5"),
        ("code", 6, "means", "maybe"),
        ("reads", 7, "reads", "nothing"),
        ("code", 9, "means", ""),
    ]


def test_missing_columns_are_named(tmp_path):
    (tmp_path / "m.csv").write_text("file,sheet,heading\na,b,c\n")
    assert [(kind, column) for kind, _, column, _ in refused(tmp_path / "m.csv")] == [
        (("no_column"), name) for name in ("rows", "column", "reads")
    ]


def test_a_mapping_that_is_not_there_is_said(tmp_path):
    assert refused(tmp_path / "m.csv")[0][0] == "no_mapping"
    assert refused(tmp_path)[0][0] == "no_mapping"
    with pytest.raises(MappingError, match=r"m\.csv"):
        read_ledger(write(tmp_path / "a.xlsx", 表=LEDGER), mapping=tmp_path / "m.csv")


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\x00\xff\xfe", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "表".encode("gbk") * 50]
)
def test_what_is_no_mapping_is_refused_with_a_reason(tmp_path, content):
    (tmp_path / "m.csv").write_bytes(content)
    assert refused(tmp_path / "m.csv")


@LAW
@given(
    st.lists(
        st.lists(
            st.sampled_from(
                [
                    "",
                    "-",
                    "?",
                    "甲",
                    "organisations/kind",
                    "organisations/name",
                    "serial",
                    "check/applicants",
                    "yes",
                    "1-2",
                    "=1",
                    '"',
                    "\n",
                    "association",
                ]
            ),
            max_size=11,
        ),
        max_size=5,
    )
)
def test_any_lines_are_a_mapping_or_refused(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("m") / "m.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([FIELDS, *rows])
    try:
        lines = load_mapping(path)
    except MappingError as error:
        lines = []
        refused_for = error.faults
    else:
        refused_for = [None]
    assert refused_for
    if lines:
        assert all(isinstance(line, Line) and (not line.word or line.value() in (None, True, False) or line.value()) for line in lines)
