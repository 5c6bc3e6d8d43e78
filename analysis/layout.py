"""Where a sheet's header and data stand: headings with their groups, the rows that hold data, and the rows that do not."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect, bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from analysis.cells import is_filled, read_date
from analysis.grids import Grid
from analysis.headings import MONEY_UNITS, TOTALS, folded, headings_among, is_heading, is_unit, words
from analysis.rows import group_label, is_footer, is_title, is_total, may_be_no_body, named_by, place_alone, place_in_title, plain

_LOOKED_AT = 60  # rows among which a header is looked for
_DEEPEST = 6  # rows of a header
_LABEL = re.compile(r"[:：]|[0-9]{4}年|^附(?:件|表)|填[报表]|制表|台账|(?:统计|汇总|情况|一览|摸底|登记)表")
_NUMBER = re.compile(r"[0-9]+(?:\.0+)?")
_CODE = re.compile(r"[A-Z]{1,2}[0-9]{0,3}")
_CHINESE = re.compile(r"[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．]?")
_LONG = 12  # characters: a longer text is a name, no heading
_CLOSE = 1e-6  # sums of amounts as far as they are the same
_STEMS = ("甲", "乙", "丙", "丁")  # columns of a form that hold no numbers
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
    `skipped` says of each other row that is not empty why it is no data ('footer', 'code_row', 'numbered', 'header_again', 'title', 'group',
    'subtotal', 'part', 'page', 'example', 'other_header', 'other_table', 'unused').
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
        known = 2 * len(leaves) >= len(filled) or all(map(is_unit, filled))
        if not filled or not empty or not all(isinstance(cell, str) for cell in filled) or not known or not above:
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
    units = len(block) - 1 if _has_units(block) else -1
    paths = [_path([row[at] for row in block], units) for at in range(width)]
    return [Heading(top + last, at, path) for at, (path, last) in enumerate(paths) if path]


def _path(cells: Sequence[Any], units: int) -> tuple[tuple[str, ...], int]:
    """Return a column's heading below its groups, and which cell it stands in; a unit in a row of units goes with what is above it."""
    path: list[str] = []
    last = len(cells) - 1
    for depth, cell in enumerate(cells):
        text = str(cell).strip() if is_filled(cell) else ""
        if text and path and depth == units and text != path[-1]:
            path[-1] += text if text[0] in "(（" else f"（{text}）"
        elif text and (not path or path[-1] != text):
            path.append(text)
            last = depth
    return tuple(path), last


def _has_units(block: Sequence[Sequence[Any]]) -> bool:
    """Whether the last row of a header holds units alone, but for what is merged down from the row above."""
    pairs = zip(block[-1], block[-2], strict=True) if len(block) > 1 else ()
    own = [cell for cell, over in pairs if is_filled(cell) and cell != over]
    return bool(own) and all(map(is_unit, own))


class Columns(NamedTuple):
    """Where a sheet's columns of names, of serial numbers and of numbers that tell rows apart stand, -1 without one; all that are read."""

    name: int
    serial: int
    key: int
    used: Sequence[int]


def find_body(grid: Grid, header: Header, at: Columns) -> Body:
    """Tell the rows of data below a header from totals, footers, group rows, numbers without a body, headings repeated, another table.

    A row with a number that tells it apart is always one of data, but in another table.
    """
    rows, kinds = grid.rows, dict(_kinds(grid, header, at))
    _another_table(rows, kinds, _headers_below(grid, header, at))
    _titles(rows, kinds, {plain(cell) for row in rows[: header.top] for cell in _texts(row)})
    _foot(rows, kinds)
    _parts(rows, kinds, at)
    _subtotals(rows, kinds, at)
    groups = dict(_labelled(rows, kinds, header, at))
    skipped = {number: kind for number, kind in kinds.items() if kind not in ("", "total")}
    return Body(list(groups), groups, [number for number, kind in kinds.items() if kind == "total"], skipped)


def _kinds(grid: Grid, header: Header, at: Columns) -> Iterator[tuple[int, str]]:
    """Yield each row below the header that is not empty, and what it is by itself; nothing for one of data."""
    begun = False
    leaves: dict[int, set[str]] = {heading.at: set(map(folded, heading.path)) for heading in header.columns}
    wide = {top for top, left, bottom, right in grid.merges or () if top == bottom and right > left}
    near, *others = [column for column in at.used if column != at.name][:3] or [-1]
    for number in range(header.bottom + 1, len(grid.rows)):
        row = grid.rows[number]
        name = row[at.name] if 0 <= at.name < len(row) else None
        # most rows have a name and something beside it, and neither is a word for a total, a footer or a heading
        usual = begun and not may_be_no_body(name) and (not isinstance(row[0], str) or row[0].isdecimal() or not may_be_no_body(row[0]))
        beside = usual and ((0 <= near < len(row) and is_filled(row[near])) or any(is_filled(_cell(row, column)) for column in others))
        kind = ""
        if not beside and (not is_filled(key := _cell(row, at.key)) or is_total(key)):
            filled = [(column, cell) for column, cell in enumerate(row) if is_filled(cell)]
            if not filled:
                continue
            kind = _kind(filled, leaves, at, merged=number in wide, first=not begun)
        begun = True
        yield number, kind


def _cell(row: Sequence[Any], at: int) -> Any:
    return row[at] if 0 <= at < len(row) else None


def _kind(filled: Sequence[tuple[int, Any]], leaves: Mapping[int, Set[str]], at: Columns, *, merged: bool, first: bool) -> str:
    """Return what a row is if it is not of data: a total, a footer, a group, a number alone, or the headings again."""
    first_at, start = filled[0]
    name = next((plain(cell) for column, cell in filled if column == at.name), "")
    texts = [plain(cell) for _, cell in filled[:3] if isinstance(cell, str)]
    single = len({str(cell) for _, cell in filled}) == 1 and (merged or len(filled) == 1)
    label = single and isinstance(start, str) and not _is_number(start) and (merged or first_at <= at.name)
    total = texts and is_total(texts[0]) and (not name or name == texts[0] or first_at < at.name)
    is_it = {
        "code_row": first and _is_code_row(filled, len(leaves)),
        "numbered": all(column == at.serial and _is_number(cell) for column, cell in filled),
        "header_again": len(filled) > 1 and all(folded(cell) in leaves.get(column, ()) for column, cell in filled),
        "total": total or is_total(name) or (not name and any(map(is_total, texts))),
        "footer": texts and is_footer(texts[0]) and len(filled) <= max(4, len(at.used) // 2),
        named_by(name or next(iter(texts), ""), alone=single): True,
        "group": label and (merged or first_at != at.name or _CHAPTER.match(start.strip()) or _is_group(start)),
        "unused": not any(column in at.used for column, _ in filled),
    }
    return next((kind for kind, holds in is_it.items() if kind and holds), "")


def _is_group(text: str) -> bool:
    """Whether a name alone in its row is that of a township or of a kind, which no body has."""
    return bool(place_alone(text)) or folded(group_label(text)) in words("organisations/kind")


# ------------------------------------------------------------------ what only other rows tell of a row


def _headers_below(grid: Grid, header: Header, at: Columns) -> set[int]:
    """Return the rows below the header that are the header of another table: headings, most of them known, and no number."""
    columns = {column for column in (0, at.serial, at.name) if column >= 0}
    below = grid.rows[header.bottom + 1 :]
    texts = {cell for row in below for column in columns if column < len(row) and isinstance(cell := row[column], str)}
    heads = {text for text in headings_among(texts) if len(text) < _LONG}
    if not heads:
        return set()
    may_be = [at_ for at_, row in enumerate(below) if any(_cell(row, column) in heads for column in columns)]
    return {header.bottom + 1 + at_ for at_ in may_be if _heads_a_table(below[at_])}


def _heads_a_table(row: Sequence[Any]) -> bool:
    filled = [cell for cell in row if is_filled(cell)]
    if not all(isinstance(cell, str) and not _is_number(cell) and not re.search(r"[:：]\s*$", cell) for cell in filled):
        return False
    known = sum(map(is_heading, filled))
    return known > 1 and 2 * known >= len(filled)


def _another_table(rows: Sequence[Sequence[Any]], kinds: dict[int, str], headers: Set[int]) -> None:
    """Mark the rows from another table's header on, until the sheet's own headings stand again, and the titles above it."""
    if not headers:
        return
    other, above = False, list[int]()
    for number, kind in kinds.items():
        if kind == "header_again":
            other = False
        elif number in headers and kind in ("", "unused"):
            other = True
            kinds |= dict.fromkeys(above, "other_table") | {number: "other_header"}
        elif other:
            kinds[number] = "other_table"
        above = [*above, number] if _alone(rows[number]) and kind in ("", "group", "unused") else []


def _alone(row: Sequence[Any]) -> bool:
    return sum(map(is_filled, row)) == 1


def _titles(rows: Sequence[Sequence[Any]], kinds: dict[int, str], above: Set[str]) -> None:
    """Mark the lines above headings that stand again which read as titles, and those that stand above the header, too."""
    if not any(kind in ("group", "header_again") for kind in kinds.values()):
        return
    before = list[int]()
    for number, kind in kinds.items():
        if kind == "header_again":
            kinds |= {line: "title" for line in before if is_title(_texts(rows[line])[0])}
        lone = kind in ("", "group", "unused") and len(set(_texts(rows[number]))) == 1 and (kind == "group" or _alone(rows[number]))
        before = [*before, number] if lone else []
        if lone and plain(_texts(rows[number])[0]) in above:
            kinds[number] = "title"


def _foot(rows: Sequence[Sequence[Any]], kinds: dict[int, str]) -> None:
    """Mark the lines of one cell that follow a footer at the end of a table whose rows have more."""
    last = next((number for number, kind in reversed(kinds.items()) if not kind and not _alone(rows[number])), None)
    begun = False
    for number in kinds if last is not None and "footer" in kinds.values() else ():
        if number > (last or 0):
            begun = begun or kinds[number] == "footer"
            kinds[number] = "footer" if begun and not kinds[number] else kinds[number]


def _parts(rows: Sequence[Sequence[Any]], kinds: dict[int, str], at: Columns) -> None:
    """Mark the rows that go on with the parts of a total: numbers beside a name, without a number of the row's own."""
    within = False
    for number, kind in kinds.items() if "part" in kinds.values() else ():
        name = _cell(rows[number], at.name)
        bare_one = not is_filled(_cell(rows[number], at.serial)) and _of_numbers(rows[number], at)
        within = kind == "part" or (within and not kind and bare_one and (at.serial >= 0 or folded(name) in words("organisations/kind")))
        kinds[number] = "part" if within else kind


def _of_numbers(row: Sequence[Any], at: Columns) -> bool:
    """Whether a row has a name and, beside its number, numbers alone."""
    others = [cell for column, cell in enumerate(row) if column not in (at.name, at.serial) and is_filled(cell)]
    return isinstance(_cell(row, at.name), str) and bool(others) and all(_amount(cell) is not None for cell in others)


def _amount(cell: object) -> float | None:
    """Return a number as it stands, 0 for an empty cell."""
    if not is_filled(cell):
        return 0
    if isinstance(cell, (int, float)):
        return None if isinstance(cell, bool) else cell
    text = unicodedata.normalize("NFKC", str(cell)).replace(",", "").strip()
    return float(text) if isinstance(cell, str) and re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{1,6})?", text) else None


def _subtotals(rows: Sequence[Sequence[Any]], kinds: dict[int, str], at: Columns) -> None:
    """Mark group rows that carry the sums of the rows below, or are counted in Chinese numerals above rows counted in figures."""
    data = [number for number, kind in kinds.items() if not kind]
    serials = [number for number in data if is_filled(cell := _cell(rows[number], at.serial)) and _is_number(cell)]
    heads = [number for number in data if _may_head(rows[number], at, counted=bool(serials))]
    if not heads or len(heads) == len(data) or (serials and 2 * len(serials) < len(data) - len(heads)):
        return
    ends = [*heads[1:], len(rows)]
    for head, end in zip(heads, ends, strict=True):
        members = [rows[number] for number in data[bisect(data, head) : bisect_left(data, end)]]
        chinese = serials and _CHINESE.fullmatch(str(_cell(rows[head], at.serial)).strip())
        if chinese or _sums_up(rows[head], members, at):
            kinds[head] = "subtotal"


def _ends_as_kind(name: str) -> bool:
    """Whether a name may be that of a kind, at first sight: few bodies' names end so."""
    return name[-1:] in ")）" or name[-2:] in _kind_ends()


@cache
def _kind_ends() -> frozenset[str]:
    return frozenset(word[-2:] for word in words("organisations/kind"))


def _may_head(row: Sequence[Any], at: Columns, *, counted: bool) -> bool:
    """Whether a row of numbers may be a group's: without a number among rows that have one, or called as townships or kinds are."""
    serial, name = _cell(row, at.serial), _cell(row, at.name)
    without = counted and (not is_filled(serial) or (isinstance(serial, str) and _CHINESE.fullmatch(serial.strip()) is not None))
    called = isinstance(name, str) and (place_alone(name) or (_ends_as_kind(name) and folded(name) in words("organisations/kind")))
    return bool(without or called) and _of_numbers(row, at)


def _sums_up(head: Sequence[Any], members: Sequence[Sequence[Any]], at: Columns) -> bool:
    """Whether each number of a row is the sum of those below, and more than one number or row shows it; of a township, none at all, too."""
    columns = [column for column, cell in enumerate(head) if column not in (at.name, at.serial) and is_filled(cell)]
    own = [_amount(head[column]) or 0 for column in columns]
    place = place_alone(str(head[at.name]))
    if not members:
        return bool(place) and not any(own)
    below = [[_amount(_cell(member, column)) for member in members] for column in columns]
    enough = place or len(columns) > 1 or len(members) > 1
    return bool(enough and any(own)) and all(
        None not in cells and abs(sum(cell or 0 for cell in cells) - mine) < _CLOSE for mine, cells in zip(own, below, strict=True)
    )


def _labelled(rows: Sequence[Sequence[Any]], kinds: Mapping[int, str], header: Header, at: Columns) -> Iterator[tuple[int, str]]:
    """Yield each row of data with the text of the group row above it, or the township of the title."""
    places = any(kind == "title" and place_in_title(_texts(rows[number])[0]) for number, kind in kinds.items())
    titles = [place for row in rows[: header.top] for text in _texts(row) if (place := place_in_title(text))] if places else []
    label = titles[-1] if titles else ""
    for number, kind in kinds.items():
        if kind == "group":
            label = group_label(_texts(rows[number])[0])
        elif kind == "subtotal":
            label = group_label(str(_cell(rows[number], at.name)))
        elif kind == "title":
            label = place_in_title(_texts(rows[number])[0]) or label
        elif not kind:
            yield number, label


def _is_number(cell: object) -> bool:
    return (type(cell) is int and cell >= 0) or _NUMBER.fullmatch(unicodedata.normalize("NFKC", str(cell)).strip()) is not None


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
