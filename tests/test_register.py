from dataclasses import replace
from datetime import date, datetime

import duckdb
import pandas as pd
import pytest

from analysis import AnalysisError, Evidence, Report, load_report, rates
from analysis.register import Register, RegisterError, row_numbers
from analysis.schema import BRANCHES, KEYS, ORGANISATIONS, TABLES, Type

DTYPES = {
    Type.key: "string", Type.text: "string", Type.code: "string", Type.whole: "Int64", Type.money: "Float64", Type.percent: "Float64",
    Type.yes_no: "boolean", Type.date: "datetime64[s]",
}  # fmt: skip


def organisations(**columns):
    rows = len(next(iter(columns.values()))) if columns else 1
    return pd.DataFrame({"name": [f"n{row}" for row in range(rows)]} | columns)


def faults(*frames, **options):
    with pytest.raises(RegisterError) as caught:
        Register(*frames, **options)
    return [tuple(cell[:6]) for cell in caught.value.cells]


def relation(query):
    return duckdb.connect().sql(query)


# ---- what a register holds


def test_names_alone_make_a_register():
    register = Register(organisations())
    assert (register.rows("organisations"), register.rows("branches")) == (1, 0)
    assert (register.as_of, register.evidence, register.place) == (None, Evidence.LEDGER, "")


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_there_in_its_type_and_empty_where_not_given(table):
    frame = getattr(Register(organisations(), organisations()), table)
    for name, column in TABLES[table].items():
        assert str(frame[name].dtype) == DTYPES[column.type], name
        assert frame[name].isna().all() == (not column.required), name


def test_columns_of_one_s_own_are_kept():
    assert Register(organisations(ward=["w"])).organisations["ward"].tolist() == ["w"]


def test_columns_of_persons_are_not_kept_and_are_named():
    given = organisations(
        street=["East", "West"], phone=[None, None], 秘书=["张三", "李四"], code=[13800000000, 13900000000], 书记人数=[1, 2]
    )
    register = Register(given)
    assert set(register.organisations.columns) & set(given.columns) >= {"street", "书记人数"}
    assert not set(register.organisations.columns) & {"phone", "秘书", "code"}
    assert register.left_out == {"organisations/phone", "organisations/秘书", "organisations/code"}
    assert replace(register, place="there").left_out == register.left_out


def test_a_few_places_are_no_names_and_a_count_or_an_office_is_no_person():
    given = organisations(
        region=["谢村", "马畅", "龙亭"], contact_office=["x", "y", "z"], mobile_members=[1, 2, 3], x=["谢村", "马畅", "龙亭"]
    )
    register = Register(given)
    assert register.left_out == {"organisations/x"}
    with pytest.raises(AnalysisError, match="tell of persons: organisations/x"):
        rates(register, by=["x"])


def test_names_are_found_behind_a_thousand_cells_alike():
    names = ["-"] * 1000 + ["张三", "李四", "王五芳", "赵六明"] * 10
    assert Register(organisations(x=names)).left_out == {"organisations/x"}


def test_columns_headed_as_persons_are_not_kept_in_duckdb():
    register = Register(duckdb.sql("SELECT 'a' AS org_id, 'A' AS name, 'East' AS street, '13800000000' AS 联系电话"))
    assert "联系电话" not in register.frame("organisations").collect_schema().names()
    assert register.left_out == {"organisations/联系电话"}


def test_no_rows_are_a_register():
    register = Register(pd.DataFrame({"name": []}))
    assert register.rows("organisations") == 0
    assert set(register.filled("organisations").values()) == {0}


@pytest.mark.parametrize(("column", "given", "kept"), [
    ("staff", "12", 12), ("staff", 12.0, 12), ("staff", 0, 0), ("budget", "0.5", 0.5), ("instructor", True, True), ("instructor", False, False),
    ("registered_on", "2011-06-01", pd.Timestamp(2011, 6, 1)), ("registered_on", date(2011, 6, 1), pd.Timestamp(2011, 6, 1)),
    ("registered_on", datetime(2011, 6, 1, 13), pd.Timestamp(2011, 6, 1)), ("kind", "foundation", "foundation"), ("sector", " 教育 ", "教育"),
    ("org_id", 7.0, "7"), ("org_id", 7, "7"),
])  # fmt: skip
def test_cells_take_the_type_of_their_column(column, given, kept):
    assert Register(organisations(**{column: pd.Series([given], dtype="object")})).organisations[column].iloc[0] == kept


@pytest.mark.parametrize("empty", [None, float("nan"), pd.NA], ids=["None", "nan", "NA"])
def test_an_empty_cell_stays_empty(empty):
    names = [name for name, column in ORGANISATIONS.items() if not column.required]
    given = pd.DataFrame({"name": ["a"]} | {name: pd.Series([empty], dtype="object") for name in names})
    assert Register(given).organisations[names].isna().all(axis=None)


def test_a_code_may_be_given_as_a_member_of_its_vocabulary():
    from analysis.schema import Coverage

    assert Register(organisations(coverage=[Coverage.joint])).organisations["coverage"].tolist() == ["joint"]


def test_an_empty_text_is_an_empty_cell_in_pandas():
    assert Register(organisations(sector=[" "])).organisations["sector"].isna().all()


def test_an_empty_text_is_an_empty_cell_in_duckdb():
    assert Register(relation("select 'a' org_id, 'a' as name, '' as sector")).filled("organisations")["sector"] == 0


def test_blanks_around_a_code_do_not_matter_in_either_engine():
    Register(organisations(coverage=[" own "]))
    Register(relation("select 'a' org_id, 'a' as name, ' own ' as coverage"))


def test_the_names_of_rows_without_numbers_stand_for_them():
    register = Register(organisations(staff=[1, 2]), organisations(members=[3]))
    assert [getattr(register, table)[key].tolist() for table, key in KEYS.items()] == [["n0", "n1"], ["n0"]]
    assert register.numbered == frozenset()


@pytest.mark.parametrize("name", ["n1", " n1", None, "n\u202e", "n\x07", "#1", "x" * 101])
def test_a_name_that_is_not_the_rows_own_or_cannot_be_written_stands_for_no_number(name):
    register = Register(organisations(staff=[1, 2]).assign(name=[name, "n1"]), evidence=Evidence.REPORT)
    assert register.organisations["org_id"].tolist() == ["#1", "#2" if name in ("n1", " n1") else "n1"]
    assert register.numbered == {"organisations"}


def test_blanks_in_a_name_that_stands_for_a_number_count_as_one_each():
    assert row_numbers(["洋县\u3000商会", " 茶叶  协会\n", "x" * 100]) == ["洋县 商会", "茶叶 协会", "x" * 100]


def test_a_place_is_told_apart_from_numbers_that_look_like_one():
    assert row_numbers([None, "甲", None], ["#1", "甲"]) == ["#1-2", "#2", "#3"]


def test_a_derived_number_can_be_pointed_to():
    assert Register(organisations(branch_id=["n1"]), organisations(members=[3, 4])).rows("branches") == 2


def test_frames_given_are_not_changed():
    given = pd.DataFrame({"name": ["a", "b"], "staff": ["1", None], "kind": ["foundation", " "]}, index=[5, 3])
    kept = given.copy(deep=True)
    Register(given, given[["name"]])
    pd.testing.assert_frame_equal(given, kept, check_exact=True)


def test_a_register_does_not_follow_later_changes_of_a_frame():
    given = organisations(staff=[1])
    register = Register(given)
    given["staff"] = [9]
    assert register.organisations["staff"].tolist() == [1]


def test_filled_cells_are_counted_column_by_column():
    filled = Register(organisations(staff=[1, None, 0], sector=["", "x", None])).filled("organisations")
    assert [filled[name] for name in ("name", "staff", "sector", "kind")] == [3, 2, 1, 0]


def test_filled_and_rows_are_the_same_in_duckdb():
    register = Register(relation("select * from (values ('a','A',1),('b','B',null),('c','C',0)) as t(org_id, name, staff)"))
    filled = register.filled("organisations")
    assert (register.rows("organisations"), register.rows("branches")) == (3, 0)
    assert [filled[name] for name in ("org_id", "staff", "kind")] == [3, 2, 0]


# ---- faults


@pytest.mark.parametrize(("column", "value", "kind", "shown"), [
    ("staff", "many", "cell_type", "many"), ("staff", 1.5, "cell_type", "1.5"), ("staff", True, "cell_type", "True"),
    ("staff", 2.0**53, "cell_type", str(2.0**53)), ("staff", -1, "negative", "-1"), ("budget", "3,000", "cell_type", "3,000"),
    ("budget", -0.5, "negative", "-0.5"), ("instructor", "是", "cell_type", "是"), ("instructor", 2, "cell_type", "2"),
    ("registered_on", "1 June", "cell_type", "1 June"), ("registered_on", "2011-02-30", "cell_type", "2011-02-30"),
    ("registered_on", True, "cell_type", "True"), ("kind", "社会团体", "code", "社会团体"), ("coverage", "OWN", "code", "OWN"),
])  # fmt: skip
def test_a_cell_that_does_not_fit_is_named(column, value, kind, shown):
    given = organisations(org_id=["p", "q"], **{column: pd.Series([None, value], dtype="object")})
    assert faults(given) == [(kind, "organisations", column, 1, "q", shown)]


@pytest.mark.parametrize("value", [20200101, 43831.0, [1]], ids=["number", "serial", "list"])
def test_what_is_no_plain_date_is_a_fault_and_no_guess(value):
    given = organisations(registered_on=pd.Series([value], dtype="object"))
    assert [(cell[0], cell[2]) for cell in faults(given)] == [("cell_type", "registered_on")]


def test_a_time_of_another_zone_is_the_day_that_is_written():
    given = organisations(registered_on=["2020-01-01T00:00:00+08:00"])
    assert Register(given).organisations["registered_on"].iloc[0] == pd.Timestamp(2020, 1, 1)


def test_a_list_in_a_cell_of_yes_or_no_is_a_fault():
    assert [cell[0] for cell in faults(organisations(instructor=pd.Series([[1]], dtype="object")))] == ["cell_type"]


def test_an_endless_amount_is_a_fault():
    assert [cell[2] for cell in faults(organisations(budget=[float("inf")]))] == ["budget"]


@pytest.mark.parametrize(("value", "wrong"), [(-0.1, True), (0, False), (100, False), (100.1, True)])
def test_a_percentage_lies_between_nothing_and_a_hundred(value, wrong):
    branches = organisations(satisfaction=[value])
    if wrong:
        assert faults(organisations(), branches)[0][:4] == ("percent", "branches", "satisfaction", 0)
    else:
        assert Register(organisations(), branches).rows("branches") == 1


def test_a_name_must_be_there():
    given = pd.DataFrame({"org_id": ["a", "b"], "name": ["A", None]})
    assert faults(given) == [("empty", "organisations", "name", 1, "b", "")]
    assert faults(given[["org_id"]]) == [("empty", "organisations", "name", row, key, "") for row, key in enumerate("ab")]


def test_a_number_stands_once():
    assert faults(organisations(org_id=["a", "b", "a"])) == [("twice", "organisations", "org_id", row, "a", "a") for row in (0, 2)]


def test_a_number_is_there_for_every_row_or_for_none():
    assert faults(organisations(org_id=["a", None])) == [("empty", "organisations", "org_id", 1, "", "")]


@pytest.mark.parametrize(
    ("table", "column"), [("organisations", "branch_id"), ("branches", "host_org_id"), ("branches", "parent_branch_id")]
)
def test_a_key_points_to_a_row_that_exists(table, column):
    frames = {"organisations": organisations(), "branches": organisations()} | {table: organisations(**{column: ["zz"]})}
    assert faults(*frames.values()) == [("nowhere", table, column, 0, "n0", "zz")]


@pytest.mark.parametrize(("day", "wrong"), [("2020-06-30", False), ("2020-07-01", True)])
@pytest.mark.parametrize("column", [name for name, column in BRANCHES.items() if column.type is Type.date])
def test_no_date_is_later_than_the_day_of_the_count(column, day, wrong):
    branches = organisations(**{column: [day]})
    assert Register(organisations(), branches).rows("branches") == 1
    if wrong:
        found = faults(organisations(), branches, as_of=date(2020, 6, 30))
        assert found == [("after", "branches", column, 0, "n0", "2020-07-01")]
    else:
        assert Register(organisations(), branches, as_of=date(2020, 6, 30)).rows("branches") == 1


def test_all_faults_come_at_once():
    given = organisations(org_id=["a", "a", "c"], staff=[-1, 2, "x"], kind=["club", None, None], branch_id=[None, "p", None])
    branches = organisations(branch_id=["b"], satisfaction=[101])
    assert sorted(cell[:4] for cell in faults(given, branches)) == sorted([
        ("negative", "organisations", "staff", 0), ("cell_type", "organisations", "staff", 2), ("code", "organisations", "kind", 0),
        ("twice", "organisations", "org_id", 0), ("twice", "organisations", "org_id", 1), ("nowhere", "organisations", "branch_id", 1),
        ("percent", "branches", "satisfaction", 0),
    ])  # fmt: skip


def test_the_message_says_where_what_and_what_to_do_in_both_languages():
    with pytest.raises(RegisterError) as caught:
        Register(organisations(org_id=["a"], staff=[-1]))
    text = str(caught.value)
    assert text.startswith("The register has 1 fault · 台账有 1 处问题:")
    for words in ("organisations (row 0, org_id a)", "staff 从业人员数", "'-1'", "is negative", "是负数", "leave it empty"):
        assert words in text
    assert caught.value.faults[0].remedy.zh


def test_an_unknown_code_lists_the_known_ones():
    with pytest.raises(RegisterError, match="association, private_nonprofit, foundation"):
        Register(organisations(kind=["club"]))


DUCK = """select * from (values ('a', 'A', -1, 'club', true, date '2021-01-01'), ('a', null, 5, 'foundation', null, null),
          ('c', 'C', null, null, false, date '2020-01-01')) as t(org_id, name, staff, kind, instructor, registered_on)"""


def test_faults_in_duckdb_name_the_key_instead_of_the_row():
    assert sorted(faults(relation(DUCK), as_of=date(2020, 6, 30)), key=str) == sorted([
        ("negative", "organisations", "staff", None, "a", "-1"), ("code", "organisations", "kind", None, "a", "club"),
        ("after", "organisations", "registered_on", None, "a", "2021-01-01"), ("empty", "organisations", "name", None, "a", ""),
        ("twice", "organisations", "org_id", None, "a", "a"), ("twice", "organisations", "org_id", None, "a", "a"),
    ], key=str)  # fmt: skip


def test_a_column_of_another_type_is_refused_in_duckdb():
    query = "select 'a' org_id, 'a' as name, 'x' staff, 1 instructor, 3 kind, 'y' satisfaction, 5.5 budget"
    assert [cell[:3] for cell in faults(relation(query))] == [
        ("cell_type", "organisations", name) for name in ORGANISATIONS if name in ("staff", "instructor", "kind")
    ]


def test_duckdb_rows_need_their_numbers():
    assert faults(relation("select 'a' as name")) == [("no_column", "organisations", "org_id", None, "", "")]


def test_keys_are_checked_across_tables_in_duckdb():
    connection = duckdb.connect()
    given = connection.sql("select 'a' org_id, 'a' as name, 'zz' branch_id")
    branches = connection.sql("select 'b' branch_id, 'b' as name, 'a' host_org_id, 'yy' parent_branch_id")
    found = [cell[:3] + cell[4:6] for cell in faults(given, branches)]
    assert found == [("nowhere", "organisations", "branch_id", "a", "zz"), ("nowhere", "branches", "parent_branch_id", "b", "yy")]


def test_two_engines_are_refused():
    with pytest.raises(AnalysisError, match="same engine"):
        Register(organisations(), relation("select 'b' branch_id, 'b' as name"))


def test_two_connections_are_refused_in_words():
    with pytest.raises(AnalysisError):
        Register(relation("select 'a' org_id, 'a' as name"), relation("select 'b' branch_id, 'b' as name"))


# ---- a report's register


def test_a_report_is_a_register_of_unknown_cells(yangxian):
    register = Register.unknown(yangxian)
    assert (register.rows("organisations"), register.rows("branches")) == (42, 34)
    assert (register.evidence, register.place, register.as_of) == (Evidence.REPORT, yangxian.place, None)
    assert not any(register.filled("organisations").values() or register.filled("branches").values())


def test_a_report_s_date_is_the_register_s():
    assert Register.unknown(load_report("sanbing")).as_of == date(2017, 10, 27)


@pytest.mark.parametrize("figures", [{}, {"organisations": "约40"}, {"organisations": "over 40"}])
def test_a_count_that_is_not_exact_gives_no_rows(figures):
    assert Register.unknown(Report.of("demo", staff=3, **figures)).rows("organisations") == 0


def test_rows_of_a_ledger_need_names_and_those_of_a_report_do_not():
    rows = pd.DataFrame(index=range(2), columns=list(ORGANISATIONS))
    assert Register(rows, evidence=Evidence.REPORT).rows("organisations") == 2
    assert {cell[0] for cell in faults(rows)} == {"empty"}


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(AnalysisError, match="two columns of one name"):
        Register(pd.DataFrame([["a", "b"]], columns=["name", "name"]))
