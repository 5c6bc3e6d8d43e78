"""A small table of an analyst's own, CSV or workbook, as text by heading; what is wrong with its shape is told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.faults import Fault, fault
from analysis.grids import GridError, read_grids

Lines = list[tuple[int, dict[str, str]]]
_NO_WORDS: Mapping[str, str] = {}


def small_table(
    path: Path | str,
    required: Sequence[str],
    optional: Sequence[str] = (),
    *,
    absent: str = "no_file",
    words: Mapping[str, str] = _NO_WORDS,
) -> tuple[Lines, list[Fault]]:
    """Return the lines of a table that hold something, each with its number and its cells; or what is wrong with its shape.

    Parameters
    ----------
    required, optional
        The headings that it must have and may have.
    absent
        The kind of fault where there is no such file.
    words
        Other words for a heading, each with the heading that it stands for.

    Returns
    -------
    lines, faults
        No lines where there are faults.
    """
    name, known = Path(path).name, [*required, *optional]
    if not Path(path).is_file():
        return [], [fault(absent, name, known=",".join(known))]
    try:
        rows = read_grids(Path(path))[0].rows
    except GridError as error:
        return [], [fault(error.kind, name, **error.words)]
    top = [words.get(heading, heading) for heading in (_text(cell).casefold() for cell in rows[0])] if rows else []
    faults = [fault("no_column", name, line=1, column=field) for field in required if field not in top]
    faults += [
        fault("column", name, line=1, column=field, known=", ".join([*known, *words])) for field in top if field and field not in known
    ]
    faults += [fault("twice", name, line=1, column=field, value=field) for field in known if top.count(field) > 1]
    lines = [(line, {field: _text(cell) for field, cell in zip(top, row, strict=False) if field}) for line, row in enumerate(rows[1:], 2)]
    return ([] if faults else [(line, cells) for line, cells in lines if any(cells.values())]), faults


def _text(cell: object) -> str:
    # a workbook has dates as such; an apostrophe keeps a spreadsheet from reading a cell as a formula
    return str(cell if cell is not None else "").strip().removesuffix(" 00:00:00").removeprefix("'")
