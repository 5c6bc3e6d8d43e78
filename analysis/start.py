"""A folder for an analyst to work in: the notebooks, a file of settings, an empty ledger."""

from __future__ import annotations

from pathlib import Path

import nbformat

from analysis.briefing import Given, chapters, notebook, without
from analysis.model import AnalysisError, Lang, Term
from analysis.places import shared
from analysis.workbook import write_template

LEDGER = Term("台账.xlsx", "ledger.xlsx")
SETTINGS = "settings.toml"


def start(folder: Path, *, place: str = "", lang: Lang = "zh") -> list[Path]:
    """Write a folder to work in: the notebooks of one language, without outputs, a file of settings and an empty ledger.

    Without a report, the notebooks come without what speaks of one.

    Parameters
    ----------
    folder
        A folder that is not there yet, or is empty.
    place
        A report to stand beside the ledger, as in `load_report`; empty for none.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    AnalysisError
        If the folder holds something already: nothing of an analyst's is ever overwritten.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AnalysisError(f"{folder}: is there already and not empty; name a new folder. · 已经存在且不是空的，请换一个新文件夹。")
    folder.mkdir(parents=True, exist_ok=True)
    report = str(Path(place).resolve()) if place and Path(place).is_dir() else place
    given = Given(report, LEDGER(lang), settings=SETTINGS)
    written = []
    for path in chapters(lang):
        content = notebook(path, given=given)
        if not place:
            without(content, "report")
        for cell in content.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        written.append(folder / path.name)
        written[-1].write_text(nbformat.writes(content) + "\n", encoding="utf-8", newline="\n")
    written.append(folder / SETTINGS)
    written[-1].write_bytes((shared("data") / SETTINGS).read_bytes())
    written.append(folder / LEDGER(lang))
    write_template(written[-1], lang)
    return written
