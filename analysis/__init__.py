"""Party building in social organisations: from a report's totals or an office's ledger to figures, causes, a plan and what came of it.

Reports: `load_report`, `Report`, `ReportError`. What they show: `audit`, `bounds`, `scenarios`, `feasible`, `verdicts`, `ratios`,
`sources`, `snapshots`. What they stand beside: `comparators`, `density`, `rules`, `yearly_duties`, `staff_at_comparators`.

Ledgers: `read_ledger`, `check_ledger`, `write_ledger`, `load_mapping`, `save_mapping`, `load_settings`, `Register`, `COLUMNS`; generated
ones: `example_register`, `example_later`. Their figures: `rates`, `coverage`, `weak_by_limit`, `completeness`, `summary`,
`distribution`, `concentration`, `reconcile`, `doubts`.

Claims: `claims`, `count_claims`, `link_grid`, `link_counts`, `answers`, `chains`, `gaps`, `blind_spots`. Causes: `prevalence`, `reach`,
`causes_asked`, `association`, `associations`. The next step: `questions`, `closing_columns`, `next_columns`, `measured`, `instruments`,
`recommendations`.

Which measure first: `order`, `leading`, `reversals`, `load_scores`. What it would take: `planned`, `training`, `training_by_size`,
`classes_needed`, `elections`, `recruitment`, `rooms`, `sites`. What is due: `actions`, `ACTIONS`, `workload`, `agenda`, `decisions`,
`save_actions`, `load_actions`, `handed_back`. What came of it: `progress`, `change`, `flows`, `followed`, `follow_counts`, `pace`,
`load_targets`, `given_targets`.

Rows: `result_rows`, `tally`, `total`. Vocabulary: `Evidence`, `Assumption`, `Ratio` and the other enumerations. Charts are in
`analysis.charts`, output in `analysis.display`, briefings in `analysis.briefing`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.actions import ACTIONS, actions
    from analysis.association import association, associations
    from analysis.audit import audit
    from analysis.bounds import DEFAULT, bounds, feasible, scenarios, verdicts
    from analysis.causes import claims, count_claims, link_counts, link_grid
    from analysis.decisions import agenda, decisions, workload
    from analysis.distribution import concentration, distribution, summary
    from analysis.elections import elections
    from analysis.example import example_register
    from analysis.example_year import example_later
    from analysis.flows import flows
    from analysis.followup import follow_counts, followed
    from analysis.ledger import Ledger, LedgerError, check_ledger, read_ledger, write_ledger
    from analysis.mapping import MappingError, load_mapping, save_mapping
    from analysis.measures import answers, blind_spots, chains, gaps, instruments, recommendations
    from analysis.metrics import completeness, coverage, rates, weak_by_limit
    from analysis.model import (
        QUANTITIES,
        AnalysisError,
        Assumption,
        Basis,
        Evidence,
        Interval,
        Kind,
        Relation,
        Severity,
        Term,
        Unit,
        Verdict,
        result_rows,
        tally,
        total,
    )
    from analysis.order import ScoresError, leading, load_scores, order, reversals
    from analysis.planning import Rate, planned
    from analysis.progress import change, progress
    from analysis.questions import closing_columns, measured, next_columns, questions
    from analysis.reach import causes_asked, prevalence, reach
    from analysis.reconcile import doubts, reconcile
    from analysis.recruitment import recruitment
    from analysis.reference import Denominator, Ratio, comparators, density, ratios, rules, staff_at_comparators, yearly_duties
    from analysis.register import Register, RegisterError
    from analysis.report import Report, ReportError, load_report
    from analysis.rooms import rooms
    from analysis.schema import COLUMNS
    from analysis.settings import Settings, load_settings
    from analysis.sites import SiteUnit, sites
    from analysis.sources import Sources, snapshots, sources
    from analysis.targets import TargetsError, given_targets, load_targets, pace
    from analysis.training import classes_needed, training, training_by_size
    from analysis.worklist import WorklistError, handed_back, load_actions, save_actions

__version__ = "0.1.0"

__all__ = [
    "ACTIONS",
    "COLUMNS",
    "DEFAULT",
    "QUANTITIES",
    "AnalysisError",
    "Assumption",
    "Basis",
    "Denominator",
    "Evidence",
    "Interval",
    "Kind",
    "Ledger",
    "LedgerError",
    "MappingError",
    "Rate",
    "Ratio",
    "Register",
    "RegisterError",
    "Relation",
    "Report",
    "ReportError",
    "ScoresError",
    "Settings",
    "Severity",
    "SiteUnit",
    "Sources",
    "TargetsError",
    "Term",
    "Unit",
    "Verdict",
    "WorklistError",
    "actions",
    "agenda",
    "answers",
    "association",
    "associations",
    "audit",
    "blind_spots",
    "bounds",
    "causes_asked",
    "chains",
    "change",
    "check_ledger",
    "claims",
    "classes_needed",
    "closing_columns",
    "comparators",
    "completeness",
    "concentration",
    "count_claims",
    "coverage",
    "decisions",
    "density",
    "distribution",
    "doubts",
    "elections",
    "example_later",
    "example_register",
    "feasible",
    "flows",
    "follow_counts",
    "followed",
    "gaps",
    "given_targets",
    "handed_back",
    "instruments",
    "leading",
    "link_counts",
    "link_grid",
    "load_actions",
    "load_mapping",
    "load_report",
    "load_scores",
    "load_settings",
    "load_targets",
    "measured",
    "next_columns",
    "order",
    "pace",
    "planned",
    "prevalence",
    "progress",
    "questions",
    "rates",
    "ratios",
    "reach",
    "read_ledger",
    "recommendations",
    "reconcile",
    "recruitment",
    "result_rows",
    "reversals",
    "rooms",
    "rules",
    "save_actions",
    "save_mapping",
    "scenarios",
    "sites",
    "snapshots",
    "sources",
    "staff_at_comparators",
    "summary",
    "tally",
    "total",
    "training",
    "training_by_size",
    "verdicts",
    "weak_by_limit",
    "workload",
    "write_ledger",
    "yearly_duties",
]

# a name is imported when it is first asked for: a command should not wait for what it does not use
_HOMES = {
    "audit": "audit",
    "bounds": "DEFAULT bounds feasible scenarios verdicts",
    "causes": "claims count_claims link_counts link_grid",
    "decisions": "agenda decisions workload",
    "distribution": "concentration distribution summary",
    "example": "example_register",
    "ledger": "Ledger LedgerError check_ledger read_ledger write_ledger",
    "mapping": "MappingError load_mapping save_mapping",
    "measures": "answers blind_spots chains gaps instruments recommendations",
    "metrics": "completeness coverage rates weak_by_limit",
    "model": "QUANTITIES AnalysisError Assumption Basis Evidence Interval Kind Relation Severity Term Unit Verdict result_rows tally total",
    "questions": "closing_columns measured next_columns questions",
    "reconcile": "doubts reconcile",
    "reference": "Denominator Ratio comparators density ratios rules staff_at_comparators yearly_duties",
    "register": "Register RegisterError",
    "report": "Report ReportError load_report",
    "schema": "COLUMNS",
    "settings": "Settings load_settings",
    "actions": "ACTIONS actions",
    "association": "association associations",
    "example_year": "example_later",
    "flows": "flows",
    "followup": "follow_counts followed",
    "progress": "change progress",
    "sources": "Sources snapshots sources",
    "targets": "TargetsError given_targets load_targets pace",
    "worklist": "WorklistError handed_back load_actions save_actions",
    "sites": "SiteUnit sites",
    "planning": "Rate planned",
    "training": "classes_needed training training_by_size",
    "elections": "elections",
    "recruitment": "recruitment",
    "rooms": "rooms",
    "order": "ScoresError leading load_scores order reversals",
    "reach": "causes_asked prevalence reach",
}
_HOME = {name: room for room, names in _HOMES.items() for name in names.split()}


def _public(room: ModuleType, name: str) -> Any:
    """Return what a room gives under a name; a function with its values checked, for those from outside are told what is wrong."""
    from analysis.given import checked  # noqa: PLC0415 - with the first name that is asked for

    value = getattr(room, name)
    return checked(value) if isinstance(value, FunctionType) else value


if not TYPE_CHECKING:  # a type checker knows the names, and which there are not

    def __getattr__(name: str) -> Any:
        if name not in _HOME and name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        room = import_module(f"{__name__}.{_HOME.get(name, name)}")
        globals()[name] = value = _public(room, name) if name in _HOME else room
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """The package, in which a name that is a function's and its module's, too, is the function."""

    def __setattr__(self, name: str, value: object) -> None:
        # importing analysis.audit puts the module here, under the name of the function in it
        super().__setattr__(name, _public(value, name) if isinstance(value, ModuleType) and _HOME.get(name) == name else value)


sys.modules[__name__].__class__ = _Package
