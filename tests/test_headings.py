import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import persons
from analysis.headings import CHECKED, READABLE, SERIAL, Meaning, bare, coded, coded_as, folded, headings_among, is_heading, meaning, words
from analysis.persons import is_personal, may_head_persons
from analysis.places import shared
from analysis.schema import COLUMNS, TABLES, Type

LAW = settings(derandomize=True, database=None, deadline=None, max_examples=150)


def rows_of(name):
    with (Path(shared("data")) / "ledger" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told(*path, subject="organisations"):
    found = meaning(path, subject)
    return found and found.reads


# ------------------------------------------------------------------ the files


def test_every_heading_of_the_list_is_read_as_a_column_there_is():
    for row in rows_of("headings.csv"):
        assert row["reads"] in ("", SERIAL, *READABLE), row
        assert row["subject"] in ("o", "b", ""), row
        assert row["how"] in ("", "named", "area", "post", "below_35"), row
        assert folded(row["heading"]) == row["heading"], row  # as it is compared
        assert row["seen"], row


def test_no_heading_stands_twice_with_the_same_conditions():
    seen = [(row["heading"], row["subject"], row["under"], row["apart"]) for row in rows_of("headings.csv")]
    assert sorted(seen) == sorted(set(seen))


def test_every_word_of_the_list_means_what_its_column_can_hold():
    for row in rows_of("words.csv"):
        assert row["means"] in can_hold(row["column"]) or (row["means"] == "?" and row["also"]), row  # unknown here, told elsewhere
        if row["also"]:
            name, _, value = row["also"].partition("=")
            assert value in can_hold(name)


def can_hold(name):
    column = COLUMNS[name]
    return ["yes", "no"] if column.type is Type.yes_no else list(column.codes.__members__)


def test_no_column_of_the_schema_is_read_from_a_heading_of_persons():
    """But for those of which only the presence is read."""
    for row in rows_of("headings.csv"):
        if row["reads"] and row["how"] not in ("named", "post"):
            assert not is_personal([row["heading"]]), row


@pytest.mark.parametrize("table", TABLES)
def test_the_schemas_own_words_are_told_in_their_own_table(table):
    for name, column in TABLES[table].items():
        for word in (name, *column.term):
            assert told(word, subject=table) == f"{table}/{name}", word


def test_what_only_checks_sums_is_a_whole_number_and_is_told_by_some_heading():
    read = {row["reads"] for row in rows_of("headings.csv")}
    for name in CHECKED:
        assert READABLE[f"check/{name}"].type is Type.whole
        assert f"check/{name}" in read


# ------------------------------------------------------------------ folding


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("社会组织\n名称", "社会组织名称"),
        ("名　　称", "名称"),
        ("*名称", "名称"),
        ("（一）名称", "名称"),
        ("1.名称", "名称"),
        ("12、名称", "名称"),
        ("(3)名称", "名称"),
        ("三、名称：", "名称"),
        ("３６—５０岁", "36-50岁"),
        ("35岁以下", "35岁以下"),
        ("35 岁以下", "35岁以下"),
        ("1—2次", "1-2次"),
        ("Ｓtaff", "staff"),
        ("staff_full_time", "stafffulltime"),
        ("2012年党员数", "2012年党员数"),
        (12, "12"),
        (None, "none"),
        ("", ""),
    ],
)
def test_a_heading_is_compared_without_what_does_not_matter(text, expected):
    assert folded(text) == expected


@LAW
@given(st.text())
def test_folding_twice_changes_no_more_and_never_fails(text):
    once = folded(text)
    assert not any(c.isspace() for c in once)
    assert is_heading(text) in (True, False)
    for table in TABLES:
        assert meaning([text], table) is None or isinstance(meaning([text], table), Meaning)
        assert meaning([text, text], table) is None or isinstance(meaning([text, text], table), Meaning)


def test_only_the_unit_at_the_end_is_taken_off():
    assert (bare("党员数(名)"), bare("镇(街道)"), bare("(名)党员数"), bare("a(b)(c)")) == ("党员数", "镇(街道)", "(名)党员数", "a(b)(c)")


# ------------------------------------------------------------------ what must not be merged

APART = [
    (["从业人员总数"], "organisations/staff"),
    (["职工人数(名)"], "organisations/staff"),
    (["工作人员总数"], "organisations/staff"),
    (["会员总数"], "organisations/association_members"),
    (["个人会员数"], "check/individual_members"),
    (["单位会员数"], "check/unit_members"),
    (["专职人数"], "organisations/staff_full_time"),
    (["兼职人数"], "check/staff_part_time"),
    (["志愿者人数"], ""),
    (["从业人员党员数"], "organisations/members_staff"),
    (["组织关系在社会组织党组织的党员数"], "organisations/members_held"),
    (["纳入社会组织党组织管理的党员总数"], "organisations/members_managed"),
    (["党员数"], "organisations/members"),
    (["正式党员数"], "organisations/members_full"),
    (["预备党员数"], "check/members_probationary"),
    (["组建形式"], "organisations/coverage"),
    (["组织建制"], "branches/level"),
    (["隶属关系"], ""),
    (["党组织隶属关系"], ""),
    (["党组织成立时间"], "branches/founded_on"),
    (["社会组织成立时间"], "organisations/registered_on"),
    (["上次换届时间"], "branches/last_election_on"),
    (["应换届时间"], ""),
    (["届满时间"], ""),
    (["登记状态"], ""),
    (["35岁及以下"], None),
    (["党员", "35岁及以下"], "organisations/members_to_35"),
    (["党员情况", "党员年龄结构", "35岁及以下"], "organisations/members_to_35"),
    (["人员情况", "35岁及以下"], None),
    (["党员情况", "60岁及以上"], "organisations/members_from_60"),
    (["书记", "年龄"], "branches/secretary_age"),
    (["法定代表人", "年龄"], None),
    (["法定代表人", "学历"], None),
    (["业务主管单位"], "organisations/supervisor"),
    (["党员组织关系隶属", "业务主管单位"], "check/relation_supervisor"),
    (["隶属关系", "业务主管单位"], None),
    (["从业人员数", "专职"], "organisations/staff_full_time"),
    (["从业人员数", "其中", "专职"], "organisations/staff_full_time"),
    (["从业人员数", "领导成员数", "专职"], "check/leaders_full_time"),
    (["从业人员数", "工作人员数", "专职"], "check/workers_full_time"),
    (["党员情况", "专职"], None),
    (["党务工作者", "专职"], None),
    (["群团组织", "其他"], ""),
    (["组织关系（人数）", "其他"], "check/relation_other"),
    (["其他"], None),
    (["党组织", "名称"], "branches/name"),
    (["社会组织", "名称"], "organisations/name"),
    (["上级党组织", "名称"], None),
    (["上级党组织名称"], ""),
    (["党员情况", "合计"], None),
    (["从业人员", "人数"], "organisations/staff"),
    (["从业人员", "党员数"], "organisations/members_staff"),
    (["专职人员", "正式党员数"], None),
    (["人数"], None),
    (["合计"], None),
    (["序号"], SERIAL),
]


@pytest.mark.parametrize(("path", "expected"), APART, ids=lambda each: "/".join(each) if isinstance(each, list) else str(each))
def test_headings_that_must_not_be_merged_are_told_apart(path, expected):
    assert (told(*path) or None) == (expected or None)


@pytest.mark.parametrize("text", ["社会组织名称", "单位名称", "所在单位", "依托单位", "所属社会组织"])
def test_a_body_named_in_a_sheet_of_branches_is_their_host(text):
    assert told(text, subject="branches") == "branches/host_org_id"


def test_a_known_heading_that_no_table_keeps_is_no_doubt():
    for text in ("备注", "登记机关", "未建原因", "志愿者人数", "应换届时间"):
        found = meaning([text], "organisations")
        assert found is not None, text
        assert (found.reads, found.like) == ("", "")


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ("社会组织名称及地址", "社会组织名称"),
        ("从业人员总数量", "从业人员总数"),
        ("党组织成立时问", "党组织成立时间"),
        ("60岁以上", None),
        ("所属党组织", None),
    ],
)
def test_a_heading_that_only_resembles_is_asked_about_never_guessed(text, like):
    found = meaning([text], "organisations") if text != "60岁以上" else meaning(["党员", text], "organisations")
    assert found is not None
    assert found.reads == ""
    assert found.like
    assert like is None or found.like == like


@pytest.mark.parametrize("text", ["甲", "荣誉", "获奖情况", "2012", "", "　", "网址"])
def test_a_heading_that_nothing_is_known_of_is_not_doubted(text):
    assert meaning([text], "organisations") is None


@pytest.mark.parametrize(
    "text",
    ["从业人员总数中女性人数", "从业人员总数增长率", "党员总数占比", "兼职人员中党员数", "上年党员数", "2011年党员总数", "女党员数", "少数民族党员数", "流动党员数",
     "党员户数", "拟发展党员数", "离退休党员数", "原有党员数", "从业人员平均年龄", "应换届支部数", "是否有专职人员", "上级党支部名称", "上级支部名称",
     "所在党支部书记", "书记是否专职", "专职书记人数", "会员单位党员数", "从业人员工资总额", "活动场所租金", "任期届满", "序号2", "年检结果公示日期",
     "未年检原因", "党组织成立时间(拟)", "拟成立时间", "注销登记日期", "变更登记日期", "业务主管单位党组织"],
)  # fmt: skip
@pytest.mark.parametrize("table", TABLES)
def test_a_heading_that_contains_a_known_one_is_never_read_as_it(text, table):
    found = meaning([text], table)
    assert found is None or not found.reads, found


@pytest.mark.parametrize(
    "text",
    ["从业人员数（专职）", "从业人员数（兼职）", "从业人员总数（其中女性）", "党员数（正式）", "党员数（预备）", "党员数（上年）", "党员总数（女）", "正式党员数（专职）",
     "党组织名称（上级）", "党组织成立时间（拟）", "会员总数（单位）", "会员总数（个人）", "上次换届时间（应）", "党建经费（上年）", "从业人员数（不含兼职）"],
)  # fmt: skip
@pytest.mark.parametrize("table", TABLES)
def test_what_stands_in_brackets_is_no_unit_unless_it_is_one(text, table):
    """从业人员数（专职） is not all of the staff: such a heading is told for what it says, or asked about."""
    found = meaning([text], table)
    assert found is None or found.reads in ("", *{"从业人员数（专职）": ["organisations/staff_full_time"], "从业人员数（兼职）": ["check/staff_part_time"],
        "党员数（正式）": ["organisations/members_full", "branches/members_full"], "党员数（预备）": ["check/members_probationary", "check/branch_members_probationary"],
        "正式党员数（专职）": ["organisations/members_full_time_full"], "会员总数（单位）": ["check/unit_members"], "会员总数（个人）": ["check/individual_members"]}.get(text, []))  # fmt: skip


@pytest.mark.parametrize(
    ("path", "never"),
    [
        (["党组织情况", "组织类别"], "organisations/kind"),
        (["组织关系", "业务主管单位"], "organisations/supervisor"),
        (["专职人员", "正式党员数"], "organisations/members_full"),
        (["其中女性", "从业人员数"], "organisations/staff"),
        (["党员情况", "从业人员数"], "organisations/staff"),
        (["上年", "党员数"], "organisations/members"),
        (["上级党组织", "党组织名称"], "branches/name"),
        (["法定代表人", "名称"], "organisations/name"),
        (["其中：兼职", "党员总数"], "organisations/members"),
    ],
    ids=lambda each: "/".join(each) if isinstance(each, list) else each,
)
def test_the_group_above_the_schemas_own_word_still_tells(path, never):
    assert told(*path) != never


@pytest.mark.parametrize(
    ("path", "factor"),
    [
        (["党建经费（万元）"], 10_000),
        (["党建经费(千元)"], 1000),
        (["党建经费（元）"], 1),
        (["党建经费"], 1),
        (["会员总数（万人）"], 10_000),
        (["党员数(名)"], 1),
    ],
)
def test_the_unit_of_a_heading_is_its_factor(path, factor):
    assert meaning(path, "organisations").factor == factor


def test_the_unit_of_a_group_is_not_lost():
    """经费（万元） over 党建经费: the number is in tens of thousands, or is asked about; never read as yuan."""
    found = meaning(["经费（万元）", "党建经费"], "organisations")
    assert found is None or found.factor == 10_000 or not found.reads


# ------------------------------------------------------------------ one-hot groups


def test_a_group_is_the_column_of_codes_that_has_most_of_its_headings():
    levels = ["党支部", "党总支", "党委", "联合党支部"]
    assert coded(["类别"], levels, "organisations") == "branches/level"
    assert coded(["基本", "类别"], ["社会团体", "民办非企业单位", "基金会"], "organisations") == "organisations/kind"
    assert coded(["组织类别"], ["社会团体", "基金会", "其他"], "organisations") == "organisations/kind"
    assert coded(["年检结果"], ["合格", "基本合格", "不合格", "未参检"], "organisations") == "organisations/inspection"
    assert coded(["类别"], ["党支部", "乙"], "organisations") == "branches/level"  # 乙 is asked about
    assert coded(["类别"], ["甲", "乙"], "organisations") == ""
    assert coded(["类别"], ["党支部"], "organisations") == ""
    assert coded(["书记来源"], levels, "organisations") == ""
    assert coded(["类别"], ["其他", "其他"], "organisations") == ""


def test_a_heading_of_codes_names_its_own_table_first():
    assert coded_as("组织类别", "organisations")[0] == "organisations/kind"
    assert coded_as("组织类别", "branches")[0] == "branches/level"
    assert coded_as("从业人员总数", "organisations") == []


def test_words_of_a_column_are_those_of_its_list_and_of_forms():
    kinds = words("organisations/kind")
    assert (kinds["社团"], kinds["社会团体"], kinds["民非"]) == (("association", ""), ("association", ""), ("private_nonprofit", ""))
    assert words("branches/level")["联合支部"] == ("branch", "branches/form=joint")
    assert words("organisations/staff") == {}
    assert words("organisations/party_organisation")["应建未建"] == (False, "")


@pytest.mark.parametrize("word", ["社会团体", "甲协会", "合格", "是", "12", "甲镇", "合计", "人数", "√", "填表人服务中心"])
def test_a_word_of_data_is_no_heading(word):
    assert not is_heading(word)


@given(
    st.sets(
        st.one_of(
            st.sampled_from([row["heading"] for row in rows_of("headings.csv")]), st.text("甲协会1负责人名称书记(）\n 号", max_size=6)
        )
    )
)
@LAW
def test_many_texts_looked_at_together_are_the_headings_that_each_is_by_itself(texts):
    assert headings_among(texts) == set(filter(is_heading, texts))


@pytest.mark.parametrize("pattern", [persons._NAMED, persons._DESCRIBED, persons._ROLE, persons._POST_OF_ROLE], ids=range(4))
def test_no_heading_of_a_person_is_missed_among_many(pattern):
    @given(st.from_regex(pattern, fullmatch=True, alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)))
    @settings(LAW, max_examples=600)
    def missed(text):
        assert {text} == may_head_persons({text, "甲协会"}) - {"甲协会"}

    missed()
