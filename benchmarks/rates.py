"""All indicators of a large made-up register: DuckDB beside pandas, and both beside three rates written by hand in SQL.

Run: python benchmarks/rates.py [organisations]. Prints one table; the last column is the ratio to the first row.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date

import duckdb

from analysis import Register, rates

SIZE = 200_000
AS_OF = date(2024, 6, 30)

# every cell follows from the row's number alone, with gaps: made up, and the same on every machine
ORGANISATIONS = """
    SELECT 'o' || i AS org_id, 'n' || i AS name, 's' || (i % 7) AS sector, 't' || (i % 101) AS township,
           CASE i % 6 WHEN 0 THEN NULL WHEN 1 THEN 'own' WHEN 2 THEN 'joint' WHEN 3 THEN 'attached' ELSE 'none' END AS coverage,
           CASE WHEN i % 4 = 0 THEN 'b' || (i // 4) END AS branch_id,
           CASE WHEN i % 11 > 0 THEN i % 60 + 3 END AS staff, CASE WHEN i % 13 > 0 THEN i % 3 END AS members_staff,
           CASE WHEN i % 5 > 0 THEN i % 9 END AS members_full, CASE WHEN i % 3 > 0 THEN i % 2 = 0 END AS activity_room
    FROM range({size}) r(i)"""
BRANCHES = """
    SELECT 'b' || i AS branch_id, 'n' || i AS name, CASE WHEN i % 9 = 0 THEN NULL WHEN i % 50 = 1 THEN 'committee' ELSE 'branch' END AS level,
           'o' || (i * 4) AS host_org_id, CASE WHEN i % 7 > 0 THEN DATE '2015-01-01' + CAST(i % 3000 AS INTEGER) END AS last_election_on,
           CASE WHEN i % 8 > 0 THEN i % 70 END AS members, CASE WHEN i % 6 > 0 THEN i % 6 END AS meetings_12m
    FROM range({size} // 4) r(i)"""
BY_HAND = """
    SELECT count(*) FILTER (coverage IN ('own', 'joint', 'attached')), count(coverage),
           sum(members_staff) FILTER (staff >= members_staff), sum(staff) FILTER (members_staff IS NOT NULL),
           count(*) FILTER (members_full < 3), count(members_full)
    FROM organisations"""


def seconds(job: Callable[[], object], runs: int = 3) -> float:
    """Return the least time of a few runs."""
    taken = []
    for _ in range(runs):
        begun = time.perf_counter()
        job()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def main(size: int) -> None:
    """Time each way and print them side by side."""
    for name, query in (("organisations", ORGANISATIONS), ("branches", BRANCHES)):
        duckdb.execute(f"CREATE OR REPLACE TABLE {name} AS {query.format(size=size)}")
    in_duckdb = Register(duckdb.table("organisations"), duckdb.table("branches"), as_of=AS_OF)
    in_pandas = Register(duckdb.table("organisations").df(), duckdb.table("branches").df(), as_of=AS_OF)
    jobs: dict[str, Callable[[], object]] = {
        "three rates by hand, SQL": lambda: duckdb.sql(BY_HAND).fetchall(),
        "all rates, DuckDB": lambda: rates(in_duckdb),
        "all rates, pandas": lambda: rates(in_pandas),
        "all rates by sector, DuckDB": lambda: rates(in_duckdb, by=["sector"]),
        "all rates by sector, pandas": lambda: rates(in_pandas, by=["sector"]),
    }
    first = 0.0
    print(f"{size:,} organisations, {size // 4:,} branches")
    for name, job in jobs.items():
        took = seconds(job)
        first = first or took
        print(f"{name:30} {took:8.3f} s {took / first:8.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE)
