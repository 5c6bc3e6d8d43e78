"""Ledgers read: a workbook beside what calamine alone needs, a check beside the imports that it starts with, Parquet beside a scan.

Run: python benchmarks/ledgers.py [rows]. Prints one table; each ratio is to the row above that is marked 1.0.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
from python_calamine import CalamineWorkbook

from analysis import read_ledger

SIZE, SMALL, LARGE = 100_000, 1_000, 1_000_000
HEADINGS = [
    "序号",
    "社会组织名称",
    "组织类别",
    "登记证号",
    "业务主管单位",
    "所在乡镇",
    "所属行业",
    "登记日期",
    "年检结果",
    "从业人员总数",
    "专职人数",
    "兼职人数",
    "会员总数",
    "从业人员中党员",
    "党员总数",
    "正式党员数",
    "预备党员数",
    "35岁及以下党员数",
    "60岁及以上党员数",
    "有无活动场所",
    "党建经费(元)",
    "是否选派指导员",
    "是否建立党组织",
    "组建形式",
]
BRANCH = ["党组织名称", "组织建制", "党组织成立时间", "上次换届时间", "书记年龄", "书记学历"]


def rows(size: int) -> Iterator[list[Any]]:
    """Yield made-up rows as an office keeps them; every cell follows from the row's number alone."""
    for i in range(size):
        staff, members = 3 + i % 57, i % 8
        has = members >= 3
        body = [i + 1, f"第{i}号协会", ("社团", "民非", "基金会")[i % 3], f"民证字第{i:06d}号", ("农业局", "教育局", "工商联")[i % 3],
                f"第{i % 18}镇", ("农业", "教育", "卫生")[i % 3], date(2005 + i % 12, 1 + i % 12, 1 + i % 28), ("合格", "基本合格", "未年检")[i % 3],
                staff, staff // 2, staff - staff // 2, 10 + i % 190, members, members, members - i % 2 if members else 0, i % 2 if members else 0,
                min(1, members), 0, "有无"[i % 2], i % 5000, "是否"[i % 2], "是" if has else "否", "单独组建" if has else None]  # fmt: skip
        branch = [f"第{i}号协会党支部", "党支部", "2011.6", date(2013, 1 + i % 12, 1), 30 + i % 35, "大专"] if has else [None] * 6
        yield [*body, *branch]


def workbook(path: Path, size: int, *, branches: bool) -> Path:
    """Write a ledger of so many bodies, with or without what it says of their Party organisations."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet, day = book.add_worksheet("台账"), book.add_format({"num_format": "yyyy-mm-dd"})
        headings = [*HEADINGS, *BRANCH] if branches else HEADINGS
        sheet.write_row(0, 0, headings)
        for number, row in enumerate(rows(size), 1):
            for at, cell in enumerate(row[: len(headings)]):
                if isinstance(cell, date):
                    sheet.write_datetime(number, at, datetime(cell.year, cell.month, cell.day), day)
                elif cell is not None:
                    sheet.write(number, at, cell)
    return path


def seconds(job: Callable[[], object], runs: int = 3) -> float:
    """Return the least time of a few runs."""
    taken = []
    for _ in range(runs):
        begun = time.perf_counter()
        job()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def command(*arguments: str) -> Callable[[], object]:
    """Return a job that runs Python anew."""
    return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def calamine(path: Path) -> Callable[[], object]:
    """Return the job that lays a workbook out with calamine alone."""
    return lambda: CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def main(size: int) -> None:
    """Time each way and print them side by side."""
    with tempfile.TemporaryDirectory() as folder:
        alone = workbook(Path(folder) / "bodies.xlsx", size, branches=False)
        both = workbook(Path(folder) / "both.xlsx", size, branches=True)
        small = workbook(Path(folder) / "small.xlsx", SMALL, branches=True)
        parquet = Path(folder) / "organisations.parquet"
        columns = "i AS org_id, 'n' || i AS name, 's' || (i % 7) AS sector, i % 60 AS staff, i % 5 AS members_full"
        duckdb.sql(f"SELECT {columns}, DATE '2010-01-01' AS registered_on FROM range({LARGE}) r(i)").write_parquet(str(parquet))
        scan = f"SELECT bit_xor(hash(org_id, name, sector, staff, members_full, registered_on)) FROM '{parquet}'"
        jobs: list[tuple[str, Callable[[], object]]] = [
            (f"calamine alone, {size:,} bodies x {len(HEADINGS)}", calamine(alone)),
            ("read as a ledger", lambda: read_ledger(alone)),
            (f"calamine alone, {size:,} bodies with branches x {len(HEADINGS) + len(BRANCH)}", calamine(both)),
            ("read as a ledger of two tables", lambda: read_ledger(both)),
            ("Python started, pandas imported", command("-c", "import pandas")),
            ("Python started, analysis imported", command("-c", "import analysis")),
            (f"analysis check, {SMALL:,} bodies with branches", command("-m", "analysis", "check", str(small))),
            (f"every cell of Parquet hashed, {LARGE:,} rows", lambda: duckdb.sql(scan).fetchall()),
            ("read as a ledger", lambda: read_ledger(parquet)),
        ]
        print("| job | seconds | ratio |\n|---|---|---|")
        first = 1.0
        for at, (name, job) in enumerate(jobs):
            taken = seconds(job)
            first = taken if at in (0, 2, 4, 7) else first
            print(f"| {name} | {taken:.2f} | {taken / first:.2f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE)
