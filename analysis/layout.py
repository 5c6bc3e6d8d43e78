"""Where a sheet's header and data stand: headings with their groups, the rows that hold data, and the rows that do not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from analysis.cells import is_filled, read_date
from analysis.grids import Grid
from analysis.headings import MONEY_UNITS, TOTALS, folded, is_heading

_LOOKED_AT = 60  # rows among which a header is looked for
_DEEPEST = 6  # rows of a header
_LABEL = re.compile(r"[:：]|[0-9]{4}年|^附(?:件|表)|填[报表]|制表|台账|(?:统计|汇总|情况|一览|摸底|登记)表")
_TOTAL = re.compile(
    r"(?:(?:本页|本表|全县|全市|全区|全省|各镇|总)?(?:合计|小计|总计|共计|累计)(?:数|人数)?|总数|共[0-9]+[家个户]|(?:sub|grand)?total|.{1,12}(?:合计|小计|总计))"
    r"(?:[:：]|[(（][^()（）]*[)）]|[0-9]+[家个人名户])*"
)
_FOOTER = re.compile(
    r"(?:(?:填表|填报|制表|审核|复核|统计|经办|负责|联系|单位负责|分管|主要)(?:人|单位|时间|日期|负责人|电话|领导)|制表|审核|审批|联系电话|日期"
    r"|备注|注|说明|填表说明|填报说明|填报要求|要求)(?:签[字章名]|盖章)?(?:[:：(（0-9]|$)"
)
_NUMBER = re.compile(r"[0-9]+(?:\.0+)?")
TOWNSHIP = re.compile(r".{1,8}(?:镇|乡|街道|街道办事处)")
_CODE = re.compile(r"[A-Z]{1,2}[0-9]{0,3}")
_STEMS = ("甲", "乙", "丙", "丁")  # columns of a form that hold no numbers
_USUAL = re.compile(rf"(?!\s*$)(?!.*(?:计|total|名|共[0-9]))(?!\s*(?:{_FOOTER.pattern}))", re.IGNORECASE | re.DOTALL)
_NUMBERED = re.compile(r"^(?:[（(][一二三四五六七八九十]+[）)]|[一二三四五六七八九十]+[、.．]|[0-9]{1,2}[、.．](?=\D))\s*")
_CHAPTER = re.compile(r"[（(]?[一二三四五六七八九十]+[）)、.．]")  # 1、甲协会 is a body; 一、社会团体 is not
_UNIT_ABOVE = re.compile(r"(?<!填报)(?<!报送)单位[:：]\s*(\S+)")
_AS_OF = re.compile(r"(?:截至|截止到?|统计时点|统计截止(?:时间|日期)?)[^0-9]{0,6}([0-9]{4}[年\-./][0-9]{1,2}[月\-./][0-9]{1,2}日?)")


class Heading(NamedTuple):
    """A column's heading: where it stands (row and column from 0) and the groups above it."""

    row: int
    at: int
    path: tuple[str, ...]

    @property
    def text(self) -> str:
        """The heading with its groups, as it is shown."""
        return " / ".join(" ".join(part.split()) for part in self.path)


class Header(NamedTuple):
    """A sheet's header: its first and last row from 0, and its columns."""

    top: int
    bottom: int
    columns: list[Heading]


class Body(NamedTuple):
    """A sheet's rows below the header, by number from 0.

    `data` are the rows of data; `groups` gives for each of them the text of the group row above it; `totals` are rows of totals;
    `skipped` says of each other row that is not empty why it is no data ('footer', 'code_row', 'numbered', 'header_again', 'group').
    """

    data: list[int]
    groups: dict[int, str]
    totals: list[int]
    skipped: dict[int, str]


def spread(grid: Grid, rows: range | None = None) -> list[list[Any]]:
    """Return the rows with the value of each merged range in all of its cells; the rows of the grid are not changed.

    >>> spread(Grid("", [["a", ""], ["", "b"]], [(0, 0, 0, 1)]))
    [['a', 'a'], ['', 'b']]
    """
    made = list(grid.rows)
    copied: set[int] = set()
    for top, left, bottom, right in grid.merges or ():
        value = made[top][left] if top < len(made) and left < len(made[top]) else None
        for row in range(top, min(bottom + 1, len(made))):
            if rows is not None and row not in rows:
                continue
            if row not in copied:
                made[row] = list(made[row])
                copied.add(row)
            made[row].extend([None] * (right + 1 - len(made[row])))
            made[row][left : right + 1] = [value] * (right + 1 - left)
    return made


def find_header(grid: Grid, knows: Callable[[object], bool] = is_heading) -> Header | None:
    """Return a sheet's header: the row with the most known headings, with the rows of groups above and below it.

    >>> grid = Grid("", [["台账"], ["社会组织名称", "从业人员数", ""], ["", "专职", "兼职"], ["甲", 1, 2]])
    >>> find_header(grid).bottom, [heading.path for heading in find_header(grid).columns][1:]
    (2, [('从业人员数', '专职'), ('从业人员数', '兼职')])
    """
    rows = spread(grid, range(_LOOKED_AT))[:_LOOKED_AT]
    texts = [{str(cell) for cell in row if is_filled(cell)} for row in rows]
    headings = set(filter(knows, set[str]().union(*texts)))
    known = [len(set(map(folded, headings & each))) for each in texts]
    if not any(known):
        return None
    best = max(range(len(rows)), key=lambda row: (known[row], -row))
    top, bottom = _above(grid, rows, best, knows), min(_below(grid, rows, best, knows), len(rows) - 1)
    return Header(top, bottom, _columns(grid, rows, top, bottom))


def given_header(grid: Grid, top: int, bottom: int) -> Header:
    """Return the header in rows that a mapping names."""
    rows = spread(grid, range(bottom + 1))[: bottom + 1]
    return Header(top, bottom, _columns(grid, rows, top, bottom))


def _texts(row: Sequence[Any]) -> list[str]:
    return [str(cell).strip() for cell in row if is_filled(cell)]


def _above(grid: Grid, rows: list[list[Any]], best: int, knows: Callable[[object], bool]) -> int:
    top = min((merge[0] for merge in grid.merges or () if merge[0] <= best <= merge[2] and merge[0] > best - _DEEPEST), default=best)
    while top and best - top < _DEEPEST:
        above = rows[top - 1]
        distinct = dict.fromkeys(_texts(above))
        words = all(isinstance(cell, str) for cell in above if is_filled(cell))
        if len(distinct) < 2 or not words or any(_LABEL.search(text) for text in distinct):  # a title, or a line of labels
            break
        if not any(knows(text) for text in distinct) and not _merged(grid, top - 1):
            break
        top -= 1
    return top


def _merged(grid: Grid, row: int) -> bool:
    return sum(merge[0] <= row <= merge[2] and merge[3] > merge[1] for merge in grid.merges or ()) > 1


def _below(grid: Grid, rows: list[list[Any]], best: int, knows: Callable[[object], bool]) -> int:
    bottom = max((merge[2] for merge in grid.merges or () if merge[0] <= best <= merge[2] < best + _DEEPEST), default=best)
    named = next((at for at, cell in enumerate(rows[best]) if is_filled(cell) and "名" in str(cell)), None)
    while bottom + 1 < len(rows) and bottom - best < _DEEPEST:
        below = rows[bottom + 1]
        filled = [cell for cell in below if is_filled(cell)]
        # a row of leaves has nothing below the heading of names, and words that forms use below its groups
        above = [at for at, cell in enumerate(below) if is_filled(cell) and at < len(rows[bottom]) and is_filled(rows[bottom][at])]
        leaves = [cell for cell in filled if isinstance(cell, str) and (knows(cell) or folded(cell) in TOTALS)]
        empty = named is None or named >= len(below) or not is_filled(below[named])
        if not filled or not empty or not all(isinstance(cell, str) for cell in filled) or 2 * len(leaves) < len(filled) or not above:
            break
        bottom += 1
    return bottom


def _columns(grid: Grid, rows: list[list[Any]], top: int, bottom: int) -> list[Heading]:
    width = max((len(row) for row in rows[top : bottom + 1]), default=0)
    block = [[*row, *[None] * (width - len(row))] for row in rows[top : bottom + 1]]
    inside = {(row, at) for t, left, b, right in grid.merges or () for row in range(t, b + 1) for at in range(left, right + 1)}
    for depth, row in enumerate(block[:-1]):
        for at in range(1, width):  # a group that is not merged stands over its first column alone
            alone = not is_filled(row[at]) and (top + depth, at) not in inside and is_filled(row[at - 1])
            below = [any(is_filled(under[near]) for under in block[depth + 1 :]) for near in (at - 1, at)]
            if alone and all(below) and (depth == 0 or block[depth - 1][at] == block[depth - 1][at - 1]):
                row[at] = row[at - 1]
    found = []
    for at in range(width):
        path: list[str] = []
        last = bottom
        for depth, row in enumerate(block):
            if is_filled(row[at]):
                text = str(row[at]).strip()
                if not path or path[-1] != text:
                    path.append(text)
                    last = top + depth
        if path:
            found.append(Heading(last, at, tuple(path)))
    return found


class Columns(NamedTuple):
    """Where a sheet's columns of names, of serial numbers and of numbers that tell rows apart stand, -1 without one; all that are read."""

    name: int
    serial: int
    key: int
    used: Sequence[int]


def find_body(grid: Grid, header: Header, at: Columns) -> Body:
    """Tell the rows of data below a header from totals, footers, group rows, numbers without a body and headings repeated.

    A row with a number that tells it apart is always one of data.
    """
    body, groups, totals, skipped = [], {}, [], {}
    label, begun = "", False
    leaves = {heading.at: folded(heading.path[-1]) for heading in header.columns}
    wide = {top for top, left, bottom, right in grid.merges or () if top == bottom and right > left}
    near, *others = [column for column in at.used if column != at.name][:3] or [-1]
    for number in range(header.bottom + 1, len(grid.rows)):
        row = grid.rows[number]
        name = row[at.name] if 0 <= at.name < len(row) else None
        # most rows have a name and something beside it, and neither is a word for a total, a footer or a heading
        usual = begun and _usual(name) and (not isinstance(row[0], str) or _usual(row[0]))
        beside = usual and ((0 <= near < len(row) and is_filled(row[near])) or any(is_filled(_cell(row, column)) for column in others))
        kind = ""
        if not beside and (not is_filled(key := _cell(row, at.key)) or is_total(key)):
            filled = [(column, cell) for column, cell in enumerate(row) if is_filled(cell)]
            if not filled:
                continue
            kind = _kind(filled, leaves, at, merged=number in wide, first=not begun)
            label = _NUMBERED.sub("", str(filled[0][1]).strip()) if kind == "group" else label
        begun = True
        if kind == "total":
            totals.append(number)
        elif kind:
            skipped[number] = kind
        else:
            body.append(number)
            groups[number] = label
    return Body(body, groups, totals, skipped)


def _cell(row: Sequence[Any], at: int) -> Any:
    return row[at] if 0 <= at < len(row) else None


def _usual(cell: object) -> bool:
    return isinstance(cell, str) and _USUAL.match(cell) is not None


def _kind(filled: Sequence[tuple[int, Any]], leaves: Mapping[int, str], at: Columns, *, merged: bool, first: bool) -> str:
    """Return what a row is if it is not of data: a total, a footer, a group, a number alone, or the headings again."""
    first_at, start = filled[0]
    name = next((re.sub(r"\s+", "", str(cell)).casefold() for column, cell in filled if column == at.name), "")
    texts = [re.sub(r"\s+", "", str(cell)).casefold() for _, cell in filled[:3] if isinstance(cell, str)]
    single = len({str(cell) for _, cell in filled}) == 1 and (merged or len(filled) == 1)
    label = single and isinstance(start, str) and not _is_number(start) and (merged or first_at <= at.name)
    total = texts and is_total(texts[0]) and (not name or name == texts[0] or first_at < at.name)
    is_it = {
        "code_row": first and _is_code_row(filled, len(leaves)),
        "numbered": all(column == at.serial and _is_number(cell) for column, cell in filled),
        "header_again": len(filled) > 1 and all(leaves.get(column) == folded(cell) for column, cell in filled),
        "total": total or is_total(name) or (not name and any(map(is_total, texts))),
        "footer": texts and _FOOTER.match(texts[0]) and len(filled) <= max(4, len(at.used) // 2),
        "group": label and (merged or first_at != at.name or _CHAPTER.match(start.strip()) or TOWNSHIP.fullmatch(start.strip())),
        "unused": not any(column in at.used for column, _ in filled),
    }
    return next((kind for kind, holds in is_it.items() if holds), "")


def _is_number(cell: object) -> bool:
    return _NUMBER.fullmatch(unicodedata.normalize("NFKC", str(cell)).strip()) is not None


def is_total(cell: object) -> bool:
    """Whether a cell says that its row holds totals.

    >>> is_total("合　计"), is_total("城关镇小计"), is_total("统计协会")
    (True, True, False)
    """
    return isinstance(cell, str) and _TOTAL.fullmatch(re.sub(r"\s+", "", cell).casefold()) is not None


def _is_code_row(filled: Sequence[tuple[int, Any]], width: int) -> bool:
    """Whether a row holds the codes of columns (A, B, C1; 甲, 乙) or their numbers (1, 2, 3) rather than data."""
    texts = [str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell) for _, cell in filled]
    texts = [re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", text)) for text in texts]
    texts = texts[texts[0] in ("栏次", "代码", "编码") :]
    if len(texts) < min(4, width):
        return False
    stems = [text for text in texts if text in _STEMS]
    rest = [text for text in texts if text not in _STEMS]
    numbered = all(text.isdecimal() for text in rest) and [int(text) for text in rest] == list(range(1, len(rest) + 1))
    lettered = all(_CODE.fullmatch(text) for text in rest) and len(set(rest)) == len(rest)
    return stems == list(_STEMS[: len(stems)]) and (numbered or lettered) and (len(texts) >= 4 or len(stems) == 0)


def units_in_title(grid: Grid, header: Header) -> dict[str, tuple[int, int]]:
    """Return the units of money that lines above the header name, as 单位：万元, each with its place."""
    found: dict[str, tuple[int, int]] = {}
    for number, row in enumerate(grid.rows[: header.top]):
        for at, cell in enumerate(row):
            beside = next((str(each) for each in row[at + 1 :] if is_filled(each)), "")
            match = _UNIT_ABOVE.search(f"{cell} {beside}") if isinstance(cell, str) else None
            for unit in re.split(r"[、,，/;；或()（）]", match[1]) if match else ():
                if unit in MONEY_UNITS:
                    found.setdefault(unit, (number, at))
    return found


def day_in_title(grid: Grid, header: Header) -> tuple[date, int, int] | None:
    """Return the day of the count that a line above the header names, and where; nothing where lines differ."""
    found: dict[date, tuple[int, int]] = {}
    for number, row in enumerate(grid.rows[: header.top]):
        for at, cell in enumerate(row):
            match = _AS_OF.search(str(cell)) if isinstance(cell, str) else None
            if match:
                try:
                    day = read_date(re.sub(r"[年月./]", "-", match[1]).rstrip("日-"))
                except ValueError:
                    continue
                found.setdefault(day, (number, at))
    return next(((day, *place) for day, place in found.items()), None) if len(found) == 1 else None
