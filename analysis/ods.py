"""Workbooks of the kind .ods: what their tables will take, where one row or cell may stand for many."""

from __future__ import annotations

from analysis.calamine import Notes
from analysis.grid import GridError, Limits, fit, fit_sheets
from analysis.markup import parse
from analysis.zipped import Parts

_KIND = b"application/vnd.oasis.opendocument.spreadsheet"
_CELLS = {"table:table-cell", "table:covered-table-cell"}
_VALUES = {f"office:{name}value" for name in ("", "string-", "date-", "time-", "boolean-")}
_TEXTS = ("office:string-value", "office:date-value", "office:time-value", "table:formula")
_ROWS, _COLUMNS = 1_048_576, 16_384  # repeated no further than this


def note_ods(parts: Parts) -> list[Notes]:
    """Return what is noted of each table of a workbook."""
    if "mimetype" not in parts.names or not parts.whole("mimetype").startswith(_KIND):
        raise GridError("no_kind")
    if any(tag == "encryption-data" for tag, _ in parts.elements("meta-inf/manifest.xml")):
        raise GridError("password")
    content = _Content(parts.limits)
    parse(parts.chunks(parts.only("content.xml")), content.start, content.end, content.text)
    return content.notes


class _Content:
    """The tables of an OpenDocument file: a row or cell may stand for many, which count where they or later ones hold something."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.notes, self.inside, self.named = limits, list[Notes](), False, False
        self.row, self.column, self.down, self.across = 0, 0, 1, 1
        self.size, self.error = 0, ""
        self.filled, self.failed = False, False

    def start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "table:table":
            if self.inside:
                raise ValueError(tag)
            self.inside, self.named = True, "table:name" in given
            if self.named:
                self.notes.append(Notes(given["table:name"]))
                self.notes[-1].merges, self.row, self.down = [], 0, 1
                fit_sheets(len(self.notes), self.limits)
        elif tag == "table:table-row":
            self.column, self.down = 0, max(1, min(int(given.get("table:number-rows-repeated", 1)), _ROWS - self.row))
        elif tag in _CELLS and self.inside and self.named:
            self.across = max(0, min(int(given.get("table:number-columns-repeated", 1)), _COLUMNS - self.column))
            self._cell(self.notes[-1], given)
            self.column += self.across
        elif tag == "text:s":  # as many spaces as it says
            self.size += abs(int(given.get("text:c", 1)))
        elif tag == "text:p":
            self.size += 1

    def _cell(self, note: Notes, given: dict[str, str]) -> None:
        valued = not _VALUES.isdisjoint(given) or given.get("office:value-type") == "string"
        self.filled, self.failed = valued or "table:formula" in given, given.get("calcext:value-type") == "error"
        self.size, self.error = sum(len(given.get(name, "")) for name in _TEXTS), ""
        if self.filled:
            note.fill(self.row + self.down - 1, self.column + self.across - 1)
            fit(note.rows, note.columns, self.limits, note.sheet)
            if not valued:
                note.lack(self.row, self.column)
        down, across = (int(given.get(f"table:number-{side}-spanned", 1)) for side in ("rows", "columns"))
        if note.merges is not None and (down > 1 or across > 1):
            note.merges.append((self.row, self.column, self.row + down - 1, self.column + across - 1))

    def text(self, data: str) -> None:
        self.size += len(data)
        if self.failed:
            self.error += data

    def end(self, tag: str) -> None:
        if tag == "table:table":
            self.inside = False
        elif tag == "table:table-row":
            self.row += self.down
        elif tag in _CELLS and self.filled:
            note, last = self.notes[-1], (self.row + self.down - 1, self.column - 1)
            note.text += self.size * self.down * self.across
            if self.failed:
                note.errors.append((self.row, self.column - self.across, *last, self.error.strip()))
            self.filled = self.failed = False
