"""The learner's copy of the course: what is refreshed, what is never touched."""

import contextlib
import json
import os
import stat

import pytest
from conftest import make_course

from researchskills import workspace as copies
from researchskills.errors import CourseError

LESSON = "00-start-here/lesson.ipynb"


@pytest.fixture
def workspace(small_course, tmp_path):
    folder = tmp_path / "Zoë's work"
    copies.refresh(folder)
    return folder


def test_a_new_workspace_holds_the_learners_edition(workspace, small_course):
    for name in ("lesson.ipynb", "exercises.ipynb", "module.json", "supervisor.md"):
        source = small_course / "course" / "00-start-here" / name
        assert (workspace / "00-start-here" / name).read_bytes() == source.read_bytes()


def test_an_unchanged_file_is_replaced_by_a_newer_edition(workspace, small_course):
    make_course(small_course, "two")
    assert copies.refresh(workspace) == []
    assert "Edition two" in (workspace / LESSON).read_text()


def test_a_changed_file_is_never_touched_and_the_newer_edition_is_laid_beside_it(workspace, small_course):
    (workspace / LESSON).write_text("my work")
    make_course(small_course, "two")
    (notice,) = copies.refresh(workspace)
    assert "lesson (new edition).ipynb" in notice
    assert (workspace / LESSON).read_text() == "my work"
    assert "Edition two" in (workspace / "00-start-here/lesson (new edition).ipynb").read_text()
    assert copies.refresh(workspace) == [], "the same edition is announced once"


def test_work_in_the_newer_edition_is_not_touched_either(workspace, small_course):
    beside = workspace / "00-start-here/lesson (new edition).ipynb"
    (workspace / LESSON).write_text("my work")
    make_course(small_course, "two")
    copies.refresh(workspace)
    beside.write_text("more work")
    make_course(small_course, "three")
    copies.refresh(workspace)
    assert (workspace / LESSON).read_text() == "my work"
    assert beside.read_text() == "more work"
    assert "Edition three" in (workspace / "00-start-here/lesson (new edition 2).ipynb").read_text()


def test_a_newer_edition_that_was_removed_does_not_come_back(workspace, small_course):
    (workspace / LESSON).write_text("my work")
    make_course(small_course, "two")
    copies.refresh(workspace)
    beside = workspace / "00-start-here/lesson (new edition).ipynb"
    beside.unlink()
    assert copies.refresh(workspace) == []
    assert not beside.exists()


def test_a_missing_notebook_comes_back(workspace):
    (workspace / LESSON).unlink()
    copies.refresh(workspace)
    assert (workspace / LESSON).exists()


def test_answers_are_never_touched(workspace, small_course):
    answer = workspace / "00-start-here/answers/m00-p1-groups.json"
    answer.parent.mkdir()
    answer.write_text("mine")
    stray = small_course / "course/00-start-here/answers/m00-p1-groups.json"
    stray.parent.mkdir()
    stray.write_text("not mine")
    copies.refresh(workspace)
    copies.fresh(workspace, "0")
    assert answer.read_text() == "mine"


def test_a_damaged_module_file_is_put_aside_and_replaced(workspace):
    about = workspace / "00-start-here/module.json"
    about.write_text("{")
    copies.refresh(workspace)
    assert json.loads(about.read_text())["title"] == "Start here"
    assert [kept.read_text() for kept in about.parent.glob("module (kept *).json")] == ["{"]


@pytest.mark.parametrize("stopped_at", range(1, 12))
def test_a_refresh_stopped_at_any_write_is_finished_by_the_next(
    workspace, small_course, monkeypatch, stopped_at
):
    (workspace / "00-start-here/exercises.ipynb").write_text("my work")
    make_course(small_course, "two")
    replace, count = os.replace, iter(range(1, 99))

    def stop(source, target):
        if next(count) == stopped_at:
            raise KeyboardInterrupt
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", stop)
        with contextlib.suppress(KeyboardInterrupt):
            copies.refresh(workspace)
    copies.refresh(workspace)
    assert (workspace / "00-start-here/exercises.ipynb").read_text() == "my work"
    assert "Edition two" in (workspace / LESSON).read_text()
    assert not list(workspace.rglob("*.unfinished"))


def test_a_lost_record_makes_every_differing_file_the_learners_own(workspace, small_course):
    (workspace / ".course/delivered.json").write_text("damaged")
    make_course(small_course, "two")
    assert copies.refresh(workspace)
    assert "Edition one" in (workspace / LESSON).read_text()


def test_fresh_gives_clean_notebooks_and_keeps_the_old_ones(workspace):
    (workspace / LESSON).write_text("my work")
    sentences = copies.fresh(workspace, "start-here")
    assert "Edition one" in (workspace / LESSON).read_text()
    (kept,) = (workspace / "00-start-here").glob("lesson (kept *.ipynb")
    assert kept.read_text() == "my work"
    assert kept.name in sentences[0]
    assert ":" not in kept.name, "Windows allows no colon in a file name"


def test_fresh_twice_keeps_both_old_notebooks(workspace):
    for work in ("first", "second"):
        (workspace / LESSON).write_text(work)
        copies.fresh(workspace, "0")
    kept = (workspace / "00-start-here").glob("lesson (kept *.ipynb")
    assert sorted(file.read_text() for file in kept) == ["first", "second"]


def test_fresh_of_an_unknown_module_names_the_nearest(workspace):
    with pytest.raises(CourseError, match="00-start-here"):
        copies.fresh(workspace, "start-hear")


def test_a_file_where_a_folder_is_needed_is_reported(small_course, tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(CourseError, match="is a file"):
        copies.refresh(tmp_path / "taken" / "workspace")


def test_a_folder_where_a_file_is_needed_is_reported(workspace):
    (workspace / LESSON).unlink()
    (workspace / LESSON).mkdir()
    with pytest.raises(CourseError, match="Rename that folder"):
        copies.refresh(workspace)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_reported(small_course, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(CourseError, match="cannot write"):
        copies.refresh(locked / "workspace")


def test_what_the_system_says_about_a_full_disk_becomes_a_sentence(small_course, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(CourseError, match="No space left on device.*Your work is untouched"):
        copies.refresh(tmp_path / "workspace")


def test_a_course_without_modules_is_reported(tmp_path):
    with pytest.raises(CourseError, match="no modules"):
        copies.refresh(tmp_path / "workspace", root=tmp_path / "empty")


def test_changing_the_learner_code_keeps_the_earlier_one(workspace):
    assert copies.learner(workspace) is None
    copies.choose_learner(workspace, "quiet-heron-42")
    copies.choose_learner(workspace, " Calm-Otter-7 ")
    assert copies.learner(workspace) == "calm-otter-7"
    record = json.loads((workspace / ".course/learner.json").read_text())
    assert [earlier["learner"] for earlier in record["earlier"]] == ["quiet-heron-42"]


@pytest.mark.parametrize(
    "code",
    [
        "ab",
        "a" * 33,
        "jo@nhs.net",
        "943 476 5919",
        "943-476-5919",
        "p9434765919",
        "zoë-42",
        "a--b",
        "-ab",
        "con",
        "LPT1",
        "",
    ],
)
def test_a_code_that_is_unusable_or_could_identify_somebody_is_refused(workspace, code):
    with pytest.raises(CourseError, match="Nothing was changed"):
        copies.choose_learner(workspace, code)
    assert copies.learner(workspace) is None


def test_a_suggested_code_is_always_accepted(workspace):
    for _ in range(20):
        assert copies.choose_learner(workspace, copies.suggest_learner())
