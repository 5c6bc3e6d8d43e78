"""Workbooks of the kind .xlsx: what their sheets will take, told at a glance where they are spelt as by Excel, WPS or LibreOffice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache, reduce
from typing import NamedTuple
from zipfile import ZipInfo

from analysis.calamine import Notes
from analysis.grid import fit, fit_sheets, fit_text
from analysis.markup import parse
from analysis.zipped import Parts

_AGAIN = 1 << 12  # bytes looked at again, for what stands across a cut
_ROW, _COLUMN = 99_999, b"AS"  # how far a cell may be without being looked at: 45 columns fit with any number of rows
_BEYOND = re.compile(rb'<c(?! r="[A-Z][0-9]{1,5}"| r="A[A-S][0-9]{1,5}"|[A-Za-z])')
_CELLS = re.compile(rb'<c(?! r="[A-Z]{1,3}[0-9]{1,5}"|[A-Za-z])(?: r="[A-Z]{1,3}([0-9]{6,7})")?')
_COLUMNS = re.compile(rb'<c r="([A-Z]{2,3})[0-9]')
_ROWS = re.compile(rb'<row(?: r="([0-9]{1,7})"|(?![A-Za-z]))')
# errors, cells of another spelling, and formulas without a value; each by a byte of it, which is looked for much faster
_OTHER = {
    b"e": re.compile(rb't="e"'),
    b":": re.compile(rb":(?:c|row)[\s/>]"),
    b"f": re.compile(rb"</f>\s*(?:<v\s*/>|<v></v>)?\s*</c>"),
    b"/": re.compile(rb"/>\s*</c>"),
}
_REFERENCE = re.compile(rb"""["']s["'][^<>]*>\s*<(?:\w+:)?v>([0-9]{1,9})</(?:\w+:)?v>\s*</(?:\w+:)?c>""")
# tags in which no end of a string is hidden, as one could be in a comment
_TAGS = re.compile(r"""(?:\ufeff?<\?xml[^<>]*+>)?(?:[^<]++|</?[A-Za-z](?:[^<>"']++|"[^<>"]*+"|'[^<>']*+')*+>)*+""")
_SHORTEST = len('<c t="s"><v>0')
_CLAIM = re.compile(rb"""uniqueCount\s*=\s*["']\+?[0-9]{9}""")  # for so many strings memory is taken on trust


def note_xlsx(parts: Parts) -> list[Notes]:
    """Return what is noted of each sheet of a workbook; any part may be a sheet, under any name, and twice under one."""
    base = parts.base()
    paths = parts.targets(base, "workbook.xml")
    about = [item for tag, item in parts.elements(f"{base}workbook.xml") if tag == "sheet"]
    fit_sheets(len(about), parts.limits)
    keys = [next((key for name, key in item.items() if name.rpartition(":")[2] == "id"), "") for item in about]
    names = {paths[key]: item.get("name", "") for key, item in zip(keys, about, strict=True)}
    notes, referring = dict[str, Notes](), list[tuple[ZipInfo, int]]()
    for path, info in parts.all:
        seen = _glance(parts.chunks(info))
        if seen.odd or seen.rows * seen.columns > parts.limits.cells:
            notes[path] = note = _walk(parts.again(info), names.get(path, ""))
            fit(note.rows, note.columns, parts.limits, note.sheet)
        if seen.rows:
            referring.append((info, seen.size))
    _fit_strings(parts, f"{base}sharedstrings.xml", referring)
    return [notes.get(paths[key], Notes()) for key in keys]


# ------------------------------------------------------------------ cells


class _Seen(NamedTuple):
    """What a sheet does not pass: rows and columns, bytes; `odd` where each cell has to be looked at."""

    rows: int
    columns: int
    size: int
    odd: bool


def _glance(chunks: Iterator[bytes]) -> _Seen:
    """Return the bounds of a part, which takes a tenth of the time of looking at each cell."""
    rows, letters, size, sheet, odd = {b"0"}, {_COLUMN}, 0, False, False
    for body in _pieces(chunks, again=_AGAIN):
        sheet = sheet or b"sheetData" in body
        size += len(body)
        if sheet and not odd:
            rows.update(_ROWS.findall(body))
            if _BEYOND.search(body):
                rows.update(_CELLS.findall(body))
                letters.update(_COLUMNS.findall(body))
            odd = b"" in rows or any(byte in body and other.search(body) for byte, other in _OTHER.items())
    last = max((len(letter), letter) for letter in letters)[1].decode()
    return _Seen(max(_ROW, *map(int, rows - {b""})) if sheet else 0, _column(last) + 1, size, odd)


def _pieces(chunks: Iterator[bytes], *, again: int) -> Iterator[bytes]:
    """Yield a part in pieces that end with a tag, each after as many bytes of the one before, for what stands across the cut."""
    tail = b""
    for chunk in chunks:
        text = tail + chunk
        cut = text.rfind(b">", len(tail)) + 1 or len(text)
        yield text[:cut]
        tail = text[max(0, cut - again) :]


class _Walk:
    """Where the cells of a sheet are; what has no value takes no place."""

    def __init__(self, sheet: str) -> None:
        self.notes, self.row, self.column = Notes(sheet), 0, 0
        self.at, self.type, self.value, self.inside, self.tags = (0, 0), "n", "", False, set[str]()

    def start(self, tag: str, given: dict[str, str]) -> None:
        name = _local(tag)
        if name == "c":
            if address := given.get("r"):
                letters = address.rstrip("0123456789")
                self.at = int(address[len(letters) :]) - 1, _column(letters)
            else:
                self.at = self.row, self.column
            self.column = self.at[1] + 1
            self.type, self.value, self.tags = given.get("t", "n"), "", set()
        elif name == "row":
            self.column = 0
            if "r" in given:
                self.row = int(given["r"]) - 1
        else:
            self.tags.add(name)
            self.inside = name == "v"

    def text(self, data: str) -> None:
        if self.inside:
            self.value += data

    def end(self, tag: str) -> None:
        name = _local(tag)
        self.inside = False
        if name == "row":
            self.row += 1
        elif name == "c":
            if self.value or "is" in self.tags or ("v" in self.tags and self.type not in ("n", "s")):
                self.notes.fill(*self.at)
                if self.type == "e":
                    self.notes.fail(*self.at, self.value)
            elif "f" in self.tags:
                self.notes.lack(*self.at)


def _walk(chunks: Iterator[bytes], sheet: str) -> Notes:
    """Look at each cell of a sheet."""
    walk = _Walk(sheet)
    parse(chunks, walk.start, walk.end, walk.text)
    return walk.notes


@lru_cache(1000)
def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


@lru_cache(20_000)
def _column(letters: str) -> int:
    if not re.fullmatch("[A-Za-z]{1,3}", letters):
        raise ValueError(f"column {letters}")
    return reduce(lambda before, letter: 26 * before + ord(letter) - ord("@"), letters.upper(), 0) - 1


# ------------------------------------------------------------------ shared strings


def _fit_strings(parts: Parts, path: str, sheets: list[tuple[ZipInfo, int]]) -> None:
    """Raise GridError where the strings that cells of sheets show make too much text: by the longest and what there may be, then by each."""
    if path not in parts.names:
        return
    table, most = parts.only(path), parts.limits.text
    longest = _longest(parts.again(table))
    if longest * sum(size // _SHORTEST for _, size in sheets) > most and longest * sum(_count(parts, info) for info, _ in sheets) > most:
        lengths = _lengths(parts.again(table))
        fit_text(sum(_referred(parts.again(info), lengths) for info, _ in sheets), parts.limits)


def _count(parts: Parts, sheet: ZipInfo) -> int:
    """Return how many cells of a sheet show a shared string, at most."""
    return sum(map(_references, _pieces(parts.again(sheet), again=_AGAIN)))


def _references(body: bytes) -> int:
    return body.count(b'"s"') + (body.count(b"'s'") if b"'" in body else 0)


def _longest(chunks: Iterator[bytes]) -> int:
    """Return a length that no shared string passes, which is that of all where a comment might hide the end of one."""
    longest, size, total, plain = 0, 0, 0, True
    for body in _pieces(chunks, again=0):
        if _CLAIM.search(body):
            raise ValueError("uniqueCount")
        text = body.decode("utf-8", "replace")
        plain = plain and _TAGS.fullmatch(text) is not None
        *ended, last = map(len, text.split("</si>"))
        if ended:
            longest, size = max(longest, size + ended[0], *ended[1:]), 0
        size += last
        total += len(text)
    return max(longest, size) if plain else total


def _lengths(chunks: Iterator[bytes]) -> list[int]:
    """Return the length of each shared string."""
    lengths, within = list[int](), list[str]()

    def start(tag: str, _: dict[str, str]) -> None:
        within.append(_local(tag))
        if within[0] != "sst" or within.count("si") > 1:
            raise ValueError(tag)
        if within[-1] == "si":
            lengths.append(0)

    def text(data: str) -> None:
        if len(within) > 1:
            lengths[-1] += len(data)

    parse(chunks, start, lambda _: within.pop(), text)
    return lengths


def _referred(chunks: Iterator[bytes], lengths: list[int]) -> int:
    """Return how many characters a sheet shows of shared strings; a cell of another spelling may show the longest."""
    characters, longest = 0, max(lengths)
    for body in _pieces(chunks, again=_AGAIN):
        found = _REFERENCE.findall(body)
        characters += sum(map(lengths.__getitem__, map(int, found))) + longest * (_references(body) - len(found))
    return characters
