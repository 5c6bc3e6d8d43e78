"""Charts of causes: how a cause and a problem go together, pair by pair."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analysis.association import Goes, Why
from analysis.charts import COLOURS, LABEL_PLACES, finish, nothing, row_colour, row_name, stack, write_label
from analysis.model import Lang, Term, require_marks
from analysis.wording import count, is_null, markup, percent, wrap

_NOTE = Term(
    "横轴：有此原因的行中有此问题的百分比，减去没有此原因的行中的百分比；0 为两者一样多，右边为有此原因的更多。"
    "◆ 已知各格的差；粗线：95% 区间；细线：空格怎样填都在其间。相伴不是因果",
    "Axis: the percentage with the problem among rows with the cause, less that among the others, in percentage points; at 0 both "
    "are the same, to the right there is more of the problem where the cause is. ◆ difference among known rows; thick: 95% interval; "
    "thin: all that the empty cells could make. Going together is not an effect",
)


_POINTS = {"range": [-1.01, 1.01], "tickvals": [-1, -0.5, 0, 0.5, 1], "ticktext": ["−100", "−50", "0", "+50", "+100"]}
_AXIS = Term("有此原因的比例减去没有的（百分点）", "share with the cause less without (points)")
_COLUMNS = [
    "name",
    "part",
    "whole",
    "others_part",
    "others_whole",
    "difference",
    "difference_low",
    "difference_high",
    "p_adjusted",
    "goes",
    "why",
]


def differences(rows: pd.DataFrame, *, title: str, lang: Lang, **tables: pd.DataFrame) -> go.Figure:
    """Return, for each pair of a cause and a problem, the difference of the two shares with both its intervals.

    Parameters
    ----------
    rows
        Rows of `association` or `associations`.
    title
        The finding, with fields {r.code:form} of these rows.
    """
    if not len(rows):
        return nothing(title=title, lang=lang, **tables)
    require_marks(rows)
    labels = [_label(row, lang) for _, row in rows.iterrows()]
    at, height = stack([len(label) for label in labels])
    figure = go.Figure()
    figure.add_vline(x=0, line={"color": COLOURS["ink"], "width": 1})
    for (_, row), y, label in zip(rows.iterrows(), at, labels, strict=True):
        _line(figure, row, ("difference_least", "difference_most"), y=y, width=2, colour=COLOURS["pale"], label=label)
        _line(figure, row, ("difference_low", "difference_high"), y=y, width=7, colour=row_colour(row), label=label)
        if not is_null(row["difference"]):
            marker = {"symbol": "diamond", "size": 11, "color": COLOURS["ink"]}
            figure.add_trace(go.Scatter(x=[row["difference"]], y=[y], mode="markers", marker=marker, hoverinfo="skip"))
        write_label(figure, y, label)
    figure.update_xaxes(**_POINTS, title={"text": _AXIS(lang)})
    figure.update_yaxes(visible=False, range=[0, height])
    words = rows.assign(**_in_words(rows))
    return finish(figure, words, _COLUMNS, title=title, lang=lang, plot_height=height, notes=[_NOTE(lang)], tables=tables)


def _in_words(rows: pd.DataFrame) -> dict[str, list[str]]:
    """Return verdicts and reasons in both languages."""
    found: dict[str, list[str]] = {}
    for column, kinds in (("goes", Goes), ("why", Why)):
        found |= {
            f"{column}_zh": [kinds.of(code).term.zh for code in rows[column]],
            f"{column}_en": [kinds.of(code).term.en for code in rows[column]],
        }
    return found


def _label(row: pd.Series, lang: Lang) -> list[str]:
    verdict = Goes.of(row["goes"]).term(lang)
    if row["why"] != Why.told.name:
        verdict += Term("：", ": ")(lang) + Why.of(row["why"]).term(lang)
    of = [_share(row["part"], row["whole"]), _share(row["others_part"], row["others_whole"])]
    counts = Term(f"有此原因的 {of[0]}，没有的 {of[1]}", f"with the cause {of[0]}, without {of[1]}")(lang)
    return [*wrap(row_name(row, lang), LABEL_PLACES), *wrap(counts, LABEL_PLACES), *wrap(verdict, LABEL_PLACES)]


def _share(part: object, whole: object) -> str:
    return f"{count(part)}/{count(whole)}" + (f" ({percent(float(part) / float(whole))})" if whole else "")  # type: ignore[arg-type]


def _line(figure: go.Figure, row: pd.Series, ends: tuple[str, str], *, y: float, width: int, colour: str, label: list[str]) -> None:
    if is_null(row[ends[0]]) or is_null(row[ends[1]]):
        return
    hover = {"hovertext": " ".join(markup(line) for line in label), "hoverinfo": "text"}
    line = {"width": width, "color": colour}
    figure.add_trace(go.Scatter(x=[row[ends[0]], row[ends[1]]], y=[y, y], mode="lines", line=line, **hover))
