"""Charts of what changed: levels at two dates, what made them move, and the way to a target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts import COLOURS, LABEL_PLACES, SHARE_AXIS, finish, nothing, row_colour, row_name, stack, write_label
from analysis.model import MARKS, AnalysisError, Lang, Term, require_marks
from analysis.progress import Component, level_of, rounded
from analysis.targets import Aim, Reach
from analysis.wording import is_null, markup, percent, row_text, wrap

# what made a change, by colour and by hatching
_LAYERS = {
    Component.came: ("#009E73", ""),
    Component.went: ("#D55E00", "\\"),
    Component.changed: ("#0072B2", ""),
    Component.elapsed: ("#CC79A7", "x"),
    Component.known: ("#D9D9D9", "/"),
}
_BEFORE, _AFTER = 5, -4  # the bar of the earlier date lies above that of the later one
_DIRECTIONS = ("open", "same")


_ONE_DATE = Term("只有一期，没有变化可看", "There is one date alone, so no change to draw")


def changes(rows: pd.DataFrame, *, title: str, lang: Lang, **tables: pd.DataFrame) -> go.Figure:
    """Return each indicator at two dates: a ring for the share before, a diamond for the share after, bars for what is unknown.

    Parameters
    ----------
    rows
        Rows of `progress`, of one step.
    title
        The finding, with fields {r.code.column} of these rows.
    """
    if not len(rows):
        return nothing(_ONE_DATE, title=title, lang=lang, **tables)
    require_marks(rows)
    labels = [_change_label(row, lang) for _, row in rows.iterrows()]
    at, height = stack([len(label) for label in labels])
    figure = go.Figure()
    for (_, row), y, label in zip(rows.iterrows(), at, labels, strict=True):
        _dumbbell(figure, row, y, " ".join(markup(line) for line in label))
        write_label(figure, y, label)
    figure.update_xaxes(**SHARE_AXIS)
    figure.update_yaxes(visible=False, range=[0, height])
    figure.update_layout(barmode="overlay")
    note = Term(
        f"○ 上期，◆ 本期：已知部分的比例；横条（上为上期，下为本期）：空格使它只能是一个区间。{_dates(rows, lang)}",
        f"○ before, ◆ after: the share among known cells; bars (upper before, lower after): empty cells leave a range. {_dates(rows, lang)}",
    )
    columns = ["name", "from_on", "to_on", "said", "direction"]
    return finish(figure, rows, columns, title=title, lang=lang, plot_height=height, notes=[note(lang)], tables=tables)


def _dates(rows: pd.DataFrame, lang: Lang) -> str:
    pairs = dict.fromkeys(f"{start} → {end}" for start, end in zip(rows["from_on"], rows["to_on"], strict=True))
    return Term("；", "; ")(lang).join(pairs)


def _change_label(row: pd.Series, lang: Lang) -> list[str]:
    verdict = "" if row["direction"] in _DIRECTIONS else Term(f"（{row['direction_zh']}）", f" ({row['direction_en']})")(lang)
    why = [] if not row["unmatched"] else wrap(str(row[f"unmatched_{lang}"]), LABEL_PLACES)
    return [*wrap(row_name(row, lang) + verdict, LABEL_PLACES), *wrap(str(row[f"said_{lang}"]), LABEL_PLACES), *why]


def _dumbbell(figure: go.Figure, row: pd.Series, y: float, hover: str) -> None:
    """Draw one indicator: a bar for each date's range, a line from the share before to the share after."""
    places = {"before": y + _BEFORE, "after": y + _AFTER}
    for when, place in places.items():
        low, high = (row[f"{end}_{when}"] for end in ("low", "high"))
        if not is_null(low) and low < high:
            colour = COLOURS["none"] if when == "before" else row_colour(row)
            fill = {"color": colour, "pattern": {"shape": "/", "fgcolor": "#FFFFFF", "bgcolor": colour, "size": 6, "solidity": 0.25}}
            figure.add_trace(
                go.Bar(x=[high - low], base=[low], y=[place], width=[7], orientation="h", marker=fill, hovertext=hover, hoverinfo="text")
            )
    marks = {"before": ("circle-open", COLOURS["ink"]), "after": ("diamond", row_colour(row))}
    known = [when for when in places if not is_null(row[f"share_{when}"])]
    if known:
        marker = {"symbol": [marks[when][0] for when in known], "size": 11, "color": [marks[when][1] for when in known],
                  "line": {"width": 1, "color": COLOURS["ink"]}}  # fmt: skip
        figure.add_trace(
            go.Scatter(x=[row[f"share_{when}"] for when in known], y=[places[when] for when in known], mode="lines+markers", cliponaxis=False,
                       line={"color": COLOURS["ink"], "width": 1}, marker=marker, hovertext=hover, hoverinfo="text")
        )  # fmt: skip


def contributions(rows: pd.DataFrame, *, title: str, lang: Lang, **tables: pd.DataFrame) -> go.Figure:
    """Return what made each share move, in percentage points that add up: came, went, changed, time passed, became known.

    Parameters
    ----------
    rows
        Rows of `progress`, of one step; a row whose rows cannot be matched says so and has no bar.
    """
    if not len(rows):
        return nothing(_ONE_DATE, title=title, lang=lang, **tables)
    require_marks(rows)
    labels = [_change_label(row, lang) for _, row in rows.iterrows()]
    at, height = stack([len(label) for label in labels])
    hover = [" ".join(markup(line) for line in label) for label in labels]
    names = [f"contribution_{component.name}" for component in Component]
    # a tenth of a point each, so that the parts of a bar add up to the number in its label
    parts = [_in_points(row, names) for _, row in rows.iterrows()]
    figure = go.Figure(list(_layers(parts, at, hover, lang)))
    whole = [(round(sum(cells), 1), y) for cells, y, (_, row) in zip(parts, at, rows.iterrows(), strict=True) if not is_null(row[names[0]])]
    total = Term("合计", "in all")(lang)
    sign = {"symbol": "diamond", "size": 10, "color": COLOURS["ink"], "line": {"width": 1, "color": "#FFFFFF"}}
    figure.add_trace(
        go.Scatter(x=[x for x, _ in whole], y=[y for _, y in whole], mode="markers", name=total, marker=sign, hoverinfo="x+name")
    )
    for y, label in zip(at, labels, strict=True):
        write_label(figure, y, label)
    reach = _reach_of(parts)
    figure.add_vline(x=0, line={"color": COLOURS["pale"], "width": 1}, layer="below")
    figure.update_xaxes(range=[-reach, reach], title={"text": Term("百分点", "percentage points")(lang)})
    figure.update_yaxes(visible=False, range=[0, height])
    figure.update_layout(barmode="relative", legend={"traceorder": "normal"})
    columns = ["name", "from_on", "to_on", "said", "changed_rows", "learned_rows", "forgotten_rows"]
    return finish(figure, rows, columns, title=title, lang=lang, plot_height=height, notes=[_dates(rows, lang)], legend=True, tables=tables)


def _layers(parts: Sequence[Sequence[float]], at: Sequence[float], hover: Sequence[str], lang: Lang) -> Iterator[go.Bar]:
    """Yield each component's bars, told apart by colour and by hatching."""
    for place, (component, (colour, shape)) in enumerate(_LAYERS.items()):
        marker = {"color": colour, "pattern": {"shape": shape, "size": 6}, "line": {"width": 1, "color": COLOURS["ink"]}}
        yield go.Bar(
            x=[cells[place] for cells in parts], y=list(at), width=[14] * len(at), orientation="h", name=component.term(lang), marker=marker,
            hovertext=list(hover), hoverinfo="text",
        )  # fmt: skip


def _in_points(row: pd.Series, names: Sequence[str]) -> list[float]:
    if is_null(row[names[0]]):
        return [0.0] * len(names)
    return [float(share * 100) for share in rounded([float(row[name]) for name in names])]


def _reach_of(parts: Sequence[Sequence[float]]) -> float:
    """Return how far the axis goes to either side: the same, so that more and less compare."""
    sides = [abs(sum(x for x in cells if (x > 0) == positive)) for cells in parts for positive in (True, False)]
    return max([1.0, *sides]) * 1.05


# ------------------------------------------------------------------ the way to a target


def towards(rows: pd.DataFrame, paces: pd.DataFrame, *, title: str, lang: Lang, **tables: pd.DataFrame) -> go.Figure:
    """Return one indicator over its dates, each target as a labelled line, with the way that it needs and the way so far carried on.

    Parameters
    ----------
    rows
        Rows of `progress` of one indicator, of one step or more.
    paces
        Rows of `pace` of the same indicator; they may be none.
    title
        The finding, with fields {l.code.column} of `rows` and {p.code.column} of `paces`.

    Raises
    ------
    AnalysisError
        If the rows are of several indicators.
    """
    if not len(rows):
        return nothing(_ONE_DATE, title=title, lang=lang, **tables)
    if rows["indicator"].nunique() > 1 or (len(paces) and set(paces["indicator"]) != set(rows["indicator"])):
        raise AnalysisError("A chart towards a target shows one indicator: choose its rows. · 一张图只画一个指标：请先选出它的行。")
    levels = [
        (rows["from_on"].iloc[0], level_of(rows.iloc[0], "before")),
        *((row["to_on"], level_of(row, "after")) for _, row in rows.iterrows()),
    ]
    figure = go.Figure()
    # counts stand on the side of the line where no target is, and a target's words on the other side
    above = len(paces) > 0 and paces["aim"].iloc[0] == Aim.at_most.name
    _levels(figure, levels, rows.iloc[-1], lang, above=above)
    for _, target in paces.iterrows():
        _target(figure, target, levels[-1], lang)
    days = [pd.Timestamp(day) for day in (*(day for day, _ in levels), *(paces["by"] if len(paces) else []))]
    margin = (max(days) - min(days)) * 0.12 + pd.Timedelta(days=1)
    dates = sorted({f"{day:%Y-%m-%d}" for day in days})
    figure.update_xaxes(
        type="date", range=[f"{min(days) - margin:%Y-%m-%d}", f"{max(days) + margin:%Y-%m-%d}"], tickvals=dates,
        ticktext=[f"{day[:4]}<br>{day[5:]}" for day in dates], title={"text": Term("统计时点、目标期限", "day of the count, or of the target")(lang)},
    )  # fmt: skip
    figure.update_yaxes(range=[0, 1.08], tickformat=".0%", tickvals=SHARE_AXIS["tickvals"])
    both = [each[["code", "name_zh", "name_en", "said_zh", "said_en", *MARKS]] for each in (rows, paces) if len(each)]
    notes = [str(row[f"said_{lang}"]) for _, row in paces.iterrows()]
    notes.append(_key(paces, lang))
    everything = pd.concat(both, ignore_index=True)
    tables = {"l": rows, **({"p": paces} if len(paces) else {}), **tables}
    return finish(figure, everything, ["name", "said"], title=title, lang=lang, plot_height=300, notes=notes, tables=tables)


def _key(paces: pd.DataFrame, lang: Lang) -> str:
    bars = Term("◆ 已知部分的比例；竖条：空格留下的区间", "◆ the share among known cells; upright bars: the range that empty cells leave")(
        lang
    )
    if not len(paces):
        return bars
    lines = Term("点线：达标所需；点划线：按至今的进度", "dotted: the way that the target needs; dash-dotted: at the pace so far")(lang)
    return bars + Term("；", "; ")(lang) + lines


def _levels(figure: go.Figure, levels: Sequence[tuple[str, pd.Series]], last: pd.Series, lang: Lang, *, above: bool) -> None:
    """Draw the share at each date with its range and its counts."""
    colour = row_colour(last)
    for day, level in levels:
        if not is_null(level["low"]) and level["low"] < level["high"]:
            band = {"color": colour, "width": 7}
            figure.add_trace(
                go.Scatter(x=[day, day], y=[level["low"], level["high"]], mode="lines", line=band, opacity=0.35, hoverinfo="skip")
            )
    known = [(day, level) for day, level in levels if not is_null(level["share"])]
    texts = [markup(row_text(level, lang, "share")) for _, level in known]
    figure.add_trace(
        go.Scatter(x=[day for day, _ in known], y=[level["share"] for _, level in known], mode="lines+markers", hovertext=texts, hoverinfo="text",
                   cliponaxis=False, line={"color": colour, "width": 2},
                   marker={"symbol": "diamond", "size": 11, "color": colour, "line": {"width": 1, "color": COLOURS["ink"]}})
    )  # fmt: skip
    for day, level in known:
        words = f"{int(level['part'])}/{int(level['whole'])}"
        _write(figure, words, COLOURS["ink"], x=day, xanchor="center", y=float(level["share"]), above=above, yshift=9 if above else -9)


def _write(figure: go.Figure, text: str, colour: str, *, y: float, above: bool, **place: Any) -> None:
    """Write words above or below a height of the axis."""
    figure.add_annotation(
        text=markup(text), y=y, yref="y", yanchor="bottom" if above else "top", showarrow=False, font={"size": 12, "color": colour},
        **place,
    )  # fmt: skip


def _target(figure: go.Figure, target: pd.Series, last: tuple[str, pd.Series], lang: Lang) -> None:
    """Draw a target as a labelled line, the way that it needs, and where the pace so far leads."""
    sign = "≥" if target["aim"] == Aim.at_least.name else "≤"
    number = f"{sign} {percent(target['target'])}"
    words = Term(f"目标 {number}（{target['by']}）", f"Target {number} ({target['by']})")(lang)
    figure.add_hline(y=float(target["target"]), line={"color": COLOURS["target"], "width": 2, "dash": "dash"})
    above = target["aim"] == Aim.at_least.name
    _write(figure, words, COLOURS["target"], x=0, xref="paper", xanchor="left", y=float(target["target"]), above=above)
    day, level = last
    if is_null(level["share"]) or target["by"] <= day:
        return
    needed = None if target["reach"] == Reach.reached.name else target["target"]
    ways: list[tuple[Any, str, str]] = [(needed, "dot", COLOURS["target"]), (target["projected"], "dashdot", COLOURS["pale"])]
    for end, dash, colour in ways:
        if not is_null(end):
            figure.add_trace(
                go.Scatter(x=[day, target["by"]], y=[level["share"], float(end)], mode="lines+markers", hovertext=percent(end), hoverinfo="text",
                           line={"color": colour, "width": 2, "dash": dash}, marker={"symbol": "circle-open", "size": 8}, cliponaxis=False)
            )  # fmt: skip
