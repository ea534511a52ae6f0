"""A marking room for the small sound module, with real hand-ins in it.

Everything is real: workspace, hand-in, nbgrader and its gradebook. Points are those of tests/faulty/sources/sound: the
choice and the code are worth 1, the text 3.
"""

import json
import os
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
from faulty.hand_ins.make import cell, repacked

from researchskills import build, hand_in, workspace
from researchskills.ask import answered
from researchskills.marking.desk import Mark

MODULE = "99-sound"
CHOICE, CODE, TEXT = "m99-q1-piles", "m99-q2-code", "m99-q3-words"
SOUND = Path(__file__).parent / "faulty" / "sources" / "sound"
EXERCISES = "exercises"


@contextmanager
def course_in(root: Path):
    """A course with the small module alone, which the package takes for the course."""
    before = os.environ.get("RESEARCHSKILLS_ROOT")
    os.environ["RESEARCHSKILLS_ROOT"] = str(root)
    shutil.copytree(SOUND, root / "solutions" / MODULE)
    (root / "datasets").mkdir()
    build.build(root=root)
    yield root
    del os.environ["RESEARCHSKILLS_ROOT"]
    if before:
        os.environ["RESEARCHSKILLS_ROOT"] = before


def handed_in(root: Path, learner: str, right: bool | None = None, text: str = "", code: str = "") -> Path:
    """A hand-in of an hour ago: `right` is whether the choice is, None for no answer."""
    place = root / "learners" / learner
    workspace.refresh(place, root)
    workspace.choose_learner(place, learner)
    folder = place / MODULE
    choice = answered(CHOICE, folder)
    if right is not None:
        keys = [option["key"] for option in choice.asked.content["options"]]
        choice.answer = next(key for key in keys if (key in choice.asked.key["right"]) == right)
    if text:
        answered(TEXT, folder).answer = text
    if code:
        notebook = nbformat.read(folder / "exercises.ipynb", as_version=4)
        cell(notebook.cells, f"{CODE}-answer").source = code
        nbformat.write(notebook, folder / "exercises.ipynb")
    path = hand_in.hand_in(place, MODULE, despite_private=True).path
    return changed(path, root / path.name)


def changed(source: Path, target: Path, minutes: int = 0, text: str | None = None, code: str | None = None) -> Path:
    """The same person's hand-in, some minutes after the first one, with another text or other code."""

    def change(files):
        if text is not None:
            answer = json.loads(files[f"answers/{TEXT}.json"])
            answer["state"]["answer"] = answer["shown"] = text
            files[f"answers/{TEXT}.json"] = json.dumps(answer).encode()
        if code is not None:
            notebook = nbformat.reads(files["exercises.ipynb"].decode(), as_version=4)
            cell(notebook.cells, f"{CODE}-answer").source = code
            files["exercises.ipynb"] = nbformat.writes(notebook).encode()
        time = datetime.now(UTC) - timedelta(minutes=60 - minutes)
        receipt = json.loads(files["receipt.json"])
        files["receipt.json"] = json.dumps({**receipt, "time": f"{time:%Y-%m-%dT%H:%M:%SZ}"}).encode()

    return repacked(source, target, change)


def script_of(desk, learner: str) -> str:
    """Id of a learner's text."""
    return next(one.id for one in desk.scripts(TEXT) if one.writer == learner)


def automatic_of(desk, question: str, learner: str):
    """A learner's answer to a question that the course marks."""
    return next(one for one in desk.automatic(script_of(desk, learner)) if one.question.id == question)


def level(level: int, comment: str = "", marker: str = "Ann") -> Mark:
    """A mark for the text, whose rubric has one criterion."""
    return Mark({"Concreteness": level}, comment, marker)


@contextmanager
def nbgraders_own(room: Path):
    """The gradebook as nbgrader opens it, without anything of the course."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{room / 'gradebook.db'}", "research-at-the-interface") as book:
        yield book
