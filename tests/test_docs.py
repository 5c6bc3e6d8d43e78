"""The figures that the README and the assumptions quote are those that the package computes."""

import ast
import importlib
import re
import tomllib
from itertools import combinations
from pathlib import Path

import pytest
import xlsxwriter

from analysis import (
    DEFAULT,
    QUANTITIES,
    Assumption,
    Denominator,
    Register,
    Report,
    answers,
    bounds,
    closing_columns,
    comparators,
    completeness,
    example_register,
    load_report,
    questions,
    ratios,
)
from analysis.cli import main
from analysis.dictionary import PAGES, dictionary, write
from analysis.indicators import INDICATORS
from analysis.reference import Ratio
from analysis.schema import COLUMNS, TABLES, Type
from analysis.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
A = Assumption


def words(name):
    return " ".join((ROOT / name).read_text("utf-8").split())


@pytest.fixture(scope="module")
def yangxian():
    return load_report("yangxian")


def ends(report, code, assume=DEFAULT):
    row = bounds(report, assume=assume).set_index("code").loc[code]
    return int(row["least"]), int(row["most"])


def test_readme_says_what_the_package_computes(yangxian):
    own, covered = ends(yangxian, "own"), ends(yangxian, "covered")
    assert f"{own[0]} to {own[1]} of the 42 organisations have a branch of their own" in words("README.md")
    assert f"{own[0]} 至 {own[1]} 家" in words("README.zh-CN.md")
    assert f"cover {covered[0]} to {covered[1]}" in words("README.md")
    mean = ratios(yangxian).set_index("code").loc["staff_per_organisation", "value"]
    highest = comparators(Ratio.staff_per_organisation, apart_from="yangxian")["value"].max()
    assert f"{mean:.0f} staff an organisation is more than five times every comparator" in words("README.md")
    assert mean > 5 * highest
    assert f"the highest is {highest:.0f}" in words("README.md")
    counts = answers(yangxian).set_index("code")["value"]
    stated, read, none = (counts[f"cause_without_measure/{status}"] for status in ("stated", "read_only", "none"))
    said = f"Of {stated + read + none} causes (parts and asides counted apart) {stated} are answered by a measure in the text, {read} only"
    assert said in words("README.md")


@pytest.mark.parametrize(
    ("switch", "code", "said"),
    [
        ("A1", "covered", "covered 2–42 instead of 35–42"),
        ("A2", "covered", "covered 2–42; own branch 0–33"),
        ("A4", "covered", "covered 34–42; own branch 0–33"),
        ("A7", "own", "own branch 26–34"),
        ("A8", "largest", "the largest branch has 3–579 members"),
        ("A9", "largest", "the largest branch has 20–678 members"),
        ("A10", "need_committee", "branches that need a committee 11–34"),
    ],
)
def test_assumptions_say_what_changes_without_each(yangxian, switch, code, said):
    section = re.search(rf"### {switch}\b(.*?)(?=\n##)", (ROOT / "ASSUMPTIONS.md").read_text("utf-8"), re.DOTALL)[1]
    least, most = ends(yangxian, code, DEFAULT ^ {A[switch]})
    assert said in " ".join(section.split())
    assert f"{least}–{most}" in said


def test_the_order_of_columns_is_as_good_as_it_is_said_to_be(yangxian):
    asked = [set(needs.split()) for needs in questions(yangxian)["needs"] if needs]
    reached = closing_columns(yangxian)["cumulative"].tolist()
    columns = sorted(set().union(*asked))
    best = [max(sum(needs <= set(some) for needs in asked) for some in combinations(columns, size)) for size in range(1, 5)]
    text = words("ASSUMPTIONS.md")
    assert f"all {len(columns)} close {len(asked)}" in text
    assert (
        f"{len(columns)} columns close {len(asked)} questions. For one to four columns it closes {reached[:4]}, the best choice {best}."
        in text
    )
    assert f"five columns close {reached[4]} of {len(asked)} questions, ten close {reached[9]}" in text


@pytest.mark.parametrize(("name", "lang"), [("docs/reports.md", "en"), ("docs/reports.zh-CN.md", "zh")])
def test_the_guide_lists_every_quantity_as_it_is(name, lang):
    text = (ROOT / name).read_text("utf-8")
    for key, known in QUANTITIES.items():
        whole = f"`{known.whole}`" if known.whole else "–"
        assert re.search(rf"\| `{key}` \| {re.escape(known.term(lang))} \|.*\| `{known.unit.name}` \| {re.escape(whole)} \|", text), key


def test_the_guide_to_comparators_explains_every_denominator():
    text = (ROOT / "docs" / "comparators.md").read_text("utf-8")
    assert all(f"| `{of.name}` |" in text for of in Denominator)


def test_the_assumptions_name_functions_that_exist():
    text = (ROOT / "ASSUMPTIONS.md").read_text("utf-8")
    modules = {path.stem for path in (ROOT / "analysis").glob("*.py")}
    named = {pair for pair in re.findall(r"`(\w+)\.(\w+)`", text) if pair[0] in modules and pair[1] not in ("csv", "toml")}
    assert len(named) > 20
    assert not {pair for pair in named if not hasattr(importlib.import_module(f"analysis.{pair[0]}"), pair[1])}


def test_assumptions_say_what_the_example_of_the_county_is_like(yangxian):
    example, text = example_register(yangxian), words("ASSUMPTIONS.md")
    kinds, coverage = (example.organisations[name].value_counts() for name in ("kind", "coverage"))
    assert f"{kinds['association']} associations, {kinds['private_nonprofit']} private units and {kinds['foundation']} foundation" in text
    own, joint = (int((example.branches["form"] == form).sum()) for form in ("own", "joint"))
    covered = coverage["own"] + coverage["joint"]
    assert f"{own} own branches and {joint} joint ones for {coverage['joint']} organisations, {covered} of 42 covered" in text
    assert f"branches of {example.branches['members'].min()} to {example.branches['members'].max()} members" in text
    filled = completeness(example).set_index("code").loc[["organisations", "branches"], ["part", "whole"]].sum()
    assert f"{1 - filled['part'] / filled['whole']:.1%}".replace("%", " %") + " of the cells" in text


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")], ids=lambda path: path.name)
def test_a_link_leads_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


# ------------------------------------------------------------------ the pages about ledgers


@pytest.mark.parametrize(("name", "lang"), PAGES.items())
def test_the_lists_of_a_page_are_those_of_the_code(name, lang):
    text = (ROOT / "docs" / name).read_text("utf-8")
    assert text == dictionary(text, lang), "make them anew: python -m analysis.dictionary"


def test_the_pages_about_ledgers_leave_nothing_out():
    for suffix in ("", ".zh-CN"):
        ledger, indicators = ((ROOT / "docs" / f"{page}{suffix}.md").read_text("utf-8") for page in ("ledger", "indicators"))
        assert all(f"\n| `{name}` |" in ledger for columns in TABLES.values() for name in columns)
        assert all(f"| `{code.name}` |" in ledger for column in COLUMNS.values() for code in column.codes or ())
        assert all(f"\n| {kind.term('zh' if suffix else 'en')} |" in ledger for kind in Type)
        assert all(f"\n| `{code}` |" in indicators for code in INDICATORS)


def test_making_the_lists_anew_gives_the_pages_as_they_are(tmp_path):
    for name in PAGES:
        text = (ROOT / "docs" / name).read_text("utf-8")
        (tmp_path / name).write_text(re.sub(r"(<!-- list: .*? -->\n).*?<!-- end -->", r"\1<!-- end -->", text, flags=re.DOTALL), "utf-8")
    write(tmp_path)
    assert all((tmp_path / name).read_bytes() == (ROOT / "docs" / name).read_bytes() for name in PAGES)


GUIDES = [("docs/first-briefing.md", "en"), ("docs/first-briefing.zh-CN.md", "zh")]
SHEETS = {"en": ("Organisations", "Branches"), "zh": ("组织", "支部")}
ABOUT = {"en": ("About", "Place", "Day of the count"), "zh": ("说明", "地名", "统计时点")}


def typed(name, lang, folder, **changes):
    """Type the two tables that the guide shows into a workbook, one cell replaced where asked."""
    text = (ROOT / name).read_text("utf-8")
    tables = [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in found.splitlines()]
        for found in re.findall(r"(?:^\|.*\n)+", text, re.M)
    ]
    path = folder / ("ledger.xlsx" if lang == "en" else "台账.xlsx")
    with xlsxwriter.Workbook(path) as book:
        about = book.add_worksheet(ABOUT[lang][0])
        about.write_row(1, 0, [ABOUT[lang][1], "Example County" if lang == "en" else "示例县"])
        about.write_row(2, 0, [ABOUT[lang][2], "2024-12-31"])
        for sheet, table in zip(SHEETS[lang], tables[-2:], strict=True):
            page = book.add_worksheet(sheet)
            for at, row in enumerate([table[0], *table[2:]]):
                cells = [changes.get(f"{sheet}_{at}_{column}", cell) for column, cell in enumerate(row)]
                page.write_row(at, 0, [int(cell) if cell.isdigit() else cell or None for cell in cells])
    return path


@pytest.mark.parametrize(("name", "lang"), GUIDES)
def test_the_first_briefing_shows_what_the_check_prints(name, lang, tmp_path, capsys):
    assert main(["check", str(typed(name, lang, tmp_path)), "--lang", lang]) == 0
    assert f"```\n{capsys.readouterr().out}```" in (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize(("name", "lang"), GUIDES)
def test_the_first_briefing_shows_how_a_cell_is_refused(name, lang, tmp_path, capsys):
    wrong = typed(name, lang, tmp_path, **{f"{SHEETS[lang][0]}_5_3": {"en": "6 or 7", "zh": "6或7"}[lang]})
    assert main(["check", str(wrong), "--lang", lang]) == 2
    assert f"```\n{capsys.readouterr().out}```" in (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize(("name", "lang"), GUIDES)
def test_the_first_briefing_says_which_columns_pay_first(name, lang):
    report = Report.of("demo")
    ordered = closing_columns(report, Register.unknown(report))
    assert str(ordered["whole"].iloc[0]) in words(name)
    rows = re.findall(r"^\| ([\d, 、]+) \| (.+?) \| .+? \| (\d+) \|$", (ROOT / name).read_text("utf-8"), re.M)
    last = 0
    for order, columns, answered in rows:
        upto = int(re.findall(r"\d+", order)[-1])
        step = ordered.iloc[last:upto]
        assert sorted(re.split("[;；] ?", columns)) == sorted(step[f"name_{lang}"])
        assert int(answered) == step["cumulative"].iloc[-1]
        last = upto
    assert last >= 5


@pytest.mark.parametrize("name", ["first-briefing", "indicators", "ledger", "own-ledger"])
def test_both_languages_of_a_page_have_the_same_parts(name):
    one, two = ((ROOT / "docs" / f"{name}{suffix}.md").read_text("utf-8") for suffix in ("", ".zh-CN"))
    for part in (r"^#+ ", r"^\|", r"^```", r"^- ", r"<!-- "):
        assert len(re.findall(part, one, re.M)) == len(re.findall(part, two, re.M)), part


def test_the_settings_file_shows_the_defaults():
    text = re.sub(r"(?m)^# (?=(?:\w+ = |\[limits\]|R\d+ = ))", "", (ROOT / "data" / "settings.toml").read_text("utf-8"))
    shown = tomllib.loads(text)
    for key, value in shown.items():
        default = getattr(Settings(), key)
        if key == "limits":
            assert value == {rule: Settings().limit(rule) for rule in value}
        else:
            assert value == ([each.name for each in default] if key == "weak" else getattr(default, "name", default)), key
    assert set(shown) == set(Settings.__dataclass_fields__)


# ------------------------------------------------------------------ how the house hangs together


def test_in_the_table_of_rooms_each_uses_only_those_above_it():
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("| room |")[2].partition("\n\n")[0]
    rooms = [room for line in table.splitlines()[2:] for room in re.findall(r"`(\w+)`", line.split("|")[1])]
    modules = {path.stem for path in (ROOT / "analysis").glob("*.py")} - {"__init__", "__main__"}
    assert sorted(rooms) == sorted(modules)
    for at, room in enumerate(rooms):
        tree = ast.parse((ROOT / "analysis" / f"{room}.py").read_text("utf-8"))
        froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "analysis"]
        used = {node.module.partition(".")[2] for node in froms} | {
            name.name for node in froms if node.module == "analysis" for name in node.names
        }
        assert used & modules <= set(rooms[:at]), room
