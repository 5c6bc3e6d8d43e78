"""Every indicator as a slow loop over rows, written from its definition alone, with None for 'not known'."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from itertools import product
from typing import NamedTuple

from registers import AS_OF, POOLS, Row

Answer = bool | None


def below(row: Row, name: str, limit: float) -> Answer:
    return None if row[name] is None else row[name] < limit


def no(answer: Answer) -> Answer:
    return None if answer is None else not answer


def both(*answers: Answer) -> Answer:
    if any(answer is False for answer in answers):
        return False
    return None if any(answer is None for answer in answers) else True


def either(*answers: Answer) -> Answer:
    return no(both(*(no(answer) for answer in answers)))


def among(row: Row, name: str, *codes: str) -> Answer:
    return None if row[name] is None else row[name] in codes


def organised(row: Row) -> Answer:
    return formed_as(row, "own", "joint", "attached")


def formed_as(row: Row, *forms: str) -> Answer:
    if row["coverage"] is not None:
        return row["coverage"] in forms
    said, formal = row["party_organisation"], row["its_form"] in ("own", "joint")
    if said is False:
        return None if formal else False
    return True if "own" in forms and "joint" in forms and (said or formal) else None


def worked_with(row: Row) -> Answer:
    if organised(row) or row["instructor"] or row["coverage"] == "instructor":
        return True
    without = row["coverage"] == "none" or (row["coverage"] is None and organised(row) is False)
    return False if without and row["instructor"] is False else None


def eligible(row: Row) -> Answer:
    return no(below(row, "members_full", 3))


def fewer(row: Row, one: str, other: str) -> Answer:
    return None if row[one] is None or row[other] is None else row[one] < row[other]


def elects(row: Row) -> Answer:
    return among(row, "level", "branch", "general_branch", "committee")


def due(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # a leap day falls on the last day of February
        return day.replace(year=day.year + years, day=28)


def ends(row: Row, name: str) -> tuple[date, date]:
    """The first and the last day that a date may be."""
    return row[name], row[f"{name}_until"] or row[name]


def terms(row: Row, day: date) -> set[int]:
    """The terms that an election may have been held for: 3 and 5 years since July 2018, before 2 to 3 and 3 to 5."""
    if row["term_years"] is not None:
        return {row["term_years"]}
    new = day >= date(2018, 7, 1)
    branch, committee = ({3}, {5}) if new else ({2, 3}, {3, 4, 5})
    return {None: branch | committee, "committee": committee}.get(row["level"], branch)


def trained_long_ago(row: Row) -> Answer:
    if row["trained_on"] is None:
        return None
    found = {day < date(2019, 6, 30) for day in ends(row, "trained_on")}
    return found.pop() if len(found) == 1 else None


def overdue(row: Row, years: int = 0) -> Answer:
    if row["last_election_on"] is None:
        return None
    found = {due(day, term + years) < AS_OF for day in ends(row, "last_election_on") for term in terms(row, day)}
    return found.pop() if len(found) == 1 else None


def weak(row: Row) -> Answer:
    few = (below(row, "meetings_12m", 4), below(row, "organisation_life_12m", 1), below(row, "satisfaction", 60))
    return either(both(elects(row), overdue(row)), *few)


def spread(row: Row, organisations: list[Row]) -> Answer:
    mine = [o["township"] for o in organisations if o["branch_id"] == row["branch_id"]]
    host = [o["township"] for o in organisations if o["org_id"] == row["host_org_id"]]
    placed = {place for place in mine if place is not None}
    if placed and len(placed | {place for place in host if place is not None}) > 1:
        return True
    listed = row["organisations_covered"] is not None and row["organisations_covered"] <= len(mine)
    return False if mine and None not in mine and None not in host and listed else None


# part, and whole where it is not every row
COUNTED: dict[str, tuple[Callable[[Row], Answer], ...]] = {
    "own_branch": (lambda o: formed_as(o, "own"),),
    "organisation_coverage": (organised,),
    "work_coverage": (worked_with,),
    "eligible_coverage": (organised, eligible),
    "due_without": (lambda o: both(eligible(o), no(organised(o))),),
    "without_party_organisation": (lambda o: no(organised(o)),),
    "instructor": (lambda o: no(o["instructor"]),),
    "few_members": (lambda o: below(o, "members_full", 3),),
    "shared_branch": (lambda o: both(formed_as(o, "joint", "attached"), below(o, "members_full", 3)),),
    "activity_room": (lambda o: either(no(o["activity_room"]), below(o, "budget", 0.005)),),
    "party_workers_short": (lambda o: below(o, "party_workers", 1),),
    "not_inspected": (lambda o: among(o, "inspection", "failed", "missed", "missed_twice", "unreported"),
                      lambda o: no(among(o, "inspection", "exempt"))),
    "member_management": (lambda o: fewer(o, "members_managed", "members_staff"),),
    "role_visible": (lambda b: below(b, "satisfaction", 60),),
    "weak_branch": (weak,),
    "rules_and_meetings": (lambda b: either(no(b["written_rules"]), below(b, "meetings_12m", 4), below(b, "organisation_life_12m", 1)),),
    "joined_to_core_work": (lambda b: no(b["joined_work"]),),
    "secretary_trained": (trained_long_ago,),
    "member_education_and_management": (lambda b: either(below(b, "classes_12m", 4), below(b, "organisation_life_12m", 1)),),
    "member_education": (lambda b: below(b, "classes_12m", 4),),
    "barely_qualified": (lambda b: below(b, "members_full", 4),),
    "election_overdue": (overdue, elects),
    "election_overdue_year": (partial(overdue, years=1), elects),
    "secretary_outside_leadership": (lambda b: no(b["in_leadership"]),),
    "need_committee": (lambda b: no(below(b, "members_full", 7)),),
    "without_committee": (lambda b: below(b, "committee_size", 1), lambda b: no(below(b, "members_full", 7))),
    "above_limit": (lambda b: no(below(b, "members", 51)),),
    "level_too_low": (lambda b: no(below(b, "members", 51)), lambda b: among(b, "level", "branch")),
    "level_too_high": (lambda b: below(b, "members", 100), lambda b: among(b, "level", "committee")),
    "demonstration": (lambda b: b["demonstration"],),
    "secretary_from_60": (lambda b: no(below(b, "secretary_age", 60)),),
    "secretary_college": (lambda b: among(b, "secretary_education", "college", "university"),),
}  # fmt: skip


def less(row: Row, one: str, other: str) -> int | None:
    return None if row[one] is None or row[other] is None else row[one] - row[other]


def bands(row: Row) -> int | None:
    ages = [row[name] for name in ("members_to_35", "members_36_to_59", "members_from_60")]
    return None if None in ages else sum(ages)


WEIGHED: dict[str, tuple[Callable[[Row], int | None], Callable[[Row], int | None]]] = {
    "relation_not_transferred": (lambda o: less(o, "members_staff", "members_staff_held"), lambda o: o["members_staff"]),
    "membership_not_shown": (lambda o: less(o, "members_staff", "members_open"), lambda o: o["members_staff"]),
    "no_organisational_life": (lambda o: less(o, "members_staff", "members_taking_part"), lambda o: o["members_staff"]),
    "mobile_personnel": (lambda o: less(o, "staff", "staff_full_time"), lambda o: o["staff"]),
    "member_density": (lambda o: o["members_staff"], lambda o: o["staff"]),
    "age_of_members": (lambda o: o["members_to_35"], bands),
}


class Sums(NamedTuple):
    part: int = 0
    whole: int = 0
    unknown: int = 0
    unsized: int = 0

    def plus(self, other: "Sums") -> "Sums":
        return Sums(*(one + more for one, more in zip(self, other, strict=True)))


def _row_of_one(part: Answer, whole: Answer) -> Sums:
    if not whole:
        return Sums(unsized=int(whole is None))
    return Sums(unknown=1) if part is None else Sums(int(part), 1)


def measured(code: str, row: Row, organisations: list[Row]) -> Sums:
    """What a row adds to an indicator."""
    if code == "members_dispersed":
        return _row_of_one(spread(row, organisations), True)
    if code in COUNTED:
        part, *whole = COUNTED[code]
        return _row_of_one(part(row), whole[0](row) if whole else True)
    part, whole = (of(row) for of in WEIGHED[code])
    if whole is None:
        return Sums(unsized=1)
    return Sums(unknown=whole) if part is None or not 0 <= part <= whole else Sums(part, whole)


CODES = [*COUNTED, *WEIGHED, "members_dispersed"]


def total(code: str, rows: Iterable[Row], organisations: list[Row]) -> Sums:
    found = Sums()
    for row in rows:
        found = found.plus(measured(code, row, organisations))
    return found


# ---- all ways to fill the empty cells of a row


def contradicts(row: Row) -> bool:
    """Whether a row names a formal branch and says that none covers it, or has a Party organisation and has none."""
    if "coverage" not in row:
        return False
    said = {row["party_organisation"], *([True] if row["its_form"] in ("own", "joint") else [])} - {None}
    if row["coverage"] is not None:
        said.add(row["coverage"] in ("own", "joint", "attached"))
    return len(said) > 1


def filled(row: Row, table: str, names: Iterable[str]) -> Iterator[Row]:
    """The row with its empty cells among these columns filled in every way that adds no contradiction."""
    empty = [name for name in names if row[name] is None]
    for values in product(*(POOLS[table][name] for name in empty)):
        full = row | dict(zip(empty, values, strict=True))
        if contradicts(row) or not contradicts(full):
            yield full


def hull(code: str, rows: list[Row], table: str, names: list[str]) -> tuple[float, float] | None:
    """The least and the most share over all fillings; what stays unknown (an old term) counts as no and as yes."""
    ways = {Sums()}
    for row in rows:
        mine = {measured(code, full, []) for full in filled(row, table, names)}
        ways = {one.plus(other) for one in ways for other in mine}
    ends = [(w.part / of, (w.part + w.unknown) / of) for w in ways if (of := w.whole + w.unknown)]
    return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else None
