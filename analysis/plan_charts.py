"""Charts of what it would take and of demonstration sites: rows of `training`, `elections`, `recruitment`, `rooms` and `sites` in, one figure out."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from analysis.charts import COLOURS, LABEL_PLACES, draw_range, finish, nothing, row_colour, row_name, stack, write_label
from analysis.model import Lang, Term, require_marks
from analysis.planning import RATES
from analysis.wording import columns_named, count, is_null, markup, row_text, wrap

_LINES = ("least", "most", "usual_least", "usual_most")


_BESIDE_AXIS = 48  # the notes begin to the right of an axis with numbers


def queue(rows: pd.DataFrame, *, title: str, lang: Lang, size: int | None = None, **tables: pd.DataFrame) -> go.Figure:
    """Return who waits for training at the end of each year as a band, with a slider over the size of a class.

    Parameters
    ----------
    rows
        Rows of `training`, or of `training_by_size`: a slider then moves from one size to the next, without a kernel.
    title
        The finding, with fields {r.code:form} of these rows; it does not move with the slider.
    size
        The size that is shown at first, and on paper; by default the usual one (C33), else that in the middle.
    """
    drawn = rows[~rows["most"].map(is_null)] if len(rows) else rows
    if not len(drawn):
        return nothing(title=title, lang=lang, **tables)
    require_marks(rows)
    sizes = list(dict.fromkeys(drawn["size"])) if "size" in drawn else []
    middle = sizes[len(sizes) // 2] if sizes else None
    shown = next((each for each in (size, int(RATES["size"].usual)) if each in sizes), middle)
    first = drawn[drawn["size"] == shown] if sizes else drawn
    figure = go.Figure(_band(first, lang))
    figure.update_xaxes(title={"text": Term("年末", "at the end of year")(lang)}, dtick=1, range=[-0.15, int(first["year"].max()) + 0.15])
    top = float(drawn["most"].max()) * 1.08 or 1.0
    figure.update_yaxes(range=[0, top], title={"text": Term("等候培训的书记（人）", "secretaries who wait")(lang), "standoff": 10})
    columns = [*(["size"] if sizes else []), "year", *_LINES, "left_least", "left_most"]
    notes = [*_size_note(shown, lang), _band_note(lang), *_closing(first, lang)]
    finish(
        figure, rows, columns, title=title, lang=lang, plot_height=260, notes=notes, note_places=_BESIDE_AXIS, legend=True, tables=tables
    )
    return _with_slider(figure, drawn, sizes, shown, lang) if len(sizes) > 1 else figure


def _size_note(shown: int | None, lang: Lang) -> list[str]:
    return [] if shown is None else [Term(f"初始与打印：每期 {shown} 人", f"At first, and on paper: {shown} places in a class")(lang)]


def _band_note(lang: Lang) -> str:
    return Term(
        "带：比率与空格的全部可能；线：按通常比率，两条线之间是空格留下的可能",
        "Band: all rates and empty cells; lines: usual rates, apart where cells are empty",
    )(lang)


def _closing(rows: pd.DataFrame, lang: Lang) -> list[str]:
    codes = " ".join(dict.fromkeys(" ".join(rows["needs"]).split()))
    return [Term("可由台账列收窄：", "A ledger's columns would close it: ")(lang) + columns_named(codes, lang)] if codes else []


def _heights(rows: pd.DataFrame) -> list[list[float]]:
    return [[round(float(value), 2) for value in rows[column]] for column in _LINES]


def _band(rows: pd.DataFrame, lang: Lang) -> list[go.Scatter]:
    """Return the band from the least to the most, and the usual line, or two where empty cells leave a range."""
    colour, years = row_colour(rows.iloc[0]), [int(year) for year in rows["year"]]
    low, high, one, other = _heights(rows)
    edge = {"x": years, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    usual = {
        "x": years,
        "mode": "lines+markers",
        "line": {"color": COLOURS["ink"], "width": 2},
        "marker": {"size": 7, "color": COLOURS["ink"]},
    }
    fill = {
        "fill": "tonexty",
        "fillcolor": "#FFFFFF",
        "fillpattern": {"shape": "/", "fgcolor": colour, "bgcolor": "#FFFFFF", "size": 8, "solidity": 0.35},
    }
    hover = {"hovertemplate": "%{y}<extra></extra>"}
    return [
        go.Scatter(y=low, showlegend=False, **edge),
        go.Scatter(y=high, name=Term("全部可能", "all that is possible")(lang), **edge, **fill),
        go.Scatter(y=one, name=Term("按通常比率", "at usual rates")(lang), **usual, **hover),
        go.Scatter(y=other, showlegend=False, **usual, **hover),
    ]


_SLIDER = 84


def _with_slider(figure: go.Figure, rows: pd.DataFrame, sizes: Sequence[int], shown: int | None, lang: Lang) -> go.Figure:
    """Put a slider between the axis and the notes; each step holds the heights of all lines, so that no kernel is asked."""
    steps = [
        {"label": str(size), "method": "restyle", "args": [{"y": _heights(rows[rows["size"] == size])}, [0, 1, 2, 3]]} for size in sizes
    ]
    words = Term("拖动：每期培训班 ", "Drag: places in a class ")(lang)
    slider = {
        "active": [*sizes].index(shown or 0), "steps": steps, "x": 0, "len": 1, "y": 0, "yanchor": "top", "pad": {"t": 52, "b": 0},
        "currentvalue": {"prefix": words, "xanchor": "left", "font": {"size": 12}, "offset": 6}, "font": {"size": 11}, "ticklen": 4,
        "transition": {"duration": 0},
    }  # fmt: skip
    figure.update_layout(sliders=[slider], height=figure.layout.height + _SLIDER, margin={"b": figure.layout.margin.b + _SLIDER})
    notes = figure.layout.annotations[-1]
    notes.update(yshift=notes.yshift - _SLIDER)
    return figure


def _ranges(
    drawn: pd.DataFrame, rows: pd.DataFrame, labels: Sequence[Sequence[str]], *, title: str, lang: Lang, unit: Term, top: float, columns: list[str],
    notes: Sequence[str], tables: dict[str, pd.DataFrame],
) -> go.Figure:  # fmt: skip
    """Return the counts of the rows that are drawn, each under its label; `rows` are all, for the title and the table."""
    at, height = stack([len(label) for label in labels])
    figure = go.Figure()
    for (_, row), y, label in zip(drawn.iterrows(), at, labels, strict=True):
        if row["least"]:
            sure = {"color": row_colour(row), "opacity": 0.35}
            figure.add_trace(go.Bar(x=[row["least"]], y=[y], width=[14], orientation="h", marker=sure, hoverinfo="skip"))
        draw_range(figure, row, ("least", "most"), y=y, top=top, label=label)
        write_label(figure, y, label)
    figure.update_xaxes(range=[0, top * 1.01], title={"text": unit(lang)})
    figure.update_yaxes(visible=False, range=[0, height])
    figure.update_layout(barmode="overlay")
    return finish(figure, rows, columns, title=title, lang=lang, plot_height=height, notes=notes, tables=tables)


def _top(rows: pd.DataFrame) -> float:
    ends = [float(end) for column in ("least", "most") for end in rows[column] if not is_null(end)]
    return max(ends, default=0) * 1.05 or 1.0


def _labelled(row: pd.Series, lang: Lang, form: str = "range") -> list[str]:
    return wrap(row_name(row, lang) + Term("：", ": ")(lang) + row_text(row, lang, form), LABEL_PLACES)


_SURE = Term("◆ 数已定；淡色：至少；斜纹：可能", "◆ settled; pale: at least; hatched: possible")


def calendar(rows: pd.DataFrame, *, title: str, lang: Lang, **tables: pd.DataFrame) -> go.Figure:
    """Return how many elections are overdue and how many fall due, period by period.

    Parameters
    ----------
    rows
        Rows of `elections`; the totals and the pace stand in the table behind the chart and in the notes.
    """
    if not len(rows):
        return nothing(title=title, lang=lang, **tables)
    require_marks(rows)
    periods = rows[rows["kind"] == "period"]
    labels = [_labelled(row, lang) for _, row in periods.iterrows()]
    totals = [
        row_name(row, lang) + Term("：", ": ")(lang) + row_text(row, lang, "range") for _, row in rows[rows["kind"] != "period"].iterrows()
    ]
    notes = [_SURE(lang), Term("；", "; ")(lang).join(totals), *_closing(rows, lang)]
    return _ranges(periods, rows, labels, title=title, lang=lang, unit=Term("支部（个）", "branches"), top=_top(periods), notes=notes,
                     columns=["name", "starts", "before", "least", "most", "of"], tables=tables)  # fmt: skip


def rooms(rows: pd.DataFrame, *, title: str, lang: Lang, **tables: pd.DataFrame) -> go.Figure:
    """Return how many rooms are needed in all, by how many organisations of a township share one.

    Parameters
    ----------
    rows
        Rows of `rooms`; those of the townships stand in the table behind the chart.
    """
    if not len(rows):
        return nothing(title=title, lang=lang, **tables)
    require_marks(rows)
    every = rows[rows["township"] == ""]
    labels = [_labelled(row, lang) for _, row in every.iterrows()]
    columns = ["name", "without_least", "without_most", "least", "most"]
    notes = [_SURE(lang), *_closing(rows, lang)]
    return _ranges(every, rows, labels, title=title, lang=lang, unit=Term("活动室（间）", "rooms"), top=_top(every), notes=notes,
                     columns=columns, tables=tables)  # fmt: skip


def site_gains(rows: pd.DataFrame, *, title: str, lang: Lang, **tables: pd.DataFrame) -> go.Figure:
    """Return how many branches the present sites reach and how many the best further ones would, with the places to choose.

    Parameters
    ----------
    rows
        Rows of `sites`.
    """
    if not len(rows):
        return nothing(title=title, lang=lang, **tables)
    require_marks(rows)
    labels = [_site_label(row, lang) for _, row in rows.iterrows()]
    whole = rows["whole"].iloc[0]
    top = _top(rows) if is_null(whole) or not whole else float(whole)
    columns = ["name", "least", "most", "whole", "adds", "ties", "capped", "choice", "tied"]
    return _ranges(rows, rows, labels, title=title, lang=lang, unit=Term("够得到的支部（个）", "branches within reach"), top=top,
                   notes=[_SURE(lang), *_closing(rows, lang)], columns=columns, tables=tables)  # fmt: skip


def _site_label(row: pd.Series, lang: Lang) -> list[str]:
    """Return a row's name and counts, what it adds, the places, and how many choices are as good."""
    lines = _labelled(row, lang, "share")
    if is_null(row["adds"]):
        return lines
    adds = Term("比少一个时多 {}", "{} more than with one less")(lang).format(count(row["adds"])) if row["adds"] else ""
    lines += wrap(Term("，", ", ")(lang).join(part for part in (adds, str(row[f"choice_{lang}"])) if part), LABEL_PLACES)
    others = int(row["ties"]) - 1
    if others > 0 or row["capped"]:
        more = Term("或更多", " or more")(lang) if row["capped"] else ""
        lines += wrap(Term(f"另有同样好的选法 {others} 种{more}", f"{others}{more} other choices are as good")(lang), LABEL_PLACES)
    return lines


_RECRUITS = Term(
    "斜纹：比率与空格的全部可能；◆ 按通常比率，◇ 空格使它只是一端；▲ 上端没有止境，或根本办不到；× 办不到",
    "Hatched: all rates and empty cells; ◆ at usual rates, ◇ one end of it where cells are empty; ▲ no upper end, or it cannot happen there; × it cannot happen",
)


def recruits(rows: pd.DataFrame, *, title: str, lang: Lang, **tables: pd.DataFrame) -> go.Figure:
    """Return how many young members a year it takes, by the years until the share has risen; where it cannot be, that is marked.

    Parameters
    ----------
    rows
        Rows of `recruitment`.
    """
    ahead = rows[rows["years"] > 0] if len(rows) else rows
    if not len(ahead):
        return nothing(title=title, lang=lang, **tables)
    require_marks(rows)
    known = max((float(end) for column in _LINES for end in ahead[column] if not is_null(end)), default=0)
    top = known * 1.1 or 1.0
    figure = go.Figure()
    for _, row in ahead.iterrows():
        _recruit_range(figure, row, top, lang)
    figure.update_xaxes(title={"text": Term("几年后达到", "reached after so many years")(lang)}, dtick=1)
    figure.update_yaxes(
        range=[0, top * 1.04],
        showticklabels=known > 0,
        title={"text": Term("每年发展的年轻党员（人）", "young recruits a year")(lang), "standoff": 10},
    )
    figure.update_layout(barmode="overlay")
    columns = ["name", "points", "least", "most", "usual_least", "usual_most", "status", "reason"]
    return finish(
        figure,
        rows,
        columns,
        title=title,
        lang=lang,
        plot_height=260,
        notes=[_RECRUITS(lang), *_reasons(ahead, lang), *_closing(ahead, lang)],
        note_places=_BESIDE_AXIS,
        tables=tables,
    )


def _reasons(ahead: pd.DataFrame, lang: Lang) -> list[str]:
    """Return each row's status with its reason, each once."""
    told = ahead[ahead[f"reason_{lang}"].astype(bool)]
    return list(dict.fromkeys(told[f"status_{lang}"] + Term("：", ": ")(lang) + told[f"reason_{lang}"]))


def _recruit_range(figure: go.Figure, row: pd.Series, top: float, lang: Lang) -> None:
    """Draw one column: from its least to its most, to the top where nothing bounds it, or a cross where it cannot be."""
    year, colour = int(row["years"]), row_colour(row)
    text = row_text(row, lang, "range") if row["outcome"] != "cannot" else str(row[f"status_{lang}"])
    hover = {"hovertext": markup(f"{row_name(row, lang)}: {text}"), "hoverinfo": "text"}
    edge = {"width": 1, "color": COLOURS["ink"]}

    def mark(y: float, symbol: str) -> None:
        marker = {"symbol": symbol, "size": 11, "color": COLOURS["ink"] if "diamond" in symbol else colour, "line": edge}
        figure.add_trace(go.Scatter(x=[year], y=[y], mode="markers", marker=marker, cliponaxis=False, showlegend=False, **hover))

    if row["outcome"] == "cannot":
        mark(0, "x")
        return
    low = 0.0 if is_null(row["least"]) else float(row["least"])
    high = top if is_null(row["most"]) else float(row["most"])
    pattern = {"shape": "/", "fgcolor": "#FFFFFF", "bgcolor": colour, "size": 6, "solidity": 0.25}
    fill = {"color": colour, "line": {"color": COLOURS["pale"], "width": 1}, "pattern": pattern}
    figure.add_trace(go.Bar(x=[year], y=[high - low], base=[low], width=[0.5], marker=fill, showlegend=False, **hover))
    if is_null(row["most"]):
        mark(top, "triangle-up")
    for end in dict.fromkeys(value for value in (row["usual_least"], row["usual_most"]) if not is_null(value)):
        mark(float(end), "diamond-open" if is_null(row["value"]) else "diamond")
