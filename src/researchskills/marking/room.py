"""The marking room: where marks are kept, and the marker's own copy of what is marked.

Everything that decides about points is derived here from the marker's `solutions/`: nbgrader's source and
release, the gradebook's rows, and the questions with what counts as right.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from researchskills import build, paths, source
from researchskills.bank import Question
from researchskills.errors import CourseError

NOTEBOOK = "exercises"


def default_room() -> Path:
    """Folder used when nobody names one: `marking-room` beside the course."""
    return paths.course_root() / "marking-room"


@dataclass(frozen=True)
class Prepared:
    """A module as it is marked in a room.

    Attributes
    ----------
    name : str
        Module.
    room : pathlib.Path
        The marking room.
    release : nbformat.NotebookNode
        The exercises as learners get them.
    questions : dict of str to Question
        All questions of the module, with what counts as right and the mark schemes.
    fingerprint : str
        Changes when anything that decides about points changes.
    """

    name: str
    room: Path
    release: NotebookNode
    questions: dict[str, Question]
    fingerprint: str

    @property
    def marked(self) -> dict[str, Question]:
        """The questions that have points, in order."""
        return {name: question for name, question in self.questions.items() if question.points}

    @property
    def questions_file(self) -> Path:
        """The trusted `module.json`."""
        return self.room / "questions" / self.name / "module.json"


def prepare(module: str, room: Path) -> Prepared:
    """Bring a room to where hand-ins of a module can be marked in it.

    Parameters
    ----------
    module : str
        Full name, such as `00-start-here`.
    room : pathlib.Path
        The marking room; made when missing.

    Raises
    ------
    CourseError
        If the module has changed so much since earlier marking that the gradebook cannot take both.
    """
    room.mkdir(parents=True, exist_ok=True)
    authored = source.read_module(paths.course_root() / "solutions" / module)
    # Without an edition: that changes with every correction of the course; what is marked does not.
    notebook = build.source_notebook(authored)
    described = {name: question.released() for name, question in authored.questions.items()}
    texts = [nbformat.writes(notebook), json.dumps({"module": module, "questions": described})]
    fingerprint = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
    prepared = Prepared(module, room, notebook, authored.questions, fingerprint)
    released = room / "release" / module / f"{NOTEBOOK}.ipynb"
    stamp = prepared.questions_file.with_name("fingerprint.txt")
    if not released.exists() or not stamp.exists() or stamp.read_text() != fingerprint:
        for file, text in (
            (room / "source" / module / f"{NOTEBOOK}.ipynb", texts[0]),
            (prepared.questions_file, texts[1]),
        ):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        try:
            build.make_release(module, room)
        except CourseError as problem:
            raise CourseError(
                f"The exercises of {module} cannot be prepared in {room}. If questions were added or removed since "
                "hand-ins were marked there, use another room (--room). Marks that are there are untouched."
            ) from problem
        stamp.write_text(fingerprint)
    release = build.with_stubs(nbformat.read(released, as_version=4), authored.questions)
    return Prepared(module, room, release, authored.questions, fingerprint)


@contextmanager
def gradebook(room: Path) -> Iterator:
    """nbgrader's gradebook of a room.

    Raises
    ------
    CourseError
        If there is none yet.
    """
    from nbgrader.api import Gradebook

    file = room / "gradebook.db"
    if not file.exists():
        raise CourseError(
            f"Nothing has been marked in {room} yet. Mark hand-ins first: course mark PATH", exit_status=2
        )
    settings = build.nbgrader_config(room).CourseDirectory
    with Gradebook(settings.db_url, settings.course_id) as book:
        yield book


def learners(room: Path, module: str) -> list[str]:
    """Learners who have a place in the gradebook for a module."""
    with gradebook(room) as book:
        return sorted(submission.student_id for submission in book.assignment_submissions(module))
