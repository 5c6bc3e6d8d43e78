"""The workbook that a ledger is kept in: an empty one to fill in, and a register written in the same form."""

from __future__ import annotations

import calendar
import io
import math
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from analysis.cells import YES_NO, is_repeat, read_cells
from analysis.grid import column_name
from analysis.model import AnalysisError, Evidence, Lang, Term
from analysis.places import write_whole
from analysis.register import Register, collect
from analysis.rows import is_total
from analysis.schema import DATES, KEYS, TABLES, UNTIL, Codes, Column, Coverage, Inspection, OrganisationKind, Type
from analysis.wording import width

SHEETS: dict[str, Term] = {
    "about": Term("说明", "About"),
    "organisations": Term("组织", "Organisations"),
    "branches": Term("支部", "Branches"),
    "codes": Term("代码表", "Codes"),
}
PLACE, AS_OF, NATURE = Term("地名", "Place"), Term("统计时点", "Day of the count"), Term("数据性质", "Kind of data")
# stands in the key's cell of the example row, and keeps that row from being read
EXAMPLE = Term("示例（不读入）", "example (not read)")
_TITLE = Term("社会组织党建台账", "Ledger of Party building in social organisations")
_HOW = (
    Term("每个社会组织在“组织”表填一行，每个党组织在“支部”表填一行。", "One row for each body in 'Organisations', one for each Party organisation in 'Branches'."),
    Term("不知道的留空；0 表示没有，不表示不知道。", "Leave empty what is not known; 0 means none, not unknown."),
    Term("灰色斜体的示例行不读入；请从下一行填起，也可删去它。", "The example row in grey italics is not read: begin below it, or delete it."),
    Term("鼠标停在列名上可看定义；不用的列可以删去，列的次序不限。", "Rest on a heading to see its definition; delete columns that you do not need, in any order."),
    Term("编号可以整列留空，读入时编为 1、2、3……", "Numbers may be left empty throughout; they are then 1, 2, 3 …"),
    Term("指向另一张表时写编号，或写不重名的名称。", "To point into the other table write a number, or a name that stands there once."),
    Term("满意率写 85，不写 85%：表格软件会把 85% 存成 0.85。", "Write a rate as 85, not as 85%: a spreadsheet stores 85% as 0.85."),
    Term("不要写个人的姓名、证件号码、电话。", "Write no names, identity numbers or phones of persons."),
)  # fmt: skip
_EXAMPLES: dict[str, dict[str, Any]] = {
    "organisations": {
        "name": Term("示例行业协会", "Example association"),
        "kind": OrganisationKind.association.name,
        "sector": Term("农业", "farming"),
        "township": Term("城关镇", "Town A"),
        "registered_on": date(2011, 6, 1),
        "inspection": Inspection.passed.name,
        "staff": 12,
        "staff_full_time": 5,
        "members_staff": 4,
        "activity_room": True,
        "budget": 3000.0,
        "coverage": Coverage.own.name,
    },
    "branches": {
        "name": Term("示例行业协会党支部", "Branch of the example association"),
        "level": "branch",
        "form": "own",
        "members": 4,
        "founded_on": date(2012, 7, 1),
        "in_leadership": True,
        "satisfaction": 85.0,
    },
}
_ROWS = 5000  # how far the checks on typing reach at least, so that nobody has to extend them
_FORMATS = {Type.date: "yyyy-mm-dd", Type.whole: "0", Type.money: "#,##0.00", Type.percent: "0.0"}
_LONGEST = 32_767  # characters in a cell
_FIRST_DAY = date(1901, 1, 1)  # spreadsheets disagree on the days before March 1900
_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")  # no XML can carry these


def is_example(table: str, name: object) -> bool:
    """Whether a name is still that of the example row."""
    return name in _EXAMPLES[table]["name"]


def write_template(path: Path, lang: Lang) -> None:
    """Write an empty ledger to fill in: headings with their definitions, drop-downs, and one example row a table.

    Parameters
    ----------
    path
        Where to write, ending in .xlsx; the file is there whole or not at all.
    lang
        The language of headings, lists and notes. Either can be read.

    Raises
    ------
    AnalysisError
        If the file exists, or its name does not end in .xlsx.
    """
    save_workbook(Path(path), _workbook(_About("", None, Evidence.LEDGER), {table: [] for table in TABLES}, lang, example=True))


def write_ledger(register: Register, path: Path | str, lang: Lang) -> None:
    """Write a register in the form of the template, so that reading the file gives the register again.

    Columns that are not of the schema are left out. Numbers keep the 15 digits of a spreadsheet. Text is never a formula.

    Parameters
    ----------
    register
        On any engine; all of its rows are brought into memory.
    path, lang
        As for `write_template`.

    Raises
    ------
    AnalysisError
        If the file exists, its name does not end in .xlsx, a cell cannot stand in a workbook, or the register is only
        what a report says, without rows of its own.
    """
    if register.evidence is Evidence.REPORT:
        raise AnalysisError("A report's register has no rows to write: every cell is unknown. · 由报告得到的台账没有内容可写。")
    rows = {table: _records(register, table) for table in TABLES}
    if not rows["organisations"] and rows["branches"]:
        del rows["organisations"]  # an empty sheet would read as a table forgotten
    save_workbook(Path(path), _workbook(_About(register.place, register.as_of, register.evidence), rows, lang, example=False))


def _span(first: Any, until: Any) -> Any:
    """Return a date as it is written: one that is known to its month or year only as text of these."""
    if first is None or until is None or until == first:
        return first
    ends = (first.month, first.day, until.month, until.day)
    if first.year == until.year and ends == (1, 1, 12, 31):
        return f"{first.year:04}"
    if first.year == until.year and ends == (1, 1, 10, 31):
        return f"{first.year:04}.1"
    if ends == (first.month, 1, first.month, calendar.monthrange(first.year, first.month)[1]) and first.year == until.year:
        return f"{first.year:04}-{first.month:02}"
    raise AnalysisError(f"A workbook cannot hold a date between {first:%Y-%m-%d} and {until:%Y-%m-%d}. · 表格里写不了这样的日期范围。")


class _About(NamedTuple):
    place: str
    as_of: date | None
    evidence: Evidence


def _records(register: Register, table: str) -> list[dict[str, Any]]:
    lasts = [f"{name}{UNTIL}" for name in DATES[table]]
    frame = collect(register.frame(table).select(*TABLES[table], *lasts))
    columns = {name: frame[name].astype("object").where(frame[name].notna(), None).tolist() for name in (*TABLES[table], *lasts)}
    for name, last in zip(DATES[table], lasts, strict=True):
        columns[name] = [_span(first, until) for first, until in zip(columns[name], columns.pop(last), strict=True)]
    if any(key in EXAMPLE for key in columns[KEYS[table]]):
        raise AnalysisError(f"A row of {table} has the example's number: give it another. · 有一行用了示例行的编号，请换一个。")
    if any(map(is_total, columns[KEYS[table]])):
        raise AnalysisError(
            f"A row of {table} has a word for totals as its number: give it another. · 有一行的编号是“合计”一类的词，请换一个。"
        )
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def save_workbook(path: Path, content: bytes) -> None:
    """Write a workbook whole or not at all; raise AnalysisError where the file exists or its name does not end in .xlsx."""
    if path.suffix.lower() != ".xlsx":
        raise AnalysisError(f"'{path.name}' does not end in .xlsx: give it that ending. · 文件名请以 .xlsx 结尾。")
    write_whole(path, content)


def _workbook(about: _About, rows: dict[str, list[dict[str, Any]]], lang: Lang, *, example: bool) -> bytes:
    import xlsxwriter  # noqa: PLC0415 - what reads a ledger needs only the words of the template

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"title": _TITLE(lang), "created": datetime(2000, 1, 1)})  # the same bytes on any day
        styles = _Styles(book)
        _write_about(book.add_worksheet(SHEETS["about"](lang)), styles, about, lang)
        for table, records in rows.items():
            sheet = book.add_worksheet(SHEETS[table](lang))
            _write_headings(sheet, styles, table, lang, rows=max(_ROWS, len(records) + 1))
            given = (
                [{KEYS[table]: EXAMPLE(lang)} | {name: _said(cell, lang) for name, cell in _EXAMPLES[table].items()}]
                if example
                else records
            )
            _write_rows(sheet, styles, table, given, lang, example=example)
        _write_codes(book.add_worksheet(SHEETS["codes"](lang)), styles)
    return content.getvalue()


def _said(cell: object, lang: Lang) -> object:
    return cell(lang) if isinstance(cell, Term) else cell


class _Styles:
    """The formats of a workbook's cells, made once."""

    def __init__(self, book: Any) -> None:
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "num_format": "@"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.date = book.add_format({"num_format": _FORMATS[Type.date], "align": "left"})
        self.text = book.add_format({"num_format": "@"})
        self.cell = {kind: book.add_format({"num_format": _FORMATS.get(kind, "@")}) for kind in Type}
        grey = {"italic": True, "font_color": "#808080"}
        self.example = {kind: book.add_format({"num_format": _FORMATS.get(kind, "@"), **grey}) for kind in Type}


def _write_about(sheet: Any, styles: _Styles, about: _About, lang: Lang) -> None:
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 40)
    sheet.write_string(0, 0, _TITLE(lang), styles.title)
    sheet.write_string(1, 0, PLACE(lang))
    sheet.write_string(1, 1, writable(about.place), styles.text) if about.place else sheet.write_blank(1, 1, None, styles.text)
    sheet.write_string(2, 0, AS_OF(lang))
    sheet.write_blank(2, 1, None, styles.date)
    if about.as_of is not None:
        _write_date(sheet, 2, 1, about.as_of, styles.date)
    if about.evidence is not Evidence.LEDGER:  # generated rows must not come back as a ledger of one's own
        sheet.write_string(3, 0, NATURE(lang))
        sheet.write_string(3, 1, about.evidence.term(lang))
    for line, text in enumerate(_HOW, 5):
        sheet.write_string(line, 0, text(lang))


def _write_headings(sheet: Any, styles: _Styles, table: str, lang: Lang, *, rows: int) -> None:
    sheet.freeze_panes(1, 2)
    sheet.set_row(0, 48)
    for at, (name, column) in enumerate(TABLES[table].items()):
        heading = column.term(lang)
        sheet.set_column(at, at, 28 if name == "name" else min(max(width(heading) + 2, 12), 22), styles.cell[column.type])
        sheet.write_string(0, at, heading, styles.head)
        note = f"{column.type.term(lang)}\n{column.meaning(lang)}"
        sheet.write_comment(0, at, note, {"author": "", "x_scale": 1.6, "y_scale": 0.9})
        check = _check(column, lang)
        if check:
            sheet.data_validation(1, at, rows, at, check)


def _check(column: Column, lang: Lang) -> dict[str, Any]:
    """Return what a spreadsheet lets one type into a column; nothing where any text will do."""
    checks: dict[Type, tuple[dict[str, Any], Term]] = {
        Type.whole: ({"validate": "integer", "criteria": ">=", "value": 0}, Term("请填整数，如 12；不知道就留空。", "A whole number, as 12; empty where not known.")),
        Type.money: ({"validate": "decimal", "criteria": ">=", "value": 0}, Term("请填金额（元），如 3000。", "An amount in yuan, as 3000.")),
        Type.percent: (
            {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100},
            Term("请填 0 到 100 的数，如 85，不写 85%。", "A number from 0 to 100, as 85, not 85%."),
        ),
        Type.date: ({"validate": "date", "criteria": ">=", "value": _FIRST_DAY}, Term("请填日期，如 2011-06-01。", "A date, as 2011-06-01.")),
        Type.yes_no: ({"validate": "list", "source": _source(None, lang)}, Term("请从下拉表中选。", "Choose from the list.")),
    }  # fmt: skip
    checks[Type.code] = ({"validate": "list", "source": _source(column.codes, lang)}, checks[Type.yes_no][1])
    if column.type not in checks:
        return {}
    check, said = checks[column.type]
    check["error_title"], check["error_message"] = Term("填不进去", "This cannot stand here")(lang), said(lang)
    if column.type is Type.percent:
        check["input_message"] = said(lang)  # said beforehand: what is typed as 85% arrives as 0.85
    return check


def _lists() -> list[tuple[Codes | None, Term, list[Term]]]:
    """Return the lists of the sheet of codes: yes and no, then each list with the heading of its column."""
    coded = [column for columns in TABLES.values() for column in columns.values() if column.codes is not None]
    return [(None, Type.yes_no.term, list(YES_NO)), *((c.codes, c.term, [m.term for m in c.codes or ()]) for c in coded)]


def _source(codes: Codes | None, lang: Lang) -> str:
    lists = _lists()
    at = next(at for at, (of, _, _) in enumerate(lists) if of is codes)
    letter = column_name(2 * at + (lang == "en"))
    return f"='{SHEETS['codes'](lang)}'!${letter}$2:${letter}${len(lists[at][2]) + 1}"


def _write_codes(sheet: Any, styles: _Styles) -> None:
    sheet.freeze_panes(1, 0)
    for at, (_, heading, terms) in enumerate(_lists()):
        for side, texts in enumerate(zip(heading, *terms, strict=True)):
            sheet.set_column(2 * at + side, 2 * at + side, max(width(text) for text in texts) + 2)
            for row, text in enumerate(texts):
                sheet.write_string(row, 2 * at + side, text, styles.text if row else styles.head)


def _write_rows(sheet: Any, styles: _Styles, table: str, rows: Iterable[dict[str, Any]], lang: Lang, *, example: bool) -> None:
    formats = styles.example if example else styles.cell
    columns = [(at, name, column, formats[column.type]) for at, (name, column) in enumerate(TABLES[table].items())]
    for row, record in enumerate(rows, 1):
        for at, name, column, style in columns:
            cell = record.get(name)
            if cell is not None:
                _write_cell(sheet, (row, at), cell, column, style, lang=lang)


def _write_cell(sheet: Any, place: tuple[int, int], cell: Any, column: Column, style: Any, *, lang: Lang) -> None:
    row, at = place
    if column.type is Type.date:
        _write_date(sheet, row, at, cell, style)
    elif column.type is Type.yes_no:
        sheet.write_string(row, at, YES_NO[0 if cell else 1](lang), style)
    elif column.codes is not None:
        sheet.write_string(row, at, column.codes.of(str(cell)).term(lang), style)
    elif column.type in (Type.key, Type.text):
        sheet.write_string(row, at, writable(_as_it_stands(str(cell), column)), style)
    elif not math.isfinite(cell):  # from an engine that has such numbers
        raise AnalysisError(f"A workbook cannot hold '{cell}' ({column.term.en}). · 表格里写不了“{cell}”（{column.term.zh}）。")
    elif column.type is Type.percent and 0 < cell <= 1:  # as a number it would look like 85% stored as 0.85
        sheet.write_string(row, at, f"{Decimal(repr(float(cell))):f}%", style)
    else:
        sheet.write_number(row, at, cell, style)


def _write_date(sheet: Any, row: int, at: int, day: Any, style: Any) -> None:
    if isinstance(day, str):
        sheet.write_string(row, at, day, style)
        return
    plain = date(day.year, day.month, day.day)
    if plain < _FIRST_DAY:
        sheet.write_string(row, at, plain.isoformat(), style)
    else:
        sheet.write_datetime(row, at, plain, style)


def _as_it_stands(text: str, column: Column) -> str:
    """Return text so that it is read as it is: a name that reads as no answer, or as the error of a formula, after an apostrophe."""
    read = read_cells([text], column)
    plain = read.values == [text] and not read.wrong and not read.changed and not is_repeat(text)
    return text if plain else f"'{text}"


def writable(text: object) -> str:
    """Return text as a workbook holds it; raise AnalysisError where it cannot."""
    written = str(text)
    if len(written) > _LONGEST or _UNWRITABLE.search(written):
        start = _UNWRITABLE.sub("?", written[:20])
        raise AnalysisError(f"A workbook cannot hold the text '{start}…': shorten or mend it. · 这段文字写不进表格，请缩短或改正。")
    return written
