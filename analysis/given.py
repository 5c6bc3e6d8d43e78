"""What a public function is given, held against what it says that it takes: a wrong kind of value is named before it is used."""

from __future__ import annotations

import inspect
import math
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cache, wraps
from numbers import Integral, Real
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd

from analysis.model import LANGS, AnalysisError, Named, Term

F = TypeVar("F", bound=Callable[..., Any])
_OR, _SHOWN = Term("，或", " or "), 40
_WORDS: dict[object, Term] = {
    int: Term("整数", "a whole number"),
    float: Term("数", "a number"),
    bool: Term("True 或 False", "True or False"),
    str: Term("文字", "text"),
    Path: Term("路径", "a path"),
    date: Term("日期，如 date(2018, 6, 30)", "a date such as date(2018, 6, 30)"),
    NoneType: Term("None", "None"),
    "Register": Term("登记册：Register(frame, ...) 或 read_ledger(path)", "a Register: Register(frame, ...) or read_ledger(path)"),
    "Report": Term(
        "报告：load_report(folder) 或 Report.of(place, organisations=42)", "a Report: load_report(folder) or Report.of(place, organisations=42)"
    ),
    "Settings": Term("设定：Settings(training_months=36) 或 load_settings(path)", "Settings: Settings(training_months=36) or load_settings(path)"),
    "DataFrame": Term("结果行的表，如 rates(register)", "a table of result rows, such as rates(register)"),
}  # fmt: skip


@cache
def checked(function: F) -> F:
    """Return a function that refuses values of a kind that its annotations do not name; it is the same in all else.

    Raises
    ------
    AnalysisError
        When the function is called with one: which parameter, what to give, what was given.

    >>> def twice(number: int) -> int: return 2 * number
    >>> checked(twice)(3)
    6
    >>> checked(twice)("3")
    Traceback (most recent call last):
    ...
    analysis.model.AnalysisError: number: give a whole number, not str ('3'). · number：请给整数，不是 str（'3'）。
    """
    signature = inspect.signature(function)

    @cache
    def kinds() -> dict[str, Any]:
        return get_type_hints(function)  # what an annotation names may be imported after the function is made

    @wraps(function)
    def public(*values: Any, **options: Any) -> Any:
        for name, value in _named(signature, values, options):
            if name in kinds():
                needs(name, value, kinds()[name])
        return function(*values, **options)

    public.__module__ = "analysis"  # where it is found under its name
    return public  # type: ignore[return-value]


def _named(signature: inspect.Signature, values: tuple[Any, ...], options: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield each value with its parameter; none where the call itself is wrong, of which Python tells."""
    try:
        bound = signature.bind(*values, **options).arguments
    except TypeError:
        return
    for name, value in bound.items():
        several = signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
        yield from ((name, each) for each in (value if several else (value,)))


def needs(name: str, value: Any, kind: Any) -> None:
    """Refuse a value that is not of a kind.

    Raises
    ------
    AnalysisError
        If it is not: under which name it was given, what to give, what was given.
    """
    if not fits(value, kind):
        raise AnalysisError(_refusal(name, value, kind))


def within(name: str, value: int, least: int, most: int | None = None) -> None:
    """Refuse what is no whole number between two ends; without the second there is no greatest.

    Raises
    ------
    AnalysisError
        If it is not.
    """
    needs(name, value, int)
    if value < least:
        raise AnalysisError(
            f"{name}: {value} is less than {least}: give {least} or more. · {name}：{value} 小于 {least}，请给 {least} 或以上。"
        )
    if most is not None and value > most:
        raise AnalysisError(
            f"{name}: {value} is more than {most}: give {most} or less. · {name}：{value} 大于 {most}，请给 {most} 或以下。"
        )


def each_once(name: str, values: Iterable[Any]) -> None:
    """Refuse no value at all, and one that stands twice: each gives rows of its own, under its own code.

    Raises
    ------
    AnalysisError
        If there is none, or one stands twice.
    """
    counts = Counter(values)
    twice = ", ".join(str(value) for value, times in counts.items() if times > 1)
    if not counts or twice:
        en, zh = (f"{twice} stands twice", f"{twice} 重复") if twice else ("there is none", "一个也没有")
        raise AnalysisError(f"{name}: {en}: give one or more, each once. · {name}：{zh}，请给一个或几个，各一次。")


def columns_needed(rows: pd.DataFrame, columns: Iterable[str], of: str) -> None:
    """Refuse rows that lack columns, for they were made by another function.

    Raises
    ------
    AnalysisError
        If they do: which columns, and which function makes such rows.
    """
    missing = ", ".join(name for name in columns if name not in rows.columns)
    if missing:
        raise AnalysisError(f"These rows have no column {missing}: give rows of {of}. · 这些行没有 {missing} 列：请给 {of} 的结果。")


def fits(value: Any, kind: Any) -> bool:
    """Whether a value is of a kind, as annotations name it; a number is a finite one, and a list may stand for a tuple.

    >>> fits([1, 2], list[int] | None), fits([1, 2.5], tuple[int, ...]), fits(float("nan"), float), fits(True, int)
    (True, False, False, False)
    """
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return any(fits(value, part) for part in parts)
    if origin is Literal:
        return isinstance(value, str) and value in parts
    if origin is type:
        return isinstance(value, type) and issubclass(value, parts[0])
    if origin is Callable or origin is None:
        return callable(value) if origin else _is_a(value, kind)
    if issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(fits(key, parts[0]) and fits(each, parts[1]) for key, each in value.items())
    # what can be gone through only once is looked at by the function, where it says so
    once = origin in (Iterable, Iterator) and isinstance(value, Iterable)
    return all(fits(each, parts[0]) for each in value) if isinstance(value, Collection) else once


def _is_a(value: Any, kind: Any) -> bool:
    if kind in (int, float, Fraction):
        wanted = Integral if kind is int else Real
        return isinstance(value, wanted) and not isinstance(value, bool) and math.isfinite(value)
    if kind is bool:
        return isinstance(value, bool | np.bool)
    return kind in (Any, object) or isinstance(value, (str, os.PathLike) if kind is Path else kind)


def _refusal(name: str, value: Any, kind: Any) -> str:
    given, plain = type(value).__name__, (str, Real, date, Enum, NoneType)
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple | set) else (value,)
    listed = value is not None and all(isinstance(each, plain) for each in inside)
    shown = repr(value) if listed else ""
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    wanted = _said(kind)
    en, zh = (f" ({shown})", f"（{shown}）") if shown else ("", "")
    return f"{name}: give {wanted.en}, not {given}{en}. · {name}：请给{wanted.zh}，不是 {given}{zh}。"


def _said(kind: Any) -> Term:
    """Return a kind in words."""
    if get_origin(kind) is not None:
        return _said_of(get_origin(kind), get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Named):
        first = f"{kind.__name__}.{next(iter(kind)).name}"
        return Term(f"{kind.__name__} 的一项，如 {first}", f"one of {kind.__name__}, such as {first}")
    name = getattr(kind, "__name__", str(kind))
    return _WORDS.get(kind) or _WORDS.get(name) or Term(name, name)


def _said_of(origin: Any, parts: tuple[Any, ...]) -> Term:
    """Return in words a kind that is made of others."""
    if origin in (Union, UnionType):
        # a whole number is a number, and what may be left out need not be said
        left = [_said(part) for part in parts if part is not NoneType and (part not in (int, Fraction) or float not in parts)]
        return Term(*(_OR(lang).join(dict.fromkeys(word(lang) for word in left)) for lang in LANGS))
    if origin is Literal:
        return Term(*(_OR(lang).join(map(repr, parts)) for lang in LANGS))
    if origin is type:
        return Term(f"{parts[0].__name__} 一类", f"a class of {parts[0].__name__}")
    if origin is Callable:
        return Term("函数", "a function")
    each = _said(parts[-1] if issubclass(origin, Mapping) else parts[0])
    word = Term("对应表", "a mapping") if issubclass(origin, Mapping) else Term("列表", "a list")
    return Term(f"{word.zh}，每项为{each.zh}", f"{word.en}, each of it {each.en}")
