"""Delimited text, in the encoding and with the delimiter that it has."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from itertools import islice
from typing import Any

from analysis.grid import Grid, GridError, Limits, fit

_CHARSET = re.compile(rb"""(?:charset|encoding)=["']?(big5|shift_jis|euc-kr|windows-125[0-9]|iso-8859-[0-9]{1,2})""", re.IGNORECASE)


def decoded(content: bytes) -> str:
    """Return a file's text: as its first bytes say, in UTF-8, as a page says of itself, or else in GB18030."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codes = ["utf-16"]
    elif b"\0" in content:
        raise GridError("no_kind")
    else:
        declared = _CHARSET.search(content, 0, 4096) if content[:64].lstrip().startswith(b"<") else None
        codes = ["utf-8", *([declared[1].decode()] if declared else []), "gb18030"]
    for code in codes:
        try:
            text = content.decode(code)
        except UnicodeError:
            continue
        if "\0" in text:
            raise GridError("no_kind")
        return text.removeprefix("\ufeff")
    raise GridError("not_csv", error=", ".join(codes))


def read_delimited(text: str, limits: Limits) -> list[Grid]:
    """Return the one sheet of a text, whose cells may be of any length."""
    rows: list[list[Any]] = []
    columns, before = 0, csv.field_size_limit()
    try:
        csv.field_size_limit(max(before, min(len(text) + 1, 2**31 - 1)))
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True):
            rows.append(row)
            columns = max(columns, len(row))
            fit(len(rows), columns, limits)
    except csv.Error as error:
        raise GridError("not_csv", error=str(error)) from None
    finally:
        csv.field_size_limit(before)
    return [Grid("", rows)]


def _delimiter(text: str) -> str:
    """Return the mark that splits most of the first lines alike."""

    def alike(mark: str) -> tuple[float, int]:
        try:
            lines = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True), 50))
        except csv.Error:
            return -1.0, 0
        widths = Counter(len(line) for line in lines if len(line) > 1)
        columns, times = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return times / max(1, sum(map(bool, lines))), columns

    return max(",\t;", key=alike)
