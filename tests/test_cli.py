import gc
import io
import re
import runpy
import shutil
import sys
from collections.abc import Callable
from datetime import date
from functools import cache, partial
from pathlib import Path

import pandas as pd
import pytest
from workbooks import filled_in, sheets

import analysis
from analysis import Register, Report, briefing, cli
from analysis import audit as audit_of
from analysis.model import LANGS
from analysis.workbook import write_ledger

both = pytest.mark.parametrize("lang", LANGS)
NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
HEADING = {"zh": r"\[(矛盾|存疑|提示)\] ", "en": r"\[(contradiction|doubt|remark)\] "}


@cache
def findings(place: str) -> pd.DataFrame:
    return audit_of(analysis.load_report(place))


@pytest.fixture
def run(capsys) -> Callable[..., tuple[int, str, str]]:
    """Run the command; gives its exit code and what it says on either stream."""

    def command(*arguments: object) -> tuple[int, str, str]:
        code = cli.main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return command


@pytest.fixture
def quick(monkeypatch) -> None:
    """The outputs that the notebooks hold stand for their execution."""
    monkeypatch.setattr(briefing, "execute", lambda contents, *, progress: [progress(name) for name, _ in contents])


# ---- audit


@both
@pytest.mark.parametrize("place", ["yangxian", "county213", "sanbing"])
def test_an_audit_says_every_finding_and_counts_them(run, monkeypatch, place, lang):
    monkeypatch.setattr(analysis, "audit", lambda report: findings(report.place))
    code, out, err = run("audit", place, "--lang", lang)
    *lines, last = out.splitlines()
    assert (code, err) == (0, "")
    assert len(lines) == 2 * len(findings(place))
    assert all(re.match(HEADING[lang], line) for line in lines[::2])
    assert all(line.startswith("    ") for line in lines[1::2])
    counts = [int(number) for number in re.findall(r"\d+", last)]
    assert counts == [sum(findings(place)["severity"] == kind) for kind in ("error", "warning", "note")] + [len(findings(place))]


def test_the_township_s_members_do_not_add_up(run):
    # 31, 18 and 3 in its three branches, 49 in all
    code, out, _ = run("audit", "sanbing", "--lang", "en")
    assert code == 0
    assert re.search(r"\[contradiction\].*\n.*52.*49", out)


def test_the_audit_speaks_chinese_of_the_county_unless_asked_otherwise(run, monkeypatch):
    monkeypatch.setattr(analysis, "audit", lambda report: findings(report.place))
    assert run("audit") == run("audit", "yangxian", "--lang", "zh")


@pytest.mark.parametrize(("lang", "text"), [("zh", "没有发现矛盾或存疑之处。\n"), ("en", "The figures and claims agree.\n")])
def test_an_audit_without_findings_says_so(run, write, lang, text):
    assert run("audit", write("key,value\nmembers,9\n"), "--lang", lang) == (0, text, "")


# ---- mistakes


def test_an_unknown_place_is_a_message(run):
    code, out, err = run("audit", "atlantis")
    assert (code, out) == (2, "")
    assert "The report 'atlantis' has 1 fault" in err
    assert "Give a report's folder, or one of: county213, sanbing, yangxian" in err


@pytest.mark.parametrize("command", [["audit"], ["briefing", "--report"]])
@pytest.mark.parametrize(("files", "message"), [
    ({}, "report.toml: no such file"),
    ({"report.toml": b"name_zh = "}, "report.toml: cannot be read"),
    ({"report.toml": b"\xff\xfe"}, "report.toml: cannot be read"),
    ({"report.toml": b"name_zh = 'a'\nname_en = 'a'\n"}, "figures.csv: no such file"),
    ({"report.toml": b"", "figures.csv": b"key,value\nstaff,many\n"}, "figures.csv, line 2, column value: 'many': is not a number"),
    ({"report.toml": b"", "figures.csv": b"\xff\xfe"}, "figures.csv: cannot be read"),
    ({"report.toml": b"", "figures.csv": b'key,value\n"staff,1'}, "figures.csv: cannot be read"),
    ({"report.toml": b"", "figures.csv": b"key,value\nstaff,1,2\n"}, "has more cells than the first line"),
    ({"report.toml": b"", "figures.csv": b""}, "figures.csv"),
])  # fmt: skip
@pytest.mark.usefixtures("quick")
def test_a_malformed_folder_is_a_message(run, tmp_path, command, files, message):
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    code, out, err = run(*command, tmp_path, *(["--out", tmp_path / "out"] if command[0] == "briefing" else []))
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()


def test_a_message_does_not_command_the_terminal(run, write):
    _, _, err = run("audit", write("key,value\nstaff,\x1b[31m\u202e9\n"))
    assert "figures.csv, line 2, column value: '[31m9': is not a number" in err
    assert not set(err) & {"\x1b", "\u202e"}


@pytest.mark.parametrize("arguments", [[], ["dance"], ["audit", "--lang", "fr"], ["briefing", "--no-such"], ["audit", "a", "b"]])
def test_a_mistyped_command_is_explained(run, capsys, arguments):
    with pytest.raises(SystemExit) as stopped:
        run(*arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("usage: analysis")


def test_a_folder_that_cannot_be_written_is_a_message(run, quick, monkeypatch, tmp_path):
    monkeypatch.setattr(briefing, "page", lambda *_, **__: "")
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, _, err = run("briefing", "--report", "sanbing", "--out", tmp_path / "file")
    assert code == 2
    assert "file" in err
    assert "Traceback" not in err


def test_a_failing_cell_is_a_message(run, monkeypatch, tmp_path):
    def fail(*_: object, **__: object) -> None:
        raise briefing.BriefingError("zh/01_status: cell 3 failed")

    monkeypatch.setattr(briefing, "execute", fail)
    assert run("briefing", "--out", tmp_path / "out") == (2, "", "zh/01_status: cell 3 failed\n")
    assert not (tmp_path / "out").exists()


# ---- help


@pytest.mark.parametrize(("arguments", "texts"), [
    (["--help"], ["社会组织党建报告与台账的分析与简报", "Analysis and briefings", "生成离线简报", "make the offline briefing", "审核报告", "audit a report",
                  "重新执行笔记本", "execute the notebooks"]),
    (["briefing", "--help"], ["报告名或报告文件夹", "a report's name or folder", "只要一种语言", "only this language", "输出文件夹", "where to write"]),
    (["audit", "--help"], ["报告名或报告文件夹", "a report's name or folder", "语言", "language"]),
    (["notebooks", "--help"], ["笔记本文件夹", "the folder of notebooks"]),
])  # fmt: skip
def test_help_is_in_both_languages(run, capsys, arguments, texts):
    with pytest.raises(SystemExit) as stopped:
        run(*arguments)
    out = " ".join(capsys.readouterr().out.split())
    assert stopped.value.code == 0
    assert [text for text in texts if text not in out] == []


@pytest.mark.parametrize("start", [partial(runpy.run_module, "analysis"), partial(runpy.run_path, cli.__file__)])
def test_the_command_runs_without_being_installed(monkeypatch, capsys, start):
    monkeypatch.setattr(gc, "freeze", lambda: None)  # this process goes on
    monkeypatch.setattr(sys, "argv", ["analysis", "--version"])
    with pytest.raises(SystemExit) as stopped:
        start(run_name="__main__")
    assert stopped.value.code == 0
    assert capsys.readouterr().out == f"analysis {analysis.__version__}\n"


def test_a_console_of_another_code_page_shows_a_question_mark(monkeypatch):
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    monkeypatch.setattr(sys, "stderr", io.StringIO())  # a stream that cannot be set otherwise is left as it is
    monkeypatch.setattr(analysis, "audit", lambda report: findings(report.place))
    assert cli.main(["audit", "sanbing", "--lang", "zh"]) == 0
    assert b"[??] " in narrow.buffer.getvalue()


# ---- briefing and notebooks


def test_a_briefing_in_one_language(run, quick, tmp_path):
    code, out, err = run("briefing", "--lang", "zh", "--out", tmp_path)
    (path,) = tmp_path.iterdir()
    assert (code, err, path.name) == (0, "", "yangxian.zh.html")
    assert path.read_text("utf-8").startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
    *chapters, last = out.splitlines()
    assert chapters == ["zh/01_status", "zh/02_causes", "zh/03_recommendations"]
    assert re.fullmatch(rf"{re.escape(str(path))}  \d\.\d MB", last)


def test_a_briefing_in_both_languages_by_default(run, quick, monkeypatch, tmp_path):
    asked: list[Report] = []
    monkeypatch.setattr(briefing, "page", lambda found, contents, lang, *, given: asked.append(found.report) or lang)
    monkeypatch.chdir(tmp_path)
    assert run("briefing", "--report", "county213")[0] == 0
    assert [report.place for report in asked] == ["county213"] * 2
    assert {path.name: path.read_text("utf-8") for path in (tmp_path / "build" / "briefing").iterdir()} == {
        "county213.zh.html": "zh",
        "county213.en.html": "en",
    }


def test_the_notebooks_of_a_folder_are_executed_and_stored(run, quick, tmp_path):
    shutil.copytree(NOTEBOOKS, tmp_path / "mine")
    code, out, err = run("notebooks", tmp_path / "mine")
    assert (code, err) == (0, "")
    assert out.splitlines() == [f"{lang}/{name}" for lang in LANGS for name in briefing.CHAPTERS]


@pytest.mark.parametrize("text", [None, "no notebook"])
def test_a_folder_without_notebooks_is_a_message(run, quick, tmp_path, text):
    if text:
        (tmp_path / "zh").mkdir()
        (tmp_path / "zh" / "01_status.ipynb").write_text(text, encoding="utf-8")
    code, out, err = run("notebooks", tmp_path)
    assert (code, out) == (2, "")
    assert "01_status.ipynb" in err
    assert "Traceback" not in err


# ---- a ledger


@pytest.fixture
def ledger(tmp_path):
    rows = pd.DataFrame(
        {"name": ["A", "B"], "coverage": ["own", "none"], "branch_id": ["b", None], "staff": [3, 4], "staff_full_time": [4, 1]}
    )
    write_ledger(Register(rows, pd.DataFrame({"name": ["b"]}), place="Any"), tmp_path / "ledger.xlsx", "en")
    return str(tmp_path / "ledger.xlsx")


def test_an_empty_ledger_is_written_once(tmp_path, capsys):
    path = str(tmp_path / "new.xlsx")
    assert cli.main(["template", path, "--lang", "en"]) == 0
    assert capsys.readouterr().out.strip() == path
    assert cli.main(["template", path]) == 2
    assert "new.xlsx" in capsys.readouterr().err


def test_a_folder_to_work_in(tmp_path, capsys):
    assert cli.main(["start", str(tmp_path / "mine"), "--lang", "en"]) == 0
    assert [line.rpartition("/")[2] for line in capsys.readouterr().out.splitlines()][-2:] == ["settings.toml", "ledger.xlsx"]
    assert cli.main(["start", str(tmp_path / "mine")]) == 2
    assert "not empty" in capsys.readouterr().err


def test_a_check_lists_what_is_odd_and_what_pays_first(ledger, capsys):
    assert cli.main(["check", ledger, "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "contradiction: 'full-time staff' exceeds 'staff' (full-time staff 4, staff 3)" in out
    assert out.splitlines()[-1].startswith("It can be used. Cells filled: organisations ")
    assert "as chapter one of the briefing counts them: contradiction 1 doubt 0 remark 0" in out
    assert cli.main(["check", ledger, "--lang", "zh"]) == 0
    assert "可以使用" in capsys.readouterr().out


def test_a_check_in_chinese_shows_no_codes(tmp_path, capsys):
    branches = pd.DataFrame({"name": ["b"], "level": ["committee"], "members": [3]})
    write_ledger(Register(pd.DataFrame({"name": ["A"]}), branches, place="Any"), tmp_path / "ledger.xlsx", "zh")
    assert cli.main(["check", str(tmp_path / "ledger.xlsx"), "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert "组织建制 党委" in out
    assert not re.search(r"committee|True|False|none", out)


def test_sections_without_numbers_are_named_in_the_reader_s_language(capsys):
    assert cli.main(["audit", "county213", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert "(总数, 组建形式; " in out
    assert not re.search(r"totals|coverage|forms", out)


def test_a_check_beside_a_report_names_days_figures_and_contradictions(ledger, tmp_path, capsys):
    (tmp_path / "set.toml").write_text("training_months = 12\n", "utf-8")
    assert cli.main(["check", ledger, "--report", "yangxian", "--settings", str(tmp_path / "set.toml"), "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "Day of the count: report —, ledger —" in out
    assert "registered organisations: 42 – 42 | all rows of the organisations: 2 – 2 | differs" in out
    assert "training" not in out
    every = pd.DataFrame({"name": [f"o{row}" for row in range(42)], "coverage": ["own"] * 42})
    write_ledger(Register(every, pd.DataFrame({"name": ["b"] * 34})), tmp_path / "all.xlsx", "en")
    assert cli.main(["check", str(tmp_path / "all.xlsx"), "--report", "yangxian", "--lang", "en"]) == 0
    said = "[contradiction] organisations with a branch of their own: no value fits the report's totals, too, unless one of A1 A2"
    assert said in capsys.readouterr().out


def test_a_faulty_ledger_is_a_message(tmp_path, capsys):
    (tmp_path / "organisations.csv").write_text("name,staff\nA,many\n", "utf-8")
    assert cli.main(["check", str(tmp_path)]) == 2
    assert "many" in capsys.readouterr().out


def test_an_action_list_goes_out_comes_back_and_goes_out_again(ledger, tmp_path, capsys):
    first, second = str(tmp_path / "a.xlsx"), str(tmp_path / "b.xlsx")
    assert cli.main(["actions", "--ledger", ledger, "--out", first, "--lang", "zh"]) == 0
    everything = capsys.readouterr().out.splitlines()[-1]
    (code,) = {row[-1] for rows in list(sheets(first).values())[1:2] for row in rows[2:3]}
    back = filled_in(first, tmp_path / "back.xlsx", {code: date(2012, 3, 4)})
    assert cli.main(["actions", "--ledger", ledger, "--done", str(back), "--out", second, "--lang", "zh"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert "交回的已办：1" in said
    left = [int(re.search(rf"{name} (\d+)", line)[1]) for name, line in (("待办合计", everything), ("尚未交回日期", said[-1]))]
    assert left[1] == left[0] - 1
    kept = [cell for rows in sheets(second).values() for row in rows for cell in row if isinstance(cell, date)]
    assert kept == [date(2012, 3, 4)]


@pytest.mark.parametrize("arguments", [["--done", "nowhere.xlsx"], ["--out", "no/where/a.xlsx"]])
def test_a_place_that_is_not_there_is_named_in_both_languages(ledger, arguments, capsys):
    assert cli.main(["actions", "--ledger", ledger, *arguments]) == 2
    said = capsys.readouterr().err
    assert "where" in said
    assert "没有这个文件" in said
    assert ".part" not in said
