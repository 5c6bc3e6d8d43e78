"""The command `analysis`: a briefing, an audit, a ledger's template and check, a folder to start from, the notebooks executed."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

import analysis
from analysis.ledger import check_ledger, write_ledger, write_template
from analysis.mapping import save_mapping
from analysis.metrics import completeness, rates
from analysis.model import LANGS, Agreement, AnalysisError, Evidence, Lang, Severity, Term, tally
from analysis.places import csv_text, write_whole
from analysis.questions import next_columns
from analysis.reconcile import reconcile
from analysis.register import Register
from analysis.report import Report, load_report
from analysis.schema import TABLE_TERMS, TABLES, UNTIL
from analysis.settings import DEFAULT_SETTINGS, Settings, load_settings
from analysis.sources import EXAMPLE, LATER, Sources, day_of, sources
from analysis.terminal import told
from analysis.wording import in_words, marks_text, plain, sentence

_PLACE: dict[str, Any] = {"metavar": "PLACE|DIR", "help": "报告名或报告文件夹 · a report's name or folder"}
_LANG: dict[str, Any] = {"choices": LANGS, "default": "zh", "help": "语言 · language (zh)"}
_FILE: dict[str, Any] = {"default": "", "metavar": "FILE", "help": "设定文件 · a file of settings"}
_MAPPING: dict[str, Any] = {"default": "", "metavar": "FILE", "help": "列的对应表 · a file that says which column is which"}
_DAY: dict[str, Any] = {
    "default": "",
    "metavar": "YYYY-MM-DD",
    "help": "统计时点，台账里没写时给出 · the day of the count, where the ledger does not say it",
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="analysis", description="社会组织党建报告与台账的分析与简报 · Analysis and briefings of Party-building reports and ledgers"
    )
    parser.add_argument("--version", action="version", version=f"analysis {analysis.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    _about_briefings(commands)
    _about_ledgers(commands)
    check = commands.add_parser("audit", help="审核报告的数字与论断 · audit a report's figures and claims")
    check.add_argument("report", nargs="?", default="yangxian", **_PLACE)
    check.add_argument("--lang", **_LANG)

    run = commands.add_parser("notebooks", help="重新执行笔记本并保存输出 · execute the notebooks and store their outputs")
    run.add_argument("folder", nargs="?", default="notebooks", metavar="DIR", help="笔记本文件夹 · the folder of notebooks (notebooks)")
    run.add_argument("--ledger", default="", metavar="FILE", help="改为连同此台账存放 · store them there, run with this ledger, instead")
    return parser


def _about_briefings(commands: Any) -> None:
    brief = commands.add_parser("briefing", help="生成离线简报 · make the offline briefing")
    brief.add_argument("--report", **_PLACE)
    brief.add_argument(
        "--ledger", default="", metavar="FILE|DIR", help="台账；example 为示例数据 · a ledger; 'example' for illustrative data"
    )
    brief.add_argument("--mapping", **_MAPPING)
    brief.add_argument("--as-of", **_DAY)
    brief.add_argument("--settings", **_FILE)
    brief.add_argument(
        "--before",
        action="append",
        default=[],
        metavar="FILE|DIR[@YYYY-MM-DD]",
        help="前期台账，可重复给出；没写统计时点的在 @ 后给出 · a ledger of an earlier date, its day after an @ where it does not say it; may be repeated",
    )
    brief.add_argument("--done", default="", metavar="FILE.xlsx", help="交回的任务单 · an action list that was handed back")
    brief.add_argument("--targets", default="", metavar="FILE.csv", help="目标文件 · a file of targets")
    brief.add_argument("--lang", choices=LANGS, help="只要一种语言 · only this language (both)")
    brief.add_argument("--out", default=str(Path("build") / "briefing"), metavar="DIR", help="输出文件夹 · where to write (build/briefing)")


def _about_ledgers(commands: Any) -> None:
    begin = commands.add_parser(
        "start", help="建一个工作文件夹：笔记本、设定、台账模板 · a folder to work in: notebooks, settings, template"
    )
    begin.add_argument("folder", metavar="DIR", help="新文件夹 · the new folder")
    begin.add_argument("--report", default="", **_PLACE)
    begin.add_argument("--lang", **_LANG)

    blank = commands.add_parser("template", help="写一份空台账 · write an empty ledger")
    blank.add_argument("file", metavar="FILE.xlsx", help="新文件 · the new file")
    blank.add_argument("--lang", **_LANG)

    look = commands.add_parser("check", help="检查一份台账 · check a ledger")
    look.add_argument("ledger", metavar="FILE|DIR", help="台账 · the ledger")
    look.add_argument("--report", default="", **_PLACE)
    look.add_argument("--mapping", **_MAPPING)
    look.add_argument("--as-of", **_DAY)
    look.add_argument("--settings", **_FILE)
    look.add_argument("--lang", **_LANG)
    look.add_argument("--save-mapping", default="", metavar="FILE.csv", help="保存列的对应表 · save which column is which")
    look.add_argument("--trail", default="", metavar="FILE.csv", help="保存读取时的改动 · save what was read another way than written")
    look.add_argument("--annotate", default="", metavar="FILE.xlsx", help="写一份标出问题的副本 · write a copy with the faults marked")
    look.add_argument("--json", action="store_true", help="以 JSON 给出 · as JSON")

    _about_export(commands)
    _about_actions(commands)


def _about_actions(commands: Any) -> None:
    todo = commands.add_parser("actions", help="列出该办的事，写成任务单 · list what is due, as a workbook to work from")
    todo.add_argument(
        "--ledger", required=True, metavar="FILE|DIR", help="台账；example 为示例数据 · a ledger; 'example' for illustrative data"
    )
    todo.add_argument("--report", default="", **_PLACE)
    todo.add_argument("--mapping", **_MAPPING)
    todo.add_argument("--as-of", **_DAY)
    todo.add_argument("--settings", **_FILE)
    todo.add_argument("--lang", **_LANG)
    todo.add_argument("--out", default="", metavar="FILE.xlsx", help="写成任务单 · write them as a workbook")
    todo.add_argument("--done", default="", metavar="FILE.xlsx", help="交回的任务单 · a workbook that was handed back")


def _about_export(commands: Any) -> None:
    give = commands.add_parser("export", help="把台账写成模板的格式 · write any ledger in the form of the template")
    give.add_argument("ledger", metavar="FILE|DIR", help="台账；example 为示例数据 · a ledger; 'example' for illustrative data")
    give.add_argument("file", metavar="FILE.xlsx", help="新文件 · the new file")
    give.add_argument("--report", default="", **_PLACE)
    give.add_argument("--mapping", **_MAPPING)
    give.add_argument("--as-of", **_DAY)
    give.add_argument("--settings", **_FILE)
    give.add_argument("--lang", **_LANG)


def _say(line: str) -> None:
    print(line, flush=True)


def _briefing(options: argparse.Namespace) -> None:
    from analysis import briefing  # noqa: PLC0415 - seconds of imports that the other commands do not need

    langs = [options.lang] if options.lang else list(LANGS)
    # a ledger stands alone unless a report is named beside it; the example is one of the shipped report
    alone = options.ledger and options.ledger not in (EXAMPLE, LATER)
    place = options.report if options.report is not None else "" if alone else briefing.DEFAULT_PLACE
    briefing.make(
        place,
        ledger=options.ledger,
        mapping=options.mapping,
        as_of=options.as_of,
        settings=options.settings,
        before=options.before,
        done=options.done,
        targets=options.targets,
        langs=langs,
        out=Path(options.out),
        progress=_say,
    )


def _start(options: argparse.Namespace) -> None:
    from analysis.start import start  # noqa: PLC0415 - as above

    for path in start(Path(options.folder), place=options.report, lang=options.lang):
        _say(str(path))


def _template(options: argparse.Namespace) -> None:
    write_template(Path(options.file), options.lang)
    _say(options.file)


def _listed(rows: pd.DataFrame, line: str, columns: list[str], lang: Lang) -> None:
    for _, row in in_words(rows, columns, lang).iterrows():
        _say(line.format(*row.tolist()))


def _held(found: Sources, lang: Lang) -> None:
    """Say how a ledger stands to a report: each figure that it could give, and where no value fits both."""
    days = [str(each.as_of or "—") for each in (found.report, found.register)]
    _say(Term(f"统计时点：报告 {days[0]}，台账 {days[1]}", f"Day of the count: report {days[0]}, ledger {days[1]}")(lang))
    held = reconcile(found.register, found.report, settings=found.settings)
    columns = ["name", "printed_low", "printed_high", "counted_as", "low", "high", "agreement"]
    _listed(held[held["agreement"] != Agreement.not_held.name], "{0}: {1} – {2} | {3}: {4} – {5} | {6}", columns, lang)
    narrowed = rates(found.register, report=found.report, settings=found.settings)
    for _, row in narrowed[narrowed["conflict"] == "empty"].iterrows():
        said = Term(
            f"[矛盾] {row['name_zh']}：与报告的总数抵触，除非假设 {row['against']} 有一个不成立",
            f"[contradiction] {row['name_en']}: no value fits the report's totals, too, unless one of {row['against']} does not hold",
        )
        _say(said(lang))


def _check(options: argparse.Namespace) -> int:
    lang: Lang = options.lang
    settings = load_settings(options.settings) if options.settings else DEFAULT_SETTINGS
    ledger = check_ledger(options.ledger, as_of=day_of(options.as_of), mapping=options.mapping or None, settings=settings)
    if options.save_mapping:
        save_mapping(ledger.mapping, options.save_mapping)
    if options.trail:
        write_whole(Path(options.trail), csv_text([*ledger.trail.columns], ledger.trail.itertuples(index=False)).encode("utf-8-sig"))
    if options.annotate:
        from analysis.annotate import annotate  # noqa: PLC0415 - as above

        annotate(ledger, Path(options.annotate), lang)
    if options.json:
        _say(json.dumps(ledger.as_json(), ensure_ascii=False, indent=1))
    else:
        for line in told(ledger, lang):
            _say(line)
        if ledger.register is not None and ledger.doubts is not None:
            _used(ledger.register, ledger.doubts, options, settings)
    return 0 if ledger.register is not None else 2


def _used(register: Register, doubts: pd.DataFrame, options: argparse.Namespace, settings: Settings) -> None:
    """Say how a ledger that can be used stands to a report, what in it is odd, how full it is, and which columns would answer most."""
    lang: Lang = options.lang
    report = load_report(options.report) if options.report else Report.of(register.place or Path(options.ledger).stem)
    if options.report:
        _held(Sources(report, register, settings), lang)
    odd = tally(doubts, "severity", Severity).set_index("code")["value"]
    counted = " ".join(f"{kind.term(lang)} {odd[kind.name]}" for kind in Severity)
    _say(
        Term(
            f"同一行的格子互相核对（与简报第一章同数）：{counted}",
            f"Cells of one row against each other, as chapter one of the briefing counts them: {counted}",
        )(lang)
    )
    template = Term(
        "可以使用：{c.organisations:name}已填 {c.organisations}，{c.branches:name}已填 {c.branches}；再补 {n.last.order} 列，共可回答 {n.last:value}/{n.last.whole} 个问题。",
        "It can be used. Cells filled: {c.organisations:name} {c.organisations}, {c.branches:name} {c.branches}; "
        "{n.last.order} more columns bring the questions answered to {n.last:value}/{n.last.whole}.",
    )
    filled, ahead = completeness(register), next_columns(report, register, settings=settings)
    _say(sentence(template(lang), lang=lang, c=filled, n=ahead)[0])


def _export(options: argparse.Namespace) -> None:
    found = sources(
        options.report, ledger=options.ledger, mapping=options.mapping, as_of=options.as_of, settings=options.settings, progress=_say
    )
    write_ledger(found.register, Path(options.file), options.lang)
    for table, columns in TABLES.items():
        for name in sorted(set(found.register.frame(table).collect_schema().names()) - {*columns, *(f"{each}{UNTIL}" for each in columns)}):
            term = TABLE_TERMS[table]
            _say(
                f"{term.zh} {plain(name)}：模板没有这一列，没有写出 · {term.en} {plain(name)}: the template has no such column, not written"
            )
    _say(options.file)


def _actions(options: argparse.Namespace) -> None:
    from analysis.actions import actions  # noqa: PLC0415 - as above
    from analysis.worklist import load_actions, save_actions  # noqa: PLC0415 - as above

    lang: Lang = options.lang
    place = options.report or ("yangxian" if options.ledger in (EXAMPLE, LATER) else "")
    found = sources(place, ledger=options.ledger, mapping=options.mapping, as_of=options.as_of, settings=options.settings, progress=_say)
    rows = actions(found.register, found.report, settings=found.settings)
    if options.done:
        rows = load_actions(options.done, rows)
        _say(Term(f"交回的已办：{int(rows['done_on'].notna().sum())}", f"handed back as done: {int(rows['done_on'].notna().sum())}")(lang))
    if options.out:
        # a register made of a report bears the report's code
        own = found.register.place if found.register.evidence is Evidence.LEDGER else ""
        called = own or (found.report.name(lang) if place else "")
        save_actions(rows, Path(options.out), lang, place=called, as_of=found.register.as_of)
    _left(rows[rows["done_on"].isna()] if options.done else rows, lang, of_back=bool(options.done))


def _left(rows: pd.DataFrame, lang: Lang, *, of_back: bool) -> None:
    """Say how many actions each party has, and all of them; of a list that came back, those without a day."""
    from analysis.actions import Priority  # noqa: PLC0415 - as above

    counts = rows.groupby([f"who_{lang}", "priority"], sort=False).size().unstack(fill_value=0)
    for who, row in counts.sort_index().iterrows():
        told = [f"{kind.term(lang)} {int(row[kind.name])}" for kind in Priority if row.get(kind.name)]
        _say(f"{plain(who)}: " + " · ".join(told))
    marks = " ".join(dict.fromkeys(" ".join(rows["evidence"]).split()))
    many = (
        Term(f"尚未交回日期 {len(rows)}", f"without a day so far: {len(rows)}")
        if of_back
        else Term(f"待办合计 {len(rows)}", f"to be done: {len(rows)}")
    )
    _say(many(lang) + (f"  〔{marks_text(marks, '', lang)}〕" if marks else ""))


def _audit(options: argparse.Namespace) -> None:
    findings = analysis.audit(load_report(options.report))
    if not len(findings):
        _say("没有发现矛盾或存疑之处。" if options.lang == "zh" else "The figures and claims agree.")
        return
    _listed(findings, "[{0}] {1}\n    {2}  ({3}; {4})", ["severity", "what", "arithmetic", "places"], options.lang)
    counts = tally(findings, "severity", Severity)
    _say("  ".join(f"{row[f'name_{options.lang}']} {row['value']}" for _, row in counts.iterrows()))


def _notebooks(options: argparse.Namespace) -> None:
    from analysis import briefing  # noqa: PLC0415 - as above

    briefing.store(Path(options.folder), ledger=options.ledger, progress=_say)


_COMMANDS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "briefing": _briefing,
    "start": _start,
    "template": _template,
    "check": _check,
    "export": _export,
    "actions": _actions,
    "audit": _audit,
    "notebooks": _notebooks,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 2 after a mistake that the message explains."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console of another code page shows '?' rather than failing
    options = _parser().parse_args(arguments)
    try:
        return _COMMANDS[options.command](options) or 0
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (AnalysisError, OSError) as error:
        said = _of_system(error) if isinstance(error, OSError) else str(error)
        # what it quotes from a file must not command the terminal
        print("\n".join("  " * line.startswith(" ") + plain(line) for line in said.splitlines()), file=sys.stderr)
        return 2


def _of_system(error: OSError) -> str:
    """Return what the system refuses in both languages, its own words last."""
    missing = isinstance(error, FileNotFoundError)
    term = Term("没有这个文件或文件夹", "there is no such file or folder") if missing else Term("不能读写", "it cannot be read or written")
    return f"'{error.filename}': {term.en}. · {term.zh}。 ({error.strerror})" if error.filename else str(error)


if __name__ == "__main__":
    sys.exit(main())
