"""Put the points of a hand-in that was run into nbgrader's gradebook.

nbgrader's own `Autograde` does the work. Three things are done otherwise, each because of something that was met:

- **Running.** Its steps that clean and run the notebook are replaced: it comes from `replay`, run.
- **Points.** nbgrader gives full points to a check cell that shows no number, and none to one that prints a
  warning. Here the points are the number that the check gives. If there is no number the question is *not
  marked*, which is reported, and is never a zero.
- **Mentors' marks.** They are kept as long as the text that was marked is the one that counts.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import LimitOutput, NbGraderPreprocessor, SaveAutoGrades
from sqlalchemy.exc import SAWarning

from researchskills import build
from researchskills.marking import rubric
from researchskills.marking.replay import Replayed, grade_id, points_of
from researchskills.marking.room import Prepared
from researchskills.store import replace_file


@dataclass
class Outcome:
    """What came of running one hand-in.

    Attributes
    ----------
    unmarked : list of str
        Ids of questions that could not be marked.
    unfinished : dict of str to str
        Cells that did not come to an end, by cell id, and why.
    failed : bool
        Whether nothing could be marked at all.
    """

    unmarked: list[str] = field(default_factory=list)
    unfinished: dict[str, str] = field(default_factory=dict)
    failed: bool = False


class TakeReplayed(NbGraderPreprocessor):
    """Takes the notebook from where it was run: the course's own cells as the gradebook has them, and outputs."""

    def __init__(self, replayed: Replayed, **kwargs):
        super().__init__(**kwargs)
        self.replayed = replayed

    def preprocess(self, nb: NotebookNode, resources):
        """Take it."""
        return self.replayed.notebook, resources


class RecordPoints(SaveAutoGrades):
    """Writes points into the gradebook."""

    def __init__(self, prepared: Prepared, written: dict[str, str], book: Gradebook, **kwargs):
        super().__init__(**kwargs)
        self.prepared, self.written, self.gradebook = prepared, written, book
        self.unmarked: list[str] = []

    def preprocess(self, nb: NotebookNode, resources):
        """Write the points of all cells at once, or none of them."""
        place = resources["nbgrader"]
        self.notebook_id, self.assignment_id, self.student_id = (
            place[name] for name in ("notebook", "assignment", "student")
        )
        kept = self.gradebook.find_submission_notebook(self.notebook_id, self.assignment_id, self.student_id)
        self.grades = {grade.name: grade for grade in kept.grades}
        nb, resources = NbGraderPreprocessor.preprocess(self, nb, resources)
        self.gradebook.db.commit()
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources) -> None:
        name = grade_id(cell)
        grade = self.grades[name]
        left_out = name in self.prepared.not_asked | self.prepared.changed
        grade.auto_score = None if left_out else points_of(cell)
        waits = grade.auto_score is None and grade.manual_score is None
        grade.needs_manual_grade = waits and name not in self.prepared.not_asked
        if grade.auto_score is None and not left_out:
            self.unmarked.append(name)

    def _add_comment(self, cell: NotebookNode, resources) -> None:
        name = grade_id(cell)
        comment = self.gradebook.find_comment(name, self.notebook_id, self.assignment_id, self.student_id)
        if not utils.is_task(cell):
            untouched = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
            comment.auto_comment = "No response." if untouched else None
            return
        grade = self.grades[name]
        if name in self.prepared.not_asked:
            grade.auto_score, grade.needs_manual_grade, comment.auto_comment = None, False, None
            return
        text = self.written[name]
        comment.auto_comment = None if text else "No answer came with the hand-in, or none that could be read."
        changed = name in self.prepared.changed
        grade.auto_score = None if text or changed else 0.0
        if not rubric.is_about(self.prepared.room, self.assignment_id, self.student_id, name, text):
            grade.manual_score = comment.manual_comment = None
        grade.needs_manual_grade = (bool(text) or changed) and grade.manual_score is None


def autograde(
    prepared: Prepared, learner: str, written: dict[str, str], replayed: Replayed, book: Gradebook
) -> Outcome:
    """Put the points of a hand-in into the gradebook; it lies in `submitted/LEARNER/MODULE`.

    Parameters
    ----------
    prepared : Prepared
        The module.
    learner : str
        Whose hand-in.
    written : dict of str to str
        Texts that a mentor marks, by question; empty when nothing was written.
    replayed : Replayed
        What came of running it.
    book : nbgrader.api.Gradebook
        The room's gradebook. It can be used for many hand-ins; opening it takes longer than what is done in it.
    """
    config = build.nbgrader_config(prepared.room)
    directory = CourseDirectory(config=config)
    directory.student_id, directory.assignment_id = learner, prepared.name
    points = RecordPoints(prepared, written, book)
    converter = _Converter(coursedir=directory, config=config)
    converter.book, converter.steps = book, [TakeReplayed(replayed), LimitOutput, points]
    converter.force = True
    try:
        converter.start()
    except NbGraderException:
        return Outcome(list(prepared.marked), failed=True)
    finally:
        # Nothing that was begun for this one is left for the next.
        book.db.rollback()
    for name, content in replayed.answers.items():
        path = prepared.room / "autograded" / learner / prepared.name / name
        path.parent.mkdir(exist_ok=True)
        replace_file(path, content)
    return Outcome(points.unmarked, replayed.unfinished)


class _Converter(Autograde):
    """nbgrader's autograding with our steps, which have to be objects that can be asked afterwards.

    What nbgrader puts right in a notebook before it runs it has been put right in `rebuild` and `replay`.
    """

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy what belongs to the hand-in, and enter it; nbgrader opens its gradebook six times for that."""
        BaseConverter.init_assignment(self, assignment_id, student_id)
        time = self.coursedir.get_existing_timestamp(self._format_source(assignment_id, student_id))
        self.book.update_or_create_student(student_id)
        self.book.update_or_create_submission(assignment_id, student_id, timestamp=time)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Take our steps."""
        self.exporter._preprocessors = []
        self.exporter.optimistic_validation = True  # once, after all steps
        for step in self.steps:
            self.exporter.register_preprocessor(step)
        BaseConverter.convert_single_notebook(self, notebook_filename)


@contextmanager
def logged(room: Path) -> Iterator[None]:
    """Send what nbgrader has to say to a file; most of it is about honest hand-ins and frightens people.

    Parameters
    ----------
    room : pathlib.Path
        The marking room, which gets a `marking.log`.
    """
    from traitlets.log import get_logger

    handler = logging.FileHandler(room / "marking.log", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    # When the disk is full the log is the least of it, and nobody is to see a traceback about it.
    handler.handleError = lambda record: None
    # nbgrader's gradebook speaks through tornado's.
    loggers = [get_logger(), logging.getLogger("tornado.application")]
    before = [(one.level, one.propagate, list(one.handlers)) for one in loggers]
    for one in loggers:
        one.handlers, one.propagate = [handler], False
        one.setLevel(logging.INFO)
    try:
        with warnings.catch_warnings():
            # nbgrader adds rows in an order that SQLAlchemy remarks on; they are all there in the end.
            warnings.simplefilter("ignore", SAWarning)
            yield
    finally:
        for one, (level, propagate, others) in zip(loggers, before, strict=True):
            one.handlers, one.propagate = others, propagate
            one.setLevel(level)
        handler.close()


def unmark(prepared: Prepared, learner: str, book: Gradebook) -> None:
    """Take back points of an earlier hand-in when the one that counts could not be marked."""
    book.update_or_create_student(learner)
    submission = book.update_or_create_submission(prepared.name, learner)
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            grade.auto_score, grade.needs_manual_grade = None, True
    book.db.commit()
