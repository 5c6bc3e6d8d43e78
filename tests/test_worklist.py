"""The action list as a workbook: what a township gets, and what comes back."""

from datetime import date

import pandas as pd
import pytest
import xlsxwriter
from workbooks import filled_in, sheets

from analysis.actions import actions
from analysis.example import example_register
from analysis.model import AnalysisError, Evidence
from analysis.register import Register
from analysis.worklist import WorklistError, handed_back, load_actions, save_actions

DAY = date(2021, 6, 30)
HOSTILE = ['=HYPERLINK("http://x")', "<img src=x onerror=alert(1)>", "a/b[c]:*?", "'quoted", "x" * 300, "合计", "123"]


def register(**columns):
    size = len(next(iter(columns.values())))
    frame = pd.DataFrame({"org_id": [f"o{at}" for at in range(size)], "name": [f"O{at}" for at in range(size)], **columns})
    return Register(frame, as_of=DAY, place="demo")


@pytest.fixture
def two():
    """A missed inspection in each of two townships, and one that is not known in none."""
    return actions(register(inspection=["missed", "failed", None], township=["甲镇", "乙镇", None]))


def test_each_party_has_a_sheet_of_its_own(two, tmp_path):
    save_actions(two, tmp_path / "a.xlsx", "zh", place="demo", as_of=DAY)
    names = list(sheets(tmp_path / "a.xlsx"))
    assert names[0] == "说明"
    assert "民政部门" in names
    townships = two[two["duty"].isin(["branch", "township"])]["township"].replace("", "未定镇")
    assert set(townships) <= set(names)


def test_a_name_that_is_too_long_for_a_sheet_keeps_its_bracket_closed(tmp_path):
    asked = actions(register(party_workers=[0, 0], supervisor=["Bureau", "Bureau of Civil and of other Affairs"]))
    save_actions(asked, tmp_path / "a.xlsx", "en")
    names = {name for name in sheets(tmp_path / "a.xlsx") if "(" in name}
    assert names == {"the supervising depar… (Bureau)", "the… (Bureau of Civil and of…)"}


def test_every_row_stands_once(two, tmp_path):
    save_actions(two, tmp_path / "a.xlsx", "en")
    found = [row[-1] for name, rows in sheets(tmp_path / "a.xlsx").items() if name != "About" for row in rows[2:]]
    assert sorted(found) == sorted(two["code"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_was_done_comes_back(two, tmp_path, lang):
    save_actions(two, tmp_path / "a.xlsx", lang)
    if lang == "en":
        assert load_actions(tmp_path / "a.xlsx", two)["done_on"].isna().all()
        return
    code = "organisations/o0/inspection"
    back = load_actions(filled_in(tmp_path / "a.xlsx", tmp_path / "b.xlsx", {code: date(2021, 8, 1)}), two).set_index("code")
    assert back.loc[code, "done_on"] == pd.Timestamp(2021, 8, 1)
    assert back["done_on"].notna().sum() == 1
    assert list(back.index) == list(two["code"])


@pytest.mark.parametrize(("written", "read"), [("2021年8月", "2021-08-01"), ("2021.8.9", "2021-08-09"), ("20210809", "2021-08-09")])
def test_days_are_read_as_offices_write_them(two, tmp_path, written, read):
    save_actions(two, tmp_path / "a.xlsx", "zh")
    code = "organisations/o0/inspection"
    back = load_actions(filled_in(tmp_path / "a.xlsx", tmp_path / "b.xlsx", {code: written}), two).set_index("code")
    assert str(back.loc[code, "done_on"].date()) == read


@pytest.mark.parametrize(
    ("written", "last"), [("2021-09", "2021-09-30"), ("2022年", "2022-12-31"), ("2022.1", "2022-10-31"), ("2022.12", "2022-12-31")]
)
def test_a_day_is_known_as_far_as_it_is_written_and_goes_out_so_again(two, tmp_path, written, last):
    save_actions(two, tmp_path / "a.xlsx", "zh", as_of=DAY)
    code = "organisations/o0/inspection"
    once = load_actions(filled_in(tmp_path / "a.xlsx", tmp_path / "b.xlsx", {code: written}), two)
    assert str(once.set_index("code").loc[code, "done_until"].date()) == last
    save_actions(once, tmp_path / "c.xlsx", "en", as_of=DAY)
    pd.testing.assert_frame_equal(load_actions(tmp_path / "c.xlsx", two), once, check_exact=True)


@pytest.mark.parametrize(("written", "kind"), [
    ("2021-06-29", "done_early"), ("1990-01-01", "done_early"), (date(2021, 5, 1), "done_early"), ("2021年5月", "done_early"),
    ("2021-06-30", ""), ("2021年6月", ""), ("2021", ""), ("已完成", "done_day"), ("√", "done_day"), ("是", "done_day"),
])  # fmt: skip
def test_a_day_before_the_list_and_a_word_for_it_are_faults(two, tmp_path, written, kind):
    save_actions(two, tmp_path / "a.xlsx", "zh", as_of=DAY)
    back = filled_in(tmp_path / "a.xlsx", tmp_path / "b.xlsx", {"organisations/o0/inspection": written})
    if not kind:
        assert load_actions(back, two)["done_on"].notna().sum() == 1
        return
    with pytest.raises(WorklistError) as raised:
        load_actions(back, two)
    assert [fault.kind for fault in raised.value.faults] == [kind]
    assert kind != "done_early" or "2021-06-30" in str(raised.value)


def test_days_that_came_back_stand_in_the_next_workbook(two, tmp_path):
    save_actions(two, tmp_path / "a.xlsx", "zh")
    code = "organisations/o0/inspection"
    once = load_actions(filled_in(tmp_path / "a.xlsx", tmp_path / "b.xlsx", {code: date(2021, 8, 1)}), two)
    save_actions(once, tmp_path / "c.xlsx", "en")
    pd.testing.assert_frame_equal(load_actions(tmp_path / "c.xlsx", two), once, check_exact=True)


def test_rows_may_be_deleted(two, tmp_path):
    save_actions(two, tmp_path / "a.xlsx", "zh")
    kept = filled_in(tmp_path / "a.xlsx", tmp_path / "b.xlsx", {}, leave=lambda row: "organisations/o1/inspection" not in row)
    assert len(load_actions(kept, two)) == len(two)
    assert "organisations/o1/inspection" not in set(load_actions(kept)["code"])


def test_without_the_list_the_codes_tell(two, tmp_path):
    save_actions(two, tmp_path / "a.xlsx", "zh")
    back = load_actions(tmp_path / "a.xlsx").set_index("code")
    assert set(back.index) == set(two["code"])
    expected = two.set_index("code").loc[back.index]
    assert back[["table", "unit_id", "action", "asks"]].equals(expected[["table", "unit_id", "action", "asks"]])


def test_all_faults_at_once(two, tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "b.xlsx")) as book:
        sheet = book.add_worksheet("x")
        for line, row in enumerate(
            [
                ["编号（勿改）", "完成日期"],
                ["organisations/o0/inspection", "昨天"],
                ["organisations/o0/inspection", ""],
                ["nonsense", ""],
                ["organisations/o7/inspection", "2012-06-01"],
                ["organisations/o8/inspection", ""],
            ]
        ):
            sheet.write_row(line, 0, row)
    with pytest.raises(WorklistError) as raised:
        load_actions(tmp_path / "b.xlsx", two)
    assert [(fault.cell, fault.kind) for fault in raised.value.faults] == [
        ("B2", "done_day"),
        ("A3", "line_twice"),
        ("A4", "not_of_list"),
        ("A5", "not_of_list"),
    ]
    assert "sheet x, cell B2" in str(raised.value)


def test_a_row_that_goes_by_its_place_comes_back_to_the_same_name_alone(tmp_path):
    def todo(*names):
        return actions(Register(pd.DataFrame({"name": names, "inspection": ["missed"] * len(names)})))

    twins = todo("甲协会", "甲协会", "乙学会")
    code = "organisations/#1/inspection"
    save_actions(twins, tmp_path / "a.xlsx", "zh")
    filled_in(tmp_path / "a.xlsx", tmp_path / "b.xlsx", {code: date(2021, 8, 1)})
    assert load_actions(tmp_path / "b.xlsx", twins)["done_on"].notna().sum() == 1
    with pytest.raises(WorklistError, match="organisations/#1/inspection"):
        load_actions(tmp_path / "b.xlsx", todo("丙学会", "丙学会", "甲协会"))


def test_a_sheet_that_lost_a_heading_is_named(two, tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "b.xlsx")) as book:
        book.add_worksheet("x").write_row(0, 0, ["编号（勿改）", "日期"])
    with pytest.raises(WorklistError) as raised:
        load_actions(tmp_path / "b.xlsx", two)
    assert [(fault.sheet, fault.kind) for fault in raised.value.faults] == [("x", "no_headings")]


def test_an_empty_path_hands_nothing_back(two, tmp_path):
    assert handed_back(two) is two
    with pytest.raises(WorklistError, match="nowhere"):
        handed_back(two, tmp_path / "nowhere.xlsx")


def test_another_workbook_is_no_action_list(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "b.xlsx")) as book:
        book.add_worksheet().write(0, 0, "x")
    with pytest.raises(WorklistError, match="no rows of an action list"):
        load_actions(tmp_path / "b.xlsx")


def test_a_file_that_is_no_workbook_is_named(tmp_path):
    (tmp_path / "b.xlsx").write_bytes(b"PK\3\4 broken")
    with pytest.raises(WorklistError, match=r"b\.xlsx"):
        load_actions(tmp_path / "b.xlsx")


def test_names_from_a_ledger_are_text(tmp_path):
    rows = actions(
        register(
            name=HOSTILE, inspection=["missed"] * len(HOSTILE), township=HOSTILE, supervisor=HOSTILE[::-1], party_workers=[0] * len(HOSTILE)
        )
    )
    save_actions(rows, tmp_path / "a.xlsx", "zh")
    assert set(load_actions(tmp_path / "a.xlsx", rows)["code"]) == set(rows["code"])
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        inside = {name: book.read(name).decode("utf-8") for name in book.namelist() if name.endswith(".xml")}
    assert not any("<f>" in text or "hyperlink" in text.lower() for name, text in inside.items() if "worksheets" in name)


def test_generated_rows_are_marked_on_every_sheet(yangxian, tmp_path):
    example = example_register(yangxian)
    save_actions(actions(example, yangxian), tmp_path / "a.xlsx", "zh", place="demo", as_of=example.as_of)
    for name, rows in sheets(tmp_path / "a.xlsx").items():
        assert any(Evidence.ILLUSTRATIVE.term.zh in str(cell) for row in rows[:6] for cell in row), name


def test_many_parties_share_sheets_by_sort(tmp_path):
    townships = [f"镇{at}" for at in range(120)]
    save_actions(actions(register(activity_room=[False] * 120, township=townships)), tmp_path / "a.xlsx", "zh")
    assert len(sheets(tmp_path / "a.xlsx")) < 10


def test_a_file_that_is_there_is_not_overwritten(two, tmp_path):
    save_actions(two, tmp_path / "a.xlsx", "zh")
    with pytest.raises(AnalysisError):
        save_actions(two, tmp_path / "a.xlsx", "zh")


def test_the_same_rows_give_the_same_bytes(two, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        save_actions(two, tmp_path / name, "zh", as_of=DAY)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
