import pytest

from analysis import AnalysisError, Ratio, Report, comparators, load_report, ratios, rules, staff_at_comparators, yearly_duties
from analysis.reference import Denominator, density, limit

FIGURES = (
    "id,place,place_zh,place_en,year,quantity,value,scale,unit,of,definition_zh,definition_en,source_zh,source_en,address,confidence\n"
    "a_orgs,a,甲,A,2001,organisations,10,1,organisation,registered,,,,,,high\n"
    "a_staff,a,甲,A,2001,staff,1.2,10000,person,registered,,,,,,low\n"
)


# part and whole as the sources print them, divided here
@pytest.mark.parametrize(
    ("ratio", "code", "part", "whole", "year"),
    [
        ("staff_per_organisation", "cn2007", 4568515, 386916, 2007),
        ("staff_per_organisation", "cn2007_associations", 2885287, 211661, 2007),
        ("staff_per_organisation", "cn2010", 6182000, 446000, 2010),
        ("staff_per_organisation", "cn2011", 5993000, 462000, 2011),
        ("staff_per_organisation", "cn2012", 6133000, 499000, 2012),
        ("staff_per_organisation", "cn2013", 6366000, 547000, 2013),
        ("staff_per_organisation", "county213", 3690, 213, 2018),
        ("staff_per_organisation", "sanbing", 471, 15, 2017),
        ("members_per_organisation", "county213", 336, 213, 2018),
        ("members_per_organisation", "sanbing", 49, 15, 2017),
        ("members_per_organisation", "yunhe", 946, 47, 2018),
        ("members_per_100_staff", "county213", 33600, 3690, 2018),
        ("members_per_100_staff", "sanbing", 4900, 471, 2017),
        ("members_per_branch", "cn2008", 75931000, 3310000, 2008),
        ("members_per_branch", "cn2010", 80269000, 3463000, 2010),
        ("members_per_branch", "cn2014", 87793000, 3880000, 2014),
        ("members_per_branch", "cn2017", 89564000, 4052000, 2017),
        ("members_per_branch", "cn2019", 91914000, 4127000, 2019),
        ("members_per_branch", "cn2021", 96712000, 4342000, 2021),
        ("members_per_branch", "cn2024", 100271000, 4614000, 2024),
        ("coverage", "cn2011", 26500 + 27400, 462000, 2011),
        ("coverage", "cn2012", 40300 + 39500, 499000, 2012),
        ("coverage", "cn2018", 265000, 817400, 2018),
        ("party_organisations_per_organisation", "county213", 67, 213, 2018),
        ("party_organisations_per_organisation", "sanbing", 3, 15, 2017),
        ("party_organisations_per_organisation", "yunhe", 40, 47, 2018),
        ("organisations_per_10k_people", "cn2012", 499000 * 10000, 1354040000, 2012),
    ],
)
def test_a_comparator_is_the_quotient_of_two_printed_totals(ratio, code, part, whole, year):
    row = comparators(Ratio.of(ratio)).set_index("code").loc[code]
    assert row["value"] == pytest.approx(part / whole)
    assert row["low"] <= row["value"] <= row["high"]
    assert (row["year"], row["evidence"]) == (year, "REFERENCE")


# shares printed as such: Party statistics 2011, 2012, 2017
@pytest.mark.parametrize(
    ("code", "value", "of"),
    [
        ("cn2011_associations", 0.9743, "eligible"),
        ("cn2011_private", 0.9933, "eligible"),
        ("cn2012_associations", 0.9921, "eligible"),
        ("cn2012_private", 0.9961, "eligible"),
        ("cn2017", 0.617, "party_statistics"),
        ("cn2018", 0.324, "registered"),
    ],
)
def test_a_printed_share_keeps_its_denominator(code, value, of):
    row = comparators(Ratio.coverage).set_index("code").loc[code]
    assert row["value"] == pytest.approx(value, abs=5e-4)
    assert row["of"] == of


# checks.md, section 4
def test_staff_per_organisation_as_published():
    rows = comparators(Ratio.staff_per_organisation).set_index("code")["value"].round(2)
    assert rows.to_dict() == {
        "cn2007": 11.81,
        "cn2007_associations": 13.63,
        "cn2010": 13.86,
        "cn2011": 12.97,
        "cn2012": 12.29,
        "cn2013": 11.64,
        "county213": 17.32,
        "sanbing": 31.40,
    }


# checks.md, section 6: 11.7 % (2011), 16.0 % (2012); 26.5 of 81.74 ten thousands is 32.4 % (2018)
def test_coverage_of_all_registered_organisations():
    rows = comparators(Ratio.coverage)
    rows = rows[rows["of"] == Denominator.registered.name].set_index("code")
    assert (rows["value"] * 100).round(1).to_dict() == {"cn2011": 11.7, "cn2012": 16.0, "cn2018": 32.4}


def test_a_range_allows_for_rounding():
    # 6,132,500 / 499,500 to 6,133,500 / 498,500
    row = comparators(Ratio.staff_per_organisation).set_index("code").loc["cn2012"]
    assert (row["low"], row["high"]) == pytest.approx((6132500 / 499500, 6133500 / 498500))


@pytest.mark.parametrize(
    ("confidence", "codes"),
    [("high", set()), ("medium", {"county213", "sanbing", "yunhe"}), ("low", {"county213", "sanbing", "yunhe", "putuo", "intermediaries"})],
)
def test_sources_below_the_confidence_asked_for_are_left_out(confidence, codes):
    assert set(comparators(Ratio.members_per_organisation, confidence=confidence)["code"]) == codes


def test_a_confidence_that_is_not_known_is_refused():
    with pytest.raises(AnalysisError, match="'certain' is not a level of confidence; use one of: low, medium, high"):
        comparators(confidence="certain")


@pytest.mark.parametrize("place", ["county213", "sanbing"])
def test_a_place_is_never_compared_with_itself(place):
    assert place in set(comparators()["code"])
    assert place not in set(comparators(apart_from=place)["code"])
    assert place not in set(staff_at_comparators(load_report(place))["code"])


def test_a_quotient_is_as_sure_as_its_least_sure_source(tmp_path):
    (tmp_path / "figures.csv").write_text(FIGURES, "utf-8")
    (tmp_path / "ratios.csv").write_text("code,ratio,numerator,denominator\na,staff_per_organisation,a_staff,a_orgs\n", "utf-8")
    assert len(comparators(folder=tmp_path)) == 0
    row = comparators(confidence="low", folder=tmp_path).iloc[0]
    # 1.2 ten thousands, 11,500 to 12,500, over ten
    assert (row["low"], row["value"], row["high"], row["confidence"]) == (1150, 1200, 1250, "low")


def test_every_comparator_names_its_source_and_definition():
    rows = comparators(confidence="low")
    named = ["name_zh", "name_en", "definition_zh", "definition_en", "source_zh", "source_en", "of"]
    assert rows[named].map(bool).all(axis=None)
    assert len(rows) == 37  # one a row of ratios.csv


# reading.md: 523, 16.1, 3.08 and 19.9; checks.md, section 1
@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("staff_per_organisation", 21984 / 42),
        ("members_per_organisation", 678 / 42),
        ("members_per_100_staff", 67800 / 21984),
        ("members_per_branch", 678 / 34),
        ("party_organisations_per_organisation", 34 / 42),
    ],
)
def test_yang_county_s_ratios(yangxian, code, value):
    row = ratios(yangxian).set_index("code").loc[code]
    assert row["value"] == row["low"] == row["high"] == pytest.approx(value)
    assert (row["missing"], row["evidence"]) == ("", "REPORT")


def test_a_ratio_without_a_total_names_it():
    rows = ratios(Report.of("demo", members=678)).set_index("code")
    assert rows["missing"].to_dict() == {
        "staff_per_organisation": "staff organisations",
        "members_per_organisation": "organisations",
        "members_per_100_staff": "staff",
        "members_per_branch": "branches",
        "party_organisations_per_organisation": "party_organisations organisations",
    }
    assert rows["value"].isna().all()


def test_a_ratio_of_inexact_totals_is_a_range():
    # about 4,000 is 3,500 to 4,500
    row = ratios(Report.of("demo", organisations=100, staff="about 4000")).set_index("code").loc["staff_per_organisation"]
    assert (row["low"], row["high"]) == (35, 45)
    assert row[["value", "part"]].isna().all()


def test_a_ratio_over_nothing_is_open():
    row = ratios(Report.of("demo", organisations=0, staff=0)).set_index("code").loc["staff_per_organisation"]
    assert row["low"] == 0
    assert row[["value", "high"]].isna().all()


def test_yang_county_s_staff_at_the_national_mean(yangxian):
    # checks.md, section 4: about 516 at the mean of 2012, fewer than the 678 members
    row = staff_at_comparators(yangxian).set_index("code").loc["cn2012"]
    assert round(row["value"]) == 516
    assert (row["low"], row["high"]) == pytest.approx((42 * 6132500 / 499500, 42 * 6133500 / 498500))
    assert row["evidence"] == "REPORT REFERENCE"


@pytest.mark.parametrize(("organisations", "high"), [("over 40", None), ("at most 40", 40 * 31.4)])
def test_staff_of_an_inexact_number_of_organisations(organisations, high):
    row = staff_at_comparators(Report.of("demo", organisations=organisations)).set_index("code").loc["sanbing"]
    assert row["value"] is None
    assert row["high"] == (high if high is None else pytest.approx(high))


def test_no_staff_without_organisations():
    rows = staff_at_comparators(Report.of("demo"))
    assert len(rows) == len(comparators(Ratio.staff_per_organisation))
    assert rows["value"].isna().all()
    assert set(rows["missing"]) == {"organisations"}


def test_density_of_yang_county(yangxian):
    # checks.md, section 5: 1.22 for every 10,000 of the 345,354 residents of 2020, 0.95 of the 44.0 ten thousands registered
    row = density(yangxian).iloc[0]
    assert row["value"] == pytest.approx(42 * 10_000 / 345_354)
    assert (row["missing"], row["evidence"]) == ("", "REPORT REFERENCE")
    assert density(yangxian, confidence="low").iloc[0]["high"] == pytest.approx(42 * 10_000 / 439_500)


@pytest.mark.parametrize(("place", "figures", "needs"), [("yangxian", {}, "organisations"), ("demo", {"organisations": 42}, "population")])
def test_density_without_a_total_names_it(place, figures, needs):
    row = density(Report.of(place, **figures)).iloc[0]
    assert (row["missing"], row["value"]) == (needs, None)


# rules.md, sections 1 to 3
@pytest.mark.parametrize(
    ("code", "value", "since"),
    [
        ("R01", 3, "1982"),
        ("R03", 50, "2018-10"),
        ("R05", 5, "2018-10"),
        ("R06", 50, "1998"),
        ("R07", 100, "1998"),
        ("R08", 7, "1998"),
        ("R12", 3, "2018-07"),
        ("R19", 4, "2018-10"),
        ("R22", 12, "2018-10"),
        ("R23", 1, "2018-10"),
        ("R24", 1, "2018-10"),
    ],
)
def test_a_rule_has_its_number_and_date(code, value, since):
    table = rules().set_index("code")
    assert len(table) == 20
    assert (table.loc[code, "value"], table.loc[code, "valid_from"]) == (value, since)
    assert limit(code) == value


def test_a_rule_that_is_not_known_lists_those_that_are():
    with pytest.raises(AnalysisError, match="No rule is called 'R99'; the rules are: R01, R02"):
        limit("R99")


# checks.md, section 7: 136 members' meetings, 408 theme days, 34 and 34
def test_yang_county_s_yearly_duties(yangxian):
    rows = yearly_duties(yangxian).set_index("code")
    assert rows["value"].to_dict() == {"R19": 136, "R22": 408, "R23": 34, "R24": 34}
    assert set(rows["evidence"]) == {"REPORT REFERENCE"}


def test_duties_of_an_inexact_number_of_branches():
    row = yearly_duties(Report.of("demo", branches="over 40")).set_index("code").loc["R19"]
    assert (row["value"], row["low"], row["high"]) == (None, 160, None)
    assert len(yearly_duties(Report.of("demo"))) == 0
