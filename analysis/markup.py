"""Markup: tags told one by one, tables of HTML, and workbooks in one XML file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from html import unescape
from typing import Any
from xml.parsers import expat

from analysis.calamine import Notes
from analysis.grid import Grid, GridError, Limits, fit, fit_sheets, put


def parse(
    chunks: Iterator[bytes],
    start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object] | None = None,
    text: Callable[[str], object] | None = None,
    *,
    encoding: str | None = None,
) -> None:
    """Tell of a document's elements, as it streams by; one that declares entities is refused."""

    def refuse(*_: object) -> None:
        raise ValueError("DOCTYPE")

    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = refuse
    for chunk in chunks:
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


class _Spans:
    """Rows of cells, each of which may take the places of several."""

    def __init__(self, limits: Limits, sheet: str = "", after: _Spans | None = None) -> None:
        self.limits, self.sheet, self.columns, self.next = limits, sheet, 0, 0
        self.beside: int = after.beside + after.columns * len(after.rows) if after else 0
        self.rows: list[list[Any]] = []
        self.merges: list[tuple[int, int, int, int]] = []
        self.taken: dict[int, int] = {}

    def begin(self, row: int | None = None) -> None:
        """Begin the next row, or the one of that number, from 1."""
        row = len(self.rows) + 1 if row is None else row
        if row <= len(self.rows):
            raise ValueError(f"row {row}")
        fit(row, self.columns, self.limits, self.sheet, beside=self.beside)
        self.rows.extend([] for _ in range(row - len(self.rows)))
        self.next = 0

    def put(self, value: Any, down: int, across: int, column: int | None = None) -> tuple[int, int]:
        """Put a value into the next free cell, or into that of a number, from 1; return its place."""
        if not self.rows:
            self.begin()
        top = len(self.rows) - 1
        left = self.next if column is None else column - 1
        while self.taken.get(left, 0) > top:
            left += 1
        if left < 0 or down < 1 or across < 1:
            raise ValueError(f"cell {left}")
        self.columns, self.next = max(self.columns, left + across), left + across
        fit(top + 1, self.columns, self.limits, self.sheet, beside=self.beside)
        if down > 1 or across > 1:
            self.merges.append((top, left, top + down - 1, left + across - 1))
            self.taken.update(dict.fromkeys(range(left, left + across), top + down))
        put(self.rows, top, left, value)
        return top, left


# ------------------------------------------------------------------ HTML

# comments and programs, what else is no content, an element, text; the standard parser takes hours over a comment left open
_TOKENS = re.compile(
    r"""<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1[^>]*>?|\Z)|<[!?][^>]*>?"""
    r"""|<(?P<end>/?)(?P<tag>[a-z][a-z0-9:]*)(?P<given>(?:"[^"<]*"|'[^'<]*'|[^"'<>])*+)>|(?P<text>[^<]+|<)""",
    re.IGNORECASE | re.DOTALL,
)
_SPAN = re.compile(r"""(?<![\w-])(rowspan|colspan)\s*=\s*["']?\s*([0-9]{1,5})(?![0-9])""", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
_BREAKS = {"br", "p", "div", "li", "tr"}
_CELL_TAGS = {"td", "th", "caption"}


def read_html(text: str, limits: Limits) -> list[Grid]:
    """Return the tables of a page."""
    page = _Page(limits)
    for token in _TOKENS.finditer(text):
        if token["tag"]:
            (page.end if token["end"] else page.start)(token["tag"].lower(), token["given"])
        elif token["text"] and page.cell:
            page.words.append(_BLANKS.sub(" ", unescape(token["text"])))
    page.end_table()
    if not page.grids:
        raise GridError("no_table")
    return page.grids


class _Page:
    """The tables of a page that are in no other; what a table within a cell says is that cell's text."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.grids, self.table = limits, list[Grid](), _Spans(limits)
        self.depth, self.caption, self.cell = 0, "", ""
        self.span, self.words = (1, 1), list[str]()

    def start(self, tag: str, given: str) -> None:
        if tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.table, self.caption = _Spans(self.limits, str(len(self.grids) + 1), self.table), ""
                fit_sheets(len(self.grids) + 1, self.limits)
        elif self.depth == 1 and tag == "tr":
            self._end_cell()
            self.table.begin()
        elif self.depth == 1 and tag in _CELL_TAGS:
            self._end_cell()
            spans = {name.lower(): int(count) for name, count in _SPAN.findall(given)}
            self.cell, self.span = tag, (min(spans.get("rowspan", 1), 65_534) or 65_534, min(spans.get("colspan", 1), 1000) or 1)
        elif self.cell and tag in _BREAKS:
            self.words.append("\n")

    def end(self, tag: str, _: str) -> None:
        if tag == "table" and self.depth == 1:
            self.end_table()
        elif tag == "table" and self.depth:
            self.depth -= 1
        elif self.depth == 1 and (tag == "tr" or tag in _CELL_TAGS):
            self._end_cell()
        elif self.cell and tag in _BREAKS:
            self.words.append("\n")

    def _end_cell(self) -> None:
        lines = [_BLANKS.sub(" ", line).strip(" ") for line in "".join(self.words).split("\n")]
        text = "\n".join(line for line in lines if line)
        if self.cell == "caption":
            self.caption = text
        elif self.cell:
            self.table.put(text, *self.span)
        self.cell, self.words = "", []

    def end_table(self) -> None:
        """Add the table that is open, if one is; it ends with its last row."""
        if self.depth:
            self._end_cell()
            last = len(self.table.rows) - 1
            merges = [(top, left, min(bottom, last), right) for top, left, bottom, right in self.table.merges]
            self.grids.append(Grid(self.caption or self.table.sheet, self.table.rows, merges))
        self.depth = 0


# ------------------------------------------------------------------ workbooks in one XML file

_ZERO = datetime(1899, 12, 31)


def read_xml(text: str, limits: Limits) -> list[Grid]:
    """Return the sheets of a workbook in one XML file."""
    book = _Book(limits)
    parse(iter([text.encode()]), book.start, book.end, book.text, encoding="utf-8")
    return book.grids


class _Book:
    """The sheets of a workbook in SpreadsheetML of 2003."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.grids = limits, list[Grid]()
        self.sheet, self.lacks, self.given = _Spans(limits), Notes(), dict[str, str]()
        self.type, self.value, self.within = "", "", list[str]()

    def start(self, tag: str, given: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        own = {key.rpartition(":")[2]: value for key, value in given.items()}
        self.within.append(name)
        if name == "Worksheet":
            self.sheet, self.lacks = _Spans(self.limits, own.get("Name", ""), self.sheet), Notes()
            self.grids.append(Grid(self.sheet.sheet, self.sheet.rows, self.sheet.merges))
            fit_sheets(len(self.grids), self.limits)
        elif name == "Row":
            self.sheet.begin(int(own["Index"]) if "Index" in own else None)
        elif name == "Cell":
            self.given, self.type, self.value = own, "", ""
        elif name == "Data" and "Comment" not in self.within:
            self.type = own.get("Type", "String")
        elif name == "Visible":
            self.value = ""

    def text(self, data: str) -> None:
        if ("Data" in self.within and "Comment" not in self.within) or self.within[-1] == "Visible":
            self.value += data

    def end(self, tag: str) -> None:
        name = self.within.pop()
        if name == "Cell":
            down, across = (int(self.given.get(f"Merge{way}", 0)) + 1 for way in ("Down", "Across"))
            column = int(self.given["Index"]) if "Index" in self.given else None
            place = self.sheet.put(_typed(self.value, self.type), down, across, column)
            if "Formula" in self.given and not self.type:
                self.lacks.lack(*place)
        elif name == "Visible" and self.grids:
            self.grids[-1] = self.grids[-1]._replace(hidden="Hidden" in self.value)
        elif name == "Worksheet":
            self.grids[-1] = self.grids[-1]._replace(uncomputed=tuple(self.lacks.uncomputed))


def _typed(value: str, kind: str) -> Any:
    """Return a value in its type; one that cannot be read in it stays text."""
    try:
        if kind == "Number":
            return float(value)
        if kind == "DateTime":
            moment = datetime.fromisoformat(value)
            day = moment if moment.time() != datetime.min.time() else moment.date()
            return moment.time() if moment.date() <= _ZERO.date() else day
    except ValueError:
        return value
    return value == "1" if kind == "Boolean" else value
