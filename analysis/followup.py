"""What became of an action list: done, overdue, open, new, no longer shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from analysis.actions import ACTIONS
from analysis.given import columns_needed
from analysis.model import MARKS, AnalysisError, Choice, Evidence, Named, Term, as_day, named, require_marks, result_rows
from analysis.register import Register, by_place
from analysis.schema import KEYS


class Status(Named):
    """What became of an action between two lists."""

    done = Term("已办结", "done")
    still_due = Term("报已办，台账仍显示未办", "said done, still due")
    overdue = Term("逾期未办", "overdue")
    open = Term("在办", "open")
    new = Term("新增", "new")
    unsettled = Term("空格使人不能再判断", "no longer known: its cells leave it open")
    gone = Term("单位已不在册，不再列出", "no longer shown: its unit is not there")
    unmatched = Term(
        "两期对不上：单位没有编号也没有自己的名称，或者编号全换了",
        "cannot be matched: its unit has neither a number nor a name of its own, or all were numbered anew",
    )


_NEEDED = ("code", "table", "unit_id", "unit", "action", "due_on")


def followed(
    actions_before: pd.DataFrame, actions_after: pd.DataFrame, *, as_of: date | None, register: Register | None = None
) -> pd.DataFrame:
    """Return what became of each action of two lists (C38).

    Parameters
    ----------
    actions_before, actions_after
        Two lists with the columns code (unique), table, unit_id, unit, action, due_on [date, may be empty], and where townships
        typed them done_on, done_until [date] in either list; other columns are kept, the later list's first.
    as_of
        The day of the later list; without one, nothing is late.
    register
        The later register, which tells whether a unit is still there. Without it only units of the later list are known to be.

    Returns
    -------
    DataFrame, one row an action, in the order of the later list, then of the earlier one
        The lists' columns, then status (of `Status`), status_zh, status_en, confirmed (done, and the later ledger shows it so), late (still due after its day), evidence, assumptions.

    Raises
    ------
    AnalysisError
        If a list lacks a column, or a code stands twice in it.

    >>> columns = ["code", "table", "unit_id", "unit", "action", "due_on"]
    >>> one, two = (pd.DataFrame([[f"branches/{key}/elect", "branches", key, key, "elect", "2013-06-30"] for key in keys], columns=columns)
    ...             for keys in ("pq", "qr"))
    >>> b = Register(pd.DataFrame({"name": []}), pd.DataFrame({"branch_id": list("pqr"), "name": list("pqr")}))
    >>> followed(one, two, as_of=date(2013, 12, 31), register=b)[["unit_id", "status"]].values.tolist()
    [['q', 'overdue'], ['r', 'new'], ['p', 'done']]
    """
    as_of = as_day(as_of)
    lists = [_checked(actions, which) for actions, which in ((actions_before, "earlier"), (actions_after, "later"))]
    then, now = ({str(row["code"]): row for row in actions.to_dict("records")} for actions in lists)
    there, names = (_known(now.values(), register, name) for name in ("unit_id", "unit"))
    later = _Later(register is not None, there, *_open(now.values()), _renumbered(then.values(), there, names))
    records = []
    for code in [*now, *(code for code in then if code not in now)]:
        # a column that one list lacks is taken from the other
        row = {str(key): value for side in (then.get(code, {}), now.get(code, {})) for key, value in side.items() if not _empty(value)}
        row = dict.fromkeys(map(str, [*lists[1].columns, *lists[0].columns])) | row
        records.append(row | _judged(row, as_of, then=code in then, now=code in now, later=later))
    marks = {"evidence": () if all(_marked(each) for each in lists) else [Evidence.JUDGEMENT if register is None else register.evidence]}
    columns = [*dict.fromkeys([*_NEEDED, "status", "status_zh", "status_en", "confirmed", "late", *MARKS])]
    rows = result_rows(records, assumptions=[Choice.C38], **marks)
    return rows if records else rows.reindex(columns=columns)


def _checked(actions: pd.DataFrame, which: str) -> pd.DataFrame:
    """Return a list whose columns are there and whose codes are unique, its dates as dates."""
    if not isinstance(actions, pd.DataFrame):
        raise AnalysisError(f"The {which} list is no rows of `actions` but {type(actions).__name__}: give actions(register).")
    missing = ", ".join(name for name in _NEEDED if name not in actions.columns)
    zh = {"earlier": "前", "later": "后"}[which]
    if missing:
        raise AnalysisError(f"The {which} list of actions has no column {missing}. · {zh}一份清单缺少这些列：{missing}。")
    twice = ", ".join(sorted(set(map(str, actions.loc[actions["code"].duplicated(), "code"]))))
    if twice:
        raise AnalysisError(f"In the {which} list of actions a code stands twice: {twice}. · {zh}一份清单里编号重复：{twice}。")
    if _marked(actions):
        require_marks(actions)
    dates = {name: _days(actions[name], which) for name in ("due_on", "due_until", "done_on", "done_until") if name in actions.columns}
    return actions.assign(**dates)


def _days(cells: pd.Series, which: str) -> pd.Series:
    try:
        return pd.to_datetime(cells, format="ISO8601") if pd.api.types.is_string_dtype(cells) else pd.to_datetime(cells)
    except (ValueError, TypeError):
        zh = {"earlier": "前", "later": "后"}[which]
        raise AnalysisError(
            f"In the {which} list of actions, {cells.name} holds what is no day: write days as 2013-06-30. · "
            f"{zh}一份清单的 {cells.name} 列有不是日期的内容：请写成 2013-06-30。"
        ) from None


def _marked(actions: pd.DataFrame) -> bool:
    return all(mark in actions.columns for mark in MARKS) and len(actions) > 0


def _known(rows: Iterable[dict[Any, Any]], register: Register | None, name: str) -> set[tuple[str, str]]:
    """Return the units that are known to be there at the later date, by their numbers (unit_id) or by their names (unit)."""
    units = {(str(row["table"]), str(row[name])) for row in rows}
    if register is None:
        return units
    for table, key in KEYS.items():
        column = key if name == "unit_id" else "name"
        # a list of actions is of one county: its units fit in memory
        units |= {(table, str(cell)) for cell in register.frame(table).select(column).collect("pandas").to_native()[column]}
    return units


def _empty(value: object) -> bool:
    return bool(pd.isna(value)) if not isinstance(value, list | tuple | dict) else False  # type: ignore[call-overload]


class _Later(NamedTuple):
    """What the later list and register say of units: whether all are known, which are there, whose elections are overdue, which cells are asked for and which actions they leave open; and the tables that were numbered anew."""

    whole: bool
    there: set[tuple[str, str]]
    overdue: set[tuple[str, str]]
    asked: set[tuple[str, str, str]]
    opens: set[tuple[str, str, str]]
    renumbered: set[str]


def _renumbered(then: Iterable[dict[Any, Any]], there: set[tuple[str, str]], names: set[tuple[str, str]]) -> set[str]:
    """Return the tables of whose earlier units no number is known later, though at least half of the names are (C37)."""
    units: dict[str, list[tuple[bool, bool]]] = {}
    for row in then:
        table = str(row["table"])
        units.setdefault(table, []).append(((table, str(row["unit_id"])) in there, (table, str(row["unit"])) in names))
    return {
        table for table, each in units.items() if not any(known for known, _ in each) and 2 * sum(name for _, name in each) >= len(each)
    }


def _open(rows: Iterable[dict[Any, Any]]) -> tuple[set[tuple[str, str]], set[tuple[str, str, str]], set[tuple[str, str, str]]]:
    """Return the units with an overdue election, the cells that a list asks for, and the actions that these leave open."""
    overdue, asked, opens = set(), set(), set()
    for row in rows:
        unit = (str(row["table"]), str(row["unit_id"]))
        if row["action"] == "hold_election":
            overdue.add(unit)
        if row["action"] == "fill":
            asked |= {(*unit, cell) for cell in str(row.get("cells") or "").split()}
            opens |= {(*unit, action) for action in str(row.get("opens") or "").split()}
    return overdue, asked, opens


def _judged(row: dict[str, Any], as_of: date | None, *, then: bool, now: bool, later: _Later) -> dict[str, object]:
    unit, first, last = (str(row["table"]), str(row["unit_id"])), row.get("done_on"), row.get("done_until")
    done = first if _empty(last) else last
    # what was done after the day of the later list, or may have been, cannot show on it yet
    said = done is not None and not _empty(done) and (as_of is None or done <= pd.Timestamp(as_of))
    # where two terms are possible, it is late once both are over
    last = row["due_on"] if _empty(row.get("due_until")) else row["due_until"]
    late = now and as_of is not None and not _empty(last) and last < pd.Timestamp(as_of)
    here = unit in later.there
    unsettled = not now and row["action"] != "fill" and _left_open(row, unit, later)
    # an election that fell due and was not held is on the later list under another name
    missed = not now and row["action"] == "prepare_election" and unit in later.overdue
    if now and said and row["action"] in _UNSHOWN:
        status = Status.done
    elif now:
        status = Status.still_due if said else Status.new if not then else Status.overdue if late else Status.open
    elif missed:
        status = Status.still_due if said else Status.overdue
    else:
        # without the register a unit that is on no list may be there, and a day given for it counts
        gone = not here and (later.whole or not said)
        status = Status.gone if gone else Status.done if said or not unsettled else Status.unsettled
    if by_place(row["unit_id"]) or row["table"] in later.renumbered:
        status, missed = Status.unmatched, False
    confirmed = status is Status.done and here and not unsettled and not now
    return {"status": status.name, **named(status.term, "status"), "confirmed": confirmed, "late": late or missed}


# what can be done without a cell of the ledger that changes
_UNSHOWN = {code for code, action in ACTIONS.items() if not action.shown}


def _left_open(row: dict[str, Any], unit: tuple[str, str], later: _Later) -> bool:
    """Whether the later list asks for cells that leave an action of a unit open: as it says itself, or by the cells of the action's reason."""
    cells = str(row.get("cells") or "").split()
    return (*unit, row["action"]) in later.opens or any((*unit, cell) in later.asked for cell in cells)


def _named(action: str) -> Term:
    """Return an action in words; one of another list by its code."""
    return ACTIONS[action].what if action in ACTIONS else _FILL if action == "fill" else Term(action, action)


_FILL = Term("补填单元格", "fill in cells")


def follow_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return how many actions came to what, in all and by action.

    Parameters
    ----------
    rows
        Rows of `followed`.

    Returns
    -------
    DataFrame, one row for all and one an action
        code (all, or the action), name_zh, name_en, then one column a status [actions], confirmed [of those done], whole [of
        them all], evidence, assumptions.

    Raises
    ------
    AnalysisError
        If the rows are not those of `followed`.
    """
    columns_needed(rows, ("action", "status", "confirmed", *MARKS), "followed(before, after, as_of=day)")
    groups: list[tuple[str, Term, pd.DataFrame]] = [("all", Term("合计", "all"), rows)]
    for action in dict.fromkeys(rows["action"]):
        some = rows[rows["action"] == action]
        groups.append((str(action), _named(str(action)), some))
    records = []
    for code, term, some in groups:
        counts = {status.name: int((some["status"] == status.name).sum()) for status in Status}
        marks = {mark: " ".join(some[mark]) for mark in MARKS} if len(some) else {"evidence": [Evidence.JUDGEMENT]}
        records.append(
            {"code": code, **named(term), **counts, "confirmed": int(some["confirmed"].eq(True).sum()), "whole": len(some), **marks}
        )
    return result_rows(records)
