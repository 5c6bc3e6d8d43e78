import re
from pathlib import Path

import pytest

from analysis import DEFAULT, Assumption
from analysis.indicators import INDICATORS

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "ASSUMPTIONS.md").read_text("utf-8")
CODE = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "analysis").glob("*.py")))


@pytest.mark.parametrize("switch", Assumption, ids=lambda switch: switch.name)
def test_every_switch_is_described_with_its_reason(switch):
    section = TEXT.split(f"### {switch.name}\n", 1)[1].split("\n### ", 1)[0]
    assert {"Why", "Source", "Otherwise"} <= {word.split()[0] for word in re.findall(r"\*\*(.+?):\*\*", section)}
    assert re.search(rf"^\| {switch.name} \| .+ \| (on|off) \|$", TEXT, re.MULTILINE)


def test_a_switch_that_is_on_by_default_is_said_to_be():
    said = {line.split("|")[1].strip() for line in TEXT.splitlines() if re.match(r"\| A\d+ .*\| on \|$", line)}
    assert said == {switch.name for switch in DEFAULT}


@pytest.mark.parametrize(
    "code",
    sorted(set(re.findall(r"\(([BCE]\d+)\)", CODE)) | set(re.findall(r"\b(C\d+)\b", " ".join(i.rests_on for i in INDICATORS.values())))),
)
def test_a_choice_that_the_code_cites_is_described(code):
    assert re.search(rf"^### {code}\. ", TEXT, re.MULTILINE)


def test_the_code_cites_how_printed_numbers_are_read():
    assert {"B1", "B2"} <= set(re.findall(r"\(([BC]\d+)\)", CODE))
