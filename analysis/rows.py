"""What the words of a row tell it to be: a total, part of one, a footer, a line between pages, a group and its place."""

from __future__ import annotations

import re
import unicodedata

_TOTAL = re.compile(
    r"(?:(?:本页|本表|全县|全市|全区|全省|各镇|总)?(?:合计|小计|总计|共计|累计)(?:数|人数)?|总数|共[0-9]+[家个户]|[0-9]+家"
    r"|(?:sub|grand)?total|.{1,12}(?:合计|小计|总计|汇总))"
    r"(?:[:：]|[(（][^()（）]*[)）]|[0-9]+[家个人名户]|社会组织|社会团体|社团|协会)*"
)
# what holds of a row only where its name says so: parts of a total, and other years or shares beside one
_PART = re.compile(
    r"其中(?:[:：].*)?|(?:上|去|前)(?:一)?年(?:度)?(?:同期|末|底)?数?|(?:同比|环比|较?上年|比上年)?(?:增减|增长|增加|减少|增幅)(?:数|量|率|幅度?)?(?:[(（]?[%‰±+\-]*[)）]?)"
    r"|同比|环比|(?:所)?占比(?:重|例)?|比[重例]|百分比|(?:平均|人均)(?:数|值)?|全[县市区省]|各镇|[县市区]本级"
)
_FOOTER = re.compile(
    r"(?:(?:填表|填报|制表|审核|复核|统计|经办|负责|联系|单位负责|分管|主要)(?:人|单位|时间|日期|负责人|电话|领导)|制表|审核|审批|联系电话|日期"
    r"|备注|注|说明|填表说明|填报说明|填报要求|要求)(?:签[字章名]|盖章)?(?:[:：(（0-9]|$)"
)
_SIGNED = re.compile(r".*[(（](?:本人)?(?:签[字名章]|签名盖章|签字盖章)[)）].*|.*签[字名章][:：].*|[*＊★▲※]?注[0-9]*[:：.、].*")
_DIGIT = "[0-9〇○零一二三四五六七八九十]"
# a cell alone that is a day, or a sentence
_ALONE = re.compile(
    rf"{_DIGIT}{{4}}年{_DIGIT}{{1,2}}月(?:{_DIGIT}{{1,3}}日)?|[0-9]{{4}}[-./][0-9]{{1,2}}(?:[-./][0-9]{{1,2}})?(?:00:00:00)?|.*[。;；]|※.*"
)
_PAGE = re.compile(
    rf"[-—–=*]*(?:以下空白|(?:此页|以下|本页)?无正文|以下无(?:内容|数据)|空白)[-—–=*]*|[(（]空白[)）]|第{_DIGIT}+页[,，、/]?(?:共{_DIGIT}+页)?|共{_DIGIT}+页"
    r"|[(（]?(?:续表|续上[表页]|接上[表页]|(?:下|转)[下页接]*[页表]|续[前下]表)[0-9一二三四五六七八九十]*[)）]?"
)
_EXAMPLE = re.compile(r"[(（]?(?:示例|样例|例如|例)[)）]?[:：].*")
# looked for in most names in vain; what has none of these is no such row
# (each begins with a character, so that a search need only stop at these)
_HINT = re.compile(
    r"计|t(?i:otal)|T(?i:otal)|名|共\s*\d|签|汇总|空白|正文|无内|无数|页|续|※|。|;|；|:|：|注|例|年|增|减|比|均|县$|市$|区$|省$|本级|其中|各镇|\*|＊|★|▲"
)
TOWNSHIP = re.compile(r".{1,8}(?:镇|乡|街道|街道办事处|街道办)")
_OFFICE = re.compile(r"[^县市区省委党政府工信综文维扶\s]{2}办")  # 城关办, where other groups are townships
_HELD = r"[^\s()（）:：、，,。]{1,8}?(?:镇|乡|街道办事处|街道办|街道)"
_PLACE = re.compile(rf"({_HELD}|{_OFFICE.pattern})\s*(?:[(（][^()（）]*[)）])?\s*[:：]?")
_ENDS = set("镇乡道处办)）:：")  # of what _PLACE matches
_PLACE_FIRST = re.compile(rf"({_HELD})(?:\s+|[:：])\S.*", re.DOTALL)
_TITLE = re.compile(r"台账|[名花]册|名单|一览|统计|情况|汇总|(?:登记|摸底|明细|基本信息)?表(?:[(（].*)?$|^附[件表]")
_PLACE_IN_TITLE = re.compile(r"(?:\S*?[^社][县市区])?(?!各|全|所有|乡镇|城乡|关于)(\S{1,6}?(?:镇(?!街)|乡(?!镇)|街道办事处|街道办|街道))")
_NUMBERED = re.compile(r"^(?:[（(][一二三四五六七八九十]+[）)]|[一二三四五六七八九十]+[、.．]|[0-9]{1,2}[、.．](?=\D))\s*")
_COUNTED = re.compile(r"\s*[(（](?:共|计|合计)?\s*[0-9０-９]+\s*[个家户人名所][^()（）]{0,6}[)）]\s*$")


def plain(cell: object) -> str:
    """Return a cell as its words are compared: without blanks, width or case.

    >>> plain("合　计 ２ 家")
    '合计2家'
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(cell))).casefold()


def is_total(cell: object) -> bool:
    """Whether a cell says that its row holds totals.

    >>> is_total("合　计"), is_total("城关镇小计"), is_total("共42家社会组织"), is_total("统计协会")
    (True, True, True, False)
    """
    return isinstance(cell, str) and _TOTAL.fullmatch(plain(cell)) is not None


def is_footer(text: str) -> bool:
    """Whether a row's first text says that it stands at the foot of a form.

    >>> is_footer("填表人：张三"), is_footer("张三（签字）"), is_footer("注册会计师协会")
    (True, True, False)
    """
    return _FOOTER.match(text) is not None or _SIGNED.fullmatch(text) is not None


def may_be_no_body(cell: object) -> bool:
    """Whether a name may be a word for something else, at first sight."""
    if not isinstance(cell, str) or not (text := cell.strip()):
        return True
    return text[0].isdecimal() or _HINT.search(text) is not None or _FOOTER.match(text) is not None


def named_by(name: str, *, alone: bool) -> str:
    """Return what a row is by its plain name: part of a total, a line between pages, an example, a footer; nothing where it may be a body.

    >>> named_by("其中:社会团体", alone=False), named_by("(续上表)", alone=True), named_by("2023年12月31日", alone=True), named_by("全县商会", alone=True)
    ('part', 'page', 'footer', '')
    """
    is_it = {"part": _PART, "page": _PAGE, "example": _EXAMPLE, "footer": _ALONE if alone else _SIGNED}
    return next((kind for kind, pattern in is_it.items() if pattern.fullmatch(name)), "")


def is_office(label: str) -> bool:
    """Whether a label may be the office of a township, which only the others beside it can tell.

    >>> is_office("城关办"), is_office("县委办")
    (True, False)
    """
    return _OFFICE.fullmatch(label) is not None


def place_alone(text: str) -> str:
    """Return the township that a cell names and nothing else, but for a colon and brackets.

    >>> place_alone("城关镇："), place_alone("茅坪镇（5个）"), place_alone("城关镇商会")
    ('城关镇', '茅坪镇', '')
    """
    text = text.strip()
    found = _PLACE.fullmatch(_NUMBERED.sub("", text)) if text[-1:] in _ENDS else None
    return found[1] if found else ""


def is_title(text: str) -> bool:
    """Whether a line reads as the title of a table.

    >>> is_title("龙亭镇社会组织台账"), is_title("龙亭镇")
    (True, False)
    """
    return _TITLE.search(text) is not None


def place_in_title(text: str) -> str:
    """Return the township that a title of a table begins with.

    >>> place_in_title("洋县龙亭镇社会组织台账"), place_in_title("洋县社会组织台账")
    ('龙亭镇', '')
    """
    found = _PLACE_IN_TITLE.match(text.strip()) if is_title(text) else None
    return found[1] if found else ""


def group_label(text: str) -> str:
    """Return what a group row calls its group: without its number, a colon or a count in brackets; a township alone of what names one.

    >>> group_label("（一）城关镇（张三）"), group_label("龙亭镇社会组织台账"), group_label("一、社会团体（12家）："), group_label("一、行业类")
    ('城关镇', '龙亭镇', '社会团体', '行业类')
    """
    bare = re.sub(r"\s*[:：]\s*$", "", _NUMBERED.sub("", text.strip()))
    first = _PLACE_FIRST.fullmatch(bare)
    if place := place_alone(bare) or place_in_title(bare) or (first[1] if first else ""):
        return place
    return _COUNTED.sub("", bare)
