import math
from fractions import Fraction
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from registers import law

from analysis.distribution import concentration, distribution, frequencies, gini, quantile, summary, theil, top_share
from analysis.metrics import UnknownColumnError
from analysis.model import AnalysisError
from analysis.register import Register
from analysis.schema import OrganisationKind

AMOUNTS = st.lists(st.integers(0, 60), min_size=1, max_size=20)


def register(**columns):
    rows = len(next(iter(columns.values())))
    return Register(pd.DataFrame({"name": [f"n{row}" for row in range(rows)]} | columns))


def counted(values):
    """Values as ascending pairs of a value and how often it occurs."""
    return sorted({value: values.count(value) for value in values}.items())


# ---- naive second opinions


def naive_gini(values):
    pairs = sum(abs(one - other) for one, other in product(values, values))
    return Fraction(pairs, 2 * len(values) * sum(values))


def naive_theil(values):
    ratios = np.array(values, dtype=float) / np.mean(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.mean(np.where(ratios > 0, ratios * np.log(ratios), 0)))


# ---- distribution


def test_codes_are_counted_in_their_order_those_without_a_row_included():
    found = distribution(register(kind=["foundation", "association", None, "association"]), "organisations/kind")
    assert found["code"].tolist() == list(OrganisationKind.__members__)
    assert found[["part", "whole", "unknown", "of"]].to_numpy().tolist() == [[2, 3, 1, 4], [0, 3, 1, 4], [1, 3, 1, 4]]
    assert found["share"].tolist() == [2 / 3, 0, 1 / 3]
    assert found[["low", "high"]].to_numpy().tolist() == [[2 / 4, 3 / 4], [0, 1 / 4], [1 / 4, 2 / 4]]
    assert found["name_zh"].tolist()[0] == "社会团体"
    assert set(found["needs"]) == {"organisations/kind"}


def test_words_are_counted_the_most_frequent_first_and_ties_by_name():
    found = distribution(register(sector=["b", "a", "c", "b", None]), "organisations/sector")
    assert found[["code", "part"]].to_numpy().tolist() == [["b", 2], ["a", 1], ["c", 1]]
    assert found["part"].sum() == found["whole"].iloc[0] == 4


def test_a_full_column_asks_for_nothing():
    found = distribution(register(sector=["a", "a"]), "organisations/sector")
    assert found[["share", "low", "high", "needs"]].to_numpy().tolist() == [[1, 1, 1, ""]]


def test_an_empty_column_has_codes_without_shares():
    found = distribution(register(kind=[None, None]), "organisations/kind")
    assert found["share"].isna().all()
    assert found[["part", "unknown", "low", "high"]].to_numpy().tolist() == [[0, 2, 0, 1]] * 3
    assert len(distribution(register(kind=[None]), "organisations/sector")) == 0


def test_no_rows_have_no_ends():
    found = distribution(Register(pd.DataFrame({"name": []})), "organisations/kind")
    assert found[["share", "low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize("ask", [distribution, summary, concentration, frequencies])
@pytest.mark.parametrize("column", ["kind", "organisations/kinds", "members/kind", ""])
def test_a_column_that_is_not_there_is_named(ask, column):
    with pytest.raises(UnknownColumnError, match=f"'{column}'.*organisations/kind"):
        ask(register(kind=[None]), column)


# ---- quantiles and summary


@law(60)
@given(
    AMOUNTS, st.sampled_from([Fraction(0), Fraction(1, 10), Fraction(1, 4), Fraction(1, 3), Fraction(1, 2), Fraction(3, 4), Fraction(1)])
)
def test_quantiles_are_those_of_numpy(values, share):
    # the inverse of the distribution is exact for a share that a float holds
    if share.denominator in (1, 2, 4):
        assert quantile(counted(values), share) == np.quantile(values, float(share), method="inverted_cdf")
    least = next(value for value in sorted(values) if sum(other <= value for other in values) >= share * len(values))
    assert quantile(counted(values), share) == least


@law(15)
@given(st.lists(st.one_of(st.none(), st.integers(0, 30)), min_size=1, max_size=12))
def test_a_summary_is_that_of_the_sorted_values(cells):
    found = summary(register(staff=pd.Series(cells, dtype="object")), "organisations/staff").set_index("code")["value"]
    values = [cell for cell in cells if cell is not None]
    assert found[["rows", "empty"]].tolist() == [len(values), len(cells) - len(values)]
    if values:
        assert found[["sum", "least", "most"]].tolist() == [sum(values), min(values), max(values)]
        assert found["mean"] == float(Fraction(sum(values), len(values)))
        expected = [np.quantile(values, share, method="inverted_cdf") for share in (0.25, 0.5, 0.75)]
        assert found[["q1", "median", "q3"]].tolist() == expected
    else:
        assert found.drop(["rows", "empty"]).isna().all()


def test_quartiles_by_hand():
    found = summary(register(staff=[8, 1, 3, None, 2]), "organisations/staff").set_index("code")["value"]
    assert found.to_dict() == {"rows": 4, "empty": 1, "sum": 14, "mean": 3.5, "least": 1, "q1": 1, "median": 2, "q3": 3, "most": 8}


@pytest.mark.parametrize(
    "column", ["organisations/kind", "organisations/budget", "branches/satisfaction", "branches/founded_on", "branches/demonstration"]
)
@pytest.mark.parametrize("ask", [summary, concentration])
def test_only_whole_numbers_are_summed(ask, column):
    with pytest.raises(AnalysisError, match=f"'{column}' holds no whole numbers"):
        ask(register(kind=[None]), column)


# ---- Gini and Theil


@law(60)
@given(AMOUNTS)
def test_gini_is_the_mean_difference_of_all_pairs(values):
    assert gini(counted(values)) == (naive_gini(values) if sum(values) else None)


@pytest.mark.parametrize("n", [1, 2, 5, 10, 100])
def test_gini_of_the_first_numbers(n):
    # sum of |i - j| over all pairs is n(n² - 1)/3 and the sum n(n + 1)/2, so that G = (n - 1)/(3n)
    assert gini([(value, 1) for value in range(1, n + 1)]) == Fraction(n - 1, 3 * n)


@pytest.mark.parametrize("n", [1, 2, 10])
def test_gini_and_theil_of_one_who_holds_all(n):
    values = counted([0] * (n - 1) + [7])
    assert gini(values) == Fraction(n - 1, n)
    assert math.isclose(theil(values), math.log(n), abs_tol=1e-15)


def test_gini_is_that_of_a_lorenz_curve():
    # 20, 30 and 50 of a hundred: below the curve lie trapezoids of 0, 0.2, 0.5 and 1 over thirds
    area = sum(Fraction(one + other, 2) / 3 for one, other in ((0, Fraction(1, 5)), (Fraction(1, 5), Fraction(1, 2)), (Fraction(1, 2), 1)))
    assert gini(counted([20, 30, 50])) == 1 - 2 * area == Fraction(1, 5)


@law(60)
@given(AMOUNTS)
def test_theil_is_the_mean_of_its_terms(values):
    if sum(values):
        assert math.isclose(theil(counted(values)), naive_theil(values), rel_tol=1e-9, abs_tol=1e-12)
    else:
        assert theil(counted(values)) is None


def test_theil_of_a_known_pair():
    # a quarter and three quarters of the sum: ln 2 less the entropy of (1/4, 3/4), (3 ln 3)/4 - ln 2
    assert math.isclose(theil([(1, 1), (3, 1)]), 3 * math.log(3) / 4 - math.log(2))


@law(40)
@given(AMOUNTS, st.integers(2, 9))
def test_neither_depends_on_the_unit_nor_on_how_often_all_rows_are_repeated(values, times):
    larger, repeated = [value * times for value in values], values * times
    assert gini(counted(values)) == gini(counted(larger)) == gini(counted(repeated))
    if sum(values):
        for other in (larger, repeated):
            assert math.isclose(theil(counted(values)), theil(counted(other)), rel_tol=1e-9, abs_tol=1e-12)


@law(40)
@given(AMOUNTS)
def test_both_lie_between_equality_and_one_who_holds_all(values):
    if sum(values):
        assert 0 <= gini(counted(values)) <= 1 - Fraction(1, len(values))
        assert -1e-15 <= theil(counted(values)) <= math.log(len(values)) + 1e-12


@law(40)
@given(AMOUNTS, st.integers(1, 25))
def test_the_share_of_the_largest_is_that_of_the_sorted_values(values, count):
    expected = Fraction(sum(sorted(values, reverse=True)[:count]), sum(values)) if sum(values) else None
    assert top_share(counted(values), count) == expected


# ---- concentration


def values_of(found):
    return found.set_index("code")["value"]


def test_concentration_by_hand():
    # 1, 1, 2 and 16: pairs differ by 0, 1, 15, 1, 15, 14, twice each; 92 over 2 · 4 · 20
    found = concentration(register(staff=[2, 1, 16, 1, None]), "organisations/staff")
    assert values_of(found)["gini"] == 92 / 160
    assert values_of(found)[["top_1", "top_tenth"]].tolist() == [16 / 20, 16 / 20]
    assert math.isclose(values_of(found)["theil"], naive_theil([1, 1, 2, 16]))
    assert found[["rows", "unknown", "needs"]].drop_duplicates().to_numpy().tolist() == [[4, 1, "organisations/staff"]]


@pytest.mark.parametrize(("rows", "counted_in"), [(1, 1), (10, 1), (11, 2), (20, 2), (21, 3)])
def test_the_largest_tenth_is_rounded_up(rows, counted_in):
    found = concentration(register(staff=[1] * rows), "organisations/staff")
    assert values_of(found)["top_tenth"] == counted_in / rows


@law(15)
@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["x", "y", None])), min_size=1, max_size=12))
def test_within_and_between_add_up_to_the_whole(cells):
    amounts, groups = zip(*cells, strict=True)
    found = values_of(
        concentration(register(staff=list(amounts), sector=pd.Series(groups, dtype="object")), "organisations/staff", by="sector")
    )
    if not sum(amounts):
        assert found.isna().all()
        return
    assert math.isclose(found["theil_within"] + found["theil_between"], found["theil"], abs_tol=1e-12)
    means = {group: np.mean([amount for amount, other in cells if other == group]) for group in groups}
    # between: everyone has the mean of the group
    assert math.isclose(found["theil_between"], naive_theil([means[group] for group in groups]), abs_tol=1e-12)


def test_groups_of_equals_differ_between_alone():
    found = values_of(concentration(register(staff=[1, 1, 3, 3], sector=["x", "x", "y", "y"]), "organisations/staff", by="sector"))
    assert found["theil_within"] == 0
    assert math.isclose(found["theil_between"], 3 * math.log(3) / 4 - math.log(2))


def test_an_even_spread_has_no_concentration():
    found = values_of(concentration(register(staff=[3, 3, 3]), "organisations/staff"))
    assert found[["gini", "theil"]].tolist() == [0, 0]


@pytest.mark.parametrize("cells", [[0, 0], [None, None], []])
def test_nothing_is_not_concentrated(cells):
    found = concentration(register(staff=pd.Series(cells, dtype="object")), "organisations/staff")
    assert found["value"].isna().all()
    assert found["rows"].unique().tolist() == [len([cell for cell in cells if cell is not None])]


def test_without_groups_there_is_no_split():
    assert concentration(register(staff=[1]), "organisations/staff")["code"].tolist() == ["gini", "theil", "top_1", "top_tenth"]


def test_forms_are_said_in_both_languages():
    found = concentration(register(staff=[1]), "organisations/staff")
    assert found[["form_zh", "form_en", "name_zh", "name_en"]].map(bool).all(axis=None)


@pytest.mark.parametrize(
    ("column", "by"), [("organisations/staff", "parish"), ("branches/members", "sector"), ("organisations/staff", "level")]
)
def test_groups_are_columns_of_the_same_table(column, by):
    with pytest.raises(UnknownColumnError, match=by):
        concentration(register(staff=[1]), column, by=by)


def test_frequencies_are_known_values_ascending_group_by_group():
    found = frequencies(register(staff=[3, 1, 3, None, 2], sector=["y", "y", "y", "x", None]), "organisations/staff", "sector")
    assert found == {"y": [(1, 1), (3, 2)], None: [(2, 1)]}
    assert frequencies(register(staff=[3, 1, 3]), "organisations/staff") == {None: [(1, 1), (3, 2)]}
