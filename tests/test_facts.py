from itertools import product

import narwhals as nw
import pandas as pd
import pytest

from analysis.facts import (
    EVERY,
    SUMS,
    UNKNOWN,
    Counted,
    Fact,
    Weighed,
    amount,
    any_of,
    at_least_of,
    before,
    below,
    given,
    known,
    one_of,
    says_yes,
)

YES, NO, OPEN = True, False, None
ANSWERS = (YES, NO, OPEN)


def answers(frame, fact):
    """What a fact says of each row: yes, no or open."""
    found = nw.from_native(frame).with_columns(yes=fact.yes, no=fact.no).to_native()
    assert not (found["yes"] & found["no"]).any()
    assert not found[["yes", "no"]].isna().any(axis=None)
    return [YES if yes else NO if no else OPEN for yes, no in zip(found["yes"], found["no"], strict=True)]


def column(values, dtype):
    return pd.DataFrame({"cell": pd.array(values, dtype=dtype)})


def said(name):
    return says_yes(name)


PAIRS = pd.DataFrame(
    {name: pd.array(values, dtype="boolean") for name, values in zip("pq", zip(*product(ANSWERS, ANSWERS), strict=True), strict=True)}
)
# strong three-valued logic (Kleene): yes, no, open by yes, no, open
AND = [YES, NO, OPEN, NO, NO, NO, OPEN, NO, OPEN]
OR = [YES, YES, YES, YES, NO, OPEN, YES, OPEN, OPEN]


def test_both_and_either_follow_the_tables_of_three_values():
    p, q = says_yes("p"), says_yes("q")
    assert answers(PAIRS, p & q) == AND
    assert answers(PAIRS, p | q) == answers(PAIRS, any_of(p, q)) == OR


def test_the_opposite_leaves_open_what_is_open():
    p = says_yes("p")
    assert answers(PAIRS, ~p) == [NO] * 3 + [YES] * 3 + [OPEN] * 3
    assert answers(PAIRS, ~~p) == answers(PAIRS, p)


def test_every_and_unknown_say_the_same_of_every_row():
    assert answers(PAIRS, EVERY & says_yes("p")) == answers(PAIRS, says_yes("p"))
    assert answers(PAIRS, UNKNOWN | says_yes("p")) == [YES] * 3 + [OPEN] * 6


@pytest.mark.parametrize("least", [1, 2, 3])
def test_at_least_so_many_is_known_once_the_open_ones_cannot_change_it(least):
    rows = list(product(ANSWERS, repeat=3))
    frame = pd.DataFrame({name: pd.array(values, dtype="boolean") for name, values in zip("abc", zip(*rows, strict=True), strict=True)})

    def naive(row):
        fillings = product(*([cell] if cell is not None else [YES, NO] for cell in row))
        found = {sum(filling) >= least for filling in fillings}
        return found.pop() if len(found) == 1 else OPEN

    assert answers(frame, at_least_of(least, map(said, "abc"))) == [naive(row) for row in rows]


def test_an_empty_number_is_not_below_a_limit_nor_above_it():
    frame = column([2, 3, 4, None], "Int64")
    assert answers(frame, below("cell", 3)) == [YES, NO, NO, OPEN]
    assert answers(frame, ~below("cell", 3)) == [NO, YES, YES, OPEN]


def test_zero_is_a_number_and_not_an_empty_cell():
    assert answers(column([0, None], "Int64"), below("cell", 1)) == [YES, OPEN]
    assert answers(column([0.0, 0.01, None], "Float64"), below("cell", 0.005)) == [YES, NO, OPEN]


def test_a_cell_is_given_or_not_and_never_open():
    assert answers(column(["x", None], "string"), given("cell")) == [YES, NO]


def test_a_code_is_one_of_some_or_open():
    frame = column(["own", "none", None], "string")
    assert answers(frame, one_of("cell", ["own", "joint"])) == [YES, NO, OPEN]
    assert answers(frame, one_of("cell", [])) == [NO, NO, OPEN]


DAYS = pd.DataFrame({"cell": pd.Series(["2016-02-29", "2017-01-01", None], dtype="datetime64[s]")}).assign(cell_until=pd.NaT)


@pytest.mark.parametrize(("day", "expected"), [(20160229, NO), (20160301, OPEN), (20160315, OPEN), (20160316, YES)])
def test_a_month_has_passed_with_its_last_day_and_not_before_its_first(day, expected):
    month = DAYS.head(1).assign(cell_until=pd.Series(["2016-03-15"], dtype="datetime64[s]"))
    assert answers(month, before("cell", day)) == [expected]


@pytest.mark.parametrize(("day", "years", "expected"), [
    (20160229, 0, [NO, NO, OPEN]), (20160301, 0, [YES, NO, OPEN]), (20190228, 3, [NO, NO, OPEN]), (20190301, 3, [YES, NO, OPEN]),
    (20200101, 3, [YES, NO, OPEN]), (20200102, 3, [YES, YES, OPEN]), (None, 3, [OPEN, OPEN, OPEN]),
])  # fmt: skip
def test_a_day_counts_as_past_from_the_next_one_on(day, years, expected):
    assert answers(DAYS, before("cell", day, years=years)) == expected


def test_known_is_a_test_for_an_empty_cell():
    found = nw.from_native(column([0, None], "Int64")).select(known("cell").alias("known")).to_native()
    assert found["known"].tolist() == [True, False]


def measured(frame, measure):
    """What each row adds to each sum: its cells worked out once, the sums from these."""
    cells = nw.from_native(frame).with_columns(cell.alias(f"m.{name}") for name, cell in measure.cells().items())
    found = cells.select(**measure.sums("m")).to_native()
    assert tuple(found.columns) == SUMS
    return [tuple(row) for row in found.astype(int).to_numpy().tolist()]


def test_a_counted_row_weighs_one_or_nothing():
    # by part (p) and whole (q): part, whole, unknown, unsized, thins, swells
    inside = {YES: (1, 1, 0, 0, 0, 0), NO: (0, 1, 0, 0, 0, 0), OPEN: (0, 0, 1, 0, 0, 0)}
    unsized = {YES: (0, 0, 0, 1, 0, 1), NO: (0, 0, 0, 1, 1, 0), OPEN: (0, 0, 0, 1, 1, 1)}
    by_whole = {YES: inside, NO: dict.fromkeys(ANSWERS, (0,) * 6), OPEN: unsized}
    assert measured(PAIRS, Counted(says_yes("p"), says_yes("q"))) == [by_whole[whole][part] for part, whole in product(ANSWERS, ANSWERS)]


def test_a_weighed_row_weighs_its_amount():
    cells = {"p": [2, 0, None, 2, None, 5], "q": [3, 0, 3, None, None, 3]}
    frame = pd.DataFrame({name: pd.array(values, dtype="Int64") for name, values in cells.items()})
    expected = [(2, 3, 0, 0), (0, 0, 0, 0), (0, 0, 3, 0), (0, 0, 0, 1), (0, 0, 0, 1), (0, 0, 3, 0)]
    assert [row[:4] for row in measured(frame, Weighed(amount("p"), amount("q")))] == expected


def test_a_difference_and_a_sum_are_known_where_both_cells_are():
    frame = pd.DataFrame({name: pd.array(values, dtype="Int64") for name, values in {"p": [5, None, 1], "q": [3, 3, None]}.items()})
    for found, expected in ((amount("p") - amount("q"), [2, None, None]), (amount("p") + amount("q"), [8, None, None])):
        rows = nw.from_native(frame).select(value=found.value, known=found.known).to_native()
        assert [int(v) if k else None for v, k in zip(rows["value"], rows["known"], strict=True)] == expected


def test_an_amount_that_exceeds_its_whole_settles_nothing():
    # a pair of cells that contradict each other is as good as empty
    frame = pd.DataFrame({"p": pd.array([4], dtype="Int64"), "q": pd.array([3], dtype="Int64")})
    assert measured(frame, Weighed(amount("q") - amount("p"), amount("q")))[0][:4] == (0, 0, 3, 0)


def test_a_fact_is_a_pair_that_can_be_taken_apart():
    assert isinstance(~EVERY, Fact)
    assert (~EVERY).no is EVERY.yes
