"""Notebooks to a briefing: executed on copies, gathered into one offline HTML file a language."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import html
import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbconvert import HTMLExporter
from nbconvert.filters import strip_ansi
from plotly.offline import get_plotlyjs
from traitlets.config import Config

import analysis
from analysis.actions import actions
from analysis.display import PLOTLY
from analysis.model import LANGS, AnalysisError, Evidence, Lang, Term
from analysis.places import PACKAGE, csv_text, shared, write_whole
from analysis.progress import check_order
from analysis.settings import described
from analysis.sources import EXAMPLE, LATER, Sources, illustrative, snapshots, sources
from analysis.targets import given_targets
from analysis.wording import legend, plain, shortened
from analysis.worklist import handed_back

TEMPLATE = PACKAGE / "template"
CHAPTERS = ("01_status", "02_causes", "03_recommendations", "04_progress")
PROGRESS = CHAPTERS[-1]
Progress = Callable[[str], None]

_LONGEST_NAME = 50  # characters of a file's name: four bytes each at most, of the 255 that there may be
_TITLE_PLACES = 80
_AT_ONCE = 2
_SECONDS = 600


class BriefingError(AnalysisError):
    """A notebook that does not run; says which cell failed and why."""


class Given(NamedTuple):
    """What a briefing is made of, as a notebook's parameters name it; each may be empty."""

    place: str = ""
    ledger: str = ""
    mapping: str = ""
    as_of: str = ""
    settings: str = ""
    before: tuple[str, ...] = ()
    done: str = ""
    targets: str = ""

    def sources(self, progress: Progress | None = None) -> Sources:
        """Return the report, the register and the settings that these name."""
        return sources(self.place, ledger=self.ledger, mapping=self.mapping, as_of=self.as_of, settings=self.settings, progress=progress)


def parameters(given: Given, lang: Lang) -> str:
    """Return the source of a notebook's cell of parameters: the only cell that a briefing replaces."""
    return "\n".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in (given._asdict() | {"lang": lang}).items())


def notebook(path: Path, *, given: Given | None = None) -> Any:
    """Return a notebook's content, its parameters replaced where they are given.

    Raises
    ------
    BriefingError
        If the file is no notebook, names no language, or not one cell bears the tag 'parameters'.
    """
    try:
        content = nbformat.read(path, as_version=4)
    except ValueError as error:
        raise BriefingError(f"{path.name}: this is not a notebook ({plain(error)}).") from None
    if content.metadata.get("lang") not in LANGS:
        raise BriefingError(f"{path.name}: the notebook's metadata must name its language: {', '.join(LANGS)}.")
    cells = [cell for cell in content.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise BriefingError(f"{path.name}: one cell must bear the tag 'parameters', {len(cells)} do.")
    if given is not None:
        cells[0].source = parameters(given, content.metadata["lang"])
    return content


def without(content: Any, *tags: str) -> Any:
    """Leave out of a notebook the cells that bear one of these tags."""
    out = set(tags)
    content.cells = [cell for cell in content.cells if not out & set(cell.metadata.get("tags", []))]
    return content


def execute(contents: Sequence[tuple[str, Any]], *, progress: Progress = lambda _: None) -> None:
    """Execute notebooks in place, two at once, in kernels of their own.

    Parameters
    ----------
    contents
        A name for messages, and the notebook.

    Raises
    ------
    BriefingError
        For the first cell that fails: its notebook, its number, its source's first line, and the error.
    """
    asyncio.run(_execute_all(contents, progress))


async def _execute_all(contents: Sequence[tuple[str, Any]], progress: Progress) -> None:
    gate = asyncio.Semaphore(_AT_ONCE)
    done = 0

    async def one(name: str, content: Any) -> None:
        nonlocal done
        async with gate:
            client = NotebookClient(
                content, timeout=_SECONDS, kernel_name="python3", record_timing=False, extra_arguments=["--log-level=ERROR"]
            )
            try:
                await client.async_execute()
            except CellExecutionError as error:
                raise BriefingError(_failure(name, content, error)) from None
            except (DeadKernelError, TimeoutError) as error:
                raise BriefingError(f"{name}: the notebook's kernel stopped ({plain(error)}).") from None
            done += 1
            progress(f"[{done}/{len(contents)}] {name}")

    tasks = [asyncio.create_task(one(name, content)) for name, content in contents]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _failure(name: str, content: Any, error: CellExecutionError) -> str:
    for number, cell in enumerate(content.cells, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                first = cell.source.strip().splitlines()[0]
                return f"{name}: cell {number} ({cell.get('id', '')}: {first}) failed: {output.ename}: {strip_ansi(output.evalue)}"
    return f"{name}: {strip_ansi(str(error))}"


def chapters(lang: Lang, folder: Path | None = None) -> list[Path]:
    """Return the notebooks of an edition, in the order of the briefing."""
    root = folder or shared("notebooks")
    return [root / lang / f"{name}.ipynb" for name in CHAPTERS]


def wanted(lang: Lang, given: Given) -> list[Path]:
    """Return the chapters that have something to say: of progress only where there is an earlier ledger."""
    return [path for path in chapters(lang) if given.before or path.stem != PROGRESS]


def store(folder: Path, *, ledger: str = "", progress: Progress = lambda _: None) -> list[Path]:
    """Execute the notebooks below a folder and store their outputs, for comparison by nbval.

    Parameters
    ----------
    ledger
        Store the package's notebooks there instead, run on its first report with this ledger beside it.

    Returns
    -------
    list of Path
        The notebooks stored.
    """
    paths = [path for lang in LANGS for path in chapters(lang, folder)]
    later = Given(DEFAULT_PLACE, LATER, before=(EXAMPLE,), targets=EXAMPLE) if ledger == EXAMPLE else Given(DEFAULT_PLACE, ledger)
    read = [path for lang in LANGS for path in chapters(lang, None if ledger else folder)]
    beside = {path: (later if path.stem == PROGRESS else Given(DEFAULT_PLACE, ledger)) if ledger else None for path in read}
    contents = [(f"{path.parent.name}/{path.stem}", notebook(path, given=given)) for path, given in beside.items()]
    execute(contents, progress=progress)
    for path, (_, content) in zip(paths, contents, strict=True):
        for cell in content.cells:
            cell.metadata.pop("execution", None)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, f"{nbformat.writes(_tidy(content))}\n".encode(), over=True)
    return paths


def _tidy(content: Any) -> Any:
    """Keep of a notebook's metadata what a reader needs: versions of the machine that ran it would only make noise."""
    content.metadata = {
        "lang": content.metadata["lang"],
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    }
    return nbformat.from_dict(content)


DEFAULT_PLACE = "yangxian"


def make(
    place: str | Path = DEFAULT_PLACE,
    *,
    ledger: str | Path = "",
    mapping: str | Path = "",
    as_of: str = "",
    settings: str | Path = "",
    before: Iterable[str | Path] = (),
    done: str | Path = "",
    targets: str | Path = "",
    langs: Iterable[Lang] = LANGS,
    out: Path = Path("build") / "briefing",
    progress: Progress = lambda _: None,
) -> list[Path]:
    """Make the briefing of a report, of a ledger, or of both: one HTML file a language, whole or not at all.

    Parameters
    ----------
    place
        A report's folder or the name of one that travels with the package, as in `load_report`; empty for a ledger alone.
    ledger
        A ledger as in `read_ledger`; 'example' for the illustrative register, which marks the whole page; empty for none.
    mapping
        A file that says which column of the ledger is which, as in `read_ledger`; empty where the headings tell.
    as_of
        The day of the count, as 2024-12-31, where the ledger does not say it.
    settings
        A file of settings, as in `load_settings`; empty for the defaults.
    before
        Ledgers of earlier dates, as `ledger`; with one, the briefing has a chapter on progress.
    done
        The action list of the earliest as it was handed back, as in `load_actions`; empty for none.
    targets
        A file of targets, as in `load_targets`; empty for none.
    out
        The folder to write to; older briefings there are replaced when the new ones are whole.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    AnalysisError
        If report, ledger or settings cannot be read; the message lists every fault.
    BriefingError
        If a cell of a notebook fails.
    """
    earlier = tuple(_found(each) for each in before)
    given = Given(_found(place), _found(ledger), _found(mapping), as_of, _found(settings), earlier, _found(done), _found(targets))
    found = given.sources(progress)  # whatever is wrong with them is said before a kernel starts
    _check_progress(given, found)
    jobs = [(lang, path) for lang in langs for path in wanted(lang, given)]
    contents = [(f"{lang}/{path.stem}", without(notebook(path, given=given), "setup", *_lacking(found, given))) for lang, path in jobs]
    execute(contents, progress=progress)
    pages = []
    for lang in dict.fromkeys(lang for lang, _ in jobs):
        mine = [content for (of, _), (_, content) in zip(jobs, contents, strict=True) if of == lang]
        pages.append((out / f"{_file_name(found.report.place)}.{lang}.html", page(found, mine, lang, given=given)))
    out.mkdir(parents=True, exist_ok=True)
    for path, text in pages:
        write_whole(path, text.encode(), over=True)
        progress(f"{path}  {len(text.encode()) / 1e6:.1f} MB")
    return [path for path, _ in pages]


def _lacking(found: Sources, given: Given) -> list[str]:
    """Return the tags of the cells that have nothing to speak of: of a report, of what a report claims."""
    return [*([] if given.place else ["report"]), *([] if len(found.report.claims) else ["claims"])]


def _check_progress(given: Given, found: Sources) -> None:
    """Read what the chapter on progress needs, so that whatever is wrong with it is said at once."""
    if (given.done or given.targets) and not given.before:
        raise BriefingError(
            "An action list or targets need an earlier ledger: give it, too (before). · 任务单和目标要和前期台账一起给出（before）。"
        )
    if not given.before:
        return
    if not given.ledger:
        raise BriefingError(
            "Earlier ledgers need the present one beside them: give it, too (ledger). · 前期台账要和本期台账一起给出（ledger）。"
        )
    if not given.place and {EXAMPLE, LATER} & set(given.before):
        raise BriefingError("The example is of a report: name the report, too. · 示例数据出自报告，请同时给出报告。")
    series = snapshots(found.register, given.before, place=given.place, mapping=given.mapping, settings=found.settings)
    check_order(series)
    given_targets(given.targets)
    handed_back(actions(series[-2], found.report, settings=found.settings), given.done)


def _generated_inputs(given: Given) -> bool:
    return bool({EXAMPLE, LATER} & {given.ledger, given.targets, *given.before})


def _found(given: str | Path) -> str:
    """Return a path as a kernel in another folder finds it, with a day that stands after it; a name that is no path stays as it is."""
    path, at, day = str(given).rpartition("@")
    if at and Path(path).exists():
        return f"{Path(path).resolve()}@{day}"
    return str(Path(given).resolve()) if str(given) and Path(given).exists() else str(given)


def _file_name(place: str) -> str:
    # a ledger may give its place any name, of any length
    return re.sub(r'[\\/:*?"<>|\s]+', "-", plain(place))[:_LONGEST_NAME].strip("-.") or "briefing"


_WORDS = {
    "title": Term("{name}：社会组织党建简报", "{name}: Party building in social organisations, a briefing"),
    "brief": Term("要点", "In brief"),
    "finding": Term("发现了什么？", "What was found?"),
    "step": Term("下一步做什么？", "What comes next?"),
    "contents": Term("目录", "Contents"),
    "legend": Term("依据与假设的标记", "What the marks mean"),
    "rows": Term("图中数据", "The rows behind the chart"),
    "download": Term("下载 CSV", "Download CSV"),
    "skip": Term("跳到正文", "Skip to the text"),
    "report": Term("报告：{name}（指纹 {fingerprint}）；", "Report: {name} (fingerprint {fingerprint}); "),
    "ledger": Term("台账：{name}（指纹 {fingerprint}）；", "Ledger: {name} (fingerprint {fingerprint}); "),
    "mapping": Term("对应表：{name}（指纹 {fingerprint}）；", "Mapping: {name} (fingerprint {fingerprint}); "),
    "before": Term("前期台账：{name}（指纹 {fingerprint}）；", "Earlier ledger: {name} (fingerprint {fingerprint}); "),
    "done": Term("交回的任务单：{name}（指纹 {fingerprint}）；", "Action list handed back: {name} (fingerprint {fingerprint}); "),
    "targets": Term("目标：{name}（指纹 {fingerprint}）；", "Targets: {name} (fingerprint {fingerprint}); "),
    "chosen": Term("设定一览", "All settings"),
    "made": Term(
        "日期：{date}；参照数据指纹 {reference}；设定：{settings}，默认假设，参照可信度不低于“中”；软件版本 {version}。本页不联网，{example}。",
        "Date: {date}; fingerprint of the reference data {reference}; settings: {settings}, default assumptions, comparators of at least "
        "medium confidence; version {version}. This page asks for nothing from the network and {example}.",
    ),
    "undated": Term("未注明", "not stated"),
    "default": Term("默认", "the defaults"),
    "illustrative": Term("台账部分是生成的示例数据，不可引用", "its ledger is generated for illustration: not to be quoted"),
    "real": Term("不含示例数据", "holds no illustrative number"),
    "example": Term("（示例数据）", " (illustrative data)"),
}


def figure_html(content: dict[str, Any], lang: Lang) -> str:
    """Return a chart's place in the page: its data, its text alternative, its rows shown and to download."""
    meta = content["layout"]["meta"]
    # '<' would end the script, the two separators would end a line of it
    data = json.dumps(content, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in meta["columns"])
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in meta["rows"])
    link = "data:text/csv;charset=utf-8;base64," + base64.b64encode(csv_bytes(meta["columns"], meta["rows"])).decode()
    height = content["layout"]["height"]
    return (
        f'<figure><div class="chart" role="img" aria-label="{html.escape(meta["alt"])}" style="min-height:{height}px">'
        f'<script type="application/json">{data}</script></div>'
        f'<details><summary>{_WORDS["rows"](lang)}</summary><div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
        f'</table></div><a class="download" download="data.csv" href="{link}">{_WORDS["download"](lang)}</a></details></figure>'
    )


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    r"""Return a table as CSV that Excel opens: with a BOM, and with text that could be a formula kept as text.

    >>> csv_bytes(["a"], [["=1+1"]])
    b"\xef\xbb\xbfa\r\n'=1+1\r\n"
    """
    return csv_text(columns, rows).encode("utf-8-sig")


def _body(contents: Sequence[Any], lang: Lang) -> str:
    # cell ids are those of an edition's every chapter, so a page tells them apart by the chapter
    cells = _brief(contents, lang)
    cells += [{**cell, "id": f"c{number}-{cell.id}"} for number, content in enumerate(contents, start=1) for cell in content.cells]
    joined = nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    config = Config()
    config.HTMLExporter.template_name = "template"
    config.HTMLExporter.extra_template_basedirs = [str(PACKAGE)]
    config.HTMLExporter.exclude_input = True
    config.HTMLExporter.exclude_input_prompt = True
    config.HTMLExporter.exclude_output_prompt = True
    config.HTMLExporter.exclude_anchor_links = True
    config.NbConvertBase.display_data_priority = [PLOTLY, "text/html", "text/markdown"]
    config.HTMLExporter.filters = {"figure": lambda content: figure_html(content, lang)}
    body, _ = HTMLExporter(config=config).from_notebook_node(joined)
    # a wide table scrolls by itself; no data can write this tag, for the cells are escaped
    return re.sub(r'<table[^>]* class="dataframe">(.*?</table>)', _said, str(body), flags=re.DOTALL)


def _said(table: re.Match[str]) -> str:
    """Return a table that scrolls by itself, its cells of much text told, so that they are not squeezed."""
    rows = re.sub(r"<td>([^<]{12,})</td>", lambda cell: f'<td class="long{"er" * (len(cell[1]) > 40)}">{cell[1]}</td>', table[1])
    return f'<div class="scroll"><table class="said">{rows}</div>'


def _brief(contents: Sequence[Any], lang: Lang) -> list[dict[str, Any]]:
    """Return the page's first chapter: every chapter's findings, then the steps; the same outputs, shown once more."""
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "id": "brief", "metadata": {}, "source": f"# {_WORDS['brief'](lang)}"}]
    for tag in ("finding", "step"):
        found = [cell for content in contents for cell in content.cells if tag in cell.metadata.get("tags", []) and not _generated(cell)]
        heading = {"cell_type": "markdown", "id": f"brief-{tag}", "metadata": {}, "source": f"## {_WORDS[tag](lang)}"}
        cells += [heading, *({**cell, "id": f"brief-{tag}-{number}"} for number, cell in enumerate(found))]
    return cells


def _generated(cell: Any) -> bool:
    """Whether a cell says anything that rests on generated rows: no finding and no step ever does."""
    symbol = Evidence.ILLUSTRATIVE.term.zh.split(" ")[0]
    return any(symbol in str(text) for output in cell.get("outputs", []) for text in output.get("data", {}).values())


def _contents(body: str) -> tuple[str, str]:
    """Return the body with headings numbered for links, and the list of contents."""
    items: list[tuple[int, str, str]] = []

    def numbered(found: re.Match[str]) -> str:
        level, text = int(found[1]), re.sub(r"<[^>]+>", "", found[2]).strip()
        items.append((level, f"s{len(items) + 1}", text))
        return f'<h{level} id="{items[-1][1]}">{found[2]}</h{level}>'

    body = re.sub(r"<h([12])[^>]*>(.*?)</h\1>", numbered, body, flags=re.DOTALL)
    lines, inside = [], False
    for level, anchor, text in items:
        if level == 1:
            lines.append(("</ol></li>" if inside else "") + f'<li><a href="#{anchor}">{text}</a><ol>')
            inside = True
        else:
            lines.append(f'<li><a href="#{anchor}">{text}</a></li>')
    return body, "<ol>" + "".join(lines) + ("</ol></li>" if inside else "") + "</ol>"


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]


def _occurs(mark: str, body: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(mark)}(?![0-9])", body) is not None


def _foot(found: Sources, given: Given, lang: Lang) -> str:
    """Return what the page was made of: inputs with their fingerprints, date, settings, version."""
    report, register, _ = found
    named = []
    if given.place:
        named.append(_WORDS["report"](lang).format(name=html.escape(plain(report.name(lang))), fingerprint=report.fingerprint))
    inputs = [("ledger", given.ledger), ("mapping", given.mapping), *(("before", each) for each in given.before), ("done", given.done)]
    for key, path in [*inputs, ("targets", given.targets)]:
        if path:
            named.append(_WORDS[key](lang).format(name=html.escape(plain(Path(path).name)), fingerprint=_file_print(Path(path))))
    made = _WORDS["made"](lang).format(
        date=register.as_of.isoformat() if register.as_of else _WORDS["undated"](lang),
        reference=_fingerprint(shared("data") / "reference"),
        settings=html.escape(plain(Path(given.settings).name)) + f" {_file_print(Path(given.settings))}"
        if given.settings
        else _WORDS["default"](lang),
        version=analysis.__version__,
        example=_WORDS["illustrative" if illustrative(register) or _generated_inputs(given) else "real"](lang),
    )
    lines = [f"{name(lang)}{'：' if lang == 'zh' else ': '}{value(lang)}{mark}" for name, value, mark in described(found.settings)]
    chosen = "".join(f"<li>{html.escape(plain(line))}</li>" for line in lines)
    return f"{''.join(named)}{made}<details><summary>{_WORDS['chosen'](lang)}</summary><ul>{chosen}</ul></details>"


def _file_print(path: Path) -> str:
    """Return the first characters of a hash of a file, or of a folder's files."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes() if file.is_file() else file.name.encode())
    return digest.hexdigest()[:12]


def _titled(found: Sources, given: Given, lang: Lang) -> str:
    """Return what a page is of: the report's or the ledger's place; of a ledger that gives none, its day, for a file's name says nothing."""
    if given.place or not given.ledger or found.register.place:
        return found.report.name(lang)
    day = found.register.as_of
    return Term(f"台账（{day or '未写统计时点'}）", f"Ledger of {day or 'a day that it does not give'}")(lang)


def page(found: Sources, contents: Sequence[Any], lang: Lang, *, given: Given) -> str:
    """Return the whole page of executed notebooks: one file that asks for nothing else."""
    report = found.report
    body, toc = _contents(_body(contents, lang))
    script = get_plotlyjs().replace("</script", "<\\/script") + "\n" + (TEMPLATE / "charts.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data: blob:; form-action 'none'; base-uri 'none'"
    example = _WORDS["example"](lang) if illustrative(found.register) or _generated_inputs(given) else ""
    title = html.escape(_WORDS["title"](lang).format(name=shortened(plain(_titled(found, given, lang)), _TITLE_PLACES)) + example)
    about = [plain(term(lang)) for term in (report.title, report.period, report.source) if term(lang)]
    subtitle = html.escape(Term("；", "; ")(lang).join(about))
    marks = "".join(f"<dt>{html.escape(mark)}</dt><dd>{html.escape(meaning)}</dd>" for mark, meaning in legend(lang) if _occurs(mark, body))
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{(TEMPLATE / 'page.css').read_text('utf-8')}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#text">{_WORDS["skip"](lang)}</a>\n'
        f'<header class="page"><h1>{title}</h1><p><small>{subtitle}</small></p>\n'
        f'<nav aria-label="{_WORDS["contents"](lang)}"><strong>{_WORDS["contents"](lang)}</strong>{toc}</nav>\n'
        f'<details class="legend"><summary>{_WORDS["legend"](lang)}</summary><dl>{marks}</dl></details></header>\n'
        f'<main id="text">\n{body}\n</main>\n<footer class="page">{_foot(found, given, lang)}</footer>\n<script>{script}</script>\n</body>\n</html>\n'
    )
