import base64
import csv
import hashlib
import html
import io
import json
import re
import shutil
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import analysis
from analysis import AnalysisError, Assumption, Register, Report, Settings, briefing, load_report
from analysis.display import PLOTLY
from analysis.model import LANGS
from analysis.settings import DEFAULT_SETTINGS
from analysis.sources import Sources
from analysis.workbook import write_ledger

both = pytest.mark.parametrize("lang", LANGS)
NOTEBOOKS = Path(__file__).parent.parent / "notebooks"


@cache
def stored(lang: str) -> list[Any]:
    return [briefing.without(briefing.notebook(path), "setup") for path in briefing.wanted(lang, briefing.Given("yangxian"))]


def made_of(report: Report, contents: Sequence[Any], lang: str, **given: str) -> str:
    found = briefing.Sources(report, Register.unknown(report), Settings())
    return briefing.page(found, contents, lang, given=briefing.Given(report.place, **given))


@cache
def page(lang: str) -> str:
    return made_of(load_report("yangxian"), stored(lang), lang)


class Tree(HTMLParser):
    """A page's elements, its texts by the element that they stand in, and whatever is closed in the wrong order."""

    VOID = frozenset({"meta", "br", "img", "link", "hr", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def attributes(self, name: str) -> list[str]:
        return [attrs[name] for _, attrs in self.elements if name in attrs]

    def within(self, tag: str) -> list[str]:
        return [text for at, text in self.texts if at == tag]


@cache
def tree(lang: str) -> Tree:
    return Tree(page(lang))


def charts(contents: Sequence[Any]) -> list[dict[str, Any]]:
    outputs = [output for content in contents for cell in content.cells for output in cell.get("outputs", [])]
    return [output.data[PLOTLY] for output in outputs if PLOTLY in output.get("data", {})]


def chart(rows: list[list[str]], **layout: Any) -> dict[str, Any]:
    meta = {"alt": "A", "evidence": "REPORT", "assumptions": "", "columns": ["name"], "rows": rows}
    return {"data": [], "layout": {"height": 200, "meta": meta, **layout}, "config": {}}


def rows_of(link: str) -> list[list[str]]:
    kind, _, data = link.partition(";base64,")
    assert kind == "data:text/csv;charset=utf-8"
    return list(csv.reader(io.StringIO(base64.b64decode(data).decode("utf-8-sig"), newline="")))


# ---- the page


@both
def test_the_policy_stands_before_any_script_and_lets_only_ours_run(lang):
    text = page(lang)
    assert text.index("Content-Security-Policy") < text.index("<script")
    (policy,) = [attrs["content"] for _, attrs in tree(lang).elements if attrs.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    running = tree(lang).within("script")[-1]
    digest = base64.b64encode(hashlib.sha256(running.encode()).digest()).decode()
    assert rules["script-src"] == f"'sha256-{digest}'"
    assert (rules["default-src"], rules["base-uri"], rules["form-action"]) == ("'none'", "'none'", "'none'")
    assert "http" not in policy
    kinds = [attrs.get("type") for tag, attrs in tree(lang).elements if tag == "script"]
    assert set(kinds[:-1]) == {"application/json"}
    assert kinds[-1] is None


@pytest.mark.parametrize(("lang", "code", "title"), [
    ("zh", "zh-CN", "洋县：社会组织党建简报"), ("en", "en", "Yang County: Party building in social organisations, a briefing"),
])  # fmt: skip
def test_the_page_names_its_language_and_its_report(lang, code, title):
    assert tree(lang).elements[0] == ("html", {"lang": code})
    assert tree(lang).within("title") == [title]
    assert title in tree(lang).within("h1")


@both
def test_every_tag_is_closed(lang):
    assert (tree(lang).wrong, tree(lang).open) == ([], [])


@both
def test_links_lead_somewhere_and_ids_are_unique(lang):
    ids = tree(lang).attributes("id")
    inside = [link[1:] for link in tree(lang).attributes("href") if link.startswith("#")]
    assert len(set(ids)) == len(ids)
    assert set(inside) <= set(ids)
    headings = [attrs["id"] for tag, attrs in tree(lang).elements if tag in ("h1", "h2") and "id" in attrs]
    assert [link for link in inside if link != "text"] == headings
    # the findings and steps in brief, then three chapters
    assert len([tag for tag, attrs in tree(lang).elements if tag == "h1" and "id" in attrs]) == 4


@both
def test_nothing_is_asked_of_the_network(lang):
    for name in ("src", "href", "action", "srcset", "poster", "data", "background", "formaction", "ping"):
        assert all(value.startswith(("#", "data:text/csv;")) for value in tree(lang).attributes(name)), name
    assert not {"iframe", "object", "embed", "link", "img", "base", "form"} & {tag for tag, _ in tree(lang).elements}
    (style,) = tree(lang).within("style")
    assert not re.search(r"url\(|@import", style)
    assert not [name for _, attrs in tree(lang).elements for name in attrs if name.startswith("on")]


@both
def test_the_legend_explains_every_mark(lang):
    marks = tree(lang).within("dt")
    # what the page rests on: neither a ledger nor anything generated; A10 is off in every sentence and chart
    assert marks[:4] == ["■", "▭", "◆", "▲"]
    assert [mark for mark in marks if mark.startswith("A")] == [switch.name for switch in Assumption if switch.name != "A10"]
    assert {"C18", "C20", "C22", "C25"} <= set(marks) - {"C27"}
    assert Assumption.A4.term(lang) in tree(lang).within("dd")


@pytest.mark.parametrize(("lang", "undated"), [("zh", "日期：未注明"), ("en", "Date: not stated")])
def test_the_footer_names_inputs_date_and_version(lang, undated):
    (foot,) = tree(lang).within("footer")
    assert load_report("yangxian").fingerprint in foot
    assert len(re.findall(r"\b[0-9a-f]{12}\b", foot, re.ASCII)) == 2
    assert undated in foot
    assert analysis.__version__ in foot


def test_the_footer_names_the_date_where_one_is_printed():
    foot = Tree(made_of(load_report("sanbing"), [], "en")).within("footer")
    assert "Date: 2017-10-27" in foot[0]


def test_the_fingerprint_does_not_depend_on_line_ends(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"a\r\n1\r\n")
    first = briefing._fingerprint(tmp_path)
    (tmp_path / "a.csv").write_bytes(b"a\n1\n")
    assert briefing._fingerprint(tmp_path) == first
    (tmp_path / "a.csv").write_bytes(b"a\n2\n")
    assert briefing._fingerprint(tmp_path) != first


def test_the_same_notebooks_give_the_same_bytes():
    assert made_of(load_report("yangxian"), stored("en"), "en") == page("en")


@both
def test_code_is_hidden(lang):
    text = page(lang).rpartition("<script>")[0]
    for content in stored(lang):
        for cell in content.cells:
            for line in cell.source.splitlines() if cell.cell_type == "code" else ():
                assert line not in text
                assert html.escape(line, quote=False) not in text


@both
def test_every_chart_is_there_with_its_rows_to_see_and_to_download(lang):
    wanted = charts(stored(lang))
    found = [json.loads(text) for text in tree(lang).within("script")[:-1]]
    assert found == wanted
    links = [attrs["href"] for _, attrs in tree(lang).elements if attrs.get("class") == "download"]
    for content, link in zip(wanted, links, strict=True):
        meta = content["layout"]["meta"]
        assert rows_of(link) == [meta["columns"], *meta["rows"]]
    alternatives = [attrs["aria-label"] for _, attrs in tree(lang).elements if attrs.get("role") == "img"]
    assert alternatives == [content["layout"]["meta"]["alt"] for content in wanted]


@both
def test_every_sentence_and_table_is_there(lang):
    shown = "".join("".join(text for at, text in tree(lang).texts if at not in ("script", "style")).split())
    for content in stored(lang):
        for output in (output for cell in content.cells for output in cell.get("outputs", [])):
            said = re.sub(r"\\(.)", r"\1", output.data.get("text/markdown", "").removeprefix("- "))
            text = html.unescape(re.sub("<.*?>", "", said + output.data.get("text/html", "")))
            assert "".join(text.split()) in shown


@both
def test_findings_and_steps_stand_first_and_again_in_their_chapter(lang):
    tagged = [cell for content in stored(lang) for cell in content.cells if {"finding", "step"} & set(cell.metadata.get("tags", []))]
    _, _, main = page(lang).partition("<main")
    brief, _, chapters = main.partition("<h1 id=")[2].partition("<h1 id=")
    found = re.findall("<li>(.*?)</li>|<table[^>]*>(.*?)</table>", brief, re.DOTALL)
    assert len(found) == sum(len(cell.outputs) for cell in tagged) > len(tagged) > 3
    assert all("".join(either) in chapters for either in found)


@both
def test_a_wide_table_scrolls_by_itself(lang):
    elements = tree(lang).elements
    before = [attrs.get("class") for (_, attrs), (tag, _) in pairwise(elements) if tag == "table"]
    assert len(before) > 10
    assert set(before) == {"scroll"}


# ---- data cannot break out of the page


@pytest.fixture
def named(write) -> Callable[[str], Report]:
    return lambda name: load_report(write(about=f"name_zh = '{name}'\nname_en = '{name}'\nsource_en = '{name}'\n"))


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>", "</title><script>alert(1)</script>", '"><b>', "{0} {version}", "a\u202eb"]
)
def test_a_report_s_name_is_text(named, name):
    made = Tree(made_of(named(name), [], "en"))
    plain = name.replace("\u202e", "")
    assert made.within("title") == [f"{plain}: Party building in social organisations, a briefing"]
    assert plain in made.within("small")
    assert plain in "".join(made.within("footer"))
    assert not {"img", "b"} & {tag for tag, _ in made.elements}
    assert [tag for tag, _ in made.elements].count("script") == 1


BREAKING = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\u2028\u2029",
    '"><img src=x>',
    "</td></table>",
    "</figure></div>",
    "&quot;",
]


@pytest.mark.parametrize("text", BREAKING)
def test_the_data_of_a_chart_cannot_end_its_script(text):
    content = chart([[text]], title={"text": text})
    content["layout"]["meta"]["alt"] = text
    content["layout"]["meta"]["columns"] = [text]
    made = briefing.figure_html(content, "en")
    found = Tree(made)
    assert (found.wrong, found.open) == ([], [])
    assert [tag for tag, _ in found.elements].count("script") == 1
    assert not {"img"} & {tag for tag, _ in found.elements}
    (script,) = re.findall("<script.*?>(.*?)</script>", made, re.DOTALL)
    assert not re.search("[<\u2028\u2029]", script)
    assert json.loads(script) == content
    assert found.attributes("aria-label") == [text]
    assert "".join(found.within("td")) == "".join(found.within("th")) == text


@pytest.mark.parametrize("lang", LANGS)
def test_hostile_outputs_stay_text_in_the_page(lang):
    name = "</script><script>alert(1)</script>"
    outputs = [new_output("display_data", {PLOTLY: chart([[name]])}),
               new_output("display_data", {"text/html": f"<table class=\"dataframe\"><tr><td>{html.escape(name)}</td></tr></table>"}),
               new_output("display_data", {"text/markdown": r"\<\/script\>\<script\>alert\(1\)"})]  # fmt: skip
    content = new_notebook(cells=[new_code_cell("x = 1", outputs=outputs)], metadata={"lang": lang})
    made = Tree(made_of(load_report("sanbing"), [content], lang))
    assert [tag for tag, _ in made.elements].count("script") == 2
    assert (made.wrong, made.open) == ([], [])
    assert any("</script><script>alert(1)" in text for text in made.within("p"))


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠A1", "=cmd|' /C calc'!A0"]
)
def test_a_formula_is_kept_as_text(cell):
    (header, row) = csv.reader(io.StringIO(briefing.csv_bytes([cell], [[cell]]).decode("utf-8-sig"), newline=""))
    assert header == row == [f"'{cell}"]


@pytest.mark.parametrize("cell", ["", "1-2", "26–33", "—", "a,b", 'a"b', "a\nb", "'", " =1", "甲"])
def test_other_text_is_kept_as_it_is(cell):
    assert list(csv.reader(io.StringIO(briefing.csv_bytes(["a"], [[cell, "z"]]).decode("utf-8-sig"), newline="")))[1] == [cell, "z"]


# ---- notebooks and their parameters


def write_notebook(path: Path, *tagged: bool, lang: str | None = "en") -> Path:
    cells = [new_code_cell("place = 'a'", metadata={"tags": ["parameters"]} if tags else {}) for tags in tagged]
    path.write_text(nbformat.writes(new_notebook(cells=cells, metadata={"lang": lang} if lang else {})), encoding="utf-8")
    return path


@pytest.mark.parametrize("report", ["yangxian", "洋县", "a \"b\" 'c'", "C:\\new\\table", "a\nb", "\u2028"])
@both
def test_parameters_are_read_back_as_given(report, lang):
    names: dict[str, Any] = {}
    exec(briefing.parameters(briefing.Given(*[report] * 5, before=(report,), done=report, targets=report), lang), names)
    assert names.pop("before") == [report]
    assert {names[name] for name in briefing.Given._fields if name != "before"} == {report}
    assert names["lang"] == lang


def test_only_the_parameters_are_replaced(tmp_path):
    path = write_notebook(tmp_path / "a.ipynb", True, False, lang="zh")
    assert [cell.source for cell in briefing.notebook(path).cells] == ["place = 'a'"] * 2
    assert [cell.source for cell in briefing.notebook(path, given=briefing.Given("b")).cells] == [
        briefing.parameters(briefing.Given("b"), "zh"),
        "place = 'a'",
    ]


@pytest.mark.parametrize(("tagged", "count"), [((), 0), ((False,), 0), ((True, True), 2)])
def test_one_cell_must_hold_the_parameters(tmp_path, tagged, count):
    path = write_notebook(tmp_path / "a.ipynb", *tagged)
    with pytest.raises(briefing.BriefingError, match=rf"a\.ipynb: one cell must bear the tag 'parameters', {count} do"):
        briefing.notebook(path)


@pytest.mark.parametrize("lang", [None, "fr"])
def test_a_notebook_must_name_its_language(tmp_path, lang):
    with pytest.raises(briefing.BriefingError, match=r"a\.ipynb: .*must name its language: zh, en"):
        briefing.notebook(write_notebook(tmp_path / "a.ipynb", True, lang=lang))


@pytest.mark.parametrize("text", [b"", b"{", b"no notebook", b"\xff\xfe\x00"])
def test_a_file_that_is_no_notebook_is_named(tmp_path, text):
    (tmp_path / "a.ipynb").write_bytes(text)
    with pytest.raises(briefing.BriefingError, match=r"a\.ipynb: this is not a notebook"):
        briefing.notebook(tmp_path / "a.ipynb")


@both
def test_the_chapters_are_there_in_order(lang, tmp_path):
    assert [path.stem for path in briefing.chapters(lang)] == ["01_status", "02_causes", "03_recommendations", "04_progress"]
    assert [path.stem for path in briefing.wanted(lang, briefing.Given("a"))] == ["01_status", "02_causes", "03_recommendations"]
    assert briefing.wanted(lang, briefing.Given("a", before=("b",))) == briefing.chapters(lang)
    assert all(path.is_file() for path in briefing.chapters(lang))
    assert briefing.chapters(lang, tmp_path)[0] == tmp_path / lang / "01_status.ipynb"


# ---- execution: the one place that starts kernels


def test_a_failing_cell_is_named():
    good = new_notebook(cells=[new_code_cell("print(6 * 7)")])
    bad = new_notebook(cells=[new_markdown_cell("# ?"), new_code_cell("print(1)"), new_code_cell("\n1 / 0  # so\nx = 2", id="boom")])
    with pytest.raises(briefing.BriefingError) as caught:
        briefing.execute([("en/01_bad", bad)])
    assert str(caught.value) == "en/01_bad: cell 3 (boom: 1 / 0  # so) failed: ZeroDivisionError: division by zero"
    said: list[str] = []
    briefing.execute([("good", good)], progress=said.append)
    assert said == ["[1/1] good"]
    assert good.cells[0].outputs[0].text == "42\n"


class Broken:
    """Stands in for a client whose kernel is at fault."""

    error: Exception = TimeoutError("no answer")

    def __init__(self, content: Any, **_: Any) -> None:
        self.content = content

    async def async_execute(self) -> None:
        raise self.error


@pytest.mark.parametrize(("error", "message"), [
    (TimeoutError("no\nanswer"), r"^a: the notebook's kernel stopped \(no answer\)\.$"),
    (briefing.DeadKernelError("Kernel died"), r"^a: the notebook's kernel stopped \(Kernel died\)\.$"),
    (CellExecutionError("\x1b[31mtrace\x1b[0m", "E", "v"), r"^a: trace"),
])  # fmt: skip
def test_a_kernel_that_stops_is_named(monkeypatch, error, message):
    monkeypatch.setattr(Broken, "error", error)
    monkeypatch.setattr(briefing, "NotebookClient", Broken)
    with pytest.raises(briefing.BriefingError, match=message):
        briefing.execute([("a", new_notebook(cells=[new_markdown_cell("?"), new_code_cell("x = 1")]))])


# ---- making: whole or not at all


def keep(contents: Sequence[Any], progress: Callable[[str], None] = lambda _: None) -> None:
    """Stand in for the execution: the stored outputs are kept."""


def fail(*_: Any, **__: Any) -> None:
    raise briefing.BriefingError("cell 3 failed")


@pytest.fixture
def short(monkeypatch) -> list[tuple[str, Any]]:
    """Neither kernels nor long pages; gives what was to be executed."""
    asked: list[tuple[str, Any]] = []
    monkeypatch.setattr(briefing, "execute", lambda contents, **_: asked.extend(contents))
    monkeypatch.setattr(
        briefing, "page", lambda found, contents, lang, *, given: f"new {lang}: {len(contents)} chapters of {found.report.place}"
    )
    return asked


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_a_briefing_is_one_file_a_language(short, tmp_path):
    said: list[str] = []
    paths = briefing.make("sanbing", out=tmp_path / "new" / "folder", progress=said.append)
    assert [path.name for path in paths] == ["sanbing.zh.html", "sanbing.en.html"]
    assert files(paths[0].parent) == {f"sanbing.{lang}.html": f"new {lang}: 3 chapters of sanbing" for lang in LANGS}
    assert said == [f"{path}  0.0 MB" for path in paths]
    assert paths[0].stat().st_mode & 0o777 == 0o644
    assert [name for name, _ in short] == [f"{lang}/{chapter}" for lang in LANGS for chapter in briefing.CHAPTERS[:-1]]


def test_a_report_s_folder_goes_to_the_notebooks_in_full(short, write, tmp_path, monkeypatch):
    folder = write()
    monkeypatch.chdir(folder)
    (path,) = briefing.make(Path(), langs=["en"], out=tmp_path)
    assert path.name == f"{folder.name}.en.html"
    (cell,) = [cell for cell in short[0][1].cells if "parameters" in cell.metadata.get("tags", [])]
    assert cell.source == briefing.parameters(briefing.Given(str(folder.resolve())), "en")


def test_a_failing_notebook_leaves_the_older_page(monkeypatch, tmp_path):
    (tmp_path / "sanbing.zh.html").write_text("old", encoding="utf-8")
    monkeypatch.setattr(briefing, "execute", fail)
    with pytest.raises(briefing.BriefingError, match="cell 3 failed"):
        briefing.make("sanbing", out=tmp_path)
    assert files(tmp_path) == {"sanbing.zh.html": "old"}


def test_a_second_page_that_fails_leaves_both_older_ones(short, monkeypatch, tmp_path):
    for lang in LANGS:
        (tmp_path / f"sanbing.{lang}.html").write_text("old", encoding="utf-8")
    monkeypatch.setattr(briefing, "page", lambda found, contents, lang, *, given: "new" if lang == "zh" else fail())
    with pytest.raises(briefing.BriefingError, match="cell 3 failed"):
        briefing.make("sanbing", out=tmp_path)
    assert files(tmp_path) == {f"sanbing.{lang}.html": "old" for lang in LANGS}


def test_a_page_that_cannot_be_written_leaves_the_older_one(short, monkeypatch, tmp_path):
    (tmp_path / "sanbing.zh.html").write_text("old", encoding="utf-8")
    monkeypatch.setattr(briefing, "page", lambda *_, **__: "half \ud800")
    with pytest.raises(UnicodeEncodeError):
        briefing.make("sanbing", langs=["zh"], out=tmp_path, progress=lambda _: None)
    assert files(tmp_path) == {"sanbing.zh.html": "old"}


def test_a_place_that_is_no_report_is_refused_before_anything_runs(short, tmp_path):
    with pytest.raises(AnalysisError, match="no such file in atlantis"):
        briefing.make("atlantis", out=tmp_path)
    assert short == []


def test_storing_keeps_what_a_reader_needs(monkeypatch, tmp_path):
    shutil.copytree(NOTEBOOKS, tmp_path / "n")
    path = tmp_path / "n" / "zh" / "01_status.ipynb"
    content = nbformat.read(path, as_version=4)
    content.metadata["language_info"] = {"version": "0"}
    content.cells[1].metadata["execution"] = {"started": "now"}
    nbformat.write(content, path)
    monkeypatch.setattr(briefing, "execute", keep)
    assert len(briefing.store(tmp_path / "n")) == 8
    for stored_path in NOTEBOOKS.glob("*/*.ipynb"):
        again = (tmp_path / "n" / stored_path.relative_to(NOTEBOOKS)).read_text("utf-8")
        assert again == stored_path.read_text("utf-8")


def test_storing_stops_at_a_notebook_that_fails(monkeypatch, tmp_path):
    shutil.copytree(NOTEBOOKS, tmp_path / "n")
    monkeypatch.setattr(briefing, "execute", fail)
    with pytest.raises(briefing.BriefingError):
        briefing.store(tmp_path / "n")
    assert (tmp_path / "n" / "en" / "01_status.ipynb").read_bytes() == (NOTEBOOKS / "en" / "01_status.ipynb").read_bytes()


# ---- a ledger, with and without a report


def ledger_of(path: Path, place: str) -> Path:
    organisations = pd.DataFrame(
        {"name": ["甲", "<img src=x onerror=alert(1)>"], "sector": ["商会", "$x$"], "coverage": ["own", None], "branch_id": ["1", None]}
    )
    branches = pd.DataFrame({"branch_id": ["1"], "name": ["支部"], "level": ["branch"]})
    write_ledger(Register(organisations, branches, as_of=date(2024, 6, 30), place=place), path, "zh")
    return path


OTHERS = ["洋县", "Yang County", "散兵", "Sanbing", "213"]


def words_of(path: Path) -> str:
    return " ".join(text for at, text in Tree(path.read_text("utf-8")).texts if at not in ("script", "style"))


def test_a_ledger_alone_makes_a_page_of_its_own_place(tmp_path):
    ledger = ledger_of(tmp_path / "台账.xlsx", "某/县")
    (path,) = briefing.make("", ledger=ledger, langs=["zh"], out=tmp_path / "out")
    text = words_of(path)
    assert path.name == "某-县.zh.html"
    assert "某/县：社会组织党建简报" in text
    assert "日期：2024-06-30" in text
    assert "台账：台账.xlsx（指纹" in text
    assert "1–2/2 (50.0%–100.0%)" in text
    assert [name for name in OTHERS if name in text] == []
    assert "先设什么" not in text
    assert not re.search("✻|报告所载|报告没有这类内容", text)


def test_a_ledger_beside_a_report_of_another_county(tmp_path):
    ledger = ledger_of(tmp_path / "台账.xlsx", "散兵镇")
    (path,) = briefing.make("sanbing", ledger=ledger, langs=["en"], out=tmp_path)
    text = words_of(path)
    assert "Report: Sanbing" in text
    assert "Ledger: 台账.xlsx" in text
    assert [name for name in ("洋县", "Yang County") if name in text] == []
    assert "differs" in text


def test_an_illustrative_page_says_so_in_its_title_and_at_its_foot():
    found = briefing.Given("yangxian", "example").sources()
    made = Tree(briefing.page(found, [], "en", given=briefing.Given("yangxian", "example")))
    assert made.within("title") == ["Yang County: Party building in social organisations, a briefing (illustrative data)"]
    assert "not to be quoted" in made.within("footer")[0]
    assert "holds no illustrative number" in made_of(load_report("yangxian"), [], "en")


@pytest.mark.parametrize(
    ("place", "day", "lang", "title"),
    [("", date(2024, 12, 31), "en", "Ledger of 2024-12-31"), ("", date(2024, 12, 31), "zh", "台账（2024-12-31）"),
     ("", None, "en", "Ledger of a day that it does not give"), ("甲县", None, "en", "甲县")],
)  # fmt: skip
def test_a_ledger_without_a_place_is_called_by_its_day_and_not_by_its_file(tmp_path, place, day, lang, title):
    register = Register(pd.DataFrame({"name": ["A"]}), as_of=day, place=place)
    ledger = tmp_path / "to_mend_v2.csv"
    ledger.write_text("name\nA\n", "utf-8")
    found = Sources(Report.of(place or ledger.stem), register, DEFAULT_SETTINGS)
    made = briefing.page(found, [], lang, given=briefing.Given("", str(ledger)))
    assert f"<title>{title}" in made
    page, _, sources = made.partition("<footer")
    assert "to_mend_v2" not in page
    assert "to_mend_v2.csv" in sources


def test_a_faulty_ledger_is_refused_before_anything_runs(short, tmp_path):
    (tmp_path / "organisations.csv").write_text("name,staff\n甲,many\n", "utf-8")
    with pytest.raises(AnalysisError, match="many"):
        briefing.make("", ledger=tmp_path, out=tmp_path)
    assert short == []


def test_in_brief_nothing_rests_on_generated_rows():
    example = [
        briefing.without(briefing.notebook(path), "setup")
        for path in sorted((NOTEBOOKS.parent / "tests" / "notebooks" / "en").glob("*.ipynb"))
    ]
    found = briefing.Given("yangxian", "example").sources()
    _, _, main = briefing.page(found, example, "en", given=briefing.Given("yangxian", "example")).partition("<main")
    brief, _, chapters = main.partition("<h1 id=")[2].partition("<h1 id=")
    assert "✻" in chapters
    assert "42 organisations" in brief
    assert "✻" not in brief


@pytest.mark.parametrize(("place", "lang"), [("county213", "en"), ("sanbing", "zh")])
def test_every_report_that_travels_with_the_project_has_a_briefing(place, lang, tmp_path):
    (path,) = briefing.make(place, langs=[lang], out=tmp_path)
    text = words_of(path)
    assert load_report(place).name(lang) in text
    if not len(load_report(place).claims):  # what nobody wrote is not counted
        assert "0/0 causes" not in text
        assert "The report names no measures" in text
    assert not {"nan", "None", "NaT", "<NA>"} & set(text.split())


def test_two_ledgers_without_numbers_are_followed_by_name(tmp_path):
    old, new = tmp_path / "2012.csv", tmp_path / "2013.csv"
    old.write_text("name,inspection\nA,missed\nB,missed\nC,passed\n", "utf-8")
    new.write_text("name,inspection\nC,missed\nA,passed\nD,passed\n", "utf-8")
    (path,) = briefing.make("", ledger=new, as_of="2013-12-31", before=[f"{old}@2012-12-31"], langs=["en"], out=tmp_path / "out")
    text = words_of(path)
    # A was inspected, B went, C is newly to be looked into: done, shown so, overdue, open, new, still due, not known, gone, not matched, whole
    assert re.search(r"help, then act\s+1\s+1\s+0\s+0\s+1\s+0\s+0\s+1\s+0\s+3\s", text)
