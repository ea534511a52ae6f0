"""Run sheets of all workshops: a trainer can go by the clock that stands there."""

import re
from pathlib import Path

import pytest

WORKSHOPS = sorted((Path(__file__).parents[1] / "solutions").glob("*/workshop.md"))


@pytest.mark.parametrize("path", WORKSHOPS, ids=[path.parent.name for path in WORKSHOPS])
def test_the_run_sheet_adds_up_to_a_half_day_and_each_block_to_its_own_minutes(path):
    clock = 0
    text = " ".join(path.read_text(encoding="utf-8").split())
    for hour, minute, minutes, what in re.findall(r"\| (\d):(\d\d) \| (\d+) \| (.*?) \|", text):
        assert clock == 60 * int(hour) + int(minute), what
        clock += int(minutes)
        parts = [int(times or 1) * int(length) for times, length in re.findall(r"\((?:(\d) × )?(\d+)\)", what)]
        assert not parts or sum(parts) == int(minutes), what
    assert clock == 180
