"""Building a module: what comes out, and that every fault an author can make is named with its place."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest

from researchskills import build
from researchskills.source import SourceError, read_module

FAULTY = Path(__file__).parent / "faulty" / "sources"
NAME = "99-sound"

# Each broken source, the line an author must be sent to, and words that must be in the sentence.
FAULTS = {
    "lesson-unknown_metadata": (1, "author"),
    "lesson-unknown_tag": (27, "one tag out of"),
    "lesson-image_without_alt_text": (25, "alt text"),
    "lesson-heading_level_skipped": (46, "skips a level"),
    "lesson-page_order_broken": (62, "stands too late"),
    "lesson-part_missing": (1, "Discuss together"),
    "lesson-too_many_lines_of_code": (27, "4 lines of code"),
    "lesson-does_not_run": (27, "NameError"),
    "lesson-output_that_varies": (27, "memory address"),
    "lesson-prints_a_warning": (27, "warning"),
    "lesson-unknown_old_name": (48, "Ministry of Beads"),
    "lesson-answer_left_in_the_release": (32, "a reason of “m99-p1-sum” is left in lesson.ipynb"),
    "exercises-duplicate_grade_id": (23, "used twice"),
    "exercises-stub_line_missing_from_its_solution": (23, "missing from the solution"),
    "exercises-option_without_reason": (9, "has no reason"),
    "exercises-formula_by_mistake": (9, "takes what stands between two dollar signs for a formula"),
    "exercises-panel_rating_off_the_scale": (9, "the panel's rating is missing or not on the scale"),
    "exercises-emphasis_in_an_option": (9, "shown as plain text"),
    "exercises-two_right_answers": (9, "exactly one right option"),
    "exercises-broken_yaml": (11, "not valid YAML"),
    "exercises-unknown_field": (9, "colour"),
    "exercises-rubric_does_not_add_up": (40, "add up to 3"),
    "exercises-foreign_id": (9, "should look like m99-q1-name"),
    "exercises-mark_scheme_left_in_the_release": (40, "the model answer of “m99-q3-words” is left in exercises.ipynb"),
    "exercises-solution_left_in_the_release": (23, "the solution of “m99-q2-code” is left in exercises.ipynb"),
}


def course(folder: Path, fault: str | None = None) -> Path:
    """A course folder with one module, which has one fault at most."""
    source = folder / "solutions" / NAME
    shutil.copytree(FAULTY / "sound", source)
    (folder / "datasets").mkdir()
    if fault:
        page = fault.partition("-")[0]
        shutil.copy(FAULTY / f"{fault}.md", source / f"{page}.md")
    return folder


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    root = course(tmp_path_factory.mktemp("sound course"))
    build.build(root=root)
    return root


def test_every_faulty_source_is_tested():
    assert {path.stem for path in FAULTY.glob("*.md")} == set(FAULTS)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_source_is_refused_with_its_file_and_line(fault, tmp_path):
    root = course(tmp_path, fault)
    line, words = FAULTS[fault]
    with pytest.raises(SourceError) as caught:
        build.build(root=root)
    page = root / "solutions" / NAME / f"{fault.partition('-')[0]}.md"
    assert [(one.path, one.line) for one in caught.value.faults] == [(page, line)]
    assert words in str(caught.value)
    assert f"{page}, line {line}: " in str(caught.value)
    assert not (root / "course" / NAME).exists(), "a refused module leaves nothing half-built"


def test_all_faults_of_a_module_are_named_in_one_go(tmp_path):
    root = course(tmp_path, "lesson-heading_level_skipped")
    shutil.copy(FAULTY / "exercises-unknown_field.md", root / "solutions" / NAME / "exercises.md")
    with pytest.raises(SourceError) as caught:
        read_module(root / "solutions" / NAME)
    assert len(caught.value.faults) == 2


def test_a_refused_build_leaves_the_old_edition_in_place(sound, tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(sound, root)
    before = (root / "course" / NAME / "lesson.ipynb").read_bytes()
    shutil.copy(FAULTY / "lesson-unknown_tag.md", root / "solutions" / NAME / "lesson.md")
    with pytest.raises(SourceError):
        build.build(root=root)
    assert (root / "course" / NAME / "lesson.ipynb").read_bytes() == before


def test_building_again_gives_the_same_bytes(sound):
    before = {path.name: path.read_bytes() for path in (sound / "course" / NAME).iterdir()}
    build.build(root=sound, everything=True)
    assert {path.name: path.read_bytes() for path in (sound / "course" / NAME).iterdir()} == before
    assert set(before) == {*build.FILES, build.STAMP}


def test_only_changed_modules_are_built(sound):
    assert build.build(root=sound) == []
    lesson = sound / "solutions" / NAME / "lesson.md"
    original = lesson.read_text(encoding="utf-8")
    lesson.write_text(original.replace("Count something.", "Count some things."), encoding="utf-8")
    try:
        assert build.build(root=sound) == [NAME]
    finally:
        lesson.write_text(original, encoding="utf-8")
        build.build(root=sound)


def test_check_names_the_files_that_were_edited_by_hand(sound, tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(sound, root)
    assert build.check(root=root) == []
    edited = root / "course" / NAME / "supervisor.md"
    edited.write_text("changed by hand", encoding="utf-8")
    (root / "course" / NAME / "notes.md").write_text("left over", encoding="utf-8")
    (root / "course" / "98-gone").mkdir()
    assert build.check(root=root) == [f"course/{NAME}/supervisor.md", f"course/{NAME}/notes.md", "course/98-gone"]


def test_a_lesson_keeps_its_outputs_and_a_learner_sees_a_stub(sound):
    lesson = nbformat.read(sound / "course" / NAME / "lesson.ipynb", as_version=4)
    worked = next(cell for cell in lesson.cells if cell.source == "3 + 4")
    assert worked.outputs[0].data["text/plain"] == "7"
    exercises = nbformat.read(sound / "course" / NAME / "exercises.ipynb", as_version=4)
    stub = next(cell for cell in exercises.cells if cell.id == "m99-q2-code-answer")
    assert stub.source == "first = 3\ntotal = first + ..."
    assert "NotImplementedError" not in json.dumps(exercises)


def test_each_marked_question_is_prompt_answer_and_check(sound):
    exercises = nbformat.read(sound / "course" / NAME / "exercises.ipynb", as_version=4)
    ids = [cell.id for cell in exercises.cells]
    start = ids.index("m99-q1-piles-prompt")
    assert ids[start : start + 3] == ["m99-q1-piles-prompt", "m99-q1-piles-answer", "m99-q1-piles"]
    check = exercises.cells[start + 2]
    assert check.source == 'check("m99-q1-piles")'
    assert check.metadata.nbgrader.points == 1
    assert check.metadata.nbgrader.locked
    task = next(cell for cell in exercises.cells if cell.id == "m99-q3-words")
    assert task.metadata.nbgrader.task
    assert task.metadata.nbgrader.points == 3
    assert "MARK SCHEME" not in task.source


def test_an_unknown_module_is_answered_with_the_nearest(sound):
    from researchskills.errors import CourseError

    with pytest.raises(CourseError, match="99-sound"):
        build.build(["99-sond"], root=sound)
