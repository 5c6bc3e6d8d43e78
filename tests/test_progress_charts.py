"""Charts of what changed: positions by hand, parts that add up, marks and rows inside, both languages alike."""

import json
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from analysis import AnalysisError, Register, Term, example_later, example_register, load_targets, pace, progress, result_rows, tally
from analysis.charts import COLOURS
from analysis.followup import Status
from analysis.model import LANGS, Evidence, merged_marks
from analysis.progress import Direction
from analysis.progress_charts import changes, contributions, towards
from analysis.targets import Reach
from analysis.wording import sentence

ROOT = Path(__file__).resolve().parent.parent

DAYS = [date(year, 12, 31) for year in (2012, 2013, 2014)]
CODES = ["own_branch", "work_coverage", "instructor", "secretary_trained", "relation_not_transferred"]


def register(day, coverage):
    ids = [f"o{at}" for at in range(len(coverage))]
    return Register(pd.DataFrame({"org_id": ids, "name": ids, "coverage": coverage}), as_of=day)


@pytest.fixture(scope="module")
def small():
    """Ten organisations: two with a branch, then five and one not known, then six."""
    steps = (["own"] * 2 + ["none"] * 8, ["own"] * 5 + ["none"] * 4 + [None], ["own"] * 6 + ["none"] * 4)
    return [register(day, coverage) for day, coverage in zip(DAYS, steps, strict=True)]


@pytest.fixture(scope="module")
def one(small):
    return progress(*small[:2]).query("indicator == 'own_branch'")


@pytest.fixture(scope="module")
def two(small):
    return progress(*small).query("indicator == 'own_branch'")


@pytest.fixture(scope="module")
def paces(two, tmp_path_factory):
    path = tmp_path_factory.mktemp("targets") / "targets.csv"
    path.write_text("indicator,share,by,source\nown_branch,80%,2016-12-31,县里计划\nown_branch,50%,2015-12-31,\n", "utf-8")
    return pace(two, load_targets(path), as_of=DAYS[2])


@pytest.fixture(scope="module")
def example(yangxian):
    first = example_register(yangxian)
    return progress(first, example_later(first)).query("indicator in @CODES")


def words(figure):
    return "\n".join(note.text for note in figure.layout.annotations)


def drawn(name, example, two, paces, lang):
    return {
        "changes": lambda: changes(example, title="{r.own_branch.said}", lang=lang),
        "contributions": lambda: contributions(example, title="{r.own_branch.difference:pct}", lang=lang),
        "towards": lambda: towards(two, paces, title="{p.own_branch/2016-12-31.said}", lang=lang),
    }[name]()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["changes", "contributions", "towards"])
def test_a_figure_carries_its_title_its_marks_and_its_rows(name, lang, example, two, paces):
    figure = drawn(name, example, two, paces, lang)
    meta = figure.layout.meta
    assert figure.layout.title.text.startswith("<b>")
    assert meta["rows"]
    assert all(len(row) == len(meta["columns"]) and all(isinstance(cell, str) for cell in row) for row in meta["rows"])
    assert meta["alt"]
    assert "C36" in meta["assumptions"]
    assert "C36" in words(figure)
    assert not {"said", "from_on", "to_on"} & set(meta["columns"])
    text = json.dumps(figure.to_dict(), allow_nan=False)
    assert "bdata" not in text


@pytest.mark.parametrize("name", ["changes", "contributions", "towards"])
def test_both_languages_draw_the_same_numbers(name, example, two, paces):
    zh, en = [[trace.x for trace in drawn(name, example, two, paces, lang).data] for lang in LANGS]
    assert zh == en


def test_a_change_runs_from_ring_to_diamond(one):
    figure = changes(one, title="?", lang="en")
    bar, line = figure.data
    assert (bar.base[0], bar.x[0]) == (0.5, pytest.approx(0.1))  # five to six of ten, after
    assert line.x == (0.2, 5 / 9)
    assert line.marker.symbol == ("circle-open", "diamond")
    assert "2/10 (20.0%) → 5–6/10 (50.0%–60.0%)" in words(figure).replace("<br>", " ")
    assert "(better)" in words(figure)
    assert "2012-12-31 → 2013-12-31" in words(figure)


def test_contributions_add_up_to_what_the_label_says(example):
    figure = contributions(example, title="?", lang="en")
    *layers, whole = figure.data
    assert [layer.name for layer in layers] == ["came", "went", "changed", "time passed", "became known"]
    sums = [round(sum(cells), 1) for cells in zip(*(layer.x for layer in layers), strict=True)]
    assert sums == [round(x, 1) for x in whole.x]
    assert sums == pytest.approx((example["difference"] * 100).tolist(), abs=0.051)
    assert len({layer.marker.color for layer in layers}) == 5
    # told apart without colour, too
    assert len({(layer.marker.pattern.shape, layer.marker.color) for layer in layers}) == 5
    assert figure.layout.xaxis.range[0] == -figure.layout.xaxis.range[1]


def test_rows_that_cannot_be_matched_say_so_and_have_no_bar(small):
    numbered = Register(pd.DataFrame({"name": ["a", "a"], "coverage": ["own", "none"]}), as_of=DAYS[1])
    rows = progress(small[0], numbered).query("indicator == 'own_branch'")
    figure = contributions(rows, title="?", lang="en")
    assert [list(trace.x) for trace in figure.data] == [[0], [0], [0], [0], [0], []]
    assert "no numbers of their own" in words(figure).replace("<br>", " ")
    assert len(changes(rows, title="?", lang="zh").data) == 1


def test_every_target_is_a_line_beside_its_level(two, paces):
    figure = towards(two, paces, title="?", lang="en")
    lines = [trace for trace in figure.data if trace.type == "scatter" and trace.line.color == COLOURS["target"]]
    assert [list(line.x) for line in lines] == [[0.8, 0.8], [0.5, 0.5]]
    text = words(figure).replace("<br>", " ")
    assert "target ≥ 80.0% (2016-12-31), now 6/10 (60.0%)" in text
    assert "target ≥ 50.0% (2015-12-31), now 6/10 (60.0%)" in text
    assert re.search(r"2 organisations to go in [0-9.]+ months, [0-9.]+ a quarter", text)
    rings = [trace.x[0] for trace in figure.data if trace.marker.symbol == "circle-open"]
    assert rings == [0.2, 5 / 9] * 2  # the dates before, for each of the two
    now = [trace.x[0] for trace in figure.data if trace.mode == "markers" and trace.marker.symbol == "diamond"]
    assert set(now) == {0.6}
    led = [trace.x[1] for trace in figure.data if trace.type == "scatter" and trace.line.dash == "dot"]
    assert led == pytest.approx(paces["projected"].tolist())


def test_targets_of_several_indicators_stand_above_each_other_without_overlap(example, tmp_path):
    codes = example["indicator"].unique()[:5]
    path = tmp_path / "targets.csv"
    path.write_text("indicator,share,by,aim\n" + "".join(f"{code},50%,2014-12-31,at_least\n" for code in codes), "utf-8")
    found = pace(example, load_targets(path), as_of=DAYS[1])
    figure = towards(example, found, title="?", lang="zh")
    assert (
        len([trace for trace in figure.data if trace.type == "scatter" and trace.line.color == COLOURS["target"]])
        == len(codes)
        == len(found)
    )
    labels = sorted((note.y, note.text.count("<br>") + 1) for note in figure.layout.annotations if note.yref == "y")
    assert len(labels) == len(codes)
    # what a label takes, a line being seventeen units high, ends below the bar above it
    assert all(low + 8 + 17 * lines <= high for (low, lines), (high, _) in pairwise(labels))


@pytest.mark.parametrize(("lang", "said"), [("zh", "没有给出目标"), ("en", "No targets were given")])
def test_without_targets_the_chart_says_so_in_plain_words_and_of_the_ledger(two, lang, said):
    none = result_rows([]).reindex(columns=["code", "reach", "evidence", "assumptions"])
    figure = towards(two, none, title="{a.all:value}", lang=lang, a=tally(none, "reach", Reach, none=Evidence.LEDGER))
    assert said in words(figure).replace("<br>", "" if lang == "zh" else " ")
    assert "targets " not in words(figure).replace("No targets were", "")
    # no report is given here, so nothing can be printed in it
    assert figure.layout.meta["evidence"] == "LEDGER"
    assert contributions(none, title="?", lang=lang, w=two).layout.meta["evidence"] == merged_marks(two)["evidence"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("cell", ["r_target_chart", "say_findings"])
def test_what_is_counted_in_all_is_counted_in_its_parts(cell, lang):
    """Every target, indicator and action of a total stands in one of the numbers beside it."""
    notebook = json.loads((ROOT / "notebooks" / lang / "04_progress.ipynb").read_text("utf-8"))
    source = "".join(next(each for each in notebook["cells"] if each["id"] == cell)["source"])
    fields = {}
    for name, code in re.findall(r"\{(\w)\.(\w+):value\}", source):
        fields.setdefault(name, []).append(code)
    vocabulary = {"a": Reach, "w": Direction, "b": Status}
    assert fields
    for name, codes in fields.items():
        assert sorted(codes) == sorted(["all", *vocabulary[name].__members__])


@pytest.mark.parametrize("lang", LANGS)
def test_the_targets_of_the_title_add_up(lang, paces):
    notebook = json.loads((ROOT / "notebooks" / lang / "04_progress.ipynb").read_text("utf-8"))
    source = "".join(next(each for each in notebook["cells"] if each["id"] == "r_target_chart")["source"])
    each = [paces.iloc[[0]].assign(reach=reach.name, code=reach.name) for reach in (*Reach, Reach.missed)]
    rows = pd.concat(each, ignore_index=True)
    said = sentence(re.search(r'title="([^"]+)"', source)[1], lang=lang, a=tally(rows, "reach", Reach))[0]
    whole, *parts = map(int, re.findall(r"\d+", said))
    assert whole == sum(parts) == len(Reach) + 1


@pytest.mark.parametrize("chart", [changes, contributions])
def test_no_rows_give_a_chart_that_says_so(chart):
    figure = chart(result_rows([]), title="?", lang="en")
    assert Term("", "There is one date alone, so no change to draw")("en") in words(figure)


@pytest.mark.parametrize("chart", [changes, contributions])
def test_rows_without_marks_are_refused(chart, one):
    with pytest.raises(AnalysisError, match="do not say what they rest on"):
        chart(one.drop(columns="evidence"), title="?", lang="en")
