"""One page to decide from: a few steps, for whom, why, by whom and by when, and what would show that they worked."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.actions import ACTIONS, Action, Duty, Priority, actions
from analysis.audit import audit
from analysis.given import columns_needed, within
from analysis.indicators import INDICATORS
from analysis.measures import recommendations
from analysis.metrics import TABLE, rates
from analysis.model import LANGS, MARKS, AnalysisError, Evidence, Lang, Term, merged_marks, named, result_rows
from analysis.register import Register
from analysis.report import Report
from analysis.schema import TABLE_TERMS
from analysis.settings import DEFAULT_SETTINGS, Settings
from analysis.wording import row_text

_UNITS = {"organisations": Term("家组织", "organisations"), "branches": Term("个支部", "branches")}
_AT_ONCE = Term("现行规定已被违反，应即办", "a rule in force is broken: at once")
_NO_DAY = Term("规定未限期，由县里定", "no rule dates it: the county sets a day")


def decisions(report: Report, register: Register | None = None, *, settings: Settings = DEFAULT_SETTINGS, steps: int = 5) -> pd.DataFrame:
    """Return the first few steps to decide on: what a ledger shows to be due for most, then what the report itself calls for.

    Steps of a ledger are the actions that are due, the most pressing first and of these the ones that concern most (C35). No step
    rests on generated rows.

    Returns
    -------
    DataFrame, one row a step, in order
        code, order, what_zh, what_en, whom_zh, whom_en, why_zh, why_en, who_zh, who_en, when_zh, when_en, shown_by_zh, shown_by_en,
        evidence, assumptions; every step is ours, so all are marked JUDGEMENT.

    Raises
    ------
    AnalysisError
        If `steps` is less than 1.

    >>> from analysis.report import load_report
    >>> len(decisions(load_report("yangxian")))
    5
    """
    within("steps", steps, 1)
    known = register if register is not None and register.evidence is Evidence.LEDGER else None
    due = _due(known, report, settings) if known is not None else []
    rest = recommendations(report, audit(report), register=known, settings=settings).to_dict("records")
    found = (due + [_of_report(step) for step in rest])[:steps]
    return result_rows([step | {"order": order} for order, step in enumerate(found, start=1)], evidence=[Evidence.JUDGEMENT])


def workload(todo: pd.DataFrame) -> pd.DataFrame:
    """Return how much each party has to do, by how pressing it is.

    Parameters
    ----------
    todo
        Rows of `actions`.

    Returns
    -------
    DataFrame, one row a party, those with most to do without a cell to fill first
        code (duty), name_zh, name_en, breach, soon, undated, cell, value [rows], evidence, assumptions.

    Raises
    ------
    AnalysisError
        If the rows are not those of `actions`.
    """
    columns_needed(todo, ("duty", "priority", *MARKS), "actions(register)")
    records = []
    for duty in Duty:
        some = todo[todo["duty"] == duty.name]
        if len(some):
            names = ("breach", "soon", "undated", "cell")
            counts = {name: int((some["priority"] == kind.name).sum()) for name, kind in zip(names, Priority, strict=True)}
            records.append({"code": duty.name, **named(duty.term), **counts, "value": len(some), **merged_marks(some)})
    records.sort(key=lambda row: int(str(row["cell"])) - int(str(row["value"])))
    return result_rows(records)


def _unit(row: dict[Any, Any], lang: Lang) -> str:
    """Return a unit as it is called; a whole table in one language, where the list names it in both."""
    whole = TABLE_TERMS[row["table"]]
    both = f"{whole.zh} · {whole.en}"
    return str(row["unit"]).replace(both, whole(lang), 1) if row["unit_id"] == "*" else str(row["unit"])


def agenda(todo: pd.DataFrame, first: int = 12) -> pd.DataFrame:
    """Return the first rows of an action list as they are read: with priority and day in words.

    Returns
    -------
    DataFrame, one row an action
        As `actions`, with unit_zh, unit_en [a whole table in words], priority_zh, priority_en, when.

    Raises
    ------
    AnalysisError
        If the rows are not those of `actions`, or `first` is negative.
    """
    within("first", first, 0)
    columns_needed(todo, ("due_on", "due_until", "priority"), "actions(register)")
    if not all(pd.api.types.is_datetime64_any_dtype(todo[name]) for name in ("due_on", "due_until")):
        raise AnalysisError(
            "due_on and due_until hold no days: give rows of actions(register). · 到期日一列不是日期：请给 actions(register) 的结果。"
        )
    head = todo.head(first)
    spans = [[f"{day:%Y-%m-%d}" for day in pair if not pd.isna(day)] for pair in zip(head["due_on"], head["due_until"], strict=True)]
    when = ["—".join(dict.fromkeys(days)) or "—" for days in spans]
    words = {f"priority_{lang}": [Priority.of(code).term(lang) for code in head["priority"]] for lang in LANGS}
    for lang in LANGS:
        words[f"unit_{lang}"] = [_unit(row, lang) for row in head.to_dict("records")]
    return head.assign(when=when, **words)


def _of_report(step: dict[Any, Any]) -> dict[str, Any]:
    kept = ("code", "evidence", "assumptions", *(f"{stem}_{lang}" for stem in ("what", "why", "who", "shown_by") for lang in LANGS))
    whole, day = Term("全县", "the whole county"), Term("下一次报告或台账之前", "before the next report or ledger")
    return {name: step[name] for name in kept} | named(whole, "whom") | named(day, "when")


def _due(register: Register, report: Report, settings: Settings) -> list[dict[str, Any]]:
    """Return the actions of a ledger, each with how many it concerns; last, the cells to fill."""
    todo = actions(register, report, settings=settings)
    order = list(Priority.__members__)
    groups = [(code, some) for code, some in todo.groupby("action", sort=False)]
    groups.sort(key=lambda group: (order.index(group[1]["priority"].iloc[0]), -len(group[1]), str(group[0])))
    shares = rates(register, report=report, settings=settings).set_index("indicator")
    return [_filled(some) if code == "fill" else _step(str(code), some, shares) for code, some in groups]


def _step(code: str, some: pd.DataFrame, shares: pd.DataFrame) -> dict[str, Any]:
    action = ACTIONS[code]
    shown = Term(f"需办的从 {len(some)} 降到 0", f"those for whom it is due fall from {len(some)} to 0")
    if not action.shown:
        shown = Term(f"任务单交回 {len(some)} 个完成日期", f"the action list comes back with days on which it was done: {len(some)}")
    return {
        "code": code, **named(action.what, "what"), **named(_whom(some, TABLE[INDICATORS[action.indicator].grain]), "whom"),
        **named(_why(action, some, shares), "why"), **named(_who(some), "who"), **named(_when(some), "when"), **named(shown, "shown_by"),
        **merged_marks(some),
    }  # fmt: skip


def _why(action: Action, some: pd.DataFrame, shares: pd.DataFrame) -> Term:
    """Return the reason in words: how many the indicator counts, and the rules that it goes by."""
    ground, later = some["rule"].iloc[0], some["later"].iloc[0]
    rules = Term(f"（{ground}）", f" ({ground})") if ground else Term("", "")
    if later:
        rules = Term(f"{rules.zh}（{later} 施行在后）", f"{rules.en} ({later} in force later)")
    if action.why.zh:
        return Term(f"{action.why.zh} {len(some)}{rules.zh}", f"{action.why.en} {len(some)}{rules.en}")
    row = shares.loc[[action.indicator]].iloc[0]
    texts = [f"{INDICATORS[action.indicator].term(lang)} {row_text(row, lang, 'share')}{rules(lang)}" for lang in LANGS]
    return Term(*texts)


def _who(some: pd.DataFrame) -> Term:
    duties = [Duty.of(code).term for code in dict.fromkeys(some["duty"])]
    return Term("、".join(term.zh for term in duties), ", ".join(term.en for term in duties))


def _whom(some: pd.DataFrame, table: str) -> Term:
    unit, towns = _UNITS[table], some.loc[some["township"] != "", "township"].nunique()
    stray = int((some["township"] == "").sum())
    where = Term(f"，在 {towns} 个镇", f", in townships: {towns}") if towns else Term("", "")
    if towns and stray:
        other = Term("跨镇或未填镇", "in several or none given") if table == "branches" else Term("未填镇", "in none that is given")
        where = Term(f"{where.zh}，另 {stray} 个{other.zh}", f"{where.en}; {other.en}: {stray}")
    return Term(f"{len(some)} {unit.zh}{where.zh}", f"{unit.en}: {len(some)}{where.en}")


def _when(some: pd.DataFrame) -> Term:
    breaches = int((some["priority"] == Priority.breach.name).sum())
    days = some["due_on"].dropna()
    if len(days):
        first, last = (f"{day:%Y-%m-%d}" for day in (days.min(), some["due_until"].fillna(some["due_on"]).max()))
        span = first if first == last else f"{first} – {last}"
        return (
            Term(f"{_AT_ONCE.zh}（到期 {span}）", f"{_AT_ONCE.en} (due {span})")
            if breaches == len(some)
            else Term(f"到期 {span}", f"due {span}")
        )
    if 0 < breaches < len(some):
        rest = len(some) - breaches
        return Term(f"{breaches} 个{_AT_ONCE.zh}；{rest} 个{_NO_DAY.zh}", f"{_AT_ONCE.en}: {breaches}; {_NO_DAY.en}: {rest}")
    return _AT_ONCE if breaches else _NO_DAY


def _filled(some: pd.DataFrame) -> dict[str, Any]:
    # a cell that several parties are asked for is one cell
    cells = len(
        {(unit, cell) for unit, asked in zip(some["table"] + "/" + some["unit_id"], some["cells"], strict=True) for cell in asked.split()}
    )
    return {
        "code": "fill", **named(Term("先补台账里的空格", "first fill the empty cells of the ledger"), "what"),
        **named(Term(f"{some['unit_id'].nunique()} 个单位", f"units: {some['unit_id'].nunique()}"), "whom"),
        **named(Term(f"{cells} 格空着或定不了，不能判断该不该办", f"cells that are empty or settle nothing: {cells}; they leave open what is due"), "why"),
        **named(_who(some), "who"), **named(_NO_DAY, "when"),
        **named(Term("要补、要核对的格为零", "no cell is left to fill or check"), "shown_by"), **merged_marks(some),
    }  # fmt: skip
