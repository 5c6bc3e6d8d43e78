"""A ledger held against itself: sums of forms, codes of bodies, names that stand twice, rows and tables that contradict each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.headings import READABLE
from analysis.identifiers import uscc_fault, uscc_kind
from analysis.identities import IDENTITIES, broken
from analysis.logbook import Logbook, Place, Spot, cut
from analysis.metrics import DATED
from analysis.model import Severity, Term
from analysis.reconcile import DOUBTS, cell_text
from analysis.register import Register
from analysis.schema import KEYS, TABLES, Coverage, Form, Level, OrganisationKind
from analysis.settings import Settings
from analysis.tables import Table, spelling

_DOUBT = {Severity.error.name: "contradiction", Severity.warning.name: "doubt", Severity.note.name: "remark"}
# a functional branch is no branch of a body's own, and one of one unit is not joint
_MISFITS = {
    (Coverage.own.name, Form.functional.name),
    (Coverage.own.name, Form.joint.name),
    (Coverage.joint.name, Form.functional.name),
    (Coverage.joint.name, Form.own.name),
}
_REGION = re.compile(r"^(?:[\u4e00-\u9fff]{1,6}?(?:省|市|县|区|旗|州)){1,3}(?=[\u4e00-\u9fff]{3,})")


def check_tables(log: Logbook, register: Register, tables: Mapping[str, Table], settings: Settings, odd: pd.DataFrame) -> None:
    """Note what in a register does not fit together, `odd` its doubts, each at its cell where the file has cells."""
    unnamed = {place[:2] for place, made in log.found if made.kind == "branch_unnamed"}
    places = {name: {key: row for row, key in enumerate(table.cells[KEYS[name]])} for name, table in tables.items()}
    for record in odd.to_dict("records"):
        columns, table = DOUBTS[record["code"]].columns, tables.get(record["table"])
        what = Term(f"{record['what_zh']}（{record['cells_zh']}）", f"{record['what_en']} ({record['cells_en']})")
        kind = _DOUBT[str(record["severity"])]
        if table is None:
            log.add(kind, Place(0, f"{log.name} ({KEYS[record['table']]} {cut(record['key'])})"), what=what)
            continue
        row = places[table.name][record["key"]]
        there = [name for name in columns if table.spot(row, name).at >= 0]
        name = next((name for name in there if table.cells[name][row] is not None), next(iter(there), columns[0]))
        spot = table.spot(row, name)
        if record["code"] == "own_without_branch" and (spot.place.order, spot.row) in unnamed:
            continue  # said already
        cell = table.cells.get(name, {row: None})[row]
        log.at(kind, spot, value="" if cell is None else cell_text(TABLES[table.name][name], cell, "zh"), what=what)
    _day(log, register)
    if len(tables) == len(TABLES):
        _committees(log, tables["organisations"], tables["branches"], settings.limit("R07"))
        _coverages(log, tables["organisations"], tables["branches"])
    for table in tables.values():
        _sums(log, table)
    if "organisations" in tables:
        _codes(log, tables["organisations"])
    for table in tables.values():
        _names(log, table)
    if "organisations" in tables:
        _bases(log, tables["organisations"])


def _day(log: Logbook, register: Register) -> None:
    """Ask for the day of the count where dates are filled that only it gives a meaning to."""
    columns = [name for name in sorted(DATED) if register.filled("branches")[name.partition("/")[2]]]
    if register.as_of is None and columns:
        terms = [READABLE[name].term for name in columns]
        asked = Term("、".join(term.zh for term in terms), ", ".join(term.en for term in terms))
        log.add("no_day", Place(0, log.name), columns=asked)


def _committees(log: Logbook, bodies: Table, branches: Table, least: int) -> None:
    """Note a committee whose bodies have too few members in all, where the branches have no numbers of their own."""
    counts = [bodies.cells[name] for name in ("members_managed", "members_held", "members", "members_staff") if name in bodies.cells]
    sums: dict[Any, int | None] = {}
    for row, key in enumerate(bodies.cells.get("branch_id", ())):
        most = max((cells[row] for cells in counts if cells[row] is not None), default=None)
        before = sums.get(key, 0)
        sums[key] = None if most is None or before is None else before + most
    own = branches.cells.get("members", [None] * len(branches.rows))
    for row, (key, level) in enumerate(zip(branches.cells[KEYS["branches"]], branches.cells.get("level", [None] * len(own)), strict=True)):
        total = sums.get(key)
        if level == Level.committee.name and own[row] is None and total is not None and total < least:
            log.at("committee", branches.spot(row, "level"), value=Level.committee.term.zh, members=total)


def _coverages(log: Logbook, bodies: Table, branches: Table) -> None:
    """Note each body whose form of coverage does not fit its branch: a second one with a branch of its own, or a branch of another form."""
    forms = dict(zip(branches.cells[KEYS["branches"]], branches.cells.get("form", [None] * len(branches.rows)), strict=True))
    first: dict[Any, int] = {}
    for row, (key, coverage) in enumerate(
        zip(*(bodies.cells.get(name, [None] * len(bodies.rows)) for name in ("branch_id", "coverage")), strict=True)
    ):
        if key is None or coverage not in (Coverage.own.name, Coverage.joint.name):
            continue
        earlier = first.setdefault(key, row) if coverage == Coverage.own.name else row
        if earlier != row:
            said = Coverage.of(coverage).term.zh
            log.at("own_shared", bodies.spot(row, "coverage"), value=said, other=bodies.spot(earlier, "coverage").address)
        if (coverage, forms.get(key)) in _MISFITS:
            said = Coverage.of(coverage).term.zh
            log.at("coverage_form", bodies.spot(row, "coverage"), value=said, form=Form.of(forms[key]).term)


def _sums(log: Logbook, table: Table) -> None:
    """Note each row in which the sum of a form does not hold, at the cell of the whole."""
    parts = {id(part): part for origin in table.rows for part, _ in origin}
    for part in parts.values():
        for code, at, left, right in broken(part.checked):
            identity = IDENTITIES[code]
            terms = [READABLE[name].term for name in identity.right]
            shown = Term("、".join(term.zh for term in terms), " + ".join(term.en for term in terms))
            kind = "sum_differs" if identity.equal else "sum_exceeds"
            spot = Spot(part.place, part.rows[at], *part.told[identity.left])
            log.at(kind, spot, value=left, sum=shown, total=right, code=code.strip())


def _codes(log: Logbook, table: Table) -> None:
    """Note each credit code that fails a check rule, and each that says another kind than its row: real codes exist that fail."""
    kinds = table.cells.get("kind", [None] * len(table.rows))
    for row, code in enumerate(table.cells.get("uscc", ())):
        if code is None:
            continue
        spot, said = table.spot(row, "uscc"), uscc_kind(code)
        for rule in uscc_fault(code):
            log.at(f"uscc_{rule}", spot, value=code)
        if said and kinds[row] is not None and said != kinds[row]:
            log.at("uscc_kind", spot, value=code, said=OrganisationKind.of(said).term)


def _names(log: Logbook, table: Table) -> None:
    """Note bodies that may be one: the same name twice, or two spellings of it."""
    first: dict[str, int] = {}
    for row, name in enumerate(table.cells.get("name", ())):
        if name is None:
            continue
        earlier = first.setdefault(body(name), row)
        if earlier != row:
            kind = "name_twice" if table.cells["name"][earlier] == name else "name_alike"
            other = table.spot(earlier, "name").address
            log.at(kind, table.spot(row, "name"), value=name, other=other, name=cut(table.cells["name"][earlier]))


def body(name: str) -> str:
    """Return an organisation's name without what offices write in more than one way: also its place, and what it calls itself.

    >>> body("洋县茶叶学会") == body("茶叶协会")
    True
    """
    return re.sub(r"(?:学会|研究会|促进会)$", "协会", _REGION.sub("", spelling(name)))


def _bases(log: Logbook, table: Table) -> None:
    """Note once a sheet whose members are of no basis that is said."""
    said: set[Place] = set()
    for row, cell in enumerate(table.cells.get("members", ())):
        spot = table.spot(row, "members")
        if cell is not None and spot.place not in said and spot.at >= 0 and "members" not in table.rows[row][0][0].firm:
            said.add(spot.place)
            log.at("members_basis", spot, value=cell)
