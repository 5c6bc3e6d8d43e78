"""Who came and who went between registers: flows that must balance, and what in them is doubtful."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import narwhals as nw
import pandas as pd

from analysis.facts import amount
from analysis.given import within
from analysis.model import MARKS, AnalysisError, Choice, Severity, Term, named, result_rows
from analysis.progress import Unmatched, check_order, components, matched
from analysis.register import Frame, Register, collect, day_number, last_day
from analysis.schema import KEYS, TABLE_TERMS

Stated = Sequence[Mapping[str, Mapping[str, int]]]
FIRST = 5  # so many numbers of a doubt are named
_FLOWS = ("last", "came", "went", "changed", "known", "now")
_ALL = ("last_unknown", "now_unknown", "balance", "value")
_STOCKS = {
    "organisations": ("organisations", Term("社会组织", "organisations")),
    "branches": ("branches", Term("党支部", "branches")),
    "members": ("branches", Term("支部的党员", "members of the branches")),
}
_SAID = {"last": Term("上期末", "last"), "came": Term("新增", "came"), "went": Term("减少", "went"), "now": Term("本期末", "now")}
_BORN = {"organisations": "registered_on", "branches": "founded_on"}

_DOUBTS: dict[str, tuple[Term, Severity]] = {
    "came_though_there": (Term("{of}：本期新增，登记或成立日期却不晚于上一期", "{of}: came, though registered or founded on or before the date before"), Severity.warning),
    "renumbered": (Term("{of}：同一名称换了编号，各算一减一增", "{of}: the same name under a new number, probably renumbered; counted as went and came"), Severity.warning),
    "came_back": (Term("{of}：中间一期没有，后来又有", "{of}: went and came back"), Severity.warning),
    "nothing_in_common": (Term("{of}：两期没有一个相同的编号和名称，不像同一处的台账", "{of}: no number and no name is in both; they are hardly of one place"), Severity.error),
    "stated_unbalanced": (Term("{of}：所述 {last} + {came} − {went} = {sum}，不等于 {now}", "{of}: as stated {last} + {came} - {went} = {sum}, which is not {now}"), Severity.error),
    "stated_differs": (Term("{of}：所述与台账不一：{told_zh}", "{of}: what is stated is not what the rows give: {told_en}"), Severity.warning),
}  # fmt: skip


def flows(*registers: Register, stated: Stated = ()) -> pd.DataFrame:
    """Return what came and went from each register to the next, which must balance, and what in it is doubtful.

    Parameters
    ----------
    registers
        As in `progress`.
    stated
        For each step what others state, such as a report: by stock (organisations, branches, members) any of last, came, went, now.
        What is not stated is not held against the rows; a balance needs all four. Of members, last and now are held
        against the rows where every branch says how many it has.

    Returns
    -------
    DataFrame, one row a step and stock, then one a step and doubt
        code (stock or stock/doubt; with several steps followed by /step), kind (flow or doubt), stock, step, name_zh, name_en,
        from_on, to_on; last, came, went, changed, known, now [rows; people for the members of branches, as far as known: changed
        among those in both, known as cells became known], last_unknown, now_unknown [branches without a number of members],
        balance [last + came - went + changed + known - now; 0 unless something is wrong], value [rows of a doubt], keys (the first
        five numbers), severity, unmatched (of `Unmatched`: came, went and balance are null), unmatched_zh, unmatched_en, evidence,
        assumptions.

    Raises
    ------
    AnalysisError
        As `progress`, or if `stated` names something else, is no whole number of 0 or more, or is of more steps than there are.

    >>> from datetime import date
    >>> one, two = (Register(pd.DataFrame({"org_id": ids, "name": ids}), as_of=date(year, 12, 31))
    ...             for ids, year in ((["a", "b"], 2012), (["b", "c"], 2013)))
    >>> flows(one, two).set_index("code").loc["organisations", ["last", "came", "went", "now", "balance"]].tolist()
    [2, 1, 1, 2, 0]
    """
    check_order(registers)
    _check_stated(stated, max(len(registers) - 1, 0))
    records: list[dict[str, object]] = []
    for step, (before, after) in enumerate(pairwise(registers), 1):
        tail = "" if len(registers) == 2 else f"/{step}"
        said = stated[step - 1] if step <= len(stated) else {}
        for record in _step(before, after, said, registers[step + 1 :]):
            about = {"step": step, "from_on": str(before.as_of), "to_on": str(after.as_of)}
            empty = dict.fromkeys((*_FLOWS, *_ALL)) | {"keys": "", "severity": "", "unmatched": "", **named(Term("", ""), "unmatched")}
            marks = {"evidence": [before.evidence, after.evidence]}
            records.append(empty | record | about | marks | {"code": f"{record['code']}{tail}"})
    rows = result_rows(sorted(records, key=lambda record: record["kind"] == "doubt"), assumptions=[Choice.C37])
    return (
        rows if records else rows.reindex(columns=["code", "kind", "stock", "step", "name_zh", "name_en", *_FLOWS, *_ALL, "keys", *MARKS])
    )


def _check_stated(stated: Stated, steps: int) -> None:
    """Refuse flows of other stocks or names, what counts nothing, and more steps than there are."""
    other = [
        f"{stock}.{name}" for said in stated for stock, flow in said.items() for name in flow if stock not in _STOCKS or name not in _SAID
    ]
    if len(stated) > steps:
        raise AnalysisError(
            f"Flows of {len(stated)} steps are stated, but the registers make {steps}. · 所述流量有 {len(stated)} 期，台账只有 {steps} 期。"
        )
    if other:
        known = f"{', '.join(_STOCKS)}: {', '.join(_SAID)}"
        raise AnalysisError(f"No such flow can be stated: {', '.join(other)}; known are {known}. · 没有这样的流量：{', '.join(other)}。")
    for name, value in (each for said in stated for flow in said.values() for each in flow.items()):
        within(f"stated {name}", value, 0)


def _step(before: Register, after: Register, said: Mapping[str, Mapping[str, int]], later: Sequence[Register]) -> Iterator[dict[str, Any]]:
    """Yield the flows of one step, and the doubts about them."""
    for stock, (table, term) in _STOCKS.items():
        why = matched(before, after, table)
        flow = _unmatched(before, after, stock, why) if why else _flow(before, after, stock)
        yield {"code": stock, "kind": "flow", "stock": stock, **named(term), **flow}
        if not why and stock in TABLE_TERMS:
            yield from _doubts(before, after, stock, later)
            if flow["last"] and flow["now"] and flow["came"] == flow["now"]:
                yield _doubt("nothing_in_common", stock, int(flow["now"]))
        if said.get(stock):
            yield from _against(stock, flow, said[stock])


def _sides(register: Register, table: str) -> Frame:
    """Return what each row of a table adds to the flows of rows and of members."""
    frame = register.frame(table)
    none, one = nw.lit(0), nw.lit(1)
    stocks = {"rows/part": one, **dict.fromkeys(("rows/whole", "rows/unknown", "rows/unsized"), none)}
    if table == "branches":
        cell = amount("members")
        stocks |= {
            "members/part": cell.value,
            "members/whole": none,
            "members/unknown": (~cell.known).cast(nw.Int64),
            "members/unsized": none,
        }
    return frame.with_columns(*(expr.alias(name) for name, expr in stocks.items())).select(KEYS[table], *stocks)


def _flow(before: Register, after: Register, stock: str) -> dict[str, Any]:
    table, code = _STOCKS[stock][0], "members" if stock == "members" else "rows"
    found = components(_sides(before, table), _sides(after, table), KEYS[table], [code])[code]
    (last, last_unknown), (now, now_unknown) = (_level(each, stock) for each in (before, after))
    parts = {name: found[f"{name}_part"] for name in ("came", "went", "changed", "known")}
    balance = last + parts["came"] - parts["went"] + parts["changed"] + parts["known"] - now
    return {"last": last, **parts, "now": now, "last_unknown": last_unknown, "now_unknown": now_unknown, "balance": balance}


def _unmatched(before: Register, after: Register, stock: str, why: Unmatched) -> dict[str, Any]:
    (last, last_unknown), (now, now_unknown) = (_level(each, stock) for each in (before, after))
    levels = {"last": last, "now": now, "last_unknown": last_unknown, "now_unknown": now_unknown}
    return levels | {"unmatched": why.name, **named(why.term, "unmatched")}


def _level(register: Register, stock: str) -> tuple[int, int]:
    """Return how much of a stock there is, and in how many rows that is not known."""
    if stock != "members":
        return register.rows(stock), 0
    cell = amount("members")
    sums = collect(
        register.frame("branches")
        .with_columns(cell.value.alias("_part"), (~cell.known).cast(nw.Int64).alias("_open"))
        .select(nw.col("_part", "_open").sum().cast(nw.Int64))
    )
    return int(sums["_part"].fillna(0).iloc[0]), int(sums["_open"].fillna(0).iloc[0])


# ------------------------------------------------------------------ doubts


def _doubts(before: Register, after: Register, table: str, later: Sequence[Register]) -> Iterator[dict[str, Any]]:
    """Yield what is doubtful about the rows that came and went."""
    key = KEYS[table]
    old, new = before.frame(table), after.frame(table)
    came, went = (one.join(other.select(key), on=key, how="anti") for one, other in ((new, old), (old, new)))
    assert before.as_of is not None
    born = _BORN[table]
    there = ~nw.col(born).is_null() & (last_day(born) <= day_number(before.as_of))
    yield from _listed("came_though_there", table, came.filter(there))
    names = went.select(nw.col("name")).filter(~nw.col("name").is_null()).unique()
    yield from _listed("renumbered", table, came.join(names, on="name", how="semi"))
    back = [other.frame(table).select(key) for other in later if matched(before, other, table) is None]
    if back:
        yield from _listed("came_back", table, went.join(nw.concat(back), on=key, how="semi"))


def _listed(doubt: str, table: str, rows: Frame) -> Iterator[dict[str, Any]]:
    key = KEYS[table]
    count = int(collect(rows.select(nw.len().alias("n")))["n"].iloc[0])
    if count:
        found = collect(rows.select(key).sort(key).head(FIRST))[key]
        yield _doubt(doubt, table, count, keys=" ".join(map(str, found)))


def _doubt(doubt: str, stock: str, count: int, *, keys: str = "", words: Mapping[str, object] | None = None) -> dict[str, Any]:
    """Return a doubt as a record."""
    text, severity = _DOUBTS[doubt]
    of = _STOCKS[stock][1]
    said = Term(text.zh.format(of=of.zh, **(words or {})), text.en.format(of=of.en, **(words or {})))
    return {
        "code": f"{stock}/{doubt}",
        "kind": "doubt",
        "stock": stock,
        **named(said),
        "value": count,
        "keys": keys,
        "severity": severity.name,
    }


def _against(stock: str, flow: Mapping[str, Any], said: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Yield where a stated flow does not balance, or is not that of the rows."""
    if set(said) == set(_SAID):
        words = {name: int(said[name]) for name in _SAID}
        balance = words["last"] + words["came"] - words["went"]
        if balance != words["now"]:
            yield _doubt("stated_unbalanced", stock, abs(balance - words["now"]), words=words | {"sum": balance})
    if flow.get("came") is not None:
        counted = _SAID if stock in TABLE_TERMS else [name for name in ("last", "now") if not flow[f"{name}_unknown"]]
        off = {name: abs(int(said[name]) - flow[name]) for name in counted if name in said}
        if any(off.values()):
            told = Term(
                "、".join(f"{_SAID[name].zh} {said[name]}（按行 {flow[name]}）" for name in off if off[name]),
                ", ".join(f"{_SAID[name].en} {said[name]} (by rows {flow[name]})" for name in off if off[name]),
            )
            yield _doubt("stated_differs", stock, sum(off.values()), words={"told_zh": told.zh, "told_en": told.en})
