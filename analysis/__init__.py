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
from analysis.indicators import closing_columns, questions
from analysis.measures import answers, blind_spots, chains, gaps, instruments, recommendations
from analysis.model import (
    COLUMNS,
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
from analysis.reference import Denominator, Ratio, comparators, density, ratios, rules, staff_at_comparators, yearly_duties
from analysis.report import Report, ReportError, load_report

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
    "Ratio",
    "Relation",
    "Report",
    "ReportError",
    "Severity",
    "Term",
    "Unit",
    "Verdict",
    "answers",
    "audit",
    "blind_spots",
    "bounds",
    "chains",
    "claims",
    "closing_columns",
    "comparators",
    "count_claims",
    "density",
    "feasible",
    "gaps",
    "instruments",
    "link_counts",
    "link_grid",
    "load_report",
    "questions",
    "ratios",
    "recommendations",
    "result_rows",
    "rules",
    "scenarios",
    "staff_at_comparators",
    "tally",
    "total",
    "verdicts",
    "yearly_duties",
]
