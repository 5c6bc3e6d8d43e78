"""How causes and problems go together, drawn."""

import pandas as pd
import pytest

from analysis.association import association, associations
from analysis.cause_charts import differences
from analysis.model import result_rows
from analysis.register import Register

LANGS = ("zh", "en")


def rows(cause, problem):
    branches = pd.DataFrame(
        {"name": [str(at) for at in range(len(cause))], "in_leadership": [not c for c in cause], "joined_work": [not p for p in problem]}
    )
    return association(Register(pd.DataFrame({"name": ["o"]}), branches), "O3", "P4")


@pytest.fixture
def planted():
    """Of 40 branches with the cause 36 have the problem, of 40 without it 4; so 90 % less 10 %."""
    return rows([True] * 40 + [False] * 40, [True] * 36 + [False] * 4 + [True] * 4 + [False] * 36)


@pytest.mark.parametrize("lang", LANGS)
def test_a_pair_is_drawn_with_both_its_intervals(planted, lang):
    figure = differences(planted, title="?", lang=lang)
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    (point,) = [trace for trace in figure.data if trace.mode == "markers"]
    assert point.x[0] == pytest.approx(0.8)
    # nothing is unknown: least and most meet at the difference; the interval is Newcombe's, around it
    assert list(lines[0].x) == pytest.approx([0.8, 0.8])
    assert lines[1].x[0] < 0.8 < lines[1].x[1]
    label = " ".join(note.text for note in figure.layout.annotations).replace("<br>", " ")
    assert "36/40 (90.0%)" in label
    assert "4/40 (10.0%)" in label
    assert {"zh": "相伴出现", "en": "go together"}[lang] in label


@pytest.mark.parametrize("lang", LANGS)
def test_the_axis_has_its_unit_and_says_what_nothing_means(planted, lang):
    figure = differences(planted, title="?", lang=lang)
    assert list(figure.layout.xaxis.ticktext) == ["−100", "−50", "0", "+50", "+100"]
    assert {"zh": "百分点", "en": "points"}[lang] in figure.layout.xaxis.title.text
    note = figure.layout.annotations[-1].text.replace("<br>", " " if lang == "en" else "")
    assert {"zh": "0 为两者一样多", "en": "at 0 both are the same"}[lang] in note


@pytest.mark.parametrize("lang", LANGS)
def test_what_cannot_be_told_says_why(lang):
    label = " ".join(note.text for note in differences(rows([True, False], [True, False]), title="?", lang=lang).layout.annotations)
    assert {"zh": "看不出来", "en": "cannot be told"}[lang] in label
    assert {"zh": "有的行或没有的行太少", "en": "too few"}[lang] in label.replace("<br>", " " if lang == "en" else "")


def test_no_colour_says_that_a_cause_has_an_effect(planted):
    text = " ".join(note.text for note in differences(planted, title="?", lang="en").layout.annotations).casefold()
    assert "not an effect" in text.replace("<br>", " ")


def test_without_pairs_there_is_nothing_to_draw():
    assert "gives nothing" in " ".join(note.text for note in differences(result_rows([]), title="?", lang="en").layout.annotations).replace(
        "<br>", " "
    )


def test_names_from_a_report_are_text():
    pairs = associations(Register(pd.DataFrame({"name": ["<b>x</b>"]})))
    figure = differences(pairs.assign(name_en="<script>$x$"), title="?", lang="en")
    assert "<script>" not in " ".join(note.text for note in figure.layout.annotations)
