"""A checked ledger in the terminal: its faults as a table, what each column was read as, what was changed and what left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from analysis.faults import CELLS, Fault
from analysis.headings import READABLE, SERIAL, folded
from analysis.ledger import Ledger
from analysis.logbook import ALL_RULES
from analysis.mapping import UNREAD, Line
from analysis.model import Lang, Severity, Term
from analysis.schema import TABLES
from analysis.wording import agreed, plain, width

SEVERITIES = {Severity.error: Term("错误", "error"), Severity.warning: Term("警告", "warning"), Severity.note: Term("提示", "note")}
_MOST = 200  # faults in the table
_WIDEST = 28  # places of a column of the table
_NAME = 20  # and of the name of a sheet in it
_HEADS = (
    Term("级别", "severity"),
    Term("位置", "where"),
    Term("列", "heading"),
    Term("值", "value"),
    Term("问题与办法", "what is wrong, what to do"),
)
_WORDS = {
    "more": Term("……另有 {count} 处：用 --json 或 --annotate 看全部", "… {count} more: see all with --json or --annotate"),
    "mapping": Term("列的对应（可用 --save-mapping 保存、修改，再用 --mapping 给出）", "Columns (save with --save-mapping, correct, give again with --mapping)"),
    "serial": Term("序号", "serial number"),
    "unread": Term("未读入", "not read"),
    "own": Term("另有 {count} 列与模板的列名相同，照读", "{count} more columns are headed as in the template, and read so"),
    "persons": Term("个人信息未读入：{columns} 列，共 {cells} 格", "Persons left out: {columns} columns, {cells} cells"),
    "trail": Term("按规则读的格：{cells}（可用 --trail 保存）", "Cells read by a rule: {cells} (save with --trail)"),
    "read": Term("读到组织 {organisations} 家，党组织 {branches} 个：请与台账核对", "Read: {organisations} organisations, {branches} branches; see that the ledger has as many"),
    "counts": Term("错误 {error}，警告 {warning}，提示 {note}", "{error} errors, {warning} warnings, {note} notes"),
    "mend": Term("有错误，不能使用；改正后再来", "It cannot be used: correct the errors"),
    "refused": Term("有错误，不能使用；改正后再来，或在设定里写 unreadable = \"unknown\"，把读不了的格按不知道处理",
                    "It cannot be used: correct the errors; or set unreadable = \"unknown\" to leave cells that cannot be read unknown"),
}  # fmt: skip


def told(ledger: Ledger, lang: Lang) -> Iterator[str]:
    """Yield the lines that say how a ledger was read: faults first, then columns, persons, changes, and the count of faults."""
    if ledger.faults:
        many = len({fault.file for fault in ledger.faults}) > 1 or len({line.file for line in ledger.mapping}) > 1
        cells = [_cells(fault, lang, many=many) for fault in ledger.faults[:_MOST]]
        yield from _table([[head(lang) for head in _HEADS], *cells])
    if len(ledger.faults) > _MOST:
        yield _said("more", lang, count=len(ledger.faults) - _MOST)
    if columns := [line for line in ledger.mapping if not _own(line)]:
        yield _WORDS["mapping"](lang)
        yield from (f"  {line}" for line in _columns(columns, lang))
    if columns and (own := len(ledger.mapping) - len(columns)):
        yield _said("own", lang, count=own)
    if len(ledger.persons):
        persons = ledger.persons.to_dict("records")
        yield _said("persons", lang, columns=len(persons), cells=sum(max(each["cells"], 0) for each in persons))
        yield from (f"  {each['sheet'] or each['file']} {each['column']} {each['heading']}: {each['cells']}" for each in persons)
    if rules := ledger.log.used():
        yield _said("trail", lang, cells=sum(rules.values()))
        yield from (f"  {ALL_RULES[rule].term(lang)}: {count}" for rule, count in rules.most_common())
    if ledger.register is not None:
        yield _said("read", lang, **{table: ledger.register.rows(table) for table in TABLES})
    counts = Counter(fault.severity.name for fault in ledger.faults)
    yield _said("counts", lang, **{severity.name: counts[severity.name] for severity in Severity})
    if ledger.register is None:
        errors = [fault for fault in ledger.faults if fault.severity is Severity.error]
        yield _WORDS["refused" if all(fault.kind in CELLS for fault in errors) else "mend"](lang)


def _said(name: str, lang: Lang, **numbers: int) -> str:
    return agreed(_WORDS[name](lang).format(**numbers))


def _cells(fault: Fault, lang: Lang, *, many: bool) -> list[str]:
    file = fault.file.rpartition("/")[2] if many or not fault.sheet else ""
    where = " ".join(
        part for part in (_cut(file, _NAME), _cut(fault.sheet, _NAME), fault.cell or (str(fault.line) if fault.line else "")) if part
    )
    stop = "。" if lang == "zh" else ". "
    return [
        SEVERITIES[fault.severity](lang),
        where,
        fault.column,
        fault.value,
        f"{fault.problem(lang)}{stop}{fault.remedy(lang)}{stop.strip()}",
    ]


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the rows with their columns below each other, a Chinese character being as wide as two letters."""
    shown = [[_cut(cell, _WIDEST) for cell in row[:-1]] + [row[-1]] for row in rows]
    wide = [max(width(cell) for cell in column) for column in zip(*shown, strict=True)]
    for row in shown:
        yield "  ".join([*(cell + " " * (places - width(cell)) for cell, places in zip(row[:-1], wide, strict=False)), row[-1]]).rstrip()


def _cut(text: str, places: int) -> str:
    while width(text) > places:
        text = f"{text[: min(len(text) - 2, places)]}…"
    return text


def _own(line: Line) -> bool:
    """Whether a heading is the schema's own name of the column, so that nothing about it needs to be shown."""
    column = READABLE.get(line.reads)
    return column is not None and folded(line.heading) in {folded(word) for word in (line.reads.partition("/")[2], *column.term)}


def _columns(lines: Iterable[Line], lang: Lang) -> Iterator[str]:
    for line in lines:
        term = READABLE[line.reads].term(lang) if line.reads in READABLE else _WORDS["serial" if line.reads == SERIAL else "unread"](lang)
        reads = "" if line.reads in (UNREAD, SERIAL, "") else f" {line.reads}"
        note = f" ({line.note})" if line.note and line.reads == UNREAD else ""
        where = " ".join(part for part in (line.sheet, line.column) if part)
        yield plain(f"{where} {line.heading} → {term}{reads}{note}")
