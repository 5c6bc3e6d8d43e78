import math
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import AnalysisError, Interval, Relation, Report, ReportError, load_report
from analysis.places import shared
from analysis.report import Subject, parse_printed, printed_interval

LAW = settings(derandomize=True, database=None, deadline=None)
FIGURES = "key,value\norganisations,42\n"
CLAIMS = "code,kind,name_zh,name_en\nP1,problem,甲,a\nS1,cause,乙,b\nM1,measure,丙,c\n"


# ---- the three reports that travel with the package


# everything numeric that Yang County's report says, with its place there
@pytest.mark.parametrize(
    ("code", "value", "section"),
    [
        ("organisations", 42, "§1.1"),
        ("staff", 21984, "§1.1"),
        ("members", 678, "§1.1"),
        ("branches", 34, "§1.1"),
        ("demonstration_sites", 7, "§3.3a"),
        ("training_classes", 1, "§3.3b"),
    ],
)
def test_yang_county_prints(yangxian, code, value, section):
    figures = yangxian.figures.set_index("code")
    assert len(figures) == 6
    assert yangxian.interval(code) == Interval(value, value)
    assert figures.loc[code, ["value", "relation", "section", "evidence"]].tolist() == [str(value), "equal", section, "REPORT"]


def test_yang_county_words_full_coverage_in_three_places(yangxian):
    rows = yangxian.wordings[yangxian.wordings["subject"] == "organisation_coverage"]
    assert list(zip(rows["section"], rows["wording"], strict=True)) == [("§intro", "full"), ("§1.1", "basically_full"), ("§1.2", "full")]


def test_yang_county_names_three_forms_without_counting_them(yangxian):
    rows = yangxian.wordings[yangxian.wordings["wording"] == "exists"]
    assert dict(zip(rows["subject"], rows["section"], strict=True)) == dict.fromkeys(
        ("own_branches", "joint_branches", "attached_branches"), "§1.1"
    )
    assert yangxian.says(Subject.joint_branches)
    assert not yangxian.says(Subject.work_coverage)


def test_yang_county_prints_no_date(yangxian):
    assert yangxian.as_of is None
    assert yangxian.period == ("", "")
    assert yangxian.term.set_index("code").loc["name", ["name_zh", "name_en", "evidence"]].tolist() == ["洋县", "Yang County", "REPORT"]


# county_comparators.csv: unnamed county, 2018-02
@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("organisations", 213),
        ("private_nonprofits", 115),
        ("associations", 98),
        ("staff", 3690),
        ("members", 336),
        ("organisations_covered", 67),
        ("own_committees", 4),
        ("own_general_branches", 5),
        ("own_branches", 29),
        ("joint_general_branches", 3),
        ("joint_branches", 26),
    ],
)
def test_county213_prints(code, value):
    report = load_report("county213")
    assert len(report.figures) == 11
    assert report.interval(code) == Interval(value, value)


# county_comparators.csv: 散兵镇, 2017
@pytest.mark.parametrize(("code", "value"), [("organisations", 15), ("staff", 471), ("members", 49), ("branches", 3)])
def test_sanbing_prints(code, value):
    assert load_report("sanbing").interval(code) == Interval(value, value)


def test_sanbing_s_stated_share_keeps_its_parts():
    report = load_report("sanbing")
    row = report.figures.set_index("code").loc["member_share"]
    assert row[["value", "unit", "numerator", "denominator"]].tolist() == ["10.4", "percent", "members", "staff"]
    assert (row["low"], row["high"]) == (10.35, 10.45)
    assert report.as_of == date(2017, 10, 27)


@pytest.mark.parametrize("place", ["yangxian", "county213", "sanbing"])
def test_a_shipped_report_says_who_and_whence_in_both_languages(place):
    report = load_report(place)
    assert all((*report.name, *report.title, *report.source))
    assert report.confidence in ("low", "medium", "high")
    assert len(report.fingerprint) == 12


# ---- printed numbers


@pytest.mark.parametrize(
    ("printed", "relation", "value", "scale"),
    [
        ("42", "equal", "42", 1),
        ("21,984", "equal", "21984", 1),
        ("2.65万", "equal", "2.65", 10_000),
        ("31.5%", "equal", "31.5", 1),
        ("约4000", "about", "4000", 1),
        ("大约 4000", "about", "4000", 1),
        ("4000左右", "about", "4000", 1),
        ("about 4000", "about", "4000", 1),
        ("Around 11万", "about", "11", 10_000),
        ("some 40", "about", "40", 1),
        ("50多", "over", "50", 1),
        ("50余", "over", "50", 1),
        ("逾50", "over", "50", 1),
        ("超过 50", "over", "50", 1),
        ("over 50", "over", "50", 1),
        ("More than 1,200", "over", "1200", 1),
        ("1万多", "over", "1", 10_000),
        ("1多万", "over", "1", 10_000),
        ("近400", "nearly", "400", 1),
        ("将近400", "nearly", "400", 1),
        ("不足400", "nearly", "400", 1),
        ("nearly 30", "nearly", "30", 1),
        ("almost 30", "nearly", "30", 1),
        ("at least 11", "at_least", "11", 1),
        ("≥ 11", "at_least", "11", 1),
        (">=11", "at_least", "11", 1),
        ("不少于11", "at_least", "11", 1),
        ("11以上", "at_least", "11", 1),
        ("at most 5", "at_most", "5", 1),
        ("≤5", "at_most", "5", 1),
        ("不多于5", "at_most", "5", 1),
        ("5以下", "at_most", "5", 1),
        (" 42 ", "equal", "42", 1),
    ],
)
def test_a_number_is_read_as_reports_print_it(printed, relation, value, scale):
    assert parse_printed(printed) == (Relation.of(relation), value, scale)


@pytest.mark.parametrize("printed", ["", "many", "-3", "about", "约", "3-4", "over over 3", "3头", "4,2", "nan", "1e3", "四十二"])
def test_what_is_no_number_is_refused(printed):
    with pytest.raises(ValueError, match="is not a number that a report prints"):
        parse_printed(printed)


# half a unit of the last digit printed; 'about' half a unit of the last digit that is not zero, and at least a tenth
@pytest.mark.parametrize(
    ("value", "more", "low", "high"),
    [
        ("42", {}, 42, 42),
        ("31.5", {}, Fraction("31.45"), Fraction("31.55")),
        ("31", {"rounded": True}, Fraction("30.5"), Fraction("31.5")),
        ("0", {"rounded": True}, 0, Fraction("0.5")),
        ("4.0", {"scale": 10_000}, 39_500, 40_500),
        ("11", {"scale": 10_000}, 105_000, 115_000),
        ("4000", {"relation": Relation.about}, 3500, 4500),
        ("400", {"relation": Relation.about}, 350, 450),
        ("42", {"relation": Relation.about}, Fraction("37.8"), Fraction("46.2")),
        ("90", {"relation": Relation.about}, 81, 99),
        ("4.5", {"relation": Relation.about}, Fraction("4.05"), Fraction("4.95")),
        ("11", {"relation": Relation.about, "scale": 10_000}, 99_000, 121_000),
        ("50", {"relation": Relation.over}, 50, math.inf),
        ("50", {"relation": Relation.at_least}, 50, math.inf),
        ("30", {"relation": Relation.nearly}, 0, 30),
        ("30", {"relation": Relation.at_most}, 0, 30),
        ("31.5", {"relation": Relation.over}, Fraction("31.45"), math.inf),
    ],
)
def test_a_printed_number_leaves_open(value, more, low, high):
    found = printed_interval(value, **more)
    assert (found.low, found.high) == (low, high)


@LAW
@given(st.integers(0, 10**6), st.integers(0, 3))
def test_a_rounded_number_holds_the_number_that_was_rounded(thousandths, digits):
    exact = Fraction(thousandths, 1000)
    printed = f"{float(round(exact, digits)):.{digits}f}"
    found = printed_interval(printed, rounded=True)
    assert found.low <= exact <= found.high


# ---- a report made of a few totals


def test_a_quantity_that_is_not_known_is_refused_with_those_that_are():
    with pytest.raises(ReportError, match=r"column orgs: is not a known quantity.*organisations, associations"):
        Report.of("demo", orgs=42)


def test_every_unreadable_value_is_named_at_once():
    with pytest.raises(ReportError) as caught:
        Report.of("demo", organisations="many", branches="a few", members=678)
    assert [(fault.column, fault.value) for fault in caught.value.faults] == [("organisations", "many"), ("branches", "a few")]
    assert "has 2 faults" in str(caught.value)


def test_a_report_of_nothing_has_no_totals():
    report = Report.of("demo")
    assert set(report.totals) == {None}
    assert len(report.figures) == 0
    assert report.interval("members") is None


def test_party_organisations_go_before_branches():
    assert Report.of("demo", party_organisations=67, branches=55).totals.branches == Interval(67, 67)


def test_forms_add_up_over_levels():
    # county213: 4 + 5 + 29 of one unit, 3 + 26 joint, 67 in all
    totals = load_report("county213").totals
    assert (totals.own, totals.joint, totals.branches) == (Interval(38, 38), Interval(29, 29), Interval(67, 67))


@pytest.mark.parametrize(
    ("figures", "own"),
    [
        ({"own_branches": 29}, Interval(29, 29)),
        ({"own_branches": 29, "own_committees": 4}, Interval(33, 33)),
        ({"own_committees": 4}, Interval(4, math.inf)),
        ({"own_branches": 29, "party_organisations": 67}, Interval(29, math.inf)),
        ({"own_branches": 29, "own_general_branches": 5, "own_committees": 4, "party_organisations": 67}, Interval(38, 38)),
    ],
)
def test_a_form_is_counted_in_full_only_where_its_levels_are(figures, own):
    assert Report.of("demo", **figures).totals.own == own


def test_a_count_is_no_share():
    with pytest.raises(ReportError, match="'98%': is a share, but the quantity is a count"):
        Report.of("demo", organisations="98%")


@pytest.mark.parametrize(("printed", "low", "high"), [("42家", 42, 42), ("５０余家", 50, None), ("不到30", 0, 30), ("60+", 60, None)])
def test_figures_are_read_as_people_write_them(printed, low, high):
    row = Report.of("demo", organisations=printed).figures.iloc[0]
    assert (row["low"], None if row["high"] != row["high"] else row["high"]) == (low, high)  # an open end is null


@pytest.mark.parametrize(
    ("figures", "branches", "own"),
    [
        # forty branches, of which 25 are of one unit and 10 joint: five are of a form not told apart
        ({"branches": 40, "own_branches": 25, "joint_branches": 10}, (40, 40), (25, None)),
        # the branches are 10 + 7; the committee and the two general branches stand beside them
        ({"branches": 17, "own_committees": 1, "own_general_branches": 2, "own_branches": 10, "joint_branches": 7}, (20, 20), (13, 13)),
        # all forms add up to what is called branches
        ({"branches": 13, "own_committees": 1, "own_general_branches": 2, "own_branches": 10}, (13, 13), (13, 13)),
        # a form alone is a lower end
        ({"own_branches": 20}, (20, None), (20, 20)),
    ],
)
def test_what_a_report_counts_as_branches(figures, branches, own):
    totals = Report.of("demo", organisations=60, **figures).totals
    ends = [(span.low, None if span.high == float("inf") else span.high) for span in (totals.branches, totals.own)]
    assert ends == [branches, own]


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("claims", "code,kind,name_zh,name_en,grain\nP1,problem,甲,a,organization\n", "is not a known code"),
        ("figures", "key,value\norganisations,34.5\n", "is not a whole number, but counts"),
        ("figures", "key,value,part_of\norganisations,30,\nmembers,20,organisations\n", "counts organisations, its part people"),
    ],
)
def test_closed_vocabularies_and_units_are_held_to(made, file, text, problem):
    with pytest.raises(ReportError, match=problem):
        made(text) if file == "figures" else made(claims=text)


def test_a_level_of_confidence_is_one_of_three(tmp_path):
    (tmp_path / "report.toml").write_text('name_zh = "甲"\nname_en = "a"\nconfidence = "sure"\n', "utf-8")
    (tmp_path / "figures.csv").write_text("key,value\norganisations,1\n", "utf-8")
    with pytest.raises(ReportError, match="'sure': is not a known level"):
        load_report(tmp_path)


def test_published_figures_by_code_name_those_that_are_missing():
    report = Report.of("demo", members=678)
    rows = report.published("members", "staff").set_index("code")
    assert rows["missing"].to_dict() == {"members": "", "staff": "staff"}
    assert rows.loc["staff", "name_en"] == "staff"
    with pytest.raises(AnalysisError, match="'orgs' is neither a figure of this report nor a known quantity"):
        report.published("orgs")


# ---- folders with faults


def faults(write, *args, **tables):
    with pytest.raises(ReportError) as caught:
        load_report(write(*args, **tables))
    assert all(str(fault) in str(caught.value) for fault in caught.value.faults)
    return [(fault.file, fault.line, fault.column, fault.value, fault.problem.en) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("key,value\n,42", (2, "key", "", "is empty")),
        ("key,value\norganisations,", (2, "value", "", "is empty")),
        ("key,value\nmembers,1\nmembers,2", (3, "key", "members", "stands twice")),
        ("key,value\nmembers,x", (2, "value", "x", "is not a number")),
        ('key,value\nmembers,"1,200"', (2, "value", "1,200", "is not a number")),
        ("key,value,scale\nmembers,1,100", (2, "scale", "100", "is not a known scale")),
        ("key,value,relation\nmembers,1,roughly", (2, "relation", "roughly", "is not a known code")),
        ("key,value,unit\nmembers,1,heads", (2, "unit", "heads", "is not a known code")),
        ("key,value,unit\nmembers,1,branch", (2, "unit", "branch", "is not the unit of members")),
        ("key,value,part_of\nmembers,1,staff", (2, "part_of", "staff", "is not in the column key")),
        ("key,value,numerator\nmembers,1,staff", (2, "numerator", "staff", "is not in the column key")),
        ("key,value,denominator\nmembers,1,staff", (2, "denominator", "staff", "is not in the column key")),
        ("key,value\nheads,1", (2, "key", "heads", "is not a known quantity and has no unit or name of its own")),
        ("key,value,breakdown\nmembers,1,kind", (2, "breakdown", "kind", "names a breakdown of nothing")),
        ("key,value,part_of\nmembers,1,members", (2, "part_of", "members", "is a part of itself")),
        ("value\n1", (1, "key", "", "this column is missing")),
        ("key,value,page\nmembers,1,3", (1, "page", "", "is not a known column")),
    ],
)
def test_a_fault_of_the_figures_is_named_with_its_place(write, body, fault):
    assert ("figures.csv", *fault) in faults(write, body)


@pytest.mark.parametrize(
    ("file", "body", "fault"),
    [
        ("claims", "code,kind,name_zh,name_en\nP1,problem,甲,", (2, "name_en", "", "is empty")),
        ("claims", "code,kind,name_zh,name_en\nP1,problem,甲,a\nP1,cause,乙,b", (3, "code", "P1", "stands twice")),
        ("claims", "code,kind,name_zh,name_en\nP1,trouble,甲,a", (2, "kind", "trouble", "is not a known code")),
        ("claims", "code,kind,name_zh,name_en,number\nP1,problem,甲,a,x", (2, "number", "x", "is not a whole number")),
        ("claims", "code,kind,name_zh,name_en,number\nP1,problem,甲,a,1.5", (2, "number", "1.5", "is not a whole number")),
        ("claims", "code,kind,name_zh,name_en,part_of\nP1,problem,甲,a,P9", (2, "part_of", "P9", "is not in the column code")),
        ("links", "source,target,basis\nS1,P9,read", (2, "target", "P9", "is not in claims.csv")),
        ("links", "source,target,basis\nS9,P1,read", (2, "source", "S9", "is not in claims.csv")),
        ("links", "source,target,basis\nS1,P1,guess", (2, "basis", "guess", "is not a known code")),
        ("links", "source,target,basis\nS1,P1,", (2, "basis", "", "is empty")),
        ("links", "source,target,basis\nP1,S1,read", (2, "target", "S1", "a problem cannot be linked to a cause")),
        ("links", "source,target,basis\nS1,P1,read\nS1,P1,stated", (3, "target", "P1", "the link from S1 stands twice")),
        ("wordings", "subject,wording\nweather,full", (2, "subject", "weather", "is not a known code")),
        ("wordings", "subject,wording\nown_branches,plenty", (2, "wording", "plenty", "is not a known code")),
        ("wordings", "subject,wording\nown_branches,", (2, "wording", "", "is empty")),
    ],
)
def test_a_fault_of_the_claims_is_named_with_its_place(write, file, body, fault):
    assert faults(write, FIGURES, **{"claims": CLAIMS, file: body}) == [(f"{file}.csv", *fault)]


@pytest.mark.parametrize(
    ("about", "column", "problem"),
    [
        ('name_zh = "甲"\n', "name_en", "is missing"),
        ('name_zh = "甲"\nname_en = ""\n', "name_en", "is missing"),
        ('name_zh = "甲"\nname_en = "a"\nauthor = "x"\n', "author", "is not a known key"),
        ('name_zh = "甲"\nname_en = "a"\nas_of = "2018-2"\n', "as_of", "is not a date"),
    ],
)
def test_a_fault_of_the_head_is_named(write, about, column, problem):
    assert [(fault[0], fault[2], fault[4]) for fault in faults(write, FIGURES, about=about)] == [("report.toml", column, problem)]


def test_a_head_that_is_no_toml_says_how_to_save_it(write):
    with pytest.raises(ReportError, match=r"report\.toml: cannot be read .*Save it as TOML in UTF-8"):
        load_report(write(about="name_zh = 甲"))


def test_an_empty_table_lacks_its_columns(write):
    assert [fault[1:3] for fault in faults(write, "")] == [(1, "key"), (1, "value")]


def test_a_line_with_more_cells_than_the_first_is_named(write):
    assert faults(write, "key,value\nmembers,1\nstaff,2,3\n") == [("figures.csv", 3, "", "3", "has more cells than the first line")]


def test_a_table_in_another_encoding_says_how_to_save_it(write):
    folder = write(FIGURES, claims=CLAIMS)
    (folder / "claims.csv").write_bytes(CLAIMS.encode("gb18030"))
    with pytest.raises(ReportError, match=r"has 1 fault .*\n  claims\.csv: cannot be read .*utf-8.*Save it as CSV in UTF-8"):
        load_report(folder)


def test_all_faults_of_a_folder_come_in_one_message(write):
    found = faults(
        write,
        "key,value,page\nmembers,x,\nmembers,2,\n",
        about='name_zh = "甲"\n',
        claims="code,kind,name_zh\nP1,trouble,甲\n",
        links="source,target,basis\nP1,P9,guess\n",
        wordings="subject,wording\nweather,full\n",
    )
    assert sorted((file, line, column) for file, line, column, *_ in found if line) == [
        ("claims.csv", 1, "name_en"),
        ("claims.csv", 2, "kind"),
        ("figures.csv", 1, "page"),
        ("figures.csv", 2, "value"),
        ("figures.csv", 3, "key"),
        ("links.csv", 2, "basis"),
        ("links.csv", 2, "target"),
        ("wordings.csv", 2, "subject"),
    ]
    assert ("report.toml", None, "name_en", "", "is missing") in found


def test_a_fault_reads_as_a_sentence_with_its_remedy(write):
    with pytest.raises(ReportError) as caught:
        load_report(write("key,value\nmembers,x\n"))
    assert str(caught.value).endswith(
        "has 1 fault · 报告有 1 处问题:\n  figures.csv, line 2, column value: 'x': is not a number. "
        "Write the digits alone, without commas, words or unit; words go to the column relation.\n"
        "    不是数字。只写数字，不带逗号、文字和单位；“约”“近”等写在 relation 列。"
    )


def test_a_missing_column_is_named_once_not_cell_by_cell(write):
    found = faults(write, FIGURES, claims="kind,name_zh,name_en\nproblem,甲,a\n", links="source,target,basis\nS1,P1,read\n")
    assert found == [("claims.csv", 1, "code", "", "this column is missing")]


def test_a_folder_without_figures_says_so(write):
    folder = write()
    (folder / "figures.csv").unlink()
    with pytest.raises(ReportError, match=r"figures\.csv: no such file\. Write one row for each published figure"):
        load_report(folder)


def test_a_place_that_is_not_known_lists_those_that_are():
    with pytest.raises(ReportError, match="Give a report's folder, or one of: county213, sanbing, yangxian"):
        load_report("atlantis")


# ---- folders as people save them


def test_a_byte_order_mark_and_blanks_are_read_over(write):
    report = load_report(write("\ufeffkey,value\n organisations , 42 \n", about='\ufeffname_zh = "甲"\nname_en = "a"\n'))
    assert report.interval("organisations") == Interval(42, 42)


def test_line_ends_of_windows_change_nothing(write):
    unix = load_report(write(FIGURES, claims=CLAIMS))
    windows = load_report(write(FIGURES.replace("\n", "\r\n"), claims=CLAIMS.replace("\n", "\r\n")))
    assert windows.fingerprint == unix.fingerprint
    assert windows.claims.equals(unix.claims)


def test_another_figure_changes_the_fingerprint(write):
    assert load_report(write("key,value\nmembers,1\n")).fingerprint != load_report(write("key,value\nmembers,2\n")).fingerprint


def test_a_report_of_figures_alone_has_empty_claims_with_columns(made):
    report = made("key,value\n")
    assert len(report.figures) == len(report.claims) == len(report.links) == len(report.wordings) == 0
    assert {"evidence", "assumptions"} <= set(report.claims.columns)
    assert not report.says(Subject.joint_branches)


def test_a_quantity_of_one_s_own_needs_a_name_and_a_unit(made):
    report = made("key,value,unit,name_zh,name_en\nheads,3,person,人头,heads\n")
    assert report.figures.loc[0, ["name_zh", "name_en", "unit"]].tolist() == ["人头", "heads", "person"]


def test_a_date_of_toml_is_read(made):
    assert made(about='name_zh = "甲"\nname_en = "a"\nas_of = 2018-02-28\n').as_of == date(2018, 2, 28)


def test_a_link_that_the_text_does_not_make_is_marked_as_judgement(made):
    report = made(claims=CLAIMS, links="source,target,basis\nS1,P1,read\nM1,P1,stated\n")
    assert dict(zip(report.links["code"], report.links["evidence"], strict=True)) == {"S1>P1": "REPORT JUDGEMENT", "M1>P1": "REPORT"}


def test_an_installation_that_is_not_whole_is_named():
    with pytest.raises(FileNotFoundError, match="The folder 'atlases' of the package is missing"):
        shared("atlases")
