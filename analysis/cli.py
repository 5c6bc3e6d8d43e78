"""The command `analysis`: a briefing from a report, a report's audit, the notebooks executed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import analysis
from analysis.audit import audit
from analysis.model import LANGS, AnalysisError, Severity, tally
from analysis.report import load_report
from analysis.wording import in_words, plain


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="analysis", description="社会组织党建报告的分析与简报 · Analysis and briefings of Party-building reports"
    )
    parser.add_argument("--version", action="version", version=f"analysis {analysis.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    brief = commands.add_parser("briefing", help="生成离线简报 · make the offline briefing")
    brief.add_argument(
        "--report", default="yangxian", metavar="PLACE|DIR", help="报告名或报告文件夹 · a report's name or folder (yangxian)"
    )
    brief.add_argument("--lang", choices=LANGS, help="只要一种语言 · only this language (both)")
    brief.add_argument("--out", default=str(Path("build") / "briefing"), metavar="DIR", help="输出文件夹 · where to write (build/briefing)")

    check = commands.add_parser("audit", help="审核报告的数字与论断 · audit a report's figures and claims")
    check.add_argument(
        "report", nargs="?", default="yangxian", metavar="PLACE|DIR", help="报告名或报告文件夹 · a report's name or folder (yangxian)"
    )
    check.add_argument("--lang", choices=LANGS, default="zh", help="语言 · language (zh)")

    run = commands.add_parser("notebooks", help="重新执行笔记本并保存输出 · execute the notebooks and store their outputs")
    run.add_argument("folder", nargs="?", default="notebooks", metavar="DIR", help="笔记本文件夹 · the folder of notebooks (notebooks)")
    return parser


def _say(line: str) -> None:
    print(line, flush=True)


def _briefing(options: argparse.Namespace) -> None:
    from analysis import briefing  # noqa: PLC0415 - half a second of imports that the other commands do not need

    langs = [options.lang] if options.lang else list(LANGS)
    briefing.make(options.report, langs=langs, out=Path(options.out), progress=_say)


def _audit(options: argparse.Namespace) -> None:
    findings = audit(load_report(options.report))
    if not len(findings):
        _say("没有发现矛盾或存疑之处。" if options.lang == "zh" else "The figures and claims agree.")
        return
    for _, row in in_words(findings, ["severity", "what", "arithmetic", "places"], options.lang).iterrows():
        severity, what, arithmetic, places, basis = row.tolist()
        _say(f"[{severity}] {what}\n    {arithmetic}  ({places}; {basis})")
    counts = tally(findings, "severity", Severity)
    _say("  ".join(f"{row[f'name_{options.lang}']} {row['value']}" for _, row in counts.iterrows()))


def _notebooks(options: argparse.Namespace) -> None:
    from analysis import briefing  # noqa: PLC0415 - as above

    briefing.store(Path(options.folder), progress=_say)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 2 after a mistake that the message explains."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console of another code page shows '?' rather than failing
    options = _parser().parse_args(arguments)
    try:
        {"briefing": _briefing, "audit": _audit, "notebooks": _notebooks}[options.command](options)
    except (AnalysisError, OSError) as error:
        # what it quotes from a file must not command the terminal
        print("\n".join("  " * line.startswith(" ") + plain(line) for line in str(error).splitlines()), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
