"""The two tables of a ledger: their columns, what each holds, and the words that a cell of codes can bear."""

from __future__ import annotations

from typing import NamedTuple

from analysis.model import Named, Term


class OrganisationKind(Named):
    """What sort of body is registered."""

    association = Term("社会团体", "association")
    private_nonprofit = Term("民办非企业单位", "private non-enterprise unit")
    foundation = Term("基金会", "foundation")


class Inspection(Named):
    """How the last yearly inspection, or the report that replaces it, ended."""

    passed = Term("合格", "passed")
    basic = Term("基本合格", "passed with reserve")
    failed = Term("不合格", "failed")
    missed = Term("未参检", "not inspected")
    missed_twice = Term("两年未参检", "not inspected for two years")
    exempt = Term("免检（新成立）", "exempt (newly registered)")
    reported = Term("已报年报", "yearly report handed in")
    unreported = Term("未报年报", "yearly report not handed in")


class Coverage(Named):
    """Through what Party work reaches an organisation."""

    own = Term("单独组建", "branch of its own")
    joint = Term("联合组建", "joint branch")
    attached = Term("挂靠", "attached to another unit's branch")
    instructor = Term("仅有指导员或联络员", "instructor or liaison only")
    none = Term("未覆盖", "none")


class Level(Named):
    """How high a Party organisation stands; where there are several in one unit, only the highest is a row."""

    branch = Term("党支部", "branch")
    general_branch = Term("党总支", "general branch")
    committee = Term("党委", "committee")
    group = Term("党小组", "Party group")
    temporary = Term("临时党支部", "temporary branch")


class Form(Named):
    """How a Party organisation is formed; being attached is another matter, in a column of its own."""

    own = Term("单独", "of one unit")
    joint = Term("联合", "joint")
    functional = Term("功能型", "functional")


class Education(Named):
    """The highest education that a secretary has finished."""

    school = Term("高中及以下", "school")
    college = Term("大专", "college")
    university = Term("本科及以上", "university")


class Type(Named):
    """What a cell of a column can hold; an empty cell is unknown in all of them."""

    key = Term("编号", "identifier")
    text = Term("文字", "text")
    whole = Term("整数", "whole number")
    money = Term("金额（元）", "amount (yuan)")
    percent = Term("百分数（0—100）", "per cent (0 to 100)")
    yes_no = Term("是/否", "yes or no")
    date = Term("日期", "date")
    code = Term("选项", "one of a list")


NUMBERS = (Type.whole, Type.money, Type.percent)


Codes = type[Named]


class Column(NamedTuple):
    """A column: its name, what a cell holds, what that means, and what bounds it.

    `at_most` names columns of the same table that a cell never exceeds; `of` names the table that a key points into.
    """

    term: Term
    type: Type
    meaning: Term
    codes: Codes | None = None
    at_most: tuple[str, ...] = ()
    of: str = ""
    required: bool = False


_T = Type
_PEOPLE = "统计时点的人数"

ORGANISATIONS: dict[str, Column] = {
    "org_id": Column(Term("组织编号", "organisation number"), _T.key, Term("本表内不重复；可用登记证号或信用代码", "unique in this table; a registration number will do"), required=True),
    "name": Column(Term("组织名称", "organisation"), _T.text, Term("登记的全称", "its registered name"), required=True),
    "uscc": Column(Term("统一社会信用代码", "unified social credit code"), _T.key, Term("十八位；二〇一五年以后才有", "18 characters; there is none before 2015")),
    "kind": Column(Term("组织类别", "kind of organisation"), _T.code, Term("登记的类别", "the kind that it is registered as"), OrganisationKind),
    "sector": Column(Term("行业", "sector"), _T.text, Term("所属行业或领域，用词前后一致", "its field, always in the same words")),
    "township": Column(Term("所在镇", "township"), _T.text, Term("住所所在的镇或街道", "the township of its address")),
    "supervisor": Column(Term("业务主管单位", "supervising department"), _T.text, Term("没有的（直接登记）留空", "empty where it registered without one")),
    "registered_on": Column(Term("登记日期", "registered on"), _T.date, Term("准予登记的日期", "the day of its registration")),
    "inspection": Column(Term("年检结论", "result of the yearly inspection"), _T.code, Term("最近一次年检或年报的结论", "of the last yearly inspection or report"), Inspection),
    "staff": Column(Term("从业人员数", "staff"), _T.whole, Term("负责人与工作人员，专职、兼职都算；会员不算", "leaders and workers, full-time and part-time; association members do not count")),
    "staff_full_time": Column(Term("专职人员数", "full-time staff"), _T.whole, Term("从业人员中的专职人员", "those of the staff who work full time"), at_most=("staff",)),
    "association_members": Column(Term("会员数", "association members"), _T.whole, Term("个人会员与单位会员；不是从业人员", "persons and units that belong to the association; never staff")),
    "members_staff": Column(Term("从业人员中党员数", "members among the staff"), _T.whole, Term("在这里工作的党员，不论组织关系在哪里", "Party members who work here, wherever their relation is held"), at_most=("staff",)),
    "members_staff_held": Column(Term("从业人员中已转组织关系的党员数", "members among the staff whose relation is held here"), _T.whole, Term("从业人员中的党员，组织关系已转入本组织的党组织", "members among the staff whose formal relation has been moved here"), at_most=("members_staff", "members_held")),
    "members_held": Column(Term("组织关系在本组织的党员数", "members whose relation is held here"), _T.whole, Term("组织关系在本组织党组织的党员，不论是否从业人员", "members whose formal relation is held here, staff or not")),
    "members_managed": Column(Term("纳入管理的党员数", "members managed here"), _T.whole, Term("纳入本组织党组织管理的党员，含组织关系在外的", "members whom its Party organisation manages, those of other relations included")),
    "members": Column(Term("党员数（口径不明）", "members (basis not said)"), _T.whole, Term("只写“党员数”而未说明口径的，填在这里", "where a source says members and no more")),
    "members_full": Column(Term("正式党员数", "full members"), _T.whole, Term("预备党员不算；专职、兼职都算", "without probationary members; full-time and part-time")),
    "members_full_time_full": Column(Term("专职人员中正式党员数", "full members among the full-time staff"), _T.whole, Term("一九九八年的规定以此为准", "what the rule of 1998 counts"), at_most=("members_full", "staff_full_time", "members_staff")),
    "members_to_35": Column(Term("三十五岁及以下党员数", "members aged 35 or less"), _T.whole, Term("满三十五岁的算在内", "those aged 35 are counted")),
    "members_36_to_59": Column(Term("三十六至五十九岁党员数", "members aged 36 to 59"), _T.whole, Term(_PEOPLE, "on the day of the count")),
    "members_from_60": Column(Term("六十岁及以上党员数", "members aged 60 or more"), _T.whole, Term(_PEOPLE, "on the day of the count")),
    "members_open": Column(Term("亮明身份的党员数", "members open about membership"), _T.whole, Term("从业人员中公开党员身份的", "of the members among the staff, those who make it known"), at_most=("members_staff",)),
    "members_taking_part": Column(Term("参加组织生活的党员数", "members taking part in Party life"), _T.whole, Term("从业人员的党员中近一年参加过的", "of the members among the staff, those who did in the last 12 months"), at_most=("members_staff",)),
    "activity_room": Column(Term("有无活动室", "activity room"), _T.yes_no, Term("单独或共用都算有", "its own or a shared one")),
    "budget": Column(Term("党建经费", "Party-building budget"), _T.money, Term("近一年用于党建的经费，各种来源合计", "spent on Party work in the last 12 months, from all sources")),
    "instructor": Column(Term("有无党建指导员", "instructor"), _T.yes_no, Term("指导员或联络员", "an instructor or liaison has been sent")),
    "party_workers": Column(Term("党务人员数", "Party workers"), _T.whole, Term("专职、兼职都算", "full-time and part-time"), at_most=("staff",)),
    "party_organisation": Column(Term("是否建立党组织", "Party organisation"), _T.yes_no, Term("单独、联合、挂靠都算有；知道覆盖形式的，不必再填", "own, joint or attached; not needed where the form of coverage is known")),
    "coverage": Column(Term("覆盖形式", "form of coverage"), _T.code, Term("党的工作通过什么覆盖到它", "through what Party work reaches it"), Coverage),
    "branch_id": Column(Term("所属支部编号", "number of its branch"), _T.key, Term("支部表里的编号；没有则留空", "a number of the table of branches; empty without one"), of="branches"),
    "county": Column(Term("县（区）", "county"), _T.text, Term("多县汇总时填", "for registers of several counties")),
    "city": Column(Term("市", "city"), _T.text, Term("多市汇总时填", "for registers of several cities")),
    "province": Column(Term("省", "province"), _T.text, Term("多省汇总时填", "for registers of several provinces")),
}  # fmt: skip

BRANCHES: dict[str, Column] = {
    "branch_id": Column(Term("支部编号", "branch number"), _T.key, Term("本表内不重复", "unique in this table"), required=True),
    "name": Column(Term("支部名称", "branch"), _T.text, Term("党组织的全称", "its full name"), required=True),
    "level": Column(Term("组织建制", "level"), _T.code, Term("一家有几级的，只填最高一级", "where a unit has several, only the highest"), Level),
    "form": Column(Term("组建形式", "form of the branch"), _T.code, Term("单独、联合或功能型；挂靠另填", "of one unit, joint or functional; attachment is another column"), Form),
    "attached_to": Column(Term("挂靠单位", "attached to"), _T.text, Term("没有则留空", "empty without one")),
    "host_org_id": Column(Term("依托组织编号", "number of its host"), _T.key, Term("组织表里的编号，决定它归哪个行业、哪个镇", "a number of the table of organisations; it gives the sector and township"), of="organisations"),
    "organisations_covered": Column(Term("覆盖组织数", "organisations covered"), _T.whole, Term("它服务几家组织", "how many organisations it serves")),
    "parent_branch_id": Column(Term("上级支部编号", "number of its parent"), _T.key, Term("上级也在本表时填", "where the parent is in this table, too"), of="branches"),
    "members": Column(Term("支部党员数", "members of the branch"), _T.whole, Term("正式与预备党员", "full and probationary")),
    "members_full": Column(Term("支部正式党员数", "full members of the branch"), _T.whole, Term("预备党员不算", "without probationary members"), at_most=("members",)),
    "committee_size": Column(Term("支委人数", "members of its committee"), _T.whole, Term("未设支部委员会的填 0", "0 where it has no committee"), at_most=("members_full",)),
    "founded_on": Column(Term("成立日期", "founded on"), _T.date, Term("批准成立的日期", "the day of its approval")),
    "last_election_on": Column(Term("上次换届日期", "date of the last election"), _T.date, Term("最近一次换届或首次选举", "the last re-election, or the first election")),
    "term_years": Column(Term("任期（年）", "term (years)"), _T.whole, Term("批复写明的才填；不填则按当时的规定", "only as approved; empty takes the rule of its time")),
    "in_leadership": Column(Term("书记是否进入领导层", "secretary in the leadership"), _T.yes_no, Term("书记是组织的负责人、理事或管理层成员", "the secretary heads the organisation or sits on its board or in its management")),
    "secretary_age": Column(Term("书记年龄", "secretary's age"), _T.whole, Term("周岁", "in years")),
    "secretary_education": Column(Term("书记学历", "secretary's education"), _T.code, Term("最高学历", "the highest that is finished"), Education),
    "trained_on": Column(Term("书记最近培训日期", "date of the secretary's last training"), _T.date, Term("县级以上培训班", "a class of the county or above")),
    "meetings_12m": Column(Term("近一年党员大会次数", "members' meetings in 12 months"), _T.whole, Term("到统计时点为止的十二个月", "the 12 months before the day of the count")),
    "classes_12m": Column(Term("近一年党课次数", "Party classes in 12 months"), _T.whole, Term("到统计时点为止的十二个月", "the 12 months before the day of the count")),
    "organisation_life_12m": Column(Term("近一年组织生活会次数", "organisational-life meetings in 12 months"), _T.whole, Term("到统计时点为止的十二个月", "the 12 months before the day of the count")),
    "appraisal_12m": Column(Term("近一年是否民主评议党员", "members appraised in 12 months"), _T.yes_no, Term("到统计时点为止的十二个月", "the 12 months before the day of the count")),
    "written_rules": Column(Term("有无成文制度", "written rules"), _T.yes_no, Term("支部自己的成文制度", "rules of its own, in writing")),
    "joined_work": Column(Term("是否与业务工作结合", "work joined to the core work"), _T.yes_no, Term("年度计划里有结合业务的党建项目", "its yearly plan has Party work on the organisation's own business")),
    "demonstration": Column(Term("是否示范点", "demonstration site"), _T.yes_no, Term("县级以上命名的", "named so by the county or above")),
    "satisfaction": Column(Term("民主评议满意率", "satisfaction in the yearly appraisal"), _T.percent, Term("最近一次评议中表示满意的比例", "those content, in the last appraisal")),
}  # fmt: skip

TABLES: dict[str, dict[str, Column]] = {"organisations": ORGANISATIONS, "branches": BRANCHES}
TABLE_TERMS = {"organisations": Term("组织表", "organisations"), "branches": Term("支部表", "branches")}
KEYS = {"organisations": "org_id", "branches": "branch_id"}

# of a date that is known to its month or year alone, the first day that it may be stands in its column, the last beside it
DATES = {table: [name for name, column in columns.items() if column.type is Type.date] for table, columns in TABLES.items()}
UNTIL = "_until"

# every column by table and name, as result rows name those that would close an interval
COLUMNS: dict[str, Column] = {f"{table}/{code}": column for table, columns in TABLES.items() for code, column in columns.items()}
