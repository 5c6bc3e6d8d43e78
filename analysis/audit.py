"""What in a report does not fit together: contradictions, odd figures, units mixed, claims left without an answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

from analysis.bounds import DEFAULT, active, bounds
from analysis.measures import blind_spots
from analysis.model import (
    INFEASIBLE,
    QUANTITIES,
    AnalysisError,
    Assumption,
    Evidence,
    Interval,
    Kind,
    Severity,
    Term,
    Unit,
    named,
    result_rows,
)
from analysis.reference import PARTS, Ratio, comparators, limit, ratios
from analysis.report import Report, Subject, Wording
from analysis.wording import Reached, count, is_null

Finding = dict[str, object]


def audit(report: Report, *, factor: float = 5, confidence: str = "medium", assume: Iterable[Assumption | str] = DEFAULT) -> pd.DataFrame:
    """Return what in a report does not fit together; no row where its figures and claims agree.

    Parameters
    ----------
    factor
        How many times beyond every comparator of the same definition a mean must lie to be called odd.
    confidence
        The least confidence of a comparator: low, medium or high.
    assume
        The switches under which totals are held against each other, as in `bounds`.

    Returns
    -------
    DataFrame, one row a finding, the heaviest first
        code, subject (of far_from_comparators, the Ratio), severity (a Severity), what_zh, what_en, arithmetic, places (sections or keys of the report), evidence,
        assumptions. The codes: parts_do_not_add, part_over_whole, share_mismatch, implied_denominator, units_mixed,
        narrow_denominator, covered_over_eligible, totals_infeasible, outside_bounds, claim_refuted, too_few_members, level_over_members, members_over_staff, wording_conflict,
        misnumbered, far_from_comparators, cause_without_measure, measure_without_cause, problem_without_cause.

    Raises
    ------
    AnalysisError
        If `factor` is less than 1, `confidence` no level, or a switch none.

    >>> from analysis.report import Report
    >>> audit(Report.of("demo", organisations=10, associations=11))["code"].tolist()
    ['part_over_whole']
    >>> len(audit(Report.of("demo", organisations=10, branches=8, members=60, staff=150)))
    0
    """
    if factor < 1:
        raise AnalysisError(
            f"A mean is odd beyond every comparator: factor is {factor}, give 1 or more. · factor 是 {factor}：请给 1 或以上。"
        )
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: _sums(report),
        lambda: _parts(report),
        lambda: _partitions(report),
        lambda: _shares(report),
        lambda: _totals(report, assume),
        lambda: _people(report),
        lambda: _eligible(report),
        lambda: _wordings(report),
        lambda: _numbers(report),
        lambda: _outliers(report, factor, confidence),
        lambda: _unanswered(report),
    )
    found = [finding for check in checks for finding in check()]
    order = [severity.name for severity in Severity]
    rows = result_rows(sorted(found, key=lambda finding: order.index(str(finding["severity"]))), evidence=[Evidence.REPORT])
    return (
        rows
        if len(rows)
        else rows.reindex(columns=["code", "subject", "severity", "what_zh", "what_en", "arithmetic", "places", "evidence", "assumptions"])
    )


def _finding(code: str, severity: Severity, what: Term, arithmetic: str, places: Iterable[str], **more: object) -> Finding:
    unique = list(dict.fromkeys(place for place in places if place))
    return {
        "code": code,
        "subject": "",
        "severity": severity.name,
        **named(what, "what"),
        "arithmetic": arithmetic,
        "places": ", ".join(unique),
        **more,
    }


def text(span: Interval) -> str:
    """Return an interval as arithmetic shows it.

    >>> text(Interval.point(42)), text(Interval(Fraction(50), math.inf)), text(Interval(Fraction(3500), Fraction(4500)))
    ('42', '≥ 50', '3,500…4,500')
    """
    if span.exact:
        return count(span.low)
    if math.isinf(span.high):
        return f"≥ {count(span.low)}"
    return f"≤ {count(span.high)}" if span.low == 0 else f"{count(span.low)}…{count(span.high)}"


def _span(report: Report, code: str) -> Interval:
    span = report.interval(code)
    assert span is not None
    return span


def _term(report: Report, code: str) -> Term:
    row = report.figures.set_index("code").loc[code]
    return Term(str(row["name_zh"]), str(row["name_en"]))


def _unit(report: Report, code: str) -> Unit:
    return Unit.of(str(report.figures.set_index("code").loc[code, "unit"]))


def _where(report: Report, codes: Iterable[str]) -> list[str]:
    sections = report.figures.set_index("code")["section"]
    return [str(sections[code]) or code for code in codes]


def _mixed(report: Report, part: str, whole: str) -> bool:
    return {_unit(report, part).of_the_party, _unit(report, whole).of_the_party} == {True, False} and Unit.organisation in (
        _unit(report, part),
        _unit(report, whole),
    )


def _sums(report: Report) -> Iterator[Finding]:
    groups = report.figures[report.figures["breakdown"] != ""].groupby(["part_of", "breakdown"], sort=False)
    for keys, parts in groups:
        whole = str(keys[0])
        codes = parts["code"].tolist()
        total = Interval.point(0)
        for code in codes:
            total += _span(report, code)
        sum_text = f"{' + '.join(text(_span(report, code)) for code in codes)} = {text(total)}"
        name = _term(report, whole)
        mixed = [code for code in codes if _mixed(report, code, whole)]
        if mixed:
            units = (_unit(report, mixed[0]).term, _unit(report, whole).term)
            yield _finding(
                "units_mixed", Severity.warning,
                Term(f"“{name.zh}”以家计，其分项却以{units[0].zh.lstrip('个')}计：一个联合党组织覆盖多家，两者不能互换",
                     f"'{name.en}' counts {units[1].en}, its parts count {units[0].en}: a joint one covers several, so the two differ"),
                f"{sum_text} vs {text(_span(report, whole))}", _where(report, [whole, *codes]),
            )  # fmt: skip
        if not total.meets(_span(report, whole)):
            yield _finding(
                "parts_do_not_add", Severity.error,
                Term(f"“{name.zh}”的分项之和与总数不符", f"the parts of '{name.en}' do not add up to it"),
                f"{sum_text} ≠ {text(_span(report, whole))}", _where(report, [whole, *codes]),
            )  # fmt: skip


def _parts(report: Report) -> Iterator[Finding]:
    known = set(report.figures["code"])
    for _, row in report.figures.iterrows():
        implied = QUANTITIES[row["code"]].whole if row["code"] in QUANTITIES else ""
        for whole in dict.fromkeys([row["part_of"], implied]):
            if whole not in known:
                continue
            part_span, whole_span = _span(report, row["code"]), _span(report, whole)
            names = (_term(report, row["code"]), _term(report, whole))
            if _mixed(report, row["code"], whole) and not row["breakdown"]:
                yield _units(report, row["code"], whole, f"{text(part_span)} : {text(whole_span)}")
            elif part_span.low > whole_span.high and not _mixed(report, row["code"], whole):
                yield _finding(
                    "part_over_whole", Severity.error,
                    Term(f"“{names[0].zh}”大于其所属的“{names[1].zh}”", f"'{names[0].en}' exceeds '{names[1].en}', of which it is a part"),
                    f"{text(part_span)} > {text(whole_span)}", _where(report, [row["code"], whole]),
                )  # fmt: skip


def _units(report: Report, part: str, whole: str, arithmetic: str) -> Finding:
    names = (_term(report, part), _term(report, whole))
    return _finding(
        "units_mixed", Severity.warning,
        Term(f"拿“{names[0].zh}”（党组织）比“{names[1].zh}”（组织）：联合党组织存在时，这个比不是覆盖率",
             f"'{names[0].en}' (Party bodies) over '{names[1].en}' (organisations): with joint ones, this is not coverage"),
        arithmetic, _where(report, [part, whole]),
    )  # fmt: skip


class _Partition(NamedTuple):
    """Parts that can never add up to more than their whole, by their meaning or under a switch."""

    whole: str
    parts: tuple[str, ...]
    exhaustive: bool = False
    under: Assumption | None = None


_PARTITIONS = (
    _Partition("organisations", ("associations", "private_nonprofits", "foundations")),
    _Partition("organisations", ("organisations_own", "organisations_joint"), under=Assumption.A2),
    _Partition("members", ("members_full", "members_probationary"), exhaustive=True),
    _Partition("branches", ("own_branches", "joint_branches", "attached_branches")),
    _Partition(
        "party_organisations", ("own_committees", "own_general_branches", "own_branches", "joint_general_branches", "joint_branches")
    ),
)


def _partitions(report: Report) -> Iterator[Finding]:
    """Hold the parts that everybody knows against their whole, where the report does not declare them itself."""
    declared = set(report.figures.loc[report.figures["breakdown"] != "", "code"])
    for known in _PARTITIONS:
        printed = [part for part in known.parts if report.interval(part) is not None and part not in declared]
        if report.interval(known.whole) is None or len(printed) < 2:
            continue
        spans = [_span(report, part) for part in printed]
        total, allowed = sum(spans[1:], start=spans[0]), _span(report, known.whole)
        short = known.exhaustive and len(printed) == len(known.parts) and total.high < allowed.low
        if total.low > allowed.high or short:
            name, under = _term(report, known.whole), known.under
            unless = Term(f"；除非假设 {under.name} 不成立", f", unless {under.name} does not hold") if under else Term("", "")
            yield _finding(
                "parts_do_not_add", Severity.warning if under else Severity.error,
                Term(f"“{name.zh}”的分项之和与总数不符{unless.zh}", f"the parts of '{name.en}' do not add up to it{unless.en}"),
                f"{' + '.join(map(text, spans))} = {text(total)} {'<' if short else '>'} {text(allowed)}",
                _where(report, [known.whole, *printed]), assumptions=[under] if under else [],
            )  # fmt: skip


def _shares(report: Report) -> Iterator[Finding]:
    for _, row in report.figures[report.figures["unit"] == Unit.percent.name].iterrows():
        share, name = _span(report, row["code"]), _term(report, row["code"])
        if share.low > 100:
            what = Term(f"“{name.zh}”超过百分之百", f"'{name.en}' exceeds one hundred per cent")
            yield _finding("part_over_whole", Severity.error, what, f"{text(share)}% > 100%", _where(report, [row["code"]]))
        part, wholes = _share_of(report, row)
        if part and _span(report, part).high > 0:
            yield from _share(report, row, part, wholes)


def _share_of(report: Report, row: pd.Series) -> tuple[str, list[str]]:
    """Return what a stated share is a share of: as its row says, else, for a stated coverage, what it can only be."""
    if row["numerator"] or row["code"] != "coverage":
        return row["numerator"], [row["denominator"]] if row["denominator"] else []
    counts = ("organisations_covered", "party_organisations", "branches")
    part = next((code for code in counts if report.interval(code)), "")
    wholes = [row["denominator"]] if row["denominator"] else ["organisations", "eligible_organisations"]
    return part, [code for code in wholes if report.interval(code)]


def _share(report: Report, row: pd.Series, part: str, wholes: list[str]) -> Iterator[Finding]:
    allowed, count_of = _allowed(row, _span(report, row["code"])), _span(report, part)
    given = {whole: count_of * 100 / _span(report, whole) for whole in wholes}
    fitting = [whole for whole in wholes if allowed.meets(given[whole])]
    # Party bodies over organisations are no share of organisations, so they cannot contradict one
    mixed = _mixed(report, part, wholes[0]) if wholes else _unit(report, part).of_the_party and row["code"] == "coverage"
    if mixed and (fitting or not wholes or row["numerator"]):
        yield _units(report, part, (fitting or wholes or [row["code"]])[0], f"{text(count_of)} : {row['value']}%")
    if fitting[:1] == ["eligible_organisations"] and not row["denominator"]:
        yield _finding(
            "narrow_denominator", Severity.note,
            Term("所称覆盖率只以具备条件的组织为分母", "the stated coverage is over eligible organisations only"),
            f"{text(count_of)} / {text(_span(report, fitting[0]))} = {text(given[fitting[0]])}%", _where(report, [row["code"], *fitting]),
        )  # fmt: skip
    if fitting:
        return
    if wholes and not mixed:
        name = _term(report, row["code"])
        yield _finding(
            "share_mismatch", Severity.error,
            Term(f"“{name.zh}”与它自己的分子、分母不符", f"'{name.en}' is not the share that its own counts give"),
            f"{text(count_of)} / {text(_span(report, wholes[0]))} = {text(given[wholes[0]])}% ≠ {_shown(row, _span(report, row['code']))}%",
            _where(report, [row["code"], part, wholes[0]]),
        )  # fmt: skip
    if allowed.low > 0 and (row["numerator"] or not mixed or not wholes):
        yield _implied(report, row, part, allowed)


def _shown(row: pd.Series, share: Interval) -> str:
    return str(row["value"]) if row["relation"] == "equal" else text(share)


def _allowed(row: pd.Series, share: Interval) -> Interval:
    """Return the shares that a printed one can stand for: one cut off instead of rounded is still the same share (B2)."""
    digits = len(str(row["value"]).partition(".")[2])
    return Interval(share.low, share.high + Fraction(1, 2 * 10**digits)) if row["relation"] == "equal" else share


def _implied(report: Report, row: pd.Series, part: str, share: Interval) -> Finding:
    name = _term(report, row["code"])
    whole = _span(report, part) * 100 / share
    whole = Interval(Fraction(math.ceil(whole.low)), whole.high if math.isinf(whole.high) else Fraction(math.floor(whole.high)))
    arithmetic = f"{text(_span(report, part))} / {row['value']}% → "
    places = _where(report, [row["code"], part])
    if whole.low > whole.high:
        none = Term(f"没有一个整数分母能得出“{name.zh}”", f"no whole number gives the share '{name.en}'")
        return _finding("implied_denominator", Severity.warning, none, arithmetic + "∅", places)
    what = Term(f"由“{name.zh}”倒推出的分母", f"the denominator that '{name.en}' implies")
    return _finding("implied_denominator", Severity.note, what, arithmetic + text(whole), places)


_STATED = {"organisations_covered": "covered", "organisations_own": "own", "organisations_joint": "in_joint"}


def _totals(report: Report, assume: Iterable[Assumption | str]) -> Iterator[Finding]:
    # only coverage is held against the totals here: _people speaks of branches too small for the rules of size
    on = active(report, assume) - {Assumption.A8, Assumption.A9, Assumption.A10}
    table = _unstated(report, on)
    if table.loc["covered", "missing"] == INFEASIBLE:
        given = report.totals
        parts = [("O", given.organisations), ("B", given.branches), ("own", given.own), ("joint", given.joint)]
        arithmetic = "; ".join(f"{name} = {text(span)}" for name, span in parts if span is not None)
        what = Term(
            "没有一种分配能同时满足这些总数与通常的假设",
            "no assignment of branches to organisations fits these totals and the usual assumptions",
        )
        finding = _finding("totals_infeasible", Severity.error, what, arithmetic, ["organisations", "branches"])
        yield _against(finding, report=report, on=on, agrees=lambda rows: bool(rows.loc["covered", "missing"] != INFEASIBLE))
        return
    for code, of in _STATED.items():
        stated = report.interval(code)
        if stated is not None and not table.loc[of, "missing"] and not stated.meets(_allowed_range(table, of)):
            name = _term(report, code)
            what = Term(f"“{name.zh}”不在其他总数所允许的范围内", f"'{name.en}' lies outside what the other totals allow")
            arithmetic = f"{text(stated)} ∉ {text(_allowed_range(table, of))}"
            finding = _finding("outside_bounds", Severity.error, what, arithmetic, _where(report, [code]))
            yield _outside(finding, report=report, on=on, of=of, stated=stated)
    yield from _claimed(report, on, table)
    yield from _share_outside(report, on, table)


def _unstated(report: Report, on: frozenset[Assumption]) -> pd.DataFrame:
    """Return what the totals allow apart from the stated counts that are held against them."""
    return bounds(report, assume=on, stated=False).set_index("code")


def _outside(finding: Finding, *, report: Report, on: frozenset[Assumption], of: str, stated: Interval) -> Finding:
    return _against(finding, report=report, on=on, agrees=lambda rows: stated.meets(_allowed_range(rows, of)))


def _claimed(report: Report, on: frozenset[Assumption], table: pd.DataFrame) -> Iterator[Finding]:
    """Hold the words 'full coverage' against the organisations covered, printed or possible."""
    organisations, covered = report.interval("organisations"), report.interval("organisations_covered")
    subject = report.wordings["subject"] == Subject.organisation_coverage.name
    words = report.wordings[subject & (report.wordings["wording"] == Wording.full.name)]
    if not len(words) or organisations is None:
        return
    what = Term("所称“全覆盖”与总数不符", "the totals rule out the full coverage that is claimed")
    if covered is not None:
        if covered.high < organisations.low:
            yield _finding("claim_refuted", Severity.error, what, f"{text(covered)} < {text(organisations)}", words["section"])
    elif not table.loc["covered", "missing"] and _allowed_range(table, "covered").high < organisations.low:
        arithmetic = f"≤ {count(_allowed_range(table, 'covered').high)} < {text(organisations)}"
        finding = _finding("claim_refuted", Severity.error, what, arithmetic, words["section"])
        yield _against(finding, report=report, on=on, agrees=lambda rows: _allowed_range(rows, "covered").high >= organisations.low)


def _share_outside(report: Report, on: frozenset[Assumption], table: pd.DataFrame) -> Iterator[Finding]:
    """Hold a stated coverage of all organisations against what the totals allow."""
    rows = report.figures[(report.figures["code"] == "coverage") & (report.figures["denominator"].isin(["", "organisations"]))]
    organisations = report.interval("organisations")
    narrower = report.interval("organisations_covered") or report.interval("eligible_organisations")
    if not len(rows) or organisations is None or narrower is not None or table.loc["covered", "missing"]:
        return
    share = _allowed(rows.iloc[0], _span(report, "coverage"))
    stated = Interval(share.low * organisations.low / 100, share.high * organisations.high / 100)
    if not stated.meets(_allowed_range(table, "covered")):
        what = Term("所称覆盖率不在其他总数所允许的范围内", "the stated coverage lies outside what the other totals allow")
        arithmetic = f"{rows.iloc[0]['value']}% × {text(organisations)} = {text(stated)} ∉ {text(_allowed_range(table, 'covered'))}"
        finding = _finding("outside_bounds", Severity.error, what, arithmetic, _where(report, ["coverage"]))
        yield _outside(finding, report=report, on=on, of="covered", stated=stated)


def _allowed_range(table: pd.DataFrame, code: str) -> Interval:
    row = table.loc[code]
    return Interval(Fraction(str(row["least"])), math.inf if is_null(row["most"]) else Fraction(str(row["most"])))


def _against(finding: Finding, *, report: Report, on: frozenset[Assumption], agrees: Callable[[pd.DataFrame], bool]) -> Finding:
    """Return a finding that rests on switches: a contradiction only where none of them can be to blame."""

    def without(switches: Iterable[Assumption]) -> bool:
        return agrees(_unstated(report, on - frozenset(switches)))

    marked = finding | {"evidence": [Evidence.BOUND]}
    if not without(on):
        return marked | {"severity": Severity.error.name}
    blamed = [s for s in Assumption if s in on and without([s])] or [s for s in Assumption if s in on]
    names = [s.name for s in blamed]
    said = Term(
        f"{finding['what_zh']}；除非假设 {'、'.join(names)} 有一个不成立",
        f"{finding['what_en']}, unless one of {', '.join(names)} does not hold",
    )
    return marked | named(said, "what") | {"severity": Severity.warning.name, "assumptions": on}


def _people(report: Report) -> Iterator[Finding]:
    members, staff, branches = report.interval("members"), report.interval("staff"), report.totals.branches
    rule = {"evidence": [Evidence.REFERENCE]}
    if members and staff and members.low > staff.high:
        yield _finding(
            "members_over_staff", Severity.warning,
            Term("党员多于从业人员，党员不可能都是从业人员", "there are more members than staff, so the members cannot all be staff"),
            f"{text(members)} > {text(staff)}", _where(report, ["members", "staff"]),
        )  # fmt: skip
    least, full = limit("R01"), report.totals.full or report.totals.members
    if full and branches and branches.low * least > full.high:
        yield _finding(
            "too_few_members", Severity.warning,
            Term("党员总数不够每个支部达到最低人数", "there are too few members for every branch to have the least number"),
            f"{text(branches)} × {least} = {text(branches * least)} > {text(full)}", _where(report, _printed(report, "members_full", "members", "branches")),
            **rule,
        )  # fmt: skip
    starts = {"general": limit("R06"), "committee": limit("R07")}
    levels = [(key, starts[q.level]) for key, q in QUANTITIES.items() if q.level in starts and report.interval(key)]
    need = sum(float(_span(report, key).low) * start for key, start in levels)
    if members and need > members.high:
        yield _finding(
            "level_over_members", Severity.note,
            Term("按通常的党员起点，这些党委、党总支所需党员超过党员总数（上级可破例批准）",
                 "at the usual thresholds these committees and general branches need more members than there are (exceptions can be approved)"),
            " + ".join(f"{text(_span(report, key))} × {start}" for key, start in levels) + f" = {count(need)} > {text(members)}",
            _where(report, ["members", *(key for key, _ in levels)]), **rule,
        )  # fmt: skip


def _eligible(report: Report) -> Iterator[Finding]:
    covered, eligible = report.interval("organisations_covered"), report.interval("eligible_organisations")
    if covered and eligible and covered.low > eligible.high:
        what = Term("已建党组织的组织多于具备条件的组织", "more organisations have a Party organisation than are eligible for one")
        places = _where(report, ["organisations_covered", "eligible_organisations"])
        yield _finding("covered_over_eligible", Severity.note, what, f"{text(covered)} > {text(eligible)}", places)


def _printed(report: Report, *codes: str) -> list[str]:
    return [code for code in codes if report.interval(code) is not None]


def _wordings(report: Report) -> Iterator[Finding]:
    for _, rows in report.wordings.groupby("subject", sort=False):
        degrees = [word for word in dict.fromkeys(rows["wording"]) if word != Wording.exists.name]
        if len(degrees) > 1:
            terms = [Wording.of(word).term for word in degrees]
            yield _finding(
                "wording_conflict", Severity.error,
                Term("同一件事有两种说法：" + "、".join(f"“{term.zh}”" for term in terms), "the same claim is worded in two ways: " + ", ".join(f"'{term.en}'" for term in terms)),
                " ≠ ".join(", ".join(filter(None, rows.loc[rows["wording"] == word, "section"])) or word for word in degrees), rows.loc[rows["wording"] != Wording.exists.name, "section"],
            )  # fmt: skip


def _numbers(report: Report) -> Iterator[Finding]:
    numbered = report.claims[report.claims["number"] != ""]
    for kind, rows in numbered.groupby("kind", sort=False):
        printed = rows["number"].astype(int).tolist()
        # a list runs through, or starts anew in each of its groups
        anew = all(_runs(some["number"].astype(int).tolist()) for _, some in rows.groupby("group_en", sort=False))
        if not _runs(printed) and not anew:
            name = Kind.of(str(kind)).term
            yield _finding(
                "misnumbered", Severity.warning,
                Term(f"{name.zh}的编号与条数不符", f"the list of {name.en}s is misnumbered"),
                f"{', '.join(map(str, printed))} ≠ {', '.join(str(n + 1) for n in range(len(printed)))}", rows["section"],
            )  # fmt: skip


def _runs(numbers: list[int]) -> bool:
    return numbers == list(range(1, len(numbers) + 1))


def _outliers(report: Report, factor: float, confidence: str) -> Iterator[Finding]:
    for _, row in ratios(report).iterrows():
        if row["missing"]:
            continue
        kind = Ratio.of(str(row["ratio"]))
        others = comparators(kind, confidence=confidence, apart_from=report.place)
        others = others[others["of"] == row["of"]] if len(others) else others
        if not len(others):
            continue
        top, bottom = others["value"].max(), others["value"].min()
        beyond = row["low"] > factor * top
        below = row["high"] is not None and row["high"] * factor < bottom
        if beyond or below:
            times = count(factor)
            side = Term(f"超过每个同口径参照的 {times} 倍", f"more than {times} times every comparator of the same definition")
            if below:
                side = Term(f"不到每个同口径参照的 {times} 分之一", f"less than 1/{times} of every comparator of the same definition")
            nearest = top if beyond else bottom
            staff = beyond and kind is Ratio.staff_per_organisation
            reading = Term("疑似把会员计入从业人员", "association members were probably counted as staff") if staff else _CHECK
            ends = f"{count(row['low'])}" if row["low"] == row["high"] else f"{count(row['low'])}…"
            sign = ">" if beyond else "<"
            yield _finding(
                "far_from_comparators", Severity.warning,
                Term(f"{kind.term.zh}{side.zh}，{reading.zh}", f"{kind.term.en}: {side.en}; {reading.en}"),
                f"{ends} {sign} {count(factor)} × {count(nearest)}" if beyond else f"{ends} {sign} {count(nearest)} / {count(factor)}",
                _ratio_places(report, kind), subject=kind.name, evidence=[Evidence.REFERENCE, Evidence.JUDGEMENT],
            )  # fmt: skip


_CHECK = Term("应核对统计口径", "check the definition")


def _ratio_places(report: Report, kind: Ratio) -> list[str]:
    return _where(report, [key for key in PARTS[kind][:2] if report.interval(key)])


_UNANSWERED = {
    "cause_without_measure": Term("没有对策回应的原因", "a cause that no measure answers"),
    "measure_without_cause": Term("没有对应原因的对策", "a measure for which no cause is given"),
    "problem_without_cause": Term("没有说明原因的问题", "a problem for which no cause is stated"),
}


def _unanswered(report: Report) -> Iterator[Finding]:
    for _, row in blind_spots(report).iterrows():
        if row["finding"] not in _UNANSWERED or row["status"] == Reached.stated.name:
            continue
        term = _UNANSWERED[row["finding"]]
        read_only = row["status"] == Reached.read_only.name
        tail = Term("（解读出的关联不计）", " (links that we read are not counted)") if read_only else Term("", "")
        yield _finding(
            row["finding"], Severity.note if read_only else Severity.warning,
            Term(f"{term.zh}：{row['name_zh']}{tail.zh}", f"{term.en}: {row['name_en']}{tail.en}"),
            f"{row['code']}: ● 0, ○ {row['read']}", [row["section"]], evidence=row["evidence"],
        )  # fmt: skip
