"""Rates of a register: every indicator in one pass a table, from sums of whole numbers, with what is unknown as an interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import narwhals as nw
import pandas as pd

from analysis.bounds import DEFAULT, RULES, bounds
from analysis.facts import SUMS, Counted, Measure, known
from analysis.indicators import CRITERIA, INDICATORS, At, later, marks_of, needs, organised, rests_on, weak
from analysis.model import AnalysisError, Assumption, Evidence, Grain, Term, named, number, result_rows
from analysis.register import Frame, Register, collect
from analysis.report import Report
from analysis.schema import KEYS, ORGANISATIONS, TABLE_TERMS, TABLES
from analysis.settings import DEFAULT_SETTINGS, LIMIT_UNITS, Criterion, Settings
from analysis.wording import agreed

TABLE = {Grain.organisation: "organisations", Grain.branch: "branches"}
# a branch whose organisations do not agree on a group, so that groups add up to the whole
CROSS = "cross-group"
_CROSS = Term("跨组", "cross-group")
_NOT_GIVEN = Term("未填", "not given")


class UnknownColumnError(AnalysisError):
    """A column to group by that the register does not have."""


def rates(
    register: Register,
    *,
    by: Sequence[str] = (),
    report: Report | None = None,
    settings: Settings = DEFAULT_SETTINGS,
    assume: Iterable[Assumption | str] = DEFAULT,
    only: Sequence[str] = (),
) -> pd.DataFrame:
    """Return every indicator of a register: the share of a part in a whole, and between what it lies where cells are unknown.

    Parameters
    ----------
    by
        Columns of `register.organisations` to group by; a branch belongs to the group of its organisations, or to
        'cross-group' where they do not agree. A column of `register.branches` alone groups the branches' indicators.
    report
        Its totals narrow the ends where the register has as many rows as the report counts; not with `by`.
    settings
        What a county sets for itself.
    assume
        The switches of the bounds, as in `bounds`.
    only
        Codes of indicators; all without any.

    Returns
    -------
    DataFrame, one row an indicator (and group)
        code (indicator, and /group), indicator, name_zh, name_en (the indicator's, or with `by` the group's), then the group
        columns; part, whole [rows or people], unknown [the whole of those whose part is unknown], unsized [rows whose whole
        is unknown], share [0..1; part / whole, null without a whole], low, high [0..1], least, most [of the part, as part
        and whole are counted; most is null where nothing bounds it], of [whole + unknown; null with `unsized`], needs (columns
        of a ledger that would close it), conflict ('empty' where register and report's totals contradict each other, 'size'
        where they count different wholes, 'date' where they are of different days), against (the assumptions without which they need not), good (high, low or empty), definition_zh, definition_en, rests_on (rules and
        choices), later (rules that came after the day of the count), evidence,
        assumptions.

    Raises
    ------
    UnknownColumnError
        If `by` names a column that neither table has.
    AnalysisError
        If `only` names no indicator.

    >>> r = Register(pd.DataFrame({"name": list("abc"), "coverage": ["own", "joint", None]}))
    >>> rates(r, only=["own_branch"]).loc[0, ["part", "whole", "unknown", "low", "high"]].tolist()
    [1.0, 2.0, 1.0, 0.3333333333333333, 0.6666666666666666]
    """
    only = [only] if isinstance(only, str) else only
    lost = [code for code in only if code not in INDICATORS]
    if lost:
        raise AnalysisError(f"No indicator is called {', '.join(lost)}; they are: {', '.join(INDICATORS)}.")
    by = _grouping(register, by)
    records: list[dict[str, object]] = []
    for grain, table in TABLE.items():
        codes = [c for c, i in INDICATORS.items() if i.grain is grain and i.measure and (not only or c in only)]
        if codes and set(by) <= set(groupable(register, table)):
            records += _rows(register, table, codes, by, settings)
    order = list(INDICATORS)
    records.sort(key=lambda record: order.index(str(record["indicator"])))
    # the bounds know the rules' own numbers alone
    if report is not None and not by and not set(RULES) & set(settings.limits):
        records = _within(records, report, assume, register.as_of)
    return result_rows(records) if records else result_rows([]).reindex(columns=[*_COLUMNS[:4], *by, *_COLUMNS[4:]])


_COLUMNS = ["code", "indicator", "name_zh", "name_en", "part", "whole", "unknown", "unsized", "share", "low", "high", "least", "most", "of",
            "needs", "conflict", "against", "good", "definition_zh", "definition_en", "rests_on", "later", "evidence", "assumptions"]  # fmt: skip


def groupable(register: Register, table: str) -> list[str]:
    """Return the columns by which a table can be grouped: its own, and for branches those of their organisations."""
    own = register.frame(table).collect_schema().names()
    return own if table == "organisations" else list(dict.fromkeys([*own, *register.frame("organisations").collect_schema().names()]))


def _grouping(register: Register, by: Sequence[str]) -> list[str]:
    """Return the columns to group by, each once; they must be there and hold text."""
    by = [by] if isinstance(by, str) else by
    names = groupable(register, "branches")
    lost = [name for name in by if name not in names]
    if lost:
        told = ", ".join(sorted(each for each in register.left_out if each.partition("/")[2] in lost))
        why = f" Left out because they tell of persons: {told}." if told else ""
        raise UnknownColumnError(f"There is no column {', '.join(lost)} to group by; the columns are: {', '.join(names)}.{why}")
    for name in by:
        for table in TABLES:
            kind = register.frame(table).collect_schema().get(name, nw.String())
            if not isinstance(kind, nw.String | nw.Categorical | nw.Enum | nw.Object):
                raise UnknownColumnError(f"The column {name} holds no text or codes ({kind}); turn it into text to group by it.")
    return list(dict.fromkeys(by))


def _rows(register: Register, table: str, codes: Sequence[str], by: Sequence[str], settings: Settings) -> list[dict[str, object]]:
    at = At(register.as_of, settings)
    sums = _sums(joined_rows(register, table, by), {code: _measure(code)(at) for code in codes}, by)
    empty = open_columns(register)
    groups = [({name: None if pd.isna(group[name]) else group[name] for name in by}, group) for group in sums.to_dict("records")]
    records = []
    for group, found in groups:
        # rows whose group is not given may belong to any
        strays = [other for at, other in groups if None not in group.values() and None in at.values() and _fits(at, group)]
        for code in codes:
            mine = {part: int(found[f"{code}/{part}"]) for part in SUMS}
            for stray in strays:
                mine = _joined(mine, {part: int(stray[f"{code}/{part}"]) for part in SUMS})
            asked = [*needs(code, settings), *([f"organisations/{name}" for name in by if name in ORGANISATIONS] if strays else [])]
            records.append(
                _row(register, code, mine, group=group, asked=[c for c in dict.fromkeys(asked) if c in empty], settings=settings)
            )
    return records


def _fits(at: dict[str, object], group: dict[str, object]) -> bool:
    return all(value is None or value == group[name] for name, value in at.items())


def _joined(sums: dict[str, int], stray: dict[str, int]) -> dict[str, int]:
    """Return the sums of a group that rows may join: they weigh on its ends, not on what is known of it."""
    thins = stray["whole"] - stray["part"] + stray["unknown"] + stray["thins"]
    swells = stray["part"] + stray["unknown"] + stray["swells"]
    more = {"thins": thins, "swells": swells, "open": thins + swells, "endless": stray["unsized"]}
    return sums | {key: sums.get(key, 0) + value for key, value in more.items()}


def _measure(code: str) -> Any:
    measure = INDICATORS[code].measure
    assert measure is not None
    return measure


def open_columns(register: Register) -> set[str]:
    """Return the columns with an empty cell; without a day of the count, those that are held against it, too."""
    found = set()
    for table in TABLES:
        filled, rows = register.filled(table), register.rows(table)
        found |= {f"{table}/{name}" for name in TABLES[table] if filled[name] < rows or not rows}
    return found | DATED if register.as_of is None else found


DATED = {"branches/last_election_on", "branches/trained_on"}


def nothing_counted(register: Register, table: str) -> bool:
    """Whether not even the number of rows is known: a report that does not count them, or no branch beside bodies that have one."""
    if register.rows(table):
        return False
    return register.evidence is Evidence.REPORT or (
        table == "branches" and sums_of(register, "organisations", {"n": organised().yes})["n"] > 0
    )


def added(
    register: Register, table: str, codes: Sequence[str], *, settings: Settings = DEFAULT_SETTINGS, as_of: date | None = None
) -> Frame:
    """Return what each row of a table adds to the sums of indicators, on another day where one is given.

    The columns are the row's number, then one code/sum each.

    >>> r = Register(pd.DataFrame({"org_id": ["a", "b"], "name": ["a", "b"], "coverage": ["own", None]}))
    >>> collect(added(r, "organisations", ["own_branch"]))[["org_id", "own_branch/part", "own_branch/unknown"]].values.tolist()
    [['a', 1, 0], ['b', 0, 1]]
    """
    at = At(as_of or register.as_of, settings)
    return _added(joined_rows(register, table), {code: _measure(code)(at) for code in codes}, [KEYS[table]])


def _added(frame: Frame, measures: dict[str, Measure], keep: Sequence[str]) -> Frame:
    """Return what each row adds to each sum, beside the columns to keep."""
    cells = {f"{code}.{cell}": expr for code, measure in measures.items() for cell, expr in measure.cells().items()}
    each = {f"{code}/{part}": expr for code, measure in measures.items() for part, expr in measure.sums(code).items()}
    # beside the columns there are: a literal alone would make one row; in two steps, so that no engine works out a cell twice
    rows = frame.with_columns(*(expr.alias(name) for name, expr in cells.items()))
    return rows.select(*keep, *(expr.alias(name) for name, expr in each.items()))


def _sums(frame: Frame, measures: dict[str, Measure], by: Sequence[str]) -> pd.DataFrame:
    """Return the sums of all measures, one row a group; whole numbers, so that every engine gives the same."""
    each = [f"{code}/{part}" for code in measures for part in SUMS]
    rows = _added(frame, measures, by)
    if not by:
        found = collect(rows.select(*(nw.col(name).sum().cast(nw.Int64) for name in each)))
        return found.fillna(0)
    totals = rows.group_by(*by).agg(*(nw.col(name).sum() for name in each))
    found = collect(totals.with_columns(nw.col(name).cast(nw.Int64) for name in each))
    keyed = found.assign(**{f"_{at}": found[name].map(_sortable) for at, name in enumerate(by)})
    return keyed.sort_values([f"_{at}" for at in range(len(by))], ignore_index=True)[[*by, *each]]


def sums_of(register: Register, table: str, each: dict[str, nw.Expr]) -> dict[str, int]:
    """Return the sums of expressions over a table's rows, with what is lifted to them; a condition counts the rows where it holds."""
    return total_of(joined_rows(register, table), each)


def total_of(frame: Frame, each: dict[str, nw.Expr]) -> dict[str, int]:
    """Return the sums of expressions over the rows of a query."""
    rows = frame.with_columns(*(expr.cast(nw.Int64).alias(name) for name, expr in each.items()))
    found = collect(rows.select(*(nw.col(name).sum().cast(nw.Int64) for name in each))).fillna(0)
    return {name: int(found[name].iloc[0]) for name in each}


def _sortable(value: object) -> tuple[bool, bool, str]:
    """Sort groups by their name, what spans them and what is not given last."""
    return (bool(pd.isna(value)), value == CROSS, str(value))  # type: ignore[call-overload]


def joined_rows(register: Register, table: str, by: Sequence[str] = ()) -> Frame:
    """Return a table with what is lifted to it from the other: for a branch, the places and the groups of its organisations."""
    frame = register.frame(table)
    if table == "organisations":
        forms = register.frame("branches").select(nw.col("branch_id").alias("_branch"), nw.col("form").alias("_branch_form"))
        return frame.join(forms, left_on="branch_id", right_on="_branch", how="left")
    own = set(frame.collect_schema().names())
    lifted = {name: f"_{at}" for at, name in enumerate(by) if name not in own}
    places = [("township", "_place"), *lifted.items()]
    organisations = register.frame("organisations")
    cells = [nw.col(name).alias(f"{short}_{end}") for name, short in places for end in ("least", "most")]
    blanks = [nw.col(name).is_null().cast(nw.Int64).alias(f"{short}_empty") for name, short in places]
    sums = {f"{short}_{end}": how for _, short in places for end, how in (("least", "min"), ("most", "max"), ("empty", "sum"))}
    gathered = (
        organisations.filter(known("branch_id"))
        .select(nw.col("branch_id").alias("_branch"), *cells, *blanks, nw.lit(1).alias("_listed"))
        .group_by("_branch")
        .agg(nw.col("_listed").sum(), *(getattr(nw.col(name), how)() for name, how in sums.items()))
    )
    hosts = organisations.select(nw.col("org_id").alias("_host"), *(nw.col(name).alias(f"{short}_host") for name, short in places))
    joined = frame.join(gathered, left_on="branch_id", right_on="_branch", how="left").join(
        hosts, left_on="host_org_id", right_on="_host", how="left"
    )
    groups = [_lifted(short).alias(name) for name, short in lifted.items()]
    return joined.with_columns(*groups) if groups else joined


def _lifted(short: str) -> nw.Expr:
    """Return the group of a branch: that of its host and its organisations where all agree, else 'cross-group'; null if not known."""
    least, most, host = (nw.col(f"{short}_{end}") for end in ("least", "most", "host"))
    first = nw.when(least.is_null()).then(host).otherwise(least)
    differs = (least != most).fill_null(False) | ((least != host).fill_null(False))
    unknown = nw.col(f"{short}_empty").fill_null(0) > 0
    alone = nw.when(~unknown).then(first)
    return nw.when(differs).then(nw.lit(CROSS)).otherwise(alone)


def _row(
    register: Register, code: str, sums: dict[str, int], *, group: dict[str, object], asked: list[str], settings: Settings
) -> dict[str, object]:
    """Return one result row from the sums of an indicator."""
    indicator = INDICATORS[code]
    label = group_label(group) if group else indicator.term
    limits = ends(sums, people=indicator.people, nothing=nothing_counted(register, TABLE[indicator.grain]))
    unsettled, rests = limits["low"] != limits["high"], rests_on(code, settings)
    marks = marks_of(rests)
    return {
        "code": "/".join([code, *(str(_NOT_GIVEN.en if pd.isna(value) else value) for value in group.values())]),  # type: ignore[call-overload]
        "indicator": code, **named(label), **{name: None if pd.isna(value) else value for name, value in group.items()},  # type: ignore[call-overload]
        **{name: sums[name] for name in ("part", "whole", "unknown", "unsized")}, **limits,
        "needs": " ".join(asked) if unsettled else "", "conflict": "", "against": "", "good": indicator.good, **named(indicator.definition, "definition"),
        "rests_on": rests, "later": later(rests, register.as_of), "evidence": [register.evidence, *marks["evidence"]],
        "assumptions": marks["assumptions"],
    }  # fmt: skip


def ends(sums: Mapping[str, int], *, people: bool, nothing: bool) -> dict[str, object]:
    """Return share, low and high, and the counts behind them."""
    part, whole, unknown = sums["part"], sums["whole"], sums["unknown"]
    share = number(Fraction(part, whole)) if whole else None
    if nothing:
        return {"share": None, "low": 0.0, "high": 1.0, "least": 0, "most": None, "of": None}
    thins, swells, sized = sums["thins"], sums["swells"], not sums["unsized"] and not sums.get("open")
    if people and (sums["unsized"] or sums.get("endless")):
        return {"share": share, "low": 0.0, "high": 1.0, "least": part, "most": None, "of": None}
    low, high = (part, whole + unknown + thins), (part + unknown + swells, whole + unknown + swells)
    # without a row that may be counted there is no denominator, so no percentage; if only rows whose part is settled may be,
    # any denominator gives that
    return {
        "share": share, "low": _quotient(*low, otherwise=None if sized else 1.0), "high": _quotient(*high, otherwise=None if sized else 0.0),
        "least": part, "most": part + unknown + swells, "of": whole + unknown if sized else None,
    }  # fmt: skip


def _quotient(part: int, whole: int, *, otherwise: float | None) -> float | None:
    return part / whole if whole else otherwise


def group_label(group: dict[str, object]) -> Term:
    """Return a group in words: codes by their names, an empty cell as 'not given'."""
    terms = [_group_term(name, value) for name, value in group.items()]
    return Term(*(" · ".join(term(lang) for term in terms) for lang in ("zh", "en")))


def _group_term(name: str, value: object) -> Term:
    if pd.isna(value):  # type: ignore[call-overload]
        return _NOT_GIVEN
    if value == CROSS:
        return _CROSS
    for columns in TABLES.values():
        codes = columns[name].codes if name in columns else None
        if codes is not None and value in codes.__members__:
            return codes.of(str(value)).term
    return Term(str(value), str(value))


def _within(
    records: list[dict[str, object]], report: Report, assume: Iterable[Assumption | str], as_of: date | None
) -> list[dict[str, object]]:
    """Return rows whose ends are narrowed by what the report's totals allow, where both count the same whole on the same day."""
    dated = as_of is not None and report.as_of is not None and as_of != report.as_of
    allowed = {str(row["code"]): row for row in bounds(report, assume=assume).to_dict("records")}
    for record in records:
        code, _, side = INDICATORS[str(record["indicator"])].bound.partition(":")
        if not code or allowed[code]["missing"] or pd.isna(allowed[code]["whole"]):
            continue
        limits = allowed[code]
        if dated:
            record["conflict"] = "date"
        elif record["of"] != int(limits["whole"]):
            record["conflict"] = "size" if record["of"] else ""
        else:
            _narrow(record, limits, side)
    return records


def _narrow(record: dict[str, object], limits: dict[Any, Any], side: str) -> None:
    """Narrow a row's ends to those of the totals: to both, or where these count only some of them, to what that implies."""
    of, low, high = (int(limits[name]) for name in ("whole", "least", "most"))
    low, high = {"": (low, high), "part": (low, of), "rest": (0, of - low)}[side]
    least, most = max(int(str(record["least"])), low), min(int(str(record["most"])), high)
    if least > most:
        record |= {"conflict": "empty", "against": limits["assumptions"]} | _both(record, limits)
    elif (least, most) != (record["least"], record["most"]):
        record |= {"least": least, "most": most, "low": least / of, "high": most / of}
        record["needs"] = record["needs"] if least < most else ""
        record |= _both(record, limits)


def _both(record: dict[str, Any], limits: dict[Any, Any]) -> dict[str, object]:
    """Return the marks of a row that the totals have a say in."""
    evidence = [*record["evidence"], *(Evidence.of(code) for code in limits["evidence"].split())]
    return {"evidence": evidence, "assumptions": [*record["assumptions"], *(Assumption.of(code) for code in limits["assumptions"].split())]}


def coverage(
    register: Register, *, kind: str = "organisation_coverage", by: Sequence[str] = (), settings: Settings = DEFAULT_SETTINGS
) -> pd.DataFrame:
    """Return the share of organisations that Party building covers, by one of the four rates.

    Parameters
    ----------
    kind
        own_branch, organisation_coverage, work_coverage or eligible_coverage: each has its own denominator.
    by
        Columns to group by; none gives one row.

    Returns
    -------
    DataFrame, one row a group
        As `rates`.

    Raises
    ------
    UnknownColumnError
        If `by` names a column that the register does not have.

    >>> frame = pd.DataFrame({"name": list("abc"), "sector": ["x", "x", "y"], "coverage": ["own", "none", "joint"]})
    >>> coverage(Register(frame), by=["sector"])[["sector", "part", "whole", "share"]].values.tolist()
    [['x', 1, 2, 0.5], ['y', 1, 1, 1.0]]
    """
    return rates(register, by=by, settings=settings, only=[kind])


def weak_by_limit(register: Register, *, settings: Settings = DEFAULT_SETTINGS) -> pd.DataFrame:
    """Return how many branches are weak by the county's list when one limit is moved, and how many each criterion flags alone.

    Returns
    -------
    DataFrame, one row a criterion and limit
        code (criterion/limit), criterion, limit, set (whether this is the limit that is set), chosen (whether the county's list has
        it: without it the count of weak branches does not move), name_zh, name_en [with the limit and its unit; said to be in use
        where it is set and the list has its criterion], part, whole, unknown, unsized, share, low,
        high, least, most, of [of weak branches, as in `rates`], alone_least, alone_most [branches that the criterion flags],
        needs, evidence, assumptions.
    """
    at = At(register.as_of, settings)
    tried = [(criterion, limit) for criterion, test in CRITERIA.items() for limit in sorted({*test.tries, test.limit(at)})]
    measures: dict[str, Measure] = {}
    for criterion, limit in tried:
        measures[f"{criterion.name}/{limit}/alone"] = Counted(CRITERIA[criterion].fact(at, limit))
        measures[f"{criterion.name}/{limit}/weak"] = Counted(weak(at, criterion, limit))
    sums = _sums(joined_rows(register, "branches"), measures, ()).iloc[0]
    empty = open_columns(register)
    asked = [column for column in needs("weak_branch", settings) if column in empty]
    records: list[dict[str, object]] = []
    for criterion, limit in tried:
        alone, flagged = ({part: int(sums[f"{criterion.name}/{limit}/{kind}/{part}"]) for part in SUMS} for kind in ("alone", "weak"))
        in_use = limit == CRITERIA[criterion].limit(at)
        records.append(
            {"code": f"{criterion.name}/{limit}", "criterion": criterion.name, "limit": limit, "set": in_use, "chosen": criterion in settings.weak,
             **named(_at_limit(criterion, limit, in_use=in_use and criterion in settings.weak)), **{name: flagged[name] for name in ("part", "whole", "unknown", "unsized")},
             **ends(flagged, people=False, nothing=nothing_counted(register, "branches")),
             "alone_least": alone["part"], "alone_most": alone["part"] + alone["unknown"], "needs": " ".join(asked) if flagged["unknown"] else ""}
        )  # fmt: skip
    marks = marks_of(rests_on("weak_branch", settings))
    return result_rows(records, evidence=[register.evidence, *marks["evidence"]], assumptions=marks["assumptions"])


def _at_limit(criterion: Criterion, limit: int, *, in_use: bool) -> Term:
    mark = Term("（现用）", " (in use)") if in_use else Term("", "")
    if criterion is Criterion.no_rules:  # has no limit
        return Term(f"{criterion.term.zh}{mark.zh}", f"{criterion.term.en}{mark.en}")
    unit = LIMIT_UNITS[criterion]
    return Term(f"{criterion.term.zh}，界限 {limit} {unit.zh}{mark.zh}", agreed(f"{criterion.term.en}, limit {limit} {unit.en}{mark.en}"))


def completeness(register: Register) -> pd.DataFrame:
    """Return how many cells of a register are filled, table by table and column by column.

    Returns
    -------
    DataFrame, one row a table, then one a column
        code (the table, or table/column), table, name_zh, name_en, part [filled cells], whole [cells], unknown [0], share [0..1],
        low, high, least, most, of, needs, evidence, assumptions.

    >>> r = Register(pd.DataFrame({"name": ["a", "b"], "staff": [1, None]}))
    >>> completeness(r).set_index("code").loc["organisations/staff", ["part", "whole"]].tolist()
    [1, 2]
    """
    records: list[dict[str, object]] = []
    for table, columns in TABLES.items():
        filled, rows = register.filled(table), register.rows(table)
        counts = {name: filled[name] for name in columns}
        records.append(_filled(table, table, TABLE_TERMS[table], sum(counts.values()), rows * len(columns)))
        records += [_filled(f"{table}/{name}", table, columns[name].term, count, rows) for name, count in counts.items()]
    records.sort(key=lambda record: "/" in str(record["code"]))
    return result_rows(records, evidence=[register.evidence])


def _filled(code: str, table: str, term: Term, filled: int, cells: int) -> dict[str, object]:
    share = filled / cells if cells else None
    return {"code": code, "table": table, **named(term), "part": filled, "whole": cells, "unknown": 0, "share": share, "low": share, "high": share,
            "least": filled, "most": filled, "of": cells, "needs": ""}  # fmt: skip
