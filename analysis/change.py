"""What changed between two registers of one place."""

from __future__ import annotations

import narwhals as nw
import pandas as pd

from analysis.facts import UNKNOWN
from analysis.indicators import INDICATORS, less
from analysis.metrics import rates, total_of
from analysis.model import MARKS, AnalysisError, Evidence, Term, named, result_rows
from analysis.register import Register, collect
from analysis.schema import KEYS, TABLE_TERMS
from analysis.settings import DEFAULT_SETTINGS, Settings


def change(before: Register, after: Register, *, settings: Settings = DEFAULT_SETTINGS) -> pd.DataFrame:
    """Return how every indicator moved between two registers, each end allowed for what is unknown at either date.

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
    engines = {nw.get_native_namespace(each.organisations) for each in (before, after)}
    if len(engines) > 1:
        raise AnalysisError("Both registers must live in the same engine: give two of pandas frames, or two of another.")
    then, now = (rates(each, settings=settings).to_dict("records") for each in (before, after))
    records: list[dict[str, object]] = []
    for old, new in zip(then, now, strict=True):
        known_ends = not any(pd.isna(row[end]) for row in (old, new) for end in ("low", "high"))
        known_shares = not pd.isna(old["share"]) and not pd.isna(new["share"])
        records.append(
            {"code": new["code"], "name_zh": new["name_zh"], "name_en": new["name_en"], "share_before": old["share"], "share_after": new["share"],
             "difference": new["share"] - old["share"] if known_shares else None,
             "difference_low": new["low"] - old["high"] if known_ends else None, "difference_high": new["high"] - old["low"] if known_ends else None,
             **{name: new[name] for name in ("part", "whole", "unknown")},
             **{mark: f"{old[mark]} {new[mark]}" for mark in MARKS}}
        )  # fmt: skip
    both = [before.evidence, after.evidence]
    return result_rows([*records, _lost(before, after), *_turnover(before, after)], evidence=both)


def _lost(before: Register, after: Register) -> dict[str, object]:
    """Return how many of the organisations in both registers have fewer association members than before."""
    old = before.frame("organisations").select("org_id", nw.col("association_members").alias("members_before"))
    both = after.frame("organisations").select("org_id", "association_members").join(old, on="org_id", how="inner")
    fewer = less("association_members", "members_before") if _matched(before, after, "organisations") else UNKNOWN
    sums = total_of(both, {"part": fewer.yes, "whole": fewer.yes | fewer.no, "unknown": ~(fewer.yes | fewer.no)})
    share = sums["part"] / sums["whole"] if sums["whole"] else None
    return {"code": "association_members_lost", **named(INDICATORS["association_members_lost"].term), "share_after": share, **sums}


_MOVES = {"came": Term("新增", "came"), "went": Term("减少", "went"), "stayed": Term("两期都在", "in both")}


def _turnover(before: Register, after: Register) -> list[dict[str, object]]:
    records: list[dict[str, object]] = []
    for table, key in KEYS.items():
        old, new = (each.frame(table).select(key) for each in (before, after))
        moves = {"came": (new, old, "anti"), "went": (old, new, "anti"), "stayed": (new, old, "semi")}
        for move, (one, other, how) in moves.items():
            term, of = _MOVES[move], TABLE_TERMS[table]
            count = collect(one.join(other, on=key, how=how).select(nw.len().alias("n")))["n"].iloc[0]  # type: ignore[arg-type]
            name = Term(f"{of.zh}：{term.zh}", f"{of.en}: {term.en}")
            records.append({"code": f"{table}_{move}", **named(name), "part": int(count) if _matched(before, after, table) else None})
    return records


def _matched(before: Register, after: Register, table: str) -> bool:
    """Whether rows of both are told apart by numbers of their own: not those of a report, nor those given while reading."""
    return not any(each.evidence is Evidence.REPORT or table in each.numbered for each in (before, after))
