"""What a notebook starts from: a report, a ledger, or both, with the settings; each given by a name, a path, or left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from analysis.example import example_register
from analysis.ledger import read_ledger
from analysis.model import AnalysisError, Evidence
from analysis.register import Register
from analysis.report import Report, load_report
from analysis.settings import DEFAULT_SETTINGS, Settings, load_settings

EXAMPLE = "example"


class Sources(NamedTuple):
    """A report and a register of one place, and what the county sets for itself."""

    report: Report
    register: Register
    settings: Settings


def sources(
    place: str = "",
    *,
    ledger: str = "",
    mapping: str = "",
    as_of: str = "",
    settings: str = "",
    progress: Callable[[str], None] | None = None,
) -> Sources:
    """Return the report, the register and the settings that a notebook's parameters name.

    Parameters
    ----------
    place
        A report's name or folder; empty for none, so that the ledger stands alone.
    ledger
        A ledger's file or folder; 'example' for the illustrative register of the report; empty for none: every cell is unknown.
    mapping
        A file that says which column of the ledger is which; empty where the headings tell.
    as_of
        The day of the count, as 2024-12-31; empty takes the ledger's own, or the report's.
    settings
        A file of settings; empty for the defaults.
    progress
        Is told which columns of the ledger are left out.

    Raises
    ------
    AnalysisError
        If neither a report nor a ledger is given, or one of them cannot be read; the message lists every fault.

    >>> sources("yangxian").register.rows("branches")
    34
    """
    if not place and not ledger:
        raise AnalysisError("Give a report (place), a ledger, or both. · 请给出报告、台账，或两者。")
    day = day_of(as_of)
    chosen = load_settings(settings) if settings else DEFAULT_SETTINGS
    if not place:
        register = read_ledger(Path(ledger), as_of=day, mapping=mapping, settings=chosen, progress=progress)
        return Sources(Report.of(register.place or Path(ledger).stem), register, chosen)
    report = load_report(place)
    if not ledger:
        register = Register.unknown(report)
    elif ledger == EXAMPLE:
        register = example_register(report)
    else:
        register = read_ledger(Path(ledger), as_of=day, mapping=mapping, settings=chosen, progress=progress)
    return Sources(report, register if day is None else replace(register, as_of=day), chosen)


def day_of(text: str) -> date | None:
    """Return the day that a parameter names; none where it is empty.

    Raises
    ------
    AnalysisError
        If it names no day.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise AnalysisError(f"as_of '{text}': write the day of the count as 2024-12-31. · 统计时点请写成 2024-12-31。") from None


def illustrative(register: Register) -> bool:
    """Whether a register is generated, so that nothing of it may go unmarked."""
    return register.evidence is Evidence.ILLUSTRATIVE
