"""Charts of what changed: levels at two dates, what made them move, and the way to a target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from analysis.charts import COLOURS, LABEL_PLACES, SHARE_AXIS, draw_range, finish, nothing, row_colour, row_name, stack, write_label
from analysis.model import Evidence, Lang, Term, merged_marks, require_marks
from analysis.progress import Component, rounded
from analysis.targets import Aim, to_go
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


def _seen_in(tables: Mapping[str, pd.DataFrame]) -> list[Evidence]:
    """Return what the counts beside an empty chart rest on, for they are of the same register; without any, the report."""
    marks = merged_marks(pd.concat(tables.values()))["evidence"].split() if tables else []
    return [Evidence.of(code) for code in marks] or [Evidence.REPORT]


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
        return nothing(_ONE_DATE, _seen_in(tables), title=title, lang=lang, **tables)
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
        return nothing(_ONE_DATE, _seen_in(tables), title=title, lang=lang, **tables)
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


_NO_TARGETS = Term("没有给出目标，或台账没有这些指标", "No targets were given, or none that the ledger shows")


def towards(rows: pd.DataFrame, paces: pd.DataFrame, *, title: str, lang: Lang, **tables: pd.DataFrame) -> go.Figure:
    """Return every target as a labelled line, with the level at each date and where the pace so far leads.

    Parameters
    ----------
    rows
        Rows of `progress`, of one step or more.
    paces
        Rows of `pace`; each is drawn.
    title
        The finding, with fields {p.code.column} of `paces`.
    """
    if not len(paces):
        return nothing(_NO_TARGETS, _seen_in(tables), title=title, lang=lang, **tables)
    labels = [_target_label(row, lang) for _, row in paces.iterrows()]
    at, height = stack([len(label) for label in labels])
    figure = go.Figure()
    for (_, row), y, label in zip(paces.iterrows(), at, labels, strict=True):
        hover = {"hovertext": " ".join(markup(line) for line in label), "hoverinfo": "text"}
        draw_range(figure, row, ("low", "high"), y=y, top=1.0, label=label)
        _earlier(figure, rows[rows["indicator"] == row["indicator"]], y)
        _led(figure, row, y)
        line = {"color": COLOURS["target"], "width": 4}
        figure.add_trace(go.Scatter(x=[row["target"]] * 2, y=[y - 9, y + 9], mode="lines", line=line, cliponaxis=False, **hover))
        write_label(figure, y, label)
    figure.update_xaxes(**SHARE_AXIS)
    figure.update_yaxes(visible=False, range=[0, height])
    figure.update_layout(barmode="overlay")
    note = Term(
        "竖线：目标；○ 上期，◆ 本期：已知部分的比例；斜纹：空格使它只能是一个区间；点线到 ◇：照至今的进度，到期限时",
        "Upright line: the target; ○ before, ◆ now: the share among known cells; hatched: empty cells leave a range; dotted to ◇: at the "
        "pace so far, on the day of the target",
    )
    return finish(
        figure, paces, ["name", "by", "said"], title=title, lang=lang, plot_height=height, notes=[note(lang)], tables={"p": paces} | tables
    )


def _target_label(row: pd.Series, lang: Lang) -> list[str]:
    sign = "≥" if row["aim"] == Aim.at_least.name else "≤"
    number = f"{sign} {percent(row['target'])}"
    aim = Term(f"目标 {number}（{row['by']}），现为 ", f"target {number} ({row['by']}), now ")(lang) + row_text(row, lang, "share")
    way = Term("；", "; ")(lang).join(filter(None, [to_go(row, lang), str(row[f"reach_{lang}"])]))
    return [line for text in (row_name(row, lang), aim, way) for line in wrap(text, LABEL_PLACES)]


def _earlier(figure: go.Figure, rows: pd.DataFrame, y: float) -> None:
    """Draw the shares of earlier dates as rings."""
    before = [share for share in rows["share_before"] if not is_null(share)] if "share_before" in rows.columns else []
    marker = {"symbol": "circle-open", "size": 10, "color": COLOURS["ink"]}
    for share in before:
        figure.add_trace(
            go.Scatter(x=[share], y=[y], mode="markers", marker=marker, cliponaxis=False, hovertext=percent(share), hoverinfo="text")
        )


def _led(figure: go.Figure, row: pd.Series, y: float) -> None:
    """Draw the share now, and where the pace so far leads it."""
    if is_null(row["share"]):
        return
    now = {"symbol": "diamond", "size": 11, "color": row_colour(row), "line": {"width": 1, "color": COLOURS["ink"]}}
    if not is_null(row["projected"]):
        line, end = {"color": COLOURS["pale"], "width": 2, "dash": "dot"}, {"symbol": "diamond-open", "size": 10, "color": COLOURS["pale"]}
        figure.add_trace(
            go.Scatter(x=[row["share"], row["projected"]], y=[y, y], mode="lines+markers", line=line, marker=end, cliponaxis=False,
                       hovertext=percent(row["projected"]), hoverinfo="text")
        )  # fmt: skip
    figure.add_trace(
        go.Scatter(x=[row["share"]], y=[y], mode="markers", marker=now, cliponaxis=False, hovertext=percent(row["share"]), hoverinfo="text")
    )
