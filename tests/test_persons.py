import re
import unicodedata
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.persons import MARK, count_names, is_personal, looks_like_name, mask, may_be_personal, mostly_names, personal_cells, quoted
from analysis.schema import TABLES

# ------------------------------------------------------------------ headings

# the headings of nine real templates, as they stand: template, groups from the top, headings
TEMPLATES = """
L1 基本情况: 序号 社会组织名称 组织类别 登记证号
L1 基本情况/法定代表人: 姓名 政治面貌
L1 党组织建立情况: 党组织设置
L1 党组织建立情况/已建党组织情况: 建立党组织时间 党组织名称 审批单位 审批文号 组织建制 党组织类型 党组织隶属关系 是否兼合式党组织
L1 党组织建立情况/已建党组织情况/党组织负责人: 姓名 身份证号 民族 学历 联系电话 社会组织职务 原工作单位 职务
L1 党组织建立情况/未建党组织情况: 未建立党组织原因 拟建党组织日期
L1 党组织建立情况/未建党组织情况/党建指导员: 姓名 电话 工作单位
L1 党员情况: 从业人员党员数 专职党员数量 兼职党员数量
L1 党员情况/发展党员: 预备党员人数 发展对象人数 入党积极分子人数 申请入党人数
L1 群团组织组建情况: 已建群团组织 已建群团组织说明
L2a 基本情况: 单位名称 单位地址 业务主管单位 登记证号 组织类别
L2a 基本情况/法定代表人: 姓名 政治面貌
L2a 基本情况/从业人员数: 从业人员数
L2a 基本情况/从业人员数/领导成员数: 专职 兼职
L2a 基本情况/从业人员数/工作人员数: 专职 兼职
L2a 党组织建立情况/已建: 组织建制 成立时间 审批单位 隶属关系
L2a 党组织建立情况/已建/党组织负责人: 姓名 电话 社会组织职务 原工作单位及职务
L2a 党组织建立情况/未建: 未建原因
L2a 党组织建立情况/未建/党建指导员: 姓名 工作单位 电话
L2a 党员情况: 党员人数
L2a 党员情况/领导成员党员数/专职: 已转关系 未转关系
L2a 党员情况/领导成员党员数: 兼职
L2a 党员情况/工作人员党员数/专职: 已转关系 未转关系
L2a 党员情况/工作人员党员数: 兼职
L2a 党员情况/组织关系（人数）: 社会组织 业务主管单位 挂靠单位 属地 原工作单位 其他
L2a 党员情况/发展党员（人数）: 申请入党 入党积极分子 发展对象人数
L2a 群团组织: 工会 共青团 妇联 其他
L2b 党建情况: 是否建立党组织 未建立党组织原因 应建未建党组织原因具体说明 从业人员中党员总数 本年度发展新党员 专职人员中党员数 离退休党员 35岁及以下 36—50岁 51—60岁
    60岁以上 高中及以下 本科及专科 硕士及以上 留学半年以上归国人员
L2b 党员组织关系隶属: 社会组织党组织 业务主管单位党组织 挂靠单位党组织 属地党组织 原工作单位党组织 其他
L2b 已建立党组织情况: 党组织形式 党组织隶属关系 党组织活动场所 本年度党组织活动经费 党组织负责人在社会组织中担任职务 党员总数 领导班子中党员 从业人员中党员 本年度共开展党员活动
L3 会员和机构设置情况: 单位会员数 个人会员数 理事人数 常务理事人数 秘书处工作人员人数 日常办事机构个数 分支（代表）机构个数 专项基金机构个数 实体机构个数
L3 人员情况: 从业人员总数 从业人员总数中女性人数 专职人员总数 专职人员中签订劳动合同人数 专职人员中离退休返聘人数 兼职人员中在国家机关任职人数 兼职人员中在企事业单位任职人数
    兼职人员中其他人数
L4 基本: 社会组织名称 社会组织性质 社会组织类别 登记机构 业务主管单位 住地 从业人员总数 专职人数 兼职人数 从业中共党员数 负责人是否党员 负责人是否兼任党组织书记 是否成立党组织
L4 年检结果: 合格 基本合格 不合格 未参检
L4 未建立原因: 没有党员 企业出资人不支持 上级党组织未及时指导 其他原因
L4 党组织: 党组织成立时间 上次换届时间 党组织名称 党组织联系电话 是否选派党建工作指导员或联络员 联合党支部覆盖社会组织数量(个) 上级党组织名称 书记名称
L4 组建形式: 在会员中建 在理事会中建 在业务主管部门联合建 其他
L4 类别: 党支部 党总支 党委 联合党支部
L4 书记来源: 出资人担任 中层管理人员担任 上级党组织选派 其他人员担任
L4 党员: 纳入社会组织党组织管理的党员总数 组织关系在社会组织党组织的党员数 35岁以下 大学及以上学历 高中及以下学历 近三年新发展党员数 近3年处置不合格党员数（人） 是否每年对党员轮训一遍
L4 活动: 每季度召开党员大会（次） 每月召开支部委员会（次） 是否每月召开1—2次党小组会 每年组织党员听党课（次） 每年召开组织生活会的次数 每年开展民主评议党员的党支部数
    上年度党员交纳党费总额（元）
L5 组织: 党组织名称 党组织书记 党组织联系人 联系电话 组织类别 党组织所在单位情况 单位名称 单位性质类别 单位建立党组织情况 法人单位标识 统一社会信用代码
L6 JcxfSysDept: 党组织代码 上级党组织编码 党组织所在单位情况 党组织联系人 党组织书记 单位名称 单位类别 单位建立组织情况 党组织所在单位代码 组建方式 批准建立日期 示范党组织
L6 JcxfBranchReelection: 班子届次 上届换届时间 该届起始时间 该届届满时间 选举方式 是否首届 是否完成换届 换届提醒
L7 示范点申请表: 社会组织名称 地址 法人代表姓名 政治面貌 党组织书记姓名 职工人数(名) 党组织成立时间 所属党组织 党员数(名) 党组织设置 是否建立工会 是否建立团组织
    党组织活动场所面积(平米)
L8 年度工作报告: 工作人员总数 专职工作人员数 兼职人员数 离退休返聘人员数 志愿者人数 志愿劳动时间 专职工作人员中党员人数 专职工作人员数量 兼职工作人员数量 社团会员(单位)数量
    社团会员(个人会员)数量
L9 两年党员数综合比较: 上年底总数 本年增加 发展党员 恢复党籍 转入组织关系 整建制转入 本年减少 出党 停止党籍 死亡 转出组织关系 整建制转出 本年底应有数 本年底实有数 实有数与应有数之差
L9 党员基本情况: 总数 省级 市级 县级 总计 社会团体 民办非企业 基金会
L9 党员年龄情况: 总数 35岁以下 35岁到59岁 60岁及以上
"""
PERSONAL = {
    "L1 法定代表人": "姓名 政治面貌",
    "L1 党组织负责人": "姓名 身份证号 民族 联系电话 原工作单位 职务",
    "L1 党建指导员": "姓名 电话 工作单位",
    "L2a 法定代表人": "姓名 政治面貌",
    "L2a 党组织负责人": "姓名 电话 原工作单位及职务",
    "L2a 党建指导员": "姓名 工作单位 电话",
    "L4 党组织": "党组织联系电话 书记名称",
    "L5 组织": "党组织书记 党组织联系人 联系电话",
    "L6 JcxfSysDept": "党组织联系人 党组织书记",
    "L7 示范点申请表": "法人代表姓名 政治面貌 党组织书记姓名",
}


def paths():
    groups = ""
    for word in TEMPLATES.split():
        if word[0] == "L" and word[1].isdigit():
            template = word
        elif word.endswith(":"):
            groups = word[:-1]
        else:
            yield template, [*groups.split("/"), word]


def test_every_heading_of_the_templates_is_judged():
    found = {}
    for template, path in paths():
        if is_personal(path):
            found.setdefault(f"{template} {path[-2]}", []).append(path[-1])
    assert {group: " ".join(headings) for group, headings in found.items()} == PERSONAL
    assert len(list(paths())) == 266


ALONE = """
姓名 名字 书记姓名 法定代表人 法人 法人代表 企业法人 法人姓名 负责人 负责人姓名 联系人 填表人 填报人 制表人 经办人 书记 党组织书记 党支部书记 第一书记 现任党组织书记
书记名称 副书记 党务副书记 党建指导员 党建指导员姓名 联络员 联络员姓名 委员名单 支部委员 组织委员 党员名单 党员花名册 会长 秘书长 理事长 园长 包联领导 身份证号 身份证号码
证件号码 电话 联系电话 手机 手机号码 联系方式 传真 邮箱 电子邮箱 email E-mail QQ QQ号 微信 微信号 出生年月 出生日期 生日 民族 性别 政治面貌 籍贯 家庭住址 住址
入党时间 参加工作时间 照片 姓名（名） 法定代表人（姓名） 负责人（签字） 负责人（是否党员） 支部书记（兼） 联系人1 *姓名 书记： 姓名、学历 联系人及电话 負责人姓名
负责人职务 书记工作单位 联系人地址 Ｅｍａｉｌ ＱＱ
"""
ALONE_ENGLISH = """
secretary, name of secretary, Name of the secretary, secretary's name, secretary_name, phone, Phone No., telephone, mobile, tel, fax, WeChat, e-mail address
ID number, identity no., ID card, passport, contact, contact person, birthday, date of birth, gender, legal representative, legalRepresentative, instructor name
full name, home address, person in charge, party branch secretary
"""
NOBODY = """
书记人数 书记（人） 书记(名) 女性人数 党员联系群众数 专职人员数 少数民族 少数民族党员数 性别比例 指导员人数 负责人是否党员 是否公布联系电话 书记是否进入管理层 有无党建指导员
是否选派党建工作指导员或联络员 选派指导员 派驻党建指导员 仅有指导员或联络员 负责人兼任书记 书记年龄 书记学历 书记来源 书记最近培训日期 任职时间 社会组织职务
党组织负责人在社会组织中担任职务 党组织负责人/学历 社会组织名称 党组织名称 支部名称 单位名称 法人名称 法人单位名称 法人单位地址 法人类型 社会团体法人 会长单位名称
业务主管单位 登记机关 审批单位 上级党组织名称 登记证号 登记证件号 电话费 手机报 微信公众号 微信群 政协委员 两代表一委员 住所 住地 地址 单位地址 单位住址 活动照片
职务 工作单位 原工作单位 名称 备注 出生率 照片数量 年龄 学历 党龄 合计
"""
NOBODY_ENGLISH = """
name, organisation, organisation number, org id number, instructor, liaison, instructor or liaison only, secretary's age, secretary_education, number of contacts
secretary in the leadership, date of the secretary's last training, supervisor, head count, count of phones, whether the secretary is paid, branch, address
"""


@pytest.mark.parametrize("heading", [*ALONE.split(), *re.split(r"[,\n] ?", ALONE_ENGLISH.strip())])
def test_headings_that_are_personal_wherever_they_stand(heading):
    assert is_personal([heading])
    assert is_personal(["党组织基本情况", heading])


@pytest.mark.parametrize("heading", [*NOBODY.split(), *re.split(r"[,\n] ?", NOBODY_ENGLISH.strip())])
def test_headings_that_say_something_of_the_body(heading):
    assert not is_personal([heading])
    assert not is_personal(["党组织基本情况", heading])


@pytest.mark.parametrize(
    ("path", "personal"),
    [
        ("党组织负责人 联系电话", True),
        ("党组织负责人 学历", False),
        ("党组织负责人 年龄", False),
        ("党组织负责人 是否党员", False),
        ("党组织负责人 社会组织职务", False),  # what the body made the person, which the county knows anyway
        ("党组织负责人 职务", True),  # a post can tell who holds it
        ("党组织负责人（基本情况） 原工作单位及职务", True),
        ("党组织负责人情况 单位", True),
        ("党组织负责人情况 地址", True),
        ("法定代表人 姓名", True),
        ("法定代表人 名称", True),
        ("联系方式 办公", True),
        ("联系电话 人数", False),
        ("书记来源 负责人", False),  # one-hot
        ("书记来源 出资人担任", False),
        ("人数 书记", False),
        ("党务干部（人） 书记", False),
        ("未建立党组织原因 派驻党建指导员", False),
        ("组织关系（人数） 原工作单位", False),
        ("党组织书记联系方式统计表 党组织名称", False),  # a title above the table
        ("党组织书记联系方式统计表 党组织书记", True),
        ("secretary name", True),
        ("secretary age", False),
        ("instructor post", True),
        ("organisation name", False),
        ("负责人 ", True),  # nothing under a merged heading
        (" ", False),
    ],
)
def test_groups_above_a_heading_count(path, personal):
    assert is_personal(path.split(" ")) is personal


def test_line_breaks_blanks_and_width_do_not_matter():
    assert is_personal(["姓\u3000\u3000名"])
    assert is_personal(["联 系\n\n电话"])
    assert is_personal(["党组织\n负责人", " 职\u00a0务 "])
    assert not is_personal([])


def test_no_column_of_the_package_is_personal():
    for columns in TABLES.values():
        for name, column in columns.items():
            words = [name, *column.term, *(word for code in column.codes or () for word in (code.name, *code.term))]
            assert [word for word in words if is_personal([word])] == []


# ------------------------------------------------------------------ numbers and addresses


def last(body):
    """The check character of 17 digits by the table in GB 11643-1999."""
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return "10X98765432"[sum(weight * int(digit) for weight, digit in zip(weights, body, strict=True)) % 11]


def resident(area, born, order):
    body = f"{area}{born:%Y%m%d}{order:03}"
    return body + last(body)


OURS = resident(610000, date(2000, 1, 1), 0)  # made up: 610000 is a province, where nobody is registered


def wide(text):
    return "".join(chr(ord(letter) + 0xFEE0) for letter in text)


@pytest.mark.parametrize(
    "text",
    [
        OURS,
        OURS[:17] + ("0" if OURS[17] != "0" else "1"),  # mistyped
        OURS[:17] + "×",
        "11010519491231002X",
        "11010519491231002x",
        "110105491231002",
        "110105 19491231 002X",
        "110105-19491231-002-X",
        "110105 1949 12 31 002X",
        "110105 491231 002",
        wide("11010519491231002X"),
        "id11010519491231002X",
        "6.10000200001010006e+17",  # as a program writes a number of 18 digits
        "13800000000",
        wide("13800000000"),
        "138 0000 0000",
        "138-0000-0000",
        "138—0000—0000",
        "138-00000000",
        "1380000 0000",
        "13800 000000",
        "138 000 00000",
        "1380-000-0000",
        "+8613800000000",
        "+86 138-0000-0000",
        "8613800000000",
        "0086 13800000000",
        "013800000000",
        "13800000000.0",
        "1.3800000000E+10",
        "tel13800000000",
        "0916-8000000",
        "0916 8000000",
        "029-80000000",
        "(0916)8000000",
        "（０９１６）８００００００",
        "(0916) 800 0000",
        "010-8000 0000",
        "+86-916-8000000",
        "someone@example.com",
        "some.one+ledger@mail.example.com.cn",
        "ｓｏｍｅｏｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ",
        "13800000000@example.com",
    ],
)
def test_numbers_and_addresses_of_persons_are_masked(text):
    masked, found = mask(f"联系{text}，完")
    assert (re.sub(r" |\+?86-?|tel|id", "", masked), found) == (f"联系{MARK}，完", 1)


@pytest.mark.parametrize(
    ("text", "masked", "found"),
    [
        ("张三13800000000李四13900000000", "张三〔…〕李四〔…〕", 2),
        ("13800000000/13900000000", "〔…〕/〔…〕", 2),
        ("13800000000.13900000000", "〔…〕.〔…〕", 2),
        ("13800000000 13900000000", "〔…〕 〔…〕", 2),
        ("1.13800000000 2.13900000000", "1.〔…〕 2.〔…〕", 2),
        ("13800000000(0916)8000000", "〔…〕〔…〕", 2),
        ("3 110105194912310021", "3 〔…〕", 1),
        ("11 11010519491231002X 2011-06-01", "11 〔…〕 2011-06-01", 1),
        ("（书记：０９１６－８００００００）", "（书记：〔…〕）", 1),
        ("13800000000\n13900000000", "〔…〕\n〔…〕", 2),
        ("a@example.com;b@example.org", "〔…〕;〔…〕", 2),
    ],
)
def test_the_rest_of_a_text_stays(text, masked, found):
    assert mask(text) == (masked, found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "洋县",
        "91110000600037341L",
        "91110108551385082Q",
        "516107230600037341",  # eighteen digits and no day of birth
        "51610723MJ13800000",
        "5161 0723 0600 0373 41",
        "60003734-1",
        "陕洋民证字第010012号",
        "5161072300001",
        "AB13800000000",
        "13800000000B",
        "113800000000",
        "138000000001",
        "1380000000013900000000",
        "12345678901",
        "2011-06-01",
        "20110601",
        "2011.06.01（2014换届）",
        "2011-06-01 2014-06-01",
        "2011-06-01 00:00:00",
        "2011—2012",
        "1987-2012-123",
        "0107-0012345",
        "1234567890",
        "8000000",
        "1,234,567,890.12",
        "15800000000.50",
        "15800000000.5元",
        "0.13800000000",
        "占0.13800000000",
        "33.13800000000",
        "0.809500101523809",
        "13 15 20 30 12 4 5",
        "1 3 8 0 0 0 0 0 0 0 0",
        "6.10723E+17",  # rounded so far that it is nobody's any more
        "1.38E+10",
        "110105194913310021",  # the thirteenth month
        "@",
        "见 @ 群",
        "someone@localhost",
    ],
)
def test_what_is_no_persons_stays_as_it_is(text):
    assert mask(text) == (text, 0)


def test_a_sound_code_of_a_body_stays_where_it_reads_as_a_persons_number():
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    # Yanqing in Beijing ends in 19; Σ of 3 7 9 10 5 8 4 2 over 85010112 is 24+35+0+10+0+8+4+4 = 85, 85 mod 11 = 8, 11 - 8 = 3
    body = "52110119" + "85010112" + "3"
    total = sum(weight * int(digit) for weight, digit in zip(weights, body, strict=True))
    code = body + "0123456789ABCDEFGHJKLMNPQRTUWXY"[(31 - total % 31) % 31]
    assert mask(code) == (code, 0)


AREAS = st.integers(100000, 999999)
DAYS = st.integers(0, 45000).map(lambda after: date(1900, 1, 1) + timedelta(after))
NUMBERS = st.builds(resident, AREAS, DAYS, st.integers(0, 999))
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
WORDS = st.sampled_from(["张三", "电话", "，", "：", "\n", "（", "）", "2011-06-01", "12人", "91110000600037341L", "〔…〕"])
TEXTS = st.lists(st.one_of(NUMBERS, NUMBERS.map(wide), MOBILES, MOBILES.map(wide), WORDS), max_size=6)
ODD = st.one_of(st.text(), st.text("0123456789０１ -()+@.xX×aE〔…〕", max_size=60))


def persons_in(text):
    """Valid numbers among the runs of letters and digits, by a naive reading."""
    runs = re.findall("[0-9A-Za-z]+", unicodedata.normalize("NFKC", text))
    mobiles = [run for run in runs if re.fullmatch("1[3-9][0-9]{9}", run)]
    return mobiles + [run for run in runs if re.fullmatch("[0-9]{17}[0-9X]", run) and last(run[:17]) == run[17]]


@given(TEXTS, st.sampled_from(["，", " / ", "；"]))
def test_no_number_of_a_person_is_left(parts, between):
    masked, found = mask(between.join(parts))
    left = persons_in(masked)
    # of 31 × 11 identity numbers one keeps both check rules of a body, and so may be left if its place is one, too
    assert all(len(number) == 18 and looks_like_body(number) for number in left)
    assert found == len(persons_in(between.join(parts))) - len(left)


def looks_like_body(number):
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1]
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    return sum(weight * alphabet.index(letter) for weight, letter in zip(weights, number, strict=True)) % 31 == 0


@given(ODD)
@example("13800000000(0916)8000000")
@example("1380000 0000 138")
def test_what_is_masked_stays_masked(text):
    masked, found = mask(text)
    assert mask(masked) == (masked, 0)
    assert masked.count(MARK) - text.count(MARK) == found or MARK in text
    assert (masked == text) == (found == 0)


# ------------------------------------------------------------------ names

NAMES = """
张三 李四 王五 赵六 张某 张某某 王建国 李和平 欧阳三 欧阳小三 司马某某 诸葛某 陈李某某 张㛃 張三 歐陽三 阿依古丽·买买提 阿依古丽•买买提 王书记 张主任 李秘书长 张三主任
欧阳书记 马老师 张三、李四 张三，李四 张三/李四 张三（兼） 张三(女) 联系人：张三 书记:王五 于某 金某某
"""
NO_NAMES = """
高新区 金融 农业 文化 文体 华东 安全 黄金镇 合格 党委 党支部 单独组建 教育 卫生 商会 有 无 任命 是 否 王 张 洋县 洋县文化协会 江苏 江西省 张家村 王家社区 李家街道 安全局
常务副会长 常务理事长 董事长 董事会 党总支书记 党委书记 任书记 高校书记 支部书记 副主任 办公室主任 文化类 金融业 马术俱乐部 张三李四王五 张三协会 方便面厂 余额 12 张3 Zhang
张三13800000000 2011年 不详 暂无 未建 社会团体 民办非企业单位 基金会 专职 兼职 功能型 联合 挂靠 陕西·洋县 高级中学 常年 江河湖海 石油 关工委 张三是书记 、 ： （兼）
"""


@pytest.mark.parametrize("text", [*NAMES.split(), "张　三", " 张 三 ", "张三 李四", "张三\n李四", "张三、"])
def test_names_are_seen(text):
    assert looks_like_name(text) is True


@pytest.mark.parametrize("text", [*NO_NAMES.split(), "", "　"])
def test_ordinary_words_are_no_names(text):
    assert looks_like_name(text) is False


@pytest.mark.parametrize("text", ["黎明", "华阳"])
def test_some_words_are_taken_for_names(text):
    assert looks_like_name(text)


@pytest.mark.parametrize("text", ["单某", "李建业", "Zhang San", "书记是张三"])
def test_some_names_are_missed(text):
    assert not looks_like_name(text)


# ------------------------------------------------------------------ cells


@pytest.mark.parametrize(
    ("cells", "personal"),
    [
        ([], False),
        ([None, "", "　", float("nan"), pd.NA, pd.NaT], False),
        (["张三"], True),
        (["张三", "李四", None, "无"], True),
        (["张三", "无", "不详"], False),
        (["张三", *["文化"] * 9], True),  # different cells count, not how often they stand there
        ([13800000000, 13900000000.0], True),
        (["0916-8000000", "无"], True),
        (["办公室 someone@example.com"], True),
        ([OURS, int("110105194912310021")], True),
        ([1, 2, 3, "张三"], False),  # a count with a slip
        ([date(2011, 6, 1), datetime(2011, 6, 1), True], False),
        (["文化", "教育", "卫生", "农业"], False),
        (["91110000600037341L", "91110108551385082Q"], False),
        ([["张三"]], False),
    ],
)
def test_a_column_is_judged_by_its_cells(cells, personal):
    assert personal_cells(cells) is personal
    assert personal_cells(iter(cells)) is personal


class Mute:
    def __str__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("十二", "十二"),
        ("约30人", "约30人"),
        ("张三", MARK),
        ("王书记", MARK),
        ("张三 13800000000", MARK),
        ("张三 电话13800000000", MARK),
        ("办公室13800000000", "办公室〔…〕"),
        (13800000000, MARK),
        (13800000000.0, MARK),
        (np.int64(13800000000), MARK),
        (np.float64(110105194912310021), MARK),
        (110105491231002.0, MARK),
        (12, "12"),
        (0.5, "0.5"),
        (None, "None"),
        (True, "True"),
        (date(2011, 6, 1), "2011-06-01"),
        (["张三", 13800000000], MARK),
        ("\ud800", "\ud800"),
        (Mute(), MARK),
    ],
)
def test_a_message_quotes_no_person(value, words):
    assert quoted(value) == words


@given(st.one_of(ODD, st.floats(), st.integers(), st.binary(), st.lists(st.text()), st.datetimes()))
def test_any_object_can_be_quoted(value):
    assert mask(quoted(value))[1] == 0


# ------------------------------------------------------------------ many cells at one look

PIECES = st.sampled_from(
    ["1380000", "0000", "138-0000", "１３８", "００００００００", "13800000000", "号", "\0", "  ", "a@b.cn", "张三", "王书记", "茶叶", "7"]
)
TEXTS = st.lists(st.lists(PIECES, max_size=4).map("".join), max_size=6)


@given(TEXTS)
@example(["1380000", "0000"])
@example(["138\0" + "00000000"])
@example(["１３８００００００００"])
def test_one_look_at_many_cells_misses_no_number_of_a_person(texts):
    assert may_be_personal(texts) or not any(mask(text)[1] for text in texts)


@given(TEXTS, st.sampled_from([0.5, 0.9]))
def test_a_share_of_names_is_told_as_if_all_were_counted(texts, share):
    assert mostly_names(texts, share, len(texts)) == (count_names(texts) >= share * len(texts))


def test_a_name_beside_a_word_for_a_person_is_hidden():
    assert [quoted(text) for text in ("联系人张三", "包联领导：张三", "联系人张三13800000000", "张三负责")] == [
        "联系人〔…〕", "〔…〕", "联系人〔…〕", "〔…〕负责"
    ]  # fmt: skip
    kept = ["联系人电话", "负责人高级职称", "茶叶协会负责", "法人代表", "书记任职时间"]
    assert [quoted(text) for text in kept] == kept
