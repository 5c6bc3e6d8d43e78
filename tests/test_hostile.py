"""Text that means harm, in every cell, name and heading of a ledger: shown and written as text, wherever it goes."""

import base64
import csv
import datetime as dt
import html
import io
import json
import os
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import pytest
import xlsxwriter
from nbconvert.filters import markdown2html
from playwright.sync_api import sync_playwright
from test_browser import ARGUMENTS, DRAWN
from workbooks import Form, area, check, write

import tasks
from analysis import briefing
from analysis.cli import main
from analysis.display import PLOTLY
from analysis.ledger import Ledger, check_ledger, read_ledger, write_ledger
from analysis.model import LANGS
from analysis.schema import TABLES
from analysis.terminal import told
from analysis.wording import plain, width

LONG = 30_000
HARM = [
    '<img src=x onerror="window.__pwned=1">',
    "<script>window.__pwned=2</script>",
    "</script><svg onload=window.__pwned=3>",
    '<a href="javascript:window.__pwned=4">go</a>',
    '<a href="https://example.invalid/a">out</a><br><b>bold</b>',
    "</td></tr></table><table class=\"dataframe\"><iframe srcdoc='<script>parent.__pwned=5</script>'>",
    r"$\href{javascript:window.__pwned=6}{x}$",
    r"$$\href{https://example.invalid/b}{x}$$ \(y\) \[z\] \begin{align}a\end{align}",
    "[x](javascript:window.__pwned=7)",
    "![x](https://example.invalid/c.png) <https://example.invalid/d>",
    "https://example.invalid/e www.example.invalid",
    "# h **b** _i_ `c` ~~s~~ | - 1. > [^1]: ---",
    "%{y} %{customdata} %{x:.2f}<extra>e</extra>",
    "{r.all} {0} {{7*7}} {% raw %} ${window.__pwned=8}",
    '=HYPERLINK("https://example.invalid/f","x")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(1+1)",
    "-2+3",
    "\t=1+1 tab",
    "{=1+1}",
    "＝1+1 ＠",
    "a\u202eb\u2066c\u200bd\ufeffe\x07f\x1b[31mg\u2028h\ni\u0085j",
    "&lt;i&gt; &#60;u&#62; &amp; _x003C_ ]]>",
    "W" * LONG,
    "长" * LONG,
    "<b>" * (LONG // 3),
]
SHOWN = [plain(text) for text in HARM]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
SHEET, TOWN = "=<b>$x$ {0}\u202e", "=<b>$x$镇"
# Windows lets neither angle brackets nor control characters into the name of a file
NAME = "=1+1 [x](y) $x$ &lt;b&gt; %{y}" + ("" if os.name == "nt" else " <img src=x onerror=window.__pwned=9>")
PLACE = f"{HARM[0]} {HARM[6]} {HARM[8]} \u202e{'W' * LONG}"


def harmful(path: Path) -> Path:
    """A ledger that can be used, with such text wherever there is text: two tables, group rows, a sheet that is a township."""
    odd = [f"{text} {at}" if len(text) < 99 else text for at, text in enumerate(HARM)]
    head = ["组织编号", "组织名称", "行业", "所在镇", "业务主管单位", "县（区）", "从业人员数", "专职人员数", "覆盖形式", "所属支部编号"]
    # every other row contradicts itself, so that its number and cells stand in a message and in a table
    rows = [[key, key, *[text] * 4, 3, 4 - at % 2 * 2, "单独组建", key] for at, (text, key) in enumerate(zip(HARM, odd, strict=True))]
    branches = [[key, key, "党支部", text] for text, key in zip(HARM, odd, strict=True)]
    unread = [f"{text[:200]}?" for text in HARM]
    grouped = Form([["组织编号", "组织名称", "从业人员数"], [None, HARM[0], None], ["甲", "甲协会", 5]], [area("B2:C2")])
    return write(
        path,
        说明=[["地名", PLACE], ["统计时点", dt.date(2024, 6, 30)]],
        组织=[[*head, *unread], *([*row, *[text[:200]] * len(unread)] for row, text in zip(rows, HARM, strict=True))],
        支部=[["支部编号", "支部名称", "组织建制", "挂靠单位"], *branches],
        **{SHEET: grouped, TOWN: [["组织编号", "组织名称", "从业人员数"], ["乙", "乙协会", "约7人"]], f"{SHEET}!": [["<script>"], ["a"]]},
    )


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    return harmful(tmp_path_factory.mktemp("hostile") / f"{NAME}.xlsx")


@pytest.fixture(scope="module")
def ledger(source) -> Ledger:
    return check_ledger(source)


@pytest.fixture(scope="module")
def refused(tmp_path_factory) -> Ledger:
    """A ledger with such text in counts, codes, dates and truths, where it can be no answer."""
    head = ["组织编号", "组织名称", "组织类别", "登记日期", "从业人员数", "有无活动室", f"从业人员数 / {HARM[0]}", "所属支部编号"]
    rows = [[str(at), f"协会{at}", *[text] * 6] for at, text in enumerate(HARM)]
    return check(write(tmp_path_factory.mktemp("refused") / f"{NAME}.xlsx", **{SHEET: [head, *rows]}))


def is_seen(text: str) -> bool:
    """Whether a text is one line of characters that all show and that turn nothing around."""
    return not any(unicodedata.category(c) in UNSEEN for c in text)


def texts(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in nested lists and mappings, with the key that it stands under."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, key)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item, at)
    elif isinstance(value, str):
        yield at, value


# ---- what is said of a ledger


def test_the_ledgers_are_what_the_tests_are_about(ledger, refused):
    assert ledger.register is not None
    assert refused.register is None
    assert set(ledger.register.organisations["sector"].dropna()) >= {SHOWN[0], HARM[14], "W" * LONG}
    assert {HARM[0], TOWN} <= {*ledger.register.organisations["group"].dropna(), *ledger.register.organisations["township"].dropna()}
    assert {"contradiction", "doubtful_cell"} <= {each.kind for each in ledger.faults}
    assert {"not_count", "code", "not_day", "not_yes_no"} <= {each.kind for each in refused.faults}


@pytest.mark.parametrize("which", ["ledger", "refused"])
def test_messages_are_lines_of_text_that_shows(which, request):
    checked = request.getfixturevalue(which)
    said = [text for each in checked.faults for _, text in texts(tuple(each))]
    said += [line for each in checked.faults for line in str(each).split("\n")]
    assert [text for text in said if not is_seen(text)] == []
    assert max(map(len, said)) < 1000
    assert which == "ledger" or [name for name in SHOWN if not any(name[:50] in text for text in said)] == []


@pytest.mark.parametrize("which", ["ledger", "refused"])
@pytest.mark.parametrize("lang", LANGS)
def test_the_terminal_gets_lines_of_text_that_shows(which, lang, request):
    lines = list(told(request.getfixturevalue(which), lang))
    assert [line for line in lines if not is_seen(line)] == []
    assert len(lines) > len(HARM)
    assert max(map(len, lines)) < 1000


@pytest.mark.parametrize("which", ["ledger", "refused"])
def test_trail_mapping_persons_and_json_hold_text_that_shows(which, request):
    checked = request.getfixturevalue(which)
    for table in (checked.trail, checked.mapping_table, checked.persons):
        assert [cell for cell in table.astype("str").to_numpy().ravel() if not is_seen(cell)] == []
    content = checked.as_json()
    assert [text for _, text in texts(content) if not is_seen(text)] == []
    assert json.loads(json.dumps(content, ensure_ascii=False)) == content


@pytest.mark.parametrize("name", ["a\u202eb.xlsx", "a\u2066\u200bb.xlsx"])
def test_the_name_of_a_file_is_text_that_shows(tmp_path, name):
    content = check(write(tmp_path / name, 组织=[["组织名称"], ["甲协会"]])).as_json()
    assert [text for _, text in texts(content) if not is_seen(text)] == []


def test_the_command_says_writes_and_asks_for_nothing_but_text(source, tmp_path, capsys):
    out = {name: tmp_path / name for name in ("mapping.csv", "trail.csv", "marked.xlsx", "again.xlsx")}
    options = ["--save-mapping", out["mapping.csv"], "--trail", out["trail.csv"], "--annotate", out["marked.xlsx"]]
    assert main(["check", str(source), "--lang", "en", *map(str, options)]) == 0
    assert main(["export", str(source), str(out["again.xlsx"])]) == 0
    said, wrong = capsys.readouterr()
    assert [line for line in said.split("\n") if not is_seen(line)] == []
    assert wrong == ""
    for name in ("mapping.csv", "trail.csv"):
        rows = list(csv.reader(io.StringIO(out[name].read_text("utf-8-sig"), newline="")))
        cells = [cell for row in rows for cell in row]
        assert [cell for cell in cells if cell.startswith(FORMULA) and cell != "-"] == []
        assert f"'{NAME[:9]}" in {cell[:10] for cell in cells}
        assert all(map(is_seen, cells))
    assert formulas(out["again.xlsx"]) == []
    assert formulas(out["marked.xlsx"], inside=True) == []  # its lists lead to their cells


# ---- what is written


def formulas(path: Path, *, inside: bool = False) -> list[str]:
    """Return whatever of a workbook is worked out or leads elsewhere, links `inside` of it left out; a list to choose from is neither."""
    with zipfile.ZipFile(path) as parts:
        content = {name: parts.read(name).decode("utf-8", "replace") for name in parts.namelist()}
    link = r"<hyperlink (?![^>]*location=)" if inside else "<hyperlink"
    alive = re.compile(rf'<f[ >/]|{link}|relationships/hyperlink|TargetMode="External"|<ddeLink|<oleLink')
    found = [f"{name}: {each[0]}" for name, text in content.items() for each in alive.finditer(text)]
    return found + [name for name in content if "external" in name.lower() or "vba" in name.lower()]


@pytest.mark.parametrize("lang", LANGS)
def test_a_ledger_written_and_read_again_holds_the_same_text_and_no_formula(ledger, tmp_path, lang):
    write_ledger(ledger.register, tmp_path / "again.xlsx", lang)
    again = read_ledger(tmp_path / "again.xlsx")
    assert formulas(tmp_path / "again.xlsx") == []
    assert again.place == ledger.register.place
    for table in TABLES:
        was, became = (getattr(register, table)[list(TABLES[table])].astype("object") for register in (ledger.register, again))
        assert was.where(was.notna(), None).to_dict("list") == became.where(became.notna(), None).to_dict("list")


def test_a_formula_in_a_count_is_read_as_what_it_gave_and_written_as_that(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as made:
        sheet = made.add_worksheet("组织")
        for at, text in enumerate(("组织名称", "行业", "从业人员数")):
            sheet.write_string(0, at, text)
        sheet.write_formula(1, 0, '=HYPERLINK("https://example.invalid/","x")', None, "甲协会")
        sheet.write_url(1, 1, "https://example.invalid/g", string="=1+1")
        sheet.write_formula(1, 2, '=WEBSERVICE("https://example.invalid/")', None, 12)
    register = read_ledger(tmp_path / "a.xlsx")
    assert register.organisations[["name", "sector", "staff"]].to_numpy().tolist() == [["甲协会", "=1+1", 12]]
    write_ledger(register, tmp_path / "b.xlsx", "zh")
    assert formulas(tmp_path / "b.xlsx") == []


# ---- what is shown: a notebook, and what an analyst would add to it, run on that ledger

MORE = {
    "groups": """
for column in ["township", "group"]:
    show(charts.rates(analysis.coverage(register, by=[column]), title="By " + column, lang=lang))
""",
    "names": """
groups = analysis.coverage(register, by=["supervisor"])
groups["code"] = ["r" + str(at) for at in range(len(groups))]
table(groups, ["name", "part", "whole"], lang=lang)
show(charts.rates(groups, title="{r.r0:name} {r.r9:name} {r.r15:name} {r.r20:name}", lang=lang))
say("- " + " ".join("{g." + code + ":name} ¶" for code in groups["code"]), lang=lang, g=groups)
say("{g.r6:name}", lang=lang, g=groups)
""",
}


class Page(NamedTuple):
    path: Path
    cells: list[Any]

    def outputs(self, kind: str) -> list[Any]:
        return [output.data[kind] for cell in self.cells for output in cell.get("outputs", []) if kind in output.get("data", {})]


@pytest.fixture(scope="module")
def shown(source, tmp_path_factory) -> Page:
    given = briefing.Given(ledger=str(source))
    # of the three, the first alone shows text of the cells
    content = briefing.without(briefing.notebook(briefing.chapters("en")[0], given=given), "setup", "report")
    content.cells += [nbformat.v4.new_code_cell(code.strip(), id=name) for name, code in MORE.items()]
    briefing.execute([("status", content)])
    path = tmp_path_factory.mktemp("page") / "page.en.html"
    path.write_text(briefing.page(given.sources(), [content], "en", given=given), "utf-8", newline="\n")
    return Page(path, content.cells)


class Marks(HTMLParser):
    """The elements of a text, their attributes, and its pieces of text as a typesetter of formulas sees them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.pieces: list[str] = [""]
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= set(attrs)
        self.pieces.append("")

    def handle_endtag(self, tag: str) -> None:
        self.pieces.append("")

    def handle_data(self, data: str) -> None:
        self.pieces[-1] += data

    def handle_comment(self, data: str) -> None:
        self.tags.add("!--")


# what begins a formula for MathJax as JupyterLab sets it up
TYPESET = re.compile(r"\$.*\$|\\[(\[]|\\begin|\\(?:eq)?ref", re.DOTALL)


def test_every_output_is_of_one_kind_and_none_is_an_error(shown):
    outputs = [output for cell in shown.cells for output in cell.get("outputs", [])]
    assert {output.output_type for output in outputs} == {"display_data"}
    assert {kind for output in outputs for kind in output.data} == {PLOTLY, "text/html", "text/markdown"}
    assert all(len(output.data) == 1 for output in outputs)


def test_tables_hold_cells_as_text(shown):
    found = [Marks(text) for text in shown.outputs("text/html")]
    assert set().union(*(each.tags for each in found)) <= {"table", "thead", "tbody", "tr", "th", "td", "p", "small", "span"}
    assert set().union(*(each.attributes for each in found)) <= {("border", "0"), ("class", "dataframe"), ("style", "text-align: unset;")}
    assert [piece for each in found for piece in each.pieces if TYPESET.search(piece) or not is_seen(piece.replace("\n", ""))] == []
    text = "\n".join("".join(each.pieces) for each in found)
    assert [name for name in SHOWN if name not in text] == []


def test_sentences_hold_names_as_text(shown):
    found = [Marks(markdown2html(text)) for text in shown.outputs("text/markdown")]
    assert set().union(*(each.tags for each in found)) <= {"p", "ul", "li", "small", "span"}
    assert set().union(*(each.attributes for each in found)) == set()
    assert [piece for each in found for piece in each.pieces if TYPESET.search(piece)] == []
    assert all(map(is_seen, shown.outputs("text/markdown")))
    text = "\n".join("".join(each.pieces) for each in found)
    assert [name for name in SHOWN if f"{name} ¶" not in text] == []


def drawn(figure: dict[str, Any]) -> list[tuple[str, str]]:
    """Every text of a figure that plotly draws; the rows behind it are for its table."""
    return [
        pair
        for part in (figure["data"], {k: v for k, v in figure["layout"].items() if k not in ("meta", "template")})
        for pair in texts(part)
    ]


def test_charts_hold_names_as_text(shown):
    for figure in shown.outputs(PLOTLY):
        for key, text in drawn(figure):
            assert not re.search(r"[<>$]|%{", re.sub("</?b>|<br>", "", text)), (key, text[:200])
            assert is_seen(text)
            assert not key.endswith("template")
        rows = figure["layout"]["meta"]["rows"]
        assert [cell for row in rows for cell in row if not is_seen(cell)] == []


def test_labels_of_charts_are_cut_and_their_rows_are_not(shown):
    figures = shown.outputs(PLOTLY)
    lines = [
        re.sub("</?b>", "", line) for figure in figures for note in figure["layout"]["annotations"] for line in note["text"].split("<br>")
    ]
    assert max(width(html.unescape(line)) for line in lines) <= 58
    assert max(len(text) for figure in figures for _, text in drawn(figure)) < 3000
    assert max(len(figure["layout"]["meta"]["alt"]) for figure in figures) < 20_000
    assert max(figure["layout"]["height"] / len(figure["layout"]["meta"]["rows"]) for figure in figures) < 300
    assert len([line for line in lines if line.endswith(("W…", "长…"))]) >= 2 * 3
    cells = {cell for figure in figures for row in figure["layout"]["meta"]["rows"] for cell in row}
    assert {"W" * LONG, "长" * LONG} <= cells


def test_rows_to_download_hold_no_formula(shown):
    links = re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', shown.path.read_text("utf-8"))
    files = [base64.b64decode(link).decode("utf-8-sig") for link in links]
    cells = [cell for text in files for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert [cell for cell in cells if cell.startswith((*FORMULA, "＝", "＋", "－", "＠"))] == []
    assert [name for name in SHOWN if name not in cells and f"'{name}" not in cells] == []


# ---- the page in a browser


@pytest.fixture(scope="module")
def browser():
    program = tasks.chromium()
    assert program, "The browser test needs Chromium, Chrome or Edge: install one, or set CHROMIUM_PATH to its program."
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module", params=[1280, 390])
def view(request, browser, shown):
    # without the policy, so that it is the escaping alone that holds
    context = browser.new_context(viewport={"width": request.param, "height": 900}, offline=True, bypass_csp=True)
    view = context.new_page()
    view.noted = []
    view.on("dialog", lambda dialog: (view.noted.append(dialog.message), dialog.dismiss()))
    view.on("pageerror", lambda error: view.noted.append(str(error)))
    view.on("console", lambda said: view.noted.append(said.text) if said.type == "error" else None)
    view.on("request", lambda asked: None if asked.url.startswith(("file:", "data:", "blob:")) else view.noted.append(asked.url))
    view.goto(shown.path.as_uri())
    view.wait_for_function(DRAWN, timeout=60_000)
    view.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    yield view
    context.close()


def test_nothing_of_the_cells_runs_asks_or_becomes_an_element(view):
    view.wait_for_timeout(200)
    assert view.evaluate("[window.__pwned, typeof Plotly]") == [None, "object"]
    assert view.noted == []
    ours = "nav a[href^='#s'], a.skip, a.download[href^='data:text/csv;'], a.modebar-btn"
    assert (
        view.evaluate(f"[...document.querySelectorAll('a')].filter(each => !each.matches({json.dumps(ours)})).map(each => each.outerHTML)")
        == []
    )
    strange = "img, iframe, object, embed, form, input, link, base, audio, video, math, main b, header b, footer b, .chart a[href], [onerror], [onload]"
    assert view.evaluate(f"[...document.querySelectorAll({json.dumps(strange)})].map(each => each.outerHTML.slice(0, 200))") == []
    assert view.evaluate("document.querySelectorAll('script').length") == 1
    assert view.evaluate("[...document.querySelectorAll('svg')].filter(each => !each.closest('.chart, #js-plotly-tester')).length") == 0


def squeezed_names() -> list[str]:
    """Return the names that a label holds whole, without the blanks at which it is broken."""
    return ["".join(name.split()) for name in SHOWN if len(name) < LONG // 3]


def test_names_are_read_as_they_are(view):
    squeezed = "text => text.replace(/\\s+/g, '')"
    labels = view.evaluate(f"[...document.querySelectorAll('.chart .annotation-text')].map(each => ({squeezed})(each.textContent))")
    assert [name for name in squeezed_names() if not any(label.startswith(name) for label in labels)] == []
    assert [start for start in ("WWW", "长长长", "<b><b>") if not any(label.startswith(start) and "…" in label for label in labels)] == []
    cells = view.evaluate("[...document.querySelectorAll('td')].map(each => each.textContent)")
    assert set(SHOWN) <= set(cells)


def test_hovering_shows_names_as_they_are(view):
    view.locator(".chart").nth(1).locator(".scatterlayer .point").first.hover(force=True)
    view.locator(".hoverlayer .hovertext").first.wait_for()
    said = view.evaluate("""async () => {
        const chart = document.querySelectorAll('.chart')[1], said = [];
        for (const [at, trace] of chart._fullData.entries()) {
            if (trace.hoverinfo !== 'text' || trace.type !== 'bar') continue;
            Plotly.Fx.hover(chart, [{ curveNumber: at, pointNumber: 0 }]);
            await new Promise(done => setTimeout(done, 60));  // plotly draws one in 50 ms at most
            said.push([...chart.querySelectorAll('.hovertext')].map(each => each.textContent).join(''));
        }
        return said;
    }""")
    squeezed = ["".join(text.split()) for text in said]
    assert [name for name in squeezed_names() if not any(text.startswith(name) for text in squeezed)] == []
    assert [start for start in ("WWW", "长长长", "<b><b>") if not any(text.startswith(start) and "…" in text for text in squeezed)] == []
    assert view.evaluate("document.querySelectorAll('.hoverlayer a, .hoverlayer img').length") == 0
    assert view.evaluate("window.__pwned") is None


def test_long_names_leave_the_page_its_width(view):
    wide = view.viewport_size["width"]
    assert view.evaluate("document.documentElement.scrollWidth") <= wide
    assert view.evaluate("document.body.scrollWidth") <= wide
    cut = view.evaluate("""[...document.querySelectorAll('.chart')].flatMap(chart => {
        const box = chart.getBoundingClientRect();
        return [...chart.querySelectorAll('.gtitle, .annotation-text, .xtitle')].filter(text => {
            const it = text.getBoundingClientRect();
            return it.left < box.left - 1 || it.right > box.right + 1 || it.top < box.top - 1 || it.bottom > box.bottom + 1;
        }).map(text => text.textContent);
    })""")
    # a line of the widest letters alone is longer than a narrow screen
    assert [text for text in cut if wide > 400 or not text.startswith(("W", "<b>"))] == []
    assert view.evaluate("document.querySelector('h1').getBoundingClientRect().height") < 400


def test_a_page_of_a_place_with_any_name_is_a_file_with_a_name_that_can_be():
    name = briefing._file_name(PLACE)
    assert is_seen(name)
    assert len(name.encode()) <= 200
    assert not re.search(r'[\\/:*?"<>|\s]', name)
    assert len(briefing._file_name("\U00020000" * LONG).encode()) <= 200
