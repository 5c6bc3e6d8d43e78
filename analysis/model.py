"""Vocabulary, intervals and result rows: the ground floor that every other module stands on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import Literal, NamedTuple, Self

import pandas as pd

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, Lang] = ("zh", "en")


class AnalysisError(Exception):
    """A mistake in the input, said in sentences that a user can act on."""


class Term(NamedTuple):
    """One name in Chinese and in English."""

    zh: str
    en: str

    def __call__(self, lang: Lang) -> str:
        """Return the name in the language asked for.

        >>> Term("支部", "branch")("en")
        'branch'
        """
        return self.zh if lang == "zh" else self.en


class Named(Enum):
    """An enumeration whose members are terms; the member's own name is its code in data files."""

    @property
    def term(self) -> Term:
        """The member's name in both languages."""
        value: Term = self.value
        return value

    @classmethod
    def of(cls, code: str | Self) -> Self:
        """Return the member with this code; a member as it is.

        Raises
        ------
        AnalysisError
            If no member has it; the message lists those that exist.
        """
        if isinstance(code, cls):
            return code
        try:
            return cls[str(code)]
        except KeyError:
            known = ", ".join(member.name for member in cls)
            raise AnalysisError(f"'{code}' is not one of: {known}") from None


class Evidence(Named):
    """What a number rests on; every result row names all that apply."""

    REPORT = Term("■ 报告所载", "■ printed in the report")
    BOUND = Term("▭ 总数推出", "▭ bound by totals")
    REFERENCE = Term("◆ 外部参照", "◆ outside reference")
    LEDGER = Term("▤ 台账", "▤ ledger")
    ILLUSTRATIVE = Term("✻ 示例数据（生成）", "✻ illustrative (generated)")
    JUDGEMENT = Term("▲ 研判", "▲ judgement")


class Relation(Named):
    """How a printed figure stands to the true one."""

    equal = Term("等于", "equal")
    at_least = Term("不少于", "at least")
    over = Term("多于", "over")
    at_most = Term("不多于", "at most")
    nearly = Term("近", "nearly")
    about = Term("约", "about")


class Unit(Named):
    """What a figure counts."""

    organisation = Term("家", "organisations")
    party_organisation = Term("个党组织", "Party organisations")
    branch = Term("个支部", "branches")
    person = Term("人", "people")
    percent = Term("%", "%")
    site = Term("个示范点", "sites")
    class_a_year = Term("期/年", "classes a year")
    other = Term("", "")

    @property
    def of_the_party(self) -> bool:
        """Whether the unit is a Party body, which is never a share of organisations."""
        return self in (Unit.party_organisation, Unit.branch)


class Kind(Named):
    """What a claim of a report is."""

    problem = Term("问题", "problem")
    cause = Term("原因", "cause")
    aside = Term("对策中附带的原因", "cause named beside a measure")
    measure = Term("对策", "measure")


class Basis(Named):
    """Whether the text itself makes a link between two claims, or we read it so."""

    stated = Term("原文明示", "stated by the text")
    read = Term("本项目解读", "read by us")


class Severity(Named):
    """How much a finding weighs."""

    error = Term("矛盾", "contradiction")
    warning = Term("存疑", "doubt")
    note = Term("提示", "remark")


class Verdict(Named):
    """What totals say of a claim."""

    proved = Term("从总数看成立", "proved by the totals")
    refuted = Term("从总数看不成立", "refuted by the totals")
    open = Term("总数既不能证实也不能否定", "neither proved nor refuted by the totals")
    contradicted = Term("总数与假设相抵触，无从判断", "not to be judged: totals and assumptions contradict each other")
    unknown = Term("缺少总数，无从判断", "not to be judged: a total is missing")


class Assumption(Named):
    """A switch of the bounds; ASSUMPTIONS.md says why each is there and what changes without it."""

    A1 = Term("每个支部至少服务一家在册组织", "every counted branch serves at least one of the organisations")
    A2 = Term("一家组织至多有一个计数支部", "no organisation has two counted branches")
    A3 = Term("没有组织挂靠在计数之外的支部", "no organisation sits in a branch outside the count")
    A4 = Term("联合支部的各方都在册", "the partners of a joint branch are all among the organisations")
    A5 = Term("联合支部不超过规定的覆盖家数（2018 年起）", "no joint branch covers more than the usual limit of units (a rule of 2018)")
    A6 = Term("没有组织落空：按“全覆盖”的字面", "no organisation is without a branch: full coverage taken at its word")
    A7 = Term("至少有一个联合支部（报告所述）", "at least one joint branch exists, as the report says")
    A8 = Term("全部党员都是这些支部的正式党员", "all members are full members of these branches")
    A9 = Term("每个支部达到规定的最低正式党员数", "every branch has the least number of full members that the rules ask")
    A10 = Term("支部不超过规定的一般上限（2018 年起）", "no branch exceeds the usual upper limit (a rule of 2018)")


class Choice(Named):
    """A choice behind an indicator; ASSUMPTIONS.md says why it is so and what changes otherwise."""

    C18 = Term("谁算应建是一项设定", "who is eligible is a setting")
    C19 = Term("恰为上限时怎样算是一项设定", "what exactly the limit makes is a setting")
    C20 = Term("软弱涣散的清单由县里定", "the county makes the list for weak branches")
    C21 = Term("书记几个月未受训算“久”是一项设定", "after how many months a secretary is long without training is a setting")
    C22 = Term(
        "单独、联合、挂靠都算有党组织；功能型、指导员不算",
        "own, joint and attached count as a Party organisation; functional branches and instructors do not",
    )
    C23 = Term("党员以从业人员中的党员为准", "members are those among the staff")
    C24 = Term("年龄的分界", "where ages are cut")
    C25 = Term("任期按选举时的规定", "terms by the rule in force at the election")
    C26 = Term("支部所在的镇由所辖组织汇总", "a branch's townships are those of its organisations")
    C27 = Term("从业人员过多的社会团体疑似计入会员", "associations with very many staff probably count their members")
    C28 = Term("台账的“35岁以下”含不含三十五岁是一项设定", "whether a ledger's '35岁以下' has those aged 35 is a setting")
    C29 = Term("读不了的单元格怎样处理是一项设定", "what becomes of a cell that cannot be read is a setting")
    C30 = Term(
        "原因、对策触及谁：支部看所辖组织，组织看所属支部",
        "whom a cause or a measure touches: a branch by its organisations, they by their branch",
    )
    C31 = Term("何时说两者相伴，何时说看不出", "when two are said to go together, and when it cannot be told")
    C32 = Term("对策先后的各项准绳及其次序", "by what measures are ordered, and in which order")
    C35 = Term("任务的到期日与轻重", "when an action is due, and which come first")
    C36 = Term("变动按两期合并的比例分解", "a change is split against the share of both dates pooled")
    C37 = Term(
        "两期的行按编号对应，没有编号的按各不相同的名称",
        "rows of two dates are matched by their numbers, or where there are none by names that stand once",
    )
    C38 = Term(
        "单位仍在，清单上不再出现的、交回的日期与清单不相抵触的，算办结",
        "while its unit is still there, what is off the list counts as done, and what has a day handed back that the list does not gainsay",
    )
    C39 = Term("进度按直线外推，补齐空格不算进展", "pace runs on in a straight line; filling cells is no progress")
    C33 = Term("测算所用的比率是参数，各带一个区间", "the rates that plans go by are parameters, each with a range")
    C34 = Term("示范点按什么计是一项参数", "what a demonstration site is counted as is a parameter")


class Agreement(Named):
    """How a published figure stands to a register."""

    agrees = Term("一致", "agrees")
    possible = Term("可能一致，有空格", "may agree: cells are empty")
    differs = Term("不一致", "differs")
    not_held = Term("台账不含此项", "not in a register")


def switches(assume: Iterable[Assumption | str]) -> frozenset[Assumption]:
    """Return assumptions given as members or as their codes.

    Raises
    ------
    AnalysisError
        If a code is not one of them.

    >>> sorted(s.name for s in switches(["A1", Assumption.A2]))
    ['A1', 'A2']
    """
    given = assume.split() if isinstance(assume, str) else assume
    return frozenset(Assumption.of(switch) if isinstance(switch, str) else switch for switch in given)


class Grain(Named):
    """What a claim is a property of."""

    organisation = Term("组织的性质", "a property of organisations")
    branch = Term("支部的性质", "a property of branches")
    county = Term("全县的情况", "a matter of the whole county")


class Confidence(Named):
    """How sure a source is."""

    low = Term("低", "low")
    medium = Term("中", "medium")
    high = Term("高", "high")


class Quantity(NamedTuple):
    """A figure that reports commonly print: what it counts and, for a Party body, its form and level."""

    term: Term
    unit: Unit
    whole: str = ""
    form: str = ""
    level: str = ""


# `whole`: the quantity that this one can never exceed, by definition.
QUANTITIES: dict[str, Quantity] = {
    "organisations": Quantity(Term("登记的社会组织", "registered organisations"), Unit.organisation),
    "associations": Quantity(Term("社会团体", "associations"), Unit.organisation, "organisations"),
    "private_nonprofits": Quantity(Term("民办非企业单位", "private non-enterprise units"), Unit.organisation, "organisations"),
    "foundations": Quantity(Term("基金会", "foundations"), Unit.organisation, "organisations"),
    "organisations_covered": Quantity(
        Term("已建党组织的社会组织", "organisations with a Party organisation"), Unit.organisation, "organisations"
    ),
    "eligible_organisations": Quantity(
        Term("具备建立条件的社会组织", "organisations eligible for a Party organisation"), Unit.organisation, "organisations"
    ),
    "staff": Quantity(Term("从业人员", "staff"), Unit.person),
    "members": Quantity(Term("党员", "Party members"), Unit.person),
    "members_full": Quantity(Term("正式党员", "full members"), Unit.person, "members"),
    "members_probationary": Quantity(Term("预备党员", "probationary members"), Unit.person, "members"),
    "party_organisations": Quantity(Term("党组织", "Party organisations"), Unit.party_organisation),
    "branches": Quantity(Term("党支部", "Party branches"), Unit.branch, "party_organisations"),
    "own_committees": Quantity(
        Term("单独组建的党委", "committees of one unit"), Unit.party_organisation, "party_organisations", "own", "committee"
    ),
    "own_general_branches": Quantity(
        Term("单独组建的党总支", "general branches of one unit"), Unit.party_organisation, "party_organisations", "own", "general"
    ),
    "own_branches": Quantity(Term("单独组建的党支部", "branches of one unit"), Unit.branch, "branches", "own", "branch"),
    "joint_general_branches": Quantity(
        Term("联合党总支", "joint general branches"), Unit.party_organisation, "party_organisations", "joint", "general"
    ),
    "joint_branches": Quantity(Term("联合党支部", "joint branches"), Unit.branch, "branches", "joint", "branch"),
    "attached_branches": Quantity(Term("挂靠组建的党支部", "attached branches"), Unit.branch, "branches", "attached", "branch"),
    "organisations_own": Quantity(Term("单独建立党组织的组织", "organisations with one of their own"), Unit.organisation, "organisations"),
    "organisations_joint": Quantity(Term("联合建立党组织的组织", "organisations in joint ones"), Unit.organisation, "organisations"),
    "coverage": Quantity(Term("党组织覆盖率", "stated coverage"), Unit.percent),
    "population": Quantity(Term("人口", "population"), Unit.person),
    "demonstration_sites": Quantity(Term("党建示范点", "demonstration sites"), Unit.site),
    "training_classes": Quantity(Term("培训班", "training classes"), Unit.class_a_year),
}


@dataclass(frozen=True)
class Interval:
    """All values that a quantity can have; both ends belong to it.

    >>> Interval(Fraction(2), Fraction(4)) / Interval.point(2)
    Interval(1, 2)
    """

    low: Fraction | float
    high: Fraction | float

    @classmethod
    def point(cls, value: Fraction | int | str) -> Interval:
        """Return the interval that holds one value alone."""
        exact = Fraction(value)
        return cls(exact, exact)

    @property
    def exact(self) -> bool:
        """Whether only one value is possible."""
        return self.low == self.high

    def __add__(self, other: Interval) -> Interval:
        """Return all sums of one value from each."""
        return Interval(self.low + other.low, self.high + other.high)

    def __mul__(self, factor: int) -> Interval:
        """Return all values times a positive number."""
        return Interval(self.low * factor, self.high * factor)

    def __truediv__(self, other: Interval) -> Interval:
        """Return all quotients of two intervals of non-negative values."""
        low = 0 if math.isinf(other.high) or not other.high else self.low / other.high
        high = math.inf if not other.low or math.isinf(self.high) else self.high / other.low
        return Interval(Fraction(low), high)

    def meets(self, other: Interval) -> bool:
        """Whether a value belongs to both."""
        return self.low <= other.high and other.low <= self.high

    def __repr__(self) -> str:
        """Return the two ends, as a reader would write them."""
        return f"Interval({self.low}, {self.high})"


def as_day(value: object) -> date | None:
    """Return a day of the count as a date without a time of day; None where none is given, such as pandas' NaT.

    Raises
    ------
    AnalysisError
        If it is no date.

    >>> as_day(pd.Timestamp(2018, 6, 30, 12)), as_day(pd.NaT)
    (datetime.date(2018, 6, 30), None)
    """
    if value is None or value is pd.NaT:
        return None
    if not isinstance(value, date):
        raise AnalysisError(
            f"as_of is a date such as date(2018, 6, 30), not {type(value).__name__}: {value!r}. · "
            "统计时点（as_of）请给日期，如 date(2018, 6, 30)。"
        )
    return value.date() if isinstance(value, datetime) else value


def number(value: Fraction | float | None) -> float | None:
    """Return a plain number for a result row: whole numbers as they are, an open end as null.

    >>> number(Fraction(4, 2)), number(math.inf)
    (2.0, None)
    """
    return None if value is None or math.isinf(value) else float(value)


MARKS = ("evidence", "assumptions")
# stands in `missing` where totals and assumptions contradict each other
INFEASIBLE = "infeasible"


# the codes that each column of marks can hold, in the order in which they are written
_MARKS = ([kind.name for kind in Evidence], [mark.name for marks in (Assumption, Choice) for mark in marks])


def _ordered(names: Iterable[str], order: Sequence[str]) -> str:
    found = set(names)
    return " ".join(name for name in order if name in found)


def result_rows(
    records: Iterable[Mapping[str, object]],
    *,
    evidence: Iterable[Evidence] = (),
    assumptions: Iterable[Assumption | Choice] = (),
) -> pd.DataFrame:
    """Return result rows: the records with what each rests on, the one way such rows are made.

    Parameters
    ----------
    records
        One mapping a row. A record's own `evidence` and `assumptions` (members, or codes parted by
        blanks) are added to those of the call.
    evidence, assumptions
        What all rows rest on.

    Returns
    -------
    DataFrame
        The records' columns, then `evidence` and `assumptions` [codes parted by blanks].

    Raises
    ------
    AnalysisError
        If a row rests on nothing, or on something that is not in the vocabulary.

    >>> result_rows([{"code": "a", "value": 1}], evidence=[Evidence.REPORT]).loc[0, "evidence"]
    'REPORT'
    """
    common = (tuple(evidence), tuple(assumptions))
    rows = []
    for record in records:
        row = dict(record)
        for column, order, shared in zip(MARKS, _MARKS, common, strict=True):
            own = row.pop(column, ())
            codes = own.split() if isinstance(own, str) else [getattr(member, "name", str(member)) for member in own or ()]  # type: ignore[attr-defined]
            lost = ", ".join(code for code in codes if code not in order)
            if lost:
                raise AnalysisError(f"Result row {row.get('code', row)!r}: {lost} in {column} is none of: {', '.join(order)}.")
            row[column] = _ordered([*codes, *(m.name for m in shared)], order)
        if not row["evidence"]:
            raise AnalysisError(f"Result row {row.get('code', row)!r} does not say what it rests on.")
        rows.append(row)
    frame = pd.DataFrame(rows)
    return frame if rows else pd.DataFrame(columns=["code", *MARKS])


def require_marks(rows: pd.DataFrame) -> None:
    """Refuse a table that does not say, row by row, what it rests on.

    Raises
    ------
    AnalysisError
        If a column of marks is absent or a row's evidence is empty.
    """
    missing = [column for column in MARKS if column not in rows.columns]
    if missing or bool((rows["evidence"].fillna("") == "").any()):
        raise AnalysisError(
            "These rows do not say what they rest on (columns evidence and assumptions). "
            "Make them with analysis.result_rows, or keep both columns through your own steps."
        )


def merged_marks(rows: pd.DataFrame) -> dict[str, str]:
    """Return all that these rows rest on, as the two columns of one row.

    >>> merged_marks(result_rows([{"code": "a"}], evidence=[Evidence.BOUND], assumptions=[Assumption.A2]))
    {'evidence': 'BOUND', 'assumptions': 'A2'}
    """
    require_marks(rows)
    return {column: _ordered(" ".join(rows[column]).split(), order) for column, order in zip(MARKS, _MARKS, strict=True)}


def _marks_of_all(rows: pd.DataFrame, none: Evidence = Evidence.REPORT) -> dict[str, str]:
    """Return what a count of rows rests on: that there are none rests on what was searched, mostly the report."""
    return merged_marks(rows) if len(rows) else {"evidence": none.name, "assumptions": ""}


def tally(rows: pd.DataFrame, column: str, kinds: type[Named], *, none: Evidence = Evidence.REPORT) -> pd.DataFrame:
    """Count rows by the members of a vocabulary, members without a row included.

    Parameters
    ----------
    rows
        Result rows with `column`.
    column
        A column of member codes.
    kinds
        The vocabulary: its order is the order of the result.
    none
        What was searched where there are no rows.

    Returns
    -------
    DataFrame, one row a member, then one for `all`
        code, name_zh, name_en, value [rows], evidence, assumptions.
    """
    if len(rows) and column not in rows.columns:
        raise AnalysisError(f"These rows have no column {column}: give rows with it. · 这些行没有 {column} 列。")
    marks = _marks_of_all(rows, none)
    records: list[dict[str, object]] = []
    for member in kinds:
        some = rows[rows[column] == member.name] if len(rows) else rows
        own = merged_marks(some) if len(some) else marks
        records.append({"code": member.name, **named(member.term), "value": len(some), **own})
    records.append({"code": "all", **named(Term("合计", "all")), "value": len(rows), **marks})
    return result_rows(records)


def total(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the number of rows as a row of its own, which rests on all that they rest on.

    >>> total(result_rows([{"code": "a"}, {"code": "b"}], evidence=[Evidence.BOUND]))["value"].tolist()
    [2]
    """
    return result_rows([{"code": "all", "value": len(rows), **_marks_of_all(rows)}])


def named(term: Term, stem: str = "name") -> dict[str, str]:
    """Return a term as the pair of columns that result rows carry.

    >>> named(Term("支部", "branch"))
    {'name_zh': '支部', 'name_en': 'branch'}
    """
    return {f"{stem}_{lang}": term(lang) for lang in LANGS}
