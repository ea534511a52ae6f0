"""Run one rebuilt hand-in through nbgrader, and take its points.

nbgrader's own `Autograde` does the work: it overwrites locked cells from the gradebook, runs the notebook
and writes grades. Three things are done otherwise, each because of something that was met:

- **Order.** Cells that need no code of the learner's (set-up, questions and their checks) run first, in a
  fresh kernel. Nothing that a learner wrote has run when those points are given.
- **Points.** nbgrader gives full points to a check cell that shows no number, and none to one that prints a
  warning. Here the points are the number that the check gives. If there is no number the question is *not
  marked*, which is reported, and is never a zero.
- **Mentors' marks.** They are kept as long as the text that was marked is the one that counts.
"""

import logging
import math
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_core.utils import ensure_async, run_sync
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute, LimitOutput, SaveAutoGrades
from sqlalchemy.exc import SAWarning

from researchskills import build, running
from researchskills.marking import rubric
from researchskills.marking.room import Prepared, gradebook
from researchskills.paths import course_root

#: Kept of the marker's environment; everything else (tokens, passwords, proxies) is not for learners' code.
_PASSED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "SYSTEMROOT",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "PYTHONPATH",
)


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


class Replay(running.Bounded, Execute):
    """Runs the marker's own cells first, then the learner's."""

    def __init__(self, prepared: Prepared, **kwargs):
        super().__init__(**kwargs)
        self.needs_code = {name for name, question in prepared.marked.items() if question.kind == "value"}
        self.question_ids = set(prepared.questions)
        self.unfinished: dict[str, str] = {}

    def preprocess(self, nb: NotebookNode, resources):
        """Run the notebook; its cells keep their places."""
        cells = list(nb.cells)
        nb.cells = [cell for cell in cells if self.is_first(cell)] + [cell for cell in cells if not self.is_first(cell)]
        self.setup = [cell.source for cell in nb.cells if self.is_first(cell) and not self._asks(cell)]
        order = [cell.id for cell in nb.cells]
        try:
            nb, resources = super().preprocess(nb, resources)
        finally:
            nb.cells = cells
            self.unfinished = {order[index]: trouble for index, trouble in self.troubles.items()}
        return nb, resources

    def is_first(self, cell: NotebookNode) -> bool:
        """Whether a cell needs nothing that the learner wrote as code."""
        return self.is_essential(cell) and _grade_id(cell) not in self.needs_code

    def is_essential(self, cell: NotebookNode) -> bool:
        """Cells of the course are always run."""
        return cell.cell_type == "code" and "activity" in cell.metadata.get("tags", [])

    def _asks(self, cell: NotebookNode) -> bool:
        return _grade_id(cell).removesuffix("-answer") in self.question_ids

    async def async_execute_cell(self, cell: NotebookNode, cell_index: int, **kwargs) -> NotebookNode:
        """Run one cell; a check finds its own names even if a learner has a variable called `check`."""
        if _grade_id(cell) in self.needs_code:
            await self._run_quietly("from researchskills import check")
        return await super().async_execute_cell(cell, cell_index, **kwargs)

    execute_cell = run_sync(async_execute_cell)

    async def after_replacing_kernel(self) -> None:
        """Give a new kernel what the course's set-up cells give."""
        for source in self.setup:
            await self._run_quietly(source)

    async def _run_quietly(self, source: str) -> None:
        await ensure_async(self.kc.execute(source, silent=True, reply=True, timeout=60))


class RecordPoints(SaveAutoGrades):
    """Writes points into the gradebook."""

    def __init__(self, prepared: Prepared, written: dict[str, str], **kwargs):
        super().__init__(**kwargs)
        self.prepared, self.written = prepared, written
        self.unmarked: list[str] = []

    def _add_score(self, cell: NotebookNode, resources) -> None:
        grade = self.gradebook.find_grade(_grade_id(cell), self.notebook_id, self.assignment_id, self.student_id)
        grade.auto_score = points_of(cell)
        grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None
        if grade.auto_score is None:
            self.unmarked.append(_grade_id(cell))
        self.gradebook.db.commit()

    def _add_comment(self, cell: NotebookNode, resources) -> None:
        if not utils.is_task(cell):
            super()._add_comment(cell, resources)
            return
        name = _grade_id(cell)
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        comment = self.gradebook.find_comment(name, self.notebook_id, self.assignment_id, self.student_id)
        text = self.written[name]
        comment.auto_comment = None if text else "No answer came with the hand-in, or none that could be read."
        grade.auto_score = None if text else 0.0
        if not rubric.is_about(self.prepared.room, self.assignment_id, self.student_id, name, text):
            grade.manual_score = comment.manual_comment = None
        grade.needs_manual_grade = bool(text) and grade.manual_score is None
        self.gradebook.db.commit()


def points_of(cell: NotebookNode) -> float | None:
    """The points that a check cell gives, or None when it does not say.

    Parameters
    ----------
    cell : nbformat.NotebookNode
        A check cell that has been run. What it prints, and warnings, mean nothing.
    """
    results = [output for output in cell.outputs if output.output_type == "execute_result"]
    if len(results) != 1 or any(output.output_type == "error" for output in cell.outputs):
        return None
    try:
        points = float(results[0].data["text/plain"])
    except (KeyError, TypeError, ValueError):
        return None
    most = float(cell.metadata.nbgrader.points)
    return points if math.isfinite(points) and 0 <= points <= most else None


def autograde(prepared: Prepared, learner: str, written: dict[str, str], timeout: int) -> Outcome:
    """Run the hand-in in `submitted/LEARNER/MODULE` and put its points into the gradebook.

    A cell that takes too long on a busy machine would cost an honest learner points, so a run with a cell that
    did not end, or a question without points, is done once more.

    Parameters
    ----------
    prepared : Prepared
        The module.
    learner : str
        Whose hand-in.
    written : dict of str to str
        Texts that a mentor marks, by question; empty when nothing was written.
    timeout : int
        Seconds for each cell.
    """
    outcome = _once(prepared, learner, written, timeout)
    if outcome.failed or outcome.unmarked or outcome.unfinished:
        outcome = _once(prepared, learner, written, timeout)
    return outcome


def _once(prepared: Prepared, learner: str, written: dict[str, str], timeout: int) -> Outcome:
    config = build.nbgrader_config(prepared.room)
    directory = CourseDirectory(config=config)
    directory.student_id, directory.assignment_id = learner, prepared.name
    with tempfile.TemporaryDirectory(prefix="marking-", ignore_cleanup_errors=True) as home:
        replay = Replay(
            prepared,
            timeout=timeout,
            raise_on_iopub_timeout=False,
            error_on_timeout=running.TIMED_OUT,
            kernel_environment=_environment(prepared, home),
        )
        points = RecordPoints(prepared, written)
        converter = _Converter(coursedir=directory, config=config)
        converter.steps = [replay, LimitOutput, points]
        converter.force = True
        with _logged(prepared.room):
            try:
                converter.start()
            except NbGraderException:
                return Outcome(list(prepared.marked), failed=True)
    return Outcome(points.unmarked, replay.unfinished)


class _Converter(Autograde):
    """nbgrader's autograding with our steps, which have to be objects that can be asked afterwards."""

    def _init_preprocessors(self) -> None:
        super()._init_preprocessors()
        if not self._sanitizing:
            self.exporter._preprocessors = []
            for step in self.steps:
                self.exporter.register_preprocessor(step)


def _environment(prepared: Prepared, home: str) -> dict[str, str]:
    import matplotlib

    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    places = dict.fromkeys(
        ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "IPYTHONDIR", "TMPDIR", "TEMP", "TMP"), home
    )
    return {
        **kept,
        **places,
        # Shared, or every kernel would spend seconds on a new list of fonts.
        "MPLCONFIGDIR": matplotlib.get_cachedir(),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "RESEARCHSKILLS_ROOT": str(course_root()),
        "RESEARCHSKILLS_STATIC": "1",
        "RESEARCHSKILLS_QUESTIONS": str(prepared.questions_file.resolve()),
    }


@contextmanager
def _logged(room: Path) -> Iterator[None]:
    """Send what nbgrader has to say to a file; most of it is about honest hand-ins and frightens people."""
    from traitlets.log import get_logger

    logger = get_logger()
    handler = logging.FileHandler(room / "marking.log", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    level, propagate, others = logger.level, logger.propagate, list(logger.handlers)
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        with warnings.catch_warnings():
            # nbgrader adds rows in an order that SQLAlchemy remarks on; they are all there in the end.
            warnings.simplefilter("ignore", SAWarning)
            yield
    finally:
        logger.handlers, logger.propagate = others, propagate
        logger.setLevel(level)
        handler.close()
        # nbgrader leaves this behind when a run fails.
        os.environ.pop("NBGRADER_EXECUTION", None)


def unmark(prepared: Prepared, learner: str) -> None:
    """Take back points of an earlier hand-in when the one that counts could not be marked."""
    with _logged(prepared.room), gradebook(prepared.room) as book:
        book.update_or_create_student(learner)
        submission = book.update_or_create_submission(prepared.name, learner)
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                grade.auto_score, grade.needs_manual_grade = None, True
        book.db.commit()


def _grade_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")
