"""Party building in social organisations: a report's totals audited, bounded, compared and briefed.

Reports: `load_report`, `Report`, `ReportError`. What they show: `audit`, `bounds`, `scenarios`, `feasible`, `verdicts`, `ratios`.
What they stand beside: `comparators`, `rules`, `yearly_duties`, `staff_at_comparators`. Claims: `link_grid`, `link_counts`,
`blind_spots`, `answers`, `chains`. The next step: `questions`, `closing_columns`, `instruments`, `recommendations`.
Vocabulary: `Evidence`, `Assumption`, `Ratio` and the other enumerations. Charts are in `analysis.charts`, output in
`analysis.display`, briefings in `analysis.briefing`.
"""

from analysis.audit import audit
from analysis.bounds import DEFAULT, bounds, feasible, scenarios, verdicts
from analysis.causes import claims, count_claims, link_counts, link_grid
from analysis.change import change
from analysis.distribution import concentration, distribution, summary
from analysis.example import example_register
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
from analysis.questions import closing_columns, measured, next_columns, questions
from analysis.reconcile import doubts, reconcile
from analysis.reference import Denominator, Ratio, comparators, density, ratios, rules, staff_at_comparators, yearly_duties
from analysis.register import Register, RegisterError
from analysis.report import Report, ReportError, load_report
from analysis.schema import COLUMNS
from analysis.settings import Settings, load_settings
from analysis.sources import Sources, sources

__version__ = "0.1.0"

__all__ = [
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
    "Ratio",
    "Register",
    "RegisterError",
    "Relation",
    "Report",
    "ReportError",
    "Settings",
    "Severity",
    "Sources",
    "Term",
    "Unit",
    "Verdict",
    "answers",
    "audit",
    "blind_spots",
    "bounds",
    "chains",
    "change",
    "check_ledger",
    "claims",
    "closing_columns",
    "comparators",
    "completeness",
    "concentration",
    "count_claims",
    "coverage",
    "density",
    "distribution",
    "doubts",
    "example_register",
    "feasible",
    "gaps",
    "instruments",
    "link_counts",
    "link_grid",
    "load_mapping",
    "load_report",
    "load_settings",
    "measured",
    "next_columns",
    "questions",
    "rates",
    "ratios",
    "read_ledger",
    "recommendations",
    "reconcile",
    "result_rows",
    "rules",
    "save_mapping",
    "scenarios",
    "sources",
    "staff_at_comparators",
    "summary",
    "tally",
    "total",
    "verdicts",
    "weak_by_limit",
    "write_ledger",
    "yearly_duties",
]
