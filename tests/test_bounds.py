from collections.abc import Collection
from dataclasses import replace
from functools import cache
from importlib import import_module
from itertools import combinations, combinations_with_replacement, product
from typing import NamedTuple

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis import DEFAULT, AnalysisError, Assumption, Report, bounds, feasible, load_report, scenarios, verdicts

module = import_module("analysis.bounds")  # the name in the package is the function
A = Assumption
COVERAGE = (A.A1, A.A2, A.A3, A.A4, A.A5, A.A6, A.A7)
QUANTITIES = ("own", "in_joint", "covered", "not_covered", "joint_branches")
SWITCHES = [frozenset(on) for size in range(8) for on in combinations(COVERAGE, size)]
LAW = settings(derandomize=True, database=None, deadline=None, max_examples=20)


def ends(rows: pd.DataFrame, code: str) -> list[object]:
    """The least and the most of one quantity, None where it is open."""
    return [None if pd.isna(end) else int(end) for end in rows.set_index("code").loc[code, ["least", "most"]]]


def speaking(**figures: int | str) -> Report:
    """A report of these totals that says, as Yang County's does, that joint branches exist."""
    return replace(Report.of("demo", **figures), wordings=load_report("yangxian").wordings)


def codes(on: Collection[Assumption]) -> str:
    return " ".join(switch.name for switch in A if switch in on) or "none"


def reach(report: Report, code: str, on: Collection[Assumption]) -> tuple[int, int]:
    """The two ends of one quantity alone."""
    return module._coverage_program(report.totals, on, 5).range(module._COVERAGE_QUESTIONS[code].terms)


@pytest.fixture
def quick(monkeypatch):
    """Small limits, and without the search for what each end leans on."""
    small = {"R01": 2, "R03": 4, "R05": 3, "R07": 5, "R08": 3}
    monkeypatch.setattr(module, "limit", small.__getitem__)
    monkeypatch.setattr(module, "_dependence", lambda *_: {})


# ---- a naive enumeration of who serves whom


class Way(NamedTuple):
    own: int
    in_joint: int
    covered: int
    joint_branches: int
    own_branches: int
    idle: bool  # a branch serves no organisation
    twice: bool  # an organisation has two branches
    strangers: bool  # a joint branch has a partner outside
    units: int  # of the largest joint branch


@cache
def ways(organisations: int, branches: int) -> frozenset[Way]:
    """Every way that each branch serves some of the organisations and up to two units outside."""
    served = [frozenset(some) for size in range(organisations + 1) for some in combinations(range(organisations), size)]
    found = set()
    for chosen in combinations_with_replacement(list(product(served, range(3))), branches):
        alone = [some for some, outside in chosen if len(some) == 1 and not outside]
        joint = [(some, outside) for some, outside in chosen if len(some) + outside > 1]
        own, together = frozenset().union(*alone), frozenset().union(*(some for some, _ in joint))
        found.add(
            Way(
                len(own),
                len(together),
                len(own | together),
                len(joint),
                len(alone),
                any(not some for some, _ in chosen),
                sum(len(some) for some, _ in chosen) > len(own | together),
                any(outside for _, outside in joint),
                max((len(some) + outside for some, outside in joint), default=0),
            )
        )
    return frozenset(found)


def allowed(way: Way, organisations: int, on: Collection[Assumption]) -> bool:
    """Whether a way agrees with the switches; at most three units a joint branch under A5, as the limit is set here."""
    return not (
        (A.A1 in on and way.idle)
        or (A.A2 in on and way.twice)
        or (A.A4 in on and way.strangers)
        or (A.A5 in on and way.units > 3)
        # those not covered are attached outside (A3 forbids it) or have nothing (A6 forbids it)
        or (A.A3 in on and A.A6 in on and way.covered < organisations)
        or (A.A7 in on and not way.joint_branches)
    )


def fits(way: Way, branches: int, printed: dict[str, int | None]) -> bool:
    """Whether a way agrees with what is printed; where both forms fall short of the branches, the rest are of either form."""
    told = [printed.get("own_branches"), printed.get("joint_branches")]
    rest = None not in told and sum(told) < branches
    return all(
        value is None or getattr(way, key) == value or (rest and key in ("own_branches", "joint_branches") and getattr(way, key) > value)
        for key, value in printed.items()
    )


def enumerated(organisations: Collection[int], branches: Collection[int], on: Collection[Assumption], **printed: int | None):
    """The least and the most of each quantity over all ways, none if no way is left."""
    left = [
        (way, o - way.covered)
        for o, b in product(organisations, branches)
        for way in ways(o, b)
        if allowed(way, o, on) and fits(way, b, printed)
    ]
    values = {key: [getattr(way, key) for way, _ in left] for key in ("own", "in_joint", "covered", "joint_branches")}
    values["not_covered"] = [rest for _, rest in left]
    return {key: [min(some), max(some)] for key, some in values.items()} if left else None


def ruled_out(rows: pd.DataFrame) -> set[str]:
    """The quantities that no assignment allows: both ends are null, and the row says so."""
    none = rows[rows["missing"] == "infeasible"]
    assert none[["least", "most", "low", "high"]].isna().all(axis=None)
    return set(none["code"])


def agrees(report: Report, on: Collection[Assumption], expected: dict[str, list[int]] | None, **options: bool) -> None:
    rows = bounds(report, assume=on, **options)
    if expected is None:
        assert ruled_out(rows), codes(on)
    else:
        assert {key: ends(rows, key) for key in expected} == expected, codes(on)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("organisations", "branches"), list(product(range(1, 5), range(1, 4))))
def test_coverage_is_what_an_enumeration_finds(organisations, branches):
    # each size takes every eleventh set of switches, each at another start, so that all 128 come up
    report = speaking(organisations=organisations, branches=branches)
    for on in SWITCHES[(3 * organisations + branches) % 11 :: 11]:
        agrees(report, on, enumerated([organisations], [branches], on))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("on", [frozenset({A.A1, A.A2, A.A3, A.A5, A.A7}), frozenset({A.A1, A.A2, A.A5, A.A6, A.A7})], ids=codes)
def test_programs_that_a_presolve_called_infeasible_are_not(on):
    agrees(speaking(organisations=4, branches=2), on, enumerated([4], [2], on))


SOME = pytest.mark.parametrize("on", [frozenset({A.A1, A.A2, A.A4}), frozenset({A.A2}), frozenset({A.A1, A.A4})], ids=codes)


KEYS = {"in_joint": "organisations_joint", "own": "organisations_own", "covered": "organisations_covered"}


@pytest.mark.usefixtures("quick")
@SOME
@pytest.mark.parametrize(("own", "joint"), list(product((None, 0, 1, 2, 3), (None, 0, 1, 2))))
def test_a_printed_form_is_held_to(own, joint, on):
    printed = {"own_branches": own, "joint_branches": joint}
    report = Report.of("demo", organisations=4, branches=3, **{key: value for key, value in printed.items() if value is not None})
    agrees(report, on, enumerated([4], [3], on, **printed))


@pytest.mark.usefixtures("quick")
@SOME
@pytest.mark.parametrize("forms", [{}, {"own_branches": 2}, {"joint_branches": 1}, {"own_branches": 2, "joint_branches": 0}], ids=str)
@pytest.mark.parametrize(
    "stated",
    [{"own": 1}, {"own": 2}, {"in_joint": 2}, {"in_joint": 3}, {"covered": 3}, {"covered": 4}, {"own": 1, "in_joint": 3},
     {"own": 2, "covered": 3}],
    ids=str,
)  # fmt: skip
def test_stated_counts_are_held_to_unless_they_contradict_the_rest(forms, stated, on):
    report = Report.of("demo", organisations=4, branches=3, **forms, **{KEYS[key]: value for key, value in stated.items()})
    without = enumerated([4], [3], on, **forms)
    agrees(report, on, enumerated([4], [3], on, **stated, **forms) or without)
    agrees(report, on, without, stated=False)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("on", [frozenset({A.A1, A.A2, A.A4}), frozenset({A.A1, A.A2}), frozenset({A.A1, A.A2, A.A5})], ids=codes)
@pytest.mark.parametrize("form", ["own_branches", "joint_branches"])
def test_one_form_alone_leaves_the_number_of_branches_open(form, on):
    # at most three of three organisations, each with one branch
    agrees(Report.of("demo", organisations=3, **{form: 1}), on, enumerated([3], [1, 2, 3], on, **{form: 1}))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("more", [frozenset(), frozenset({A.A5}), frozenset({A.A7}), frozenset({A.A5, A.A7})], ids=codes)
@pytest.mark.parametrize(
    "printed",
    [{}, {"own_branches": 1}, {"own_branches": 1, "joint_branches": 1}, {"in_joint": 2}, {"own": 2}, {"covered": 3}, {"covered": 2}],
    ids=str,
)
def test_splits_are_those_that_an_enumeration_finds(printed, more):
    on = frozenset({A.A1, A.A2, A.A4}) | more
    report = speaking(organisations=4, branches=3, **{KEYS.get(key, key): value for key, value in printed.items()})
    # a count of organisations that contradicts the rest, as 2 covered by three branches, is left out
    held = printed if enumerated([4], [3], on, **printed) or not set(printed) & set(KEYS) else {}
    expected = {
        (4 - way.covered, way.joint_branches, way.own, way.in_joint) for way in ways(4, 3) if allowed(way, 4, on) and fits(way, 3, held)
    }
    rows = feasible(report, assume=more)
    found = rows[["not_covered", "joint_branches", "own", "in_joint"]].to_numpy().tolist() if len(rows) else []
    assert sorted(map(tuple, found)) == sorted(expected)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "on", [frozenset(), frozenset({A.A1, A.A2, A.A4}), frozenset({A.A1, A.A2, A.A4, A.A7}), frozenset({A.A1, A.A3, A.A6})], ids=codes
)
def test_an_inexact_total_stands_for_each_number_in_it(on):
    report = speaking(organisations="at most 4", branches="at most 2")
    expected = enumerated(range(5), range(3), on)
    agrees(report, on, expected)


@pytest.mark.usefixtures("quick")
def test_every_share_lies_between_its_low_and_high():
    on = frozenset({A.A1, A.A2, A.A4})
    rows = bounds(Report.of("demo", organisations="at most 4", branches=2), assume=on).set_index("code")
    for o in range(1, 5):
        for way in ways(o, 2):
            if allowed(way, o, on):
                assert rows.loc["covered", "low"] <= way.covered / o <= rows.loc["covered", "high"]


# ---- a naive enumeration of sizes


def sized(branches: Collection[int], members: int, on: Collection[Assumption]):
    """The least and the most of each question of size, by writing every list of branch sizes, with the limits of `quick`."""

    def sizes(on: Collection[Assumption]):
        for number in branches:
            for some in product(range(members + 1), repeat=number):
                fits = sum(some) == members if A.A8 in on else sum(some) <= members
                if fits and (A.A9 not in on or min(some, default=2) >= 2) and (A.A10 not in on or max(some, default=0) <= 4):
                    yield some

    every = list(sizes(on))
    counts = {
        "need_committee": [sum(size >= 3 for size in some) for some in every],
        "above_limit": [sum(size > 4 for size in some) for some in sizes(set(on) - {A.A10})],
        "committee_size": [sum(size >= 5 for size in some) for some in every],
        "largest": [max(some, default=0) for some in every],
    }
    return {key: [min(some), max(some)] for key, some in counts.items()} if every else None


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("on", [frozenset(on) for size in range(4) for on in combinations((A.A8, A.A9, A.A10), size)], ids=codes)
def test_sizes_are_what_an_enumeration_finds(on):
    for branches, members in product(range(4), (0, 1, 2, 4, 5, 8)):
        agrees(Report.of("demo", branches=branches, members=members), on, sized([branches], members, on))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("on", [frozenset(), frozenset({A.A8, A.A9}), frozenset({A.A8, A.A9, A.A10})], ids=codes)
@pytest.mark.parametrize("members", [0, 3, 8])
def test_sizes_of_an_inexact_number_of_branches(members, on):
    agrees(Report.of("demo", branches="at most 3", members=members), on, sized(range(4), members, on))


def test_ends_of_an_inexact_number_that_cannot_be_are_left_out():
    # about 25 is 22.5 to 27.5; 78 members at three each fill 23 to 26 branches: 78 - 3×22 = 12, and 26 × 3 = 78
    rows = bounds(Report.of("demo", branches="about 25", members=78))
    assert ends(rows, "largest") == [3, 12]


# ---- published values


# checks.md, table of section 2.5: not covered, joint branches, own, in joint; the last row has no joint branch
@pytest.mark.parametrize(
    ("x", "more", "joint", "own", "in_joint"),
    [
        (0, set(), (1, 8), (26, 33), (9, 16)),
        (0, {A.A5}, (2, 8), (26, 32), (10, 16)),
        (1, set(), (1, 7), (27, 33), (8, 14)),
        (1, {A.A5}, (2, 7), (27, 32), (9, 14)),
        (2, set(), (1, 6), (28, 33), (7, 12)),
        (2, {A.A5}, (2, 6), (28, 32), (8, 12)),
        (4, set(), (1, 4), (30, 33), (5, 8)),
        (4, {A.A5}, (1, 4), (30, 33), (5, 8)),
        (8, set(), (0, 0), (34, 34), (0, 0)),
        (8, {A.A5}, (0, 0), (34, 34), (0, 0)),
    ],
)
def test_splits_of_the_published_table(x, more, joint, own, in_joint):
    rows = feasible(load_report("yangxian"), assume=(DEFAULT - {A.A7}) | more)
    rows = rows[rows["not_covered"] == x]
    found = [(rows[column].min(), rows[column].max()) for column in ("joint_branches", "own", "in_joint")]
    assert found == [joint, own, in_joint]


def test_splits_of_a_report_that_speaks_of_joint_branches_have_one(yangxian):
    # with x not covered, from 1 to 8 - x joint ones: 8 + 7 + ... + 1 splits; none in which all 34 are own
    rows = feasible(yangxian)
    assert len(rows) == 36
    assert (rows["joint_branches"].min(), rows["not_covered"].max()) == (1, 7)
    assert len(feasible(yangxian, assume=DEFAULT - {A.A7})) == 37


def test_every_split_adds_up():
    rows = feasible(Report.of("demo", organisations=42, branches=34))
    assert (rows["own"] + rows["in_joint"] + rows["not_covered"] == 42).all()
    assert (rows["own"] + rows["joint_branches"] == 34).all()
    assert rows["not_covered"].max() == 8


def test_splits_keep_to_printed_forms():
    assert feasible(Report.of("demo", organisations=42, branches=34, joint_branches=3))["own"].unique().tolist() == [31]
    assert feasible(Report.of("demo", organisations=42, branches=34, own_branches=30))["joint_branches"].unique().tolist() == [4]
    # three joint branches of two, or two with five in all and one organisation left out, or ...: always five together
    assert feasible(Report.of("demo", organisations=42, branches=34, organisations_joint=5))["in_joint"].unique().tolist() == [5]


@pytest.mark.parametrize("figures", [{}, {"organisations": 42}, {"organisations": "about 40", "branches": 34}])
def test_no_splits_without_exact_totals(figures):
    assert len(feasible(Report.of("demo", **figures))) == 0


def test_splits_are_marked_with_their_assumptions(yangxian):
    report = Report.of("demo", organisations=3, branches=2)
    assert set(feasible(report)["assumptions"]) == {"A1 A2 A4"}
    assert set(feasible(report)["evidence"]) == {"REPORT BOUND"}
    # the limit of units is a rule, an outside reference
    capped = feasible(report, assume=DEFAULT | {A.A5})
    assert set(capped["assumptions"]) == {"A1 A2 A4 A5"}
    assert set(capped["evidence"]) == {"REPORT BOUND REFERENCE"}
    assert set(feasible(yangxian)["assumptions"]) == {"A1 A2 A4 A7"}


@cache
def of_yang_county(on: frozenset[Assumption] = DEFAULT) -> pd.DataFrame:
    return bounds(load_report("yangxian"), assume=on)


# checks.md, section 2 items 1 to 5 and section 3
@pytest.mark.parametrize(
    ("code", "more", "least", "most"),
    [
        ("covered", set(), 35, 42),
        ("not_covered", set(), 0, 7),
        ("own", {A.A3, A.A6}, 26, 33),
        ("in_joint", {A.A3, A.A6}, 9, 16),
        ("own", {A.A3, A.A5, A.A6}, 26, 32),
        ("in_joint", {A.A3, A.A5, A.A6}, 10, 16),
        ("largest", set(), 20, 579),  # 678 - 33 × 3; 678 / 34 is 19.9
        ("above_limit", set(), 0, 12),  # (678 - 102) / 48
        ("need_committee", {A.A10}, 11, 34),  # 50k + 6(34 - k) >= 678
        ("need_committee", set(), 1, 34),  # one with no cap on size
        ("committee_size", set(), 0, 5),  # (678 - 102) / 97 is 5.9
    ],
)
def test_yang_county_under_the_published_assumptions(code, more, least, most):
    assert ends(of_yang_county(DEFAULT | more), code) == [least, most]


# checks.md, section 2 items 1 and 2 and section 6: 81.0% either way without a joint branch, 83.3% and 78.6% with one
def test_yang_county_s_shares():
    rows = of_yang_county().set_index("code")
    assert rows.loc["covered", ["low", "high"]].tolist() == pytest.approx([35 / 42, 1])
    assert rows.loc["own", "high"] == pytest.approx(33 / 42)
    bare = of_yang_county(frozenset({A.A1, A.A2})).set_index("code")
    assert bare.loc["covered", "low"] == pytest.approx(34 / 42)
    assert bare.loc["own", "high"] == pytest.approx(34 / 42)


def test_yang_county_s_ends_name_what_they_lean_on():
    rows = of_yang_county().set_index("code")
    row = rows.loc["covered"]
    # 35 falls to 34 without a joint branch (A7) or with partners outside (A4), further with several or idle branches (A2, A1)
    assert (row["low_needs"], row["high_needs"]) == ("A1 A2 A4 A7", "")
    assert rows.loc["largest", "high_needs"] == "A9"


def test_county213_s_joint_organisations_cover_at_least_two_each():
    # checks.md, section 6: 38 of one unit and 29 joint ones cover at least 38 + 2 × 29 = 96 of 213
    rows = bounds(load_report("county213"))
    assert ends(rows, "covered") == [96, 213]
    assert ends(rows, "own") == [38, 38]
    row = rows.set_index("code").loc["own"]
    assert row["share"] == row["low"] == row["high"] == pytest.approx(38 / 213)


def test_yunhe_s_stated_count_is_left_out():
    # county_comparators.csv: 37 own and 13 in joint branches are 50 organisations, of 47; without the 13, three joint
    # branches have 6 to 47 - 37 = 10
    report = Report.of("yunhe", organisations=47, branches=40, own_branches=37, joint_branches=3, organisations_joint=13)
    for stated in (True, False):
        rows = bounds(report, stated=stated)
        assert ruled_out(rows) == set()
        assert [ends(rows, code) for code in QUANTITIES] == [[37, 37], [6, 10], [43, 47], [0, 4], [3, 3]]
    # an organisation with two branches makes room for the 13: at least max(37, 13) organisations, one own branch at least
    several = bounds(report, assume=DEFAULT - {A.A2})
    assert ends(several, "in_joint") == [13, 13]
    assert ends(several, "own") == [1, 37]


def test_a_stated_count_narrows_the_rest():
    # 30 with their own are 30 branches; the other four are joint, with 8 to 12 of the other 12
    report = Report.of("demo", organisations=42, branches=34, organisations_own=30)
    rows = bounds(report)
    assert [ends(rows, code) for code in QUANTITIES] == [[30, 30], [8, 12], [38, 42], [0, 4], [4, 4]]
    assert ends(bounds(report, stated=False), "own") == [26, 34]
    assert ends(scenarios(report, "in_joint"), "default") == [8, 12]
    assert feasible(report)["own"].unique().tolist() == [30]
    # county213: 100 covered, 38 by their own, leave 62 in joint branches and 113 without
    rows = bounds(Report.of("demo", organisations=213, own_branches=38, joint_branches=29, organisations_covered=100))
    assert [ends(rows, code) for code in QUANTITIES] == [[38, 38], [62, 62], [100, 100], [113, 113], [29, 29]]


# ---- forms that are not told apart, and levels beside the branches


@pytest.mark.parametrize("more", [{}, {"attached_branches": 5}], ids=str)
def test_branches_of_no_printed_form_are_of_either(more):
    # 25 to 30 own ones, as the other 10 to 15 take two organisations each of 60: 25 + 35, 30 + 30; 30 + 2 × 10 covered at least
    rows = bounds(Report.of("demo", organisations=60, branches=40, own_branches=25, joint_branches=10, **more))
    assert ruled_out(rows) == set()
    assert [ends(rows, code) for code in QUANTITIES] == [[25, 30], [20, 35], [50, 60], [0, 10], [10, 15]]


@pytest.mark.parametrize(("branches", "counted"), [(17, 20), (20, 20)])
def test_higher_levels_stand_beside_the_branches_where_the_forms_add_up_to_more(branches, counted):
    # 1 + 2 + 10 own and 7 joint ones are 20 bodies: 13 + 2 × 7 covered at least
    report = Report.of("demo", organisations=42, branches=branches, own_committees=1, own_general_branches=2, own_branches=10, joint_branches=7)  # fmt: skip
    assert (report.totals.branches.low, report.totals.branches.high) == (counted, counted)
    rows = bounds(report)
    assert [ends(rows, code) for code in QUANTITIES] == [[13, 13], [14, 29], [27, 42], [0, 15], [7, 7]]


def test_own_branches_alone_are_the_least_that_is_counted():
    report = Report.of("demo", organisations=42, own_branches=20)
    assert (report.totals.branches.low, report.totals.branches.high) == (20, float("inf"))
    # the other 22 may share up to 11 joint ones that are not printed
    rows = bounds(report)
    assert [ends(rows, code) for code in QUANTITIES] == [[20, 20], [0, 22], [20, 42], [0, 22], [0, 11]]
    # one organisation may have all twenty
    assert ends(bounds(report, assume=DEFAULT - {A.A2}), "own") == [1, 20]


def test_a_rule_of_full_members_is_asked_of_full_members_alone():
    rows = bounds(Report.of("demo", branches=34, members=700, members_full=102))
    assert ends(rows, "need_committee") == [0, 0]  # 34 × 3 = 102: none can have seven
    assert ends(rows, "largest") == [21, 601]  # of all members: 700 / 34 = 20.6, and 700 - 33 × 3
    assert ends(rows, "above_limit") == [0, 12]  # (700 - 102) / 48 = 12.5
    # with full members alone printed, there may be any number of others
    assert ends(bounds(Report.of("demo", branches=34, members_full=678)), "largest") == [20, None]


# ---- assumptions as codes


def test_assumptions_are_given_as_members_or_codes():
    report = Report.of("demo", organisations=42, branches=34, members=678)
    member = bounds(report, assume={A.A1})
    assert member.set_index("code").loc["own", "assumptions"] == "A1"
    for on in ("A1", ["A1"], [A.A1]):
        pd.testing.assert_frame_equal(bounds(report, assume=on), member)
    assert bounds(report, assume="A1 A2").set_index("code").loc["own", "assumptions"] == "A1 A2"
    assert set(feasible(report, assume="A5")["assumptions"]) == {"A1 A2 A4 A5"}
    assert ends(scenarios(report, "own", assume=["A1", "A2"]), "default") == [0, 34]  # all 34 with partners outside, or none


@pytest.mark.parametrize("call", [bounds, feasible, verdicts, lambda report, assume: scenarios(report, "own", assume=assume)])
@pytest.mark.parametrize("on", ["A11", ["A1", "a2"]])
def test_an_unknown_assumption_is_named(call, on):
    with pytest.raises(AnalysisError, match=r"'(A11|a2)' is not one of: A1, A2"):
        call(Report.of("demo", organisations=42, branches=34), assume=on)


# ---- what is not printed, and one-sided words


def test_a_missing_total_is_named_and_nothing_assumed():
    rows = bounds(Report.of("demo", organisations=42)).set_index("code")
    assert rows.loc["covered", ["least", "most", "whole", "missing", "assumptions"]].tolist() == [0, 42, 42, "branches", ""]
    assert rows.loc["largest", "missing"] == "branches members"
    assert pd.isna(rows.loc["largest", "most"])
    nothing = bounds(Report.of("demo"))
    assert (nothing["missing"] != "").all()
    assert nothing.loc[nothing["code"] != "largest", ["low", "high"]].to_numpy().tolist() == [[0, 1]] * 8


def test_a_total_without_an_upper_end_leaves_the_most_open():
    rows = bounds(Report.of("demo", organisations="over 40", branches=34))
    assert ends(rows, "own")[1] == 34
    assert ends(rows, "covered") == [34, None]
    assert ends(rows, "not_covered") == [0, None]
    assert rows.set_index("code").loc["covered", ["low", "high"]].tolist() == [0, 1]
    assert rows.set_index("code").loc["own", "high"] == pytest.approx(34 / 40)


def test_members_without_an_upper_end_let_every_branch_be_large():
    rows = bounds(Report.of("demo", branches=34, members="over 120"))
    for code in ("need_committee", "above_limit", "committee_size"):
        assert ends(rows, code) == [0, 34]
    assert ends(rows, "largest") == [4, None]  # 120 in 34: one has four


def test_branches_without_an_upper_end():
    rows = bounds(Report.of("demo", organisations=42, branches="over 30", members=678))
    assert ends(rows, "own") == [18, 42]  # 30 branches, 12 joint with two each, leave 18 alone
    assert ends(rows, "committee_size") == [0, 6]  # (678 - 90) / 97


def test_a_total_that_may_be_nought_gives_no_share():
    rows = bounds(Report.of("demo", organisations="at most 40", branches=34)).set_index("code")
    assert rows.loc["own", "high"] == 1
    none = bounds(Report.of("demo", organisations=0, branches=0, members=0)).set_index("code")
    assert none.loc["covered", ["least", "most"]].tolist() == [0, 0]
    assert pd.isna(none.loc["covered", "share"])


def test_members_need_a_branch_to_be_in():
    # twelve members of no branch contradict A8, and are nothing to bound without it
    report = Report.of("demo", organisations=5, branches=0, members=12)
    assert ruled_out(bounds(report)) == {"need_committee", "above_limit", "committee_size", "largest"}
    assert ends(bounds(report, assume={A.A1}), "largest") == [0, 0]


def test_more_branches_than_organisations_cannot_all_serve_one():
    assert ruled_out(bounds(Report.of("demo", organisations=3, branches=4))) == set(QUANTITIES)
    # without A2 an organisation has several
    assert ends(bounds(Report.of("demo", organisations=3, branches=4), assume={A.A1, A.A4}), "covered") == [1, 3]


def test_a_joint_branch_is_not_assumed_where_the_report_does_not_speak_of_one():
    rows = bounds(Report.of("demo", organisations=42, branches=34))
    assert ends(rows, "covered") == [34, 42]
    assert not rows["assumptions"].str.contains("A7").any()
    assert rows.set_index("code").loc["covered", "assumptions"] == "A1 A2 A4"


def test_a_level_that_is_not_printed_may_hold_more():
    # nine in all of which one is a committee of one unit: the other eight are own, or seven own and one joint
    rows = bounds(Report.of("demo", organisations=10, party_organisations=9, own_committees=1))
    assert ends(rows, "own") == [8, 9]


def test_totals_of_a_nation_are_bounded_exactly():
    # (1,200,000 - 240,000) / 48, (1,200,000 - 240,000) / 97 and 1,200,000 - 3 × 79,999
    rows = bounds(Report.of("demo", organisations=499_000, branches=80_000, members=1_200_000))
    assert ends(rows, "covered") == [80_000, 499_000]
    assert [ends(rows, code)[1] for code in ("above_limit", "committee_size", "largest")] == [20_000, 9_896, 960_003]


def test_every_row_is_marked():
    rows = of_yang_county().set_index("code")
    assert rows.loc["own", "evidence"] == "REPORT BOUND"
    assert rows.loc["need_committee", "evidence"] == "REPORT BOUND REFERENCE"
    assert rows.loc["need_committee", "assumptions"] == "A8 A9"


def test_the_limit_of_units_is_an_outside_reference(yangxian):
    capped = of_yang_county(DEFAULT | {A.A5}).set_index("code")
    assert set(capped.loc[list(QUANTITIES), "evidence"]) == {"REPORT BOUND REFERENCE"}
    rows = scenarios(yangxian, "own").set_index("code")["evidence"].to_dict()
    assert {code for code, evidence in rows.items() if "REFERENCE" in evidence} == {"capped", "full_capped"}


# ---- scenarios and verdicts


def test_scenarios_of_yang_county(yangxian):
    rows = scenarios(yangxian, "own")
    # checks.md, section 2; with partners outside, 34 joint branches may hold all and nobody is alone
    published = {
        "default": [26, 33],
        "capped": [26, 33],
        "full": [26, 33],
        "full_capped": [26, 32],
        "no_joint": [26, 34],
        "partners": [0, 33],
    }
    assert {code: ends(rows, code) for code in published} == published


def test_a_scenario_that_the_totals_rule_out_says_so():
    # without a joint branch, 34 branches cannot cover 42
    rows = scenarios(Report.of("demo", organisations=42, branches=34, joint_branches=0, own_branches=34), "covered").set_index("code")
    assert rows.loc["full", "missing"] == "infeasible"
    assert pd.isna(rows.loc["full", "least"])
    assert rows.loc["full", "evidence"] == "REPORT BOUND"
    assert rows.loc["default", ["least", "most"]].tolist() == [34, 34]


def test_scenarios_are_of_coverage_alone(yangxian):
    with pytest.raises(AnalysisError, match=r"'largest' is not a quantity of coverage; use one of: own, in_joint"):
        scenarios(yangxian, "largest")


def test_full_coverage_of_yang_county_is_neither_proved_nor_refuted(yangxian):
    rows = verdicts(yangxian).set_index("code")
    assert rows["verdict"].to_dict() == {"full_own": "refuted", "full_covered": "open"}
    assert rows["claimed"].all()


@pytest.mark.parametrize(
    ("figures", "own", "covered"),
    [
        ({"organisations": 42}, "unknown", "unknown"),
        ({"organisations": 42, "branches": 42}, "proved", "proved"),
        ({"organisations": 42, "branches": 34, "own_branches": 34}, "refuted", "refuted"),
        ({"organisations": "over 40", "branches": 34}, "refuted", "open"),
    ],
)
def test_verdicts_follow_from_the_ends(figures, own, covered):
    rows = verdicts(Report.of("demo", **figures))
    assert rows["verdict"].tolist() == [own, covered]
    assert not rows["claimed"].any()


# ---- laws


@LAW
@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from(SWITCHES), st.sampled_from(COVERAGE), st.sampled_from(QUANTITIES))
def test_an_assumption_never_widens_a_range(organisations, branches, on, switch, code):
    report = speaking(organisations=organisations, branches=branches)
    if code in ruled_out(bounds(report, assume=on | {switch})):
        return
    narrow = reach(report, code, on | {switch})
    wide = reach(report, code, on - {switch})
    assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]


@LAW
@given(st.integers(2, 80), st.integers(1, 79))
def test_one_more_branch_never_lowers_coverage(organisations, branches):
    assume(branches < organisations)
    few, many = (Report.of("demo", organisations=organisations, branches=b) for b in (branches, branches + 1))
    assert reach(few, "covered", DEFAULT - {A.A7})[0] <= reach(many, "covered", DEFAULT - {A.A7})[0]


@LAW
@given(st.integers(1, 60), st.integers(1, 60))
def test_covered_and_not_covered_mirror_each_other(organisations, branches):
    assume(branches <= organisations)
    report = Report.of("demo", organisations=organisations, branches=branches)
    least, most = reach(report, "covered", {A.A1, A.A2})
    assert reach(report, "not_covered", {A.A1, A.A2}) == (organisations - most, organisations - least)
