"""Cells as people type them: each read in the type of its column by a rule that is named, or refused with the kind of fault that it is."""

from __future__ import annotations

import re
import sys
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from functools import partial, reduce
from math import isfinite
from types import NoneType
from typing import Any, NamedTuple, TypeGuard

from analysis.model import Term
from analysis.schema import Codes, Column, Type

YES_NO = Term("是", "yes"), Term("否", "no")


class Rule(NamedTuple):
    """How a cell was read that was not written plainly: what is done, and whether the reader should look again."""

    term: Term
    doubtful: bool = False


# a cell bears the codes of the rules in the order in which they were applied
RULES: dict[str, Rule] = {
    "width": Rule(Term("全角字符按半角读", "full-width characters are read as plain ones")),
    "thousands": Rule(Term("去掉千分位的逗号", "the commas between thousands are taken out")),
    "unit": Rule(Term("按单元格里写的单位读", "the number is read in the unit that the cell names")),
    "heading_unit": Rule(Term("按列名里的单位换算", "the number is multiplied by the unit that the heading names")),
    "about": Rule(Term("约数，按所写的数读", "a number that is said to be approximate is read as it is written"), doubtful=True),
    "bounded": Rule(Term("只说多于、少于或近多少，按不知道处理", "a number that is only bounded is left unknown"), doubtful=True),
    "part_of_it": Rule(Term("括号里写的是其中一部分，只读总数", "a part of the number stands in brackets: the whole is read"), doubtful=True),
    "chinese_number": Rule(Term("汉字写的数换成数字", "a number in Chinese numerals")),
    "sum": Rule(Term("把加号连起来的数相加", "numbers joined by a plus are added"), doubtful=True),
    "stated_none": Rule(Term("写明没有，读作 0", "said to be none, read as 0")),
    "no_answer": Rule(Term("没有作答，按不知道处理", "no answer, left unknown")),
    "stated_nothing": Rule(Term("写明没有，留空", "said to be none, left empty")),
    "as_it_stands": Rule(Term("撇号后面的文字照原样读", "text after an apostrophe is taken as it stands")),
    "tick": Rule(Term("勾读作“是”，叉读作“否”", "a tick is read as yes, a cross as no")),
    "word": Rule(Term("换成台账的用词", "another word for what the ledger calls it")),
    "named": Rule(Term("写了名称或说明，读作“是”", "a name or description is read as yes")),
    "date_form": Rule(Term("日期换成年-月-日的写法", "a date in another form")),
    "compact": Rule(Term("八位数字读作日期", "eight digits are read as a date")),
    "serial": Rule(Term("表格软件的日期序号，换成日期", "a spreadsheet's number of a day is read as the day")),
    "month": Rule(Term("只知道年和月", "a date that is known to the month only")),
    "january_or_october": Rule(Term("写成数字时 1 月和 10 月分不清，两者都可能", "may be January or October, which a number does not tell"), doubtful=True),
    "year": Rule(Term("只知道年份", "a date that is known to the year only")),
    "zero_date": Rule(Term("零日期，按不知道处理", "a date of zeros is left unknown")),
    "chinese_digits": Rule(Term("汉字数字的日期换成数字", "a date in Chinese numerals")),
}  # fmt: skip


class Reading(NamedTuple):
    """A column of cells as read.

    Parameters
    ----------
    values
        In the type of the column; null where empty, left unknown or wrong.
    wrong
        Position and kind of fault of each cell that fits no rule.
    changed
        Position and code of the rule, for each cell that was not written plainly; a cell can bear several.
    until
        For dates that are known to the month or year only, the last day that it may be; `values` holds the first.
    """

    values: list[Any]
    wrong: list[tuple[int, str]]
    changed: list[tuple[int, str]]
    until: dict[int, date]


class _Cell(NamedTuple):
    """One cell as read."""

    value: Any = None
    rules: tuple[str, ...] = ()
    until: date | None = None
    fault: str = ""


_EMPTY = _Cell()
_Reader = Callable[[Any], _Cell | None]  # nothing where the cell fits no rule


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


_REPEATS = {normal(word) for word in ("〃", "〃〃", "″", "〞", '"', "”", "同上", "(同上)", "ditto")}
_LONGEST_REPEAT = max(map(len, _REPEATS))


def is_repeat(cell: object) -> bool:
    """Whether a cell says no more than that it is the one above.

    >>> is_repeat("〃"), is_repeat("同上"), is_repeat("同上支部")
    (True, True, False)
    """
    return isinstance(cell, str) and len(text := cell.strip()) <= _LONGEST_REPEAT and normal(text) in _REPEATS


def any_repeats(cells: Iterable[object]) -> bool:
    """Whether any of many cells says no more than that it is the one above."""
    texts = map(str.strip, (cell for cell in cells if isinstance(cell, str)))
    return any(normal(text) in _REPEATS for text in texts if len(text) <= _LONGEST_REPEAT)


def read_cells(
    cells: Sequence[Any],
    column: Column,
    *,
    factor: int = 1,
    words: Mapping[str, Any] = {},
    presence: bool = False,
    different: Set[Any] | None = None,
) -> Reading:
    """Return a column's cells in its type, with how each was read that was not written plainly, and those that are wrong.

    Nothing is guessed: what fits no rule is wrong. Each cell is read by itself, equal cells once.

    Parameters
    ----------
    cells
        As a file holds them: text, numbers, truths, dates; null where empty.
    column
        What they are to be.
    factor
        The heading's unit, as 10000 for 万元; a cell that names a unit of its own is read in that.
    words
        More words of this column, as `normal` writes them, with what they mean: a member's name for codes, a truth for yes or no,
        null for what is not known. They go before the words that are known here.
    presence
        Whether cells of yes or no hold a name or description where there is one.
    different
        The different cells, where they are known already, and none is equal to one of another type.

    >>> from analysis.schema import ORGANISATIONS
    >>> read_cells(["12", 3.0, "约30人", "很多", " "], ORGANISATIONS["staff"])
    Reading(values=[12, 3, 30, None, None], wrong=[(3, 'not_count')], changed=[(2, 'about'), (2, 'unit')], until={})
    >>> read_cells(["0.3", "3000元"], ORGANISATIONS["budget"], factor=10000)
    Reading(values=[3000.0, 3000.0], wrong=[], changed=[(0, 'heading_unit'), (1, 'unit')], until={})
    >>> read_cells(["2011年6月"], ORGANISATIONS["registered_on"])[2:]
    ([(0, 'month')], {0: datetime.date(2011, 6, 30)})
    """
    told, keys = _told(column, words, presence), _keys(cells, different)
    read = _reader(column, told, factor, presence)
    apart = (different or set(cells)) if keys is cells else ()
    pairs = zip(apart, apart, strict=True) if keys is cells else dict(zip(keys, cells, strict=True)).items()
    made = {key: read(cell) for key, cell in (_no_plain_names(pairs, told) if column.type in (Type.key, Type.text) else pairs)}
    if not made:
        return Reading(list(cells), [], [], {})
    faults = {key: cell.fault for key, cell in made.items() if cell.fault}
    rules = {key: cell.rules for key, cell in made.items() if cell.rules}
    last = {key: cell.until for key, cell in made.items() if cell.until}
    values = {key: cell.value for key, cell in made.items()}
    return Reading(
        list(map(values.get, keys, cells)),
        [(at, faults[key]) for at, key in enumerate(keys) if key in faults] if faults else [],
        [(at, rule) for at, key in enumerate(keys) if key in rules for rule in rules[key]] if rules else [],
        {at: last[key] for at, key in enumerate(keys) if key in last} if last else {},
    )


# ------------------------------------------------------------------ each different cell once

_NEAR = 500  # rows that lie together in memory while their cells are looked at
_NUMBERS = {int, float, bool}
_APART = _NUMBERS | {str, date, datetime, NoneType}


def columns(rows: Sequence[Sequence[Any]]) -> list[tuple[Sequence[Any], Set[Any] | None]]:
    """Return the columns of rows of one length, equal cells of each as one object, which is found faster, and its different cells.

    Where cells of different types are equal, as 1, 1.0 and true are, they stay as they are, and none are told to be different.

    >>> columns([["a", 1.0], ["b", True], ["a", 1.0]])
    [(['a', 'b', 'a'], dict_keys(['a', 'b'])), ([1.0, True, 1.0], None)]
    """
    width = len(rows[0]) if rows else 0
    cells: list[list[Any]] = [[] for _ in range(width)]
    first: list[dict[Any, Any]] = [{} for _ in range(width)]
    types: list[set[type]] = [set() for _ in range(width)]
    for start in range(0, len(rows), _NEAR):
        for column, known, kinds, part in zip(cells, first, types, zip(*rows[start : start + _NEAR], strict=True), strict=True):
            before = len(known)
            column.extend(map(known.setdefault, part, part))
            if len(known) > before or kinds & _NUMBERS:  # what is equal to no number is none
                kinds.update(map(type, part))
    return [(cells[at], first[at].keys()) if len(types[at] & _NUMBERS) < 2 else ([row[at] for row in rows], None) for at in range(width)]


def _keys(cells: Sequence[Any], different: Set[Any] | None) -> Sequence[Hashable]:
    """Return what tells cells apart: themselves, unless cells of different types can be equal."""
    if different is not None:
        return cells
    types = set(map(type, cells))
    return cells if types <= _APART and len(types & _NUMBERS) < 2 else [_key(cell) for cell in cells]


def _key(cell: Any) -> Hashable:
    try:
        hash(cell)
    except TypeError:
        return id(cell)
    return type(cell), cell


def _no_plain_names(pairs: Iterable[tuple[Hashable, Any]], told: Mapping[str, _Cell]) -> list[tuple[Hashable, Any]]:
    """Return the cells but the texts that stand as they are at first sight: letters and figures alone, and more than a word has."""
    longest, figures = max(map(len, told)), any(map(str.isdigit, "".join(told)))
    return [
        (key, cell)
        for key, cell in pairs
        if not (type(cell) is str and cell.isalnum() and (len(cell) > longest or not (figures or cell.isalpha())))
    ]


def _reader(column: Column, told: Mapping[str, _Cell], factor: int, presence: bool) -> Callable[[Any], _Cell]:
    """Return what reads one cell: the words that the column can bear first, then what is written in figures."""
    if column.type in _GRAMMARS:
        read: _Reader = partial(_number, kind=column.type, factor=factor)
    else:
        read = _presence if presence and column.type is Type.yes_no else _READERS[column.type]
    wrong, figures = _Cell(fault=_FAULTS[column.type]), any(map(str.isdecimal, told))

    def one(cell: Any) -> _Cell:
        if not is_filled(cell):
            return _EMPTY
        if not isinstance(cell, str):
            found = told.get(_digits(cell)) if figures and _is_number(cell) else None
            return found or read(cell) or wrong
        text = cell.strip()
        if text[0] == "'" and column.type in (Type.key, Type.text):
            return _Cell(text[1:] or None, ("as_it_stands",))
        if text[0] in "#＃" and _ERROR.fullmatch(text):
            return _Cell(fault="formula_error")
        return _said(text, told, column.type) or read(text) or wrong

    return one


_FAULTS = {
    Type.key: "cell_type",
    Type.text: "cell_type",
    Type.whole: "not_count",
    Type.money: "not_amount",
    Type.percent: "not_share",
    Type.yes_no: "not_yes_no",
    Type.date: "not_day",
    Type.code: "code",
}
_ERROR = re.compile(r"[#＃](?:REF[!！]|N[/／]A|VALUE[!！]|DIV[/／]0[!！]|NAME[?？]|NULL[!！]|NUM[!！]|GETTING_DATA)", re.IGNORECASE)


# ------------------------------------------------------------------ words

_UNSAID = ["空", "暂无", "不详", "未知", "不清楚", "待定", "待填", "未填", "未统计", "n/a", "na", "null", "unknown"]
_BLANKS = [mark * times for mark in ("-", "—", "–", "―", "─", "/", "\\", "?", "⋯") for times in range(1, 7)]
_NO_ANSWER = [*_BLANKS, "...", "......", *_UNSAID]
_NONE = ["无", "没有", "none"]
_YES, _NO = ["是", "有", "yes", "true", "1"], ["否", "无", "no", "false", "0"]
_ALSO_YES = ["已", "已建", "已建立", "已成立", "建", "有的", "y", "t"]
_ALSO_NO = ["未", "未建", "未建立", "未成立", "没有", "n", "f"]
_TICKS = [f"{mark}{style}" for mark in "√✓✔☑✅对" for style in ("", "\ufe0e", "\ufe0f")]
_CROSSES = [f"{mark}{style}" for mark in "×✗✘☒╳✕✖❌x错" for style in ("", "\ufe0e", "\ufe0f")]


def _all(words: Iterable[str], value: Any, *rules: str) -> dict[str, _Cell]:
    return dict.fromkeys(words, _Cell(value, rules))


_NOTHING = _all(_NONE, None, "stated_nothing")
_SAYINGS: dict[Type, dict[str, _Cell]] = {
    Type.key: _NOTHING,
    Type.text: _NOTHING,
    Type.date: _NOTHING | _all(["未", "从未", "尚未"], None, "stated_nothing"),
    Type.whole: _all([*_NONE, "零"], 0, "stated_none"),
    Type.money: _all([*_NONE, "零"], 0.0, "stated_none"),
    Type.yes_no: _all(_YES, True)
    | _all(_NO, False)
    | _all(_ALSO_YES, True, "word")
    | _all(_ALSO_NO, False, "word")
    | _all(_TICKS, True, "tick")
    | _all(_CROSSES, False, "tick"),
}


def _told(column: Column, words: Mapping[str, Any], presence: bool) -> dict[str, _Cell]:
    """Return what each word means in a column: those of its type, then those of its list, then more of its own."""
    told = _all(_NO_ANSWER, None, "no_answer") | _SAYINGS.get(column.type, {})
    if column.codes is not None:
        told |= {normal(word): _Cell(name) for word, name in _names(column.codes).items()}
    if presence and column.type is Type.yes_no:
        told |= _all(["零", "none"], False, "word")
    return told | {word: _Cell(meaning, ("word",)) for word, meaning in words.items() if word not in told or told[word].value != meaning}


def _names(codes: Codes) -> dict[str, str]:
    return {word: member.name for member in codes for word in (member.name, *member.term)}


def _said(text: str, told: Mapping[str, _Cell], kind: Type) -> _Cell | None:
    """Return what a word means, if it is one; blanks inside do not matter."""
    word = normal(text)
    found = told.get(word)
    if found is None and " " in word:
        found = told.get(word.replace(" ", ""))
        found = found and found._replace(rules=found.rules or ("word",))
    if found and kind is Type.yes_no and found.value is not None and text != unicodedata.normalize("NFKC", text):
        found = found._replace(rules=("width", *found.rules))
    return found


# ------------------------------------------------------------------ text

_DIGITS = 10**15  # from here on a spreadsheet has made the last digits 0


def _is_number(cell: object) -> TypeGuard[float]:
    return type(cell) in (int, float) and abs(cell) <= sys.float_info.max  # type: ignore[arg-type]


def _digits(number: float) -> str:
    return str(int(number)) if number == number // 1 else repr(number)


def _identifier(cell: Any) -> _Cell | None:
    return None if _is_number(cell) and cell != cell // 1 else _text(cell)


def _text(cell: Any) -> _Cell | None:
    if isinstance(cell, str):
        return _Cell(cell)
    if not _is_number(cell):  # a spreadsheet makes a date of 3-1, and a truth of TRUE
        return None
    return _Cell(_digits(cell)) if abs(cell) < _DIGITS else _Cell(fault="digits_lost")


# ------------------------------------------------------------------ yes or no

# what stands where a name should, to say that there is none, or not yet
_LACKING = re.compile(
    r"[无没未不否非缺暂拟筹]|0+(?:\.0+)?[^0-9]*$|(?:no|not|none|nobody|never|without)\b|.*(?:没有|尚未|尚无|暂[无缺]|空缺|[待在筹拟][建派定]|撤销|计划)",
    re.IGNORECASE | re.DOTALL,
)


def _truth(cell: Any) -> _Cell | None:
    return _Cell(bool(cell)) if type(cell) in (bool, int, float) and cell in (0, 1) else None


def _presence(cell: Any) -> _Cell | None:
    if isinstance(cell, str):
        named = any(map(str.isalnum, cell)) and not _LACKING.match(_narrow(cell))
    else:
        named = _day(cell) is not None if isinstance(cell, date) else _is_number(cell) and cell > 1
    return _Cell(True, ("named",)) if named else _truth(cell)


# ------------------------------------------------------------------ numbers

_EXACT = 2**53  # whole numbers beyond are no longer told apart by a spreadsheet
_EXACTLY = Context(prec=2000)  # nothing that a cell holds is rounded on the way
# the width of a sign, and the signs of a date as they come out of a PDF; a superscript stays one: 10² is not 102
_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xF98E: "年", 0x2F49: "月", 0x2F47: "日"}
_WIDE = re.compile("[\uff01-\uff5e\u3000]")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,400})?")
_PLAIN = r"((?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]{1,400})(?:\.[0-9]{1,400})?)"
_ABOUT, _ROUND = "(?:大约|约|大概)", "(?:左右|上下)"
_OVER = "(?:将近|接近|近|逾|超过|超|不足|不到|不少于|不多于|不超过|不低于|至少|最少|至多|最多|多于|少于|大于|小于|高于|低于|>=|<=|[<>≥≤])"
_SPELT = "[零〇一二两三四五六七八九十百千万几数上若干]+"
# what may stand in such a cell without bounding it; one of these has to be there
_BOUND = re.compile(r"[近余多逾超几数<>≥≤]|若干|上[百千万]|不[足到少低]|[至最]少|[少大小高低]于|以[上下内]")


class _Grammar(NamedTuple):
    """How numbers of a type are written: what a unit is worth, a number with it, one with its sign or said to be about, one bounded."""

    worth: Mapping[str, int]
    part: re.Pattern[str]
    one: re.Pattern[str]
    bounded: re.Pattern[str]


def _grammar(worth: Mapping[str, int]) -> _Grammar:
    unit = f"(?:{'|'.join(worth)})"
    part = rf"{_PLAIN}\s*({unit})?"
    before, number, after = rf"(?:(?:{_ABOUT}|{_OVER})\s*)*", f"(?:{_PLAIN}|{_SPELT})", f"(?:余|多|以[上下内]|{_ROUND})?"
    bounded = rf"{before}{number}\s*[余多几]?\s*{unit}?\s*{after}{unit}?"
    return _Grammar(worth, re.compile(part), re.compile(rf"({_ABOUT})?\s*([+-]?){part}\s*({_ROUND})?"), re.compile(bounded))


_GRAMMARS = {
    Type.whole: _grammar(dict.fromkeys("人名位个家次岁年条件户间处届场期", 1)),
    Type.money: _grammar({"万元": 10_000, "千元": 1_000, "万": 10_000, "元": 1}),
}


def _narrow(text: str) -> str:
    """Return a text in plain width, one blank for each run of them: a pattern would try every way to part a long one."""
    return " ".join(text.translate(_WIDTH).split())


def _width(text: str) -> tuple[str, ...]:
    return ("width",) if _WIDE.search(text) else ()


def _number(cell: Any, *, kind: Type, factor: int) -> _Cell | None:
    """Return the number in a cell of a count or an amount."""
    if isinstance(cell, str):
        return _written(cell, kind, factor)
    if not _is_number(cell):
        return None
    number: Decimal | float = cell if factor == 1 else _EXACTLY.multiply(Decimal(repr(cell)), factor)
    return _typed(number, kind, ("heading_unit",) if factor != 1 and cell else ())


def _typed(number: Decimal | float, kind: Type, rules: tuple[str, ...] = ()) -> _Cell | None:
    if kind is Type.whole:
        return _Cell(int(number), rules) if -_EXACT < number < _EXACT and number == int(number) else None
    amount = float(number) + 0.0  # there is no amount of minus nothing
    return _Cell(amount, rules) if isfinite(amount) else None


def _written(cell: str, kind: Type, factor: int) -> _Cell | None:
    """Return the number that a text writes: plainly, with its unit, as a sum, or said to be about or beyond something."""
    if factor == 1 and _AMOUNT.fullmatch(cell):
        return _typed(Decimal(cell), kind)
    text, grammar = _narrow(cell), _GRAMMARS[kind]
    parts, how = _parts(text, grammar)
    if not parts:
        is_bounded = grammar.bounded.fullmatch(text) and _BOUND.search(text)
        other = _Cell(None, ("bounded",)) if is_bounded else _plainer(text, factor) if kind is Type.whole else None
        return other and other._replace(rules=(*_width(cell), *other.rules))
    units = {unit for _, unit in parts}
    worth = {"": factor} if units == {""} else {"": 1, **grammar.worth}
    products = [_EXACTLY.multiply(Decimal(number.replace(",", "")), worth[unit]) for number, unit in parts]
    total = reduce(_EXACTLY.add, products)
    if not _are_alike(units, grammar) or any(_typed(product, kind) is None for product in products):
        return None
    if abs(total) >= _DIGITS and kind is Type.money:
        return None
    if "年" in units and 1900 <= total <= 2100:  # a year, which counts nothing
        return None
    applied = {how: how, "thousands": "," in text, "unit": units != {""}, "heading_unit": worth[""] != 1 and total}
    return _typed(total, kind, (*_width(cell), *(rule for rule, applies in applied.items() if applies)))


# the parts of people that may be named in brackets after their number; other words may be of persons
_OF_THEM = (
    r"(?:预备|正式|女性?|男性?|少数民族|流动|离?退休|在职|在岗|专职|兼职)(?:中共)?(?:党员|职工|员工|人员)?\s*([0-9]{1,6})\s*[人名位个]?"
)
_PART = re.compile(rf"([^()（）]{{1,30}})[(（]\s*(?:其中|含|包括|包含)?\s*[:,]?\s*({_OF_THEM}(?:\s*[,、;]?\s*{_OF_THEM})?)\s*[)）]")
_LONGEST = 40  # characters of a number that is spelt out, or has a remark
_DIGIT = "一二三四五六七八九"
_SPELT_OUT = re.compile(rf"([{_DIGIT}]千)?(零)?([{_DIGIT}]百)?(零)?([{_DIGIT}]?十)?(零)?([{_DIGIT}])?")


def _plainer(text: str, factor: int) -> _Cell | None:
    """Return the count in a text that names a part of it in brackets, or is spelt out in Chinese; nothing where it is neither."""
    if len(text) > _LONGEST:
        return None
    if found := _PART.fullmatch(text):
        whole, parts = _number(found[1], kind=Type.whole, factor=factor), re.findall("[0-9]+", found[2])
        fits = whole is not None and whole.value is not None and max(map(int, parts)) <= whole.value
        return whole._replace(rules=(*whole.rules, "part_of_it")) if whole and fits else None
    unit = next((unit for unit in _GRAMMARS[Type.whole].worth if text.endswith(unit)), "")
    number = _spelt(text.removesuffix(unit).strip()) if factor == 1 else None
    return None if number is None else _Cell(number, ("chinese_number", *(("unit",) if unit else ())))


def _spelt(text: str) -> int | None:
    """Return a number below ten thousand that is spelt out in full; 一百五, which is 150 to some and 105 to others, is none.

    >>> [_spelt(each) for each in ("十二", "一百零五", "二百三十", "两", "一百五", "二三十", "几")]
    [12, 105, 230, 2, None, None, None]
    """
    plain = re.sub("^一十", "十", text.replace("两", "二").replace("〇", "零"))
    found = _SPELT_OUT.fullmatch(plain)
    if not plain or found is None:
        return None
    digits = [_DIGIT.find(part[0]) + 1 or 1 if part else 0 for part in found.group(1, 3, 5, 7)]
    number = sum(digit * worth for digit, worth in zip(digits, (1000, 100, 10, 1), strict=True))
    return number if plain == _spelling(digits) else None


def _spelling(digits: Sequence[int]) -> str:
    """Return four digits as they are spelt out in full."""
    parts = [f"{_DIGIT[digit - 1]}{worth}" if digit else "零" for digit, worth in zip(digits, ("千", "百", "十", ""), strict=True)]
    return re.sub("^一十", "十", re.sub("零+", "零", "".join(parts)).strip("零"))


def _parts(text: str, grammar: _Grammar) -> tuple[list[tuple[str, str]], str]:
    """Return the numbers in a cell, each with its unit, and the rule that finds them."""
    one = grammar.one.fullmatch(text)
    if one:
        before, sign, number, unit, after = one.groups("")
        about = "about" if before or after else ""
        return ([], "") if about and sign else ([(sign + number, unit)], about)
    found = [grammar.part.fullmatch(part.strip()) for part in text.split("+")]
    parts = [(part[1], part[2] or "") for part in found if part]
    return (parts, "sum") if len(parts) == len(found) > 1 else ([], "")


def _are_alike(units: set[str], grammar: _Grammar) -> bool:
    """Whether numbers in these units can be added: 3 and 2万 cannot, which may mean 3万."""
    named = units - {""}
    if "" not in units and "元" in grammar.worth:
        return True
    return len(named) < 2 and all(grammar.worth[unit] == 1 for unit in named)


def _percentage(cell: Any) -> _Cell | None:
    text = _narrow(cell) if isinstance(cell, str) else ""
    signed = text.endswith("%")
    digits = text[:-1].rstrip() if signed else text
    if not (_AMOUNT.fullmatch(digits) if text else _is_number(cell)):
        return None
    number = float(digits if text else cell) + 0.0
    if not signed and 0 < number <= 1:  # 85% typed into a spreadsheet arrives as 0.85, and 100% as 1
        return _Cell(fault="share_or_percent")
    return _Cell(number, _width(cell) if text else ())


def as_fractions(cells: Sequence[Any], read: Reading) -> Reading:
    """Return a column of percentages of which none is above 1, and some is a fraction, as a spreadsheet stores them (C41).

    A number that could be either stays wrong where another of the column is above 1, or all are 1.

    >>> from analysis.schema import BRANCHES
    >>> as_fractions([0.93, 1], read_cells([0.93, 1], BRANCHES["satisfaction"])).values
    [93.0, 100.0]
    """
    doubtful = [at for at, kind in read.wrong if kind == "share_or_percent"]
    numbers = {at: Decimal(_narrow(str(cells[at]))) for at in doubtful}
    if any(read.values) or all(number == 1 for number in numbers.values()):
        return read
    values = [float(100 * numbers[at]) if at in numbers else value for at, value in enumerate(read.values)]
    wrong = [(at, kind) for at, kind in read.wrong if at not in numbers]
    return read._replace(values=values, wrong=wrong, changed=sorted([*read.changed, *((at, "fraction") for at in doubtful)]))


# ------------------------------------------------------------------ dates


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
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", cell).strip()) if isinstance(cell, str) else None
    try:
        year, month, day = (int(part) for part in found.group(1, 3, 4, 5, 6, 7) if part) if found else (0, 0, 0)
        return date(year, month, day)
    except ValueError:
        raise ValueError("not_day") from None


_DAY = re.compile(r"(?:([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日)(?:[ T]00:00(?::00(?:\.0+)?)?)?")

# ------------------------------------------------------------------ dates as far as they are known

_SERIALS = range(18_264, 73_416)  # the days from 1950 to 2100, as spreadsheets number them
_FIRST_SERIAL = date(1899, 12, 30)
_NUMERALS = {
    f"{tens}{ones}": 10 * ten + one
    for ten, tens in enumerate(("", "十", "二十", "三十"))
    for one, ones in enumerate(("", *"一二三四五六七八九"))
    if tens or ones
}
_FIGURES = str.maketrans("〇○◯零一二三四五六七八九", "0000123456789")
_ISO = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZEROS = re.compile("0{1,8}")
_TIME = r"(?:(?:\s+|T)(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?)?"


def _in_characters(year: str, number: str) -> re.Pattern[str]:
    month, day = rf"\s*(?P<month>{number})\s*月", rf"\s*(?P<day>{number})\s*[日号]"
    return re.compile(rf"(?P<year>{year})\s*年(?:{month}(?:份|{day}{_TIME})?)?")


_FORMS = {
    re.compile(
        rf"(?P<year>[0-9]{{4}})(?:\s*(?P<sign>[-/.、])\s*(?P<month>[0-9]{{1,2}})(?:\s*(?P=sign)\s*(?P<day>[0-9]{{1,2}}){_TIME})?)?"
    ): "date_form",
    _in_characters("[0-9]{4}", "[0-9]{1,2}"): "date_form",
    re.compile("(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})?"): "compact",
    _in_characters(
        "[0-9〇○◯零一二三四五六七八九]{4}", "|".join([*sorted(_NUMERALS, key=len, reverse=True), "[0-9]{1,2}"])
    ): "chinese_digits",
}


def _day(cell: Any) -> _Cell | None:
    if isinstance(cell, date):
        day = read_date(cell)
        return _Cell(day) if type(day) is date else None  # the null of pandas calls itself a day
    if isinstance(cell, str):
        return _dated(cell)
    if not _is_number(cell):
        return None
    return _serial(int(cell)) or _dated(_digits(cell))


def _serial(number: int) -> _Cell | None:
    return _Cell(_FIRST_SERIAL + timedelta(number), ("serial",)) if number in _SERIALS else None


def _dated(cell: str) -> _Cell | None:
    """Return the date that a text or the digits of a number write."""
    if _ISO.fullmatch(cell):
        with suppress(ValueError):  # a month or day of zeros, perhaps
            return _Cell(date.fromisoformat(cell))
    text = _narrow(cell)
    if _ZEROS.fullmatch(text):
        return _Cell(None, ("zero_date",))
    if re.fullmatch("[0-9]{5}", text):
        return _serial(int(text))
    for form, rule in _FORMS.items():
        found = form.fullmatch(text)
        if found:
            parts = found.groupdict()
            is_either = parts.get("sign") == "." and parts["month"] == "1" and parts["day"] is None
            year, month, day = (_figure(parts[name]) for name in ("year", "month", "day"))
            return _known(year or 0, month, day, rule="january_or_october" if is_either else rule)
    return None


def _figure(part: str | None) -> int | None:
    """Return the number that a part of a date writes, in characters (十二) or figure by figure (二〇一二)."""
    return None if part is None else _NUMERALS.get(part) or int(part.translate(_FIGURES))


def _known(year: int, month: int | None, day: int | None, *, rule: str) -> _Cell | None:
    """Return a date as far as it is known: to the day, to the month or to the year."""
    if not (year or month or day) or (year, month, day) == (1900, 1, 0):
        return _Cell(None, ("zero_date",))
    if not 1900 <= year <= 2100 or (day and not month) or (month or 1) > 12:
        return None
    first, length = date(year, month or 1, 1), monthrange(year, month or 12)[1]
    if day:
        return _Cell(first.replace(day=day), (rule,)) if day <= length else None
    if rule == "january_or_october":
        return _Cell(first, (rule,), date(year, 10, 31))
    spelt = (rule,) if rule == "chinese_digits" else ()
    return _Cell(first, (*spelt, "month" if month else "year"), date(year, month or 12, length))


_READERS: dict[Type, _Reader] = {
    Type.key: _identifier,
    Type.text: _text,
    Type.percent: _percentage,
    Type.yes_no: _truth,
    Type.date: _day,
    Type.code: lambda cell: None,  # a code is a word
}


# ------------------------------------------------------------------ cells of a typed file

_INTEGERS = {"tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger", "ubigint", "hugeint", "uhugeint"}


def expression(relation: Any, quoted: str, kind: str, column: Column, words: Mapping[str, str | None] = {}) -> str:
    """Return the SQL that reads a column of a typed file in the type of the schema; what does not fit is left as it is.

    Parameters
    ----------
    relation
        A DuckDB relation over the file.
    quoted, kind
        The column's name in the file, in quotation marks, and its type there as DuckDB calls it.
    column
        What it is to be.
    words
        More words of a column of codes, as the file writes them, with the name of the member that each means; null for not known.
    """
    if column.type in (Type.key, Type.text, Type.code) and kind in ("varchar", "enum"):
        text = rf"nullif(regexp_replace(CAST({quoted} AS VARCHAR), '^[\s\p{{Z}}]+|[\s\p{{Z}}]+$', '', 'g'), '')"
        return text if column.codes is None else _coded(text, column.codes, words)
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


def _coded(text: str, codes: Codes, words: Mapping[str, str | None]) -> str:
    known = {**_names(codes), **words}
    means = {word.replace("'", "''"): f"'{name}'" if name else "NULL" for word, name in known.items() if word != name}
    whens = " ".join(f"WHEN '{word}' THEN {name}" for word, name in means.items())
    return f"CASE {text} {whens} ELSE {text} END"
