"""What a ledger says about persons: found by its heading or by what stands in its cells, and left out.

None of it is needed to count. Headings are judged by the words that ledgers use, numbers by their form, names by a list of surnames.
The last is a guess: it never shows that a cell holds no name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import filterfalse, islice
from math import ceil

from analysis.identifiers import looks_like_resident_id

MARK = "〔…〕"

# identity and mobile numbers in the regular expressions of a database, between what is kept of either side
SQL_PATTERNS = (
    r"(^|[^0-9A-Za-z])[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]($|[^0-9A-Za-z])",
    r"(^|[^0-9A-Za-z])1[3-9][0-9]{9}($|[^0-9A-Za-z])",
)

# ------------------------------------------------------------------ headings

_UNIT = re.compile(r"\((?:人数?|名|个|位|次|岁|%)\)$")
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NUMBERED = re.compile(r"[0-9*※:。.、]+$")  # 联系人1, 书记2, 姓名*
_NO_PERSON = re.compile(r"是否|有无|能否|(?:数|数量|名额|人次|率|比例|比重|占比)$")
_NAMED = re.compile(
    r"姓名|名字|身份证|(?<!登记)证件号|护照|社保号|社会保障号|电话(?!费)|手机(?!报|费)|联系方式|传真|邮箱|电子邮件|邮件地址"
    r"|e-?mail|qq(?!群)|微信(?!公众|群|平台)|户籍|户口|(?<!单位)(?<!组织)住址|家庭.*地址"
)
_DESCRIBED = re.compile(
    r"出生|生日|性别|政治面貌|籍贯|(?<!少数)民族(?:成[份分])?$|^(?:个人)?[照相]片$|证件照|入党(?:时间|日期|年月)|参加工作(?:时间|日期)"
)
_ROLES = (
    r"(?:书记|指导员|联络员|联系人|负责人|责任人|代表人|法人代表|(?:填表|填报|制表|经办|审核|审批|报送|统计|申请|签字|介绍)人"
    r"|出资人|发起人|创办人|举办[人者]|会长|理事长|监事长|董事长|总经理|秘书长|院长|校长|园长|主任|(?<!一)(?<!政协)委员|班子成员"
    r"|(?:联系|包联|包抓|分管|挂联)(?:领导|干部))|(?:^|单位|组织|机构|协会|企业)法人(?!名称|单位|类)"
)
_ROLE = re.compile(rf"(?:(?:{_ROLES})(?:名称|签[名字章]|人选)?|(?:党员|委员|会员|人员|成员|干部|书记|指导员|联络员)(?:名单|名册|花名册))$")
_ACT = re.compile(r"担任|兼任|选派|派驻|配备|配有|设有|仅有|(?<![现历前])任(?:党组织)?书记")
_NAMED_GROUP = re.compile(rf"(?:{_NAMED.pattern})(?:号码?)?$")  # its end alone: a title above the table is a group, too
_SORT = re.compile(r"(?:来源|类[别型]|性质|构成|结构|形式|方式|原因|身份|关系|数量?)(?:情况)?$")
_PERSON = re.compile(rf"(?:{_ROLES}|个人|党员)(?:姓名)?(?:基本)?(?:情况|信息|资料|简况|概况)?$")
_POST = r"(?:工作单位(?:名称)?|职务|地址|住所|简历)$"
_OF_PERSON = re.compile(rf"^(?:单位|名称|备注|签[名字])$|{_POST}")
_POST_OF_ROLE = re.compile(rf"(?:{_ROLES}).*{_POST}")
_OF_BODY = re.compile(r"(?:社会组织|本组织|社团|协会|本会).*职务$")
# a heading of a person in Chinese characters has one of these in it; looked for is what may begin as one does
_STEMS = (
    "姓名", "名字", "身份证", "证件", "护照", "社保", "会保障", "电话", "手机", "联系", "传真", "邮箱",
    "邮件", "微信", "户籍", "户口", "住址", "家庭", "出生", "生日", "性别", "面貌", "籍贯", "民族",
    "照片", "相片", "入党", "参加工作", "书记", "导员", "络员", "负责人", "责任人", "代表人", "法人", "表人",
    "报人", "办人", "核人", "批人", "送人", "计人", "请人", "字人", "绍人", "资人", "起人", "办者", "会长",
    "事长", "经理", "书长", "院长", "校长", "园长", "主任", "委员", "班子", "领导", "干部", "名单", "名册",
)  # fmt: skip
_STEM = re.compile(f"[{''.join(stem[0] for stem in _STEMS)}][{''.join(stem[1] for stem in _STEMS)}]")

_ENGLISH = re.compile(
    r"\b(?:(?:tele|cell)?phones?|mobile|tel|e ?mail|we ?chat|qq|fax|birth(?:day|date)?|born|dob|sex|gender|ethnic(?:ity)?|passport|id ?card"
    r"|surname|(?:first|last|given|family|full) ?name|home address|contacts?|(?:identity|(?<!org )(?<!organisation )(?<!branch )id) (?:number|no))\b"
)
_ENGLISH_ROLE = r"(?:(?:the|its|party|branch|deputy|legal) )*(?:secretary|representative|instructor|liaison|head|chair(?:man|person)?|director|person in charge)"
_ENGLISH_WHO = re.compile(rf"(?:full )?names? of {_ENGLISH_ROLE}|{_ENGLISH_ROLE}(?: s)? names?|(?!instructor|liaison){_ENGLISH_ROLE}")
_ENGLISH_COUNT = re.compile(
    r"(?:number of|count|share|rate|whether|is|has)\b|.*\b(?:counts?|ratio|share|rate|percentage|members|staff|office|department|area|region)$"
)


def is_personal(path: Sequence[str]) -> bool:
    """Whether the heading of a column says that its cells tell who a person is or how to reach one.

    A column of a name, an identity number, a phone or another way of contact, a birthday, sex, ethnic group, political status or the
    like is personal wherever it stands. So is one headed by an office alone (党组织书记, 负责人, 联络员), for such a column holds names.
    A post, a work unit or an address is personal below the heading of a person: in a county, a post tells who holds it.

    A count, a yes or no, an age, an education, the date of a training and the post in the social organisation itself (社会组织职务) are
    not: they describe the body. So do the names and addresses of bodies, and one-hot columns below a heading such as 书记来源 or 人数.
    An office phone or fax is left out with the others, for a heading does not tell whose it is.

    Parameters
    ----------
    path
        The headings above the column from the top, its own last; one alone where the table has no groups.

    >>> is_personal(["党组织负责人", "联系电话"]), is_personal(["党组织负责人", "学历"])
    (True, False)
    >>> is_personal(["党组织书记"]), is_personal(["书记人数"]), is_personal(["业务主管单位"])
    (True, False, False)
    """
    filled = [text for text in path if text.strip()]
    return bool(filled) and (_is_personal_chinese([_heading(text) for text in filled]) or _is_personal_english(filled))


def may_head_persons(texts: Collection[str]) -> set[str]:
    """Return those of many texts, of Chinese characters and figures, that may be headings of persons: one quick look at all of them.

    >>> sorted(may_head_persons({"茶叶协会", "书记", "书记人数"}))
    ['书记', '书记人数']
    """
    return set(filter(_STEM.search, texts)) if _STEM.search("\n".join(texts)) else set()


def _is_personal_chinese(path: list[str]) -> bool:
    *above, leaf = path
    bare, groups = _bare(leaf), [_bare(group) for group in above]
    if _NO_PERSON.search(bare):
        return False
    if _NAMED.search(leaf) or _DESCRIBED.search(bare) or any(map(_NAMED_GROUP.search, groups)):
        return True
    if any(map(_SORT.search, groups)) or any(map(_UNIT.search, path)):  # a count, or one-hot
        return False
    if _ROLE.search(bare):
        return not _ACT.search(bare)
    tells_who = _POST_OF_ROLE.search(bare) or (any(map(_PERSON.search, groups)) and _OF_PERSON.search(bare))
    return bool(tells_who) and not _OF_BODY.search(bare)


def _heading(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _bare(heading: str) -> str:
    return _NUMBERED.sub("", _ASIDE.sub("", heading))


def _is_personal_english(path: Sequence[str]) -> bool:
    spaced = [re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", text)) for text in path]
    *groups, leaf = [" ".join(re.findall("[a-z]+", text.casefold())) for text in spaced]
    if _ENGLISH_COUNT.match(leaf):
        return False
    below = any(re.fullmatch(_ENGLISH_ROLE, group) for group in groups)
    return bool(_ENGLISH.search(leaf) or _ENGLISH_WHO.fullmatch(leaf)) or (below and leaf in ("name", "post", "address"))


# ------------------------------------------------------------------ numbers and addresses

_NARROW = {0xFF01 + at: 0x21 + at for at in range(94)} | {0x3000: 0x20}  # one character for one, so that places stay
_GAP = "(?:[ \t\u00a0\u200b-\u200f\u202a-\u202e\u2060\ufeff\u2010-\u2015\u2212-]{1,3})"
_FROM = r"(?<![0-9A-Za-z])(?<!(?<![0-9])0\.)"  # neither the middle of a longer code nor the decimals of a share
_TO = r"(?![0-9A-Za-z])"
_ZEROS = r"(?:\.0+(?![0-9]))?"  # a number read as a fraction: 13800000000.0

# ten digits close together, the first of their run: with the sign of an address, what any of the patterns needs
_DIGITS = re.compile(r"[0-9０-９](?<![0-9０-９]{2})[^0-9０-９]{0,4}+(?:[0-9０-９][^0-9０-９]{0,4}+){8}[0-9０-９]")
_APART = "\n" * 5  # further than digits that are close
_NO_FIGURES, _TEN, _WIDE_FIGURE = bytes(set(range(256)) - set(b"0123456789\0")), re.compile(rb"[^\0]{10}"), re.compile("[０-９]")
_LABEL = re.compile(r"(?<![A-Za-z0-9])(?:tel|phone|mobile|qq|id)(?=[0-9])", re.IGNORECASE)
_FRACTION = re.compile(r"\s*[+-]?(?:[0-9]{1,9}\.[0-9]+|[0-9]+\.(?:[1-9][0-9]?|0[1-9]))\s*[%元]?\s*")


def _lengths(number: str) -> tuple[int, ...]:
    return tuple(map(len, re.split(_GAP, number)))


def _is_resident(number: str) -> bool:
    *groups, last = _lengths(number)
    return looks_like_resident_id(number) and min(groups, default=last) >= 2


def _is_old_resident(number: str) -> bool:
    return looks_like_resident_id(number) and min(_lengths(number)) >= 3


def _is_mobile(number: str) -> bool:
    return _lengths(number) in {(11,), (3, 4, 4), (3, 3, 5), (4, 3, 4), (3, 8), (7, 4), (5, 6)}


def _is_rounded(number: str) -> bool:
    whole = str(int(Decimal(number)))
    return looks_like_resident_id(whole) or bool(re.fullmatch("1[3-9][0-9]{9}", whole))


_PERSONAL: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (re.compile(r"([A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"), bool),
    (re.compile(rf"{_FROM}([1-9](?:{_GAP}?[0-9]){{16}}{_GAP}?[0-9Xx×Ⅹⅹ]){_TO}{_ZEROS}"), _is_resident),
    (re.compile(rf"{_FROM}([1-9](?:{_GAP}?[0-9]){{14}}){_TO}{_ZEROS}"), _is_old_resident),
    (re.compile(rf"{_FROM}([1-9]\.[0-9]{{9,17}}[Ee]\+?1[0-9]){_TO}"), _is_rounded),
    (re.compile(rf"(?:\+?{_FROM}(?:(?:00)?86{_GAP}?|0)|{_FROM})(1{_GAP}?[3-9](?:{_GAP}?[0-9]){{9}}){_TO}{_ZEROS}"), _is_mobile),
    (re.compile(rf"(\(?(?:{_FROM}0|\+86{_GAP}?0?)[1-9][0-9]{{1,2}}(?:\){_GAP}|\)|{_GAP})[2-9][0-9]{{2,3}}{_GAP}?[0-9]{{4}}){_TO}"), bool),
)


def mask(text: str) -> tuple[str, int]:
    """Return a text with each identity number, phone and e-mail address in it replaced by 〔…〕, and how many there were.

    Found are identity numbers of 18 characters or 15 digits with a day of birth, right or mistyped; mobile numbers; fixed lines with
    their area code set apart; e-mail addresses. Digits may be of full width, and blanks or hyphens may part them into groups.

    Not masked are codes of bodies, numbers that are part of a longer code, dates, amounts, and numbers of less than eleven digits. So a
    fixed line without its area code stays, and so does one that is run together with it. What is masked too much: a whole number of
    eleven digits from 13 to 19 thousand million, and a registration number of 15 digits whose middle reads as a date.

    >>> mask("张三 138-0000-0000，0916-8000000")
    ('张三 〔…〕，〔…〕', 2)
    >>> mask("陕洋民证字第010012号，2011-06-01")
    ('陕洋民证字第010012号，2011-06-01', 0)
    """
    if not _has_sign(text) and not _DIGITS.search(text):
        return text, 0
    plain = _LABEL.sub(lambda found: " " * len(found[0]), text.translate(_NARROW))
    if _FRACTION.fullmatch(plain):
        return text, 0
    spans: list[tuple[int, int]] = []
    for pattern, is_one in _PERSONAL:
        for start, end in _spans(plain, pattern, is_one):
            spans.append((start, end))
            plain = plain[:start] + "…" * (end - start) + plain[end:]
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + MARK + text[end:]
    return text, len(spans)


def may_be_personal(cells: Iterable[object]) -> bool:
    """Whether any text or number among many cells may hold what `mask` takes out: one quick look at all of them together."""
    texts = [cell if isinstance(cell, str) else f"{cell:.0f}" for cell in cells if isinstance(cell, (str, float))]
    if _has_sign("".join(texts)):
        return True
    return _may_have_ten_figures(texts) and _DIGITS.search(_APART.join(text for text in texts if len(text) >= 10)) is not None


def _may_have_ten_figures(texts: Collection[str]) -> bool:
    """Whether any text may have ten figures in it: told of all of them at once, by their bytes."""
    together = "\0".join(texts)
    figures = together.encode("utf-8", "replace").translate(None, _NO_FIGURES)
    return _TEN.search(figures) is not None or together.count("\0") >= len(texts) or _WIDE_FIGURE.search(together) is not None


def _has_sign(text: str) -> bool:
    return "@" in text or "＠" in text


def _spans(text: str, pattern: re.Pattern[str], is_one: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    at = 0
    while found := pattern.search(text, at):
        right = is_one(found[1])
        if right:
            yield found.span()
        at = found.end() if right else found.start() + 1  # a wrong one may cover the beginning of a right one


# ------------------------------------------------------------------ names

_HAN = "[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]"
# some 230 common surnames, chosen by hand, less those that begin more words than names: 党 单 成 时 解 管 …; then traditional forms
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧肖程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎闫余潘杜戴夏钟汪田任姜范方石姚谭廖邹"
    "熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦毕聂焦柳邢岳齐莫庄辛祝左涂"
    "祁舒耿牟卜詹关苗凌靳裴屈鲍覃霍翁隋甘柏宁柯阮桂闵柴滕冉饶瞿戚谷梅华欧童尤"
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許呂蘇盧蔣賈葉閻餘鐘範譚鄒陸顧龍萬錢湯喬賀龔龐蘭嚴溫蘆魯韋畢聶齊莊關鮑寧閔歐"
)
_COMPOUND = "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|令狐|宇文|长孙|慕容|司徒|司空|夏侯|端木|南宫|西门|独孤|轩辕|澹台|歐陽|司馬|諸葛"
_TITLE = r"(?:主任|书记|[会局校院部科股镇乡县村所站园处厂队]长|秘书长|理事长|董事长|总?经理|主席|老师|医生|同志|先生|女士)"
_WORDS = (  # that begin as names do: ordinary in ledgers, rare as names
    "文化|文体|文艺|文明|文联|文教|文物|文件|文字|文旅|文秘|文广|文史|文娱|高新|高中|高级|高职|高校|高龄|高考|高等|高端|高度|高速|高温|高于|高兴|高科"
    "|金融|金额|金属|金银|金牌|方便|方案|方式|方法|方面|方向|安全|安置|安保|安监|安康|安徽|安排|安装|华东|华南|华北|华中|华侨|华人|常务|常委|常设|常年"
    "|常住|常态|常规|常用|常州|江苏|江西|江南|江北|黄金|黄河|黄酒|黄牛|石油|石材|石化|石料|白酒|白天|白色|万元|万人|万户|夏季|武术|武警|武汉|武装|马上"
    "|马铃薯|马术|龙头|龙舟|龙狮|龙灯|林业|林场|林区|林果|林木|林权|林下|田径|田园|田间|程序|程度|康复|康养|康乐|康体|史志|史料|史学|关系|关爱|关工委"
    "|关于|关停|关闭|关怀|关键|关注|關於|温泉|温州|章程|严重|严格|严肃|顾问|毛纺|毛笔|牛羊|牛奶|苗木|苗圃|苗族|梅花|陈旧|陈列|周边|周期|周年|周末|周岁"
    "|周转|周密|朱鹮|徐州|苏州|郑州|兰州|沈阳|甘肃|宁夏|余额|余款|余人|余名|余家|于是|钱款|钱物|施工|施行|施教|左右|洪水|洪涝|易地|任命|任职|任期|任务"
    "|任免|任教|任选|任何|任用|任书记|秦岭|秦巴|秦腔|钟表|陆地|陆续|熊猫|许可|许多|何时|何地|何种|何人|胡同|董事|曾任|曾用|丁级|丁类|杜绝|杜仲|范围|兰花"
    "|陶瓷|陶艺|季度|葛根|尤其|毕业|柳编|齐全|谷物|桂花|童装|童年|张贴|谢绝|韩国|欧洲"
)
_CALLED = re.compile(
    rf"((?:{_ROLES}|网格[员长]|(?:包[联抓]|挂联|帮扶)(?:领导|干部|人)?|分管领导|联系电话)[:： ]*)({_HAN}{{2,4}})(?!{_HAN})(?:{MARK})*"
)
_DOING = re.compile(rf"(?<!{_HAN})({_HAN}{{2,4}}?)((?:负责|包联|包抓|制表?|填报?)(?!{_HAN}))")
_WORD = re.compile(_WORDS)
_CLAUSE = re.compile("[是否不未的了与或]")
_NO_NAME = re.compile(r".*(?:[镇鄉乡村县縣区區市省局委部厅会會院校所站社厂店党黨类類业業办馆室组队级型性率数费款额号法]|街道)")
_NAME = re.compile(rf"[{_SURNAMES}](?:{_HAN}{{1,2}}|[{_SURNAMES}]{_HAN}{{2}})|(?:{_COMPOUND}){_HAN}{{1,2}}")
_TITLED = re.compile(rf"(?:[{_SURNAMES}]|{_COMPOUND}){_HAN}{{0,2}}{_TITLE}")
_FOREIGN = re.compile(rf"{_HAN}{{1,10}}(?:[·•・‧∙]{_HAN}{{1,10}}){{1,4}}")  # 阿依古丽·买买提
_NEVER = re.compile("[一-鿿0-9A-Za-z]*[0-9A-Za-z][一-鿿0-9A-Za-z]*|[一-鿿]{8,}")  # one word that is too long, or not of characters alone


def looks_like_name(text: str) -> bool:
    """Whether a whole cell reads as the name of a Chinese person, or as names side by side.

    A name begins with a common surname and has two or three characters, four if the surname has two or is followed by another; or it
    is a surname with a title, such as 王书记; or it has a point in its middle, as names of minorities do. Blanks inside, a remark in
    brackets and a label with a colon do not matter.

    It is a guess. Missed are rare surnames, names that end as bodies and places do (业, 会, 党), names without a surname, and names
    in letters. Taken for names are words and short names of places or bodies that begin with a surname and are in no list here.

    >>> looks_like_name("张　三"), looks_like_name("王书记"), looks_like_name("张三、李四")
    (True, True, True)
    >>> looks_like_name("文化"), looks_like_name("黄金镇"), looks_like_name("党支部")
    (False, False, False)
    """
    plain = _ASIDE.sub("", unicodedata.normalize("NFKC", text))
    parts = [part for part in re.split(r"[、,;/\r\n]", re.sub(r"^[^:]{1,8}:", "", plain)) if part.strip()]
    return bool(parts) and all(_is_name("".join(part.split())) or all(map(_is_name, part.split())) for part in parts)


def count_names(texts: Iterable[str]) -> int:
    """Return how many texts look like names, most of them told at first sight that they do not."""
    return sum(map(looks_like_name, filterfalse(_NEVER.fullmatch, texts)))


def mostly_names(texts: Iterable[str], share: float, count: int) -> bool:
    """Whether at least this share of so many texts may look like names, by those given; where too many do not, the others are not looked at.

    >>> mostly_names(["张三", "李四", "文化"], 0.5, 3), mostly_names(["张三", "李四", "文化"], 0.9, 3)
    (True, False)
    """
    others = filterfalse(lambda text: not _NEVER.fullmatch(text) and looks_like_name(text), texts)
    return next(islice(others, count - ceil(share * count), None), None) is None


def _is_name(word: str) -> bool:
    if _WORD.match(word) or _CLAUSE.search(word):
        return False
    return bool(_TITLED.fullmatch(word) or (not _NO_NAME.fullmatch(word) and (_NAME.fullmatch(word) or _FOREIGN.fullmatch(word))))


# ------------------------------------------------------------------ cells

_EMPTY = frozenset(("", "None", "nan", "NaT", "<NA>"))


def personal_cells(cells: Iterable[object], *, least: int = 1) -> bool:
    """Whether a column is one about persons by what its cells hold, whatever its heading.

    It is if at least half of its different filled cells are names or have an identity number, a phone or an e-mail address in them.
    Numbers and dates count as cells that are none, unless they are such a number. Names count where there are at least so many different
    cells: a few are soon a sort of thing.

    The limits of `looks_like_name` are those of this test. A column of few cells is soon misjudged: one word that begins as names do is
    the half of two. Names in running text, and names in a column that mostly holds something else, are not seen. A sector or a township
    written in two or three characters may be taken for names where most of them begin with a surname; ask by heading first.

    >>> personal_cells(["张三", "李四", None, "无"]), personal_cells(["文化", "教育", 3])
    (True, False)
    """
    texts = {_said(cell).strip() for cell in cells} - _EMPTY
    persons = sum((len(texts) >= least and looks_like_name(text)) or mask(text)[1] > 0 for text in texts)
    return persons > 0 and 2 * persons >= len(texts)


def quoted(value: object) -> str:
    """Return a cell as a message may quote it: without numbers and addresses of persons, and nothing of it if it is a name.

    A name beside a masked number goes with it, too. A name in running text stays; so a message should quote no more than it needs.

    >>> quoted("十二"), quoted("张三"), quoted("张三 13800000000"), quoted(13800000000.0), quoted("联系人张三13800000000")
    ('十二', '〔…〕', '〔…〕', '〔…〕', '联系人〔…〕')
    """
    masked, found = mask(_said(value))
    if looks_like_name(masked):
        return MARK
    beside = re.findall(f"{_HAN}+", masked) if found else []
    return MARK if any(map(looks_like_name, beside)) else _without_called(masked)


def _without_called(text: str) -> str:
    """Return a text without the names that stand right after the word for what a person is, or before that for what one does."""
    text = _CALLED.sub(lambda found: f"{found[1]}{MARK}" if _is_name(found[2]) else found[0], text)
    return _DOING.sub(lambda found: f"{MARK}{found[2]}" if _is_name(found[1]) else found[0], text)


# letters that may stand in a cell of numbers or dates beside figures, and name nobody
_FIGURES = frozenset(
    "一二三四五六七八九十百千万亿〇零两几数半多余约近逾超过不足到少大上下左右以内外于等或至和与及共计合总其中含莫概某年月日号天岁人名位个家次条件户间处届场期元角分"
    "成很较太许无没有未知详清楚填报待定今去前后本底初旬季度正式预备专兼职党员会换"
)


def of_figures(value: object) -> str:
    """Return a cell of numbers or dates as a message may quote it: nothing of it where more stands there than figures and their words.

    >>> of_figures("12或13人"), of_figures("很多"), of_figures("30（联系人周洁13800000000）"), of_figures("12，问周洁")
    ('12或13人', '很多', '〔…〕', '〔…〕')
    """
    text = _said(value)
    plain = unicodedata.normalize("NFKC", text)
    words = all(letter.isascii() or not letter.isalpha() or letter in _FIGURES for letter in plain)
    harmless = words and not mask(text)[1] and not any(map(looks_like_name, re.findall(f"{_HAN}+", plain)))
    return quoted(value) if harmless or not isinstance(value, str) else MARK


def _said(value: object) -> str:
    try:
        return str(value)
    except Exception:  # an object that cannot say what it is: a message is no place to fail
        return MARK
