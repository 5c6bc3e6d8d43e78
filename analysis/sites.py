"""Demonstration sites: which branches the present ones reach, and where the next ones would reach most, exactly."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import narwhals as nw
import numpy as np
import pandas as pd

from analysis.facts import Fact, known, one_of, says_yes
from analysis.given import each_once, within
from analysis.metrics import CROSS, UnknownColumnError, group_label, groupable, joined_rows, nothing_counted, open_columns
from analysis.model import AnalysisError, Choice, Evidence, Named, Term, named, result_rows
from analysis.register import Frame, Register, collect
from analysis.report import Report
from analysis.schema import COLUMNS


class SiteUnit(Named):
    """What a demonstration site is: the report counts sites and does not say (C34)."""

    branch = Term("支部", "a branch")
    organisation = Term("组织", "an organisation")


# a place: one value for each column that makes near, null where it is not known or where a branch spans several
Place = tuple[str | None, ...]
_NAMELESS = "?"
# forms of coverage in which an organisation belongs to no branch of the register
_ELSEWHERE = ("attached", "instructor", "none")
# an exact answer is a matter of seconds up to here; a county has some hundred places at most
MOST_PLACES = 400
# for each number of sites, and for each choice that is equally good, the best is sought anew
MOST_SITES, MOST_TIES = 50, 200


class _Map(NamedTuple):
    """All that reach depends on: the branches at each place, sure or possible sites among them, and where new ones can be."""

    branches: dict[Place, int]
    sure: dict[Place, int]
    possible: dict[Place, int]
    candidates: dict[Place, str]
    present: set[Place]
    perhaps: set[Place]

    @property
    def whole(self) -> int:
        """How many branches there are."""
        return sum(self.branches.values())


def sites(
    register: Register,
    *,
    k: int = 3,
    unit: SiteUnit | str = SiteUnit.branch,
    near: Sequence[str] | str = ("sector", "township"),
    ties: int = 20,
    report: Report | None = None,
) -> pd.DataFrame:
    """Return how many branches the present demonstration sites reach, and how many the next k could bring within reach.

    A site reaches itself and every branch that shares one of the columns of `near` with it. A branch's place is that of its host
    and its organisations; where these differ, or are not told, it shares nothing for certain. Further sites are the best choice of
    so many at once (a maximum coverage, solved exactly), so that the best three need not hold the best two. Only places that are
    known are proposed; all candidates of one place are alike, so that a choice is one of places.

    Parameters
    ----------
    k
        How many further sites to look ahead.
    unit
        What a site is (C34): a branch, or each organisation of a demonstration branch. What is reached are branches in either case.
    near
        Columns of the organisations that make a branch near: to share one of them is enough.
    ties
        Up to how many equally good choices are looked for.
    report
        Where the register is the report's own, so many sites as it prints reach themselves, wherever they are.

    Returns
    -------
    DataFrame, a row for the present sites, then one a number of further ones
        code (present, further1, …), name_zh, name_en, sites [further sites], least, most [branches within reach: for certain with
        the best choice, and at the most if unknown cells were as well as can be; most is null where branches are not counted],
        whole [branches], low, high [0..1], adds [branches that this further site brings for certain; null for the present],
        ties [choices that are equally good; 0 where none adds anything], capped (whether there are, or may be, more of them), choice_zh,
        choice_en [the first of them: places, each with one candidate as an example], tied_zh, tied_en [three of the others, and
        how many there are besides], needs, evidence, assumptions.

    Raises
    ------
    UnknownColumnError
        If `near` names a column that no organisation has.
    AnalysisError
        If `k` or `ties` is less than 1 or more than can be looked for, `near` is empty or has a column twice, or there are more than 400 places: filter the register first.

    >>> o = pd.DataFrame({"name": list("abc"), "org_id": list("abc"), "sector": ["x", "x", "y"], "township": ["s", "t", "t"]})
    >>> b = pd.DataFrame({"name": list("ABC"), "host_org_id": list("abc"), "demonstration": [True, False, False]})
    >>> sites(Register(o, b), k=1)[["code", "least", "most", "adds"]].values.tolist()
    [['present', 2, 2, nan], ['further1', 3, 3, 1.0]]
    """
    unit, near = SiteUnit.of(unit), (near,) if isinstance(near, str) else near
    within("k", k, 1, MOST_SITES)
    within("ties", ties, 1, MOST_TIES)
    each_once("near", near)
    lost = [name for name in near if name not in groupable(register, "organisations")]
    if lost:
        raise UnknownColumnError(f"There is no column {', '.join(lost)} of the organisations that could make a branch near.")
    found = _map(register, tuple(dict.fromkeys(near)), unit)
    printed = report.interval("demonstration_sites") if report is not None else None
    if printed is not None and register.evidence is Evidence.REPORT and unit is SiteUnit.branch:
        found = found._replace(sure={place: min(count, math.floor(printed.low)) for place, count in found.branches.items()})
    if len(found.branches.keys() | found.candidates.keys()) > MOST_PLACES:
        raise AnalysisError(
            f"There are {len(found.branches.keys() | found.candidates.keys())} different places ({', '.join(near)}), more than "
            f"{MOST_PLACES}: choose the rows of one county first, or fewer columns."
        )
    sure, possible = _reached(found)
    records = [_present(unit, found, sure, possible), *_further(found, sure, possible, k=k, ties=ties, near=near)]
    asked = " ".join(column for column in _needs(near) if column in open_columns(register))
    unbounded = nothing_counted(register, "branches")
    rows = [_finished(record, found.whole, unbounded=unbounded, asked=asked) for record in records]
    return result_rows(rows, evidence=[register.evidence, Evidence.JUDGEMENT], assumptions=[Choice.C26, Choice.C34])


def _needs(near: Sequence[str]) -> list[str]:
    places = [f"organisations/{name}" for name in near]
    return [name for name in ("branches/demonstration", "branches/host_org_id", "organisations/branch_id", *places) if name in COLUMNS]


def _finished(record: dict[str, object], whole: int, *, unbounded: bool, asked: str) -> dict[str, object]:
    least, most = int(str(record["least"])), int(str(record["most"]))
    ends: dict[str, object] = {
        "most": most,
        "whole": whole,
        "low": least / whole if whole else None,
        "high": most / whole if whole else None,
    }
    if unbounded:
        ends = {"most": None, "whole": None, "low": None, "high": None}
    return record | ends | {"needs": asked if least != most or unbounded else ""}


# ---- what is where


class _Here(NamedTuple):
    """The rows of one place: how many, sure sites, possible sites, and the first name of one that is not surely a site."""

    rows: int = 0
    sure: int = 0
    possible: int = 0
    other: str = ""


def _map(register: Register, near: tuple[str, ...], unit: SiteUnit) -> _Map:
    """Gather places from the register; only counts and one name a place leave the engine."""
    branches = _counted(joined_rows(register, "branches", near), near, says_yes("demonstration"))
    units = branches if unit is SiteUnit.branch else _counted(*_organisations(register, near))
    return _Map(
        branches={place: here.rows for place, here in branches.items()},
        sure={place: here.sure for place, here in branches.items() if here.sure},
        possible={place: here.possible for place, here in branches.items() if here.possible},
        candidates={place: here.other for place, here in units.items() if here.other},
        present={place for place, here in units.items() if here.sure},
        perhaps={place for place, here in units.items() if here.possible},
    )


def _organisations(register: Register, near: tuple[str, ...]) -> tuple[Frame, tuple[str, ...], Fact]:
    """Return the organisations, and which are sites: those in a demonstration branch, and those that host one."""
    marked = register.frame("branches").with_columns(
        _yes=nw.col("demonstration").fill_null(False).cast(nw.Int64), _open=nw.col("demonstration").is_null().cast(nw.Int64)
    )
    hosts = marked.filter(known("host_org_id")).group_by("host_org_id").agg(nw.col("_yes").sum(), nw.col("_open").sum())
    hosts = hosts.select(nw.col("host_org_id").alias("_host"), "_yes", "_open")
    own = register.frame("branches").select(nw.col("branch_id").alias("_branch"), "demonstration")
    frame = register.frame("organisations").join(own, left_on="branch_id", right_on="_branch", how="left")
    frame = frame.join(hosts, left_on="org_id", right_on="_host", how="left")
    yes = says_yes("demonstration").yes | (nw.col("_yes").fill_null(0) > 0)
    # whoever is in no branch that is told may be in one that is a site, unless it is said to have none here
    elsewhere = ~known("branch_id") & one_of("coverage", _ELSEWHERE).yes
    unsettled = (~known("demonstration") & ~elsewhere) | (nw.col("_open").fill_null(0) > 0)
    return frame, near, Fact(yes, ~yes & ~unsettled)


def _counted(frame: Frame, near: tuple[str, ...], site: Fact) -> dict[Place, _Here]:
    """Return what is at each place; a branch that spans several, and one that is not told, are at none of that column."""
    rows = frame.with_columns(_sure=site.yes.cast(nw.Int64), _perhaps=(~site.no).cast(nw.Int64), _free=(~site.yes).cast(nw.Int64))
    rows = rows.with_columns(_other=nw.when(nw.col("_free") > 0).then(nw.col("name").cast(nw.String)), _one=nw.lit(1))
    counts_of = ("_one", "_sure", "_perhaps", "_free")
    groups = rows.select(*near, *counts_of, "_other").group_by(*near)
    totals = collect(groups.agg(*(nw.col(name).sum() for name in counts_of), nw.col("_other").min()))
    found: dict[Place, _Here] = {}
    for row in totals.to_dict("records"):
        place = tuple(None if pd.isna(row[name]) or row[name] == CROSS else str(row[name]) for name in near)
        old = found.get(place, _Here())
        # the rows of a report have no names, but can be sites as any other
        names = [old.other, (_NAMELESS if pd.isna(row["_other"]) else str(row["_other"])) if int(row["_free"]) else ""]
        counts = (old.rows + int(row["_one"]), old.sure + int(row["_sure"]), old.possible + int(row["_perhaps"]))
        found[place] = _Here(*counts, min(filter(None, names), default=""))
    return dict(sorted(found.items(), key=lambda item: _order(item[0])))


def _order(place: Place) -> tuple[tuple[bool, str], ...]:
    return tuple((value is None, value or "") for value in place)


# ---- who is reached


def _shares(one: Place, other: Place) -> bool:
    return any(a is not None and a == b for a, b in zip(one, other, strict=True))


def _reached(found: _Map) -> tuple[dict[Place, int], dict[Place, int]]:
    """Return how many branches at each place the present sites reach for certain, and how many they may reach."""
    sure, possible = {}, {}
    anywhere = any(None in place for place in found.perhaps) or any(None in place for place in found.possible)
    for place, count in found.branches.items():
        shared = any(_shares(place, site) for site in found.present)
        # a site is within reach of itself wherever it is
        sure[place] = count if shared else found.sure.get(place, 0)
        may = found.perhaps and (anywhere or None in place or any(_shares(place, site) for site in found.perhaps))
        possible[place] = count if may else found.possible.get(place, 0)
    return sure, possible


def _present(unit: SiteUnit, found: _Map, sure: dict[Place, int], possible: dict[Place, int]) -> dict[str, object]:
    words = named(Term("", ""), "choice") | named(Term("", ""), "tied")
    name = named(Term(f"现有示范点（按{unit.term.zh}计）", f"present demonstration sites (a site is {unit.term.en})"))
    ends = {"least": sum(sure.values()), "most": max(sum(possible.values()), sum(sure.values()))}
    return {"code": "present", **name, "sites": 0, **ends, "adds": None, "ties": None, "capped": False, **words}


_NONE_ADDS = Term("再添不增加", "no place adds any")
_NOT_PLACED = Term("所在不明，无从选", "no place is known")


def _further(
    found: _Map, sure: dict[Place, int], possible: dict[Place, int], *, k: int, ties: int, near: Sequence[str]
) -> list[dict[str, object]]:
    """Return a row for each number of further sites: the best that is certain, and the most that unknown cells leave."""
    left = {place: count - sure[place] for place, count in found.branches.items() if count > sure[place]}
    open_ = {place: count - possible[place] for place, count in found.branches.items() if count > possible[place]}
    choices = [place for place in found.candidates if any(place)]
    before, base, records = sum(sure.values()), max(sum(possible.values()), sum(sure.values())), []
    for count in range(1, k + 1):
        # where no choice adds to the one before, none is listed: any further place would do
        tied = _best(left, choices, count, ties, above=before - sum(sure.values()))
        reach = sum(sure.values()) + _gain(left, tied[0]) if tied else before
        settled = left == open_ and all(None not in place for place in found.candidates)
        most = reach if settled else max(base + _upper(open_, found.candidates, count), reach)
        adds = reach - before
        words = [_choice(some, found.candidates, near) for some in tied]
        name = named(Term(f"再添 {count} 个示范点", f"{count} further site{'s' if count > 1 else ''}"))
        told = named(words[0] if words else _NONE_ADDS if choices else _NOT_PLACED, "choice") | named(
            _tied(words[1:], capped=len(tied) > ties), "tied"
        )
        records.append(
            {"code": f"further{count}", **name, "sites": count, "least": reach, "most": most, "adds": adds,
             "ties": min(len(tied), ties), "capped": len(tied) > ties, **told}
        )  # fmt: skip
        before = reach
    return records


_LISTED = 3


def _tied(words: Sequence[Term], *, capped: bool) -> Term:
    """Return the first of the choices that are as good, and how many there are besides; where they were not all looked for, at least."""
    # the last of those found where there are more than were looked for only tells that there are more
    more = len(words) - _LISTED - capped
    if more <= 0 and not capped:
        return _joined(words)
    rest = Term(f"另有 {more} 种或更多", f"{more} or more besides") if capped else Term(f"另有 {more} 种", f"{more} besides")
    kept = words[: _LISTED + min(more, 0)]
    return _joined([*kept, rest if more > 0 else Term("或更多", "or more")])


def _choice(places: Iterable[Place], candidates: dict[Place, str], near: Sequence[str]) -> Term:
    """Return the places of a choice in words, each with a candidate as an example."""
    said = []
    for place in places:
        where = group_label(dict(zip(near, place, strict=True)))
        example = candidates[place]
        unnamed = example == _NAMELESS
        said.append(where if unnamed else Term(f"{where.zh}（如 {example}）", f"{where.en} (such as {example})"))
    return _joined(said, Term(" ＋ ", " + "))


def _joined(terms: Sequence[Term], between: Term = Term("；", "; ")) -> Term:  # noqa: B008
    return Term(between.zh.join(term.zh for term in terms), between.en.join(term.en for term in terms))


# ---- the best choice


def _gain(left: dict[Place, int], chosen: Iterable[Place]) -> int:
    """Return how many of those left some places reach."""
    places = list(chosen)
    return sum(count for place, count in left.items() if any(_shares(place, site) for site in places))


def _best(left: dict[Place, int], choices: Sequence[Place], count: int, ties: int, *, above: int = 0) -> list[tuple[Place, ...]]:
    """Return the choices of so many places that reach most of those left, and more than `above`; one more than `ties` at most."""
    found: list[tuple[Place, ...]] = []
    useful = [place for place in choices if _gain(left, [place])]
    while len(found) <= ties and useful:
        chosen = _solved(left, useful, count, found)
        gain = _gain(left, chosen)
        if gain <= above or (found and gain < _gain(left, found[0])):
            break
        found.append(chosen)
    return sorted(found, key=lambda some: [_order(place) for place in some])


def _solved(left: dict[Place, int], choices: Sequence[Place], count: int, ruled_out: Sequence[tuple[Place, ...]]) -> tuple[Place, ...]:
    """Return a best choice that is none of those ruled out: a maximum coverage as an integer program.

    Variables: each choice (taken or not), each value that a choice has (shared by one that is taken), each place left (reached).
    """
    values = sorted({(at, value) for site in choices for at, value in enumerate(site) if value is not None})
    first, groups = {value: len(choices) + at for at, value in enumerate(values)}, len(choices) + len(values)
    lines: list[tuple[dict[int, float], float]] = []
    for value, column in first.items():
        lines.append(({column: 1.0} | {at: -1.0 for at, site in enumerate(choices) if value in enumerate(site)}, 0.0))
    for at, place in enumerate(left, start=groups):
        lines.append(({at: 1.0} | {first[value]: -1.0 for value in enumerate(place) if value in first}, 0.0))
    lines.append((dict.fromkeys(range(len(choices)), 1.0), float(count)))
    lines += [({choices.index(place): 1.0 for place in some}, float(len(some) - 1)) for some in ruled_out]
    rows, columns, cells = zip(*((row, at, cell) for row, (line, _) in enumerate(lines) for at, cell in line.items()), strict=True)
    size = groups + len(left)
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - half a second that other commands do not need
    from scipy.sparse import coo_array  # noqa: PLC0415

    found = milp(
        np.array([0.0] * groups + [-float(number) for number in left.values()]),
        constraints=LinearConstraint(
            coo_array((cells, (rows, columns)), shape=(len(lines), size)).tocsr(), -np.inf, [high for _, high in lines]
        ),
        integrality=np.array([1] * groups + [0] * (size - groups)),
        bounds=Bounds(0, 1),
        # presolve is wrong on some small programs, and the usual gap would stop before the best
        options={"presolve": False, "mip_rel_gap": 0},
    )
    if found.x is None:
        return ()
    return tuple(place for at, place in enumerate(choices) if round(found.x[at]))


def _upper(open_: dict[Place, int], candidates: dict[Place, str], count: int) -> int:
    """Return the most that so many further sites could bring if unknown cells were as well as can be."""
    if not open_ or not candidates:
        return 0
    some = sum(open_[place] for place in open_ if None in place)
    rest = {place: number for place, number in open_.items() if None not in place}
    if all(None not in place for place in candidates):
        best = _best(rest, list(candidates), count, 1) if rest else []
        return some + _gain(rest, best[0] if best else ())
    # a candidate of unknown place may be anywhere: so many values of each column, whether a candidate joins them or not
    columns = range(len(next(iter(candidates))))
    free = [tuple(v if at == column else None for at in columns) for column in columns for v in sorted({p[column] for p in rest}, key=str)]
    return some + _most_values(rest, free, count) if rest else some


def _most_values(rest: dict[Place, int], free: Sequence[Place], count: int) -> int:
    """Return the most that so many values of each column together reach: an upper end, for sites take one of each at once."""
    reached = _best(rest, free, count * len(next(iter(free))), 1)
    return _gain(rest, reached[0] if reached else ())
