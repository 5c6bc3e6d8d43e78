import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbooks import form

from analysis.grids import Grid
from analysis.layout import Columns, Header, Heading, day_in_title, find_body, find_header, given_header, spread
from analysis.rows import is_total

LAW = settings(derandomize=True, database=None, deadline=None, max_examples=120)
HEADINGS = ["社会组织名称", "登记证号", "从业人员总数"]
NAMED = Columns(name=0, serial=-1, key=-1, used=(0, 1, 2))
CELLS = st.sampled_from(
    [
        None,
        "",
        " ",
        0,
        1,
        2.5,
        True,
        "甲协会",
        "合计",
        "填表人：",
        "社会组织名称",
        "从业人员总数",
        "党员",
        "A",
        "1",
        "一、甲",
        "甲镇",
        "\x00",
        dt.date(2011, 6, 1),
    ]
)
ROWS = st.lists(st.lists(CELLS, max_size=6), max_size=10)


@st.composite
def merged_grids(draw):
    rows = draw(ROWS)
    merges = []
    for _ in range(draw(st.integers(0, 4))):
        top, left = draw(st.integers(0, 9)), draw(st.integers(0, 6))
        merges.append((top, left, top + draw(st.integers(0, 4)), left + draw(st.integers(0, 4))))
    return Grid("表", rows, draw(st.sampled_from([merges, None])))


def header(*rows, merges=None):
    return find_header(Grid("表", [list(row) for row in rows], merges))


# ------------------------------------------------------------------ merged ranges


def test_a_merged_range_bears_its_value_in_every_cell_and_the_grid_stays_as_it_was():
    grid = Grid("", [["a", None, "c"], [None], []], [(0, 0, 2, 1)])
    assert spread(grid) == [["a", "a", "c"], ["a", "a"], ["a", "a"]]
    assert grid.rows == [["a", None, "c"], [None], []]


def test_a_range_beyond_the_rows_is_no_mistake():
    assert spread(Grid("", [["a"]], [(0, 0, 5, 0), (7, 7, 9, 9)])) == [["a"]]
    assert spread(Grid("", [], [(0, 0, 1, 1)])) == []
    assert spread(Grid("", [["a"]], None)) == [["a"]]


# ------------------------------------------------------------------ the header


@pytest.mark.parametrize("rows", [[], [[]], [[None, ""]], [["甲", "乙"], [1, 2]], [["12"], [3]]])
def test_without_a_known_heading_there_is_no_header(rows):
    assert header(*rows) is None


@pytest.mark.parametrize("above", range(0, 8))
def test_the_header_is_found_below_any_number_of_titles(above):
    found = header(*[[f"标题{at}"] for at in range(above)], HEADINGS, ["甲协会", "1", 2])
    assert (found.top, found.bottom) == (above, above)
    assert [heading.path for heading in found.columns] == [(text,) for text in HEADINGS]


@pytest.mark.parametrize("told", [True, False])
def test_groups_are_paths_with_or_without_merges_told(told):
    made = form("序号", "社会组织名称", "从业人员数/总数", "从业人员数/领导/专职", "从业人员数/领导/兼职", "党员数", title=(["表"], []))
    found = find_header(made.then([1, "甲协会", 3, 1, 1, 0]).grid(told=told))
    assert (found.top, found.bottom) == (2, 4)
    assert [heading.path for heading in found.columns] == [
        ("序号",), ("社会组织名称",), ("从业人员数", "总数"), ("从业人员数", "领导", "专职"), ("从业人员数", "领导", "兼职"), ("党员数",)
    ]  # fmt: skip


def test_a_heading_stands_in_the_row_where_its_own_text_is():
    made = form("社会组织名称", "从业人员数/专职", title=(["表"],))
    found = find_header(made.then(["甲", 1]).grid())
    assert [(heading.row, heading.at, heading.text) for heading in found.columns] == [(1, 0, "社会组织名称"), (2, 1, "从业人员数 / 专职")]


def test_a_title_merged_over_the_whole_header_is_no_group():
    made = form(*HEADINGS, title=(["社会组织党建工作台账", None, None],))
    found = find_header(Grid("表", made.then(["甲协会", "1", 2]).rows, [*made.merges, (0, 0, 0, 2)]))
    assert [heading.path for heading in found.columns] == [(text,) for text in HEADINGS]


def test_a_title_merged_down_two_rows_is_no_group():
    made = form(*HEADINGS, title=(["台账", None, None], [None, None, None]))
    found = find_header(Grid("表", made.then(["甲协会", "1", 2]).rows, [(0, 0, 1, 2)]))
    assert [heading.path for heading in found.columns] == [(text,) for text in HEADINGS]


@pytest.mark.parametrize(
    "row",
    [
        ["甲协会", "001", 3],
        ["党组织名称", "备注", "住所"],
        ["社会组织名称", "登记证号", 3],
        [None, "专职人数", 3],
        ["甲协会", "住所", "备注"],
    ],
)
def test_a_row_of_data_is_no_row_of_the_header(row):
    found = header(HEADINGS, row, ["乙学会", "002", 4])
    assert found.bottom == 0


def test_a_header_given_is_taken_as_it_is():
    grid = Grid("表", [["x", "y"], ["甲", None], ["a", "b"], [1, 2]], None)
    found = given_header(grid, 1, 2)
    assert (found.top, found.bottom, [heading.path for heading in found.columns]) == (1, 2, [("甲", "a"), ("甲", "b")])
    assert given_header(grid, 0, 0).columns == [Heading(0, 0, ("x",)), Heading(0, 1, ("y",))]


@LAW
@given(merged_grids())
def test_any_grid_has_a_header_within_it_or_none(grid):
    before = [list(row) for row in grid.rows]
    found = find_header(grid)
    assert grid.rows == before
    if found is not None:
        assert 0 <= found.top <= found.bottom < len(grid.rows)
        assert found.bottom - found.top <= 13
        assert [heading.at for heading in found.columns] == sorted({heading.at for heading in found.columns})
        assert all(found.top <= heading.row <= found.bottom and heading.path and all(heading.path) for heading in found.columns)


# ------------------------------------------------------------------ the rows below


def rows_of(*rows, at=NAMED, merges=None):
    grid = Grid("表", [HEADINGS, *map(list, rows)], merges)
    return find_body(grid, Header(0, 0, [Heading(0, column, (text,)) for column, text in enumerate(HEADINGS)]), at)


def test_no_rows_no_body():
    found = rows_of()
    assert (found.data, found.groups, found.totals, found.skipped) == ([], {}, [], {})


def test_each_row_is_said_to_be_what_it_is():
    found = rows_of(
        ["甲", "A", "B", "C"], ["甲镇"], ["甲协会", "001", 3], [None, None, None], ["小计", None, 3], HEADINGS, ["乙镇"], ["乙学会", "002", 4], ["合计", None, 7],
        ["填表人：张三", None, "2012年12月31日"],
    )  # fmt: skip
    assert found.data == [3, 8]
    assert found.groups == {3: "甲镇", 8: "乙镇"}
    assert found.totals == [5, 9]
    assert found.skipped == {1: "code_row", 2: "group", 6: "header_again", 7: "group", 10: "footer"}


def test_a_row_with_a_number_that_tells_it_apart_is_data():
    for name in ("填表人：张三", "甲镇", "一、甲", "社会组织名称", "备注：甲"):
        assert rows_of(["甲协会", "001", 3], [name, "002", 4], at=NAMED._replace(key=1)).data == [1, 2], name
    assert rows_of(["甲协会", "001", 3], ["合计", "合计", 4], at=NAMED._replace(key=1)).totals == [2]


def test_numbers_alone_wait_for_a_body():
    found = rows_of([1, "甲协会", 3], [2.0, None, None], ["３", None, None], [4, None, 5], at=Columns(1, 0, -1, (0, 1, 2)))
    assert found.data == [1, 4]
    assert found.skipped == {2: "numbered", 3: "numbered"}


def test_a_group_holds_until_the_next():
    found = rows_of(["甲镇"], ["甲", "1", 1], ["乙", "2", 2], ["乙镇"], ["丙", "3", 3])
    assert found.groups == {2: "甲镇", 3: "甲镇", 5: "乙镇"}


@LAW
@given(merged_grids(), st.integers(-1, 4), st.integers(-1, 4), st.integers(-1, 4))
def test_no_row_below_the_header_is_lost(grid, name, serial, key):
    """Every row that has anything in it is data, a total, or said to be skipped, and is one of these only."""
    found = find_header(grid)
    if found is None:
        return
    body = find_body(grid, found, Columns(name, serial, key, [each.at for each in found.columns]))
    filled = [at for at, row in enumerate(grid.rows) if at > found.bottom and any(cell is not None and str(cell).strip() for cell in row)]
    assert sorted([*body.data, *body.totals, *body.skipped]) == filled
    assert list(body.groups) == body.data


TOTALS = ["合计", "合　计", "总计", "小计", "共计", "累计", "总数", "合计数", "全县合计", "甲镇小计", "社会团体合计", "本页小计", "本页合计", "Total", "TOTAL", "Subtotal",
          "Grand total", "合计：", "合计:", "总计（人）", "合计（家）", "合计2家", "合\n计", "其中：合计", "一、合计"]  # fmt: skip
NO_TOTALS = ["统计协会", "甲县统计学会", "合计会计师事务所协会", "设计协会", "会计", "审计", "计", "", "总", "总工会", "共计发展基金会", "小计时工协会", "total quality 协会",
             "总计数学会", None, 12, 3.5, "合计师", "总数学会"]  # fmt: skip


@pytest.mark.parametrize("cell", TOTALS)
def test_words_of_totals_are_told(cell):
    assert is_total(cell)


@pytest.mark.parametrize("cell", NO_TOTALS)
def test_words_like_totals_are_none(cell):
    assert not is_total(cell)


# ------------------------------------------------------------------ the day of the count


def day(*title):
    grid = Grid("表", [*map(list, title), HEADINGS, ["甲协会", "1", 2]])
    found = day_in_title(grid, find_header(grid))
    return found and found[0]


@pytest.mark.parametrize(
    "title",
    [
        "截至2012年12月31日",
        "（截止到2012年12月31日）",
        "统计时点：2012-12-31",
        "党建台账（截止 2012.12.31）",
        "统计截止时间：2012年12月31日",
        "截至2012/12/31",
    ],
)
def test_a_title_may_name_the_day(title):
    assert day([title]) == dt.date(2012, 12, 31)


@pytest.mark.parametrize(
    "title",
    ["2012年12月31日制表", "2012年社会组织党建台账", "截至2012年底", "截至2012年13月31日", "截至2012年2月30日", "成立于2012年12月31日"],
)
def test_other_days_in_a_title_are_not_taken(title):
    assert day([title]) is None


def test_two_days_are_none_and_one_twice_is_one():
    assert day(["截至2012年12月31日"], ["截至2013年12月31日"]) is None
    assert day(["截至2012年12月31日"], ["统计时点：2012-12-31"]) == dt.date(2012, 12, 31)


def test_a_day_in_the_data_is_not_the_day_of_the_count():
    grid = Grid("表", [HEADINGS, ["截至2012年12月31日协会", "1", 2]])
    assert day_in_title(grid, find_header(grid)) is None
