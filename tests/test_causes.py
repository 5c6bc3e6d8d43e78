import pytest

from analysis import Kind, Report, claims, link_counts, link_grid
from analysis.causes import CAUSES, count_claims, family

# written from the report: kind, the list's number, section, what it is a property of, the claim it is a part of
CLAIMS = """
P1 problem - §1.2 branch -
P2 problem - §1.2 branch -
P3 problem - §1.2 branch -
P4 problem - §1.2 branch -
P5 problem - §1.2 branch -
P6 problem - §1.2 organisation -
P6e problem - §1.2 branch P6
P6m problem - §1.2 organisation P6
S1 cause - §2.主观.1 organisation -
S2 cause - §2.主观.2 organisation -
S3 cause - §2.主观.3 organisation -
S4 cause - §2.主观.4 organisation -
S5 cause - §2.主观.5 organisation -
S6 cause - §2.主观.6 organisation -
O1 cause - §2.组织.1 organisation -
O2 cause - §2.组织.2 branch -
O2a cause - §2.组织.2 branch O2
O2b cause - §2.组织.2 branch O2
O3 cause - §2.组织.3 branch -
O4 cause - §2.组织.4 branch -
X1 cause - §2.客观.1 organisation -
X2 cause - §2.客观.2 branch -
X3 cause - §2.客观.3 organisation -
X4 cause - §2.客观.4 county -
X5 cause - §2.客观.5 organisation -
X5a cause - §2.客观.5 organisation X5
X5b cause - §2.客观.5 organisation X5
N1 aside - §3.3b organisation -
N2 aside - §3.4 organisation -
M1 measure 1 §3.1 county -
M2 measure 2 §3.2 county -
M3 measure 3 §3.3a county -
M4 measure 3 §3.3b branch -
M5 measure 4 §3.4 organisation -
M6 measure 5 §3.5 branch -
"""

# what the text itself links, and what we read into it
STATED = {
    "O1": "P1", "O2b": "P2", "O4": "P4", "X1": "P6m", "X2": "P5", "X3": "P6e",
    "M1": "S1", "M2": "X1", "M3": "X4 X1", "M4": "X2 P5 N1", "M5": "O1 N2", "M6": "P1 P4 S1 S2",
}  # fmt: skip
READ = {
    "S1": "P4", "S2": "P1", "S3": "P3", "S4": "P6", "S5": "P1", "S6": "P6", "O2a": "P2", "O3": "P1",
    "X4": "P1 P2 P3 P4 P5 P6", "X5a": "P1", "X5b": "P1",
    "M1": "S2 S4 S5 S6 O4", "M2": "X5b", "M5": "O2a X2 P2", "M6": "O1 O4 X5a S3",
}  # fmt: skip


@pytest.mark.parametrize("line", CLAIMS.split("\n")[1:-1])
def test_yang_county_claims(yangxian, line):
    code, *expected = (part.replace("-", "") for part in line.split())
    row = yangxian.claims.set_index("code").loc[code]
    assert row[["kind", "number", "section", "grain", "part_of"]].tolist() == expected
    assert row["name_zh"]
    assert row["name_en"]


def test_yang_county_claims_nothing_else(yangxian):
    assert yangxian.claims["code"].tolist() == [line.split()[0] for line in CLAIMS.split("\n")[1:-1]]


@pytest.mark.parametrize(("basis", "table"), [("stated", STATED), ("read", READ)])
def test_yang_county_s_links_and_their_basis(yangxian, basis, table):
    rows = yangxian.links[yangxian.links["basis"] == basis]
    assert set(rows["code"]) == {f"{source}>{target}" for source, targets in table.items() for target in targets.split()}


# the report: six problems, fifteen causes in groups of six, four and five, two beside measures, six measures
@pytest.mark.parametrize(
    ("kinds", "whole", "leaves"),
    [((Kind.problem,), 6, 7), ((Kind.cause,), 15, 17), (CAUSES, 17, 19), ((Kind.measure,), 6, 6), ((), 29, 32)],
)
def test_claims_with_parts_are_counted_once(yangxian, kinds, whole, leaves):
    assert len(claims(yangxian, *kinds)) == whole
    assert len(claims(yangxian, *kinds, leaves=True)) == leaves


def test_causes_come_in_three_groups(yangxian):
    rows = count_claims(yangxian, "group", Kind.cause)
    assert dict(zip(rows["code"], rows["value"], strict=True)) == {"subjective": 6, "organisational": 4, "objective": 5}
    assert rows.loc[0, "name_zh"] == "主观方面"


def test_causes_are_properties_of_three_things(yangxian):
    rows = count_claims(yangxian, "grain", Kind.cause)
    # S1 to S6, O1, X1, X3, X5; O2 to O4, X2; X4
    assert dict(zip(rows["code"], rows["value"], strict=True)) == {"organisation": 10, "branch": 4, "county": 1}
    assert set(rows["evidence"]) == {"REPORT JUDGEMENT"}  # the level is ours


@pytest.mark.parametrize(
    ("code", "members"), [("X5", {"X5", "X5a", "X5b"}), ("X5a", {"X5", "X5a"}), ("S1", {"S1"}), ("P6", {"P6", "P6e", "P6m"})]
)
def test_a_family_is_a_claim_with_its_parts_and_whole(yangxian, code, members):
    assert family(yangxian, code) == members


def basis(grid, pair):
    return grid.set_index("code").loc[pair, "basis"]


def test_a_link_to_a_part_speaks_to_the_whole(yangxian):
    grid = link_grid(yangxian, (Kind.cause,), (Kind.problem,))
    assert len(grid) == 15 * 6
    assert basis(grid, "X1>P6") == "stated"  # of its half on management
    assert basis(grid, "O2>P2") == "stated"  # by O2b, though O2a is read
    assert basis(grid, "S4>P6") == "read"
    assert basis(grid, "S1>P1") == ""


def test_a_link_to_the_whole_speaks_to_each_part_but_not_between_parts(yangxian):
    grid = link_grid(yangxian, (Kind.cause,), (Kind.problem,), leaves=True)
    assert basis(grid, "S4>P6e") == basis(grid, "S4>P6m") == "read"
    assert basis(grid, "X1>P6m") == "stated"
    assert basis(grid, "X1>P6e") == ""
    assert basis(grid, "O2a>P2") == "read"


def test_links_that_we_read_are_marked_as_ours(yangxian):
    grid = link_grid(yangxian, (Kind.cause,), (Kind.problem,)).set_index("basis")["evidence"]
    assert set(grid["read"]) == {"REPORT JUDGEMENT"}
    assert set(grid["stated"]) == set(grid[""]) == {"REPORT"}


def test_a_note_stays_with_its_link(yangxian):
    grid = link_grid(yangxian, (Kind.measure,), CAUSES).set_index("code")
    assert grid.loc["M3>X1", "note_en"] == "only the half about mixed membership"
    assert grid.loc["M1>S1", "note_en"] == ""


def test_links_are_counted_at_either_end(yangxian):
    grid = link_grid(yangxian, (Kind.cause,), (Kind.problem,))
    by_problem = link_counts(grid, "target").set_index("code")
    # P1: stated O1; read S2, S5, O3, X4, X5
    assert by_problem.loc["P1", ["stated", "read", "value"]].tolist() == [1, 5, 6]
    # P3: S3 and X4, both read
    assert by_problem.loc["P3", ["stated", "read"]].tolist() == [0, 2]
    assert by_problem.index.tolist() == ["P1", "P2", "P3", "P4", "P5", "P6"]
    by_cause = link_counts(grid, "source").set_index("code")
    assert by_cause.loc["X4", ["stated", "read"]].tolist() == [0, 6]
    assert by_cause.loc["O1", "evidence"] == "REPORT"
    assert by_cause["value"].sum() == by_problem["value"].sum()


def test_a_report_without_claims_has_an_empty_grid():
    grid = link_grid(Report.of("demo"), (Kind.cause,), (Kind.problem,))
    assert len(grid) == len(link_counts(grid, "source")) == 0
    assert "basis" in grid
