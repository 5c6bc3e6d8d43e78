import json
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analysis.charts import nothing
from analysis.elections import elections
from analysis.example import example_register
from analysis.model import LANGS, AnalysisError, result_rows
from analysis.plan_charts import calendar, queue, recruits, site_gains
from analysis.plan_charts import rooms as rooms_chart
from analysis.recruitment import recruitment
from analysis.register import Register
from analysis.report import Report, load_report
from analysis.rooms import rooms
from analysis.sites import sites
from analysis.training import training, training_by_size

ROWS = {
    "queue": lambda register, report: training_by_size(register, report=report, years=4),
    "line": lambda register, report: training(register, report=report, years=4),
    "calendar": lambda register, report: elections(register),
    "recruits": lambda register, report: recruitment(register, report=report, years=range(1, 6)),
    "rooms": lambda register, report: rooms(register),
    "sites": lambda register, report: sites(register, report=report),
}
DRAW = {"queue": queue, "line": queue, "calendar": calendar, "recruits": recruits, "rooms": rooms_chart, "sites": site_gains}
TITLES = {
    "queue": "{r.40/year4:range}",
    "line": "{r.year4:range}",
    "calendar": "{r.pace:range}",
    "recruits": "{r.after5:range}",
    "rooms": "{r.all/5:range}",
    "sites": "{r.present:share}",
}
each = pytest.mark.parametrize("name", DRAW)


@pytest.fixture(scope="module")
def made():
    report = load_report("yangxian")
    kept = {}

    def rows(name, kind="report"):
        if (name, kind) not in kept:
            register = Register.unknown(report) if kind == "report" else example_register(report)
            kept[name, kind] = ROWS[name](register, report)
        return kept[name, kind]

    return rows


def drawn(rows, name, lang="en", **options):
    return DRAW[name](rows, title=TITLES[name], lang=lang, **options)


def words(figure):
    return " ".join(note.text for note in figure.layout.annotations).replace("<br>", " ")


@each
@pytest.mark.parametrize("kind", ["report", "example"])
@pytest.mark.parametrize("lang", LANGS)
def test_a_chart_carries_its_title_rows_words_and_marks(made, name, kind, lang):
    rows = made(name, kind)
    figure = drawn(rows, name, lang)
    meta = figure.layout.meta
    assert figure.layout.title.text.startswith("<b>")
    assert len(meta["rows"]) == len(rows)
    assert meta["alt"]
    for code in ("JUDGEMENT", "ILLUSTRATIVE" if kind == "example" else "REPORT"):
        assert code in meta["evidence"]
    assert ("✻" in words(figure)) is (kind == "example")
    text = json.dumps(figure.to_dict(), allow_nan=False)
    assert "bdata" not in text
    assert len(text) < 40_000
    assert figure.layout.height < 1009  # an A4 page at 96 pixels an inch


@each
def test_both_languages_draw_the_same_numbers(made, name):
    one, other = (drawn(made(name, "example"), name, lang) for lang in LANGS)
    assert [list(trace.x) for trace in one.data] == [list(trace.x) for trace in other.data]
    if name in ("queue", "line", "recruits"):
        assert [list(trace.y) for trace in one.data] == [list(trace.y) for trace in other.data]


@each
def test_rows_without_marks_are_refused(made, name):
    with pytest.raises(AnalysisError, match="rest on"):
        drawn(made(name).drop(columns="evidence"), name)


@each
def test_no_rows_say_that_there_are_none(name):
    assert DRAW[name](result_rows([]), title="x", lang="en").layout.meta == nothing(title="x", lang="en").layout.meta


def test_each_step_of_the_slider_holds_the_heights_of_its_size(made):
    rows = made("queue", "example")
    figure = drawn(rows, "queue")
    (slider,) = figure.layout.sliders
    assert [step.label for step in slider.steps] == ["10", "20", "30", "40", "50"]
    for step in slider.steps:
        assert step.method == "restyle"
        heights, traces = step.args
        mine = rows[rows["size"] == int(step.label)]
        assert heights["y"] == [[round(value, 2) for value in mine[end]] for end in ("least", "most", "usual_least", "usual_most")]
        assert list(traces) == [0, 1, 2, 3]
    # what is drawn at first is the step that the slider stands at, and the note says which
    assert [list(trace.y) for trace in figure.data] == slider.steps[slider.active].args[0]["y"]
    assert slider.steps[slider.active].label == "40"  # the usual size
    assert "40 places in a class" in words(figure)
    assert figure.layout.yaxis.range[1] > rows["most"].max()


def test_the_slider_can_begin_elsewhere_and_is_left_out_for_one_size(made):
    rows = made("queue")
    assert drawn(rows, "queue", size=10).layout.sliders[0].active == 0
    assert not drawn(made("line"), "line").layout.sliders
    plain, moved = drawn(made("line"), "line"), drawn(rows, "queue")
    assert moved.layout.annotations[-1].yshift < plain.layout.annotations[-1].yshift - 60


def test_a_queue_of_unknown_length_is_not_drawn():
    none = training(Register.unknown(Report.of("demo")), years=1)
    assert "gives nothing of this kind" in words(queue(none, title="x", lang="en"))


def test_a_calendar_draws_its_periods_and_says_its_totals():
    branches = pd.DataFrame({"name": ["a", "b"], "level": ["branch"] * 2, "last_election_on": [date(2018, 7, 1), None]})
    rows = elections(Register(pd.DataFrame({"name": ["o"]}), branches, as_of=date(2021, 6, 30)), quarters=4)
    figure = calendar(rows, title="{r.backlog:range}", lang="en")
    labels = [note.text for note in figure.layout.annotations if note.yref == "y"]
    assert len(labels) == 8
    assert labels[2] == "<b>due in 0 to 3 months: 1–2</b>"
    assert "overdue in all: 0–1; falling due within 12 months: 1–2" in words(figure)
    assert "date of the last election" in words(figure)


def test_what_cannot_be_recruited_is_a_cross_and_an_open_end_a_triangle():
    bands = {"members_to_35": [95], "members_36_to_59": [5], "members_from_60": [0]}
    full = Register(pd.DataFrame({"name": ["a"]} | bands))
    figure = recruits(recruitment(full, years=[1, 2]), title="{r.after1.status}", lang="en")
    assert [trace.marker.symbol for trace in figure.data] == ["x", "x"]
    assert "cannot happen: the share would be that of all members or more" in words(figure)
    report = Report.of("demo", organisations=1, members=10, staff=40)
    figure = recruits(recruitment(Register.unknown(report), years=[1], report=report), title="?", lang="en")
    assert [getattr(trace.marker, "symbol", None) for trace in figure.data if trace.type == "scatter"] == ["triangle-up", "diamond-open"]


def test_sites_say_what_each_adds_and_how_many_choices_are_as_good():
    names = list("abcd")
    organisations = pd.DataFrame({"name": names, "org_id": names, "sector": ["x", "<b>", "y", "z"], "township": list("stuv")})
    branches = pd.DataFrame({"name": list("ABCD"), "host_org_id": names, "demonstration": [True, False, False, False]})
    figure = site_gains(sites(Register(organisations, branches), k=1), title="{r.further1:share}", lang="en")
    assert figure.layout.title.text == "<b>2/4 (50.0%)</b>"
    assert "1 more than with one less, &lt;b&gt; · t (such as B)" in words(figure)
    assert "2 other choices are as good" in words(figure)
    assert figure.layout.xaxis.range == (0, 4.04)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_chart_of_recruits_says_by_how_many_points(lang):
    source = (Path(__file__).parents[1] / "notebooks" / lang / "03_recommendations.ipynb").read_text("utf-8")
    cell = next(each for each in json.loads(source)["cells"] if each["id"] == "r_young_chart")
    title = re.search(r'title="([^"]+)"', "".join(cell["source"]))[1]
    held = Register(pd.DataFrame({"name": ["a"], "members_to_35": [20], "members_36_to_59": [60], "members_from_60": [20]}))
    for points, said in ((0.1, "10"), (0.125, "12.5")):
        young = recruitment(held, points=points, years=[1])
        figure = recruits(young, title=title, lang=lang, y=young)
        assert re.findall(r"[0-9.]*[0-9]", figure.layout.title.text.replace("<br>", " ")) == [said]
        assert {row[1] for row in figure.layout.meta["rows"]} == {said}


def test_a_room_for_each_is_not_called_shared():
    figure = rooms_chart(rooms(Register(pd.DataFrame({"name": ["a"], "township": ["s"], "activity_room": [False]}))), title="?", lang="en")
    text = " ".join(note.text for note in figure.layout.annotations).replace("<br>", " ")
    assert "no sharing: one to a room" in text
    assert "up to 1 to" not in text
