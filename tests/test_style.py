"""The house style, as far as a program can see it: how modules, functions, notebooks and charts are to read."""

import ast
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import analysis
from analysis import charts
from analysis.display import PLOTLY

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "analysis").glob("*.py"))
PATHS = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
CELLS = [(path, cell) for path in PATHS for cell in nbformat.read(path, as_version=4).cells]
CODE = [pytest.param(cell, id=f"{path.parent.name}/{path.stem}/{cell.id}") for path, cell in CELLS if cell.cell_type == "code"]
PROSE = [
    pytest.param(path.parent.name, cell.source, id=f"{path.parent.name}/{path.stem}/{cell.id}")
    for path, cell in CELLS
    if cell.cell_type == "markdown"
]


def tree(path):
    return ast.parse(path.read_text("utf-8"))


def imports(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


# ------------------------------------------------------------------ modules

NO_OUTPUT = {"model", "places", "report", "reference", "bounds", "audit", "causes", "indicators", "measures", "wording"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_arrows_run_one_way(path):
    seen = set(imports(path))
    if path.stem in NO_OUTPUT:  # what counts knows nothing of how it is shown
        assert not {name for name in seen if name.split(".")[0] in ("plotly", "IPython", "nbconvert")}
    if path.stem == "charts":  # a chart knows rows, not reports
        assert not seen & {"analysis.report", "analysis.bounds", "analysis.audit", "analysis.measures", "analysis.indicators"}
    if path.stem not in ("cli", "__main__"):
        assert "analysis.cli" not in seen


def test_importing_does_nothing_else():
    code = "import sys, analysis; print(sorted({'plotly', 'IPython', 'nbconvert', 'nbformat'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_a_name_is_imported_when_it_is_asked_for_and_no_module_takes_its_place():
    code = """
import sys, analysis
print('pandas' in sys.modules, set(analysis.__all__) <= set(dir(analysis)), 'nothing' in dir(analysis), hasattr(analysis, 'nothing'))
import analysis.audit, analysis.sources
from analysis import *
from analysis import bounds as given
print(audit is analysis.audit, callable(audit), callable(sources), given is bounds, analysis.schema.COLUMNS is COLUMNS)
print({'scipy', 'plotly', 'nbformat', 'nbconvert'} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["False True False False", "True True True True True", "set()"]


def test_a_command_starts_without_what_it_does_not_use():
    code = "import sys, analysis.cli; print({'scipy', 'plotly', 'IPython', 'nbformat', 'nbconvert', 'duckdb', 'xlsxwriter'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_functions_fit_on_a_screen(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert length <= 30, f"{node.name}: {length} lines"


def test_public_names_are_documented_and_exist():
    for name in analysis.__all__:
        assert (getattr(analysis, name).__doc__ or "").strip() or name in ("COLUMNS", "DEFAULT", "QUANTITIES"), name
        assert not inspect.isfunction(getattr(analysis, name)) or f"`{name}`" in analysis.__doc__, f"{name}: not in the package's own table"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_errors_say_what_to_do_under_one_base(path):
    errors = [node for node in tree(path).body if isinstance(node, ast.ClassDef) and node.name.endswith("Error")]
    assert len(errors) <= 1
    assert all("AnalysisError" in ast.unparse(node) for node in errors)


def test_assumptions_cited_in_code_are_described():
    described = set(re.findall(r"\b([ABC]\d+)\b", (ROOT / "ASSUMPTIONS.md").read_text("utf-8")))
    cited = {found for path in MODULES for found in re.findall(r"\(([ABC]\d+)\)", path.read_text("utf-8"))}
    assert {member.name for member in analysis.Assumption} | cited <= described


# ------------------------------------------------------------------ notebooks


@pytest.mark.parametrize("cell", CODE)
def test_code_cells_are_short_and_hold_no_logic(cell):
    assert len(cell.source.splitlines()) <= 10
    banned = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda, ast.ListComp, ast.DictComp, ast.If, ast.Try)
    assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, banned)]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_notebooks_keep_their_order(path):
    cells = nbformat.read(path, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert cells[0].source.startswith("# ")
    assert all(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(code[0].source).body)
    assert code[1].metadata.tags == ["parameters"]
    ids = [cell.id for cell in cells]
    assert ids.index("findings") < ids.index("data") < ids.index("change_q")


@pytest.mark.parametrize(("lang", "source"), PROSE)
def test_headings_ask_and_paragraphs_are_short(lang, source):
    headings = re.findall(r"^#+ (.*)$", source, re.M)
    assert all(heading.endswith(("?", "？")) for heading in headings)
    text = re.sub(r"^#+ .*$", "", source, flags=re.M)
    size = len(re.findall(r"[\u4e00-\u9fff]", text)) if lang == "zh" else len(text.split())
    assert size <= (120 if lang == "zh" else 60)


CLAIMS_TOO_MUCH = re.compile(r"\b(?:proves that|caused by|leads to|because of this cause|significant)\b|导致了|证明了|显著", re.I)


@pytest.mark.parametrize(("lang", "source"), PROSE)
def test_prose_claims_no_effect(lang, source):
    assert not CLAIMS_TOO_MUCH.search(source), lang


# ------------------------------------------------------------------ charts


def figures():
    for path, cell in CELLS:
        for output in cell.get("outputs", []):
            if PLOTLY in output.get("data", {}):
                yield pytest.param(output.data[PLOTLY], id=f"{path.parent.name}/{path.stem}/{cell.id}")


@pytest.mark.parametrize("figure", list(figures()))
def test_charts_say_what_they_show_and_rest_on(figure):
    layout = figure["layout"]
    assert layout["title"]["text"]
    assert layout["meta"]["alt"]
    assert layout["meta"]["rows"]
    notes = [note["text"] for note in layout["annotations"]]
    for evidence in layout["meta"]["evidence"].split():
        symbol = analysis.Evidence[evidence].term("zh").split(" ")[0]
        assert any(symbol in note for note in notes), evidence
    assert "ILLUSTRATIVE" not in layout["meta"]["evidence"]
    assert len(json.dumps(figure)) < 60_000
    assert layout["font"]["family"] == charts.FONT if "font" in layout else layout["template"]["layout"]["font"]["family"] == charts.FONT


@pytest.mark.parametrize("figure", list(figures()))
def test_an_axis_of_shares_runs_from_nothing_to_all(figure):
    axis = figure["layout"].get("xaxis", {})
    if axis.get("tickformat") == ".0%":
        assert axis["range"] == [0, 1.01]


def test_a_dozen_charts_at_least():
    assert sum(1 for _ in figures()) / 2 >= 12


def test_colours_differ_for_colour_blind_readers():
    assert len(set(charts.COLOURS.values())) >= 9
