import math
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import QUANTITIES, AnalysisError, Assumption, Evidence, Interval, Severity, Unit, result_rows, tally
from analysis.model import Choice, Kind, Named, Term, merged_marks, named, number, require_marks

LAW = settings(derandomize=True, database=None, deadline=None)


def test_a_term_speaks_both_languages():
    assert (Term("支部", "branch")("zh"), Term("支部", "branch")("en")) == ("支部", "branch")


def test_a_code_that_is_not_known_lists_those_that_are():
    with pytest.raises(AnalysisError, match="'causes' is not one of: problem, cause, aside, measure"):
        Kind.of("causes")
    assert Kind.of("cause") is Kind.cause


def test_every_member_has_a_name_in_both_languages():
    kinds = [kind for kind in Named.__subclasses__() if kind.__module__.startswith("analysis")]
    assert {Evidence, Assumption, Severity, Unit} <= set(kinds)
    nameless = [member for kind in kinds for member in kind if member is not Unit.other and not all(member.term)]
    assert nameless == []


def test_every_kind_of_evidence_has_a_symbol_of_its_own():
    for lang in ("zh", "en"):
        assert len({member.term(lang).split(" ")[0] for member in Evidence}) == len(Evidence)


def test_a_quantity_is_part_of_a_known_one_of_the_same_nature():
    for quantity in QUANTITIES.values():
        assert not quantity.whole or QUANTITIES[quantity.whole].unit.of_the_party == quantity.unit.of_the_party


@pytest.mark.parametrize(
    ("unit", "party"), [(Unit.party_organisation, True), (Unit.branch, True), (Unit.organisation, False), (Unit.person, False)]
)
def test_units_of_the_party_are_never_shares_of_organisations(unit, party):
    assert unit.of_the_party is party


# ends written by hand
@pytest.mark.parametrize(
    ("found", "low", "high"),
    [
        (Interval(1, 2) + Interval(10, 20), 11, 22),
        (Interval(1, 2) + Interval(10, math.inf), 11, math.inf),
        (Interval(1, 2) * 100, 100, 200),
        (Interval(Fraction(2), Fraction(4)) / Interval(Fraction(1), Fraction(2)), 1, 4),
        (Interval(Fraction(2), Fraction(4)) / Interval(Fraction(1), math.inf), 0, 4),
        (Interval(Fraction(2), Fraction(4)) / Interval(Fraction(0), Fraction(2)), 1, math.inf),
        (Interval(Fraction(2), math.inf) / Interval(Fraction(1), Fraction(2)), 1, math.inf),
        (Interval.point(3) / Interval.point(0), 0, math.inf),  # no denominator, no quotient
        (Interval.point("31.5"), Fraction(63, 2), Fraction(63, 2)),
    ],
)
def test_intervals_add_and_divide_end_by_end(found, low, high):
    assert (found.low, found.high) == (low, high)


def test_intervals_meet_where_they_share_a_value():
    assert Interval(1, 2).meets(Interval(2, 3))
    assert Interval(2, 3).meets(Interval(1, 2))
    assert not Interval(1, 2).meets(Interval(3, 4))


def test_an_interval_shows_its_two_ends():
    assert repr(Interval(Fraction(1, 2), math.inf)) == "Interval(1/2, inf)"


def test_only_a_point_is_exact():
    assert Interval.point(42).exact
    assert not Interval(41, 42).exact


@LAW
@given(st.lists(st.integers(0, 99), min_size=4, max_size=4), st.data())
def test_a_quotient_holds_the_quotient_of_any_two_values(ends, data):
    a, b = sorted(ends[:2])
    c, d = sorted(ends[2:])
    above, below = data.draw(st.integers(a, b)), data.draw(st.integers(max(c, 1), max(d, 1)))
    found = Interval(Fraction(a), Fraction(b)) / Interval(Fraction(c), Fraction(max(d, 1)))
    assert found.low <= Fraction(above, below) <= found.high


@pytest.mark.parametrize(("value", "plain"), [(None, None), (math.inf, None), (Fraction(1, 2), 0.5), (3, 3.0)])
def test_an_open_end_is_null_in_a_row(value, plain):
    assert number(value) == plain


def test_result_rows_say_what_they_rest_on_in_the_order_of_the_vocabulary():
    rows = result_rows(
        [{"code": "a", "evidence": [Evidence.JUDGEMENT], "assumptions": "A10 A2"}, {"code": "b"}],
        evidence=[Evidence.BOUND, Evidence.REPORT],
        assumptions=[Assumption.A1],
    )
    assert rows["evidence"].tolist() == ["REPORT BOUND JUDGEMENT", "REPORT BOUND"]
    assert rows["assumptions"].tolist() == ["A1 A2 A10", "A1"]


def test_result_rows_refuse_a_row_without_evidence():
    with pytest.raises(AnalysisError, match="Result row 'a' does not say what it rests on"):
        result_rows([{"code": "a", "value": 1}])


def test_result_rows_leave_the_records_as_they_were():
    record = {"code": "a", "evidence": "REPORT"}
    result_rows([record])
    assert record == {"code": "a", "evidence": "REPORT"}


def test_no_records_give_an_empty_table_with_marks():
    assert result_rows([]).columns.tolist() == ["code", "evidence", "assumptions"]


@pytest.mark.parametrize(
    "rows",
    [
        pd.DataFrame({"code": ["a"]}),
        pd.DataFrame({"code": ["a"], "evidence": ["REPORT"]}),
        pd.DataFrame({"evidence": ["REPORT", ""], "assumptions": ["", ""]}),
        pd.DataFrame({"evidence": ["REPORT", None], "assumptions": ["", ""]}),
    ],
    ids=["no columns", "no assumptions", "empty", "null"],
)
def test_a_table_without_marks_is_refused(rows):
    with pytest.raises(AnalysisError, match=r"do not say what they rest on.*result_rows"):
        require_marks(rows)


def test_a_table_with_marks_is_let_through():
    require_marks(result_rows([{"code": "a"}], evidence=[Evidence.LEDGER]))
    require_marks(result_rows([]))


def test_marks_merge_over_rows():
    rows = result_rows([{"evidence": "REFERENCE", "assumptions": "A2"}, {"evidence": "REPORT", "assumptions": "A1 A2"}])
    assert merged_marks(rows) == {"evidence": "REPORT REFERENCE", "assumptions": "A1 A2"}


def test_a_tally_counts_every_member_and_all():
    rows = result_rows([{"severity": "error", "evidence": "BOUND"}, {"severity": "note"}, {"severity": "note"}], evidence=[Evidence.REPORT])
    found = tally(rows, "severity", Severity)
    assert dict(zip(found["code"], found["value"], strict=True)) == {"error": 1, "warning": 0, "note": 2, "all": 3}
    assert found.set_index("code").loc[["error", "note", "all"], "evidence"].tolist() == ["REPORT BOUND", "REPORT", "REPORT BOUND"]


def test_a_tally_of_nothing_is_all_zeros():
    assert tally(result_rows([]), "severity", Severity)["value"].tolist() == [0, 0, 0, 0]


def test_a_term_becomes_two_columns():
    assert named(Term("甲", "a"), "why") == {"why_zh": "甲", "why_en": "a"}


def test_the_legend_of_a_choice_claims_no_more_than_the_choice():
    # names stand for numbers where there are none (C37); a day counts unless the list says otherwise (C38)
    assert "names" in Choice.C37.term.en
    assert "名称" in Choice.C37.term.zh
    assert "只按" not in Choice.C37.term.zh
    assert "alone" not in Choice.C37.term.en
    assert "does not gainsay" in Choice.C38.term.en
    assert "日期" in Choice.C38.term.zh
