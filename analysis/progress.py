"""What changed between registers of one place: levels, and each change taken apart exactly into what made it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd

from analysis.facts import UNKNOWN
from analysis.indicators import INDICATORS, less
from analysis.metrics import TABLE, added, rates, total_of
from analysis.model import MARKS, AnalysisError, Choice, Evidence, Lang, Named, Term, named, number, result_rows
from analysis.register import Frame, Register
from analysis.schema import KEYS, TABLE_TERMS
from analysis.settings import DEFAULT_SETTINGS, Settings
from analysis.wording import row_text


class Component(Named):
    """What makes a number differ between two dates: rows, each of which belongs to one at most, and the day itself."""

    came = Term("新增", "came")
    went = Term("减少", "went")
    changed = Term("变化", "changed")
    elapsed = Term("日期推移", "time passed")
    known = Term("补齐", "became known")


class Unmatched(Named):
    """Why rows of two registers cannot be told to be the same."""

    report = Term("有一期只有报告的总数，没有逐家的行", "one of the two is a report's totals, without rows of its own")
    numbered = Term(
        "有一期的行没有自己的编号，名称也有空缺或重复，两期的行对不上",
        "rows of one of the two have no numbers of their own, and names that are missing or stand twice: they cannot be found in the other",
    )
    renumbered = Term(
        "两期没有一个相同的编号，名称却多半相同：多半换了编号，或者有一期没有编号、以名称代替；请把编号对齐",
        "no number is in both, though most names are: numbers were probably given anew, or one of the two has none; give both the same numbers",
    )


class Direction(Named):
    """Whether a change is for the better, as far as both intervals settle it."""

    better = Term("好转", "better")
    worse = Term("变差", "worse")
    same = Term("没有变化", "unchanged")
    up = Term("上升", "up")
    down = Term("下降", "down")
    open = Term("定不了：两期的可能范围重叠", "cannot be told: what is possible at both dates overlaps")


# what a row adds to an indicator, of which every change is taken apart
STOCKS = ("part", "whole", "unknown", "unsized")
LEVELS = (*STOCKS, "share", "low", "high", "least", "most", "of")
_SIGNS = {Component.came: 1, Component.went: -1, Component.changed: 1, Component.elapsed: 1, Component.known: 1}


def progress(*registers: Register, settings: Settings = DEFAULT_SETTINGS) -> pd.DataFrame:
    """Return how every indicator moved from each register to the next, with what made it move.

    Of the rows that are in both, what the earlier cells alone come to on the later day, such as terms that ended meanwhile, is
    `elapsed`; the rest starts from there. It is `known` where cells settle a row (its part and its whole) that the earlier ones leave
    open on either day, or leave open one that these settle on both; else it is `changed`. So for each of part, whole, unknown and unsized
    after = before + elapsed + came - went + changed + known, and the five contributions add up to the difference of the shares (C36).

    Parameters
    ----------
    registers
        Of one place, in order of time; with one alone there are no rows. They are of the same engine (for DuckDB the same connection), each with its day.

    Returns
    -------
    DataFrame, one row an indicator and step
        code (indicator; with several steps indicator/step), indicator, step [from 1], name_zh, name_en, grain (organisation or
        branch), from_on, to_on [days];
        part, whole, unknown, unsized, share, low, high, least, most, of, each with _before and _after, as in `rates`;
        difference, difference_low, difference_high [-1..1]; direction (of `Direction`, as far as both
        intervals settle it), direction_zh, direction_en;
        came_part, went_part, changed_part, elapsed_part, known_part, and so for _whole, _unknown and _unsized [rows or people];
        changed_rows, learned_rows, forgotten_rows [rows in both that are `changed`, or became known, or became unknown];
        contribution_came, _went, _changed, _elapsed, _known [of the share, -1..1; null without a whole at both dates]; unmatched (of
        `Unmatched`: then all from came_part on is null), unmatched_zh, unmatched_en; said_zh, said_en (the row as a sentence);
        good, needs, evidence, assumptions.

    Raises
    ------
    AnalysisError
        If there is no register, one of several has no day, they are out of order, or they live in different engines.

    >>> from datetime import date
    >>> one, two = (Register(pd.DataFrame({"org_id": ids, "name": ids, "coverage": c}), as_of=date(year, 12, 31)) for ids, c, year in
    ...             ((["a", "b"], ["own", "none"], 2012), (["b", "c"], ["own", "own"], 2013)))
    >>> row = progress(one, two).set_index("code").loc["own_branch"]  # a went, b changed, c came
    >>> [int(row[name]) for name in ("part_before", "came_part", "went_part", "changed_part", "known_part", "part_after")]
    [1, 1, 1, 1, 0, 2]
    >>> [float(row[name]) for name in ("contribution_came", "contribution_went", "contribution_changed", "difference")]
    [0.125, -0.125, 0.5, 0.5]
    """
    check_order(registers)
    every = [rates(each, settings=settings).to_dict("records") for each in registers]
    records: list[dict[str, object]] = []
    for step, ((before, then), (after, now)) in enumerate(pairwise(zip(registers, every, strict=True)), 1):
        split = _decomposed(before, after, settings)
        for old, new in zip(then, now, strict=True):
            level = {"code": new["code"] if len(registers) == 2 else f"{new['code']}/{step}", "indicator": new["code"], "step": step,
                     **_dates(before, after), **_moved(old, new)}  # fmt: skip
            records.append(_row(level, split[str(new["code"])]))
    return result_rows(records) if records else result_rows([]).reindex(columns=_COLUMNS)


_COLUMNS = ["code", "indicator", "step", "name_zh", "name_en", "grain", "from_on", "to_on", "difference", "difference_low", "difference_high", "direction",
            "unmatched", "unmatched_zh", "unmatched_en", "said_zh", "said_en", "good", "needs", *MARKS]  # fmt: skip


def _dates(before: Register, after: Register) -> dict[str, object]:
    return {name: each.as_of and each.as_of.isoformat() for name, each in (("from_on", before), ("to_on", after))}


def check_order(registers: Sequence[Register]) -> None:
    """Refuse registers that cannot be compared.

    Raises
    ------
    AnalysisError
        If there is none, one of several has no day, they are out of order, or they live in different engines.
    """
    other = ", ".join(type(each).__name__ for each in registers if not isinstance(each, Register))
    if other:
        raise AnalysisError(f"Give registers, one after the other, not {other}. · 请逐个给出登记册，不是 {other}。")
    if not registers:
        raise AnalysisError("A change needs two registers of different dates, or more. · 看变化至少要两期台账。")
    if len(registers) == 1:  # there is no step, and nothing to hold against anything
        return
    undated = ", ".join(str(at) for at, each in enumerate(registers, 1) if each.as_of is None)
    if undated:
        raise AnalysisError(
            f"Register {undated} has no day of the count: give it with as_of. · 第 {undated} 期没有统计时点：请用 as_of 给出。"
        )
    for at, (before, after) in enumerate(pairwise(registers), 1):
        if before.as_of > after.as_of:  # type: ignore[operator]
            raise AnalysisError(
                f"Register {at} is of {before.as_of}, register {at + 1} of {after.as_of}: give them in order of time. · "
                f"第 {at} 期是 {before.as_of}，第 {at + 1} 期是 {after.as_of}：请按时间先后给出。"
            )
    check_engine(registers)


def check_engine(registers: Sequence[Register]) -> None:
    """Refuse registers whose rows no engine could hold against each other.

    Raises
    ------
    AnalysisError
        If they live in different engines, or in different connections.
    """
    if len({nw.get_native_namespace(each.organisations) for each in registers}) > 1:
        raise AnalysisError("Registers to compare must live in the same engine: give all as pandas frames, or all of another.")
    try:
        for before, after in pairwise(registers):
            keys = [each.frame("organisations").select("org_id") for each in (before, after)]
            keys[0].join(keys[1], on="org_id", how="semi")
    except duckdb.InvalidInputException as error:
        raise AnalysisError(f"Registers to compare must come from one connection: {error}") from None


def matched(before: Register, after: Register, table: str) -> Unmatched | None:
    """Return why the rows of a table cannot be matched; None where both have numbers, or names that stand for them (C37)."""
    if any(each.evidence is Evidence.REPORT for each in (before, after)):
        return Unmatched.report
    if any(table in each.numbered for each in (before, after)):
        return Unmatched.numbered
    # a few names are those of many branches; of ledgers of one place most are in both
    smaller = min(each.rows(table) for each in (before, after))
    known = 2 * _in_both(before, after, table, "name") >= smaller > 0
    return Unmatched.renumbered if known and not _in_both(before, after, table, KEYS[table]) else None


def _in_both(before: Register, after: Register, table: str, column: str) -> int:
    """Return how many rows of the later table have a value that stands in the earlier one, too."""
    old, new = (each.frame(table).select(column).filter(~nw.col(column).is_null()) for each in (before, after))
    return total_of(new.join(old, on=column, how="semi"), {"n": nw.lit(1)})["n"]


def _moved(old: dict[Any, Any], new: dict[Any, Any]) -> dict[str, object]:
    """Return an indicator at both dates and between what its change lies."""
    levels = {f"{name}_{when}": row[name] for when, row in (("before", old), ("after", new)) for name in LEVELS}
    shares = [Fraction(int(row["part"]), int(row["whole"])) for row in (old, new) if row["whole"]]
    ends = not any(pd.isna(row[end]) for row in (old, new) for end in ("low", "high"))
    low, high = (new["low"] - old["high"], new["high"] - old["low"]) if ends else (None, None)
    direction = _direction(low, high, new["good"])
    return {
        "name_zh": new["name_zh"], "name_en": new["name_en"], "grain": INDICATORS[str(new["code"])].grain.name, **levels,
        "difference": number(shares[1] - shares[0]) if len(shares) == 2 else None, "difference_low": low, "difference_high": high,
        "direction": direction.name, **named(direction.term, "direction"), "good": new["good"],
        "needs": " ".join(dict.fromkeys(f"{old['needs']} {new['needs']}".split())), **{mark: f"{old[mark]} {new[mark]}" for mark in MARKS},
    }  # fmt: skip


def _direction(low: float | None, high: float | None, good: str) -> Direction:
    if low is None or high is None or (low <= 0 <= high and low != high):
        return Direction.open
    if low == high == 0:
        return Direction.same
    rises = high > 0
    if not good:
        return Direction.up if rises else Direction.down
    return Direction.better if rises == (good == "high") else Direction.worse


# ------------------------------------------------------------------ what made it move


def _decomposed(before: Register, after: Register, settings: Settings) -> dict[str, dict[str, int] | Unmatched]:
    """Return the components of every indicator, or why there are none."""
    found: dict[str, dict[str, int] | Unmatched] = {}
    for grain, table in TABLE.items():
        codes = [code for code, indicator in INDICATORS.items() if indicator.grain is grain and indicator.measure]
        why = matched(before, after, table)
        if why:
            found |= dict.fromkeys(codes, why)
        else:
            then, now = (added(each, table, codes, settings=settings) for each in (before, after))
            aged = added(before, table, codes, settings=settings, as_of=after.as_of)
            found |= components(then, now, KEYS[table], codes, aged=aged)
    return found


def components(then: Frame, now: Frame, key: str, codes: Sequence[str], *, aged: Frame | None = None) -> dict[str, dict[str, int]]:
    """Return what rows that came, went, changed and became known, and the day itself, make of the change of sums.

    Parameters
    ----------
    then, now
        Rows of two dates with their number `key` and, for each code, what the row adds to its stocks: columns code/part and so on.
    aged
        The earlier rows as they count on the later day; where none are given, as on their own.

    Returns
    -------
    dict
        For each code: came_part, went_part, changed_part, elapsed_part, known_part and so for every stock, each a sum of whole
        numbers; then changed_rows, learned_rows, forgotten_rows.

    >>> stocks = {"x/whole": [1], "x/unknown": [0], "x/unsized": [0]}
    >>> one, two = (nw.from_native(pd.DataFrame({"k": ["a"], "x/part": [part]} | stocks)).lazy() for part in (0, 1))
    >>> components(one, two, "k", ["x"])["x"]["changed_part"]
    1
    """
    names = [f"{code}/{stock}" for code in codes for stock in STOCKS]
    # without numbers a row has no other side, and the engines differ in whether two empty cells meet
    came, went = (one.join(other.select(key), on=key, how="anti") for one, other in ((now, then), (then, now)))
    stayed = now
    for side, rows in (("then", then), ("aged", then if aged is None else aged)):
        stayed = stayed.join(rows.select(key, *(nw.col(name).alias(f"{side}.{name}") for name in names)), on=key, how="inner")
    stayed = stayed.with_columns(*(state for code in codes for state in _states(code)))
    sums = [total_of(rows, {name: nw.col(name) for name in names}) for rows in (came, went)]
    moved = total_of(stayed, {f"{code}/{name}": expr for code in codes for name, expr in _moves(code)})
    found: dict[str, dict[str, int]] = {}
    for code in codes:
        turned = {f"{move}_{stock}": side[f"{code}/{stock}"] for move, side in zip(("came", "went"), sums, strict=True) for stock in STOCKS}
        found[code] = turned | {name: moved[f"{code}/{name}"] for name in _MOVED}
    return found


_MOVED = [f"{move}_{stock}" for move in ("changed", "elapsed", "known") for stock in STOCKS] + [
    "changed_rows",
    "learned_rows",
    "forgotten_rows",
]


def _states(code: str) -> Iterator[nw.Expr]:
    """Yield of a row in both whether its answer is open, for the earlier cells on both days, and by how much each stock moved."""
    for side in ("", "then.", "aged."):
        yield ((nw.col(f"{side}{code}/unknown") + nw.col(f"{side}{code}/unsized")) > 0).alias(f"{side}{code}.open")
    for stock in STOCKS:
        name = f"{code}/{stock}"
        yield (nw.col(name) - nw.col(f"aged.{name}")).alias(f"{code}.{stock}")
        yield (nw.col(f"aged.{name}") - nw.col(f"then.{name}")).alias(f"{code}.{stock}.elapsed")


def _moves(code: str) -> Iterator[tuple[str, nw.Expr]]:
    """Yield what a row in both adds to each sum.

    It became known, or ceased to be, where the earlier cells settle it on neither day or on both, and the later ones otherwise: a term
    that time alone makes doubtful, and an election settles, was not learned.
    """
    then, aged, now = (nw.col(f"{side}{code}.open") for side in ("then.", "aged.", ""))
    learned, forgotten = then & aged & ~now, now & ~then & ~aged
    flips = (learned | forgotten).cast(nw.Int64)
    differs = nw.lit(False)
    for stock in STOCKS:
        move = nw.col(f"{code}.{stock}")
        yield f"elapsed_{stock}", nw.col(f"{code}.{stock}.elapsed")
        yield f"known_{stock}", move * flips
        yield f"changed_{stock}", move * (1 - flips)
        differs = differs | (move != 0)
    yield "learned_rows", learned
    yield "forgotten_rows", forgotten
    yield "changed_rows", ~learned & ~forgotten & differs


_PARTS = [f"{component.name}_{stock}" for stock in STOCKS for component in Component] + ["changed_rows", "learned_rows", "forgotten_rows"]


def _row(level: dict[str, Any], split: dict[str, int] | Unmatched) -> dict[str, object]:
    """Return one result row from the levels of an indicator and what made it move."""
    if isinstance(split, Unmatched):
        parts: dict[str, object] = dict.fromkeys(_PARTS) | {"unmatched": split.name, **named(split.term, "unmatched")}
        shares, choices = None, []
    else:
        parts = {name: split[name] for name in _PARTS} | {"unmatched": "", **named(Term("", ""), "unmatched")}
        shares, choices = _contributions(level, split), [Choice.C36, Choice.C37]
    own = {f"contribution_{component.name}": number(shares[component]) if shares else None for component in Component}
    words = {f"said_{lang}": _sentence(level, shares, lang) for lang in ("zh", "en")}
    marks = {"assumptions": f"{level['assumptions']} {' '.join(choice.name for choice in choices)}"}
    return level | parts | own | words | marks


def _contributions(level: dict[str, Any], split: dict[str, int]) -> dict[Component, Fraction] | None:
    """Return what each component makes of the difference of two shares; they add up to it exactly.

    A component counts by how far its part lies beyond the share of both dates pooled, over the harmonic mean of both wholes (C36).
    """
    part, whole = (int(level[f"{stock}_before"]) + int(level[f"{stock}_after"]) for stock in ("part", "whole"))
    wholes = int(level["whole_before"]) * int(level["whole_after"])
    if not wholes:
        return None
    moves = {c: [sign * split[f"{c.name}_{stock}"] for stock in ("part", "whole")] for c, sign in _SIGNS.items()}
    return {c: Fraction(d_part * whole - part * d_whole, 2 * wholes) for c, (d_part, d_whole) in moves.items()}


def level_of(row: pd.Series | dict[Any, Any], when: str) -> pd.Series:
    """Return an indicator of one date as a row of `rates`, `when` being before or after.

    >>> row = {"code": "a"} | {f"{name}_after": at for at, name in enumerate(LEVELS)}
    >>> level_of(row, "after")[["code", "part", "of"]].tolist()
    ['a', 0, 9]
    """
    kept = {name: row[name] for name in ("code", "name_zh", "name_en", *MARKS) if name in row}
    return pd.Series(kept | {name: row[f"{name}_{when}"] for name in LEVELS}, dtype="object")


def points(share: float | Fraction | None) -> str:
    """Return a difference of shares in percentage points, with its sign; a change too small to show has none.

    >>> points(0.0291), points(-0.1), points(0.0)
    ('+2.9', '-10.0', '0.0')
    """
    tenths = round(Fraction(share or 0) * 1000)
    return f"{'+' if tenths > 0 else '-' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10}"


def rounded(shares: Sequence[Fraction | float]) -> list[Fraction]:
    """Return shares rounded to a tenth of a point so that they still add up to their rounded sum.

    >>> [points(share) for share in rounded([0.0004, 0.0004, 0.0004])]
    ['0.0', '+0.1', '0.0']
    """
    sums = [round(Fraction(total) * 1000) for total in accumulate((Fraction(share) for share in shares), initial=Fraction(0))]
    return [Fraction(after - before, 1000) for before, after in pairwise(sums)]


def _sentence(level: dict[str, Any], shares: dict[Component, Fraction] | None, lang: Lang) -> str:
    """Return both levels, the difference and what made it, in words."""
    then, now = (row_text(level_of(level, when), lang, "share") for when in ("before", "after"))
    text = f"{then} → {now}"
    if pd.isna(level["difference"]):
        return text
    unsettled = level["low_before"] != level["high_before"] or level["low_after"] != level["high_after"]
    known = Term("已知部分", "among known cells ") if unsettled else Term("", "")
    said = Term(f"{known.zh}{points(level['difference'])} 个百分点", f"{known.en}{points(level['difference'])} points")(lang)
    if not shares or not any(shares.values()):
        return text + Term("；", "; ")(lang) + said
    parts = zip(shares, rounded(list(shares.values())), strict=True)
    made = Term("，", ", ")(lang).join(f"{component.term(lang)} {points(share)}" for component, share in parts if share)
    brackets = Term(f"（{made}）", f" ({made})")(lang) if made else ""
    return text + Term("；", "; ")(lang) + said + brackets


# ------------------------------------------------------------------ two registers, in brief


def change(before: Register, after: Register, *, settings: Settings = DEFAULT_SETTINGS) -> pd.DataFrame:
    """Return how every indicator moved between two registers, each end allowed for what is unknown at either date.

    Unlike `progress`, it asks for no dates, and takes nothing apart.

    Parameters
    ----------
    before, after
        Two registers of one place, of the same engine.

    Returns
    -------
    DataFrame, one row an indicator, then association_members_lost: of the organisations in both with known numbers, those with
    fewer association members
        code, name_zh, name_en, share_before, share_after [0..1], difference, difference_low, difference_high [-1..1],
        part, whole, unknown [after], evidence, assumptions; then the rows organisations_came, _went, _stayed and branches_came,
        _went, _stayed, with `part` [rows; null where rows have no
        numbers of their own].

    Raises
    ------
    AnalysisError
        If the two live in different engines.

    >>> one, two = (Register(pd.DataFrame({"org_id": ids, "name": ids, "coverage": c})) for ids, c in
    ...             ((["a", "b"], ["own", "none"]), (["b", "c"], ["own", None])))
    >>> change(one, two).set_index("code").loc["own_branch", ["difference_low", "difference_high"]].tolist()
    [0.0, 0.5]
    """
    check_engine([before, after])
    then, now = (rates(each, settings=settings).to_dict("records") for each in (before, after))
    kept = ("name_zh", "name_en", "share_before", "share_after", "difference", "difference_low", "difference_high", *MARKS)
    records: list[dict[str, object]] = []
    for old, new in zip(then, now, strict=True):
        moved = _moved(old, new)
        records.append(
            {"code": new["code"], **{name: moved[name] for name in kept}, **{name: new[name] for name in ("part", "whole", "unknown")}}
        )
    both = [before.evidence, after.evidence]
    return result_rows([*records, _lost(before, after), *_turnover(before, after)], evidence=both)


def _lost(before: Register, after: Register) -> dict[str, object]:
    """Return how many of the organisations in both registers have fewer association members than before."""
    old = before.frame("organisations").select("org_id", nw.col("association_members").alias("members_before"))
    both = after.frame("organisations").select("org_id", "association_members").join(old, on="org_id", how="inner")
    fewer = UNKNOWN if matched(before, after, "organisations") else less("association_members", "members_before")
    sums = total_of(both, {"part": fewer.yes, "whole": fewer.yes | fewer.no, "unknown": ~(fewer.yes | fewer.no)})
    share = sums["part"] / sums["whole"] if sums["whole"] else None
    return {"code": "association_members_lost", **named(INDICATORS["association_members_lost"].term), "share_after": share, **sums}


_MOVES = {"came": Component.came.term, "went": Component.went.term, "stayed": Term("两期都在", "in both")}


def _turnover(before: Register, after: Register) -> list[dict[str, object]]:
    records: list[dict[str, object]] = []
    for table in KEYS:
        found = None if matched(before, after, table) else turnover(before, after, table)
        for move, term in _MOVES.items():
            of = TABLE_TERMS[table]
            name = Term(f"{of.zh}：{term.zh}", f"{of.en}: {term.en}")
            records.append({"code": f"{table}_{move}", **named(name), "part": found and found[move]})
    return records


def turnover(before: Register, after: Register, table: str) -> dict[str, int]:
    """Return how many rows of a table came, went and stayed, by their numbers."""
    key = KEYS[table]
    old, new = (each.frame(table).select(key) for each in (before, after))
    stayed = _in_both(before, after, table, key)
    came, went = (total_of(one.join(other, on=key, how="anti"), {"n": nw.lit(1)})["n"] for one, other in ((new, old), (old, new)))
    return {"came": came, "went": went, "stayed": stayed}
