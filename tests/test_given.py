"""Public functions refuse values of another kind than they say that they take, each by name."""

import inspect
import math
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_type_hints

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis import AnalysisError, Evidence, Register, Report, Settings
from analysis.given import checked, fits, within

DAY = date(2020, 6, 30)
ONE = Register(pd.DataFrame({"org_id": ["a"], "name": ["A"]}), as_of=DAY)
REPORT = Report.of("demo", organisations=42, branches=34)
FRAME = pd.DataFrame({"name": ["A"]})
PUBLIC = [getattr(analysis, name) for name in analysis.__all__ if inspect.isfunction(getattr(analysis, name))]
WRONG = {
    Register: ([FRAME, "ledger.xlsx", Path("ledger.xlsx"), REPORT, [ONE]], "a Register: Register"),
    Report: ([FRAME, "yangxian", ONE, 3], "a Report: load_report"),
    Settings: ([FRAME, {"training_months": 3}, None, "settings.toml"], "Settings: Settings"),
    pd.DataFrame: ([ONE, [{"code": "a"}], "a.csv"], "a table of result rows"),
    bool: (["yes", 1, None], "True or False"),
    int: ([2.5, math.nan, True, "3", [3]], "a whole number"),
}


def parameters():
    for function in PUBLIC:
        for name, kind in get_type_hints(function).items():
            wanted = next((each for each in WRONG if name != "return" and kind in (each, each | None)), None)
            if wanted is not None:
                yield pytest.param(function, name, kind, wanted, id=f"{function.__name__}-{name}")


def called(function, name, value):
    """Call a function with this value, and with some value of its kind for all else that it must be given."""
    values, options, kinds = [], {}, get_type_hints(function)
    some = (ONE, REPORT, FRAME, "x", "zh", DAY, {}, Evidence)
    for each in inspect.signature(function).parameters.values():
        if each.kind is each.VAR_POSITIONAL:
            values += [value] if each.name == name else []
        elif each.kind is each.KEYWORD_ONLY and each.name == name:
            options[name] = value
        elif each.name == name or (each.default is each.empty and each.kind is not each.VAR_KEYWORD):
            chosen = value if each.name == name else next(one for one in some if fits(one, kinds[each.name]))
            options[each.name] = chosen
    return function(*options.values(), *values) if values else function(**options)


@pytest.mark.parametrize(("function", "name", "kind", "wanted"), list(parameters()))
def test_every_public_function_names_a_value_of_another_kind(function, name, kind, wanted):
    values, said = WRONG[wanted]
    for value in [*values, *([] if kind != wanted else [None])]:
        with pytest.raises(AnalysisError, match=f"^{name}: give .*{said}.*not {type(value).__name__}.* · {name}：请给"):
            called(function, name, value)


def test_all_of_the_kinds_are_met():
    met = {wanted for _, _, _, wanted in (each.values for each in parameters())}
    assert met == set(WRONG)
    assert sum(1 for _ in parameters()) > 100


@pytest.mark.parametrize(("value", "kind", "whether"), [
    (3, int, True), (np.int64(3), int, True), (3.0, int, False), (True, int, False), ("3", int, False),
    (3, float, True), (np.float32(0.5), float, True), (math.inf, float, False), (math.nan, float, False), (False, float, False),
    (np.True_, bool, True), (1, bool, False), (None, int | None, True), (None, int, False), ("a", Path | str, True), (Path("a"), Path, True),
    ("zh", Literal["zh", "en"], True), ("fr", Literal["zh", "en"], False), (["zh"], Literal["zh", "en"], False),
    ([1, 2], tuple[int, int], True), ((1, "2"), tuple[int, int], False), (5, list[int], False), (np.array([1, 2]), list[int], True),
    ({"a": [1]}, dict[str, list[int]], True), ({"a": 1}, dict[str, list[int]], False), ([("a", 1)], dict[str, int], False),
    (Evidence, type[Evidence], True), (Evidence.LEDGER, type[Evidence], False), ("LEDGER", Evidence, False), (print, Any, True),
])  # fmt: skip
def test_a_value_fits_a_kind(value, kind, whether):
    assert fits(value, kind) is whether


def test_a_public_function_is_its_room_s_in_all_else():
    from analysis import metrics

    assert inspect.signature(analysis.rates) == inspect.signature(metrics.rates)
    assert analysis.rates.__doc__ == metrics.rates.__doc__
    assert checked(metrics.rates) is analysis.rates
    with pytest.raises(TypeError, match="register"):
        analysis.rates()


def test_a_public_function_can_be_sent_to_another_process():
    import pickle

    assert pickle.loads(pickle.dumps(analysis.rates)) is analysis.rates
    assert pickle.loads(pickle.dumps(analysis.audit)) is analysis.audit


def test_what_is_shown_of_a_value_is_short():
    with pytest.raises(AnalysisError, match=r"not str \('x{39}…\)") as error:
        analysis.rates("x" * 1000)
    assert len(str(error.value)) < 300
    with pytest.raises(AnalysisError, match="not Register"):
        analysis.audit(ONE)


@pytest.mark.parametrize(("value", "said"), [
    (0, "years: 0 is less than 1: give 1 or more. · years：0 小于 1"), (11, "years: 11 is more than 10: give 10 or less. · years：11 大于 10"),
    ("3", r"years: give a whole number, not str \('3'\)"),
])  # fmt: skip
def test_a_number_lies_within_its_ends(value, said):
    with pytest.raises(AnalysisError, match=said):
        within("years", value, 1, 10)
    within("years", 10, 1, 10)
    within("years", 10**9, 1)


@pytest.mark.parametrize(
    "give", [lambda: analysis.training_by_size(ONE, sizes=iter([10, 20])), lambda: analysis.rates(ONE, by=(x for x in ["township"]))]
)
def test_what_can_be_gone_through_only_once_is_no_list(give):
    with pytest.raises(AnalysisError, match="give a list"):
        give()
