import re

import pytest

from analysis.indicators import CRITERIA, INDICATORS, needs
from analysis.model import Grain
from analysis.schema import COLUMNS, KEYS, NUMBERS, TABLE_TERMS, TABLES, Type
from analysis.settings import Eligible, Settings

ALL = [pytest.param(table, name, column, id=f"{table}/{name}") for table, columns in TABLES.items() for name, column in columns.items()]
VOCABULARIES = sorted({column.codes for column in COLUMNS.values() if column.codes}, key=lambda codes: codes.__name__)
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize(("table", "name", "column"), ALL)
def test_a_column_has_a_name_and_a_meaning_in_both_languages(table, name, column):
    assert re.fullmatch("[a-z][a-z0-9_]*", name)
    for term in (column.term, column.meaning):
        assert CHINESE.search(term.zh)
        assert term.en
        assert not CHINESE.search(term.en)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_two_columns_of_a_table_have_the_same_name(table, lang):
    names = [column.term(lang) for column in TABLES[table].values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("codes", VOCABULARIES, ids=lambda codes: codes.__name__)
def test_a_vocabulary_is_in_both_languages_without_doubles(codes):
    for lang in ("zh", "en"):
        names = [member.term(lang) for member in codes]
        assert all(names)
        assert len(set(names)) == len(names) == len(codes.__members__)
    assert all(CHINESE.search(member.term.zh) and not CHINESE.search(member.term.en) for member in codes)


@pytest.mark.parametrize(("table", "name", "column"), ALL)
def test_codes_belong_to_columns_of_codes(table, name, column):
    assert (column.codes is not None) == (column.type is Type.code)


@pytest.mark.parametrize(("table", "name", "column"), ALL)
def test_a_bound_is_a_column_of_numbers_of_the_same_table(table, name, column):
    for whole in column.at_most:
        assert TABLES[table][whole].type in NUMBERS
        assert column.type is TABLES[table][whole].type
        assert whole != name


@pytest.mark.parametrize(("table", "name", "column"), ALL)
def test_a_key_points_to_a_table(table, name, column):
    assert column.of in ("", *TABLES)
    assert column.type is Type.key if column.of else True
    if column.type is Type.key:
        assert column.of or name in (KEYS[table], "uscc")


def test_bounds_go_round_in_no_circle():
    def above(table, name):
        return {whole for direct in TABLES[table][name].at_most for whole in {direct, *above(table, direct)}}

    for table, columns in TABLES.items():
        assert not [name for name in columns if name in above(table, name)]


def test_only_keys_and_names_are_asked_for():
    asked = [name for name, column in COLUMNS.items() if column.required]
    assert asked == ["organisations/org_id", "organisations/name", "branches/branch_id", "branches/name"]


def test_every_column_is_listed_by_table_and_name():
    assert len(COLUMNS) == sum(map(len, TABLES.values()))
    assert set(TABLE_TERMS) == set(TABLES) == set(KEYS)


def test_nothing_is_asked_about_persons():
    for column in COLUMNS.values():
        assert not re.search("身份证|电话|手机|出生|姓名", column.term.zh)


@pytest.mark.parametrize("code", INDICATORS)
@pytest.mark.parametrize("eligible", Eligible)
def test_an_indicator_needs_columns_that_exist(code, eligible):
    assert set(needs(code, Settings(eligible=eligible))) <= set(COLUMNS)
    assert set(INDICATORS[code].needs) <= set(COLUMNS)


def test_a_criterion_needs_columns_of_branches_that_exist():
    for test in CRITERIA.values():
        assert set(test.needs) <= {name for name in COLUMNS if name.startswith("branches/")}


def test_an_indicator_s_table_is_among_those_that_it_needs():
    for code, indicator in INDICATORS.items():
        tables = {column.partition("/")[0] for column in indicator.needs}
        if indicator.grain is Grain.organisation:
            assert tables <= {"organisations"}, code
