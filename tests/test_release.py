"""What learners get holds no answer: read from the released files, not from the build's own word."""

import base64
import json
import re
from pathlib import Path

import pytest

from researchskills import build
from researchskills.source import read_module

ROOT = Path(__file__).parents[1]
MODULES = [path.parent.name for path in sorted((ROOT / "course").glob("*/module.json"))]


def squeezed(text: str) -> str:
    return re.sub(r"\W+", " ", text).casefold()


@pytest.mark.parametrize("name", MODULES)
def test_no_reason_solution_or_mark_scheme_is_in_a_released_file(name):
    module = read_module(ROOT / "solutions" / name)
    released = {path.name: squeezed(path.read_bytes().decode()) for path in (ROOT / "course" / name).iterdir()}
    secrets = [(q.id, what, text) for q in module.questions.values() for what, text in build.secrets(q)]
    assert len(secrets) > 20, "the test must have something to look for"
    found = [
        (identifier, what, file)
        for identifier, what, text in secrets
        for file, content in released.items()
        if squeezed(text).strip() and f" {squeezed(text).strip()} " in content
    ]
    assert found == []


@pytest.mark.parametrize("name", MODULES)
def test_released_notebooks_hold_no_marker_of_a_hidden_part(name):
    for page in ("lesson.ipynb", "exercises.ipynb"):
        text = (ROOT / "course" / name / page).read_text(encoding="utf-8")
        for marker in ("BEGIN HIDDEN", "BEGIN SOLUTION", "MARK SCHEME", "score(", "NotImplementedError"):
            assert marker not in text


@pytest.mark.parametrize("name", MODULES)
def test_sealed_keys_cannot_be_read_as_they_stand_or_as_base64(name):
    module = json.loads((ROOT / "course" / name / "module.json").read_text(encoding="utf-8"))
    for question in module["questions"].values():
        if question["sealed"]:
            assert b"reason" not in base64.b85decode(question["sealed"])


@pytest.mark.parametrize("name", MODULES)
def test_rubrics_stay_with_mentors(name):
    module = json.loads((ROOT / "course" / name / "module.json").read_text(encoding="utf-8"))
    for question in module["questions"].values():
        if question["marked_by"] == "mentor":
            assert question["sealed"] == ""
            assert set(question["content"]) == {"words", "criteria"}
