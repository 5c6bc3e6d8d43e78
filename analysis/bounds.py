"""What totals allow: the least and the most of each quantity, found by an integer program, with assumptions as switches."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.model import (
    INFEASIBLE,
    AnalysisError,
    Assumption,
    Evidence,
    Interval,
    Term,
    Unit,
    Verdict,
    named,
    result_rows,
    switches,
)
from analysis.reference import limit
from analysis.report import Report, Subject, Totals, Wording

A = Assumption
DEFAULT: frozenset[Assumption] = frozenset({A.A1, A.A2, A.A4, A.A7, A.A8, A.A9})
_COVERAGE = frozenset({A.A1, A.A2, A.A3, A.A4, A.A5, A.A6, A.A7})
_SIZES = frozenset({A.A8, A.A9, A.A10})

# stands in for a total without an upper end, as a multiple of the largest end that is known: enough to lift every branch over
# every limit of size, so that an answer that leans on it exceeds all known ends and is reported as open
_NO_END = 200


class InfeasibleError(AnalysisError):
    """No values agree with the conditions of a program; `bounds` says so in a row, as missing 'infeasible'."""


_NONE_FITS = "No assignment of branches to organisations agrees with these totals and assumptions."


class Program:
    """A small integer program: variables of non-negative integers, linear conditions, and the range of a sum."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._high: list[float] = []
        self._rows: list[tuple[Mapping[str, int], float, float]] = []

    def variable(self, name: str, high: float) -> None:
        """Add a variable of 0 to `high`."""
        self._names.append(name)
        self._high.append(high)

    def between(self, terms: Mapping[str, int], low: float, high: float) -> None:
        """Ask that the sum of coefficient × variable lies in [low, high]."""
        self._rows.append((terms, low, high))

    def at_most(self, left: Mapping[str, int], right: Mapping[str, int]) -> None:
        """Ask that one sum is no larger than another."""
        terms = dict(left)
        for name, factor in right.items():
            terms[name] = terms.get(name, 0) - factor
        self.between(terms, -math.inf, 0)

    def range(self, terms: Mapping[str, int]) -> tuple[int, int]:
        """Return the least and the most that a sum can be.

        Raises
        ------
        InfeasibleError
            If no values meet all conditions.
        """
        return self._solve(terms, 1), self._solve(terms, -1)

    def _solve(self, terms: Mapping[str, int], sign: int) -> int:
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - longer to import than pandas, and few programs need it

        matrix = np.array([[row.get(name, 0) for name in self._names] for row, _, _ in self._rows], dtype=float)
        found = milp(
            [sign * terms.get(name, 0) for name in self._names],
            constraints=LinearConstraint(matrix, [low for _, low, _ in self._rows], [high for _, _, high in self._rows]),
            integrality=np.ones(len(self._names)),
            bounds=Bounds(0, np.array(self._high)),
            # the presolve of HiGHS calls some of these programs infeasible that are not (found by enumeration)
            options={"presolve": False},
        )
        if found.x is None:
            raise InfeasibleError(_NONE_FITS)
        values = dict(zip(self._names, np.rint(found.x).astype(int), strict=True))
        return int(sum(factor * values[name] for name, factor in terms.items()))


def _ceiling(span: Interval, *others: Interval | None) -> float:
    if not math.isinf(span.high):
        return float(span.high)
    known = [float(end) for other in (span, *others) if other for end in (other.low, other.high) if not math.isinf(end)]
    return _NO_END * max(known)


_ORGANISATIONS = ("own", "own_and_joint", "joint_only", "outside", "none")
_BRANCHES = ("own_branches", "joint_branches", "elsewhere")
_WITH_OWN = {"own": 1, "own_and_joint": 1}
_IN_JOINT = {"own_and_joint": 1, "joint_only": 1}
_COVERED = _WITH_OWN | _IN_JOINT


def _coverage_program(given: Totals, on: Collection[Assumption], units: int) -> Program:
    """Return the program of how branches are shared out over organisations, the switches `on` being held to."""
    assert given.organisations is not None
    assert given.branches is not None
    most_o = _ceiling(given.organisations, given.branches)
    most_b = _ceiling(given.branches, given.organisations)
    program = Program()
    for names, high in ((_ORGANISATIONS, most_o), (_BRANCHES, most_b), (("any_own", "any_joint"), 1)):
        for name in names:
            program.variable(name, high)
    program.between(dict.fromkeys(_ORGANISATIONS, 1), float(given.organisations.low), most_o)
    program.between(dict.fromkeys(_BRANCHES, 1), float(given.branches.low), most_b)
    forms = (({"own_branches": 1}, given.own), ({"joint_branches": 1}, given.joint))
    stated = ((_WITH_OWN, given.with_own), (_IN_JOINT, given.in_joint), (_COVERED, given.covered))
    for terms, span, high in [(*form, most_b) for form in forms] + [(*count, most_o) for count in stated]:
        if span is not None:
            program.between(terms, float(span.low), min(float(span.high), high))
    for form, flag in (("own_branches", "any_own"), ("joint_branches", "any_joint")):
        program.at_most({form: 1}, {flag: int(most_b)})
        program.at_most({flag: 1}, {form: 1})
    # an own branch belongs to one organisation; without A2 an organisation may have several
    program.at_most(_WITH_OWN, {"own_branches": 1})
    program.at_most({"any_own": 1}, _WITH_OWN)
    inside = 2 if A.A4 in on else 1 if A.A1 in on else 0
    program.at_most({"any_joint": inside}, _IN_JOINT)
    program.at_most(_IN_JOINT, {"joint_branches": units if A.A5 in on else int(most_o)})
    _hold(program, on, inside)
    return program


def _hold(program: Program, on: Collection[Assumption], inside: int) -> None:
    """Add what the switches say; a joint branch has at least `inside` of the organisations."""
    for switch, name, value in (
        (A.A1, "elsewhere", 0),
        (A.A2, "own_and_joint", 0),
        (A.A3, "outside", 0),
        (A.A6, "none", 0),
        (A.A7, "any_joint", 1),
    ):
        if switch in on:
            program.between({name: 1}, value, value)
    if A.A2 in on:
        program.at_most({"own_branches": 1}, {"own": 1})
        program.at_most({"joint_branches": inside}, _IN_JOINT)


# the rules whose numbers bound coverage and sizes, in the order of the limits below
RULES = ("R01", "R03", "R05", "R07", "R08")


class _Limits(NamedTuple):
    """The numbers that those rules set."""

    members: int
    usual: int
    units: int
    committee: int
    with_committee: int

    @classmethod
    def in_force(cls) -> _Limits:
        return cls(*(limit(code) for code in RULES))


class _Question(NamedTuple):
    term: Term
    unit: Unit
    of: str
    terms: Mapping[str, int]
    needs: str


_COVERAGE_QUESTIONS: dict[str, _Question] = {
    "own": _Question(Term("有自己支部的组织", "organisations with a branch of their own"), Unit.organisation, "organisations",
                     _WITH_OWN, "organisations/coverage"),
    "in_joint": _Question(Term("同在联合支部的组织", "organisations in joint branches"), Unit.organisation, "organisations",
                          _IN_JOINT, "organisations/coverage"),
    "covered": _Question(Term("被计数支部覆盖的组织", "organisations that the counted branches cover"), Unit.organisation, "organisations",
                         _COVERED, "organisations/coverage"),
    "not_covered": _Question(Term("计数支部未覆盖的组织", "organisations left uncovered by them"), Unit.organisation, "organisations",
                             {"outside": 1, "none": 1}, "organisations/coverage"),
    "joint_branches": _Question(Term("联合支部", "joint branches"), Unit.branch, "branches", {"joint_branches": 1}, "organisations/coverage"),
}  # fmt: skip


def _size_range(given: Totals, on: Collection[Assumption], limits: _Limits, at_least: int) -> tuple[int, int]:
    """Return how few and how many branches can have `at_least` full members or more."""
    assert given.branches is not None
    assert given.members is not None
    most_b, most_m = _ceiling(given.branches, given.members), _ceiling(given.members, given.branches)
    program = Program()
    for name, high in (("large", most_b), ("small", most_b), ("in_large", most_m), ("in_small", most_m)):
        program.variable(name, high)
    program.between({"large": 1, "small": 1}, float(given.branches.low), most_b)
    least = limits.members if A.A9 in on else 0
    # without A8 members may sit outside these branches, or be probationary
    program.between({"in_large": 1, "in_small": 1}, float(given.members.low) if A.A8 in on else 0, most_m)
    program.at_most({"large": at_least}, {"in_large": 1})
    program.at_most({"small": least}, {"in_small": 1})
    program.at_most({"in_small": 1}, {"small": at_least - 1})
    program.at_most({"in_large": 1}, {"large": limits.usual if A.A10 in on else int(most_m)})
    return program.range({"large": 1})


def _largest_range(given: Totals, on: Collection[Assumption], limits: _Limits) -> tuple[int, int]:
    """Return how small and how large the largest branch can be."""
    assert given.branches is not None
    assert given.members is not None
    least = limits.members if A.A9 in on else 0
    usual = limits.usual if A.A10 in on else math.inf
    fewest_m = math.ceil(given.members.low) if A.A8 in on else 0
    most_m = math.floor(_ceiling(given.members, given.branches))
    # how many branches there can be, for all to have the least and none more than the usual number
    fewest_b = max(math.ceil(given.branches.low), math.ceil(fewest_m / usual))
    most_b = math.floor(min(_ceiling(given.branches, given.members), most_m / least if least else math.inf))
    if fewest_b > most_b or (fewest_m and not most_b):
        raise InfeasibleError(_NONE_FITS)
    if not most_b:
        return 0, 0
    # both ends fall as branches grow in number; no branch at all needs no member
    smallest = 0 if not fewest_b and not fewest_m else max(least, math.ceil(fewest_m / most_b))
    return smallest, int(min(usual, most_m - least * (max(fewest_b, 1) - 1)))


_Range = Callable[[Totals, frozenset[Assumption], _Limits], tuple[int, int]]


class _SizeQuestion(NamedTuple):
    term: Term
    unit: Unit
    of: str
    range: _Range
    apart: frozenset[Assumption] = frozenset()  # switches that the question itself is about
    full: bool = True  # whether the rule asked about counts full members, not all


_SIZE_QUESTIONS: dict[str, _SizeQuestion] = {
    "need_committee": _SizeQuestion(
        Term("应设支部委员会的支部", "branches that need a committee"), Unit.branch, "branches",
        lambda given, on, limits: _size_range(given, on, limits, limits.with_committee),
    ),
    "above_limit": _SizeQuestion(
        Term("超过一般上限的支部", "branches above the usual upper limit"), Unit.branch, "branches",
        lambda given, on, limits: _size_range(given, on, limits, limits.usual + 1),
        frozenset({A.A10}), False,
    ),
    "committee_size": _SizeQuestion(
        Term("达到党委起点的支部", "branches as large as a Party committee"), Unit.branch, "branches",
        lambda given, on, limits: _size_range(given, on, limits, limits.committee), full=False,
    ),
    "largest": _SizeQuestion(Term("最大支部的党员", "members of the largest branch"), Unit.person, "", _largest_range, full=False),
}  # fmt: skip


def bounds(report: Report, *, assume: Iterable[Assumption | str] = DEFAULT, stated: bool = True) -> pd.DataFrame:
    """Return the least and the most that a report's totals allow, quantity by quantity.

    Parameters
    ----------
    report
        Its organisations and branches (or Party organisations) bound coverage; its branches and members bound sizes.
        A form of branch that is published is held to.
    assume
        The switches that are on, as members or codes. A7 counts only where the report speaks of joint branches or counts them.
    stated
        Whether published counts of organisations (with their own, in joint ones, covered) are held to as well. Where they
        contradict the other totals they are left out, and `audit` says so.

    Returns
    -------
    DataFrame, one row a quantity
        code, name_zh, name_en, unit, least, most [unit; most is null where nothing bounds it], whole [unit], share
        [0..1, null unless the two ends meet], low, high [0..1, null without a whole], low_needs, high_needs (the
        assumptions without which that end gives way), missing (totals that the report does not print, or 'infeasible'
        where no assignment agrees with the totals and the assumptions, so that one of them must be wrong; both ends are
        null then), needs (columns of a ledger that close it), evidence, assumptions (all that are on for this row).

    >>> rows = bounds(Report.of("demo", organisations=3, branches=2)).set_index("code")
    >>> rows.loc["own", ["least", "most", "whole"]].astype(int).tolist()  # one beside a joint branch, or two alone
    [1, 2, 3]
    """
    on = active(report, assume)
    limits = _Limits.in_force()
    given = _held(report.totals if stated else _unstated(report.totals), on, limits)
    coverage = [_coverage_row(given, code, on, limits) for code in _COVERAGE_QUESTIONS]
    return result_rows(coverage + [_size_row(report.totals, code, on, limits) for code in _SIZE_QUESTIONS])


def _unstated(given: Totals) -> Totals:
    return given._replace(with_own=None, in_joint=None, covered=None)


def _held(given: Totals, on: frozenset[Assumption], limits: _Limits) -> Totals:
    """Return the totals without the stated counts of organisations, where these contradict the rest."""
    if given.organisations is None or given.branches is None or _unstated(given) == given:
        return given
    try:
        _coverage_program(given, on, limits.units).range(_COVERED)
    except InfeasibleError:
        return _unstated(given)
    return given


def _coverage_row(given: Totals, code: str, on: frozenset[Assumption], limits: _Limits) -> dict[str, object]:
    question = _COVERAGE_QUESTIONS[code]

    def span(active: frozenset[Assumption]) -> tuple[int, int]:
        return _coverage_program(given, active, limits.units).range(question.terms)

    row = _open_row(code, question.term, question.unit, question.of, question.needs)
    # the limit of units is a rule, which is an outside reference
    evidence = [Evidence.REPORT, Evidence.BOUND, *([Evidence.REFERENCE] if A.A5 in on else [])]
    row |= {"evidence": evidence, "assumptions": list(on & _COVERAGE)}
    return row | _answer(given, question.of, on & _COVERAGE, span, ["organisations", "branches"])


def _size_row(given: Totals, code: str, on: frozenset[Assumption], limits: _Limits) -> dict[str, object]:
    question = _SIZE_QUESTIONS[code]
    switches = on & (_SIZES - question.apart)
    row = _open_row(code, question.term, question.unit, question.of, "branches/members_full" if question.full else "branches/members")
    # sizes lean on rules for branches, which are outside references
    row |= {"evidence": [Evidence.REPORT, Evidence.BOUND, Evidence.REFERENCE], "assumptions": list(switches)}
    if question.full and given.full is not None:
        given = given._replace(members=given.full)
    return row | _answer(given, question.of, switches, lambda active: question.range(given, active, limits), ["branches", "members"])


def active(report: Report, assume: Iterable[Assumption | str]) -> frozenset[Assumption]:
    """Return the switches that are on; a joint branch is taken for granted only where the report speaks of one."""
    joint = report.totals.joint
    spoken = report.says(Subject.joint_branches) or (joint is not None and joint.low > 0)
    return switches(assume) - (frozenset() if spoken else {A.A7})


def _open_row(code: str, term: Term, unit: Unit, of: str, needs: str) -> dict[str, object]:
    """Return the row of a quantity of which nothing is known."""
    share = (0.0, 1.0) if of else (None, None)
    return {
        "code": code, **named(term), "unit": unit.name, "least": 0, "most": None, "whole": None, "share": None,
        "low": share[0], "high": share[1], "low_needs": "", "high_needs": "", "missing": "", "needs": needs,
    }  # fmt: skip


def _answer(
    given: Totals,
    of: str,
    on: frozenset[Assumption],
    span: Callable[[frozenset[Assumption]], tuple[int, int]],
    basis: list[str],
) -> dict[str, object]:
    """Return what the totals settle of a row: its ends, its shares, the switches that hold them up."""
    have: dict[str, Interval | None] = given._asdict()
    whole = have.get(of)
    row: dict[str, object] = {}
    if whole is not None and whole.exact:
        row |= {"whole": int(whole.low), "most": int(whole.low)}
    missing = [name for name in basis if have[name] is None]
    if missing:
        return row | {"missing": " ".join(missing), "assumptions": []}
    try:
        least, most = span(on)
    except InfeasibleError:
        return row | {"missing": INFEASIBLE, "least": None, "most": None, "low": None, "high": None}
    ends = [total for name in basis if (total := have[name]) is not None]
    row |= {"least": least, "most": None if most > _closed(ends) and any(math.isinf(end.high) for end in ends) else most}
    if whole is not None and whole.high > 0:
        row["low"] = 0.0 if math.isinf(whole.high) else least / float(whole.high)
        row["high"] = 1.0 if row["most"] is None or most >= whole.low else most / float(whole.low)
        row["share"] = row["low"] if whole.exact and least == most else None
    return row | _dependence(on, span, (least, most))


def _closed(spans: Iterable[Interval]) -> float:
    return max(float(end) for span in spans for end in (span.low, span.high) if not math.isinf(end))


def _dependence(
    on: frozenset[Assumption], span: Callable[[frozenset[Assumption]], tuple[int, int]], found: tuple[int, int]
) -> dict[str, str]:
    low, high = [], []
    for switch in Assumption:
        if switch not in on:
            continue
        least, most = span(on - {switch})
        low += [switch.name] if least != found[0] else []
        high += [switch.name] if most != found[1] else []
    return {"low_needs": " ".join(low), "high_needs": " ".join(high)}


_A3, _A5, _A6 = frozenset({A.A3}), frozenset({A.A5}), frozenset({A.A6})
_SCENARIOS: dict[str, tuple[Term, Callable[[frozenset[Assumption]], frozenset[Assumption]]]] = {
    "default": (Term("基本情形", "as assumed"), lambda on: on),
    "capped": (Term("联合支部不超家数上限", "joint branches within the limit of units"), lambda on: on | _A5),
    "anywhere": (Term("家家有归属，可挂靠在外", "all are somewhere, some perhaps outside the count"), lambda on: on | _A6),
    "full": (Term("计数支部覆盖全部组织", "the counted branches cover all"), lambda on: on | _A3 | _A6),
    "full_capped": (
        Term("覆盖全部，且联合支部不超家数上限", "they cover all, joint branches within the limit of units"),
        lambda on: on | _A3 | _A6 | _A5,
    ),
    "no_joint": (Term("不采信有联合支部", "joint branches not taken for granted"), lambda on: on - {A.A7}),
    "partners": (Term("联合支部可有册外单位", "partners may be outside the register"), lambda on: on - {A.A4}),
    "several": (Term("一家可有几个支部", "an organisation may have several branches"), lambda on: on - {A.A2}),
    "idle": (Term("支部可不服务在册组织", "a branch may serve none of them"), lambda on: on - {A.A1}),
}


def scenarios(report: Report, code: str, *, assume: Iterable[Assumption | str] = DEFAULT) -> pd.DataFrame:
    """Return one quantity of coverage under each set of switches, so that a reader sees which matter.

    Parameters
    ----------
    code
        A quantity of `bounds`: own, in_joint, covered, not_covered, joint_branches.

    Returns
    -------
    DataFrame, one row a scenario
        As `bounds`, with code and names those of the scenario.

    Raises
    ------
    AnalysisError
        If `code` is not a quantity of coverage.

    >>> rows = scenarios(Report.of("demo", organisations=42, branches=34), "own").set_index("code")
    >>> rows.loc["full_capped", ["least", "most"]].tolist()  # eight more organisations than branches, four at most a joint one
    [26, 32]
    """
    if code not in _COVERAGE_QUESTIONS:
        raise AnalysisError(f"'{code}' is not a quantity of coverage; use one of: {', '.join(_COVERAGE_QUESTIONS)}")
    limits = _Limits.in_force()
    records = []
    for name, (term, change) in _SCENARIOS.items():
        on = active(report, change(switches(assume)))
        records.append(_coverage_row(_held(report.totals, on, limits), code, on, limits) | {"code": name, **named(term)})
    return result_rows(records)


def feasible(report: Report, *, assume: Iterable[Assumption | str] = DEFAULT) -> pd.DataFrame:
    """Return every split that exact totals allow, under A1, A2 and A4.

    Parameters
    ----------
    assume
        Of the other switches, A5 limits the organisations in a joint branch, and A7 asks for at least one joint branch.

    Returns
    -------
    DataFrame, one row a split
        code, not_covered, joint_branches, own, in_joint [counts], evidence, assumptions; empty where a total is missing
        or inexact.

    >>> feasible(Report.of("demo", organisations=3, branches=2))[["not_covered", "joint_branches", "own", "in_joint"]].values.tolist()
    [[0, 1, 1, 2], [1, 0, 2, 0]]
    """
    on = frozenset({A.A1, A.A2, A.A4}) | (active(report, assume) & {A.A5, A.A7})
    limits = _Limits.in_force()
    given = _held(report.totals, on, limits)
    spans = (given.organisations, given.branches)
    if any(span is None or not span.exact for span in spans):
        return result_rows([])
    organisations, branches = (int(span.low) for span in spans if span is not None)
    cap, anything = limits.units if A.A5 in on else organisations, Interval(0, math.inf)
    records = []
    for not_covered in range(organisations + 1):
        for shared in range(1 if A.A7 in on else 0, branches + 1):
            alone = branches - shared
            together = organisations - not_covered - alone
            fits = 2 * shared <= together <= cap * shared
            printed = ((given.joint, shared), (given.own, alone), (given.with_own, alone), (given.in_joint, together))
            held = (*printed, (given.covered, alone + together))
            if fits and all((span or anything).low <= value <= (span or anything).high for span, value in held):
                code = f"{not_covered}/{shared}"
                records.append({"code": code, "not_covered": not_covered, "joint_branches": shared, "own": alone, "in_joint": together})
    evidence = [Evidence.REPORT, Evidence.BOUND, *([Evidence.REFERENCE] if A.A5 in on else [])]
    return result_rows(records, evidence=evidence, assumptions=on)


def verdicts(report: Report, *, assume: Iterable[Assumption | str] = DEFAULT) -> pd.DataFrame:
    """Return what the totals say of full coverage, read as own branches and as any counted branch.

    Returns
    -------
    DataFrame, two rows
        code (full_own, full_covered), name_zh, name_en, verdict (a Verdict), claimed (whether the report says so),
        evidence, assumptions.

    >>> verdicts(Report.of("demo", organisations=42, branches=34))["verdict"].tolist()
    ['refuted', 'open']
    """
    claimed = bool(
        (
            (report.wordings["subject"] == Subject.organisation_coverage.name)
            & report.wordings["wording"].isin([Wording.full.name, Wording.basically_full.name])
        ).any()
    )
    table = bounds(report, assume=assume).set_index("code", drop=False)
    records = []
    for code, of, term in (
        ("full_own", "own", Term("每家组织都有自己的支部", "every organisation has a branch of its own")),
        ("full_covered", "covered", Term("计数支部覆盖每家组织", "the counted branches cover every organisation")),
    ):
        row = table.loc[of]
        if row["missing"]:
            verdict = Verdict.contradicted if row["missing"] == INFEASIBLE else Verdict.unknown
        elif row["low"] == 1:
            verdict = Verdict.proved
        else:
            verdict = Verdict.refuted if row["high"] < 1 else Verdict.open
        records.append(
            {
                "code": code,
                **named(term),
                "verdict": verdict.name,
                "claimed": claimed,
                "evidence": row["evidence"],
                "assumptions": row["assumptions"],
            }
        )
    return result_rows(records)
