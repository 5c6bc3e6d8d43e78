"""The only way out of a notebook: show a figure, table rows, say a sentence; one MIME kind each, rounded and escaped."""

from __future__ import annotations

import base64
import html
import math
import re
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from IPython.display import publish_display_data

from analysis.model import AnalysisError, Lang, Term, require_marks
from analysis.wording import in_words, markdown, marks_of, sentence

PLOTLY = "application/vnd.plotly.v1+json"
# nothing of a chart is ever sent to a server, and no button offers it
CONFIG = {"displaylogo": False, "showSendToCloud": False, "plotlyServerURL": "", "responsive": True}
_DIGITS = 6


def rounded(value: Any) -> Any:
    """Return a figure's content as plain JSON: arrays as lists, numbers to six significant digits, NaN as null.

    >>> rounded({"x": np.array([1.0, 0.123456789, float("nan")])})
    {'x': [1, 0.123457, None]}
    """
    if isinstance(value, dict):
        if {"bdata", "dtype"} <= value.keys():
            array = np.frombuffer(base64.b64decode(value["bdata"]), dtype=np.dtype(value["dtype"]))
            shape = [int(n) for n in str(value["shape"]).split(",")] if "shape" in value else [-1]
            return rounded(array.reshape(shape).tolist())
        return {str(key): rounded(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return rounded(value.tolist())
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return _short(value) if isinstance(value, float) else value


def _short(value: float) -> float | int | None:
    if not math.isfinite(value):
        return None
    short = float(f"{value:.{_DIGITS}g}")
    return int(short) if short.is_integer() else short


def _publish(kind: str, content: object) -> None:
    publish_display_data({kind: content})


def show(figure: go.Figure) -> None:
    """Show a chart made by `analysis.charts`.

    Raises
    ------
    AnalysisError
        If the figure does not carry its marks, its rows and its text alternative.
    """
    meta = figure.layout.meta or {}
    if not meta.get("evidence") or not meta.get("alt") or not meta.get("rows"):
        raise AnalysisError("This figure does not say what it rests on; make it with a function of analysis.charts.")
    content = rounded(figure.to_dict())
    _publish(PLOTLY, {"data": content["data"], "layout": content["layout"], "config": CONFIG})


def table(rows: pd.DataFrame, columns: list[str], *, lang: Lang, empty: str = "", max_rows: int = 200) -> None:
    """Show result rows as a table, in words, each row with its marks.

    Parameters
    ----------
    columns
        Which to show, in order; a column that comes in both languages goes by its stem, as `name`.
    empty
        The sentence that stands there without rows: that there is nothing, and why.

    Raises
    ------
    AnalysisError
        If the rows bear no marks, or there are more than `max_rows`: hidden rows would not be checked.
    """
    if len(rows) > max_rows:
        raise AnalysisError(f"The table has {len(rows)} rows, more than {max_rows}; group or filter it first.")
    require_marks(rows)
    if not len(rows):
        _publish("text/html", f"<p>{html.escape(empty) or _NONE(lang)}</p>")
        return
    words = in_words(rows, columns, lang)
    # marks that all rows share stand once, below the table
    last = words.columns[-1]
    common = words[last].iloc[0] if words[last].nunique() == 1 else ""
    below = f"<p><small>〔{html.escape(common)}〕</small></p>" if common else ""
    _publish("text/html", html_table(words.drop(columns=last) if common else words) + below)


_NONE = Term("这里没有可列的内容：报告和台账里都没有。", "There is nothing to list here: neither report nor ledger has any of it.")


def html_table(words: pd.DataFrame) -> str:
    """Return a table of text as HTML; all of it is escaped."""
    text = words.to_html(index=False, escape=True, border=0, max_rows=None, max_cols=None, justify="unset")
    return re.sub(r"[$\\]", _apart, text)


def _apart(found: re.Match[str]) -> str:
    """Return a sign that can begin a formula in an element of its own: JupyterLab, which typesets formulas, then sees none."""
    return f"<span>{found[0]}</span>"


def _literal(text: object) -> str:
    """Return text from data as literal text in Markdown that may be typeset."""
    return re.sub(r"\\[$\\]", _apart, markdown(text))


def say(template: str, *, lang: Lang, **rows: pd.DataFrame) -> None:
    """Say a sentence whose numbers come from result rows, followed by what they rest on.

    Parameters
    ----------
    template
        Markdown with fields, as `analysis.wording.sentence` reads them. A list item may begin with '- '.
    rows
        Result rows under the names that the fields use; bare numbers are refused.

    Raises
    ------
    AnalysisError
        If a table bears no marks or a field names nothing.
    """
    for name, value in rows.items():
        if not isinstance(value, pd.DataFrame):
            raise AnalysisError(f"'{name}' is not a table of result rows; a sentence takes no bare numbers.")
    text, used = sentence(template, lang=lang, escape=_literal, **rows)
    marks = f" <small>〔{html.escape(marks_of(used, lang))}〕</small>" if len(used) and not text.startswith("#") else ""
    _publish("text/markdown", text + marks)
