"""What notebooks and commands start from: a report, a ledger, or both."""

import shutil
from datetime import date

import pandas as pd
import pytest

from analysis import AnalysisError, Register, load_report, sources
from analysis.briefing import BriefingError, make
from analysis.model import Evidence
from analysis.places import shared
from analysis.sources import illustrative, snapshots
from analysis.workbook import write_ledger


@pytest.fixture
def ledger(tmp_path):
    rows = pd.DataFrame({"name": ["甲协会", "乙学校"], "coverage": ["own", "none"], "branch_id": ["1", None]})
    branches = pd.DataFrame({"branch_id": ["1"], "name": ["甲支部"]})
    path = tmp_path / "台账.xlsx"
    write_ledger(Register(rows, branches, as_of=date(2024, 6, 30), place="某县"), path, "zh")
    return path


def test_a_report_alone_is_a_register_without_a_filled_cell():
    report, register, settings = sources("yangxian")
    assert (report.place, register.rows("organisations"), register.evidence) == ("yangxian", 42, Evidence.REPORT)
    assert sum(register.filled("organisations").values()) == 0
    assert settings.weak_at_least == 1


def test_a_ledger_alone_names_its_place_and_no_other(ledger):
    report, register, _ = sources(ledger=str(ledger))
    assert (report.name.zh, register.place, register.as_of) == ("某县", "某县", date(2024, 6, 30))
    assert len(report.figures) == 0
    assert register.rows("branches") == 1


def test_a_report_and_a_ledger(ledger):
    report, register, _ = sources("sanbing", ledger=str(ledger))
    assert (report.place, register.evidence, register.rows("organisations")) == ("sanbing", Evidence.LEDGER, 2)


def test_the_day_given_goes_before_the_ledger_s_own(ledger):
    assert sources(ledger=str(ledger), as_of="2025-01-01").register.as_of == date(2025, 1, 1)
    assert sources("yangxian", as_of="2013-01-01").register.as_of == date(2013, 1, 1)


def test_the_example_is_that_of_the_report_and_illustrative():
    _, register, _ = sources("yangxian", ledger="example")
    assert illustrative(register)
    assert not illustrative(Register.unknown(load_report("yangxian")))


def test_settings_are_read(tmp_path):
    (tmp_path / "s.toml").write_text("training_months = 12\n", "utf-8")
    assert sources("yangxian", settings=str(tmp_path / "s.toml")).settings.training_months == 12


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "Give a report"),
        ({"ledger": "example"}, "example"),
        ({"place": "yangxian", "as_of": "31.12.2024"}, "2024-12-31"),
        ({"ledger": "nowhere.xlsx"}, "nowhere"),
        ({"place": "yangxian", "settings": "nowhere.toml"}, "nowhere"),
    ],
)
def test_what_cannot_be_read_is_said(given, message):
    with pytest.raises(AnalysisError, match=message):
        sources(**given)


def test_columns_that_are_left_out_are_told(tmp_path):
    (tmp_path / "organisations.csv").write_text("name,书记姓名\n甲,张三\n", "utf-8")
    told = []
    sources(ledger=str(tmp_path), progress=told.append)
    assert any("书记姓名" in line for line in told)
    assert not any("张三" in line for line in told)


def test_earlier_ledgers_stand_in_order_of_their_days_given_or_said(ledger, tmp_path):
    undated = tmp_path / "旧.xlsx"
    write_ledger(Register(pd.DataFrame({"name": ["甲协会"]}), place="某县"), undated, "zh")
    now = sources(ledger=str(ledger)).register
    found = snapshots(now, [f"{undated}@2022-12-31"])
    assert [each.as_of for each in found] == [date(2022, 12, 31), date(2024, 6, 30)]
    assert found[1] is now
    for given, message in ((str(undated), "旧.xlsx@2011-12-31"), (str(ledger), "different days"), (f"{undated}@2022-13-31", "统计时点")):
        with pytest.raises(AnalysisError, match=message):
            snapshots(now, [given])


def test_an_earlier_ledger_asks_for_the_present_one(ledger):
    with pytest.raises(BriefingError, match="本期台账"):
        make(before=[str(ledger)], out=ledger.parent / "out")


@pytest.mark.parametrize(("name", "fits"), [("某县", True), ("", True), ("市 某县", True), ("别县", False)])
def test_ledgers_of_two_places_are_not_held_against_each_other(ledger, tmp_path, name, fits):
    earlier = tmp_path / "earlier.xlsx"
    write_ledger(Register(pd.DataFrame({"name": ["甲协会"]}), as_of=date(2023, 6, 30), place=name), earlier, "zh")
    register = sources(ledger=str(ledger)).register
    if fits:
        assert len(snapshots(register, [str(earlier)])) == 2
    else:
        with pytest.raises(AnalysisError, match=r"'.*earlier\.xlsx' is of 别县, the present ledger of 某县"):
            snapshots(register, [str(earlier)])


@pytest.mark.parametrize(("place", "told"), [("sanbing", 1), ("某县", 0), ("", 0)])
def test_a_report_of_another_place_is_told(tmp_path, place, told):
    path, said = tmp_path / "a.xlsx", []
    write_ledger(Register(pd.DataFrame({"name": ["甲协会"]}), place="某县" if place else ""), path, "zh")
    report = tmp_path / "某县"
    shutil.copytree(shared("data") / "reports" / "sanbing", report)
    sources(str(report) if place == "某县" else "sanbing", ledger=str(path), progress=said.append)
    assert len([line for line in said if "某县" in line and "see that both" in line]) == told
