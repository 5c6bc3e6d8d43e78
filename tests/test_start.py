"""A folder to work in: what it holds, that it runs, and that nothing of an analyst's is overwritten."""

from datetime import date
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from analysis import AnalysisError, Register, Settings, briefing, load_settings
from analysis.start import start
from analysis.workbook import write_ledger

ROOT = Path(__file__).parents[1]


def code(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@pytest.mark.parametrize(("lang", "ledger"), [("zh", "台账.xlsx"), ("en", "ledger.xlsx")])
def test_a_folder_holds_notebooks_settings_and_an_empty_ledger(tmp_path, lang, ledger):
    written = start(tmp_path / "mine", lang=lang)
    assert [path.name for path in written] == [f"{name}.ipynb" for name in briefing.CHAPTERS] + ["settings.toml", ledger]
    told = (ROOT / "docs" / {"zh": "first-briefing.zh-CN.md", "en": "first-briefing.md"}[lang]).read_text("utf-8")
    assert all(f"`{path.name}`" in told for path in written)
    for path in written[:-2]:
        assert all(cell.outputs == [] and cell.execution_count is None for cell in code(path))
        (given,) = [cell.source for cell in code(path) if "parameters" in cell.metadata.get("tags", [])]
        assert given == briefing.parameters(briefing.Given(ledger=ledger, settings="settings.toml"), lang)


def test_the_settings_are_the_defaults(tmp_path):
    *_, settings, _ = start(tmp_path / "mine")
    assert load_settings(settings) == Settings()


def test_every_setting_can_be_taken_into_use(tmp_path):
    *_, path, _ = start(tmp_path / "mine")
    lines = [line.removeprefix("# ") if "=" in line or line == "# [limits]" else line for line in path.read_text("utf-8").splitlines()]
    path.write_text("\n".join(lines), "utf-8")
    assert load_settings(path) == Settings(limits={"R19": 4, "R25": 4, "R28": 60})


@pytest.mark.parametrize("place", ["", "sanbing"])
def test_what_speaks_of_a_report_comes_only_with_one(tmp_path, place):
    tags = {tag for path in start(tmp_path / "mine", place=place)[:3] for cell in code(path) for tag in cell.metadata.get("tags", [])}
    assert ("report" in tags) == bool(place)


def test_a_folder_in_use_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(AnalysisError, match="not empty"):
        start(tmp_path)
    with pytest.raises(AnalysisError, match="not empty"):
        start(tmp_path / "mine.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_notebooks_run_on_a_filled_ledger(tmp_path, monkeypatch):
    *notebooks, _, ledger = start(tmp_path / "mine", lang="en")
    ledger.unlink()
    rows = pd.DataFrame(
        {"name": ["A", "B", "C"], "sector": ["x", "x", None], "coverage": ["own", "none", None], "branch_id": ["1", None, None]}
    )
    branches = pd.DataFrame({"branch_id": ["1"], "name": ["b"], "level": ["branch"], "last_election_on": ["2020-05-01"]})
    write_ledger(Register(rows, branches, as_of=date(2024, 6, 30), place="Any County"), ledger, "en")
    monkeypatch.chdir(tmp_path / "mine")
    contents = [(path.stem, briefing.notebook(path)) for path in notebooks]
    briefing.execute(contents)
    said = "".join(str(cell.outputs) for _, content in contents for cell in content.cells if cell.cell_type == "code")
    assert "1–2/3 (33.3%–66.7%)" in said
    assert not [name for name in ("Yang County", "洋县", "Sanbing") if name in said]
