"""The indicators: for each problem, cause and measure a part and a whole of rows or amounts, or what would measure it instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

import narwhals as nw

from analysis.facts import (
    UNKNOWN,
    Counted,
    Fact,
    Measure,
    Weighed,
    amount,
    any_of,
    at_least_of,
    before,
    below,
    known,
    one_of,
    says_yes,
)
from analysis.model import Choice, Evidence, Grain, Term
from analysis.reference import in_force_from
from analysis.register import day, day_number, last_day
from analysis.schema import Coverage, Form, Inspection, Level
from analysis.settings import Criterion, Eligible, Fifty, Settings


class At(NamedTuple):
    """What an indicator is asked under: the day of the count and the settings."""

    as_of: date | None
    settings: Settings

    @property
    def today(self) -> int | None:
        """The day of the count as yyyymmdd."""
        return None if self.as_of is None else day_number(self.as_of)

    def limit(self, rule: str) -> int:
        """Return the number of a rule as it is set."""
        return self.settings.limit(rule)


class Indicator(NamedTuple):
    """A property of organisations or of branches that a ledger can show, or cannot.

    `good` says whether a high or a low share is the better one; `bound` is the quantity of `bounds` that limits it: by both
    ends, or as a `part` of it, or as the `rest` that it leaves; `rests_on` names rules and choices (ASSUMPTIONS.md),
    `speaks_to` the claims of the first report read (yangxian) that it was made for.
    """

    term: Term
    grain: Grain
    needs: tuple[str, ...] = ()
    measure: Callable[[At], Measure] | None = None
    definition: Term = Term("", "")
    good: str = ""
    rests_on: str = ""
    bound: str = ""
    people: bool = False
    instrument: Term = Term("", "")
    speaks_to: str = ""


_BRANCH_LEVELS = (Level.branch.name, Level.general_branch.name, Level.committee.name)
_REACHED = (Coverage.own.name, Coverage.joint.name, Coverage.attached.name)
_MISSED = (Inspection.failed.name, Inspection.missed.name, Inspection.missed_twice.name, Inspection.unreported.name)


def organised() -> Fact:
    """Whether an organisation has a Party organisation: by its form of coverage; without it, as it says, or by a formal branch."""
    by_form, said = _formed_as(*_REACHED), says_yes("party_organisation")
    return Fact(by_form.yes | (~known("coverage") & ~said.no & (said.yes | _formal_branch())), by_form.no)


def _formed_as(*forms: str) -> Fact:
    """Whether an organisation is covered in one of these forms, each a Party organisation; without one, in none of them."""
    by_form = one_of("coverage", forms)
    return Fact(by_form.yes, by_form.no | (~known("coverage") & says_yes("party_organisation").no & ~_formal_branch()))


def _formal_branch() -> nw.Expr:
    """Return where a branch is given that counts as coverage: a functional one never does, one of unknown form may be functional."""
    return one_of("_branch_form", [Form.own.name, Form.joint.name]).yes


def _worked_with() -> Fact:
    """Whether Party work reaches an organisation: a Party organisation, or an instructor."""
    sent = says_yes("instructor")
    reached = organised().yes | one_of("coverage", [Coverage.instructor.name]).yes | sent.yes
    without = one_of("coverage", [Coverage.none.name]).yes | (~known("coverage") & organised().no)
    return Fact(reached, without & sent.no)


# the column and the rule that each definition of who should have a Party organisation goes by
ELIGIBLE: dict[Eligible, tuple[str, str]] = {
    Eligible.full: ("members_full", "R01"),
    Eligible.full_time: ("members_full_time_full", "R02"),
    Eligible.any_member: ("members_full", "R02b"),
}


def eligible(at: At) -> Fact:
    """Whether an organisation should have a Party organisation, by the definition that is set."""
    column, rule = ELIGIBLE[at.settings.eligible]
    return ~below(column, at.limit(rule))


def elects() -> Fact:
    """Whether a Party organisation holds elections at all: temporary branches and groups do not."""
    return one_of("level", _BRANCH_LEVELS)


def overdue(at: At, years: int = 0) -> Fact:
    """Whether an election is more than so many years beyond its term, by the rule in force when it was held."""
    return due_before(at, at.today, years)


def due_before(at: At, number: int | None, years: int = 0) -> Fact:
    """Whether the term, with years added, is over before a day given as yyyymmdd.

    Where a rule allows two terms, the answer is known only if both agree.
    """
    longest, shortest = (before("last_election_on", number, years=term(at, end) + years) for end in (max, min))
    return Fact(longest.yes, shortest.no)


def due_day(at: At, end: Callable[[Iterable[int]], int]) -> nw.Expr:
    """Return the first (end = min) or the last day (max) on which an election can be due, as yyyymmdd, where one was held."""
    return years_after(last_day("last_election_on") if end is max else day("last_election_on"), term(at, end))


def due_spans(at: At) -> list[tuple[nw.Expr, nw.Expr, nw.Expr]]:
    """Return the spans of days in which an election can be due, one for each term that the rules leave open.

    Each is its first day and its last as yyyymmdd, and where the term is possible: two terms leave two spans, not the time between.
    """
    first, last = day("last_election_on"), last_day("last_election_on")
    shortest, longest = term(at, min), term(at, max)
    between = sorted({at.limit(rule) for times in _TERMS.values() for rules in times for rule in rules})
    ends = [(years, known("last_election_on")) for years in (shortest, longest)]
    terms = [*ends, *((nw.lit(years), known("last_election_on") & (shortest < years) & (longest > years)) for years in between)]
    return [(years_after(first, years), years_after(last, years), possible) for years, possible in terms]


def years_after(held: nw.Expr, years: nw.Expr) -> nw.Expr:
    """Return the day so many years after another, both as yyyymmdd: of 29 February, in a year without one, the 28th."""
    due, year = held + years * 10_000, held // 10_000 + years
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    return due - ((due % 10_000 == 229) & ~leap).cast(nw.Int64)


# the rules for the term of a committee and of a branch: since 2018, and before, when a branch could have either of two
_TERMS = {"new": (("R15",), ("R12",)), "old": (("R15", "R15b"), ("R13", "R14"))}


def term(at: At, end: Callable[[Iterable[int]], int]) -> nw.Expr:
    """Return the term that was approved, else the longest or the shortest that the rules allow for the level and the time."""
    approved = nw.col("term_years").fill_null(0).cast(nw.Int64)
    committee, branch = nw.col("level").fill_null("") == Level.committee.name, known("level")

    def by_level(*times: str) -> nw.Expr:
        terms = [end([at.limit(rule) for time in times for rule in _TERMS[time][place]]) for place in (0, 1)]
        other = nw.when(branch).then(nw.lit(terms[1])).otherwise(nw.lit(end(terms)))
        return nw.when(committee).then(nw.lit(terms[0])).otherwise(other)

    # elections before that day follow the terms of their time
    first, last, since = day("last_election_on"), last_day("last_election_on"), in_force_from("R12") or 0
    by_rule = nw.when(first >= since).then(by_level("new")).when(last < since).then(by_level("old")).otherwise(by_level("new", "old"))
    return nw.when(approved > 0).then(approved).otherwise(by_rule)


class _Test(NamedTuple):
    """A criterion for a weak branch: its test at a limit, the limit that is set, and limits to try beside it."""

    fact: Callable[[At, int], Fact]
    limit: Callable[[At], int]
    tries: tuple[int, ...]
    needs: tuple[str, ...]
    rests_on: str = ""


CRITERIA: dict[Criterion, _Test] = {
    Criterion.election_overdue: _Test(lambda at, n: overdue(at, n) & elects(), lambda at: at.settings.overdue_years, (0, 1, 2, 3), ("branches/last_election_on", "branches/level"), "R12 R13 R14 R15 R15b C25"),
    Criterion.meetings: _Test(lambda at, n: below("meetings_12m", n), lambda at: at.limit("R19"), (1, 2, 3, 4), ("branches/meetings_12m",), "R19"),
    Criterion.organisation_life: _Test(
        lambda at, n: below("organisation_life_12m", n), lambda at: at.limit("R23"), (1, 2), ("branches/organisation_life_12m",), "R23"),
    Criterion.classes: _Test(lambda at, n: below("classes_12m", n), lambda at: at.limit("R25"), (1, 2, 3, 4), ("branches/classes_12m",), "R25"),
    Criterion.satisfaction: _Test(lambda at, n: below("satisfaction", n), lambda at: at.limit("R28"), (50, 60, 70, 80), ("branches/satisfaction",), "R28"),
    Criterion.no_rules: _Test(lambda at, _: ~says_yes("written_rules"), lambda at: 0, (0,), ("branches/written_rules",)),
    Criterion.few_members: _Test(lambda at, n: below("members_full", n), lambda at: at.limit("R01"), (2, 3, 4), ("branches/members_full",), "R01"),
}  # fmt: skip


def weak(at: At, replaced: Criterion | None = None, limit: int = 0) -> Fact:
    """Whether a branch meets enough of the county's criteria, one limit replaced where asked."""
    chosen = [CRITERIA[code].fact(at, limit if code is replaced else CRITERIA[code].limit(at)) for code in at.settings.weak]
    return at_least_of(at.settings.weak_at_least, chosen) if chosen else UNKNOWN


def months_before(at: At, months: int) -> int | None:
    """Return the day so many months before the day of the count (after it, where negative), as yyyymmdd.

    The 31st of a short month sorts rightly.
    """
    if at.as_of is None:
        return None
    years, month = divmod(at.as_of.year * 12 + at.as_of.month - 1 - months, 12)
    return years * 10_000 + (month + 1) * 100 + at.as_of.day


def _spread() -> Fact:
    """Whether a branch's organisations lie in more than one township; settled only where all of them are listed."""
    least, most, host = (nw.col(f"_place_{end}").fill_null("") for end in ("least", "most", "host"))
    several = known("_place_least") & ((least != most) | (known("_place_host") & (least != host)))
    placed = (nw.col("_place_empty").fill_null(0) == 0) & (nw.col("_listed").fill_null(0) > 0)
    hosted = ~(known("host_org_id") & ~known("_place_host"))
    every = hosted & known("organisations_covered") & (nw.col("organisations_covered").fill_null(0) <= nw.col("_listed").fill_null(0))
    return Fact(several, ~several & placed & every)


_O, _B, _C = Grain.organisation, Grain.branch, Grain.county
_SURVEY = Term("匿名问卷或访谈，台账量不出", "an anonymous survey or interviews: no ledger shows it")
_COVER = ("organisations/coverage",)


def _t(zh: str, en: str) -> Term:
    return Term(zh, en)


def _columns(table: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{table}/{name}" for name in names)


def _o(*names: str) -> tuple[str, ...]:
    return _columns("organisations", *names)


def _b(*names: str) -> tuple[str, ...]:
    return _columns("branches", *names)


INDICATORS: dict[str, Indicator] = {
    "own_branch": Indicator(
        _t("有自己支部的组织", "organisations with a branch of their own"), _O, _COVER, lambda at: Counted(_formed_as(Coverage.own.name)),
        _t("覆盖形式为单独组建的组织，占全部组织", "organisations whose coverage is a branch of their own, of all"), "high", "C22", "own"),
    "organisation_coverage": Indicator(
        _t("有党组织的组织", "organisations with a Party organisation"), _O, _COVER, lambda at: Counted(organised()),
        _t("单独、联合或挂靠有党组织的，占全部组织", "own, joint or attached, of all organisations"), "high", "C22", "covered:part"),
    "work_coverage": Indicator(
        _t("党的工作覆盖到的组织", "organisations that Party work reaches"), _O, (*_COVER, *_o("instructor")), lambda at: Counted(_worked_with()),
        _t("有党组织的，加上派有指导员或联络员的，占全部组织", "those with a Party organisation and those with an instructor, of all"), "high", "C22", "covered:part"),
    "eligible_coverage": Indicator(
        _t("应建组织中已建的", "eligible organisations with a Party organisation"), _O, (*_COVER, *_o("members_full")), lambda at: Counted(organised(), eligible(at)),
        _t("只以应建组织为分母；谁算应建是一项设定", "over eligible organisations alone; who is eligible is a setting"), "high", "C18 R01"),
    "due_without": Indicator(
        _t("应建未建的组织", "eligible organisations without a Party organisation"), _O, (*_COVER, *_o("members_full")), lambda at: Counted(eligible(at) & ~organised()),
        _t("应建而没有党组织的，占全部组织", "eligible and without one, of all organisations"), "low", "C18 R01"),
    "without_party_organisation": Indicator(
        _t("没有党组织的组织", "organisations without a Party organisation"), _O, _COVER, lambda at: Counted(~organised()),
        _t("既无单独、联合，也无挂靠", "neither own nor joint nor attached"), "low", "C22", "covered:rest"),
    "instructor": Indicator(
        _t("没有指导员的组织", "organisations without an instructor"), _O, _o("instructor"), lambda at: Counted(~says_yes("instructor")),
        _t("没有派指导员或联络员的，占全部组织", "to which no instructor or liaison was sent, of all"), "low"),
    "few_members": Indicator(
        _t("正式党员不足最低人数的组织", "organisations with too few full members for a branch"), _O, _o("members_full"), lambda at: Counted(below("members_full", at.limit("R01"))),
        _t("正式党员少于单独建支部的最低人数", "fewer full members than a branch of their own needs"), "", "R01"),
    "shared_branch": Indicator(
        _t("党员少而联合或挂靠的组织", "organisations with few members, in a joint or attached branch"), _O, (*_COVER, *_o("members_full")),
        lambda at: Counted(_formed_as(Coverage.joint.name, Coverage.attached.name) & below("members_full", at.limit("R01"))),
        _t("联合或挂靠，正式党员又少于最低人数", "joint or attached, with fewer full members than the least number"), "", "R01", speaks_to="O1"),
    "activity_room": Indicator(
        _t("没有活动室或经费的组织", "organisations without an activity room or a budget"), _O, _o("activity_room", "budget"),
        lambda at: Counted(~says_yes("activity_room") | below("budget", 0.005)), _t("没有活动室，或经费为零", "no room, or a budget of nothing"), "low", speaks_to="S3"),
    "party_workers_short": Indicator(
        _t("没有党务人员的组织", "organisations without a Party worker"), _O, _o("party_workers"), lambda at: Counted(below("party_workers", 1)),
        _t("专职、兼职都没有", "neither full-time nor part-time"), "low", speaks_to="N1"),
    "not_inspected": Indicator(
        _t("未参检或不合格的组织", "organisations not inspected, or failed"), _O, _o("inspection"),
        lambda at: Counted(one_of("inspection", _MISSED), ~one_of("inspection", [Inspection.exempt.name])),
        _t("未参检、未报或不合格的，占应检组织", "not inspected, not reported or failed, of those to be inspected"), "low", speaks_to="X5b"),
    "member_management": Indicator(
        _t("管理的党员少于从业党员的组织", "organisations that manage fewer members than work there"), _O, _o("members_managed", "members_staff"),
        lambda at: Counted(less("members_managed", "members_staff")),
        _t("纳入管理的党员少于从业人员中的党员：至少有一人没有管到", "fewer managed than on the staff, so at least one is left out"), "low", "C23", speaks_to="P6m"),
    "relation_not_transferred": Indicator(
        _t("组织关系未转入的党员", "members whose relation is elsewhere"), _O, _o("members_staff", "members_staff_held"),
        lambda at: Weighed(amount("members_staff") - amount("members_staff_held"), amount("members_staff")),
        _t("从业人员的党员中组织关系未转入的，按人计", "of the members among the staff, those not transferred; in people"), "low", "C23", people=True, speaks_to="S4"),
    "membership_not_shown": Indicator(
        _t("未亮明身份的党员", "members not open about membership"), _O, _o("members_staff", "members_open"),
        lambda at: Weighed(amount("members_staff") - amount("members_open"), amount("members_staff")),
        _t("从业人员的党员中未公开身份的，按人计", "of the members among the staff, those not open; in people"), "low", "C23", people=True, speaks_to="S5"),
    "no_organisational_life": Indicator(
        _t("未参加组织生活的党员", "members not taking part"), _O, _o("members_staff", "members_taking_part"),
        lambda at: Weighed(amount("members_staff") - amount("members_taking_part"), amount("members_staff")),
        _t("从业人员的党员中近一年未参加过的，按人计", "of the members among the staff, those who did not in 12 months; in people"), "low", "C23", people=True, speaks_to="S6"),
    "mobile_personnel": Indicator(
        _t("兼职人员", "part-time staff"), _O, _o("staff", "staff_full_time"), lambda at: Weighed(amount("staff") - amount("staff_full_time"), amount("staff")),
        _t("从业人员中的兼职人员，按人计", "part-time among all staff; in people"), "", people=True, speaks_to="X1"),
    "member_density": Indicator(
        _t("从业人员中的党员", "members among the staff"), _O, _o("staff", "members_staff"), lambda at: Weighed(amount("members_staff"), amount("staff")),
        _t("从业人员中的党员，占从业人员；会员不算", "members among the staff over staff; association members left out"), "", "C23", people=True),
    "age_of_members": Indicator(
        _t("三十五岁及以下的党员", "members aged 35 or less"), _O, _o("members_to_35", "members_36_to_59", "members_from_60"),
        lambda at: Weighed(amount("members_to_35"), amount("members_to_35") + amount("members_36_to_59") + amount("members_from_60")),
        _t("占三个年龄段之和，按人计", "over the sum of the three age bands; in people"), "", "C24", people=True, speaks_to="N2 M5"),
    "role_visible": Indicator(
        _t("满意率低的支部", "branches of low satisfaction"), _B, _b("satisfaction"), lambda at: Counted(below("satisfaction", at.limit("R28"))),
        _t("民主评议满意率低于设定的下限", "satisfaction in the appraisal below the limit that is set"), "low", "R28", speaks_to="P1"),
    "weak_branch": Indicator(
        _t("符合软弱涣散条件的支部", "branches that meet the county's criteria for weakness"), _B,
        _b("last_election_on", "level", "meetings_12m", "organisation_life_12m", "satisfaction"), lambda at: Counted(weak(at)),
        _t("符合本县清单所列条件；没有全国标准，清单是设定", "by the county's list; there is no national one, and the list is a setting"), "low", "C20", speaks_to="P2"),
    "rules_and_meetings": Indicator(
        _t("无成文制度或会议不足的支部", "branches without written rules, or with too few meetings"), _B, _b("written_rules", "meetings_12m", "organisation_life_12m"),
        lambda at: Counted(any_of(~says_yes("written_rules"), below("meetings_12m", at.limit("R19")), below("organisation_life_12m", at.limit("R23")))),
        _t("没有成文制度，或党员大会、组织生活会少于规定次数", "no written rules, or fewer members' or organisational-life meetings than the rules ask"), "low", "R19 R23", speaks_to="P3"),
    "joined_to_core_work": Indicator(
        _t("党建未与业务结合的支部", "branches whose work is not joined to the core work"), _B, _b("joined_work"), lambda at: Counted(~says_yes("joined_work")),
        _t("年度计划里没有结合业务的党建项目", "no Party work on the organisation's own business in the yearly plan"), "low", speaks_to="P4 M6"),
    "secretary_trained": Indicator(
        _t("书记久未受训的支部", "branches whose secretary is long without training"), _B, _b("trained_on"),
        lambda at: Counted(before("trained_on", months_before(at, at.settings.training_months))),
        _t("距最近一次培训超过设定的月数", "longer than the months that are set since the last training"), "low", "C21", speaks_to="P5 X2 M4"),
    "member_education_and_management": Indicator(
        _t("党课少或未开组织生活会的支部", "branches with few classes or no organisational life"), _B, _b("classes_12m", "organisation_life_12m"),
        lambda at: Counted(below("classes_12m", at.limit("R25")) | below("organisation_life_12m", at.limit("R23"))),
        _t("党课或组织生活会少于规定次数", "fewer classes or organisational-life meetings than the rules ask"), "low", "R25 R23", speaks_to="P6"),
    "member_education": Indicator(
        _t("党课次数不足的支部", "branches with too few Party classes"), _B, _b("classes_12m"), lambda at: Counted(below("classes_12m", at.limit("R25"))),
        _t("近一年党课少于设定次数", "fewer classes in 12 months than is set"), "low", "R25", speaks_to="P6e"),
    "barely_qualified": Indicator(
        _t("正式党员刚够条件的支部", "branches with just enough full members"), _B, _b("members_full"), lambda at: Counted(below("members_full", at.limit("R01") + 1)),
        _t("正式党员不多于最低人数：少一人就不够", "no more full members than the least number: one less is too few"), "low", "R01", speaks_to="O2a"),
    "election_overdue": Indicator(
        _t("逾期未换届的支部", "branches whose election is overdue"), _B, _b("last_election_on", "level"), lambda at: Counted(overdue(at), elects()),
        _t("超过任期未换届；任期按选举时的规定，两种任期都可能的须一致才算", "beyond the term of the rule in force at the election; where two terms are possible, both must agree"), "low", "R12 R13 R14 R15 R15b C25", speaks_to="O2 O2b"),
    "election_overdue_year": Indicator(
        _t("逾期超过可延期年限的支部", "branches overdue beyond what may be put off"), _B, _b("last_election_on", "level"), lambda at: Counted(overdue(at, at.limit("R17")), elects()),
        _t("超过可延期的年限", "beyond the time by which an election may be put off"), "low", "R12 R13 R14 R15 R15b R17 C25"),
    "secretary_outside_leadership": Indicator(
        _t("书记不在领导层的支部", "branches whose secretary is outside the leadership"), _B, _b("in_leadership"), lambda at: Counted(~says_yes("in_leadership")),
        _t("书记不是负责人、理事或管理层成员", "the secretary neither heads the organisation nor sits on its board or in its management"), "low", speaks_to="O3"),
    "members_dispersed": Indicator(
        _t("跨镇的支部", "branches spread over townships"), _B, (*_o("branch_id", "township"), *_b("organisations_covered")), lambda at: Counted(_spread()),
        _t("所辖组织不在同一个镇；由组织表汇总", "their organisations lie in more than one township; gathered from the organisations"), "", "C26", speaks_to="X3"),
    "need_committee": Indicator(
        _t("应设支委会的支部", "branches that need a committee"), _B, _b("members_full"), lambda at: Counted(~below("members_full", at.limit("R08"))),
        _t("正式党员达到设委员会的人数", "enough full members for a branch committee"), "", "R08", "need_committee"),
    "without_committee": Indicator(
        _t("应设未设支委会的支部", "branches that need a committee and have none"), _B, _b("members_full", "committee_size"),
        lambda at: Counted(below("committee_size", 1), ~below("members_full", at.limit("R08"))),
        _t("占应设支委会的支部", "of those that need one"), "low", "R08"),
    "above_limit": Indicator(
        _t("超过一般上限的支部", "branches above the usual upper limit"), _B, _b("members"), lambda at: Counted(~below("members", at.limit("R03") + 1)),
        _t("党员多于支部的一般上限", "more members than a branch usually has"), "low", "R03", "above_limit"),
    "level_too_low": Indicator(
        _t("人数够总支而仍为支部的", "branches large enough for a general branch"), _B, _b("level", "members"), lambda at: Counted(~below("members", _rises(at)), one_of("level", [Level.branch.name])),
        _t("占建制为支部的；恰为上限时怎样算是一项设定", "of those whose level is a branch; what exactly the limit makes is a setting"), "low", "C19 R03 R06"),
    "level_too_high": Indicator(
        _t("人数不够的党委", "committees with too few members"), _B, _b("level", "members"),
        lambda at: Counted(below("members", at.limit("R07")), one_of("level", [Level.committee.name])),
        _t("占建制为党委的；上级可破例批准", "of those whose level is a committee; exceptions can be approved"), "low", "R07"),
    "demonstration": Indicator(
        _t("示范点支部", "demonstration branches"), _B, _b("demonstration"), lambda at: Counted(says_yes("demonstration")),
        _t("命名为示范点的，占全部支部", "named a demonstration site, of all branches"), "", speaks_to="M3"),
    "secretary_from_60": Indicator(
        _t("书记六十岁及以上的支部", "branches whose secretary is 60 or older"), _B, _b("secretary_age"), lambda at: Counted(~below("secretary_age", 60)),
        _t("书记年满六十岁", "the secretary is 60 or older"), "", "C24"),
    "secretary_college": Indicator(
        _t("书记学历大专及以上的支部", "branches whose secretary finished college"), _B, _b("secretary_education"), lambda at: Counted(one_of("secretary_education", ["college", "university"])),
        _t("书记最高学历为大专或以上", "college or university"), "high"),
    "attitude_of_heads": Indicator(_t("负责人对党建的看法", "what heads think of Party work"), _O, instrument=_SURVEY, speaks_to="S1"),
    "fear_of_disturbance": Indicator(_t("负责人的顾虑", "what heads fear"), _O, instrument=_SURVEY, speaks_to="S2"),
    "secretary_role": Indicator(_t("书记的履职方式", "how the secretary fills the post"), _B, instrument=_t("述职评议或访谈，台账量不出", "appraisal of the secretary: no ledger shows it"), speaks_to="O4"),
    "new_field": Indicator(_t("缺少可借鉴的经验", "no ready experience"), _C, instrument=_t("县级判断，须与他县比较", "a judgement of the county; compare with others"), speaks_to="X4"),
    "organisation_dormant": Indicator(_t("缺乏活力的组织", "organisations barely alive"), _O, instrument=_t("由会员减少和未参检两部分看", "see its two parts: members lost, not inspected"), speaks_to="X5"),
    "association_members_lost": Indicator(
        _t("会员减少的组织", "organisations losing association members"), _O, _o("association_members"),
        instrument=_t("须有两期台账，见 analysis.change", "two ledgers of different dates, by analysis.change"), speaks_to="X5a"),
}  # fmt: skip


def less(one: str, other: str) -> Fact:
    """Return whether one number is less than another of the same row."""
    both, less = known(one) & known(other), nw.col(one).fill_null(0) < nw.col(other).fill_null(0)
    return Fact(both & less, both & ~less)


def _rises(at: At) -> int:
    """Return from how many members on a branch is due to be a general branch."""
    return at.limit("R06") if at.settings.fifty is Fifty.general_branch else at.limit("R03") + 1


def rests_on(code: str, settings: Settings) -> str:
    """Return the rules (R) and choices (C) that an indicator goes by under these settings.

    >>> rests_on("due_without", Settings(eligible=Eligible.full_time))
    'C18 C22 R02'
    """
    if code == "weak_branch":
        return " ".join(dict.fromkeys(["C20", *(mark for criterion in settings.weak for mark in CRITERIA[criterion].rests_on.split())]))
    if code in ("eligible_coverage", "due_without"):
        return f"C18 C22 {ELIGIBLE[settings.eligible][1]}"
    return INDICATORS[code].rests_on


# choices that are settings: another county may choose otherwise, so what rests on them is a judgement
_SETTINGS = {"C18", "C19", "C20", "C21", "C24"}


def marks_of(rests: str) -> dict[str, list[Any]]:
    """Return what rules and choices make of a row's marks, beside its register's.

    >>> marks_of("C20 R19")["assumptions"][0].name
    'C20'
    """
    cited = rests.split()
    rule = [Evidence.REFERENCE] * any(code.startswith("R") for code in cited)
    return {
        "evidence": rule + [Evidence.JUDGEMENT] * bool(_SETTINGS & set(cited)),
        "assumptions": [Choice.of(code) for code in cited if code.startswith("C")],
    }


def later(rests: str, as_of: date | None) -> str:
    """Return the rules that came after a day: what is counted by them is shown for scale alone.

    >>> later("R01 R19", date(2012, 12, 31))
    'R19'
    """
    rules = [code for code in rests.split() if code.startswith("R")]
    return " ".join(code for code in rules if as_of is not None and (in_force_from(code) or 0) > day_number(as_of))


def needs(code: str, settings: Settings) -> tuple[str, ...]:
    """Return the columns that an indicator asks for under these settings.

    >>> needs("weak_branch", Settings(weak=(Criterion.satisfaction,)))
    ('branches/satisfaction',)
    """
    if code == "weak_branch":
        return tuple(dict.fromkeys(column for criterion in settings.weak for column in CRITERIA[criterion].needs))
    asked = INDICATORS[code].needs
    if code in ("eligible_coverage", "due_without"):
        return tuple(dict.fromkeys([*asked[:-1], f"organisations/{ELIGIBLE[settings.eligible][0]}"]))
    return asked
