"""The action list as a workbook: one sheet for each party that works from it, handed back with the days on which things were done."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from analysis.actions import ACTIONS, Duty, Priority
from analysis.cells import is_filled, normal, read_cells, read_date
from analysis.faults import Fault, fault
from analysis.given import columns_needed
from analysis.grid import Grid, GridError
from analysis.grids import read_grids
from analysis.model import LANGS, MARKS, AnalysisError, Evidence, Lang, Term, as_day, require_marks, result_rows
from analysis.reference import rules
from analysis.register import by_place
from analysis.schema import COLUMNS, TABLES
from analysis.wording import closed, marks_text, plain, shortened
from analysis.workbook import save_workbook, writable

_CODE, _DONE = Term("编号（勿改）", "code (leave as it is)"), Term("完成日期", "done on")
_HEADINGS: dict[str, tuple[Term, int]] = {
    "unit": (Term("组织或支部", "organisation or branch"), 26), "what": (Term("事项", "action"), 30),
    "why": (Term("缘由", "reason"), 40), "who": (Term("责任方", "who answers for it"), 18), "due": (Term("到期", "due"), 12),
    "priority": (Term("轻重", "priority"), 16), "rule": (Term("规定", "rule"), 9), "measures": (Term("对策", "measure"), 9),
    "done": (_DONE, 12), "note": (Term("备注", "remark"), 18), "code": (_CODE, 22),
}  # fmt: skip
# columns that are written, in either language
_WRITTEN = ("code", "unit", "township", "duty", "priority", "rule", "later", "measures", "due_on", "due_until",
            *(f"{stem}_{lang}" for stem in ("what", "why", "who") for lang in LANGS))  # fmt: skip
_SHEET, _COUNTED = Term("说明", "About"), Term("统计时点", "Day of the count")
_HOW = (
    Term("每张表交一方，镇的表里也列其支部承办的；办完一项，在“完成日期”填日期，整份交回。", "Each sheet goes to one party, a township's with what its branches answer for: write the day under 'done on' when something is done, and hand the workbook back."),
    Term("编号一列用于交回后对应，请勿改动；可以排序、筛选、删去不办的行。", "The column of codes matches rows when the workbook comes back: leave it. Rows may be sorted, filtered or deleted."),
    Term("轻重：一、现行规定已被违反；二、一年内到期；三、应办但不违反现行规定；四、先补单元格。", "Priority: 1 a rule in force is broken; 2 falls due within a year; 3 due, though no rule in force is broken; 4 a cell is to be filled first."),
    Term("备注里不要写个人的姓名、证件号码、电话；备注不读入。", "Write no names, identity numbers or phones of persons into the remarks; these are not read."),
)  # fmt: skip
# more sheets than these nobody can find a way through: then there is one for each sort of party
_SHEETS = 100
_PLACES = 400  # of a text in a cell
_NAME = 31  # characters of the name of a sheet
_DAY = COLUMNS["organisations/registered_on"]


class WorklistError(AnalysisError):
    """A workbook that does not come back as it went out; `faults` holds every mistake found."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(f"The action list '{plain(name)}' · 任务单:\n" + "\n".join(f"  {fault}" for fault in faults))


def save_actions(rows: pd.DataFrame, path: Path | str, lang: Lang, *, place: str = "", as_of: date | None = None) -> None:
    """Write an action list as a workbook that can be worked from, printed and handed back.

    Parameters
    ----------
    rows
        Rows of `actions`, or of `load_actions`: days that came back stand in them again.
    path
        Where to write, ending in .xlsx; the file is there whole or not at all.
    place, as_of
        For the first sheet: the place and the day of the count.

    Raises
    ------
    AnalysisError
        If the file exists, its name does not end in .xlsx, the rows bear no marks, or there is no such language.
    """
    if lang not in LANGS:
        raise AnalysisError(f"There is no language '{lang}': give {' or '.join(LANGS)}.")
    require_marks(rows)
    columns_needed(rows, _WRITTEN, "actions(register)")
    as_of = as_day(as_of)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # the same bytes on any day
        styles = {
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
            "text": book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"}),
            "blank": book.add_format({"valign": "top", "num_format": "yyyy-mm-dd", "align": "left", "bg_color": "#FFF8E1", "border": 1}),
            "title": book.add_format({"bold": True, "font_size": 14}),
        }
        _write_about(book.add_worksheet(_SHEET(lang)), styles, rows, lang, place=place, as_of=as_of)
        used = {_SHEET(lang).casefold()}
        for hand, some in _by_hand(rows, lang):
            _write_sheet(book.add_worksheet(_sheet_name(hand, used)), styles, hand, some, lang)
    save_workbook(Path(path), content.getvalue())


def _by_hand(rows: pd.DataFrame, lang: Lang) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the rows of each party that works from a sheet: a township also has what its branches answer for."""
    of_township = rows["duty"].isin([Duty.branch.name, Duty.township.name])
    unplaced = Term("未定镇", "no township")(lang)
    township = rows["township"].astype(object).where(rows["township"].fillna("") != "", unplaced)
    hands = township.where(of_township, rows[f"who_{lang}"])
    if hands.nunique() > _SHEETS:
        hands = rows["duty"].map({duty.name: duty.term(lang) for duty in Duty})
    order = {duty.name: at for at, duty in enumerate(Duty)}
    first = rows["duty"].map(order).groupby(hands).min()
    for hand in sorted(first.index, key=lambda name: (name == unplaced, first[name] > 1, first[name], str(name))):
        yield str(hand), rows[hands == hand]


def _sheet_name(hand: str, used: set[str]) -> str:
    """Return a name that a sheet can bear and no other has."""
    plain_name = re.sub(r"[\[\]:*?/\\]", " ", plain(hand)).strip("' ") or "—"
    name, at = closed(plain_name, _NAME), 1
    while name.casefold() in used or name.casefold() == "history":
        at += 1
        name = f"{closed(plain_name, _NAME - len(f' ({at})'))} ({at})"
    used.add(name.casefold())
    return name


def _write_about(sheet: Any, styles: dict[str, Any], rows: pd.DataFrame, lang: Lang, *, place: str, as_of: date | None) -> None:
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 30)
    sheet.write_string(0, 0, Term("党建任务单", "Actions due in Party building")(lang), styles["title"])
    marks = " ".join(dict.fromkeys(" ".join(rows["evidence"]).split()))
    facts = [
        (Term("地名", "Place"), place), (_COUNTED, as_of.isoformat() if as_of else "—"),
        (Term("依据", "Rests on"), marks_text(marks, "", lang) if marks else "—"),
        *((kind.term, str(int((rows["priority"] == kind.name).sum()))) for kind in Priority),
    ]  # fmt: skip
    for line, (name, value) in enumerate(facts, 2):
        sheet.write_string(line, 0, name(lang))
        sheet.write_string(line, 1, writable(value))
    below = [(how(lang), "") for how in _HOW] + [("", "")] + _legend(rows, lang)
    for line, cells in enumerate(below, 4 + len(facts)):
        for at, text in enumerate(cells):
            sheet.write_string(line, at, text)


def _write_sheet(sheet: Any, styles: dict[str, Any], hand: str, rows: pd.DataFrame, lang: Lang) -> None:
    mark = f" · {Evidence.ILLUSTRATIVE.term(lang)}" if rows["evidence"].str.contains(Evidence.ILLUSTRATIVE.name).any() else ""
    sheet.write_string(0, 0, writable(shortened(plain(hand), 60)) + mark, styles["title"])
    for at, (heading, places) in enumerate(_HEADINGS.values()):
        sheet.set_column(at, at, places)
        sheet.write_string(1, at, heading(lang), styles["head"])
    for line, (_, row) in enumerate(rows.iterrows(), 2):
        _write_row(sheet, line, row, styles, lang)
    last, done = len(rows) + 1, list(_HEADINGS).index("done")
    sheet.autofilter(1, 0, last, len(_HEADINGS) - 1)
    sheet.freeze_panes(2, 1)
    check = {"validate": "date", "criteria": ">=", "value": date(1990, 1, 1), "error_type": "warning", "ignore_blank": True}
    sheet.data_validation(2, done, last, done, check)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)
    sheet.set_footer("&P / &N")


def _write_row(sheet: Any, line: int, row: pd.Series, styles: dict[str, Any], lang: Lang) -> None:
    texts = {
        "unit": row["unit"], "what": row[f"what_{lang}"], "why": row[f"why_{lang}"], "who": row[f"who_{lang}"],
        "priority": Priority.of(row["priority"]).term(lang), "rule": _rules(row, lang), "measures": row["measures"], "note": "",
    }  # fmt: skip
    for at, name in enumerate(_HEADINGS):
        if name == "done" and not pd.isna(row.get("done_on")):
            _write_done(sheet, line, at, row, styles)
        elif name == "done":
            sheet.write_blank(line, at, None, styles["blank"])
        elif name == "code":
            sheet.write_string(line, at, writable(row["code"]), styles["text"])
        elif name == "due":
            days = [day.date() for day in (row["due_on"], row["due_until"]) if not pd.isna(day)]
            text = "—".join(dict.fromkeys(day.isoformat() for day in days))
            sheet.write_string(line, at, text, styles["text"])
        else:
            sheet.write_string(line, at, writable(shortened(plain(texts[name]), _PLACES)), styles["text"])


def _write_done(sheet: Any, line: int, at: int, row: pd.Series, styles: dict[str, Any]) -> None:
    """Write a day that came back, or as much of it as is known, so that it reads the same again."""
    first, last = row["done_on"], row.get("done_until")
    if pd.isna(last) or first == last:
        sheet.write_datetime(line, at, first.to_pydatetime(), styles["blank"])
        return
    # 2021.1 may be January or October
    text = f"{first:%Y-%m}" if first.month == last.month else f"{first:%Y}" if last.month == 12 else f"{first:%Y}.1"
    sheet.write_string(line, at, text, styles["blank"])


def _rules(row: pd.Series, lang: Lang) -> str:
    later = Term(f"（施行在后：{row['later']}）", f" (in force later: {row['later']})")(lang) if row["later"] else ""
    return f"{row['rule']}{later}".strip()


def _legend(rows: pd.DataFrame, lang: Lang) -> list[tuple[str, str]]:
    """Return the rules that the rows cite, each with its name and where it stands."""
    cited = set(" ".join([*rows["rule"], *rows["later"]]).split())
    known = rules()[lambda table: table["code"].isin(cited)]
    return [
        (f"{code} {name}", document)
        for code, name, document in zip(known["code"], known[f"name_{lang}"], known[f"document_{lang}"], strict=True)
    ]


def load_actions(path: Path | str, rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return what comes back in a workbook of `save_actions`: each row's code and the day on which it was done.

    Remarks are not read.

    Parameters
    ----------
    rows
        The rows that went out: each comes back with `done_on`, those that were deleted without a day. Of a ledger corrected since,
        a row that it no longer asks for is left out if it bears no day, and a fault if it does. Without rows, what the codes tell is
        returned.

    Returns
    -------
    DataFrame, one row an action
        The columns of `rows`, or code, table, unit_id, action, asks, evidence, assumptions; and done_on, done_until [day; of a month
        or a year its first and its last].

    Raises
    ------
    WorklistError
        With every fault: sheet, cell, value, what to do.
    """
    if rows is not None:
        columns_needed(rows, ("code", "unit"), "actions(register)")
    name = Path(path).name
    if not Path(path).is_file():
        raise WorklistError(name, [fault("no_file", name)])
    try:
        grids = read_grids(Path(path))
    except GridError as error:
        raise WorklistError(name, [fault(error.kind, name, **error.words)]) from None
    faults: list[Fault] = []
    listed = _listed_on(grids)
    back = [line for grid in grids for line in _lines(grid, name, listed, faults)]
    if not back and not faults:
        faults.append(fault("no_actions", name, column=_CODE.zh))
    known = None if rows is None else {code: plain(unit) for code, unit in zip(rows["code"], rows["unit"], strict=True)}
    seen: set[str] = set()
    for line in back:
        kind = "line_twice" if line.code in seen else _foreign(line, known)
        if kind:
            faults.append(_fault(kind, name, (line.sheet, line.cell), line.code))
        seen.add(line.code)
    if faults:
        raise WorklistError(name, faults)
    return _returned({line.code: (line.day, line.until) for line in back}, rows)


def _foreign(line: _Line, known: Mapping[str, str] | None) -> str:
    """Return the kind of fault of a line that is of no such list; nothing where it is of it."""
    parts = _parts(line.code)
    if not parts:
        return "not_of_list"
    # a row without a day that a ledger corrected since no longer asks for says nothing
    if known is None or line.day is None:
        return ""
    # a place alone may be another row's by now
    moved = by_place(parts[1]) and line.unit != shortened(known.get(line.code, ""), _PLACES)
    return "not_of_list" if line.code not in known or moved else ""


def handed_back(rows: pd.DataFrame, path: Path | str = "") -> pd.DataFrame:
    """Return an action list with what came back of it, as a notebook's parameter names the workbook; as it is where that is empty.

    Raises
    ------
    WorklistError
        As `load_actions`.
    """
    return load_actions(path, rows) if str(path) else rows


def _fault(kind: str, name: str, place: tuple[str, str], value: object, *, heading: Term = _CODE, as_of: object = "") -> Fault:
    return fault(kind, name, as_of=as_of)._replace(sheet=place[0], cell=place[1], column=heading.zh, value=shortened(plain(value), 40))


def _returned(days: dict[str, tuple[date | None, date | None]], rows: pd.DataFrame | None) -> pd.DataFrame:
    if rows is not None:
        pairs = [days.get(code, (None, None)) for code in rows["code"]]
        done = {name: pd.Series(each, dtype=object) for name, each in zip(_DAYS, zip(*pairs, strict=True), strict=True)} if pairs else {}
        blank = pd.Series([], dtype=object)
        return rows.assign(**{name: pd.to_datetime(done.get(name, blank)).astype("datetime64[s]").to_numpy() for name in _DAYS})
    records = []
    for code, (day, until) in days.items():
        table, unit, action = _parts(code)
        told = {"done_on": day, "done_until": until}
        records.append({"code": code, "table": table, "unit_id": unit, "action": action, "asks": action == "fill", **told})
    found = result_rows(records, evidence=[Evidence.LEDGER]).astype(dict.fromkeys(_DAYS, "datetime64[s]"))
    return found[[*(column for column in found.columns if column not in MARKS), *MARKS]]


def _parts(code: str) -> tuple[str, ...]:
    """Return a code's table, unit and action; nothing where it is none."""
    table, _, rest = code.partition("/")
    asking = re.fullmatch(r"(.*)/(fill)/([a-z_]+)", rest, re.DOTALL)
    unit, action = (asking[1], "fill") if asking and asking[3] in Duty.__members__ else rest.rpartition("/")[::2]
    return (table, unit, action) if table in TABLES and unit and action in (*ACTIONS, "fill") else ()


class _Line(NamedTuple):
    """A row that bears a code: where it stands, of which unit it is, and the first and last day on which it may have been done."""

    sheet: str
    cell: str
    code: str
    unit: str
    day: date | None
    until: date | None


_DAYS = ("done_on", "done_until")


def _listed_on(grids: list[Grid]) -> date | None:
    """Return the day of the count that the first sheet of a list names; none where it does not."""
    named = {_COUNTED(lang) for lang in LANGS}
    found = (row[1] for grid in grids for row in grid.rows[:20] if len(row) > 1 and row[0] in named)
    try:
        return read_date(next(found, None))
    except ValueError:
        return None


def _lines(grid: Grid, name: str, listed: date | None, faults: list[Fault]) -> Iterator[_Line]:
    """Yield each row that bears a code; days that are none, or before the list was made, are faults."""
    wanted = {normal(_HEADINGS[place][0](lang)): place for place in ("unit", "code", "done") for lang in LANGS}
    heads = [
        {wanted[normal(cell)]: at for at, cell in enumerate(row) if isinstance(cell, str) and normal(cell) in wanted} for row in grid.rows
    ]
    found = next(((top, places) for top, places in enumerate(heads) if {"code", "done"} <= set(places)), None)
    if found is None:
        # a sheet that has one of the two headings has lost the other
        if any({"code", "done"} & set(places) for places in heads):
            faults.append(fault("no_headings", name)._replace(sheet=grid.sheet, column=f"{_CODE.zh}, {_DONE.zh}"))
        return
    top, places = found
    below = enumerate(grid.rows[top + 1 :], top + 1)
    body = [(line, row) for line, row in below if len(row) > places["code"] and is_filled(row[places["code"]])]
    cells = [row[places["done"]] if len(row) > places["done"] else None for _, row in body]
    read = read_cells([None if cell == "" else cell for cell in cells], _DAY)
    last = [read.until.get(at, day) for at, day in enumerate(read.values)]
    early = [at for at, day in enumerate(last) if listed is not None and day is not None and day < listed]
    for at, kind in sorted([*((at, "done_day") for at, _ in read.wrong), *((at, "done_early") for at in early)]):
        place = grid.sheet, xl_rowcol_to_cell(body[at][0], places["done"])
        faults.append(_fault(kind, name, place, cells[at], heading=_DONE, as_of=listed))
    for (line, row), day, until in zip(body, read.values, last, strict=True):
        unit = plain(row[places["unit"]]) if "unit" in places and is_filled(row[places["unit"]]) else ""
        yield _Line(grid.sheet, xl_rowcol_to_cell(line, places["code"]), str(row[places["code"]]).strip(), unit, day, until)
