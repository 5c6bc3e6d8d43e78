"""The guides' lists of columns, codes, doubts and indicators, made from what the code declares: `python -m analysis.dictionary`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from analysis.cells import read_cells
from analysis.indicators import INDICATORS, Indicator
from analysis.logbook import ALL_RULES
from analysis.model import Grain, Lang, Term
from analysis.reconcile import DOUBTS
from analysis.schema import COLUMNS, KEYS, TABLE_TERMS, TABLES, Column

# the pages that hold such lists, by their language
PAGES: dict[str, Lang] = {
    "ledger.md": "en", "ledger.zh-CN.md": "zh", "indicators.md": "en", "indicators.zh-CN.md": "zh", "own-ledger.md": "en", "own-ledger.zh-CN.md": "zh",
}  # fmt: skip

_NONE = Term("—", "–")
_GOOD = {"high": Term("越高越好", "high"), "low": Term("越低越好", "low"), "": _NONE}
_COUNTS = {
    Grain.organisation: Term("组织", "organisations"),
    Grain.branch: Term("支部", "branches"),
    Grain.county: Term("全县", "the county"),
}


def _table(lang: Lang, headings: Iterable[Term], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown; an upright line inside a cell would end it."""
    cells = [[term(lang) for term in headings], *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    lines = ["| " + " | ".join(row) + " |" for row in cells]
    return "\n".join([lines[0], "|---" * len(cells[0]) + "|", *lines[1:]])


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _bounds(table: str, name: str, column: Column, lang: Lang) -> str:
    """Return in words what a column's cells are held to."""
    held = []
    if name == KEYS[table]:
        held.append(Term("每行都填，或整列留空", "in every row, or in none"))
    elif column.required:
        held.append(Term("必填", "in every row"))
    if column.at_most:
        held.append(Term(f"不大于 {_codes(column.at_most)}", f"never more than {_codes(column.at_most)}"))
    if column.of:
        of = TABLE_TERMS[column.of]
        held.append(Term(f"指向{of.zh}的编号", f"a number of the table of {of.en}"))
    return Term("；", "; ")(lang).join(term(lang) for term in held) or _NONE(lang)


def columns(lang: Lang, table: str) -> str:
    """Return the columns of a table of a ledger: code, name, type, meaning, and what a cell is held to.

    >>> columns("en", "branches").splitlines()[2]
    '| `branch_id` | branch number | identifier | unique in this table | in every row, or in none |'
    """
    headings = (Term("代码", "code"), Term("列名", "heading"), Term("类型", "type"), Term("含义", "meaning"), Term("约束", "held to"))
    rows = (
        (f"`{name}`", column.term(lang), column.type.term(lang), column.meaning(lang), _bounds(table, name, column, lang))
        for name, column in TABLES[table].items()
    )
    return _table(lang, headings, rows)


def codes(lang: Lang) -> str:
    """Return what a cell of codes can bear, with the names in both languages."""
    headings = (Term("列", "column"), Term("代码", "code"), Term("中文", "Chinese"), Term("英文", "English"))
    coded = ((name, column.codes) for name, column in COLUMNS.items() if column.codes is not None)
    return _table(lang, headings, ((f"`{name}`", f"`{code.name}`", *code.term) for name, of in coded for code in of))


def doubts(lang: Lang) -> str:
    """Return what a check of a ledger finds odd, apart from pairs of columns of which one never exceeds the other."""
    headings = (Term("轻重", "weight"), Term("表", "table"), Term("什么", "what"), Term("看哪些列", "columns"))
    rows = (
        (doubt.severity.term(lang), TABLE_TERMS[doubt.table](lang), doubt.what(lang), _codes(doubt.columns))
        for code, doubt in DOUBTS.items()
        if "_over_" not in code
    )
    return _table(lang, headings, rows)


def indicators(lang: Lang, grain: Grain) -> str:
    """Return the indicators over one table that a ledger can show: definition, what is counted, columns, good direction, grounds.

    >>> "`own_branch`" in indicators("en", Grain.organisation), "`own_branch`" in indicators("en", Grain.branch)
    (True, False)
    """
    headings = (Term("代码", "code"), Term("指标", "indicator"), Term("定义", "definition"), Term("计的是", "counts"),
                Term("要哪些列", "columns"), Term("好的方向", "good"), Term("依据", "rests on"))  # fmt: skip
    rows = ((f"`{code}`", *_described(each, lang)) for code, each in INDICATORS.items() if each.measure and each.grain is grain)
    return _table(lang, headings, rows)


def _described(indicator: Indicator, lang: Lang) -> tuple[str, ...]:
    counts = Term("人", "people") if indicator.people else _COUNTS[indicator.grain]
    names = (indicator.term(lang), indicator.definition(lang), counts(lang), _codes(indicator.needs))
    return (*names, _GOOD[indicator.good](lang), indicator.rests_on or _NONE(lang))


def unmeasured(lang: Lang) -> str:
    """Return what no single ledger shows, and what would show it instead."""
    headings = (Term("代码", "code"), Term("说的是", "about"), Term("谁的性质", "of"), Term("用什么量", "shown by"))
    rows = (
        (f"`{code}`", each.term(lang), _COUNTS[each.grain](lang), each.instrument(lang))
        for code, each in INDICATORS.items()
        if each.measure is None
    )
    return _table(lang, headings, rows)


# for each rule a cell and what it is read as, in the column that the example is of
_EXAMPLES: dict[str, tuple[str, str]] = {
    "width": ("１２", "organisations/staff"), "thousands": ("1,200", "organisations/staff"), "unit": ("12人", "organisations/staff"),
    "heading_unit": ("0.3", "organisations/budget"), "about": ("约30人", "organisations/staff"), "bounded": ("30余人", "organisations/staff"),
    "sum": ("10+2", "organisations/staff"), "stated_none": ("无", "organisations/staff"), "no_answer": ("暂无", "organisations/staff"),
    "stated_nothing": ("无", "organisations/registered_on"), "as_it_stands": ("'无", "organisations/name"), "tick": ("√", "organisations/activity_room"),
    "word": ("已建", "organisations/party_organisation"), "named": ("李四", "organisations/instructor"), "date_form": ("2011.6.1", "organisations/registered_on"),
    "part_of_it": ("3（其中预备1）", "branches/members"), "chinese_number": ("十二人", "organisations/staff"),
    "compact": ("20110601", "organisations/registered_on"), "serial": ("40695", "organisations/registered_on"), "month": ("2011.6", "organisations/registered_on"),
    "january_or_october": ("2011.1", "organisations/registered_on"), "year": ("2011年", "organisations/registered_on"),
    "zero_date": ("000000", "organisations/registered_on"), "chinese_digits": ("二〇一一年六月一日", "organisations/registered_on"),
}  # fmt: skip


def rules(lang: Lang) -> str:
    """Return the rules by which cells are read, each with a cell that it reads, as the reader reads it now.

    >>> [line for line in rules("en").splitlines() if "10+2" in line]
    ['| `sum` * | numbers joined by a plus are added | `10+2` → 12 |']
    """
    headings = (Term("规则", "rule"), Term("怎样读", "how it reads"), Term("例", "example"))
    rows = []
    for code, rule in ALL_RULES.items():
        shown = ""
        if code in _EXAMPLES:
            cell, name = _EXAMPLES[code]
            read = read_cells([cell], COLUMNS[name], factor=10_000 if code == "heading_unit" else 1, presence=code == "named")
            value = {True: Term("是", "yes"), None: Term("空", "empty")}.get(read.values[0], Term(*[str(read.values[0])] * 2))
            shown = f"`{cell}` → {value(lang)}" + (f" … {read.until[0]}" if read.until else "")
        rows.append((f"`{code}`" + (" *" if rule.doubtful else ""), rule.term(lang), shown or _NONE(lang)))
    return _table(lang, headings, rows)


# what a page can ask for by name
_LISTS: dict[str, Callable[[Lang], str]] = {
    "organisations": lambda lang: columns(lang, "organisations"),
    "branches": lambda lang: columns(lang, "branches"),
    "codes": codes,
    "doubts": doubts,
    "of organisations": lambda lang: indicators(lang, Grain.organisation),
    "of branches": lambda lang: indicators(lang, Grain.branch),
    "unmeasured": unmeasured,
    "rules": rules,
}
_MARKED = re.compile(r"(<!-- list: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def dictionary(text: str, lang: Lang) -> str:
    """Return a page with each of its lists made anew between the marks that name it; the rest of the page stays.

    >>> page = "before <!-- list: codes -->" + chr(10) + "old <!-- end --> after"
    >>> dictionary(page, "en").count("`own`"), "old" in dictionary(page, "en")
    (2, False)
    """
    return _MARKED.sub(lambda found: f"{found[1]}{_LISTS[found[2]](lang)}\n{found[3]}", text)


def write(folder: Path) -> None:
    """Make the lists of every page of a folder of guides anew."""
    for name, lang in PAGES.items():
        page = folder / name
        page.write_text(dictionary(page.read_text("utf-8"), lang), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path("docs"))
