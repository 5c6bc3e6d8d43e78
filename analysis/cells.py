"""Cells as people type them: each read in the type of its column, or refused with the kind of fault that it is."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from analysis.model import Term
from analysis.schema import Codes, Column, Type

YES_NO = Term("是", "yes"), Term("否", "no")
_TRUTH = {"是": True, "有": True, "yes": True, "true": True, "1": True, "否": False, "无": False, "no": False, "false": False, "0": False}
_EXACT = 2**53  # whole numbers beyond are no longer told apart by a spreadsheet
_DIGITS = 10**15  # from here on a spreadsheet has made the last digits 0
_WHOLE = re.compile(r"[+-]?0*[0-9]{1,16}(?:\.0+)?")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,400})?")
_DATE = re.compile(
    r"(?:([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日)(?:[ T]00:00(?::00(?:\.0+)?)?)?"
)


def normal(text: object) -> str:
    """Return a heading or code as it is compared: the width of letters, blanks and case do not matter.

    >>> normal(" Ｓtaff　 FULL")
    'staff full'
    """
    return " ".join(unicodedata.normalize("NFKC", str(text)).split()).casefold()


def is_filled(cell: object) -> bool:
    """Whether a cell holds anything; blanks alone are nothing.

    >>> is_filled(0), is_filled("　"), is_filled(None)
    (True, False, False)
    """
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def read_cells(cells: list[Any], column: Column) -> tuple[list[Any], list[tuple[int, str]]]:
    """Return a column's cells in its type, null where empty or wrong, and the wrong ones: position and kind of fault.

    >>> from analysis.schema import ORGANISATIONS
    >>> read_cells(["12", 3.0, "十二", " "], ORGANISATIONS["staff"])
    ([12, 3, None, None], [(2, 'not_count')])
    """
    read = _code_reader(column.codes) if column.codes is not None else _READERS[column.type]
    out: list[Any] = []
    wrong: list[tuple[int, str]] = []
    for at, cell in enumerate(cells):
        value = None
        if is_filled(cell):
            try:
                value = read(cell.strip() if isinstance(cell, str) else cell)
            except ValueError as error:  # its words are the kind of fault
                wrong.append((at, str(error)))
        out.append(value)
    return out, wrong


def read_date(cell: Any) -> date:
    """Return the day that a cell names.

    Raises
    ------
    ValueError
        With the kind of fault, if it names none for certain.

    >>> read_date("2011年6月1日")
    datetime.date(2011, 6, 1)
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", cell).strip()) if isinstance(cell, str) else None
    try:
        year, month, day = (int(part) for part in found.group(1, 3, 4, 5, 6, 7) if part) if found else (0, 0, 0)
        return date(year, month, day)
    except ValueError:
        raise ValueError("not_day") from None


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and math.isfinite(cell)


def _identifier(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if not _is_number(cell) or cell != cell // 1:
        raise ValueError("cell_type")
    return _text(cell)


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if not _is_number(cell):  # a spreadsheet makes a date of 3-1, and a truth of TRUE
        raise ValueError("cell_type")
    if abs(cell) >= _DIGITS:
        raise ValueError("digits_lost")
    return str(int(cell)) if cell == cell // 1 else repr(cell)


def _whole(cell: Any) -> int:
    if isinstance(cell, str):
        digits = unicodedata.normalize("NFKC", cell)
        number = int(digits.partition(".")[0]) if _WHOLE.fullmatch(digits) else None
    else:
        number = int(cell) if _is_number(cell) and cell == cell // 1 else None
    if number is None or abs(number) >= _EXACT:
        raise ValueError("not_count")
    return number


def _amount(cell: Any) -> float:
    if _is_number(cell):
        return float(cell)
    digits = unicodedata.normalize("NFKC", cell) if isinstance(cell, str) else ""
    if not _AMOUNT.fullmatch(digits):
        raise ValueError("not_amount")
    return float(digits)


def _percentage(cell: Any) -> float:
    text = unicodedata.normalize("NFKC", cell) if isinstance(cell, str) else ""
    signed = text.endswith("%")
    try:
        number = _amount(text[:-1].rstrip() if signed else cell)
    except ValueError:
        raise ValueError("not_share") from None
    if not signed and 0 < number <= 1:  # 85% typed into a spreadsheet arrives as 0.85, and 100% as 1
        raise ValueError("share_or_percent")
    return number


def _truth(cell: Any) -> bool:
    if isinstance(cell, bool | int | float) and cell in (0, 1):
        return bool(cell)
    truth = _TRUTH.get(normal(cell)) if isinstance(cell, str) else None
    if truth is None:
        raise ValueError("not_yes_no")
    return truth


def _code_reader(codes: Codes) -> Callable[[Any], str]:
    known = {normal(word): member.name for member in codes for word in (member.name, *member.term)}

    def read(cell: Any) -> str:
        name = known.get(normal(cell)) if isinstance(cell, str) else None
        if name is None:
            raise ValueError("code")
        return name

    return read


_READERS: dict[Type, Callable[[Any], Any]] = {
    Type.key: _identifier,
    Type.text: _text,
    Type.whole: _whole,
    Type.money: _amount,
    Type.percent: _percentage,
    Type.yes_no: _truth,
    Type.date: read_date,
}


_INTEGERS = {"tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger", "ubigint", "hugeint", "uhugeint"}


def expression(relation: Any, quoted: str, kind: str, column: Column) -> str:
    """Return the SQL that reads a column of a typed file in the type of the schema; what does not fit is left as it is.

    Parameters
    ----------
    relation
        A DuckDB relation over the file.
    quoted, kind
        The column's name in the file, in quotation marks, and its type there as DuckDB calls it.
    """
    if column.type in (Type.key, Type.text, Type.code) and kind in ("varchar", "enum"):
        text = rf"nullif(regexp_replace(CAST({quoted} AS VARCHAR), '^[\s\p{{Z}}]+|[\s\p{{Z}}]+$', '', 'g'), '')"
        return text if column.codes is None else _coded(text, column.codes)
    if column.type is Type.key and kind in _INTEGERS:
        return f"CAST({quoted} AS VARCHAR)"
    if kind in ("float", "double"):
        number = f"nullif(CAST({quoted} AS DOUBLE), 'nan'::DOUBLE)"
        # whole numbers with gaps leave pandas as fractions
        broken = f"{number} <> trunc({number}) OR abs({number}) >= {_EXACT}"
        if column.type is Type.whole and not relation.filter(broken).limit(1).fetchall():
            return f"CAST({number} AS BIGINT)"
        return number
    return quoted


def _coded(text: str, codes: Codes) -> str:
    known = {word: member.name for member in codes for word in (member.name, *member.term)}
    quoted = {word.replace("'", "''"): name for word, name in known.items() if word != name}
    whens = " ".join(f"WHEN '{word}' THEN '{name}'" for word, name in quoted.items())
    return f"CASE {text} {whens} ELSE {text} END"
