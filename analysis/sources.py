"""What a notebook starts from: a report, a ledger, or both, with the settings; each given by a name, a path, or left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from analysis.ledger import read_ledger
from analysis.model import AnalysisError, Evidence, Term
from analysis.register import Register
from analysis.report import Report, load_report
from analysis.settings import DEFAULT_SETTINGS, Settings, load_settings

EXAMPLE, LATER = "example", "example-later"


class Sources(NamedTuple):
    """A report and a register of one place, and what the county sets for itself."""

    report: Report
    register: Register
    settings: Settings


def sources(
    place: Path | str = "",
    *,
    ledger: Path | str = "",
    mapping: Path | str = "",
    as_of: str = "",
    settings: Path | str = "",
    progress: Callable[[str], None] | None = None,
) -> Sources:
    """Return the report, the register and the settings that a notebook's parameters name.

    Parameters
    ----------
    place
        A report's name or folder; empty for none, so that the ledger stands alone.
    ledger
        A ledger's file or folder; 'example' for the illustrative register of the report, 'example-later' for its next year; empty for
        none: every cell is unknown.
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
    elif ledger in (EXAMPLE, LATER):
        register = _example(report, ledger)
    else:
        register = read_ledger(Path(ledger), as_of=day, mapping=mapping, settings=chosen, progress=progress)
        if progress and not _one_place(register.place, report.place, *report.name):
            progress(
                _OTHER_PLACE.zh.format(register.place, report.name.zh) + " · " + _OTHER_PLACE.en.format(register.place, report.name.en)
            )
    return Sources(report, register if day is None else replace(register, as_of=day), chosen)


_OTHER_PLACE = Term(
    "台账写的地名是“{}”，报告是“{}”：请核对是不是同一地方", "the ledger names '{}', the report '{}': see that both are of one place"
)


def _one_place(name: str, *others: str) -> bool:
    """Whether a place may be one of others: one is empty, or a part of the other, as a county's name is of that with its city's."""
    one, *rest = ("".join(each.split()).casefold() for each in (name, *others))
    return not one or any(not other or one in other or other in one for other in rest)


def _example(report: Report, name: str) -> Register:
    from analysis.example import example_register  # noqa: PLC0415 - few ledgers are the example
    from analysis.example_year import example_later  # noqa: PLC0415 - as above

    register = example_register(report)
    return example_later(register) if name == LATER else register


def snapshots(
    register: Register, before: Iterable[str] = (), *, place: str = "", mapping: str = "", settings: Settings = DEFAULT_SETTINGS
) -> tuple[Register, ...]:
    """Return a register with those of earlier dates, in order of time.

    Parameters
    ----------
    register
        The latest.
    before
        Earlier ledgers, as `sources` takes one; one that does not say its day of the count gets it after an @, as in
        old.xlsx@2011-12-31.
    place
        The report, where an earlier ledger is its example.
    mapping, settings
        As in `sources`; of all ledgers.

    Raises
    ------
    AnalysisError
        If one cannot be read, is of another place, has no day, or has that of another.

    >>> len(snapshots(sources("yangxian", ledger="example-later").register, ["example"], place="yangxian"))
    2
    """
    before = [before] if isinstance(before, str) else before
    days = {} if register.as_of is None else {register.as_of: "ledger"}
    earlier = []
    for each in before:
        path, day = _dated(each)
        known = each in (EXAMPLE, LATER)
        found = _example(load_report(place), each) if known else read_ledger(Path(path), mapping=mapping, as_of=day, settings=settings)
        if found.as_of is None:
            raise AnalysisError(
                f"'{path}' says no day of the count: give it as {path}@2011-12-31. · 没有统计时点：请写成 {path}@2011-12-31。"
            )
        if not _one_place(found.place, register.place):
            raise AnalysisError(
                f"'{path}' is of {found.place}, the present ledger of {register.place}: give ledgers of one place, or correct its name in one. · "
                f"“{path}”是{found.place}的，本期台账是{register.place}的：请给同一地方的台账，或改正其中的地名。"
            )
        if found.as_of in days:
            raise AnalysisError(
                f"'{path}' is of {found.as_of}, as is '{days[found.as_of]}': give ledgers of different days. · 两份台账是同一天：请给不同日期的。"
            )
        days[found.as_of] = path
        earlier.append(found)
    return (*sorted(earlier, key=lambda each: each.as_of or date.min), register)


def _dated(given: str) -> tuple[str, date | None]:
    """Return a ledger's path and the day of the count that stands after it, if one does."""
    path, at, day = given.rpartition("@")
    return (path, day_of(day)) if at and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day) else (given, None)


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
