"""Where the package keeps its data and notebooks, and how it writes files: whole or not at all, and never over another."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from analysis.model import AnalysisError

# what a cell of CSV must not begin with: a spreadsheet would take it for a formula, Chinese editions the full-width signs, too
LIVE = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
PACKAGE = Path(__file__).parent


def shared(name: str) -> Path:
    """Return the folder `data` or `notebooks`: beside the package in a checkout, inside it once installed.

    Raises
    ------
    FileNotFoundError
        If neither is there: the installation is not whole.
    """
    for folder in (PACKAGE / "share" / name, PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"The folder '{name}' of the package is missing; install the package again.")


def write_whole(path: Path, content: bytes, *, over: bool = False) -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    over
        Whether a file that is there may be replaced.

    Raises
    ------
    AnalysisError
        If the file exists and may not be replaced, or there is no folder to write it to.
    """
    if not path.parent.is_dir():
        raise AnalysisError(f"There is no folder '{path.parent}': make it first. · 没有这个文件夹：请先建好。")
    if path.exists() and not over:
        raise AnalysisError(f"'{path.name}' exists already: give another name, or move it away. · 文件已存在：请换一个名字，或先移走它。")
    part = path.with_name(f"{path.name}.{os.getpid()}.part")  # a full disk must not leave half a file behind
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def csv_text(fields: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    r"""Return rows as CSV that a spreadsheet opens; no cell of it becomes a formula.

    >>> csv_text(["a"], [["=1+1"]])
    "a\r\n'=1+1\r\n"
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guarded(field) for field in fields])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue()


def guarded(text: object) -> str:
    """Return text for a cell of CSV that no spreadsheet takes for a formula.

    >>> guarded("=1+1"), guarded(-3), guarded("甲")
    ("'=1+1", '-3', '甲')
    """
    plain = str(text)
    return f"'{plain}" if isinstance(text, str) and plain.startswith(LIVE) else plain
