"""Numbers and result rows in words, in both languages; text from data made harmless."""

from __future__ import annotations

import html
import math
import re
import string
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

import pandas as pd

from analysis.model import (
    INFEASIBLE,
    QUANTITIES,
    Agreement,
    AnalysisError,
    Assumption,
    Basis,
    Choice,
    Confidence,
    Evidence,
    Kind,
    Lang,
    Named,
    Relation,
    Severity,
    Term,
    Unit,
    Verdict,
    merged_marks,
    require_marks,
)
from analysis.reference import Denominator, Ratio
from analysis.schema import COLUMNS, TABLE_TERMS

Escape = Callable[[str], str]

HEADINGS: dict[str, Term] = {
    "name": Term("名称", "name"),
    "code": Term("代码", "code"),
    "value": Term("数值", "value"),
    "relation": Term("关系", "relation"),
    "unit": Term("单位", "unit"),
    "section": Term("出处", "section"),
    "least": Term("最少", "least"),
    "most": Term("最多", "most"),
    "whole": Term("总数", "whole"),
    "share": Term("比例", "share"),
    "low": Term("下限", "low"),
    "high": Term("上限", "high"),
    "low_needs": Term("下限依赖", "low end needs"),
    "high_needs": Term("上限依赖", "high end needs"),
    "needs": Term("可由台账补齐的列", "columns that would close it"),
    "part": Term("其中", "part"),
    "unknown": Term("未知", "unknown"),
    "unsized": Term("分母未知的行", "rows of unknown weight"),
    "conflict": Term("与报告抵触", "conflict with the report"),
    "criterion": Term("条件", "criterion"),
    "limit": Term("界限", "limit"),
    "set": Term("现用", "in use"),
    "chosen": Term("列入清单", "on the list"),
    "alone_least": Term("单看此项最少", "by this alone, at least"),
    "alone_most": Term("单看此项最多", "by this alone, at most"),
    "counted_as": Term("台账中的口径", "counted in the register as"),
    "printed_low": Term("报告下限", "report, at least"),
    "printed_high": Term("报告上限", "report, at most"),
    "difference_low": Term("差额下限", "difference, at least"),
    "difference_high": Term("差额上限", "difference, at most"),
    "empty": Term("空格", "empty cells"),
    "agreement": Term("是否一致", "agreement"),
    "form": Term("形式", "form"),
    "rows": Term("行数", "rows"),
    "key": Term("编号", "number"),
    "cells": Term("单元格", "cells"),
    "filled": Term("已填", "filled"),
    "missing": Term("报告缺少", "not printed"),
    "severity": Term("轻重", "severity"),
    "what": Term("内容", "what"),
    "arithmetic": Term("算式", "arithmetic"),
    "places": Term("位置", "places"),
    "year": Term("年份", "year"),
    "of": Term("分母", "denominator"),
    "definition": Term("口径", "definition"),
    "source": Term("来源", "source"),
    "confidence": Term("可信度", "confidence"),
    "verdict": Term("判断", "verdict"),
    "kind": Term("类别", "kind"),
    "group": Term("分组", "group"),
    "basis": Term("关联依据", "basis of the link"),
    "stated": Term("原文明示", "stated"),
    "read": Term("本项目解读", "read by us"),
    "target": Term("指向", "target"),
    "source_name": Term("由", "from"),
    "target_name": Term("到", "to"),
    "printed": Term("所载", "as printed"),
    "note": Term("备注", "note"),
    "table": Term("表", "table"),
    "order": Term("次序", "order"),
    "closes": Term("新补齐的问题", "questions newly closed"),
    "cumulative": Term("累计补齐", "closed so far"),
    "why": Term("缘由", "why"),
    "who": Term("由谁办", "who"),
    "shown_by": Term("见效标志", "what would show it"),
    "instrument": Term("需用的办法", "instrument"),
    "not_covered": Term("未覆盖的组织", "organisations not covered"),
    "joint_branches": Term("联合支部", "joint branches"),
    "own": Term("有自己支部的组织", "organisations with their own"),
    "in_joint": Term("同在联合支部的组织", "organisations in joint branches"),
    "per_branch": Term("每支部", "per branch"),
    "valid_from": Term("施行", "in force from"),
    "evidence": Term("依据", "rests on"),
    "assumptions": Term("假设", "assumptions"),
    "finding": Term("发现", "finding"),
    "whom": Term("对谁", "for whom"),
    "when": Term("何时", "by when"),
    "breach": Term("违反现行规定", "breaking a rule"),
    "soon": Term("一年内到期的", "due within a year"),
    "undated": Term("其余应办", "otherwise due"),
    "done": Term("已办结", "done"),
    "confirmed": Term("其中台账可证", "of these shown by the ledger"),
    "overdue": Term("逾期未办", "overdue"),
    "open": Term("在办", "open"),
    "new": Term("新增", "new"),
    "still_due": Term("报已办仍未办", "said done, still due"),
    "unsettled": Term("不能再判断", "no longer known"),
    "gone": Term("单位不在册", "unit not there"),
    "unmatched": Term("对不上", "cannot be matched"),
    "cell": Term("先补单元格", "cells to fill"),
    "goes": Term("是否相伴", "do they go together"),
    "others_part": Term("没有此原因的：其中", "without the cause"),
    "others_whole": Term("没有此原因的", "rows without the cause"),
    "difference": Term("差额", "difference"),
    "p_adjusted": Term("偶然的概率（已校正）", "chance (corrected)"),
    "counted": Term("计数对象", "counted"),
    "by": Term("凭什么在前", "set apart by"),
    "ours": Term("本项目建议", "proposed by us"),
    "breaches": Term("涉及的违规", "breaches of rules"),
    "due": Term("一年内到期的换届", "elections due"),
    "branches": Term("触及支部", "branches touched"),
    "organisations": Term("触及组织", "organisations touched"),
    "members": Term("触及党员", "members touched"),
    "problems": Term("触及问题", "problems reached"),
    "turn": Term("换什么", "what changes"),
    "reverses": Term("可能换第一", "may change the first"),
    "measure": Term("对策", "measure"),
    "township": Term("所在镇", "township"),
    "priority": Term("轻重", "priority"),
    "due_on": Term("到期", "due"),
    "status": Term("状态", "status"),
    "said": Term("说明", "in words"),
    "from_on": Term("上期", "from"),
    "to_on": Term("本期", "to"),
    "direction": Term("方向", "direction"),
    "changed_rows": Term("变化的行", "rows changed"),
    "learned_rows": Term("补齐的行", "rows that became known"),
    "forgotten_rows": Term("变为未知的行", "rows no longer known"),
    "last": Term("上期末", "last"),
    "came": Term("新增", "came"),
    "went": Term("减少", "went"),
    "changed": Term("变化", "changed"),
    "known": Term("补齐", "became known"),
    "now": Term("本期末", "now"),
    "balance": Term("差额（应为零）", "balance (0 expected)"),
    "keys": Term("编号", "numbers"),
    "usual_least": Term("按通常比率最少", "at usual rates, at least"),
    "usual_most": Term("按通常比率最多", "at usual rates, at most"),
    "left_least": Term("当年没轮上最少", "without a place that year, at least"),
    "left_most": Term("当年没轮上最多", "without a place that year, at most"),
    "size": Term("每期人数", "places in a class"),
    "starts": Term("从（含）", "from"),
    "before": Term("到（不含）", "before"),
    "years": Term("年数", "years"),
    "points": Term("提高几个百分点", "points by which the share is to rise"),
    "reason": Term("缘故", "reason"),
    "shared_by": Term("至多几家合用", "shared by up to"),
    "without_least": Term("没有活动室的最少", "without a room, at least"),
    "without_most": Term("没有活动室的最多", "without a room, at most"),
    "sites": Term("再添", "further sites"),
    "adds": Term("新增", "adds"),
    "ties": Term("同样好的选法", "equally good choices"),
    "capped": Term("还有更多", "or more"),
    "choice": Term("选在", "choice"),
    "tied": Term("同样好的", "as good"),
}


class Reached(Named):
    """How a claim is reached by the other claims."""

    stated = Term("原文明示有回应", "answered in the text")
    read_only = Term("仅靠解读才有回应", "answered only by our reading")
    none = Term("无回应", "not answered")


_VOCABULARIES: dict[str, type[Named]] = {
    "severity": Severity, "basis": Basis, "verdict": Verdict, "kind": Kind, "unit": Unit, "relation": Relation,
    "of": Denominator, "ratio": Ratio, "confidence": Confidence, "status": Reached, "agreement": Agreement,
}  # fmt: skip
_SHARES = ("share", "low", "high")
# where in a report that has no numbered sections something stands
SECTIONS = {"totals": Term("总数", "totals"), "coverage": Term("覆盖", "coverage"), "forms": Term("组建形式", "forms")}


def plain(text: object) -> str:
    r"""Return text from data on one line, without characters that control a terminal or turn the text around.

    >>> plain("a\u202eb\n c")
    'ab c'
    """
    kept = "".join(c for c in str(text) if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return " ".join(kept.split())


def markdown(text: object) -> str:
    r"""Return text from data as literal text in Markdown: every ASCII punctuation mark is escaped.

    >>> markdown("[x](javascript:1)")
    '\\[x\\]\\(javascript\\:1\\)'
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", plain(text))


def markup(text: object) -> str:
    """Return text from data as literal text in a chart's labels.

    >>> markup("<b>1</b>"), markup("$1$"), markup("%{y}")
    ('&lt;b&gt;1&lt;/b&gt;', '&#36;1&#36;', '&#37;{y}')
    """
    # plotly fills in %{…}, and where there is a typesetter, as in JupyterLab, it takes $…$ for a formula and shows nothing
    return html.escape(plain(text), quote=False).replace("$", "&#36;").replace("%{", "&#37;{")


def is_null(value: object) -> bool:
    """Whether a cell is empty: None, NaN or NaT."""
    return value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NaT


def count(value: object) -> str:
    """Return a number as a reader expects it: whole with separators, else one decimal, two below ten.

    >>> count(21984), count(523.4286), count(3.084)
    ('21,984', '523.4', '3.08')
    """
    number = float(value)  # type: ignore[arg-type]
    if number.is_integer():
        return f"{int(number):,}"
    if abs(number) >= 10:
        return f"{number:,.1f}"
    return f"{number:.2f}" if abs(number) >= 0.1 else f"{number:.2g}"


def people(value: object) -> str:
    """Return a number of people, which is whole however it was computed.

    >>> people(516.2)
    '516'
    """
    return count(round(float(value)))  # type: ignore[arg-type]


_NOUNS = (
    "organisations|branches|bodies|rows|cells|columns|questions|causes|pairs|problems|measures|links|sites|people|years|months|quarters"
    "|classes|secretaries|recruits|places|townships|units|errors|warnings|notes|faults"
)
_ONE = re.compile(rf"(?<![\w.,:/–−-])1 ((?:(?:more|joint|further|Party|registered) )*)({_NOUNS})\b(?:( are)| (have)\b)?")
_SINGULAR = {"people": "person", "bodies": "body", "secretaries": "secretary", "branches": "branch", "classes": "class"}


def agreed(text: str) -> str:
    """Return English text with the word after a single one in the singular.

    >>> agreed("1 organisations have 1 more branches; 21 rows, 0–1 sites; 1 people")
    '1 organisation has 1 more branch; 21 rows, 0–1 sites; 1 person'
    """
    return _ONE.sub(_agreed, text)


def _agreed(found: re.Match[str]) -> str:
    noun = _SINGULAR.get(found[2], found[2].removesuffix("s"))
    return f"1 {found[1]}{noun}{' is' if found[3] else ' has' if found[4] else ''}"


def percent(share: object) -> str:
    """Return a share as a percentage with one decimal.

    >>> percent(0.78571)
    '78.6%'
    """
    return f"{float(share) * 100:.1f}%"  # type: ignore[arg-type]


def span(low: object, high: object, form: Callable[[object], str] = count) -> str:
    """Return a range, or the one value where both ends read the same.

    >>> span(26, 33), span(2, 2), span(3, None)
    ('26–33', '2', '≥ 3')
    """
    if is_null(high):
        return f"≥ {form(low)}"
    first, last = form(low), form(high)
    return first if first == last else f"{first}–{last}"


def columns_named(codes: str, lang: Lang) -> str:
    """Return the names of a ledger's columns, or of a report's quantities, given by their codes."""
    return _joined([COLUMNS[code].term if code in COLUMNS else QUANTITIES[code].term for code in codes.split()], lang)


def _joined(terms: Iterable[Term], lang: Lang) -> str:
    return ("、" if lang == "zh" else ", ").join(term(lang) for term in terms)


def unknown(missing: str, lang: Lang) -> str:
    """Say that something is not known and which total would be needed.

    >>> unknown("branches", "en")
    'unknown (not printed: Party branches)'
    """
    if missing == INFEASIBLE:
        return Term("与总数不相容", "ruled out by the totals")(lang)
    names = _joined((QUANTITIES[code].term for code in missing.split()), lang)
    return f"未知（报告未载：{names}）" if lang == "zh" else f"unknown (not printed: {names})"


def _named_in(row: pd.Series, column: str) -> str:
    # rows of several kinds put together have empty cells here
    return "" if is_null(row.get(column)) else str(row[column])


def row_text(row: pd.Series, lang: Lang, form: str = "") -> str:
    """Return one result row in words.

    Parameters
    ----------
    row
        A row of `bounds`, `ratios`, `comparators`, `figures`, `tally` and the like.
    form
        share (part, whole and percentages), range (the counts alone), pct (percentages alone), value (the number alone),
        name; by default what the row has most of.

    Raises
    ------
    AnalysisError
        If the row has nothing of that form.
    """
    missing = _named_in(row, "missing")
    if form == "name" or (not form and not {"value", "least", "verdict"} & set(row.index)):
        return str(row[f"name_{lang}"])
    if missing:
        return unknown(missing, lang)
    if "unknown" in row and form in ("", "share", "range", "pct"):
        return _rate_text(row, lang, form)
    if "least" in row and form in ("", "share", "range", "pct"):
        return _range_text(row, form)
    if "value" in row and form in ("", "value"):
        return _value_text(row, lang, form)
    if "verdict" in row and not form:
        return Verdict.of(str(row["verdict"])).term(lang)
    raise AnalysisError(f"Row '{row.get('code')}' has nothing to write as '{form or 'text'}'.")


def _rate_text(row: pd.Series, lang: Lang, form: str) -> str:
    """Return a rate: its count over its whole; where some rows' weight is unknown, what is known and the ends."""
    if is_null(row["low"]):
        return Term("没有行", "no rows")(lang)
    shares = span(row["low"], row["high"], percent)
    if is_null(row["of"]) and not row["whole"] and row["low"] == row["high"]:  # of nobody there is no share
        shares = Term(f"若有则为 {shares}", f"{shares} if there are any")(lang)
    if form == "pct":
        return shares
    if form == "range":
        return span(row["least"], row["most"])
    if not is_null(row["of"]):
        return f"{span(row['least'], row['most'])}/{count(row['of'])} ({shares})"
    known = f"{count(row['part'])}/{count(row['whole'])}"
    return (
        Term(f"已知 {known}；{shares}", f"known {known}; {shares}")(lang)
        if row["whole"]
        else Term(f"未知（{shares}）", f"unknown ({shares})")(lang)
    )


def _range_text(row: pd.Series, form: str) -> str:
    counts, shares = span(row["least"], row["most"]), ""
    if not is_null(row.get("low")) and not is_null(row.get("whole")):
        shares = span(row["low"], row["high"], percent)
    if form == "pct":
        return shares or counts
    return f"{counts}/{count(row['whole'])} ({shares})" if shares and form != "range" else counts


def _value_text(row: pd.Series, lang: Lang, form: str) -> str:
    if "relation" in row:  # a published figure: as printed, with the word before it
        relation = Relation.of(str(row["relation"]))
        digits = count(row["value"]) if "." not in str(row["value"]) else str(row["value"])
        text = digits + (Term("万", "0,000")(lang) if row["scale"] == 10_000 and lang == "zh" else "")
        if row["scale"] == 10_000 and lang == "en":
            text = count(float(row["value"]) * 10_000)
        unit = Unit.of(str(row["unit"]))
        text += "%" if unit is Unit.percent else "" if form or unit is Unit.other else f" {unit.term(lang)}"
        text = agreed(text)
        return text if relation is Relation.equal else f"{relation.term(lang)} {text}"
    form_of = {Ratio.coverage.name: percent, Unit.person.name: people}.get(str(row.get("ratio") or row.get("unit")), count)
    if not is_null(row["value"]):
        return form_of(row["value"])
    return span(row["low"], row["high"], form_of) if not is_null(row.get("low")) else Term("未知", "unknown")(lang)


def marks_text(evidence: str, assumptions: str, lang: Lang) -> str:
    """Return what something rests on, in symbols and words.

    >>> marks_text("REPORT BOUND", "A1 A2", "en")
    '■ printed in the report · ▭ bound by totals (A1 A2)'
    """
    text = " · ".join(Evidence.of(code).term(lang) for code in evidence.split())
    if not assumptions:
        return text
    return f"{text}（{assumptions}）" if lang == "zh" else f"{text} ({assumptions})"


def sentence(template: str, *, lang: Lang, escape: Escape = plain, **rows: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """Fill a sentence from result rows.

    Parameters
    ----------
    template
        Text with fields {table.code}, {table.code:form} or {table.code.column}: the table by the name it is given under,
        the row by its code, then a form of `row_text` or a column. A column may end in :pct or :count.
    escape
        What makes text from data harmless where the sentence goes.
    rows
        Result rows, each with its marks.

    Returns
    -------
    str, DataFrame
        The sentence, and the rows that it used.

    Raises
    ------
    AnalysisError
        If a table bears no marks or a field names nothing.

    >>> from analysis.model import Evidence, result_rows
    >>> made = result_rows([{"code": "a", "value": 42}], evidence=[Evidence.REPORT])
    >>> sentence("There are {t.a}.", lang="en", t=made)[0]
    'There are 42.'
    """
    for table in rows.values():
        require_marks(table)
    parts: list[str] = []
    used: list[pd.Series] = []
    for text, field, form, _ in string.Formatter().parse(template):
        parts.append(text)
        if field is not None:
            row, column = _lookup(field, rows, lang)
            used.append(row)
            parts.append(escape(_cell_text(row, column, form or "", lang) if column else row_text(row, lang, form or "")))
    frame = pd.DataFrame(used, columns=["evidence", "assumptions"]) if used else pd.DataFrame(columns=["evidence", "assumptions"])
    return agreed("".join(parts)), frame


def _lookup(field: str, rows: dict[str, pd.DataFrame], lang: Lang) -> tuple[pd.Series, str]:
    table, _, rest = field.partition(".")
    if table not in rows:
        raise AnalysisError(f"The sentence asks for '{field}', but no table is called '{table}'.")
    code, _, column = rest.partition(".")
    found = rows[table][rows[table]["code"] == code]
    if len(found) != 1:
        raise AnalysisError(f"The sentence asks for '{field}', but {len(found)} rows of '{table}' have the code '{code}'.")
    row = found.iloc[0]
    named_column = f"{column}_{lang}"
    return row, named_column if named_column in row.index else column


def _cell_text(row: pd.Series, column: str, form: str, lang: Lang) -> str:
    if column not in row.index:
        raise AnalysisError(f"Row '{row['code']}' has no column '{column}'.")
    value = row[column]
    if is_null(value):
        missing = _named_in(row, "missing")
        return unknown(missing, lang) if missing else Term("未知", "unknown")(lang)
    if column in _VOCABULARIES and value in _VOCABULARIES[column].__members__:
        return _VOCABULARIES[column].of(str(value)).term(lang)
    if column == "table" and value in TABLE_TERMS:
        return TABLE_TERMS[str(value)](lang)
    if column in ("section", "places"):
        return ", ".join(SECTIONS[part](lang) if part in SECTIONS else part for part in str(value).split(", "))
    if isinstance(value, str):
        return columns_named(value, lang) if column in ("needs", "missing") else value
    return percent(value) if form == "pct" else count(value)


def in_words(rows: pd.DataFrame, columns: list[str], lang: Lang) -> pd.DataFrame:
    """Return rows as a reader's table: headings and codes in words, numbers rounded, marks last.

    Parameters
    ----------
    columns
        Which to keep, in order; a column that comes in both languages goes by its stem, as `name`.
    """
    require_marks(rows)
    out = {}
    for column in columns:
        source = f"{column}_{lang}" if f"{column}_{lang}" in rows.columns else column
        heading = HEADINGS.get(column, Term(column, column))(lang)
        if source not in rows.columns and column != "printed":
            raise AnalysisError(f"There is no column '{column}'; the columns are: {', '.join(map(str, rows.columns))}.")
        if heading in out:
            raise AnalysisError(f"Two columns would both be headed '{heading}'.")
        out[heading] = [_table_cell(row, source, lang) for _, row in rows.iterrows()]
    out[HEADINGS["evidence"](lang)] = [
        marks_text(evidence, assumptions, lang) for evidence, assumptions in zip(rows["evidence"], rows["assumptions"], strict=True)
    ]
    return pd.DataFrame(out, dtype="str")


def _table_cell(row: pd.Series, column: str, lang: Lang) -> str:
    if column in ("value", "printed"):
        return row_text(row, lang, "value" if column == "value" else "")
    value = row[column]
    if is_null(value):
        return "—"
    if isinstance(value, bool):
        return Term("是", "yes")(lang) if value else Term("否", "no")(lang)
    share = column in _SHARES and not is_null(row.get("low")) and ("least" in row or row.get("ratio") == Ratio.coverage.name)
    if column == "year":
        return str(int(value))
    return plain(_cell_text(row, column, "pct" if share else "", lang))


def width(text: str) -> int:
    """Return how many half-width places a text takes; a Chinese character takes two.

    >>> width("支部ab")
    6
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _fitting(text: str, places: int) -> int:
    """Return how many characters from the beginning of a text take at most `places` half-width places."""
    taken = accumulate(map(width, text))
    return next((at for at, total in enumerate(taken) if total > places), len(text))


def shortened(text: str, places: int) -> str:
    """Return text of at most `places` half-width places; longer text ends in an ellipsis.

    >>> shortened("one two three", 8), shortened("one two", 8)
    ('one two…', 'one two')
    """
    return text if _fitting(text, places) == len(text) else f"{text[: _fitting(text, places - 1)].rstrip()}…"


def closed(text: str, most: int) -> str:
    """Return text of at most so many characters; longer text is cut so that what stands in brackets at its end stays, and closed.

    >>> closed("the supervising department (the bureau)", 24), closed("the department (of something long)", 24), closed("one two", 5)
    ('the superv… (the bureau)', 'the… (of something long)', 'one…')
    """
    if len(text) <= most:
        return text
    found = re.fullmatch(r"(.+?) ?(?=([(（].*([)）])))\2", text)
    if found is None:
        return f"{text[: most - 1].rstrip()}…"
    gap = " " if found[2][0] == "(" else ""
    # what stands in the bracket tells more than what stands before it
    head = f"{found[1][: max(_HEAD, most - len(found[2]) - len(gap) - 1)].rstrip()}…{gap}"
    room = most - len(head)
    return head + (found[2] if len(found[2]) <= room else f"{found[2][: room - 2].rstrip()}…{found[3]}")


_HEAD = 4  # characters that are left before a bracket


def wrap(text: str, places: int) -> list[str]:
    """Break text into lines of at most `places` half-width places, between words or between Chinese characters.

    A word that is longer than a line is broken where the line ends.

    >>> wrap("one two three", 8)
    ['one two', 'three']
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if line and width(line + piece.rstrip()) > places:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
        while width(line.rstrip()) > places:
            at = max(1, _fitting(line, places))
            lines.append(line[:at])
            line = line[at:]
    return [*lines, line.rstrip()]


def _pieces(text: str) -> Iterator[str]:
    # closing punctuation stays with what goes before it
    yield from re.findall(r"[\u2e80-\uffef][，。、；：！？）”》]*|[^\s\u2e80-\uffef]+[，。、；：！？）”》]*\s*|\s+", text)


def legend(lang: Lang) -> list[tuple[str, str]]:
    """Return every kind of evidence and every assumption with its meaning, for a briefing's legend."""
    return [(e.term(lang).split(" ")[0], e.term(lang).split(" ", 1)[1]) for e in Evidence] + [
        (mark.name, mark.term(lang)) for marks in (Assumption, Choice) for mark in marks
    ]


def marks_of(rows: pd.DataFrame, lang: Lang) -> str:
    """Return what a table rests on as a whole, in words."""
    merged = merged_marks(rows)
    return marks_text(merged["evidence"], merged["assumptions"], lang)
