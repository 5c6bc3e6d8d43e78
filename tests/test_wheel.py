"""The package as others install it: built, put elsewhere, and run there on its own data."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(build, check=True)
    wheel = next(folder.glob("*.whl"))
    target = folder / "elsewhere"
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", "--target", str(target), str(wheel)], check=True)
    return wheel, target


def run(target, *arguments, cwd):
    settings = os.environ | {"PYTHONPATH": str(target), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=settings, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_wheel_carries_data_and_notebooks(installed):
    names = zipfile.ZipFile(installed[0]).namelist()
    assert "analysis/share/data/reports/yangxian/figures.csv" in names
    assert "analysis/share/notebooks/zh/01_status.ipynb" in names
    assert "analysis/template/page.css" in names
    assert not [name for name in names if "/.venv/" in name or name.startswith("tests/")]


def test_installed_package_makes_the_briefing_outside_a_checkout(installed, tmp_path):
    _, target = installed
    where = run(target, "-c", "import analysis; print(analysis.__file__)", cwd=tmp_path)
    assert Path(where.stdout.strip()).is_relative_to(target)
    done = run(target, "-m", "analysis", "briefing", "--lang", "zh", "--out", "pages", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "pages" / "yangxian.zh.html").read_text("utf-8")
    assert "26–33/42" in page
    assert page.count('class="chart"') >= 12
