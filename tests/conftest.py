"""Reports written for a test, and at the end of the run the figures that tests recorded, such as the kill rate of the mutations."""

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis import Report, load_report

ABOUT = 'name_zh = "甲县"\nname_en = "County A"\n'


@pytest.fixture(scope="session")
def write(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Write a report's folder from the text of its files; figures are asked for, the rest may be left out."""

    def folder(figures: str = "key,value\norganisations,42\n", *, about: str = ABOUT, **tables: str) -> Path:
        path = tmp_path_factory.mktemp("county")
        for name, text in {"report.toml": about, "figures.csv": figures, **{f"{key}.csv": text for key, text in tables.items()}}.items():
            (path / name).write_text(text, encoding="utf-8", newline="")
        return path

    return folder


@pytest.fixture(scope="session")
def made(write: Callable[..., Path]) -> Callable[..., Report]:
    """Load a report written from the text of its files."""
    return lambda *args, **tables: load_report(write(*args, **tables))


@pytest.fixture(scope="session")
def yangxian() -> Report:
    return load_report("yangxian")


def pytest_terminal_summary(terminalreporter):
    reports = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
    lines = [f"{name}: {value}" for report in reports for name, value in getattr(report, "user_properties", [])]
    if lines:
        terminalreporter.section("figures")
        for line in lines:
            terminalreporter.write_line(line)
