"""The figures that the README and the assumptions quote are those that the package computes."""

import re
from itertools import combinations
from pathlib import Path

import pytest

from analysis import (
    DEFAULT,
    QUANTITIES,
    Assumption,
    Denominator,
    answers,
    bounds,
    closing_columns,
    comparators,
    load_report,
    questions,
    ratios,
)
from analysis.reference import Ratio

ROOT = Path(__file__).resolve().parent.parent
A = Assumption


def words(name):
    return " ".join((ROOT / name).read_text("utf-8").split())


@pytest.fixture(scope="module")
def yangxian():
    return load_report("yangxian")


def ends(report, code, assume=DEFAULT):
    row = bounds(report, assume=assume).set_index("code").loc[code]
    return int(row["least"]), int(row["most"])


def test_readme_says_what_the_package_computes(yangxian):
    own, covered = ends(yangxian, "own"), ends(yangxian, "covered")
    assert f"{own[0]} to {own[1]} of the 42 organisations have a branch of their own" in words("README.md")
    assert f"{own[0]} 至 {own[1]} 家" in words("README.zh-CN.md")
    assert f"cover {covered[0]} to {covered[1]}" in words("README.md")
    mean = ratios(yangxian).set_index("code").loc["staff_per_organisation", "value"]
    highest = comparators(Ratio.staff_per_organisation, apart_from="yangxian")["value"].max()
    assert f"{mean:.0f} staff an organisation is more than five times every comparator" in words("README.md")
    assert mean > 5 * highest
    assert f"the highest is {highest:.0f}" in words("README.md")
    counts = answers(yangxian).set_index("code")["value"]
    stated, read, none = (counts[f"cause_without_measure/{status}"] for status in ("stated", "read_only", "none"))
    said = f"Of {stated + read + none} causes (parts and asides counted apart) {stated} are answered by a measure in the text, {read} only"
    assert said in words("README.md")


@pytest.mark.parametrize(
    ("switch", "code", "said"),
    [
        ("A1", "covered", "covered 2–42 instead of 35–42"),
        ("A2", "covered", "covered 2–42; own branch 0–33"),
        ("A4", "covered", "covered 34–42; own branch 0–33"),
        ("A7", "own", "own branch 26–34"),
        ("A8", "largest", "the largest branch has 3–579 members"),
        ("A9", "largest", "the largest branch has 20–678 members"),
        ("A10", "need_committee", "branches that need a committee 11–34"),
    ],
)
def test_assumptions_say_what_changes_without_each(yangxian, switch, code, said):
    section = re.search(rf"### {switch}\b(.*?)(?=\n##)", (ROOT / "ASSUMPTIONS.md").read_text("utf-8"), re.DOTALL)[1]
    least, most = ends(yangxian, code, DEFAULT ^ {A[switch]})
    assert said in " ".join(section.split())
    assert f"{least}–{most}" in said


def test_the_order_of_columns_is_as_good_as_it_is_said_to_be(yangxian):
    asked = [set(needs.split()) for needs in questions(yangxian)["needs"] if needs]
    reached = closing_columns(yangxian)["cumulative"].tolist()
    columns = sorted(set().union(*asked))
    best = [max(sum(needs <= set(some) for needs in asked) for some in combinations(columns, size)) for size in range(1, 5)]
    text = words("ASSUMPTIONS.md")
    assert (
        f"{len(columns)} columns close {len(asked)} questions. For one to four columns it closes {reached[:4]}, the best choice {best}."
        in text
    )
    assert f"five columns close {reached[4]} of {len(asked)} questions, ten close {reached[9]}" in text


@pytest.mark.parametrize(("name", "lang"), [("docs/reports.md", "en"), ("docs/reports.zh-CN.md", "zh")])
def test_the_guide_lists_every_quantity_as_it_is(name, lang):
    text = (ROOT / name).read_text("utf-8")
    for key, known in QUANTITIES.items():
        whole = f"`{known.whole}`" if known.whole else "–"
        assert re.search(rf"\| `{key}` \| {re.escape(known.term(lang))} \|.*\| `{known.unit.name}` \| {re.escape(whole)} \|", text), key


def test_the_guide_to_comparators_explains_every_denominator():
    text = (ROOT / "docs" / "comparators.md").read_text("utf-8")
    assert all(f"| `{of.name}` |" in text for of in Denominator)
