"""The briefing in a real browser with the network cut: drawn, complete, quiet, narrow and on paper."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import sync_playwright

import tasks
from analysis.briefing import Given, chapters, page
from analysis.display import PLOTLY

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND",
]  # fmt: skip
DRAWN = "[...document.querySelectorAll('.chart')].every(e => e.dataset.drawn === 'yes')"


@pytest.fixture(scope="module")
def browser():
    program = tasks.chromium()
    assert program, "The browser test needs Chromium, Chrome or Edge: install one, or set CHROMIUM_PATH to its program."
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module", params=["zh", "en"])
def briefing(request, tmp_path_factory):
    contents = [nbformat.read(path, as_version=4) for path in chapters(request.param)]
    path = tmp_path_factory.mktemp("briefing") / f"page.{request.param}.html"
    path.write_text(page(Given("yangxian").sources(), contents, request.param, given=Given("yangxian")), "utf-8")
    return path, contents


def opened(browser, path: Path, width: int):
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    view = context.new_page()
    view.complaints, view.requests = [], []
    view.on("console", lambda m: view.complaints.append(m.text) if m.type in ("error", "warning") else None)
    view.on("pageerror", lambda e: view.complaints.append(str(e)))
    view.on("request", lambda r: view.requests.append(r.url))
    view.goto(path.as_uri())
    view.wait_for_function(DRAWN, timeout=60_000)
    return view


def stored_figures(contents):
    return [o.data[PLOTLY] for nb in contents for c in nb.cells for o in c.get("outputs", []) if PLOTLY in o.get("data", {})]


def test_every_stored_figure_is_drawn_as_what_it_claims(browser, briefing):
    path, contents = briefing
    view = opened(browser, path, 1280)
    wanted = [[trace.get("type", "scatter") for trace in figure["data"]] for figure in stored_figures(contents)]
    drawn = view.evaluate("[...document.querySelectorAll('.chart')].map(e => e._fullData.map(t => t.type))")
    assert drawn == wanted
    assert len(wanted) >= 12
    marks = view.evaluate(
        "[...document.querySelectorAll('.chart')].map(e => e.querySelectorAll('.point, .js-line, .node-rect, .heatmaplayer image').length)"
    )
    assert all(count > 0 for count in marks[1:])
    view.context.close()


def test_nothing_is_asked_of_the_network_and_nothing_complains(browser, briefing):
    path, _ = briefing
    view = opened(browser, path, 1280)
    assert [url for url in view.requests if not url.startswith(("file:", "data:", "blob:"))] == []
    assert view.complaints == []
    assert view.evaluate("document.documentElement.lang") == ("zh-CN" if ".zh." in path.name else "en")
    assert view.evaluate("document.querySelectorAll('[data-title*=hare]').length") == 0  # no button that shares a chart
    view.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_overflows_the_screen(browser, briefing, width):
    path, _ = briefing
    view = opened(browser, path, width)
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    # words of a chart stay inside it: labels, titles and notes alike
    cut = view.evaluate("""[...document.querySelectorAll('.chart')].flatMap(chart => {
        const box = chart.getBoundingClientRect();
        return [...chart.querySelectorAll('.gtitle, .annotation-text, .xtitle, .legendtext')].filter(text => {
            const it = text.getBoundingClientRect();
            return it.left < box.left - 1 || it.right > box.right + 1 || it.top < box.top - 1 || it.bottom > box.bottom + 1;
        }).map(text => text.textContent);
    })""")
    assert cut == []
    view.context.close()


def test_rows_behind_a_chart_open_and_download(browser, briefing):
    path, contents = briefing
    view = opened(browser, path, 1280)
    view.locator("figure summary").first.click()
    rows = view.locator("figure details").first.locator("tbody tr")
    assert rows.count() == len(stored_figures(contents)[0]["layout"]["meta"]["rows"])
    with view.expect_download() as download:
        view.locator("figure a.download").first.click()
    assert Path(download.value.path()).read_bytes().startswith(b"\xef\xbb\xbf")
    view.context.close()


def test_contents_list_leads_to_its_headings(browser, briefing):
    path, _ = briefing
    view = opened(browser, path, 1280)
    targets = view.evaluate(
        "[...document.querySelectorAll('nav a')].map(a => [a.textContent, document.querySelector(a.getAttribute('href'))?.textContent])"
    )
    assert len(targets) > 20
    assert all(name.strip() == heading.strip() for name, heading in targets)
    view.context.close()


def test_paper_shows_every_chart_whole(browser, briefing):
    path, _ = briefing
    view = opened(browser, path, 1280)
    view.emulate_media(media="print")
    view.set_viewport_size({"width": 680, "height": 980})
    view.evaluate("dispatchEvent(new Event('beforeprint'))")
    view.wait_for_timeout(500)
    sizes = view.evaluate(
        "[...document.querySelectorAll('.chart')].map(e => [e.getBoundingClientRect().width, e.scrollWidth, e.getBoundingClientRect().height])"
    )
    assert max(size[0] for size in sizes) <= 680
    assert max(size[2] for size in sizes) <= 1009  # an A4 page without its margins, at 96 pixels an inch
    pages = re.findall(rb"/Type\s*/Page\b", view.pdf(format="A4", prefer_css_page_size=True))
    # as many as the charts ask for: rarely two on a page, and tables and text between them
    assert 15 <= len(pages) <= 1.7 * len(sizes)
    view.context.close()


def test_the_check_sees_a_chart_that_is_not_drawn(browser, briefing, tmp_path):
    path, contents = briefing
    broken = tmp_path / "broken.html"
    first = json.dumps(stored_figures(contents)[0]["data"][0]["type"])
    broken.write_text(path.read_text("utf-8").replace(f'"type": {first}', '"type": "nothing"', 1), "utf-8")
    view = opened(browser, broken, 1280)
    drawn = view.evaluate("[...document.querySelectorAll('.chart')].map(e => e._fullData.map(t => t.type))")
    assert drawn != [[trace.get("type", "scatter") for trace in figure["data"]] for figure in stored_figures(contents)]
    view.context.close()
