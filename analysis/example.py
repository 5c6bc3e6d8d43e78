"""The illustrative register: rows generated from a report's totals, the same ones on every machine, for trying things out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import accumulate, pairwise
from random import Random
from typing import Any, NamedTuple

import pandas as pd

from analysis.model import QUANTITIES, Agreement, AnalysisError, Evidence, Interval
from analysis.reconcile import reconcile
from analysis.reference import limit
from analysis.register import Register
from analysis.report import Report
from analysis.schema import TABLES, Coverage, Education, Form, Inspection, Level, OrganisationKind

Row = dict[str, Any]
_limit = cache(limit)
Maker = Callable[["Dice", Row], Any]
_ASSUMED_DAY = date(2012, 12, 31)  # where the report prints no date (E1)
# of ten associations and units where no kind is printed, so many are associations (E3)
_ASSOCIATIONS = 7
# above this mean, what small staffs leave over sits with a few large associations (E5)
_ODD_MEAN = 100
_GAP = 7  # of 100 cells that no total needs, so many are emptied (E8)
_SECTORS = ("经济产业", "经济产业", "文化体育", "文化体育", "老年组织", "公益服务", "公益服务", "宗教")
_TOWNSHIPS = ("甲镇", "乙镇", "丙镇", "丁镇", "戊镇")
_SUPERVISORS = ("甲局", "乙局", "丙局", "丁局")
_NAMES = {"association": "示例协会", "private_nonprofit": "示例学校", "foundation": "示例基金会", None: "示例机构"}
_COVERAGE = ("organisations_own", "organisations_joint", "organisations_covered")
_LEVELS = {"branch": Level.branch, "general": Level.general_branch, "committee": Level.committee}
_RESULTS = (*[Inspection.passed.name] * 8, Inspection.basic.name, Inspection.failed.name, Inspection.missed.name)


class Dice:
    """Whole numbers by chance, from `Random.random` alone: no other method gives the same values in every version (E2)."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random  # noqa: S311 - an example that must repeat, not a secret

    def below(self, number: int) -> int:
        """Return a number from 0 to one less than this."""
        return int(self._random() * number)

    def chance(self, percent: int) -> bool:
        """Return yes in so many of 100 cases."""
        return self.below(100) < percent

    def pick(self, choices: Sequence[Any]) -> Any:
        """Return one of these."""
        return choices[self.below(len(choices))]

    def part(self, number: int, percent: int) -> int:
        """Return a part of a number, from so many per cent to all of it."""
        return number * (percent + self.below(101 - percent)) // 100

    def order(self, things: Sequence[Any]) -> list[Any]:
        """Return these in an order by chance."""
        keys = [self._random() for _ in things]
        return [things[at] for at in sorted(range(len(things)), key=keys.__getitem__)]


def example_register(report: Report, *, seed: int = 1) -> Register:
    """Return an illustrative register: generated rows that add up to every total that a report publishes.

    No row is a finding: all that the report does not print is made up. There are as many rows as it counts; staff, members,
    kinds, forms, levels, organisations covered and demonstration sites add up to what it prints. What real ledgers have is
    there, too: empty cells, association members counted as staff, overdue elections.

    Parameters
    ----------
    report
        Its organisations and its branches (or Party organisations) must be printed and exact.
    seed
        Another one gives other rows with the same totals; the same one gives the same rows everywhere.

    Returns
    -------
    Register
        pandas frames, marked ILLUSTRATIVE; its day is the report's, or 31 December 2012 where none is printed (E1).

    Raises
    ------
    AnalysisError
        If a total is missing or inexact, or totals contradict each other; it names them.

    >>> r = example_register(Report.of("demo", organisations=42, branches=34, staff=21984))
    >>> r.rows("organisations"), r.rows("branches"), int(r.organisations["staff"].sum()), r.evidence.name
    (42, 34, 21984, 'ILLUSTRATIVE')
    """
    dice, day = Dice(seed), report.as_of or _ASSUMED_DAY
    rows = _laid_out(report, dice)
    _with_members(report, dice, *rows.values())
    _with_staff(report, dice, rows["organisations"])
    for table, makers in MAKERS.items():
        for row in rows[table]:
            row["day"] = day
            for name, maker in makers.items():
                row[name] = maker(dice, row)
    _with_sites(report, dice, rows["branches"])
    _with_gaps(dice, rows)
    _with_oddities(report, rows)
    frames = {table: pd.DataFrame(rows[table], columns=list(TABLES[table])) for table in TABLES}
    register = Register(frames["organisations"], frames["branches"], as_of=day, evidence=Evidence.ILLUSTRATIVE, place=report.place)
    compared = reconcile(register, report)
    differing = compared.groupby("figure", sort=False)["agreement"].agg(lambda found: bool((found == Agreement.differs.name).all()))
    if differing.any():
        raise _contradiction(report, differing.index[differing])
    return register


def _printed(report: Report, code: str) -> int | None:
    """Return a published figure as printed: 'about 4,000' as 4,000, which every reading of it allows."""
    figures = report.figures
    printed = zip(figures["code"], figures["value"], figures["scale"], strict=True)
    return next((int(Fraction(value) * int(scale)) for key, value, scale in printed if key == code), None)


def _exact(report: Report, code: str) -> int:
    span: Interval | None = getattr(report.totals, code)
    if span is not None and span.exact:
        return int(span.low)
    term = QUANTITIES[code].term
    raise AnalysisError(
        f"The report '{report.place}' has no exact total of {term.en}, which an example register needs: print it as a whole number.\n"
        f"    报告“{report.place}”没有确切的{term.zh}总数，生成不了示例台账。请写明一个整数。"
    )


def _contradiction(report: Report, codes: Iterable[str]) -> AnalysisError:
    """Return the error that names totals which no rows can meet."""
    rows = report.figures[report.figures["code"].isin(list(codes))].to_dict("records")
    en, zh = (between.join(f"{row[f'name_{lang}']} {row['value']}" for row in rows) for lang, between in (("en", "; "), ("zh", "；")))
    return AnalysisError(
        f"No example register agrees with these totals of '{report.place}', where no organisation has two counted branches (A2): {en}. "
        "They contradict each other or the rest: correct one, or leave it out.\n"
        f"    一家组织至多有一个计数支部（A2）时，示例台账符合不了“{report.place}”的这些总数：{zh}。它们彼此或与其他总数矛盾，请改正或删去其一。"
    )


# ------------------------------------------------------------------ who is in which branch


class _Split(NamedTuple):
    """How many branches are of one unit, joint, and of a form not told; how many organisations share the joint ones."""

    own: int
    joint: int
    untold: int
    together: int


def _formed(report: Report, form: Form) -> list[tuple[str | None, str]]:
    """Return form and level of each Party organisation whose form is printed."""
    printed = {code: _printed(report, code) or 0 for code, quantity in QUANTITIES.items() if quantity.form == form.name}
    return [(form.name, _LEVELS[QUANTITIES[code].level].name) for code, number in printed.items() for _ in range(number)]


def _open(report: Report, form: Form) -> list[str]:
    """Return the levels that rows beyond those printed can have in a form, the lowest first.

    A committee or general branch that is not printed exists only where Party organisations of all levels are counted (C4).
    """
    inexact = [code for code, q in QUANTITIES.items() if q.form == form.name and not ((span := report.interval(code)) and span.exact)]
    levels = [_LEVELS[QUANTITIES[code].level] for code in reversed(inexact)]
    return [level.name for level in levels if level is Level.branch or report.interval("party_organisations")]


def _split(report: Report, organisations: int, branches: int) -> _Split:
    """Return a split that the printed forms and counts of organisations allow, joint branches within the usual limit (A5)."""
    own, joint = (len(_formed(report, form)) for form in (Form.own, Form.joint))
    rest, more_own, more_joint = branches - own - joint, _open(report, Form.own), _open(report, Form.joint)
    alone_in, together_in, covered_in = (report.interval(code) or Interval(0, organisations) for code in _COVERAGE)
    usual, most = max(1, branches // 11), organisations - 3  # few joint branches, full coverage missed by a few (E4)
    found = []
    for shared in range(joint, joint + (rest if more_joint else 0) + 1):
        alone = own + (rest - shared + joint if more_own else 0)
        untold = branches - alone - shared
        low = math.ceil(max(shared, together_in.low, covered_in.low - alone - untold))
        high = math.floor(min(_limit("R05") * shared, together_in.high, min(covered_in.high, organisations) - alone - untold))
        # partners lie outside the register only where the counts force it (E4)
        together = min(max(most - alone - untold, low, min(2 * shared, high)), high)
        outside, missed = max(2 * shared - together, 0), abs(alone + untold + together - most)
        if rest >= 0 and low <= high and alone_in.low <= alone <= alone_in.high:
            split = _Split(alone, shared, untold, together)
            levels = [level for _, level in _forms(report, split)] if (lowest := _lowest(report)) is not None else []
            unlike = abs(levels.count(Level.branch.name) - (lowest or 0))
            found.append((unlike, outside, untold, abs(shared - usual), missed, split))
    if found:
        return min(found)[-1]
    forms = [code for code, quantity in QUANTITIES.items() if quantity.form]
    raise _contradiction(report, ["organisations", "party_organisations", "branches", *_COVERAGE, *forms])


def _laid_out(report: Report, dice: Dice) -> dict[str, list[Row]]:
    """Return the rows of both tables with numbers, names, kinds, forms and levels, and who is covered by which branch."""
    count = _exact(report, "organisations")
    split = _split(report, count, _exact(report, "branches"))
    sizes = iter(_shared(split.together, [1] * split.joint))
    places: list[tuple[str, str | None]] = []
    branches: list[Row] = []
    for number, (form, level) in enumerate(dice.order(_forms(report, split)), start=1):
        joint, key = form == Form.joint.name, f"Z{number:02}"
        units = next(sizes) if joint else 1
        # a joint branch of one organisation has its partner outside the register (E4)
        row = {"branch_id": key, "form": form, "level": level, "organisations_covered": max(units, 2 if joint else 1)}
        branches.append(row | {"name": f"示例支部{number:02}"})
        places += [(form or Coverage.attached.name, key)] * units  # where the form is not told, it is an attached one (E4)
    stated = report.interval("organisations_covered") is not None
    left = (Coverage.instructor, Coverage.none, Coverage.none if stated else Coverage.attached)
    places += [(left[number % 3].name, None) for number in range(count - len(places))]
    kinds = dice.order(_kinds(report, count))
    organisations: list[Row] = [
        {"org_id": f"S{number:03}", "name": f"{_NAMES[kind]}{number:02}", "kind": kind, "coverage": coverage, "branch_id": key}
        for number, (kind, (coverage, key)) in enumerate(zip(kinds, dice.order(places), strict=True), start=1)
    ]
    for branch in branches:
        branch["units"] = [row for row in organisations if row["branch_id"] == branch["branch_id"]]
    return {"organisations": organisations, "branches": branches}


def _forms(report: Report, split: _Split) -> list[tuple[str | None, str]]:
    """Return form and level of every row: those printed, then the rest, as many of them branches as are printed."""
    own, joint = _formed(report, Form.own), _formed(report, Form.joint)
    forms, lowest = [*own, *joint], Level.branch.name
    rest = [Form.own] * (split.own - len(own)) + [Form.joint] * (split.joint - len(joint)) + [None] * split.untold
    levels = {form: _open(report, form) if form else [lowest, Level.general_branch.name] for form in set(rest)}
    branches = _lowest(report)
    above = 0 if branches is None else len(rest) + sum(level == lowest for _, level in forms) - branches
    for form in sorted(rest, key=lambda form: levels[form][0] == lowest):  # those that cannot be branches come first
        level = levels[form][min(len(levels[form]) - 1, 1)] if above > 0 else levels[form][0]
        above -= level != lowest
        forms.append((form and form.name, level))
    return forms


def _lowest(report: Report) -> int | None:
    """Return how many of the Party organisations are branches, where both are printed."""
    return _printed(report, "branches") if report.interval("party_organisations") else None


def _kinds(report: Report, count: int) -> list[str | None]:
    """Return the kinds of all organisations; those beyond the printed kinds have none (E3)."""
    one, two, three = OrganisationKind.association, OrganisationKind.private_nonprofit, OrganisationKind.foundation
    told = {kind: number for kind in (one, two, three) if (number := _printed(report, f"{kind.name}s")) is not None}
    told = told or {three: 1 if count >= 20 else 0}
    rest = max(count - sum(told.values()), 0)
    if one not in told:
        told[one] = rest if two in told else rest * _ASSOCIATIONS // 10
    if two not in told:
        told[two] = max(count - sum(told.values()), 0)
    kinds = [kind.name for kind, number in told.items() for _ in range(number)]
    return [*kinds, *[None] * count][:count]


# ------------------------------------------------------------------ people


def _shared(total: int, weights: Sequence[int], least: int = 0) -> list[int]:
    """Return a total shared out in whole numbers, by weight beyond what each has at least.

    >>> _shared(10, [1, 3], 1)
    [3, 7]
    """
    rest, whole = total - least * len(weights), sum(weights) or 1
    return [least + after - before for before, after in pairwise(rest * part // whole for part in accumulate(weights, initial=0))]


def _with_members(report: Report, dice: Dice, organisations: list[Row], branches: list[Row]) -> None:
    """Share out the members over branches and their organisations, and among them the probationary ones (E6)."""
    members, probationary = _membership(report, len(branches))
    small = [branch["form"] == Form.joint.name or at % 4 == 0 for at, branch in enumerate(branches)]
    weights = [10 + dice.below(100) if few else 400 + dice.below(600) for few in small]
    sizes = _shared(members, weights, min(_limit("R01"), members // max(len(branches), 1)))
    for branch, size in zip(branches, sizes, strict=True):
        for row, held in zip(branch["units"], _shared(size, [1] * len(branch["units"])), strict=True):
            row["members_held"] = held
    new = _shared(probationary, [row.setdefault("members_held", 0) for row in organisations])
    for row, number in zip(organisations, new, strict=True):
        row["members_full"] = row["members_held"] - number
        ages = _shared(row["members_held"], [1 + dice.below(40), 20 + dice.below(40), 1 + dice.below(60)])
        row.update(zip(("members_to_35", "members_36_to_59", "members_from_60"), ages, strict=True))


def _membership(report: Report, branches: int) -> tuple[int, int]:
    """Return how many members there are, and how many of them are probationary: as printed, else one in 25 (E6)."""
    members, full, new = (_printed(report, code) for code in ("members", "members_full", "members_probationary"))
    if members is None:
        members = 12 * branches if full is None else full + (full // 25 if new is None else new)
    left = members - full if full is not None else members // 25 if new is None else new
    if not 0 <= left <= members or new not in (None, left):
        raise _contradiction(report, ["members", "members_full", "members_probationary"])
    return members, left


def _with_staff(report: Report, dice: Dice, organisations: list[Row]) -> None:
    """Share out the staff; where the mean is odd, a few large associations carry what small staffs leave over (E5)."""
    total = _printed(report, "staff")
    sizes = [row["members_held"] + 4 + dice.below(1 + dice.below(40)) for row in organisations]
    many = [at for at, row in enumerate(organisations) if row["kind"] == OrganisationKind.association.name][: len(organisations) // 6]
    rest = (total or 0) - sum(size for at, size in enumerate(sizes) if at not in many)
    if many and rest > _ODD_MEAN * len(organisations):
        for at, staff in zip(many, _shared(rest, [500 + dice.below(1000) for _ in many]), strict=True):
            sizes[at], organisations[at]["counts_members"] = staff, True
    elif total is not None:
        sizes = _shared(total, sizes, min(1, total // max(len(sizes), 1)))
    for row, staff in zip(organisations, sizes, strict=True):
        row["staff"] = staff


def _with_sites(report: Report, dice: Dice, branches: list[Row]) -> None:
    """Name as many demonstration sites and attached branches as are printed, else one branch in five and one in ten."""
    sites, attached = _printed(report, "demonstration_sites"), _printed(report, "attached_branches")
    for at, row in enumerate(dice.order(branches)):
        row["demonstration"] = at < (len(branches) // 5 if sites is None else sites)
    # those of untold form come first: they are the attached ones (E4)
    for at, row in enumerate(sorted(dice.order(branches), key=lambda row: row["form"] is not None)):
        row["attached_to"] = "示例单位" if at < (len(branches) // 10 if attached is None else attached) else None


# ------------------------------------------------------------------ all other columns, one maker each (E7)


def _back(row: Row, days: int) -> date:
    day: date = row["day"]
    return date.fromordinal(day.toordinal() - days)


def _election(dice: Dice, row: Row) -> date:
    """Return the last election: two thirds within three years, the rest a backlog; the first one is held at the founding."""
    founded: date = row["founded_on"]
    return max(founded, _back(row, dice.below(1095) if dice.chance(65) else 1095 + dice.below(1460)))


def _association_members(dice: Dice, row: Row) -> int | None:
    if "counts_members" in row:  # the staff are the association members, or nearly (E5)
        return int(row["staff"]) - (0 if dice.chance(60) else dice.below(10))
    return 50 + dice.below(250) if row["kind"] == OrganisationKind.association.name else None


def _chance(percent: int) -> Maker:
    return lambda dice, row: dice.chance(percent)


def _of_units(column: str) -> Maker:
    return lambda dice, row: sum(unit[column] for unit in row["units"])


MAKERS: dict[str, dict[str, Maker]] = {
    "organisations": {
        "sector": lambda dice, row: dice.pick(_SECTORS),
        "township": lambda dice, row: dice.pick(_TOWNSHIPS),
        "supervisor": lambda dice, row: dice.pick(_SUPERVISORS),
        "registered_on": lambda dice, row: _back(row, 400 + dice.below(5000)),
        "inspection": lambda dice, row: dice.pick(_RESULTS),
        "association_members": _association_members,
        "staff_full_time": lambda dice, row: None if "counts_members" in row else dice.part(row["staff"], 30),
        "members_staff_held": lambda dice, row: min(row["staff"], dice.part(row["members_held"], 60)),
        "members_staff": lambda dice, row: min(row["staff"], row["members_staff_held"] + dice.below(4)),
        "members_managed": lambda dice, row: row["members_held"] + dice.below(row["members_staff"] - row["members_staff_held"] + 1),
        "members": lambda dice, row: row["members_held"],
        "members_full_time_full": lambda dice, row: dice.part(min(row["members_full"], row["staff_full_time"] or 0, row["members_staff"]), 20),
        "members_open": lambda dice, row: dice.part(row["members_staff"], 40),
        "members_taking_part": lambda dice, row: dice.part(row["members_staff"], 40),
        "activity_room": lambda dice, row: dice.chance(60 if row["branch_id"] else 20),
        "budget": lambda dice, row: 100.0 * dice.below(100) if row["branch_id"] else 0.0,
        "instructor": lambda dice, row: dice.chance({"instructor": 100, "none": 0}.get(row["coverage"], 30)),
        "party_workers": lambda dice, row: min(row["staff"], dice.below(3)),
        "county": lambda dice, row: "示例县", "city": lambda dice, row: "示例市", "province": lambda dice, row: "示例省",
    },
    "branches": {
        "host_org_id": lambda dice, row: row["units"][0]["org_id"],
        "members": _of_units("members_held"),
        "members_full": _of_units("members_full"),
        "committee_size": lambda dice, row: 0 if row["members_full"] < _limit("R08") or dice.chance(15) else 3 + dice.below(3),
        "founded_on": lambda dice, row: _back(row, dice.part((row["day"] - row["units"][0]["registered_on"]).days, 10)),
        "last_election_on": _election,
        "term_years": lambda dice, row: 3,
        "in_leadership": _chance(60),
        "secretary_age": lambda dice, row: 30 + dice.below(45),
        "secretary_education": lambda dice, row: dice.pick(list(Education)).name,
        "trained_on": lambda dice, row: _back(row, dice.below(1500)),
        "meetings_12m": lambda dice, row: dice.below(5),
        "classes_12m": lambda dice, row: dice.below(5),
        "organisation_life_12m": lambda dice, row: int(dice.chance(70)),
        "appraisal_12m": _chance(70), "written_rules": _chance(60), "joined_work": _chance(50),
        "satisfaction": lambda dice, row: 50.0 + dice.below(49),
    },
}  # fmt: skip


# ------------------------------------------------------------------ what real ledgers have (E8)

# an empty cell would break a total or a key, or say 'never' rather than 'not known'
_FILLED = {"county", "city", "province", "host_org_id", "members_full", "founded_on", "last_election_on"}


def _with_gaps(dice: Dice, rows: dict[str, list[Row]]) -> None:
    for table, makers in MAKERS.items():
        kept = _FILLED | ({"members"} if table == "branches" else set())
        for row in rows[table]:
            row.update({name: None for name in makers if name not in kept and dice.chance(_GAP)})


_Change = tuple[str, Callable[[Row], object], Callable[[Row], Row]]
_ODDITIES: tuple[_Change, ...] = (
    ("organisations", lambda row: row["members_staff"] and "counts_members" not in row, lambda row: {"members_open": row["members_staff"] + 1}),
    ("organisations", lambda row: row["coverage"] != "own", lambda row: {"inspection": Inspection.missed_twice.name, "supervisor": None}),
    ("branches", lambda row: row["form"] == "own", lambda row: {"host_org_id": None}),
    ("branches", lambda row: row["form"] == "own", lambda row: {"last_election_on": None}),
    ("branches", lambda row: row["form"] == "joint", lambda row: {"last_election_on": None}),
)  # fmt: skip
# only where the report prints no form and no level; a temporary branch holds no elections
_ODD_LEVELS: tuple[_Change, ...] = (
    ("branches", lambda row: row["members"] < 8, lambda row: {"level": Level.committee.name}),
    ("branches", lambda row: row["form"] == "own" and row["members"] < 8,
     lambda row: {"level": Level.temporary.name, "last_election_on": None, "term_years": None}),
)  # fmt: skip


def _with_oddities(report: Report, rows: dict[str, list[Row]]) -> None:
    """Plant what a check of ledgers must find: each in the first row that it fits and that has none yet."""
    told = report.interval("party_organisations") or any(q.form and report.interval(code) for code, q in QUANTITIES.items())
    odd: set[int] = set()
    for table, fits, change in _ODDITIES if told else _ODD_LEVELS + _ODDITIES:
        row = next((row for row in rows[table] if id(row) not in odd and fits(row)), None)
        if row is not None:
            odd.add(id(row))
            row.update(change(row))
    committees = [row["branch_id"] for row in rows["branches"] if row["level"] == Level.committee.name]
    for row in rows["branches"]:
        if committees and row["level"] == Level.temporary.name:
            row["parent_branch_id"] = committees[0]
