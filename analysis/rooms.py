"""Activity rooms: how many it takes if organisations of a township share them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import narwhals as nw
import pandas as pd

from analysis.facts import says_yes
from analysis.given import each_once
from analysis.metrics import nothing_counted, open_columns
from analysis.model import AnalysisError, Choice, Evidence, Term, named, result_rows
from analysis.planning import between
from analysis.register import Register, collect


def rooms(register: Register, *, shared_by: Sequence[int] | int = (1, 3, 5, 10)) -> pd.DataFrame:
    """Return how many activity rooms the organisations without one would need if so many of a township shared a room.

    Parameters
    ----------
    shared_by
        Up to how many organisations share a room, one set of rows each; 1 is a room for each.

    Returns
    -------
    DataFrame, for each number a row a township, then one for all
        code (township/number, all/number), name_zh, name_en, township (empty for all), shared_by, without_least, without_most
        [organisations without a room], least, value, most [rooms; a room that is not told may be missing, an organisation without
        a township may lie in any, in one that is not listed, too; value where both ends agree], needs, evidence, assumptions.

    Raises
    ------
    AnalysisError
        If a room is shared by fewer than 1, there is no number, or one stands twice.

    >>> o = pd.DataFrame({"name": list("abcd"), "township": ["s", "s", "s", "t"], "activity_room": [False] * 4})
    >>> rooms(Register(o), shared_by=[2]).set_index("code")["most"].to_dict()
    {'s/2': 2, 't/2': 1, 'all/2': 3}
    """
    sizes = shared_by if isinstance(shared_by, Iterable) else [shared_by]
    each_once("shared_by", sizes)
    if min(sizes) < 1:
        raise AnalysisError("A room is shared by 1 or more.")
    fact = ~says_yes("activity_room")
    cells = {"_no": fact.yes, "_may": ~fact.no}
    frame = register.frame("organisations").select("township", *(cell.cast(nw.Int64).alias(name) for name, cell in cells.items()))
    found = collect(frame.group_by("township").agg(nw.col("_no").sum(), nw.col("_may").sum()))
    counts = [
        (None if pd.isna(row["township"]) else str(row["township"]), int(row["_no"]), int(row["_may"])) for row in found.to_dict("records")
    ]
    placed = sorted((place, no, may) for place, no, may in counts if place is not None)
    stray = next(((no, may) for place, no, may in counts if place is None), (0, 0))
    empty = open_columns(register)
    asked = [column for column in ("organisations/activity_room", "organisations/township") if column in empty]
    records: list[dict[str, object]] = []
    for size in sizes:
        records += [
            _room(place, size, (no, may + stray[1]), (_ceil(no, size), _ceil(may + stray[1], size)), asked) for place, no, may in placed
        ]
        records.append(_all_rooms(register, placed, stray, size, asked))
    return result_rows(records, evidence=[register.evidence, Evidence.JUDGEMENT], assumptions=[Choice.C33])


def _ceil(amount: int, size: int) -> int:
    return -(-amount // size)


def _all_rooms(
    register: Register, placed: Iterable[tuple[str, int, int]], stray: tuple[int, int], size: int, asked: Sequence[str]
) -> dict[str, object]:
    """Return the rooms of all townships: those not placed fill rooms that are not full, or are each alone in a township."""
    places = list(placed)
    no, may = sum(place[1] for place in places), sum(place[2] for place in places)
    least = max(sum(_ceil(place[1], size) for place in places), _ceil(no + stray[0], size))
    most = sum(_ceil(place[2], size) for place in places) + stray[1]
    if nothing_counted(register, "organisations"):
        return _room("", size, (0, None), (0, None), asked)
    return _room("", size, (no + stray[0], may + stray[1]), (least, most), asked)


def _room(place: str, size: int, without: tuple[int, int | None], need: tuple[int, int | None], asked: Sequence[str]) -> dict[str, object]:
    name = Term(place or "全部", place or "all townships")
    alone, shared = Term("不合用，一家一间", "no sharing: one to a room"), Term(f"至多 {size} 家合用", f"up to {size} to a room")
    how = alone if size == 1 else shared
    words = Term(f"{name.zh}，{how.zh}", f"{name.en}, {how.en}")
    counts = {"without_least": without[0], "without_most": without[1]} | between(*need)
    needs = " ".join(asked) if need[0] != need[1] else ""
    return {"code": f"{place or 'all'}/{size}", **named(words), "township": place, "shared_by": size, **counts, "needs": needs}
