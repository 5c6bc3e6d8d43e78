"""A report as data: its published figures, claims, links and wordings, loaded and checked."""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis.faults import Fault, fault
from analysis.model import (
    QUANTITIES,
    AnalysisError,
    Assumption,
    Basis,
    Confidence,
    Evidence,
    Grain,
    Interval,
    Kind,
    Named,
    Relation,
    Term,
    Unit,
    named,
    number,
    result_rows,
)
from analysis.places import shared

# how far 'about' reaches on either side, as a share of the printed value, where its digits do not say more (B1)
ABOUT = Fraction(1, 10)


class ReportError(AnalysisError):
    """A folder that is no report; `faults` holds every mistake found."""

    def __init__(self, place: str, faults: list[Fault]) -> None:
        self.faults = faults
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"The report '{place}' has {count} · 报告有 {len(faults)} 处问题:\n" + "\n".join(f"  {fault}" for fault in faults))


class Wording(Named):
    """The words in which a report makes a claim without a number."""

    full = Term("全部", "full")
    basically_full = Term("基本全部", "basically full")
    partial = Term("部分", "partial")
    exists = Term("存在", "exists")


class Subject(Named):
    """What a claim without a number is about."""

    organisation_coverage = Term("党组织覆盖", "coverage by Party organisations")
    work_coverage = Term("党的工作覆盖", "coverage by Party work")
    own_branches = Term("单独组建的支部", "branches of one unit")
    joint_branches = Term("联合支部", "joint branches")
    attached_branches = Term("挂靠组建的支部", "attached branches")


class Totals(NamedTuple):
    """The totals that bound coverage and sizes; one that is not published is None.

    `branches` counts Party organisations of any level; `own` and `joint` are of them. `with_own`, `in_joint` and `covered`
    count organisations. `full` are the full members among `members`.
    """

    organisations: Interval | None
    branches: Interval | None
    own: Interval | None
    joint: Interval | None
    with_own: Interval | None
    in_joint: Interval | None
    covered: Interval | None
    members: Interval | None
    full: Interval | None


@dataclass(frozen=True)
class Report:
    """A report's totals and claims; every frame is a table of result rows marked REPORT (or JUDGEMENT).

    Attributes
    ----------
    place
        The report's own code, as its folder is called.
    name, title, period, source
        In both languages; `period` is empty where the report prints none.
    as_of
        The date that the figures hold for, null where none is printed.
    figures
        One row a published figure: code, name_zh, name_en, value [unit × scale], relation, unit, low, high [unit],
        section, part_of, breakdown, numerator, denominator.
    claims
        One row a problem, cause or measure: code, kind, number, group_zh, group_en, part_of, grain,
        indicator, section, name_zh, name_en.
    links
        One row a link between two claims: code, source, target, basis.
    wordings
        One row a claim without a number: code, subject, wording, section.
    fingerprint
        The first characters of a hash of the folder's files, for the foot of a briefing.
    """

    place: str
    name: Term
    title: Term
    period: Term
    source: Term
    confidence: str
    as_of: date | None
    figures: pd.DataFrame
    claims: pd.DataFrame
    links: pd.DataFrame
    wordings: pd.DataFrame
    fingerprint: str = ""
    _intervals: Mapping[str, Interval] = field(default_factory=dict, repr=False)

    def interval(self, code: str) -> Interval | None:
        """Return what a published figure says of its quantity, or None where it is not published.

        >>> Report.of("demo", staff="about 4000").interval("staff")
        Interval(3500, 4500)
        """
        return self._intervals.get(code)

    def published(self, *codes: str) -> pd.DataFrame:
        """Return published figures by their codes, and a row that says so for each that is not published.

        Returns
        -------
        DataFrame, one row a code
            The columns of `figures`, and `missing` [the code, where it is not published].

        Raises
        ------
        AnalysisError
            If a code is neither published nor a known quantity.

        >>> Report.of("demo", members=678).published("members", "staff")["missing"].tolist()
        ['', 'staff']
        """
        table = self.figures.set_index("code", drop=False)
        rows: list[dict[str, object]] = []
        for code in codes:
            if code in table.index:
                rows.append({str(key): cell for key, cell in table.loc[code].items()} | {"missing": ""})
            elif code in QUANTITIES:
                known = QUANTITIES[code]
                rows.append({"code": code, **named(known.term), "unit": known.unit.name, "relation": "equal", "scale": 1, "missing": code})
            else:
                raise AnalysisError(f"'{code}' is neither a figure of this report nor a known quantity.")
        return result_rows(rows, evidence=[Evidence.REPORT]).reindex(columns=[*self.figures.columns, "missing"])

    def says(self, subject: Subject) -> bool:
        """Whether the report claims something of this subject."""
        return bool((self.wordings["subject"] == subject.name).any())

    @property
    def totals(self) -> Totals:
        """The totals that bound coverage and sizes, forms added up over levels.

        >>> Report.of("demo", own_branches=29, joint_branches=26, own_committees=4).totals.branches
        Interval(59, 59)
        """
        own, joint = self._form("own"), self._form("joint")
        counted = self._counted(own, joint)
        if own and joint and counted and own.high + joint.high < counted.low:
            # the other branches are of forms that are not told apart, and may serve one organisation or several
            own, joint = Interval(own.low, math.inf), Interval(joint.low, math.inf)
        full = self.interval("members_full")
        return Totals(
            organisations=self.interval("organisations"),
            branches=counted,
            own=own,
            joint=joint,
            with_own=self.interval("organisations_own"),
            in_joint=self.interval("organisations_joint"),
            covered=self.interval("organisations_covered"),
            members=self.interval("members") or (Interval(full.low, math.inf) if full else None),
            full=full,
        )

    def _counted(self, own: Interval | None, joint: Interval | None) -> Interval | None:
        """Return how many Party organisations the report counts, of any level."""
        branches = self.interval("branches")
        forms = sum((span for key, q in QUANTITIES.items() if q.form and (span := self.interval(key))), start=Interval.point(0))
        if self.interval("party_organisations"):
            return self.interval("party_organisations")
        if branches is None:
            # a form that is not printed may hold more
            return forms if own and joint else Interval(forms.low, math.inf) if forms.low else None
        higher = [span for key, q in QUANTITIES.items() if q.level in ("general", "committee") and (span := self.interval(key))]
        if not higher or forms.meets(branches):
            return branches
        beside = sum(higher, start=branches)
        # committees stand beside the branches where all forms add up to more; else they may be among them
        return beside if forms.low > branches.high else Interval(branches.low, beside.high)

    def _form(self, form: str) -> Interval | None:
        levels = {quantity.level: self.interval(key) for key, quantity in QUANTITIES.items() if quantity.form == form}
        printed = [span for span in levels.values() if span is not None]
        if not printed:
            return None
        total = sum(printed[1:], start=printed[0])
        # a level that the count takes in but the report does not print may hold more
        whole = levels["branch"] is not None and (len(printed) == len(levels) or self.interval("party_organisations") is None)
        return total if whole else Interval(total.low, math.inf)

    @property
    def term(self) -> pd.DataFrame:
        """The report's name, title, period and source as result rows, for sentences."""
        return result_rows(
            [
                {"code": "name", **named(self.name)},
                {"code": "title", **named(Term(self.title.zh or self.name.zh, self.title.en or self.name.en))},
                {"code": "period", **named(Term(self.period.zh or "未注明", self.period.en or "not stated"))},
                {"code": "source", **named(Term(self.source.zh or "来源未注明", self.source.en or "source not stated"))},
            ],
            evidence=[Evidence.REPORT],
        )

    @classmethod
    def of(cls, place: str, **figures: int | str) -> Report:
        """Return a report made of a few totals, for a script or a quick look.

        Parameters
        ----------
        place
            A name for the place.
        figures
            Quantities of `analysis.QUANTITIES` and what is printed of each: a number, or text such as
            'about 4000', 'over 50', 'nearly 30', 'at least 11', '2.65万', 约4000, 近400, 50多.

        Raises
        ------
        ReportError
            If a quantity is not known or a value cannot be read.

        >>> Report.of("demo", organisations=42, branches=34).figures["value"].tolist()
        ['42', '34']
        """
        rows, faults = [], []
        for key, printed in figures.items():
            if key not in QUANTITIES:
                faults.append(fault("unknown_quantity", place, column=key, known=", ".join(QUANTITIES)))
                continue
            if str(printed).strip().endswith(("%", "％")) and QUANTITIES[key].unit is not Unit.percent:
                faults.append(fault("share_of_count", place, column=key, value=str(printed)))
                continue
            try:
                relation, value, scale = parse_printed(str(printed))
            except ValueError:
                faults.append(fault("not_printed", place, column=key, value=str(printed)))
                continue
            rows.append({"key": key, "value": value, "scale": str(scale), "relation": relation.name})
        if faults:
            raise ReportError(place, faults)
        about = {"name_zh": place, "name_en": place}
        return _build(place, about, {"figures.csv": pd.DataFrame(rows)}, "")


_WORDS: tuple[tuple[str, Relation], ...] = (
    (r"(?:about|around|some|approximately|~|≈|约|大约|约为)\s*({n})|({n})\s*(?:左右|上下)", Relation.about),
    (r"(?:over|more than|above|>|超过|超|逾|多于)\s*({n})|({n})\s*(?:多|余|\+)", Relation.over),
    (r"(?:nearly|almost|under|less than|<|近|将近|接近|不足|不到)\s*({n})", Relation.nearly),
    (r"(?:at least|>=|≥|不少于|不低于|至少)\s*({n})|({n})\s*(?:以上|及以上)", Relation.at_least),
    (r"(?:at most|<=|≤|不多于|不超过|至多)\s*({n})|({n})\s*(?:以下|及以下|以内)", Relation.at_most),
    (r"({n})", Relation.equal),
)
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s*万)?(?:\s*%)?"
_COUNTED = re.compile(r"(?:家|个|名|人|户|处|期)$")


def parse_printed(text: str) -> tuple[Relation, str, int]:
    """Read a number as a report prints it: its relation, its digits, its scale.

    Raises
    ------
    ValueError
        If it is not a number with at most one of the known words.

    >>> parse_printed("2.65万")
    (<Relation.equal: Term(zh='等于', en='equal')>, '2.65', 10000)
    """
    # full-width digits and signs are the same ones; 42家 and 50余家 count the same as 42 and 50余; 1万多 as 1多万
    plain = _COUNTED.sub("", unicodedata.normalize("NFKC", text).strip())
    plain = re.sub(r"([多余])万", r"万\1", plain)
    for pattern, relation in _WORDS:
        found = re.fullmatch(pattern.replace("{n}", _NUMBER), plain, re.IGNORECASE)
        if found:
            digits = next(group for group in found.groups() if group)
            scale = 10_000 if "万" in digits else 1
            return relation, digits.rstrip("万% ").replace(",", ""), scale
    raise ValueError("is not a number that a report prints")


def printed_interval(value: str, *, scale: int = 1, relation: Relation = Relation.equal, rounded: bool = False) -> Interval:
    """Return all true values that a printed figure leaves open, its rounding and its words allowed for.

    Parameters
    ----------
    value
        The digits as printed: '31.5' says more than '31'.
    scale
        What one printed unit stands for, 10000 for 万.
    relation
        The word before it. 'About' reaches half a unit of the last digit that is not zero, and at least a tenth.
    rounded
        Whether a whole number, too, may be rounded, as a percentage is.

    >>> printed_interval("4.0", scale=10_000), printed_interval("42")
    (Interval(39500, 40500), Interval(42, 42))
    """
    exact = Fraction(value)
    places = len(value.partition(".")[2])
    slack = Fraction(1, 2 * 10**places) if places or scale > 1 or rounded else Fraction(0)
    if relation is Relation.about:
        zeros = len(value) - len(value.rstrip("0")) if not places else -places
        slack = max(Fraction(10) ** zeros / 2, abs(exact) * ABOUT)
    low, high = max(Fraction(0), exact - slack) * scale, (exact + slack) * scale
    if relation in (Relation.at_least, Relation.over):
        return Interval(low, math.inf)
    if relation in (Relation.at_most, Relation.nearly):
        return Interval(Fraction(0), high)
    return Interval(low, high)


def load_report(place: str | Path) -> Report:
    """Load a report from its folder, or by the name of one that travels with the package.

    Parameters
    ----------
    place
        A folder of report.toml, figures.csv and, where the report makes claims, claims.csv, links.csv and
        wordings.csv (docs/reports.md tells how to write one); or a folder's name below data/reports.

    Raises
    ------
    ReportError
        With every fault of the folder at once: file, line, column, value, what to do.

    >>> load_report("yangxian").interval("branches")
    Interval(34, 34)
    """
    folder = Path(place)
    if not folder.is_dir():
        folder = shared("data") / "reports" / str(place)
    if not (folder / "report.toml").is_file():
        known = ", ".join(sorted(path.name for path in (shared("data") / "reports").iterdir() if path.is_dir()))
        raise ReportError(
            str(place),
            [fault("no_report", "report.toml", place=place, known=known)],
        )
    faults: list[Fault] = []
    about = _read_toml(folder / "report.toml", faults)
    tables = {file: _read_table(folder / file, faults, _REQUIRED[file], _OPTIONAL[file]) for file in _TABLES if (folder / file).is_file()}
    if "figures.csv" not in tables:
        faults.append(fault("no_figures", "figures.csv"))
    digest = hashlib.sha256()
    for file in ("report.toml", *_TABLES):
        if (folder / file).is_file():
            digest.update((folder / file).read_bytes().replace(b"\r\n", b"\n"))
    return _build(folder.name, about, tables, digest.hexdigest()[:12], faults)


_ABOUT = ("name_zh", "name_en", "title_zh", "title_en", "period_zh", "period_en", "source_zh", "source_en", "confidence", "as_of")
_REQUIRED = {
    "figures.csv": ("key", "value"),
    "claims.csv": ("code", "kind", "name_zh", "name_en"),
    "links.csv": ("source", "target", "basis"),
    "wordings.csv": ("subject", "wording"),
}
_OPTIONAL = {
    "figures.csv": ("scale", "relation", "unit", "section", "part_of", "breakdown", "numerator", "denominator", "name_zh", "name_en"),
    "claims.csv": ("number", "group_zh", "group_en", "part_of", "grain", "indicator", "section"),
    "links.csv": ("note_zh", "note_en"),
    "wordings.csv": ("section",),
}
_TABLES = tuple(_REQUIRED)


def _read_toml(path: Path, faults: list[Fault]) -> dict[str, str]:
    try:
        about = {key: str(value) for key, value in tomllib.loads(path.read_text("utf-8-sig")).items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(fault("not_toml", path.name, error=error))
        return {}
    for key in ("name_zh", "name_en"):
        if not about.get(key):
            faults.append(fault("no_key", path.name, column=key, key=key))
    if about.get("confidence", "medium") not in Confidence.__members__:
        levels = ", ".join(Confidence.__members__)
        faults.append(fault("level", path.name, column="confidence", value=about["confidence"], known=levels))
    for key in sorted(set(about) - set(_ABOUT)):
        faults.append(fault("key", path.name, column=key, value=about[key], known=", ".join(_ABOUT)))
    if about.get("as_of"):
        try:
            date.fromisoformat(about["as_of"])
        except ValueError:
            faults.append(fault("date", path.name, column="as_of", value=about["as_of"]))
    return about


def _read_table(path: Path, faults: list[Fault], required: Sequence[str], optional: Sequence[str] = ()) -> pd.DataFrame:
    """Return a CSV file as text, with the columns that it has; what is wrong with its shape is added to the faults."""
    try:
        lines = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        faults.append(fault("not_csv", path.name, error=error))
        return pd.DataFrame(columns=list(required))
    header = [name.strip() for name in lines[0]] if lines else []
    for at, line in enumerate(lines[1:], start=2):
        if len(line) > len(header):
            extra = ", ".join(line[len(header) :])
            faults.append(fault("too_many_cells", path.name, line=at, value=extra))
    cells = [dict(zip(header, [*line, *[""] * len(header)], strict=False)) for line in lines[1:]]
    table = pd.DataFrame(cells, columns=header, dtype="str")
    for column in required:
        if column not in table.columns:
            faults.append(fault("no_column", path.name, line=1, column=column))
    known = [*required, *optional]
    for column in table.columns:
        if column not in known:
            faults.append(fault("column", path.name, line=1, column=str(column), known=", ".join(known)))
    return table


class _Checker:
    """Collects the faults of one report's tables."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        self.absent = {(fault.file, fault.column) for fault in self.faults if fault.line in (None, 1)}
        self.tables = {file: self._whole(file, tables.get(file, pd.DataFrame())) for file in _TABLES}

    def _whole(self, file: str, table: pd.DataFrame) -> pd.DataFrame:
        columns = _REQUIRED[file] + _OPTIONAL[file]
        return table.reindex(columns=list(columns)).astype("str").fillna("").map(str.strip).reset_index(drop=True)

    def fault(self, kind: str, file: str, row: int, column: str, **words: object) -> None:
        value = str(self.tables[file].at[row, column])
        self.faults.append(fault(kind, file, line=row + 2, column=column, value=value, **words))

    def each(self, file: str, column: str, right: Callable[[str], object], kind: str, **words: object) -> None:
        """Report every cell that is not right."""
        for row, value in enumerate(self.tables[file][column] if not self.lacks(file, column) else ()):
            if not right(value):
                self.fault(kind, file, row, column, **words)

    def lacks(self, file: str, column: str) -> bool:
        """Whether a file or its column is not there: reported once, not cell by cell."""
        return bool({(file, ""), (file, column)} & self.absent)

    def codes(self, file: str, column: str, kinds: type[Named]) -> None:
        known = [member.name for member in kinds]
        self.each(file, column, lambda v: v in known or not v, "code", known=", ".join(known))

    def filled(self, file: str) -> None:
        for column in _REQUIRED[file]:
            self.each(file, column, bool, "empty")

    def unique(self, file: str, column: str) -> None:
        twice = self.tables[file][column].duplicated() & (self.tables[file][column] != "")
        for row in self.tables[file].index[twice]:
            self.fault("twice", file, int(row), column)

    def refers(self, file: str, column: str, to: str, key: str) -> None:
        if self.lacks(to, key):
            return
        codes = set(self.tables[to][key])
        where = Term(f" {key} 列", f"the column {key}") if to == file else Term(f" {to} ", to)
        self.each(file, column, lambda v: not v or v in codes, "nowhere", where=where)


def _unit_of(key: str, unit: str) -> Unit | None:
    return QUANTITIES[key].unit if key in QUANTITIES else Unit.__members__.get(unit)


def _comparable(part: Unit, whole: Unit) -> bool:
    """Whether one can be a part of the other; Party bodies of organisations are let in, for the audit to say what is wrong."""
    return part is whole or {part, whole} <= {Unit.organisation, Unit.party_organisation, Unit.branch}


def _figure_faults(check: _Checker) -> None:
    file = "figures.csv"
    table = check.tables[file]
    check.filled(file)
    check.unique(file, "key")
    check.each(file, "value", lambda v: re.fullmatch(r"\d+(\.\d+)?", v) or not v, "number")
    check.each(file, "scale", lambda v: v in ("", "1", "10000"), "scale")
    check.codes(file, "relation", Relation)
    check.codes(file, "unit", Unit)
    for column in ("part_of", "numerator", "denominator"):
        check.refers(file, column, file, "key")
    units = {key: unit for key, unit in zip(table["key"], map(_unit_of, table["key"], table["unit"]), strict=True) if unit}
    for row, figure in table.iterrows():
        at = int(str(row))
        known = QUANTITIES.get(figure["key"])
        if known is None and figure["key"] and not (figure["name_zh"] and figure["name_en"] and figure["unit"]):
            check.fault("quantity", file, at, "key", known=", ".join(QUANTITIES))
        if known and figure["unit"] and figure["unit"] != known.unit.name:
            check.fault("other_unit", file, at, "unit", key=figure["key"], unit=known.unit.name)
        part, whole = units.get(figure["key"]), units.get(figure["part_of"])
        if "." in figure["value"] and figure["scale"] in ("", "1") and part not in (None, Unit.percent, Unit.other):
            check.fault("not_whole", file, at, "value")
        if figure["breakdown"] and not figure["part_of"]:
            check.fault("no_total", file, at, "breakdown")
        if part and whole and not _comparable(part, whole):
            check.fault("units_differ", file, at, "part_of", part=part.term, whole=whole.term)
        if figure["part_of"] and figure["part_of"] == figure["key"]:
            check.fault("own_part", file, at, "part_of")


def _claim_faults(check: _Checker) -> None:
    claims = check.tables["claims.csv"]
    check.filled("claims.csv")
    check.unique("claims.csv", "code")
    check.codes("claims.csv", "kind", Kind)
    check.codes("claims.csv", "grain", Grain)
    check.each("claims.csv", "number", lambda v: re.fullmatch(r"[0-9]*", v), "list_number")
    check.refers("claims.csv", "part_of", "claims.csv", "code")
    check.filled("links.csv")
    check.codes("links.csv", "basis", Basis)
    for column in ("source", "target"):
        check.refers("links.csv", column, "claims.csv", "code")
    _link_faults(check, dict(zip(claims["code"], claims["kind"], strict=True)))
    check.filled("wordings.csv")
    check.codes("wordings.csv", "subject", Subject)
    check.codes("wordings.csv", "wording", Wording)


def _link_faults(check: _Checker, kinds: Mapping[str, str]) -> None:
    allowed = {("cause", "problem"), ("aside", "problem"), ("measure", "problem"), ("measure", "cause"), ("measure", "aside")}
    seen: set[tuple[str, str]] = set()
    for row, link in check.tables["links.csv"].iterrows():
        pair = (link["source"], link["target"])
        ends = (kinds.get(pair[0]), kinds.get(pair[1]))
        if all(ends) and ends not in allowed:
            names = {end: Kind.of(str(kind)).term for end, kind in zip(("source", "target"), ends, strict=True)}
            check.fault("no_link", "links.csv", int(str(row)), "target", **names)
        if pair in seen:
            check.fault("link_twice", "links.csv", int(str(row)), "target", source=pair[0])
        seen.add(pair)


def _build(
    place: str, about: Mapping[str, str], tables: Mapping[str, pd.DataFrame], fingerprint: str, faults: Iterable[Fault] = ()
) -> Report:
    check = _Checker(tables, faults)
    _figure_faults(check)
    _claim_faults(check)
    if check.faults:
        raise ReportError(place, check.faults)
    intervals: dict[str, Interval] = {}
    links = _coded(check.tables["links.csv"], "source", ">", "target")

    def term(stem: str) -> Term:
        return Term(about.get(f"{stem}_zh", ""), about.get(f"{stem}_en", ""))

    return Report(
        place=place,
        name=term("name"),
        title=term("title"),
        period=term("period"),
        source=term("source"),
        confidence=about.get("confidence", "medium"),
        as_of=date.fromisoformat(about["as_of"]) if about.get("as_of") else None,
        figures=_figures(check.tables["figures.csv"], intervals),
        claims=_marked(check.tables["claims.csv"].assign(grain=lambda t: t["grain"].replace("", "county")), [Evidence.REPORT]),
        # a link that the text does not make is our judgement, and stays marked as one
        links=_marked(links, [Evidence.REPORT], JUDGEMENT=links["basis"] == Basis.read.name),
        wordings=_marked(_coded(check.tables["wordings.csv"], "subject", ":", "wording"), [Evidence.REPORT]),
        fingerprint=fingerprint,
        _intervals=intervals,
    )


def _coded(table: pd.DataFrame, first: str, between: str, second: str) -> pd.DataFrame:
    coded = table.copy()
    coded.insert(0, "code", table[first] + between + table[second])
    return coded


def _figures(table: pd.DataFrame, intervals: dict[str, Interval]) -> pd.DataFrame:
    """Return the published figures as result rows, their intervals written down."""
    rows = [{str(key): str(cell) for key, cell in row.items()} for row in table.to_dict("records")]
    figures = result_rows([_figure(row, intervals) for row in rows], evidence=[Evidence.REPORT])
    return figures if len(figures) else figures.reindex(columns=_FIGURE)


def _marked(table: pd.DataFrame, evidence: list[Evidence], **where: pd.Series[bool]) -> pd.DataFrame:
    records = [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
    for name, mask in where.items():
        for record, marked in zip(records, mask, strict=True):
            record["evidence"] = name if marked else ""
    rows = result_rows(records, evidence=evidence, assumptions=list[Assumption]())
    return rows if len(rows) else rows.reindex(columns=[*table.columns, "evidence", "assumptions"])


_FIGURE = ["code", "name_zh", "name_en", "value", "scale", "relation", "unit", "low", "high", "section", "part_of", "breakdown",
           "numerator", "denominator", "evidence", "assumptions"]  # fmt: skip


def _figure(row: Mapping[str, str], intervals: dict[str, Interval]) -> dict[str, object]:
    key = row["key"]
    known = QUANTITIES.get(key)
    unit = known.unit if known else Unit.of(row["unit"])
    relation = Relation.of(row["relation"] or "equal")
    scale = int(row["scale"] or 1)
    intervals[key] = printed_interval(row["value"], scale=scale, relation=relation, rounded=unit is Unit.percent)
    names = Term(row["name_zh"] or (known.term.zh if known else ""), row["name_en"] or (known.term.en if known else ""))
    return {
        "code": key,
        **named(names),
        "value": row["value"],
        "scale": scale,
        "relation": relation.name,
        "unit": unit.name,
        "low": number(intervals[key].low),
        "high": number(intervals[key].high),
        **{column: row[column] for column in ("section", "part_of", "breakdown", "numerator", "denominator")},
    }
