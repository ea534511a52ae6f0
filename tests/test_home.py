"""What the home page says about where a learner is."""

import json
import os

import pytest

from researchskills import home as pages
from researchskills import workspace as copies


@pytest.fixture
def workspace(small_course, tmp_path):
    folder = tmp_path / "workspace"
    copies.refresh(folder)
    return folder


def answer(workspace, name, shown="an answer"):
    file = workspace / "00-start-here/answers" / f"{name}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"name": name, "state": {"value": shown}, "shown": shown}))


def module(workspace):
    return pages.home(workspace)["modules"][0]


def code_answer(workspace):
    notebook = workspace / "00-start-here/exercises.ipynb"
    notebook.write_text(notebook.read_text().replace("hours_a_week = ...", "hours_a_week = 27"))


def test_first_a_learner_code_is_asked_for(workspace):
    home = pages.home(workspace)
    assert home["learner"] is None
    assert home["next"]["action"] == "learner"


def test_then_the_first_lesson_is_next(workspace):
    copies.choose_learner(workspace, "quiet-heron-42")
    home = pages.home(workspace)
    assert home["next"]["target"] == "00-start-here/lesson.ipynb"
    assert module(workspace)["state"] == "Not started"
    assert module(workspace)["minutes"] == 90


def test_answers_are_counted_for_lesson_and_exercises(workspace):
    copies.choose_learner(workspace, "quiet-heron-42")
    answer(workspace, "m00-p1-groups")
    answer(workspace, "m00-q2-fit")
    found = module(workspace)
    assert (found["practised"], found["practice"], found["answered"], found["questions"]) == (1, 1, 1, 2)
    assert "2 of 3 questions answered" in pages.home(workspace)["next"]["sentence"]


def test_a_code_answer_counts_once_it_differs_from_what_was_delivered(workspace):
    assert module(workspace)["answered"] == 0
    code_answer(workspace)
    assert module(workspace)["answered"] == 1


def test_an_emptied_answer_does_not_count(workspace):
    answer(workspace, "m00-q2-fit", shown="  ")
    assert module(workspace)["answered"] == 0


@pytest.mark.parametrize("damage", ["{", "[]", '{"shown": 3, "state": []}', ""])
def test_a_damaged_answer_counts_as_none_and_stops_nothing(workspace, damage):
    answer(workspace, "m00-q2-fit")
    (workspace / "00-start-here/answers/m00-q2-fit.json").write_text(damage)
    assert module(workspace)["answered"] == 0


def test_a_damaged_notebook_stops_nothing(workspace):
    (workspace / "00-start-here/exercises.ipynb").write_text('{"cells": [3]}')
    assert module(workspace)["answered"] == 0


def test_all_answered_then_handed_in_then_feedback(workspace):
    copies.choose_learner(workspace, "quiet-heron-42")
    answer(workspace, "m00-q2-fit")
    code_answer(workspace)
    assert module(workspace)["state"] == "Ready to hand in"
    assert pages.home(workspace)["next"]["action"] == "check"

    (workspace / "hand-ins").mkdir()
    packed = workspace / "hand-ins/00-start-here--quiet-heron-42.zip"
    packed.write_bytes(b"")
    os.utime(packed, (0, 0))
    assert module(workspace)["handed_in"]["when"] == "1970-01-01T00:00:00Z"
    assert pages.home(workspace)["next"]["action"] is None

    (workspace / "feedback").mkdir()
    (workspace / "feedback/00-start-here--quiet-heron-42.html").write_text("<p>Well argued.</p>")
    assert module(workspace)["state"] == "Feedback is here"
    assert pages.home(workspace)["next"]["target"] == "feedback/00-start-here--quiet-heron-42.html"


def test_a_folder_that_is_no_module_is_left_out(workspace):
    (workspace / "99-notes").mkdir()
    assert len(pages.home(workspace)["modules"]) == 1


def test_there_is_help_for_when_something_goes_wrong(workspace):
    assert any("stopped" in entry["text"] for entry in pages.home(workspace)["help"])


def test_the_guide_and_the_hand_in_file_are_told(workspace):
    assert module(workspace)["guide"] == "00-start-here/supervisor.md"
    (workspace / "00-start-here/supervisor.md").unlink()
    assert module(workspace)["guide"] is None
    (workspace / "hand-ins").mkdir()
    packed = workspace / "hand-ins/00-start-here--quiet-heron-42.zip"
    packed.write_bytes(b"")
    assert module(workspace)["handed_in"]["file"] == str(packed)
    assert pages.title(workspace, "00-start-here") == "Start here"
    assert pages.title(workspace, "99-unknown") == "99-unknown"
