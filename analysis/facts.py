"""What a row's cells say, with 'not known' kept apart from 'no': the small algebra that indicators are written in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import add, or_
from typing import NamedTuple

import narwhals as nw

from analysis.register import day, last_day


class Fact(NamedTuple):
    """A yes-or-no question to a row: where it is known to hold and where it is known not to; neither ever is null."""

    yes: nw.Expr
    no: nw.Expr

    def __invert__(self) -> Fact:
        """Return the opposite; what is not known stays so."""
        return Fact(self.no, self.yes)

    def __and__(self, other: Fact) -> Fact:
        """Return whether both hold: one 'no' decides, whatever the other is."""
        return Fact(self.yes & other.yes, self.no | other.no)

    def __or__(self, other: Fact) -> Fact:
        """Return whether one of them holds: one 'yes' decides."""
        return ~(~self & ~other)


EVERY = Fact(nw.lit(True), nw.lit(False))
UNKNOWN = Fact(nw.lit(False), nw.lit(False))


def known(name: str) -> nw.Expr:
    """Return where a cell is filled; never inferred from a comparison, for null is not less than anything."""
    return ~nw.col(name).is_null()


def _compared(name: str, holds: nw.Expr) -> Fact:
    return Fact(known(name) & holds, known(name) & ~holds)


def given(name: str) -> Fact:
    """Return whether a cell is filled, for columns that are empty where there is none."""
    return Fact(known(name), ~known(name))


def says_yes(name: str) -> Fact:
    """Return whether a cell of yes or no says yes."""
    return _compared(name, nw.col(name).fill_null(False))


def below(name: str, limit: float) -> Fact:
    """Return whether a number is less than a limit."""
    return _compared(name, nw.col(name).fill_null(0) < limit)


def one_of(name: str, codes: Iterable[nw.Expr | str]) -> Fact:
    """Return whether a cell bears one of these codes."""
    return _compared(name, nw.col(name).fill_null("").is_in(list(codes)))


def before(name: str, number: int | None, *, years: nw.Expr | int = 0) -> Fact:
    """Return whether a date, with years added, lies before a day given as yyyymmdd; not known without that day.

    Of a date known to its month alone, both ends of the month must agree.
    """
    if number is None:
        return UNKNOWN
    return Fact(known(name) & (last_day(name) + years * 10_000 < number), known(name) & (day(name) + years * 10_000 >= number))


def at_least_of(least: int, facts: Iterable[Fact]) -> Fact:
    """Return whether at least so many of these hold."""
    every = list(facts)
    yes = reduce(add, (fact.yes.cast(nw.Int64) for fact in every))
    no = reduce(add, (fact.no.cast(nw.Int64) for fact in every))
    return Fact(yes >= least, no > len(every) - least)


class Amount(NamedTuple):
    """A number that a row gives: its value (0 where it is not known) and where it is known."""

    value: nw.Expr
    known: nw.Expr

    def __add__(self, other: Amount) -> Amount:  # type: ignore[override]
        """Return the sum, known where both are."""
        return Amount(self.value + other.value, self.known & other.known)

    def __sub__(self, other: Amount) -> Amount:
        """Return the difference, known where both are."""
        return Amount(self.value - other.value, self.known & other.known)


def amount(name: str) -> Amount:
    """Return the number in a cell."""
    return Amount(nw.col(name).fill_null(0).cast(nw.Int64), known(name))


SUMS = ("part", "whole", "unknown", "unsized", "thins", "swells")


class Counted(NamedTuple):
    """The share of rows for which `part` holds among those for which `whole` holds."""

    part: Fact
    whole: Fact = EVERY

    def cells(self) -> dict[str, nw.Expr]:
        """Return what is asked of each row, to be worked out once."""
        return {"p": self.part.yes, "q": self.part.no, "w": self.whole.yes, "v": self.whole.no}

    @staticmethod
    def sums(name: str) -> dict[str, nw.Expr]:
        """Return what a row adds to each sum.

        `unsized` counts rows that may or may not be counted, `thins` those of them that may lower the share and `swells` those
        that may raise it.
        """
        part, rest, whole, out = (nw.col(f"{name}.{cell}") for cell in "pqwv")
        open_whole = ~(whole | out)
        parts = (whole & part, whole & (part | rest), whole & ~(part | rest), open_whole, open_whole & ~part, open_whole & ~rest)
        return {key: sign.cast(nw.Int64) for key, sign in zip(SUMS, parts, strict=True)}


class Weighed(NamedTuple):
    """The share of one amount in another; a pair of cells of which the part exceeds the whole settles nothing."""

    part: Amount
    whole: Amount

    def cells(self) -> dict[str, nw.Expr]:
        """Return what is asked of each row, to be worked out once."""
        sound = self.whole.known & (self.whole.value >= 0)
        both = sound & self.part.known & (self.part.value >= 0) & (self.part.value <= self.whole.value)
        return {"p": self.part.value, "w": self.whole.value, "s": sound, "b": both}

    @staticmethod
    def sums(name: str) -> dict[str, nw.Expr]:
        """Return what a row adds to each sum: nothing bounds the weight of a row that is `unsized`."""
        part, whole, sound, both = (nw.col(f"{name}.{cell}") for cell in "pwsb")
        taken, open_part, unsized = (where.cast(nw.Int64) for where in (both, sound & ~both, ~sound))
        return dict(zip(SUMS, (part * taken, whole * taken, whole * open_part, unsized, unsized, unsized), strict=True))


Measure = Counted | Weighed


def any_of(*facts: Fact) -> Fact:
    """Return whether one of these holds."""
    return reduce(or_, facts)
