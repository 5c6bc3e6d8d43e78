import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.headings import READABLE
from analysis.identities import IDENTITIES, Broken, broken
from analysis.schema import Type

LAW = settings(derandomize=True, database=None, deadline=None, max_examples=200)
COUNTS = st.one_of(st.none(), st.integers(0, 9))

# the rules of the forms as their notes write them, by hand: whole, sign, parts
RULES = {
    "F1": "从业人员数 = 领导成员数专职 + 领导成员数兼职 + 工作人员数专职 + 工作人员数兼职",
    "F2": "党员数 = 领导专职已转 + 领导专职未转 + 领导兼职 + 工作专职已转 + 工作专职未转 + 工作兼职",
    "F3": "党员数 = 关系在社会组织 + 在业务主管单位 + 在挂靠单位 + 在属地 + 在原工作单位 + 其他",
    "F4": "领导成员数专职 >= 领导专职已转 + 领导专职未转",
    "F5": "领导成员数兼职 >= 领导兼职",
    "F6": "工作人员数专职 >= 工作专职已转 + 工作专职未转",
    "F7": "工作人员数兼职 >= 工作兼职",
    "F8": "关系在社会组织 = 领导专职已转 + 工作专职已转",
    "F9": "从业人员数 >= 党员数 + 申请入党 + 积极分子 + 发展对象",
    "F9 ": "从业人员数 >= 从业党员数 + 申请入党 + 积极分子 + 发展对象",
    "F10": "会员总数 = 单位会员数 + 个人会员数",
    "staff": "从业人员数 = 专职人数 + 兼职人数",
    "members_staff": "从业党员数 = 专职党员 + 兼职党员",
    "members": "党员数 = 正式党员 + 预备党员",
    "branch_members": "支部党员 = 支部正式 + 支部预备",
}
COLUMNS = {
    "从业人员数": "organisations/staff", "党员数": "organisations/members", "从业党员数": "organisations/members_staff",
    "领导成员数专职": "check/leaders_full_time", "领导成员数兼职": "check/leaders_part_time",
    "工作人员数专职": "check/workers_full_time", "工作人员数兼职": "check/workers_part_time",
    "领导专职已转": "check/leaders_members_moved", "领导专职未转": "check/leaders_members_unmoved", "领导兼职": "check/leaders_members_part_time",
    "工作专职已转": "check/workers_members_moved", "工作专职未转": "check/workers_members_unmoved", "工作兼职": "check/workers_members_part_time",
    "关系在社会组织": "organisations/members_held", "在业务主管单位": "check/relation_supervisor", "在挂靠单位": "check/relation_attached",
    "在属地": "check/relation_local", "在原工作单位": "check/relation_former", "其他": "check/relation_other",
    "申请入党": "check/applicants", "积极分子": "check/activists", "发展对象": "check/candidates",
    "会员总数": "organisations/association_members", "单位会员数": "check/unit_members", "个人会员数": "check/individual_members",
    "专职人数": "organisations/staff_full_time", "兼职人数": "check/staff_part_time",
    "专职党员": "check/members_full_time", "兼职党员": "check/members_part_time",
    "正式党员": "organisations/members_full", "预备党员": "check/members_probationary",
    "支部党员": "branches/members", "支部正式": "branches/members_full", "支部预备": "check/branch_members_probationary",
}  # fmt: skip


def parsed(rule):
    left, sign, right = rule.split(" ", 2)
    return COLUMNS[left], tuple(COLUMNS[part] for part in right.split(" + ")), sign == "="


def test_the_rules_are_those_of_the_forms():
    assert {code: (rule.left, tuple(sorted(rule.right)), rule.equal) for code, rule in IDENTITIES.items()} == {
        code: (left, tuple(sorted(right)), equal) for code, rule in RULES.items() for left, right, equal in [parsed(rule)]
    }


def test_every_rule_of_a_row_that_the_forms_print_is_here():
    printed = {f"F{number}": number not in (4, 5, 6, 7, 9) for number in range(1, 11)}  # these ask for no less, the others for as much
    assert {code: rule.equal for code, rule in IDENTITIES.items() if code in printed} == printed


def test_every_column_of_a_rule_is_a_count_that_can_be_read():
    for rule in IDENTITIES.values():
        for name in (rule.left, *rule.right):
            assert READABLE[name].type is Type.whole


@pytest.mark.parametrize("code", IDENTITIES)
def test_a_rule_is_held_where_all_is_filled_and_broken_by_one(code):
    rule = IDENTITIES[code]
    count = len(rule.right)
    cells = {name: [1, 1, 1, 1, None, 0] for name in rule.right}
    cells[rule.left] = [count, count + 1, count - 1, None, count, 0]
    found = [row for row in broken(cells) if row.code == code]
    if rule.equal:
        assert found == [Broken(code, 1, count + 1, count), Broken(code, 2, count - 1, count)]
    else:
        assert found == [Broken(code, 2, count - 1, count)]


@pytest.mark.parametrize("code", IDENTITIES)
def test_a_rule_is_not_asked_without_one_of_its_columns(code):
    rule = IDENTITIES[code]
    whole = {name: [9] for name in (rule.left, *rule.right)} | {rule.left: [5]}
    for name in whole:
        assert all(each.code != code for each in broken({other: cells for other, cells in whole.items() if other != name}))


def test_no_rows_and_no_columns_break_nothing():
    assert list(broken({})) == []
    assert list(broken({name: [] for rule in IDENTITIES.values() for name in (rule.left, *rule.right)})) == []


@LAW
@given(st.data())
def test_a_naive_loop_agrees(data):
    names = sorted({name for rule in IDENTITIES.values() for name in (rule.left, *rule.right)})
    count = data.draw(st.integers(0, 3))
    cells = {name: data.draw(st.lists(COUNTS, min_size=count, max_size=count)) for name in names if data.draw(st.integers(0, 9))}
    expected = set()
    for code, text in RULES.items():
        left, right, equal = parsed(text)
        for row in range(count):
            values = [cells[name][row] if name in cells else None for name in (left, *right)]
            if None not in values and (values[0] != sum(values[1:]) if equal else values[0] < sum(values[1:])):
                expected.add((code, row, values[0], sum(values[1:])))
    assert set(broken(cells)) == expected
