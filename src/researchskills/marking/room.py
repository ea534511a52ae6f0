"""The marking room: where marks are kept, and the marker's own copy of what is marked.

Everything that decides about points is derived here from the marker's `solutions/`: nbgrader's source and
release, the gradebook's rows, and the questions with what counts as right.

A folder is looked at before anything is written in it. It may be somebody's documents, and its gradebook may be
another course's, damaged, or in use: nbgrader would add its tables to the one and fail half-way in the others.
"""

import errno
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from researchskills import bank, build, paths, source
from researchskills.bank import Question
from researchskills.build import GRADEBOOK
from researchskills.errors import CourseError
from researchskills.store import replace_file

NOTEBOOK = "exercises"
#: What a marking room holds; a folder with anything else and no gradebook is not one.
CONTENT = frozenset(
    (
        "source",
        "release",
        "questions",
        "hand-ins",
        "submitted",
        "autograded",
        "marks",
        "feedback",
        "cohort",
        "marking.log",
    )
)
#: Bytes that have to be free for a module to be prepared.
ENOUGH = 1_000_000
#: Seconds to wait for another program that is writing in the gradebook.
PATIENCE = 5


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
    not_asked : frozenset of str
        Questions that a hand-in was never asked, because they are newer; they count neither for nor against.
    changed : frozenset of str
        Questions that a hand-in was asked otherwise, and that cannot be marked as they were asked.
    asked : pathlib.Path or None
        Questions as a hand-in of another edition was asked, where they differ from the module's.
    """

    name: str
    room: Path
    release: NotebookNode
    questions: dict[str, Question]
    fingerprint: str
    not_asked: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    asked: Path | None = None

    @property
    def marked(self) -> dict[str, Question]:
        """The questions that have points, in order."""
        return {name: question for name, question in self.questions.items() if question.points}

    @property
    def questions_file(self) -> Path:
        """The trusted `module.json`."""
        return self.asked or self.room / "questions" / self.name / "module.json"


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
    from researchskills.marking import editions

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
        build.make_gradebook(room / GRADEBOOK)
        _make_release(module, room, texts[0])
        prepared.questions_file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(prepared.questions_file, texts[1].encode())
        replace_file(stamp, fingerprint.encode())
    release = build.with_stubs(nbformat.read(released, as_version=4), authored.questions)
    editions.remember(room, module, authored.questions)
    return Prepared(module, room, release, authored.questions, fingerprint)


def as_it_stands(module: str, room: Path) -> Prepared | None:
    """A module as it was prepared last in a room, whatever the course has now; None if it never was."""
    released = room / "release" / module / f"{NOTEBOOK}.ipynb"
    file = room / "questions" / module / "module.json"
    try:
        fingerprint = file.with_name("fingerprint.txt").read_text()
        release = nbformat.read(released, as_version=4)
        questions = bank.read(file)
    except (OSError, ValueError, CourseError):
        return None
    return Prepared(module, room, build.with_stubs(release, questions), questions, fingerprint)


def _make_release(module: str, room: Path, notebook: str) -> None:
    """Let nbgrader make the release; if it refuses, what was there before stays."""
    files = [room / part / module / f"{NOTEBOOK}.ipynb" for part in ("source", "release")]
    before = [file.read_bytes() if file.exists() else None for file in files]
    try:
        files[0].parent.mkdir(parents=True, exist_ok=True)
        replace_file(files[0], notebook.encode())
        build.make_release(module, room)
    except CourseError as problem:
        for file, content in zip(files, before, strict=True):
            if content is not None:
                file.parent.mkdir(parents=True, exist_ok=True)
                replace_file(file, content)
        # nbgrader has written the true reason where nobody looks.
        if shutil.disk_usage(room).free < ENOUGH:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from problem
        raise CourseError(
            f"The exercises of {module} cannot be prepared in {room}. If questions were added or removed since "
            "hand-ins were marked there, use another room (--room). Marks that are there are untouched."
        ) from problem


# -- before anything is written ----------------------------------------------------------------------


def look_at(room: Path) -> None:
    """Make sure that a folder is a marking room, or can become one; nothing is written.

    Parameters
    ----------
    room : pathlib.Path
        An existing room, an empty folder, or one that does not exist yet.

    Raises
    ------
    CourseError
        If it is something else, or its gradebook cannot be used.
    """
    try:
        if room.exists() and not room.is_dir():
            raise CourseError(f"{room} is a file, and marks need a folder. Name another one (--room).", exit_status=2)
        found = {path.name for path in room.iterdir() if not path.name.startswith(".")} if room.exists() else set()
    except OSError as problem:
        raise CourseError(
            f"The folder {str(room)[:200]} cannot be used ({problem.strerror}). Nothing was changed. "
            "Name another one (--room).",
            exit_status=2,
        ) from problem
    if GRADEBOOK in found:
        _look_at_gradebook(room / GRADEBOOK)
    elif strange := sorted(found - CONTENT):
        raise CourseError(
            f"{room} is not a marking room: it holds other things, such as “{strange[0]}”. Nothing was written there. "
            "Name an empty folder, or one that does not exist yet (--room).",
            exit_status=2,
        )


def _look_at_gradebook(file: Path) -> None:
    # Both are needed: the journal of a change lies beside the gradebook.
    if not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)):
        raise CourseError(_about_gradebook(file, "readonly"))
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=PATIENCE)) as database:
            tables = {name for (name,) in database.execute("select name from sqlite_master where type = 'table'")}
            # An empty file is what a run leaves that was stopped in its first moment.
            if tables and not {"assignment", "grade"} <= tables:
                raise CourseError(
                    f"{file} holds something else than marks. Nothing was changed. Name another room (--room).",
                    exit_status=2,
                )
            if tables:
                _compare_version(file, database if "alembic_version" in tables else None)
                _compare_course(file, database)
            # Asks for a turn to write, and gives it back.
            database.execute("begin immediate")
            database.rollback()
    except sqlite3.Error as problem:
        raise CourseError(_about_gradebook(file, str(problem))) from problem


def _about_gradebook(file: Path, words: str) -> str:
    """A sentence for what SQLite says."""
    if "locked" in words or "busy" in words:
        return (
            f"Another program is writing in {file}. Marks that are there are untouched. Close it, or wait until it has "
            "finished, then mark again."
        )
    if "readonly" in words or "unable to open" in words:
        return f"The gradebook {file} cannot be written to. Nothing was changed. Ask whoever looks after that folder."
    if "full" in words or "I/O" in words:
        return (
            f"There is no room left where the gradebook {file} lies. Marks that are there are whole; free some space, "
            "then mark again."
        )
    return (
        f"{file} is not a gradebook, or is damaged. Nothing was changed. Bring it back from a copy, or name another "
        "room (--room)."
    )


def _compare_version(file: Path, database: sqlite3.Connection | None) -> None:
    import nbgrader
    from alembic.script import ScriptDirectory

    versions = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic"))
    found = (
        {version for (version,) in database.execute("select version_num from alembic_version")} if database else {""}
    )
    if found == set(versions.get_heads()):
        return
    if found <= {"", *(revision.revision for revision in versions.walk_revisions())}:
        raise CourseError(
            f"The gradebook {file} was made by an older nbgrader. Nothing was changed. Name another room (--room), "
            "or bring it up to date with “nbgrader db upgrade” in its folder."
        )
    raise CourseError(
        f"The gradebook {file} was made by a newer nbgrader than the one here. Nothing was changed. "
        "Update the course, or name another room (--room)."
    )


def _compare_course(file: Path, database: sqlite3.Connection) -> None:
    ours = build.nbgrader_config(file.parent).CourseDirectory.course_id
    # nbgrader puts a course called default_course into every gradebook, so only assignments tell whose it is.
    courses = {name for (name,) in database.execute("select course_id from assignment")}
    modules = {name for (name,) in database.execute("select name from assignment")}
    known = {path.name for path in (paths.course_root() / "solutions").glob("[0-9][0-9]-*")}
    if modules and (ours not in courses or not modules & known):
        raise CourseError(
            f"The gradebook {file} belongs to another course ({', '.join(sorted(modules))[:80]}). Nothing was changed. "
            "Name another room (--room).",
            exit_status=2,
        )


@contextmanager
def plainly(room: Path) -> Iterator[None]:
    """Say in a sentence what the system or the gradebook refuses while a room is written to.

    Raises
    ------
    CourseError
        Instead of an error of the system or of the database.
    """
    from nbgrader.api import InvalidEntry
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except (DBAPIError, InvalidEntry, sqlite3.Error) as problem:  # nbgrader gives the database's words on
        raise CourseError(_about_gradebook(room / GRADEBOOK, str(problem))) from problem
    except OSError as problem:
        raise CourseError(
            f"Something could not be written in {room} ({problem.strerror or problem}). What was there before is "
            "whole. Free some space or close programs that use the folder, then mark again: it goes on from there."
        ) from problem


@contextmanager
def gradebook(room: Path) -> Iterator:
    """nbgrader's gradebook of a room.

    Raises
    ------
    CourseError
        If there is none yet.
    """
    from nbgrader.api import Gradebook

    file = room / GRADEBOOK
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
