"""Every module that is shipped: in step with its source, its examples true, its questions fair."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from researchskills import ask, bank, build, checks

ROOT = Path(__file__).parents[1]
MODULES = [path.parent.name for path in sorted((ROOT / "course").glob("*/module.json"))]


def questions(name: str) -> dict[str, bank.Question]:
    return bank.read(ROOT / "course" / name / "module.json")


def test_the_course_is_in_step_with_its_source():
    assert build.check(root=ROOT) == []


def run_nbval(lesson: Path) -> subprocess.CompletedProcess:
    """Run a lesson again and compare its outputs with those that are printed in it."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "--nbval-sanitize-with", ROOT / "tests" / "nbval_sanitize.cfg",
         "-q", "-p", "no:cacheprovider", lesson],
        capture_output=True, text=True, cwd=lesson.parent, check=False,
        env={**os.environ, "RESEARCHSKILLS_STATIC": "1"},
    )


@pytest.mark.parametrize("name", MODULES)
def test_every_example_of_the_lesson_gives_the_output_that_is_printed(name, tmp_path):
    shutil.copytree(ROOT / "course" / name, tmp_path / name)
    result = run_nbval(tmp_path / name / "lesson.ipynb")
    assert result.returncode == 0, result.stdout[-3000:]


def test_nbval_would_notice_a_changed_output(tmp_path):
    lesson = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(
        "3 + 4", execution_count=1,
        outputs=[nbformat.v4.new_output("execute_result", {"text/plain": "8"}, execution_count=1)],
    )])
    nbformat.write(lesson, tmp_path / "wrong.ipynb")
    assert run_nbval(tmp_path / "wrong.ipynb").returncode == 1


@pytest.mark.parametrize("name", MODULES)
def test_the_model_answer_of_every_question_gets_full_marks_and_a_blank_gets_none(name, tmp_path):
    for identifier, question in questions(name).items():
        if not question.can_be_checked:
            continue
        assert checks.assess(question, checks.model_answer(question)).fraction == 1, identifier
        blank = type(ask.shown_as(question.kind)(question, tmp_path).answer)()
        assert checks.assess(question, blank).status == "not attempted", identifier


@pytest.mark.parametrize("name", MODULES)
def test_every_wrong_answer_has_a_reason_of_its_own(name):
    for identifier, question in questions(name).items():
        reasons = question.key.get("reasons", {}).values()
        texts = [text for one in reasons for text in (one.values() if isinstance(one, dict) else [one])]
        assert all(len(text.split()) >= 4 for text in texts), identifier
        if question.kind in {"choice", "several"}:
            assert len(set(texts)) == len(texts), f"{identifier}: two options share a reason"


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_enough_to_practise_and_a_rubric_for_its_mentor(name):
    marked = [question for question in questions(name).values() if question.points]
    assert len([question for question in marked if question.marked_by == "course"]) >= 8
    assert [question for question in marked if question.marked_by == "mentor"]


@pytest.mark.parametrize("name", MODULES)
def test_nobody_can_pass_by_always_choosing_the_same_letter(name):
    places = []
    for question in questions(name).values():
        if question.kind == "choice":
            keys = [option["key"] for option in question.content["options"]]
            places.append(keys.index(question.key["right"][0]))
    assert len(places) < 4 or max(places.count(place) for place in set(places)) <= len(places) / 2


@pytest.mark.parametrize("name", MODULES)
def test_each_shipped_file_is_small_enough_to_open_fast(name):
    for path in (ROOT / "course" / name).iterdir():
        assert path.stat().st_size < 1_500_000, path.name


@pytest.mark.parametrize("name", MODULES)
def test_the_edition_on_the_page_is_the_edition_of_the_module(name):
    edition = json.loads((ROOT / "course" / name / "module.json").read_text(encoding="utf-8"))["edition"]
    for page in ("lesson.ipynb", "exercises.ipynb"):
        notebook = nbformat.read(ROOT / "course" / name / page, as_version=4)
        assert notebook.metadata.researchskills == {"module": name, "page": page.partition(".")[0], "edition": edition}
