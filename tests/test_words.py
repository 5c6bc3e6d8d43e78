"""The project's words are its own: no run of ten Chinese characters is taken from the county's report."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RUN = 10
# the report itself does not travel with the project; a hash of each of its runs tells whether one is repeated
RUNS = set((ROOT / "tests" / "source_runs.txt").read_text("utf-8").split())
NAMES = {"洋县新社会组织党建工作情况报告"}  # a title is a name
FILES = [
    path
    for pattern in ("*.md", "docs/*.md", "analysis/**/*.py", "data/**/*.*", "notebooks/*/*.ipynb")
    for path in sorted(ROOT.glob(pattern))
]


def repeated(text):
    for piece in re.split(r"<[^>]*>|\\n|[\n,\"]", text):
        own = piece
        for name in NAMES:
            own = own.replace(name, "|")
        for part in own.split("|"):
            kept = "".join(re.findall(r"[\u4e00-\u9fff]", part))
            for start in range(len(kept) - RUN + 1):
                run = kept[start : start + RUN]
                if hashlib.sha256(run.encode()).hexdigest()[:8] in RUNS:
                    yield run


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_is_copied_from_the_report(path):
    assert list(repeated(path.read_text("utf-8"))) == []


def test_a_copied_run_would_be_seen():
    # three of the report's own terms in a row, as it has them
    assert list(repeated("部分党支部班子软弱涣散、党建制度不规范"))
