"""Which measure first: by what is counted and dated, and what would change the first place; no scores but an analyst's own."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from analysis.actions import NARROWER, breach, falls_due
from analysis.causes import CAUSES, claims, link_grid
from analysis.facts import Fact
from analysis.faults import Fault, fault
from analysis.given import columns_needed
from analysis.indicators import At, marks_of, needs, rests_on
from analysis.measures import PROPOSALS, proposed, ways
from analysis.metrics import joined_rows, nothing_counted, open_columns, rates, total_of
from analysis.model import MARKS, AnalysisError, Basis, Choice, Evidence, Kind, Named, Term, merged_marks, named, result_rows
from analysis.reach import measurable, touched_groups
from analysis.register import Register
from analysis.report import Report
from analysis.settings import DEFAULT_SETTINGS, Settings
from analysis.small_tables import small_table
from analysis.wording import span


class Criterion(Named):
    """By what measures are ordered, in this order (C32); each is counted, and more of it comes first."""

    score = Term("分析者评分", "the analyst's score")
    breaches = Term("涉及的违规", "breaches of a rule in force")
    due = Term("一年内到期", "elections due within a year")
    branches = Term("触及支部", "branches touched")
    organisations = Term("触及组织", "organisations touched")
    members = Term("触及党员", "members touched")
    problems = Term("明示触及的问题", "problems reached by stated links")


class Turn(Named):
    """What would have to be otherwise for another measure to come first."""

    criterion = Term("只凭这一项", "this count alone")
    column = Term("补上空格", "empty cells filled")
    open = Term("没有列能补：台账看不出，或已填而定不了", "no column would: no ledger shows it, or its cells settle nothing")


class _Measure(NamedTuple):
    """A measure, the report's or ours, with the indicators of what it answers and the number of problems that it reaches."""

    name: Term
    ours: bool
    indicators: tuple[str, ...]
    problems: int


class _Ends(NamedTuple):
    """The least and the most of a count, and the columns that leave it open; nothing bounds it where there is no most."""

    least: int
    most: int | None
    needs: tuple[str, ...] = ()


class ScoresError(AnalysisError):
    """A file of scores that cannot be used; `faults` holds every mistake found."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("Scores · 评分:\n" + "\n".join(f"  {fault}" for fault in faults))


def load_scores(path: Path | str, measures: Iterable[str]) -> dict[str, float]:
    """Return an analyst's own scores of measures, from a CSV file or workbook with the columns measure and score.

    Parameters
    ----------
    measures
        The codes that may be scored: those of `order`.

    Raises
    ------
    ScoresError
        With every fault: line, column, value, what to do.
    """
    lines, faults = small_table(path, ("measure", "score"))
    name, known, scores = Path(path).name, list(measures), dict[str, float]()
    for line, cells in lines:
        code, text = cells.get("measure", ""), cells.get("score", "")
        if code not in known:
            faults.append(fault("code", name, line=line, column="measure", value=code, known=", ".join(known)))
        if code in scores:
            faults.append(fault("twice", name, line=line, column="measure", value=code))
        scores[code] = _number(text)
        if not math.isfinite(scores[code]):
            faults.append(fault("score", name, line=line, column="score", value=text))
    if faults:
        raise ScoresError(faults)
    return scores


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def order(
    report: Report,
    register: Register | None = None,
    *,
    read: bool = False,
    scores: Mapping[str, float] | None = None,
    criteria: Sequence[Criterion | str] = (),
    settings: Settings = DEFAULT_SETTINGS,
) -> pd.DataFrame:
    """Return a report's measures and our proposals for its blind spots, in the order of what each would meet.

    A measure meets what the claims that it answers are about. Measures are compared by the first criterion, where they are equal
    there by the next; of an interval, by what is known: its lower end (C32).

    Parameters
    ----------
    register
        A ledger; without one, every cell is unknown.
    read
        Count the links that we read, too, not only those that the text states.
    scores
        An analyst's own, by measure: they come first, and mark the rows as judgement.
    criteria
        In which order to compare; all, as in `Criterion`, without any.

    Returns
    -------
    DataFrame, one row a measure, in order
        code, name_zh, name_en, ours (whether we propose it), order [1..; equal where nothing tells two apart], by (the criterion
        that sets it above the next; empty where none does), for each criterion but score its two ends (breaches_least,
        breaches_most and so on; most is null where nothing bounds it), the columns that leave them apart (breaches_needs) and both
        as text (breaches, due, ...), score, needs (all of those columns), evidence, assumptions.

    Raises
    ------
    AnalysisError
        If a score is not a number, or is of a measure that is not there; or a criterion is none, or score without scores.

    >>> from analysis.report import load_report
    >>> order(load_report("yangxian"))["code"].tolist()[0]
    'M6'
    """
    asked = [Criterion.of(each) for each in ([criteria] if isinstance(criteria, str) else criteria)]
    if Criterion.score in asked and not scores:
        raise AnalysisError("The criterion score needs scores: give scores={'M1': 2}. · 按评分排序须给出 scores，如 {'M1': 2}。")
    held = Register.unknown(report) if register is None else register
    measures = _measures(report, read=read)
    _check_scores(scores or {}, measures)
    counts = _counts(report, held, measures, settings)
    chosen = [each for each in asked or Criterion if each is not Criterion.score or scores]
    keys = {code: tuple(-_known(counts[code], each, (scores or {}).get(code)) for each in chosen) for code in measures}
    ranked = sorted(measures, key=keys.__getitem__)
    records = []
    for at, code in enumerate(ranked):
        below = keys[ranked[at + 1]] if at + 1 < len(ranked) else ()
        by = next((each.name for each, mine, other in zip(chosen, keys[code], below, strict=False) if mine != other), "")
        place = 1 + sum(keys[other] < keys[code] for other in ranked)
        own = (scores or {}).get(code)
        records.append(_record(code, measures[code], counts[code], held, settings) | {"order": place, "by": by, "score": own})
    # links that we read and scores of one's own are no findings
    rows = result_rows(records, evidence=[Evidence.JUDGEMENT] if scores or read else [])
    return rows if len(rows) else rows.reindex(columns=_COLUMNS)


_COLUMNS = ["code", "name_zh", "name_en", "ours", *(f"{each.name}_{end}" for each in list(Criterion)[1:] for end in ("least", "most", "needs")),
            *(each.name for each in list(Criterion)[1:]), "needs", "order", "by", "score", *MARKS]  # fmt: skip


def _check_scores(scores: Mapping[str, float], measures: Iterable[str]) -> None:
    known = list(measures)
    wrong = [f"{code}: {score}" for code, score in scores.items() if code not in known or not math.isfinite(score)]
    if wrong:
        raise AnalysisError(f"Scores are numbers, by the code of a measure ({', '.join(known)}); these are not: {', '.join(wrong)}.")


def _known(counts: Mapping[Criterion, _Ends], criterion: Criterion, score: float | None) -> float:
    """Return how much of a criterion is known of a measure: the lower end; a measure without a score comes after those with one."""
    if criterion is Criterion.score:
        return -math.inf if score is None else score
    return float(counts[criterion].least)


def _measures(report: Report, *, read: bool) -> dict[str, _Measure]:
    """Return the report's measures, then our proposals, with what they answer."""
    bases = {Basis.stated.name, Basis.read.name} if read else {Basis.stated.name}
    links = link_grid(report, (Kind.measure,), (*CAUSES, Kind.problem), leaves=True)
    indicators = dict(zip(report.claims["code"], report.claims["indicator"], strict=True))
    reached = ways(report) if len(report.claims) else pd.DataFrame(columns=["source", "target", "stated"])
    found = {}
    for _, claim in claims(report, Kind.measure, leaves=True).iterrows():
        targets = links.loc[(links["source"] == claim["code"]) & links["basis"].isin(bases), "target"]
        mine = reached[(reached["source"] == claim["code"]) & (reached["stated"] | read)]
        found[claim["code"]] = _Measure(
            Term(claim["name_zh"], claim["name_en"]),
            False,
            tuple(dict.fromkeys(indicators[code] for code in targets)),
            mine["target"].nunique(),
        )
    to_problems = link_grid(report, CAUSES, (Kind.problem,), leaves=True)
    for _, spot in proposed(report).iterrows():
        mine = to_problems[(to_problems["source"] == spot["code"]) & to_problems["basis"].isin(bases)] if len(to_problems) else to_problems
        problems = mine["target"].nunique() if spot["finding"] == "cause_without_measure" else 1
        found[f"fill_{spot['code']}"] = _Measure(PROPOSALS[spot["indicator"]][0], True, (spot["indicator"],), problems)
    return found


def _counts(report: Report, register: Register, measures: Mapping[str, _Measure], settings: Settings) -> dict[str, dict[Criterion, _Ends]]:
    """Return what each measure meets, criterion by criterion."""
    at = At(register.as_of, settings)
    codes = tuple(dict.fromkeys(code for measure in measures.values() for code in measure.indicators if measurable(code)))
    broken = _broken(register, report, codes, at)
    touched = {
        row["code"]: row
        for row in touched_groups(register, {code: m.indicators for code, m in measures.items()}, settings=settings).to_dict("records")
    }
    soon = _falling_due(register, at)
    found = {}
    for code, measure in measures.items():
        breaches = [ends for name, ends in broken.items() if name in measure.indicators]
        ends = {Criterion.breaches: _sum(breaches), Criterion.due: soon if "election_overdue" in measure.indicators else _Ends(0, 0)}
        for counted in (Criterion.branches, Criterion.organisations, Criterion.members):
            ends[counted] = _ends(touched[f"{code}/{counted.name}"])
        found[code] = ends | {Criterion.problems: _Ends(measure.problems, measure.problems)}
    return found


def _broken(register: Register, report: Report, codes: Iterable[str], at: At) -> dict[str, _Ends]:
    """Return for each indicator how many of the rows that it counts break a rule in force; of those that count just these, as `rates` has it."""
    facts = {code: fact for code in codes if (fact := breach(code, at)) is not None}
    plain = [code for code in facts if code not in NARROWER]
    rows = rates(register, report=report, settings=at.settings, only=plain).to_dict("records") if plain else []
    found = {str(row["indicator"]): _ends(row) for row in rows}
    return found | {code: _counted(register, fact, code, at) for code, fact in facts.items() if code in NARROWER}


def _falling_due(register: Register, at: At) -> _Ends:
    """Return how many elections fall due within a year of the day of the count."""
    return _counted(register, falls_due(at), "election_overdue", at)


def _counted(register: Register, fact: Fact, code: str, at: At) -> _Ends:
    """Return of how many branches something holds, and may hold; what leaves it open are empty columns of an indicator."""
    sums = total_of(joined_rows(register, "branches"), {"part": fact.yes, "open": ~(fact.yes | fact.no)})
    nothing, empty = nothing_counted(register, "branches"), open_columns(register)
    read = (*needs(code, at.settings), *(NARROWER[code].needs if code in NARROWER else ()))
    asked = tuple(column for column in dict.fromkeys(read) if column in empty) if nothing or sums["open"] else ()
    return _Ends(sums["part"], None if nothing else sums["part"] + sums["open"], asked)


def _ends(row: Mapping[Hashable, Any]) -> _Ends:
    """Return the ends of a row of `rates` or `reach`."""
    least, most = int(row["least"]), None if pd.isna(row["most"]) else int(row["most"])
    return _Ends(least, most, tuple(row["needs"].split()) if least != most else ())


def _sum(ends: list[_Ends]) -> _Ends:
    least, most = sum(each.least for each in ends), [each.most for each in ends]
    columns = dict.fromkeys(column for each in ends for column in each.needs)
    return _Ends(least, None if None in most else sum(end or 0 for end in most), tuple(columns))


def _record(code: str, measure: _Measure, counts: Mapping[Criterion, _Ends], register: Register, settings: Settings) -> dict[str, Any]:
    marks = [marks_of(rests_on(each, settings)) for each in measure.indicators if measurable(each)]
    numbers = {f"{each.name}_{end}": getattr(ends, end) for each, ends in counts.items() for end in ("least", "most")}
    asked = {f"{each.name}_needs": " ".join(ends.needs) for each, ends in counts.items()}
    return {
        "code": code, **named(measure.name), "ours": measure.ours, **numbers, **asked, **{each.name: span(ends.least, ends.most) for each, ends in counts.items()},
        "needs": " ".join(dict.fromkeys(column for ends in counts.values() for column in ends.needs)),
        "evidence": [register.evidence, Evidence.REPORT, *(kind for mark in marks for kind in mark["evidence"]), Evidence.JUDGEMENT],
        "assumptions": [Choice.C30, Choice.C32, *(choice for mark in marks for choice in mark["assumptions"])],
    }  # fmt: skip


def leading(ranked: pd.DataFrame) -> pd.DataFrame:
    """Return the measures that come first as one row: their names together where nothing tells them apart.

    Parameters
    ----------
    ranked
        Rows of `order`; they may be none.

    Returns
    -------
    DataFrame, one row
        code (first), name_zh, name_en, value [measures], evidence, assumptions.

    Raises
    ------
    AnalysisError
        If the rows are not those of `order`.
    """
    columns_needed(ranked, ("order", "name_zh", "name_en", *MARKS), "order(report)")
    first = ranked[ranked["order"] == 1]
    if not len(first):
        return result_rows(
            [{"code": "first", **named(Term("没有对策可排", "no measure to order")), "value": 0}], evidence=[Evidence.REPORT]
        )
    names = Term("；".join(first["name_zh"]), "; ".join(first["name_en"]))
    return result_rows([{"code": "first", **named(names), "value": len(first), **merged_marks(first)}])


def reversals(
    report: Report, register: Register | None = None, *, read: bool = False, settings: Settings = DEFAULT_SETTINGS
) -> pd.DataFrame:
    """Return what would put another measure first: each criterion alone, and what is not known; scores aside.

    What is not known would where it could raise a measure above what is known of the first, by the criterion that then tells them
    apart. Whether a measure can have its most while another has its least is not looked at, so it may turn out that it cannot.

    Returns
    -------
    DataFrame, one row a criterion, then one a measure that could still come first
        code (what/criterion or what/measure), what (a Turn: criterion, column, open), measure, name_zh, name_en, ours, by
        (criterion), by_zh, by_en, turn_zh, turn_en, reverses (whether another measure than now is first), needs (the columns that
        leave that criterion and those before it open), evidence, assumptions.

    >>> from analysis.report import load_report
    >>> rows = reversals(load_report("yangxian"))
    >>> rows.loc[rows["what"] == "criterion", "by"].tolist()
    ['breaches', 'due', 'branches', 'organisations', 'members', 'problems']
    """
    now = order(report, register, read=read, settings=settings)
    if not len(now):
        return result_rows([]).reindex(
            columns=[
                "code",
                "what",
                "measure",
                "name_zh",
                "name_en",
                "ours",
                "by",
                "by_zh",
                "by_en",
                "turn_zh",
                "turn_en",
                "reverses",
                "needs",
                *MARKS,
            ]
        )
    records = [*_alone(now), *_open(now)]
    return result_rows([record | {mark: " ".join(now[mark]) for mark in MARKS} for record in records])


def _alone(now: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield for each criterion who is first by it alone."""
    for criterion in list(Criterion)[1:]:
        best = now[now[f"{criterion.name}_least"] == now[f"{criterion.name}_least"].max()]
        alone = best.iloc[0] if len(best) < len(now) else None
        turned = alone is not None and now["code"].iloc[0] not in set(best["code"])
        yield _turned(Turn.criterion, criterion.name, criterion, alone) | {"reverses": turned, "needs": ""}


def _open(now: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the measures that what is not known could bring to the front."""
    first = now.iloc[0]
    for _, rival in now.iloc[1:].iterrows():
        by = _overtaking(first, rival)
        if by is not None:
            asked = _raising(first, rival, by)
            yield _turned(Turn.column if asked else Turn.open, rival["code"], by, rival) | {"reverses": True, "needs": asked}


def _raising(first: pd.Series, rival: pd.Series, by: Criterion) -> str:
    """Return the columns that would have to be filled for a rival to come first; nothing where one of its counts has none."""
    until = list(Criterion)[1 : list(Criterion).index(by) + 1]
    # what is as much already, or more, needs no cell
    enough = {each: rival[f"{each.name}_least"] > first[f"{each.name}_least"] - (each is not by) for each in until}
    short = [rival[f"{each.name}_needs"] for each in until if not enough[each]]
    return " ".join(dict.fromkeys(" ".join(short).split())) if all(short) else ""


def _overtaking(first: pd.Series, rival: pd.Series) -> Criterion | None:
    """Return the criterion by which a rival could come before the first: the earliest at which its most exceeds what is known."""
    for criterion in list(Criterion)[1:]:
        least, most = first[f"{criterion.name}_least"], rival[f"{criterion.name}_most"]
        if pd.isna(most) or most > least:
            return criterion
        if most < least:
            return None
    return None


def _turned(turn: Turn, code: str, criterion: Criterion, measure: pd.Series | None) -> dict[str, Any]:
    """Return what changes, and the measure that then comes first by a criterion, if one does."""
    name = Term("都一样", "all alike") if measure is None else Term(measure["name_zh"], measure["name_en"])
    mine = {"measure": "", "ours": False} if measure is None else {"measure": str(measure["code"]), "ours": bool(measure["ours"])}
    words = named(name) | {"by": criterion.name} | named(criterion.term, "by") | named(turn.term, "turn")
    return {"code": f"{turn.name}/{code}", "what": turn.name, **mine, **words}
