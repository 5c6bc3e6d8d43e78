"""Workbooks of binary records, .xls and .xlsb: what their sheets will take."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct

from analysis.calamine import Notes, lay_out
from analysis.grid import Grid, GridError, Limits, fit_sheets
from analysis.ole import compound, stream_of
from analysis.zipped import Parts

_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}


def _number(data: bytes | bytearray, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


# ------------------------------------------------------------------ .xlsb


def note_xlsb(parts: Parts) -> list[Notes]:
    """Return what is noted of each sheet of a workbook."""
    paths, sheets, notes = parts.targets("xl/", "workbook.bin"), list[tuple[str, str]](), dict[str, Notes]()
    book = parts.whole("xl/workbook.bin")
    for kind, at, _ in _tagged(book):
        if kind == 0x9C:
            key, after = _wide(book, at + 8)
            sheets.append((paths[key], _wide(book, after)[0]))
    fit_sheets(len(sheets), parts.limits)
    strings = parts.whole("xl/sharedstrings.bin") if "xl/sharedstrings.bin" in parts.names else b""
    lengths = [_number(strings, at + 1) for kind, at, _ in _tagged(strings) if kind == 0x13]
    names = dict(sheets)
    for path in parts.names:
        if path.startswith("xl/worksheets/"):
            notes[path] = _walk_tagged(parts.whole(path), Notes(names.get(path, "")), lengths)
    return [notes.get(path, Notes()) for path, _ in sheets]


def _wide(data: bytes, at: int) -> tuple[str, int]:
    end = at + 4 + 2 * _number(data, at)
    return data[at + 4 : end].decode("utf-16-le"), end


def _tagged(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the kind, place and size of each record."""
    at, end = 0, len(data)
    while at < end - 1:
        kind = data[at] & 0x7F
        if data[at] & 0x80:
            at += 1
            kind |= (data[at] & 0x7F) << 7
        size = 0
        for shift in (0, 7, 14, 21):
            at += 1
            byte = data[at] if at < end else 0
            size |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        yield kind, at + 1, size
        at += 1 + size


def _walk_tagged(data: bytes, notes: Notes, lengths: list[int]) -> Notes:
    begun, row = False, 0
    for kind, at, size in _tagged(data):
        if kind == 0x91:
            begun = True
        elif begun and kind <= 0x0B and kind != 1 and at + size <= len(data):
            number = _number(data, at)
            if kind == 0:
                row = number
            else:
                notes.fill(row, number)
                if kind in (0x03, 0x0B):
                    notes.fail(row, number, _ERRORS.get(data[at + 8], ""))
                elif kind == 0x07:
                    notes.text += lengths[_number(data, at + 8)]
    return notes


# ------------------------------------------------------------------ .xls

_POINT = Struct("<HH")
_FORMULA, _BOOLERR, _MULRK, _LABELSST = 0x0006, 0x0205, 0x00BD, 0x00FD
_CELL_RECORDS = {0x0203, 0x0204, 0x00D6, _BOOLERR, 0x027E, _LABELSST, _MULRK, _FORMULA}


def read_xls(content: bytes, limits: Limits) -> list[Grid]:
    """Read the one stream that holds a workbook, put into a container of our own: a damaged one could lead the reader in circles."""
    stream = bytearray(stream_of(content))
    sheets, strings, before = list[int](), list[memoryview](), 0
    for kind, at, size in _records(stream, 0):
        if kind == 0x2F:
            raise GridError("password")
        if kind == 0x85:
            sheets.append(_number(stream, at))
        elif kind == 0xFC:
            strings = [memoryview(stream)[at + 8 : at + size].toreadonly()]
        elif kind == 0x3C and before == 0xFC:
            strings.append(memoryview(stream)[at : at + size].toreadonly())
        before = before if kind == 0x3C else kind
    fit_sheets(len(sheets), limits)
    lengths = _lengths(strings)
    notes = [_walk_records(stream, at, lengths) for at in sheets]
    return lay_out(compound(stream), notes, limits)


def _records(stream: bytearray, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield kind, place and size of each record up to the one that ends the sheet, without what is embedded in it."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = _POINT.unpack_from(stream, at)
        depth += (kind == 0x0809) - (kind == 0x000A)
        if depth <= 0 and kind == 0x000A:
            return
        if depth <= 1 and at + 4 + size <= len(stream):
            yield kind, at + 4, size
        at += 4 + size


def _lengths(records: list[memoryview]) -> list[int]:
    """Return the length of each shared string; one goes on in the next record, after a byte that tells its width anew."""
    lengths, rest = list[int](), iter(records)
    data = next(rest, memoryview(b""))

    def skip(size: int) -> None:
        nonlocal data
        while size > len(data):
            size -= len(data)
            data = next(rest)
        data = data[size:]

    while data or (data := next(rest, data)):
        length, wide = int.from_bytes(data[:2], "little"), data[2] & 1
        runs, more = data[2] & 8, data[2] & 4
        skip(3)
        size = 4 * int.from_bytes(data[:2], "little") if runs else 0
        skip(2 if runs else 0)
        size += int.from_bytes(data[:4], "little") if more else 0
        skip(4 if more else 0)
        left = length
        while left > len(data) >> wide:
            left -= len(data) >> wide
            data = next(rest)
            wide = data[0] & 1
            skip(1)
        skip(left << wide)
        skip(size)
        lengths.append(length)
    return lengths


def _walk_records(stream: bytearray, start: int, lengths: list[int]) -> Notes:
    notes = Notes()
    for kind, at, size in _records(stream, start):
        if kind == 0x0200:  # room is made for as much as this says, be it true or not
            stream[at - 4 : at - 2] = b"\xff\x7f"
        elif kind in _CELL_RECORDS and size >= 6:
            row, column = _POINT.unpack_from(stream, at)
            notes.fill(row, column + (size // 6 - 1 if kind == _MULRK else 0))
            if kind == _LABELSST and size >= 10:
                notes.text += lengths[_number(stream, at + 6)]
            elif kind == _BOOLERR and size >= 8 and stream[at + 7]:
                notes.fail(row, column, _ERRORS.get(stream[at + 6], ""))
            elif kind == _FORMULA and size >= 14 and stream[at + 12 : at + 14] == b"\xff\xff" and stream[at + 6] == 2:
                notes.fail(row, column, _ERRORS.get(stream[at + 8], ""))
    return notes
