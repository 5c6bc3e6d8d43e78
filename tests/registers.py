"""Small registers for tests: rows drawn by hypothesis with empty cells everywhere, and the same rows in DuckDB."""

from datetime import date, timedelta
from typing import Any

import duckdb
import pandas as pd
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from analysis.register import Register
from analysis.schema import TABLES, UNTIL, Coverage, Form, Inspection, Level, Type

AS_OF = date(2021, 6, 30)
Row = dict[str, Any]


def law(examples: int) -> settings:
    """A fixed run without shrinking: one pass over all indicators takes half a second, and the rows are few as they are."""
    quick = {"phases": [Phase.explicit, Phase.generate], "suppress_health_check": list(HealthCheck)}
    return settings(derandomize=True, database=None, deadline=None, max_examples=examples, **quick)


COUNTS = [0, 1, 2, 3, 4, 7]
YES_NO = [True, False]
# old and new terms, due days on either side of the day of the count, a leap day, and the day itself
DAYS = [
    date(2015, 3, 1),
    date(2016, 2, 29),
    date(2017, 6, 30),
    date(2018, 6, 30),
    date(2018, 7, 1),
    date(2019, 6, 30),
    date(2019, 7, 1),
    AS_OF,
]

# for each column that an indicator reads, values on both sides of every limit
POOLS: dict[str, dict[str, list[Any]]] = {
    "organisations": {
        "coverage": list(Coverage.__members__),
        "inspection": list(Inspection.__members__),
        "activity_room": YES_NO,
        "party_organisation": YES_NO,
        "instructor": YES_NO,
        "budget": [0.0, 500.0],
        **dict.fromkeys(
            ["staff", "staff_full_time", "association_members", "members_staff", "members_staff_held", "members_managed", "members_open",
             "members_taking_part", "members_full", "members_full_time_full", "members_to_35", "members_36_to_59", "members_from_60",
             "party_workers"], COUNTS),
    },
    "branches": {
        "level": list(Level.__members__),
        "form": list(Form.__members__),
        "members": [2, 49, 50, 51, 99, 100],
        "members_full": [2, 3, 4, 6, 7],
        "committee_size": [0, 3],
        "last_election_on": DAYS,
        "term_years": [2, 4],
        "trained_on": [date(2019, 6, 29), date(2019, 6, 30), AS_OF],
        "secretary_age": [59, 60],
        "secretary_education": ["school", "college", "university"],
        "satisfaction": [59.5, 60.0, 100.0],
        "meetings_12m": [3, 4],
        "classes_12m": [3, 4],
        "organisation_life_12m": [0, 1],
        "organisations_covered": [1, 2, 3],
        **dict.fromkeys(["in_leadership", "written_rules", "joined_work", "demonstration"], YES_NO),
    },
}  # fmt: skip


def cell(values: list[Any]) -> st.SearchStrategy[Any]:
    """An empty cell, or one of these."""
    return st.sampled_from([None, *values])


@st.composite
def tables(draw: st.DrawFn, organisations: int = 5, branches: int = 4, least: int = 0) -> tuple[list[Row], list[Row]]:
    """Rows of both tables, each with its number, linked to each other here and there."""
    places = {"sector": cell(["x", "y"]), "township": cell(["s", "t"])}
    some = {table: {name: cell(values) for name, values in pool.items()} for table, pool in POOLS.items()}
    o = draw(st.lists(st.fixed_dictionaries(places | some["organisations"]), min_size=least, max_size=organisations))
    b = draw(st.lists(st.fixed_dictionaries(some["branches"]), min_size=least, max_size=branches))
    for rows, key, mark in ((o, "org_id", "o"), (b, "branch_id", "b")):
        for place, row in enumerate(rows):
            row |= {key: f"{mark}{place}", "name": f"{mark}{place}"}
    for row in o:
        row["branch_id"] = draw(cell([branch["branch_id"] for branch in b]))
        # beside it what the naive loop asks of that branch
        row["its_form"] = next((branch["form"] for branch in b if branch["branch_id"] == row["branch_id"]), None)
    for row in b:
        row["host_org_id"] = draw(cell([organisation["org_id"] for organisation in o]))
        for name in ("last_election_on", "trained_on"):  # some are known to their month alone
            row[f"{name}_until"] = draw(cell([row[name] + timedelta(days=30)])) if row[name] and row[name] < AS_OF else None
    return o, b


def frame(table: str, rows: list[Row]) -> pd.DataFrame:
    """Rows as a frame of objects, with its columns even where there are no rows."""
    names = list(dict.fromkeys(name for row in rows for name in row)) or list(TABLES[table])
    return pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype="object") for name in names})


def in_pandas(both: tuple[list[Row], list[Row]], as_of: date | None = AS_OF) -> Register:
    return Register(frame("organisations", both[0]), frame("branches", both[1]), as_of=as_of)


SQL = {
    Type.key: "VARCHAR",
    Type.text: "VARCHAR",
    Type.code: "VARCHAR",
    Type.whole: "BIGINT",
    Type.money: "DOUBLE",
    Type.percent: "DOUBLE",
    Type.yes_no: "BOOLEAN",
    Type.date: "DATE",
}


def _sql(table: str, name: str) -> str:
    column = TABLES[table].get(name.removesuffix(UNTIL))
    return SQL[column.type] if column else "VARCHAR"


def relation(connection: duckdb.DuckDBPyConnection, table: str, rows: list[Row], prefix: str = "") -> duckdb.DuckDBPyRelation:
    names = list(dict.fromkeys(name for row in rows for name in row)) or list(TABLES[table])
    typed = ", ".join(f"{name} {_sql(table, name)}" for name in names)
    connection.execute(f"create table {prefix}{table} ({typed})")
    if rows:
        connection.executemany(
            f"insert into {prefix}{table} values ({', '.join('?' * len(names))})", [[row.get(name) for name in names] for row in rows]
        )
    return connection.table(prefix + table)


def in_duckdb(both: tuple[list[Row], list[Row]], as_of: date | None = AS_OF, *, connection: Any = None, prefix: str = "") -> Register:
    connection = connection or duckdb.connect()
    given = (relation(connection, table, rows, prefix) for table, rows in zip(TABLES, both, strict=True))
    return Register(*given, as_of=as_of)
