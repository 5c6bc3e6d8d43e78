"""A report's claims as a graph: which cause goes with which problem, stated by the text or read by us."""

from __future__ import annotations

import pandas as pd

from analysis.given import columns_needed
from analysis.model import AnalysisError, Basis, Evidence, Grain, Kind, Term, named, require_marks, result_rows
from analysis.report import Report

CAUSES = (Kind.cause, Kind.aside)


def claims(report: Report, *kinds: Kind, leaves: bool = False) -> pd.DataFrame:
    """Return a report's claims of some kinds.

    Parameters
    ----------
    kinds
        Which; all without any.
    leaves
        Give the parts of a claim that has parts instead of the claim; otherwise only claims that are no part.
    """
    table = report.claims
    if kinds:
        table = table[table["kind"].isin([kind.name for kind in kinds])]
    wholes = set(report.claims["part_of"]) - {""}
    keep = ~table["code"].isin(wholes) if leaves else table["part_of"] == ""
    return table[keep].reset_index(drop=True)


def family(report: Report, code: str) -> set[str]:
    """Return a claim's code with those of its parts and of its whole: a link to one speaks to all.

    >>> from analysis.report import load_report
    >>> sorted(family(load_report("yangxian"), "X5a"))
    ['X5', 'X5a']
    """
    pairs = list(zip(report.claims["code"], report.claims["part_of"], strict=True))
    return {code} | {part for part, whole in pairs if whole == code} | {whole for part, whole in pairs if part == code and whole}


def link_grid(report: Report, sources: tuple[Kind, ...], targets: tuple[Kind, ...], *, leaves: bool = False) -> pd.DataFrame:
    """Return every pair of claims of two sorts, and whether the report or our reading links them.

    Returns
    -------
    DataFrame, one row a pair
        code, source, target, source_name_zh, source_name_en, target_name_zh, target_name_en, basis (a Basis, or empty),
        note_zh, note_en, evidence, assumptions.
    """
    kinds = dict(zip(report.claims["code"], report.claims["kind"], strict=True))
    links = report.links[report.links["source"].map(kinds).isin([k.name for k in sources])].to_dict("records")
    ends = [(target, family(report, target["code"])) for target in claims(report, *targets, leaves=leaves).to_dict("records")]
    records = []
    for source in claims(report, *sources, leaves=leaves).to_dict("records"):
        codes = family(report, source["code"])
        mine = [link for link in links if link["source"] in codes]
        for target, others in ends:
            found = [link for link in mine if link["target"] in others]
            basis = next((b.name for b in Basis if any(link["basis"] == b.name for link in found)), "")
            best = [link for link in found if link["basis"] == basis]
            records.append(
                {
                    "code": f"{source['code']}>{target['code']}",
                    "source": source["code"],
                    "target": target["code"],
                    **named(Term(source["name_zh"], source["name_en"]), "source_name"),
                    **named(Term(target["name_zh"], target["name_en"]), "target_name"),
                    "basis": basis,
                    "note_zh": "；".join(link["note_zh"] for link in best if link["note_zh"]),
                    "note_en": "; ".join(link["note_en"] for link in best if link["note_en"]),
                    "evidence": [Evidence.REPORT] + ([Evidence.JUDGEMENT] if basis == Basis.read.name else []),
                }
            )
    rows = result_rows(records)
    return rows if len(rows) else rows.reindex(columns=_GRID)


_GRID = ["code", "source", "target", "source_name_zh", "source_name_en", "target_name_zh", "target_name_en", "basis",
         "note_zh", "note_en", "evidence", "assumptions"]  # fmt: skip


def link_counts(grid: pd.DataFrame, end: str) -> pd.DataFrame:
    """Count the links at one end of a grid, stated and read apart.

    Parameters
    ----------
    grid
        Rows of `link_grid`.
    end
        source or target.

    Returns
    -------
    DataFrame, one row a claim
        code, name_zh, name_en, stated, read, value [links], evidence, assumptions; the order is the grid's.

    Raises
    ------
    AnalysisError
        If the rows are not those of `link_grid`, or `end` is another.
    """
    require_marks(grid)
    if end not in ("source", "target"):
        raise AnalysisError(f"'{end}' is no end of a link: give source or target. · 请给 source 或 target，不是“{end}”。")
    columns_needed(grid, (end, f"{end}_name_zh", f"{end}_name_en", "basis"), "link_grid(report, sources, targets)")
    records = []
    for code, some in grid.groupby(end, sort=False):
        first = some.iloc[0]
        counts = {basis.name: int((some["basis"] == basis.name).sum()) for basis in Basis}
        marked = [Evidence.REPORT] + ([Evidence.JUDGEMENT] if counts["read"] or not counts["stated"] else [])
        records.append(
            {"code": code, "name_zh": first[f"{end}_name_zh"], "name_en": first[f"{end}_name_en"], **counts,
             "value": sum(counts.values()), "evidence": marked}
        )  # fmt: skip
    return result_rows(records)


def count_claims(report: Report, column: str, *kinds: Kind) -> pd.DataFrame:
    """Count claims by what they are a property of, or by their group.

    Parameters
    ----------
    column
        grain or group.

    Returns
    -------
    DataFrame, one row a grain or group, in the report's order
        code, name_zh, name_en, value [claims], evidence, assumptions.

    Raises
    ------
    AnalysisError
        If `column` is another.
    """
    if column not in ("grain", "group"):
        raise AnalysisError(f"Claims are not counted by '{column}': give grain or group. · 请给 grain 或 group，不是“{column}”。")
    table = claims(report, *kinds)
    records = []
    for code, some in table.groupby("grain" if column == "grain" else "group_en", sort=False):
        first = some.iloc[0]
        known = Grain.of(str(code)).term if column == "grain" else Term(first["group_zh"], first["group_en"])
        records.append({"code": code, **named(known), "value": len(some)})
    # the text groups its causes; what each is a property of is our judgement
    return result_rows(records, evidence=[Evidence.REPORT] if column == "group" else [Evidence.REPORT, Evidence.JUDGEMENT])
