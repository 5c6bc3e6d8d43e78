"""One function a chart: result rows in, a plotly figure out, with its marks, its rows and its text alternative inside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go

from analysis.model import (
    AnalysisError,
    Basis,
    Evidence,
    Lang,
    Term,
    merged_marks,
    named,
    require_marks,
    result_rows,
)
from analysis.reference import Denominator
from analysis.wording import (
    Reached,
    columns_named,
    count,
    in_words,
    is_null,
    marks_text,
    markup,
    percent,
    plain,
    row_text,
    sentence,
    shortened,
    wrap,
)

FONT = '"Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif'
# colours by meaning, told apart by colour-blind readers (Okabe and Ito), and never the only carrier of the meaning
COLOURS = {
    Evidence.REPORT.name: "#0072B2",
    Evidence.BOUND.name: "#56B4E9",
    Evidence.REFERENCE.name: "#8A8A8A",
    Evidence.LEDGER.name: "#009E73",
    Evidence.ILLUSTRATIVE.name: "#CC79A7",
    Evidence.JUDGEMENT.name: "#E69F00",
    Basis.stated.name: "#0072B2",
    Basis.read.name: "#E69F00",
    "none": "#D9D9D9",
    "target": "#D55E00",
    "ink": "#222222",
    "pale": "#666666",
}
TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": 13, "color": COLOURS["ink"]},
        "paper_bgcolor": "#FFFFFF",
        "plot_bgcolor": "#FFFFFF",
        "xaxis": {"gridcolor": "#E6E6E6", "zeroline": False, "ticks": "", "automargin": True, "title": {"font": {"size": 11}}},
        "yaxis": {"gridcolor": "#E6E6E6", "zeroline": False, "ticks": "", "automargin": True, "title": {"font": {"size": 11}}},
        "hoverlabel": {"font": {"family": FONT}, "align": "left"},
    }
)

_TITLE_PLACES, LABEL_PLACES, _NOTE_PLACES = 40, 50, 58
_NAME_PLACES = 3 * LABEL_PLACES  # a longer name is cut short; the rows behind the chart have all of it
_ROW, _LINE = 40, 17
SHARE_AXIS = {"range": [0, 1.01], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}


def finish(
    figure: go.Figure,
    rows: pd.DataFrame,
    columns: list[str],
    *,
    title: str,
    lang: Lang,
    plot_height: int,
    notes: Sequence[str] = (),
    note_places: int = _NOTE_PLACES,
    legend: bool = False,
    tables: Mapping[str, pd.DataFrame],
) -> go.Figure:
    """Return the figure with its title, marks, rows, text alternative and size."""
    require_marks(rows)
    heading, used = sentence(title, lang=lang, escape=_short, **{"r": rows, **tables})
    heading = heading[:1].upper() + heading[1:]  # a title may begin with a term
    marks = merged_marks(pd.concat([rows[["evidence", "assumptions"]], used]))
    basis = Term("依据：", "Rests on: ")(lang) + marks_text(marks["evidence"], marks["assumptions"], lang)
    words = in_words(rows, columns, lang)
    # a title of the horizontal axis stands between the ticks and the notes
    under = 58 if figure.layout.xaxis.title.text else 30
    bottom = under + 10 + _notes(figure, [*notes, basis], under, note_places)
    lines = wrap(heading, _TITLE_PLACES)
    top = 16 + 21 * len(lines) + (30 if legend else 0)
    figure.update_layout(
        template=TEMPLATE,
        title=_title(lines),
        height=top + plot_height + bottom,
        margin={"l": 12, "r": 16, "t": top, "b": bottom},
        showlegend=legend,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom", "font": {"size": 12}},
        meta={"alt": _alternative(heading, words, lang), **marks, "columns": list(words.columns), "rows": words.to_numpy().tolist()},
    )
    return figure


def _title(lines: Sequence[str]) -> dict[str, object]:
    # plotly sets a title of several lines half a line too high
    pad = {"t": 8 if len(lines) == 1 else 20}
    text = "<b>" + "<br>".join(markup(line) for line in lines) + "</b>"
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top"}
    return {"text": text, "pad": pad, "font": {"size": 15}, **place}


def _notes(figure: go.Figure, notes: Sequence[str], under: int, places: int) -> int:
    """Write the notes below the axis; return their height."""
    lines = [line for note in notes for line in wrap(note, places)]
    figure.add_annotation(
        text="<br>".join(markup(line) for line in lines), x=0, xref="paper", xanchor="left", y=0, yref="paper", yanchor="top",
        yshift=-under, align="left", showarrow=False, font={"size": 11, "color": COLOURS["pale"]},
    )  # fmt: skip
    return 15 * len(lines)


def _alternative(heading: str, words: pd.DataFrame, lang: Lang) -> str:
    """Return the chart in words: its title, then its first rows."""
    comma, stop = Term("，", ", ")(lang), Term("；", "; ")(lang)
    lines = [comma.join(shortened(cell, 2 * _NAME_PLACES) for cell in row[:-1] if cell) for row in words.head(12).to_numpy().tolist()]
    return f"{heading} {Term('数据：', 'Rows: ')(lang)}{stop.join(lines)}"


def _short(text: object) -> str:
    """Return text from data on one line, and short enough for a label."""
    return shortened(plain(text), _NAME_PLACES)


def row_name(row: pd.Series, lang: Lang) -> str:
    """Return a row's name, short enough for a label."""
    return _short(row[f"name_{lang}"])


def write_label(figure: go.Figure, y: float, lines: Sequence[str], *, bold: bool = True) -> None:
    """Write a row's label above its bar, where it fits on a narrow screen as on a wide one."""
    first, *rest = [markup(line) for line in lines]
    text = "<br>".join([f"<b>{first}</b>" if bold else first, *rest])
    figure.add_annotation(
        text=text, x=0, xref="paper", xanchor="left", y=y, yref="y", yanchor="bottom", yshift=8, align="left", showarrow=False,
        font={"size": 12},
    )  # fmt: skip


def stack(blocks: Sequence[int]) -> tuple[list[float], int]:
    """Return the height of each row's bar from below, given the lines of its label, and the height of all."""
    heights = [_ROW + _LINE * (lines - 1) for lines in blocks]
    at, total = [], float(sum(heights))
    below = total
    for height in heights:
        below -= height
        at.append(below + 12)
    return at, int(total)


def row_colour(row: pd.Series) -> str:
    """Return the colour of the kind of evidence that says most of a row; the report's own bar among comparators stays its own."""
    if row.get("own") is True:
        return COLOURS[Evidence.REPORT.name]
    kinds = (Evidence.ILLUSTRATIVE, Evidence.LEDGER, Evidence.BOUND, Evidence.REFERENCE, Evidence.JUDGEMENT, Evidence.REPORT)
    return next(COLOURS[kind.name] for kind in kinds if kind.name in row["evidence"].split())


NOTHING = Term("报告没有这类内容，无从作图", "The report gives nothing of this kind to draw")


def nothing(
    empty: Term = NOTHING, evidence: Iterable[Evidence] = (Evidence.REPORT,), /, *, title: str, lang: Lang, **tables: pd.DataFrame
) -> go.Figure:
    """Return a chart that says that there is nothing of this kind to draw, and why; `evidence` is where that is seen."""
    figure = go.Figure(go.Scatter(x=[0], y=[0], mode="markers", marker={"opacity": 0}, hoverinfo="skip"))
    figure.add_annotation(
        text=empty(lang), x=0.5, xref="paper", y=0.5, yref="paper", showarrow=False, font={"size": 14, "color": COLOURS["pale"]}
    )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    rows = result_rows([{"code": "nothing", **named(empty, "what")}], evidence=[*evidence])
    return finish(figure, rows, ["what"], title=title, lang=lang, plot_height=90, tables=tables)


def intervals(rows: pd.DataFrame, *, title: str, lang: Lang, unit: Term | None = None, **tables: pd.DataFrame) -> go.Figure:
    """Return ranges as bars from the least to the most, on an axis of shares or, with a unit, of counts.

    Parameters
    ----------
    rows
        Rows of `bounds` or `scenarios`. A row of which nothing is known is drawn as an empty frame.
    title
        The finding, with fields {r.code:form} of these rows.
    unit
        Gives an axis of counts in this unit; without it the axis runs from 0 to 100 %.
    """
    if not len(rows):
        return nothing(title=title, lang=lang, **tables)
    require_marks(rows)
    labels = [[row_name(row, lang), row_text(row, lang, "share" if unit is None else "range")] for _, row in rows.iterrows()]
    labels = [[part for line in label for part in wrap(line, LABEL_PLACES)] for label in labels]
    at, height = stack([len(label) for label in labels])
    ends = ("low", "high") if unit is None else ("least", "most")
    known = [end for end in rows[ends[1]] if not is_null(end)]
    top = 1.0 if unit is None else float(max(known, default=1)) * 1.05
    figure = go.Figure()
    for (_, row), y, label in zip(rows.iterrows(), at, labels, strict=True):
        draw_range(figure, row, ends, y=y, top=top, label=label)
        write_label(figure, y, label)
    figure.update_xaxes(**({"range": [0, top * 1.01], "title": {"text": unit(lang)}} if unit else SHARE_AXIS))
    figure.update_yaxes(visible=False, range=[0, height])
    figure.update_layout(barmode="overlay")
    return finish(
        figure, rows, ["name", "least", "most", "whole", "low", "high", "low_needs", "high_needs", "needs"], title=title, lang=lang,
        plot_height=height, notes=_closing_note(rows, lang), tables=tables)  # fmt: skip


def draw_range(figure: go.Figure, row: pd.Series, ends: tuple[str, str], *, y: float, top: float, label: Sequence[str]) -> None:
    """Draw a row from its lower to its upper end: a point where they meet, an empty frame where nothing is known."""
    unknown = (not is_null(row.get("missing")) and bool(row.get("missing"))) or is_null(row[ends[0]])
    low = 0.0 if unknown else float(row[ends[0]])
    open_end = is_null(row[ends[1]])
    high = top if unknown or open_end else float(row[ends[1]])
    hover = {"hovertext": " ".join(markup(line) for line in label), "hoverinfo": "text"}
    edge = {"width": 1, "color": COLOURS["ink"]}
    if low < high:
        fill = {"color": "#FFFFFF" if unknown else row_colour(row), "line": {"color": COLOURS["pale"], "width": 1}}
        if not unknown:
            # the hatching says 'a range, not a value' without colour
            fill["pattern"] = {"shape": "/", "fgcolor": "#FFFFFF", "bgcolor": row_colour(row), "size": 6, "solidity": 0.25}
        figure.add_trace(go.Bar(x=[high - low], base=[low], y=[y], width=[14], orientation="h", marker=fill, **hover))
    if not unknown and (open_end or low == high):
        # a diamond is a value, a triangle an end that nothing bounds
        marker = {"symbol": "triangle-right" if open_end else "diamond", "size": 13, "color": row_colour(row), "line": edge}
        figure.add_trace(go.Scatter(x=[high], y=[y], mode="markers", marker=marker, cliponaxis=False, **hover))


def _closing_note(rows: pd.DataFrame, lang: Lang) -> list[str]:
    unsettled = rows[(rows["least"] != rows["most"]) & (rows["needs"] != "")]
    codes = list(dict.fromkeys(" ".join(unsettled["needs"]).split()))
    if not codes:
        return []
    return [Term("可由台账列收窄：", "A ledger's columns would close it: ")(lang) + columns_named(" ".join(codes), lang)]


def rates(rows: pd.DataFrame, *, title: str, lang: Lang, **tables: pd.DataFrame) -> go.Figure:
    """Return rates as bars from their lower to their upper end, each with its counts and the columns that would close it.

    Parameters
    ----------
    rows
        Rows of `analysis.rates`, `coverage` or `distribution`. A diamond is a point; an open one is the share among the rows that
        are known, where others are not. Several rows of which nothing at all is known share one bar, and are named above it.
    title
        The finding, with fields {r.code:form} of these rows.
    """
    if not len(rows):
        return nothing(title=title, lang=lang, **tables)
    require_marks(rows)
    drawn = _together(rows, lang)
    labels = [label for _, label in drawn]
    at, height = stack([len(label) for label in labels])
    figure = go.Figure()
    for (row, label), y in zip(drawn, at, strict=True):
        if not is_null(row["low"]) and row["low"]:
            sure = {"color": row_colour(row), "opacity": 0.35}
            figure.add_trace(go.Bar(x=[row["low"]], y=[y], width=[14], orientation="h", marker=sure, hoverinfo="skip"))
        draw_range(figure, row, ("low", "high"), y=y, top=1.0, label=label)
        if not is_null(row["share"]) and row["low"] != row["high"]:
            marker = {"symbol": "diamond-open", "size": 11, "color": COLOURS["ink"]}
            hover = {"hovertext": percent(row["share"]), "hoverinfo": "text"}
            figure.add_trace(go.Scatter(x=[row["share"]], y=[y], mode="markers", marker=marker, cliponaxis=False, **hover))
        write_label(figure, y, label)
    figure.update_xaxes(**SHARE_AXIS)
    figure.update_yaxes(visible=False, range=[0, height])
    figure.update_layout(barmode="overlay")
    note = Term(
        "◆ 数已定；◇ 已填各格中的比例；斜纹：空格使它只能是一个区间",
        "◆ settled; ◇ the share among filled cells; hatched: empty cells leave a range",
    )
    columns = [c for c in ("name", "part", "whole", "unknown", "unsized", "share", "low", "high", "needs", "definition") if _has(rows, c)]
    return finish(figure, rows, columns, title=title, lang=lang, plot_height=height, notes=[note(lang)], tables=tables)


_ALIKE = 3  # so many bars from one end to the other say no more than one


def _together(rows: pd.DataFrame, lang: Lang) -> list[tuple[pd.Series, list[str]]]:
    """Return each row to draw with its label; those of which nothing is known, where they are several, as one at the end."""
    unknown = rows["share"].isna() & (rows["low"] == 0) & (rows["high"] == 1)
    alone = rows if int(unknown.sum()) < _ALIKE else rows[~unknown]
    drawn = [(row, _rate_label(row, lang)) for _, row in alone.iterrows()]
    if len(alone) == len(rows):
        return drawn
    open_rows = rows[unknown]
    size = len(open_rows)
    lines = wrap(
        Term(f"以下 {size} 项还一无所知，都可能从头到尾：", f"Of these {size} nothing is known; each may be anything:")(lang), LABEL_PLACES
    )
    for _, row in open_rows.iterrows():
        lines += wrap(f"· {row_name(row, lang)} {row_text(row, lang, 'share')}", LABEL_PLACES)
    needs = " ".join(dict.fromkeys(" ".join(open_rows["needs"]).split()))
    lines += wrap(Term("缺：", "needs: ")(lang) + columns_named(needs, lang), LABEL_PLACES) if needs else []
    return [*drawn, (open_rows.iloc[0], lines)]


def _has(rows: pd.DataFrame, column: str) -> bool:
    return column in rows.columns or f"{column}_zh" in rows.columns


_CONFLICTS = {
    "empty": Term(
        "与报告的总数抵触（除非假设 {} 有一个不成立），这里只按台账",
        "contradicts the report's totals unless one of {} does not hold; shown by the ledger alone",
    ),
    "date": Term(
        "台账与报告不是同一天，未用报告的总数收窄", "ledger and report are of different days: not narrowed by the report's totals"
    ),
    "size": Term(
        "台账与报告的家数不同，未用报告的总数收窄", "ledger and report count different wholes: not narrowed by the report's totals"
    ),
}


def _rate_label(row: pd.Series, lang: Lang) -> list[str]:
    lines = [*wrap(row_name(row, lang), LABEL_PLACES), *wrap(row_text(row, lang, "share"), LABEL_PLACES)]
    if row.get("conflict"):
        lines += wrap(_CONFLICTS[row["conflict"]](lang).format(row["against"]), LABEL_PLACES)
    if not is_null(row.get("later")) and row.get("later"):
        lines += wrap(
            Term("规定（{}）施行在后，只看量级", "its rules ({}) came later: for scale alone")(lang).format(row["later"]), LABEL_PLACES
        )
    if row["needs"]:
        lines += wrap(Term("缺：", "needs: ")(lang) + columns_named(row["needs"], lang), LABEL_PLACES)
    return lines


def bars(
    rows: pd.DataFrame,
    *,
    title: str,
    lang: Lang,
    unit: Term,
    columns: list[str],
    against: pd.DataFrame | None = None,
    **tables: pd.DataFrame,
) -> go.Figure:
    """Return values as bars from zero, each with its number.

    Parameters
    ----------
    rows
        Rows with `value` (or low and high where the value is not exact), in the order to draw.
    unit
        The unit of the axis.
    columns
        The columns behind the chart, for its table.
    against
        One published figure of the axis' unit, drawn as a labelled line; a figure that is not published draws none.
    """
    if not len(rows):
        return nothing(title=title, lang=lang, **tables)
    line = None
    if against is not None and not against.iloc[0]["missing"]:
        row = against.iloc[0]
        # at the number as printed: the low end of 'about' or 'nearly' is another one
        line = (float(row["value"]) * float(row["scale"]), f"{row_name(row, lang)} {row_text(row, lang)}")
        tables = {**tables, "against": against}
    return _bars(rows, title=title, lang=lang, unit=unit, columns=columns, line=line, tables=tables)


def compared(
    own: pd.DataFrame, others: pd.DataFrame, *, title: str, lang: Lang, unit: Term, factor: float | None = None, **tables: pd.DataFrame
) -> go.Figure:
    """Return the report's own mean above its comparators, each with its denominator.

    Parameters
    ----------
    own
        One row of `ratios`.
    others
        Rows of `comparators` of the same ratio; they may be none.
    factor
        Draws a line at this many times the highest comparator of the same denominator.
    """
    mine = own.assign(name_zh="本报告", name_en="this report", year=None, source_zh="", source_en="", own=True)
    both = pd.concat([mine, others.sort_values("value", ascending=False)] if len(others) else [mine], ignore_index=True)
    like = others[others["of"] == own.iloc[0]["of"]] if len(others) else others
    line = None
    if factor is not None and len(like):
        words = Term(f"同口径参照最高值的 {count(factor)} 倍", f"{count(factor)} times the highest comparator of the same denominator")
        line = (factor * float(like["value"].max()), words(lang))
    columns = ["name", "year", "of", "value", "source", "confidence"]
    return _bars(both, title=title, lang=lang, unit=unit, columns=columns, line=line, tables=tables | {"own": own}, detail="of")


def _bars(
    rows: pd.DataFrame,
    *,
    title: str,
    lang: Lang,
    unit: Term,
    columns: list[str],
    line: tuple[float, str] | None,
    tables: Mapping[str, pd.DataFrame],
    detail: str = "",
) -> go.Figure:
    require_marks(rows)
    labels = [_bar_label(row, detail, lang) for _, row in rows.iterrows()]
    at, height = stack([len(label) for label in labels])
    known = [float(str(end)) for column in ("value", "low", "high") for end in rows.get(column, []) if not is_null(end)]
    limit = max([*known, *([line[0]] if line else [])], default=0) * 1.05 or 1.0
    figure = go.Figure()
    for (_, row), y, label in zip(rows.iterrows(), at, labels, strict=True):
        if is_null(row["value"]):
            draw_range(figure, row, ("low", "high"), y=y, top=limit, label=label)
        else:
            _solid(figure, row, y, label)
        write_label(figure, y, label)
    notes = []
    if line is not None:
        figure.add_vline(x=line[0], line={"color": COLOURS["target"], "width": 2, "dash": "dash"})
        notes.append(Term("虚线：", "Dashed line: ")(lang) + line[1])
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(range=[0, limit], title={"text": unit(lang)})
    figure.update_yaxes(visible=False, range=[0, height])
    return finish(figure, rows, columns, title=title, lang=lang, plot_height=height, notes=notes, tables=tables)


def _solid(figure: go.Figure, row: pd.Series, y: float, label: Sequence[str]) -> None:
    hover = markup(" ".join(label))
    colour = {"color": row_colour(row)}
    figure.add_trace(go.Bar(x=[row["value"]], y=[y], width=[14], orientation="h", marker=colour, hovertext=hover, hoverinfo="text"))


def _bar_label(row: pd.Series, detail: str, lang: Lang) -> list[str]:
    """Return a bar's name and number and, on a line of its own, its denominator."""
    year = f" {int(row['year'])}" if "year" in row and not is_null(row["year"]) else ""
    text = row_text(row, lang, "share" if "least" in row and not is_null(row["least"]) else "value")
    if "part" in row and not is_null(row["part"]) and not is_null(row["whole"]):
        text = f"{count(row['part'])}/{count(row['whole'])} ({text})"
    lines = wrap(f"{row_name(row, lang)}{year}" + Term("：", ": ")(lang) + text, LABEL_PLACES)
    if detail:
        of = Denominator.of(str(row[detail])).term(lang)
        lines += wrap(Term(f"分母：{of}", f"denominator: {of}")(lang), LABEL_PLACES)
    return lines


def shares(rows: pd.DataFrame, own: pd.DataFrame, *, title: str, lang: Lang, **tables: pd.DataFrame) -> go.Figure:
    """Return shares of like kind side by side, each saying whose denominator it has; no line joins them.

    Parameters
    ----------
    rows
        Rows of `comparators` of one ratio that is a share.
    own
        Rows of `bounds`: the report's own, drawn as ranges.
    """
    if not len(rows):
        return intervals(own, title=title, lang=lang, unit=None, **tables)
    both = pd.concat(
        [own.assign(value=None, year=None, of="registered"), rows.assign(least=None, most=None, missing="")], ignore_index=True
    )
    require_marks(both)
    labels = [_bar_label(row, "of", lang) for _, row in both.iterrows()]
    at, height = stack([len(label) for label in labels])
    figure = go.Figure()
    for (_, row), y, label in zip(both.iterrows(), at, labels, strict=True):
        if is_null(row["value"]):
            draw_range(figure, row, ("low", "high"), y=y, top=1.0, label=label)
        else:
            _solid(figure, row, y, label)
        write_label(figure, y, label)
    figure.update_xaxes(**SHARE_AXIS)
    figure.update_yaxes(visible=False, range=[0, height])
    figure.update_layout(barmode="overlay")
    return finish(
        figure,
        both.assign(value=both["value"].where(both["value"].notna(), both["low"])),
        ["name", "year", "of", "low", "high", "definition", "source", "confidence"],
        title=title,
        lang=lang,
        plot_height=height,
        tables=tables,
    )


def splits(rows: pd.DataFrame, *, title: str, lang: Lang, **tables: pd.DataFrame) -> go.Figure:
    """Return every split that the totals allow: joint branches across, organisations not covered down, own branches in the cell.

    Parameters
    ----------
    rows
        Rows of `feasible`.
    """
    if not len(rows):
        return nothing(title=title, lang=lang, **tables)
    grid = rows.pivot_table(index="not_covered", columns="joint_branches", values="own", aggfunc="first")
    # beyond a dozen steps the numbers would not fit their cells, and the colour is read off a scale
    few = max(grid.shape) <= 12
    z = [[None if is_null(value) else float(value) for value in line] for line in grid.to_numpy().tolist()]
    hover = Term("未覆盖 %{y} 家，联合支部 %{x} 个：自有支部 %{z} 家", "%{y} not covered, %{x} joint branches: %{z} with their own")(lang)
    figure = go.Figure(
        go.Heatmap(
            z=z, x=[str(v) for v in grid.columns], y=[str(v) for v in grid.index], texttemplate="%{z}" if few else "", hovertemplate=hover + "<extra></extra>",
            colorscale=[[0, "#DCEBF7"], [1, "#0072B2"]], showscale=not few and rows["own"].nunique() > 1, xgap=2 if few else 0, ygap=2 if few else 0, hoverongaps=False,
        )
    )  # fmt: skip
    figure.update_xaxes(type="category", title={"text": Term("联合支部（个）", "joint branches")(lang)})
    figure.update_yaxes(
        type="category",
        autorange="reversed",
        title={"text": Term("未被计数支部覆盖的组织（家）", "organisations not covered")(lang), "standoff": 10},
    )
    note = Term(
        "格中数字：有自己支部的组织数；空格：总数不允许",
        "In the cell: organisations with a branch of their own; empty: ruled out by the totals",
    )(lang)
    return finish(
        figure, rows, ["not_covered", "joint_branches", "own", "in_joint"], title=title, lang=lang,
        plot_height=min(70 + 26 * len(grid), 420), notes=[note], tables=tables)  # fmt: skip


def trend(rows: pd.DataFrame, own: pd.DataFrame, *, title: str, lang: Lang, unit: Term, **tables: pd.DataFrame) -> go.Figure:
    """Return one outside series over years, all of one definition, with the report's own value as a labelled line.

    Parameters
    ----------
    rows
        Rows of `comparators` of one ratio and one denominator.
    own
        One row of `ratios`.

    Raises
    ------
    AnalysisError
        If the rows mix denominators: such values must not be joined.
    """
    if not len(rows):
        return nothing(title=title, lang=lang, **tables)
    if rows["of"].nunique() > 1:
        raise AnalysisError("These comparators have different denominators; a line must not join them.")
    mine = own.iloc[0]
    series = rows.sort_values("year")
    figure = go.Figure(
        go.Scatter(
            x=series["year"].tolist(), y=series["value"].tolist(), mode="lines+markers+text", text=[count(v) for v in series["value"]],
            textposition="top center", line={"color": COLOURS[Evidence.REFERENCE.name]}, marker={"size": 8},
            hovertext=[markup(s) for s in series[f"source_{lang}"]], hoverinfo="x+y+text", cliponaxis=False,
        )
    )  # fmt: skip
    notes = []
    top = float(series["value"].max())
    if not is_null(mine["value"]):
        top = max(top, float(mine["value"]))
        figure.add_hline(y=float(mine["value"]), line={"color": COLOURS[Evidence.REPORT.name], "width": 2, "dash": "dash"})
        notes.append(Term("虚线：本报告，", "Dashed line: this report, ")(lang) + row_text(mine, lang))
    else:
        notes.append(Term("本报告：", "This report: ")(lang) + row_text(mine, lang))
    first, last = int(series["year"].min()), int(series["year"].max())
    figure.update_xaxes(tickvals=series["year"].tolist(), range=[first - 1, last + 1])
    figure.update_yaxes(range=[0, top * 1.2], title={"text": unit(lang), "standoff": 10})
    both = pd.concat([own.assign(year=None, source_zh=Term("本报告", "").zh, source_en="this report"), series], ignore_index=True)
    return finish(figure, both, ["name", "year", "value", "source"], title=title, lang=lang, plot_height=240, notes=notes, tables=tables)


_BANDS = {Basis.stated.name: "rgba(0,114,178,0.55)", Basis.read.name: "rgba(230,159,0,0.45)"}
_SYMBOLS = {Basis.stated.name: "●", Basis.read.name: "○"}
_LINK_COLUMNS = ["source_name", "target_name", "basis", "note"]


def _named(grid: pd.DataFrame, end: str, lang: Lang) -> dict[str, str]:
    """Return the names of the claims at one end of a grid, in its order."""
    return dict(zip(grid[end], map(_short, grid[f"{end}_name_{lang}"]), strict=True))


def _key(names: Mapping[str, str], lang: Lang) -> str:
    return Term("；", "; ")(lang).join(f"{code} {name}" for code, name in names.items())


def _counted(links: pd.DataFrame, codes: Iterable[str], end: str) -> list[str]:
    """Return each claim's code with its links of either basis, in symbols."""
    labels = []
    for code in codes:
        basis = links.loc[links[end] == code, "basis"]
        counts = [f"{_SYMBOLS[b.name]}{n}" for b in Basis if (n := int((basis == b.name).sum()))]
        labels.append(markup(" ".join([code, *counts])))
    return labels


def _link_hover(links: pd.DataFrame, lang: Lang) -> list[str]:
    ends = zip(links[f"source_name_{lang}"], links[f"target_name_{lang}"], links["basis"], strict=True)
    return [f"{markup(_short(source))} → {markup(_short(target))}: {Basis.of(basis).term(lang)}" for source, target, basis in ends]


def flow(grid: pd.DataFrame, *, title: str, lang: Lang, **tables: pd.DataFrame) -> go.Figure:
    """Return the links between two sorts of claims as bands, stated ones and read ones in colours of their own.

    Parameters
    ----------
    grid
        Rows of `link_grid`.
    """
    links = grid[grid["basis"] != ""] if len(grid) else grid
    if not len(links):
        return nothing(title=title, lang=lang, **tables)
    left, right = _named(links, "source", lang), _named(links, "target", lang)
    nodes = [*left.items(), *right.items()]
    first = {code: at for at, code in enumerate(left)}
    second = {code: len(left) + at for at, code in enumerate(right)}
    hover = "%{customdata}<extra></extra>"
    figure = go.Figure(
        go.Sankey(
            node={"label": _counted(links, left, "source") + _counted(links, right, "target"), "customdata": [markup(name) for _, name in nodes], "hovertemplate": hover,
                  "color": COLOURS["pale"], "pad": 12, "thickness": 12},
            link={"source": links["source"].map(first).tolist(), "target": links["target"].map(second).tolist(), "value": [1] * len(links),
                  "color": links["basis"].map(_BANDS).tolist(), "customdata": _link_hover(links, lang), "hovertemplate": hover},
            textfont={"size": 12, "family": FONT},
        )
    )  # fmt: skip
    notes = [
        Term(
            "● 蓝：原文明示；○ 橙：本项目解读；节点旁是各有几条",
            "● blue: stated by the text; ○ orange: read by us; each node says how many",
        )(lang),
        _key(left | right, lang),
    ]
    height = 24 * max(len(left), len(right) * 2) + 60
    return finish(figure, links, _LINK_COLUMNS, title=title, lang=lang, plot_height=height, notes=notes, tables=tables)


def matrix(grid: pd.DataFrame, *, title: str, lang: Lang, **tables: pd.DataFrame) -> go.Figure:
    """Return the links as a matrix: a full mark for a stated link, an empty one for a read link, nothing for none.

    Parameters
    ----------
    grid
        Rows of `link_grid`: targets down, sources across. A target without any link is a row without a mark.
    """
    if not len(grid):
        return nothing(title=title, lang=lang, **tables)
    across, down = _named(grid, "source", lang), _named(grid, "target", lang)
    blind = set(down) - set(grid.loc[grid["basis"] != "", "target"])
    blank = Term("（空白）", " (blank)")(lang)
    labels = [wrap(f"{code} {name}{blank if code in blind else ''}", LABEL_PLACES) for code, name in down.items()]
    at, height = stack([len(label) for label in labels])
    figure = go.Figure()
    for code, y, label in zip(down, at, labels, strict=True):
        band = {"fillcolor": "#FBE9DD" if code in blind else "#F4F4F4", "line": {"width": 0}, "layer": "below"}
        figure.add_shape(type="rect", x0=-0.5, x1=len(across) - 0.5, y0=y - 9, y1=y + 9, **band)
        write_label(figure, y, label, bold=code in blind)
    for basis in Basis:
        _dots(figure, grid[grid["basis"] == basis.name], basis, places=(list(across), dict(zip(down, at, strict=True))), lang=lang)
    ticks = {"tickvals": list(range(len(across))), "ticktext": [markup(code) for code in across]}
    figure.update_xaxes(range=[-0.6, len(across) - 0.4], showgrid=False, **ticks)
    figure.update_yaxes(visible=False, range=[0, height])
    notes = [Term("● 原文明示  ○ 本项目解读", "● stated by the text  ○ read by us")(lang), _key(across, lang)]
    return finish(figure, grid, _LINK_COLUMNS, title=title, lang=lang, plot_height=height, notes=notes, tables=tables)


def _dots(figure: go.Figure, links: pd.DataFrame, basis: Basis, *, places: tuple[list[str], dict[str, float]], lang: Lang) -> None:
    if not len(links):
        return
    fill = COLOURS[basis.name] if basis is Basis.stated else "#FFFFFF"
    figure.add_trace(
        go.Scatter(
            x=[places[0].index(code) for code in links["source"]], y=[places[1][code] for code in links["target"]], mode="markers",
            name=basis.term(lang), hoverinfo="text", hovertext=_link_hover(links, lang),
            marker={"size": 13, "color": fill, "symbol": "circle", "line": {"width": 2, "color": COLOURS[basis.name]}},
        )
    )  # fmt: skip


class _Layer(NamedTuple):
    """One layer of stacked bars: its name, its values, its colour and its hatching."""

    name: str
    values: Sequence[float]
    colour: str
    shape: str


def _stacked(labels: Sequence[Sequence[str]], layers: Sequence[_Layer]) -> tuple[go.Figure, int]:
    """Return stacked bars under their labels, which carry the numbers, and the height of the plot."""
    at, height = stack([len(label) for label in labels])
    hover = [markup(" ".join(label)) for label in labels]
    figure = go.Figure(
        [
            go.Bar(x=list(layer.values), y=at, width=[14] * len(at), orientation="h", name=layer.name, hoverinfo="text", hovertext=hover,
                   marker={"color": layer.colour, "pattern": {"shape": layer.shape}})
            for layer in layers
        ]
    )  # fmt: skip
    for y, label in zip(at, labels, strict=True):
        write_label(figure, y, label)
    figure.update_yaxes(visible=False, range=[0, height])
    figure.update_layout(barmode="stack", legend={"traceorder": "normal"})
    return figure, height


def link_bars(rows: pd.DataFrame, *, title: str, lang: Lang, **tables: pd.DataFrame) -> go.Figure:
    """Return how many links each claim has, stated and read stacked; a claim without one keeps its empty row.

    Parameters
    ----------
    rows
        Rows of `link_counts` or `chains`.
    """
    if not len(rows):
        return nothing(title=title, lang=lang, **tables)
    labels = [
        [
            *wrap(f"{row['code']} {row_name(row, lang)}", LABEL_PLACES),
            Term("，", ", ")(lang).join(f"{basis.term(lang)} {row[basis.name]}" for basis in Basis),
        ]
        for _, row in rows.iterrows()
    ]
    shapes = {Basis.stated: "", Basis.read: "/"}
    figure, height = _stacked(labels, [_Layer(b.term(lang), rows[b.name].tolist(), COLOURS[b.name], shapes[b]) for b in Basis])
    figure.update_xaxes(range=[0, max(1, int(rows["value"].max())) + 0.3], dtick=1, title={"text": Term("条", "links")(lang)})
    return finish(figure, rows, ["code", "name", "stated", "read"], title=title, lang=lang, plot_height=height, legend=True, tables=tables)


_QUESTIONS = {
    "cause_without_measure": Term("原因有对策回应", "causes answered by a measure"),
    "problem_without_cause": Term("问题有原因说明", "problems explained by a cause"),
    "problem_without_measure": Term("问题有对策触及", "problems reached by a measure"),
    "measure_without_cause": Term("对策有原因可对", "measures with a cause to answer"),
}
_REACHED = {Reached.stated: (COLOURS["stated"], ""), Reached.read_only: (COLOURS["read"], "/"), Reached.none: (COLOURS["none"], ".")}


def answered(rows: pd.DataFrame, *, title: str, lang: Lang, **tables: pd.DataFrame) -> go.Figure:
    """Return how far the claims answer each other: one bar a question, split into stated, read only and not at all.

    Parameters
    ----------
    rows
        Rows of `answers`.
    """
    if not len(rows) or not rows["whole"].any():
        return nothing(title=title, lang=lang, **tables)
    by_code = rows.set_index("code")
    counts = {code: [int(str(by_code.loc[f"{code}/{status.name}", "value"])) for status in Reached] for code in _QUESTIONS}
    labels = []
    for code, term in _QUESTIONS.items():
        said = [f"{status.term(lang)} {value}/{sum(counts[code])}" for status, value in zip(Reached, counts[code], strict=True)]
        labels.append([term(lang), *wrap(Term("，", ", ")(lang).join(said), LABEL_PLACES)])
    layers = [
        _Layer(status.term(lang), [values[place] / (sum(values) or 1) for values in counts.values()], *_REACHED[status])
        for place, status in enumerate(Reached)
    ]
    figure, height = _stacked(labels, layers)
    figure.update_xaxes(**SHARE_AXIS)
    labelled = rows.assign(**{f"what_{lang}": rows["finding"].map({code: term(lang) for code, term in _QUESTIONS.items()})})
    columns = ["what", "status", "value", "whole"]
    return finish(figure, labelled, columns, title=title, lang=lang, plot_height=height, legend=True, tables=tables)


def closing(rows: pd.DataFrame, *, title: str, lang: Lang, first: int = 12, **tables: pd.DataFrame) -> go.Figure:
    """Return how many open questions are closed as columns are added to a ledger, one step a column.

    Parameters
    ----------
    rows
        Rows of `closing_columns`.
    first
        How many columns to draw; the table behind the chart has all.
    """
    if not len(rows):
        return nothing(title=title, lang=lang, **tables)
    drawn = rows.head(first)
    whole = int(rows["whole"].iloc[0])
    labels = [wrap(f"{row['order']}. {row_name(row, lang)}: {row['cumulative']}/{whole}", LABEL_PLACES) for _, row in drawn.iterrows()]
    words = Term("累计可回答的问题", "questions answered so far")
    figure, height = _stacked(labels, [_Layer(words(lang), drawn["cumulative"].tolist(), COLOURS[Evidence.REPORT.name], "")])
    figure.update_xaxes(range=[0, whole], title={"text": words(lang)})
    columns = ["order", "name", "table", "closes", "cumulative", "whole"]
    return finish(figure, rows, columns, title=title, lang=lang, plot_height=height, tables=tables)
