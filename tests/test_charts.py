import json
import re
import sys
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from analysis import (
    AnalysisError,
    Evidence,
    Kind,
    Ratio,
    Report,
    Term,
    answers,
    bounds,
    chains,
    charts,
    closing_columns,
    comparators,
    count_claims,
    density,
    feasible,
    link_counts,
    link_grid,
    load_report,
    ratios,
    result_rows,
    scenarios,
    staff_at_comparators,
    yearly_duties,
)
from analysis.causes import CAUSES
from analysis.metrics import rates as rates_of
from analysis.model import LANGS, Lang
from analysis.register import Register

PLACES = ("yangxian", "county213", "sanbing")
UNIT = Term("人", "people")
PROBLEM, MEASURE = (Kind.problem,), (Kind.measure,)


def closing(report: Report) -> pd.DataFrame:
    with pytest.MonkeyPatch.context() as patch:  # the bounds that it asks for are computed once
        patch.setattr(sys.modules["analysis.questions"], "bounds", lambda *_, **__: table(report.place, "bounds"))
        return closing_columns(report)


TABLES: dict[str, Callable[[Report], pd.DataFrame]] = {
    "bounds": bounds,
    "ways": feasible,
    "ratios": ratios,
    "density": density,
    "staff_at": staff_at_comparators,
    "duties": yearly_duties,
    "flow": lambda report: link_grid(report, CAUSES, PROBLEM),
    "counts": lambda report: link_counts(grid, "target") if len(grid := link_grid(report, CAUSES, PROBLEM)) else grid,
    "parts": lambda report: link_grid(report, MEASURE, CAUSES, leaves=True),
    "answers": answers,
    "chains": chains,
    "grains": lambda report: count_claims(report, "grain", *CAUSES),
    "closing": closing,
    **{ratio.name: lambda report, ratio=ratio: comparators(ratio, apart_from=report.place) for ratio in Ratio},
}
Tables = Callable[[str], pd.DataFrame]


@cache
def table(place: str, name: str) -> pd.DataFrame:
    return TABLES[name](load_report(place))


def pick(rows: pd.DataFrame, *codes: str) -> pd.DataFrame:
    return rows[rows["code"].isin(codes)]


def beside(t: Tables, lang: Lang, ratio: str, **options: Any) -> go.Figure:
    own = pick(t("ratios"), ratio) if ratio in set(t("ratios")["code"]) else t("density")
    return charts.compared(own, t(ratio), title="{own." + ratio + "}", lang=lang, unit=UNIT, **options)


# every chart as the notebooks call it, from tables asked for by name
CHARTS: dict[str, Callable[[Tables, Lang], go.Figure]] = {
    "coverage": lambda t, lang: charts.intervals(
        pick(t("bounds"), "own", "in_joint", "covered", "not_covered"), title="{r.own:range} {r.covered:range}", lang=lang
    ),
    "sizes": lambda t, lang: charts.intervals(
        pick(t("bounds"), "need_committee", "largest"), title="{r.largest:range}", lang=lang, unit=UNIT
    ),
    "splits": lambda t, lang: charts.splits(t("ways"), title="?", lang=lang),
    "trend": lambda t, lang: charts.trend(
        t("members_per_branch"), pick(t("ratios"), "members_per_branch"), title="{r.cn2024:value}", lang=lang, unit=UNIT
    ),
    "shares": lambda t, lang: charts.shares(
        t("coverage"), pick(t("bounds"), "own", "covered"), title="{o.cn2012:value}", lang=lang, o=t("coverage")
    ),
    "staff": lambda t, lang: beside(t, lang, "staff_per_organisation", factor=5),
    "members": lambda t, lang: beside(t, lang, "members_per_organisation"),
    "bodies": lambda t, lang: beside(t, lang, "party_organisations_per_organisation"),
    "people": lambda t, lang: beside(t, lang, "organisations_per_10k_people"),
    "staff_at": lambda t, lang: charts.bars(
        t("staff_at"), title="?", lang=lang, unit=UNIT, columns=["name", "year", "value", "low", "high"]
    ),
    "duties": lambda t, lang: charts.bars(t("duties"), title="?", lang=lang, unit=UNIT, columns=["name", "value", "valid_from"]),
    "grains": lambda t, lang: charts.bars(t("grains"), title="?", lang=lang, unit=UNIT, columns=["name", "value"]),
    "flow": lambda t, lang: charts.flow(t("flow"), title="?", lang=lang),
    "matrix": lambda t, lang: charts.matrix(t("parts"), title="?", lang=lang),
    "counts": lambda t, lang: charts.link_bars(t("counts"), title="?", lang=lang),
    "chains": lambda t, lang: charts.link_bars(t("chains"), title="?", lang=lang),
    "answered": lambda t, lang: charts.answered(t("answers"), title="?", lang=lang),
    "closing": lambda t, lang: charts.closing(t("closing"), title="?", lang=lang),
}  # fmt: skip
ALONE = [name for name in CHARTS if name not in ("shares", "trend", "staff", "members", "bodies", "people")]


@cache
def drawn(name: str, place: str = "yangxian", lang: Lang = "en") -> go.Figure:
    return CHARTS[name](partial(table, place), lang)


def words(figure: go.Figure) -> str:
    return "\n".join(note.text for note in figure.layout.annotations)


def labels(figure: go.Figure) -> list[str]:
    """The lines above the bars, without the note below the chart."""
    return [note.text for note in figure.layout.annotations if note.yref == "y"]


def bar(figure: go.Figure, name: str) -> Any:
    """The one mark whose hover text begins with this name."""
    (trace,) = [trace for trace in figure.data if trace.hovertext.startswith(name)]
    return trace


each = pytest.mark.parametrize("name", CHARTS)
everywhere = pytest.mark.parametrize("place", PLACES)
both = pytest.mark.parametrize("lang", LANGS)


# ---- what every chart carries


@each
@everywhere
@both
def test_a_figure_carries_its_title_its_marks_and_its_rows(name, place, lang):
    figure = drawn(name, place, lang)
    meta = figure.layout.meta
    assert figure.layout.title.text.startswith("<b>")
    assert set(meta) == {"alt", "evidence", "assumptions", "columns", "rows"}
    assert meta["evidence"]
    assert meta["rows"]
    assert all(len(row) == len(meta["columns"]) and all(isinstance(cell, str) for cell in row) for row in meta["rows"])
    assert meta["alt"].startswith(re.sub("</?b>", "", figure.layout.title.text).replace("<br>", "")[:10])
    for code in meta["evidence"].split():
        assert Evidence.of(code).term(lang).split()[0] in words(figure)
    for code in meta["assumptions"].split():
        assert code in words(figure)
    assert figure.layout.height > figure.layout.margin.t + figure.layout.margin.b + 20


@each
@everywhere
def test_values_are_plain_lists(name, place):
    text = json.dumps(drawn(name, place).to_dict(), allow_nan=False)
    assert "bdata" not in text


@each
@everywhere
def test_both_languages_draw_the_same_numbers(name, place):
    assert numbers(drawn(name, place, "zh")) == numbers(drawn(name, place, "en"))


def numbers(figure: go.Figure) -> list[Any]:
    """A figure's numbers, heights of rows by their order alone: a label may take more lines in one language."""
    content = figure.to_dict()
    heights = sorted({y for trace in content["data"] for y in np.ravel(trace.get("y", [])) if not isinstance(y, str)})
    for trace in content["data"]:
        if trace["type"] != "heatmap" and "y" in trace and trace.get("mode") != "lines+markers+text":
            trace["y"] = [heights.index(y) for y in trace["y"]]
    lines = [(shape.get("x0"), shape.get("x1")) for shape in content["layout"].get("shapes", [])]
    cells = [[cell for cell in row if re.fullmatch(r"[-—≥ \d.,%]+", cell)] for row in content["layout"]["meta"]["rows"]]
    return [stripped(content["data"]), lines, cells, content["layout"]["xaxis"].get("range") if "xaxis" in content["layout"] else None]


def stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: stripped(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [stripped(item) for item in value]
    return None if isinstance(value, str) else value


@pytest.mark.parametrize("change", [
    lambda rows: rows.drop(columns="evidence"),
    lambda rows: rows.drop(columns="assumptions"),
    lambda rows: rows.assign(evidence=""),
], ids=["no evidence", "no assumptions", "blank evidence"])  # fmt: skip
@each
def test_rows_without_marks_are_refused(name, change):
    with pytest.raises(AnalysisError, match="do not say what they rest on"):
        CHARTS[name](lambda what: change(table("yangxian", what)), "en")


@pytest.mark.parametrize("name", ["shares", "staff"])
def test_one_unmarked_table_of_two_is_refused(name):
    unmarked = lambda what: table("yangxian", what).drop(columns=["evidence"] if what in ("bounds", "ratios") else [])  # noqa: E731
    with pytest.raises(AnalysisError, match="do not say what they rest on"):
        CHARTS[name](unmarked, "en")


@both
@pytest.mark.parametrize("name", ALONE)
def test_no_rows_give_a_chart_that_says_so(name, lang):
    chart = {"coverage": charts.intervals, "sizes": charts.intervals, "splits": charts.splits,
             "flow": charts.flow, "matrix": charts.matrix, "counts": charts.link_bars, "chains": charts.link_bars,
             "answered": charts.answered, "closing": charts.closing}.get(name)  # fmt: skip
    options = {} if chart else {"unit": UNIT, "columns": ["name"]}
    figure = (chart or charts.bars)(result_rows([]), title="Nothing?", lang=lang, **options)
    assert {"zh": "报告没有这类内容", "en": "The report gives nothing of this kind"}[lang] in words(figure)
    assert figure.layout.meta["evidence"] == "REPORT"
    assert figure.layout.title.text == "<b>Nothing?</b>"


def test_a_report_without_claims_has_nothing_to_answer():
    assert "gives nothing of this kind" in words(drawn("answered", "county213"))


def test_without_comparators_the_own_value_stands_alone():
    own = pick(table("yangxian", "bounds"), "own")
    alone = charts.shares(result_rows([]), own, title="?", lang="en")
    assert [trace.base for trace in alone.data] == [(26 / 42,)]
    mean = pick(table("yangxian", "ratios"), "members_per_organisation")
    figure = charts.compared(mean, result_rows([]), title="?", lang="en", unit=UNIT, factor=5)
    assert [trace.x[0] for trace in figure.data] == [pytest.approx(678 / 42)]
    assert not figure.layout.shapes
    assert "nothing of this kind" in words(charts.trend(result_rows([]), mean, title="?", lang="en", unit=UNIT))


# ---- positions, by hand


# 42 organisations, 34 branches, at least one of them joint: 26 to 33 have their own, 35 to 42 are covered,
# 2 (one joint branch of two) to 16 (eight of them) share, 0 to 7 are left
@pytest.mark.parametrize(("code", "ends", "text"), [
    ("own", (26, 33), "26–33/42 (61.9%–78.6%)"),
    ("in_joint", (2, 16), "2–16/42 (4.8%–38.1%)"),
    ("covered", (35, 42), "35–42/42 (83.3%–100.0%)"),
    ("not_covered", (0, 7), "0–7/42 (0.0%–16.7%)"),
])  # fmt: skip
def test_a_range_runs_from_its_least_to_its_most(code, ends, text):
    figure = charts.intervals(pick(table("yangxian", "bounds"), code), title="?", lang="en")
    (found,) = figure.data
    assert found.base[0] == pytest.approx(ends[0] / 42)
    assert found.base[0] + found.x[0] == pytest.approx(ends[1] / 42)
    assert text in found.hovertext
    assert tuple(figure.layout.xaxis.range) == (0, 1.01)
    assert figure.layout.xaxis.tickformat == ".0%"


def test_ranges_say_in_the_title_what_they_show():
    assert drawn("coverage").layout.title.text == "<b>26–33 35–42</b>"


def test_a_range_of_counts_has_an_axis_of_its_unit():
    figure = drawn("sizes")
    # 50k + 6(34 - k) is no condition without a cap on size: one branch at least needs a committee, and all 34 may
    committee = bar(figure, "branches that need a committee")
    assert (committee.base[0], committee.x[0]) == (1, 33)
    # 678 over 34 branches is 19.9 each, so the largest has 20 or more; with three in each other, 678 - 33 × 3
    largest = bar(figure, "members of the largest branch")
    assert (largest.base[0], largest.base[0] + largest.x[0]) == (20, 579)
    assert figure.layout.xaxis.title.text == "people"


def test_one_possible_value_is_a_point():
    figure = drawn("coverage", "sanbing")
    own = bar(figure, "organisations with a branch of their own")
    assert (own.type, own.x[0], own.marker.symbol) == ("scatter", pytest.approx(3 / 15), "diamond")


@pytest.mark.parametrize(("unit", "end"), [(None, 1.0), (Term("家", "organisations"), 42 * 1.05)])
@pytest.mark.parametrize(("lang", "text"), [("zh", "未知（报告未载：党支部）"), ("en", "unknown (not printed: Party branches)")])
def test_what_is_unknown_is_an_open_frame(unit, end, lang, text):
    rows = pick(bounds(Report.of("demo", organisations=42)), "own", "covered")
    figure = charts.intervals(rows, title="{r.own}", lang=lang, unit=unit)
    for trace in figure.data:
        assert (trace.base[0], trace.x[0]) == (0, pytest.approx(end))
        assert (trace.marker.color, trace.marker.pattern.shape) == ("#FFFFFF", None)
        assert trace.marker.line.width == 1
        assert text in trace.hovertext
    assert text.lower() in figure.layout.title.text.replace("<br>", "" if lang == "zh" else " ").lower()


def test_what_is_ruled_out_is_an_open_frame():
    # three branches, all of one organisation, cannot cover fifteen
    rows = scenarios(load_report("sanbing"), "own")
    full = bar(charts.intervals(rows, title="{r.default:range}", lang="en"), "the counted branches cover all")
    assert (full.base[0], full.x[0], full.marker.color) == (0, 1, "#FFFFFF")
    assert "ruled out by the totals" in full.hovertext


def test_an_end_that_nothing_bounds_reaches_the_edge():
    rows = pick(bounds(Report.of("demo", branches="at least 3", members=20)), "need_committee", "largest")
    figure = charts.intervals(rows.assign(most=[None, 14]), title="?", lang="en", unit=UNIT)
    open_bar = figure.data[0]
    assert open_bar.base[0] + open_bar.x[0] == pytest.approx(14 * 1.05)
    assert "≥ " in open_bar.hovertext


def test_the_columns_that_would_close_a_range_are_named():
    assert "A ledger's columns would close it: form of coverage" in words(drawn("coverage")).replace("<br>", " ")
    assert "可由台账列收窄：覆盖形式" in words(drawn("coverage", lang="zh"))
    assert "would close it" not in words(drawn("coverage", "sanbing"))


def test_the_splits_that_totals_allow():
    # x not covered and m joint branches leave 34 - m with their own; of the 8 - x to spare, each joint branch takes one or more
    # the report says that joint branches exist, so the row of eight with none is not among them
    allowed = {(x, m): 34 - m for x in range(8) for m in range(1, 9 - x)}
    grid = drawn("splits").data[0]
    cells = {(int(x), int(m)): own for x, row in zip(grid.y, grid.z, strict=True) for m, own in zip(grid.x, row, strict=True)}
    assert {at: own for at, own in cells.items() if own is not None} == allowed
    assert len(cells) == 8 * 8
    # the ranges of the five rows worked out by hand
    for x, least, most in ((0, 26, 33), (1, 27, 33), (2, 28, 33), (4, 30, 33)):
        own = [value for value in grid.z[x] if value is not None]
        assert (min(own), max(own)) == (least, most)


def test_the_own_mean_stands_above_its_comparators():
    figure = drawn("staff")
    assert figure.data[0].hovertext.startswith("this report: 21,984/42 (523.4)")
    values = [trace.x[0] for trace in figure.data]
    assert values[0] == pytest.approx(523.43, abs=0.005)
    assert values[1:] == sorted(values[1:], reverse=True)
    # national 2012: 613.3 over 49.9
    assert bar(figure, "nation 2012").x[0] == pytest.approx(12.29, abs=0.005)


def test_a_line_at_five_times_the_highest_comparator():
    figure = drawn("staff")
    (line,) = figure.layout.shapes
    assert line.x0 == line.x1 == pytest.approx(5 * 31.4)
    assert "Dashed line: 5 times the highest comparator of the same denominator" in words(figure).replace("<br>", " ")
    assert not drawn("members").layout.shapes


def test_a_line_is_drawn_only_against_its_own_denominator():
    others = table("yangxian", "staff_per_organisation").assign(of="party")
    own = pick(table("yangxian", "ratios"), "staff_per_organisation")
    assert not charts.compared(own, others, title="?", lang="en", unit=UNIT, factor=5).layout.shapes


@pytest.mark.parametrize(("lang", "text"), [("zh", "分母：全部登记的组织"), ("en", "denominator: all registered organisations")])
def test_a_compared_bar_names_its_denominator(lang, text):
    assert all(text in label for label in labels(drawn("staff", lang=lang)))


def test_a_mean_that_is_not_known_says_what_is_missing():
    own = pick(ratios(Report.of("demo", organisations=42)), "party_organisations_per_organisation")
    figure = charts.compared(own, table("yangxian", "party_organisations_per_organisation"), title="?", lang="en", unit=UNIT)
    assert "unknown (not printed: Party organisations)" in figure.data[0].hovertext
    assert figure.data[0].marker.color == "#FFFFFF"  # an empty frame


def test_a_population_makes_a_density():
    figure = drawn("people")
    # 42 over 34.5354 ten thousands; 49.9 over 135404, in ten thousands
    assert [trace.x[0] for trace in figure.data] == [pytest.approx(1.216, abs=0.001), pytest.approx(3.685, abs=0.001)]


@pytest.mark.parametrize(("members", "at", "text"), [
    ("678", 678, "Party members 678 people"),
    ("about 4000", 4000, "Party members about 4,000 people"),
    ("nearly 400", 400, "Party members nearly 400 people"),
    ("over 50", 50, "Party members over 50 people"),
    ("2.65万", 26500, "Party members 26,500 people"),
])  # fmt: skip
def test_a_published_figure_is_a_labelled_line_where_it_is_printed(members, at, text):
    report = Report.of("demo", organisations=42, members=members)
    figure = charts.bars(
        staff_at_comparators(report), title="{against.members}", lang="en", unit=UNIT, columns=["name"], against=report.published("members")
    )
    assert [shape.x0 for shape in figure.layout.shapes] == [at]
    assert f"Dashed line: {text}" in words(figure)
    assert figure.layout.xaxis.range[1] >= at
    # 42 organisations of 613.3 / 49.9 staff
    assert bar(figure, "nation 2012").x[0] == pytest.approx(516.2, abs=0.05)


def test_a_figure_that_is_not_published_draws_no_line():
    report = Report.of("demo", organisations=42)
    figure = charts.bars(
        staff_at_comparators(report), title="?", lang="en", unit=UNIT, columns=["name"], against=report.published("members")
    )
    assert not figure.layout.shapes
    assert "Dashed" not in words(figure)


def test_a_value_that_is_not_exact_shows_both_ends():
    rows = staff_at_comparators(Report.of("demo", organisations="about 40"))
    figure = charts.bars(rows, title="?", lang="en", unit=UNIT, columns=["name", "low", "high"])
    national = bar(figure, "nation 2012")
    # 35 to 45 organisations of 613.25 / 49.95 to 613.35 / 49.85 staff
    assert "430–554" in national.hovertext
    assert (national.base[0], national.base[0] + national.x[0]) == (pytest.approx(429.7, abs=0.05), pytest.approx(553.7, abs=0.05))


def test_yearly_duties_by_hand():
    assert [trace.x[0] for trace in drawn("duties").data] == [34 * 4, 34 * 12, 34, 34]


def test_shares_of_like_kind_name_their_denominator():
    figure = drawn("shares")
    # 2.65 + 2.74 over 46.2, 4.03 + 3.95 over 49.9
    assert bar(figure, "nation 2011").x[0] == pytest.approx(0.1167, abs=5e-5)
    assert bar(figure, "nation 2012").x[0] == pytest.approx(0.1599, abs=5e-5)
    assert bar(figure, "nation, associations 2012").x[0] == pytest.approx(0.9921)
    assert "only organisations eligible for one" in bar(figure, "nation, associations 2012").hovertext
    own = bar(figure, "organisations with a branch of their own")
    assert (own.base[0], own.x[0]) == (pytest.approx(26 / 42), pytest.approx(7 / 42))
    assert all(trace.type == "bar" for trace in figure.data)


def test_a_trend_is_one_series_with_the_own_value_beside_it():
    figure = drawn("trend")
    line = figure.data[0]
    assert list(line.x) == [2008, 2010, 2014, 2017, 2019, 2021, 2024]
    # 7593.1 / 331.0 and 8026.9 / 346.3, in ten thousands
    assert [round(value, 2) for value in line.y[:2]] == [22.94, 23.18]
    (own,) = figure.layout.shapes
    assert own.y0 == own.y1 == pytest.approx(678 / 34)
    assert "Dashed line: this report, 19.9" in words(figure)


@pytest.mark.parametrize(("printed", "text"), [({}, "unknown (not printed: "), ({"branches": 3, "members": "about 60"}, "18–22")])
def test_a_trend_without_one_own_value_draws_no_line(printed, text):
    own = pick(ratios(Report.of("demo", **printed)), "members_per_branch")
    figure = charts.trend(comparators(Ratio.members_per_branch), own, title="?", lang="en", unit=UNIT)
    assert not figure.layout.shapes
    assert f"This report: {text}" in words(figure)


def test_a_trend_refuses_mixed_denominators():
    own = pick(table("yangxian", "ratios"), "members_per_branch")
    with pytest.raises(AnalysisError, match="different denominators"):
        charts.trend(comparators(Ratio.coverage), own, title="?", lang="en", unit=UNIT)


# ---- claims: the township's report states S1 for P1, and M1 for O1 and M3 for S2; we read O2 for P2, O1 and S2 for P3, M2 for O2


def test_the_flow_of_the_township():
    sankey = drawn("flow", "sanbing").data[0]
    # every node says how many of its links are stated (●) and read (○)
    assert sorted(sankey.node.label) == ["O1 ○1", "O2 ○1", "P1 ●1", "P2 ○1", "P3 ○2", "S1 ●1", "S2 ○1"]
    ends = [(sankey.node.label[s][:2], sankey.node.label[t][:2]) for s, t in zip(sankey.link.source, sankey.link.target, strict=True)]
    assert ends == [("S1", "P1"), ("O1", "P3"), ("O2", "P2"), ("S2", "P3")]
    assert set(sankey.link.value) == {1}
    assert ["read by us" in text for text in sankey.link.customdata] == [False, True, True, True]
    assert len(set(sankey.link.color)) == 2


def test_the_flow_of_the_county_counts_links_by_whole_claims():
    # 22 links of causes; X4 alone goes to all six problems; O2a and O2b both go to P2, and count once, as stated
    links = drawn("flow").data[0].link
    assert len(links.source) == 6 + 5 + 8 + 1
    assert sum("stated by the text" in text for text in links.customdata) == 6


def test_a_flow_without_links_has_nothing_to_draw():
    grid = table("sanbing", "flow")
    assert "nothing of this kind" in words(charts.flow(grid.assign(basis=""), title="?", lang="en"))


def test_the_matrix_of_the_township():
    figure = drawn("matrix", "sanbing")
    rows = {re.sub("<.*?>", "", label)[:2]: note.y for label, note in zip(labels(figure), figure.layout.annotations, strict=False)}
    stated, read = figure.data
    assert list(figure.layout.xaxis.ticktext) == ["M1", "M2", "M3"]
    assert list(zip(stated.x, stated.y, strict=True)) == [(0, rows["O1"]), (2, rows["S2"])]
    assert list(zip(read.x, read.y, strict=True)) == [(1, rows["O2"])]
    assert [label for label in labels(figure) if "(blank)" in label] == [
        "<b>S1 heads of organisations think little of Party</b><br>work (blank)"
    ]


def test_the_rows_that_no_measure_touches_are_marked_in_words():
    blank = [re.sub("<.*?>", "", label).split()[0] for label in labels(drawn("matrix")) if "(blank)" in label]
    assert blank == ["O2b", "O3", "X3"]
    ground = [shape.fillcolor for shape in drawn("matrix").layout.shapes]
    assert [ground.count(colour) for colour in ("#FBE9DD", "#F4F4F4")] == [3, 16]


def test_a_matrix_of_stated_links_alone_has_no_mark_for_read_ones():
    grid = table("sanbing", "parts")
    figure = charts.matrix(grid[grid["basis"] != "read"], title="?", lang="en")
    assert [trace.name for trace in figure.data] == ["stated by the text"]


def test_links_are_counted_stated_and_read_apart():
    stated, read = drawn("counts", "sanbing").data
    assert (list(stated.x), list(read.x)) == ([1, 0, 0], [0, 1, 2])
    assert "stated by the text 0, read by us 2" in labels(drawn("counts", "sanbing"))[2]


def test_how_far_the_claims_answer_each_other():
    # causes: O1 and S2 stated, O2 read, S1 not; problems by causes: P1 stated, P2 and P3 read; by measures: P2 and P3 read, P1 not;
    # measures: M1 and M3 stated, M2 read
    stated, read, none = drawn("answered", "sanbing").data
    assert list(stated.x) == pytest.approx([2 / 4, 1 / 3, 0, 2 / 3])
    assert list(read.x) == pytest.approx([1 / 4, 2 / 3, 2 / 3, 1 / 3])
    assert list(none.x) == pytest.approx([1 / 4, 0, 1 / 3, 0])
    assert "answered in the text 2/4" in labels(drawn("answered", "sanbing"))[0].replace("<br>", " ")


def test_closing_draws_the_first_columns_and_keeps_all_rows():
    rows = table("yangxian", "closing")
    figure = charts.closing(rows, title="?", lang="en", first=3)
    assert list(figure.data[0].x) == rows["cumulative"].head(3).tolist()
    assert len(figure.layout.meta["rows"]) == len(rows) > 3
    assert figure.layout.xaxis.range[1] == rows["whole"].iloc[0]


# ---- colour is never alone


def patterns(figure: go.Figure) -> list[str | None]:
    return [trace.marker.pattern.shape for trace in figure.data]


def test_meanings_differ_without_colour():
    assert patterns(drawn("counts", "sanbing")) == ["", "/"]
    assert patterns(drawn("answered", "sanbing")) == ["", "/", "."]
    assert set(patterns(drawn("coverage"))) == {"/"}
    stated, read = drawn("matrix", "sanbing").data
    assert stated.marker.color == stated.marker.line.color != "#FFFFFF"
    assert read.marker.color == "#FFFFFF" != read.marker.line.color
    assert "● stated by the text ○ read by us" in words(drawn("matrix", "sanbing"))


def test_colours_of_evidence_are_distinct():
    found = [charts.COLOURS[kind.name] for kind in Evidence]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(("evidence", "colour"), [
    ("REPORT", "REPORT"), ("REFERENCE", "REFERENCE"), ("REPORT BOUND", "BOUND"), ("REPORT LEDGER", "LEDGER"),
    ("REPORT BOUND ILLUSTRATIVE", "ILLUSTRATIVE"),
])  # fmt: skip
def test_a_bar_has_the_colour_of_what_it_rests_on(evidence, colour):
    rows = result_rows([{"code": "a", "name_zh": "甲", "name_en": "A", "value": 1, "evidence": evidence}])
    figure = charts.bars(rows, title="?", lang="en", unit=UNIT, columns=["name", "value"])
    assert figure.data[0].marker.color == charts.COLOURS[colour]
    assert Evidence.of(colour).term.en in words(figure).replace("<br>", " ")


def test_bars_of_nothing_have_an_axis():
    rows = result_rows([{"code": "a", "name_zh": "甲", "name_en": "A", "value": 0}], evidence=[Evidence.REPORT])
    assert tuple(charts.bars(rows, title="?", lang="en", unit=UNIT, columns=["name"]).layout.xaxis.range) == (0, 1)


# ---- names from data are text, and nothing else

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<b>bold</b>",
    "%{y} %{customdata}",
    "=1+1",
    "$x$",
    "a\u202eb\u2066c\x1b[31m",
    "{r.own}",
    "&lt;i&gt;",
]
CONTROLS = dict.fromkeys(map(ord, "\u202e\u2066\x1b"))


@pytest.fixture(scope="module")
def hostile(made) -> Report:
    """A report with as many problems, causes and measures as there are hostile names, and links of both sorts."""
    many = range(len(HOSTILE))
    claims = [
        "code,kind,name_zh,name_en",
        *(f'<b>{kind[0]}{at},{kind},"{HOSTILE[at]}","{HOSTILE[at]}"' for kind in ("problem", "cause", "measure") for at in many),
    ]
    links = ["source,target,basis", *(f"<b>{a}{at},<b>{b}{at},{'read' if at % 2 else 'stated'}" for a, b in ("cp", "mc") for at in many)]
    return made("key,value\nmembers,9\n", claims="\n".join(claims), links="\n".join(links))


def named(rows: pd.DataFrame, column: str = "name_en") -> pd.DataFrame:
    """Rows with the hostile names instead of their own, as many times the first row as there are names."""
    again = pd.concat([rows.head(1)] * len(HOSTILE), ignore_index=True)
    return again.assign(**{column: HOSTILE}, code=[f"r{at}" for at in range(len(again))])


NAMED: dict[str, Callable[[Report], go.Figure]] = {
    "flow": lambda r: charts.flow(TABLES["flow"](r), title="{claims.<b>p0:name}", lang="en", claims=r.claims),
    "matrix": lambda r: charts.matrix(TABLES["parts"](r), title="{claims.<b>p0:name}", lang="en", claims=r.claims),
    "counts": lambda r: charts.link_bars(TABLES["counts"](r), title="{r.<b>p0:name}", lang="en"),
    "chains": lambda r: charts.link_bars(chains(r), title="{r.<b>p0:name}", lang="en"),
    "closing": lambda _: charts.closing(named(table("yangxian", "closing")), title="{r.r0:name}", lang="en"),
    "intervals": lambda _: charts.intervals(named(table("yangxian", "bounds")), title="{r.r0:name}", lang="en"),
    "bars": lambda r: charts.bars(
        named(table("yangxian", "duties")), title="{r.r0:name}", lang="en", unit=UNIT, columns=["name"],
        against=named(r.published("members")).iloc[[0]],
    ),
    "shares": lambda _: charts.shares(
        named(table("yangxian", "coverage")), named(table("yangxian", "bounds")), title="{o.r0:name}", lang="en",
        o=named(table("yangxian", "coverage")),
    ),
    "trend": lambda _: charts.trend(
        named(table("yangxian", "members_per_branch"), "source_en"), pick(table("yangxian", "ratios"), "members_per_branch"),
        title="{r.r0.source}", lang="en", unit=UNIT,
    ),
}  # fmt: skip


def texts(value: Any, at: str = "") -> list[tuple[str, str]]:
    """Every text of a figure that is drawn, with the key that it stands under."""
    if isinstance(value, dict):
        return [pair for key, item in value.items() if key not in ("meta", "template") for pair in texts(item, key)]
    if isinstance(value, list | tuple):
        return [pair for item in value for pair in texts(item, at)]
    return [(at, value)] if isinstance(value, str) else []


@pytest.mark.parametrize("chart", NAMED)
def test_names_from_data_are_literal_text(hostile, chart):
    figure = NAMED[chart](hostile)
    found = texts(figure.to_dict())
    for key, text in found:
        assert not re.search(r"[<\u202e\u2066\x1b]", re.sub("</?b>|<br>|<extra></extra>", "", text)), (key, text)
        assert "<b>bold" not in text
        # plotly fills in these two alone, and none of the data stands there
        assert key not in ("hovertemplate", "texttemplate") or text == "%{customdata}<extra></extra>"
    shown = "".join(text for _, text in found).replace("<br>", " ")
    for name in HOSTILE:
        assert (
            name.translate(CONTROLS)
            .replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace("$", "&#36;")
            .replace("%{", "&#37;{")
            in shown
        )
    assert figure.layout.title.text.replace("<br>", " ") == "<b>&lt;img src=x onerror=alert(1)&gt;</b>"


def test_the_rows_behind_a_chart_keep_names_as_they_are(hostile):
    meta = NAMED["chains"](hostile).layout.meta
    literal = [name.translate(CONTROLS) for name in HOSTILE]
    assert [row[1] for row in meta["rows"]] == literal
    assert all(name in meta["alt"] for name in literal)


# ---- rates


def rate(code, **cells):
    row = {"code": code, "name_zh": code, "name_en": code, "part": 2, "whole": 4, "unknown": 0, "unsized": 0, "share": 0.5, "low": 0.5,
           "high": 0.5, "least": 2, "most": 2, "of": 4, "needs": "", "conflict": "", "against": "", "later": ""}  # fmt: skip
    return row | cells


RATES = result_rows(
    [
        rate("point"),
        rate("open", unknown=4, low=0.25, high=0.75, least=2, most=6, of=8, needs="organisations/coverage"),
        rate("unsized", unsized=1, low=0.4, high=0.6, of=None),
        rate("unknown", part=0, whole=0, unsized=4, share=None, low=0.0, high=1.0, least=0, most=None, of=None),
        rate("none", part=0, whole=0, share=None, low=None, high=None, least=0, most=0, of=0),
        rate("against", conflict="empty", against="A1 A2"),
        rate("elsewhere", conflict="date"),
        rate("more", conflict="size"),
        rate("later", later="R19"),
    ],
    evidence=[Evidence.LEDGER],
)


def labels_of(figure):
    return {note.text.partition("</b>")[0].removeprefix("<b>"): note.text for note in figure.layout.annotations}


def test_a_rate_is_said_with_its_counts_and_what_would_close_it():
    said = labels_of(charts.rates(RATES, title="{r.point:pct}", lang="en"))
    assert said["point"].endswith("2/4 (50.0%)")
    assert "2–6/8 (25.0%–75.0%)" in said["open"]
    assert "needs: form of coverage" in said["open"]
    assert "known 2/4; 40.0%–60.0%" in said["unsized"]
    assert "unknown (0.0%–100.0%)" in said["unknown"]
    assert said["none"].endswith("no rows")


def test_what_keeps_a_rate_from_the_report_is_said():
    said = {code: text.replace("<br>", " ") for code, text in labels_of(charts.rates(RATES, title="x", lang="en")).items()}
    assert "contradicts the report's totals unless one of A1 A2 does not hold" in said["against"]
    assert "different days" in said["elsewhere"]
    assert "different wholes" in said["more"]
    assert "its rules (R19) came later: for scale alone" in said["later"]


def test_a_rate_is_drawn_from_its_lower_to_its_upper_end():
    figure = charts.rates(RATES[RATES["code"] == "open"], title="x", lang="en")
    sure, ends, known = figure.data
    assert (list(sure.x), list(ends.base), list(ends.x), list(known.x)) == ([0.25], [0.25], [0.5], [0.5])
    assert known.marker.symbol == "diamond-open"
    (sure, point) = charts.rates(RATES[RATES["code"] == "point"], title="x", lang="en").data
    assert (list(sure.x), list(point.x), point.marker.symbol) == ([0.5], [0.5], "diamond")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rates_carry_their_marks_and_rows(lang):
    figure = charts.rates(RATES, title="x", lang=lang)
    assert figure.layout.meta["evidence"] == "LEDGER"
    assert len(figure.layout.meta["rows"]) == len(RATES)
    assert figure.layout.xaxis.range == (0, 1.01)


def test_a_group_s_name_is_literal_text():
    rows = RATES.head(1).assign(name_zh="<b>$x$</b>", name_en="<img src=x>")
    assert "<img" not in str(charts.rates(rows, title="{r.point:name}", lang="en").to_dict()["layout"]["annotations"])


def test_no_rates_say_that_there_are_none():
    assert charts.rates(RATES.head(0), title="x", lang="en").layout.meta["rows"]


def test_rates_without_marks_are_refused():
    with pytest.raises(AnalysisError, match="rest on"):
        charts.rates(RATES.drop(columns="evidence"), title="x", lang="en")


@pytest.mark.parametrize("lang", LANGS)
def test_rows_of_which_nothing_is_known_share_one_bar_and_are_all_named(lang):
    bare = Register.unknown(Report.of("demo", organisations=42, branches=34))
    some = rates_of(bare, only=["instructor", "not_inspected", "few_members", "role_visible"])
    figure = charts.rates(some, title="?", lang=lang)
    assert len(figure.data) == 1
    text = words(figure).replace("<br>", " ")
    assert all(name.replace(" ", "") in text.replace(" ", "") for name in some[f"name_{lang}"])
    assert "0–42/42 (0.0%–100.0%)" in text
    assert len(figure.layout.meta["rows"]) == len(some)
    # two are still drawn apart
    assert len(charts.rates(some.head(2), title="?", lang=lang).data) == 2
