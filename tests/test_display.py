import base64
import html
import json
import math
import re
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from nbconvert.filters import markdown2html

from analysis import AnalysisError, Assumption, Evidence, Report, Term, charts, result_rows
from analysis.display import CONFIG, PLOTLY, html_table, rounded, say, show, table
from analysis.model import LANGS

HOSTILE = [
    "<img src=x onerror=alert(1)>", "<b>bold</b>", "<script>alert(1)</script>", "**bold** _it_ ~~no~~ `code`", "[x](javascript:alert(1))",
    "![x](https://example.com/x.png)", "# heading", "1. item", "- item", "| a | b |", "$x$ $$y$$ \\(z\\)", "{t.a}", "=1+1", "&lt;i&gt; &amp;",
    "https://example.com", "[^1]: note",
]  # fmt: skip


@pytest.fixture
def out(monkeypatch) -> list[dict[str, Any]]:
    """All that is published, one mapping of MIME kinds a call."""
    published: list[dict[str, Any]] = []
    monkeypatch.setattr("analysis.display.publish_display_data", published.append)
    return published


def rows(*names: str, evidence: str = "REPORT", **columns: Any) -> pd.DataFrame:
    return result_rows(
        [{"code": f"r{at}", "name_zh": name, "name_en": name, "evidence": evidence, **columns} for at, name in enumerate(names)]
    )


def figure(value: float = 1 / 3) -> go.Figure:
    return charts.bars(rows("A", value=value), title="?", lang="en", unit=Term("人", "people"), columns=["name", "value"])


# ---- show


def test_show_publishes_one_kind_of_plain_json(out):
    show(figure())
    ((kind, content),) = out[0].items()
    assert (len(out), kind) == (1, "application/vnd.plotly.v1+json")
    assert set(content) == {"data", "layout", "config"}
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert "bdata" not in json.dumps(content)


def test_show_keeps_six_digits(out):
    show(figure())
    content = out[0][PLOTLY]
    assert content["data"][0]["x"] == [0.333333]
    assert not re.search(r"\d\.\d{7}", json.dumps(content))


def test_no_chart_offers_to_send_itself_away(out):
    show(figure())
    config = out[0][PLOTLY]["config"]
    assert config == CONFIG
    assert (config["showSendToCloud"], config["plotlyServerURL"]) == (False, "")


@pytest.mark.parametrize("meta", [
    None, {}, {"alt": "A", "rows": [["1"]]}, {"evidence": "REPORT", "rows": [["1"]]}, {"evidence": "REPORT", "alt": "A", "rows": []},
])  # fmt: skip
def test_a_figure_that_does_not_say_what_it_rests_on_is_refused(out, meta):
    with pytest.raises(AnalysisError, match=r"make it with a function of analysis\.charts"):
        show(go.Figure(go.Bar(x=[1]), layout={"meta": meta}))
    assert out == []


def test_arrays_are_published_as_lists(out):
    made = figure()
    made.add_trace(go.Heatmap(z=np.array([[1.0, 2.5], [np.nan, 4.0]]), x=np.array([10, 20])))
    show(made)
    heat = out[0][PLOTLY]["data"][1]
    assert (heat["z"], heat["x"]) == ([[1, 2.5], [None, 4]], [10, 20])


@pytest.mark.parametrize(("value", "shown"), [
    (523.4285714, 523.429), (21984.0, 21984), (2, 2), (12345678, 12345678), (True, True), (None, None), ("0.123456789", "0.123456789"),
    (math.nan, None), (math.inf, None), (np.float64(0.5), 0.5), (np.int64(7), 7), ((1.0, 2.0), [1, 2]), ({1: np.arange(2)}, {"1": [0, 1]}),
])  # fmt: skip
def test_numbers_are_rounded_and_the_rest_is_kept(value, shown):
    found = rounded(value)
    assert (found, type(found)) == (shown, type(shown))


def test_packed_arrays_are_unpacked():
    packed = {"dtype": "f8", "bdata": base64.b64encode(np.arange(6, dtype="f8").tobytes()).decode(), "shape": "2, 3"}
    assert rounded({"z": packed}) == {"z": [[0, 1, 2], [3, 4, 5]]}
    assert rounded({"z": {key: packed[key] for key in ("dtype", "bdata")}}) == {"z": [0, 1, 2, 3, 4, 5]}


# ---- table


def test_a_table_is_one_piece_of_html(out):
    table(rows("A", "B", value=3), ["name", "value"], lang="en")
    assert [list(content) for content in out] == [["text/html"]]
    text = out[0]["text/html"]
    assert re.findall("<th>(.*?)</th>", text) == ["name", "value"]
    assert re.findall("<td>(.*?)</td>", text) == ["A", "3", "B", "3"]


@pytest.mark.parametrize(("lang", "mark"), [("zh", "■ 报告所载（A1）"), ("en", "■ printed in the report (A1)")])
def test_marks_that_all_rows_share_stand_once(out, lang, mark):
    table(rows("A", "B", assumptions="A1"), ["name"], lang=lang)
    assert out[0]["text/html"].count(mark) == 1
    assert out[0]["text/html"].endswith(f"<p><small>〔{mark}〕</small></p>")


def test_marks_that_differ_stand_row_by_row(out):
    table(pd.concat([rows("A"), rows("B", evidence="JUDGEMENT")]), ["name"], lang="en")
    assert re.findall("<td>(.*?)</td>", out[0]["text/html"]) == ["A", "■ printed in the report", "B", "▲ judgement"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_table_shows_names_as_they_are(out, name):
    table(rows(name), ["name"], lang="en")
    (cell,) = re.findall("<td>(.*?)</td>", out[0]["text/html"])
    assert "<" not in cell.replace("<span>$</span>", "$").replace("<span>\\</span>", "\\")
    assert html.unescape(re.sub("<.*?>", "", cell)) == name


def test_a_long_cell_is_not_cut(out):
    table(rows("A" * 500), ["name"], lang="en")
    assert "A" * 500 in out[0]["text/html"]


def test_too_many_rows_are_refused(out):
    many = rows(*"ABCD")
    with pytest.raises(AnalysisError, match="The table has 4 rows, more than 3"):
        table(many, ["name"], lang="en", max_rows=3)
    table(many, ["name"], lang="en", max_rows=4)
    assert len(out) == 1


@pytest.mark.parametrize(("lang", "text"), [("zh", "没有可列的内容"), ("en", "nothing to list")])
def test_an_empty_table_says_so(out, lang, text):
    table(rows("A").head(0), ["name", "a column of rows alone"], lang=lang)
    assert text in out[0]["text/html"]
    assert "<table" not in out[0]["text/html"]


def test_an_empty_table_says_why(out):
    table(rows("A").head(0), ["name"], lang="en", empty="No row, for <want> of cells.")
    assert out[0]["text/html"] == "<p>No row, for &lt;want&gt; of cells.</p>"


def test_a_table_without_marks_is_refused(out):
    with pytest.raises(AnalysisError, match="do not say what they rest on"):
        table(rows("A").drop(columns="evidence"), ["name"], lang="en")
    assert out == []


def test_a_table_of_text_has_no_row_numbers():
    assert "<td>0</td>" not in html_table(pd.DataFrame({"a": ["x"]}))


# ---- say


@pytest.mark.parametrize("lang", LANGS)
def test_a_sentence_ends_with_what_it_rests_on(out, lang):
    made = result_rows([{"code": "own", "value": 26}], evidence=[Evidence.REPORT, Evidence.BOUND], assumptions=[Assumption.A2])
    say("{t.own}.", lang=lang, t=made)
    ((kind, text),) = out[0].items()
    assert (len(out), kind) == (1, "text/markdown")
    assert text.startswith("26. <small>〔■ ")
    assert "A2" in text
    assert Evidence.BOUND.term(lang) in text


def test_a_sentence_names_the_marks_of_the_rows_that_it_uses_alone(out):
    made = pd.concat([rows("A"), rows("B", evidence="JUDGEMENT").assign(code="other")])
    say("{t.r0:name}", lang="en", t=made)
    assert out[0]["text/markdown"] == "A <small>〔■ printed in the report〕</small>"


@pytest.mark.parametrize("template", ["No number here.", "# {t.r0:name}"])
def test_words_alone_and_headings_bear_no_marks(out, template):
    say(template, lang="en", t=rows("A"))
    assert "〔" not in out[0]["text/markdown"]


@pytest.mark.parametrize("value", [42, "42", None, [1], pd.Series([1])])
def test_bare_numbers_are_refused(out, value):
    with pytest.raises(AnalysisError, match="'n' is not a table of result rows; a sentence takes no bare numbers"):
        say("{n.a}", lang="en", n=value)
    assert out == []


@pytest.mark.parametrize(("template", "message"), [
    ("{u.r0}", "no table is called 'u'"), ("{t.zz}", "0 rows of 't' have the code 'zz'"), ("{t.r0.width}", "has no column 'width'"),
])  # fmt: skip
def test_a_field_that_names_nothing_is_refused(out, template, message):
    with pytest.raises(AnalysisError, match=message):
        say(template, lang="en", t=rows("A"))
    assert out == []


@pytest.mark.parametrize("template", ["{t.r0:name}", "- {t.r0:name}", "‘{t.r0.name}’: {t.r0:name}"])
@pytest.mark.parametrize("name", HOSTILE)
def test_names_in_a_sentence_are_literal_text(out, template, name):
    say(template, lang="en", t=rows(name))
    made = markdown2html(out[0]["text/markdown"].replace("<small>", "").replace("</small>", ""))
    assert set(re.findall(r"<(\w+)", made)) <= {"p", "ul", "li", "span"}
    expected = template.removeprefix("- ").replace("{t.r0:name}", name).replace("{t.r0.name}", name) + " 〔■ printed in the report〕"
    assert html.unescape(re.sub("<.*?>", "", made)).strip() == expected


def test_characters_that_turn_text_around_are_left_out(out):
    say("{t.r0:name}", lang="en", t=rows("a\u202eb\u2066c\x1b[31m\nd"))
    table(rows("a\u202eb\u2066c\x1b[31m\nd"), ["name"], lang="en")
    assert out[0]["text/markdown"].startswith("abc\\[31m d ")
    assert "<td>abc[31m d</td>" in out[1]["text/html"]


def test_published_figures_in_a_sentence(out):
    say("{f.members} / {f.branches}", lang="zh", f=Report.of("demo", members=678).published("members", "branches"))
    assert out[0]["text/markdown"].startswith("678 人 / 未知（报告未载：党支部）")
