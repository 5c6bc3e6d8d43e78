"""A checked ledger as a workbook to look through: a copy of what was read, with every fault's cell marked and commented."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name

from analysis.cells import is_filled, normal
from analysis.faults import Fault
from analysis.headings import READABLE, SERIAL
from analysis.layout import Body, Header
from analysis.ledger import Ledger
from analysis.logbook import cut
from analysis.mapping import UNREAD, Line
from analysis.model import Lang, Severity, Term
from analysis.persons import MARK, is_personal, looks_like_name, of_figures
from analysis.rows import is_total
from analysis.schema import NUMBERS, Type
from analysis.sheets import Sheet
from analysis.wording import closed, plain
from analysis.workbook import save_workbook

_LISTS = {  # the name of each, and the headings of its columns
    "faults": (Term("问题", "Faults"), Term("文件 工作表 单元格 列名 所填 轻重 问题 怎么改", "file sheet cell heading value severity problem remedy")),
    "mapping": (Term("读法", "How it was read"), Term("文件 工作表 列 列名 读作 台账的列", "file sheet column heading reads term")),
    "trail": (Term("改动", "Changes"), Term("文件 工作表 单元格 列名 原来写的 读成的 规则 做了什么", "file sheet cell heading was became rule explanation")),
    "persons": (Term("未读入的个人信息", "Persons left out"), Term("文件 工作表 列 列名 格数", "file sheet column heading cells")),
}  # fmt: skip
_SEVERITIES = {Severity.error: Term("错误", "error"), Severity.warning: Term("警告", "warning"), Severity.note: Term("提示", "note")}
_SAID = Term("{}：{}。{}。", "{}: {}. {}.")
_ABOUT = Term("这是供查看的副本，只含读入的内容；请在原台账里改正，再检查一次。",
              "This copy is to look through and holds only what was read: make corrections in the ledger itself, then check it again.")  # fmt: skip
_BEYOND = Term("工作表“{}”超出 Excel 的大小，没有列全。", "Sheet '{}' is too large for Excel and is not shown whole.")
_LISTED = Term("共 {} 行，列出 {} 行", "{} rows, {} of them listed")
_NOT_READ = Term("（未读入）", "(not read)")
_MEANT = {SERIAL: Term("序号", "serial number"), UNREAD: Term("未读入", "not read")} | {code: each.term for code, each in READABLE.items()}

_ROWS, _COLUMNS = 1_048_576, 16_384  # of a sheet in Excel
_MOST = 60_000  # rows of a list: Excel takes 65,530 links a sheet
_ANSWERS = frozenset(("是", "否", "有", "无", "没有", "√", "×", "yes", "no"))  # what a cell may say of a person without naming one
_NUMERAL = re.compile(r"[0-9０-９.,，%％\s]{1,20}")
_ILLEGAL = re.compile(r"[^\0-\uffff]|[\[\]:*?/\\]")  # in the name of a sheet, which has 31 UTF-16 units at most
_CELL = re.compile("[A-Z]+[0-9]+")
_WORD = re.compile(r"[^\s.:：,，、。;；()（）\[\]【】/|_-]+")
_TEXT = {"num_format": "@"}
_KINDS: dict[str, dict[str, Any]] = {
    "number": {},
    "day": {"num_format": "yyyy-mm-dd"},
    "unread": {"italic": True, "font_color": "#767676"},
    "head": _TEXT | {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
    "list": _TEXT | {"text_wrap": True, "valign": "top"},
}
# apart in lightness, too, and each with a border of its own: for print, and for eyes that tell red from green badly
_MARKS: dict[Severity | None, dict[str, Any]] = {
    Severity.error: {"bg_color": "#E67C73", "bold": True, "border": 2},
    Severity.warning: {"bg_color": "#FFE599", "border": 3},
    Severity.note: {"bg_color": "#9FC5E8", "border": 4},
}


def annotate(ledger: Ledger, path: Path, lang: Lang) -> None:
    """Write a copy of a checked ledger in which the cell of every fault is marked and has the fault as its comment.

    The copy has a sheet for each sheet that was read, every cell at its own address, after four lists: the faults, how each column was
    read, the cells read another way than written, and the columns of persons. It shows only what was read: of a column that was not,
    the heading and which rows fill it; nothing above the header, and no footer. What looks like a person stands as 〔…〕, more of it
    than the register hides: a short name of a place may be hidden, too.

    Parameters
    ----------
    ledger
        As `check_ledger` returns it, refused or not. One from Parquet has no sheets to copy: its faults are listed.
    path, lang
        As for `write_template`.

    Raises
    ------
    AnalysisError
        If the file exists, or its name does not end in .xlsx.
    """
    content, copies = io.BytesIO(), _copies(ledger, lang)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # the same bytes on any day
        formats = cache(lambda kind, severity: book.add_format(_KINDS.get(kind, _TEXT) | _MARKS.get(severity, {})))
        pens = [_Pen(book.add_worksheet(title(lang)), formats, lang) for title, _ in _LISTS.values()]
        _write_lists(pens, ledger, {copy.place: copy for copy in copies})
        for copy in copies:
            _write_copy(_Pen(book.add_worksheet(copy.name), formats, lang), copy, ledger.faults)
    save_workbook(Path(path), content.getvalue())


# ------------------------------------------------------------------ what holds no person


def _unnamed(text: str) -> str:
    """Return text that is harmless, each word of it that reads as a name hidden."""
    return _WORD.sub(lambda found: MARK if looks_like_name(found[0]) else found[0], plain(text))


@lru_cache(maxsize=20_000, typed=True)
def _safe(value: object) -> str:
    r"""Return a value as the copy may show it: harmless, without persons, not too long.

    >>> _safe("甲协会（张三）"), _safe("张\u200b三"), _safe("=1+1")
    ('甲协会（〔…〕）', '〔…〕', '=1+1')
    """
    return cut(_unnamed(value) if isinstance(value, str) else value)


def _shown(cell: Any) -> Any:
    """Return a cell that was read; a number that is one of a person is none to show, either."""
    return _safe(cell) if isinstance(cell, str) or (isinstance(cell, int | float) and abs(cell) >= 1e9 and cut(cell) == MARK) else cell


def _figured(cell: Any) -> Any:
    """Return a cell of a column of numbers or dates: nothing of it where it holds more than that."""
    return _shown(cell) if not isinstance(cell, str) or of_figures(cell) != MARK else MARK


def _counted(cell: Any) -> Any:
    """Return a cell that can hold a number or a word for totals; other text in it was not read."""
    return _shown(cell) if not isinstance(cell, str) or _NUMERAL.fullmatch(cell) or is_total(cell) else _NOT_READ


def _answer(cell: Any) -> Any:
    """Return a cell of a column of persons: a plain answer as it stands, else that something does."""
    return cell if normal(cell) in _ANSWERS else MARK


# ------------------------------------------------------------------ the sheets as the copy has them


class _Copy(NamedTuple):
    """A sheet as the copy has it: what each row is, how the columns are shown that were read, and the texts of groups."""

    name: str
    place: tuple[str, str]  # file and sheet, as faults name them
    sheet: Sheet
    rows: Mapping[int, str]
    ways: Mapping[int, Callable[[Any], Any]]
    labels: set[str]

    def value(self, row: int, at: int) -> Any:
        """Return what the copy shows of a cell: nothing, a value, or that it was not read."""
        kind, cells = self.rows.get(row, ""), self.sheet.grid.rows[row : row + 1]
        cell = cells[0][at] if cells and at < len(cells[0]) else None
        if not is_filled(cell):
            return None
        if kind == "data":
            return self.ways[at](cell) if at in self.ways else _NOT_READ
        if kind == "total":
            return _counted(cell) if at in self.ways or is_total(cell) else _NOT_READ
        if kind in ("group", "subtotal"):
            return next((_safe(label) for label in self.labels if label in str(cell)), None)
        return _safe(cell) if kind == "head" else None

    def hides(self, row: int, at: int) -> bool:
        """Whether what stands in a cell was not read, or is of persons."""
        return row > self.sheet.header.bottom and self.ways.get(at, _answer) is _answer


def _copies(ledger: Ledger, lang: Lang) -> list[_Copy]:
    sheets, labels = ledger.sheets, set(ledger.trail.loc[ledger.trail["rule"] == "group_row", "was"])
    places = [(cut(sheet.place.file), sheet.place.shown) for sheet in sheets]
    told = [place if places.count(place) == 1 else ("", "") for place in places]  # sheets called after persons are shown alike
    return [
        _Copy(name, place, sheet, _rows(sheet.header, sheet.body) if sheet.body else {}, _ways(sheet, ledger.mapping), labels)
        for name, place, sheet in zip(_names(sheets, lang), told, sheets, strict=True)
    ]


def _rows(header: Header, body: Body) -> dict[int, str]:
    head = dict.fromkeys(range(header.top, header.bottom + 1), "head")
    return head | dict.fromkeys(body.data, "data") | dict.fromkeys(body.totals, "total") | body.skipped


def _ways(sheet: Sheet, lines: Sequence[Line]) -> dict[int, Callable[[Any], Any]]:
    """Return how the cells of each column are shown that was read."""
    serials = {line.column for line in lines if line.reads == SERIAL and line.of(sheet.place.file, sheet.place.shown)}
    ways: dict[int, Callable[[Any], Any]] = {each.at: _counted for each in sheet.header.columns if xl_col_to_name(each.at) in serials}
    for told in sheet.read:
        secret = told.meaning.how == "named" or is_personal(told.heading.path)
        way = _figured if READABLE[told.meaning.reads].type in (*NUMBERS, Type.date) else _shown
        ways |= {heading.at: _answer if secret else way for heading in (told.heading, *told.ticked)}
    return ways


def _names(sheets: Sequence[Sheet], lang: Lang) -> list[str]:
    """Return for each sheet a name that Excel takes, unlike all others in the workbook."""
    names = ["History", *(title(lang) for title, _ in _LISTS.values())]
    for given in ((sheet.place.sheet, PurePosixPath(sheet.place.file).stem, "1") for sheet in sheets):
        base = next(filter(None, (closed(_ILLEGAL.sub("_", _safe(name)).strip("' "), 25) for name in given)))
        numbered = (f"{base} ({number})" if number > 1 else base for number in count(1))
        names.append(next(name for name in numbered if normal(name) not in map(normal, names)))
    return names[1 + len(_LISTS) :]


class _Pen(NamedTuple):
    """A sheet to write on, with the formats and language to write in."""

    sheet: Any
    formats: Callable[[str, Severity | None], Any]
    lang: Lang

    def write(self, row: int, at: int, value: Any, *, kind: str = "text", severity: Severity | None = None) -> None:
        """Write a value in its type; text is text, whatever it looks like, and so is what Excel has no number for."""
        if value is _NOT_READ:
            kind, value = "unread", _NOT_READ(self.lang)
        elif isinstance(value, int | float) and abs(value) < 1e15:
            kind = "number"
        elif isinstance(value, date) and value.year > 1900:  # spreadsheets disagree on the days before March 1900
            kind = "day"
        elif value is not None and not isinstance(value, str):
            value = _safe(value)
        self.sheet.write(row, at, value, self.formats(kind, severity))


def _write_copy(pen: _Pen, copy: _Copy, faults: Sequence[Fault]) -> None:
    first = _write_merges(pen, copy)
    for row, kind in copy.rows.items():
        for at in range(len(copy.sheet.grid.rows[row])):
            if first.get((row, at), (row, at)) == (row, at) and (value := copy.value(row, at)) is not None:
                pen.write(row, at, value, kind=kind)
    _write_marks(pen, copy, faults, first)
    pen.sheet.set_column(0, _COLUMNS - 1, 18)
    pen.sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{_ROWS}"})  # Excel's own marks would stand beside ours
    pen.sheet.freeze_panes(min(copy.sheet.header.bottom + 1, 20), 0)  # more would leave no room to scroll


def _write_merges(pen: _Pen, copy: _Copy) -> dict[tuple[int, int], tuple[int, int]]:
    """Merge what the sheet merges; return for each cell of it the cell whose value is shown."""
    first: dict[tuple[int, int], tuple[int, int]] = {}
    for top, left, bottom, right in copy.sheet.grid.merges or ():
        if (bottom - top + 1) * (right - left + 1) < 100_000:  # a whole sheet can be merged
            spots = [(row, at) for row in range(top, bottom + 1) for at in range(left, right + 1)]
            if len(spots) > 1 and first.keys().isdisjoint(spots):  # of ranges that overlap, a workbook can hold the first alone
                first |= dict.fromkeys(spots, (top, left))
                pen.sheet.merge_range(top, left, bottom, right, "", pen.formats(copy.rows.get(top, "text"), None))
    return first


def _write_marks(pen: _Pen, copy: _Copy, faults: Sequence[Fault], first: Mapping[tuple[int, int], tuple[int, int]]) -> None:
    """Mark each cell that has a fault, and say in its comment what the fault is; what is wrong within merged cells, at the first."""
    marked: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
    for fault in (each for each in faults if each.cell and (cut(each.file), each.sheet) == copy.place):
        spot = xl_cell_to_rowcol(fault.cell)
        said = _SAID(pen.lang).format(*_said(fault, pen.lang))
        said = f"{fault.cell} {said}" if first.get(spot, spot) != spot else said
        marked[first.get(spot, spot)].append((list(_SEVERITIES).index(fault.severity), said))
    for (row, at), there in marked.items():
        pen.write(row, at, copy.value(row, at), kind=copy.rows.get(row, "text"), severity=list(_SEVERITIES)[min(there)[0]])
        box = {"author": "", "x_scale": 2.4, "y_scale": min(len(there), 6)}
        pen.sheet.write_comment(row, at, "\n".join(said for _, said in there)[:10_000], box)


def _said(fault: Fault, lang: Lang) -> list[str]:
    harmless = _unnamed if fault.cell else plain  # what is said of a file quotes no cell
    return [harmless(term(lang)) for term in (_SEVERITIES[fault.severity], fault.problem, fault.remedy)]


def _write_lists(pens: Sequence[_Pen], ledger: Ledger, copies: Mapping[tuple[str, str], _Copy]) -> None:
    """Write the four lists; above that of faults, how many there are of each severity."""
    pen, lang = pens[0], pens[0].lang
    for at, (severity, term) in enumerate(_SEVERITIES.items()):
        pen.write(1, at, f"{term(lang)} {sum(fault.severity is severity for fault in ledger.faults)}", severity=severity)
    grids = {copy.name: copy.sheet.grid.rows for copy in copies.values()}
    large = [name for name, rows in grids.items() if len(rows) > _ROWS or any(len(row) > _COLUMNS for row in rows)]
    pen.write(0, 0, " ".join((_ABOUT(lang), *map(_BEYOND(lang).format, large))))
    faults = [
        (each.file, each.sheet, each.cell or str(each.line or ""), each.column, each.value, *_said(each, lang)) for each in ledger.faults
    ]
    mapping = [(*line[:2], *line[3:6], _MEANT[line.reads](lang)) for line in ledger.mapping]
    trail = ledger.trail.drop(columns="what_en" if lang == "zh" else "what_zh").values.tolist()
    tables: list[Any] = [faults, mapping, trail, ledger.persons.values.tolist()]
    for each, name, rows in zip(pens, _LISTS, tables, strict=True):
        _write_list(each, name, rows, copies)


def _write_list(pen: _Pen, name: str, rows: Sequence[Sequence[Any]], copies: Mapping[tuple[str, str], _Copy]) -> None:
    """Write a list below a line that counts its rows; what it quotes of a cell that is not shown is not shown here, either."""
    top, quotes = (2 if name == "faults" else 0), {"faults": 1, "trail": 2}.get(name, 0)
    headings, listed = _LISTS[name][1](pen.lang).split(), rows[:_MOST]
    pen.write(top, 0, _LISTED(pen.lang).format(len(rows), len(listed)))
    for at, text in enumerate(headings):
        pen.sheet.set_column(at, at, 16 if at < len(headings) - 2 else 44)
        pen.write(top + 1, at, text, kind="head")
    for row, (file, sheet, cell, heading, *said) in enumerate(listed, top + 2):
        copy, spot = copies.get((cut(file), sheet)), _CELL.fullmatch(cell) and xl_cell_to_rowcol(cell)
        hidden = copy.hides(*spot) if copy and spot else MARK in sheet or is_personal(heading.split(" / "))
        quoted = [MARK if text and hidden else _safe(text) for text in said[:quotes]]
        where = [_safe(file), copy.name if copy else _safe(sheet), cell, _safe(heading)]
        for at, text in enumerate((*where, *quoted, *map(plain, said[quotes:]))):
            pen.write(row, at, text, kind="list")
        if copy and spot:
            pen.sheet.write_url(row, 2, "internal:'{}'!{}".format(copy.name.replace("'", "''"), cell), None, cell)
    pen.sheet.autofilter(top + 1, 0, top + 1 + len(listed), len(headings) - 1)
    pen.sheet.freeze_panes(top + 2, 0)
