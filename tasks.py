"""Set-up and main jobs, the same on Linux, macOS and Windows: python tasks.py briefing | test | notebooks | lab | setup."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "requirements.lock"

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_BROWSER_FILES = (
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def run(*command: str | Path, **settings: str) -> None:
    """Run a command from the project's folder; stop with its exit code where it fails."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env=os.environ | settings, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def setup() -> None:
    """Create .venv from the locked dependencies, unless it is there and up to date."""
    if sys.version_info < (3, 11):
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Try: make PYTHON=python3.11 briefing")
    wanted = hashlib.sha256(LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + sys.version.encode()).hexdigest()
    stamp = VENV / "installed"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    print("Setting up .venv from requirements.lock (about a minute, once) ...", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    run(sys.executable, "-m", "venv", VENV)
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    run(*pip, "--require-hashes", "--no-deps", "-r", LOCK)
    run(*pip, "--no-deps", "--no-build-isolation", "--no-index", "--editable", ROOT)
    stamp.write_text(wanted)


def chromium() -> str | None:
    """Return a Chromium, Chrome or Edge of this machine, or None."""
    named = os.environ.get("CHROMIUM_PATH")
    found = [named] if named else [shutil.which(name) for name in _BROWSERS]
    found += [path for path in _BROWSER_FILES if Path(path).is_file()]
    return next((path for path in found if path), None)


def browser() -> None:
    """Install a Chromium for the browser test where there is none, or say how to."""
    if chromium():
        return
    print("No Chromium found for the browser test; installing one ...", flush=True)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root and shutil.which("apt-get"):
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
            subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    if not chromium():
        sys.exit("The browser test needs Chromium, Chrome or Edge: install one, or set CHROMIUM_PATH to its program.")


def test() -> None:
    """Run every check, as CI does; print what each took."""
    setup()
    browser()
    started = time.monotonic()
    took: list[tuple[str, float]] = []
    pytest = (PYTHON, "-m", "pytest", "-p", "no:cacheprovider", "-n", "2", "--dist", "loadfile")
    for name, command in (
        ("lint", (PYTHON, "-m", "ruff", "check", ".")),
        ("format", (PYTHON, "-m", "ruff", "format", "--check", ".")),
        ("types", (PYTHON, "-m", "mypy")),
        ("notebooks", (*pytest, "--nbval", "--nbval-current-env", "notebooks", "tests/notebooks")),
        (
            "tests",
            (
                *pytest,
                "--cov",
                "--cov-report=term",
                "--doctest-modules",
                "--doctest-glob=*.md",
                "analysis",
                "docs",
                "README.md",
                "README.zh-CN.md",
                "tests",
            ),
        ),
    ):
        print(f"--- {name}", flush=True)
        begun = time.monotonic()
        run(*command, PYTHONDONTWRITEBYTECODE="1")
        took.append((name, time.monotonic() - begun))
    each = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in took)
    print(f"All checks passed in {time.monotonic() - started:.0f} s ({each}).", flush=True)


def briefing(*more: str) -> None:
    """Make the briefing of the shipped report below build/."""
    setup()
    run(PYTHON, "-m", "analysis", "briefing", *more)


def notebooks() -> None:
    """Execute the notebooks again and store their outputs."""
    setup()
    run(PYTHON, "-m", "analysis", "notebooks")
    run(PYTHON, "-m", "analysis", "notebooks", "tests/notebooks", "--ledger", "example")


def lab() -> None:
    """Open JupyterLab on the notebooks."""
    setup()
    quiet = ("--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")
    root = ("--allow-root",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    run(PYTHON, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1", "--notebook-dir", ROOT / "notebooks", *quiet, *root)


if __name__ == "__main__":
    tasks = {"setup": setup, "briefing": briefing, "test": test, "notebooks": notebooks, "lab": lab}
    name, more = (sys.argv[1] if len(sys.argv) > 1 else ""), sys.argv[2:]
    if name not in tasks:
        sys.exit(f"usage: python tasks.py {' | '.join(tasks)}")
    tasks[name](*more)
