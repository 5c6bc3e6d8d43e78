import math
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise, product

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive import due, elects, organised, terms
from registers import AS_OF, in_duckdb, in_pandas, law, tables

from analysis.actions import actions
from analysis.elections import elections
from analysis.metrics import rates
from analysis.model import AnalysisError, Term
from analysis.planning import RATES, Rate, planned
from analysis.recruitment import recruitment, recruits_needed
from analysis.register import Register
from analysis.report import Report, load_report
from analysis.rooms import rooms
from analysis.settings import Settings
from analysis.training import _CLASSES, classes_needed, training, waiting

O = pd.DataFrame({"name": ["o"]})  # noqa: E741
DEMO = Report.of("demo", organisations=42, branches=34, members=678, staff=21984, training_classes=1)


def branches(**columns):
    rows = len(next(iter(columns.values())))
    return Register(O, pd.DataFrame({"name": [f"b{row}" for row in range(rows)]} | columns), as_of=AS_OF)


def at(rows, code, *columns):
    return rows.set_index("code").loc[code, list(columns)].tolist()


# ---- rates


def test_every_rate_is_stated_with_its_range_and_reason():
    found = planned()
    assert found["code"].tolist() == list(RATES)
    assert (found["least"] <= found["value"]).all()
    assert (found["value"] <= found["most"]).all()
    assert found[["name_zh", "name_en", "why_zh", "why_en", "unit_zh", "unit_en"]].map(bool).all(axis=None)
    assert set(found["evidence"]) == {"JUDGEMENT"}
    assert set(found["assumptions"]) == {"C33"}


def test_what_the_report_prints_goes_before_what_is_assumed():
    found = planned(report=load_report("yangxian"))
    assert at(found, "classes", "least", "value", "most", "evidence") == [1, 1, 1, "REPORT"]
    assert at(planned(report=load_report("yangxian"), classes=2), "classes", "most", "evidence") == [2, "JUDGEMENT"]


def test_what_is_given_goes_before_both():
    own = Rate("turnover", Term("更替", "turnover"), 0.1, 0.2, 0.3, Term("", ""), Term("本县近三年", "our last three years"))
    found = planned(turnover=own, size=(10, 20, 30))
    assert at(found, "turnover", "least", "value", "most", "why_en") == [0.1, 0.2, 0.3, "our last three years"]
    assert at(found, "size", "least", "value", "most") == [10, 20, 30]


def test_training_is_due_again_by_the_months_that_are_set():
    assert at(planned(settings=Settings(training_months=36)), "lapse", "least", "most") == [0, 1 / 3]
    assert at(planned(settings=Settings(training_months=6)), "lapse", "most") == [1]


@pytest.mark.parametrize(
    "wrong",
    [{"size": 0}, {"turnover": 1.1}, {"turnover": -0.1}, {"leaving": 1}, {"size": (3, 2, 4)}, {"classes": -1}, {"ageing": (0, 0, 2)}],
)
def test_a_rate_that_cannot_be_is_refused(wrong):
    with pytest.raises(AnalysisError, match=f"rate '{next(iter(wrong))}' is .*least, usual and greatest"):
        planned(**wrong)


# ---- training

LONG_AGO, LATELY = date(2018, 1, 1), date(2021, 1, 1)


def test_training_by_hand():
    # of four secretaries two wait for certain, one may; two places a year, and half of the others come to wait
    register = branches(trained_on=[LONG_AGO, LONG_AGO, LATELY, None])
    found = training(register, size=2, classes=1, turnover=0.5, lapse=0, years=2)
    # from 2: 0 left, then 2 of 4; from 3: 1 left, then 1 + 3/2
    assert found[["year", "least", "most"]].to_numpy().tolist() == [[0, 2, 3], [1, 2, 2.5], [2, 2, 2.25]]
    assert found["value"].isna().all()
    assert found["left_most"].tolist() == [3, 1, 0.5]
    assert found["of"].tolist() == [4] * 3
    assert found["needs"].tolist() == ["branches/trained_on"] * 3
    assert set(found["evidence"]) == {"LEDGER JUDGEMENT"}
    assert set(found["assumptions"]) == {"C21 C33"}


def test_turnover_and_training_grown_old_do_not_count_twice():
    register = branches(trained_on=[LATELY] * 4)
    # of four, half are replaced and half of the others due again: three
    assert training(register, size=1, classes=0, turnover=0.5, lapse=0.5, years=1)["most"].tolist() == [0, 3]


def test_a_filled_column_leaves_the_usual_rates_one_value():
    found = training(branches(trained_on=[LONG_AGO, LATELY]), years=3)
    assert found["value"].notna().all()
    assert (found["least"] <= found["value"]).all()
    assert (found["value"] <= found["most"]).all()
    assert found["needs"].eq("").all()


def naive_path(start, size, classes, turnover, lapse, *, of, years):
    path = [start]
    for _ in range(years):
        left = max(0, path[-1] - size * classes)
        trained = (of - left) * (1 - turnover) * (1 - lapse)
        path.append(of - trained)
    return path


@law(40)
@given(
    st.integers(0, 4), st.integers(0, 4),
    st.tuples(*(st.tuples(*[st.integers(*span)] * 3) for span in ((1, 3), (0, 2), (0, 4), (0, 4)))),
)  # fmt: skip
def test_the_ends_are_those_of_a_search_over_all_rates_and_cells(old, empty, drawn):
    size, classes, *shares = (tuple(sorted(values)) for values in drawn)
    given_rates = [size, classes, *(tuple(Fraction(n, 4) for n in values) for values in shares)]
    register = branches(trained_on=[LONG_AGO] * old + [LATELY] + [None] * empty)
    options = dict(zip(("size", "classes", "turnover", "lapse"), given_rates, strict=True))
    found = training(register, **options, years=4)
    grid = [
        naive_path(start, *chosen, of=old + empty + 1, years=4) for start in range(old, old + empty + 1) for chosen in product(*given_rates)
    ]
    for year, row in enumerate(found.to_dict("records")):
        assert (row["least"], row["most"]) == (float(min(path[year] for path in grid)), float(max(path[year] for path in grid)))
        usual = [naive_path(start, *(r[1] for r in given_rates), of=old + empty + 1, years=4)[year] for start in (old, old + empty)]
        assert (row["usual_least"], row["usual_most"]) == tuple(map(float, usual))


def test_totals_alone_give_all_that_is_possible():
    found = training(Register.unknown(DEMO), size=30, turnover=0.1, lapse=0, years=2, report=DEMO)
    # none wait, or all 34: 30 places leave 4, then a tenth of 30 come to wait
    assert found[["least", "most"]].to_numpy().tolist() == [[0, 34], [3.4, 7], [3.4, 3.4]]
    assert found["evidence"].tolist() == ["REPORT JUDGEMENT"] * 3


def test_branches_that_are_not_printed_leave_the_queue_open():
    none = Report.of("demo", organisations=3)
    found = training(Register.unknown(none), report=none, years=1)
    assert found["least"].tolist() == [0, 0]
    assert found["most"].isna().all()
    assert classes_needed(Register.unknown(none), report=none)["most"].isna().all()
    about = Report.of("demo", branches="about 40")
    assert training(Register.unknown(about), report=about, years=0)["most"].tolist() == [45]  # read as 35 to 45 (B1)


def test_a_queue_of_nobody_stays_a_queue_of_nobody():
    register = Register(O, as_of=AS_OF)
    assert training(register, years=1)[["least", "value", "most"]].to_numpy().tolist() == [[0, 0, 0]] * 2
    assert classes_needed(register)["most"].tolist() == [0, 0, 0]


def test_classes_by_hand():
    register = branches(trained_on=[LONG_AGO] * 5 + [LATELY] * 5 + [None] * 2)
    found = classes_needed(register, size=(2, 3, 6), turnover=(0.25, 0.5, 0.75), lapse=0)
    # 5 over 6, 5 and 7 over 3, 7 over 2; then 3, 6 and 9 of the 12 a year
    assert at(found, "empty", "least", "usual_least", "usual_most", "most") == [1, 2, 3, 4]
    assert at(found, "keep", "least", "value", "most") == [1, 2, 5]


def test_the_years_until_all_have_had_a_turn_by_hand():
    register = branches(trained_on=[LONG_AGO] * 5 + [LATELY] * 5 + [None] * 2)
    found = classes_needed(register, size=(2, 3, 6), classes=(0, 1, 2), turnover=0.25, lapse=0)
    # 5 over 12, 5 and 7 over 3, and without a class never
    assert at(found, "turn", "least", "usual_least", "usual_most") == [1, 2, 3]
    assert found.set_index("code").loc[["turn"], "most"].isna().all()
    assert classes_needed(branches(trained_on=[LATELY]), classes=0).set_index("code").loc["turn", "most"] == 0


def test_what_is_said_of_training_is_of_the_plan_that_is_drawn():
    report = load_report("yangxian")
    held, options = Register.unknown(report), {"size": 30, "report": report}
    needed, path = classes_needed(held, **options).set_index("code"), training(held, **options)
    # who waits first is trained first: all of them, once the places of so many years are as many
    turn, places = needed.loc["turn"], 30 * planned(report=report).set_index("code").loc["classes", "least"]
    assert path["most"].iloc[0] <= turn["most"] * places < path["most"].iloc[0] + places
    assert "REPORT" in turn["evidence"]
    # whoever comes to wait has a place in the next year: nobody is left over, though some wait at the end of each year
    assert needed.loc["keep", "most"] * 30 >= path["most"].iloc[-1] > 0
    assert path["left_most"].iloc[-1] == 0
    assert not any("empty" in term.en for term in _CLASSES.values())


@law(25)
@given(st.integers(0, 30), st.integers(1, 9), st.integers(0, 8))
def test_so_many_classes_empty_the_queue_and_keep_it_so_and_one_fewer_do_not(old, size, turnover):
    register, share = branches(trained_on=[LONG_AGO] * old + [LATELY]), Fraction(turnover, 8)
    needed = {row["code"]: int(row["value"]) for row in classes_needed(register, size=size, turnover=share, lapse=0).to_dict("records")}
    for code, start in (("empty", old), ("keep", share * (old + 1))):
        for count, enough in ((needed[code], True), (needed[code] - 1, False)):
            if count >= 0:
                left = waiting(start, old + 1, places=Fraction(size * count), share=share, years=1)[1][1]
                assert (left == 0) is enough


def test_one_class_keeps_up_in_the_county_as_the_assumptions_say():
    report = load_report("yangxian")
    found = classes_needed(Register.unknown(report), size=30, report=report)
    assert at(found, "keep", "least", "most") == [1, 1]
    ahead = training(Register.unknown(report), size=30, report=report)
    assert math.ceil(ahead["most"].iloc[-1]) == 23


def test_years_that_are_past_are_refused():
    with pytest.raises(AnalysisError, match="years: -1 is less than 0"):
        training(branches(trained_on=[None]), years=-1)


# ---- elections


def calendar(rows, as_of=AS_OF, **options):
    return elections(Register(O, pd.DataFrame([{"name": str(at)} | row for at, row in enumerate(rows)]), as_of=as_of), **options)


def ends(found):
    return {row["code"]: (int(row["least"]), int(row["most"])) for row in found.to_dict("records") if row["code"] != "pace"}


def test_a_calendar_by_hand():
    found = calendar(
        [
            {"level": "branch", "last_election_on": "2018-07-01"},  # due the day after the count
            {"level": "branch", "last_election_on": "2018-06-30", "term_years": 3},  # on the day of the count itself
            {"level": "branch", "last_election_on": "2019-01-15"},  # due in January 2022
            {"level": "committee", "last_election_on": "2018-07-01"},  # in five years
            {"level": "branch", "last_election_on": "2017-01-01"},  # overdue, by two years or by one
            {"level": "branch", "last_election_on": "2016-01-01"},  # overdue by more than a year in either case
            {"level": "group", "last_election_on": "2001-01-01"},
            {"level": "branch", "last_election_on": None},
        ]
    )
    counted = ends(found)
    # an empty cell may be due in any period
    assert counted["overdue_more"] == (2, 3)
    assert counted["quarter1"] == (2, 3)
    assert counted["quarter3"] == (1, 2)
    assert counted["quarter9"] == (1, 2)
    assert counted["quarter2"] == counted["overdue"] == counted["later"] == (0, 1)
    assert counted["backlog"] == (2, 3)
    assert counted["due"] == (3, 4)
    assert counted["to_hold"] == (5, 6)
    assert at(found, "pace", "least", "most") == [5 / 12, 6 / 12]
    assert at(found, "not_known", "least", "most", "of") == [1, 1, 7]
    assert at(found, "quarter1", "starts", "before") == ["2021-06-30", "2021-09-30"]


def test_two_terms_leave_two_quarters_and_not_those_between():
    # elected in May 2018 for two or three years: due in May 2020 or in May 2021
    found = ends(calendar([{"level": "branch", "last_election_on": "2018-05-01"}], as_of=date(2020, 4, 1)))
    assert found["quarter1"] == found["quarter5"] == (0, 1)
    assert found["quarter2"] == found["quarter4"] == found["overdue"] == (0, 0)
    assert found["not_known"] == (1, 1)
    assert found["to_hold"] == (0, 1)


def test_a_month_without_its_day_may_fall_on_both_sides():
    row = {"level": "branch", "last_election_on": "2019-06-01", "last_election_on_until": "2019-06-30"}
    found = ends(calendar([row], as_of=date(2022, 6, 15)))
    assert found["overdue"] == found["quarter1"] == (0, 1)
    assert found["to_hold"] == (1, 1)


def test_a_term_that_ends_on_29_february_ends_on_the_28th_here_as_in_the_action_list():
    cells = {"branch_id": ["p"], "name": ["p"], "level": ["branch"], "last_election_on": ["2020-02-29"]}
    for as_of, quarter in ((date(2022, 11, 28), "quarter2"), (date(2022, 11, 29), "quarter1"), (date(2022, 12, 1), "quarter1")):
        register = Register(pd.DataFrame({"name": ["o"]}), pd.DataFrame(cells), as_of=as_of)
        assert elections(register).set_index("code").loc[quarter, "value"] == 1, as_of
        assert set(actions(register).query("action == 'prepare_election'")["due_on"]) == {pd.Timestamp("2023-02-28")}


def test_without_a_day_of_the_count_nothing_is_settled():
    found = calendar([{"level": "branch", "last_election_on": "2019-01-15"}, {"level": "temporary"}], as_of=None)
    assert set(ends(found).values()) == {(0, 1), (1, 1)}
    assert at(found, "quarter1", "starts", "before", "of") == ["", "", 1]
    assert "branches/last_election_on" in at(found, "quarter1", "needs")[0]


def test_totals_alone_leave_every_period_open():
    found = elections(Register.unknown(DEMO))
    assert found.loc[found["kind"] == "period", "most"].tolist() == [34] * 16
    assert at(found, "pace", "least", "most") == [0, 34 / 12]
    none = elections(Register.unknown(Report.of("demo")))
    assert none["most"].isna().all()


@pytest.mark.parametrize("wrong", [{"months": 0}, {"quarters": 0}])
def test_a_calendar_without_time_is_refused(wrong):
    with pytest.raises(AnalysisError, match="is less than 1"):
        calendar([{}], **wrong)


def months_on(day, months):
    """The day so many months later; where the month lacks it, the first of the next."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)


def naive_calendar(rows):
    """Each period's least and most as a loop over branches and their possible due days."""
    edges = [months_on(AS_OF, 3 * n) for n in range(13)]
    long_ago = AS_OF.replace(year=AS_OF.year - 1)
    spans = {"overdue_more": (date.min, long_ago), "overdue": (long_ago, AS_OF), "later": (edges[-1], date.max)}
    spans |= {f"quarter{n + 1}": pair for n, pair in enumerate(pairwise(edges))}
    spans |= {"backlog": (date.min, AS_OF), "due": (AS_OF, edges[4]), "to_hold": (date.min, edges[4])}
    found = dict.fromkeys(spans, (0, 0))
    for row in rows:
        sure = elects(row)
        if sure is False:
            continue
        days = []
        if row["last_election_on"] is not None:
            first, last = row["last_election_on"], row["last_election_on_until"] or row["last_election_on"]
            held = [first + timedelta(days=n) for n in range((last - first).days + 1)]
            # a committee of the older time had three or five years, never four
            days = [due(day, term) for day in held for term in terms(row, day) - ({4} if row["term_years"] is None else set())]
        for code, (start, end) in spans.items():
            inside = [start <= day < end for day in days]
            least, most = found[code]
            found[code] = (least + bool(sure and inside and all(inside)), most + (not inside or any(inside)))
    return found


@law(12)
@given(tables(3, 6))
def test_a_calendar_is_that_of_a_loop_and_agrees_with_the_indicator(both):
    register = in_pandas(both)
    rows = elections(register)
    found = ends(rows)
    uncounted = not both[1] and any(organised(row) for row in both[0])
    expected = {code: (least, None) if uncounted else (least, most) for code, (least, most) in naive_calendar(both[1]).items()}
    assert {code: found[code] for code in expected} == expected
    said = rates(register, only=["election_overdue", "election_overdue_year"]).set_index("code")
    for code, indicator in (("backlog", "election_overdue"), ("overdue_more", "election_overdue_year")):
        assert found[code] == tuple(said.loc[indicator, ["least", "most"]])
    periods = rows[rows["kind"] == "period"]
    assert periods["least"].sum() == (periods["of"].iloc[0] if len(both[1]) else 0)


def test_branches_that_a_ledger_does_not_list_are_not_none():
    bodies = pd.DataFrame({"name": ["a", "b"], "coverage": ["own", "none"]})
    held = Register(bodies, as_of=AS_OF)
    assert elections(held)["most"].isna().all()
    assert training(held)["most"].isna().all()
    assert rates(held, only=["election_overdue"])[["least", "most", "of"]].to_numpy().tolist() == [[0, None, None]]
    none = Register(bodies.assign(coverage="none"), as_of=AS_OF)
    assert elections(none)["most"].max() == training(none)["most"].max() == 0


# ---- recruitment

UNITS = [Fraction(n, 20) for n in range(21)]


def simulated(share, members, recruits, *, years, ageing, leaving):
    young, whole = share * members, members
    for _ in range(years):
        young = young * (1 - leaving) * (1 - ageing) + recruits
        whole = whole * (1 - leaving) + recruits
    return young / whole


@law(150)
@given(
    st.sampled_from(UNITS), st.integers(1, 60), st.sampled_from(UNITS[1:8]), st.integers(1, 6),
    st.tuples(st.sampled_from(UNITS[:8]), st.sampled_from(UNITS[:8])),
)  # fmt: skip
def test_the_recruits_are_the_fewest_that_lift_the_share(share, members, points, years, gone):
    rates_of = {"years": years, "ageing": gone[0], "leaving": gone[1]}
    needed = recruits_needed(share, Fraction(members), points=points, **rates_of)
    if isinstance(needed, int):
        assert simulated(share, members, needed, **rates_of) >= share + points
        assert not needed or simulated(share, members, needed - 1, **rates_of) < share + points
    else:
        # with ever more recruits the share of the young tends to theirs alone
        assert simulated(share, members, 10**9, **rates_of) < share + points or share + points == 1
        assert needed == ("above" if share + points >= 1 else "ageing")


def ledger(*bands, **columns):
    names = ("members_to_35", "members_36_to_59", "members_from_60")
    cells = {name: [row[place] for row in bands] for place, name in enumerate(names)}
    return Register(pd.DataFrame({"name": [f"o{place}" for place in range(len(bands))]} | cells | columns))


def test_recruitment_by_hand():
    # 20 of 100; a tenth pass 35: (18 + x) / (100 + x) is three tenths at 12 / 0.7
    found = recruitment(ledger((20, 60, 20)), years=[1], ageing=0.1, leaving=0)
    assert at(found, "after1", "least", "value", "most", "outcome") == [18, 18, 18, "can"]
    assert at(found, "now", "least", "most", "low", "high", "of") == [20, 20, 0.2, 0.2, 100]
    assert set(found["assumptions"]) == {"C24 C33"}


@law(25)
@given(
    st.tuples(*[st.integers(0, 20)] * 3), st.tuples(*[st.integers(0, 4)] * 3), st.tuples(*[st.integers(0, 4)] * 3), st.integers(1, 4),
)  # fmt: skip
def test_the_ends_are_those_of_a_search_over_all_rates(bands, ageing, leaving, years):
    if not sum(bands):
        return
    old, gone = (tuple(Fraction(n, 10) for n in sorted(drawn)) for drawn in (ageing, leaving))
    row = recruitment(ledger(bands), years=[years], ageing=old, leaving=gone).set_index("code").loc[f"after{years}"]
    share, members = Fraction(bands[0], sum(bands)), Fraction(sum(bands))
    grid = [
        recruits_needed(share, members, points=Fraction(1, 10), years=years, ageing=a, leaving=b)
        for a in UNITS[2 * min(ageing) : 2 * max(ageing) + 1 : 1]
        for b in UNITS[2 * min(leaving) : 2 * max(leaving) + 1 : 1]
    ]
    numbers = [value for value in grid if isinstance(value, int)]
    assert (row["least"] if not pd.isna(row["least"]) else None) == (min(numbers) if numbers else None)
    assert (row["most"] if not pd.isna(row["most"]) else None) == (max(numbers) if len(numbers) == len(grid) else None)
    assert row["outcome"] == ("cannot" if not numbers else "can" if len(numbers) == len(grid) else "depends")


@law(40)
@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=3, max_size=3), min_size=1, max_size=3), st.booleans())
def test_emptied_cells_keep_the_answer_within_its_ends(rows, printed):
    full = [[cell for cell, _ in row] for row in rows]
    total = sum(map(sum, full))
    if not total:
        return
    options = {"years": [2], "ageing": 0.1, "leaving": 0.1}
    emptied = [[None if gone else cell for cell, gone in row] for row in rows]
    true = recruitment(ledger(*full), **options).set_index("code")
    found = recruitment(ledger(*emptied), **options, report=Report.of("demo", members=total) if printed else None).set_index("code")
    for code in ("now", "after2"):
        low, high, value = found.loc[code, "least"], found.loc[code, "most"], true.loc[code, "value"]
        assert pd.isna(high) or value <= high
        assert low <= value or pd.isna(value)
        assert not pd.isna(value) or pd.isna(high)
    assert found.loc["now", "low"] <= true.loc["now", "low"] <= found.loc["now", "high"]


@pytest.mark.parametrize(
    ("bands", "options", "reason"),
    [
        ((95, 5, 0), {}, "all members or more"),
        ((50, 50, 0), {"ageing": 0.9, "leaving": 0, "years": [9]}, "as fast as"),
        ((20, 60, 20), {"available": 10}, "than there are to recruit"),
    ],
)
def test_what_cannot_happen_is_said_with_its_reason(bands, options, reason):
    row = recruitment(ledger(bands), **({"years": [1]} | options)).iloc[1]
    assert (row["outcome"], row["status_en"]) == ("cannot", "cannot happen")
    assert reason in row["reason_en"]
    assert row["reason_zh"]
    assert pd.isna(row["least"])
    assert pd.isna(row["most"])


def test_only_staff_who_are_no_members_can_be_recruited():
    # 25 staff of whom 20 are members: five a year are fewer than the 18 that it takes
    few = ledger((20, 60, 20), staff=[25], members_staff=[20])
    assert recruitment(few, years=[1], ageing=0.1, leaving=0).loc[1, "outcome"] == "cannot"
    many = ledger((20, 60, 20), staff=[38], members_staff=[20])
    assert recruitment(many, years=[1], ageing=0.1, leaving=0).loc[1, "outcome"] == "can"


def test_totals_alone_bound_recruitment_from_below():
    found = recruitment(Register.unknown(DEMO), years=[1], ageing=0, leaving=0, report=DEMO)
    # none of 678 is young: x / (678 + x) is a tenth at 75.3; if all are, no share is higher
    assert at(found, "after1", "least", "outcome", "of", "evidence") == [76, "depends", 678, "REPORT JUDGEMENT"]
    assert pd.isna(at(found, "after1", "most")[0])
    assert at(found, "now", "least", "most", "low", "high") == [0, 678, 0, 1]
    assert "organisations/members_to_35" in at(found, "after1", "needs")[0]
    blank = recruitment(Register.unknown(Report.of("demo")), years=[1])
    assert at(blank, "after1", "outcome", "of") == ["depends", None]
    bands = ledger((20, None, 20), (1, 1, 1))
    assert recruitment(bands, years=[1]).loc[1, "outcome"] == "depends"


@pytest.mark.parametrize("wrong", [{"points": 0}, {"years": [0]}, {"points": 10}, {"available": -1}])
def test_a_rise_of_nothing_is_refused(wrong):
    with pytest.raises(AnalysisError, match="raised by more than 0 and at most 1, after 1 year"):
        recruitment(ledger((1, 1, 1)), **wrong)


# ---- rooms


def located(rows):
    return Register(
        pd.DataFrame([{"name": str(place), "township": town, "activity_room": room} for place, (town, room) in enumerate(rows)])
    )


def test_rooms_by_hand():
    register = located([("s", False)] * 4 + [("s", True), ("s", None), ("t", False), (None, False), (None, None)])
    found = rooms(register, shared_by=[1, 3])
    # s: four without, with its open cell five, with both that are not placed seven
    assert at(found, "s/3", "without_least", "without_most", "least", "most") == [4, 7, 2, 3]
    assert at(found, "t/3", "least", "most") == [1, 1]
    # the one without a township fits into a room of s; or both that are not placed need one each elsewhere
    assert at(found, "all/3", "without_least", "without_most", "least", "most") == [6, 8, 3, 5]
    assert at(found, "all/1", "least", "most") == [6, 8]
    assert found["needs"].tolist()[-1] == "organisations/activity_room organisations/township"


@law(60)
@given(
    st.lists(st.tuples(st.sampled_from(["s", "t", None]), st.sampled_from([True, False, None])), min_size=1, max_size=6), st.integers(1, 3)
)
def test_rooms_are_those_of_all_fillings(rows, size):
    found = ends(rooms(located(rows), shared_by=[size]))
    totals, in_s = [], []
    new = [f"new{place}" for place in range(len(rows))]
    for filling in product(*(product([town] if town else ["s", "t", own], [room] if room is not None else [True, False])
                             for own, (town, room) in zip(new, rows, strict=True))):  # fmt: skip
        towns = [town for town, room in filling if not room]
        totals.append(sum(math.ceil(towns.count(town) / size) for town in set(towns)))
        in_s.append(math.ceil(towns.count("s") / size))
    assert found[f"all/{size}"] == (min(totals), max(totals))
    if f"s/{size}" in found:
        assert found[f"s/{size}"] == (min(in_s), max(in_s))


def test_full_columns_settle_the_rooms():
    found = rooms(located([("s", False), ("s", True)]))
    assert found["needs"].eq("").all()
    assert (found["value"] == found["least"]).all()


def test_totals_alone_ask_for_the_columns_of_rooms():
    found = rooms(Register.unknown(DEMO), shared_by=[5])
    assert at(found, "all/5", "least", "most", "without_most") == [0, 42, 42]
    assert rooms(Register.unknown(Report.of("demo")))["most"].isna().all()


def test_a_room_is_shared_by_somebody():
    with pytest.raises(AnalysisError, match="1 or more"):
        rooms(located([("s", False)]), shared_by=[0])


# ---- engines


@law(3)
@given(tables(6, 6, least=1))
def test_plans_are_the_same_on_another_engine(both):
    one, other = in_pandas(both), in_duckdb(both)
    for ask in (training, classes_needed, elections, recruitment, rooms):
        pd.testing.assert_frame_equal(ask(one), ask(other), check_exact=True)


def test_plans_run_on_polars():
    polars = pytest.importorskip("polars")
    frames = [
        {"name": ["a", "b"], "township": ["s", None], "activity_room": [False, None]},
        {"name": ["p", "q"], "level": ["branch", None], "last_election_on": [date(2018, 3, 1), None], "trained_on": [LONG_AGO, None]},
    ]
    keyed = [frame | {key: ["1", "2"]} for frame, key in zip(frames, ("org_id", "branch_id"), strict=True)]
    one, other = (Register(*(make(frame) for frame in keyed), as_of=AS_OF) for make in (pd.DataFrame, polars.DataFrame))
    for ask in (training, elections, rooms):
        pd.testing.assert_frame_equal(ask(one), ask(other), check_exact=True)
