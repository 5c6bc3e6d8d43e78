"""Files as sheets of cells: which format a content is, told by what it is and not by what it is called."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from analysis.binary import note_xlsb, read_xls
from analysis.calamine import lay_out
from analysis.delimited import decoded, read_delimited
from analysis.grid import LIMITS, Grid, GridError, Limits, megabytes
from analysis.markup import read_html, read_xml
from analysis.ods import note_ods
from analysis.ole import OLE
from analysis.xlsx import note_xlsx
from analysis.zipped import Parts

__all__ = ["LIMITS", "Grid", "GridError", "Limits", "read_grids"]

_MAKES = {"/workbook.xml": note_xlsx, "/workbook.bin": note_xlsb, "/content.xml": note_ods}
_NEAR = 1 << 16  # characters in which a page or workbook says what it is
_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_NO_TABLE = ("<", "MIME-Version:", "%PDF-", "{\\rtf")
_HTML = re.compile(r"<(?:html|table)[\s>]", re.IGNORECASE)


def read_grids(path: Path, limits: Limits = LIMITS) -> list[Grid]:
    """Return the sheets of a file, told by its content.

    Values alone are read: no macro runs, no link is followed, no formula is computed.

    Raises
    ------
    GridError
        If it is no such file, is damaged or encrypted, or is larger than the limits.
    OSError
        If it cannot be opened.
    """
    with Path(path).open("rb") as file:
        content = file.read(limits.file + 1)
    if len(content) > limits.file:
        raise GridError("file_too_large", limit=megabytes(limits.file))
    try:
        return _reader(content)(content, limits)
    except (GridError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the workbook reader is no Exception
        raise GridError("not_workbook", error=_brief(error)) from None


def _reader(content: bytes) -> Callable[[bytes, Limits], list[Grid]]:
    if content.startswith(OLE):
        return read_xls
    if content.startswith((b"PK\3\4", b"PK\5\6")):
        return _read_zip
    return _read_text


def _brief(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:100]


def _read_zip(content: bytes, limits: Limits) -> list[Grid]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = Parts(file, limits)
        makes = {make for name in parts.names for ending, make in _MAKES.items() if f"/{name}".endswith(ending)}
        if len(makes) != 1:  # of two, another reader might choose the other
            raise GridError("no_kind")
        notes = makes.pop()(parts)
    return lay_out(content, notes, limits)


def _read_text(content: bytes, limits: Limits) -> list[Grid]:
    text = decoded(content)
    start = text[:_NEAR].lstrip()
    if start.startswith("<") and _SPREADSHEET in start and "Workbook" in start:
        return read_xml(text, limits)
    if start.startswith("<") and _HTML.search(start):
        return read_html(text, limits)
    if start.startswith(_NO_TABLE):
        raise GridError("no_kind")
    return read_delimited(text, limits)
