"""What can be wrong with a file of data, and what to do about it, in both languages."""

from __future__ import annotations

from typing import NamedTuple

from analysis.model import Term


class Fault(NamedTuple):
    """One mistake in a file of data: where it is, what it is, what to do."""

    file: str
    line: int | None
    column: str
    value: str
    problem: Term
    remedy: Term

    def __str__(self) -> str:
        """Return the fault as a sentence in either language."""
        line = f", line {self.line}" if self.line else ""
        column = f", column {self.column}" if self.column else ""
        shown = f": '{self.value}'" if self.value else ""
        place = f"{self.file}{line}{column}{shown}"
        return f"{place}: {self.problem.en}. {self.remedy.en}.\n    {self.problem.zh}。{self.remedy.zh}。"


# each fault: what is wrong, then what to do; words in braces are filled in
_MESSAGES: dict[str, tuple[Term, Term]] = {
    "no_report": (Term("{place} 里没有这个文件", "no such file in {place}"),
                  Term("请给出报告文件夹，或其中之一：{known}", "Give a report's folder, or one of: {known}")),
    "no_figures": (Term("没有这个文件", "no such file"), Term("每个公布的数字写一行", "Write one row for each published figure")),
    "not_toml": (Term("读不了（{error}）", "cannot be read ({error})"), Term("请存为 UTF-8 编码的 TOML", "Save it as TOML in UTF-8")),
    "not_csv": (Term("读不了（{error}）", "cannot be read ({error})"),
                Term("请另存为“CSV UTF-8（逗号分隔）”", "Save it as CSV in UTF-8")),
    "no_key": (Term("缺少这一项", "is missing"), Term('请加一行 {key} = "…"', 'Add a line {key} = "…"')),
    "level": (Term("不是已知的可信度", "is not a known level"), Term("可用的有：{known}", "Use one of: {known}")),
    "key": (Term("不是已知的项", "is not a known key"), Term("已知的有：{known}", "Known keys: {known}")),
    "date": (Term("不是日期", "is not a date"), Term("请写成 2018-02-28，或删去", "Write it as 2018-02-28, or leave it out")),
    "too_many_cells": (Term("单元格比首行多", "has more cells than the first line"), Term("含逗号的值请加引号", "Put a value with a comma in quotes")),
    "no_column": (Term("缺少这一列", "this column is missing"), Term("请在首行加上", "Add it to the first line")),
    "column": (Term("不是已知的列", "is not a known column"), Term("已知的有：{known}", "Known columns: {known}")),
    "code": (Term("不是已知的代码", "is not a known code"), Term("可用的有：{known}", "Use one of: {known}")),
    "empty": (Term("是空的", "is empty"), Term("请填上，或删去这一行", "Fill it in, or delete the row")),
    "twice": (Term("出现了两次", "stands twice"), Term("请只留一行，或换一个代码", "Keep one row, or give one of them another code")),
    "nowhere": (Term("不在{where}里", "is not in {where}"), Term("请用{where}里的代码", "Use a code of {where}")),
    "number": (Term("不是数字", "is not a number"),
               Term("只写数字，不带逗号、文字和单位；“约”“近”等写在 relation 列",
                    "Write the digits alone, without commas, words or unit; words go to the column relation")),
    "scale": (Term("不是已知的倍数", "is not a known scale"), Term("请写 1 或 10000，或留空", "Use 1 or 10000, or leave it empty")),
    "quantity": (Term("不是已知的指标，也没有自己的单位和名称", "is not a known quantity and has no unit or name of its own"),
                 Term("请填 unit、name_zh、name_en，或用已知的 key：{known}", "Fill in unit, name_zh and name_en, or use a known key: {known}")),
    "other_unit": (Term("不是 {key} 的单位", "is not the unit of {key}"), Term("请留空，或写 {unit}", "Leave it empty, or write {unit}")),
    "not_whole": (Term("计数却不是整数", "is not a whole number, but counts"),
                  Term("请写整数；以万计的，scale 写 10000", "Write a whole number, or scale 10000 for 万")),
    "no_total": (Term("分项没有写明属于哪个总数", "names a breakdown of nothing"), Term("请在 part_of 填上总数的 key", "Fill in part_of with the key of the total")),
    "units_differ": (Term("总数以“{whole}”计，分项以“{part}”计", "counts {whole}, its part {part}"), Term("请填单位相同的总数", "Name a total of the same unit")),
    "own_part": (Term("写成了自己的一部分", "is a part of itself"), Term("请填它所属的总数", "Name the total that it is a part of")),
    "list_number": (Term("不是整数", "is not a whole number"),
                    Term("请写报告中的编号，或留空", "Write the number that the report's list gives it, or leave it empty")),
    "no_link": (Term("{source}不能连到{target}", "a {source} cannot be linked to a {target}"),
                Term("原因连到问题，对策连到原因或问题", "Link causes to problems, and measures to either")),
    "link_twice": (Term("从 {source} 来的这条关联出现了两次", "the link from {source} stands twice"), Term("请只留一行", "Keep one row")),
    "unknown_quantity": (Term("不是已知的指标", "is not a known quantity"), Term("可用的有：{known}", "Use one of: {known}")),
    "share_of_count": (Term("写成了比例，而这个指标是计数", "is a share, but the quantity is a count"), Term("请填计数", "Write the count")),
    "not_printed": (Term("不是报告里的数字写法", "is not a number that a report prints"),
                    Term("请写数字，如 42 或“约40”", "Write a number, as 42 or 'about 40'")),
}  # fmt: skip


def fault(kind: str, file: str, *, line: int | None = None, column: str = "", value: str = "", **words: object) -> Fault:
    """Return a fault of a kind, its words filled in; a word that is a term goes into each language in its own.

    >>> print(fault("code", "claims.csv", line=2, column="kind", value="x", known="cause"))
    claims.csv, line 2, column kind: 'x': is not a known code. Use one of: cause.
        不是已知的代码。可用的有：cause。
    """

    def filled(message: Term) -> Term:
        zh, en = ({name: word(lang) if isinstance(word, Term) else word for name, word in words.items()} for lang in ("zh", "en"))
        return Term(message.zh.format(**zh), message.en.format(**en))

    problem, remedy = _MESSAGES[kind]
    return Fault(file, line, column, value, filled(problem), filled(remedy))
