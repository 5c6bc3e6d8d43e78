"""The sums that official forms enforce within a row: each side a sum of columns, held where all of them are filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

_O, _B, _C = "organisations/", "branches/", "check/"


class Identity(NamedTuple):
    """One rule of a form: `left` equals, or is not less than, the sum of `right`."""

    left: str
    right: tuple[str, ...]
    equal: bool = True


def _checks(*names: str) -> tuple[str, ...]:
    return tuple(f"{_C}{name}" for name in names)


_MOVED = _checks("leaders_members_moved", "workers_members_moved")
_UNMOVED = _checks("leaders_members_unmoved", "workers_members_unmoved")
_MEMBERS_PART_TIME = _checks("leaders_members_part_time", "workers_members_part_time")
_RELATIONS = (
    f"{_O}members_held",
    *_checks("relation_supervisor", "relation_attached", "relation_local", "relation_former", "relation_other"),
)
_RECRUITS = _checks("applicants", "activists", "candidates")

# F1 to F10: a province's yearly form for the end of 2012 and the notes to the yearly report of 2017; the last four hold by definition
IDENTITIES: dict[str, Identity] = {
    "F1": Identity(f"{_O}staff", _checks("leaders_full_time", "leaders_part_time", "workers_full_time", "workers_part_time")),
    "F2": Identity(f"{_O}members", (*_MOVED, *_UNMOVED, *_MEMBERS_PART_TIME)),
    "F3": Identity(f"{_O}members", _RELATIONS),
    "F4": Identity(f"{_C}leaders_full_time", _checks("leaders_members_moved", "leaders_members_unmoved"), equal=False),
    "F5": Identity(f"{_C}leaders_part_time", _checks("leaders_members_part_time"), equal=False),
    "F6": Identity(f"{_C}workers_full_time", _checks("workers_members_moved", "workers_members_unmoved"), equal=False),
    "F7": Identity(f"{_C}workers_part_time", _checks("workers_members_part_time"), equal=False),
    "F8": Identity(f"{_O}members_held", _MOVED),
    "F9": Identity(f"{_O}staff", (f"{_O}members", *_RECRUITS), equal=False),
    "F9 ": Identity(f"{_O}staff", (f"{_O}members_staff", *_RECRUITS), equal=False),
    "F10": Identity(f"{_O}association_members", _checks("unit_members", "individual_members")),
    "staff": Identity(f"{_O}staff", (f"{_O}staff_full_time", f"{_C}staff_part_time")),
    "members_staff": Identity(f"{_O}members_staff", _checks("members_full_time", "members_part_time")),
    "members": Identity(f"{_O}members", (f"{_O}members_full", f"{_C}members_probationary")),
    "branch_members": Identity(f"{_B}members", (f"{_B}members_full", f"{_C}branch_members_probationary")),
}


class Broken(NamedTuple):
    """A row in which an identity does not hold: its position, and what the two sides are."""

    code: str
    row: int
    left: int
    right: int


def broken(cells: Mapping[str, Sequence[Any]]) -> Iterator[Broken]:
    """Yield the rows in which an identity does not hold; one whose columns are not all there, or not filled, is not asked.

    Parameters
    ----------
    cells
        Columns of counts by `table/column`, all of one length, null where unknown.

    >>> [*broken({"organisations/members": [5, 5], "organisations/members_full": [4, None], "check/members_probationary": [2, 1]})]
    [Broken(code='members', row=0, left=5, right=6)]
    """
    for code, (left, right, equal) in IDENTITIES.items():
        if not all(name in cells for name in (left, *right)):
            continue
        for row, (whole, *parts) in enumerate(zip(cells[left], *(cells[name] for name in right), strict=True)):
            if whole is None or any(part is None for part in parts):
                continue
            total = sum(parts)
            if whole != total if equal else whole < total:
                yield Broken(code, row, whole, total)
