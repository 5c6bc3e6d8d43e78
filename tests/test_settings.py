from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.metrics import rates
from analysis.model import AnalysisError
from analysis.reference import rules
from analysis.register import Register
from analysis.settings import DEFAULT_SETTINGS, Criterion, Eligible, Fifty, Settings, SettingsError, load_settings

FULL = """
eligible = "full_time"
fifty = "general_branch"
weak = ["meetings", "no_rules"]
weak_at_least = 2
overdue_years = 1
training_months = 12

[limits]
R19 = 2
R28 = 70
"""


@pytest.fixture
def load(tmp_path):
    def loaded(text):
        path = tmp_path / "settings.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_settings(path)

    return loaded


def counts(register, code, settings):
    row = rates(register, only=[code], settings=settings).iloc[0]
    return row["part"], row["whole"]


def test_a_full_file_sets_everything(load):
    chosen = (Criterion.meetings, Criterion.no_rules)
    assert load(FULL) == Settings(Eligible.full_time, Fifty.general_branch, chosen, 2, 1, 12, {"R19": 2, "R28": 70})


def test_an_empty_file_leaves_the_defaults(load):
    assert load("") == DEFAULT_SETTINGS == Settings()


def test_what_is_not_named_keeps_its_default(load):
    assert load("overdue_years = 2") == Settings(overdue_years=2)


def test_a_file_saved_by_notepad_is_read(load):
    assert load("﻿fifty = 'general_branch'").fifty is Fifty.general_branch


def test_the_defaults():
    chosen = [criterion.name for criterion in Settings().weak]
    assert chosen == ["election_overdue", "meetings", "organisation_life", "satisfaction"]
    assert (Settings().eligible.name, Settings().fifty.name) == ("full", "branch")
    assert (Settings().weak_at_least, Settings().overdue_years, Settings().training_months, Settings().limits) == (1, 0, 24, {})


def test_every_limit_is_that_of_its_rule():
    table = rules().set_index("code")["value"]
    assert all(Settings().limit(code) == int(table[code]) for code in table.index)


def test_a_criterion_named_twice_counts_once(load):
    assert load('weak = ["meetings", "meetings"]').weak == (Criterion.meetings,)


@pytest.mark.parametrize("line", [
    "eligible = 'all'", "eligible = 3", "eligible = ['full']", "fifty = ''", "fifty = true", "weak = ['lazy']", "weak = [3]", "weak = [['meetings']]",
    "weak = 3", "weak = 'meetings'", "weak = ''", "weak = {meetings = 1}",
    "weak_at_least = 0", "weak_at_least = '1'", "weak_at_least = true", "weak_at_least = 1.0", "overdue_years = -1", "overdue_years = [1]",
    "training_months = 0", "training_months = 2020-01-01", "limits = 3", "limits = []", "limits = 'R19'", "limits = {R99 = 1}", "limits = {R19 = -1}",
    "limits = {R19 = 1.5}", "limits = {R19 = true}", "limits = {R19 = '4'}", "limits = {R17 = 1001}", "overdue_years = 1001", "color = 'red'", "Fifty = 'branch'",
])  # fmt: skip
def test_a_setting_that_cannot_be_used_is_named_with_what_to_do(load, line):
    with pytest.raises(SettingsError) as caught:
        load(line)
    (fault,) = caught.value.faults
    assert fault.column == line.partition(" =")[0]
    assert fault.file == "settings.toml"
    assert fault.remedy.zh
    assert fault.remedy.en


@pytest.mark.parametrize(("key", "least"), [("weak_at_least", 1), ("overdue_years", 0), ("training_months", 1)])
def test_the_least_that_can_be_set_is_accepted(load, key, least):
    assert getattr(load(f"{key} = {least}"), key) == least


def test_a_limit_of_nothing_is_accepted(load):
    assert load("limits = {R19 = 0}").limit("R19") == 0


def test_all_faults_come_at_once(load):
    with pytest.raises(SettingsError) as caught:
        load("fifty = 1\nweak_at_least = 0\ncolour = 1\neligible = 'full'\n[limits]\nR0 = 1")
    assert [fault.column for fault in caught.value.faults] == ["fifty", "weak_at_least", "colour", "limits"]


def test_a_fault_lists_what_is_known(load):
    with pytest.raises(SettingsError, match=r"'lazy'.*election_overdue, meetings"):
        load("eligible = 'full'\nweak = ['lazy']")
    with pytest.raises(SettingsError, match="eligible, fifty, weak"):
        load("colour = 1")
    with pytest.raises(SettingsError, match="R01, R02"):
        load("limits = {R99 = 1}")


@pytest.mark.parametrize("text", ["fifty", "fifty = ", "fifty = 'a'\nfifty = 'b'", b"\xb5\xb3"], ids=["key", "value", "twice", "gbk"])
def test_what_is_no_toml_is_said_to_be_none(load, text):
    with pytest.raises(SettingsError, match="cannot be read"):
        load(text)


def test_a_file_that_is_not_there_is_said_in_words(tmp_path):
    with pytest.raises(AnalysisError):
        load_settings(tmp_path / "none.toml")


BRANCHES = pd.DataFrame(
    {"name": list("abc"), "meetings_12m": [1, 2, 4], "satisfaction": [59, 65, 70], "members": [49, 50, 51], "level": ["branch"] * 3}
)


@pytest.mark.parametrize(("code", "limits", "part"), [
    ("rules_and_meetings", {}, 2), ("rules_and_meetings", {"R19": 2}, 1), ("rules_and_meetings", {"R19": 0}, 0),
    ("role_visible", {}, 1), ("role_visible", {"R28": 66}, 2), ("role_visible", {"R28": 100}, 3),
    ("above_limit", {}, 1), ("above_limit", {"R03": 48}, 3),
])  # fmt: skip
def test_a_limit_that_is_replaced_moves_the_rate(code, limits, part):
    frame = BRANCHES.assign(written_rules=True, organisation_life_12m=1)
    assert counts(Register(pd.DataFrame({"name": ["o"]}), frame), code, Settings(limits=limits)) == (part, 3)


@pytest.mark.parametrize(("fifty", "part"), [(Fifty.branch, 1), (Fifty.general_branch, 2)])
def test_exactly_fifty_members_are_what_is_set(fifty, part):
    register = Register(pd.DataFrame({"name": ["o"]}), BRANCHES)
    assert counts(register, "level_too_low", Settings(fifty=fifty)) == (part, 3)


@pytest.mark.parametrize(("eligible", "part", "whole"), [(Eligible.full, 1, 2), (Eligible.full_time, 1, 1), (Eligible.any_member, 2, 4)])
def test_who_is_eligible_is_what_is_set(eligible, part, whole):
    frame = pd.DataFrame({"name": list("abcde"), "members_full": [0, 1, 2, 3, 9], "members_full_time_full": [0, 0, 0, 1, 3],
                          "coverage": ["none", "none", "joint", "none", "own"]})  # fmt: skip
    assert counts(Register(frame), "eligible_coverage", Settings(eligible=eligible)) == (part, whole)


@pytest.mark.parametrize(("months", "part"), [(24, 1), (23, 2), (12, 2), (11, 3)])
def test_how_long_is_long_without_training_is_what_is_set(months, part):
    days = ["2018-06-29", "2018-06-30", "2019-06-30", "2020-06-30"]
    register = Register(pd.DataFrame({"name": ["o"]}), pd.DataFrame({"name": list("abcd"), "trained_on": days}), as_of=date(2020, 6, 30))
    assert counts(register, "secretary_trained", Settings(training_months=months)) == (part, 4)


@pytest.mark.parametrize(("weak", "least", "part"), [
    ((Criterion.meetings,), 1, 2), ((Criterion.satisfaction,), 1, 1), ((Criterion.meetings, Criterion.satisfaction), 1, 2),
    ((Criterion.meetings, Criterion.satisfaction), 2, 1),
])  # fmt: skip
def test_what_makes_a_branch_weak_is_what_is_set(weak, least, part):
    register = Register(pd.DataFrame({"name": ["o"]}), BRANCHES)
    assert counts(register, "weak_branch", Settings(weak=weak, weak_at_least=least)) == (part, 3)


@pytest.mark.parametrize(("years", "part"), [(0, 2), (1, 1), (2, 0)])
def test_how_late_an_election_must_be_is_what_is_set(years, part):
    branches = pd.DataFrame({"name": ["a", "b"], "level": ["branch"] * 2, "last_election_on": ["2018-08-01", "2019-08-01"]})
    register = Register(pd.DataFrame({"name": ["o"]}), branches, as_of=date(2022, 8, 2))
    settings = Settings(weak=(Criterion.election_overdue,), overdue_years=years)
    assert counts(register, "weak_branch", settings) == (part, 2)


def test_without_a_list_no_branch_is_known_to_be_weak_or_not():
    register = Register(pd.DataFrame({"name": ["o"]}), BRANCHES)
    assert counts(register, "weak_branch", Settings(weak=())) == (0, 0)


def test_more_criteria_than_are_listed_can_make_no_branch_weak(load):
    with pytest.raises(SettingsError, match="more than the criteria"):
        load('weak = ["meetings"]\nweak_at_least = 2')


def test_whole_numbers_of_any_kind_are_taken():
    assert Settings(training_months=np.int64(36), limits={"R19": np.int64(2)}) == Settings(training_months=36, limits={"R19": 2})
