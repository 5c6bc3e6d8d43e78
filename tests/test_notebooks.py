"""The notebooks as they are stored: what nbval does not see is refused here, and nbval itself is put to the test."""

import ast
import copy
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zlib
from collections import Counter
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from analysis.display import PLOTLY

ROOT = Path(__file__).resolve().parent.parent
REPORT, EXAMPLE = ROOT / "notebooks", ROOT / "tests" / "notebooks"
# the report alone, and the same notebooks with the illustrative register beside it
PATHS = [path for folder in (REPORT, EXAMPLE) for path in sorted(folder.glob("*/*.ipynb"))]
NAMES = ["/".join(path.parts[-4:-1]) + f"/{path.stem}" for path in PATHS]
KINDS = {PLOTLY, "text/html", "text/markdown"}

DIGIT = re.compile(r"\d")
# numbers written out are numbers all the same; 'one' and 一 are articles as often as not
NUMERAL = re.compile(
    r"[二两三四五六七八九十百千万]+(?=[家个条名人种列年期倍成项次])|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozens?|hundred|thousand)\b",
    re.I,
)
SWITCHED_OFF = re.compile(r"NBVAL_|PYTEST_VALIDATE|clear_output|update_display|display_id|%%|set_trace")


def read(path):
    return nbformat.read(path, as_version=4)


def place_names():
    names = set()
    for path in (ROOT / "data" / "reports").glob("*/report.toml"):
        about = tomllib.loads(path.read_text("utf-8"))
        names |= {about["name_zh"], about["name_en"]}
    places = pd.read_csv(ROOT / "data" / "reference" / "figures.csv", dtype="str")
    local = places[~places["place"].isin(["nation"]) & ~places["place_zh"].str.startswith("某")]
    return sorted(names | set(local["place_zh"]) | set(local["place_en"]))


def typed_words(source):
    """The text typed by hand in a code cell: every string, its fields left out."""
    strings = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [re.sub(r"\{[^}]*\}", "", text) for text in strings if " " in text or re.search(r"[\u4e00-\u9fff]", text)]


def text_findings(text):
    found = [f"the place name {name} is typed" for name in place_names() if name in text]
    found += ["a digit is typed"] if DIGIT.search(text) else []
    return found + (["a number is typed in words"] if NUMERAL.search(text) else [])


def output_findings(output):
    if output.output_type == "error":
        return ["an error is stored"]
    if output.output_type == "stream":
        return [f"{output.name} is stored"]
    kinds = set(output.data)
    found = [] if len(kinds) == 1 else [f"{len(kinds)} kinds of output beside each other"]
    found += [f"{kind} is no agreed kind" for kind in kinds - KINDS]
    return found + (["an array is stored as base64"] if "bdata" in json.dumps(output.data) else [])


def findings(notebook):
    """Whatever makes a stored notebook a weaker guard than it looks."""
    found = ["widgets are stored"] if "widgets" in notebook.metadata else []
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    if counts != list(range(1, len(counts) + 1)):
        found.append("cells were not run, or not in order from a fresh kernel")
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if any(re.search(r"nbval|raises", tag) for tag in tags) or SWITCHED_OFF.search(cell.source):
            found.append(f"{cell.id}: a check is switched off")
        if cell.cell_type == "markdown":
            found += [f"{cell.id}: {finding}" for finding in text_findings(cell.source)]
        else:
            found += [f"{cell.id}: {finding}" for text in typed_words(cell.source) for finding in text_findings(text)]
            found += [f"{cell.id}: {finding}" for output in cell.outputs for finding in output_findings(output)]
    return found


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_stored_notebooks_have_no_hole(path):
    assert findings(read(path)) == []


def first(notebook, kind):
    return next(c for c in notebook.cells if c.cell_type == "code" and any(kind in output.get("data", {}) for output in c.outputs))


def plant_unrun(notebook):
    cell = first(notebook, "text/markdown")
    cell.outputs, cell.execution_count = [], None


def plant_stderr(notebook):
    first(notebook, "text/markdown").outputs.append(nbformat.v4.new_output("stream", name="stderr", text="UserWarning: x"))


def plant_stdout(notebook):
    first(notebook, "text/markdown").outputs.append(nbformat.v4.new_output("stream", name="stdout", text="42"))


def plant_html_beside_figure(notebook):
    first(notebook, PLOTLY).outputs[0].data["text/html"] = "<b>1</b>"


def plant_base64(notebook):
    first(notebook, PLOTLY).outputs[0].data[PLOTLY]["data"][0]["x"] = {"bdata": "AAAA", "dtype": "i1"}


def plant_png(notebook):
    first(notebook, PLOTLY).outputs[0].data = {"image/png": "AAAA"}


def plant_tag(notebook):
    first(notebook, PLOTLY).metadata["tags"] = ["nbval-ignore-output"]


def plant_comment(notebook):
    first(notebook, PLOTLY).source += "\n# NBVAL_IGNORE_OUTPUT"


def plant_error(notebook):
    first(notebook, PLOTLY).outputs.append(nbformat.v4.new_output("error", ename="E", evalue="", traceback=[]))


def plant_widgets(notebook):
    notebook.metadata["widgets"] = {}


def plant_markdown(text):
    def plant(notebook):
        next(c for c in notebook.cells if c.cell_type == "markdown").source += text

    return plant


def plant_sentence(notebook):
    first(notebook, "text/markdown").source += '\nsay("There are 42 of them.", lang=lang)'


HOLES = {
    "unrun": plant_unrun,
    "stderr": plant_stderr,
    "stdout": plant_stdout,
    "html beside a figure": plant_html_beside_figure,
    "base64": plant_base64,
    "png": plant_png,
    "tag": plant_tag,
    "comment": plant_comment,
    "error": plant_error,
    "widgets": plant_widgets,
    "digit": plant_markdown(" 42"),
    "numeral": plant_markdown(" 至多五家"),
    "number word": plant_markdown(" at most five"),
    "place": plant_markdown(" 洋县"),
    "digit in a sentence": plant_sentence,
}


@pytest.mark.parametrize("hole", HOLES)
def test_each_hole_of_nbval_is_refused(hole):
    notebook = read(PATHS[0])
    HOLES[hole](notebook)
    assert findings(notebook)


# ------------------------------------------------------------------ both editions


def numbers(text):
    return Counter(re.findall(r"\d[\d,.]*\d|\d", text))


def drawn(figure):
    """The numbers that a chart draws, without where its labels happen to fall."""
    keep = ("x", "base", "z", "value", "source", "target", "type")
    return [{key: trace[key] for key in keep if key in trace and not isinstance(trace[key], str)} for trace in figure["data"]]


@pytest.mark.parametrize("folder", [REPORT, EXAMPLE], ids=["report", "example"])
@pytest.mark.parametrize("stem", sorted({path.stem for path in PATHS}))
def test_editions_differ_only_in_words(stem, folder):
    zh, en = (read(folder / lang / f"{stem}.ipynb") for lang in ("zh", "en"))
    assert [cell.id for cell in zh.cells] == [cell.id for cell in en.cells]
    for one, other in zip(zh.cells, en.cells, strict=True):
        if one.cell_type != "code":
            continue
        assert without_words(one.source) == without_words(other.source), one.id
        for left, right in zip(one.outputs, other.outputs, strict=True):
            assert list(left.data) == list(right.data)
            if PLOTLY in left.data:
                assert drawn(left.data[PLOTLY]) == drawn(right.data[PLOTLY]), one.id
                assert len(left.data[PLOTLY]["layout"]["meta"]["rows"]) == len(right.data[PLOTLY]["layout"]["meta"]["rows"])
            elif "text/markdown" in left.data:
                assert numbers(left.data["text/markdown"]) == numbers(right.data["text/markdown"]), one.id


def without_words(source):
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and (" " in node.value or not node.value.isascii()):
            # which rows a sentence draws on belongs to the code; their order, and whether a unit follows, to the words
            node.value = " ".join(sorted(set(re.findall(r"\{[^}:]*", node.value))))
    return re.sub(r"lang = '\w+'|(?<=Term\()[^)]*", "", ast.unparse(tree))


# ------------------------------------------------------------------ report and register


@pytest.mark.parametrize("path", sorted(REPORT.glob("*/*.ipynb")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_both_sets_are_the_same_notebooks(path):
    report, example = read(path), read(EXAMPLE / path.relative_to(REPORT))
    apart = [(a, b) for a, b in zip(report.cells, example.cells, strict=True) if a.source != b.source]
    assert [(a.id, a.metadata.get("tags")) for a, _ in apart] == [("parameters", ["parameters"])]
    assert all((a.id, a.metadata) == (b.id, b.metadata) for a, b in zip(report.cells, example.cells, strict=True))
    later = {'ledger = "example-later"', 'before = ["example"]', 'targets = "example"'}
    set_apart = later if path.stem == "04_progress" else {'ledger = "example"'}
    assert set(apart[0][1].source.splitlines()) - set(apart[0][0].source.splitlines()) == set_apart


def rested_on(output):
    """The marks that an output shows a reader: those of a chart, or the words below a sentence or table."""
    if PLOTLY in output.data:
        return output.data[PLOTLY]["layout"]["meta"]["evidence"]
    return "".join(output.data.values())


MARK = re.compile("ILLUSTRATIVE|✻")


def test_nothing_stored_on_the_report_alone_is_illustrative():
    shown = [output for path in REPORT.glob("*/*.ipynb") for cell in read(path).cells for output in cell.get("outputs", [])]
    assert len(shown) > 150
    assert not any(MARK.search(json.dumps(output, ensure_ascii=False)) for output in shown)


def test_whatever_the_example_changes_is_marked_as_illustrative():
    changed = 0
    for path in REPORT.glob("*/*.ipynb"):
        for one, other in zip(read(path).cells, read(EXAMPLE / path.relative_to(REPORT)).cells, strict=True):
            for left, right in zip(one.get("outputs", []), other.get("outputs", []), strict=True):
                if left != right:
                    changed += 1
                    assert MARK.search(rested_on(right)), (path.stem, one.id)
    assert changed > 50


def test_steps_never_rest_on_the_example():
    for lang in ("zh", "en"):
        cells = [c for stem in ("03_recommendations", "04_progress") for c in read(EXAMPLE / lang / f"{stem}.ipynb").cells]
        steps = [c for c in cells if {"step", "page"} & set(c.metadata.get("tags", []))]
        assert [c.id for c in steps] == ["steps_table", "r_page_table", "r_page_table"]
        assert not MARK.search(json.dumps([c.outputs for c in steps], ensure_ascii=False))


# ------------------------------------------------------------------ nbval guards


def nbval(paths, folder, *more):
    """Run strict nbval; return the failed cells a notebook."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "--nbval-current-env",
        "-q",
        "-p",
        "no:cacheprovider",
        "--tb=no",
        "-rf",
        "--color=no",
    ]
    command += [*more, "-c", os.devnull, "--rootdir", str(folder), *map(str, paths)]
    settings = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "COVERAGE_PROCESS_START": ""}
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode in (0, 1), done.stdout[-3000:] + done.stderr[-3000:]
    return Counter(Path(name).stem for name in re.findall(r"^FAILED (.+?)::", done.stdout, re.M))


NUMBER = re.compile(r"\d+(?:\.\d+)?")


def places(content, path=()):
    """Where a number stands in an output: keys, and for a text the span of its digits."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield from places(value, (*path, key))
    elif isinstance(content, list):
        for key, value in enumerate(content):
            yield from places(value, (*path, key))
    elif isinstance(content, str):
        for found in NUMBER.finditer(content):
            yield (*path, found.span())
    elif isinstance(content, int | float) and not isinstance(content, bool):
        yield path


def change(content, path):
    *keys, last = path
    if isinstance(last, tuple):
        *keys, key = keys
        for step in keys:
            content = content[step]
        _, end = last
        text = content[key]
        content[key] = text[: end - 1] + str((int(text[end - 1]) + 1) % 10) + text[end:]
        return
    for step in keys:
        content = content[step]
    content[last] = content[last] + 1 if isinstance(content[last], int) else content[last] * 1.001


def mutate_every_cell(notebook):
    """Change one number in every cell that shows one; return how many cells that is."""
    changed = 0
    for cell in notebook.cells:
        outputs = [json.loads(json.dumps(output.data)) for output in cell.get("outputs", [])]
        found = [(at, place) for at, data in enumerate(outputs) for place in places(data)]
        if not found:
            continue
        at, place = found[zlib.crc32(cell.id.encode()) % len(found)]
        change(outputs[at], place)
        cell.outputs[at].data = nbformat.from_dict(outputs[at])
        changed += 1
    return changed


def test_one_changed_number_in_any_cell_fails_that_cell(tmp_path, record_property):
    wanted, paths = Counter(), []
    for path in PATHS:
        notebook = read(path)
        stem = f"{path.parts[-4]}_{path.parent.name}_{path.stem}"
        wanted[stem] = mutate_every_cell(notebook)
        paths.append(tmp_path / f"{stem}.ipynb")
        nbformat.write(notebook, paths[-1])
    failed = nbval(paths, tmp_path)
    killed, all_of = sum(failed.values()), sum(wanted.values())
    record_property("kill rate of changed outputs", f"{killed}/{all_of} ({killed / all_of:.0%})")
    assert all_of > 240
    assert failed == wanted


DATA = {
    "a published figure": ("01_status", "reports/yangxian/figures.csv", "organisations,42,", "organisations,43,"),
    "a claim": ("02_causes", "reports/yangxian/claims.csv", "P1,problem,,", "P9,problem,,"),
    "a cause's link": ("02_causes", "reports/yangxian/links.csv", "O2b,P2,stated", "O2b,P2,read"),
    "a measure's link": ("03_recommendations", "reports/yangxian/links.csv", "M5,P2,read", "M5,P2,stated"),
    "a wording": ("01_status", "reports/yangxian/wordings.csv", "organisation_coverage,basically_full", "organisation_coverage,full"),
    "a comparator's part": ("01_status", "reference/figures.csv", ",staff,613.3,", ",staff,613.4,"),
    "a comparator of coverage": ("01_status", "reference/figures.csv", ",organisations_covered,26.5,", ",organisations_covered,26.6,"),
    "a rule": (
        "01_status",
        "reference/rules.csv",
        "full members that a branch needs,full_members,>=,3,",
        "full members that a branch needs,full_members,>=,4,",
    ),
}


@pytest.mark.parametrize("datum", DATA)
def test_one_changed_datum_turns_nbval_red(datum, tmp_path, record_property):
    chapter, file, before, after = DATA[datum]
    for folder in ("analysis", "data"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "share"))
    target = tmp_path / "data" / file
    text = target.read_text("utf-8")
    assert text.count(before) == 1
    changed = text.replace(before, after)
    if datum == "a claim":  # a code is changed wherever it stands, so that the report still loads
        links = tmp_path / "data" / "reports" / "yangxian" / "links.csv"
        links.write_text(links.read_text("utf-8").replace(",P1,", ",P9,"), "utf-8")
    target.write_text(changed, "utf-8")
    copied = tmp_path / f"{chapter}.ipynb"
    shutil.copy(ROOT / "notebooks" / "zh" / f"{chapter}.ipynb", copied)
    failed = nbval([copied], tmp_path)
    record_property(f"cells that fail after {datum} changed", sum(failed.values()))
    assert sum(failed.values()) > 0


def test_another_cell_of_a_ledger_turns_nbval_red(tmp_path):
    for folder in ("analysis", "data"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "share"))
    sources = tmp_path / "analysis" / "sources.py"
    text = sources.read_text("utf-8")
    assert text.count("register = example_register(report)") == 1
    one_more = "register = example_register(report); register.organisations.loc[0, 'coverage'] = 'none'"
    sources.write_text(text.replace("register = example_register(report)", one_more), "utf-8")
    copied = tmp_path / "01_status.ipynb"
    shutil.copy(EXAMPLE / "zh" / "01_status.ipynb", copied)
    assert sum(nbval([copied], tmp_path).values()) > 2


def test_unchanged_copies_pass(tmp_path):
    copied = tmp_path / "01_status.ipynb"
    shutil.copy(ROOT / "notebooks" / "zh" / "01_status.ipynb", copied)
    shutil.copytree(ROOT / "analysis", tmp_path / "analysis", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "data", tmp_path / "data")
    assert nbval([copied], tmp_path) == Counter()


def test_the_mutation_leaves_the_original_alone():
    notebook = read(PATHS[0])
    before = copy.deepcopy(notebook)
    mutate_every_cell(copy.deepcopy(notebook))
    assert notebook == before
