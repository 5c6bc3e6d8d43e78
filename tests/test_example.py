"""The illustrative register: its rows add up to what a report prints, lie inside the bounds, and are the same everywhere."""

import hashlib
import subprocess
import sys

import pandas as pd
import pytest

from analysis import AnalysisError, Evidence, Report, bounds, load_report
from analysis.example import _shared, example_register
from analysis.metrics import rates
from analysis.reconcile import doubts, reconcile
from analysis.schema import COLUMNS, TABLES

# Yang County's totals: 42, 34, 678 and 21,984 of §1.1, the 7 sites of §3.3a
PRINTED = {"organisations": 42, "branches": 34, "staff": 21_984, "members": 678, "demonstration": 7}
# what is planted, or comes with a generated ledger: nothing else may be doubtful
PLANTED = {"members_open_over_members_staff", "members_as_staff", "committee_of_few", "too_few_for_a_branch"}
# mostly empty where there is nothing to say
SPARSE = {f"organisations/{name}" for name in ("association_members", "uscc", "party_organisation")} | {
    "branches/attached_to",
    "branches/parent_branch_id",
}


def text(register):
    return "".join(getattr(register, table).to_csv(index=False, lineterminator="\n") for table in TABLES)


@pytest.fixture(scope="module")
def example():
    return example_register(load_report("yangxian"))


def sums(register):
    organisations, branches = register.organisations, register.branches
    held = int(organisations["members_held"].sum())
    assert held == int(branches["members"].sum())
    return {
        "organisations": len(organisations),
        "branches": len(branches),
        "staff": int(organisations["staff"].sum()),
        "members": held,
        "demonstration": int(branches["demonstration"].sum()),
    }


def differing(register, report):
    """Figures that none of the ways in which a register could give them meets."""
    rows = reconcile(register, report)
    return [figure for figure, part in rows.groupby("figure") if (part["agreement"] == "differs").all()]


def test_totals_are_those_of_the_report_whatever_the_seed(yangxian):
    seen = set()
    for seed in range(31):
        register = example_register(yangxian, seed=seed)
        assert sums(register) == PRINTED
        assert not differing(register, yangxian)
        seen.add(text(register))
        assert {row["code"] for row in doubts(register).to_dict("records")} <= PLANTED
        assert register.branches["members"].between(3, 50).all()
    assert len(seen) == 31


def test_the_same_rows_on_every_machine(example):
    digest = hashlib.sha256(text(example).encode()).hexdigest()
    assert digest == "19811a207673168dbac9e838061846f294c2b49259b065b35c64362f1a6417e6"


def test_a_run_of_its_own_gives_the_same_rows(example):
    code = (
        "import sys; sys.stdout.reconfigure(encoding='utf-8', newline='\\n'); from analysis import load_report\n"
        "from analysis.example import example_register\n"
        "r = example_register(load_report('yangxian'))\n"
        "for f in (r.organisations, r.branches): print(f.to_csv(index=False, lineterminator='\\n'), end='')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.decode() == text(example)


def test_it_says_what_it_is(example):
    assert (example.evidence, example.place) == (Evidence.ILLUSTRATIVE, "yangxian")
    assert str(example.as_of) == "2012-12-31"  # the report prints no day (E1)
    assert str(example_register(load_report("county213")).as_of) == "2018-02-28"
    assert example.organisations["name"].str.startswith("示例").all()
    assert example.branches["name"].str.startswith("示例").all()
    assert rates(example)["evidence"].str.split().map(lambda marks: "ILLUSTRATIVE" in marks).all()


def test_coverage_lies_inside_the_bounds(example, yangxian):
    allowed = bounds(yangxian).set_index("code")
    count = example.organisations["coverage"].value_counts()
    sizes = example.branches
    found = {
        "own": count["own"],
        "in_joint": count["joint"],
        "covered": count["own"] + count["joint"],
        "not_covered": count["attached"] + count["instructor"] + count["none"],
        "joint_branches": (sizes["form"] == "joint").sum(),
        "need_committee": (sizes["members_full"] >= 7).sum(),
        "above_limit": (sizes["members"] > 50).sum(),
        "committee_size": (sizes["members"] >= 100).sum(),
        "largest": sizes["members"].max(),
    }
    assert set(found) == set(allowed.index)
    for code, value in found.items():
        assert allowed.at[code, "least"] <= value <= allowed.at[code, "most"], code
    assert (count["own"], count["instructor"], count["none"]) == (31, 1, 1)
    assert not set(rates(example, report=yangxian)["conflict"]) - {""}


@pytest.mark.parametrize("place", ["yangxian", "county213", "sanbing"])
def test_organisations_and_branches_agree(place):
    register = example_register(load_report(place))
    organisations, branches = register.organisations, register.branches.set_index("branch_id")
    joined = organisations.dropna(subset=["branch_id"]).join(branches, on="branch_id", suffixes=("", "_branch"))
    assert (joined["coverage"] == joined["form"]).all()
    assert organisations.loc[organisations["branch_id"].isna(), "coverage"].isin(["attached", "instructor", "none"]).all()
    units = joined.groupby("branch_id")
    own, joint = branches[branches["form"] == "own"], branches[branches["form"] == "joint"]
    assert (own["organisations_covered"] == 1).all()
    assert (units.size()[own.index] == 1).all()
    assert joint["organisations_covered"].between(2, 5).all()
    assert (units.size() <= branches["organisations_covered"]).all()
    for column in ("members", "members_full"):
        held = units["members_held" if column == "members" else column].sum()
        assert (held == branches[column].reindex(held.index)).all()
    hosts = branches["host_org_id"].dropna()
    assert (organisations.set_index("org_id")["branch_id"].reindex(hosts).to_numpy() == hosts.index.to_numpy()).all()


def test_only_what_is_planted_is_doubtful(example):
    found = doubts(example)
    assert set(found["code"]) == {"members_open_over_members_staff", "members_as_staff", "committee_of_few"}
    assert (found["code"] == "members_open_over_members_staff").sum() == 1


def test_it_has_what_real_ledgers_have(example):
    organisations, branches = example.organisations, example.branches
    odd = organisations[organisations["staff"] > 100]
    assert (odd["kind"] == "association").all()
    assert odd["staff_full_time"].isna().all()
    assert ((odd["staff"] - odd["association_members"]).dropna() < 10).all()
    assert (organisations["inspection"] == "missed_twice").sum() == 1
    assert branches["host_org_id"].isna().sum() == 1
    assert (branches["level"] == "temporary").sum() == 1
    never = branches["last_election_on"].isna() & (branches["level"] != "temporary")
    assert never.sum() >= 2
    assert branches["founded_on"].notna().all()
    overdue = rates(example, only=["election_overdue", "election_overdue_year"]).set_index("code")["part"]
    assert 0 < overdue["election_overdue_year"] < overdue["election_overdue"] < 34 / 2


def test_cells_are_missing_here_and_there(example):
    cells = {name: getattr(example, name.partition("/")[0])[name.partition("/")[2]] for name in COLUMNS}
    missing = sum(int(column.isna().sum()) for column in cells.values())
    assert 0.03 < missing / sum(len(column) for column in cells.values()) < 0.15
    assert {name for name, column in cells.items() if column.isna().mean() > 1 / 3} == SPARSE
    assert not cells["branches/parent_branch_id"].isna().all()


@pytest.mark.parametrize("place", ["county213", "sanbing"])
def test_other_reports_are_met_too(place):
    report = load_report(place)
    for seed in range(3):
        assert not differing(example_register(report, seed=seed), report)


def test_partners_outside_where_the_counts_ask_for_it():
    # 29 joint bodies, but 67 − 38 = 29 organisations in them: without A4 each has a partner outside
    register = example_register(load_report("county213"))
    assert register.organisations["coverage"].value_counts()[["own", "joint"]].to_list() == [38, 29]
    assert set(register.branches.loc[register.branches["form"] == "joint", "organisations_covered"]) == {2}


def test_kinds_beyond_those_printed_stay_empty():
    kinds = example_register(load_report("sanbing")).organisations["kind"]
    assert kinds.value_counts(dropna=False).to_dict() == {"association": 4, "private_nonprofit": 3, pd.NA: 8}


@pytest.mark.parametrize(
    "figures",
    [
        {"organisations": 30, "branches": 12, "own_branches": 8, "joint_branches": 4, "organisations_covered": 18},
        {"organisations": 30, "party_organisations": 12, "branches": 10, "own_branches": 8, "organisations_joint": 8},
        {"organisations": 30, "party_organisations": 12, "branches": 9, "own_committees": 1, "organisations_own": 10},
        {"organisations": 30, "branches": 12, "own_branches": 6, "joint_branches": 4, "attached_branches": 2},
        {"organisations": 30, "branches": 12, "members_full": 90, "members_probationary": 4},
        {"organisations": 30, "branches": 12, "members": 94, "members_probationary": 4, "associations": 11},
        {"organisations": 30, "branches": 12, "staff": "about 4000", "private_nonprofits": 11, "foundations": 2},
        {"organisations": 30, "branches": 30, "members": 60},
        {"organisations": 1, "branches": 1, "staff": 3, "members": 3},
        {"organisations": 5, "branches": 0},
        {"organisations": 0, "branches": 0},
    ],
)
def test_figures_printed_are_met(figures):
    report = Report.of("demo", **figures)
    register = example_register(report)
    assert not differing(register, report)
    probationary = int(register.branches["members"].sum() - register.branches["members_full"].sum())
    assert probationary == figures.get("members_probationary", probationary)


@pytest.mark.parametrize(
    ("figures", "en", "zh"),
    [
        ({"branches": 34}, "no exact total of registered organisations", "没有确切的登记的社会组织总数"),
        ({"organisations": "about 40", "branches": 34}, "no exact total of registered organisations", "没有确切的登记的社会组织总数"),
        ({"organisations": 42}, "no exact total of Party branches", "没有确切的党支部总数"),
        ({"organisations": 30, "branches": 40}, "registered organisations 30; Party branches 40", "登记的社会组织 30；党支部 40"),
        ({"organisations": 30, "branches": 9, "own_branches": 10}, "branches of one unit 10", "单独组建的党支部 10"),
        ({"organisations": 30, "branches": 9, "members": 50, "members_full": 60}, "full members 60", "正式党员 60"),
        (
            {"organisations": 30, "branches": 9, "members": 50, "members_full": 40, "members_probationary": 5},
            "full members 40",
            "预备党员 5",
        ),
        ({"organisations": 30, "branches": 9, "associations": 40}, "associations 40", "社会团体 40"),
        ({"organisations": 30, "branches": 9, "demonstration_sites": 12}, "demonstration sites 12", "党建示范点 12"),
    ],
)
def test_totals_that_cannot_be_met_are_named(figures, en, zh):
    with pytest.raises(AnalysisError) as error:
        example_register(Report.of("demo", **figures))
    assert en in str(error.value)
    assert zh in str(error.value)


def test_shares_are_whole_and_add_up():
    assert _shared(10, [1, 3], 1) == [3, 7]
    assert _shared(0, [2, 2]) == [0, 0]
    assert _shared(5, []) == []
