"""What ledgers call their columns: each heading, with the groups above it, told to be a column of the schema, or asked about."""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence, Set
from functools import cache
from typing import Any, NamedTuple

from analysis.model import Term
from analysis.persons import is_personal, may_head_persons
from analysis.places import shared
from analysis.schema import COLUMNS, TABLES, Column, Type

# amounts that forms ask for and that only their own sums are checked with: no table keeps them
CHECKED: dict[str, Term] = {
    "staff_part_time": Term("兼职人员数", "part-time staff"),
    "leaders_full_time": Term("领导成员数（专职）", "leaders, full-time"),
    "leaders_part_time": Term("领导成员数（兼职）", "leaders, part-time"),
    "workers_full_time": Term("工作人员数（专职）", "workers, full-time"),
    "workers_part_time": Term("工作人员数（兼职）", "workers, part-time"),
    "leaders_members_moved": Term("领导成员党员数（专职，已转关系）", "members among the leaders, relation moved"),
    "leaders_members_unmoved": Term("领导成员党员数（专职，未转关系）", "members among the leaders, relation not moved"),
    "leaders_members_part_time": Term("领导成员党员数（兼职）", "members among the leaders, part-time"),
    "workers_members_moved": Term("工作人员党员数（专职，已转关系）", "members among the workers, relation moved"),
    "workers_members_unmoved": Term("工作人员党员数（专职，未转关系）", "members among the workers, relation not moved"),
    "workers_members_part_time": Term("工作人员党员数（兼职）", "members among the workers, part-time"),
    "relation_supervisor": Term("组织关系在业务主管单位的党员数", "members whose relation is with the supervising department"),
    "relation_attached": Term("组织关系在挂靠单位的党员数", "members whose relation is with the unit attached to"),
    "relation_local": Term("组织关系在属地的党员数", "members whose relation is with their place"),
    "relation_former": Term("组织关系在原工作单位的党员数", "members whose relation is with a former employer"),
    "relation_other": Term("组织关系在其他处的党员数", "members whose relation is elsewhere"),
    "individual_members": Term("个人会员数", "individual association members"),
    "unit_members": Term("单位会员数", "units that are association members"),
    "members_probationary": Term("预备党员数", "probationary members"),
    "branch_members_probationary": Term("支部预备党员数", "probationary members of the branch"),
    "members_full_time": Term("专职人员中党员数", "members among the full-time staff"),
    "members_part_time": Term("兼职人员中党员数", "members among the part-time staff"),
    "applicants": Term("申请入党人数", "applicants for membership"),
    "activists": Term("入党积极分子数", "activists"),
    "candidates": Term("发展对象数", "candidates"),
}
CHECK = "check"
SERIAL = "serial"
# every column that a heading can be told to be
READABLE: dict[str, Column] = COLUMNS | {
    f"{CHECK}/{code}": Column(term, Type.whole, Term("只用来核对", "only to check sums with")) for code, term in CHECKED.items()
}
_SUBJECTS = {"o": "organisations", "b": "branches", "": ""}
TOTALS = {"合计", "小计", "总数", "总计", "人数", "数量", "总人数", "数"}  # a leaf that says no more than its group
_BRACKETS = re.compile(r"\([^()]*\)$")
_UNIT = re.compile(
    r"\((人次?|名|位|个|家|次|年|岁|月|日|元|百元|千元|万元|亿元|万人|平米|平方米|㎡|m2|件|届|期|条|场|间|户|分|%|填数字|必填|选填)\)$"
)
MONEY_UNITS = {"元": 1, "百元": 100, "千元": 1_000, "万元": 10_000, "亿元": 100_000_000}
_FACTORS = MONEY_UNITS | {"万人": 10_000}
_PLAIN = re.compile("[一-鿿0-9]+")  # folding leaves these as they are
_OTHERS = re.compile(
    "上年|去年|同期|女|少数民族|离退休|季度|上半年|下半年|本年新增|本年减少|计划数|目标数"
)  # below such a group a count is of others
_BODIES = re.compile("理事会|监事会|工会|共青团|团支部|团委|团组织|妇联|分支机构")  # below such a group everything is of others
_ALIKE = 0.8  # how alike two headings must be for one to be asked about


class Meaning(NamedTuple):
    """What a heading is told to be: a column (`table/column`), the serial number, or nothing that is used.

    `how` is 'named' where any entry means yes, 'area' where a size above nothing does, 'post' where a post must be told from
    another, 'unit_above' where a line above the table names its unit, 'below_35' where it is a setting whether the limit itself is counted; `like` is the heading that a doubtful one resembles;
    `unit` is what the heading says that it counts in, `factor` what that is worth.
    """

    reads: str
    how: str = ""
    like: str = ""
    factor: int = 1
    personal: bool = False
    unit: str = ""


class _Row(NamedTuple):
    subject: str
    under: tuple[str, ...]
    apart: tuple[str, ...]
    reads: str
    how: str


def folded(text: object) -> str:
    r"""Return a heading as it is compared: width, blanks, line breaks, case, dashes and what numbers it do not matter.

    >>> folded("二、社会组织\n名　称："), folded("36—50岁")
    ('社会组织名称', '36-50岁')
    """
    if _PLAIN.fullmatch(given := str(text)):
        return given
    plain = re.sub(r"[\s*＊·:：_]+", "", unicodedata.normalize("NFKC", given)).casefold()
    plain = re.sub(r"[—–―－~～]+", "-", plain)
    return re.sub(r"^(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+、|\(?[0-9]{1,2}[)、.])(?=\D)", "", plain)


def meaning(path: Sequence[str], subject: str) -> Meaning | None:
    """Return what a column is, from the groups above it and its own heading.

    Parameters
    ----------
    path
        The headings from the top group down to the column's own.
    subject
        The table whose rows the sheet holds.

    Returns
    -------
    Meaning or None
        None for a heading that nothing is known of; with `like`, one that only resembles a known one and must not be guessed.

    >>> meaning(["从业人员数", "专职"], "organisations").reads, meaning(["党员情况", "党员数（名）"], "organisations").reads
    ('organisations/staff_full_time', 'organisations/members')
    """
    if not path:
        return None
    words = [folded(part) for part in path]
    leaf, groups = words[-1], words[:-1]
    for text in dict.fromkeys((leaf, bare(leaf))):
        told = _told(text, groups, subject) or (_told(bare(groups[-1]), groups[:-1], subject) if groups and text in TOTALS else None)
        if told is not None:
            return in_unit(told, path)
    if is_personal(path):
        return Meaning("", personal=True)
    return _resembling(bare(leaf), groups, subject)


def in_unit(told: Meaning, path: Sequence[str]) -> Meaning:
    """Return a meaning with the unit that a heading names, or its group where it names none.

    >>> in_unit(Meaning("organisations/budget"), ["党建经费（万元）"]).factor
    10000
    """
    found = [match[1] for text in path[-2:] if (match := _UNIT.search(folded(text)))]
    return told._replace(unit=found[-1], factor=_FACTORS.get(found[-1], 1)) if found else told


def is_unit(text: object) -> bool:
    """Whether a cell holds a unit and nothing else, as the last row of a header may.

    >>> is_unit("（人）"), is_unit("万元"), is_unit("人事")
    (True, True, False)
    """
    word = folded(text)
    return bool(word) and _UNIT.fullmatch(word if word.startswith("(") else f"({word})") is not None


def is_heading(text: object) -> bool:
    r"""Whether a cell's text is one that forms use as a heading, whatever is above it.

    >>> is_heading("社会组织\n名称"), is_heading("甲协会")
    (True, False)
    """
    word = _BRACKETS.sub("", folded(text))
    return word in _index() or folded(text) in _index() or (word not in TOTALS and is_personal([str(text)]))


def headings_among(texts: Set[str]) -> set[str]:
    """Return those of many texts that are headings, looked at together first: nearly all are names of bodies.

    >>> sorted(headings_among({"甲协会", "名　称", "负责人"}))
    ['名　称', '负责人']
    """
    plain = texts if _PLAIN.fullmatch("".join(texts)) else set(filter(_PLAIN.fullmatch, texts))
    return set(filter(is_heading, may_head_persons(plain) | (plain & _index().keys()) | (texts - plain)))


def coded(group: Sequence[str], leaves: Sequence[str], subject: str) -> str:
    """Return the column of codes that a group of columns to tick stands for: the one whose list has most of their headings.

    >>> coded(["类别"], ["党支部", "党总支", "党委", "联合党支部"], "organisations")
    'branches/level'
    """
    texts = {bare(folded(leaf)) for leaf in leaves}
    known = {name: len(texts & set(words(name))) for name in coded_as(bare(folded(group[-1])), subject)}
    best = max(known, key=lambda name: known[name], default="")
    return best if best and known[best] and len(texts) > 1 else ""


def coded_as(text: str, subject: str) -> list[str]:
    """Return the columns of codes that a folded heading can stand for, whatever is above it.

    >>> coded_as("类别", "organisations")
    ['organisations/kind', 'branches/level']
    """
    rows = sorted(_index().get(text, ()), key=lambda row: row.subject != subject)
    return list(dict.fromkeys(row.reads for row in rows if row.reads in COLUMNS and COLUMNS[row.reads].codes is not None))


@cache
def words(column: str) -> Mapping[str, tuple[Any, str]]:
    """Return the words that a column's cells are known to bear, each with its value and what it says of another column."""
    known: dict[str, tuple[Any, str]] = {}
    described = READABLE[column]
    if described.codes is not None:
        known |= {folded(word): (member.name, "") for member in described.codes for word in (member.name, *member.term)}
    for row in _known_words():
        if row["column"] == column:
            value = {"yes": True, "no": False}[row["means"]] if described.type is Type.yes_no else row["means"].replace("?", "") or None
            known[folded(row["word"])] = (value, row["also"])
    return known


@cache
def _known_words() -> list[dict[str, str]]:
    with (shared("data") / "ledger" / "words.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _index() -> dict[str, list[_Row]]:
    """Every known heading: those of forms, and the schema's own names and codes."""
    index: dict[str, list[_Row]] = {}
    with (shared("data") / "ledger" / "headings.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            under, apart = (tuple(row[key].split()) for key in ("under", "apart"))
            index.setdefault(folded(row["heading"]), []).append(_Row(_SUBJECTS[row["subject"]], under, apart, row["reads"], row["how"]))
    for table, columns in TABLES.items():
        for name, column in columns.items():
            for word in {folded(part) for part in (name, *column.term)}:
                if not any(row.subject in ("", table) and not row.under for row in index.get(word, ())):
                    index.setdefault(word, []).append(_Row(table, (), (), f"{table}/{name}", ""))
    return index


def bare(word: str) -> str:
    """Return a folded heading without the unit in brackets at its end."""
    return _UNIT.sub("", word)


def _told(text: str, groups: Sequence[str], subject: str) -> Meaning | None:
    """Return what a known heading means below these groups; where the forms differ, nothing is told but that they do."""
    fit = [row for row in _index().get(text, ()) if _fits(row, groups)]
    rows = [row for row in fit if row.subject in ("", subject)]
    own = any(row.subject in ("", subject) for row in _index().get(text, ()))
    if not own and subject != "branches":  # a sheet of organisations may hold their branches, too
        rows = [row for row in fit if row.subject == "branches" and not row.under]
    best = [row for row in rows if bool(row.under) == any(row.under for row in rows)]
    told = dict.fromkeys((row.reads, row.how) for row in best)
    if len({reads for reads, _ in told}) > 1:
        return Meaning("", like=text)
    return next((Meaning(reads, how) for reads, how in told), None)


def _fits(row: _Row, groups: Sequence[str]) -> bool:
    """Whether a known heading can stand below these groups."""
    counts = row.reads in READABLE and READABLE[row.reads].type is Type.whole
    others = (counts and any(map(_OTHERS.search, groups))) or (bool(row.reads) and any(map(_BODIES.search, groups)))
    under = not row.under or any(word in group for word in row.under for group in groups)
    return under and not others and not any(word in group for word in row.apart for group in groups)


def _resembling(text: str, groups: Sequence[str], subject: str) -> Meaning | None:
    """Return the meaning that a heading may have, as a question: a known one that it contains, or is nearly."""
    known = [word for word, rows in _index().items() if len(word) > 2 and any(row.reads and row.subject in ("", subject) for row in rows)]
    inside = sorted((word for word in known if word in text), key=len, reverse=True)
    near = inside or difflib.get_close_matches(text, known, n=1, cutoff=_ALIKE)
    ambiguous = [text] if any(row.reads for row in _index().get(text, ())) else []
    return next((Meaning("", like=word) for word in [*near, *ambiguous]), None)
