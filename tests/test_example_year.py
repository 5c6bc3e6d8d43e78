"""The illustrative register a year later: what is planted is there, nothing else is doubtful, and it is the same everywhere."""

import hashlib
from datetime import date

import pandas as pd
import pytest

from analysis import AnalysisError, Evidence, Register, Report, doubts, example_later, example_register, load_report
from analysis.metrics import rates
from analysis.schema import TABLES


def text(register):
    return "".join(getattr(register, table).to_csv(index=False, lineterminator="\n") for table in TABLES)


@pytest.fixture(scope="module")
def pair(yangxian):
    first = example_register(yangxian)
    return first, example_later(first)


def numbers(register, key="org_id"):
    return set((register.organisations if key == "org_id" else register.branches)[key])


def test_it_is_the_same_on_every_machine_and_another_seed_gives_another_year(pair):
    first, later = pair
    assert hashlib.sha256(text(later).encode()).hexdigest() == "89157d6ec8fff7d188a0147488d1178fdc2878b3fb4feb7aaab3edbe5ac75995"
    assert text(example_later(first, seed=2)) != text(later)


def test_the_register_given_is_not_changed(pair, yangxian):
    assert text(pair[0]) == text(example_register(yangxian))


def test_it_is_a_year_later_and_illustrative(pair):
    first, later = pair
    assert (str(first.as_of), str(later.as_of)) == ("2012-12-31", "2013-12-31")
    assert later.evidence is Evidence.ILLUSTRATIVE
    assert later.place == first.place
    assert later.organisations["name"].str.startswith("示例").all()


def test_who_comes_and_goes(pair):
    first, later = pair
    assert numbers(first) - numbers(later) == {"S018", "S027", "S042"}
    assert numbers(later) - numbers(first) == {"T201301", "T201302", "T201303", "NS042"}  # S042 under a new number
    assert numbers(later, "branch_id") - numbers(first, "branch_id") == {"ZT2013"}
    came = later.organisations.set_index("org_id")["registered_on"]
    assert (came[["T201301", "T201302"]] > "2012-12-31").all()
    assert str(came["T201303"].date()) == "2012-06-14"  # late in the ledger: 200 days before the first date


@pytest.mark.parametrize("place", ["yangxian", "county213", "sanbing"])
def test_it_is_a_sound_register_with_no_doubt_that_the_first_has_not(place):
    first = example_register(load_report(place))
    for seed in (1, 2, 3):
        later = example_later(first, seed=seed)
        assert set(doubts(later)["code"]) <= set(doubts(first)["code"]) | {"members_open_over_members_staff"}
        assert later.organisations["members_held"].sum() == later.branches["members"].sum()
        assert later.organisations["org_id"].is_unique


def test_cells_are_filled_and_some_are_lost(pair):
    first, later = (register.branches.set_index("branch_id") for register in pair)
    both = first.index.intersection(later.index)
    empty = [frame.loc[both, ["written_rules", "joined_work", "satisfaction", "meetings_12m"]].isna() for frame in (first, later)]
    assert (empty[0] & ~empty[1]).to_numpy().any()
    assert (~empty[0] & empty[1]).to_numpy().any()


def test_elections_are_held_and_secretaries_trained(pair):
    first, later = (register.branches.set_index("branch_id") for register in pair)
    for column in ("last_election_on", "trained_on"):
        held = later[column].reindex(first.index)
        assert ((held > "2012-12-31") & (first[column] != held)).any()
        assert not (held > "2013-12-31").any()
    levels = [rates(register, only=["secretary_trained", "election_overdue_year"]).set_index("code")["part"] for register in pair]
    assert (levels[1] < levels[0]).all()


@pytest.mark.parametrize(
    "figures",
    [
        {"organisations": 0, "branches": 0},
        {"organisations": 1, "branches": 1, "staff": 3, "members": 3},
        {"organisations": 5, "branches": 0},
    ],
)
def test_small_registers_have_a_later_year_too(figures):
    first = example_register(Report.of("demo", **figures))
    later = example_later(first)
    assert [later.rows(table) for table in TABLES] == [first.rows(table) for table in TABLES]


def test_a_later_year_has_one_of_its_own(pair):
    third = example_later(pair[1], seed=3)
    assert str(third.as_of) == "2014-12-31"
    assert third.rows("organisations") == pair[1].rows("organisations") + 1


def test_a_leap_day_is_followed_by_the_last_of_february():
    first = Register(pd.DataFrame({"name": ["示例"]}), as_of=date(2012, 2, 29), evidence=Evidence.ILLUSTRATIVE)
    assert str(example_later(first).as_of) == "2013-02-28"


def test_nobodys_own_ledger_is_made_up_further(pair):
    with pytest.raises(AnalysisError, match="Only an illustrative register"):
        example_later(Register(pair[0].organisations, as_of=pair[0].as_of))
