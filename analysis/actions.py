"""The action list of a register: what is due for which organisation or branch, why, by whom and by when; never a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from typing import Any, NamedTuple

import narwhals as nw
import pandas as pd

from analysis.causes import CAUSES, claims, link_grid
from analysis.facts import Fact, before, below
from analysis.indicators import INDICATORS, At, due_before, due_day, elects, later, marks_of, needs, organised, overdue, rests_on, term
from analysis.metrics import CROSS, TABLE, joined_rows
from analysis.model import LANGS, MARKS, Basis, Choice, Evidence, Kind, Named, Term, named, result_rows
from analysis.reach import touched
from analysis.register import Register, collect
from analysis.report import Report
from analysis.schema import COLUMNS, DATES, KEYS, TABLE_TERMS, TABLES, UNTIL, Type
from analysis.settings import DEFAULT_SETTINGS, Settings


class Duty(Named):
    """Who answers for an action: the parties that share the responsibility in the report."""

    branch = Term("党支部", "the branch")
    township = Term("镇党委", "the township committee")
    supervisor = Term("业务主管单位", "the supervising department")
    civil_affairs = Term("民政部门", "the civil affairs department")
    working_committee = Term("党工委", "the working committee")


class Priority(Named):
    """How pressing an action is, by a stated rule (C35)."""

    breach = Term("一：现行规定已被违反", "1: a rule in force is broken")
    soon = Term("二：一年内到期", "2: falls due within a year")
    open = Term("三：应办，未见违反现行规定", "3: due, though no rule in force is known to be broken")
    cell = Term("四：先补单元格", "4: a cell is to be filled first")


class Due(Named):
    """What dates an action."""

    none = Term("没有期限", "nothing")
    election = Term("任期届满之日", "the end of the term")
    training = Term("培训期满之日", "the end of the months that training is good for")


class Action(NamedTuple):
    """What is due where an indicator counts a row: in words, by whom, dated by what; `fact` where it is not the indicator's own.

    `shown` is whether the indicator ceases to count a row for which it was done: to schedule an election, or to ask why an inspection
    failed, leaves the ledger's cells as they are.
    """

    indicator: str
    what: Term
    duty: Duty
    due: Due = Due.none
    fact: Callable[[At], Fact] | None = None
    why: Term = Term("", "")
    shown: bool = True


def falls_due(at: At) -> Fact:
    """Whether an election is not overdue and falls due within a year of the day of the count."""
    return due_before(at, None if at.today is None else at.today + 10_000) & ~overdue(at) & elects()


def _lacks_committee(at: At) -> Fact:
    """Whether what needs a committee has none; what is known to hold no elections needs none."""
    lacks = touched("without_committee", at)
    return Fact(lacks.yes & ~elects().no, lacks.no | elects().no)


ACTIONS: dict[str, Action] = {
    "hold_election": Action("election_overdue", Term("换届选举", "hold the overdue election"), Duty.branch, Due.election),
    "prepare_election": Action(
        "election_overdue", Term("排定一年内的换届", "schedule the election that falls due"), Duty.branch, Due.election,
        falls_due, Term("任期在一年内届满的支部", "branches whose term ends within a year"), shown=False),
    "elect_committee": Action("without_committee", Term("选举支部委员会", "elect a branch committee"), Duty.branch, fact=_lacks_committee),
    "rules_and_meetings": Action(
        "rules_and_meetings", Term("建立成文制度，开足党员大会、组织生活会", "write down the rules; hold the meetings that are short"), Duty.branch),
    "hold_classes": Action("member_education", Term("补足党课", "hold the Party classes that are short"), Duty.branch),
    "raise_level": Action("level_too_low", Term("按人数申请升格为党总支", "apply for the level that the number of members asks"), Duty.working_committee),
    "set_up": Action("due_without", Term("组建党组织（单独或联合）", "set up a Party organisation, alone or jointly"), Duty.working_committee),
    "send_instructor": Action(
        "work_coverage", Term("派党建指导员", "send an instructor"), Duty.working_committee,
        fact=lambda at: ~touched("work_coverage", at),
        why=Term("既无党组织又无指导员的组织", "organisations with neither a Party organisation nor an instructor")),
    "inspection": Action("not_inspected", Term("查明未参检或不合格的原因，先帮扶后处置", "find out why the inspection was missed or failed: help, then act"), Duty.civil_affairs, shown=False),
    "train": Action("secretary_trained", Term("安排书记参加培训", "give its secretary a place in the training"), Duty.working_committee, Due.training),
    "leadership": Action(
        "secretary_outside_leadership", Term("换届时让书记进入领导层，或由领导层成员兼任", "at the election, a secretary from the leadership"), Duty.supervisor, Due.election),
    "raise_satisfaction": Action("role_visible", Term("回应民主评议中的意见", "answer what the appraisal found wanting"), Duty.branch, shown=False),
    "join_work": Action("joined_to_core_work", Term("年度计划列入一项结合业务的党建项目", "put one joint piece of work into the yearly plan"), Duty.branch),
    "study_groups": Action("members_dispersed", Term("按镇编组学习，并开通线上学习", "study in groups by township, and online"), Duty.branch, shown=False),
    "share_room": Action("activity_room", Term("共用本镇活动室，列入预算", "share a room in the township, with a budget line"), Duty.township),
    "party_worker": Action("party_workers_short", Term("确定一名党务工作者", "appoint a Party worker"), Duty.supervisor),
    "manage_members": Action("member_management", Term("把从业党员都纳入管理", "take all members on the staff into management"), Duty.township),
    "transfer": Action("relation_not_transferred", Term("转接组织关系", "transfer the members' relation"), Duty.township),
    "show_membership": Action("membership_not_shown", Term("开展党员亮身份活动", "have members show their membership"), Duty.branch),
    "take_part": Action("no_organisational_life", Term("通知未参加的党员参加组织生活", "call in the members who take no part"), Duty.branch),
}  # fmt: skip

_COLUMNS = ["code", "table", "unit_id", "unit", "township", "action", "what_zh", "what_en", "why_zh", "why_en", "indicator", "cells", "rule", "later",
            "claims", "measures", "duty", "who_zh", "who_en", "due_on", "due_until", "priority", "asks", "opens", *MARKS]  # fmt: skip


def actions(register: Register, report: Report | None = None, *, settings: Settings = DEFAULT_SETTINGS) -> pd.DataFrame:
    """Return what is due for each organisation and branch, and which cells are to be filled before it can be told.

    An action is due where its indicator counts the row. Where a cell leaves that open, the cell is asked for, not the action: one
    row a unit and party that answers for it.

    Parameters
    ----------
    report
        Names the claims and measures behind an action.

    Returns
    -------
    DataFrame, one row a unit and action; by priority, then due day, then who answers for it
        code (table/unit_id/action), table, unit_id, unit, township, action (`fill` where a cell is asked for), what_zh, what_en,
        why_zh, why_en [indicator and values], indicator, cells [columns that the reason stands in, or that are asked for], rule
        [codes of those in force], later [codes of those that came after the day of the count], claims, measures [codes], duty, who_zh, who_en, due_on, due_until [day; the second where two terms are possible],
        priority (breach, soon, open, cell), asks, opens [of a row that asks: the actions that its cells leave open], evidence,
        assumptions. A register without rows of its own has one row a table and
        party, that asks for columns.

    >>> frame = pd.DataFrame({"org_id": ["a", "b"], "name": ["A", "B"], "inspection": ["missed", "passed"]})
    >>> todo = actions(Register(frame))
    >>> todo.loc[~todo["asks"], ["unit", "action", "duty"]].values.tolist()
    [['A', 'inspection', 'civil_affairs']]
    """
    parts = [part for table in TABLES for part in _of_table(register, table, settings)]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS)
    grounds = {code: _grounds(action, report, register, settings) for code, action in ACTIONS.items()}
    asking = {
        "rule": "",
        "later": "",
        "claims": "",
        "measures": "",
        "evidence": [register.evidence, Evidence.JUDGEMENT],
        "assumptions": [Choice.C35],
    }
    order = {name: at for at, name in enumerate([*Priority.__members__, *Duty.__members__, *ACTIONS])}
    keys = {f"_{name}": rows[name].map(order).fillna(len(order)) for name in ("priority", "duty", "action")}
    rows = rows.assign(**keys).sort_values(["_priority", "due_on", "_duty", "unit_id", "_action"], ignore_index=True)
    records = [{**row, **grounds.get(str(row["action"]), asking)} for row in rows.to_dict("records")]
    return _typed(result_rows(records).reindex(columns=_COLUMNS))


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.astype({"due_on": "datetime64[s]", "due_until": "datetime64[s]", "asks": bool})


# Party classes by the quarter are a custom, the least satisfaction stands in local lists
_CUSTOMS = {"R25", "R28"}
# a limit that holds in general, and a level that may be taken, are no duty (C35)
_USUAL = {"R03", "R06"}
# to have just enough members breaks no rule, and a county's list of weak branches is none
_NO_BREACH = {"barely_qualified", "weak_branch"}


def binding(indicator: str, at: At) -> bool:
    """Whether what an indicator counts breaks a rule that is in force on the day; a custom, a local list or a bare pass is none (C35).

    Without a day of the count every rule is taken to be in force.

    >>> from datetime import date
    >>> [binding("rules_and_meetings", At(date(year, 1, 1), DEFAULT_SETTINGS)) for year in (2012, 2020)]
    [False, True]
    """
    rests = rests_on(indicator, at.settings)
    standing = {code for code in rests.split() if code.startswith("R")} - _CUSTOMS - _USUAL - set(later(rests, at.as_of).split())
    return bool(standing) and INDICATORS[indicator].good == "low" and indicator not in _NO_BREACH


def breach(indicator: str, at: At) -> Fact | None:
    """Whether a row that an indicator counts breaks a rule that is in force on the day; nothing where no such rule is behind it (C35).

    A rule that holds for branches and above is broken by none of another level, nor a year's number of meetings by one founded within
    the year.
    """
    if not binding(indicator, at):
        return None
    counted = touched(indicator, at)
    return counted & NARROWER[indicator].fact(at) if indicator in NARROWER else counted


def _too_few_meetings(at: At) -> Fact:
    return (below("meetings_12m", at.limit("R19")) | _too_little_life(at)) & _a_year_old(at)


def _too_little_life(at: At) -> Fact:
    return below("organisation_life_12m", at.limit("R23")) & _a_year_old(at)


def _a_year_old(at: At) -> Fact:
    """Whether an organisation of the Party that elects is not known to be younger than the year that is counted."""
    young = ~before("founded_on", None if at.today is None else at.today - 10_000 + 1)
    return Fact(elects().yes & ~young.yes, elects().no | young.yes)


class Narrower(NamedTuple):
    """What of the rows that an indicator counts breaks a rule, and the columns that it asks for beside the indicator's."""

    fact: Callable[[At], Fact]
    needs: tuple[str, ...]


NARROWER: dict[str, Narrower] = {
    "rules_and_meetings": Narrower(_too_few_meetings, ("branches/level",)),
    "member_education_and_management": Narrower(_too_little_life, ("branches/level",)),
    "without_committee": Narrower(lambda _: elects(), ("branches/level",)),
}


def _grounds(action: Action, report: Report | None, register: Register, settings: Settings) -> dict[str, Any]:
    """Return what an action rests on: rules, and a report's claims and the measures that it states for them."""
    rests = rests_on(action.indicator, settings)
    after = set(later(rests, register.as_of).split())
    cited = [code for code in rests.split() if code.startswith("R") and code not in after]
    marks = marks_of(rests)
    mine, measures = _claimed(action.indicator, report)
    return {
        "rule": " ".join(cited), "later": " ".join(code for code in rests.split() if code in after), "claims": " ".join(mine), "measures": " ".join(measures),
        "evidence": [register.evidence, Evidence.JUDGEMENT, *marks["evidence"], *([Evidence.REPORT] if mine else [])],
        "assumptions": [Choice.C35, *marks["assumptions"]],
    }  # fmt: skip


def _claimed(indicator: str, report: Report | None) -> tuple[list[str], list[str]]:
    if report is None or not len(report.claims):
        return [], []
    known = claims(report, Kind.problem, *CAUSES, leaves=True)
    mine = list(known.loc[known["indicator"] == indicator, "code"])
    links = link_grid(report, (Kind.measure,), (Kind.problem, *CAUSES), leaves=True)
    stated = links[(links["basis"] == Basis.stated.name) & links["target"].isin(mine)] if len(links) else links
    return mine, list(dict.fromkeys(stated["source"])) if len(stated) else []


def _of_table(register: Register, table: str, settings: Settings) -> list[pd.DataFrame]:
    """Return the rows of a table's actions, those that are due first, then those whose cells are to be filled."""
    at = At(register.as_of, settings)
    mine = {code: action for code, action in ACTIONS.items() if TABLE[INDICATORS[action.indicator].grain] == table}
    if register.evidence is Evidence.REPORT:
        return [_of_all(register, table, mine, settings)]
    found = _found(register, table, mine, at)
    due = [_due(found[found[_state(code)] == 1], table, code, action, at) for code, action in mine.items()]
    asked = _asked(found, table, mine, at)
    return [part for part in (*due, asked) if len(part)]


def _state(code: str) -> str:
    """Return the column of an action's state: apart from the cells, one of which may be called the same."""
    return f"_{code}_state"


def _breach(code: str) -> str:
    """Return the column of whether an action is due because a rule in force is broken."""
    return f"_{code}_breach"


def _found(register: Register, table: str, mine: dict[str, Action], at: At) -> pd.DataFrame:
    """Return the rows for which something is due or open: their cells, and for each action 1 (due) or 2 (open) and whether it breaks a rule."""
    places = ("township", "supervisor")
    frame = joined_rows(register, table, places if table == "branches" else ())
    states, breaches = {}, {}
    for code, action in mine.items():
        fact, broken = action.fact(at) if action.fact else touched(action.indicator, at), breach(action.indicator, at)
        states[_state(code)] = nw.when(fact.yes).then(nw.lit(1)).otherwise(nw.when(fact.no).then(nw.lit(0)).otherwise(nw.lit(2)))
        breaches[_breach(code)] = broken.yes if broken else nw.lit(value=False)
    own = [name for name in TABLES[table] if name not in places]
    days = [f"{name}{UNTIL}" for name in DATES[table]]
    terms = {"_due_first": due_day(at, min), "_due_last": due_day(at, max), "_two": term(at, min) != term(at, max), "_elects": elects().yes}
    terms = terms if table == "branches" else {"_branchless": organised().no}
    rows = frame.with_columns(*(expr.alias(name) for name, expr in (states | breaches | terms).items()))
    some = nw.any_horizontal(*(nw.col(code) > 0 for code in states), ignore_nulls=False)
    return collect(rows.filter(some).select(*own, *places, *days, *states, *breaches, *terms)).sort_values(KEYS[table], ignore_index=True)


def _units(found: pd.DataFrame, table: str) -> dict[str, Any]:
    township = found["township"].astype(object).where(found["township"].notna() & (found["township"] != CROSS), "")
    return {"table": table, "unit_id": found[KEYS[table]].astype(str), "unit": found["name"].astype(str), "township": township}


def _duties(found: pd.DataFrame, table: str, duty: Duty) -> list[Duty]:
    """Return who answers for each row: for a body that has no Party organisation its township, where a branch would (C35)."""
    if table == "branches" or duty is not Duty.branch:
        return [duty] * len(found)
    return [Duty.township if branchless else Duty.branch for branchless in found["_branchless"].astype(bool)]


def _who(found: pd.DataFrame, duties: Sequence[Duty]) -> dict[str, list[str]]:
    """Return who answers for each row, with the name of the township or the department where the ledger gives it."""
    columns = {Duty.township: found["township"].tolist(), Duty.supervisor: found["supervisor"].tolist()}
    cells = [columns[duty][at] if duty in columns else None for at, duty in enumerate(duties)]
    names = [None if pd.isna(name) or name == CROSS else str(name) for name in cells]
    who = {f"who_{lang}": [_named(duty, name, lang) for duty, name in zip(duties, names, strict=True)] for lang in LANGS}
    return {"duty": [duty.name for duty in duties], **who}


def _named(duty: Duty, name: str | None, lang: str) -> str:
    of = duty.term.zh if lang == "zh" else duty.term.en
    return of if name is None else f"{of}（{name}）" if lang == "zh" else f"{of} ({name})"


def _due(found: pd.DataFrame, table: str, code: str, action: Action, at: At) -> pd.DataFrame:
    """Return the rows of one action for the units for which it is due."""
    read = [name for name in needs(action.indicator, at.settings) if name.startswith(f"{table}/")]
    first, last = _due_days(found, action.due, at)
    units = _units(found, table)
    kinds = {True: Priority.breach.name, False: (Priority.soon if code == "prepare_election" else Priority.open).name}
    pressing = pd.Series(False, index=found.index) if code == "prepare_election" else found[_breach(code)].astype(bool)
    return pd.DataFrame(
        {"code": f"{table}/" + units["unit_id"] + f"/{code}", **units, "action": code, **named(action.what, "what"),
         **{f"why_{lang}": _why(found, action, read, lang) for lang in LANGS}, "indicator": action.indicator,
         "cells": " ".join(read), **_who(found, _duties(found, table, action.duty)), "due_on": first, "due_until": last,
         "priority": pressing.map(kinds), "asks": False, "opens": ""}
    )  # fmt: skip


def _why(found: pd.DataFrame, action: Action, read: list[str], lang: str) -> list[str]:
    """Return the reason in words: the indicator, then the filled cells that it was read from."""
    reason = action.why if action.why.zh else INDICATORS[action.indicator].term
    of, colon, comma = (reason.zh, "：", "，") if lang == "zh" else (reason.en, ": ", ", ")
    cells = [
        [text and f"{COLUMNS[column].term.zh if lang == 'zh' else COLUMNS[column].term.en} {text}" for text in _texts(found, column, lang)]
        for column in read
    ]
    told = [[text for text in values if text] for values in zip(*cells, strict=True)] if cells else [[]] * len(found)
    return [of + (colon + comma.join(values) if values else "") for values in told]


def _texts(found: pd.DataFrame, column: str, lang: str) -> list[str]:
    """Return a column's cells as a reader expects them, nothing where they are empty."""
    name, known = column.partition("/")[2], COLUMNS[column]
    words = {True: "是" if lang == "zh" else "yes", False: "否" if lang == "zh" else "no"}

    def text(value: Any, until: Any = None) -> str:
        if pd.isna(value):
            return ""
        if known.codes is not None:
            code = known.codes.of(str(value)).term
            return code.zh if lang == "zh" else code.en
        if known.type is Type.date:
            return f"{value:%Y-%m-%d}" if until is None or pd.isna(until) or until == value else f"{value:%Y-%m-%d}—{until:%Y-%m-%d}"
        return words[bool(value)] if known.type is Type.yes_no else f"{value:.15g}" if isinstance(value, float) else str(value)

    if known.type is Type.date:
        return [text(value, until) for value, until in zip(found[name], found[f"{name}{UNTIL}"], strict=True)]
    return [text(value) for value in found[name]]


def _due_days(found: pd.DataFrame, due: Due, at: At) -> tuple[Any, ...]:
    """Return the first and the last day that each may fall due."""
    if due is Due.election:
        # what holds no elections, or may hold none, has no term that ends
        ends = found["_elects"].astype(bool) & found["last_election_on"].notna()
        return tuple(_calendar_days(found[day].where(ends)) for day in ("_due_first", "_due_last"))
    if due is Due.training:
        months = pd.DateOffset(months=at.settings.training_months)
        last = found[f"trained_on{UNTIL}"].fillna(found["trained_on"])
        return found["trained_on"] + months, last + months
    return pd.NaT, pd.NaT


def _calendar_days(numbers: pd.Series) -> pd.Series:
    """Return days given as yyyymmdd."""
    filled = numbers.astype("float64")
    return pd.to_datetime({"year": filled // 10_000, "month": filled // 100 % 100, "day": filled % 100})


def _asked(found: pd.DataFrame, table: str, mine: dict[str, Action], at: At) -> pd.DataFrame:
    """Return one row a unit and party with the cells that leave its actions open."""
    asked: dict[tuple[int, Duty], dict[str, bool]] = {}
    opens: dict[tuple[int, Duty], str] = {}
    for code, action in mine.items():
        cells, duties = _open_cells(found, table, action, at), _duties(found, table, action.duty)
        for row in (found[_state(code)] == 2).to_numpy().nonzero()[0]:
            place = int(row), duties[row]
            asked.setdefault(place, {}).update(cells[row])
            opens[place] = f"{opens.get(place, '')} {code}".strip()
    wanted = sorted(asked.items(), key=_by_row)
    parts = []
    for duty in Duty:
        theirs = [(row, cells) for (row, of), cells in wanted if of is duty]
        if theirs:
            rows = _fill(found.iloc[[row for row, _ in theirs]], table, duty, [cells for _, cells in theirs])
            parts.append(rows.assign(opens=[opens[row, duty] for row, _ in theirs]))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _open_cells(found: pd.DataFrame, table: str, action: Action, at: At) -> list[dict[str, bool]]:
    """Return for each row the columns that can leave an action open, each with whether there is a cell to fill.

    They are its own empty ones; without any, the term where two are possible; else those of the other table, or cells that are
    filled and do not settle it.
    """
    read = needs(action.indicator, at.settings)
    own = [column for column in read if column.startswith(f"{table}/")]
    rest = {column: True for column in read if column not in own} or dict.fromkeys(read, False)
    blank = found[[column.partition("/")[2] for column in own]].isna().to_numpy()
    termed = pd.Series(data=False, index=found.index)
    if "branches/last_election_on" in read and at.as_of is not None:
        termed = found["_two"].astype(bool)
    last = [{"branches/term_years": True} if two else rest for two in termed]
    return [dict.fromkeys(compress(own, gaps), True) or other for gaps, other in zip(blank, last, strict=True)]


def _by_row(item: tuple[tuple[int, Duty], object]) -> tuple[int, str]:
    return item[0][0], item[0][1].name


def _fill(found: pd.DataFrame, table: str, duty: Duty, cells: Sequence[Mapping[str, bool]]) -> pd.DataFrame:
    units = _units(found, table)
    texts = {tuple(each.items()): _asking(each) for each in cells}
    asked = pd.DataFrame([texts[tuple(each.items())] for each in cells], index=found.index)
    return pd.DataFrame(
        {"code": f"{table}/" + units["unit_id"] + f"/fill/{duty.name}", **units, **asked, **_who(found, [duty] * len(found))}
    )


# what is to be done with cells that are to be filled, or are filled and settle nothing, and why
_ASKS: dict[bool, tuple[Term, Term]] = {
    True: (Term("补填", "fill in"), Term("这些格空着，不能判断该不该办", "these cells are empty, so it cannot be told what is due")),
    False: (
        Term("核对", "check"),
        Term("这些格虽已填，仍不能判断：日期只到月、两格矛盾，或没有统计时点",
             "these cells are filled and settle nothing: a date without its day, a contradiction, or no day of the count"),
    ),
}  # fmt: skip


def _asking(cells: Mapping[str, bool]) -> dict[str, Any]:
    """Return what is asked of cells, by whether there is one to fill."""
    asked = {empty: [COLUMNS[column].term for column, gap in cells.items() if gap is empty] for empty in (True, False)}
    said = [(*_ASKS[empty], terms) for empty, terms in asked.items() if terms]
    what = Term(
        "；".join(f"{do.zh}：" + "、".join(term.zh for term in terms) for do, _, terms in said),
        "; ".join(f"{do.en}: " + ", ".join(term.en for term in terms) for do, _, terms in said),
    )
    why = Term("；".join(why.zh for _, why, _ in said), "; ".join(why.en for _, why, _ in said))
    return {"action": "fill", **named(what, "what"), **named(why, "why"), "indicator": "", "cells": " ".join(cells),
            "due_on": pd.NaT, "due_until": pd.NaT, "priority": Priority.cell.name, "asks": True}  # fmt: skip


def _of_all(register: Register, table: str, mine: dict[str, Action], settings: Settings) -> pd.DataFrame:
    """Return what a register without rows of its own asks for: whole columns, one row a party."""
    asked: dict[Duty, dict[str, bool]] = {}
    opens: dict[Duty, list[str]] = {}
    for code, action in mine.items():
        asked.setdefault(action.duty, {}).update(dict.fromkeys(needs(action.indicator, settings), True))
        opens.setdefault(action.duty, []).append(code)
    count = register.rows(table)
    unit = f"{TABLE_TERMS[table].zh} · {TABLE_TERMS[table].en} ({count or '?'})"
    rows = [
        {"code": f"{table}/*/fill/{duty.name}", "table": table, "unit_id": "*", "unit": unit, "township": "", **_asking(columns),
         "duty": duty.name, **named(duty.term, "who"), "opens": " ".join(opens[duty])}
        for duty, columns in asked.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)
