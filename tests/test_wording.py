import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import (
    AnalysisError,
    Assumption,
    Evidence,
    Ratio,
    Register,
    Report,
    audit,
    bounds,
    comparators,
    rates,
    ratios,
    result_rows,
    scenarios,
    verdicts,
)
from analysis.model import Choice
from analysis.wording import (
    HEADINGS,
    columns_named,
    count,
    in_words,
    is_null,
    legend,
    markdown,
    marks_of,
    marks_text,
    markup,
    percent,
    plain,
    row_text,
    sentence,
    span,
    unknown,
    width,
    wrap,
)

LAW = settings(derandomize=True, database=None, deadline=None)


def of(record, **more):
    """One result row."""
    return result_rows([{"code": "a", **record, **more}], evidence=[Evidence.REPORT]).iloc[0]


# ---- numbers


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (42, "42"),
        (42.0, "42"),
        (21984, "21,984"),
        (523.4286, "523.4"),
        (12.34, "12.3"),
        (3.084, "3.08"),
        (0.955, "0.95"),
        (-12.34, "-12.3"),
    ],
)
def test_a_number_as_a_reader_expects_it(value, written):
    assert count(value) == written


@pytest.mark.parametrize(("share", "written"), [(34 / 42, "81.0%"), (33 / 42, "78.6%"), (0, "0.0%"), (1, "100.0%")])
def test_a_share_in_percent(share, written):
    assert percent(share) == written


@pytest.mark.parametrize(
    ("low", "high", "form", "written"),
    [
        (26, 33, count, "26–33"),
        (5, 5, count, "5"),
        (3, None, count, "≥ 3"),
        (3, float("nan"), count, "≥ 3"),
        (0.8333, 1, percent, "83.3%–100.0%"),
        (0.80951, 0.80952, percent, "81.0%"),
    ],
)
def test_a_range_in_words(low, high, form, written):
    assert span(low, high, form) == written


@pytest.mark.parametrize(("value", "null"), [(None, True), (float("nan"), True), (pd.NaT, True), (0, False), ("", False)])
def test_an_empty_cell_is_known_by_an_explicit_test(value, null):
    assert is_null(value) is null


# ---- text from data


HOSTILE = [
    ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ("<b>甲</b> & 乙", "&lt;b&gt;甲&lt;/b&gt; &amp; 乙"),
    ("a\u202eb\x00c\u200b", "abc"),
    ("one\n\ttwo", "one two"),
    ("\ue000\ud800x", "x"),
]


@pytest.mark.parametrize(("text", "safe"), HOSTILE)
def test_a_label_shows_hostile_text_as_it_is(text, safe):
    assert markup(text) == safe


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("[x](javascript:1)", r"\[x\]\(javascript\:1\)"),
        ("*a*_b_`c`", r"\*a\*\_b\_\`c\`"),
        ("<img src=x>", r"\<img src\=x\>"),
        ("# a\n- b", r"\# a \- b"),
        ("洋县，42家", "洋县，42家"),
    ],
)
def test_markdown_shows_hostile_text_as_it_is(text, safe):
    assert markdown(text) == safe


@LAW
@given(st.text())
def test_plain_text_is_one_line_and_stays_so(text):
    found = plain(text)
    assert found == plain(found)
    assert len(found.splitlines()) <= 1


@LAW
@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_markdown_leaves_no_bare_punctuation(text):
    rest = markdown(text)
    for mark in "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~":
        rest = rest.replace("\\" + mark, "")
    assert not set(rest.replace("\\\\", "")) & set("!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~")


# ---- rows


@pytest.mark.parametrize(
    ("record", "form", "zh", "en"),
    [
        ({"value": 42}, "", "42", "42"),
        ({"value": 523.43}, "value", "523.4", "523.4"),
        ({"value": None, "low": 35, "high": 45}, "", "35–45", "35–45"),
        ({"value": None, "missing": "staff"}, "", "未知（报告未载：从业人员）", "unknown (not printed: staff)"),
        ({"value": None}, "", "未知", "unknown"),
        ({"value": 0.16, "ratio": "coverage"}, "", "16.0%", "16.0%"),
        ({"name_zh": "甲", "name_en": "a", "value": 1}, "name", "甲", "a"),
        ({"name_zh": "甲", "name_en": "a"}, "", "甲", "a"),
        ({"verdict": "open"}, "", "总数既不能证实也不能否定", "neither proved nor refuted by the totals"),
        ({"least": 1, "missing": "branches"}, "", "未知（报告未载：党支部）", "unknown (not printed: Party branches)"),
        ({"least": None, "missing": "infeasible"}, "", "与总数不相容", "ruled out by the totals"),
    ],
)
def test_a_row_in_words(record, form, zh, en):
    assert (row_text(of(record), "zh", form), row_text(of(record), "en", form)) == (zh, en)


# checks.md, section 2: 26 to 33 of 42, 61.9 % to 78.6 %
@pytest.mark.parametrize(
    ("form", "written"), [("", "26–33/42 (61.9%–78.6%)"), ("share", "26–33/42 (61.9%–78.6%)"), ("range", "26–33"), ("pct", "61.9%–78.6%")]
)
def test_a_range_with_its_whole(form, written):
    assert row_text(of({"least": 26, "most": 33, "whole": 42, "low": 26 / 42, "high": 33 / 42}), "en", form) == written


@pytest.mark.parametrize(("form", "written"), [("", "20–579"), ("pct", "20–579")])
def test_a_range_without_a_whole_has_no_percentage(form, written):
    assert row_text(of({"least": 20, "most": 579, "whole": None, "low": None, "high": None}), "en", form) == written


@pytest.mark.parametrize(
    ("printed", "zh", "en"),
    [
        ({"members": 678}, "678 人", "678 people"),
        ({"staff": "21,984"}, "21,984 人", "21,984 people"),
        ({"members": "2.65万"}, "2.65万 人", "26,500 people"),
        ({"members": "about 4000"}, "约 4,000 人", "about 4,000 people"),
        ({"members": "over 50"}, "多于 50 人", "over 50 people"),
        ({"coverage": "31.5%"}, "31.5%", "31.5%"),
        ({"coverage": "40.0%"}, "40.0%", "40.0%"),
    ],
)
def test_a_published_figure_keeps_its_digits_and_word(printed, zh, en):
    row = Report.of("demo", **printed).figures.iloc[0]
    assert (row_text(row, "zh"), row_text(row, "en")) == (zh, en)


def test_a_published_figure_without_its_unit():
    assert row_text(Report.of("demo", members=678).figures.iloc[0], "en", "value") == "678"


def test_a_row_has_no_form_that_it_lacks():
    with pytest.raises(AnalysisError, match="Row 'a' has nothing to write as 'pct'"):
        row_text(of({"value": 1}), "en", "pct")


def test_columns_and_quantities_are_named():
    assert columns_named("organisations/staff branches/form", "zh") == "从业人员数、组建形式"
    assert columns_named("branches branches/form", "en") == "Party branches, form of the branch"
    assert unknown("organisations branches", "en") == "unknown (not printed: registered organisations, Party branches)"


# ---- marks


def test_marks_are_symbols_and_words():
    assert marks_text("REPORT", "", "zh") == "■ 报告所载"
    assert marks_text("REPORT BOUND", "A1 A2", "zh") == "■ 报告所载 · ▭ 总数推出（A1 A2）"
    assert marks_text("JUDGEMENT", "A1", "en") == "▲ judgement (A1)"


def test_a_table_s_marks_are_those_of_all_its_rows():
    rows = result_rows([{"evidence": "BOUND", "assumptions": "A2"}, {"evidence": "REPORT"}])
    assert marks_of(rows, "en") == "■ printed in the report · ▭ bound by totals (A2)"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_legend_names_every_kind_of_evidence_and_every_switch(lang):
    assert len(legend(lang)) == len(Evidence) + len(Assumption) + len(Choice)
    assert all(symbol and meaning for symbol, meaning in legend(lang))


# ---- sentences


ROWS = result_rows(
    [
        {
            "code": "a",
            "name_zh": "甲",
            "name_en": "first",
            "value": 42,
            "low": 0.81,
            "severity": "error",
            "needs": "organisations/staff",
            "gap": None,
        },
        {"code": "b", "name_zh": "乙", "name_en": "<b>", "value": 1, "missing": "branches", "gap": None},
    ],
    evidence=[Evidence.REPORT],
)


@pytest.mark.parametrize(
    ("template", "zh", "en"),
    [
        ("{t.a}", "42", "42"),
        ("{t.a:name}/{t.a.name}", "甲/甲", "first/first"),
        ("{t.a.low:pct} {t.a.low:count} {t.a.low}", "81.0% 0.81 0.81", "81.0% 0.81 0.81"),
        ("{t.a.severity}", "矛盾", "contradiction"),
        ("{t.a.needs}", "从业人员数", "staff"),
        ("{t.a.gap}", "未知", "unknown"),
        ("{t.b.gap}", "未知（报告未载：党支部）", "unknown (not printed: Party branches)"),
        ("no field {{at}} all", "no field {at} all", "no field {at} all"),
    ],
)
def test_a_sentence_is_filled_from_rows(template, zh, en):
    assert (sentence(template, lang="zh", t=ROWS)[0], sentence(template, lang="en", t=ROWS)[0]) == (zh, en)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{u.a}", "asks for 'u.a', but no table is called 'u'"),
        ("{t.c}", "asks for 't.c', but 0 rows of 't' have the code 'c'"),
        ("{t}", "asks for 't', but 0 rows of 't' have the code ''"),
        ("{t.a.colour}", "Row 'a' has no column 'colour'"),
    ],
)
def test_a_field_that_names_nothing_is_refused(template, message):
    with pytest.raises(AnalysisError, match=message):
        sentence(template, lang="en", t=ROWS)


def test_a_code_that_stands_twice_is_refused():
    with pytest.raises(AnalysisError, match="2 rows of 't' have the code 'a'"):
        sentence("{t.a}", lang="en", t=pd.concat([ROWS, ROWS]))


def test_a_sentence_takes_no_rows_without_marks():
    with pytest.raises(AnalysisError, match="do not say what they rest on"):
        sentence("{t.a}", lang="en", t=ROWS.drop(columns="evidence"))


def test_only_text_from_data_is_escaped():
    assert sentence("<i>{t.b.name}</i>", lang="en", escape=markup, t=ROWS)[0] == "<i>&lt;b&gt;</i>"


def test_a_sentence_gives_back_the_marks_that_it_used():
    rows = result_rows(
        [{"code": "a", "value": 1, "evidence": "REPORT"}, {"code": "b", "value": 2, "evidence": "BOUND", "assumptions": "A1"}]
    )
    assert sentence("{t.b}", lang="en", t=rows)[1].to_numpy().tolist() == [["BOUND", "A1"]]
    assert len(sentence("nothing", lang="en", t=rows)[1]) == 0


# ---- tables


@pytest.fixture(scope="module")
def tables(yangxian):
    return [
        (bounds(yangxian), ["name", "least", "most", "whole", "low", "high", "low_needs", "missing"]),
        (scenarios(yangxian, "own"), ["name", "least", "most"]),
        (verdicts(yangxian), ["name", "verdict", "claimed"]),
        (ratios(yangxian), ["name", "value", "low", "high", "missing"]),
        (comparators(Ratio.coverage), ["name", "year", "of", "value", "low", "high", "source", "confidence"]),
        (audit(yangxian), ["severity", "what", "arithmetic", "places"]),
        (yangxian.figures, ["name", "value", "relation", "unit", "section"]),
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_result_tables_are_written_in_words(tables, lang):
    for rows, columns in tables:
        words = in_words(rows, columns, lang)
        assert len(words) == len(rows)
        assert words.columns[-1] == HEADINGS["evidence"](lang)
        assert not words.isin(["nan", "None", "True", "False"]).any(axis=None)


def test_cells_of_a_table():
    rows = result_rows(
        [{"code": "a", "name_zh": "甲", "name_en": "a\nb", "year": 2012.0, "claimed": True, "value": 0.16, "ratio": "coverage",
          "low": 0.15, "high": None, "table": "branches"}],
        evidence=[Evidence.REFERENCE],
    )  # fmt: skip
    words = in_words(rows, ["name", "year", "claimed", "value", "low", "high", "table", "ratio"], "en").iloc[0].tolist()
    assert words == [
        "a b",
        "2012",
        "yes",
        "16.0%",
        "15.0%",
        "—",
        "branches",
        "share of organisations with a Party organisation",
        "◆ outside reference",
    ]
    assert in_words(rows.assign(claimed=False), ["claimed"], "zh").iloc[0, 0] == "否"


def test_a_table_without_marks_is_not_written():
    with pytest.raises(AnalysisError, match="do not say what they rest on"):
        in_words(ROWS.drop(columns="assumptions"), ["name"], "en")


# ---- lines


@pytest.mark.parametrize(("text", "places"), [("支部ab", 6), ("", 0), ("，a", 3)])
def test_a_chinese_character_takes_two_places(text, places):
    assert width(text) == places


@pytest.mark.parametrize(
    ("text", "places", "lines"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("支部没有换届", 4, ["支部", "没有", "换届"]),
        ("有的支部，没有换届", 8, ["有的支", "部，没有", "换届"]),  # a comma never begins a line
        ("34个支部", 6, ["34个支", "部"]),
        ("unbreakable", 4, ["unbr", "eaka", "ble"]),
        ("𠮷𠮷𠮷 a", 4, ["𠮷𠮷", "𠮷 a"]),
        ("", 4, [""]),
    ],
)
def test_text_is_broken_between_words_or_characters(text, places, lines):
    assert wrap(text, places) == lines


@LAW
@given(st.text(alphabet="ab 支部换届，。", max_size=40), st.integers(6, 20))
def test_broken_text_loses_nothing_but_blanks(text, places):
    assert "".join(wrap(text, places)).replace(" ", "") == text.replace(" ", "")


def test_a_table_has_columns_that_exist_under_headings_that_differ():
    rows = result_rows([{"code": "a", "name_zh": "甲", "name_en": "a", "kind": "cause"}], evidence=[Evidence.REPORT])
    with pytest.raises(AnalysisError, match="There is no column 'nope'; the columns are: code, "):
        in_words(rows, ["nope"], "en")
    with pytest.raises(AnalysisError, match="Two columns would both be headed 'kind'"):
        in_words(rows, ["kind", "kind"], "en")


@pytest.mark.parametrize(
    ("members_full", "form", "said"),
    [
        ([None, None], "share", "unknown (100.0% if there are any)"),
        ([None, None], "pct", "100.0% if there are any"),
        ([3, None], "share", "known 1/1; 100.0%"),
        ([1, 1], "share", "no rows"),
    ],
)
def test_a_share_of_those_of_whom_none_is_known_says_so(members_full, form, said):
    cells = {"org_id": ["a", "b"], "name": ["a", "b"], "coverage": ["own", "own"], "members_full": members_full}
    row = rates(Register(pd.DataFrame(cells)), only=["eligible_coverage"]).iloc[0]
    assert row_text(row, "en", form) == said
