"""Targets from a small file, how far off they are, and the pace that they need."""

from __future__ import annotations

import math
import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.cells import read_date
from analysis.faults import Fault, fault
from analysis.given import columns_needed
from analysis.indicators import INDICATORS
from analysis.model import MARKS, AnalysisError, Choice, Evidence, Grain, Lang, Named, Term, as_day, named, require_marks, result_rows
from analysis.places import shared
from analysis.progress import LEVELS, level_of, points
from analysis.small_tables import small_table
from analysis.wording import agreed, count, is_null, percent, row_text, span

FIELDS = ("indicator", "share", "by", "aim", "source", "note")
_REQUIRED = FIELDS[:3]
# the headings of an office, beside these
HEADED = {
    "指标": "indicator",
    "目标值": "share",
    "目标": "share",
    "期限": "by",
    "截止": "by",
    "方向": "aim",
    "来源": "source",
    "备注": "note",
}
_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*([%％]?)")
# what moves a level; a cell that became known does not (C39)
_MOVING = ("came", "went", "changed", "elapsed")


class Aim(Named):
    """On which side of a target a share should be."""

    at_least = Term("不低于", "at least")
    at_most = Term("不高于", "at most")


# every word for a side, without blanks and in small letters
AIMS = {
    Aim.at_least: ("at_least", "atleast", "不低于", "不少于", "不小于", "大于等于", "至少", "最低", "≥", "≧", ">=", "notlessthan"),
    Aim.at_most: ("at_most", "atmost", "不高于", "不超过", "不多于", "不大于", "小于等于", "至多", "最多", "≤", "≦", "<=", "notmorethan"),
}


class Reach(Named):
    """Whether a target is reached, or will be at the pace so far."""

    reached = Term("已达到", "reached")
    slipping = Term("现已达到，按此进度到期时保不住", "reached, but no longer on its day at this pace")
    missed = Term("已到期，没有达到", "its day has come, and it is not reached")
    on_pace = Term("按此进度可以达到", "reached in time at this pace")
    behind = Term("按此进度达不到", "not reached in time at this pace")
    open = Term("定不了：可能的范围跨过目标", "cannot be told: what is possible lies on both sides of the target")
    no_pace = Term(
        "尚未达到；没有能逐行对上的更早一期，看不出进度", "not reached yet; there is no earlier date whose rows can be matched, so no pace"
    )


class TargetsError(AnalysisError):
    """A file of targets that cannot be used; `faults` holds every mistake found."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("Targets · 目标:\n" + "\n".join(f"  {fault}" for fault in faults))


def load_targets(path: Path | str) -> pd.DataFrame:
    """Return the targets that a small table holds, one a line.

    Parameters
    ----------
    path
        CSV or a workbook with the columns indicator (its code, or its name exactly as in docs/indicators.md, in either language), share
        (80% or 0.8) and by (2015-12-31, also 2015.12.31, 2015/12/31, 20151231, 2015年12月31日), and where wanted aim (at_least, 不低于, 至少 and
        the like, or at_most, 不高于, 不超过 and the like: `AIMS`; by default the side that is good), source and note; a heading may be in Chinese, too (`HEADED`).

    Returns
    -------
    DataFrame, one row a target
        code (indicator/by), indicator, name_zh, name_en, share [0..1], by [day], aim, source, note, evidence (REFERENCE, or
        JUDGEMENT without a source), assumptions.

    Raises
    ------
    TargetsError
        With every fault: line, column, value, what to do.
    """
    lines, faults = small_table(path, _REQUIRED, FIELDS[3:], absent="no_targets", words=HEADED)
    records: list[dict[str, Any]] = []
    for line, cells in lines:
        faults += [
            fault(kind, Path(path).name, line=line, column=column, value=cells.get(column, ""), **words)
            for kind, column, words in _wrong(cells, records)
        ]
        records.append(cells)
    if faults:
        raise TargetsError(faults)
    return result_rows([_target(cells) for cells in records])


def given_targets(path: Path | str = "") -> pd.DataFrame:
    """Return the targets that a notebook's parameter names: none where it is empty, and for 'example' made-up ones, marked so.

    Raises
    ------
    TargetsError
        As `load_targets`.

    >>> len(given_targets("")), given_targets("example")["evidence"].unique().tolist()
    (0, ['ILLUSTRATIVE'])
    """
    if not str(path):
        return result_rows([]).reindex(columns=_COLUMNS)
    if str(path) != "example":
        return load_targets(path)
    made_up = load_targets(shared("data") / "targets.csv").drop(columns="evidence")
    return result_rows([{**row} for _, row in made_up.iterrows()], evidence=[Evidence.ILLUSTRATIVE])


_COLUMNS = ["code", "indicator", "name_zh", "name_en", "share", "by", "aim", "source", "note", *MARKS]


def _wrong(cells: Mapping[str, str], before: list[dict[str, Any]]) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Yield what is wrong with a line: the kind of fault, its column, the words of its message."""
    empty = [field for field in _REQUIRED if not cells.get(field)]
    yield from (("empty", field, {}) for field in empty)
    code, aim = _indicator(cells.get("indicator", "")), cells.get("aim", "")
    if "indicator" not in empty and not code:
        yield "code", "indicator", {"known": ", ".join(code for code, indicator in INDICATORS.items() if indicator.measure)}
    elif "indicator" not in empty and not aim and not INDICATORS[code].good:
        yield "no_aim", "aim", {}
    if "share" not in empty and _share(cells["share"]) is None:
        yield "target_share", "share", {}
    if "by" not in empty and _day(cells["by"]) is None:
        yield "date", "by", {}
    if aim and _aim(aim) is None:
        yield "code", "aim", {"known": ", ".join(f"{side.name} {'/'.join(AIMS[side][2:4])}" for side in Aim)}
    if not empty and any(_same(cells, other) for other in before):
        yield "twice", "indicator", {}


def _indicator(text: str) -> str:
    """Return the code of the indicator that a cell names: by its code, or by its whole name in either language; nothing where it names none."""
    wanted = _folded(text)
    named = (code for code, about in INDICATORS.items() if about.measure and wanted in map(_folded, (code, *about.term)))
    return next(named, "")


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def _aim(text: str) -> Aim | None:
    return next((side for side, words in AIMS.items() if _folded(text) in words), None)


def _same(cells: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two lines are of one indicator and day, however they write them."""
    code, day = _indicator(cells["indicator"]), _day(cells["by"])
    return bool(code and day) and (code, day) == (_indicator(other.get("indicator", "")), _day(other.get("by", "")))


def _share(text: str) -> Fraction | None:
    found = _SHARE.fullmatch(text)
    share = Fraction(found[1]) / (100 if found[2] else 1) if found else None
    return share if share is not None and share <= 1 else None


def _day(text: str) -> date | None:
    try:
        return read_date(re.sub(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", re.sub(r"[.．]", "-", "".join(text.split()))))
    except ValueError:
        return None


def _target(cells: Mapping[str, str]) -> dict[str, object]:
    code, share, day = _indicator(cells["indicator"]), _share(cells["share"]), _day(cells["by"])
    assert share is not None
    assert day is not None
    indicator, source = INDICATORS[code], cells.get("source", "")
    aim = _aim(cells.get("aim", "")) or (Aim.at_least if indicator.good == "high" else Aim.at_most)
    return {"code": f"{code}/{day}", "indicator": code, **named(indicator.term), "share": float(share), "by": str(day), "aim": aim.name,
            "source": source, "note": cells.get("note", ""), "evidence": [Evidence.REFERENCE if source else Evidence.JUDGEMENT]}  # fmt: skip


# ------------------------------------------------------------------ how far, how fast


def months_between(start: date, end: date) -> Fraction:
    """Return the months from one day to another by the calendar; from a month's last day to another's they are whole.

    >>> str(months_between(date(2012, 12, 31), date(2013, 6, 30))), str(months_between(date(2013, 1, 1), date(2013, 1, 16)))
    ('6', '15/31')
    """
    lasts = [monthrange(day.year, day.month)[1] for day in (start, end)]
    days = 0 if (start.day, end.day) == (lasts[0], lasts[1]) else end.day - start.day
    return Fraction(12 * (end.year - start.year) + end.month - start.month) + Fraction(days, 31)


def pace(rows: pd.DataFrame, targets: pd.DataFrame, *, as_of: date | None) -> pd.DataFrame:
    """Return how far each target is off, the pace that it needs, and whether the pace so far would reach it (C39).

    Parameters
    ----------
    rows
        Rows of `progress` of any number of steps, or of `rates`, which have a level and no pace.
    targets
        Rows of `load_targets`.
    as_of
        The day from which the months left are counted.

    Returns
    -------
    DataFrame, one row a target of whose indicator there is a row
        code, indicator, name_zh, name_en, target [0..1], by, aim, source; part, whole, unknown, unsized, share, low, high, least,
        most, of (the level now, as in `rates`); gap_low, gap_high [of the share, 0..1: still to go]; units_least, units_most
        [rows or people still to move; null where the whole is not known]; months_left; needed_least, needed_most [units a month],
        needed_quarter_least, needed_quarter_most [units a quarter]; pace_units [units a month so far, in the wrong direction
        negative], pace_points [of the share a month, signed as the share moves]; projected, projected_low, projected_high [0..1 at
        `by`]; reach (of `Reach`), reach_zh, reach_en; said_zh, said_en (the row as a sentence); evidence, assumptions.

    Raises
    ------
    AnalysisError
        If there are targets and no day.

    >>> targets = result_rows([{"code": "own_branch/2014-12-31", "indicator": "own_branch", "share": 0.9, "by": "2014-12-31",
    ...                         "aim": "at_least", "source": ""}], evidence=[Evidence.JUDGEMENT])
    >>> from analysis.metrics import rates
    >>> from analysis.register import Register
    >>> now = rates(Register(pd.DataFrame({"name": list("abcd"), "coverage": ["own", "none", "none", None]})), only=["own_branch"])
    >>> row = pace(now, targets, as_of=date(2013, 12, 31)).iloc[0]  # four of four are asked for; one has it, one may
    >>> [float(row[name]) for name in ("units_least", "units_most", "months_left", "needed_quarter_most")]
    [2.0, 3.0, 12.0, 0.75]
    """
    require_marks(rows)
    require_marks(targets)
    columns_needed(rows, ("indicator",), "progress(before, after) or rates(register)")
    columns_needed(targets, ("indicator", "share", "by", "aim"), "load_targets(path)")
    day = as_day(as_of)
    if len(targets) and day is None:
        raise AnalysisError(
            "Months are counted from a day of the count, a date such as date(2018, 6, 30): give as_of. · "
            "没有统计时点，算不出剩几个月：请给出 as_of。"
        )
    records = []
    for target in targets.to_dict("records"):
        mine = rows[rows["indicator"] == target["indicator"]]
        if len(mine) and day is not None:
            records.append(_row(mine, target, day))
    rows = result_rows(records, assumptions=[Choice.C39])
    return rows if records else rows.reindex(columns=["code", "indicator", "name_zh", "name_en", "aim", "by", "said_zh", "said_en", *MARKS])


def _row(mine: pd.DataFrame, target: dict[Any, Any], as_of: date) -> dict[str, object]:
    last = mine.iloc[-1]
    level = level_of(last, "after") if "share_after" in mine.columns else last
    upwards = target["aim"] == Aim.at_least.name
    left = months_between(as_of, date.fromisoformat(target["by"]))
    so_far = _so_far(mine)
    told = {"target": target["share"], **_distance(level, Fraction(str(target["share"])), left, upwards=upwards)}
    told |= _projected(level, so_far, left, upwards=upwards)
    reach = _reach(level, told, left, upwards=upwards)
    record = {name: target.get(name) for name in ("code", "indicator", "by", "aim", "source")} | {
        "name_zh": last["name_zh"],
        "name_en": last["name_en"],
    }
    record |= {name: level[name] for name in LEVELS} | told | {"reach": reach.name, **named(reach.term, "reach")}
    record |= {f"said_{lang}": _sentence(level, record, lang) for lang in ("zh", "en")}
    marks: dict[str, object] = {mark: f"{last[mark]} {target[mark]}" for mark in MARKS}
    if so_far:
        marks["evidence"] = f"{marks['evidence']} {Evidence.JUDGEMENT.name}"
    return record | marks


def _so_far(mine: pd.DataFrame) -> tuple[Fraction, Fraction] | None:
    """Return the pace so far in points and in units a month, without cells that became known; None where rows are not matched."""
    if "contribution_came" not in mine.columns:
        return None
    cells = [f"contribution_{name}" for name in _MOVING]
    months = months_between(date.fromisoformat(mine["from_on"].iloc[0]), date.fromisoformat(mine["to_on"].iloc[-1]))
    if mine[cells].isna().to_numpy().any() or months <= 0:
        return None
    moved = sum((Fraction(str(value)) for value in mine[cells].to_numpy().ravel().tolist()), Fraction(0))
    units = mine["came_part"] - mine["went_part"] + mine["changed_part"] + mine["elapsed_part"]
    return moved / months, Fraction(int(units.sum())) / months


def _distance(level: Any, target: Fraction, left: Fraction, *, upwards: bool) -> dict[str, object]:
    """Return how far a level is off, in shares and in units, and what that is a month."""
    ends = [None if is_null(level[end]) else float(level[end]) for end in ("low", "high")]
    gaps = [None if end is None else max(0.0, float(target) - end if upwards else end - float(target)) for end in ends]
    low, high = (gaps[1], gaps[0]) if upwards else (gaps[0], gaps[1])
    found: dict[str, object] = {"gap_low": low, "gap_high": high, "units_least": None, "units_most": None}
    if not is_null(level["of"]) and not is_null(level["most"]):
        wanted = math.ceil(target * int(level["of"])) if upwards else math.floor(target * int(level["of"]))
        least, most = int(level["least"]), int(level["most"])
        found |= {
            "units_least": max(0, wanted - most if upwards else least - wanted),
            "units_most": max(0, wanted - least if upwards else most - wanted),
        }
    found["months_left"] = float(max(left, Fraction(0)))
    for end in ("least", "most"):
        units: Any = found[f"units_{end}"]
        a_month = None if units is None or left <= 0 else Fraction(units) / left
        found |= {f"needed_{end}": a_month and float(a_month), f"needed_quarter_{end}": a_month and float(3 * a_month)}
        if a_month == 0:
            found |= {f"needed_{end}": 0.0, f"needed_quarter_{end}": 0.0}
    return found


def _projected(level: Any, so_far: tuple[Fraction, Fraction] | None, left: Fraction, *, upwards: bool) -> dict[str, object]:
    """Return where the level would be on the day of the target, both of its ends carried along."""
    if so_far is None:
        return dict.fromkeys(("pace_units", "pace_points", "projected", "projected_low", "projected_high"))
    a_month, units = so_far
    ahead = float(a_month * max(left, Fraction(0)))
    ends = {"projected": "share", "projected_low": "low", "projected_high": "high"}
    then = {name: None if is_null(level[end]) else min(1.0, max(0.0, float(level[end]) + ahead)) for name, end in ends.items()}
    return {"pace_units": float(units if upwards else -units), "pace_points": float(a_month), **then}


def _reach(level: Any, told: Mapping[str, Any], left: Fraction, *, upwards: bool) -> Reach:
    def settled(low: Any, high: Any) -> bool | None:
        """Whether both ends are on the good side, or neither; None where the target lies between them."""
        if is_null(low) or is_null(high):
            return None
        sides = {bool(end >= told["target"] if upwards else end <= told["target"]) for end in (low, high)}
        return sides.pop() if len(sides) == 1 else None

    now = settled(level["low"], level["high"])
    then = settled(told["projected_low"], told["projected_high"]) if left > 0 else None
    if now:
        return Reach.slipping if then is False else Reach.reached
    if then is not None:
        return Reach.on_pace if then else Reach.behind
    if now is None:
        return Reach.open
    return Reach.missed if left <= 0 else Reach.no_pace if told["projected_low"] is None else Reach.open


def _unit(indicator: str) -> Term:
    about = INDICATORS[indicator]
    if about.people:
        return Term("人", "people")
    return Term("家", "organisations") if about.grain is Grain.organisation else Term("个支部", "branches")


def to_go(row: Mapping[str, Any] | pd.Series, lang: Lang) -> str:
    """Return how far a row of `pace` is off and the pace that it needs, in words; nothing where there is no way left to go."""
    if is_null(row["units_most"]) or not row["units_most"] or not row["months_left"]:
        return ""
    units, unit = span(row["units_least"], row["units_most"]), _unit(str(row["indicator"]))(lang)
    quarter = span(row["needed_quarter_least"], row["needed_quarter_most"], lambda value: f"{float(str(value)):.1f}")
    left = count(round(row["months_left"], 1))
    zh = f"还差 {units} {unit}，剩 {left} 个月，每季需 {quarter}"
    return Term(zh, agreed(f"{units} {unit} to go in {left} months, {quarter} a quarter"))(lang)


def _sentence(level: Any, row: Mapping[str, Any], lang: Lang) -> str:
    """Return level, target, distance, pace and verdict in words."""
    aim = Aim.of(str(row["aim"])).term(lang)
    text = [Term(f"{row['by']} 前{aim} {percent(row['target'])}", f"{aim} {percent(row['target'])} by {row['by']}")(lang)]
    text.append(Term("现为 ", "now ")(lang) + row_text(level, lang, "share"))
    text += filter(None, [to_go(row, lang)])
    if row["pace_points"] is not None:
        text.append(
            Term(f"至今每季 {points(3 * row['pace_points'])} 个百分点", f"so far {points(3 * row['pace_points'])} points a quarter")(lang)
        )
    return Term("；", "; ")(lang).join([*text, str(row[f"reach_{lang}"])])
